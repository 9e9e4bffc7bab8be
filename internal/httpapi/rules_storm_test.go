package httpapi_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/store"
)

// TestRuleStorms shows that rules which start each other, programs that answer
// each other and very many rules come to an end, and that the log says where.
func TestRuleStorms(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		owner := w.as("owner")
		t.Run("three rules in a ring act once each, in one change of a ticket", func(t *testing.T) {
			w := w.in(t)
			ring := []string{"priority", "type", "status"}
			values := map[string][]string{"priority": {"low", "urgent"}, "type": {"incident", "problem"}, "status": {"pending", "on_hold"}}
			var ids []int64
			for i, field := range ring {
				next := ring[(i+1)%len(ring)]
				for _, value := range values[next] {
					ids = append(ids, w.newRule("update", map[string]any{"name": field + value, "events": []map[string]any{{"event": field}}}, doSet(next, value)))
				}
			}
			n := w.file("accounts", "Ring")
			owner.patch(at(n), map[string]any{"priority": "high"}).ok()
			acted := 0
			for _, id := range ids {
				lines := w.outcomes(id)
				if len(lines) > 1 {
					t.Errorf("a rule acted %d times", len(lines))
				}
				acted += len(lines)
			}
			if acted < 4 {
				t.Errorf("%d rules acted", acted)
			}
			same(t, "each has a warning", strings.Contains(owner.get(rulePath(ids[0])).ok().raw, `"gone"`), false)
			w.noRules()
		})
		t.Run("actions are bounded, the rule at which it ended says so, and the change stands", func(t *testing.T) {
			w := w.in(t)
			var ids []int64
			for i := range 12 {
				var list []map[string]any
				for j := range 20 {
					list = append(list, doSet("subject", fmt.Sprintf("r%02d-%02d", i, j)))
				}
				ids = append(ids, w.newRule("update", map[string]any{"name": fmt.Sprint("Rule ", i)}, list...))
			}
			n := w.file("accounts", "Many actions")
			owner.patch(at(n), map[string]any{"priority": "high"}).ok()
			same(t, "priority", w.prop(n, "priority"), "high")
			same(t, "after two hundred", w.prop(n, "subject"), "r09-19")
			for i, id := range ids {
				want := []string{"matched"}
				if i == 10 {
					want = []string{"stopped"}
				} else if i > 10 {
					want = []string{}
				}
				same(t, fmt.Sprint("rule ", i), w.outcomes(id), want)
			}
			w.noRules()
		})
		t.Run("programs that answer each other by mail: one answer to a person, none to a program", func(t *testing.T) {
			w := w.in(t)
			rule := w.newRule("create", nil, do("reply", "html", "<p>We have got it.</p>"), do("notify", "to", []map[string]any{{"kind": "requester"}}, "subject", "Got it", "html", "<p>Yes</p>"), do("add_tags", "tags", []string{"seen"}))
			w.newRule("update", map[string]any{"performers": []string{"requester"}, "events": []map[string]any{{"event": "reply"}}}, do("reply", "html", "<p>We have got this, too.</p>"))
			w.mails("")
			w.take(w.address("staff.two"), "accounts@acme.example", "Help", "please")
			n := w.newest()
			var answers []sentMail
			for _, m := range w.mails("staff.two") {
				if strings.Contains(m.text, "We have got it.") {
					answers = append(answers, m)
				}
			}
			if len(answers) != 1 {
				t.Fatalf("%d answers", len(answers))
			}
			before := len(owner.get(at(n, "messages")).ok().list("items"))
			for range 10 {
				w.take(w.address("staff.two"), w.replyTo(answers[0]), "Away", "I am away", "Auto-Submitted: auto-replied")
			}
			replies := 0
			for _, m := range owner.get(at(n, "messages") + "?limit=200").ok().list("items") {
				if strings.Contains(fmt.Sprint(m), "this, too") {
					replies++
				}
			}
			same(t, "answers to a program", replies, 0)
			if after := len(owner.get(at(n, "messages") + "?limit=200").ok().list("items")); after > before+10 {
				t.Errorf("%d messages of ten mails", after-before)
			}
			w.take(w.address("staff.one"), "accounts@acme.example", "Newsletter", "x", "Auto-Submitted: auto-generated")
			log := owner.get(rulePath(rule, "log")).ok()
			same(t, "explained", []any{log.text("items.0.actions.0.reason"), log.text("items.0.actions.1.reason"), log.text("items.0.actions.2.outcome")}, []any{"automatic_mail", "automatic_mail", "done"})
			w.noRules()
		})
		t.Run("a thousand rules, and no more", func(t *testing.T) {
			w := w.in(t)
			var ids []int64
			w.must(w.db.Write(w.Context(), store.Urgent, func(tx *store.Tx) error {
				ids = nil
				for i := range dm.MaxRules {
					c, err := dm.ReadRuleCondition([]byte(fmt.Sprintf(`{"all":[{"field":"subject","op":"contains","value":"word %d"},{"field":"priority","op":"is","value":"high"}]}`, i)))
					if err != nil {
						return err
					}
					value := "urgent"
					id, err := tx.CreateRule(w.acme().id, &dm.Rule{Kind: dm.RuleUpdate, Name: fmt.Sprint("Rule ", i), Enabled: true, Hours: dm.HoursAny, Condition: c,
						Actions: []dm.Action{{Do: dm.ActSet, Field: "priority", Value: &value}}, AuthorID: w.id("owner"), UpdatedBy: w.id("owner")})
					if err != nil {
						return err
					}
					ids = append(ids, id)
				}
				return nil
			}))
			owner.post("/rules", map[string]any{"kind": "create", "name": "x", "actions": []any{doSet("priority", "high")}}).refused(409, "").reason("rule_limit")
			n := w.file("accounts", "Has the word 999 in it")
			owner.patch(at(n), map[string]any{"priority": "high"}).ok()
			same(t, "the last one matched", w.prop(n, "priority"), "urgent")
			lines := w.rows(w.plain(), fmt.Sprintf(`SELECT outcome, misses FROM rule_log WHERE ticket_id = (SELECT id FROM tickets WHERE number = %d AND account_id = %d) ORDER BY id`, n, w.acme().id))
			same(t, "the log is short", len(lines) == 2 && strings.Contains(lines[1], fmt.Sprintf(" %d %d %d %d %d ", ids[0], ids[1], ids[2], ids[3], ids[4])), true)
			if t.Failed() {
				t.Log(lines)
			}
			for i, id := range ids[:6] {
				log := owner.get(rulePath(id, "log") + "?outcome=not_matched").ok()
				if i == 5 {
					same(t, "lines of the sixth", len(log.list("items")), 0)
					break
				}
				same(t, fmt.Sprint("the line of rule ", i), []any{len(log.list("items")), log.number("items.0.ticket.number"), log.text("items.0.why.0.place"), log.at("items.0.why.0.holds"), log.at("items.0.why.1.holds")},
					[]any{1, n, "all[0]", false, true})
				same(t, "matched", len(owner.get(rulePath(id, "log")+"?outcome=matched").ok().list("items")), 0)
			}
			owner.patch(at(n), map[string]any{"subject": "Has none of them"}).ok()
			page := owner.get(rulePath(ids[0], "log") + "?limit=1").ok()
			same(t, "the newest", []any{page.text("items.0.outcome"), len(page.list("items"))}, []any{"not_matched", 1})
			older := owner.get(rulePath(ids[0], "log") + "?limit=1&cursor=" + page.text("next")).ok()
			same(t, "the one before", []any{len(older.list("items")), older.number("items.0.id") < page.number("items.0.id"), older.at("next")}, []any{1, true, nil})
		})
	})
}

