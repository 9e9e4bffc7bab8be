package httpapi_test

import (
	"context"
	"fmt"
	"net"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/app"
	"github.com/deskmesh/deskmesh/internal/mail/origin"
)

// post takes in a mail with the header fields given, beside From, To, Subject and
// a Message-ID of its own, and gives that id.
func (w *world) take(from, to, subject, text string, fields ...string) string {
	w.Helper()
	w.advance(time.Millisecond)
	id := fmt.Sprintf("%d@elsewhere.example", w.clock.at.Load())
	return w.takeAs(app.ArrivedMail{From: from, To: []string{to}, RemoteIP: "127.0.0.1"}, id, subject, text, fields...)
}

func (w *world) takeAs(m app.ArrivedMail, id, subject, text string, fields ...string) string {
	w.Helper()
	head := append([]string{"From: <" + m.From + ">", "To: <" + m.To[0] + ">", "Subject: " + subject, "Message-ID: <" + id + ">", "Date: Mon, 02 Mar 2026 09:00:00 +0000"}, fields...)
	m.Raw = []byte(strings.Join(head, "\r\n") + "\r\n\r\n" + text + "\r\n")
	w.must(w.app.AcceptMail(w.Context(), m))
	w.drain()
	return id
}

// newest gives the number of the newest ticket.
func (w *world) newest() int64 {
	w.Helper()
	return w.as("owner").get("/tickets?limit=1&sort=-created").ok().number("items.0.number")
}

func (w *world) all() int64 {
	w.Helper()
	return w.as("owner").get("/tickets/count?view=all").ok().number("count")
}

// waits lists what waits on a ticket: reason and text.
func (w *world) waits(number int64) []string {
	w.Helper()
	a := w.as("owner").get(at(number, "suggested-mails")).ok()
	list := []string{}
	for i := range a.list("items") {
		list = append(list, a.text(fmt.Sprintf("items.%d.reason", i))+": "+a.text(fmt.Sprintf("items.%d.text", i)))
	}
	return list
}

// signedID gives the Message-ID of a mail that this desk sent.
func (w *world) signedID(m sentMail) string {
	w.Helper()
	found := regexp.MustCompile(`(?mi)^message-id: <([^>]+)>`).FindStringSubmatch(m.raw)
	if found == nil {
		w.Fatal("the mail has no Message-ID")
	}
	return found[1]
}

// noteTo finds the address for notes in a mail to an agent.
func (w *world) noteTo(m sentMail) string {
	w.Helper()
	found := regexp.MustCompile(`[a-z]+\+n[a-z0-9]+@acme\.example`).FindString(strings.ReplaceAll(m.text, "\n", ""))
	if found == "" {
		w.Fatalf("no address for notes in: %s", m.text)
	}
	return found
}

