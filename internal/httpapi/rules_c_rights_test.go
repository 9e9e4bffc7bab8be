package httpapi_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/app"
)

// What a share lets its target do: levels, flags, settings and role (C5), notes
// (C12) and forwarding (C13). Every right is read off the ticket and tried.

// attempt is something to try on a ticket, and the rights it takes.
type attempt struct {
	takes []string
	try   func(w *world, c *client, n int64) *answer
}

func patching(body func(w *world) map[string]any) func(*world, *client, int64) *answer {
	return func(w *world, c *client, n int64) *answer { return c.patch(at(n), body(w)) }
}

func writing(kind string) func(*world, *client, int64) *answer {
	return func(_ *world, c *client, n int64) *answer {
		return c.post(at(n, "messages"), map[string]any{"kind": kind, "text": "An attempt."})
	}
}

func asking(path string) func(*world, *client, int64) *answer {
	return func(_ *world, c *client, n int64) *answer { return c.post(at(n, path), nil) }
}

// attempts has something for every right that a share could give, and for those
// that it never gives.
var attempts = map[string]attempt{
	"open":         {[]string{"see"}, func(_ *world, c *client, n int64) *answer { return c.get(at(n)) }},
	"read":         {[]string{"see"}, func(_ *world, c *client, n int64) *answer { return c.get(at(n, "messages")) }},
	"who is in":    {[]string{"see"}, func(_ *world, c *client, n int64) *answer { return c.get(at(n, "shares")) }},
	"note":         {[]string{"note"}, writing("note")},
	"local note":   {[]string{"note"}, writing("local_note")},
	"reply":        {[]string{"reply"}, writing("reply")},
	"priority":     {[]string{"edit"}, patching(func(*world) map[string]any { return map[string]any{"priority": "high"} })},
	"subject":      {[]string{"edit"}, patching(func(*world) map[string]any { return map[string]any{"subject": "Another subject"} })},
	"tags":         {[]string{"edit"}, patching(func(*world) map[string]any { return map[string]any{"tags": []string{"tried"}} })},
	"make private": {[]string{"edit"}, patching(func(*world) map[string]any { return map[string]any{"private": true} })},
	"inbox":        {[]string{"edit"}, patching(func(w *world) map[string]any { return map[string]any{"inbox_id": w.acme().inboxes["support"]} })},
	"status":       {[]string{"status"}, patching(func(*world) map[string]any { return map[string]any{"status": "pending"} })},
	"assignee":     {[]string{"assign"}, patching(func(w *world) map[string]any { return map[string]any{"assignee_id": w.id("global.agent")} })},
	"group":        {[]string{"assign"}, patching(func(w *world) map[string]any { return map[string]any{"group_id": w.acme().groups["Support"]} })},
	"a new CC": {[]string{"edit", "forward"}, patching(func(w *world) map[string]any {
		return map[string]any{"ccs": []string{fmt.Sprintf("new%d@elsewhere.example", w.clock.at.Load())}}
	})},
	"make public": {[]string{"edit", "forward"}, makePublic},
	"share": {[]string{"share"}, func(w *world, c *client, n int64) *answer {
		return c.post(at(n, "shares"), terms(whom(w.agent("hr.second")), "level", "view"))
	}},
	"change a share": {[]string{"share"}, func(w *world, c *client, n int64) *answer {
		return c.patch(at(n, "shares", w.shareID(n, "HR")), map[string]any{"level": "view"})
	}},
	"end a share": {[]string{"share"}, endOne},
	"delete":      {[]string{"delete"}, func(_ *world, c *client, n int64) *answer { return c.delete(at(n)) }},
	"spam":        {[]string{"spam"}, asking("spam")},
	"merge": {[]string{"merge"}, func(w *world, c *client, n int64) *answer {
		return c.post(at(n, "merge"), map[string]any{"into": n - 1})
	}},
}

func makePublic(w *world, c *client, n int64) *answer {
	w.as("owner").patch(at(n), map[string]any{"private": true}).ok()
	return c.patch(at(n), map[string]any{"private": false})
}

func endOne(w *world, c *client, n int64) *answer {
	id := w.as("owner").post(at(n, "shares"), terms(whom(w.agent("manager")), "notify", false)).ok().number("items.0.id")
	return c.delete(at(n, "shares", fmt.Sprint(id)))
}

