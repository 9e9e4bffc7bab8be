package httpapi_test

import (
	"fmt"
	"strings"
	"testing"
)

// What an administrator changes decides from the next request on, also for
// those who were signed in before.

func TestRightsChangeAtOnce(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		n := w.file("accounts", "Invoice missing")
		t.Run("S0-44 the permission to share comes from a role, and from nothing else", func(t *testing.T) {
			w := w.in(t)
			owner := w.as("owner")
			c := w.as("noshare.agent")
			ask := func(target string) *answer { return c.post(at(n, "shares"), terms(whom(w.agent(target)))) }
			same(t, "before", strings.Contains(c.get("/me").ok().raw, "tickets.share"), false)
			ask("hr.agent").refused(403, "")
			// No permission is given to a person directly.
			owner.patch(w.person("noshare.agent"), map[string]any{"permissions": []string{"tickets.share"}}).refused(422, "permissions")

			// A second role adds it: permissions of roles add up.
			sharer := w.role("May share", "tickets.share")
			owner.patch(w.person("noshare.agent"), map[string]any{"roles": []int64{w.acme().roles["no share"], sharer}}).is(200)
			same(t, "me", strings.Contains(c.get("/me").ok().raw, "tickets.share"), true)
			ask("hr.agent").is(201)
			same(t, "sees it", w.sees("hr.agent", n), true)

			// The role loses it, and so does everybody who has the role.
			owner.patch(fmt.Sprint("/roles/", sharer), map[string]any{"permissions": []string{"tickets.spam"}}).is(200)
			ask("hr.second").refused(403, "")
			owner.patch(fmt.Sprint("/roles/", sharer), map[string]any{"permissions": []string{"tickets.share"}}).is(200)
			ask("hr.second").is(201)

			// The role is taken away.
			owner.patch(w.person("noshare.agent"), map[string]any{"roles": []int64{w.acme().roles["no share"]}}).is(200)
			ask("support.agent").refused(403, "")
			same(t, "me", strings.Contains(c.get("/me").ok().raw, "tickets.share"), false)
		})
		t.Run("who loses every role can do nothing more", func(t *testing.T) {
			w := w.in(t)
			owner := w.as("owner")
			c := w.as("accounts.second")
			note := map[string]any{"kind": "note", "text": "Still here."}
			c.post(at(n, "messages"), note).is(201)
			owner.patch(w.person("accounts.second"), map[string]any{"roles": []int64{}}).is(200)
			c.post(at(n, "messages"), note).refused(403, "")
			c.patch(at(n), map[string]any{"priority": "urgent"}).refused(403, "")
		})
		t.Run("who leaves a group sees its tickets no more", func(t *testing.T) {
			w := w.in(t)
			owner := w.as("owner")
			m := w.file("hr", "A private matter")
			c := w.as("hr.second")
			c.get(at(m)).is(200)
			owner.patch(fmt.Sprint("/groups/", w.acme().groups["HR"]), map[string]any{"remove": []int64{w.id("hr.second")}}).is(200)
			c.get(at(m)).refused(404, "")
			same(t, "listed", len(c.get("/tickets?view=all").ok().list("items")), 0)
			owner.patch(fmt.Sprint("/groups/", w.acme().groups["HR"]), map[string]any{"add": []int64{w.id("hr.second")}}).is(200)
			c.get(at(m)).is(200)
		})
		t.Run("who loses an inbox, a brand or their scope sees those tickets no more", func(t *testing.T) {
			w := w.in(t)
			owner := w.as("owner")
			m := w.file("hr", "Another private matter")
			c := w.as("hr.agent")
			for _, change := range []struct{ away, back map[string]any }{
				{map[string]any{"inboxes": []int64{w.acme().inboxes["support"]}}, map[string]any{"inboxes": []int64{w.acme().inboxes["hr"]}}},
				{map[string]any{"brands": []int64{w.acme().brands["Company"]}}, map[string]any{"brands": []int64{w.acme().brands["People"]}}},
				{map[string]any{"scope": "restricted"}, map[string]any{"scope": "group"}},
				{map[string]any{"groups": []int64{w.acme().groups["Legal"]}}, map[string]any{"groups": []int64{w.acme().groups["HR"]}}},
			} {
				c.get(at(m)).is(200)
				owner.patch(w.person("hr.agent"), change.away).is(200)
				c.get(at(m)).refused(404, "")
				owner.patch(w.person("hr.agent"), change.back).is(200)
			}
			c.get(at(m)).is(200)
		})
		t.Run("a group's owner keeps its members, and nothing else", func(t *testing.T) {
			w := w.in(t)
			owner := w.as("owner")
			legal := fmt.Sprint("/groups/", w.acme().groups["Legal"])
			owner.patch(legal, map[string]any{"owner_id": w.id("support.agent")}).is(200)
			c := w.as("support.agent")
			c.patch(legal, map[string]any{"add": []int64{w.id("support.agent")}}).is(200)
			c.patch(legal, map[string]any{"name": "Mine"}).refused(403, "")
			c.patch(legal, map[string]any{"owner_id": nil}).refused(403, "")
			c.delete(legal).refused(403, "")
			c.patch(fmt.Sprint("/groups/", w.acme().groups["HR"]), map[string]any{"add": []int64{w.id("support.agent")}}).refused(403, "")
			w.token("support.agent", "notes.read").patch(legal, map[string]any{"remove": []int64{w.id("support.agent")}}).refused(403, "")
			c.patch(legal, map[string]any{"members": []int64{w.id("manager")}, "add": []int64{w.id("hr.agent")}}).refused(422, "members")
		})
		t.Run("a group that takes new tickets stays", func(t *testing.T) {
			w := w.in(t)
			owner := w.as("owner")
			a := owner.delete(fmt.Sprint("/groups/", w.acme().groups["HR"])).refused(409, "").reason("default_group")
			same(t, "inboxes", a.list("inboxes"), []any{w.acme().inboxes["hr"]})
		})
	})
}

