package httpapi_test

import (
	"fmt"
	"strings"

	"github.com/deskmesh/deskmesh/internal/app"
)

// agree gives the operation an agreement of its own that is in force, with a message
// that waits, and shares the ticket that the operation is about over it. The other
// account has one, too.
func (h *hostile) agree() {
	h.Helper()
	owner := h.as("owner")
	h.set("partners.enabled", true)
	h.set("partners.max_per_ticket", 10)
	if h.strange == 0 {
		_, err := h.app.SetSettings(h.Context(), h.system("globex"), map[string]any{"partners.enabled": true})
		h.must(err)
		h.strange = h.as("globex/owner").post("/partners", map[string]any{"address": "http://peer.localhost:65533/theirs"}).is(201).number("id")
	}
	address := fmt.Sprintf("http://peer.localhost:65533/%s", strings.Trim(h.op.OperationID, "/"))
	h.partner = owner.post("/partners", map[string]any{"address": address}).is(201).number("id")
	h.must(h.app.TakeAgreementNews(h.Context(), h.acme().id, h.partner, app.AgreementNews{Status: "accepted", Capable: true}))
	h.told = owner.get(fmt.Sprintf("/partners/%d/deliveries", h.partner)).ok().number("items.0.id")
	if strings.HasPrefix(h.op.Path, "/tickets/") {
		h.shared = owner.post(at(h.number, "partners"), map[string]any{"partner_ids": []int64{h.partner}}).is(201).number("items.0.id")
	}
}
