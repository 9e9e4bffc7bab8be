package httpapi_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/app"
	"github.com/deskmesh/deskmesh/internal/mail"
)

// The decisions where the sources contradict each other, as far as agents,
// groups and requesters go. docs/statements.md has their words. What a share
// lets its target do (C5, C12, C13) is in rules_c_rights_test.go.

// requester is a target of a share.
func (w *world) requester(who string) map[string]any {
	return map[string]any{"kind": "requester", "id": w.id(who)}
}

// shareID gives the id of the live share with a target, by its name.
func (w *world) shareID(number int64, name string) string {
	w.Helper()
	a := w.as("owner").get(at(number, "shares")).ok()
	for i := range a.list("items") {
		if a.text(fmt.Sprintf("items.%d.target.name", i)) == name {
			return fmt.Sprint(a.number(fmt.Sprintf("items.%d.id", i)))
		}
	}
	w.Fatalf("ticket %d is not shared with %s: %s", number, name, a.raw)
	return ""
}

// shared gives the names of those whom a ticket is shared with, as the owner
// sees them.
func (w *world) shared(number int64) []string {
	w.Helper()
	return names(w.as("owner").get(at(number, "shares")).ok())
}

// extras makes agents extra0.agent and so on, who see nothing by themselves,
// and gives them as targets.
func (w *world) extras(n int) []map[string]any {
	w.Helper()
	var list []map[string]any
	for i := range n {
		name := fmt.Sprintf("extra%d.agent", i)
		w.addAgent("acme", worldAgent{name: name, role: "agent", scope: dm.RestrictedScope})
		list = append(list, w.agent(name))
	}
	return list
}

// turn turns somebody off or on: "deactivate" or "reactivate".
func (w *world) turn(who, act string) {
	w.Helper()
	w.as("owner").post(fmt.Sprintf("/people/%d/%s", w.id(who), act), nil).ok()
}

// arrive lets a mail come in by SMTP, and deals with it.
func (w *world) arrive(from, to, subject, text string) {
	w.Helper()
	w.advance(time.Millisecond)
	raw := fmt.Sprintf("From: <%s>\r\nTo: <%s>\r\nSubject: %s\r\nMessage-ID: <%d@elsewhere.example>\r\nDate: Mon, 02 Mar 2026 09:00:00 +0000\r\n\r\n%s\r\n",
		from, to, subject, w.clock.at.Load(), text)
	w.must(w.app.AcceptMail(w.Context(), app.ArrivedMail{From: from, To: []string{to}, Raw: []byte(raw)}))
	w.drain()
}

// replyTo gives the address that an answer to a mail goes to.
func (w *world) replyTo(m sentMail) string {
	w.Helper()
	in, err := mail.Parse([]byte(m.raw), mail.Limits{})
	w.must(err)
	if len(in.ReplyTo) != 1 {
		w.Fatalf("the mail has %d addresses to answer to", len(in.ReplyTo))
	}
	return in.ReplyTo[0].Email
}

