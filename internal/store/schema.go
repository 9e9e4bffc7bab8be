package store

import (
	"database/sql"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/pressly/goose/v3"
)

// Table is a table as the schema of the live database describes it.
type Table struct {
	Name    string
	Columns []string
	order   string // the rows' order, the same on both engines
}

// versionTable is where goose notes which migrations have run.
const versionTable = "goose_db_version"

// notDumped are the tables that a dump leaves out, each with the reason. Every
// other table of the schema is dumped, so that a new one cannot be forgotten.
var notDumped = map[string]string{
	versionTable:       "the schema's version is written down with the dump and made by migrating",
	"messages_fts":     "differs between the engines and is built again from the messages",
	"search_words":     "built again with the search documents",
	"person_words":     "built again from people's names and addresses",
	"sessions":         "people sign in again after a restore",
	"exports":          "files that last some days; whoever needs one asks again",
	"idempotency_keys": "hold answers for requests that are repeated within a day",
}

// column is one column of the live schema.
type column struct {
	table, name, kind string
	key               int // place in the primary key from 1; 0 outside it
}

const sqliteColumns = `SELECT l.name, c.name, c.type, c.pk FROM pragma_table_list l JOIN pragma_table_info(l.name) c
WHERE l.schema = 'main' AND l.type IN ('table', 'virtual') AND l.name NOT LIKE 'sqlite!_%' ESCAPE '!' ORDER BY l.name, c.cid`

const postgresColumns = `SELECT t.relname, c.attname, format_type(c.atttypid, NULL), COALESCE(array_position(i.indkey::smallint[], c.attnum) + 1, 0)
FROM pg_class t JOIN pg_attribute c ON c.attrelid = t.oid LEFT JOIN pg_index i ON i.indrelid = t.oid AND i.indisprimary
WHERE t.relnamespace = current_schema()::regnamespace AND t.relkind IN ('r', 'p') AND c.attnum > 0 AND NOT c.attisdropped AND c.attgenerated = ''
ORDER BY t.relname, c.attnum`

// columns reads the columns of all tables, in the order of the tables' names.
func (tx *Tx) columns() ([]column, error) {
	query := sqliteColumns
	if tx.db.dialect.name == "postgres" {
		query = postgresColumns
	}
	var list []column
	err := tx.query(query, func(rows *sql.Rows) error {
		var c column
		err := rows.Scan(&c.table, &c.name, &c.kind, &c.key)
		list = append(list, c)
		return err
	})
	return list, err
}

// allTables names every table, in order.
func allTables(columns []column) []string {
	var names []string
	for _, c := range columns {
		names = append(names, c.table)
	}
	return slices.Compact(names)
}

// dumpedTables gives the tables of a dump. It fails on a column of a type that
// a dump cannot hold and on a table without a primary key.
func dumpedTables(columns []column) ([]Table, error) {
	var tables []Table
	for len(columns) > 0 {
		n := slices.IndexFunc(columns, func(c column) bool { return c.table != columns[0].table })
		if n < 0 {
			n = len(columns)
		}
		own := columns[:n]
		columns = columns[n:]
		if notDumped[own[0].table] != "" {
			continue
		}
		t, err := tableOf(own)
		if err != nil {
			return nil, err
		}
		tables = append(tables, t)
	}
	return tables, nil
}

func tableOf(columns []column) (Table, error) {
	t := Table{Name: columns[0].table}
	key := make([]string, len(columns))
	keys := 0
	for _, c := range columns {
		t.Columns = append(t.Columns, c.name)
		order := quoteName(c.name)
		switch c.kind {
		case "INTEGER", "bigint":
		case "TEXT":
		case "text":
			order += ` COLLATE "C"`
		default:
			return t, fmt.Errorf("the column %s.%s has the type %s, which a dump cannot hold", t.Name, c.name, c.kind)
		}
		if c.key > 0 {
			key[c.key-1] = order
			keys++
		}
	}
	if keys == 0 {
		return t, fmt.Errorf("the table %s has no primary key", t.Name)
	}
	t.order = strings.Join(key[:keys], ", ")
	return t, nil
}

// quoteName writes the name of a table or column for a statement.
func quoteName(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

func quoteNames(names []string) string {
	quoted := make([]string, len(names))
	for i, name := range names {
		quoted[i] = quoteName(name)
	}
	return strings.Join(quoted, ", ")
}

// KnownSchema is the newest version of the schema that this program knows.
func (db *DB) KnownSchema() (int64, error) {
	files, err := fs.Glob(migrations, "migrations/"+db.dialect.name+"/*.sql")
	if err != nil {
		return 0, err
	}
	var known int64
	for _, name := range files {
		version, err := goose.NumericComponent(name)
		if err != nil {
			return 0, err
		}
		known = max(known, version)
	}
	return known, nil
}

// schemaVersion reads the version of the live schema; 0 where nothing has been
// migrated yet.
func (tx *Tx) schemaVersion(tables []string) (version int64, err error) {
	if !slices.Contains(tables, versionTable) {
		return 0, nil
	}
	err = tx.row(`SELECT COALESCE(MAX(version_id), 0) FROM goose_db_version WHERE is_applied`).Scan(&version)
	return version, err
}

// hasRows says whether a table holds anything.
func (tx *Tx) hasRows(table string) (found bool, err error) {
	err = tx.row(`SELECT EXISTS (SELECT 1 FROM ` + quoteName(table) + `)`).Scan(&found)
	return found, err
}
