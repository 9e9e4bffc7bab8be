package oracle

import (
	"maps"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// drawWorld gives a random world that has already seen some changes.
func drawWorld(t *rapid.T) *World {
	w := Worlds().Draw(t, "world")
	for range rapid.IntRange(0, 8).Draw(t, "steps before") {
		Steps(w).Draw(t, "step").Apply(w)
	}
	return w
}

// eachPair calls f for every person and ticket of every account.
func eachPair(w *World, f func(a *Account, p *Person, t *Ticket)) {
	for i := range w.Accounts {
		a := &w.Accounts[i]
		for j := range a.People {
			for k := range a.Tickets {
				f(a, &a.People[j], &a.Tickets[k])
			}
		}
	}
}

// everywhere applies a change of one account to a copy of the world.
func everywhere(w *World, f func(*World, *Account)) *World {
	c := w.Clone()
	for i := range c.Accounts {
		f(c, &c.Accounts[i])
	}
	return c
}

// lost names somebody who has a right in one world and not in the other.
func lost(before, after map[string]map[string]bool) string {
	for key, rights := range before {
		for right := range rights {
			if !after[key][right] {
				return key + " " + right
			}
		}
	}
	return ""
}

func TestAddingAShareTakesNothingAway(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t)
		a := w.Account(pick(t, w.Accounts...).ID)
		ticket := a.Ticket(pick(t, a.Tickets...).ID)
		share := drawShare(t, a, a.Groups, a.People)
		before := everything(w)
		ticket.Shares = append(ticket.Shares, share)
		if who := lost(before, everything(w)); who != "" {
			t.Fatalf("account/person/ticket %s was lost by %+v", who, share)
		}
	})
}

func TestRaisingAShareTakesNothingAway(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t)
		raised := everywhere(w, eachShare(func(_ *World, s *Share) { s.Level = Edit; allFlags(s) }))
		if who := lost(everything(w), everything(raised)); who != "" {
			t.Fatalf("account/person/ticket %s was lost", who)
		}
	})
}

// TestWithoutShares says what is left when every share has ended: reach and
// assignment, own tickets and CC, judged here in other words than Rights has.
func TestWithoutShares(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t)
		bare := everywhere(w, eachShare(func(_ *World, s *Share) { s.Ended = true }))
		gone := everywhere(w, eachTicket(func(t *Ticket) { t.Shares = nil }))
		asleep := everywhere(w, eachSettings(func(s *Settings) { s.SharingEnabled, s.OnDisable = false, Suspend }))
		left := everything(bare)
		if none := everything(gone); !same(left, none) {
			t.Fatalf("ended shares leave something (-ended +none):\n%s", cmp.Diff(left, none))
		}
		if sleeping := everything(asleep); !same(left, sleeping) {
			t.Fatalf("suspended shares differ from ended ones (-ended +suspended):\n%s", cmp.Diff(left, sleeping))
		}
		eachPair(bare, func(a *Account, p *Person, ticket *Ticket) {
			open := CanOpen(bare, a.ID, p.ID, ticket.ID)
			if want := hasNormalWay(a, p, ticket); open != want {
				t.Fatalf("account %d, person %d, ticket %d without shares: open %v, want %v", a.ID, p.ID, ticket.ID, open, want)
			}
		})
		for _, a := range w.Accounts {
			for _, p := range a.People {
				for _, view := range []string{ViewListed, ViewMine, ViewUnassigned, ViewSpam, ViewTrash} {
					if !slices.Equal(Listed(w, a.ID, p.ID, view), Listed(bare, a.ID, p.ID, view)) {
						t.Fatalf("ending shares changed view %s of person %d in account %d", view, p.ID, a.ID)
					}
				}
			}
		}
	})
}

