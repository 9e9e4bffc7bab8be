package store

import (
	"database/sql"

	dm "github.com/deskmesh/deskmesh"
)

const partnerInvitationColumns = `id, note, expires_at, used_at, partner_id, created_by, created_at FROM partner_invitations `

func (tx *Tx) partnerInvitations(where string, args ...any) ([]dm.PartnerInvitation, error) {
	list := []dm.PartnerInvitation{}
	err := tx.query(`SELECT `+partnerInvitationColumns+where, func(rows *sql.Rows) error {
		var i dm.PartnerInvitation
		err := rows.Scan(&i.ID, &i.Note, &i.ExpiresAt, opt(&i.UsedAt), opt(&i.PartnerID), &i.CreatedBy, &i.CreatedAt)
		list = append(list, i)
		return err
	}, args...)
	return list, err
}

// maxInvitationsListed bounds PartnerInvitations.
const maxInvitationsListed = 200

// PartnerInvitations lists the newest one-time addresses of the account, those
// that are used or over too.
func (tx *Tx) PartnerInvitations(account int64) ([]dm.PartnerInvitation, error) {
	return tx.partnerInvitations(`WHERE account_id = ? ORDER BY id DESC LIMIT ?`, account, maxInvitationsListed)
}

// PartnerInvitation reads one; NotFound when there is none.
func (tx *Tx) PartnerInvitation(account, id int64) (*dm.PartnerInvitation, error) {
	return oneInvitation(tx.partnerInvitations(`WHERE account_id = ? AND id = ?`, account, id))
}

// PartnerInvitationBySecret finds the address with this hash of its secret;
// NotFound when there is none.
func (tx *Tx) PartnerInvitationBySecret(account int64, hash string) (*dm.PartnerInvitation, error) {
	return oneInvitation(tx.partnerInvitations(`WHERE account_id = ? AND secret_hash = ?`, account, hash))
}

func oneInvitation(list []dm.PartnerInvitation, err error) (*dm.PartnerInvitation, error) {
	if err != nil {
		return nil, err
	}
	if len(list) == 0 {
		return nil, dm.Missing("invitation")
	}
	return &list[0], nil
}

// OpenPartnerInvitations counts the addresses that still work.
func (tx *Tx) OpenPartnerInvitations(account int64) (n int, err error) {
	err = tx.row(`SELECT COUNT(*) FROM partner_invitations WHERE account_id = ? AND used_at IS NULL AND expires_at > ?`, account, int64(tx.now)).Scan(&n)
	return n, err
}

// InsertPartnerInvitation stores a one-time address by the hash of its secret and
// sets its id and time.
func (tx *Tx) InsertPartnerInvitation(account int64, i *dm.PartnerInvitation, hash string) (err error) {
	i.CreatedAt = tx.now
	i.ID, err = tx.insert(`INSERT INTO partner_invitations (account_id, secret_hash, note, expires_at, created_by, created_at) VALUES (?, ?, ?, ?, ?, ?)`,
		account, hash, i.Note, int64(i.ExpiresAt), i.CreatedBy, int64(tx.now))
	return err
}

// UsePartnerInvitation notes the agreement that came through an address. NotFound
// where somebody else was faster.
func (tx *Tx) UsePartnerInvitation(account, id, partner int64) error {
	n, err := tx.exec(`UPDATE partner_invitations SET used_at = ?, partner_id = ? WHERE account_id = ? AND id = ? AND used_at IS NULL`, int64(tx.now), partner, account, id)
	return one(n, err, "invitation")
}

// DeletePartnerInvitation removes an address.
func (tx *Tx) DeletePartnerInvitation(account, id int64) error {
	n, err := tx.exec(`DELETE FROM partner_invitations WHERE account_id = ? AND id = ?`, account, id)
	return one(n, err, "invitation")
}
