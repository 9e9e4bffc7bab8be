package notify

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/locales"
)

var update = flag.Bool("update", false, "write the golden files anew")

// sample is a notice with every part filled in.
func sample(kind dm.NoticeKind) Notice {
	return Notice{
		Kind: kind, Recipient: "Grace Hopper", Account: "Acme", Brand: "Acme Support",
		Ticket: Ticket{
			Number: 17, Subject: "Invoice missing", Status: "on_hold", Priority: "high", Inbox: "Accounts",
			Group: "Accounts Team", Assignee: "Alan Turing", Requester: "Rita Levi",
		},
		Actor: "Ada Byron", Level: dm.LevelEdit, SeeInternal: true, ReplyPublic: true, Reason: "Please check the contract.",
		ExpiresAt: time.Date(2026, 3, 1, 15, 30, 59, 0, time.FixedZone("", 3600)), EndedBy: "Ada Byron",
		URL: "https://acme.example/tickets/17", ReplyHint: true,
	}
}

// goldenCases are the mails that testdata shows, in each language. Ways in are
// given by their keys.
func goldenCases() map[string]Notice {
	cases := map[string]Notice{}
	add := func(name string, kind dm.NoticeKind, set func(*Notice)) {
		n := sample(kind)
		set(&n)
		cases[name] = n
	}
	add("share", dm.NoticeShared, func(*Notice) {})
	add("share_group", dm.NoticeShared, func(n *Notice) {
		n.GroupName, n.Actor, n.Level, n.SeeInternal, n.Reason, n.ExpiresAt, n.Ticket.Assignee = "HR", "", dm.LevelView, false, "", time.Time{}, ""
	})
	add("share_requester", dm.NoticeShared, func(n *Notice) { n.Outside, n.Level, n.SeeInternal = true, dm.LevelComment, false })
	add("level", dm.NoticeLevel, func(n *Notice) {
		n.OldLevel, n.Level, n.ReplyHint = dm.LevelEdit, dm.LevelComment, false
	})
	add("level_group", dm.NoticeLevel, func(n *Notice) {
		n.GroupName, n.OldLevel, n.Forward, n.CanReshare = "HR", dm.LevelEdit, true, true
	})
	add("unshare", dm.NoticeUnshared, func(*Notice) {})
	add("unshare_group", dm.NoticeUnshared, func(n *Notice) { n.GroupName, n.EndedBy = "HR", "" })
	add("unshare_still", dm.NoticeUnshared, func(n *Notice) {
		n.GroupName, n.StillHas = "HR", []string{"way.share"}
	})
	add("expired", dm.NoticeShareExpired, func(*Notice) {})
	add("expired_still", dm.NoticeShareExpired, func(n *Notice) {
		n.GroupName, n.StillHas = "HR", []string{"way.assignee", "way.group_share"}
	})
	add("assigned", dm.NoticeAssigned, func(n *Notice) { n.Why = WhyAssignee })
	add("update_reply", dm.NoticeUpdate, func(n *Notice) {
		n.Actor, n.Why, n.MessageKind, n.NoteAddress = "Rita Levi", WhyGroup, dm.Reply, "accounts+nabc@acme.example"
		n.GroupName, n.Message = "HR", "Hello,\r\n\r\nthe invoice of May\nis still missing.\n\n\nRita"
	})
	add("update_note", dm.NoticeUpdate, func(n *Notice) {
		n.Why, n.MessageKind, n.Message, n.AnswerIsNote = WhyShare, dm.Note, strings.Repeat("Look at this. ", 400), true
	})
	add("update_change", dm.NoticeUpdate, func(n *Notice) {
		n.Actor, n.Why, n.ReplyHint = "", WhyFollower, false
		n.Changes = []Change{
			{"status", "open", "Waiting for the bank"}, {"priority", "normal", "urgent"}, {"type", "question", "task"}, {"private", "false", "true"},
			{"group", "", "HR"}, {"tags", "invoice, may", ""}, {"Cost centre", "4711", "4712"}, {"assignee", "Alan Turing", "Grace Hopper"},
		}
	})
	add("update_merge", dm.NoticeUpdate, func(n *Notice) { n.Why, n.Merged, n.OtherNumber = WhyAssignee, true, 18 })
	add("reply", dm.NoticeReply, func(n *Notice) {
		n.Recipient, n.Why, n.MessageKind = "Rita Levi", WhyRequester, dm.Reply
		n.Message = "Hello Rita,\n\nhere is your invoice.\n> quoted\n\nAda"
	})
	add("reply_cc", dm.NoticeReply, func(n *Notice) {
		n.Actor, n.Why, n.MessageKind, n.Message, n.Ticket.Subject = "", WhyCC, dm.Reply, "Done.", "RE: AW: Invoice missing"
	})
	add("mention", dm.NoticeMention, func(n *Notice) {
		n.Why, n.MessageKind, n.Message, n.AnswerIsNote = WhyMention, dm.Note, "@Grace can you look at this?", true
	})
	add("access_request", dm.NoticeRequest, func(n *Notice) {
		n.Why, n.Level, n.Reason, n.ReplyHint = WhyDecides, dm.LevelComment, "I work on the same invoice.", false
	})
	add("scheduled_held", dm.NoticeScheduled, func(n *Notice) {
		n.Actor, n.Why, n.Scheduled, n.ScheduledReason, n.ReplyHint = "", WhyScheduled, dm.ScheduledHeld, dm.ScheduledAnswered, false
	})
	add("scheduled_removed_blind", dm.NoticeScheduled, func(n *Notice) {
		n.Actor, n.Why, n.Scheduled, n.ScheduledReason, n.Blind, n.URL = "", WhyScheduled, dm.ScheduledRemoved, dm.ScheduledNoAccess, true, ""
	})
	return cases
}

