package app

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
	"github.com/deskmesh/deskmesh/internal/store"
)

func TestCreatePerson(t *testing.T) {
	t.Parallel()
	d := testDesk(t)
	group := d.group("HR")
	id, err := d.CreatePerson(t.Context(), d.asOwner(), PersonPatch{Kind: ptr(dm.Agent), Name: ptr(" Ann  Lee "), Address: ptr("Ann@Acme.example"),
		Others: &[]string{"ann.lee@acme.example"}, Scope: ptr(dm.GroupScope), Brands: &[]int64{d.brand, d.brand}, Inboxes: &[]int64{d.inbox},
		Roles: &[]int64{d.roles["agent"]}, Groups: &[]int64{group}, Language: ptr("de-AT")})
	d.must(err)
	p := d.person(id)
	want := &dm.Person{ID: id, Kind: dm.Agent, Name: "Ann Lee", Address: "Ann@Acme.example", Others: []string{"ann.lee@acme.example"}, Scope: dm.GroupScope,
		Brands: []int64{d.brand}, Inboxes: []int64{d.inbox}, Roles: []int64{d.roles["agent"]}, Groups: []int64{group}, Active: true, Language: "de-AT",
		Sight: dm.DepartmentSight{Tickets: dm.SightNone, Changes: dm.SightNone}, Preferences: dm.DefaultPreferences(), CreatedAt: p.CreatedAt, UpdatedAt: p.UpdatedAt}
	if diff := cmp.Diff(want, p); diff != "" {
		t.Error(diff)
	}
	_, err = d.CreatePerson(t.Context(), d.asOwner(), PersonPatch{Kind: ptr(dm.Requester), Name: ptr("x"), Address: ptr("ANN.LEE@acme.example")})
	d.refused(err, dm.Conflict)
	before := d.version()
	d.requester("Rob")
	if d.version() != before {
		t.Error("a new requester raised the access version")
	}
}

func TestCreatePersonFaults(t *testing.T) {
	t.Parallel()
	d := testDesk(t)
	create := func(p PersonPatch) error { return second(d.CreatePerson(t.Context(), d.asOwner(), p)) }
	d.faulty(create(PersonPatch{}), "kind", "name", "address")
	d.faulty(create(PersonPatch{Kind: ptr(dm.PersonKind("robot")), Name: ptr(strings.Repeat("ä", 201)), Address: ptr("a b@c.example"), Language: ptr("d")}),
		"kind", "name", "address", "language")
	d.faulty(create(PersonPatch{Kind: ptr(dm.Agent), Name: ptr("Ann\u200b\u0007"), Address: ptr("ann@acme.example"), Scope: ptr(dm.TicketScope("all")),
		Brands: &[]int64{d.brand, 99}, Inboxes: &[]int64{98}, Roles: &[]int64{97}, Groups: &[]int64{96}, Others: &[]string{"x"},
		DepartmentID: ptr(int64(5)), CompanyID: ptr(int64(6))}),
		"name", "others[0]", "scope", "brands[1]", "inboxes[0]", "department_id", "company_id", "roles[0]", "groups[0]")
	d.faulty(create(PersonPatch{Kind: ptr(dm.Requester), Name: ptr("Rob"), Address: ptr("rob@acme.example"), Scope: ptr(dm.GlobalScope), Roles: &[]int64{},
		DepartmentID: ptr(int64(5)), CompanyID: ptr(int64(6))}), "scope", "roles", "department_id", "company_id")
	d.faulty(create(PersonPatch{Kind: ptr(dm.Requester), Name: ptr("\xff"), Address: ptr(strings.Repeat("ﷺ", 60) + "@acme.example")}), "name", "address")
	if list, _, err := d.People(t.Context(), d.asOwner(), PeopleQuery{}); err != nil || len(list) != 1 {
		t.Errorf("refused people were kept: %v %v", list, err)
	}
}

