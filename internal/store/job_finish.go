package store

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	dm "github.com/deskmesh/deskmesh"
)

// JobOutcome is how a claimed job ended.
type JobOutcome int

// The outcomes.
const (
	JobDone      JobOutcome = iota // it succeeded; its row goes
	JobFailed                      // it runs again after a pause, or is dead after its last attempt
	JobSnoozed                     // it runs again after JobResult.After; the attempt does not count
	JobGivenBack                   // it was not run, or its runner stops; the attempt does not count
	JobCancelled                   // its work has become needless
	JobGivenUp                     // it failed for good: dead at once
)

// JobResult reports a claimed job.
type JobResult struct {
	Job     *Job
	Outcome JobOutcome
	Text    string        // of the error, or the reason for cancelling; cut at 2,000 characters
	After   time.Duration // of JobSnoozed
}

// JobEnd is how a run of a job ended.
type JobEnd struct {
	Outcome JobOutcome // of a last attempt that failed: JobGivenUp
	NextAt  dm.Time    // when it runs again; 0 where it does not
}

// end does what the handler left to be done together with the end of its run.
func (j *Job) end(tx *Tx, e JobEnd) error {
	if j.Ending == nil {
		return nil
	}
	return j.Ending(tx, e)
}

const (
	firstPause   = time.Second
	longestPause = 6 * time.Hour
	maxJobError  = 2000
)

// pauseAfter is the wait before the attempt that follows: it doubles each time
// up to six hours, and half of it is chance, so that what failed together does
// not come back together.
func pauseAfter(attempt int) time.Duration {
	pause := longestPause
	if shift := max(attempt-1, 0); shift < 15 {
		pause = min(longestPause, firstPause<<shift)
	}
	return pause/2 + rand.N(pause/2) + 1
}

