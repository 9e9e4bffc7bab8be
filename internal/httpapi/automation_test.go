package httpapi_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// newRule makes a rule as the owner and gives its id.
func (w *world) newRule(kind string, more map[string]any, actions ...map[string]any) int64 {
	w.Helper()
	body := map[string]any{"kind": kind, "name": "Rule", "actions": actions}
	for k, v := range more {
		body[k] = v
	}
	return w.as("owner").post("/rules", body).ok().number("id")
}

func rulePath(id int64, rest ...string) string {
	return strings.Join(append([]string{fmt.Sprintf("/rules/%d", id)}, rest...), "/")
}

// noRules deletes every rule.
func (w *world) noRules() {
	w.Helper()
	for a := w.as("owner").get("/rules").ok(); len(a.list("items")) > 0; a = w.as("owner").get("/rules").ok() {
		w.as("owner").delete(rulePath(a.number("items.0.id"))).ok()
	}
}

func doShare(targets []map[string]any, more ...any) map[string]any {
	a := terms(targets, more...)
	a["do"] = "share"
	return a
}

func doSet(field, value string) map[string]any {
	return map[string]any{"do": "set", "field": field, "value": value}
}

// outcomes gives the outcomes in a rule's log, newest first.
func (w *world) outcomes(rule int64) []string {
	w.Helper()
	a := w.as("owner").get(rulePath(rule, "log")).ok()
	out := []string{}
	for i := range a.list("items") {
		out = append(out, a.text(fmt.Sprintf("items.%d.outcome", i)))
	}
	return out
}

// prop gives a property of a ticket as the owner sees it.
func (w *world) prop(n int64, path string) any {
	w.Helper()
	return w.as("owner").get(at(n)).ok().at(path)
}

