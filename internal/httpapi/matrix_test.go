package httpapi_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/app"
)

// The access matrix. A text file holds a world and, for each viewer, the
// expected sets; every door of the API is asked and all must agree. A new door
// joins doors below in the commit that adds it.

// matrix is one file, played into a world.
type matrix struct {
	*world
	tickets map[string]*matrixTicket
	asked   *bool // requests for access to every ticket stand
	order   []string
	links   map[string]*holder // of public links
}

type matrixTicket struct {
	number          int64
	reply, note     int64 // attachments of a reply and of a note
	replyID, noteID int64 // messages
	shares          map[string]int64
	letIn           bool // by a requester, which is a public line of its history
}

// expected is what one viewer should see.
type expected struct {
	who  string
	sets map[string][]string // open, listed, me, groups, internal, mine; own, dept, write, portal, copied: matrix_outside_test.go
}

func TestAccessMatrix(t *testing.T) {
	files, err := filepath.Glob("testdata/matrix/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatal("no matrix files", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			onEngines(t, func(t *testing.T, w *world) { playMatrix(t, w, string(text)) })
		})
	}
}

func playMatrix(t *testing.T, w *world, text string) {
	w.startLive()
	m := &matrix{world: w, tickets: map[string]*matrixTicket{}, asked: new(bool), links: map[string]*holder{}}
	var viewers []expected
	for line := range strings.Lines(text) {
		line, _, _ = strings.Cut(strings.TrimSpace(line), "#")
		words := strings.Fields(line)
		switch {
		case len(words) == 0:
		case words[0] == "expect":
			viewers = append(viewers, parseExpected(line))
		default:
			m.play(words)
		}
	}
	m.linkAll()
	for _, v := range viewers {
		for name, door := range v.doors() {
			t.Run(v.who+" at "+name, func(t *testing.T) {
				// The door reports through t, so that each has its own line.
				mine := *m
				world := *w
				world.TB = t
				mine.world = &world
				door(&mine, v)
			})
		}
	}
}

func parseExpected(line string) expected {
	words := strings.Fields(line)
	e := expected{who: words[1], sets: map[string][]string{}}
	rest := strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(strings.TrimPrefix(line, "expect")), words[1]))
	for part := range strings.SplitSeq(rest, "|") {
		if f := strings.Fields(part); len(f) > 0 {
			e.sets[f[0]] = f[1:]
		}
	}
	return e
}

func (e expected) has(set, ticket string) bool { return slices.Contains(e.sets[set], ticket) }

// play does one line of the world, as the owner.
func (m *matrix) play(words []string) {
	m.Helper()
	owner := m.as("owner")
	options := map[string]string{}
	for _, w := range words {
		if k, v, ok := strings.Cut(w, "="); ok {
			options[k] = v
		}
	}
	switch words[0] {
	case "ticket":
		m.ticket(words[1], words[2], options)
	case "share":
		body := terms([]map[string]any{m.target(words[2], words[3])}, "notify", false)
		if options["level"] != "" {
			body["level"] = options["level"]
		}
		if options["internal"] == "false" {
			body["see_internal"] = false
		}
		if h := options["hours"]; h != "" {
			n, _ := strconv.Atoi(h)
			body["expires_at"] = m.clock.now().Add(time.Duration(n) * time.Hour).Format(time.RFC3339)
		}
		x := m.tickets[words[1]]
		x.shares[words[2]+words[3]] = owner.post(at(x.number, "shares"), body).ok().number("items.0.id")
	case "unshare":
		x := m.tickets[words[1]]
		owner.delete(at(x.number, "shares", fmt.Sprint(x.shares[words[2]+words[3]]))).ok()
	case "assign":
		owner.patch(at(m.tickets[words[1]].number), map[string]any{"assignee_id": m.id(words[2])}).ok()
	case "move":
		owner.patch(at(m.tickets[words[1]].number), map[string]any{"inbox_id": m.acme().inboxes[words[2]]}).ok()
	case "spam":
		owner.post(at(m.tickets[words[1]].number, "spam"), nil).ok()
	case "delete":
		owner.delete(at(m.tickets[words[1]].number)).ok()
	case "wait":
		h, _ := strconv.Atoi(words[1])
		m.advance(time.Duration(h) * time.Hour)
	case "join":
		groups := []int64{m.acme().groups["Support"], m.acme().groups[words[2]]}
		m.must(m.app.UpdatePerson(m.Context(), m.system("acme"), m.id(words[1]), app.PersonPatch{Groups: &groups}))
	case "deletegroup":
		m.must(m.app.DeleteGroup(m.Context(), m.system("acme"), m.acme().groups[words[1]]))
	case "deactivate":
		m.must(m.app.DeactivatePerson(m.Context(), m.system("acme"), m.id(words[1])))
	case "role":
		perms := []dm.Permission{dm.TicketsEdit, dm.TicketsReply, dm.TicketsNote}
		id, err := m.app.CreateRole(m.Context(), m.system("acme"), app.RolePatch{Name: ptr("No notes"), Permissions: &perms})
		m.must(err)
		m.must(m.app.UpdatePerson(m.Context(), m.system("acme"), m.id(words[1]), app.PersonPatch{Roles: &[]int64{id}}))
	default:
		m.playOutside(words, options)
	}
}

