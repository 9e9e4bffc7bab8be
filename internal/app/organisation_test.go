package app

import (
	"errors"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
	"github.com/deskmesh/deskmesh/internal/store"
)

func TestRoles(t *testing.T) {
	t.Parallel()
	d := testDesk(t)
	own := d.asOwner()
	d.faulty(second(d.CreateRole(t.Context(), own, RolePatch{Permissions: &[]dm.Permission{dm.TicketsShare, "tickets.eat", ""}})),
		"name", "permissions[1]", "permissions[2]")
	reader := d.role("Reader", dm.NotesRead)
	d.refused(second(d.CreateRole(t.Context(), own, RolePatch{Name: ptr("READER")})), dm.Conflict)
	for name, id := range d.roles {
		d.refusedFor(d.UpdateRole(t.Context(), own, id, RolePatch{Name: ptr("x")}), dm.Conflict, "built_in")
		d.refusedFor(d.DeleteRole(t.Context(), own, id), dm.Conflict, "built_in")
		copied, err := d.CloneRole(t.Context(), own, id, "My "+name)
		d.must(err)
		r, err := d.Role(t.Context(), own, copied)
		d.must(err)
		model, err := d.Role(t.Context(), own, id)
		d.must(err)
		if r.Permissions != model.Permissions || r.BuiltIn != "" {
			t.Errorf("the copy of %s: %+v", name, r)
		}
	}
	before := d.version()
	d.must(d.UpdateRole(t.Context(), own, reader, RolePatch{Permissions: &[]dm.Permission{dm.NotesRead, dm.TicketsNote}}))
	if d.version() <= before {
		t.Error("the access version stayed")
	}
	want := []dm.FieldChange{{Field: "permissions", Old: "notes.read", New: "tickets.note, notes.read"}}
	if diff := cmp.Diff(want, d.lastAudit().Data.Changes); diff != "" {
		t.Error(diff)
	}
	d.agent("Ann", reader)
	bob := d.agent("Bob", reader)
	err := d.DeleteRole(t.Context(), own, reader)
	d.refusedFor(err, dm.Conflict, "role_in_use")
	if e, ok := errors.AsType[*dm.Error](err); !ok || e.Detail["people"] != 2 {
		t.Errorf("the refusal does not say how many have the role: %v", err)
	}
	d.refused(second(d.CreateRole(t.Context(), d.as(bob), RolePatch{Name: ptr("x")})), dm.Forbidden)
	d.must(d.DeleteRole(t.Context(), own, d.role("Unused")))
}

// Nobody makes or changes a role beyond their own permissions.
func TestRolesAreCapped(t *testing.T) {
	t.Parallel()
	d := testDesk(t)
	keeper := d.agent("Keeper", d.role("keeper", dm.RolesManage, dm.TicketsNote))
	strong := d.role("strong", dm.TicketsShare, dm.TicketsNote)
	v := d.as(keeper)
	more := func(err error) { t.Helper(); d.refusedFor(err, dm.Forbidden, "more_than_own") }
	more(second(d.CreateRole(t.Context(), v, RolePatch{Name: ptr("x"), Permissions: &[]dm.Permission{dm.TicketsShare}})))
	more(second(d.CloneRole(t.Context(), v, d.roles["agent"], "x")))
	more(d.UpdateRole(t.Context(), v, strong, RolePatch{Permissions: &[]dm.Permission{dm.TicketsNote}}))
	weak, err := d.CreateRole(t.Context(), v, RolePatch{Name: ptr("weak"), Permissions: &[]dm.Permission{dm.TicketsNote}})
	d.must(err)
	more(d.UpdateRole(t.Context(), v, weak, RolePatch{Permissions: &[]dm.Permission{dm.TicketsNote, dm.PeopleErase}}))
	d.must(d.UpdateRole(t.Context(), v, strong, RolePatch{Name: ptr("Stronger")}))
}

