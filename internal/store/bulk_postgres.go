package store

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
)

// postgresLoad is a load into PostgreSQL: one transaction on one connection.
type postgresLoad struct {
	ctx   context.Context
	tx    pgx.Tx
	buf   []byte
	timed func(func() error) error
}

func (db *DB) loadPostgres(ctx context.Context, step func(LoadStep), l *Loader, fill func(*Loader) error) error {
	conn, err := db.pool.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	err = conn.Raw(func(driver any) error {
		native, ok := driver.(*stdlib.Conn)
		if !ok {
			return fmt.Errorf("load: the driver is %T", driver)
		}
		return pgx.BeginFunc(ctx, native.Conn(), func(tx pgx.Tx) error {
			p := &postgresLoad{ctx: ctx, tx: tx, timed: l.timeSearch}
			l.sink = p
			return p.run(step, l, fill)
		})
	})
	if err != nil {
		return err
	}
	step(LoadFigures)
	_, err = conn.ExecContext(ctx, `VACUUM (ANALYZE)`)
	return err
}

func (p *postgresLoad) run(step func(LoadStep), l *Loader, fill func(*Loader) error) error {
	step(LoadRows)
	keys, indexes, err := p.begin()
	if err != nil {
		return err
	}
	if err := fill(l); err != nil {
		return err
	}
	step(LoadIndexes)
	for _, index := range indexes {
		if err := p.exec(index.create); err != nil {
			return fmt.Errorf("index %s: %w", index.name, err)
		}
	}
	step(LoadKeys)
	for _, key := range keys {
		if err := p.exec(key.create); err != nil {
			return fmt.Errorf("foreign key %s: %w", key.name, err)
		}
	}
	for table, last := range l.lastID {
		if _, err := p.tx.Exec(p.ctx, `SELECT setval(pg_get_serial_sequence($1, 'id'), $2)`, table, last); err != nil {
			return err
		}
	}
	return nil
}

func (p *postgresLoad) exec(query string) error {
	_, err := p.tx.Exec(p.ctx, query)
	return err
}

// begin refuses a database that holds anything, then drops the foreign keys and
// the secondary indexes; what makes them again comes back.
func (p *postgresLoad) begin() (keys, indexes []indexDefinition, err error) {
	for _, query := range []string{`SET LOCAL maintenance_work_mem = '512MB'`, `SET LOCAL work_mem = '256MB'`, `LOCK TABLE accounts IN ACCESS EXCLUSIVE MODE`} {
		if err := p.exec(query); err != nil {
			return nil, nil, err
		}
	}
	var rows int64
	if err := p.tx.QueryRow(p.ctx, anyRows).Scan(&rows); err != nil {
		return nil, nil, err
	}
	if rows > 0 {
		return nil, nil, errNotEmpty
	}
	keys, err = p.drop(`SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname), conname,
format('ALTER TABLE %s ADD CONSTRAINT %I %s', conrelid::regclass, conname, pg_get_constraintdef(oid))
FROM pg_constraint WHERE contype = 'f' AND connamespace = current_schema()::regnamespace ORDER BY oid`)
	if err != nil {
		return nil, nil, err
	}
	// A unique index stays: it checks the rows, and foreign keys rest on it.
	indexes, err = p.drop(`SELECT format('DROP INDEX %I', indexname), indexname, indexdef FROM pg_indexes
WHERE schemaname = current_schema() AND indexdef LIKE 'CREATE INDEX %' ORDER BY tablename, indexname`)
	if err != nil {
		return nil, nil, err
	}
	// A table that is made empty anew in the transaction that fills it needs no
	// log where the server keeps a minimal one, and takes rows that are known to
	// be visible to all (FREEZE).
	return keys, indexes, p.exec(`TRUNCATE messages_fts, ` + strings.Join(bulkNames(), `, `))
}

// drop runs the first column of what a query gives and returns the other two.
func (p *postgresLoad) drop(query string) ([]indexDefinition, error) {
	rows, err := p.tx.Query(p.ctx, query)
	if err != nil {
		return nil, err
	}
	var list []indexDefinition
	var drops []string
	var drop string
	var d indexDefinition
	_, err = pgx.ForEachRow(rows, []any{&drop, &d.name, &d.create}, func() error {
		drops, list = append(drops, drop), append(list, d)
		return nil
	})
	if err != nil {
		return nil, err
	}
	for _, drop := range drops {
		if err := p.exec(drop); err != nil {
			return nil, err
		}
	}
	return list, nil
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
	_, err := p.tx.Conn().PgConn().CopyFrom(p.ctx, io.Reader(bytes.NewReader(p.buf)), copyIn)
	return err
}

// search makes the documents of the same words as indexMessage does.
func (p *postgresLoad) search(docs []searchDoc) error {
	ids, accounts, texts := make([]int64, len(docs)), make([]int64, len(docs)), make([]string, len(docs))
	for i, d := range docs {
		ids[i], accounts[i], texts[i] = d.message, d.account, searchText(d.account, d.subject, d.body)
	}
	return p.timed(func() error {
		_, err := p.tx.Exec(p.ctx, `INSERT INTO messages_fts (rowid, account_id, tsv) SELECT d.id, d.account, to_tsvector('simple', d.words)
FROM unnest($1::bigint[], $2::bigint[], $3::text[]) AS d(id, account, words)`, ids, accounts, texts)
		return err
	})
}
