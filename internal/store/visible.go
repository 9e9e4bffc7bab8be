package store

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
)

// This file alone renders an access.Scope to SQL, in three forms: a condition
// on one ticket, a page of a list, and a bounded count. Aliases: b is a ticket,
// s a share, x a CC. Kinds and states are literals, never parameters: a text
// parameter makes SQLite plan a statement anew at every run, and a partial
// index is used only for a literal.

// sqlText collects a statement and its arguments in the order of their marks.
type sqlText struct {
	strings.Builder
	args []any
}

func (t *sqlText) add(text string, args ...any) {
	t.WriteString(text)
	t.args = append(t.args, args...)
}

func (t *sqlText) in(column string, ids []int64) {
	t.add(column+" IN ("+marks(len(ids))+")", padded(ids)...)
}

// liveShare is the condition that a share s admits now.
func (t *sqlText) liveShare(now dm.Time) {
	if access.Fault("sql expiry") {
		now = 0
	}
	if !access.Fault("sql ended share") {
		t.add(`s.ended_at IS NULL AND `)
	}
	t.add(`(s.expires_at IS NULL OR s.expires_at > ?)`, int64(now))
}

// oneTicket renders the scope as a condition on ticket b. Spam opens through
// reach and assignment, a deleted ticket only for who may restore it, and
// neither through a share.
func (t *sqlText) oneTicket(scope access.Scope, now dm.Time) {
	if !scope.Admits() {
		t.add(`1 = 0`)
		return
	}
	highest := `2`
	if scope.Trashed() {
		highest = `3`
	}
	if l := scope.Link(); l != nil {
		t.add(`(b.id = ? AND b.list_state <= 1 AND b.private = 0 AND `, l.Ticket)
		t.in(`b.inbox_id + 0`, nonZero(l.Inboxes))
		t.add(` AND `)
		t.oneTicket(l.Maker, now)
		t.add(`)`)
		return
	}
	if p := scope.Partner(); p != nil {
		t.add(`(b.id = ? AND b.list_state <= 1`, p.Ticket)
		if p.NotPrivate {
			t.add(` AND b.private = 0`)
		}
		t.add(`)`)
		return
	}
	t.add(`(`)
	if r := scope.Reach(); r != nil {
		t.add(`(b.list_state <= ` + highest + ` AND `)
		t.reach(r)
		t.add(`) OR `)
	}
	var agents, groups, requesters []int64
	internal := false
	for _, br := range scope.Branches() {
		switch br.Kind {
		case access.BranchAssignee:
			t.add(`(b.list_state <= `+highest+` AND b.assignee_id + 0 = ?) OR `, br.Person)
		case access.BranchRequester:
			t.add(`(b.list_state <= 1 AND b.requester_id + 0 = ?`, br.Person)
			t.notPrivate(br)
			t.add(`) OR `)
		case access.BranchCC:
			t.add(`(b.list_state <= 1 AND (SELECT 1 FROM ticket_ccs x WHERE x.account_id = b.account_id AND x.ticket_id = b.id AND x.person_id = ? LIMIT 1) = 1`, br.Person)
			t.notPrivate(br)
			t.add(`) OR `)
		case access.BranchDepartment:
			t.add(`(b.list_state <= 1 AND b.department_id + 0 = ?`, br.Department)
			t.notPrivate(br)
			t.changes(br)
			t.add(`) OR `)
		case access.BranchShare:
			internal = br.Internal
			switch br.Target.Kind {
			case dm.TargetAgent:
				agents = append(agents, br.Target.ID)
			case dm.TargetGroup:
				groups = append(groups, br.Target.ID)
			case dm.TargetRequester:
				requesters = append(requesters, br.Target.ID)
			}
		}
	}
	t.sharedOne(`agent`, agents, internal, false, now)
	t.sharedOne(`group`, groups, internal, false, now)
	t.sharedOne(`requester`, requesters, internal, true, now)
	t.add(`1 = 0)`)
}