func TestGroups(t *testing.T) {
	t.Parallel()
	d := testDesk(t)
	own := d.asOwner()
	ann, bob, rob := d.agent("Ann", d.roles["agent"]), d.agent("Bob", d.roles["agent"]), d.requester("Rob")
	off := d.agent("Off", d.roles["agent"])
	d.must(d.DeactivatePerson(t.Context(), own, off))
	d.faulty(second(d.CreateGroup(t.Context(), own, GroupPatch{OwnerID: &rob, Members: &[]int64{ann, rob, off, 999}})), "name", "owner_id", "members[1]", "members[2]", "members[3]")
	hr, err := d.CreateGroup(t.Context(), own, GroupPatch{Name: ptr("HR"), OwnerID: &ann, Members: &[]int64{bob, bob}})
	d.must(err)
	members := func(want ...int64) {
		t.Helper()
		g, err := d.Group(t.Context(), own, hr)
		d.must(err)
		slices.Sort(want)
		if !slices.Equal(g.Members, want) {
			t.Errorf("members %v, want %v", g.Members, want)
		}
	}
	members(bob)
	d.refused(second(d.CreateGroup(t.Context(), own, GroupPatch{Name: ptr("hr")})), dm.Conflict)
	update := func(v *access.Viewer, p GroupPatch) error { return d.UpdateGroup(t.Context(), v, hr, p) }
	// The group's owner keeps its members, and nothing else.
	before := d.version()
	d.must(update(d.as(ann), GroupPatch{Add: []int64{ann}, Remove: []int64{bob, 999}}))
	members(ann)
	if d.version() <= before {
		t.Error("the access version stayed")
	}
	d.refused(update(d.as(ann), GroupPatch{Name: ptr("Mine"), Add: []int64{bob}}), dm.Forbidden)
	d.refused(update(d.as(ann), GroupPatch{OwnerID: &bob}), dm.Forbidden)
	d.refused(update(d.as(ann).WithToken(1, "t", dm.PermissionsOf(dm.TicketsShare)), GroupPatch{Add: []int64{bob}}), dm.Forbidden)
	d.refused(d.DeleteGroup(t.Context(), d.as(ann), hr), dm.Forbidden)
	d.refused(update(d.as(bob), GroupPatch{Add: []int64{bob}}), dm.Forbidden)
	d.refused(update(d.as(rob), GroupPatch{Add: []int64{bob}}), dm.Forbidden)
	members(ann)
	d.faulty(update(own, GroupPatch{Members: &[]int64{ann}, Add: []int64{bob}}), "members")
	d.faulty(update(own, GroupPatch{Add: []int64{bob, rob}}), "add[1]")
	d.must(update(own, GroupPatch{Name: ptr("People"), Members: &[]int64{bob, ann}, OwnerID: ptr(int64(0))}))
	members(ann, bob)
	want := []dm.FieldChange{{Field: "name", Old: "HR", New: "People"}, {Field: "owner_id", Old: strconv.FormatInt(ann, 10)}, {Field: "added", New: strconv.FormatInt(bob, 10)}}
	if diff := cmp.Diff(want, d.lastAudit().Data.Changes); diff != "" {
		t.Error(diff)
	}
	d.refused(update(d.as(ann), GroupPatch{Remove: []int64{bob}}), dm.Forbidden)
	// Whoever was turned off stays a member, but does not become one.
	d.must(d.DeactivatePerson(t.Context(), own, bob))
	d.must(update(own, GroupPatch{Members: &[]int64{bob}}))
	members(bob)
	d.faulty(update(own, GroupPatch{Add: []int64{off}}), "add[0]")
}

func TestDeleteGroup(t *testing.T) {
	t.Parallel()
	d := testDesk(t)
	own := d.asOwner()
	ann := d.agent("Ann", d.roles["agent"])
	hr := d.group("HR", ann)
	d.must(d.UpdateInbox(t.Context(), own, d.inbox, InboxPatch{DefaultGroupID: &hr}))
	d.refusedFor(d.DeleteGroup(t.Context(), own, hr), dm.Conflict, "default_group")
	d.must(d.UpdateInbox(t.Context(), own, d.inbox, InboxPatch{DefaultGroupID: ptr(int64(0))}))
	d.must(d.DeleteGroup(t.Context(), own, hr))
	d.refused(d.DeleteGroup(t.Context(), own, hr), dm.NotFound)
	d.refused(d.UpdateGroup(t.Context(), own, hr, GroupPatch{Add: []int64{d.owner}}), dm.NotFound)
	if got := d.person(ann).Groups; len(got) != 0 {
		t.Errorf("groups of a member: %v", got)
	}
	d.faulty(d.UpdateInbox(t.Context(), own, d.inbox, InboxPatch{DefaultGroupID: &hr}), "default_group_id")
	d.faulty(d.UpdatePerson(t.Context(), own, ann, PersonPatch{Groups: &[]int64{hr}}), "groups[0]")
	d.group("HR")
}

