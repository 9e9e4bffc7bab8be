package httpapi_test

import dm "github.com/deskmesh/deskmesh"

// viewSets are the views that an agent has, with the set that each shows.
var viewSets = map[string]string{"all": "listed", "shared-with-me": "me", "shared-with-my-groups": "groups", "mine": "mine"}

// The doors of views and exports join those of matrix_test.go.
func init() {
	doors["own views"] = ownViewsDoor
	doors["counts of the sidebar"] = sidebarDoor
	doors["recently unshared"] = unsharedDoor
	doors["exports"] = exportsDoor
}

func ownViewsDoor(m *matrix, e expected) {
	if !agentOf(e.who) {
		m.as(e.who).get("/views").is(403)
		return
	}
	for base, set := range viewSets {
		c := m.as(e.who)
		key := c.post("/views", map[string]any{"name": "Matrix", "base": base}).ok().text("key")
		m.equal("an own view of "+base, m.named(c.get("/tickets?limit=200&view="+key).ok().numbers()), e.sets[set])
		if n := c.get("/tickets/count?view=" + key).ok().number("count"); int(n) != len(e.sets[set]) {
			m.Errorf("count of an own view of %s: %d, expected %d", base, n, len(e.sets[set]))
		}
		if n := m.viewCounts(e.who)[key]; n != len(e.sets[set]) {
			m.Errorf("the sidebar counts %d of an own view of %s, expected %d", n, base, len(e.sets[set]))
		}
		c.delete("/views/" + key).ok()
	}
}

func sidebarDoor(m *matrix, e expected) {
	if !agentOf(e.who) {
		m.as(e.who).get("/views/counts").is(403)
		return
	}
	counts := m.viewCounts(e.who)
	for view, set := range viewSets {
		if counts[view] != len(e.sets[set]) {
			m.Errorf("the sidebar counts %d of %s, expected %d", counts[view], view, len(e.sets[set]))
		}
	}
	for view, n := range counts {
		if got := len(m.as(e.who).get("/tickets?limit=200&view=" + view).ok().numbers()); got != n {
			m.Errorf("the sidebar counts %d of %s, which lists %d", n, view, got)
		}
	}
	for view, set := range map[string]string{"shared-with-me": "me", "shared-with-my-groups": "groups"} {
		if m.hidden(e.who, view) != (len(e.sets[set]) == 0) {
			m.Errorf("%s is hidden: %v, with %v in it", view, m.hidden(e.who, view), e.sets[set])
		}
	}
}

// unsharedDoor lists what was unshared lately: some of what is listed, and never
// what one had through the share alone.
func unsharedDoor(m *matrix, e expected) {
	if !agentOf(e.who) {
		m.equal("unshared", m.named(m.as(e.who).get("/tickets?view=recently-unshared").ok().numbers()), nil)
		return
	}
	m.give(e.who, dm.SharesManage)
	list := m.as(e.who).get("/tickets?limit=200&view=recently-unshared").ok().numbers()
	for _, name := range m.named(list) {
		if !e.has("listed", name) {
			m.Errorf("%s was unshared and is not listed", name)
		}
	}
	if n := m.viewCounts(e.who)["recently-unshared"]; n != len(list) {
		m.Errorf("the sidebar counts %d unshared tickets of %d", n, len(list))
	}
}

func exportsDoor(m *matrix, e expected) {
	if !agentOf(e.who) {
		m.as(e.who).post("/exports", map[string]any{}).is(403)
		return
	}
	m.mayExport(e.who)
	columns := []string{"number", "subject", "shares"}
	for view, set := range viewSets {
		path := m.export(e.who, map[string]any{"view": view, "columns": columns})
		m.equal("export of "+view, m.named(m.exported(e.who, path)), e.sets[set])
		if got := m.as(e.who).get(path).ok().number("rows"); int(got) != len(e.sets[set]) {
			m.Errorf("the export of %s tells of %d rows, expected %d", view, got, len(e.sets[set]))
		}
		m.as(e.who).delete(path).ok()
	}
	path := m.export(e.who, map[string]any{"q": "pelican", "columns": columns})
	m.equal("export of a search", m.named(m.exported(e.who, path)), e.sets["listed"])
	m.as(e.who).delete(path).ok()
}
