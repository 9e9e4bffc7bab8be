package notify

import (
	"cmp"
	"slices"
	"strconv"

	dm "github.com/deskmesh/deskmesh"
)

// Why is the way in which an event concerns a person.
type Why string

// The ways. Where several hold for one person the first of this list counts: a
// follower comes last, because following alone gives no access.
const (
	WhyShare     Why = "share"     // the ticket is shared with the person
	WhyAssignee  Why = "assignee"  // it is assigned to them
	WhyGroup     Why = "group"     // it is shared with a group of theirs
	WhyRequester Why = "requester" // they asked
	WhyCC        Why = "cc"        // they are in copy
	WhyFollower  Why = "follower"  // they follow it
	WhyMention   Why = "mention"   // a message names them
	WhyDecides   Why = "decides"   // they may decide whom it is shared with
	WhyScheduled Why = "scheduled" // they wrote the message that is to be sent later
	WhyTeam      Why = "team"      // it is assigned to a group of theirs
)

// EndedWithGroup is the end cause of a share whose group was deleted: former
// members are not told (decision Q3).
const EndedWithGroup = "group deleted"

// Party is the target of one live share: a group with its active members where
// GroupID is given, else one person.
type Party struct {
	ShareID  int64
	PersonID int64
	// Outside says that the person is a requester, who hears of public replies
	// and of the share itself, and of nothing else.
	Outside   bool
	GroupID   int64
	GroupName string
	Members   []int64
}

// People is everybody whom an event on a ticket may concern. Ids of 0 stand
// for nobody.
type People struct {
	ActorID     int64 // beside the event's own actor
	AssigneeID  int64
	RequesterID int64
	CCs         []int64
	Followers   []int64
	Shares      []Party // of live shares
	Fixed       []int64 // those who lost access by the event, settled when it happened
	Deciders    []int64 // those who are asked to decide on a request for access
	// TeamID is the ticket's group, of an event that assigned it, and Team its
	// active members.
	TeamID int64
	Team   []int64
	// ByAddress are the groups that are told at an address of their own.
	ByAddress map[int64]bool
}

// Line is one person to be told of an event, or one group at its own address.
type Line struct {
	PersonID int64 // 0: the address of the group
	Kind     dm.NoticeKind
	Why      Why
	GroupID  int64 // where Why is WhyGroup or WhyTeam
	ShareID  int64 // of the share, where Why is WhyShare or WhyGroup
}

// Plan gives everybody who hears of an event, ordered by person: each at most
// once, however many ways lead to them, and never whoever caused it (Q13). Groups
// that are told at their own address come first, once each, beside their members:
// these see the event in their lists. It decides nothing about access.
func Plan(e dm.Event, p People) []Line {
	b := &planner{actors: [2]int64{e.ActorID, p.ActorID}, lines: map[int64]Line{}, groups: map[int64]Line{}, byAddress: p.ByAddress}
	switch e.Kind {
	case dm.ShareCreated:
		b.share(e.Data.ShareID, p.Shares, dm.NoticeShared)
	case dm.ShareUpdated:
		b.share(e.Data.ShareID, p.Shares, dm.NoticeLevel)
	case dm.ShareRevoked, dm.ShareLeft:
		b.ended(&e, p.Fixed, dm.NoticeUnshared)
	case dm.ShareExpired:
		b.ended(&e, p.Fixed, dm.NoticeShareExpired)
	case dm.TicketCreated:
		b.add(Line{PersonID: p.AssigneeID, Kind: dm.NoticeAssigned, Why: WhyAssignee})
		b.team(&p)
	case dm.TicketUpdated:
		if assignedNow(&e) == p.AssigneeID {
			b.add(Line{PersonID: p.AssigneeID, Kind: dm.NoticeAssigned, Why: WhyAssignee})
		}
		b.insiders(&p)
		b.followers(&p)
		b.team(&p)
	case dm.TicketMessage:
		for _, id := range e.Data.Mentions {
			b.add(Line{PersonID: id, Kind: dm.NoticeMention, Why: WhyMention})
		}
		b.insiders(&p)
		if e.Data.Message == dm.Reply {
			b.outsiders(&p)
		}
		b.followers(&p)
	case dm.AccessAsked:
		for _, id := range p.Deciders {
			b.add(Line{PersonID: id, Kind: dm.NoticeRequest, Why: WhyDecides})
		}
	case dm.ReplyRemoved, dm.ReplyFailed, dm.ReplyHeld, dm.ReplyCancelled:
		b.scheduled(&e, &p)
	case dm.SLABreached:
		b.breached(&p)
	case dm.TicketMerged, dm.MailSuggested:
		b.insiders(&p)
		b.followers(&p)
	}
	return b.sorted()
}

// assignedNow gives the person whom an event made the assignee; 0 for none, or
// when it changed something else. Somebody who was replaced before the event
// is planned is not told.
func assignedNow(e *dm.Event) int64 { return given(e, "assignee") }

// Team gives the group to which an event assigned its ticket, which is in group
// now; 0 for none.
func Team(e *dm.Event, group int64) int64 {
	if e.Kind == dm.TicketCreated || e.Kind == dm.TicketUpdated && given(e, "group") == group {
		return group
	}
	return 0
}

// TeamMissed gives the group that is told of a missed time on its ticket: where
// nobody is assigned who could see to it; 0 for none.
func TeamMissed(e *dm.Event, group, assignee int64) int64 {
	if e.Kind == dm.SLABreached && assignee == 0 {
		return group
	}
	return 0
}

