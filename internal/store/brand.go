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

// brandColumns reads everything of a brand but its logo's bytes.
const brandColumns = `name, active, accent, logo_hash, logo_width,
COALESCE((SELECT MIN(h.name) FROM hosts h WHERE h.account_id = brands.account_id AND h.brand_id = brands.id), '')`

func brandDest(b *dm.Brand) []any {
	return []any{&b.Name, flag{&b.Active}, &b.Accent, &b.Logo.Hash, &b.Logo.Width, &b.Host}
}

// SetBrandLogo keeps a brand's logo, a PNG in base64; an empty one takes it away.
func (tx *Tx) SetBrandLogo(account, id int64, l dm.Logo, png string) error {
	n, err := tx.exec(`UPDATE brands SET logo = ?, logo_hash = ?, logo_width = ? WHERE account_id = ? AND id = ?`, png, l.Hash, l.Width, account, id)
	if err := one(n, err, "brand"); err != nil {
		return err
	}
	return tx.bumpAccess(account)
}

// BrandLogo reads a brand's logo in base64, which everybody may see; NotFound
// where the brand has no such one.
func (tx *Tx) BrandLogo(account, id int64, hash string) (png string, err error) {
	err = tx.row(`SELECT logo FROM brands WHERE account_id = ? AND id = ? AND logo_hash = ? AND logo_hash <> ''`, account, id, hash).Scan(&png)
	if isNoRows(err) {
		return "", dm.Missing("logo")
	}
	return png, err
}

// SaveBrand saves a brand's name, colour and whether it is active.
func (tx *Tx) SaveBrand(account int64, b *dm.Brand) error {
	n, err := tx.exec(`UPDATE brands SET name = ?, name_folded = ?, active = ?, accent = ? WHERE account_id = ? AND id = ?`,
		b.Name, Fold(b.Name), bit(b.Active), b.Accent, account, b.ID)
	if err := one(n, duplicate(err, "name", brandNameTaken), "brand"); err != nil {
		return err
	}
	return tx.bumpAccess(account)
}

// Brand reads a brand; NotFound when there is none.
func (tx *Tx) Brand(account, id int64) (*dm.Brand, error) {
	b := &dm.Brand{}
	err := tx.row(`SELECT `+brandColumns+`, id FROM brands WHERE account_id = ? AND id = ?`, account, id).Scan(append(brandDest(b), &b.ID)...)
	if isNoRows(err) {
		return nil, dm.Missing("brand")
	}
	return b, err
}

// Brands gives one page of the account's brands by name.
func (tx *Tx) Brands(account int64, p Page) (list []dm.Brand, next string, err error) {
	list = []dm.Brand{}
	next, err = tx.pageByName(namedList{columns: brandColumns, table: `brands`}, account, p, func(rows *sql.Rows, key *string, id *int64) error {
		var b dm.Brand
		if err := rows.Scan(append(brandDest(&b), key, id)...); err != nil {
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
