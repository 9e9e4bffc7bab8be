package notify

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	dm "github.com/deskmesh/deskmesh"
)

// The people of the tests.
const (
	ada, grace, alan, edith, joan int64 = 1, 2, 3, 4, 5 // agents
	rita, carl, dora              int64 = 11, 12, 13    // requesters
	hr, legal                     int64 = 21, 22        // groups
	direct, byHR, byLegal, guest  int64 = 31, 32, 33, 34
)

// crowd is a ticket with somebody in every part.
func crowd() People {
	return People{
		AssigneeID: alan, RequesterID: rita, CCs: []int64{carl}, Followers: []int64{joan},
		Shares: []Party{
			{ShareID: direct, PersonID: grace},
			{ShareID: byHR, GroupID: hr, GroupName: "HR", Members: []int64{edith}},
			{ShareID: guest, PersonID: dora, Outside: true},
		},
	}
}

func told(kind dm.NoticeKind, why Why, person int64) Line {
	return Line{PersonID: person, Kind: kind, Why: why}
}

func byShare(kind dm.NoticeKind, person, share int64) Line {
	return Line{PersonID: person, Kind: kind, Why: WhyShare, ShareID: share}
}

func byGroup(kind dm.NoticeKind, person, group, share int64) Line {
	return Line{PersonID: person, Kind: kind, Why: WhyGroup, GroupID: group, ShareID: share}
}

// workers are the lines for an update that no part of the crowd caused.
func workers() []Line {
	return []Line{
		byShare(dm.NoticeUpdate, grace, direct), told(dm.NoticeUpdate, WhyAssignee, alan),
		byGroup(dm.NoticeUpdate, edith, hr, byHR), told(dm.NoticeUpdate, WhyFollower, joan),
	}
}

// outside are the lines for a public reply beside those of the workers.
func outside() []Line {
	return []Line{told(dm.NoticeReply, WhyRequester, rita), told(dm.NoticeReply, WhyCC, carl), byShare(dm.NoticeReply, dora, guest)}
}

func without(lines []Line, person int64) []Line {
	return slices.DeleteFunc(slices.Clone(lines), func(l Line) bool { return l.PersonID == person })
}

func event(kind dm.EventKind, actor int64, data dm.EventData) dm.Event {
	return dm.Event{ID: 99, TicketID: 98, Kind: kind, ActorID: actor, Data: data}
}

func share(id int64) dm.EventData { return dm.EventData{ShareID: id} }

func ended(id int64, kind dm.TargetKind, target int64, cause string) dm.EventData {
	return dm.EventData{ShareID: id, Target: &dm.EventTarget{Kind: kind, ID: target}, EndCause: cause}
}

func message(kind dm.MessageKind) dm.EventData { return dm.EventData{MessageID: 7, Message: kind} }

func mentioning(kind dm.MessageKind, people ...int64) dm.EventData {
	data := message(kind)
	data.Mentions = people
	return data
}

func changed(field, old, new string) dm.EventData {
	return dm.EventData{Changes: []dm.FieldChange{{Field: field, Old: old, New: new}}}
}

