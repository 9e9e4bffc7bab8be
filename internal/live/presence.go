package live

import (
	"cmp"
	"slices"
	"time"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
)

// PresenceState is what somebody does with a ticket that they have open.
type PresenceState string

// The states.
const (
	Viewing  PresenceState = "viewing"
	Replying PresenceState = "replying"
	gone     PresenceState = "gone" // only told, never kept
)

// PresenceLife is how long somebody stays present without saying so again.
const PresenceLife = 35 * time.Second

// maxPresent is with how many tickets one person can be present; of more, the
// first are forgotten.
const maxPresent = 20

// Presence is one person who has a ticket open.
type Presence struct {
	Account int64         `json:"a"`
	Ticket  int64         `json:"t"` // the database's id
	Person  int64         `json:"p"`
	State   PresenceState `json:"s"`
	Until   dm.Time       `json:"u"`
}

// present is who is where in one account.
type present struct {
	tickets map[int64]map[int64]Presence // ticket -> person
	people  map[int64][]int64            // person -> tickets, the oldest first
}

func newPresent() present {
	return present{tickets: map[int64]map[int64]Presence{}, people: map[int64][]int64{}}
}

// set keeps or ends one presence. It gives what others are to be told: nothing
// where somebody only said again what was known.
func (p *present) set(x Presence) (news []Presence) {
	old, had := p.tickets[x.Ticket][x.Person]
	if x.State == gone {
		if had {
			p.remove(x)
			news = append(news, x)
		}
		return news
	}
	if !had {
		if mine := p.people[x.Person]; len(mine) >= maxPresent {
			first := p.tickets[mine[0]][x.Person]
			first.State = gone
			p.remove(first)
			news = append(news, first)
		}
		p.people[x.Person] = append(p.people[x.Person], x.Ticket)
	}
	if p.tickets[x.Ticket] == nil {
		p.tickets[x.Ticket] = map[int64]Presence{}
	}
	p.tickets[x.Ticket][x.Person] = x
	if !had || old.State != x.State {
		news = append(news, x)
	}
	return news
}

func (p *present) remove(x Presence) {
	if delete(p.tickets[x.Ticket], x.Person); len(p.tickets[x.Ticket]) == 0 {
		delete(p.tickets, x.Ticket)
	}
	p.people[x.Person] = slices.DeleteFunc(p.people[x.Person], func(t int64) bool { return t == x.Ticket })
	if len(p.people[x.Person]) == 0 {
		delete(p.people, x.Person)
	}
}

// over lists what has run out, as gone.
func (p *present) over(now dm.Time) (list []Presence) {
	for _, people := range p.tickets {
		for _, x := range people {
			if x.Until <= now {
				x.State = gone
				list = append(list, x)
			}
		}
	}
	return list
}

// of lists everything of one person, as gone.
func (p *present) of(person int64) (list []Presence) {
	for _, ticket := range p.people[person] {
		x := p.tickets[ticket][person]
		x.State = gone
		list = append(list, x)
	}
	return list
}

// Present keeps that an agent has a ticket open, for PresenceLife, and tells the
// agents who may see the ticket. The caller has found the ticket for the viewer.
func (h *Hub) Present(v *access.Viewer, ticket int64, state PresenceState) {
	h.announce(Presence{Account: v.Account(), Ticket: ticket, Person: v.Person(), State: state, Until: h.DB.Now().Add(PresenceLife)})
}

// Absent ends it at once.
func (h *Hub) Absent(v *access.Viewer, ticket int64) {
	h.announce(Presence{Account: v.Account(), Ticket: ticket, Person: v.Person(), State: gone})
}

// PresentAt lists who has a ticket open, by id of the person. Whether they may
// still see it, and whether the asker may know, is the caller's to decide.
func (h *Hub) PresentAt(account, ticket int64) []Presence {
	h.mu.Lock()
	defer h.mu.Unlock()
	var list []Presence
	now := h.DB.Now()
	if r := h.rooms[account]; r != nil {
		for _, x := range r.present.tickets[ticket] {
			if x.Until > now {
				list = append(list, x)
			}
		}
	}
	slices.SortFunc(list, func(a, b Presence) int { return cmp.Compare(a.Person, b.Person) })
	return list
}

// announce takes a presence over and tells this node's streams and the others'.
func (h *Hub) announce(list ...Presence) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, x := range list {
		h.takePresence(x)
		h.outgoing.addHere(x)
	}
	signal(h.send)
}

// takePresence keeps a presence of this node or another. The caller holds mu.
func (h *Hub) takePresence(x Presence) {
	r := h.room(x.Account)
	h.incoming.addHere(r.present.set(x)...)
	h.tidy(x.Account)
	signal(h.wake)
}
