package httpapi_test

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
	"github.com/deskmesh/deskmesh/internal/app"
)

// People outside the desk in the access matrix: requesters as the portal knows
// them, and holders of public links, who stand in a file as link/NAME.
//
// Their sets: own is what they asked for, dept what sight of their department
// gives, write what they may answer (their own, where a file does not say), and
// portal what an agent sees there, which is open for requesters. Whoever stands in
// copy is in copied where that alone does not open the ticket: replies reach them.

// whole is what the list of everything has: for requesters their shares, too,
// which a search leaves out.
func (e expected) whole() []string {
	if agentOf(e.who) {
		return e.sets["listed"]
	}
	return e.sets["open"]
}

func (e expected) portal() []string {
	if agentOf(e.who) {
		return e.sets["portal"]
	}
	return e.sets["open"]
}

// found is what a search in the portal has.
func (e expected) found() []string {
	if agentOf(e.who) {
		return e.sets["portal"]
	}
	return e.sets["listed"]
}

func (e expected) writes(ticket string) bool {
	if _, said := e.sets["write"]; said {
		return e.has("write", ticket)
	}
	return e.has("own", ticket)
}

// doors are those that somebody stands at.
func (e expected) doors() map[string]func(*matrix, expected) {
	if strings.HasPrefix(e.who, "link/") {
		return linkDoors
	}
	if strings.HasPrefix(e.who, "partner/") {
		return partnerDoors
	}
	return doors
}

func init() { maps.Copy(doors, portalDoors) }

// playOutside does the lines that are about people outside the desk.
func (m *matrix) playOutside(words []string, options map[string]string) {
	m.Helper()
	switch words[0] {
	case "set":
		for key, value := range options {
			if on, err := strconv.ParseBool(value); err == nil {
				m.set(key, on)
			} else {
				m.set(key, value)
			}
		}
	case "requester":
		m.outsider(words[1], options)
	case "letin", "copy", "remove":
		x := m.tickets[words[1]]
		x.letIn = x.letIn || words[0] == "letin"
		m.circle(words[0], x.number, options)
	case "private":
		m.as("owner").patch(at(m.tickets[words[1]].number), map[string]any{"private": true}).ok()
	case "link":
		m.giveLink(words[1], words[2], options)
	case "revoke":
		h := m.links[words[1]]
		door, err := h.app.LinkDoor(m.Context(), &h.visit)
		m.must(err)
		m.change(m.system("acme"), dm.Change{Number: door.Number, PublicLinks: dm.LinkChanges{Revoke: []int64{door.Link.ID}}})
	default:
		m.Fatalf("no such line: %v", words)
	}
}

// outsider makes a requester, or changes one who is there.
func (m *matrix) outsider(who string, options map[string]string) {
	m.Helper()
	slug := "acme"
	if at := strings.IndexByte(who, '/'); at > 0 {
		slug = who[:at]
	}
	desk, name := m.split(who)
	owner := m.as(slug + "/owner")
	if desk.people[name] == 0 {
		desk.people[name] = owner.post("/people", map[string]any{"kind": "requester", "name": title(name), "address": m.address(who)}).ok().number("id")
	}
	body := map[string]any{}
	for key, property := range map[string]string{"tickets": "department_tickets", "changes": "department_changes"} {
		if options[key] != "" {
			body[property] = options[key]
		}
	}
	switch department := options["department"]; department {
	case "":
	case "none":
		body["department_id"] = nil
	default:
		body["department_id"] = desk.departments[department]
	}
	if company := options["company"]; company != "" {
		body["company_id"] = m.company(company)
	}
	owner.patch(fmt.Sprint("/people/", desk.people[name]), body).ok()
}

// company gives a company of acme, made when it is named first.
func (m *matrix) company(name string) int64 {
	m.Helper()
	owner := m.as("owner")
	if found := owner.get("/companies?q=" + name).ok(); len(found.list("items")) > 0 {
		return found.number("items.0.id")
	}
	return owner.post("/companies", map[string]any{"name": name}).ok().number("id")
}