func TestRulesShare(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		urgent := map[string]any{"condition": cond("priority", "is", "urgent")}
		t.Run("S3-01 S3-03 S3-22 a create rule shares as soon as the ticket exists", func(t *testing.T) {
			id := w.newRule("create", urgent, doShare(whom(w.agent("hr.agent"), w.group("Legal")), "level", "edit", "reason", "Urgent"))
			n := w.file("accounts", "Burning", map[string]any{"priority": "urgent"})
			same(t, "shared", slices.Sorted(slices.Values(w.shared(n))), slices.Sorted(slices.Values([]string{w.nameOf("hr.agent"), "Legal"})))
			same(t, "another", w.shared(w.file("accounts", "Calm")), []string{})
			same(t, "log", w.outcomes(id), []string{"not_matched", "matched"})
			a := w.as("owner").get(at(n, "shares")).ok()
			same(t, "cause", a.text("items.0.cause.kind"), "rule")
		})
		t.Run("S3-04 S3-05 recipients see everything and may edit", func(t *testing.T) {
			n := w.file("accounts", "Open to HR", map[string]any{"priority": "urgent"})
			w.as("owner").post(at(n, "messages"), map[string]any{"kind": "note", "text": "inside"}).ok()
			a := w.as("hr.agent").get(at(n, "messages")).ok()
			if !strings.Contains(a.raw, "inside") {
				t.Errorf("the note is not shown: %s", a.raw)
			}
			w.as("hr.agent").patch(at(n), map[string]any{"priority": "low"}).ok()
		})
		t.Run("S3-06 S3-07 S3-08 recipients are told by mail, with details and a link", func(t *testing.T) {
			w.mails("")
			n := w.file("accounts", "Fire in the hall", map[string]any{"priority": "urgent"})
			mails := w.mails("hr.agent")
			if len(mails) != 1 {
				t.Fatalf("%d mails", len(mails))
			}
			for _, part := range []string{"Fire in the hall", fmt.Sprintf("/tickets/%d", n), "Urgent"} {
				if !strings.Contains(mails[0].text, part) {
					t.Errorf("the mail does not say %q: %s", part, mails[0].text)
				}
			}
		})
		t.Run("S3-10 nobody is told who wants no such mail", func(t *testing.T) {
			w.like("hr.agent", map[string]any{"rows": []any{map[string]any{"kind": "share", "mail": false}}})
			w.file("accounts", "Quiet fire", map[string]any{"priority": "urgent"})
			same(t, "mails", len(w.mails("hr.agent")), 0)
		})
		w.noRules()
		t.Run("S3-02 S3-23 S4-22 an update rule shares on a change of status", func(t *testing.T) {
			id := w.newRule("update", map[string]any{"events": []map[string]any{{"event": "status", "to": "pending"}}}, doShare(whom(w.group("HR"))))
			n := w.file("accounts", "Waits", map[string]any{"assignee_id": w.id("accounts.agent")})
			w.as("owner").patch(at(n), map[string]any{"priority": "high"}).ok()
			same(t, "before", w.shared(n), []string{})
			w.as("owner").patch(at(n), map[string]any{"status": "pending"}).ok()
			same(t, "after", w.shared(n), []string{"HR"})
			same(t, "log", w.outcomes(id), []string{"matched"})
			if !w.sees("accounts.agent", n) {
				t.Error("S3-11 the assignee lost access")
			}
			w.as("owner").patch(at(n), map[string]any{"status": "open"}).ok()
			w.as("owner").patch(at(n), map[string]any{"status": "pending"}).ok()
			same(t, "once more shares nobody twice", w.shared(n), []string{"HR"})
		})
		w.noRules()
		t.Run("S3-12 up to 25 recipients, and no 26th", func(t *testing.T) {
			all := w.extras(26)
			body := map[string]any{"kind": "create", "name": "Many", "actions": []any{doShare(all)}}
			w.as("owner").post("/rules", body).is(422)
			id := w.newRule("create", nil, doShare(all[:25]))
			n := w.file("accounts", "Everybody")
			same(t, "shared", len(w.shared(n)), 25)
			t.Run("C17 a rule adds until the ticket is full, and names the rest", func(t *testing.T) {
				more := w.newRule("update", nil, doShare(whom(w.agent("hr.agent"), w.agent("extra0.agent"))), doSet("priority", "high"))
				w.as("owner").post(at(n, "messages"), map[string]any{"kind": "note", "text": "x"}).ok()
				same(t, "still", len(w.shared(n)), 25)
				same(t, "the other action is done", w.prop(n, "priority"), any("high"))
				a := w.as("owner").get(rulePath(more, "log")).ok()
				if !strings.Contains(a.text("items.0.actions.0.reason"), "(cap)") {
					t.Errorf("the log does not name who was left out: %s", a.raw)
				}
				if !strings.Contains(w.as("owner").get(at(n, "events")+"?limit=200").ok().raw, "declined_cap") {
					t.Error("the history does not name who was left out")
				}
				same(t, "outcomes", w.outcomes(id), []string{"matched"})
			})
		})
		w.noRules()
		t.Run("S3-13 nobody is listed twice in the action", func(t *testing.T) {
			body := map[string]any{"kind": "create", "name": "Twice", "actions": []any{doShare(whom(w.agent("hr.agent"), w.agent("hr.agent")))}}
			w.as("owner").post("/rules", body).refused(422, "actions[0].targets[1]")
		})
		t.Run("S3-16 S3-17 a rule has a name and a description", func(t *testing.T) {
			w.as("owner").post("/rules", map[string]any{"kind": "create", "name": " ", "actions": []any{doSet("priority", "high")}}).refused(422, "name")
			id := w.newRule("create", map[string]any{"name": "Named", "description": "Why it is here"}, doSet("priority", "high"))
			a := w.as("owner").get(rulePath(id)).ok()
			same(t, "name", a.text("name"), "Named")
			same(t, "description", a.text("description"), "Why it is here")
			same(t, "author", a.text("author.name"), w.nameOf("owner"))
		})
		w.noRules()
		t.Run("S4-17 S4-25 a rule shares and takes back, and nothing is left to tidy up", func(t *testing.T) {
			w.newRule("update", map[string]any{"condition": cond("status", "changed_to", "pending")}, doShare(whom(w.group("HR"))))
			w.newRule("update", map[string]any{"condition": cond("status", "changed_from", "pending")}, map[string]any{"do": "unshare_all"})
			n := w.file("accounts", "For a while")
			w.as("owner").patch(at(n), map[string]any{"status": "pending"}).ok()
			same(t, "shared", w.shared(n), []string{"HR"})
			w.as("owner").patch(at(n), map[string]any{"status": "open"}).ok()
			same(t, "taken back", w.shared(n), []string{})
			same(t, "tags", w.prop(n, "tags"), any([]any{}))
		})
		w.noRules()
		t.Run("S3-09 nobody is told where the account has such mail switched off", func(t *testing.T) {
			w.lock("share", "mail", false, false)
			w.newRule("create", nil, doShare(whom(w.agent("hr.second"))))
			w.mails("")
			w.file("accounts", "Silent")
			same(t, "mails", len(w.mails("hr.second")), 0)
		})
	})
}