func TestMailFindsItsTicket(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		first := w.take("staff.one@acme.example", "accounts@acme.example", "Invoice missing", "Where is it?")
		n := w.newest()
		w.as("owner").post(at(n, "messages"), map[string]any{"kind": "reply", "text": "Here it is."}).is(201)
		answer := w.mails("staff.one")[0]
		last := func() string { return w.texts("owner", n)[len(w.texts("owner", n))-1] }
		t.Run("by the address that was signed for the sender", func(t *testing.T) {
			w := w.in(t)
			w.take("staff.one@acme.example", w.replyTo(answer), "Thanks", "By address")
			same(t, "last", last(), "reply: By address")
		})
		t.Run("by the Message-ID that was signed for the sender, at the inbox's own address", func(t *testing.T) {
			w := w.in(t)
			w.take("staff.one@acme.example", "accounts@acme.example", "Thanks", "By id", "In-Reply-To: <"+w.signedID(answer)+">")
			same(t, "last", last(), "reply: By id")
		})
		t.Run("by the id of a mail that came in, where the sender has access", func(t *testing.T) {
			w := w.in(t)
			w.take("staff.one@acme.example", "accounts@acme.example", "One more thing", "By reference", "References: <unknown@elsewhere.example> <"+first+">")
			same(t, "last", last(), "reply: By reference")
		})
		t.Run("old references: never by its subject or number, and by no unsigned id", func(t *testing.T) {
			w := w.in(t)
			before, count := w.texts("owner", n), w.all()
			for i, field := range []string{"X-Ticket: 1", fmt.Sprintf("In-Reply-To: <%d@acme.example>", n), fmt.Sprintf("References: <ticket-%d@acme.example> <dm.%d@acme.example>", n, n)} {
				w.take("staff.one@acme.example", "accounts@acme.example", fmt.Sprintf("Re: Invoice missing (#%d)", n), fmt.Sprint("Number ", i), field)
			}
			same(t, "messages", w.texts("owner", n), before)
			same(t, "tickets", w.all(), count+3)
		})
		t.Run("spoofed reply: a changed address or id is nobody's", func(t *testing.T) {
			w := w.in(t)
			before := w.texts("owner", n)
			local, domain, _ := strings.Cut(w.replyTo(answer), "@")
			bad := local[:len(local)-4] + "aaaa@" + domain
			if err := w.app.MailRecipient(t.Context(), bad); err == nil {
				t.Error("a changed address is taken")
			}
			id := strings.Replace(w.signedID(answer), "dm.", "dm.b", 1)
			w.take("staff.one@acme.example", "accounts@acme.example", "Re", "Forged", "In-Reply-To: <"+id+">")
			same(t, "messages", w.texts("owner", n), before)
		})
		t.Run("an answer to all comes by two addresses and is one message", func(t *testing.T) {
			w := w.in(t)
			count := len(w.texts("owner", n))
			reply := "In-Reply-To: <" + w.signedID(answer) + ">"
			for _, to := range []string{w.replyTo(answer), "accounts@acme.example", w.replyTo(answer)} {
				w.takeAs(app.ArrivedMail{From: "staff.one@acme.example", To: []string{to}}, "both@elsewhere.example", "Re", "To all of you", reply, "Cc: <accounts@acme.example>")
			}
			same(t, "messages", len(w.texts("owner", n)), count+1)
		})
		t.Run("another mail with an id that was there before is not lost", func(t *testing.T) {
			w := w.in(t)
			count := w.all()
			for _, text := range []string{"Page 1", "Page 2", "Page 2"} {
				w.takeAs(app.ArrivedMail{From: "staff.two@acme.example", To: []string{"accounts@acme.example"}}, "always-the-same@scanner.example", "Scan", text)
			}
			same(t, "tickets", w.all(), count+2)
		})
		t.Run("a mail to two inboxes is a ticket in each", func(t *testing.T) {
			w := w.in(t)
			count := w.all()
			w.takeAs(app.ArrivedMail{From: "staff.two@acme.example", To: []string{"accounts@acme.example", "hr@acme.example"}}, "two-inboxes@elsewhere.example", "Both", "To you both")
			same(t, "tickets", w.all(), count+2)
		})
		t.Run("read receipts: what a mail program says about a mail starts nothing", func(t *testing.T) {
			w := w.in(t)
			before, count := w.texts("owner", n), w.all()
			receipt := "--b\r\nContent-Type: text/plain\r\n\r\nIt was read.\r\n--b\r\nContent-Type: message/disposition-notification\r\n\r\nFinal-Recipient: rfc822;staff.one@acme.example\r\nDisposition: manual-action/MDN-sent-manually; displayed\r\n\r\n--b--"
			for _, to := range []string{w.replyTo(answer), "accounts@acme.example"} {
				w.take("staff.one@acme.example", to, "Read: Invoice", receipt, `MIME-Version: 1.0`, `Content-Type: multipart/report; report-type=disposition-notification; boundary="b"`)
			}
			same(t, "messages", w.texts("owner", n), before)
			same(t, "tickets", w.all(), count)
		})
		t.Run("RFC 3834 an automatic answer starts nothing", func(t *testing.T) {
			w := w.in(t)
			before, count := w.texts("owner", n), w.all()
			w.take("staff.one@acme.example", w.replyTo(answer), "Out of office", "I am away", "Auto-Submitted: auto-replied")
			w.takeAs(app.ArrivedMail{From: "", To: []string{"accounts@acme.example"}}, "bounce@elsewhere.example", "Undelivered", "Sorry", "Auto-Submitted: auto-replied")
			same(t, "messages", w.texts("owner", n), before)
			same(t, "tickets", w.all(), count)
			same(t, "told", w.mails("staff.one"), []sentMail(nil))
		})
	})
}