func TestSharesFollowTheirTargets(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		t.Run("Q1 a share with a group follows its members", func(t *testing.T) {
			w := w.in(t)
			owner := w.as("owner")
			legal := fmt.Sprint("/groups/", w.acme().groups["Legal"])
			n := w.file("accounts", "For the lawyers")
			w.share(n, w.group("Legal"))
			c := w.as("restricted.agent")
			c.get(at(n)).refused(404, "")
			owner.patch(legal, map[string]any{"add": []int64{w.id("restricted.agent")}}).is(200)
			c.get(at(n)).is(200)
			c.post(at(n, "messages"), map[string]any{"kind": "note", "text": "I joined later."}).is(201)
			same(t, "view", w.view("restricted.agent", "shared-with-my-groups"), []int64{n})
			owner.patch(w.person("restricted.agent"), map[string]any{"groups": []int64{}}).is(200)
			c.get(at(n)).refused(404, "")
			same(t, "view", w.view("restricted.agent", "shared-with-my-groups"), []int64{})
			same(t, "the share stands", names(owner.get(at(n, "shares")).ok()), []string{"Legal"})
		})
		t.Run("Q2 a deactivated agent's share stays without effect and does not count", func(t *testing.T) {
			w := w.in(t)
			owner := w.as("owner")
			w.set("sharing.max_internal", 2)
			n := w.file("accounts", "Two at most")
			id := w.share(n, w.agent("hr.agent"), w.agent("hr.second")).number("items.0.id")
			owner.post(at(n, "shares"), terms(whom(w.group("Support")))).refused(409, "").reason("cap")
			c := w.as("hr.agent")
			c.get(at(n)).is(200)
			owner.post(w.person("hr.agent", "deactivate"), nil).is(200)
			c.get(at(n)).refused(401, "")
			same(t, "the share stands", names(owner.get(at(n, "shares")).ok()), []string{"Hr Agent", "Hr Second"})
			if raw := owner.get(at(n, "access")).ok().raw; strings.Contains(raw, w.address("hr.agent")) {
				t.Errorf("a deactivated agent is said to see the ticket: %s", raw)
			}
			w.mails("")
			w.as("accounts.agent").post(at(n, "messages"), map[string]any{"kind": "reply", "text": "Is anybody there?"}).is(201)
			same(t, "mails to them", len(w.mails("hr.agent")), 0)
			owner.post(at(n, "shares"), terms(whom(w.group("Support")))).is(201)
			owner.post(at(n, "shares"), terms(whom(w.group("Legal")))).refused(409, "").reason("cap")
			owner.post(w.person("hr.agent", "reactivate"), nil).is(200)
			same(t, "sees it again", w.sees("hr.agent", n), true)
			owner.delete(at(n, "shares", fmt.Sprint(id))).is(204)
			same(t, "sees it no more", w.sees("hr.agent", n), false)
		})
		t.Run("Q3 deleting a group ends its shares, with a line of history and no mail", func(t *testing.T) {
			w := w.in(t)
			owner := w.as("owner")
			id := owner.post("/groups", map[string]any{"name": "Task force", "members": []int64{w.id("restricted.agent")}}).is(201).number("id")
			n, m := w.file("accounts", "For the task force"), w.file("accounts", "For somebody else")
			w.share(n, map[string]any{"kind": "group", "id": id}, w.group("Legal"))
			w.share(m, w.group("Legal"))
			c := w.as("restricted.agent")
			c.get(at(n)).is(200)
			w.mails("")
			owner.delete(fmt.Sprint("/groups/", id)).is(204)
			c.get(at(n)).refused(404, "")
			same(t, "shares", names(owner.get(at(n, "shares")).ok()), []string{"Legal"})
			same(t, "of another ticket", names(owner.get(at(m, "shares")).ok()), []string{"Legal"})
			same(t, "mails", w.audience(), []string{})
			events := owner.get(at(n, "events") + "?limit=200").ok()
			last := fmt.Sprintf("items.%d.", len(events.list("items"))-1)
			same(t, "history", []any{events.at(last + "kind"), events.at(last + "share.end_cause"), events.at(last + "share.target.name")}, []any{"ticket.share.revoked", "group deleted", "Task force"})
			c.post(at(n, "shares"), terms(whom(w.group("Legal")))).refused(404, "")
			owner.post(at(n, "shares"), terms([]map[string]any{{"kind": "group", "id": id}})).refused(422, "targets[0]")
			owner.get(fmt.Sprint("/groups/", id)).refused(404, "")
		})
	})
}
