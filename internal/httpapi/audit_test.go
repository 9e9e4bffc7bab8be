package httpapi_test

import (
	"fmt"
	"strings"
	"testing"
)

func TestAudit(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		admin := w.as("admin")
		group := admin.post("/groups", map[string]any{"name": "Night shift"}).is(201).number("id")
		admin.patch(fmt.Sprint("/groups/", group), map[string]any{"name": "Day shift"}).is(200)
		admin.patch(w.person("hr.agent"), map[string]any{"name": "Harriet Hidden", "scope": "restricted"}).is(200)
		w.token("owner", "groups.manage").delete(fmt.Sprint("/groups/", group)).is(204)
		admin.post("/groups", map[string]any{"name": ""}).is(422)
		w.as("hr.agent").post("/groups", map[string]any{"name": "Mine"}).is(403)

		a := w.as("owner").get("/audit?limit=5").is(200)
		var got []string
		for i := range 5 {
			at := fmt.Sprintf("items.%d.", i)
			got = append(got, fmt.Sprint(a.at(at+"action"), " ", a.at(at+"actor_id"), " ", a.at(at+"cause.kind")))
		}
		owner, by := w.id("owner"), w.id("admin")
		same(t, "log", got, []string{
			fmt.Sprint("group.deleted ", owner, " token"), fmt.Sprint("token.created ", owner, " person"), fmt.Sprint("person.updated ", by, " person"),
			fmt.Sprint("group.updated ", by, " person"), fmt.Sprint("group.created ", by, " person")})
		same(t, "object", []any{a.at("items.3.object.kind"), a.at("items.3.object.id")}, []any{"group", group})
		same(t, "change", a.at("items.3.changes"), []any{map[string]any{"field": "name", "old": "Night shift", "new": "Day shift"}})
		if !strings.Contains(a.raw, `{"field":"scope","old":"group","new":"restricted"}`) || strings.Contains(a.raw, "Harriet") || strings.Contains(a.raw, "Hr Agent") {
			t.Errorf("the log of a person's change is %s", a.raw)
		}

		lines := func(query string) (ids []any) {
			answer := w.as("owner").get("/audit?" + query).is(200)
			for i := range answer.list("items") {
				ids = append(ids, answer.at(fmt.Sprintf("items.%d.id", i)))
			}
			return ids
		}
		deleted, updated, created := a.at("items.0.id"), a.at("items.3.id"), a.at("items.4.id")
		same(t, "the lines of a group", lines(fmt.Sprint("object_kind=group&object_id=", group)), []any{deleted, updated, created})
		same(t, "those of one person", lines(fmt.Sprint("object_kind=group&object_id=", group, "&actor_id=", by)), []any{updated, created})
		same(t, "those of one action", lines(fmt.Sprint("action=group.deleted&actor_id=", owner)), []any{deleted})
		same(t, "those since a moment", lines("object_kind=group&since="+a.text("items.0.at")), []any{deleted})
		same(t, "those before one", lines(fmt.Sprint("object_kind=group&object_id=", group, "&before=", a.text("items.4.at"))), []any(nil))
		same(t, "a page of those", lines(fmt.Sprint("object_kind=group&object_id=", group, "&limit=2")), []any{deleted, updated})

		next := w.as("owner").get("/audit?limit=2").is(200)
		page := w.as("owner").get("/audit?limit=3&cursor=" + next.text("next")).is(200)
		same(t, "second page", page.at("items.0.id"), a.at("items.2.id"))
		for query, field := range map[string]string{"cursor=x": "cursor", "limit=0": "limit", "q=x": "q", "actor_id=0": "actor_id", "object_id=3": "object_kind", "since=yesterday": "since"} {
			w.as("owner").get("/audit?"+query).refused(422, field)
		}
		w.as("manager").get("/audit").refused(403, "")
		w.as("staff.one").get("/audit").refused(403, "")
		w.nobody().get("/audit").refused(401, "")
		if other := w.as("globex/owner").get("/audit?limit=200").is(200); strings.Contains(other.raw, "Night shift") {
			t.Error("globex reads the log of acme")
		}
	})
}
