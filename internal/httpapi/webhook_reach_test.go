package httpapi_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	dm "github.com/deskmesh/deskmesh"
)

// A webhook is told of what its reach covers, and of nothing else.
func TestWebhookReach(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		owner := w.as("owner")
		hr, wide, group, narrow := w.receiver(), w.receiver(), w.receiver(), w.receiver()
		created := []string{"ticket.created"}
		w.hook(hr.url, "events", created, "brands", []int64{w.acme().brands["People"]})
		w.hook(wide.url, "events", created, "see_internal", true)
		w.hook(group.url, "events", created, "groups", []int64{w.acme().groups["Accounts"]})
		w.hook(narrow.url, "events", created, "brands", []int64{w.acme().brands["People"]}, "inboxes", []int64{w.acme().inboxes["accounts"]})
		w.file("accounts", "In accounts")
		w.file("hr", "In HR")
		w.file("accounts", "Private", map[string]any{"private": true})
		w.file("accounts", "No group", map[string]any{"group_id": nil})
		w.as("globex/owner").post("/tickets", map[string]any{"subject": "Of globex", "text": "x", "inbox_id": w.desks["globex"].inboxes["hr"], "requester_id": w.id("globex/staff.one")}).ok()
		subjects := func(r *receiver) []any {
			list := []any{}
			for _, g := range r.take(w) {
				list = append(list, g.at("data.ticket.subject"))
			}
			return list
		}
		same(t, "hr", subjects(hr), "[In HR]")
		same(t, "everything", subjects(wide), "[In accounts In HR Private No group]")
		same(t, "a group", subjects(group), "[In accounts]")
		same(t, "nothing", subjects(narrow), "[]")
		// Neither an assignment nor a share gives a webhook anything.
		n := w.file("accounts", "Shared")
		w.share(n, w.group("HR"))
		owner.patch(at(n), map[string]any{"assignee_id": w.id("accounts.agent")}).ok()
		same(t, "after sharing", subjects(hr), "[]")
		// A group that is deleted takes its tickets out of the reach.
		away := owner.post("/groups", map[string]any{"name": "Away", "members": []int64{w.id("owner")}}).ok().number("id")
		gone := w.receiver()
		w.hook(gone.url, "events", created, "groups", []int64{away})
		w.file("accounts", "Last", map[string]any{"group_id": away})
		w.must(w.app.DeleteGroup(t.Context(), w.system("acme"), away))
		same(t, "a deleted group", subjects(gone), "[]")
	})
}

// Without see internal there is no note, no event of a note, and no internal
// change; a local note is told to nobody.
func TestWebhookSeesInternal(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		owner := w.as("owner")
		public, inner := w.receiver(), w.receiver()
		publicPath, _ := w.hook(public.url)
		innerPath, _ := w.hook(inner.url, "see_internal", true)
		n := w.file("accounts", "Salaries")
		for _, kind := range []string{"reply", "note", "local_note"} {
			owner.post(at(n, "messages"), map[string]any{"kind": kind, "text": "word of " + kind}).ok()
		}
		owner.patch(at(n), map[string]any{"priority": "high", "subject": "Wages"}).ok()
		w.share(n, w.agent("hr.agent"))
		got := public.take(w)
		same(t, "public", types(got), "[ticket.created ticket.message ticket.message ticket.updated ticket.updated ticket.share.created]")
		for _, g := range got {
			if strings.Contains(g.raw, "word of note") || strings.Contains(g.raw, "local_note") || strings.Contains(g.raw, `"field":"priority"`) {
				t.Errorf("told %s", g.raw)
			}
			if g.at("data.ticket.messages") != nil || slices.Contains(g.at("data.ticket.rights").([]any), any("see_internal")) {
				t.Errorf("the ticket is told as %v", g.at("data.ticket"))
			}
		}
		got = inner.take(w)
		same(t, "internal", types(got), "[ticket.created ticket.message ticket.message ticket.updated ticket.message ticket.updated ticket.updated ticket.share.created]")
		notes := 0
		for _, g := range got {
			notes += strings.Count(g.raw, "word of note")
			if strings.Contains(g.raw, "word of local") || g.at("data.ticket.messages") != nil {
				t.Errorf("told %s", g.raw)
			}
		}
		same(t, "notes", notes, 1)
		if shared := got[len(got)-1]; shared.at("data.event.share.target.name") != "Hr Agent" || shared.at("data.event.actor.name") != "Olga Owner" ||
			shared.at("data.event.cause.kind") != "person" || shared.at("data.event.share.new.level") != "edit" {
			t.Errorf("the share is told as %v", shared.at("data.event"))
		}

		// What waits is decided again: see internal taken away stops a note.
		owner.post(at(n, "messages"), map[string]any{"kind": "note", "text": "one more"}).ok()
		owner.patch(innerPath, map[string]any{"see_internal": false}).ok()
		same(t, "a note that waited", len(inner.take(w)), 0)
		owner.patch(publicPath, map[string]any{"see_internal": true}).ok()
		if told := public.take(w); strings.Contains(fmt.Sprint(told), "one more") {
			t.Errorf("a note from before: %v", told)
		}
		w.dumpHides("whsec_")
	})
}

