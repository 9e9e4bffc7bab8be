package store

import (
	"database/sql"
	"encoding/json"

	dm "github.com/deskmesh/deskmesh"
)

// AuditLine is one line of the administrators' log, which is only ever added
// to. It holds ids of people, never their names or addresses, and no secrets.
type AuditLine struct {
	ID         int64
	ActorID    int64  // 0: the system
	Action     string // such as "group.renamed"
	ObjectKind string // such as "group"
	ObjectID   int64
	Data       AuditData
	CreatedAt  dm.Time
}

// AuditData is what changed, and by which means.
type AuditData struct {
	Cause     dm.CauseKind     `json:"cause,omitempty"`
	CauseID   int64            `json:"cause_id,omitempty"`
	CauseName string           `json:"cause_name,omitempty"`
	Changes   []dm.FieldChange `json:"changes,omitempty"`
	// Shortened: the values were too long for one line and were left out.
	Shortened bool `json:"shortened,omitempty"`
}

const maxAuditData = 20000

func (d AuditData) text() (string, error) {
	raw, err := json.Marshal(d)
	if err != nil || len(raw) <= maxAuditData {
		return string(raw), err
	}
	short := AuditData{Cause: d.Cause, CauseID: d.CauseID, CauseName: d.CauseName, Shortened: true}
	for _, c := range d.Changes[:min(len(d.Changes), 100)] {
		short.Changes = append(short.Changes, dm.FieldChange{Field: clip(c.Field, 100)})
	}
	raw, err = json.Marshal(short)
	return string(raw), err
}

// Audit adds a line to the log.
func (tx *Tx) Audit(account int64, l *AuditLine) error {
	data, err := l.Data.text()
	if err != nil {
		return err
	}
	_, err = tx.exec(`INSERT INTO audit (account_id, actor_id, action, object_kind, object_id, data, created_at) VALUES (?, ?, ?, ?, ?, ?, ?)`,
		account, none(l.ActorID), l.Action, l.ObjectKind, none(l.ObjectID), data, tx.now)
	return err
}

// AuditFilter narrows the log. Its zero value is all of it.
type AuditFilter struct {
	Actor  int64   // only what this person did
	Object string  // only lines about such things, such as "group"
	Action string  // only lines of this action, such as "person.signed_in"
	Since  dm.Time // from then on
	Before dm.Time // earlier than that
}

// maxAuditLook is how many lines one page of a filtered log looks at. Where
// fewer of them fit than the page may have, the next page goes on behind them.
const maxAuditLook = 5000

// AuditLines gives one page of the log, newest first; Page.Query is not read.
func (tx *Tx) AuditLines(account int64, f AuditFilter, p Page) (list []AuditLine, next string, err error) {
	before, err := readMark(p.Cursor)
	if err != nil {
		return nil, "", err
	}
	if p.Cursor == "" {
		before.ID = 1 << 62
	}
	list = []AuditLine{}
	size, seen, last := p.size(), 0, int64(0)
	err = tx.query(`SELECT id, actor_id, action, object_kind, object_id, data, created_at FROM audit WHERE account_id = ? AND id < ? ORDER BY id DESC LIMIT ?`,
		func(rows *sql.Rows) error {
			if next != "" {
				return nil
			}
			var l AuditLine
			var data string
			if err := rows.Scan(&l.ID, opt(&l.ActorID), &l.Action, &l.ObjectKind, opt(&l.ObjectID), &data, &l.CreatedAt); err != nil {
				return err
			}
			if seen++; seen > maxAuditLook {
				next = nameMark{ID: last}.cursor()
				return nil
			}
			if !f.holds(&l) {
				last = l.ID
				return nil
			}
			if len(list) == size {
				next = nameMark{ID: list[size-1].ID}.cursor()
				return nil
			}
			last = l.ID
			if err := json.Unmarshal([]byte(data), &l.Data); err != nil {
				return err
			}
			list = append(list, l)
			return nil
		}, account, before.ID, f.look(size))
	return list, next, err
}

// look is how many lines are fetched for a page of size: a narrowed log is
// looked through, as far as one page may.
func (f AuditFilter) look(size int) int {
	if f == (AuditFilter{}) {
		return size + 1
	}
	return maxAuditLook + 1
}

func (f AuditFilter) holds(l *AuditLine) bool {
	return (f.Actor == 0 || l.ActorID == f.Actor) && (f.Object == "" || l.ObjectKind == f.Object) && (f.Action == "" || l.Action == f.Action) &&
		(f.Since == 0 || l.CreatedAt >= f.Since) && (f.Before == 0 || l.CreatedAt < f.Before)
}
