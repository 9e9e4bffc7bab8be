package seed

import (
	"context"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/store"
)

// happening is one moment of a planned ticket. Messages, shares and events get
// their ids in the order in which they happen, over all tickets, as in life: the
// rows of one ticket do not lie side by side.
type happening struct {
	at   dm.Time
	plan *plannedTicket
	what int // kind and number, unique within the ticket, in order
}

// Kinds of happening; the number of the message or share is added.
const (
	atCreation = 0
	atMessage  = 1 << 8
	atShare    = 2 << 8
	atEnd      = 3 << 8
)

func (h *happening) before(other *happening) bool {
	if h.at != other.at {
		return h.at < other.at
	}
	if h.plan != other.plan {
		return h.plan.ticket.ID < other.plan.ticket.ID
	}
	return h.what < other.what
}

// agenda is a heap of happenings: the earliest is the first.
type agenda []happening

func (a *agenda) add(h happening) {
	list := append(*a, h)
	i := len(list) - 1
	for i > 0 && h.before(&list[(i-1)/2]) {
		list[i] = list[(i-1)/2]
		i = (i - 1) / 2
	}
	list[i] = h
	*a = list
}

func (a *agenda) pop() happening {
	list := *a
	first, last := list[0], list[len(list)-1]
	list[len(list)-1] = happening{}
	list = list[:len(list)-1]
	i := 0
	for 2*i+1 < len(list) {
		child := 2*i + 1
		if child+1 < len(list) && list[child+1].before(&list[child]) {
			child++
		}
		if !list[child].before(&last) {
			break
		}
		list[i] = list[child]
		i = child
	}
	if len(list) > 0 {
		list[i] = last
	}
	*a = list
	return first
}

// batch is what is loaded at once.
type batch struct {
	tickets  []store.LoadedTicket
	messages []store.LoadedMessage
	shares   []store.LoadedShare
	events   []store.LoadedEvent
	done     int // tickets planned so far
}

const batchTickets = 2000

// loadTickets makes all tickets in one goroutine and loads them in another.
func (v *volume) loadTickets(ctx context.Context, l *store.Loader, tell func(int)) error {
	ctx, cancel := context.WithCancel(ctx)
	batches := make(chan *batch, 2)
	go func() {
		defer close(batches)
		v.makeTickets(func(b *batch) bool {
			select {
			case batches <- b:
				return true
			case <-ctx.Done():
				return false
			}
		})
	}()
	var err error
	for b := range batches {
		if err == nil {
			err = b.load(l)
		}
		if err != nil {
			cancel()
			continue
		}
		tell(b.done)
	}
	if err == nil {
		err = ctx.Err()
	}
	cancel()
	return err
}

func (b *batch) load(l *store.Loader) error {
	if err := l.Tickets(b.tickets); err != nil {
		return err
	}
	if err := l.Messages(b.messages); err != nil {
		return err
	}
	if err := l.Shares(b.shares); err != nil {
		return err
	}
	return l.Events(b.events)
}

// makeTickets plans ticket after ticket and lets happen what comes before the
// next one. It stops early when give says no.
func (v *volume) makeTickets(give func(*batch) bool) {
	var open agenda
	b := &batch{}
	for i := range v.o.Tickets {
		p := v.planTicket(i)
		for len(open) > 0 && open[0].at <= p.ticket.CreatedAt {
			v.happen(b, open.pop())
		}
		p.ticket.Preview, p.ticket.PreviewBy = p.ticket.Subject, p.ticket.RequesterID // the texts are made later, and this is as long as a preview
		b.tickets = append(b.tickets, store.LoadedTicket{Account: p.desk.account, Ticket: p.ticket})
		p.enter(&open)
		if b.done = i + 1; len(b.tickets) == batchTickets {
			if !give(b) {
				return
			}
			b = &batch{tickets: make([]store.LoadedTicket, 0, batchTickets), messages: make([]store.LoadedMessage, 0, 3*batchTickets+500),
				events: make([]store.LoadedEvent, 0, 4*batchTickets+500)}
		}
	}
	for len(open) > 0 {
		v.happen(b, open.pop())
	}
	b.done = v.o.Tickets
	give(b)
}

