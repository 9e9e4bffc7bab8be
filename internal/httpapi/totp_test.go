package httpapi_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	dm "github.com/deskmesh/deskmesh"
)

// code is what an authenticator with the secret shows, some steps from now.
func (w *world) code(secret string, steps int) string {
	w.Helper()
	code, err := totp.GenerateCode(secret, w.clock.now().Add(time.Duration(steps)*30*time.Second))
	w.must(err)
	return code
}

// secondFactor turns somebody's second factor on and gives its secret and the
// recovery codes.
func (w *world) secondFactor(who string) (secret string, codes []any) {
	w.Helper()
	c := w.as(who)
	secret = c.post("/me/totp", nil).is(201).text("secret")
	codes = c.post("/me/totp/confirm", map[string]any{"code": w.code(secret, 0)}).is(200).list("recovery_codes")
	w.advance(time.Minute)
	return secret, codes
}

func (w *world) signingIn(who, code string) *answer {
	w.Helper()
	body := map[string]any{"address": who + "@acme.example", "password": password}
	if code != "" {
		body["code"] = code
	}
	return w.nobody().post("/sessions", body)
}

func TestSecondFactor(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		w.setPassword("hr.agent")
		c := w.as("hr.agent")
		if me := c.get("/me").ok(); me.at("totp.on") != false || me.at("totp.required") != false {
			t.Errorf("before: %s", me.raw)
		}
		begun := c.with("Idempotency-Key", "one").post("/me/totp", nil).is(201)
		secret := begun.text("secret")
		if uri := begun.text("uri"); !strings.HasPrefix(uri, "otpauth://totp/Acme:hr.agent@acme.example?") || !strings.Contains(uri, "secret="+secret) || !strings.HasPrefix(begun.text("qr"), "<svg ") {
			t.Errorf("an authenticator is shown %s", begun.raw)
		}
		w.signingIn("hr.agent", "").is(201) // it does not count yet
		c.post("/me/totp/confirm", map[string]any{"code": "000000"}).refused(401, "").reason("wrong_code")
		codes := c.post("/me/totp/confirm", map[string]any{"code": w.code(secret, 0)}).is(200).list("recovery_codes")
		if len(codes) != 10 {
			t.Errorf("%d recovery codes", len(codes))
		}
		c.post("/me/totp", nil).refused(409, "").reason("totp_on")
		c.post("/me/totp/confirm", map[string]any{"code": w.code(secret, 1)}).refused(409, "").reason("totp_off")
		if again := c.with("Idempotency-Key", "one").post("/me/totp", nil).is(201); strings.Contains(again.raw, secret) {
			t.Errorf("a repeat shows the secret of a second factor that is on: %s", again.raw)
		}
		if me := c.get("/me").ok(); me.at("totp.on") != true || me.number("totp.recovery_codes_left") != 10 {
			t.Errorf("after: %s", me.raw)
		}

		t.Run("signing in", func(t *testing.T) {
			w := w.in(t)
			w.signingIn("hr.agent", w.code(secret, 0)).refused(401, "").reason("wrong_code") // it confirmed with this one
			w.advance(time.Minute)
			a := w.signingIn("hr.agent", "").refused(401, "").reason("code_required")
			if len(a.cookies) > 0 {
				t.Error("the password alone sets a cookie")
			}
			now := w.code(secret, 0)
			w.signingIn("hr.agent", w.code(secret, 3)).refused(401, "").reason("wrong_code")
			w.signingIn("hr.agent", w.code(secret, -3)).refused(401, "").reason("wrong_code")
			w.signingIn("hr.agent", now).is(201)
			w.signingIn("hr.agent", now).refused(401, "").reason("wrong_code")
			w.signingIn("hr.agent", w.code(secret, -1)).refused(401, "").reason("wrong_code")
			w.signingIn("hr.agent", w.code(secret, 1)).is(201) // clocks differ
			w.nobody().post("/sessions", map[string]any{"address": "hr.agent@acme.example", "password": "wrong", "code": w.code(secret, 2)}).refused(401, "").reason("wrong_sign_in")
		})
		t.Run("a recovery code counts once", func(t *testing.T) {
			w := w.in(t)
			code := strings.ToUpper(strings.ReplaceAll(codes[3].(string), "-", " "))
			w.signingIn("hr.agent", code).is(201)
			w.signingIn("hr.agent", code).refused(401, "").reason("wrong_code")
			same(t, "left", w.as("hr.agent").get("/me").ok().number("totp.recovery_codes_left"), 9)
		})
		t.Run("nothing readable is kept", func(t *testing.T) {
			w := w.in(t)
			all := fmt.Sprint(w.rows(w.plain(), `SELECT secret FROM totp`), w.rows(w.plain(), `SELECT code_hash FROM recovery_codes`), w.rows(w.plain(), `SELECT data FROM audit`))
			for _, text := range append(codes, secret) {
				if strings.Contains(all, fmt.Sprint(text)) {
					t.Errorf("the database holds %v", text)
				}
			}
		})
		t.Run("new recovery codes, and off again", func(t *testing.T) {
			w := w.in(t)
			w.advance(2 * time.Minute)
			c := w.as("hr.agent")
			c.post("/me/totp/recovery-codes", map[string]any{"password": "wrong", "code": w.code(secret, 0)}).refused(401, "").reason("old_password")
			c.post("/me/totp/recovery-codes", map[string]any{"password": password, "code": "123456"}).refused(401, "").reason("wrong_code")
			fresh := c.post("/me/totp/recovery-codes", map[string]any{"password": password, "code": w.code(secret, 0)}).is(200).list("recovery_codes")
			w.signingIn("hr.agent", codes[0].(string)).refused(401, "").reason("wrong_code")
			c.do("DELETE", "/me/totp", map[string]any{"password": password, "code": codes[1]}).refused(401, "").reason("wrong_code")
			c.do("DELETE", "/me/totp", map[string]any{"password": password, "code": fresh[0]}).is(204)
			w.signingIn("hr.agent", "").is(201)
		})
		t.Run("who may not", func(t *testing.T) {
			w := w.in(t)
			w.as("staff.one").post("/me/totp", nil).refused(403, "")
			w.token("accounts.agent", string(dm.TicketsEdit)).post("/me/totp", nil).refused(403, "")
		})
		w.ok(t, "SELECT 1 FROM audit WHERE action = 'person.signed_in' AND data LIKE '%password, code%'")
		w.ok(t, "SELECT 1 FROM audit WHERE action = 'person.signed_in' AND data LIKE '%recovery code%'")
	})
}

