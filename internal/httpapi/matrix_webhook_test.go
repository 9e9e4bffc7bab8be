package httpapi_test

import (
	"slices"
	"strings"
)

// webhooks asks the door of webhooks for one viewer: two of them with the
// viewer's own reach, one that sees internal content and one that does not, are
// told of what the viewer lists but for assignments, and of nothing else.
func (m *matrix) webhooks(e expected) {
	m.Helper()
	if strings.Contains(e.who, "/") {
		m.foreignWebhook(e)
		return
	}
	person := m.as("owner").get(m.person(e.who)).ok()
	inner, public := m.receiver(), m.receiver()
	for r, internal := range map[*receiver]bool{inner: true, public: false} {
		more := []any{"see_internal", internal}
		for _, part := range []string{"brands", "inboxes"} {
			if person.at("all_"+part) != true {
				more = append(more, part, person.at(part))
			}
		}
		switch person.text("scope") {
		case "group":
			more = append(more, "groups", person.at("groups"))
		case "restricted":
			more = append(more, "groups", []int64{})
		}
		path, _ := m.hook(r.url, more...)
		defer func() { m.as("owner").delete(path).ok() }()
	}
	m.drain()
	for _, name := range m.order {
		m.as("owner").post(at(m.tickets[name].number, "messages"), map[string]any{"kind": "reply", "text": "public heron of " + name})
		m.as("owner").post(at(m.tickets[name].number, "messages"), map[string]any{"kind": "note", "text": "secret ibis of " + name})
	}
	told, open := m.told(inner), m.told(public)
	for _, name := range m.order {
		ticket := m.as("owner").get(at(m.tickets[name].number))
		live := ticket.at("deleted") == false
		spam := ticket.at("spam") == true && e.has("open", name) // reach opens it, no list has it
		switch hears := slices.Contains(told, name); {
		case hears && !e.has("listed", name) && !spam:
			m.Errorf("a webhook with the reach of %s hears of %s", e.who, name)
		case !hears && live && e.has("listed", name) && !e.has("mine", name):
			m.Errorf("a webhook with the reach of %s does not hear of %s", e.who, name)
		}
		if want := slices.Contains(told, name) && ticket.at("private") == false; slices.Contains(open, name) != want {
			m.Errorf("a public webhook with the reach of %s hears of %s: %v", e.who, name, !want)
		}
	}
}

// told runs the jobs and gives the tickets that a receiver was told of. Nothing
// of another ticket may stand in what it was told, and a note only where it sees
// internal content.
func (m *matrix) told(r *receiver) []string {
	m.Helper()
	got := r.take(m.world)
	var names []string
	for _, name := range m.order {
		for _, g := range got {
			if strings.Contains(g.raw, "heron of "+name) && !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	for _, g := range got {
		for _, name := range m.order {
			if strings.Contains(g.raw, "Matrix "+name+" ") && !slices.Contains(names, name) {
				m.Errorf("a webhook is told the title of %s: %s", name, g.raw)
			}
		}
		seesInternal := slices.Contains(g.at("data.ticket.rights").([]any), any("see_internal"))
		if strings.Contains(g.raw, "ibis") && !seesInternal {
			m.Errorf("a public webhook is told a note: %s", g.raw)
		}
	}
	return names
}

// foreignWebhook shows that a webhook of another account hears of nothing here.
func (m *matrix) foreignWebhook(e expected) {
	m.Helper()
	slug, _, _ := strings.Cut(e.who, "/")
	r := m.receiver()
	m.as(slug+"/owner").post("/webhooks", map[string]any{"name": "Robot", "url": r.url, "events": []string{"all"}, "see_internal": true}).ok()
	for _, name := range m.order {
		m.as("owner").post(at(m.tickets[name].number, "messages"), map[string]any{"kind": "reply", "text": "public heron of " + name})
	}
	if got := r.take(m.world); len(got) > 0 {
		m.Errorf("a webhook of %s hears of %s", slug, got[0].raw)
	}
}
