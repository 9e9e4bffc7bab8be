package httpapi_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/danielgtaylor/huma/v2"
)

// TestHostileInput sends to every route what no client should: wrong types,
// values that are too long, too large or negative, ids of the other account,
// unknown fields, NUL, bytes that are no text, deep JSON. Every refusal must be
// a problem that names the field and changes nothing, and nothing may fail.
func TestHostileInput(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		h := newHostile(w)
		// Tickets, bulk work and webhooks come first, before what administrators are made to do to
		// the world.
		first := func(op *huma.Operation) bool {
			return slices.ContainsFunc([]string{"/bulk", "/shares", "/tickets", "/webhooks"}, func(p string) bool { return strings.HasPrefix(op.Path, p) })
		}
		for _, now := range []bool{true, false} {
			eachOperation(w.api, func(op *huma.Operation) {
				if first(op) == now {
					h.run(op)
				}
			})
		}
		t.Logf("%d requests, %d refused", h.sent, h.refused)
		if h.sent < 2000 {
			t.Errorf("only %d requests were sent", h.sent)
		}
	})
}

// hostile sends requests to one operation at a time.
type hostile struct {
	*world
	op      *huma.Operation
	body    map[string]json.RawMessage // a body that is taken; nil where there is none
	client  *client
	number  int64 // of a ticket that has a share and a link
	other   int64 // of a ticket that it can be linked to or merged into
	share   int64
	link    int64
	hook    int64    // a webhook
	tested  int64    // a line of its log
	url     string   // of its receiver
	login   int64    // a sign-in provider
	people  int64    // an import
	partner int64    // an agreement
	told    int64    // a message of it
	shared  int64    // the target ticket's link with it
	strange int64    // an agreement of the other account
	turn    int      // counts the requests there are; PostgreSQL is sent every fifth
	retry   []func() // some of those that were refused, to be sent again
	sent    int
	refused int
}

func newHostile(w *world) *hostile {
	w.startLive()
	h := &hostile{world: w, client: w.as("owner")}
	h.client.post("/attachments?name=a.txt", "the first file").ok()
	h.url = w.receiver().url
	return h
}

// run tries one operation. Those on tickets get a ticket of their own, so that
// they meet one in order.
func (h *hostile) run(op *huma.Operation) {
	h.op = op
	if strings.HasPrefix(op.Path, "/tickets") {
		h.number, h.other = h.file("accounts", "Target"), h.file("accounts", "Another")
		h.share = h.world.share(h.number, h.agent("hr.second")).number("items.0.id")
		h.link = h.as("owner").post(at(h.number, "linked-tickets"), map[string]any{"kind": "related", "number": h.file("accounts", "Other")}).ok().number("id")
	}
	if strings.HasPrefix(op.Path, "/webhooks/") {
		owner := h.as("owner")
		list := owner.get("/webhooks").ok()
		for i := range list.list("items") { // those that were made before fill the account
			owner.delete(fmt.Sprintf("/webhooks/%d", list.number(fmt.Sprintf("items.%d.id", i)))).ok()
		}
		h.hook = owner.post("/webhooks", map[string]any{"name": "Robot", "url": h.url, "events": []string{"all"}}).ok().number("id")
		h.tested = owner.post(fmt.Sprintf("/webhooks/%d/test", h.hook), nil).ok().number("id")
	}
	if strings.HasPrefix(op.Path, "/sign-in-providers/") {
		list := h.as("owner").get("/sign-in-providers").ok()
		for i := range list.list("items") { // those that were made before fill the account
			h.as("owner").delete(fmt.Sprintf("/sign-in-providers/%d", list.number(fmt.Sprintf("items.%d.id", i)))).ok()
		}
		body := map[string]any{"name": "Login", "issuer": "http://localhost:65535", "client_id": "desk", "client_secret": "secret"}
		h.login = h.as("owner").post("/sign-in-providers", body).ok().number("id")
	}
	if strings.HasPrefix(op.Path, "/partners/") || strings.HasPrefix(op.Path, "/tickets/{number}/partners") || op.Path == "/tickets/{number}/shares" {
		h.agree()
	}
	if strings.HasPrefix(op.Path, "/people/imports/") && h.people == 0 {
		h.drain() // room for one more
		h.people = h.as("owner").post("/people/import", map[string]any{"kind": "requester", "csv": "address\nx\ny\nz"}).ok().number("id")
		h.drain()
	}
	h.body = h.valid(op)
	for _, try := range []func(){h.paths, h.queries, h.bodies, h.fields, h.headers, h.settle} {
		try()
	}
}

