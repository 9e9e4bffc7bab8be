package oracle

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func TestWorldsCanBeStored(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		w := Worlds().Draw(t, "world")
		for range 20 {
			Steps(w).Draw(t, "step").Apply(w)
		}
		for i := range w.Accounts {
			if fault := broken(w, &w.Accounts[i]); fault != "" {
				t.Fatalf("account %d: %s", w.Accounts[i].ID, fault)
			}
		}
	})
}

// broken names the first thing in an account that the real store would refuse.
func broken(w *World, a *Account) string {
	shares := map[int64]bool{}
	for _, t := range a.Tickets {
		assignee := a.Person(t.Assignee)
		switch {
		case a.Inbox(t.Inbox) == nil || a.Brand(a.Inbox(t.Inbox).Brand) == nil:
			return fmt.Sprint("ticket without inbox or brand: ", t.ID)
		case t.Group != 0 && a.Group(t.Group) == nil:
			return fmt.Sprint("ticket of an unknown group: ", t.ID)
		case a.Person(t.Requester) == nil:
			return fmt.Sprint("ticket without requester: ", t.ID)
		case t.Assignee != 0 && (assignee == nil || assignee.Kind != Agent):
			return fmt.Sprint("ticket assigned to no agent: ", t.ID)
		case t.MergedInto >= t.ID || t.MergedInto != 0 && a.Ticket(t.MergedInto) == nil:
			return fmt.Sprint("ticket merged in a circle or into nothing: ", t.ID)
		case t.UpdatedAt > w.Now:
			return fmt.Sprint("ticket updated in the future: ", t.ID)
		case len(t.CCs) != len(slices.Compact(slices.Sorted(slices.Values(t.CCs)))):
			return fmt.Sprint("somebody is in CC twice: ", t.ID)
		}
		open := map[string]bool{}
		for _, s := range t.Shares {
			if shares[s.ID] {
				return fmt.Sprint("share id used twice: ", s.ID)
			}
			shares[s.ID] = true
			if fault := brokenShare(w, a, s); fault != "" {
				return fmt.Sprint(fault, ": ", s.ID)
			}
			target := fmt.Sprint(s.TargetKind, s.Target)
			if !s.Ended && open[target] {
				return fmt.Sprint("two shares without an end for ", target, " on ", t.ID)
			}
			open[target] = open[target] || !s.Ended
		}
	}
	return ""
}

func brokenShare(w *World, a *Account, s Share) string {
	creator := a.Person(s.CreatedBy)
	switch {
	case creator == nil || (creator.Kind == Requester) != s.ByRequester:
		return "share made by nobody fitting"
	case s.CreatedAt > w.Now:
		return "share made in the future"
	case s.ExpiresAt != 0 && s.ExpiresAt <= s.CreatedAt:
		return "share that expired before it was made"
	case s.TargetKind == TargetGroup && a.Group(s.Target) == nil:
		return "share with an unknown group"
	case s.TargetKind != TargetGroup && (a.Person(s.Target) == nil || a.Person(s.Target).Kind != s.TargetKind):
		return "share with nobody fitting"
	case s.TargetKind != TargetGroup && s.Target == s.CreatedBy:
		return "share with oneself"
	}
	return ""
}