func TestRulesChain(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		t.Run("rules that feed each other come to an end, each acting once", func(t *testing.T) {
			up := w.newRule("update", map[string]any{"name": "Up", "events": []map[string]any{{"event": "priority"}}}, doSet("type", "incident"))
			down := w.newRule("update", map[string]any{"name": "Down", "events": []map[string]any{{"event": "type"}}}, doSet("priority", "urgent"))
			n := w.file("accounts", "Loop")
			w.as("owner").patch(at(n), map[string]any{"priority": "high"}).ok()
			same(t, "priority", w.prop(n, "priority"), any("urgent"))
			same(t, "type", w.prop(n, "type"), any("incident"))
			same(t, "up", w.outcomes(up), []string{"matched"})
			same(t, "down", w.outcomes(down), []string{"matched"})
			if a := w.as("owner").get(rulePath(up)).ok(); !strings.Contains(a.raw, `"code":"loop"`) {
				t.Errorf("no warning of the loop: %s", a.raw)
			}
		})
		w.noRules()
		t.Run("a chain stops after five passes, says so, and the change stands", func(t *testing.T) {
			// Each waits for the tag of the one before, and stands before it in the list.
			var last int64
			for i := 8; i >= 1; i-- {
				id := w.newRule("update", map[string]any{"condition": cond("tags", "has_any", []string{fmt.Sprint("t", i)})}, map[string]any{"do": "add_tags", "tags": []string{fmt.Sprint("t", i+1)}})
				if i == 6 {
					last = id
				}
			}
			n := w.file("accounts", "Deep")
			w.as("owner").patch(at(n), map[string]any{"tags": []string{"t1"}}).ok()
			same(t, "tags", w.prop(n, "tags"), any([]any{"t1", "t2", "t3", "t4", "t5", "t6"}))
			same(t, "stopped", w.outcomes(last)[0], "stopped")
		})
		w.noRules()
		t.Run("what cannot be done is left out, and the person's change stands", func(t *testing.T) {
			id := w.newRule("update", nil, map[string]any{"do": "assign", "how": "person", "person_id": w.id("hr.agent")}, doSet("priority", "high"))
			n := w.file("accounts", "Not for HR")
			w.as("owner").patch(at(n), map[string]any{"subject": "Still not"}).ok()
			same(t, "subject", w.prop(n, "subject"), any("Still not"))
			same(t, "priority", w.prop(n, "priority"), any("high"))
			same(t, "log", w.outcomes(id), []string{"failed"})
			w.turn("hr.agent", "deactivate")
			w.as("owner").patch(at(n), map[string]any{"priority": "low"}).ok()
			same(t, "skipped", w.as("owner").get(rulePath(id, "log")).ok().text("items.0.actions.0.outcome"), "skipped")
			if a := w.as("owner").get(rulePath(id)).ok(); !strings.Contains(a.raw, `"code":"gone"`) {
				t.Errorf("no warning: %s", a.raw)
			}
		})
		w.noRules()
		t.Run("performers: what a rule does starts no rule about agents", func(t *testing.T) {
			w.newRule("update", map[string]any{"performers": []string{"agent"}, "events": []map[string]any{{"event": "note"}}}, doSet("priority", "high"))
			byRule := w.newRule("update", map[string]any{"performers": []string{"rule"}}, map[string]any{"do": "add_tags", "tags": []string{"seen"}})
			n := w.file("accounts", "Who")
			w.as("owner").post(at(n, "messages"), map[string]any{"kind": "note", "text": "x"}).ok()
			same(t, "priority", w.prop(n, "priority"), any("high"))
			same(t, "tags", w.prop(n, "tags"), any([]any{"seen"}))
			same(t, "by a rule", w.outcomes(byRule), []string{"matched"})
		})
		w.noRules()
		t.Run("an automatic mail is not answered, and a person's is", func(t *testing.T) {
			w.newRule("create", nil, map[string]any{"do": "reply", "html": "<p>Dear {{requester.first_name}}, this is #{{ticket.number}}.</p>"})
			w.take(w.address("staff.two"), "accounts@acme.example", "Away", "I am away", "Auto-Submitted: auto-replied")
			w.take(w.address("staff.two"), "accounts@acme.example", "Help", "please")
			n := w.newest()
			if a := w.as("owner").get(at(n, "messages")).ok(); !strings.Contains(a.raw, fmt.Sprintf("this is #%d.", n)) {
				t.Errorf("no answer: %s", a.raw)
			}
			if a := w.as("owner").get(at(n-1, "messages")).ok(); strings.Contains(a.raw, "Dear") {
				t.Errorf("an automatic mail was answered: %s", a.raw)
			}
		})
	})
}