// send sends one request and judges the answer.
func (h *hostile) send(method, path string, body any, edit ...func(*client) *client) {
	h.Helper()
	h.turn++
	if h.db.Engine() == "postgres" && h.turn%5 != 0 {
		return
	}
	c := h.client
	for _, f := range edit {
		c = f(c)
	}
	version := h.dataVersion()
	a := c.send(method, path, body)
	h.sent++
	what := fmt.Sprintf("%.300s with %.300q", a.request, fmt.Sprint(body))
	switch {
	case a.status >= 500:
		h.Errorf("%s answers %d: %.500s", what, a.status, a.raw)
	case a.status >= 400:
		h.refused++
		again := func() { c.send(method, path, body) }
		if h.refused%20 == 0 {
			h.retry = append(h.retry, again)
		}
		if h.dataVersion() != version { // it wrote, and took it back: see whether all of it
			before := h.fingerprint()
			if again(); h.fingerprint() != before {
				h.Errorf("%s answers %d and changes something: %.300s", what, a.status, a.raw)
			}
		}
		h.judge(what, a)
	case h.op.OperationID == "sign-out":
		h.client = h.as("owner")
	}
}

// dataVersion changes with every commit; SQLite tells it, PostgreSQL does not.
func (h *hostile) dataVersion() string {
	if h.db.Engine() == "postgres" {
		return ""
	}
	return h.rows(h.plain(), `PRAGMA data_version`)[0]
}

// settle sends some of the refused requests again: together they change nothing.
func (h *hostile) settle() {
	h.Helper()
	if strings.HasPrefix(h.op.OperationID, "save-") {
		// A body without its secret is refused while none is kept for that server, and taken
		// once another request has kept one.
		h.retry = nil
	}
	if h.op.OperationID == "save-mail-template" {
		h.retry = nil // a version that was refused may be the one there is by now
	}
	before := h.fingerprint()
	for _, again := range h.retry {
		again()
	}
	if h.fingerprint() != before {
		h.Errorf("%s %s: requests that are refused change something", h.op.Method, h.op.Path)
	}
	h.retry = nil
}

func (h *hostile) judge(what string, a *answer) {
	h.Helper()
	if kind := a.header.Get("Content-Type"); kind != "application/problem+json" {
		h.Errorf("%s answers %d as %q: %.300s", what, a.status, kind, a.raw)
		return
	}
	if a.status != 400 && a.status != 422 {
		return
	}
	list, _ := a.at("errors").([]any)
	if len(list) == 0 {
		h.Errorf("%s answers %d without naming a field: %.300s", what, a.status, a.raw)
	}
	for _, e := range list {
		if where, _ := e.(map[string]any)["location"].(string); where == "" {
			h.Errorf("%s answers %d without the field's name: %.300s", what, a.status, a.raw)
		}
		if _, echoed := e.(map[string]any)["value"]; echoed {
			h.Errorf("%s echoes a value: %.300s", what, a.raw)
		}
	}
	if strings.Contains(a.raw, secretValue) {
		h.Errorf("%s echoes what was sent: %.300s", what, a.raw)
	}
}

// secretValue stands in texts that must never be echoed.
const secretValue = "hunter2-hunter2"

