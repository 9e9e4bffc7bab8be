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

		next := w.as("owner").get("/audit?limit=2").is(200)
		page := w.as("owner").get("/audit?limit=3&cursor=" + next.text("next")).is(200)
		same(t, "second page", page.at("items.0.id"), a.at("items.2.id"))
		actions := func(query string) (found []string) {
			for cursor := ""; ; {
				page := w.as("owner").get("/audit?limit=2&" + query + "&cursor=" + cursor).is(200)
				for i := range len(page.at("items").([]any)) {
					found = append(found, page.text(fmt.Sprintf("items.%d.action", i)))
				}
				if page.at("next") == nil {
					return found
				}
				cursor = page.text("next")
			}
		}
		same(t, "of one person about groups", actions(fmt.Sprint("object=group&actor=", owner)), []string{"group.deleted"})
		same(t, "of one action", actions(fmt.Sprint("action=group.updated&actor=", by)), []string{"group.updated"})
		past, future := "2001-01-01T00:00:00Z", "2101-01-01T00:00:00Z"
		same(t, "since tomorrow", actions("since="+future), []string(nil))
		same(t, "before the desk", actions("before="+past), []string(nil))
		same(t, "everything", len(actions("since="+past+"&before="+future)), len(actions("object=")))
		for query, field := range map[string]string{"cursor=x": "cursor", "limit=0": "limit", "q=x": "q", "actor=0": "actor", "since=x": "since"} {
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
