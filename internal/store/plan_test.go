package store

import (
	"database/sql"
	commandline "flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
)

var update = commandline.Bool("update", false, "write the statements in testdata/sql anew")

// planCase is a list of one viewer, with the indexes that its arms must use.
type planCase struct {
	name    string
	viewer  *access.Viewer
	query   ListQuery
	indexes []string
	// unordered is for arms that no index orders; they sort what little there is.
	unordered bool
}

// The viewers of the desk below, in account 1.
var (
	planAgent = access.Profile{
		Account: 1, Person: 1, Kind: dm.Agent, Active: true, Permissions: dm.AllPermissions, Scope: dm.GlobalScope, AllBrands: true, AllInboxes: true,
		Groups: []int64{1}, Directory: []access.InboxBrand{{Inbox: 1, Brand: 1}, {Inbox: 2, Brand: 1}, {Inbox: 3, Brand: 1}},
		Pairs: []access.Pair{{Inbox: 1, Group: 1}, {Inbox: 1, Group: 2}, {Inbox: 2, Group: 1}, {Inbox: 2, Group: 2}},
		Rules: access.Rules{RoleCap: true, CCGrants: "view"},
	}
	planEverything = access.NewViewer(planAgent)
	planInboxes    = planViewer(func(p *access.Profile) { p.AllInboxes, p.Inboxes = false, []int64{1, 2} })
	planGroups     = planViewer(func(p *access.Profile) { p.Scope, p.Groups = dm.GroupScope, []int64{1, 2} })
	planRestricted = planViewer(func(p *access.Profile) { p.Scope = dm.RestrictedScope })
	planRequester  = planViewer(func(p *access.Profile) { p.Person, p.Kind = 201, dm.Requester })
)

func planViewer(change func(*access.Profile)) *access.Viewer {
	p := planAgent
	change(&p)
	return access.NewViewer(p)
}

var planCases = []planCase{
	{name: "all", viewer: planEverything, query: ListQuery{View: ViewAll}, indexes: []string{"tickets_all_upd"}},
	{name: "all-open", viewer: planEverything, query: ListQuery{View: ViewAll, State: "open"}, indexes: []string{"tickets_all_upd"}},
	{name: "all-oldest-first", viewer: planEverything, query: ListQuery{View: ViewAll, Sort: "updated"}, indexes: []string{"tickets_all_upd"}},
	{name: "all-by-created", viewer: planEverything, query: ListQuery{View: ViewAll, Sort: "-created"}, indexes: []string{"tickets_all_created"}},
	{name: "inboxes", viewer: planInboxes, query: ListQuery{View: ViewAll}, indexes: []string{"tickets_inbox_upd", "tickets_assignee_upd"}},
	{name: "inboxes-by-created", viewer: planInboxes, query: ListQuery{View: ViewAll, Sort: "-created"}, indexes: []string{"tickets_inbox_created", "tickets_assignee_created"}},
	{name: "groups", viewer: planGroups, query: ListQuery{View: ViewAll}, indexes: []string{"tickets_pair_upd", "tickets_assignee_upd"}},
	{name: "groups-by-created", viewer: planGroups, query: ListQuery{View: ViewAll, Sort: "created"}, indexes: []string{"tickets_pair_created", "tickets_assignee_created"}},
	{name: "restricted", viewer: planRestricted, query: ListQuery{View: ViewAll}, indexes: []string{"tickets_assignee_upd"}},
	{name: "mine", viewer: planGroups, query: ListQuery{View: ViewMine, State: "open"}, indexes: []string{"tickets_assignee_upd"}},
	{name: "unassigned", viewer: planGroups, query: ListQuery{View: ViewUnassigned}, indexes: []string{"tickets_pair_upd"}},
	{name: "spam", viewer: planGroups, query: ListQuery{View: ViewSpam}, indexes: []string{"tickets_pair_upd"}},
	{name: "deleted", viewer: planInboxes, query: ListQuery{View: ViewDeleted}, indexes: []string{"tickets_inbox_upd"}},
	{name: "shared-with-me", viewer: planGroups, query: ListQuery{View: ViewSharedWithMe}, indexes: []string{"shares_upd"}},
	{name: "shared-with-me-by-shared", viewer: planGroups, query: ListQuery{View: ViewSharedWithMe, Sort: "-shared"}, indexes: []string{"shares_created"}},
	{name: "shared-with-my-groups", viewer: planGroups, query: ListQuery{View: ViewSharedWithMine}, indexes: []string{"shares_upd"}},
	{name: "shared-with-my-groups-by-shared", viewer: planGroups, query: ListQuery{View: ViewSharedWithMine, Sort: "-shared"}, indexes: []string{"shares_created", "shares_ticket"}},
	{name: "shared-by-me", viewer: planGroups, query: ListQuery{View: ViewSharedByMe}, indexes: []string{"shares_author"}},
	{name: "requester", viewer: planRequester, query: ListQuery{View: ViewAll}, indexes: []string{"tickets_requester_upd", "ticket_ccs_upd", "shares_upd"}},
	{name: "requester-by-created", viewer: planRequester, query: ListQuery{View: ViewAll, Sort: "-created"}, indexes: []string{"tickets_requester_upd", "ticket_ccs_upd", "shares_upd"}, unordered: true},
}

