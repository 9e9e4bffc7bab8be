package store

import (
	"database/sql"
	"encoding/json"
	"strings"

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

// AuditFilter narrows the log; what is zero narrows nothing.
type AuditFilter struct {
	ActorID    int64
	Action     string
	ObjectKind string
	ObjectID   int64
	Since      dm.Time // at this moment or later
	Before     dm.Time
}

func (f *AuditFilter) where() (string, []any) {
	var where strings.Builder
	var args []any
	add := func(given bool, condition string, arg any) {
		if given {
			where.WriteString(" AND " + condition)
			args = append(args, arg)
		}
	}
	add(f.ActorID != 0, "actor_id = ?", f.ActorID)
	add(f.Action != "", "action = ?", f.Action)
	add(f.ObjectKind != "", "object_kind = ?", f.ObjectKind)
	add(f.ObjectID != 0, "object_id = ?", f.ObjectID)
	add(f.Since != 0, "created_at >= ?", f.Since)
	add(f.Before != 0, "created_at < ?", f.Before)
	return where.String(), args
}

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
	size := p.size()
	where, args := f.where()
	err = tx.query(`SELECT id, actor_id, action, object_kind, object_id, data, created_at FROM audit WHERE account_id = ? AND id < ?`+where+` ORDER BY id DESC LIMIT ?`,
		func(rows *sql.Rows) error {
			if len(list) == size {
				next = nameMark{ID: list[size-1].ID}.cursor()
				return nil
			}
			var l AuditLine
			var data string
			if err := rows.Scan(&l.ID, opt(&l.ActorID), &l.Action, &l.ObjectKind, opt(&l.ObjectID), &data, &l.CreatedAt); err != nil {
				return err
			}
			if err := json.Unmarshal([]byte(data), &l.Data); err != nil {
				return err
			}
			list = append(list, l)
			return nil
		}, append(append([]any{account, before.ID}, args...), size+1)...)
	return list, next, err
}
