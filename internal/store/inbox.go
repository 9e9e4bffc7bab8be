package store

import (
	"database/sql"

	dm "github.com/deskmesh/deskmesh"
)

// The text says nothing of who has the address: it may be another account.
const inboxAddressTaken = "This address is already in use."

const inboxColumns = `id, brand_id, name, address, default_group_id, active`

func inboxDest(b *dm.Inbox) []any {
	return []any{&b.ID, &b.BrandID, &b.Name, &b.Address, opt(&b.DefaultGroupID), flag{&b.Active}}
}

// CreateInbox keeps a new, active inbox and gives its id. Conflict when another
// inbox of this server has the address; NotFound for a brand or group that the
// account does not have.
func (tx *Tx) CreateInbox(account int64, b *dm.Inbox) (int64, error) {
	id, err := tx.insert(`INSERT INTO inboxes (account_id, brand_id, name, address, address_folded, default_group_id, created_at) VALUES (?, ?, ?, ?, ?, ?, ?)`,
		account, b.BrandID, b.Name, b.Address, Fold(b.Address), none(b.DefaultGroupID), tx.now)
	if isForeignKey(err) {
		return 0, dm.Missing("brand or group").Because(err)
	}
	if err != nil {
		return 0, duplicate(err, "address", inboxAddressTaken)
	}
	return id, tx.bumpAccess(account)
}

// SaveInbox saves name, address, default group and whether the inbox is
// active. An inbox stays in its brand.
func (tx *Tx) SaveInbox(account int64, b *dm.Inbox) error {
	n, err := tx.exec(`UPDATE inboxes SET name = ?, address = ?, address_folded = ?, default_group_id = ?, active = ? WHERE account_id = ? AND id = ?`,
		b.Name, b.Address, Fold(b.Address), none(b.DefaultGroupID), bit(b.Active), account, b.ID)
	if isForeignKey(err) {
		return dm.Missing("group").Because(err)
	}
	if err := one(n, duplicate(err, "address", inboxAddressTaken), "inbox"); err != nil {
		return err
	}
	return tx.bumpAccess(account)
}

// Inbox reads an inbox; NotFound when there is none.
func (tx *Tx) Inbox(account, id int64) (*dm.Inbox, error) {
	b := &dm.Inbox{}
	err := tx.row(`SELECT `+inboxColumns+` FROM inboxes WHERE account_id = ? AND id = ?`, account, id).Scan(inboxDest(b)...)
	if isNoRows(err) {
		return nil, dm.Missing("inbox")
	}
	return b, err
}

// Inboxes gives one page of the account's inboxes by id; Page.Query is not read.
func (tx *Tx) Inboxes(account int64, p Page) (list []dm.Inbox, next string, err error) {
	after, err := readMark(p.Cursor)
	if err != nil {
		return nil, "", err
	}
	list = []dm.Inbox{}
	size := p.size()
	err = tx.query(`SELECT `+inboxColumns+` FROM inboxes WHERE account_id = ? AND id > ? ORDER BY id LIMIT ?`, func(rows *sql.Rows) error {
		if len(list) == size {
			next = nameMark{ID: list[size-1].ID}.cursor()
			return nil
		}
		var b dm.Inbox
		if err := rows.Scan(inboxDest(&b)...); err != nil {
			return err
		}
		list = append(list, b)
		return nil
	}, account, after.ID, size+1)
	return list, next, err
}

// InboxesOfGroup lists the inboxes whose new tickets go to a group.
func (tx *Tx) InboxesOfGroup(account, group int64) ([]int64, error) {
	return tx.ids(`SELECT id FROM inboxes WHERE account_id = ? AND default_group_id = ? ORDER BY id`, account, group)
}

// KnownInboxes says which of the ids are inboxes of the account.
func (tx *Tx) KnownInboxes(account int64, ids []int64) (map[int64]bool, error) {
	return tx.present(`SELECT id FROM inboxes WHERE account_id = ? AND id IN `, account, ids)
}
