package oracle

import (
	"slices"

	"pgregory.net/rapid"
)

// Lengths of time in microseconds, as the generators use them.
const (
	minute = int64(60_000_000)
	hour   = 60 * minute
)

// beginning is Now in a fresh world.
const beginning = int64(1_800_000_000_000_000)

// allPermissions is every permission of a role that the rule reads.
var allPermissions = []string{
	"notes.read", "tickets.note", "tickets.reply", "tickets.edit", "tickets.assign", "tickets.forward",
	"tickets.share", "tickets.delete", "tickets.merge",
}

// Worlds makes small random worlds of two accounts that use the same ids and
// numbers for different things. A world can be stored as it is: every id
// exists, at most one share per ticket and target is without an end, and no
// share was made after now or expired before it was made.
func Worlds() *rapid.Generator[*World] {
	return rapid.Custom(func(t *rapid.T) *World {
		w := &World{Now: beginning}
		for _, id := range []int64{1, 2} {
			w.Accounts = append(w.Accounts, drawAccount(t, w.Now, id))
		}
		return w
	})
}

func drawAccount(t *rapid.T, now, id int64) Account {
	a := Account{ID: id, Settings: drawSettings(t), Departments: []int64{1, 2}}
	for i := range int64(pick(t, 2, 3)) {
		a.Brands = append(a.Brands, Brand{ID: i + 1, Active: !oneIn(t, 4)})
	}
	for i := range int64(pick(t, 3, 4)) {
		a.Inboxes = append(a.Inboxes, Inbox{ID: i + 1, Brand: pick(t, a.Brands...).ID})
	}
	for range pick(t, 6, 5, 7) {
		a.People = append(a.People, drawAgent(t, &a))
	}
	agents := a.ids(Agent)
	for i := range int64(3) {
		g := Group{ID: i + 1, Members: subset(t, agents), Deleted: i == 2 && oneIn(t, 3)}
		a.Groups = append(a.Groups, g)
	}
	for range pick(t, 4, 3, 5) {
		a.People = append(a.People, drawRequester(t, &a))
	}
	nextMessage := int64(1)
	for i := range int64(pick(t, 12, 10, 11, 13)) {
		ticket := drawTicket(t, now, &a, i+1)
		for range pick(t, 2, 1, 3) {
			m := Message{ID: nextMessage, Kind: pick(t, Reply, Note, LocalNote)}
			ticket.Messages = append(ticket.Messages, m)
			nextMessage++
		}
		a.Tickets = append(a.Tickets, ticket)
		drawShares(t, now, &a, &a.Tickets[i])
	}
	return a
}

func drawSettings(t *rapid.T) Settings {
	return Settings{
		RoleCap:               !oneIn(t, 3),
		ForwardOnShared:       flip(t),
		ProtectStatusAssignee: oneIn(t, 3),
		SharingEnabled:        !oneIn(t, 3),
		OnDisable:             pick(t, Keep, Suspend),
		CCGrantsAccess:        pick(t, CCNone, View, Comment),
		PortalShares:          flip(t),
		PortalCC:              oneIn(t, 3),
		PortalLinks:           oneIn(t, 3),
		PortalEdit:            oneIn(t, 3),
		Links:                 !oneIn(t, 4),
	}
}

func drawAgent(t *rapid.T, a *Account) Person {
	p := Person{
		ID: int64(len(a.People)) + 1, Kind: Agent, Active: !oneIn(t, 8), Deleted: oneIn(t, 12),
		Scope: pick(t, GroupScope, GlobalScope, RestrictedScope), Permissions: drawPermissions(t),
	}
	p.AllBrands, p.Brands = drawBrands(t, a)
	p.AllInboxes, p.Inboxes = drawInboxes(t, a)
	return p
}

func drawRequester(t *rapid.T, a *Account) Person {
	return Person{
		ID: int64(len(a.People)) + 1, Kind: Requester, Active: !oneIn(t, 8), Deleted: oneIn(t, 12),
		Department:  pick(t, append([]int64{0}, a.Departments...)...),
		SeesTickets: pick(t, "", "", SightRead, SightWrite), SeesChanges: pick(t, "", "", SightRead, SightWrite),
	}
}

// drawPermissions gives what well-known roles give, or any mixture.
func drawPermissions(t *rapid.T) []string {
	agent := slices.DeleteFunc(slices.Clone(allPermissions), func(p string) bool { return p == "tickets.delete" })
	switch pick(t, "agent", "all", "none", "any") {
	case "agent":
		return agent
	case "all":
		return slices.Clone(allPermissions)
	case "none":
		return nil
	default:
		return subset(t, allPermissions)
	}
}