// circle has a requester let people in, put them in copy, or take both back, as
// the portal's pages do.
func (m *matrix) circle(act string, number int64, options map[string]string) {
	m.Helper()
	by := m.viewer(options["by"]).AsRequester()
	var addresses []string
	for who := range strings.SplitSeq(options["with"], ",") {
		addresses = append(addresses, m.address(who))
	}
	ch := dm.Change{Number: number, Via: dm.ViaPortal}
	switch act {
	case "letin":
		ch.LetIn = &dm.LetIn{Addresses: addresses, Level: dm.Level(options["level"])}
	case "copy":
		ch.AddCCs = addresses
	default:
		page, err := m.app.PortalTicket(m.Context(), by, number)
		m.must(err)
		for i := range page.Members {
			if p := &page.Members[i]; p.ID == m.id(options["with"]) && p.ShareID != 0 {
				ch.Unshare = append(ch.Unshare, p.ShareID)
			} else if p.ID == m.id(options["with"]) {
				ch.RemoveCCs = append(ch.RemoveCCs, p.ID)
			}
		}
		if len(ch.Unshare)+len(ch.RemoveCCs) == 0 {
			m.Fatalf("%s is not in on %d", options["with"], number)
		}
	}
	m.change(by, ch)
}

func (m *matrix) change(by *access.Viewer, ch dm.Change) {
	m.Helper()
	m.advance(time.Millisecond)
	_, err := m.app.Apply(m.Context(), by, ch)
	m.must(err)
}

// giveLink makes a public link, as an agent does or as a requester in the portal.
func (m *matrix) giveLink(name, ticket string, options map[string]string) {
	m.Helper()
	m.set("links.enabled", true)
	by := m.viewer(options["by"])
	n := dm.NewPublicLink{Level: dm.Level(options["level"])}
	if h := options["hours"]; h != "" {
		hours, err := strconv.Atoi(h)
		m.must(err)
		n.ExpiresAt = ptr(m.db.Now().Add(time.Duration(hours) * time.Hour))
	}
	res, err := m.app.MakePublicLink(m.Context(), by, m.tickets[ticket].number, n, "")
	m.must(err)
	m.links[name] = m.holding("http://acme.localhost/s/" + res.Secret)
}

// refused checks that somebody outside gets what everybody gets who may not: not
// found where they cannot open the ticket, else forbidden.
func (m *matrix) refused(what string, err error, open bool) {
	m.Helper()
	want := dm.NotFound
	if open {
		want = dm.Forbidden
	}
	if dm.CodeOf(err) != want {
		m.Errorf("%s: %v, may open: %v", what, err, open)
	}
}

// secrets are words that stand in notes, and nowhere else.
var secrets = []string{"toucan", "ibis", "later of", "word outside of", "file of a note", "note-T"}

func (m *matrix) tellsNoNote(what string, shown any) {
	m.Helper()
	text := fmt.Sprintf("%+v", shown)
	for _, secret := range secrets {
		if strings.Contains(text, secret) {
			m.Errorf("%s tells of a note: %s", what, secret)
		}
	}
}

