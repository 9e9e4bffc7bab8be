package store

import (
	"cmp"
	"database/sql"

	dm "github.com/deskmesh/deskmesh"
)

const groupNameTaken = "Another group already has this name."

// CreateGroup keeps a new group with its members and gives its id; Conflict
// when the name is taken, NotFound for a person the account does not have.
func (tx *Tx) CreateGroup(account int64, g *dm.Group) (int64, error) {
	id, err := tx.insert(`INSERT INTO groups (account_id, name, name_folded, owner_id, mail, mail_address, created_at) VALUES (?, ?, ?, ?, ?, ?, ?)`,
		account, g.Name, Fold(g.Name), none(g.OwnerID), cmp.Or(g.Mail, dm.GroupMailMembers), g.Address, tx.now)
	if isForeignKey(err) {
		return 0, dm.Missing("person").Because(err)
	}
	if err != nil {
		return 0, duplicate(err, "name", groupNameTaken)
	}
	return id, tx.ChangeMembers(account, id, g.Members, nil)
}

// SaveGroup saves name, owner and place of mail of a group that has not been deleted.
func (tx *Tx) SaveGroup(account int64, g *dm.Group) error {
	n, err := tx.exec(`UPDATE groups SET name = ?, name_folded = ?, owner_id = ?, mail = ?, mail_address = ? WHERE account_id = ? AND id = ? AND deleted_at IS NULL`,
		g.Name, Fold(g.Name), none(g.OwnerID), cmp.Or(g.Mail, dm.GroupMailMembers), g.Address, account, g.ID)
	if err := one(n, duplicate(err, "name", groupNameTaken), "group"); err != nil {
		return err
	}
	return tx.bumpAccess(account)
}

// ChangeMembers adds people to a group and removes others; who is a member
// already, or is none, stays so. NotFound for a person the account does not have.
func (tx *Tx) ChangeMembers(account, group int64, add, remove []int64) error {
	for _, person := range remove {
		if _, err := tx.exec(`DELETE FROM group_members WHERE account_id = ? AND group_id = ? AND person_id = ?`, account, group, person); err != nil {
			return err
		}
	}
	for _, person := range add {
		_, err := tx.exec(`INSERT INTO group_members (account_id, group_id, person_id) VALUES (?, ?, ?) ON CONFLICT DO NOTHING`, account, group, person)
		if isForeignKey(err) {
			return dm.Missing("person").Because(err)
		}
		if err != nil {
			return err
		}
	}
	return tx.bumpAccess(account)
}

// DeleteGroup deletes a group softly: it lets nobody in from now on and its
// name is free again, while history and tickets go on naming it.
func (tx *Tx) DeleteGroup(account, id int64) error {
	n, err := tx.exec(`UPDATE groups SET deleted_at = ? WHERE account_id = ? AND id = ? AND deleted_at IS NULL`, tx.now, account, id)
	if err := one(n, err, "group"); err != nil {
		return err
	}
	return tx.bumpAccess(account)
}

// Group reads a group with its members, by id; NotFound when there is none or
// it was deleted.
func (tx *Tx) Group(account, id int64) (*dm.Group, error) {
	g := &dm.Group{}
	err := tx.row(`SELECT id, name, owner_id, mail, mail_address, created_at FROM groups WHERE account_id = ? AND id = ? AND deleted_at IS NULL`, account, id).
		Scan(&g.ID, &g.Name, opt(&g.OwnerID), &g.Mail, &g.Address, &g.CreatedAt)
	if isNoRows(err) {
		return nil, dm.Missing("group")
	}
	if err != nil {
		return nil, err
	}
	g.Members, err = tx.ids(`SELECT person_id FROM group_members WHERE account_id = ? AND group_id = ? ORDER BY person_id`, account, id)
	return g, err
}

// Groups gives one page of the account's groups by name, with their members.
func (tx *Tx) Groups(account int64, p Page) (list []dm.Group, next string, err error) {
	list = []dm.Group{}
	at := map[int64]int{}
	var ids []int64
	next, err = tx.pageByName(namedList{columns: `name, owner_id, mail, mail_address, created_at`, table: `groups`, live: ` AND deleted_at IS NULL`}, account, p,
		func(rows *sql.Rows, key *string, id *int64) error {
			var g dm.Group
			if err := rows.Scan(&g.Name, opt(&g.OwnerID), &g.Mail, &g.Address, &g.CreatedAt, key, id); err != nil {
				return err
			}
			g.ID = *id
			at[g.ID] = len(list)
			ids = append(ids, g.ID)
			list = append(list, g)
			return nil
		})
	if err != nil || len(ids) == 0 {
		return list, next, err
	}
	err = tx.query(`SELECT group_id, person_id FROM group_members WHERE account_id = ? AND group_id IN (`+marks(len(ids))+`) ORDER BY group_id, person_id`,
		func(rows *sql.Rows) error {
			var group, person int64
			if err := rows.Scan(&group, &person); err != nil {
				return err
			}
			g := &list[at[group]]
			g.Members = append(g.Members, person)
			return nil
		}, append([]any{account}, padded(ids)...)...)
	return list, next, err
}

// LiveGroups says which of the ids are groups that have not been deleted.
func (tx *Tx) LiveGroups(account int64, ids []int64) (map[int64]bool, error) {
	return tx.present(`SELECT id FROM groups WHERE account_id = ? AND deleted_at IS NULL AND id IN `, account, ids)
}

// present answers which of the ids a query finds.
func (tx *Tx) present(query string, account int64, ids []int64) (map[int64]bool, error) {
	found := make(map[int64]bool, len(ids))
	if len(ids) == 0 {
		return found, nil
	}
	list, err := tx.ids(query+`(`+marks(len(ids))+`)`, append([]any{account}, padded(ids)...)...)
	for _, id := range list {
		found[id] = true
	}
	return found, err
}
