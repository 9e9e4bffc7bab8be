package jobs

import (
	"context"
	"log/slog"
	"path/filepath"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/store"
	"github.com/deskmesh/deskmesh/internal/store/pgtest"
)

// rig is a database and the runners of a test, in a bubble whose time passes
// only when everybody waits.
type rig struct {
	*testing.T
	dsn string
	db  *store.DB
}

// inBubble runs f on an empty database of each engine.
func inBubble(t *testing.T, f func(r *rig)) {
	t.Parallel()
	for _, engine := range engines {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			dsn := newDSN(t, engine)
			synctest.Test(t, func(t *testing.T) {
				r := &rig{T: t, dsn: dsn}
				r.db = r.open()
				f(r)
			})
		})
	}
}

var engines = []string{"sqlite", "postgres"}

func newDSN(t testing.TB, engine string) string {
	t.Helper()
	if engine == "postgres" {
		return pgtest.New(t, migrate)
	}
	dsn := "sqlite:" + filepath.Join(t.TempDir(), "desk.db")
	if err := migrate(dsn); err != nil {
		t.Fatal(err)
	}
	return dsn
}

func migrate(dsn string) error {
	db, err := store.Open(context.Background(), dsn, store.Options{Relaxed: true})
	if err != nil {
		return err
	}
	defer db.Close()
	return db.Migrate(context.Background())
}

// open opens the database once more, as another process would.
func (r *rig) open() *store.DB {
	r.Helper()
	db, err := store.Open(r.Context(), r.dsn, store.Options{Relaxed: true, Now: time.Now})
	if err != nil {
		r.Fatal(err)
	}
	r.Cleanup(func() { db.Close() })
	return db
}

// runner makes a runner that is not started yet; without a database of its own
// it shares the rig's.
func (r *rig) runner(db *store.DB) *Runner {
	if db == nil {
		db = r.db
	}
	return &Runner{DB: db, Workers: 8, Logger: slog.New(slog.DiscardHandler)}
}

// start starts runners that are stopped when the test ends. The function it
// gives brings them down like a crash.
func (r *rig) start(runners ...*Runner) (crash func()) {
	r.Helper()
	ctx, crash := context.WithCancel(context.Background())
	for _, runner := range runners {
		if err := runner.Start(ctx); err != nil {
			r.Fatal(err)
		}
		r.Cleanup(func() {
			if err := runner.Stop(context.Background()); err != nil {
				r.Error(err)
			}
			crash()
		})
	}
	return crash
}

func (r *rig) add(j store.NewJob) (id int64) {
	r.Helper()
	if j.Kind == "" {
		j.Kind = "work"
	}
	err := r.db.Write(r.Context(), store.Urgent, func(tx *store.Tx) (err error) {
		id, _, err = tx.Enqueue(j)
		return err
	})
	if err != nil {
		r.Fatal(err)
	}
	return id
}

// job reads a job; its state is empty where it is gone.
func (r *rig) job(account, id int64) (j dm.Job) {
	r.Helper()
	err := r.db.Read(r.Context(), func(tx *store.Tx) (err error) {
		j, err = tx.Job(account, id)
		return err
	})
	if err != nil && dm.CodeOf(err) != dm.NotFound {
		r.Fatal(err)
	}
	return j
}

func (r *rig) wantState(account, id int64, want dm.JobState) dm.Job {
	r.Helper()
	j := r.job(account, id)
	if j.State != want {
		r.Fatalf("job %d is %q, want %q", id, j.State, want)
	}
	return j
}

// left counts the jobs of an account, of whatever state.
func (r *rig) left(account int64) (n int) {
	r.Helper()
	err := r.db.Read(r.Context(), func(tx *store.Tx) error {
		list, err := tx.JobList(account, nil, 0, 100000)
		n = len(list)
		return err
	})
	if err != nil {
		r.Fatal(err)
	}
	return n
}

// log notes what happened when.
type journal struct {
	mu    sync.Mutex
	start time.Time
	at    []time.Duration
	ids   []int64
	heard chan struct{}
}

func newJournal() *journal {
	return &journal{start: time.Now(), heard: make(chan struct{}, 100000)}
}

func (l *journal) note(id int64) {
	l.mu.Lock()
	l.at, l.ids = append(l.at, time.Since(l.start)), append(l.ids, id)
	l.mu.Unlock()
	l.heard <- struct{}{}
}

// await waits for n more notes.
func (l *journal) await(n int) {
	for range n {
		<-l.heard
	}
}

func (l *journal) times() []time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	return append([]time.Duration{}, l.at...)
}