func hasNormalWay(a *Account, p *Person, t *Ticket) bool {
	if !p.Active || p.Deleted {
		return false
	}
	if p.Kind == Requester {
		cc := slices.Contains(t.CCs, p.ID) && a.Settings.CCGrantsAccess != CCNone
		sight := p.SeesTickets
		if t.Change {
			sight = p.SeesChanges
		}
		department := sight != "" && p.Department != 0 && p.Department == t.Department
		return (t.Requester == p.ID || cc || department) && !t.Private && !t.Spam && !t.Deleted
	}
	if t.Deleted && !slices.Contains(p.Permissions, "tickets.delete") {
		return false
	}
	brand := p.AllBrands || slices.Contains(p.Brands, a.Inbox(t.Inbox).Brand)
	inbox := p.AllInboxes || slices.Contains(p.Inboxes, t.Inbox)
	inScope := p.Scope == GlobalScope
	if p.Scope == GroupScope && t.Group != 0 {
		g := a.Group(t.Group)
		inScope = !g.Deleted && slices.Contains(g.Members, p.ID)
	}
	return t.Assignee == p.ID || brand && inbox && inScope
}

func TestShapeOfRights(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t)
		eachPair(w, func(a *Account, p *Person, ticket *Ticket) {
			rights := Rights(w, a.ID, p.ID, ticket.ID)
			if fault := misshapen(a, p, ticket, rights); fault != "" {
				t.Fatalf("account %d, person %d, ticket %d: %s: %q", a.ID, p.ID, ticket.ID, fault, written(rights))
			}
			if got := len(Reasons(w, a.ID, p.ID, ticket.ID)) > 0; got != rights[See] {
				t.Fatalf("account %d, person %d, ticket %d: reasons %v, see %v", a.ID, p.ID, ticket.ID, got, rights[See])
			}
			if got := len(Messages(w, a.ID, p.ID, ticket.ID)); got > 0 && !rights[See] || rights[SeeInternal] && got != len(ticket.Messages) {
				t.Fatalf("account %d, person %d, ticket %d: reads %d messages with %q", a.ID, p.ID, ticket.ID, got, written(rights))
			}
		})
	})
}

// permissionOf says which permission of the role each right stands for.
var permissionOf = map[string]string{
	SeeInternal: "notes.read", AddNote: "tickets.note", AddReply: "tickets.reply", EditTicket: "tickets.edit",
	SetStatus: "tickets.edit", Assign: "tickets.assign", ForwardOut: "tickets.forward", ShareOn: "tickets.share",
	Delete: "tickets.delete", Merge: "tickets.merge", SeeTrashed: "tickets.delete",
}

func misshapen(a *Account, p *Person, t *Ticket, rights map[string]bool) string {
	for right := range rights {
		permission := permissionOf[right]
		always := right == ForwardOut || right == ShareOn || right == Delete || right == Merge || right == SeeTrashed
		switch {
		case !rights[See]:
			return right + " without see"
		case right == AddNote && !rights[SeeInternal]:
			return "note without see_internal"
		case !p.Active || p.Deleted:
			return "a right of somebody who is gone"
		case p.Kind == Requester && !slices.Contains([]string{See, AddReply, Leave, LetIn, Resolve, Details}, right):
			return "a requester's " + right
		case p.Kind == Requester && (t.Private || t.Spam || t.Deleted):
			return "a requester's right to a hidden ticket"
		case p.Kind == Agent && permission != "" && (a.Settings.RoleCap || always) && !slices.Contains(p.Permissions, permission):
			return right + " beyond the role"
		case t.Deleted && !rights[SeeTrashed], !t.Deleted && rights[SeeTrashed]:
			return "see_trashed is for deleted tickets"
		case t.MergedInto != 0 && slices.Contains([]string{AddNote, AddReply, EditTicket, SetStatus, Assign, ForwardOut, Merge}, right):
			return right + " of a merged ticket"
		}
	}
	return ""
}

