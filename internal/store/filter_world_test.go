package store

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
	"github.com/deskmesh/deskmesh/internal/rules"
)

// filterWorld is a random account, its tickets as conditions see them, and
// people who ask.
type filterWorld struct {
	t       testing.TB
	db      *DB
	rng     *rand.Rand
	account int64
	base    int64 // added to every id, so that accounts of one database differ
	tickets []*filterTicket
	viewers []*access.Viewer
}

// filterTicket is a ticket with all its shares, over or not.
type filterTicket struct {
	snap   rules.Snapshot
	shares []dm.Share
	linked bool // it has a live public link
}

const filterNow = dm.Time(1_800_000_000_000_000)

// Numbers of nouns; their ids begin at base + 1.
const (
	worldBrands     = 3
	worldInboxes    = 5
	worldGroups     = 4
	worldAgents     = 6
	worldRequesters = 6
	worldTags       = 5
	worldTickets    = 36
)

var (
	worldWords = []string{"printer", "Straße", "STRASSE", "Ärger", "jam", "été", "ÉTÉ", "50%", "a_b", "Ⅳ", "o'clock", "İzmir"}
	worldMails = []string{"ann@example.com", "Bob@Example.com", "eve@sub.example.com", "", "zoë@büro.example", "max@other.test"}
	worldField = []dm.FieldKind{dm.FieldText, dm.FieldNumber, dm.FieldDate, dm.FieldChoice, dm.FieldCheckbox}
)

