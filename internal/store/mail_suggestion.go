package store

import (
	"database/sql"

	dm "github.com/deskmesh/deskmesh"
)

// InsertMailSuggestion keeps a mail on a ticket that is locked in this
// transaction, for its agents to decide on.
func (tx *Tx) InsertMailSuggestion(account int64, s *dm.MailSuggestion) error {
	s.CreatedAt = tx.now
	_, err := tx.exec(`INSERT INTO mail_suggestions (account_id, raw_mail_id, ticket_id, reason, person_id, subject, text, files, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		account, s.MailID, s.TicketID, string(s.Reason), none(s.PersonID), s.Subject, s.Text, s.Files, int64(tx.now))
	return err
}

// CountMailSuggestions counts what waits on a ticket that was found.
func (tx *Tx) CountMailSuggestions(account int64, f *Found) (n int, err error) {
	err = tx.row(`SELECT COUNT(*) FROM mail_suggestions WHERE account_id = ? AND ticket_id = ?`, account, f.Ticket.ID).Scan(&n)
	return n, err
}

// SuggestionRow is a suggestion with the mail it came in and the person whom its
// sender's address belongs to.
type SuggestionRow struct {
	dm.MailSuggestion
	Mail   RawMail
	Person dm.PersonRef
}

// MailSuggestions lists what waits on a ticket that was found through a Scope,
// oldest first; mail narrows it to one. The caller has seen to it that internal
// content may be read.
func (tx *Tx) MailSuggestions(account int64, f *Found, mail int64) ([]SuggestionRow, error) {
	where, args := "", []any{account, f.Ticket.ID}
	if mail != 0 {
		where, args = ` AND s.raw_mail_id = ?`, append(args, mail)
	}
	list := []SuggestionRow{}
	err := tx.query(`SELECT s.raw_mail_id, s.ticket_id, s.reason, s.person_id, s.subject, s.text, s.files, s.created_at FROM mail_suggestions s
WHERE s.account_id = ? AND s.ticket_id = ?`+where+` ORDER BY s.raw_mail_id`, func(rows *sql.Rows) error {
		var r SuggestionRow
		err := rows.Scan(&r.MailID, &r.TicketID, &r.Reason, opt(&r.PersonID), &r.Subject, &r.Text, &r.Files, &r.CreatedAt)
		list = append(list, r)
		return err
	}, args...)
	if err != nil {
		return nil, err
	}
	var people []int64
	for i := range list {
		m, err := tx.RawMail(account, list[i].MailID)
		if err != nil {
			return nil, err
		}
		list[i].Mail = *m
		people = append(people, list[i].PersonID)
	}
	refs, err := tx.PeopleRefs(account, people)
	for i := range list {
		list[i].Person = refs[list[i].PersonID]
	}
	return list, err
}

// DropMailSuggestion ends the waiting of a suggestion on a ticket that was found
// through a Scope; NotFound when it does not wait any more.
func (tx *Tx) DropMailSuggestion(account int64, f *Found, mail int64) error {
	n, err := tx.exec(`DELETE FROM mail_suggestions WHERE account_id = ? AND ticket_id = ? AND raw_mail_id = ?`, account, f.Ticket.ID, mail)
	return one(n, err, "mail")
}

// TellRefusal notes that somebody is told that they cannot write on a ticket any
// more. It says whether this is the first time since they could.
func (tx *Tx) TellRefusal(account, ticket, person int64) (first bool, err error) {
	n, err := tx.exec(`INSERT INTO mail_refusals (account_id, ticket_id, person_id, created_at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING`, account, ticket, person, int64(tx.now))
	return n > 0, err
}

// ForgetRefusal notes that somebody writes on a ticket again.
func (tx *Tx) ForgetRefusal(account, ticket, person int64) error {
	_, err := tx.exec(`DELETE FROM mail_refusals WHERE account_id = ? AND ticket_id = ? AND person_id = ?`, account, ticket, person)
	return err
}
