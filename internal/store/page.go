package store

import (
	"database/sql"
	"encoding/base64"
	"encoding/json"
	"strings"
	"unicode/utf8"

	dm "github.com/deskmesh/deskmesh"
)

// Page asks for one page of a list that is ordered by name, or by id where the
// noun has no names. The zero value is the first page.
type Page struct {
	Query  string // only what begins with this, whatever the case; "" everything
	Cursor string // of the page before; "" the first page
	Limit  int    // 1 to 200; 0 takes 50
}

const (
	defaultLimit = 50
	maxLimit     = 200
)

// prefix gives what the folded names of the page begin with. A text that no
// engine can compare is Invalid.
func (p Page) prefix() (string, error) {
	if !storable(p.Query) {
		return "", dm.BadField("q", "This is not valid text.")
	}
	return Fold(p.Query), nil
}

// storable says whether every engine takes s as a text: PostgreSQL refuses
// NUL and whatever is not UTF-8.
func storable(s string) bool { return utf8.ValidString(s) && !strings.Contains(s, "\x00") }

func (p Page) size() int {
	if p.Limit <= 0 {
		return defaultLimit
	}
	return min(p.Limit, maxLimit)
}

// nameMark is a place in a list: the last row's folded key and id. Part tells
// the parts of a list apart that is made of several.
type nameMark struct {
	Part string `json:"p,omitempty"`
	Key  string `json:"k,omitempty"`
	ID   int64  `json:"i"`
}

func (m nameMark) cursor() string {
	raw, err := json.Marshal(m)
	if err != nil {
		return ""
	}
	return base64.RawURLEncoding.EncodeToString(raw)
}

func readMark(cursor string) (nameMark, error) {
	var m nameMark
	if cursor == "" {
		return m, nil
	}
	raw, err := base64.RawURLEncoding.DecodeString(cursor)
	if err == nil {
		err = json.Unmarshal(raw, &m)
	}
	if err != nil || len(m.Key) > 4000 || !storable(m.Key) {
		return m, dm.BadField("cursor", "The cursor does not belong to this list.")
	}
	return m, nil
}

// namedList is the fixed part of a list by name: columns must end in
// name_folded and id.
type namedList struct {
	columns, table, live string
}

// pageByName reads one page of a list by name. scan reads the list's own
// columns; it gets the destinations of the last two to pass on.
func (tx *Tx) pageByName(l namedList, account int64, p Page, scan func(rows *sql.Rows, key *string, id *int64) error) (next string, err error) {
	after, err := readMark(p.Cursor)
	if err != nil {
		return "", err
	}
	prefix, err := p.prefix()
	if err != nil {
		return "", err
	}
	name := "name_folded"
	from, to := prefixRange(prefix)
	query := `SELECT ` + l.columns + `, name_folded, id FROM ` + l.table + ` WHERE account_id = ?` + l.live + `
AND ` + name + ` >= ? AND ` + name + ` < ? AND (` + name + `, id) > (?, ?) ORDER BY ` + name + `, id LIMIT ?`
	size, n := p.size(), 0
	var last nameMark
	err = tx.query(query, func(rows *sql.Rows) error {
		if n++; n > size {
			next = last.cursor()
			return nil
		}
		return scan(rows, &last.Key, &last.ID)
	}, account, from, to, after.Key, after.ID, size+1)
	return next, err
}

// duplicate turns the refusal of a unique index into a Conflict that names the
// field; other errors stay as they are.
func duplicate(err error, field, text string) error {
	if !isDuplicate(err) {
		return err
	}
	c := dm.Errorf(dm.Conflict, "%s", text).Because(err)
	c.Field = field
	return c
}

// one says that a change must have touched a row of the noun.
func one(n int64, err error, noun string) error {
	if err == nil && n == 0 {
		return dm.Missing(noun)
	}
	return err
}
