package live_test

import (
	"context"
	"crypto/rand"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
	"github.com/deskmesh/deskmesh/internal/app"
	"github.com/deskmesh/deskmesh/internal/credential"
	"github.com/deskmesh/deskmesh/internal/live"
	"github.com/deskmesh/deskmesh/internal/mail"
	"github.com/deskmesh/deskmesh/internal/store"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// rig is a desk with a hub, in a bubble whose time passes only when everybody
// waits.
type rig struct {
	*testing.T
	dsn     string
	db      *store.DB
	app     *app.App
	hub     *live.Hub
	account int64
	owner   int64
	inbox   int64
	group   int64
}

// inBubble runs f on a new desk.
func inBubble(t *testing.T, f func(r *rig)) {
	t.Parallel()
	dsn := "sqlite:" + filepath.Join(t.TempDir(), "desk.db")
	synctest.Test(t, func(t *testing.T) {
		r := &rig{T: t, dsn: dsn}
		r.db = r.open()
		r.must(r.db.Migrate(t.Context()))
		key := make([]byte, 32)
		rand.Read(key)
		signer, err := mail.NewSigner(key)
		r.must(err)
		r.hub = &live.Hub{DB: r.db}
		r.app = &app.App{DB: r.db, Signer: signer, Live: r.hub}
		made, err := r.app.CreateAccount(t.Context(), app.NewAccount{Name: "Acme", Slug: "acme", Hosts: []string{"acme.example"}, BaseURL: "http://acme.example",
			OwnerName: "Olga Owner", OwnerAddress: "owner@acme.example", BrandName: "Acme", InboxName: "Support", InboxAddress: "support@acme.example"})
		r.must(err)
		r.account, r.owner, r.inbox = made.Account.ID, made.OwnerID, made.InboxID
		name := "Support"
		r.group, err = r.app.CreateGroup(t.Context(), r.system(), app.GroupPatch{Name: &name})
		r.must(err)
		r.agent("member") // a group needs somebody who can work
		r.hub.Start(context.Background())
		t.Cleanup(r.hub.Stop)
		f(r)
	})
}

// open opens the database once more, as another process would.
func (r *rig) open() *store.DB {
	r.Helper()
	db, err := store.Open(r.Context(), r.dsn, store.Options{Relaxed: true, Now: time.Now})
	r.must(err)
	r.Cleanup(func() { db.Close() })
	return db
}

func (r *rig) must(err error) {
	r.Helper()
	if err != nil {
		r.Fatal(err)
	}
}

func (r *rig) system() *access.Viewer { return access.System(r.account, "test") }

// agent makes an agent of the group Support.
func (r *rig) agent(name string) int64 {
	r.Helper()
	roles, _, err := r.app.Roles(r.Context(), r.system(), app.Page{})
	r.must(err)
	kind, scope, address, all, groups := dm.Agent, dm.GroupScope, name+"@acme.example", true, []int64{r.group}
	p := app.PersonPatch{Kind: &kind, Name: &name, Address: &address, Scope: &scope, AllBrands: &all, AllInboxes: &all, Groups: &groups}
	for _, role := range roles {
		if role.BuiltIn == "agent" {
			p.Roles = &[]int64{role.ID}
		}
	}
	id, err := r.app.CreatePerson(r.Context(), r.system(), p)
	r.must(err)
	return id
}

// session signs somebody in for a time and gives the session.
func (r *rig) session(person int64, life time.Duration) *app.Signed {
	r.Helper()
	secret := credential.NewSecret(credential.Session)
	r.must(r.db.Write(r.Context(), store.Urgent, func(tx *store.Tx) error {
		return tx.CreateSession(r.account, person, credential.HashSecret(secret), tx.Now().Add(life))
	}))
	who, err := r.app.BySession(r.Context(), r.account, secret)
	r.must(err)
	return who
}

// stream opens a stream and takes its first line.
func (r *rig) stream(who *app.Signed) *live.Stream {
	r.Helper()
	s, err := r.hub.Open(r.Context(), who)
	r.must(err)
	if lines, open := s.Take(); !open || len(lines) != 1 || lines[0] != "event: reset\ndata: {\"reason\":\"opened\"}\n\n" {
		r.Errorf("a stream begins with %q", lines)
	}
	return s
}

// file files a ticket of the group.
func (r *rig) file() *app.Result {
	r.Helper()
	made, err := r.app.Apply(r.Context(), r.system(), dm.Change{Create: &dm.NewTicket{Subject: "Subject", InboxID: r.inbox, RequesterAddress: "somebody@example.org"},
		Set: dm.TicketPatch{GroupID: &r.group}, Messages: []dm.NewMessage{{Kind: dm.Reply, Text: "Text"}}})
	r.must(err)
	return made
}

func (r *rig) note(number int64) {
	r.Helper()
	_, err := r.app.Apply(r.Context(), r.system(), dm.Change{Number: number, Messages: []dm.NewMessage{{Kind: dm.Note, Text: "Text"}}})
	r.must(err)
}

// heard gives what a stream has told since, without its form, and whether it is
// still open.
func heard(s *live.Stream) (lines []string, open bool) {
	list, open := s.Take()
	for _, line := range list {
		line = strings.TrimSuffix(strings.TrimPrefix(line, "event: "), "\n\n")
		lines = append(lines, strings.Replace(line, "\ndata: ", " ", 1))
	}
	return lines, open
}
