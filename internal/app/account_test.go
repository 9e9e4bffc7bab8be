package app

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
	"github.com/deskmesh/deskmesh/internal/credential"
	"github.com/deskmesh/deskmesh/internal/store"
)

func TestCreateAccount(t *testing.T) {
	t.Parallel()
	d := testDesk(t)
	owner := d.person(d.owner)
	if owner.Kind != dm.Agent || owner.Scope != dm.GlobalScope || !owner.AllBrands || !owner.AllInboxes || owner.HasPassword || owner.Roles[0] != d.roles["owner"] {
		t.Errorf("owner: %+v", owner)
	}
	if len(d.roles) != 4 {
		t.Errorf("built-in roles: %v", d.roles)
	}
	if p := d.asOwner().Permissions(); p != dm.AllPermissions {
		t.Errorf("the owner may %v", p.List())
	}
	settings, err := d.Settings(t.Context(), d.asOwner())
	d.must(err)
	if settings["sharing.enabled"] != false {
		t.Error("C4: sharing is on in an account made by the command line")
	}
	box, err := d.Inbox(t.Context(), d.asOwner(), d.inbox)
	d.must(err)
	if box.Address != "support@acme.example" || box.BrandID != d.brand || !box.Active {
		t.Errorf("inbox: %+v", box)
	}
	if d.link.URL != "https://acme.example/setup/"+d.link.Secret || !credential.IsSecret(credential.SetupLink, d.link.Secret) {
		t.Errorf("link: %+v", d.link)
	}
	if l := d.lastAudit(); l.Action != "account.created" || l.ActorID != 0 {
		t.Errorf("audit: %+v", l)
	}
}

func TestCreateAccountRefused(t *testing.T) {
	t.Parallel()
	d := testDesk(t)
	good := NewAccount{Name: "Globex", Slug: "globex", Hosts: []string{"globex.example"}, BaseURL: "https://globex.example/",
		OwnerName: "Gil", OwnerAddress: "gil@globex.example"}
	_, err := d.CreateAccount(t.Context(), NewAccount{Name: " ", Slug: "Glo bex", Hosts: []string{"globex.example:80"}, BaseURL: "globex", OwnerName: "a\x00b", OwnerAddress: "gil", Edition: "gold", InboxAddress: "in"})
	d.faulty(err, "name", "slug", "base_url", "owner_name", "owner_address", "hosts[0]", "edition", "inbox_address")
	for _, change := range []func(*NewAccount){
		func(n *NewAccount) { n.Slug = "acme" },
		func(n *NewAccount) { n.Hosts = []string{"globex.example", "ACME.example."} },
		func(n *NewAccount) { n.InboxAddress = "SUPPORT@acme.example" },
	} {
		n := good
		change(&n)
		_, err := d.CreateAccount(t.Context(), n)
		d.refused(err, dm.Conflict)
	}
	_, host, err := d.AccountAt(t.Context(), "globex.example")
	d.must(err)
	if host.AccountID != d.account {
		t.Errorf("a refused account left its host: %+v", host)
	}
	made, err := d.CreateAccount(t.Context(), good)
	d.must(err)
	if made.Account.BaseURL != "https://globex.example" {
		t.Errorf("base address: %q", made.Account.BaseURL)
	}
}

func TestAccountAt(t *testing.T) {
	t.Parallel()
	d := testDesk(t)
	at := func(host string) int64 {
		t.Helper()
		a, _, err := d.AccountAt(t.Context(), host)
		if err != nil {
			d.refused(err, dm.NotFound)
			return 0
		}
		return a.ID
	}
	if at("acme.example") != d.account || at("unknown.example") != d.account {
		t.Error("the only account does not answer everywhere")
	}
	other := addDesk(t, d.App, "globex")
	if at("acme.example") != d.account || at("globex.example") != other.account || at("unknown.example") != 0 {
		t.Error("two accounts are mixed up")
	}
	d.Demo = true
	if at("unknown.example") != d.account {
		t.Error("the demo does not answer unknown hosts")
	}
}

