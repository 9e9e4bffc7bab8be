package httpapi_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	dm "github.com/deskmesh/deskmesh"
)

// What belongs to every share beside its target: when it ends, that nobody gives
// more than they hold, leaving, and reasons.

// from gives a moment from now, as the API takes it.
func (w *world) from(d time.Duration) string {
	return w.clock.now().Add(d).Format(time.RFC3339Nano)
}

// until lets the next request come in at exactly this moment.
func (w *world) until(m time.Time) {
	w.clock.at.Store(m.UnixMicro() - time.Millisecond.Microseconds())
}

// sweep runs the job that ends what has expired.
func (w *world) sweep() {
	w.Helper()
	w.must(w.app.SweepShares(w.Context()))
}

func TestShareExpiry(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		n := w.file("accounts", "Zebra invoice")
		ends := w.clock.now().Add(time.Hour + 123456*time.Microsecond)
		a := w.as("owner").post(at(n, "shares"), terms(whom(w.agent("hr.agent"), w.group("HR")), "expires_at", ends.Format(time.RFC3339Nano))).is(201)
		w.mails("")
		t.Run("C19 a share ends at its expiry, to the microsecond, without any job", func(t *testing.T) {
			w := w.in(t)
			for _, who := range []string{"hr.agent", "hr.second"} {
				c := w.as(who)
				w.until(ends.Add(-time.Microsecond))
				c.get(at(n)).is(200)
				w.until(ends.Add(-time.Microsecond))
				c.post(at(n, "messages"), map[string]any{"kind": "note", "text": "Just in time."}).is(201)
				w.until(ends)
				c.get(at(n)).is(404)
				w.until(ends)
				c.post(at(n, "messages"), map[string]any{"kind": "note", "text": "Too late."}).is(404)
				w.until(ends)
				c.post(at(n, "leave"), nil).is(404)
			}
		})
		t.Run("C19 lists, counts and the list of shares end with it", func(t *testing.T) {
			w := w.in(t)
			c, owner := w.as("hr.agent"), w.as("owner")
			for moment, want := range map[time.Time]int{ends.Add(-time.Microsecond): 1, ends: 0} {
				for _, view := range []string{"shared-with-me", "shared-with-my-groups"} {
					w.until(moment)
					same(t, view, len(c.get("/tickets?view="+view).ok().numbers()), want)
					w.until(moment)
					same(t, "count of "+view, c.get("/tickets/count?view="+view).ok().number("count"), want)
				}
				w.until(moment)
				same(t, "jump", len(c.get(fmt.Sprintf("/tickets?q=%%23%d", n)).ok().numbers()), want)
				w.until(moment)
				same(t, "shares", len(owner.get(at(n, "shares")).ok().list("items")), 2*want)
				w.until(moment)
				same(t, "shares of the ticket", owner.get(at(n)).ok().number("shares"), 2*want)
				w.until(moment)
				same(t, "who can see it", len(owner.get(fmt.Sprintf("%s?person=%d", at(n, "access"), w.id("hr.agent"))).ok().list("items.0.reasons")), 2*want)
			}
		})
		t.Run("C19 an expired share cannot be changed or ended", func(t *testing.T) {
			w := w.in(t)
			for i := range 2 {
				id := fmt.Sprint(a.number(fmt.Sprintf("items.%d.id", i)))
				w.as("owner").patch(at(n, "shares", id), map[string]any{"expires_at": nil}).is(404)
				w.as("owner").delete(at(n, "shares", id)).is(404)
			}
		})
		t.Run("C14 an expired share that no job has swept does not stand for a new one", func(t *testing.T) {
			w := w.in(t)
			again := w.as("owner").post(at(n, "shares"), terms(whom(w.agent("hr.agent")), "notify", false)).is(201)
			if again.number("items.0.id") == a.number("items.0.id") {
				t.Error("the expired share came back")
			}
			same(t, "sees", []bool{w.sees("hr.agent", n), w.sees("hr.second", n)}, []bool{true, false})
		})
		t.Run("the sweep writes the history and tells each of them once", func(t *testing.T) {
			w := w.in(t)
			w.sweep()
			w.sweep()
			expired := 0
			for _, kind := range w.kinds("owner", n) {
				if kind == "ticket.share.expired" {
					expired++
				}
			}
			same(t, "lines", expired, 2)
			told := []string{}
			for _, m := range w.mails("") {
				if !strings.Contains(m.subject, "is over") {
					continue
				}
				told = append(told, m.to)
				if strings.Contains(m.raw+m.text+m.html, "Zebra") {
					t.Errorf("the mail holds content: %s", m.text)
				}
			}
			slices.Sort(told)
			same(t, "told", told, []string{"hr.agent@acme.example", "hr.second@acme.example"})
			same(t, "the new share stands", w.sees("hr.agent", n), true)
		})
	})
}

