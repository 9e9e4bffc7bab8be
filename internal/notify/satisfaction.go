package notify

import (
	"strconv"

	"github.com/deskmesh/deskmesh/locales"
)

// Satisfaction is a mail that asks a requester how their ticket was solved.
type Satisfaction struct {
	Language  string // of the recipient
	Recipient string // name
	Brand     string // name
	Number    int64
	Subject   string
	URL       string // of the page with the answers; opening it answers nothing
	Days      int    // for which it can be answered
}

// RenderSatisfaction writes the mail, as Render does for a notice.
func RenderSatisfaction(s Satisfaction) Mail {
	w := words{Catalogue: locales.For(s.Language), n: &Notice{Recipient: s.Recipient, Account: s.Brand, Outside: true}}
	subject := line(s.Subject, maxName)
	p := page{Language: w.Language(), Title: w.T("mail.satisfaction_subject", locales.Args{"subject": subject}), Greeting: w.greeting(), OpenLabel: w.T("mail.satisfaction_open", nil), w: w}
	p.say(w.T("mail.satisfaction", locales.Args{"number": strconv.FormatInt(s.Number, 10), "subject": subject, "brand": line(s.Brand, maxName)}))
	p.open(s.URL)
	p.Notes = append(p.Notes, w.N("mail.satisfaction_days", s.Days, nil))
	return Mail{Subject: p.Title, Text: p.text(), HTML: p.html()}
}
