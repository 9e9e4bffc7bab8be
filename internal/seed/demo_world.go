package seed

import (
	"context"
	"fmt"
	"strings"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
	"github.com/deskmesh/deskmesh/internal/app"
	"github.com/deskmesh/deskmesh/internal/store"
)

// world is one demo desk as it stands in the database: its ids by the names of
// the script.
type world struct {
	*demoDesk
	app      *app.App
	account  int64
	system   *access.Viewer
	roles    map[string]int64
	brands   map[string]int64
	inboxes  map[string]int64
	groups   map[string]int64
	depts    map[string]int64
	clients  map[string]int64
	fields   map[string]int64
	statuses map[string]int64
	people   map[string]int64 // by address
	agents   map[int64]bool
}

// newWorld makes the account with its places and people.
func newWorld(ctx context.Context, a *app.App, d *demoDesk, port int) (*world, error) {
	w := &world{
		demoDesk: d, app: a, roles: map[string]int64{}, brands: map[string]int64{}, inboxes: map[string]int64{}, groups: map[string]int64{},
		depts: map[string]int64{}, clients: map[string]int64{}, fields: map[string]int64{}, statuses: map[string]int64{}, people: map[string]int64{}, agents: map[int64]bool{},
	}
	for _, step := range []func(context.Context) error{
		func(ctx context.Context) error { return w.open(ctx, port) },
		w.addRoles, w.addGroups, w.addInboxes, w.addAgents, w.addOwners, w.addCompanies, w.addRequesters, w.addFields, w.addSnippets, w.addMacros, w.addShareTemplates, w.setPasswords,
	} {
		if err := step(ctx); err != nil {
			return nil, fmt.Errorf("%s: %w", d.slug, err)
		}
	}
	return w, nil
}

// open makes the account, with the brand of most inboxes and the support inbox,
// and turns sharing on.
func (w *world) open(ctx context.Context, port int) error {
	owner := w.demoDesk.agents[0]
	made, err := w.app.CreateAccount(ctx, app.NewAccount{
		Name: w.name, Slug: w.slug, Hosts: []string{w.host()}, BaseURL: baseURL(w.host(), port), OwnerName: owner.name, OwnerAddress: w.address(owner.local),
		BrandName: w.name, InboxName: "Support", InboxAddress: w.address(inboxSupport),
	})
	if err != nil {
		return err
	}
	w.account, w.system = made.Account.ID, access.System(made.Account.ID, "demo")
	w.brands[w.name], w.inboxes[inboxSupport] = made.BrandID, made.InboxID
	w.people[w.address(owner.local)], w.agents[made.OwnerID] = made.OwnerID, true
	_, err = w.app.SetSettings(ctx, w.system, map[string]any{"sharing.enabled": true, "links.enabled": true,
		"partners.enabled": true, "portal.share_scope": "anyone", "portal.cc": true, "portal.links": true})
	return err
}

// address completes an address of the desk's own domain.
func (w *world) address(local string) string {
	if strings.Contains(local, "@") {
		return local
	}
	return local + "@" + w.domain()
}

func (w *world) addRoles(ctx context.Context) error {
	list, _, err := w.app.Roles(ctx, w.system, app.Page{Limit: 100})
	if err != nil {
		return err
	}
	for _, r := range list {
		w.roles[r.BuiltIn] = r.ID
		if r.BuiltIn != "agent" {
			continue
		}
		name, without := noShareRole, (r.Permissions &^ dm.PermissionsOf(dm.TicketsShare)).List()
		if w.roles[noShareRole], err = w.app.CreateRole(ctx, w.system, app.RolePatch{Name: &name, Permissions: &without}); err != nil {
			return err
		}
	}
	return nil
}

func (w *world) addGroups(ctx context.Context) (err error) {
	for _, g := range w.demoDesk.groups {
		if w.groups[g.name], err = w.app.CreateGroup(ctx, w.system, app.GroupPatch{Name: &g.name}); err != nil {
			return err
		}
	}
	return nil
}

