package app

import (
	"context"
	"maps"
	"slices"
	"strconv"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
	"github.com/deskmesh/deskmesh/internal/store"
)

// This file is what requesters see of the account's own fields, and fill in.

// PortalField is an own field as a requester sees it.
type PortalField struct {
	dm.TicketField
	Value    string // "" for none
	Editable bool
}

// PortalFields lists the fields that requesters fill in when they file a ticket,
// in their order; each says in which types' forms it is.
func (a *App) PortalFields(ctx context.Context, v *access.Viewer) ([]dm.TicketField, error) {
	dir, err := a.directory(ctx, v.Account())
	if err != nil {
		return nil, err
	}
	return portalFieldsOf(dir, (*dm.TicketField).Filled), nil
}

// portalFieldsOf lists the active fields that requesters may do something with, by
// their position.
func portalFieldsOf(dir *store.Directory, use func(*dm.TicketField) bool) []dm.TicketField {
	var list []dm.TicketField
	for _, id := range sortedKeys(dir.Fields) {
		if f := dir.Fields[id]; f.Active && use(&f) {
			list = append(list, f)
		}
	}
	slices.SortStableFunc(list, func(x, y dm.TicketField) int { return int(x.Position - y.Position) })
	return list
}

// addPortalFields adds the fields that a requester sees in a ticket.
func addPortalFields(tx *store.Tx, dir *store.Directory, v *access.Viewer, f *store.Found, out *PortalTicket) error {
	seen := portalFieldsOf(dir, (*dm.TicketField).Seen)
	if len(seen) == 0 {
		return nil
	}
	t := f.Ticket
	if err := tx.LoadDetails(v.Account(), &t); err != nil {
		return err
	}
	for i := range seen {
		p := PortalField{TicketField: seen[i], Editable: out.Offers.Details && seen[i].Edited() && seen[i].In(f.Ticket.Type)}
		for _, value := range t.Fields {
			if value.FieldID == p.ID {
				p.Value = value.Value
			}
		}
		if p.Value != "" || p.Editable {
			out.Fields = append(out.Fields, p)
		}
	}
	return nil
}

// patchPortalFields sets the own fields that a requester may: when they file the
// ticket those of its type's form, of which the required ones must be filled in,
// and later those that requesters may change. Others do not exist for them.
func (w *work) patchPortalFields(p *dm.TicketPatch) error {
	if !w.created && len(p.Fields) == 0 {
		return nil
	}
	may := (*dm.TicketField).Filled
	if !w.created {
		if err := w.need(access.Details); err != nil {
			return err
		}
		may = (*dm.TicketField).Edited
	}
	var faults []dm.Fault
	form := portalFieldsOf(w.dir, may)
	for _, id := range sortedKeys(p.Fields) {
		if !slices.ContainsFunc(form, func(f dm.TicketField) bool { return f.ID == id && f.In(w.t.Type) }) {
			return dm.BadField("fields."+idText(id), "There is no such field.")
		}
	}
	for i := range form {
		value, given := p.Fields[form[i].ID]
		if form[i].Required && form[i].In(w.t.Type) && (w.created || given) && value == nil && w.ch.Via == dm.ViaPortal {
			faults = append(faults, dm.Fault{Field: "fields." + idText(form[i].ID), Message: form[i].Name + " must be filled in."})
		}
	}
	if len(faults) > 0 {
		return &dm.Error{Code: dm.Invalid, Public: "Some fields must be filled in first.", Faults: faults}
	}
	if len(p.Fields) == 0 {
		return nil
	}
	return w.setFields(p)
}

// patchPortal checks what requesters may do with a field, and in which forms it is.
func (t *act) patchPortal(f *dm.TicketField, p *FieldPatch) {
	old := *f
	if p.Portal != nil {
		f.Portal = oneOf(&t.faults, "portal", *p.Portal, dm.FieldUses...)
	}
	if p.Types != nil {
		f.Types = nil
		for i, kind := range *p.Types {
			if !slices.Contains(dm.TicketTypes, kind) {
				t.faults.add("types["+strconv.Itoa(i)+"]", "There is no such type of ticket.")
			} else if !slices.Contains(f.Types, kind) {
				f.Types = append(f.Types, kind)
			}
		}
	}
	t.changed("portal", string(old.Portal), string(f.Portal))
	t.changed("types", typeNames(old.Types), typeNames(f.Types))
}

func typeNames(types []dm.TicketType) string {
	names := map[string]bool{}
	for _, kind := range types {
		names[string(kind)] = true
	}
	return joinTexts(slices.Sorted(maps.Keys(names)))
}