func TestRenderGolden(t *testing.T) {
	t.Parallel()
	cases := goldenCases()
	for name, n := range cases {
		n.StillHas = nil // put in words below
		for _, language := range locales.Languages() {
			t.Run(name+"/"+language, func(t *testing.T) {
				t.Parallel()
				n := n
				n.Language = language
				for _, way := range cases[name].StillHas {
					n.StillHas = append(n.StillHas, locales.For(language).T(way, locales.Args{"group": "Legal"}))
				}
				m := Render(n)
				base := filepath.Join("testdata", language, name)
				golden(t, base+".txt", "Subject: "+m.Subject+"\n\n"+m.Text)
				golden(t, base+".html", m.HTML)
			})
		}
	}
}

func golden(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("not as in %s (-want +got):\n%s", file, diff)
	}
}

// TestGoldenFilesAreUsed keeps files of mails that are gone from staying.
func TestGoldenFilesAreUsed(t *testing.T) {
	t.Parallel()
	cases := goldenCases()
	for _, language := range locales.Languages() {
		files, err := filepath.Glob(filepath.Join("testdata", language, "*"))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			name := filepath.Base(file)
			if _, ok := cases[strings.TrimSuffix(name, filepath.Ext(name))]; !ok {
				t.Errorf("%s belongs to no mail", file)
			}
		}
	}
}

func TestShareMailHoldsKeyDetails(t *testing.T) {
	t.Parallel()
	m := Render(sample(dm.NoticeShared))
	if want := "Ada Byron shared ticket #17 with you: Invoice missing"; m.Subject != want {
		t.Errorf("subject %q, want %q", m.Subject, want)
	}
	for _, part := range []string{
		"#17", "Invoice missing", "Rita Levi", "On hold", "High", "Alan Turing", "Ada Byron", "Edit",
		"read internal notes", "reply in public", "Please check the contract.", "2026-03-01 14:30 UTC", "https://acme.example/tickets/17",
	} {
		if !strings.Contains(m.Text, part) || !strings.Contains(m.HTML, part) {
			t.Errorf("the share mail does not say %q", part)
		}
	}
}

// TestCanFollowsTheRule compares what the mail promises with what level and
// flags give.
func TestCanFollowsTheRule(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		n    Notice
		want string
	}{
		"view":                    {Notice{Level: dm.LevelView}, "read the ticket"},
		"view with notes":         {Notice{Level: dm.LevelView, SeeInternal: true}, "read the ticket, read internal notes"},
		"view gives no more":      {Notice{Level: dm.LevelView, ReplyPublic: true, Forward: true, CanReshare: true}, "read the ticket"},
		"comment without notes":   {Notice{Level: dm.LevelComment, ReplyPublic: true}, "read the ticket"},
		"comment":                 {Notice{Level: dm.LevelComment, SeeInternal: true}, "read the ticket, read internal notes, add internal notes"},
		"edit without flags":      {Notice{Level: dm.LevelEdit}, "read the ticket, change the ticket"},
		"edit, reply":             {Notice{Level: dm.LevelEdit, ReplyPublic: true}, "read the ticket, change the ticket, reply in public"},
		"edit with everything":    {Notice{Level: dm.LevelEdit, SeeInternal: true, ReplyPublic: true, Forward: true, CanReshare: true}, "read the ticket, read internal notes, add internal notes, change the ticket, reply in public, forward it, share it with others"},
		"a requester's view":      {Notice{Level: dm.LevelView, Outside: true, SeeInternal: true}, "read the ticket"},
		"a requester's comment":   {Notice{Level: dm.LevelComment, Outside: true, SeeInternal: true, CanReshare: true}, "read the ticket, reply in public"},
		"a requester changes not": {Notice{Level: dm.LevelEdit, Outside: true, SeeInternal: true, Forward: true}, "read the ticket, reply in public"},
	} {
		want := c.want
		if !c.n.Outside {
			want += " (as far as your role allows)"
		}
		if got := (words{locales.For("en"), &c.n}).can(); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}

