package httpapi_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/app"
)

// keys gives the properties of an object in an answer, in order.
func (a *answer) keys(path string) []string {
	a.Helper()
	object := a.body
	if path != "" {
		object = a.at(path)
	}
	m, ok := object.(map[string]any)
	if !ok {
		a.Fatalf("%s: there is no object at %q: %s", a.request, path, a.raw)
	}
	return slices.Sorted(mapKeys(m))
}

// TestWhatRequestersGet holds, property by property, what a requester is shown.
// A property more is a decision about access: add it here only on purpose.
func TestWhatRequestersGet(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		number := w.file("accounts", "Asked", map[string]any{"tags": []string{"money"}, "ccs": []string{w.address("staff.two")}})
		w.share(number, w.agent("hr.agent"), w.group("Legal"))
		w.as("accounts.agent").post(at(number, "messages"), map[string]any{"kind": "note", "text": "Between us"}).ok()
		w.as("accounts.agent").post(at(number, "messages"), map[string]any{"text": "To you"}).ok()
		w.as("accounts.agent").patch(at(number), map[string]any{"priority": "urgent", "status": "pending"}).ok()
		c := w.as("staff.one")
		list, one := c.get("/tickets").ok(), c.get(at(number)).ok()
		messages, events := c.get(at(number, "messages")).ok(), c.get(at(number, "events")).ok()
		row := []string{"brand", "created_at", "number", "requester", "solved_at", "status", "status_name", "subject", "updated_at"}
		for what, sets := range map[string][2][]string{
			"a row":      {row, list.keys("items.0")},
			"a ticket":   {slices.Sorted(slices.Values(append([]string{"ccs", "level", "reasons", "rights"}, row...))), one.keys("")},
			"a CC":       {{"id", "name"}, one.keys("ccs.0")},
			"a person":   {{"id", "name"}, one.keys("requester")},
			"a message":  {{"attachments", "author", "created_at", "html", "id", "kind", "text"}, messages.keys("items.0")},
			"an author":  {{"id", "name"}, messages.keys("items.0.author")},
			"an event":   {{"actor", "at", "changes", "id", "kind", "message"}, events.keys("items.0")},
			"an actor":   {{"id", "name"}, events.keys("items.0.actor")},
			"the rights": {{"see", "reply", "resolve"}, texts(one.list("rights"))},
		} {
			if diff := cmp.Diff(sets[0], sets[1]); diff != "" {
				t.Errorf("%s (-want +got):\n%s", what, diff)
			}
		}
		for _, a := range []*answer{list, one, messages, events} {
			for _, secret := range []string{"@", "Between us", "money", "urgent", "Hr Agent", "Legal", "Accounts"} {
				if strings.Contains(strings.ReplaceAll(a.raw, "Accounts Agent", ""), secret) {
					t.Errorf("%s shows a requester %q: %s", a.request, secret, a.raw)
				}
			}
		}
		if got := len(messages.list("items")); got != 2 {
			t.Errorf("the requester reads %d messages", got)
		}
		for _, path := range []string{"shares", "access", "links", "linked-tickets"} {
			c.get(at(number, path)).refused(403, "")
			c.get(at(number+1000, path)).refused(404, "")
		}
		for _, path := range []string{"/home", "/share-targets"} {
			c.get(path).refused(403, "")
		}
		for _, view := range []string{"unassigned", "spam", "deleted", "shared-by-me", "mine"} {
			if got := c.get("/tickets?view=" + view).ok().numbers(); len(got) != 0 {
				t.Errorf("the requester's view %s has %v", view, got)
			}
		}
	})
}

func texts(list []any) []string {
	out := []string{}
	for _, v := range list {
		out = append(out, fmt.Sprint(v))
	}
	return out
}

