package oracle

import (
	"encoding/json"
	"fmt"
	"slices"
)

// StepKind names a way in which a world changes.
type StepKind string

// The steps, with the fields of Step that each one reads besides Account.
const (
	StepScope       StepKind = "scope"         // Person, Text: the new scope
	StepBrands      StepKind = "brands"        // Person, On: all brands, IDs: else these
	StepInboxes     StepKind = "inboxes"       // Person, On: all inboxes, IDs: else these
	StepPermissions StepKind = "permissions"   // Person, Words: what the roles give from now on
	StepActive      StepKind = "active"        // Person, On: reactivate, else deactivate
	StepDeletePers  StepKind = "delete_person" // Person
	StepMember      StepKind = "member"        // Person, Group, On: join, else leave
	StepDeleteGroup StepKind = "delete_group"  // Group; its shares end (Q3)
	StepBrandActive StepKind = "brand_active"  // Brand, On
	StepAssign      StepKind = "assign"        // Ticket, Person: 0 nobody
	StepGroup       StepKind = "group"         // Ticket, Group: 0 none
	StepInbox       StepKind = "inbox"         // Ticket, Inbox
	StepRequester   StepKind = "requester"     // Ticket, Person
	StepCC          StepKind = "cc"            // Ticket, Person, On: add, else take off
	StepPrivate     StepKind = "private"       // Ticket, On
	StepSpam        StepKind = "spam"          // Ticket, On
	StepDeleted     StepKind = "deleted"       // Ticket, On: delete, else restore
	StepDone        StepKind = "done"          // Ticket, On: solve, else reopen
	StepMerge       StepKind = "merge"         // Ticket, Into; nothing is moved
	StepTouch       StepKind = "touch"         // Ticket: its update time becomes Now
	StepShare       StepKind = "share"         // Ticket, New
	StepUnshare     StepKind = "unshare"       // Ticket, Share
	StepTerms       StepKind = "terms"         // Ticket, Share, New: level and flags only
	StepExpiry      StepKind = "expiry"        // Ticket, Share, Micros: the new expiry, 0 never
	StepSettings    StepKind = "settings"      // Settings: all of them
	StepClock       StepKind = "clock"         // Micros: how far time goes on; no Account
)

// Step is one change of a world as plain data, so that the same change can be
// made elsewhere and so that a failing test can print it.
//
// A step changes what it names and nothing else: it unassigns nobody, carries
// no share over and, but for StepTouch, leaves update times alone. Where the
// program does more on such an act, say so by a further step.
type Step struct {
	Kind     StepKind
	Account  int64    `json:",omitempty"`
	Person   int64    `json:",omitempty"`
	Group    int64    `json:",omitempty"`
	Brand    int64    `json:",omitempty"`
	Inbox    int64    `json:",omitempty"`
	Ticket   int64    `json:",omitempty"`
	Into     int64    `json:",omitempty"`
	Share    int64    `json:",omitempty"`
	On       bool     `json:",omitempty"`
	Text     string   `json:",omitempty"`
	IDs      []int64  `json:",omitempty"`
	Words    []string `json:",omitempty"`
	Micros   int64    `json:",omitempty"`
	New      Share    `json:",omitzero"`
	Settings Settings `json:",omitzero"`
}

// String writes the step as JSON.
func (s Step) String() string {
	text, err := json.Marshal(s)
	if err != nil {
		return fmt.Sprintf("step that cannot be written: %v", err)
	}
	return string(text)
}

// GoString is String, for the reports of rapid.
func (s Step) GoString() string { return s.String() }

// Apply makes the change. It panics when the step names something that the
// world does not have, because a step that silently did nothing would make a
// comparison pass for no reason.
func (s Step) Apply(w *World) {
	if s.Kind == StepClock {
		w.Now += s.Micros
		return
	}
	a := w.Account(s.Account)
	if a == nil {
		s.fail("account")
	}
	switch s.Kind {
	case StepScope, StepBrands, StepInboxes, StepPermissions, StepActive, StepDeletePers:
		s.applyToPerson(s.person(a))
	case StepMember:
		s.person(a)
		g := s.group(a)
		g.Members = with(g.Members, s.Person, s.On)
	case StepDeleteGroup:
		s.deleteGroup(a)
	case StepBrandActive:
		if a.Brand(s.Brand) == nil {
			s.fail("brand")
		}
		a.Brand(s.Brand).Active = s.On
	case StepSettings:
		a.Settings = s.Settings
	case StepShare, StepUnshare, StepTerms, StepExpiry:
		s.applyToShares(w, s.ticket(a))
	default:
		s.applyToTicket(w, a, s.ticket(a))
	}
}

