package notify

import (
	"strconv"
	"strings"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/locales"
)

// Render writes the mail for a notice, in the language of its recipient.
// Everything in it is clean: the subject is one line without control
// characters, values are escaped in the HTML, and links lead to web addresses
// only. A kind it does not know is written as an update.
func Render(n Notice) Mail {
	w := words{Catalogue: locales.For(n.Language), n: &n}
	p := page{Language: w.Language(), Title: w.subject(), Greeting: w.greeting(), OpenLabel: w.T("mail.open"), w: w}
	p.say(w.T("mail.sentence", locales.Args{"line": w.headline()}))
	w.own(&p, n.Texts, w.headline())
	switch n.Kind {
	case dm.NoticeUnshared, dm.NoticeShareExpired:
		w.end(&p)
	case dm.NoticeShared, dm.NoticeLevel:
		w.share(&p)
	case dm.NoticeAssigned, dm.NoticeGroup:
		w.assignment(&p)
	case dm.NoticeReply:
		w.reply(&p)
	case dm.NoticeRequest:
		w.request(&p)
	case dm.NoticeScheduled:
		w.scheduled(&p)
	case dm.NoticeSLA:
		w.missed(&p)
	default:
		w.update(&p)
	}
	w.foot(&p)
	return Mail{Subject: p.Title, Text: p.text(), HTML: p.html()}
}

// subject gives the subject of the mail.
func (w words) subject() string {
	subject := line(w.n.Ticket.Subject, maxSubject)
	if w.n.Kind == dm.NoticeReply && subject != "" {
		return w.T("mail.reply_subject", locales.Args{"subject": bare(subject), "number": w.number()})
	}
	return w.titled(w.headline())
}

// bare takes marks of an answer off a subject.
func bare(subject string) string {
	for {
		mark, rest, ok := strings.Cut(subject, ":")
		rest = strings.TrimSpace(rest)
		if !ok || rest == "" || !strings.EqualFold(mark, "re") && !strings.EqualFold(mark, "aw") {
			return subject
		}
		subject = rest
	}
}

func (w words) number() string { return strconv.FormatInt(w.n.Ticket.Number, 10) }

func (w words) greeting() string {
	name := line(w.n.Recipient, maxName)
	if name == "" {
		return w.T("mail.hello_all")
	}
	return w.T("mail.hello", locales.Args{"name": name})
}

// end writes that a share is over. It may take from the notice only what is
// safe for somebody without access.
func (w words) end(p *page) {
	if len(w.n.StillHas) == 0 {
		p.say(w.T("mail.closed_to_you"))
		return
	}
	p.say(w.N("mail.still_open", len(w.n.StillHas)))
	for i, way := range w.n.StillHas {
		if i == maxRows {
			break
		}
		p.Ways = append(p.Ways, line(way, maxValue))
	}
	p.open(w.n.URL)
}

// share writes that a ticket was shared, or that the terms changed.
func (w words) share(p *page) {
	t := &w.n.Ticket
	w.ticket(p)
	p.row(w.T("label.status"), w.status(t.Status))
	if !w.n.outside() {
		p.row(w.T("label.priority"), w.priority(t.Priority))
		p.row(w.T("label.assignee"), w.nobody(t.Assignee))
	}
	if w.n.Kind == dm.NoticeShared {
		p.row(w.T("label.shared_by"), line(w.n.Actor, maxName))
	}
	if w.n.Level.Rank() > 0 {
		p.row(w.T("label.access"), w.level())
		p.row(w.T("label.can"), w.can())
	}
	p.row(w.T("label.reason"), line(w.n.Reason, maxValue))
	p.row(w.T("label.until"), w.until())
	p.open(w.n.URL)
}

// ticket writes which ticket it is.
func (w words) ticket(p *page) {
	p.row(w.T("label.ticket"), w.T("value.number", locales.Args{"number": w.number()}))
	p.row(w.T("label.subject"), line(w.n.Ticket.Subject, maxValue))
	p.row(w.T("label.requester"), line(w.n.Ticket.Requester, maxName))
}

