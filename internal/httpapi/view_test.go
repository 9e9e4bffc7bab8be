package httpapi_test

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/app"
)

// sidebar gives the keys of somebody's views, in order.
func (w *world) sidebar(who string) []string {
	w.Helper()
	return each(w.as(who).get("/views").ok(), "key")
}

// each gives a text of every item of a list.
func each(a *answer, field string) []string {
	a.Helper()
	list := []string{}
	for i := range a.list("items") {
		list = append(list, a.text(fmt.Sprintf("items.%d.%s", i, field)))
	}
	return list
}

// viewItem finds a view of somebody's by its key, as the place of an item.
func (w *world) viewItem(who, key string) (*answer, string) {
	w.Helper()
	a := w.as(who).get("/views").ok()
	at := slices.Index(each(a, "key"), key)
	if at < 0 {
		w.Fatalf("%s has no view %s: %s", who, key, a.raw)
	}
	return a, fmt.Sprintf("items.%d.", at)
}

func (w *world) hidden(who, key string) bool {
	w.Helper()
	a, at := w.viewItem(who, key)
	return a.at(at+"hidden") == true
}

// viewCounts gives what somebody's sidebar counts, by key; -1 where a view is
// not counted.
func (w *world) viewCounts(who string) map[string]int {
	w.Helper()
	a := w.as(who).get("/views/counts").ok()
	counts := map[string]int{}
	for i, key := range each(a, "view") {
		counts[key] = -1
		if at := fmt.Sprintf("items.%d.count", i); a.at(at) != nil {
			counts[key] = int(a.number(at))
		}
	}
	return counts
}

// listed gives the numbers of a view's tickets.
func (w *world) listed(who, view string) []int64 {
	w.Helper()
	return w.as(who).get("/tickets?limit=200&view=" + view).ok().numbers()
}

func TestSystemViews(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		n := w.file("accounts", "Invoice")
		w.file("accounts", "Another")
		t.Run("S0-35 S0-36 C23 the shared views stand in the sidebar under their names", func(t *testing.T) {
			for key, label := range map[string]string{"shared-with-me": "Tickets Shared With Me", "shared-with-my-groups": "Tickets Shared With My Group"} {
				a, at := w.viewItem("hr.agent", key)
				same(t, key, []any{a.text(at + "name"), a.at(at + "system"), a.at(at + "active"), a.at(at + "can_change")}, []any{label, true, true, false})
				same(t, "alone", w.as("hr.agent").get("/views/"+key).ok().text("name"), label)
			}
			same(t, "an agent's", w.sidebar("hr.agent"), []string{"mine", "unassigned", "all", "shared-with-me", "shared-with-my-groups", "shared-by-me", "spam"})
			same(t, "an administrator's", w.sidebar("admin"), []string{"mine", "unassigned", "all", "shared-with-me", "shared-with-my-groups", "shared-by-me", "recently-unshared", "spam", "deleted"})
		})
		t.Run("C8 S1-21 the shared entries are hidden while they are empty, and answer all the same", func(t *testing.T) {
			same(t, "before", []bool{w.hidden("hr.agent", "shared-with-me"), w.hidden("hr.agent", "shared-with-my-groups")}, []bool{true, true})
			same(t, "others", w.hidden("hr.agent", "mine"), false)
			same(t, "at their address", len(w.listed("hr.agent", "shared-with-me")), 0)
			share := w.share(n, w.agent("hr.agent")).number("items.0.id")
			same(t, "the first share", []bool{w.hidden("hr.agent", "shared-with-me"), w.hidden("hr.agent", "shared-with-my-groups"), w.hidden("hr.second", "shared-with-me")}, []bool{false, true, true})
			w.as("owner").patch(at(n), map[string]any{"status": "solved"}).ok()
			same(t, "a solved ticket", w.hidden("hr.agent", "shared-with-me"), false)
			w.as("owner").delete(at(n, "shares", fmt.Sprint(share))).ok()
			same(t, "the last share", w.hidden("hr.agent", "shared-with-me"), true)
			w.set("sharing.hide_empty_menu", false)
			same(t, "switched off", []bool{w.hidden("hr.agent", "shared-with-me"), w.hidden("hr.agent", "shared-with-my-groups")}, []bool{false, false})
			w.set("sharing.hide_empty_menu", true)
		})
		t.Run("C23 S0-41 S0-42 view, count and home tab have one source", func(t *testing.T) {
			w.share(n, w.agent("hr.agent"), w.group("HR"))
			home := w.as("hr.agent").get("/home?state=done").ok()
			for view, tab := range map[string]string{"shared-with-me": "shared_with_me", "shared-with-my-groups": "shared_with_my_groups"} {
				same(t, view, w.listed("hr.agent", view), []int64{n})
				same(t, tab, []int64{home.number(tab + ".count"), home.number(tab + ".items.0.number")}, []int64{1, n})
				same(t, "count of "+view, w.viewCounts("hr.agent")[view], 1)
			}
			same(t, "S0-37 no other view", []int{w.viewCounts("hr.agent")["all"], len(w.listed("hr.agent", "all"))}, []int{0, 0})
		})
		t.Run("system views can be deactivated by who manages views, and nothing else", func(t *testing.T) {
			w.as("hr.agent").patch("/views/spam", map[string]any{"active": false}).refused(403, "")
			w.as("admin").patch("/views/spam", map[string]any{"name": "Junk"}).refused(422, "name")
			w.as("admin").delete("/views/spam").refused(403, "")
			w.as("admin").patch("/views/nothing", map[string]any{"active": false}).refused(404, "")
			a := w.as("admin").patch("/views/spam", map[string]any{"active": false}).is(200)
			same(t, "active", a.at("active"), false)
			if slices.Contains(w.sidebar("hr.agent"), "spam") || !slices.Contains(w.sidebar("admin"), "spam") {
				t.Error("a deactivated view stays with those alone who can activate it")
			}
			w.as("hr.agent").get("/views/spam").refused(404, "")
			if _, counted := w.viewCounts("admin")["spam"]; counted {
				t.Error("a deactivated view is counted")
			}
			w.as("hr.agent").get("/tickets?view=spam").ok()
			same(t, "globex", slices.Contains(each(w.as("globex/hr.agent").get("/views").ok(), "key"), "spam"), true)
			w.as("admin").patch("/views/spam", map[string]any{"active": true}).is(200)
			same(t, "again", slices.Contains(w.sidebar("hr.agent"), "spam"), true)
		})
		t.Run("requesters have no views", func(t *testing.T) {
			for _, path := range []string{"/views", "/views/counts", "/views/mine"} {
				w.as("staff.one").get(path).refused(403, "")
			}
		})
	})
}