func (s Step) applyToPerson(p *Person) {
	switch s.Kind {
	case StepScope:
		p.Scope = s.Text
	case StepBrands:
		p.AllBrands, p.Brands = s.On, slices.Clone(s.IDs)
	case StepInboxes:
		p.AllInboxes, p.Inboxes = s.On, slices.Clone(s.IDs)
	case StepPermissions:
		p.Permissions = slices.Clone(s.Words)
	case StepActive:
		p.Active = s.On
	case StepDeletePers:
		p.Deleted = true
	}
}

func (s Step) applyToTicket(w *World, a *Account, t *Ticket) {
	switch s.Kind {
	case StepAssign:
		if s.Person != 0 {
			s.person(a)
		}
		t.Assignee = s.Person
	case StepGroup:
		if s.Group != 0 {
			s.group(a)
		}
		t.Group = s.Group
	case StepInbox:
		if a.Inbox(s.Inbox) == nil {
			s.fail("inbox")
		}
		t.Inbox = s.Inbox
	case StepRequester:
		t.Requester = s.person(a).ID
	case StepCC:
		t.CCs = with(t.CCs, s.person(a).ID, s.On)
	case StepPrivate:
		t.Private = s.On
	case StepSpam:
		t.Spam = s.On
	case StepDeleted:
		t.Deleted = s.On
	case StepDone:
		t.Done = s.On
	case StepMerge:
		if a.Ticket(s.Into) == nil {
			s.fail("ticket to merge into")
		}
		t.MergedInto = s.Into
	case StepTouch:
		t.UpdatedAt = w.Now
	default:
		s.fail("kind of step")
	}
}

func (s Step) applyToShares(w *World, t *Ticket) {
	if s.Kind == StepShare {
		addShare(w, t, s.New)
		return
	}
	share := t.Share(s.Share)
	if share == nil {
		s.fail("share")
	}
	switch s.Kind {
	case StepUnshare:
		share.Ended = true
	case StepTerms:
		share.Level = s.New.Level
		share.SeeInternal, share.ReplyPublic = s.New.SeeInternal, s.New.ReplyPublic
		share.Forward, share.CanReshare = s.New.Forward, s.New.CanReshare
	case StepExpiry:
		share.ExpiresAt = s.Micros
	}
}

// addShare keeps one live share per target: a repeat leaves the one that is
// there (C14), and an expired one, which may not block, is ended first.
func addShare(w *World, t *Ticket, fresh Share) {
	for i := range t.Shares {
		old := &t.Shares[i]
		if old.Ended || old.TargetKind != fresh.TargetKind || old.Target != fresh.Target {
			continue
		}
		if old.ExpiresAt == 0 || old.ExpiresAt > w.Now {
			return
		}
		old.Ended = true
	}
	t.Shares = append(t.Shares, fresh)
}

func (s Step) deleteGroup(a *Account) {
	g := s.group(a)
	g.Deleted = true
	for i := range a.Tickets {
		for j := range a.Tickets[i].Shares {
			share := &a.Tickets[i].Shares[j]
			if share.TargetKind == TargetGroup && share.Target == g.ID {
				share.Ended = true
			}
		}
	}
}

func (s Step) person(a *Account) *Person {
	p := a.Person(s.Person)
	if p == nil {
		s.fail("person")
	}
	return p
}

func (s Step) group(a *Account) *Group {
	g := a.Group(s.Group)
	if g == nil {
		s.fail("group")
	}
	return g
}

func (s Step) ticket(a *Account) *Ticket {
	t := a.Ticket(s.Ticket)
	if t == nil {
		s.fail("ticket")
	}
	return t
}

func (s Step) fail(noun string) {
	panic(fmt.Sprintf("oracle: no such %s: %s", noun, s))
}

// with gives list with id in it or, when in is false, without it.
func with(list []int64, id int64, in bool) []int64 {
	rest := slices.DeleteFunc(slices.Clone(list), func(have int64) bool { return have == id })
	if in {
		return append(rest, id)
	}
	return rest
}
