package httpapi_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// ask asks for access as somebody, and has the job look at it.
func (w *world) ask(who string, number int64, level, reason string) {
	w.Helper()
	w.as(who).post(at(number, "access-requests"), map[string]any{"level": level, "reason": reason}).is(202)
	w.drain()
}

// requests gives the ids of the requests that somebody may decide on.
func (w *world) requests(who string, query ...string) []int64 {
	w.Helper()
	a := w.as(who).get("/access-requests?" + strings.Join(query, "&")).ok()
	ids := []int64{}
	for i := range a.list("items") {
		ids = append(ids, a.number(fmt.Sprintf("items.%d.id", i)))
	}
	return ids
}

// waiting gives the one request that waits on a ticket.
func (w *world) waiting(number int64) string {
	w.Helper()
	a := w.as("owner").get(at(number, "access-requests")).ok()
	if len(a.list("items")) != 1 {
		w.Fatalf("not one request waits: %s", a.raw)
	}
	return fmt.Sprintf("/access-requests/%d", a.number("items.0.id"))
}

// numberOf gives the id at the end of a path.
func (w *world) numberOf(path string) int64 {
	w.Helper()
	id, err := strconv.ParseInt(path[strings.LastIndexByte(path, '/')+1:], 10, 64)
	w.must(err)
	return id
}

// noMail is a mail server that is down.
type noMail struct{}

func (noMail) Send(context.Context, int64, string, []string, []byte) error {
	return errors.New("the mail server is down")
}

// countOf reads one number past the program.
func (w *world) countOf(query string) string { return strings.Trim(w.rows(w.plain(), query)[0], "[]") }

// TestAskingTellsNothing: whoever asks learns nothing by the answer, by what is
// written before it, or afterwards.
func TestAskingTellsNothing(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		hidden, own, deleted := w.file("accounts", "Hidden"), w.file("hr", "Own"), w.file("accounts", "Deleted")
		w.as("owner").delete(at(deleted)).ok()
		// Numbers of the other account go further than those of this one.
		globex := w.as("globex/owner")
		var foreign int64
		for range 5 {
			foreign = globex.post("/tickets", map[string]any{"subject": "Foreign", "text": "x", "inbox_id": w.desks["globex"].inboxes["support"]}).ok().number("number")
		}
		w.mails("")
		hr := w.as("hr.agent")
		state := func() []string {
			return []string{w.countOf(`SELECT COUNT(*) FROM access_wishes`), w.countOf(`SELECT COUNT(*) FROM jobs WHERE kind = 'access.ask'`),
				w.countOf(`SELECT COUNT(*) FROM access_requests`), w.countOf(`SELECT COUNT(*) FROM events`), w.countOf(`SELECT COUNT(*) FROM notifications`)}
		}
		var first *answer
		start := state()
		for i, number := range []int64{hidden, 987654321, foreign, deleted, own, 1 << 52} {
			a := hr.post(at(number, "access-requests"), map[string]any{"level": "edit", "reason": "Please"}).is(202)
			if first == nil {
				first = a
			}
			strip := func(a *answer) string {
				h := a.header.Clone()
				h.Del("X-Request-Id")
				h.Del("Date")
				return fmt.Sprint(a.raw, h)
			}
			same(t, fmt.Sprint("the answer for ", number), strip(a), strip(first))
			same(t, fmt.Sprint("what is written for ", number), state(), append([]string{fmt.Sprint(i + 1), fmt.Sprint(i + 1)}, start[2:]...))
		}
		w.drain()
		same(t, "wishes left", state()[0], "0")
		same(t, "requests", state()[2], "1")
		same(t, "asked for the hidden one", len(w.requests("owner")), 1)
		same(t, "mails to the asker", len(w.mails("hr.agent")), 0)
		same(t, "notifications of the asker", len(hr.get("/notifications").ok().list("items")), 0)
		hr.get("/access-requests?state=waiting").ok()
		same(t, "what the asker may decide on", len(w.requests("hr.agent")), 0)
		hr.get(at(hidden, "access-requests")).is(404)

		t.Run("only agents ask, and nobody who is not signed in", func(t *testing.T) {
			w.as("staff.one").post(at(hidden, "access-requests"), map[string]any{}).is(403)
			w.nobody().post(at(hidden, "access-requests"), map[string]any{}).is(401)
			hr.post(at(hidden, "access-requests"), map[string]any{"level": "owner"}).refused(422, "level")
			hr.post(at(hidden, "access-requests"), map[string]any{"reason": strings.Repeat("x", 1001)}).refused(422, "reason")
		})
		t.Run("where shares need a reason, so does a request, for every number alike", func(t *testing.T) {
			w.set("sharing.require_reason", true)
			defer w.set("sharing.require_reason", false)
			for _, number := range []int64{hidden, 987654321, own} {
				hr.post(at(number, "access-requests"), map[string]any{"level": "view"}).refused(422, "reason")
			}
		})
		t.Run("twenty a day are taken, whatever the numbers", func(t *testing.T) {
			second := w.as("hr.second")
			for i := range 20 {
				second.post(at([]int64{hidden, 987654321, own}[i%3], "access-requests"), map[string]any{}).is(202)
			}
			for _, number := range []int64{hidden, 987654321, own} {
				a := second.post(at(number, "access-requests"), map[string]any{}).is(429).reason("daily_limit")
				same(t, "when to come back", a.header.Get("Retry-After"), fmt.Sprint(15*60*60)) // it is nine o'clock
			}
			hr.post(at(own, "access-requests"), map[string]any{}).is(202)
			w.advance(15 * time.Hour)
			w.as("hr.second").post(at(hidden, "access-requests"), map[string]any{}).is(202)
		})
	})
}

