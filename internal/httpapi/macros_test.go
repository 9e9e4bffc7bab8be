package httpapi_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	dm "github.com/deskmesh/deskmesh"
)

type act = map[string]any

// macro makes a macro and gives its id.
func (w *world) macro(who, name string, actions ...act) int64 {
	w.Helper()
	return w.as(who).post("/macros", map[string]any{"name": name, "actions": actions}).is(201).number("id")
}

// run runs a macro on a ticket.
func (w *world) run(who string, number, macro int64) *answer {
	w.Helper()
	return w.as(who).post(at(number, "macro"), map[string]any{"macro_id": macro})
}

// tryIt gives what a macro would do: whether it is allowed, and the outcome of
// each action.
func (w *world) tryIt(who string, number, macro int64) (*answer, []string) {
	w.Helper()
	a := w.as(who).post(at(number, "macro"), map[string]any{"macro_id": macro, "preview": true}).is(200)
	steps := []string{}
	for i := range a.list("steps") {
		steps = append(steps, a.text(fmt.Sprintf("steps.%d.outcome", i)))
	}
	return a, steps
}

func TestMacros(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		share := act{"do": "share", "targets": []act{w.agent("hr.agent"), w.group("Legal")}, "level": "edit", "reason": "Needs HR"}
		t.Run("S4-23 a macro shares, by an agent without any further right", func(t *testing.T) {
			w := w.in(t)
			n := w.file("accounts", "Payroll")
			w.mails("")
			m := w.macro("accounts.agent", "Involve HR", share, act{"do": "set", "field": "priority", "value": "high"}, act{"do": "note", "html": "For {{requester.name}}"})
			same(t, "hr.agent before", w.sees("hr.agent", n), false)
			before := w.fingerprint()
			p, steps := w.tryIt("accounts.agent", n, m)
			same(t, "preview", []any{p.at("allowed"), p.at("same"), steps}, []any{true, false, []string{"done", "done", "done"}})
			same(t, "changed by a preview", w.fingerprint() != before, false)
			a := w.run("accounts.agent", n, m).is(200)
			same(t, "shared", a.number("shared"), int64(2))
			same(t, "hr.agent after", w.sees("hr.agent", n), true)
			got := w.as("accounts.agent").get(at(n)).ok()
			same(t, "priority", got.at("priority"), "high")
			shares := w.as("accounts.agent").get(at(n, "shares")).ok()
			same(t, "cause", []any{shares.at("items.0.cause.kind"), shares.at("items.0.cause.id"), shares.at("items.0.cause.name"), shares.at("items.0.created_by.id"), shares.at("items.0.reason")},
				[]any{"macro", m, "Involve HR", w.id("accounts.agent"), "Needs HR"})
			if text := w.as("accounts.agent").get(at(n, "messages")).ok().raw; !strings.Contains(text, "For Staff One") {
				t.Errorf("the note is not filled in: %s", text)
			}
			mails := w.mails("hr.agent")
			if !slices.ContainsFunc(mails, func(m sentMail) bool {
				return strings.Contains(m.subject, "shared ticket") && strings.Contains(m.text, "Needs HR")
			}) {
				t.Errorf("%d mails, and none tells of the share", len(mails))
			}
			_, steps = w.tryIt("accounts.agent", n, m)
			same(t, "again", steps, []string{"same", "same", "done"})
		})
		t.Run("S4-24 the action to share exists in macros", func(t *testing.T) {
			w := w.in(t)
			m := w.as("accounts.agent").post("/macros", map[string]any{"name": "Only share", "actions": []act{share}}).is(201)
			same(t, "action", []any{m.at("actions.0.do"), m.at("actions.0.targets.0.kind"), m.at("actions.0.level")}, []any{"share", "agent", "edit"})
			n := w.file("accounts", "Second")
			w.run("accounts.agent", n, m.number("id")).is(200)
			same(t, "shared", len(w.shared(n)), 2)
		})
		t.Run("S4-25 nothing is left to tidy up: no tag, no rule, and undoing ends the shares", func(t *testing.T) {
			w := w.in(t)
			n := w.file("accounts", "Third")
			m := w.macro("accounts.agent", "Share and solve", share, act{"do": "set", "field": "status", "value": "pending"}, act{"do": "add_tags", "tags": []string{"vip"}}, act{"do": "remove_tags", "tags": []string{"vip"}})
			a := w.run("accounts.agent", n, m).is(200)
			got := w.as("accounts.agent").get(at(n)).ok()
			same(t, "after", []any{got.at("status"), got.at("tags"), len(w.shared(n))}, []any{"pending", "[]", 2})
			u := w.as("accounts.agent").post(bulkPath(a.number("bulk"), "undo"), nil).is(200)
			same(t, "undo", append(progress(u), u.at("action")), []any{"done", 1, 1, 0, "undo"})
			got = w.as("accounts.agent").get(at(n)).ok()
			same(t, "undone", []any{got.at("status"), len(w.shared(n)), w.sees("hr.agent", n)}, []any{"new", 0, false})
			w.as("accounts.agent").post(bulkPath(a.number("bulk"), "undo"), nil).refused(409, "").reason("undone")
			w.as("accounts.second").post(bulkPath(a.number("bulk"), "undo"), nil).is(404)
		})
		t.Run("whole or not at all, with the reason", func(t *testing.T) {
			w := w.in(t)
			n := w.file("accounts", "Fourth")
			m := w.as("owner").post("/macros", map[string]any{"name": "For all", "scope": "everyone", "actions": []act{{"do": "set", "field": "priority", "value": "urgent"}, share}}).is(201).number("id")
			before := w.fingerprint()
			p, steps := w.tryIt("noshare.agent", n, m)
			same(t, "preview", []any{p.at("allowed"), p.at("code"), steps}, []any{false, "forbidden", []string{"done", "refused"}})
			w.run("noshare.agent", n, m).is(403)
			same(t, "changed", w.fingerprint() != before, false)
			field := w.as("owner").post("/ticket-fields", map[string]any{"name": "Cause", "kind": "text", "required": true}).is(201).number("id")
			solve := w.macro("accounts.agent", "Solve", act{"do": "note", "html": "Done"}, act{"do": "set", "field": "status", "value": "solved"})
			before = w.fingerprint()
			w.run("accounts.agent", n, solve).refused(422, fmt.Sprintf("fields.%d", field))
			same(t, "changed without the field", w.fingerprint() != before, false)
			p, _ = w.tryIt("accounts.agent", n, solve)
			if !strings.Contains(p.text("message"), "Cause") {
				t.Errorf("the reason does not name the field: %s", p.raw)
			}
			filled := w.macro("accounts.agent", "Fill and solve", act{"do": "set", "field": fmt.Sprintf("field:%d", field), "value": "Unknown"}, act{"do": "set", "field": "status", "value": "solved"})
			w.run("accounts.agent", n, filled).is(200)
			same(t, "solved", w.as("accounts.agent").get(at(n)).ok().at("status"), "solved")
			w.as("owner").delete(fmt.Sprintf("/ticket-fields/%d", field))
		})
		t.Run("a group that is gone refuses the whole", func(t *testing.T) {
			w := w.in(t)
			group := w.as("owner").post("/groups", map[string]any{"name": "For a while"}).is(201).number("id")
			m := w.macro("accounts.agent", "To a group", act{"do": "set", "field": "priority", "value": "low"}, act{"do": "share", "targets": []act{{"kind": "group", "id": group}}})
			w.as("owner").delete(fmt.Sprintf("/groups/%d", group)).is(204)
			n := w.file("accounts", "Fifth")
			w.run("accounts.agent", n, m).refused(409, "").reason("gone")
			same(t, "priority", w.as("accounts.agent").get(at(n)).ok().at("priority"), "normal")
		})
		t.Run("the viewer's sight", func(t *testing.T) {
			w := w.in(t)
			n := w.file("hr", "Hidden")
			m := w.macro("accounts.agent", "Note", act{"do": "note", "html": "x"})
			w.run("accounts.agent", n, m).is(404)
			w.run("accounts.agent", 999999, m).is(404)
			w.as("accounts.agent").post(at(n, "macro"), map[string]any{"macro_id": m, "preview": true}).is(404)
			w.run("accounts.second", w.file("accounts", "Sixth"), m).refused(422, "macro_id")
			w.as("staff.one").post(at(n, "macro"), map[string]any{"macro_id": m}).is(403)
			w.as("accounts.agent").patch(fmt.Sprintf("/macros/%d", m), map[string]any{"enabled": false}).is(200)
			w.run("accounts.agent", w.file("accounts", "Seventh"), m).refused(422, "macro_id").reason("disabled")
		})
		t.Run("it is run once for one key", func(t *testing.T) {
			w := w.in(t)
			n := w.file("accounts", "Once")
			m := w.macro("accounts.agent", "Note once", act{"do": "note", "html": "x"})
			c := w.as("accounts.agent").with("Idempotency-Key", "macro")
			for range 2 {
				c.post(at(n, "macro"), map[string]any{"macro_id": m}).is(200)
			}
			same(t, "messages", len(w.as("accounts.agent").get(at(n, "messages")).ok().list("items")), 2)
		})
	})
}

