package store

import (
	"testing"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
)

// TestRequestPlans holds that requests for access and drafts are found by their
// own indexes, and that of tickets and shares only theirs are looked at, before
// and after the engine has counted the rows.
func TestRequestPlans(t *testing.T) {
	t.Parallel()
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			db := openJobDB(t, engine, Options{Relaxed: true})
			fillPlans(t, db)
			const numbers = `(WITH RECURSIVE n(i) AS (SELECT CAST(1 AS BIGINT) UNION ALL SELECT i + 1 FROM n WHERE i < 3000) SELECT i FROM n) n`
			planExec(t, db, `INSERT INTO access_requests (account_id, ticket_id, person_id, level, state, created_at, decided_at)
SELECT 1, i, i % 200 + 1, 'view', CASE WHEN i % 10 = 0 THEN 'waiting' ELSE 'granted' END, i, CASE WHEN i % 10 = 0 THEN NULL ELSE i END FROM `+numbers)
			planExec(t, db, `INSERT INTO drafts (account_id, person_id, ticket_id, kind, text, html, updated_at) SELECT 1, i % 200 + 1, i, 'reply', 'x', '', i FROM `+numbers)
			check := func() {
				t.Helper()
				never := []string{`shares_upd|shares_created|tickets_assignee|tickets_requester|tickets_inbox|tickets_pair|tickets_all`, `SCAN [^upn]`, `Seq Scan on (tickets|shares)`, `AUTOMATIC`}
				for _, v := range []*access.Viewer{planEverything, planGroups, planRestricted} {
					list := AccessQuery{State: dm.AccessWaiting, Before: 2000, Limit: 51}
					wants(t, explain(t, db, list.statement(v, planNow)), []string{`access_requests_(state|key)`}, never...)
					one := AccessQuery{Ticket: 17, State: dm.AccessWaiting, Limit: 51}
					wants(t, explain(t, db, one.statement(v, planNow)), []string{`access_requests_(ticket|once)`}, never...)
					wants(t, explain(t, db, draftsOf(v, 500, planNow)), []string{`drafts_(ticket|new)`}, never...)
				}
			}
			check()
			planExec(t, db, `ANALYZE`)
			check()
		})
	}
}