func TestTryPlans(t *testing.T) {
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			db := openJobDB(t, engine, Options{Relaxed: true})
			fillPlans(t, db)
			for _, c := range planCases {
				p, err := plan(c.viewer, c.query)
				if err != nil {
					t.Fatal(err)
				}
				for _, after := range []*mark{nil, {1_710_000_000_000_000, 500}} {
					st := p.statement(&db.dialect, after, 26, 1_800_000_000_000_000)
					t.Log(c.name, after != nil, "\n", explain(t, db, st))
				}
			}
		})
	}
}

// explain gives the engine's plan of a statement, a line for each node.
func explain(t *testing.T, db *DB, st *sqlText) string {
	t.Helper()
	var lines []string
	err := db.Read(t.Context(), func(tx *Tx) error {
		if db.dialect.name == "postgres" {
			return tx.query(`EXPLAIN (COSTS OFF) `+st.String(), func(rows *sql.Rows) error {
				var line string
				err := rows.Scan(&line)
				lines = append(lines, line)
				return err
			}, st.args...)
		}
		return tx.query(`EXPLAIN QUERY PLAN `+st.String(), func(rows *sql.Rows) error {
			var id, parent, unused int64
			var line string
			err := rows.Scan(&id, &parent, &unused, &line)
			lines = append(lines, line)
			return err
		}, st.args...)
	})
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(lines, "\n")
}