func TestEditions(t *testing.T) {
	t.Parallel()
	d := testDesk(t)
	entitled := func() bool {
		t.Helper()
		yes, err := d.Entitled(t.Context(), d.asOwner(), dm.SharingManual)
		d.must(err)
		return yes
	}
	if !entitled() {
		t.Error("a new account lacks manual sharing")
	}
	d.faulty(d.SetEdition(t.Context(), "acme", "gold"), "edition")
	d.refused(d.SetEdition(t.Context(), "nobody", "starter"), dm.NotFound)
	d.must(d.SetEdition(t.Context(), "acme", "starter"))
	if entitled() {
		t.Error("the smallest edition has manual sharing")
	}
}

func TestRenameAccount(t *testing.T) {
	t.Parallel()
	d := testDesk(t)
	agent := d.agent("Ann", d.roles["agent"])
	d.refused(d.RenameAccount(t.Context(), d.as(agent), "Mine"), dm.Forbidden)
	d.faulty(d.RenameAccount(t.Context(), d.asOwner(), strings.Repeat("x", 201)), "name")
	d.must(d.RenameAccount(t.Context(), d.asOwner(), "  Acme   Ltd "))
	a, err := d.Account(t.Context(), d.asOwner())
	d.must(err)
	if a.Name != "Acme Ltd" {
		t.Errorf("name: %q", a.Name)
	}
	want := []dm.FieldChange{{Field: "name", Old: "Desk acme", New: "Acme Ltd"}}
	if l := d.lastAudit(); l.ActorID != d.owner || !cmp.Equal(l.Data.Changes, want) {
		t.Errorf("audit: %+v", l)
	}
}

func TestSettings(t *testing.T) {
	t.Parallel()
	d := testDesk(t)
	agent := d.agent("Ann", d.roles["agent"])
	_, err := d.SetSettings(t.Context(), d.as(agent), map[string]any{"sharing.enabled": true})
	d.refused(err, dm.Forbidden)
	_, err = d.SetSettings(t.Context(), d.asOwner(), map[string]any{
		"attachments.blocked": ".exe\x00", "sharing.enabled": "yes", "sharing.max_internal": 1.5, "sharing.default_level": "own", "no.such": 1, "sharing.role_cap": false})
	d.faulty(err, "attachments.blocked", "no.such", "sharing.default_level", "sharing.enabled", "sharing.max_internal")
	_, err = d.SetSettings(t.Context(), d.asOwner(), map[string]any{"sharing.default_expiry_days": 30.0, "sharing.max_expiry_days": 7.0})
	d.faulty(err, "sharing.default_expiry_days")
	before := d.version()
	got, err := d.SetSettings(t.Context(), d.asOwner(), map[string]any{"sharing.enabled": true, "sharing.max_internal": 3.0, "sharing.role_cap": true})
	d.must(err)
	if got["sharing.enabled"] != true || got["sharing.max_internal"] != 3 || got["sharing.role_cap"] != true {
		t.Errorf("settings: %v", got)
	}
	if d.version() <= before {
		t.Error("the access version stayed")
	}
	read, err := d.Settings(t.Context(), d.as(agent))
	d.must(err)
	if diff := cmp.Diff(got, read); diff != "" {
		t.Error(diff)
	}
	want := []dm.FieldChange{{Field: "sharing.enabled", Old: "false", New: "true"}, {Field: "sharing.max_internal", Old: "25", New: "3"}}
	if diff := cmp.Diff(want, d.lastAudit().Data.Changes); diff != "" {
		t.Error(diff)
	}
	_, err = d.Settings(t.Context(), d.as(d.requester("Rob")))
	d.refused(err, dm.Forbidden)
}

