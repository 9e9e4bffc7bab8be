package store

import (
	"database/sql"

	dm "github.com/deskmesh/deskmesh"
)

const departmentNameTaken = "Another department already has this name."

// CreateDepartment keeps a new department and gives its id; Conflict when the
// name is taken.
func (tx *Tx) CreateDepartment(account int64, name string) (int64, error) {
	id, err := tx.insert(`INSERT INTO departments (account_id, name, name_folded, created_at) VALUES (?, ?, ?, ?)`, account, name, Fold(name), tx.now)
	if err != nil {
		return 0, duplicate(err, "name", departmentNameTaken)
	}
	return id, tx.bumpAccess(account)
}

// SaveDepartment saves a department's name.
func (tx *Tx) SaveDepartment(account int64, d *dm.Department) error {
	n, err := tx.exec(`UPDATE departments SET name = ?, name_folded = ? WHERE account_id = ? AND id = ? AND deleted_at IS NULL`,
		d.Name, Fold(d.Name), account, d.ID)
	if err := one(n, duplicate(err, "name", departmentNameTaken), "department"); err != nil {
		return err
	}
	return tx.bumpAccess(account)
}

// DeleteDepartment deletes a department softly: its people belong to none from
// now on, tickets go on naming it.
func (tx *Tx) DeleteDepartment(account, id int64) error {
	n, err := tx.exec(`UPDATE departments SET deleted_at = ? WHERE account_id = ? AND id = ? AND deleted_at IS NULL`, tx.now, account, id)
	if err := one(n, err, "department"); err != nil {
		return err
	}
	if _, err := tx.exec(`UPDATE people SET department_id = NULL, department_tickets = 'none', department_changes = 'none' WHERE account_id = ? AND department_id = ?`, account, id); err != nil {
		return err
	}
	return tx.bumpAccess(account)
}

// Department reads a department; NotFound when there is none or it was deleted.
func (tx *Tx) Department(account, id int64) (*dm.Department, error) {
	d := &dm.Department{}
	err := tx.row(`SELECT id, name FROM departments WHERE account_id = ? AND id = ? AND deleted_at IS NULL`, account, id).Scan(&d.ID, &d.Name)
	if isNoRows(err) {
		return nil, dm.Missing("department")
	}
	return d, err
}

// Departments gives one page of the account's departments by name.
func (tx *Tx) Departments(account int64, p Page) (list []dm.Department, next string, err error) {
	list = []dm.Department{}
	next, err = tx.pageByName(namedList{columns: `name`, table: `departments`, live: ` AND deleted_at IS NULL`}, account, p,
		func(rows *sql.Rows, key *string, id *int64) error {
			var d dm.Department
			if err := rows.Scan(&d.Name, key, id); err != nil {
				return err
			}
			d.ID = *id
			list = append(list, d)
			return nil
		})
	return list, next, err
}

// SightOf lists up to limit active people with sight of a department's tickets,
// or of its changes; none for department 0.
func (tx *Tx) SightOf(account, department int64, changes bool, limit int) ([]int64, error) {
	if department == 0 {
		return nil, nil
	}
	column := `department_tickets`
	if changes {
		column = `department_changes`
	}
	return tx.ids(`SELECT id FROM people WHERE account_id = ? AND department_id = ? AND active = 1 AND `+column+` <> 'none' ORDER BY id LIMIT ?`, account, department, limit)
}
