package storetest

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/store"
)

func testRoles(t *testing.T, db *store.DB) {
	account := newAccount(t, db, "acme")
	for _, r := range dm.BuiltInRoles {
		made(t, db, func(tx *store.Tx) (int64, error) { return tx.CreateRole(account, &r) })
	}
	own := dm.Role{Name: "Über Reader", Permissions: dm.PermissionsOf(dm.NotesRead, dm.PeopleErase)}
	own.ID = made(t, db, func(tx *store.Tx) (int64, error) { return tx.CreateRole(account, &own) })
	list := read(t, db, func(tx *store.Tx) ([]dm.Role, error) {
		list, _, err := tx.Roles(account, store.Page{})
		return list, err
	})
	if len(list) != 5 || list[0].Name != "Administrator" || list[0].Permissions != dm.BuiltInRoles[1].Permissions || list[4] != own {
		t.Errorf("roles: %+v", list)
	}
	owner := list[slices.IndexFunc(list, func(r dm.Role) bool { return r.BuiltIn == "owner" })]
	refused(t, db, dm.Conflict, func(tx *store.Tx) error {
		_, err := tx.CreateRole(account, &dm.Role{Name: "über READER"})
		return err
	})
	refused(t, db, dm.NotFound, func(tx *store.Tx) error { return tx.SaveRole(account, &dm.Role{ID: owner.ID, Name: "Boss"}) })
	refused(t, db, dm.NotFound, func(tx *store.Tx) error { return tx.DeleteRole(account, owner.ID) })
	refused(t, db, dm.Conflict, func(tx *store.Tx) error { return tx.SaveRole(account, &dm.Role{ID: own.ID, Name: "OWNER"}) })
	own.Name, own.Permissions = "Reader", 0
	write(t, db, func(tx *store.Tx) error { return tx.SaveRole(account, &own) })
	if got := read(t, db, func(tx *store.Tx) (*dm.Role, error) { return tx.Role(account, own.ID) }); *got != own {
		t.Errorf("saved role: %+v", got)
	}
	ann := newPerson(t, db, account, dm.Agent, "Ann", "ann@acme.example")
	write(t, db, func(tx *store.Tx) error { return tx.SetPersonRoles(account, ann, []int64{own.ID, owner.ID}) })
	if n := read(t, db, func(tx *store.Tx) (int, error) { return tx.RoleHolders(account, own.ID) }); n != 1 {
		t.Errorf("%d people have the role", n)
	}
	refused(t, db, dm.Conflict, func(tx *store.Tx) error { return tx.DeleteRole(account, own.ID) })
	owners := func() []int64 {
		return read(t, db, func(tx *store.Tx) ([]int64, error) { return tx.ActiveOwners(account) })
	}
	if got := owners(); !slices.Equal(got, []int64{ann}) {
		t.Errorf("owners: %v", got)
	}
	write(t, db, func(tx *store.Tx) error { return tx.SetPersonActive(account, ann, false) })
	if got := owners(); len(got) != 0 {
		t.Errorf("owners: %v", got)
	}
	write(t, db, func(tx *store.Tx) error { return tx.SetPersonRoles(account, ann, nil) })
	write(t, db, func(tx *store.Tx) error { return tx.DeleteRole(account, own.ID) })
	unread(t, db, dm.NotFound, func(tx *store.Tx) (*dm.Role, error) { return tx.Role(account, own.ID) })
}

