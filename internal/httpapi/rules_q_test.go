package httpapi_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	dm "github.com/deskmesh/deskmesh"
)

// The decisions where the sources are silent, as far as agents, groups and
// requesters' own tickets go. docs/statements.md has their words. Merging (Q8)
// is in rules_q8_test.go, Q12 with the other rights in rules_c_rights_test.go.

// member lets somebody join ("add") or leave ("remove") a group.
func (w *world) member(group, act, who string) {
	w.Helper()
	w.as("owner").patch(fmt.Sprint("/groups/", w.acme().groups[group]), map[string]any{act: []int64{w.id(who)}}).is(200)
}

// history gives the value at a path of every line of a ticket's history that is
// of a kind, as the owner sees it.
func (w *world) history(number int64, kind, path string) []any {
	w.Helper()
	a := w.as("owner").get(at(number, "events") + "?limit=200").ok()
	list := []any{}
	for i := range a.list("items") {
		if line := fmt.Sprintf("items.%d.", i); a.text(line+"kind") == kind {
			list = append(list, a.at(line+path))
		}
	}
	return list
}

// brand turns a brand on or off.
func (w *world) brand(name string, active bool) {
	w.Helper()
	w.as("owner").patch(fmt.Sprint("/brands/", w.acme().brands[name]), map[string]any{"active": active}).is(200)
}

func TestRuleGroupMembers(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		n := w.file("accounts", "Invoice missing")
		w.share(n, w.group("HR"))
		t.Run("Q1 who joins a group later gets in", func(t *testing.T) {
			w := w.in(t)
			c := w.as("support.agent")
			c.get(at(n)).is(404)
			w.member("HR", "add", "support.agent")
			c.get(at(n)).is(200)
			same(t, "view", w.view("support.agent", "shared-with-my-groups"), []int64{n})
			c.post(at(n, "messages"), map[string]any{"kind": "note", "text": "New here."}).is(201)
		})
		t.Run("Q1 who leaves it is out with the next request", func(t *testing.T) {
			w := w.in(t)
			c := w.as("support.agent")
			w.member("HR", "remove", "support.agent")
			c.get(at(n)).is(404)
			c.post(at(n, "messages"), map[string]any{"kind": "note", "text": "Still here?"}).is(404)
			same(t, "view", w.view("support.agent", "shared-with-my-groups"), []int64{})
			same(t, "the others", w.sees("hr.agent", n), true)
			w.mails("")
			w.as("owner").post(at(n, "messages"), map[string]any{"kind": "note", "text": "Among us."}).is(201)
			same(t, "told", w.audience(), []string{"hr.agent@acme.example", "hr.second@acme.example"})
		})
		t.Run("Q3 deleting a group ends its shares, in the history and without mail", func(t *testing.T) {
			w := w.in(t)
			m := w.file("accounts", "Two groups")
			w.member("Legal", "add", "hr.agent")
			w.member("Legal", "add", "hr.second")
			w.share(m, w.group("Legal"), w.agent("hr.second"))
			w.mails("")
			w.as("owner").delete(fmt.Sprint("/groups/", w.acme().groups["Legal"])).is(204)
			same(t, "sees", []bool{w.sees("hr.agent", m), w.sees("hr.second", m)}, []bool{false, true})
			same(t, "view", w.view("hr.agent", "shared-with-my-groups"), []int64{n})
			same(t, "shares", w.shared(m), []string{"Hr Second"})
			same(t, "cause", w.history(m, "ticket.share.revoked", "share.end_cause"), []any{"group deleted"})
			same(t, "whose", w.history(m, "ticket.share.revoked", "share.target.name"), []any{"Legal"})
			same(t, "told", w.audience(), []string(nil))
			w.as("owner").post(at(m, "shares"), terms(whom(w.group("Legal")))).refused(422, "targets[0]")
			same(t, "picker", names(w.as("owner").get("/share-targets?q=legal").ok()), []string(nil))
		})
	})
}

