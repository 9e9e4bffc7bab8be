package live

import (
	"context"
	"maps"
	"slices"
	"time"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
	"github.com/deskmesh/deskmesh/internal/store"
)

// readTime bounds what one delivery reads for one account.
const readTime = 10 * time.Second

// deliver tells the streams of this node what a batch holds for them.
func (h *Hub) deliver(ctx context.Context, b batch) {
	h.mu.Lock()
	rooms := make(map[int64]bool, len(h.rooms))
	for account := range h.rooms {
		rooms[account] = true
	}
	h.mu.Unlock()
	h.deliverTo(ctx, b.byAccount(rooms))
}

func (h *Hub) deliverTo(ctx context.Context, all map[int64]*news) {
	for account, n := range all {
		h.deliverOne(ctx, account, n)
	}
}

// delivery is what is told to the streams of one account.
type delivery struct {
	hub     *Hub
	account int64
	news    *news
	streams []*Stream
	present map[int64][]int64 // ticket -> people present, of the tickets that changed

	now     dm.Time
	version int64
	viewers map[int64]*access.Viewer // of those who must be resolved again, and of those present
	held    map[store.Proof]bool     // of the proofs that were asked about
	tickets map[int64]*store.LiveTicket
	changes []*change
	here    []hereLine
	notices map[int64]bool
	bulks   map[int64][]int64 // person -> their bulks that came further
}

// deliverOne reads what has to be known, once, and decides for each stream. If
// it cannot be read, every stream of the account fetches anew.
func (h *Hub) deliverOne(ctx context.Context, account int64, n *news) {
	d := &delivery{hub: h, account: account, news: n, notices: map[int64]bool{}, bulks: map[int64][]int64{}}
	if !d.begin() {
		return
	}
	reading, cancel := context.WithTimeout(ctx, readTime)
	defer cancel()
	if err := h.DB.Read(reading, d.read); err != nil {
		if ctx.Err() == nil {
			h.Log.Error("live: cannot read what changed", "account", account, "error", err)
		}
		d.giveUp()
		return
	}
	d.prepare()
	for _, s := range d.streams {
		d.tell(s)
	}
	d.leaveHidden()
}

// begin notes who is there; false where that is nobody.
func (d *delivery) begin() bool {
	h := d.hub
	h.mu.Lock()
	defer h.mu.Unlock()
	r := h.rooms[d.account]
	if r == nil {
		return false
	}
	d.streams = r.list()
	d.present = map[int64][]int64{}
	d.news.signed = map[int64]bool{}
	for _, p := range d.news.pokes {
		switch p.Kind {
		case store.PokeTicket:
			if here := r.present.tickets[p.Ticket]; here != nil && d.present[p.Ticket] == nil {
				d.present[p.Ticket] = slices.Collect(maps.Keys(here))
			}
		case store.PokeSigned:
			d.news.signed[p.Person] = true
		case store.PokeNotice:
			d.notices[p.Person] = true
		case store.PokeBulk:
			if !slices.Contains(d.bulks[p.Person], p.Bulk) {
				d.bulks[p.Person] = append(d.bulks[p.Person], p.Bulk)
			}
		}
	}
	return len(d.streams) > 0 || len(d.present) > 0
}

// giveUp has every stream fetch anew, and be looked at again at the next tick.
func (d *delivery) giveUp() {
	for _, s := range d.streams {
		s.reset(resetGap)
	}
	d.hub.mu.Lock()
	defer d.hub.mu.Unlock()
	if r := d.hub.rooms[d.account]; r != nil {
		r.unsure = true
	}
}

// read reads the tickets before the access version: viewers are never older
// than the facts they are decided with.
func (d *delivery) read(tx *store.Tx) error {
	var err error
	if ids := d.ticketIDs(); len(ids) > 0 {
		if d.tickets, err = tx.LiveTickets(d.account, ids); err != nil {
			return err
		}
	}
	dir, err := tx.Directory(d.account)
	if err != nil {
		return err
	}
	d.version, d.now = dir.Account.AccessVersion, tx.Now()
	if d.viewers, err = tx.ViewersIn(dir, d.toResolve()); err != nil {
		return err
	}
	d.held, err = tx.StillSigned(d.account, d.toProve())
	return err
}

func (d *delivery) ticketIDs() []int64 {
	ids := map[int64]bool{}
	for _, p := range d.news.pokes {
		if p.Kind == store.PokeTicket {
			ids[p.Ticket] = true
		}
	}
	for _, x := range d.news.here {
		ids[x.Ticket] = true
	}
	return slices.Sorted(maps.Keys(ids))
}

// toResolve lists the people whose viewers are out of date, and those present.
func (d *delivery) toResolve() []int64 {
	people := map[int64]bool{}
	for _, s := range d.streams {
		if s.version != d.version {
			people[s.person] = true
		}
	}
	for _, here := range d.present {
		for _, person := range here {
			people[person] = true
		}
	}
	return slices.Sorted(maps.Keys(people))
}

// toProve lists the sessions and tokens to ask about.
func (d *delivery) toProve() []store.Proof {
	var list []store.Proof
	for _, s := range d.streams {
		if d.asks(s) {
			list = append(list, s.proof)
		}
	}
	return list
}

func (d *delivery) asks(s *Stream) bool { return d.news.everybody || d.news.signed[s.person] }

// change is what happened to one ticket.
type change struct {
	id     int64
	ticket *store.LiveTicket
	before []*access.Facts // in each transaction that changed it
	lines  []changeLine
	access string
}

