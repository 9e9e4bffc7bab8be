package httpapi_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	dm "github.com/deskmesh/deskmesh"
)

func do(kind string, more ...any) map[string]any {
	a := map[string]any{"do": kind}
	for i := 0; i+1 < len(more); i += 2 {
		a[more[i].(string)] = more[i+1]
	}
	return a
}

// onTag makes an update rule that acts when a tag comes.
func (w *world) onTag(tag string, actions ...map[string]any) int64 {
	w.Helper()
	return w.newRule("update", map[string]any{"events": []map[string]any{{"event": "tags"}}, "condition": cond("tags", "has_any", []string{tag})}, actions...)
}

// tag gives a ticket tags in place of those it has.
func (w *world) tag(n int64, tags ...string) {
	w.Helper()
	w.as("owner").patch(at(n), map[string]any{"tags": append([]string{}, tags...)}).ok()
}

// acted gives what came of the first action the last time a rule was asked.
func (w *world) acted(rule int64) (outcome, reason string) {
	w.Helper()
	a := w.as("owner").get(rulePath(rule, "log")).ok()
	return a.text("items.0.actions.0.outcome"), a.text("items.0.actions.0.reason")
}

// TestRuleShares shows what rules do with shares that stand, and with links.
func TestRuleShares(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		owner := w.as("owner")
		t.Run("S3-11 sharing takes nothing from anybody", func(t *testing.T) {
			w := w.in(t)
			w.onTag("go", doShare(whom(w.group("HR"), w.agent("restricted.agent")), "level", "view"))
			n := w.file("accounts", "Kept", map[string]any{"assignee_id": w.id("accounts.agent"), "ccs": []string{w.address("staff.two")}})
			owner.post(at(n, "shares"), terms(whom(w.agent("restricted.agent")), "level", "edit")).ok()
			w.share(n, w.group("Legal"))
			before := owner.get(at(n)).ok()
			w.tag(n, "go")
			after := owner.get(at(n)).ok()
			for _, part := range []string{"assignee", "group", "requester", "ccs", "inbox", "status"} {
				same(t, part, after.at(part), before.at(part))
			}
			same(t, "shares", slices.Sorted(slices.Values(w.shared(n))), []string{"HR", "Legal", "Restricted Agent"})
			shares := owner.get(at(n, "shares")).ok()
			for i := range shares.list("items") {
				if at := fmt.Sprintf("items.%d.", i); shares.text(at+"target.name") == "Restricted Agent" {
					same(t, "level of a share that stood", shares.text(at+"level"), "edit")
				}
			}
			w.noRules()
		})
		t.Run("S4-25 unshare, unshare all, level and end", func(t *testing.T) {
			w := w.in(t)
			w.onTag("less", do("set_level", "targets", whom(w.group("HR")), "level", "view"), do("set_expiry", "targets", whom(w.group("HR")), "expires_in_hours", 2))
			one := w.onTag("one", do("unshare", "targets", whom(w.group("Legal"), w.group("Support"))))
			all := w.onTag("none", do("unshare_all"))
			n := w.file("accounts", "Shared")
			w.share(n, w.group("HR"))
			w.share(n, w.group("Legal"))
			w.tag(n, "less")
			a := owner.get(at(n, "shares")).ok()
			until := map[string]string{}
			for i := range a.list("items") {
				end, _ := a.at(fmt.Sprintf("items.%d.expires_at", i)).(string)
				until[a.text(fmt.Sprintf("items.%d.target.name", i))+" "+a.text(fmt.Sprintf("items.%d.level", i))] = end
			}
			end, err := time.Parse(time.RFC3339, until["HR view"])
			w.must(err)
			same(t, "ends", end.Sub(dm.Time(w.clock.at.Load()).Std()).Round(time.Minute), 2*time.Hour)
			if _, stands := until["Legal edit"]; !stands {
				t.Errorf("the other share changed: %v", until)
			}
			w.tag(n, "one")
			same(t, "one is over", w.shared(n), []string{"HR"})
			log := owner.get(rulePath(one, "log")).ok()
			same(t, "done", log.text("items.0.actions.0.outcome"), "done")
			if !strings.Contains(log.text("items.0.actions.0.reason"), "Support (no_such_share)") {
				t.Errorf("the log does not name the share that is none: %s", log.raw)
			}
			w.tag(n, "none")
			same(t, "all are over", w.shared(n), []string{})
			same(t, "nobody has it", w.sees("hr.agent", n), false)
			w.tag(n)
			w.tag(n, "none")
			outcome, reason := w.acted(all)
			same(t, "nothing to end", []string{outcome, reason}, []string{"skipped", "no_such_share"})
			w.noRules()
		})
		t.Run("recipients found with the ticket", func(t *testing.T) {
			w := w.in(t)
			owner.patch(fmt.Sprint("/groups/", w.acme().groups["Accounts"]), map[string]any{"owner_id": w.id("restricted.agent")}).ok()
			company := owner.post("/companies", map[string]any{"name": "Customer", "manager_id": w.id("hr.second")}).ok().number("id")
			owner.patch(w.person("staff.one"), map[string]any{"company_id": company}).ok()
			field := owner.post("/ticket-fields", map[string]any{"name": "Team", "kind": "text"}).ok().number("id")
			rule := w.newRule("create", nil, doShare([]map[string]any{{"kind": "group_owner"}, {"kind": "account_manager"}, {"kind": "field_group", "id": field}}))
			n := w.file("accounts", "Found", map[string]any{"fields": map[string]any{fmt.Sprint(field): "legal"}})
			same(t, "shared", slices.Sorted(slices.Values(w.shared(n))), []string{"Hr Second", "Legal", "Restricted Agent"})
			n = w.file("hr", "Nobody", map[string]any{"requester_address": w.address("staff.two")})
			same(t, "nobody", w.shared(n), []string{})
			outcome, reason := w.acted(rule)
			same(t, "outcome", outcome, "skipped")
			same(t, "reason", strings.HasPrefix(reason, "nobody"), true)
			w.noRules()
		})
		t.Run("links are made and revoked", func(t *testing.T) {
			w := w.in(t)
			w.set("links.enabled", true)
			make := w.onTag("link", do("make_link", "level", "view", "expires_in_hours", 24, "label", "By rule"))
			w.onTag("unlink", do("revoke_links"))
			n := w.file("accounts", "Open")
			w.tag(n, "link")
			a := owner.get(at(n, "links")).ok()
			same(t, "link", []any{len(a.list("items")), a.text("items.0.label"), a.text("items.0.level"), a.text("items.0.created_by.name")}, []any{1, "By rule", "view", w.nameOf("owner")})
			w.tag(n, "unlink")
			same(t, "revoked", owner.get(at(n)).ok().at("public_link"), false)
			w.set("links.enabled", false)
			w.tag(n, "link")
			outcome, reason := w.acted(make)
			same(t, "switched off", []string{outcome, reason}, []string{"skipped", "switched_off"})
			w.noRules()
		})
		t.Run("C3 S4-17 S4-22 a rule shares in the smallest edition, and says so where an edition has it not", func(t *testing.T) {
			w := w.in(t)
			rule := w.newRule("create", nil, doShare(whom(w.group("HR"), w.agent("restricted.agent"))))
			w.must(w.app.SetEdition(w.Context(), "acme", "community"))
			same(t, "shared", len(w.shared(w.file("accounts", "Free"))), 2)
			dm.Editions["manual"] = []dm.Entitlement{dm.SharingManual}
			w.must(w.app.SetEdition(w.Context(), "acme", "manual"))
			n := w.file("accounts", "By hand only")
			same(t, "not shared", w.shared(n), []string{})
			outcome, reason := w.acted(rule)
			same(t, "outcome", outcome, "skipped")
			same(t, "reason", strings.Contains(reason, "switched_off"), true)
			w.share(n, w.group("HR"))
			w.must(w.app.SetEdition(w.Context(), "acme", "community"))
			w.set("sharing.enabled", false)
			same(t, "C4 switched off", w.shared(w.file("accounts", "Off")), []string{})
			w.set("sharing.enabled", true)
			w.noRules()
		})
		t.Run("C2 an agent without the right to share starts a rule that shares", func(t *testing.T) {
			w := w.in(t)
			w.onTag("hr", doShare(whom(w.group("HR"))))
			n := w.file("accounts", "By a rule alone")
			w.as("noshare.agent").post(at(n, "shares"), terms(whom(w.group("HR")))).is(403)
			w.as("noshare.agent").patch(at(n), map[string]any{"tags": []string{"hr"}}).ok()
			same(t, "shared", w.shared(n), []string{"HR"})
			w.noRules()
		})
		t.Run("Q13 whoever starts a rule that shares with them gets no mail about it", func(t *testing.T) {
			w := w.in(t)
			w.onTag("mine", doShare(whom(w.agent("restricted.agent"), w.group("Accounts"))))
			n := w.file("accounts", "Caused", map[string]any{"assignee_id": w.id("restricted.agent")})
			w.mails("")
			w.as("restricted.agent").patch(at(n), map[string]any{"tags": []string{"mine"}}).ok()
			told := func(who string) (n int) {
				for _, m := range w.mails(who) {
					if strings.Contains(m.subject, "shared") {
						n++
					}
				}
				return n
			}
			same(t, "to the causer", told("restricted.agent"), 0)
			same(t, "to a member", told("accounts.second"), 1)
			w.noRules()
		})
		t.Run("Q14 a share wakes only rules that wait for shares, and one by a rule none that share", func(t *testing.T) {
			w := w.in(t)
			whatever := w.newRule("update", nil, doSet("priority", "high"))
			waits := w.newRule("update", map[string]any{"events": []map[string]any{{"event": "share"}}}, do("add_tags", "tags", []string{"shared"}))
			again := w.newRule("update", map[string]any{"events": []map[string]any{{"event": "share"}}, "performers": []string{"rule"}}, doShare(whom(w.group("Legal"))))
			n := w.file("accounts", "Shared by hand")
			id := fmt.Sprint(w.share(n, w.group("HR")).number("items.0.id"))
			same(t, "who waits for shares", w.outcomes(waits), []string{"matched"})
			same(t, "tags", w.prop(n, "tags"), "[shared]")
			owner.patch(at(n, "shares", id), map[string]any{"level": "view"}).ok()
			owner.delete(at(n, "shares", id)).ok()
			same(t, "a level and an end wake nobody", len(w.outcomes(waits)), 1)
			w.as("owner").delete(rulePath(waits)).ok()
			w.as("owner").delete(rulePath(whatever)).ok()
			w.newRule("update", map[string]any{"events": []map[string]any{{"event": "priority"}}}, doShare(whom(w.group("Support"))))
			m := w.file("accounts", "Shared by a rule")
			owner.patch(at(m), map[string]any{"priority": "urgent"}).ok()
			same(t, "no further share", w.shared(m), []string{"Support"})
			same(t, "not asked", w.outcomes(again), []string{})
			w.noRules()
		})
		t.Run("Q15 no rule runs in an inactive brand", func(t *testing.T) {
			w := w.in(t)
			here := map[string]any{"condition": cond("inbox", "is", w.acme().inboxes["hr"])}
			rule := w.newRule("update", here, doSet("priority", "urgent"))
			late := w.newRule("time", here, doSet("priority", "urgent"))
			n := w.file("hr", "Asleep")
			w.brand("People", false)
			owner.patch(at(n), map[string]any{"type": "incident"}).ok()
			w.must(w.app.RunTimeRules(t.Context(), w.acme().id))
			same(t, "priority", w.prop(n, "priority"), "normal")
			same(t, "log", w.outcomes(rule), []string{})
			w.brand("People", true)
			owner.patch(at(n), map[string]any{"type": "problem"}).ok()
			same(t, "awake", w.prop(n, "priority"), "urgent")
			owner.delete(rulePath(late)).ok()
			w.noRules()
		})
	})
}

