package storetest_test

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/deskmesh/deskmesh/internal/store"
	"github.com/deskmesh/deskmesh/internal/store/pgtest"
	"github.com/deskmesh/deskmesh/internal/store/storetest"
)

func TestSQLite(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T) *store.DB { return open(t, "sqlite:"+sqliteFile(t)) })
}

func TestPostgres(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T) *store.DB { return open(t, pgtest.New(t, migrated)) })
}

func open(t *testing.T, dsn string) *store.DB {
	t.Helper()
	db, err := store.Open(t.Context(), dsn, store.Options{Relaxed: true, MaxConns: 8})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
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
	dir, err := os.MkdirTemp("", "storetest")
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
func sqliteFile(t *testing.T) string {
	t.Helper()
	path, err := template()
	if err != nil {
		t.Fatal(err)
	}
	from, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer from.Close()
	copied := filepath.Join(t.TempDir(), "desk.db")
	to, err := os.Create(copied)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(to, from); err != nil {
		t.Fatal(err)
	}
	if err := to.Close(); err != nil {
		t.Fatal(err)
	}
	return copied
}
