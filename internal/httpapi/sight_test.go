package httpapi_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	dm "github.com/deskmesh/deskmesh"
)

// TestDepartmentSight is sight of a department as an administrator gives it.
func TestDepartmentSight(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		admin := w.as("admin")
		two := map[string]any{"requester_address": w.address("staff.two")}
		ticket := w.file("accounts", "A question", two)
		change := w.file("accounts", "A change", two, map[string]any{"type": "change"})
		id := admin.post("/people", map[string]any{"kind": "requester", "name": "Staff Four", "address": w.address("staff.four"), "department_id": w.acme().departments["Sales"]}).is(201).number("id")
		w.acme().people["staff.four"] = id
		four := w.person("staff.four")
		sees := func() []int64 {
			list := w.as("staff.four").get("/tickets").ok().numbers()
			slices.Sort(list)
			return list
		}
		t.Run("S2-18 tickets and changes are given separately, each to read or to answer", func(t *testing.T) {
			w := w.in(t)
			same(t, "at first", []any{admin.get(four).ok().at("department_tickets"), admin.get(four).ok().at("department_changes"), len(sees())}, []any{"none", "none", 0})
			for _, tickets := range []string{"none", "read", "write"} {
				for _, changes := range []string{"none", "read", "write"} {
					a := admin.patch(four, map[string]any{"department_tickets": tickets, "department_changes": changes}).is(200)
					same(t, "told", []any{a.at("department_tickets"), a.at("department_changes")}, []any{tickets, changes})
					want := []int64{}
					for _, x := range []struct {
						number int64
						sight  string
					}{{ticket, tickets}, {change, changes}} {
						if x.sight != "none" {
							want = append(want, x.number)
						}
						same(t, fmt.Sprintf("tickets %s, changes %s: it opens", tickets, changes), w.sees("staff.four", x.number), x.sight != "none")
						status := map[string]int{"none": 404, "read": 403, "write": 201}[x.sight]
						w.as("staff.four").post(at(x.number, "messages"), map[string]any{"kind": "reply", "text": "Me too."}).is(status)
						if x.sight != "none" {
							same(t, "rights", w.rights("staff.four", x.number), map[string][]string{"read": {"see"}, "write": {"see", "reply"}}[x.sight])
						}
					}
					same(t, "listed", sees(), want)
				}
			}
			a := admin.patch(four, map[string]any{"department_changes": "none"}).is(200)
			same(t, "the other stays", []any{a.at("department_tickets"), a.at("department_changes"), sees()}, []any{"write", "none", []int64{ticket}})
		})
		t.Run("what does not fit is refused, named, and changes nothing", func(t *testing.T) {
			w := w.in(t)
			before := w.fingerprint()
			for _, field := range []string{"department_tickets", "department_changes"} {
				for _, bad := range []any{"all", "", "READ", 1, true, nil, []string{"read"}} {
					a := admin.patch(four, map[string]any{field: bad}).refused(422, field)
					if strings.Contains(a.raw, "READ") {
						t.Errorf("the value comes back: %s", a.raw)
					}
				}
				admin.patch(w.person("staff.one"), map[string]any{field: "read"}).refused(422, field) // in no department
			}
			same(t, "nothing changed", w.fingerprint() == before, true)
		})
		t.Run("S2-20 agents cannot have it", func(t *testing.T) {
			w := w.in(t)
			for _, field := range []string{"department_tickets", "department_changes"} {
				admin.patch(w.person("hr.agent"), map[string]any{field: "read"}).refused(422, field)
				admin.patch(w.person("hr.agent"), map[string]any{field: "none"}).is(200)
				admin.post("/people", map[string]any{"kind": "agent", "name": "Nora", "address": "nora@acme.example", field: "write"}).refused(422, field)
			}
		})
		t.Run("it takes the permission to keep people", func(t *testing.T) {
			w := w.in(t)
			body := map[string]any{"department_tickets": "none"}
			w.as("hr.agent").patch(four, body).is(403)
			w.as("staff.four").patch(four, body).is(403)
			w.as("globex/admin").patch(four, body).is(404)
			w.nobody().patch(four, body).is(401)
		})
		t.Run("S2-19 Q17 it follows the ticket's department and never opens a private ticket", func(t *testing.T) {
			w := w.in(t)
			owner := w.as("owner")
			owner.patch(at(ticket), map[string]any{"private": true}).ok()
			same(t, "private", w.sees("staff.four", ticket), false)
			owner.patch(at(ticket), map[string]any{"private": false}).ok()
			same(t, "not private", w.sees("staff.four", ticket), true)
			owner.patch(at(ticket), map[string]any{"department_id": w.acme().departments["Legal"]}).ok()
			same(t, "another department's", w.sees("staff.four", ticket), false)
			owner.patch(at(ticket), map[string]any{"department_id": w.acme().departments["Sales"]}).ok()
			owner.patch(at(ticket), map[string]any{"type": "change"}).ok()
			same(t, "a change now", w.sees("staff.four", ticket), false)
			owner.patch(at(ticket), map[string]any{"type": "question"}).ok()
			same(t, "no change any more", w.sees("staff.four", ticket), true)
		})
		t.Run("S2-19 who has it is told of as a reader, and as somebody who sees the ticket", func(t *testing.T) {
			w := w.in(t)
			access := w.as("owner").get(at(ticket, "access")).ok().raw
			if !strings.Contains(access, `"`+w.address("staff.four")+`"`) || !strings.Contains(access, `"department"`) {
				t.Errorf("who can see it: %s", access)
			}
			_, outside, names := w.readers("owner", ticket, "reply")
			if outside != 2 || slices.Contains(names, "requester Staff Four") { // a number, as those are who are in by reach
				t.Errorf("%d readers outside, among %v", outside, names)
			}
			if _, outside, _ := w.readers("owner", change, "reply"); outside != 1 {
				t.Errorf("%d read the change outside", outside)
			}
		})
		t.Run("Q17 it ends when they leave the department, also for another", func(t *testing.T) {
			w := w.in(t)
			a := admin.patch(four, map[string]any{"department_id": w.acme().departments["Legal"]}).is(200)
			same(t, "sight", []any{a.at("department_tickets"), len(sees())}, []any{"none", 0})
			a = admin.patch(four, map[string]any{"department_id": w.acme().departments["Sales"], "department_tickets": "read"}).is(200)
			same(t, "given again in one go", []any{a.at("department_tickets"), sees()}, []any{"read", []int64{ticket}})
			admin.patch(four, map[string]any{"department_id": nil}).is(200)
			same(t, "no department", len(sees()), 0)
		})
		t.Run("the administrators' log tells it", func(t *testing.T) {
			w := w.in(t)
			if raw := w.as("owner").get("/audit?limit=200").ok().raw; !strings.Contains(raw, "department_tickets") || !strings.Contains(raw, "department_changes") {
				t.Errorf("the log: %s", raw)
			}
		})
	})
}