// TestRuleActs shows the actions that are not about shares.
func TestRuleActs(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		owner := w.as("owner")
		t.Run("properties, people and texts in one change", func(t *testing.T) {
			w := w.in(t)
			field := owner.post("/ticket-fields", map[string]any{"name": "Cause", "kind": "text"}).ok().number("id")
			w.member("Legal", "add", "global.agent")
			rule := w.onTag("all", doSet("priority", "urgent"), doSet("type", "incident"), doSet(fmt.Sprint("field:", field), "Fire"), doSet("subject", "Renamed"),
				doSet("department", fmt.Sprint(w.acme().departments["Sales"])), doSet("group", fmt.Sprint(w.acme().groups["Legal"])), do("assign", "how", "person", "person_id", w.id("owner")),
				do("add_tags", "tags", []string{"b", "a"}), do("remove_tags", "tags", []string{"all"}), do("add_cc", "addresses", []string{w.address("staff.three")}),
				do("add_followers", "people", []int64{w.id("global.agent")}), do("note", "html", "<p>About {{ticket.number}}</p>"), do("reply", "html", "<p>Dear {{requester.first_name}}</p>"), doSet("status", "pending"))
			n := w.file("accounts", "Before")
			version := owner.get(at(n)).ok().number("version")
			w.tag(n, "all")
			a := owner.get(at(n)).ok()
			same(t, "properties", []any{a.at("priority"), a.at("type"), a.at("subject"), a.at("department.name"), a.at("group.name"), a.at("assignee.id"), a.at("status")},
				[]any{"urgent", "incident", "Renamed", "Sales", "Legal", w.id("owner"), "pending"})
			same(t, "tags", a.at("tags"), "[a b]")
			same(t, "one change beside the person's", a.number("version"), version+2)
			for _, want := range []string{"Fire", w.address("staff.three"), "Global Agent"} {
				if !strings.Contains(a.raw, want) {
					t.Errorf("%s is missing: %s", want, a.raw)
				}
			}
			if text := owner.get(at(n, "messages")).ok().raw; !strings.Contains(text, fmt.Sprint("About ", n)) || !strings.Contains(text, "Dear Staff") {
				t.Errorf("the texts: %s", text)
			}
			same(t, "log", w.outcomes(rule), []string{"matched"})
			same(t, "every action has its outcome", len(owner.get(rulePath(rule, "log")).ok().list("items.0.actions")), 14)
			w.noRules()
		})
		t.Run("in turn goes on where it was, least loaded looks at open tickets", func(t *testing.T) {
			w := w.in(t)
			group := w.acme().groups["Accounts"]
			turn := w.newRule("create", map[string]any{"condition": cond("priority", "is", "low")}, do("assign", "how", "round_robin", "group_id", group))
			w.newRule("create", map[string]any{"condition": cond("priority", "is", "high")}, do("assign", "how", "least_loaded"))
			seen := map[string]int{}
			for i := range 6 {
				seen[fmt.Sprint(w.prop(w.file("accounts", fmt.Sprint("Turn ", i), map[string]any{"priority": "low"}), "assignee.id"))]++
			}
			same(t, "each twice", fmt.Sprint(len(seen), seen[fmt.Sprint(w.id("accounts.agent"))]), "3 2")
			for n := range 2 {
				w.file("accounts", fmt.Sprint("Load ", n), map[string]any{"assignee_id": w.id("accounts.agent")})
			}
			w.file("accounts", "Load", map[string]any{"assignee_id": w.id("noshare.agent")})
			same(t, "the fewest", w.prop(w.file("accounts", "Least", map[string]any{"priority": "high"}), "assignee.id"), w.id("accounts.second"))
			w.turn("accounts.second", "deactivate")
			for i := range 4 {
				if who := w.prop(w.file("accounts", fmt.Sprint("More ", i), map[string]any{"priority": "low"}), "assignee.id"); fmt.Sprint(who) == fmt.Sprint(w.id("accounts.second")) {
					t.Error("a turn went to somebody deactivated")
				}
			}
			w.turn("accounts.second", "reactivate")
			same(t, "a dry run takes no turn", func() bool {
				before := w.fingerprint()
				owner.post("/rules/try", map[string]any{"rule": map[string]any{"kind": "create", "name": "x", "actions": []any{do("assign", "how", "round_robin", "group_id", group)}}}).ok()
				return w.fingerprint() == before
			}(), true)
			same(t, "all matched", len(w.outcomes(turn)) >= 10, true)
			w.noRules()
		})
		t.Run("a mail to people of the ticket, who may open it", func(t *testing.T) {
			w := w.in(t)
			w.newRule("create", nil, do("notify", "to", []map[string]any{{"kind": "requester"}, {"kind": "group", "id": w.acme().groups["Accounts"]}, {"kind": "agent", "id": w.id("hr.agent")}},
				"subject", "Look: {{ticket.subject}}", "html", "<p>Dear {{requester.first_name}}</p>"))
			w.mails("")
			w.file("accounts", "Told <b>")
			var to []string
			for _, m := range w.mails("") {
				if m.subject == "Look: Told <b>" {
					to = append(to, m.to)
				}
			}
			same(t, "to", slices.Sorted(slices.Values(to)), []string{w.address("accounts.agent"), w.address("accounts.second"), w.address("noshare.agent"), w.address("staff.one")})
			w.noRules()
		})
		t.Run("a webhook is called, spam and deletion end the chain", func(t *testing.T) {
			w := w.in(t)
			path, _ := w.hook(w.receiver().url, "events", []string{"ticket.merged"})
			id := owner.get(path).ok().number("id")
			w.newRule("create", nil, do("webhook", "webhook_id", id))
			w.onTag("spam", do("spam"))
			after := w.newRule("update", nil, do("note", "html", "after"))
			n := w.file("accounts", "Hooked")
			w.drain()
			same(t, "delivered", w.log(path), []string{"delivered"})
			asked := len(w.outcomes(after))
			w.tag(n, "spam")
			same(t, "spam", w.prop(n, "spam"), true)
			same(t, "asked no more", len(w.outcomes(after)), asked)
			w.noRules()
		})
	})
}
