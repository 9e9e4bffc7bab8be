package httpapi_test

import (
	"fmt"
	"slices"
	"strings"

	dm "github.com/deskmesh/deskmesh"
)

// The doors of bulk work and of the list of all shares join those of
// matrix_test.go.
func init() {
	doors["bulk work"] = bulkDoor
	doors["all shares"] = allSharesDoor
	doors["letters about many tickets"] = bulkLettersDoor
}

// bulkDoor: a list of a bulk has what is listed, a named number is what can be
// opened, and a failure tells no more than that it failed.
func bulkDoor(m *matrix, e expected) {
	change := map[string]any{"add_tags": []string{"bulk"}}
	if !agentOf(e.who) {
		m.as(e.who).post("/bulk", map[string]any{"list": map[string]any{}, "change": change}).is(403)
		return
	}
	m.give(e.who, dm.TicketsEdit)
	c := m.as(e.who)
	for view, set := range viewSets {
		a := c.post("/bulk", map[string]any{"list": map[string]any{"view": view}, "change": change, "preview": true}).is(200)
		same(m, "a preview of "+view+" counts", a.at("count"), len(e.sets[set]))
		for i := range a.list("refused") {
			if number := a.number(fmt.Sprintf("refused.%d.number", i)); !slices.Contains(e.sets[set], m.named([]int64{number})[0]) {
				m.Errorf("a preview of %s names %d: %s", view, number, a.raw)
			}
		}
	}
	var numbers []int64
	for _, name := range m.order {
		numbers = append(numbers, m.tickets[name].number)
	}
	for _, preview := range []bool{true, false} {
		a := c.post("/bulk", map[string]any{"tickets": numbers, "change": map[string]any{"remove_tags": []string{"nothing"}}, "preview": preview}).is(200)
		list := map[bool]string{true: "refused", false: "failures"}[preview]
		hidden := 0
		for _, line := range failures(a, list) {
			if strings.HasSuffix(line, " not_found") {
				hidden++
			}
		}
		same(m, "tickets that are not found", hidden, len(m.order)-len(e.sets["open"]))
		for _, name := range m.order {
			if strings.Contains(a.raw, "Matrix "+name+" ") && !e.has("open", name) {
				m.Errorf("a bulk tells the title of %s: %s", name, a.raw)
			}
		}
	}
}

// allSharesDoor: every share is listed, and a ticket named to those alone who
// can open it.
func allSharesDoor(m *matrix, e expected) {
	if !agentOf(e.who) {
		m.as(e.who).get("/shares").is(403)
		return
	}
	m.give(e.who, dm.SharesManage)
	a := m.as(e.who).get("/shares?limit=200").ok()
	for i := range a.list("items") {
		at := fmt.Sprintf("items.%d.ticket.", i)
		number := a.at(at + "number")
		if (number != nil) != (a.at(at+"visible") == true) || (number != nil) != (a.at(at+"subject") != nil) {
			m.Errorf("a line is half visible: %s", a.raw)
		}
		if number != nil && !e.has("open", m.named([]int64{a.number(at + "number")})[0]) {
			m.Errorf("a line names ticket %v: %s", number, a.raw)
		}
	}
	for _, name := range m.order {
		if strings.Contains(a.raw, "Matrix "+name+" ") && !e.has("open", name) {
			m.Errorf("the list tells the title of %s: %s", name, a.raw)
		}
	}
}

// bulkLettersDoor: a letter about many tickets is composed for what its reader
// can open then. Everything is shared with them and taken back before it is
// written.
func bulkLettersDoor(m *matrix, e expected) {
	if !agentOf(e.who) || strings.Contains(e.who, "/") || e.who == "owner" || m.as(e.who).get("/me").status == 401 {
		return
	}
	m.mails("")
	owner := m.as("owner")
	var numbers []int64
	for _, name := range m.order {
		numbers = append(numbers, m.tickets[name].number)
	}
	target := whom(m.agent(e.who))
	made := owner.post("/bulk", map[string]any{"tickets": numbers, "share": terms(target)}).is(200).list("changed")
	owner.post("/bulk", map[string]any{"tickets": made, "unshare": map[string]any{"targets": target}}).is(200)
	for _, mail := range m.mails(e.who) {
		for _, name := range m.order {
			if strings.Contains(mail.raw+mail.text, "Matrix "+name+" ") && !e.has("open", name) {
				m.Errorf("a letter tells the title of %s:\n%s", name, mail.text)
			}
		}
	}
	// The shares that the file has were there before, and stay.
	same(m, "seen after", len(m.as(e.who).get("/tickets?limit=200").ok().numbers()), len(e.sets["listed"]))
}