// rights gives what somebody is told they may do with a ticket.
func (w *world) rights(who string, n int64) []string {
	w.Helper()
	list := []string{}
	for _, right := range w.as(who).get(at(n)).ok().list("rights") {
		list = append(list, right.(string))
	}
	return list
}

// proveRights requires that somebody is told exactly these rights, in the order
// of the API, and that every attempt comes out accordingly. A ticket of the
// same requester must stand before it.
func (w *world) proveRights(who string, n int64, what string, want []string) {
	w.Helper()
	same(w, what+": rights", w.rights(who, n), want)
	notes := slices.ContainsFunc(w.texts(who, n), func(text string) bool { return strings.HasPrefix(text, "note: ") })
	same(w, what+": reads notes", notes, slices.Contains(want, "see_internal"))
	c := w.as(who)
	for name, a := range attempts {
		may := !slices.ContainsFunc(a.takes, func(right string) bool { return !slices.Contains(want, right) })
		got := a.try(w, c, n)
		if ok := got.status >= 200 && got.status < 300; ok != may || !may && got.status != 403 {
			w.Errorf("%s: %s answers %d, allowed: %v: %s", what, name, got.status, may, got.raw)
		}
	}
}

// flags are those of a share.
type flags struct{ seeInternal, replyPublic, forward, canReshare bool }

func (f flags) body(level string) map[string]any {
	return map[string]any{"level": level, "see_internal": f.seeInternal, "reply_public": f.replyPublic, "forward": f.forward, "can_reshare": f.canReshare}
}

// table is the table of levels and flags, written down once more: what a share
// with an agent gives whose role has everything. The switches are those of the
// account: sharing.forward_on_shared and sharing.protect_status_assignee.
func table(level string, f flags, forwardOn, protected bool) []string {
	rights := []string{"see"}
	add := func(may bool, right ...string) {
		if may {
			rights = append(rights, right...)
		}
	}
	edit := level == "edit"
	add(f.seeInternal, "see_internal")
	add(f.seeInternal && (edit || level == "comment"), "note")
	add(edit && f.replyPublic, "reply")
	add(edit, "edit")
	add(edit && !protected, "status", "assign")
	add(edit && f.forward && forwardOn, "forward")
	add(edit && f.canReshare, "share")
	add(true, "leave")
	return rights
}

// levelWorld has an agent with every permission and no reach, and a ticket with
// a note that is shared with them.
func levelWorld(w *world) (n int64, share string) {
	w.addAgent("acme", worldAgent{name: "strong.agent", role: "administrator", scope: dm.RestrictedScope})
	w.set("sharing.forward_on_shared", true)
	w.file("accounts", "Before it")
	n = w.file("accounts", "Levels")
	w.as("owner").post(at(n, "messages"), map[string]any{"kind": "note", "text": "A note."}).ok()
	w.share(n, w.agent("strong.agent"), w.group("HR"))
	return n, w.shareID(n, "Strong Agent")
}

