package httpapi_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/app"
)

// The statements of the first source: sharing with agents and groups across
// brands, inboxes and scopes. docs/statements.md has their words.

func TestShareConcept(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		n := w.file("accounts", "Invoice missing")
		sibling := w.file("accounts", "Other invoice")
		agent := w.as("accounts.agent")
		t.Run("S0-01 a ticket is shared with one agent", func(t *testing.T) {
			a := agent.post(at(n, "shares"), terms([]map[string]any{w.agent("restricted.agent")})).is(201)
			same(t, "target", names(a), []string{"Restricted Agent"})
		})
		t.Run("S0-02 a ticket is shared with a group", func(t *testing.T) {
			if w.sees("hr.agent", n) || w.sees("hr.second", n) {
				t.Fatal("HR sees the ticket before it is shared")
			}
			a := agent.post(at(n, "shares"), terms([]map[string]any{w.group("HR")})).is(201)
			same(t, "kind", a.text("items.0.target.kind"), "group")
		})
		t.Run("S0-03 whoever it is shared with can reach it", func(t *testing.T) {
			same(t, "agent", w.sees("restricted.agent", n), true)
			same(t, "members", []bool{w.sees("hr.agent", n), w.sees("hr.second", n)}, []bool{true, true})
		})
		t.Run("S0-04 S0-09 several teams work on one ticket at the same time", func(t *testing.T) {
			agent.post(at(n, "shares"), terms([]map[string]any{w.group("Legal"), w.group("Support")})).is(201)
			for _, who := range []string{"hr.agent", "support.agent", "accounts.agent"} {
				w.as(who).post(at(n, "messages"), map[string]any{"kind": "note", "text": "a word by " + who}).is(201)
			}
			all := w.as("hr.second").get(at(n, "messages")).ok().raw
			for _, who := range []string{"hr.agent", "support.agent", "accounts.agent"} {
				if !strings.Contains(all, "a word by "+who) {
					t.Errorf("hr.second does not read the note of %s", who)
				}
			}
		})
		t.Run("S0-05 recipients have full access, not read-only", func(t *testing.T) {
			hr := w.as("hr.second")
			hr.post(at(n, "messages"), map[string]any{"kind": "reply", "text": "We look into it."}).is(201)
			hr.post(at(n, "messages"), map[string]any{"kind": "note", "text": "Looks odd."}).is(201)
			v := hr.get(at(n)).ok().number("version")
			got := hr.patch(at(n), map[string]any{"version": v, "priority": "high", "status": "pending", "tags": []string{"hr"}}).is(200)
			same(t, "priority", got.text("priority"), "high")
		})
		t.Run("S0-06 brand access does not keep a recipient out", func(t *testing.T) {
			// hr.agent may work in the brand People alone; the ticket is in Company.
			same(t, "sees", w.sees("hr.agent", n), true)
		})
		t.Run("S0-07 group and restricted scope do not keep a recipient out", func(t *testing.T) {
			same(t, "group scope", w.sees("hr.agent", n), true)
			same(t, "restricted scope", w.sees("restricted.agent", n), true)
			same(t, "but nothing else", []bool{w.sees("hr.agent", sibling), w.sees("restricted.agent", sibling)}, []bool{false, false})
		})
		t.Run("S0-08 Accounts shares with HR: no access before, access after", func(t *testing.T) {
			m := w.file("accounts", "Payroll question")
			same(t, "before", w.sees("hr.agent", m), false)
			w.as("accounts.agent").post(at(m, "shares"), terms([]map[string]any{w.group("HR")})).is(201)
			same(t, "after", w.sees("hr.agent", m), true)
		})
	})
}

