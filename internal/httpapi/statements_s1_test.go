package httpapi_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/app"
)

// The statements of the second source: one ticket shared with an agent who is
// not in its inbox. docs/statements.md has their words.

// in is the same world for a subtest, which then fails under its own name.
func (w *world) in(t *testing.T) *world {
	mine := *w
	mine.TB = t
	return &mine
}

// whom lists the targets of a share.
func whom(targets ...map[string]any) []map[string]any { return targets }

// bare makes an account as the command line does, with one more agent,
// outside.agent, and changes none of its settings.
func (w *world) bare(slug string) {
	w.Helper()
	made, err := w.app.CreateAccount(w.Context(), app.NewAccount{Name: title(slug), Slug: slug, Hosts: []string{slug + ".localhost"},
		BaseURL: "http://" + slug + ".localhost", OwnerName: "Olga Owner", OwnerAddress: "owner@" + slug + ".example"})
	w.must(err)
	d := &worldDesk{id: made.Account.ID, host: slug + ".localhost", people: map[string]int64{"owner": made.OwnerID},
		brands: map[string]int64{"Company": made.BrandID}, inboxes: map[string]int64{"support": made.InboxID}, roles: map[string]int64{}}
	w.desks[slug] = d
	roles, _, err := w.app.Roles(w.Context(), w.system(slug), app.Page{})
	w.must(err)
	for _, r := range roles {
		d.roles[r.BuiltIn] = r.ID
	}
	w.addAgent(slug, worldAgent{name: "outside.agent", role: "agent", scope: dm.RestrictedScope})
}

// reach tells everything that decides about an agent's reach.
func (w *world) reach(who string) string {
	w.Helper()
	a := w.as("owner").get(fmt.Sprint("/people/", w.id(who))).ok()
	var list []any
	for _, part := range []string{"scope", "all_brands", "brands", "all_inboxes", "inboxes", "groups", "roles"} {
		list = append(list, part, a.at(part))
	}
	return fmt.Sprint(list...)
}

// ways gives the ways in that somebody has to a ticket, as the owner sees them.
func (w *world) ways(who string, number int64) []string {
	w.Helper()
	a := w.as("owner").get(fmt.Sprintf("%s?person=%d", at(number, "access"), w.id(who))).ok()
	list := []string{}
	for i := range a.list("items.0.reasons") {
		list = append(list, a.text(fmt.Sprintf("items.0.reasons.%d.way", i)))
	}
	slices.Sort(list)
	return list
}

// texts gives the texts of a ticket's messages, as somebody reads them.
func (w *world) texts(who string, number int64) []string {
	w.Helper()
	a := w.as(who).get(at(number, "messages") + "?limit=200").ok()
	list := []string{}
	for i := range a.list("items") {
		list = append(list, a.text(fmt.Sprintf("items.%d.kind", i))+": "+a.text(fmt.Sprintf("items.%d.text", i)))
	}
	return list
}

func TestInboxShareAvailability(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		w.bare("initech")
		n := w.as("initech/owner").post("/tickets", map[string]any{"subject": "Stapler", "text": "It is gone.", "inbox_id": w.desks["initech"].inboxes["support"]}).ok().number("number")
		asked := terms(whom(map[string]any{"kind": "agent", "id": w.id("initech/outside.agent")}))
		t.Run("S1-01 the edition that every account begins with has it", func(t *testing.T) {
			w := w.in(t)
			has, err := w.app.Entitled(t.Context(), w.system("initech"), dm.SharingManual)
			w.must(err)
			same(t, "entitled", has, true)
			m := w.file("accounts", "Invoice")
			w.as("accounts.agent").post(at(m, "shares"), terms(whom(w.agent("support.agent")))).is(201)
		})
		t.Run("S1-02 C4 it is off in an account made on the command line", func(t *testing.T) {
			w := w.in(t)
			same(t, "what a client is told", w.as("initech/owner").get("/me").ok().at("settings").(map[string]any)["sharing.enabled"], false)
			w.as("initech/owner").post(at(n, "shares"), asked).refused(403, "").reason("sharing_disabled")
			same(t, "sees", w.sees("initech/outside.agent", n), false)
			same(t, "shares", len(w.as("initech/owner").get(at(n, "shares")).ok().list("items")), 0)
		})
		t.Run("S1-02 an administrator turns it on, and nobody else", func(t *testing.T) {
			w := w.in(t)
			w.as("initech/outside.agent").patch("/settings", map[string]any{"sharing.enabled": true}).is(403)
			w.as("initech/owner").post(at(n, "shares"), asked).is(403).reason("sharing_disabled")
			w.as("initech/owner").patch("/settings", map[string]any{"sharing.enabled": true}).is(200)
			w.as("initech/owner").post(at(n, "shares"), asked).is(201)
			same(t, "sees", w.sees("initech/outside.agent", n), true)
		})
	})
}

