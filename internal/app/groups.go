package app

import (
	"context"
	"slices"
	"strconv"
	"strings"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
	"github.com/deskmesh/deskmesh/internal/store"
)

// GroupPatch sets a group's properties; nil leaves a value as it is. Add and
// Remove change single members, Members replaces them all.
type GroupPatch struct {
	Name    *string
	OwnerID *int64 // 0 none
	Mail    *dm.GroupMail
	Address *string // for GroupMailAddress
	Members *[]int64
	Add     []int64
	Remove  []int64
}

const maxMemberChange = 2000

// Groups gives one page of the account's groups. Every agent may read them.
func (a *App) Groups(ctx context.Context, v *access.Viewer, p Page) ([]dm.Group, string, error) {
	if err := requireAgent(v); err != nil {
		return nil, "", err
	}
	return fetchPage(ctx, a, func(tx *store.Tx) ([]dm.Group, string, error) { return tx.Groups(v.Account(), p) })
}

// Group reads one group with its members. Every agent may.
func (a *App) Group(ctx context.Context, v *access.Viewer, id int64) (*dm.Group, error) {
	if err := requireAgent(v); err != nil {
		return nil, err
	}
	return fetch(ctx, a, func(tx *store.Tx) (*dm.Group, error) { return tx.Group(v.Account(), id) })
}

// CreateGroup makes a group and gives its id. It needs groups.manage. Conflict
// when the name is taken.
func (a *App) CreateGroup(ctx context.Context, v *access.Viewer, p GroupPatch) (int64, error) {
	var id int64
	err := a.administer(ctx, v, dm.GroupsManage, func(t *act) error {
		g := &dm.Group{Mail: dm.GroupMailMembers}
		if p.Name == nil {
			p.Name = &g.Name
		}
		add, _, err := t.patchGroup(g, &p)
		if err != nil {
			return err
		}
		g.Members = add
		if id, err = t.tx.CreateGroup(t.account, g); err != nil {
			return err
		}
		return t.log("group.created", "group", id)
	})
	return id, err
}

// UpdateGroup changes a group. It needs groups.manage; the group's owner may
// change its members without. New members and owners are active agents.
func (a *App) UpdateGroup(ctx context.Context, v *access.Viewer, id int64, p GroupPatch) error {
	return a.administer(ctx, v, "", func(t *act) error {
		g, err := t.tx.Group(t.account, id)
		if err != nil {
			return err
		}
		if err := t.mayChangeGroup(g, &p); err != nil {
			return err
		}
		add, remove, err := t.patchGroup(g, &p)
		if err != nil || len(t.changes) == 0 {
			return err
		}
		if err := t.tx.SaveGroup(t.account, g); err != nil {
			return err
		}
		if err := t.tx.ChangeMembers(t.account, id, add, remove); err != nil {
			return err
		}
		return t.log("group.updated", "group", id)
	})
}

// mayChangeGroup lets the owner change members only, and not by a token, whose
// scopes could not name that right.
func (t *act) mayChangeGroup(g *dm.Group, p *GroupPatch) error {
	if t.viewer.Can(dm.GroupsManage) {
		return nil
	}
	owns := t.viewer.IsAgent() && g.OwnerID != 0 && g.OwnerID == t.viewer.Person() && t.viewer.Cause().Kind == dm.CausePerson
	if !owns || p.Name != nil || p.OwnerID != nil || p.Mail != nil || p.Address != nil {
		return dm.ErrForbidden
	}
	return nil
}

