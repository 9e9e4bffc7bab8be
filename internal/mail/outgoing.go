package mail

import (
	"bytes"
	"mime"
	netmail "net/mail"
	"regexp"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"

	"github.com/deskmesh/deskmesh"
)

// headerLoop carries the mark of the desk that sent a message.
const headerLoop = "X-Deskmesh-Loop"

const (
	maxOutSubject = 500 // runes
	maxOutIDs     = 30
	maxOutHeaders = 30
)

// Outgoing is a message to be sent. Names, subject and header values may hold
// anything: they become one clean, encoded line. Ids of earlier mails that cannot
// be written are left out.
type Outgoing struct {
	From       Address
	To         []Address
	ReplyTo    []Address
	Subject    string
	Text       string // made from HTML when empty
	HTML       string // optional
	MessageID  string // without angle brackets, as Signer.MessageID gives it
	InReplyTo  string
	References []string // oldest first; the newest 30 are sent
	// Headers are further fields, such as List-Unsubscribe. Fields that this
	// struct or MIME provides are refused.
	Headers map[string]string
	// AutoSubmitted marks the message as written by a program, so that nobody's
	// vacation notice or rule answers it (RFC 3834 section 5).
	AutoSubmitted bool
	// Loop is this desk's mark, such as its host. A desk that finds its own mark
	// in a message that arrives sent that message itself (Incoming.Loops).
	Loop string
	Date time.Time
	// Files go along as attachments.
	Files []OutgoingFile
}

// OutgoingFile is a file of a message to be sent.
type OutgoingFile struct {
	Name        string
	ContentType string
	Content     []byte
}

// Compose renders o as a raw message with CRLF line ends and nothing but ASCII
// in it, unless an address holds more (RFC 6532). It answers Invalid, with the
// field, for a wrong address, Message-ID or header name, and for a missing
// sender, recipient, Message-ID, date or text.
func Compose(o Outgoing) ([]byte, error) {
	if err := o.check(); err != nil {
		return nil, err
	}
	m := gomail.NewMsg(gomail.WithNoDefaultUserAgent(), gomail.WithEncoding(gomail.EncodingQP), gomail.WithCharset(gomail.CharsetUTF8))
	m.SetAddrHeaderFromMailAddress(gomail.HeaderFrom, o.From.clean())
	m.SetAddrHeaderFromMailAddress(gomail.HeaderTo, cleanAll(o.To)...)
	m.SetAddrHeaderFromMailAddress(gomail.HeaderReplyTo, cleanAll(o.ReplyTo)...)
	m.Subject(cutRunes(line(o.Subject), maxOutSubject))
	m.SetDateWithValue(o.Date)
	m.SetMessageIDWithValue(o.MessageID)
	if plainID.MatchString(o.InReplyTo) {
		m.SetGenHeader(gomail.HeaderInReplyTo, "<"+o.InReplyTo+">")
	}
	if ids := plainIDs(o.References); len(ids) > 0 {
		m.SetGenHeader(gomail.HeaderReferences, "<"+strings.Join(ids, "> <")+">")
	}
	for name, value := range o.Headers {
		m.SetGenHeader(gomail.Header(name), cutRunes(line(value), maxOutSubject))
	}
	if o.AutoSubmitted {
		m.SetGenHeader("Auto-Submitted", "auto-generated")
		m.SetBulk()
	}
	if mark := line(o.Loop); mark != "" {
		m.SetGenHeader(headerLoop, cutRunes(mark, maxName))
	}
	o.body(m)
	if err := o.attach(m); err != nil {
		return nil, err
	}
	var raw bytes.Buffer
	if _, err := m.WriteTo(&raw); err != nil {
		return nil, deskmesh.Errorf(deskmesh.Internal, "The mail could not be composed.").Because(err)
	}
	return raw.Bytes(), nil
}

// attach adds the files. Names become one clean line; a type that cannot be
// written becomes the general one.
func (o *Outgoing) attach(m *gomail.Msg) error {
	for i := range o.Files {
		f := &o.Files[i]
		kind := f.ContentType
		if _, _, err := mime.ParseMediaType(kind); err != nil {
			kind = "application/octet-stream"
		}
		name := cutRunes(line(f.Name), maxName)
		if err := m.AttachReader(name, bytes.NewReader(f.Content), gomail.WithFileContentType(gomail.ContentType(kind)), gomail.WithFileEncoding(gomail.EncodingB64)); err != nil {
			return deskmesh.Errorf(deskmesh.Internal, "A file could not be attached.").Because(err)
		}
	}
	return nil
}

func (o *Outgoing) body(m *gomail.Msg) {
	text := scrub(o.Text)
	if strings.TrimSpace(text) == "" {
		text = textOf(o.HTML)
	}
	m.SetBodyString(gomail.TypeTextPlain, text)
	if o.HTML != "" {
		m.AddAlternativeString(gomail.TypeTextHTML, scrub(o.HTML))
	}
}

func (o *Outgoing) check() error {
	if !ValidEmail(o.From.Email) {
		return deskmesh.BadField("from", "The sender's address is not valid.")
	}
	if len(o.To) == 0 {
		return deskmesh.BadField("to", "The mail has no recipient.")
	}
	for _, a := range o.To {
		if !ValidEmail(a.Email) {
			return deskmesh.BadField("to", "The address of a recipient is not valid.")
		}
	}
	for _, a := range o.ReplyTo {
		if !ValidEmail(a.Email) {
			return deskmesh.BadField("reply_to", "The address for answers is not valid.")
		}
	}
	if o.Date.IsZero() {
		return deskmesh.BadField("date", "The mail has no date.")
	}
	if strings.TrimSpace(o.Text) == "" && strings.TrimSpace(o.HTML) == "" {
		return deskmesh.BadField("text", "The mail has no text.")
	}
	if !plainID.MatchString(o.MessageID) {
		return deskmesh.BadField("message_id", "The Message-ID is missing or not valid.")
	}
	return o.checkHeaders()
}

// plainID is an id that stands between angle brackets without quoting.
var plainID = regexp.MustCompile(`^[!#-;=?-\[\]^-~]{1,900}$`)

// plainIDs gives the newest ids that can be written.
func plainIDs(ids []string) []string {
	var plain []string
	for _, id := range ids {
		if plainID.MatchString(id) {
			plain = append(plain, id)
		}
	}
	return plain[max(0, len(plain)-maxOutIDs):]
}

var (
	headerName = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9-]{0,60}$`)
	// ownHeaders are the fields that Compose writes itself, or that would add a
	// recipient or change how the message is read.
	ownHeaders = regexp.MustCompile(`(?i)^(from|sender|to|cc|bcc|reply-to|subject|date|message-id|in-reply-to|references|mime-version|content-.*|resent-.*|return-path|received|auto-submitted|precedence|x-auto-response-suppress|x-deskmesh-.*)$`)
)

func (o *Outgoing) checkHeaders() error {
	if len(o.Headers) > maxOutHeaders {
		return deskmesh.BadField("headers", "There are more than %d further header fields.", maxOutHeaders)
	}
	for name := range o.Headers {
		if !headerName.MatchString(name) || ownHeaders.MatchString(name) {
			return deskmesh.BadField("headers", "A header field has a name that cannot be used here.")
		}
	}
	return nil
}

func (a Address) clean() *netmail.Address {
	return &netmail.Address{Name: cutRunes(line(a.Name), maxName), Address: a.Email}
}

func cleanAll(list []Address) []*netmail.Address {
	cleaned := make([]*netmail.Address, 0, len(list))
	for _, a := range list {
		cleaned = append(cleaned, a.clean())
	}
	return cleaned
}
