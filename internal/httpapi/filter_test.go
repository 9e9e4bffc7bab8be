package httpapi_test

import (
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"
)

// cond is a leaf of a filter, all and any its lists.
func cond(field, op string, value ...any) map[string]any {
	leaf := map[string]any{"field": field, "op": op}
	if len(value) == 1 {
		leaf["value"] = value[0]
	} else if len(value) > 1 {
		leaf["value"] = value
	}
	return leaf
}

func allOf(nodes ...any) map[string]any { return map[string]any{"all": nodes} }
func anyOf(nodes ...any) map[string]any { return map[string]any{"any": nodes} }

// listPath is the address of a filtered list.
func (w *world) listPath(path string, tree any, more ...string) string {
	w.Helper()
	raw, err := json.Marshal(tree)
	w.must(err)
	return path + "?filter=" + url.QueryEscape(string(raw)) + strings.Join(more, "")
}

// filtered gives the numbers of a filtered list, in order of the numbers, and
// asks that the count is the same.
func (w *world) filtered(who string, tree any, more ...string) []int64 {
	w.Helper()
	list := w.as(who).get(w.listPath("/tickets", tree, append(more, "&limit=200")...)).ok().numbers()
	slices.Sort(list)
	same(w, "count", w.as(who).get(w.listPath("/tickets/count", tree, more...)).ok().number("count"), len(list))
	return list
}

func TestFilterByShares(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		hr, support := w.id("hr.agent"), w.acme().groups["Support"]
		n, m, k := w.file("accounts", "One"), w.file("accounts", "Two"), w.file("accounts", "Three")
		w.as("accounts.agent").post(at(n, "shares"), terms([]map[string]any{w.agent("hr.agent")}, "level", "view")).ok()
		w.as("owner").post(at(m, "shares"), terms([]map[string]any{w.group("Support")}, "level", "edit", "expires_at", w.clock.now().Add(20*time.Hour).Format(time.RFC3339))).ok()
		t.Run("S0-39 the filter has a field Shared with Agent", func(t *testing.T) {
			same(t, "is", w.filtered("accounts.agent", cond("shared_with_agent", "is", hr)), []int64{n})
			same(t, "is not", w.filtered("accounts.agent", cond("shared_with_agent", "is_not", hr)), []int64{m, k})
			same(t, "in", w.filtered("accounts.agent", cond("shared_with_agent", "in", hr, w.id("restricted.agent"))), []int64{n})
			same(t, "empty", w.filtered("accounts.agent", cond("shared_with_agent", "empty")), []int64{m, k})
			same(t, "me, as the recipient", w.filtered("hr.agent", cond("shared_with_agent", "is", "me")), []int64{n})
		})
		t.Run("S0-40 the filter has a field Shared with Group", func(t *testing.T) {
			same(t, "is", w.filtered("accounts.agent", cond("shared_with_group", "is", support)), []int64{m})
			same(t, "is not", w.filtered("accounts.agent", cond("shared_with_group", "is_not", support)), []int64{n, k})
			same(t, "not empty", w.filtered("accounts.agent", cond("shared_with_group", "not_empty")), []int64{m})
			same(t, "mine, as a member", w.filtered("support.agent", cond("shared_with_group", "is", "mine")), []int64{m})
		})
		t.Run("S0-39 S0-40 more about shares: by whom, since when, at what level, why, until when", func(t *testing.T) {
			for what, c := range map[string]struct {
				tree any
				want []int64
			}{
				"shared by":       {cond("shared_by", "is", w.id("accounts.agent")), []int64{n}},
				"shared since":    {cond("shared_since", "within_last", map[string]int{"hours": 1}), []int64{n, m}},
				"shared before":   {cond("shared_since", "older_than", map[string]int{"hours": 1}), []int64{}},
				"level":           {cond("share_level", "is", "edit"), []int64{m}},
				"not that level":  {cond("share_level", "is_not", "edit"), []int64{n, k}},
				"cause":           {cond("share_cause", "is", "person"), []int64{n, m}},
				"expires before":  {cond("share_expires", "before", w.clock.now().Add(21*time.Hour).Format(time.RFC3339)), []int64{m}},
				"expires sooner":  {cond("share_expires", "within_next", map[string]int{"hours": 19}), []int64{}},
				"never expires":   {cond("share_expires", "empty"), []int64{n, k}},
				"is shared":       {cond("is_shared", "is", true), []int64{n, m}},
				"is not shared":   {cond("is_shared", "is", false), []int64{k}},
				"two in one tree": {allOf(cond("is_shared", "is", true), anyOf(cond("share_level", "is", "edit"), cond("number", "is", n))), []int64{n, m}},
			} {
				same(t, what, w.filtered("accounts.agent", c.tree), c.want)
			}
			w.advance(21 * time.Hour)
			same(t, "after its end a share counts no more", w.filtered("accounts.agent", cond("shared_with_group", "is", support)), []int64{})
		})
		t.Run("S0-39 S0-40 requesters filter by what they see, and learn of no field beyond", func(t *testing.T) {
			for _, field := range []string{"shared_with_agent", "shared_with_group", "is_shared", "tags", "group", "assignee", "messages", "private", "field:1"} {
				value := any("x")
				op := map[string]string{"tags": "has_any", "group": "empty"}[field]
				if op == "" {
					op = "is"
				}
				a := w.as("staff.one").get(w.listPath("/tickets", cond(field, op, value)))
				a.refused(422, "filter")
			}
			a := w.as("staff.one").get("/ticket-filters").ok()
			for _, secret := range []string{"shared_with", "tags", "Support", "group"} {
				if strings.Contains(a.raw, secret) {
					t.Errorf("requesters are told of %q", secret)
				}
			}
			same(t, "own tickets", w.filtered("staff.one", cond("subject", "contains", "TWO")), []int64{m})
		})
	})
}

