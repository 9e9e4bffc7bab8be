package storetest

import (
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/store"
)

func person(t *testing.T, db *store.DB, account, id int64) *dm.Person {
	t.Helper()
	return read(t, db, func(tx *store.Tx) (*dm.Person, error) { return tx.Person(account, id) })
}

func testPeople(t *testing.T, db *store.DB) {
	account := newAccount(t, db, "acme")
	department := made(t, db, func(tx *store.Tx) (int64, error) { return tx.CreateDepartment(account, "Sales") })
	company := made(t, db, func(tx *store.Tx) (int64, error) { return tx.CreateCompany(account, &dm.Company{Name: "Initech"}) })
	id := made(t, db, func(tx *store.Tx) (int64, error) {
		return tx.CreatePerson(account, &dm.Person{Kind: dm.Requester, Name: "Müller", Address: "Mueller@Acme.example",
			DepartmentID: department, CompanyID: company, Language: "de"})
	})
	p := person(t, db, account, id)
	want := &dm.Person{ID: id, Kind: dm.Requester, Name: "Müller", Address: "Mueller@Acme.example", Scope: dm.RestrictedScope,
		DepartmentID: department, Sight: dm.DepartmentSight{Tickets: dm.SightNone, Changes: dm.SightNone}, CompanyID: company, Language: "de", Active: true, Preferences: dm.DefaultPreferences(), CreatedAt: p.CreatedAt, UpdatedAt: p.CreatedAt}
	if diff := cmp.Diff(want, p); diff != "" {
		t.Errorf("new person: %s", diff)
	}
	want.Kind, want.Name, want.Scope, want.AllBrands, want.AllInboxes = dm.Agent, "Anna Müller", dm.GroupScope, true, true
	want.DepartmentID, want.CompanyID, want.Language = 0, 0, "en"
	write(t, db, func(tx *store.Tx) error { return tx.SavePerson(account, want) })
	write(t, db, func(tx *store.Tx) error { return tx.SetPasswordHash(account, id, "$argon2id$...") })
	want.HasPassword = true
	p = person(t, db, account, id)
	want.UpdatedAt = p.UpdatedAt
	if diff := cmp.Diff(want, p); diff != "" {
		t.Errorf("saved person: %s", diff)
	}
	unread(t, db, dm.NotFound, func(tx *store.Tx) (*dm.Person, error) { return tx.Person(account, id+100) })
	refused(t, db, dm.NotFound, func(tx *store.Tx) error {
		return tx.SavePerson(account, &dm.Person{ID: id + 100, Kind: dm.Agent, Scope: dm.GlobalScope})
	})
	long := strings.Repeat("ﷺ", 200) // folds to eighteen times as many characters
	newPerson(t, db, account, dm.Requester, long, "long@acme.example")
}

func names(list []dm.Person) string {
	texts := make([]string, len(list))
	for i := range list {
		texts[i] = list[i].Name
	}
	return strings.Join(texts, ", ")
}

