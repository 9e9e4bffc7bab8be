package app

import (
	"context"
	"slices"
	"strconv"
	"unicode/utf8"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
	"github.com/deskmesh/deskmesh/internal/store"
)

// FieldPatch sets the properties of an own ticket field; nil leaves a value as
// it is. The kind is chosen when the field is made and stays.
type FieldPatch struct {
	Name     *string
	Kind     *dm.FieldKind
	Options  *[]string // of a choice field
	Required *bool
	Active   *bool
	Position *int64
	Portal   *dm.FieldUse     // what requesters may do with it
	Types    *[]dm.TicketType // in whose form the portal has it; none for every type
}

// Limits of own fields and statuses.
const (
	maxFieldName    = 100
	maxFields       = 200 // active ones
	maxOptions      = 200
	maxOptionLength = 200
	maxOptionsBytes = 18000 // of all options together
	maxStatuses     = 200
)

// Fields lists the account's ticket fields by position. Every agent may read
// them.
func (a *App) Fields(ctx context.Context, v *access.Viewer) ([]dm.TicketField, error) {
	if err := requireAgent(v); err != nil {
		return nil, err
	}
	return fetch(ctx, a, func(tx *store.Tx) ([]dm.TicketField, error) { return tx.TicketFields(v.Account()) })
}

// CreateField makes an own ticket field and gives its id. It needs
// fields.manage. Conflict when an active field has the name.
func (a *App) CreateField(ctx context.Context, v *access.Viewer, p FieldPatch) (int64, error) {
	var id int64
	err := a.administer(ctx, v, dm.FieldsManage, func(t *act) error {
		f := &dm.TicketField{Active: true, Portal: dm.FieldHidden}
		if p.Name == nil {
			p.Name = &f.Name
		}
		if p.Kind == nil {
			p.Kind = &f.Kind
		}
		f.Kind = oneOf(&t.faults, "kind", *p.Kind, dm.FieldText, dm.FieldNumber, dm.FieldDate, dm.FieldChoice, dm.FieldCheckbox)
		if p.Active != nil && !*p.Active {
			t.faults.add("active", "A new field is active.")
		}
		if f.Kind == dm.FieldChoice && p.Options == nil {
			t.faults.add("options", "A choice field needs options.")
		}
		if err := t.patchField(f, &p); err != nil {
			return err
		}
		if err := t.roomForField(); err != nil {
			return err
		}
		var err error
		if id, err = t.tx.CreateTicketField(t.account, f); err != nil {
			return err
		}
		return t.log("field.created", "field", id)
	})
	return id, err
}

// UpdateField changes an own ticket field. It needs fields.manage. A field that
// is turned off keeps its values on tickets and is offered no more.
func (a *App) UpdateField(ctx context.Context, v *access.Viewer, id int64, p FieldPatch) error {
	return a.administer(ctx, v, dm.FieldsManage, func(t *act) error {
		f, err := t.tx.TicketField(t.account, id)
		if err != nil {
			return err
		}
		was := f.Active
		if p.Kind != nil && *p.Kind != f.Kind {
			t.faults.add("kind", "A field keeps its kind. Make a new one and turn this one off.")
		}
		if err := t.patchField(f, &p); err != nil || len(t.changes) == 0 {
			return err
		}
		if f.Active && !was {
			if err := t.roomForField(); err != nil {
				return err
			}
		}
		if err := t.tx.SaveTicketField(t.account, f); err != nil {
			return err
		}
		return t.log("field.updated", "field", id)
	})
}

func (t *act) roomForField() error {
	fields, err := t.tx.TicketFields(t.account)
	if err != nil {
		return err
	}
	active := 0
	for i := range fields {
		if fields[i].Active {
			active++
		}
	}
	if active >= maxFields {
		return dm.Errorf(dm.Conflict, "An account has at most %d active fields.", maxFields).With("cap")
	}
	return nil
}

