package store

import (
	"database/sql"
	"encoding/json"

	dm "github.com/deskmesh/deskmesh"
)

const partnerColumns = `id, uuid, direction, name, partner_name, host, partner_url, our_url, status, reason, deactivated_by, fingerprint, terms, inbox_id,
capable, signs, paused, remote_address, version, created_by, decided_by, created_at, updated_at, decided_at, deleted_at FROM partners `

func (tx *Tx) partners(where string, args ...any) ([]dm.Partner, error) {
	list := []dm.Partner{}
	err := tx.query(`SELECT `+partnerColumns+where, func(rows *sql.Rows) error {
		var p dm.Partner
		var terms string
		err := rows.Scan(&p.ID, &p.UUID, &p.Direction, &p.Name, &p.PartnerName, &p.Host, &p.PartnerURL, &p.OurURL, &p.Status, &p.Reason, &p.DeactivatedBy,
			&p.Fingerprint, &terms, opt(&p.InboxID), flag{&p.Capable}, flag{&p.Signs}, flag{&p.Paused}, &p.RemoteAddress, &p.Version, opt(&p.CreatedBy),
			opt(&p.DecidedBy), &p.CreatedAt, &p.UpdatedAt, opt(&p.DecidedAt), opt(&p.DeletedAt))
		if err != nil {
			return err
		}
		list = append(list, p)
		return json.Unmarshal([]byte(terms), &list[len(list)-1].Terms)
	}, args...)
	return list, err
}

// Partners lists the account's agreements, newest first, in a state and of a
// direction; "" is any.
func (tx *Tx) Partners(account int64, status dm.PartnerStatus, direction dm.PartnerDirection) ([]dm.Partner, error) {
	return tx.partners(`WHERE account_id = ? AND deleted_at IS NULL AND (CAST(? AS TEXT) = '' OR status = ?) AND (CAST(? AS TEXT) = '' OR direction = ?) ORDER BY id DESC`,
		account, status, status, direction, direction)
}

// Partner reads one agreement; NotFound when there is none.
func (tx *Tx) Partner(account, id int64) (*dm.Partner, error) {
	return tx.partner(`WHERE account_id = ? AND id = ? AND deleted_at IS NULL`, account, id)
}

// LockPartner is Partner, and keeps others from changing it until the transaction
// ends. One that was deleted is found too: messages about its end are under way.
func (tx *Tx) LockPartner(account, id int64) (*dm.Partner, error) {
	return tx.partner(`WHERE account_id = ? AND id = ?`+tx.db.dialect.forUpdate, account, id)
}

// PartnerByUUID finds an agreement by its id in the protocol, those that were
// deleted too; NotFound when there is none.
func (tx *Tx) PartnerByUUID(account int64, uuid string) (*dm.Partner, error) {
	return tx.partner(`WHERE account_id = ? AND uuid = ?`, account, uuid)
}

func (tx *Tx) partner(where string, args ...any) (*dm.Partner, error) {
	list, err := tx.partners(where, args...)
	if err != nil {
		return nil, err
	}
	if len(list) == 0 {
		return nil, dm.Missing("partner")
	}
	return &list[0], nil
}

