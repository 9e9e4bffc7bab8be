package app

import (
	"crypto/rand"
	"errors"
	"path/filepath"
	"strings"
	"testing"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
	"github.com/deskmesh/deskmesh/internal/blob"
	"github.com/deskmesh/deskmesh/internal/credential"
	"github.com/deskmesh/deskmesh/internal/mail"
	"github.com/deskmesh/deskmesh/internal/store"
)

// Tests hash many passwords; the cost has tests of its own.
func init() { passwords = credential.NewHasher(credential.Params{Memory: 64, Passes: 1, Lanes: 1}) }

// testApp gives an app over an empty SQLite database.
func testApp(t *testing.T) *App {
	t.Helper()
	db, err := store.Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "desk.db"), store.Options{Relaxed: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	if err := db.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	blobs, err := blob.OpenFolder(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { blobs.Close() })
	key := make([]byte, 32)
	rand.Read(key)
	signer, err := mail.NewSigner(key)
	if err != nil {
		t.Fatal(err)
	}
	return &App{DB: db, Blobs: blobs, Signer: signer}
}

// desk is one account with an owner, for tests of what administrators do.
type desk struct {
	*testing.T
	*App
	account int64
	owner   int64
	brand   int64
	inbox   int64
	link    OneTimeLink
	roles   map[string]int64 // built-in roles
}

const testPassword = "correct horse battery"

func testDesk(t *testing.T) *desk { return addDesk(t, testApp(t), "acme") }

// addDesk makes another account on the same server.
func addDesk(t *testing.T, a *App, slug string) *desk {
	t.Helper()
	made, err := a.CreateAccount(t.Context(), NewAccount{Name: "Desk " + slug, Slug: slug, Hosts: []string{slug + ".example"},
		BaseURL: "https://" + slug + ".example", OwnerName: "Olga Owner", OwnerAddress: "owner@" + slug + ".example"})
	if err != nil {
		t.Fatal(err)
	}
	d := &desk{T: t, App: a, account: made.Account.ID, owner: made.OwnerID, brand: made.BrandID, inbox: made.InboxID, link: made.Link, roles: map[string]int64{}}
	list, _, err := a.Roles(t.Context(), d.as(d.owner), Page{})
	d.must(err)
	for _, r := range list {
		d.roles[r.BuiltIn] = r.ID
	}
	return d
}

func (d *desk) must(err error) {
	d.Helper()
	if err != nil {
		d.Fatal(err)
	}
}

// refused wants an error of the code.
func (d *desk) refused(err error, code dm.Code) {
	d.Helper()
	if err == nil || dm.CodeOf(err) != code {
		d.Errorf("got %v, want %s", err, code)
	}
}

// refusedFor wants an error of the code with the machine-readable reason.
func (d *desk) refusedFor(err error, code dm.Code, reason string) {
	d.Helper()
	d.refused(err, code)
	if dm.ReasonOf(err) != reason {
		d.Errorf("got reason %q, want %q (%v)", dm.ReasonOf(err), reason, err)
	}
}

// faulty wants an Invalid error that names exactly these fields, in this order.
func (d *desk) faulty(err error, fields ...string) {
	d.Helper()
	e, ok := errors.AsType[*dm.Error](err)
	if !ok || e.Code != dm.Invalid {
		d.Errorf("got %v, want faults in %v", err, fields)
		return
	}
	got := []string{}
	if e.Field != "" {
		got = append(got, e.Field)
	}
	for _, f := range e.Faults {
		got = append(got, f.Field)
	}
	if strings.Join(got, " ") != strings.Join(fields, " ") {
		d.Errorf("faults in %v, want %v (%v)", got, fields, err)
	}
}

// as gives the viewer that a person is now.
func (d *desk) as(person int64) *access.Viewer {
	d.Helper()
	v, err := fetch(d.Context(), d.App, func(tx *store.Tx) (*access.Viewer, error) { return tx.Viewer(d.account, person) })
	d.must(err)
	return v
}

func (d *desk) asOwner() *access.Viewer { return d.as(d.owner) }

// agent makes an agent of global scope with the roles.
func (d *desk) agent(name string, roles ...int64) int64 {
	d.Helper()
	id, err := d.CreatePerson(d.Context(), d.asOwner(), PersonPatch{Kind: ptr(dm.Agent), Name: &name, Address: ptr(strings.ToLower(name) + "@acme.example"),
		Scope: ptr(dm.GlobalScope), AllBrands: ptr(true), AllInboxes: ptr(true), Roles: &roles})
	d.must(err)
	return id
}

func (d *desk) requester(name string) int64 {
	d.Helper()
	id, err := d.CreatePerson(d.Context(), d.asOwner(), PersonPatch{Kind: ptr(dm.Requester), Name: &name, Address: ptr(strings.ToLower(name) + "@acme.example")})
	d.must(err)
	return id
}

// role makes an own role.
func (d *desk) role(name string, permissions ...dm.Permission) int64 {
	d.Helper()
	id, err := d.CreateRole(d.Context(), d.asOwner(), RolePatch{Name: &name, Permissions: &permissions})
	d.must(err)
	return id
}

func (d *desk) group(name string, members ...int64) int64 {
	d.Helper()
	id, err := d.CreateGroup(d.Context(), d.asOwner(), GroupPatch{Name: &name, Members: &members})
	d.must(err)
	return id
}

func (d *desk) person(id int64) *dm.Person {
	d.Helper()
	p, err := d.Person(d.Context(), d.asOwner(), id)
	d.must(err)
	return p
}

// lastAudit gives the newest line of the administrators' log.
func (d *desk) lastAudit() AuditLine {
	d.Helper()
	list, _, err := d.AuditLog(d.Context(), access.System(d.account, "test"), AuditFilter{}, Page{Limit: 1})
	d.must(err)
	return list[0]
}

// version is the account's access version.
func (d *desk) version() int64 {
	d.Helper()
	a, err := d.Account(d.Context(), d.asOwner())
	d.must(err)
	return a.AccessVersion
}

func ptr[T any](v T) *T { return &v }
