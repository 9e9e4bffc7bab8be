package store

import (
	"database/sql"

	dm "github.com/deskmesh/deskmesh"
)

const mailServerColumns = `id, account_id, inbox_id, host, port, security, auth, username, token_url, client_id, active, CASE WHEN secret = '' THEN 0 ELSE 1 END, version,
last_error, failures, failed_at, sent_at`

func (tx *Tx) mailServers(where string, args ...any) ([]dm.MailServer, error) {
	var list []dm.MailServer
	err := tx.query(`SELECT `+mailServerColumns+` FROM mail_servers WHERE `+where, func(rows *sql.Rows) error {
		var s dm.MailServer
		err := rows.Scan(&s.ID, &s.Account, opt(&s.InboxID), &s.Host, &s.Port, &s.Security, &s.Auth, &s.Username, &s.TokenURL, &s.ClientID, flag{&s.Active}, flag{&s.HasSecret}, &s.Version,
			&s.LastError, &s.Failures, opt((*int64)(&s.FailedAt)), opt((*int64)(&s.SentAt)))
		list = append(list, s)
		return err
	}, args...)
	return list, err
}

// MailServer gives the server of an inbox's own, or with inbox 0 the account's;
// NotFound where there is none.
func (tx *Tx) MailServer(account, inbox int64) (*dm.MailServer, error) {
	list, err := tx.mailServers(`account_id = ? AND COALESCE(inbox_id, 0) = ?`, account, inbox)
	if err != nil {
		return nil, err
	}
	if len(list) == 0 {
		return nil, dm.Missing("mail server")
	}
	return &list[0], nil
}

// MailServerFor gives the server that an inbox's mail leaves by: its own, or the
// account's; nil where that is neither, or is switched off.
func (tx *Tx) MailServerFor(account, inbox int64) (*dm.MailServer, error) {
	list, err := tx.mailServers(`account_id = ? AND active = 1 AND (inbox_id = ? OR inbox_id IS NULL) ORDER BY CASE WHEN inbox_id IS NULL THEN 1 ELSE 0 END LIMIT 1`, account, inbox)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	return &list[0], nil
}

// HasMailServers says whether an account has servers of its own.
func (tx *Tx) HasMailServers(account int64) (bool, error) {
	var n int
	err := tx.row(`SELECT COUNT(*) FROM mail_servers WHERE account_id = ? AND active = 1`, account).Scan(&n)
	return n > 0, err
}

// SaveMailServer makes or changes the server of an inbox, or with inbox 0 the
// account's, with what one signs in with, sealed, and sets its id.
func (tx *Tx) SaveMailServer(s *dm.MailServer) error {
	old, err := tx.MailServer(s.Account, s.InboxID)
	if dm.CodeOf(err) == dm.NotFound {
		s.ID, err = tx.insert(`INSERT INTO mail_servers (account_id, inbox_id, host, port, security, auth, username, token_url, client_id, active, created_at, updated_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
			s.Account, none(s.InboxID), s.Host, s.Port, string(s.Security), string(s.Auth), s.Username, s.TokenURL, s.ClientID, bit(s.Active), int64(tx.now), int64(tx.now))
		return err
	}
	if err != nil {
		return err
	}
	s.ID = old.ID
	_, err = tx.exec(`UPDATE mail_servers SET host = ?, port = ?, security = ?, auth = ?, username = ?, token_url = ?, client_id = ?, active = ?, last_error = '', failures = 0, version = version + 1, updated_at = ?
WHERE account_id = ? AND id = ?`, s.Host, s.Port, string(s.Security), string(s.Auth), s.Username, s.TokenURL, s.ClientID, bit(s.Active), int64(tx.now), s.Account, s.ID)
	return err
}

// DeleteMailServer ends the use of a server.
func (tx *Tx) DeleteMailServer(account, inbox int64) error {
	n, err := tx.exec(`DELETE FROM mail_servers WHERE account_id = ? AND COALESCE(inbox_id, 0) = ?`, account, inbox)
	return one(n, err, "mail server")
}

// SetMailServerSecret keeps what one signs in with, sealed.
func (tx *Tx) SetMailServerSecret(account, id int64, sealed string) error {
	n, err := tx.exec(`UPDATE mail_servers SET secret = ? WHERE account_id = ? AND id = ?`, sealed, account, id)
	return one(n, err, "mail server")
}

// MailServerSecret reads what one signs in with, sealed; "" for nothing.
func (tx *Tx) MailServerSecret(account, id int64) (sealed string, err error) {
	err = tx.row(`SELECT secret FROM mail_servers WHERE account_id = ? AND id = ?`, account, id).Scan(&sealed)
	if isNoRows(err) {
		return "", dm.Missing("mail server")
	}
	return sealed, err
}
