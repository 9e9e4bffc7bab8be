package store

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/rules"
)

// This file renders a filter as a condition on ticket b, a row that was found by
// other means: columns are hidden from the planner, what is asked of other
// tables starts from the ticket, and the result of a leaf is never NULL where it
// is denied. Choices are literals, taken from the program's own lists.

// filtered renders the filter. Leaves that compare texts always hold here.
func (t *sqlText) filtered(f *filter) { t.node(f, &f.cond) }

func (t *sqlText) node(f *filter, c *dm.Condition) {
	list, word := c.All, ` AND `
	switch {
	case c.Leaf():
		t.leaf(f, c)
		return
	case len(c.Any) > 0:
		list, word = c.Any, ` OR `
	case len(list) == 0:
		t.add(`1 = 1`)
		return
	}
	for i := range list {
		if i == 0 {
			t.add(`(`)
		} else {
			t.add(word)
		}
		t.node(f, &list[i])
	}
	t.add(`)`)
}

func (t *sqlText) leaf(f *filter, c *dm.Condition) {
	if textual(c) {
		t.add(`1 = 1`)
		return
	}
	leaf := *c
	var negative bool
	if leaf.Op, negative = c.Op.Opposite(); negative {
		t.add(`NOT `)
	}
	t.add(`(`)
	t.positive(f, &leaf)
	t.add(`)`)
}

// columns are those that hold a reference; coalesce hides them and makes "none"
// a value that no id has.
var columns = map[string]string{
	dm.FieldKeyOwnStatus: `status_id`, dm.FieldKeyInbox: `inbox_id`, dm.FieldKeyGroup: `group_id`, dm.FieldKeyAssignee: `assignee_id`,
	dm.FieldKeyRequester: `requester_id`, dm.FieldKeyDepartment: `department_id`, dm.FieldKeyCreator: `creator_id`,
}

// positive renders a leaf with a positive operator.
func (t *sqlText) positive(f *filter, leaf *dm.Condition) {
	field := dm.ConditionFieldOf(leaf.Field)
	switch leaf.Field {
	case dm.FieldKeyStatus:
		t.choice(`b.status`, field, leaf)
		return
	case dm.FieldKeyState:
		t.state(leaf)
		return
	case dm.FieldKeyPriority:
		t.priority(leaf)
		return
	case dm.FieldKeyType:
		t.choice(`b.type`, field, leaf)
		return
	case dm.FieldKeyVia:
		t.choice(`b.via`, field, leaf)
		return
	case dm.FieldKeyPrivate:
		t.add(`b.private = ` + digit(leaf.Values[0].Flag))
		return
	case dm.FieldKeyBrand:
		t.in(`b.inbox_id + 0`, nonZero(f.inboxesOf(leaf)))
		return
	case dm.FieldKeyNumber:
		t.whole(`b.number + 0`, leaf)
		return
	case dm.FieldKeyCreated:
		t.moment(f, `b.created_at + 0`, leaf)
		return
	case dm.FieldKeyUpdated:
		t.moment(f, `b.updated_at + 0`, leaf)
		return
	case dm.FieldKeySolved:
		t.moment(f, `b.solved_at`, leaf)
		return
	case dm.FieldKeySLADue:
		t.moment(f, nextDue, leaf)
		return
	}
	if column, ok := columns[leaf.Field]; ok {
		if leaf.Op == dm.OpNotEmpty {
			t.add(`b.` + column + ` IS NOT NULL`)
			return
		}
		t.in(`coalesce(b.`+column+`, 0)`, nonZero(f.reader.IDs(leaf)))
		return
	}
	if field.Sharing {
		t.shareLeaf(f, leaf)
		return
	}
	t.related(f, leaf)
}

func digit(flag bool) string {
	if flag {
		return `1`
	}
	return `0`
}

// choice compares with literals of the field's own choices.
func (t *sqlText) choice(column string, field *dm.ConditionField, leaf *dm.Condition) {
	var list []string
	for _, known := range field.Choices {
		if hasText(leaf, known) {
			list = append(list, `'`+known+`'`)
		}
	}
	if len(list) == 0 {
		t.add(`1 = 0`)
		return
	}
	t.add(column + ` IN (` + strings.Join(list, `, `) + `)`)
}

func hasText(leaf *dm.Condition, text string) bool {
	return slices.ContainsFunc(leaf.Values, func(v dm.ConditionValue) bool { return v.Text == text })
}

