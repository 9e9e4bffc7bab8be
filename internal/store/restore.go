package store

import (
	"context"
	"database/sql"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"

	dm "github.com/deskmesh/deskmesh"
)

// Restore is an empty database that is being filled, in one transaction. Its
// Snapshot reads what was put so far.
type Restore struct {
	Snapshot
	conn    *sql.Conn
	indexes []detached
	keys    []detached       // references between tables; on PostgreSQL only
	lastID  map[string]int64 // by table
}

// detached is a part of the schema that is taken away while rows are put.
type detached struct{ name, drop, create string }

// Restore brings an empty database to the given version of the schema and fills it
// with what f puts. Rows may come in any order: tables refer to each other in
// circles, so the references are checked at the end, when the search documents
// are built too. It is all or nothing: where f or a check fails, no row stays.
// At last the schema is brought to this program's version.
//
// Conflict where the database holds anything, or has a newer schema; Invalid
// where a reference leads nowhere; Unavailable where this program does not know
// the version.
func (db *DB) Restore(ctx context.Context, schema int64, f func(*Restore) error) error {
	if err := db.prepareRestore(ctx, schema); err != nil {
		return err
	}
	pool, err := db.restorePool()
	if err != nil {
		return err
	}
	if pool != db.pool {
		defer pool.Close()
	}
	conn, err := pool.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	stx, err := conn.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	defer stx.Rollback() //nolint:errcheck // no effect after Commit
	if err := db.restoreIn(ctx, conn, stx, schema, f); err != nil {
		return err
	}
	if err := stx.Commit(); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	return db.Migrate(ctx)
}

// prepareRestore makes the schema, but only where there is nothing it could harm.
func (db *DB) prepareRestore(ctx context.Context, schema int64) error {
	known, err := db.KnownSchema()
	if err != nil {
		return err
	}
	if schema > known || schema < 1 {
		return dm.Errorf(dm.Unavailable, "The backup has schema version %d, but this program knows versions up to %d. Use a newer deskmesh.", schema, known)
	}
	err = db.Read(ctx, func(tx *Tx) error {
		columns, err := tx.columns()
		if err != nil {
			return err
		}
		return tx.refuseFilled(allTables(columns))
	})
	if err != nil {
		return err
	}
	return db.migrateTo(ctx, schema)
}

func (tx *Tx) refuseFilled(tables []string) error {
	for _, table := range tables {
		if table == versionTable {
			continue
		}
		filled, err := tx.hasRows(table)
		if err != nil {
			return err
		}
		if filled {
			return dm.Errorf(dm.Conflict, "The database is not empty: the table %s has rows. Restore into a new database.", table).With("not_empty")
		}
	}
	return nil
}

// migrateTo brings the schema to a version and no further.
func (db *DB) migrateTo(ctx context.Context, version int64) error {
	dir, err := fs.Sub(migrations, "migrations/"+db.dialect.name)
	if err != nil {
		return err
	}
	dialect, pool := goose.DialectSQLite3, db.pool
	var opts []goose.ProviderOption
	if db.dialect.name == "postgres" {
		dialect = goose.DialectPostgres
		locker, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(1, 120))
		if err != nil {
			return err
		}
		opts = append(opts, goose.WithSessionLocker(locker))
	} else {
		if pool, err = db.restorePool(); err != nil {
			return err
		}
		defer pool.Close()
	}
	provider, err := goose.NewProvider(dialect, pool, dir, opts...)
	if err != nil {
		return fmt.Errorf("read migrations: %w", err)
	}
	if _, err := provider.UpTo(ctx, version); err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	return nil
}

// restorePool gives the connections to restore through. SQLite's writer keeps
// its transactions short, so there a restore has a connection of its own, which
// locks at once and leaves the checking of references to the end.
func (db *DB) restorePool() (*sql.DB, error) {
	if db.dialect.name == "postgres" {
		return db.pool, nil
	}
	dsn := sqliteDSN(db.path, "busy_timeout(60000)", "journal_mode(WAL)", "synchronous(FULL)", "foreign_keys(OFF)", "cache_size(-64000)", "temp_store(MEMORY)")
	pool, err := sql.Open("sqlite", dsn+"&_txlock=immediate")
	if err != nil {
		return nil, err
	}
	pool.SetMaxOpenConns(1)
	return pool, nil
}

