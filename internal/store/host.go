package store

import (
	"database/sql"

	dm "github.com/deskmesh/deskmesh"
)

// AddHost lets an account, or one of its brands, answer at a name, which is
// given in lower case and without a port. Conflict when the name is taken.
func (tx *Tx) AddHost(h dm.Host) error {
	_, err := tx.exec(`INSERT INTO hosts (name, account_id, brand_id) VALUES (?, ?, ?)`, h.Name, h.AccountID, none(h.BrandID))
	return duplicate(err, "host", "This host name is already in use.")
}

// SetBrandHost makes a name the one that a brand answers at, in place of those it
// had; "" leaves it the account's alone. Conflict when the name is taken.
func (tx *Tx) SetBrandHost(account, brand int64, name string) error {
	if _, err := tx.exec(`DELETE FROM hosts WHERE account_id = ? AND brand_id = ?`, account, brand); err != nil {
		return err
	}
	if name != "" {
		if err := tx.AddHost(dm.Host{Name: name, AccountID: account, BrandID: brand}); err != nil {
			return err
		}
	}
	return tx.bumpAccess(account)
}

// Host finds who answers at a name; NotFound when nobody does.
func (tx *Tx) Host(name string) (dm.Host, error) {
	h := dm.Host{Name: name}
	err := tx.row(`SELECT account_id, brand_id FROM hosts WHERE name = ?`, name).Scan(&h.AccountID, opt(&h.BrandID))
	if isNoRows(err) {
		return dm.Host{}, dm.Missing("host")
	}
	return h, err
}

// Hosts lists the names an account answers at.
func (tx *Tx) Hosts(account int64) ([]dm.Host, error) {
	list := []dm.Host{}
	err := tx.query(`SELECT name, brand_id FROM hosts WHERE account_id = ? ORDER BY name`, func(rows *sql.Rows) error {
		h := dm.Host{AccountID: account}
		if err := rows.Scan(&h.Name, opt(&h.BrandID)); err != nil {
			return err
		}
		list = append(list, h)
		return nil
	}, account)
	return list, err
}
