package store

import (
	"context"
	"database/sql"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// slowWriter is a writer whose goroutine does not run: the test decides when a
// group begins and what waits by then.
type slowWriter struct {
	*testing.T
	*writer
	ran []string
}

func newSlowWriter(t *testing.T) *slowWriter {
	t.Helper()
	path := filepath.Join(t.TempDir(), "desk.db")
	db, err := Open(t.Context(), "sqlite:"+path, Options{Relaxed: true})
	if err != nil {
		t.Fatal(err)
	}
	pool, err := sql.Open("sqlite", sqliteDSN(path))
	if err != nil {
		t.Fatal(err)
	}
	conn, err := pool.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	s := &slowWriter{T: t, writer: newWriter(db, pool, conn)}
	s.groupTime = time.Hour // a slow machine ends no group
	t.Cleanup(func() {
		s.close()
		db.Close()
	})
	return s
}

// ask puts a request in its queue; while it runs, it asks for others.
func (s *slowWriter) ask(name string, rank Urgency, meanwhile ...func()) {
	s.queue[rank] <- &writeRequest{ctx: context.Background(), rank: rank, done: make(chan struct{}), f: func(*Tx) error {
		s.ran = append(s.ran, name)
		for _, f := range meanwhile {
			f()
		}
		return nil
	}}
}

// turn runs one group and gives the names of what it held.
func (s *slowWriter) turn() string {
	s.Helper()
	s.ran = nil
	s.group(s.next(s.Context()))
	return strings.Join(s.ran, " ")
}

func TestWriterGroups(t *testing.T) {
	t.Run("an urgent request is committed without background work", func(t *testing.T) {
		s := newSlowWriter(t)
		s.ask("job1", Normal)
		s.ask("bulk1", Bulk)
		s.ask("person1", Urgent)
		s.ask("person2", Urgent)
		s.expect("person1 person2", "job1 bulk1")
	})
	t.Run("one that comes while a group runs joins it and ends it", func(t *testing.T) {
		s := newSlowWriter(t)
		s.ask("job1", Normal, func() { s.ask("person1", Urgent) })
		s.ask("job2", Normal)
		s.ask("job3", Normal)
		s.expect("job1 person1", "job2 job3")
	})
	t.Run("background work has every ninth turn", func(t *testing.T) {
		s := newSlowWriter(t)
		s.ask("job1", Normal)
		for range groupTurn {
			s.ask("person", Urgent)
			s.expect("person")
		}
		s.ask("job2", Normal)
		s.ask("person", Urgent)
		s.ask("bulk1", Bulk)
		s.expect("job1 job2 person", "bulk1")
	})
}

func (s *slowWriter) expect(turns ...string) {
	s.Helper()
	for _, want := range turns {
		if got := s.turn(); got != want {
			s.Fatalf("the group held %q, want %q", got, want)
		}
	}
}
