package store

import (
	"database/sql"
	commandline "flag"
	"regexp"
	"strconv"
	"strings"
	"testing"

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
	planWide       = planViewer(func(p *access.Profile) {
		p.Scope, p.Groups, p.Pairs = dm.GroupScope, []int64{1, 2, 3, 4, 5, 6}, nil
		for _, group := range p.Groups {
			p.Pairs = append(p.Pairs, access.Pair{Inbox: 1, Group: group}, access.Pair{Inbox: 2, Group: group})
		}
	})
	planRequester = planViewer(func(p *access.Profile) { p.Person, p.Kind = 201, dm.Requester })
	planColleague = planViewer(func(p *access.Profile) {
		p.Person, p.Kind, p.Department, p.Sight = 201, dm.Requester, 1, dm.DepartmentSight{Tickets: dm.SightRead, Changes: dm.SightRead}
	})
	planChanges = planViewer(func(p *access.Profile) {
		p.Person, p.Kind, p.Department, p.Sight = 201, dm.Requester, 1, dm.DepartmentSight{Changes: dm.SightRead}
	})
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
	{name: "unassigned", viewer: planGroups, query: ListQuery{View: ViewUnassigned}, indexes: []string{"tickets_pair_free"}},
	{name: "unassigned-wide", viewer: planWide, query: ListQuery{View: ViewUnassigned, State: "open"}, indexes: []string{"tickets_pair_free"}},
	{name: "wide", viewer: planWide, query: ListQuery{View: ViewAll, State: "open"}, indexes: []string{"tickets_pair_upd", "tickets_assignee_upd"}},
	{name: "shared-with-many-groups", viewer: planWide, query: ListQuery{View: ViewSharedWithMine, State: "open"}, indexes: []string{"shares_upd"}},
	{name: "unassigned-inboxes", viewer: planInboxes, query: ListQuery{View: ViewUnassigned}, indexes: []string{"tickets_inbox_free"}},
	{name: "unassigned-everything", viewer: planEverything, query: ListQuery{View: ViewUnassigned, State: "open"}, indexes: []string{"tickets_(all_free|assignee_upd)"}},
	{name: "unassigned-by-created", viewer: planGroups, query: ListQuery{View: ViewUnassigned, Sort: "-created"}, indexes: []string{"tickets_pair_created"}},
	{name: "spam", viewer: planGroups, query: ListQuery{View: ViewSpam}, indexes: []string{"tickets_pair_upd"}},
	{name: "deleted", viewer: planInboxes, query: ListQuery{View: ViewDeleted}, indexes: []string{"tickets_inbox_upd"}},
	{name: "shared-with-me", viewer: planGroups, query: ListQuery{View: ViewSharedWithMe}, indexes: []string{"shares_upd"}},
	{name: "shared-with-me-by-shared", viewer: planGroups, query: ListQuery{View: ViewSharedWithMe, Sort: "-shared"}, indexes: []string{"shares_created"}},
	{name: "shared-with-my-groups", viewer: planGroups, query: ListQuery{View: ViewSharedWithMine}, indexes: []string{"shares_upd"}},
	{name: "shared-with-my-groups-by-shared", viewer: planGroups, query: ListQuery{View: ViewSharedWithMine, Sort: "-shared"}, indexes: []string{"shares_created", "shares_ticket"}},
	{name: "shared-by-me", viewer: planGroups, query: ListQuery{View: ViewSharedByMe}, indexes: []string{"shares_author"}},
	{name: "recently-unshared", viewer: planGroups, query: ListQuery{View: ViewUnshared}, indexes: []string{"shares_ended", "shares_history"}},
	{name: "requester", viewer: planRequester, query: ListQuery{View: ViewAll}, indexes: []string{"tickets_requester_upd", "ticket_ccs_upd", "shares_upd"}},
	{name: "requester-by-created", viewer: planRequester, query: ListQuery{View: ViewAll, Sort: "-created"}, indexes: []string{"tickets_requester_upd", "ticket_ccs_upd", "shares_upd"}, unordered: true},
	{name: "requested", viewer: planRequester, query: ListQuery{View: ViewRequested, State: "open"}, indexes: []string{"tickets_requester_upd"}},
	{name: "department", viewer: planColleague, query: ListQuery{View: ViewDepartment, State: "open"}, indexes: []string{"tickets_department_upd"}},
	{name: "department-changes", viewer: planChanges, query: ListQuery{View: ViewDepartment, State: "open"}, indexes: []string{"tickets_department_(upd|changes)"}},
}

