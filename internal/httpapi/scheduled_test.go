package httpapi_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// Messages that are sent later: scheduled ones, and those that wait so that
// their sending can be undone.

// later schedules a message in so long and gives its id.
func (w *world) later(who string, number int64, in time.Duration, extra ...map[string]any) int64 {
	w.Helper()
	body := map[string]any{"kind": "reply", "text": "Later word", "send_at": w.from(in), "time_zone": "Europe/Berlin"}
	for _, more := range extra {
		for k, v := range more {
			body[k] = v
		}
	}
	return w.as(who).post(at(number, "messages"), body).is(202).number("id")
}

// said lists the texts of a ticket's messages but the first, as somebody sees
// them.
func (w *world) said(who string, number int64) []string {
	w.Helper()
	a := w.as(who).get(at(number, "messages") + "?limit=200").ok()
	texts := []string{}
	for i := range a.list("items")[1:] {
		texts = append(texts, a.text(fmt.Sprintf("items.%d.text", i+1)))
	}
	return texts
}

func reply(id int64, rest ...string) string {
	return strings.Join(append([]string{fmt.Sprint("/scheduled-replies/", id)}, rest...), "/")
}

func TestScheduledReplies(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		n := w.file("accounts", "Invoice missing")
		w.share(n, w.agent("hr.agent"))
		w.mails("")
		t.Run("S1-15 a recipient of a share schedules a reply, which goes at its time", func(t *testing.T) {
			w := w.in(t)
			c := w.as("hr.agent")
			file := c.post("/attachments?name=proof.txt", "a proof").ok().number("id")
			due := w.clock.now().Add(2 * time.Hour)
			id := w.later("hr.agent", n, 0, map[string]any{"html": "<p>Later <b onclick=x>word</b></p>", "text": "", "send_at": due.Format(time.RFC3339Nano), "attachments": []int64{file}})
			w.advance(time.Hour)
			w.drain()
			same(t, "not yet", w.said("owner", n), []string{})
			a := c.get("/scheduled-replies").ok()
			same(t, "the own list", []any{len(a.list("items")), a.number("items.0.id"), a.number("items.0.ticket.number"), a.text("items.0.state"), a.text("items.0.time_zone"), a.text("items.0.attachments.0.name"), a.text("items.0.text")},
				[]any{1, id, n, "waiting", "Europe/Berlin", "proof.txt", "Later word"})
			same(t, "cleaned", strings.Contains(a.text("items.0.html"), "onclick"), false)
			w.until(due)
			w.advance(time.Millisecond)
			w.drain()
			same(t, "sent", w.said("staff.one", n), []string{"Later word"})
			same(t, "by the author, with the file", w.as("owner").get(at(n, "messages")).ok().text("items.1.author.name"), "Hr Agent")
			w.as("staff.one").get(fmt.Sprint("/attachments/", file)).is(200)
			same(t, "who gets it", w.audience(), []string{w.address("staff.one")})
			got := c.get(reply(id)).ok()
			same(t, "its record", []any{got.text("state"), got.text("text"), got.at("message_id") != nil}, []any{"sent", "", true})
			same(t, "the list", len(c.get("/scheduled-replies").ok().list("items")), 0)
			w.drain()
			same(t, "once", len(w.said("owner", n)), 1)
		})
		t.Run("S1-15 several wait on one ticket, hidden from requesters", func(t *testing.T) {
			w := w.in(t)
			first, second := w.later("hr.agent", n, 3*time.Hour, map[string]any{"text": "third"}), w.later("accounts.agent", n, time.Hour, map[string]any{"text": "second", "kind": "note"})
			a := w.as("owner").get(at(n, "scheduled-replies")).ok()
			same(t, "in the order of time", []any{len(a.list("items")), a.number("items.0.id"), a.number("items.1.id"), a.text("items.0.author.name")}, []any{2, second, first, "Accounts Agent"})
			w.as("staff.one").get(at(n, "scheduled-replies")).is(403)
			w.as("staff.one").get("/scheduled-replies").is(403)
			w.as("staff.one").get(reply(first)).is(403)
			for _, path := range []string{at(n), at(n, "messages"), at(n, "events")} {
				if raw := w.as("staff.one").get(path).ok().raw; strings.Contains(raw, "third") || strings.Contains(raw, "scheduled") {
					t.Errorf("a requester is told at %s: %s", path, raw)
				}
			}
			w.as("hr.agent").delete(reply(first)).is(204)
			w.as("accounts.agent").delete(reply(second)).is(204)
			w.advance(4 * time.Hour)
			w.drain()
			same(t, "cancelled ones are never sent", len(w.said("owner", n)), 1)
			w.as("hr.agent").delete(reply(first)).is(409).reason("already_cancelled")
		})
		t.Run("the author edits and sends now; others only cancel or send", func(t *testing.T) {
			w := w.in(t)
			id := w.later("hr.agent", n, time.Hour)
			c, other := w.as("hr.agent"), w.as("accounts.agent")
			same(t, "may", []any{c.get(reply(id)).ok().list("may"), other.get(reply(id)).ok().list("may")}, []any{[]any{"edit", "cancel", "send"}, []any{"cancel", "send"}})
			other.patch(reply(id), map[string]any{"text": "Not mine"}).is(403)
			c.patch(reply(id), map[string]any{"send_at": w.from(-time.Second)}).refused(422, "send_at")
			c.patch(reply(id), map[string]any{"time_zone": "Moon/Base"}).refused(422, "time_zone")
			a := c.patch(reply(id), map[string]any{"text": "Better word", "send_at": w.from(5 * time.Hour), "hold": true}).ok()
			same(t, "changed", []any{a.text("text"), a.text("html"), a.at("hold")}, []any{"Better word", "", true})
			w.advance(2 * time.Hour)
			w.drain()
			same(t, "not at the earlier time", slices.Contains(w.said("owner", n), "Better word"), false)
			a = c.post(reply(id, "send"), nil).ok()
			same(t, "state", a.text("state"), "sent")
			same(t, "said", slices.Contains(w.said("staff.one", n), "Better word"), true)
			c.patch(reply(id), map[string]any{"text": "x"}).is(409).reason("already_sent")
			w.mails("")
			id = w.later("hr.agent", n, time.Hour, map[string]any{"text": "Hastened"})
			other.post(reply(id, "send"), nil).ok()
			w.drain()
			same(t, "in its author's name", w.as("owner").get(at(n, "messages")).ok().text("items.3.author.name"), "Hr Agent")
			id = w.later("hr.agent", n, time.Hour)
			w.mails("")
			other.delete(reply(id)).is(204)
			same(t, "history", w.history(n, "scheduled_reply.cancelled", "actor.name"), []any{"Accounts Agent"})
			same(t, "the author is told", w.audience(), []string{w.address("hr.agent")})
		})
		t.Run("what cannot be scheduled", func(t *testing.T) {
			w := w.in(t)
			c := w.as("hr.agent")
			send := func(body map[string]any) *answer { return c.post(at(n, "messages"), body) }
			send(map[string]any{"text": "x", "send_at": w.from(-time.Minute)}).refused(422, "send_at")
			send(map[string]any{"text": "x", "send_at": w.from(400 * 24 * time.Hour)}).refused(422, "send_at")
			send(map[string]any{"text": "x", "send_at": w.from(time.Hour), "time_zone": "nowhere"}).refused(422, "time_zone")
			send(map[string]any{"text": " ", "send_at": w.from(time.Hour)}).refused(422, "text")
			send(map[string]any{"text": "x", "send_at": "tomorrow"}).is(422)
			send(map[string]any{"text": "x", "send_at": w.from(time.Hour), "attachments": []int64{987654}}).refused(422, "attachments[0]")
			send(map[string]any{"text": "x", "send_at": w.from(time.Hour), "mentions": []int64{w.id("staff.one")}}).refused(422, "mentions[0]")
			w.as("staff.one").post(at(n, "messages"), map[string]any{"text": "x", "send_at": w.from(time.Hour)}).is(403)
			w.as("support.agent").post(at(n, "messages"), map[string]any{"text": "x", "send_at": w.from(time.Hour)}).is(404)
			same(t, "nothing is kept", len(c.get("/scheduled-replies").ok().list("items")), 0)
		})
		t.Run("a repeat with its key schedules once", func(t *testing.T) {
			w := w.in(t)
			body := map[string]any{"text": "Once", "send_at": w.from(time.Hour)}
			c := w.as("hr.agent").with("Idempotency-Key", "later")
			one := c.post(at(n, "messages"), body).is(202)
			same(t, "answer", c.post(at(n, "messages"), body).is(202).raw, one.raw)
			w.as("hr.agent").delete(reply(one.number("id"))).is(204)
		})
		t.Run("one is held where the customer answered first", func(t *testing.T) {
			w := w.in(t)
			id, other := w.later("hr.agent", n, time.Hour, map[string]any{"text": "Still there?", "hold": true}), w.later("hr.agent", n, time.Hour, map[string]any{"text": "In any case"})
			w.as("staff.one").post(at(n, "messages"), map[string]any{"text": "I found it."}).is(201)
			w.mails("")
			w.advance(2 * time.Hour)
			to := w.audience()
			same(t, "the author is told", slices.Contains(to, w.address("hr.agent")), true)
			c := w.as("hr.agent")
			a := c.get(reply(id)).ok()
			same(t, "state", []any{a.text("state"), a.text("reason"), a.text("text")}, []any{"held", "customer_answered", "Still there?"})
			same(t, "the other one", c.get(reply(other)).ok().text("state"), "sent")
			same(t, "line", w.as("hr.agent").get("/notifications").ok().text("items.0.kind"), "scheduled")
			c.patch(reply(id), map[string]any{"send_at": w.from(time.Hour)}).ok()
			w.advance(2 * time.Hour)
			w.drain()
			same(t, "after one has looked it goes", c.get(reply(id)).ok().text("state"), "sent")
		})
	})
}

