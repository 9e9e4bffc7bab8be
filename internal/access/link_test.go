package access

import (
	"math/rand/v2"
	"testing"

	dm "github.com/deskmesh/deskmesh"
)

// linkRules are those of a desk with public links.
var linkRules = Rules{RoleCap: true, Links: true, ForwardOnShared: true}

// maker is an agent who may do everything in inbox 10, and more or less by change.
func maker(change ...func(*Profile)) *Viewer {
	p := Profile{Account: 1, Person: 3, Kind: dm.Agent, Active: true, Scope: dm.GlobalScope, AllBrands: true, AllInboxes: true, Permissions: dm.AllPermissions,
		Directory: []InboxBrand{{Inbox: 10, Brand: 1}, {Inbox: 20, Brand: 2}}, Rules: linkRules}
	for _, c := range change {
		c(&p)
	}
	return NewViewer(p)
}

func linkOf(by *Viewer, level dm.Level, rules Rules) *Viewer {
	return ForLink(LinkProfile{Account: 1, Link: 9, Ticket: 7, Level: level, Maker: by, Inboxes: []int64{10}, Rules: rules})
}

func TestLinkDecides(t *testing.T) {
	t.Parallel()
	without := func(p dm.Permission) func(*Profile) {
		return func(q *Profile) { q.Permissions &^= dm.PermissionsOf(p) }
	}
	off, suspended := linkRules, linkRules
	off.Links, suspended.SharesSuspended = false, true
	share := func(s ShareFact) Facts {
		s.ID, s.Target = 1, dm.Target{Kind: dm.TargetAgent, ID: 3}
		return Facts{Shares: []ShareFact{s}}
	}
	restricted := func(p *Profile) { p.Scope = dm.RestrictedScope }
	all := dm.Terms{Level: dm.LevelEdit, SeeInternal: true, ReplyPublic: true, Forward: true, CanReshare: true}
	quiet, bound := all, all
	quiet.ReplyPublic, bound.Forward = false, false
	for _, tc := range []struct {
		name  string
		by    *Viewer
		level dm.Level
		rules Rules
		facts Facts
		want  Right
	}{
		{"view", maker(), dm.LevelView, linkRules, Facts{}, See},
		{"view and reply", maker(), dm.LevelComment, linkRules, Facts{}, See | Reply},
		{"never more than a public word", maker(), dm.LevelEdit, linkRules, Facts{}, See | Reply},
		{"a maker who may not reply", maker(without(dm.TicketsReply)), dm.LevelComment, linkRules, Facts{}, See},
		{"a maker who may not share", maker(without(dm.TicketsShare), without(dm.SharesManage)), dm.LevelView, linkRules, Facts{}, 0},
		{"a maker who keeps all shares", maker(without(dm.TicketsShare)), dm.LevelView, linkRules, Facts{}, See},
		{"a maker who may not forward", maker(without(dm.TicketsFwd)), dm.LevelView, linkRules, Facts{}, 0},
		{"a deactivated maker", maker(func(p *Profile) { p.Active = false }), dm.LevelView, linkRules, Facts{}, 0},
		{"a maker as requester", maker().AsRequester(), dm.LevelView, linkRules, Facts{RequesterID: 3}, 0},
		{"a maker of another account", maker(func(p *Profile) { p.Account = 2 }), dm.LevelView, linkRules, Facts{}, 0},
		{"a maker who does not see it", maker(restricted), dm.LevelView, linkRules, Facts{}, 0},
		{"a maker by assignment", maker(restricted), dm.LevelView, linkRules, Facts{AssigneeID: 3}, See},
		{"a maker by a share", maker(restricted), dm.LevelComment, linkRules, share(ShareFact{Terms: all}), See | Reply},
		{"a maker by a share without replies", maker(restricted), dm.LevelComment, linkRules, share(ShareFact{Terms: quiet}), See},
		{"a maker by a share without forwarding", maker(restricted), dm.LevelView, linkRules, share(ShareFact{Terms: bound}), 0},
		{"a maker by a share that ended", maker(restricted), dm.LevelView, linkRules, share(ShareFact{Terms: all, Ended: true}), 0},
		{"a maker by a share that ran out", maker(restricted), dm.LevelView, linkRules, share(ShareFact{Terms: all, ExpiresAt: 1}), 0},
		{"a maker by a requester's share", maker(restricted), dm.LevelView, linkRules, share(ShareFact{Terms: all, ByRequester: true}), 0},
		{"links off", maker(), dm.LevelView, off, Facts{}, 0},
		{"sharing suspended", maker(), dm.LevelView, suspended, Facts{}, 0},
		{"another ticket", maker(), dm.LevelView, linkRules, Facts{TicketID: 8}, 0},
		{"another account", maker(), dm.LevelView, linkRules, Facts{Account: 2}, 0},
		{"an inactive brand", maker(), dm.LevelView, linkRules, Facts{InboxID: 20}, 0},
		{"private", maker(), dm.LevelView, linkRules, Facts{Private: true}, 0},
		{"spam", maker(), dm.LevelView, linkRules, Facts{Spam: true}, 0},
		{"deleted", maker(), dm.LevelView, linkRules, Facts{Deleted: true}, 0},
		{"merged", maker(), dm.LevelView, linkRules, Facts{Merged: true}, 0},
	} {
		f := tc.facts
		for to, usual := range map[*int64]int64{&f.Account: 1, &f.TicketID: 7, &f.InboxID: 10} {
			if *to == 0 {
				*to = usual
			}
		}
		v := linkOf(tc.by, tc.level, tc.rules)
		if got := Decide(v, &f, 1); got.Rights != tc.want {
			t.Errorf("%s: %v, want %v", tc.name, got.Rights.Names(), tc.want.Names())
		}
		if s := v.Scope(See, Open); tc.want != 0 && !s.Admits() {
			t.Errorf("%s: the scope admits nothing", tc.name)
		}
	}
}

