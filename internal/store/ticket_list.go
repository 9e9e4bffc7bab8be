package store

import (
	"encoding/base64"
	"fmt"
	"math"
	"slices"

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
	ViewRequested      View = "requested"         // a requester's: what they asked for
	ViewDepartment     View = "department"        // a requester's: what sight of their department shows
)

// Views is every view.
var Views = []View{ViewAll, ViewMine, ViewUnassigned, ViewSharedWithMe, ViewSharedWithMine, ViewSharedByMe, ViewSpam, ViewDeleted, ViewUnshared}

// ListQuery asks for one page of a view.
type ListQuery struct {
	View  View
	State string // "open", "done" or "" for both
	// Filter narrows the view; the empty condition leaves it as it is.
	Filter dm.Condition
	// Sort is "updated", "created", "number" (the order of filing) or, in the
	// views of shares with oneself, "shared"; a leading "-" turns it round. ""
	// is "-updated". A list of at most RankedRows tickets can also be sorted by
	// subject, status, priority, requester, assignee, group, inbox or solved.
	Sort   string
	Cursor string
	Limit  int
	// Searched says that a search asks: all is then what search finds, with what
	// one has only through a share where the setting sharing.searchable says so.
	Searched bool
}

// listPlan is how one list is read.
type listPlan struct {
	scope  access.Scope
	states []dm.ListState
	order  listOrder
	// rank is a property that no index orders; the list is then read whole.
	rank rank
	// unassigned keeps only tickets that nobody is assigned to.
	unassigned bool
	// byMe keeps only tickets that this person has shared, and walks their shares.
	byMe int64
	// unshared keeps only tickets of which a share ended lately, and walks those.
	unshared bool
	filter   *filter
	// joined lets in tickets that the scope does not, and branches are those of
	// the scope with theirs.
	joined   []joint
	branches []access.Branch
	// way is how the rows are found. first or walk belong to it.
	way   way
	first *driver         // wayFirst
	walk  []access.Branch // wayWindows and wayWalk: what is walked; the scope is checked on each row
	// from and to are keys beyond which nothing fits: from <= key < to.
	from, to int64
	// none says that nothing can fit.
	none bool
}

// way is how the rows of a list are found. It stands in the cursor, so that a
// list is read to its end as it was begun.
type way struct {
	Kind   wayKind
	Driver int // the place of the conjunct in filter.drivers
}

type wayKind string

const (
	wayPage    wayKind = "p" // the scope's branches alone decide
	wayWindows wayKind = "w" // windows over branches, and conditions outside
	wayWalk    wayKind = "d" // windows over a driver's branches
	wayFirst   wayKind = "f" // a driver's rows, all of them
)

// listBounds say how much one request looks at.
type listBounds struct {
	window int // rows of the first window, where a page often ends
	later  int // rows of each further one
	rows   int // of all windows of one page or count
	ranked int // of all windows of a list that is read whole
	probe  int // rows that a driver may have to be read first
	fence  int // rows that it may have grown to while the list is being read
	keep   int // tickets whose texts rules.Match looks at for one page
}

// usualBounds gives the bounds of an engine. To begin a window is what costs on
// SQLite; PostgreSQL sorts all arms of a large one.
func usualBounds(d *dialect) listBounds {
	bounds := listBounds{window: 200, later: 200, rows: 2000, ranked: 10_000, probe: 1000, fence: 5000, keep: 800}
	if d.name == "sqlite" {
		bounds.later = 600
	}
	return bounds
}

// CountBound is the largest number a count gives; above it says "more".
const CountBound = 1000

// plan turns a query into a way to read it. It is the only place where a list's
// plan is chosen: from the view, the form of the filter, and counts of at most
// listBounds.probe rows. A cursor brings the way along.
func (tx *Tx) plan(v *access.Viewer, q ListQuery) (*listPlan, *mark, error) {
	p, err := viewPlan(v, q)
	if err != nil {
		return nil, nil, err
	}
	if p.filter, err = tx.newFilter(v, q.Filter); err != nil {
		return nil, nil, err
	}
	if err := tx.join(p, v, q); err != nil {
		return nil, nil, err
	}
	began, after, err := p.readCursor(q.Cursor)
	if err != nil {
		return nil, nil, err
	}
	return p, after, tx.choose(p, began)
}