// TestFilingTickets: what POST /tickets takes, and what it answers with.
func TestFilingTickets(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		c := w.as("accounts.agent")
		field, err := w.app.CreateField(t.Context(), w.system("acme"), app.FieldPatch{Name: ptr("Cost"), Kind: ptr(dm.FieldNumber)})
		w.must(err)
		id := fmt.Sprint(field)
		a := c.post("/tickets", map[string]any{
			"subject": "  Broken\tchair ", "html": "<p>It <b>broke</b><script>x</script></p>", "inbox_id": w.acme().inboxes["accounts"],
			"requester_address": "new.person@outside.example", "requester_name": "New Person", "priority": "high", "type": "incident",
			"tags": []string{"Chair", "chair", "office"}, "ccs": []string{w.address("staff.two")}, "assignee_id": w.id("accounts.agent"), "group_id": nil,
			"fields": map[string]any{id: 12.5}, "private": true,
		}).is(201)
		for path, want := range map[string]any{
			"subject": "Broken chair", "status": "new", "priority": "high", "type": "incident", "private": true, "group": nil, "requester.name": "New Person",
			"requester.address": "new.person@outside.example", "assignee.name": "Accounts Agent", "tags": []any{"chair", "office"}, "ccs.0.address": w.address("staff.two"),
			"fields.0.value": "12.5", "fields.0.name": "Cost", "fields.0.kind": "number", "creator.name": "Accounts Agent", "level": "full", "brand.name": "Company", "inbox.name": "Accounts",
		} {
			if diff := cmp.Diff(want, a.at(path)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", path, diff)
			}
		}
		m := c.get(at(a.number("number"), "messages")).ok()
		if m.text("items.0.text") != "It broke" || strings.Contains(m.text("items.0.html"), "script") {
			t.Errorf("the message is %s", m.raw)
		}
		box := w.acme().inboxes["accounts"]
		for name, bad := range map[string]map[string]any{
			"inbox_id":          {"inbox_id": w.acme().inboxes["hr"]},
			"subject":           {"subject": "   "},
			"text":              {"text": ""},
			"requester_id":      {"requester_id": w.id("globex/staff.one")},
			"requester_address": {"requester_address": "no address"},
			"ccs[0]":            {"ccs": []string{"no address"}},
			"assignee_id":       {"assignee_id": w.id("hr.agent")},
			"group_id":          {"group_id": w.acme().groups["HR"]},
			"priority":          {"priority": "highest"},
			"kind":              {"kind": "secret"},
			"attachments[0]":    {"attachments": []int64{99}},
			"fields." + id:      {"fields": map[string]any{id: "much"}},
			"fields.999":        {"fields": map[string]any{"999": "x"}},
			"fields.cost":       {"fields": map[string]any{"cost": "x"}},
		} {
			body := map[string]any{"subject": "x", "text": "x", "inbox_id": box}
			for k, v := range bad {
				body[k] = v
			}
			before := w.fingerprint()
			c.post("/tickets", body).refused(422, name)
			if w.fingerprint() != before {
				t.Errorf("a refused %s changed something", name)
			}
		}
		w.as("staff.one").post("/tickets", map[string]any{"subject": "x", "text": "x", "inbox_id": box}).refused(403, "")
		c.post("/tickets", map[string]any{"subject": "x", "text": "x", "inbox_id": box, "group_id": w.acme().groups["Support"]}).refused(422, "group_id")
	})
}

// TestChangingTickets: left out, null and a value are three things.
func TestChangingTickets(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		number := w.file("accounts", "Changing", map[string]any{"assignee_id": w.id("accounts.agent"), "tags": []string{"a"}})
		c := w.as("accounts.agent")
		a := c.patch(at(number), map[string]any{"subject": "Changed"}).ok()
		if a.text("assignee.name") != "Accounts Agent" || len(a.list("tags")) != 1 || a.number("version") != 2 {
			t.Errorf("what was left out changed: %s", a.raw)
		}
		a = c.patch(at(number), map[string]any{"assignee_id": nil, "tags": []string{}, "version": 2}).ok()
		if a.at("assignee") != nil || len(a.list("tags")) != 0 {
			t.Errorf("null and [] do not clear: %s", a.raw)
		}
		for _, name := range []string{"subject", "status", "priority", "type", "private", "inbox_id", "requester_id", "tags", "ccs", "followers"} {
			c.patch(at(number), map[string]any{name: nil}).refused(422, name)
		}
		same(t, "version", c.patch(at(number), map[string]any{}).ok().number("version"), 3)

		stale := c.patch(at(number), map[string]any{"version": 1, "subject": "Mine"}).refused(409, "").reason("version")
		if stale.number("version") != 3 || stale.at("changed.subject") != "Changed" {
			t.Errorf("the conflict says %s", stale.raw)
		}
		if diff := cmp.Diff([]string{"assignee", "subject", "tags"}, stale.keys("changed")); diff != "" {
			t.Errorf("changed (-want +got):\n%s", diff)
		}

		c.patch(at(number), map[string]any{"followers": []int64{w.id("accounts.second"), w.id("owner")}}).ok()
		c.patch(at(number), map[string]any{"followers": []int64{w.id("hr.agent")}}).refused(422, "followers")
		// Handing the ticket over takes it out of one's own sight.
		c.patch(at(number), map[string]any{"inbox_id": w.acme().inboxes["support"], "group_id": w.acme().groups["Support"]}).is(204)
		c.get(at(number)).refused(404, "")
		w.as("support.agent").get(at(number)).ok()
	})
}