func TestMorePermissionsTakeNothingAway(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t)
		more := everywhere(w, eachPerson(func(p *Person) { p.Permissions = allPermissions }))
		if who := lost(everything(w), everything(more)); who != "" {
			t.Fatalf("account/person/ticket %s was lost by more permissions", who)
		}
		uncap := everywhere(w, eachSettings(uncapped))
		if who := lost(everything(w), everything(uncap)); who != "" {
			t.Fatalf("account/person/ticket %s was lost by taking off the cap", who)
		}
	})
}

func TestAgentsDoNotNotice(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t)
		other := everywhere(w, func(w *World, a *Account) {
			for i := range a.Tickets {
				ticket := &a.Tickets[i]
				ticket.Private, ticket.Done = !ticket.Private, !ticket.Done
				ticket.CCs, ticket.Department = a.ids(Agent), 1
				ticket.Requester = a.ids(Agent)[0]
			}
			for i := range a.Brands {
				a.Brands[i].Active = !a.Brands[i].Active
			}
			a.Settings.CCGrantsAccess = Comment
		})
		eachPair(w, func(a *Account, p *Person, ticket *Ticket) {
			if p.Kind != Agent {
				return
			}
			before, now := Rights(w, a.ID, p.ID, ticket.ID), Rights(other, a.ID, p.ID, ticket.ID)
			if !maps.Equal(before, now) {
				t.Fatalf("account %d, agent %d, ticket %d: %q, was %q", a.ID, p.ID, ticket.ID, written(now), written(before))
			}
		})
	})
}

func TestStepsOfOneAccountLeaveTheOtherAlone(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t)
		s := Steps(w).Filter(func(s Step) bool { return s.Kind != StepClock }).Draw(t, "step")
		other := 3 - s.Account
		before := ofAccount(w, other)
		s.Apply(w)
		if now := ofAccount(w, other); !same(before, now) {
			t.Fatalf("%s changed account %d (-before +after):\n%s", s, other, cmp.Diff(before, now))
		}
	})
}

// TestTimeOnlyTakes: as the clock goes on and nothing else happens, nobody
// gains anything.
func TestTimeOnlyTakes(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t)
		before := everything(w)
		w.Now += drawPause(t, w)
		if who := lost(everything(w), before); who != "" {
			t.Fatalf("account/person/ticket %s came with time", who)
		}
	})
}

func TestViewsHoldTogether(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t)
		for _, a := range w.Accounts {
			for _, p := range a.People {
				open := Listed(w, a.ID, p.ID, ViewOpen)
				union := map[int64]bool{}
				for _, view := range AllViews {
					for _, id := range Listed(w, a.ID, p.ID, view) {
						if !slices.Contains(open, id) {
							t.Fatalf("view %s of person %d shows ticket %d, which is closed to them", view, p.ID, id)
						}
						if view != ViewOpen {
							union[id] = true
						}
						if special := view == ViewOpen || view == ViewSpam || view == ViewTrash; !special && hidden(a, id) {
							t.Fatalf("view %s of person %d shows spam or a deleted ticket %d", view, p.ID, id)
						}
					}
				}
				if len(union) != len(open) {
					t.Fatalf("person %d of account %d can open %v, but the views show %v", p.ID, a.ID, open, union)
				}
				if p.Kind == Agent && !slices.Equal(Listed(w, a.ID, p.ID, ViewAll), Listed(w, a.ID, p.ID, ViewListed)) {
					t.Fatalf("all and listed differ for agent %d of account %d", p.ID, a.ID)
				}
			}
		}
	})
}

func hidden(a Account, ticketID int64) bool {
	ticket := a.Ticket(ticketID)
	return ticket.Spam || ticket.Deleted
}

func BenchmarkEverything(b *testing.B) {
	w := Worlds().Example(1)
	for b.Loop() {
		everything(w)
	}
}

func BenchmarkStep(b *testing.B) {
	w := Worlds().Example(1)
	for b.Loop() {
		Steps(w).Example(b.N).Apply(w)
	}
}
