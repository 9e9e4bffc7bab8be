package store

import (
	"database/sql"
	"encoding/json"

	dm "github.com/deskmesh/deskmesh"
)

// DemoMail is a mail that a demo keeps instead of sending it.
type DemoMail struct {
	ID        int64
	AccountID int64
	From      string
	To        []string
	Subject   string
	Text      string
	HTML      string
	Headers   map[string]string
	CreatedAt dm.Time
}

// demoMailsKept bounds the demo mailbox: the oldest mails go.
const demoMailsKept = 1000

// InsertDemoMail keeps a mail and sets its id and time.
func (tx *Tx) InsertDemoMail(m *DemoMail) error {
	to, err := json.Marshal(m.To)
	if err != nil {
		return err
	}
	headers, err := json.Marshal(m.Headers)
	if err != nil {
		return err
	}
	m.CreatedAt = tx.now
	m.ID, err = tx.insert(`INSERT INTO demo_mails (account_id, sender, recipients, subject, text, html, headers, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
		m.AccountID, m.From, string(to), m.Subject, m.Text, m.HTML, string(headers), tx.now)
	if err != nil {
		return err
	}
	_, err = tx.exec(`DELETE FROM demo_mails WHERE id <= ?`, m.ID-demoMailsKept)
	return err
}

const demoMailColumns = `id, account_id, sender, recipients, subject, text, html, headers, created_at`

func scanDemoMail(rows *sql.Rows) (DemoMail, error) {
	var m DemoMail
	var to, headers string
	if err := rows.Scan(&m.ID, &m.AccountID, &m.From, &to, &m.Subject, &m.Text, &m.HTML, &headers, &m.CreatedAt); err != nil {
		return m, err
	}
	if err := json.Unmarshal([]byte(to), &m.To); err != nil {
		return m, err
	}
	return m, json.Unmarshal([]byte(headers), &m.Headers)
}

// DemoMails lists the demo mailbox of every account of this server, newest
// first. Only a demo may show it: it asks for no rights.
func (tx *Tx) DemoMails(limit int) ([]DemoMail, error) {
	list := []DemoMail{}
	err := tx.query(`SELECT `+demoMailColumns+` FROM demo_mails ORDER BY id DESC LIMIT ?`, func(rows *sql.Rows) error {
		m, err := scanDemoMail(rows)
		list = append(list, m)
		return err
	}, limit)
	return list, err
}

// DemoMail reads one mail of the demo mailbox; NotFound when there is none.
func (tx *Tx) DemoMail(id int64) (*DemoMail, error) {
	var found *DemoMail
	err := tx.query(`SELECT `+demoMailColumns+` FROM demo_mails WHERE id = ?`, func(rows *sql.Rows) error {
		m, err := scanDemoMail(rows)
		found = &m
		return err
	}, id)
	if err == nil && found == nil {
		return nil, dm.Missing("mail")
	}
	return found, err
}
