package httpapi_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestTicketsBetweenDesks(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		p := w.pair(allTerms())
		number := p.ticket("owner", "Printer on fire", "tags", []string{"fire"})
		p.say("owner", number, "note", "The customer is important")
		p.say("owner", number, "local_note", "Never tell them")
		there := int64(0)
		run := func(name string, test func(t *testing.T)) {
			if !t.Run(name, test) {
				t.FailNow()
			}
		}
		run("S4-04 the ticket offers the partners with whom it may be shared", func(t *testing.T) {
			a := p.link("owner", number)
			if got := a.list("choices"); len(got) != 1 || a.number("choices.0.id") != p.acme || a.text("choices.0.host") != p.desks["globex"].host+p.url {
				t.Errorf("choices %v", got)
			}
			if got := p.link("noshare.agent", p.ticket("noshare.agent", "Mine", "inbox_id", p.acme0("accounts"))).list("choices"); len(got) != 0 {
				t.Errorf("somebody who may not share is offered %v", got)
			}
		})
		run("S4-05 sharing commits with the request alone; looking before shares nothing", func(t *testing.T) {
			look := p.as("owner").post(fmt.Sprintf("/tickets/%d/partners/preview", number), map[string]any{"partner_ids": []int64{p.acme}}).ok()
			if got := look.list("items.0.messages"); len(got) != 2 || look.text("items.0.messages.1.text") != "The customer is important" {
				t.Errorf("the preview has %v", got)
			}
			if look.text("items.0.left_out.0.why") != "local_note" {
				t.Errorf("left out: %v", look.at("items.0.left_out"))
			}
			p.drain()
			if got := p.link("owner", number).list("items"); len(got) != 0 {
				t.Fatalf("links %v", got)
			}
			there = p.share(number)
			if there == 0 {
				t.Fatalf("it did not arrive: %s", p.link("owner", number).raw)
			}
		})
		run("S4-06 a shared ticket has a mark, S4-07 outbound on the sharing side", func(t *testing.T) {
			a := p.as("owner").get(fmt.Sprintf("/tickets/%d", number)).ok()
			if a.text("partners.0.direction") != "sent" || a.text("partners.0.state") != "synced" || a.text("partners.0.partner.name") != "Partner globex" {
				t.Errorf("mark %v", a.at("partners"))
			}
		})
		run("S4-08 inbound on the receiving side", func(t *testing.T) {
			a := p.as("globex/owner").get(fmt.Sprintf("/tickets/%d", there)).ok()
			if a.text("partners.0.direction") != "received" || a.text("partners.0.remote_number") != fmt.Sprint(number) || a.text("partners.0.requester") != "Olga Owner" {
				t.Errorf("mark %v", a.at("partners"))
			}
			if a.text("subject") != "Printer on fire" || a.text("status") != "new" || a.text("tags.0") != "fire" {
				t.Errorf("it came as %s", a.raw)
			}
			want := []string{"reply: It all began with Printer on fire", "note: The customer is important"}
			if d := cmp.Diff(want, p.texts("globex/owner", there)); d != "" {
				t.Error(d)
			}
		})
		run("S4-09 the status is the same on both desks", func(t *testing.T) {
			p.change("owner", number, map[string]any{"status": "pending"})
			if got := p.value("globex/owner", there, "status"); got != "pending" {
				t.Errorf("there it is %v", got)
			}
			p.change("globex/owner", there, map[string]any{"status": "on_hold"})
			if got := p.value("owner", number, "status"); got != "on_hold" {
				t.Errorf("here it is %v", got)
			}
			p.change("globex/owner", there, map[string]any{"status": "solved", "tags": []string{"cold"}})
			if got := p.value("owner", number, "status"); got != "solved" {
				t.Errorf("here it is %v", got)
			}
			if got := p.value("owner", number, "tags.0"); got != "cold" {
				t.Errorf("its tag here is %v", got)
			}
			p.change("owner", number, map[string]any{"status": "open", "subject": "Printer burnt"})
			if got := p.value("globex/owner", there, "subject"); got != "Printer burnt" {
				t.Errorf("there it is called %v", got)
			}
		})
		run("S4-10 comments cross both ways, each once", func(t *testing.T) {
			p.say("globex/owner", there, "reply", "Have you tried water?")
			p.say("owner", number, "reply", "We have")
			p.say("globex/owner", there, "note", "They have no water")
			p.say("globex/owner", there, "local_note", "Poor people")
			want := []string{"reply: It all began with Printer on fire", "note: The customer is important", "local_note: Never tell them",
				"reply: Have you tried water?", "reply: We have", "note: They have no water"}
			if d := cmp.Diff(want, p.texts("owner", number)); d != "" {
				t.Error(d)
			}
			want = []string{"reply: It all began with Printer on fire", "note: The customer is important", "reply: Have you tried water?", "reply: We have", "note: They have no water", "local_note: Poor people"}
			if d := cmp.Diff(want, p.texts("globex/owner", there)); d != "" {
				t.Error(d)
			}
			a := p.as("owner").get(fmt.Sprintf("/tickets/%d/messages", number)).ok()
			if a.text("items.3.foreign.name") != "Olga Owner" || a.text("items.3.foreign.partner.name") != "Partner globex" || a.at("items.3.author") != nil {
				t.Errorf("its author is %v", a.at("items.3"))
			}
		})
		run("S4-11 the history says that an update came through sharing", func(t *testing.T) {
			a := p.as("owner").get(fmt.Sprintf("/tickets/%d/events?limit=100", number)).ok()
			shared, came := false, 0
			for i := range a.list("items") {
				at := fmt.Sprintf("items.%d.", i)
				shared = shared || a.text(at+"kind") == "ticket.partner.shared" && a.text(at+"partner.name") == "Partner globex"
				if a.text(at+"cause.kind") == "partner" && a.text(at+"cause.name") == "Olga Owner (Partner globex)" {
					came++
				}
			}
			if !shared || came < 4 {
				t.Errorf("shared %v, %d lines of the partner: %s", shared, came, a.raw)
			}
		})
		run("open screens hear how it goes with a copy, of which the history says nothing", func(t *testing.T) {
			heard := w.listen("owner")
			n := p.ticket("owner", "Heard of")
			p.share(n)
			if got := told(heard.heard(), "ticket"); !slices.Contains(got, fmt.Sprint("partner.changed ", n)) {
				t.Errorf("they hear %v", got)
			}
		})
		run("S4-27 C19 the partner sees what happens until it closes its copy", func(t *testing.T) {
			second := p.ticket("owner", "Second")
			copied := p.share(second)
			p.as("globex/owner").patch(fmt.Sprintf("/tickets/%d", copied), map[string]any{"status": "closed"}).ok()
			p.drain()
			if got := p.value("owner", second, "status"); got != "solved" {
				t.Errorf("here it is %v", got)
			}
			p.say("owner", second, "reply", "Are you there?")
			if got := p.link("owner", second).text("items.0.state"); got != "closed" {
				t.Errorf("the link is %v", got)
			}
		})
		run("S4-13 the sharer can unshare, S4-14 the receiver keeps an orphaned copy", func(t *testing.T) {
			id := p.link("owner", number).number("items.0.id")
			a := p.as("owner").delete(fmt.Sprintf("/tickets/%d/partners/%d", number, id)).ok()
			if a.text("state") != "ended" {
				t.Errorf("it is %s", a.raw)
			}
			p.drain()
			if got := p.link("globex/owner", there).text("items.0.state"); got != "orphaned" {
				t.Errorf("there it is %s", got)
			}
			before := len(p.texts("globex/owner", there))
			p.say("owner", number, "reply", "Nobody hears this")
			p.say("globex/owner", there, "reply", "Nor this")
			if got := p.texts("globex/owner", there); len(got) != before+1 {
				t.Errorf("there are %v", got)
			}
		})
		run("a ticket is shared again after an end, as a new one", func(t *testing.T) {
			again := p.share(number)
			if again == 0 || again == there {
				t.Errorf("it is %d there, and was %d: %s", again, there, p.link("owner", number).raw)
			}
		})
	})
}