// A link never has more than its maker, whatever the ticket is like.
func TestLinkHasLessThanItsMaker(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(1, 2))
	coin := func() bool { return rng.IntN(2) == 0 }
	opened := 0
	for range 20_000 {
		by := maker(func(p *Profile) {
			p.Scope, p.Active, p.Groups = []dm.TicketScope{dm.GlobalScope, dm.GroupScope, dm.RestrictedScope}[rng.IntN(3)], rng.IntN(8) > 0, []int64{5}
			kept := rng.Uint64()
			kept |= rng.Uint64() // three in four
			p.Permissions &= dm.PermissionSet(kept)
		})
		f := &Facts{Account: 1, TicketID: 7, InboxID: []int64{10, 20}[rng.IntN(2)], GroupID: int64(rng.IntN(3) + 4), AssigneeID: int64(rng.IntN(3) + 2), RequesterID: int64(rng.IntN(3) + 2),
			Private: rng.IntN(6) == 0, Spam: rng.IntN(6) == 0, Deleted: rng.IntN(6) == 0, Merged: rng.IntN(6) == 0}
		if coin() {
			f.Shares = []ShareFact{{ID: 1, Target: dm.Target{Kind: dm.TargetAgent, ID: 3}, ByRequester: rng.IntN(6) == 0, ExpiresAt: dm.Time(rng.IntN(4)),
				Terms: dm.Terms{Level: dm.Levels[rng.IntN(3)], SeeInternal: coin(), ReplyPublic: coin(), Forward: coin(), CanReshare: coin()}}}
		}
		mine := Decide(by, f, 2)
		got := Decide(linkOf(by, dm.Levels[rng.IntN(3)], linkRules), f, 2)
		if got.Rights&^mine.Rights != 0 || got.Rights&^(See|Reply) != 0 {
			t.Fatalf("a link has %v, its maker %v: %+v", got.Rights.Names(), mine.Rights.Names(), f)
		}
		if got.Has(See) {
			opened++
			if !mine.Has(See|Forward) || f.Private || f.Spam || f.Deleted || f.Merged || f.InboxID != 10 {
				t.Fatalf("a link opens %+v of %v", f, mine.Rights.Names())
			}
		}
	}
	if opened < 500 {
		t.Errorf("only %d links opened their ticket", opened)
	}
}

// A link sees one ticket; no list and no count admits it, and it can do nothing
// that people can.
func TestLinkListsNothing(t *testing.T) {
	t.Parallel()
	v := linkOf(maker(), dm.LevelComment, linkRules)
	for _, where := range []Where{Listed, SharedWithMe, SharedWithMyGroups} {
		if s := v.Scope(See, where); s.Admits() {
			t.Errorf("%d admits %v", where, s)
		}
	}
	for _, right := range []Right{SeeInternal, SeeTrashed, Reply} {
		if s := v.Scope(right, Open); s.Admits() {
			t.Errorf("%v admits %v", right.Names(), s)
		}
	}
	if s := v.Scope(See, Open); len(s.Branches()) > 0 || s.Reach() != nil || s.Link() == nil {
		t.Errorf("one ticket: %v", s)
	}
	if v.Mine().Admits() || v.IsAgent() || v.IsRequester() || v.IsSystem() || v.Person() != 0 || v.Permissions() != 0 || v.ReachesInbox(10) {
		t.Error("it is somebody")
	}
	if v.Link() != 9 || v.Cause().Kind != dm.CauseLink || v.Cause().ID != 9 {
		t.Errorf("its cause is %+v", v.Cause())
	}
	if w := v.AsRequester(); w.Link() != 9 {
		t.Error("as a requester it is something else")
	}
}
