package httpapi_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/store"
)

// Section 5 of the specification as a table: where an agreement may go from each
// state, by whom. The sender invited; outbound agreements are those in which we are
// the sender. What is not here is forbidden.
var agreementSteps = map[string][]string{
	// by us, at the API
	"outbound draft ours":               {"inactive"}, // withdrawn
	"outbound pending ours":             {"inactive"},
	"outbound failed ours":              {"inactive"},
	"outbound ssl_error ours":           {"inactive"},
	"outbound configuration_error ours": {"inactive"},
	"outbound accepted ours":            {"inactive"},
	"inbound pending ours":              {"accepted", "declined"},
	"inbound accepted ours":             {"inactive"},
	// by them, on the wire
	"outbound draft theirs":               {"accepted", "declined"}, // the answer may come before we know that the invitation arrived
	"outbound failed theirs":              {"accepted", "declined"},
	"outbound ssl_error theirs":           {"accepted", "declined"},
	"outbound configuration_error theirs": {"accepted", "declined"},
	"outbound pending theirs":             {"accepted", "declined", "inactive"},
	"outbound accepted theirs":            {"inactive"},
	"inbound pending theirs":              {"inactive"}, // the sender withdraws
	"inbound accepted theirs":             {"inactive"},
}

// setAgreement puts an agreement of acme into a state, as if it had got there.
func (w *world) setAgreement(id int64, direction, status string) {
	w.Helper()
	w.must(w.db.Write(w.Context(), store.Urgent, func(tx *store.Tx) error {
		p, err := tx.LockPartner(w.acme().id, id)
		if err != nil {
			return err
		}
		p.Status, p.Reason, p.DeactivatedBy = dm.PartnerStatus(status), "", ""
		return tx.SavePartner(w.acme().id, p)
	}))
}

// agreementStates tries every step from every state in both directions, ours at
// the API and theirs on the wire.
func (s *security) agreementStates(t *testing.T) {
	ids := map[string]int64{"outbound": s.outbound, "inbound": s.inbound}
	tokens := map[string]string{"outbound": s.outboundToken, "inbound": s.inboundToken}
	for _, direction := range []string{"outbound", "inbound"} {
		states := []string{"draft", "pending", "accepted", "declined", "inactive", "failed", "ssl_error", "configuration_error"}
		if direction == "inbound" { // the others are the sender's own
			states = []string{"pending", "accepted", "declined", "inactive"}
		}
		path, uuid := fmt.Sprintf("/partners/%d", ids[direction]), strings.Split(tokens[direction], ":")[0]
		for _, from := range states {
			for _, to := range []string{"accepted", "declined", "inactive", "pending", "draft", "failed", "odd"} {
				allowed := slices.Contains(agreementSteps[direction+" "+from+" ours"], to)
				s.setAgreement(ids[direction], direction, from)
				a := s.as("owner").patch(path, map[string]any{"status": to})
				now := s.as("owner").get(path).ok().text("status")
				settable := slices.Contains([]string{"accepted", "declined", "inactive"}, to)
				switch {
				case allowed && (a.status != 200 || now != to), !allowed && now != from,
					!allowed && settable && to != from && a.status != 409, !settable && a.status != 422:
					t.Errorf("section 5: %s %s to %s by us answers %d and is %s: %s", direction, from, to, a.status, now, a.raw)
				}
				allowed = slices.Contains(agreementSteps[direction+" "+from+" theirs"], to)
				s.setAgreement(ids[direction], direction, from)
				got := s.wire("acme", "PUT", "/sharing/agreements/"+uuid, tokens[direction], map[string]any{"status": to})
				now = s.as("owner").get(path).ok().text("status")
				still := to == from || to == "pending" && from == "draft" // they say what is so
				switch {
				case allowed && (got.status != 200 || now != to), !allowed && now != from, !allowed && still && got.status != 200, !allowed && !still && got.status != 422:
					t.Errorf("section 5: %s %s to %s by them answers %d and is %s: %s", direction, from, to, got.status, now, got.body)
				}
				if by := s.as("owner").get(path).ok().text("deactivated_by"); now == "inactive" && from != "inactive" && by != map[string]string{"outbound": "receiver", "inbound": "sender"}[direction] {
					t.Errorf("section 5: %s %s ended by them says %q", direction, from, by)
				}
			}
		}
		for _, from := range states { // tickets cross in one state alone
			s.setAgreement(ids[direction], direction, from)
			want := 403
			if from == "accepted" {
				want = 404
			}
			for _, method := range []string{"GET", "PUT", "DELETE"} {
				var body any
				if method == "PUT" {
					body = map[string]any{"status": "open"}
				}
				if got := s.wire("acme", method, "/sharing/tickets/"+someUUID, tokens[direction], body); got.status != want {
					t.Errorf("section 8: %s of a ticket while the %s agreement is %s answers %d", method, direction, from, got.status)
				}
			}
		}
		s.setAgreement(ids[direction], direction, "accepted")
	}
	s.drain()
}