func TestRuleDeactivated(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		n := w.file("accounts", "Invoice missing")
		w.share(n, w.agent("hr.agent"), w.group("HR"))
		c := w.as("hr.agent")
		c.get(at(n)).is(200)
		w.mails("")
		w.turn("hr.agent", "deactivate")
		t.Run("Q2 a deactivated agent's share stays, inert", func(t *testing.T) {
			w := w.in(t)
			c.get(at(n)).is(401)
			same(t, "shares", w.shared(n), []string{"Hr Agent", "HR"})
			list := w.as("owner").get(at(n, "shares")).ok()
			same(t, "shown as inert", []any{list.at("items.0.target.active"), list.at("items.1.target.active")}, []any{false, true})
			same(t, "ways in", w.ways("hr.agent", n), []string{})
			if whole := w.as("owner").get(at(n, "access")).ok().raw; strings.Contains(whole, "hr.agent@") {
				t.Errorf("the list of who can see it has the agent: %s", whole)
			}
			w.as("owner").post(at(n, "messages"), map[string]any{"kind": "note", "text": "Without you."}).is(201)
			same(t, "told", w.audience(), []string{"hr.second@acme.example"})
		})
		t.Run("Q2 nothing new is shared with a deactivated agent", func(t *testing.T) {
			w := w.in(t)
			m := w.file("accounts", "Another")
			w.as("owner").post(at(m, "shares"), terms(whom(w.agent("hr.agent")))).refused(422, "targets[0]")
			same(t, "picker", names(w.as("owner").get("/share-targets?q=hr.agent").ok()), []string(nil))
		})
		t.Run("Q2 ending it tells a deactivated agent nothing", func(t *testing.T) {
			w := w.in(t)
			w.as("owner").delete(at(n, "shares", w.shareID(n, "HR"))).is(204)
			same(t, "told", w.audience(), []string{"hr.second@acme.example"})
		})
		t.Run("Q2 it works again after reactivation", func(t *testing.T) {
			w := w.in(t)
			w.turn("hr.agent", "reactivate")
			same(t, "sees", w.sees("hr.agent", n), true)
			same(t, "view", w.view("hr.agent", "shared-with-me"), []int64{n})
			same(t, "shown as active", w.as("owner").get(at(n, "shares")).ok().at("items.0.target.active"), true)
		})
	})
}

func TestRuleAccessAlready(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		n := w.file("accounts", "Zebra invoice")
		t.Run("Q4 sharing with somebody who has access is a call for attention, and says through what they have it", func(t *testing.T) {
			w := w.in(t)
			same(t, "before", w.ways("accounts.second", n), []string{"reach"})
			same(t, "picker", w.as("accounts.agent").get("/share-targets?q=accounts.second&ticket="+fmt.Sprint(n)).ok().text("items.0.access"), "full")
			w.as("accounts.agent").post(at(n, "shares"), terms(whom(w.agent("accounts.second")), "level", "view")).is(201)
			same(t, "told", w.audience(), []string{"accounts.second@acme.example"})
			same(t, "after", w.ways("accounts.second", n), []string{"reach", "share"})
			same(t, "view", w.view("accounts.second", "shared-with-me"), []int64{n})
			w.as("accounts.second").patch(at(n), map[string]any{"priority": "high"}).is(200)
		})
		t.Run("Q5 nobody shares with themselves, alone or among others", func(t *testing.T) {
			w := w.in(t)
			w.as("accounts.agent").post(at(n, "shares"), terms(whom(w.agent("hr.agent"), w.agent("accounts.agent")))).refused(422, "targets[1]").reason("self")
			same(t, "nobody was let in", w.shared(n), []string{"Accounts Second"})
			same(t, "picker", slices.Contains(names(w.as("accounts.agent").get("/share-targets?q=accounts").ok()), "Accounts Agent"), false)
		})
		t.Run("Q6 what is in reach or assigned is listed as ever, shared or not", func(t *testing.T) {
			w := w.in(t)
			same(t, "in reach", w.view("accounts.second", "all"), []int64{n})
			same(t, "search", w.as("accounts.second").get("/tickets?q=zebra").ok().numbers(), []int64{n})
			w.share(n, w.agent("restricted.agent"))
			same(t, "by the share alone", []int{len(w.view("restricted.agent", "all")), len(w.as("restricted.agent").get("/tickets?q=zebra").ok().numbers())}, []int{0, 0})
			w.as("owner").patch(at(n), map[string]any{"assignee_id": w.id("restricted.agent")}).is(200)
			for _, view := range []string{"all", "mine", "shared-with-me"} {
				same(t, view, w.view("restricted.agent", view), []int64{n})
			}
			same(t, "search when assigned", w.as("restricted.agent").get("/tickets?q=zebra").ok().numbers(), []int64{n})
			w.as("owner").patch(at(n), map[string]any{"assignee_id": nil}).is(200)
			same(t, "by the share alone again", w.view("restricted.agent", "all"), []int64{})
		})
		t.Run("Q6 when reach goes, a share keeps the ticket but not its place in the lists", func(t *testing.T) {
			w := w.in(t)
			w.as("owner").patch(at(n), map[string]any{"inbox_id": w.acme().inboxes["hr"]}).is(200)
			same(t, "sees", w.sees("accounts.second", n), true)
			same(t, "all", w.view("accounts.second", "all"), []int64{})
			same(t, "shared", w.view("accounts.second", "shared-with-me"), []int64{n})
		})
	})
}

