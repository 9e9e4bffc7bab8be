package app

import (
	"context"
	"slices"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
	"github.com/deskmesh/deskmesh/internal/store"
)

// maxReaderNames bounds who is named among the readers of a message.
const maxReaderNames = 5

// maxColleagues bounds how many people with sight of a department are counted.
const maxColleagues = 1000

// Readers is who will read a message of one kind, apart from its writer.
type Readers struct {
	// Names are those who are in on the ticket by name: the requester, those in
	// CC, shares and the assignee, at most maxReaderNames of them. A group counts
	// its members in Count.
	Names   []Reader
	Count   int // people; agents in whose reach the ticket is among them
	Outside int // of these, the people who read as requesters
	// Link: so do the holders of a public link, of whom nobody knows how many.
	Link bool
}

// Reader is somebody, or a group, who reads by name.
type Reader struct {
	Kind dm.TargetKind
	ID   int64
	Name string
}

// Readers gives who would read a message of each kind if the viewer, an agent,
// wrote it now. It is decided by the access rule, person by person; a public
// reply also reaches people in CC who cannot open the ticket, by mail.
func (a *App) Readers(ctx context.Context, v *access.Viewer, number int64) (map[dm.MessageKind]*Readers, error) {
	return fetch(ctx, a, func(tx *store.Tx) (map[dm.MessageKind]*Readers, error) {
		f, err := tx.Ticket(v, number)
		if err != nil {
			return nil, err
		}
		if !v.IsAgent() {
			return nil, dm.ErrForbidden
		}
		if err := tx.LoadDetails(v.Account(), &f.Ticket); err != nil {
			return nil, err
		}
		f.Facts.CCs = f.Ticket.CCs
		dir, err := tx.Directory(v.Account())
		if err != nil {
			return nil, err
		}
		c := &readerCount{tx: tx, dir: dir, v: v, f: f, counted: map[int64]bool{v.Person(): true}}
		for _, step := range []func() error{c.outside, c.agents, c.name, c.holders} {
			if err := step(); err != nil {
				return nil, err
			}
		}
		internal := c.internal
		return map[dm.MessageKind]*Readers{dm.Reply: &c.public, dm.Note: &c.internal, dm.LocalNote: &internal}, nil
	})
}

// readerCount counts the readers of one ticket.
type readerCount struct {
	tx               *store.Tx
	dir              *store.Directory
	v                *access.Viewer
	f                *store.Found
	counted          map[int64]bool
	public, internal Readers
	reads, readsAll  map[int64]bool // agents who read replies, and notes
	guests           []int64        // people who read as requesters, and are in by name
}

// outside counts the requester, those in CC, the requesters among the shares, and
// those with sight of the department.
func (c *readerCount) outside() error {
	t := &c.f.Ticket
	ids, err := outsiders(c.tx, c.f, maxColleagues)
	if err != nil {
		return err
	}
	viewers, err := c.tx.ViewersIn(c.dir, ids)
	if err != nil {
		return err
	}
	for _, id := range ids {
		v := viewers[id]
		if v == nil || c.counted[id] || !v.IsAgent() && !v.IsRequester() {
			continue
		}
		d := access.Decide(v.AsRequester(), &c.f.Facts, c.tx.Now())
		copied := slices.Contains(t.CCs, id) && !t.Private && !t.Spam && !t.Deleted
		if d.Has(access.See) || copied {
			c.counted[id] = true
			if copied || !onlyByDepartment(&d) {
				c.guests = append(c.guests, id)
			}
			c.public.Count, c.public.Outside = c.public.Count+1, c.public.Outside+1
		}
	}
	return nil
}

// onlyByDepartment says that sight of the department is all that lets somebody
// in: they are a number among the readers, as agents are by reach.
func onlyByDepartment(d *access.Decision) bool {
	return !slices.ContainsFunc(d.Reasons, func(r access.Reason) bool { return r.Way != access.WayDept })
}

