package oracletest

import (
	"fmt"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/oracle"
	"github.com/deskmesh/deskmesh/internal/store"
)

// play makes a step in the oracle's world and in the store. Whatever the store
// does to an update time on the way is told to the oracle by a further step.
func (d *desk) play(s oracle.Step) (err error) {
	defer func() {
		// A step of a world that was made smaller may name what is gone.
		if p := recover(); p != nil {
			err = fmt.Errorf("play %s: %v", s, p)
		}
	}()
	had := d.hasShare(s)
	s.Apply(d.world)
	d.now.Store(d.world.Now)
	if s.Kind != oracle.StepClock {
		a, r := d.world.Account(s.Account), d.real[s.Account]
		err = d.at(d.world.Now, func(tx *store.Tx) error { return d.store(tx, a, r, s, had) })
	}
	d.changed()
	if err != nil {
		return fmt.Errorf("play %s: %w", s, err)
	}
	return nil
}

// hasShare says whether the share of a step is in the world already.
func (d *desk) hasShare(s oracle.Step) bool {
	if s.Kind != oracle.StepShare {
		return false
	}
	return d.world.Account(s.Account).Ticket(s.Ticket).Share(s.New.ID) != nil
}

func (d *desk) store(tx *store.Tx, a *oracle.Account, r *realAccount, s oracle.Step, had bool) error {
	switch s.Kind {
	case oracle.StepScope, oracle.StepBrands, oracle.StepInboxes, oracle.StepPermissions, oracle.StepActive, oracle.StepDeletePers:
		return d.storePerson(tx, r, a.Person(s.Person), s.Kind)
	case oracle.StepMember:
		person := []int64{r.people[s.Person]}
		if s.On {
			return tx.ChangeMembers(r.id, r.groups[s.Group], person, nil)
		}
		return tx.ChangeMembers(r.id, r.groups[s.Group], nil, person)
	case oracle.StepDeleteGroup:
		return d.deleteGroup(tx, r, s.Group)
	case oracle.StepBrandActive:
		return d.storeBrand(tx, r, *a.Brand(s.Brand))
	case oracle.StepSettings:
		// The oracle knows nothing of this one: it turns with the others.
		r.searchable = !r.searchable
		return d.storeSettings(tx, a, r)
	case oracle.StepShare:
		if t := a.Ticket(s.Ticket); !had && t.Share(s.New.ID) != nil {
			return d.shareAgain(tx, r, t, *t.Share(s.New.ID))
		}
		return nil
	case oracle.StepUnshare:
		_, err := tx.EndShare(r.id, d.share(r, a.Ticket(s.Ticket), *a.Ticket(s.Ticket).Share(s.Share)), 0, "revoked")
		return err
	case oracle.StepTerms, oracle.StepExpiry:
		return tx.UpdateShare(r.id, d.share(r, a.Ticket(s.Ticket), *a.Ticket(s.Ticket).Share(s.Share)))
	default:
		return d.storeChange(tx, r, a.Ticket(s.Ticket), s)
	}
}

func (d *desk) storePerson(tx *store.Tx, r *realAccount, p *oracle.Person, what oracle.StepKind) error {
	id := r.people[p.ID]
	switch what {
	case oracle.StepActive:
		return tx.SetPersonActive(r.id, id, p.Active)
	case oracle.StepDeletePers:
		return tx.ErasePerson(r.id, id)
	case oracle.StepPermissions:
		for i, permissions := range halves(p.Permissions) {
			if err := tx.SaveRole(r.id, &dm.Role{ID: r.roles[p.ID][i], Name: fmt.Sprintf("Role %d of %d", i, p.ID), Permissions: permissions}); err != nil {
				return err
			}
		}
		return nil
	}
	person, err := tx.Person(r.id, id)
	if err != nil {
		return err
	}
	person.Scope, person.AllBrands, person.AllInboxes = dm.TicketScope(p.Scope), p.AllBrands, p.AllInboxes
	if err := tx.SavePerson(r.id, person); err != nil {
		return err
	}
	switch what {
	case oracle.StepBrands:
		return tx.SetPersonBrands(r.id, id, each(r.brands, p.Brands))
	case oracle.StepInboxes:
		return tx.SetPersonInboxes(r.id, id, each(r.inboxes, p.Inboxes))
	}
	return nil
}

func (d *desk) deleteGroup(tx *store.Tx, r *realAccount, group int64) error {
	if err := tx.DeleteGroup(r.id, r.groups[group]); err != nil {
		return err
	}
	items, err := tx.SharesOfGroup(r.id, r.groups[group], 1000)
	if err != nil {
		return err
	}
	for _, it := range items {
		if _, err := tx.EndShare(r.id, &dm.Share{ID: it.Share, TicketID: it.Ticket}, 0, "group deleted"); err != nil {
			return err
		}
	}
	return nil
}

// shareAgain stores a new share. One with the same target that has expired, but
// that nobody swept, is ended first.
func (d *desk) shareAgain(tx *store.Tx, r *realAccount, t *oracle.Ticket, s oracle.Share) error {
	old, err := tx.UnsweptShares(r.id, r.tickets[t.ID].id)
	if err != nil {
		return err
	}
	for i := range old {
		if old[i].Target == d.target(r, s.TargetKind, s.Target) {
			if _, err := tx.EndShare(r.id, &old[i], 0, "expired"); err != nil {
				return err
			}
		}
	}
	return d.storeShare(tx, r, t, s)
}

// storeChange stores a change of a ticket's own columns or CCs.
func (d *desk) storeChange(tx *store.Tx, r *realAccount, t *oracle.Ticket, s oracle.Step) error {
	f, err := tx.LockTicketByID(system(r), r.tickets[t.ID].id)
	if err != nil {
		return err
	}
	if s.Kind == oracle.StepCC {
		return tx.SetCCs(r.id, &f.Ticket, each(r.people, t.CCs))
	}
	old := f.Ticket
	if err := tx.TouchTicket(r.id, &old, d.inState(r, t, &f.Ticket)); err != nil {
		return err
	}
	oracle.Step{Kind: oracle.StepTouch, Account: s.Account, Ticket: s.Ticket}.Apply(d.world)
	return nil
}
