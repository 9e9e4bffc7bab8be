package httpapi_test

import (
	"net/http"
	"strconv"
	"testing"
	"time"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/store"
)

const password = "a long enough password"

// setPassword gives somebody a password.
func (w *world) setPassword(who string) {
	w.Helper()
	w.must(w.app.SetPassword(w.Context(), w.system("acme"), w.id(who), password))
}

func TestSignIn(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		w.setPassword("hr.agent")
		signIn := map[string]any{"address": "HR.Agent@acme.example", "password": password}
		a := w.nobody().post("/sessions", signIn).is(201)
		if a.number("person.id") != w.id("hr.agent") || a.text("expires_at") == "" {
			t.Errorf("the answer is %s", a.raw)
		}
		cookie := onlyCookie(t, a)
		if cookie.Name != "deskmesh" || !cookie.HttpOnly || cookie.Secure || cookie.Path != "/" || cookie.SameSite != http.SameSiteLaxMode || cookie.Domain != "" {
			t.Errorf("the cookie is %s", cookie)
		}
		c := w.nobody()
		c.cookie = cookie.Value
		if got := c.get("/me").ok().text("person.name"); got != "Hr Agent" {
			t.Errorf("signed in as %q", got)
		}

		wrong := w.nobody().post("/sessions", map[string]any{"address": "hr.agent@acme.example", "password": "not this"}).refused(401, "")
		for _, body := range []map[string]any{
			{"address": "nobody@acme.example", "password": password},
			{"address": "hr.second@acme.example", "password": password},
			{"address": "hr.agent@globex.example", "password": password},
			{"address": "", "password": ""},
		} {
			if other := w.nobody().post("/sessions", body).refused(401, ""); other.raw != wrong.raw || len(other.cookies) > 0 {
				t.Errorf("an unknown address answers %s, a wrong password %s", other.raw, wrong.raw)
			}
		}

		out := c.delete("/sessions").is(204)
		if gone := onlyCookie(t, out); gone.Value != "" || gone.MaxAge >= 0 {
			t.Errorf("signing out leaves the cookie %s", gone)
		}
		c.get("/me").refused(401, "")
		c.delete("/sessions").refused(401, "")
	})
}

func onlyCookie(t *testing.T, a *answer) *http.Cookie {
	t.Helper()
	if len(a.cookies) != 1 {
		t.Fatalf("%s sets %d cookies", a.request, len(a.cookies))
	}
	return a.cookies[0]
}

func TestSessionsEnd(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		off := w.as("accounts.second")
		w.must(w.app.DeactivatePerson(w.Context(), w.system("acme"), w.id("accounts.second")))
		off.get("/me").refused(401, "")
		late := w.as("hr.agent")
		w.advance(15 * 24 * time.Hour)
		late.get("/me").refused(401, "")
	})
}

func TestSecureCookie(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "sqlite")
	w.setPassword("hr.agent")
	w.must(w.db.Write(t.Context(), store.Urgent, func(tx *store.Tx) error {
		account, err := tx.Account(w.acme().id)
		if err != nil {
			return err
		}
		account.BaseURL = "https://acme.localhost"
		return tx.SetAccount(account)
	}))
	cookie := onlyCookie(t, w.nobody().post("/sessions", map[string]any{"address": "hr.agent@acme.example", "password": password}).is(201))
	if cookie.Name != "__Host-deskmesh" || !cookie.Secure || cookie.Path != "/" || cookie.Domain != "" {
		t.Errorf("the cookie is %s", cookie)
	}
	w.as("hr.agent").get("/me").refused(401, "") // under the plain name nobody is signed in any more
}

func TestSignInIsThrottled(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "sqlite")
	body := map[string]any{"address": "owner@acme.example", "password": "guess"}
	tries := 0
	for range 30 {
		a := w.nobody().post("/sessions", body)
		if a.status == 429 {
			if wait, err := strconv.Atoi(a.header.Get("Retry-After")); err != nil || wait < 1 {
				t.Errorf("Retry-After is %q", a.header.Get("Retry-After"))
			}
			a.refused(429, "")
			break
		}
		a.refused(401, "")
		tries++
	}
	if tries != 10 {
		t.Errorf("%d tries were allowed for one address", tries)
	}
	w.nobody().post("/sessions", map[string]any{"address": "admin@acme.example", "password": "guess"}).refused(401, "")
	w.advance(time.Minute)
	w.nobody().post("/sessions", body).refused(401, "")
}

func TestTokens(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		c := w.token("accounts.agent", string(dm.TicketsCreate), string(dm.TicketsEdit))
		me := c.get("/me").ok()
		if got := len(me.list("permissions")); got != 2 {
			t.Errorf("the token may do %s", me.raw)
		}
		number := c.post("/tickets", map[string]any{"subject": "By script", "text": "x", "inbox_id": w.acme().inboxes["accounts"]}).is(201).number("number")
		c.post(at(number, "shares"), terms([]map[string]any{w.agent("hr.agent")})).refused(403, "")
		c.post(at(number, "messages"), map[string]any{"text": "x"}).refused(403, "")
		events := w.as("accounts.agent").get(at(number, "events")).ok()
		if events.text("items.0.cause.kind") != "token" || events.text("items.0.cause.name") != "Script" {
			t.Errorf("the history says %s", events.raw)
		}
		c.delete("/sessions").is(204)
		c.get("/me").is(200)
	})
}

func TestMe(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		a := w.as("hr.agent").get("/me").ok()
		if a.number("person.id") != w.id("hr.agent") || a.text("account.slug") != "acme" || a.at("settings.sharing\u002eenabled") != nil {
			t.Errorf("the answer is %s", a.raw)
		}
		settings := a.at("settings").(map[string]any)
		if settings["sharing.enabled"] != true || settings["sharing.default_level"] != "edit" {
			t.Errorf("the settings are %v", settings)
		}
		r := w.as("staff.one").get("/me").ok()
		if len(r.list("permissions")) != 0 || r.at("settings").(map[string]any)["sharing.enabled"] != nil {
			t.Errorf("a requester is told %s", r.raw)
		}
	})
}
