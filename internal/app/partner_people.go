package app

import (
	"context"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
	"github.com/deskmesh/deskmesh/internal/store"
)

// PartnerPersonView is somebody of a partner, with the name of whom somebody has
// said they are.
type PartnerPersonView struct {
	dm.PartnerPerson
	Person dm.PersonRef // zero: nobody
}

// PartnerPeople lists people of a partner by id, above after. It needs
// partners.manage.
func (a *App) PartnerPeople(ctx context.Context, v *access.Viewer, partner, after int64, limit int) ([]PartnerPersonView, error) {
	if err := require(v, dm.PartnersManage); err != nil {
		return nil, err
	}
	return fetch(ctx, a, func(tx *store.Tx) ([]PartnerPersonView, error) {
		if _, err := tx.Partner(v.Account(), partner); err != nil {
			return nil, err
		}
		list, err := tx.PartnerPeople(v.Account(), partner, after, limit)
		if err != nil {
			return nil, err
		}
		return viewPartnerPeople(tx, v.Account(), list)
	})
}

// PartnerPerson reads one of them. It needs partners.manage.
func (a *App) PartnerPerson(ctx context.Context, v *access.Viewer, partner, id int64) (*PartnerPersonView, error) {
	if err := require(v, dm.PartnersManage); err != nil {
		return nil, err
	}
	return fetch(ctx, a, func(tx *store.Tx) (*PartnerPersonView, error) {
		p, err := tx.PartnerPerson(v.Account(), partner, id)
		if err != nil {
			return nil, err
		}
		views, err := viewPartnerPeople(tx, v.Account(), []dm.PartnerPerson{*p})
		if err != nil {
			return nil, err
		}
		return &views[0], nil
	})
}

func viewPartnerPeople(tx *store.Tx, account int64, list []dm.PartnerPerson) ([]PartnerPersonView, error) {
	ids := make([]int64, 0, len(list))
	for _, p := range list {
		ids = append(ids, p.PersonID)
	}
	people, err := tx.PeopleRefs(account, distinct(ids))
	views := make([]PartnerPersonView, len(list))
	for i, p := range list {
		views[i] = PartnerPersonView{PartnerPerson: p, Person: people[p.PersonID]}
	}
	return views, err
}

// LinkPartnerPerson says who of the account somebody of a partner is; 0 nobody.
// It is a note for people who look: it gives no rights and merges nothing. It
// needs partners.manage.
func (a *App) LinkPartnerPerson(ctx context.Context, v *access.Viewer, partner, id, person int64) error {
	return a.administer(ctx, v, dm.PartnersManage, func(t *act) error {
		if _, err := t.tx.Partner(t.account, partner); err != nil {
			return err
		}
		p, err := t.tx.PartnerPerson(t.account, partner, id)
		if err != nil || p.PersonID == person {
			return err
		}
		if person != 0 {
			if _, err := t.tx.Person(t.account, person); dm.CodeOf(err) == dm.NotFound {
				return dm.BadField("person_id", "There is no such person.")
			} else if err != nil {
				return err
			}
		}
		if err := t.tx.LinkPartnerPerson(t.account, id, person); err != nil {
			return err
		}
		t.changedID("partner_person", 0, id)
		t.changedID("person", p.PersonID, person)
		return t.log("partner.person_linked", "partner", partner)
	})
}

// PartnerFields lists the fields that a partner has sent, and what became of
// their values. It needs partners.manage.
func (a *App) PartnerFields(ctx context.Context, v *access.Viewer, partner int64) ([]dm.PartnerField, error) {
	if err := require(v, dm.PartnersManage); err != nil {
		return nil, err
	}
	return fetch(ctx, a, func(tx *store.Tx) ([]dm.PartnerField, error) {
		if _, err := tx.Partner(v.Account(), partner); err != nil {
			return nil, err
		}
		return tx.PartnerFields(v.Account(), partner)
	})
}