func TestOwnViews(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		calm, urgent := w.file("accounts", "Calm"), w.file("accounts", "Urgent", map[string]any{"priority": "urgent"})
		w.file("hr", "Urgent elsewhere", map[string]any{"priority": "urgent"})
		filter := map[string]any{"field": "priority", "op": "is", "value": "urgent"}
		agent := w.as("accounts.agent")
		made := agent.post("/views", map[string]any{"name": "  Urgent   ones ", "filter": filter, "sort": "-created", "columns": []string{"number", "tags"}}).is(201)
		key := made.text("key")
		t.Run("a view is kept as it was given", func(t *testing.T) {
			same(t, "view", []any{made.text("name"), made.text("base"), made.at("state"), made.text("sort"), made.text("for.kind"), made.text("owner.name"), made.at("system"), made.at("problem")},
				[]any{"Urgent ones", "all", nil, "-created", "owner", "Accounts Agent", false, nil})
			same(t, "columns", len(made.list("columns")), 2)
			same(t, "filter", made.text("filter.field"), "priority")
			same(t, "key", key, fmt.Sprintf("v%d", made.number("id")))
			same(t, "by id", agent.get(fmt.Sprintf("/views/%d", made.number("id"))).ok().text("key"), key)
		})
		t.Run("it lists as a system view does", func(t *testing.T) {
			same(t, "list", w.listed("accounts.agent", key), []int64{urgent})
			same(t, "count", agent.get("/tickets/count?view="+key).ok().number("count"), int64(1))
			same(t, "sidebar", w.viewCounts("accounts.agent")[key], 1)
			agent.patch(at(calm), map[string]any{"priority": "urgent"}).ok()
			same(t, "at once", w.viewCounts("accounts.agent")[key], 2)
			same(t, "sort", w.listed("accounts.agent", key), []int64{urgent, calm})
			same(t, "another sort", w.as("accounts.agent").get("/tickets?sort=created&view="+key).ok().numbers(), []int64{calm, urgent})
			agent.patch(at(calm), map[string]any{"status": "solved"}).ok()
			same(t, "state", agent.get("/tickets?state=open&view="+key).ok().numbers(), []int64{urgent})
			more := `{"field":"status","op":"is","value":"solved"}`
			same(t, "a further filter", agent.get("/tickets?view="+key+"&filter="+url.QueryEscape(more)).ok().numbers(), []int64{calm})
			same(t, "and its count", agent.get("/tickets/count?view="+key+"&filter="+url.QueryEscape(more)).ok().number("count"), int64(1))
		})
		t.Run("rows bring what its columns show", func(t *testing.T) {
			field := w.as("admin").post("/ticket-fields", map[string]any{"name": "Colour", "kind": "text"}).ok().number("id")
			w.as("admin").patch(at(urgent), map[string]any{"fields": map[string]any{fmt.Sprint(field): "red"}}).ok()
			column := fmt.Sprintf("field:%d", field)
			wide := agent.post("/views", map[string]any{"name": "Colours", "filter": filter, "columns": []string{"number", column, "department"}, "sort": "number"}).is(201).text("key")
			a := agent.get("/tickets?view=" + wide).ok()
			same(t, "without a value", a.at("items.0.values"), nil)
			same(t, "value", a.at("items.1.values."+column), "red")
			same(t, "elsewhere", strings.Contains(agent.get("/tickets?view=all").ok().raw, `"values"`), false)
			agent.delete("/views/" + wide).ok()
		})
		t.Run("nobody else has it", func(t *testing.T) {
			for _, who := range []string{"hr.agent", "accounts.second", "globex/owner"} {
				w.as(who).get("/views/"+key).refused(404, "")
				w.as(who).patch("/views/"+key, map[string]any{"name": "Mine"}).refused(404, "")
				w.as(who).delete("/views/"+key).refused(404, "")
				a := w.as(who).get("/tickets?view="+key).refused(422, "view")
				same(t, "as unknown", strings.ReplaceAll(a.raw, a.header.Get("X-Request-Id"), ""),
					func() string {
						b := w.as(who).get("/tickets?view=v999999")
						return strings.ReplaceAll(b.raw, b.header.Get("X-Request-Id"), "")
					}())
				same(t, who, slices.Contains(w.sidebar(who), key), false)
			}
			w.as("staff.one").get("/tickets?view="+key).refused(422, "view")
		})
		t.Run("for a group, by a member, without a permission", func(t *testing.T) {
			group := map[string]any{"kind": "group", "group_id": w.acme().groups["Accounts"]}
			w.as("hr.agent").post("/views", map[string]any{"name": "Not mine", "for": group}).refused(403, "")
			agent.patch("/views/"+key, map[string]any{"for": map[string]any{"kind": "group"}}).refused(422, "for.group_id")
			agent.patch("/views/"+key, map[string]any{"for": map[string]any{"kind": "owner", "group_id": 1}}).refused(422, "for.group_id")
			agent.patch("/views/"+key, map[string]any{"for": map[string]any{"kind": "group", "group_id": w.desks["globex"].groups["HR"]}}).refused(422, "for.group_id")
			same(t, "group", agent.patch("/views/"+key, map[string]any{"for": group}).is(200).text("for.group.name"), "Accounts")
			same(t, "members", []bool{slices.Contains(w.sidebar("accounts.second"), key), slices.Contains(w.sidebar("hr.agent"), key)}, []bool{true, false})
			w.as("accounts.second").patch("/views/"+key, map[string]any{"name": "Mine"}).refused(403, "")
			w.as("accounts.second").delete("/views/"+key).refused(403, "")
		})
		t.Run("for everyone needs views.manage", func(t *testing.T) {
			everyone := map[string]any{"kind": "everyone"}
			agent.patch("/views/"+key, map[string]any{"for": everyone}).refused(403, "")
			agent.post("/views", map[string]any{"name": "All", "for": everyone}).refused(403, "")
			w.as("admin").patch("/views/"+key, map[string]any{"for": everyone}).is(200)
			same(t, "hr", slices.Contains(w.sidebar("hr.agent"), key), true)
			same(t, "each by the own scope", w.viewCounts("hr.agent")[key], 1)
			agent.patch("/views/"+key, map[string]any{"name": "Changed"}).refused(403, "")
			agent.delete("/views/"+key).refused(403, "")
		})
		t.Run("an administrator changes the owner", func(t *testing.T) {
			private := agent.post("/views", map[string]any{"name": "Private", "base": "mine"}).is(201).text("key")
			agent.patch("/views/"+private, map[string]any{"owner_id": w.id("hr.agent")}).refused(403, "")
			w.as("admin").patch("/views/"+private, map[string]any{"owner_id": w.id("globex/owner")}).refused(422, "owner_id")
			w.as("admin").patch("/views/"+private, map[string]any{"owner_id": w.id("staff.one")}).refused(422, "owner_id")
			same(t, "all", slices.Contains(each(w.as("admin").get("/views?all=true").ok(), "key"), private), true)
			same(t, "own sidebar", slices.Contains(w.sidebar("admin"), private), false)
			agent.get("/views?all=true").refused(403, "")
			w.as("admin").patch("/views/"+private, map[string]any{"owner_id": w.id("hr.agent")}).is(200)
			agent.get("/views/"+private).refused(404, "")
			w.as("hr.agent").delete("/views/" + private).is(204)
			w.as("hr.agent").delete("/views/"+private).refused(404, "")
		})
		t.Run("what makes no view is refused", func(t *testing.T) {
			for field, body := range map[string]map[string]any{
				"name":       {"name": strings.Repeat("x", 101)},
				"base":       {"base": "recently-unshared"},
				"state":      {"state": "lost"},
				"sort":       {"sort": "taste"},
				"filter":     {"filter": map[string]any{"field": "inbox", "op": "is", "value": 999999}},
				"columns[1]": {"columns": []string{"number", "messages"}},
				"columns[0]": {"columns": []string{"field:999"}},
				"active":     {"active": false},
				"position":   {"position": 1_000_001},
			} {
				same(t, field, w.as("admin").patch("/views/"+key, body).refused(422, field).status, 422)
			}
			agent.post("/views", map[string]any{"name": " "}).refused(422, "name")
			agent.post("/views", map[string]any{"name": "x", "columns": []string{"number", "number"}}).refused(422, "columns[1]")
		})
		t.Run("by a token it needs views.manage", func(t *testing.T) {
			token := func(scopes ...string) *client {
				return w.nobody().with("Authorization", "Bearer "+w.newToken(w.viewer("admin"), scopes))
			}
			token().post("/views", map[string]any{"name": "By a script"}).refused(403, "")
			token("views.manage").post("/views", map[string]any{"name": "By a script"}).is(201)
			token("views.manage").do("PUT", "/views/order", map[string]any{"views": []string{"all"}}).refused(403, "")
		})
		t.Run("a repeated request makes one view", func(t *testing.T) {
			c := agent.with("Idempotency-Key", "v1")
			first, second := c.post("/views", map[string]any{"name": "Once"}).is(201), c.post("/views", map[string]any{"name": "Once"}).is(201)
			same(t, "key", second.text("key"), first.text("key"))
		})
	})
}