func TestRuleMoved(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		inbox := func(name string) map[string]any { return map[string]any{"inbox_id": w.acme().inboxes[name]} }
		t.Run("Q7 moved to an inbox they can see: access by reach from then on, and the share stays", func(t *testing.T) {
			w := w.in(t)
			n := w.file("accounts", "To us")
			w.share(n, w.agent("hr.agent"))
			w.as("hr.agent").patch(at(n), inbox("hr")).is(200)
			same(t, "ways in", w.ways("hr.agent", n), []string{"reach", "share"})
			same(t, "all", w.view("hr.agent", "all"), []int64{n})
			same(t, "shared", w.view("hr.agent", "shared-with-me"), []int64{n})
			same(t, "the team it came from", []bool{w.sees("accounts.agent", n), w.sees("hr.second", n)}, []bool{false, true})
			w.as("hr.agent").delete(at(n, "shares", w.shareID(n, "Hr Agent"))).is(204)
			same(t, "without the share", w.sees("hr.agent", n), true)
		})
		t.Run("Q7 moved to one they cannot see: the share carries their access", func(t *testing.T) {
			w := w.in(t)
			n := w.file("accounts", "To nobody's")
			w.share(n, w.agent("support.agent"), w.agent("restricted.agent"))
			w.as("support.agent").patch(at(n), inbox("hr")).is(200)
			same(t, "ways in", w.ways("support.agent", n), []string{"share"})
			same(t, "others", []bool{w.sees("restricted.agent", n), w.sees("accounts.agent", n), w.sees("hr.agent", n)}, []bool{true, false, true})
			w.as("support.agent").patch(at(n), inbox("support")).is(200)
			same(t, "to their own", w.ways("support.agent", n), []string{"reach", "share"})
		})
		t.Run("Q7 a group's share carries over as well", func(t *testing.T) {
			w := w.in(t)
			n := w.file("accounts", "Group")
			w.share(n, w.group("HR"))
			w.as("owner").patch(at(n), inbox("support")).is(200)
			same(t, "sees", []bool{w.sees("hr.agent", n), w.sees("hr.second", n)}, []bool{true, true})
		})
	})
}

