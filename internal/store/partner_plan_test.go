package store

import "testing"

// TestPartnerPlans holds that what is asked for every message to and from a partner
// looks at the one ticket alone.
func TestPartnerPlans(t *testing.T) {
	t.Parallel()
	db := openJobDB(t, "sqlite", Options{Relaxed: true})
	for _, c := range []struct {
		statement string
		args      []any
		want      string
	}{
		{commentIDs, []any{1, 2}, `partner_links_ticket \(account_id=\? AND ticket_id=\?\)\n.*x USING PRIMARY KEY \(account_id=\? AND link_id=\?\)`},
		{filesOnTheWay, []any{1, 2, 3}, `partner_links_ticket \(account_id=\? AND ticket_id=\?\)\n.*partner_files_link \(account_id=\? AND link_id=\? AND state=\?\)`},
		{`SELECT ` + partnerDeliveryColumns + headOfLine, []any{1, 2, 3, 3}, `partner_deliveries_due \(account_id=\? AND partner_id=\? AND link_id>\? AND link_id<\?\)`},
	} {
		var st sqlText
		st.add(c.statement, c.args...)
		wants(t, explain(t, db, &st), []string{c.want})
	}
}
