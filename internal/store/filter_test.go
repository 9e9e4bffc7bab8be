package store

import (
	"cmp"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strconv"
	"testing"
	"time"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
	"github.com/deskmesh/deskmesh/internal/rules"
)

// TestFilters compares lists and counts with rules.Match over at least 2,000
// random pairs of condition and ticket on each engine. DESKMESH_SEED=N begins
// with another world.
func TestFilters(t *testing.T) {
	compareFilters(t, 6, 25)
}

// TestProveFilters does so over 100,000 pairs on each engine.
func TestProveFilters(t *testing.T) {
	if os.Getenv("DESKMESH_PROVE") == "" {
		t.Skip("takes minutes: set DESKMESH_PROVE=1")
	}
	compareFilters(t, 40, 75)
}

func compareFilters(t *testing.T, worlds, conditions int) {
	seed, _ := strconv.ParseUint(os.Getenv("DESKMESH_SEED"), 10, 32)
	onBothEngines(t, func(d *jobDesk) {
		d.now.Store(int64(filterNow))
		pairs, found, joined, ways := 0, 0, 0, map[wayKind]int{}
		for i := range uint64(worlds) {
			w := newFilterWorld(d, d.db, seed+i)
			for range conditions {
				q := w.question()
				n, j := q.check(w)
				ways[q.way]++
				pairs, found, joined = pairs+len(w.tickets), found+n, joined+j
			}
		}
		d.Logf("%d pairs of condition and ticket; %d tickets were listed, %d of them joined by their shares; ways %v", pairs, found, joined, ways)
		if found == 0 || joined == 0 || ways[wayFirst] == 0 || ways[wayWalk] == 0 || ways[wayWindows] == 0 {
			d.Error("nothing was listed, nothing joined, or a way was not gone")
		}
	})
}

// filterQuestion is one list, read to its end.
type filterQuestion struct {
	viewer *access.Viewer
	query  ListQuery
	bounds listBounds
	way    wayKind // of the first page
}

var filterViews = []View{ViewAll, ViewAll, ViewAll, "", ViewMine, ViewUnassigned, ViewSharedWithMe, ViewSharedWithMine, ViewSharedByMe, ViewSpam, ViewDeleted}

func (w *filterWorld) question() *filterQuestion {
	q := &filterQuestion{viewer: pickOf(w.rng, w.viewers)}
	q.query = ListQuery{View: pickOf(w.rng, filterViews), State: pickOf(w.rng, []string{"", "", "", "open", "done"}), Limit: 1 + w.rng.IntN(12)}
	joining := w.rng.IntN(3) == 0
	if joining {
		q.viewer, q.query.View = w.viewers[3+w.rng.IntN(3)], pickOf(w.rng, []View{"", ViewAll, ViewAll, ViewUnassigned, ViewSharedByMe})
	}
	sorts := []string{"", "updated", "-created", "created", "number", "subject", "-status", "-solved"}
	switch {
	case !q.viewer.IsAgent():
	case q.query.View == ViewSharedWithMe || q.query.View == ViewSharedWithMine:
		sorts = []string{"", "updated", "-shared", "shared", "created", "-priority"}
	default:
		sorts = append(sorts, "-priority", "requester", "assignee", "group", "inbox", "sla_due")
	}
	q.query.Sort = pickOf(w.rng, sorts)
	// Small bounds, so that few tickets need many windows and every way is gone.
	q.bounds = listBounds{window: 3 + w.rng.IntN(10), later: 3 + w.rng.IntN(10), rows: 1 + w.rng.IntN(30), ranked: 1000, probe: w.rng.IntN(3) * 6, fence: 12 + w.rng.IntN(20), keep: 1 + w.rng.IntN(20)}
	for {
		q.query.Filter = w.condition(q.viewer, joining)
		if q.query.Filter.Empty() {
			continue
		}
		return q
	}
}

func (q *filterQuestion) String() string {
	filter, err := json.Marshal(q.query.Filter)
	if err != nil {
		return err.Error()
	}
	return fmt.Sprintf("viewer %d, view %q, state %q, sort %q, pages of %d, bounds %+v, filter %s", q.viewer.Person(), q.query.View, q.query.State, q.query.Sort, q.query.Limit, q.bounds, filter)
}

