package notify

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	dm "github.com/deskmesh/deskmesh"
)

func TestPlanTellsGroupsAtTheirAddress(t *testing.T) {
	t.Parallel()
	shares := []Party{{ShareID: 5, GroupID: 7, GroupName: "HR", Members: []int64{2, 3}}}
	for _, c := range []struct {
		name   string
		event  dm.Event
		people People
		want   []Line
	}{
		{"a share, beside its members", dm.Event{Kind: dm.ShareCreated, ActorID: 2, Data: dm.EventData{ShareID: 5}}, People{Shares: shares, ByAddress: map[int64]bool{7: true}},
			[]Line{{Kind: dm.NoticeShared, Why: WhyGroup, GroupID: 7, ShareID: 5}, {PersonID: 3, Kind: dm.NoticeShared, Why: WhyGroup, GroupID: 7, ShareID: 5}}},
		{"not without an address", dm.Event{Kind: dm.ShareCreated, ActorID: 2, Data: dm.EventData{ShareID: 5}}, People{Shares: shares},
			[]Line{{PersonID: 3, Kind: dm.NoticeShared, Why: WhyGroup, GroupID: 7, ShareID: 5}}},
		{"the end, though nobody lost the ticket", dm.Event{Kind: dm.ShareRevoked, ActorID: 2, Data: dm.EventData{ShareID: 5, Target: &dm.EventTarget{Kind: dm.TargetGroup, ID: 7}}}, People{ByAddress: map[int64]bool{7: true}},
			[]Line{{Kind: dm.NoticeUnshared, Why: WhyGroup, GroupID: 7, ShareID: 5}}},
		{"not of a group that was deleted", dm.Event{Kind: dm.ShareRevoked, Data: dm.EventData{ShareID: 5, EndCause: EndedWithGroup, Target: &dm.EventTarget{Kind: dm.TargetGroup, ID: 7}}}, People{ByAddress: map[int64]bool{7: true}},
			[]Line{}},
		{"an assignment", dm.Event{Kind: dm.TicketCreated, ActorID: 2}, People{TeamID: 7, Team: []int64{2, 3}, ByAddress: map[int64]bool{7: true}},
			[]Line{{Kind: dm.NoticeGroup, Why: WhyTeam, GroupID: 7}, {PersonID: 3, Kind: dm.NoticeGroup, Why: WhyTeam, GroupID: 7}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, Plan(c.event, c.people)); diff != "" {
				t.Error(diff)
			}
		})
	}
	moved := &dm.Event{Kind: dm.TicketUpdated, Data: dm.EventData{Changes: []dm.FieldChange{{Field: "group", Old: "1", New: "7"}}}}
	if Team(moved, 7) != 7 || Team(moved, 8) != 0 || Team(&dm.Event{Kind: dm.TicketMessage}, 7) != 0 {
		t.Error("a group is told of what did not assign it the ticket")
	}
}

func TestRenderDigest(t *testing.T) {
	t.Parallel()
	d := Digest{Recipient: "Ann", Account: "Acme", Zone: time.FixedZone("", 3600), URL: "https://desk.example/notifications"}
	at := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	open := Ticket{Number: 17, Subject: "Printer\r\nBcc: x@example.com <b>"}
	d.Add(Notice{Kind: dm.NoticeShared, Actor: "Bo", Ticket: open, URL: "https://desk.example/tickets/17"}, at)
	d.Add(Notice{Kind: dm.NoticeUnshared, EndedBy: "Bo", Ticket: Ticket{Number: 18, Subject: "Secret"}}, at)
	d.Add(Notice{Kind: dm.NoticeUpdate, Actor: "Bo", MessageKind: dm.Note, Message: "Hidden words", Ticket: open, URL: "https://desk.example/tickets/17"}, at)
	d.AddBatch(Batch{Kind: dm.NoticeAssigned, Actor: "Bo", More: 4, URL: "https://desk.example/tickets?view=mine"}, at)
	m := RenderDigest(d)
	if m.Subject != "Acme: 4 things happened" {
		t.Errorf("the subject is %q", m.Subject)
	}
	for _, want := range []string{"#17: Printer Bcc: x@example.com <b>", "https://desk.example/tickets/17", "2026-03-02 10:00: Bo shared ticket #17 with you", "Bo stopped sharing ticket #18 with you", "Bo assigned 4 tickets to you"} {
		if !strings.Contains(m.Text, want) {
			t.Errorf("the text lacks %q:\n%s", want, m.Text)
		}
	}
	if strings.Contains(m.Text+m.HTML, "Secret") || strings.Contains(m.Text+m.HTML, "Hidden words") || strings.Contains(m.HTML, "<b>") {
		t.Errorf("the mail holds too much:\n%s", m.Text)
	}
	if strings.Count(m.Text, "#17: Printer") != 1 {
		t.Errorf("what concerns one ticket does not stand together:\n%s", m.Text)
	}
}

func TestRenderGroup(t *testing.T) {
	t.Parallel()
	m := RenderGroup(GroupNotice{Kind: dm.NoticeGroup, Account: "Acme", Group: "HR\r\nBcc: x@example.com", Number: 17, URL: "https://desk.example/tickets/17"})
	if m.Subject != "Ticket #17 was assigned to your group HR Bcc: x@example.com" || strings.ContainsAny(m.Subject, "\r\n") {
		t.Errorf("the subject is %q", m.Subject)
	}
	if !strings.Contains(m.Text, "https://desk.example/tickets/17") {
		t.Errorf("the text has no link:\n%s", m.Text)
	}
}
