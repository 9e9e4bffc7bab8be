package app

import (
	"context"
	"errors"
	"slices"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
	"github.com/deskmesh/deskmesh/internal/store"
)

// PolicyEntryView is an entry of the sharing policy with the names of what it
// names, each by its id.
type PolicyEntryView struct {
	dm.SharePolicyEntry
	Roles, Brands, Groups, Agents, Partners map[int64]string
}

// PolicyPatch sets what an entry says; nil leaves a value as it is, and an empty
// list asks for nothing. Of a new entry what is left out asks for nothing.
type PolicyPatch struct {
	Allow         *bool
	Position      *int // 1 is the first; beyond the last is the last
	Roles         *[]int64
	Requesters    *bool
	Brands        *[]int64
	Groups        *[]int64
	Condition     *[]byte // JSON; see dm.ParseCondition
	AllAgents     *bool
	AllGroups     *bool
	AllRequesters *bool
	AllPartners   *bool
	Agents        *[]int64
	ToGroups      *[]int64
	AgentsOf      *[]int64
	Members       *[]int64
	Partners      *[]int64
}

// SharePolicy lists the entries of the sharing policy in the order in which they
// are read. It needs settings.manage.
func (a *App) SharePolicy(ctx context.Context, v *access.Viewer) ([]PolicyEntryView, error) {
	if err := require(v, dm.SettingsManage); err != nil {
		return nil, err
	}
	return fetch(ctx, a, func(tx *store.Tx) ([]PolicyEntryView, error) {
		dir, err := tx.Directory(v.Account())
		if err != nil {
			return nil, err
		}
		return viewPolicy(tx, dir, dir.SharePolicy)
	})
}

// PolicyEntry gives one entry; NotFound when there is none.
func (a *App) PolicyEntry(ctx context.Context, v *access.Viewer, id int64) (*PolicyEntryView, error) {
	list, err := a.SharePolicy(ctx, v)
	if err != nil {
		return nil, err
	}
	at := slices.IndexFunc(list, func(e PolicyEntryView) bool { return e.ID == id })
	if at < 0 {
		return nil, dm.Missing("entry")
	}
	return &list[at], nil
}

func viewPolicy(tx *store.Tx, dir *store.Directory, list []dm.SharePolicyEntry) ([]PolicyEntryView, error) {
	account := dir.Account.ID
	var roles, people []int64
	for i := range list {
		roles, people = append(roles, list[i].Who.Roles...), append(people, list[i].Whom.Agents...)
	}
	byRole, err := tx.RolesByID(account, distinct(roles))
	if err != nil {
		return nil, err
	}
	refs, err := tx.PeopleRefs(account, distinct(people))
	if err != nil {
		return nil, err
	}
	names := PolicyEntryView{Roles: map[int64]string{}, Brands: map[int64]string{}, Groups: map[int64]string{}, Agents: map[int64]string{}, Partners: map[int64]string{}}
	for id, r := range byRole {
		names.Roles[id] = r.Name
	}
	for id, p := range refs {
		names.Agents[id] = p.Name
	}
	for id, b := range dir.Brands {
		names.Brands[id] = b.Name
	}
	for id, g := range dir.Groups {
		names.Groups[id] = g.Name
	}
	for id, p := range dir.Partners {
		if p.DeletedAt == 0 {
			names.Partners[id] = p.Label()
		}
	}
	views := make([]PolicyEntryView, len(list))
	for i := range list {
		views[i] = names
		views[i].SharePolicyEntry = list[i]
	}
	return views, nil
}

// CreatePolicyEntry adds an entry, at the end unless said otherwise. It needs
// settings.manage. Conflict where the policy has as many as it may.
func (a *App) CreatePolicyEntry(ctx context.Context, v *access.Viewer, p PolicyPatch) error {
	return a.administer(ctx, v, dm.SettingsManage, func(t *act) error {
		list, err := t.tx.SharePolicy(t.account)
		if err != nil {
			return err
		}
		if len(list) >= dm.MaxSharePolicy {
			return dm.Errorf(dm.Conflict, "The sharing policy has at most %d entries.", dm.MaxSharePolicy).With("cap")
		}
		e := &dm.SharePolicyEntry{Position: len(list) + 1}
		if p.Allow == nil {
			t.faults.add("allow", "Say whether this allows or denies.")
		}
		if err := t.patchPolicy(e, &p, true); err != nil {
			return err
		}
		id, err := t.tx.CreatePolicyEntry(t.account, e)
		if err != nil {
			return err
		}
		if err := t.placePolicy(append(list, *e), id, p.Position); err != nil {
			return err
		}
		return t.log("share_policy.created", "share_policy", id)
	})
}