func (w words) assignment(p *page) {
	t := &w.n.Ticket
	w.ticket(p)
	p.row(w.T("label.status"), w.status(t.Status))
	p.row(w.T("label.priority"), w.priority(t.Priority))
	p.row(w.T("label.inbox"), line(t.Inbox, maxName))
	p.row(w.T("label.group"), line(t.Group, maxName))
	p.open(w.n.URL)
}

// missed writes which promised time was missed.
func (w words) missed(p *page) {
	w.ticket(p)
	if w.n.Clock != "" {
		p.row(w.T("label.promise"), w.T("clock."+string(w.n.Clock)))
		p.row(w.T("label.due"), moment(w.n.DueAt))
	}
	p.row(w.T("label.status"), w.status(w.n.Ticket.Status))
	p.row(w.T("label.priority"), w.priority(w.n.Ticket.Priority))
	p.row(w.T("label.assignee"), w.nobody(w.n.Ticket.Assignee))
	p.row(w.T("label.group"), line(w.n.Ticket.Group, maxName))
	p.open(w.n.URL)
}

// request writes that somebody asks to be let in.
func (w words) request(p *page) {
	w.ticket(p)
	if w.n.Level.Rank() > 0 {
		p.row(w.T("label.asks_for"), w.T("level."+string(w.n.Level)))
	}
	p.row(w.T("label.reason"), line(w.n.Reason, maxValue))
	p.open(w.n.URL)
}

// scheduled writes why a message was not sent at its time. Somebody who cannot
// open the ticket any more hears nothing of it.
func (w words) scheduled(p *page) {
	if w.n.ScheduledReason != "" {
		p.say(w.T("mail.scheduled." + string(w.n.ScheduledReason)))
	}
	if w.n.Blind {
		return
	}
	p.gap()
	w.ticket(p)
	p.row(w.T("label.status"), w.status(w.n.Ticket.Status))
	p.open(w.n.URL)
}

// reply writes a public reply to those who read as requesters: the whole
// message, which has a greeting of its own, and nothing of the work behind it.
func (w words) reply(p *page) {
	p.Greeting, p.Plain = "", true
	if w.n.MessageKind == dm.Reply {
		p.message(block(w.n.Message))
	}
	p.open(w.n.URL)
}

// update writes what happened on a ticket that an agent works on.
func (w words) update(p *page) {
	if w.n.Merged && w.n.OtherNumber != 0 {
		p.say(w.T("mail.merged_with", locales.Args{"number": strconv.FormatInt(w.n.OtherNumber, 10)}))
	}
	if !w.n.outside() || w.n.MessageKind == dm.Reply {
		excerpt, more := cut(block(w.n.Message), maxExcerpt)
		p.message(excerpt)
		if more {
			p.say(w.T("mail.cut"))
		}
	}
	if !w.n.outside() {
		for i, c := range w.n.Changes {
			if i == maxRows {
				break
			}
			p.row(w.label(c.Field), w.changed(c))
		}
	}
	p.gap()
	w.ticket(p)
	p.row(w.T("label.status"), w.status(w.n.Ticket.Status))
	p.open(w.n.URL)
}

// foot writes how to answer, why the mail came, and from whom.
func (w words) foot(p *page) {
	if !w.n.ended() {
		switch {
		case w.n.ReplyHint && w.n.outside():
			p.note(w.T("mail.answer_requester"))
		case w.n.ReplyHint && w.n.AnswerIsNote:
			p.note(w.T("mail.answer_note"))
		case w.n.ReplyHint:
			p.note(w.T("mail.answer"))
			if w.n.NoteAddress != "" {
				p.note(w.T("mail.note_address", locales.Args{"address": line(w.n.NoteAddress, maxValue)}))
			}
		}
		p.note(w.why())
	}
	w.sender(p)
}

// sender writes whose help desk the mail comes from.
func (w words) sender(p *page) {
	if desk := line(w.n.desk(), maxName); desk != "" {
		p.note(w.T("mail.sender", locales.Args{"name": desk}))
	}
}