// given gives the id that an event set a property to.
func given(e *dm.Event, field string) int64 {
	for _, c := range e.Data.Changes {
		if c.Field == field {
			if id, err := strconv.ParseInt(c.New, 10, 64); err == nil {
				return id
			}
		}
	}
	return 0
}

// planner collects lines; the first one for a person stays.
type planner struct {
	actors    [2]int64
	lines     map[int64]Line
	groups    map[int64]Line // those told at their own address
	byAddress map[int64]bool
}

func (b *planner) add(l Line) {
	if l.PersonID == 0 || l.PersonID == b.actors[0] || l.PersonID == b.actors[1] {
		return
	}
	if _, told := b.lines[l.PersonID]; !told {
		b.lines[l.PersonID] = l
	}
}

// group tells a group at its own address, where it has one.
func (b *planner) group(l Line) {
	if _, told := b.groups[l.GroupID]; !told && b.byAddress[l.GroupID] {
		b.groups[l.GroupID] = l
	}
}

// team tells the group to which the ticket was assigned.
func (b *planner) team(p *People) {
	if p.TeamID == 0 {
		return
	}
	b.membersOf(p, dm.NoticeGroup)
}

// breached tells the assignee that a promised time was missed, and where there is
// none the ticket's group.
func (b *planner) breached(p *People) {
	if p.AssigneeID == 0 && p.TeamID != 0 {
		b.membersOf(p, dm.NoticeSLA)
		return
	}
	b.add(Line{PersonID: p.AssigneeID, Kind: dm.NoticeSLA, Why: WhyAssignee})
}

// membersOf tells the ticket's group.
func (b *planner) membersOf(p *People, kind dm.NoticeKind) {
	line := Line{Kind: kind, Why: WhyTeam, GroupID: p.TeamID}
	b.group(line)
	for _, id := range p.Team {
		line.PersonID = id
		b.add(line)
	}
}

// share tells the target of one share. A share that is over by now tells
// nobody: its end does.
func (b *planner) share(id int64, shares []Party, kind dm.NoticeKind) {
	for i := range shares {
		if s := &shares[i]; s.ShareID == id {
			b.direct(s, kind)
			b.members(s, kind)
		}
	}
}

func (b *planner) direct(s *Party, kind dm.NoticeKind) {
	if s.GroupID == 0 {
		b.add(Line{PersonID: s.PersonID, Kind: kind, Why: WhyShare, ShareID: s.ShareID})
	}
}

func (b *planner) members(s *Party, kind dm.NoticeKind) {
	if s.GroupID == 0 {
		return
	}
	line := Line{Kind: kind, Why: WhyGroup, GroupID: s.GroupID, ShareID: s.ShareID}
	b.group(line)
	for _, id := range s.Members {
		line.PersonID = id
		b.add(line)
	}
}

// ended tells those who lost access.
func (b *planner) ended(e *dm.Event, fixed []int64, kind dm.NoticeKind) {
	if e.Data.EndCause == EndedWithGroup {
		return
	}
	line := Line{Kind: kind, Why: WhyShare, ShareID: e.Data.ShareID}
	if t := e.Data.Target; t != nil && t.Kind == dm.TargetGroup {
		line.Why, line.GroupID = WhyGroup, t.ID
		b.group(line)
	}
	for _, id := range fixed {
		line.PersonID = id
		b.add(line)
	}
}

// scheduled tells the author of a message that it was not sent, and the assignee
// where nobody else sees to it.
func (b *planner) scheduled(e *dm.Event, p *People) {
	if e.Data.Scheduled != nil {
		b.add(Line{PersonID: e.Data.Scheduled.AuthorID, Kind: dm.NoticeScheduled, Why: WhyScheduled})
	}
	if e.Kind == dm.ReplyRemoved || e.Kind == dm.ReplyFailed {
		b.add(Line{PersonID: p.AssigneeID, Kind: dm.NoticeScheduled, Why: WhyAssignee})
	}
}

// insiders tells the agents who work on the ticket, by share or assignment.
func (b *planner) insiders(p *People) {
	for i := range p.Shares {
		if s := &p.Shares[i]; !s.Outside {
			b.direct(s, dm.NoticeUpdate)
		}
	}
	b.add(Line{PersonID: p.AssigneeID, Kind: dm.NoticeUpdate, Why: WhyAssignee})
	for i := range p.Shares {
		b.members(&p.Shares[i], dm.NoticeUpdate)
	}
}

// outsiders sends a public reply to those who read as requesters.
func (b *planner) outsiders(p *People) {
	b.add(Line{PersonID: p.RequesterID, Kind: dm.NoticeReply, Why: WhyRequester})
	for i := range p.Shares {
		if s := &p.Shares[i]; s.Outside {
			b.direct(s, dm.NoticeReply)
		}
	}
	for _, id := range p.CCs {
		b.add(Line{PersonID: id, Kind: dm.NoticeReply, Why: WhyCC})
	}
}

func (b *planner) followers(p *People) {
	for _, id := range p.Followers {
		b.add(Line{PersonID: id, Kind: dm.NoticeUpdate, Why: WhyFollower})
	}
}

func (b *planner) sorted() []Line {
	lines := make([]Line, 0, len(b.lines)+len(b.groups))
	for _, l := range b.lines {
		lines = append(lines, l)
	}
	for _, l := range b.groups {
		lines = append(lines, l)
	}
	slices.SortFunc(lines, func(x, y Line) int {
		return cmp.Or(cmp.Compare(x.PersonID, y.PersonID), cmp.Compare(x.GroupID, y.GroupID))
	})
	return lines
}
