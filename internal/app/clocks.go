package app

import (
	"context"
	"slices"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
	"github.com/deskmesh/deskmesh/internal/jobs"
	"github.com/deskmesh/deskmesh/internal/rules"
	"github.com/deskmesh/deskmesh/internal/store"
)

// Kinds of jobs that keep the clocks of service levels.
const (
	JobSweepClocks   = "sla.due"     // notes promised times that are over
	JobRecountClocks = "sla.recount" // sets the clocks of open tickets anew after a promise or a calendar was changed
)

// keepClocks brings the ticket's clocks in line with the change, and notes
// promised times that are over. An account that promises nothing pays nothing.
func (w *work) keepClocks() error {
	if len(w.dir.Policies) == 0 && !w.recount || !w.created && w.old.Status.Done() && w.t.Status.Done() {
		return nil
	}
	var clocks []dm.Clock
	var err error
	if !w.created {
		if clocks, err = w.tx.Clocks(w.account, w.t.ID); err != nil {
			return err
		}
	}
	policy, err := w.promise()
	if err != nil || policy == nil && len(clocks) == 0 {
		return err
	}
	s, err := w.clockState(len(clocks) == 0)
	if err != nil {
		return err
	}
	next, missed := dm.Advance(clocks, s, policy, w.calendarOf(policy, clocks))
	for _, c := range missed {
		w.events = append(w.events, dm.Event{Kind: dm.SLABreached, Cause: dm.Cause{Kind: dm.CauseSystem, Name: "sla"}, Internal: true,
			Data: dm.EventData{SLA: &dm.EventSLA{Kind: c.Kind, PolicyID: c.PolicyID, DueAt: c.BreachedAt}}})
	}
	next = slices.DeleteFunc(next, func(c dm.Clock) bool { return slices.Contains(clocks, c) })
	return w.tx.SaveClocks(w.account, w.t.ID, next)
}

// promise finds the first policy whose condition holds for the ticket as it is
// now; nil for none. What a condition says of messages means the public ones:
// which policy applies tells everybody who opens the ticket.
func (w *work) promise() (*dm.SLAPolicy, error) {
	s := &rules.Snapshot{Ticket: *w.t}
	s.Ticket.Tags, s.Ticket.CCs, s.Ticket.Followers, s.Ticket.Fields, s.Ticket.HasLink = nil, nil, nil, nil, false
	var read rules.Needs
	for i := range w.dir.Policies {
		p := &w.dir.Policies[i]
		if p.Condition.Empty() {
			return p, nil
		}
		needs := rules.NeedsOf(&p.Condition)
		if i == 0 || needs&^read != 0 {
			if err := w.tx.FillSnapshot(w.dir, s, needs&^read); err != nil {
				return nil, err
			}
			read |= needs
		}
		if rules.Match(&p.Condition, s, &rules.Reader{Now: w.tx.Now()}) {
			return p, nil
		}
	}
	return nil, nil
}

// calendarOf gives the calendar that counts: that of the policy, or of the one
// that applied until now.
func (w *work) calendarOf(p *dm.SLAPolicy, clocks []dm.Clock) *dm.Calendar {
	if p == nil && len(clocks) > 0 {
		p = w.dir.Policy(clocks[0].PolicyID)
	}
	if p == nil {
		return w.dir.DefaultCalendar()
	}
	return w.dir.Calendar(p.CalendarID)
}

// clockState says what the clocks need to know of the change. New clocks of a
// ticket that was there before ask its messages.
func (w *work) clockState(begins bool) (*dm.ClockState, error) {
	s := &dm.ClockState{Now: w.tx.Now(), CreatedAt: w.t.CreatedAt, Priority: w.t.Priority, Status: w.t.Status, Resting: w.t.Deleted || w.t.Spam, Quiet: w.recount}
	if w.created {
		s.CreatedAt = s.Now
	}
	if begins && !w.created {
		var err error
		s.AnsweredAt, s.AskedAt, err = w.tx.AnswersOf(w.account, w.t.ID, w.t.RequesterID)
		return s, err
	}
	for i := range w.res.Messages {
		m := &w.res.Messages[i]
		if m.Kind != dm.Reply || w.created && i == 0 {
			continue
		}
		byAgent, err := w.byAgent(m)
		if err != nil {
			return nil, err
		}
		outside := m.LinkID != 0 || m.AuthorID != 0 && !byAgent
		s.Asked, s.Answered = s.Asked || outside, s.Answered || byAgent
	}
	return s, nil
}