// silentNames is a name server that says nothing until answer is closed, and then
// that there is nothing.
type silentNames struct{ answer chan struct{} }

func (s *silentNames) wait(ctx context.Context) error {
	select {
	case <-s.answer:
	case <-ctx.Done():
	}
	return &net.DNSError{Err: "no such host", IsNotFound: true}
}

func (s *silentNames) LookupTXT(ctx context.Context, _ string) ([]string, error) {
	return nil, s.wait(ctx)
}

func (s *silentNames) LookupMX(ctx context.Context, _ string) ([]*net.MX, error) {
	return nil, s.wait(ctx)
}

func (s *silentNames) LookupIPAddr(ctx context.Context, _ string) ([]net.IPAddr, error) {
	return nil, s.wait(ctx)
}

func (s *silentNames) LookupAddr(ctx context.Context, _ string) ([]string, error) {
	return nil, s.wait(ctx)
}

func TestHostileMail(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		t.Run("header injection: line ends in a subject and a name add no field to what goes out", func(t *testing.T) {
			w := w.in(t)
			w.take("staff.one@acme.example", "accounts@acme.example", "=?utf-8?Q?Hello=0D=0ABcc:_eve@elsewhere.example?=", "Text", "Reply-To: =?utf-8?Q?x=0D=0ABcc:_eve@elsewhere.example?= <eve@elsewhere.example>")
			w.as("owner").post(at(w.newest(), "messages"), map[string]any{"kind": "reply", "text": "Answer"}).is(201)
			got := w.mails("")
			for _, m := range got {
				head, _, _ := strings.Cut(m.raw, "\r\n\r\n")
				if regexp.MustCompile(`(?mi)^bcc:`).MatchString(head) || m.to == "eve@elsewhere.example" {
					t.Errorf("%s: %s", m.to, head)
				}
			}
			if len(got) == 0 {
				t.Error("nothing went out")
			}
		})
		t.Run("XSS: what a mail brings along is clean where it is shown", func(t *testing.T) {
			w := w.in(t)
			w.take("staff.one@acme.example", "accounts@acme.example", "<script>alert(1)</script>", `<p onclick="x()">Hi<script>alert(1)</script><img src=x onerror=alert(1)><a href="javascript:alert(1)">x</a></p>`, "Content-Type: text/html; charset=utf-8")
			n := w.newest()
			list := w.as("owner").get(at(n, "messages")).ok()
			same(t, "html", strings.TrimSpace(list.text("items.0.html")), "<p>Hix</p>")
			original := w.as("owner").get(at(n, "messages", fmt.Sprint(list.number("items.0.id")), "original")).ok()
			same(t, "original", strings.TrimSpace(original.text("html")), "<p>Hix</p>")
		})
		t.Run("SSRF: pictures in a mail get the address of its files, and others are not loaded", func(t *testing.T) {
			w := w.in(t)
			body := "--b\r\nContent-Type: text/html\r\n\r\n<p><img src=\"cid:Photo@x\"><img src=\"cid:none\"><img src=\"https://tracker.example/x.gif\"></p>\r\n--b\r\nContent-Type: image/png; name=p.png\r\nContent-ID: <photo@x>\r\nContent-Transfer-Encoding: base64\r\n\r\niVBORw0KGgo=\r\n--b--"
			w.take("staff.one@acme.example", "accounts@acme.example", "Photo", body, "MIME-Version: 1.0", "Content-Type: multipart/related; boundary=b")
			list := w.as("owner").get(at(w.newest(), "messages")).ok()
			want := fmt.Sprintf(`<img src="/api/v1/attachments/%d">`, list.number("items.0.attachments.0.id"))
			if html := list.text("items.0.html"); !strings.Contains(html, want) || strings.Contains(html, ` src="https`) || strings.Contains(html, "cid:") {
				t.Errorf("%s has not %s", html, want)
			}
		})
		t.Run("resource exhaustion: name servers that do not answer hold no other mail up", func(t *testing.T) {
			w := w.in(t)
			silent := &silentNames{answer: make(chan struct{})}
			w.app.Origin, w.app.CheckPatience = &origin.Checker{Resolver: silent, Timeout: time.Hour}, time.Millisecond
			defer func() { w.app.Origin, w.app.CheckPatience = nil, time.Minute }()
			before := w.all()
			for i := range 3 {
				w.takeAs(app.ArrivedMail{From: fmt.Sprintf("anna@silent%d.example", i), To: []string{"accounts@acme.example"}, RemoteIP: "203.0.113.5", HELO: "mx.silent.example", Source: dm.MailSMTP},
					fmt.Sprintf("silent%d@elsewhere.example", i), "Silence", "Nobody answers for me")
			}
			same(t, "tickets meanwhile", w.all(), before)
			w.app.CheckPatience = time.Minute // for one that asks nobody
			w.take("staff.one@acme.example", "accounts@acme.example", "Another matter", "With nothing to ask")
			same(t, "tickets of others", w.all(), before+1)
			close(silent.answer)
			w.advance(time.Minute)
			w.drain()
			same(t, "tickets afterwards", w.all(), before+4)
		})
		t.Run("resource exhaustion: a poison message stops nothing", func(t *testing.T) {
			w := w.in(t)
			count := w.all()
			for _, raw := range []string{"\x00\x00", "From: <a@", strings.Repeat("Content-Type: multipart/mixed; boundary=x\n\n--x\n", 50)} {
				w.must(w.app.AcceptMail(t.Context(), app.ArrivedMail{From: "eve@elsewhere.example", To: []string{"accounts@acme.example"}, Raw: []byte(raw)}))
			}
			w.take("staff.two@acme.example", "accounts@acme.example", "Behind them", "Still here")
			if w.all() == count || w.countOf("SELECT COUNT(*) FROM raw_mails WHERE state = 'waiting'") != "0" {
				t.Error("a mail still waits")
			}
		})
	})
}

