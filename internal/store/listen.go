package store

import (
	"context"
	"math/rand/v2"
	"time"

	"github.com/jackc/pgx/v5"
)

const (
	// nodeChannel is the PostgreSQL channel between the nodes of one database.
	nodeChannel = "deskmesh_nodes"
	// MaxNotice is the most bytes that one payload of Notify may have. PostgreSQL
	// takes less than 8,000.
	MaxNotice = 7900
	// quietMost is how long a listening connection may be silent before it is
	// asked whether it still works.
	quietMost = 20 * time.Second
	// answerMost bounds that question, and the making of a connection.
	answerMost = 10 * time.Second
)

// ManyNodes says whether other processes may work on the same database, so that
// they have to tell each other of what they do.
func (db *DB) ManyNodes() bool { return db.dialect.name == "postgres" }

// Notify sends payloads to every process that listens, this one included, in
// their order and outside of any transaction. On SQLite there is nobody to tell.
func (db *DB) Notify(ctx context.Context, payloads []string) error {
	if !db.ManyNodes() || len(payloads) == 0 {
		return nil
	}
	_, err := db.pool.ExecContext(ctx, `SELECT pg_notify($1, n) FROM unnest($2::text[]) n`, nodeChannel, payloads)
	return err
}

// Listen calls heard with what any process notifies, this one included, until
// ctx ends. It keeps a connection of its own, which it opens again when it
// breaks; opened is called each time it listens from then on, so that something
// may have been missed before. Neither may block. On SQLite it does nothing.
func (db *DB) Listen(ctx context.Context, heard func(payload string), opened func()) {
	if !db.ManyNodes() {
		return
	}
	const least, most = 50 * time.Millisecond, 5 * time.Second
	pause := least
	for ctx.Err() == nil {
		db.listenOnce(ctx, heard, func() { pause = least; opened() })
		timer := time.NewTimer(pause + rand.N(pause))
		select {
		case <-ctx.Done():
			timer.Stop()
		case <-timer.C:
		}
		pause = min(2*pause, most)
	}
}

// listenOnce listens until the connection breaks or ctx ends.
func (db *DB) listenOnce(ctx context.Context, heard func(string), opened func()) {
	connecting, cancel := context.WithTimeout(ctx, answerMost)
	defer cancel()
	conn, err := pgx.Connect(connecting, db.dsn)
	if err != nil {
		return
	}
	defer func() {
		closing, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
		defer cancel()
		_ = conn.Close(closing) // it is given up
	}()
	if _, err := conn.Exec(connecting, `LISTEN `+nodeChannel); err != nil {
		return
	}
	opened()
	for {
		waiting, stop := context.WithTimeout(ctx, quietMost)
		n, err := conn.WaitForNotification(waiting)
		stop()
		switch {
		case err == nil:
			heard(n.Payload)
		case ctx.Err() != nil || waiting.Err() == nil || !answers(ctx, conn):
			return
		}
	}
}

// answers asks a connection whether it still works.
func answers(ctx context.Context, conn *pgx.Conn) bool {
	asking, cancel := context.WithTimeout(ctx, answerMost)
	defer cancel()
	return conn.Ping(asking) == nil
}