func TestRuleLevels(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		n, share := levelWorld(w)
		set := func(w *world, level string, f flags) {
			w.Helper()
			w.as("owner").patch(at(n, "shares", share), f.body(level)).is(200)
		}
		all := flags{true, true, true, true}
		t.Run("C5 every level with every set of flags gives what the table says", func(t *testing.T) {
			w := w.in(t)
			for _, level := range []string{"view", "comment", "edit"} {
				for bits := range 16 {
					f := flags{bits&1 != 0, bits&2 != 0, bits&4 != 0, bits&8 != 0}
					set(w, level, f)
					same(t, fmt.Sprintf("%s %+v", level, f), w.rights("strong.agent", n), table(level, f, true, false))
				}
			}
		})
		t.Run("C5 view", func(t *testing.T) {
			w := w.in(t)
			set(w, "view", all)
			w.proveRights("strong.agent", n, "all flags", []string{"see", "see_internal", "leave"})
			set(w, "view", flags{})
			w.proveRights("strong.agent", n, "no flags", []string{"see", "leave"})
		})
		t.Run("C5 comment", func(t *testing.T) {
			w := w.in(t)
			set(w, "comment", all)
			w.proveRights("strong.agent", n, "all flags", []string{"see", "see_internal", "note", "leave"})
			set(w, "comment", flags{replyPublic: true, forward: true, canReshare: true})
			w.proveRights("strong.agent", n, "without see_internal", []string{"see", "leave"})
		})
		t.Run("C5 edit", func(t *testing.T) {
			w := w.in(t)
			for _, f := range []flags{all, {false, true, true, true}, {true, false, true, true}, {true, true, false, true}, {true, true, true, false}, {}} {
				set(w, "edit", f)
				w.proveRights("strong.agent", n, fmt.Sprintf("edit %+v", f), table("edit", f, true, false))
			}
		})
		t.Run("C5 status, assignee and group can be protected", func(t *testing.T) {
			w := w.in(t)
			set(w, "edit", all)
			w.set("sharing.protect_status_assignee", true)
			w.proveRights("strong.agent", n, "protected", table("edit", all, true, true))
			w.set("sharing.protect_status_assignee", false)
		})
		t.Run("C5 C13 forwarding needs the setting besides the flag", func(t *testing.T) {
			w := w.in(t)
			w.set("sharing.forward_on_shared", false)
			w.proveRights("strong.agent", n, "no forwarding", table("edit", all, false, false))
			w.set("sharing.forward_on_shared", true)
		})
		t.Run("C5 agents and groups get edit with notes and replies unless told otherwise", func(t *testing.T) {
			w := w.in(t)
			w.set("sharing.forward_on_shared", false)
			m := w.file("accounts", "Defaults")
			a := w.as("owner").post(at(m, "shares"), terms(whom(w.agent("hr.agent"), w.group("Legal")))).is(201)
			for _, i := range []string{"items.0.", "items.1."} {
				same(t, i, []any{a.at(i + "level"), a.at(i + "see_internal"), a.at(i + "reply_public"), a.at(i + "forward"), a.at(i + "can_reshare")},
					[]any{"edit", true, true, false, false})
			}
			w.set("sharing.default_level", "view")
			same(t, "by the setting", w.as("owner").post(at(m, "shares"), terms(whom(w.agent("hr.second")))).is(201).text("items.0.level"), "view")
			w.as("owner").post(at(m, "shares"), terms(whom(w.agent("manager")), "level", "full")).refused(422, "level")
		})
	})
}

func TestRuleLevelsOfGroups(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		w.file("accounts", "Before it")
		n := w.file("accounts", "Levels")
		w.as("owner").post(at(n, "messages"), map[string]any{"kind": "note", "text": "A note."}).ok()
		w.share(n, w.group("HR"))
		t.Run("C5 a group's share gives each member the same, but for leaving", func(t *testing.T) {
			w := w.in(t)
			w.proveRights("hr.agent", n, "edit", []string{"see", "see_internal", "note", "reply", "edit", "status", "assign"})
			w.as("owner").patch(at(n, "shares", w.shareID(n, "HR")), map[string]any{"level": "comment"}).is(200)
			same(t, "comment", w.rights("hr.second", n), []string{"see", "see_internal", "note"})
			w.as("hr.second").post(at(n, "leave"), nil).is(403)
		})
		t.Run("C5 C18 several shares unite", func(t *testing.T) {
			w := w.in(t)
			m := w.file("accounts", "United")
			w.as("owner").post(at(m, "shares"), terms(whom(w.group("HR")), "level", "comment", "see_internal", true)).is(201)
			w.as("owner").post(at(m, "shares"), terms(whom(w.agent("hr.agent")), "level", "edit", "see_internal", false)).is(201)
			same(t, "both", w.rights("hr.agent", m), []string{"see", "see_internal", "note", "reply", "edit", "status", "assign", "leave"})
			same(t, "the group alone", w.rights("hr.second", m), []string{"see", "see_internal", "note"})
		})
	})
}

// lacking makes an agent without reach whose role is that of agents less one
// permission.
func (w *world) lacking(p dm.Permission) string {
	w.Helper()
	name := "no-" + strings.ReplaceAll(string(p), ".", "-") + ".agent"
	rest := slices.DeleteFunc(dm.PermissionsOf(dm.TicketsCreate, dm.TicketsReply, dm.TicketsNote, dm.NotesRead, dm.TicketsEdit, dm.TicketsAssign,
		dm.TicketsFwd, dm.TicketsShare, dm.TicketsMerge, dm.TicketsSpam).List(), func(q dm.Permission) bool { return q == p })
	id, err := w.app.CreateRole(w.Context(), w.system("acme"), app.RolePatch{Name: ptr("Without " + string(p)), Permissions: &rest})
	w.must(err)
	w.acme().roles[name] = id
	w.addAgent("acme", worldAgent{name: name, role: name, scope: dm.RestrictedScope})
	return name
}

