package storetest

import (
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
	"github.com/deskmesh/deskmesh/internal/store"
)

// pokes collects what a database tells of.
type pokes struct {
	mu   sync.Mutex
	list []store.Poke
}

func listenTo(t *testing.T, db *store.DB) *pokes {
	p := &pokes{}
	t.Cleanup(db.OnPokes(func(list []store.Poke) {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.list = append(p.list, list...)
	}))
	return p
}

// take gives what was told since, in short.
func (p *pokes) take() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	short := []string{}
	for _, x := range p.list {
		text := fmt.Sprintf("%s %d %d", x.Kind, x.Account, x.Ticket+x.Person)
		if x.Event != "" {
			text += fmt.Sprintf(" %s internal=%v", x.Event, x.Internal)
		}
		if x.Before != nil {
			text += fmt.Sprintf(" before: inbox %d, %d shares", x.Before.InboxID, len(x.Before.Shares))
		}
		short = append(short, text)
	}
	p.list = nil
	return short
}

// newTicket stores a ticket in an inbox of its own.
func newTicket(t *testing.T, db *store.DB, account, requester int64) *dm.Ticket {
	t.Helper()
	brand := made(t, db, func(tx *store.Tx) (int64, error) { return tx.CreateBrand(account, fmt.Sprintf("Shop %d", requester)) })
	inbox := made(t, db, func(tx *store.Tx) (int64, error) {
		return tx.CreateInbox(account, &dm.Inbox{BrandID: brand, Name: "In", Address: fmt.Sprintf("in%d@acme.example", requester)})
	})
	ticket := &dm.Ticket{Subject: "Subject", Status: dm.StatusNew, Priority: dm.PriorityNormal, Type: dm.TypeQuestion, Via: dm.ViaAPI, InboxID: inbox, RequesterID: requester}
	write(t, db, func(tx *store.Tx) error {
		if err := tx.InsertTicket(account, ticket); err != nil {
			return err
		}
		return tx.NumberTicket(account, ticket)
	})
	return ticket
}

