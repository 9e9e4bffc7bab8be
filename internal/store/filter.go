package store

import (
	"database/sql"
	"slices"
	"strconv"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
	"github.com/deskmesh/deskmesh/internal/rules"
)

// filter is a condition with its reader: how a list, a count or a search
// narrows what its scope admits. It never admits anything by itself.
//
// SQL decides every leaf but those that compare texts, which the engines would
// fold differently. In SQL such a leaf always holds; a condition has no "not"
// above its leaves, so that what SQL lets through is all that can fit. The rest
// is then asked of rules.Match, in keep.
type filter struct {
	cond   dm.Condition
	reader rules.Reader // Internal is decided ticket by ticket
	dir    *Directory
	notes  access.Scope     // the tickets of which the reader may read notes
	tags   map[string]int64 // ids of the tags that the condition names
	rest   dm.Condition     // the conjuncts that SQL does not decide
}

// newFilter checks a condition against the account and what its reader may ask
// about, and prepares it. nil is for the empty condition.
func (tx *Tx) newFilter(v *access.Viewer, c dm.Condition) (*filter, error) {
	if c.Empty() {
		return nil, nil
	}
	dir, err := tx.Directory(v.Account())
	if err != nil {
		return nil, err
	}
	if err := CheckFilter(dir, v, &c); err != nil {
		return nil, err
	}
	f := &filter{cond: c, dir: dir, notes: v.Scope(access.SeeInternal, access.Open),
		reader: rules.Reader{Person: v.Person(), Groups: v.Groups(), Now: tx.now}}
	for _, part := range c.Conjuncts() {
		if comparesTexts(part) {
			f.rest.All = append(f.rest.All, *part)
		}
	}
	f.tags, err = tx.tagIDs(v.Account(), &c)
	return f, err
}

// comparesTexts says whether a part of the condition is left to rules.Match.
func comparesTexts(c *dm.Condition) bool {
	found := false
	_ = c.Walk(func(leaf *dm.Condition, _ string) error {
		found = found || textual(leaf)
		return nil
	})
	return found
}

func textual(leaf *dm.Condition) bool {
	if leaf.OwnField() != 0 {
		return true
	}
	f := dm.ConditionFieldOf(leaf.Field)
	return f != nil && (f.Type == dm.TextField || f.Type == dm.WordsField)
}

// tagIDs finds the tags that a condition names. One that was never used has no
// id.
func (tx *Tx) tagIDs(account int64, c *dm.Condition) (map[string]int64, error) {
	var names []any
	_ = c.Walk(func(leaf *dm.Condition, _ string) error {
		if leaf.Field == dm.FieldKeyTags {
			for i := range leaf.Values {
				names = append(names, leaf.Values[i].Text)
			}
		}
		return nil
	})
	if len(names) == 0 {
		return nil, nil
	}
	for len(names) < paddedLen(len(names)) {
		names = append(names, names[0])
	}
	ids := map[string]int64{}
	err := tx.query(`SELECT name, id FROM tags WHERE account_id = ? AND name IN (`+marks(len(names))+`)`, func(rows *sql.Rows) error {
		var name string
		var id int64
		err := rows.Scan(&name, &id)
		ids[name] = id
		return err
	}, append([]any{account}, names...)...)
	return ids, err
}

// exact says whether SQL alone decides the filter.
func (f *filter) exact() bool { return f == nil || f.rest.Empty() }

// The bounds of what keep reads.
const (
	keepTickets = 50      // at once
	keepBytes   = 4 << 20 // of messages' texts, for one page
)

// keep gives, of tickets that passed the filter in SQL, those that fit it. Their
// order stays. read is how many bytes of texts that took.
func (tx *Tx) keep(f *filter, tickets []int64) (fit []int64, read int, err error) {
	for part := range slices.Chunk(tickets, keepTickets) {
		list, internal, err := tx.filterSnapshots(f, part)
		if err != nil {
			return nil, 0, err
		}
		for _, id := range part {
			s := list[id]
			if s == nil {
				continue
			}
			for i := range s.Messages {
				read += len(s.Messages[i].Text)
			}
			reader := f.reader
			reader.Internal = internal[id]
			if rules.Match(&f.rest, s, &reader) {
				fit = append(fit, id)
			}
		}
	}
	return fit, read, nil
}

// filterSnapshots reads what the rest of a filter asks about, and of which
// tickets the reader may read notes.
func (tx *Tx) filterSnapshots(f *filter, tickets []int64) (map[int64]*rules.Snapshot, map[int64]bool, error) {
	var t sqlText
	account := f.dir.Account.ID
	t.add(`SELECT ` + ticketColumns + `, CASE WHEN `)
	t.oneTicket(f.notes, tx.now)
	t.add(` THEN 1 ELSE 0 END FROM tickets b WHERE b.account_id = ? AND `, account)
	t.in(`b.id`, tickets)
	byID, internal := map[int64]*rules.Snapshot{}, map[int64]bool{}
	var list []*rules.Snapshot
	err := tx.query(t.String(), func(rows *sql.Rows) error {
		s := &rules.Snapshot{}
		var priority int64
		var notes bool
		if err := rows.Scan(append(ticketDest(&s.Ticket, &priority), flag{&notes})...); err != nil {
			return err
		}
		s.Ticket.Priority = dm.Priorities[priority-1]
		list = append(list, s)
		byID[s.Ticket.ID], internal[s.Ticket.ID] = s, notes
		return nil
	}, t.args...)
	if err != nil {
		return nil, nil, err
	}
	return byID, internal, tx.fillSnapshots(f.dir, list, rules.NeedsOf(&f.rest))
}