// portalDoors are the portal's, where everybody is a requester.
var portalDoors = map[string]func(*matrix, expected){
	"portal: lists, counts, searches": func(m *matrix, e expected) {
		v := m.viewer(e.who).AsRequester()
		shared := e.sets["me"]
		if agentOf(e.who) {
			shared = nil // shares with an agent are for the workspace
		}
		for view, want := range map[app.View][]string{app.ViewAll: e.portal(), app.ViewRequested: e.sets["own"], app.ViewSharedWithMe: shared, app.ViewDepartment: e.sets["dept"]} {
			rows, _, err := m.app.Tickets(m.Context(), v, app.ListQuery{View: view, Limit: 200})
			m.must(err)
			var numbers []int64
			for i := range rows {
				numbers = append(numbers, rows[i].Number)
			}
			m.equal(string(view), m.named(numbers), want)
			n, more, err := m.app.CountTickets(m.Context(), v, app.ListQuery{View: view})
			m.must(err)
			if n != len(want) || more {
				m.Errorf("%s counts %d, expected %d", view, n, len(want))
			}
			if view == app.ViewAll {
				want = e.found()
			}
			m.equal(string(view)+", pelican", m.portalFinds(v, view, "pelican"), want)
			for _, secret := range []string{"toucan", `"secret toucan"`, "file:note"} {
				m.equal(string(view)+", "+secret, m.portalFinds(v, view, secret), nil)
			}
		}
	},
	"portal: ticket, conversation, history, files": func(m *matrix, e expected) {
		v := m.viewer(e.who).AsRequester()
		_, unknown := m.app.PortalTicket(m.Context(), v, 987654321)
		for _, name := range m.order {
			x, open := m.tickets[name], slices.Contains(e.portal(), name)
			page, err := m.app.PortalTicket(m.Context(), v, x.number)
			if (err == nil) != open || !open && (dm.CodeOf(err) != dm.NotFound || err.Error() != unknown.Error()) {
				m.Errorf("%s: %v, may open: %v", name, err, open)
			}
			messages, err := m.app.Messages(m.Context(), v, x.number, 0, 200)
			if (err == nil) != open {
				m.Errorf("the messages of %s: %v, may open: %v", name, err, open)
			}
			events, err := m.app.Events(m.Context(), v, x.number, 0, 200)
			if (err == nil) != open {
				m.Errorf("the history of %s: %v, may open: %v", name, err, open)
			}
			m.tellsNoNote("the page of "+name, page)
			m.tellsNoNote("the conversation of "+name, messages)
			m.tellsNoNote("the history of "+name, events)
			for file, may := range map[int64]bool{x.reply: open, x.note: false} {
				_, body, err := m.app.File(m.Context(), v, file)
				if (err == nil) != may || !may && dm.CodeOf(err) != dm.NotFound {
					m.Errorf("a file of %s: %v, may open: %v", name, err, may)
				}
				if err == nil {
					m.must(body.Close())
				}
			}
		}
	},
	"portal: writing": func(m *matrix, e expected) {
		v := m.viewer(e.who).AsRequester()
		low, yes, subject, solved, tags := dm.PriorityLow, true, "mine now", dm.StatusSolved, []string{"mine"}
		for _, name := range m.order {
			number, open := m.tickets[name].number, slices.Contains(e.portal(), name)
			apply := func(ch dm.Change) error {
				m.advance(time.Millisecond)
				ch.Number, ch.Via = number, dm.ViaPortal
				_, err := m.app.Apply(m.Context(), v, ch)
				return err
			}
			if err := apply(dm.Change{Messages: []dm.NewMessage{{Kind: dm.Reply, Text: "public heron"}}}); e.writes(name) {
				m.must(err)
			} else {
				m.refused("answering "+name, err, open)
			}
			for what, ch := range map[string]dm.Change{
				"a note":          {Messages: []dm.NewMessage{{Kind: dm.Note, Text: "let me in"}}},
				"a local note":    {Messages: []dm.NewMessage{{Kind: dm.LocalNote, Text: "let me in"}}},
				"tags":            {Set: dm.TicketPatch{Tags: &tags}},
				"private":         {Set: dm.TicketPatch{Private: &yes}},
				"the assignee":    {Set: dm.TicketPatch{AssigneeID: ptr(m.id("owner"))}},
				"the department":  {Set: dm.TicketPatch{DepartmentID: ptr(m.acme().departments["Sales"])}},
				"deleting":        {Trash: dm.TrashDelete},
				"a share of ours": {Share: []dm.NewShare{{Target: dm.Target{Kind: dm.TargetRequester, ID: m.id("staff.one")}}}},
				"following":       {Follow: &yes},
				"an own field":    {Set: dm.TicketPatch{Fields: map[int64]*string{1: &subject}}},
			} {
				m.refused(what+" in "+name, apply(ch), open)
			}
			if e.has("own", name) {
				continue
			}
			for what, ch := range map[string]dm.Change{
				"letting in":   {LetIn: &dm.LetIn{Addresses: []string{m.address("staff.one")}}},
				"copying":      {AddCCs: []string{m.address("staff.one")}},
				"solving":      {Set: dm.TicketPatch{Status: &solved}},
				"the subject":  {Set: dm.TicketPatch{Subject: &subject}},
				"the priority": {Set: dm.TicketPatch{Priority: &low}},
				"a link":       {PublicLinks: dm.LinkChanges{Make: &dm.NewPublicLink{}}},
				"all links":    {PublicLinks: dm.LinkChanges{RevokeAll: true}},
				"a rating":     {Satisfaction: &dm.Satisfaction{Answer: dm.SatisfactionGood}},
			} {
				m.refused(what+" in "+name, apply(ch), open)
			}
		}
	},
	"portal: finding people": func(m *matrix, e expected) {
		v := m.viewer(e.who).AsRequester()
		for _, name := range m.order {
			_, err := m.app.FindGuests(m.Context(), v, m.tickets[name].number, "owner@acme.example")
			if !e.has("own", name) {
				m.refused("searching people for "+name, err, slices.Contains(e.portal(), name))
			}
		}
	},
	"portal: public links": func(m *matrix, e expected) {
		m.set("links.enabled", true)
		m.set("portal.links", true)
		v := m.viewer(e.who).AsRequester()
		for _, name := range m.order {
			x := m.tickets[name]
			res, err := m.app.MakePublicLink(m.Context(), v, x.number, dm.NewPublicLink{}, "")
			if !e.has("own", name) {
				m.refused("a link to "+name, err, slices.Contains(e.portal(), name))
				continue
			}
			m.must(err)
			h := m.holding("http://acme.localhost/s/" + res.Secret)
			m.onlyReads(h, name)
			m.change(v, dm.Change{Number: x.number, PublicLinks: dm.LinkChanges{Revoke: []int64{res.Links[0].ID}}})
			if !h.dead() || h.fileText(x.reply) != "closed" {
				m.Errorf("a link to %s opens after it was revoked", name)
			}
		}
	},
	"mails about a reply": func(m *matrix, e expected) {
		m.mails("")
		for _, name := range m.order {
			a := m.as("owner").post(at(m.tickets[name].number, "messages"), map[string]any{"kind": "reply", "text": "public egret"})
			if a.status == 403 {
				continue // deleted
			}
			a.ok()
			for _, mail := range m.mails(e.who) {
				if !e.has("open", name) && !e.has("portal", name) && !e.has("copied", name) {
					m.Errorf("%s: a mail to somebody who cannot open it: %s", name, mail.text)
				}
				if !e.has("internal", name) {
					m.tellsNoNote("a mail about "+name, mail.text+mail.html)
				}
			}
			m.mails("")
		}
	},
}

