package store

import (
	"database/sql"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
)

// InsertMessage stores a message of a locked ticket, with its search document,
// and sets its id and time. first says that it is the ticket's first one.
func (tx *Tx) InsertMessage(account int64, m *dm.Message, first bool) error {
	m.CreatedAt = tx.now
	id, err := tx.insert(`INSERT INTO messages (account_id, ticket_id, kind, author_id, text, html, via, raw_mail_id, merged_from, created_at)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, account, m.TicketID, m.Kind, none(m.AuthorID), m.Text, m.HTML, m.Via, none(m.RawMailID), none(m.MergedFrom), int64(tx.now))
	if err != nil {
		return err
	}
	m.ID = id
	if m.LinkID != 0 {
		if _, err := tx.exec(`INSERT INTO link_messages (account_id, message_id, link_id, name) VALUES (?, ?, ?, ?)`, account, m.ID, m.LinkID, m.Visitor); err != nil {
			return err
		}
	}
	if first {
		return tx.ReindexMessage(account, m.ID)
	}
	return tx.putDocument(&searchDoc{account: account, message: m.ID, internal: m.Internal(), body: m.Text})
}

// MessageRow is a message with its author as shown.
type MessageRow struct {
	dm.Message
	Author dm.PersonRef
	Link   string       // the label of the public link it came through, for agents alone
	Mail   *dm.MailInfo // of the mail it came in; nil for others
}

const messageColumns = `m.id, m.ticket_id, m.kind, m.author_id, m.text, m.html, m.via, m.raw_mail_id, m.merged_from, m.created_at, p.name, p.address, p.kind, p.active, x.link_id, x.name, l.label,
r.from_name, r.from_address, r.source, r.verdict, r.checks, CASE WHEN r.blob_key = '' THEN 0 ELSE 1 END,
k.partner_id, pp.id, pp.name, pp.role, pp.person_id, fp.name, pm.authored_at, CASE WHEN pz.message_id IS NULL THEN 0 ELSE 1 END
FROM messages m LEFT JOIN people p ON p.account_id = m.account_id AND p.id = m.author_id
LEFT JOIN link_messages x ON x.account_id = m.account_id AND x.message_id = m.id
LEFT JOIN public_links l ON l.account_id = x.account_id AND l.id = x.link_id
LEFT JOIN raw_mails r ON r.account_id = m.account_id AND r.id = m.raw_mail_id
LEFT JOIN partner_messages pm ON pm.account_id = m.account_id AND pm.message_id = m.id AND pm.origin = 'theirs'
LEFT JOIN partner_links k ON k.account_id = pm.account_id AND k.id = pm.link_id
LEFT JOIN partner_people pp ON pp.account_id = pm.account_id AND pp.id = pm.author_id
LEFT JOIN people fp ON fp.account_id = pp.account_id AND fp.id = pp.person_id
LEFT JOIN partner_marks pz ON pz.account_id = m.account_id AND pz.message_id = m.id `

func scanMessage(rows *sql.Rows) (MessageRow, error) {
	var m MessageRow
	var name, address, kind, visitor, label sql.NullString
	var active, kept sql.NullInt64
	var mailName, mailAddress, source, verdict, checks, foreign, role, linked sql.NullString
	var by dm.ForeignAuthor
	err := rows.Scan(&m.ID, &m.TicketID, &m.Kind, opt(&m.AuthorID), &m.Text, &m.HTML, &m.Via, opt(&m.RawMailID), opt(&m.MergedFrom), &m.CreatedAt,
		&name, &address, &kind, &active, opt(&m.LinkID), &visitor, &label, &mailName, &mailAddress, &source, &verdict, &checks, &kept,
		opt(&by.PartnerID), opt(&by.ID), &foreign, &role, opt(&by.PersonID), &linked, opt(&by.At), flag{&m.ForPartners})
	m.Visitor, m.Link = visitor.String, label.String
	if m.RawMailID != 0 {
		m.Mail = &dm.MailInfo{FromName: mailName.String, FromAddress: mailAddress.String, Source: dm.MailSource(source.String),
			Verdict: dm.MailVerdict(verdict.String), Checks: readChecks(checks.String), Kept: kept.Int64 == 1}
	}
	if by.PartnerID != 0 {
		by.Name, by.Role, by.PersonName = foreign.String, role.String, linked.String
		m.Foreign = &by
	}
	if m.AuthorID != 0 {
		m.Author = dm.PersonRef{ID: m.AuthorID, Name: name.String, Address: address.String, Kind: dm.PersonKind(kind.String), Active: active.Int64 == 1}
	}
	return m, err
}

// Messages lists the messages of a ticket that was found through a Scope,
// oldest first, after the given id. Without the right to see internal content
// only replies come.
func (tx *Tx) Messages(account int64, f *Found, after int64, limit int) ([]MessageRow, error) {
	query := `SELECT ` + messageColumns + `WHERE m.account_id = ? AND m.ticket_id = ? AND m.id > ?`
	if !f.Decision.Has(access.SeeInternal) {
		query += ` AND m.kind = 'reply'`
	}
	var list []MessageRow
	err := tx.query(query+` ORDER BY m.id LIMIT ?`, func(rows *sql.Rows) error {
		m, err := scanMessage(rows)
		list = append(list, m)
		return err
	}, account, f.Ticket.ID, after, limit)
	if err != nil {
		return nil, err
	}
	return list, tx.messageFiles(account, list)
}

// NewestByOthers gives the newest message after the given one that somebody else
// wrote on a ticket found through a Scope; 0 where there is none. Without the
// right to see internal content only replies count.
func (tx *Tx) NewestByOthers(account int64, f *Found, person, after int64) (int64, error) {
	query := `SELECT COALESCE(MAX(id), 0) FROM messages WHERE account_id = ? AND ticket_id = ? AND id > ? AND (author_id IS NULL OR author_id <> ?)`
	if !f.Decision.Has(access.SeeInternal) {
		query += ` AND kind = 'reply'`
	}
	var newest int64
	err := tx.row(query, account, f.Ticket.ID, after, person).Scan(&newest)
	return newest, err
}

// MessageOf gives one message of a ticket found through a Scope, or
// dm.NotFound; internal ones only with the right to see them.
func (tx *Tx) MessageOf(account int64, f *Found, id int64) (*MessageRow, error) {
	list, err := tx.Messages(account, f, id-1, 1)
	if err != nil {
		return nil, err
	}
	if len(list) == 0 || list[0].ID != id {
		return nil, dm.Missing("message")
	}
	return &list[0], nil
}

func (tx *Tx) messageFiles(account int64, list []MessageRow) error {
	if len(list) == 0 {
		return nil
	}
	if err := tx.messageSides(account, list); err != nil {
		return err
	}
	ids := make([]int64, len(list))
	at := make(map[int64]int, len(list))
	for i := range list {
		ids[i], at[list[i].ID] = list[i].ID, i
	}
	if err := tx.missingFiles(account, list, at); err != nil {
		return err
	}
	return tx.query(`SELECT `+attachmentColumns+` FROM attachments WHERE account_id = ? AND message_id IN (`+marks(len(ids))+`) ORDER BY id`, func(rows *sql.Rows) error {
		a, err := scanAttachment(rows)
		if err != nil {
			return err
		}
		m := &list[at[a.MessageID]]
		m.Attachments = append(m.Attachments, a)
		return nil
	}, append([]any{account}, padded(ids)...)...)
}

// AllMessages lists every message of a ticket locked in this transaction, for
// merging.
func (tx *Tx) AllMessages(account, ticket int64) ([]MessageRow, error) {
	var list []MessageRow
	err := tx.query(`SELECT `+messageColumns+`WHERE m.account_id = ? AND m.ticket_id = ? ORDER BY m.id`, func(rows *sql.Rows) error {
		m, err := scanMessage(rows)
		list = append(list, m)
		return err
	}, account, ticket)
	if err != nil {
		return nil, err
	}
	return list, tx.messageFiles(account, list)
}

// SetMessageHTML replaces the HTML of a message that was added in this
// transaction, once the addresses of its pictures are known.
func (tx *Tx) SetMessageHTML(account, id int64, html string) error {
	_, err := tx.exec(`UPDATE messages SET html = ? WHERE account_id = ? AND id = ?`, html, account, id)
	return err
}
