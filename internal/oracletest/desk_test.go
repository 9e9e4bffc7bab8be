package oracletest

import (
	"fmt"
	"slices"
	"strings"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
	"github.com/deskmesh/deskmesh/internal/oracle"
	"github.com/deskmesh/deskmesh/internal/store"
)

// Lengths of time in microseconds.
const (
	minute = int64(60_000_000)
	day    = 24 * 60 * minute
)

// desk is an oracle world stored for real. Both change together.
type desk struct {
	*engine
	world *oracle.World
	// worlds are the same world as it is for agents in a role.
	worlds     map[role]*oracle.World
	token      []string // what every token lets through
	serial     int      // of the world on this engine
	searchable bool
	real       map[int64]*realAccount
	viewers    map[asker]*access.Viewer // as they are since the last step
	changes    int
	// pageRows is the length of pages. It stays the same in a world, since each
	// length is a statement of its own that has to be prepared.
	pageRows int
}

// realAccount is one account of the world as it is stored: the database's ids
// by those of the oracle.
type realAccount struct {
	id          int64
	searchable  bool
	departments map[int64]int64
	brands      map[int64]int64
	inboxes     map[int64]int64
	groups      map[int64]int64
	people      map[int64]int64
	roles       map[int64][2]int64 // of a person, whose permissions they add up to
	uploads     map[int64]int64    // a file that no message took, by its uploader
	tickets     map[int64]*realTicket
	shares      map[int64]int64
	files       map[int64]int64 // the one file of a message, by the message
}

type realTicket struct {
	id, number int64
	created    int64
	events     []int64 // a public and an internal line, by turns
	messages   []int64
}

// newDesk stores the world of a game as it is before its steps.
func newDesk(e *engine, g *played) (d *desk, err error) {
	defer func() {
		// A world that was made smaller may name what is gone.
		if p := recover(); p != nil {
			err = fmt.Errorf("store the world: %v", p)
		}
	}()
	w := g.World.Clone()
	e.worlds++
	d = &desk{engine: e, world: w, searchable: g.Searchable, token: g.Token, pageRows: 2, serial: e.worlds, real: map[int64]*realAccount{}}
	for i := range w.Accounts {
		if err := d.storeAccount(&w.Accounts[i]); err != nil {
			return nil, fmt.Errorf("store account %d of the world: %w", w.Accounts[i].ID, err)
		}
	}
	d.changed()
	return d, nil
}

// changed moves the clock on and makes what follows from the world anew.
func (d *desk) changed() {
	d.now.Store(d.world.Now)
	d.viewers = map[asker]*access.Viewer{}
	d.changes++
	d.worlds = map[role]*oracle.World{
		himself: d.world, asRequester: inRole(d.world, asRequester, nil), byToken: inRole(d.world, byToken, d.token),
	}
}

