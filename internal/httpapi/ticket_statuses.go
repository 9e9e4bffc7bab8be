package httpapi

import (
	"context"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
)

type ownStatusJSON struct {
	ID     int64     `json:"id"`
	Name   string    `json:"name"`
	Status dm.Status `json:"status" enum:"new,open,pending,on_hold,solved,closed" doc:"The built-in status that it stands for."`
}

type newStatusJSON struct {
	Name   string    `json:"name" maxLength:"100"`
	Status dm.Status `json:"status" enum:"new,open,pending,on_hold,solved,closed" doc:"It stays."`
}

type statusPatchJSON struct {
	Name maybe[string] `json:"name,omitempty" maxLength:"100"`
}

// ticketStatusRoutes are the account's own names for states of tickets.
func ticketStatusRoutes(a *API) {
	find := func(ctx context.Context, v *access.Viewer, id int64) (*dm.TicketStatus, error) {
		list, err := a.app.Statuses(ctx, v)
		return pick(list, err, "status", func(s *dm.TicketStatus) bool { return s.ID == id })
	}
	statuses := &noun[dm.TicketStatus, ownStatusJSON]{path: "/ticket-statuses", name: "ticket-status", find: find,
		say: func(s *dm.TicketStatus) ownStatusJSON {
			return ownStatusJSON{ID: s.ID, Name: s.Name, Status: s.Status}
		}}
	statuses.whole(a, agents, "Own ticket statuses", a.app.Statuses)
	statuses.one(a, agents)
	creates(a, statuses, permission(dm.FieldsManage), "Make a ticket status", func(ctx context.Context, c *caller, b *newStatusJSON) error {
		_, err := a.app.CreateStatus(ctx, c.Viewer, b.Name, b.Status)
		return err
	})
	changes(a, statuses, permission(dm.FieldsManage), "Rename a ticket status", func(ctx context.Context, c *caller, id int64, b *statusPatchJSON) error {
		if name := b.Name.pointer(); name != nil {
			return a.app.RenameStatus(ctx, c.Viewer, id, *name)
		}
		return nil
	})
	statuses.deletes(a, permission(dm.FieldsManage), "Delete a ticket status; its tickets keep the built-in one", a.app.DeleteStatus)
}
