package store

import (
	"context"
	"errors"
	"testing"
)

// TestLater holds that a statement whose outcome nobody waits for is seen by what
// follows, and that one which fails takes the whole transaction with it.
func TestLater(t *testing.T) {
	t.Parallel()
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			db := openJobDB(t, engine, Options{Relaxed: true})
			const add = `INSERT INTO job_slots (kind, slot) VALUES (?, ?)`
			count := func(tx *Tx) (n int64, err error) { return tx.number(`SELECT COUNT(*) FROM job_slots`) }
			stands := func() (n int64) {
				t.Helper()
				if err := db.Read(t.Context(), func(tx *Tx) (err error) { n, err = count(tx); return err }); err != nil {
					t.Fatal(err)
				}
				return n
			}
			t.Run("seen by what follows", func(t *testing.T) {
				err := db.Write(t.Context(), Urgent, func(tx *Tx) error {
					for i, kind := range []string{"a", "b", "c"} {
						if err := tx.later(add, kind, i); err != nil {
							return err
						}
					}
					if n, err := count(tx); err != nil || n != 3 {
						t.Errorf("%d rows inside: %v", n, err)
					}
					if err := tx.later(`DELETE FROM job_slots WHERE kind = ?`, "c"); err != nil {
						return err
					}
					if ids, err := tx.ids(`SELECT slot FROM job_slots ORDER BY slot`); err != nil || len(ids) != 2 {
						t.Errorf("%v inside: %v", ids, err)
					}
					return tx.later(add, "d", 4)
				})
				if n := stands(); err != nil || n != 3 {
					t.Errorf("%d rows after: %v", n, err)
				}
			})
			t.Run("one that fails", func(t *testing.T) {
				told := false
				err := db.Write(t.Context(), Urgent, func(tx *Tx) error {
					tx.AfterCommit(func() { told = true })
					if err := tx.later(add, "e", 5); err != nil {
						return err
					}
					return tx.later(add, "a", 6) // is there
				})
				if !isDuplicate(err) || told {
					t.Errorf("the error is %v, told %v", err, told)
				}
				if n := stands(); n != 3 {
					t.Errorf("%d rows after", n)
				}
			})
			t.Run("taken back", func(t *testing.T) {
				stop := errors.New("stop")
				err := db.Write(t.Context(), Urgent, func(tx *Tx) error {
					if err := tx.later(add, "f", 7); err != nil {
						return err
					}
					if _, err := count(tx); err != nil {
						return err
					}
					return stop
				})
				if n := stands(); !errors.Is(err, stop) || n != 3 {
					t.Errorf("%d rows after: %v", n, err)
				}
			})
			t.Run("given up on the way", func(t *testing.T) {
				ctx, cancel := context.WithCancel(t.Context())
				err := db.Write(ctx, Urgent, func(tx *Tx) error {
					if err := tx.later(add, "g", 8); err != nil {
						return err
					}
					if _, err := count(tx); err != nil {
						return err
					}
					cancel()
					return ctx.Err()
				})
				if n := stands(); !errors.Is(err, context.Canceled) || n != 3 {
					t.Errorf("%d rows after: %v", n, err)
				}
				if in := db.Pool().InUse; in != 0 {
					t.Errorf("%d connections are held", in)
				}
			})
			t.Run("nothing to do", func(t *testing.T) {
				if err := db.Write(t.Context(), Urgent, func(*Tx) error { return nil }); err != nil {
					t.Error(err)
				}
			})
		})
	}
}
