package httpapi_test

import (
	"fmt"
	"maps"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	dm "github.com/deskmesh/deskmesh"
)

// person is the path of somebody.
func (w *world) person(who string, rest ...string) string {
	w.Helper()
	path := "/people/" + strconv.FormatInt(w.id(who), 10)
	for _, r := range rest {
		path += "/" + r
	}
	return path
}

// role makes a role with the permissions and gives the id.
func (w *world) role(name string, permissions ...string) int64 {
	w.Helper()
	return w.as("owner").post("/roles", map[string]any{"name": name, "permissions": permissions}).ok().number("id")
}

// itemNames gives the names in a list.
func itemNames(a *answer) []string {
	a.Helper()
	list := []string{}
	for i := range a.list("items") {
		list = append(list, a.text(fmt.Sprintf("items.%d.name", i)))
	}
	return list
}

func TestPeopleList(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		c := w.as("hr.agent")
		w.as("owner").post(w.person("staff.three", "deactivate"), nil).is(200)
		same(t, "by name", itemNames(c.get("/people?q=HR")), []string{"Hr Agent", "Hr Second"})
		same(t, "by address", itemNames(c.get("/people?q=accounts.a")), []string{"Accounts Agent"})
		same(t, "requesters", itemNames(c.get("/people?kind=requester")), []string{"Staff One", "Staff Three", "Staff Two"})
		same(t, "active requesters", itemNames(c.get("/people?kind=requester&active=true")), []string{"Staff One", "Staff Two"})
		same(t, "deactivated", itemNames(c.get("/people?active=false")), []string{"Staff Three"})
		company := w.as("owner").post("/companies", map[string]any{"name": "Client"}).ok().number("id")
		department := w.as("owner").post("/departments", map[string]any{"name": "Night shift"}).ok().number("id")
		role := w.role("Readers", "notes.read")
		w.as("owner").patch(w.person("staff.two"), map[string]any{"company_id": company, "department_id": department}).ok()
		w.as("owner").patch(w.person("hr.second"), map[string]any{"roles": []int64{role}}).ok()
		group := w.as("owner").post("/groups", map[string]any{"name": "Pair", "members": []int64{w.id("hr.agent"), w.id("hr.second")}}).ok().number("id")
		same(t, "of the company", itemNames(c.get(fmt.Sprintf("/people?company_id=%d", company))), []string{"Staff Two"})
		same(t, "of the department", itemNames(c.get(fmt.Sprintf("/people?department_id=%d&q=staff", department))), []string{"Staff Two"})
		same(t, "of the department, by address", itemNames(c.get(fmt.Sprintf("/people?department_id=%d&q=staff.two", department))), []string{"Staff Two"})
		same(t, "of the group", itemNames(c.get(fmt.Sprintf("/people?group_id=%d", group))), []string{"Hr Agent", "Hr Second"})
		same(t, "with the role", itemNames(w.as("owner").get(fmt.Sprintf("/people?role_id=%d", role))), []string{"Hr Second"})
		same(t, "of a company that is none", itemNames(c.get("/people?company_id=999999")), []string{})
		c.get(fmt.Sprintf("/people?role_id=%d", role)).is(403)
		var paged []string
		path := "/people?kind=requester&limit=1"
		for next := ""; ; path = "/people?kind=requester&limit=1&cursor=" + next {
			a := c.get(path).is(200)
			paged = append(paged, itemNames(a)...)
			var more bool
			if next, more = a.at("next").(string); !more {
				break
			}
		}
		same(t, "in pages", paged, []string{"Staff One", "Staff Three", "Staff Two"})
		for query, field := range map[string]string{"kind=robot": "kind", "active=perhaps": "active", "limit=0": "limit", "limit=201": "limit", "limit=x": "limit", "cursor=x": "cursor", "role_id=0": "role_id", "company_id=x": "company_id",
			"q=" + strings.Repeat("q", 201): "q", "q=a&q=b": "q", "name=x": "name", "q=%00": "q", "q=%ff": "q"} {
			c.get("/people?"+query).refused(422, field)
		}
		w.as("staff.one").get("/people").refused(403, "")
	})
}