func TestNotices(t *testing.T) {
	t.Parallel()
	d := testDesk(t)
	agent := d.agent("Ann", d.roles["agent"])
	off := map[dm.NoticeKind]bool{dm.NoticeShared: false}
	d.refused(d.SetNotices(t.Context(), d.as(agent), 0, off), dm.Forbidden)
	d.refused(d.SetNotices(t.Context(), d.asOwner(), d.brand+9, off), dm.NotFound)
	d.faulty(d.SetNotices(t.Context(), d.asOwner(), 0, map[dm.NoticeKind]bool{"x": true, "lunch": true, dm.NoticeLevel: false}), "lunch", "x")
	d.must(d.SetNotices(t.Context(), d.asOwner(), d.brand, off))
	d.must(d.SetOwnNotices(t.Context(), d.as(agent), map[dm.NoticeKind]bool{dm.NoticeUpdate: false}))
	for brand, want := range map[int64]bool{0: true, d.brand: false} {
		on, err := d.Notices(t.Context(), d.as(agent), brand)
		d.must(err)
		if on[dm.NoticeShared] != want || !on[dm.NoticeUpdate] {
			t.Errorf("brand %d: %v", brand, on)
		}
	}
	own, err := d.OwnNotices(t.Context(), d.as(agent))
	d.must(err)
	if own[dm.NoticeUpdate] || !own[dm.NoticeShared] {
		t.Errorf("own: %v", own)
	}
	d.refused(d.SetOwnNotices(t.Context(), access.System(d.account, "x"), off), dm.Forbidden)
}

func TestAuditLog(t *testing.T) {
	t.Parallel()
	d := testDesk(t)
	_, _, err := d.AuditLog(t.Context(), d.as(d.agent("Ann", d.roles["agent"])), AuditFilter{}, Page{})
	d.refused(err, dm.Forbidden)
	list, _, err := d.AuditLog(t.Context(), d.asOwner(), AuditFilter{}, Page{})
	d.must(err)
	if len(list) != 2 || list[0].Action != "person.created" || list[1].Action != "account.created" {
		t.Errorf("log: %+v", list)
	}
	for _, l := range list {
		for _, c := range l.Data.Changes {
			if strings.Contains(c.New, "Ann") || strings.Contains(c.New, "@") {
				t.Errorf("the log names a person: %+v", l)
			}
		}
	}
}

// The administrators' noun of one account are nothing in another.
func TestOtherAccount(t *testing.T) {
	t.Parallel()
	d := testDesk(t)
	other := addDesk(t, d.App, "globex")
	stranger := other.asOwner()
	ann := d.agent("Ann")
	group := d.group("HR", ann)
	for name, err := range map[string]error{
		"person":  d.UpdatePerson(t.Context(), stranger, ann, PersonPatch{Name: ptr("x")}),
		"invite":  second(d.InvitePerson(t.Context(), stranger, ann)),
		"erase":   d.ErasePerson(t.Context(), stranger, ann),
		"group":   d.UpdateGroup(t.Context(), stranger, group, GroupPatch{Name: ptr("x")}),
		"brand":   d.UpdateBrand(t.Context(), stranger, d.brand, BrandPatch{Name: ptr("x")}),
		"inbox":   d.UpdateInbox(t.Context(), stranger, d.inbox, InboxPatch{Name: ptr("x")}),
		"role":    d.DeleteRole(t.Context(), stranger, d.role("r")),
		"notices": d.SetNotices(t.Context(), stranger, d.brand, nil),
	} {
		if dm.CodeOf(err) != dm.NotFound {
			t.Errorf("%s: %v", name, err)
		}
	}
	_, err := d.CreateInbox(t.Context(), stranger, InboxPatch{BrandID: &d.brand, Name: ptr("In"), Address: ptr("in@globex.example"), DefaultGroupID: &group})
	d.faulty(err, "brand_id", "default_group_id")
	_, err = d.CreateGroup(t.Context(), stranger, GroupPatch{Name: ptr("HR"), OwnerID: &ann, Members: &[]int64{other.owner, ann}})
	d.faulty(err, "owner_id", "members[1]")
	var none *store.Signed
	if none, err = d.BySession(t.Context(), other.account, "x"); none != nil || dm.CodeOf(err) != dm.Unauthenticated {
		t.Errorf("session: %v", err)
	}
}

func second[T any](_ T, err error) error { return err }