func TestInboxShareOneTicket(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		w.addAgent("acme", worldAgent{name: "support.second", role: "agent", scope: dm.GroupScope, groups: []string{"Support"}, inboxes: []string{"support"}})
		n := w.file("accounts", "Pelican invoice")
		sibling := w.file("accounts", "Pelican reminder")
		before := w.reach("support.agent")
		t.Run("S1-03 one ticket is shared with an agent outside its inbox", func(t *testing.T) {
			w := w.in(t)
			same(t, "before", w.sees("support.agent", n), false)
			a := w.as("accounts.agent").post(at(n, "shares"), terms(whom(w.agent("support.agent")))).is(201)
			same(t, "target", names(a), []string{"Support Agent"})
			same(t, "after", w.sees("support.agent", n), true)
		})
		t.Run("S1-04 administrators share as well", func(t *testing.T) {
			w := w.in(t)
			for _, who := range []string{"owner", "admin"} {
				m := w.file("accounts", "Shared by "+who)
				w.as(who).post(at(m, "shares"), terms(whom(w.agent("hr.agent")))).is(201)
				same(t, who, w.sees("hr.agent", m), true)
			}
		})
		t.Run("S1-05 who belongs to the inbox stays as it was", func(t *testing.T) {
			w := w.in(t)
			same(t, "reach", w.reach("support.agent"), before)
			same(t, "ways in", w.ways("support.agent", n), []string{"share"})
		})
		t.Run("S1-06 no other ticket of that inbox comes along", func(t *testing.T) {
			w := w.in(t)
			c := w.as("support.agent")
			for _, part := range []string{"", "/messages", "/events", "/shares", "/access", "/linked-tickets"} {
				c.get(at(sibling) + part).is(404)
			}
			for _, view := range []string{"all", "mine", "unassigned", "shared-by-me", "shared-with-my-groups", "spam", "deleted"} {
				same(t, view, w.view("support.agent", view), []int64{})
				same(t, "count of "+view, c.get("/tickets/count?view="+view).ok().number("count"), 0)
			}
			same(t, "shared with me", w.view("support.agent", "shared-with-me"), []int64{n})
			same(t, "count of shared with me", c.get("/tickets/count?view=shared-with-me").ok().number("count"), 1)
			same(t, "search", c.get("/tickets?q=pelican").ok().numbers(), []int64{})
			same(t, "jump", c.get(fmt.Sprintf("/tickets?q=%%23%d", sibling)).ok().numbers(), []int64{})
			if home := c.get("/home").ok().raw; strings.Contains(home, "Pelican reminder") || !strings.Contains(home, "Pelican invoice") {
				t.Errorf("the start page holds %s", home)
			}
		})
		t.Run("S1-07 a share with one agent lets in that agent and no colleague", func(t *testing.T) {
			w := w.in(t)
			same(t, "colleague", w.sees("support.second", n), false)
			same(t, "ways in of the colleague", w.ways("support.second", n), []string{})
			same(t, "the colleague's shared views", append(w.view("support.second", "shared-with-me"), w.view("support.second", "shared-with-my-groups")...), []int64{})
		})
		t.Run("S1-23 the ticket stands outside the inboxes that the agent works in", func(t *testing.T) {
			w := w.in(t)
			same(t, "listed", w.view("support.agent", "all"), []int64{})
			w.as("support.agent").post("/tickets", map[string]any{"subject": "Into the inbox", "text": "Let me in.", "inbox_id": w.acme().inboxes["accounts"]}).refused(422, "inbox_id")
			same(t, "the agent's own inboxes", w.as("support.agent").get(fmt.Sprint("/people/", w.id("support.agent"))).ok().at("inboxes"), []any{w.acme().inboxes["support"]})
			same(t, "inbox of the ticket, by name only", w.as("support.agent").get(at(n)).ok().text("inbox.name"), "Accounts")
		})
	})
}