// TestPeopleReach: what somebody may see and do is told to those who keep
// people, and to themselves.
func TestPeopleReach(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		hidden := []string{"scope", "all_brands", "brands", "all_inboxes", "inboxes", "roles", "has_password"}
		seen := w.as("admin").get(w.person("hr.agent")).is(200)
		own := w.as("hr.agent").get(w.person("hr.agent")).is(200)
		if own.raw != seen.raw || seen.text("scope") != "group" || len(seen.list("brands")) != 1 || len(seen.list("roles")) != 1 {
			t.Errorf("the administrator reads %s, oneself %s", seen.raw, own.raw)
		}
		for who, a := range map[string]*answer{"a colleague": w.as("hr.second").get(w.person("hr.agent")), "a manager": w.as("manager").get(w.person("hr.agent")),
			"a token": w.token("owner", "notes.read").get(w.person("hr.agent"))} {
			for _, property := range hidden {
				if !a.is(200).has(property) || a.at(property) != nil {
					t.Errorf("%s reads %s of somebody else: %v", who, property, a.at(property))
				}
			}
			same(t, who, a.text("name"), "Hr Agent")
		}
		list := w.as("hr.second").get("/people?q=hr.agent").is(200)
		for _, property := range hidden {
			if list.at("items.0."+property) != nil {
				t.Errorf("the list tells %s", list.raw)
			}
		}
		requester := w.as("admin").get(w.person("staff.two")).is(200)
		same(t, "department", requester.number("department_id"), w.acme().departments["Sales"])
		if requester.at("scope") != nil || requester.at("roles") != nil {
			t.Errorf("a requester is shown as %s", requester.raw)
		}
	})
}

func TestPeopleAgents(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		body := map[string]any{"kind": "agent", "name": "Nils Neu", "address": "Nils@acme.example", "scope": "group", "all_brands": false, "brands": []int64{w.acme().brands["People"]},
			"all_inboxes": false, "inboxes": []int64{w.acme().inboxes["hr"]}, "roles": []int64{w.acme().roles["agent"]}, "groups": []int64{w.acme().groups["HR"]}}
		made := w.as("admin").post("/people", body).is(201)
		path := "/people/" + fmt.Sprint(made.number("id"))
		same(t, "groups", made.list("groups"), []any{w.acme().groups["HR"]})
		same(t, "scope", made.text("scope"), "group")
		w.acme().people["nils"] = made.number("id")
		n := w.file("hr", "For the team")
		same(t, "sees the group's tickets", w.sees("nils", n), true)

		t.Run("an address belongs to one person", func(t *testing.T) {
			w := w.in(t)
			w.as("admin").post("/people", map[string]any{"kind": "requester", "name": "Other", "address": "NILS@acme.example"}).refused(409, "address")
			w.as("admin").patch(path, map[string]any{"address": "hr.agent@acme.example"}).refused(409, "address")
			w.as("admin").patch(path, map[string]any{"others": []string{"hr.agent@acme.example"}}).is(409)
			w.as("globex/owner").post("/people", map[string]any{"kind": "requester", "name": "Other", "address": "nils@acme.example"}).is(201)
		})
		t.Run("a requester can become an agent, not the other way round", func(t *testing.T) {
			w := w.in(t)
			w.as("admin").patch(path, map[string]any{"kind": "requester"}).refused(422, "kind")
			a := w.as("admin").patch(w.person("staff.two"), map[string]any{"kind": "agent", "scope": "restricted", "roles": []int64{w.acme().roles["agent"]}}).is(200)
			same(t, "kind", a.text("kind"), "agent")
			if a.at("department_id") != nil {
				t.Errorf("an agent has a department: %s", a.raw)
			}
		})
		t.Run("roles and groups ask for their own permissions", func(t *testing.T) {
			w := w.in(t)
			keeper := w.role("Receptionist", "people.manage")
			w.as("owner").patch(path, map[string]any{"roles": []int64{keeper}}).is(200)
			c := w.as("nils")
			c.post("/people", map[string]any{"kind": "requester", "name": "Guest", "address": "guest@acme.example"}).is(201)
			agent := map[string]any{"kind": "agent", "name": "Friend", "address": "friend@acme.example"}
			c.post("/people", with(agent, "roles", []int64{keeper})).refused(403, "")
			c.post("/people", with(agent, "groups", []int64{w.acme().groups["HR"]})).refused(403, "")
			c.post("/people", agent).is(201)
			c.patch(w.person("hr.agent"), map[string]any{"name": "Taken over"}).refused(403, "").reason("more_than_own")
			c.post(w.person("owner", "invite"), nil).refused(403, "").reason("more_than_own")
			c.post(w.person("owner", "deactivate"), nil).refused(403, "").reason("more_than_own")
		})
		t.Run("nobody widens their own rights, gives what they lack, or locks themselves out", func(t *testing.T) {
			w := w.in(t)
			c := w.as("admin")
			c.patch(w.person("admin"), map[string]any{"roles": []int64{w.acme().roles["owner"]}}).refused(403, "").reason("own_account")
			c.patch(w.person("admin"), map[string]any{"scope": "restricted"}).refused(403, "").reason("own_account")
			c.patch(w.person("manager"), map[string]any{"roles": []int64{w.acme().roles["owner"]}}).refused(403, "").reason("more_than_own")
			c.post(w.person("admin", "deactivate"), nil).refused(403, "").reason("own_account")
			w.as("owner").post(w.person("owner", "erase"), nil).refused(403, "").reason("own_account")
			w.as("owner").patch(w.person("owner"), map[string]any{"roles": []int64{w.acme().roles["administrator"]}}).refused(409, "").reason("last_owner")
			c.patch(w.person("admin"), map[string]any{"name": "Ada Admin"}).is(200)
		})
	})
}