func TestRuleHandOver(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		toHR := map[string]any{"inbox_id": w.acme().inboxes["hr"]}
		keeping := map[string]any{"inbox_id": w.acme().inboxes["hr"], "keep_access": true}
		t.Run("Q18 handed over without keeping access, the ticket is gone", func(t *testing.T) {
			w := w.in(t)
			n := w.file("accounts", "Given away")
			a := w.as("accounts.agent").patch(at(n), toHR).is(204)
			same(t, "shows nothing", a.raw, "")
			same(t, "sees", []bool{w.sees("accounts.agent", n), w.sees("hr.agent", n)}, []bool{false, true})
			same(t, "shares", w.shared(n), []string{})
		})
		t.Run("Q18 keeping access at a hand-over makes an ordinary share", func(t *testing.T) {
			w := w.in(t)
			n := w.file("accounts", "Handed over")
			a := w.as("accounts.agent").patch(at(n), keeping).is(200)
			same(t, "level", a.text("level"), "edit")
			same(t, "ways in", w.ways("accounts.agent", n), []string{"share"})
			same(t, "view", w.view("accounts.agent", "shared-with-me"), []int64{n})
			same(t, "not listed", slices.Contains(w.view("accounts.agent", "all"), n), false)
			shares := w.as("owner").get(at(n, "shares")).ok()
			same(t, "share", []any{shares.text("items.0.target.name"), shares.text("items.0.cause.kind"), shares.text("items.0.created_by.name")}, []any{"Accounts Agent", "hand_over", "Accounts Agent"})
			same(t, "history", w.history(n, "ticket.share.created", "share.target.name"), []any{"Accounts Agent"})
			w.as("hr.agent").delete(at(n, "shares", w.shareID(n, "Accounts Agent"))).is(204)
			same(t, "ended like any other", w.sees("accounts.agent", n), false)
		})
		t.Run("Q18 no share is made where access stays anyway", func(t *testing.T) {
			w := w.in(t)
			n := w.file("accounts", "Stays")
			w.as("accounts.agent").patch(at(n), map[string]any{"priority": "high", "keep_access": true}).is(200)
			w.share(n, w.agent("accounts.second"))
			w.as("accounts.second").patch(at(n), keeping).is(200)
			same(t, "shares", w.shared(n), []string{"Accounts Second"})
		})
		t.Run("Q18 an own share that has expired is no reason to lose access", func(t *testing.T) {
			w := w.in(t)
			n := w.file("accounts", "Expired")
			w.as("owner").post(at(n, "shares"), terms(whom(w.agent("accounts.agent")), "expires_at", w.from(time.Hour))).is(201)
			w.advance(2 * time.Hour)
			w.as("accounts.agent").patch(at(n), keeping).is(200)
			same(t, "ways in", w.ways("accounts.agent", n), []string{"share"})
			same(t, "history", len(w.history(n, "ticket.share.expired", "kind")), 1)
		})
		t.Run("Q18 keeping access needs what sharing needs, else nothing changes", func(t *testing.T) {
			w := w.in(t)
			n := w.file("accounts", "Refused")
			w.as("noshare.agent").patch(at(n), keeping).is(403)
			w.set("sharing.enabled", false)
			w.as("accounts.agent").patch(at(n), keeping).is(403).reason("sharing_disabled")
			w.set("sharing.enabled", true)
			w.set("sharing.max_internal", 1)
			w.share(n, w.agent("restricted.agent"))
			w.as("accounts.agent").patch(at(n), keeping).is(409).reason("cap")
			w.set("sharing.max_internal", 25)
			same(t, "where it is", w.as("owner").get(at(n)).ok().text("inbox.name"), "Accounts")
		})
		t.Run("Q18 whoever files a ticket out of their own sight keeps access or is told", func(t *testing.T) {
			w := w.in(t)
			body := map[string]any{"subject": "Filed away", "text": "For another team.", "inbox_id": w.acme().inboxes["accounts"], "group_id": w.acme().groups["Support"]}
			w.as("accounts.agent").post("/tickets", body).refused(422, "group_id").reason("would_lose_access")
			body["keep_access"] = true
			n := w.as("accounts.agent").post("/tickets", body).is(201).number("number")
			same(t, "ways in", w.ways("accounts.agent", n), []string{"share"})
		})
	})
}

