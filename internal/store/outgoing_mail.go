package store

import (
	"database/sql"
	"time"

	dm "github.com/deskmesh/deskmesh"
)

// NoteOutgoing writes what became of a mail, under the id of its job, so that a
// job that runs twice has one line. What was sent or came back stays that, but
// for what follows a new try. A mail of a ticket that is gone leaves none.
func (tx *Tx) NoteOutgoing(account int64, m *dm.OutgoingMail) error {
	return tx.later(`INSERT INTO outgoing_mails (account_id, job_id, job_kind, job_args, ticket_id, inbox_id, person_id, address, kind, state, step, code, detail, tries, next_at, created_at, updated_at)
SELECT a.id, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ? FROM accounts a
WHERE a.id = ? AND (CAST(? AS BIGINT) IS NULL OR EXISTS (SELECT 1 FROM tickets t WHERE t.account_id = a.id AND t.id = ?))
ON CONFLICT (account_id, job_id) DO UPDATE SET state = excluded.state, step = excluded.step, code = excluded.code, detail = excluded.detail, tries = excluded.tries,
next_at = excluded.next_at, updated_at = excluded.updated_at, address = excluded.address
WHERE outgoing_mails.state NOT IN ('sent', 'bounced')`,
		m.JobID, m.JobKind, m.JobArgs, none(m.TicketID), none(m.InboxID), none(m.PersonID), m.Address, string(m.Kind), string(m.State), m.Step, m.Code, m.Detail, m.Tries, none(m.NextAt),
		int64(tx.now), int64(tx.now), account, none(m.TicketID), none(m.TicketID))
}

// DropOutgoing notes that a mail that was tried before is not to be sent any
// more.
func (tx *Tx) DropOutgoing(account, job int64) error {
	return tx.later(`UPDATE outgoing_mails SET state = 'dropped', next_at = NULL, updated_at = ? WHERE account_id = ? AND job_id = ? AND state IN ('waiting', 'deferred')`,
		int64(tx.now), account, job)
}

const outgoingColumns = `id, job_id, job_kind, job_args, ticket_id, inbox_id, person_id, address, kind, state, step, code, detail, tries, next_at, created_at, updated_at`

func (tx *Tx) outgoing(where string, args ...any) ([]dm.OutgoingMail, error) {
	list := []dm.OutgoingMail{}
	err := tx.query(`SELECT `+outgoingColumns+` FROM outgoing_mails WHERE `+where, func(rows *sql.Rows) error {
		var m dm.OutgoingMail
		err := rows.Scan(&m.ID, &m.JobID, &m.JobKind, &m.JobArgs, opt(&m.TicketID), opt(&m.InboxID), opt(&m.PersonID), &m.Address, &m.Kind, &m.State, &m.Step, &m.Code, &m.Detail,
			&m.Tries, opt((*int64)(&m.NextAt)), &m.Created, &m.Updated)
		list = append(list, m)
		return err
	}, args...)
	return list, err
}

func (tx *Tx) oneOutgoing(where string, args ...any) (*dm.OutgoingMail, error) {
	list, err := tx.outgoing(where, args...)
	if err != nil {
		return nil, err
	}
	if len(list) == 0 {
		return nil, dm.Missing("mail")
	}
	return &list[0], nil
}

// TicketOutgoing lists the mails of a ticket that was found through a Scope,
// newest first, with ids below before; 0 begins at the newest. The caller has
// seen to it that internal content may be read.
func (tx *Tx) TicketOutgoing(account int64, f *Found, before int64, limit int) ([]dm.OutgoingMail, error) {
	if before == 0 {
		before = 1 << 62
	}
	return tx.outgoing(`account_id = ? AND ticket_id = ? AND id < ? ORDER BY id DESC LIMIT ?`, account, f.Ticket.ID, before, limit)
}

// TicketOutgoingMail reads one mail of a ticket that was found through a Scope.
func (tx *Tx) TicketOutgoingMail(account int64, f *Found, id int64) (*dm.OutgoingMail, error) {
	return tx.oneOutgoing(`account_id = ? AND ticket_id = ? AND id = ?`, account, f.Ticket.ID, id)
}

// OutgoingMails lists the account's mails in a state ("": in any), newest first,
// with ids below before. What of them a reader may know is for the caller to
// decide, ticket by ticket.
func (tx *Tx) OutgoingMails(account int64, state dm.OutgoingState, before int64, limit int) ([]dm.OutgoingMail, error) {
	if before == 0 {
		before = 1 << 62
	}
	switch state {
	case "":
		return tx.outgoing(`account_id = ? AND id < ? ORDER BY id DESC LIMIT ?`, account, before, limit)
	case dm.OutSent:
		return tx.outgoing(`account_id = ? AND state = 'sent' AND id < ? ORDER BY id DESC LIMIT ?`, account, before, limit)
	}
	return tx.outgoing(`account_id = ? AND state = ? AND state <> 'sent' AND id < ? ORDER BY id DESC LIMIT ?`, account, string(state), before, limit)
}

