package notify

import (
	"strconv"
	"time"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/locales"
)

// Digest is everything that one mail about what has gathered for a person may
// show. Whoever fills it in has decided what that is, line by line.
type Digest struct {
	Language  string // of the recipient
	Recipient string // name
	Account   string // name
	Brand     string // name; what requesters know the desk by
	Outside   bool   // the recipient reads as a requester
	Zone      *time.Location
	Items     []DigestItem
	URL       string // of the recipient's list of notifications; no button without one
}

// DigestItem is one thing that happened.
type DigestItem struct {
	Number   int64  // of the ticket; 0 of a line about many
	Subject  string // empty where the recipient may not see it
	URL      string // no link without one
	Headline string // a sentence without its point
	At       time.Time
}

// Add adds what a mail of its own would say in its headline.
func (d *Digest) Add(n Notice, at time.Time) {
	w := words{locales.For(n.Language), &n}
	item := DigestItem{Number: n.Ticket.Number, Headline: w.headline(), URL: n.URL, At: at}
	if !n.ended() {
		item.Subject = n.Ticket.Subject
	}
	d.Items = append(d.Items, item)
}

// AddBatch adds what a mail about many tickets would say in its headline.
func (d *Digest) AddBatch(b Batch, at time.Time) {
	w := words{locales.For(b.Language), &Notice{Kind: b.Kind}}
	d.Items = append(d.Items, DigestItem{Headline: w.batchHeadline(&b), URL: b.URL, At: at})
}

// RenderDigest writes the mail. What concerns one ticket stands together, in the
// order in which it happened; tickets come in the order of their first line.
func RenderDigest(d Digest) Mail {
	n := &Notice{Recipient: d.Recipient, Account: d.Account, Brand: d.Brand, Outside: d.Outside}
	w := words{locales.For(d.Language), n}
	p := page{Language: w.Language(), Title: w.N("mail.digest_subject", len(d.Items), locales.Args{"name": line(n.desk(), maxName)}), Greeting: w.greeting(), OpenLabel: w.T("mail.digest_open"), w: w}
	p.say(w.T("mail.digest"))
	for _, together := range d.byTicket() {
		p.gap()
		first := together[0]
		if first.Subject != "" {
			p.link(w.T("value.number", locales.Args{"number": strconv.FormatInt(first.Number, 10)}), line(first.Subject, maxValue), first.URL)
		}
		for _, item := range together {
			at := d.moment(item.At)
			if item.Number == 0 {
				p.link(at, item.Headline, item.URL)
			} else {
				p.row(at, item.Headline)
			}
		}
	}
	p.open(d.URL)
	p.note(w.T("mail.digest_answer"))
	w.sender(&p)
	return Mail{Subject: p.Title, Text: p.text(), HTML: p.html()}
}

// byTicket puts the items about one ticket together, as far as they may show the
// same of it.
func (d *Digest) byTicket() [][]DigestItem {
	type ticket struct {
		number int64
		open   bool
	}
	var groups [][]DigestItem
	at := map[ticket]int{}
	for _, item := range d.Items {
		key := ticket{item.Number, item.Subject != ""}
		i, known := at[key]
		if !known || item.Number == 0 {
			i = len(groups)
			at[key], groups = i, append(groups, nil)
		}
		groups[i] = append(groups[i], item)
	}
	return groups
}

// moment writes a time as the recipient's clocks show it.
func (d *Digest) moment(t time.Time) string {
	zone := d.Zone
	if zone == nil {
		zone = time.UTC
	}
	return t.In(zone).Format("2006-01-02 15:04")
}

// GroupNotice is everything that a mail to a group's own address may show: who
// reads there is not known, so that it has no field for anything that was written.
type GroupNotice struct {
	Kind    dm.NoticeKind
	Account string // name
	Group   string // name
	Actor   string // name of whoever caused it; empty for the program itself
	Number  int64  // of the ticket; 0 for many
	Many    int    // how many, then
	URL     string // no button without one
}

// RenderGroup writes the mail, in the desk's own language.
func RenderGroup(g GroupNotice) Mail {
	n := &Notice{Kind: g.Kind, Actor: g.Actor, EndedBy: g.Actor, GroupName: g.Group, Account: g.Account, Ticket: Ticket{Number: g.Number}}
	w := words{locales.For(""), n}
	title := w.headline()
	if g.Number == 0 {
		title = w.batchHeadline(&Batch{Kind: g.Kind, Actor: g.Actor, GroupName: g.Group, More: g.Many})
	}
	p := page{Language: w.Language(), Title: title, Greeting: w.T("mail.hello_all"), OpenLabel: w.T("mail.open"), w: w}
	p.say(w.T("mail.sentence", locales.Args{"line": title}))
	p.open(g.URL)
	p.note(w.T("mail.group_address", locales.Args{"group": line(g.Group, maxName)}))
	w.sender(&p)
	return Mail{Subject: p.Title, Text: p.text(), HTML: p.html()}
}
