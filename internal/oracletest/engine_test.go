package oracletest

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/deskmesh/deskmesh/internal/store"
	"github.com/deskmesh/deskmesh/internal/store/pgtest"
)

// engine is a database whose clock stands where the test puts it. It takes one
// world after the other, never two at once.
type engine struct {
	db     *store.DB
	now    atomic.Int64 // microseconds
	worlds int          // stored so far; makes names unique
}

var engines = []string{"sqlite", "postgres"}

// openEngine gives an empty, migrated database of its own.
func openEngine(tb testing.TB, name string) *engine {
	tb.Helper()
	var dsn string
	if name == "postgres" {
		dsn = pgtest.New(tb, migrated)
	} else {
		dsn = "sqlite:" + sqliteFile(tb)
	}
	e := &engine{}
	db, err := store.Open(tb.Context(), dsn, store.Options{
		Relaxed: true, MaxConns: 1, Now: func() time.Time { return time.UnixMicro(e.now.Load()) },
	})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { db.Close() })
	e.db = db
	return e
}

// at runs a transaction at the given moment.
func (e *engine) at(now int64, f func(*store.Tx) error) error {
	e.now.Store(now)
	return e.db.Write(context.Background(), store.Urgent, f)
}

// migrated brings an empty database to the present schema.
func migrated(dsn string) error {
	db, err := store.Open(context.Background(), dsn, store.Options{Relaxed: true})
	if err != nil {
		return err
	}
	defer db.Close()
	return db.Migrate(context.Background())
}

// template is a migrated SQLite file, made once.
var template = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "oracletest")
	if err != nil {
		return "", err
	}
	path := filepath.Join(dir, "template.db")
	return path, migrated("sqlite:" + path)
})

func TestMain(m *testing.M) {
	code := m.Run()
	if path, err := template(); err == nil {
		os.RemoveAll(filepath.Dir(path))
	}
	os.Exit(code)
}

// sqliteFile gives the test a copy of the template.
func sqliteFile(tb testing.TB) string {
	tb.Helper()
	path, err := template()
	if err != nil {
		tb.Fatal(err)
	}
	from, err := os.Open(path)
	if err != nil {
		tb.Fatal(err)
	}
	defer from.Close()
	copied := filepath.Join(tb.TempDir(), "desk.db")
	to, err := os.Create(copied)
	if err != nil {
		tb.Fatal(err)
	}
	defer to.Close()
	if _, err := io.Copy(to, from); err != nil {
		tb.Fatal(err)
	}
	return copied
}