func TestInboxShareWork(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		n := w.file("accounts", "Invoice missing", map[string]any{"priority": "low", "tags": []string{"money"}})
		w.as("owner").post(at(n, "messages"), map[string]any{"kind": "note", "text": "Ask the bank first."}).is(201)
		field, err := w.app.CreateField(t.Context(), w.system("acme"), app.FieldPatch{Name: ptr("Order"), Kind: ptr(dm.FieldText)})
		w.must(err)
		w.share(n, w.agent("support.agent"))
		t.Run("S1-08 the agent reads the conversation and the details", func(t *testing.T) {
			w := w.in(t)
			a := w.as("support.agent").get(at(n)).ok()
			same(t, "details", []any{a.text("subject"), a.text("priority"), a.text("status"), a.text("requester.name"), a.text("inbox.name"), a.text("tags.0")},
				[]any{"Invoice missing", "low", "new", "Staff One", "Accounts", "money"})
			same(t, "conversation", w.texts("support.agent", n), []string{"reply: Text of Invoice missing", "note: Ask the bank first."})
		})
		t.Run("S1-09 the agent edits the ticket", func(t *testing.T) {
			w := w.in(t)
			v := w.as("support.agent").get(at(n)).ok().number("version")
			a := w.as("support.agent").patch(at(n), map[string]any{"version": v, "subject": "Invoice found", "priority": "high", "status": "pending", "type": "incident"}).is(200)
			same(t, "what it is now", []string{a.text("subject"), a.text("priority"), a.text("status"), a.text("type")}, []string{"Invoice found", "high", "pending", "incident"})
		})
		t.Run("S1-10 the agent replies, and the requester gets it", func(t *testing.T) {
			w := w.in(t)
			w.mails("")
			w.as("support.agent").post(at(n, "messages"), map[string]any{"kind": "reply", "text": "It was in the drawer."}).is(201)
			got := w.mails("staff.one")
			if len(got) != 1 || !strings.Contains(got[0].text, "It was in the drawer.") {
				t.Errorf("the requester gets %d mails: %v", len(got), got)
			}
		})
		t.Run("S1-11 the agent adds an internal note", func(t *testing.T) {
			w := w.in(t)
			w.as("support.agent").post(at(n, "messages"), map[string]any{"kind": "note", "text": "Nobody looked there."}).is(201)
			same(t, "a colleague reads it", slices.Contains(w.texts("accounts.agent", n), "note: Nobody looked there."), true)
			same(t, "the requester does not", slices.Contains(w.texts("staff.one", n), "note: Nobody looked there."), false)
		})
		t.Run("S1-12 the agent changes values of fields", func(t *testing.T) {
			w := w.in(t)
			fields := func(value any) map[string]any {
				return map[string]any{"fields": map[string]any{fmt.Sprint(field): value}}
			}
			same(t, "set", w.as("support.agent").patch(at(n), fields("A-17")).is(200).text("fields.0.value"), "A-17")
			same(t, "as others see it", w.as("accounts.agent").get(at(n)).ok().text("fields.0.value"), "A-17")
			same(t, "cleared", len(w.as("support.agent").patch(at(n), fields(nil)).is(200).list("fields")), 0)
		})
		t.Run("S1-13 the agent moves the ticket to another inbox", func(t *testing.T) {
			w := w.in(t)
			a := w.as("support.agent").patch(at(n), map[string]any{"inbox_id": w.acme().inboxes["support"]}).is(200)
			same(t, "inbox", a.text("inbox.name"), "Support")
			back := w.as("support.agent").patch(at(n), map[string]any{"inbox_id": w.acme().inboxes["accounts"]}).is(200)
			same(t, "and back, out of the own reach", back.text("inbox.name"), "Accounts")
		})
		t.Run("S1-14 the agent adds and removes tags", func(t *testing.T) {
			w := w.in(t)
			same(t, "added", w.as("support.agent").patch(at(n), map[string]any{"tags": []string{"money", "found"}}).is(200).at("tags"), []any{"found", "money"})
			same(t, "removed", w.as("support.agent").patch(at(n), map[string]any{"tags": []string{"found"}}).is(200).at("tags"), []any{"found"})
		})
	})
}