func (d *desk) storeAccount(a *oracle.Account) error {
	r := &realAccount{
		departments: map[int64]int64{}, brands: map[int64]int64{}, inboxes: map[int64]int64{}, groups: map[int64]int64{},
		people: map[int64]int64{}, roles: map[int64][2]int64{}, uploads: map[int64]int64{}, tickets: map[int64]*realTicket{}, shares: map[int64]int64{}, files: map[int64]int64{},
	}
	d.real[a.ID] = r
	begin := d.world.Now - 2*day
	if err := d.at(begin, func(tx *store.Tx) error { return d.storePlaces(tx, a, r) }); err != nil {
		return err
	}
	if err := d.at(begin, func(tx *store.Tx) error { return d.storePeople(tx, a, r) }); err != nil {
		return err
	}
	for i := range a.Tickets {
		if err := d.storeTicket(a, r, i); err != nil {
			return err
		}
	}
	if err := d.storeShares(a, r); err != nil {
		return err
	}
	if err := d.at(d.world.Now, func(tx *store.Tx) error { return d.storeLinks(tx, a, r) }); err != nil {
		return err
	}
	// What people are no longer comes last: the dead cannot be made members.
	return d.at(d.world.Now, func(tx *store.Tx) error {
		for _, p := range a.People {
			if p.Deleted {
				if err := tx.ErasePerson(r.id, r.people[p.ID]); err != nil {
					return err
				}
			}
		}
		for _, g := range a.Groups {
			if g.Deleted {
				if err := tx.DeleteGroup(r.id, r.groups[g.ID]); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

func (d *desk) storePlaces(tx *store.Tx, a *oracle.Account, r *realAccount) error {
	var err error
	name := fmt.Sprintf("w%d-%d", d.serial, a.ID)
	if r.id, err = tx.CreateAccount(dm.Account{Slug: name, Name: name, BaseURL: "https://" + name + ".example", Edition: "community"}); err != nil {
		return err
	}
	r.searchable = d.searchable
	if err := d.storeSettings(tx, a, r); err != nil {
		return err
	}
	for _, id := range a.Departments {
		if r.departments[id], err = tx.CreateDepartment(r.id, fmt.Sprint("Department ", id)); err != nil {
			return err
		}
	}
	for _, b := range a.Brands {
		if r.brands[b.ID], err = tx.CreateBrand(r.id, fmt.Sprint("Brand ", b.ID)); err != nil {
			return err
		}
		if err := d.storeBrand(tx, r, b); err != nil {
			return err
		}
	}
	for _, in := range a.Inboxes {
		box := dm.Inbox{BrandID: r.brands[in.Brand], Name: fmt.Sprint("Inbox ", in.ID), Address: fmt.Sprintf("inbox%d@%s.example", in.ID, name)}
		if r.inboxes[in.ID], err = tx.CreateInbox(r.id, &box); err != nil {
			return err
		}
	}
	for _, g := range a.Groups {
		if r.groups[g.ID], err = tx.CreateGroup(r.id, &dm.Group{Name: fmt.Sprint("Group ", g.ID)}); err != nil {
			return err
		}
	}
	return nil
}

func (d *desk) storeBrand(tx *store.Tx, r *realAccount, b oracle.Brand) error {
	return tx.SaveBrand(r.id, &dm.Brand{ID: r.brands[b.ID], Name: fmt.Sprint("Brand ", b.ID), Active: b.Active})
}

func (d *desk) storeSettings(tx *store.Tx, a *oracle.Account, r *realAccount) error {
	s := a.Settings
	for _, set := range [][2]string{
		{"sharing.role_cap", fmt.Sprint(s.RoleCap)},
		{"sharing.forward_on_shared", fmt.Sprint(s.ForwardOnShared)},
		{"sharing.protect_status_assignee", fmt.Sprint(s.ProtectStatusAssignee)},
		{"sharing.enabled", fmt.Sprint(s.SharingEnabled)},
		{"sharing.on_disable", s.OnDisable},
		{"cc_grants_access", s.CCGrantsAccess},
		{"sharing.searchable", fmt.Sprint(r.searchable)},
		{"portal.share_scope", map[bool]string{false: "off", true: "anyone"}[s.PortalShares]},
		{"portal.cc", fmt.Sprint(s.PortalCC)},
		{"portal.links", fmt.Sprint(s.PortalLinks)},
		{"links.enabled", fmt.Sprint(s.Links)},
		{"portal.share_level", map[bool]string{false: "comment", true: "edit"}[s.PortalEdit]},
	} {
		if err := tx.SetSetting(r.id, set[0], set[1]); err != nil {
			return err
		}
	}
	return nil
}

func (d *desk) storePeople(tx *store.Tx, a *oracle.Account, r *realAccount) error {
	var err error
	for _, p := range a.People {
		name := fmt.Sprint("Person ", p.ID)
		person := dm.Person{
			Kind: dm.PersonKind(p.Kind), Name: name, Address: fmt.Sprintf("p%d@example.com", p.ID),
			Scope: dm.TicketScope(p.Scope), AllBrands: p.AllBrands, AllInboxes: p.AllInboxes, DepartmentID: r.departments[p.Department],
			Sight: dm.DepartmentSight{Tickets: dm.Sight(p.SeesTickets), Changes: dm.Sight(p.SeesChanges)},
		}
		if r.people[p.ID], err = tx.CreatePerson(r.id, &person); err != nil {
			return err
		}
		if p.Kind == oracle.Agent {
			if err := d.storeAgent(tx, r, p); err != nil {
				return err
			}
		}
		if !p.Active {
			if err := tx.SetPersonActive(r.id, r.people[p.ID], false); err != nil {
				return err
			}
		}
		upload := dm.Attachment{UploaderID: r.people[p.ID], Name: "upload.txt", Digest: digest, BlobKey: fmt.Sprintf("upload-%d-%d", r.id, p.ID)}
		if err := tx.InsertAttachment(r.id, &upload); err != nil {
			return err
		}
		r.uploads[p.ID] = upload.ID
	}
	for _, g := range a.Groups {
		if err := tx.ChangeMembers(r.id, r.groups[g.ID], each(r.people, g.Members), nil); err != nil {
			return err
		}
	}
	return nil
}

var digest = strings.Repeat("0", 64)

// storeAgent gives a new agent reach lists, and permissions through two roles.
func (d *desk) storeAgent(tx *store.Tx, r *realAccount, p oracle.Person) error {
	var roles [2]int64
	for i, permissions := range halves(p.Permissions) {
		var err error
		if roles[i], err = tx.CreateRole(r.id, &dm.Role{Name: fmt.Sprintf("Role %d of %d", i, p.ID), Permissions: permissions}); err != nil {
			return err
		}
	}
	r.roles[p.ID] = roles
	person := r.people[p.ID]
	if err := tx.SetPersonRoles(r.id, person, roles[:]); err != nil {
		return err
	}
	if err := tx.SetPersonBrands(r.id, person, each(r.brands, p.Brands)); err != nil {
		return err
	}
	return tx.SetPersonInboxes(r.id, person, each(r.inboxes, p.Inboxes))
}

func permissions(words []string) dm.PermissionSet {
	var set dm.PermissionSet
	for _, w := range words {
		set |= dm.PermissionsOf(dm.Permission(w))
	}
	return set
}

// halves deals permissions out to two roles; a few are in both.
func halves(words []string) [2]dm.PermissionSet {
	var sets [2]dm.PermissionSet
	for i, w := range words {
		set := permissions([]string{w})
		sets[i%2] |= set
		if i%3 == 0 {
			sets[1-i%2] |= set
		}
	}
	return sets
}

// storeTicket stores a ticket with CCs, messages, files and history. It is made
// at one moment and updated at another, so that the two orders differ.
func (d *desk) storeTicket(a *oracle.Account, r *realAccount, i int) error {
	t := &a.Tickets[i]
	rt := &realTicket{created: d.world.Now - day - minute*(t.Number*7%5)}
	r.tickets[t.ID] = rt
	err := d.at(rt.created, func(tx *store.Tx) error {
		row := d.ticketRow(r, t)
		row.Subject = fmt.Sprintf("%s %s", d.word("common", 0), d.word("subject", t.ID))
		row.Priority, row.Type, row.Via = dm.PriorityNormal, dm.TypeQuestion, dm.ViaAPI
		if err := tx.InsertTicket(r.id, row); err != nil {
			return err
		}
		rt.id = row.ID
		if err := d.storeMessages(tx, r, t, rt); err != nil {
			return err
		}
		for _, internal := range []bool{false, true, false} {
			e := dm.Event{TicketID: rt.id, Kind: dm.TicketUpdated, Cause: dm.Cause{Kind: dm.CauseSystem}, Internal: internal}
			if err := tx.InsertEvent(r.id, &e); err != nil {
				return err
			}
			rt.events = append(rt.events, e.ID)
		}
		if err := tx.NumberTicket(r.id, row); err != nil {
			return err
		}
		rt.number = row.Number
		return nil
	})
	if err != nil {
		return err
	}
	return d.at(t.UpdatedAt, func(tx *store.Tx) error {
		f, err := tx.LockTicketByID(system(r), rt.id)
		if err != nil {
			return err
		}
		// CCs first: saving must carry the list keys to them.
		if err := tx.SetCCs(r.id, &f.Ticket, each(r.people, t.CCs)); err != nil {
			return err
		}
		return tx.SaveTicket(r.id, d.inState(r, t, &f.Ticket))
	})
}

func (d *desk) storeMessages(tx *store.Tx, r *realAccount, t *oracle.Ticket, rt *realTicket) error {
	for i, m := range t.Messages {
		message := dm.Message{TicketID: rt.id, Kind: dm.MessageKind(m.Kind), Text: d.word("common", 0) + " " + d.word("message", m.ID), Via: dm.ViaAPI}
		if err := tx.InsertMessage(r.id, &message, i == 0); err != nil {
			return err
		}
		rt.messages = append(rt.messages, message.ID)
		file := dm.Attachment{TicketID: rt.id, MessageID: message.ID, Name: "file.txt", Digest: digest, BlobKey: fmt.Sprintf("file-%d-%d", r.id, m.ID)}
		if err := tx.InsertAttachment(r.id, &file); err != nil {
			return err
		}
		r.files[m.ID] = file.ID
	}
	return tx.SetMessages(r.id, &dm.Ticket{ID: rt.id, Messages: len(t.Messages)})
}

// storeLinks joins every two neighbours among the tickets.
func (d *desk) storeLinks(tx *store.Tx, a *oracle.Account, r *realAccount) error {
	for i := range a.Tickets[:max(0, len(a.Tickets)-1)] {
		if _, err := tx.InsertLink(r.id, r.tickets[a.Tickets[i].ID].id, r.tickets[a.Tickets[i+1].ID].id, dm.LinkRelated); err != nil {
			return err
		}
	}
	return nil
}

// word is a word of a text in this world and no other; both accounts use it.
func (d *desk) word(what string, id int64) string { return fmt.Sprintf("w%d%s%d", d.serial, what, id) }

// ticketRow gives the columns of a ticket that somebody chooses.
func (d *desk) ticketRow(r *realAccount, t *oracle.Ticket) *dm.Ticket {
	return d.inState(r, t, &dm.Ticket{})
}

// inState writes what the oracle knows of a ticket into its row.
func (d *desk) inState(r *realAccount, t *oracle.Ticket, row *dm.Ticket) *dm.Ticket {
	row.InboxID, row.GroupID = r.inboxes[t.Inbox], r.groups[t.Group]
	row.AssigneeID, row.RequesterID, row.DepartmentID = r.people[t.Assignee], r.people[t.Requester], r.departments[t.Department]
	row.Type = dm.TypeQuestion
	if t.Change {
		row.Type = dm.TypeChange
	}
	row.Private, row.Spam, row.Deleted, row.MergedInto = t.Private, t.Spam, t.Deleted, 0
	if into := r.tickets[t.MergedInto]; into != nil {
		row.MergedInto = into.id
	}
	row.Status = dm.StatusOpen
	if t.Done {
		row.Status = dm.StatusSolved
	}
	return row
}

// storeShares stores the ended shares first, since a ticket may have a live one
// with the same target, and then the others by their id, each at its moment.
func (d *desk) storeShares(a *oracle.Account, r *realAccount) error {
	type placed struct {
		t *oracle.Ticket
		s oracle.Share
	}
	var all []placed
	for i := range a.Tickets {
		for _, s := range a.Tickets[i].Shares {
			all = append(all, placed{&a.Tickets[i], s})
		}
	}
	slices.SortFunc(all, func(x, y placed) int {
		if x.s.Ended != y.s.Ended {
			if x.s.Ended {
				return -1
			}
			return 1
		}
		return int(x.s.ID - y.s.ID)
	})
	for _, p := range all {
		if err := d.at(p.s.CreatedAt, func(tx *store.Tx) error { return d.storeShare(tx, r, p.t, p.s) }); err != nil {
			return err
		}
	}
	return nil
}

func (d *desk) storeShare(tx *store.Tx, r *realAccount, t *oracle.Ticket, s oracle.Share) error {
	f, err := tx.LockTicketByID(system(r), r.tickets[t.ID].id)
	if err != nil {
		return err
	}
	share := d.share(r, t, s)
	if err := tx.InsertShare(r.id, &f.Ticket, share); err != nil {
		return err
	}
	r.shares[s.ID] = share.ID
	if s.Ended {
		_, err = tx.EndShare(r.id, share, 0, "revoked")
	}
	return err
}

// share gives the row of a share. What the database never takes of a
// requester's share, since it could mean nothing, is left out.
func (d *desk) share(r *realAccount, t *oracle.Ticket, s oracle.Share) *dm.Share {
	share := &dm.Share{
		ID: r.shares[s.ID], TicketID: r.tickets[t.ID].id, Target: d.target(r, s.TargetKind, s.Target), Level: dm.Level(s.Level),
		SeeInternal: s.SeeInternal, ReplyPublic: s.ReplyPublic, Forward: s.Forward, CanReshare: s.CanReshare,
		Cause: dm.Cause{Kind: dm.CausePerson}, CreatedBy: r.people[s.CreatedBy], ExpiresAt: dm.Time(s.ExpiresAt),
	}
	if s.ByRequester {
		share.Cause.Kind = dm.CauseRequester
	}
	if s.TargetKind == oracle.Requester {
		share.SeeInternal, share.CanReshare = false, false
	}
	return share
}

func (d *desk) target(r *realAccount, kind string, id int64) dm.Target {
	if kind == oracle.TargetGroup {
		return dm.Target{Kind: dm.TargetGroup, ID: r.groups[id]}
	}
	return dm.Target{Kind: dm.TargetKind(kind), ID: r.people[id]}
}

// system is the viewer through which the test changes tickets.
func system(r *realAccount) *access.Viewer { return access.System(r.id, "test of the access rule") }

// each gives the database's ids of several of the oracle's.
func each(known map[int64]int64, ids []int64) []int64 {
	list := []int64{}
	for _, id := range ids {
		list = append(list, known[id])
	}
	return list
}
