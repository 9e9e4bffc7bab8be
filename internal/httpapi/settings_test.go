package httpapi_test

import (
	"strconv"
	"strings"
	"testing"

	dm "github.com/deskmesh/deskmesh"
)

func itoa(n int64) string { return strconv.FormatInt(n, 10) }

func TestSettings(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		owner := w.as("owner")
		all := owner.get("/settings").is(200)
		described := owner.get("/settings/schema").is(200)
		values := all.body.(map[string]any)
		same(t, "settings", len(values), len(dm.SettingList))
		for i := range described.list("items") {
			at := "items." + strconv.Itoa(i) + "."
			key := described.text(at + "key")
			if _, there := values[key]; !there || described.text(at+"help") == "" || !described.has(at+"default") {
				t.Errorf("%s is described as %v", key, described.at("items."+strconv.Itoa(i)))
			}
			switch described.text(at + "kind") {
			case "choice":
				same(t, key, len(described.list(at+"choices")) > 1, true)
			case "integer":
				same(t, key, described.number(at+"max") > described.number(at+"min"), true)
			}
		}
		same(t, "described", len(described.list("items")), len(values))

		changed := owner.patch("/settings", map[string]any{"sharing.enabled": false, "sharing.max_internal": 7, "sharing.default_level": "view", "attachments.blocked": ".exe"}).is(200)
		flat := changed.body.(map[string]any)
		same(t, "changed", []any{flat["sharing.enabled"], flat["sharing.max_internal"], flat["sharing.default_level"], flat["attachments.blocked"]}, []any{false, 7, "view", ".exe"})
		same(t, "read again", w.as("hr.agent").get("/settings").is(200).raw, changed.raw)
		same(t, "nothing", owner.patch("/settings", map[string]any{}).is(200).raw, changed.raw)
		same(t, "globex", w.as("globex/owner").get("/settings").raw == changed.raw, false)
	})
}

func TestSettingsRefuse(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		owner := w.as("owner")
		before := w.fingerprint()
		for key, bad := range map[string][]any{
			"sharing.enabled":       {"true", 1, nil, []any{}},
			"sharing.max_internal":  {-1, 1001, 2.5, 1e300, "7", true, nil},
			"sharing.default_level": {"everything", "", 1, nil},
			"sharing.on_disable":    {"delete"},
			"attachments.blocked":   {strings.Repeat("x", 1001), "a\x00b", 1, map[string]any{}},
			"sharing.unknown":       {true},
			"Sharing.enabled":       {true},
			"":                      {true},
		} {
			for _, value := range bad {
				a := owner.patch("/settings", map[string]any{key: value, "sharing.require_reason": true})
				if key == "" {
					a.is(422)
				} else {
					a.refused(422, key)
				}
			}
		}
		two := owner.patch("/settings", map[string]any{"sharing.enabled": "x", "sharing.max_internal": "x"})
		two.refused(422, "sharing.enabled").refused(422, "sharing.max_internal")
		owner.patch("/settings", map[string]any{"sharing.max_expiry_days": 5, "sharing.default_expiry_days": 6}).refused(422, "sharing.default_expiry_days")
		owner.patch("/settings", map[string]any{strings.Repeat("k", 200): 1}).refused(422, "body")
		owner.patch("/settings", `[]`).refused(422, "body")
		many := map[string]any{}
		for i := range 101 {
			many["k"+strconv.Itoa(i)] = 1
		}
		owner.patch("/settings", many).refused(422, "body")
		for _, who := range []string{"hr.agent", "manager", "staff.one"} {
			w.as(who).patch("/settings", map[string]any{"sharing.enabled": false}).refused(403, "")
		}
		w.as("staff.one").get("/settings").refused(403, "")
		w.as("staff.one").get("/settings/schema").refused(403, "")
		w.as("hr.agent").get("/settings/schema").is(200)
		w.nobody().get("/settings").refused(401, "")
		same(t, "changed by what was refused", w.fingerprint() != before, false)
	})
}

func TestAccount(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		a := w.as("hr.agent").get("/account").is(200)
		same(t, "account", []string{a.text("name"), a.text("slug"), a.text("base_url"), a.text("edition")}, []string{"Acme", "acme", "http://acme.localhost", "community"})
		same(t, "entitlements", a.list("entitlements"), dm.Editions["community"])
		before := w.fingerprint()
		for property, value := range map[string]any{"name": " ", "slug": "other", "base_url": "http://evil.example", "edition": "community", "hosts": []string{"x"}} {
			w.as("owner").patch("/account", map[string]any{property: value}).refused(422, property)
		}
		w.as("hr.agent").patch("/account", map[string]any{"name": "Mine"}).refused(403, "")
		w.as("staff.one").get("/account").refused(403, "")
		same(t, "the same", w.as("owner").patch("/account", map[string]any{}).is(200).raw, a.raw)
		same(t, "changed by what was refused", w.fingerprint() != before, false)
		same(t, "renamed", w.as("owner").patch("/account", map[string]any{"name": "Acme Ltd"}).is(200).text("name"), "Acme Ltd")
		same(t, "read again", w.as("hr.agent").get("/me").text("account.name"), "Acme Ltd")
		same(t, "globex", w.as("globex/owner").get("/account").text("name"), "Globex")
	})
}
