package store

import (
	"database/sql"
	"encoding/base64"
	"fmt"
	"slices"
	"strconv"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
)

// View names a list of tickets.
type View string

// The views. The Spam and Deleted views show what no other list does.
const (
	ViewAll            View = "all"
	ViewMine           View = "mine"
	ViewUnassigned     View = "unassigned"
	ViewSharedWithMe   View = "shared-with-me"
	ViewSharedWithMine View = "shared-with-my-groups"
	ViewSharedByMe     View = "shared-by-me"
	ViewSpam           View = "spam"
	ViewDeleted        View = "deleted"
	ViewUnshared       View = "recently-unshared" // for those who manage shares
)

// Views is every view.
var Views = []View{ViewAll, ViewMine, ViewUnassigned, ViewSharedWithMe, ViewSharedWithMine, ViewSharedByMe, ViewSpam, ViewDeleted, ViewUnshared}

// ListQuery asks for one page of a view.
type ListQuery struct {
	View  View
	State string // "open", "done" or "" for both
	// Sort is "updated", "created", "number" (the order of filing) or, in the
	// views of shares with oneself, "shared"; a leading "-" turns it round. ""
	// is "-updated".
	Sort   string
	Cursor string
	Limit  int
	// Filter narrows the view.
	Filter dm.Condition
	// CountBound is the largest number that counting gives; 0 takes CountBound.
	CountBound int
}

// TicketRow is a ticket as lists show it.
type TicketRow struct {
	dm.Ticket
	Requester dm.PersonRef
	Assignee  dm.PersonRef
}

// listPlan is how one view is read.
type listPlan struct {
	scope  access.Scope
	states []dm.ListState
	order  listOrder
	// outer is a condition on t that no index prefix serves; the list then walks
	// windows of windowRows and may give short pages.
	outer string
	// byMe reads the shares that the viewer made.
	byMe int64
	// unshared reads the shares that ended lately.
	unshared bool
}

// walked says that the list walks shares and checks the scope on each ticket.
func (p *listPlan) walked() bool { return p.byMe != 0 || p.unshared }

// byShare says that the rows of the list are shares, one for each ticket.
func (p *listPlan) byShare() bool { return p.order.Key == bySharedAt || p.unshared }

const (
	windowRows = 200
	maxWindows = 10
	// CountBound is the largest number a count gives; above it says "more".
	CountBound = 1000
)

// plan turns a view into scope, states and order. It is the only place where a
// list's plan is chosen.
func plan(v *access.Viewer, q ListQuery) (*listPlan, error) {
	p := &listPlan{}
	switch q.State {
	case "":
		p.states = []dm.ListState{dm.ListOpen, dm.ListDone}
	case "open":
		p.states = []dm.ListState{dm.ListOpen}
	case "done":
		p.states = []dm.ListState{dm.ListDone}
	default:
		return nil, dm.BadField("state", "The state is open or done.")
	}
	if access.Fault("sql state") {
		p.states = append(p.states, dm.ListDeleted)
	}
	switch q.View {
	case ViewAll, "":
		p.scope = v.Scope(access.See, access.Listed)
		if v.IsRequester() && !access.Fault("requester's shares") {
			// Requesters find their shares among the others.
			p.scope = v.Scope(access.See, access.Open)
		}
	case ViewMine:
		p.scope = v.Mine()
	case ViewUnassigned:
		p.scope = v.Scope(access.See, access.Listed)
		p.outer = `t.assignee_id IS NULL`
	case ViewSharedWithMe:
		p.scope = v.Scope(access.See, access.SharedWithMe)
	case ViewSharedWithMine:
		p.scope = v.Scope(access.See, access.SharedWithMyGroups)
	case ViewSharedByMe:
		p.scope, p.byMe = v.Scope(access.See, access.Listed), v.Person()
	case ViewSpam:
		p.scope, p.states = v.Scope(access.See, access.Listed), []dm.ListState{dm.ListSpam}
	case ViewDeleted:
		p.scope, p.states = v.Scope(access.SeeTrashed, access.Listed), []dm.ListState{dm.ListDeleted}
	case ViewUnshared:
		p.planUnshared(v)
	default:
		return nil, dm.BadField("view", "There is no such view.")
	}
	if !v.IsAgent() && (q.View == ViewSpam || q.View == ViewDeleted || q.View == ViewUnassigned || q.View == ViewSharedByMe) {
		p.scope = access.Scope{}
	}
	return p, p.sort(q)
}