func (t *sqlText) notPrivate(br access.Branch) {
	if br.NotPrivate && !access.Fault("sql private") {
		t.add(` AND b.private = 0`)
	}
}

// changes narrows a department's branch to its changes, or to the others.
func (t *sqlText) changes(br access.Branch) {
	switch {
	case access.Fault("sql changes"):
	case br.Changes == access.OnlyChanges:
		t.add(` AND b.type = 'change'`)
	case br.Changes == access.WithoutChanges:
		t.add(` AND b.type <> 'change'`)
	}
}

// sharedOne is the part of oneTicket for shares with one kind of target. The
// target's columns are hidden from the planner, which must start from the ticket
// and not walk all shares of the kind.
func (t *sqlText) sharedOne(kind string, ids []int64, internal, notPrivate bool, now dm.Time) {
	if len(ids) == 0 {
		return
	}
	t.add(`(b.list_state <= 1 AND (SELECT 1 FROM shares s WHERE s.account_id = b.account_id AND s.ticket_id = b.id AND s.target_kind || '' = '` + kind + `' AND `)
	t.in(`s.target_id + 0`, ids)
	t.add(` AND `)
	t.liveShare(now)
	if internal && !access.Fault("sql internal") {
		t.add(` AND s.see_internal = 1 AND s.by_requester = 0`)
	}
	t.add(` LIMIT 1) = 1`)
	if notPrivate {
		t.add(` AND b.private = 0`)
	}
	t.add(`) OR `)
}

// reach renders an agent's reach on ticket b, over columns the planner cannot
// use: it is a check on rows found otherwise.
func (t *sqlText) reach(r *access.ReachCondition) {
	t.add(`(`)
	if r.Every {
		t.add(`1 = 1`)
	} else {
		t.in(`b.inbox_id + 0`, r.Inboxes)
	}
	if r.Grouped {
		t.add(` AND `)
		t.in(`coalesce(b.group_id, 0)`, nonZero(r.Groups))
	}
	if r.NotPrivate {
		t.add(` AND b.private = 0`)
	}
	t.add(`)`)
}

// nonZero replaces an empty list by one that matches nothing: 0 stands for "no
// group", so it must not be the filler here.
func nonZero(ids []int64) []int64 {
	if len(ids) == 0 {
		return []int64{-1}
	}
	return ids
}

// listOrder is the order of a list.
type listOrder struct {
	Key  listKey
	Desc bool
}

type listKey int

const (
	byUpdated listKey = iota
	byCreated
	bySharedAt // shares only: when the ticket was shared
	byUnshared // ended shares only: when the ticket was unshared
)

func (o listOrder) word() string {
	if o.Desc {
		return `DESC`
	}
	return `ASC`
}

// column names the order key of an arm over tickets, shares or CCs.
func (o listOrder) column(kind access.BranchKind) (key, id string) {
	switch {
	case o.Key == bySharedAt:
		return `s.created_at`, `s.id`
	case o.Key == byCreated && (kind == access.BranchRequester || kind == access.BranchDepartment):
		// No index orders a requester's or a department's tickets by when they were
		// made: the column is hidden, or the planner walks everybody's in that order.
		return `b.created_at + 0`, `b.id`
	case o.Key == byCreated:
		return `b.created_at`, `b.id`
	case kind == access.BranchShare:
		return `s.ticket_updated_at`, `s.ticket_id`
	case kind == access.BranchCC:
		return `x.ticket_updated_at`, `x.ticket_id`
	}
	return `b.updated_at`, `b.id`
}

// mark is the place after which a page goes on: the last row's key and id.
type mark struct{ Key, ID int64 }

