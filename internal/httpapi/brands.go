package httpapi

import (
	"context"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/app"
)

type brandJSON struct {
	ID     int64  `json:"id"`
	Name   string `json:"name"`
	Active bool   `json:"active"`
}

type newBrandJSON struct {
	Name string `json:"name" maxLength:"200"`
}

type brandPatchJSON struct {
	Name   maybe[string] `json:"name,omitempty" maxLength:"200"`
	Active maybe[bool]   `json:"active,omitempty" doc:"An inactive brand takes no new tickets; those it has can be worked on."`
}

// brandRoutes are the faces of the account. A brand is turned off, not deleted.
func brandRoutes(a *API) {
	brands := &noun[dm.Brand, brandJSON]{path: "/brands", name: "brand", find: a.app.Brand,
		say: func(b *dm.Brand) brandJSON { return brandJSON{ID: b.ID, Name: b.Name, Active: b.Active} }}
	brands.pages(a, agents, "Brands by name", a.app.Brands)
	brands.one(a, agents)
	creates(a, brands, permission(dm.InboxesManage), "Make a brand", func(ctx context.Context, c *caller, b *newBrandJSON) error {
		_, err := a.app.CreateBrand(ctx, c.Viewer, b.Name)
		return err
	})
	changes(a, brands, permission(dm.InboxesManage), "Change a brand, or turn it off and on", func(ctx context.Context, c *caller, id int64, b *brandPatchJSON) error {
		return a.app.UpdateBrand(ctx, c.Viewer, id, app.BrandPatch{Name: b.Name.pointer(), Active: b.Active.pointer()})
	})
}
