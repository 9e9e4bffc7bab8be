package store

import (
	"database/sql"
	"slices"
	"strings"

	dm "github.com/deskmesh/deskmesh"
)

const jobColumns = `id, kind, state, run_at, attempts, max_attempts, last_error, created_at, finished_at`

func scanJob(rows *sql.Rows) (dm.Job, error) {
	var j dm.Job
	err := rows.Scan(&j.ID, &j.Kind, &j.State, &j.RunAt, &j.Attempts, &j.MaxAttempts, &j.LastError, &j.CreatedAt, opt(&j.FinishedAt))
	return j, err
}

// JobList lists an account's jobs in the given states (none: in any), newest
// first, with ids below before; 0 begins at the newest.
func (tx *Tx) JobList(account int64, states []dm.JobState, before int64, limit int) ([]dm.Job, error) {
	if len(states) == 0 {
		states = dm.JobStates
	}
	if before == 0 {
		before = 1 << 53
	}
	states = slices.Compact(slices.Sorted(slices.Values(states)))
	arm := `SELECT ` + jobColumns + ` FROM (SELECT ` + jobColumns + ` FROM jobs
WHERE account_id = ? AND state = ? AND id < ? ORDER BY id DESC LIMIT ?) part`
	var args []any
	for _, state := range states {
		args = append(args, account, string(state), before, limit)
	}
	query := strings.TrimSuffix(strings.Repeat(arm+"\nUNION ALL\n", len(states)), "UNION ALL\n")
	var list []dm.Job
	err := tx.query(query+`ORDER BY id DESC LIMIT ?`, func(rows *sql.Rows) error {
		j, err := scanJob(rows)
		list = append(list, j)
		return err
	}, append(args, limit)...)
	return list, err
}

// Job gives one job of an account; NotFound for any other, and for one that
// has succeeded.
func (tx *Tx) Job(account, id int64) (dm.Job, error) {
	j, _, err := tx.jobAndKeys(account, id)
	return j, err
}

// jobKeys is what ties a job to others of its account.
type jobKeys struct{ unique, ordering string }

func (tx *Tx) jobAndKeys(account, id int64) (dm.Job, jobKeys, error) {
	var j dm.Job
	var keys jobKeys
	err := tx.row(`SELECT `+jobColumns+`, unique_key, ordering_key FROM jobs WHERE account_id = ? AND id = ?`, account, id).
		Scan(&j.ID, &j.Kind, &j.State, &j.RunAt, &j.Attempts, &j.MaxAttempts, &j.LastError, &j.CreatedAt, opt(&j.FinishedAt), &keys.unique, &keys.ordering)
	if isNoRows(err) {
		err = dm.Missing("job")
	}
	return j, keys, err
}

// lockedJob reads a job after its line is locked.
func (tx *Tx) lockedJob(account, id int64) (dm.Job, jobKeys, error) {
	j, keys, err := tx.jobAndKeys(account, id)
	if err != nil || keys.ordering == "" {
		return j, keys, err
	}
	if err := tx.lockLine(account, keys.ordering); err != nil {
		return j, keys, err
	}
	return tx.jobAndKeys(account, id)
}

var (
	errJobRuns  = dm.Errorf(dm.Conflict, "The job is running.").With("running")
	errJobThere = dm.Errorf(dm.Conflict, "Another job for the same work is waiting or running.").With("duplicate")
)

// RetryJob lets a dead or cancelled job run again from its first attempt, and
// one that is ready run at once. NotFound; Conflict where it runs, or where
// another job has taken its unique key.
func (tx *Tx) RetryJob(account, id int64) error {
	j, keys, err := tx.lockedJob(account, id)
	if err != nil {
		return err
	}
	state := j.State
	switch state {
	case dm.JobRunning:
		return errJobRuns
	case dm.JobDead, dm.JobCancelled:
		if _, err := tx.jobByKey(account, j.Kind, keys.unique); err == nil {
			return errJobThere
		} else if !isNoRows(err) {
			return err
		}
		if state, err = tx.placeInLine(account, keys.ordering); err != nil {
			return err
		}
		j.Attempts = 0
	}
	changed, err := tx.exec(`UPDATE jobs SET state = ?, run_at = ?, attempts = ?, finished_at = NULL WHERE account_id = ? AND id = ? AND state = ?`,
		string(state), int64(tx.now), j.Attempts, account, id, string(j.State))
	if isDuplicate(err) {
		return errJobThere
	}
	if err == nil && changed == 0 {
		return errJobRuns // it was claimed in between
	}
	tx.AfterCommit(tx.db.pokeJobs)
	return err
}

// CancelJob takes back a job that has not begun. NotFound; Conflict where it
// runs. A job that has already ended stays as it is.
func (tx *Tx) CancelJob(account, id int64) error {
	j, keys, err := tx.lockedJob(account, id)
	if err != nil {
		return err
	}
	switch j.State {
	case dm.JobRunning:
		return errJobRuns
	case dm.JobDead, dm.JobCancelled:
		return nil
	}
	changed, err := tx.exec(`UPDATE jobs SET state = 'cancelled', finished_at = ? WHERE account_id = ? AND id = ? AND state IN ('ready', 'waiting')`, int64(tx.now), account, id)
	if err != nil {
		return err
	}
	if changed == 0 {
		return errJobRuns
	}
	if keys.ordering == "" {
		return nil
	}
	tx.AfterCommit(tx.db.pokeJobs)
	_, err = tx.moveLine(account, keys.ordering)
	return err
}

// DeleteOldJobs removes an account's dead and cancelled jobs that ended before
// the given moment, at most limit of them, and gives their number.
func (tx *Tx) DeleteOldJobs(account int64, before dm.Time, limit int) (int64, error) {
	return tx.exec(`DELETE FROM jobs WHERE id IN (SELECT id FROM jobs
WHERE account_id = ? AND finished_at < ? AND finished_at IS NOT NULL ORDER BY finished_at LIMIT ?)`, account, int64(before), limit)
}