func TestTrashAndSpam(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		number := w.file("accounts", "Thrown away")
		owner, agent := w.as("owner"), w.as("accounts.agent")
		agent.delete(at(number)).refused(403, "")
		if a := agent.post(at(number, "spam"), nil).is(200); a.at("spam") != true {
			t.Errorf("marked: %s", a.raw)
		}
		same(t, "spam view", w.view("accounts.agent", "spam"), []int64{number})
		same(t, "all", w.view("accounts.agent", "all"), []int64{})
		agent.post(at(number, "not-spam"), nil).is(200)
		owner.delete(at(number)).is(204)
		agent.get(at(number)).refused(404, "")
		same(t, "deleted view", w.view("owner", "deleted"), []int64{number})
		same(t, "deleted view of an agent", w.view("accounts.agent", "deleted"), []int64{})
		owner.get(at(number)).ok()
		if a := owner.post(at(number, "restore"), nil).is(200); a.at("deleted") != false {
			t.Errorf("restored: %s", a.raw)
		}
		agent.get(at(number)).ok()
	})
}

// TestPages walks lists to their end and meets everything once.
func TestPages(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		var all []int64
		for i := range 7 {
			all = append(all, w.file("accounts", fmt.Sprint("Ticket ", i)))
		}
		number := all[0]
		for i := range 6 {
			w.as("owner").post(at(number, "messages"), map[string]any{"kind": "note", "text": fmt.Sprint("Note ", i)}).ok()
		}
		w.drain()
		for _, n := range all {
			w.share(n, w.agent("hr.agent"))
		}
		w.drain()
		for path, most := range map[string]int{"/tickets": 7, "/tickets?sort=number": 7, "/tickets?sort=-created&state=open": 7, at(number, "messages"): 7, "/tickets?q=text": 7, at(number, "events"): 9} {
			who := "accounts.agent"
			same(t, path, w.walk(who, path), most)
		}
		same(t, "shared", w.walk("hr.agent", "/tickets?view=shared-with-me&sort=-shared"), 7)
		same(t, "notifications", w.walk("hr.agent", "/notifications"), 7)
		for _, path := range []string{"/tickets", "/tickets?q=text", at(number, "messages"), at(number, "events"), "/notifications"} {
			mark := "?"
			if strings.Contains(path, "?") {
				mark = "&"
			}
			w.as("owner").get(path+mark+"cursor=nonsense").refused(422, "cursor")
			w.as("owner").get(path+mark+"limit=0").refused(422, "limit")
			w.as("owner").get(path+mark+"limit=201").refused(422, "limit")
		}
		next := w.as("owner").get("/tickets?limit=2").ok().text("next")
		w.as("owner").get("/tickets?limit=2&sort=created&cursor="+next).refused(422, "cursor")
	})
}

// walk follows next to the end, two items at a time, and counts what it meets
// once.
func (w *world) walk(who, path string) int {
	w.Helper()
	mark := "?"
	if strings.Contains(path, "?") {
		mark = "&"
	}
	seen := map[string]bool{}
	cursor := ""
	for range 50 {
		a := w.as(who).get(path + mark + "limit=2" + cursor).ok()
		for i, item := range a.list("items") {
			id := item.(map[string]any)["id"]
			if id == nil {
				id = item.(map[string]any)["number"]
			}
			if seen[fmt.Sprint(id)] {
				w.Errorf("%s gives item %d, %v, twice", path, i, id)
			}
			seen[fmt.Sprint(id)] = true
		}
		if a.at("next") == nil {
			return len(seen)
		}
		cursor = "&cursor=" + a.text("next")
	}
	w.Errorf("%s does not end", path)
	return 0
}