// ok fails unless a statement finds a row.
func (w *world) ok(t *testing.T, query string) {
	t.Helper()
	if len(w.rows(w.plain(), query)) == 0 {
		t.Errorf("nothing is found by %s", query)
	}
}

func TestCodesAreThrottled(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "sqlite")
	w.setPassword("hr.agent")
	w.secondFactor("hr.agent")
	tries := 0
	for range 30 {
		if w.signingIn("hr.agent", "000000").status == 429 {
			break
		}
		tries++
	}
	if tries > 10 {
		t.Errorf("%d codes were allowed", tries)
	}
}

func TestResetSecondFactor(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		w.setPassword("hr.agent")
		w.secondFactor("hr.agent")
		w.secondFactor("owner")
		w.signingIn("hr.agent", "").refused(401, "").reason("code_required")
		if p := w.as("admin").get(w.person("hr.agent")).ok(); p.at("has_totp") != true {
			t.Errorf("an administrator sees %s", p.raw)
		}
		w.as("manager").delete(w.person("hr.agent")+"/totp").refused(403, "")
		w.as("admin").delete(w.person("owner")+"/totp").refused(403, "").reason("more_than_own")
		w.as("owner").delete(w.person("owner")+"/totp").refused(403, "").reason("own_account")
		w.as("globex/owner").delete(w.person("hr.agent")+"/totp").refused(404, "")
		w.as("admin").delete(w.person("hr.agent") + "/totp").is(204)
		w.as("admin").delete(w.person("hr.agent")+"/totp").refused(404, "")
		w.signingIn("hr.agent", "").is(201)
		w.ok(t, "SELECT 1 FROM audit WHERE action = 'person.totp_reset'")

		// A link for a new password does not go round the second factor.
		w.secondFactor("hr.agent")
		link, err := w.app.InvitePerson(t.Context(), w.system("acme"), w.id("hr.agent"))
		w.must(err)
		session, _, _, err := w.app.TakeInvite(t.Context(), w.acme().id, link.Secret, "another good password")
		w.must(err)
		if session != "" {
			t.Error("a link opens a session without the code")
		}
	})
}

