package deskmesh

import (
	"slices"
	"time"
)

// ClockKind is what a service level promises a time for.
type ClockKind string

// The kinds of clock.
const (
	ClockFirstReply ClockKind = "first_reply" // until an agent has answered for the first time
	ClockNextReply  ClockKind = "next_reply"  // until an agent has answered what came after that
	ClockResolution ClockKind = "resolution"  // until the ticket is solved
)

// ClockKinds is every kind, in the order in which they are shown.
var ClockKinds = []ClockKind{ClockFirstReply, ClockNextReply, ClockResolution}

// SLAPolicy promises times for the tickets that its condition holds for. The
// first active one that fits a ticket applies.
type SLAPolicy struct {
	ID          int64
	Name        string // at most 100 characters
	Description string // at most 500
	Active      bool
	Position    int64
	Condition   Condition // empty: every ticket
	// Broken says that the condition cannot be read any more; the policy applies
	// to nothing until a new one is set.
	Broken     bool
	CalendarID int64 // 0: the account's default
	Targets    Targets
	// Pause are the statuses in which the clocks stand still.
	Pause     []Status
	Version   int64
	CreatedAt Time
	UpdatedAt Time
}

// Targets are working minutes by priority and kind of clock; what is not there,
// or 0, is promised no time.
type Targets map[Priority]map[ClockKind]int

// Promise says whether there is any target.
func (t Targets) Promise() bool {
	for _, kinds := range t {
		for _, minutes := range kinds {
			if minutes > 0 {
				return true
			}
		}
	}
	return false
}

// MaxTarget is the longest target in minutes: a year of days and nights.
const MaxTarget = 366 * DayMinutes

// PauseStatuses are the statuses in which clocks can stand still.
var PauseStatuses = []Status{StatusNew, StatusOpen, StatusPending, StatusOnHold}

// Clock measures one promise for one ticket.
type Clock struct {
	Kind      ClockKind
	PolicyID  int64 // 0 while none applies: it stands still
	StartedAt Time
	Target    time.Duration // of working time; 0: no time is promised
	// Spent is the working time until Since; Since is the moment from which it
	// runs on, 0 while it stands still.
	Spent time.Duration
	Since Time
	// DueAt is when the target is reached if nothing changes; 0 while it stands
	// still and where no time is promised.
	DueAt   Time
	EndedAt Time // what it waits for has happened
	// Late says that the target was missed. It is decided in a transaction; a
	// clock whose DueAt is over is late whatever this says.
	Late bool
	// BreachedAt is when a target was missed, by it or by one before it of the
	// same kind; 0 never.
	BreachedAt Time
}

// SeenAt gives clocks as they are to be shown at a moment: those whose time is
// over are late, whether or not a transaction has noted it yet.
func SeenAt(clocks []Clock, now Time) []Clock {
	for i := range clocks {
		clocks[i].look(now)
	}
	return clocks
}

// Breached says whether a target was missed, as seen at a moment.
func (c *Clock) Breached(now Time) bool {
	return c.BreachedAt != 0 || c.DueAt != 0 && c.DueAt <= now
}

// NextDue gives the earliest moment at which one of a ticket's clocks is due; 0
// where none is.
func NextDue(clocks []Clock) (due Time) {
	for i := range clocks {
		if at := clocks[i].DueAt; at != 0 && (due == 0 || at < due) {
			due = at
		}
	}
	return due
}

// Running says whether time counts.
func (c *Clock) Running() bool { return c.Since != 0 }

// ClockState is what a ticket's clocks need to know of it, after a change.
type ClockState struct {
	Now       Time
	CreatedAt Time
	Priority  Priority
	Status    Status
	// Resting says that the ticket is deleted or spam.
	Resting bool
	// Asked says that somebody outside wrote in the change, and Answered that an
	// agent did, publicly.
	Asked    bool
	Answered bool
	// AnsweredAt and AskedAt are, of a ticket without clocks, when an agent first
	// answered, and the first question after the last answer; 0 for none.
	AnsweredAt Time
	AskedAt    Time
	// Quiet lets targets that are missed only by a change of the promise be noted
	// without being told.
	Quiet bool
}