func TestSearch(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		first, second := w.file("accounts", "Purple umbrella"), w.file("hr", "Green umbrella")
		c := w.as("accounts.agent")
		same(t, "words", c.get("/tickets?q=umbrella").ok().numbers(), []int64{first})
		same(t, "both", c.get("/tickets?q=purple+umbrella").ok().numbers(), []int64{first})
		same(t, "nothing", c.get("/tickets?q=yellow").ok().numbers(), []int64{})
		same(t, "no words", c.get("/tickets?q=%21%3F").ok().numbers(), []int64{})
		same(t, "#", c.get(fmt.Sprintf("/tickets?q=%%23%d", first)).ok().numbers(), []int64{first})
		same(t, "a number", c.get(fmt.Sprintf("/tickets?q=%d", first)).ok().numbers(), []int64{first})
		same(t, "# of another's", c.get(fmt.Sprintf("/tickets?q=%%23%d", second)).ok().numbers(), []int64{})
		c.get("/tickets?q=umbrella&sort=created").refused(422, "sort")
		w.share(second, w.agent("accounts.agent"))
		same(t, "shared", c.get("/tickets?q=umbrella").ok().numbers(), []int64{first})
		same(t, "# of a shared one", c.get(fmt.Sprintf("/tickets?q=%%23%d", second)).ok().numbers(), []int64{second})
		if a := w.as("owner").get(at(second, "shares")).ok(); a.at("items.0.opened_at") != nil {
			t.Errorf("finding a ticket by number counts as opening it: %s", a.raw)
		}
	})
}

func TestCountsAndHome(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		mine := w.file("accounts", "Mine", map[string]any{"assignee_id": w.id("accounts.agent")})
		shared, grouped := w.file("hr", "Shared"), w.file("hr", "Grouped")
		w.share(shared, w.agent("accounts.agent"))
		w.share(grouped, w.group("Accounts"))
		w.file("accounts", "Somebody's")
		c := w.as("accounts.agent")
		home := c.get("/home").ok()
		for tab, number := range map[string]int64{"assigned_to_me": mine, "shared_with_me": shared, "shared_with_my_groups": grouped} {
			if home.number(tab+".items.0.number") != number || home.number(tab+".count") != 1 || home.at(tab+".more") != false || home.at(tab+".next") != nil {
				t.Errorf("%s is %v", tab, home.at(tab))
			}
		}
		if home.at("shared_with_me.items.0.messages") != nil || home.number("assigned_to_me.items.0.messages") != 1 {
			t.Errorf("counts of messages: %s", home.raw)
		}
		for view, want := range map[string]int64{"all": 2, "mine": 1, "unassigned": 1, "shared-with-me": 1, "shared-with-my-groups": 1, "shared-by-me": 0, "": 2} {
			a := c.get("/tickets/count?view=" + view).ok()
			if a.number("count") != want || a.at("more") != false {
				t.Errorf("%s counts %s, want %d", view, a.raw, want)
			}
		}
		c.get("/tickets/count?view=none").refused(422, "view")
		c.get("/tickets/count?state=none").refused(422, "state")
		c.get("/tickets?sort=name").refused(422, "sort")
		c.get("/home?state=none").refused(422, "state")
	})
}

// TestLinks: a link shows no more of the other ticket than its reader may open.
func TestLinks(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		number, other := w.file("accounts", "This one"), w.file("hr", "Secret subject")
		made := w.as("owner").post(at(number, "linked-tickets"), map[string]any{"kind": "parent", "number": other}).is(201)
		if made.number("number") != other || made.text("subject") != "Secret subject" || made.text("kind") != "parent" {
			t.Errorf("the link is %s", made.raw)
		}
		if a := w.as("hr.agent").get(at(other, "linked-tickets")).ok(); a.text("items.0.kind") != "child" || a.at("items.0.visible") != false || a.at("items.0.number") != nil {
			t.Errorf("from the other side it is %s", a.raw)
		}
		c := w.as("accounts.agent")
		for _, path := range []string{at(number), at(number, "linked-tickets"), at(number, "events")} {
			if a := c.get(path).ok(); strings.Contains(a.raw, "Secret") || strings.Contains(a.raw, fmt.Sprintf(`"number":%d`, other)) {
				t.Errorf("%s tells of a ticket that is not visible: %s", a.request, a.raw)
			}
		}
		c.post(at(number, "linked-tickets"), map[string]any{"kind": "related", "number": other}).refused(422, "number")
		c.post(at(number, "linked-tickets"), map[string]any{"kind": "related", "number": number}).refused(422, "number")
		w.as("owner").post(at(number, "linked-tickets"), map[string]any{"kind": "related", "number": other}).refused(409, "")
		w.as("owner").delete(at(number, "linked-tickets", fmt.Sprint(made.number("id")))).is(204)
		w.as("owner").delete(at(number, "linked-tickets", fmt.Sprint(made.number("id")))).refused(404, "")
		same(t, "links", len(c.get(at(number, "linked-tickets")).ok().list("items")), 0)
	})
}