// enter puts all that will happen to the ticket on the agenda.
func (p *plannedTicket) enter(a *agenda) {
	a.add(happening{p.ticket.CreatedAt, p, atCreation})
	for k := range p.messages {
		a.add(happening{p.messages[k].at, p, atMessage + k})
	}
	for k := range p.shares {
		a.add(happening{p.shares[k].CreatedAt, p, atShare + k})
		if p.shares[k].EndedAt != 0 {
			a.add(happening{p.shares[k].EndedAt, p, atEnd + k})
		}
	}
}

// happen makes the rows of one moment.
func (v *volume) happen(b *batch, h happening) {
	k := h.what & 0xff
	switch h.what &^ 0xff {
	case atMessage:
		v.sayMessage(b, h.plan, k)
	case atShare:
		s := &h.plan.shares[k]
		s.ID = raise(&v.ids.share)
		t := &h.plan.ticket
		b.shares = append(b.shares, store.LoadedShare{Account: h.plan.desk.account, State: t.ListState(), UpdatedAt: t.UpdatedAt, Share: *s})
		v.event(b, h.plan, dm.ShareCreated, s.CreatedAt, s.CreatedBy, true, shareData(s))
	case atEnd:
		s := &h.plan.shares[k]
		data := shareData(s)
		data.Old, data.New, data.Reason, data.EndCause = data.New, nil, "", s.EndCause
		v.event(b, h.plan, closing(s), s.EndedAt, s.EndedBy, true, data)
	default:
		v.event(b, h.plan, dm.TicketCreated, h.at, h.plan.ticket.CreatorID, false, dm.EventData{})
	}
}

func (v *volume) sayMessage(b *batch, p *plannedTicket, k int) {
	m := &p.messages[k]
	id := raise(&v.ids.message)
	row := store.LoadedMessage{Account: p.desk.account, Message: dm.Message{
		ID: id, TicketID: p.ticket.ID, Kind: m.kind, AuthorID: m.author, Via: m.via, CreatedAt: m.at,
		Text: v.words.message(newDice(v.o.Seed, forMessage, int(id)), id),
	}}
	if k == 0 {
		row.First, row.Subject, row.RequesterID = true, p.ticket.Subject, p.ticket.RequesterID
	}
	b.messages = append(b.messages, row)
	v.event(b, p, dm.TicketMessage, m.at, m.author, row.Internal(), dm.EventData{MessageID: id, Message: m.kind})
}

func (v *volume) event(b *batch, p *plannedTicket, kind dm.EventKind, at dm.Time, actor int64, internal bool, data dm.EventData) {
	data.Version = 1
	cause := dm.CausePerson
	switch {
	case kind == dm.ShareExpired:
		cause = dm.CauseSystem
	case kind == dm.TicketCreated && actor == 0:
		cause = dm.CauseMail
	}
	b.events = append(b.events, store.LoadedEvent{Account: p.desk.account, Event: dm.Event{ID: raise(&v.ids.event), TicketID: p.ticket.ID,
		Kind: kind, ActorID: actor, Cause: dm.Cause{Kind: cause}, Internal: internal, Data: data, CreatedAt: at}})
}

func shareData(s *dm.Share) dm.EventData {
	return dm.EventData{ShareID: s.ID, Target: &dm.EventTarget{Kind: s.Target.Kind, ID: s.Target.ID}, Reason: s.Reason,
		New: &dm.EventTerms{Level: s.Level, SeeInternal: s.SeeInternal, ReplyPublic: s.ReplyPublic, Forward: s.Forward, CanReshare: s.CanReshare, ExpiresAt: s.ExpiresAt}}
}