func TestFilterJoins(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		me, other := w.id("hr.agent"), w.id("restricted.agent")
		byAccounts := func(n int64, targets ...map[string]any) {
			w.as("accounts.agent").post(at(n, "shares"), terms(targets)).ok()
		}
		own, plain, theirs := w.file("hr", "Own"), w.file("hr", "Plain"), w.file("hr", "Theirs", map[string]any{"priority": "urgent"})
		a, b, c, d := w.file("accounts", "A", map[string]any{"priority": "urgent"}), w.file("accounts", "B"), w.file("accounts", "C"), w.file("accounts", "D")
		w.share(own, w.agent("hr.agent"))
		w.share(theirs, w.agent("restricted.agent"))
		byAccounts(a, w.agent("hr.agent"))
		w.share(b, w.group("HR"))
		byAccounts(c, w.agent("hr.agent"))
		w.share(c, w.agent("restricted.agent"))
		w.share(d, w.agent("restricted.agent"))
		listed := []int64{own, plain, theirs}
		t.Run("C22 the trees", func(t *testing.T) {
			same(t, "without a filter", w.view("hr.agent", "all"), listed)
			for i, x := range []struct {
				why  string
				tree any
				want []int64
			}{
				{"a lone leaf stands at the top", cond("shared_with_agent", "is", "me"), []int64{own, a, c}},
				{"so does one in all", allOf(cond("shared_with_agent", "is", me)), []int64{own, a, c}},
				{"the rest of all holds for who joins", allOf(cond("shared_with_agent", "is", "me"), cond("priority", "is", "urgent")), []int64{a}},
				{"a group of mine", cond("shared_with_group", "is", "mine"), []int64{b}},
				{"is shared: with me or mine", cond("is_shared", "is", true), []int64{own, theirs, a, b, c}},
				{"by whom: of the shares with me", cond("shared_by", "is", w.id("accounts.agent")), []int64{a, c}},
				{"the owner's share of c is with another", cond("shared_by", "is", w.id("owner")), []int64{own, theirs, b}},
				{"shared with another joins nothing", cond("shared_with_agent", "is", other), []int64{theirs}},
				{"with me or another: mine join", cond("shared_with_agent", "in", me, other), []int64{own, theirs, a, c}},
				{"with me and with another", allOf(cond("shared_with_agent", "is", "me"), cond("shared_with_agent", "is", other)), []int64{c}},
				{"in any: only narrows", anyOf(cond("shared_with_agent", "is", "me"), cond("shared_with_agent", "is", other)), []int64{own, theirs}},
				{"in all in all: only narrows", allOf(allOf(cond("shared_with_agent", "is", "me"))), []int64{own}},
				{"in any in all: only narrows", allOf(anyOf(cond("is_shared", "is", true)), cond("number", "gt", 0)), []int64{own, theirs}},
				{"not shared", cond("is_shared", "is", false), []int64{plain}},
				{"negative: not with me", cond("shared_with_agent", "is_not", me), []int64{plain, theirs}},
				{"another sharing field: only narrows", cond("share_level", "is", "edit"), []int64{own, theirs}},
				{"with any agent: mine join", cond("shared_with_agent", "not_empty"), []int64{own, theirs, a, c}},
			} {
				same(t, fmt.Sprint("tree ", i+1, ", ", x.why), w.filtered("hr.agent", x.tree), sorted(x.want))
				same(t, fmt.Sprint("tree ", i+1, " by number"), sorted(w.as("hr.agent").get(w.listPath("/tickets", x.tree, "&limit=200&sort=number")).ok().numbers()), sorted(x.want))
			}
		})
		t.Run("C22 only listed queries are opened", func(t *testing.T) {
			tree := cond("is_shared", "is", true)
			same(t, "mine", w.filtered("hr.agent", tree, "&view=mine"), []int64{})
			same(t, "unassigned", w.filtered("hr.agent", tree, "&view=unassigned"), sorted([]int64{own, theirs, a, b, c}))
			same(t, "shared with me", w.filtered("hr.agent", tree, "&view=shared-with-me"), sorted([]int64{own, a, c}))
			same(t, "shared with my groups", w.filtered("hr.agent", cond("shared_with_agent", "is", "me"), "&view=shared-with-my-groups"), []int64{})
			same(t, "spam", w.filtered("hr.agent", tree, "&view=spam"), []int64{})
		})
		t.Run("C22 a share that ended joins no more, nor does one that sleeps", func(t *testing.T) {
			w.set("sharing.on_disable", "suspend")
			w.set("sharing.enabled", false)
			same(t, "asleep", w.filtered("hr.agent", cond("shared_with_agent", "is", "me")), []int64{own})
			w.set("sharing.enabled", true)
			shares := w.as("owner").get(at(a, "shares")).ok().number("items.0.id")
			w.as("owner").delete(at(a, "shares", fmt.Sprint(shares))).ok()
			same(t, "ended", w.filtered("hr.agent", cond("shared_with_agent", "is", "me")), sorted([]int64{own, c}))
		})
		t.Run("C22 a reader who may not see internal content learns no number of notes", func(t *testing.T) {
			w.as("owner").post(at(d, "shares"), terms([]map[string]any{w.agent("hr.agent")}, "see_internal", false)).ok()
			w.as("owner").post(at(d, "messages"), map[string]any{"kind": "note", "text": "A secret toucan"}).ok()
			mine := cond("shared_with_agent", "is", "me")
			same(t, "messages", w.filtered("hr.agent", allOf(mine, cond("messages", "gt", 1))), []int64{})
			same(t, "words", w.filtered("hr.agent", allOf(mine, cond("text", "contains", "toucan"))), []int64{})
			same(t, "who may", w.filtered("accounts.agent", cond("text", "contains", "TOUCAN")), []int64{d})
			if n, ok := w.as("hr.agent").get(w.listPath("/tickets", mine)).ok().at("items.0.messages").(float64); ok {
				t.Errorf("the list tells of %v messages", n)
			}
		})
	})
}