// CheckFilter says whether the viewer can filter by the condition: see
// Directory.CheckCondition, and requesters ask about nothing that only agents
// know.
func CheckFilter(d *Directory, v *access.Viewer, c *dm.Condition) error {
	if err := d.CheckCondition(c); err != nil {
		return err
	}
	if v.IsAgent() || v.IsSystem() {
		return nil
	}
	return c.Walk(func(leaf *dm.Condition, place string) error {
		if f := dm.ConditionFieldOf(leaf.Field); f == nil || !f.Requesters {
			return dm.BadCondition(place, "there is no such field.")
		}
		return nil
	})
}

// CheckCondition says whether the condition fits the account: the groups,
// inboxes, brands, departments, statuses and own fields it names exist, and own
// fields are asked as their kind wants. People and companies are not looked
// for: one that does not exist fits no ticket. The error is Invalid, names the
// field "filter" and the place, and its reason is "broken_filter".
func (d *Directory) CheckCondition(c *dm.Condition) error { return d.checkLeaves(c, d.leafFault) }

func (d *Directory) checkLeaves(c *dm.Condition, faultOf func(*dm.Condition) string) error {
	return c.Walk(func(leaf *dm.Condition, place string) error {
		fault := faultOf(leaf)
		if fault == "" {
			return nil
		}
		return dm.BadCondition(place, "%s", fault).With("broken_filter")
	})
}

// CheckRuleCondition is CheckCondition for the condition of a rule. The error
// names the field "condition".
func (d *Directory) CheckRuleCondition(c *dm.Condition) error {
	return dm.OfRule(d.checkLeaves(c, func(leaf *dm.Condition) string {
		switch {
		case leaf.Op.Changes():
			// What the value has to be is what it has to be for "is".
			is := *leaf
			if is.Op = dm.OpIs; leaf.Op.Bare() {
				is.Op, is.Values = dm.OpEmpty, nil
			}
			if leaf.OwnField() == 0 && leaf.Op.Bare() {
				return ""
			}
			return d.leafFault(&is)
		case dm.ConditionFieldOf(leaf.Field) == nil && dm.RuleFieldOf(leaf.Field) != nil:
			return ""
		}
		return d.leafFault(leaf)
	}))
}

func (d *Directory) leafFault(leaf *dm.Condition) string {
	if id := leaf.OwnField(); id != 0 {
		own, ok := d.Fields[id]
		if !ok || !own.Active {
			return "there is no such field."
		}
		return ownFault(&own, leaf)
	}
	f := dm.ConditionFieldOf(leaf.Field)
	if f == nil || !slices.Contains(f.Ops(), leaf.Op) || (len(leaf.Values) == 0) != leaf.Op.Bare() {
		return "this is no condition."
	}
	for i := range leaf.Values {
		if id := leaf.Values[i].ID; id != 0 && !d.exists(f.Type, id) {
			return "there is no such " + nounOf(f.Type) + "."
		}
	}
	return ""
}

func (d *Directory) exists(kind dm.FieldType, id int64) bool {
	ok := true
	switch kind {
	case dm.GroupField:
		_, ok = d.Groups[id]
	case dm.InboxField:
		_, ok = d.Inboxes[id]
	case dm.BrandField:
		_, ok = d.Brands[id]
	case dm.DepartmentField:
		_, ok = d.Depts[id]
	case dm.StatusField:
		_, ok = d.Statuses[id]
	case dm.PartnersField:
		_, ok = d.Partners[id]
	}
	return ok
}

func nounOf(kind dm.FieldType) string {
	if kind == dm.StatusField {
		return "status"
	}
	return string(kind)
}

// ownFault says what is wrong with a leaf about an own field; "" for nothing.
func ownFault(own *dm.TicketField, leaf *dm.Condition) string {
	f := own.ConditionField(dm.OwnFieldPrefix + strconv.FormatInt(own.ID, 10))
	if !slices.Contains(f.Ops(), leaf.Op) {
		return "this field has no such operator."
	}
	for i := range leaf.Values {
		v := &leaf.Values[i]
		switch {
		case f.Type == dm.NumberField && v.Kind != dm.NumberValue:
			return "the value is a number."
		case f.Type == dm.BooleanField && v.Kind != dm.FlagValue:
			return "the value is true or false."
		case f.Type == dm.DateField && leaf.Op == dm.OpIs && (v.Kind != dm.TextValue || !isDay(v.Text)):
			return "the value is a day such as 2026-01-31."
		case (f.Type == dm.TextField || f.Type == dm.ChoiceField) && v.Kind != dm.TextValue:
			return "the value is a text."
		case f.Type == dm.ChoiceField && !slices.Contains(own.Options, v.Text):
			return "the field has no such choice."
		}
	}
	return ""
}
