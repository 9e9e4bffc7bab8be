package e2e

import (
	"bytes"
	"cmp"
	"fmt"
	"math/rand/v2"
	"net/smtp"
	"net/url"
	"strings"
	"testing"
)

// customer is somebody outside who writes mails.
func customer(i int) string { return fmt.Sprintf("customer%d@customer.example", i) }

// words is what mails are made of: many enough that the search index has work.
var words = func() []string {
	list := make([]string, 5000)
	for i := range list {
		letters := make([]byte, 3+i%8)
		for k := range letters {
			letters[k] = byte('a' + (i*7+k*13+i/26)%26)
		}
		list[i] = string(letters)
	}
	return list
}()

// prose is a text of a number of bytes.
func prose(r *rand.Rand, size int) string {
	var b strings.Builder
	for line := 0; b.Len() < size; {
		word := words[r.IntN(len(words))]
		b.WriteString(word)
		if line += len(word) + 1; line > 70 {
			b.WriteString("\r\n")
			line = 0
		} else {
			b.WriteByte(' ')
		}
	}
	return b.String()
}

// piece is a mail of a customer. The id is its own, answers the id of the mail it
// answers, or "".
type piece struct {
	from, to, id, answers, subject, text string
	kind                                 string // its Content-Type; "" is plain text
}

func (m *piece) raw() []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "From: <%s>\r\nTo: <%s>\r\nSubject: %s\r\nMessage-ID: <%s>\r\nDate: Mon, 02 Mar 2026 09:00:00 +0000\r\n", m.from, m.to, m.subject, m.id)
	if m.answers != "" {
		fmt.Fprintf(&b, "In-Reply-To: <%s>\r\nReferences: <%s>\r\n", m.answers, m.answers)
	}
	fmt.Fprintf(&b, "MIME-Version: 1.0\r\nContent-Type: %s\r\n\r\n%s\r\n", cmp.Or(m.kind, "text/plain; charset=utf-8"), m.text)
	return b.Bytes()
}

// hand gives a mail to an SMTP server; nil once the server has answered 250 to the
// whole of it.
func hand(c *smtp.Client, m *piece) error {
	if err := c.Mail(m.from); err != nil {
		return err
	}
	if err := c.Rcpt(m.to); err != nil {
		return err
	}
	w, err := c.Data()
	if err != nil {
		return err
	}
	if _, err := w.Write(m.raw()); err != nil {
		return err
	}
	return w.Close()
}

// pages calls see with every item of a list.
func pages(b *browser, path string, see func(map[string]any)) {
	b.t.Helper()
	for cursor := ""; ; {
		a := b.get(path + "&limit=200&cursor=" + url.QueryEscape(cursor))
		for _, it := range a.items() {
			see(it)
		}
		next, _ := a.body["next"].(string)
		if next == "" {
			return
		}
		cursor = next
	}
}

// ticketOf waits for the ticket with a subject and gives its number.
func ticketOf(t *testing.T, b *browser, subject string) (number int64) {
	t.Helper()
	eventually(t, "there is a ticket "+subject, func() bool {
		for _, it := range b.get("/api/v1/tickets?view=all&limit=50").items() {
			if it["subject"] == subject {
				number = int64(it["number"].(float64))
			}
		}
		return number != 0
	})
	return number
}
