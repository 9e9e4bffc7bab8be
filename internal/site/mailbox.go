package site

import (
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/app"
)

// keptMail is a mail of the demo mailbox as programs read it.
type keptMail struct {
	ID      int64             `json:"id"`
	From    string            `json:"from"`
	To      []string          `json:"to"`
	Subject string            `json:"subject"`
	Text    string            `json:"text"`
	HTML    string            `json:"html"`
	Headers map[string]string `json:"headers"`
	At      time.Time         `json:"at"`
}

// shownField is a header of a mail.
type shownField struct{ Name, Value string }

// shownMail is a mail of the demo mailbox as the page shows it.
type shownMail struct {
	app.DemoMail
	Recipients string
	Fields     []shownField
}

// mailbox shows the mails that the demo kept, newest first: as a page, or as
// JSON for those who ask for that. It needs no sign-in, and there is none but
// in a demo.
func (v *visit) mailbox() error {
	mails, err := v.app.DemoMails(v.ctx())
	if err != nil {
		return err
	}
	v.w.Header().Add("Vary", "Accept")
	if wantsJSON(v.r) {
		return v.mailboxJSON(mails)
	}
	list := make([]shownMail, len(mails))
	for i, m := range mails {
		list[i] = shownMail{DemoMail: m, Recipients: strings.Join(m.To, ", ")}
		for _, name := range slices.Sorted(maps.Keys(m.Headers)) {
			list[i].Fields = append(list[i].Fields, shownField{Name: name, Value: m.Headers[name]})
		}
	}
	return v.show(http.StatusOK, "mailbox", v.newFrame("mailbox", v.t("site.mailbox.title")), list)
}

func (v *visit) mailboxJSON(mails []app.DemoMail) error {
	items := make([]keptMail, len(mails))
	for i, m := range mails {
		items[i] = keptMail{ID: m.ID, From: m.From, To: m.To, Subject: m.Subject, Text: m.Text, HTML: m.HTML, Headers: m.Headers, At: m.CreatedAt.Std()}
	}
	body, err := json.Marshal(map[string]any{"items": items})
	if err != nil {
		return err
	}
	v.w.Header().Set("Content-Type", "application/json")
	if _, err := v.w.Write(body); err != nil {
		return nil //nolint:nilerr // the client is gone
	}
	return nil
}

// wantsJSON says whether the Accept header asks for JSON rather than a page.
func wantsJSON(r *http.Request) bool {
	for _, part := range strings.Split(r.Header.Get("Accept"), ",") {
		kind, _, _ := strings.Cut(part, ";")
		switch strings.ToLower(strings.TrimSpace(kind)) {
		case "text/html":
			return false
		case "application/json":
			return true
		}
	}
	return false
}

// mailHTMLPolicy lets a mail's HTML look as in a mail program: with its own
// styles, and with nothing that runs or loads.
const mailHTMLPolicy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox; frame-ancestors 'none'"

// mailHTML shows the HTML form of one mail of the demo mailbox.
func (v *visit) mailHTML() error {
	id, err := strconv.ParseInt(v.r.PathValue("id"), 10, 64)
	if err != nil {
		return dm.Missing("mail")
	}
	m, err := v.app.DemoMail(v.ctx(), id)
	if err != nil {
		return err
	}
	v.w.Header().Set("Content-Security-Policy", mailHTMLPolicy)
	v.w.Header().Set("Content-Type", "text/html; charset=utf-8")
	if _, err := v.w.Write([]byte(m.HTML)); err != nil {
		return nil //nolint:nilerr // the client is gone
	}
	return nil
}