func (p *listPlan) sort(q ListQuery) error {
	key := q.Sort
	if p.unshared {
		return p.sortUnshared(key)
	}
	if key == "" {
		key = "-updated"
	}
	if key[0] == '-' {
		p.order.Desc, key = true, key[1:]
	}
	shared := q.View == ViewSharedWithMe || q.View == ViewSharedWithMine
	switch {
	case key == "updated":
		p.order.Key = byUpdated
	case (key == "created" || key == "number") && !shared && p.byMe == 0:
		p.order.Key = byCreated
	case key == "shared" && shared:
		p.order.Key = bySharedAt
	case key == "created" || key == "number" || key == "shared":
		return dm.BadField("sort", "This view cannot be sorted that way.")
	default:
		return dm.BadField("sort", "Lists sort by updated, created or number, and the shared views by updated or shared.")
	}
	return nil
}

// Tickets gives one page of a view. A page may hold fewer rows than asked for
// while next is not "".
func (tx *Tx) Tickets(v *access.Viewer, q ListQuery) (list []TicketRow, next string, err error) {
	p, err := plan(v, q)
	if err != nil {
		return nil, "", err
	}
	after, err := p.readCursor(q.Cursor)
	if err != nil {
		return nil, "", err
	}
	if !p.scope.Admits() {
		return nil, "", nil
	}
	if q.Limit < 1 {
		q.Limit = 25
	}
	if p.outer == "" && !p.walked() {
		page, err := tx.listWindow(p, after, q.Limit+1)
		if err != nil {
			return nil, "", err
		}
		if len(page.rows) > q.Limit {
			page.rows = page.rows[:q.Limit]
			next = p.cursor(page.marks[q.Limit-1])
		}
		return page.rows, next, tx.listTags(v.Account(), page.rows)
	}
	list, next, err = tx.listWindows(p, after, q.Limit)
	if err != nil {
		return nil, "", err
	}
	return list, next, tx.listTags(v.Account(), list)
}

// listWindows fills a page from windows of the scope, where a condition stands
// outside. Every window is a bounded number of rows; after maxWindows the page
// is given as it is, with the cursor to go on from.
func (tx *Tx) listWindows(p *listPlan, after *mark, limit int) (list []TicketRow, next string, err error) {
	for range maxWindows {
		w, err := tx.listWindow(p, after, windowRows)
		if err != nil {
			return nil, "", err
		}
		for i, row := range w.rows {
			list = append(list, row)
			if len(list) == limit {
				if i == len(w.rows)-1 && !w.full {
					return list, "", nil
				}
				return list, p.cursor(w.marks[i]), nil
			}
		}
		if !w.full {
			return list, "", nil
		}
		after = &w.last
		next = p.cursor(w.last)
	}
	return list, next, nil
}

// window is the answer of listWindow.
type window struct {
	rows  []TicketRow
	marks []mark // of each row
	last  mark   // of the window's last key, whether or not its row passed
	full  bool   // the window held as many keys as asked for
}

const rowColumns = `t.id, t.number, t.version, t.subject, t.status, t.status_id, t.priority, t.type, t.private, t.spam, t.deleted,
t.inbox_id, t.group_id, t.assignee_id, t.requester_id, t.creator_id, t.department_id, t.merged_into, t.via, t.message_count, t.created_at, t.updated_at, t.solved_at`

// ticketDest gives the scan destinations of rowColumns.
func ticketDest(t *dm.Ticket, priority *int64) []any {
	return []any{&t.ID, &t.Number, &t.Version, &t.Subject, &t.Status, opt(&t.StatusID), priority, &t.Type, flag{&t.Private}, flag{&t.Spam}, flag{&t.Deleted},
		&t.InboxID, opt(&t.GroupID), opt(&t.AssigneeID), &t.RequesterID, opt(&t.CreatorID), opt(&t.DepartmentID), opt(&t.MergedInto), &t.Via,
		&t.Messages, &t.CreatedAt, &t.UpdatedAt, opt(&t.SolvedAt)}
}