func testGroups(t *testing.T, db *store.DB) {
	account := newAccount(t, db, "acme")
	ann := newPerson(t, db, account, dm.Agent, "Ann", "ann@acme.example")
	bob := newPerson(t, db, account, dm.Agent, "Bob", "bob@acme.example")
	id := made(t, db, func(tx *store.Tx) (int64, error) {
		return tx.CreateGroup(account, &dm.Group{Name: "HR", OwnerID: ann, Members: []int64{bob, ann}})
	})
	group := func() *dm.Group {
		t.Helper()
		return read(t, db, func(tx *store.Tx) (*dm.Group, error) { return tx.Group(account, id) })
	}
	if diff := cmp.Diff(&dm.Group{ID: id, Name: "HR", OwnerID: ann, Mail: dm.GroupMailMembers, Members: []int64{ann, bob}, CreatedAt: group().CreatedAt}, group()); diff != "" {
		t.Errorf("new group: %s", diff)
	}
	refused(t, db, dm.Conflict, func(tx *store.Tx) error {
		_, err := tx.CreateGroup(account, &dm.Group{Name: "hr"})
		return err
	})
	refused(t, db, dm.NotFound, func(tx *store.Tx) error {
		_, err := tx.CreateGroup(account, &dm.Group{Name: "Legal", OwnerID: 9999})
		return err
	})
	refused(t, db, dm.NotFound, func(tx *store.Tx) error { return tx.ChangeMembers(account, id, []int64{9999}, nil) })
	write(t, db, func(tx *store.Tx) error { return tx.ChangeMembers(account, id, []int64{bob}, []int64{ann}) })
	write(t, db, func(tx *store.Tx) error { return tx.SaveGroup(account, &dm.Group{ID: id, Name: "People"}) })
	if g := group(); g.Name != "People" || g.OwnerID != 0 || !slices.Equal(g.Members, []int64{bob}) {
		t.Errorf("changed group: %+v", g)
	}
	write(t, db, func(tx *store.Tx) error { return tx.DeleteGroup(account, id) })
	unread(t, db, dm.NotFound, func(tx *store.Tx) (*dm.Group, error) { return tx.Group(account, id) })
	refused(t, db, dm.NotFound, func(tx *store.Tx) error { return tx.DeleteGroup(account, id) })
	refused(t, db, dm.NotFound, func(tx *store.Tx) error { return tx.SaveGroup(account, &dm.Group{ID: id, Name: "x"}) })
	again := made(t, db, func(tx *store.Tx) (int64, error) { return tx.CreateGroup(account, &dm.Group{Name: "PEOPLE"}) })
	list := read(t, db, func(tx *store.Tx) ([]dm.Group, error) {
		list, _, err := tx.Groups(account, store.Page{})
		return list, err
	})
	if len(list) != 1 || list[0].ID != again {
		t.Errorf("groups: %+v", list)
	}
	live := read(t, db, func(tx *store.Tx) (map[int64]bool, error) { return tx.LiveGroups(account, []int64{id, again, 9999}) })
	if diff := cmp.Diff(map[int64]bool{again: true}, live); diff != "" {
		t.Error(diff)
	}
}