func TestPeopleNeedPermission(t *testing.T) {
	t.Parallel()
	d := testDesk(t)
	ann, rob := d.agent("Ann", d.roles["agent"]), d.requester("Rob")
	clerk := d.agent("Clerk", d.role("clerk", dm.PeopleManage))
	for _, v := range []*access.Viewer{nil, d.as(ann), d.as(rob), d.as(d.owner).AsRequester(), d.as(d.owner).WithToken(1, "t", 0)} {
		d.refused(second(d.CreatePerson(t.Context(), v, PersonPatch{Kind: ptr(dm.Requester), Name: ptr("x"), Address: ptr("x@acme.example")})), dm.Forbidden)
		d.refused(d.UpdatePerson(t.Context(), v, clerk, PersonPatch{Name: ptr("x")}), dm.Forbidden)
		d.refused(d.ErasePerson(t.Context(), v, clerk), dm.Forbidden)
		d.refused(second(d.InvitePerson(t.Context(), v, clerk)), dm.Forbidden)
	}
	// Names are for every agent, reach and roles for those who manage people.
	p, err := d.Person(t.Context(), d.as(ann), d.owner)
	d.must(err)
	if p.Name == "" || p.Roles != nil || p.Scope != "" || p.AllBrands {
		t.Errorf("an agent sees of the owner %+v", p)
	}
	d.refused(second(d.Person(t.Context(), d.as(rob), ann)), dm.Forbidden)
	if p, err := d.Person(t.Context(), d.as(rob), rob); err != nil || p.Name != "Rob" {
		t.Errorf("oneself: %+v, %v", p, err)
	}
	_, _, err = d.People(t.Context(), d.as(rob), PeopleQuery{})
	d.refused(err, dm.Forbidden)
	// Oneself: name and language, nothing else.
	d.must(d.UpdatePerson(t.Context(), d.as(rob), rob, PersonPatch{Name: ptr("Robert"), Language: ptr("en")}))
	d.refused(d.UpdatePerson(t.Context(), d.as(rob), rob, PersonPatch{Name: ptr("Bob"), Address: ptr("bob@acme.example")}), dm.Forbidden)
	d.refused(d.UpdatePerson(t.Context(), d.as(rob), ann, PersonPatch{Name: ptr("Bob")}), dm.Forbidden)
	if d.person(rob).Name != "Robert" {
		t.Error("the own name stayed")
	}
}

func TestRolesOfPeople(t *testing.T) {
	t.Parallel()
	d := testDesk(t)
	clerkRole := d.role("clerk", dm.PeopleManage)
	chiefRole := d.role("chief", dm.PeopleManage, dm.RolesManage, dm.TicketsShare)
	shareRole := d.role("sharer", dm.TicketsShare)
	clerk, chief, ann := d.agent("Clerk", clerkRole), d.agent("Chief", chiefRole), d.agent("Ann")
	give := func(by, to int64, roles ...int64) error {
		return d.UpdatePerson(t.Context(), d.as(by), to, PersonPatch{Roles: &roles})
	}
	d.refused(give(clerk, ann, clerkRole), dm.Forbidden)
	d.must(give(chief, ann, shareRole))
	d.refusedFor(give(chief, ann, shareRole, d.roles["agent"]), dm.Forbidden, "more_than_own")
	d.refusedFor(second(d.CreatePerson(t.Context(), d.as(chief), PersonPatch{Kind: ptr(dm.Agent), Name: ptr("x"), Address: ptr("x@acme.example"),
		Roles: &[]int64{d.roles["owner"]}})), dm.Forbidden, "more_than_own")
	d.must(give(d.owner, ann, d.roles["agent"]))
	// Taking a stronger role away, or touching whoever has it, is as little theirs.
	d.refusedFor(give(chief, ann), dm.Forbidden, "more_than_own")
	for _, p := range []PersonPatch{{Address: ptr("y@acme.example")}, {Active: ptr(false)}, {Name: ptr("y")}, {Scope: ptr(dm.GlobalScope)}} {
		d.refusedFor(d.UpdatePerson(t.Context(), d.as(chief), ann, p), dm.Forbidden, "more_than_own")
	}
	d.refusedFor(second(d.InvitePerson(t.Context(), d.as(chief), ann)), dm.Forbidden, "more_than_own")
	d.refusedFor(d.SetPassword(t.Context(), d.as(chief), ann, testPassword), dm.Forbidden, "more_than_own")
	admin := d.agent("Admin", d.roles["administrator"])
	d.refusedFor(d.DeactivatePerson(t.Context(), d.as(admin), d.owner), dm.Forbidden, "more_than_own")
	d.must(give(admin, ann, d.roles["administrator"]))
	// Oneself.
	d.refusedFor(give(admin, admin, d.roles["administrator"], shareRole), dm.Forbidden, "own_account")
	for _, p := range []PersonPatch{{Scope: ptr(dm.RestrictedScope)}, {AllBrands: ptr(true)}, {Brands: &[]int64{}}, {AllInboxes: ptr(true)}, {Inboxes: &[]int64{d.inbox}}} {
		d.refusedFor(d.UpdatePerson(t.Context(), d.as(admin), admin, p), dm.Forbidden, "own_account")
	}
	d.refusedFor(d.DeactivatePerson(t.Context(), d.as(admin), admin), dm.Forbidden, "own_account")
	d.must(d.UpdatePerson(t.Context(), d.as(admin), admin, PersonPatch{Address: ptr("admin.two@acme.example")}))
	d.must(give(d.owner, d.owner, d.roles["owner"], shareRole))
	if got := d.person(d.owner).Roles; len(got) != 2 {
		t.Errorf("the owner's roles: %v", got)
	}
	// A token with people.manage alone manages nobody who has more.
	token := d.asOwner().WithToken(1, "t", dm.PermissionsOf(dm.PeopleManage))
	d.refusedFor(second(d.InvitePerson(t.Context(), token, d.owner)), dm.Forbidden, "more_than_own")
	d.refusedFor(second(d.InvitePerson(t.Context(), token, ann)), dm.Forbidden, "more_than_own")
}

