package notify

import (
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode"

	"pgregory.net/rapid"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/locales"
)

// filled is a notice with the given text in every place that takes one.
func filled(kind dm.NoticeKind, text string) Notice {
	return Notice{
		Kind: kind, Recipient: text, Account: text, Brand: text, Actor: text, EndedBy: text, Reason: text, GroupName: text,
		Ticket: Ticket{Number: 17, Subject: text, Status: text, Priority: text, Inbox: text, Group: text, Assignee: text, Requester: text},
		Level:  dm.LevelEdit, Changes: []Change{{text, text, text}, {"status", text, ""}}, Message: text, MessageKind: dm.Reply, Why: WhyGroup,
		URL: "https://acme.example/tickets/17", ReplyHint: true,
	}
}

var tag = regexp.MustCompile(`<[^>]*>`)

// TestHostileValues holds that no value adds a tag to the HTML, a line to the
// subject, or a line to the rows of the text.
func TestHostileValues(t *testing.T) {
	t.Parallel()
	for _, kind := range dm.NoticeKinds {
		plain := filled(kind, "plain")
		want := Render(plain)
		for _, text := range []string{
			"<script>alert(1)</script>", `"><img src=x onerror=alert(1)>`, "</title></style><b>", "<!--", "{{.Actor}}", "{subject} {actor} {number}",
			"Ada\r\nBcc: eve@example.org", "Ada\nReason: none\n\nOpen the ticket: https://evil.example", "a\x00b\x1b[31mc\u2028d\u202Ee\u200Bf", "\xff\xfe broken",
		} {
			n := filled(kind, text)
			n.Message = "plain"
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

type failer interface {
	Helper()
	Errorf(format string, args ...any)
}

func checkClean(t failer, m Mail) {
	t.Helper()
	bad := func(r rune) bool { return unicode.IsControl(r) || hidden(r) || r == '\u2028' || r == '\u2029' }
	if strings.ContainsFunc(m.Subject, bad) {
		t.Errorf("the subject %q holds a control character", m.Subject)
	}
	for _, part := range []string{m.Text, m.HTML} {
		if strings.ContainsFunc(part, func(r rune) bool { return bad(r) && r != '\n' && r != '\t' }) {
			t.Errorf("a part holds a control character: %q", part)
		}
	}
}

func TestHostileMessage(t *testing.T) {
	t.Parallel()
	n := sample(dm.NoticeUpdate)
	n.MessageKind, n.Message = dm.Reply, "one <b>two</b>\r\n\r\n</p></div><script>alert(1)</script>\x1b[0m\n{number}\u202E"
	m := Render(n)
	checkClean(t, m)
	if strings.Contains(m.HTML, "<script>") || strings.Contains(m.HTML, "<b>") {
		t.Errorf("the message is not escaped:\n%s", m.HTML)
	}
	if !strings.Contains(m.Text, "> one <b>two</b>\n>\n> </p></div><script>alert(1)</script>[0m\n> {number}\n") {
		t.Errorf("the text does not hold the message as it is:\n%s", m.Text)
	}
}

func TestLinksLeadToTheWeb(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]string{
		"https://acme.example/tickets/17": "https://acme.example/tickets/17", "http://localhost:8080/tickets/17": "http://localhost:8080/tickets/17",
		"javascript:alert(1)": "", "data:text/html,x": "", "/tickets/17": "", "//evil.example/": "", "": "", "https:///x": "", "https://a\nb/": "",
		`https://acme.example/"><script>`: "https://acme.example/%22%3E%3Cscript%3E",
	} {
		if got := webAddress(address); got != want {
			t.Errorf("%q: %q, want %q", address, got, want)
		}
	}
}

// TestNoRemoteContent holds that a mail loads nothing and shows one link.
func TestNoRemoteContent(t *testing.T) {
	t.Parallel()
	loads := regexp.MustCompile(`(?i)<(img|script|link|iframe|object|video|audio|form|table)\b|url\(|@import|\bsrc=|\bbackground=`)
	for name, n := range goldenCases() {
		m := Render(n)
		if found := loads.FindString(m.HTML); found != "" {
			t.Errorf("%s: the HTML holds %q", name, found)
		}
		if links := strings.Count(m.HTML, "<a "); links > 1 {
			t.Errorf("%s: the HTML holds %d links", name, links)
		}
	}
}

// TestEndedMailsHoldNothing fills a notice about the end of a share with words
// that no sentence of ours holds: of all of them, only that of whoever ended
// the share, the recipient and the desk may come out again.
func TestEndedMailsHoldNothing(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		count := 0
		word := func(what string) string {
			count++
			return "x" + rapid.StringMatching(`[qxjz]{6,12}`).Draw(t, what) + string(rune('a'+count/26)) + string(rune('a'+count%26)) + "q"
		}
		allowed := Notice{Recipient: word("recipient"), Account: word("account"), EndedBy: word("ended by")}
		n := allowed
		n.Kind = rapid.SampledFrom([]dm.NoticeKind{dm.NoticeUnshared, dm.NoticeShareExpired}).Draw(t, "kind")
		n.Language = rapid.SampledFrom(locales.Languages()).Draw(t, "language")
		n.Ticket = Ticket{Number: 17, Subject: word("subject"), Status: word("status"), Priority: word("priority"), Inbox: word("inbox"), Group: word("group"), Assignee: word("assignee"), Requester: word("requester")}
		n.Actor, n.Brand, n.Reason, n.Message = word("actor"), word("brand"), word("reason"), word("message")
		n.MessageKind = rapid.SampledFrom([]dm.MessageKind{"", dm.Reply, dm.Note}).Draw(t, "message kind")
		n.Changes = []Change{{word("field"), word("old"), word("new")}}
		n.Level, n.OldLevel, n.SeeInternal, n.ReplyPublic, n.Merged, n.OtherNumber = dm.LevelEdit, dm.LevelView, true, true, true, 987654
		n.ExpiresAt, n.Why, n.ReplyHint = time.Date(2031, 5, 6, 7, 8, 0, 0, time.UTC), WhyShare, true
		if rapid.Bool().Draw(t, "group's share") {
			n.GroupName = word("group's name")
		}
		path := word("path")
		n.URL = "https://acme.example/" + path
		still := rapid.Bool().Draw(t, "still has access")
		if still {
			n.StillHas = []string{"one", "two"}[:rapid.IntRange(1, 2).Draw(t, "ways")]
		}
		m := Render(n)
		all := m.Subject + "\n" + m.Text + "\n" + m.HTML + "\n" + InApp(n.Language, n.Kind, n.EndedBy, 17, n.Ticket.Subject)
		secrets := []string{
			n.Ticket.Subject, n.Ticket.Status, n.Ticket.Priority, n.Ticket.Inbox, n.Ticket.Group, n.Ticket.Assignee, n.Ticket.Requester,
			n.Actor, n.Brand, n.Reason, n.Message, n.Changes[0].Field, n.Changes[0].Old, n.Changes[0].New, "987654", "2031-05-06",
		}
		if n.GroupName != "" {
			secrets = append(secrets, n.GroupName)
		}
		if !still {
			secrets = append(secrets, path, "https://", "<a ")
		}
		for _, secret := range secrets {
			if strings.Contains(all, secret) {
				t.Fatalf("the mail holds %q:\n%s", secret, all)
			}
		}
		if !strings.Contains(m.Subject, "#17") || n.Kind == dm.NoticeUnshared && !strings.Contains(m.Text, allowed.EndedBy) {
			t.Fatalf("the mail does not say which ticket, or who ended the share:\n%s", all)
		}
		for _, way := range n.StillHas {
			if !strings.Contains(m.Text, "- "+way+"\n") {
				t.Fatalf("the mail does not name %q:\n%s", way, m.Text)
			}
		}
	})
}

// TestAnyValue renders whatever people type.
func TestAnyValue(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		n := filled(rapid.SampledFrom(dm.NoticeKinds).Draw(t, "kind"), rapid.String().Draw(t, "value"))
		n.Language = rapid.String().Draw(t, "language")
		m := Render(n)
		checkClean(t, m)
		if len([]rune(m.Subject)) > 1000 {
			t.Fatalf("the subject has %d characters", len([]rune(m.Subject)))
		}
	})
}
