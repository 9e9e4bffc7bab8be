package storetest

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/store"
)

func testAccounts(t *testing.T, db *store.DB) {
	unread(t, db, dm.NotFound, func(tx *store.Tx) (int64, error) { return tx.OnlyAccount() })
	id := newAccount(t, db, "acme")
	if got := read(t, db, func(tx *store.Tx) (int64, error) { return tx.OnlyAccount() }); got != id {
		t.Errorf("the only account is %d, want %d", got, id)
	}
	a := read(t, db, func(tx *store.Tx) (*dm.Account, error) { return tx.Account(id) })
	want := &dm.Account{ID: id, Slug: "acme", Name: "Desk acme", BaseURL: "https://acme.example", Edition: "community", AccessVersion: 1, CreatedAt: a.CreatedAt}
	if diff := cmp.Diff(want, a); diff != "" || a.CreatedAt == 0 {
		t.Errorf("account differs: %s", diff)
	}
	if got := read(t, db, func(tx *store.Tx) (*dm.Account, error) { return tx.AccountBySlug("acme") }); got.ID != id {
		t.Errorf("found %d by short name", got.ID)
	}
	refused(t, db, dm.Conflict, func(tx *store.Tx) error {
		_, err := tx.CreateAccount(dm.Account{Slug: "acme", Name: "x", BaseURL: "https://x.example", Edition: "community"})
		return err
	})
	other := newAccount(t, db, "globex")
	unread(t, db, dm.NotFound, func(tx *store.Tx) (int64, error) { return tx.OnlyAccount() })
	if got := read(t, db, func(tx *store.Tx) ([]dm.Account, error) { return tx.Accounts() }); len(got) != 2 || got[0].ID != id || got[1].ID != other {
		t.Errorf("accounts: %v", got)
	}
	write(t, db, func(tx *store.Tx) error { return tx.SetEdition(id, "starter") })
	write(t, db, func(tx *store.Tx) error {
		return tx.SetAccount(&dm.Account{ID: id, Name: "Acme", BaseURL: "https://help.acme.example"})
	})
	a = read(t, db, func(tx *store.Tx) (*dm.Account, error) { return tx.Account(id) })
	if a.Edition != "starter" || a.Name != "Acme" || a.BaseURL != "https://help.acme.example" || a.AccessVersion != 3 {
		t.Errorf("changed account: %+v", a)
	}
	unread(t, db, dm.NotFound, func(tx *store.Tx) (*dm.Account, error) { return tx.Account(other + 100) })
	refused(t, db, dm.NotFound, func(tx *store.Tx) error { return tx.LockAccount(other + 100) })
}

// testAccessVersion proves which changes make kept viewers and directories out
// of date, and that making a requester does not.
func testAccessVersion(t *testing.T, db *store.DB) {
	account := newAccount(t, db, "acme")
	agent := newPerson(t, db, account, dm.Agent, "Ann", "ann@acme.example")
	requester := newPerson(t, db, account, dm.Requester, "Rob", "rob@acme.example")
	version := func() int64 {
		return read(t, db, func(tx *store.Tx) (*dm.Account, error) { return tx.Account(account) }).AccessVersion
	}
	var brand, inbox, group, role, department, company, status, field int64
	id := func(to *int64, f func(*store.Tx) (int64, error)) func(*store.Tx) error {
		return func(tx *store.Tx) error {
			var err error
			*to, err = f(tx)
			return err
		}
	}
	steps := []struct {
		name string
		do   func(*store.Tx) error
	}{
		{"new agent", id(new(int64), func(tx *store.Tx) (int64, error) {
			return tx.CreatePerson(account, &dm.Person{Kind: dm.Agent, Name: "Bo", Address: "bo@acme.example"})
		})},
		{"new brand", id(&brand, func(tx *store.Tx) (int64, error) { return tx.CreateBrand(account, "Shop") })},
		{"brand off", func(tx *store.Tx) error { return tx.SaveBrand(account, &dm.Brand{ID: brand, Name: "Shop"}) }},
		{"new inbox", id(&inbox, func(tx *store.Tx) (int64, error) {
			return tx.CreateInbox(account, &dm.Inbox{BrandID: brand, Name: "Help", Address: "help@acme.example"})
		})},
		{"inbox changed", func(tx *store.Tx) error {
			return tx.SaveInbox(account, &dm.Inbox{ID: inbox, Name: "Help", Address: "help@acme.example"})
		}},
		{"new group", id(&group, func(tx *store.Tx) (int64, error) { return tx.CreateGroup(account, &dm.Group{Name: "HR"}) })},
		{"member", func(tx *store.Tx) error { return tx.ChangeMembers(account, group, []int64{agent}, nil) }},
		{"group renamed", func(tx *store.Tx) error { return tx.SaveGroup(account, &dm.Group{ID: group, Name: "People"}) }},
		{"new role", id(&role, func(tx *store.Tx) (int64, error) { return tx.CreateRole(account, &dm.Role{Name: "Reader"}) })},
		{"role changed", func(tx *store.Tx) error {
			return tx.SaveRole(account, &dm.Role{ID: role, Name: "Reader", Permissions: dm.PermissionsOf(dm.NotesRead)})
		}},
		{"roles given", func(tx *store.Tx) error { return tx.SetPersonRoles(account, agent, []int64{role}) }},
		{"brands given", func(tx *store.Tx) error { return tx.SetPersonBrands(account, agent, []int64{brand}) }},
		{"inboxes given", func(tx *store.Tx) error { return tx.SetPersonInboxes(account, agent, []int64{inbox}) }},
		{"groups given", func(tx *store.Tx) error { return tx.SetPersonGroups(account, agent, nil) }},
		{"agent saved", func(tx *store.Tx) error {
			return tx.SavePerson(account, &dm.Person{ID: agent, Kind: dm.Agent, Name: "Ann", Scope: dm.GlobalScope})
		}},
		{"turned off", func(tx *store.Tx) error { return tx.SetPersonActive(account, requester, false) }},
		{"setting", func(tx *store.Tx) error { return tx.SetSetting(account, "sharing.enabled", "true") }},
		{"new department", id(&department, func(tx *store.Tx) (int64, error) { return tx.CreateDepartment(account, "Sales") })},
		{"new company", id(&company, func(tx *store.Tx) (int64, error) { return tx.CreateCompany(account, &dm.Company{Name: "Initech"}) })},
		{"new status", id(&status, func(tx *store.Tx) (int64, error) {
			return tx.CreateTicketStatus(account, &dm.TicketStatus{Name: "Waiting", Status: dm.StatusPending})
		})},
		{"new field", id(&field, func(tx *store.Tx) (int64, error) {
			return tx.CreateTicketField(account, &dm.TicketField{Name: "Order", Kind: dm.FieldText})
		})},
		{"group deleted", func(tx *store.Tx) error { return tx.DeleteGroup(account, group) }},
		{"erased", func(tx *store.Tx) error { return tx.ErasePerson(account, agent) }},
	}
	for _, s := range steps {
		before := version()
		write(t, db, s.do)
		if version() <= before {
			t.Errorf("%s: the access version stayed at %d", s.name, before)
		}
	}
	before := version()
	newPerson(t, db, account, dm.Requester, "Sue", "sue@acme.example")
	write(t, db, func(tx *store.Tx) error { return tx.LockAccount(account) })
	if got := version(); got != before {
		t.Errorf("a new requester and a lock raised the access version from %d to %d", before, got)
	}
}

