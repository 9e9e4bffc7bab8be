package store

import (
	"context"
	"database/sql"
	"fmt"
	"log/slog"
	"time"
)

// writer is SQLite's one writer. It runs the waiting closures in one immediate
// transaction, each under a savepoint, commits once, and answers all of them:
// many small writes share one fsync (docs/decisions/0003). A request that
// somebody waits for is committed as soon as no other such request waits, so
// that it does not pay for background work; every groupTurn groups the
// background goes first, with all jobs that wait, so that it is never starved.
type writer struct {
	db    *DB
	pool  *sql.DB
	conn  *sql.Conn
	stmts *statements
	queue [3]chan *writeRequest
	gone  chan struct{} // closed when run has ended
	// passed counts the urgent groups since background work last had its turn.
	passed int
	// background says that the group about to run is its turn.
	background bool
	// groupTime is when a group takes nothing more.
	groupTime time.Duration
}

type writeRequest struct {
	ctx  context.Context
	f    func(*Tx) error
	rank Urgency
	came time.Time // zero where nobody measures
	tx   *Tx
	err  error
	done chan struct{}
}

const (
	groupMost = 64
	groupTime = 5 * time.Millisecond
	groupTurn = 8
)

func newWriter(db *DB, pool *sql.DB, conn *sql.Conn) *writer {
	w := &writer{db: db, pool: pool, conn: conn, gone: make(chan struct{}), groupTime: groupTime}
	w.stmts = newStatements(conn.PrepareContext)
	for i := range w.queue {
		w.queue[i] = make(chan *writeRequest, 1024)
	}
	return w
}

// do hands f to the writer and waits for its commit. A context that ends while
// f still waits takes it back; once f runs, its result is awaited.
func (w *writer) do(ctx context.Context, u Urgency, f func(*Tx) error) error {
	r := &writeRequest{ctx: ctx, f: f, rank: u, came: w.db.began(), done: make(chan struct{})}
	select {
	case w.queue[u] <- r:
	case <-ctx.Done():
		return ctx.Err()
	case <-w.gone:
		return errClosed
	}
	select {
	case <-r.done:
	case <-w.gone:
		select {
		case <-r.done:
		default:
			return errClosed
		}
	}
	if r.err == nil {
		for _, after := range r.tx.after {
			after()
		}
	}
	return r.err
}

// run is the writer's goroutine; it ends when ctx does.
func (w *writer) run(ctx context.Context) {
	defer close(w.gone)
	for {
		first := w.next(ctx)
		if first == nil {
			return
		}
		w.group(first)
	}
}

// next waits for the most urgent request, or for one of the background when
// that has been passed over for long.
func (w *writer) next(ctx context.Context) *writeRequest {
	if w.passed >= groupTurn {
		w.passed = 0
		if r := w.poll(Normal, Bulk); r != nil {
			w.background = true
			return r
		}
	}
	if r := w.poll(Urgent, Normal, Bulk); r != nil {
		return r
	}
	select {
	case r := <-w.queue[Urgent]:
		return r
	case r := <-w.queue[Normal]:
		return r
	case r := <-w.queue[Bulk]:
		return r
	case <-ctx.Done():
		return w.poll(Urgent, Normal, Bulk)
	}
}

// poll gives a waiting request of the first rank that has one, or nil.
func (w *writer) poll(ranks ...Urgency) *writeRequest {
	for _, rank := range ranks {
		select {
		case r := <-w.queue[rank]:
			return r
		default:
		}
	}
	return nil
}

// group runs first and what waits, up to the limits, in one transaction. As soon
// as it holds an urgent request it takes urgent ones only.
func (w *writer) group(first *writeRequest) {
	ctx := context.Background()
	var ran []*writeRequest
	urgent, background := false, w.background
	w.background = false
	started := time.Now()
	err := w.execOn(ctx, `BEGIN IMMEDIATE`)
	if err != nil {
		first.err = fmt.Errorf("begin: %w", err)
		close(first.done)
		return
	}
	for r := first; r != nil; {
		if r.ctx.Err() != nil {
			r.err = r.ctx.Err()
			close(r.done)
		} else {
			w.one(ctx, r)
			ran = append(ran, r)
			urgent = urgent || r.rank == Urgent
		}
		switch {
		case len(ran) >= groupMost || time.Since(started) > w.groupTime:
			r = nil
		case urgent:
			r = w.poll(Urgent)
		case background:
			r = w.poll(Normal, Urgent, Bulk)
		default:
			r = w.poll(Urgent, Normal, Bulk)
		}
	}
	if urgent {
		w.passed++
	} else {
		w.passed = 0
	}
	err = w.execOn(ctx, `COMMIT`)
	if w.db.meter != nil {
		w.db.meter.Committed(len(ran), time.Since(started), err)
	}
	if err != nil {
		slog.Error("the database could not commit", "error", err)
		if rbErr := w.execOn(ctx, `ROLLBACK`); rbErr != nil {
			slog.Error("the database could not roll back", "error", rbErr)
		}
		for _, r := range ran {
			if r.err == nil {
				r.err = fmt.Errorf("commit: %w", err)
			}
		}
	}
	for _, r := range ran {
		close(r.done)
	}
}

// one runs a request under a savepoint: if it fails, it alone is rolled back.
func (w *writer) one(ctx context.Context, r *writeRequest) {
	if w.db.meter != nil {
		w.db.meter.Waited(r.rank, time.Since(r.came))
	}
	if r.err = w.execOn(ctx, `SAVEPOINT one`); r.err != nil {
		return
	}
	r.tx = &Tx{ctx: ctx, db: w.db, now: w.db.Now(), conn: w, writes: true, origin: requestOf(r.ctx)}
	r.err = w.guarded(r)
	if r.err != nil {
		if err := w.execOn(ctx, `ROLLBACK TO one`); err != nil {
			r.err = fmt.Errorf("roll back after %w: %w", r.err, err)
		}
	}
	if err := w.execOn(ctx, `RELEASE one`); err != nil && r.err == nil {
		r.err = fmt.Errorf("release: %w", err)
	}
}

// guarded turns a panic of the closure into an error, so that one bad request
// does not take the others' transaction with it.
func (w *writer) guarded(r *writeRequest) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic in a transaction: %v", p)
		}
	}()
	return r.f(r.tx)
}

func (w *writer) execOn(ctx context.Context, query string) error {
	_, err := w.exec(ctx, query, nil)
	return err
}

func (w *writer) query(ctx context.Context, query string, args []any) (*sql.Rows, error) {
	st, err := w.stmts.get(ctx, query)
	if err != nil {
		return nil, err
	}
	return st.QueryContext(ctx, args...)
}

func (w *writer) exec(ctx context.Context, query string, args []any) (sql.Result, error) {
	st, err := w.stmts.get(ctx, query)
	if err != nil {
		return nil, err
	}
	return st.ExecContext(ctx, args...)
}

func (w *writer) close() {
	w.stmts.close()
	w.conn.Close()
	w.pool.Close()
}
