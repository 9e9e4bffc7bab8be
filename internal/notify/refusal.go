package notify

import (
	"github.com/deskmesh/deskmesh/locales"
)

// Refusal is a mail to somebody who wrote on a ticket after their access was
// over. It has no field that could hold anything of the ticket.
type Refusal struct {
	Language  string // of the recipient
	Recipient string // name
	Account   string // name
	Brand     string // name; what requesters know the desk by
	Outside   bool   // the recipient reads as a requester
	Texts     Texts  // the account's own words
}

// RenderRefusal writes the mail, as Render does for a notice.
func RenderRefusal(r Refusal) Mail {
	w := words{Catalogue: locales.For(r.Language), n: &Notice{Recipient: r.Recipient, Account: r.Account, Brand: r.Brand, Outside: r.Outside}}
	p := page{Language: w.Language(), Title: w.T("mail.refused_subject"), Greeting: w.greeting(), w: w}
	w.own(&p, r.Texts, p.Title)
	p.say(w.T("mail.refused"))
	w.sender(&p)
	return Mail{Subject: p.Title, Text: p.text(), HTML: p.html()}
}
