package httpapi_test

import (
	"fmt"
	"maps"
	"strconv"
	"strings"
	"testing"
)

// What administrators keep has the same routes whatever the noun: this file
// asks all of them for what must hold everywhere.

// nounCase is one noun: a body that makes one, a change, and what is refused.
type nounCase struct {
	path    string
	body    func(w *world) map[string]any
	patch   map[string]any
	scope   string // the permission that is needed
	deletes bool
	bad     []badValue // besides what every noun refuses
}

// badValue is one property that is refused, in a new thing and in a change.
type badValue struct {
	property string
	value    func(w *world) any
	field    string // that the refusal names; "" the property
	only     string // "new", "change", or "" both
}

// bad is a property with a value that is no one's id.
func bad(property string, value any) badValue {
	return badValue{property: property, value: func(*world) any { return value }}
}

func (b badValue) in(only string) badValue { b.only = only; return b }

func (b badValue) at(field string) badValue { b.field = field; return b }

// foreign is a property with an id of globex.
func foreign(property, field string, id func(d *worldDesk) int64, list bool) badValue {
	return badValue{property: property, field: field, value: func(w *world) any {
		if list {
			return []int64{id(w.desks["globex"])}
		}
		return id(w.desks["globex"])
	}}
}

var nounCases = []nounCase{
	{path: "/people", scope: "people.manage",
		body: func(w *world) map[string]any {
			return map[string]any{"kind": "requester", "name": "Nora New", "address": "nora@acme.example", "department_id": w.acme().departments["Sales"]}
		},
		patch: map[string]any{"name": "Nora Newer", "language": "pt-BR", "others": []string{"nora@elsewhere.example"}, "department_id": nil},
		bad: []badValue{bad("kind", "robot"), bad("address", "no address"), bad("address", ""), bad("others", []string{"x"}).at("others[0]"),
			bad("language", "not a language!"), bad("scope", "galactic"), bad("scope", "global"), bad("roles", []int64{1}), bad("groups", []int64{}), bad("all_brands", true),
			bad("department_id", 0), bad("department_id", 99999999), bad("department_id", "Sales"), bad("company_id", -1), bad("company_id", 99999999),
			bad("active", false), bad("password", "secret"), bad("others", "a@b.example"), bad("kind", nil),
			foreign("department_id", "department_id", func(d *worldDesk) int64 { return d.departments["Sales"] }, false)}},
	{path: "/groups", scope: "groups.manage", deletes: true,
		body: func(w *world) map[string]any {
			return map[string]any{"name": "Night shift", "owner_id": w.id("manager"), "members": []int64{w.id("hr.agent")}}
		},
		patch: map[string]any{"name": "Day shift", "owner_id": nil},
		bad: []badValue{bad("owner_id", 99999999), bad("owner_id", "1"), bad("members", []int64{99999999}).at("members[0]"), bad("members", []string{"a"}).at("members[0]"), bad("members", nil),
			bad("add", []int64{99999999}).in("change").at("add[0]"), bad("add", []int64{1}).in("new"),
			foreign("owner_id", "", func(d *worldDesk) int64 { return d.people["owner"] }, false),
			foreign("members", "members[0]", func(d *worldDesk) int64 { return d.people["hr.agent"] }, true),
			{property: "members", field: "members[0]", value: func(w *world) any { return []int64{w.id("staff.one")} }}}},
	{path: "/departments", scope: "people.manage", deletes: true,
		body:  func(*world) map[string]any { return map[string]any{"name": "Research"} },
		patch: map[string]any{"name": "Development"}},
	{path: "/companies", scope: "people.manage", deletes: true,
		body:  func(w *world) map[string]any { return map[string]any{"name": "Initech", "manager_id": w.id("manager")} },
		patch: map[string]any{"name": "Initrode", "manager_id": nil},
		bad: []badValue{bad("manager_id", 99999999), bad("manager_id", 0),
			foreign("manager_id", "", func(d *worldDesk) int64 { return d.people["owner"] }, false),
			{property: "manager_id", value: func(w *world) any { return w.id("staff.one") }}}},
	{path: "/roles", scope: "roles.manage", deletes: true,
		body: func(*world) map[string]any {
			return map[string]any{"name": "Reader", "permissions": []string{"notes.read"}}
		},
		patch: map[string]any{"name": "Writer", "permissions": []string{"tickets.note", "notes.read"}},
		bad:   []badValue{bad("permissions", []string{"everything"}).at("permissions[0]"), bad("permissions", "notes.read"), bad("permissions", nil), bad("built_in", "owner")}},
	{path: "/brands", scope: "inboxes.manage",
		body:  func(*world) map[string]any { return map[string]any{"name": "Garden"} },
		patch: map[string]any{"name": "Orchard", "active": false},
		bad: []badValue{bad("active", "yes").in("change"), bad("active", true).in("new"), bad("active", nil).in("change"),
			bad("accent", "red").in("change"), bad("accent", "#fff}{").in("change"), bad("accent", "#12345g").in("change"), bad("accent", strings.Repeat("f", 21)).in("change"), bad("accent", 7).in("change"),
			bad("host", "help acme").in("change"), bad("host", "https://help.acme.example").in("change"), bad("host", strings.Repeat("h", 254)).in("change"), bad("host", "nul\x00").in("change"),
			bad("logo_file", -1).in("change"), bad("logo_file", 1.5).in("change"), bad("logo_file", "logo.png").in("change"), bad("logo_file", 99999999).in("change"), bad("accent", "#0b6e4f").in("new")}},
	{path: "/inboxes", scope: "inboxes.manage",
		body: func(w *world) map[string]any {
			return map[string]any{"brand_id": w.acme().brands["People"], "name": "Jobs", "address": "jobs@acme.example", "default_group_id": w.acme().groups["HR"]}
		},
		patch: map[string]any{"name": "Careers", "address": "careers@acme.example", "default_group_id": nil, "active": false},
		bad: []badValue{bad("address", "no address"), bad("default_group_id", 99999999), bad("default_group_id", 0), bad("brand_id", 99999999).in("new"), bad("brand_id", 1).in("change"),
			foreign("brand_id", "", func(d *worldDesk) int64 { return d.brands["People"] }, false),
			foreign("default_group_id", "", func(d *worldDesk) int64 { return d.groups["HR"] }, false)}},
	{path: "/ticket-fields", scope: "fields.manage",
		body: func(*world) map[string]any {
			return map[string]any{"name": "Colour", "kind": "choice", "options": []string{"red", "blue"}, "required": true, "position": 3}
		},
		patch: map[string]any{"name": "Paint", "options": []string{"red", "green"}, "required": false, "active": false, "position": 4},
		bad: []badValue{bad("kind", "picture").in("new"), bad("kind", "text").in("change"), bad("options", []string{"red", "RED"}).at("options[1]"), bad("options", []string{}), bad("options", "red"),
			bad("position", -1), bad("position", 1.5), bad("position", 1e30), bad("required", "no"), bad("active", 1).in("change"),
			bad("portal", "all"), bad("portal", nil), bad("types", []string{"question", "nap"}).at("types[1]"), bad("types", "question"), bad("types", nil),
			bad("types", []string{"question", "question", "question", "question", "question", "question", "question"})}},
	{path: "/ticket-statuses", scope: "fields.manage", deletes: true,
		body:  func(*world) map[string]any { return map[string]any{"name": "Waiting for parts", "status": "on_hold"} },
		patch: map[string]any{"name": "Waiting for spares"},
		bad:   []badValue{bad("status", "asleep").in("new"), bad("status", "open").in("change")}},
}

