package notify

import (
	"strconv"
	"strings"
	"time"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/locales"
)

// Batch is everything that one mail to one person about many tickets may show:
// those that were shared with them at once, of which shares with them ended, or
// that were assigned to them or their group or changed at once. Whoever fills it in has decided what that is.
type Batch struct {
	Kind      dm.NoticeKind // NoticeShared, NoticeUnshared, NoticeAssigned, NoticeGroup or NoticeUpdate
	Language  string        // of the recipient
	Recipient string        // name
	Account   string        // name
	Brand     string        // name; what requesters know the desk by
	Outside   bool          // the recipient reads as a requester
	Actor     string        // name of whoever did it; empty for somebody without a name
	GroupName string        // of the recipient's group, where all was with one

	Level     dm.Level  // of all shares; empty where it was left to the desk
	Reason    string    // of all shares
	ExpiresAt time.Time // of all shares; zero where it was left to the desk

	// Changes are what the tickets have now, of those that were assigned or changed.
	Changes []Change

	// Tickets that the recipient can open now. Of NoticeUnshared they are shown by
	// number alone, like those that are Closed to them now.
	Tickets []BatchTicket
	Closed  []int64
	More    int // tickets that are not named, for there are too many

	URL string // of the list of the tickets; no button without one

	Texts Texts // the account's own words
}

// BatchTicket is one of the tickets.
type BatchTicket struct {
	Number  int64
	Subject string
	URL     string // no link without one
}

// RenderBatch writes the mail for many tickets, as Render does for one.
func RenderBatch(b Batch) Mail {
	w := words{Catalogue: locales.For(b.Language), n: &Notice{Kind: b.Kind, Recipient: b.Recipient, Account: b.Account, Brand: b.Brand, Outside: b.Outside, Level: b.Level, Actor: b.Actor, EndedBy: b.Actor}}
	title := w.batchHeadline(&b)
	p := page{Language: w.Language(), Title: title, Greeting: w.greeting(), OpenLabel: w.T("mail.many_open"), w: w}
	p.say(w.T("mail.sentence", locales.Args{"line": title}))
	w.own(&p, b.Texts, title)
	if b.Kind == dm.NoticeUnshared {
		w.batchEnd(&p, &b)
	} else {
		w.batchShare(&p, &b)
		p.note(w.T("mail.many_answer"))
	}
	w.sender(&p)
	return Mail{Subject: p.Title, Text: p.text(), HTML: p.html()}
}

func (w words) batchHeadline(b *Batch) string {
	args := locales.Args{"actor": line(b.Actor, maxName), "group": line(b.GroupName, maxName)}
	if args["actor"] == "" {
		args["actor"] = w.T("value.somebody")
	}
	n := len(b.Tickets) + len(b.Closed) + b.More
	switch {
	case b.Kind == dm.NoticeAssigned:
		return w.N("headline.many_assigned", n, locales.Args{"actor": args["actor"]})
	case b.Kind == dm.NoticeGroup && b.GroupName != "":
		return w.N("headline.many_group_assigned", n, args)
	case b.Kind == dm.NoticeGroup:
		return w.N("headline.many_groups_assigned", n, locales.Args{"actor": args["actor"]})
	case b.Kind == dm.NoticeUpdate:
		return w.N("headline.many_change", n, locales.Args{"actor": args["actor"]})
	case b.Kind == dm.NoticeUnshared && b.GroupName != "":
		return w.N("headline.many_unshare_group", n, locales.Args{"actor": args["actor"]})
	case b.Kind == dm.NoticeUnshared:
		return w.N("headline.many_unshare", n, locales.Args{"actor": args["actor"]})
	case b.GroupName != "":
		return w.N("headline.many_share_group", n, locales.Args{"actor": args["actor"], "group": args["group"]})
	}
	return w.N("headline.many_share", n, locales.Args{"actor": args["actor"]})
}

func (w words) batchShare(p *page, b *Batch) {
	for _, t := range b.Tickets {
		p.link(w.T("value.number", locales.Args{"number": strconv.FormatInt(t.Number, 10)}), line(t.Subject, maxValue), t.URL)
	}
	p.gap()
	if b.More > 0 {
		p.row(w.T("label.more"), w.N("value.more_tickets", b.More))
	}
	if b.Level.Rank() > 0 {
		p.row(w.T("label.access"), w.level())
	}
	for _, c := range b.Changes {
		value := w.changed(c)
		if c.New == "" {
			value = w.T("value.empty")
		}
		p.row(w.label(c.Field), value)
	}
	p.row(w.T("label.reason"), line(b.Reason, maxValue))
	if !b.ExpiresAt.IsZero() {
		p.row(w.T("label.until"), moment(b.ExpiresAt))
	}
	p.open(b.URL)
}

// batchEnd writes of which tickets shares ended: numbers alone, which the
// recipient knew.
func (w words) batchEnd(p *page, b *Batch) {
	closed, open := make([]string, len(b.Closed)), make([]string, len(b.Tickets))
	for i, n := range b.Closed {
		closed[i] = w.T("value.number", locales.Args{"number": strconv.FormatInt(n, 10)})
	}
	for i, t := range b.Tickets {
		open[i] = w.T("value.number", locales.Args{"number": strconv.FormatInt(t.Number, 10)})
	}
	p.row(w.T("label.closed_tickets"), strings.Join(closed, ", "))
	p.row(w.T("label.open_tickets"), strings.Join(open, ", "))
	if b.More > 0 {
		p.row(w.T("label.more"), w.N("value.more_tickets", b.More))
	}
}
