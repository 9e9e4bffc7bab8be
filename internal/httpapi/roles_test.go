package httpapi_test

import (
	"fmt"
	"strings"
	"testing"

	dm "github.com/deskmesh/deskmesh"
)

func TestRoles(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		owner := w.as("owner")
		agent := fmt.Sprint("/roles/", w.acme().roles["agent"])
		t.Run("a built-in role stays and can be cloned", func(t *testing.T) {
			w := w.in(t)
			built := owner.get(agent).is(200)
			same(t, "built in", built.text("built_in"), "agent")
			before := w.fingerprint()
			owner.patch(agent, map[string]any{"name": "Worker"}).refused(409, "").reason("built_in")
			owner.patch(agent, map[string]any{"permissions": []string{}}).refused(409, "").reason("built_in")
			owner.delete(agent).refused(409, "").reason("built_in")
			owner.post(agent+"/clone", map[string]any{"name": "Agent"}).refused(409, "name")
			owner.post(agent+"/clone", map[string]any{"name": ""}).refused(422, "name")
			owner.post(agent+"/clone", map[string]any{"name": "Copy", "permissions": []string{}}).refused(422, "permissions")
			owner.post("/roles/99999999/clone", map[string]any{"name": "Copy"}).refused(404, "")
			w.as("globex/owner").post(agent+"/clone", map[string]any{"name": "Copy"}).refused(404, "")
			w.as("hr.agent").post(agent+"/clone", map[string]any{"name": "Copy"}).refused(403, "")
			same(t, "changed by what was refused", w.fingerprint() != before, false)

			copied := owner.with("Idempotency-Key", "copy").post(agent+"/clone", map[string]any{"name": "Copy"}).is(201)
			same(t, "permissions", copied.list("permissions"), built.list("permissions"))
			if copied.at("built_in") != nil {
				t.Errorf("the copy is built in: %s", copied.raw)
			}
			again := owner.with("Idempotency-Key", "copy").post(agent+"/clone", map[string]any{"name": "Copy"}).is(201)
			same(t, "again", again.raw, copied.raw)
			owner.patch(fmt.Sprint("/roles/", copied.number("id")), map[string]any{"permissions": []string{"notes.read"}}).is(200)
			same(t, "the model", owner.get(agent).raw, built.raw)
		})
		t.Run("a role in use stays", func(t *testing.T) {
			w := w.in(t)
			id := w.acme().roles["no share"]
			a := owner.delete(fmt.Sprint("/roles/", id)).refused(409, "").reason("role_in_use")
			same(t, "people", a.number("people"), 1)
			owner.patch(w.person("noshare.agent"), map[string]any{"roles": []int64{w.acme().roles["agent"]}}).is(200)
			owner.delete(fmt.Sprint("/roles/", id)).is(204)
		})
		t.Run("nobody gives a role more than they have", func(t *testing.T) {
			w := w.in(t)
			keeper := w.role("Keeper of roles", "roles.manage", "people.manage", "notes.read")
			owner.patch(w.person("hr.agent"), map[string]any{"roles": []int64{keeper}}).is(200)
			c := w.as("hr.agent")
			c.post("/roles", map[string]any{"name": "More", "permissions": []string{"notes.read", "settings.manage"}}).refused(403, "").reason("more_than_own")
			c.post(agent+"/clone", map[string]any{"name": "More"}).refused(403, "").reason("more_than_own")
			c.patch(fmt.Sprint("/roles/", keeper), map[string]any{"permissions": []string{"roles.manage", "settings.manage"}}).refused(403, "").reason("more_than_own")
			c.post("/roles", map[string]any{"name": "Less", "permissions": []string{"notes.read"}}).is(201)
		})
	})
}

func TestPermissions(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		a := w.as("hr.agent").get("/permissions").is(200)
		same(t, "permissions", itemNames(a), dm.Permissions)
		for i, name := range dm.Permissions {
			if help := a.text(fmt.Sprintf("items.%d.help", i)); !strings.HasSuffix(help, ".") || len(help) < 10 {
				t.Errorf("%s is explained as %q", name, help)
			}
		}
		w.as("staff.one").get("/permissions").refused(403, "")
	})
}
