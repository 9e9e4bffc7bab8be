package app

import (
	"context"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
	"github.com/deskmesh/deskmesh/internal/store"
)

// Departments gives one page of the account's departments. Every agent may
// read them.
func (a *App) Departments(ctx context.Context, v *access.Viewer, p Page) ([]dm.Department, string, error) {
	if err := requireAgent(v); err != nil {
		return nil, "", err
	}
	return fetchPage(ctx, a, func(tx *store.Tx) ([]dm.Department, string, error) { return tx.Departments(v.Account(), p) })
}

// Department reads one department. Every agent may.
func (a *App) Department(ctx context.Context, v *access.Viewer, id int64) (*dm.Department, error) {
	if err := requireAgent(v); err != nil {
		return nil, err
	}
	return fetch(ctx, a, func(tx *store.Tx) (*dm.Department, error) { return tx.Department(v.Account(), id) })
}

// CreateDepartment makes a department and gives its id. It needs people.manage.
// Conflict when the name is taken.
func (a *App) CreateDepartment(ctx context.Context, v *access.Viewer, name string) (int64, error) {
	var id int64
	err := a.administer(ctx, v, dm.PeopleManage, func(t *act) error {
		name := t.faults.name("name", name, maxNameLength)
		if err := t.faults.err(); err != nil {
			return err
		}
		var err error
		if id, err = t.tx.CreateDepartment(t.account, name); err != nil {
			return err
		}
		t.changed("name", "", name)
		return t.log("department.created", "department", id)
	})
	return id, err
}

// RenameDepartment gives a department another name. It needs people.manage.
func (a *App) RenameDepartment(ctx context.Context, v *access.Viewer, id int64, name string) error {
	return a.administer(ctx, v, dm.PeopleManage, func(t *act) error {
		d, err := t.tx.Department(t.account, id)
		if err != nil {
			return err
		}
		old := d.Name
		d.Name = t.faults.name("name", name, maxNameLength)
		if err := t.faults.err(); err != nil || d.Name == old {
			return err
		}
		t.changed("name", old, d.Name)
		if err := t.tx.SaveDepartment(t.account, d); err != nil {
			return err
		}
		return t.log("department.updated", "department", id)
	})
}

// DeleteDepartment deletes a department; its people then belong to none. It
// needs people.manage.
func (a *App) DeleteDepartment(ctx context.Context, v *access.Viewer, id int64) error {
	return a.administer(ctx, v, dm.PeopleManage, func(t *act) error {
		if err := t.tx.DeleteDepartment(t.account, id); err != nil {
			return err
		}
		return t.log("department.deleted", "department", id)
	})
}