// planNow and planAfter lie in the middle of the desk's times.
const planNow = dm.Time(1_710_000_000_000_000)

var planAfter = &mark{Key: int64(planNow), ID: 500}

// TestListPlans holds what makes lists cost the same at any size: every arm of a
// page comes in order from the index meant for it, on a fresh database and on
// one with statistics, and the statements are those of testdata/sql.
func TestListPlans(t *testing.T) {
	t.Parallel()
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			db := openJobDB(t, engine, Options{Relaxed: true})
			if engine == "sqlite" {
				// PostgreSQL reads small tables whole whatever their indexes.
				t.Run("empty", func(t *testing.T) { checkPlans(t, db) })
			}
			fillPlans(t, db)
			t.Run("filled", func(t *testing.T) { checkPlans(t, db) })
			checkStatements(t, db)
		})
	}
}

// planOf chooses the plan of a list.
func planOf(t *testing.T, db *DB, v *access.Viewer, q ListQuery) *listPlan {
	t.Helper()
	var p *listPlan
	err := db.Read(t.Context(), func(tx *Tx) (err error) {
		tx.now = planNow
		p, _, err = tx.plan(v, q)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// render gives the statement of a page, or of the plan's windows.
func (p *listPlan) render(d *dialect, after *mark, limit int) *sqlText {
	switch {
	case p.way.Kind == wayPage:
		return p.statement(d, after, limit, planNow)
	case p.first != nil:
		return p.firstStatement(after, limit, usualBounds(d).fence, planNow)
	}
	return p.windowStatement(d, after, limit, planNow)
}

func checkPlans(t *testing.T, db *DB) {
	for i := range planCases {
		c := &planCases[i]
		t.Run(c.name, func(t *testing.T) {
			p := planOf(t, db, c.viewer, c.query)
			for _, after := range []*mark{nil, planAfter} {
				got := explain(t, db, p.render(&db.dialect, after, 26))
				if db.dialect.name == "sqlite" {
					c.checkSQLite(t, p, got)
				} else {
					c.checkPostgres(t, p, got)
				}
			}
			// Of somebody who reaches everything, PostgreSQL counts the first rows
			// that come, up to the bound.
			if p.way.Kind == wayPage && (c.viewer != planEverything || db.dialect.name == "sqlite") {
				var st sqlText
				st.count(&db.dialect, p.scope, p.walk, p.states, CountBound+1, planNow)
				plan := explain(t, db, &st)
				wants(t, plan, nil, `SCAN [bsx]\b`, `Seq Scan`)
				// PostgreSQL spends more on planning an arm than on running it.
				if arms := strings.Count(plan, ` using `); db.dialect.name == "postgres" && arms > 2*bundleFrom {
					t.Errorf("a count has %d arms:\n%s", arms, plan)
				}
			}
		})
	}
}

// severalArms says whether a page is merged from several arms.
func (p *listPlan) severalArms() bool {
	return !p.unshared && len(p.walk)*len(p.order.armStates(p.states)) > 1
}

func (c *planCase) checkSQLite(t *testing.T, p *listPlan, plan string) {
	t.Helper()
	var want []string
	for _, index := range c.indexes {
		want = append(want, `USING (COVERING )?INDEX `+index+` \(`)
	}
	// u, p and the n of shared-by-me are results of an inner statement.
	never := []string{`SCAN [^upn]`, `AUTOMATIC`}
	if !c.unordered {
		never = append(never, `TEMP B-TREE FOR (ORDER BY|LAST|RIGHT)`)
	}
	if p.byMe == 0 {
		never = append(never, `TEMP B-TREE FOR DISTINCT`)
		if p.severalArms() {
			want = append(want, `MERGE \(UNION ALL\)`)
		}
	}
	wants(t, plan, want, never...)
}

func (c *planCase) checkPostgres(t *testing.T, p *listPlan, plan string) {
	t.Helper()
	var want []string
	for _, index := range c.indexes {
		if !c.unordered {
			want = append(want, `Index (Only )?Scan (Backward )?using `+index+` on `)
		}
	}
	never := []string{`Seq Scan`, `Bitmap`}
	if !c.unordered {
		never = append(never, `-> +(Incremental )?Sort`)
	}
	if p.severalArms() {
		want = append(want, `Merge Append`)
	}
	wants(t, plan, want, never...)
}

// wants asks for lines that a plan must have, and others that it must not.
func wants(t *testing.T, plan string, want []string, never ...string) {
	t.Helper()
	for _, w := range want {
		if !regexp.MustCompile(w).MatchString(plan) {
			t.Errorf("the plan has no %q:\n%s", w, plan)
		}
	}
	for _, n := range never {
		if found := regexp.MustCompile(n).FindString(plan); found != "" {
			t.Errorf("the plan has %q:\n%s", found, plan)
		}
	}
}

// TestAgentsPlan holds that "who can see this" finds the agents without walking
// the requesters.
func TestAgentsPlan(t *testing.T) {
	t.Parallel()
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			db := openJobDB(t, engine, Options{Relaxed: true})
			fillPlans(t, db)
			var st sqlText
			st.add(activeAgents, 1, 0, 500)
			wants(t, explain(t, db, &st), []string{`people_name`}, `people_key|people_pkey|PRIMARY KEY`, `Seq Scan`)
		})
	}
}

