package storetest_test

import (
	"strings"
	"sync/atomic"
	"testing"
	"time"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/store"
	"github.com/deskmesh/deskmesh/internal/store/pgtest"
)

// TestIdempotencyKeyLife proves that a key is free again after 24 hours, swept
// or not.
func TestIdempotencyKeyLife(t *testing.T) {
	t.Parallel()
	for engine, dsn := range map[string]func(*testing.T) string{
		"sqlite":   func(t *testing.T) string { return "sqlite:" + sqliteFile(t) },
		"postgres": func(t *testing.T) string { return pgtest.New(t, migrated) },
	} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			var now atomic.Int64
			now.Store(1_800_000_000)
			db, err := store.Open(t.Context(), dsn(t), store.Options{Relaxed: true, MaxConns: 2, Now: func() time.Time { return time.Unix(now.Load(), 0) }})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { db.Close() })
			k := &store.IdempotencyKey{Key: "k", Route: "POST /tickets", Digest: strings.Repeat("a", 64)}
			var account int64
			do := func(f func(tx *store.Tx) error) {
				t.Helper()
				if err := db.Write(t.Context(), store.Urgent, f); err != nil {
					t.Fatal(err)
				}
			}
			do(func(tx *store.Tx) (err error) {
				if account, err = tx.CreateAccount(dm.Account{Slug: "acme", Name: "Acme", BaseURL: "https://acme.example", Edition: "community"}); err != nil {
					return err
				}
				k.PersonID, err = tx.CreatePerson(account, &dm.Person{Kind: dm.Agent, Name: "Ann", Address: "ann@acme.example"})
				return err
			})
			claim := func(free bool) {
				t.Helper()
				do(func(tx *store.Tx) error {
					earlier, err := tx.ClaimIdempotencyKey(account, k)
					if (earlier == nil) != free {
						t.Errorf("earlier request: %+v", earlier)
					}
					return err
				})
			}
			claim(true)
			now.Add(24*3600 - 1)
			claim(false)
			now.Add(1)
			claim(true)
			now.Add(24 * 3600)
			for _, want := range []int64{1, 0} {
				do(func(tx *store.Tx) error {
					n, err := tx.DropOldIdempotencyKeys(10)
					if n != want {
						t.Errorf("dropped %d keys, want %d", n, want)
					}
					return err
				})
			}
		})
	}
}
