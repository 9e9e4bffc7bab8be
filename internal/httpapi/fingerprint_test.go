package httpapi_test

import (
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
)

// fingerprint digests every row of the database but sessions, to show that a
// request changed nothing.
func (w *world) fingerprint() string {
	w.Helper()
	db := w.plain()
	sum := sha256.New()
	for _, table := range w.tables(db) {
		for _, row := range w.rows(db, `SELECT * FROM `+table) {
			sum.Write([]byte(table + " " + row + "\n"))
		}
	}
	return hex.EncodeToString(sum.Sum(nil))
}

// plain gives a connection of the test's own.
func (w *world) plain() *sql.DB {
	w.Helper()
	if w.own != nil {
		return w.own
	}
	driver, dsn := "pgx", w.dsn
	if path, ok := strings.CutPrefix(w.dsn, "sqlite:"); ok {
		driver, dsn = "sqlite", "file:"+path+"?_pragma=query_only(ON)"
	}
	db, err := sql.Open(driver, dsn)
	w.must(err)
	db.SetMaxOpenConns(1)
	w.Cleanup(func() { db.Close() })
	w.own = db
	return db
}

func (w *world) tables(db *sql.DB) []string {
	w.Helper()
	query := `SELECT table_name FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE'`
	if w.db.Engine() == "sqlite" {
		query = `SELECT name FROM sqlite_master WHERE type = 'table'`
	}
	var tables []string
	for _, name := range w.rows(db, query) {
		name = strings.Trim(name, "[]")
		if name != "sessions" && !strings.HasPrefix(name, "sqlite_") && !strings.HasPrefix(name, "goose_") && !strings.HasPrefix(name, "messages_fts") {
			tables = append(tables, name)
		}
	}
	if len(tables) < 20 {
		w.Fatalf("only the tables %v were found", tables)
	}
	return tables
}

// rows gives every row as a text, in order.
func (w *world) rows(db *sql.DB, query string) []string {
	w.Helper()
	rows, err := db.QueryContext(w.Context(), query)
	w.must(err)
	defer rows.Close()
	columns, err := rows.Columns()
	w.must(err)
	var list []string
	for rows.Next() {
		values := make([]any, len(columns))
		for i := range values {
			values[i] = new(any)
		}
		w.must(rows.Scan(values...))
		for i := range values {
			values[i] = *values[i].(*any)
			if raw, ok := values[i].([]byte); ok {
				values[i] = string(raw)
			}
		}
		list = append(list, fmt.Sprint(values))
	}
	w.must(rows.Err())
	slices.Sort(list)
	return list
}
