package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
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
	docs    []any // search documents that go in after the next commit
	timed   func(func() error) error
}

func (db *DB) loadSQLite(ctx context.Context, step func(LoadStep), l *Loader, fill func(*Loader) error) (err error) {
	pool, err := sql.Open("sqlite", sqliteDSN(db.path, "busy_timeout(10000)", "foreign_keys(OFF)", "journal_mode(WAL)", "synchronous(OFF)",
		"cache_size(-262144)", "temp_store(MEMORY)", "wal_autocheckpoint(20000)", "threads(0)"))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, pool.Close()) }()
	conn, err := pool.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	s := &sqliteLoad{ctx: ctx, conn: conn, stmts: newStatements(conn.PrepareContext), timed: l.timeSearch}
	defer s.stmts.close()
	l.sink = s

	step(LoadRows)
	indexes, err := s.prepare()
	if err != nil {
		return err
	}
	if err := fill(l); err != nil {
		return errors.Join(err, s.rollback())
	}
	if err := s.commit(); err != nil {
		return err
	}
	if err := l.timeSearch(s.tidySearch); err != nil {
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

// prepare refuses a database that holds anything and drops the secondary
// indexes. Unique ones stay: they check the rows, and foreign keys rest on them.
func (s *sqliteLoad) prepare() ([]indexDefinition, error) {
	if err := s.begin(); err != nil {
		return nil, err
	}
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

// commit ends the transaction, and puts the search documents of its messages
// into one of their own.
func (s *sqliteLoad) commit() error {
	if s.open {
		s.open, s.pending = false, 0
		if err := s.exec(`COMMIT`); err != nil {
			return err
		}
	}
	if len(s.docs) == 0 {
		return nil
	}
	return s.timed(func() error {
		if err := s.begin(); err != nil {
			return err
		}
		// One row at a time: a statement with several makes the search index
		// write what it has collected to disk.
		if err := s.insertRows(&bulkSearch, s.docs, 1); err != nil {
			return errors.Join(err, s.rollback())
		}
		s.open, s.docs = false, s.docs[:0]
		return s.exec(`COMMIT`)
	})
}

func (s *sqliteLoad) begin() error {
	err := s.exec(`BEGIN IMMEDIATE`)
	s.open = err == nil
	return err
}

// insert adds rows, many with one statement, in large transactions.
func (s *sqliteLoad) insert(t *bulkTable, cells []any) error {
	if !s.open {
		if err := s.begin(); err != nil {
			return err
		}
	}
	rows := len(cells) / len(t.columns)
	many := rows - rows%bulkRowsPerInsert
	if err := s.insertRows(t, cells[:many*len(t.columns)], bulkRowsPerInsert); err != nil {
		return err
	}
	if err := s.insertRows(t, cells[many*len(t.columns):], 1); err != nil {
		return err
	}
	if s.pending += rows; s.pending < bulkRowsPerCommit {
		return nil
	}
	return s.commit()
}

// insertRows adds rows, so many with each statement.
func (s *sqliteLoad) insertRows(t *bulkTable, cells []any, each int) error {
	if len(cells) == 0 {
		return nil
	}
	st, err := s.stmts.get(s.ctx, bulkInsert(t, each))
	if err != nil {
		return err
	}
	for chunk := range slices.Chunk(cells, each*len(t.columns)) {
		if _, err := st.ExecContext(s.ctx, chunk...); err != nil {
			return err
		}
	}
	return nil
}

func bulkInsert(t *bulkTable, rows int) string {
	one := `(` + strings.TrimSuffix(strings.Repeat(`?, `, len(t.columns)), `, `) + `), `
	return `INSERT INTO ` + t.name + ` (` + strings.Join(t.columns, `, `) + `) VALUES ` + strings.TrimSuffix(strings.Repeat(one, rows), `, `)
}

var bulkSearch = bulkTable{"messages_fts", []string{"rowid", "account", "subject", "body"}}

func (s *sqliteLoad) search(docs []searchDoc) error {
	for _, d := range docs {
		s.docs = append(s.docs, d.message, accountTerm(d.account), d.subject, d.body)
	}
	return nil
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
