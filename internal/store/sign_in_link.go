package store

import (
	"time"

	dm "github.com/deskmesh/deskmesh"
)

// SignInLink is a link by mail with which a requester signs in, once.
type SignInLink struct {
	PersonID  int64
	Next      string // the page to go on to
	ExpiresAt dm.Time
}

// CreateSignInLink keeps a link by the hash of its secret, unless the person has
// most links that still work: then it says false.
func (tx *Tx) CreateSignInLink(account int64, l SignInLink, hash string, most int) (bool, error) {
	var open int
	err := tx.row(`SELECT COUNT(*) FROM sign_in_links WHERE account_id = ? AND person_id = ? AND expires_at > ?`, account, l.PersonID, int64(tx.now)).Scan(&open)
	if err != nil || open >= most {
		return false, err
	}
	_, err = tx.exec(`INSERT INTO sign_in_links (token_hash, account_id, person_id, next, created_at, expires_at) VALUES (?, ?, ?, ?, ?, ?)`,
		hash, account, l.PersonID, l.Next, int64(tx.now), int64(l.ExpiresAt))
	return err == nil, err
}

// SignInLink finds a link that still works, of an active requester; Gone with
// the same text for an unknown, a used and an expired one.
func (tx *Tx) SignInLink(account int64, hash string) (*SignInLink, error) {
	l := &SignInLink{}
	err := tx.row(`SELECT l.person_id, l.next, l.expires_at FROM sign_in_links l JOIN people p ON p.account_id = l.account_id AND p.id = l.person_id
WHERE l.token_hash = ? AND l.account_id = ? AND l.used_at IS NULL AND l.expires_at > ? AND p.active = 1 AND p.kind = 'requester'`, hash, account, int64(tx.now)).
		Scan(&l.PersonID, &l.Next, &l.ExpiresAt)
	if isNoRows(err) {
		return nil, ErrLinkGone
	}
	return l, err
}

// UseSignInLink is SignInLink for the one who uses it up: of several at once only
// one gets it, and the others the same Gone.
func (tx *Tx) UseSignInLink(account int64, hash string) (*SignInLink, error) {
	l, err := tx.SignInLink(account, hash)
	if err != nil {
		return nil, err
	}
	n, err := tx.exec(`UPDATE sign_in_links SET used_at = ? WHERE token_hash = ? AND account_id = ? AND used_at IS NULL`, int64(tx.now), hash, account)
	if err == nil && n == 0 {
		return nil, ErrLinkGone
	}
	return l, err
}

// deleteSignInLinks ends every sign-in link of a person.
func (tx *Tx) deleteSignInLinks(account, person int64) error {
	_, err := tx.exec(`DELETE FROM sign_in_links WHERE account_id = ? AND person_id = ?`, account, person)
	return err
}

// DropOldSignInLinks deletes up to limit links whose time was over a day ago.
func (tx *Tx) DropOldSignInLinks(limit int) (int64, error) {
	return tx.exec(`DELETE FROM sign_in_links WHERE token_hash IN (SELECT token_hash FROM sign_in_links WHERE expires_at < ? LIMIT ?)`,
		int64(tx.now.Add(-24*time.Hour)), limit)
}