func TestBrandsAndInboxes(t *testing.T) {
	t.Parallel()
	d := testDesk(t)
	own := d.asOwner()
	agent := d.as(d.agent("Ann", d.roles["agent"]))
	d.refused(second(d.CreateBrand(t.Context(), agent, "Shop")), dm.Forbidden)
	d.faulty(second(d.CreateBrand(t.Context(), own, "\n")), "name")
	shop, err := d.CreateBrand(t.Context(), own, "Shop")
	d.must(err)
	d.refused(second(d.CreateBrand(t.Context(), own, "SHOP")), dm.Conflict)
	before := d.version()
	d.must(d.UpdateBrand(t.Context(), own, shop, BrandPatch{Active: ptr(false)}))
	if d.version() <= before {
		t.Error("the access version stayed")
	}
	if b, err := d.Brand(t.Context(), agent, shop); err != nil || b.Active || b.Name != "Shop" {
		t.Errorf("brand: %+v, %v", b, err)
	}
	d.refused(d.UpdateBrand(t.Context(), agent, shop, BrandPatch{Active: ptr(true)}), dm.Forbidden)

	d.refused(second(d.CreateInbox(t.Context(), agent, InboxPatch{})), dm.Forbidden)
	d.faulty(second(d.CreateInbox(t.Context(), own, InboxPatch{Active: ptr(false)})), "brand_id", "active", "name", "address")
	d.faulty(second(d.CreateInbox(t.Context(), own, InboxPatch{BrandID: ptr(int64(999)), Name: ptr("x"), Address: ptr("no address"), DefaultGroupID: ptr(int64(9))})),
		"brand_id", "address", "default_group_id")
	before = d.version()
	box, err := d.CreateInbox(t.Context(), own, InboxPatch{BrandID: &shop, Name: ptr("Shop"), Address: ptr("Shop@acme.example")})
	d.must(err)
	if d.version() <= before {
		t.Error("the access version stayed")
	}
	other := addDesk(t, d.App, "globex")
	err = second(d.CreateInbox(t.Context(), other.asOwner(), InboxPatch{BrandID: &other.brand, Name: ptr("Shop"), Address: ptr("SHOP@acme.example")}))
	d.refused(err, dm.Conflict)
	if strings.Contains(err.Error(), "acme") {
		t.Errorf("the refusal tells of another account: %v", err)
	}
	d.faulty(d.UpdateInbox(t.Context(), own, box, InboxPatch{BrandID: &d.brand}), "brand_id")
	d.must(d.UpdateInbox(t.Context(), own, box, InboxPatch{Name: ptr("Store"), Active: ptr(false), BrandID: &shop}))
	if b, err := d.Inbox(t.Context(), agent, box); err != nil || b.Active || b.Name != "Store" || b.Address != "Shop@acme.example" {
		t.Errorf("inbox: %+v, %v", b, err)
	}
}

