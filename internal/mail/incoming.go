package mail

import (
	"bytes"
	"net/mail"
	"strings"
	"time"

	"github.com/deskmesh/deskmesh"
)

// Limits bounds what Parse reads. A zero field means its default.
type Limits struct {
	Bytes  int // the whole message: 25 MiB
	Header int // its header: 256 KiB
	Parts  int // 500
	Depth  int // parts within parts: 20
	Text   int // the text, and the HTML: 2 MiB each
}

func (l Limits) withDefaults() Limits {
	fill := func(field *int, value int) {
		if *field <= 0 {
			*field = value
		}
	}
	fill(&l.Bytes, 25<<20)
	fill(&l.Header, 256<<10)
	fill(&l.Parts, 500)
	fill(&l.Depth, 20)
	fill(&l.Text, 2<<20)
	return l
}

// Incoming is a message that arrived. Every text in it is valid UTF-8 without
// NUL, and header texts are one line. None of it is proven: From is what the
// sender wrote.
type Incoming struct {
	From        Address // empty when there is none to be found
	Senders     int     `json:"-"` // addresses in all From fields; more than one is a trick, or rare
	ReplyTo     []Address
	To          []Address
	Cc          []Address
	Subject     string
	MessageID   string // without angle brackets; may be empty
	InReplyTo   []string
	References  []string // oldest first
	Date        time.Time
	Text        string // always there when there is any text; made from HTML where only that was sent
	HTML        string // as it was sent: pass it through Sanitise before showing it
	Attachments []Attachment
	// AutoSubmitted means that a program wrote it (RFC 3834): it must start no
	// automation and get no automatic answer. The empty return path, which
	// means the same, is known to the SMTP server only.
	AutoSubmitted bool
	// Report is the kind of a report by a program (RFC 6522), such as
	// "delivery-status" or "disposition-notification", which is a read receipt.
	Report string
	// Loops are the marks of desks that sent this message (Outgoing.Loop).
	Loops []string
	// Warnings are whole sentences on what was broken, cut or left out.
	Warnings []string
}

// Attachment is one file of a message. Content may share memory with the raw
// message. Name is a bare file name, never a path.
type Attachment struct {
	Name        string
	ContentType string
	ContentID   string // without angle brackets
	Inline      bool   // the HTML shows it at its place, by its ContentID
	Content     []byte
}

// Parse reads a raw message. It reads what can be read and puts the rest into
// Warnings; the only errors are TooLarge, for more than limits.Bytes, and
// Invalid, for a message without any content. It never panics, so one poisonous
// message cannot stop a queue.
func Parse(raw []byte, limits Limits) (in *Incoming, err error) {
	limits = limits.withDefaults()
	if len(raw) > limits.Bytes {
		return nil, deskmesh.Errorf(deskmesh.TooLarge, "The message is larger than %d bytes.", limits.Bytes)
	}
	raw = bytes.TrimLeft(raw, "\r\n\t ")
	if len(raw) == 0 {
		return nil, deskmesh.Errorf(deskmesh.Invalid, "The message is empty.")
	}
	// The fuzz test calls parse, so a panic is found there and not hidden here.
	defer func() {
		if recover() != nil {
			in, err = nil, deskmesh.Errorf(deskmesh.Invalid, "The message cannot be read.")
		}
	}()
	return parse(raw, limits), nil
}

func parse(raw []byte, limits Limits) *Incoming {
	r := &reader{limits: limits, in: &Incoming{}}
	head, body := splitHeader(raw)
	h, clean := readHeader(head, limits.Header)
	if !clean {
		r.warn("The header is broken in places.")
	}
	r.envelope(h)
	r.assemble(r.walk(h, body, place{root: true}))
	if r.in.Text == "" {
		r.in.Text = r.cut(r.tnef)
	}
	return r.in
}

// reader collects one message.
type reader struct {
	limits Limits
	in     *Incoming
	parts  int
	warned map[string]bool
	tnef   string // the text in a winmail.dat
}

// warn adds a sentence once, and at most 50 of them.
func (r *reader) warn(sentence string) {
	if sentence == "" || r.warned[sentence] || len(r.warned) >= 50 {
		return
	}
	if r.warned == nil {
		r.warned = map[string]bool{}
	}
	r.warned[sentence] = true
	r.in.Warnings = append(r.in.Warnings, sentence)
}

// envelope takes over the fields of the message's own header.
func (r *reader) envelope(h header) {
	in := r.in
	in.From = r.sender(h)
	in.ReplyTo = r.addresses(h, "Reply-To")
	in.To = r.addresses(h, "To")
	in.Cc = r.addresses(h, "Cc")
	in.Subject = decodeField(h.Get("Subject"), maxSubject)
	if ids := messageIDs(h["Message-Id"]); len(ids) > 0 {
		in.MessageID = ids[0]
	} else {
		r.warn("There is no Message-ID.")
	}
	in.InReplyTo = messageIDs(h["In-Reply-To"])
	in.References = messageIDs(h["References"])
	in.Date = r.date(h.Get("Date"))
	in.AutoSubmitted = automatic(h)
	if kind, params := parseMediaType(h.Get("Content-Type")); kind == "multipart/report" {
		in.Report = cutRunes(line(strings.ToLower(params["report-type"])), maxName)
	}
	for _, mark := range h[headerLoop] {
		if mark = line(toUTF8(mark)); mark != "" && len(in.Loops) < maxIDs {
			in.Loops = append(in.Loops, cutRunes(mark, maxName))
		}
	}
}

func (r *reader) sender(h header) Address {
	all, _ := parseAddresses(h["From"])
	if r.in.Senders = len(all); len(h["From"]) > 1 {
		r.in.Senders = max(len(all), len(h["From"]))
		r.warn("There are several From fields; the first one counts.")
	}
	for _, name := range []string{"From", "Sender"} {
		if len(h[name]) == 0 {
			continue
		}
		list, clean := parseAddresses(h[name][:1])
		if !clean {
			r.warn("The field " + name + " is broken.")
		}
		if len(list) > 0 {
			return list[0]
		}
	}
	r.warn("There is no sender address.")
	return Address{}
}

func (r *reader) addresses(h header, name string) []Address {
	list, clean := parseAddresses(h[name])
	if !clean {
		r.warn("The field " + name + " is broken.")
	}
	return list
}

// date reads the Date field; its zero value means that there is none of use.
func (r *reader) date(value string) time.Time {
	value = line(toUTF8(value))
	if len(value) > 100 {
		value = cutBytes(value, 100)
	}
	at, err := mail.ParseDate(value)
	if err != nil {
		// A zone in brackets that RFC 5322 does not foresee is the usual fault.
		bare, _, _ := strings.Cut(value, "(")
		at, err = mail.ParseDate(strings.TrimSpace(bare))
	}
	if err != nil || at.Year() < 1970 || at.Year() > 9999 {
		r.warn("There is no date that can be read.")
		return time.Time{}
	}
	return at.UTC()
}