// portalFinds gives the names of what the portal's search finds in a view.
func (m *matrix) portalFinds(v *access.Viewer, view app.View, text string) []string {
	m.Helper()
	found, err := m.app.Search(m.Context(), v, app.TicketSearch{Text: text, List: app.ListQuery{View: view, Limit: 200}})
	m.must(err)
	m.tellsNoNote("a search for "+text, found)
	var numbers []int64
	for i := range found.Found {
		numbers = append(numbers, found.Found[i].Number)
	}
	n, _, err := m.app.CountSearch(m.Context(), v, app.TicketSearch{Text: text, List: app.ListQuery{View: view}})
	m.must(err)
	if n != len(numbers) {
		m.Errorf("a search for %s in %s counts %d of %d", text, view, n, len(numbers))
	}
	return m.named(numbers)
}

// onlyReads checks that the holder of a link reads the public part of one ticket,
// its files, and nothing of any other.
func (m *matrix) onlyReads(h *holder, ticket string) {
	m.Helper()
	texts := strings.Join(h.reads(), "\n")
	if !strings.Contains(texts, "public word of "+ticket) || !strings.Contains(texts, "answer of "+ticket) {
		m.Errorf("a link to %s reads %q", ticket, texts)
	}
	m.tellsNoNote("a link to "+ticket, texts)
	for _, name := range m.order {
		x := m.tickets[name]
		if name != ticket && strings.Contains(texts, " of "+name+"\n") {
			m.Errorf("a link to %s reads of %s", ticket, name)
		}
		if got := h.fileText(x.reply); (got == "file of a reply") != (name == ticket) {
			m.Errorf("a link to %s gives for a file of %s %q", ticket, name, got)
		}
		if got := h.fileText(x.note); got != "closed" {
			m.Errorf("a link to %s gives a note's file of %s", ticket, name)
		}
	}
}