func (db *DB) restoreIn(ctx context.Context, conn *sql.Conn, stx *sql.Tx, schema int64, f func(*Restore) error) error {
	s, err := db.snapshotOf(ctx, stx)
	if err != nil {
		return err
	}
	s.tx.writes = true
	r := &Restore{Snapshot: *s, conn: conn, lastID: map[string]int64{}}
	if err := r.start(schema); err != nil {
		return err
	}
	if err := f(r); err != nil {
		return err
	}
	return r.finish()
}

// start keeps everybody else out, looks once more whether the database is
// empty, and takes the references away.
func (r *Restore) start(schema int64) error {
	columns, err := r.tx.columns()
	if err != nil {
		return err
	}
	tables := allTables(columns)
	if r.tx.db.dialect.name == "postgres" {
		if _, err := r.tx.exec(`LOCK TABLE ` + quoteNames(tables) + ` IN ACCESS EXCLUSIVE MODE`); err != nil {
			return fmt.Errorf("lock the tables: %w", err)
		}
	}
	if err := r.tx.refuseFilled(tables); err != nil {
		return err
	}
	version, err := r.tx.schemaVersion(tables)
	if err != nil {
		return err
	}
	if version != schema {
		return dm.Errorf(dm.Conflict, "The database has schema version %d and the backup version %d. Restore into a database without tables.", version, schema).With("other_schema")
	}
	return r.detach()
}

const (
	postgresKeys = `SELECT conname, format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname),
format('ALTER TABLE %s ADD CONSTRAINT %I %s', conrelid::regclass, conname, pg_get_constraintdef(oid))
FROM pg_constraint WHERE contype = 'f' AND connamespace = current_schema()::regnamespace ORDER BY oid`
	// A unique index stays: it checks the rows, and references rest on it.
	postgresIndexes = `SELECT indexname, format('DROP INDEX %I', indexname), indexdef
FROM pg_indexes WHERE schemaname = current_schema() AND indexdef LIKE 'CREATE INDEX %' ORDER BY indexname`
	sqliteIndexes = `SELECT name, 'DROP INDEX "' || name || '"', sql FROM sqlite_schema WHERE type = 'index' AND sql LIKE 'CREATE INDEX %' ORDER BY name`
)

// detach takes the indexes away, which are made faster when all rows are there,
// and on PostgreSQL the references; SQLite's connection does not look at them.
func (r *Restore) detach() (err error) {
	if r.tx.db.dialect.name != "postgres" {
		r.indexes, err = r.drop(sqliteIndexes)
		return err
	}
	if r.keys, err = r.drop(postgresKeys); err != nil {
		return err
	}
	r.indexes, err = r.drop(postgresIndexes)
	return err
}