// liveShareCount counts the live shares of ticket t; its one mark is now.
const liveShareCount = `CASE WHEN t.share_count > 0 THEN (SELECT COUNT(*) FROM shares c WHERE c.account_id = t.account_id AND c.ticket_id = t.id
AND c.ended_at IS NULL AND (c.expires_at IS NULL OR c.expires_at > ?)) ELSE 0 END`

// statement renders one page or window of the plan: the rows with their keys,
// and whether each passes the condition outside.
func (p *listPlan) statement(d *dialect, after *mark, limit int, now dm.Time) *sqlText {
	t := &sqlText{}
	account := p.scope.Account()
	t.add(`SELECT `+rowColumns+`, `+liveShareCount+`, r.name, r.address, r.active, a.name, a.address, a.active, p.k0, `, int64(now))
	tie := `p.id`
	if p.byShare() {
		tie = `p.sid`
	}
	passes := `1`
	if p.outer != "" {
		passes = `CASE WHEN ` + p.outer + ` THEN 1 ELSE 0 END`
	}
	if p.walked() {
		t.add(tie + `, CASE WHEN `)
		t.listedOne(p.scope, p.states, now)
		t.add(` THEN 1 ELSE 0 END`)
	} else {
		t.add(tie + `, ` + passes)
	}
	t.add(` FROM (`)
	switch {
	case p.byMe != 0:
		t.sharesBy(account, p, after, limit, now)
	case p.unshared:
		t.endedShares(account, p, after, limit, now)
	default:
		t.pageKeys(p.scope, p.states, p.order, after, limit, now, d.armsOrdered)
	}
	t.add(`) p JOIN tickets t ON t.id = p.id AND t.account_id = ?
JOIN people r ON r.account_id = t.account_id AND r.id = t.requester_id
LEFT JOIN people a ON a.account_id = t.account_id AND a.id = t.assignee_id
ORDER BY p.k0 `+p.order.word()+`, `+tie+` `+p.order.word(), account)
	return t
}

// listWindow reads one page or window of the plan.
func (tx *Tx) listWindow(p *listPlan, after *mark, limit int) (*window, error) {
	t := p.statement(&tx.db.dialect, after, limit, tx.now)
	w := &window{rows: make([]TicketRow, 0, limit), marks: make([]mark, 0, limit)}
	n := 0
	err := tx.query(t.String(), func(rows *sql.Rows) error {
		row, m, pass, err := scanTicketRow(rows)
		if err != nil {
			return err
		}
		n++
		w.last = m
		if pass {
			w.rows, w.marks = append(w.rows, *row), append(w.marks, m)
		}
		return nil
	}, t.args...)
	w.full = n == limit
	return w, err
}

func scanTicketRow(rows *sql.Rows) (*TicketRow, mark, bool, error) {
	var row TicketRow
	var m mark
	var priority int64
	var pass int64
	var name, address sql.NullString
	var active sql.NullInt64
	dest := append(ticketDest(&row.Ticket, &priority), &row.Shares, &row.Requester.Name, &row.Requester.Address, flag{&row.Requester.Active},
		&name, &address, &active, &m.Key, &m.ID, &pass)
	if err := rows.Scan(dest...); err != nil {
		return nil, m, false, err
	}
	row.Priority = dm.Priorities[priority-1]
	row.Requester.ID = row.RequesterID
	if row.AssigneeID != 0 {
		row.Assignee = dm.PersonRef{ID: row.AssigneeID, Name: name.String, Address: address.String, Kind: dm.Agent, Active: active.Int64 == 1}
	}
	return &row, m, pass == 1, nil
}