func TestInboxShareManage(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		n := w.file("accounts", "Invoice missing")
		three := []string{"support.agent", "hr.agent", "restricted.agent"}
		t.Run("S1-18 several agents are chosen and added together", func(t *testing.T) {
			w := w.in(t)
			w.mails("")
			a := w.as("accounts.agent").post(at(n, "shares"), terms(whom(w.agent(three[0]), w.agent(three[1]), w.agent(three[2])))).is(201)
			same(t, "names", names(a), []string{"Support Agent", "Hr Agent", "Restricted Agent"})
			same(t, "told", w.audience(), []string{"hr.agent@acme.example", "restricted.agent@acme.example", "support.agent@acme.example"})
		})
		t.Run("S1-18 a wrong one among them leaves all of them out", func(t *testing.T) {
			w := w.in(t)
			m := w.file("accounts", "All or nothing")
			w.as("accounts.agent").post(at(m, "shares"), terms(whom(w.agent("hr.agent"), w.agent("globex/hr.agent")))).refused(422, "targets[1]")
			same(t, "sees", w.sees("hr.agent", m), false)
			same(t, "shares", len(w.as("owner").get(at(m, "shares")).ok().list("items")), 0)
		})
		t.Run("S1-19 all of them have access from then on", func(t *testing.T) {
			w := w.in(t)
			for _, who := range three {
				same(t, who, w.sees(who, n), true)
				w.as(who).post(at(n, "messages"), map[string]any{"kind": "note", "text": "Here is " + who}).is(201)
			}
		})
		t.Run("S1-20 each finds it under shared with me", func(t *testing.T) {
			w := w.in(t)
			for _, who := range three {
				same(t, who, w.view(who, "shared-with-me"), []int64{n})
				same(t, who+" on the start page", w.as(who).get("/home").ok().number("shared_with_me.items.0.number"), n)
			}
		})
		t.Run("S1-22 choosing it there shows conversation and details", func(t *testing.T) {
			w := w.in(t)
			c := w.as("support.agent")
			chosen := c.get("/tickets?view=shared-with-me").ok().number("items.0.number")
			same(t, "subject", c.get(at(chosen)).ok().text("subject"), "Invoice missing")
			same(t, "first message", w.texts("support.agent", chosen)[0], "reply: Text of Invoice missing")
		})
		t.Run("S1-24 agents and administrators look up whom it is shared with", func(t *testing.T) {
			w := w.in(t)
			for _, who := range []string{"accounts.agent", "accounts.second", "admin", "owner", "noshare.agent"} {
				same(t, who, names(w.as(who).get(at(n, "shares")).ok()), []string{"Support Agent", "Hr Agent", "Restricted Agent"})
			}
			var listed []string
			a := w.as("accounts.second").get(at(n, "access")).ok()
			for i := range a.list("items") {
				if p := fmt.Sprintf("items.%d.", i); a.text(p+"reasons.0.way") == "share" {
					listed = append(listed, a.text(p+"person.name")+" "+a.text(p+"level"))
				}
			}
			same(t, "who can see it through a share", listed, []string{"Hr Agent edit", "Restricted Agent edit", "Support Agent edit"})
		})
		t.Run("S1-25 agents are added later", func(t *testing.T) {
			w := w.in(t)
			for who, target := range map[string]string{"accounts.second": "hr.second", "admin": "manager"} {
				w.as(who).post(at(n, "shares"), terms(whom(w.agent(target)))).is(201)
				same(t, target, w.view(target, "shared-with-me"), []int64{n})
			}
			same(t, "list", len(w.as("owner").get(at(n, "shares")).ok().list("items")), 5)
		})
		t.Run("S1-26 agents are taken off again", func(t *testing.T) {
			w := w.in(t)
			ids := map[string]string{}
			a := w.as("owner").get(at(n, "shares")).ok()
			for i := range a.list("items") {
				ids[a.text(fmt.Sprintf("items.%d.target.name", i))] = fmt.Sprint(a.number(fmt.Sprintf("items.%d.id", i)))
			}
			w.as("accounts.second").delete(at(n, "shares", ids["Hr Second"])).is(204)
			w.as("admin").delete(at(n, "shares", ids["Restricted Agent"])).is(204)
			same(t, "out", []bool{w.sees("hr.second", n), w.sees("restricted.agent", n)}, []bool{false, false})
			same(t, "in", []bool{w.sees("hr.agent", n), w.sees("support.agent", n)}, []bool{true, true})
			w.as("admin").delete(at(n, "shares", ids["Restricted Agent"])).is(404)
		})
	})
}