func TestRuleTargets(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		n := w.file("accounts", "Invoice missing")
		t.Run("C1 agents' doors take agents and groups, partners once they are switched on, and nothing else", func(t *testing.T) {
			w := w.in(t)
			c := w.as("accounts.agent")
			c.post(at(n, "shares"), terms(whom(w.agent("hr.agent"), w.group("HR")))).is(201)
			c.post(at(n, "shares"), terms(whom(w.requester("staff.two")))).refused(422, "targets[0].kind").reason("requester_target")
			c.post(at(n, "shares"), terms(whom(map[string]any{"kind": "partner", "id": 1}))).refused(403, "").reason("partners_disabled")
			c.post(at(n, "shares"), terms(whom(map[string]any{"kind": "link", "id": 1}))).refused(422, "targets[0].kind")
			c.post(at(n, "shares"), terms(whom(map[string]any{"kind": "agent", "address": "somebody@elsewhere.example"}))).is(422)
			for _, stranger := range []map[string]any{w.agent("globex/hr.agent"), {"kind": "group", "id": w.desks["globex"].groups["HR"]}, {"kind": "agent", "id": 987654321}, w.agent("staff.one")} {
				c.post(at(n, "shares"), terms(whom(stranger))).refused(422, "targets[0]")
			}
			same(t, "shares", w.shared(n), []string{"Hr Agent", "HR"})
		})
		t.Run("C1 requesters are taken where the setting lets them be", func(t *testing.T) {
			w := w.in(t)
			w.set("sharing.agents_may_share_with_requesters", true)
			same(t, "picker", names(w.as("accounts.agent").get("/share-targets?q=staff.two").ok()), []string{"Staff Two"})
			c := w.as("accounts.agent")
			c.post(at(n, "shares"), terms(whom(w.requester("staff.two")), "see_internal", true)).refused(422, "see_internal")
			c.post(at(n, "shares"), terms(whom(w.requester("hr.agent")))).refused(422, "targets[0]")
			a := c.post(at(n, "shares"), terms(whom(w.requester("staff.two")))).is(201)
			same(t, "level and notes", []any{a.text("items.0.level"), a.at("items.0.see_internal")}, []any{"comment", false})
			same(t, "sees", w.sees("staff.two", n), true)
		})
		t.Run("C1 off again: none is offered, and the share that stands goes on", func(t *testing.T) {
			w := w.in(t)
			w.set("sharing.agents_may_share_with_requesters", false)
			same(t, "picker", names(w.as("accounts.agent").get("/share-targets?q=staff").ok()), []string(nil))
			w.as("accounts.agent").post(at(n, "shares"), terms(whom(w.requester("staff.three")))).refused(422, "targets[0].kind")
			same(t, "sees", w.sees("staff.two", n), true)
			w.as("accounts.agent").delete(at(n, "shares", w.shareID(n, "Staff Two"))).is(204)
			same(t, "after the end", w.sees("staff.two", n), false)
		})
	})
}

func TestRuleWhoShares(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		n := w.file("accounts", "Invoice missing")
		t.Run("C2 agents share by the permission, which the built-in role has, and administrators always", func(t *testing.T) {
			w := w.in(t)
			for who, may := range map[string]bool{"accounts.agent": true, "noshare.agent": false, "admin": true, "owner": true, "manager": true, "staff.one": false} {
				has := slices.Contains(w.as(who).get("/me").ok().list("permissions"), any("tickets.share"))
				same(t, who+" is told", has, may)
				status := 403
				if may {
					status = 201
				}
				w.as(who).post(at(n, "shares"), terms(whom(w.agent("hr.agent")))).is(status)
				if may {
					w.as("owner").delete(at(n, "shares", w.shareID(n, "Hr Agent"))).is(204)
				}
			}
		})
		t.Run("C3 an edition is a set of functions: all in the default one, none in the smallest", func(t *testing.T) {
			w := w.in(t)
			has := func(want bool) {
				t.Helper()
				for _, e := range []dm.Entitlement{dm.SharingManual, dm.SharingAutomatic, dm.SharingPartner} {
					got, err := w.app.Entitled(t.Context(), w.system("acme"), e)
					w.must(err)
					same(t, string(e), got, want)
				}
			}
			has(true)
			w.must(w.app.SetEdition(t.Context(), "acme", "starter"))
			has(false)
			w.as("owner").post(at(n, "shares"), terms(whom(w.agent("hr.agent")))).refused(403, "").reason("not_entitled")
			w.must(w.app.SetEdition(t.Context(), "acme", "community"))
			w.as("owner").post(at(n, "shares"), terms(whom(w.agent("hr.agent")))).is(201)
		})
	})
}

