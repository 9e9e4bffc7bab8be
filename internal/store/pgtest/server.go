package pgtest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
)

const (
	// superuser is the only user of a server.
	superuser = "postgres"
	// port is part of the socket's file name; nothing listens on it.
	port = "5432"
	// startLimit and stopLimit bound the waiting on a slow machine.
	startLimit = 60 * time.Second
	stopLimit  = 30 * time.Second
)

// Options say how a server differs from the usual one, which is tuned for
// tests: small, and careless about a crash of the machine.
type Options struct {
	// Durable keeps every promise of durability: fsync and full pages are on,
	// so that what was committed survives a crash.
	Durable bool
	// Settings are added to the server's, or take their place; the names are
	// those of postgresql.conf.
	Settings map[string]string
}

// Server is a running PostgreSQL server. Its methods may be called by several
// goroutines at once, Stop by one.
type Server struct {
	process *process
	keeper  *keeper
	sockets string
	log     string
	copies  bool // databases can be made by copying files (PostgreSQL 15)
}

// Start starts a server that keeps its files in folder, which is made where it
// is missing, and returns when the server takes connections. A folder that was
// used before is used again with all its databases. Where the caller is root,
// the folder goes to an unprivileged user, who must be able to enter the
// folders above it. The caller stops the server; if it dies first, the keeper
// does, and the folder stays. ErrNotInstalled comes back where there is no
// PostgreSQL; other errors quote the end of the server's log.
func Start(folder string, options Options) (*Server, error) {
	folder, err := filepath.Abs(folder)
	if err != nil {
		return nil, err
	}
	return start(folder, options, false)
}

// StartTemporary is Start in a new folder, which goes when the server stops.
func StartTemporary(options Options) (*Server, error) {
	if _, err := findBinaries(""); err != nil {
		return nil, err
	}
	folder, err := temporaryFolder()
	if err != nil {
		return nil, err
	}
	return start(folder, options, true)
}

// temporaryFolder makes a folder where the machine keeps temporary files, or in
// /tmp where the server's user may not enter that.
func temporaryFolder() (string, error) {
	who, err := chooseOwner("")
	if err != nil {
		return "", err
	}
	folder := os.TempDir()
	if who.mayEnter(filepath.Join(folder, "deskmesh-pg")) != nil {
		folder = "/tmp"
	}
	return os.MkdirTemp(folder, "deskmesh-pg-")
}

// start makes the files, the keeper and the process, in this order: there is
// no moment at which a server runs that nobody would stop.
func start(folder string, options Options, temporary bool) (*Server, error) {
	data := filepath.Join(folder, "data")
	version, err := os.ReadFile(filepath.Join(data, "PG_VERSION"))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, err
	}
	programs, err := findBinaries(strings.TrimSpace(string(version)))
	if err != nil {
		return nil, err
	}
	who, err := chooseOwner(data)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return nil, err
	}
	// The socket's path has little room (about 100 bytes), so it never lies in folder.
	sockets, err := os.MkdirTemp("/tmp", "deskmesh-pgs-")
	if err != nil {
		return nil, err
	}
	rubbish := []string{sockets}
	if temporary {
		rubbish = append(rubbish, folder)
	}
	if err := errors.Join(who.take(folder), who.take(sockets), who.mayEnter(folder)); err != nil {
		return nil, errors.Join(err, removeAll(rubbish))
	}
	keeper, err := startKeeper(who, rubbish)
	if err != nil {
		return nil, errors.Join(err, removeAll(rubbish))
	}

	s := &Server{keeper: keeper, sockets: sockets, log: filepath.Join(folder, "log")}
	if len(version) == 0 {
		err = initdb(programs, who, data, options.Durable)
	}
	if err == nil {
		err = s.launch(programs, who, data, options)
	}
	if err != nil {
		return nil, errors.Join(err, s.Stop())
	}
	return s, nil
}

func removeAll(paths []string) error {
	var all error
	for _, path := range paths {
		all = errors.Join(all, os.RemoveAll(path))
	}
	return all
}

// initdb makes an empty cluster whose only user needs no password: the socket
// lies in a folder that nobody else may enter.
func initdb(programs binaries, who owner, data string, durable bool) error {
	args := []string{
		"-D", data, "-U", superuser, "-A", "trust", "-E", "UTF8",
		"--locale=" + locale(), "--no-instructions",
	}
	if !durable {
		args = append(args, "--no-sync")
	}
	cmd := exec.Command(programs.path("initdb"), args...)
	cmd.Dir = "/"
	cmd.Env = environment()
	cmd.SysProcAttr = who.attributes()
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("pgtest: initdb: %w\n%s", err, out)
	}
	return nil
}

// locale is one that sorts alike on every machine and is not "C", under which
// an index would serve a search by prefix that it does not serve elsewhere.
func locale() string {
	if runtime.GOOS == "linux" {
		return "C.UTF-8"
	}
	return "en_US.UTF-8"
}

// environment holds nothing of the caller's: a PGPORT or LANG set there must
// not reach the server.
func environment() []string {
	return []string{"PATH=/usr/bin:/bin", "LC_ALL=C", "TZ=UTC"}
}

