package store

import (
	"context"
	"database/sql"
	sqldriver "database/sql/driver"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
)

// pgTx is one writing transaction of PostgreSQL. Every answer costs a way to the
// server and back, so statements whose answer nobody needs wait and are sent
// together with the next one: the beginning with the first statement, the end
// with the last ones. The server runs them in their order and, once one has
// failed, none of the others, the commit included.
type pgTx struct {
	conn    *sql.Conn
	waiting []statement
	// open says that the beginning was sent.
	open bool
}

type statement struct {
	text string
	args []any
}

// beginPostgres takes a connection. It must be given back with close.
func (db *DB) beginPostgres(ctx context.Context) (*pgTx, error) {
	conn, err := db.pool.Conn(ctx)
	if err != nil {
		return nil, err
	}
	return &pgTx{conn: conn, waiting: []statement{{text: `BEGIN`}}}, nil
}

func (t *pgTx) query(ctx context.Context, query string, args []any) (*sql.Rows, error) {
	if len(t.waiting) > 0 {
		if err := t.send(ctx, nil); err != nil {
			return nil, err
		}
	}
	return t.conn.QueryContext(ctx, rebind(query), args...)
}

func (t *pgTx) exec(ctx context.Context, query string, args []any) (sql.Result, error) {
	var touched int64
	t.later(query, args)
	err := t.send(ctx, func(r pgx.BatchResults) error {
		tag, err := r.Exec()
		touched = tag.RowsAffected()
		return err
	})
	return sqldriver.RowsAffected(touched), err
}

// later keeps a statement until the next one whose answer is needed.
func (t *pgTx) later(query string, args []any) {
	t.waiting = append(t.waiting, statement{rebind(query), args})
}

// number runs a statement that gives one number; sql.ErrNoRows where it gives
// none.
func (t *pgTx) number(ctx context.Context, query string, args []any) (n int64, err error) {
	t.later(query, args)
	err = t.send(ctx, func(r pgx.BatchResults) error { return r.QueryRow().Scan(&n) })
	if errors.Is(err, pgx.ErrNoRows) {
		err = sql.ErrNoRows
	}
	return n, err
}

// send sends all that waits. last reads the answer of the last statement; nil
// where nobody needs it.
func (t *pgTx) send(ctx context.Context, last func(pgx.BatchResults) error) error {
	batch := &pgx.Batch{}
	for _, s := range t.waiting {
		batch.Queue(s.text, s.args...)
	}
	unread := len(t.waiting)
	if last != nil {
		unread--
	}
	t.waiting, t.open = t.waiting[:0], true
	return t.conn.Raw(func(c any) (err error) {
		results := c.(*stdlib.Conn).Conn().SendBatch(ctx, batch)
		defer func() {
			if closing := results.Close(); err == nil {
				err = closing
			}
		}()
		for range unread {
			if _, err := results.Exec(); err != nil {
				return err
			}
		}
		if last == nil {
			return nil
		}
		return last(results)
	})
}

// commit sends what waits, and the end.
func (t *pgTx) commit(ctx context.Context) error {
	if !t.open && len(t.waiting) == 1 {
		t.waiting = nil // nothing was done
		return nil
	}
	t.later(`COMMIT`, nil)
	return t.send(ctx, func(r pgx.BatchResults) error {
		tag, err := r.Exec()
		if err == nil && tag.String() != "COMMIT" {
			err = errors.New("the transaction had failed before")
		}
		return err
	})
}

// pgRollbackLimit bounds the time for taking a transaction back.
const pgRollbackLimit = 10 * time.Second

// close gives the connection back, after taking back what was not committed. One
// on which that fails is not used again.
func (t *pgTx) close(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), pgRollbackLimit)
	defer cancel()
	_ = t.conn.Raw(func(c any) error {
		conn := c.(*stdlib.Conn).Conn()
		if conn.IsClosed() || conn.PgConn().TxStatus() == 'I' {
			return nil
		}
		if _, err := conn.Exec(ctx, `ROLLBACK`); err != nil {
			return sqldriver.ErrBadConn
		}
		return nil
	})
	_ = t.conn.Close()
}

// later runs a change whose outcome nobody waits for: it has failed at the
// latest when the transaction ends.
func (tx *Tx) later(query string, args ...any) error {
	p, ok := tx.conn.(*pgTx)
	if !ok {
		_, err := tx.exec(query, args...)
		return err
	}
	p.later(query, args)
	tx.noteStatement(tx.db.began(), nil)
	return nil
}

// number runs a statement that gives at most one number; sql.ErrNoRows where it
// gives none.
func (tx *Tx) number(query string, args ...any) (n int64, err error) {
	p, ok := tx.conn.(*pgTx)
	if !ok {
		err = tx.row(query, args...).Scan(&n)
		return n, err
	}
	began := tx.db.began()
	n, err = p.number(tx.ctx, query, args)
	tx.noteStatement(began, err)
	return n, err
}

func (db *DB) writePostgres(ctx context.Context, f func(*Tx) error) (err error) {
	if db.meter != nil {
		began := stopwatch()
		defer func() { db.meter.Committed(1, time.Since(began), err) }()
	}
	t, err := db.beginPostgres(ctx)
	if err != nil {
		return err
	}
	defer t.close(ctx)
	tx := &Tx{ctx: ctx, db: db, now: db.Now(), conn: t, writes: true, origin: requestOf(ctx)}
	if err := f(tx); err != nil {
		return err
	}
	if err := t.commit(ctx); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	for _, done := range tx.after {
		done()
	}
	return nil
}
