package store

import (
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	dm "github.com/deskmesh/deskmesh"
)

// NewJob is work to be done after the transaction that enqueues it.
type NewJob struct {
	// Account owns the job; 0 for the server's own work.
	Account int64
	// Kind names the handler, at most 60 bytes.
	Kind string
	// Args is stored as JSON, at most 100,000 bytes. It holds ids, not content:
	// what may be done is decided when the job runs.
	Args any
	// RunAt is the earliest moment; 0 means at once.
	RunAt dm.Time
	// Urgency orders an account's jobs. Its zero value is Urgent.
	Urgency Urgency
	// UniqueKey, at most 200 bytes, makes the job one of its kind in the account:
	// while a job with the same key is ready, waiting or running no other is
	// added. A running one counts although it may already have looked at the
	// data, so the key does not suit work that must follow each change.
	UniqueKey string
	// OrderingKey, at most 200 bytes, puts the account's jobs with the same key in
	// a line: one after the other, oldest first. One that fails holds the others
	// up until it succeeds, is dead or is cancelled.
	OrderingKey string
	// MaxAttempts is how often the job may be started; 0 means 20.
	MaxAttempts int
}

const (
	defaultAttempts = 20
	maxJobKind      = 60
	maxJobKey       = 200
	maxJobArgs      = 100000
)

// check finds mistakes of the program, which is why its errors are plain.
func (j *NewJob) check(args []byte) error {
	switch {
	case j.Kind == "" || len(j.Kind) > maxJobKind:
		return fmt.Errorf("enqueue: %q is no kind of job", j.Kind)
	case len(j.UniqueKey) > maxJobKey, len(j.OrderingKey) > maxJobKey:
		return fmt.Errorf("enqueue %s: a key is longer than %d bytes", j.Kind, maxJobKey)
	case len(args) > maxJobArgs:
		return fmt.Errorf("enqueue %s: the arguments are longer than %d bytes", j.Kind, maxJobArgs)
	case j.Urgency < Urgent || j.Urgency > Bulk:
		return fmt.Errorf("enqueue %s: urgency %d is unknown", j.Kind, j.Urgency)
	}
	return nil
}

// Enqueue adds a job that exists exactly when the transaction is committed;
// the runners of this process are then woken. Where the unique key is taken
// nothing is added and id is that of the job there is.
func (tx *Tx) Enqueue(j NewJob) (id int64, added bool, err error) {
	args, err := json.Marshal(j.Args)
	if err != nil {
		return 0, false, fmt.Errorf("enqueue %s: %w", j.Kind, err)
	}
	if err := j.check(args); err != nil {
		return 0, false, err
	}
	state, err := tx.placeInLine(j.Account, j.OrderingKey)
	if err != nil {
		return 0, false, err
	}
	// The job that holds the unique key may finish between the two statements;
	// then there is room for the new one.
	for range 5 {
		id, err = tx.insertJob(&j, string(args), state)
		if err == nil {
			tx.AfterCommit(tx.db.pokeJobs)
			return id, true, nil
		}
		if !isNoRows(err) {
			return 0, false, fmt.Errorf("enqueue %s: %w", j.Kind, err)
		}
		id, err = tx.jobByKey(j.Account, j.Kind, j.UniqueKey)
		if err == nil {
			return id, false, nil
		}
		if !isNoRows(err) {
			return 0, false, fmt.Errorf("enqueue %s: %w", j.Kind, err)
		}
	}
	return 0, false, dm.Errorf(dm.Unavailable, "The server is busy. Please try again.")
}

// EnqueueAll is Enqueue for many jobs without unique and ordering keys.
func (tx *Tx) EnqueueAll(jobs []NewJob) error {
	return inRows(len(jobs), func(from, to int) error {
		var values []any
		for _, j := range jobs[from:to] {
			args, err := json.Marshal(j.Args)
			if err == nil {
				err = j.check(args)
			}
			if err == nil && j.UniqueKey+j.OrderingKey != "" {
				err = errors.New("jobs with keys are enqueued one by one")
			}
			if err != nil {
				return fmt.Errorf("enqueue %s: %w", j.Kind, err)
			}
			values = append(values, j.values(tx, string(args), dm.JobReady)...)
		}
		err := tx.later(insertJobs+rowMarks(to-from, jobValues), values...)
		tx.AfterCommit(tx.db.pokeJobs)
		return err
	})
}

const insertJobs = `INSERT INTO jobs (account_id, kind, args, state, urgency, run_at, max_attempts, unique_key, ordering_key, created_at, request) VALUES `

// jobValues is how many columns insertJobs names.
const jobValues = 11

// values gives the columns of insertJobs.
func (j *NewJob) values(tx *Tx, args string, state dm.JobState) []any {
	runAt, attempts := j.RunAt, j.MaxAttempts
	if runAt == 0 {
		runAt = tx.now
	}
	if attempts <= 0 {
		attempts = defaultAttempts
	}
	return []any{j.Account, j.Kind, args, string(state), int64(j.Urgency), int64(runAt), attempts, j.UniqueKey, j.OrderingKey, int64(tx.now), tx.origin}
}

