package store

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"time"

	dm "github.com/deskmesh/deskmesh"
)

// Job is a job that a claimer holds.
type Job struct {
	ID          int64
	Account     int64
	Kind        string
	Args        json.RawMessage
	Urgency     Urgency
	RunAt       dm.Time
	Attempt     int // 1 for the first
	MaxAttempts int
	OrderingKey string
	CreatedAt   dm.Time
	Request     string  // the id of the request that it comes from; "" for none
	LeaseUntil  dm.Time // after this moment others may claim it
	// Ending is set by a handler that has something to write: it is done in the
	// transaction that notes how this run ended, together with those of other jobs,
	// so it costs no commit of its own. It may run twice, and for a run whose job
	// somebody else has by now; it must not fail for what is wrong with its data.
	Ending func(tx *Tx, e JobEnd) error `json:"-"`
}

// Claimer takes jobs in the name of one runner. A job that it holds is nobody
// else's until its lease ends. Claim serves one goroutine at a time.
type Claimer struct {
	db    *DB
	owner string
	kinds map[string]bool
	lease time.Duration

	// after is where the next look at the lanes begins, if there are too many to
	// look at all of them at once.
	after lane
	// ended is when leases that were over were last looked for.
	ended dm.Time
	// served numbers the accounts in the order in which they had their last turn.
	served map[int64]int64
	turn   int64
}

// NewClaimer makes a claimer for jobs of the given kinds. The owner is a name
// that nobody else uses, not even the same runner after a restart.
func (db *DB) NewClaimer(owner string, kinds []string, lease time.Duration) *Claimer {
	c := &Claimer{db: db, owner: owner, kinds: map[string]bool{}, lease: lease, after: firstLane, served: map[int64]int64{}}
	for _, kind := range kinds {
		c.kinds[kind] = true
	}
	return c
}

// ClaimRequest says how much a claimer has room for.
type ClaimRequest struct {
	Most       int           // jobs in all, at most 1,000
	PerAccount int           // jobs of one account, Held included; 0 for no bound
	Held       map[int64]int // account -> jobs that the runner still works on
}

// Claimed is the answer of Claim.
type Claimed struct {
	Jobs []Job
	// More is set where due jobs were left because Most or PerAccount was reached.
	More bool
	// Next is when the next job will be due that was not yet; 0 where there is none.
	Next dm.Time
}

// urgencyStep is how many jobs of an account in work weigh as much as one step
// of urgency: accounts take turns, yet urgent work of a busy account goes
// before the idle one's bulk work.
const urgencyStep = 8

// Claim takes due jobs for the length of a lease. Accounts take turns, those
// with the fewest running jobs first; an account's own jobs go by urgency and
// then by time. Jobs whose lease has ended come back first, or are dead if
// that was their last attempt.
func (c *Claimer) Claim(ctx context.Context, req ClaimRequest) (Claimed, error) {
	req.Most = min(req.Most, 1000)
	if req.Most <= 0 || len(c.kinds) == 0 {
		return Claimed{}, nil
	}
	if req.PerAccount <= 0 {
		req.PerAccount = req.Most + sum(req.Held)
	}
	var got Claimed
	var seen sight
	var ended dm.Time
	err := c.db.Write(ctx, Normal, func(tx *Tx) (err error) {
		got = Claimed{}
		if err := tx.planByIndex(); err != nil {
			return err
		}
		ended = c.ended
		if since := tx.now - ended; since < 0 || since >= leasePace {
			ended = tx.now
			if err := tx.endLeases(); err != nil {
				return err
			}
		}
		if seen, err = c.look(tx, &req); err != nil {
			return err
		}
		chosen := choose(seen.due, &req)
		got.More, got.Next = !seen.all || len(chosen) < len(seen.due), seen.next
		got.Jobs, err = c.take(tx, chosen)
		return err
	})
	if err != nil {
		return Claimed{}, fmt.Errorf("claim jobs: %w", err)
	}
	c.after, c.ended = seen.after, ended
	c.remember(got.Jobs)
	return got, nil
}

func sum(counts map[int64]int) int {
	n := 0
	for _, count := range counts {
		n += count
	}
	return n
}

// leasePace is how often a claimer looks for leases that are over.
const leasePace = dm.Time(1_000_000)

// planByIndex keeps PostgreSQL's planner to the indexes of the queue for the
// rest of the transaction: the statistics of a table that fills and empties
// within seconds are always out of date.
func (tx *Tx) planByIndex() error {
	if tx.db.dialect.name != "postgres" {
		return nil
	}
	return tx.later(`SELECT set_config('enable_seqscan', 'off', true), set_config('enable_sort', 'off', true), set_config('enable_bitmapscan', 'off', true), set_config('jit', 'off', true)`)
}

// candidate is a job that could be claimed.
type candidate struct {
	id      int64
	lane    lane
	runAt   dm.Time
	served  int64 // when its account had its last turn
	running int   // jobs of its account that anybody runs
	load    int   // rank among all candidates; see choose
}

// lane is the ready jobs of one account, urgency and kind.
type lane struct {
	account int64
	urgency Urgency
	kind    string
}

// All lanes are after firstLane and before lastLane.
var (
	firstLane = lane{account: -1}
	lastLane  = lane{account: math.MaxInt64}
)

// sight is what a claimer saw in the queue.
type sight struct {
	due   []candidate
	all   bool    // these are all jobs that are due
	next  dm.Time // when the first of the others will be, 0 for never
	after lane    // where to look on next time
}