// drawBrands gives all, or a list; a list stays while all are chosen, as it may
// in the real store, and must not count then.
func drawBrands(t *rapid.T, a *Account) (bool, []int64) {
	ids := []int64{}
	for _, b := range a.Brands {
		ids = append(ids, b.ID)
	}
	return flip(t), subset(t, ids)
}

func drawInboxes(t *rapid.T, a *Account) (bool, []int64) {
	ids := []int64{}
	for _, in := range a.Inboxes {
		ids = append(ids, in.ID)
	}
	return flip(t), subset(t, ids)
}

// drawTicket makes a ticket without messages and shares. Its id differs from
// its number, so that one taken for the other is noticed.
func drawTicket(t *rapid.T, now int64, a *Account, number int64) Ticket {
	agents, requesters := a.ids(Agent), a.ids(Requester)
	ticket := Ticket{
		ID: number + 20, Number: number, Inbox: pick(t, a.Inboxes...).ID, Group: pick[int64](t, 0, 1, 2, 3),
		Requester: pick(t, requesters...), Department: pick(t, append([]int64{0}, a.Departments...)...),
		Change: oneIn(t, 3), Private: oneIn(t, 5), Spam: oneIn(t, 8), Deleted: oneIn(t, 8), Done: oneIn(t, 3),
		UpdatedAt: now - minute*pick[int64](t, 0, 1, 2, 3, 4, 5),
	}
	if oneIn(t, 6) {
		ticket.Requester = pick(t, agents...)
	}
	if flip(t) {
		ticket.Assignee = pick(t, agents...)
	}
	if number > 1 && oneIn(t, 8) {
		ticket.MergedInto = pick(t, a.Tickets...).ID
	}
	for _, p := range a.People {
		if oneIn(t, 6) {
			ticket.CCs = append(ticket.CCs, p.ID)
		}
	}
	return ticket
}

func drawShares(t *rapid.T, now int64, a *Account, ticket *Ticket) {
	for range pick(t, 1, 0, 2, 3, 4) {
		s := drawShare(t, a, a.Groups, a.People)
		s.CreatedAt = now - 2*hour + s.ID
		s.ExpiresAt = pick(t, 0, 0, 0, now-hour, now-1, now, now+1, now+minute, now+hour)
		s.Ended = oneIn(t, 5)
		if s.Ended || !hasOpenShare(ticket, s) {
			ticket.Shares = append(ticket.Shares, s)
		}
	}
}

// drawShare makes a share with one of these groups or people that has neither
// times nor an end. Nobody shares with themselves (Q5). A share by a requester
// has no group as its target, but may carry flags it must not have.
func drawShare(t *rapid.T, a *Account, groups []Group, people []Person) Share {
	s := drawTerms(t)
	s.ID = a.NextShareID()
	s.ByRequester = oneIn(t, 5)
	if len(groups) > 0 && !s.ByRequester && oneIn(t, 3) {
		s.TargetKind, s.Target = TargetGroup, pick(t, groups...).ID
		s.CreatedBy = pick(t, a.ids(Agent)...)
		return s
	}
	target := pick(t, people...)
	s.TargetKind, s.Target = target.Kind, target.ID
	kind := Agent
	if s.ByRequester {
		kind = Requester
	}
	s.CreatedBy = pick(t, with(a.ids(kind), target.ID, false)...)
	return s
}

func drawTerms(t *rapid.T) Share {
	return Share{
		Level: pick(t, Edit, Comment, View), SeeInternal: !oneIn(t, 3), ReplyPublic: !oneIn(t, 3),
		Forward: flip(t), CanReshare: flip(t),
	}
}

// hasOpenShare says whether the ticket has a share with the same target that
// nobody ended, be it expired or not.
func hasOpenShare(ticket *Ticket, s Share) bool {
	return slices.ContainsFunc(ticket.Shares, func(old Share) bool {
		return !old.Ended && old.TargetKind == s.TargetKind && old.Target == s.Target
	})
}