func TestShareWhoMay(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		n := w.file("accounts", "Invoice missing")
		asked := terms([]map[string]any{w.group("HR")})
		t.Run("S0-10 S0-11 a requester cannot share their own ticket", func(t *testing.T) {
			same(t, "sees it", w.sees("staff.one", n), true)
			w.as("staff.one").post(at(n, "shares"), asked).is(403)
			w.as("staff.one").get(at(n, "shares")).is(403)
			w.as("staff.one").get("/share-targets?q=h&ticket=" + fmt.Sprint(n)).is(403)
			same(t, "shares", len(w.as("owner").get(at(n, "shares")).list("items")), 0)
		})
		t.Run("S0-12 a requester is no target: the picker offers none, the server refuses one", func(t *testing.T) {
			same(t, "picker", len(w.as("owner").get("/share-targets?q=staff&ticket="+fmt.Sprint(n)).ok().list("items")), 0)
			target := map[string]any{"kind": "requester", "id": w.id("staff.two")}
			w.as("owner").post(at(n, "shares"), terms([]map[string]any{target})).refused(422, "targets[0].kind")
			w.as("owner").post(at(n, "shares"), terms([]map[string]any{{"kind": "agent", "id": w.id("staff.two")}})).refused(422, "targets[0]")
			same(t, "shares", len(w.as("owner").get(at(n, "shares")).list("items")), 0)
		})
		t.Run("S0-13 only shares with agents and groups can be ended by hand", func(t *testing.T) {
			a := w.share(n, w.agent("hr.agent"), w.group("Legal"))
			for i := range 2 {
				w.as("owner").delete(at(n, "shares", fmt.Sprint(a.number(fmt.Sprintf("items.%d.id", i))))).is(204)
			}
			w.as("owner").delete(at(n, "shares", "999999")).is(404)
		})
		t.Run("S0-14 an edition can leave the function out", func(t *testing.T) {
			w.must(w.app.SetEdition(t.Context(), "acme", "starter"))
			w.as("owner").post(at(n, "shares"), asked).is(403).reason("not_entitled")
			w.must(w.app.SetEdition(t.Context(), "acme", "community"))
			w.as("owner").post(at(n, "shares"), asked).is(201)
		})
		t.Run("S0-43 sharing needs the permission", func(t *testing.T) {
			same(t, "may", fmt.Sprint(w.as("accounts.agent").get("/me").at("permissions")), fmt.Sprint(w.as("accounts.agent").get("/me").at("permissions")))
			w.as("noshare.agent").post(at(n, "shares"), terms([]map[string]any{w.group("Legal")})).is(403)
			w.as("accounts.agent").post(at(n, "shares"), terms([]map[string]any{w.group("Legal")})).is(201)
		})
		t.Run("S0-44 the permission comes with a role and goes with it", func(t *testing.T) {
			roles := []int64{w.acme().roles["agent"]}
			w.must(w.app.UpdatePerson(t.Context(), w.system("acme"), w.id("noshare.agent"), app.PersonPatch{Roles: &roles}))
			w.as("noshare.agent").post(at(n, "shares"), terms([]map[string]any{w.group("Support")})).is(201)
			roles = []int64{w.acme().roles["no share"]}
			w.must(w.app.UpdatePerson(t.Context(), w.system("acme"), w.id("noshare.agent"), app.PersonPatch{Roles: &roles}))
			w.as("noshare.agent").post(at(n, "shares"), terms([]map[string]any{w.agent("manager")})).is(403)
		})
		t.Run("S0-45 without it the API answers 403, and a recipient needs it only to share on", func(t *testing.T) {
			m := w.file("hr", "A private matter")
			w.share(m, w.agent("noshare.agent"))
			worker := w.as("noshare.agent")
			worker.post(at(m, "messages"), map[string]any{"kind": "note", "text": "I work on it."}).is(201)
			worker.patch(at(m), map[string]any{"priority": "urgent"}).is(200)
			worker.post(at(m, "shares"), terms([]map[string]any{w.group("Legal")})).is(403)
			worker.get("/share-targets?q=legal").is(403)
		})
	})
}