func TestShareExpirySettings(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		n := w.file("accounts", "Invoice missing")
		end := func(a *answer) time.Duration {
			a.Helper()
			from, err := time.Parse(time.RFC3339, a.text("items.0.created_at"))
			if err != nil {
				a.Fatal(err)
			}
			until, err := time.Parse(time.RFC3339, a.text("items.0.expires_at"))
			if err != nil {
				a.Fatal(err)
			}
			return until.Sub(from)
		}
		const day = 24 * time.Hour
		t.Run("an end lies in the future", func(t *testing.T) {
			w := w.in(t)
			c := w.as("owner")
			for _, moment := range []string{w.from(-time.Hour), "0001-01-01T00:00:00Z", "1970-01-01T00:00:00Z"} {
				c.post(at(n, "shares"), terms(whom(w.agent("hr.agent")), "expires_at", moment)).refused(422, "expires_at")
			}
			now := w.clock.now().Add(time.Minute)
			w.until(now)
			c.post(at(n, "shares"), terms(whom(w.agent("hr.agent")), "expires_at", now.Format(time.RFC3339Nano))).refused(422, "expires_at")
			c.post(at(n, "shares"), terms(whom(w.agent("hr.agent")), "expires_at", "tomorrow")).refused(422, "expires_at")
			w.until(now)
			c.post(at(n, "shares"), terms(whom(w.agent("hr.agent")), "expires_at", now.Add(time.Microsecond).Format(time.RFC3339Nano))).is(201)
			same(t, "and is over", w.sees("hr.agent", n), false)
		})
		t.Run("without an end a share lasts, and an end can be set, moved and taken away", func(t *testing.T) {
			w := w.in(t)
			a := w.as("owner").post(at(n, "shares"), terms(whom(w.agent("hr.agent")))).is(201)
			same(t, "no end", a.at("items.0.expires_at"), nil)
			share := at(n, "shares", fmt.Sprint(a.number("items.0.id")))
			w.as("owner").patch(share, map[string]any{"expires_at": w.from(time.Hour)}).is(200)
			w.as("owner").patch(share, map[string]any{"expires_at": w.from(-time.Hour)}).refused(422, "expires_at")
			w.as("owner").patch(share, map[string]any{"level": "view"}).is(200)
			w.as("owner").patch(share, map[string]any{"expires_at": w.from(3 * time.Hour)}).is(200)
			w.advance(2 * time.Hour)
			same(t, "moved", w.sees("hr.agent", n), true)
			same(t, "taken away", w.as("owner").patch(share, map[string]any{"expires_at": nil}).is(200).at("expires_at"), nil)
			w.advance(1000 * day)
			same(t, "lasts", w.sees("hr.agent", n), true)
			w.as("owner").delete(share).is(204)
		})
		t.Run("the default ends shares that name no end", func(t *testing.T) {
			w := w.in(t)
			w.set("sharing.default_expiry_days", 7)
			a := w.as("owner").post(at(n, "shares"), terms(whom(w.agent("hr.agent")))).is(201)
			same(t, "by default", end(a), 7*day)
			a = w.as("owner").post(at(n, "shares"), terms(whom(w.agent("hr.second")), "expires_at", w.from(20*day))).is(201)
			if d := end(a); d < 19*day {
				t.Errorf("a named end was shortened to %v", d)
			}
			w.advance(8 * day)
			same(t, "after it", []bool{w.sees("hr.agent", n), w.sees("hr.second", n)}, []bool{false, true})
			w.set("sharing.default_expiry_days", 0)
		})
		t.Run("no share is longer than the longest", func(t *testing.T) {
			w := w.in(t)
			m := w.file("accounts", "Longest")
			w.set("sharing.max_expiry_days", 30)
			w.as("owner").patch("/settings", map[string]any{"sharing.default_expiry_days": 31}).refused(422, "sharing.default_expiry_days")
			w.as("owner").post(at(m, "shares"), terms(whom(w.agent("hr.agent")), "expires_at", w.from(31*day))).refused(422, "expires_at")
			a := w.as("owner").post(at(m, "shares"), terms(whom(w.agent("hr.agent")))).is(201)
			same(t, "without an end", end(a), 30*day)
			share := at(m, "shares", fmt.Sprint(a.number("items.0.id")))
			w.as("owner").patch(share, map[string]any{"expires_at": w.from(31 * day)}).refused(422, "expires_at")
			w.advance(10 * day)
			until := w.as("owner").patch(share, map[string]any{"expires_at": nil}).is(200).text("expires_at")
			if last, err := time.Parse(time.RFC3339, until); err != nil || last.After(w.clock.now().Add(30*day)) {
				t.Errorf("without an end it lasts until %s: %v", until, err)
			}
			w.set("sharing.max_expiry_days", 0)
		})
		t.Run("C19 shares end some days after the ticket was closed, where that is set", func(t *testing.T) {
			w := w.in(t)
			m := w.file("accounts", "Done")
			w.share(m, w.agent("hr.agent"))
			w.as("owner").patch(at(m), map[string]any{"status": "closed"}).is(200)
			w.advance(30 * day)
			w.sweep()
			same(t, "not set", w.sees("hr.agent", m), true)
			w.set("sharing.end_after_closed_days", 14)
			w.as("owner").patch(at(m), map[string]any{"status": "open"}).is(200)
			w.sweep()
			same(t, "open again", w.sees("hr.agent", m), true)
			w.as("owner").patch(at(m), map[string]any{"status": "solved"}).is(200)
			w.advance(13 * day)
			w.sweep()
			same(t, "13 days", w.sees("hr.agent", m), true)
			w.advance(2 * day)
			w.sweep()
			same(t, "15 days", w.sees("hr.agent", m), false)
			a := w.as("owner").get(at(m, "events") + "?limit=200").ok()
			last := len(a.list("items")) - 1
			same(t, "in the history", a.text(fmt.Sprintf("items.%d.share.end_cause", last)), "ticket closed")
		})
	})
}