// everything is what an edit share with every flag gives to a usual agent.
var everything = []string{"see", "see_internal", "note", "reply", "edit", "status", "assign", "forward", "share", "leave"}

// less is everything but these rights.
func less(rights ...string) []string {
	return slices.DeleteFunc(slices.Clone(everything), func(right string) bool { return slices.Contains(rights, right) })
}

// lost is what an agent whose role lacks a permission lacks of everything.
var lost = map[dm.Permission][]string{
	dm.NotesRead:     {"see_internal", "note"},
	dm.TicketsNote:   {"note"},
	dm.TicketsReply:  {"reply"},
	dm.TicketsEdit:   {"edit", "status"},
	dm.TicketsAssign: {"assign"},
	dm.TicketsFwd:    {"forward"},
	dm.TicketsShare:  {"share"},
	dm.TicketsCreate: nil,
}

func TestRuleRoleCap(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		w.set("sharing.forward_on_shared", true)
		w.file("accounts", "Before it")
		n := w.file("accounts", "Roles")
		w.as("owner").post(at(n, "messages"), map[string]any{"kind": "note", "text": "A note."}).ok()
		w.share(n, w.group("HR"))
		who := map[dm.Permission]string{}
		for p := range lost {
			who[p] = w.lacking(p)
			w.as("owner").post(at(n, "shares"), terms(whom(w.agent(who[p])), "level", "edit", "forward", true, "can_reshare", true)).ok()
		}
		t.Run("C5 Q12 a share opens which ticket, the role says what may be done", func(t *testing.T) {
			w := w.in(t)
			for p, rights := range lost {
				w.proveRights(who[p], n, "without "+string(p), less(rights...))
			}
		})
		t.Run("Q12 with the cap off the share alone gives reading and working, but not letting others in", func(t *testing.T) {
			w := w.in(t)
			w.set("sharing.role_cap", false)
			for p := range lost {
				want := everything
				if p == dm.TicketsFwd || p == dm.TicketsShare {
					want = less(lost[p]...)
				}
				w.proveRights(who[p], n, "without "+string(p), want)
			}
		})
		t.Run("Q12 a token keeps the cap", func(t *testing.T) {
			w := w.in(t)
			w.set("sharing.role_cap", false)
			made := w.as("owner").post("/roles", map[string]any{"name": "Reader", "permissions": []string{"tokens.manage"}}).is(201)
			w.acme().roles["reader"] = made.number("id")
			w.addAgent("acme", worldAgent{name: "reader.agent", role: "reader", scope: dm.RestrictedScope})
			w.share(n, w.agent("reader.agent"))
			same(t, "the person", w.rights("reader.agent", n), less("forward", "share"))
			secret := w.as("reader.agent").post("/api-tokens", map[string]any{"name": "Script", "scopes": []string{}}).is(201).text("token")
			token := w.nobody().with("Authorization", "Bearer "+secret)
			same(t, "the token", token.get(at(n)).ok().at("rights"), []any{"see", "leave"})
			token.patch(at(n), map[string]any{"priority": "high"}).is(403)
		})
		t.Run("Q12 no share gives what only roles give", func(t *testing.T) {
			w := w.in(t)
			for _, who := range []string{who[dm.TicketsCreate], "reader.agent"} {
				for _, right := range []string{"delete", "merge", "spam", "see_trashed"} {
					same(t, who+" "+right, slices.Contains(w.rights(who, n), right), false)
				}
			}
		})
	})
}