// path fills the wildcards of the operation: the first with a value given, the
// others with one that exists.
func (h *hostile) path(values map[string]string) string {
	path := h.op.Path
	for _, name := range wildcard.FindAllString(path, -1) {
		value, given := values[name]
		if !given {
			value = "1"
			switch {
			case name == "{number}":
				value = strconv.FormatInt(h.number, 10)
			case name == "{kind}":
				value = "reply"
			case name == "{language}":
				value = "en"
			case strings.Contains(h.op.Path, "{number}/partners/{id}") && name == "{id}":
				value = strconv.FormatInt(h.shared, 10)
			case strings.HasPrefix(h.op.Path, "/partners/") && name == "{delivery}":
				value = strconv.FormatInt(h.told, 10)
			case strings.HasPrefix(h.op.Path, "/partners/") && name == "{id}":
				value = strconv.FormatInt(h.partner, 10)
			case name == "{delivery}":
				value = strconv.FormatInt(h.tested, 10)
			case strings.HasPrefix(h.op.Path, "/sign-in-providers/"):
				value = strconv.FormatInt(h.login, 10)
			case strings.HasPrefix(h.op.Path, "/people/imports/"):
				value = strconv.FormatInt(h.people, 10)
			case strings.HasPrefix(h.op.Path, "/webhooks/"):
				value = strconv.FormatInt(h.hook, 10)
			case strings.HasSuffix(h.op.Path, "/shares/{id}"):
				value = strconv.FormatInt(h.share, 10)
			case strings.HasSuffix(h.op.Path, "/linked-tickets/{id}"):
				value = strconv.FormatInt(h.link, 10)
			}
		}
		path = strings.Replace(path, name, value, 1)
	}
	return path
}

func (h *hostile) paths() {
	for _, name := range wildcard.FindAllString(h.op.Path, -1) {
		for _, value := range []string{"0", "-1", "x", "%00", "%ff", "1e3", "1.0", "999999999", "9223372036854775807", "9223372036854775808",
			strings.Repeat("9", 400), "%2e%2e", "1%2f2", "%F0%9F%98%80", strconv.FormatInt(h.desks["globex"].people["owner"], 10)} {
			h.send(h.op.Method, h.path(map[string]string{name: value}), h.whole())
		}
	}
}

func (h *hostile) queries() {
	values := []string{"", "0", "-1", "201", "1e3", "1.5", "true", "x", secretValue, "%00", "a%00b", "%ff", "%zz", "%f0%28%8c%28", strings.Repeat("x", 5000),
		"9223372036854775807", "9223372036854775808", "99999999999999999999999", "-9223372036854775808", "%27%3B--", "%25", "_", "%23", "%235", "%23999999999999999999",
		"MQ", "MToxOjE6MTox", "e30", "bnVsbA", url.QueryEscape(`{"i":1e99}`), "%F0%9F%98%80"}
	names := []string{"unknown", "limit", "cursor", "q"}
	for _, p := range h.op.Parameters {
		if p.In == "query" && !slices.Contains(names, p.Name) {
			names = append(names, p.Name)
		}
	}
	for _, name := range names {
		if name != "unknown" && !slices.ContainsFunc(h.op.Parameters, func(p *huma.Param) bool { return p.Name == name }) {
			continue
		}
		for _, value := range values {
			h.send(h.op.Method, h.path(nil)+"?"+name+"="+value, h.whole())
		}
		h.send(h.op.Method, h.path(nil)+"?"+name+"=1&"+name+"=2", h.whole())
	}
	for _, raw := range []string{"%", "%zz=1", "=", "&&", "a;b", "%00=1", "%ff=1", "limit[]=1", strings.Repeat("a=1&", 500)} {
		h.send(h.op.Method, h.path(nil)+"?"+raw, h.whole())
	}
}

// bodies sends bodies that are wrong as a whole.
func (h *hostile) bodies() {
	if h.body == nil {
		return
	}
	deep := strings.Repeat("[", 100_000) + strings.Repeat("]", 100_000)
	for _, body := range []string{"", " ", "null", "[]", "1", `"x"`, "{", "{}", `{"a":1}`, `{"a":1,}`, "\xef\xbb\xbf{}", "{}{}", "{} 1", "\x00", "\xff\xfe", `{"\u0000":1}`, `{"":1}`,
		"{\"a\":\"\xff\"}", deep, `{"a":` + deep + `}`, strings.Repeat(`{"a":`, 20_000) + "1" + strings.Repeat("}", 20_000),
		`{"` + strings.Repeat("k", 100_000) + `":1}`, manyFields(20_000), strings.Repeat(" ", 2<<20), `{"a":"` + strings.Repeat("x", 2<<20) + `"}`,
		`{"a":1e999999}`, "NaN", `{"a":NaN}`, `{'a':1}`, "<a/>", "a=1&b=2"} {
		h.send(h.op.Method, h.path(nil), body)
	}
	for _, name := range slices.Sorted(maps.Keys(h.body)) {
		h.send(h.op.Method, h.path(nil), h.with(name, deep))
		h.send(h.op.Method, h.path(nil), strings.Replace(h.whole().(string), `"`+name+`"`, `"`+strings.ToUpper(name)+`"`, 1))
	}
	h.send(h.op.Method, h.path(nil), h.with("unknown_field", `"`+secretValue+`"`))
	for _, kind := range []string{"text/plain", "multipart/form-data", "application/x-www-form-urlencoded", "application/xml", "a/b;c", "+", ";", "application/json; charset=\x80", strings.Repeat("x", 5000)} {
		h.send(h.op.Method, h.path(nil), h.whole(), func(c *client) *client { return c.with("Content-Type", kind) })
	}
}