// armStates gives the conditions on the list state, one for each arm of a
// branch. Every index leads with the state, but for that of the share's own
// time: there one arm takes all states and names those it leaves out, which
// attracts no planner to another index.
func (o listOrder) armStates(states []dm.ListState) []string {
	var arms, others []string
	for s := dm.ListDone; s <= dm.ListDeleted; s++ {
		if !slices.Contains(states, s) {
			others = append(others, fmt.Sprintf(` <> %d`, s))
		}
	}
	if o.Key == bySharedAt {
		return []string{strings.Join(others, ` AND s.ticket_list_state`)}
	}
	for _, s := range states {
		arms = append(arms, fmt.Sprintf(` = %d`, s))
	}
	return arms
}

// arm renders one branch in one list state: equality on an index prefix, then
// the place to go on from. It yields k0 (the key), id (the ticket) and, ordered
// by the share's time, sid.
func (t *sqlText) arm(account int64, br access.Branch, state string, o listOrder, after *mark, now dm.Time, what string) {
	key, id := o.column(br.Kind)
	t.add(strings.NewReplacer(`{key}`, key, `{id}`, id).Replace(what))
	t.add(br2from(br, o))
	switch br.Kind {
	case access.BranchAll:
		t.add(` WHERE b.account_id = ? AND b.list_state`+state, account)
	case access.BranchInbox:
		t.add(` WHERE b.account_id = ? AND b.inbox_id = ? AND b.list_state`+state, account, br.Inbox)
	case access.BranchPair:
		group := ` AND b.group_id = ?`
		if access.Fault("sql pair group") {
			group = ` AND b.group_id >= ?`
		}
		t.add(` WHERE b.account_id = ? AND b.inbox_id = ?`+group+` AND b.list_state`+state, account, br.Inbox, br.Group)
	case access.BranchAssignee:
		t.add(` WHERE b.account_id = ? AND b.assignee_id = ? AND b.list_state`+state, account, br.Person)
	case access.BranchRequester:
		t.add(` WHERE b.account_id = ? AND b.requester_id = ? AND b.list_state`+state, account, br.Person)
		t.notPrivate(br)
	case access.BranchDepartment:
		t.add(` WHERE b.account_id = ? AND b.department_id = ? AND b.department_id IS NOT NULL AND b.list_state`+state, account, br.Department)
		t.notPrivate(br)
		t.changes(br)
	case access.BranchCC:
		t.add(` WHERE x.account_id = ? AND x.person_id = ? AND x.ticket_list_state`+state, account, br.Person)
		t.notPrivate(br)
	case access.BranchShare:
		t.add(` WHERE s.account_id = ? AND s.target_kind = '`+string(br.Target.Kind)+`' AND s.target_id = ? AND s.ticket_list_state`+state+` AND `, account, br.Target.ID)
		t.liveShare(now)
		t.notPrivate(br)
	}
	if br.Unassigned {
		t.add(` AND b.assignee_id IS NULL`)
	}
	if after != nil {
		sign := ` > `
		if o.Desc {
			sign = ` < `
		}
		t.add(` AND (`+key+`, `+id+`)`+sign+`(?, ?)`, after.Key, after.ID)
	}
}

// br2from names the tables of an arm: shares alone, unless the ticket has to be
// looked at too.
func br2from(br access.Branch, o listOrder) string {
	switch br.Kind {
	case access.BranchShare:
		if br.NotPrivate || o.Key == byCreated {
			return ` FROM shares s JOIN tickets b ON b.account_id = s.account_id AND b.id = s.ticket_id`
		}
		return ` FROM shares s`
	case access.BranchCC:
		return ` FROM ticket_ccs x JOIN tickets b ON b.account_id = x.account_id AND b.id = x.ticket_id`
	}
	return ` FROM tickets b`
}