func TestPlanOfShares(t *testing.T) {
	t.Parallel()
	run(t, []planCase{
		{"a share tells the agent", event(dm.ShareCreated, ada, share(direct)), crowd(), []Line{byShare(dm.NoticeShared, grace, direct)}},
		{"a share with a group tells each active member", event(dm.ShareCreated, ada, share(byHR)),
			People{Shares: []Party{{ShareID: byHR, GroupID: hr, Members: []int64{edith, grace, joan}}}},
			[]Line{byGroup(dm.NoticeShared, grace, hr, byHR), byGroup(dm.NoticeShared, edith, hr, byHR), byGroup(dm.NoticeShared, joan, hr, byHR)}},
		{"a member who shares with the own group is not told", event(dm.ShareCreated, grace, share(byHR)),
			People{Shares: []Party{{ShareID: byHR, GroupID: hr, Members: []int64{edith, grace}}}}, []Line{byGroup(dm.NoticeShared, edith, hr, byHR)}},
		{"a share by a rule for whoever caused it tells nobody", event(dm.ShareCreated, grace, share(direct)), crowd(), nil},
		{"a share by hand-over follows the same rules", event(dm.ShareCreated, 0, share(direct)), crowd(), []Line{byShare(dm.NoticeShared, grace, direct)}},
		{"a share with a requester tells them", event(dm.ShareCreated, ada, share(guest)), crowd(), []Line{byShare(dm.NoticeShared, dora, guest)}},
		{"a share that is over by now tells nobody", event(dm.ShareCreated, ada, share(byLegal)), crowd(), nil},
		{"a member who has the ticket by another way is told too", event(dm.ShareCreated, ada, share(byHR)),
			People{AssigneeID: edith, Shares: []Party{{ShareID: direct, PersonID: edith}, {ShareID: byHR, GroupID: hr, Members: []int64{edith}}}},
			[]Line{byGroup(dm.NoticeShared, edith, hr, byHR)}},
		{"a group without active members tells nobody", event(dm.ShareCreated, ada, share(byHR)), People{Shares: []Party{{ShareID: byHR, GroupID: hr}}}, nil},

		{"new terms tell the agent", event(dm.ShareUpdated, ada, share(direct)), crowd(), []Line{byShare(dm.NoticeLevel, grace, direct)}},
		{"new terms tell the members", event(dm.ShareUpdated, ada, share(byHR)), crowd(), []Line{byGroup(dm.NoticeLevel, edith, hr, byHR)}},
		{"new terms do not tell whoever set them", event(dm.ShareUpdated, edith, share(byHR)), crowd(), nil},

		{"the end of a share tells who lost it", event(dm.ShareRevoked, ada, ended(byLegal, dm.TargetAgent, joan, "revoked")),
			People{Fixed: []int64{joan}}, []Line{byShare(dm.NoticeUnshared, joan, byLegal)}},
		{"the end of a group's share tells who was a member", event(dm.ShareRevoked, ada, ended(byLegal, dm.TargetGroup, legal, "revoked")),
			People{Fixed: []int64{joan, grace, joan}}, []Line{byGroup(dm.NoticeUnshared, grace, legal, byLegal), byGroup(dm.NoticeUnshared, joan, legal, byLegal)}},
		{"the end of a share tells nobody else", event(dm.ShareRevoked, ada, ended(byLegal, dm.TargetAgent, joan, "revoked")), crowd(), nil},
		{"whoever ended a share with the own group is not told", event(dm.ShareRevoked, joan, ended(byLegal, dm.TargetGroup, legal, "revoked")),
			People{Fixed: []int64{joan, grace}}, []Line{byGroup(dm.NoticeUnshared, grace, legal, byLegal)}},
		{"a deleted group tells nobody (Q3)", event(dm.ShareRevoked, ada, ended(byLegal, dm.TargetGroup, legal, EndedWithGroup)), People{Fixed: []int64{joan, grace}}, nil},
		{"shares that end with a closed ticket tell who lost them", event(dm.ShareRevoked, 0, ended(byLegal, dm.TargetAgent, joan, "closed")),
			People{Fixed: []int64{joan}}, []Line{byShare(dm.NoticeUnshared, joan, byLegal)}},
		{"a share that ran out tells who lost it", event(dm.ShareExpired, 0, ended(byLegal, dm.TargetAgent, joan, "expired")),
			People{Fixed: []int64{joan}}, []Line{byShare(dm.NoticeShareExpired, joan, byLegal)}},
		{"whoever leaves is not told", event(dm.ShareLeft, joan, ended(byLegal, dm.TargetAgent, joan, "left")), People{Fixed: []int64{joan}}, nil},
	})
}

