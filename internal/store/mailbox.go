package store

import (
	"database/sql"
	"time"

	dm "github.com/deskmesh/deskmesh"
)

const mailboxColumns = `account_id, inbox_id, host, port, security, username, auth, token_url, client_id, folder, after_fetch, move_to, trusted_host, active,
CASE WHEN secret = '' THEN 0 ELSE 1 END, version, uid_validity, last_uid, last_error, failures, fetched_at, mail_at`

func scanMailbox(rows *sql.Rows) (dm.Mailbox, error) {
	var b dm.Mailbox
	err := rows.Scan(&b.Account, &b.InboxID, &b.Host, &b.Port, &b.Security, &b.Username, &b.Auth, &b.TokenURL, &b.ClientID, &b.Folder, &b.After, &b.MoveTo, &b.TrustedHost,
		flag{&b.Active}, flag{&b.HasSecret}, &b.Version, &b.UIDValidity, &b.LastUID, &b.LastError, &b.Failures, opt((*int64)(&b.FetchedAt)), opt((*int64)(&b.MailAt)))
	return b, err
}

func (tx *Tx) mailboxes(where string, args ...any) ([]dm.Mailbox, error) {
	var list []dm.Mailbox
	err := tx.query(`SELECT `+mailboxColumns+` FROM mailboxes WHERE `+where, func(rows *sql.Rows) error {
		b, err := scanMailbox(rows)
		list = append(list, b)
		return err
	}, args...)
	return list, err
}

// Mailbox gives the mailbox of an inbox; NotFound where it has none.
func (tx *Tx) Mailbox(account, inbox int64) (*dm.Mailbox, error) {
	list, err := tx.mailboxes(`account_id = ? AND inbox_id = ?`, account, inbox)
	if err != nil {
		return nil, err
	}
	if len(list) == 0 {
		return nil, dm.Missing("mailbox")
	}
	return &list[0], nil
}

// SaveMailbox makes or changes the mailbox of an inbox. With another server, name
// or folder it is looked at from its beginning. Whoever fetches it now notices and
// begins anew.
func (tx *Tx) SaveMailbox(account int64, b *dm.Mailbox) error {
	_, err := tx.exec(`INSERT INTO mailboxes (account_id, inbox_id, host, port, security, username, auth, token_url, client_id, folder, after_fetch, move_to, trusted_host, active, created_at, updated_at)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (account_id, inbox_id) DO UPDATE SET
uid_validity = CASE WHEN mailboxes.host = excluded.host AND mailboxes.username = excluded.username AND mailboxes.folder = excluded.folder THEN mailboxes.uid_validity ELSE 0 END,
last_uid = CASE WHEN mailboxes.host = excluded.host AND mailboxes.username = excluded.username AND mailboxes.folder = excluded.folder THEN mailboxes.last_uid ELSE 0 END,
host = excluded.host, port = excluded.port, security = excluded.security, username = excluded.username, auth = excluded.auth, token_url = excluded.token_url,
client_id = excluded.client_id, folder = excluded.folder, after_fetch = excluded.after_fetch, move_to = excluded.move_to, trusted_host = excluded.trusted_host,
active = excluded.active, last_error = '', failures = 0, version = mailboxes.version + 1, updated_at = excluded.updated_at`,
		account, b.InboxID, b.Host, b.Port, string(b.Security), b.Username, string(b.Auth), b.TokenURL, b.ClientID, b.Folder, string(b.After), b.MoveTo, b.TrustedHost, bit(b.Active),
		int64(tx.now), int64(tx.now))
	return err
}

// DeleteMailbox ends fetching for an inbox.
func (tx *Tx) DeleteMailbox(account, inbox int64) error {
	n, err := tx.exec(`DELETE FROM mailboxes WHERE account_id = ? AND inbox_id = ?`, account, inbox)
	return one(n, err, "mailbox")
}

// SetMailboxSecret keeps what one signs in with, sealed.
func (tx *Tx) SetMailboxSecret(account, inbox int64, sealed string) error {
	n, err := tx.exec(`UPDATE mailboxes SET secret = ? WHERE account_id = ? AND inbox_id = ?`, sealed, account, inbox)
	return one(n, err, "mailbox")
}

