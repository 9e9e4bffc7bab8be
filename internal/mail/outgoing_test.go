package mail

import (
	"bytes"
	"maps"
	netmail "net/mail"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/deskmesh/deskmesh"
)

func sample() Outgoing {
	return Outgoing{
		From:       Address{"Acme Support", "support@acme.example"},
		To:         []Address{{"Jürgen \"JK\" Kraus", "juergen@example.de"}},
		ReplyTo:    []Address{{"Acme Support", "support+rabc@acme.example"}},
		Subject:    "Ticket #1042 wurde mit Ihnen geteilt – schöne Grüße aus der Buchhaltung von Acme",
		Text:       "Hallo Jürgen,\n\n.dot\nschöne Grüße",
		HTML:       "<p>Hallo Jürgen</p>",
		MessageID:  "dm.abc@acme.example",
		InReplyTo:  "first@example.de",
		References: []string{"zero@example.de", "bad id", "first@example.de"},
		Headers:    map[string]string{"List-Unsubscribe": "<https://acme.example/u?a=b>"},
		Date:       time.Date(2026, 7, 20, 9, 0, 0, 0, time.UTC),
		Loop:       "acme.example",
	}
}

func compose(t *testing.T, o Outgoing) (raw []byte, in *Incoming) {
	t.Helper()
	raw, err := Compose(o)
	if err != nil {
		t.Fatal(err)
	}
	if in, err = Parse(raw, Limits{}); err != nil {
		t.Fatal(err)
	}
	return raw, in
}

func TestComposeRoundTrip(t *testing.T) {
	t.Parallel()
	o := sample()
	raw, in := compose(t, o)
	want := &Incoming{
		From: o.From, To: o.To, ReplyTo: o.ReplyTo, Subject: o.Subject, MessageID: o.MessageID,
		InReplyTo: []string{"first@example.de"}, References: []string{"zero@example.de", "first@example.de"},
		Date: o.Date, Text: o.Text, HTML: o.HTML, Loops: []string{"acme.example"}, Senders: 1,
	}
	if diff := cmp.Diff(want, in); diff != "" {
		t.Errorf("(-want +got):\n%s\n%s", diff, raw)
	}
	checkWire(t, raw)
	m, err := netmail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	if kind := m.Header.Get("Content-Type"); !strings.HasPrefix(kind, "multipart/alternative") {
		t.Errorf("Content-Type is %q", kind)
	}
	for _, name := range []string{"Auto-Submitted", "Precedence", "User-Agent", "X-Mailer"} {
		if v := m.Header.Get(name); v != "" {
			t.Errorf("%s: %s", name, v)
		}
	}
	if v := m.Header.Get("List-Unsubscribe"); v != "<https://acme.example/u?a=b>" {
		t.Errorf("List-Unsubscribe: %s", v)
	}
}

// checkWire fails on anything an SMTP server may refuse or read differently:
// bare CR or LF, bytes over 127, lines over 998 bytes.
func checkWire(t interface{ Errorf(string, ...any) }, raw []byte) {
	for row := range bytes.SplitSeq(bytes.TrimSuffix(raw, []byte("\r\n")), []byte("\r\n")) {
		if len(row) > 998 || bytes.ContainsAny(row, "\r\n") || bytes.ContainsFunc(row, func(r rune) bool { return r > 126 }) {
			t.Errorf("line %q", row)
		}
	}
}

func TestComposeAutomatic(t *testing.T) {
	t.Parallel()
	o := sample()
	o.AutoSubmitted, o.HTML = true, ""
	raw, in := compose(t, o)
	if !in.AutoSubmitted || in.HTML != "" {
		t.Errorf("AutoSubmitted %v, HTML %q", in.AutoSubmitted, in.HTML)
	}
	for _, row := range []string{"Auto-Submitted: auto-generated\r\n", "Precedence: bulk\r\n", "X-Auto-Response-Suppress: All\r\n", "X-Deskmesh-Loop: acme.example\r\n"} {
		if !bytes.Contains(raw, []byte(row)) {
			t.Errorf("no %q in\n%s", row, raw)
		}
	}
}

func TestComposeTextFromHTML(t *testing.T) {
	t.Parallel()
	o := sample()
	o.Text = ""
	if _, in := compose(t, o); in.Text != "Hallo Jürgen" {
		t.Errorf("text %q", in.Text)
	}
}