func TestRuleSwitchedOff(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		n := w.file("accounts", "Zebra invoice")
		w.share(n, w.agent("hr.agent"), w.group("HR"))
		w.set("sharing.agents_may_share_with_requesters", true)
		w.as("owner").post(at(n, "shares"), terms(whom(w.requester("staff.two")))).is(201)
		share := w.shareID(n, "Hr Agent")
		w.as("owner").patch(at(n, "shares", share), map[string]any{"level": "comment"}).is(200)
		w.mails("")
		w.set("sharing.enabled", false)
		t.Run("C4 while off nothing new is shared, and clients are told", func(t *testing.T) {
			w := w.in(t)
			same(t, "told", w.as("accounts.agent").get("/me").ok().at("settings").(map[string]any)["sharing.enabled"], false)
			for _, who := range []string{"owner", "accounts.agent"} {
				w.as(who).post(at(n, "shares"), terms(whom(w.agent("restricted.agent")))).refused(403, "").reason("sharing_disabled")
			}
			w.as("owner").patch(at(n, "shares", share), map[string]any{"level": "edit"}).is(403).reason("sharing_disabled")
			same(t, "shares", w.shared(n), []string{"Hr Agent", "HR", "Staff Two"})
		})
		t.Run("C4 C10 keep: what is shared goes on working", func(t *testing.T) {
			w := w.in(t)
			same(t, "sees", []bool{w.sees("hr.agent", n), w.sees("hr.second", n), w.sees("staff.two", n)}, []bool{true, true, true})
			w.as("hr.second").post(at(n, "messages"), map[string]any{"kind": "note", "text": "Still here."}).is(201)
			same(t, "view", w.view("hr.agent", "shared-with-me"), []int64{n})
			same(t, "told of the note", w.audience(), []string{"hr.agent@acme.example"})
		})
		t.Run("C10 suspend: shares sleep at every door, and stay written down", func(t *testing.T) {
			w := w.in(t)
			w.set("sharing.on_disable", "suspend")
			same(t, "sees", []bool{w.sees("hr.agent", n), w.sees("hr.second", n), w.sees("staff.two", n)}, []bool{false, false, false})
			for _, view := range []string{"shared-with-me", "shared-with-my-groups"} {
				same(t, view, w.view("hr.agent", view), []int64{})
				same(t, "count of "+view, w.as("hr.agent").get("/tickets/count?view="+view).ok().number("count"), 0)
			}
			w.as("hr.agent").post(at(n, "messages"), map[string]any{"kind": "note", "text": "Let me in."}).is(404)
			same(t, "jump", w.as("hr.agent").get(fmt.Sprintf("/tickets?q=%%23%d", n)).ok().numbers(), []int64{})
			same(t, "ways in", w.ways("hr.agent", n), []string{})
			w.as("owner").post(at(n, "messages"), map[string]any{"kind": "reply", "text": "An answer."}).is(201)
			same(t, "told", w.audience(), []string{"staff.one@acme.example"})
			same(t, "shares", w.shared(n), []string{"Hr Agent", "HR", "Staff Two"})
		})
		t.Run("C10 a sleeping share can be narrowed and ended", func(t *testing.T) {
			w := w.in(t)
			w.as("owner").patch(at(n, "shares", share), map[string]any{"level": "view"}).is(200)
			w.as("owner").delete(at(n, "shares", w.shareID(n, "Staff Two"))).is(204)
		})
		t.Run("C10 shares wake when sharing is on again", func(t *testing.T) {
			w := w.in(t)
			w.set("sharing.enabled", true)
			same(t, "sees", []bool{w.sees("hr.agent", n), w.sees("hr.second", n), w.sees("staff.two", n)}, []bool{true, true, false})
			same(t, "view", w.view("hr.agent", "shared-with-me"), []int64{n})
		})
	})
}

