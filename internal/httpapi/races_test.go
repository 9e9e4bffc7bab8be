package httpapi_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/app"
)

// What happens when two things happen at once, and what must not leak after
// access has ended.

// together runs the requests at the same moment and gives their statuses.
func together(requests ...func() *answer) []int {
	statuses := make([]int, len(requests))
	start := make(chan struct{})
	var all sync.WaitGroup
	for i, r := range requests {
		all.Go(func() {
			<-start
			statuses[i] = r().status
		})
	}
	close(start)
	all.Wait()
	slices.Sort(statuses)
	return statuses
}

func TestRaces(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		t.Run("S0-15 two agents adding the 25th and the 26th at once: one is refused", func(t *testing.T) {
			w.set("sharing.max_internal", 3)
			defer w.set("sharing.max_internal", 25)
			n := w.file("accounts", "Race for the last place")
			w.share(n, w.agent("hr.agent"), w.group("Legal"))
			one, two := w.as("accounts.agent"), w.as("manager")
			got := together(
				func() *answer { return one.post(at(n, "shares"), terms([]map[string]any{w.agent("hr.second")})) },
				func() *answer { return two.post(at(n, "shares"), terms([]map[string]any{w.group("Support")})) })
			same(t, "statuses", got, []int{201, 409})
			same(t, "shares", len(w.as("owner").get(at(n, "shares")).list("items")), 3)
		})
		t.Run("C14 two people sharing with the same target at once: one share, one line, one mail", func(t *testing.T) {
			n := w.file("accounts", "Race for one target")
			w.mails("")
			asked := terms([]map[string]any{w.agent("hr.agent")})
			one, two := w.as("accounts.agent"), w.as("manager")
			got := together(func() *answer { return one.post(at(n, "shares"), asked) }, func() *answer { return two.post(at(n, "shares"), asked) })
			same(t, "statuses", got, []int{200, 201})
			same(t, "shares", len(w.as("owner").get(at(n, "shares")).list("items")), 1)
			same(t, "mails", len(w.mails("hr.agent")), 1)
			lines := 0
			for _, kind := range w.kinds("owner", n) {
				if kind == "ticket.share.created" {
					lines++
				}
			}
			same(t, "lines", lines, 1)
		})
		t.Run("two changes on one version: one is told of the other", func(t *testing.T) {
			n := w.file("accounts", "Race for a field")
			v := w.as("owner").get(at(n)).number("version")
			one, two := w.as("accounts.agent"), w.as("manager")
			got := together(
				func() *answer { return one.patch(at(n), map[string]any{"version": v, "priority": "high"}) },
				func() *answer { return two.patch(at(n), map[string]any{"version": v, "priority": "low"}) })
			same(t, "statuses", got, []int{200, 409})
		})
		t.Run("two tickets filed at once get two numbers", func(t *testing.T) {
			var numbers sync.Map
			file := func(c *client) func() *answer {
				return func() *answer {
					a := c.post("/tickets", map[string]any{"subject": "At once", "text": "x", "inbox_id": w.acme().inboxes["accounts"]})
					numbers.Store(a.number("number"), true)
					return a
				}
			}
			same(t, "statuses", together(file(w.as("owner")), file(w.as("manager")), file(w.as("accounts.agent"))), []int{201, 201, 201})
			count := 0
			numbers.Range(func(any, any) bool { count++; return true })
			same(t, "numbers", count, 3)
		})
	})
}

