package seed

import (
	"slices"

	dm "github.com/deskmesh/deskmesh"
)

// Purposes of dice; 10 and 11 are people.
const (
	forTicket = iota + 1
	forMessage
	forShare
	forSubject
)

// plannedTicket is a ticket with all that will happen to it.
type plannedTicket struct {
	desk     *desk
	ticket   dm.Ticket
	messages []plannedMessage
	shares   []dm.Share
}

type plannedMessage struct {
	kind   dm.MessageKind
	author int64
	via    dm.Via
	at     dm.Time
}

// plan decides everything about ticket number i of all.
func (v *volume) planTicket(i int) *plannedTicket {
	dice := newDice(v.o.Seed, forTicket, i)
	p := &plannedTicket{desk: v.main}
	if !isMain(i) {
		p.desk = v.desks[1+v.small.spin(dice)]
	}
	d, t := p.desk, &p.ticket
	d.number++
	t.ID, t.Number, t.Version = int64(i+1), d.number, 1
	t.CreatedAt = createdAt(i, v.o.Tickets, dice)
	t.Subject = v.words.subject(newDice(v.o.Seed, forSubject, i))
	v.place(p, i, dice)
	v.sort(p, i, dice)
	v.company(p, i, dice)
	end := v.converse(p, i, dice)
	t.UpdatedAt = end
	if t.Status.Done() {
		t.SolvedAt = later(end, dice)
		t.UpdatedAt = t.SolvedAt
	}
	v.share(p, i)
	for k := range p.shares {
		if p.shares[k].EndedAt == 0 {
			t.Shares++
		}
	}
	return p
}

// createdAt spreads n tickets over the time, in their order.
func createdAt(i, n int, d *dice) dm.Time {
	step := (volumeEnd - volumeBegin) / dm.Time(n)
	return volumeBegin + dm.Time(i)*step + dm.Time(d.below(int(max(step, 1))))
}

// later gives a time from a minute to five days after another, short gaps being
// the common ones, and never after the end.
func later(t dm.Time, d *dice) dm.Time {
	return min(t+dm.Time(1+d.below(60))*minute<<d.below(8), volumeEnd)
}

// place chooses requester, inbox, group and assignee.
func (v *volume) place(p *plannedTicket, i int, dice *dice) {
	d, t := p.desk, &p.ticket
	ask := d.askWheel.spin(dice)
	if d.fifteens != 0 {
		ask = 1 + ask%(len(d.depts)-1)
		if v.isFifteen(i) {
			ask = 0
		}
	}
	t.RequesterID, t.DepartmentID = d.firstAsks+int64(ask), d.depts[ask]
	inbox := d.inboxWheel.spin(dice)
	t.InboxID = d.inboxes[inbox]
	rank := d.groupWheel.spin(dice)
	assigned, mine := dice.in(900), dice.in(30)
	if dice.in(950) {
		t.GroupID = d.groupAt(inbox, rank)
		d.pairs[[2]int64{t.InboxID, t.GroupID}] = true
		if members := d.members[slices.Index(d.groups, t.GroupID)]; assigned {
			t.AssigneeID = members[dice.below(len(members))]
		}
	}
	if mine && d.mine != 0 {
		t.AssigneeID = d.mine
	}
	if t.Via = dm.ViaMail; dice.in(300) {
		t.Via, t.CreatorID = dm.ViaAPI, t.RequesterID
	}
}

// isFifteen says whether a ticket is one of the fifteen, which lie evenly among
// the main desk's.
func (v *volume) isFifteen(i int) bool {
	step := mainTickets(v.o.Tickets) / 15
	if step == 0 {
		return false
	}
	at := i/5*4 + i%5
	return at%step == step/2 && at/step < 15
}

// sort chooses status, priority, type and where the ticket is listed. One in ten
// is open, most of them among the newest.
func (v *volume) sort(p *plannedTicket, i int, dice *dice) {
	t := &p.ticket
	open := 17
	switch age := (v.o.Tickets - 1 - i) * 100 / v.o.Tickets; {
	case age < 8:
		open = 780
	case age < 20:
		open = 200
	}
	if dice.in(open) {
		t.Status = []dm.Status{dm.StatusNew, dm.StatusOpen, dm.StatusOpen, dm.StatusPending, dm.StatusOnHold}[dice.below(5)]
	} else {
		t.Status = []dm.Status{dm.StatusSolved, dm.StatusClosed, dm.StatusClosed, dm.StatusClosed}[dice.below(4)]
	}
	t.Priority = []dm.Priority{dm.PriorityLow, dm.PriorityNormal, dm.PriorityNormal, dm.PriorityNormal, dm.PriorityNormal, dm.PriorityNormal, dm.PriorityHigh, dm.PriorityUrgent}[dice.below(8)]
	t.Type = dm.TicketTypes[dice.below(len(dm.TicketTypes))]
	t.Private, t.Spam, t.Deleted = dice.in(10), dice.in(5), dice.in(2)
}

// company chooses tags, CCs and followers: one tag is on a third of the tickets,
// one on every two-hundredth, one on twenty in all.
func (v *volume) company(p *plannedTicket, i int, dice *dice) {
	d, t := p.desk, &p.ticket
	if dice.in(300) {
		t.Tags = append(t.Tags, "routine")
	}
	if dice.in(5) {
		t.Tags = append(t.Tags, "press")
	}
	if step := max(v.o.Tickets/20, 1); i%step == 0 && i/step < 20 {
		t.Tags = append(t.Tags, "needle")
	}
	for range dice.below(3) / 2 {
		t.Tags = append(t.Tags, numbered(tagNames, d.tagWheel.spin(dice)))
	}
	if dice.in(100) {
		for range 1 + dice.below(2) {
			person := d.firstAsks + 1 + int64(dice.below(len(d.depts)-1))
			if person != t.RequesterID && !slices.Contains(t.CCs, person) {
				t.CCs = append(t.CCs, person)
			}
		}
	}
	if dice.in(30) {
		t.Followers = append(t.Followers, d.agents[d.agentWheel.spin(dice)])
	}
}

// converse plans the messages, three on average, and gives the time of the last.
func (v *volume) converse(p *plannedTicket, i int, dice *dice) dm.Time {
	t := &p.ticket
	t.Messages = []int{3, 2, 4, 3, 3}[i%5]
	at := t.CreatedAt
	for k := range t.Messages {
		m := plannedMessage{kind: dm.Reply, author: t.RequesterID, via: t.Via}
		if k > 0 {
			at = later(at, dice)
		}
		if m.at = at; k%2 == 1 || k > 0 && dice.in(200) {
			m.author, m.via = p.desk.someone(t, dice), dm.ViaAPI
			switch n := dice.below(100); {
			case n < 25:
				m.kind = dm.Note
			case n < 27:
				m.kind = dm.LocalNote
			}
		}
		p.messages = append(p.messages, m)
	}
	return at
}

// someone gives the agent who works on a ticket.
func (d *desk) someone(t *dm.Ticket, dice *dice) int64 {
	if t.AssigneeID != 0 {
		return t.AssigneeID
	}
	return d.agents[d.agentWheel.spin(dice)]
}