func (r *Restore) drop(query string) (list []detached, err error) {
	err = r.tx.query(query, func(rows *sql.Rows) error {
		var d detached
		err := rows.Scan(&d.name, &d.drop, &d.create)
		list = append(list, d)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read the schema: %w", err)
	}
	for _, d := range list {
		if _, err := r.tx.exec(d.drop); err != nil {
			return nil, fmt.Errorf("drop %s: %w", d.name, err)
		}
	}
	return list, nil
}

// Put adds rows to a table; their values stand in the order of its columns.
// Invalid where the schema refuses one.
func (r *Restore) Put(t Table, rows [][]any) error {
	id := slices.Index(t.Columns, "id")
	for _, row := range rows {
		if len(row) != len(t.Columns) {
			return dm.Errorf(dm.Invalid, "A row of the table %s has %d values instead of %d.", t.Name, len(row), len(t.Columns))
		}
		if id >= 0 {
			if n, ok := row[id].(int64); ok {
				r.SetLastID(t, n)
			}
		}
	}
	var err error
	if r.tx.db.dialect.name == "postgres" {
		err = r.copyRows(t, rows)
	} else {
		err = r.insertRows(t, rows)
	}
	switch {
	case isDuplicate(err), isCheck(err):
		return dm.Errorf(dm.Invalid, "A row of the table %s does not fit the schema.", t.Name).Because(err)
	case err != nil:
		return fmt.Errorf("fill the table %s: %w", t.Name, err)
	}
	return nil
}

func (r *Restore) insertRows(t Table, rows [][]any) error {
	query := `INSERT INTO ` + quoteName(t.Name) + ` (` + quoteNames(t.Columns) + `) VALUES (` + strings.TrimSuffix(strings.Repeat("?, ", len(t.Columns)), ", ") + `)`
	for _, row := range rows {
		if _, err := r.tx.exec(query, row...); err != nil {
			return err
		}
	}
	return nil
}

func (r *Restore) copyRows(t Table, rows [][]any) error {
	return r.conn.Raw(func(driver any) error {
		conn, ok := driver.(*stdlib.Conn)
		if !ok {
			return fmt.Errorf("cannot copy through a %T", driver)
		}
		_, err := conn.Conn().CopyFrom(r.tx.ctx, pgx.Identifier{t.Name}, t.Columns, pgx.CopyFromRows(rows))
		return err
	})
}

// SetLastID makes the database give out ids above last in a table, and in any
// case above those that are put. SQLite keeps such a number for some tables
// only; in the others the highest id counts.
func (r *Restore) SetLastID(t Table, last int64) {
	r.lastID[t.Name] = max(r.lastID[t.Name], last)
}

func (r *Restore) writeLastID(t Table) error {
	last := r.lastID[t.Name]
	if last == 0 {
		return nil
	}
	if r.tx.db.dialect.name == "postgres" {
		return r.tx.row(`SELECT setval(pg_get_serial_sequence(?, 'id'), ?)`, quoteName(t.Name), last).Scan(new(sql.NullInt64))
	}
	// The first row put into such a table has made its line.
	n, err := r.tx.exec(`UPDATE sqlite_sequence SET seq = ? WHERE name = ?`, last, t.Name)
	if err != nil || n > 0 {
		return err
	}
	_, err = r.tx.exec(`INSERT INTO sqlite_sequence (name, seq) SELECT name, ? FROM sqlite_schema WHERE type = 'table' AND name = ? AND sql LIKE '%AUTOINCREMENT%'`, last, t.Name)
	return err
}

// finish brings the indexes back, checks the references, and writes what a dump
// does not hold.
func (r *Restore) finish() error {
	for _, d := range r.indexes {
		if _, err := r.tx.exec(d.create); err != nil {
			return fmt.Errorf("make the index %s: %w", d.name, err)
		}
	}
	if err := r.checkReferences(); err != nil {
		return err
	}
	for _, t := range r.Tables {
		if err := r.writeLastID(t); err != nil {
			return fmt.Errorf("set the last id of %s: %w", t.Name, err)
		}
	}
	if err := r.buildSearch(); err != nil {
		return fmt.Errorf("build the search documents: %w", err)
	}
	if r.tx.db.dialect.name != "postgres" {
		return nil
	}
	_, err := r.tx.exec(`ANALYZE`)
	return err
}

// searchBatch bounds the texts that are in memory while search documents are
// built.
const searchBatch = 200

func (r *Restore) buildSearch() error {
	for _, rebuild := range []func(after int64, limit int) (int64, error){r.tx.RebuildSearch, r.tx.RebuildPeople} {
		for last := int64(0); ; {
			next, err := rebuild(last, searchBatch)
			if err != nil {
				return err
			}
			if next == 0 {
				break
			}
			last = next
		}
	}
	return nil
}

// checkReferences answers Invalid where a row refers to one that is not there.
func (r *Restore) checkReferences() error {
	for _, k := range r.keys {
		_, err := r.tx.exec(k.create)
		if isForeignKey(err) {
			return dangling().Because(err)
		}
		if err != nil {
			return fmt.Errorf("make the reference %s: %w", k.name, err)
		}
	}
	if r.tx.db.dialect.name == "postgres" {
		return nil
	}
	return r.tx.query(`PRAGMA foreign_key_check`, func(rows *sql.Rows) error {
		var table, parent string
		var row sql.NullInt64
		var key int64
		if err := rows.Scan(&table, &row, &parent, &key); err != nil {
			return err
		}
		return dangling().Because(fmt.Errorf("row %d of %s refers to %s", row.Int64, table, parent))
	})
}

func dangling() *dm.Error {
	return dm.Errorf(dm.Invalid, "The backup holds a row that refers to one that is not in it.")
}