// fillPlans fills a desk so that the planners have something to choose from:
// 20,000 tickets, a tenth of them open, with CCs and shares.
func fillPlans(t *testing.T, db *DB) {
	t.Helper()
	series := func(n string) string {
		return `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ` + n + `) `
	}
	insert := func(head, n, body string) string {
		if db.dialect.name == "postgres" {
			return head + ` ` + body + ` FROM generate_series(1, ` + n + `) AS n(i)`
		}
		return series(n) + head + ` ` + body + ` FROM n WHERE true`
	}
	statements := []string{
		`INSERT INTO accounts (id, slug, name, base_url, edition, created_at) VALUES (1, 'a', 'A', 'https://a.example', 'community', 1), (2, 'b', 'B', 'https://b.example', 'community', 1)`,
		`INSERT INTO brands (id, account_id, name, name_folded, created_at) VALUES (1, 1, 'B', 'b', 1)`,
		insert(`INSERT INTO groups (id, account_id, name, name_folded, created_at)`, `10`, `SELECT i, 1, 'g' || i, 'g' || i, 1`),
		insert(`INSERT INTO inboxes (id, account_id, brand_id, name, address, address_folded, created_at)`, `5`, `SELECT i, 1, 1, 'i' || i, 'i' || i || '@x', 'i' || i || '@x', 1`),
		insert(`INSERT INTO people (id, account_id, kind, name, name_folded, address, created_at, updated_at)`, `1200`, `SELECT i, 1, CASE WHEN i <= 200 THEN 'agent' ELSE 'requester' END, 'p' || i, 'p' || i, 'p' || i || '@x', 1, 1`),
		insert(`INSERT INTO tickets (id, account_id, number, subject, status, list_state, inbox_id, group_id, assignee_id, requester_id, via, created_at, updated_at)`, `20000`,
			`SELECT i, 1, i, 's', 'open', CASE WHEN i / 50 % 10 = 0 THEN 1 WHEN i / 50 % 40 = 1 THEN 2 WHEN i / 50 % 40 = 2 THEN 3 ELSE 0 END, i % 5 + 1, CASE WHEN i % 7 = 0 THEN NULL ELSE i / 5 % 10 + 1 END,
CASE WHEN i % 3 = 0 THEN NULL ELSE i % 200 + 1 END, i % 1000 + 201, 'api', 1700000000000000 + CAST(i AS BIGINT) * 1000000, 1700000000000000 + CAST(i * 7919 % 20000 AS BIGINT) * 2000000`),
		insert(`INSERT INTO ticket_ccs (account_id, ticket_id, person_id, ticket_list_state, ticket_updated_at)`, `5000`, `SELECT 1, i, i % 1000 + 201, 0, 1700000000000000 + CAST(i AS BIGINT) * 1000000`),
		insert(`INSERT INTO shares (account_id, ticket_id, target_kind, target_id, person_id, level, see_internal, reply_public, forward, can_reshare, cause_kind, created_by, created_at, ticket_list_state, ticket_updated_at)`, `4000`,
			`SELECT 1, i, CASE WHEN i % 4 = 0 THEN 'requester' ELSE 'agent' END, CASE WHEN i % 4 = 0 THEN i % 1000 + 201 ELSE i % 200 + 1 END, CASE WHEN i % 4 = 0 THEN i % 1000 + 201 ELSE i % 200 + 1 END, 'view', 0, 0, 0, 0, 'person', i % 200 + 1, 1700000000000000 + CAST(i AS BIGINT) * 1000000, CASE WHEN i / 50 % 10 = 0 THEN 1 ELSE 0 END, 1700000000000000 + CAST(i AS BIGINT) * 1000000`),
		insert(`INSERT INTO shares (account_id, ticket_id, target_kind, target_id, group_id, level, see_internal, reply_public, forward, can_reshare, cause_kind, created_by, created_at, expires_at, ticket_list_state, ticket_updated_at)`, `6000`,
			`SELECT 1, i, 'group', i % 10 + 1, i % 10 + 1, 'view', 0, 0, 0, 0, 'person', i % 200 + 1, 1700000000000000 + CAST(i AS BIGINT) * 1000000, CASE WHEN i % 2 = 0 THEN NULL ELSE i END, CASE WHEN i / 50 % 10 = 0 THEN 1 ELSE 0 END, 1700000000000000 + CAST(i AS BIGINT) * 1000000`),
	}
	for _, s := range statements {
		if err := db.Write(t.Context(), Urgent, func(tx *Tx) error { _, err := tx.exec(s); return err }); err != nil {
			t.Fatalf("%s: %v", s, err)
		}
	}
	pool := db.pool
	if db.writer != nil {
		pool = db.writer.pool
	}
	_ = pool
	if db.dialect.name == "postgres" {
		if _, err := db.pool.ExecContext(t.Context(), `VACUUM ANALYZE`); err != nil {
			t.Fatal(err)
		}
	} else {
		if err := db.Write(t.Context(), Urgent, func(tx *Tx) error { _, err := tx.exec(`ANALYZE`); return err }); err != nil {
			t.Fatal(err)
		}
	}
	_, _, _ = os.Args, filepath.Join, time.Now
}