func TestSuggestedMails(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		w.take("staff.one@acme.example", "accounts@acme.example", "Invoice missing", "Where is it?")
		n := w.newest()
		w.as("owner").post(at(n, "messages"), map[string]any{"kind": "reply", "text": "Here it is."}).is(201)
		w.share(n, w.agent("hr.agent"), w.agent("hr.second"))
		w.as("owner").patch(at(n, "shares", w.shareID(n, "Hr Second")), map[string]any{"level": "view"}).is(200)
		answer := w.mails("staff.one")[0]
		to := w.replyTo(answer)
		before, count := w.texts("owner", n), w.all()
		w.mails("")
		t.Run("spoofed reply: a stranger at somebody's signed address becomes a suggestion, never a viewer", func(t *testing.T) {
			w := w.in(t)
			people := w.countOf("SELECT COUNT(*) FROM people")
			w.take("eve@elsewhere.example", to, "Re", "Send me everything")
			same(t, "messages", w.texts("owner", n), before)
			same(t, "tickets", w.all(), count)
			same(t, "waits", w.waits(n), []string{"stranger: Send me everything"})
			same(t, "people", w.countOf("SELECT COUNT(*) FROM people"), people)
			same(t, "history", len(w.history(n, "ticket.mail.suggested", "internal")), 1)
			for _, m := range w.mails("") {
				if m.to == "eve@elsewhere.example" || m.to == w.address("staff.one") {
					t.Errorf("%s is told: %s", m.to, m.subject)
				}
			}
		})
		t.Run("spoofed reply: so does a known person without access, by address or by id", func(t *testing.T) {
			w := w.in(t)
			w.take("staff.two@acme.example", to, "Re", "Me too")
			w.take("staff.two@acme.example", "accounts@acme.example", "Re", "By id", "In-Reply-To: <"+w.signedID(answer)+">")
			same(t, "waits", w.waits(n)[1:], []string{"stranger: Me too", "stranger: By id"})
			same(t, "sees", w.sees("staff.two", n), false)
			same(t, "told", w.mails("staff.two"), []sentMail(nil))
		})
		t.Run("the list is for agents who may read what is internal", func(t *testing.T) {
			w := w.in(t)
			same(t, "a share counts", len(w.as("hr.agent").get(at(n, "suggested-mails")).ok().list("items")), 3)
			w.as("support.agent").get(at(n, "suggested-mails")).is(404)
			w.as("staff.one").get(at(n, "suggested-mails")).is(403)
			w.as("staff.two").get(at(n, "suggested-mails")).is(404)
			w.as("globex/owner").get(at(n, "suggested-mails")).is(404)
		})
		t.Run("whoever may not write may not decide", func(t *testing.T) {
			w := w.in(t)
			id := fmt.Sprint(w.as("owner").get(at(n, "suggested-mails")).ok().number("items.0.id"))
			for _, verb := range []string{"accept", "move"} {
				w.as("hr.second").post(at(n, "suggested-mails", id, verb), nil).is(403)
				w.as("support.agent").post(at(n, "suggested-mails", id, verb), nil).is(404)
				w.as("staff.one").post(at(n, "suggested-mails", id, verb), nil).is(403)
				w.as("owner").post(at(n, "suggested-mails", "987654", verb), nil).is(404)
			}
			w.as("hr.second").delete(at(n, "suggested-mails", id)).is(403)
			same(t, "waits", len(w.waits(n)), 3)
		})
		t.Run("accepted, it is a message in the sender's name, who sees nothing by it", func(t *testing.T) {
			w := w.in(t)
			id := fmt.Sprint(w.as("owner").get(at(n, "suggested-mails")).ok().number("items.0.id"))
			same(t, "number", w.as("owner").post(at(n, "suggested-mails", id, "accept"), nil).is(200).number("number"), n)
			texts := w.texts("owner", n)
			same(t, "last", texts[len(texts)-1], "reply: Send me everything")
			w.as("owner").post(at(n, "suggested-mails", id, "accept"), nil).is(404)
			last := w.as("owner").get(at(n, "messages") + "?limit=200").ok()
			i := len(last.list("items")) - 1
			same(t, "author", last.text(fmt.Sprintf("items.%d.author.address", i)), "eve@elsewhere.example")
			same(t, "CC", w.as("owner").get(at(n)).ok().list("ccs"), []any{})
			for _, m := range w.mails("") {
				if m.to == "eve@elsewhere.example" {
					t.Error("the stranger is told:", m.subject)
				}
			}
		})
		t.Run("moved, it is a ticket of the sender's", func(t *testing.T) {
			w := w.in(t)
			id := fmt.Sprint(w.as("owner").get(at(n, "suggested-mails")).ok().number("items.0.id"))
			m := w.as("owner").post(at(n, "suggested-mails", id, "move"), nil).is(200).number("number")
			same(t, "texts", w.texts("owner", m), []string{"reply: Me too"})
			same(t, "the sender sees it", w.sees("staff.two", m), true)
		})
		t.Run("discarded, it is nothing", func(t *testing.T) {
			w := w.in(t)
			id := fmt.Sprint(w.as("owner").get(at(n, "suggested-mails")).ok().number("items.0.id"))
			w.as("owner").delete(at(n, "suggested-mails", id)).is(204)
			same(t, "waits", w.waits(n), []string{})
			w.as("owner").delete(at(n, "suggested-mails", id)).is(404)
			same(t, "history", len(w.history(n, "ticket.mail.discarded", "internal")), 1)
		})
		t.Run("resource exhaustion: a flood of strangers ends where administrators see it", func(t *testing.T) {
			w := w.in(t)
			for i := range 52 {
				w.take("eve@elsewhere.example", to, "Re", fmt.Sprint("Flood ", i))
			}
			same(t, "waits", len(w.waits(n)), 50)
			same(t, "held", len(w.as("owner").get("/held-mails").ok().list("items")), 2)
		})
	})
}