// check reads all pages and the count, and compares them with what should be
// there.
func (q *filterQuestion) check(w *filterWorld) (found, joined int) {
	w.t.Helper()
	want, joined := q.expect(w)
	w.db.bounds = q.bounds
	defer func() { w.db.bounds = usualBounds(&w.db.dialect) }()
	var got []int64
	query := q.query
	err := w.db.Read(w.t.Context(), func(tx *Tx) error {
		tx.now = filterNow
		p, _, err := tx.plan(q.viewer, query)
		if err != nil {
			return err
		}
		q.way = p.way.Kind
		for range 500 {
			list, next, err := tx.Tickets(q.viewer, query)
			if err != nil {
				return err
			}
			if len(list) > query.Limit {
				return fmt.Errorf("a page of %d", len(list))
			}
			for i := range list {
				got = append(got, list[i].ID)
			}
			if next == "" {
				return nil
			}
			query.Cursor = next
		}
		return fmt.Errorf("the pages do not end: %s", query.Cursor)
	})
	if err != nil {
		w.t.Fatalf("%s: %v", q, err)
	}
	q.compare(w, got, want)
	q.count(w, len(want))
	return len(want), joined
}

// compare looks at the order only where it is that of a date.
func (q *filterQuestion) compare(w *filterWorld, got, want []int64) {
	w.t.Helper()
	switch q.query.Sort {
	case "", "updated", "-created", "created", "number":
	default:
		got = slices.Clone(got)
		slices.Sort(got)
		slices.Sort(want)
	}
	if !slices.Equal(got, want) {
		w.t.Fatalf("%s:\n got %v\nwant %v", q, got, want)
	}
}

func (q *filterQuestion) count(w *filterWorld, want int) {
	w.t.Helper()
	w.db.bounds.rows, w.db.bounds.keep = 1000, 1000
	err := w.db.Read(w.t.Context(), func(tx *Tx) error {
		tx.now = filterNow
		n, more, err := tx.CountTickets(q.viewer, q.query)
		if err == nil && (n != want || more) {
			w.t.Fatalf("%s: counts %d (more: %v), want %d", q, n, more, want)
		}
		return err
	})
	if err != nil {
		w.t.Fatalf("%s: %v", q, err)
	}
}

// expect gives the list by the definitions: Decide for access, Match for the
// filter, C22 for what joins.
func (q *filterQuestion) expect(w *filterWorld) (ids []int64, joined int) {
	var list []*filterTicket
	for _, x := range w.tickets {
		t := &x.snap.Ticket
		facts := factsOf(w.account, t, x.shares)
		decision := access.Decide(q.viewer, &facts, filterNow)
		reader := &rules.Reader{Person: q.viewer.Person(), Groups: q.viewer.Groups(), Internal: decision.Has(access.SeeInternal), Now: filterNow}
		if !q.inState(t) || !rules.Match(&q.query.Filter, &x.snap, reader) {
			continue
		}
		switch {
		case q.inView(x, &decision, q.listed(&decision)):
			list = append(list, x)
		case q.joins(x, reader) && q.inView(x, &decision, true):
			list = append(list, x)
			joined++
		}
	}
	slices.SortFunc(list, func(a, b *filterTicket) int {
		x, y := &a.snap.Ticket, &b.snap.Ticket
		switch q.query.Sort {
		case "updated":
			return cmp.Or(cmp.Compare(x.UpdatedAt, y.UpdatedAt), cmp.Compare(x.ID, y.ID))
		case "created", "number":
			return cmp.Or(cmp.Compare(x.CreatedAt, y.CreatedAt), cmp.Compare(x.ID, y.ID))
		case "-created":
			return cmp.Or(cmp.Compare(y.CreatedAt, x.CreatedAt), cmp.Compare(y.ID, x.ID))
		}
		return cmp.Or(cmp.Compare(y.UpdatedAt, x.UpdatedAt), cmp.Compare(y.ID, x.ID))
	})
	for _, x := range list {
		ids = append(ids, x.snap.Ticket.ID)
	}
	return ids, joined
}

func (q *filterQuestion) inState(t *dm.Ticket) bool {
	switch q.query.View {
	case ViewSpam:
		return t.ListState() == dm.ListSpam
	case ViewDeleted:
		return t.ListState() == dm.ListDeleted
	}
	return !t.Spam && !t.Deleted && (q.query.State == "" || (q.query.State == "done") == t.Status.Done())
}

