package httpapi_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestRulesAndPartners(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		p := w.deskPair(allTerms())
		other := w.elsewhere()
		otherID, _, _ := p.befriend(other, allTerms())
		partner := func(id int64) map[string]any { return map[string]any{"kind": "partner", "id": id} }
		t.Run("S4-20 a ticket that gets a certain group is shared with a partner", func(t *testing.T) {
			w.newRule("update", map[string]any{"condition": map[string]any{"field": "group", "op": "changed_to", "value": w.acme().groups["Support"]}}, doShare([]map[string]any{partner(p.acme)}))
			number := p.ticket("owner", "For the others", "inbox_id", w.acme().inboxes["accounts"])
			if got := p.link("owner", number).list("items"); len(got) != 0 {
				t.Errorf("it is shared already: %v", got)
			}
			p.change("owner", number, map[string]any{"group_id": w.acme().groups["Support"]})
			if got := p.copyOf(number); got == 0 {
				t.Errorf("it is not shared: %s", p.link("owner", number).raw)
			}
			if got := p.link("owner", number).at("items.0.shared_by"); got != nil {
				t.Errorf("somebody shared it: %v", got)
			}
		})
		w.noRules()
		t.Run("S4-22 sharing by a rule has a list of destinations", func(t *testing.T) {
			w.newRule("create", nil, doShare([]map[string]any{partner(p.acme), partner(otherID), w.agent("hr.agent")}))
			number := p.ticket("owner", "For everybody")
			p.drain()
			if got := p.link("owner", number).list("items"); len(got) != 2 {
				t.Errorf("links %v", got)
			}
			if bodies, _ := other.take(); len(bodies) == 0 || !strings.Contains(bodies[0], "For everybody") {
				t.Errorf("the other desk has %v", bodies)
			}
			same(t, "agents", w.shared(number), []string{w.nameOf("hr.agent")})
		})
		w.noRules()
		t.Run("S4-15 the receiver clears orphans with its own rules", func(t *testing.T) {
			number := p.ticket("owner", "Soon orphaned")
			there := p.share(number)
			owner := p.as("globex/owner")
			owner.post("/rules", map[string]any{"kind": "update", "name": "Clear", "condition": map[string]any{"field": "orphaned", "op": "is", "value": true},
				"actions": []any{doSet("status", "solved")}}).ok()
			p.say("owner", number, "reply", "Not yet")
			if got := p.value("globex/owner", there, "status"); got == "solved" {
				t.Error("it is solved before it is an orphan")
			}
			p.as("owner").delete(fmt.Sprintf("/tickets/%d/partners/%d", number, p.link("owner", number).number("items.0.id"))).ok()
			p.drain()
			if got := p.value("globex/owner", there, "status"); got != "solved" {
				t.Errorf("it is %v", got)
			}
			a := owner.get(`/tickets?filter=` + `{"field":"orphaned","op":"is","value":true}`).ok()
			if d := cmp.Diff([]int64{there}, a.numbers()); d != "" {
				t.Error(d)
			}
			a = owner.get(fmt.Sprintf(`/tickets?filter={"field":"partner_from","op":"is","value":%d}`, p.globex)).ok()
			if got := a.numbers(); len(got) != 3 {
				t.Errorf("from the partner are %v", got)
			}
			a = p.as("owner").get(fmt.Sprintf(`/tickets?filter={"field":"partner_to","op":"is","value":%d}`, otherID)).ok()
			if got := a.numbers(); len(got) != 1 {
				t.Errorf("to the other are %v", got)
			}
		})
		t.Run("S4-12 mails name who of which partner wrote", func(t *testing.T) {
			number := p.ticket("owner", "Watched", "assignee_id", w.id("global.agent"))
			there := p.share(number)
			w.mails("")
			p.say("globex/owner", there, "reply", "Look here")
			mails := w.mails("global.agent")
			if len(mails) != 1 || !strings.Contains(mails[0].text+mails[0].subject, "Olga Owner (Partner globex)") {
				t.Errorf("mails %v", mails)
			}
			for _, m := range w.mails("") {
				if strings.Contains(m.to, "partner.invalid") {
					t.Errorf("a mail goes to nobody: %v", m)
				}
			}
		})
		t.Run("S4-21 what crosses needs no mail between the two desks", func(t *testing.T) {
			number := p.ticket("owner", "Without mail")
			w.mails("")
			there := p.share(number)
			p.say("owner", number, "reply", "Hello over there")
			if got := p.texts("globex/owner", there); len(got) != 2 {
				t.Errorf("there are %v", got)
			}
			for _, m := range w.mails("") {
				if strings.Contains(m.to, "support@") {
					t.Errorf("a mail goes to the other desk: %v", m)
				}
			}
		})
		t.Run("bulk and the share dialog share with partners", func(t *testing.T) {
			w.set("partners.max_per_ticket", 1)
			number := p.ticket("owner", "By dialog")
			p.as("owner").post(fmt.Sprintf("/tickets/%d/shares", number), map[string]any{"targets": []any{partner(p.acme)}}).ok()
			p.drain()
			if p.copyOf(number) == 0 {
				t.Errorf("it did not arrive: %s", p.link("owner", number).raw)
			}
			p.as("owner").post(fmt.Sprintf("/tickets/%d/partners", number), map[string]any{"partner_ids": []int64{otherID}}).is(409).reason("partners_cap")
			w.set("partners.max_per_ticket", 5)
			p.as("owner").post(fmt.Sprintf("/tickets/%d/partners", number), map[string]any{"partner_ids": []int64{987}}).refused(422, "partner_ids[0]")
		})
		t.Run("a partner's refusal is shown, and a redirect is not followed", func(t *testing.T) {
			for status, want := range map[int]string{422: "declined", 301: "declined", 503: "delayed", 403: "declined"} {
				other.mu.Lock()
				other.answer = func(r *http.Request) int { return status }
				other.mu.Unlock()
				number := p.ticket("owner", fmt.Sprint("Answer ", status))
				p.as("owner").post(fmt.Sprintf("/tickets/%d/partners", number), map[string]any{"partner_ids": []int64{otherID}}).is(201)
				p.drain()
				a := p.link("owner", number)
				if got := a.text("items.0.state"); got != want || a.text("items.0.reason") == "" {
					t.Errorf("after %d it is %s: %s", status, got, a.raw)
				}
			}
		})
	})
}