func testHosts(t *testing.T, db *store.DB) {
	account, other := newAccount(t, db, "acme"), newAccount(t, db, "globex")
	brand := made(t, db, func(tx *store.Tx) (int64, error) { return tx.CreateBrand(account, "Shop") })
	write(t, db, func(tx *store.Tx) error { return tx.AddHost(dm.Host{Name: "desk.acme.example", AccountID: account}) })
	write(t, db, func(tx *store.Tx) error {
		return tx.AddHost(dm.Host{Name: "help.acme.example", AccountID: account, BrandID: brand})
	})
	refused(t, db, dm.Conflict, func(tx *store.Tx) error { return tx.AddHost(dm.Host{Name: "desk.acme.example", AccountID: other}) })
	got := read(t, db, func(tx *store.Tx) (dm.Host, error) { return tx.Host("help.acme.example") })
	if got != (dm.Host{Name: "help.acme.example", AccountID: account, BrandID: brand}) {
		t.Errorf("host: %+v", got)
	}
	unread(t, db, dm.NotFound, func(tx *store.Tx) (dm.Host, error) { return tx.Host("nobody.example") })
	list := read(t, db, func(tx *store.Tx) ([]dm.Host, error) { return tx.Hosts(account) })
	if len(list) != 2 || list[0].Name != "desk.acme.example" || list[1].BrandID != brand {
		t.Errorf("hosts: %+v", list)
	}
	if err := db.Write(t.Context(), store.Urgent, func(tx *store.Tx) error {
		return tx.AddHost(dm.Host{Name: "x.example", AccountID: other, BrandID: brand})
	}); err == nil {
		t.Error("a host of one account took a brand of another")
	}
}

func testSettings(t *testing.T, db *store.DB) {
	account, other := newAccount(t, db, "acme"), newAccount(t, db, "globex")
	settings := func(account int64) dm.Settings {
		return read(t, db, func(tx *store.Tx) (dm.Settings, error) { return tx.Settings(account) })
	}
	if diff := cmp.Diff(dm.DefaultSettings(), settings(account)); diff != "" {
		t.Errorf("a new account: %s", diff)
	}
	want := dm.DefaultSettings()
	want.SharingEnabled, want.MaxInternal, want.OnDisable, want.AttachmentBlocked = true, 7, dm.SuspendShares, ".exe"
	for i := range dm.SettingList {
		d := &dm.SettingList[i]
		write(t, db, func(tx *store.Tx) error { return tx.SetSetting(account, d.Key, d.Text(&want)) })
	}
	if diff := cmp.Diff(want, settings(account)); diff != "" {
		t.Errorf("after writing: %s", diff)
	}
	write(t, db, func(tx *store.Tx) error { return tx.SetSetting(account, "sharing.max_internal", "many") })
	write(t, db, func(tx *store.Tx) error { return tx.SetSetting(account, "of.another.version", "x") })
	want.MaxInternal = dm.DefaultSettings().MaxInternal
	if diff := cmp.Diff(want, settings(account)); diff != "" {
		t.Errorf("with texts that do not fit: %s", diff)
	}
	if diff := cmp.Diff(dm.DefaultSettings(), settings(other)); diff != "" {
		t.Errorf("the other account: %s", diff)
	}
}
