package store

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/binary"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5/stdlib"
)

// postgresLoad is a load into PostgreSQL: one transaction on one connection.
type postgresLoad struct {
	ctx   context.Context
	conn  *sql.Conn
	tx    *txQuerier
	buf   []byte
	words wordBook
	timed func(func() error) error
}

func (db *DB) loadPostgres(ctx context.Context, step func(LoadStep), l *Loader, fill func(*Loader) error) error {
	conn, err := db.pool.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	stx, err := conn.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	defer stx.Rollback() //nolint:errcheck // no effect after Commit
	p := &postgresLoad{ctx: ctx, conn: conn, tx: (*txQuerier)(stx), words: l.words, timed: l.timeSearch}
	l.sink = p
	if err := p.run(db, step, l, fill); err != nil {
		return err
	}
	if err := stx.Commit(); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	step(LoadFigures)
	_, err = conn.ExecContext(ctx, `VACUUM (ANALYZE)`)
	return err
}

func (p *postgresLoad) run(db *DB, step func(LoadStep), l *Loader, fill func(*Loader) error) error {
	step(LoadRows)
	if err := l.start(p.ctx, db, p.tx); err != nil {
		return err
	}
	// A table that is made empty anew in the transaction that fills it needs no
	// log where the server keeps a minimal one, and takes rows that are known to
	// be visible to all (FREEZE).
	for _, query := range []string{`SET LOCAL maintenance_work_mem = '512MB'`, `SET LOCAL work_mem = '256MB'`, `TRUNCATE messages_fts, ` + strings.Join(bulkNames(), `, `)} {
		if _, err := p.tx.exec(p.ctx, query, nil); err != nil {
			return err
		}
	}
	if err := fill(l); err != nil {
		return err
	}
	if err := l.keepWords(); err != nil {
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
	for _, t := range l.frame.Tables {
		if err := l.frame.writeLastID(t); err != nil {
			return err
		}
	}
	return nil
}

// insert sends rows by COPY in its binary format (PostgreSQL documentation,
// "COPY", section "Binary Format").
func (p *postgresLoad) insert(t *bulkTable, cells []any) error {
	p.buf = append(p.buf[:0], "PGCOPY\n\xff\r\n\x00"...)
	p.buf = append(p.buf, 0, 0, 0, 0, 0, 0, 0, 0) // no flags, no more header
	width := len(t.columns)
	for i, cell := range cells {
		if i%width == 0 {
			p.buf = binary.BigEndian.AppendUint16(p.buf, uint16(width))
		}
		switch v := cell.(type) {
		case nil:
			p.buf = append(p.buf, 0xff, 0xff, 0xff, 0xff)
		case int64:
			p.buf = append(p.buf, 0, 0, 0, 8)
			p.buf = binary.BigEndian.AppendUint64(p.buf, uint64(v))
		case string:
			p.buf = binary.BigEndian.AppendUint32(p.buf, uint32(len(v)))
			p.buf = append(p.buf, v...)
		default:
			return fmt.Errorf("column %s: a %T is neither a number nor a text", t.columns[i%width], cell)
		}
	}
	p.buf = append(p.buf, 0xff, 0xff)
	copyIn := `COPY ` + t.name + ` (` + strings.Join(t.columns, `, `) + `) FROM STDIN WITH (FORMAT binary, FREEZE)`
	return p.conn.Raw(func(driver any) error {
		native, ok := driver.(*stdlib.Conn)
		if !ok {
			return fmt.Errorf("cannot copy through a %T", driver)
		}
		_, err := native.Conn().PgConn().CopyFrom(p.ctx, bytes.NewReader(p.buf), copyIn)
		return err
	})
}

// search makes the same documents as putDocument does.
func (p *postgresLoad) search(docs []searchDoc) error {
	var ids []int64
	var texts []string
	for i := range docs {
		seen := p.words.of(docs[i].account)
		err := docs[i].each(func(id int64, d *searchDoc) error {
			ids, texts = append(ids, id), append(texts, d.vector(seen))
			return nil
		})
		if err != nil {
			return err
		}
	}
	return p.timed(func() error {
		_, err := p.tx.exec(p.ctx, `INSERT INTO messages_fts (rowid, tsv) SELECT d.id, d.words::tsvector
FROM unnest(?::bigint[], ?::text[]) AS d(id, words)`, []any{ids, texts})
		return err
	})
}