// MailboxSecret reads what one signs in with, sealed; "" for nothing.
func (tx *Tx) MailboxSecret(account, inbox int64) (sealed string, err error) {
	err = tx.row(`SELECT secret FROM mailboxes WHERE account_id = ? AND inbox_id = ?`, account, inbox).Scan(&sealed)
	if isNoRows(err) {
		return "", dm.Missing("mailbox")
	}
	return sealed, err
}

// ClaimMailboxes leases up to limit mailboxes of every account that nobody
// fetches now, to one node.
func (tx *Tx) ClaimMailboxes(owner string, lease time.Duration, limit int) ([]dm.Mailbox, error) {
	free, err := tx.mailboxes(`active = 1 AND lease_until <= ? AND EXISTS (SELECT 1 FROM inboxes i WHERE i.account_id = mailboxes.account_id AND i.id = mailboxes.inbox_id AND i.active = 1)
ORDER BY lease_until LIMIT ?`, int64(tx.now), limit)
	if err != nil {
		return nil, err
	}
	taken := []dm.Mailbox{}
	for _, b := range free {
		n, err := tx.exec(`UPDATE mailboxes SET lease_owner = ?, lease_until = ? WHERE account_id = ? AND inbox_id = ? AND active = 1 AND lease_until <= ?`,
			owner, int64(tx.now.Add(lease)), b.Account, b.InboxID, int64(tx.now))
		if err != nil {
			return nil, err
		}
		if n == 1 {
			taken = append(taken, b)
		}
	}
	return taken, nil
}

// RenewMailbox makes a node's lease longer. False when it has none any more, or
// the settings are not those of the version.
func (tx *Tx) RenewMailbox(b *dm.Mailbox, owner string, lease time.Duration) (bool, error) {
	n, err := tx.exec(`UPDATE mailboxes SET lease_until = ? WHERE account_id = ? AND inbox_id = ? AND lease_owner = ? AND lease_until > ? AND active = 1 AND version = ?
AND EXISTS (SELECT 1 FROM inboxes i WHERE i.account_id = mailboxes.account_id AND i.id = mailboxes.inbox_id AND i.active = 1)`,
		int64(tx.now.Add(lease)), b.Account, b.InboxID, owner, int64(tx.now), b.Version)
	return n == 1, err
}

// ReleaseMailbox ends a node's lease, for others to take it at once.
func (tx *Tx) ReleaseMailbox(b *dm.Mailbox, owner string) error {
	_, err := tx.exec(`UPDATE mailboxes SET lease_until = 0, lease_owner = '' WHERE account_id = ? AND inbox_id = ? AND lease_owner = ?`, b.Account, b.InboxID, owner)
	return err
}

// MailboxFetched notes how far fetching came, while the node has its lease:
// Conflict when it has it no more, so that what another node fetches is not
// stored twice.
func (tx *Tx) MailboxFetched(b *dm.Mailbox, owner string, mail bool) error {
	at := int64(0)
	if mail {
		at = int64(tx.now)
	}
	n, err := tx.exec(`UPDATE mailboxes SET uid_validity = ?, last_uid = ?, mail_at = COALESCE(?, mail_at) WHERE account_id = ? AND inbox_id = ? AND lease_owner = ? AND lease_until > ? AND version = ?`,
		int64(b.UIDValidity), int64(b.LastUID), none(at), b.Account, b.InboxID, owner, int64(tx.now), b.Version)
	if err == nil && n == 0 {
		return dm.Errorf(dm.Conflict, "Another node fetches this mailbox now.").With("lease")
	}
	return err
}

// MailboxLooked notes that a mailbox was looked into, and what was wrong.
func (tx *Tx) MailboxLooked(b *dm.Mailbox, owner, problem string) error {
	_, err := tx.exec(`UPDATE mailboxes SET fetched_at = ?, last_error = ?, failures = CASE WHEN ? = '' THEN 0 ELSE failures + 1 END WHERE account_id = ? AND inbox_id = ? AND lease_owner = ? AND version = ?`,
		int64(tx.now), problem, problem, b.Account, b.InboxID, owner, b.Version)
	return err
}
