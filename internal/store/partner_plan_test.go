package store

import (
	"testing"

	dm "github.com/deskmesh/deskmesh"
)

// TestPartnerPlans holds that what is asked for every message to and from a partner
// looks at the one ticket alone.
func TestPartnerPlans(t *testing.T) {
	t.Parallel()
	db := openJobDB(t, "sqlite", Options{Relaxed: true})
	f := &Found{Ticket: dm.Ticket{ID: 2}}
	var head sqlText
	head.add(`SELECT `+partnerDeliveryColumns+headOfLine, 1, 2, 3, 3)
	for want, st := range map[string]*sqlText{
		`partner_links_ticket \(account_id=\? AND ticket_id=\?\)\n.*x USING PRIMARY KEY \(account_id=\? AND link_id=\?\)`:             commentIDs(1, f),
		`partner_links_ticket \(account_id=\? AND ticket_id=\?\)\n.*partner_files_link \(account_id=\? AND link_id=\? AND state=\?\)`: filesOnTheWay(1, f, 3),
		`partner_deliveries_due \(account_id=\? AND partner_id=\? AND link_id>\? AND link_id<\?\)`:                                    &head,
	} {
		wants(t, explain(t, db, st), []string{want})
	}
}