// stepWeights says how often each step is tried. What cannot be undone is rare,
// so that a long run does not end in an empty desk.
var stepWeights = map[StepKind]int{
	StepScope: 3, StepBrands: 3, StepInboxes: 3, StepPermissions: 3, StepActive: 3, StepDeletePers: 1,
	StepMember: 6, StepDeleteGroup: 1, StepBrandActive: 1,
	StepAssign: 6, StepGroup: 5, StepInbox: 4, StepRequester: 2, StepCC: 3, StepPrivate: 3, StepSpam: 3,
	StepDeleted: 3, StepDone: 2, StepMerge: 1, StepTouch: 2,
	StepShare: 12, StepUnshare: 6, StepTerms: 4, StepExpiry: 4, StepSettings: 3, StepClock: 6,
}

// stepBag holds every kind as often as its weight, in a fixed order.
var stepBag = func() []StepKind {
	bag := []StepKind{}
	for kind, weight := range stepWeights {
		bag = append(bag, slices.Repeat([]StepKind{kind}, weight)...)
	}
	slices.Sort(bag)
	return bag
}()

// Steps makes random steps that can be applied to w as it is now. Their targets
// are such as a program would take too: no deleted person or group, for a new
// share somebody active who has no live one, and of shares only live ones. Only
// Q18's condition for an assignee is not asked, nor C4's for a new share.
func Steps(w *World) *rapid.Generator[Step] {
	return rapid.Custom(func(t *rapid.T) Step {
		kind := pick(t, stepBag...)
		if kind == StepClock {
			return Step{Kind: StepClock, Micros: drawPause(t, w)}
		}
		a := w.Account(pick(t, w.Accounts...).ID)
		s := Step{Kind: kind, Account: a.ID}
		switch kind {
		case StepScope, StepBrands, StepInboxes, StepPermissions, StepActive, StepDeletePers, StepMember:
			return drawPersonStep(t, a, s)
		case StepDeleteGroup, StepBrandActive, StepSettings:
			return drawAccountStep(t, a, s)
		case StepShare, StepUnshare, StepTerms, StepExpiry:
			return drawShareStep(t, w, a, s)
		default:
			return drawTicketStep(t, a, s)
		}
	})
}

// drawPause gives how far the clock goes: a little, or on to the very moment
// at which the next share expires.
func drawPause(t *rapid.T, w *World) int64 {
	next := int64(0)
	for _, a := range w.Accounts {
		for _, ticket := range a.Tickets {
			for _, s := range ticket.Shares {
				if !s.Ended && s.ExpiresAt > w.Now && (next == 0 || s.ExpiresAt < next) {
					next = s.ExpiresAt
				}
			}
		}
	}
	if next != 0 && flip(t) {
		return next - w.Now
	}
	return pick(t, 1, minute, hour)
}

func drawPersonStep(t *rapid.T, a *Account, s Step) Step {
	people := a.present()
	if s.Kind != StepActive && s.Kind != StepDeletePers {
		people = slices.DeleteFunc(people, func(p Person) bool { return p.Kind != Agent })
	}
	groups := a.liveGroups()
	if len(people) == 0 || len(groups) == 0 {
		return drawTouch(t, a)
	}
	p := pick(t, people...)
	s.Person = p.ID
	switch s.Kind {
	case StepScope:
		s.Text = pick(t, GroupScope, GlobalScope, RestrictedScope)
	case StepBrands:
		s.On, s.IDs = drawBrands(t, a)
	case StepInboxes:
		s.On, s.IDs = drawInboxes(t, a)
	case StepPermissions:
		s.Words = drawPermissions(t)
	case StepActive:
		s.On = !p.Active
	case StepMember:
		g := pick(t, groups...)
		s.Group, s.On = g.ID, !slices.Contains(g.Members, p.ID)
	}
	return s
}

func drawTouch(t *rapid.T, a *Account) Step {
	return Step{Kind: StepTouch, Account: a.ID, Ticket: pick(t, a.Tickets...).ID}
}

func drawAccountStep(t *rapid.T, a *Account, s Step) Step {
	switch s.Kind {
	case StepDeleteGroup:
		if groups := a.liveGroups(); len(groups) > 1 {
			s.Group = pick(t, groups...).ID
			return s
		}
		return Step{Kind: StepSettings, Account: a.ID, Settings: drawSettings(t)}
	case StepBrandActive:
		b := pick(t, a.Brands...)
		s.Brand, s.On = b.ID, !b.Active
	case StepSettings:
		s.Settings = drawSettings(t)
	}
	return s
}

