package notify

import (
	"strconv"

	"github.com/deskmesh/deskmesh/locales"
)

// SignIn is a mail with a link to sign in with, once.
type SignIn struct {
	Language  string // of the recipient
	Recipient string // name
	Account   string // name
	URL       string // with the secret
	Minutes   int    // for which it works
}

// RenderSignIn writes the mail, as Render does for a notice.
func RenderSignIn(s SignIn) Mail {
	w := words{Catalogue: locales.For(s.Language), n: &Notice{Recipient: s.Recipient, Account: s.Account, Outside: true}}
	p := page{Language: w.Language(), Title: w.T("mail.sign_in_subject", locales.Args{"account": line(s.Account, maxName)}), Greeting: w.greeting(), OpenLabel: w.T("mail.sign_in_open"), w: w}
	p.say(w.T("mail.sign_in", locales.Args{"minutes": strconv.Itoa(s.Minutes)}))
	p.open(s.URL)
	return Mail{Subject: p.Title, Text: p.text(), HTML: p.html()}
}