func TestPlanOfTickets(t *testing.T) {
	t.Parallel()
	assigned := told(dm.NoticeAssigned, WhyAssignee, alan)
	run(t, []planCase{
		{"a new ticket tells its assignee", event(dm.TicketCreated, ada, dm.EventData{}), crowd(), []Line{assigned}},
		{"a new ticket without one tells nobody", event(dm.TicketCreated, ada, dm.EventData{}), People{RequesterID: rita, Followers: []int64{joan}}, nil},
		{"whoever files a ticket for themselves is not told", event(dm.TicketCreated, alan, dm.EventData{}), crowd(), nil},

		{"an assignment tells the assignee of it, the others of an update", event(dm.TicketUpdated, ada, changed("assignee", "4", "3")), crowd(),
			append(without(workers(), alan), assigned)},
		{"an assignment beats a direct share", event(dm.TicketUpdated, ada, changed("assignee", "", "2")), People{AssigneeID: grace, Shares: []Party{{ShareID: direct, PersonID: grace}}},
			[]Line{told(dm.NoticeAssigned, WhyAssignee, grace)}},
		{"whoever takes a ticket is not told", event(dm.TicketUpdated, alan, changed("assignee", "", "3")), crowd(), without(workers(), alan)},
		{"somebody replaced since is not told", event(dm.TicketUpdated, ada, changed("assignee", "", "77")), crowd(), workers()},
		{"a ticket that lost its assignee tells the others", event(dm.TicketUpdated, ada, changed("assignee", "3", "")), People{Followers: []int64{joan}},
			[]Line{told(dm.NoticeUpdate, WhyFollower, joan)}},

		{"a new status tells those who work on it", event(dm.TicketUpdated, ada, changed("status", "open", "solved")), crowd(), workers()},
		{"a change by the program does too", event(dm.TicketUpdated, 0, changed("status", "open", "solved")), crowd(), workers()},
		{"the actor of the people counts too", event(dm.TicketUpdated, 0, changed("status", "open", "solved")), func() People { p := crowd(); p.ActorID = joan; return p }(), without(workers(), joan)},
		{"a merge tells those who work on it", event(dm.TicketMerged, ada, dm.EventData{OtherID: 5}), crowd(), workers()},

		{"a note tells those who work on it", event(dm.TicketMessage, ada, message(dm.Note)), crowd(), workers()},
		{"a local note too", event(dm.TicketMessage, ada, message(dm.LocalNote)), crowd(), workers()},
		{"a note does not tell its author", event(dm.TicketMessage, grace, message(dm.Note)), crowd(), without(workers(), grace)},
		{"a reply by an agent tells the requester and CCs too", event(dm.TicketMessage, ada, message(dm.Reply)), crowd(), append(workers(), outside()...)},
		{"a reply by the assignee does not tell them", event(dm.TicketMessage, alan, message(dm.Reply)), crowd(), append(without(workers(), alan), outside()...)},
		{"a reply by the requester tells CCs, not the requester", event(dm.TicketMessage, rita, message(dm.Reply)), crowd(), append(workers(), without(outside(), rita)...)},
		{"a reply from CC tells the requester", event(dm.TicketMessage, carl, message(dm.Reply)), crowd(), append(workers(), without(outside(), carl)...)},
		{"a mention goes before what they would hear anyway", event(dm.TicketMessage, ada, mentioning(dm.Note, grace, edith, ada)), crowd(),
			append(without(without(workers(), grace), edith), told(dm.NoticeMention, WhyMention, grace), told(dm.NoticeMention, WhyMention, edith))},
		{"a scheduled message that was removed tells its author and the assignee", event(dm.ReplyRemoved, 0, dm.EventData{Scheduled: &dm.EventReply{ID: 3, AuthorID: joan}}), People{AssigneeID: alan, Followers: []int64{grace}},
			[]Line{told(dm.NoticeScheduled, WhyAssignee, alan), told(dm.NoticeScheduled, WhyScheduled, joan)}},
		{"one that is held tells its author", event(dm.ReplyHeld, 0, dm.EventData{Scheduled: &dm.EventReply{ID: 3, AuthorID: joan}}), People{AssigneeID: alan},
			[]Line{told(dm.NoticeScheduled, WhyScheduled, joan)}},
		{"a request for access tells those who decide", event(dm.AccessAsked, joan, dm.EventData{RequestID: 4}), People{AssigneeID: alan, Deciders: []int64{alan, joan, grace}},
			[]Line{told(dm.NoticeRequest, WhyDecides, alan), told(dm.NoticeRequest, WhyDecides, grace)}},
		{"a request that was declined tells nobody", event(dm.AccessRefused, ada, dm.EventData{RequestID: 4}), crowd(), nil},
		{"a request that was granted tells nobody: the share does", event(dm.AccessAllowed, ada, dm.EventData{RequestID: 4}), crowd(), nil},

		{"a reply by the program tells everybody", event(dm.TicketMessage, 0, message(dm.Reply)), crowd(), append(workers(), outside()...)},
	})
}

func TestPlanOncePerPerson(t *testing.T) {
	t.Parallel()
	// Grace is in every part of the ticket at once; parts are taken away one by one.
	all := People{
		AssigneeID: grace, RequesterID: grace, CCs: []int64{grace, grace}, Followers: []int64{grace},
		Shares: []Party{
			{ShareID: byHR, GroupID: hr, Members: []int64{grace, grace}},
			{ShareID: byLegal, GroupID: legal, Members: []int64{grace}},
			{ShareID: direct, PersonID: grace},
		},
	}
	reply := event(dm.TicketMessage, ada, message(dm.Reply))
	run(t, []planCase{
		{"a direct share is first", reply, all, []Line{byShare(dm.NoticeUpdate, grace, direct)}},
		{"then assignment", reply, func() People { p := all; p.Shares = p.Shares[:2]; return p }(), []Line{told(dm.NoticeUpdate, WhyAssignee, grace)}},
		{"then a group's share", reply, func() People { p := all; p.Shares, p.AssigneeID = p.Shares[:2], 0; return p }(), []Line{byGroup(dm.NoticeUpdate, grace, hr, byHR)}},
		{"then being the requester", reply, People{RequesterID: grace, CCs: all.CCs, Followers: all.Followers}, []Line{told(dm.NoticeReply, WhyRequester, grace)}},
		{"then CC", reply, People{CCs: all.CCs, Followers: all.Followers}, []Line{told(dm.NoticeReply, WhyCC, grace)}},
		{"then following", reply, People{Followers: all.Followers}, []Line{told(dm.NoticeUpdate, WhyFollower, grace)}},
		{"and for the actor none", event(dm.TicketMessage, grace, message(dm.Reply)), all, nil},
	})
}