func testPeopleList(t *testing.T, db *store.DB) {
	account, other := newAccount(t, db, "acme"), newAccount(t, db, "globex")
	for _, p := range []struct {
		kind          dm.PersonKind
		name, address string
	}{
		{dm.Agent, "anna", "x1@acme.example"}, {dm.Agent, "Zoë", "anton@acme.example"}, {dm.Requester, "Ärger", "aerger@acme.example"},
		{dm.Requester, "ANNABEL", "annabel@acme.example"}, {dm.Requester, "Straße", "s@acme.example"}, {dm.Requester, "100% sure", "x2@acme.example"},
		{dm.Requester, "a_b", "x3@acme.example"}, {dm.Requester, "ﬁrma", "x4@acme.example"}, {dm.Agent, "Andy", "andy@acme.example"},
	} {
		newPerson(t, db, account, p.kind, p.name, p.address)
	}
	newPerson(t, db, other, dm.Agent, "Anselm", "anselm@globex.example")
	off := person(t, db, account, read(t, db, func(tx *store.Tx) (int64, error) { return tx.PersonIDByAddress(account, "ANDY@ACME.example") }))
	write(t, db, func(tx *store.Tx) error { return tx.SetPersonActive(account, off.ID, false) })
	yes, no := true, false
	for _, c := range []struct {
		q    store.PeopleQuery
		want string
	}{
		{store.PeopleQuery{}, "100% sure, a_b, Andy, anna, ANNABEL, ﬁrma, Straße, Zoë, Ärger"},
		{store.PeopleQuery{Kind: dm.Agent}, "Andy, anna, Zoë"},
		{store.PeopleQuery{Kind: dm.Agent, Active: &yes}, "anna, Zoë"},
		{store.PeopleQuery{Active: &no}, "Andy"},
		{store.PeopleQuery{Page: store.Page{Query: "AN"}}, "Andy, anna, ANNABEL, Zoë"},
		{store.PeopleQuery{Page: store.Page{Query: "an"}, Active: &yes, Kind: dm.Agent}, "anna, Zoë"},
		{store.PeopleQuery{Page: store.Page{Query: "ä"}}, "Ärger"},
		{store.PeopleQuery{Page: store.Page{Query: "STRASSE"}}, "Straße"},
		{store.PeopleQuery{Page: store.Page{Query: "fir"}}, "ﬁrma"},
		{store.PeopleQuery{Page: store.Page{Query: "100%"}}, "100% sure"},
		{store.PeopleQuery{Page: store.Page{Query: "%"}}, ""},
		{store.PeopleQuery{Page: store.Page{Query: "_"}}, ""},
		{store.PeopleQuery{Page: store.Page{Query: "anselm"}}, ""},
		{store.PeopleQuery{Page: store.Page{Query: "aerger@"}}, "Ärger"},
	} {
		got := read(t, db, func(tx *store.Tx) ([]dm.Person, error) {
			list, _, err := tx.People(account, c.q)
			return list, err
		})
		if names(got) != c.want {
			t.Errorf("%+v gives %q, want %q", c.q, names(got), c.want)
		}
	}
	nul := base64.RawURLEncoding.EncodeToString([]byte(`{"k":"a\u0000b","i":1}`))
	for _, p := range []store.Page{{Cursor: "no such cursor"}, {Cursor: nul}, {Query: "a\x00"}, {Query: "\xff"}} {
		unread(t, db, dm.Invalid, func(tx *store.Tx) ([]dm.Person, error) {
			list, _, err := tx.People(account, store.PeopleQuery{Page: p})
			return list, err
		})
		unread(t, db, dm.Invalid, func(tx *store.Tx) ([]dm.Group, error) {
			list, _, err := tx.Groups(account, p)
			return list, err
		})
	}
}

// testPeoplePages walks lists page by page: everybody once, in the order of the
// whole list, also where somebody is found by name and by two addresses.
func testPeoplePages(t *testing.T, db *store.DB) {
	account := newAccount(t, db, "acme")
	for i := range 40 {
		kind, name := dm.Agent, fmt.Sprintf("Max %02d", i/4) // four people each share a name
		if i%2 == 1 {
			kind = dm.Requester
		}
		if i%3 == 0 {
			name = fmt.Sprintf("Tom %02d", i)
		}
		id := newPerson(t, db, account, kind, name, fmt.Sprintf("max%02d@acme.example", i))
		write(t, db, func(tx *store.Tx) error { return tx.AddAddress(account, id, fmt.Sprintf("maxi.%02d@acme.example", i)) })
	}
	for _, q := range []store.PeopleQuery{{}, {Kind: dm.Agent}, {Page: store.Page{Query: "max"}}, {Page: store.Page{Query: "MAXI"}, Kind: dm.Requester}} {
		all := read(t, db, func(tx *store.Tx) ([]dm.Person, error) {
			list, next, err := tx.People(account, q)
			if next != "" {
				t.Errorf("%+v: 40 people are more than a page", q)
			}
			return list, err
		})
		if len(all) < 20 {
			t.Errorf("%+v finds %d people", q, len(all))
		}
		for _, size := range []int{1, 7, 20, 39, 40} {
			q.Cursor, q.Limit = "", size
			var got []int64
			for pages := 0; ; pages++ {
				list := read(t, db, func(tx *store.Tx) ([]dm.Person, error) {
					list, next, err := tx.People(account, q)
					q.Cursor = next
					return list, err
				})
				for _, p := range list {
					got = append(got, p.ID)
				}
				if q.Cursor == "" || pages > 50 {
					break
				}
			}
			want := make([]int64, len(all))
			for i := range all {
				want[i] = all[i].ID
			}
			if !slices.Equal(got, want) {
				t.Errorf("%+v in pages of %d gives %v, want %v", q, size, got, want)
			}
		}
	}
}