func TestLastOwner(t *testing.T) {
	t.Parallel()
	d := testDesk(t)
	system := access.System(d.account, "test")
	d.refusedFor(d.DeactivatePerson(t.Context(), system, d.owner), dm.Conflict, "last_owner")
	d.refusedFor(d.UpdatePerson(t.Context(), d.asOwner(), d.owner, PersonPatch{Roles: &[]int64{d.roles["administrator"]}}), dm.Conflict, "last_owner")
	d.refusedFor(d.ErasePerson(t.Context(), system, d.owner), dm.Conflict, "last_owner")
	if p := d.person(d.owner); !p.Active || p.Name == "" {
		t.Fatalf("a refused change was kept: %+v", p)
	}
	second := d.agent("Second", d.roles["owner"])
	d.must(d.UpdatePerson(t.Context(), d.asOwner(), d.owner, PersonPatch{Roles: &[]int64{d.roles["administrator"]}}))
	d.refusedFor(d.DeactivatePerson(t.Context(), system, second), dm.Conflict, "last_owner")
	// An owner who is turned off is none.
	third := d.agentBy(second, "Third", d.roles["owner"])
	d.must(d.DeactivatePerson(t.Context(), d.as(second), third))
	d.refusedFor(d.DeactivatePerson(t.Context(), system, second), dm.Conflict, "last_owner")
	// Two owners turn each other off at once: one of them stays.
	d.must(d.ReactivatePerson(t.Context(), d.as(second), third))
	errs := make(chan error, 2)
	a, b := d.as(second), d.as(third)
	go func() { errs <- d.DeactivatePerson(t.Context(), a, third) }()
	go func() { errs <- d.DeactivatePerson(t.Context(), b, second) }()
	one, two := <-errs, <-errs
	if (one == nil) == (two == nil) {
		t.Error("not exactly one of two went through")
	}
}

// agentBy is agent by somebody else than the owner.
func (d *desk) agentBy(by int64, name string, roles ...int64) int64 {
	d.Helper()
	id, err := d.CreatePerson(d.Context(), d.as(by), PersonPatch{Kind: ptr(dm.Agent), Name: &name, Address: ptr(strings.ToLower(name) + "@acme.example"), Roles: &roles})
	d.must(err)
	return id
}