func TestAccessEnds(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		t.Run("S1-29 S0-30 a revocation works from the next request on, at every door", func(t *testing.T) {
			n := w.file("accounts", "Ocelot files")
			owner := w.as("owner")
			file := owner.with("Content-Type", "text/plain").post("/attachments?name=a.txt", "bytes").ok().number("id")
			owner.post(at(n, "messages"), map[string]any{"kind": "reply", "text": "see file", "attachments": []int64{file}}).ok()
			id := owner.post(at(n, "shares"), terms([]map[string]any{w.agent("hr.agent")}, "level", "edit", "can_reshare", true)).ok().number("items.0.id")
			hr := w.as("hr.agent")
			w.ask("hr.second", n, "view", "ocelots")
			request := fmt.Sprintf("/access-requests/%d", w.requests("hr.agent")[0])
			hr.do("PUT", at(n, "draft"), map[string]any{"text": "half a word"}).is(200)
			hr.get(at(n)).is(200)
			hr.get(fmt.Sprintf("/attachments/%d", file)).is(200)
			owner.delete(at(n, "shares", fmt.Sprint(id))).is(204)
			for _, path := range []string{at(n), at(n, "messages"), at(n, "events"), at(n, "shares"), at(n, "access"), at(n, "linked-tickets"), at(n, "readers"), at(n, "draft"), at(n, "access-requests"), fmt.Sprintf("/attachments/%d", file)} {
				hr.get(path).is(404)
			}
			same(t, "view", len(hr.get("/tickets?view=shared-with-me").numbers()), 0)
			same(t, "count", hr.get("/tickets/count?view=shared-with-me").number("count"), 0)
			same(t, "search", len(hr.get("/tickets?q=ocelot").numbers()), 0)
			same(t, "jump", len(hr.get(fmt.Sprintf("/tickets?q=%%23%d", n)).numbers()), 0)
			hr.post(at(n, "messages"), map[string]any{"kind": "note", "text": "still here?"}).is(404)
			hr.patch(at(n), map[string]any{"priority": "low"}).is(404)
			same(t, "drafts", len(hr.get("/drafts").list("items")), 0)
			same(t, "requests", []any{len(w.requests("hr.agent")), hr.get("/access-requests/count").number("count")}, []any{0, 0})
			hr.post(request+"/grant", map[string]any{}).is(404)
			hr.post(request+"/decline", nil).is(404)
			if raw := hr.get("/notifications").ok().raw + hr.get("/home").ok().raw; strings.Contains(raw, "Ocelot") {
				t.Error("a notification or the home page still tells the subject")
			}
		})
		t.Run("a queued notice is decided again when it is sent", func(t *testing.T) {
			w.mails("")
			n := w.file("accounts", "Lynx files")
			id := w.share(n, w.agent("hr.agent")).number("items.0.id")
			w.as("accounts.agent").post(at(n, "messages"), map[string]any{"kind": "reply", "text": "lynx content"}).ok()
			w.as("owner").delete(at(n, "shares", fmt.Sprint(id))).is(204)
			for _, m := range w.mails("hr.agent") {
				if strings.Contains(m.raw+m.text, "Lynx") || strings.Contains(m.text, "lynx content") {
					t.Errorf("a mail after the end tells %q", m.subject)
				}
			}
		})
		t.Run("a reply address is worth nothing after access has ended", func(t *testing.T) {
			w.mails("")
			n := w.file("accounts", "Puma files")
			id := w.share(n, w.agent("hr.agent")).number("items.0.id")
			sent := w.mails("hr.agent")
			if len(sent) != 1 {
				t.Fatalf("%d mails", len(sent))
			}
			to := regexp.MustCompile(`accounts\+r[a-z0-9]+@acme\.example`).FindString(sent[0].raw)
			if to == "" {
				t.Fatal("the mail has no reply address")
			}
			w.mailIn("hr.agent@acme.example", to, "Re: Puma", "first answer by mail")
			w.drain()
			if !strings.Contains(w.as("owner").get(at(n, "messages")).raw, "first answer by mail") {
				t.Fatal("an answer by mail was not taken while access held")
			}
			w.mailIn("staff.two@acme.example", to, "Re: Puma", "stolen address")
			w.as("owner").delete(at(n, "shares", fmt.Sprint(id))).is(204)
			w.mailIn("hr.agent@acme.example", to, "Re: Puma", "answer after the end")
			w.drain()
			raw := w.as("owner").get(at(n, "messages")).raw
			if strings.Contains(raw, "after the end") || strings.Contains(raw, "stolen") {
				t.Error("a mail by somebody without access joined the ticket")
			}
		})
		t.Run("S1-13 Q7 a recipient may move a ticket to an inbox they cannot see, and keeps the share", func(t *testing.T) {
			n := w.file("hr", "Serval files")
			w.share(n, w.agent("restricted.agent"))
			w.as("restricted.agent").patch(at(n), map[string]any{"inbox_id": w.acme().inboxes["accounts"]}).is(200)
			same(t, "still sees it", w.sees("restricted.agent", n), true)
			same(t, "and so does the new inbox's team", w.sees("accounts.agent", n), true)
			same(t, "but not the old one's", w.sees("hr.agent", n), false)
		})
		t.Run("expiry at the very moment of an answer", func(t *testing.T) {
			n := w.file("accounts", "Margay files")
			end := w.clock.now().Add(time.Hour).Truncate(time.Second)
			w.as("owner").post(at(n, "shares"), terms([]map[string]any{w.agent("hr.agent")}, "expires_at", end.Format(time.RFC3339))).is(201)
			hr := w.as("hr.agent")
			w.clock.at.Store(end.UnixMicro() - 2000)
			hr.post(at(n, "messages"), map[string]any{"kind": "note", "text": "just in time"}).is(201)
			w.clock.at.Store(end.UnixMicro() - 1000) // the client moves the clock on by a millisecond
			hr.post(at(n, "messages"), map[string]any{"kind": "note", "text": "too late"}).is(404)
		})
		t.Run("a session dies with its person, their group with its members", func(t *testing.T) {
			n := w.file("accounts", "Kodkod files")
			w.share(n, w.group("Legal"))
			w.addAgent("acme", worldAgent{name: "legal.agent", role: "agent", scope: dm.RestrictedScope, groups: []string{"Legal"}})
			legal := w.as("legal.agent")
			legal.get(at(n)).is(200)
			w.must(w.app.UpdatePerson(t.Context(), w.system("acme"), w.id("legal.agent"), app.PersonPatch{Groups: &[]int64{}}))
			legal.get(at(n)).is(404)
			w.must(w.app.DeactivatePerson(t.Context(), w.system("acme"), w.id("legal.agent")))
			legal.get(at(n)).is(401)
		})
	})
}

// mailIn takes in a mail as the SMTP server does.
func (w *world) mailIn(from, to, subject, text string) {
	w.Helper()
	raw := fmt.Sprintf("From: %s\r\nTo: %s\r\nSubject: %s\r\nMessage-ID: <%d@test.example>\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n%s\r\n", from, to, subject, w.clock.at.Add(1), text)
	w.must(w.app.AcceptMail(w.Context(), app.ArrivedMail{From: from, To: []string{to}, RemoteIP: "127.0.0.1", Raw: []byte(raw)}))
}