func manyFields(n int) string {
	var b strings.Builder
	b.WriteString(`{"x":1`)
	for i := range n {
		fmt.Fprintf(&b, `,"f%d":%d`, i, i)
	}
	b.WriteString("}")
	return b.String()
}

var hostileValues = []string{
	"null", "true", "false", "0", "-1", "1", "1.0", "1.5", "1e2", "-0", "1e400", "-1e400", "2147483648", "9007199254740993", "9223372036854775807", "9223372036854775808",
	"123456789012345678901234567890", `""`, `" "`, `"x"`, `"` + secretValue + `"`, `"\u0000"`, `"a\u0000b"`, `"\ud800"`, `"\udc00\ud800"`, `"\u202e"`, `"😀"`, `"\r\nBcc: x@example.com"`,
	`"%"`, `"'; DROP TABLE tickets; --"`, `"<script>alert(1)</script>"`, `"0001-01-01T00:00:00Z"`, `"1970-01-01T00:00:00Z"`, `"9999-12-31T23:59:59Z"`, `"2026-02-30T00:00:00Z"`, `"2099-01-01"`,
	`"x@example.com"`, `"@"`, `"a@b@c"`, `"` + strings.Repeat("x", 300_000) + `"`, `"` + strings.Repeat("é", 3000) + `"`, `"` + strings.Repeat("a", 250) + `@example.com"`,
	"[]", "[null]", "[[]]", "[0]", "[-1]", "[1,1]", "[1.5]", `["x"]`, `[""]`, `["\u0000"]`, "[{}]", `[true]`, "[999999999]", "[9223372036854775808]", "{}", `{"a":1}`, `{"a":{}}`, `{"1":"x"}`, `{"999999":"x"}`,
	`{"-1":null}`, `{"9223372036854775808":1}`, `{"1":[]}`,
}

// fields puts each of the hostile values where a property is, and ids of the
// other account where an id is.
func (h *hostile) fields() {
	if h.body == nil {
		return
	}
	for _, name := range h.properties() {
		for _, value := range hostileValues {
			h.send(h.op.Method, h.path(nil), h.with(name, value))
		}
		for _, value := range []string{"[" + strings.TrimSuffix(strings.Repeat("1,", 5000), ",") + "]", "[" + strings.TrimSuffix(strings.Repeat(`"x",`, 5000), ",") + "]"} {
			h.send(h.op.Method, h.path(nil), h.with(name, value))
		}
		h.foreign(name)
	}
	h.inside("targets", []string{"kind", "id"}, `{"kind":"agent","id":%d}`)
	h.nested()
}

// nested puts hostile values into the properties of objects inside the bodies of
// bulk work, instead of what the valid body has.
func (h *hostile) nested() {
	for _, part := range map[string][]string{"create-bulk": {"list", "share", "unshare", "change", "message"}, "revoke-shares": {"filter"}}[h.op.OperationID] {
		inner := h.resolve(h.schema().Properties[part])
		for _, name := range slices.Sorted(maps.Keys(inner.Properties)) {
			for _, value := range hostileValues {
				fields := map[string]json.RawMessage{}
				if slices.Contains(inner.Required, "targets") {
					fields["targets"] = json.RawMessage(fmt.Sprintf(`[{"kind":"agent","id":%d}]`, h.id("hr.agent")))
				}
				fields[name] = nil
				body := maps.Clone(h.body)
				switch part {
				case "filter":
					delete(body, "ids")
				case "list":
					delete(body, "tickets")
				default:
					delete(body, "share")
				}
				h.send(h.op.Method, h.path(nil), object(body, part, object(fields, name, value)))
			}
		}
	}
}