func testPokes(t *testing.T, db *store.DB) {
	account := newAccount(t, db, "acme")
	ann := newPerson(t, db, account, dm.Agent, "Ann", "ann@acme.example")
	ticket := newTicket(t, db, account, newPerson(t, db, account, dm.Requester, "Rob", "rob@acme.example"))
	write(t, db, func(tx *store.Tx) error { return tx.CreateSession(account, ann, digest("one"), tx.Now()+longTime) })
	system := access.System(account, "test")
	told := listenTo(t, db)
	expect := func(what string, want ...string) {
		t.Helper()
		if diff := cmp.Diff(append([]string{}, want...), told.take()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", what, diff)
		}
	}
	event := func(tx *store.Tx, internal bool) (*dm.Event, error) {
		e := &dm.Event{TicketID: ticket.ID, Kind: dm.TicketUpdated, Internal: internal, Cause: dm.Cause{Kind: dm.CauseSystem}}
		return e, tx.InsertEvent(account, e)
	}
	share := &dm.Share{Target: dm.Target{Kind: dm.TargetAgent, ID: ann}, Level: dm.LevelView, Cause: dm.Cause{Kind: dm.CausePerson}}
	write(t, db, func(tx *store.Tx) error {
		f, err := tx.LockTicketByID(system, ticket.ID)
		if err != nil {
			return err
		}
		if err := tx.InsertShare(account, &f.Ticket, share); err != nil {
			return err
		}
		_, err = event(tx, true)
		return err
	})
	expect("a share", fmt.Sprintf("ticket %d %d ticket.updated internal=true before: inbox %d, 0 shares", account, ticket.ID, ticket.InboxID))
	err := db.Write(t.Context(), store.Urgent, func(tx *store.Tx) error {
		if _, err := event(tx, false); err != nil {
			return err
		}
		return errors.New("given up")
	})
	if err == nil {
		t.Error("a transaction that gives up is kept")
	}
	expect("a transaction that gave up")
	write(t, db, func(tx *store.Tx) error {
		f, err := tx.LockTicketByID(system, ticket.ID)
		if err != nil {
			return err
		}
		expired := *share
		expired.ExpiresAt = 1
		if err := tx.UpdateShare(account, &expired); err != nil {
			return err
		}
		ticket.InboxID = f.Ticket.InboxID
		if _, err := tx.EndShare(account, share, 0, "test"); err != nil {
			return err
		}
		_, err = event(tx, false)
		return err
	})
	expect("its end", fmt.Sprintf("ticket %d %d ticket.updated internal=false before: inbox %d, 1 shares", account, ticket.ID, ticket.InboxID))

	var e *dm.Event
	write(t, db, func(tx *store.Tx) (err error) { e, err = event(tx, false); return err })
	told.take()
	notice := func(tx *store.Tx) error {
		_, err := tx.InsertNotifications(account, []dm.Notification{{PersonID: ann, TicketID: ticket.ID, EventID: e.ID, Kind: dm.NoticeShared}})
		return err
	}
	write(t, db, notice)
	expect("a notification", fmt.Sprintf("notice %d %d", account, ann))
	write(t, db, notice)
	expect("a notification that stood already")
	write(t, db, func(tx *store.Tx) error { return tx.ReadNotifications(account, ann, nil, 1000) })
	expect("reading", fmt.Sprintf("notice %d %d", account, ann))

	write(t, db, func(tx *store.Tx) error { return tx.DeleteSession(account, digest("unknown")) })
	expect("no session")
	write(t, db, func(tx *store.Tx) error { return tx.DeleteSession(account, digest("one")) })
	expect("a session's end", fmt.Sprintf("signed %d %d", account, ann))
	token := made(t, db, func(tx *store.Tx) (int64, error) {
		return tx.CreateAPIToken(account, &store.APIToken{PersonID: ann, Name: "Script"}, digest("token"))
	})
	write(t, db, func(tx *store.Tx) error { return tx.RevokeAPIToken(account, token) })
	expect("a token's end", fmt.Sprintf("signed %d %d", account, ann))
	write(t, db, func(tx *store.Tx) error { return tx.SetPersonActive(account, ann, false) })
	expect("a deactivation", fmt.Sprintf("signed %d %d", account, ann), fmt.Sprintf("access %d 0", account))
}

