package store

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
)

// filterPlan is a filtered list, the way that must be chosen for it and the
// indexes it must use.
type filterPlan struct {
	name    string
	viewer  *access.Viewer
	filter  string
	sort    string
	way     wayKind
	indexes []string
}

const (
	planOpen   = `{"field":"status","op":"in","value":["new","open"]}`
	tagIndex   = `ticket_tags_(ticket|pkey)|SEARCH [gd] USING PRIMARY KEY`
	planCommon = `{"field":"tags","op":"has_any","value":["common"]}`
)

var filterPlans = []filterPlan{
	{name: "broad", viewer: planGroups, filter: `{"all":[` + planOpen + `,{"field":"priority","op":"in","value":["normal"]},` + planCommon + `,{"field":"private","op":"is","value":false}]}`,
		way: wayWindows, indexes: []string{"tickets_pair_upd", tagIndex}},
	{name: "broad-by-created", viewer: planGroups, filter: planCommon, sort: "-created", way: wayWindows, indexes: []string{"tickets_pair_created", tagIndex}},
	{name: "broad-everything", viewer: planEverything, filter: planCommon, way: wayWindows, indexes: []string{"tickets_all_upd"}},
	{name: "inbox-narrows", viewer: planEverything, filter: `{"field":"inbox","op":"is","value":3}`, way: wayWindows, indexes: []string{"tickets_inbox_upd"}},
	{name: "group-narrows", viewer: planEverything, filter: `{"all":[{"field":"inbox","op":"in","value":[1,2]},{"field":"group","op":"is","value":2}]}`, way: wayWindows, indexes: []string{"tickets_pair_upd"}},
	{name: "rare-tag", viewer: planGroups, filter: `{"all":[` + planOpen + `,{"field":"tags","op":"has_all","value":["rare"]}]}`, way: wayFirst, indexes: []string{tagIndex}},
	{name: "requester", viewer: planGroups, filter: `{"field":"requester","op":"is","value":210}`, way: wayFirst, indexes: []string{"tickets_requester_upd"}},
	{name: "created", viewer: planGroups, filter: `{"field":"created","op":"after","value":"2023-11-15T03:40:00Z"}`, way: wayFirst, indexes: []string{"tickets_all_created"}},
	{name: "number", viewer: planGroups, filter: `{"field":"number","op":"in","value":[17,18]}`, sort: "number", way: wayFirst, indexes: []string{"tickets_number"}},
	{name: "shared-with-agent", viewer: planGroups, filter: `{"field":"shared_with_agent","op":"is","value":7}`, way: wayFirst, indexes: []string{"shares_(upd|created)"}},
	{name: "expires", viewer: planGroups, filter: `{"field":"share_expires","op":"within_next","value":{"days":1}}`, way: wayFirst, indexes: []string{"shares_(ending|expiry)"}},
	{name: "assignees", viewer: planInboxes, filter: `{"field":"assignee","op":"in","value":[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16]}`, way: wayWalk, indexes: []string{"tickets_assignee_upd"}},
	{name: "assignees-by-created", viewer: planInboxes, filter: `{"field":"assignee","op":"in","value":[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16]}`, sort: "created", way: wayWalk, indexes: []string{"tickets_assignee_created"}},
	{name: "shared-with-groups", viewer: planInboxes, filter: `{"field":"shared_with_group","op":"in","value":[1,3,5,7]}`, way: wayWalk, indexes: []string{"shares_upd"}},
	{name: "has-link", viewer: planGroups, filter: `{"field":"has_link","op":"is","value":true}`, way: wayFirst, indexes: []string{"public_links_(live|ticket)"}},
	{name: "has-no-link", viewer: planGroups, filter: `{"field":"has_link","op":"is","value":false}`, way: wayWindows, indexes: []string{"tickets_pair_upd", "public_links_(live|ticket)"}},
	{name: "is-shared", viewer: planGroups, filter: `{"field":"is_shared","op":"is","value":true}`, way: wayWindows, indexes: []string{"tickets_pair_upd", "shares_upd", "shares_(ticket|history)"}},
}

// TestFilterPlans holds which way a filter goes, that its statements start from
// the index meant for it and read no table whole, and their texts.
func TestFilterPlans(t *testing.T) {
	t.Parallel()
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			db := openJobDB(t, engine, Options{Relaxed: true})
			fillPlans(t, db)
			fillFilterPlans(t, db)
			var b strings.Builder
			for i := range filterPlans {
				c := &filterPlans[i]
				t.Run(c.name, func(t *testing.T) { c.check(t, db, &b) })
			}
			compareStatements(t, b.String(), "filters."+engine+".sql")
		})
	}
}

// fillFilterPlans adds tags, and which groups have tickets in which inbox.
func fillFilterPlans(t *testing.T, db *DB) {
	t.Helper()
	planExec(t, db, `INSERT INTO tags (id, account_id, name) VALUES (1, 1, 'common'), (2, 1, 'rare')`)
	planExec(t, db, `INSERT INTO ticket_tags (account_id, tag_id, ticket_id) SELECT 1, 1, id FROM tickets WHERE id % 3 = 0`)
	planExec(t, db, `INSERT INTO ticket_tags (account_id, tag_id, ticket_id) SELECT 1, 2, id FROM tickets WHERE id % 1000 = 0`)
	planExec(t, db, `INSERT INTO inbox_groups (account_id, inbox_id, group_id) SELECT DISTINCT account_id, inbox_id, group_id FROM tickets WHERE group_id IS NOT NULL`)
	planExec(t, db, `UPDATE shares SET expires_at = NULL WHERE target_kind = 'group' AND ticket_id % 4 = 0`)
	analysePlans(t, db)
}

func (c *filterPlan) check(t *testing.T, db *DB, b *strings.Builder) {
	filter, err := dm.ParseCondition([]byte(c.filter))
	if err != nil {
		t.Fatal(err)
	}
	p := planOf(t, db, c.viewer, ListQuery{View: ViewAll, Filter: filter, Sort: c.sort})
	if p.way.Kind != c.way {
		t.Errorf("the way is %q, not %q", p.way.Kind, c.way)
	}
	never := []string{`SCAN [bsxdt]\b`, `AUTOMATIC`, `Seq Scan on (shares|ticket_tags|messages)`}
	if c.way != wayFirst {
		// A driver's rows may be so many that PostgreSQL reads this small table whole.
		never = append(never, `Seq Scan on tickets`)
	}
	for _, after := range []*mark{nil, planAfter} {
		wants(t, explain(t, db, p.render(&db.dialect, after, 26)), c.indexes, never...)
	}
	b.WriteString("-- " + c.name + ", page 2\n" + folded(p.render(&db.dialect, planAfter, 26).String()) + "\n\n")
}

// compareStatements compares statements with a file of testdata/sql, so that a
// change of one is seen in review.
func compareStatements(t *testing.T, got, name string) {
	t.Helper()
	file := filepath.Join("testdata", "sql", name)
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("the statements differ from %s; if they are meant to, run the test with -update (-want +got):\n%s", file, diff)
	}
}