func TestDepartmentsAndCompanies(t *testing.T) {
	t.Parallel()
	d := testDesk(t)
	own := d.asOwner()
	ann := d.agent("Ann", d.roles["agent"])
	d.refused(second(d.CreateDepartment(t.Context(), d.as(ann), "Sales")), dm.Forbidden)
	d.refused(second(d.CreateCompany(t.Context(), d.as(ann), CompanyPatch{Name: ptr("x")})), dm.Forbidden)
	sales, err := d.CreateDepartment(t.Context(), own, "Sales")
	d.must(err)
	d.refused(second(d.CreateDepartment(t.Context(), own, "sales")), dm.Conflict)
	d.must(d.RenameDepartment(t.Context(), own, sales, "Selling"))
	rob := d.requester("Rob")
	d.faulty(second(d.CreateCompany(t.Context(), own, CompanyPatch{ManagerID: &rob})), "name", "manager_id")
	initech, err := d.CreateCompany(t.Context(), own, CompanyPatch{Name: ptr("Initech"), ManagerID: &ann})
	d.must(err)
	d.must(d.UpdatePerson(t.Context(), own, rob, PersonPatch{DepartmentID: &sales, CompanyID: &initech}))
	if p := d.person(rob); p.DepartmentID != sales || p.CompanyID != initech {
		t.Errorf("person: %+v", p)
	}
	d.must(d.UpdateCompany(t.Context(), own, initech, CompanyPatch{ManagerID: ptr(int64(0))}))
	if c, err := d.Company(t.Context(), d.as(ann), initech); err != nil || c.ManagerID != 0 || c.Name != "Initech" {
		t.Errorf("company: %+v, %v", c, err)
	}
	d.must(d.DeleteDepartment(t.Context(), own, sales))
	d.must(d.DeleteCompany(t.Context(), own, initech))
	if p := d.person(rob); p.DepartmentID != 0 || p.CompanyID != 0 {
		t.Errorf("person after both were deleted: %+v", p)
	}
	d.faulty(d.UpdatePerson(t.Context(), own, rob, PersonPatch{DepartmentID: &sales, CompanyID: &initech}), "department_id", "company_id")
	d.refused(d.RenameDepartment(t.Context(), own, sales, "x"), dm.NotFound)
}

func TestFieldsAndStatuses(t *testing.T) {
	t.Parallel()
	d := testDesk(t)
	own := d.asOwner()
	agent := d.as(d.agent("Ann", d.roles["agent"]))
	create := func(p FieldPatch) error { return second(d.CreateField(t.Context(), own, p)) }
	d.refused(second(d.CreateField(t.Context(), agent, FieldPatch{Name: ptr("x"), Kind: ptr(dm.FieldText)})), dm.Forbidden)
	d.faulty(create(FieldPatch{}), "kind", "name")
	d.faulty(create(FieldPatch{Name: ptr("Colour"), Kind: ptr(dm.FieldChoice)}), "options")
	d.faulty(create(FieldPatch{Name: ptr("Colour"), Kind: ptr(dm.FieldChoice), Options: &[]string{"Red", "RED", " "}, Position: ptr(int64(-1)), Active: ptr(false)}),
		"active", "options[1]", "options[2]", "position")
	d.faulty(create(FieldPatch{Name: ptr("Order"), Kind: ptr(dm.FieldText), Options: &[]string{"a"}}), "options")
	long := make([]string, maxOptions)
	for i := range long {
		long[i] = strings.Repeat("x", 190) + strconv.Itoa(i)
	}
	d.faulty(create(FieldPatch{Name: ptr("Long"), Kind: ptr(dm.FieldChoice), Options: &long}), "options")
	colour, err := d.CreateField(t.Context(), own, FieldPatch{Name: ptr("Colour"), Kind: ptr(dm.FieldChoice), Options: &[]string{"Red", "Blue"}, Required: ptr(true)})
	d.must(err)
	d.refused(create(FieldPatch{Name: ptr("COLOUR"), Kind: ptr(dm.FieldText)}), dm.Conflict)
	d.faulty(d.UpdateField(t.Context(), own, colour, FieldPatch{Kind: ptr(dm.FieldText), Options: &[]string{}}), "kind", "options")
	d.must(d.UpdateField(t.Context(), own, colour, FieldPatch{Options: &[]string{"Red", "Green"}, Active: ptr(false)}))
	d.must(create(FieldPatch{Name: ptr("Colour"), Kind: ptr(dm.FieldText)}))
	d.refused(d.UpdateField(t.Context(), own, colour, FieldPatch{Active: ptr(true)}), dm.Conflict)
	list, err := d.Fields(t.Context(), agent)
	d.must(err)
	if len(list) != 2 || list[0].Active || !slices.Equal(list[0].Options, []string{"Red", "Green"}) || !list[0].Required {
		t.Errorf("fields: %+v", list)
	}

	d.refused(second(d.CreateStatus(t.Context(), agent, "Waiting", dm.StatusPending)), dm.Forbidden)
	d.faulty(second(d.CreateStatus(t.Context(), own, "", "asleep")), "name", "status")
	waiting, err := d.CreateStatus(t.Context(), own, "Waiting", dm.StatusPending)
	d.must(err)
	d.refused(second(d.CreateStatus(t.Context(), own, "WAITING", dm.StatusOpen)), dm.Conflict)
	d.must(d.RenameStatus(t.Context(), own, waiting, "Parked"))
	statuses, err := d.Statuses(t.Context(), agent)
	d.must(err)
	if diff := cmp.Diff([]dm.TicketStatus{{ID: waiting, Name: "Parked", Status: dm.StatusPending}}, statuses); diff != "" {
		t.Error(diff)
	}
	d.must(d.DeleteStatus(t.Context(), own, waiting))
	d.refused(d.DeleteStatus(t.Context(), own, waiting), dm.NotFound)
}