func TestNotifications(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		kept, lost := w.file("accounts", "Kept"), w.file("accounts", "Lost")
		w.share(kept, w.agent("hr.agent"))
		id := w.share(lost, w.agent("hr.agent")).number("items.0.id")
		w.drain()
		c := w.as("hr.agent")
		if a := c.get("/notifications?unread=true").ok(); len(a.list("items")) != 2 || a.number("items.0.ticket.number") != lost {
			t.Errorf("the list is %s", a.raw)
		}
		w.as("owner").delete(at(lost, "shares", fmt.Sprint(id))).is(204)
		a := c.get("/notifications").ok()
		if strings.Contains(a.raw, "Lost") {
			t.Errorf("a line tells of a ticket that is not visible any more: %s", a.raw)
		}
		first := a.number(fmt.Sprintf("items.%d.id", len(a.list("items"))-1))
		c.post("/notifications/read", map[string]any{"ids": []int64{first}}).is(204)
		if got := c.get("/notifications").ok().at(fmt.Sprintf("items.%d.read_at", len(a.list("items"))-1)); got == nil {
			t.Error("the line is still unread")
		}
		w.as("hr.second").post("/notifications/read", map[string]any{"up_to": 1000}).is(204)
		if a := c.get("/notifications?unread=true").ok(); len(a.list("items")) == 0 {
			t.Error("somebody else read one's notifications")
		}
		c.post("/notifications/read", map[string]any{"up_to": 1000}).is(204)
		same(t, "unread", len(c.get("/notifications?unread=true").ok().list("items")), 0)
		c.post("/notifications/read", map[string]any{}).refused(422, "ids")
		c.post("/notifications/read", map[string]any{"ids": []int64{1}, "up_to": 1}).refused(422, "ids")
	})
}

// TestMomentsBeforeTheFirst: the end of a share is read as a moment, never as
// "no end", however early it is.
func TestMomentsBeforeTheFirst(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		number := w.file("accounts", "Ends")
		id := w.share(number, w.agent("hr.agent")).number("items.0.id")
		for _, early := range []string{"0001-01-01T00:00:00Z", "1970-01-01T00:00:00Z", "1969-12-31T23:59:59Z", "2026-03-02T08:59:59Z"} {
			w.as("owner").post(at(number, "shares"), terms([]map[string]any{w.agent("hr.second")}, "expires_at", early)).refused(422, "expires_at")
			w.as("owner").patch(at(number, "shares", fmt.Sprint(id)), map[string]any{"expires_at": early}).refused(422, "expires_at")
		}
		until := w.clock.now().Add(time.Hour)
		a := w.as("owner").patch(at(number, "shares", fmt.Sprint(id)), map[string]any{"expires_at": until.In(time.FixedZone("", 7200))}).ok()
		same(t, "end", a.text("expires_at"), until.Format(time.RFC3339Nano))
		a = w.as("owner").patch(at(number, "shares", fmt.Sprint(id)), map[string]any{"level": "view"}).ok()
		same(t, "end after another change", a.text("expires_at"), until.Format(time.RFC3339Nano))
		a = w.as("owner").patch(at(number, "shares", fmt.Sprint(id)), map[string]any{"expires_at": nil}).ok()
		same(t, "end after null", a.at("expires_at"), nil)
	})
}

// TestPreview holds what lists show of a ticket's conversation: the beginning of
// the newest reply, and never a note.
func TestPreview(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		number := w.file("accounts", "Asked")
		c := w.as("accounts.agent")
		shown := func(want string, by any) {
			t.Helper()
			row := c.get("/tickets").ok()
			if got := row.text("items.0.preview"); got != want || fmt.Sprint(row.at("items.0.preview_by")) != fmt.Sprint(by) {
				t.Errorf("the list shows %q by %v, not %q by %v", got, row.at("items.0.preview_by"), want, by)
			}
		}
		c.post(at(number, "messages"), map[string]any{"text": "First line\n\n  and the\tnext"}).ok()
		shown("First line and the next", w.id("accounts.agent"))
		c.post(at(number, "messages"), map[string]any{"kind": "note", "text": "Between us"}).ok()
		c.post(at(number, "messages"), map[string]any{"kind": "local_note", "text": "At this desk"}).ok()
		shown("First line and the next", w.id("accounts.agent"))
		w.as("staff.one").post(at(number, "messages"), map[string]any{"text": strings.Repeat("long wörd ", 60)}).ok()
		if got := []rune(c.get("/tickets").ok().text("items.0.preview")); len(got) > 200 || len(got) < 180 {
			t.Errorf("the beginning of a long text has %d characters", len(got))
		}
	})
}