// listed says whether a way in counts that is no share; a requester's shares do.
func (q *filterQuestion) listed(d *access.Decision) bool {
	return slices.ContainsFunc(d.Reasons, func(r access.Reason) bool {
		return r.Way != access.WayShare && r.Way != access.WayGroup || !q.viewer.IsAgent() && (q.query.View == "" || q.query.View == ViewAll)
	})
}

func (q *filterQuestion) inView(x *filterTicket, d *access.Decision, listed bool) bool {
	has := func(way access.Way) bool {
		return slices.ContainsFunc(d.Reasons, func(r access.Reason) bool { return r.Way == way })
	}
	agent := q.viewer.IsAgent()
	switch q.query.View {
	case ViewMine:
		return has(access.WayAssignee)
	case ViewUnassigned:
		return agent && listed && x.snap.Ticket.AssigneeID == 0
	case ViewSharedWithMe:
		return has(access.WayShare)
	case ViewSharedWithMine:
		return has(access.WayGroup)
	case ViewSharedByMe:
		return agent && listed && slices.ContainsFunc(x.snap.Shares, func(s dm.Share) bool { return s.CreatedBy == q.viewer.Person() })
	case ViewSpam:
		return agent && listed
	case ViewDeleted:
		return agent && listed && q.viewer.Can(dm.TicketsDelete)
	}
	return listed
}

// joins is C22: a positive sharing condition at the top holds by a share with
// the viewer or a group of theirs alone.
func (q *filterQuestion) joins(x *filterTicket, reader *rules.Reader) bool {
	if !q.viewer.IsAgent() || !slices.Contains([]View{"", ViewAll, ViewUnassigned, ViewSharedByMe}, q.query.View) {
		return false
	}
	top := q.query.Filter.All
	if q.query.Filter.Leaf() {
		top = []dm.Condition{q.query.Filter}
	}
	for i := range top {
		leaf := &top[i]
		positive := leaf.Op == dm.OpIs || leaf.Op == dm.OpIn || leaf.Op == dm.OpNotEmpty
		if !positive || !slices.Contains([]string{"shared_with_agent", "shared_with_group", "shared_by", "is_shared"}, leaf.Field) {
			continue
		}
		if leaf.Field == "is_shared" && !leaf.Values[0].Flag {
			continue
		}
		for _, s := range x.snap.Shares {
			mine := s.Target.Kind == dm.TargetAgent && s.Target.ID == reader.Person || s.Target.Kind == dm.TargetGroup && slices.Contains(reader.Groups, s.Target.ID)
			if mine && rules.Match(leaf, &rules.Snapshot{Shares: []dm.Share{s}}, reader) {
				return true
			}
		}
	}
	return false
}

// condition makes a random condition that the viewer may ask, and sends it
// through JSON.
func (w *filterWorld) condition(v *access.Viewer, joining bool) dm.Condition {
	dir := w.directory()
	fields := dir.ConditionFields(v)
	leaves := 0
	var node func(depth int) dm.Condition
	node = func(depth int) dm.Condition {
		if depth == 0 || leaves > 8 || w.rng.IntN(3) > 0 && depth < dm.MaxConditionDepth {
			leaves++
			return w.leaf(pickOf(w.rng, fields))
		}
		var list []dm.Condition
		for range 1 + w.rng.IntN(3) {
			list = append(list, node(depth-1))
		}
		if w.rng.IntN(3) == 0 {
			return dm.Condition{Any: list}
		}
		return dm.Condition{All: list}
	}
	made := node(dm.MaxConditionDepth)
	switch {
	case joining:
		made = w.sharing(fields)
	case w.rng.IntN(3) == 0:
		made = w.leaf(pickOf(w.rng, fields))
	}
	raw, err := json.Marshal(made)
	if err != nil {
		w.t.Fatal(err)
	}
	c, err := dm.ParseCondition(raw)
	if err != nil {
		w.t.Fatalf("%s: %v", raw, err)
	}
	return c
}

