package store

import (
	"context"
	"database/sql"
	"errors"
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
	conn    sqliteQuerier
	open    bool
	pending int         // rows since the last commit
	docs    []searchDoc // search documents that go in after the next commit
	words   wordBook
	timed   func(func() error) error
}

func (db *DB) loadSQLite(ctx context.Context, step func(LoadStep), l *Loader, fill func(*Loader) error) (err error) {
	pool, err := sql.Open("sqlite", sqliteDSN(db.path, "busy_timeout(10000)", "foreign_keys(OFF)", "journal_mode(WAL)", "synchronous(OFF)",
		"cache_size(-262144)", "temp_store(MEMORY)", "wal_autocheckpoint(20000)"))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, pool.Close()) }()
	conn, err := pool.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	s := &sqliteLoad{ctx: ctx, conn: sqliteQuerier{newStatements(conn.PrepareContext)}, words: l.words, timed: l.timeSearch}
	defer s.conn.stmts.close()
	l.sink = s

	step(LoadRows)
	if err := s.fill(db, l, fill); err != nil {
		return errors.Join(err, s.rollback())
	}
	if err := l.timeSearch(s.tidySearch); err != nil {
		return err
	}
	step(LoadIndexes)
	if err := l.makeIndexes(); err != nil {
		return err
	}
	step(LoadKeys)
	if err := l.checkKeys(); err != nil {
		return err
	}
	step(LoadFigures)
	if err := s.exec(`ANALYZE`); err != nil {
		return err
	}
	if err := s.exec(dropSamples); err != nil {
		return err
	}
	return s.exec(`PRAGMA wal_checkpoint(TRUNCATE)`)
}

// fill puts all rows in; the caller rolls back what is open where it fails.
func (s *sqliteLoad) fill(db *DB, l *Loader, fill func(*Loader) error) error {
	if err := s.begin(); err != nil {
		return err
	}
	if err := l.start(s.ctx, db, s.conn); err != nil {
		return err
	}
	// A document's words are collected in memory until they take so many bytes.
	if err := s.exec(`INSERT INTO messages_fts(messages_fts, rank) VALUES ('hashsize', 67108864)`); err != nil {
		return err
	}
	if err := fill(l); err != nil {
		return err
	}
	if err := s.commit(); err != nil {
		return err
	}
	if err := l.keepWords(); err != nil {
		return err
	}
	return s.commit()
}

// tidySearch merges the search index into one piece and sets its memory back.
func (s *sqliteLoad) tidySearch() error {
	if err := s.exec(`INSERT INTO messages_fts(messages_fts) VALUES ('optimize')`); err != nil {
		return err
	}
	return s.exec(`INSERT INTO messages_fts(messages_fts, rank) VALUES ('hashsize', 1048576)`)
}

func (s *sqliteLoad) exec(query string) error {
	_, err := s.conn.exec(s.ctx, query, nil)
	return err
}

func (s *sqliteLoad) begin() error {
	err := s.exec(`BEGIN IMMEDIATE`)
	s.open = err == nil
	return err
}

func (s *sqliteLoad) rollback() error {
	if !s.open {
		return nil
	}
	s.open = false
	_, err := s.conn.exec(context.WithoutCancel(s.ctx), `ROLLBACK`, nil)
	return err
}

// commit ends the transaction, and puts the search documents of its messages
// into one of their own.
func (s *sqliteLoad) commit() error {
	if s.open {
		if err := s.exec(`COMMIT`); err != nil {
			return err
		}
		s.open, s.pending = false, 0
	}
	if len(s.docs) == 0 {
		return nil
	}
	return s.timed(func() error {
		if err := s.begin(); err != nil {
			return err
		}
		// One row at a time: a statement with several makes the search index
		// write what it has collected to disk, and so does an id that goes down.
		query := bulkInsert(&bulkSearch, 1)
		slices.SortFunc(s.docs, byDocument)
		for i := range s.docs {
			seen := s.words.of(s.docs[i].account)
			err := s.docs[i].each(func(id int64, d *searchDoc) error {
				_, err := s.conn.exec(s.ctx, query, append([]any{id}, d.columns(seen)...))
				return err
			})
			if err != nil {
				return err
			}
		}
		if err := s.exec(`COMMIT`); err != nil {
			return err
		}
		s.open, s.docs = false, s.docs[:0]
		return nil
	})
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
	query := bulkInsert(t, each)
	for chunk := range slices.Chunk(cells, each*len(t.columns)) {
		if _, err := s.conn.exec(s.ctx, query, chunk); err != nil {
			return err
		}
	}
	return nil
}

func bulkInsert(t *bulkTable, rows int) string {
	one := `(` + strings.TrimSuffix(strings.Repeat(`?, `, len(t.columns)), `, `) + `), `
	return `INSERT INTO ` + t.name + ` (` + strings.Join(t.columns, `, `) + `) VALUES ` + strings.TrimSuffix(strings.Repeat(one, rows), `, `)
}

var bulkSearch = bulkTable{"messages_fts", []string{"rowid", "subject", "requester", "files", "body"}}

// search keeps the documents until their messages are committed.
func (s *sqliteLoad) search(docs []searchDoc) error {
	s.docs = append(s.docs, docs...)
	return nil
}