// testLiveTickets: the facts are those that the ticket is found with.
func testLiveTickets(t *testing.T, db *store.DB) {
	account, other := newAccount(t, db, "acme"), newAccount(t, db, "globex")
	ann, rob := newPerson(t, db, account, dm.Agent, "Ann", "ann@acme.example"), newPerson(t, db, account, dm.Requester, "Rob", "rob@acme.example")
	group := made(t, db, func(tx *store.Tx) (int64, error) { return tx.CreateGroup(account, &dm.Group{Name: "Support"}) })
	ticket := newTicket(t, db, account, rob)
	sales := made(t, db, func(tx *store.Tx) (int64, error) { return tx.CreateDepartment(account, "Sales") })
	theirs := newTicket(t, db, other, newPerson(t, db, other, dm.Requester, "Rob", "rob@globex.example"))
	system := access.System(account, "test")
	write(t, db, func(tx *store.Tx) error {
		f, err := tx.LockTicketByID(system, ticket.ID)
		if err != nil {
			return err
		}
		for _, s := range []dm.Share{
			{Target: dm.Target{Kind: dm.TargetAgent, ID: ann}, Level: dm.LevelEdit, SeeInternal: true, ReplyPublic: true, Forward: true, CanReshare: true, ExpiresAt: tx.Now() + longTime, Cause: dm.Cause{Kind: dm.CausePerson}},
			{Target: dm.Target{Kind: dm.TargetGroup, ID: group}, Level: dm.LevelView, Cause: dm.Cause{Kind: dm.CauseRequester}},
			{Target: dm.Target{Kind: dm.TargetRequester, ID: rob}, Level: dm.LevelComment, Cause: dm.Cause{Kind: dm.CausePerson}},
		} {
			if err := tx.InsertShare(account, &f.Ticket, &s); err != nil {
				return err
			}
		}
		if err := tx.SetCCs(account, &f.Ticket, []int64{rob, ann}); err != nil {
			return err
		}
		f.Ticket.Private, f.Ticket.AssigneeID, f.Ticket.GroupID, f.Ticket.Version = true, ann, group, 7
		f.Ticket.DepartmentID, f.Ticket.Type = sales, dm.TypeChange
		return tx.SaveTicket(account, &f.Ticket)
	})
	want := read(t, db, func(tx *store.Tx) (*store.Found, error) {
		f, err := tx.TicketByID(system, ticket.ID)
		if err == nil {
			err = tx.LoadDetails(account, &f.Ticket)
		}
		return f, err
	})
	want.Facts.CCs = want.Ticket.CCs
	got := read(t, db, func(tx *store.Tx) (map[int64]*store.LiveTicket, error) {
		return tx.LiveTickets(account, []int64{ticket.ID, theirs.ID, 999_999})
	})
	if diff := cmp.Diff(map[int64]*store.LiveTicket{ticket.ID: {Number: ticket.Number, Version: 7, Facts: want.Facts}}, got); diff != "" {
		t.Errorf("facts (-want +got):\n%s", diff)
	}
	if len(got) == 1 && len(got[ticket.ID].Facts.Shares) != 3 {
		t.Errorf("shares: %+v", got[ticket.ID].Facts.Shares)
	}
	for what, change := range map[string]func(*dm.Ticket){
		"spam": func(t *dm.Ticket) { t.Spam = true }, "deleted": func(t *dm.Ticket) { t.Spam, t.Deleted = false, true },
		"merged": func(x *dm.Ticket) { x.Spam, x.Deleted, x.MergedInto = false, false, x.ID },
	} {
		write(t, db, func(tx *store.Tx) error {
			f, err := tx.LockTicketByID(system, ticket.ID)
			if err != nil {
				return err
			}
			change(&f.Ticket)
			return tx.SaveTicket(account, &f.Ticket)
		})
		now := read(t, db, func(tx *store.Tx) (*store.Found, error) { return tx.TicketByID(system, ticket.ID) })
		got := read(t, db, func(tx *store.Tx) (map[int64]*store.LiveTicket, error) {
			return tx.LiveTickets(account, []int64{ticket.ID})
		})[ticket.ID]
		if got.Facts.Spam != now.Facts.Spam || got.Facts.Deleted != now.Facts.Deleted || got.Facts.Merged != now.Facts.Merged {
			t.Errorf("%s: %+v, found with %+v", what, got.Facts, now.Facts)
		}
	}
}

