package httpapi

import (
	"context"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/app"
)

type inboxJSON struct {
	ID             int64         `json:"id"`
	BrandID        int64         `json:"brand_id"`
	Name           string        `json:"name"`
	Address        string        `json:"address"`
	DefaultGroupID orNull[int64] `json:"default_group_id" doc:"The group of new tickets."`
	Active         bool          `json:"active"`
}

func inboxOf(b *dm.Inbox) inboxJSON {
	return inboxJSON{ID: b.ID, BrandID: b.BrandID, Name: b.Name, Address: b.Address, DefaultGroupID: idOrNull(b.DefaultGroupID), Active: b.Active}
}

type newInboxJSON struct {
	BrandID        int64         `json:"brand_id" minimum:"1" doc:"The inbox stays in this brand."`
	Name           string        `json:"name" maxLength:"200"`
	Address        string        `json:"address" maxLength:"320" doc:"The address that mail for the inbox is sent to."`
	DefaultGroupID orNull[int64] `json:"default_group_id,omitempty" minimum:"1"`
}

type inboxPatchJSON struct {
	Name           maybe[string] `json:"name,omitempty" maxLength:"200"`
	Address        maybe[string] `json:"address,omitempty" maxLength:"320"`
	DefaultGroupID orNull[int64] `json:"default_group_id,omitempty" minimum:"1"`
	Active         maybe[bool]   `json:"active,omitempty" doc:"An inactive inbox takes no new tickets; those it has stay."`
}

// inboxRoutes are the places that mail arrives at. An inbox is turned off, not
// deleted.
func inboxRoutes(a *API) {
	inboxes := &noun[dm.Inbox, inboxJSON]{path: "/inboxes", name: "inbox", find: a.app.Inbox, say: inboxOf}
	inboxes.pages(a, agents, "Inboxes by name", a.app.Inboxes)
	inboxes.one(a, agents)
	creates(a, inboxes, permission(dm.InboxesManage), "Make an inbox", func(ctx context.Context, c *caller, b *newInboxJSON) error {
		_, err := a.app.CreateInbox(ctx, c.Viewer, app.InboxPatch{BrandID: &b.BrandID, Name: &b.Name, Address: &b.Address, DefaultGroupID: b.DefaultGroupID.id()})
		return err
	})
	changes(a, inboxes, permission(dm.InboxesManage), "Change an inbox, or turn it off and on", func(ctx context.Context, c *caller, id int64, b *inboxPatchJSON) error {
		return a.app.UpdateInbox(ctx, c.Viewer, id, app.InboxPatch{Name: b.Name.pointer(), Address: b.Address.pointer(),
			DefaultGroupID: b.DefaultGroupID.id(), Active: b.Active.pointer()})
	})
}