func TestScheduledRepliesEnd(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		n := w.file("accounts", "Invoice missing", map[string]any{"assignee_id": w.id("accounts.agent")})
		count := func(w *world) string {
			return w.countOf(`SELECT COUNT(*) FROM scheduled_replies WHERE ended_at IS NULL`)
		}
		t.Run("S1-27 S1-28 C9 a revocation removes the reply at once, and nothing is sent", func(t *testing.T) {
			w := w.in(t)
			w.share(n, w.agent("hr.agent"))
			id := w.later("hr.agent", n, time.Hour)
			w.mails("")
			w.as("owner").delete(at(n, "shares", w.shareID(n, "Hr Agent"))).is(204)
			same(t, "left", count(w), "0")
			w.as("hr.agent").get(reply(id)).is(404)
			same(t, "own list", len(w.as("hr.agent").get("/scheduled-replies").ok().list("items")), 0)
			var told []string
			for _, m := range w.mails("") {
				if strings.Contains(m.subject, "scheduled") || strings.Contains(m.text, "scheduled message") {
					told = append(told, m.to)
					if m.to == w.address("hr.agent") && strings.Contains(m.raw, "Invoice missing") {
						t.Errorf("who lost access is told the subject: %s", m.text)
					}
				}
			}
			slices.Sort(told)
			same(t, "author and assignee are told", told, []string{w.address("accounts.agent"), w.address("hr.agent")})
			same(t, "history", []any{w.history(n, "scheduled_reply.removed", "scheduled.author.name"), w.history(n, "scheduled_reply.removed", "scheduled.reason")}, []any{[]any{"Hr Agent"}, []any{"no_access"}})
			// Let in again before it was due, the author does not get it back.
			w.share(n, w.agent("hr.agent"))
			w.advance(2 * time.Hour)
			w.drain()
			same(t, "said", w.said("owner", n), []string{})
			same(t, "state", w.as("hr.agent").get(reply(id)).ok().text("state"), "removed")
		})
		t.Run("S1-27 an author with another way in keeps the reply", func(t *testing.T) {
			w := w.in(t)
			w.share(n, w.agent("accounts.second"))
			id := w.later("accounts.second", n, time.Hour, map[string]any{"text": "Still mine"})
			w.as("owner").delete(at(n, "shares", w.shareID(n, "Accounts Second"))).is(204)
			w.advance(2 * time.Hour)
			w.drain()
			same(t, "state", w.as("accounts.second").get(reply(id)).ok().text("state"), "sent")
			same(t, "said", w.said("staff.one", n), []string{"Still mine"})
		})
		t.Run("S1-27 S1-28 every other end of access removes it too", func(t *testing.T) {
			w := w.in(t)
			for name, end := range map[string]func(m int64){
				"expiry":          func(m int64) { w.advance(31 * time.Minute); w.sweep() },
				"leaving":         func(m int64) { w.as("hr.second").post(at(m, "leave"), nil).ok() },
				"no sharing":      func(m int64) { w.set("sharing.on_disable", "suspend"); w.set("sharing.enabled", false); w.sweep() },
				"deactivation":    func(m int64) { w.turn("hr.second", "deactivate"); w.sweep() },
				"the due time":    func(m int64) { w.turn("hr.second", "deactivate") },
				"deleting":        func(m int64) { w.as("owner").delete(at(m)).is(204) },
				"marking as spam": func(m int64) { w.as("owner").post(at(m, "spam"), nil).ok() },
			} {
				m := w.file("accounts", "Ended by "+name)
				w.as("owner").post(at(m, "shares"), terms(whom(w.agent("hr.second")), "expires_at", w.from(30*time.Minute))).is(201)
				w.later("hr.second", m, 20*time.Minute, map[string]any{"text": "Never said"})
				if name == "expiry" {
					w.as("hr.second").patch(reply(w.as("hr.second").get("/scheduled-replies").ok().number("items.0.id")), map[string]any{"send_at": w.from(time.Hour)}).ok()
				}
				end(m)
				if name != "the due time" {
					same(t, name+": left", count(w), "0")
				}
				w.advance(2 * time.Hour)
				w.drain()
				same(t, name+": left in the end", count(w), "0")
				same(t, name+": never said", w.countOf(`SELECT COUNT(*) FROM messages WHERE text = 'Never said'`), "0")
				w.set("sharing.enabled", true)
				w.set("sharing.on_disable", "keep")
				w.turn("hr.second", "reactivate")
			}
		})
		t.Run("an author without the right any more sees it failed", func(t *testing.T) {
			w := w.in(t)
			m := w.file("accounts", "Lowered")
			w.share(m, w.agent("hr.agent"))
			id := w.later("hr.agent", m, time.Hour)
			w.as("owner").patch(at(m, "shares", w.shareID(m, "Hr Agent")), map[string]any{"level": "comment"}).ok()
			w.advance(2 * time.Hour)
			w.drain()
			a := w.as("hr.agent").get(reply(id)).ok()
			same(t, "state", []any{a.text("state"), a.text("reason"), a.text("text"), a.list("may")}, []any{"failed", "no_right", "Later word", []any{"cancel"}})
			same(t, "said", w.said("owner", m), []string{})
			w.as("hr.agent").post(reply(id, "send"), nil).is(403)
		})
		t.Run("a token that was revoked sends nothing any more", func(t *testing.T) {
			w := w.in(t)
			m := w.file("accounts", "By a program")
			c := w.token("accounts.agent", "tickets.reply")
			c.post(at(m, "messages"), map[string]any{"text": "By program", "send_at": w.from(time.Hour)}).is(202)
			w.as("accounts.agent").delete(fmt.Sprint("/api-tokens/", w.as("accounts.agent").get("/api-tokens").ok().number("items.0.id"))).is(204)
			w.advance(2 * time.Hour)
			w.drain()
			same(t, "said", w.said("owner", m), []string{})
		})
		t.Run("a merge fails what is scheduled on the ticket that ends", func(t *testing.T) {
			w := w.in(t)
			m, into := w.file("accounts", "Merged away"), w.file("accounts", "Merged into")
			id := w.later("accounts.agent", m, time.Hour)
			w.as("owner").post(at(m, "merge"), map[string]any{"into": into, "accept_widening": true}).ok()
			a := w.as("accounts.agent").get(reply(id)).ok()
			same(t, "state", []any{a.text("state"), a.text("reason")}, []any{"failed", "merged"})
		})
		t.Run("whoever is erased leaves nothing scheduled", func(t *testing.T) {
			w := w.in(t)
			m := w.file("accounts", "Erased")
			w.later("accounts.second", m, time.Hour)
			w.must(w.app.ErasePerson(w.Context(), w.viewer("owner"), w.id("accounts.second")))
			w.advance(2 * time.Hour)
			w.drain()
			same(t, "said", w.said("owner", m), []string{})
		})
	})
}