func (t *sqlText) state(leaf *dm.Condition) {
	var parts []string
	if hasText(leaf, "done") {
		parts = append(parts, `b.status IN ('solved', 'closed')`)
	}
	if hasText(leaf, "open") {
		parts = append(parts, `b.status NOT IN ('solved', 'closed')`)
	}
	t.add(strings.Join(append(parts, `1 = 0`), ` OR `))
}

func (t *sqlText) priority(leaf *dm.Condition) {
	list := []string{`0`}
	for i, p := range dm.Priorities {
		if hasText(leaf, string(p)) {
			list = append(list, strconv.Itoa(i+1))
		}
	}
	t.add(`b.priority + 0 IN (` + strings.Join(list, `, `) + `)`)
}

// inboxesOf gives the inboxes of the brands that a leaf wants.
func (f *filter) inboxesOf(leaf *dm.Condition) []int64 {
	brands := f.reader.IDs(leaf)
	var inboxes []int64
	for id, inbox := range f.dir.Inboxes {
		if slices.Contains(brands, inbox.BrandID) {
			inboxes = append(inboxes, id)
		}
	}
	slices.Sort(inboxes)
	return inboxes
}

// whole compares a column of whole numbers with numbers that need not be.
func (t *sqlText) whole(column string, leaf *dm.Condition) {
	if n := leaf.Values[0].Number; leaf.Op != dm.OpIs && leaf.Op != dm.OpIn {
		switch leaf.Op {
		case dm.OpLess:
			t.add(column+` < ?`, int64(math.Ceil(n)))
		case dm.OpAtMost:
			t.add(column+` <= ?`, int64(math.Floor(n)))
		case dm.OpMore:
			t.add(column+` > ?`, int64(math.Floor(n)))
		default:
			t.add(column+` >= ?`, int64(math.Ceil(n)))
		}
		return
	}
	t.in(column, nonZeroOr(wholeNumbers(leaf), math.MinInt64))
}

// wholeNumbers gives those of the leaf's values that a whole number can equal.
func wholeNumbers(leaf *dm.Condition) []int64 {
	var list []int64
	for i := range leaf.Values {
		if n := leaf.Values[i].Number; n == math.Trunc(n) {
			list = append(list, int64(n))
		}
	}
	return list
}

// nonZeroOr replaces an empty list by a number that is in no row.
func nonZeroOr(list []int64, filler int64) []int64 {
	if len(list) == 0 {
		return []int64{filler}
	}
	return list
}

// moment compares a column of moments; NULL fits nothing.
func (t *sqlText) moment(f *filter, column string, leaf *dm.Condition) {
	if leaf.Op == dm.OpNotEmpty {
		t.add(column + ` IS NOT NULL`)
		return
	}
	from, to := rules.Range(leaf, f.reader.Now)
	t.add(column+` >= ? AND `+column+` < ?`, int64(from), int64(to))
}

// related renders leaves that ask other tables about ticket b.
func (t *sqlText) related(f *filter, leaf *dm.Condition) {
	switch leaf.Field {
	case dm.FieldKeyTags:
		t.tagLeaf(f, leaf)
	case dm.FieldKeyCC:
		t.personLeaf(f, leaf, `SELECT 1 FROM ticket_ccs x WHERE x.account_id = b.account_id AND x.ticket_id = b.id`)
	case dm.FieldKeyFollower:
		t.personLeaf(f, leaf, `SELECT 1 FROM ticket_followers x WHERE x.account_id = b.account_id AND x.ticket_id = b.id`)
	case dm.FieldKeyCompany:
		t.add(`coalesce((SELECT 1 FROM people r WHERE r.account_id = b.account_id AND r.id = b.requester_id AND `)
		if leaf.Op == dm.OpNotEmpty {
			t.add(`r.company_id IS NOT NULL`)
		} else {
			t.in(`r.company_id + 0`, nonZero(f.reader.IDs(leaf)))
		}
		t.add(` LIMIT 1), 0) = 1`)
	case dm.FieldKeyMessages:
		var count sqlText
		count.add(`CASE WHEN `)
		count.oneTicket(f.notes, f.reader.Now)
		count.add(` THEN b.message_count ELSE (SELECT COUNT(*) FROM messages m WHERE m.account_id = b.account_id AND m.ticket_id = b.id AND m.kind = 'reply') END`)
		t.args = append(t.args, count.args...)
		t.whole(count.String(), leaf)
	case dm.FieldKeyAttachment:
		t.add(`coalesce((SELECT 1 FROM attachments f JOIN messages m ON m.account_id = f.account_id AND m.id = f.message_id WHERE f.account_id = b.account_id AND f.ticket_id = b.id AND (m.kind = 'reply' OR `)
		t.oneTicket(f.notes, f.reader.Now)
		t.add(`) LIMIT 1), 0) = ` + digit(leaf.Values[0].Flag))
	case dm.FieldKeyHasLink:
		t.add(hasLink(`b`)+` = `+digit(leaf.Values[0].Flag), int64(f.reader.Now))
	case dm.FieldKeyPartnerFrom, dm.FieldKeyPartnerTo, dm.FieldKeyOrphaned:
		t.partnerLeaf(f, leaf)
	case dm.FieldKeySLABreached:
		t.add(breached+` = `+digit(leaf.Values[0].Flag), int64(f.reader.Now))
	default:
		t.add(`1 = 0`)
	}
}