func TestRuleCaps(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		extra := w.extras(27)
		w.set("sharing.agents_may_share_with_requesters", true)
		t.Run("C6 the limit of agents and groups is 25, can be set, and 0 is none", func(t *testing.T) {
			w := w.in(t)
			settings := w.as("owner").get("/settings").ok()
			same(t, "defaults", []any{settings.body.(map[string]any)["sharing.max_internal"], settings.body.(map[string]any)["sharing.max_external"]}, []int{25, 50})
			n := w.file("accounts", "Popular")
			w.as("owner").patch("/settings", map[string]any{"sharing.max_internal": 2}).is(200)
			w.as("owner").post(at(n, "shares"), terms(extra[:3])).is(409).reason("cap")
			a := w.as("owner").post(at(n, "shares"), terms(extra[:2])).is(201)
			same(t, "made", len(a.list("items")), 2)
			a = w.as("owner").post(at(n, "shares"), terms(whom(w.group("HR")))).is(409).reason("cap")
			same(t, "the refusal counts", []int64{a.number("cap"), a.number("shared")}, []int64{2, 2})
			w.as("owner").patch("/settings", map[string]any{"sharing.max_internal": 0}).is(200)
			w.as("owner").post(at(n, "shares"), terms(extra)).is(201)
			same(t, "without a limit", len(w.shared(n)), 27)
			w.set("sharing.max_internal", 25)
		})
		t.Run("C24 each kind of target has its own limit, and none is across kinds", func(t *testing.T) {
			w := w.in(t)
			n := w.file("accounts", "Mixed")
			w.set("sharing.max_internal", 2)
			w.set("sharing.max_external", 1)
			w.as("owner").post(at(n, "shares"), terms(whom(extra[0], w.group("HR"), w.requester("staff.two")))).is(201)
			w.as("owner").post(at(n, "shares"), terms(whom(extra[1]))).is(409).reason("cap")
			w.as("owner").post(at(n, "shares"), terms(whom(w.requester("staff.three")))).is(409).reason("cap")
			w.set("sharing.max_external", 2)
			w.as("owner").post(at(n, "shares"), terms(whom(w.requester("staff.three")))).is(201)
			w.as("owner").post(at(n, "shares"), terms(whom(extra[1]))).is(409).reason("cap")
			same(t, "shares", w.shared(n), []string{"Extra0 Agent", "HR", "Staff Two", "Staff Three"})
			w.set("sharing.max_external", 50)
			w.set("sharing.max_internal", 25)
		})
		t.Run("C6 C20 those in CC count with the requesters", func(t *testing.T) {
			w := w.in(t)
			n := w.file("accounts", "Copied", map[string]any{"ccs": []string{"a@elsewhere.example", "b@elsewhere.example"}})
			w.set("sharing.max_external", 2)
			w.as("owner").post(at(n, "shares"), terms(whom(w.requester("staff.two")))).is(409).reason("cap")
			w.as("owner").patch(at(n), map[string]any{"ccs": []string{"a@elsewhere.example"}}).is(200)
			w.as("owner").post(at(n, "shares"), terms(whom(w.requester("staff.two")))).is(201)
			w.as("owner").patch(at(n), map[string]any{"ccs": []string{"a@elsewhere.example", "b@elsewhere.example"}}).is(409).reason("cap")
			w.set("sharing.max_external", 50)
		})
		t.Run("C17 deactivated agents do not count, whoever shared with them", func(t *testing.T) {
			w := w.in(t)
			n := w.file("accounts", "Counting")
			w.set("sharing.max_internal", 2)
			w.as("accounts.agent").post(at(n, "shares"), terms(whom(extra[0]))).is(201)
			w.as("owner").post(at(n, "shares"), terms(whom(extra[1]))).is(201)
			w.as("owner").post(at(n, "shares"), terms(whom(extra[2]))).is(409).reason("cap")
			w.turn("extra0.agent", "deactivate")
			w.as("owner").post(at(n, "shares"), terms(whom(extra[2]))).is(201)
			w.as("owner").post(at(n, "shares"), terms(whom(extra[3]))).is(409).reason("cap")
			w.turn("extra0.agent", "reactivate")
			same(t, "all three work", []bool{w.sees("extra0.agent", n), w.sees("extra1.agent", n), w.sees("extra2.agent", n)}, []bool{true, true, true})
			w.as("owner").delete(at(n, "shares", w.shareID(n, "Extra1 Agent"))).is(204)
			w.as("owner").post(at(n, "shares"), terms(whom(extra[3]))).is(409).reason("cap")
			w.as("owner").delete(at(n, "shares", w.shareID(n, "Extra2 Agent"))).is(204)
			w.as("owner").post(at(n, "shares"), terms(whom(extra[3]))).is(201)
			w.set("sharing.max_internal", 25)
		})
		t.Run("C17 a share that stands already takes no new place", func(t *testing.T) {
			w := w.in(t)
			n := w.file("accounts", "Full")
			w.set("sharing.max_internal", 2)
			w.as("owner").post(at(n, "shares"), terms(whom(extra[0], extra[1]))).is(201)
			w.as("owner").post(at(n, "shares"), terms(whom(extra[1], extra[0]))).is(200)
			w.as("owner").post(at(n, "shares"), terms(whom(extra[1], extra[2]))).is(409).reason("cap")
			w.set("sharing.max_internal", 25)
		})
		t.Run("C17 deleted groups and expired shares do not count", func(t *testing.T) {
			w := w.in(t)
			n := w.file("accounts", "Passing")
			w.set("sharing.max_internal", 2)
			w.as("owner").post(at(n, "shares"), terms(whom(w.group("Legal")))).is(201)
			w.as("owner").post(at(n, "shares"), terms(whom(extra[0]), "expires_at", w.clock.now().Add(time.Hour).Format(time.RFC3339Nano))).is(201)
			w.as("owner").post(at(n, "shares"), terms(whom(extra[1]))).is(409).reason("cap")
			w.advance(2 * time.Hour)
			w.as("owner").post(at(n, "shares"), terms(whom(extra[1]))).is(201)
			w.as("owner").post(at(n, "shares"), terms(whom(extra[2]))).is(409).reason("cap")
			w.as("owner").delete(fmt.Sprint("/groups/", w.acme().groups["Legal"])).is(204)
			w.as("owner").post(at(n, "shares"), terms(whom(extra[2]))).is(201)
			same(t, "shares", w.shared(n), []string{"Extra1 Agent", "Extra2 Agent"})
		})
	})
}

