package httpapi

import (
	"context"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
	"github.com/deskmesh/deskmesh/internal/app"
)

type ownFieldJSON struct {
	ID       int64           `json:"id"`
	Name     string          `json:"name"`
	Kind     dm.FieldKind    `json:"kind" enum:"text,number,date,choice,checkbox"`
	Options  []string        `json:"options" doc:"What a choice field offers."`
	Required bool            `json:"required" doc:"Must be set when an agent solves the ticket."`
	Active   bool            `json:"active" doc:"A field that is turned off keeps its values and is offered no more."`
	Position int64           `json:"position"`
	Portal   dm.FieldUse     `json:"portal" enum:"none,see,fill,edit" doc:"What requesters may do with it in the portal: nothing, see its value, fill it in when they file a ticket, or change it later too. Each has those before it."`
	Types    []dm.TicketType `json:"types" doc:"The types of ticket in whose form the portal has it; empty for every type."`
}

func ownFieldOf(f *dm.TicketField) ownFieldJSON {
	return ownFieldJSON{ID: f.ID, Name: f.Name, Kind: f.Kind, Options: filled(f.Options), Required: f.Required, Active: f.Active, Position: f.Position, Portal: f.Portal, Types: filled(f.Types)}
}

type newFieldJSON struct {
	Name     string                 `json:"name" maxLength:"100"`
	Kind     dm.FieldKind           `json:"kind" enum:"text,number,date,choice,checkbox" doc:"It stays."`
	Options  maybe[[]string]        `json:"options,omitempty" maxItems:"200"`
	Required maybe[bool]            `json:"required,omitempty"`
	Position maybe[int64]           `json:"position,omitempty" minimum:"0" maximum:"1000000"`
	Portal   maybe[dm.FieldUse]     `json:"portal,omitempty" enum:"none,see,fill,edit"`
	Types    maybe[[]dm.TicketType] `json:"types,omitempty" maxItems:"6"`
}

type fieldPatchJSON struct {
	Name     maybe[string]          `json:"name,omitempty" maxLength:"100"`
	Options  maybe[[]string]        `json:"options,omitempty" maxItems:"200"`
	Required maybe[bool]            `json:"required,omitempty"`
	Active   maybe[bool]            `json:"active,omitempty"`
	Position maybe[int64]           `json:"position,omitempty" minimum:"0" maximum:"1000000"`
	Portal   maybe[dm.FieldUse]     `json:"portal,omitempty" enum:"none,see,fill,edit"`
	Types    maybe[[]dm.TicketType] `json:"types,omitempty" maxItems:"6"`
}

// ticketFieldRoutes are the account's own fields of tickets. A field is turned
// off, not deleted.
func ticketFieldRoutes(a *API) {
	find := func(ctx context.Context, v *access.Viewer, id int64) (*dm.TicketField, error) {
		list, err := a.app.Fields(ctx, v)
		return pick(list, err, "field", func(f *dm.TicketField) bool { return f.ID == id })
	}
	fields := &noun[dm.TicketField, ownFieldJSON]{path: "/ticket-fields", name: "ticket-field", find: find, say: ownFieldOf}
	fields.whole(a, agents, "Own ticket fields by position, those turned off included", a.app.Fields)
	fields.one(a, agents)
	creates(a, fields, permission(dm.FieldsManage), "Make a ticket field", func(ctx context.Context, c *caller, b *newFieldJSON) error {
		_, err := a.app.CreateField(ctx, c.Viewer, app.FieldPatch{Name: &b.Name, Kind: &b.Kind, Options: b.Options.pointer(),
			Required: b.Required.pointer(), Position: b.Position.pointer(), Portal: b.Portal.pointer(), Types: b.Types.pointer()})
		return err
	})
	changes(a, fields, permission(dm.FieldsManage), "Change a ticket field, or turn it off and on", func(ctx context.Context, c *caller, id int64, b *fieldPatchJSON) error {
		return a.app.UpdateField(ctx, c.Viewer, id, app.FieldPatch{Name: b.Name.pointer(), Options: b.Options.pointer(),
			Required: b.Required.pointer(), Active: b.Active.pointer(), Position: b.Position.pointer(), Portal: b.Portal.pointer(), Types: b.Types.pointer()})
	})
}

// pick finds one thing in a list that was read as a whole; NotFound where it is
// not there.
func pick[T any](list []T, err error, name string, is func(*T) bool) (*T, error) {
	if err != nil {
		return nil, err
	}
	for i := range list {
		if is(&list[i]) {
			return &list[i], nil
		}
	}
	return nil, dm.Missing(name)
}