// TestOutsideTakenBack takes back each way in that people outside can have, while
// a stream is open, a mail waits and an answer is on its way: nothing of the
// ticket reaches them from then on (features of the leak tests: sibling tickets,
// lists, counts, search, history, files, live line, waiting mail, answers by mail).
func TestOutsideTakenBack(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		w.startLive()
		for key, value := range map[string]any{"portal.share_scope": "anyone", "portal.cc": true, "cc_grants_access": "comment", "sharing.agents_may_share_with_requesters": true} {
			w.set(key, value)
		}
		owner := w.as("owner")
		three := w.address("staff.three")
		ask := func(ch dm.Change) {
			w.Helper()
			_, err := w.app.Apply(w.Context(), w.viewer("staff.two").AsRequester(), ch)
			w.must(err)
		}
		member := func(number int64) (share int64) {
			page, err := w.app.PortalTicket(w.Context(), w.viewer("staff.two").AsRequester(), number)
			w.must(err)
			for i := range page.Members {
				if page.Members[i].ID == w.id("staff.three") {
					return page.Members[i].ShareID
				}
			}
			w.Fatal("staff.three is not in")
			return 0
		}
		for _, way := range []struct {
			name       string
			give, take func(n int64)
		}{
			{"a share by an agent", func(n int64) { w.share(n, w.requester("staff.three")) }, func(n int64) { owner.delete(at(n, "shares", w.shareID(n, "Staff Three"))).ok() }},
			{"a share by the requester", func(n int64) { ask(dm.Change{Number: n, LetIn: &dm.LetIn{Addresses: []string{three}}}) },
				func(n int64) { ask(dm.Change{Number: n, Unshare: []int64{member(n)}}) }},
			{"a copy", func(n int64) { ask(dm.Change{Number: n, AddCCs: []string{three}}) }, func(n int64) { ask(dm.Change{Number: n, RemoveCCs: []int64{w.id("staff.three")}}) }},
			{"being the requester", func(n int64) { owner.patch(at(n), map[string]any{"requester_id": w.id("staff.three")}).ok() },
				func(n int64) { owner.patch(at(n), map[string]any{"requester_id": w.id("staff.two")}).ok() }},
			{"sight of the department", func(n int64) {
				owner.patch(w.person("staff.three"), map[string]any{"department_id": w.acme().departments["Sales"], "department_tickets": "write"}).ok()
			}, func(n int64) { owner.patch(w.person("staff.three"), map[string]any{"department_tickets": "none"}).ok() }},
		} {
			t.Run(way.name, func(t *testing.T) { w.in(t).takenBack(t, way.give, way.take) })
		}
	})
}

