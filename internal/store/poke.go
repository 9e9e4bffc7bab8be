package store

import (
	"slices"
	"sync"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
)

// Poke says, by ids alone, that a committed transaction changed something that
// open streams may care about. It holds no content and gives nobody a right:
// who hears of it is decided when it is delivered.
type Poke struct {
	Kind    PokeKind `json:"k"`
	Account int64    `json:"a"`
	Ticket  int64    `json:"t,omitempty"` // of PokeTicket: the database's id
	Person  int64    `json:"p,omitempty"` // of PokeSigned, PokeNotice and PokeBulk
	Bulk    int64    `json:"u,omitempty"` // of PokeBulk

	// Of PokeTicket: the line of history that was written, whether it is internal,
	// and the ticket's facts before the change, for those who lose or gain sight of
	// it; nil for a new ticket.
	Event    dm.EventKind  `json:"e,omitempty"`
	Internal bool          `json:"i,omitempty"`
	Before   *access.Facts `json:"b,omitempty"`
}

// PokeKind is what a Poke is about.
type PokeKind string

// The kinds.
const (
	PokeTicket PokeKind = "ticket" // a line was added to a ticket's history
	PokeAccess PokeKind = "access" // the account's access version rose
	PokeSigned PokeKind = "signed" // sessions or tokens of a person ended
	PokeNotice PokeKind = "notice" // a person's notifications changed
	PokeBulk   PokeKind = "bulk"   // a bulk of a person's came further
)

// pokeListeners are told of the pokes of this process's commits.
type pokeListeners struct {
	mu    sync.Mutex
	last  int
	funcs map[int]func([]Poke)
}

// OnPokes calls f with the pokes of each transaction that this process commits,
// in the order they came about, until stop is called. f must neither block nor
// keep the list. Other processes' pokes are not announced; see Listen.
func (db *DB) OnPokes(f func([]Poke)) (stop func()) {
	l := &db.pokes
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.funcs == nil {
		l.funcs = map[int]func([]Poke){}
	}
	l.last++
	number := l.last
	l.funcs[number] = f
	return func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		delete(l.funcs, number)
	}
}

// poke notes that open streams are to hear of the transaction once it is
// committed.
func (tx *Tx) poke(p Poke) {
	if len(tx.pokes) == 0 {
		tx.AfterCommit(tx.tellPokes)
	}
	if p.Kind != PokeTicket && slices.Contains(tx.pokes, p) {
		return
	}
	tx.pokes = append(tx.pokes, p)
}

func (tx *Tx) tellPokes() {
	l := &tx.db.pokes
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, f := range l.funcs {
		f(tx.pokes)
	}
}

// pokeTicket notes a new line of a ticket's history.
func (tx *Tx) pokeTicket(account int64, e *dm.Event) {
	tx.poke(Poke{Kind: PokeTicket, Account: account, Ticket: e.TicketID, Event: e.Kind, Internal: e.Internal, Before: tx.before[e.TicketID]})
}

// PokeScheduled notes that what is scheduled on a found ticket changed, of which
// the history says nothing.
func (tx *Tx) PokeScheduled(f *Found) {
	tx.poke(Poke{Kind: PokeTicket, Account: f.Facts.Account, Ticket: f.Ticket.ID, Event: "scheduled_reply.changed", Internal: true})
}

// PokePartner notes that it goes otherwise now with a partner's copy of a ticket, of
// which the history says nothing.
func (tx *Tx) PokePartner(account, ticket int64) {
	tx.poke(Poke{Kind: PokeTicket, Account: account, Ticket: ticket, Event: "partner.changed", Internal: true})
}

// noteBefore keeps the facts of a ticket that was locked, as they were before
// the transaction changes anything.
func (tx *Tx) noteBefore(ticket int64, f access.Facts) {
	if tx.before == nil {
		tx.before = map[int64]*access.Facts{}
	}
	if tx.before[ticket] == nil {
		f.Shares = slices.Clip(f.Shares)
		tx.before[ticket] = &f
	}
}

// noteCCs adds who was in CC to the facts before a change, once they are read.
func (tx *Tx) noteCCs(ticket int64, people []int64) {
	if f := tx.before[ticket]; f != nil && f.CCs == nil {
		f.CCs = people
	}
}

// noteEnded counts a share that is being ended among those that let people in
// before, also where its time was over already: whoever had the ticket through
// it is told that it is gone.
func (tx *Tx) noteEnded(s *dm.Share) {
	f := tx.before[s.TicketID]
	if f == nil || slices.ContainsFunc(f.Shares, func(x access.ShareFact) bool { return x.ID == s.ID }) {
		return
	}
	fact := ShareFact(s)
	fact.Ended, fact.ExpiresAt = false, 0
	f.Shares = append(f.Shares, fact)
}
