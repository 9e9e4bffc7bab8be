package httpapi_test

import (
	"fmt"
	"maps"
	"strings"
)

func init() { maps.Copy(doors, composeDoors) }

// composeDoors are the doors beside messages: drafts, readers, and requests for
// access.
var composeDoors = map[string]func(*matrix, expected){
	"own drafts": func(m *matrix, e expected) {
		c := m.as(e.who)
		var want []string
		for _, name := range m.order {
			n := m.tickets[name].number
			for _, a := range []*answer{
				c.do("PUT", at(n, "draft"), map[string]any{"text": "draft for " + name}), c.get(at(n, "draft")), c.delete(at(n, "draft")), c.do("PUT", at(n, "draft"), map[string]any{"text": "draft for " + name}),
			} {
				m.may(e, name, a)
			}
			if e.has("open", name) && agentOf(e.who) {
				want = append(want, name)
			}
		}
		if !agentOf(e.who) || c.get("/me").status == 401 {
			return
		}
		a := c.get("/drafts").ok()
		var numbers []int64
		for i := range a.list("items") {
			numbers = append(numbers, a.number(fmt.Sprintf("items.%d.ticket.number", i)))
		}
		m.equal("the list of drafts", m.named(numbers), want)
	},
	"readers": func(m *matrix, e expected) {
		for _, name := range m.order {
			m.may(e, name, m.as(e.who).get(at(m.tickets[name].number, "readers")))
		}
		if strings.Contains(e.who, "/") || e.who == "owner" || !agentOf(e.who) {
			return
		}
		// A message of each kind counts somebody among its readers when they may read
		// it: without them there is one less.
		for _, name := range m.order {
			a := m.as("owner").get(at(m.tickets[name].number, "readers")).ok()
			raw := m.as("owner").get(fmt.Sprintf("%s?person=%d", at(m.tickets[name].number, "access"), m.id(e.who))).ok().raw
			if named := strings.Contains(a.raw, fmt.Sprintf(`"kind":"agent","id":%d,`, m.id(e.who))); named && !e.has("open", name) {
				m.Errorf("%s counts among the readers of %s: %s", e.who, name, raw)
			}
			for _, kind := range []string{"note", "local_note"} {
				for i := range a.list(kind + ".names") {
					at := fmt.Sprintf("%s.names.%d.", kind, i)
					if a.text(at+"kind") == "agent" && a.number(at+"id") == m.id(e.who) && !e.has("internal", name) {
						m.Errorf("%s is named among the readers of a %s in %s", e.who, kind, name)
					}
				}
			}
		}
	},
	"whom to mention": func(m *matrix, e expected) {
		for _, name := range m.order {
			m.may(e, name, m.as(e.who).get(at(m.tickets[name].number, "mentionable")))
		}
	},
	"what one has read": func(m *matrix, e expected) {
		for _, name := range m.order {
			m.may(e, name, m.as(e.who).do("PUT", at(m.tickets[name].number, "seen"), map[string]any{"message": 1}))
			m.may(e, name, m.as(e.who).delete(at(m.tickets[name].number, "seen")))
		}
	},
	"requests for access": func(m *matrix, e expected) {
		if strings.Contains(e.who, "/") || !agentOf(e.who) || m.as(e.who).get("/me").status == 401 {
			return
		}
		c := m.as(e.who)
		// Others have asked for every ticket: once, since a day allows only so many.
		for _, name := range m.order {
			if *m.asked {
				break
			}
			m.as("restricted.agent").post(at(m.tickets[name].number, "access-requests"), map[string]any{"level": "edit"})
		}
		*m.asked = true
		m.drain()
		for _, name := range m.order {
			a := c.get(at(m.tickets[name].number, "access-requests"))
			if a.status != 404 != e.has("open", name) {
				m.Errorf("%s: the requests for it answer %d", name, a.status)
			}
		}
		raw := c.get("/access-requests?limit=200").ok().raw
		for _, name := range m.order {
			if strings.Contains(raw, "Matrix "+name+" ") && !e.has("open", name) {
				m.Errorf("a request tells the title of %s", name)
			}
		}
	},
	"asking for access": func(m *matrix, e expected) {
		if strings.Contains(e.who, "/") || !agentOf(e.who) || m.as(e.who).get("/me").status == 401 {
			return
		}
		// One of the numbers is of no ticket; whether it is the first or the last, all
		// answers are alike.
		var first string
		numbers := []int64{987654321}
		for _, name := range m.order[:min(len(m.order), 15)] {
			numbers = append(numbers, m.tickets[name].number)
		}
		for _, number := range numbers {
			a := m.as(e.who).post(at(number, "access-requests"), map[string]any{"level": "view"})
			if first == "" {
				first = fmt.Sprint(a.status, a.raw)
			}
			if got := fmt.Sprint(a.status, a.raw); got != first {
				m.Errorf("%d answers %s, not %s", number, got, first)
			}
		}
	},
}

// may checks that an answer is what agents get who can open a ticket, that
// requesters are refused, and that for everybody else there is no such ticket.
func (m *matrix) may(e expected, name string, a *answer) {
	m.Helper()
	switch may := e.has("open", name); {
	case may && agentOf(e.who) && a.status/100 != 2, may && !agentOf(e.who) && a.status != 403, !may && a.status != 404 && a.status != 401:
		m.Errorf("%s: %s answers %d, may open: %v", name, a.request, a.status, may)
	}
}