// What agents may read about the desk is closed to requesters, also to an agent
// who is at the portal.
func TestRequestersReadNothing(t *testing.T) {
	t.Parallel()
	d := testDesk(t)
	rob := d.requester("Rob")
	for _, v := range []*access.Viewer{nil, d.as(rob), d.asOwner().AsRequester()} {
		_, _, groups := d.Groups(t.Context(), v, Page{})
		_, _, roles := d.Roles(t.Context(), v, Page{})
		_, _, brands := d.Brands(t.Context(), v, Page{})
		_, _, inboxes := d.Inboxes(t.Context(), v, Page{})
		_, _, departments := d.Departments(t.Context(), v, Page{})
		_, _, companies := d.Companies(t.Context(), v, Page{})
		for _, err := range []error{groups, roles, brands, inboxes, departments, companies, second(d.Fields(t.Context(), v)), second(d.Statuses(t.Context(), v)),
			second(d.Group(t.Context(), v, 1)), second(d.Role(t.Context(), v, 1)), second(d.Brand(t.Context(), v, d.brand)), second(d.Inbox(t.Context(), v, d.inbox)),
			second(d.Department(t.Context(), v, 1)), second(d.Company(t.Context(), v, 1)), second(d.Notices(t.Context(), v, 0))} {
			d.refused(err, dm.Forbidden)
		}
	}
}

// Decision Q3: a deleted group's shares end, with a line of history that says why.
func TestDeletedGroupEndsShares(t *testing.T) {
	t.Parallel()
	d := testDesk(t)
	_, err := d.SetSettings(t.Context(), d.asOwner(), map[string]any{"sharing.enabled": true})
	d.must(err)
	ann := d.agent("Ann", d.roles["agent"])
	d.must(d.UpdatePerson(t.Context(), d.asOwner(), ann, PersonPatch{Scope: ptr(dm.RestrictedScope)}))
	hr := d.group("HR", ann)
	res, err := d.Apply(t.Context(), d.asOwner(), dm.Change{Create: &dm.NewTicket{Subject: "Help", InboxID: d.inbox, RequesterAddress: "rob@acme.example"},
		Messages: []dm.NewMessage{{Kind: dm.Reply, Text: "Hello"}}, Share: []dm.NewShare{{Target: dm.Target{Kind: dm.TargetGroup, ID: hr}}}})
	d.must(err)
	if _, err := d.Ticket(t.Context(), d.as(ann), res.Number); err != nil {
		t.Fatalf("before: %v", err)
	}
	d.must(d.DeleteGroup(t.Context(), d.asOwner(), hr))
	d.refused(second(d.Ticket(t.Context(), d.as(ann), res.Number)), dm.NotFound)
	shares, err := fetch(t.Context(), d.App, func(tx *store.Tx) ([]dm.Share, error) { return tx.SharesOf(d.account, res.TicketID) })
	d.must(err)
	for _, s := range shares {
		if s.EndedAt == 0 {
			t.Errorf("a share still stands: %+v", s)
		}
	}
	events, err := fetch(t.Context(), d.App, func(tx *store.Tx) ([]dm.Event, error) { return tx.Events(d.account, res.TicketID, true, 0, 100) })
	d.must(err)
	if last := events[len(events)-1]; last.Kind != dm.ShareRevoked || last.Data.EndCause != "group deleted" {
		t.Errorf("the last line of history: %+v", last)
	}
}
