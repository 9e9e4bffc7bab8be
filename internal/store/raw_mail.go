package store

import (
	"database/sql"

	dm "github.com/deskmesh/deskmesh"
)

// RawMail is a mail as it arrived for one recipient. Its bytes are in the blob
// store.
type RawMail struct {
	ID           int64
	Account      int64
	EnvelopeFrom string
	Recipient    string
	RemoteIP     string
	Size         int64
	BlobKey      string
	State        string // "waiting", "ticket", "reply", "held", "ignored", "failed"
	Detail       string // why it was held, ignored or failed
	PersonID     int64
	TicketID     int64
	CreatedAt    dm.Time
}

// InsertRawMail stores a mail's row and sets its id.
func (tx *Tx) InsertRawMail(m *RawMail) error {
	m.CreatedAt, m.State = tx.now, "waiting"
	var err error
	m.ID, err = tx.insert(`INSERT INTO raw_mails (account_id, envelope_from, recipient, remote_ip, size, blob_key, created_at) VALUES (?, ?, ?, ?, ?, ?, ?)`,
		m.Account, m.EnvelopeFrom, m.Recipient, m.RemoteIP, m.Size, m.BlobKey, int64(tx.now))
	return err
}

const rawMailColumns = `id, account_id, envelope_from, recipient, remote_ip, size, blob_key, state, detail, person_id, ticket_id, created_at`

func scanRawMail(rows *sql.Rows) (RawMail, error) {
	var m RawMail
	err := rows.Scan(&m.ID, &m.Account, &m.EnvelopeFrom, &m.Recipient, &m.RemoteIP, &m.Size, &m.BlobKey, &m.State, &m.Detail, opt(&m.PersonID), opt(&m.TicketID), &m.CreatedAt)
	return m, err
}

func (tx *Tx) rawMails(where string, args ...any) ([]RawMail, error) {
	var list []RawMail
	err := tx.query(`SELECT `+rawMailColumns+` FROM raw_mails WHERE `+where, func(rows *sql.Rows) error {
		m, err := scanRawMail(rows)
		list = append(list, m)
		return err
	}, args...)
	return list, err
}

// RawMail gives one mail.
func (tx *Tx) RawMail(account, id int64) (*RawMail, error) {
	list, err := tx.rawMails(`account_id = ? AND id = ?`, account, id)
	if err != nil {
		return nil, err
	}
	if len(list) == 0 {
		return nil, dm.Missing("mail")
	}
	return &list[0], nil
}

// FinishRawMail stores what became of a mail. It is a no-op for a mail that was
// finished before, so that a job run twice changes nothing.
func (tx *Tx) FinishRawMail(m *RawMail) error {
	_, err := tx.exec(`UPDATE raw_mails SET state = ?, detail = ?, person_id = ?, ticket_id = ? WHERE account_id = ? AND id = ? AND state = 'waiting'`,
		m.State, m.Detail, none(m.PersonID), none(m.TicketID), m.Account, m.ID)
	return err
}

// SeenMail records a mail's Message-ID for a recipient and says whether another
// mail with it arrived there before.
func (tx *Tx) SeenMail(m *RawMail, messageID string) (bool, error) {
	if messageID == "" {
		return false, nil
	}
	var n int
	err := tx.row(`SELECT COUNT(*) FROM mail_ids i JOIN raw_mails r ON r.account_id = i.account_id AND r.id = i.raw_mail_id
WHERE i.account_id = ? AND i.message_id_header = ? AND r.recipient = ? AND r.id < ?`, m.Account, messageID, m.Recipient, m.ID).Scan(&n)
	if err != nil {
		return false, err
	}
	_, err = tx.exec(`INSERT INTO mail_ids (account_id, message_id_header, raw_mail_id) VALUES (?, ?, ?) ON CONFLICT DO NOTHING`, m.Account, messageID, m.ID)
	return n > 0, err
}

// RawMailsOf lists up to limit kept mails that a person sent.
func (tx *Tx) RawMailsOf(account, person int64, limit int) ([]RawMail, error) {
	return tx.rawMails(`account_id = ? AND person_id = ? AND blob_key <> '' ORDER BY id LIMIT ?`, account, person, limit)
}

// OldRawMails lists up to limit kept mails of an account from before a moment.
func (tx *Tx) OldRawMails(account int64, before dm.Time, limit int) ([]RawMail, error) {
	return tx.rawMails(`account_id = ? AND created_at < ? AND blob_key <> '' AND state <> 'waiting' ORDER BY created_at LIMIT ?`, account, int64(before), limit)
}

// ForgetRawMail drops a mail's bytes from its row, with the envelope's sender.
// The caller deletes the blob afterwards.
func (tx *Tx) ForgetRawMail(account, id int64) error {
	_, err := tx.exec(`UPDATE raw_mails SET blob_key = '', envelope_from = '', size = 0 WHERE account_id = ? AND id = ?`, account, id)
	return err
}

// InboxByAddress finds the inbox that takes mail for an address, in any account.
func (tx *Tx) InboxByAddress(address string) (account int64, box *dm.Inbox, err error) {
	box = &dm.Inbox{}
	err = tx.row(`SELECT account_id, id, brand_id, name, address, default_group_id, active FROM inboxes WHERE address_folded = ?`, Fold(address)).
		Scan(&account, &box.ID, &box.BrandID, &box.Name, &box.Address, opt(&box.DefaultGroupID), flag{&box.Active})
	if isNoRows(err) {
		return 0, nil, dm.Missing("inbox")
	}
	return account, box, err
}

// HeldMails lists a page of mails that were held or failed, newest first: what
// arrived and became nothing yet.
func (tx *Tx) HeldMails(account int64, p Page) (list []RawMail, next string, err error) {
	before, err := readMark(p.Cursor)
	if err != nil {
		return nil, "", err
	}
	if p.Cursor == "" {
		before.ID = 1 << 62
	}
	size := p.size()
	list, err = tx.rawMails(`account_id = ? AND state IN ('held', 'failed') AND id < ? ORDER BY id DESC LIMIT ?`, account, before.ID, size+1)
	if err != nil || len(list) <= size {
		return list, "", err
	}
	return list[:size], nameMark{ID: list[size-1].ID}.cursor(), nil
}
