package httpapi_test

import (
	"maps"
	"strings"
	"time"
)

func init() { maps.Copy(doors, replyDoors) }

// replyDoors are the doors to what is sent later and to what goes outside.
var replyDoors = map[string]func(*matrix, expected){
	"scheduled replies": func(m *matrix, e expected) {
		c := m.as(e.who)
		for _, name := range m.order {
			n := m.tickets[name].number
			// The owner schedules on every ticket that takes messages.
			made := m.as("owner").post(at(n, "messages"), map[string]any{"kind": "note", "text": "later of " + name, "send_at": m.from(24 * time.Hour)})
			m.may(e, name, c.get(at(n, "scheduled-replies")))
			if made.status != 202 {
				continue
			}
			id := made.number("id")
			shown := c.get(reply(id))
			switch sees := e.has("internal", name) && agentOf(e.who); {
			case sees && shown.status != 200, !sees && shown.status == 200:
				m.Errorf("%s: its scheduled note answers %d, sees notes: %v", name, shown.status, sees)
			}
			if raw := c.get(at(n, "scheduled-replies")).raw; strings.Contains(raw, "later of "+name) != (e.has("internal", name) && agentOf(e.who)) {
				m.Errorf("%s: the list of what is scheduled tells %s", name, raw)
			}
			m.as("owner").delete(reply(id)).is(204)
		}
		if agentOf(e.who) && c.get("/me").status != 401 {
			if raw := c.get("/scheduled-replies").ok().raw; e.who != "owner" && strings.Contains(raw, "later of") {
				m.Errorf("somebody else's stand in the own list: %s", raw)
			}
		}
	},
	"side conversations": func(m *matrix, e expected) {
		c := m.as(e.who)
		for _, name := range m.order {
			n := m.tickets[name].number
			m.as("owner").post(at(n, "forwards"), map[string]any{"to": []string{"eva@vendor.example"}, "subject": "Outside " + name, "text": "word outside of " + name})
			a := c.get(at(n, "side-conversations"))
			open, internal := e.has("open", name), e.has("internal", name) && agentOf(e.who)
			switch {
			case internal && a.status != 200, open && !internal && a.status != 403, !open && a.status != 404 && a.status != 401:
				m.Errorf("%s: its side conversations answer %d, may open %v, sees notes %v", name, a.status, open, internal)
			}
			if raw := c.get(at(n, "messages") + "?limit=200").raw; strings.Contains(raw, "word outside of") && !internal {
				m.Errorf("%s: the messages tell what went outside: %s", name, raw)
			}
			b := c.post(at(n, "forwards"), map[string]any{"to": []string{"x@vendor.example"}, "text": "mine"})
			if !open && b.status != 404 && b.status != 401 || open && b.status/100 != 2 && b.status != 403 {
				m.Errorf("%s: forwarding answers %d, may open %v", name, b.status, open)
			}
			if b.status/100 == 2 && !internal {
				m.Errorf("%s: forwarded without sight of notes", name)
			}
		}
	},
}