func TestShareNoMoreThanHeld(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		editless := w.lacking(dm.TicketsEdit)
		// lend files a ticket and shares it with somebody who may share on.
		lend := func(w *world, who string, more ...any) int64 {
			w.Helper()
			n := w.file("accounts", "Lent")
			w.as("owner").post(at(n, "shares"), terms(whom(w.agent(who)), append([]any{"can_reshare", true}, more...)...)).is(201)
			return n
		}
		onto := func(w *world, more ...any) map[string]any { return terms(whom(w.agent("support.agent")), more...) }
		t.Run("not a higher level", func(t *testing.T) {
			w := w.in(t)
			n := lend(w, editless, "level", "edit")
			w.as(editless).post(at(n, "shares"), onto(w, "level", "edit")).refused(403, "level").reason("more_than_held")
			a := w.as(editless).post(at(n, "shares"), onto(w)).is(201)
			same(t, "the default is lessened", a.text("items.0.level"), "comment")
			share := at(n, "shares", fmt.Sprint(a.number("items.0.id")))
			w.as(editless).patch(share, map[string]any{"level": "edit"}).refused(403, "level").reason("more_than_held")
			w.as(editless).patch(share, map[string]any{"level": "view"}).is(200)
			w.as(editless).patch(share, map[string]any{"level": "comment"}).is(200)
		})
		t.Run("not more flags", func(t *testing.T) {
			w := w.in(t)
			w.set("sharing.forward_on_shared", true)
			n := lend(w, "hr.agent", "see_internal", false, "reply_public", false, "forward", false)
			for _, flag := range []string{"see_internal", "reply_public", "forward"} {
				w.as("hr.agent").post(at(n, "shares"), onto(w, flag, true)).refused(403, flag).reason("more_than_held")
			}
			a := w.as("hr.agent").post(at(n, "shares"), onto(w)).is(201)
			same(t, "the defaults are lessened", []any{a.at("items.0.see_internal"), a.at("items.0.reply_public"), a.at("items.0.forward")}, []any{false, false, false})
			share := at(n, "shares", fmt.Sprint(a.number("items.0.id")))
			for _, flag := range []string{"see_internal", "reply_public", "forward"} {
				w.as("hr.agent").patch(share, map[string]any{flag: true}).refused(403, flag).reason("more_than_held")
			}
			w.set("sharing.forward_on_shared", false)
		})
		t.Run("also not to themselves", func(t *testing.T) {
			w := w.in(t)
			n := lend(w, "hr.agent", "see_internal", false, "expires_at", w.from(time.Hour))
			own := at(n, "shares", w.shareID(n, "Hr Agent"))
			w.as("hr.agent").patch(own, map[string]any{"see_internal": true}).refused(403, "see_internal")
			w.as("hr.agent").patch(own, map[string]any{"expires_at": nil}).refused(403, "expires_at")
			w.as("hr.agent").patch(own, map[string]any{"expires_at": w.from(2 * time.Hour)}).refused(403, "expires_at")
			w.as("hr.agent").post(at(n, "shares"), terms(whom(w.group("HR")), "see_internal", true)).refused(403, "see_internal")
		})
		t.Run("not for longer", func(t *testing.T) {
			w := w.in(t)
			n := lend(w, "hr.agent", "expires_at", w.from(24*time.Hour))
			w.as("hr.agent").post(at(n, "shares"), onto(w, "expires_at", w.from(25*time.Hour))).refused(403, "expires_at").reason("more_than_held")
			a := w.as("hr.agent").post(at(n, "shares"), onto(w)).is(201)
			same(t, "no end becomes the own end", a.text("items.0.expires_at"), w.as("owner").get(at(n, "shares")).ok().text("items.0.expires_at"))
			share := at(n, "shares", fmt.Sprint(a.number("items.0.id")))
			w.as("hr.agent").patch(share, map[string]any{"expires_at": nil}).refused(403, "expires_at").reason("more_than_held")
			w.as("hr.agent").patch(share, map[string]any{"expires_at": w.from(time.Hour)}).is(200)
		})
		t.Run("a second way in without an end sets them free", func(t *testing.T) {
			w := w.in(t)
			n := lend(w, "hr.agent", "expires_at", w.from(24*time.Hour))
			w.as("owner").post(at(n, "shares"), terms(whom(w.group("HR")))).is(201)
			same(t, "no end", w.as("hr.agent").post(at(n, "shares"), onto(w)).is(201).at("items.0.expires_at"), nil)
		})
		t.Run("a role that lacks a right gives it to nobody, reach or not", func(t *testing.T) {
			w := w.in(t)
			blind := w.lacking(dm.NotesRead)
			w.as("owner").patch(fmt.Sprint("/people/", w.id(blind)), map[string]any{"scope": "global"}).is(200)
			n := w.file("accounts", "Blind")
			w.as(blind).post(at(n, "shares"), onto(w, "see_internal", true)).refused(403, "see_internal").reason("more_than_held")
			same(t, "default", w.as(blind).post(at(n, "shares"), onto(w)).is(201).at("items.0.see_internal"), false)
		})
		t.Run("the right to share on is passed on only by those who have it", func(t *testing.T) {
			w := w.in(t)
			n := w.file("accounts", "Chain")
			w.as("owner").post(at(n, "shares"), terms(whom(w.agent("hr.agent")), "can_reshare", true)).is(201)
			w.as("hr.agent").post(at(n, "shares"), terms(whom(w.agent("hr.second")), "can_reshare", true)).is(201)
			w.as("hr.second").post(at(n, "shares"), onto(w)).is(201)
			w.as("support.agent").post(at(n, "shares"), terms(whom(w.agent("restricted.agent")))).is(403)
			w.as("owner").delete(at(n, "shares", w.shareID(n, "Hr Agent"))).is(204)
			same(t, "each share stands by itself", []bool{w.sees("hr.second", n), w.sees("support.agent", n)}, []bool{true, true})
		})
	})
}