// A view stays when what its filter names is deleted, says so and lists nothing.
func TestBrokenView(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		group, err := w.app.CreateGroup(t.Context(), w.system("acme"), app.GroupPatch{Name: ptr("Short")})
		w.must(err)
		field := w.as("admin").post("/ticket-fields", map[string]any{"name": "Colour", "kind": "text"}).ok().number("id")
		w.file("accounts", "Some ticket")
		owner := w.as("owner")
		byGroup := owner.post("/views", map[string]any{"name": "By group", "filter": map[string]any{"field": "group", "op": "is", "value": group}}).is(201).text("key")
		byField := owner.post("/views", map[string]any{"name": "By field", "columns": []string{"number", fmt.Sprintf("field:%d", field)},
			"filter": map[string]any{"any": []any{map[string]any{"field": "subject", "op": "contains", "value": "Some"}, map[string]any{"field": fmt.Sprintf("field:%d", field), "op": "empty"}}}}).is(201).text("key")
		same(t, "while it fits", len(w.listed("owner", byField)), 1)
		owner.delete(fmt.Sprintf("/groups/%d", group)).ok()
		owner.patch(fmt.Sprintf("/ticket-fields/%d", field), map[string]any{"active": false}).ok()
		for _, key := range []string{byGroup, byField} {
			a := owner.get("/views/" + key).ok()
			same(t, "problem of "+a.text("name"), a.text("problem.field"), "filter")
			owner.get("/tickets?view="+key).refused(422, "view").reason("broken_view")
			owner.get("/tickets/count?view="+key).refused(422, "view").reason("broken_view")
			same(t, "not counted", w.viewCounts("owner")[key], -1)
			owner.post("/exports", map[string]any{"view": key}).refused(422, "view").reason("broken_view")
		}
		same(t, "columns", len(owner.get("/views/"+byField).ok().list("columns")), 1)
		owner.patch("/views/"+byGroup, map[string]any{"filter": nil}).is(200)
		same(t, "mended", len(w.listed("owner", byGroup)), 1)
	})
}

