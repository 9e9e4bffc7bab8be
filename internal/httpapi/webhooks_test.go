package httpapi_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/httpx"
	"github.com/deskmesh/deskmesh/internal/store"
	"github.com/deskmesh/deskmesh/internal/webhook"
)

func TestWebhooks(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		r := w.receiver()
		owner := w.as("owner")
		made := owner.with("Idempotency-Key", "make").post("/webhooks", map[string]any{"name": "  Robot  ", "url": r.url, "events": []string{"ticket.message", "ticket.created"},
			"headers": map[string]string{"Authorization": "Bearer letmein"}, "condition": map[string]any{"field": "priority", "op": "is", "value": "high"}}).is(201)
		path := fmt.Sprintf("/webhooks/%d", made.number("id"))
		secret := made.text("secret")
		same(t, "made", []any{made.text("name"), made.text("url"), made.at("events"), made.at("header_names"), made.at("all_brands"), made.at("all_inboxes"), made.at("all_groups"),
			made.at("see_internal"), made.at("active"), made.at("pause"), made.text("api_version"), made.at("condition.field")},
			[]any{"Robot", r.url, "[ticket.created ticket.message]", "[Authorization]", true, true, true, false, true, nil, "1", "priority"})
		again := owner.with("Idempotency-Key", "make").post("/webhooks", map[string]any{"name": "  Robot  ", "url": r.url, "events": []string{"ticket.message", "ticket.created"},
			"headers": map[string]string{"Authorization": "Bearer letmein"}, "condition": map[string]any{"field": "priority", "op": "is", "value": "high"}}).is(201)
		same(t, "a repeat", []any{again.number("id"), again.at("secret")}, []any{made.number("id"), nil})

		t.Run("a secret is shown once and kept sealed", func(t *testing.T) {
			w := w.in(t)
			for _, a := range []*answer{owner.get("/webhooks"), owner.get(path), owner.get("/audit"), owner.patch(path, map[string]any{"name": "Robot"})} {
				if strings.Contains(a.ok().raw, "whsec_") || strings.Contains(a.raw, "letmein") {
					t.Errorf("%s tells a secret: %s", a.request, a.raw)
				}
			}
			w.dumpHides(strings.TrimPrefix(secret, "whsec_"), "whsec_", "letmein")
		})
		t.Run("it is changed, and the log says so without what is secret", func(t *testing.T) {
			w := w.in(t)
			a := owner.patch(path, map[string]any{"name": "Other", "url": r.url + "/secret-path", "events": []string{"all"}, "condition": nil, "headers": map[string]string{},
				"brands": []int64{w.acme().brands["People"]}, "inboxes": []int64{w.acme().inboxes["hr"]}, "groups": []int64{w.acme().groups["HR"]}, "see_internal": true}).is(200)
			same(t, "changed", []any{a.text("name"), a.at("events"), a.at("condition"), a.at("header_names"), a.at("all_brands"), a.at("all_inboxes"), a.at("all_groups"), a.at("see_internal")},
				[]any{"Other", "[all]", nil, "[]", false, false, false, true})
			log := owner.get("/audit?limit=1").ok()
			same(t, "logged", log.text("items.0.action"), "webhook.updated")
			if strings.Contains(log.raw, "secret-path") {
				t.Errorf("the log tells the path: %s", log.raw)
			}
			before := w.fingerprint()
			owner.patch(path, map[string]any{"name": "Other", "all_brands": false}).is(200)
			same(t, "nothing changed", w.fingerprint() == before, true)
			a = owner.patch(path, map[string]any{"all_brands": true, "all_inboxes": true, "all_groups": true}).is(200)
			same(t, "all again", []any{a.at("brands"), a.at("inboxes"), a.at("groups")}, []any{"[]", "[]", "[]"})
		})
		t.Run("wrong values are refused", func(t *testing.T) {
			w := w.in(t)
			before := w.fingerprint()
			for field, values := range map[string][]any{
				"url": {"", "hook", "ftp://example.com/", "https://user:pw@example.com/", "https://10.0.0.1/", "https://169.254.169.254/", "http://[fd00::1]/", "https://example.com:22/",
					"https://example.com/#x", "https:example.com", "//example.com", "https://" + strings.Repeat("x", 2000)},
				"name":   {"", " ", "\u202e\u202e", strings.Repeat("x", 201)},
				"events": {[]string{}},
				"condition": {map[string]any{"field": "x"}, map[string]any{"field": "assignee", "op": "is", "value": "me"}, map[string]any{"x": 1},
					map[string]any{"field": "group", "op": "is", "value": w.desks["globex"].groups["HR"]}},
				"headers":      {map[string]string{"Host": "x"}, map[string]string{"X": "a\r\nB: c"}, map[string]string{"webhook-signature": "x"}, map[string]string{"X": "1", "x": "2"}, map[string]string{"X": ""}},
				"api_version":  {"2", ""},
				"brands":       {nil},
				"see_internal": {"yes"},
			} {
				for _, value := range values {
					owner.patch(path, map[string]any{field: value}).refused(422, field)
				}
			}
			owner.patch(path, map[string]any{"events": []string{"ticket.eaten"}}).refused(422, "events[0]")
			owner.patch(path, map[string]any{"events": []string{"ticket.created", "all"}}).refused(422, "events[1]")
			owner.patch(path, map[string]any{"brands": []int64{w.desks["globex"].brands["People"]}}).refused(422, "brands[0]")
			owner.patch(path, map[string]any{"groups": []int64{999999}}).refused(422, "groups[0]")
			owner.patch(path, map[string]any{"all_brands": true, "brands": []int64{w.acme().brands["People"]}}).refused(422, "brands")
			owner.patch(path, map[string]any{"secret": "x"}).refused(422, "secret")
			owner.post("/webhooks", map[string]any{"name": "x", "url": r.url}).refused(422, "events")
			same(t, "changed by what was refused", w.fingerprint() != before, false)
		})
		t.Run("only those with the permission, and only inside the account", func(t *testing.T) {
			w := w.in(t)
			for _, path := range []string{"/webhooks", path, path + "/deliveries", path + "/deliveries/1"} {
				for who, status := range map[string]int{"manager": 403, "staff.one": 403} {
					w.as(who).get(path).refused(status, "")
				}
				w.nobody().get(path).refused(401, "")
			}
			other := w.as("globex/owner")
			for _, a := range []*answer{other.get(path), other.patch(path, map[string]any{"name": "x"}), other.delete(path), other.post(path+"/test", nil), other.post(path+"/rotate-secret", nil),
				other.get(path + "/deliveries"), other.get(path + "/deliveries/1"), other.post(path+"/deliveries/1/retry", nil)} {
				a.refused(404, "")
			}
			same(t, "globex's list", len(other.get("/webhooks").ok().list("items")), 0)
			w.as("admin").get(path).is(200)
		})
		t.Run("an account has fifty at most", func(t *testing.T) {
			w := w.in(t)
			for range 49 {
				w.hook(r.url)
			}
			owner.post("/webhooks", map[string]any{"name": "x", "url": r.url, "events": []string{"all"}}).refused(409, "").reason("webhook_limit")
			same(t, "list", len(owner.get("/webhooks").ok().list("items")), 50)
		})
		t.Run("a deleted one is gone with its log", func(t *testing.T) {
			owner.delete(path).is(204)
			owner.get(path).refused(404, "")
			owner.get(path+"/deliveries").refused(404, "")
			same(t, "logged", owner.get("/audit?limit=1").text("items.0.action"), "webhook.deleted")
		})
	})
}