// with gives the object with one property added or replaced.
func with(object map[string]any, property string, value any) map[string]any {
	other := maps.Clone(object)
	other[property] = value
	return other
}

func TestPeopleEnds(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		owner := w.as("owner")
		t.Run("who is deactivated is out at once, and reactivated signs in anew", func(t *testing.T) {
			w := w.in(t)
			c, token := w.as("hr.second"), w.token("hr.second", "notes.read")
			a := owner.with("Idempotency-Key", "off").post(w.person("hr.second", "deactivate"), nil).is(200)
			same(t, "active", a.at("active"), false)
			c.get("/me").refused(401, "")
			token.get("/me").refused(401, "")
			again := owner.with("Idempotency-Key", "off").post(w.person("hr.second", "deactivate"), nil).is(200)
			same(t, "again", again.raw, a.raw)
			owner.post(w.person("hr.second", "deactivate"), nil).is(200)
			owner.post(w.person("hr.second", "invite"), nil).refused(409, "").reason("inactive")
			on := owner.post(w.person("hr.second", "reactivate"), nil).is(200)
			same(t, "active", on.at("active"), true)
			c.get("/me").refused(401, "")
			token.get("/me").refused(401, "")
			w.as("hr.second").get("/me").is(200)
		})
		t.Run("who is erased leaves no name behind", func(t *testing.T) {
			w := w.in(t)
			c := w.as("staff.one")
			w.as("admin").post(w.person("staff.one", "erase"), nil).refused(403, "")
			a := owner.with("Idempotency-Key", "erase").post(w.person("staff.one", "erase"), nil).is(200)
			if strings.Contains(strings.ToLower(a.raw), "staff") {
				t.Errorf("an erased person is shown as %s", a.raw)
			}
			owner.with("Idempotency-Key", "erase").post(w.person("staff.one", "erase"), nil).is(200)
			c.get("/me").refused(401, "")
			for _, path := range []string{"", "/reactivate", "/invite", "/erase"} {
				method := "POST"
				if path == "" {
					method = "PATCH"
				}
				owner.do(method, w.person("staff.one")+path, bodyFor(method, map[string]any{"name": "Back"})).refused(409, "").reason("erased")
			}
			same(t, "listed", len(owner.get("/people?q=staff.one").list("items")), 0)
		})
		t.Run("what somebody of another account has is unknown", func(t *testing.T) {
			w := w.in(t)
			before := w.fingerprint()
			for _, verb := range []string{"deactivate", "reactivate", "erase", "invite"} {
				there := w.as("globex/owner").post(w.person("hr.agent", verb), nil).refused(404, "")
				nowhere := w.as("globex/owner").post("/people/99999999/"+verb, nil).refused(404, "")
				same(t, verb, there.raw, nowhere.raw)
				w.as("hr.agent").post(w.person("hr.second", verb), nil).refused(403, "")
				w.as("staff.two").post(w.person("hr.second", verb), nil).refused(403, "")
			}
			same(t, "changed", w.fingerprint() != before, false)
		})
	})
}