func (m *matrix) target(kind, name string) map[string]any {
	switch kind {
	case "group":
		return m.group(name)
	case "requester":
		return m.requester(name)
	}
	return m.agent(name)
}

// ticket files a ticket with a reply and a note that each have a file.
func (m *matrix) ticket(name, inbox string, options map[string]string) {
	m.Helper()
	owner := m.as("owner")
	x := &matrixTicket{shares: map[string]int64{}}
	body := map[string]any{"subject": "Matrix " + name + " pelican", "text": "public word of " + name, "inbox_id": m.acme().inboxes[inbox], "requester_id": m.id("staff.one")}
	if r := options["requester"]; r != "" {
		body["requester_id"] = m.id(r)
	}
	if _, ok := options["group"]; ok {
		body["group_id"] = nil
	}
	if options["private"] == "true" {
		body["private"] = true
	}
	if kind := options["type"]; kind != "" {
		body["type"] = kind
	}
	if cc := options["cc"]; cc != "" {
		body["ccs"] = []string{m.address(cc)}
	}
	x.number = owner.post("/tickets", body).ok().number("number")
	x.reply = owner.post("/attachments?name=reply-"+name+".txt", "file of a reply").ok().number("id")
	x.note = owner.post("/attachments?name=note-"+name+".txt", "file of a note").ok().number("id")
	x.replyID = owner.post(at(x.number, "messages"), map[string]any{"kind": "reply", "text": "answer of " + name, "attachments": []int64{x.reply}}).ok().number("id")
	x.noteID = owner.post(at(x.number, "messages"), map[string]any{"kind": "note", "text": "secret toucan of " + name, "attachments": []int64{x.note}}).ok().number("id")
	m.tickets[name] = x
	m.order = append(m.order, name)
}

// linkAll links a ticket of each viewer's own... every ticket with the next, so
// that titles of linked tickets are a door as well.
func (m *matrix) linkAll() {
	owner := m.as("owner")
	for i := 1; i < len(m.order); i++ {
		a, b := m.tickets[m.order[i-1]], m.tickets[m.order[i]]
		answer := owner.post(at(a.number, "linked-tickets"), map[string]any{"kind": "related", "number": b.number})
		if answer.status == 403 || answer.status == 404 {
			continue // a deleted ticket cannot be linked
		}
		answer.ok()
	}
}

