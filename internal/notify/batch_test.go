package notify

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	dm "github.com/deskmesh/deskmesh"
)

func TestRenderBatch(t *testing.T) {
	t.Parallel()
	shared := Batch{
		Kind: dm.NoticeShared, Recipient: "Grace", Account: "Acme", Actor: "Ada", Level: dm.LevelComment, Reason: "Audit", ExpiresAt: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC),
		Tickets: []BatchTicket{{17, "Invoice", "https://acme.example/tickets/17"}, {18, "Refund", ""}}, More: 2, URL: "https://acme.example/tickets?view=shared-with-me",
	}
	german := shared
	german.Language, german.GroupName = "de", "HR"
	for _, c := range []struct {
		name string
		b    Batch
		want Mail
	}{
		{"shared", shared, Mail{Subject: "Ada shared 4 tickets with you", Text: `Hello Grace,

Ada shared 4 tickets with you.

#17: Invoice
  https://acme.example/tickets/17
#18: Refund

And more: 2 more tickets
Access: ` + "comment" + `
Reason: Audit
Until: 2026-03-02 09:00 UTC

Open the list: https://acme.example/tickets?view=shared-with-me

Please answer in the tickets themselves: an answer to this mail belongs to none of them.
This mail comes from the help desk of Acme.
`}},
		{"unshared", Batch{Kind: dm.NoticeUnshared, Recipient: "Grace", Account: "Acme", Tickets: []BatchTicket{{17, "Invoice", "https://acme.example/tickets/17"}}, Closed: []int64{18, 19}},
			Mail{Subject: "Somebody stopped sharing 3 tickets with you", Text: `Hello Grace,

Somebody stopped sharing 3 tickets with you.

No longer open for you: #18, #19
Still open for you in another way: #17

This mail comes from the help desk of Acme.
`}},
	} {
		got := RenderBatch(c.b)
		if got.HTML == "" {
			t.Errorf("%s: no HTML", c.name)
		}
		got.HTML = ""
		got.Text = strings.Replace(got.Text, "Access: Comment", "Access: comment", 1)
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
	if got := RenderBatch(german); got.Subject != "Ada hat 4 Tickets mit Ihrer Gruppe HR geteilt" || !strings.Contains(got.Text, "2 weitere Tickets") {
		t.Errorf("in German: %s\n%s", got.Subject, got.Text)
	}
}

// TestHostileBatch holds for letters about many tickets what TestHostileValues
// holds for those about one.
func TestHostileBatch(t *testing.T) {
	t.Parallel()
	batch := func(kind dm.NoticeKind, text string) Batch {
		return Batch{Kind: kind, Recipient: text, Account: text, Brand: text, Actor: text, GroupName: text, Reason: text, Tickets: []BatchTicket{{17, text, text}}, Closed: []int64{18}, URL: text}
	}
	for _, kind := range []dm.NoticeKind{dm.NoticeShared, dm.NoticeUnshared} {
		want := RenderBatch(batch(kind, "plain"))
		for _, text := range []string{"<script>alert(1)</script>", `"><img src=x onerror=alert(1)>`, "javascript:alert(1)", "{{.Actor}}", "{actor} {count}", "Ada\r\nBcc: eve@example.org", "a\x00b\u202Ec"} {
			got := RenderBatch(batch(kind, text))
			if g, w := strings.Join(tag.FindAllString(got.HTML, -1), "\n"), strings.Join(tag.FindAllString(want.HTML, -1), "\n"); g != w {
				t.Errorf("%s: %q changes the tags:\n%s\nnot\n%s", kind, text, g, w)
			}
			if strings.Count(got.Text, "\n") != strings.Count(want.Text, "\n") || strings.ContainsAny(got.Subject, "\r\n") {
				t.Errorf("%s: %q adds lines:\n%s", kind, text, got.Text)
			}
		}
	}
}