// dumpHides reads every row of a backup and requires that none holds one of the
// texts.
func (w *world) dumpHides(texts ...string) {
	w.Helper()
	w.must(w.db.Snapshot(w.Context(), func(s *store.Snapshot) error {
		for _, table := range s.Tables {
			if err := s.Rows(table, func(row []any) error {
				for _, text := range texts {
					if line := fmt.Sprint(row...); strings.Contains(line, text) {
						w.Errorf("a row of %s holds %q: %.300s", table.Name, text, line)
					}
				}
				return nil
			}); err != nil {
				return err
			}
		}
		return nil
	}))
}

// Nobody lets a program hear of more than they may see.
func TestWebhookIsConfined(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		r := w.receiver()
		keeper := w.role("Keeper", "webhooks.manage")
		notes := w.role("Note keeper", "webhooks.manage", "notes.read")
		for name, a := range map[string]worldAgent{
			"hr.keeper":   {role: "agent", scope: dm.GroupScope, groups: []string{"HR"}, brands: []string{"People"}, inboxes: []string{"hr"}},
			"all.keeper":  {role: "agent", scope: dm.GlobalScope},
			"none.keeper": {role: "agent", scope: dm.RestrictedScope},
		} {
			a.name = name
			w.addAgent("acme", a)
			role := keeper
			if name == "hr.keeper" {
				role = notes
			}
			w.as("owner").patch(w.person(name), map[string]any{"roles": []int64{role}}).is(200)
		}
		body := func(more ...any) map[string]any {
			b := map[string]any{"name": "x", "url": r.url, "events": []string{"all"}}
			for i := 0; i+1 < len(more); i += 2 {
				b[more[i].(string)] = more[i+1]
			}
			return b
		}
		hr, groups := []int64{w.acme().inboxes["hr"]}, []int64{w.acme().groups["HR"]}
		beyond := func(a *answer) { t.Helper(); a.refused(403, "").reason("more_than_own") }
		beyond(w.as("hr.keeper").post("/webhooks", body()))
		beyond(w.as("hr.keeper").post("/webhooks", body("inboxes", hr)))
		beyond(w.as("hr.keeper").post("/webhooks", body("groups", groups)))
		beyond(w.as("hr.keeper").post("/webhooks", body("inboxes", []int64{w.acme().inboxes["accounts"]}, "groups", groups)))
		beyond(w.as("none.keeper").post("/webhooks", body("inboxes", hr, "groups", groups)))
		beyond(w.as("all.keeper").post("/webhooks", body("see_internal", true)))
		own := w.as("hr.keeper").post("/webhooks", body("inboxes", hr, "groups", groups, "see_internal", true)).is(201)
		path := fmt.Sprintf("/webhooks/%d", own.number("id"))
		w.as("hr.keeper").patch(path, map[string]any{"url": r.url + "/x"}).is(200)
		beyond(w.as("hr.keeper").patch(path, map[string]any{"all_groups": true}))

		// Whoever reaches less neither turns a webhook to another address nor learns
		// its secret; switching it off is always possible.
		wide, _ := w.hook(r.url, "see_internal", true)
		for _, who := range []string{"hr.keeper", "all.keeper", "none.keeper"} {
			beyond(w.as(who).patch(wide, map[string]any{"url": r.url + "/mine"}))
			beyond(w.as(who).patch(wide, map[string]any{"see_internal": false}))
			beyond(w.as(who).post(wide+"/rotate-secret", nil))
		}
		w.as("none.keeper").patch(wide, map[string]any{"active": false}).is(200)
		beyond(w.as("none.keeper").patch(wide, map[string]any{"active": true}))
		w.as("owner").patch(wide, map[string]any{"active": true}).is(200)
		token := w.token("owner", "webhooks.manage")
		beyond(token.post("/webhooks", body("see_internal", true)))
		token.post("/webhooks", body()).is(201)
	})
}

