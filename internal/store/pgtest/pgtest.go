package pgtest

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// databaseLimit bounds the making and dropping of one database.
const databaseLimit = time.Minute

// New gives the test a database of its own and returns its DSN; the database
// goes when the test ends. The database is a copy of a template on which
// prepare, which runs the migrations, was called once in this process: prepare
// must be a named function, or one that uses nothing of its surroundings, and
// two different ones have two templates. Tests may call New in parallel.
func New(t testing.TB, prepare func(dsn string) error) string {
	t.Helper()
	s := sharedFor(t)
	name, err := templates.of(s, prepare)
	if err != nil {
		t.Fatal(err)
	}
	return database(t, s, name)
}

// Empty is New without a template: a database that holds nothing.
func Empty(t testing.TB) string {
	t.Helper()
	return database(t, sharedFor(t), "")
}

// Own starts a server for this test alone, with the options it needs, and stops
// it when the test ends. It takes a second; New is for everything else.
func Own(t testing.TB, options Options) *Server {
	t.Helper()
	s, err := StartTemporary(options)
	check(t, err)
	t.Cleanup(func() {
		if err := s.Stop(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// shared is the server of all tests of this process. The keeper stops it.
var shared = sync.OnceValues(func() (*Server, error) { return StartTemporary(Options{}) })

func sharedFor(t testing.TB) *Server {
	t.Helper()
	s, err := shared()
	check(t, err)
	return s
}

// check skips the test where PostgreSQL is missing and may be, and fails it on
// any other error.
func check(t testing.TB, err error) {
	t.Helper()
	switch {
	case err == nil:
	case errors.Is(err, ErrNotInstalled) && !required():
		t.Skip(err)
	default:
		t.Fatal(err)
	}
}

// databases numbers what is made on the shared server.
var databases atomic.Int64

// database makes a copy of template for the test.
func database(t testing.TB, s *Server, template string) string {
	t.Helper()
	name := fmt.Sprintf("test_%d", databases.Add(1))
	ctx, cancel := context.WithTimeout(context.Background(), databaseLimit)
	defer cancel()
	if err := s.CreateDatabase(ctx, name, template); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), databaseLimit)
		defer cancel()
		if err := s.DropDatabase(ctx, name); err != nil {
			t.Error(err)
		}
	})
	return s.DSN(name)
}

// templateSet keeps one template per function that prepares it.
type templateSet struct {
	mu    sync.Mutex
	known map[uintptr]func() (string, error)
}

var templates = &templateSet{known: map[uintptr]func() (string, error){}}

// of names the template that prepare made; the first call makes it, and the
// others wait. A failure is kept: every test reports it.
func (ts *templateSet) of(s *Server, prepare func(dsn string) error) (string, error) {
	key := reflect.ValueOf(prepare).Pointer()
	ts.mu.Lock()
	build := ts.known[key]
	if build == nil {
		name := fmt.Sprintf("template_%d", databases.Add(1))
		build = sync.OnceValues(func() (string, error) { return name, makeTemplate(s, name, prepare) })
		ts.known[key] = build
	}
	ts.mu.Unlock()
	return build()
}

func makeTemplate(s *Server, name string, prepare func(dsn string) error) error {
	ctx, cancel := context.WithTimeout(context.Background(), databaseLimit)
	defer cancel()
	if err := s.CreateDatabase(ctx, name, ""); err != nil {
		return err
	}
	if err := prepare(s.DSN(name)); err != nil {
		return fmt.Errorf("pgtest: prepare the template: %w", err)
	}
	return s.seal(ctx, name)
}
