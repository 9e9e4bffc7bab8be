package httpapi_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"
)

func TestOwnNameAndLanguage(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		for _, who := range []string{"hr.agent", "staff.one"} {
			c := w.as(who)
			a := c.patch("/me", map[string]any{"name": "  Kim   Lee ", "language": "de"}).is(200)
			same(t, who, []string{a.text("person.name"), a.text("language")}, []string{"Kim Lee", "de"})
			same(t, "me", c.get("/me").text("person.name"), "Kim Lee")
			before := w.fingerprint()
			for property, value := range map[string]any{"name": "", "language": "not a language!", "address": "kim@acme.example", "roles": []int64{1}, "scope": "global", "active": true} {
				c.patch("/me", map[string]any{property: value}).refused(422, property)
			}
			c.patch("/me", map[string]any{"name": nil}).refused(422, "name")
			same(t, "changed by what was refused", w.fingerprint() != before, false)
			c.patch("/me", map[string]any{"language": ""}).is(200)
		}
		w.nobody().patch("/me", map[string]any{"name": "Nobody"}).refused(401, "")
	})
}

func TestOwnPassword(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		w.setPassword("hr.agent")
		here, there := w.as("hr.agent"), w.as("hr.agent")
		change := func(old, new string) map[string]any {
			return map[string]any{"old_password": old, "password": new}
		}
		const next = "another long password"
		before := w.fingerprint()
		here.post("/me/password", change("not this one", next)).refused(401, "").reason("old_password")
		here.post("/me/password", change(password, "short")).refused(422, "password")
		here.post("/me/password", change(password, "hr.agent@acme.example")).refused(422, "password")
		here.post("/me/password", map[string]any{"password": next}).refused(422, "old_password")
		w.as("staff.one").post("/me/password", change("", next)).refused(401, "")
		w.nobody().post("/me/password", change(password, next)).refused(401, "")
		same(t, "changed by what was refused", w.fingerprint() != before, false)
		w.token("hr.agent", "notes.read").post("/me/password", change(password, next)).refused(403, "")

		if a := here.with("Idempotency-Key", "new").post("/me/password", change(password, next)).is(204); a.raw != "" {
			t.Errorf("the answer is %s", a.raw)
		}
		here.get("/me").is(200)
		there.get("/me").refused(401, "")
		w.nobody().post("/sessions", map[string]any{"address": "hr.agent@acme.example", "password": password}).refused(401, "")
		w.nobody().post("/sessions", map[string]any{"address": "hr.agent@acme.example", "password": next}).is(201)
	})
}

func TestOwnSessions(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		here, there, third := w.as("hr.agent").with("User-Agent", "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0"), w.as("hr.agent"), w.as("hr.agent")
		other := w.as("staff.one")
		for _, c := range []*client{here, there, third, other} {
			c.get("/me").is(200)
		}
		own := func(current bool) (ids []string) {
			a := here.get("/me/sessions").is(200)
			for i := range a.list("items") {
				at := fmt.Sprintf("items.%d.", i)
				if a.at(at+"current") == current {
					ids = append(ids, a.text(at+"id"))
				}
			}
			return ids
		}
		same(t, "sessions", []int{len(own(true)), len(own(false))}, []int{1, 2})
		for i := range 3 {
			a, at := here.get("/me/sessions").is(200), fmt.Sprintf("items.%d.", i)
			if a.at(at+"current") != true {
				continue
			}
			same(t, "how", []any{a.text(at + "user_agent"), a.text(at + "method"), a.has(at + "used_at")}, []any{"Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0", "password", true})
		}
		t.Run("of others there are none", func(t *testing.T) {
			w := w.in(t)
			token := w.token("hr.agent", "notes.read")
			before := w.fingerprint()
			a := other.get("/me/sessions").is(200)
			same(t, "of staff.one", len(a.list("items")), 1)
			here.delete("/me/sessions/"+a.text("items.0.id")).refused(404, "")
			here.delete("/me/sessions/"+strings.Repeat("0", 24)).refused(404, "")
			here.delete("/me/sessions/x").refused(422, "id")
			w.nobody().get("/me/sessions").refused(401, "")
			for _, ask := range []func(*client) *answer{
				func(c *client) *answer { return c.get("/me/sessions") }, func(c *client) *answer { return c.delete("/me/sessions") },
			} {
				ask(token).refused(403, "")
			}
			same(t, "changed", w.fingerprint() != before, false)
			other.get("/me").is(200)
		})
		t.Run("one is ended, then all others", func(t *testing.T) {
			w := w.in(t)
			here.delete("/me/sessions/" + own(false)[0]).is(204)
			same(t, "left", len(own(false)), 1)
			fourth := w.as("hr.agent")
			fourth.get("/me").is(200)
			here.delete("/me/sessions").is(204)
			for _, c := range []*client{there, third, fourth} {
				c.get("/me").refused(401, "")
			}
			before := w.fingerprint()
			here.delete("/me/sessions").is(204)
			same(t, "nothing to end, changed", w.fingerprint() != before, false)
			other.get("/me").is(200)
			a := w.as("owner").get("/audit?action=person.sessions_ended").is(200)
			same(t, "log", []any{a.text("items.0.action"), a.number("items.0.actor_id"), len(a.list("items"))}, []any{"person.sessions_ended", w.id("hr.agent"), 2})
		})
		t.Run("the one that asks is signed out", func(t *testing.T) {
			here.delete("/me/sessions/" + own(true)[0]).is(204)
			here.get("/me").refused(401, "")
		})
		t.Run("a requester ends theirs", func(t *testing.T) {
			w := w.in(t)
			more := w.as("staff.one")
			more.get("/me").is(200)
			other.delete("/me/sessions").is(204)
			more.get("/me").refused(401, "")
		})
	})
}