func TestRuleAssignment(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		assign := func(w *world, n int64, who string) *answer {
			w.Helper()
			return w.as("owner").patch(at(n), map[string]any{"assignee_id": w.id(who)})
		}
		t.Run("Q18 an assignee needs the inbox in reach or a share with edit", func(t *testing.T) {
			w := w.in(t)
			n := w.file("accounts", "Assign me")
			for _, who := range []string{"hr.agent", "support.agent"} {
				assign(w, n, who).refused(422, "assignee_id").reason("assignee_needs_access")
			}
			assign(w, n, "staff.one").refused(422, "assignee_id")
			assign(w, n, "globex/hr.agent").refused(422, "assignee_id")
			for _, who := range []string{"accounts.agent", "restricted.agent", "manager"} {
				assign(w, n, who).is(200)
			}
			for _, level := range []string{"view", "comment"} {
				a := w.as("owner").post(at(n, "shares"), terms(whom(w.agent("hr.agent")), "level", level)).is(201)
				assign(w, n, "hr.agent").refused(422, "assignee_id").reason("assignee_needs_access")
				w.as("owner").delete(at(n, "shares", fmt.Sprint(a.number("items.0.id")))).is(204)
			}
			w.share(n, w.agent("hr.agent"), w.group("Support"))
			assign(w, n, "hr.agent").is(200)
			assign(w, n, "support.agent").is(200)
		})
		t.Run("Q11 a target who becomes assignee has access by assignment, and the share stays", func(t *testing.T) {
			w := w.in(t)
			n := w.file("accounts", "Mine now")
			w.share(n, w.agent("hr.agent"))
			w.mails("")
			assign(w, n, "hr.agent").is(200)
			same(t, "told", len(w.mails("hr.agent")), 1)
			same(t, "ways in", w.ways("hr.agent", n), []string{"assignee", "share"})
			for _, view := range []string{"mine", "shared-with-me", "all"} {
				same(t, view, slices.Contains(w.view("hr.agent", view), n), true)
			}
			w.as("owner").delete(at(n, "shares", w.shareID(n, "Hr Agent"))).is(204)
			same(t, "without the share", w.ways("hr.agent", n), []string{"assignee"})
			w.as("hr.agent").post(at(n, "messages"), map[string]any{"kind": "reply", "text": "Still mine."}).is(201)
			w.as("owner").patch(at(n), map[string]any{"assignee_id": nil}).is(200)
			same(t, "unassigned", w.sees("hr.agent", n), false)
		})
		t.Run("Q18 a group needs a member with the brand", func(t *testing.T) {
			w := w.in(t)
			n := w.file("accounts", "Group")
			group := func(name string) *answer {
				return w.as("owner").patch(at(n), map[string]any{"group_id": w.acme().groups[name]})
			}
			group("Legal").refused(422, "group_id")
			group("HR").refused(422, "group_id")
			w.as("owner").patch(at(n), map[string]any{"group_id": w.desks["globex"].groups["Support"]}).refused(422, "group_id")
			group("Support").is(200)
			w.member("Legal", "add", "global.agent")
			group("Legal").is(200)
		})
		t.Run("Q18 who loses an inbox is unassigned there, a share with edit keeps it", func(t *testing.T) {
			w := w.in(t)
			n, kept := w.file("accounts", "Lost"), w.file("accounts", "Kept")
			elsewhere := w.file("support", "Elsewhere")
			w.addAgent("acme", worldAgent{name: "moving.agent", role: "agent", scope: dm.GroupScope, groups: []string{"Accounts"}, inboxes: []string{"accounts", "support"}})
			for _, number := range []int64{n, kept, elsewhere} {
				assign(w, number, "moving.agent").is(200)
			}
			w.share(kept, w.agent("moving.agent"))
			w.as("owner").patch(fmt.Sprint("/people/", w.id("moving.agent")), map[string]any{"inboxes": []int64{w.acme().inboxes["support"]}}).is(200)
			same(t, "mine", w.view("moving.agent", "mine"), []int64{kept, elsewhere})
			same(t, "assignee", w.as("owner").get(at(n)).ok().at("assignee"), nil)
			same(t, "sees", w.sees("moving.agent", n), false)
			lines := w.history(n, "ticket.updated", "changes.0.field")
			same(t, "history", lines[len(lines)-1], "assignee")
		})
		t.Run("Q18 a move out of the assignee's reach takes the ticket off them", func(t *testing.T) {
			w := w.in(t)
			n := w.file("accounts", "Moved")
			assign(w, n, "accounts.agent").is(200)
			w.as("owner").patch(at(n), map[string]any{"inbox_id": w.acme().inboxes["hr"]}).is(200)
			same(t, "assignee", w.as("owner").get(at(n)).ok().at("assignee"), nil)
			same(t, "sees", w.sees("accounts.agent", n), false)
		})
	})
}