func TestShareCap(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		var agents []map[string]any
		for i := range 31 {
			name := fmt.Sprintf("extra%d.agent", i)
			w.addAgent("acme", worldAgent{name: name, role: "agent", scope: dm.RestrictedScope})
			agents = append(agents, w.agent(name))
		}
		big, err := w.app.CreateGroup(t.Context(), w.system("acme"), app.GroupPatch{Name: ptr("Big group")})
		w.must(err)
		for i := range 30 {
			groups := []int64{big}
			w.must(w.app.UpdatePerson(t.Context(), w.system("acme"), w.id(fmt.Sprintf("extra%d.agent", i)), app.PersonPatch{Groups: &groups}))
		}
		w.acme().groups["Big group"] = big
		n := w.file("accounts", "Popular")
		t.Run("S0-15 the 26th recipient is refused, agents and groups counted together", func(t *testing.T) {
			w.share(n, append(slices.Clone(agents[:23]), w.group("HR"), w.group("Legal"))...)
			w.as("owner").post(at(n, "shares"), terms(agents[23:24])).is(409).reason("cap")
			same(t, "shares", len(w.as("owner").get(at(n, "shares")).list("items")), 25)
			same(t, "the 26th", w.sees("extra23.agent", n), false)
		})
		t.Run("S0-15 several targets that pass the cap together are all refused", func(t *testing.T) {
			m := w.file("accounts", "Nearly popular")
			w.share(m, agents[:24]...)
			w.as("owner").post(at(m, "shares"), terms(agents[24:26])).is(409).reason("cap")
			same(t, "shares", len(w.as("owner").get(at(m, "shares")).list("items")), 24)
		})
		t.Run("S0-16 a group of thirty counts one", func(t *testing.T) {
			m := w.file("accounts", "Group first")
			w.share(m, w.group("Big group"))
			same(t, "a member", w.sees("extra29.agent", m), true)
			w.share(m, agents[:24]...)
			w.as("owner").post(at(m, "shares"), terms(agents[24:25])).is(409).reason("cap")
		})
	})
}