func testAddresses(t *testing.T, db *store.DB) {
	account, other := newAccount(t, db, "acme"), newAccount(t, db, "globex")
	ann := newPerson(t, db, account, dm.Agent, "Ann", "Ann@Acme.example")
	bob := newPerson(t, db, account, dm.Requester, "Bob", "bob@acme.example")
	newPerson(t, db, other, dm.Agent, "Ann", "ann@acme.example") // another account, no clash
	taken := func(f func(tx *store.Tx) error) {
		t.Helper()
		refused(t, db, dm.Conflict, f)
	}
	taken(func(tx *store.Tx) error {
		_, err := tx.CreatePerson(account, &dm.Person{Kind: dm.Requester, Name: "x", Address: "ANN@acme.EXAMPLE"})
		return err
	})
	taken(func(tx *store.Tx) error { return tx.AddAddress(account, bob, "ann@acme.example") })
	taken(func(tx *store.Tx) error { return tx.AddAddress(account, ann, "ann@acme.example") })
	taken(func(tx *store.Tx) error { return tx.SetPrimaryAddress(account, bob, "ANN@acme.example") })
	write(t, db, func(tx *store.Tx) error { return tx.AddAddress(account, ann, "ann.two@acme.example") })
	write(t, db, func(tx *store.Tx) error { return tx.SetPrimaryAddress(account, ann, "Ann.Two@acme.example") })
	if p := person(t, db, account, ann); p.Address != "Ann.Two@acme.example" || !slices.Equal(p.Others, []string{"Ann@Acme.example"}) {
		t.Errorf("after the secondary address became primary: %q, %q", p.Address, p.Others)
	}
	write(t, db, func(tx *store.Tx) error { return tx.SetPrimaryAddress(account, ann, "ann.two@acme.example") })
	write(t, db, func(tx *store.Tx) error { return tx.SetPrimaryAddress(account, ann, "ann.three@acme.example") })
	if p := person(t, db, account, ann); p.Address != "ann.three@acme.example" || len(p.Others) != 2 {
		t.Errorf("after two more: %q, %q", p.Address, p.Others)
	}
	for _, address := range []string{"ANN@acme.example", "ann.two@acme.example", "ann.three@acme.example"} {
		if got := read(t, db, func(tx *store.Tx) (int64, error) { return tx.PersonIDByAddress(account, address) }); got != ann {
			t.Errorf("%s belongs to %d", address, got)
		}
	}
	refused(t, db, dm.NotFound, func(tx *store.Tx) error { return tx.RemoveAddress(account, ann, "ann.three@acme.example") })
	refused(t, db, dm.NotFound, func(tx *store.Tx) error { return tx.RemoveAddress(account, bob, "ann@acme.example") })
	write(t, db, func(tx *store.Tx) error { return tx.RemoveAddress(account, ann, "ANN@acme.example") })
	unread(t, db, dm.NotFound, func(tx *store.Tx) (int64, error) { return tx.PersonIDByAddress(account, "ann@acme.example") })
	known := read(t, db, func(tx *store.Tx) (store.SignIn, error) { return tx.SignInByAddress(account, "ann.three@ACME.example") })
	if known.Person.ID != ann || known.Person.Kind != dm.Agent || !known.Person.Active || known.PasswordHash != "" {
		t.Errorf("sign-in by primary address: %+v", known)
	}
	for _, address := range []string{"ann.two@acme.example", "", "ann.three@acme.example\x00", "\xff"} {
		if known := read(t, db, func(tx *store.Tx) (store.SignIn, error) { return tx.SignInByAddress(account, address) }); known != (store.SignIn{}) {
			t.Errorf("sign-in by %q: %+v", address, known)
		}
	}
}

func testRequestersAtOnce(t *testing.T, db *store.DB) {
	account := newAccount(t, db, "acme")
	ids, errs := atOnce(12, func() (int64, error) {
		var id int64
		err := db.Write(t.Context(), store.Urgent, func(tx *store.Tx) error {
			var err error
			id, err = tx.PersonIDByAddress(account, "new@acme.example")
			if dm.CodeOf(err) == dm.NotFound {
				id, err = tx.InsertRequester(account, "new@acme.example", "")
			}
			return err
		})
		return id, err
	})
	if len(errs) > 0 {
		t.Fatal(errs[0])
	}
	if slices.Sort(ids); ids[0] != ids[len(ids)-1] {
		t.Errorf("one address gave several people: %v", ids)
	}
	list := read(t, db, func(tx *store.Tx) ([]dm.Person, error) {
		list, _, err := tx.People(account, store.PeopleQuery{})
		return list, err
	})
	if len(list) != 1 || list[0].Name != "new@acme.example" || list[0].Kind != dm.Requester {
		t.Errorf("people: %+v", list)
	}
}