func TestRuleTicketStates(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		w.set("sharing.agents_may_share_with_requesters", true)
		w.set("cc_grants_access", "view")
		t.Run("Q9 a closed ticket stays readable for its targets, and can still be shared", func(t *testing.T) {
			w := w.in(t)
			n := w.file("accounts", "Closed")
			w.share(n, w.agent("hr.agent"))
			w.as("owner").patch(at(n), map[string]any{"status": "closed"}).is(200)
			same(t, "sees", w.sees("hr.agent", n), true)
			same(t, "view", w.view("hr.agent", "shared-with-me"), []int64{n})
			w.as("accounts.agent").post(at(n, "shares"), terms(whom(w.group("HR")))).is(201)
			same(t, "the new one", w.sees("hr.second", n), true)
			same(t, "status", w.as("hr.second").get(at(n)).ok().text("status"), "closed")
			w.as("owner").delete(at(n, "shares", w.shareID(n, "HR"))).is(204)
		})
		// look requires that a ticket is there, or hidden, for those who have it by
		// a share.
		look := func(w *world, n int64, in bool) {
			w.Helper()
			want := 0
			if in {
				want = 1
			}
			for _, who := range []string{"hr.agent", "hr.second", "staff.two"} {
				same(w, who, w.sees(who, n), in)
				same(w, who+" jumping", len(w.as(who).get(fmt.Sprintf("/tickets?q=%%23%d", n)).ok().numbers()), want)
			}
			for who, view := range map[string]string{"hr.agent": "shared-with-me", "hr.second": "shared-with-my-groups"} {
				same(w, view, slices.Contains(w.view(who, view), n), in)
			}
			same(w, "ways in", len(w.ways("hr.agent", n)), 2*want)
		}
		for name, act := range map[string][2]func(c *client, n int64) *answer{
			"spam":    {func(c *client, n int64) *answer { return c.post(at(n, "spam"), nil) }, func(c *client, n int64) *answer { return c.post(at(n, "not-spam"), nil) }},
			"deleted": {func(c *client, n int64) *answer { return c.delete(at(n)) }, func(c *client, n int64) *answer { return c.post(at(n, "restore"), nil) }},
		} {
			t.Run("Q10 the shares of a ticket that is "+name+" sleep and wake with it", func(t *testing.T) {
				w := w.in(t)
				n := w.file("accounts", "Sleeping")
				w.mails("")
				w.share(n, w.agent("hr.agent"), w.group("HR"), w.requester("staff.two"))
				look(w, n, true)
				answered := w.mails("hr.agent")[0]
				w.mails("")
				act[0](w.as("owner"), n).ok()
				look(w, n, false)
				w.as("hr.agent").post(at(n, "messages"), map[string]any{"kind": "note", "text": "Asleep?"}).is(404)
				w.arrive("hr.agent@acme.example", w.replyTo(answered), "Re", "Asleep?")
				w.as("owner").post(at(n, "shares"), terms(whom(w.agent("support.agent")))).is(409).reason("trashed")
				for _, m := range w.mails("") {
					t.Error(m.to, m.subject, m.text)
				}
				act[1](w.as("owner"), n).ok()
				look(w, n, true)
				same(t, "shares", w.shared(n), []string{"Hr Agent", "HR", "Staff Two"})
				same(t, "messages", len(w.texts("owner", n)), 1)
			})
		}
		t.Run("Q10 spam and deleted tickets sleep", func(t *testing.T) {
			w := w.in(t)
			n := w.file("accounts", "Both")
			w.share(n, w.agent("hr.agent"))
			w.as("owner").post(at(n, "spam"), nil).ok()
			same(t, "the team sees spam", w.sees("accounts.agent", n), true)
			w.as("owner").delete(at(n)).ok()
			w.as("owner").post(at(n, "restore"), nil).ok()
			same(t, "restored, but spam", w.sees("hr.agent", n), false)
			w.as("owner").post(at(n, "not-spam"), nil).ok()
			same(t, "awake", w.sees("hr.agent", n), true)
		})
	})
}