func testBrandsAndInboxes(t *testing.T, db *store.DB) {
	account, other := newAccount(t, db, "acme"), newAccount(t, db, "globex")
	brand := made(t, db, func(tx *store.Tx) (int64, error) { return tx.CreateBrand(account, "Shop") })
	refused(t, db, dm.Conflict, func(tx *store.Tx) error { _, err := tx.CreateBrand(account, "SHOP"); return err })
	write(t, db, func(tx *store.Tx) error { return tx.SaveBrand(account, &dm.Brand{ID: brand, Name: "Store"}) })
	if b := read(t, db, func(tx *store.Tx) (*dm.Brand, error) { return tx.Brand(account, brand) }); *b != (dm.Brand{ID: brand, Name: "Store"}) {
		t.Errorf("brand: %+v", b)
	}
	group := made(t, db, func(tx *store.Tx) (int64, error) { return tx.CreateGroup(account, &dm.Group{Name: "HR"}) })
	box := dm.Inbox{BrandID: brand, Name: "Help", Address: "Help@acme.example", DefaultGroupID: group, Active: true}
	box.ID = made(t, db, func(tx *store.Tx) (int64, error) { return tx.CreateInbox(account, &box) })
	if got := read(t, db, func(tx *store.Tx) (*dm.Inbox, error) { return tx.Inbox(account, box.ID) }); *got != box {
		t.Errorf("inbox: %+v", got)
	}
	theirs := made(t, db, func(tx *store.Tx) (int64, error) { return tx.CreateBrand(other, "Store") })
	refused(t, db, dm.Conflict, func(tx *store.Tx) error {
		_, err := tx.CreateInbox(other, &dm.Inbox{BrandID: theirs, Name: "Help", Address: "help@ACME.example"})
		return err
	})
	refused(t, db, dm.NotFound, func(tx *store.Tx) error {
		_, err := tx.CreateInbox(other, &dm.Inbox{BrandID: brand, Name: "Help", Address: "help@globex.example"})
		return err
	})
	if got := read(t, db, func(tx *store.Tx) ([]int64, error) { return tx.InboxesOfGroup(account, group) }); !slices.Equal(got, []int64{box.ID}) {
		t.Errorf("inboxes of the group: %v", got)
	}
	box.Name, box.Address, box.DefaultGroupID, box.Active = "Desk", "desk@acme.example", 0, false
	write(t, db, func(tx *store.Tx) error { return tx.SaveInbox(account, &box) })
	if got := read(t, db, func(tx *store.Tx) (*dm.Inbox, error) { return tx.Inbox(account, box.ID) }); *got != box {
		t.Errorf("saved inbox: %+v", got)
	}
	refused(t, db, dm.NotFound, func(tx *store.Tx) error {
		changed := box
		changed.DefaultGroupID = 9999
		return tx.SaveInbox(account, &changed)
	})
	for i := range 4 {
		made(t, db, func(tx *store.Tx) (int64, error) {
			return tx.CreateInbox(account, &dm.Inbox{BrandID: brand, Name: "In", Address: fmt.Sprintf("in%d@acme.example", i)})
		})
	}
	var seen []int64
	for cursor := ""; ; {
		page := read(t, db, func(tx *store.Tx) ([]dm.Inbox, error) {
			list, next, err := tx.Inboxes(account, store.Page{Limit: 2, Cursor: cursor})
			cursor = next
			return list, err
		})
		for _, b := range page {
			seen = append(seen, b.ID)
		}
		if cursor == "" {
			break
		}
	}
	if len(seen) != 5 || !slices.IsSorted(seen) {
		t.Errorf("inboxes page by page: %v", seen)
	}
}

func testDepartmentsAndCompanies(t *testing.T, db *store.DB) {
	account := newAccount(t, db, "acme")
	ann := newPerson(t, db, account, dm.Agent, "Ann", "ann@acme.example")
	sales := made(t, db, func(tx *store.Tx) (int64, error) { return tx.CreateDepartment(account, "Sales") })
	initech := made(t, db, func(tx *store.Tx) (int64, error) {
		return tx.CreateCompany(account, &dm.Company{Name: "Initech", ManagerID: ann})
	})
	bob := made(t, db, func(tx *store.Tx) (int64, error) {
		return tx.CreatePerson(account, &dm.Person{Kind: dm.Requester, Name: "Bob", Address: "bob@acme.example", DepartmentID: sales, CompanyID: initech})
	})
	refused(t, db, dm.Conflict, func(tx *store.Tx) error { _, err := tx.CreateDepartment(account, "SALES"); return err })
	refused(t, db, dm.Conflict, func(tx *store.Tx) error {
		_, err := tx.CreateCompany(account, &dm.Company{Name: "INITECH"})
		return err
	})
	refused(t, db, dm.NotFound, func(tx *store.Tx) error {
		_, err := tx.CreateCompany(account, &dm.Company{Name: "Hooli", ManagerID: 9999})
		return err
	})
	write(t, db, func(tx *store.Tx) error {
		return tx.SaveDepartment(account, &dm.Department{ID: sales, Name: "Selling"})
	})
	write(t, db, func(tx *store.Tx) error { return tx.SaveCompany(account, &dm.Company{ID: initech, Name: "Initrode"}) })
	if d := read(t, db, func(tx *store.Tx) (*dm.Department, error) { return tx.Department(account, sales) }); d.Name != "Selling" {
		t.Errorf("department: %+v", d)
	}
	if c := read(t, db, func(tx *store.Tx) (*dm.Company, error) { return tx.Company(account, initech) }); *c != (dm.Company{ID: initech, Name: "Initrode"}) {
		t.Errorf("company: %+v", c)
	}
	write(t, db, func(tx *store.Tx) error { return tx.DeleteDepartment(account, sales) })
	write(t, db, func(tx *store.Tx) error { return tx.DeleteCompany(account, initech) })
	if p := person(t, db, account, bob); p.DepartmentID != 0 || p.CompanyID != 0 {
		t.Errorf("person after both were deleted: %+v", p)
	}
	unread(t, db, dm.NotFound, func(tx *store.Tx) (*dm.Department, error) { return tx.Department(account, sales) })
	unread(t, db, dm.NotFound, func(tx *store.Tx) (*dm.Company, error) { return tx.Company(account, initech) })
	made(t, db, func(tx *store.Tx) (int64, error) { return tx.CreateDepartment(account, "selling") })
	made(t, db, func(tx *store.Tx) (int64, error) { return tx.CreateCompany(account, &dm.Company{Name: "initrode"}) })
}

