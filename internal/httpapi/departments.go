package httpapi

import (
	"context"

	dm "github.com/deskmesh/deskmesh"
)

type departmentJSON struct {
	ID   int64  `json:"id"`
	Name string `json:"name"`
}

type newDepartmentJSON struct {
	Name string `json:"name" maxLength:"200"`
}

type departmentPatchJSON struct {
	Name maybe[string] `json:"name,omitempty" maxLength:"200"`
}

// departmentRoutes are the parts of the house that requesters belong to.
func departmentRoutes(a *API) {
	departments := &noun[dm.Department, departmentJSON]{path: "/departments", name: "department", find: a.app.Department,
		say: func(d *dm.Department) departmentJSON { return departmentJSON{ID: d.ID, Name: d.Name} }}
	departments.pages(a, agents, "Departments by name", a.app.Departments)
	departments.one(a, agents)
	creates(a, departments, permission(dm.PeopleManage), "Make a department", func(ctx context.Context, c *caller, b *newDepartmentJSON) error {
		_, err := a.app.CreateDepartment(ctx, c.Viewer, b.Name)
		return err
	})
	changes(a, departments, permission(dm.PeopleManage), "Rename a department", func(ctx context.Context, c *caller, id int64, b *departmentPatchJSON) error {
		if name := b.Name.pointer(); name != nil {
			return a.app.RenameDepartment(ctx, c.Viewer, id, *name)
		}
		return nil
	})
	departments.deletes(a, permission(dm.PeopleManage), "Delete a department; its people then belong to none", a.app.DeleteDepartment)
}