func TestRequireSecondFactor(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		owner := w.as("owner")
		w.token("accounts.agent", string(dm.TicketsEdit))
		owner.patch("/settings", map[string]any{"security.require_totp": "sometimes"}).refused(422, "security.require_totp")
		owner.patch("/settings", map[string]any{"security.require_totp": "administrators"}).ok()
		w.as("hr.agent").get("/tickets").ok()
		admin := w.as("admin")
		admin.get("/tickets").refused(403, "").reason("totp_required")
		admin.get("/settings").refused(403, "").reason("totp_required")
		admin.get("/live").refused(403, "").reason("totp_required")
		admin.patch("/me", map[string]any{"name": "x"}).refused(403, "").reason("totp_required")
		if me := admin.get("/me").ok(); me.at("totp.missing") != true || me.at("totp.required") != true {
			t.Errorf("who must is told %s", me.raw)
		}
		secret := admin.post("/me/totp", nil).is(201).text("secret")
		admin.get("/tickets").refused(403, "").reason("totp_required")
		admin.post("/me/totp/confirm", map[string]any{"code": w.code(secret, 0)}).is(200)
		admin.get("/tickets").ok()
		w.must(w.app.ResetTOTP(t.Context(), w.system("acme"), w.id("admin")))
		admin.get("/tickets").refused(403, "").reason("totp_required")
		admin.delete("/sessions").is(204)

		w.set("security.require_totp", "agents")
		w.as("hr.agent").get("/tickets").refused(403, "").reason("totp_required")
		w.as("staff.one").get("/tickets").ok()
		w.as("globex/hr.agent").get("/tickets").ok()
		w.token("hr.agent", string(dm.TicketsEdit)).get("/tickets").ok() // programs are not asked
	})
}

func TestPreferences(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		for _, who := range []string{"hr.agent", "staff.one"} {
			c := w.as(who)
			me := c.get("/me").ok()
			if me.text("preferences.theme") != "system" || me.text("preferences.density") != "comfortable" || me.at("preferences.shortcuts") != true ||
				me.text("preferences.locale") != "" || me.text("preferences.time_zone") != "" || me.text("preferences.after_send") != "stay" {
				t.Errorf("at first: %s", me.raw)
			}
			c.patch("/me", map[string]any{"preferences": map[string]any{"theme": "dark", "locale": "de", "time_zone": "Europe/Berlin", "shortcuts": false}}).ok()
			got := c.patch("/me", map[string]any{"preferences": map[string]any{"density": "compact", "after_send": "next"}}).ok()
			same(t, "after both", got.at("preferences"), c.get("/me").ok().at("preferences"))
			if got.text("preferences.theme") != "dark" || got.text("preferences.density") != "compact" || got.at("preferences.shortcuts") != false ||
				got.text("preferences.locale") != "de" || got.text("language") != "de" || got.text("preferences.time_zone") != "Europe/Berlin" || got.text("preferences.after_send") != "next" {
				t.Errorf("then: %s", got.raw)
			}
			before := w.fingerprint()
			for field, bad := range map[string]map[string]any{
				"preferences.theme":      {"theme": "pink"},
				"preferences.density":    {"density": ""},
				"preferences.shortcuts":  {"shortcuts": "yes"},
				"preferences.locale":     {"locale": "fr"},
				"preferences.time_zone":  {"time_zone": "Europe/Nowhere"},
				"preferences.after_send": {"after_send": nil},
				"preferences.undo":       {"undo": true},
			} {
				c.patch("/me", map[string]any{"name": "Other", "preferences": bad}).refused(422, field)
			}
			c.patch("/me", map[string]any{"language": "en", "preferences": map[string]any{"locale": "de"}}).refused(422, "preferences.locale")
			c.patch("/me", map[string]any{"preferences": map[string]any{"time_zone": "../etc/passwd"}}).refused(422, "preferences.time_zone")
			c.patch("/me", map[string]any{"preferences": map[string]any{"time_zone": "Local"}}).refused(422, "preferences.time_zone")
			if w.fingerprint() != before {
				t.Error("what was refused changes something")
			}
		}
		w.token("hr.agent", string(dm.TicketsEdit)).patch("/me", map[string]any{"preferences": map[string]any{"theme": "light"}}).refused(403, "")
		w.as("owner").patch(w.person("hr.agent"), map[string]any{"preferences": map[string]any{"theme": "light"}}).refused(422, "preferences")
	})
}