// byAgent says whether an agent other than the requester wrote a public message.
func (w *work) byAgent(m *dm.Message) (bool, error) {
	switch {
	case m.LinkID != 0 || m.AuthorID == 0 || m.AuthorID == w.t.RequesterID:
		return false, nil
	case m.AuthorID == w.viewer.Person() && w.viewer.IsAgent():
		return true, nil
	}
	people, err := w.tx.PeopleRefs(w.account, []int64{m.AuthorID})
	return people[m.AuthorID].Kind == dm.Agent, err
}

// sweepClocksMost bounds what one run notes for one account.
const sweepClocksMost = 2000

// SweepClocks notes promised times that are over, with history, notices and
// webhooks. A change of the ticket that comes first does it as well.
func (a *App) SweepClocks(ctx context.Context) error {
	return a.eachAccount(ctx, func(ctx context.Context, dir *store.Directory) error {
		if len(dir.Policies) == 0 {
			return nil
		}
		account := dir.Account.ID
		missed, err := fetch(ctx, a, func(tx *store.Tx) ([]int64, error) { return tx.MissedClocks(account, sweepClocksMost) })
		if err != nil {
			return err
		}
		for part := range slices.Chunk(missed, sweepBatch) {
			if err := a.lookAtClocks(ctx, account, part, false); err != nil {
				return err
			}
		}
		return nil
	})
}

// lookAtClocks brings the clocks of some tickets up to date in one transaction.
func (a *App) lookAtClocks(ctx context.Context, account int64, tickets []int64, recount bool) error {
	return a.DB.Write(ctx, store.Bulk, func(tx *store.Tx) error {
		for _, id := range tickets {
			if err := a.lookAtClock(tx, account, id, recount); err != nil {
				return err
			}
		}
		return nil
	})
}

func (a *App) lookAtClock(tx *store.Tx, account, ticket int64, recount bool) error {
	system := access.System(account, "sla")
	f, err := tx.LockTicketByID(system, ticket)
	if dm.CodeOf(err) == dm.NotFound {
		return nil
	}
	if err != nil {
		return err
	}
	w := &work{app: a, tx: tx, viewer: system, account: account, ch: &dm.Change{Cause: system.Cause()}, old: f.Ticket, t: &f.Ticket, shares: f.Shares,
		decision: f.Decision, recount: recount, res: &Result{}}
	if w.dir, err = tx.Directory(account); err != nil {
		return err
	}
	if err := w.keepClocks(); err != nil {
		return err
	}
	return w.writeEvents()
}

// recountLater leaves it to a job to set the clocks of open tickets anew. Each
// job follows its change; they come one after the other.
func recountLater(tx *store.Tx, account int64) error {
	_, _, err := tx.Enqueue(store.NewJob{Account: account, Kind: JobRecountClocks, Urgency: store.Bulk, OrderingKey: "sla"})
	return err
}

// recountClocks sets the clocks of all open tickets anew: a promise, or the
// calendar that it counts by, was changed. Nobody is told of what is late by
// that alone. Done twice, it changes nothing twice.
func (a *App) recountClocks(ctx context.Context, j *jobs.Job) error {
	for last := int64(0); ; {
		tickets, err := fetch(ctx, a, func(tx *store.Tx) ([]int64, error) { return tx.OpenTicketsAfter(j.Account, last, sweepBatch) })
		if err != nil || len(tickets) == 0 {
			return err
		}
		if err := a.lookAtClocks(ctx, j.Account, tickets, true); err != nil {
			return err
		}
		last = tickets[len(tickets)-1]
	}
}
