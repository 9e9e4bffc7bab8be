package store

import (
	"math"
	"slices"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
	"github.com/deskmesh/deskmesh/internal/rules"
)

// driver is a conjunct of a filter that an index serves. The list can start
// from its rows, since no other ticket fits.
type driver struct {
	// rows renders the tickets that the conjunct wants, or more, each once, as one
	// column id, without a bound.
	rows func(t *sqlText)
	// walk are branches that hold the same tickets in the order of a list; nil
	// where no index has that order. They say nothing about access.
	walk []access.Branch
	// byCreated says that walk also serves the order of filing.
	byCreated bool
	// none says that no ticket can fit.
	none bool
}

const (
	maxDrivers = 8
	maxWalked  = 16 // ids of one conjunct that are walked as branches
)

// drivers gives those of the conjuncts that an index serves, in their order.
func (f *filter) drivers(states []dm.ListState) []driver {
	var list []driver
	for _, leaf := range f.cond.Conjuncts() {
		if !leaf.Leaf() || len(list) == maxDrivers {
			continue
		}
		if d, ok := f.driverOf(leaf, states); ok {
			list = append(list, d)
		}
	}
	return list
}

func (f *filter) driverOf(leaf *dm.Condition, states []dm.ListState) (driver, bool) {
	account := f.dir.Account.ID
	ids := f.reader.IDs(leaf)
	named := leaf.Op == dm.OpIs || leaf.Op == dm.OpIn
	switch leaf.Field {
	case dm.FieldKeyTags:
		return f.tagDriver(leaf)
	case dm.FieldKeyNumber:
		return f.numberDriver(leaf)
	case dm.FieldKeyCreated, dm.FieldKeyUpdated:
		return f.dateDriver(leaf, states), true
	case dm.FieldKeyShareExpires:
		return f.expiryDriver(leaf)
	case dm.FieldKeySLADue:
		return f.dueDriver(leaf)
	case dm.FieldKeyHasLink:
		return driver{rows: func(t *sqlText) {
			t.add(`SELECT DISTINCT l.ticket_id AS id FROM public_links l WHERE l.account_id = ? AND `+liveLink, account, int64(f.reader.Now))
		}}, leaf.Values[0].Flag
	case dm.FieldKeyPartnerFrom, dm.FieldKeyPartnerTo, dm.FieldKeyOrphaned:
		return f.partnerDriver(leaf)
	case dm.FieldKeyRequesterMail:
		return driver{rows: func(t *sqlText) {
			t.add(`SELECT d.id FROM tickets d JOIN addresses a ON a.account_id = d.account_id AND a.person_id = d.requester_id WHERE d.account_id = ? AND a.folded = ?`,
				account, dm.Fold(leaf.Values[0].Text))
		}}, leaf.Op == dm.OpIs
	}
	if !named {
		return driver{}, false
	}
	switch leaf.Field {
	case dm.FieldKeyRequester:
		return peopleDriver(ids, access.BranchRequester, `SELECT d.id FROM tickets d WHERE d.account_id = ? AND `, `d.requester_id`, account), true
	case dm.FieldKeyAssignee:
		d := peopleDriver(ids, access.BranchAssignee, `SELECT d.id FROM tickets d WHERE d.account_id = ? AND `, `d.assignee_id`, account)
		d.byCreated = true
		return d, true
	case dm.FieldKeyCC:
		return peopleDriver(ids, access.BranchCC, `SELECT DISTINCT d.ticket_id AS id FROM ticket_ccs d WHERE d.account_id = ? AND `, `d.person_id`, account), true
	case dm.FieldKeyFollower:
		d := peopleDriver(ids, 0, `SELECT DISTINCT d.ticket_id AS id FROM ticket_followers d WHERE d.account_id = ? AND `, `d.person_id`, account)
		d.walk = nil
		return d, true
	case dm.FieldKeyCompany:
		d := peopleDriver(ids, 0, `SELECT d.id FROM people r JOIN tickets d ON d.account_id = r.account_id AND d.requester_id = r.id WHERE r.account_id = ? AND `, `r.company_id`, account)
		d.walk = nil
		return d, true
	case dm.FieldKeySharedAgent:
		return f.shareDriver(dm.TargetAgent, ids), true
	case dm.FieldKeySharedGroup:
		return f.shareDriver(dm.TargetGroup, ids), true
	case dm.FieldKeySharedBy:
		d := peopleDriver(ids, 0, `SELECT DISTINCT d.ticket_id AS id FROM shares d WHERE d.account_id = ? AND d.ended_at IS NULL AND `, `d.created_by`, account)
		d.walk = nil
		return d, true
	}
	return driver{}, false
}