// newFilterWorld fills one account of the database from a seed.
func newFilterWorld(t testing.TB, db *DB, seed uint64) *filterWorld {
	t.Helper()
	w := &filterWorld{t: t, db: db, rng: rand.New(rand.NewPCG(seed, 7)), account: int64(seed) + 1, base: int64(seed) * 1000}
	err := db.Write(t.Context(), Urgent, func(tx *Tx) error {
		w.furnish(tx)
		for i := range worldTickets {
			w.addTicket(tx, int64(i+1))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	w.addViewers()
	return w
}

// row writes one row; columns ends the values' names.
func (w *filterWorld) row(tx *Tx, into string, values ...any) {
	w.t.Helper()
	if _, err := tx.exec(`INSERT INTO `+into+` VALUES (`+strings.TrimSuffix(strings.Repeat(`?, `, len(values)), `, `)+`)`, values...); err != nil {
		w.t.Fatalf("%s: %v", into, err)
	}
}

// id picks one of n ids; 0 in one of five cases where none is allowed.
func (w *filterWorld) id(n int, none bool) int64 {
	if none && w.rng.IntN(5) == 0 {
		return 0
	}
	return w.base + int64(w.rng.IntN(n)) + 1
}

func (w *filterWorld) agent(none bool) int64 { return w.id(worldAgents, none) }
func (w *filterWorld) requester() int64      { return w.id(worldRequesters, false) + worldAgents }
func (w *filterWorld) coin() bool            { return w.rng.IntN(2) == 0 }

// moment is within ten days around now.
func (w *filterWorld) moment() dm.Time {
	return filterNow + dm.Time(w.rng.IntN(10*24)-9*24)*dm.Time(time.Hour/time.Microsecond)
}

func (w *filterWorld) text() string {
	var words []string
	for range 1 + w.rng.IntN(4) {
		words = append(words, worldWords[w.rng.IntN(len(worldWords))])
	}
	return strings.Join(words, []string{" ", "  ", ", "}[w.rng.IntN(3)])
}

func (w *filterWorld) furnish(tx *Tx) {
	a, b := w.account, w.base
	name := func(kind string, i int) string { return fmt.Sprint(kind, b, " ", i) }
	w.row(tx, `accounts (id, slug, name, base_url, edition, created_at)`, a, fmt.Sprint("a", a), "A", "https://a.example", "community", 1)
	for i := 1; i <= worldBrands; i++ {
		w.row(tx, `brands (id, account_id, name, name_folded, created_at)`, b+int64(i), a, name("b", i), name("b", i), 1)
		w.row(tx, `departments (id, account_id, name, name_folded, created_at)`, b+int64(i), a, name("d", i), name("d", i), 1)
		w.row(tx, `companies (id, account_id, name, name_folded, created_at)`, b+int64(i), a, name("c", i), name("c", i), 1)
		w.row(tx, `partners (id, account_id, uuid, direction, name, host, partner_url, our_url, status, secret, secret_hash, fingerprint, terms, created_at, updated_at)`, b+int64(i), a,
			fmt.Sprint("p", b, "-", i), pickOf(w.rng, []string{"inbound", "outbound"}), name("p", i), "p.example", "https://p.example/sharing", "https://a.example/sharing", "accepted", "s", strings.Repeat("a", 64), "f", "{}", 1, 1)
		w.row(tx, `ticket_statuses (id, account_id, name, name_folded, status, created_at)`, b+int64(i), a, name("s", i), name("s", i), "open", 1)
	}
	for i := 1; i <= worldGroups; i++ {
		w.row(tx, `groups (id, account_id, name, name_folded, created_at)`, b+int64(i), a, name("g", i), name("g", i), 1)
	}
	for i := 1; i <= worldInboxes; i++ {
		w.row(tx, `inboxes (id, account_id, brand_id, name, address, address_folded, created_at)`, b+int64(i), a, b+int64((i-1)%worldBrands)+1, name("i", i), fmt.Sprintf("%d@%d", i, b), fmt.Sprintf("%d@%d", i, b), 1)
	}
	for i := 1; i <= worldTags; i++ {
		w.row(tx, `tags (id, account_id, name)`, b+int64(i), a, fmt.Sprint("tag", i))
	}
	for i, kind := range worldField {
		w.row(tx, `ticket_fields (id, account_id, name, name_folded, kind, options, created_at)`, b+int64(i+1), a, string(kind), string(kind), string(kind), `["red","Green"]`, 1)
	}
	for i := 1; i <= worldAgents+worldRequesters; i++ {
		kind, company, mail, word := "agent", any(nil), fmt.Sprintf("agent%d@x", i), fmt.Sprint("Agent ", i)
		if i > worldAgents {
			kind, company = "requester", none(w.id(worldBrands, true))
			mail, word = worldMails[i-worldAgents-1], w.text()
		}
		w.row(tx, `people (id, account_id, kind, name, name_folded, address, company_id, created_at, updated_at)`, b+int64(i), a, kind, word, Fold(word), mail, company, 1, 1)
		if mail != "" {
			w.row(tx, `addresses (account_id, person_id, address, folded, is_primary)`, a, b+int64(i), mail, Fold(mail), 1)
		}
	}
}

func (w *filterWorld) addTicket(tx *Tx, i int64) {
	x := &filterTicket{}
	t := &x.snap.Ticket
	*t = dm.Ticket{ID: w.base + i, Number: i, Subject: w.text(), Status: pickOf(w.rng, dm.Statuses), Priority: pickOf(w.rng, dm.Priorities), Type: pickOf(w.rng, dm.TicketTypes),
		Private: w.coin(), Spam: w.rng.IntN(12) == 0, Deleted: w.rng.IntN(12) == 0, InboxID: w.id(worldInboxes, false), GroupID: w.id(worldGroups, true), AssigneeID: w.agent(true),
		RequesterID: w.requester(), CreatorID: w.agent(true), DepartmentID: w.id(worldBrands, true), StatusID: w.id(worldBrands, true), Via: dm.ViaAPI, CreatedAt: w.moment(), UpdatedAt: w.moment()}
	if w.coin() {
		t.Via = dm.ViaMail
	}
	if t.Status.Done() && w.coin() {
		t.SolvedAt = w.moment()
	}
	messages := w.rng.IntN(4)
	w.row(tx, `tickets (id, account_id, number, subject, status, status_id, list_state, priority, type, private, spam, deleted, inbox_id, group_id, assignee_id, requester_id, creator_id, department_id, via, message_count, created_at, updated_at, solved_at)`,
		t.ID, w.account, t.Number, t.Subject, t.Status, none(t.StatusID), int64(t.ListState()), priorityNumber(t.Priority), t.Type, bit(t.Private), bit(t.Spam), bit(t.Deleted), t.InboxID, none(t.GroupID),
		none(t.AssigneeID), t.RequesterID, none(t.CreatorID), none(t.DepartmentID), t.Via, messages, int64(t.CreatedAt), int64(t.UpdatedAt), none(t.SolvedAt))
	if t.GroupID != 0 {
		if _, err := tx.exec(`INSERT INTO inbox_groups (account_id, inbox_id, group_id) VALUES (?, ?, ?) ON CONFLICT DO NOTHING`, w.account, t.InboxID, t.GroupID); err != nil {
			w.t.Fatal(err)
		}
	}
	w.addParts(tx, t)
	for range messages {
		w.addMessage(tx, x)
	}
	for range w.rng.IntN(4) {
		w.addShare(tx, x)
	}
	for range max(0, w.rng.IntN(5)-2) {
		w.addLink(tx, x)
	}
	w.addPartners(tx, t)
	w.addClocks(tx, t)
	w.tickets = append(w.tickets, x)
}

func (w *filterWorld) addParts(tx *Tx, t *dm.Ticket) {
	for i := range worldTags {
		if w.rng.IntN(3) == 0 {
			w.row(tx, `ticket_tags (account_id, tag_id, ticket_id)`, w.account, w.base+int64(i+1), t.ID)
		}
	}
	people := map[int64]bool{}
	for range w.rng.IntN(3) {
		people[w.requester()] = true
	}
	for p := range people {
		w.row(tx, `ticket_ccs (account_id, ticket_id, person_id, ticket_list_state, ticket_updated_at)`, w.account, t.ID, p, int64(t.ListState()), int64(t.UpdatedAt))
	}
	if w.coin() {
		w.row(tx, `ticket_followers (account_id, ticket_id, person_id)`, w.account, t.ID, w.agent(false))
	}
	values := []string{w.text(), fmt.Sprint(w.rng.IntN(5)), filterNow.Add(time.Duration(w.rng.IntN(10)-5) * dm.Day).Std().Format(time.DateOnly), []string{"red", "Green"}[w.rng.IntN(2)], fmt.Sprint(w.coin())}
	for i, value := range values {
		if w.coin() {
			w.row(tx, `ticket_field_values (account_id, ticket_id, field_id, value)`, w.account, t.ID, w.base+int64(i+1), value)
		}
	}
}

func (w *filterWorld) addMessage(tx *Tx, x *filterTicket) {
	kind := pickOf(w.rng, []dm.MessageKind{dm.Reply, dm.Reply, dm.Note, dm.LocalNote})
	id, err := tx.insert(`INSERT INTO messages (account_id, ticket_id, kind, text, via, created_at) VALUES (?, ?, ?, ?, 'api', 1)`, w.account, x.snap.Ticket.ID, kind, w.text())
	if err != nil {
		w.t.Fatal(err)
	}
	if w.rng.IntN(4) == 0 {
		w.row(tx, `attachments (account_id, ticket_id, message_id, name, content_type, size, digest, blob_key, created_at)`, w.account, x.snap.Ticket.ID, id, "f", "t", 1, strings.Repeat("d", 64), "k", 1)
	}
}

func (w *filterWorld) addShare(tx *Tx, x *filterTicket) {
	t := &x.snap.Ticket
	s := dm.Share{Target: dm.Target{Kind: dm.TargetAgent, ID: w.agent(false)}, Level: pickOf(w.rng, dm.Levels), CreatedBy: w.agent(true), CreatedAt: w.moment(),
		Cause: dm.Cause{Kind: pickOf(w.rng, []dm.CauseKind{dm.CausePerson, dm.CauseRule, dm.CauseMerge})}, SeeInternal: w.coin()}
	var person, group int64
	switch w.rng.IntN(5) {
	case 0, 1:
		s.Target = dm.Target{Kind: dm.TargetGroup, ID: w.id(worldGroups, false)}
		group = s.Target.ID
	case 2:
		s.Target, s.SeeInternal = dm.Target{Kind: dm.TargetRequester, ID: w.requester()}, false
		person = s.Target.ID
	default:
		person = s.Target.ID
	}
	if w.coin() {
		s.ExpiresAt = filterNow.Add(time.Duration(w.rng.IntN(100)-30) * time.Hour)
	}
	if w.rng.IntN(4) == 0 {
		s.EndedAt = 1
	}
	if s.EndedAt == 0 && slices.ContainsFunc(x.shares, func(o dm.Share) bool { return o.EndedAt == 0 && o.Target == s.Target }) {
		return
	}
	id, err := tx.insert(`INSERT INTO shares (account_id, ticket_id, target_kind, target_id, person_id, group_id, level, see_internal, reply_public, forward, can_reshare, cause_kind, created_by, created_at, expires_at, ended_at, ticket_list_state, ticket_updated_at)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0, 0, 0, ?, ?, ?, ?, ?, ?, ?)`, w.account, t.ID, s.Target.Kind, s.Target.ID, none(person), none(group), s.Level, bit(s.SeeInternal), s.Cause.Kind, none(s.CreatedBy),
		int64(s.CreatedAt), none(s.ExpiresAt), none(s.EndedAt), int64(t.ListState()), int64(t.UpdatedAt))
	if err != nil {
		w.t.Fatal(err)
	}
	if s.EndedAt == 0 {
		if err := tx.addShareCount(w.account, t.ID, 1); err != nil {
			w.t.Fatal(err)
		}
	}
	s.ID = id
	x.shares = append(x.shares, s)
}

// addLink adds a public link, which may be over in every way there is.
func (w *filterWorld) addLink(tx *Tx, x *filterTicket) {
	l := dm.PublicLink{TicketID: x.snap.Ticket.ID, Level: pickOf(w.rng, []dm.Level{dm.LevelView, dm.LevelComment}), CreatedBy: w.agent(false), MaxUses: w.rng.IntN(3), Uses: w.rng.IntN(3)}
	if w.coin() {
		l.ExpiresAt = filterNow.Add(time.Duration(w.rng.IntN(100)-30) * time.Hour)
	}
	if w.rng.IntN(4) == 0 {
		l.RevokedAt = 1
	}
	w.row(tx, `public_links (account_id, ticket_id, level, secret_hash, expires_at, max_uses, uses, created_by, created_at, revoked_at)`, w.account, l.TicketID, l.Level,
		fmt.Sprintf("%064d", w.rng.Int64()), none(l.ExpiresAt), none(int64(l.MaxUses)), l.Uses, l.CreatedBy, 1, none(l.RevokedAt))
	x.linked = x.linked || l.Live(filterNow)
}

// addPartners links the ticket with some partners, in any state.
func (w *filterWorld) addPartners(tx *Tx, t *dm.Ticket) {
	for i := range worldBrands {
		if w.rng.IntN(3) > 0 {
			continue
		}
		direction, states := "sent", []dm.PartnerLinkState{dm.PartnerSending, dm.PartnerSynced, dm.PartnerDelayed, dm.PartnerEnded, dm.PartnerFrozen}
		if w.coin() {
			direction, states = "received", []dm.PartnerLinkState{dm.PartnerSynced, dm.PartnerDelayed, dm.PartnerOrphaned, dm.PartnerDetached, dm.PartnerFrozen}
		}
		w.row(tx, `partner_links (account_id, ticket_id, partner_id, uuid, direction, state, cause_kind, created_at, updated_at)`, w.account, t.ID, w.base+int64(i+1),
			fmt.Sprint("t", t.ID), direction, pickOf(w.rng, states), "person", 1, 1)
	}
}

// addClocks adds some of the clocks that a ticket can have, in any state.
func (w *filterWorld) addClocks(tx *Tx, t *dm.Ticket) {
	for _, kind := range dm.ClockKinds {
		c := dm.Clock{Kind: kind, StartedAt: w.moment()}
		switch w.rng.IntN(4) {
		case 0:
			continue
		case 1, 2:
			c.Since, c.DueAt = c.StartedAt, w.moment()
		}
		if w.rng.IntN(4) == 0 {
			c.BreachedAt = w.moment()
		}
		if err := tx.SaveClocks(w.account, t.ID, []dm.Clock{c}); err != nil {
			w.t.Fatal(err)
		}
	}
}

// addViewers makes people of every reach, and reads the tickets as they are
// stored: what follows is compared with Match and Decide alone.
func (w *filterWorld) addViewers() {
	err := w.db.Read(w.t.Context(), func(tx *Tx) error {
		tx.now = filterNow
		dir, err := tx.Directory(w.account)
		if err != nil {
			return err
		}
		for _, x := range w.tickets {
			s, err := tx.TicketSnapshot(w.account, x.snap.Ticket.ID, rules.Everything)
			if err != nil {
				return err
			}
			if x.snap = *s; s.Ticket.HasLink != x.linked {
				w.t.Errorf("a snapshot says of a live link %v, not %v", s.Ticket.HasLink, x.linked)
			}
		}
		all := access.Profile{Account: w.account, Kind: dm.Agent, Active: true, Permissions: dm.AllPermissions, Scope: dm.GlobalScope, AllBrands: true, AllInboxes: true,
			Directory: dir.reach, Pairs: dir.pairs, Rules: access.Rules{RoleCap: true, CCGrants: "view"}}
		for i, change := range []func(*access.Profile){
			func(*access.Profile) {},
			func(p *access.Profile) { p.Groups = []int64{w.base + 1} },
			func(p *access.Profile) {
				p.AllInboxes, p.Inboxes, p.Groups = false, []int64{w.base + 1, w.base + 2}, []int64{w.base + 2}
			},
			func(p *access.Profile) { p.Scope, p.Groups = dm.GroupScope, []int64{w.base + 1, w.base + 2} },
			func(p *access.Profile) {
				p.Scope, p.Groups, p.Rules.RoleCap = dm.GroupScope, []int64{w.base + 3}, false
				p.Permissions = dm.PermissionsOf(dm.TicketsEdit)
			},
			func(p *access.Profile) { p.Scope, p.Groups = dm.RestrictedScope, []int64{w.base + 4} },
			func(p *access.Profile) { p.Kind = dm.Requester },
		} {
			p := all
			p.Person = w.base + int64(i) + 1
			change(&p)
			w.viewers = append(w.viewers, access.NewViewer(p))
		}
		return nil
	})
	if err != nil {
		w.t.Fatal(err)
	}
}

func pickOf[T any](rng *rand.Rand, list []T) T { return list[rng.IntN(len(list))] }