type changeLine struct {
	kind     dm.EventKind
	internal bool
	text     string
}

// hereLine tells of a presence.
type hereLine struct {
	person int64
	facts  *access.Facts
	text   string
}

// prepare renders every line there can be, once for all streams.
func (d *delivery) prepare() {
	for _, x := range d.news.here {
		if t := d.tickets[x.Ticket]; t != nil {
			d.here = append(d.here, hereLine{x.Person, &t.Facts, line(namePresence, ticketData{Number: t.Number, Person: x.Person, State: string(x.State)})})
		}
	}
	byTicket := map[int64]*change{}
	for _, p := range d.news.pokes {
		t := d.tickets[p.Ticket]
		if p.Kind != store.PokeTicket || t == nil {
			continue
		}
		c := byTicket[p.Ticket]
		if c == nil {
			c = &change{id: p.Ticket, ticket: t, access: line(nameAccess, ticketData{Number: t.Number})}
			byTicket[p.Ticket] = c
			d.changes = append(d.changes, c)
		}
		if p.Before != nil && !slices.Contains(c.before, p.Before) {
			c.before = append(c.before, p.Before)
		}
		if !slices.ContainsFunc(c.lines, func(l changeLine) bool { return l.kind == p.Event && l.internal == p.Internal }) {
			c.lines = append(c.lines, changeLine{p.Event, p.Internal, line(nameTicket, ticketData{Number: t.Number, Kind: p.Event, Version: t.Version})})
		}
	}
}

// tell decides for one stream.
func (d *delivery) tell(s *Stream) {
	fresh := d.viewers[s.person]
	if d.asks(s) && !d.held[s.proof] || s.expires != 0 && s.expires <= d.now {
		d.close(s)
		return
	}
	var lines []string
	if s.version != d.version && fresh != nil {
		if s.viewer.ByToken() {
			fresh = s.viewer.Renewed(fresh)
		}
		if !fresh.IsAgent() && !fresh.IsRequester() {
			d.close(s)
			return
		}
		if !fresh.SameRights(s.viewer) {
			lines = append(lines, lineRights)
			d.hub.leaveAll(d.account, s.person)
		}
		s.viewer, s.version = fresh, d.version
	}
	if d.news.reset {
		s.reset(resetGap)
		return
	}
	lines = append(lines, d.ticketLines(s.viewer)...)
	lines = append(lines, d.presenceLines(s.viewer)...)
	if d.notices[s.person] {
		lines = append(lines, lineNotice)
	}
	for _, id := range d.bulks[s.person] {
		lines = append(lines, line(nameBulk, bulkData{id}))
	}
	s.push(lines...)
}

func (d *delivery) close(s *Stream) {
	s.end(endSignedOut)
	d.hub.leaveAll(d.account, s.person)
}

// ticketLines tells a viewer of changes in tickets they see, and of each ticket
// in which their rights are not what they were: also of the one that they see no
// more, by its number alone, which they knew.
func (d *delivery) ticketLines(v *access.Viewer) []string {
	var lines []string
	counts := false
	for _, c := range d.changes {
		may := access.Decide(v, &c.ticket.Facts, d.now)
		if d.moved(v, c, may.Rights) {
			lines, counts = append(lines, c.access), true
		}
		if !may.Has(access.See) {
			continue
		}
		for _, l := range c.lines {
			if l.internal && (!v.IsAgent() || !may.Has(access.SeeInternal)) {
				counts = counts || accessLines[l.kind] && v.MaySetShares(&may)
				continue
			}
			lines = append(lines, l.text)
			counts = counts || !uncounted[l.kind]
		}
	}
	if counts {
		lines = append(lines, lineCounts)
	}
	return lines
}

// moved says whether a viewer's rights in a ticket are others than before.
func (d *delivery) moved(v *access.Viewer, c *change, now access.Right) bool {
	for _, facts := range c.before {
		if was := access.Decide(v, facts, d.now); was.Rights != now {
			return true
		}
	}
	return false
}

// presenceLines tells agents who opened, left or began to answer a ticket that
// they may see.
func (d *delivery) presenceLines(v *access.Viewer) []string {
	if !v.IsAgent() {
		return nil
	}
	var lines []string
	for _, x := range d.here {
		if x.person == v.Person() {
			continue
		}
		if may := access.Decide(v, x.facts, d.now); may.Has(access.See) {
			lines = append(lines, x.text)
		}
	}
	return lines
}

// leaveHidden ends the presence of people who see a ticket no more.
func (d *delivery) leaveHidden() {
	var left []Presence
	for ticket, people := range d.present {
		t := d.tickets[ticket]
		for _, person := range people {
			if t != nil {
				if may := access.Decide(d.viewers[person], &t.Facts, d.now); may.Has(access.See) {
					continue
				}
			}
			left = append(left, Presence{Account: d.account, Ticket: ticket, Person: person, State: gone})
		}
	}
	d.hub.mu.Lock()
	defer d.hub.mu.Unlock()
	for _, x := range left {
		d.hub.takePresence(x) // every node finds this out by itself
	}
}

// leaveAll ends a person's presence everywhere. Whoever still has a ticket open
// says so again.
func (h *Hub) leaveAll(account, person int64) {
	h.mu.Lock()
	var list []Presence
	if r := h.rooms[account]; r != nil {
		list = r.present.of(person)
	}
	h.mu.Unlock()
	h.announce(list...)
}