func TestRulesAssign(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		inbox := w.as("owner").get(fmt.Sprintf("/inboxes/%d", w.acme().inboxes["accounts"])).ok()
		w.as("owner").patch(fmt.Sprintf("/inboxes/%d", inbox.number("id")), map[string]any{"default_group_id": nil}).ok()
		group := w.acme().groups["Accounts"]
		first := w.newRule("assign", nil, map[string]any{"do": "assign", "how": "round_robin", "group_id": group})
		second := w.newRule("assign", nil, doSet("group", fmt.Sprint(w.acme().groups["HR"])))
		got := []any{}
		for i := range 4 {
			n := w.file("accounts", fmt.Sprint("Turn ", i))
			got = append(got, w.prop(n, "assignee.id"))
			same(t, "group", w.prop(n, "group.id"), any(float64(group)))
		}
		if got[0] == got[1] || got[1] == got[2] || got[2] == got[3] {
			t.Errorf("the turns are %v", got)
		}
		same(t, "the first that matches wins", w.outcomes(second), []string{})
		same(t, "first", len(w.outcomes(first)), 4)
		n := w.file("accounts", "Taken", map[string]any{"assignee_id": w.id("accounts.agent")})
		same(t, "one with an assignee is left alone", w.prop(n, "assignee.id"), any(float64(w.id("accounts.agent"))))
	})
}

func TestRulesByTime(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		n := w.file("accounts", "Old")
		spam := w.file("accounts", "Spam")
		w.as("owner").post(at(spam, "spam"), nil).ok()
		id := w.newRule("time", map[string]any{"condition": allOf(cond("hours_since_reply", "gte", 4), cond("status", "is", "new"))}, doShare(whom(w.group("HR"))), map[string]any{"do": "note", "html": "late"})
		run := func() { w.must(w.app.RunTimeRules(t.Context(), w.acme().id)) }
		run()
		same(t, "too early", w.outcomes(id), []string{})
		w.advance(5 * time.Hour)
		run()
		same(t, "acted", w.outcomes(id), []string{"matched"})
		same(t, "shared", w.shared(n), []string{"HR"})
		run()
		same(t, "once", w.outcomes(id), []string{"matched"})
		w.as("owner").patch(at(n), map[string]any{"status": "pending"}).ok()
		run()
		w.as("owner").patch(at(n), map[string]any{"status": "new"}).ok()
		run()
		same(t, "again after it did not hold", w.outcomes(id), []string{"matched", "matched"})
	})
}