// TestWorldsShowEveryRule takes one sentence of the rule away at a time, by
// changing worlds so that it cannot apply, and asks that enough random worlds
// notice. A real rule that forgets the same sentence is then found as often.
func TestWorldsShowEveryRule(t *testing.T) {
	t.Parallel()
	const worlds = 60
	cases := []struct {
		forgotten string
		change    func(w *World, a *Account)
		atLeast   int // of 60 worlds
	}{
		{"brand", eachPerson(func(p *Person) { p.AllBrands = true }), 30},
		{"inbox", eachPerson(func(p *Person) { p.AllInboxes = true }), 30},
		{"scope", eachPerson(func(p *Person) { p.Scope = GlobalScope }), 40},
		{"role", eachPerson(func(p *Person) { p.Permissions = slices.Clone(allPermissions) }), 40},
		{"deactivated people", eachPerson(func(p *Person) { p.Active = true }), 20},
		{"deleted people", eachPerson(func(p *Person) { p.Deleted = false }), 15},
		{"deleted groups", func(_ *World, a *Account) {
			for i := range a.Groups {
				a.Groups[i].Deleted = false
			}
		}, 10},
		{"assignment", eachTicket(func(t *Ticket) { t.Assignee = 0 }), 30},
		{"private", eachTicket(func(t *Ticket) { t.Private = false }), 30},
		{"spam", eachTicket(func(t *Ticket) { t.Spam = false }), 30},
		{"deleted", eachTicket(func(t *Ticket) { t.Deleted = false }), 30},
		{"merged", eachTicket(func(t *Ticket) { t.MergedInto = 0 }), 30},
		{"CC", eachTicket(func(t *Ticket) { t.CCs = nil }), 20},
		{"end of a share", eachShare(func(_ *World, s *Share) { s.Ended = false }), 30},
		{"expiry", eachShare(func(_ *World, s *Share) { s.ExpiresAt = 0 }), 30},
		{"the very moment of expiry", eachShare(func(w *World, s *Share) {
			if s.ExpiresAt == w.Now {
				s.ExpiresAt++
			}
		}), 15},
		{"level", eachShare(func(_ *World, s *Share) { s.Level = Edit }), 30},
		{"see_internal of a share", eachShare(func(_ *World, s *Share) { s.SeeInternal = true }), 20},
		{"reply_public of a share", eachShare(func(_ *World, s *Share) { s.ReplyPublic = true }), 8},
		{"forward of a share", eachShare(func(_ *World, s *Share) { s.Forward = true }), 4},
		{"can_reshare of a share", eachShare(func(_ *World, s *Share) { s.CanReshare = true }), 8},
		{"a requester made it", eachShare(func(_ *World, s *Share) { s.ByRequester = false }), 10},
		{"role cap", eachSettings(func(s *Settings) { s.RoleCap = false }), 20},
		{"forward_on_shared", eachSettings(func(s *Settings) { s.ForwardOnShared = true }), 4},
		{"protect_status_assignee", eachSettings(func(s *Settings) { s.ProtectStatusAssignee = false }), 5},
		{"suspended sharing", eachSettings(func(s *Settings) { s.SharingEnabled = true }), 8},
		{"cc_grants_access", eachSettings(func(s *Settings) { s.CCGrantsAccess = Comment }), 20},
	}
	samples := make([]*World, worlds)
	rights := make([]map[string]map[string]bool, worlds)
	for seed := range worlds {
		samples[seed] = Worlds().Example(seed)
		rights[seed] = everything(samples[seed])
	}
	for _, c := range cases {
		t.Run(c.forgotten, func(t *testing.T) {
			t.Parallel()
			noticed := 0
			for seed, w := range samples {
				if !same(rights[seed], everything(everywhere(w, c.change))) {
					noticed++
				}
			}
			if noticed < c.atLeast {
				t.Errorf("%d of %d worlds notice, want %d", noticed, worlds, c.atLeast)
			}
		})
	}
}

func eachPerson(change func(*Person)) func(*World, *Account) {
	return func(_ *World, a *Account) {
		for i := range a.People {
			change(&a.People[i])
		}
	}
}

func eachTicket(change func(*Ticket)) func(*World, *Account) {
	return func(_ *World, a *Account) {
		for i := range a.Tickets {
			change(&a.Tickets[i])
		}
	}
}

func eachShare(change func(*World, *Share)) func(*World, *Account) {
	return func(w *World, a *Account) {
		for i := range a.Tickets {
			for j := range a.Tickets[i].Shares {
				change(w, &a.Tickets[i].Shares[j])
			}
		}
	}
}

func eachSettings(change func(*Settings)) func(*World, *Account) {
	return func(_ *World, a *Account) { change(&a.Settings) }
}

// everything gives the rights of all people to all tickets of the world.
func everything(w *World) map[string]map[string]bool {
	all := map[string]map[string]bool{}
	for _, a := range w.Accounts {
		maps.Copy(all, ofAccount(w, a.ID))
	}
	return all
}

