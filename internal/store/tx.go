package store

import (
	"context"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"time"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
)

// Urgency orders waiting writes: people's requests go before jobs, jobs before
// bulk work.
type Urgency int

// The urgencies. The same numbers order jobs.
const (
	Urgent Urgency = iota // somebody waits for the answer
	Normal                // a background job
	Bulk                  // large work; at most 50 tickets a transaction
)

// Tx is what the store's methods run on: a transaction in Write, the reader
// pool in Read.
type Tx struct {
	ctx    context.Context
	db     *DB
	conn   querier
	now    dm.Time
	after  []func()
	writes bool
	dir    *Directory // loaded in this transaction
	seen   *Directory // what Directory gave, while it holds
	pokes  []Poke
	before map[int64]*access.Facts // ticket -> as it was when it was locked
	origin string                  // the id of the request it is part of; "" for none
}

// querier runs one statement; its implementations cache prepared statements.
type querier interface {
	query(ctx context.Context, query string, args []any) (*sql.Rows, error)
	exec(ctx context.Context, query string, args []any) (sql.Result, error)
}

// Now is the transaction's one moment.
func (tx *Tx) Now() dm.Time { return tx.now }

// DB is the database the transaction belongs to.
func (tx *Tx) DB() *DB { return tx.db }

// AfterCommit runs f when, and only when, the transaction has been committed.
func (tx *Tx) AfterCommit(f func()) { tx.after = append(tx.after, f) }

// Read runs f against the reader pool. Each statement sees its own snapshot.
func (db *DB) Read(ctx context.Context, f func(*Tx) error) error {
	tx := &Tx{ctx: ctx, db: db, now: db.Now(), conn: (*poolQuerier)(db)}
	return f(tx)
}

// Write runs f in one transaction and returns when it is durable, or f's error
// with nothing changed. f does no I/O but SQL and may run more than once.
func (db *DB) Write(ctx context.Context, u Urgency, f func(*Tx) error) error {
	if db.writer != nil {
		return db.writer.do(ctx, u, f)
	}
	for try := 1; ; try++ {
		err := db.writePostgres(ctx, f)
		if err == nil || !isRetryable(err) || try == 8 || ctx.Err() != nil {
			return err
		}
		pause := time.NewTimer(time.Duration(rand.IntN(5<<try)+1) * time.Millisecond)
		select {
		case <-pause.C:
		case <-ctx.Done():
			pause.Stop()
			return err
		}
	}
}

// poolQuerier runs statements on the reader pool.
type poolQuerier DB

func (p *poolQuerier) query(ctx context.Context, query string, args []any) (*sql.Rows, error) {
	if p.stmts == nil {
		return p.pool.QueryContext(ctx, rebind(query), args...)
	}
	st, err := p.stmts.get(ctx, query)
	if err != nil {
		return nil, err
	}
	return st.QueryContext(ctx, args...)
}

func (p *poolQuerier) exec(context.Context, string, []any) (sql.Result, error) {
	return nil, fmt.Errorf("a write outside a transaction")
}

// txQuerier runs statements in a PostgreSQL transaction of database/sql.
type txQuerier sql.Tx

func (t *txQuerier) query(ctx context.Context, query string, args []any) (*sql.Rows, error) {
	return (*sql.Tx)(t).QueryContext(ctx, rebind(query), args...)
}

func (t *txQuerier) exec(ctx context.Context, query string, args []any) (sql.Result, error) {
	return (*sql.Tx)(t).ExecContext(ctx, rebind(query), args...)
}

// statements caches prepared statements by text; at most maxStatements.
type statements struct {
	prepare func(context.Context, string) (*sql.Stmt, error)
	mu      sync.RWMutex
	byText  map[string]*sql.Stmt
	gone    []*sql.Stmt // taken out, the oldest first
}

const (
	maxStatements   = 1000
	graceStatements = 200
)

func newStatements(prepare func(context.Context, string) (*sql.Stmt, error)) *statements {
	return &statements{prepare: prepare, byText: map[string]*sql.Stmt{}}
}

// cached gives a prepared statement; nil when there is none yet.
func (s *statements) cached(query string) *sql.Stmt {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.byText[query]
}

