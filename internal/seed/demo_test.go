package seed_test

import (
	"context"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
	"github.com/deskmesh/deskmesh/internal/app"
	"github.com/deskmesh/deskmesh/internal/blob"
	"github.com/deskmesh/deskmesh/internal/mail"
	"github.com/deskmesh/deskmesh/internal/seed"
	"github.com/deskmesh/deskmesh/internal/store"
	"github.com/deskmesh/deskmesh/internal/store/pgtest"
)

const demoPort = 8080

// demo is a database with the demo desks in it.
type demo struct {
	*testing.T
	dsn string
	db  *store.DB
	app *app.App
}

func openDemo(t *testing.T, dsn string) *demo {
	t.Helper()
	ctx := t.Context()
	db, err := store.Open(ctx, dsn, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	if err := db.Migrate(ctx); err != nil {
		t.Fatal(err)
	}
	if err := seed.Demo(ctx, db, dsn, demoPort); err != nil {
		t.Fatal(err)
	}
	blobs, err := blob.OpenFolder(filepath.Join(t.TempDir(), "blobs"))
	if err != nil {
		t.Fatal(err)
	}
	signer, err := mail.NewSigner(make([]byte, 32))
	if err != nil {
		t.Fatal(err)
	}
	return &demo{T: t, dsn: dsn, db: db, app: &app.App{DB: db, Blobs: blobs, Signer: signer, Demo: true}}
}

func sqliteDSN(t *testing.T) string { return "sqlite:" + filepath.Join(t.TempDir(), "demo.db") }

func (d *demo) account(host string) *dm.Account {
	d.Helper()
	a, _, err := d.app.AccountAt(d.Context(), host)
	if err != nil {
		d.Fatal(err)
	}
	return a
}

// signIn signs somebody in, as at a door.
func (d *demo) signIn(a *dm.Account, address string) *access.Viewer {
	d.Helper()
	secret, _, _, err := d.app.SignIn(d.Context(), a.ID, address, seed.Password)
	if err != nil {
		d.Fatalf("%s: %v", address, err)
	}
	signed, err := d.app.BySession(d.Context(), a.ID, secret)
	if err != nil {
		d.Fatal(err)
	}
	return signed.Viewer
}

func (d *demo) person(v *access.Viewer) *dm.Person {
	d.Helper()
	p, err := d.app.Person(d.Context(), v, v.Person())
	if err != nil {
		d.Fatal(err)
	}
	return p
}

func (d *demo) count(v *access.Viewer, view app.View) int {
	d.Helper()
	n, _, err := d.app.CountTickets(d.Context(), v, app.ListQuery{View: view})
	if err != nil {
		d.Fatal(err)
	}
	return n
}

func TestDemo(t *testing.T) {
	t.Parallel()
	for engine, dsn := range map[string]func(*testing.T) string{
		"sqlite": sqliteDSN, "postgres": func(t *testing.T) string { return pgtest.Empty(t) },
	} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			testDemo(t, openDemo(t, dsn(t)))
		})
	}
}