func TestRulePrivate(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		w.set("sharing.agents_may_share_with_requesters", true)
		w.set("cc_grants_access", "view")
		n := w.file("accounts", "Zebra invoice", map[string]any{"ccs": []string{"staff.three@acme.example"}})
		w.share(n, w.requester("staff.two"), w.agent("hr.agent"))
		outside := []string{"staff.one", "staff.two", "staff.three"}
		w.as("owner").post(at(n, "messages"), map[string]any{"kind": "reply", "text": "First answer."}).ok()
		first := w.mails("staff.one")[0]
		w.mails("")
		w.as("owner").patch(at(n), map[string]any{"private": true}).is(200)
		t.Run("Q16 a private ticket is hidden from every requester at once", func(t *testing.T) {
			w := w.in(t)
			for _, who := range outside {
				c := w.as(who)
				for _, part := range []string{"", "/messages", "/events"} {
					c.get(at(n) + part).is(404)
				}
				c.post(at(n, "messages"), map[string]any{"kind": "reply", "text": "Where is it?"}).is(404)
				same(t, who+" lists", c.get("/tickets").ok().numbers(), []int64{})
				same(t, who+" counts", c.get("/tickets/count").ok().number("count"), 0)
				same(t, who+" searches", c.get("/tickets?q=zebra").ok().numbers(), []int64{})
				same(t, who+" ways in", w.ways(who, n), []string{})
			}
			same(t, "agents", []bool{w.sees("hr.agent", n), w.sees("accounts.agent", n)}, []bool{true, true})
		})
		t.Run("Q16 no mail about it goes out to them, and theirs are kept out", func(t *testing.T) {
			w := w.in(t)
			w.mails("")
			w.as("owner").post(at(n, "messages"), map[string]any{"kind": "reply", "text": "Among agents."}).is(201)
			same(t, "told", w.audience(), []string{"hr.agent@acme.example"})
			before := w.texts("owner", n)
			w.arrive("staff.one@acme.example", w.replyTo(first), "Re", "Any news?")
			same(t, "messages", w.texts("owner", n), before)
		})
		t.Run("Q16 a private ticket is not shared with a requester", func(t *testing.T) {
			w := w.in(t)
			m := w.file("accounts", "Closed circle", map[string]any{"private": true})
			w.as("owner").post(at(m, "shares"), terms(whom(w.requester("staff.two")))).refused(422, "targets[0]").reason("private")
			w.as("owner").post(at(m, "shares"), terms(whom(w.agent("hr.agent")))).is(201)
		})
		t.Run("Q16 all of it wakes when the ticket is public again", func(t *testing.T) {
			w := w.in(t)
			w.as("owner").patch(at(n), map[string]any{"private": false}).is(200)
			for _, who := range outside {
				same(t, who, w.sees(who, n), true)
			}
			same(t, "shares", w.shared(n), []string{"Staff Two", "Hr Agent"})
			w.mails("")
			w.as("owner").post(at(n, "messages"), map[string]any{"kind": "reply", "text": "Open again."}).is(201)
			same(t, "told", w.audience(), []string{"hr.agent@acme.example", "staff.one@acme.example", "staff.three@acme.example", "staff.two@acme.example"})
		})
	})
}