// Finish reports jobs of this claimer. One whose lease has ended and that
// others hold by now is left alone.
func (c *Claimer) Finish(ctx context.Context, results []JobResult) error {
	if len(results) == 0 {
		return nil
	}
	err := c.db.Write(ctx, Normal, func(tx *Tx) error {
		lines, err := tx.lockLines(results)
		if err != nil {
			return err
		}
		var done []int64
		wake := false
		for _, r := range results {
			if r.Outcome == JobDone {
				done = append(done, r.Job.ID)
				if err := r.Job.end(tx, JobEnd{Outcome: JobDone}); err != nil {
					return err
				}
				continue
			}
			again, err := c.put(tx, r)
			if err != nil {
				return err
			}
			wake = wake || again
		}
		if err := c.remove(tx, done); err != nil {
			return err
		}
		for _, l := range lines {
			moved, err := tx.moveLine(l.account, l.key)
			if err != nil {
				return err
			}
			wake = wake || moved
		}
		if wake {
			tx.AfterCommit(tx.db.pokeJobs)
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("finish jobs: %w", err)
	}
	return nil
}

// jobLine names the line of an ordering key.
type jobLine struct {
	account int64
	key     string
}

// lockLines locks the lines of all results, always in the same order.
func (tx *Tx) lockLines(results []JobResult) ([]jobLine, error) {
	var lines []jobLine
	for _, r := range results {
		if r.Job.OrderingKey != "" {
			lines = append(lines, jobLine{r.Job.Account, r.Job.OrderingKey})
		}
	}
	slices.SortFunc(lines, func(a, b jobLine) int {
		return cmp.Or(cmp.Compare(a.account, b.account), strings.Compare(a.key, b.key))
	})
	lines = slices.Compact(lines)
	for _, l := range lines {
		if err := tx.lockLine(l.account, l.key); err != nil {
			return nil, err
		}
	}
	return lines, nil
}

// remove deletes jobs that succeeded.
func (c *Claimer) remove(tx *Tx, done []int64) error {
	if len(done) == 0 {
		return nil
	}
	return tx.later(`DELETE FROM jobs WHERE id IN (`+marks(len(done))+`) AND state = 'running' AND lease_owner = ?`, append(padded(done), c.owner)...)
}

// put stores any other outcome and says whether the job, if it is still the
// claimer's, will run again.
func (c *Claimer) put(tx *Tx, r JobResult) (again bool, err error) {
	if r.Outcome == JobFailed && r.Job.Attempt >= r.Job.MaxAttempts {
		r.Outcome = JobGivenUp
	}
	state, runAt, counted, finished := dm.JobReady, r.Job.RunAt, 0, any(nil)
	switch r.Outcome {
	case JobFailed:
		runAt = tx.now.Add(pauseAfter(r.Job.Attempt))
	case JobSnoozed:
		runAt, counted = tx.now.Add(r.After), 1
	case JobGivenBack:
		counted = 1
	case JobCancelled:
		state, finished = dm.JobCancelled, int64(tx.now)
	default:
		state, finished = dm.JobDead, int64(tx.now)
	}
	text := errorText(r.Text)
	end := JobEnd{Outcome: r.Outcome, NextAt: runAt}
	if state != dm.JobReady {
		end.NextAt = 0
	}
	if err := r.Job.end(tx, end); err != nil {
		return false, err
	}
	err = tx.later(`UPDATE jobs SET state = ?, run_at = ?, attempts = attempts - ?, finished_at = ?, last_error = CASE WHEN ? <> '' THEN ? ELSE last_error END, lease_owner = '', lease_until = NULL
WHERE id = ? AND state = 'running' AND lease_owner = ?`, string(state), int64(runAt), counted, finished, text, text, r.Job.ID, c.owner)
	return state == dm.JobReady, err
}

// errorText makes a text fit for last_error.
func errorText(text string) string {
	text = strings.ReplaceAll(strings.ToValidUTF8(text, "?"), "\x00", "?")
	if utf8.RuneCountInString(text) > maxJobError {
		text = string([]rune(text)[:maxJobError-1]) + "…"
	}
	return text
}

// Renew prolongs the leases of jobs that still run, to the moment it returns.
// It gives the ids of those that the claimer has lost; somebody else may run
// them already.
func (c *Claimer) Renew(ctx context.Context, jobs []int64) (until dm.Time, lost []int64, err error) {
	if len(jobs) == 0 {
		return c.db.Now().Add(c.lease), nil, nil
	}
	err = c.db.Write(ctx, Normal, func(tx *Tx) error {
		until = tx.now.Add(c.lease)
		mine := map[int64]bool{}
		err := tx.query(`UPDATE jobs SET lease_until = ? WHERE id IN (`+marks(len(jobs))+`) AND state = 'running' AND lease_owner = ? RETURNING id`, func(rows *sql.Rows) error {
			var id int64
			err := rows.Scan(&id)
			mine[id] = true
			return err
		}, append(append([]any{int64(until)}, padded(jobs)...), c.owner)...)
		lost = slices.DeleteFunc(slices.Clone(jobs), func(id int64) bool { return mine[id] })
		return err
	})
	if err != nil {
		return 0, nil, fmt.Errorf("renew leases: %w", err)
	}
	return until, lost, nil
}

// leaseOver is the last error of a job whose runner went away in its last attempt.
const leaseOver = "The program that ran the job went away."

// endLeases makes jobs free whose runner has gone away. The attempt counts: a
// job that brings its runner down does so only so many times.
func (tx *Tx) endLeases() error {
	var dead []jobLine
	err := tx.query(`UPDATE jobs SET lease_owner = '', lease_until = NULL, last_error = ?,
state = CASE WHEN attempts < max_attempts THEN 'ready' ELSE 'dead' END,
finished_at = CASE WHEN attempts < max_attempts THEN NULL ELSE CAST(? AS BIGINT) END
WHERE id IN (SELECT id FROM jobs WHERE state = 'running' AND lease_until <= ? ORDER BY lease_until, account_id LIMIT 200`+tx.db.dialect.skipLock+`)
RETURNING account_id, ordering_key, state`, func(rows *sql.Rows) error {
		var l jobLine
		var state dm.JobState
		err := rows.Scan(&l.account, &l.key, &state)
		if l.key != "" && state == dm.JobDead {
			dead = append(dead, l)
		}
		return err
	}, leaseOver, int64(tx.now), int64(tx.now))
	if err != nil {
		return err
	}
	for _, l := range dead {
		if err := tx.lockLine(l.account, l.key); err != nil {
			return err
		}
		if _, err := tx.moveLine(l.account, l.key); err != nil {
			return err
		}
	}
	return nil
}
