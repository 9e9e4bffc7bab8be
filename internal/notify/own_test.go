package notify

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/notify/wording"
	"github.com/deskmesh/deskmesh/locales"
)

// TestStandard holds that the words one begins with are those that the program
// has: a mail with them says the same.
func TestStandard(t *testing.T) {
	t.Parallel()
	for name, n := range goldenCases() {
		for _, language := range locales.Languages() {
			n.Language = language
			without := Render(n)
			n.Texts = Standard(dm.MailKind(n.Kind), language)
			with := Render(n)
			n.Texts = Texts{}
			if diff := cmp.Diff(without.Text, with.Text); diff != "" || without.Subject != with.Subject {
				t.Errorf("%s in %s: %q, not %q\n%s", name, language, with.Subject, without.Subject, diff)
			}
			if diff := cmp.Diff(strings.Fields(without.HTML), strings.Fields(with.HTML)); diff != "" {
				t.Errorf("%s in %s, as HTML:\n%s", name, language, diff)
			}
		}
	}
	for _, kind := range dm.MailKinds {
		texts := Standard(kind, "de")
		for _, text := range []string{texts.Subject, texts.Opening} {
			if err := wording.Check(text, ValueNames(kind)); err != nil {
				t.Errorf("%s: %v", kind, err)
			}
		}
	}
}

// everything is a text that names every value of a kind of mail.
func everything(kind dm.MailKind) string {
	var b strings.Builder
	for _, name := range ValueNames(kind) {
		b.WriteString(name + " is {{" + name + "}}.\n\n")
	}
	return b.String()
}

func own(kind dm.MailKind) Texts {
	return Texts{Subject: "Own: {{headline}} " + strings.ReplaceAll(everything(kind), "\n", " "), Opening: "Dear {{recipient.first_name}}\n\n" + everything(kind), Closing: "**Bye** from us\n\n" + everything(kind),
		Signature: "Sincerely\n{{actor.name}}, {{brand.name}}"}
}

func TestOwnTexts(t *testing.T) {
	t.Parallel()
	n := sample(dm.NoticeReply)
	n.Recipient, n.MessageKind, n.Message, n.Ticket.Subject = "Rita Levi", dm.Reply, "Here it is.", "RE: Invoice missing"
	n.Texts = Texts{Subject: "[{{brand.name}}] {{ticket.subject}}", Opening: "Dear {{recipient.first_name}},", Closing: "We are open from *nine to five*.", Signature: "Sincerely\n{{actor.name}}, {{brand.name}}"}
	m := Render(n)
	if m.Subject != "[Acme Support] Invoice missing" {
		t.Error(m.Subject)
	}
	want := "Dear Rita,\n\nHere it is.\n\nOpen the ticket: https://acme.example/tickets/17\n\nWe are open from nine to five.\n\nSincerely\nAda Byron, Acme Support\n\nTo reply, simply answer this mail.\nThis mail comes from the help desk of Acme Support.\n"
	if diff := cmp.Diff(want, m.Text); diff != "" {
		t.Error(diff)
	}
	for _, part := range []string{"Dear Rita,</p>", "<em>nine to five</em>", "Sincerely<br>\nAda Byron, Acme Support</p>"} {
		if !strings.Contains(m.HTML, part) {
			t.Errorf("the HTML does not hold %q:\n%s", part, m.HTML)
		}
	}
	t.Run("a signature is for those outside", func(t *testing.T) {
		for _, kind := range dm.NoticeKinds {
			for _, outside := range []bool{true, false} {
				n := sample(kind)
				n.Outside, n.Texts.Signature = outside, "Sincerely yours"
				if got := strings.Contains(Render(n).Text, "Sincerely yours"); got != n.outside() {
					t.Errorf("%s, outside %v: signed %v", kind, outside, got)
				}
			}
		}
	})
	t.Run("what cannot be written leaves the program's words", func(t *testing.T) {
		n := sample(dm.NoticeAssigned)
		want := Render(n)
		n.Texts = Texts{Subject: "{{#x}}", Opening: "{{", Closing: "{{/y}}"}
		if diff := cmp.Diff(want, Render(n)); diff != "" {
			t.Error(diff)
		}
		n.Texts = Texts{Subject: "{{share.reason}}", Opening: "{{#group.name}}x{{/group.name}}"}
		n.Reason = ""
		if diff := cmp.Diff(want, Render(n)); diff != "" {
			t.Error("nothing comes out, and the program's words are gone: ", diff)
		}
	})
}

