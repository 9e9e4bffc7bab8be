package store

import (
	"context"
	"sync/atomic"
	"time"

	dm "github.com/deskmesh/deskmesh"
)

// clock is the database's clock. On SQLite it is the process's; on PostgreSQL
// the process's corrected by a measured offset, so that all nodes agree
// (docs/decisions/0007).
type clock struct {
	process func() time.Time
	offset  atomic.Int64 // microseconds
}

func orNow(now func() time.Time) func() time.Time {
	if now == nil {
		return time.Now
	}
	return now
}

// Now is the moment by the database's clock.
func (db *DB) Now() dm.Time {
	return dm.TimeOf(db.clock.process()) + dm.Time(db.clock.offset.Load())
}

// stopwatch is a moment to measure a duration from, which is told to a meter and
// stored nowhere.
func stopwatch() time.Time { return time.Now() }

// ClockOffset is how far the database's clock is ahead of this process's; 0 on
// SQLite.
func (db *DB) ClockOffset() time.Duration {
	return time.Duration(db.clock.offset.Load()) * time.Microsecond
}

// measureClock sets the offset, from the fastest of a few questions. With a
// test's clock the offset stays 0.
func (db *DB) measureClock(ctx context.Context, real bool) error {
	if !real {
		return nil
	}
	best := time.Duration(1<<63 - 1)
	for range 3 {
		sent := time.Now()
		var server int64
		if err := db.pool.QueryRowContext(ctx, `SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint`).Scan(&server); err != nil {
			return err
		}
		took := time.Since(sent)
		if took < best {
			best = took
			db.clock.offset.Store(server - sent.Add(took/2).UnixMicro())
		}
	}
	return nil
}

func (db *DB) keepMeasuring(ctx context.Context) {
	tick := time.NewTicker(10 * time.Second)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			// A failed measure keeps the last offset; the next one is ten seconds away.
			_ = db.measureClock(ctx, true)
		}
	}
}