// everyNoun is what is wrong whatever the noun.
var everyNoun = []badValue{bad("name", ""), bad("name", "  "), bad("name", 7), bad("name", nil), bad("name", "bell\a"), bad("name", "nul\x00"), bad("name", strings.Repeat("n", 201)),
	bad("colour", "red").at("colour")}

func TestAdministration(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		for _, n := range nounCases {
			t.Run(n.path[1:], func(t *testing.T) { n.check(w.in(t)) })
		}
	})
}

func (n *nounCase) check(w *world) {
	owner := w.as("owner")
	made := owner.with("Idempotency-Key", "make-"+n.path[1:]).post(n.path, n.body(w)).is(201)
	n.repeat(w, made)
	path := n.path + "/" + strconv.FormatInt(made.number("id"), 10)
	n.shows(w, made, n.body(w))
	if got := owner.get(path).is(200); got.raw != made.raw {
		w.Errorf("%s is made as %s and read as %s", path, made.raw, got.raw)
	}
	n.listed(w, made.number("id"), true)
	n.refuses(w, path)
	n.keepsOut(w, path)

	if same := owner.patch(path, map[string]any{}).is(200); same.raw != made.raw {
		w.Errorf("%s: no change answers %s, not %s", path, same.raw, made.raw)
	}
	changed := owner.patch(path, n.patch).is(200)
	n.shows(w, changed, n.patch)
	if got := owner.get(path).is(200); got.raw != changed.raw {
		w.Errorf("%s is changed to %s and read as %s", path, changed.raw, got.raw)
	}
	if !n.deletes {
		owner.delete(path).refused(405, "")
		return
	}
	if gone := owner.delete(path).is(204); gone.raw != "" {
		w.Errorf("%s: deleting it answers %s", path, gone.raw)
	}
	for _, method := range []string{"GET", "PATCH", "DELETE"} {
		owner.do(method, path, bodyFor(method, n.patch)).refused(404, "")
	}
	n.listed(w, made.number("id"), false)
}