func drawTicketStep(t *rapid.T, a *Account, s Step) Step {
	ticket, people := pick(t, a.Tickets...), a.present()
	if len(people) == 0 {
		return drawTouch(t, a)
	}
	s.Ticket = ticket.ID
	switch s.Kind {
	case StepAssign:
		agents := slices.DeleteFunc(people, func(p Person) bool { return p.Kind != Agent || !p.Active })
		s.Person = pick(t, append(agents, Person{})...).ID
	case StepGroup:
		s.Group = pick(t, append(a.liveGroups(), Group{})...).ID
	case StepInbox:
		s.Inbox = pick(t, a.Inboxes...).ID
	case StepRequester:
		s.Person = pick(t, people...).ID
	case StepCC:
		s.Person = pick(t, people...).ID
		s.On = !slices.Contains(ticket.CCs, s.Person)
	case StepPrivate:
		s.On = !ticket.Private
	case StepSpam:
		s.On = !ticket.Spam
	case StepDeleted:
		s.On = !ticket.Deleted
	case StepDone:
		s.On = !ticket.Done
	case StepMerge:
		// Only into an earlier ticket, so that no circle comes about.
		earlier := slices.DeleteFunc(slices.Clone(a.Tickets), func(o Ticket) bool { return o.ID >= ticket.ID })
		if len(earlier) == 0 || ticket.MergedInto != 0 {
			return drawTouch(t, a)
		}
		s.Into = pick(t, earlier...).ID
	}
	return s
}

func drawShareStep(t *rapid.T, w *World, a *Account, s Step) Step {
	ticket := pick(t, a.Tickets...)
	s.Ticket = ticket.ID
	live := slices.DeleteFunc(slices.Clone(ticket.Shares), func(share Share) bool {
		return share.Ended || share.ExpiresAt != 0 && share.ExpiresAt <= w.Now
	})
	if s.Kind == StepShare || len(live) == 0 {
		return drawNewShare(t, w, a, ticket, live)
	}
	s.Share = pick(t, live...).ID
	switch s.Kind {
	case StepTerms:
		s.New = drawTerms(t)
	case StepExpiry:
		s.Micros = drawExpiry(t, w.Now)
	}
	return s
}

// drawNewShare shares with somebody who has no live share of the ticket; where
// that one already has, the terms change instead.
func drawNewShare(t *rapid.T, w *World, a *Account, ticket Ticket, live []Share) Step {
	people := slices.DeleteFunc(a.present(), func(p Person) bool { return !p.Active })
	if len(people) == 0 {
		return drawTouch(t, a)
	}
	fresh := drawShare(t, a, a.liveGroups(), people)
	for _, s := range live {
		if s.TargetKind == fresh.TargetKind && s.Target == fresh.Target {
			return Step{Kind: StepTerms, Account: a.ID, Ticket: ticket.ID, Share: s.ID, New: drawTerms(t)}
		}
	}
	fresh.CreatedAt, fresh.ExpiresAt = w.Now, drawExpiry(t, w.Now)
	return Step{Kind: StepShare, Account: a.ID, Ticket: ticket.ID, New: fresh}
}

func drawExpiry(t *rapid.T, now int64) int64 {
	return pick(t, 0, 0, 0, now+1, now+minute, now+hour)
}

// ids gives the ids of all people of a kind.
func (a *Account) ids(kind string) []int64 {
	ids := []int64{}
	for _, p := range a.People {
		if p.Kind == kind {
			ids = append(ids, p.ID)
		}
	}
	return ids
}

// present gives the people who are not deleted.
func (a *Account) present() []Person {
	return slices.DeleteFunc(slices.Clone(a.People), func(p Person) bool { return p.Deleted })
}

func (a *Account) liveGroups() []Group {
	return slices.DeleteFunc(slices.Clone(a.Groups), func(g Group) bool { return g.Deleted })
}

// pick draws one of the values; shrinking prefers the first.
func pick[V any](t *rapid.T, values ...V) V {
	return rapid.SampledFrom(values).Draw(t, "")
}

func flip(t *rapid.T) bool { return rapid.Bool().Draw(t, "") }

// oneIn is true about once in n times; shrinking prefers false.
func oneIn(t *rapid.T, n int) bool {
	return rapid.IntRange(1, n).Draw(t, "") == n
}

// subset draws any part of the list, in its order.
func subset[V any](t *rapid.T, list []V) []V {
	var part []V
	for _, v := range list {
		if flip(t) {
			part = append(part, v)
		}
	}
	return part
}