// OutgoingMail reads one mail, as OutgoingMails does.
func (tx *Tx) OutgoingMail(account, id int64) (*dm.OutgoingMail, error) {
	return tx.oneOutgoing(`account_id = ? AND id = ?`, account, id)
}

// OutgoingOfJob reads the mail that a job sends, or sent.
func (tx *Tx) OutgoingOfJob(account, job int64) (*dm.OutgoingMail, error) {
	return tx.oneOutgoing(`account_id = ? AND job_id = ?`, account, job)
}

// RetryOutgoing lets another job, or the same one again, send a mail.
func (tx *Tx) RetryOutgoing(account int64, m *dm.OutgoingMail, job int64) error {
	n, err := tx.exec(`UPDATE outgoing_mails SET job_id = ?, state = 'waiting', step = '', code = 0, detail = '', next_at = ?, updated_at = ? WHERE account_id = ? AND id = ? AND job_id = ? AND state = ?`,
		job, int64(tx.now), int64(tx.now), account, m.ID, m.JobID, string(m.State))
	if err == nil && n == 0 {
		return dm.Errorf(dm.Conflict, "Something happened to this mail meanwhile. Please look again.").With("changed")
	}
	return err
}

// BounceOutgoing notes that a mail came back, or what a server said of a delay;
// false where that is known already.
func (tx *Tx) BounceOutgoing(account int64, m *dm.OutgoingMail, state dm.OutgoingState, code int, detail string) (bool, error) {
	n, err := tx.exec(`UPDATE outgoing_mails SET state = ?, step = 'reply', code = ?, detail = ?, updated_at = ? WHERE account_id = ? AND id = ? AND state IN ('sent', 'deferred', 'waiting')`,
		string(state), code, detail, int64(tx.now), account, m.ID)
	return n > 0, err
}

// DeleteOldOutgoing deletes up to limit lines of an account from before a moment,
// but for those that are still to be sent.
func (tx *Tx) DeleteOldOutgoing(account int64, before dm.Time, limit int) (int64, error) {
	return tx.exec(`DELETE FROM outgoing_mails WHERE account_id = ? AND id IN (SELECT id FROM outgoing_mails WHERE account_id = ? AND created_at < ? AND state NOT IN ('waiting', 'deferred') ORDER BY id LIMIT ?)`,
		account, account, int64(before), limit)
}

// JobLives says whether a job has not ended yet.
func (tx *Tx) JobLives(account, job int64) (bool, error) {
	var n int
	err := tx.row(`SELECT COUNT(*) FROM jobs WHERE account_id = ? AND id = ? AND state IN ('ready', 'waiting', 'running')`, account, job).Scan(&n)
	return n > 0, err
}

// MarkUndeliverable notes that mail to an address came back for good; false where
// that was known.
func (tx *Tx) MarkUndeliverable(account int64, address, status, detail string) (bool, error) {
	n, err := tx.exec(`INSERT INTO undeliverable_addresses (account_id, address_folded, status, detail, created_at) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
		account, Fold(address), status, detail, int64(tx.now))
	return n > 0, err
}

// ClearUndeliverable lets mail go to an address again; false where nothing
// stopped it.
func (tx *Tx) ClearUndeliverable(account int64, address string) (bool, error) {
	n, err := tx.exec(`DELETE FROM undeliverable_addresses WHERE account_id = ? AND address_folded = ?`, account, Fold(address))
	return n > 0, err
}

// Undeliverable says what is known of mail to an address coming back; nil for
// nothing.
func (tx *Tx) Undeliverable(account int64, address string) (*dm.Undeliverable, error) {
	u := &dm.Undeliverable{}
	err := tx.row(`SELECT status, detail, created_at FROM undeliverable_addresses WHERE account_id = ? AND address_folded = ?`, account, Fold(address)).Scan(&u.Status, &u.Detail, &u.Since)
	if isNoRows(err) {
		return nil, nil
	}
	return u, err
}

// sentNoted is how exactly it is known when a server last took a mail: writing it
// for each would cost more than it tells.
const sentNoted = time.Minute

// MailServerSent notes that a server took a mail.
func (tx *Tx) MailServerSent(account, id, version int64) error {
	return tx.later(`UPDATE mail_servers SET sent_at = ?, last_error = '', failures = 0 WHERE account_id = ? AND id = ? AND version = ? AND (last_error <> '' OR sent_at IS NULL OR sent_at < ?)`,
		int64(tx.now), account, id, version, int64(tx.now.Add(-sentNoted)))
}

// MailServerFailed notes that a server could not be spoken to.
func (tx *Tx) MailServerFailed(account, id, version int64, problem string) error {
	return tx.later(`UPDATE mail_servers SET failed_at = ?, last_error = ?, failures = failures + 1 WHERE account_id = ? AND id = ? AND version = ?`,
		int64(tx.now), problem, account, id, version)
}
