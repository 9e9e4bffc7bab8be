package httpapi_test

import (
	"fmt"
	"testing"
)

// Share templates as an action of rules and macros, as docs/share-policy.md says.
func TestTemplatesOfActions(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		// template makes a share template, with its path and the action that shares by it.
		template := func(w *world, name string) (string, act) {
			id := w.as("manager").post("/share-templates", map[string]any{"name": name, "targets": []any{w.group("HR"), w.agent("restricted.agent")},
				"level": "comment", "see_internal": true, "expiry_hours": 48, "reason": "Personnel matter", "note": "HR, please have a look."}).is(201).number("id")
			return fmt.Sprint("/share-templates/", id), act{"do": "share", "template_id": id}
		}
		texts := func(n int64) int { return len(w.as("owner").get(at(n, "messages")).ok().list("items")) }
		t.Run("S3-01 a rule shares by a template, with its terms and its note, once", func(t *testing.T) {
			w := w.in(t)
			path, byTemplate := template(w, "For a rule")
			w.newRule("update", map[string]any{"condition": cond("priority", "is", "urgent")}, byTemplate)
			n := w.file("accounts", "Payroll")
			w.as("owner").patch(at(n), map[string]any{"priority": "urgent"}).ok()
			a := w.as("owner").get(at(n, "shares")).ok()
			same(t, "names", names(a), []string{"HR", "Restricted Agent"})
			same(t, "terms", []any{a.at("items.0.level"), a.at("items.0.see_internal"), a.at("items.0.reason"), a.at("items.0.cause.kind")}, []any{"comment", true, "Personnel matter", "rule"})
			same(t, "ends", a.at("items.0.expires_at") != nil, true)
			same(t, "messages", texts(n), 2)
			w.as("owner").patch(at(n), map[string]any{"subject": "Payroll again"}).ok()
			same(t, "no second note", texts(n), 2)
			try := w.as("owner").post("/rules/try", map[string]any{"ticket": w.file("accounts", "Tried", map[string]any{"priority": "urgent"}),
				"rule": map[string]any{"kind": "update", "name": "x", "actions": []any{byTemplate}}}).ok()
			same(t, "tried", try.number("matched"), int64(1))
			w.as("manager").delete(path).refused(409, "").reason("in_use")
			w.noRules()
			w.as("manager").delete(path).is(204)
		})
		t.Run("S4-24 a macro shares by a template, and what it says itself goes first", func(t *testing.T) {
			w := w.in(t)
			_, byTemplate := template(w, "For a macro")
			n := w.file("accounts", "Contract")
			m := w.macro("accounts.agent", "By template", act{"do": "share", "template_id": byTemplate["template_id"], "level": "view", "reason": "Mine"})
			_, steps := w.tryIt("accounts.agent", n, m)
			same(t, "preview", steps, []string{"done"})
			same(t, "nothing yet", w.shared(n), []string{})
			same(t, "shared", w.run("accounts.agent", n, m).is(200).number("shared"), int64(2))
			a := w.as("owner").get(at(n, "shares")).ok()
			same(t, "terms", []any{a.at("items.0.level"), a.at("items.0.reason"), a.at("items.0.cause.kind")}, []any{"view", "Mine", "macro"})
			same(t, "messages", texts(n), 2)
			_, steps = w.tryIt("accounts.agent", n, m)
			same(t, "again", steps, []string{"same"})
		})
		t.Run("what is wrong is named", func(t *testing.T) {
			_, byTemplate := template(w, "Wrong")
			const place = "actions[0].template_id"
			for _, action := range []act{
				{"do": "share", "template_id": 999999},
				{"do": "share", "template_id": byTemplate["template_id"], "targets": []any{w.group("HR")}},
			} {
				w.as("owner").post("/rules", map[string]any{"kind": "create", "name": "x", "actions": []any{action}}).refused(422, place)
				w.as("owner").post("/macros", map[string]any{"name": "x", "actions": []any{action}}).refused(422, place)
			}
			w.as("noshare.agent").post("/macros", map[string]any{"name": "x", "actions": []any{byTemplate}}).refused(422, "actions[0].template_id")
		})
		t.Run("who is out of service does not hold up the others, and a template that is gone does", func(t *testing.T) {
			w := w.in(t)
			path, byTemplate := template(w, "Fewer")
			m := w.macro("accounts.agent", "Fewer", byTemplate)
			w.turn("restricted.agent", "deactivate")
			n := w.file("accounts", "Fewer")
			w.run("accounts.agent", n, m).is(200)
			same(t, "shared", w.shared(n), []string{"HR"})
			w.as("manager").delete(path).is(204)
			w.run("accounts.agent", w.file("accounts", "None"), m).refused(409, "").reason("gone")
		})
	})
}
