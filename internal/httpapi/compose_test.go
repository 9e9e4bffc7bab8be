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

// What helps to write a message: who will read it, whom it mentions, what came
// meanwhile, drafts and snippets.

// readers gives count and outside of a kind, and the names, as somebody sees it.
func (w *world) readers(who string, number int64, kind string) (count, outside int64, names []string) {
	w.Helper()
	a := w.as(who).get(at(number, "readers")).ok()
	for i := range a.list(kind + ".names") {
		names = append(names, a.text(fmt.Sprintf("%s.names.%d.kind", kind, i))+" "+a.text(fmt.Sprintf("%s.names.%d.name", kind, i)))
	}
	return a.number(kind + ".count"), a.number(kind + ".outside"), names
}

// TestReaders: the number of readers is that of the list of who can see the
// ticket, for every kind of message and every change of who can.
func TestReaders(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		n := w.file("accounts", "Invoice")
		agree := func(what string) {
			t.Helper()
			a := w.as("owner").get(at(n, "access")).ok()
			var all, guests, internal int64
			for i := range a.list("items") {
				p := fmt.Sprintf("items.%d.", i)
				if a.number(p+"person.id") == w.id("accounts.agent") {
					continue // who writes
				}
				all++
				if a.text(p+"person.kind") == "requester" {
					guests++
				}
				for _, right := range a.list(p + "rights") {
					if right == "see_internal" {
						internal++
					}
				}
			}
			count, outside, _ := w.readers("accounts.agent", n, "reply")
			same(t, what+": readers of a reply", []int64{count, outside}, []int64{all, guests})
			for _, kind := range []string{"note", "local_note"} {
				count, outside, _ = w.readers("accounts.agent", n, kind)
				same(t, what+": readers of a "+kind, []int64{count, outside}, []int64{internal, 0})
			}
		}
		agree("at first")
		_, _, names := w.readers("accounts.agent", n, "reply")
		same(t, "named", names, []string{"requester " + w.nameOf("staff.one")})
		w.as("owner").post(at(n, "shares"), terms([]map[string]any{w.agent("hr.agent")}, "see_internal", false)).ok()
		agree("shared without notes")
		w.share(n, w.group("Legal"), w.agent("hr.second"))
		w.member("Legal", "add", "restricted.agent")
		agree("shared with a group")
		_, _, names = w.readers("accounts.agent", n, "reply")
		same(t, "named", names, []string{"requester " + w.nameOf("staff.one"), "agent Hr Agent", "agent Hr Second", "group Legal"})
		_, _, names = w.readers("accounts.agent", n, "note")
		same(t, "named in a note", names, []string{"agent Hr Second", "group Legal"})
		w.as("owner").patch(at(n), map[string]any{"private": true}).ok()
		agree("private")
		w.as("owner").patch(at(n), map[string]any{"private": false, "ccs": []string{w.address("staff.two")}}).ok()
		count, outside, _ := w.readers("accounts.agent", n, "reply")
		w.set("cc_grants_access", "view")
		agree("with access by CC")
		more, also, _ := w.readers("accounts.agent", n, "reply")
		same(t, "people in CC get a reply by mail in any case", []int64{count, outside}, []int64{more, also})
		_, outside, _ = w.readers("accounts.agent", n, "note")
		same(t, "nobody outside reads a note", outside, 0)
		w.as("hr.agent").get(at(w.file("accounts", "Hidden"), "readers")).is(404)
		w.as("staff.one").get(at(n, "readers")).is(403)
	})
}

// nameOf gives somebody's name as the desk shows it.
func (w *world) nameOf(who string) string {
	w.Helper()
	return w.as("owner").get(w.person(who)).ok().text("name")
}