// choose picks the way; began is that of the cursor, or nil.
func (tx *Tx) choose(p *listPlan, began *way) error {
	p.from, p.to = math.MinInt64, math.MaxInt64
	p.none = !p.scope.Admits()
	if p.unassigned && p.order.Key == byUpdated {
		p.branches = unassigned(p.branches)
		p.none = p.none || len(p.branches) == 0
	}
	if p.filter == nil {
		p.way.Kind, p.walk = wayWindows, p.branches
		if !p.walksShares() && p.rank == "" && (!p.unassigned || p.order.Key == byUpdated) {
			p.way.Kind = wayPage
		}
		return nil
	}
	p.states = p.filter.states(p.states)
	p.from, p.to = p.filter.keyRange(p.order)
	drivers := p.filter.drivers(p.states)
	p.none = p.none || len(p.states) == 0 || p.from >= p.to || slices.ContainsFunc(drivers, func(d driver) bool { return d.none })
	if p.none {
		return nil
	}
	if began == nil {
		chosen, err := tx.cheapest(p, drivers)
		if err != nil {
			return err
		}
		began = &chosen
	}
	return tx.take(p, drivers, *began)
}

// cheapest picks a way for the first page: the driver with the fewest rows where
// those are few, else one whose index has the order, else windows.
func (tx *Tx) cheapest(p *listPlan, drivers []driver) (way, error) {
	best, fewest := way{Kind: wayWindows}, tx.db.bounds.probe+1
	if p.order.byShare() {
		return best, nil
	}
	for i := range drivers {
		n, err := tx.probe(&drivers[i], min(fewest, tx.db.bounds.probe))
		if err != nil {
			return best, err
		}
		if n < fewest {
			best, fewest = way{wayFirst, i}, n
		}
	}
	if best.Kind == wayFirst || p.byMe != 0 {
		return best, nil
	}
	for i := range drivers {
		if p.walks(&drivers[i]) {
			return way{wayWalk, i}, nil
		}
	}
	return best, nil
}

// walks says whether the driver's branches have the order of the list.
func (p *listPlan) walks(d *driver) bool {
	return d.walk != nil && (p.order.Key == byUpdated || p.order.Key == byCreated && d.byCreated)
}

// take sets the plan up for a way.
func (tx *Tx) take(p *listPlan, drivers []driver, w way) error {
	p.way = w
	if w.Kind == wayPage || (w.Kind == wayFirst || w.Kind == wayWalk) && w.Driver >= len(drivers) || w.Kind == wayWalk && !p.walks(&drivers[w.Driver]) || p.unshared && w.Kind != wayWindows {
		return errForeignCursor
	}
	switch w.Kind {
	case wayFirst:
		n, err := tx.probe(&drivers[w.Driver], tx.db.bounds.fence)
		if err != nil {
			return err
		}
		if n <= tx.db.bounds.fence {
			p.first = &drivers[w.Driver]
			return nil
		}
		p.way = way{Kind: wayWindows}
	case wayWalk:
		p.walk = drivers[w.Driver].walk
		return nil
	}
	if !p.walksShares() {
		p.walk = p.filter.narrow(p.branches)
		p.none = len(p.walk) == 0
	}
	return nil
}

// viewPlan turns a view into scope, states and order.
func viewPlan(v *access.Viewer, q ListQuery) (*listPlan, error) {
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
		if q.Searched {
			if v.Searchable() {
				p.scope = v.Scope(access.See, access.Open)
			}
		} else if v.IsRequester() && !access.Fault("requester's shares") {
			// Requesters find their shares among the others.
			p.scope = v.Scope(access.See, access.Open)
		}
	case ViewMine:
		p.scope = v.Mine()
	case ViewUnassigned:
		p.scope = v.Scope(access.See, access.Listed)
		p.unassigned = true
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
	case ViewRequested:
		p.scope = v.Requested()
	case ViewDepartment:
		p.scope = v.Scope(access.See, access.InMyDepartment)
	default:
		return nil, dm.BadField("view", "There is no such view.")
	}
	if !v.IsAgent() && (q.View == ViewSpam || q.View == ViewDeleted || q.View == ViewUnassigned || q.View == ViewSharedByMe) {
		p.scope = access.Scope{}
	}
	p.branches = p.scope.Branches()
	return p, p.sort(v, q)
}

