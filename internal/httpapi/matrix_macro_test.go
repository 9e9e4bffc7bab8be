package httpapi_test

// Trying a macro on a ticket joins the doors of matrix_test.go.
func init() { doors["trying a macro"] = macroDoor }

// macroDoor: a macro is tried on what can be opened, and on nothing else.
func macroDoor(m *matrix, e expected) {
	c := m.as(e.who)
	if !agentOf(e.who) {
		c.get("/macros").is(403)
		c.post("/macros", map[string]any{"name": "x", "actions": []act{{"do": "note", "html": "x"}}}).is(403)
		return
	}
	id := c.post("/macros", map[string]any{"name": "Try", "actions": []act{{"do": "add_tags", "tags": []string{"tried"}}}}).is(201).number("id")
	for _, name := range m.order {
		a := c.post(at(m.tickets[name].number, "macro"), map[string]any{"macro_id": id, "preview": true})
		if e.has("open", name) {
			a.is(200)
		} else {
			a.is(404)
		}
	}
}
