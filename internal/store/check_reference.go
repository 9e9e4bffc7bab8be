package store

import (
	"database/sql"
	"slices"
	"strings"
)

// reference is a foreign key of the live schema.
type reference struct {
	table, target string
	own, other    []string
}

// Both statements give, for each column of each key: table, number of the key,
// the table it refers to, the column, and the column there.
const (
	sqliteReferences = `SELECT l.name, f.id, f."table", f."from", f."to" FROM pragma_table_list l JOIN pragma_foreign_key_list(l.name) f
WHERE l.schema = 'main' AND l.type = 'table' ORDER BY l.name, f.id, f.seq`
	postgresReferences = `SELECT t.relname, k.oid::bigint, o.relname, a.attname, b.attname FROM pg_constraint k
JOIN pg_class t ON t.oid = k.conrelid JOIN pg_class o ON o.oid = k.confrelid
CROSS JOIN LATERAL unnest(k.conkey, k.confkey) WITH ORDINALITY AS pair(own, other, place)
JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = pair.own JOIN pg_attribute b ON b.attrelid = k.confrelid AND b.attnum = pair.other
WHERE k.contype = 'f' AND k.connamespace = current_schema()::regnamespace ORDER BY t.relname, k.oid, pair.place`
)

// references reads the foreign keys of every table.
func (tx *Tx) references() ([]reference, error) {
	query := sqliteReferences
	if tx.db.dialect.name == "postgres" {
		query = postgresReferences
	}
	var list []reference
	table, number := "", int64(0)
	err := tx.query(query, func(rows *sql.Rows) error {
		var r reference
		var key int64
		var own, other string
		if err := rows.Scan(&r.table, &key, &r.target, &own, &other); err != nil {
			return err
		}
		if len(list) == 0 || table != r.table || number != key {
			list = append(list, r)
			table, number = r.table, key
		}
		last := &list[len(list)-1]
		last.own, last.other = append(last.own, own), append(last.other, other)
		return nil
	})
	return list, err
}

// danglingReferences lists rows that refer to one that is not there. The
// database refuses them while its checks are on; a restore of a broken disk, or
// somebody else's program, may have got past.
func (tx *Tx) danglingReferences(each func(Fault) error) error {
	references, err := tx.references()
	if err != nil {
		return err
	}
	columns, err := tx.columns()
	if err != nil {
		return err
	}
	names := map[string][]string{}
	for _, c := range columns {
		names[c.table] = append(names[c.table], c.name)
	}
	for _, r := range references {
		err := tx.faults(r.table, r.query(names[r.table]), func(f Fault) error {
			f.Column = r.own[len(r.own)-1]
			return each(f)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// query finds the rows of a table whose reference leads nowhere.
func (r *reference) query(columns []string) string {
	var set, same []string
	for i, own := range r.own {
		set = append(set, `c.`+quoteName(own)+` IS NOT NULL`)
		same = append(same, `p.`+quoteName(r.other[i])+` = c.`+quoteName(own))
	}
	return `SELECT ` + firstOf(columns, "account_id") + `, ` + firstOf(columns, "id", "ticket_id", "person_id", "inbox_id", "role_id") + `, 0 FROM ` + quoteName(r.table) + ` c
WHERE ` + strings.Join(set, ` AND `) + ` AND NOT EXISTS (SELECT 1 FROM ` + quoteName(r.target) + ` p WHERE ` + strings.Join(same, ` AND `) + `) ORDER BY 1, 2`
}

// firstOf names the first of the wanted columns that there is, or 0.
func firstOf(columns []string, wanted ...string) string {
	for _, name := range wanted {
		if slices.Contains(columns, name) {
			return `c.` + quoteName(name)
		}
	}
	return `0`
}