func testErasedPerson(t *testing.T, db *store.DB) {
	account := newAccount(t, db, "acme")
	ann := newPerson(t, db, account, dm.Agent, "Ann", "ann@acme.example")
	group := made(t, db, func(tx *store.Tx) (int64, error) {
		return tx.CreateGroup(account, &dm.Group{Name: "HR", OwnerID: ann, Members: []int64{ann}})
	})
	company := made(t, db, func(tx *store.Tx) (int64, error) {
		return tx.CreateCompany(account, &dm.Company{Name: "Initech", ManagerID: ann})
	})
	role := made(t, db, func(tx *store.Tx) (int64, error) { return tx.CreateRole(account, &dm.Role{Name: "Reader"}) })
	write(t, db, func(tx *store.Tx) error {
		for _, f := range []func() error{
			func() error { return tx.AddAddress(account, ann, "ann.two@acme.example") },
			func() error { return tx.SetPersonRoles(account, ann, []int64{role}) },
			func() error { return tx.SetPasswordHash(account, ann, "hash") },
			func() error { return tx.CreateSession(account, ann, digest("s"), tx.Now().Add(1e12)) },
			func() error { return tx.SetNoticeSwitch(account, 0, ann, dm.NoticeShared, dm.NoticeMail, false) },
			func() error {
				_, err := tx.CreateAPIToken(account, &store.APIToken{PersonID: ann, Name: "Ann's script"}, digest("t"))
				return err
			},
		} {
			if err := f(); err != nil {
				return err
			}
		}
		return nil
	})
	write(t, db, func(tx *store.Tx) error { return tx.ErasePerson(account, ann) })
	p := person(t, db, account, ann)
	want := &dm.Person{ID: ann, Kind: dm.Agent, Scope: dm.RestrictedScope, Sight: dm.DepartmentSight{Tickets: dm.SightNone, Changes: dm.SightNone}, Preferences: dm.DefaultPreferences(), CreatedAt: p.CreatedAt, UpdatedAt: p.UpdatedAt}
	if diff := cmp.Diff(want, p); diff != "" {
		t.Errorf("the erased person: %s", diff)
	}
	if !read(t, db, func(tx *store.Tx) (bool, error) { return tx.PersonErased(account, ann) }) {
		t.Error("not marked as erased")
	}
	for _, address := range []string{"ann@acme.example", "ann.two@acme.example"} {
		unread(t, db, dm.NotFound, func(tx *store.Tx) (int64, error) { return tx.PersonIDByAddress(account, address) })
	}
	unread(t, db, dm.Unauthenticated, func(tx *store.Tx) (*store.Signed, error) { return tx.BySession(digest("s"), account) })
	unread(t, db, dm.Unauthenticated, func(tx *store.Tx) (*store.Signed, error) { return tx.ByToken(digest("t"), account) })
	if g := read(t, db, func(tx *store.Tx) (*dm.Group, error) { return tx.Group(account, group) }); g.OwnerID != 0 || len(g.Members) != 0 {
		t.Errorf("group: %+v", g)
	}
	if c := read(t, db, func(tx *store.Tx) (*dm.Company, error) { return tx.Company(account, company) }); c.ManagerID != 0 {
		t.Errorf("company: %+v", c)
	}
	write(t, db, func(tx *store.Tx) error { return tx.DeleteRole(account, role) })
	for _, f := range []func(tx *store.Tx) error{
		func(tx *store.Tx) error { return tx.ErasePerson(account, ann) },
		func(tx *store.Tx) error { return tx.SetPersonActive(account, ann, true) },
		func(tx *store.Tx) error { return tx.SetPasswordHash(account, ann, "hash") },
		func(tx *store.Tx) error { return tx.SetPrimaryAddress(account, ann, "ann@acme.example") },
		func(tx *store.Tx) error {
			return tx.SavePerson(account, &dm.Person{ID: ann, Kind: dm.Agent, Name: "Ann", Scope: dm.GlobalScope})
		},
	} {
		refused(t, db, dm.NotFound, f)
	}
	list := read(t, db, func(tx *store.Tx) ([]dm.Person, error) {
		list, _, err := tx.People(account, store.PeopleQuery{})
		return list, err
	})
	if len(list) != 0 {
		t.Errorf("listed: %+v", list)
	}
}