func TestRulesKept(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		owner := w.as("owner")
		a := w.newRule("update", map[string]any{"name": "A"}, doSet("priority", "high"))
		b := w.newRule("update", map[string]any{"name": "B"}, doSet("priority", "low"))
		owner.put("/rules/order", map[string]any{"kind": "update", "ids": []int64{b, a}}).ok()
		list := owner.get("/rules?kind=update").ok()
		same(t, "order", []int64{list.number("items.0.id"), list.number("items.1.id")}, []int64{b, a})
		owner.put("/rules/order", map[string]any{"kind": "update", "ids": []int64{b}}).refused(422, "ids")
		owner.patch(rulePath(a), map[string]any{"version": 7, "name": "Z"}).is(409)
		owner.patch(rulePath(a), map[string]any{"version": 1, "actions": []any{doSet("priority", "urgent")}}).ok()
		same(t, "version", owner.get(rulePath(a)).ok().number("version"), int64(2))
		same(t, "versions", len(owner.get(rulePath(a, "versions")).ok().list("items")), 2)
		owner.post(rulePath(a, "versions", "1", "restore"), nil).ok()
		same(t, "restored", owner.get(rulePath(a)).ok().text("actions.0.value"), "high")
		copied := owner.post(rulePath(a, "copy"), nil).ok()
		same(t, "a copy is off", copied.at("enabled"), any(false))
		t.Run("a dry run changes nothing", func(t *testing.T) {
			n := w.file("accounts", "Try me")
			before := w.fingerprint()
			got := owner.post("/rules/try", map[string]any{"ticket": n, "rule": map[string]any{"kind": "update", "name": "x", "condition": cond("subject", "contains", "try"),
				"actions": []any{doShare(whom(w.group("HR")))}}}).ok()
			same(t, "matched", got.number("matched"), int64(1))
			same(t, "what", got.text("tickets.0.actions.0.what"), "HR")
			same(t, "why", got.text("tickets.0.why.0.place"), "condition")
			owner.post("/rules/try", map[string]any{"rule": map[string]any{"kind": "time", "name": "x", "actions": []any{doSet("priority", "high")}}}).ok()
			if w.fingerprint() != before {
				t.Error("a dry run left something")
			}
		})
		t.Run("only those with the permission have rules", func(t *testing.T) {
			for _, path := range []string{"/rules", rulePath(a), rulePath(a, "log"), rulePath(a, "versions"), "/rule-choices"} {
				w.as("accounts.agent").get(path).is(403)
			}
		})
		t.Run("S3-18 a rule has hours, which are any until it is told otherwise", func(t *testing.T) {
			same(t, "hours", owner.get(rulePath(a)).ok().text("hours"), "any")
			owner.patch(rulePath(a), map[string]any{"hours": "sometimes"}).refused(422, "hours")
			owner.patch(rulePath(a), map[string]any{"hours": "during", "calendar_id": 999999}).refused(422, "calendar_id")
			owner.patch(rulePath(a), map[string]any{"hours": "during"}).ok()
			same(t, "kept", owner.get(rulePath(a)).ok().text("hours"), "during")
			owner.patch(rulePath(a), map[string]any{"hours": "any"}).ok()
			same(t, "calendars to choose from", owner.get("/rule-choices").ok().at("calendars") != nil, true)
		})
		t.Run("what is wrong is named with its place", func(t *testing.T) {
			for place, body := range map[string]map[string]any{
				"actions[0].level":     {"actions": []any{doShare(whom(w.group("HR")), "level", "all")}},
				"actions[0].value":     {"actions": []any{doSet("group", "999999")}},
				"actions[0].targets":   {"actions": []any{doShare([]map[string]any{{"kind": "agent", "id": w.id("globex/hr.agent")}})}},
				"condition":            {"condition": cond("priority", "is", "sky")},
				"events[0].event":      {"events": []any{map[string]any{"event": "weather"}}},
				"brand_id":             {"brand_id": 999999},
				"actions[0]":           {"actions": []any{map[string]any{"do": "spam", "html": "x"}}},
				"actions[0].do":        {"actions": []any{map[string]any{"do": "dance"}}},
				"actions[0].html":      {"actions": []any{map[string]any{"do": "note", "html": "{{secret}}"}}},
				"actions[0].person_id": {"actions": []any{map[string]any{"do": "assign", "how": "person"}}},
			} {
				owner.patch(rulePath(b), body).refused(422, place)
			}
		})
	})
}

// TestRuleReach shows that a rule is confined to what its author reaches, and
// that its log tells nobody of tickets that they cannot open.
func TestRuleReach(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		keeper := w.role("Keeper", "rules.manage", "tickets.create", "tickets.edit")
		w.as("owner").patch(w.person("hr.agent"), map[string]any{"roles": []int64{keeper}}).ok()
		made := w.as("hr.agent").post("/rules", map[string]any{"kind": "create", "name": "Confined", "actions": []any{doShare(whom(w.agent("hr.agent")))}}).ok()
		same(t, "confined", made.at("confined"), any(true))
		n := w.file("accounts", "Not theirs")
		same(t, "shared", w.shared(n), []string{})
		own := w.file("hr", "Theirs")
		same(t, "shared", w.shared(own), []string{w.nameOf("hr.agent")})
		log := w.as("hr.agent").get(rulePath(made.number("id"), "log")).ok()
		if strings.Contains(log.raw, "Not theirs") {
			t.Errorf("the log names a ticket that its reader cannot open: %s", log.raw)
		}
		same(t, "hidden", log.at("items.1.ticket.visible"), any(false))
		same(t, "shown", log.at("items.0.ticket.visible"), any(true))
		tried := w.as("hr.agent").post("/rules/try", map[string]any{"ticket": n, "rule": map[string]any{"kind": "create", "name": "x", "actions": []any{doSet("priority", "high")}}})
		tried.refused(422, "ticket")
		wide := w.newRule("update", map[string]any{"name": "Wide"}, doSet("priority", "high"))
		w.as("hr.agent").patch(rulePath(wide), map[string]any{"actions": []any{doSet("priority", "low")}}).ok()
		same(t, "whoever changes it lends it their reach", w.as("owner").get(rulePath(wide)).ok().at("confined"), any(true))
		if !slices.Contains(w.outcomes(made.number("id")), "matched") {
			t.Error("the confined rule did not act at home")
		}
	})
}