func TestShareLeave(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		t.Run("a target leaves, which is in the history and told to nobody", func(t *testing.T) {
			w := w.in(t)
			n := w.file("accounts", "Left")
			w.share(n, w.agent("hr.agent"), w.agent("support.agent"))
			w.mails("")
			w.as("hr.agent").post(at(n, "leave"), nil).is(204)
			same(t, "sees", []bool{w.sees("hr.agent", n), w.sees("support.agent", n)}, []bool{false, true})
			same(t, "history", slices.Contains(w.kinds("owner", n), "ticket.share.left"), true)
			same(t, "told", w.audience(), []string(nil))
			w.as("hr.agent").post(at(n, "leave"), nil).is(404)
		})
		t.Run("it works at every level, and by deleting the own share", func(t *testing.T) {
			w := w.in(t)
			for _, level := range []string{"view", "comment", "edit"} {
				n := w.file("accounts", "Left by "+level)
				w.as("owner").post(at(n, "shares"), terms(whom(w.agent("hr.agent"), w.agent("hr.second")), "level", level)).is(201)
				w.as("hr.second").delete(at(n, "shares", w.shareID(n, "Hr Agent"))).is(403)
				w.as("hr.agent").delete(at(n, "shares", w.shareID(n, "Hr Agent"))).is(204)
				same(t, level, []bool{w.sees("hr.agent", n), w.sees("hr.second", n)}, []bool{false, true})
				same(t, "history", slices.Contains(w.kinds("owner", n), "ticket.share.left"), true)
				w.as("hr.second").post(at(n, "leave"), nil).is(204)
			}
		})
		t.Run("one member cannot leave for a group", func(t *testing.T) {
			w := w.in(t)
			n := w.file("accounts", "Group")
			w.share(n, w.group("HR"))
			w.as("hr.agent").post(at(n, "leave"), nil).is(403)
			w.as("hr.agent").delete(at(n, "shares", w.shareID(n, "HR"))).is(403)
			w.share(n, w.agent("hr.agent"))
			w.as("hr.agent").post(at(n, "leave"), nil).is(204)
			same(t, "the group's share stays", []bool{w.sees("hr.agent", n), w.sees("hr.second", n)}, []bool{true, true})
		})
		t.Run("whoever has no share has nothing to leave", func(t *testing.T) {
			w := w.in(t)
			n := w.file("accounts", "Own")
			w.as("accounts.agent").post(at(n, "leave"), nil).is(403)
			w.as("staff.one").post(at(n, "leave"), nil).is(403)
			w.as("support.agent").post(at(n, "leave"), nil).is(404)
		})
		t.Run("a requester leaves as well", func(t *testing.T) {
			w := w.in(t)
			w.set("sharing.agents_may_share_with_requesters", true)
			n := w.file("accounts", "Outside")
			w.share(n, w.requester("staff.two"))
			w.as("staff.two").post(at(n, "leave"), nil).is(204)
			same(t, "sees", w.sees("staff.two", n), false)
		})
	})
}

