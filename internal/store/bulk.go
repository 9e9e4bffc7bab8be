package store

import (
	"context"
	"fmt"

	dm "github.com/deskmesh/deskmesh"
)

// Loader takes generated rows during DB.Load. Its methods may be called in any
// order and any number of times, by one goroutine; ids are the caller's and must
// rise within a table. Text is stored as it is: the caller keeps to the lengths
// and words the schema asks for.
type Loader struct {
	sink     bulkSink
	frame    *Restore
	searches dm.Time // time spent on search documents, in microseconds
	now      func() dm.Time
	address  int64
	tags     map[tagKey]int64
	askers   map[int64]string // names and addresses of people, by id
	words    wordBook
}

// wordBook collects the words of each account's search documents.
type wordBook map[int64]map[string]bool

// of gives what notes the words of an account.
func (b wordBook) of(account int64) func(word []byte) {
	known := b[account]
	if known == nil {
		known = map[string]bool{}
		b[account] = known
	}
	return func(word []byte) {
		if !known[string(word)] {
			known[string(word)] = true
		}
	}
}

type tagKey struct {
	account int64
	name    string
}

// bulkSink is the engine's part of a load.
type bulkSink interface {
	// insert adds rows; cells holds them one after the other.
	insert(t *bulkTable, cells []any) error
	// search adds search documents.
	search(docs []searchDoc) error
}

// bulkTable names a table and its columns, as the cells come. A cell is a number
// (int64), a text or nil.
type bulkTable struct {
	name    string
	columns []string
}

// LoadStep names a part of a load, for those who watch it.
type LoadStep string

// The steps of a load, in their order.
const (
	LoadRows    LoadStep = "rows"
	LoadIndexes LoadStep = "indexes"
	LoadKeys    LoadStep = "foreign keys"
	LoadFigures LoadStep = "figures for the planner"
)

// LoadReport says what a load took.
type LoadReport struct {
	Total  dm.Time // microseconds
	Search dm.Time // of these for the search documents
}

// Load fills an empty, migrated database with rows that a program made up, as
// fast as the engine takes them: without secondary indexes and foreign keys,
// which are made anew and checked at the end. No server may run on the database
// meanwhile. step is told what begins.
//
// A database that holds anything is refused with Conflict. If the load fails,
// PostgreSQL is left as it was; a SQLite file may be left with rows and without
// an account, so that nobody takes it for whole, and must then be deleted.
func (db *DB) Load(ctx context.Context, step func(LoadStep), fill func(*Loader) error) (LoadReport, error) {
	began := db.Now()
	l := &Loader{now: db.Now, tags: map[tagKey]int64{}, askers: map[int64]string{}, words: wordBook{}}
	load := db.loadSQLite
	if db.dialect.name == "postgres" {
		load = db.loadPostgres
	}
	err := load(ctx, step, l, fill)
	return LoadReport{Total: db.Now() - began, Search: l.searches}, err
}

// start refuses a database that holds anything and takes indexes and references
// away, as restoring a backup does. It must run in a transaction.
func (l *Loader) start(ctx context.Context, db *DB, conn querier) error {
	known, err := db.KnownSchema()
	if err != nil {
		return err
	}
	tx := &Tx{ctx: ctx, db: db, now: db.Now(), conn: conn, writes: true}
	columns, err := tx.columns()
	if err != nil {
		return err
	}
	l.frame = &Restore{Snapshot: Snapshot{tx: tx}, lastID: map[string]int64{}}
	if l.frame.Tables, err = dumpedTables(columns); err != nil {
		return err
	}
	if err := l.frame.start(known); dm.CodeOf(err) == dm.Conflict {
		return dm.Errorf(dm.Conflict, "Rows are made up in a new, empty database only.").Because(err)
	} else if err != nil {
		return err
	}
	return nil
}

// makeIndexes brings the indexes back. Those of search documents count as time
// for these.
func (l *Loader) makeIndexes() error {
	for _, index := range l.frame.indexes {
		run := func() error {
			_, err := l.frame.tx.exec(index.create)
			return err
		}
		var err error
		if index.name == "messages_fts_tsv" {
			err = l.timeSearch(run)
		} else {
			err = run()
		}
		if err != nil {
			return fmt.Errorf("make the index %s: %w", index.name, err)
		}
	}
	return nil
}

// keepWords loads the words of all search documents.
func (l *Loader) keepWords() error {
	return l.timeSearch(func() error {
		for account, known := range l.words {
			var cells []any
			for _, word := range sortedWords(known) {
				cells = append(cells, account, word)
			}
			if err := l.insert(&bulkWords, cells); err != nil {
				return err
			}
		}
		return nil
	})
}

// checkKeys brings the references back, or on SQLite checks them.
func (l *Loader) checkKeys() error {
	if err := l.frame.checkReferences(); err != nil {
		return fmt.Errorf("rows that were made up do not fit together: %w", err)
	}
	return nil
}

// insert hands rows to the engine and remembers the largest id, if the first
// column is the id.
func (l *Loader) insert(t *bulkTable, cells []any) error {
	if len(cells) == 0 {
		return nil
	}
	if t.columns[0] == "id" {
		last, ok := cells[len(cells)-len(t.columns)].(int64)
		if !ok || last <= l.frame.lastID[t.name] {
			return fmt.Errorf("load %s: ids must rise", t.name)
		}
		l.frame.lastID[t.name] = last
	}
	if err := l.sink.insert(t, cells); err != nil {
		return fmt.Errorf("load %s: %w", t.name, err)
	}
	return nil
}

// timeSearch adds the time of f to that of the search documents.
func (l *Loader) timeSearch(f func() error) error {
	began := l.now()
	if err := f(); err != nil {
		return fmt.Errorf("load search documents: %w", err)
	}
	l.searches += l.now() - began
	return nil
}
