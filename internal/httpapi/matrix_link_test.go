package httpapi_test

import (
	"fmt"
	"slices"
	"strings"
)

// publicLinks asks the door of public links for one viewer: for each ticket they
// try to make one. They can for the tickets that they open, may share and may
// forward, and whoever holds the link reads the public part of that ticket, its
// files, and nothing of any other.
func (m *matrix) publicLinks(e expected) {
	m.Helper()
	m.set("links.enabled", true)
	defer m.set("links.enabled", false)
	c := m.as(e.who)
	for _, name := range m.order {
		x := m.tickets[name]
		path := at(x.number, "links")
		made := c.post(path, map[string]any{"level": "comment"})
		if !e.has("open", name) || !agentOf(e.who) {
			if want := map[bool]int{true: 403, false: 404}[e.has("open", name)]; made.status != want {
				m.Errorf("a link to %s: status %d, want %d", name, made.status, want)
			}
			continue
		}
		ticket := c.get(at(x.number)).ok()
		rights := ticket.list("rights")
		// Another door may have made the viewer an administrator of shares.
		share := slices.Contains(rights, any("share")) || slices.Contains(c.get("/me").ok().list("permissions"), any("shares.manage")) && e.has("listed", name)
		may := share && slices.Contains(rights, any("forward")) && ticket.at("private") == false && ticket.at("spam") == false && ticket.at("deleted") == false
		if (made.status == 201) != may || !may && made.status != 403 && made.status != 409 {
			m.Errorf("a link to %s: status %d, rights %v", name, made.status, rights)
		}
		if made.status != 201 {
			continue
		}
		h := m.holding(made.text("address"))
		texts := strings.Join(h.reads(), "\n")
		if !strings.Contains(texts, "public word of "+name) || !strings.Contains(texts, "answer of "+name) || strings.Contains(texts, "toucan") || strings.Contains(texts, "ibis") {
			m.Errorf("a link to %s reads %q", name, texts)
		}
		for _, other := range m.order {
			if other != name && strings.Contains(texts, " of "+other+"\n") {
				m.Errorf("a link to %s reads of %s: %q", name, other, texts)
			}
			y := m.tickets[other]
			if got := h.fileText(y.reply); (got == "file of a reply") != (other == name) {
				m.Errorf("a link to %s gives for a file of %s %q", name, other, got)
			}
			if got := h.fileText(y.note); got != "closed" {
				m.Errorf("a link to %s gives a note's file of %s", name, other)
			}
		}
		c.delete(fmt.Sprint(path, "/", made.number("id"))).ok()
		if !h.dead() || h.fileText(x.reply) != "closed" {
			m.Errorf("a link to %s opens after it was revoked", name)
		}
	}
}