func TestRuleInactiveBrand(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		n := w.file("accounts", "Invoice missing")
		w.share(n, w.agent("hr.agent"))
		other := w.file("hr", "Elsewhere")
		w.brand("Company", false)
		t.Run("Q15 agents keep the tickets they have, marked", func(t *testing.T) {
			w := w.in(t)
			for _, who := range []string{"accounts.agent", "hr.agent", "owner"} {
				same(t, who, w.as(who).get(at(n)).ok().at("brand_inactive"), true)
			}
			same(t, "in lists", w.as("accounts.agent").get("/tickets?view=all").ok().at("items.0.brand_inactive"), true)
			same(t, "others are not", w.as("owner").get(at(other)).ok().at("brand_inactive"), nil)
			w.as("hr.agent").post(at(n, "messages"), map[string]any{"kind": "note", "text": "Still working."}).is(201)
			w.as("accounts.agent").patch(at(n), map[string]any{"priority": "low"}).is(200)
		})
		t.Run("Q15 nothing new is shared", func(t *testing.T) {
			w := w.in(t)
			w.as("accounts.agent").post(at(n, "shares"), terms(whom(w.group("HR")))).is(409).reason("brand_inactive")
			same(t, "shares", w.shared(n), []string{"Hr Agent"})
		})
		t.Run("Q15 nothing new comes in, and mail makes nothing", func(t *testing.T) {
			w := w.in(t)
			w.as("accounts.agent").post("/tickets", map[string]any{"subject": "New", "text": "New.", "inbox_id": w.acme().inboxes["accounts"]}).refused(422, "inbox_id")
			w.as("owner").patch(at(other), map[string]any{"inbox_id": w.acme().inboxes["accounts"]}).refused(422, "inbox_id")
			w.mails("")
			w.arrive("staff.one@acme.example", "accounts@acme.example", "Hello", "Is anybody there?")
			same(t, "tickets", w.as("owner").get("/tickets/count?view=all").ok().number("count"), 2)
			same(t, "told", w.audience(), []string(nil))
		})
		t.Run("Q15 shares can be narrowed and ended, and all works again with the brand", func(t *testing.T) {
			w := w.in(t)
			w.as("accounts.agent").patch(at(n, "shares", w.shareID(n, "Hr Agent")), map[string]any{"level": "view"}).is(200)
			w.as("accounts.agent").patch(at(n, "shares", w.shareID(n, "Hr Agent")), map[string]any{"level": "edit"}).is(409).reason("brand_inactive")
			w.as("accounts.agent").delete(at(n, "shares", w.shareID(n, "Hr Agent"))).is(204)
			w.brand("Company", true)
			w.as("accounts.agent").post(at(n, "shares"), terms(whom(w.agent("hr.agent")))).is(201)
			same(t, "sees", w.sees("hr.agent", n), true)
		})
	})
}

func TestRuleEventOfItsOwn(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		n := w.file("accounts", "Invoice missing")
		t.Run("Q13 whoever shares gets no mail about it, in the group or not", func(t *testing.T) {
			w := w.in(t)
			w.as("owner").post(at(n, "shares"), terms(whom(w.agent("hr.agent")), "can_reshare", true)).is(201)
			w.mails("")
			w.as("hr.agent").post(at(n, "shares"), terms(whom(w.group("HR")))).is(201)
			same(t, "told of the share", w.audience(), []string{"hr.second@acme.example"})
			w.as("hr.agent").patch(at(n, "shares", w.shareID(n, "HR")), map[string]any{"level": "comment"}).is(200)
			same(t, "told of the change", w.audience(), []string{"hr.second@acme.example"})
			w.as("hr.agent").delete(at(n, "shares", w.shareID(n, "HR"))).is(204)
			same(t, "told of the end", w.audience(), []string{"hr.second@acme.example"})
		})
		t.Run("Q13b link and number of the mail open what search hides", func(t *testing.T) {
			w := w.in(t)
			m := w.file("accounts", "Pelican invoice")
			w.share(m, w.agent("support.agent"))
			same(t, "link", strings.Contains(w.mails("support.agent")[0].text, fmt.Sprintf("http://acme.localhost/tickets/%d", m)), true)
			same(t, "search", w.as("support.agent").get("/tickets?q=pelican").ok().numbers(), []int64{})
			same(t, "number", w.as("support.agent").get(fmt.Sprint("/tickets?q=", m)).ok().numbers(), []int64{m})
			w.as("support.agent").get(at(m)).is(200)
		})
		t.Run("Q14 a share is an event of its own and no update of the ticket", func(t *testing.T) {
			w := w.in(t)
			m := w.file("accounts", "Untouched")
			before := w.as("owner").get(at(m)).ok()
			w.advance(time.Hour)
			id := fmt.Sprint(w.share(m, w.agent("hr.agent")).number("items.0.id"))
			w.as("owner").patch(at(m, "shares", id), map[string]any{"level": "view"}).is(200)
			w.as("owner").delete(at(m, "shares", id)).is(204)
			after := w.as("owner").get(at(m)).ok()
			for _, part := range []string{"updated_at", "version", "status", "solved_at"} {
				same(t, part, after.at(part), before.at(part))
			}
			same(t, "history", w.kinds("owner", m), []string{"ticket.created", "ticket.message", "ticket.share.created", "ticket.share.updated", "ticket.share.revoked"})
			w.as("owner").patch(at(m), map[string]any{"version": before.number("version"), "priority": "high"}).is(200)
		})
	})
}
