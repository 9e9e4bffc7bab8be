package httpapi_test

import (
	"fmt"
	"testing"
	"time"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/store"
)

func TestShareTemplates(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		manager := w.as("manager")
		body := map[string]any{"name": "Involve HR", "targets": []any{w.group("HR"), w.agent("restricted.agent")}, "level": "comment", "see_internal": true,
			"expiry_hours": 48, "reason": "Personnel matter", "note": "HR, please have a look."}
		made := manager.post("/share-templates", body).is(201)
		id := made.number("id")
		path := fmt.Sprint("/share-templates/", id)
		n := w.file("accounts", "Invoice missing")
		t.Run("it is kept as it was given", func(t *testing.T) {
			same(t, "names", []string{made.text("targets.0.name"), made.text("targets.1.name")}, []string{"HR", "Restricted Agent"})
			same(t, "terms", []any{made.text("level"), made.at("see_internal"), made.at("forward"), made.number("expiry_hours"), made.text("note")}, []any{"comment", true, nil, int64(48), "HR, please have a look."})
			same(t, "an agent reads it", w.as("accounts.agent").get(path).is(200).raw, made.raw)
			same(t, "listed", each(w.as("accounts.agent").get("/share-templates").ok(), "name"), []string{"Involve HR"})
		})
		t.Run("making it needs shares.manage, seeing it the right to share", func(t *testing.T) {
			for _, who := range []string{"accounts.agent", "noshare.agent", "staff.one"} {
				c := w.as(who)
				c.post("/share-templates", body).is(403)
				c.patch(path, map[string]any{"name": "Mine"}).is(403)
				c.delete(path).is(403)
			}
			w.as("noshare.agent").get("/share-templates").is(403)
			w.as("staff.one").get(path).is(403)
			w.as("globex/owner").get(path).is(404)
			w.as("globex/owner").delete(path).is(404)
			same(t, "globex", len(w.as("globex/owner").get("/share-templates").ok().list("items")), 0)
		})
		t.Run("what is wrong is named", func(t *testing.T) {
			before := w.fingerprint()
			for field, patch := range map[string]map[string]any{
				"name": {"name": " "}, "targets[0]": {"targets": []any{w.agent("globex/hr.agent")}}, "targets": {"targets": []any{}}, "level": {"level": "all"},
				"expiry_hours": {"expiry_hours": 0}, "note": {"note": long(5001)}, "reason": {"reason": long(1001)},
			} {
				manager.patch(path, patch).refused(422, field)
			}
			manager.post("/share-templates", body).refused(409, "name")
			manager.post("/share-templates", map[string]any{"name": "x", "targets": []any{map[string]any{"kind": "requester", "id": w.id("staff.one")}}}).refused(422, "targets[0]")
			same(t, "changed", w.fingerprint() == before, true)
		})
		t.Run("sharing by it makes the shares and the note in one change", func(t *testing.T) {
			a := w.as("accounts.agent").with("Idempotency-Key", "once").post(at(n, "shares"), map[string]any{"template_id": id}).is(201)
			same(t, "names", names(a), []string{"HR", "Restricted Agent"})
			same(t, "terms", []any{a.text("items.0.level"), a.at("items.0.see_internal"), a.text("items.0.reason")}, []any{"comment", true, "Personnel matter"})
			until, err := time.Parse(time.RFC3339, a.text("items.0.expires_at"))
			w.must(err)
			same(t, "end", until.Sub(dm.Time(w.clock.at.Load()).Std()).Round(time.Hour), 48*time.Hour)
			messages := w.as("accounts.agent").get(at(n, "messages")).ok()
			same(t, "note", messages.text(fmt.Sprintf("items.%d.text", len(messages.list("items"))-1)), "HR, please have a look.")
			again := w.as("accounts.agent").with("Idempotency-Key", "once").post(at(n, "shares"), map[string]any{"template_id": id}).is(201)
			same(t, "again", again.raw, a.raw)
			same(t, "messages", len(w.as("accounts.agent").get(at(n, "messages")).ok().list("items")), len(messages.list("items")))
		})
		t.Run("what is given goes before what the template has", func(t *testing.T) {
			n := w.file("accounts", "Another")
			a := w.as("accounts.agent").post(at(n, "shares"), map[string]any{"template_id": id, "level": "view", "see_internal": false, "note": "", "reason": "Mine"}).is(201)
			same(t, "terms", []any{a.text("items.0.level"), a.at("items.0.see_internal"), a.text("items.0.reason")}, []any{"view", false, "Mine"})
			same(t, "no note", len(w.as("accounts.agent").get(at(n, "messages")).ok().list("items")), 1)
			w.as("accounts.agent").post(at(n, "shares"), map[string]any{"template_id": id, "targets": []any{w.group("HR")}}).refused(422, "targets")
			w.as("accounts.agent").post(at(n, "shares"), map[string]any{"template_id": 999999}).refused(422, "template_id")
			w.as("accounts.agent").post(at(n, "shares"), map[string]any{}).refused(422, "targets")
		})
		t.Run("the note is written with the shares or not at all", func(t *testing.T) {
			n := w.file("accounts", "Both")
			w.as("noshare.agent").post(at(n, "shares"), map[string]any{"targets": []any{w.group("HR")}, "note": "A note"}).is(403)
			policy{w}.is(deny("to_groups", []int64{w.acme().groups["HR"]}))
			before := w.fingerprint()
			w.as("accounts.agent").post(at(n, "shares"), map[string]any{"template_id": id}).refused(422, "targets[0]").reason("target_not_allowed")
			same(t, "changed", w.fingerprint() == before, true)
			policy{w}.is()
			a := w.as("accounts.agent").post(at(n, "shares"), map[string]any{"targets": []any{w.group("HR")}, "note": "A note"}).is(201)
			same(t, "names", names(a), []string{"HR"})
			same(t, "messages", len(w.as("accounts.agent").get(at(n, "messages")).ok().list("items")), 2)
		})
		t.Run("a change takes its part from it inside a transaction", func(t *testing.T) {
			n := w.file("accounts", "By a macro")
			v := w.viewer("accounts.agent")
			w.must(w.db.Write(t.Context(), store.Urgent, func(tx *store.Tx) error {
				shares, notes, err := w.app.ShareByTemplate(tx, v, id)
				if err != nil {
					return err
				}
				_, err = w.app.ApplyIn(tx, v, dm.Change{Number: n, Share: shares, Messages: notes})
				return err
			}))
			same(t, "names", names(w.as("accounts.agent").get(at(n, "shares")).ok()), []string{"HR", "Restricted Agent"})
		})
		t.Run("who is out of service is left out, and said", func(t *testing.T) {
			n := w.file("accounts", "Fewer")
			w.as("owner").post(w.person("restricted.agent")+"/deactivate", nil).ok()
			a := manager.get(path).ok()
			same(t, "active", []any{a.at("targets.0.active"), a.at("targets.1.active"), a.text("targets.1.name")}, []any{true, false, "Restricted Agent"})
			same(t, "names", names(w.as("accounts.agent").post(at(n, "shares"), map[string]any{"template_id": id}).is(201)), []string{"HR"})
			manager.patch(path, map[string]any{"targets": []any{w.agent("restricted.agent")}, "level": nil, "see_internal": nil, "expiry_hours": nil}).is(200)
			same(t, "defaults", []any{manager.get(path).ok().at("level"), manager.get(path).ok().at("expiry_hours")}, []any{nil, nil})
			w.as("accounts.agent").post(at(n, "shares"), map[string]any{"template_id": id}).refused(422, "template_id").reason("empty_template")
			manager.delete(path).is(204)
			manager.get(path).is(404)
		})
	})
}

func long(n int) string {
	text := make([]byte, n)
	for i := range text {
		text[i] = 'x'
	}
	return string(text)
}
