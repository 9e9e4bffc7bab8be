package oracle

import (
	"go/parser"
	"go/token"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The people of the desk below.
const (
	global     = 1  // reaches everything
	insider    = 2  // group scope, a member of Accounts, which the ticket is of
	outsider   = 3  // group scope, a member of HR, other brand and inbox
	restricted = 4  // restricted scope
	inactive   = 5  // reaches everything, but is deactivated
	customer   = 10 // the ticket's requester
	colleague  = 11 // another requester
)

// The groups of the desk below.
const (
	accounts = 1
	hr       = 2
	gone     = 3 // deleted; the outsider was a member
)

// desk is an account with one ticket, and a second account that uses the same
// ids for its people.
func desk() *World {
	people := []Person{
		{ID: global, Kind: Agent, Scope: GlobalScope, AllBrands: true, AllInboxes: true},
		{ID: insider, Kind: Agent, Scope: GroupScope, Brands: []int64{1}, Inboxes: []int64{1}},
		{ID: outsider, Kind: Agent, Scope: GroupScope, Brands: []int64{2}, Inboxes: []int64{2}},
		{ID: restricted, Kind: Agent, Scope: RestrictedScope, AllBrands: true, AllInboxes: true},
		{ID: inactive, Kind: Agent, Scope: GlobalScope, AllBrands: true, AllInboxes: true},
		{ID: customer, Kind: Requester},
		{ID: colleague, Kind: Requester},
	}
	for i := range people {
		people[i].Active = people[i].ID != inactive
		if people[i].Kind == Agent {
			people[i].Permissions = slices.Clone(allPermissions)
		}
	}
	ticket := Ticket{
		ID: 1, Number: 7, Inbox: 1, Group: accounts, Requester: customer,
		Messages: []Message{{1, Reply}, {2, Note}, {3, LocalNote}},
	}
	settings := Settings{RoleCap: true, SharingEnabled: true, OnDisable: Keep, CCGrantsAccess: CCNone}
	w := &World{Now: beginning, Accounts: []Account{
		{
			ID: 1, Settings: settings, People: people, Tickets: []Ticket{ticket},
			Brands:  []Brand{{1, true}, {2, true}},
			Inboxes: []Inbox{{1, 1}, {2, 2}, {3, 1}},
			Groups: []Group{
				{ID: accounts, Members: []int64{insider}}, {ID: hr, Members: []int64{outsider}},
				{ID: gone, Members: []int64{outsider}, Deleted: true},
			},
		},
		{ID: 2, Settings: settings, People: people, Tickets: []Ticket{{ID: 2, Number: 7, Inbox: 1, Requester: customer}}},
	}}
	return w.Clone()
}

// Rights as the tables below write them.
const (
	nothing  = ""
	full     = "see see_internal note reply edit status assign forward share delete merge"
	shared   = "see see_internal note reply edit status assign leave" // an edit share as one makes it by default
	external = "see reply"
)

type change func(w *World, a *Account, t *Ticket)

type ruleCase struct {
	rule   string
	change change
	person int64
	want   string
}

func runRules(t *testing.T, cases []ruleCase) {
	t.Helper()
	for _, c := range cases {
		t.Run(c.rule, func(t *testing.T) {
			t.Parallel()
			w := desk()
			if c.change != nil {
				c.change(w, w.Account(1), w.Account(1).Ticket(1))
			}
			if diff := cmp.Diff(c.want, written(Rights(w, 1, c.person, 1))); diff != "" {
				t.Errorf("rights (-want +got):\n%s", diff)
			}
		})
	}
}

// written puts rights in one line.
func written(rights map[string]bool) string {
	words := []string{}
	for _, right := range AllRights {
		if rights[right] {
			words = append(words, right)
		}
	}
	return strings.Join(words, " ")
}

// sharedWith adds an edit share, adjusted by more.
func sharedWith(kind string, target int64, more ...func(*Share)) change {
	return func(_ *World, a *Account, t *Ticket) {
		s := Share{
			ID: a.NextShareID(), TargetKind: kind, Target: target, Level: Edit,
			SeeInternal: true, ReplyPublic: true, CreatedBy: global,
		}
		for _, m := range more {
			m(&s)
		}
		t.Shares = append(t.Shares, s)
	}
}

func after(changes ...change) change {
	return func(w *World, a *Account, t *Ticket) {
		for _, c := range changes {
			c(w, a, t)
		}
	}
}

func onTicket(f func(*Ticket)) change { return func(_ *World, _ *Account, t *Ticket) { f(t) } }
func onSettings(f func(*Settings)) change {
	return func(_ *World, a *Account, _ *Ticket) { f(&a.Settings) }
}

func onPerson(id int64, f func(*Person)) change {
	return func(_ *World, a *Account, _ *Ticket) { f(a.Person(id)) }
}

// only leaves a person these permissions.
func only(id int64, permissions ...string) change {
	return onPerson(id, func(p *Person) { p.Permissions = permissions })
}

// lacking takes permissions from a person.
func lacking(id int64, permissions ...string) change {
	return onPerson(id, func(p *Person) {
		p.Permissions = slices.DeleteFunc(p.Permissions, func(have string) bool {
			return slices.Contains(permissions, have)
		})
	})
}

func level(l string) func(*Share) { return func(s *Share) { s.Level = l } }
func noFlags(s *Share)            { s.SeeInternal, s.ReplyPublic = false, false }
func allFlags(s *Share) {
	s.SeeInternal, s.ReplyPublic, s.Forward, s.CanReshare = true, true, true, true
}
func byRequester(s *Share) { s.CreatedBy, s.ByRequester = colleague, true }

func uncapped(s *Settings)       { s.RoleCap = false }
func forwarding(s *Settings)     { s.ForwardOnShared = true }
func protecting(s *Settings)     { s.ProtectStatusAssignee = true }
func suspended(s *Settings)      { s.SharingEnabled, s.OnDisable = false, Suspend }
func kept(s *Settings)           { s.SharingEnabled, s.OnDisable = false, Keep }
func spam(t *Ticket)             { t.Spam = true }
func trashed(t *Ticket)          { t.Deleted = true }
func merged(t *Ticket)           { t.MergedInto = 99 }
func assignedTo(id int64) change { return onTicket(func(t *Ticket) { t.Assignee = id }) }

func TestWaysIn(t *testing.T) {
	t.Parallel()
	runRules(t, []ruleCase{
		{"global scope reaches any ticket of brand and inbox", nil, global, full},
		{"group scope reaches tickets of the own group", nil, insider, full},
		{"group scope does not reach tickets of another group", nil, outsider, nothing},
		{"restricted scope reaches nothing", nil, restricted, nothing},
		{
			"a brand that is not on the list stops reach",
			onPerson(global, func(p *Person) { p.AllBrands, p.Brands = false, []int64{2} }), global, nothing,
		},
		{
			"a brand on the list does not",
			onPerson(global, func(p *Person) { p.AllBrands, p.Brands = false, []int64{1} }), global, full,
		},
		{
			"a list does not count while all brands are open",
			onPerson(global, func(p *Person) { p.Brands = []int64{2} }), global, full,
		},
		{
			"an inbox that is not on the list stops reach",
			onPerson(global, func(p *Person) { p.AllInboxes, p.Inboxes = false, []int64{3} }), global, nothing,
		},
		{
			"an inbox on the list does not open its brand",
			onPerson(insider, func(p *Person) { p.Brands = []int64{2} }), insider, nothing,
		},
		{
			"a ticket without a group is nobody's by group",
			onTicket(func(t *Ticket) { t.Group = 0 }), insider, nothing,
		},
		{
			"a deleted group gives no reach",
			func(_ *World, a *Account, _ *Ticket) { a.Group(accounts).Deleted = true }, insider, nothing,
		},
		{"an assigned ticket is open whatever brand and inbox", assignedTo(outsider), outsider, full},
		{"an assigned ticket is open with restricted scope", assignedTo(restricted), restricted, full},
		{"a share with an agent opens the ticket", sharedWith(Agent, outsider), outsider, shared},
		{
			"a share with a group opens it, and a member cannot leave for it",
			sharedWith(TargetGroup, hr), outsider, "see see_internal note reply edit status assign",
		},
		{"Q1 who left the group is out", after(sharedWith(TargetGroup, hr), func(_ *World, a *Account, _ *Ticket) {
			a.Group(hr).Members = nil
		}), outsider, nothing},
		{"Q1 who joined it later is in", after(sharedWith(TargetGroup, hr), func(_ *World, a *Account, _ *Ticket) {
			a.Group(hr).Members = []int64{restricted}
		}), restricted, "see see_internal note reply edit status assign"},
		{"Q3 a share with a deleted group gives nothing", sharedWith(TargetGroup, gone), outsider, nothing},
		{"a share with a group is not one with the agent of that id", sharedWith(TargetGroup, 3), outsider, nothing},
		{"a share with an agent is not one with the group of that id", sharedWith(Agent, hr), outsider, nothing},
		{"being requester gives an agent nothing", onTicket(func(t *Ticket) { t.Requester = outsider }), outsider, nothing},
		{"Q19 being in CC gives an agent nothing", after(onSettings(func(s *Settings) { s.CCGrantsAccess = Comment }),
			onTicket(func(t *Ticket) { t.CCs = []int64{outsider} })), outsider, nothing},
		{"a requester's share does not open the ticket to an agent", sharedWith(Requester, outsider), outsider, nothing},
		{"Q2 a deactivated agent has nothing by reach", nil, inactive, nothing},
		{"Q2 nor by assignment and share", after(assignedTo(inactive), sharedWith(Agent, inactive)), inactive, nothing},
		{
			"a deleted agent has nothing",
			onPerson(global, func(p *Person) { p.Deleted = true }), global, nothing,
		},
		{"private tickets are agents' as ever", onTicket(func(t *Ticket) { t.Private = true }), global, full},
		{"Q9 a done ticket is open as ever", after(sharedWith(Agent, outsider),
			onTicket(func(t *Ticket) { t.Done = true })), outsider, shared},
		{"Q15 an inactive brand stops no reach", func(_ *World, a *Account, _ *Ticket) {
			a.Brand(1).Active = false
		}, insider, full},
		{"Q15 nor a share", after(sharedWith(Agent, outsider), func(_ *World, a *Account, _ *Ticket) {
			a.Brand(1).Active = false
		}), outsider, shared},
		{"nobody unknown has anything", nil, 99, nothing},
	})
}

func TestAccountsAreApart(t *testing.T) {
	t.Parallel()
	w := desk()
	for _, person := range []int64{global, insider, customer} {
		if got := Rights(w, 2, person, 1); len(got) != 0 {
			t.Errorf("person %d of account 2 has %v on a ticket of account 1", person, got)
		}
	}
	if got := Rights(w, 3, global, 1); len(got) != 0 {
		t.Errorf("an unknown account gives %v", got)
	}
	if got := Listed(w, 2, customer, ViewAll); !slices.Equal(got, []int64{2}) {
		t.Errorf("account 2 lists %v", got)
	}
}

func TestSharesThatSleep(t *testing.T) {
	t.Parallel()
	share := sharedWith(Agent, outsider)
	runRules(t, []ruleCase{
		{"an ended share gives nothing", sharedWith(Agent, outsider, func(s *Share) { s.Ended = true }), outsider, nothing},
		{"a share is over at the moment it expires", sharedWith(Agent, outsider, func(s *Share) {
			s.ExpiresAt = beginning
		}), outsider, nothing},
		{"and not a microsecond before", sharedWith(Agent, outsider, func(s *Share) {
			s.ExpiresAt = beginning + 1
		}), outsider, shared},
		{"Q10 a share of spam sleeps", after(share, onTicket(spam)), outsider, nothing},
		{"Q10 reach opens spam", onTicket(spam), insider, full},
		{"Q10 assignment opens spam, without the share's leave", after(share, onTicket(spam), assignedTo(outsider)), outsider, full},
		{"Q10 a share of a deleted ticket sleeps", after(share, onTicket(trashed)), outsider, nothing},
		{"Q10 a deleted ticket is seen by who may restore it", onTicket(trashed), insider, "see see_internal delete see_trashed"},
		{"Q10 and by an assignee", after(onTicket(trashed), assignedTo(restricted)), restricted, "see see_internal delete see_trashed"},
		{"Q10 without notes.read not its notes", after(onTicket(trashed), lacking(insider, "notes.read")), insider, "see delete see_trashed"},
		{"Q10 not without tickets.delete", after(onTicket(trashed), lacking(insider, "tickets.delete")), insider, nothing},
		{"Q10 deleted spam is deleted", after(onTicket(trashed), onTicket(spam)), insider, "see see_internal delete see_trashed"},
		{"C10 suspended sharing stops shares", after(share, onSettings(suspended)), outsider, nothing},
		{"C10 suspended sharing stops requesters' shares", after(sharedWith(Requester, colleague), onSettings(suspended)), colleague, nothing},
		{"C10 suspended sharing leaves reach alone", onSettings(suspended), insider, full},
		{"C10 with keep, shares go on", after(share, onSettings(kept)), outsider, shared},
		{"C10 on_disable is asked only while sharing is off", after(share, onSettings(func(s *Settings) {
			s.OnDisable = Suspend
		})), outsider, shared},
	})
}

func TestRolePermissions(t *testing.T) {
	t.Parallel()
	runRules(t, []ruleCase{
		{"without permissions one sees and no more", only(insider), insider, "see"},
		{"notes.read", only(insider, "notes.read"), insider, "see see_internal"},
		{"tickets.note needs to read notes", only(insider, "tickets.note"), insider, "see"},
		{"tickets.note", only(insider, "notes.read", "tickets.note"), insider, "see see_internal note"},
		{"tickets.reply", only(insider, "tickets.reply"), insider, "see reply"},
		{"tickets.edit", only(insider, "tickets.edit"), insider, "see edit status"},
		{"tickets.assign", only(insider, "tickets.assign"), insider, "see assign"},
		{"tickets.forward", only(insider, "tickets.forward"), insider, "see forward"},
		{"tickets.share", only(insider, "tickets.share"), insider, "see share"},
		{"tickets.delete", only(insider, "tickets.delete"), insider, "see delete"},
		{"tickets.merge needs tickets.edit", only(insider, "tickets.merge"), insider, "see"},
		{"tickets.merge", only(insider, "tickets.merge", "tickets.edit"), insider, "see edit status merge"},
		{"assignment gives no more than the role", after(only(restricted, "tickets.reply"), assignedTo(restricted)), restricted, "see reply"},
		{"Q8 a merged ticket is read-only", onTicket(merged), insider, "see see_internal share delete"},
		{"Q8 its shares can be left", after(sharedWith(Agent, outsider), onTicket(merged)), outsider, "see see_internal leave"},
	})
}

func TestWhatAShareGives(t *testing.T) {
	t.Parallel()
	to := func(more ...func(*Share)) change { return sharedWith(Agent, outsider, more...) }
	runRules(t, []ruleCase{
		{"view", to(level(View)), outsider, "see see_internal leave"},
		{"view with every flag", after(onSettings(forwarding), to(level(View), allFlags)), outsider, "see see_internal leave"},
		{"view without flags", to(level(View), noFlags), outsider, "see leave"},
		{"comment", to(level(Comment)), outsider, "see see_internal note leave"},
		{"comment with every flag", after(onSettings(forwarding), to(level(Comment), allFlags)), outsider, "see see_internal note leave"},
		{"C12 comment without see_internal writes no notes", to(level(Comment), noFlags), outsider, "see leave"},
		{"edit", to(), outsider, shared},
		{"edit without flags", to(noFlags), outsider, "see edit status assign leave"},
		{"protect_status_assignee", after(onSettings(protecting), to()), outsider, "see see_internal note reply edit leave"},
		{"C13 forward needs the setting", to(allFlags), outsider, "see see_internal note reply edit status assign share leave"},
		{"C13 forward with the setting", after(onSettings(forwarding), to(allFlags)), outsider, "see see_internal note reply edit status assign forward share leave"},
		{"C13 the setting alone does not forward", after(onSettings(forwarding), to()), outsider, shared},
		{"C15 sharing on needs the flag and the permission", after(to(allFlags), lacking(outsider, "tickets.share")), outsider, shared},

		{"Q12 the role caps a share", after(to(), only(outsider)), outsider, "see leave"},
		{"Q12 notes.read", after(to(), lacking(outsider, "notes.read")), outsider, "see reply edit status assign leave"},
		{"Q12 tickets.note", after(to(), lacking(outsider, "tickets.note")), outsider, "see see_internal reply edit status assign leave"},
		{"Q12 tickets.reply", after(to(), lacking(outsider, "tickets.reply")), outsider, "see see_internal note edit status assign leave"},
		{"Q12 tickets.edit", after(to(), lacking(outsider, "tickets.edit")), outsider, "see see_internal note reply assign leave"},
		{"Q12 tickets.assign", after(to(), lacking(outsider, "tickets.assign")), outsider, "see see_internal note reply edit status leave"},
		{"Q12 without the cap the share gives all of itself", after(onSettings(uncapped), to(), only(outsider)), outsider, shared},
		{
			"Q12 but forward and share need the permission, cap or not",
			after(onSettings(uncapped), onSettings(forwarding), to(allFlags), only(outsider)), outsider, shared,
		},
		{"Q12 the level stays without the cap", after(onSettings(uncapped), to(level(View)), only(outsider)), outsider, "see see_internal leave"},

		{
			"a requester's share gives an agent nothing internal",
			after(onSettings(forwarding), to(allFlags, byRequester)), outsider, "see reply edit status assign leave",
		},
		{"nor a note without the cap, but an answer", after(onSettings(uncapped), to(level(Comment), byRequester)), outsider, "see reply leave"},

		{
			"C18 several shares unite",
			after(to(level(View)), sharedWith(TargetGroup, hr, noFlags)), outsider, "see see_internal edit status assign leave",
		},
		{
			"C18 the flag of one share does not become another's",
			after(to(level(View)), sharedWith(TargetGroup, hr, level(Comment), noFlags)), outsider, "see see_internal leave",
		},
		{
			"C18 share and reach unite",
			after(onSettings(uncapped), only(insider, "tickets.reply"), sharedWith(Agent, insider, level(View))), insider,
			"see see_internal reply leave",
		},
		{
			"the role's note may be read through a share",
			after(onSettings(uncapped), only(insider, "tickets.note"), sharedWith(TargetGroup, accounts, level(View))), insider,
			"see see_internal note",
		},
		{
			"protect_status_assignee binds shares, not reach",
			after(onSettings(protecting), sharedWith(Agent, insider)), insider,
			"see see_internal note reply edit status assign forward share leave delete merge",
		},
		{"a share never deletes or merges", after(onSettings(uncapped), to(allFlags)), outsider, "see see_internal note reply edit status assign share leave"},
	})
}

func TestRequesters(t *testing.T) {
	t.Parallel()
	cc := func(setting string) change {
		return after(onTicket(func(t *Ticket) { t.CCs = []int64{colleague} }),
			onSettings(func(s *Settings) { s.CCGrantsAccess = setting }))
	}
	private := onTicket(func(t *Ticket) { t.Private = true })
	to := func(more ...func(*Share)) change { return sharedWith(Requester, colleague, more...) }
	runRules(t, []ruleCase{
		{"the own ticket", nil, customer, "see reply resolve"},
		{"with portal sharing", onSettings(func(s *Settings) { s.PortalShares = true }), customer, "see reply let_in resolve"},
		{"with the portal's level edit", onSettings(func(s *Settings) { s.PortalEdit = true }), customer, "see reply resolve details"},
		{"C5 a share of the level edit", after(onSettings(func(s *Settings) { s.PortalEdit = true }), to()), colleague, "see reply leave resolve details"},
		{"Q17 the department alone gives nothing", after(onTicket(func(t *Ticket) { t.Department = 1 }), onPerson(colleague, func(p *Person) { p.Department = 1 })), colleague, nothing},
		{"S2-19 sight of it to read", after(onTicket(func(t *Ticket) { t.Department = 1 }), onPerson(colleague, sees(SightRead, ""))), colleague, "see"},
		{"and to answer", after(onTicket(func(t *Ticket) { t.Department = 1 }), onPerson(colleague, sees(SightWrite, ""))), colleague, "see reply"},
		{"not of its changes", after(onTicket(func(t *Ticket) { t.Department, t.Change = 1, true }), onPerson(colleague, sees(SightRead, ""))), colleague, nothing},
		{"those are for themselves", after(onTicket(func(t *Ticket) { t.Department, t.Change = 1, true }), onPerson(colleague, sees("", SightRead))), colleague, "see"},
		{"Q17 another department", after(onTicket(func(t *Ticket) { t.Department = 2 }), onPerson(colleague, sees(SightRead, SightRead))), colleague, nothing},
		{"Q17 not a private ticket", after(onTicket(func(t *Ticket) { t.Department = 1 }), private, onPerson(colleague, sees(SightRead, SightRead))), colleague, nothing},
		{"somebody else's", nil, colleague, nothing},
		{"Q19 CC gives nothing by default", cc(CCNone), colleague, nothing},
		{"Q19 CC to view", cc(View), colleague, "see"},
		{"Q19 CC to comment", cc(Comment), colleague, external},
		{"C5 a view share", to(level(View), allFlags), colleague, "see leave"},
		{"C5 a comment share", to(level(Comment), allFlags), colleague, "see reply leave"},
		{"C5 an edit share", to(allFlags), colleague, "see reply leave"},
		{"C12 without the cap nothing internal either", after(onSettings(uncapped), to(allFlags)), colleague, "see reply leave"},
		{"ways in unite", after(cc(Comment), to(level(View))), colleague, "see reply leave"},
		{"an agent's share with the same id", sharedWith(Agent, colleague), colleague, nothing},
		{"a group's share", after(sharedWith(TargetGroup, hr), func(_ *World, a *Account, _ *Ticket) {
			a.Group(hr).Members = []int64{colleague}
		}), colleague, nothing},
		{"Q16 private hides the own ticket", private, customer, nothing},
		{"Q16 private hides from CC", after(cc(Comment), private), colleague, nothing},
		{"Q16 private puts the share to sleep", after(to(), private), colleague, nothing},
		{"Q10 spam hides the own ticket", onTicket(spam), customer, nothing},
		{"Q10 deleted hides the own ticket", onTicket(trashed), customer, nothing},
		{"Q8 a merged ticket is read-only", after(to(), onTicket(merged)), colleague, "see leave"},
		{"a deactivated requester has nothing", onPerson(customer, func(p *Person) { p.Active = false }), customer, nothing},

		{"reach is not for requesters", onPerson(colleague, func(p *Person) {
			p.Scope, p.AllBrands, p.AllInboxes, p.Permissions = GlobalScope, true, true, allPermissions
		}), colleague, nothing},
	})
}

func TestMessages(t *testing.T) {
	t.Parallel()
	w := desk()
	a := w.Account(1)
	sharedWith(Agent, outsider)(w, a, a.Ticket(1))
	for person, want := range map[int64][]int64{
		insider: {1, 2, 3}, outsider: {1, 2, 3}, customer: {1}, restricted: {}, colleague: {}, inactive: {},
	} {
		if got := Messages(w, 1, person, 1); !slices.Equal(got, want) {
			t.Errorf("person %d reads %v, want %v", person, got, want)
		}
	}
	a.Ticket(1).Share(1).SeeInternal = false
	if got := Messages(w, 1, outsider, 1); !slices.Equal(got, []int64{1}) {
		t.Errorf("without see_internal the outsider reads %v", got)
	}
	if got := WhoCanOpen(w, 1, 1); !slices.Equal(got, []int64{global, insider, outsider, customer}) {
		t.Errorf("the ticket is open to %v", got)
	}
}

func TestReasons(t *testing.T) {
	t.Parallel()
	w := desk()
	a := w.Account(1)
	ticket := a.Ticket(1)
	after(sharedWith(Agent, outsider), sharedWith(TargetGroup, hr), sharedWith(Requester, customer), assignedTo(outsider))(w, a, ticket)
	ticket.CCs = []int64{customer, insider}
	a.Settings.CCGrantsAccess = View
	for person, want := range map[int64][]Reason{
		global:     {{Way: ByReach}},
		insider:    {{Way: ByReach, Group: accounts}},
		outsider:   {{Way: ByAssignment}, {Way: ByShare, Share: 1}, {Way: ByGroupShare, Share: 2, Group: hr}},
		customer:   {{Way: ByRequest}, {Way: ByCC}, {Way: ByShare, Share: 3}},
		restricted: {},
	} {
		if diff := cmp.Diff(want, Reasons(w, 1, person, 1)); diff != "" {
			t.Errorf("person %d (-want +got):\n%s", person, diff)
		}
	}
	ticket.Deleted = true
	lacking(insider, "tickets.delete")(w, a, ticket)
	for _, person := range []int64{insider, customer} {
		if got := Reasons(w, 1, person, 1); len(got) != 0 {
			t.Errorf("person %d has %v on a deleted ticket", person, got)
		}
	}
}

func TestViews(t *testing.T) {
	t.Parallel()
	w := desk()
	a := w.Account(1)
	a.Tickets = []Ticket{
		{ID: 1, Inbox: 1, Group: accounts, Requester: customer, UpdatedAt: 5},
		{ID: 2, Inbox: 1, Group: accounts, Requester: customer, UpdatedAt: 5, Assignee: insider},
		{ID: 3, Inbox: 1, Group: accounts, Requester: colleague, UpdatedAt: 9, CCs: []int64{customer}},
		{ID: 4, Inbox: 2, Group: hr, Requester: colleague, UpdatedAt: 1, Assignee: insider},
		{ID: 5, Inbox: 2, Group: hr, Requester: colleague, UpdatedAt: 2},
		{ID: 6, Inbox: 2, Group: hr, Requester: colleague, UpdatedAt: 3},
		{ID: 7, Inbox: 1, Group: accounts, Requester: customer, UpdatedAt: 4, Spam: true},
		{ID: 8, Inbox: 1, Group: accounts, Requester: customer, UpdatedAt: 6, Deleted: true, Spam: true},
		{ID: 9, Inbox: 2, Group: 0, Requester: colleague, UpdatedAt: 7},
	}
	a.Settings.CCGrantsAccess = View
	for ticket, add := range map[int64]change{
		1: sharedWith(Agent, insider), 5: sharedWith(Agent, insider), 6: sharedWith(TargetGroup, accounts),
		7: sharedWith(Agent, insider), 9: sharedWith(Requester, customer),
	} {
		add(w, a, a.Ticket(ticket))
	}
	for _, c := range []struct {
		person int64
		view   string
		want   []int64
	}{
		{insider, ViewOpen, []int64{3, 8, 2, 1, 7, 6, 5, 4}},
		{insider, ViewListed, []int64{3, 2, 1, 4}},
		{insider, ViewAll, []int64{3, 2, 1, 4}},
		{insider, ViewMine, []int64{2, 4}},
		{insider, ViewUnassigned, []int64{3, 1}},
		{insider, ViewSharedWithMe, []int64{1, 5}},
		{insider, ViewSharedWithMyGroups, []int64{6}},
		{insider, ViewSpam, []int64{7}},
		{insider, ViewTrash, []int64{8}},
		{customer, ViewOpen, []int64{3, 9, 2, 1}},
		{customer, ViewListed, []int64{3, 2, 1}},
		{customer, ViewAll, []int64{3, 9, 2, 1}},
		{customer, ViewMine, []int64{}},
		{customer, ViewUnassigned, []int64{}},
		{customer, ViewSharedWithMe, []int64{9}},
		{customer, ViewSpam, []int64{}},
		{inactive, ViewOpen, []int64{}},
	} {
		if got := Listed(w, 1, c.person, c.view); !slices.Equal(got, c.want) {
			t.Errorf("%s of person %d shows %v, want %v", c.view, c.person, got, c.want)
		}
	}
	defer func() {
		if recover() == nil {
			t.Error("an unknown view answered")
		}
	}()
	Listed(w, 1, insider, "everything")
}

// TestImportsNothingOfTheProgram keeps the oracle's judgement its own.
func TestImportsNothingOfTheProgram(t *testing.T) {
	t.Parallel()
	files, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if !strings.HasSuffix(f.Name(), ".go") {
			continue
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), f.Name(), nil, parser.ImportsOnly)
		if err != nil {
			t.Fatal(err)
		}
		for _, i := range parsed.Imports {
			if strings.Contains(i.Path.Value, "deskmesh") {
				t.Errorf("%s imports %s", f.Name(), i.Path.Value)
			}
		}
	}
}

// sees puts a requester into the first department, with sight of its tickets and
// changes.
func sees(tickets, changes string) func(*Person) {
	return func(p *Person) { p.Department, p.SeesTickets, p.SeesChanges = 1, tickets, changes }
}