// testManyViewers: asked for together, people are what each is alone.
func testManyViewers(t *testing.T, db *store.DB) {
	account := newAccount(t, db, "acme")
	people := []int64{999_999, newPerson(t, db, account, dm.Requester, "Rob", "rob@acme.example")}
	groups := []int64{
		made(t, db, func(tx *store.Tx) (int64, error) { return tx.CreateGroup(account, &dm.Group{Name: "Support"}) }),
		made(t, db, func(tx *store.Tx) (int64, error) { return tx.CreateGroup(account, &dm.Group{Name: "Sales"}) }),
	}
	role := func(name string, p ...dm.Permission) int64 {
		return made(t, db, func(tx *store.Tx) (int64, error) {
			return tx.CreateRole(account, &dm.Role{Name: name, Permissions: dm.PermissionsOf(p...)})
		})
	}
	roles := []int64{role("Writers", dm.TicketsReply), role("Readers", dm.NotesRead)}
	for i := range 300 {
		id := newPerson(t, db, account, dm.Agent, "Ann", fmt.Sprintf("ann%d@acme.example", i))
		people = append(people, id)
		if i%50 != 0 {
			continue
		}
		write(t, db, func(tx *store.Tx) error {
			return errors.Join(tx.SetPersonGroups(account, id, groups[:1+i%100/50]), tx.SetPersonRoles(account, id, roles[:1+i%100/50]), tx.SetPersonActive(account, id, i != 150))
		})
	}
	directory := func() *store.Directory {
		return read(t, db, func(tx *store.Tx) (*store.Directory, error) { return tx.Directory(account) })
	}
	together := read(t, db, func(tx *store.Tx) (map[int64]*access.Viewer, error) { return tx.ViewersIn(directory(), people) })
	// Another access version makes what is kept worthless.
	made(t, db, func(tx *store.Tx) (int64, error) { return tx.CreateDepartment(account, "Sales") })
	d := directory()
	for _, person := range people {
		alone := read(t, db, func(tx *store.Tx) (*access.Viewer, error) { return tx.ViewerIn(d, person) })
		if !alone.SameRights(together[person]) {
			t.Errorf("person %d is %+v together and %+v alone", person, together[person], alone)
		}
	}
	if v := together[people[2+100]]; !v.Can(dm.TicketsReply) || v.Can(dm.NotesRead) || len(v.Groups()) != 1 {
		t.Errorf("an agent with a role and a group is %+v", v)
	}
	if together[people[2+150]].IsAgent() || !together[people[1]].IsRequester() {
		t.Error("an inactive agent counts as one, or a requester does not as one")
	}
}

// testProofs: a session or token holds until it ends, by hand or by time.
func testProofs(t *testing.T, db *store.DB) {
	account, other := newAccount(t, db, "acme"), newAccount(t, db, "globex")
	ann, bob := newPerson(t, db, account, dm.Agent, "Ann", "ann@acme.example"), newPerson(t, db, account, dm.Agent, "Bob", "bob@acme.example")
	write(t, db, func(tx *store.Tx) error {
		return errors.Join(tx.CreateSession(account, ann, digest("ann"), tx.Now()+longTime), tx.CreateSession(account, ann, digest("old"), tx.Now()),
			tx.CreateSession(account, bob, digest("bob"), tx.Now()+longTime))
	})
	token := func(person int64, secret string, expires dm.Time) int64 {
		return made(t, db, func(tx *store.Tx) (int64, error) {
			return tx.CreateAPIToken(account, &store.APIToken{PersonID: person, Name: "Script", ExpiresAt: expires}, digest(secret))
		})
	}
	token(ann, "token", 0)
	token(ann, "expired token", 1)
	token(bob, "bob's token", 0)
	revoked := token(ann, "revoked token", 0)
	write(t, db, func(tx *store.Tx) error {
		return errors.Join(tx.RevokeAPIToken(account, revoked), tx.SetPersonActive(account, bob, false))
	})
	var all []store.Proof
	for _, secret := range []string{"ann", "old", "bob", "never", "token", "expired token", "bob's token", "revoked token"} {
		all = append(all, store.Proof{Hash: digest(secret)}, store.Proof{Hash: digest(secret), Token: true})
	}
	got := read(t, db, func(tx *store.Tx) (map[store.Proof]bool, error) { return tx.StillSigned(account, all) })
	want := map[store.Proof]bool{{Hash: digest("ann")}: true, {Hash: digest("token"), Token: true}: true}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("what holds (-want +got):\n%s", diff)
	}
	if got := read(t, db, func(tx *store.Tx) (map[store.Proof]bool, error) { return tx.StillSigned(other, all) }); len(got) != 0 {
		t.Errorf("in another account %v holds", got)
	}
	if got := read(t, db, func(tx *store.Tx) (map[store.Proof]bool, error) { return tx.StillSigned(account, nil) }); len(got) != 0 {
		t.Errorf("of nothing %v holds", got)
	}
}