func peopleDriver(ids []int64, kind access.BranchKind, rows, column string, account int64) driver {
	d := driver{none: len(ids) == 0, rows: func(t *sqlText) {
		t.add(rows, account)
		t.in(column, ids)
	}}
	if len(ids) <= maxWalked {
		for _, id := range ids {
			d.walk = append(d.walk, access.Branch{Kind: kind, Person: id})
		}
	}
	return d
}

func (f *filter) shareDriver(kind dm.TargetKind, ids []int64) driver {
	d := driver{none: len(ids) == 0, rows: func(t *sqlText) {
		t.add(`SELECT DISTINCT s.ticket_id AS id FROM shares s WHERE s.account_id = ? AND s.target_kind = '`+string(kind)+`' AND `, f.dir.Account.ID)
		t.in(`s.target_id`, ids)
		t.add(` AND `)
		t.liveShare(f.reader.Now)
	}}
	if len(ids) <= maxWalked {
		for _, id := range ids {
			d.walk = append(d.walk, access.Branch{Kind: access.BranchShare, Target: dm.Target{Kind: kind, ID: id}})
		}
	}
	return d
}

func (f *filter) tagDriver(leaf *dm.Condition) (driver, bool) {
	ids, unknown := f.tagsOf(leaf)
	switch {
	case leaf.Op == dm.OpHasAll && unknown || leaf.Op == dm.OpHasAny && len(ids) == 0:
		return driver{none: true}, true
	case leaf.Op == dm.OpHasAll:
		ids = ids[:1]
	case leaf.Op != dm.OpHasAny:
		return driver{}, false
	}
	return driver{rows: func(t *sqlText) {
		t.add(`SELECT DISTINCT d.ticket_id AS id FROM ticket_tags d WHERE d.account_id = ? AND `, f.dir.Account.ID)
		t.in(`d.tag_id`, ids)
	}}, true
}

func (f *filter) numberDriver(leaf *dm.Condition) (driver, bool) {
	rows := func(t *sqlText) {
		t.add(`SELECT d.id FROM tickets d WHERE d.account_id = ? AND `, f.dir.Account.ID)
		t.whole(`d.number`, leaf)
	}
	switch leaf.Op {
	case dm.OpIs, dm.OpIn:
		return driver{rows: rows, none: len(wholeNumbers(leaf)) == 0}, true
	case dm.OpLess, dm.OpAtMost, dm.OpMore, dm.OpAtLeast:
		return driver{rows: rows}, true
	}
	return driver{}, false
}

// dateDriver starts from the days of filing or change, in each of the states.
func (f *filter) dateDriver(leaf *dm.Condition, states []dm.ListState) driver {
	column := map[string]string{dm.FieldKeyCreated: `d.created_at`, dm.FieldKeyUpdated: `d.updated_at`}[leaf.Field]
	from, to := rules.Range(leaf, f.reader.Now)
	return driver{none: from >= to, rows: func(t *sqlText) {
		for i, state := range (listOrder{}).armStates(states) {
			if i > 0 {
				t.add(` UNION ALL `)
			}
			t.add(`SELECT d.id FROM tickets d WHERE d.account_id = ? AND d.list_state`+state+` AND `+column+` >= ? AND `+column+` < ?`,
				f.dir.Account.ID, int64(from), int64(to))
		}
	}}
}

func (f *filter) expiryDriver(leaf *dm.Condition) (driver, bool) {
	if leaf.Op == dm.OpEmpty || leaf.Op == dm.OpNotEmpty {
		return driver{}, false
	}
	from, to := rules.Range(leaf, f.reader.Now)
	from = max(from, f.reader.Now+1)
	return driver{none: from >= to, rows: func(t *sqlText) {
		t.add(`SELECT DISTINCT d.ticket_id AS id FROM shares d WHERE d.account_id = ? AND d.ended_at IS NULL AND d.expires_at IS NOT NULL AND d.expires_at >= ? AND d.expires_at < ?`,
			f.dir.Account.ID, int64(from), int64(to))
	}}, true
}

// dueDriver starts from the clocks that are due in time: those of the tickets
// that fit, and some whose next one is due before.
func (f *filter) dueDriver(leaf *dm.Condition) (driver, bool) {
	if leaf.Op == dm.OpEmpty || leaf.Op == dm.OpNotEmpty {
		return driver{}, false
	}
	from, to := rules.Range(leaf, f.reader.Now)
	return driver{none: from >= to, rows: func(t *sqlText) {
		t.add(`SELECT DISTINCT d.ticket_id AS id FROM ticket_clocks d WHERE d.account_id = ? AND d.due_at IS NOT NULL AND d.due_at >= ? AND d.due_at < ?`,
			f.dir.Account.ID, int64(from), int64(to))
	}}, true
}

