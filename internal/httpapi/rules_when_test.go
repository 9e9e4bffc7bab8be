package httpapi_test

import (
	"fmt"
	"testing"
	"time"
)

// matches says whether a condition holds for a ticket in a dry run, and what of it
// did.
func (w *world) matches(n int64, tree any) bool {
	w.Helper()
	a := w.as("owner").post("/rules/try", map[string]any{"ticket": n, "rule": map[string]any{"kind": "update", "name": "x", "condition": tree, "actions": []any{doSet("priority", "high")}}}).ok()
	return a.number("matched") == 1
}

// TestRuleConditions holds every condition that only rules have, and those about
// sharing, against tickets for which they hold and others.
func TestRuleConditions(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		owner := w.as("owner")
		plain, lent := w.file("accounts", "Plain"), w.file("accounts", "Lent")
		w.newRule("update", map[string]any{"condition": cond("tags", "has_any", []string{"lend"})}, doShare(whom(w.group("HR"))))
		w.tag(lent, "lend")
		w.noRules()
		owner.post(at(lent, "shares"), terms(whom(w.agent("restricted.agent")), "level", "view")).ok()
		w.as("hr.agent").get(at(lent)).ok()
		w.advance(time.Hour)
		w.say("accounts.agent", lent, "reply", "An answer")
		w.advance(2 * time.Hour)
		w.take(w.address("staff.one"), w.replyTo(w.mails("staff.one")[0]), "Re", "My reply")
		w.say("accounts.agent", lent, "note", "Not counted")
		w.advance(time.Hour)
		hr := w.acme().groups["HR"]
		t.Run("conditions that only rules have", func(t *testing.T) {
			w := w.in(t)
			for _, c := range []struct {
				tree        any
				plain, lent bool
			}{
				{cond("requester_replies", "is", 1), false, true}, {cond("requester_replies", "is", 0), true, false},
				{cond("agent_replies", "gte", 1), false, true}, {cond("agent_replies", "lt", 1), true, false},
				{cond("hours_since_created", "is", 4), true, true}, {cond("hours_since_created", "gt", 4), false, false},
				{cond("hours_since_updated", "lte", 1), false, true}, {cond("hours_since_updated", "gte", 4), true, false},
				{cond("hours_since_reply", "is", 1), false, true}, {cond("hours_since_reply", "gte", 4), true, false},
				{cond("hours_since_requester_reply", "is", 1), false, true}, {cond("hours_since_agent_reply", "is", 3), false, true},
				{cond("share_count", "is", 2), false, true}, {cond("share_count", "is", 0), true, false},
				{cond("shared_by_rule", "is", true), false, true}, {cond("shared_by_rule", "is", false), true, false},
				{cond("opened_by_recipient", "is", true), false, true}, {cond("opened_by_recipient", "is", false), true, false},
				{cond("is_shared", "is", true), false, true}, {cond("shared_with_group", "is", hr), false, true}, {cond("shared_with_agent", "is", w.id("restricted.agent")), false, true},
				{cond("shared_by", "is", w.id("owner")), false, true}, {cond("share_level", "is", "view"), false, true}, {cond("share_cause", "is", "rule"), false, true},
				{allOf(cond("share_count", "gte", 1), cond("status", "is", "new")), false, false},
				{anyOf(cond("share_count", "gte", 1), cond("status", "is", "new")), true, true},
			} {
				same(t, fmt.Sprint(c.tree, " of the plain one"), w.matches(plain, c.tree), c.plain)
				same(t, fmt.Sprint(c.tree, " of the shared one"), w.matches(lent, c.tree), c.lent)
			}
		})
		t.Run("who made the change and how", func(t *testing.T) {
			w := w.in(t)
			tag := func(name string, tree any) int64 {
				return w.newRule("update", map[string]any{"condition": tree, "events": []map[string]any{{"event": "priority"}, {"event": "reply"}}}, do("add_tags", "tags", []string{name}))
			}
			tag("agent", cond("performer", "is", "agent"))
			tag("requester", cond("performer", "is", "requester"))
			tag("mail", cond("update_via", "is", "mail"))
			tag("api", cond("update_via", "is", "api"))
			tag("shared", cond("update_via_sharing", "is", true))
			tag("own", cond("update_via_sharing", "is", false))
			n := w.file("accounts", "Who")
			w.share(n, w.agent("hr.agent"))
			owner.patch(at(n), map[string]any{"priority": "high"}).ok()
			same(t, "an agent", w.prop(n, "tags"), "[agent api own]")
			w.tag(n)
			w.as("hr.agent").patch(at(n), map[string]any{"priority": "low"}).ok()
			same(t, "a recipient", w.prop(n, "tags"), "[agent api shared]")
			w.tag(n)
			w.mails("")
			w.say("accounts.agent", n, "reply", "Hello")
			mail := w.mails("staff.one")[0]
			w.tag(n)
			w.take(w.address("staff.one"), w.replyTo(mail), "Re", "Thanks")
			same(t, "a requester by mail", w.prop(n, "tags"), "[mail own requester]")
			w.noRules()
		})
		t.Run("S3-23 what changed, from what and to what", func(t *testing.T) {
			w := w.in(t)
			field := fmt.Sprint("field:", owner.post("/ticket-fields", map[string]any{"name": "Team", "kind": "text"}).ok().number("id"))
			ids := map[string]int64{}
			for name, more := range map[string]map[string]any{
				"from":         {"events": []map[string]any{{"event": "priority", "from": "low"}}},
				"from to":      {"events": []map[string]any{{"event": "priority", "from": "low", "to": "urgent"}}},
				"to":           {"events": []map[string]any{{"event": "priority", "to": "high"}}},
				"own":          {"events": []map[string]any{{"event": field, "to": "HR"}}},
				"changed":      {"condition": cond("priority", "changed")},
				"not changed":  {"condition": allOf(cond("priority", "not_changed"), cond("type", "changed"))},
				"changed to":   {"condition": cond("priority", "changed_to", "urgent")},
				"changed from": {"condition": cond("priority", "changed_from", "low")},
				"own to":       {"condition": cond(field, "changed_to", "HR")},
			} {
				ids[name] = w.newRule("update", more, do("note", "html", name))
			}
			n := w.file("accounts", "Changes")
			matched := func() map[string]int {
				got := map[string]int{}
				for name, id := range ids {
					a := owner.get(rulePath(id, "log") + "?outcome=matched").ok()
					if k := len(a.list("items")); k > 0 {
						got[name] = k
					}
				}
				return got
			}
			same(t, "filing changes nothing", matched(), "map[]")
			owner.patch(at(n), map[string]any{"priority": "low"}).ok()
			same(t, "to low", matched(), "map[changed:1]")
			owner.patch(at(n), map[string]any{"priority": "urgent"}).ok()
			same(t, "from low to urgent", matched(), "map[changed:2 changed from:1 changed to:1 from:1 from to:1]")
			owner.patch(at(n), map[string]any{"priority": "high"}).ok()
			same(t, "to high", matched(), "map[changed:3 changed from:1 changed to:1 from:1 from to:1 to:1]")
			owner.patch(at(n), map[string]any{"type": "incident"}).ok()
			same(t, "another property", matched()["not changed"], 1)
			owner.patch(at(n), map[string]any{"fields": map[string]any{field[6:]: "HR"}}).ok()
			got := matched()
			same(t, "an own field", []int{got["own"], got["own to"]}, []int{1, 1})
			owner.post("/rules", map[string]any{"kind": "create", "name": "x", "condition": cond("priority", "changed"), "actions": []any{doSet("type", "incident")}}).is(422)
			owner.post("/rules", map[string]any{"kind": "create", "name": "x", "events": []any{map[string]any{"event": "reply"}}, "actions": []any{doSet("type", "incident")}}).refused(422, "events")
			owner.post("/rules", map[string]any{"kind": "update", "name": "x", "events": []any{map[string]any{"event": "reply", "to": "x"}}, "actions": []any{doSet("type", "incident")}}).refused(422, "events[0].to")
			w.noRules()
		})
		t.Run("tickets that get a certain group are shared by themselves", func(t *testing.T) {
			w := w.in(t)
			legal := w.acme().groups["Legal"]
			w.member("Legal", "add", "global.agent")
			w.newRule("update", map[string]any{"condition": cond("group", "changed_to", legal)}, doShare(whom(w.group("HR"))))
			n := w.file("accounts", "Moves")
			owner.patch(at(n), map[string]any{"group_id": legal}).ok()
			same(t, "shared", w.shared(n), []string{"HR"})
			w.noRules()
		})
		t.Run("assign rules are asked after the others, and of tickets without anybody", func(t *testing.T) {
			w := w.in(t)
			owner.patch(fmt.Sprint("/inboxes/", w.acme().inboxes["accounts"]), map[string]any{"default_group_id": nil}).ok()
			w.newRule("assign", map[string]any{"condition": cond("priority", "is", "urgent")}, doSet("group", fmt.Sprint(w.acme().groups["Legal"])))
			w.newRule("create", map[string]any{"condition": cond("subject", "contains", "fire")}, doSet("priority", "urgent"))
			same(t, "by what a create rule made of it", w.prop(w.file("accounts", "Fire"), "group.name"), "Legal")
			same(t, "another", w.prop(w.file("accounts", "Water"), "group"), nil)
			w.noRules()
		})
	})
}