// sharing makes a condition about shares, often one that lets tickets join.
func (w *filterWorld) sharing(fields []dm.ConditionField) dm.Condition {
	key := pickOf(w.rng, []string{"shared_with_agent", "shared_with_group", "shared_by", "is_shared"})
	leaf := w.leaf(fields[slices.IndexFunc(fields, func(f dm.ConditionField) bool { return f.Key == key })])
	if w.coin() && key != "is_shared" && leaf.Op.Lists() {
		leaf.Values = append(leaf.Values, dm.ConditionValue{Kind: dm.SelfValue, Text: map[string]string{"shared_with_group": "mine"}[key]})
		if key != "shared_with_group" {
			leaf.Values[len(leaf.Values)-1].Text = "me"
		}
	}
	other := w.leaf(pickOf(w.rng, fields))
	switch w.rng.IntN(6) {
	case 0:
		return dm.Condition{Any: []dm.Condition{leaf, other}}
	case 1:
		return dm.Condition{All: []dm.Condition{{All: []dm.Condition{leaf}}, {Any: []dm.Condition{other, leaf}}}}
	case 2:
		return dm.Condition{All: []dm.Condition{other, leaf}}
	case 3:
		return dm.Condition{All: []dm.Condition{leaf}}
	}
	return leaf
}

func (w *filterWorld) directory() (d *Directory) {
	err := w.db.Read(w.t.Context(), func(tx *Tx) (err error) {
		d, err = tx.Directory(w.account)
		return err
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return d
}

func (w *filterWorld) leaf(f dm.ConditionField) dm.Condition {
	c := dm.Condition{Field: f.Key, Op: pickOf(w.rng, f.Ops())}
	if c.Op.Bare() {
		return c
	}
	n := 1
	if c.Op.Lists() {
		n = 1 + w.rng.IntN(3)
	}
	for range n {
		c.Values = append(c.Values, w.value(&f, c.Op))
	}
	return c
}

func (w *filterWorld) value(f *dm.ConditionField, op dm.ConditionOp) dm.ConditionValue {
	text := func(s string) dm.ConditionValue { return dm.ConditionValue{Kind: dm.TextValue, Text: s} }
	id := func(n int) dm.ConditionValue { return dm.ConditionValue{Kind: dm.IDValue, ID: w.id(n, false)} }
	own := f.Key[:min(len(f.Key), len(dm.OwnFieldPrefix))] == dm.OwnFieldPrefix
	switch f.Type {
	case dm.ChoiceField:
		return text(pickOf(w.rng, f.Choices))
	case dm.PersonField:
		if w.rng.IntN(4) == 0 {
			return dm.ConditionValue{Kind: dm.SelfValue, Text: "me"}
		}
		if f.Key == "requester" || f.Key == "cc" {
			return dm.ConditionValue{Kind: dm.IDValue, ID: w.requester()}
		}
		return id(worldAgents)
	case dm.GroupField:
		if w.rng.IntN(4) == 0 {
			return dm.ConditionValue{Kind: dm.SelfValue, Text: "mine"}
		}
		return id(worldGroups)
	case dm.InboxField:
		return id(worldInboxes)
	case dm.BrandField, dm.DepartmentField, dm.CompanyField, dm.StatusField, dm.PartnersField:
		return id(worldBrands)
	case dm.TagsField:
		return text(fmt.Sprint("tag", 1+w.rng.IntN(worldTags+1)))
	case dm.NumberField:
		return dm.ConditionValue{Kind: dm.NumberValue, Number: []float64{0, 1, 2, 2.5, 3, 17, -1}[w.rng.IntN(7)]}
	case dm.BooleanField:
		return dm.ConditionValue{Kind: dm.FlagValue, Flag: w.coin()}
	case dm.DateField:
		return w.dateValue(op, own)
	}
	words := []string{"printer", "strasse", "ÄRGER", "am", "e", "été", "0%", "_", "iv", "'", "example.com", "ANN@example.com", "i", "printer jam", "Straße Ärger", "!"}
	return text(pickOf(w.rng, words))
}

func (w *filterWorld) dateValue(op dm.ConditionOp, own bool) dm.ConditionValue {
	day := filterNow.Add(dm.Day * time.Duration(w.rng.IntN(12)-9))
	day -= day % dm.Time(dm.Day.Microseconds())
	switch {
	case op == dm.OpWithinLast || op == dm.OpOlderThan || op == dm.OpWithinNext:
		return dm.ConditionValue{Kind: dm.SpanValue, Span: dm.Day * time.Duration(1+w.rng.IntN(8))}
	case op == dm.OpIs && own:
		return dm.ConditionValue{Kind: dm.TextValue, Text: day.Std().Format("2006-01-02")}
	case op == dm.OpIs || w.coin():
		return dm.ConditionValue{Kind: dm.DayValue, Time: day}
	}
	return dm.ConditionValue{Kind: dm.MomentValue, Time: w.moment()}
}