// TestOwnPasswordIsThrottled: an open session gives no more tries at its
// person's password than the sign-in does.
func TestOwnPasswordIsThrottled(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "sqlite")
	w.setPassword("hr.agent")
	body := map[string]any{"old_password": "not this one", "password": "another long password"}
	last := 0
	for range 12 {
		last = w.as("hr.agent").post("/me/password", body).status
	}
	same(t, "after many tries", last, http.StatusTooManyRequests)
	w.nobody().post("/sessions", map[string]any{"address": "hr.agent@acme.example", "password": password}).refused(429, "")
	w.advance(time.Minute)
	w.as("hr.agent").post("/me/password", map[string]any{"old_password": password, "password": "another long password"}).is(204)
}

func TestNoticeSwitches(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		people := "/settings/notices?brand=" + itoa(w.acme().brands["People"])
		same(t, "at first", w.as("hr.agent").get("/settings/notices").is(200).at("share"), true)
		a := w.as("owner").do("PUT", people, map[string]any{"share": false}).is(200)
		same(t, "the brand", []any{a.at("share"), a.at("assigned")}, []any{false, true})
		same(t, "the account", w.as("hr.agent").get("/settings/notices").at("share"), true)
		same(t, "read again", w.as("hr.agent").get(people).is(200).raw, a.raw)
		own := w.as("staff.one").do("PUT", "/me/notices", map[string]any{"reply": false}).is(200)
		same(t, "one's own", []any{own.at("reply"), own.at("share")}, []any{false, true})
		same(t, "read again", w.as("staff.one").get("/me/notices").is(200).raw, own.raw)
		same(t, "of others", w.as("staff.two").get("/me/notices").is(200).at("reply"), true)

		before := w.fingerprint()
		for _, path := range []string{"/settings/notices", people, "/me/notices"} {
			c := w.as("owner")
			c.do("PUT", path, map[string]any{"share": "no"}).refused(422, "share")
			c.do("PUT", path, map[string]any{"share": nil}).refused(422, "share")
			c.do("PUT", path, map[string]any{"share": false, "gossip": true}).refused(422, "gossip")
			c.do("PUT", path, `[]`).refused(422, "body")
			w.nobody().do("PUT", path, map[string]any{"share": false}).refused(401, "")
		}
		w.as("hr.agent").do("PUT", "/settings/notices", map[string]any{"share": false}).refused(403, "")
		w.as("staff.one").get("/settings/notices").refused(403, "")
		foreign := "/settings/notices?brand=" + itoa(w.desks["globex"].brands["People"])
		w.as("owner").get(foreign).refused(404, "")
		w.as("owner").do("PUT", foreign, map[string]any{"share": false}).refused(404, "")
		w.as("owner").get("/settings/notices?brand=0").refused(422, "brand")
		same(t, "changed by what was refused", w.fingerprint() != before, false)

		t.Run("who turned a notice off gets none", func(t *testing.T) {
			w := w.in(t)
			w.as("hr.agent").do("PUT", "/me/notices", map[string]any{"share": false}).is(200)
			w.mails("")
			w.share(w.file("accounts", "Quiet"), w.group("HR"))
			same(t, "mails", w.audience(), []string{w.address("hr.second")})
		})
	})
}
