package notify

import (
	"time"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/locales"
)

// Example asks for a mail as it would arrive, with made-up words in it.
type Example struct {
	Kind      dm.MailKind
	Language  string
	Recipient string // name
	Account   string // name
	Brand     string // name
	Texts     Texts
	// Ticket is a real one; whoever fills it in has decided that the reader may
	// see it. Nil stands for a made-up one.
	Ticket *Ticket
	URL    string // of the tickets
	Now    time.Time
}

// RenderExample writes the mail. Nothing in it but Ticket is of a real ticket.
func RenderExample(e Example) Mail {
	w := locales.For(e.Language)
	say := func(key string) string { return w.T("example." + key) }
	t := Ticket{Number: 1234, Subject: say("subject"), Status: string(dm.StatusOpen), Priority: string(dm.PriorityHigh), Inbox: say("inbox"), Group: say("group"), Assignee: e.Recipient, Requester: say("requester")}
	if e.Ticket != nil {
		t = *e.Ticket
	}
	switch e.Kind {
	case dm.MailRefusal:
		return RenderRefusal(Refusal{Language: e.Language, Recipient: say("requester"), Account: e.Account, Brand: e.Brand, Outside: true, Texts: e.Texts})
	case dm.MailBulk:
		return RenderBatch(Batch{Kind: dm.NoticeShared, Language: e.Language, Recipient: e.Recipient, Account: e.Account, Brand: e.Brand, Actor: say("actor"), Level: dm.LevelEdit, Reason: say("reason"),
			Tickets: []BatchTicket{{Number: t.Number, Subject: t.Subject, URL: e.URL}, {Number: t.Number + 1, Subject: say("subject_other"), URL: e.URL}}, URL: e.URL, Texts: e.Texts})
	}
	n := Notice{Kind: dm.NoticeKind(e.Kind), Language: e.Language, Recipient: e.Recipient, Account: e.Account, Brand: e.Brand, Ticket: t, Actor: say("actor"), EndedBy: say("actor"),
		URL: e.URL, ReplyHint: true, Texts: e.Texts}
	n.fill(say, e.Now)
	return Render(n)
}

// fill adds what the kind of notice tells of.
func (n *Notice) fill(say func(string) string, now time.Time) {
	switch n.Kind {
	case dm.NoticeKind(dm.MailSignature), dm.NoticeReply:
		n.Kind, n.Recipient, n.Why, n.URL, n.MessageKind, n.Message = dm.NoticeReply, say("requester"), WhyRequester, "", dm.Reply, say("reply")
	case dm.NoticeShared, dm.NoticeLevel:
		n.Level, n.SeeInternal, n.ReplyPublic, n.Reason, n.ExpiresAt = dm.LevelEdit, true, true, say("reason"), now.AddDate(0, 0, 14)
		if n.Kind == dm.NoticeLevel {
			n.OldLevel = dm.LevelView
		}
	case dm.NoticeUnshared, dm.NoticeShareExpired:
		n.URL = ""
	case dm.NoticeAssigned:
		n.Why = WhyAssignee
	case dm.NoticeGroup:
		n.Why, n.GroupName = WhyTeam, n.Ticket.Group
	case dm.NoticeMention:
		n.Why, n.MessageKind, n.Message, n.AnswerIsNote = WhyMention, dm.Note, say("note"), true
	case dm.NoticeRequest:
		n.Why, n.Level, n.Reason, n.ReplyHint = WhyDecides, dm.LevelComment, say("reason"), false
	case dm.NoticeSLA:
		n.Why, n.Actor, n.Clock, n.DueAt = WhyAssignee, "", dm.ClockFirstReply, now
	case dm.NoticeScheduled:
		n.Why, n.Actor, n.Scheduled, n.ScheduledReason, n.ReplyHint = WhyScheduled, "", dm.ScheduledHeld, dm.ScheduledAnswered, false
	default:
		n.Why, n.Actor, n.MessageKind, n.Message = WhyAssignee, n.Ticket.Requester, dm.Reply, say("message")
	}
}