func TestMailAfterAccess(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		n := w.file("accounts", "Zebra invoice")
		w.share(n, w.agent("hr.agent"))
		first := w.mails("hr.agent")[0]
		w.as("owner").delete(at(n, "shares", w.shareID(n, "Hr Agent"))).is(204)
		w.mails("")
		t.Run("spoofed reply: whoever lost access is told so once, without content, and the text is kept for the agents", func(t *testing.T) {
			w := w.in(t)
			for i := range 3 {
				w.take("hr.agent@acme.example", w.replyTo(first), "Re: Zebra", fmt.Sprint("Late ", i))
			}
			got := w.mails("hr.agent")
			same(t, "mails", len(got), 1)
			if len(got) == 1 && regexp.MustCompile(fmt.Sprintf(`Zebra|#%d|Late|/tickets/`, n)).MatchString(got[0].subject+got[0].text+got[0].html) {
				t.Errorf("the mail holds something of the ticket: %s", got[0].text)
			}
			same(t, "waits", w.waits(n), []string{"no_access: Late 0", "no_access: Late 1", "no_access: Late 2"})
			w.as("hr.agent").get(at(n, "suggested-mails")).is(404)
		})
		t.Run("not by a program's answer, and not somebody who is deactivated", func(t *testing.T) {
			w := w.in(t)
			m := w.file("accounts", "Second")
			w.share(m, w.agent("hr.second"))
			theirs := w.mails("hr.second")[0]
			w.as("owner").delete(at(m, "shares", w.shareID(m, "Hr Second"))).is(204)
			w.mails("")
			w.take("hr.second@acme.example", w.replyTo(theirs), "Away", "I am away", "Auto-Submitted: auto-replied")
			w.turn("hr.second", "deactivate")
			w.take("hr.second@acme.example", w.replyTo(theirs), "Re", "Still me")
			same(t, "mails", w.mails("hr.second"), []sentMail(nil))
			same(t, "waits", w.waits(m), []string{"no_access: Still me"})
		})
		t.Run("with access again, they write as ever, and would be told again", func(t *testing.T) {
			w := w.in(t)
			w.share(n, w.agent("hr.agent"))
			w.take("hr.agent@acme.example", w.replyTo(first), "Re", "Back again")
			if !slices.Contains(w.texts("owner", n), "reply: Back again") {
				t.Error("the answer was not taken")
			}
			w.as("owner").delete(at(n, "shares", w.shareID(n, "Hr Agent"))).is(204)
			w.mails("")
			w.take("hr.agent@acme.example", w.replyTo(first), "Re", "Gone again")
			same(t, "mails", len(w.mails("hr.agent")), 1)
		})
	})
}

