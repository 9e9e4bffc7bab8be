package httpapi_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// TestRuleHours shows rules that are tied to business hours.
func TestRuleHours(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		owner := w.as("owner")
		t.Run("S3-18 a rule counts during or outside business hours", func(t *testing.T) {
			w := w.in(t)
			office := owner.post("/calendars", officeHours()).is(201).number("id")
			during := w.newRule("create", map[string]any{"hours": "during", "calendar_id": office}, map[string]any{"do": "add_tags", "tags": []string{"day"}})
			outside := w.newRule("create", map[string]any{"hours": "outside", "calendar_id": office}, map[string]any{"do": "add_tags", "tags": []string{"night"}}, doShare(whom(w.group("Legal"))))
			bare := w.newRule("create", map[string]any{"hours": "outside"}, map[string]any{"do": "add_tags", "tags": []string{"default"}})
			whole := w.newRule("create", nil, map[string]any{"do": "add_tags", "tags": []string{"any"}})
			same(t, "calendar", owner.get(rulePath(during)).ok().number("calendar_id"), office)
			n := w.file("accounts", "By day")
			same(t, "at nine on Monday", w.prop(n, "tags"), any([]any{"any", "day"}))
			w.advance(9 * time.Hour)
			n = w.file("accounts", "By night")
			same(t, "at six", w.prop(n, "tags"), any([]any{"any", "default", "night"}))
			same(t, "shared at night", w.shared(n), []string{"Legal"})
			a := owner.get(rulePath(during, "log")).ok()
			same(t, "why not", []any{a.text("items.0.outcome"), a.text("items.0.why.0.place"), a.at("items.0.why.0.holds")}, []any{"not_matched", "hours", false})
			w.advance(15 * time.Hour)
			same(t, "the next morning", w.prop(w.file("accounts", "Day again"), "tags"), any([]any{"any", "day"}))
			t.Run("a calendar that a rule counts by is not deleted", func(t *testing.T) {
				path := fmt.Sprint("/calendars/", office)
				same(t, "used", owner.get(path).ok().number("used_by_rules"), int64(3))
				before := w.fingerprint()
				owner.delete(path).refused(409, "").reason("in_use")
				same(t, "kept", w.fingerprint() == before, true)
				for _, id := range []int64{during, outside, bare} {
					owner.patch(rulePath(id), map[string]any{"hours": "any", "calendar_id": 0}).ok()
				}
				owner.delete(path).is(204)
				same(t, "the rule stays", owner.get(rulePath(during)).ok().number("calendar_id"), int64(0))
				owner.post(rulePath(during, "versions", "1", "restore"), nil).refused(422, "calendar_id")
			})
			owner.patch(rulePath(whole), map[string]any{"calendar_id": 999999}).refused(422, "calendar_id")
			owner.patch(rulePath(whole), map[string]any{"hours": "weekends"}).refused(422, "hours")
		})
	})
}