// UpdatePolicyEntry changes an entry, or moves it. It needs settings.manage.
func (a *App) UpdatePolicyEntry(ctx context.Context, v *access.Viewer, id int64, p PolicyPatch) error {
	return a.administer(ctx, v, dm.SettingsManage, func(t *act) error {
		list, err := t.tx.SharePolicy(t.account)
		if err != nil {
			return err
		}
		at := slices.IndexFunc(list, func(e dm.SharePolicyEntry) bool { return e.ID == id })
		if at < 0 {
			return dm.Missing("entry")
		}
		if err := t.patchPolicy(&list[at], &p, false); err != nil {
			return err
		}
		if len(t.changes) > 0 {
			if err := t.tx.SavePolicyEntry(t.account, &list[at]); err != nil {
				return err
			}
		}
		if err := t.placePolicy(list, id, p.Position); err != nil || len(t.changes) == 0 {
			return err
		}
		return t.log("share_policy.updated", "share_policy", id)
	})
}

// DeletePolicyEntry removes an entry. It needs settings.manage.
func (a *App) DeletePolicyEntry(ctx context.Context, v *access.Viewer, id int64) error {
	return a.administer(ctx, v, dm.SettingsManage, func(t *act) error {
		if err := t.tx.DeletePolicyEntry(t.account, id); err != nil {
			return err
		}
		list, err := t.tx.SharePolicy(t.account)
		if err != nil {
			return err
		}
		if err := t.orderPolicy(list); err != nil {
			return err
		}
		return t.log("share_policy.deleted", "share_policy", id)
	})
}

// placePolicy moves an entry of the list to a position.
func (t *act) placePolicy(list []dm.SharePolicyEntry, id int64, position *int) error {
	if position == nil {
		return nil
	}
	from := slices.IndexFunc(list, func(e dm.SharePolicyEntry) bool { return e.ID == id })
	to := min(max(*position, 1), len(list)) - 1
	if from == to {
		return nil
	}
	t.changedID("position", int64(from+1), int64(to+1))
	e := list[from]
	return t.orderPolicy(slices.Insert(slices.Delete(list, from, from+1), to, e))
}

func (t *act) orderPolicy(list []dm.SharePolicyEntry) error {
	ids := make([]int64, len(list))
	for i := range list {
		ids[i] = list[i].ID
	}
	return t.tx.OrderPolicy(t.account, ids)
}

// patchPolicy checks a patch and puts it into an entry; what changed is noted for
// the log.
func (t *act) patchPolicy(e *dm.SharePolicyEntry, p *PolicyPatch, created bool) error {
	old := *e
	if p.Allow != nil {
		e.Allow = *p.Allow
	}
	if err := t.patchPolicyLists(e, p); err != nil {
		return err
	}
	for _, f := range []struct {
		to  *bool
		set *bool
	}{{&e.Who.Requesters, p.Requesters}, {&e.Whom.AllAgents, p.AllAgents}, {&e.Whom.AllGroups, p.AllGroups}, {&e.Whom.AllRequesters, p.AllRequesters}, {&e.Whom.AllPartners, p.AllPartners}} {
		if f.set != nil {
			*f.to = *f.set
		}
	}
	if err := t.policyCondition(e, p.Condition); err != nil {
		return err
	}
	if err := t.faults.err(); err != nil {
		return err
	}
	// What is said by nothing at all asks for nothing; a list that is emptied by
	// something else later does not.
	if created || p.Roles != nil || p.Requesters != nil {
		e.Who.Anybody = len(e.Who.Roles) == 0 && !e.Who.Requesters
	}
	if created || p.Brands != nil {
		e.Where.AnyBrand = len(e.Where.Brands) == 0
	}
	if created || p.Groups != nil {
		e.Where.AnyGroup = len(e.Where.Groups) == 0
	}
	w := &e.Whom
	if created || p.AllAgents != nil || p.AllGroups != nil || p.AllRequesters != nil || p.AllPartners != nil || p.Agents != nil || p.ToGroups != nil || p.AgentsOf != nil || p.Members != nil || p.Partners != nil {
		w.Anyone = !w.AllAgents && !w.AllGroups && !w.AllRequesters && !w.AllPartners && len(w.Agents)+len(w.Groups)+len(w.AgentsOf)+len(w.Members)+len(w.Partners) == 0
	}
	t.describePolicy(&old, e)
	if len(t.changes) > 0 && e.Where.Broken {
		return dm.BadField("condition", "This condition cannot be read any more: set it anew.")
	}
	return nil
}