func TestClosingWithScheduledReplies(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		pending := func() (int64, int64) {
			n := w.file("accounts", "Invoice missing")
			return n, w.later("accounts.agent", n, time.Hour, map[string]any{"text": "About to go"})
		}
		solve := func(n int64, extra map[string]any) *answer {
			extra["status"] = "solved"
			return w.as("owner").patch(at(n), extra)
		}
		n, id := pending()
		a := solve(n, map[string]any{}).is(409).reason("pending_replies")
		same(t, "where and how many", []any{a.text("errors.0.location"), a.number("count")}, []any{"pending", 1})
		same(t, "still open", w.as("owner").get(at(n)).ok().text("status"), "new")
		solve(n, map[string]any{"pending": "later"}).is(422)
		solve(n, map[string]any{"pending": "keep"}).ok()
		w.advance(2 * time.Hour)
		w.drain()
		same(t, "kept: sent at its time", w.as("owner").get(reply(id)).ok().text("state"), "sent")
		n, id = pending()
		solve(n, map[string]any{"pending": "send"}).ok()
		w.drain()
		same(t, "sent now", []any{w.as("owner").get(reply(id)).ok().text("state"), w.said("staff.one", n)}, []any{"sent", []string{"About to go"}})
		n, id = pending()
		solve(n, map[string]any{"pending": "cancel"}).ok()
		same(t, "cancelled", w.as("accounts.agent").get(reply(id)).ok().text("state"), "cancelled")
		n, id = pending()
		w.as("accounts.agent").post(at(n, "messages"), map[string]any{"text": "Done.", "status": "solved"}).is(409).reason("pending_replies")
		w.as("accounts.agent").post(at(n, "messages"), map[string]any{"text": "Done.", "status": "solved", "undo": true}).is(409).reason("pending_replies")
		same(t, "nothing was said", w.said("owner", n), []string{})
		w.as("accounts.agent").post(at(n, "messages"), map[string]any{"text": "Done.", "status": "solved", "pending": "cancel"}).is(201)
		same(t, "said and solved", []any{w.said("owner", n), w.as("owner").get(at(n)).ok().text("status"), w.as("owner").get(reply(id)).ok().text("state")}, []any{[]string{"Done."}, "solved", "cancelled"})
	})
}