func sorted(list []int64) []int64 {
	list = slices.Clone(list)
	slices.Sort(list)
	return list
}

func TestFilterFields(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		owner := w.as("owner")
		size := owner.post("/ticket-fields", map[string]any{"name": "Size", "kind": "number"}).ok().number("id")
		colour := owner.post("/ticket-fields", map[string]any{"name": "Colour", "kind": "choice", "options": []string{"red", "blue"}}).ok().number("id")
		n := w.file("accounts", "Straße und Ärger", map[string]any{"tags": []string{"vip", "late"}})
		m := w.file("support", "Printer jam", map[string]any{"requester_address": "eve@Other.example"})
		owner.patch(at(n), map[string]any{"fields": map[string]any{fmt.Sprint(size): 12.5, fmt.Sprint(colour): "red"}, "assignee_id": w.id("owner")}).ok()
		own := func(id int64) string { return fmt.Sprint("field:", id) }
		t.Run("fields", func(t *testing.T) {
			for _, c := range []struct {
				tree any
				want []int64
			}{
				{cond("subject", "contains", "STRASSE"), []int64{n}},
				{cond("subject", "is", "printer  JAM"), []int64{m}},
				{cond("text", "contains", "jam printer"), []int64{m}},
				{cond("text", "contains", "pri"), []int64{}},
				{cond("tags", "has_all", "VIP", "late"), []int64{n}},
				{map[string]any{"field": "tags", "op": "has_none", "value": []string{"vip", "never used"}}, []int64{m}},
				{map[string]any{"field": "tags", "op": "has_any", "value": []string{"never used"}}, []int64{}},
				{cond("inbox", "is", w.acme().inboxes["accounts"]), []int64{n}},
				{cond("brand", "is", w.acme().brands["Company"]), []int64{n, m}},
				{cond("group", "in", w.acme().groups["Support"], w.acme().groups["HR"]), []int64{m}},
				{cond("assignee", "is", "me"), []int64{n}},
				{cond("assignee", "empty"), []int64{m}},
				{cond("requester_domain", "is", "other.EXAMPLE"), []int64{m}},
				{cond("requester_address", "is", "EVE@other.example"), []int64{m}},
				{cond("requester", "is", w.id("staff.one")), []int64{n}},
				{cond("created", "within_last", map[string]int{"days": 1}), []int64{n, m}},
				{cond("created", "before", "2026-03-02"), []int64{}},
				{cond("created", "is", "2026-03-02"), []int64{n, m}},
				{cond("state", "is", "done"), []int64{}},
				{cond("status", "in", "new", "open"), []int64{n, m}},
				{cond("via", "is", "api"), []int64{n, m}},
				{cond("has_attachment", "is", false), []int64{n, m}},
				{cond("messages", "is", 1), []int64{n, m}},
				{cond("number", "lte", n), []int64{n}},
				{cond(own(size), "gt", 12), []int64{n}},
				{cond(own(size), "is", 12.5), []int64{n}},
				{cond(own(colour), "is_not", "blue"), []int64{n, m}},
				{cond(own(colour), "empty"), []int64{m}},
				{map[string]any{}, []int64{n, m}},
				{map[string]any{"all": []any{}}, []int64{n, m}},
			} {
				same(t, fmt.Sprint(c.tree), w.filtered("owner", c.tree), c.want)
			}
		})
		t.Run("together with view, state and sort", func(t *testing.T) {
			same(t, "view", w.filtered("owner", cond("number", "gt", 0), "&view=unassigned"), []int64{m})
			same(t, "state", w.filtered("owner", cond("number", "gt", 0), "&state=done"), []int64{})
			same(t, "by subject", w.as("owner").get("/tickets?sort=subject").ok().numbers(), []int64{m, n})
			same(t, "by subject, turned round, two pages", w.walk("owner", "/tickets?sort=-subject"), 2)
			w.as("owner").get("/tickets?sort=colour").refused(422, "sort")
			w.as("staff.one").get("/tickets?sort=priority").refused(422, "sort")
		})
		t.Run("what cannot be asked is refused, with its place", func(t *testing.T) {
			for says, tree := range map[string]any{
				"At all[1].any[0]: there is no such field": allOf(cond("private", "is", false), anyOf(cond("wishes", "is", 1))),
				"there is no such group":                   cond("group", "is", 987654),
				"there is no such inbox":                   cond("inbox", "is", w.desks["globex"].inboxes["hr"]),
				"no such choice":                           cond(own(colour), "is", "green"),
				"the value is a number":                    cond(own(size), "is", "large"),
				"no such operator":                         cond(own(size), "contains", "1"),
				"there is no such field":                   cond("field:987654", "is", 1),
			} {
				a := w.as("owner").get(w.listPath("/tickets", tree)).refused(422, "filter")
				if !strings.Contains(strings.ToLower(a.raw), strings.ToLower(says)) {
					t.Errorf("%v: %s, want %q", tree, a.raw, says)
				}
				w.as("owner").get(w.listPath("/tickets/count", tree)).refused(422, "filter")
			}
			owner.patch(fmt.Sprintf("/ticket-fields/%d", colour), map[string]any{"active": false}).ok()
			w.as("owner").get(w.listPath("/tickets", cond(own(colour), "empty"))).refused(422, "filter").reason("broken_filter")
			w.as("owner").get("/tickets?q=printer&filter=%7B%22all%22%3A%7B%7D%7D").refused(422, "filter")
		})
		t.Run("the builder is told what can be asked", func(t *testing.T) {
			a := w.as("owner").get("/ticket-filters").ok()
			for _, wanted := range []string{`"shared_with_agent"`, `"shared_with_group"`, `"` + own(size) + `"`, `"Accounts"`, `"within_last"`} {
				if !strings.Contains(a.raw, wanted) {
					t.Errorf("it does not tell of %s", wanted)
				}
			}
			if strings.Contains(a.raw, `"`+own(colour)+`"`) {
				t.Error("it tells of a field that is turned off")
			}
		})
	})
}
