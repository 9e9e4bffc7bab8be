package httpapi_test

import (
	"fmt"
	"testing"
)

// unread gives the numbers that stand as unread in one of somebody's lists.
func (w *world) unread(who, list string) []int64 {
	w.Helper()
	found := []int64{}
	a := w.as(who).get(list).ok()
	for i := range a.list("items") {
		if a.at(fmt.Sprintf("items.%d.unread", i)) == true {
			found = append(found, a.number(fmt.Sprintf("items.%d.number", i)))
		}
	}
	return found
}

func TestUnread(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		const all = "/tickets?view=all&sort=number"
		fresh, mine, theirs := w.file("accounts", "Fresh"), w.file("accounts", "Mine"), w.file("accounts", "Theirs")
		for n, who := range map[int64]string{mine: "accounts.agent", theirs: "accounts.second"} {
			w.as("owner").patch(at(n), map[string]any{"assignee_id": w.id(who), "status": "open"}).ok()
		}
		say := func(who string, n int64, kind string) int64 {
			return w.as(who).post(at(n, "messages"), map[string]any{"kind": kind, "text": "More"}).is(201).number("id")
		}
		see := func(who string, n, message int64) {
			w.as(who).do("PUT", at(n, "seen"), map[string]any{"message": message}).is(204)
		}
		newest := func(n int64) int64 {
			a := w.as("owner").get(at(n, "messages") + "?limit=200").ok()
			return a.number(fmt.Sprintf("items.%d.id", len(a.list("items"))-1))
		}
		same(t, "never opened: new and nobody's, and one's own", w.unread("accounts.agent", all), []int64{fresh, mine})
		for _, n := range []int64{fresh, mine, theirs} {
			see("accounts.agent", n, newest(n))
		}
		same(t, "opened", w.unread("accounts.agent", all), []int64{})
		same(t, "of others nothing changed", w.unread("accounts.second", all), []int64{fresh, theirs})
		say("accounts.agent", mine, "reply")
		same(t, "one's own message", w.unread("accounts.agent", all), []int64{})
		say("staff.one", theirs, "reply")
		say("owner", mine, "note")
		same(t, "a reply and a note of others", w.unread("accounts.agent", all), []int64{mine, theirs})
		same(t, "a search tells the same", w.unread("accounts.agent", "/tickets?q=subject:Mine"), []int64{mine})
		same(t, "home too", w.as("accounts.agent").get("/home").ok().at("assigned_to_me.items.0.unread"), true)
		see("accounts.agent", theirs, newest(theirs))
		see("accounts.agent", theirs, 1)
		same(t, "what is behind is not taken", w.unread("accounts.agent", all), []int64{mine})
		t.Run("marked as unread until it is opened again", func(t *testing.T) {
			w := w.in(t)
			w.as("accounts.agent").delete(at(theirs, "seen")).is(204)
			same(t, "marked", w.unread("accounts.agent", all), []int64{mine, theirs})
			see("accounts.agent", theirs, newest(theirs))
			same(t, "opened", w.unread("accounts.agent", all), []int64{mine})
		})
		t.Run("a message that does not exist hides none to come", func(t *testing.T) {
			w := w.in(t)
			see("accounts.agent", theirs, 1<<40)
			say("staff.one", theirs, "reply")
			same(t, "unread", w.unread("accounts.agent", all), []int64{mine, theirs})
		})
		t.Run("a note says nothing to whoever may not read it", func(t *testing.T) {
			w := w.in(t)
			w.as("owner").post(at(mine, "shares"), terms([]map[string]any{w.agent("hr.agent")}, "see_internal", false)).ok()
			const shared = "/tickets?view=shared-with-me"
			same(t, "shared and never opened", w.unread("hr.agent", shared), []int64{mine})
			see("hr.agent", mine, newest(mine))
			same(t, "opened", w.unread("hr.agent", shared), []int64{})
			say("owner", mine, "note")
			same(t, "a note", w.unread("hr.agent", shared), []int64{})
			say("owner", mine, "reply")
			same(t, "a reply", w.unread("hr.agent", shared), []int64{mine})
		})
		t.Run("requesters have no such thing", func(t *testing.T) {
			w := w.in(t)
			w.as("staff.one").do("PUT", at(mine, "seen"), map[string]any{"message": 1}).refused(403, "")
			w.as("staff.one").delete(at(mine, "seen")).refused(403, "")
			same(t, "in their list", w.as("staff.one").get("/tickets").ok().has("items.0.unread"), false)
			w.as("accounts.agent").do("PUT", at(mine, "seen"), map[string]any{"message": 0}).refused(422, "message")
			w.as("accounts.agent").do("PUT", at(mine, "seen"), map[string]any{}).refused(422, "message")
		})
	})
}
