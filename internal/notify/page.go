package notify

import (
	_ "embed"
	"html/template"
	"strings"

	"github.com/deskmesh/deskmesh/internal/notify/wording"
	"github.com/deskmesh/deskmesh/locales"
)

// page is a mail before it is written as text and as HTML. Its parts come in
// the order of the fields; all of them are clean.
type page struct {
	Language  string
	Title     string
	Opening   wording.Written // the account's own words, instead of greeting and headline
	Greeting  string          // empty for none
	Intro     []string
	Ways      []string
	Message   [][]string // paragraphs of lines
	Plain     bool       // in the text, the message stands without marks of a quote
	After     []string   // what is said after the message
	Rows      [][]row    // blocks of rows
	OpenLabel string
	URL       string
	Closing   wording.Written // the account's own words
	Signature wording.Written
	Notes     []string

	w       words
	newRows bool
}

// row is one property and its value.
type row struct {
	Label string
	Value string
	URL   string // where the value leads; empty for nowhere
}

//go:embed mail.html
var mailHTML string

var mailTemplate = template.Must(template.New("mail").Parse(mailHTML))

// say adds a sentence: before the message, or after it once there is one.
func (p *page) say(s string) {
	if len(p.Message) > 0 {
		p.After = append(p.After, s)
		return
	}
	p.Intro = append(p.Intro, s)
}

// row adds a property; one without a value is left out.
func (p *page) row(label, value string) {
	if value != "" {
		p.add(row{Label: label, Value: value})
	}
}

// link adds a row whose value leads somewhere, where the address is one of the
// web.
func (p *page) link(label, value, address string) {
	p.add(row{Label: label, Value: value, URL: webAddress(address)})
}

func (p *page) add(r row) {
	if len(p.Rows) == 0 || p.newRows {
		p.Rows, p.newRows = append(p.Rows, nil), false
	}
	last := len(p.Rows) - 1
	p.Rows[last] = append(p.Rows[last], r)
}

// gap parts the rows that follow from those before.
func (p *page) gap() { p.newRows = true }

// message adds the text of a message, in paragraphs at its empty lines.
func (p *page) message(text string) {
	var paragraph []string
	for l := range strings.SplitSeq(text, "\n") {
		if strings.TrimSpace(l) != "" {
			paragraph = append(paragraph, l)
			continue
		}
		if len(paragraph) > 0 {
			p.Message, paragraph = append(p.Message, paragraph), nil
		}
	}
	if len(paragraph) > 0 {
		p.Message = append(p.Message, paragraph)
	}
}

// open adds the link to the ticket, where the address is one of the web.
func (p *page) open(address string) { p.URL = webAddress(address) }

// note adds a line at the foot.
func (p *page) note(s string) {
	if s != "" {
		p.Notes = append(p.Notes, s)
	}
}

// text writes the page as plain text.
func (p *page) text() string {
	var blocks []string
	if p.Opening.Text != "" {
		blocks = append(blocks, p.Opening.Text)
	}
	if p.Greeting != "" {
		blocks = append(blocks, p.Greeting)
	}
	blocks = append(blocks, p.Intro...)
	if len(p.Ways) > 0 {
		blocks = append(blocks, "- "+strings.Join(p.Ways, "\n- "))
	}
	if len(p.Message) > 0 {
		blocks = append(blocks, p.quoted())
	}
	blocks = append(blocks, p.After...)
	for _, rows := range p.Rows {
		lines := make([]string, len(rows))
		for i, r := range rows {
			lines[i] = p.w.T("mail.row", locales.Args{"label": r.Label, "value": r.Value})
			if r.URL != "" {
				lines[i] += "\n  " + r.URL
			}
		}
		blocks = append(blocks, strings.Join(lines, "\n"))
	}
	if p.URL != "" {
		blocks = append(blocks, p.w.T("mail.link", locales.Args{"label": p.OpenLabel, "url": p.URL}))
	}
	for _, own := range []wording.Written{p.Closing, p.Signature} {
		if own.Text != "" {
			blocks = append(blocks, own.Text)
		}
	}
	if len(p.Notes) > 0 {
		blocks = append(blocks, strings.Join(p.Notes, "\n"))
	}
	return strings.Join(blocks, "\n\n") + "\n"
}

// quoted writes the message for the text part.
func (p *page) quoted() string {
	mark, empty := "> ", ">"
	if p.Plain {
		mark, empty = "", ""
	}
	paragraphs := make([]string, len(p.Message))
	for i, lines := range p.Message {
		paragraphs[i] = mark + strings.Join(lines, "\n"+mark)
	}
	return strings.Join(paragraphs, "\n"+empty+"\n")
}

// html writes the page as HTML. The template is part of the program and only
// texts go in, so that writing it cannot fail once the tests have passed.
func (p *page) html() string {
	var b strings.Builder
	if err := mailTemplate.Execute(&b, p); err != nil {
		panic("notify: the template of mails: " + err.Error())
	}
	return b.String()
}