// linkOf gives a link of the file with its ticket; "" where it opens nothing. The
// doors of others switch links off when they leave.
func (m *matrix) linkOf(e expected) (*holder, string) {
	m.Helper()
	m.set("links.enabled", true)
	m.set("portal.links", true)
	h := *m.links[strings.TrimPrefix(e.who, "link/")]
	h.world = m.world
	if open := e.sets["open"]; len(open) == 1 {
		return &h, open[0]
	}
	return &h, ""
}

// linkDoors are what the holder of a public link can ask.
var linkDoors = map[string]func(*matrix, expected){
	"the page and its files": func(m *matrix, e expected) {
		h, ticket := m.linkOf(e)
		if ticket != "" {
			m.onlyReads(h, ticket)
			return
		}
		if !h.dead() {
			m.Errorf("the link opens")
		}
		same(m, "texts", h.reads(), []string{"closed"})
		for _, name := range m.order {
			for _, file := range []int64{m.tickets[name].reply, m.tickets[name].note} {
				same(m, "a file of "+name, h.fileText(file), "closed")
			}
		}
	},
	"writing": func(m *matrix, e expected) {
		h, ticket := m.linkOf(e)
		h.reads()
		_, err := h.app.ReplyByLink(m.Context(), &h.visit, "Pat", "public heron")
		switch {
		case ticket == "" && dm.ReasonOf(err) != "link_closed", ticket != "" && !e.has("write", ticket) && dm.CodeOf(err) != dm.Forbidden:
			m.Errorf("answering: %v", err)
		case ticket != "" && e.has("write", ticket):
			m.must(err)
		}
	},
	"every door of people": func(m *matrix, e expected) {
		h, ticket := m.linkOf(e)
		if ticket == "" {
			return
		}
		door, err := h.app.LinkDoor(m.Context(), &h.visit)
		m.must(err)
		for _, v := range []*access.Viewer{door.Viewer, door.Viewer.AsRequester()} {
			for _, view := range []app.View{app.ViewAll, app.ViewMine, app.ViewSharedWithMe, app.ViewSharedWithMine, app.ViewRequested, app.ViewDepartment, app.ViewUnassigned} {
				rows, _, err := m.app.Tickets(m.Context(), v, app.ListQuery{View: view, Limit: 200})
				m.must(err)
				n, _, err := m.app.CountTickets(m.Context(), v, app.ListQuery{View: view})
				m.must(err)
				if len(rows) > 0 || n > 0 {
					m.Errorf("%s lists %d and counts %d", view, len(rows), n)
				}
				m.equal("a search in "+string(view), m.portalFinds(v, view, "pelican"), nil)
			}
			for _, name := range m.order {
				m.linkAt(v, name, name == ticket)
			}
		}
	},
}

// linkAt asks for one ticket as a public link: its own opens, to be read, and no
// more than that; any other is not found.
func (m *matrix) linkAt(v *access.Viewer, name string, open bool) {
	m.Helper()
	number := m.tickets[name].number
	messages, err := m.app.Messages(m.Context(), v, number, 0, 200)
	m.tellsNoNote("the messages of "+name, messages)
	events, eventErr := m.app.Events(m.Context(), v, number, 0, 200)
	m.tellsNoNote("the history of "+name, events)
	_, _, whoErr := m.app.WhoSees(m.Context(), v, number, 0)
	if (err == nil) != open || !open && (dm.CodeOf(err) != dm.NotFound || dm.CodeOf(eventErr) != dm.NotFound) {
		m.Errorf("%s: messages %v, history %v, may open: %v", name, err, eventErr, open)
	}
	m.refused("who sees "+name, whoErr, open)
	yes := true
	for what, ch := range map[string]dm.Change{
		"a note":  {Messages: []dm.NewMessage{{Kind: dm.Note, Text: "x"}}},
		"letting": {LetIn: &dm.LetIn{Addresses: []string{m.address("staff.one")}}},
		"copying": {AddCCs: []string{m.address("staff.one")}},
		"private": {Set: dm.TicketPatch{Private: &yes}},
		"a link":  {PublicLinks: dm.LinkChanges{Make: &dm.NewPublicLink{}}},
	} {
		ch.Number = number
		_, err := m.app.Apply(m.Context(), v, ch)
		m.refused(what+" in "+name, err, open)
	}
}