// patchPolicyLists sets the lists of an entry. Everything in them exists.
func (t *act) patchPolicyLists(e *dm.SharePolicyEntry, p *PolicyPatch) error {
	roles := func(ids []int64) (map[int64]bool, error) {
		found, err := t.tx.RolesByID(t.account, ids)
		known := map[int64]bool{}
		for id := range found {
			known[id] = true
		}
		return known, err
	}
	agents := func(ids []int64) (map[int64]bool, error) {
		refs, err := t.tx.PeopleRefs(t.account, ids)
		known := map[int64]bool{}
		for id, r := range refs {
			known[id] = r.Kind == dm.Agent && (r.Active || slices.Contains(e.Whom.Agents, id))
		}
		return known, err
	}
	brands := func(ids []int64) (map[int64]bool, error) { return t.tx.KnownBrands(t.account, ids) }
	groups := func(ids []int64) (map[int64]bool, error) { return t.tx.LiveGroups(t.account, ids) }
	partners := func(ids []int64) (map[int64]bool, error) { return t.knownPartners(e.Whom.Partners) }
	for _, l := range []struct {
		field, noun string
		to          *[]int64
		set         *[]int64
		known       func([]int64) (map[int64]bool, error)
	}{
		{"roles", "role", &e.Who.Roles, p.Roles, roles}, {"brands", "brand", &e.Where.Brands, p.Brands, brands}, {"groups", "group", &e.Where.Groups, p.Groups, groups},
		{"agents", "agent", &e.Whom.Agents, p.Agents, agents}, {"to_groups", "group", &e.Whom.Groups, p.ToGroups, groups},
		{"agents_of_brands", "brand", &e.Whom.AgentsOf, p.AgentsOf, brands}, {"members_of_groups", "group", &e.Whom.Members, p.Members, groups},
		{"partners", "partner", &e.Whom.Partners, p.Partners, partners},
	} {
		if l.set == nil {
			continue
		}
		ids, err := t.faults.ids(l.field, *l.set, maxPolicyNames, l.noun, l.known)
		if err != nil {
			return err
		}
		*l.to = ids
	}
	return nil
}

// knownPartners gives the desks that tickets can be shared with, or could once they
// have answered, and those of a list that was saved before.
func (t *act) knownPartners(before []int64) (map[int64]bool, error) {
	dir, err := t.tx.Directory(t.account)
	if err != nil {
		return nil, err
	}
	known := map[int64]bool{}
	for id, p := range dir.Partners {
		known[id] = p.Direction == dm.PartnerOutbound && (p.DeletedAt == 0 && !p.Over() || slices.Contains(before, id))
	}
	return known, nil
}

// maxPolicyNames bounds one list of an entry.
const maxPolicyNames = 200

// policyCondition reads the condition of an entry. "me" in it is who shares.
func (t *act) policyCondition(e *dm.SharePolicyEntry, raw *[]byte) error {
	if raw == nil {
		return nil
	}
	dir, err := t.tx.Directory(t.account)
	if err != nil {
		return err
	}
	condition, err := dm.ParseCondition(*raw)
	if err == nil {
		err = dir.CheckCondition(&condition)
	}
	if err == nil && len(conditionText(&condition)) > maxCondition {
		err = dm.BadField("condition", "This condition is too long.")
	}
	if f, ok := errors.AsType[*dm.Error](err); ok && f.Code == dm.Invalid {
		t.faults.add("condition", "%s", f.Public)
		return nil
	}
	e.Where.Condition, e.Where.Broken = condition, false
	return err
}

// describePolicy notes for the log what changed.
func (t *act) describePolicy(old, e *dm.SharePolicyEntry) {
	if old.ID == 0 || old.Allow != e.Allow {
		t.changedFlag("allow", !e.Allow, e.Allow)
	}
	t.changedIDs("roles", old.Who.Roles, e.Who.Roles)
	t.changedFlag("requesters", old.Who.Requesters, e.Who.Requesters)
	t.changedIDs("brands", old.Where.Brands, e.Where.Brands)
	t.changedIDs("groups", old.Where.Groups, e.Where.Groups)
	if conditionText(&old.Where.Condition) != conditionText(&e.Where.Condition) || old.Where.Broken != e.Where.Broken {
		t.touched("condition")
	}
	t.changedFlag("all_agents", old.Whom.AllAgents, e.Whom.AllAgents)
	t.changedFlag("all_groups", old.Whom.AllGroups, e.Whom.AllGroups)
	t.changedFlag("all_requesters", old.Whom.AllRequesters, e.Whom.AllRequesters)
	t.changedFlag("all_partners", old.Whom.AllPartners, e.Whom.AllPartners)
	t.changedIDs("agents", old.Whom.Agents, e.Whom.Agents)
	t.changedIDs("to_groups", old.Whom.Groups, e.Whom.Groups)
	t.changedIDs("agents_of_brands", old.Whom.AgentsOf, e.Whom.AgentsOf)
	t.changedIDs("members_of_groups", old.Whom.Members, e.Whom.Members)
	t.changedIDs("partners", old.Whom.Partners, e.Whom.Partners)
}