// pageKeys renders the keys and ids of one page or window: the branches' arms
// in order, merged, without duplicates, cut at limit. Its columns are k0 and
// id; ordered by the share's time, id is the ticket and sid the share.
//
// The branches are those of the scope or narrower, or others that the list walks
// instead: then each row must pass admitted.
func (t *sqlText) pageKeys(scope access.Scope, branches []access.Branch, states []dm.ListState, o listOrder, after *mark, limit int, now dm.Time, ordered bool) {
	branches = padBranches(branches)
	overlap := overlaps(branches)
	what := `SELECT {key} AS k0, {id} AS id`
	tie, columns := `id`, `DISTINCT k0, id`
	if o.Key == bySharedAt {
		// A ticket comes once as it is: newestShare leaves its other shares out.
		what = `SELECT {key} AS k0, s.ticket_id AS id, s.id AS sid`
		tie, columns = `sid`, `k0, id, sid`
	}
	order := ` ORDER BY k0 ` + o.word() + `, ` + tie + ` ` + o.word()
	t.add(`SELECT ` + columns + ` FROM (`)
	n := 0
	for _, br := range branches {
		for _, state := range o.armStates(states) {
			if n > 0 {
				t.add(` UNION ALL `)
			}
			if ordered {
				t.add(`SELECT * FROM (`)
			}
			t.arm(scope.Account(), br, state, o, after, now, what)
			if o.Key == bySharedAt {
				t.newestShare(scope, now)
			}
			if ordered {
				key, id := o.column(br.Kind)
				t.add(` ORDER BY ` + key + ` ` + o.word() + `, ` + id + ` ` + o.word() + ` LIMIT ` + strconv.Itoa(limit) + `) n` + strconv.Itoa(n))
			}
			n++
		}
	}
	if !ordered {
		t.add(order + ` LIMIT ` + strconv.Itoa(limit*overlap))
	}
	t.add(`) u` + order + ` LIMIT ` + strconv.Itoa(limit))
}

// newestShare keeps one row of a ticket that is shared with several of the
// viewer's groups: the newest share.
func (t *sqlText) newestShare(scope access.Scope, now dm.Time) {
	var groups []int64
	for _, br := range scope.Branches() {
		if br.Target.Kind == dm.TargetGroup {
			groups = append(groups, br.Target.ID)
		}
	}
	if len(groups) < 2 || access.Fault("sql newest share") {
		return
	}
	t.add(` AND (SELECT 1 FROM shares o WHERE o.account_id = s.account_id AND o.ticket_id = s.ticket_id AND o.target_kind = 'group' AND `)
	t.in(`o.target_id + 0`, groups)
	t.add(` AND o.ended_at IS NULL AND (o.expires_at IS NULL OR o.expires_at > ?) AND (o.created_at + 0, o.id) > (s.created_at, s.id) LIMIT 1) IS DISTINCT FROM 1`, int64(now))
}

// count renders a bounded count of the tickets in some branches, which are those
// of the scope or narrower, in the given states. The arms of reach cannot overlap
// but for the own assignment, which comes last and leaves the reach out; shares
// overlap freely and are made distinct.
func (t *sqlText) count(d *dialect, scope access.Scope, branches []access.Branch, states []dm.ListState, bound int, now dm.Time) {
	limit := ` LIMIT ` + strconv.Itoa(bound)
	distinct := slices.ContainsFunc(branches, func(br access.Branch) bool {
		return br.Kind == access.BranchShare || br.Kind == access.BranchCC || br.Kind == access.BranchRequester || br.Kind == access.BranchDepartment
	})
	t.add(`SELECT COUNT(*) FROM (SELECT `)
	if distinct {
		t.add(`DISTINCT `)
	}
	t.add(`id FROM (`)
	n := 0
	arm := func(render func()) {
		if n > 0 {
			t.add(` UNION ALL `)
		}
		render()
		n++
	}
	o := listOrder{Key: byUpdated, Desc: true}
	many, branches := d.bundles(branches)
	for _, same := range many {
		for _, state := range o.armStates(states) {
			arm(func() { t.bundle(scope.Account(), same, state, limit, now) })
		}
	}
	for _, br := range padBranches(branches) {
		for _, state := range o.armStates(states) {
			arm(func() {
				if distinct {
					t.add(`SELECT * FROM (`)
				}
				t.arm(scope.Account(), br, state, o, nil, now, `SELECT {id} AS id`)
				if br.Kind == access.BranchAssignee && scope.Reach() != nil && !access.Fault("sql counted twice") {
					t.add(` AND NOT `)
					t.reach(scope.Reach())
				}
				if distinct {
					t.add(limit + `) n` + strconv.Itoa(n))
				}
			})
		}
	}
	t.add(`) u` + limit + `) c`)
}

