package store

import (
	"context"
	"database/sql"
	"time"
)

// Meter is told how the database fares, by counts and times alone. Its methods
// are called from many goroutines and must be quick.
type Meter interface {
	// Statement tells of a statement and how long it took, reading its rows
	// included; write is set inside a transaction that may write.
	Statement(write bool, took time.Duration, err error)
	// Waited tells how long a write waited for SQLite's writer.
	Waited(u Urgency, took time.Duration)
	// Committed tells of a transaction: how many writes shared it (always one on
	// PostgreSQL) and how long it took from its beginning to its end.
	Committed(writes int, took time.Duration, err error)
}

// noteStatement tells the meter, if there is one, of a statement begun at the
// given moment. A row that was not found is no error.
func (tx *Tx) noteStatement(began time.Time, err error) {
	if m := tx.db.meter; m != nil {
		if isNoRows(err) {
			err = nil
		}
		m.Statement(tx.writes, time.Since(began), err)
	}
}

// began is the moment for noteStatement.
func (db *DB) began() time.Time {
	if db.meter == nil {
		return time.Time{}
	}
	return stopwatch()
}

// Pool is the state of the connections: of the readers on SQLite, of all on
// PostgreSQL.
type Pool struct {
	Most, Open, InUse int
	Waits             int64         // how often somebody waited for one, so far
	Waited            time.Duration // how long, in all
}

// Pool tells how the connections are used.
func (db *DB) Pool() Pool {
	s := db.pool.Stats()
	return Pool{Most: s.MaxOpenConnections, Open: s.OpenConnections, InUse: s.InUse, Waits: s.WaitCount, Waited: s.WaitDuration}
}

// Queued is how many writes wait for SQLite's writer, by urgency; all 0 on
// PostgreSQL.
func (db *DB) Queued() (waiting [3]int) {
	if db.writer != nil {
		for i := range waiting {
			waiting[i] = len(db.writer.queue[i])
		}
	}
	return waiting
}

// JobCount is how many jobs of a kind are in a state. Oldest is when the first
// of them was to run.
type JobCount struct {
	Kind   string
	State  string
	Count  int64
	Oldest int64 // microseconds since 1970
}

// JobCounts counts the jobs of every account. It reads the whole table: ask
// for it a few times a minute at most.
func (db *DB) JobCounts(ctx context.Context) (list []JobCount, err error) {
	err = db.Read(ctx, func(tx *Tx) error {
		return tx.query(`SELECT kind, state, COUNT(*), MIN(run_at) FROM jobs GROUP BY kind, state ORDER BY kind, state`, func(rows *sql.Rows) error {
			var c JobCount
			err := rows.Scan(&c.Kind, &c.State, &c.Count, &c.Oldest)
			list = append(list, c)
			return err
		})
	})
	return list, err
}

// LiveSchema is the version of the schema that the database has; 0 where there
// is none yet.
func (db *DB) LiveSchema(ctx context.Context) (version int64, err error) {
	err = db.Read(ctx, func(tx *Tx) error {
		columns, err := tx.columns()
		if err == nil {
			version, err = tx.schemaVersion(allTables(columns))
		}
		return err
	})
	return version, err
}