func testDemo(t *testing.T, d *demo) {
	acme, globex := d.account("acme.localhost"), d.account("globex.localhost")
	t.Run("the desks answer at their hosts, acme also at any other", func(t *testing.T) {
		d := *d
		d.T = t
		if acme.BaseURL != "http://acme.localhost:8080" || globex.BaseURL != "http://globex.localhost:8080" {
			t.Errorf("addresses %q and %q", acme.BaseURL, globex.BaseURL)
		}
		for _, host := range []string{"localhost", "127.0.0.1", "somewhere.example"} {
			if a := d.account(host); a.ID != acme.ID {
				t.Errorf("%s is answered by %s", host, a.Slug)
			}
		}
	})
	for _, desk := range []*dm.Account{acme, globex} {
		t.Run(desk.Slug, func(t *testing.T) {
			d := *d
			d.T = t
			d.testPeople(desk)
			d.testPlaces(desk)
			d.testTickets(desk)
		})
	}
	t.Run("no mail and no job stays behind", func(t *testing.T) {
		mails, err := d.app.DemoMails(t.Context())
		if err != nil || len(mails) != 0 {
			t.Errorf("%d mails, %v", len(mails), err)
		}
		err = d.db.Read(t.Context(), func(tx *store.Tx) error {
			for _, a := range []*dm.Account{acme, globex, {}} {
				jobs, err := tx.JobList(a.ID, nil, 0, 100)
				if err != nil {
					return err
				}
				for _, j := range jobs {
					t.Errorf("account %d has a job %s in state %s: %s", a.ID, j.Kind, j.State, j.LastError)
				}
			}
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	})
}

func (d *demo) testPeople(desk *dm.Account) {
	domain := "@" + desk.Slug + ".example"
	for _, want := range []struct {
		local            string
		kind             dm.PersonKind
		scope            dm.TicketScope
		groups, inboxes  int
		allInboxes, mayS bool
	}{
		{"owner", dm.Agent, dm.GlobalScope, 0, 0, true, true},
		{"accounts.agent", dm.Agent, dm.GroupScope, 1, 1, false, true},
		{"hr.agent", dm.Agent, dm.GroupScope, 1, 1, false, true},
		{"hr.second", dm.Agent, dm.GroupScope, 1, 1, false, true},
		{"restricted.agent", dm.Agent, dm.RestrictedScope, 0, 0, true, true},
		{"noshare.agent", dm.Agent, dm.GlobalScope, 0, 0, true, false},
		{"staff.one", dm.Requester, dm.RestrictedScope, 0, 0, false, false},
		{"staff.two", dm.Requester, dm.RestrictedScope, 0, 0, false, false},
		{"staff.three", dm.Requester, dm.RestrictedScope, 0, 0, false, false},
	} {
		v := d.signIn(desk, want.local+domain)
		p := d.person(v)
		got := []any{p.Kind, p.Scope, len(p.Groups), len(p.Inboxes), p.AllInboxes, v.Can(dm.TicketsShare)}
		if wanted := []any{want.kind, want.scope, want.groups, want.inboxes, want.allInboxes, want.mayS}; !slices.Equal(got, wanted) {
			d.Errorf("%s: %v, want %v", want.local, got, wanted)
		}
	}
	for local, department := range map[string]string{"staff.one": "Sales", "staff.two": "Sales", "staff.three": "Legal"} {
		p := d.person(d.signIn(desk, local+domain))
		list, _, err := d.app.Departments(d.Context(), access.System(desk.ID, "test"), app.Page{Limit: 100})
		if err != nil {
			d.Fatal(err)
		}
		if !slices.ContainsFunc(list, func(x dm.Department) bool { return x.ID == p.DepartmentID && x.Name == department }) {
			d.Errorf("%s is not in %s", local, department)
		}
	}
}

func (d *demo) testPlaces(desk *dm.Account) {
	system := access.System(desk.ID, "test")
	inboxes, _, err := d.app.Inboxes(d.Context(), system, app.Page{Limit: 100})
	if err != nil {
		d.Fatal(err)
	}
	brands := map[int64]bool{}
	groups := map[string]string{}
	for _, b := range inboxes {
		brands[b.BrandID] = true
		g, err := d.app.Group(d.Context(), system, b.DefaultGroupID)
		if err != nil {
			d.Fatal(err)
		}
		local, _, _ := strings.Cut(b.Address, "@")
		groups[local] = g.Name
		if g.OwnerID == 0 {
			d.Errorf("%s has no owner", g.Name)
		}
	}
	if len(brands) != 2 || groups["accounts"] != "Accounts" || groups["hr"] != "HR" || groups["support"] != "Support" {
		d.Errorf("%d brands and default groups %v", len(brands), groups)
	}
	settings, err := d.app.Settings(d.Context(), system)
	if err != nil || settings["sharing.enabled"] != true {
		d.Errorf("sharing.enabled is %v, %v", settings["sharing.enabled"], err)
	}
}

func (d *demo) testTickets(desk *dm.Account) {
	domain := "@" + desk.Slug + ".example"
	owner := d.signIn(desk, "owner"+domain)
	all := d.count(owner, app.ViewAll)
	least, most := 35, 45
	if desk.Slug == "globex" {
		least, most = 10, 15
	}
	if all < least || all > most {
		d.Errorf("%d tickets", all)
	}
	for local, views := range map[string][]app.View{
		"accounts.agent": {app.ViewAll, app.ViewMine, app.ViewSharedWithMine}, "hr.agent": {app.ViewAll, app.ViewMine, app.ViewSharedWithMine},
		"restricted.agent": {app.ViewSharedWithMe}, "staff.one": {app.ViewAll},
	} {
		v := d.signIn(desk, local+domain)
		for _, view := range views {
			if n := d.count(v, view); n == 0 || n == all {
				d.Errorf("%s has %d of %d tickets in %s", local, n, all, view)
			}
		}
	}
	var live, ended, expired int
	now := d.db.Now()
	var oldest, newest dm.Time
	for number := range int64(all) {
		view, err := d.app.Ticket(d.Context(), owner, number+1)
		if err != nil {
			d.Fatal(err)
		}
		live += len(view.Found.Shares)
		created := view.Ticket.CreatedAt
		if created < newest || view.Ticket.UpdatedAt > now {
			d.Errorf("ticket %d was filed out of order, or in the future", number+1)
		}
		newest = created
		if oldest == 0 {
			oldest = created
		}
		events, err := d.app.Events(d.Context(), owner, number+1, 0, 500)
		if err != nil {
			d.Fatal(err)
		}
		for _, e := range events {
			switch e.Kind {
			case dm.ShareExpired:
				expired++
			case dm.ShareRevoked, dm.ShareLeft:
				ended++
			}
		}
	}
	if live == 0 || expired == 0 || desk.Slug == "acme" && ended == 0 {
		d.Errorf("%d live, %d expired and %d ended shares", live, expired, ended)
	}
	if span := newest.Sub(oldest); span < 10*24*time.Hour {
		d.Errorf("the tickets were filed within %s", span)
	}
}

func TestDemoAgain(t *testing.T) {
	t.Parallel()
	d := openDemo(t, sqliteDSN(t))
	owner := d.signIn(d.account("acme.localhost"), "owner@acme.example")
	before := d.count(owner, app.ViewAll)
	if err := seed.Demo(t.Context(), d.db, d.dsn, 9090); err != nil {
		t.Fatal(err)
	}
	if after := d.count(owner, app.ViewAll); after != before {
		t.Errorf("a second start made %d tickets of %d", after, before)
	}
	if a := d.account("globex.localhost"); a.BaseURL != "http://globex.localhost:9090" {
		t.Errorf("links still lead to %s", a.BaseURL)
	}
}

func TestDemoInterrupted(t *testing.T) {
	t.Parallel()
	dsn := sqliteDSN(t)
	db, err := store.Open(t.Context(), dsn, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := db.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	a := &app.App{DB: db}
	if _, err := a.CreateAccount(ctx, app.NewAccount{Name: "Acme", Slug: "acme", Hosts: []string{"acme.localhost"}, BaseURL: "http://acme.localhost:8080", OwnerName: "O", OwnerAddress: "owner@acme.example"}); err != nil {
		t.Fatal(err)
	}
	stop()
	if err := seed.Demo(t.Context(), db, dsn, demoPort); dm.CodeOf(err) != dm.Conflict {
		t.Errorf("half a demo was taken: %v", err)
	}
}

func TestDemoLeavesOthersAlone(t *testing.T) {
	t.Parallel()
	dsn := sqliteDSN(t)
	db, err := store.Open(t.Context(), dsn, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := db.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	a := &app.App{DB: db}
	if _, err := a.CreateAccount(t.Context(), app.NewAccount{Name: "Real", Slug: "real", Hosts: []string{"desk.example.com"}, BaseURL: "https://desk.example.com", OwnerName: "O", OwnerAddress: "o@example.com"}); err != nil {
		t.Fatal(err)
	}
	if err := seed.Demo(t.Context(), db, dsn, demoPort); err != nil {
		t.Fatal(err)
	}
	if _, _, err := a.AccountAt(t.Context(), "acme.localhost"); err != nil {
		t.Fatal(err) // the only account answers, as for every host
	}
	err = db.Read(t.Context(), func(tx *store.Tx) error {
		all, err := tx.Accounts()
		if len(all) != 1 || all[0].BaseURL != "https://desk.example.com" {
			t.Errorf("accounts are now %v", all)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}