// patchGroup checks a patch and gives who joins and who leaves.
func (t *act) patchGroup(g *dm.Group, p *GroupPatch) (add, remove []int64, err error) {
	old := *g
	if p.Name != nil {
		g.Name = t.faults.name("name", *p.Name, maxNameLength)
	}
	if p.OwnerID != nil && *p.OwnerID != old.OwnerID {
		g.OwnerID = *p.OwnerID
		if err := t.activeAgents("owner_id", nonZeroIDs(g.OwnerID), nil); err != nil {
			return nil, nil, err
		}
	}
	if err := t.patchGroupMail(g, p); err != nil {
		return nil, nil, err
	}
	field := "add"
	add, remove = p.Add, p.Remove
	if p.Members != nil {
		field, add, remove = "members", *p.Members, difference(old.Members, *p.Members)
		if len(p.Add) > 0 || len(p.Remove) > 0 {
			t.faults.add("members", "Either give all members, or those to add and remove.")
		}
	}
	if len(add) > maxMemberChange || len(remove) > maxMemberChange {
		t.faults.add(field, "At most %d members change at once.", maxMemberChange)
		return nil, nil, t.faults.err()
	}
	if err := t.activeAgents(field, add, old.Members); err != nil {
		return nil, nil, err
	}
	if err := t.faults.err(); err != nil {
		return nil, nil, err
	}
	add, remove = sortedSet(difference(add, old.Members)), sortedSet(slices.DeleteFunc(slices.Clone(remove), func(id int64) bool { return !slices.Contains(old.Members, id) }))
	t.changed("name", old.Name, g.Name)
	t.changedID("owner_id", old.OwnerID, g.OwnerID)
	t.changed("mail", string(old.Mail), string(g.Mail))
	if old.Address != g.Address {
		t.touched("mail_address")
	}
	t.changedIDs("added", nil, add)
	t.changedIDs("removed", remove, nil)
	return add, remove, nil
}

// patchGroupMail sets where mail about what concerns the group goes. Mail to an
// address of an inbox would come back as a ticket.
func (t *act) patchGroupMail(g *dm.Group, p *GroupPatch) error {
	if p.Mail != nil {
		g.Mail = oneOf(&t.faults, "mail", *p.Mail, dm.GroupMailMembers, dm.GroupMailAddress, dm.GroupMailNone)
	}
	if p.Address != nil {
		g.Address = strings.TrimSpace(*p.Address)
		if g.Address != "" {
			g.Address = t.faults.address("mail_address", g.Address)
		}
	}
	switch {
	case g.Mail != dm.GroupMailAddress || p.Mail == nil && p.Address == nil:
		return nil
	case g.Address == "":
		t.faults.add("mail_address", "Give the address that the group's mail goes to.")
		return nil
	}
	dir, err := t.tx.Directory(t.account)
	if err != nil {
		return err
	}
	for _, box := range dir.Inboxes {
		if strings.EqualFold(box.Address, g.Address) {
			t.faults.add("mail_address", "This is the address of an inbox: mail to it would become a ticket.")
			return nil
		}
	}
	return nil
}

func nonZeroIDs(ids ...int64) []int64 {
	return slices.DeleteFunc(ids, func(id int64) bool { return id == 0 })
}

// activeAgents names everybody in the list who is no active agent of the
// account; who stands in but is let be.
func (t *act) activeAgents(field string, ids, but []int64) error {
	refs, err := t.tx.PeopleRefs(t.account, ids)
	if err != nil {
		return err
	}
	for i, id := range ids {
		at := field
		if field != "owner_id" && field != "manager_id" && field != "assignee_id" {
			at += "[" + strconv.Itoa(i) + "]"
		}
		switch p, known := refs[id]; {
		case slices.Contains(but, id):
		case !known || p.Kind != dm.Agent:
			t.faults.add(at, "There is no such agent.")
		case !p.Active:
			t.faults.add(at, "This agent is deactivated.")
		}
	}
	return nil
}

// DeleteGroup deletes a group: its shares end, with a line of history and
// without mail (decision Q3). It needs groups.manage. Conflict while new
// tickets of an inbox go to the group.
func (a *App) DeleteGroup(ctx context.Context, v *access.Viewer, id int64) error {
	return a.administer(ctx, v, dm.GroupsManage, func(t *act) error {
		if _, err := t.tx.Group(t.account, id); err != nil {
			return err
		}
		inboxes, err := t.tx.InboxesOfGroup(t.account, id)
		if err != nil {
			return err
		}
		if len(inboxes) > 0 {
			return dm.Errorf(dm.Conflict, "New tickets of an inbox go to this group. Choose another group there first.").
				With("default_group").Showing(map[string]any{"inboxes": inboxes})
		}
		if err := a.endGroupShares(t.tx, t.viewer, id); err != nil {
			return err
		}
		if err := t.tx.DeleteGroup(t.account, id); err != nil {
			return err
		}
		return t.log("group.deleted", "group", id)
	})
}