func TestInvitation(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		invite := func(who string) (secret string) {
			a := w.as("owner").post(w.person(who, "invite"), nil).is(201)
			secret, found := strings.CutPrefix(a.text("url"), "http://acme.localhost/setup/")
			if !found || a.text("expires_at") == "" {
				t.Fatalf("the invitation is %s", a.raw)
			}
			return secret
		}
		works := func(secret string) bool {
			page, err := w.app.SetupPage(w.Context(), w.acme().id, secret)
			return err == nil && page.Person.ID == w.id("hr.agent")
		}
		t.Run("invitation links: shown once, and in no log", func(t *testing.T) {
			w := w.in(t)
			owner := w.as("owner").with("Idempotency-Key", "invite")
			secret := strings.TrimPrefix(owner.post(w.person("hr.agent", "invite"), nil).is(201).text("url"), "http://acme.localhost/setup/")
			again := owner.post(w.person("hr.agent", "invite"), nil).is(201)
			same(t, "told once", again.raw, `{"url":null,"expires_at":null}`+"\n")
			if log := w.as("owner").get("/audit").ok().raw; strings.Contains(log, secret) || !strings.Contains(log, "person.invited") {
				t.Errorf("the log is %s", log)
			}
			same(t, "works", works(secret), true)
		})
		t.Run("invitation links: not to be guessed, and another one ends the earlier", func(t *testing.T) {
			first, second := invite("hr.agent"), invite("hr.agent")
			if first == second || len(first) < 4+43 {
				t.Errorf("%d characters are no 256 bits of chance", len(first)-4)
			}
			same(t, "first, second", []bool{works(first), works(second)}, []bool{false, true})
			for _, guess := range []string{"", "dmu_", second[:len(second)-1], second + "A", strings.ToUpper(second)} {
				same(t, guess, works(guess), false)
			}
		})
		t.Run("invitation links: used once, whoever else comes at the same moment", func(t *testing.T) {
			w := w.in(t)
			secret := invite("hr.agent")
			var taken atomic.Int64
			var all sync.WaitGroup
			for i := range 4 {
				all.Go(func() {
					if _, _, _, err := w.app.TakeInvite(w.Context(), w.acme().id, secret, fmt.Sprint("a password of four words ", i)); err == nil {
						taken.Add(1)
					}
				})
			}
			all.Wait()
			same(t, "taken, works still", []any{taken.Load(), works(secret)}, []any{int64(1), false})
		})
		t.Run("invitation links: over after a week, a new password's after a day", func(t *testing.T) {
			w := w.in(t)
			reset := invite("hr.agent") // who has a password by now
			w.advance(24*time.Hour - time.Minute)
			same(t, "before", works(reset), true)
			w.advance(2 * time.Minute)
			same(t, "after", works(reset), false)
			first := w.as("owner").post(w.person("hr.second", "invite"), nil).is(201).text("url")
			secret := strings.TrimPrefix(first, "http://acme.localhost/setup/")
			w.advance(7*24*time.Hour + time.Minute)
			if _, _, _, err := w.app.TakeInvite(w.Context(), w.acme().id, secret, "a password of four words"); dm.CodeOf(err) != dm.Gone {
				t.Errorf("an old invitation: %v", err)
			}
		})
	})
}

func TestCompanyAndDepartmentLetGo(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		owner := w.as("owner")
		company := owner.post("/companies", map[string]any{"name": "Initech", "manager_id": w.id("manager")}).is(201).number("id")
		owner.patch(w.person("staff.two"), map[string]any{"company_id": company}).is(200)
		owner.post("/companies", map[string]any{"name": "INITECH"}).refused(409, "name")
		owner.delete(fmt.Sprint("/companies/", company)).is(204)
		owner.delete(fmt.Sprint("/departments/", w.acme().departments["Sales"])).is(204)
		a := owner.get(w.person("staff.two")).is(200)
		if a.at("company_id") != nil || a.at("department_id") != nil {
			t.Errorf("what was deleted is still there: %s", a.raw)
		}
	})
}