func (t *sqlText) personLeaf(f *filter, leaf *dm.Condition, rows string) {
	t.add(`coalesce((` + rows)
	if leaf.Op != dm.OpNotEmpty {
		t.add(` AND `)
		t.in(`x.person_id + 0`, nonZero(f.reader.IDs(leaf)))
	}
	t.add(` LIMIT 1), 0) = 1`)
}

func (t *sqlText) tagLeaf(f *filter, leaf *dm.Condition) {
	ids, unknown := f.tagsOf(leaf)
	const rows = `coalesce((SELECT 1 FROM ticket_tags g WHERE g.account_id = b.account_id AND g.ticket_id = b.id`
	switch {
	case leaf.Op == dm.OpNotEmpty:
		t.add(rows + ` LIMIT 1), 0) = 1`)
	case leaf.Op == dm.OpHasAny:
		t.add(rows + ` AND `)
		t.in(`g.tag_id`, nonZero(ids))
		t.add(` LIMIT 1), 0) = 1`)
	case unknown:
		t.add(`1 = 0`)
	default:
		for i, id := range ids {
			if i > 0 {
				t.add(` AND `)
			}
			t.add(rows+` AND g.tag_id = ? LIMIT 1), 0) = 1`, id)
		}
	}
}

// tagsOf gives the ids of the leaf's tags, and whether one was never used.
func (f *filter) tagsOf(leaf *dm.Condition) (ids []int64, unknown bool) {
	for i := range leaf.Values {
		if id, ok := f.tags[leaf.Values[i].Text]; ok {
			ids = append(ids, id)
		} else {
			unknown = true
		}
	}
	return ids, unknown
}

// shareLeaf renders a leaf about the ticket's live shares.
func (t *sqlText) shareLeaf(f *filter, leaf *dm.Condition) {
	want := `1`
	if leaf.Field == dm.FieldKeyIsShared && !leaf.Values[0].Flag {
		want = `0`
	} else {
		t.add(`b.share_count > 0 AND `)
	}
	t.add(`coalesce((SELECT 1 FROM shares s WHERE s.account_id = b.account_id AND s.ticket_id = b.id AND `)
	t.shareFits(f, leaf)
	t.liveShare(f.reader.Now)
	t.add(` LIMIT 1), 0) = ` + want)
}

// shareFits renders what the leaf asks of one share s, and " AND " after it.
func (t *sqlText) shareFits(f *filter, leaf *dm.Condition) {
	switch leaf.Field {
	case dm.FieldKeySharedAgent:
		t.target(`agent`, f.reader.IDs(leaf), leaf.Op)
	case dm.FieldKeySharedGroup:
		t.target(`group`, f.reader.IDs(leaf), leaf.Op)
	case dm.FieldKeySharedBy:
		t.in(`s.created_by + 0`, nonZero(f.reader.IDs(leaf)))
	case dm.FieldKeySharedSince:
		t.moment(f, `s.created_at + 0`, leaf)
	case dm.FieldKeyShareExpires:
		t.moment(f, `s.expires_at + 0`, leaf)
	case dm.FieldKeyShareLevel:
		t.choice(`s.level`, dm.ConditionFieldOf(leaf.Field), leaf)
	case dm.FieldKeyShareCause:
		t.choice(`s.cause_kind`, dm.ConditionFieldOf(leaf.Field), leaf)
	default:
		return
	}
	t.add(` AND `)
}

func (t *sqlText) target(kind string, ids []int64, op dm.ConditionOp) {
	t.add(`s.target_kind = '` + kind + `'`)
	if op != dm.OpNotEmpty {
		t.add(` AND `)
		t.in(`s.target_id + 0`, nonZero(ids))
	}
}

func isDay(text string) bool {
	_, err := time.Parse(time.DateOnly, text)
	return err == nil
}