func TestRuleNotes(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		n := w.file("accounts", "Invoice missing")
		file := w.as("owner").post("/attachments?name=a.txt", "the file").ok().number("id")
		w.as("owner").post(at(n, "messages"), map[string]any{"kind": "note", "text": "Toucan", "attachments": []int64{file}}).is(201)
		reads := func(w *world, who string) []bool {
			w.Helper()
			c := w.as(who)
			return []bool{slices.Contains(w.texts(who, n), "note: Toucan"), c.get(fmt.Sprint("/attachments/", file)).status == 200,
				slices.Contains(w.kinds(who, n), "ticket.share.created"), c.get(at(n)).ok().at("messages") != nil}
		}
		yes, no := []bool{true, true, true, true}, []bool{false, false, false, false}
		t.Run("C12 agents and groups read notes at every level by default", func(t *testing.T) {
			w := w.in(t)
			for _, level := range []string{"view", "comment", "edit"} {
				w.as("owner").post(at(n, "shares"), terms(whom(w.agent("hr.agent"), w.group("HR")), "level", level)).is(201)
				same(t, level, reads(w, "hr.agent"), yes)
				same(t, level+" by group", reads(w, "hr.second"), yes)
				w.as("owner").delete(at(n, "shares", w.shareID(n, "HR"))).is(204)
				w.as("owner").delete(at(n, "shares", w.shareID(n, "Hr Agent"))).is(204)
			}
		})
		t.Run("C12 without see_internal notes are neither read nor added", func(t *testing.T) {
			w := w.in(t)
			for _, level := range []string{"view", "comment", "edit"} {
				a := w.as("owner").post(at(n, "shares"), terms(whom(w.agent("hr.agent")), "level", level, "see_internal", false)).is(201)
				same(t, level, reads(w, "hr.agent"), no)
				w.as("hr.agent").post(at(n, "messages"), map[string]any{"kind": "note", "text": "Blind."}).is(403)
				w.as("hr.agent").post(at(n, "messages"), map[string]any{"kind": "local_note", "text": "Blind."}).is(403)
				w.mails("")
				w.as("owner").post(at(n, "messages"), map[string]any{"kind": "note", "text": "Second toucan"}).is(201)
				same(t, level+": mails about a note", len(w.mails("hr.agent")), 0)
				w.as("owner").delete(at(n, "shares", fmt.Sprint(a.number("items.0.id")))).is(204)
			}
		})
		t.Run("C12 it is taken away from a share that stands, and given back", func(t *testing.T) {
			w := w.in(t)
			id := fmt.Sprint(w.share(n, w.agent("hr.agent")).number("items.0.id"))
			w.as("owner").patch(at(n, "shares", id), map[string]any{"see_internal": false}).is(200)
			same(t, "taken", reads(w, "hr.agent"), no)
			w.as("owner").patch(at(n, "shares", id), map[string]any{"see_internal": true}).is(200)
			same(t, "given back", reads(w, "hr.agent"), yes)
		})
		t.Run("C12 a flag belongs to its share: notes seen by one are not written by another", func(t *testing.T) {
			w := w.in(t)
			m := w.file("accounts", "Two shares")
			w.as("owner").post(at(m, "shares"), terms(whom(w.group("HR")), "level", "view", "see_internal", true)).is(201)
			w.as("owner").post(at(m, "shares"), terms(whom(w.agent("hr.agent")), "level", "comment", "see_internal", false)).is(201)
			w.as("hr.agent").post(at(m, "messages"), map[string]any{"kind": "note", "text": "Mixed."}).is(403)
		})
		t.Run("C12 requesters never get notes, whatever is asked for", func(t *testing.T) {
			w := w.in(t)
			w.set("sharing.agents_may_share_with_requesters", true)
			w.as("owner").post(at(n, "shares"), terms(whom(w.requester("staff.two")), "see_internal", true)).refused(422, "see_internal")
			w.as("owner").post(at(n, "shares"), terms(whom(w.requester("staff.two")), "level", "edit")).is(201)
			w.as("owner").patch(at(n, "shares", w.shareID(n, "Staff Two")), map[string]any{"see_internal": true}).refused(403, "see_internal")
			for _, who := range []string{"staff.one", "staff.two"} {
				same(t, who, reads(w, who), no)
				w.as(who).post(at(n, "messages"), map[string]any{"kind": "note", "text": "Mine."}).is(403)
			}
		})
	})
}

