package pgtest

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// TestMain also serves as the program that TestOrphan kills: it starts a
// server, tells where it is, and waits to be killed.
func TestMain(m *testing.M) {
	if os.Getenv("PGTEST_ORPHAN") == "" {
		os.Exit(m.Run())
	}
	s, err := StartTemporary(Options{})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println(s.process.pid, s.sockets, filepath.Dir(s.log))
	select {}
}

func connect(t *testing.T, dsn string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(context.Background()) })
	return conn
}

func ask(t *testing.T, conn *pgx.Conn, statement string) string {
	t.Helper()
	var answer string
	if err := conn.QueryRow(t.Context(), statement).Scan(&answer); err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
	return answer
}

var prepared atomic.Int32

func prepareNotes(dsn string) error {
	prepared.Add(1)
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, dsn)
	if err != nil {
		return err
	}
	// The connection stays open on purpose: a pool that closes late must not matter.
	_, err = conn.Exec(ctx, "CREATE TABLE notes (id bigint PRIMARY KEY); INSERT INTO notes VALUES (1)")
	return err
}

func TestNew(t *testing.T) {
	for i := range 8 {
		t.Run(strconv.Itoa(i), func(t *testing.T) {
			t.Parallel()
			conn := connect(t, New(t, prepareNotes))
			if _, err := conn.Exec(t.Context(), "INSERT INTO notes VALUES (2)"); err != nil {
				t.Fatalf("another test's row is here: %v", err)
			}
			if got := ask(t, conn, "SELECT count(*)::text FROM notes"); got != "2" {
				t.Errorf("%s rows, want 2", got)
			}
			if n := prepared.Load(); n != 1 {
				t.Errorf("prepare ran %d times, want once", n)
			}
		})
	}
}

func TestEmpty(t *testing.T) {
	t.Parallel()
	conn := connect(t, Empty(t))
	if got := ask(t, conn, "SELECT count(*)::text FROM pg_tables WHERE schemaname = 'public'"); got != "0" {
		t.Errorf("%s tables, want none", got)
	}
	for setting, want := range map[string]string{
		"fsync": "off", "synchronous_commit": "on", "listen_addresses": "", "TimeZone": "UTC",
		"server_encoding": "UTF8", "max_connections": "200",
	} {
		if got := ask(t, conn, "SHOW "+setting); got != want {
			t.Errorf("%s is %q, want %q", setting, got, want)
		}
	}
}

func TestDropsDatabase(t *testing.T) {
	t.Parallel()
	var dsn string
	t.Run("inner", func(t *testing.T) {
		dsn = Empty(t)
		conn, err := pgx.Connect(t.Context(), dsn)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = conn.Close(context.Background()) })
	})
	if conn, err := pgx.Connect(t.Context(), dsn); err == nil {
		_ = conn.Close(t.Context())
		t.Error("the database outlived its test")
	}
}

func TestPrepareFails(t *testing.T) {
	t.Parallel()
	s := sharedFor(t)
	set := &templateSet{known: map[uintptr]func() (string, error){}}
	broken := errors.New("broken migration")
	calls := 0
	fails := func(string) error { calls++; return broken }
	for range 2 {
		if _, err := set.of(s, fails); !errors.Is(err, broken) {
			t.Errorf("error %v, want %v", err, broken)
		}
	}
	if calls != 1 {
		t.Errorf("prepare ran %d times, want once", calls)
	}
}

func TestOwnDurable(t *testing.T) {
	t.Parallel()
	s := Own(t, Options{Durable: true, Settings: map[string]string{"max_connections": "20"}})
	conn := connect(t, s.DSN("postgres"))
	for setting, want := range map[string]string{
		"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on", "max_connections": "20",
	} {
		if got := ask(t, conn, "SHOW "+setting); got != want {
			t.Errorf("%s is %q, want %q", setting, got, want)
		}
	}

	var wg sync.WaitGroup
	for range 4 {
		conn := connect(t, s.DSN("postgres"))
		wg.Go(func() {
			if _, err := conn.Exec(context.Background(), "SELECT pg_sleep(60)"); err == nil {
				t.Error("a statement outlived its server")
			}
		})
	}
	if err := s.Stop(); err != nil {
		t.Error(err)
	}
	wg.Wait()
}

