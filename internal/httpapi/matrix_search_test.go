package httpapi_test

import (
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
)

func init() { maps.Copy(doors, searchDoors) }

// found gives the names of the tickets that a search finds, all pages of it.
func (m *matrix) found(who, q, rest string) []string {
	m.Helper()
	return m.named(m.as(who).get("/tickets?limit=200&q=" + url.QueryEscape(q) + rest).ok().numbers())
}

// readableIn gives those tickets of a set whose notes the viewer may read.
func (e expected) readableIn(set string) []string {
	var list []string
	for _, name := range e.sets[set] {
		if e.has("internal", name) {
			list = append(list, name)
		}
	}
	return list
}

// searchDoors are the ways in which a search shows or counts tickets.
var searchDoors = map[string]func(*matrix, expected){
	"search inside views": func(m *matrix, e expected) {
		if !agentOf(e.who) {
			return
		}
		for view, set := range map[string]string{"all": "listed", "shared-with-me": "me", "shared-with-my-groups": "groups", "mine": "mine"} {
			m.equal("pelican in "+view, m.found(e.who, "pelican", "&view="+view), e.sets[set])
			m.equal("toucan in "+view, m.found(e.who, "toucan", "&view="+view), e.readableIn(set))
			if n := m.as(e.who).get("/tickets/count?q=toucan&view=" + view).ok().number("count"); int(n) != len(e.readableIn(set)) {
				m.Errorf("count of toucan in %s: %d, expected %d", view, n, len(e.readableIn(set)))
			}
		}
	},
	"search by operators": func(m *matrix, e expected) {
		for q, want := range map[string][]string{
			"pelican is:open":              e.sets["listed"],
			`subject:pelican -heron`:       e.sets["listed"],
			`"secret toucan"`:              e.readableIn("listed"),
			"touca*":                       e.readableIn("listed"),
			"toucan pelican":               nil, // not in one message
			"subject:toucan":               nil,
			"file:reply":                   e.sets["listed"],
			"file:note":                    e.readableIn("listed"),
			`"note matrix"`:                nil,
			"is:open is:done":              nil,
			"pelican from:nobody.of.these": nil,
		} {
			m.equal(q, m.found(e.who, q, ""), want)
		}
		if agentOf(e.who) {
			for _, q := range []string{"-tag:heron", "-tag:heron -subject:x", "is:open", "-status:solved"} {
				m.equal(q, m.found(e.who, q, ""), e.sets["listed"])
			}
		}
	},
	"exclusion tells nothing of notes": func(m *matrix, e expected) {
		m.equal("pelican -toucan", m.found(e.who, "pelican -toucan", ""), e.sets["listed"])
		m.equal("is:open -toucan", m.found(e.who, "is:open -toucan", ""), slices.DeleteFunc(slices.Clone(e.sets["listed"]), func(name string) bool { return e.has("internal", name) }))
	},
	"counts of a search": func(m *matrix, e expected) {
		for q, want := range map[string][]string{"pelican": e.sets["listed"], "toucan": e.readableIn("listed"), "is:open": e.sets["listed"]} {
			a := m.as(e.who).get("/tickets/count?q=" + url.QueryEscape(q)).ok()
			if n := a.number("count"); int(n) != len(want) || a.at("more") != false {
				m.Errorf("count of %s: %s, expected %d", q, a.raw, len(want))
			}
		}
	},
	"what a search shows of messages": func(m *matrix, e expected) {
		for _, q := range []string{"pelican", "matrix", "answer", "toucan", "secret", "file:note", "note", "-nothing is:open", "pelican -toucan"} {
			a := m.as(e.who).get("/tickets?limit=200&q=" + url.QueryEscape(q)).ok()
			for i, number := range a.numbers() {
				name := m.named([]int64{number})[0]
				item := a.list("items")[i].(map[string]any)
				match, _ := item["match"].(map[string]any)
				shown := strings.Join(textsIn(match), " ")
				if !e.has("internal", name) && (strings.Contains(shown, "toucan") || strings.Contains(shown, "note")) {
					m.Errorf("%s in %s shows a note: %s", q, name, shown)
				}
			}
		}
	},
	"quick search": func(m *matrix, e expected) {
		for q, set := range map[string][]string{"pelic": e.sets["listed"], "touca": e.readableIn("listed"), "toucan": e.readableIn("listed"), "secret tou": e.readableIn("listed")} {
			a := m.as(e.who).get("/search?limit=10&q=" + url.QueryEscape(q)).ok()
			var numbers []int64
			for i := range a.list("tickets") {
				numbers = append(numbers, a.number(fmt.Sprintf("tickets.%d.number", i)))
			}
			if len(set) <= 10 {
				m.equal("quick "+q, m.named(numbers), set)
			}
			if agentOf(e.who) != (len(m.as(e.who).get("/search?q=agent").ok().list("people")) > 0) {
				m.Errorf("people: %s", a.raw)
			}
		}
		for _, name := range m.order {
			a := m.as(e.who).get("/search?q=" + url.QueryEscape("#"+itoa(m.tickets[name].number))).ok()
			if (len(a.list("tickets")) == 1) != e.has("open", name) {
				m.Errorf("quick jump to %s: %s, may open: %v", name, a.raw, e.has("open", name))
			}
		}
	},
}

// textsIn lists every text inside a JSON value but dates and kinds.
func textsIn(value any) []string {
	switch v := value.(type) {
	case string:
		return []string{v}
	case []any:
		var list []string
		for _, item := range v {
			list = append(list, textsIn(item)...)
		}
		return list
	case map[string]any:
		var list []string
		for key, item := range v {
			if key != "kind" && key != "created_at" {
				list = append(list, textsIn(item)...)
			}
		}
		return list
	}
	return nil
}
