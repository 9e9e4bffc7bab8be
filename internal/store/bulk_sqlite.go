package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
)

const (
	bulkRowsPerInsert = 50
	bulkRowsPerCommit = 100_000
)

// sqliteLoad is a load into SQLite, on a connection of its own that checks no
// foreign keys and waits for no disk.
type sqliteLoad struct {
	ctx     context.Context
	conn    *sql.Conn
	stmts   *statements
	pending int // rows since the last commit
	open    bool
}

func (db *DB) loadSQLite(ctx context.Context, step func(LoadStep), l *Loader, fill func(*Loader) error) (err error) {
	pool, err := sql.Open("sqlite", sqliteDSN(db.path, "busy_timeout(10000)", "foreign_keys(OFF)", "journal_mode(WAL)", "synchronous(OFF)",
		"cache_size(-262144)", "temp_store(MEMORY)", "wal_autocheckpoint(20000)", "threads(2)"))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, pool.Close()) }()
	conn, err := pool.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	s := &sqliteLoad{ctx: ctx, conn: conn, stmts: newStatements(conn.PrepareContext)}
	defer s.stmts.close()
	l.sink = s

	step(LoadRows)
	indexes, err := s.begin()
	if err != nil {
		return err
	}
	if err := fill(l); err != nil {
		return errors.Join(err, s.rollback())
	}
	if err := s.commit(); err != nil {
		return err
	}
	if err := s.tidySearch(); err != nil {
		return err
	}
	step(LoadIndexes)
	for _, index := range indexes {
		if err := s.exec(index.create); err != nil {
			return fmt.Errorf("index %s: %w", index.name, err)
		}
	}
	step(LoadKeys)
	if err := s.checkKeys(); err != nil {
		return err
	}
	step(LoadFigures)
	if err := s.exec(`ANALYZE`); err != nil {
		return err
	}
	return s.exec(`PRAGMA wal_checkpoint(TRUNCATE)`)
}

// begin refuses a database that holds anything and drops the secondary indexes.
// Unique ones stay: they check the rows, and foreign keys rest on them.
func (s *sqliteLoad) begin() ([]indexDefinition, error) {
	if err := s.exec(`BEGIN IMMEDIATE`); err != nil {
		return nil, err
	}
	s.open = true
	var rows int64
	if err := s.conn.QueryRowContext(s.ctx, anyRows).Scan(&rows); err != nil {
		return nil, errors.Join(err, s.rollback())
	}
	if rows > 0 {
		return nil, errors.Join(errNotEmpty, s.rollback())
	}
	indexes, err := s.indexes()
	if err != nil {
		return nil, errors.Join(err, s.rollback())
	}
	for _, index := range indexes {
		if err := s.exec(`DROP INDEX "` + index.name + `"`); err != nil {
			return nil, errors.Join(err, s.rollback())
		}
	}
	// A document's words are collected in memory until this many bytes.
	return indexes, s.exec(`INSERT INTO messages_fts(messages_fts, rank) VALUES ('hashsize', 67108864)`)
}

func (s *sqliteLoad) indexes() ([]indexDefinition, error) {
	rows, err := s.conn.QueryContext(s.ctx, `SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql LIKE 'CREATE INDEX %' ORDER BY rowid`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var list []indexDefinition
	for rows.Next() {
		var index indexDefinition
		if err := rows.Scan(&index.name, &index.create); err != nil {
			return nil, err
		}
		list = append(list, index)
	}
	return list, rows.Err()
}

func (s *sqliteLoad) exec(query string) error {
	_, err := s.conn.ExecContext(s.ctx, query)
	return err
}

func (s *sqliteLoad) rollback() error {
	if !s.open {
		return nil
	}
	s.open = false
	_, err := s.conn.ExecContext(context.WithoutCancel(s.ctx), `ROLLBACK`)
	return err
}

func (s *sqliteLoad) commit() error {
	if !s.open {
		return nil
	}
	s.open, s.pending = false, 0
	return s.exec(`COMMIT`)
}

// insert adds rows, many with one statement, in large transactions.
func (s *sqliteLoad) insert(t *bulkTable, cells []any) error {
	if !s.open {
		if err := s.exec(`BEGIN IMMEDIATE`); err != nil {
			return err
		}
		s.open = true
	}
	width := len(t.columns)
	s.pending += len(cells) / width
	for len(cells) > 0 {
		n := min(len(cells)/width, bulkRowsPerInsert)
		if n < bulkRowsPerInsert {
			n = 1
		}
		st, err := s.stmts.get(s.ctx, bulkInsert(t, n))
		if err != nil {
			return err
		}
		if _, err := st.ExecContext(s.ctx, cells[:n*width]...); err != nil {
			return err
		}
		cells = cells[n*width:]
	}
	if s.pending >= bulkRowsPerCommit {
		return s.commit()
	}
	return nil
}

func bulkInsert(t *bulkTable, rows int) string {
	one := `(` + strings.TrimSuffix(strings.Repeat(`?, `, len(t.columns)), `, `) + `), `
	return `INSERT INTO ` + t.name + ` (` + strings.Join(t.columns, `, `) + `) VALUES ` + strings.TrimSuffix(strings.Repeat(one, rows), `, `)
}

var bulkSearch = bulkTable{"messages_fts", []string{"rowid", "account", "subject", "body"}}

func (s *sqliteLoad) search(docs []searchDoc) error {
	cells := make([]any, 0, 4*len(docs))
	for _, d := range docs {
		cells = append(cells, d.message, accountTerm(d.account), d.subject, d.body)
	}
	return s.insert(&bulkSearch, cells)
}

// tidySearch merges the search index into one piece and sets its memory back.
func (s *sqliteLoad) tidySearch() error {
	if err := s.exec(`INSERT INTO messages_fts(messages_fts) VALUES ('optimize')`); err != nil {
		return err
	}
	return s.exec(`INSERT INTO messages_fts(messages_fts, rank) VALUES ('hashsize', 1048576)`)
}

// checkKeys verifies every foreign key; the first broken one is the error.
func (s *sqliteLoad) checkKeys() error {
	rows, err := s.conn.QueryContext(s.ctx, `PRAGMA foreign_key_check`)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var table, parent string
		var rowid, key sql.NullInt64
		if err := rows.Scan(&table, &rowid, &parent, &key); err != nil {
			return err
		}
		return fmt.Errorf("load: row %d of %s refers to a row of %s that does not exist", rowid.Int64, table, parent)
	}
	return rows.Err()
}