// bodyFor gives the body of requests that have one.
func bodyFor(method string, body any) any {
	if method == "GET" || method == "DELETE" {
		return nil
	}
	return body
}

// shows checks that the answer has the values that were sent.
func (n *nounCase) shows(w *world, a *answer, sent map[string]any) {
	w.Helper()
	for property, want := range sent {
		if property == "others" {
			continue // in the order of the addresses
		}
		if got := fmt.Sprint(a.at(property)); got != fmt.Sprint(want) {
			w.Errorf("%s: %s is %s, not %v", a.request, property, got, want)
		}
	}
}

// repeat sends the first request once more with its key.
func (n *nounCase) repeat(w *world, made *answer) {
	w.Helper()
	before := w.fingerprint()
	again := w.as("owner").with("Idempotency-Key", "make-"+n.path[1:]).post(n.path, n.body(w)).is(201)
	if again.raw != made.raw || again.header.Get("Idempotent-Replay") != "true" {
		w.Errorf("%s again answers %s", n.path, again.raw)
	}
	if w.fingerprint() != before {
		w.Errorf("%s again changes something", n.path)
	}
}

func (n *nounCase) listed(w *world, id int64, want bool) {
	w.Helper()
	found := false
	path := n.path
	for pages := 0; path != "" && pages < 50; pages++ {
		a := w.as("owner").get(path).is(200)
		for i := range a.list("items") {
			found = found || a.number(fmt.Sprintf("items.%d.id", i)) == id
		}
		path = ""
		if next, more := a.at("next").(string); more {
			path = n.path + "?cursor=" + next
		}
	}
	if found != want {
		w.Errorf("%s: %d is in the list: %v", n.path, id, found)
	}
}

// refuses checks that wrong requests name what is wrong and change nothing.
func (n *nounCase) refuses(w *world, path string) {
	w.Helper()
	before := w.fingerprint()
	owner := w.as("owner")
	for _, b := range append(append([]badValue{}, everyNoun...), n.bad...) {
		field := b.field
		if field == "" {
			field = b.property
		}
		if b.only != "change" {
			owner.post(n.path, with(n.body(w), b.property, b.value(w))).refused(422, field)
		}
		if b.only != "new" {
			owner.patch(path, map[string]any{b.property: b.value(w)}).refused(422, field)
		}
	}
	for property := range n.body(w) {
		if property == "name" || property == "kind" || property == "address" || property == "brand_id" || property == "status" || property == "permissions" {
			body := maps.Clone(n.body(w))
			delete(body, property)
			owner.post(n.path, body).refused(422, property)
		}
	}
	owner.post(n.path, `{"name": `).refused(400, "body")
	owner.post(n.path, `[]`).refused(422, "body")
	owner.get(n.path+"?colour=red").refused(422, "colour")
	owner.get(n.path+"/0").refused(422, "id")
	owner.get(n.path+"/one").refused(422, "id")
	owner.get(n.path+"/99999999").refused(404, "")
	owner.patch(n.path+"/99999999", n.patch).refused(404, "")
	if w.fingerprint() != before {
		w.Errorf("%s: a refused request changed something", n.path)
	}
}

// keepsOut checks that nobody reads or changes the thing who may not: people of
// other accounts, requesters, agents and tokens without the permission.
func (n *nounCase) keepsOut(w *world, path string) {
	w.Helper()
	reader, keeper := w.token("owner", "notes.read"), w.token("owner", n.scope)
	before := w.fingerprint()
	for _, method := range []string{"GET", "PATCH", "DELETE"} {
		if method == "DELETE" && !n.deletes {
			continue
		}
		body := bodyFor(method, n.patch)
		there, nowhere := w.as("globex/owner").do(method, path, body).refused(404, ""), w.as("globex/owner").do(method, n.path+"/99999999", body).refused(404, "")
		if there.raw != nowhere.raw {
			w.Errorf("%s %s answers globex %s, an unknown one %s", method, path, there.raw, nowhere.raw)
		}
		w.as("staff.one").do(method, path, body).refused(403, "")
		w.nobody().do(method, path, body).refused(401, "")
		if method != "GET" {
			w.as("hr.agent").do(method, path, body).refused(403, "")
			reader.do(method, path, body).refused(403, "")
		}
	}
	w.as("staff.one").get(n.path).refused(403, "")
	w.as("hr.agent").get(n.path).is(200)
	w.as("hr.agent").get(path).is(200)
	for _, who := range []*client{w.as("hr.agent"), w.as("staff.one"), reader} {
		who.post(n.path, n.body(w)).refused(403, "")
		// Who may not is told so before anything is said about the body.
		who.post(n.path, "{").refused(403, "")
	}
	if w.fingerprint() != before {
		w.Errorf("%s: somebody changed what they may not", n.path)
	}
	keeper.patch(path, map[string]any{}).is(200)
}