func TestWebhookSecrets(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		r := w.receiver()
		path, first := w.hook(r.url, "events", []string{"ticket.created"})
		owner := w.as("owner")
		w.file("accounts", "One")
		got := r.take(w)
		if len(got) != 1 || !got[0].signedBy(first) || len(strings.Fields(got[0].header.Get("Webhook-Signature"))) != 1 {
			t.Fatalf("%d came, signed %q", len(got), got[0].header.Get("Webhook-Signature"))
		}
		if age := got[0].header.Get("Webhook-Timestamp"); age != fmt.Sprint(w.clock.now().Unix()) {
			t.Errorf("the time is %s, not %d", age, w.clock.now().Unix())
		}
		rotated := owner.with("Idempotency-Key", "turn").post(path+"/rotate-secret", nil).is(200)
		second := rotated.text("secret")
		same(t, "a repeat", owner.with("Idempotency-Key", "turn").post(path+"/rotate-secret", nil).is(200).at("secret"), nil)
		w.file("accounts", "Two")
		if got = r.take(w); !got[0].signedBy(second) || !got[0].signedBy(first) || len(strings.Fields(got[0].header.Get("Webhook-Signature"))) != 2 {
			t.Errorf("after rotating: signed %q", got[0].header.Get("Webhook-Signature"))
		}
		w.advance(24 * time.Hour)
		w.file("accounts", "Three")
		if got = r.take(w); !got[0].signedBy(second) || got[0].signedBy(first) {
			t.Errorf("a day later: signed %q", got[0].header.Get("Webhook-Signature"))
		}
		w.dumpHides("whsec_", strings.TrimPrefix(first, "whsec_"), strings.TrimPrefix(second, "whsec_"))
	})
}