func (w *world) addInboxes(ctx context.Context) (err error) {
	if w.brands[w.peopleBrand], err = w.app.CreateBrand(ctx, w.system, w.peopleBrand); err != nil {
		return err
	}
	for _, b := range []struct{ local, name, brand, group string }{
		{inboxAccounts, "Accounts", w.name, groupAccounts}, {inboxHR, "HR", w.peopleBrand, groupHR},
	} {
		address, brand, group := w.address(b.local), w.brands[b.brand], w.groups[b.group]
		w.inboxes[b.local], err = w.app.CreateInbox(ctx, w.system, app.InboxPatch{BrandID: &brand, Name: &b.name, Address: &address, DefaultGroupID: &group})
		if err != nil {
			return err
		}
	}
	group := w.groups[groupSupport]
	return w.app.UpdateInbox(ctx, w.system, w.inboxes[inboxSupport], app.InboxPatch{DefaultGroupID: &group})
}

func (w *world) addAgents(ctx context.Context) error {
	for _, a := range w.demoDesk.agents[1:] {
		if _, err := w.addAgent(ctx, &a); err != nil {
			return err
		}
	}
	for _, a := range w.formerAgents {
		id, err := w.addAgent(ctx, &a)
		if err != nil {
			return err
		}
		if err := w.app.DeactivatePerson(ctx, w.system, id); err != nil {
			return err
		}
	}
	return nil
}

func (w *world) addAgent(ctx context.Context, a *demoAgent) (int64, error) {
	kind, address := dm.Agent, w.address(a.local)
	allBrands, allInboxes := len(a.brands) == 0, len(a.inboxes) == 0
	brands, inboxes, groups, roles := pick(w.brands, a.brands), pick(w.inboxes, a.inboxes), pick(w.groups, a.groups), pick(w.roles, []string{a.role})
	id, err := w.app.CreatePerson(ctx, w.system, app.PersonPatch{
		Kind: &kind, Name: &a.name, Address: &address, Scope: &a.scope, AllBrands: &allBrands, Brands: &brands, AllInboxes: &allInboxes, Inboxes: &inboxes,
		Roles: &roles, Groups: &groups, Language: &a.language,
	})
	w.people[address], w.agents[id] = id, true
	return id, err
}

// pick gives the ids of the names.
func pick(ids map[string]int64, names []string) []int64 {
	list := make([]int64, len(names))
	for i, name := range names {
		list[i] = ids[name]
	}
	return list
}

func (w *world) addOwners(ctx context.Context) error {
	for _, g := range w.demoDesk.groups {
		owner := w.people[w.address(g.owner)]
		if err := w.app.UpdateGroup(ctx, w.system, w.groups[g.name], app.GroupPatch{OwnerID: &owner}); err != nil {
			return err
		}
	}
	return nil
}

func (w *world) addCompanies(ctx context.Context) (err error) {
	for _, name := range w.departments {
		if w.depts[name], err = w.app.CreateDepartment(ctx, w.system, name); err != nil {
			return err
		}
	}
	for _, c := range w.companies {
		manager := w.people[w.address(c.manager)]
		if w.clients[c.name], err = w.app.CreateCompany(ctx, w.system, app.CompanyPatch{Name: &c.name, ManagerID: &manager}); err != nil {
			return err
		}
	}
	return nil
}

func (w *world) addRequesters(ctx context.Context) (err error) {
	for _, r := range w.requesters {
		kind, address, dept, company := dm.Requester, w.address(r.address), w.depts[r.department], w.clients[r.company]
		w.people[address], err = w.app.CreatePerson(ctx, w.system, app.PersonPatch{Kind: &kind, Name: &r.name, Address: &address, DepartmentID: &dept, CompanyID: &company})
		if err != nil {
			return err
		}
	}
	return nil
}

func (w *world) addFields(ctx context.Context) (err error) {
	for i, f := range w.demoDesk.fields {
		position := int64(i + 1)
		patch := app.FieldPatch{Name: &f.name, Kind: &f.kind, Position: &position}
		if f.options != nil {
			patch.Options = &f.options
		}
		if w.fields[f.name], err = w.app.CreateField(ctx, w.system, patch); err != nil {
			return err
		}
	}
	for _, s := range w.demoDesk.statuses {
		if w.statuses[s.Name], err = w.app.CreateStatus(ctx, w.system, s.Name, s.Status); err != nil {
			return err
		}
	}
	return nil
}

// setPasswords gives everybody the demo's password and ends the owner's
// one-time link.
func (w *world) setPasswords(ctx context.Context) error {
	return w.app.DB.Write(ctx, store.Urgent, func(tx *store.Tx) error {
		for _, id := range w.people {
			if err := tx.SetPasswordHash(w.account, id, passwordHash); err != nil {
				return err
			}
			if err := tx.DeleteSetupLinks(w.account, id); err != nil {
				return err
			}
		}
		return nil
	})
}
