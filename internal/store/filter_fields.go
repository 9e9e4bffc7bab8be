package store

import (
	"cmp"
	"slices"
	"strconv"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
)

// ConditionFields lists what the viewer can filter by: for agents everything,
// the account's active own fields last, for requesters what they see.
func (d *Directory) ConditionFields(v *access.Viewer) []dm.ConditionField {
	agent := v.IsAgent() || v.IsSystem()
	var list []dm.ConditionField
	for _, f := range dm.ConditionFields {
		if agent || f.Requesters {
			list = append(list, f)
		}
	}
	if !agent {
		return list
	}
	var own []dm.TicketField
	for _, f := range d.Fields {
		if f.Active {
			own = append(own, f)
		}
	}
	slices.SortFunc(own, func(a, b dm.TicketField) int {
		return cmp.Or(cmp.Compare(a.Position, b.Position), cmp.Compare(a.ID, b.ID))
	})
	for i := range own {
		list = append(list, own[i].ConditionField(dm.OwnFieldPrefix+strconv.FormatInt(own[i].ID, 10)))
	}
	return list
}

// Choice is one value to choose for a condition.
type Choice struct {
	ID   int64
	Name string
}

// maxChoices bounds what Choices gives.
const maxChoices = 1000

// Choices lists, by name, the groups, inboxes, brands, departments, own statuses
// or partners that a condition on a field can name; nothing for other types, and
// at most maxChoices. An agreement goes one way, so that each is a choice of one of
// the two fields about partners alone.
func (d *Directory) Choices(f *dm.ConditionField) []Choice {
	var list []Choice
	switch f.Type {
	case dm.GroupField:
		for id, g := range d.Groups {
			list = append(list, Choice{id, g.Name})
		}
	case dm.InboxField:
		for id, b := range d.Inboxes {
			list = append(list, Choice{id, b.Name})
		}
	case dm.BrandField:
		for id, b := range d.Brands {
			list = append(list, Choice{id, b.Name})
		}
	case dm.DepartmentField:
		for id, x := range d.Depts {
			list = append(list, Choice{id, x.Name})
		}
	case dm.PartnersField:
		for id, p := range d.Partners {
			// Of an invitation that nobody has answered only those know who keep partners.
			ours := p.Direction == dm.PartnerOutbound
			if p.DeletedAt == 0 && p.Status != dm.PartnerDeclined && (ours || p.Status != dm.PartnerPending) && ours == (f.Key == dm.FieldKeyPartnerTo) {
				list = append(list, Choice{id, p.Label()})
			}
		}
	case dm.StatusField:
		for id, s := range d.Statuses {
			list = append(list, Choice{id, s.Name})
		}
	}
	slices.SortFunc(list, func(a, b Choice) int {
		return cmp.Or(cmp.Compare(Fold(a.Name), Fold(b.Name)), cmp.Compare(a.ID, b.ID))
	})
	return list[:min(len(list), maxChoices)]
}
