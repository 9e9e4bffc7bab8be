package app

import (
	"slices"
	"strconv"

	dm "github.com/deskmesh/deskmesh"
)

// personChange is one person being made or changed.
type personChange struct {
	*act
	patch   *PersonPatch
	created bool
	old     dm.Person // as it was
	next    dm.Person // as it will be
}

// run checks everything, reports every fault at once, and writes.
func (c *personChange) run() error {
	if err := c.check(); err != nil {
		return err
	}
	if err := c.write(); err != nil {
		return err
	}
	c.describe()
	if c.created {
		return c.log("person.created", "person", c.next.ID)
	}
	if len(c.changes) == 0 {
		return nil
	}
	return c.log("person.updated", "person", c.next.ID)
}

// check applies the patch and refuses what is wrong with it; nothing is written.
func (c *personChange) check() error {
	for _, check := range []func() error{c.checkKind, c.checkOwn, c.checkText, c.checkPreferences, c.checkReach, c.checkPlaces, c.checkRoles, c.checkGroups} {
		if err := check(); err != nil {
			return err
		}
	}
	return c.faults.err()
}

func (c *personChange) checkKind() error {
	p := c.patch
	if p.Kind != nil {
		c.next.Kind = oneOf(&c.faults, "kind", *p.Kind, dm.Agent, dm.Requester)
		if c.old.Kind == dm.Agent && c.next.Kind == dm.Requester {
			c.faults.add("kind", "An agent cannot become a requester. Deactivate them instead.")
		}
	} else if c.created {
		c.faults.add("kind", "Say whether this is an agent or a requester.")
	}
	if c.next.Kind == dm.Requester {
		for _, given := range []struct {
			field string
			is    bool
		}{
			{"scope", p.Scope != nil}, {"all_brands", p.AllBrands != nil}, {"brands", p.Brands != nil}, {"all_inboxes", p.AllInboxes != nil},
			{"inboxes", p.Inboxes != nil}, {"roles", p.Roles != nil}, {"groups", p.Groups != nil},
		} {
			if given.is {
				c.faults.add(given.field, "Only agents have this.")
			}
		}
	}
	if c.created || c.next.Kind == c.old.Kind || c.next.Kind != dm.Agent {
		return nil
	}
	c.next.DepartmentID, c.next.CompanyID = 0, 0
	return nil
}

// checkOwn keeps people from widening their own rights, and from locking
// themselves out.
func (c *personChange) checkOwn() error {
	p := c.patch
	if c.created || c.old.ID != c.viewer.Person() {
		return nil
	}
	if p.Active != nil && !*p.Active {
		return dm.Errorf(dm.Forbidden, "You cannot deactivate yourself.").With("own_account")
	}
	if p.Kind == nil && p.Scope == nil && p.AllBrands == nil && p.Brands == nil && p.AllInboxes == nil && p.Inboxes == nil && p.Roles == nil {
		return nil
	}
	owner, err := c.isOwner()
	if err == nil && !owner {
		return dm.Errorf(dm.Forbidden, "You cannot change your own roles or reach.").With("own_account")
	}
	return err
}

const maxOthers = 50

func (c *personChange) checkText() error {
	p, f := c.patch, &c.faults
	if p.Name != nil || c.created {
		c.next.Name = f.name("name", value(p.Name), maxNameLength)
	}
	if p.Address != nil || c.created {
		c.next.Address = f.address("address", value(p.Address))
	}
	if p.Language != nil {
		c.next.Language = f.language("language", *p.Language)
	}
	if p.Active != nil {
		c.next.Active = *p.Active
	}
	if p.Others == nil {
		return nil
	}
	c.next.Others = nil
	if len(*p.Others) > maxOthers {
		f.add("others", "A person may have at most %d further addresses.", maxOthers)
		return nil
	}
	for i, address := range *p.Others {
		c.next.Others = append(c.next.Others, f.address("others["+strconv.Itoa(i)+"]", address))
	}
	return nil
}

// checkPreferences keeps preferences as they should be. They are nobody's
// business but one's own, so that they are neither logged nor set for others.
func (c *personChange) checkPreferences() error {
	p, f, n := c.patch.Preferences, &c.faults, &c.next.Preferences
	if p == nil {
		return nil
	}
	if c.created || c.old.ID != c.viewer.Person() {
		return dm.ErrForbidden
	}
	if p.Theme != nil {
		n.Theme = oneOf(f, "preferences.theme", *p.Theme, dm.ThemeSystem, dm.ThemeLight, dm.ThemeDark)
	}
	if p.Density != nil {
		n.Density = oneOf(f, "preferences.density", *p.Density, dm.Comfortable, dm.Compact)
	}
	if p.Shortcuts != nil {
		n.Shortcuts = *p.Shortcuts
	}
	if p.TimeZone != nil {
		n.TimeZone = f.timeZone("preferences.time_zone", *p.TimeZone)
	}
	if p.AfterSend != nil {
		n.AfterSend = oneOf(f, "preferences.after_send", *p.AfterSend, dm.AfterSendStay, dm.AfterSendNext, dm.AfterSendList)
	}
	return nil
}