// TestTicketPlan holds that "may the viewer see ticket n" starts from the
// ticket's number and looks at the shares of that ticket alone, on a desk with
// many shares and on one with few.
func TestTicketPlan(t *testing.T) {
	t.Parallel()
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			db := openJobDB(t, engine, Options{Relaxed: true})
			fillPlans(t, db)
			checkTicketPlan(t, db)
			planExec(t, db, `DELETE FROM shares WHERE ticket_id > 250`)
			analysePlans(t, db)
			checkTicketPlan(t, db)
		})
	}
}

func checkTicketPlan(t *testing.T, db *DB) {
	t.Helper()
	for _, v := range []*access.Viewer{planEverything, planGroups, planRestricted, planRequester} {
		var st sqlText
		st.add(`SELECT b.id FROM tickets b WHERE b.account_id = ? AND b.number = ? AND `, v.Account(), 17)
		st.oneTicket(v.Scope(access.See, access.Open), planNow)
		wants(t, explain(t, db, &st), []string{`tickets_number`, `shares_ticket|shares_history`},
			`shares_upd|shares_created|tickets_assignee|tickets_requester`, `SCAN [^upn]`, `Seq Scan`, `Bitmap`)
	}
	var details sqlText
	details.add(ticketDetails, 1, 17, 1, 17, 1, 17, 1, 17, 1, 17)
	wants(t, explain(t, db, &details), nil, `SCAN [^upn]`, `SEARCH g USING [^(]*\(account_id=\?\)`) // every tag of the account
}

// checkStatements compares the statements of all lists with a file, so that a
// change of one is seen in review.
func checkStatements(t *testing.T, db *DB) {
	t.Helper()
	var b strings.Builder
	for _, c := range planCases {
		p := planOf(t, db, c.viewer, c.query)
		b.WriteString("-- " + c.name + ", page 2\n" + folded(p.render(&db.dialect, planAfter, 26).String()) + "\n\n")
		if p.way.Kind == wayPage {
			var st sqlText
			st.count(&db.dialect, p.scope, p.walk, p.states, CountBound+1, planNow)
			b.WriteString("-- " + c.name + ", count\n" + folded(st.String()) + "\n\n")
		}
	}
	compareStatements(t, b.String(), "lists."+db.dialect.name+".sql")
}