func TestPlanSilence(t *testing.T) {
	t.Parallel()
	people := crowd()
	people.Fixed = []int64{grace}
	for _, kind := range []dm.EventKind{
		dm.TicketDeleted, dm.TicketRestored, dm.TicketLinked, dm.TicketUnlinked, dm.ShareOpened, dm.ShareDeclinedCap, "ticket.something",
	} {
		if lines := Plan(event(kind, ada, share(direct)), people); len(lines) != 0 {
			t.Errorf("%s tells %v", kind, lines)
		}
	}
}

type planCase struct {
	name   string
	event  dm.Event
	people People
	want   []Line
}

func run(t *testing.T, cases []planCase) {
	t.Helper()
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			want := slices.Clone(c.want)
			slices.SortFunc(want, func(x, y Line) int { return int(x.PersonID - y.PersonID) })
			got := Plan(c.event, c.people)
			if len(got) == 0 && len(want) == 0 {
				return
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("plan (-want +got):\n%s", diff)
			}
		})
	}
}

// TestPlanHolds looks at random tickets and events: nobody twice, never the
// actor, nobody who has no part in the ticket, and outside only replies and
// what concerns the own share.
func TestPlanHolds(t *testing.T) {
	t.Parallel()
	kinds := []dm.EventKind{dm.TicketCreated, dm.TicketUpdated, dm.TicketMessage, dm.TicketMerged, dm.ShareCreated, dm.ShareUpdated, dm.ShareRevoked, dm.ShareExpired, dm.ShareLeft, dm.ShareOpened}
	person := rapid.Int64Range(0, 6)
	people := rapid.SliceOfN(person, 0, 4)
	party := rapid.Custom(func(t *rapid.T) Party {
		p := Party{ShareID: rapid.Int64Range(1, 4).Draw(t, "share")}
		if rapid.Bool().Draw(t, "group") {
			p.GroupID, p.Members = 9, people.Draw(t, "members")
		} else {
			p.PersonID, p.Outside = person.Draw(t, "target"), rapid.Bool().Draw(t, "outside")
		}
		return p
	})
	rapid.Check(t, func(t *rapid.T) {
		p := People{
			ActorID: person.Draw(t, "actor"), AssigneeID: person.Draw(t, "assignee"), RequesterID: person.Draw(t, "requester"),
			CCs: people.Draw(t, "ccs"), Followers: people.Draw(t, "followers"), Shares: rapid.SliceOfN(party, 0, 4).Draw(t, "shares"), Fixed: people.Draw(t, "fixed"),
		}
		e := event(rapid.SampledFrom(kinds).Draw(t, "kind"), person.Draw(t, "event's actor"), dm.EventData{
			ShareID: rapid.Int64Range(1, 4).Draw(t, "share"), Message: rapid.SampledFrom([]dm.MessageKind{dm.Reply, dm.Note}).Draw(t, "message"),
		})
		part := append(append(append([]int64{p.AssigneeID, p.RequesterID}, p.CCs...), p.Followers...), p.Fixed...)
		var insiders []int64
		for _, s := range p.Shares {
			part = append(append(part, s.PersonID), s.Members...)
			if !s.Outside {
				insiders = append(append(insiders, s.PersonID), s.Members...)
			}
		}
		insiders = append(append(insiders, p.AssigneeID), p.Followers...)
		seen := map[int64]bool{}
		for _, l := range Plan(e, p) {
			switch {
			case l.PersonID == 0 || l.PersonID == e.ActorID || l.PersonID == p.ActorID:
				t.Fatalf("tells the actor or nobody: %+v", l)
			case seen[l.PersonID]:
				t.Fatalf("tells somebody twice: %+v", l)
			case !slices.Contains(part, l.PersonID):
				t.Fatalf("tells a stranger: %+v", l)
			case l.Kind == dm.NoticeUpdate && !slices.Contains(insiders, l.PersonID):
				t.Fatalf("tells somebody outside of work: %+v", l)
			case l.Kind == dm.NoticeReply && (e.Kind != dm.TicketMessage || e.Data.Message != dm.Reply):
				t.Fatalf("sends a reply that is none: %+v", l)
			}
			seen[l.PersonID] = true
		}
	})
}