func TestViewOrder(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		agent := w.as("hr.agent")
		b := agent.post("/views", map[string]any{"name": "B"}).is(201).text("key")
		a := agent.post("/views", map[string]any{"name": "a"}).is(201).text("key")
		first := agent.post("/views", map[string]any{"name": "z", "position": 0}).is(201).text("key")
		agent.patch("/views/"+b, map[string]any{"position": 5}).ok()
		agent.patch("/views/"+a, map[string]any{"position": 5}).ok()
		system := []string{"mine", "unassigned", "all", "shared-with-me", "shared-with-my-groups", "shared-by-me", "spam"}
		same(t, "by position and name", w.sidebar("hr.agent"), append(slices.Clone(system), first, a, b))
		agent.do("PUT", "/views/order", map[string]any{"views": []string{b, "all"}}).is(204)
		same(t, "own order", w.sidebar("hr.agent"), append([]string{b, "all"}, "mine", "unassigned", "shared-with-me", "shared-with-my-groups", "shared-by-me", "spam", first, a))
		same(t, "counts in the same order", each(agent.get("/views/counts").ok(), "view")[:2], []string{b, "all"})
		same(t, "others keep theirs", w.sidebar("hr.second"), system)
		agent.do("PUT", "/views/order", map[string]any{"views": []string{"mine", "v999"}}).refused(422, "views[1]")
		agent.do("PUT", "/views/order", map[string]any{"views": []string{"mine", "mine"}}).refused(422, "views[1]")
		agent.do("PUT", "/views/order", map[string]any{"views": []string{}}).is(204)
		same(t, "the desk's again", w.sidebar("hr.agent"), append(slices.Clone(system), first, a, b))
	})
}

