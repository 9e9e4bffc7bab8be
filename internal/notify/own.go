package notify

import (
	"slices"
	"strconv"
	"strings"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/notify/wording"
	"github.com/deskmesh/deskmesh/locales"
)

// Texts are an account's own words for one mail, in the language of package
// wording. What is empty is as the program has it: Subject and Opening its own,
// Closing and Signature nothing. They stand around what the program says, and
// have no other values than what the recipient may read.
type Texts struct {
	Subject   string
	Opening   string
	Closing   string
	Signature string // under mails to those who read as requesters
}

// maxTitle is how long a subject of an account's own comes out, in characters.
const maxTitle = 300

// The values by what they tell of.
var (
	valuesOfAll    = []string{"greeting", "headline", "recipient.name", "recipient.first_name", "account.name"}
	valuesOfTicket = []string{"brand.name", "ticket.number", "ticket.subject", "ticket.status", "ticket.requester"}
	valuesOfWork   = []string{"ticket.priority", "ticket.inbox", "ticket.group", "ticket.assignee"}
	valuesOfShare  = []string{"share.level", "share.reason", "share.until", "group.name"}
)

// ValueNames lists what the texts of a kind of mail may name. A mail about the
// end of access names no more than who ended it, and the number.
func ValueNames(kind dm.MailKind) []string {
	switch kind {
	case dm.MailSignature:
		return []string{"actor.name", "brand.name", "account.name"}
	case dm.MailBulk:
		return slices.Concat(valuesOfAll, []string{"actor.name"})
	case dm.MailRefusal:
		return slices.Concat(valuesOfAll, []string{"brand.name"})
	}
	switch dm.NoticeKind(kind) {
	case dm.NoticeShareExpired:
		return slices.Concat(valuesOfAll, []string{"ticket.number"})
	case dm.NoticeUnshared:
		return slices.Concat(valuesOfAll, []string{"actor.name", "ticket.number"})
	case dm.NoticeReply:
		return slices.Concat(valuesOfAll, []string{"actor.name"}, valuesOfTicket)
	case dm.NoticeShared, dm.NoticeLevel:
		return slices.Concat(valuesOfAll, []string{"actor.name"}, valuesOfTicket, valuesOfWork, valuesOfShare)
	case dm.NoticeRequest:
		return slices.Concat(valuesOfAll, []string{"actor.name"}, valuesOfTicket, valuesOfWork, valuesOfShare[:2])
	}
	return slices.Concat(valuesOfAll, []string{"actor.name"}, valuesOfTicket, valuesOfWork)
}

// Standard gives the words that a mail has without a template, as a template.
func Standard(kind dm.MailKind, language string) Texts {
	w := locales.For(language)
	t := Texts{Subject: "{{headline}}", Opening: "{{greeting}}\n\n" + w.T("mail.sentence", locales.Args{"line": "{{headline}}"})}
	switch kind {
	case dm.MailSignature:
		return Texts{}
	case dm.MailRefusal:
		t.Opening = "{{greeting}}"
	case dm.MailKind(dm.NoticeReply):
		t.Subject = w.T("mail.reply_subject", locales.Args{"subject": "{{ticket.subject}}", "number": "{{ticket.number}}"})
		t.Opening = w.T("mail.sentence", locales.Args{"line": "{{headline}}"})
	case dm.MailBulk, dm.MailKind(dm.NoticeUnshared), dm.MailKind(dm.NoticeShareExpired):
	default:
		t.Subject = "{{headline}}{{#ticket.subject}}: {{ticket.subject}}{{/ticket.subject}}"
	}
	return t
}

// own puts an account's own words in the place of the program's. A text that
// cannot be written is left out: the mail goes out with the program's.
func (w words) own(p *page, t Texts, headline string) {
	v := w.values(headline)
	if subject, err := wording.Line(line(t.Subject, dm.MaxTemplateSubject), v); err == nil && subject != "" {
		p.Title = line(subject, maxTitle)
	}
	if opening := written(t.Opening, v); opening.Text != "" {
		p.Greeting, p.Intro, p.Opening = "", nil, opening
	}
	p.Closing = written(t.Closing, v)
	if w.n.outside() {
		p.Signature = written(t.Signature, v)
	}
}

func written(text string, v wording.Values) wording.Written {
	if text == "" {
		return wording.Written{}
	}
	out, err := wording.Blocks(block(text), v)
	if err != nil {
		return wording.Written{}
	}
	return out
}

// values gives what texts may name of the notice. What its recipient may not read
// is empty, whatever a text asks for.
func (w words) values(headline string) wording.Values {
	n := w.n
	name := line(n.Recipient, maxName)
	first, _, _ := strings.Cut(name, " ")
	v := wording.Values{
		"greeting": w.greeting(), "headline": headline, "recipient.name": name, "recipient.first_name": first,
		"account.name": line(n.Account, maxName),
	}
	if n.outside() {
		v["brand.name"] = line(n.Brand, maxName)
	}
	if n.Ticket.Number != 0 {
		v["ticket.number"] = strconv.FormatInt(n.Ticket.Number, 10)
	}
	if n.ended() {
		v["actor.name"] = line(n.EndedBy, maxName)
		return v
	}
	v["actor.name"], v["brand.name"] = line(n.Actor, maxName), line(n.Brand, maxName)
	t := &n.Ticket
	v["ticket.subject"], v["ticket.status"], v["ticket.requester"] = line(t.Subject, maxSubject), w.status(t.Status), line(t.Requester, maxName)
	if n.Kind == dm.NoticeReply {
		v["ticket.subject"] = bare(v["ticket.subject"])
	}
	if n.Level.Rank() > 0 {
		v["share.level"] = w.T("level." + string(n.Level))
	}
	v["share.reason"], v["group.name"] = line(n.Reason, maxValue), line(n.GroupName, maxName)
	if !n.ExpiresAt.IsZero() {
		v["share.until"] = moment(n.ExpiresAt)
	}
	if !n.outside() {
		v["ticket.priority"], v["ticket.inbox"], v["ticket.group"], v["ticket.assignee"] = w.priority(t.Priority), line(t.Inbox, maxName), line(t.Group, maxName), line(t.Assignee, maxName)
	}
	return v
}