func TestShareReason(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		n := w.file("accounts", "Invoice missing")
		t.Run("a reason is kept with the share, in the history and in the mail", func(t *testing.T) {
			w := w.in(t)
			a := w.as("owner").post(at(n, "shares"), terms(whom(w.agent("hr.agent")), "reason", "You know the case.")).is(201)
			same(t, "share", a.text("items.0.reason"), "You know the case.")
			events := w.as("hr.agent").get(at(n, "events") + "?limit=200").ok()
			same(t, "history", strings.Contains(events.raw, "You know the case."), true)
			same(t, "mail", strings.Contains(w.mails("hr.agent")[0].text, "You know the case."), true)
		})
		t.Run("where one must be given, nothing is shared without", func(t *testing.T) {
			w := w.in(t)
			w.set("sharing.require_reason", true)
			for _, reason := range []string{"", "  \t\n"} {
				w.as("owner").post(at(n, "shares"), terms(whom(w.agent("hr.second")), "reason", reason)).refused(422, "reason")
			}
			w.as("owner").post(at(n, "shares"), terms(whom(w.agent("hr.second")))).refused(422, "reason")
			same(t, "sees", w.sees("hr.second", n), false)
			w.as("owner").post(at(n, "shares"), terms(whom(w.agent("hr.second")), "reason", "Because.")).is(201)
			same(t, "a share that stands needs none", w.as("owner").post(at(n, "shares"), terms(whom(w.agent("hr.second")))).is(200).text("items.0.reason"), "Because.")
			w.set("sharing.require_reason", false)
		})
		t.Run("a reason is not endless", func(t *testing.T) {
			w := w.in(t)
			w.as("owner").post(at(n, "shares"), terms(whom(w.group("Legal")), "reason", strings.Repeat("ä", 1001))).refused(422, "reason")
			w.as("owner").post(at(n, "shares"), terms(whom(w.group("Legal")), "reason", strings.Repeat("ä", 1000))).is(201)
		})
	})
}