// agents counts every agent who can open the ticket. One who reads the replies
// as a requester may read the notes as an agent.
func (c *readerCount) agents() error {
	c.reads, c.readsAll = map[int64]bool{}, map[int64]bool{}
	for after := int64(0); ; {
		ids, err := c.tx.ActiveAgents(c.v.Account(), after, 500)
		if err != nil || len(ids) == 0 {
			return err
		}
		after = ids[len(ids)-1]
		viewers, err := c.tx.ViewersIn(c.dir, ids)
		if err != nil {
			return err
		}
		for _, id := range ids {
			d := access.Decide(viewers[id], &c.f.Facts, c.tx.Now())
			if id == c.v.Person() || !d.Has(access.See) {
				continue
			}
			if c.reads[id] = true; !c.counted[id] {
				c.public.Count++
			}
			if d.Has(access.SeeInternal) {
				c.readsAll[id] = true
				c.internal.Count++
			}
		}
		if len(ids) < 500 {
			return nil
		}
	}
}

// name names the readers: those outside first, for a word to them is the one
// that cannot be taken back.
func (c *readerCount) name() error {
	ids := append(slices.Clone(c.guests), c.f.Ticket.AssigneeID)
	for i := range c.f.Shares {
		if s := &c.f.Shares[i]; s.Target.Kind == dm.TargetAgent {
			ids = append(ids, s.Target.ID)
		}
	}
	people, err := c.tx.PeopleRefs(c.v.Account(), distinct(ids))
	if err != nil {
		return err
	}
	for _, id := range c.guests {
		c.public.add(Reader{dm.TargetRequester, id, people[id].Name})
	}
	agent := func(id int64) {
		r := Reader{dm.TargetAgent, id, people[id].Name}
		if c.reads[id] && !c.counted[id] {
			c.public.add(r)
		}
		if c.readsAll[id] {
			c.internal.add(r)
		}
	}
	agent(c.f.Ticket.AssigneeID)
	for i := range c.f.Shares {
		if s := &c.f.Shares[i]; s.Target.Kind == dm.TargetAgent {
			agent(s.Target.ID)
		}
	}
	for i := range c.f.Shares {
		if s := &c.f.Shares[i]; s.Target.Kind == dm.TargetGroup {
			if err := c.nameGroup(s); err != nil {
				return err
			}
		}
	}
	return nil
}

// nameGroup names a group that the ticket is shared with, where anybody in it
// reads because of that.
func (c *readerCount) nameGroup(s *dm.Share) error {
	members, err := c.tx.ActiveMembers(c.v.Account(), s.Target.ID)
	if err != nil {
		return err
	}
	r := Reader{dm.TargetGroup, s.Target.ID, s.TargetName}
	if slices.ContainsFunc(members, func(id int64) bool { return c.reads[id] }) {
		c.public.add(r)
	}
	if slices.ContainsFunc(members, func(id int64) bool { return c.readsAll[id] }) {
		c.internal.add(r)
	}
	return nil
}

// holders sees whether a public link lets its holders read the replies: one that
// can be opened, or that has been used up by visits that may still go on.
func (c *readerCount) holders() error {
	links, err := c.tx.PublicLinks(c.v.Account(), c.f)
	if err != nil {
		return err
	}
	for i := range links {
		l := &links[i]
		if !l.Open(c.tx.Now()) || l.UsedUp() && l.LastUsedAt < c.tx.Now().Add(-VisitLasts) {
			continue
		}
		v, err := c.tx.LinkViewer(c.dir, l)
		if err != nil {
			return err
		}
		if d := access.Decide(v, &c.f.Facts, c.tx.Now()); d.Has(access.See) {
			c.public.Link = true
			return nil
		}
	}
	return nil
}

func (r *Readers) add(one Reader) {
	if len(r.Names) < maxReaderNames && !slices.Contains(r.Names, one) {
		r.Names = append(r.Names, one)
	}
}