func TestAgentsByMail(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		w.app.Origin = &origin.Checker{Resolver: noNames{}}
		first := w.take("staff.one@acme.example", "accounts@acme.example", "Invoice missing", "Where is it?")
		n := w.newest()
		w.share(n, w.agent("hr.agent"))
		w.mails("")
		w.as("owner").post(at(n, "messages"), map[string]any{"kind": "reply", "text": "Public word"}).is(201)
		public := w.mails("hr.agent")[0]
		w.as("owner").post(at(n, "messages"), map[string]any{"kind": "note", "text": "Secret word"}).is(201)
		internal := w.mails("hr.agent")[0]
		last := func() string { return w.texts("owner", n)[len(w.texts("owner", n))-1] }
		t.Run("an answer to a public message is a public reply, a share counts", func(t *testing.T) {
			w := w.in(t)
			w.take("hr.agent@acme.example", w.replyTo(public), "Re", "A reply")
			same(t, "last", last(), "reply: A reply")
		})
		t.Run("the note address makes it a note", func(t *testing.T) {
			w := w.in(t)
			w.take("hr.agent@acme.example", w.noteTo(public), "Re", "A note")
			same(t, "last", last(), "note: A note")
		})
		t.Run("an answer to a note is a note, by address and by id", func(t *testing.T) {
			w := w.in(t)
			w.take("hr.agent@acme.example", w.replyTo(internal), "Re", "Among us\r\n\r\n> Secret word")
			same(t, "last", last(), "note: Among us")
			w.take("hr.agent@acme.example", "accounts@acme.example", "Re", "By id", "In-Reply-To: <"+w.signedID(internal)+">")
			same(t, "last", last(), "note: By id")
		})
		t.Run("a requester cannot use an agent's note address", func(t *testing.T) {
			w := w.in(t)
			count := len(w.texts("owner", n))
			w.take("staff.one@acme.example", w.noteTo(public), "Re", "Hidden word")
			same(t, "messages", len(w.texts("owner", n)), count)
		})
		t.Run("spoofed reply: who names an agent and knows no more than a Message-ID is not believed", func(t *testing.T) {
			w := w.in(t)
			count, waiting := len(w.texts("owner", n)), len(w.waits(n))
			w.take("owner@acme.example", "accounts@acme.example", "Re", "Pay this account instead", "In-Reply-To: <"+first+">")
			same(t, "messages", len(w.texts("owner", n)), count)
			same(t, "waits", w.waits(n)[waiting:], []string{"unverified: Pay this account instead"})
		})
		results := func(from, to, text, verdict string, fields ...string) {
			w.Helper()
			w.advance(time.Millisecond)
			w.takeAs(app.ArrivedMail{From: from, To: []string{to}, Trusted: []string{"mx.acme.example"}}, fmt.Sprintf("%d@elsewhere.example", w.clock.at.Load()), "Re", text,
				append([]string{"Authentication-Results: mx.acme.example; dmarc=" + verdict + " header.from=acme.example"}, fields...)...)
		}
		t.Run("with proof they are", func(t *testing.T) {
			results("owner@acme.example", "accounts@acme.example", "Proven", "pass", "In-Reply-To: <"+first+">")
			same(t, "last", last(), "reply: Proven")
		})
		t.Run("spoofed reply: a sender whose checks failed is nobody's, even at a signed address", func(t *testing.T) {
			count, waiting := len(w.texts("owner", n)), len(w.waits(n))
			results("hr.agent@acme.example", w.replyTo(public), "Forged", "fail")
			same(t, "messages", len(w.texts("owner", n)), count)
			same(t, "waits", w.waits(n)[waiting:], []string{"unverified: Forged"})
			a := w.as("owner").get(at(n, "suggested-mails")).ok()
			same(t, "verdict", a.text(fmt.Sprintf("items.%d.mail.verdict", waiting)), "fail")
			t.Run("accepted, it is a note of nobody's", func(t *testing.T) {
				w.as("owner").post(at(n, "suggested-mails", fmt.Sprint(a.number(fmt.Sprintf("items.%d.id", waiting))), "accept"), nil).is(200)
				same(t, "last", last(), "note: Forged")
				list := w.as("owner").get(at(n, "messages") + "?limit=200").ok()
				same(t, "author", list.at(fmt.Sprintf("items.%d.author", len(list.list("items"))-1)), nil)
			})
		})
		t.Run("the word of a host that is not trusted counts for nothing", func(t *testing.T) {
			count := len(w.texts("owner", n))
			w.take("owner@acme.example", "accounts@acme.example", "Re", "I say I am", "In-Reply-To: <"+first+">", "Authentication-Results: mx.acme.example; dmarc=pass")
			same(t, "messages", len(w.texts("owner", n)), count)
		})
		t.Run("two senders in one mail are a failed check", func(t *testing.T) {
			count, waiting := len(w.texts("owner", n)), len(w.waits(n))
			results("hr.agent@acme.example", w.replyTo(public), "Two of us", "pass", "From: <eve@elsewhere.example>")
			same(t, "messages", len(w.texts("owner", n)), count)
			same(t, "waits", w.waits(n)[waiting:], []string{"unverified: Two of us"})
		})
		t.Run("what was found out is shown with the message, and only to agents", func(t *testing.T) {
			a := w.as("owner").get(at(n, "messages") + "?limit=200").ok()
			i := slices.IndexFunc(a.list("items"), func(m any) bool { return m.(map[string]any)["text"] == "Proven" })
			same(t, "verdict", a.text(fmt.Sprintf("items.%d.mail.verdict", i)), "pass")
			same(t, "by", a.text(fmt.Sprintf("items.%d.mail.checks.by", i)), "mx.acme.example")
			if raw := w.as("staff.one").get(at(n, "messages") + "?limit=200").ok().raw; strings.Contains(raw, "verdict") {
				t.Error("requesters are told")
			}
		})
	})
}