// bundle renders the arms of many branches that differ only by their ids as one:
// PostgreSQL looks each of them up in the index, and plans one arm instead of a
// hundred.
func (t *sqlText) bundle(account int64, same []access.Branch, state, limit string, now dm.Time) {
	var inboxes, groups, targets []int64
	for _, br := range same {
		inboxes, groups, targets = append(inboxes, br.Inbox), append(groups, br.Group), append(targets, br.Target.ID)
	}
	if same[0].Kind == access.BranchPair {
		t.add(`SELECT x.id FROM unnest(?::bigint[], ?::bigint[]) g(inbox, team) CROSS JOIN LATERAL (SELECT b.id FROM tickets b
WHERE b.account_id = ? AND b.inbox_id = g.inbox AND b.group_id = g.team AND b.list_state`+state, inboxes, groups, account)
		if same[0].Unassigned {
			t.add(` AND b.assignee_id IS NULL`)
		}
	} else {
		t.add(`SELECT x.id FROM unnest(?::bigint[]) g(team) CROSS JOIN LATERAL (SELECT s.ticket_id AS id FROM shares s
WHERE s.account_id = ? AND s.target_kind = 'group' AND s.target_id = g.team AND s.ticket_list_state`+state+` AND `, targets, account)
		t.liveShare(now)
	}
	t.add(limit + `) x`)
}

// joint is a way into a list that its filter opens: live shares with these
// agents and groups, which are the viewer and their own, made by one of by where
// that is not nil.
type joint struct{ agents, groups, by []int64 }

// admitted renders whether the plan's list may show ticket b, wherever it was
// found: the state, the scope or a joint, and what the view asks beyond.
func (t *sqlText) admitted(p *listPlan, now dm.Time) {
	t.add(`b.list_state + 0 IN (`)
	for i, s := range p.states {
		if i > 0 {
			t.add(`, `)
		}
		t.add(strconv.Itoa(int(s)))
	}
	t.add(`) AND (`)
	if access.Fault("filter walks out") {
		t.add(`1 = 1 OR `)
	}
	t.oneTicket(p.scope, now)
	for i := range p.joined {
		t.add(` OR (b.list_state <= 1 AND (`)
		t.joint(`agent`, p.joined[i].agents, p.joined[i].by, now)
		t.joint(`group`, p.joined[i].groups, p.joined[i].by, now)
		t.add(`1 = 0))`)
	}
	t.add(`)`)
	if p.unassigned {
		t.add(` AND b.assignee_id IS NULL`)
	}
	if p.byMe != 0 {
		t.add(` AND b.share_count > 0 AND coalesce((SELECT 1 FROM shares s WHERE s.account_id = b.account_id AND s.ticket_id = b.id AND s.created_by + 0 = ? AND `, p.byMe)
		t.liveShare(now)
		t.add(` LIMIT 1), 0) = 1`)
	}
}

// joint renders the shares with one kind of target, and " OR " after them.
func (t *sqlText) joint(kind string, ids, by []int64, now dm.Time) {
	if len(ids) == 0 {
		return
	}
	t.add(`coalesce((SELECT 1 FROM shares s WHERE s.account_id = b.account_id AND s.ticket_id = b.id AND s.target_kind || '' = '` + kind + `' AND `)
	t.in(`s.target_id + 0`, ids)
	if by != nil {
		t.add(` AND `)
		t.in(`s.created_by + 0`, nonZero(by))
	}
	t.add(` AND `)
	t.liveShare(now)
	t.add(` LIMIT 1), 0) = 1 OR `)
}