func testDeactivatedPerson(t *testing.T, db *store.DB) {
	account := newAccount(t, db, "acme")
	ann := newPerson(t, db, account, dm.Agent, "Ann", "ann@acme.example")
	write(t, db, func(tx *store.Tx) error { return tx.CreateSession(account, ann, digest("s"), tx.Now().Add(1e12)) })
	made(t, db, func(tx *store.Tx) (int64, error) {
		return tx.CreateAPIToken(account, &store.APIToken{PersonID: ann, Name: "Script"}, digest("t"))
	})
	write(t, db, func(tx *store.Tx) error {
		return tx.CreateSetupLink(account, store.SetupLink{PersonID: ann, Purpose: store.LinkReset, ExpiresAt: tx.Now().Add(1e12)}, digest("l"))
	})
	read(t, db, func(tx *store.Tx) (*store.Signed, error) { return tx.BySession(digest("s"), account) })
	read(t, db, func(tx *store.Tx) (*store.Signed, error) { return tx.ByToken(digest("t"), account) })
	write(t, db, func(tx *store.Tx) error { return tx.SetPersonActive(account, ann, false) })
	if person(t, db, account, ann).Active {
		t.Error("still active")
	}
	write(t, db, func(tx *store.Tx) error { return tx.SetPersonActive(account, ann, true) })
	unread(t, db, dm.Unauthenticated, func(tx *store.Tx) (*store.Signed, error) { return tx.BySession(digest("s"), account) })
	unread(t, db, dm.Unauthenticated, func(tx *store.Tx) (*store.Signed, error) { return tx.ByToken(digest("t"), account) })
	unread(t, db, dm.Gone, func(tx *store.Tx) (*store.SetupLink, error) { return tx.SetupLink(account, digest("l")) })
}

func testReachLists(t *testing.T, db *store.DB) {
	account := newAccount(t, db, "acme")
	ann := newPerson(t, db, account, dm.Agent, "Ann", "ann@acme.example")
	var brands, inboxes, groups, roles []int64
	for i := range 3 {
		n := fmt.Sprint(i)
		brands = append(brands, made(t, db, func(tx *store.Tx) (int64, error) { return tx.CreateBrand(account, "Brand "+n) }))
		inboxes = append(inboxes, made(t, db, func(tx *store.Tx) (int64, error) {
			return tx.CreateInbox(account, &dm.Inbox{BrandID: brands[0], Name: "Inbox", Address: "in" + n + "@acme.example"})
		}))
		groups = append(groups, made(t, db, func(tx *store.Tx) (int64, error) { return tx.CreateGroup(account, &dm.Group{Name: "Group " + n}) }))
		roles = append(roles, made(t, db, func(tx *store.Tx) (int64, error) {
			return tx.CreateRole(account, &dm.Role{Name: "Role " + n, Permissions: dm.PermissionsOf(dm.Permissions[i], dm.TicketsShare)})
		}))
	}
	set := func(n int) {
		write(t, db, func(tx *store.Tx) error {
			for _, err := range []error{
				tx.SetPersonBrands(account, ann, brands[:n]), tx.SetPersonInboxes(account, ann, inboxes[:n]),
				tx.SetPersonGroups(account, ann, groups[:n]), tx.SetPersonRoles(account, ann, roles[:n]),
			} {
				if err != nil {
					return err
				}
			}
			return nil
		})
	}
	for _, n := range []int{3, 2, 0, 1} {
		set(n)
		p := person(t, db, account, ann)
		if !slices.Equal(p.Brands, brands[:n]) || !slices.Equal(p.Inboxes, inboxes[:n]) || !slices.Equal(p.Groups, groups[:n]) || !slices.Equal(p.Roles, roles[:n]) {
			t.Errorf("%d of each: %+v", n, p)
		}
	}
	set(3)
	write(t, db, func(tx *store.Tx) error { return tx.DeleteGroup(account, groups[1]) })
	if p := person(t, db, account, ann); !slices.Equal(p.Groups, []int64{groups[0], groups[2]}) {
		t.Errorf("groups with one deleted: %v", p.Groups)
	}
	sum := read(t, db, func(tx *store.Tx) (dm.PermissionSet, error) { return tx.PermissionsOf(account, ann) })
	if want := dm.PermissionsOf(dm.Permissions[0], dm.Permissions[1], dm.Permissions[2], dm.TicketsShare); sum != want {
		t.Errorf("permissions add up to %v, want %v", sum.List(), want.List())
	}
	for _, f := range []func(tx *store.Tx) error{
		func(tx *store.Tx) error { return tx.SetPersonBrands(account, ann, []int64{brands[0], 9999}) },
		func(tx *store.Tx) error { return tx.SetPersonInboxes(account, ann, []int64{9999}) },
		func(tx *store.Tx) error { return tx.SetPersonGroups(account, ann, []int64{9999}) },
		func(tx *store.Tx) error { return tx.SetPersonRoles(account, ann, []int64{9999}) },
	} {
		refused(t, db, dm.NotFound, f)
	}
	if p := person(t, db, account, ann); len(p.Brands) != 3 || len(p.Roles) != 3 {
		t.Errorf("a refused change left %+v", p)
	}
}