// probe counts the rows of a driver, up to a bound and one more.
func (tx *Tx) probe(d *driver, bound int) (int, error) {
	var t sqlText
	t.add(`SELECT COUNT(*) FROM (`)
	d.rows(&t)
	t.add(` LIMIT `+marks(1)+`) d`, bound+1)
	var n int
	err := tx.row(t.String(), t.args...).Scan(&n)
	return n, err
}

// keyRange gives, where the list is in the order of a date that a conjunct is
// about, the keys beyond which nothing fits.
func (f *filter) keyRange(o listOrder) (from, to int64) {
	from, to = math.MinInt64, math.MaxInt64
	key := map[listKey]string{byUpdated: dm.FieldKeyUpdated, byCreated: dm.FieldKeyCreated}[o.Key]
	for _, leaf := range f.cond.Conjuncts() {
		if leaf.Field == key && leaf.Leaf() {
			lo, hi := rules.Range(leaf, f.reader.Now)
			from, to = max(from, int64(lo)), min(to, int64(hi))
		}
	}
	return from, to
}

// maxNarrowed bounds the branches that narrowing may make.
const maxNarrowed = 200

// narrow leaves branches out in which nothing fits, and takes smaller ones where
// a conjunct about inbox, brand or group allows: every ticket of the scope that
// fits stays in a branch.
func (f *filter) narrow(branches []access.Branch) []access.Branch {
	inboxes, groups := f.places()
	if inboxes == nil && groups == nil {
		return branches
	}
	var list []access.Branch
	for _, br := range branches {
		switch br.Kind {
		case access.BranchAll:
			list = append(list, f.within(br, inboxes, groups)...)
		case access.BranchInbox:
			if inboxes == nil || slices.Contains(inboxes, br.Inbox) {
				list = append(list, f.within(br, []int64{br.Inbox}, groups)...)
			}
		case access.BranchPair:
			if (inboxes == nil || slices.Contains(inboxes, br.Inbox)) && (groups == nil || slices.Contains(groups, br.Group)) {
				list = append(list, br)
			}
		default:
			list = append(list, br)
		}
	}
	if len(list) > max(maxNarrowed, len(branches)) {
		return branches
	}
	return list
}

// within gives the branches of the given inboxes and groups; nil is every one.
func (f *filter) within(br access.Branch, inboxes, groups []int64) []access.Branch {
	var list []access.Branch
	if groups == nil {
		for _, inbox := range inboxes {
			list = append(list, access.Branch{Kind: access.BranchInbox, Inbox: inbox, Unassigned: br.Unassigned})
		}
		return list
	}
	for _, p := range f.dir.pairs {
		if (inboxes == nil || slices.Contains(inboxes, p.Inbox)) && slices.Contains(groups, p.Group) {
			list = append(list, access.Branch{Kind: access.BranchPair, Inbox: p.Inbox, Group: p.Group, Unassigned: br.Unassigned})
		}
	}
	return list
}

// places gives the inboxes and groups outside which nothing fits; nil where the
// conjuncts do not say.
func (f *filter) places() (inboxes, groups []int64) {
	for _, leaf := range f.cond.Conjuncts() {
		if leaf.Op != dm.OpIs && leaf.Op != dm.OpIn {
			continue
		}
		switch leaf.Field {
		case dm.FieldKeyInbox:
			inboxes = both(inboxes, f.reader.IDs(leaf))
		case dm.FieldKeyBrand:
			inboxes = both(inboxes, f.inboxesOf(leaf))
		case dm.FieldKeyGroup:
			groups = both(groups, f.reader.IDs(leaf))
		}
	}
	return inboxes, groups
}

// both gives what is in both lists; a nil one is everything.
func both(a, b []int64) []int64 {
	if a == nil {
		return append([]int64{}, b...)
	}
	return slices.DeleteFunc(slices.Clone(a), func(id int64) bool { return !slices.Contains(b, id) })
}

// states gives those of the states in which something can fit.
func (f *filter) states(states []dm.ListState) []dm.ListState {
	open, done := true, true
	for _, leaf := range f.cond.Conjuncts() {
		if leaf.Op != dm.OpIs && leaf.Op != dm.OpIn {
			continue
		}
		switch leaf.Field {
		case dm.FieldKeyStatus:
			open = open && slices.ContainsFunc(leaf.Values, func(v dm.ConditionValue) bool { return !dm.Status(v.Text).Done() })
			done = done && slices.ContainsFunc(leaf.Values, func(v dm.ConditionValue) bool { return dm.Status(v.Text).Done() })
		case dm.FieldKeyState:
			open, done = open && hasText(leaf, "open"), done && hasText(leaf, "done")
		}
	}
	return slices.DeleteFunc(slices.Clone(states), func(s dm.ListState) bool {
		return s == dm.ListOpen && !open || s == dm.ListDone && !done
	})
}