func TestAccessRequests(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		t.Run("a request reaches the assignee, else the group, else whoever may share", func(t *testing.T) {
			n := w.file("accounts", "Invoice")
			w.mails("")
			w.ask("hr.agent", n, "comment", "Same customer")
			same(t, "without an assignee", w.audience(), []string{w.address("accounts.agent"), w.address("accounts.second")})
			owner := w.as("owner")
			owner.patch(at(n), map[string]any{"assignee_id": w.id("accounts.second")}).ok()
			w.mails("")
			w.ask("hr.second", n, "view", "")
			same(t, "with one", w.audience(), []string{w.address("accounts.second")})
			a := w.as("accounts.second").get("/notifications").ok()
			same(t, "the line", []any{a.text("items.0.kind"), a.text("items.0.actor.name"), a.number("items.0.ticket.number")}, []any{"access_request", "Hr Second", n})
			owner.patch(at(n), map[string]any{"assignee_id": nil, "group_id": nil}).ok()
			w.mails("")
			w.ask("support.agent", n, "view", "")
			same(t, "without a group", w.audience(), []string{w.address("admin"), w.address("global.agent"), w.address("manager"), w.address("owner")})
		})
		t.Run("those who may decide have it in their list, others do not", func(t *testing.T) {
			n := w.file("accounts", "Lists")
			w.ask("hr.agent", n, "comment", "Same customer")
			a := w.as("accounts.agent").get(at(n, "access-requests")).ok()
			for path, want := range map[string]any{"ticket.subject": "Lists", "person.name": "Hr Agent", "person.address": "hr.agent@acme.example", "level": "comment",
				"reason": "Same customer", "state": "waiting", "decided_by": nil, "decided_at": nil} {
				same(t, path, a.at("items.0."+path), want)
			}
			id := a.number("items.0.id")
			for who, want := range map[string]bool{"accounts.agent": true, "owner": true, "noshare.agent": false, "hr.second": false, "restricted.agent": false, "hr.agent": false, "globex/owner": false} {
				same(t, who, slices.Contains(w.requests(who), id), want)
			}
			w.as("noshare.agent").get(at(n, "access-requests")).is(403)
			w.as("noshare.agent").post(fmt.Sprintf("/access-requests/%d/grant", id), map[string]any{}).is(403)
			for _, who := range []string{"hr.second", "hr.agent", "globex/owner"} {
				w.as(who).post(fmt.Sprintf("/access-requests/%d/grant", id), map[string]any{}).is(404)
				w.as(who).post(fmt.Sprintf("/access-requests/%d/decline", id), nil).is(404)
			}
			w.as("staff.one").get("/access-requests").is(403)
			count := w.as("accounts.agent").get("/access-requests/count").ok()
			same(t, "count", []any{count.number("count"), count.at("more")}, []any{len(w.requests("accounts.agent")), false})
			same(t, "pages", len(w.requests("accounts.agent", "limit=1")), 1)
		})
		t.Run("a grant shares the ticket, and the asker is told by the share", func(t *testing.T) {
			n := w.file("accounts", "Grant")
			w.ask("hr.agent", n, "comment", "Same customer")
			w.mails("")
			a := w.as("accounts.agent").post(w.waiting(n)+"/grant", map[string]any{"see_internal": false}).is(200)
			same(t, "state", []any{a.text("state"), a.text("decided_by.name")}, []any{"granted", "Accounts Agent"})
			s := w.as("owner").get(at(n, "shares")).ok()
			same(t, "share", []any{s.text("items.0.target.name"), s.text("items.0.level"), s.at("items.0.see_internal"), s.text("items.0.cause.kind"), s.text("items.0.reason")},
				[]any{"Hr Agent", "comment", false, "request", "Same customer"})
			same(t, "told", w.audience(), []string{w.address("hr.agent")})
			same(t, "opens", w.sees("hr.agent", n), true)
			kinds := w.kinds("owner", n)
			for _, kind := range []string{"ticket.access.requested", "ticket.share.created", "ticket.access.granted"} {
				if !slices.Contains(kinds, kind) {
					t.Errorf("no %s in %v", kind, kinds)
				}
			}
			w.as("owner").post(fmt.Sprintf("/access-requests/%d/decline", a.number("id")), nil).is(409).reason("decided")
			same(t, "granted ones", slices.Contains(w.requests("owner", "state=granted"), a.number("id")), true)
		})
		t.Run("a viewer asks for more, and the share is raised", func(t *testing.T) {
			n := w.file("accounts", "More")
			w.as("owner").post(at(n, "shares"), terms([]map[string]any{w.agent("hr.agent")}, "level", "view", "see_internal", false)).ok()
			w.ask("hr.agent", n, "view", "")
			same(t, "what they have already", len(w.as("owner").get(at(n, "access-requests")).list("items")), 0)
			w.ask("hr.agent", n, "edit", "")
			w.mails("")
			w.as("owner").post(w.waiting(n)+"/grant", map[string]any{"level": "comment", "see_internal": true}).is(200)
			s := w.as("owner").get(at(n, "shares")).ok()
			same(t, "share", []any{len(s.list("items")), s.text("items.0.level"), s.at("items.0.see_internal")}, []any{1, "comment", true})
			same(t, "told", w.audience(), []string{w.address("hr.agent")})
			same(t, "history", w.history(n, "ticket.share.updated", "cause.kind"), []any{"request"})
		})
		t.Run("nobody gives more than they have", func(t *testing.T) {
			n := w.file("accounts", "Held")
			w.as("owner").post(at(n, "shares"), terms([]map[string]any{w.agent("support.agent")}, "level", "edit", "see_internal", false, "can_reshare", true)).ok()
			w.ask("hr.agent", n, "edit", "")
			w.as("support.agent").post(w.waiting(n)+"/grant", map[string]any{"see_internal": true}).is(403).reason("more_than_held")
			w.as("owner").get(at(n, "access-requests")).ok()
			w.as("support.agent").post(w.waiting(n)+"/grant", map[string]any{}).is(200)
		})
		t.Run("who is turned down is not told", func(t *testing.T) {
			n := w.file("accounts", "Declined")
			w.ask("hr.agent", n, "view", "")
			w.mails("")
			before := len(w.as("hr.agent").get("/notifications").list("items"))
			same(t, "state", w.as("owner").post(w.waiting(n)+"/decline", nil).is(200).text("state"), "declined")
			same(t, "mails", w.audience(), []string{})
			same(t, "lines", len(w.as("hr.agent").get("/notifications").list("items")), before)
			same(t, "opens", w.sees("hr.agent", n), false)
			w.ask("hr.agent", n, "view", "Please")
			same(t, "asked again", w.waiting(n) != "", true)
		})
		t.Run("asking again while one waits is one request and one mail", func(t *testing.T) {
			n := w.file("accounts", "Again")
			w.mails("")
			w.ask("hr.agent", n, "view", "")
			w.ask("hr.agent", n, "edit", "Now with a reason")
			a := w.as("owner").get(at(n, "access-requests")).ok()
			same(t, "requests", []any{len(a.list("items")), a.text("items.0.level"), a.text("items.0.reason")}, []any{1, "edit", "Now with a reason"})
			same(t, "mails", w.audience(), []string{w.address("accounts.agent"), w.address("accounts.second")})
		})
		t.Run("a share by hand answers the request that it fulfils", func(t *testing.T) {
			n := w.file("accounts", "By hand")
			w.ask("hr.agent", n, "comment", "")
			w.as("owner").post(at(n, "shares"), terms([]map[string]any{w.agent("hr.agent")}, "level", "view")).ok()
			share := w.as("owner").get(at(n, "shares")).number("items.0.id")
			w.waiting(n)
			w.as("owner").patch(at(n, "shares", fmt.Sprint(share)), map[string]any{"level": "edit"}).ok()
			same(t, "waiting", len(w.as("owner").get(at(n, "access-requests")).list("items")), 0)
		})
		t.Run("a mail about a request that was decided meanwhile is not sent", func(t *testing.T) {
			declined, waits := w.file("accounts", "Declined meanwhile"), w.file("accounts", "Waits")
			w.mails("")
			w.app.Mail = noMail{}
			w.ask("hr.agent", declined, "view", "")
			w.ask("hr.agent", waits, "view", "")
			w.as("owner").post(w.waiting(declined)+"/decline", nil).is(200)
			w.app.Mail = w.outbox
			w.advance(time.Hour)
			sent := w.mails("accounts.agent")
			if len(sent) != 1 || !strings.Contains(sent[0].subject, "Waits") {
				t.Errorf("sent are %v", sent)
			}
		})
		t.Run("who cannot be let in any more does not wait", func(t *testing.T) {
			n := w.file("accounts", "Gone")
			w.ask("restricted.agent", n, "view", "")
			path := w.waiting(n)
			w.must(w.app.DeactivatePerson(w.Context(), w.system("acme"), w.id("restricted.agent")))
			same(t, "waiting", len(w.as("owner").get(at(n, "access-requests")).list("items")), 0)
			w.as("owner").post(path+"/grant", map[string]any{}).is(404)
		})
		t.Run("decisions can be switched off as notices, like all others", func(t *testing.T) {
			n := w.file("accounts", "Quiet")
			w.as("accounts.agent").do("PUT", "/me/notices", map[string]any{"access_request": false}).ok()
			w.as("accounts.second").do("PUT", "/me/notices", map[string]any{"access_request": false}).ok()
			w.mails("")
			w.ask("hr.agent", n, "view", "")
			same(t, "mails", w.audience(), []string{})
		})
	})
}