// named turns numbers back into the file's names, in the file's order.
func (m *matrix) named(numbers []int64) []string {
	var out []string
	for _, name := range m.order {
		if slices.Contains(numbers, m.tickets[name].number) {
			out = append(out, name)
		}
	}
	if len(out) != len(numbers) {
		m.Errorf("unknown or repeated tickets among %v", numbers)
	}
	return out
}

func (m *matrix) equal(what string, got, want []string) {
	m.Helper()
	if strings.Join(got, " ") != strings.Join(want, " ") {
		m.Errorf("%s: %v, expected %v", what, got, want)
	}
}

func agentOf(who string) bool {
	return !strings.HasPrefix(who[strings.IndexByte(who, '/')+1:], "staff.")
}

// doors are the API's doors to tickets, each asked for one viewer.
var doors = map[string]func(*matrix, expected){
	"get, by number and by parts": func(m *matrix, e expected) {
		c := m.as(e.who)
		for _, name := range m.order {
			x := m.tickets[name]
			for _, path := range []string{at(x.number), at(x.number, "messages"), at(x.number, "events")} {
				a := c.get(path)
				if want := e.has("open", name); (a.status == 200) != want || !want && a.status != 404 {
					m.Errorf("%s %s: status %d, may open: %v", name, path, a.status, want)
				}
			}
			if !e.has("open", name) {
				m.sameAsUnknown(c, x.number)
			}
		}
	},
	"lists and counts": func(m *matrix, e expected) {
		for view, set := range map[string]string{"all": "listed", "shared-with-me": "me", "shared-with-my-groups": "groups", "mine": "mine"} {
			if !agentOf(e.who) && view != "all" {
				continue
			}
			c, want := m.as(e.who), e.sets[set]
			if view == "all" {
				want = e.whole()
			}
			m.equal(view, m.named(c.get("/tickets?limit=200&view="+view).ok().numbers()), want)
			if n := c.get("/tickets/count?view=" + view).ok().number("count"); int(n) != len(want) {
				m.Errorf("count of %s: %d, expected %d", view, n, len(want))
			}
		}
	},
	"filters": func(m *matrix, e expected) {
		everything := anyOf(cond("number", "gt", 0), cond("created", "after", "2000-01-01"))
		m.equal("a filter that everything fits", m.filteredNames(e, everything), e.whole())
		words := func(set string) []string {
			return slices.DeleteFunc(slices.Clone(e.sets[set]), func(name string) bool { return !e.has("internal", name) })
		}
		note := cond("text", "contains", "toucan")
		m.equal("words of notes", m.filteredNames(e, note), words("listed"))
		if !agentOf(e.who) {
			return
		}
		m.equal("shared with me", m.filteredNames(e, cond("shared_with_agent", "is", "me")), e.sets["me"])
		m.equal("shared with my groups", m.filteredNames(e, cond("shared_with_group", "is", "mine")), e.sets["groups"])
		m.equal("words of notes, shared with me", m.filteredNames(e, allOf(cond("shared_with_agent", "is", "me"), note)), words("me"))
		m.equal("shared or not", m.filteredNames(e, anyOf(cond("is_shared", "is", true), cond("is_shared", "is", false))), e.sets["listed"])
		m.equal("files of notes", m.filteredNames(e, allOf(cond("has_attachment", "is", true), everything)), e.sets["listed"])
		m.equal("three messages", m.filteredNames(e, allOf(cond("messages", "gte", 3), everything)), words("listed"))
	},
	"search in subjects and replies": func(m *matrix, e expected) {
		m.equal("pelican", m.named(m.as(e.who).get("/tickets?limit=200&q=pelican").ok().numbers()), e.sets["listed"])
	},
	"search in notes": func(m *matrix, e expected) {
		var want []string
		for _, name := range e.sets["listed"] {
			if e.has("internal", name) {
				want = append(want, name)
			}
		}
		m.equal("toucan", m.named(m.as(e.who).get("/tickets?limit=200&q=toucan").ok().numbers()), want)
	},
	"jump by number": func(m *matrix, e expected) {
		for _, name := range m.order {
			got := m.as(e.who).get(fmt.Sprintf("/tickets?q=%%23%d", m.tickets[name].number)).ok().numbers()
			if (len(got) == 1) != e.has("open", name) {
				m.Errorf("#%s gives %v, may open: %v", name, got, e.has("open", name))
			}
		}
	},
	"notes in messages and history": func(m *matrix, e expected) {
		for _, name := range e.sets["open"] {
			x := m.tickets[name]
			raw := m.as(e.who).get(at(x.number, "messages") + "?limit=200").ok().raw
			if strings.Contains(raw, "toucan") != e.has("internal", name) {
				m.Errorf("%s: the note is readable: %v, expected %v", name, !e.has("internal", name), e.has("internal", name))
			}
			kinds := m.kinds(e.who, x.number)
			if slices.Contains(kinds, "ticket.share.created") && !x.letIn && !e.has("internal", name) {
				m.Errorf("%s: internal history is readable: %v", name, kinds)
			}
		}
	},
	"files": func(m *matrix, e expected) {
		c := m.as(e.who)
		for _, name := range m.order {
			x := m.tickets[name]
			for file, set := range map[int64]string{x.reply: "open", x.note: "internal"} {
				a := c.get(fmt.Sprintf("/attachments/%d", file))
				if want := e.has(set, name); (a.status == 200) != want || !want && a.status != 404 {
					m.Errorf("%s: a file of %s answers %d", name, set, a.status)
				}
			}
		}
	},
	"titles of linked tickets": func(m *matrix, e expected) {
		if !agentOf(e.who) {
			return
		}
		for _, name := range e.sets["open"] {
			raw := m.as(e.who).get(at(m.tickets[name].number, "linked-tickets")).ok().raw + m.as(e.who).get(at(m.tickets[name].number)).ok().raw
			for _, other := range m.order {
				if strings.Contains(raw, "Matrix "+other+" ") && !e.has("open", other) {
					m.Errorf("%s tells the title of %s", name, other)
				}
			}
		}
	},
	"home": func(m *matrix, e expected) {
		if !agentOf(e.who) {
			return
		}
		raw := m.as(e.who).get("/home").ok().raw
		for _, name := range m.order {
			want := e.has("mine", name) || e.has("me", name) || e.has("groups", name)
			if strings.Contains(raw, "Matrix "+name+" ") != want {
				m.Errorf("home shows %s: %v, expected %v", name, !want, want)
			}
		}
	},
	"who can see this": func(m *matrix, e expected) {
		if strings.Contains(e.who, "/") {
			return
		}
		for _, name := range m.order {
			a := m.as("owner").get(fmt.Sprintf("%s?person=%d", at(m.tickets[name].number, "access"), m.id(e.who))).ok()
			if got := a.text("items.0.level") != ""; got != e.has("open", name) {
				m.Errorf("the owner is told that %s sees %s: %v", e.who, name, got)
			}
			whole := m.as("owner").get(at(m.tickets[name].number, "access")).ok().raw
			if got := strings.Contains(whole, `"`+m.address(e.who)+`"`); got != e.has("open", name) {
				m.Errorf("the list of who sees %s has %s: %v", name, e.who, got)
			}
		}
	},
	"writing where one may not look": func(m *matrix, e expected) {
		c := m.as(e.who)
		for _, name := range m.order {
			if e.has("open", name) {
				continue
			}
			n := m.tickets[name].number
			for _, a := range []*answer{
				c.post(at(n, "messages"), map[string]any{"kind": "reply", "text": "let me in"}),
				c.patch(at(n), map[string]any{"priority": "low"}),
				c.delete(at(n)), c.get(at(n, "shares")), c.get(at(n, "access")), c.get(at(n, "linked-tickets")),
				c.post(at(n, "shares"), terms([]map[string]any{m.agent("owner")})),
				c.post(at(n, "leave"), nil), c.post(at(n, "merge"), map[string]any{"into": 1}),
			} {
				if a.status != 404 && a.status != 403 {
					m.Errorf("%s: %s answers %d", name, a.request, a.status)
				}
				if a.status == 403 && agentOf(e.who) && a.text("code") != "forbidden" {
					m.Errorf("%s: %s", name, a.raw)
				}
			}
		}
	},
	"mails about a message": func(m *matrix, e expected) {
		// Nobody is told of a note they may not read.
		m.mails("")
		for _, name := range m.order {
			a := m.as("owner").post(at(m.tickets[name].number, "messages"), map[string]any{"kind": "note", "text": "secret ibis"})
			if a.status == 403 {
				continue // deleted
			}
			a.ok()
			for _, mail := range m.mails(e.who) {
				if strings.Contains(mail.text, "ibis") && !e.has("internal", name) {
					m.Errorf("%s: a mail tells the note", name)
				}
				if !e.has("open", name) {
					m.Errorf("%s: a mail to somebody who cannot open it", name)
				}
			}
			m.mails("")
		}
	},
	"live line": func(m *matrix, e expected) {
		if m.as(e.who).get("/me").status == 401 {
			m.as(e.who).get("/live").is(401)
			return
		}
		l := m.listen(e.who)
		for _, name := range m.order {
			for _, kind := range []string{"reply", "note"} {
				taken := m.as("owner").post(at(m.tickets[name].number, "messages"), map[string]any{"kind": kind, "text": "heard"}).status == 201
				var want []string
				if set := map[string]string{"reply": "open", "note": "internal"}[kind]; taken && e.has(set, name) {
					want = append(want, fmt.Sprintf("ticket.message %d", m.tickets[name].number))
				}
				all := l.heard()
				var got []string
				for _, line := range told(all, "ticket") {
					if strings.HasPrefix(line, "ticket.message") {
						got = append(got, line)
					}
				}
				m.equal("a "+kind+" in "+name, got, want)
				if len(want) == 0 && len(all) > 0 && !e.has("open", name) {
					m.Errorf("of %s, which they cannot open, they hear %+v", name, all)
				}
			}
		}
	},
	"presence": func(m *matrix, e expected) {
		c := m.as(e.who)
		for _, name := range m.order {
			a := c.get(at(m.tickets[name].number, "presence"))
			switch may := e.has("open", name); {
			case may && agentOf(e.who) && a.status != 200, may && !agentOf(e.who) && a.status != 403, !may && a.status != 404 && a.status != 401:
				m.Errorf("%s: presence answers %d, may open: %v", name, a.status, may)
			}
		}
	},
	"webhook": func(m *matrix, e expected) {
		if agentOf(e.who) {
			m.webhooks(e)
		}
	},
	"public links": (*matrix).publicLinks,
	"own notifications": func(m *matrix, e expected) {
		raw := m.as(e.who).get("/notifications?limit=200").ok().raw
		for _, name := range m.order {
			if strings.Contains(raw, "Matrix "+name+" ") && !e.has("open", name) {
				m.Errorf("a notification tells the title of %s", name)
			}
		}
	},
}

// filteredNames gives the names of what a filter finds, and asks that the count
// is the same.
func (m *matrix) filteredNames(e expected, tree any) []string {
	m.Helper()
	return m.named(m.filtered(e.who, tree))
}

// sameAsUnknown requires that a ticket one may not see answers exactly as one
// that does not exist.
func (m *matrix) sameAsUnknown(c *client, number int64) {
	m.Helper()
	hidden, unknown := c.get(at(number)), c.get(at(987654321))
	strip := func(a *answer) string { return strings.ReplaceAll(a.raw, a.header.Get("X-Request-Id"), "") }
	if hidden.status != unknown.status || strip(hidden) != strip(unknown) {
		m.Errorf("a hidden ticket answers %s, an unknown one %s", hidden.raw, unknown.raw)
	}
}
