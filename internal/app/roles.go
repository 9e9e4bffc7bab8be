package app

import (
	"context"
	"strconv"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
	"github.com/deskmesh/deskmesh/internal/store"
)

// RolePatch sets a role's name and permissions; nil leaves a value as it is.
type RolePatch struct {
	Name        *string
	Permissions *[]dm.Permission
}

// Roles gives one page of the account's roles. Every agent may read them.
func (a *App) Roles(ctx context.Context, v *access.Viewer, p Page) ([]dm.Role, string, error) {
	if err := requireAgent(v); err != nil {
		return nil, "", err
	}
	return fetchPage(ctx, a, func(tx *store.Tx) ([]dm.Role, string, error) { return tx.Roles(v.Account(), p) })
}

// Role reads one role. Every agent may.
func (a *App) Role(ctx context.Context, v *access.Viewer, id int64) (*dm.Role, error) {
	if err := requireAgent(v); err != nil {
		return nil, err
	}
	return fetch(ctx, a, func(tx *store.Tx) (*dm.Role, error) { return tx.Role(v.Account(), id) })
}

// CreateRole makes a role of permissions that the viewer has, and gives the id.
// It needs roles.manage. Conflict when the name is taken.
func (a *App) CreateRole(ctx context.Context, v *access.Viewer, p RolePatch) (int64, error) {
	var id int64
	err := a.administer(ctx, v, dm.RolesManage, func(t *act) error {
		r := &dm.Role{}
		if p.Name == nil {
			p.Name = &r.Name
		}
		if err := t.patchRole(r, &p); err != nil {
			return err
		}
		var err error
		if id, err = t.tx.CreateRole(t.account, r); err != nil {
			return err
		}
		return t.log("role.created", "role", id)
	})
	return id, err
}

// CloneRole makes a role with the permissions of another, also of a built-in
// one, and gives the id. It needs what CreateRole needs.
func (a *App) CloneRole(ctx context.Context, v *access.Viewer, from int64, name string) (int64, error) {
	var id int64
	err := a.administer(ctx, v, dm.RolesManage, func(t *act) error {
		model, err := t.tx.Role(t.account, from)
		if err != nil {
			return err
		}
		list := model.Permissions.List()
		r := &dm.Role{}
		if err := t.patchRole(r, &RolePatch{Name: &name, Permissions: &list}); err != nil {
			return err
		}
		if id, err = t.tx.CreateRole(t.account, r); err != nil {
			return err
		}
		t.changedID("cloned_from", 0, from)
		return t.log("role.created", "role", id)
	})
	return id, err
}

// UpdateRole changes an own role. It needs roles.manage, and nobody adds or
// takes away permissions they lack. Conflict for a built-in role.
func (a *App) UpdateRole(ctx context.Context, v *access.Viewer, id int64, p RolePatch) error {
	return a.administer(ctx, v, dm.RolesManage, func(t *act) error {
		r, err := t.ownRole(id)
		if err != nil {
			return err
		}
		if err := t.patchRole(r, &p); err != nil || len(t.changes) == 0 {
			return err
		}
		if err := t.tx.SaveRole(t.account, r); err != nil {
			return err
		}
		return t.log("role.updated", "role", id)
	})
}

// DeleteRole deletes an own role that nobody has. It needs roles.manage.
// Conflict for a built-in role, and for one in use, with the number of people.
func (a *App) DeleteRole(ctx context.Context, v *access.Viewer, id int64) error {
	return a.administer(ctx, v, dm.RolesManage, func(t *act) error {
		if _, err := t.ownRole(id); err != nil {
			return err
		}
		n, err := t.tx.RoleHolders(t.account, id)
		if err != nil {
			return err
		}
		if n > 0 {
			text := strconv.Itoa(n) + " people have"
			if n == 1 {
				text = "One person has"
			}
			return dm.Errorf(dm.Conflict, "%s this role. Give them another one first.", text).With("role_in_use").Showing(map[string]any{"people": n})
		}
		if err := t.tx.DeleteRole(t.account, id); err != nil {
			return err
		}
		return t.log("role.deleted", "role", id)
	})
}

// ownRole reads a role that is not a built-in one.
func (t *act) ownRole(id int64) (*dm.Role, error) {
	r, err := t.tx.Role(t.account, id)
	if err == nil && r.BuiltIn != "" {
		return nil, dm.Errorf(dm.Conflict, "Built-in roles stay as they are. Clone this one and change the copy.").With("built_in")
	}
	return r, err
}

func (t *act) patchRole(r *dm.Role, p *RolePatch) error {
	old := *r
	if p.Name != nil {
		r.Name = t.faults.name("name", *p.Name, maxNameLength)
	}
	if p.Permissions != nil {
		for i, name := range *p.Permissions {
			if !dm.KnownPermission(name) {
				t.faults.add("permissions["+strconv.Itoa(i)+"]", "There is no such permission.")
			}
		}
		r.Permissions = dm.PermissionsOf(*p.Permissions...)
	}
	if err := t.faults.err(); err != nil {
		return err
	}
	t.changed("name", old.Name, r.Name)
	t.changed("permissions", joinTexts(old.Permissions.List()), joinTexts(r.Permissions.List()))
	return t.mayGive(old.Permissions ^ r.Permissions)
}