func TestRuleEndOfAccess(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		n := w.file("accounts", "Zebra invoice")
		mine := w.file("hr", "Leave")
		w.share(n, w.agent("hr.agent"), w.group("HR"))
		first := w.mails("hr.agent")[0]
		w.as("owner").post(at(n, "linked-tickets"), map[string]any{"kind": "related", "number": mine}).is(201)
		file := w.as("owner").post("/attachments?name=a.txt", "the file").ok().number("id")
		w.as("owner").post(at(n, "messages"), map[string]any{"kind": "note", "text": "Zebra note", "attachments": []int64{file}}).is(201)
		w.mails("")
		t.Run("C9 an answer by mail counts while the share lives", func(t *testing.T) {
			w := w.in(t)
			w.arrive("hr.agent@acme.example", w.replyTo(first), "Re", "Answer by mail")
			same(t, "last message", w.texts("owner", n)[2], "reply: Answer by mail")
			w.mails("")
		})
		// The owner writes, and before the mail about it goes out the shares end.
		w.as("owner").post(at(n, "messages"), map[string]any{"kind": "note", "text": "Zebra secret"}).is(201)
		w.as("owner").delete(at(n, "shares", w.shareID(n, "Hr Agent"))).is(204)
		w.as("owner").delete(at(n, "shares", w.shareID(n, "HR"))).is(204)
		t.Run("C9 the end is the end at every door", func(t *testing.T) {
			w := w.in(t)
			c := w.as("hr.agent")
			for _, part := range []string{"", "/messages", "/events", "/shares", "/access", "/linked-tickets"} {
				c.get(at(n) + part).is(404)
			}
			c.get(fmt.Sprint("/attachments/", file)).is(404)
			for _, view := range []string{"shared-with-me", "shared-with-my-groups", "all"} {
				if slices.Contains(w.view("hr.agent", view), n) {
					t.Errorf("the view %s still has it", view)
				}
			}
			same(t, "counts", []int64{c.get("/tickets/count?view=shared-with-me").ok().number("count"), c.get("/tickets/count?view=shared-with-my-groups").ok().number("count")}, []int64{0, 0})
			same(t, "search", c.get("/tickets?q=zebra").ok().numbers(), []int64{})
			same(t, "jump", c.get(fmt.Sprintf("/tickets?q=%%23%d", n)).ok().numbers(), []int64{})
			raw := c.get("/home").ok().raw + c.get("/notifications").ok().raw + c.get(at(mine, "linked-tickets")).ok().raw + c.get(at(mine)).ok().raw + c.get(at(mine, "events")).ok().raw
			if strings.Contains(raw, "Zebra") || strings.Contains(raw, fmt.Sprintf(`"number":%d,`, n)) {
				t.Errorf("something of the ticket still shows: %s", raw)
			}
			same(t, "who can see it", w.ways("hr.agent", n), []string{})
		})
		t.Run("C9 what was on its way is decided again, and only the end is told", func(t *testing.T) {
			w := w.in(t)
			got := w.mails("hr.agent")
			for _, m := range got {
				if strings.Contains(m.raw+m.text+m.html, "Zebra") || !strings.Contains(m.text, fmt.Sprint("#", n)) {
					t.Errorf("a mail holds more than the end: %s", m.text)
				}
			}
			same(t, "mails about the two ends", len(got), 2)
		})
		t.Run("C9 an answer to an old mail is kept out", func(t *testing.T) {
			w := w.in(t)
			before := w.texts("owner", n)
			count := w.as("owner").get("/tickets/count?view=all").ok().number("count")
			w.arrive("hr.agent@acme.example", w.replyTo(first), "Re", "Still there?")
			same(t, "messages", w.texts("owner", n), before)
			same(t, "tickets", w.as("owner").get("/tickets/count?view=all").ok().number("count"), count)
		})
	})
}