func TestMentionable(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		n := w.file("accounts", "Invoice")
		w.as("owner").post(at(n, "shares"), terms([]map[string]any{w.agent("hr.second"), w.agent("noshare.agent")})).ok()
		c := w.as("noshare.agent")
		c.get("/share-targets?q=hr").is(403)
		a := c.get(at(n, "mentionable") + "?q=hr").ok()
		same(t, "those who can open it come first", [][]any{{a.text("items.0.name"), a.at("items.0.access") != nil}, {a.text("items.1.name"), a.at("items.1.access") != nil}},
			[][]any{{w.nameOf("hr.second"), true}, {w.nameOf("hr.agent"), false}})
		same(t, "limit", len(c.get(at(n, "mentionable")+"?q=hr&limit=1").ok().list("items")), 1)
		for _, q := range []string{w.address("noshare.agent"), "staff", "globex"} {
			same(t, "found by "+q, len(c.get(at(n, "mentionable")+"?q="+q).ok().list("items")), 0)
		}
		w.as("staff.one").get(at(n, "mentionable") + "?q=hr").is(403)
		w.as("hr.agent").get(at(n, "mentionable") + "?q=hr").is(404)
	})
}

func TestMentions(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		n := w.file("accounts", "Invoice")
		w.as("owner").post(at(n, "shares"), terms([]map[string]any{w.agent("hr.second")}, "see_internal", false)).ok()
		w.mails("")
		ids := []int64{w.id("accounts.second"), w.id("hr.agent"), w.id("hr.second"), w.id("owner"), w.id("accounts.second"), w.id("accounts.agent")}
		a := w.as("accounts.agent").post(at(n, "messages"), map[string]any{"kind": "note", "text": "@Second look", "mentions": ids}).is(201)
		same(t, "not told", a.list("not_told"), []int64{w.id("hr.agent"), w.id("hr.second")})
		same(t, "mails", w.audience(), []string{w.address("accounts.second"), w.address("owner")})
		line := w.as("owner").get("/notifications").ok()
		same(t, "line", []any{line.text("items.0.kind"), line.text("items.0.actor.name"), line.number("items.0.ticket.number")}, []any{"mention", "Accounts Agent", n})
		for _, who := range []string{"hr.agent", "hr.second"} {
			if raw := w.as(who).get("/notifications").ok().raw; strings.Contains(raw, "mention") {
				t.Errorf("%s is told: %s", who, raw)
			}
		}
		t.Run("a reply mentions those who see replies", func(t *testing.T) {
			a := w.as("accounts.agent").post(at(n, "messages"), map[string]any{"text": "@Hr", "mentions": []int64{w.id("hr.second")}}).is(201)
			same(t, "not told", a.has("not_told"), false)
			same(t, "mails", w.audience(), []string{w.address("hr.second"), w.address("staff.one")})
		})
		t.Run("a repeat with its key tells the same and nobody twice", func(t *testing.T) {
			body := map[string]any{"kind": "note", "text": "again", "mentions": []int64{w.id("hr.agent"), w.id("owner")}}
			c := w.as("accounts.agent").with("Idempotency-Key", "mention")
			one := c.post(at(n, "messages"), body).is(201)
			same(t, "answer", c.post(at(n, "messages"), body).is(201).raw, one.raw)
			same(t, "mails", w.audience(), []string{w.address("owner")})
		})
		t.Run("only agents of the desk can be mentioned, and only by agents", func(t *testing.T) {
			for _, id := range []int64{w.id("staff.one"), w.id("globex/owner"), 987654321} {
				w.as("accounts.agent").post(at(n, "messages"), map[string]any{"text": "x", "mentions": []int64{w.id("owner"), id}}).refused(422, "mentions[1]")
			}
			w.as("accounts.agent").post(at(n, "messages"), map[string]any{"text": "x", "mentions": make([]int64, 21)}).refused(422, "mentions")
			w.as("staff.one").post(at(n, "messages"), map[string]any{"text": "x", "mentions": []int64{w.id("owner")}}).refused(422, "mentions")
		})
		t.Run("markup of a mention is text to the reader", func(t *testing.T) {
			html := fmt.Sprintf(`<p>Ask <span class="mention" data-type="mention" data-id="%d">@Hr Second</span></p>`, w.id("hr.second"))
			w.as("accounts.agent").post(at(n, "messages"), map[string]any{"html": html, "mentions": []int64{w.id("hr.second")}}).is(201)
			raw := w.as("staff.one").get(at(n, "messages") + "?limit=200").ok().raw
			if strings.Contains(raw, "data-") || strings.Contains(raw, "mention") || !strings.Contains(raw, "@Hr Second") {
				t.Errorf("the requester reads %s", raw)
			}
		})
		t.Run("the notice has its switch, and is decided again when it is sent", func(t *testing.T) {
			w.mails("")
			for _, who := range []string{"owner", "accounts.second"} {
				w.as(who).do("PUT", "/me/notices", map[string]any{"mention": false}).ok()
			}
			w.as("owner").patch(at(n), map[string]any{"assignee_id": w.id("accounts.second")}).ok()
			w.mails("")
			w.as("accounts.agent").post(at(n, "messages"), map[string]any{"kind": "note", "text": "both", "mentions": []int64{w.id("owner"), w.id("accounts.second")}}).is(201)
			same(t, "the assignee hears of the message all the same", w.audience(), []string{w.address("accounts.second")})
			w.app.Mail = noMail{}
			w.as("accounts.agent").post(at(n, "messages"), map[string]any{"text": "late heron", "mentions": []int64{w.id("owner"), w.id("hr.second")}}).is(201)
			w.drain()
			share := w.as("owner").get(at(n, "shares")).number("items.0.id")
			w.as("owner").delete(at(n, "shares", fmt.Sprint(share))).is(204)
			w.app.Mail = w.outbox
			w.advance(time.Hour)
			for _, m := range w.mails("") {
				if (m.to == w.address("owner") || m.to == w.address("hr.second")) && strings.Contains(m.text+m.subject, "heron") {
					t.Errorf("a mail to %s: %s", m.to, m.subject)
				}
			}
		})
	})
}

