package httpapi_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// TestPartnerTargets chooses partners wherever targets are chosen, under the
// sharing policy.
func TestPartnerTargets(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		p := w.pair(allTerms())
		d := w.acme()
		target := map[string]any{"kind": "partner", "id": p.acme}
		find := func(who, q string, ticket int64) []string { return policy{p.world}.finds(who, q, ticket) }
		linked := func(number int64) []string {
			a, list := p.link("owner", number), []string{}
			for i := range a.list("items") {
				list = append(list, a.text(fmt.Sprintf("items.%d.state", i)))
			}
			return list
		}
		run := func(name string, f func(t *testing.T)) {
			t.Run(name, func(t *testing.T) {
				p.world = w.in(t)
				defer func() { p.world = w }()
				f(t)
			})
		}
		run("S4-04 S4-30 the partners one may share with are found beside agents and groups", func(t *testing.T) {
			number := p.ticket("owner", "To be shared")
			same(t, "by name", find("owner", "partner g", number), []string{"Partner globex"})
			same(t, "by a word of it", find("owner", "globex", 0), []string{"Partner globex"})
			same(t, "by host", find("owner", strings.ToUpper(d.host[:1])+"x", number), []string{})
			found := w.as("owner").get(fmt.Sprintf("/share-targets?q=globex&ticket=%d", number)).ok()
			same(t, "as", []any{found.at("items.0.kind"), found.at("items.0.id"), found.at("items.0.shared")}, []any{"partner", p.acme, false})
			there := p.share(number)
			same(t, "shared", p.as("owner").get(fmt.Sprintf("/share-targets?q=globex&ticket=%d", number)).ok().at("items.0.shared"), true)
			same(t, "where it came from", p.as("globex/owner").get(fmt.Sprintf("/share-targets?q=partner&ticket=%d", there)).ok().list("items"), []any{})
			w.set("partners.enabled", false)
			same(t, "switched off", find("owner", "globex", number), []string{})
			w.set("partners.enabled", true)
			w.as("noshare.agent").get("/share-targets?q=globex").is(403)
		})
		run("sharing with an agent and a partner at once answers both", func(t *testing.T) {
			number := p.ticket("owner", "For both")
			body := terms([]map[string]any{w.agent("hr.agent"), target}, "note", "For the record")
			key := p.as("owner").with("Idempotency-Key", "both-at-once")
			for range 2 {
				a := key.post(at(number, "shares"), body).is(201)
				same(t, "answer", []any{len(a.list("items")), a.at("items.0.target.name"), len(a.list("partners")), a.at("partners.0.partner.id"), a.at("partners.0.direction")},
					[]any{1, "Hr Agent", 1, p.acme, "sent"})
			}
			p.drain()
			same(t, "there", len(p.texts("globex/owner", p.copyOf(number))), 2)
			again := p.as("owner").post(at(number, "shares"), terms([]map[string]any{target})).is(200)
			same(t, "stands", []any{len(again.list("items")), len(again.list("partners"))}, []any{0, 1})
			same(t, "links", linked(number), []string{"synced"})
			p.as("owner").post(at(number, "shares"), terms([]map[string]any{{"kind": "partner", "id": 987}})).refused(422, "targets[0]")
		})
		run("S4-04 S4-29 the sharing policy limits which partners whom may choose", func(t *testing.T) {
			number, other := p.ticket("owner", "Allowed", "group_id", d.groups["Support"]), p.ticket("owner", "Not allowed", "inbox_id", d.inboxes["hr"], "group_id", d.groups["HR"])
			rules := policy{p.world}
			rules.is(allow("groups", []int64{d.groups["Support"]}, "partners", []int64{p.acme}), deny("all_partners", true))
			entry := p.as("owner").get("/share-policy").ok()
			same(t, "entry", []any{entry.at("items.0.partners.0.name"), entry.at("items.1.all_partners")}, []any{"Partner globex", true})
			same(t, "offered", find("owner", "globex", number), []string{"Partner globex"})
			same(t, "not offered", find("owner", "globex", other), []string{})
			same(t, "people are", find("owner", "hr", other), []string{"Hr Agent", "Hr Second", "HR"})
			same(t, "choices", len(p.link("owner", other).list("choices")), 0)
			m := w.macro("owner", "To the partner", doShare([]map[string]any{target}))
			tpl := p.as("owner").post("/share-templates", map[string]any{"name": "Desk", "targets": []any{target}}).is(201)
			same(t, "template", []any{tpl.at("targets.0.kind"), tpl.at("targets.0.name"), tpl.at("targets.0.active")}, []any{"partner", "Partner globex", true})
			before := w.fingerprint()
			p.as("owner").post(at(other, "partners"), map[string]any{"partner_ids": []int64{p.acme}}).refused(422, "partner_ids[0]").reason("target_not_allowed")
			p.as("owner").post(at(other, "partners/preview"), map[string]any{"partner_ids": []int64{p.acme}}).refused(422, "partner_ids[0]").reason("target_not_allowed")
			p.as("owner").post(at(other, "shares"), terms([]map[string]any{target})).refused(422, "targets[0]").reason("target_not_allowed")
			p.as("owner").post(at(other, "shares"), map[string]any{"template_id": tpl.number("id")}).is(422).reason("target_not_allowed")
			p.run("owner", other, m).is(422).reason("target_not_allowed")
			p.as("owner").put(fmt.Sprintf("/zendesk/tickets/%d", other), map[string]any{"ticket": map[string]any{"sharing_agreement_ids": []int64{p.acme}}}).
				refused(422, "ticket.sharing_agreement_ids[0]").reason("target_not_allowed")
			same(t, "changed by what was refused", w.fingerprint() == before, true)
			check := p.as("owner").get(fmt.Sprintf("/share-check?person=%d&ticket=%d&kind=partner&target=%d", w.id("owner"), other, p.acme)).ok()
			same(t, "check", []any{check.at("allowed"), check.at("reason"), check.number("entry") == entry.number("items.1.id")}, []any{false, "policy", true})
			b := p.as("owner").post("/bulk", map[string]any{"tickets": []int64{number, other}, "share": terms([]map[string]any{target})}).is(200)
			same(t, "bulk", progress(b), []any{"done", 2, 1, 1})
			same(t, "links", []any{linked(number), linked(other)}, []any{[]string{"sending"}, []string{}})
			// Rules are made by administrators, as the policy is, and are not bound by it.
			w.newRule("update", map[string]any{"condition": cond("priority", "changed_to", "urgent")}, doShare([]map[string]any{target}))
			p.change("owner", other, map[string]any{"priority": "urgent"})
			same(t, "by a rule", linked(other), []string{"synced"})
			w.noRules()
			rules.is()
		})
		run("S4-18 S4-19 many tickets are shared with a partner at once, and undoing unshares them", func(t *testing.T) {
			numbers := []int64{p.ticket("owner", "First of many"), p.ticket("owner", "Second of many")}
			stood := p.ticket("owner", "Shared before")
			p.share(stood)
			b := p.as("owner").post("/bulk", map[string]any{"tickets": append(numbers, stood), "share": terms([]map[string]any{target, w.agent("hr.agent")})}).is(200)
			same(t, "bulk", append(progress(b), undoable(b)), []any{"done", 3, 3, 0, true})
			p.drain()
			there := p.copyOf(numbers[0])
			same(t, "arrived", there != 0 && p.copyOf(numbers[1]) != 0, true)
			same(t, "undone", progress(p.as("owner").post(bulkPath(b.number("id"), "undo"), nil).is(200)), []any{"done", 3, 3, 0})
			p.drain()
			same(t, "links", []any{linked(numbers[0]), linked(stood)}, []any{[]string{"ended"}, []string{"synced"}})
			same(t, "their copy stays", p.link("globex/owner", there).text("items.0.state"), "orphaned")
			p.as("owner").post("/bulk", map[string]any{"tickets": numbers, "share": terms([]map[string]any{{"kind": "partner", "id": 987}})}).refused(422, "share.targets[0]")
		})
		run("a template shares with its partner, by hand, by macro and by rule", func(t *testing.T) {
			path := "/share-templates"
			id := p.as("owner").post(path, map[string]any{"name": "Vendor", "targets": []any{target}, "note": "Asked the vendor"}).is(201).number("id")
			byHand, byMacro, byRule := p.ticket("owner", "By hand"), p.ticket("owner", "By macro"), p.ticket("owner", "By rule")
			a := p.as("owner").post(at(byHand, "shares"), map[string]any{"template_id": id}).is(201)
			same(t, "by hand", len(a.list("partners")), 1)
			p.run("owner", byMacro, w.macro("owner", "Vendor", act{"do": "share", "template_id": id})).is(200)
			w.newRule("update", map[string]any{"condition": cond("priority", "changed_to", "high")}, act{"do": "share", "template_id": id})
			p.change("owner", byRule, map[string]any{"priority": "high"})
			for _, n := range []int64{byHand, byMacro, byRule} {
				same(t, "links", linked(n), []string{"synced"})
				same(t, "messages", len(p.texts("owner", n)), 2)
			}
			w.noRules()
			p.as("owner").post(path, map[string]any{"name": "Nobody", "targets": []any{map[string]any{"kind": "partner", "id": 987}}}).refused(422, "targets[0]")
		})
		run("S4-20 each direction of an agreement is a choice of its own condition", func(t *testing.T) {
			choices := func(who, key string) []any {
				a := p.as(who).get("/ticket-filters").ok()
				for i := range a.list("items") {
					if a.text(fmt.Sprintf("items.%d.key", i)) == key {
						return a.list(fmt.Sprintf("items.%d.choices", i))
					}
				}
				return nil
			}
			same(t, "to", choices("owner", "partner_to"), []any{map[string]any{"name": "Partner globex", "value": p.acme}})
			same(t, "from", choices("owner", "partner_from"), []any{})
			same(t, "from there", choices("globex/owner", "partner_from"), []any{map[string]any{"name": "Partner acme", "value": p.globex}})
			same(t, "to there", choices("globex/owner", "partner_to"), []any{})
		})
		run("scripts for Zendesk read and set the agreements of a ticket", func(t *testing.T) {
			number := p.ticket("owner", "By script")
			path := fmt.Sprintf("/zendesk/tickets/%d", number)
			set := func(ids ...int64) map[string]any {
				return map[string]any{"ticket": map[string]any{"sharing_agreement_ids": append([]int64{}, ids...)}}
			}
			same(t, "none", p.as("owner").get(path).ok().at("ticket.sharing_agreement_ids"), []any{})
			a := p.as("owner").put(path, set(p.acme, p.acme)).ok()
			same(t, "shared", []any{a.at("ticket.id"), a.at("ticket.sharing_agreement_ids")}, []any{number, []any{p.acme}})
			p.drain()
			there := p.copyOf(number)
			back := fmt.Sprintf("/zendesk/tickets/%d", there)
			same(t, "there", p.as("globex/owner").get(back).ok().at("ticket.sharing_agreement_ids"), []any{p.globex})
			same(t, "what it came by stays", p.as("globex/owner").put(back, set()).ok().at("ticket.sharing_agreement_ids"), []any{p.globex})
			p.as("owner").put(path, set(p.acme, 987)).refused(422, "ticket.sharing_agreement_ids[1]")
			same(t, "unshared", p.as("owner").put(path, set()).ok().at("ticket.sharing_agreement_ids"), []any{})
			p.drain()
			same(t, "links", linked(number), []string{"ended"})
			p.as("restricted.agent").get(path).is(404)
			p.as("restricted.agent").put(path, set()).is(404)
			p.as("accounts.agent").get(path).is(404)
			mine := fmt.Sprintf("/zendesk/tickets/%d", p.ticket("owner", "Not to be shared", "inbox_id", d.inboxes["accounts"], "assignee_id", w.id("noshare.agent")))
			p.as("noshare.agent").get(mine).ok()
			p.as("noshare.agent").put(mine, set(p.acme)).is(403)
			p.as("owner").put(path, map[string]any{"ticket": map[string]any{"status": "solved"}}).is(422)
		})
	})
}