func (o Options) settings() map[string]string {
	all := map[string]string{
		"shared_buffers":  "32MB",
		"max_connections": "200",
		"timezone":        "UTC",
		"log_timezone":    "UTC",
		"wal_level":       "minimal",
		"max_wal_senders": "0",
	}
	if !o.Durable {
		all["fsync"] = "off"
		all["full_page_writes"] = "off"
	}
	maps.Copy(all, o.Settings)
	return all
}

// launch starts postgres and waits until it answers.
func (s *Server) launch(programs binaries, who owner, data string, options Options) error {
	args := []string{
		"-D", data, "-p", port, "-k", s.sockets,
		"-c", "listen_addresses=",
	}
	settings := options.settings()
	for _, name := range slices.Sorted(maps.Keys(settings)) {
		args = append(args, "-c", name+"="+settings[name])
	}
	log, err := os.OpenFile(s.log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	defer log.Close()
	cmd := exec.Command(programs.path("postgres"), args...)
	cmd.Dir = "/"
	cmd.Env = environment()
	cmd.Stdout, cmd.Stderr = log, log
	cmd.SysProcAttr = who.attributes()
	if s.process, err = startProcess(cmd); err != nil {
		return fmt.Errorf("pgtest: postgres: %w", err)
	}
	if err := s.keeper.watch(s.process.pid); err != nil {
		return err
	}
	return s.awaitReady()
}

func (s *Server) awaitReady() error {
	ctx, cancel := context.WithTimeout(context.Background(), startLimit)
	defer cancel()
	for {
		conn, err := pgx.Connect(ctx, s.DSN("postgres"))
		if err == nil {
			major, _, _ := strings.Cut(conn.PgConn().ParameterStatus("server_version"), ".")
			version, _ := strconv.Atoi(major)
			s.copies = version >= 15
			return conn.Close(ctx)
		}
		if s.process.ended() {
			return fmt.Errorf("pgtest: postgres ended while it started:\n%s", s.logEnd())
		}
		if !pause(ctx, 10*time.Millisecond) {
			return fmt.Errorf("pgtest: postgres does not answer: %w\n%s", err, s.logEnd())
		}
	}
}

// DSN is the address of a database, as pgx and `--db` take it.
func (s *Server) DSN(database string) string {
	query := url.Values{"host": {s.sockets}, "port": {port}}
	return "postgres://" + superuser + "@/" + url.PathEscape(database) + "?" + query.Encode()
}

// CreateDatabase makes a database, as a copy of template, or empty where
// template is "". Nobody may be connected to the template.
func (s *Server) CreateDatabase(ctx context.Context, name, template string) error {
	if template == "" {
		template = "template0"
	}
	statement := "CREATE DATABASE " + quoted(name) + " TEMPLATE " + quoted(template)
	// Without fsync a copy of the files takes a third of the time of one by way of the log.
	if s.copies {
		statement += " STRATEGY file_copy"
	}
	return s.exec(ctx, statement)
}

// DropDatabase removes a database and ends the connections that are still open
// to it. One that does not exist is no error.
func (s *Server) DropDatabase(ctx context.Context, name string) error {
	return s.exec(ctx, "DROP DATABASE IF EXISTS "+quoted(name)+" WITH (FORCE)")
}

// seal ends all connections to a database and lets no new one in, so that it
// can be copied at any time.
func (s *Server) seal(ctx context.Context, name string) error {
	return s.exec(ctx,
		"ALTER DATABASE "+quoted(name)+" WITH ALLOW_CONNECTIONS false",
		"SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = '"+name+"'",
	)
}

func (s *Server) exec(ctx context.Context, statements ...string) error {
	conn, err := pgx.Connect(ctx, s.DSN("postgres"))
	if err != nil {
		return err
	}
	for _, statement := range statements {
		if _, err := conn.Exec(ctx, statement); err != nil {
			return errors.Join(fmt.Errorf("pgtest: %s: %w", statement, err), conn.Close(ctx))
		}
	}
	return conn.Close(ctx)
}

func quoted(name string) string { return pgx.Identifier{name}.Sanitize() }

// Stop ends all connections, shuts the server down and returns when it is
// gone, a temporary one with its files. A second call does nothing.
func (s *Server) Stop() error {
	if s.keeper == nil {
		return nil
	}
	keeper := s.keeper
	s.keeper = nil
	var err error
	if s.process != nil {
		err = s.process.stop(stopLimit)
	}
	return errors.Join(err, keeper.dismiss())
}

// logEnd is what the server said last.
func (s *Server) logEnd() string {
	file, err := os.Open(s.log)
	if err != nil {
		return err.Error()
	}
	defer file.Close()
	const most = 4096
	if info, err := file.Stat(); err == nil && info.Size() > most {
		if _, err := file.Seek(-most, io.SeekEnd); err != nil {
			return err.Error()
		}
	}
	text, err := io.ReadAll(file)
	if err != nil {
		return err.Error()
	}
	return string(bytes.TrimSpace(text))
}