func (w *world) takenBack(t *testing.T, give, take func(n int64)) {
	owner := w.as("owner")
	n := w.file("accounts", "The pelican", map[string]any{"requester_address": w.address("staff.two")})
	sibling := w.file("accounts", "A sibling")
	file := owner.post("/attachments?name=plan.txt", "the plan").ok().number("id")
	owner.post(at(n, "messages"), map[string]any{"kind": "reply", "text": "first heron", "attachments": []int64{file}}).ok()
	if w.sees("staff.three", n) {
		t.Fatal("they see it before")
	}
	w.mails("")
	give(n)
	c := w.as("staff.three")
	l := w.listenAs(c)
	c.get(at(n)).is(200)
	c.get(at(sibling)).is(404)
	c.get(fmt.Sprint("/attachments/", file)).is(200)
	owner.post(at(n, "messages"), map[string]any{"kind": "reply", "text": "second heron"}).ok()
	if len(told(l.heard(), "ticket")) == 0 {
		t.Error("they hear of nothing while they are in")
	}
	held := w.mails("staff.three") // of those who hear of it; sight of a department tells nobody
	owner.post(at(n, "messages"), map[string]any{"kind": "reply", "text": "third heron"}).ok()
	take(n)
	l.heard() // that it is gone
	for _, mail := range w.mails("staff.three") {
		if strings.Contains(mail.text, "third heron") {
			t.Errorf("a mail that waited tells %s", mail.text)
		}
	}
	for _, path := range []string{at(n), at(n, "messages"), at(n, "events"), fmt.Sprint("/attachments/", file)} {
		c.get(path).is(404)
	}
	for _, list := range []string{"/tickets", "/tickets?q=pelican", "/tickets?q=heron", "/tickets?q=file:plan"} {
		same(t, list, len(c.get(list).ok().numbers()), 0)
	}
	same(t, "the count", []any{c.get("/tickets/count").ok().number("count"), c.get("/tickets/count?q=heron").ok().number("count")}, []any{0, 0})
	for _, path := range []string{"/notifications", "/search?q=pelican", "/search?q=%23" + itoa(n)} {
		if raw := c.get(path).ok().raw; strings.Contains(raw, "pelican") {
			t.Errorf("%s tells of it: %s", path, raw)
		}
	}
	if _, err := w.app.PortalTicket(w.Context(), w.viewer("staff.three").AsRequester(), n); dm.CodeOf(err) != dm.NotFound {
		t.Errorf("the portal: %v", err)
	}
	owner.post(at(n, "messages"), map[string]any{"kind": "reply", "text": "fourth heron"}).ok()
	if all := l.heard(); len(told(all, "ticket")) > 0 {
		t.Errorf("they hear %+v", all)
	}
	for _, mail := range w.mails("staff.three") {
		if strings.Contains(mail.text, "heron") {
			t.Errorf("a mail tells %s", mail.text)
		}
	}
	c.post(at(n, "messages"), map[string]any{"kind": "reply", "text": "let me in"}).is(404)
	for i := range held {
		w.arrive(w.address("staff.three"), w.replyTo(held[i]), "Re: The pelican", "an answer by mail")
	}
	if raw := w.as("staff.two").get(at(n, "messages")).ok().raw; strings.Contains(raw, "an answer by mail") {
		t.Error("an answer to an old mail stands in the ticket")
	}
}