// sharesBy renders a window over the shares that the viewer made: one row per
// ticket, its newest such share winning ties.
func (t *sqlText) sharesBy(account int64, p *listPlan, after *mark, limit int, now dm.Time) {
	word := p.order.word()
	t.add(`SELECT DISTINCT k0, id FROM (`)
	for i, state := range p.states {
		if i > 0 {
			t.add(` UNION ALL `)
		}
		t.add(`SELECT * FROM (SELECT DISTINCT s.ticket_updated_at AS k0, s.ticket_id AS id FROM shares s WHERE s.account_id = ? AND s.created_by = ? AND s.ticket_list_state = `+strconv.Itoa(int(state))+` AND `, account, p.byMe)
		t.liveShare(now)
		if after != nil {
			sign := ` > `
			if p.order.Desc {
				sign = ` < `
			}
			t.add(` AND (s.ticket_updated_at, s.ticket_id)`+sign+`(?, ?)`, after.Key, after.ID)
		}
		t.add(` ORDER BY s.ticket_updated_at ` + word + `, s.ticket_id ` + word + ` LIMIT ` + strconv.Itoa(limit) + `) n` + strconv.Itoa(i))
	}
	t.add(`) u ORDER BY k0 ` + word + `, id ` + word + ` LIMIT ` + strconv.Itoa(limit))
}

// listTags fills in the tags of a page in one query.
func (tx *Tx) listTags(account int64, list []TicketRow) error {
	if len(list) == 0 {
		return nil
	}
	ids := make([]int64, len(list))
	at := make(map[int64]int, len(list))
	for i := range list {
		ids[i], at[list[i].ID] = list[i].ID, i
	}
	slices.Sort(ids)
	return tx.query(`SELECT tt.ticket_id, g.name FROM ticket_tags tt JOIN tags g ON g.account_id = tt.account_id AND g.id = tt.tag_id
WHERE tt.account_id = ? AND tt.ticket_id IN (`+marks(len(ids))+`) ORDER BY g.name`, func(rows *sql.Rows) error {
		var id int64
		var name string
		if err := rows.Scan(&id, &name); err != nil {
			return err
		}
		list[at[id]].Tags = append(list[at[id]].Tags, name)
		return nil
	}, append([]any{account}, padded(ids)...)...)
}

// CountTickets counts a view's tickets up to the query's bound; more says that
// there are others.
func (tx *Tx) CountTickets(v *access.Viewer, q ListQuery) (n int, more bool, err error) {
	p, err := plan(v, q)
	if err != nil || !p.scope.Admits() {
		return 0, false, err
	}
	bound := q.CountBound
	if bound < 1 || bound > CountBound {
		bound = CountBound
	}
	if p.outer != "" || p.walked() {
		return tx.countWindows(p, bound)
	}
	var t sqlText
	t.count(p.scope, p.states, bound+1, tx.now)
	if err := tx.row(t.String(), t.args...).Scan(&n); err != nil {
		return 0, false, err
	}
	return min(n, bound), n > bound, nil
}

// countWindows counts over windows: exact until the windows' bound, then "more".
func (tx *Tx) countWindows(p *listPlan, bound int) (n int, more bool, err error) {
	var after *mark
	for range maxWindows {
		w, err := tx.listWindow(p, after, windowRows)
		if err != nil {
			return 0, false, err
		}
		n += len(w.rows)
		if n > bound {
			return bound, true, nil
		}
		if !w.full {
			return n, false, nil
		}
		after = &w.last
	}
	return n, true, nil
}

// cursor writes a place as an opaque text; it holds the order, so that a cursor
// of another sort is refused.
func (p *listPlan) cursor(m mark) string {
	return base64.RawURLEncoding.EncodeToString(fmt.Appendf(nil, "1:%d:%t:%d:%d", p.order.Key, p.order.Desc, m.Key, m.ID))
}

func (p *listPlan) readCursor(text string) (*mark, error) {
	if text == "" {
		return nil, nil
	}
	var o listOrder
	var m mark
	raw, err := base64.RawURLEncoding.DecodeString(text)
	if err == nil {
		_, err = fmt.Sscanf(string(raw), "1:%d:%t:%d:%d", &o.Key, &o.Desc, &m.Key, &m.ID)
	}
	if err != nil || o != p.order {
		return nil, dm.BadField("cursor", "The cursor does not belong to this list.")
	}
	return &m, nil
}