func TestDeactivate(t *testing.T) {
	t.Parallel()
	d := testDesk(t)
	ann := d.agent("Ann", d.roles["agent"])
	group := d.group("HR", ann)
	d.must(d.SetPassword(t.Context(), d.asOwner(), ann, testPassword))
	session, _, _, err := d.SignIn(t.Context(), d.account, "ann@acme.example", testPassword)
	d.must(err)
	token, _, err := d.CreateToken(t.Context(), d.as(ann), NewToken{Name: "Script"})
	d.must(err)
	link, err := d.InvitePerson(t.Context(), d.asOwner(), ann)
	d.must(err)
	d.must(d.DeactivatePerson(t.Context(), d.asOwner(), ann))
	gone := func() {
		t.Helper()
		d.refused(second(d.BySession(t.Context(), d.account, session)), dm.Unauthenticated)
		d.refused(second(d.ByToken(t.Context(), d.account, token)), dm.Unauthenticated)
		d.refused(second(d.SetupPage(t.Context(), d.account, link.Secret)), dm.Gone)
	}
	gone()
	_, _, _, err = d.SignIn(t.Context(), d.account, "ann@acme.example", testPassword)
	d.refused(err, dm.Unauthenticated)
	d.refused(second(d.InvitePerson(t.Context(), d.asOwner(), ann)), dm.Conflict)
	if d.as(ann).Permissions() != 0 || d.as(ann).IsAgent() {
		t.Error("a deactivated agent may still do something")
	}
	want := []dm.FieldChange{{Field: "active", Old: "true", New: "false"}}
	if l := d.lastAudit(); l.Action != "person.updated" || l.ObjectID != ann || !cmp.Equal(l.Data.Changes, want) {
		t.Errorf("audit: %+v", l)
	}
	d.must(d.ReactivatePerson(t.Context(), d.asOwner(), ann))
	gone()
	_, _, _, err = d.SignIn(t.Context(), d.account, "ann@acme.example", testPassword)
	d.must(err)
	if p := d.person(ann); !slices.Equal(p.Roles, []int64{d.roles["agent"]}) || !slices.Equal(p.Groups, []int64{group}) {
		t.Errorf("after coming back: %+v", p)
	}
}

func TestPersonAddresses(t *testing.T) {
	t.Parallel()
	d := testDesk(t)
	rob := d.requester("Rob")
	set := func(p PersonPatch) error { return d.UpdatePerson(t.Context(), d.asOwner(), rob, p) }
	want := func(primary string, others ...string) {
		t.Helper()
		p := d.person(rob)
		slices.Sort(p.Others)
		slices.Sort(others)
		if p.Address != primary || !slices.Equal(p.Others, others) {
			t.Errorf("addresses %q and %q, want %q and %q", p.Address, p.Others, primary, others)
		}
	}
	d.must(set(PersonPatch{Others: &[]string{"a@acme.example", "b@acme.example", "A@ACME.example", "rob@acme.example"}}))
	want("rob@acme.example", "a@acme.example", "b@acme.example")
	d.must(set(PersonPatch{Address: ptr("a@acme.example")}))
	want("a@acme.example", "b@acme.example", "rob@acme.example")
	d.must(set(PersonPatch{Others: &[]string{"c@acme.example"}}))
	want("a@acme.example", "c@acme.example")
	d.must(set(PersonPatch{Address: ptr("c@acme.example"), Others: &[]string{}}))
	want("c@acme.example")
	d.must(set(PersonPatch{Address: ptr("d@acme.example"), Others: &[]string{"c@acme.example", "e@acme.example"}}))
	want("d@acme.example", "c@acme.example", "e@acme.example")
	d.must(set(PersonPatch{Address: ptr("D@acme.example")}))
	want("D@acme.example", "c@acme.example", "e@acme.example")
	d.refused(set(PersonPatch{Address: ptr("owner@acme.example")}), dm.Conflict)
	d.refused(set(PersonPatch{Others: &[]string{"owner@acme.example"}}), dm.Conflict)
	want("D@acme.example", "c@acme.example", "e@acme.example")
	for _, c := range d.lastAudit().Data.Changes {
		if c.Old != "" || c.New != "" {
			t.Errorf("the log holds an address: %+v", c)
		}
	}
}

func TestPromote(t *testing.T) {
	t.Parallel()
	d := testDesk(t)
	department, err := d.CreateDepartment(t.Context(), d.asOwner(), "Sales")
	d.must(err)
	rob := d.requester("Rob")
	d.must(d.UpdatePerson(t.Context(), d.asOwner(), rob, PersonPatch{DepartmentID: &department}))
	d.faulty(d.UpdatePerson(t.Context(), d.asOwner(), rob, PersonPatch{Kind: ptr(dm.Agent), DepartmentID: &department}), "department_id")
	d.must(d.UpdatePerson(t.Context(), d.asOwner(), rob, PersonPatch{Kind: ptr(dm.Agent), Roles: &[]int64{d.roles["agent"]}}))
	if p := d.person(rob); p.Kind != dm.Agent || p.DepartmentID != 0 || len(p.Roles) != 1 {
		t.Errorf("promoted: %+v", p)
	}
	d.faulty(d.UpdatePerson(t.Context(), d.asOwner(), rob, PersonPatch{Kind: ptr(dm.Requester)}), "kind")
}