// foreign sends what exists in the other account alone: it must look as if it
// did not exist.
func (h *hostile) foreign(name string) {
	g := h.desks["globex"]
	ids := map[string]int64{
		"requester_id": g.people["staff.one"], "assignee_id": g.people["owner"], "owner_id": g.people["owner"], "manager_id": g.people["owner"], "person_id": g.people["owner"],
		"group_id": g.groups["HR"], "default_group_id": g.groups["HR"], "inbox_id": g.inboxes["hr"], "brand_id": g.brands["People"], "department_id": g.departments["Legal"],
		"followers": g.people["owner"], "members": g.people["owner"], "groups": g.groups["HR"], "brands": g.brands["People"], "inboxes": g.inboxes["hr"], "roles": g.roles["agent"], "default_roles": g.roles["agent"],
		"company_id": 999999, "status_id": 999999, "attachments": 999999, "mentions": g.people["owner"], "group": g.groups["HR"],
	}
	id, ok := ids[name]
	if !ok || h.op.OperationID == "save-new-draft" && name != "attachments" { // what a form holds is looked at when the ticket is filed
		return
	}
	value := strconv.FormatInt(id, 10)
	if slices.Contains([]string{"followers", "members", "groups", "brands", "inboxes", "roles", "default_roles", "attachments", "mentions"}, name) {
		value = "[" + value + "]"
	}
	sent, refused := h.sent, h.refused
	h.send(h.op.Method, h.path(nil), h.with(name, value))
	if h.sent != sent && h.refused == refused {
		h.Errorf("%s %s takes %s of another account", h.op.Method, h.op.Path, name)
	}
}

// inside puts hostile values into the properties of a list's first item.
func (h *hostile) inside(list string, names []string, valid string) {
	if h.body[list] == nil {
		return
	}
	item := fmt.Sprintf(valid, h.id("hr.agent"))
	for _, name := range names {
		for _, value := range hostileValues {
			var fields map[string]json.RawMessage
			h.must(json.Unmarshal([]byte(item), &fields))
			fields[name] = nil
			h.send(h.op.Method, h.path(nil), h.with(list, "["+object(fields, name, value)+"]"))
		}
	}
	for kind, id := range map[string]int64{"agent": h.id("globex/hr.agent"), "group": h.desks["globex"].groups["HR"], "requester": h.id("globex/staff.one"), "partner": h.strange} {
		sent, refused := h.sent, h.refused
		h.send(h.op.Method, h.path(nil), h.with(list, fmt.Sprintf(`[{"kind":%q,"id":%d}]`, kind, id)))
		if h.sent != sent && h.refused == refused {
			h.Errorf("%s %s takes the %s %d of another account", h.op.Method, h.op.Path, kind, id)
		}
	}
}

func (h *hostile) headers() {
	all := map[string][]string{
		"Idempotency-Key": {"", " ", strings.Repeat("k", 5000), "\x80"},
		"Authorization":   {"Bearer", "Bearer ", "Bearer x", "Basic eDp4", strings.Repeat("x", 5000), "bearer dmt_\x00"},
		"Accept":          {"text/html", "application/xml;q=0.1", "\x80", strings.Repeat("x/y,", 1000)},
		"Range":           {"bytes=0-", "bytes=9-1", "x", "bytes=" + strings.Repeat("0-1,", 500)},
		"Content-Length":  {"-1"},
		"If-None-Match":   {"*", "x"},
	}
	for _, name := range slices.Sorted(maps.Keys(all)) {
		for _, value := range all[name] {
			h.send(h.op.Method, h.path(nil), h.whole(), func(c *client) *client { return c.with(name, value) })
		}
	}
	h.send(h.op.Method, h.path(nil), h.whole(), func(c *client) *client {
		d := *c
		d.cookie = strings.Repeat("x", 5000)
		return &d
	})
}

// whole gives the valid body as a text, or nil where there is none.
func (h *hostile) whole() any {
	if h.body == nil {
		return nil
	}
	return object(h.body, "", "")
}

// with gives the valid body with one property replaced.
func (h *hostile) with(name, value string) string { return object(h.body, name, value) }