func TestRecentlyUnshared(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		owner := w.as("owner")
		numbers := []int64{w.file("accounts", "One"), w.file("accounts", "Two"), w.file("hr", "Three"), w.file("hr", "Never")}
		for _, n := range numbers[:3] {
			w.share(n, w.agent("restricted.agent"), w.group("Legal"))
		}
		for _, n := range []int64{numbers[1], numbers[0], numbers[2], numbers[1]} {
			shares := owner.get(at(n, "shares")).ok()
			owner.delete(at(n, "shares", fmt.Sprint(shares.number("items.0.id")))).ok()
		}
		same(t, "newest first, each once", w.listed("owner", "recently-unshared"), []int64{numbers[1], numbers[2], numbers[0]})
		same(t, "counted", w.viewCounts("owner")["recently-unshared"], 3)
		page := owner.get("/tickets?view=recently-unshared&limit=2").ok()
		rest := owner.get("/tickets?view=recently-unshared&limit=2&cursor=" + page.text("next")).ok()
		same(t, "pages", append(page.numbers(), rest.numbers()...), []int64{numbers[1], numbers[2], numbers[0]})
		same(t, "the other way", owner.get("/tickets?view=recently-unshared&sort=unshared").ok().numbers(), []int64{numbers[0], numbers[2], numbers[1]})
		owner.get("/tickets?view=recently-unshared&sort=created").refused(422, "sort")
		same(t, "without the permission", len(w.listed("accounts.agent", "recently-unshared")), 0)
		w.as("accounts.agent").get("/views/recently-unshared").refused(404, "")
		perms := []dm.Permission{dm.SharesManage, dm.TicketsEdit}
		role, err := w.app.CreateRole(t.Context(), w.system("acme"), app.RolePatch{Name: ptr("Shares"), Permissions: &perms})
		w.must(err)
		w.must(w.app.UpdatePerson(t.Context(), w.system("acme"), w.id("accounts.agent"), app.PersonPatch{Roles: &[]int64{role}}))
		same(t, "in one's own reach", w.listed("accounts.agent", "recently-unshared"), []int64{numbers[1], numbers[0]})
		w.advance(31 * 24 * 3600 * 1e9)
		same(t, "for thirty days", len(w.listed("owner", "recently-unshared")), 0)
	})
}

