package httpapi_test

import (
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/app"
	"github.com/deskmesh/deskmesh/internal/store"
	"github.com/deskmesh/deskmesh/internal/store/pgtest"
)

// open gives the world a copy of the database of its engine with both accounts
// in it.
func (w *world) open(engine string) *store.DB {
	switch engine {
	case "sqlite":
		file := filepath.Join(w.TempDir(), "desk.db")
		bytes, err := furnishedFile()
		w.must(err)
		w.must(os.WriteFile(file, bytes, 0o600))
		w.dsn = "sqlite:" + file
	case "postgres":
		w.dsn = pgtest.New(w, furnished)
	default:
		w.Fatalf("no engine %q", engine)
	}
	db, err := store.Open(w.Context(), w.dsn, store.Options{Relaxed: true, Now: w.clock.now, MaxConns: 8})
	w.must(err)
	w.Cleanup(func() { db.Close() })
	w.desks = furnishedDesks(w.dsn)
	return db
}

// furnishedFile gives the bytes of an SQLite database with both accounts.
var furnishedFile = sync.OnceValues(func() ([]byte, error) {
	folder, err := os.MkdirTemp("", "deskmesh-world")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(folder)
	file := filepath.Join(folder, "desk.db")
	if err := furnished("sqlite:" + file); err != nil {
		return nil, err
	}
	return os.ReadFile(file)
})

// templateDesks are the accounts as furnished left them, by engine.
var templateDesks sync.Map

// furnishedDesks gives a world its own copy of what its accounts have.
func furnishedDesks(dsn string) map[string]*worldDesk {
	made, _ := templateDesks.Load(engineOf(dsn))
	desks := map[string]*worldDesk{}
	for slug, d := range made.(map[string]*worldDesk) {
		desks[slug] = &worldDesk{id: d.id, host: d.host, people: maps.Clone(d.people), groups: maps.Clone(d.groups), brands: maps.Clone(d.brands),
			inboxes: maps.Clone(d.inboxes), roles: maps.Clone(d.roles), departments: maps.Clone(d.departments)}
	}
	return desks
}

func engineOf(dsn string) string { engine, _, _ := strings.Cut(dsn, ":"); return engine }

// furnished migrates an empty database and makes both accounts in it. It is done
// once for each engine: the migrations and the two hundred writes are most of
// what a world would cost.
func furnished(dsn string) (err error) {
	w := &world{TB: builder{}, clock: newClock(), desks: map[string]*worldDesk{}}
	defer func() {
		if fault := recover(); fault != nil {
			err = fmt.Errorf("furnish %s: %v", engineOf(dsn), fault)
		}
	}()
	w.db, err = store.Open(w.Context(), dsn, store.Options{Relaxed: true, Now: w.clock.now})
	w.must(err)
	defer w.db.Close()
	w.must(w.db.Migrate(w.Context()))
	w.app = &app.App{DB: w.db}
	for _, slug := range []string{"acme", "globex"} {
		w.furnish(slug)
	}
	templateDesks.Store(engineOf(dsn), w.desks)
	return nil
}

// builder stands in for a test where a world is made that no single test owns:
// what fails ends furnished.
type builder struct{ testing.TB }

func (builder) Helper()                         {}
func (builder) Context() context.Context        { return context.Background() }
func (builder) Fatal(args ...any)               { panic(fmt.Sprint(args...)) }
func (builder) Fatalf(form string, args ...any) { panic(fmt.Sprintf(form, args...)) }

// furnish makes an account.
func (w *world) furnish(slug string) {
	ctx := w.Context()
	made, err := w.app.CreateAccount(ctx, app.NewAccount{Name: strings.ToUpper(slug[:1]) + slug[1:], Slug: slug, Hosts: []string{slug + ".localhost"},
		BaseURL: "http://" + slug + ".localhost", OwnerName: "Olga Owner", OwnerAddress: "owner@" + slug + ".example",
		BrandName: "Company", InboxName: "Support", InboxAddress: "support@" + slug + ".example"})
	w.must(err)
	d := &worldDesk{id: made.Account.ID, host: slug + ".localhost", people: map[string]int64{"owner": made.OwnerID}, groups: map[string]int64{},
		brands: map[string]int64{"Company": made.BrandID}, inboxes: map[string]int64{"support": made.InboxID}, roles: map[string]int64{}, departments: map[string]int64{}}
	w.desks[slug] = d
	v := w.system(slug)
	_, err = w.app.SetSettings(ctx, v, map[string]any{"sharing.enabled": true})
	w.must(err)
	d.brands["People"], err = w.app.CreateBrand(ctx, v, "People")
	w.must(err)
	w.furnishGroups(d, slug)
	w.furnishRoles(d, slug)
	w.furnishPeople(d, slug)
}