func TestRuleMail(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		company := fmt.Sprint("/settings/notices?brand=", w.acme().brands["Company"])
		all := "/settings/notices"
		to := func(who ...string) []string {
			list := []string{}
			for _, name := range who {
				list = append(list, w.address(name))
			}
			return list
		}
		// both shares a new ticket and ends the share, and gives who is told of each.
		both := func(w *world, inbox string, target map[string]any) (shared, ended []string) {
			w.Helper()
			n := w.file(inbox, "Switches")
			w.audience()
			id := fmt.Sprint(w.share(n, target).number("items.0.id"))
			shared = w.audience()
			w.as("owner").delete(at(n, "shares", id)).is(204)
			return append([]string{}, shared...), append([]string{}, w.audience()...)
		}
		t.Run("C11 both mails go out unless something is switched off", func(t *testing.T) {
			w := w.in(t)
			shared, ended := both(w, "accounts", w.group("HR"))
			same(t, "shared", shared, to("hr.agent", "hr.second"))
			same(t, "ended", ended, to("hr.agent", "hr.second"))
		})
		t.Run("C11 the account's switch silences everybody, a personal yes included", func(t *testing.T) {
			w := w.in(t)
			w.as("hr.agent").do("PUT", "/me/notices", map[string]any{"share": true, "unshare": true}).is(200)
			w.as("hr.agent").do("PUT", all, map[string]any{"share": false}).is(403)
			w.as("owner").do("PUT", all, map[string]any{"share": false}).is(200)
			shared, ended := both(w, "accounts", w.group("HR"))
			same(t, "shared", shared, to())
			same(t, "ended", ended, to("hr.agent", "hr.second"))
			w.as("owner").do("PUT", all, map[string]any{"share": true, "unshare": false}).is(200)
			shared, ended = both(w, "accounts", w.group("HR"))
			same(t, "shared", shared, to("hr.agent", "hr.second"))
			same(t, "ended", ended, to())
			w.as("owner").do("PUT", all, map[string]any{"unshare": true}).is(200)
		})
		t.Run("C11 the brand's switch silences its tickets alone", func(t *testing.T) {
			w := w.in(t)
			w.as("owner").do("PUT", company, map[string]any{"share": false, "unshare": false}).is(200)
			shared, ended := both(w, "accounts", w.agent("hr.agent"))
			same(t, "in the brand", append(shared, ended...), to())
			shared, ended = both(w, "hr", w.agent("support.agent"))
			same(t, "in another", append(shared, ended...), to("support.agent", "support.agent"))
			w.as("owner").do("PUT", company, map[string]any{"share": true, "unshare": true}).is(200)
		})
		t.Run("C11 a personal no silences that person alone", func(t *testing.T) {
			w := w.in(t)
			w.as("hr.agent").do("PUT", "/me/notices", map[string]any{"share": false}).is(200)
			shared, ended := both(w, "accounts", w.group("HR"))
			same(t, "shared", shared, to("hr.second"))
			same(t, "ended", ended, to("hr.agent", "hr.second"))
			w.as("hr.agent").do("PUT", "/me/notices", map[string]any{"share": true, "unshare": false}).is(200)
			shared, ended = both(w, "accounts", w.group("HR"))
			same(t, "shared", shared, to("hr.agent", "hr.second"))
			same(t, "ended", ended, to("hr.second"))
			w.as("hr.agent").do("PUT", "/me/notices", map[string]any{"unshare": true}).is(200)
		})
		t.Run("C11 what counts is the switch when the mail goes out", func(t *testing.T) {
			w := w.in(t)
			n := w.file("accounts", "Late")
			w.audience()
			w.share(n, w.group("HR"))
			w.as("hr.agent").do("PUT", "/me/notices", map[string]any{"share": false}).is(200)
			same(t, "told", w.audience(), to("hr.second"))
			w.as("hr.agent").do("PUT", "/me/notices", map[string]any{"share": true}).is(200)
		})
		t.Run("C11 the sharer can ask that nobody is told", func(t *testing.T) {
			w := w.in(t)
			n := w.file("accounts", "Quiet")
			w.audience()
			w.as("owner").post(at(n, "shares"), terms(whom(w.group("HR")), "notify", false)).is(201)
			same(t, "told", w.audience(), []string(nil))
			same(t, "sees", w.sees("hr.agent", n), true)
		})
		t.Run("C11 whoever is reached twice is told once", func(t *testing.T) {
			w := w.in(t)
			n := w.file("accounts", "Twice")
			w.share(n, w.agent("hr.agent"), w.group("HR"))
			w.audience()
			w.as("owner").post(at(n, "messages"), map[string]any{"kind": "note", "text": "A word."}).is(201)
			same(t, "told", w.audience(), to("hr.agent", "hr.second"))
		})
	})
}

