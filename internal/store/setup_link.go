package store

import dm "github.com/deskmesh/deskmesh"

// LinkPurpose says what a one-time link is for.
type LinkPurpose string

// The purposes of one-time links.
const (
	LinkFirstRun LinkPurpose = "first_run" // the owner sets the account up
	LinkInvite   LinkPurpose = "invite"    // somebody sets their first password
	LinkReset    LinkPurpose = "reset"     // somebody sets a new password
)

// SetupLink is a one-time link that still works.
type SetupLink struct {
	PersonID  int64
	Purpose   LinkPurpose
	ExpiresAt dm.Time
}

// CreateSetupLink keeps a one-time link by the hash of its secret. Earlier
// links of the person end.
func (tx *Tx) CreateSetupLink(account int64, l SetupLink, hash string) error {
	if err := tx.DeleteSetupLinks(account, l.PersonID); err != nil {
		return err
	}
	_, err := tx.exec(`INSERT INTO setup_links (token_hash, account_id, person_id, purpose, created_at, expires_at) VALUES (?, ?, ?, ?, ?, ?)`,
		hash, account, l.PersonID, l.Purpose, tx.now, l.ExpiresAt)
	if isForeignKey(err) {
		return dm.Missing("person").Because(err)
	}
	return err
}

// ErrLinkGone is the one answer for links that are unknown, used or expired.
var ErrLinkGone = dm.Errorf(dm.Gone, "This link does not work any more. Please ask for a new one.").With("link_gone")

// SetupLink finds a link that still works, of an active person; Gone with the
// same text for an unknown, a used and an expired one.
func (tx *Tx) SetupLink(account int64, hash string) (*SetupLink, error) {
	l := &SetupLink{}
	err := tx.row(`SELECT l.person_id, l.purpose, l.expires_at FROM setup_links l JOIN people p ON p.account_id = l.account_id AND p.id = l.person_id
WHERE l.token_hash = ? AND l.account_id = ? AND l.used_at IS NULL AND l.expires_at > ? AND p.active = 1`, hash, account, tx.now).
		Scan(&l.PersonID, &l.Purpose, &l.ExpiresAt)
	if isNoRows(err) {
		return nil, ErrLinkGone
	}
	return l, err
}

// UseSetupLink is SetupLink for the one who uses it up: of several at once only
// one gets it, and the others the same Gone.
func (tx *Tx) UseSetupLink(account int64, hash string) (*SetupLink, error) {
	l, err := tx.SetupLink(account, hash)
	if err != nil {
		return nil, err
	}
	n, err := tx.exec(`UPDATE setup_links SET used_at = ? WHERE token_hash = ? AND account_id = ? AND used_at IS NULL`, tx.now, hash, account)
	if err == nil && n == 0 {
		return nil, ErrLinkGone
	}
	return l, err
}

// DeleteSetupLinks ends every link of a person.
func (tx *Tx) DeleteSetupLinks(account, person int64) error {
	_, err := tx.exec(`DELETE FROM setup_links WHERE account_id = ? AND person_id = ?`, account, person)
	return err
}

// DropOldSetupLinks deletes up to limit links whose time was over a day ago.
func (tx *Tx) DropOldSetupLinks(limit int) (int64, error) {
	return tx.exec(`DELETE FROM setup_links WHERE token_hash IN (SELECT token_hash FROM setup_links WHERE expires_at < ? LIMIT ?)`, int64(tx.now)-24*3600*1e6, limit)
}
