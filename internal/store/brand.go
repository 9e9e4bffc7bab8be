package store

import (
	"database/sql"

	dm "github.com/deskmesh/deskmesh"
)

const brandNameTaken = "Another brand already has this name."

// CreateBrand keeps a new, active brand and gives its id; Conflict when the
// name is taken.
func (tx *Tx) CreateBrand(account int64, name string) (int64, error) {
	id, err := tx.insert(`INSERT INTO brands (account_id, name, name_folded, created_at) VALUES (?, ?, ?, ?)`, account, name, Fold(name), tx.now)
	if err != nil {
		return 0, duplicate(err, "name", brandNameTaken)
	}
	return id, tx.bumpAccess(account)
}

// SaveBrand saves a brand's name and whether it is active.
func (tx *Tx) SaveBrand(account int64, b *dm.Brand) error {
	n, err := tx.exec(`UPDATE brands SET name = ?, name_folded = ?, active = ? WHERE account_id = ? AND id = ?`,
		b.Name, Fold(b.Name), bit(b.Active), account, b.ID)
	if err := one(n, duplicate(err, "name", brandNameTaken), "brand"); err != nil {
		return err
	}
	return tx.bumpAccess(account)
}

// Brand reads a brand; NotFound when there is none.
func (tx *Tx) Brand(account, id int64) (*dm.Brand, error) {
	b := &dm.Brand{}
	err := tx.row(`SELECT id, name, active FROM brands WHERE account_id = ? AND id = ?`, account, id).Scan(&b.ID, &b.Name, flag{&b.Active})
	if isNoRows(err) {
		return nil, dm.Missing("brand")
	}
	return b, err
}

// Brands gives one page of the account's brands by name.
func (tx *Tx) Brands(account int64, p Page) (list []dm.Brand, next string, err error) {
	list = []dm.Brand{}
	next, err = tx.pageByName(namedList{columns: `name, active`, table: `brands`}, account, p, func(rows *sql.Rows, key *string, id *int64) error {
		var b dm.Brand
		if err := rows.Scan(&b.Name, flag{&b.Active}, key, id); err != nil {
			return err
		}
		b.ID = *id
		list = append(list, b)
		return nil
	})
	return list, next, err
}

// KnownBrands says which of the ids are brands of the account.
func (tx *Tx) KnownBrands(account int64, ids []int64) (map[int64]bool, error) {
	return tx.present(`SELECT id FROM brands WHERE account_id = ? AND id IN `, account, ids)
}