func TestRuleWhoEditsTheList(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		n := w.file("accounts", "Invoice missing")
		// may tries to add, to change and to end a share that the owner made.
		may := func(w *world, who string) []int {
			w.Helper()
			id := fmt.Sprint(w.as("owner").post(at(n, "shares"), terms(whom(w.group("Legal")), "level", "view", "notify", false)).ok().number("items.0.id"))
			c := w.as(who)
			added := c.post(at(n, "shares"), terms(whom(w.group("Support")), "level", "view"))
			changed := c.patch(at(n, "shares", id), map[string]any{"level": "comment"})
			ended := c.delete(at(n, "shares", id))
			if added.status == 201 {
				w.as("owner").delete(at(n, "shares", w.shareID(n, "Support"))).is(204)
			}
			return []int{added.status, changed.status, ended.status}
		}
		yes, no, hidden := []int{201, 200, 204}, []int{403, 403, 403}, []int{404, 404, 404}
		t.Run("C15 people of the owning group with the permission, and administrators", func(t *testing.T) {
			w := w.in(t)
			for who, want := range map[string][]int{"accounts.agent": yes, "accounts.second": yes, "owner": yes, "admin": yes, "manager": yes,
				"noshare.agent": no, "support.agent": hidden, "staff.two": hidden,
				"staff.one": {403, 403, 404}} { // a requester is shown those let in by requesters alone
				same(t, who, may(w, who), want)
			}
		})
		t.Run("C15 the assignee", func(t *testing.T) {
			w := w.in(t)
			same(t, "before", may(w, "restricted.agent"), hidden)
			w.as("owner").patch(at(n), map[string]any{"assignee_id": w.id("restricted.agent")}).is(200)
			same(t, "as assignee", may(w, "restricted.agent"), yes)
			w.as("owner").patch(at(n), map[string]any{"assignee_id": nil}).is(200)
		})
		t.Run("C15 a target only with can_reshare, and the permission", func(t *testing.T) {
			w := w.in(t)
			w.share(n, w.agent("hr.agent"), w.agent("noshare.agent"))
			same(t, "off unless given", w.as("owner").get(at(n, "shares")).ok().at("items.0.can_reshare"), false)
			same(t, "without", may(w, "hr.agent"), no)
			for _, name := range []string{"Hr Agent", "Noshare Agent"} {
				w.as("owner").patch(at(n, "shares", w.shareID(n, name)), map[string]any{"can_reshare": true}).is(200)
			}
			same(t, "with", may(w, "hr.agent"), yes)
			same(t, "with, but no permission", may(w, "noshare.agent"), no)
		})
		t.Run("C15 the setting gives it to new shares unless said otherwise", func(t *testing.T) {
			w := w.in(t)
			w.set("sharing.recipients_can_reshare", true)
			a := w.as("owner").post(at(n, "shares"), terms(whom(w.agent("hr.second")))).is(201)
			same(t, "new share", a.at("items.0.can_reshare"), true)
			same(t, "may", may(w, "hr.second"), yes)
			a = w.as("owner").post(at(n, "shares"), terms(whom(w.agent("restricted.agent")), "can_reshare", false)).is(201)
			same(t, "said otherwise", a.at("items.0.can_reshare"), false)
			same(t, "may", may(w, "restricted.agent"), no)
			w.set("sharing.recipients_can_reshare", false)
		})
		t.Run("C15 the sharer ends what they shared, also when the ticket has moved on", func(t *testing.T) {
			w := w.in(t)
			m := w.file("accounts", "Handed over")
			w.as("accounts.agent").post(at(m, "shares"), terms(whom(w.agent("support.agent")))).is(201)
			w.as("owner").post(at(m, "shares"), terms(whom(w.agent("restricted.agent")))).is(201)
			w.as("accounts.agent").patch(at(m), map[string]any{"inbox_id": w.acme().inboxes["hr"], "keep_access": true}).is(200)
			w.as("accounts.agent").delete(at(m, "shares", w.shareID(m, "Restricted Agent"))).is(403)
			w.as("accounts.agent").delete(at(m, "shares", w.shareID(m, "Support Agent"))).is(204)
			same(t, "ended", w.sees("support.agent", m), false)
		})
	})
}
