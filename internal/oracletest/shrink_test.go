package oracletest

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/deskmesh/deskmesh/internal/oracle"
)

// shrink makes world and steps of a difference smaller for as long as the
// question still has two answers, but no longer than the given time.
func shrink(e *engine, diff *difference, most time.Duration) *difference {
	deadline := time.Now().Add(most)
	if short := diff.played; short.Question.Size > 1 {
		short.Question.Size = 1
		if found := short.again(e); found != nil {
			diff = found
		}
	}
	for {
		smaller := fewerSteps(e, diff, deadline)
		smaller = smallerWorld(e, smaller, deadline)
		if smaller == diff || time.Now().After(deadline) {
			return smaller
		}
		diff = smaller
	}
}

// again plays a game to its end and asks its question; nil when the answers are
// equal or the game cannot be played.
func (g played) again(e *engine) (diff *difference) {
	defer func() {
		// The question may name what is gone.
		if recover() != nil {
			diff = nil
		}
	}()
	d, err := newDesk(e, &g)
	if err != nil {
		return nil
	}
	for _, s := range g.Steps {
		// Viewers are resolved in between, so that what is kept of them can be old.
		if d.check(&g, nil, newTally()); d.play(s) != nil {
			return nil
		}
	}
	if _, err := d.decideAll(d.world.Account(g.Question.Account), newTally()); err != nil {
		return nil
	}
	got, want, err := d.ask(g.Question)
	if err != nil {
		got = err.Error()
	}
	if got == want {
		return nil
	}
	return &difference{g, got, want}
}

// fewerSteps leaves out steps, many at a time first.
func fewerSteps(e *engine, diff *difference, deadline time.Time) *difference {
	for n := len(diff.Steps); n > 0; n /= 2 {
		for from := 0; from < len(diff.Steps) && time.Now().Before(deadline); {
			try := diff.played
			try.Steps = slices.Delete(slices.Clone(try.Steps), from, min(from+n, len(try.Steps)))
			if found := try.again(e); found != nil {
				diff = found
			} else {
				from += n
			}
		}
	}
	return diff
}

// smallerWorld takes parts of the world away, one by one.
func smallerWorld(e *engine, diff *difference, deadline time.Time) *difference {
	for i := 0; time.Now().Before(deadline); i++ {
		parts := partsOf(diff.World)
		if i >= len(parts) {
			break
		}
		try := diff.played
		try.World = try.World.Clone()
		parts[i](try.World)
		if try.World.GoString() == diff.World.GoString() {
			continue
		}
		if found := try.again(e); found != nil {
			diff = found
			i--
		}
	}
	return diff
}

// partsOf gives, for each part of a world, a change that takes it away.
func partsOf(w *oracle.World) []func(*oracle.World) {
	var parts []func(*oracle.World)
	for i := range w.Accounts {
		parts = append(parts, func(w *oracle.World) { w.Accounts = without(w.Accounts, i) })
		in := func(f func(*oracle.Account)) {
			parts = append(parts, func(w *oracle.World) { f(&w.Accounts[i]) })
		}
		a := &w.Accounts[i]
		for j := range a.Tickets {
			in(func(a *oracle.Account) { a.Tickets = without(a.Tickets, j) })
		}
		for j := range a.Tickets {
			ticketParts(&a.Tickets[j], func(f func(*oracle.Ticket)) { in(func(a *oracle.Account) { f(&a.Tickets[j]) }) })
		}
		for j := range a.Groups {
			in(func(a *oracle.Account) { a.Groups = without(a.Groups, j) })
			in(func(a *oracle.Account) { a.Groups[j].Members = nil })
		}
		for j := range a.People {
			in(func(a *oracle.Account) { a.People = without(a.People, j) })
			in(func(a *oracle.Account) {
				a.People[j].Brands, a.People[j].Inboxes, a.People[j].Department = nil, nil, 0
				a.People[j].SeesTickets, a.People[j].SeesChanges = "", ""
			})
			in(func(a *oracle.Account) { a.People[j].Permissions = nil })
		}
		for j := range a.Inboxes {
			in(func(a *oracle.Account) { a.Inboxes = without(a.Inboxes, j) })
		}
		for j := range a.Brands {
			in(func(a *oracle.Account) { a.Brands = without(a.Brands, j) })
		}
		in(func(a *oracle.Account) { a.Departments = nil })
	}
	return parts
}

func ticketParts(t *oracle.Ticket, in func(func(*oracle.Ticket))) {
	for i := range t.Shares {
		in(func(t *oracle.Ticket) { t.Shares = without(t.Shares, i) })
	}
	for i := range t.Messages {
		in(func(t *oracle.Ticket) { t.Messages = without(t.Messages, i) })
	}
	for i := range t.CCs {
		in(func(t *oracle.Ticket) { t.CCs = without(t.CCs, i) })
	}
	for i := range t.Shares {
		in(func(t *oracle.Ticket) {
			s := &t.Shares[i]
			s.SeeInternal, s.ReplyPublic, s.Forward, s.CanReshare = false, false, false, false
		})
	}
	in(func(t *oracle.Ticket) { t.Private = false })
	in(func(t *oracle.Ticket) { t.Spam = false })
	in(func(t *oracle.Ticket) { t.Deleted = false })
	in(func(t *oracle.Ticket) { t.Done = false })
	in(func(t *oracle.Ticket) { t.MergedInto = 0 })
	in(func(t *oracle.Ticket) { t.Assignee = 0 })
	in(func(t *oracle.Ticket) { t.Group = 0 })
	in(func(t *oracle.Ticket) { t.Department = 0 })
}

func without[T any](list []T, i int) []T { return slices.Delete(slices.Clone(list), i, i+1) }

// String describes the difference for somebody who has to find the fault.
func (d *difference) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "the real code and the oracle differ at the door %q\nquestion  %s\nreal code %s\noracle    %s\n", d.Question.Door, d.Question, d.got, d.want)
	for i, s := range d.Steps {
		fmt.Fprintf(&b, "step %d    %s\n", i+1, s)
	}
	text, err := json.Marshal(d.played)
	if err != nil {
		text = []byte(err.Error())
	}
	fmt.Fprintf(&b, "the world with its steps, to be kept as testdata/worlds/NAME.json:\n%s", text)
	return b.String()
}