func (s *statements) get(ctx context.Context, query string) (*sql.Stmt, error) {
	if st := s.cached(query); st != nil {
		return st, nil
	}
	st, err := s.prepare(context.WithoutCancel(ctx), query)
	if err != nil {
		return nil, fmt.Errorf("prepare: %w", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if old := s.byText[query]; old != nil {
		defer st.Close()
		return old, nil
	}
	if len(s.byText) >= maxStatements {
		s.forgetOne()
	}
	s.byText[query] = st
	return st, nil
}

// forgetOne takes a statement out of the cache. Another goroutine may just have
// got it, so that it is closed only when graceStatements others have gone as
// well; rows that are read by then stay valid.
func (s *statements) forgetOne() {
	for text, st := range s.byText {
		delete(s.byText, text)
		s.gone = append(s.gone, st)
		break
	}
	if len(s.gone) > graceStatements {
		s.gone[0].Close()
		s.gone = slices.Delete(s.gone, 0, 1)
	}
}

func (s *statements) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, st := range s.byText {
		st.Close()
	}
	for _, st := range s.gone {
		st.Close()
	}
	s.gone = nil
	clear(s.byText)
}

// query runs a SELECT and calls scan for each row.
func (tx *Tx) query(query string, scan func(*sql.Rows) error, args ...any) (err error) {
	began := tx.db.began()
	defer func() { tx.noteStatement(began, err) }()
	rows, err := tx.conn.query(tx.ctx, query, args)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := scan(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

// oneRow is the answer of row.
type oneRow struct {
	tx    *Tx
	began time.Time
	rows  *sql.Rows
	err   error
}

// row runs a SELECT, or a change with RETURNING, that gives at most one row.
func (tx *Tx) row(query string, args ...any) *oneRow {
	began := tx.db.began()
	rows, err := tx.conn.query(tx.ctx, query, args)
	return &oneRow{tx, began, rows, err}
}

// Scan reads the row; sql.ErrNoRows when there is none.
func (r *oneRow) Scan(dest ...any) (err error) {
	defer func() { r.tx.noteStatement(r.began, err) }()
	if r.err != nil {
		return r.err
	}
	defer r.rows.Close()
	if !r.rows.Next() {
		if err := r.rows.Err(); err != nil {
			return err
		}
		return sql.ErrNoRows
	}
	if err := r.rows.Scan(dest...); err != nil {
		return err
	}
	return r.rows.Close()
}

// exec runs a change and gives the number of rows it touched.
func (tx *Tx) exec(query string, args ...any) (int64, error) {
	if !tx.writes {
		return 0, fmt.Errorf("a write outside a transaction")
	}
	began := tx.db.began()
	res, err := tx.conn.exec(tx.ctx, query, args)
	tx.noteStatement(began, err)
	if err != nil {
		return 0, err
	}
	return res.RowsAffected()
}

// insert runs an INSERT ... RETURNING id and gives the id.
func (tx *Tx) insert(query string, args ...any) (int64, error) {
	if !tx.writes {
		return 0, fmt.Errorf("a write outside a transaction")
	}
	return tx.number(query+" RETURNING id", args...)
}

// ids runs a SELECT of one number per row.
func (tx *Tx) ids(query string, args ...any) ([]int64, error) {
	var list []int64
	err := tx.query(query, func(rows *sql.Rows) error {
		var id int64
		if err := rows.Scan(&id); err != nil {
			return err
		}
		list = append(list, id)
		return nil
	}, args...)
	return list, err
}

// texts reads one column of texts.
func (tx *Tx) texts(query string, args ...any) ([]string, error) {
	var list []string
	err := tx.query(query, func(rows *sql.Rows) error {
		var text string
		err := rows.Scan(&text)
		list = append(list, text)
		return err
	}, args...)
	return list, err
}

// none maps 0 to NULL.
func none[T ~int64](id T) any {
	if id == 0 {
		return nil
	}
	return int64(id)
}

// optional scans NULL as 0.
type optional[T ~int64] struct{ to *T }

func (o optional[T]) Scan(v any) error {
	switch n := v.(type) {
	case nil:
		*o.to = 0
	case int64:
		*o.to = T(n)
	default:
		return fmt.Errorf("cannot read %T as a number", v)
	}
	return nil
}

// opt wraps a destination so that NULL reads as 0.
func opt[T ~int64](to *T) optional[T] { return optional[T]{to} }

// flag scans 0 and 1 as a bool, and stores a bool as 0 or 1.
func bit(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

type flag struct{ to *bool }

func (f flag) Scan(v any) error {
	n, ok := v.(int64)
	if !ok {
		return fmt.Errorf("cannot read %T as a flag", v)
	}
	*f.to = n != 0
	return nil
}

// marks gives n placeholders, padded to the next power of two so that few
// different statements are prepared; see padded.
func marks(n int) string {
	return strings.TrimSuffix(strings.Repeat("?, ", paddedLen(n)), ", ")
}

func paddedLen(n int) int {
	size := 1
	for size < n {
		size *= 2
	}
	return size
}

// padded gives the ids as arguments for marks(len(ids)), repeating the last
// one; an empty list gives one 0, which no row has.
func padded(ids []int64) []any {
	args := make([]any, paddedLen(len(ids)))
	for i := range args {
		switch {
		case len(ids) == 0:
			args[i] = int64(0)
		case i < len(ids):
			args[i] = ids[i]
		default:
			args[i] = ids[len(ids)-1]
		}
	}
	return args
}

// inRows cuts n rows into statements of 32, 16, 8 ... rows, so that few
// different texts are prepared.
func inRows(n int, insert func(from, to int) error) error {
	for from := 0; from < n; {
		size := 32
		for size > n-from {
			size /= 2
		}
		if err := insert(from, from+size); err != nil {
			return err
		}
		from += size
	}
	return nil
}

// rowMarks gives the marks of several rows in VALUES.
func rowMarks(rows, columns int) string {
	row := `(` + strings.TrimSuffix(strings.Repeat("?, ", columns), ", ") + `), `
	return strings.TrimSuffix(strings.Repeat(row, rows), ", ")
}