// TestPartnersAndTheLifeOfTickets is what becomes of a share with a partner when
// something else happens to the ticket, and to whom messages belong.
func TestPartnersAndTheLifeOfTickets(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		p := w.pair(allTerms("private_comments", false))
		state := func(who string, number int64) string { return p.link(who, number).text("items.0.state") }
		run := func(name string, f func(t *testing.T)) {
			t.Run(name, func(t *testing.T) {
				p.world = w.in(t)
				defer func() { p.world = w }()
				f(t)
			})
		}
		run("a merge ends the shares of the ticket that goes, and no other", func(t *testing.T) {
			gone, stays := p.ticket("owner", "The same again"), p.ticket("owner", "The first")
			copyOfGone, copyOfStays := p.share(gone), p.share(stays)
			p.as("owner").post(at(gone, "merge"), map[string]any{"into": stays}).ok()
			p.drain()
			link := p.link("owner", gone)
			same(t, "what went", []any{link.at("items.0.state"), link.at("items.0.reason")}, []any{"ended", "The ticket was merged into another one."})
			same(t, "there", []any{state("globex/owner", copyOfGone), state("globex/owner", copyOfStays)}, []any{"orphaned", "synced"})
			p.say("owner", stays, "reply", "Still here")
			same(t, "what came by the merge stays here", len(p.texts("globex/owner", copyOfStays)), 2)
			same(t, "history", slices.Contains(w.kinds("owner", gone), "ticket.partner.unshared"), true)
		})
		run("a merge of the copy detaches it, and they hear so when they write next", func(t *testing.T) {
			number := p.ticket("owner", "Merged over there")
			there, other := p.share(number), p.ticket("globex/owner", "Theirs")
			p.as("globex/owner").post(at(there, "merge"), map[string]any{"into": other, "accept_widening": true}).ok()
			p.drain()
			same(t, "there", state("globex/owner", there), "detached")
			p.say("owner", number, "reply", "Anybody there?")
			same(t, "here", state("owner", number), "closed")
		})
		run("delete and spam end it, and what comes back is shared no more", func(t *testing.T) {
			for move, back := range map[string]string{"delete": "restore", "spam": "not_spam"} {
				number := p.ticket("owner", "To the "+move)
				there := p.share(number)
				b := p.as("owner").post("/bulk", map[string]any{"tickets": []int64{number}, "move": move}).is(200)
				same(t, "bulk", progress(b), []any{"done", 1, 1, 0})
				p.drain()
				same(t, "there", state("globex/owner", there), "orphaned")
				p.as("owner").post("/bulk", map[string]any{"tickets": []int64{number}, "move": back}).is(200)
				p.drain()
				same(t, "back", state("owner", number), "ended")
			}
		})
		run("a ticket that turns private tells a partner without private comments nothing more, until it is open again", func(t *testing.T) {
			number := p.ticket("owner", "Turning private")
			there := p.share(number)
			p.change("owner", number, map[string]any{"private": true})
			p.say("owner", number, "reply", "For us alone")
			p.change("owner", number, map[string]any{"subject": "Secret"})
			same(t, "there", []any{len(p.texts("globex/owner", there)), p.value("globex/owner", there, "subject")}, []any{1, "Turning private"})
			p.change("owner", number, map[string]any{"private": false})
			same(t, "open again", []any{len(p.texts("globex/owner", there)), p.value("globex/owner", there, "subject"), state("owner", number)}, []any{2, "Secret", "synced"})
		})
		run("inbox, brand, group and assignee change without a word to the partner", func(t *testing.T) {
			number := p.ticket("owner", "Moving house")
			there := p.share(number)
			p.change("owner", number, map[string]any{"inbox_id": w.acme().inboxes["hr"], "group_id": w.acme().groups["HR"]})
			same(t, "links", []any{state("owner", number), state("globex/owner", there)}, []any{"synced", "synced"})
			p.say("owner", number, "reply", "From the new house")
			p.say("globex/owner", there, "reply", "To the new house")
			same(t, "both have both", []any{len(p.texts("owner", number)), len(p.texts("globex/owner", there))}, []any{3, 3})
		})
		run("somebody of a partner is linked with somebody of ours by hand", func(t *testing.T) {
			number := p.ticket("owner", "Who is it")
			there := p.share(number)
			p.say("globex/owner", there, "reply", "It is me")
			messages := func() *answer { return p.as("owner").get(at(number, "messages")).ok() }
			same(t, "author", []any{messages().at("items.1.foreign.name"), messages().at("items.1.foreign.person_id"), messages().at("items.1.author")}, []any{"Olga Owner", nil, nil})
			people := fmt.Sprintf("/partners/%d/people", p.acme)
			list := p.as("owner").get(people).ok()
			same(t, "people", []any{len(list.list("items")), list.at("items.0.name"), list.at("items.0.person")}, []any{1, "Olga Owner", nil})
			one := fmt.Sprintf("%s/%d", people, list.number("items.0.id"))
			p.as("owner").put(one, map[string]any{"person_id": w.id("globex/staff.one")}).refused(422, "person_id")
			p.as("accounts.agent").put(one, map[string]any{"person_id": w.id("staff.two")}).is(403)
			p.as("globex/owner").put(one, map[string]any{"person_id": w.id("globex/staff.one")}).is(404)
			before := len(p.as("owner").get("/tickets?q=from:staff.two@acme.example").ok().list("items"))
			same(t, "linked", p.as("owner").put(one, map[string]any{"person_id": w.id("staff.two")}).ok().at("person.name"), "Staff Two")
			same(t, "author", []any{messages().at("items.1.foreign.name"), messages().at("items.1.foreign.person_id"), messages().at("items.1.foreign.person_name"), messages().at("items.1.author")},
				[]any{"Olga Owner", w.id("staff.two"), "Staff Two", nil})
			// It is a note for people who look: no right, no message and no ticket becomes theirs.
			same(t, "sight", w.sees("staff.two", number), false)
			same(t, "search", len(p.as("owner").get("/tickets?q=from:staff.two@acme.example").ok().list("items")), before)
			p.say("globex/owner", there, "reply", "And again")
			same(t, "the next one", messages().at("items.2.foreign.person_name"), "Staff Two")
			log := p.as("owner").get("/audit?action=partner.person_linked").ok()
			same(t, "log", log.at("items.0.action"), "partner.person_linked")
			same(t, "taken back", p.as("owner").put(one, map[string]any{"person_id": nil}).ok().at("person"), nil)
			same(t, "author", messages().at("items.1.foreign.person_id"), nil)
		})
		run("a message says when it was written there, and stands where it came in", func(t *testing.T) {
			other := w.elsewhere()
			id, _, token := p.befriend(other, allTerms())
			number := p.ticket("owner", "For a desk of another maker")
			p.as("owner").post(at(number, "partners"), map[string]any{"partner_ids": []int64{id}}).is(201)
			p.drain()
			_, calls := other.take()
			uuid := calls[0][strings.LastIndex(calls[0], "/")+1:]
			for i, when := range []string{`"2011-01-17 09:01:01 +0000"`, `"2999-01-01T00:00:00Z"`, `null`} {
				p.wire("PUT", "/tickets/"+uuid, token, fmt.Sprintf(`{"uuid":%q,"comments":[{"uuid":"%040d","author":{"uuid":"u1","name":"Pat"},"body":"From there","authored_at":%s,"public":true}]}`, uuid, i+1, when), 200)
			}
			list := p.as("owner").get(at(number, "messages")).ok()
			same(t, "written", []any{list.at("items.1.foreign.written_at"), list.at("items.2.foreign.written_at"), list.at("items.3.foreign.written_at")}, []any{"2011-01-17T09:01:01Z", nil, nil})
			same(t, "came", list.text("items.1.created_at") > "2012", true)
		})
	})
}
