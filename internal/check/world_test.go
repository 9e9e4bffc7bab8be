package check_test

import (
	"bytes"
	"context"
	"database/sql"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/deskmesh/deskmesh/internal/app"
	"github.com/deskmesh/deskmesh/internal/blob"
	"github.com/deskmesh/deskmesh/internal/check"
	"github.com/deskmesh/deskmesh/internal/jobs"
	"github.com/deskmesh/deskmesh/internal/seed"
	"github.com/deskmesh/deskmesh/internal/store"
	"github.com/deskmesh/deskmesh/internal/store/pgtest"
)

// world is the demo desks, with a connection past the store to do damage with.
type world struct {
	testing.TB
	db     *store.DB
	blobs  *blob.Folder
	folder string
	raw    *sql.Conn
}

func onEngines(t *testing.T, test func(t *testing.T, open func(t *testing.T) *world)) {
	t.Helper()
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			test(t, func(t *testing.T) *world { return newWorld(t, engine) })
		})
	}
}

func newWorld(t *testing.T, engine string) *world {
	t.Helper()
	w := &world{TB: t, folder: t.TempDir()}
	driver, dsn, address := "pgx", "", ""
	if engine == "sqlite" {
		path := copyOfTemplate(t)
		driver, dsn, address = "sqlite", "sqlite:"+path, "file:"+path+"?_pragma=busy_timeout(10000)"
	} else {
		dsn = pgtest.New(t, furnish)
		address = dsn
	}
	var err error
	w.db, err = store.Open(t.Context(), dsn, store.Options{Relaxed: true, MaxConns: 4})
	w.must(err)
	t.Cleanup(func() { w.db.Close() })
	w.blobs, err = blob.OpenFolder(w.folder)
	w.must(err)
	t.Cleanup(func() { w.blobs.Close() })
	pool, err := sql.Open(driver, address)
	w.must(err)
	t.Cleanup(func() { pool.Close() })
	w.raw, err = pool.Conn(t.Context())
	w.must(err)
	t.Cleanup(func() { w.raw.Close() })
	if engine == "postgres" {
		w.do(`SET session_replication_role = replica`) // references are not looked at
	}
	return w
}

func (w *world) must(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

// do runs statements past the store. References are not looked at.
func (w *world) do(statements ...string) {
	w.Helper()
	for _, s := range statements {
		if _, err := w.raw.ExecContext(w.Context(), s); err != nil {
			w.Fatalf("%v: %s", err, s)
		}
	}
}

// number reads one number past the store.
func (w *world) number(query string) (n int64) {
	w.Helper()
	if err := w.raw.QueryRowContext(w.Context(), query).Scan(&n); err != nil {
		w.Fatalf("%v: %s", err, query)
	}
	return n
}

// put keeps bytes and gives their key and digest.
func (w *world) put(text string) (key, digest string) {
	w.Helper()
	key, _, digest, err := w.blobs.Put(w.Context(), strings.NewReader(text), 1<<20)
	w.must(err)
	return key, digest
}

// check looks at everything and gives the findings by rule.
func (w *world) check(o check.Options) (map[string][]check.Finding, check.Summary) {
	w.Helper()
	found := map[string][]check.Finding{}
	r := &jobs.Runner{DB: w.db}
	(&app.App{DB: w.db}).Jobs(r)
	o.JobKinds = r.Kinds()
	o.Each = func(f check.Finding) { found[f.Rule] = append(found[f.Rule], f) }
	sum, err := check.Run(w.Context(), w.db, w.blobs, o)
	w.must(err)
	return found, sum
}

// furnish makes the demo desks.
func furnish(dsn string) error {
	ctx := context.Background()
	db, err := store.Open(ctx, dsn, store.Options{Relaxed: true})
	if err != nil {
		return err
	}
	defer db.Close()
	if err := db.Migrate(ctx); err != nil {
		return err
	}
	return seed.Demo(ctx, db, dsn, 8080)
}

// template is a SQLite file with the demo desks, made once.
var template = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "check")
	if err != nil {
		return "", err
	}
	path := filepath.Join(dir, "template.db")
	return path, furnish("sqlite:" + path)
})

func TestMain(m *testing.M) {
	code := m.Run()
	if path, err := template(); err == nil {
		os.RemoveAll(filepath.Dir(path))
	}
	os.Exit(code)
}

func copyOfTemplate(t *testing.T) string {
	t.Helper()
	path, err := template()
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	copied := filepath.Join(t.TempDir(), "desk.db")
	to, err := os.Create(copied)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(to, bytes.NewReader(text)); err != nil {
		t.Fatal(err)
	}
	if err := to.Close(); err != nil {
		t.Fatal(err)
	}
	return copied
}