func TestUndoSend(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		n := w.file("accounts", "Invoice missing")
		c := w.as("accounts.agent")
		send := func(extra map[string]any) *answer {
			body := map[string]any{"text": "Oops", "undo": true}
			for k, v := range extra {
				body[k] = v
			}
			return c.post(at(n, "messages"), body)
		}
		w.mails("")
		c.do("PUT", at(n, "draft"), map[string]any{"text": "Oops"}).ok()
		a := send(nil).is(202)
		same(t, "waits", []any{a.text("state"), a.at("undo")}, []any{"waiting", true})
		c.get(at(n, "draft")).is(204)
		w.advance(5 * time.Second)
		w.drain()
		c.delete(reply(a.number("id"))).is(204)
		w.advance(time.Minute)
		same(t, "undone: nobody gets anything", len(w.mails("")), 0)
		same(t, "said", w.said("owner", n), []string{})
		a = send(map[string]any{"status": "pending"}).is(202)
		w.advance(11 * time.Second)
		same(t, "who gets it", w.audience(), []string{w.address("staff.one")})
		same(t, "said, and the status is set", []any{w.said("staff.one", n), c.get(at(n)).ok().text("status")}, []any{[]string{"Oops"}, "pending"})
		c.delete(reply(a.number("id"))).is(409).reason("already_sent")
		// What the author writes meanwhile is not what was sent.
		send(nil).is(202)
		c.do("PUT", at(n, "draft"), map[string]any{"text": "The next one"}).ok()
		w.advance(11 * time.Second)
		w.drain()
		same(t, "the draft stays", c.get(at(n, "draft")).ok().text("text"), "The next one")
		w.set("replies.undo_seconds", 0)
		send(nil).is(201)
		w.as("staff.one").post(at(n, "messages"), map[string]any{"text": "Thanks", "undo": true}).is(201)
		same(t, "off", len(w.said("owner", n)), 4)
	})
}
