package httpapi_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	dm "github.com/deskmesh/deskmesh"
)

func TestAPITokens(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		c := w.as("hr.agent")
		body := map[string]any{"name": "Nightly script", "scopes": []string{"tickets.note", "notes.read"}, "expires_at": w.clock.now().Add(24 * time.Hour).Format(time.RFC3339)}
		made := c.with("Idempotency-Key", "token").post("/api-tokens", body).is(201)
		secret := made.text("token")
		path := fmt.Sprint("/api-tokens/", made.number("id"))
		t.Run("the secret is told once", func(t *testing.T) {
			w := w.in(t)
			again := c.with("Idempotency-Key", "token").post("/api-tokens", body).is(201)
			same(t, "again", again.raw, strings.Replace(made.raw, `"`+secret+`"`, "null", 1))
			list := c.get("/api-tokens").is(200)
			same(t, "listed", itemNames(list), []string{"Nightly script"})
			for what, raw := range map[string]string{"list": list.raw, "log": w.as("owner").get("/audit").ok().raw} {
				if strings.Contains(raw, secret) {
					t.Errorf("the %s tells the secret", what)
				}
			}
			if list.has("items.0.token") {
				t.Error("the list has secrets")
			}
		})
		program := w.nobody().with("Authorization", "Bearer "+secret)
		t.Run("it may do what its scopes name", func(t *testing.T) {
			w := w.in(t)
			same(t, "permissions", program.get("/me").is(200).list("permissions"), []string{"tickets.note", "notes.read"})
			n := w.file("hr", "By a program")
			program.post(at(n, "messages"), map[string]any{"kind": "note", "text": "By a program."}).is(201)
			program.patch(at(n), map[string]any{"priority": "low"}).refused(403, "")
			program.post("/api-tokens", map[string]any{"name": "Child", "scopes": []string{}}).refused(403, "")
			w.token("owner", "tokens.manage").post("/api-tokens", map[string]any{"name": "Child", "scopes": []string{}}).refused(403, "")
		})
		t.Run("wrong requests are refused", func(t *testing.T) {
			w := w.in(t)
			before := w.fingerprint()
			for field, bad := range map[string][]any{
				"name":       {"", nil, 7, strings.Repeat("n", 201)},
				"scopes":     {nil, "notes.read"},
				"scopes[0]":  {[]string{"settings.manage"}, []string{"everything"}, []any{7}},
				"expires_at": {"tomorrow", "2020-01-01T00:00:00Z", "0001-01-01T00:00:00Z", 7},
				"token":      {"dmt_mine"},
				"person_id":  {w.id("owner")},
			} {
				for _, value := range bad {
					property, _, _ := strings.Cut(field, "[")
					c.post("/api-tokens", with(body, property, value)).refused(422, field)
				}
			}
			c.post("/api-tokens", map[string]any{"name": "x"}).refused(422, "scopes")
			w.as("staff.one").post("/api-tokens", body).refused(403, "")
			w.as("staff.one").get("/api-tokens").refused(403, "")
			same(t, "changed by what was refused", w.fingerprint() != before, false)
		})
		t.Run("those of others ask for people.manage", func(t *testing.T) {
			w := w.in(t)
			theirs := fmt.Sprint("/api-tokens?person=", w.id("hr.agent"))
			same(t, "owner", itemNames(w.as("owner").get(theirs).is(200)), []string{"Nightly script"})
			w.as("hr.second").get(theirs).refused(403, "")
			same(t, "globex", itemNames(w.as("globex/owner").get(theirs).is(200)), []string{})
			for _, who := range []string{"hr.second", "globex/owner"} {
				there, nowhere := w.as(who).delete(path).refused(404, ""), w.as(who).delete("/api-tokens/99999999").refused(404, "")
				same(t, who, there.raw, nowhere.raw)
			}
			w.as("staff.one").delete(path).refused(403, "")
			program.get("/me").is(200)
		})
		t.Run("it ends when it is deleted, and when its time is over", func(t *testing.T) {
			w := w.in(t)
			brief := c.post("/api-tokens", with(body, "name", "Brief")).is(201)
			c.delete(path).is(204)
			program.get("/me").refused(401, "")
			c.delete(path).refused(404, "")
			c.with("Idempotency-Key", "token").post("/api-tokens", body).refused(404, "")
			same(t, "listed", itemNames(c.get("/api-tokens")), []string{"Brief"})
			other := w.nobody().with("Authorization", "Bearer "+brief.text("token"))
			other.get("/me").is(200)
			w.advance(25 * time.Hour)
			other.get("/me").refused(401, "")
		})
		t.Run("it loses what its person loses", func(t *testing.T) {
			w := w.in(t)
			token := w.token("accounts.agent", string(dm.TicketsShare))
			n := w.file("accounts", "Shared by a program")
			token.post(at(n, "shares"), terms(whom(w.agent("restricted.agent")))).is(201)
			w.as("owner").patch(w.person("accounts.agent"), map[string]any{"roles": []int64{w.acme().roles["no share"]}}).is(200)
			token.post(at(n, "shares"), terms(whom(w.agent("hr.agent")))).refused(403, "")
		})
	})
}