func TestComposeRefuses(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		change func(*Outgoing)
		field  string
	}{
		"no sender":              {func(o *Outgoing) { o.From = Address{} }, "from"},
		"no recipient":           {func(o *Outgoing) { o.To = nil }, "to"},
		"two recipients in one":  {func(o *Outgoing) { o.To[0].Email = "a@example.com, b@example.com" }, "to"},
		"line end in recipient":  {func(o *Outgoing) { o.To[0].Email = "a@example.com\r\nBcc: b@example.com" }, "to"},
		"line end in reply-to":   {func(o *Outgoing) { o.ReplyTo[0].Email = "a@example.com\nX: y" }, "reply_to"},
		"line end in Message-ID": {func(o *Outgoing) { o.MessageID = "a@b>\r\nX: y" }, "message_id"},
		"no Message-ID":          {func(o *Outgoing) { o.MessageID = "" }, "message_id"},
		"no date":                {func(o *Outgoing) { o.Date = time.Time{} }, "date"},
		"no text":                {func(o *Outgoing) { o.Text, o.HTML = " \n", "" }, "text"},
		"Bcc by header":          {func(o *Outgoing) { o.Headers = map[string]string{"bcc": "b@example.com"} }, "headers"},
		"loop mark by header":    {func(o *Outgoing) { o.Headers = map[string]string{"X-Deskmesh-Loop": "b"} }, "headers"},
		"line end in name":       {func(o *Outgoing) { o.Headers = map[string]string{"X-A: b\r\nX-B": "c"} }, "headers"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := sample()
			c.change(&o)
			_, err := Compose(o)
			e, ok := err.(*deskmesh.Error)
			if !ok || e.Code != deskmesh.Invalid || e.Field != c.field {
				t.Errorf("got %v, want field %s", err, c.field)
			}
		})
	}
}

// TestComposeInjection is the row "header/recipient injection" of the advisories:
// whatever names, subjects and values hold, the message has exactly the header
// fields and recipients it should have.
func TestComposeInjection(t *testing.T) {
	t.Parallel()
	_, plain := rawHeader(t, sample())
	rapid.Check(t, func(t *rapid.T) {
		hostile := rapid.OneOf(
			rapid.String(),
			rapid.StringMatching(`[a-z ]{0,5}(\r\n|\n|\r|\x00|\x0b|\x{0085}|\x{2028}){1,3}(Bcc: x@evil\.example|\r\n\r\nbody|--|X-Evil: y)[a-z"<>,;@ ]{0,9}`),
			rapid.StringMatching(`["<>,;:@()\\=?_ a]{0,40}`),
			rapid.StringMatching(`[a-zß ]{200,900}`),
		)
		o := sample()
		o.From.Name = hostile.Draw(t, "from")
		o.To[0].Name = hostile.Draw(t, "to")
		o.ReplyTo[0].Name = hostile.Draw(t, "replyTo")
		o.Subject = hostile.Draw(t, "subject")
		o.InReplyTo = hostile.Draw(t, "inReplyTo")
		o.References = append([]string{hostile.Draw(t, "references")}, o.References...)
		o.Headers["X-Any"] = "x" + hostile.Draw(t, "header")
		o.Loop = "x" + hostile.Draw(t, "loop")
		o.Text = "x" + hostile.Draw(t, "text")
		raw, got := rawHeader(t, o)
		checkWire(t, raw)
		want := slices.Concat(plain, []string{"X-Any"})
		if o.InReplyTo == "" || !plainID.MatchString(o.InReplyTo) {
			want = slices.DeleteFunc(want, func(s string) bool { return s == "In-Reply-To" })
		}
		slices.Sort(want)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("header fields (-want +got):\n%s\n%s", diff, raw)
		}
		in, err := Parse(raw, Limits{})
		if err != nil || len(in.To) != 1 || in.To[0].Email != "juergen@example.de" || in.From.Email != "support@acme.example" || len(in.Cc) != 0 {
			t.Fatalf("%v, from %v, to %v", err, in.From, in.To)
		}
	})
}

func rawHeader(t interface{ Fatal(...any) }, o Outgoing) (raw []byte, names []string) {
	raw, err := Compose(o)
	if err != nil {
		t.Fatal(err)
	}
	m, err := netmail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	return raw, slices.Sorted(maps.Keys(m.Header))
}