// TestRuleVersions shows that versions are kept, and what comes back with one.
func TestRuleVersions(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		owner := w.as("owner")
		group := owner.post("/groups", map[string]any{"name": "For a while"}).ok().number("id")
		id := w.newRule("update", map[string]any{"name": "First", "performers": []string{"agent"}, "events": []map[string]any{{"event": "note"}}}, doShare(whom(map[string]any{"kind": "group", "id": group})))
		owner.patch(rulePath(id), map[string]any{"name": "Second", "performers": []string{}, "events": []any{}, "condition": cond("priority", "is", "high"), "actions": []any{doShare(whom(w.agent("restricted.agent")))}}).ok()
		owner.patch(rulePath(id), map[string]any{"enabled": false}).ok()
		same(t, "switching off is no version", owner.get(rulePath(id)).ok().number("version"), int64(2))
		versions := owner.get(rulePath(id, "versions")).ok()
		same(t, "newest first", []any{versions.number("items.0.version"), versions.text("items.1.name"), versions.text("items.1.author.name")}, []any{int64(2), "First", w.nameOf("owner")})
		w.as("admin").post(rulePath(id, "versions", "1", "restore"), nil).ok()
		a := owner.get(rulePath(id)).ok()
		same(t, "restored", []any{a.text("name"), a.at("performers"), a.text("events.0.event"), a.text("actions.0.targets.0.kind"), a.number("version"), a.text("author.name"), a.at("enabled")},
			[]any{"First", "[agent]", "note", "group", int64(3), w.nameOf("admin"), false})
		owner.delete(fmt.Sprint("/groups/", group)).ok()
		owner.post(rulePath(id, "versions", "1", "restore"), nil).is(422)
		owner.post(rulePath(id, "versions", "9", "restore"), nil).is(404)
		w.as("globex/owner").post(rulePath(id, "versions", "1", "restore"), nil).is(404)
		for i := range 55 {
			owner.patch(rulePath(id), map[string]any{"name": fmt.Sprint("Name ", i)}).ok()
		}
		same(t, "fifty are kept", len(owner.get(rulePath(id, "versions")).ok().list("items")), 50)
		t.Run("warnings of sharing too widely", func(t *testing.T) {
			w := w.in(t)
			wide := w.newRule("create", nil, doShare(whom(w.group("Legal"))))
			same(t, "every ticket", owner.get(rulePath(wide)).ok().text("warnings.0.code"), "wide")
			many := w.newRule("create", map[string]any{"condition": cond("priority", "is", "high")}, doShare(w.extras(15)))
			same(t, "many", owner.get(rulePath(many)).ok().text("warnings.0.code"), "wide")
			same(t, "a few", len(owner.get(rulePath(w.newRule("create", map[string]any{"condition": cond("priority", "is", "high")}, doShare(whom(w.group("Legal")))))).ok().list("warnings")), 0)
		})
	})
}