// TestRuleTemplates shows rules and macros that share by templates.
func TestRuleTemplates(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		owner := w.as("owner")
		made := owner.post("/share-templates", map[string]any{"name": "Involve HR", "targets": []any{w.group("HR"), w.agent("restricted.agent"), w.agent("accounts.agent")}, "level": "comment",
			"see_internal": true, "expiry_hours": 48, "reason": "Personnel", "note": "HR, please look."}).is(201)
		id := made.number("id")
		by := func(more ...any) map[string]any { return doShare(nil, append([]any{"template_id", id}, more...)...) }
		bare := func(a map[string]any) map[string]any { delete(a, "targets"); return a }
		t.Run("S3-03 a rule shares by a template, as it is when the rule acts", func(t *testing.T) {
			w := w.in(t)
			rule := w.newRule("create", map[string]any{"condition": cond("priority", "is", "high")}, bare(by()))
			n := w.file("accounts", "Pay", map[string]any{"priority": "high"})
			same(t, "shared", slices.Sorted(slices.Values(w.shared(n))), []string{"Accounts Agent", "HR", "Restricted Agent"})
			a := owner.get(at(n, "shares")).ok()
			same(t, "terms", []any{a.text("items.0.level"), a.at("items.0.see_internal"), a.text("items.0.reason"), a.at("items.0.expires_at") != nil}, []any{"comment", true, "Personnel", true})
			if text := owner.get(at(n, "messages")).ok().raw; !strings.Contains(text, "HR, please look.") {
				t.Errorf("no note: %s", text)
			}
			owner.patch(fmt.Sprint("/share-templates/", id), map[string]any{"targets": []any{w.group("Legal"), w.agent("accounts.agent")}, "note": ""}).ok()
			n = w.file("accounts", "Pay more", map[string]any{"priority": "high"})
			same(t, "as it is now", slices.Sorted(slices.Values(w.shared(n))), []string{"Accounts Agent", "Legal"})
			log := owner.get(rulePath(rule, "log")).ok()
			if !strings.Contains(log.text("items.0.actions.0.what"), "Involve HR") {
				t.Errorf("the log does not name the template: %s", log.raw)
			}
		})
		t.Run("what the action says goes before the template", func(t *testing.T) {
			w := w.in(t)
			w.noRules()
			w.newRule("create", nil, bare(by("level", "view", "reason", "Mine")))
			a := owner.get(at(w.file("accounts", "Less"), "shares")).ok()
			same(t, "terms", []any{a.text("items.0.level"), a.text("items.0.reason")}, []any{"view", "Mine"})
			w.noRules()
		})
		t.Run("one that is not there is refused", func(t *testing.T) {
			w := w.in(t)
			body := map[string]any{"kind": "create", "name": "x", "actions": []any{doSet("priority", "high"), map[string]any{"do": "share", "template_id": 999999}}}
			owner.post("/rules", body).refused(422, "actions[1].template_id")
			owner.post("/rules", map[string]any{"kind": "create", "name": "x", "actions": []any{by("targets", whom(w.group("HR")))}}).refused(422, "actions[0].template_id")
			w.as("globex/owner").post("/rules", map[string]any{"kind": "create", "name": "x", "actions": []any{map[string]any{"do": "share", "template_id": id}}}).refused(422, "actions[0].template_id")
			w.as("accounts.agent").post("/macros", map[string]any{"name": "x", "actions": []any{map[string]any{"do": "share", "template_id": 999999}}}).refused(422, "actions[0].template_id")
			w.as("noshare.agent").post("/macros", map[string]any{"name": "x", "actions": []any{map[string]any{"do": "share", "template_id": id}}}).refused(422, "actions[0].template_id")
		})
		t.Run("S4-23 a macro shares by it, and not with whoever runs it", func(t *testing.T) {
			w := w.in(t)
			m := w.macro("accounts.agent", "HR", map[string]any{"do": "share", "template_id": id})
			n := w.file("accounts", "By macro")
			same(t, "shared", w.run("accounts.agent", n, m).is(200).number("shared"), int64(1))
			same(t, "with", w.shared(n), []string{"Legal"})
			policy{w}.is(deny("to_groups", []int64{w.acme().groups["Legal"]}))
			n = w.file("accounts", "Not allowed")
			before := w.fingerprint()
			w.run("accounts.agent", n, m).is(422).reason("target_not_allowed")
			same(t, "S4-29 the policy holds for macros", w.fingerprint() == before, true)
			w.newRule("create", nil, map[string]any{"do": "share", "template_id": id})
			same(t, "rules are not bound by it", slices.Sorted(slices.Values(w.shared(w.file("accounts", "By rule")))), []string{"Accounts Agent", "Legal"})
			policy{w}.is()
			t.Run("a template that a rule or a macro shares by is not deleted", func(t *testing.T) {
				path := fmt.Sprint("/share-templates/", id)
				if a := owner.delete(path).refused(409, ""); !strings.Contains(a.raw, "Rule") {
					t.Errorf("the rule is not named: %s", a.raw)
				}
				if a := w.as("manager").delete(path).refused(409, "").reason("in_use"); strings.Contains(a.raw, "Rule") {
					t.Errorf("the rule is named: %s", a.raw)
				}
				w.noRules()
				shared := owner.post("/macros", map[string]any{"name": "For all", "scope": "everyone", "actions": []any{map[string]any{"do": "share", "template_id": id}}}).is(201).number("id")
				owner.delete(path).refused(409, "").reason("in_use")
				owner.delete(fmt.Sprint("/macros/", shared)).is(204)
				owner.delete(path).is(204)
				w.run("accounts.agent", n, m).refused(409, "").reason("gone")
			})
		})
	})
}

// TestBulkTellsGroups shows that a group hears of what a bulk assigned to it.
func TestBulkTellsGroups(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		for _, who := range []string{"accounts.agent", "accounts.second", "hr.agent"} {
			w.like(who, map[string]any{"rows": []any{map[string]any{"kind": "group_assigned", "in_app": true, "mail": true}}})
		}
		accounts := w.acme().groups["Accounts"]
		var numbers []int64
		for i := range 3 {
			n := w.file("accounts", fmt.Sprint("Moved ", i))
			if i == 2 {
				w.as("accounts.second").post(at(n, "mute"), nil).ok()
			}
			w.as("owner").patch(at(n), map[string]any{"group_id": nil}).ok()
			numbers = append(numbers, n)
		}
		w.as("owner").patch(at(numbers[0]), map[string]any{"assignee_id": w.id("accounts.second")}).ok()
		w.mails("")
		lines := len(w.lines("accounts.agent"))
		w.as("owner").post("/bulk", map[string]any{"tickets": numbers, "change": map[string]any{"group_id": accounts}}).is(200)
		mails := w.mails("")
		of := func(who string) (subjects []string) {
			for _, m := range mails {
				if m.to == w.address(who) {
					subjects = append(subjects, m.subject)
				}
			}
			return subjects
		}
		same(t, "a member", of("accounts.agent"), []string{"Olga Owner assigned 3 tickets to your group Accounts"})
		same(t, "lines", len(w.lines("accounts.agent"))-lines, 1)
		if got := of("accounts.second"); len(got) != 2 {
			t.Errorf("whoever works on one of them hears of that, and of the others by the group: %v", got)
		}
		same(t, "others", of("hr.agent"), []string{})
		same(t, "the list", w.lines("accounts.agent")[0], "group_assigned")
	})
}