// insertJob gives sql.ErrNoRows where the unique key is taken.
func (tx *Tx) insertJob(j *NewJob, args string, state dm.JobState) (int64, error) {
	if !tx.writes {
		return 0, fmt.Errorf("a write outside a transaction")
	}
	return tx.number(insertJobs+rowMarks(1, jobValues)+`
ON CONFLICT (account_id, kind, unique_key) WHERE unique_key <> '' AND state IN ('ready', 'waiting', 'running') DO NOTHING
RETURNING id`, j.values(tx, args, state)...)
}

// jobByKey finds the job that holds a unique key; sql.ErrNoRows where none does.
func (tx *Tx) jobByKey(account int64, kind, key string) (int64, error) {
	var id int64
	err := tx.row(`SELECT id FROM jobs WHERE account_id = ? AND kind = ? AND unique_key = ?
AND unique_key <> '' AND state IN ('ready', 'waiting', 'running')`, account, kind, key).Scan(&id)
	return id, err
}

// placeInLine says how a job with the ordering key starts: waiting behind the
// one at the head of the line, or ready as the head itself.
func (tx *Tx) placeInLine(account int64, key string) (dm.JobState, error) {
	if key == "" {
		return dm.JobReady, nil
	}
	if err := tx.lockLine(account, key); err != nil {
		return "", err
	}
	head, err := tx.headOfLine(account, key)
	if err != nil || head == 0 {
		return dm.JobReady, err
	}
	return dm.JobWaiting, nil
}

// lockLine keeps other transactions from changing who heads the line.
func (tx *Tx) lockLine(account int64, key string) error {
	return tx.lock(fmt.Sprintf("job line %d %s", account, key))
}

// lock lets other transactions with the same name begin what follows only when
// this one has ended. SQLite has only one writer.
func (tx *Tx) lock(name string) error {
	if tx.db.dialect.name != "postgres" {
		return nil
	}
	return tx.query(`SELECT 1 FROM pg_advisory_xact_lock(hashtextextended(?, 0))`, func(*sql.Rows) error { return nil }, name)
}

// headOfLine is the one job of an ordering key that may run, 0 for none.
func (tx *Tx) headOfLine(account int64, key string) (int64, error) {
	var id int64
	err := tx.row(`SELECT id FROM jobs WHERE account_id = ? AND ordering_key = ?
AND ordering_key <> '' AND state IN ('ready', 'running')`, account, key).Scan(&id)
	if isNoRows(err) {
		return 0, nil
	}
	return id, err
}

// moveLine makes the oldest waiting job of a locked line its head where the
// line has none, and says whether it did.
func (tx *Tx) moveLine(account int64, key string) (bool, error) {
	head, err := tx.headOfLine(account, key)
	if err != nil || head != 0 {
		return false, err
	}
	moved, err := tx.exec(`UPDATE jobs SET state = 'ready' WHERE id = (SELECT id FROM jobs
WHERE account_id = ? AND ordering_key = ? AND state = 'waiting' ORDER BY id LIMIT 1)`, account, key)
	return moved > 0, err
}

// EnqueueSlot adds the job of a schedule once per slot, whoever asks and how
// often: slots begin at whole multiples of every since 1970. A slot is passed
// over while the job of an earlier one is still there, and slots that nobody
// asked for are not made up. The job belongs to no account.
func (tx *Tx) EnqueueSlot(kind string, every time.Duration) (added bool, err error) {
	slot := SlotOf(tx.now, every)
	taken, err := tx.exec(`INSERT INTO job_slots (kind, slot) VALUES (?, ?)
ON CONFLICT (kind) DO UPDATE SET slot = excluded.slot WHERE job_slots.slot < excluded.slot`, kind, int64(slot))
	if err != nil || taken == 0 {
		return false, err
	}
	_, added, err = tx.Enqueue(NewJob{Kind: kind, Urgency: Normal, UniqueKey: "slot"})
	return added, err
}

// SlotOf is the beginning of the slot that a moment falls into.
func SlotOf(at dm.Time, every time.Duration) dm.Time {
	return at - at%dm.Time(max(every.Microseconds(), 1))
}

// jobListeners are told when there may be something to run.
type jobListeners struct {
	mu    sync.Mutex
	last  int
	funcs map[int]func()
}

// OnJobs calls f after every commit of this process that made a job ready or
// set its time, until stop is called. f must not block. Jobs of other nodes
// are not announced: a runner also looks by itself.
func (db *DB) OnJobs(f func()) (stop func()) {
	l := &db.jobs
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.funcs == nil {
		l.funcs = map[int]func(){}
	}
	l.last++
	number := l.last
	l.funcs[number] = f
	return func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		delete(l.funcs, number)
	}
}

func (db *DB) pokeJobs() {
	db.jobs.mu.Lock()
	defer db.jobs.mu.Unlock()
	for _, f := range db.jobs.funcs {
		f()
	}
}
