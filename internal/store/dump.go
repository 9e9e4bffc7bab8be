package store

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
)

// Snapshot is one moment of the whole database, of every account. What it gives
// stays the same however long reading takes and whatever is written meanwhile.
// It is for backups only, which the operator of the machine makes: no Scope
// bounds what it reads.
type Snapshot struct {
	Schema int64   // version of the schema; 0 where the database has none yet
	Tables []Table // in the order of their names

	tx *Tx
}

// Snapshot runs f on the present moment, in one read transaction. Others can
// write meanwhile. On SQLite the write-ahead log grows until f returns, and on
// PostgreSQL nothing is vacuumed away: f should not dawdle.
func (db *DB) Snapshot(ctx context.Context, f func(*Snapshot) error) error {
	var options *sql.TxOptions
	if db.dialect.name == "postgres" {
		options = &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true}
	}
	stx, err := db.pool.BeginTx(ctx, options)
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	defer stx.Rollback() //nolint:errcheck // nothing was written
	s, err := db.snapshotOf(ctx, stx)
	if err != nil {
		return err
	}
	return f(s)
}

// snapshotOf reads the schema in a transaction that has just begun.
func (db *DB) snapshotOf(ctx context.Context, stx *sql.Tx) (*Snapshot, error) {
	s := &Snapshot{tx: &Tx{ctx: ctx, db: db, now: db.Now(), conn: db.querierOf(stx)}}
	columns, err := s.tx.columns()
	if err != nil {
		return nil, fmt.Errorf("read the schema: %w", err)
	}
	if s.Schema, err = s.tx.schemaVersion(allTables(columns)); err != nil {
		return nil, fmt.Errorf("read the schema's version: %w", err)
	}
	s.Tables, err = dumpedTables(columns)
	return s, err
}

// querierOf runs statements in a transaction of database/sql.
func (db *DB) querierOf(stx *sql.Tx) querier {
	if db.dialect.name == "postgres" {
		return (*txQuerier)(stx)
	}
	return sqliteQuerier{newStatements(stx.PrepareContext)}
}

// sqliteQuerier runs statements in a transaction on SQLite, each prepared once;
// they are closed with the transaction.
type sqliteQuerier struct{ stmts *statements }

func (q sqliteQuerier) query(ctx context.Context, query string, args []any) (*sql.Rows, error) {
	st, err := q.stmts.get(ctx, query)
	if err != nil {
		return nil, err
	}
	return st.QueryContext(ctx, args...)
}

func (q sqliteQuerier) exec(ctx context.Context, query string, args []any) (sql.Result, error) {
	st, err := q.stmts.get(ctx, query)
	if err != nil {
		return nil, err
	}
	return st.ExecContext(ctx, args...)
}

// Rows calls each for every row of a table, one after the other, in the order of
// the primary key, which is the same on both engines. The values stand in the
// order of the table's columns: int64, string, or nil for NULL. The slice is
// used again for the next row.
func (s *Snapshot) Rows(t Table, each func(row []any) error) error {
	row := make([]any, len(t.Columns))
	to := make([]any, len(row))
	for i := range row {
		to[i] = &row[i]
	}
	return s.tx.query(`SELECT `+quoteNames(t.Columns)+` FROM `+quoteName(t.Name)+` ORDER BY `+t.order, func(rows *sql.Rows) error {
		if err := rows.Scan(to...); err != nil {
			return err
		}
		return each(row)
	})
}

// LastID gives the last id that the database has given out in a table, which
// may be above the highest one in it; 0 where it keeps no such number.
func (s *Snapshot) LastID(t Table) (last int64, err error) {
	if !slices.Contains(t.Columns, "id") {
		return 0, nil
	}
	if s.tx.db.dialect.name == "postgres" {
		err = s.tx.row(`SELECT COALESCE(pg_sequence_last_value(pg_get_serial_sequence(?, 'id')::regclass), 0)`, quoteName(t.Name)).Scan(&last)
		return last, err
	}
	err = s.tx.row(`SELECT COALESCE(MAX(seq), 0) FROM sqlite_sequence WHERE name = ?`, t.Name).Scan(&last)
	return last, err
}

// BlobKeys calls each for every blob that a row names, in the order of the keys
// and each once. Which columns name blobs is read from the schema: those called
// blob_key.
func (s *Snapshot) BlobKeys(each func(key string) error) error {
	collate := ""
	if s.tx.db.dialect.name == "postgres" {
		collate = ` COLLATE "C"`
	}
	var parts []string
	for _, t := range s.Tables {
		if slices.Contains(t.Columns, "blob_key") {
			parts = append(parts, `SELECT blob_key`+collate+` AS blob_key FROM `+quoteName(t.Name)+` WHERE blob_key <> ''`)
		}
	}
	if len(parts) == 0 {
		return nil
	}
	return s.tx.query(strings.Join(parts, ` UNION `)+` ORDER BY blob_key`, func(rows *sql.Rows) error {
		var key string
		if err := rows.Scan(&key); err != nil {
			return err
		}
		return each(key)
	})
}