// same is a faster cmp.Equal.
func same(x, y map[string]map[string]bool) bool {
	return maps.EqualFunc(x, y, maps.Equal[map[string]bool, map[string]bool])
}

// ofAccount gives the rights of all people to all tickets of one account.
func ofAccount(w *World, accountID int64) map[string]map[string]bool {
	all := map[string]map[string]bool{}
	a := w.Account(accountID)
	for _, p := range a.People {
		for _, t := range a.Tickets {
			all[fmt.Sprint(a.ID, "/", p.ID, "/", t.ID)] = Rights(w, a.ID, p.ID, t.ID)
		}
	}
	return all
}

func TestEveryStepIsDrawnAndPlainData(t *testing.T) {
	t.Parallel()
	seen := map[StepKind]int{}
	changing := map[StepKind]int{}
	for seed := range 40 {
		w := Worlds().Example(seed)
		for i := range 60 {
			s := Steps(w).Example(seed*60 + i)
			seen[s.Kind]++

			var read Step
			if err := json.Unmarshal([]byte(s.String()), &read); err != nil {
				t.Fatalf("%s: %v", s, err)
			}
			direct, replayed := w.Clone(), w.Clone()
			s.Apply(direct)
			read.Apply(replayed)
			if direct.GoString() != replayed.GoString() {
				t.Fatalf("a step read back does something else: %s", s)
			}
			if direct.GoString() != w.GoString() {
				changing[s.Kind]++
			}
			w = direct
		}
	}
	for kind := range stepWeights {
		if seen[kind] == 0 || changing[kind] == 0 {
			t.Errorf("step %s: drawn %d times, of which %d changed something", kind, seen[kind], changing[kind])
		}
	}
}

func TestCloneIsDeep(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		w := Worlds().Draw(t, "world")
		before := w.GoString()
		c := w.Clone()
		if c.GoString() != before {
			t.Fatal("the copy differs")
		}
		for range 20 {
			Steps(c).Draw(t, "step").Apply(c)
		}
		if w.GoString() != before {
			t.Fatal("changing the copy changed the world")
		}
	})
}

func TestApplyRefusesWhatIsNotThere(t *testing.T) {
	t.Parallel()
	for _, s := range []Step{
		{Kind: StepScope, Account: 9, Person: 1},
		{Kind: StepScope, Account: 1, Person: 99},
		{Kind: StepMember, Account: 1, Person: 1, Group: 99},
		{Kind: StepBrandActive, Account: 1, Brand: 99},
		{Kind: StepInbox, Account: 1, Ticket: 1, Inbox: 99},
		{Kind: StepUnshare, Account: 1, Ticket: 1, Share: 99},
		{Kind: StepPrivate, Account: 1, Ticket: 99},
		{Kind: "nonsense", Account: 1, Ticket: 1},
	} {
		t.Run(s.String(), func(t *testing.T) {
			defer func() {
				if recover() == nil {
					t.Error("applied without a word")
				}
			}()
			s.Apply(desk())
		})
	}
}

// TestSharingAgain covers C14: a repeat leaves the live share as it is, while
// an expired one does not block a new one.
func TestSharingAgain(t *testing.T) {
	t.Parallel()
	w := desk()
	first := Share{ID: 1, TargetKind: Agent, Target: outsider, Level: View, ExpiresAt: w.Now + 10}
	again := Share{ID: 2, TargetKind: Agent, Target: outsider, Level: Edit}
	share := func(s Share) { Step{Kind: StepShare, Account: 1, Ticket: 1, New: s}.Apply(w) }
	share(first)
	share(again)
	if got := w.Account(1).Ticket(1).Shares; len(got) != 1 || got[0].Level != View {
		t.Fatalf("a repeat changed the shares: %+v", got)
	}
	Step{Kind: StepClock, Micros: 10}.Apply(w)
	share(again)
	got := w.Account(1).Ticket(1).Shares
	if len(got) != 2 || !got[0].Ended || got[1].Ended {
		t.Fatalf("after the expiry: %+v", got)
	}
}