func TestCollision(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		n := w.file("accounts", "Invoice")
		w.as("owner").post(at(n, "shares"), terms([]map[string]any{w.agent("hr.agent")}, "level", "edit", "see_internal", false)).ok()
		mine := w.as("accounts.agent")
		seen := mine.post(at(n, "messages"), map[string]any{"text": "first"}).is(201).number("id")
		own := mine.post(at(n, "messages"), map[string]any{"text": "own", "after": seen}).is(201).number("id")
		note := w.as("owner").post(at(n, "messages"), map[string]any{"kind": "note", "text": "a note"}).is(201).number("id")
		before := w.countOf(`SELECT COUNT(*) FROM messages`)
		a := mine.post(at(n, "messages"), map[string]any{"text": "too late", "after": own}).refused(409, "after").reason("newer_message")
		same(t, "newest", a.number("newest"), note)
		same(t, "stored", w.countOf(`SELECT COUNT(*) FROM messages`), before)
		hr := w.as("hr.agent")
		hr.post(at(n, "messages"), map[string]any{"text": "a note that they cannot read is no reason", "after": own}).is(201)
		mine.post(at(n, "messages"), map[string]any{"text": "without it, as ever"}).is(201)
		mine.post(at(n, "messages"), map[string]any{"text": "x", "after": 0}).refused(422, "after")
		t.Run("two who send at once: one is stopped", func(t *testing.T) {
			newest := mine.post(at(n, "messages"), map[string]any{"text": "newest"}).is(201).number("id")
			one, two := w.as("accounts.agent"), w.as("accounts.second")
			got := together(
				func() *answer {
					return one.post(at(n, "messages"), map[string]any{"text": "one", "after": newest})
				},
				func() *answer {
					return two.post(at(n, "messages"), map[string]any{"text": "two", "after": newest})
				})
			// Whoever is second is stopped, unless only the first has not seen their own.
			same(t, "statuses", got, []int{201, 409})
		})
	})
}