func TestReplyMailHoldsNothingInternal(t *testing.T) {
	t.Parallel()
	n := sample(dm.NoticeReply)
	n.MessageKind, n.Message, n.Changes = dm.Note, "between us", []Change{{"priority", "low", "confidential"}}
	m := Render(n)
	for _, part := range []string{"between us", "confidential", "High", "Alan Turing", "Accounts", "Please check the contract."} {
		if strings.Contains(m.Text+m.HTML+m.Subject, part) {
			t.Errorf("the mail to a requester says %q", part)
		}
	}
}

func TestRenderWithLittle(t *testing.T) {
	t.Parallel()
	for _, kind := range append([]dm.NoticeKind{"of tomorrow"}, dm.NoticeKinds...) {
		m := Render(Notice{Kind: kind, Ticket: Ticket{Number: 3}, Level: "unheard of", OldLevel: "of", URL: "javascript:alert(1)"})
		for _, bad := range []string{"level.", "headline.", "status.", "javascript", "{", "ZgotmplZ"} {
			if strings.Contains(m.Subject+m.Text+m.HTML, bad) {
				t.Errorf("%s: the mail holds %q:\n%s\n%s", kind, bad, m.Subject, m.Text)
			}
		}
		if m.Subject == "" || m.Text == "" || m.HTML == "" {
			t.Errorf("%s: a part is empty: %+v", kind, m)
		}
	}
}

func TestInApp(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		lang  string
		kind  dm.NoticeKind
		actor string
		want  string
	}{
		{"en", dm.NoticeShared, "Ada Byron", "Ada Byron shared ticket #17 with you: Invoice missing"},
		{"en", dm.NoticeShared, "", "Ticket #17 was shared with you: Invoice missing"},
		{"de-CH", dm.NoticeShared, "Ada Byron", "Ada Byron hat Ticket #17 mit Ihnen geteilt: Invoice missing"},
		{"en", dm.NoticeUnshared, "Ada Byron", "Ada Byron stopped sharing ticket #17 with you"},
		{"en", dm.NoticeUnshared, "", "Ticket #17 is no longer shared with you"},
		{"de", dm.NoticeShareExpired, "", "Die Zeit, für die Ticket #17 mit Ihnen geteilt war, ist abgelaufen"},
		{"en", dm.NoticeLevel, "Ada Byron", "Ada Byron changed your access to ticket #17: Invoice missing"},
		{"en", dm.NoticeAssigned, "", "Ticket #17 was assigned to you: Invoice missing"},
		{"en", dm.NoticeUpdate, "Ada Byron", "Ada Byron updated ticket #17: Invoice missing"},
		{"en", dm.NoticeReply, "Ada Byron", "Ada Byron replied to ticket #17: Invoice missing"},
		{"en", dm.NoticeUpdate, "A\r\nB\u202e", "A B updated ticket #17: Invoice missing"},
	} {
		if got := InApp(c.lang, c.kind, c.actor, 17, "Invoice missing"); got != c.want {
			t.Errorf("%s %s: %q, want %q", c.lang, c.kind, got, c.want)
		}
	}
	if got, want := InApp("en", dm.NoticeShared, "Ada", 17, ""), "Ada shared ticket #17 with you"; got != want {
		t.Errorf("without a subject: %q, want %q", got, want)
	}
}

// TestEveryHeadline finds every sentence that a headline can need.
func TestEveryHeadline(t *testing.T) {
	t.Parallel()
	for _, language := range locales.Languages() {
		for _, kind := range dm.NoticeKinds {
			for _, set := range []func(*Notice){
				func(*Notice) {}, func(n *Notice) { n.GroupName = "HR" }, func(n *Notice) { n.Merged = true },
				func(n *Notice) { n.MessageKind = dm.Reply }, func(n *Notice) { n.MessageKind = dm.LocalNote }, func(n *Notice) { n.Changes = []Change{{"subject", "a", "b"}} },
			} {
				for _, name := range []string{"", "Ada"} {
					n := Notice{Kind: kind, Actor: name, EndedBy: name, Ticket: Ticket{Number: 1}}
					set(&n)
					if got := (words{locales.For(language), &n}).headline(); strings.Contains(got, "headline.") || strings.ContainsAny(got, "{}") {
						t.Errorf("%s %s: %q", language, kind, got)
					}
				}
			}
		}
	}
}