// A condition is decided when the event is told, and asks nothing of internal
// content.
func TestWebhookCondition(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		owner := w.as("owner")
		high, word, shared := w.receiver(), w.receiver(), w.receiver()
		w.hook(high.url, "condition", map[string]any{"all": []any{map[string]any{"field": "priority", "op": "in", "value": []string{"high", "urgent"}},
			map[string]any{"field": "inbox", "op": "is", "value": w.acme().inboxes["accounts"]}}})
		w.hook(word.url, "see_internal", true, "condition", map[string]any{"field": "text", "op": "contains", "value": "toucan"})
		w.hook(shared.url, "events", []string{"ticket.share.created"}, "condition", map[string]any{"field": "shared_with_group", "op": "is", "value": w.acme().groups["HR"]})
		low, urgent := w.file("accounts", "Low"), w.file("accounts", "Urgent", map[string]any{"priority": "urgent"})
		w.file("hr", "Urgent elsewhere", map[string]any{"priority": "urgent"})
		got := high.take(w)
		same(t, "high", types(got), "[ticket.created ticket.message]")
		same(t, "high", got[0].at("data.ticket.number"), urgent)
		owner.post(at(low, "messages"), map[string]any{"kind": "local_note", "text": "a toucan"}).ok()
		owner.post(at(low, "messages"), map[string]any{"kind": "note", "text": "a toucan"}).ok()
		owner.patch(at(low), map[string]any{"subject": "Still low"}).ok()
		same(t, "words of notes", len(word.take(w)), 0)
		owner.post(at(low, "messages"), map[string]any{"kind": "reply", "text": "a toucan"}).ok()
		same(t, "words of replies", types(word.take(w)), "[ticket.message ticket.updated]")
		w.share(low, w.agent("hr.agent"))
		w.share(urgent, w.group("HR"))
		got = shared.take(w)
		same(t, "shared with HR", len(got), 1)
		same(t, "shared with HR", got[0].at("data.ticket.number"), urgent)
	})
}

// What is taken away before a try is not told by it.
func TestWebhookRevocation(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		owner := w.as("owner")
		for name, take := range map[string]func(path string, n int64){
			"the ticket moves": func(_ string, n int64) {
				owner.patch(at(n), map[string]any{"inbox_id": w.acme().inboxes["hr"]}).ok()
			},
			"the ticket becomes private": func(_ string, n int64) { owner.patch(at(n), map[string]any{"private": true}).ok() },
			"the ticket is deleted":      func(_ string, n int64) { owner.delete(at(n)).ok() },
			"the reach shrinks": func(path string, _ int64) {
				owner.patch(path, map[string]any{"inboxes": []int64{w.acme().inboxes["support"]}}).ok()
			},
			"the group changes": func(_ string, n int64) {
				owner.patch(at(n), map[string]any{"group_id": w.acme().groups["Support"]}).ok()
			},
		} {
			for _, moment := range []string{"before it is fanned out", "between two tries"} {
				t.Run(name+" "+moment, func(t *testing.T) {
					w := w.in(t)
					r := w.receiver()
					path, _ := w.hook(r.url, "events", []string{"ticket.message"}, "inboxes", []int64{w.acme().inboxes["accounts"]}, "groups", []int64{w.acme().groups["Accounts"]})
					n := w.file("accounts", "Secret subject")
					r.take(w)
					r.answers(503)
					owner.post(at(n, "messages"), map[string]any{"kind": "reply", "text": "secret word"}).ok()
					var dropped []string
					if moment == "between two tries" {
						same(t, "the first try", len(r.take(w)), 1)
						dropped = []string{"delivered", "dropped"}
					} else {
						dropped = []string{"delivered"}
					}
					take(path, n)
					r.answers(204)
					w.advance(11e9)
					if got := r.take(w); len(got) != 0 {
						t.Errorf("told %s", got[0].raw)
					}
					same(t, "log", w.log(path), dropped)
					owner.delete(path).ok()
				})
			}
		}
	})
}

// The administrator who reads the log sees of each ticket what they may open.
func TestWebhookLogHidesTickets(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		r := w.receiver()
		path, _ := w.hook(r.url, "events", []string{"ticket.created"})
		n := w.file("accounts", "Salaries")
		r.take(w)
		w.addAgent("acme", worldAgent{name: "keeper", role: "agent", scope: dm.RestrictedScope})
		w.as("owner").patch(w.person("keeper"), map[string]any{"roles": []int64{w.role("Keeper", "webhooks.manage")}}).is(200)
		list := w.as("owner").get(path + "/deliveries").ok()
		same(t, "owner", []any{list.at("items.0.ticket.visible"), list.at("items.0.ticket.number"), list.at("items.0.ticket.subject"), list.at("items.0.kind")}, []any{true, n, "Salaries", "ticket.created"})
		one := fmt.Sprintf("%s/deliveries/%d", path, list.number("items.0.id"))
		for _, a := range []*answer{w.as("keeper").get(path + "/deliveries"), w.as("keeper").get(one), w.as("keeper").post(one+"/retry", nil)} {
			a.is(200)
			if at := a.at("items.0.ticket"); at == nil {
				same(t, a.request, a.at("ticket"), map[string]any{"number": nil, "subject": nil, "visible": false})
			} else {
				same(t, a.request, at, map[string]any{"number": nil, "subject": nil, "visible": false})
			}
			if strings.Contains(a.raw, "Salaries") {
				t.Errorf("%s tells %s", a.request, a.raw)
			}
		}
		w.share(n, w.agent("keeper"))
		same(t, "shared with", w.as("keeper").get(one).ok().text("ticket.subject"), "Salaries")
	})
}