func (w *world) furnishGroups(d *worldDesk, slug string) {
	ctx, v := w.Context(), w.system(slug)
	var err error
	for _, name := range []string{"Support", "Accounts", "HR", "Legal"} {
		d.groups[name], err = w.app.CreateGroup(ctx, v, app.GroupPatch{Name: &name})
		w.must(err)
	}
	w.must(w.app.UpdateInbox(ctx, v, d.inboxes["support"], app.InboxPatch{DefaultGroupID: ptr(d.groups["Support"])}))
	for _, box := range []struct{ name, brand, group string }{{"accounts", "Company", "Accounts"}, {"hr", "People", "HR"}} {
		d.inboxes[box.name], err = w.app.CreateInbox(ctx, v, app.InboxPatch{BrandID: ptr(d.brands[box.brand]), Name: ptr(box.group),
			Address: ptr(box.name + "@" + slug + ".example"), DefaultGroupID: ptr(d.groups[box.group])})
		w.must(err)
	}
	for _, name := range []string{"Sales", "Legal"} {
		d.departments[name], err = w.app.CreateDepartment(ctx, v, name)
		w.must(err)
	}
}

func (w *world) furnishRoles(d *worldDesk, slug string) {
	ctx, v := w.Context(), w.system(slug)
	roles, _, err := w.app.Roles(ctx, v, app.Page{})
	w.must(err)
	var agent dm.PermissionSet
	for _, r := range roles {
		d.roles[r.BuiltIn] = r.ID
		if r.BuiltIn == "agent" {
			agent = r.Permissions
		}
	}
	rest := (agent &^ dm.PermissionsOf(dm.TicketsShare)).List()
	d.roles["no share"], err = w.app.CreateRole(ctx, v, app.RolePatch{Name: ptr("No sharing"), Permissions: &rest})
	w.must(err)
}

// worldAgent is an agent of every world.
type worldAgent struct {
	name, role string
	scope      dm.TicketScope
	groups     []string
	brands     []string // nil: all
	inboxes    []string // nil: all
}

var worldAgents = []worldAgent{
	{name: "admin", role: "administrator", scope: dm.GlobalScope},
	{name: "manager", role: "manager", scope: dm.GlobalScope},
	{name: "global.agent", role: "agent", scope: dm.GlobalScope},
	{name: "support.agent", role: "agent", scope: dm.GroupScope, groups: []string{"Support"}, inboxes: []string{"support"}},
	{name: "accounts.agent", role: "agent", scope: dm.GroupScope, groups: []string{"Accounts"}, inboxes: []string{"accounts"}},
	{name: "accounts.second", role: "agent", scope: dm.GroupScope, groups: []string{"Accounts"}, inboxes: []string{"accounts"}},
	{name: "noshare.agent", role: "no share", scope: dm.GroupScope, groups: []string{"Accounts"}, inboxes: []string{"accounts"}},
	{name: "hr.agent", role: "agent", scope: dm.GroupScope, groups: []string{"HR"}, brands: []string{"People"}, inboxes: []string{"hr"}},
	{name: "hr.second", role: "agent", scope: dm.GroupScope, groups: []string{"HR"}, brands: []string{"People"}, inboxes: []string{"hr"}},
	{name: "restricted.agent", role: "agent", scope: dm.RestrictedScope},
}

func (w *world) furnishPeople(d *worldDesk, slug string) {
	for _, a := range worldAgents {
		w.addAgent(slug, a)
	}
	for name, department := range map[string]string{"staff.one": "", "staff.two": "Sales", "staff.three": "Legal"} {
		p := app.PersonPatch{Kind: ptr(dm.Requester), Name: ptr(title(name)), Address: ptr(name + "@" + slug + ".example")}
		if department != "" {
			p.DepartmentID = ptr(d.departments[department])
		}
		id, err := w.app.CreatePerson(w.Context(), w.system(slug), p)
		w.must(err)
		d.people[name] = id
	}
}