const maxReachList = 1000

func (c *personChange) checkReach() (err error) {
	p, f := c.patch, &c.faults
	if p.Scope != nil {
		c.next.Scope = oneOf(f, "scope", *p.Scope, dm.GlobalScope, dm.GroupScope, dm.RestrictedScope)
	}
	if p.AllBrands != nil {
		c.next.AllBrands = *p.AllBrands
	}
	if p.AllInboxes != nil {
		c.next.AllInboxes = *p.AllInboxes
	}
	if p.Brands != nil {
		c.next.Brands, err = f.ids("brands", *p.Brands, maxReachList, "brand", func(ids []int64) (map[int64]bool, error) { return c.tx.KnownBrands(c.account, ids) })
		if err != nil {
			return err
		}
	}
	if p.Inboxes != nil {
		c.next.Inboxes, err = f.ids("inboxes", *p.Inboxes, maxReachList, "inbox", func(ids []int64) (map[int64]bool, error) { return c.tx.KnownInboxes(c.account, ids) })
	}
	return err
}

// checkPlaces checks department and company, which only requesters have.
func (c *personChange) checkPlaces() error {
	p, f := c.patch, &c.faults
	if p.DepartmentID != nil && *p.DepartmentID != 0 {
		if c.next.Kind == dm.Agent {
			f.add("department_id", "Only requesters have this.")
		} else if _, err := c.tx.Department(c.account, *p.DepartmentID); dm.CodeOf(err) == dm.NotFound {
			f.add("department_id", "There is no such department.")
		} else if err != nil {
			return err
		}
	}
	if p.CompanyID != nil && *p.CompanyID != 0 {
		if c.next.Kind == dm.Agent {
			f.add("company_id", "Only requesters have this.")
		} else if _, err := c.tx.Company(c.account, *p.CompanyID); dm.CodeOf(err) == dm.NotFound {
			f.add("company_id", "There is no such company.")
		} else if err != nil {
			return err
		}
	}
	if p.DepartmentID != nil {
		c.next.DepartmentID = *p.DepartmentID
	}
	if p.CompanyID != nil {
		c.next.CompanyID = *p.CompanyID
	}
	c.checkSight()
	return nil
}

// checkSight checks sight of the department, which ends when a requester leaves
// it (Q17) and which agents never have (S2-20).
func (c *personChange) checkSight() {
	if c.next.Kind != dm.Requester || c.next.DepartmentID != c.old.DepartmentID {
		c.next.Sight = dm.DepartmentSight{Tickets: dm.SightNone, Changes: dm.SightNone}
	}
	for _, s := range []struct {
		field string
		want  *dm.Sight
		to    *dm.Sight
	}{{"department_tickets", c.patch.SeesTickets, &c.next.Sight.Tickets}, {"department_changes", c.patch.SeesChanges, &c.next.Sight.Changes}} {
		if s.want == nil {
			continue
		}
		*s.to = oneOf(&c.faults, s.field, *s.want, dm.SightNone, dm.SightRead, dm.SightWrite)
		switch {
		case !s.to.Sees():
		case c.next.Kind != dm.Requester:
			c.faults.add(s.field, "Only requesters can see what belongs to their department.")
		case c.next.DepartmentID == 0:
			c.faults.add(s.field, "Choose a department first.")
		}
	}
}

// checkRoles lets nobody give or take a role with permissions they lack.
func (c *personChange) checkRoles() error {
	if c.patch.Roles == nil {
		return nil
	}
	var roles map[int64]dm.Role
	next, err := c.faults.ids("roles", *c.patch.Roles, maxReachList, "role", func(ids []int64) (map[int64]bool, error) {
		var err error
		roles, err = c.tx.RolesByID(c.account, append(slices.Clone(ids), c.old.Roles...))
		known := make(map[int64]bool, len(roles))
		for id := range roles {
			known[id] = true
		}
		return known, err
	})
	if err != nil {
		return err
	}
	moved := append(difference(next, c.old.Roles), difference(c.old.Roles, next)...)
	if len(moved) == 0 {
		return nil
	}
	if err := require(c.viewer, dm.RolesManage); err != nil {
		return err
	}
	c.next.Roles = next
	var set dm.PermissionSet
	for _, id := range moved {
		set |= roles[id].Permissions
	}
	return c.mayGive(set)
}

func (c *personChange) checkGroups() error {
	if c.patch.Groups == nil {
		return nil
	}
	next, err := c.faults.ids("groups", *c.patch.Groups, maxReachList, "group", func(ids []int64) (map[int64]bool, error) { return c.tx.LiveGroups(c.account, ids) })
	if err != nil || slices.Equal(next, c.old.Groups) {
		return err
	}
	c.next.Groups = next
	return require(c.viewer, dm.GroupsManage)
}

// value reads an optional text; nil is "".
func value(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}
