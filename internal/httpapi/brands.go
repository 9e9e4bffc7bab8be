package httpapi

import (
	"context"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/app"
)

type brandJSON struct {
	ID     int64        `json:"id"`
	Name   string       `json:"name"`
	Active bool         `json:"active"`
	Accent string       `json:"accent" doc:"Its colour, such as #0b6e4f; empty for the program's own."`
	Shown  *accentsJSON `json:"accent_shown" doc:"What the pages make of the colour so that it can be read; null without one."`
	Logo   *string      `json:"logo" doc:"Address of its logo, a PNG; null without one."`
	Host   string       `json:"host" doc:"Where its portal answers; empty at the account's addresses alone."`
}

type accentsJSON struct {
	Light accentJSON `json:"light"`
	Dark  accentJSON `json:"dark"`
}

type accentJSON struct {
	Fill string `json:"fill" doc:"Of buttons, with white text."`
	Ink  string `json:"ink" doc:"Of links."`
	Soft string `json:"soft" doc:"Behind links."`
}

func brandOf(b *dm.Brand) brandJSON {
	j := brandJSON{ID: b.ID, Name: b.Name, Active: b.Active, Accent: b.Accent, Host: b.Host}
	if b.Logo.Hash != "" {
		at := app.LogoPath(b)
		j.Logo = &at
	}
	if a, ok := app.AccentsOf(b.Accent); ok {
		say := func(x app.Accent) accentJSON { return accentJSON{Fill: x.Fill, Ink: x.Ink, Soft: x.Soft} }
		j.Shown = &accentsJSON{Light: say(a.Light), Dark: say(a.Dark)}
	}
	return j
}

type newBrandJSON struct {
	Name string `json:"name" maxLength:"200"`
}

type brandPatchJSON struct {
	Name     maybe[string] `json:"name,omitempty" maxLength:"200"`
	Active   maybe[bool]   `json:"active,omitempty" doc:"An inactive brand takes no new tickets; those it has can be worked on."`
	Accent   maybe[string] `json:"accent,omitempty" maxLength:"20" doc:"A colour such as #0b6e4f; empty for the program's own."`
	Host     maybe[string] `json:"host,omitempty" maxLength:"253" doc:"Where its portal answers; empty for the account's addresses alone."`
	LogoFile maybe[int64]  `json:"logo_file,omitempty" minimum:"0" doc:"A picture that you uploaded as an attachment: PNG, JPEG, GIF or WebP of at most 1 MB, which is drawn anew. 0 takes the logo away."`
}

// brandRoutes are the faces of the account. A brand is turned off, not deleted.
func brandRoutes(a *API) {
	brands := &noun[dm.Brand, brandJSON]{path: "/brands", name: "brand", find: a.app.Brand, say: brandOf}
	brands.pages(a, agents, "Brands by name", a.app.Brands)
	brands.one(a, agents)
	creates(a, brands, permission(dm.InboxesManage), "Make a brand", func(ctx context.Context, c *caller, b *newBrandJSON) error {
		_, err := a.app.CreateBrand(ctx, c.Viewer, b.Name)
		return err
	})
	changes(a, brands, permission(dm.InboxesManage), "Change a brand and its look, or turn it off and on", func(ctx context.Context, c *caller, id int64, b *brandPatchJSON) error {
		return a.app.UpdateBrand(ctx, c.Viewer, id, app.BrandPatch{Name: b.Name.pointer(), Active: b.Active.pointer(),
			Accent: b.Accent.pointer(), Host: b.Host.pointer(), LogoFile: b.LogoFile.pointer()})
	})
}