// testSightOf: who has sight of a department, of its tickets and of its changes.
func testSightOf(t *testing.T, db *store.DB) {
	account, other := newAccount(t, db, "acme"), newAccount(t, db, "globex")
	sales := made(t, db, func(tx *store.Tx) (int64, error) { return tx.CreateDepartment(account, "Sales") })
	legal := made(t, db, func(tx *store.Tx) (int64, error) { return tx.CreateDepartment(account, "Legal") })
	person := func(name string, department int64, tickets, changes dm.Sight) int64 {
		return made(t, db, func(tx *store.Tx) (int64, error) {
			return tx.CreatePerson(account, &dm.Person{Kind: dm.Requester, Name: name, Address: name + "@acme.example", DepartmentID: department, Sight: dm.DepartmentSight{Tickets: tickets, Changes: changes}})
		})
	}
	reads, both := person("reads", sales, dm.SightRead, dm.SightNone), person("both", sales, dm.SightWrite, dm.SightRead)
	changes, gone := person("changes", sales, dm.SightNone, dm.SightWrite), person("gone", sales, dm.SightRead, dm.SightRead)
	person("none", sales, dm.SightNone, dm.SightNone)
	elsewhere := person("elsewhere", legal, dm.SightRead, dm.SightNone)
	write(t, db, func(tx *store.Tx) error { return tx.SetPersonActive(account, gone, false) })
	for _, c := range []struct {
		account, department int64
		changes             bool
		limit               int
		want                []int64
	}{
		{account, sales, false, 9, []int64{reads, both}}, {account, sales, true, 9, []int64{both, changes}}, {account, sales, false, 1, []int64{reads}},
		{account, legal, false, 9, []int64{elsewhere}}, {account, 0, false, 9, nil}, {other, sales, false, 9, nil},
	} {
		got := read(t, db, func(tx *store.Tx) ([]int64, error) { return tx.SightOf(c.account, c.department, c.changes, c.limit) })
		if !slices.Equal(got, c.want) {
			t.Errorf("%+v: %v", c, got)
		}
	}
}

// testNamedPages walks lists by name page by page, in the order of the folded
// names' bytes on every engine.
func testNamedPages(t *testing.T, db *store.DB) {
	account := newAccount(t, db, "acme")
	want := []string{"-dash", "10", "9", "Ab", "a b", "a-b", "a_b", "abc", "Zebra", "zéro", "Änderung", "ñandú", "日本"}
	slices.SortFunc(want, func(a, b string) int {
		if store.Fold(a) < store.Fold(b) {
			return -1
		}
		return 1
	})
	for i := range want {
		name := want[(i*5)%len(want)]
		made(t, db, func(tx *store.Tx) (int64, error) { return tx.CreateDepartment(account, name) })
	}
	for _, c := range []struct {
		query string
		size  int
		want  []string
	}{
		{"", 100, want}, {"", 1, want}, {"", 4, want}, {"", len(want), want}, {"", 500, want},
		{"A", 2, []string{"a b", "a-b", "a_b", "Ab", "abc"}}, {"ä", 5, []string{"Änderung"}}, {"ZÉ", 5, []string{"zéro"}}, {"日", 5, []string{"日本"}}, {"%", 5, nil},
	} {
		var got []string
		for cursor, pages := "", 0; pages == 0 || cursor != ""; pages++ {
			list := read(t, db, func(tx *store.Tx) ([]dm.Department, error) {
				list, next, err := tx.Departments(account, store.Page{Query: c.query, Limit: c.size, Cursor: cursor})
				cursor = next
				return list, err
			})
			for _, d := range list {
				got = append(got, d.Name)
			}
			if pages > len(want) {
				t.Fatal("the list does not end")
			}
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%q in pages of %d: %s", c.query, c.size, diff)
		}
	}
}

