package httpapi_test

import (
	"strings"
	"testing"

	"github.com/deskmesh/deskmesh/internal/app"
)

func TestHeldMails(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		off := false
		w.must(w.app.UpdateBrand(t.Context(), w.system("acme"), w.acme().brands["People"], app.BrandPatch{Active: &off}))
		t.Run("Q15 mail to an inactive brand's inbox is kept and listed, and makes no ticket", func(t *testing.T) {
			before := len(w.view("owner", "all"))
			w.mailIn("stranger@outside.example", "hr@acme.example", "Secret subject", "Secret text")
			w.drain()
			same(t, "tickets", len(w.view("owner", "all")), before)
			a := w.as("admin").get("/held-mails").ok()
			same(t, "from", a.text("items.0.from"), "stranger@outside.example")
			same(t, "reason", a.text("items.0.reason"), "The inbox is inactive.")
			if strings.Contains(a.raw, "Secret") {
				t.Error("the list tells content")
			}
		})
		t.Run("nobody but those who manage inboxes reads the list", func(t *testing.T) {
			w.as("accounts.agent").get("/held-mails").is(403)
			w.as("staff.one").get("/held-mails").is(403)
			same(t, "another desk", len(w.as("globex/owner").get("/held-mails").list("items")), 0)
		})
		t.Run("a deactivated person's mail is held as well", func(t *testing.T) {
			w.must(w.app.DeactivatePerson(t.Context(), w.system("acme"), w.id("staff.two")))
			w.mailIn("staff.two@acme.example", "accounts@acme.example", "Hello", "Let me in")
			w.drain()
			same(t, "reason", w.as("owner").get("/held-mails").text("items.0.reason"), "The sender is deactivated.")
		})
	})
}