func TestStartAgain(t *testing.T) {
	t.Parallel()
	skipWithoutPostgres(t)
	folder := enterable(t)
	for round := range 2 {
		s, err := Start(folder, Options{})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = s.Stop() })
		if len(s.sockets) > 80 {
			t.Errorf("the sockets' folder %s is too long for a socket's path", s.sockets)
		}
		if round == 0 {
			if err := s.CreateDatabase(t.Context(), "kept", ""); err != nil {
				t.Fatal(err)
			}
		}
		conn := connect(t, s.DSN("kept"))
		if got := ask(t, conn, "SELECT current_database()"); got != "kept" {
			t.Errorf("connected to %q", got)
		}
		if err := s.Stop(); err != nil {
			t.Fatal(err)
		}
		if err := s.Stop(); err != nil {
			t.Errorf("second stop: %v", err)
		}
		if _, err := os.Stat(s.sockets); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("the sockets' folder is still there: %v", err)
		}
		if _, err := os.Stat(filepath.Join(folder, "data", "PG_VERSION")); err != nil {
			t.Errorf("the data is gone: %v", err)
		}
	}
	_, err := Start(folder, Options{Settings: map[string]string{"shared_buffers": "nonsense"}})
	if err == nil || !strings.Contains(err.Error(), "nonsense") {
		t.Errorf("error %v, want the server's own words", err)
	}
}

func TestStartBarredFolder(t *testing.T) {
	t.Parallel()
	skipWithoutPostgres(t)
	if os.Geteuid() != 0 {
		t.Skip("only root starts the server as another user")
	}
	closed := enterable(t)
	if err := os.Chmod(closed, 0o700); err != nil {
		t.Fatal(err)
	}
	_, err := Start(filepath.Join(closed, "pg"), Options{})
	if err == nil || !strings.Contains(err.Error(), closed) {
		t.Errorf("error %v, want the name of the folder that bars the way", err)
	}
}

// TestOrphan kills a program that runs a server: the server and its files must
// go all the same.
func TestOrphan(t *testing.T) {
	t.Parallel()
	skipWithoutPostgres(t)
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(program)
	cmd.Env = append(os.Environ(), "PGTEST_ORPHAN=1")
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var pid int
	var sockets, folder string
	_, scanErr := fmt.Fscan(bufio.NewReader(out), &pid, &sockets, &folder)
	if err := cmd.Process.Signal(syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	if scanErr != nil {
		t.Fatal(scanErr)
	}

	ctx, cancel := context.WithTimeout(t.Context(), 45*time.Second)
	defer cancel()
	for _, path := range []string{sockets, folder} {
		for exists(path) {
			if !pause(ctx, 20*time.Millisecond) {
				t.Fatalf("%s is still there", path)
			}
		}
	}
	if running(pid) {
		t.Errorf("the server with the number %d still runs", pid)
	}
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// running says whether a process does more than wait for its parent to notice
// that it has ended.
func running(pid int) bool {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return false
	}
	_, state, _ := strings.Cut(string(stat), ") ")
	return !strings.HasPrefix(state, "Z")
}

func TestRequired(t *testing.T) {
	for _, c := range []struct {
		ci, need string
		want     bool
	}{{"", "", false}, {"true", "", true}, {"", "1", true}, {"false", "0", false}} {
		t.Setenv("CI", c.ci)
		t.Setenv("DESKMESH_NEED_POSTGRES", c.need)
		if got := required(); got != c.want {
			t.Errorf("CI=%q DESKMESH_NEED_POSTGRES=%q: %v, want %v", c.ci, c.need, got, c.want)
		}
	}
}

func TestCheck(t *testing.T) {
	missing := fmt.Errorf("start: %w", ErrNotInstalled)
	for _, c := range []struct {
		name, ci string
		err      error
		want     string
	}{
		{"nothing wrong", "true", nil, ""},
		{"missing at home", "", missing, "skip"},
		{"missing in CI", "true", missing, "fatal"},
		{"broken at home", "", errors.New("broken"), "fatal"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Setenv("CI", c.ci)
			t.Setenv("DESKMESH_NEED_POSTGRES", "")
			r := &recorder{TB: t}
			check(r, c.err)
			if r.said != c.want {
				t.Errorf("%q, want %q", r.said, c.want)
			}
		})
	}
}

// recorder notes how a test would have ended.
type recorder struct {
	testing.TB
	said string
}

func (r *recorder) Helper()      {}
func (r *recorder) Skip(...any)  { r.said = "skip" }
func (r *recorder) Fatal(...any) { r.said = "fatal" }

func TestFindBinaries(t *testing.T) {
	skipWithoutPostgres(t)
	found, err := findBinaries("")
	if err != nil {
		t.Fatal(err)
	}
	// A link in PATH leads to the folder where the rest lies.
	links := t.TempDir()
	for _, name := range []string{"initdb", "postgres"} {
		if err := os.Symlink(found.path(name), filepath.Join(links, name)); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("PATH", links)
	linked, err := findBinaries("")
	if err != nil || linked != found {
		t.Errorf("through PATH: %q, %v; want %q", linked, err, found)
	}
}

func skipWithoutPostgres(t *testing.T) {
	t.Helper()
	_, err := findBinaries("")
	check(t, err)
}

// enterable is a folder that other users may enter, unlike t.TempDir's.
func enterable(t *testing.T) string {
	t.Helper()
	folder, err := os.MkdirTemp("/tmp", "pgtest-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(folder) })
	if err := os.Chmod(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	return folder
}
