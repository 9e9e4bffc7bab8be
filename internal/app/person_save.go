package app

import (
	"slices"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/store"
)

// write saves the person as it will be.
func (c *personChange) write() error {
	if err := c.writeRow(); err != nil {
		return err
	}
	if err := c.writeAddresses(); err != nil {
		return err
	}
	if err := c.writeLists(); err != nil {
		return err
	}
	if c.next.Active != (c.old.Active || c.created) {
		if err := c.tx.SetPersonActive(c.account, c.next.ID, c.next.Active); err != nil {
			return err
		}
	}
	if c.lostReach() {
		if err := c.app.unassignLost(c.tx, c.account, c.next.ID); err != nil {
			return err
		}
	}
	if c.created {
		return nil
	}
	if c.next.Name != c.old.Name || c.next.Address != c.old.Address {
		if err := reindexLater(c.tx, c.account, c.next.ID); err != nil {
			return err
		}
	}
	return c.keepOwnerOf()
}

func (c *personChange) writeRow() (err error) {
	if c.created {
		c.next.ID, err = c.tx.CreatePerson(c.account, &c.next)
		return err
	}
	if c.next.Preferences != c.old.Preferences {
		if err := c.tx.SetPreferences(c.account, c.next.ID, c.next.Preferences); err != nil {
			return err
		}
	}
	if *c.patch == (PersonPatch{Preferences: c.patch.Preferences}) {
		return nil // whose rights are the same
	}
	return c.tx.SavePerson(c.account, &c.next)
}

// writeAddresses takes away first, so that an address can change its place.
func (c *personChange) writeAddresses() error {
	others := c.next.Others
	if c.patch.Others != nil {
		gone := difference(foldAll(c.old.Others), foldAll(others))
		for _, address := range gone {
			if address == store.Fold(c.next.Address) {
				continue // becomes the primary one below
			}
			if err := c.tx.RemoveAddress(c.account, c.next.ID, address); err != nil {
				return err
			}
		}
	}
	moved := !c.created && c.next.Address != c.old.Address
	if moved {
		if err := c.tx.SetPrimaryAddress(c.account, c.next.ID, c.next.Address); err != nil {
			return err
		}
	}
	if c.patch.Others == nil {
		return nil
	}
	have := append(foldAll(c.old.Others), store.Fold(c.next.Address))
	if moved {
		old := store.Fold(c.old.Address)
		if !slices.Contains(foldAll(others), old) && old != store.Fold(c.next.Address) {
			if err := c.tx.RemoveAddress(c.account, c.next.ID, old); err != nil {
				return err
			}
		}
		have = append(have, old)
	}
	for _, address := range others {
		if folded := store.Fold(address); !slices.Contains(have, folded) {
			if err := c.tx.AddAddress(c.account, c.next.ID, address); err != nil {
				return err
			}
			have = append(have, folded)
		}
	}
	return nil
}

func foldAll(list []string) []string {
	folded := make([]string, len(list))
	for i, s := range list {
		folded[i] = store.Fold(s)
	}
	return folded
}

func (c *personChange) writeLists() error {
	for _, l := range []struct {
		old, next []int64
		set       func(account, person int64, ids []int64) error
	}{
		{c.old.Brands, c.next.Brands, c.tx.SetPersonBrands},
		{c.old.Inboxes, c.next.Inboxes, c.tx.SetPersonInboxes},
		{c.old.Roles, c.next.Roles, c.tx.SetPersonRoles},
		{c.old.Groups, c.next.Groups, c.tx.SetPersonGroups},
	} {
		if slices.Equal(l.old, l.next) {
			continue
		}
		if err := l.set(c.account, c.next.ID, l.next); err != nil {
			return err
		}
	}
	return nil
}

// lostReach says whether an agent may have lost an inbox or a brand: tickets
// assigned to them there are unassigned (decision Q18).
func (c *personChange) lostReach() bool {
	if c.created || c.old.Kind != dm.Agent {
		return false
	}
	lost := func(oldAll, nextAll bool, old, next []int64) bool {
		return !nextAll && (oldAll || len(difference(old, next)) > 0)
	}
	return lost(c.old.AllBrands, c.next.AllBrands, c.old.Brands, c.next.Brands) ||
		lost(c.old.AllInboxes, c.next.AllInboxes, c.old.Inboxes, c.next.Inboxes)
}

// keepOwnerOf asks for another owner where this person can have been the last.
func (c *personChange) keepOwnerOf() error {
	if c.next.Active == c.old.Active && slices.Equal(c.next.Roles, c.old.Roles) {
		return nil
	}
	return c.keepOwner()
}

// describe notes for the log what has changed: values of what decides about
// rights, and only the names of fields that hold what people are called.
func (c *personChange) describe() {
	o, n := &c.old, &c.next
	if o.Name != n.Name {
		c.touched("name")
	}
	if o.Address != n.Address {
		c.touched("address")
	}
	if c.patch.Others != nil && !slices.Equal(o.Others, n.Others) {
		c.touched("others")
	}
	if o.Language != n.Language {
		c.touched("language")
	}
	c.changed("kind", string(o.Kind), string(n.Kind))
	c.changed("scope", string(o.Scope), string(n.Scope))
	c.changedFlag("all_brands", o.AllBrands, n.AllBrands)
	c.changedIDs("brands", o.Brands, n.Brands)
	c.changedFlag("all_inboxes", o.AllInboxes, n.AllInboxes)
	c.changedIDs("inboxes", o.Inboxes, n.Inboxes)
	c.changedIDs("roles", o.Roles, n.Roles)
	c.changedIDs("groups", o.Groups, n.Groups)
	c.changedID("department_id", o.DepartmentID, n.DepartmentID)
	c.changed("department_tickets", string(o.Sight.Tickets), string(n.Sight.Tickets))
	c.changed("department_changes", string(o.Sight.Changes), string(n.Sight.Changes))
	c.changedID("company_id", o.CompanyID, n.CompanyID)
	c.changedFlag("active", o.Active, n.Active)
}