func TestAccessDecisionsRace(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		for i := range 4 {
			n := w.file("accounts", fmt.Sprint("Race ", i))
			w.ask("hr.agent", n, "view", "")
			path := w.waiting(n)
			one, two := w.as("accounts.agent"), w.as("manager")
			got := together(func() *answer { return one.post(path+"/grant", map[string]any{}) }, func() *answer { return two.post(path+"/decline", nil) })
			same(t, "statuses", got, []int{200, 409})
			granted := slices.Contains(w.requests("owner", "state=granted", "limit=200"), w.numberOf(path))
			same(t, "opens", w.sees("hr.agent", n), granted)
		}
		n := w.file("accounts", "Two at once")
		w.ask("hr.agent", n, "view", "")
		path := w.waiting(n)
		one, two := w.as("accounts.agent"), w.as("manager")
		got := together(func() *answer { return one.post(path+"/grant", map[string]any{}) }, func() *answer { return two.post(path+"/grant", map[string]any{}) })
		same(t, "two grants", got, []int{200, 409})
		same(t, "shares", len(w.as("owner").get(at(n, "shares")).list("items")), 1)
	})
}

func TestAccessRequestsAreLive(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		n := w.file("accounts", "Live")
		// The HR agents hear of it by a share on which they may decide, without notes.
		w.as("owner").post(at(n, "shares"), terms([]map[string]any{w.agent("hr.second")}, "level", "edit", "see_internal", false, "can_reshare", true)).ok()
		w.drain()
		agent, sharer, asker, noshare := w.listen("accounts.agent"), w.listen("hr.second"), w.listen("hr.agent"), w.listen("support.agent")
		w.ask("hr.agent", n, "view", "")
		for name, l := range map[string]*listener{"the agent": agent, "who may share on": sharer} {
			if e := l.until("counts"); e.name != "counts" {
				t.Errorf("%s hears %+v", name, e)
			}
		}
		for name, l := range map[string]*listener{"the asker": asker, "somebody else": noshare} {
			if all := l.heard(); len(all) > 0 {
				t.Errorf("%s hears %+v", name, all)
			}
		}
	})
}