func TestInboxShareEnds(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		n := w.file("accounts", "Invoice missing")
		other := w.file("support", "Elsewhere")
		share := w.share(n, w.agent("support.agent")).number("items.0.id")
		c := w.as("support.agent")
		file := c.post("/attachments?name=proof.txt", "a proof").ok().number("id")
		c.post(at(n, "messages"), map[string]any{"kind": "reply", "text": "See the file.", "attachments": []int64{file}}).is(201)
		c.get(fmt.Sprint("/attachments/", file)).is(200)
		w.as("accounts.agent").delete(at(n, "shares", fmt.Sprint(share))).is(204)
		t.Run("S1-29 after the share is taken back the agent can look at nothing of it", func(t *testing.T) {
			w := w.in(t)
			c := w.as("support.agent")
			for _, part := range []string{"", "/messages", "/events", "/shares", "/access", "/linked-tickets"} {
				c.get(at(n) + part).is(404)
			}
			c.get(fmt.Sprint("/attachments/", file)).is(404)
			same(t, "view", w.view("support.agent", "shared-with-me"), []int64{})
			same(t, "count", c.get("/tickets/count?view=shared-with-me").ok().number("count"), 0)
			same(t, "jump", c.get(fmt.Sprintf("/tickets?q=%%23%d", n)).ok().numbers(), []int64{})
			if raw := c.get("/home").ok().raw + c.get("/notifications").ok().raw; strings.Contains(raw, "Invoice missing") {
				t.Errorf("the subject still shows: %s", raw)
			}
		})
		t.Run("S1-29 and can do nothing to it", func(t *testing.T) {
			w := w.in(t)
			c, before := w.as("support.agent"), w.as("owner").get(at(n)).ok()
			texts := w.texts("owner", n)
			for _, a := range []*answer{
				c.patch(at(n), map[string]any{"priority": "urgent"}),
				c.post(at(n, "messages"), map[string]any{"kind": "reply", "text": "One more thing."}),
				c.post(at(n, "messages"), map[string]any{"kind": "note", "text": "One more thing."}),
				c.post(at(n, "shares"), terms(whom(w.agent("hr.agent")))),
				c.patch(at(n, "shares", fmt.Sprint(share)), map[string]any{"level": "edit"}),
				c.delete(at(n, "shares", fmt.Sprint(share))),
				c.post(at(n, "leave"), nil), c.delete(at(n)), c.post(at(n, "spam"), nil),
				c.post(at(n, "linked-tickets"), map[string]any{"kind": "related", "number": other}),
				c.post(at(n, "merge"), map[string]any{"into": other}),
			} {
				a.is(404)
			}
			c.post(at(other, "linked-tickets"), map[string]any{"kind": "related", "number": n}).refused(422, "number")
			after := w.as("owner").get(at(n)).ok()
			same(t, "version", after.number("version"), before.number("version"))
			same(t, "messages", w.texts("owner", n), texts)
		})
	})
}