// look finds candidates. Where few jobs are due these are all of them, and all
// is set; otherwise some of every lane, so that a million jobs of one account
// do not hide the one of another.
func (c *Claimer) look(tx *Tx, req *ClaimRequest) (s sight, err error) {
	s.after = c.after
	ready, err := tx.readyJobs(req.Most + 1)
	if err != nil {
		return s, err
	}
	later := slices.IndexFunc(ready, func(d candidate) bool { return d.runAt > tx.now })
	switch {
	case later >= 0:
		s.next, ready = ready[later].runAt, ready[:later]
	case len(ready) > req.Most:
		if s.next, err = tx.nextJob(); err != nil {
			return s, err
		}
	}
	if len(ready) == 0 {
		s.all = true
		return s, nil
	}
	running, err := tx.runningJobs()
	if err != nil {
		return s, err
	}
	if s.all = len(ready) <= req.Most; s.all {
		s.due = slices.DeleteFunc(ready, func(d candidate) bool { return !c.kinds[d.lane.kind] })
	} else {
		s.due, s.after, err = c.lookByLane(tx, req, running)
	}
	for i := range s.due {
		s.due[i].running = running[s.due[i].lane.account]
		s.due[i].served = c.served[s.due[i].lane.account]
	}
	return s, err
}

// runningJobs counts them by account; they are few.
func (tx *Tx) runningJobs() (map[int64]int, error) {
	counts := map[int64]int{}
	err := tx.query(`SELECT account_id FROM jobs WHERE state = 'running' AND lease_until > 0`, func(rows *sql.Rows) error {
		var account int64
		err := rows.Scan(&account)
		counts[account]++
		return err
	})
	return counts, err
}

// readyJobs lists the first jobs of any account and kind, those that are due and
// after them those that will be.
func (tx *Tx) readyJobs(limit int) ([]candidate, error) {
	// The range makes SQLite take the index in the order of time.
	return tx.candidates(`SELECT id, account_id, urgency, kind, run_at FROM jobs WHERE state = 'ready' AND run_at <= ? ORDER BY run_at, id LIMIT ?`, int64(math.MaxInt64), limit)
}

func (tx *Tx) candidates(query string, args ...any) ([]candidate, error) {
	var list []candidate
	err := tx.query(query, func(rows *sql.Rows) error {
		var d candidate
		err := rows.Scan(&d.id, &d.lane.account, &d.lane.urgency, &d.lane.kind, &d.runAt)
		list = append(list, d)
		return err
	}, args...)
	return list, err
}

// choose picks from the candidates, in the order in which they are to run. An
// account's next job weighs one more than the one before it, its first as much
// as the account has running.
func choose(due []candidate, req *ClaimRequest) []candidate {
	slices.SortFunc(due, func(a, b candidate) int {
		return cmp.Or(cmp.Compare(a.lane.account, b.lane.account), cmp.Compare(a.lane.urgency, b.lane.urgency),
			cmp.Compare(a.runAt, b.runAt), cmp.Compare(a.id, b.id))
	})
	place := 0
	fit := make([]candidate, 0, len(due))
	for i, d := range due {
		if i == 0 || due[i-1].lane.account != d.lane.account {
			place = 0
		}
		d.load = d.running + place + urgencyStep*int(d.lane.urgency)
		if place++; req.Held[d.lane.account]+place <= req.PerAccount {
			fit = append(fit, d)
		}
	}
	slices.SortFunc(fit, func(a, b candidate) int {
		return cmp.Or(cmp.Compare(a.load, b.load), cmp.Compare(a.served, b.served), cmp.Compare(a.runAt, b.runAt), cmp.Compare(a.id, b.id))
	})
	return fit[:min(len(fit), req.Most)]
}

// take leases the chosen jobs that are still free, in the order chosen.
func (c *Claimer) take(tx *Tx, chosen []candidate) ([]Job, error) {
	if len(chosen) == 0 {
		return nil, nil
	}
	ids := make([]int64, len(chosen))
	order := map[int64]int{}
	for i, d := range chosen {
		ids[i], order[d.id] = d.id, i
	}
	until := tx.now.Add(c.lease)
	var jobs []Job
	err := tx.query(`UPDATE jobs SET state = 'running', lease_owner = ?, lease_until = ?, attempts = attempts + 1
WHERE id IN (SELECT id FROM jobs WHERE id IN (`+marks(len(ids))+`) AND state = 'ready'`+tx.db.dialect.skipLock+`)
RETURNING id, account_id, kind, args, urgency, run_at, attempts, max_attempts, ordering_key, created_at, request`, func(rows *sql.Rows) error {
		j := Job{LeaseUntil: until}
		err := rows.Scan(&j.ID, &j.Account, &j.Kind, (*[]byte)(&j.Args), &j.Urgency, &j.RunAt, &j.Attempt, &j.MaxAttempts, &j.OrderingKey, &j.CreatedAt, &j.Request)
		jobs = append(jobs, j)
		return err
	}, append([]any{c.owner, int64(until)}, padded(ids)...)...)
	slices.SortFunc(jobs, func(a, b Job) int { return order[a.ID] - order[b.ID] })
	return jobs, err
}

// remember notes whose turn it was. Accounts that got nothing for long are
// forgotten, which puts them in front.
func (c *Claimer) remember(jobs []Job) {
	if len(c.served) > 10000 {
		clear(c.served)
	}
	for _, j := range jobs {
		c.turn++
		c.served[j.Account] = c.turn
	}
}

// nextJob is when the next job is due that is not due now, 0 for never.
func (tx *Tx) nextJob() (dm.Time, error) {
	var at dm.Time
	err := tx.row(`SELECT run_at FROM jobs WHERE state = 'ready' AND run_at > ? ORDER BY run_at, id LIMIT 1`, int64(tx.now)).Scan(&at)
	if isNoRows(err) {
		return 0, nil
	}
	return at, err
}
