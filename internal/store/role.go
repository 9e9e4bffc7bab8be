package store

import (
	"database/sql"
	"encoding/json"
	"fmt"

	dm "github.com/deskmesh/deskmesh"
)

// permissionsText writes a set as it is stored: a JSON list of names.
func permissionsText(set dm.PermissionSet) (string, error) {
	raw, err := json.Marshal(set.List())
	return string(raw), err
}

// permissionSet scans the stored text of a set. Names this program does not
// know are left out.
type permissionSet struct{ to *dm.PermissionSet }

func (p permissionSet) Scan(v any) error {
	text, ok := v.(string)
	if !ok {
		return fmt.Errorf("cannot read %T as permissions", v)
	}
	var list []dm.Permission
	if err := json.Unmarshal([]byte(text), &list); err != nil {
		return err
	}
	*p.to = dm.PermissionsOf(list...)
	return nil
}

const roleNameTaken = "Another role already has this name."

// CreateRole keeps a new role and gives its id; Conflict when the name is taken.
func (tx *Tx) CreateRole(account int64, r *dm.Role) (int64, error) {
	text, err := permissionsText(r.Permissions)
	if err != nil {
		return 0, err
	}
	id, err := tx.insert(`INSERT INTO roles (account_id, name, name_folded, built_in, permissions, created_at) VALUES (?, ?, ?, ?, ?, ?)`,
		account, r.Name, Fold(r.Name), r.BuiltIn, text, tx.now)
	if err != nil {
		return 0, duplicate(err, "name", roleNameTaken)
	}
	return id, tx.bumpAccess(account)
}

// SaveRole saves name and permissions of an own role; a built-in role is
// NotFound here.
func (tx *Tx) SaveRole(account int64, r *dm.Role) error {
	text, err := permissionsText(r.Permissions)
	if err != nil {
		return err
	}
	n, err := tx.exec(`UPDATE roles SET name = ?, name_folded = ?, permissions = ? WHERE account_id = ? AND id = ? AND built_in = ''`,
		r.Name, Fold(r.Name), text, account, r.ID)
	if err := one(n, duplicate(err, "name", roleNameTaken), "role"); err != nil {
		return err
	}
	return tx.bumpAccess(account)
}

// DeleteRole removes an own role that nobody has; a built-in role is NotFound
// here, one in use a Conflict.
func (tx *Tx) DeleteRole(account, id int64) error {
	n, err := tx.exec(`DELETE FROM roles WHERE account_id = ? AND id = ? AND built_in = ''`, account, id)
	if isForeignKey(err) {
		return dm.Errorf(dm.Conflict, "This role is in use.").Because(err)
	}
	if err := one(n, err, "role"); err != nil {
		return err
	}
	return tx.bumpAccess(account)
}

// Role reads a role; NotFound when there is none.
func (tx *Tx) Role(account, id int64) (*dm.Role, error) {
	r := &dm.Role{}
	err := tx.row(`SELECT id, name, built_in, permissions FROM roles WHERE account_id = ? AND id = ?`, account, id).
		Scan(&r.ID, &r.Name, &r.BuiltIn, permissionSet{&r.Permissions})
	if isNoRows(err) {
		return nil, dm.Missing("role")
	}
	return r, err
}

// Roles gives one page of the account's roles by name.
func (tx *Tx) Roles(account int64, p Page) (list []dm.Role, next string, err error) {
	list = []dm.Role{}
	next, err = tx.pageByName(namedList{columns: `name, built_in, permissions`, table: `roles`}, account, p, func(rows *sql.Rows, key *string, id *int64) error {
		var r dm.Role
		if err := rows.Scan(&r.Name, &r.BuiltIn, permissionSet{&r.Permissions}, key, id); err != nil {
			return err
		}
		r.ID = *id
		list = append(list, r)
		return nil
	})
	return list, next, err
}

// RolesByID reads several roles; ids of none are left out.
func (tx *Tx) RolesByID(account int64, ids []int64) (map[int64]dm.Role, error) {
	found := make(map[int64]dm.Role, len(ids))
	if len(ids) == 0 {
		return found, nil
	}
	err := tx.query(`SELECT id, name, built_in, permissions FROM roles WHERE account_id = ? AND id IN (`+marks(len(ids))+`)`, func(rows *sql.Rows) error {
		var r dm.Role
		if err := rows.Scan(&r.ID, &r.Name, &r.BuiltIn, permissionSet{&r.Permissions}); err != nil {
			return err
		}
		found[r.ID] = r
		return nil
	}, append([]any{account}, padded(ids)...)...)
	return found, err
}

// RoleHolders counts the people who have a role, active or not.
func (tx *Tx) RoleHolders(account, id int64) (int, error) {
	var n int
	err := tx.row(`SELECT count(*) FROM person_roles WHERE account_id = ? AND role_id = ?`, account, id).Scan(&n)
	return n, err
}

// PermissionsOf adds up the permissions of a person's roles, whether or not the
// person is active.
func (tx *Tx) PermissionsOf(account, person int64) (dm.PermissionSet, error) {
	var all dm.PermissionSet
	err := tx.query(`SELECT r.permissions FROM person_roles pr JOIN roles r ON r.account_id = pr.account_id AND r.id = pr.role_id
WHERE pr.account_id = ? AND pr.person_id = ?`, func(rows *sql.Rows) error {
		var set dm.PermissionSet
		if err := rows.Scan(permissionSet{&set}); err != nil {
			return err
		}
		all |= set
		return nil
	}, account, person)
	return all, err
}
