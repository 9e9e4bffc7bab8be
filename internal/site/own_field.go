package site

import (
	"slices"
	"strconv"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/app"
)

// ownField is one of the account's own fields in a form.
type ownField struct {
	dm.TicketField
	Value, Fault string
}

func (f *ownField) input() string { return "field-" + strconv.FormatInt(f.ID, 10) }

// editable lists the own fields that the reader of a ticket may change.
func editable(t *app.PortalTicket) []ownField {
	var list []ownField
	for i := range t.Fields {
		if f := &t.Fields[i]; f.Editable {
			list = append(list, ownField{TicketField: f.TicketField, Value: f.Value})
		}
	}
	return list
}

// typedFields reads what was typed into own fields; one that is empty is cleared.
func typedFields(list []ownField, in *sent) map[int64]*string {
	set := map[int64]*string{}
	for i := range list {
		f := &list[i]
		f.Value = in.text(f.input())
		if set[f.ID] = nil; f.Value != "" {
			set[f.ID] = &f.Value
		}
	}
	return set
}

// blameFields says at each own field what is wrong with it, and whether any is.
func (v *visit) blameFields(list []ownField, err error) bool {
	blamed := false
	for _, field := range faultyFields(err) {
		at := slices.IndexFunc(list, func(f ownField) bool { return "fields."+strconv.FormatInt(f.ID, 10) == field })
		if at < 0 {
			continue
		}
		blamed = true
		if f := &list[at]; f.Value == "" {
			f.Fault = v.t("site.setup.missing")
		} else {
			f.Fault = v.t("site.field.fault." + string(f.Kind))
		}
	}
	return blamed
}

// FieldValue puts the value of an own field in words.
func (f *frame) FieldValue(o app.PortalField) string {
	switch {
	case o.Kind == dm.FieldCheckbox && o.Value == "true":
		return f.T("site.field.yes")
	case o.Kind == dm.FieldCheckbox:
		return f.T("site.field.no")
	case o.Kind == dm.FieldDate:
		return f.clock.day(o.Value)
	}
	return o.Value
}