// Advance gives a ticket's clocks after a change, and those whose targets were
// found missed now and are to be told. p is the policy that applies, nil for
// none, c its calendar. Clocks come in the order of ClockKinds.
func Advance(clocks []Clock, s *ClockState, p *SLAPolicy, c *Calendar) (next, missed []Clock) {
	var list [3]*Clock
	for i := range clocks {
		own := clocks[i]
		list[slices.Index(ClockKinds, own.Kind)] = &own
	}
	if p != nil && list[0] == nil {
		list[0], list[1], list[2] = begin(s, c)
	}
	for i := range list {
		if k := list[i]; k != nil && !s.Quiet && k.look(s.Now) {
			missed = append(missed, *k)
		}
	}
	waits := s.Asked && !s.Answered && !s.Status.Done() && list[0] != nil && list[0].EndedAt != 0
	if n := list[1]; waits && (n == nil || n.EndedAt != 0) {
		fresh := &Clock{Kind: ClockNextReply, StartedAt: s.Now}
		if n != nil {
			fresh.BreachedAt = n.BreachedAt
		}
		list[1] = fresh
	}
	for i, k := range list {
		if k == nil {
			continue
		}
		done := s.Status.Done() || s.Answered && i < 2
		k.move(s, p, c, done)
		if k.look(s.Now) && !s.Quiet && had(clocks, k) {
			missed = append(missed, *k)
		}
		next = append(next, *k)
	}
	return next, missed
}

// begin gives the clocks of a ticket that had none. Pauses before a policy came
// are not known: time counts from the filing.
func begin(s *ClockState, c *Calendar) (first, next, resolution *Clock) {
	first = &Clock{Kind: ClockFirstReply, StartedAt: s.CreatedAt, Since: s.CreatedAt}
	resolution = &Clock{Kind: ClockResolution, StartedAt: s.CreatedAt, Since: s.CreatedAt}
	if s.AnsweredAt != 0 {
		first.Since, first.EndedAt, first.Spent = 0, s.AnsweredAt, c.Between(s.CreatedAt, s.AnsweredAt)
		if s.AskedAt != 0 {
			next = &Clock{Kind: ClockNextReply, StartedAt: s.AskedAt, Since: s.AskedAt}
		}
	}
	return first, next, resolution
}

// had says whether the clock ran before: one that is late from its beginning is
// shown as late, and nobody is told.
func had(clocks []Clock, k *Clock) bool {
	return slices.ContainsFunc(clocks, func(o Clock) bool { return o.Kind == k.Kind && o.StartedAt == k.StartedAt && o.PolicyID != 0 })
}

// look notes that the target is missed; it says whether that is new.
func (c *Clock) look(now Time) bool {
	if c.Late || c.DueAt == 0 || c.DueAt > now {
		return false
	}
	c.Late, c.BreachedAt = true, c.DueAt
	return true
}

// move lets the clock stand still, run on or end, and finds when it is due. One
// that has ended stays as it is; only the resolution begins again, when a ticket
// is opened once more.
func (c *Clock) move(s *ClockState, p *SLAPolicy, cal *Calendar, done bool) {
	if c.EndedAt != 0 && (done || c.Kind != ClockResolution) {
		return
	}
	c.EndedAt, c.PolicyID, c.Target, c.DueAt = 0, 0, 0, 0
	if p != nil {
		c.PolicyID, c.Target = p.ID, time.Duration(p.Targets[s.Priority][c.Kind])*time.Minute
	}
	runs := p != nil && !done && !s.Resting && !slices.Contains(p.Pause, s.Status)
	switch {
	case runs && c.Since == 0:
		c.Since = s.Now
	case !runs && c.Since != 0:
		c.Spent += cal.Between(c.Since, s.Now)
		c.Since = 0
	}
	if done {
		c.EndedAt = s.Now
	}
	if !runs || c.Target == 0 {
		return
	}
	switch left := c.Target - c.Spent; {
	case left > 0:
		c.DueAt = cal.Add(c.Since, left)
	case c.Late:
		c.DueAt = c.BreachedAt
	default:
		c.DueAt = c.Since
	}
	if c.Late && c.DueAt > s.Now {
		c.Late = false
	}
}