func testStatusesAndFields(t *testing.T, db *store.DB) {
	account := newAccount(t, db, "acme")
	s := dm.TicketStatus{Name: "Waiting", Status: dm.StatusPending}
	s.ID = made(t, db, func(tx *store.Tx) (int64, error) { return tx.CreateTicketStatus(account, &s) })
	refused(t, db, dm.Conflict, func(tx *store.Tx) error {
		_, err := tx.CreateTicketStatus(account, &dm.TicketStatus{Name: "WAITING", Status: dm.StatusOpen})
		return err
	})
	s.Name = "Parked"
	write(t, db, func(tx *store.Tx) error { return tx.SaveTicketStatus(account, &s) })
	if diff := cmp.Diff([]dm.TicketStatus{s}, read(t, db, func(tx *store.Tx) ([]dm.TicketStatus, error) { return tx.TicketStatuses(account) })); diff != "" {
		t.Error(diff)
	}
	write(t, db, func(tx *store.Tx) error { return tx.DeleteTicketStatus(account, s.ID) })
	unread(t, db, dm.NotFound, func(tx *store.Tx) (*dm.TicketStatus, error) { return tx.TicketStatus(account, s.ID) })
	made(t, db, func(tx *store.Tx) (int64, error) { return tx.CreateTicketStatus(account, &s) })

	f := dm.TicketField{Name: "Colour", Kind: dm.FieldChoice, Options: []string{"Red", "Grün"}, Required: true, Active: true, Portal: dm.FieldHidden, Types: []dm.TicketType{}, Position: 2}
	f.ID = made(t, db, func(tx *store.Tx) (int64, error) { return tx.CreateTicketField(account, &f) })
	first := dm.TicketField{Name: "Order", Kind: dm.FieldText, Options: []string{}, Active: true, Portal: dm.FieldHidden, Types: []dm.TicketType{}, Position: 1}
	first.ID = made(t, db, func(tx *store.Tx) (int64, error) { return tx.CreateTicketField(account, &first) })
	if diff := cmp.Diff([]dm.TicketField{first, f}, read(t, db, func(tx *store.Tx) ([]dm.TicketField, error) { return tx.TicketFields(account) })); diff != "" {
		t.Error(diff)
	}
	refused(t, db, dm.Conflict, func(tx *store.Tx) error {
		_, err := tx.CreateTicketField(account, &dm.TicketField{Name: "COLOUR", Kind: dm.FieldText})
		return err
	})
	f.Name, f.Options, f.Required, f.Active, f.Position = "Hue", []string{"Blue"}, false, false, 0
	write(t, db, func(tx *store.Tx) error { return tx.SaveTicketField(account, &f) })
	if diff := cmp.Diff(&f, read(t, db, func(tx *store.Tx) (*dm.TicketField, error) { return tx.TicketField(account, f.ID) })); diff != "" {
		t.Error(diff)
	}
	made(t, db, func(tx *store.Tx) (int64, error) {
		return tx.CreateTicketField(account, &dm.TicketField{Name: "hue", Kind: dm.FieldDate})
	})
	f.Active = true
	refused(t, db, dm.Conflict, func(tx *store.Tx) error { return tx.SaveTicketField(account, &f) })
}