func TestMacrosKept(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		c, manager := w.as("accounts.agent"), w.as("manager")
		note := []act{{"do": "note", "html": "<p>x<script>y</script></p>"}}
		mine := c.post("/macros", map[string]any{"name": "Mine", "description": "For me", "actions": note}).is(201)
		same(t, "mine", []any{mine.text("scope"), mine.at("group"), mine.at("can_change"), mine.at("enabled"), mine.at("actions.0.html"), mine.text("description")}, []any{"private", nil, true, true, "<p>x</p>", "For me"})
		path := fmt.Sprintf("/macros/%d", mine.number("id"))
		group := manager.post("/macros", map[string]any{"name": "HR thing", "actions": note, "scope": "group", "group": w.acme().groups["HR"]}).is(201).number("id")
		all := manager.post("/macros", map[string]any{"name": "All thing", "actions": note, "scope": "everyone"}).is(201).number("id")
		t.Run("who has which, in order", func(t *testing.T) {
			w := w.in(t)
			for who, want := range map[string][]string{"accounts.agent": {"Mine", "All thing"}, "hr.agent": {"HR thing", "All thing"}, "manager": {"HR thing", "All thing"}, "accounts.second": {"All thing"}, "globex/owner": {}} {
				same(t, who, each(w.as(who).get("/macros").ok(), "name"), want)
			}
			same(t, "found", each(w.as("hr.agent").get("/macros?q=thing+hR").ok(), "name"), []string{"HR thing"})
			a := w.as("hr.agent").get("/macros?limit=1").ok()
			same(t, "pages", append(each(a, "name"), each(w.as("hr.agent").get("/macros?limit=1&cursor="+a.text("next")).ok(), "name")...), []string{"HR thing", "All thing"})
			manager.put("/macros/order", map[string]any{"ids": []int64{all, group}}).is(204)
			same(t, "ordered", each(w.as("hr.agent").get("/macros").ok(), "name"), []string{"All thing", "HR thing"})
			manager.put("/macros/order", map[string]any{"ids": []int64{all, all}}).refused(422, "ids[1]")
			manager.put("/macros/order", map[string]any{"ids": []int64{mine.number("id")}}).refused(422, "ids[0]")
			c.put("/macros/order", map[string]any{"ids": []int64{all}}).is(403)
			w.as("owner").get(path).is(404)
			c.get(fmt.Sprintf("/macros/%d", group)).is(404)
			w.as("staff.one").get("/macros").is(403)
			manager.patch(fmt.Sprintf("/macros/%d", all), map[string]any{"enabled": false}).is(200)
			same(t, "enabled", each(c.get("/macros?enabled=true").ok(), "name"), []string{"Mine"})
		})
		t.Run("who may keep which", func(t *testing.T) {
			w := w.in(t)
			c.post("/macros", map[string]any{"name": "x", "actions": note, "scope": "everyone"}).is(403)
			c.patch(path, map[string]any{"scope": "everyone"}).is(403)
			c.patch(fmt.Sprintf("/macros/%d", all), map[string]any{"name": "Mine"}).is(403)
			c.delete(fmt.Sprintf("/macros/%d", all)).is(403)
			manager.patch(path, map[string]any{"name": "Theirs"}).is(404)
			manager.delete(path).is(404)
			w.token("accounts.agent", "tickets.reply").patch(path, map[string]any{"name": "By a script"}).is(403)
			same(t, "changed", c.patch(path, map[string]any{"name": "Still mine"}).is(200).text("name"), "Still mine")
			hook := act{"do": "webhook", "webhook_id": 1}
			c.patch(path, map[string]any{"actions": []act{hook}}).refused(422, "actions[0].webhook_id")
		})
		t.Run("what is refused, with its place", func(t *testing.T) {
			w := w.in(t)
			for field, actions := range map[string]any{
				"actions":               []act{},
				"actions[0].do":         []act{{"do": "delete"}},
				"actions[0]":            []act{{"do": "note", "html": "x", "level": "view"}},
				"actions[1].level":      []act{{"do": "unshare_all"}, {"do": "share", "targets": []act{w.group("HR")}, "level": "all"}},
				"actions[0].html":       []act{{"do": "reply", "html": "{{requester.password}}"}},
				"actions[0].targets[1]": []act{{"do": "share", "targets": []act{w.group("HR"), w.group("HR")}}},
				"actions[0].targets[0]": []act{{"do": "share", "targets": []act{{"kind": "group", "id": w.desks["globex"].groups["HR"]}}}},
				"actions[0].person_id":  []act{{"do": "assign", "how": "person", "person_id": w.id("staff.one")}},
				"actions[0].value":      []act{{"do": "set", "field": "group", "value": fmt.Sprint(w.desks["globex"].groups["HR"])}},
			} {
				before := w.fingerprint()
				c.post("/macros", map[string]any{"name": "x", "actions": actions}).refused(422, field)
				same(t, field+" changes something", w.fingerprint() != before, false)
			}
			c.post("/macros", map[string]any{"name": " ", "actions": note}).refused(422, "name")
			c.post("/macros", map[string]any{"name": "x", "actions": note, "group": 1}).refused(422, "group")
		})
		t.Run("the permission is in the roles that are built in", func(t *testing.T) {
			w := w.in(t)
			for who, want := range map[string]bool{"owner": true, "admin": true, "manager": true, "accounts.agent": false} {
				same(t, who, slices.Contains(w.as(who).get("/me").ok().list("permissions"), any(string(dm.MacrosManage))), want)
			}
		})
		t.Run("private ones go when their owner is erased", func(t *testing.T) {
			w := w.in(t)
			w.must(w.app.ErasePerson(w.Context(), w.viewer("owner"), w.id("accounts.agent")))
			same(t, "left", w.countOf(`SELECT COUNT(*) FROM macros WHERE scope = 'private'`), "0")
		})
	})
}