func TestWebhookTestButton(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		r := w.receiver()
		path, secret := w.hook(r.url, "headers", map[string]string{"Authorization": "Bearer letmein", "X-Desk": "acme"})
		owner := w.as("owner")
		r.answers(http.StatusOK)
		a := owner.with("Idempotency-Key", "try").post(path+"/test", nil).is(200)
		same(t, "tested", []any{a.text("kind"), a.text("state"), a.number("status"), a.number("attempts"), a.text("answer"), a.at("ticket"), a.text("error")},
			[]any{"webhook.test", "delivered", 200, 1, "answer of the receiver", nil, ""})
		got := r.take(w)
		if len(got) != 1 || !got[0].signedBy(secret) || got[0].at("type") != "webhook.test" || got[0].at("data.webhook.name") != "Robot" || got[0].at("data.ticket") != nil ||
			got[0].id() != a.text("message_id") || got[0].header.Get("Authorization") != "Bearer letmein" || got[0].header.Get("X-Desk") != "acme" {
			t.Errorf("arrived: %+v", got)
		}
		again := owner.with("Idempotency-Key", "try").post(path+"/test", nil).is(200)
		same(t, "a repeat sends nothing", []any{again.number("id"), again.at("answer"), len(r.take(w))}, []any{a.number("id"), nil, 0})
		r.answers(http.StatusTeapot)
		a = owner.post(path+"/test", nil).is(200)
		same(t, "refused", []any{a.text("state"), a.number("status"), a.text("error"), a.at("next_at")}, []any{"failed", 418, "The receiver answers 418.", nil})
		owner.post(fmt.Sprintf("%s/deliveries/%d/retry", path, a.number("id")), nil).refused(409, "").reason("test")
		same(t, "the webhook is as it was", owner.get(path).at("failures"), 0)
		owner.patch(path, map[string]any{"active": false}).is(200)
		owner.post(path+"/test", nil).is(200)
	})
}

// Addresses inside are refused when they are saved and, for a name that leads
// inside, when they are dialled; a redirect is never followed.
func TestWebhookAddresses(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		inside := w.receiver()
		moved := httptest.NewServer(http.RedirectHandler(inside.url, http.StatusTemporaryRedirect))
		t.Cleanup(moved.Close)
		path, _ := w.hook(moved.URL)
		a := w.as("owner").post(path+"/test", nil).is(200)
		same(t, "a redirect", []any{a.text("state"), a.number("status"), strings.Contains(a.text("error"), "redirects"), len(inside.take(w))}, []any{"failed", 307, true, 0})

		path, _ = w.hook(inside.url)
		w.app.Hooks = webhook.NewClient(httpx.ClientOptions{})
		w.as("owner").patch(path, map[string]any{"url": inside.url + "/x"}).refused(422, "url")
		a = w.as("owner").post(path+"/test", nil).is(200)
		same(t, "an address inside", []any{a.text("state"), a.at("status"), a.text("error"), len(inside.take(w))}, []any{"failed", nil, "This server may not send to that address.", 0})
	})
}
