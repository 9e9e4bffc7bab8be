package store

import (
	"database/sql"

	dm "github.com/deskmesh/deskmesh"
)

const companyNameTaken = "Another company already has this name."

// CreateCompany keeps a new company and gives its id; Conflict when the name is
// taken, NotFound for a manager the account does not have.
func (tx *Tx) CreateCompany(account int64, c *dm.Company) (int64, error) {
	id, err := tx.insert(`INSERT INTO companies (account_id, name, name_folded, manager_id, created_at) VALUES (?, ?, ?, ?, ?)`,
		account, c.Name, Fold(c.Name), none(c.ManagerID), tx.now)
	if isForeignKey(err) {
		return 0, dm.Missing("person").Because(err)
	}
	if err != nil {
		return 0, duplicate(err, "name", companyNameTaken)
	}
	return id, tx.bumpAccess(account)
}

// SaveCompany saves a company's name and account manager.
func (tx *Tx) SaveCompany(account int64, c *dm.Company) error {
	n, err := tx.exec(`UPDATE companies SET name = ?, name_folded = ?, manager_id = ? WHERE account_id = ? AND id = ? AND deleted_at IS NULL`,
		c.Name, Fold(c.Name), none(c.ManagerID), account, c.ID)
	if isForeignKey(err) {
		return dm.Missing("person").Because(err)
	}
	if err := one(n, duplicate(err, "name", companyNameTaken), "company"); err != nil {
		return err
	}
	return tx.bumpAccess(account)
}

// DeleteCompany deletes a company softly: its people belong to none from now on.
func (tx *Tx) DeleteCompany(account, id int64) error {
	n, err := tx.exec(`UPDATE companies SET deleted_at = ? WHERE account_id = ? AND id = ? AND deleted_at IS NULL`, tx.now, account, id)
	if err := one(n, err, "company"); err != nil {
		return err
	}
	if _, err := tx.exec(`UPDATE people SET company_id = NULL WHERE account_id = ? AND company_id = ?`, account, id); err != nil {
		return err
	}
	return tx.bumpAccess(account)
}

// Company reads a company; NotFound when there is none or it was deleted.
func (tx *Tx) Company(account, id int64) (*dm.Company, error) {
	c := &dm.Company{}
	err := tx.row(`SELECT id, name, manager_id FROM companies WHERE account_id = ? AND id = ? AND deleted_at IS NULL`, account, id).
		Scan(&c.ID, &c.Name, opt(&c.ManagerID))
	if isNoRows(err) {
		return nil, dm.Missing("company")
	}
	return c, err
}

// Companies gives one page of the account's companies by name.
func (tx *Tx) Companies(account int64, p Page) (list []dm.Company, next string, err error) {
	list = []dm.Company{}
	next, err = tx.pageByName(namedList{columns: `name, manager_id`, table: `companies`, live: ` AND deleted_at IS NULL`}, account, p,
		func(rows *sql.Rows, key *string, id *int64) error {
			var c dm.Company
			if err := rows.Scan(&c.Name, opt(&c.ManagerID), key, id); err != nil {
				return err
			}
			c.ID = *id
			list = append(list, c)
			return nil
		})
	return list, next, err
}
