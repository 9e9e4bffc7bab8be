package store

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"strings"

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
	Source       dm.MailSource
	HELO         string   // how the sending host introduced itself
	Trusted      []string // the hosts whose Authentication-Results in it count
	State        string   // "waiting", "ticket", "reply", "held", "ignored", "failed"
	Detail       string   // why it was held, ignored or failed
	PersonID     int64
	TicketID     int64
	CreatedAt    dm.Time

	// What reading it has found.
	FromName    string
	FromAddress string
	Digest      string // of what makes it the same mail, however it came
	Verdict     dm.MailVerdict
	Checks      dm.MailChecks
}

// InsertRawMail stores a mail's row and sets its id.
func (tx *Tx) InsertRawMail(m *RawMail) error {
	m.CreatedAt, m.State = tx.now, "waiting"
	if m.Source == "" {
		m.Source = dm.MailSMTP
	}
	var err error
	m.ID, err = tx.insert(`INSERT INTO raw_mails (account_id, envelope_from, recipient, remote_ip, size, blob_key, source, helo, trusted, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		m.Account, m.EnvelopeFrom, m.Recipient, m.RemoteIP, m.Size, m.BlobKey, string(m.Source), m.HELO, strings.Join(m.Trusted, " "), int64(tx.now))
	return err
}

const rawMailColumns = `id, account_id, envelope_from, recipient, remote_ip, size, blob_key, state, detail, person_id, ticket_id, created_at,
source, helo, trusted, from_name, from_address, digest, verdict, checks`

func scanRawMail(rows *sql.Rows) (RawMail, error) {
	var m RawMail
	var trusted, checks string
	err := rows.Scan(&m.ID, &m.Account, &m.EnvelopeFrom, &m.Recipient, &m.RemoteIP, &m.Size, &m.BlobKey, &m.State, &m.Detail, opt(&m.PersonID), opt(&m.TicketID), &m.CreatedAt,
		&m.Source, &m.HELO, &trusted, &m.FromName, &m.FromAddress, &m.Digest, &m.Verdict, &checks)
	m.Trusted, m.Checks = strings.Fields(trusted), readChecks(checks)
	return m, err
}

// readChecks reads what was stored of a mail's checks; nothing where that is
// nothing.
func readChecks(text string) (c dm.MailChecks) {
	if json.Unmarshal([]byte(text), &c) != nil {
		return dm.MailChecks{}
	}
	return c
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

// FinishRawMail stores what became of a mail and what was found out about it. It
// is a no-op for a mail that was finished before, so that a job run twice changes
// nothing.
func (tx *Tx) FinishRawMail(m *RawMail) error {
	checks, err := json.Marshal(m.Checks)
	if err != nil {
		return err
	}
	if m.Verdict == "" {
		m.Verdict = dm.MailUnknown
	}
	_, err = tx.exec(`UPDATE raw_mails SET state = ?, detail = ?, person_id = ?, ticket_id = ?, from_name = ?, from_address = ?, digest = ?, verdict = ?, checks = ?
WHERE account_id = ? AND id = ? AND state = 'waiting'`,
		m.State, m.Detail, none(m.PersonID), none(m.TicketID), m.FromName, m.FromAddress, m.Digest, string(m.Verdict), string(checks), m.Account, m.ID)
	return err
}

// SettleRawMail stores what an agent decided a held mail becomes.
func (tx *Tx) SettleRawMail(m *RawMail) error {
	n, err := tx.exec(`UPDATE raw_mails SET state = ?, detail = ?, person_id = ?, ticket_id = ? WHERE account_id = ? AND id = ? AND state = 'held'`,
		m.State, m.Detail, none(m.PersonID), none(m.TicketID), m.Account, m.ID)
	return one(n, err, "mail")
}

// RetryRawMail lets a mail that was held or could not be read be read again.
// Conflict for one that is not kept any more, or waits on a ticket for a decision.
func (tx *Tx) RetryRawMail(account, id int64) error {
	n, err := tx.exec(`UPDATE raw_mails SET state = 'waiting', detail = '' WHERE account_id = ? AND id = ? AND state IN ('held', 'failed') AND blob_key <> ''
AND NOT EXISTS (SELECT 1 FROM mail_suggestions s WHERE s.account_id = raw_mails.account_id AND s.raw_mail_id = raw_mails.id)`, account, id)
	if err == nil && n == 0 {
		return dm.Errorf(dm.Conflict, "This mail is not held any more, or its text is not kept.").With("not_held")
	}
	return err
}

// KeepMailID records under which Message-ID a mail came, so that answers find its
// ticket.
func (tx *Tx) KeepMailID(m *RawMail, messageID string) error {
	if messageID == "" {
		return nil
	}
	_, err := tx.exec(`INSERT INTO mail_ids (account_id, message_id_header, raw_mail_id) VALUES (?, ?, ?) ON CONFLICT DO NOTHING`, m.Account, messageID, m.ID)
	return err
}

// SeenMail says whether the same mail arrived before for the same recipient, or,
// where ticket is not 0, whether it is on that ticket already by whatever
// address. The same is what has the Message-ID and the digest: some programs give
// every mail one id. Until the transaction ends no other one is told of mails with
// this id: of two copies that are dealt with at once, one is the first.
func (tx *Tx) SeenMail(m *RawMail, messageID string, ticket int64) (bool, error) {
	if messageID == "" {
		return false, nil
	}
	if err := tx.lock(fmt.Sprintf("mail %d %s", m.Account, messageID)); err != nil {
		return false, err
	}
	where, key := `r.recipient = ?`, any(m.Recipient)
	if ticket != 0 {
		where, key = `r.ticket_id = ?`, ticket
	}
	var n int
	err := tx.row(`SELECT COUNT(*) FROM mail_ids i JOIN raw_mails r ON r.account_id = i.account_id AND r.id = i.raw_mail_id
WHERE i.account_id = ? AND i.message_id_header = ? AND r.id <> ? AND r.state <> 'waiting' AND (r.digest = '' OR r.digest = ?) AND `+where, m.Account, messageID, m.ID, m.Digest, key).Scan(&n)
	return n > 0, err
}

// TicketOfMailID finds the ticket that a mail with one of the Message-IDs became,
// or joined; 0 for none. Of several the first id of the list counts that leads to
// one. Knowing an id is no right: the caller decides access.
func (tx *Tx) TicketOfMailID(account int64, ids []string) (int64, error) {
	if len(ids) == 0 {
		return 0, nil
	}
	args := []any{account}
	for i := range paddedLen(len(ids)) {
		args = append(args, ids[min(i, len(ids)-1)])
	}
	found := map[string]int64{}
	err := tx.query(`SELECT i.message_id_header, MIN(r.ticket_id) FROM mail_ids i JOIN raw_mails r ON r.account_id = i.account_id AND r.id = i.raw_mail_id
WHERE i.account_id = ? AND i.message_id_header IN (`+marks(len(ids))+`) AND r.state IN ('ticket', 'reply') AND r.ticket_id IS NOT NULL GROUP BY i.message_id_header`,
		func(rows *sql.Rows) error {
			var id string
			var ticket int64
			err := rows.Scan(&id, &ticket)
			found[id] = ticket
			return err
		}, args...)
	if err != nil {
		return 0, err
	}
	for _, id := range ids {
		if ticket := found[id]; ticket != 0 {
			return ticket, nil
		}
	}
	return 0, nil
}

// RawMailsOf lists up to limit kept mails that a person sent.
func (tx *Tx) RawMailsOf(account, person int64, limit int) ([]RawMail, error) {
	return tx.rawMails(`account_id = ? AND person_id = ? AND blob_key <> '' ORDER BY id LIMIT ?`, account, person, limit)
}

// OldRawMails lists up to limit kept mails of an account from before a moment,
// but for those on which an agent has still to decide.
func (tx *Tx) OldRawMails(account int64, before dm.Time, limit int) ([]RawMail, error) {
	return tx.rawMails(`account_id = ? AND created_at < ? AND blob_key <> '' AND state <> 'waiting'
AND NOT EXISTS (SELECT 1 FROM mail_suggestions s WHERE s.account_id = raw_mails.account_id AND s.raw_mail_id = raw_mails.id) ORDER BY created_at LIMIT ?`, account, int64(before), limit)
}

// ForgetRawMail drops a mail's bytes from its row, with the sender in
// envelope and header.
// The caller deletes the blob afterwards.
func (tx *Tx) ForgetRawMail(account, id int64) error {
	_, err := tx.exec(`UPDATE raw_mails SET blob_key = '', envelope_from = '', from_name = '', from_address = '', size = 0 WHERE account_id = ? AND id = ?`, account, id)
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
// arrived and became nothing yet. Suggestions are shown on their tickets instead.
func (tx *Tx) HeldMails(account int64, p Page) (list []RawMail, next string, err error) {
	before, err := readMark(p.Cursor)
	if err != nil {
		return nil, "", err
	}
	if p.Cursor == "" {
		before.ID = 1 << 62
	}
	size := p.size()
	list, err = tx.rawMails(`account_id = ? AND state IN ('held', 'failed') AND id < ?
AND NOT EXISTS (SELECT 1 FROM mail_suggestions s WHERE s.account_id = raw_mails.account_id AND s.raw_mail_id = raw_mails.id) ORDER BY id DESC LIMIT ?`, account, before.ID, size+1)
	if err != nil || len(list) <= size {
		return list, "", err
	}
	return list[:size], nameMark{ID: list[size-1].ID}.cursor(), nil
}