// folded breaks a statement into lines and names the parts that all have.
func folded(text string) string {
	const people = "JOIN people r ON r.account_id = t.account_id AND r.id = t.requester_id\nLEFT JOIN people a ON a.account_id = t.account_id AND a.id = t.assignee_id"
	return strings.NewReplacer(rowColumns+`, `+rowShares+`, r.name, r.address, r.active, a.name, a.address, a.active`, `[columns]`, people, `[people]`,
		` FROM (`, "\nFROM (", ` UNION ALL `, "\n  UNION ALL ", `) u `, "\n) u ", `) p `, "\n) p ").Replace(text)
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
	const (
		at     = `1700000000000000 + i * 1000000`
		state  = `CASE i / 50 % 40 WHEN 0 THEN 1 WHEN 10 THEN 1 WHEN 20 THEN 1 WHEN 30 THEN 1 WHEN 1 THEN 2 WHEN 2 THEN 3 ELSE 0 END`
		person = `CASE WHEN i % 4 = 0 THEN i % 1000 + 201 ELSE i % 200 + 1 END`
		terms  = `'view', 0, 0, 0, 0, 'person', i % 200 + 1, ` + at + `, ` + state + `, ` + at
		flags  = `level, see_internal, reply_public, forward, can_reshare, cause_kind, created_by, created_at, ticket_list_state, ticket_updated_at`
	)
	for _, rows := range []struct {
		n             int
		into, columns string
	}{
		{2, `accounts (id, slug, name, base_url, edition, created_at)`, `i, 'a' || i, 'A', 'https://a.example', 'community', 1`},
		{1, `brands (id, account_id, name, name_folded, created_at)`, `i, 1, 'B', 'b', 1`},
		{10, `groups (id, account_id, name, name_folded, created_at)`, `i, 1, 'g' || i, 'g' || i, 1`},
		{5, `inboxes (id, account_id, brand_id, name, address, address_folded, created_at)`, `i, 1, 1, 'i' || i, 'i' || i || '@x', 'i' || i || '@x', 1`},
		{1200, `people (id, account_id, kind, name, name_folded, address, created_at, updated_at)`,
			`i, 1, CASE WHEN i <= 200 THEN 'agent' ELSE 'requester' END, 'p' || i, 'p' || i, 'p' || i || '@x', 1, 1`},
		{20_000, `tickets (id, account_id, number, subject, status, list_state, inbox_id, group_id, assignee_id, requester_id, via, created_at, updated_at)`,
			`i, 1, i, 's', 'open', ` + state + `, i % 5 + 1, CASE WHEN i % 7 = 0 THEN NULL ELSE i / 5 % 10 + 1 END,
CASE WHEN i % 3 = 0 THEN NULL ELSE i % 200 + 1 END, i % 1000 + 201, 'api', ` + at + `, 1700000000000000 + i * 7919 % 20000 * 1000000`},
		{5000, `ticket_ccs (account_id, ticket_id, person_id, ticket_list_state, ticket_updated_at)`, `1, i, i % 1000 + 201, ` + state + `, ` + at},
		{4000, `shares (account_id, ticket_id, target_kind, target_id, person_id, ` + flags + `)`,
			`1, i, CASE WHEN i % 4 = 0 THEN 'requester' ELSE 'agent' END, ` + person + `, ` + person + `, ` + terms},
		{6000, `shares (account_id, ticket_id, target_kind, target_id, group_id, expires_at, ` + flags + `)`,
			`1, i, 'group', i % 10 + 1, i % 10 + 1, CASE WHEN i % 2 = 0 THEN NULL ELSE i END, ` + terms},
		{700, `public_links (account_id, ticket_id, level, secret_hash, created_by, created_at)`,
			`1, i, 'view', substr('1` + strings.Repeat("0", 63) + `', 1, 64 - length(cast(i AS text))) || i, 1, 1`},
	} {
		planExec(t, db, `INSERT INTO `+rows.into+` SELECT `+rows.columns+` FROM (
WITH RECURSIVE n(i) AS (SELECT CAST(1 AS BIGINT) UNION ALL SELECT i + 1 FROM n WHERE i < `+strconv.Itoa(rows.n)+`) SELECT i FROM n) n`)
	}
	planExec(t, db, `INSERT INTO shares (account_id, ticket_id, target_kind, target_id, person_id, ended_at, `+flags+`)
SELECT account_id, ticket_id, target_kind, target_id, person_id, created_at + 1000000, `+flags+` FROM shares WHERE target_kind = 'agent'`)
	analysePlans(t, db)
}

func analysePlans(t *testing.T, db *DB) {
	t.Helper()
	if db.dialect.name == "sqlite" {
		planExec(t, db, `ANALYZE`)
		return
	}
	// Statistics, and which rows all can see: without, index-only scans look dear.
	if _, err := db.pool.ExecContext(t.Context(), `VACUUM (ANALYZE)`); err != nil {
		t.Fatal(err)
	}
}

func planExec(t *testing.T, db *DB, statement string) {
	t.Helper()
	if err := db.Write(t.Context(), Urgent, func(tx *Tx) error { _, err := tx.exec(statement); return err }); err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
}
