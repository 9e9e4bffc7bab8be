package storetest_test

import (
	"database/sql"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/deskmesh/deskmesh/internal/store/pgtest"
)

// schema is what two engines must have in common, one line a fact.
type schema map[string][]string // table -> facts

// TestSchema proves that the migrations of both engines end in the same tables:
// columns with their types, nullability and defaults, primary keys, indexes
// with uniqueness and partial-ness, and foreign keys with what a deletion does.
// The search index alone is made differently.
func TestSchema(t *testing.T) {
	t.Parallel()
	postgres := postgresSchema(t, pgtest.New(t, migrated))
	sqlite := sqliteSchema(t, sqliteFile(t))
	if len(sqlite) < 30 {
		t.Fatalf("only %d tables", len(sqlite))
	}
	if diff := cmp.Diff(sqlite, postgres); diff != "" {
		t.Errorf("SQLite (-) and PostgreSQL (+) differ:\n%s", diff)
	}
	for _, facts := range []struct{ table, fact string }{
		{"people", "column id number not null"},
		{"people", "column department_id number"},
		{"people", "key (id)"},
		{"groups", "index groups_name unique partial (account_id, name_folded)"},
		{"people", "reference (account_id, department_id) to departments (account_id, id)"},
		{"addresses", "reference (account_id, person_id) to people (account_id, id) cascade"},
		{"inboxes", "column active number not null default 1"},
	} {
		if !slices.Contains(sqlite[facts.table], facts.fact) {
			t.Errorf("the reading of %s lacks %q: %q", facts.table, facts.fact, sqlite[facts.table])
		}
	}
}

// add adds a fact about a table that both engines have in the same form.
func (s schema) add(table, format string, args ...any) {
	if table == "goose_db_version" || strings.HasPrefix(table, "messages_fts") || strings.HasPrefix(table, "sqlite_") {
		return
	}
	s[table] = append(s[table], strings.Join(strings.Fields(fmt.Sprintf(format, args...)), " "))
}

func (s schema) sorted() schema {
	for table := range s {
		slices.Sort(s[table])
	}
	return s
}

func when(yes bool, word string) string {
	if yes {
		return word
	}
	return ""
}

func typeWord(t string) string {
	switch strings.ToUpper(t) {
	case "INTEGER", "BIGINT":
		return "number"
	}
	return strings.ToLower(t)
}

// defaultWord takes away the casts that PostgreSQL writes.
func defaultWord(d string) string {
	if d == "" {
		return ""
	}
	return "default " + strings.TrimSuffix(d, "::text")
}

// rows runs a query whose columns are all texts.
func rows(t *testing.T, db *sql.DB, query string, args ...any) [][]string {
	t.Helper()
	found, err := db.QueryContext(t.Context(), query, args...)
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	defer found.Close()
	columns, err := found.Columns()
	if err != nil {
		t.Fatal(err)
	}
	var list [][]string
	for found.Next() {
		values := make([]sql.NullString, len(columns))
		dest := make([]any, len(columns))
		for i := range values {
			dest[i] = &values[i]
		}
		if err := found.Scan(dest...); err != nil {
			t.Fatal(err)
		}
		row := make([]string, len(columns))
		for i, v := range values {
			row[i] = v.String
		}
		list = append(list, row)
	}
	if err := found.Err(); err != nil {
		t.Fatal(err)
	}
	return list
}

func openSQL(t *testing.T, driver, dsn string) *sql.DB {
	t.Helper()
	db, err := sql.Open(driver, dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

func sqliteSchema(t *testing.T, path string) schema {
	db := openSQL(t, "sqlite", "file:"+(&url.URL{Path: path}).EscapedPath())
	s := schema{}
	for _, table := range rows(t, db, `SELECT name FROM sqlite_master WHERE type = 'table'`) {
		name := table[0]
		var key []string
		for _, c := range rows(t, db, `SELECT name, type, "notnull", coalesce(dflt_value, ''), pk FROM pragma_table_info(?) ORDER BY pk`, name) {
			s.add(name, "column %s %s %s %s", c[0], typeWord(c[1]), when(c[2] == "1" || c[4] != "0", "not null"), defaultWord(c[3]))
			if c[4] != "0" {
				key = append(key, c[0])
			}
		}
		s.add(name, "key (%s)", strings.Join(key, ", "))
		for _, i := range rows(t, db, `SELECT name, "unique", partial FROM pragma_index_list(?) WHERE origin <> 'pk'`, name) {
			columns := rows(t, db, `SELECT group_concat(name, ', ') FROM (SELECT name FROM pragma_index_info(?) ORDER BY seqno)`, i[0])
			s.add(name, "index %s %s %s (%s)", i[0], when(i[1] == "1", "unique"), when(i[2] == "1", "partial"), columns[0][0])
		}
		for _, f := range rows(t, db, `SELECT "table", group_concat("from", ', '), group_concat(coalesce("to", ''), ', '), lower(on_delete)
FROM (SELECT * FROM pragma_foreign_key_list(?) ORDER BY id, seq) GROUP BY id`, name) {
			s.add(name, "reference (%s) to %s (%s) %s", f[1], f[0], f[2], strings.TrimPrefix(f[3], "no action"))
		}
	}
	return s.sorted()
}

func postgresSchema(t *testing.T, dsn string) schema {
	db := openSQL(t, "pgx", dsn)
	s := schema{}
	for _, c := range rows(t, db, `SELECT table_name, column_name, data_type, is_nullable, coalesce(column_default, '')
FROM information_schema.columns WHERE table_schema = 'public'`) {
		s.add(c[0], "column %s %s %s %s", c[1], typeWord(c[2]), when(c[3] == "NO", "not null"), defaultWord(c[4]))
	}
	for _, i := range rows(t, db, `SELECT t.relname, i.relname, x.indisunique, x.indpred IS NOT NULL, x.indisprimary,
(SELECT string_agg(a.attname, ', ' ORDER BY k.n) FROM unnest(x.indkey::int2[]) WITH ORDINALITY AS k(attnum, n)
 JOIN pg_attribute a ON a.attrelid = x.indrelid AND a.attnum = k.attnum)
FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_class t ON t.oid = x.indrelid JOIN pg_namespace n ON n.oid = t.relnamespace
WHERE n.nspname = 'public'`) {
		if i[4] == "true" {
			s.add(i[0], "key (%s)", i[5])
			continue
		}
		s.add(i[0], "index %s %s %s (%s)", i[1], when(i[2] == "true", "unique"), when(i[3] == "true", "partial"), i[5])
	}
	names := func(table, columns string) string {
		return `(SELECT string_agg(a.attname, ', ' ORDER BY k.n) FROM unnest(c.` + columns + `) WITH ORDINALITY AS k(attnum, n)
 JOIN pg_attribute a ON a.attrelid = c.` + table + ` AND a.attnum = k.attnum)`
	}
	for _, f := range rows(t, db, `SELECT t.relname, r.relname, `+names("conrelid", "conkey")+`, `+names("confrelid", "confkey")+`,
CASE c.confdeltype WHEN 'a' THEN '' WHEN 'c' THEN 'cascade' ELSE c.confdeltype::text END
FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid JOIN pg_class r ON r.oid = c.confrelid JOIN pg_namespace n ON n.oid = t.relnamespace
WHERE c.contype = 'f' AND n.nspname = 'public'`) {
		s.add(f[0], "reference (%s) to %s (%s) %s", f[2], f[1], f[3], f[4])
	}
	return s.sorted()
}