func TestRuleForwarding(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		n := w.file("accounts", "Invoice missing", map[string]any{"ccs": []string{"a@elsewhere.example", "b@elsewhere.example"}})
		w.share(n, w.agent("support.agent"))
		disclosures := map[string]map[string]any{
			"ccs":          {"ccs": []string{"a@elsewhere.example", "b@elsewhere.example", "new@elsewhere.example"}},
			"requester_id": {"requester_id": w.id("staff.two")},
			"private":      {"private": false},
		}
		t.Run("C13 whoever has it through a share alone brings nobody new in", func(t *testing.T) {
			w := w.in(t)
			w.as("owner").patch(at(n), map[string]any{"private": true}).is(200)
			for field, body := range disclosures {
				w.as("support.agent").patch(at(n), body).refused(403, field).reason("disclosure")
			}
			a := w.as("owner").get(at(n)).ok()
			same(t, "unchanged", []any{len(a.list("ccs")), a.text("requester.name"), a.at("private")}, []any{2, "Staff One", true})
			w.as("owner").patch(at(n), map[string]any{"private": false}).is(200)
		})
		t.Run("C13 what lets nobody in stays open: replies, fewer CCs, hiding", func(t *testing.T) {
			w := w.in(t)
			w.mails("")
			w.as("support.agent").post(at(n, "messages"), map[string]any{"kind": "reply", "text": "To those who are in."}).is(201)
			same(t, "who gets it", w.audience(), []string{"a@elsewhere.example", "b@elsewhere.example", "staff.one@acme.example"})
			w.as("support.agent").patch(at(n), map[string]any{"ccs": []string{"a@elsewhere.example"}}).is(200)
			w.as("support.agent").patch(at(n), map[string]any{"private": true}).is(200)
			w.as("owner").patch(at(n), map[string]any{"private": false, "ccs": []string{"a@elsewhere.example", "b@elsewhere.example"}}).is(200)
		})
		t.Run("C13 it does not bind people with another way in", func(t *testing.T) {
			w := w.in(t)
			w.share(n, w.agent("accounts.second"))
			w.as("accounts.second").patch(at(n), map[string]any{"ccs": []string{"a@elsewhere.example", "b@elsewhere.example", "c@elsewhere.example"}}).is(200)
			w.as("owner").patch(at(n), map[string]any{"ccs": []string{"a@elsewhere.example", "b@elsewhere.example"}}).is(200)
		})
		t.Run("C13 the right cannot be given while the setting is off", func(t *testing.T) {
			w := w.in(t)
			w.as("owner").post(at(n, "shares"), terms(whom(w.agent("hr.agent")), "forward", true)).refused(403, "forward").reason("more_than_held")
			w.as("owner").patch(at(n, "shares", w.shareID(n, "Support Agent")), map[string]any{"forward": true}).refused(403, "forward").reason("more_than_held")
		})
		t.Run("C13 with setting and flag the doors open, and close with the setting", func(t *testing.T) {
			w := w.in(t)
			w.set("sharing.forward_on_shared", true)
			w.as("support.agent").patch(at(n), disclosures["ccs"]).refused(403, "ccs").reason("disclosure")
			w.as("owner").patch(at(n, "shares", w.shareID(n, "Support Agent")), map[string]any{"forward": true}).is(200)
			w.as("owner").patch(at(n), map[string]any{"private": true}).is(200)
			for _, body := range disclosures {
				w.as("support.agent").patch(at(n), body).is(200)
			}
			w.set("sharing.forward_on_shared", false)
			w.as("support.agent").patch(at(n), map[string]any{"requester_id": w.id("staff.three")}).refused(403, "requester_id").reason("disclosure")
		})
		t.Run("C13 the five disclosures are closed together, and open together", func(t *testing.T) {
			w := w.in(t)
			w.set("links.enabled", true)
			m := w.file("accounts", "Five ways out", map[string]any{"private": true})
			w.as("owner").post(at(m, "shares"), terms(whom(w.agent("support.agent")), "can_reshare", true)).is(201)
			tries := func(want int, made int) {
				c := w.as("support.agent")
				c.patch(at(m), map[string]any{"private": false}).is(want)
				c.patch(at(m), map[string]any{"ccs": []string{"new@elsewhere.example"}}).is(want)
				c.patch(at(m), map[string]any{"requester_id": w.id("staff.two")}).is(want)
				w.forward("support.agent", m, map[string]any{"text": "See this."}).is(made)
				c.post(at(m, "links"), pairs()).is(made)
			}
			tries(403, 403)
			w.set("sharing.forward_on_shared", true)
			w.as("owner").patch(at(m, "shares", w.shareID(m, "Support Agent")), map[string]any{"forward": true}).is(200)
			tries(200, 201)
			w.set("sharing.forward_on_shared", false)
		})
		t.Run("C13 with the setting on, new shares carry the flag unless said otherwise", func(t *testing.T) {
			w := w.in(t)
			w.set("sharing.forward_on_shared", true)
			m := w.file("accounts", "Carried")
			same(t, "default", w.share(m, w.agent("hr.agent")).at("items.0.forward"), true)
			same(t, "said otherwise", w.as("owner").post(at(m, "shares"), terms(whom(w.agent("hr.second")), "forward", false)).is(201).at("items.0.forward"), false)
			w.set("sharing.forward_on_shared", false)
		})
	})
}