func (t *act) patchField(f *dm.TicketField, p *FieldPatch) error {
	old := *f
	if p.Name != nil {
		f.Name = t.faults.name("name", *p.Name, maxFieldName)
	}
	if p.Options != nil {
		f.Options = t.options(f.Kind, *p.Options)
	}
	if p.Required != nil {
		f.Required = *p.Required
	}
	if p.Active != nil {
		f.Active = *p.Active
	}
	if p.Position != nil {
		f.Position = *p.Position
		if f.Position < 0 || f.Position > 1_000_000 {
			t.faults.add("position", "This is a whole number from 0 to 1000000.")
		}
	}
	t.patchPortal(f, p)
	t.changed("name", old.Name, f.Name)
	if !slices.Equal(old.Options, f.Options) {
		t.changed("options", joinTexts(old.Options), joinTexts(f.Options))
	}
	t.changedFlag("required", old.Required, f.Required)
	t.changedFlag("active", old.Active, f.Active)
	t.changedID("position", old.Position, f.Position)
	return t.faults.err()
}

// options checks the choices of a choice field.
func (t *act) options(kind dm.FieldKind, list []string) []string {
	f := &t.faults
	switch {
	case kind != dm.FieldChoice && len(list) > 0:
		f.add("options", "Only a choice field has options.")
		return nil
	case kind == dm.FieldChoice && len(list) == 0:
		f.add("options", "A choice field needs options.")
	case len(list) > maxOptions:
		f.add("options", "A field may have at most %d options.", maxOptions)
		return nil
	}
	size, seen, clean := 0, map[string]bool{}, make([]string, 0, len(list))
	for i, option := range list {
		at := "options[" + strconv.Itoa(i) + "]"
		option = f.name(at, option, maxOptionLength)
		if folded := store.Fold(option); seen[folded] {
			f.add(at, "This option is there twice.")
		} else {
			seen[folded] = true
		}
		size += utf8.RuneCountInString(option) + 8
		clean = append(clean, option)
	}
	if size > maxOptionsBytes {
		f.add("options", "The options are too long together.")
	}
	return clean
}

// Statuses lists the account's own ticket statuses. Every agent may read them.
func (a *App) Statuses(ctx context.Context, v *access.Viewer) ([]dm.TicketStatus, error) {
	if err := requireAgent(v); err != nil {
		return nil, err
	}
	return fetch(ctx, a, func(tx *store.Tx) ([]dm.TicketStatus, error) { return tx.TicketStatuses(v.Account()) })
}

// CreateStatus makes an own ticket status that stands for a built-in one, and
// gives its id. It needs fields.manage. Conflict when the name is taken.
func (a *App) CreateStatus(ctx context.Context, v *access.Viewer, name string, status dm.Status) (int64, error) {
	var id int64
	err := a.administer(ctx, v, dm.FieldsManage, func(t *act) error {
		s := &dm.TicketStatus{Name: t.faults.name("name", name, maxFieldName), Status: oneOf(&t.faults, "status", status, dm.Statuses...)}
		if err := t.faults.err(); err != nil {
			return err
		}
		all, err := t.tx.TicketStatuses(t.account)
		if err != nil {
			return err
		}
		if len(all) >= maxStatuses {
			return dm.Errorf(dm.Conflict, "An account has at most %d own statuses.", maxStatuses).With("cap")
		}
		if id, err = t.tx.CreateTicketStatus(t.account, s); err != nil {
			return err
		}
		t.changed("name", "", s.Name)
		t.changed("status", "", string(s.Status))
		return t.log("status.created", "status", id)
	})
	return id, err
}

// RenameStatus gives an own ticket status another name. It needs fields.manage.
func (a *App) RenameStatus(ctx context.Context, v *access.Viewer, id int64, name string) error {
	return a.administer(ctx, v, dm.FieldsManage, func(t *act) error {
		s, err := t.tx.TicketStatus(t.account, id)
		if err != nil {
			return err
		}
		old := s.Name
		s.Name = t.faults.name("name", name, maxFieldName)
		if err := t.faults.err(); err != nil || s.Name == old {
			return err
		}
		t.changed("name", old, s.Name)
		if err := t.tx.SaveTicketStatus(t.account, s); err != nil {
			return err
		}
		return t.log("status.updated", "status", id)
	})
}

// DeleteStatus deletes an own ticket status. Tickets that have it keep the
// built-in one it stood for. It needs fields.manage.
func (a *App) DeleteStatus(ctx context.Context, v *access.Viewer, id int64) error {
	return a.administer(ctx, v, dm.FieldsManage, func(t *act) error {
		if err := t.tx.DeleteTicketStatus(t.account, id); err != nil {
			return err
		}
		return t.log("status.deleted", "status", id)
	})
}