func TestDrafts(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		n := w.file("accounts", "Invoice")
		c := w.as("accounts.agent")
		put := func(c *client, number int64, body map[string]any) *answer {
			return c.do("PUT", at(number, "draft"), body)
		}
		t.Run("a draft is kept, cleaned, one of each kind", func(t *testing.T) {
			c.get(at(n, "draft")).is(204)
			a := put(c, n, map[string]any{"html": `<p onclick="x()">Hello <script>x</script>Rita</p>`}).is(200)
			same(t, "html", []any{a.text("kind"), a.text("html"), a.text("text")}, []any{"reply", "<p>Hello Rita</p>", "Hello Rita"})
			w.advance(time.Second)
			put(c, n, map[string]any{"kind": "note", "text": "for us"}).is(200)
			same(t, "the newest", c.get(at(n, "draft")).is(200).text("kind"), "note")
			same(t, "by kind", c.get(at(n, "draft")+"?kind=reply").is(200).text("text"), "Hello Rita")
			put(c, n, map[string]any{"text": "Hello again"}).is(200)
			list := c.get("/drafts").ok()
			same(t, "list", []any{len(list.list("items")), list.number("items.0.ticket.number"), list.text("items.0.ticket.subject")}, []any{2, n, "Invoice"})
			same(t, "somebody else's", w.as("accounts.second").get(at(n, "draft")).status, 204)
			same(t, "somebody else's list", len(w.as("owner").get("/drafts").ok().list("items")), 0)
		})
		t.Run("an empty one is forgotten", func(t *testing.T) {
			put(c, n, map[string]any{"kind": "note", "text": " "}).is(204)
			c.get(at(n, "draft") + "?kind=note").is(204)
		})
		t.Run("it goes with the message that is sent, and only with that", func(t *testing.T) {
			put(c, n, map[string]any{"kind": "note", "text": "stays"}).is(200)
			c.post(at(n, "messages"), map[string]any{"text": ""}).is(422)
			c.get(at(n, "draft") + "?kind=reply").is(200)
			w.token("accounts.agent", "tickets.reply").post(at(n, "messages"), map[string]any{"text": "by a script"}).is(201)
			c.get(at(n, "draft") + "?kind=reply").is(200)
			c.post(at(n, "messages"), map[string]any{"text": "sent"}).is(201)
			c.get(at(n, "draft") + "?kind=reply").is(204)
			c.get(at(n, "draft") + "?kind=note").is(200)
			c.delete(at(n, "draft")).is(204)
			c.get(at(n, "draft")).is(204)
		})
		t.Run("its files live as long as it does", func(t *testing.T) {
			file := c.post("/attachments?name=a.txt", "bytes").ok().number("id")
			other := w.as("owner").post("/attachments?name=b.txt", "bytes").ok().number("id")
			put(c, n, map[string]any{"text": "with a file", "attachments": []int64{other}}).refused(422, "attachments[0]")
			a := put(c, n, map[string]any{"text": "with a file", "attachments": []int64{file, file}}).is(200)
			same(t, "files", []any{len(a.list("attachments")), a.text("files.0.name")}, []any{1, "a.txt"})
			w.advance(48 * time.Hour)
			w.must(w.app.SweepOld(w.Context()))
			c = w.as("accounts.agent")
			c.get(fmt.Sprintf("/attachments/%d", file)).is(200)
			w.as("owner").get(fmt.Sprintf("/attachments/%d", other)).is(404)
			c.post(at(n, "messages"), map[string]any{"text": "with a file", "attachments": []int64{file}}).is(201)
			put(c, n, map[string]any{"text": "again", "attachments": []int64{file}}).refused(422, "attachments[0]")
			loose := c.post("/attachments?name=c.txt", "bytes").ok().number("id")
			put(c, n, map[string]any{"text": "x", "attachments": []int64{loose}}).is(200)
			c.delete(at(n, "draft")).is(204)
			w.advance(48 * time.Hour)
			w.must(w.app.SweepOld(w.Context()))
			c = w.as("accounts.agent")
			c.get(fmt.Sprintf("/attachments/%d", loose)).is(404)
		})
		t.Run("it is out of sight with its ticket, and back with it", func(t *testing.T) {
			share := w.share(n, w.agent("hr.agent")).number("items.0.id")
			hr := w.as("hr.agent")
			put(hr, n, map[string]any{"text": "secret of hr"}).is(200)
			w.as("owner").delete(at(n, "shares", fmt.Sprint(share))).is(204)
			hr.get(at(n, "draft")).is(404)
			put(hr, n, map[string]any{"text": "x"}).is(404)
			hr.delete(at(n, "draft")).is(404)
			same(t, "list", len(hr.get("/drafts").ok().list("items")), 0)
			w.as("owner").post(at(n, "shares"), terms([]map[string]any{w.agent("hr.agent")}, "expires_at", w.clock.now().Add(time.Hour).Format(time.RFC3339))).ok()
			same(t, "again", hr.get(at(n, "draft")).is(200).text("text"), "secret of hr")
			w.advance(2 * time.Hour)
			hr.get(at(n, "draft")).is(404)
			same(t, "list after the end", len(hr.get("/drafts").ok().list("items")), 0)
			put(hr, 987654321, map[string]any{"text": "x"}).is(404)
		})
		t.Run("limits are those of messages", func(t *testing.T) {
			put(c, n, map[string]any{"text": strings.Repeat("x", 200_001)}).refused(422, "text")
			put(c, n, map[string]any{"kind": "letter", "text": "x"}).refused(422, "kind")
			put(c, n, map[string]any{"text": "x", "attachments": make([]int64, 51)}).refused(422, "attachments")
			w.as("staff.one").get(at(n, "draft")).is(403)
			put(w.as("staff.one"), n, map[string]any{"text": "x"}).is(403)
		})
		t.Run("a ticket to be filed has one too", func(t *testing.T) {
			c.get("/drafts/new").is(204)
			body := map[string]any{"subject": "Größe", "inbox_id": w.acme().inboxes["accounts"], "requester_address": "rita@customer.example", "tags": []string{"a<b"}, "text": "Hello", "kind": "note"}
			c.do("PUT", "/drafts/new", body).is(200)
			a := c.get("/drafts/new").is(200)
			same(t, "form", []any{a.text("subject"), a.text("tags.0"), a.text("text"), a.text("kind")}, []any{"Größe", "a<b", "Hello", "note"})
			c.do("PUT", "/drafts/new", map[string]any{"subject": strings.Repeat("x", 2001)}).refused(422, "subject")
			same(t, "not in the list", len(c.get("/drafts").ok().list("items")), 0)
			w.as("accounts.second").get("/drafts/new").is(204)
			c.post("/tickets", map[string]any{"subject": "Größe", "inbox_id": w.acme().inboxes["accounts"], "text": "Hello"}).is(201)
			c.get("/drafts/new").is(204)
			c.do("PUT", "/drafts/new", body).is(200)
			c.do("PUT", "/drafts/new", map[string]any{"tags": []string{}}).is(204)
			c.get("/drafts/new").is(204)
			c.do("PUT", "/drafts/new", body).is(200)
			c.delete("/drafts/new").is(204)
			c.get("/drafts/new").is(204)
		})
		t.Run("they go after retention.draft_days, and with their person", func(t *testing.T) {
			put(c, n, map[string]any{"text": "old"}).is(200)
			w.set("retention.draft_days", 2)
			w.advance(49 * time.Hour)
			w.must(w.app.SweepOld(w.Context()))
			w.as("accounts.agent").get(at(n, "draft")).is(204)
			put(w.as("accounts.agent"), n, map[string]any{"text": "mine"}).is(200)
			w.must(w.app.ErasePerson(w.Context(), w.viewer("owner"), w.id("accounts.agent")))
			same(t, "left", w.countOf(fmt.Sprint(`SELECT COUNT(*) FROM drafts WHERE person_id = `, w.id("accounts.agent"))), "0")
		})
	})
}