// TestOwnTextsHostileValues holds that no value brings a tag or a line, through any text of
// any kind of mail.
func TestOwnTextsHostileValues(t *testing.T) {
	t.Parallel()
	for _, kind := range dm.NoticeKinds {
		plain := filled(kind, "plain")
		plain.Message, plain.Texts = "plain", own(dm.MailKind(kind))
		want := Render(plain)
		for _, text := range []string{
			"<script>alert(1)</script>", `"><img src=x onerror=alert(1)>`, "</title></style><b>", "<!--", "{{ticket.subject}} {{#x}}", "**bold** _em_ # - 1. [a](https://evil.example) www.evil.example a@evil.example",
			"Ada\r\nBcc: eve@example.org", "Ada\n\n- list\n\n# head", "a\x00b\x1b[31mc\u2028d\u202Ee\u200Bf", "\xff\xfe broken", `back\slash\`,
		} {
			n := filled(kind, text)
			n.Message, n.Texts = "plain", plain.Texts
			m := Render(n)
			if got, want := strings.Join(tag.FindAllString(m.HTML, -1), "\n"), strings.Join(tag.FindAllString(want.HTML, -1), "\n"); got != want {
				t.Errorf("%s: %q changes the tags:\n%s\nnot\n%s", kind, text, got, want)
			}
			if got, want := strings.Count(m.Text, "\n"), strings.Count(want.Text, "\n"); got != want {
				t.Errorf("%s: %q changes the number of lines of the text: %d, not %d:\n%s", kind, text, got, want, m.Text)
			}
			checkClean(t, m)
		}
	}
}

// TestOwnTextsOfEndedMails fills a notice about the end of access with words of
// its own and asks for every value there is: none but the number, whoever ended
// it, the recipient and the desk may come out, in whatever text of whatever kind.
func TestOwnTextsOfEndedMails(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		kind := rapid.SampledFrom([]dm.NoticeKind{dm.NoticeUnshared, dm.NoticeShareExpired, dm.NoticeScheduled}).Draw(t, "kind")
		texts := own(dm.MailKind(rapid.SampledFrom(dm.NoticeKinds).Draw(t, "text of"))) // also one that Check would refuse here
		n := Notice{
			Kind: kind, Recipient: "Grace", Account: "Desk", EndedBy: "Ada", Blind: kind == dm.NoticeScheduled,
			Ticket: Ticket{Number: 17, Subject: "xsubject", Status: "xstatus", Priority: "xpriority", Inbox: "xinbox", Group: "xgroup", Assignee: "xassignee", Requester: "xrequester"},
			Actor:  "xactor", Brand: "xbrand", Reason: "xreason", Message: "xmessage", MessageKind: dm.Reply, Changes: []Change{{"xfield", "xold", "xnew"}},
			Level: dm.LevelEdit, ExpiresAt: time.Date(2031, 5, 6, 7, 8, 0, 0, time.UTC), Texts: texts, Language: rapid.SampledFrom(locales.Languages()).Draw(t, "language"),
		}
		if kind == dm.NoticeScheduled {
			n.Actor = "" // the headline of a cancelled one names who did it
		}
		m := Render(n)
		all := m.Subject + m.Text + m.HTML
		for _, secret := range []string{"xsubject", "xstatus", "xpriority", "xinbox", "xgroup", "xassignee", "xrequester", "xactor", "xbrand", "xreason", "xmessage", "xfield", "xold", "xnew", "2031", "Edit", "Bearbeiten", "<a "} {
			if strings.Contains(all, secret) {
				t.Fatalf("the mail holds %q:\n%s", secret, all)
			}
		}
	})
}

// TestOwnTextsOutside holds that somebody who reads as a requester gets nothing
// of the work behind a ticket, whatever a text asks for.
func TestOwnTextsOutside(t *testing.T) {
	t.Parallel()
	for _, kind := range dm.NoticeKinds {
		n := filled(kind, "plain")
		n.Outside, n.Texts = true, own(dm.MailKind(dm.NoticeShared))
		n.Ticket.Priority, n.Ticket.Inbox, n.Ticket.Group, n.Ticket.Assignee = "xpriority", "xinbox", "xgroup", "xassignee"
		if kind == dm.NoticeAssigned || kind == dm.NoticeGroup || kind == dm.NoticeSLA || kind == dm.NoticeUpdate || kind == dm.NoticeMention || kind == dm.NoticeScheduled || kind == dm.NoticeRequest {
			continue // never sent to requesters
		}
		m := Render(n)
		for _, secret := range []string{"xpriority", "xinbox", "xgroup", "xassignee"} {
			if strings.Contains(m.Subject+m.Text+m.HTML, secret) {
				t.Errorf("%s: the mail holds %q:\n%s", kind, secret, m.Text)
			}
		}
	}
}

func TestExamples(t *testing.T) {
	t.Parallel()
	for _, kind := range dm.MailKinds {
		for _, language := range locales.Languages() {
			texts := own(kind)
			m := RenderExample(Example{Kind: kind, Language: language, Recipient: "Olga Owner", Account: "Acme", Brand: "Company", URL: "https://acme.example/tickets", Now: time.Date(2026, 5, 6, 7, 8, 0, 0, time.UTC), Texts: texts})
			checkClean(t, m)
			if kind == dm.MailSignature && !strings.Contains(m.Text, "Sincerely") || strings.Contains(m.Text+m.Subject, "example.") && !strings.Contains(m.Text, "acme.example") {
				t.Errorf("%s: %s", kind, m.Text)
			}
			if kind != dm.MailSignature && !strings.HasPrefix(m.Subject, "Own: ") {
				t.Errorf("%s: the subject is %q", kind, m.Subject)
			}
		}
	}
}