// TestViewsOfShares proves that a saved view follows the rule of filters that
// name shares, whichever part of the filter comes from the view.
func TestViewsOfShares(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		shared, grouped, other := w.file("accounts", "Shared"), w.file("accounts", "Grouped"), w.file("accounts", "Shared with another")
		own := w.file("hr", "Own and shared")
		w.share(shared, w.agent("hr.agent"))
		w.share(grouped, w.group("HR"))
		w.share(other, w.agent("hr.second"))
		w.share(own, w.agent("hr.agent"))
		me := map[string]any{"field": "shared_with_agent", "op": "is", "value": "me"}
		team := map[string]any{"field": "shared_with_group", "op": "is", "value": "mine"}
		is := map[string]any{"field": "is_shared", "op": "is", "value": true}
		subject := map[string]any{"field": "subject", "op": "contains", "value": "Shared"}
		list := func(list ...any) []any { return list }
		c := w.as("hr.agent")
		t.Run("C22 a view saved from a filter lets in what the filter lets in", func(t *testing.T) {
			for _, tree := range []struct {
				name   string
				filter map[string]any
				base   string
				want   []int64
			}{
				{"a lone leaf", me, "all", []int64{shared, own}},
				{"in the outermost all", map[string]any{"all": list(me, subject)}, "all", []int64{shared, own}},
				{"with my group", map[string]any{"all": list(team)}, "all", []int64{grouped}},
				{"is shared", is, "all", []int64{shared, grouped, own}},
				{"in an any", map[string]any{"any": list(me, team)}, "all", []int64{own}},
				{"in an any below", map[string]any{"all": list(subject, map[string]any{"any": list(me, is)})}, "all", []int64{own}},
				{"not positive", map[string]any{"field": "shared_with_group", "op": "is_not", "value": "mine"}, "all", []int64{own}},
				{"over my own", me, "mine", []int64{}},
				{"over the shared view", is, "shared-with-me", []int64{shared, own}},
			} {
				key := c.post("/views", map[string]any{"name": tree.name, "base": tree.base, "filter": tree.filter}).is(201).text("key")
				same(t, tree.name, w.view("hr.agent", key), tree.want)
				same(t, "count of "+tree.name, c.get("/tickets/count?view="+key).ok().number("count"), int64(len(tree.want)))
				same(t, "sidebar of "+tree.name, w.viewCounts("hr.agent")[key], len(tree.want))
				c.delete("/views/" + key).ok()
			}
		})
		t.Run("C22 a filter on top of a view counts as in the outermost all", func(t *testing.T) {
			leaf := url.QueryEscape(`{"field":"shared_with_agent","op":"is","value":"me"}`)
			words := c.post("/views", map[string]any{"name": "Words", "filter": map[string]any{"all": list(subject)}}).is(201).text("key")
			same(t, "from the query", w.view("hr.agent", words+"&filter="+leaf), []int64{shared, own})
			mine := c.post("/views", map[string]any{"name": "Mine", "filter": me}).is(201).text("key")
			same(t, "from the view", w.view("hr.agent", mine+"&filter="+url.QueryEscape(`{"all":[{"field":"subject","op":"contains","value":"own"}]}`)), []int64{own})
			any := c.post("/views", map[string]any{"name": "Any", "filter": map[string]any{"any": list(subject, me)}}).is(201).text("key")
			same(t, "an any stays one", w.view("hr.agent", any), []int64{own})
		})
		t.Run("C22 an everyone's view shows each reader what is theirs", func(t *testing.T) {
			key := w.as("admin").post("/views", map[string]any{"name": "Shared with me", "filter": me, "for": map[string]any{"kind": "everyone"}}).is(201).text("key")
			same(t, "hr.agent", w.view("hr.agent", key), []int64{shared, own})
			same(t, "hr.second", w.view("hr.second", key), []int64{other})
			same(t, "admin", w.view("admin", key), []int64{})
		})
		t.Run("C22 S0-38 an export and its search follow the same rule", func(t *testing.T) {
			w.mayExport("hr.agent")
			key := c.post("/views", map[string]any{"name": "Export", "filter": me}).is(201).text("key")
			same(t, "view", sorted(w.exported("hr.agent", w.export("hr.agent", map[string]any{"view": key}))), []int64{shared, own})
			same(t, "search", w.exported("hr.agent", w.export("hr.agent", map[string]any{"q": "shared"})), []int64{own})
		})
	})
}