func (p *listPlan) sort(v *access.Viewer, q ListQuery) error {
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
	case (key == "created" || key == "number") && (shared || p.byMe != 0):
		p.rank = rankCreated
	case key == "created" || key == "number":
		p.order.Key = byCreated
	case key == "shared" && shared:
		p.order.Key = bySharedAt
	case key == "shared":
		return dm.BadField("sort", "This view cannot be sorted that way.")
	case !rank(key).known(v):
		return dm.BadField("sort", "Lists sort by updated, created or number, short ones by some properties too, and the shared views by shared.")
	default:
		p.rank = rank(key)
	}
	return nil
}

// Tickets gives one page of a view. A page may hold fewer rows than asked for
// while next is not "".
func (tx *Tx) Tickets(v *access.Viewer, q ListQuery) (list []TicketRow, next string, err error) {
	p, after, err := tx.plan(v, q)
	if err != nil || p.none {
		return nil, "", err
	}
	if q.Limit < 1 {
		q.Limit = 25
	}
	switch {
	case p.rank != "":
		list, next, err = tx.rankedPage(p, q)
	case p.way.Kind == wayPage:
		list, next, err = tx.plainPage(p, after, q.Limit)
	default:
		list, next, err = tx.filteredPage(p, after, q.Limit)
	}
	return list, next, err
}

// CountTickets counts a view's tickets up to CountBound; more says that there
// are others.
func (tx *Tx) CountTickets(v *access.Viewer, q ListQuery) (n int, more bool, err error) {
	return tx.CountUpTo(v, q, CountBound, nil)
}

// CountUpTo is CountTickets with a bound of its own, and with an effort that it
// shares with other counts; nil for none.
func (tx *Tx) CountUpTo(v *access.Viewer, q ListQuery, bound int, shared *Effort) (n int, more bool, err error) {
	q.Sort, q.Cursor = "", ""
	p, _, err := tx.plan(v, q)
	if err != nil || p.none {
		return 0, false, err
	}
	if p.way.Kind != wayPage {
		return tx.countBatches(p, bound, shared)
	}
	var t sqlText
	t.count(&tx.db.dialect, p.scope, p.walk, p.states, bound+1, tx.now)
	if err := tx.row(t.String(), t.args...).Scan(&n); err != nil {
		return 0, false, err
	}
	return min(n, bound), n > bound, nil
}

// cursor writes a place as an opaque text; it holds the order, so that a cursor
// of another sort is refused, and the way.
func (p *listPlan) cursor(m mark) string {
	return base64.RawURLEncoding.EncodeToString(fmt.Appendf(nil, "2:%d:%t:%d:%d:%s:%d", p.order.Key, p.order.Desc, m.Key, m.ID, p.way.Kind, p.way.Driver))
}

var errForeignCursor = dm.BadField("cursor", "The cursor does not belong to this list.")

func (p *listPlan) readCursor(text string) (*way, *mark, error) {
	if text == "" || p.rank != "" {
		return nil, nil, nil
	}
	var o listOrder
	var m mark
	var w way
	raw, err := base64.RawURLEncoding.DecodeString(text)
	if err == nil {
		_, err = fmt.Sscanf(string(raw), "2:%d:%t:%d:%d:%1s:%d", &o.Key, &o.Desc, &m.Key, &m.ID, &w.Kind, &w.Driver)
	}
	if err != nil || o != p.order || w.Driver < 0 {
		return nil, nil, errForeignCursor
	}
	return &w, &m, nil
}