func TestErase(t *testing.T) {
	t.Parallel()
	d := testDesk(t)
	ann := d.agent("Ann", d.roles["agent"])
	d.group("HR", ann)
	admin := d.agent("Admin", d.roles["administrator"])
	d.refused(d.ErasePerson(t.Context(), d.as(admin), ann), dm.Forbidden)
	d.refusedFor(d.ErasePerson(t.Context(), d.asOwner(), d.owner), dm.Forbidden, "own_account")
	d.must(d.ErasePerson(t.Context(), d.asOwner(), ann))
	if p := d.person(ann); p.Name != "" || p.Address != "" || p.Active || p.Roles != nil || p.Groups != nil {
		t.Errorf("erased: %+v", p)
	}
	for _, err := range []error{
		d.ErasePerson(t.Context(), d.asOwner(), ann), d.ReactivatePerson(t.Context(), d.asOwner(), ann),
		d.UpdatePerson(t.Context(), d.asOwner(), ann, PersonPatch{Name: ptr("Ann")}), second(d.InvitePerson(t.Context(), d.asOwner(), ann)),
		d.SetPassword(t.Context(), d.asOwner(), ann, testPassword),
	} {
		d.refusedFor(err, dm.Conflict, "erased")
	}
	lines, _, err := d.AuditLog(t.Context(), d.asOwner(), AuditFilter{}, Page{})
	d.must(err)
	for _, l := range lines {
		for _, c := range l.Data.Changes {
			if strings.Contains(c.Old+c.New, "Ann") || strings.Contains(c.Old+c.New, "ann@") {
				t.Errorf("the log still names the person: %+v", l)
			}
		}
	}
	if id := d.agent("Ann", d.roles["agent"]); id == ann {
		t.Error("the erased person came back")
	}
}

func TestLosingReachUnassigns(t *testing.T) {
	t.Parallel()
	d := testDesk(t)
	ann := d.agent("Ann", d.roles["agent"])
	brand, err := d.CreateBrand(t.Context(), d.asOwner(), "Shop")
	d.must(err)
	inbox, err := d.CreateInbox(t.Context(), d.asOwner(), InboxPatch{BrandID: &brand, Name: ptr("Shop"), Address: ptr("shop@acme.example")})
	d.must(err)
	assigned := func(inbox int64) int64 {
		t.Helper()
		res, err := d.Apply(t.Context(), d.asOwner(), dm.Change{Create: &dm.NewTicket{Subject: "Help", InboxID: inbox, RequesterAddress: "rob@acme.example"},
			Set: dm.TicketPatch{AssigneeID: &ann}, Messages: []dm.NewMessage{{Kind: dm.Reply, Text: "Hello"}}})
		d.must(err)
		return res.Number
	}
	assignee := func(number int64) int64 {
		t.Helper()
		found, err := fetch(t.Context(), d.App, func(tx *store.Tx) (*store.Found, error) { return tx.Ticket(d.asOwner(), number) })
		d.must(err)
		return found.Ticket.AssigneeID
	}
	first, shop := assigned(d.inbox), assigned(inbox)
	d.must(d.UpdatePerson(t.Context(), d.asOwner(), ann, PersonPatch{Scope: ptr(dm.RestrictedScope)}))
	if assignee(shop) != ann {
		t.Error("a narrower scope took an assignment")
	}
	d.must(d.UpdatePerson(t.Context(), d.asOwner(), ann, PersonPatch{AllBrands: ptr(false), Brands: &[]int64{d.brand}}))
	if assignee(shop) != 0 || assignee(first) != ann {
		t.Errorf("after losing a brand: %d and %d", assignee(shop), assignee(first))
	}
	d.must(d.UpdatePerson(t.Context(), d.asOwner(), ann, PersonPatch{AllInboxes: ptr(false)}))
	if assignee(first) != 0 {
		t.Error("after losing every inbox the ticket is still assigned")
	}
}