// InsertPartner stores a new agreement with its sealed key and sets its id and
// times. Conflict where the account has one with its uuid.
func (tx *Tx) InsertPartner(account int64, p *dm.Partner, s *SealedPartner) error {
	terms, err := json.Marshal(p.Terms)
	if err != nil {
		return err
	}
	p.CreatedAt, p.UpdatedAt, p.Version = tx.now, tx.now, 1
	p.ID, err = tx.insert(`INSERT INTO partners (account_id, uuid, direction, name, partner_name, host, partner_url, our_url, status, secret, secret_hash, fingerprint, terms, inbox_id,
capable, remote_address, created_by, created_at, updated_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		account, p.UUID, p.Direction, p.Name, p.PartnerName, p.Host, p.PartnerURL, p.OurURL, p.Status, s.Secret, s.Hash, p.Fingerprint, string(terms), none(p.InboxID),
		bit(p.Capable), p.RemoteAddress, none(p.CreatedBy), int64(tx.now), int64(tx.now))
	if err != nil {
		return duplicate(err, "uuid", "This agreement exists already.")
	}
	return tx.bumpAccess(account)
}

// SavePartner saves what changes of an agreement: names, state, marks, the inbox
// and when it was deleted. Its version rises. NotFound for an inbox that the
// account does not have.
func (tx *Tx) SavePartner(account int64, p *dm.Partner) error {
	n, err := tx.exec(`UPDATE partners SET name = ?, partner_name = ?, status = ?, reason = ?, deactivated_by = ?, fingerprint = ?, inbox_id = ?, capable = ?, signs = ?, paused = ?,
version = version + 1, decided_by = ?, decided_at = ?, deleted_at = ?, updated_at = ? WHERE account_id = ? AND id = ?`,
		p.Name, p.PartnerName, p.Status, clip(p.Reason, 500), p.DeactivatedBy, p.Fingerprint, none(p.InboxID), bit(p.Capable), bit(p.Signs), bit(p.Paused),
		none(p.DecidedBy), none(p.DecidedAt), none(p.DeletedAt), int64(tx.now), account, p.ID)
	if isForeignKey(err) {
		return dm.Missing("inbox").Because(err)
	}
	if err := one(n, err, "partner"); err != nil {
		return err
	}
	p.Version, p.UpdatedAt = p.Version+1, tx.now
	return tx.bumpAccess(account)
}

// SealedPartner is what of an agreement is kept sealed, with the hashes that the
// token of a request is compared with.
type SealedPartner struct {
	Secret, Hash         string
	OldSecret, OldHash   string // "" once its time is over
	OldUntil             dm.Time
	NextSecret, NextHash string // "" while no new key is under way
}

// SealedPartner reads what of an agreement is kept sealed.
func (tx *Tx) SealedPartner(account, id int64) (*SealedPartner, error) {
	s := &SealedPartner{}
	err := tx.row(`SELECT secret, secret_hash, old_secret, old_secret_hash, old_secret_until, next_secret, next_secret_hash FROM partners WHERE account_id = ? AND id = ?`, account, id).
		Scan(&s.Secret, &s.Hash, &s.OldSecret, &s.OldHash, opt(&s.OldUntil), &s.NextSecret, &s.NextHash)
	if isNoRows(err) {
		return nil, dm.Missing("partner")
	}
	if s.OldUntil <= tx.now {
		s.OldSecret, s.OldHash = "", ""
	}
	return s, err
}

// SetSealedPartner replaces what of an agreement is kept sealed.
func (tx *Tx) SetSealedPartner(account, id int64, s *SealedPartner) error {
	n, err := tx.exec(`UPDATE partners SET secret = ?, secret_hash = ?, old_secret = ?, old_secret_hash = ?, old_secret_until = ?, next_secret = ?, next_secret_hash = ? WHERE account_id = ? AND id = ?`,
		s.Secret, s.Hash, s.OldSecret, s.OldHash, none(s.OldUntil), s.NextSecret, s.NextHash, account, id)
	return one(n, err, "partner")
}

// CountPartners gives how many agreements the account has that have not ended,
// and how many invitations of others wait for an answer.
func (tx *Tx) CountPartners(account int64) (live, waiting int, err error) {
	err = tx.row(`SELECT COUNT(*), COALESCE(SUM(CASE WHEN direction = 'inbound' AND status = 'pending' THEN 1 ELSE 0 END), 0) FROM partners
WHERE account_id = ? AND deleted_at IS NULL AND status NOT IN ('declined', 'inactive')`, account).Scan(&live, &waiting)
	return live, waiting, err
}

// InvitationsFrom counts the invitations that came from a network address since
// a moment.
func (tx *Tx) InvitationsFrom(account int64, address string, since dm.Time) (n int, err error) {
	err = tx.row(`SELECT COUNT(*) FROM partners WHERE account_id = ? AND remote_address = ? AND remote_address <> '' AND created_at > ?`, account, address, int64(since)).Scan(&n)
	return n, err
}

// dirPartners keeps the agreements, those that have ended too, for whoever shows
// a ticket or its history.
func (tx *Tx) dirPartners(d *Directory, account int64) error {
	list, err := tx.partners(`WHERE account_id = ? ORDER BY id`, account)
	d.Partners = make(map[int64]dm.Partner, len(list))
	for _, p := range list {
		d.Partners[p.ID] = p
	}
	return err
}

// MovePartnerAddress lets agreements know an account of this server at another
// address of the protocol, after the one it had.
func (tx *Tx) MovePartnerAddress(from, to, host string) error {
	if _, err := tx.exec(`UPDATE partners SET our_url = ? WHERE our_url = ?`, to, from); err != nil {
		return err
	}
	_, err := tx.exec(`UPDATE partners SET partner_url = ?, host = ? WHERE partner_url = ?`, to, host, from)
	return err
}