func object(fields map[string]json.RawMessage, name, value string) string {
	var b strings.Builder
	b.WriteByte('{')
	all := maps.Clone(fields)
	if name != "" {
		all[name] = json.RawMessage(value)
	}
	for i, key := range slices.Sorted(maps.Keys(all)) {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(strconv.Quote(key) + ":" + string(all[key]))
	}
	b.WriteByte('}')
	return b.String()
}

// properties lists what the operation's body may hold.
func (h *hostile) properties() []string { return slices.Sorted(maps.Keys(h.schema().Properties)) }

func (h *hostile) schema() *huma.Schema {
	return h.resolve(h.op.RequestBody.Content["application/json"].Schema)
}

func (h *hostile) resolve(s *huma.Schema) *huma.Schema {
	for s.Ref != "" {
		s = h.api.Description().Components.Schemas.SchemaFromRef(s.Ref)
	}
	return s
}

// valid makes a body that the operation may well take: what it needs, by its
// schema, with values that exist here.
func (h *hostile) valid(op *huma.Operation) map[string]json.RawMessage {
	if op.RequestBody == nil || op.RequestBody.Content["application/json"] == nil {
		return nil
	}
	known := map[string]string{
		"inbox_id": strconv.FormatInt(h.acme().inboxes["accounts"], 10), "brand_id": strconv.FormatInt(h.acme().brands["Company"], 10),
		"into": strconv.FormatInt(h.other, 10), "number": strconv.FormatInt(h.other, 10), "targets": fmt.Sprintf(`[{"kind":"agent","id":%d}]`, h.id("hr.agent")),
		"address": `"somebody@acme.example"`, "password": `"` + secretValue + `"`, "name": `"Name"`, "subject": `"Subject"`,
		"url": strconv.Quote(h.url), "events": `["all"]`, "issuer": `"http://localhost:65535"`,
	}
	schema := h.resolve(op.RequestBody.Content["application/json"].Schema)
	body := map[string]json.RawMessage{}
	for _, name := range schema.Required {
		value, ok := known[name]
		if !ok {
			value = h.sample(schema.Properties[name])
		}
		body[name] = json.RawMessage(value)
	}
	if schema.Properties["text"] != nil {
		body["text"] = json.RawMessage(`"Text"`)
	}
	if strings.HasPrefix(op.Path, "/mail-templates/") {
		body["subject"], body["opening"] = json.RawMessage(`"Subject"`), json.RawMessage(`"Opening"`)
	}
	switch op.OperationID {
	case "create-bulk":
		body["tickets"] = json.RawMessage(fmt.Sprintf("[%d]", h.file("accounts", "Bulk")))
		body["share"] = json.RawMessage(`{"targets":` + known["targets"] + `}`)
	case "share-ticket":
		body["targets"] = json.RawMessage(known["targets"])
	case "create-macro":
		body["actions"] = json.RawMessage(`[{"do":"note","html":"x"}]`)
	case "revoke-shares":
		body["ids"] = json.RawMessage(`[1]`)
	case "create-calendar":
		body["time_zone"], body["around_the_clock"] = json.RawMessage(`"Europe/Berlin"`), json.RawMessage("true")
	case "create-sla-policy":
		body["targets"] = json.RawMessage(`{"low":{"resolution":60}}`)
	case "read-holidays":
		body["ics"] = json.RawMessage(strconv.Quote(holidayFile))
	case "import-people":
		body["csv"], body["dry_run"] = json.RawMessage(`"address\nx@example.com"`), json.RawMessage("true")
	}
	if op.OperationID == "sign-in" {
		body["address"] = json.RawMessage(`"nobody@acme.example"`)
	}
	return body
}

func (h *hostile) sample(s *huma.Schema) string {
	s = h.resolve(s)
	switch {
	case len(s.OneOf) > 0:
		return h.sample(s.OneOf[0])
	case len(s.Enum) > 0:
		text, err := json.Marshal(s.Enum[0])
		h.must(err)
		return string(text)
	case s.Type == huma.TypeInteger, s.Type == huma.TypeNumber:
		return "1"
	case s.Type == huma.TypeBoolean:
		return "true"
	case s.Type == huma.TypeArray:
		return "[]"
	case s.Type == huma.TypeString:
		return `"text"`
	}
	return "{}"
}