func TestShareTargets(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		n := w.file("accounts", "Invoice missing")
		find := func(q string) []string {
			return names(w.as("accounts.agent").get("/share-targets?ticket=" + fmt.Sprint(n) + "&q=" + q).ok())
		}
		t.Run("S0-19 an agent or a group can be picked", func(t *testing.T) {
			same(t, "h", find("hr"), []string{"Hr Agent", "Hr Second", "HR"})
		})
		t.Run("S0-20 agents are found by name, also by a later word of it", func(t *testing.T) {
			same(t, "first", find("restr"), []string{"Restricted Agent"})
			same(t, "later", find("second"), []string{"Accounts Second", "Hr Second"})
			same(t, "case", find("RESTRICTED%20agent"), []string{"Restricted Agent"})
		})
		t.Run("S0-21 agents are found by address", func(t *testing.T) {
			same(t, "address", find("hr.agent@acme"), []string{"Hr Agent"})
		})
		t.Run("S0-22 groups are found", func(t *testing.T) {
			same(t, "group", find("lega"), []string{"Legal"})
		})
		t.Run("S0-23 S1-24 the recipient stands in the list of shares", func(t *testing.T) {
			w.as("accounts.agent").post(at(n, "shares"), terms([]map[string]any{w.agent("hr.agent"), w.group("Legal")})).is(201)
			same(t, "list", names(w.as("accounts.agent").get(at(n, "shares")).ok()), []string{"Hr Agent", "Legal"})
			same(t, "as a recipient sees it", names(w.as("hr.agent").get(at(n, "shares")).ok()), []string{"Hr Agent", "Legal"})
		})
		t.Run("S0-24 the share is in the history, and the row shows who shared and when", func(t *testing.T) {
			if !slices.Contains(w.kinds("accounts.agent", n), "ticket.share.created") {
				t.Error("the history does not show the share")
			}
			a := w.as("accounts.agent").get(at(n, "shares"))
			same(t, "by", a.text("items.0.created_by.name"), "Accounts Agent")
			if _, err := time.Parse(time.RFC3339, a.text("items.0.created_at")); err != nil {
				t.Error(err)
			}
			same(t, "cause", a.text("items.0.cause.kind"), "person")
		})
		t.Run("S0-25 the answer says what was shared, for the toast", func(t *testing.T) {
			a := w.as("accounts.agent").post(at(n, "shares"), terms([]map[string]any{w.group("Support")})).is(201)
			same(t, "names", names(a), []string{"Support"})
		})
		t.Run("C14 sharing again answers the share that stands, without a second line or mail", func(t *testing.T) {
			w.mails("")
			before := len(w.kinds("owner", n))
			first := w.as("owner").get(at(n, "shares")).number("items.0.id")
			a := w.as("owner").post(at(n, "shares"), terms([]map[string]any{w.agent("hr.agent"), w.agent("hr.agent")}, "level", "view")).is(200)
			same(t, "id", a.number("items.0.id"), first)
			same(t, "level", a.text("items.0.level"), "edit")
			same(t, "history", len(w.kinds("owner", n)), before)
			same(t, "mails", len(w.mails("")), 0)
		})
		t.Run("Q5 nobody shares with themselves", func(t *testing.T) {
			w.as("accounts.agent").post(at(n, "shares"), terms([]map[string]any{w.agent("accounts.agent")})).refused(422, "targets[0]").reason("self")
		})
		t.Run("Q4 sharing with somebody who sees it already is a call for attention", func(t *testing.T) {
			a := w.as("accounts.agent").get("/share-targets?q=accounts.second&ticket=" + fmt.Sprint(n))
			same(t, "has access", a.text("items.0.access"), "full")
			w.as("accounts.agent").post(at(n, "shares"), terms([]map[string]any{w.agent("accounts.second")})).is(201)
			same(t, "shared with me", w.view("accounts.second", "shared-with-me"), []int64{n})
			same(t, "still in all", slices.Contains(w.view("accounts.second", "all"), n), true)
		})
	})
}

func TestUnshare(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		n := w.file("accounts", "Invoice missing")
		a := w.share(n, w.agent("hr.agent"), w.group("HR"), w.agent("restricted.agent"))
		id := func(i int) string { return fmt.Sprint(a.number(fmt.Sprintf("items.%d.id", i))) }
		t.Run("S0-26 everybody it is shared with gets a mail, members of a group each once", func(t *testing.T) {
			same(t, "audience", w.audience(), []string{"hr.agent@acme.example", "hr.second@acme.example", "restricted.agent@acme.example"})
		})
		t.Run("S0-30 ending one share leaves the others alone", func(t *testing.T) {
			w.as("accounts.agent").delete(at(n, "shares", id(2))).is(204)
			same(t, "gone", w.sees("restricted.agent", n), false)
			same(t, "others", []bool{w.sees("hr.agent", n), w.sees("hr.second", n)}, []bool{true, true})
			same(t, "list", names(w.as("owner").get(at(n, "shares"))), []string{"Hr Agent", "HR"})
		})
		t.Run("S0-32 ending it is in the history", func(t *testing.T) {
			if !slices.Contains(w.kinds("owner", n), "ticket.share.revoked") {
				t.Error("the history does not show it")
			}
		})
		t.Run("S0-34 whoever lost the share gets a mail without content", func(t *testing.T) {
			got := w.mails("restricted.agent")
			if len(got) != 1 {
				t.Fatalf("%d mails", len(got))
			}
			for _, secret := range []string{"Invoice missing", "Text of", "Staff One"} {
				if strings.Contains(got[0].raw+got[0].text+got[0].html, secret) {
					t.Errorf("the mail holds %q", secret)
				}
			}
			for _, wanted := range []string{fmt.Sprint("#", n), "Accounts Agent"} {
				if !strings.Contains(got[0].text, wanted) {
					t.Errorf("the mail lacks %q: %s", wanted, got[0].text)
				}
			}
		})
		t.Run("C18 removing the group leaves a direct share, and the mail says so", func(t *testing.T) {
			w.mails("")
			w.as("owner").delete(at(n, "shares", id(1))).is(204)
			same(t, "direct", w.sees("hr.agent", n), true)
			same(t, "by group alone", w.sees("hr.second", n), false)
			lost, kept := w.mails("hr.second"), w.mails("hr.agent")
			if len(lost) != 1 || len(kept) != 1 || lost[0].text == kept[0].text {
				t.Fatalf("mails: %d to the one who lost it, %d to the one who kept it", len(lost), len(kept))
			}
		})
	})
}