func TestSnippets(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		c, manager := w.as("accounts.agent"), w.as("manager")
		mine := c.post("/snippets", map[string]any{"name": "Thank you", "html": "<p>Thank you, {{requester.first_name}}!<script>x</script></p>"}).is(201)
		same(t, "mine", []any{mine.text("scope"), mine.text("html"), mine.at("group"), mine.at("can_change")}, []any{"private", "<p>Thank you, {{requester.first_name}}!</p>", nil, true})
		path := fmt.Sprintf("/snippets/%d", mine.number("id"))
		group := manager.post("/snippets", map[string]any{"name": "Greeting for HR", "html": "Hi", "scope": "group", "group": w.acme().groups["HR"]}).is(201)
		all := manager.post("/snippets", map[string]any{"name": "Greeting for all", "html": "Hi", "scope": "everyone"}).is(201)
		t.Run("who has which", func(t *testing.T) {
			for who, want := range map[string][]string{"accounts.agent": {"Greeting for all", "Thank you"}, "hr.agent": {"Greeting for all", "Greeting for HR"},
				"manager": {"Greeting for all", "Greeting for HR"}, "accounts.second": {"Greeting for all"}, "globex/owner": {}} {
				same(t, who, each(w.as(who).get("/snippets").ok(), "name"), want)
			}
			same(t, "found", each(w.as("hr.agent").get("/snippets?q=greet+hR").ok(), "name"), []string{"Greeting for HR"})
			a := w.as("hr.agent").get("/snippets?limit=1").ok()
			same(t, "pages", append(each(a, "name"), each(w.as("hr.agent").get("/snippets?limit=1&cursor="+a.text("next")).ok(), "name")...), []string{"Greeting for all", "Greeting for HR"})
			w.as("owner").get(path).is(404)
			w.as("hr.agent").get(path).is(404)
			c.get(fmt.Sprintf("/snippets/%d", group.number("id"))).is(404)
			w.as("staff.one").get("/snippets").is(403)
		})
		t.Run("who may keep which", func(t *testing.T) {
			c.post("/snippets", map[string]any{"name": "x", "html": "x", "scope": "everyone"}).is(403)
			c.post("/snippets", map[string]any{"name": "x", "html": "x", "scope": "group", "group": w.acme().groups["Accounts"]}).is(403)
			c.patch(path, map[string]any{"scope": "everyone"}).is(403)
			c.patch(fmt.Sprintf("/snippets/%d", all.number("id")), map[string]any{"name": "Mine"}).is(403)
			c.delete(fmt.Sprintf("/snippets/%d", all.number("id"))).is(403)
			manager.patch(path, map[string]any{"name": "Theirs"}).is(404)
			manager.delete(path).is(404)
			same(t, "changed", c.patch(path, map[string]any{"name": "Thanks"}).is(200).text("name"), "Thanks")
			same(t, "to the group", manager.patch(fmt.Sprintf("/snippets/%d", all.number("id")), map[string]any{"scope": "group", "group": w.acme().groups["Accounts"]}).is(200).number("group"), w.acme().groups["Accounts"])
			c.get(fmt.Sprintf("/snippets/%d", all.number("id"))).is(200)
			w.token("accounts.agent", "tickets.reply").patch(path, map[string]any{"name": "By a script"}).is(403)
			manager.delete(fmt.Sprintf("/snippets/%d", group.number("id"))).is(204)
			w.as("hr.agent").get(fmt.Sprintf("/snippets/%d", group.number("id"))).is(404)
		})
		t.Run("what is refused", func(t *testing.T) {
			for _, b := range []struct {
				field string
				body  map[string]any
			}{
				{"name", map[string]any{"name": " ", "html": "x"}}, {"html", map[string]any{"name": "x", "html": "<p></p>"}},
				{"html", map[string]any{"name": "x", "html": "{{requester.password}}"}}, {"html", map[string]any{"name": "x", "html": "{{<b>requester.name</b>}}"}},
				{"html", map[string]any{"name": "x", "html": "{{}}"}}, {"scope", map[string]any{"name": "x", "html": "x", "scope": "world"}},
				{"group", map[string]any{"name": "x", "html": "x", "scope": "group"}}, {"group", map[string]any{"name": "x", "html": "x", "group": 1}},
				{"group", map[string]any{"name": "x", "html": "x", "scope": "group", "group": w.desks["globex"].groups["HR"]}},
			} {
				manager.post("/snippets", b.body).refused(422, b.field)
			}
		})
		t.Run("it is filled in for a ticket, escaped and once", func(t *testing.T) {
			staff := w.id("staff.two")
			w.must(w.app.UpdatePerson(w.Context(), w.system("acme"), staff, app.PersonPatch{Name: ptr(`Mei<b> "{{agent.name}}`)}))
			n := w.file("accounts", `5 < 6 & {{account.name}}`, map[string]any{"requester_address": w.address("staff.two")})
			s := c.post("/snippets", map[string]any{"name": "All", "html": `<p>{{requester.name}}|{{ requester.first_name }}|{{ticket.number}}|{{ticket.subject}}|{{agent.name}}|{{account.name}}</p>`}).is(201)
			render := fmt.Sprintf("/snippets/%d/render", s.number("id"))
			a := c.post(render, map[string]any{"ticket": n}).is(200)
			same(t, "text", a.text("text"), fmt.Sprintf(`Mei<b> "{{agent.name}}|Mei<b>|%d|5 < 6 & {{account.name}}|Accounts Agent|Acme`, n))
			if html := a.text("html"); strings.Contains(html, "<b>") || !strings.Contains(html, "Mei&lt;b&gt;") {
				t.Errorf("the HTML is %s", html)
			}
			c.post(render, map[string]any{"ticket": w.file("hr", "Hidden")}).refused(422, "ticket")
			c.post(render, map[string]any{"ticket": 987654321}).refused(422, "ticket")
			w.as("accounts.second").post(render, map[string]any{"ticket": n}).is(404)
		})
		t.Run("a value never becomes an address that runs", func(t *testing.T) {
			w.must(w.app.UpdatePerson(w.Context(), w.system("acme"), w.id("staff.three"), app.PersonPatch{Name: ptr(`javascript:alert(1)`)}))
			n := w.file("accounts", "x", map[string]any{"requester_address": w.address("staff.three")})
			a := c.post("/snippets", map[string]any{"name": "Link", "html": `<a href="{{requester.name}}">link</a>`})
			if a.status == 201 {
				html := c.post(fmt.Sprintf("/snippets/%d/render", a.number("id")), map[string]any{"ticket": n}).is(200).text("html")
				if strings.Contains(html, "javascript") {
					t.Errorf("the HTML is %s", html)
				}
			}
		})
		t.Run("the permission is in the roles that are built in", func(t *testing.T) {
			for who, want := range map[string]bool{"owner": true, "admin": true, "manager": true, "accounts.agent": false} {
				same(t, who, slices.Contains(w.as(who).get("/me").ok().list("permissions"), any(string(dm.SnippetsManage))), want)
			}
		})
		t.Run("private ones go when their owner is erased", func(t *testing.T) {
			w.must(w.app.ErasePerson(w.Context(), w.viewer("owner"), w.id("accounts.agent")))
			same(t, "left", w.countOf(`SELECT COUNT(*) FROM snippets WHERE scope = 'private'`), "0")
		})
	})
}
