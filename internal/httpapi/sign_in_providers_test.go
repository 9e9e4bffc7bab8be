package httpapi_test

import (
	"fmt"
	"strings"
	"testing"

	dm "github.com/deskmesh/deskmesh"
)

func TestSignInProviders(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		owner := w.as("owner")
		body := map[string]any{"name": "Login", "issuer": "https://login.example.com", "client_id": "desk", "client_secret": "hunter2"}
		for _, who := range []string{"admin", "manager", "staff.one"} { // whoever says which provider is believed can become the owner
			w.as(who).get("/sign-in-providers").refused(403, "")
			w.as(who).post("/sign-in-providers", body).refused(403, "")
		}
		made := owner.post("/sign-in-providers", body).is(201)
		at := fmt.Sprint("/sign-in-providers/", made.number("id"))
		if strings.Contains(made.raw, "hunter2") || made.at("has_client_secret") != true || made.at("enabled") != false || made.text("match") != "address" ||
			made.text("redirect_uri") != "http://acme.localhost/sign-in/oidc/callback" {
			t.Errorf("made is %s", made.raw)
		}
		if kept := fmt.Sprint(w.rows(w.plain(), "SELECT client_secret FROM sign_in_providers"), w.rows(w.plain(), "SELECT data FROM audit")); strings.Contains(kept, "hunter2") {
			t.Error("the secret can be read in the database")
		}
		w.as("globex/owner").get(at).refused(404, "")
		w.as("globex/owner").patch(at, map[string]any{"name": "x"}).refused(404, "")
		w.as("globex/owner").delete(at).refused(404, "")
		w.as("globex/owner").post(at+"/test", nil).refused(404, "")

		before := w.fingerprint()
		for field, bad := range map[string]map[string]any{
			"name":               {"name": " "},
			"issuer":             {"issuer": "http://10.0.0.1"},
			"client_id":          {"client_id": ""},
			"client_secret":      {"issuer": "https://evil.example"}, // the secret would be sent there
			"match":              {"match": "name"},
			"allowed_domains":    {"create_agents": true},
			"allowed_domains[1]": {"allowed_domains": []string{"example.com", "a b"}},
			"default_roles[0]":   {"default_roles": []int64{99999999}},
			"unknown":            {"unknown": 1},
		} {
			owner.patch(at, bad).refused(422, field)
		}
		for _, issuer := range []string{"", "login.example.com", "ftp://login.example.com", "https://user:pw@login.example.com", "https://login.example.com/?x", "https://login.example.com#x", "https://169.254.169.254", "https://[::1]:22"} {
			owner.patch(at, map[string]any{"issuer": issuer, "client_secret": "x"}).refused(422, "issuer")
		}
		same(t, "changed by what was refused", w.fingerprint() != before, false)
		got := owner.patch(at, map[string]any{"enabled": true, "create_agents": true, "allowed_domains": []string{"@Example.com"}, "default_roles": []int64{w.acme().roles["agent"]}}).ok()
		if got.text("allowed_domains.0") != "example.com" || len(got.list("default_roles")) != 1 || got.at("has_client_secret") != true {
			t.Errorf("changed is %s", got.raw)
		}
		if got := owner.patch(at, map[string]any{"client_secret": ""}).ok(); got.at("has_client_secret") != false {
			t.Errorf("without a secret it is %s", got.raw)
		}

		// Whoever keeps providers gives nobody more than they have.
		keeper := w.role("Keeper of providers", string(dm.SecurityManage), string(dm.RolesManage))
		owner.patch(w.person("hr.second"), map[string]any{"roles": []int64{keeper}}).is(200)
		w.as("hr.second").patch(at, map[string]any{"default_roles": []int64{w.acme().roles["agent"], w.acme().roles["owner"]}}).refused(403, "").reason("more_than_own")

		if test := owner.post(at+"/test", nil).is(200); test.at("ok") != false || test.text("problem") == "" {
			t.Errorf("the test says %s", test.raw)
		}
		owner.patch("/settings", map[string]any{"security.password_sign_in": false}).ok()
		owner.patch(at, map[string]any{"enabled": false}).refused(409, "").reason("last_provider")
		w.setPassword("hr.agent")
		w.signingIn("hr.agent", "").refused(403, "").reason("password_sign_in_off")
		owner.patch("/settings", map[string]any{"security.password_sign_in": true}).ok()
		owner.delete(at).is(204)
		owner.patch("/settings", map[string]any{"security.password_sign_in": false}).refused(422, "security.password_sign_in")
		owner.delete(w.person("hr.agent")+"/sign-in-links").refused(404, "")
		w.as("manager").delete(w.person("hr.agent")+"/sign-in-links").refused(403, "")
		w.ok(t, "SELECT 1 FROM audit WHERE action = 'provider.deleted'")
	})
}
