package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // driver "pgx"
	_ "modernc.org/sqlite"             // driver "sqlite"

	dm "github.com/deskmesh/deskmesh"
)

// DB is one Deskmesh database.
type DB struct {
	dialect dialect
	path    string // SQLite: the file
	dsn     string // PostgreSQL
	pool    *sql.DB
	stmts   *statements // of the pool; nil on PostgreSQL, where the driver caches
	writer  *writer     // SQLite only
	clock   clock
	jobs    jobListeners
	pokes   pokeListeners
	meter   Meter // nil: nobody measures
	stop    context.CancelFunc
	done    sync.WaitGroup

	directories sync.Map // account id -> *Directory
	viewers     sync.Map // viewerKey -> *cachedViewer
	viewerCount atomic.Int64
	bounds      listBounds
}

// Options tune Open. The zero value is right for a server.
type Options struct {
	// Now replaces the process's clock; tests set it.
	Now func() time.Time
	// MaxConns bounds the connections: readers on SQLite, all on PostgreSQL.
	// 0 takes a number fit for the machine.
	MaxConns int
	// Relaxed gives durability up for speed (SQLite synchronous=OFF): for seeding
	// and for tests that do not kill anything.
	Relaxed bool
	// Meter is told of statements and transactions; nil measures nothing.
	Meter Meter
}

// Open opens the database named by dsn: "sqlite:path" or "postgres://...". It
// does not migrate; see Migrate.
func Open(ctx context.Context, dsn string, o Options) (*DB, error) {
	switch {
	case strings.HasPrefix(dsn, "sqlite:"):
		return openSQLite(ctx, strings.TrimPrefix(dsn, "sqlite:"), o)
	case strings.HasPrefix(dsn, "postgres://"), strings.HasPrefix(dsn, "postgresql://"):
		return openPostgres(ctx, dsn, o)
	}
	return nil, dm.BadField("db", "The database is written as sqlite:path or postgres://user@host/name.")
}

func sqliteDSN(path string, pragmas ...string) string {
	q := url.Values{}
	for _, p := range pragmas {
		q.Add("_pragma", p)
	}
	return "file:" + (&url.URL{Path: path}).EscapedPath() + "?" + q.Encode()
}

// createPrivate makes the file of a new database for its mode: the driver would
// let everybody read it. One that is there is not opened: closing it would drop
// the locks that this process holds on it, and another program that looks at the
// database would then take it for unused and remove its log.
func createPrivate(path string) error {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600)
	if errors.Is(err, os.ErrExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return file.Close()
}

// mapped is how much of the file is mapped: as much as SQLite allows. What is not
// is copied into the cache of each connection.
const mapped = "2147418112"

func openSQLite(ctx context.Context, path string, o Options) (*DB, error) {
	if path == "" || path == ":memory:" {
		return nil, dm.BadField("db", "SQLite needs the path of a file.")
	}
	if dir := filepath.Dir(path); dir != "." {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return nil, fmt.Errorf("make the database's folder: %w", err)
		}
	}
	if err := createPrivate(path); err != nil {
		return nil, fmt.Errorf("open the database: %w", err)
	}
	sync := "synchronous(FULL)"
	if o.Relaxed {
		sync = "synchronous(OFF)"
	}
	common := []string{"busy_timeout(10000)", "foreign_keys(ON)", "mmap_size(" + mapped + ")", "temp_store(MEMORY)"}
	wdb, err := sql.Open("sqlite", sqliteDSN(path, append(common, "journal_mode(WAL)", sync, "cache_size(-16000)", "wal_autocheckpoint(4000)")...))
	if err != nil {
		return nil, err
	}
	wdb.SetMaxOpenConns(1)
	conn, err := wdb.Conn(ctx)
	if err != nil {
		wdb.Close()
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	readers := o.MaxConns
	if readers == 0 {
		readers = max(4, runtime.NumCPU())
	}
	rdb, err := sql.Open("sqlite", sqliteDSN(path, append(common, "query_only(ON)", "cache_size(-4000)")...))
	if err != nil {
		wdb.Close()
		return nil, err
	}
	rdb.SetMaxOpenConns(readers)
	rdb.SetMaxIdleConns(readers)
	db := &DB{dialect: sqliteDialect, path: path, pool: rdb, stmts: newStatements(rdb.PrepareContext), bounds: usualBounds(&sqliteDialect), meter: o.Meter}
	db.clock.process = orNow(o.Now)
	bg, stop := context.WithCancel(context.Background())
	db.stop = stop
	db.writer = newWriter(db, wdb, conn)
	db.done.Go(func() { db.writer.run(bg) })
	return db, nil
}

func openPostgres(ctx context.Context, dsn string, o Options) (*DB, error) {
	u, err := url.Parse(dsn)
	if err != nil {
		return nil, dm.BadField("db", "The database address cannot be read.")
	}
	q := u.Query()
	if !q.Has("application_name") {
		q.Set("application_name", "deskmesh")
	}
	if !q.Has("synchronous_commit") && o.Relaxed {
		q.Set("synchronous_commit", "off")
	}
	q.Set("plan_cache_mode", "auto")
	q.Set("jit", "off") // it makes a statement of 1 ms take 200
	u.RawQuery = q.Encode()
	pool, err := sql.Open("pgx", u.String())
	if err != nil {
		return nil, err
	}
	conns := o.MaxConns
	if conns == 0 {
		conns = max(8, 4*runtime.NumCPU())
	}
	pool.SetMaxOpenConns(conns)
	pool.SetMaxIdleConns(conns)
	if err := pool.PingContext(ctx); err != nil {
		pool.Close()
		return nil, fmt.Errorf("reach the database: %w", err)
	}
	db := &DB{dialect: postgresDialect, dsn: u.String(), pool: pool, bounds: usualBounds(&postgresDialect), meter: o.Meter}
	db.clock.process = orNow(o.Now)
	if err := db.measureClock(ctx, o.Now == nil); err != nil {
		pool.Close()
		return nil, err
	}
	bg, stop := context.WithCancel(context.Background())
	db.stop = stop
	if o.Now == nil {
		db.done.Go(func() { db.keepMeasuring(bg) })
	}
	return db, nil
}

// Close waits for running writes and closes the database.
func (db *DB) Close() error {
	db.stop()
	db.done.Wait()
	if db.writer != nil {
		db.writer.close()
	}
	if db.stmts != nil {
		db.stmts.close()
	}
	return db.pool.Close()
}

// Ping says whether the database answers.
func (db *DB) Ping(ctx context.Context) error {
	return db.Read(ctx, func(tx *Tx) error {
		var one int
		return tx.row(`SELECT 1`).Scan(&one)
	})
}

// Engine is "sqlite" or "postgres".
func (db *DB) Engine() string { return db.dialect.name }

// Durability says which setting keeps acknowledged writes through a power cut:
// the engine's own word, such as "FULL" or "on".
func (db *DB) Durability(ctx context.Context) (string, error) {
	var value string
	if db.dialect.name == "postgres" {
		err := db.pool.QueryRowContext(ctx, `SHOW synchronous_commit`).Scan(&value)
		return value, err
	}
	err := db.Write(ctx, Urgent, func(tx *Tx) error {
		var n int
		if err := tx.row(`PRAGMA synchronous`).Scan(&n); err != nil {
			return err
		}
		value = []string{"OFF", "NORMAL", "FULL", "EXTRA"}[n&3]
		return nil
	})
	return value, err
}

var errClosed = errors.New("the database is closed")