// TestRuleLogDoor holds the log and the dry run to what their reader may open,
// for everybody who may keep rules: each line is a door of its own.
func TestRuleLogDoor(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		keeper := w.role("Keeper", "rules.manage", "tickets.edit", "notes.read")
		readers := []string{"hr.agent", "accounts.agent", "restricted.agent", "global.agent", "support.agent"}
		for _, who := range readers {
			w.as("owner").patch(w.person(who), map[string]any{"roles": []int64{keeper}}).ok()
		}
		rule := w.newRule("create", nil, do("note", "html", "secret {{ticket.subject}}"), doShare(whom(w.group("Legal"))))
		numbers := map[int64]string{}
		for _, box := range []string{"accounts", "hr", "support"} {
			for i := range 2 {
				subject := fmt.Sprintf("Subject-%s-%d", box, i)
				numbers[w.file(box, subject)] = subject
			}
		}
		all := slices.Sorted(func(yield func(int64) bool) {
			for n := range numbers {
				if !yield(n) {
					return
				}
			}
		})
		shared := all[0]
		id := fmt.Sprint(w.share(shared, w.agent("restricted.agent")).number("items.0.id"))
		look := func(who string) {
			t.Helper()
			a := w.as(who).get(rulePath(rule, "log") + "?limit=100").ok()
			same(t, who+" has every line", len(a.list("items")), len(numbers))
			shown := map[int64]bool{}
			for i := range a.list("items") {
				line := fmt.Sprintf("items.%d.", i)
				if a.at(line+"ticket.visible") == true {
					shown[a.number(line+"ticket.number")] = true
				} else if a.at(line+"ticket.number") != nil || a.at(line+"ticket.subject") != nil || len(a.list(line+"actions")) > 0 || len(a.list(line+"why")) > 0 {
					t.Errorf("%s: a line about a ticket that they cannot open tells of it: %s", who, a.raw)
				}
			}
			for n, subject := range numbers {
				sees := w.sees(who, n)
				same(t, fmt.Sprintf("%s and %d in the log", who, n), shown[n], sees)
				if !sees && strings.Contains(a.raw, subject) {
					t.Errorf("%s: the log names %s", who, subject)
				}
				tried := w.as(who).post("/rules/try", map[string]any{"ticket": n, "rule": map[string]any{"kind": "create", "name": "x", "actions": []any{doSet("priority", "high")}}})
				same(t, fmt.Sprintf("%s tries %d", who, n), tried.status, map[bool]int{true: 200, false: 422}[sees])
				if strings.Contains(tried.raw, subject) != sees {
					t.Errorf("%s: trying a rule tells of %s: %s", who, subject, tried.raw)
				}
			}
			latest := w.as(who).post("/rules/try", map[string]any{"rule": map[string]any{"kind": "create", "name": "x", "actions": []any{doSet("priority", "high")}}}).ok()
			for n, subject := range numbers {
				if strings.Contains(latest.raw, subject) && !w.sees(who, n) {
					t.Errorf("%s: trying a rule on the latest tells of %s", who, subject)
				}
			}
		}
		for _, who := range readers {
			look(who)
		}
		w.as("owner").delete(at(shared, "shares", id)).ok()
		look("restricted.agent")
		hidden := w.as("globex/owner").get(rulePath(rule, "log")).is(404).raw
		same(t, "as one that is not there", strings.Contains(hidden, "Subject"), false)
		w.as("manager").get(rulePath(rule, "log")).is(403)
	})
}
