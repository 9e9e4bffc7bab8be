package httpapi

import (
	"context"
	"net/http"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/app"
)

type roleJSON struct {
	ID          int64           `json:"id"`
	Name        string          `json:"name"`
	BuiltIn     orNull[string]  `json:"built_in" doc:"owner, administrator, manager or agent: such a role stays as it is. Null for the account's own roles."`
	Permissions []dm.Permission `json:"permissions"`
}

func roleOf(r *dm.Role) roleJSON {
	j := roleJSON{ID: r.ID, Name: r.Name, Permissions: r.Permissions.List()}
	if r.BuiltIn != "" {
		j.BuiltIn = some(r.BuiltIn)
	}
	return j
}

type newRoleJSON struct {
	Name        string          `json:"name" maxLength:"200"`
	Permissions []dm.Permission `json:"permissions" maxItems:"100" doc:"What GET /permissions lists, as far as one has it oneself."`
}

type rolePatchJSON struct {
	Name        maybe[string]          `json:"name,omitempty" maxLength:"200"`
	Permissions maybe[[]dm.Permission] `json:"permissions,omitempty" maxItems:"100"`
}

type roleCloneInput struct {
	IDInput
	Body roleCloneJSON
}

type roleCloneJSON struct {
	Name string `json:"name" maxLength:"200" doc:"The name of the new role."`
}

// roleRoutes are the sets of permissions that agents get their rights from.
func roleRoutes(a *API) {
	roles := &noun[dm.Role, roleJSON]{path: "/roles", name: "role", find: a.app.Role, say: roleOf}
	roles.pages(a, agents, "Roles by name", a.app.Roles)
	roles.one(a, agents)
	manage := permission(dm.RolesManage)
	creates(a, roles, manage, "Make a role", func(ctx context.Context, c *caller, b *newRoleJSON) error {
		_, err := a.app.CreateRole(ctx, c.Viewer, app.RolePatch{Name: &b.Name, Permissions: &b.Permissions})
		return err
	})
	clone := roles.operation(http.MethodPost, "/{id}/clone", "clone", "Make a role with the permissions of another, built-in ones included")
	clone.DefaultStatus = http.StatusCreated
	post(a, clone, manage,
		func(ctx context.Context, c *caller, in *roleCloneInput) error {
			_, err := a.app.CloneRole(ctx, c.Viewer, in.ID, in.Body.Name)
			return err
		},
		func(ctx context.Context, c *caller, _ *roleCloneInput, ids []int64) (*answerOf[roleJSON], error) {
			return roles.show(ctx, c, ids[0])
		})
	changes(a, roles, manage, "Change an own role", func(ctx context.Context, c *caller, id int64, b *rolePatchJSON) error {
		return a.app.UpdateRole(ctx, c.Viewer, id, app.RolePatch{Name: b.Name.pointer(), Permissions: b.Permissions.pointer()})
	})
	roles.deletes(a, manage, "Delete an own role that nobody has", a.app.DeleteRole)
	permissionRoutes(a)
}
