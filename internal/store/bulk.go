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
	searches dm.Time // time spent on search documents, in microseconds
	now      func() dm.Time
	lastID   map[string]int64
	address  int64
	tags     map[tagKey]int64
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

// bulkTable names a table, whose columns are all numbers or all texts, and its
// columns as the cells come.
type bulkTable struct {
	name    string
	columns []string
}

// searchDoc is what indexMessage takes.
type searchDoc struct {
	account, message int64
	subject, body    string
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
// PostgreSQL is left as it was; a SQLite file is left without accounts, so that
// nobody takes it for whole, and must be deleted.
func (db *DB) Load(ctx context.Context, step func(LoadStep), fill func(*Loader) error) (LoadReport, error) {
	began := db.Now()
	l := &Loader{now: db.Now, lastID: map[string]int64{}, tags: map[tagKey]int64{}}
	load := db.loadSQLite
	if db.dialect.name == "postgres" {
		load = db.loadPostgres
	}
	err := load(ctx, step, l, fill)
	return LoadReport{Total: db.Now() - began, Search: l.searches}, err
}

// anyRows counts what every account has; all else belongs to an account.
const anyRows = `SELECT (SELECT COUNT(*) FROM accounts) + (SELECT COUNT(*) FROM people) + (SELECT COUNT(*) FROM hosts)`

var errNotEmpty = dm.Errorf(dm.Conflict, "The database is not empty: rows are loaded into a new one only.")

// insert hands rows to the engine and remembers the largest id, if the first
// column is the id.
func (l *Loader) insert(t *bulkTable, cells []any) error {
	if len(cells) == 0 {
		return nil
	}
	if t.columns[0] == "id" {
		last, ok := cells[len(cells)-len(t.columns)].(int64)
		if !ok || last <= l.lastID[t.name] {
			return fmt.Errorf("load %s: ids must rise", t.name)
		}
		l.lastID[t.name] = last
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

// indexDefinition is a secondary index that is dropped and made again.
type indexDefinition struct{ name, create string }