func TestShareViews(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		n := w.file("accounts", "Zebra invoice")
		m := w.file("accounts", "Zebra contract")
		own := w.file("hr", "Zebra leave")
		w.share(n, w.agent("hr.agent"))
		w.share(m, w.group("HR"))
		t.Run("S0-35 the view of what is shared with me", func(t *testing.T) {
			same(t, "view", w.view("hr.agent", "shared-with-me"), []int64{n})
			same(t, "of another", w.view("hr.second", "shared-with-me"), []int64{})
		})
		t.Run("S0-36 the view of what is shared with my groups", func(t *testing.T) {
			same(t, "view", w.view("hr.agent", "shared-with-my-groups"), []int64{m})
			same(t, "of another", w.view("hr.second", "shared-with-my-groups"), []int64{m})
		})
		t.Run("S0-37 what one has only through a share is in no other view", func(t *testing.T) {
			for _, view := range []string{"all", "mine", "unassigned", "shared-by-me", "spam", "deleted"} {
				list := w.view("hr.agent", view)
				if slices.Contains(list, n) || slices.Contains(list, m) {
					t.Errorf("the view %s shows it: %v", view, list)
				}
			}
			same(t, "count", w.as("hr.agent").get("/tickets/count?view=all").number("count"), 1)
			same(t, "count of shared", w.as("hr.agent").get("/tickets/count?view=shared-with-me").number("count"), 1)
		})
		t.Run("S0-38 nor does search find it", func(t *testing.T) {
			same(t, "search", w.as("hr.agent").get("/tickets?q=zebra").ok().numbers(), []int64{own})
			same(t, "the team's own search", len(w.as("accounts.agent").get("/tickets?q=zebra").ok().numbers()), 2)
		})
		t.Run("Q13b the ticket's number opens what search hides", func(t *testing.T) {
			same(t, "jump", w.as("hr.agent").get(fmt.Sprintf("/tickets?q=%%23%d", n)).ok().numbers(), []int64{n})
			same(t, "not for others", w.as("hr.second").get(fmt.Sprintf("/tickets?q=%%23%d", n)).ok().numbers(), []int64{})
		})
		t.Run("Q6 what one reaches anyway stays in its views", func(t *testing.T) {
			w.share(own, w.agent("hr.agent"))
			same(t, "all", w.view("hr.agent", "all"), []int64{own})
			same(t, "shared", w.view("hr.agent", "shared-with-me"), []int64{n, own})
		})
		t.Run("C8 the setting lets search find shared tickets", func(t *testing.T) {
			w.set("sharing.searchable", true)
			same(t, "search", len(w.as("hr.agent").get("/tickets?q=zebra").ok().numbers()), 3)
			same(t, "views stay", w.view("hr.agent", "all"), []int64{own})
			w.set("sharing.searchable", false)
		})
		t.Run("C23 shared with me and with my group: in both views", func(t *testing.T) {
			w.share(n, w.group("HR"))
			same(t, "me", slices.Contains(w.view("hr.agent", "shared-with-me"), n), true)
			same(t, "group", slices.Contains(w.view("hr.agent", "shared-with-my-groups"), n), true)
		})
	})
}
