package store

import (
	"context"
	"database/sql"
	"fmt"
)

// ReadMoment is Read at one moment: every statement sees the same rows, whatever
// is written meanwhile. It is for answers whose parts must agree, and holds a
// connection until f returns.
func (db *DB) ReadMoment(ctx context.Context, f func(*Tx) error) error {
	options := &sql.TxOptions{ReadOnly: true}
	if db.dialect.name == "postgres" {
		options.Isolation = sql.LevelRepeatableRead
	}
	stx, err := db.pool.BeginTx(ctx, options)
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	tx := &Tx{ctx: ctx, db: db, now: db.Now(), conn: (*txQuerier)(stx)}
	var q *momentQuerier
	if db.stmts != nil {
		q = &momentQuerier{stx: stx, stmts: db.stmts}
		tx.conn = q
	}
	defer func() {
		stx.Rollback() //nolint:errcheck // nothing was written
		q.warm(ctx)
	}()
	return f(tx)
}

// momentQuerier runs the pool's prepared statements inside a transaction of
// SQLite. One that the pool does not have yet is prepared for the transaction
// alone: preparing it on the pool takes a further connection, and readers that
// hold one each would wait for each other for ever.
type momentQuerier struct {
	stx    *sql.Tx
	stmts  *statements
	missed []string
}

func (q *momentQuerier) query(ctx context.Context, query string, args []any) (*sql.Rows, error) {
	st := q.stmts.cached(query)
	if st == nil {
		q.missed = append(q.missed, query)
		return q.stx.QueryContext(ctx, query, args...)
	}
	return q.stx.StmtContext(ctx, st).QueryContext(ctx, args...)
}

func (q *momentQuerier) exec(context.Context, string, []any) (sql.Result, error) {
	return nil, fmt.Errorf("a write outside a transaction")
}

// warm prepares, once the transaction has given its connection back, what it
// had to do without.
func (q *momentQuerier) warm(ctx context.Context) {
	if q == nil {
		return
	}
	for _, query := range q.missed {
		if _, err := q.stmts.get(ctx, query); err != nil {
			return // it is only for speed
		}
	}
}
