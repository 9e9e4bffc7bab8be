package rules

import (
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	dm "github.com/deskmesh/deskmesh"
)

// Match says whether the condition holds for the ticket, as the reader sees it.
// The empty condition always does. The Snapshot must have the parts that
// NeedsOf names.
func Match(c *dm.Condition, s *Snapshot, r *Reader) bool {
	switch {
	case c.Leaf():
		return leafHolds(c, s, r)
	case len(c.Any) > 0:
		for i := range c.Any {
			if Match(&c.Any[i], s, r) {
				return true
			}
		}
		return false
	}
	for i := range c.All {
		if !Match(&c.All[i], s, r) {
			return false
		}
	}
	return true
}

// leafHolds decides one leaf: a negative operator holds exactly where its
// counterpart does not.
func leafHolds(c *dm.Condition, s *Snapshot, r *Reader) bool {
	op, negative := c.Op.Opposite()
	if !negative {
		return fits(c, s, r)
	}
	leaf := *c
	leaf.Op = op
	return fits(&leaf, s, r) != negative
}

// fits decides a leaf with a positive operator.
func fits(leaf *dm.Condition, s *Snapshot, r *Reader) bool {
	if leaf.Op.Changes() {
		return changeFits(leaf, s, r)
	}
	if id := leaf.OwnField(); id != 0 {
		return ownFits(leaf, ownValue(&s.Ticket, id), r.Now)
	}
	field := dm.ConditionFieldOf(leaf.Field)
	switch {
	case field == nil:
		return ruleFits(leaf, s, r)
	case field.Sharing:
		return shareFits(leaf, s.Shares, r)
	case field.Type.Reference():
		return referenceFits(leaf, s, r)
	case field.Type == dm.TagsField:
		return tagsFit(leaf, s.Ticket.Tags)
	case field.Type == dm.TextField:
		return leaf.Op == dm.OpNotEmpty && text(leaf.Field, s) != "" || leaf.Op != dm.OpNotEmpty && flatFits(leaf, s.flat(leaf.Field))
	case field.Type == dm.WordsField:
		return wordsFit(leaf, s, r)
	case field.Type == dm.NumberField:
		return numberFits(leaf, number(leaf.Field, s, r))
	case field.Type == dm.DateField:
		return dateFits(leaf, date(leaf.Field, s), r.Now)
	case field.Type == dm.BooleanField:
		return leaf.Values[0].Flag == flag(leaf.Field, s, r)
	}
	return wants(leaf, choice(leaf.Field, &s.Ticket))
}

// wants says whether a text is one of the leaf's values.
func wants(leaf *dm.Condition, text string) bool {
	for i := range leaf.Values {
		if leaf.Values[i].Text == text {
			return true
		}
	}
	return false
}

// referenceFits decides a leaf about an id of which there is one at most without
// making lists, and any other by them.
func referenceFits(leaf *dm.Condition, s *Snapshot, r *Reader) bool {
	id, single := oneID(leaf.Field, s)
	if !single {
		return oneOf(leaf, r.IDs(leaf), ids(leaf.Field, s))
	}
	if leaf.Op == dm.OpNotEmpty || id == 0 {
		return id != 0
	}
	for i := range leaf.Values {
		switch v := &leaf.Values[i]; {
		case v.Kind == dm.IDValue && v.ID == id, v.Kind == dm.SelfValue && v.Text == "me" && r.Person == id,
			v.Kind == dm.SelfValue && v.Text == "mine" && slices.Contains(r.Groups, id):
			return true
		}
	}
	return false
}

// ids gives the ids of a reference, without those that stand for nothing.
func ids(key string, s *Snapshot) []int64 {
	switch key {
	case dm.FieldKeyCC:
		return s.Ticket.CCs
	case dm.FieldKeyFollower:
		return s.Ticket.Followers
	case dm.FieldKeyPartnerFrom, dm.FieldKeyPartnerTo:
		var list []int64
		for _, p := range s.Partners {
			if p.Received == (key == dm.FieldKeyPartnerFrom) {
				list = append(list, p.ID)
			}
		}
		return list
	}
	if id, _ := oneID(key, s); id != 0 {
		return []int64{id}
	}
	return nil
}

// oneID gives the id of a reference of which a ticket has one or none, which is 0.
func oneID(key string, s *Snapshot) (id int64, single bool) {
	t := &s.Ticket
	switch key {
	case dm.FieldKeyOwnStatus:
		return t.StatusID, true
	case dm.FieldKeyInbox:
		return t.InboxID, true
	case dm.FieldKeyBrand:
		return s.BrandID, true
	case dm.FieldKeyGroup:
		return t.GroupID, true
	case dm.FieldKeyAssignee:
		return t.AssigneeID, true
	case dm.FieldKeyRequester:
		return t.RequesterID, true
	case dm.FieldKeyCompany:
		return s.CompanyID, true
	case dm.FieldKeyDepartment:
		return t.DepartmentID, true
	case dm.FieldKeyCreator:
		return t.CreatorID, true
	}
	return 0, false
}

// oneOf decides a reference: one of its ids is wanted, or it has any.
func oneOf(leaf *dm.Condition, wanted, have []int64) bool {
	if leaf.Op == dm.OpNotEmpty {
		return len(have) > 0
	}
	return slices.ContainsFunc(have, func(id int64) bool { return slices.Contains(wanted, id) })
}

func choice(key string, t *dm.Ticket) string {
	switch key {
	case dm.FieldKeyStatus:
		return string(t.Status)
	case dm.FieldKeyState:
		if t.Status.Done() {
			return "done"
		}
		return "open"
	case dm.FieldKeyPriority:
		return string(t.Priority)
	case dm.FieldKeyType:
		return string(t.Type)
	}
	return string(t.Via)
}

// wanted gives the texts of the leaf's values.
func wanted(leaf *dm.Condition) []string {
	list := make([]string, len(leaf.Values))
	for i := range leaf.Values {
		list[i] = leaf.Values[i].Text
	}
	return list
}

func tagsFit(leaf *dm.Condition, tags []string) bool {
	switch leaf.Op {
	case dm.OpNotEmpty:
		return len(tags) > 0
	case dm.OpHasAll:
		return !slices.ContainsFunc(leaf.Values, func(v dm.ConditionValue) bool { return !slices.Contains(tags, v.Text) })
	}
	return slices.ContainsFunc(leaf.Values, func(v dm.ConditionValue) bool { return slices.Contains(tags, v.Text) })
}

func text(key string, s *Snapshot) string {
	switch key {
	case dm.FieldKeyRequesterName:
		return s.Requester.Name
	case dm.FieldKeyRequesterMail:
		return s.Requester.Address
	case dm.FieldKeyRequesterDomain:
		return s.Requester.Address[strings.LastIndexByte(s.Requester.Address, '@')+1:]
	}
	return s.Ticket.Subject
}

// textFits compares whatever the case, with one blank for a run of white space.
func textFits(leaf *dm.Condition, have string) bool {
	if leaf.Op == dm.OpNotEmpty {
		return have != ""
	}
	return flatFits(leaf, flat(have))
}

// flatFits is textFits for a text that is flat already.
func flatFits(leaf *dm.Condition, have string) bool {
	return slices.ContainsFunc(leaf.Values, func(v dm.ConditionValue) bool {
		if leaf.Op == dm.OpContains {
			return strings.Contains(have, flat(v.Text))
		}
		return have == flat(v.Text)
	})
}

// flat folds a text and makes every run of white space one blank.
func flat(s string) string {
	if isFlat(s) {
		return s
	}
	return strings.Join(strings.Fields(dm.Fold(s)), " ")
}

// isFlat says whether flat would leave the text as it is, for the common case of
// plain small letters.
func isFlat(s string) bool {
	blank := true
	for i := range len(s) {
		c := s[i]
		if c < ' ' || c > '~' || c >= 'A' && c <= 'Z' || c == ' ' && blank {
			return false
		}
		blank = c == ' '
	}
	return !blank || s == ""
}

// flat gives the flat form of a text of the ticket, which is made once.
func (s *Snapshot) flat(key string) string {
	have := text(key, s)
	if s.flats == nil {
		s.flats = map[string]flatText{}
	}
	got, known := s.flats[key]
	if !known || got.of != have {
		got = flatText{have, flat(have)}
		s.flats[key] = got
	}
	return got.flat
}

// wordsFit says whether every word of the value stands in the subject or in a
// message that the reader may read; not all need be in the same one.
func wordsFit(leaf *dm.Condition, s *Snapshot, r *Reader) bool {
	missing := strings.FieldsFunc(dm.Fold(leaf.Values[0].Text), notWord)
	if len(missing) == 0 {
		return false
	}
	look := func(text string) {
		folded := dm.Fold(text)
		missing = slices.DeleteFunc(missing, func(word string) bool { return hasWord(folded, word) })
	}
	look(s.Ticket.Subject)
	for i := range s.Messages {
		if m := &s.Messages[i]; len(missing) > 0 && (!m.Internal || r.Internal) {
			look(m.Text)
		}
	}
	return len(missing) == 0
}

func notWord(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsNumber(r) && !unicode.IsMark(r) }

// hasWord says whether word stands in text between characters that are part of
// no word.
func hasWord(text, word string) bool {
	for at := 0; ; {
		i := strings.Index(text[at:], word)
		if i < 0 {
			return false
		}
		before, _ := utf8.DecodeLastRuneInString(text[:at+i])
		after, size := utf8.DecodeRuneInString(text[at+i+len(word):])
		if (at+i == 0 || notWord(before)) && (size == 0 || notWord(after)) {
			return true
		}
		_, step := utf8.DecodeRuneInString(text[at+i:])
		at += i + step
	}
}

func number(key string, s *Snapshot, r *Reader) float64 {
	if key == dm.FieldKeyNumber {
		return float64(s.Ticket.Number)
	}
	n := 0
	for i := range s.Messages {
		if !s.Messages[i].Internal || r.Internal {
			n++
		}
	}
	return float64(n)
}

func numberFits(leaf *dm.Condition, have float64) bool {
	return slices.ContainsFunc(leaf.Values, func(v dm.ConditionValue) bool {
		switch leaf.Op {
		case dm.OpLess:
			return have < v.Number
		case dm.OpAtMost:
			return have <= v.Number
		case dm.OpMore:
			return have > v.Number
		case dm.OpAtLeast:
			return have >= v.Number
		}
		return have == v.Number
	})
}

func date(key string, s *Snapshot) dm.Time {
	switch key {
	case dm.FieldKeyCreated:
		return s.Ticket.CreatedAt
	case dm.FieldKeyUpdated:
		return s.Ticket.UpdatedAt
	case dm.FieldKeySLADue:
		return dm.NextDue(s.Clocks)
	}
	return s.Ticket.SolvedAt
}

// dateFits compares a moment; one that is not there fits nothing.
func dateFits(leaf *dm.Condition, have, now dm.Time) bool {
	if have == 0 || leaf.Op == dm.OpNotEmpty {
		return have != 0
	}
	from, to := Range(leaf, now)
	return have >= from && have < to
}

// Range gives the moments that a leaf about a date wants: from the first,
// without the second. It is for every operator of dates but empty and not_empty.
func Range(leaf *dm.Condition, now dm.Time) (from, to dm.Time) {
	const first, last = dm.Time(-1 << 62), dm.Time(1 << 62)
	v := &leaf.Values[0]
	end := v.Time + 1
	if v.Kind == dm.DayValue {
		end = v.Time.Add(dm.Day)
	}
	switch leaf.Op {
	case dm.OpIs:
		return v.Time, end
	case dm.OpBefore:
		return first, v.Time
	case dm.OpAfter:
		return end, last
	case dm.OpWithinLast:
		return now.Add(-v.Span), now + 1
	case dm.OpOlderThan:
		return first, now.Add(-v.Span)
	case dm.OpWithinNext:
		return now + 1, now.Add(v.Span) + 1
	}
	return last, first
}

func flag(key string, s *Snapshot, r *Reader) bool {
	switch key {
	case dm.FieldKeyPrivate:
		return s.Ticket.Private
	case dm.FieldKeyHasLink:
		return s.Ticket.HasLink
	case dm.FieldKeyOrphaned:
		return slices.ContainsFunc(s.Partners, func(p Partner) bool { return p.Orphaned })
	case dm.FieldKeySLABreached:
		return slices.ContainsFunc(s.Clocks, func(c dm.Clock) bool { return c.Breached(r.Now) })
	}
	return slices.ContainsFunc(s.Messages, func(m Message) bool { return m.Files > 0 && (!m.Internal || r.Internal) })
}

// shareFits decides a leaf about shares: one of them fits.
func shareFits(leaf *dm.Condition, shares []dm.Share, r *Reader) bool {
	if leaf.Field == dm.FieldKeyIsShared {
		return leaf.Values[0].Flag == (len(shares) > 0)
	}
	wantedIDs := r.IDs(leaf)
	return slices.ContainsFunc(shares, func(s dm.Share) bool {
		switch leaf.Field {
		case dm.FieldKeySharedAgent:
			return s.Target.Kind == dm.TargetAgent && oneOf(leaf, wantedIDs, []int64{s.Target.ID})
		case dm.FieldKeySharedGroup:
			return s.Target.Kind == dm.TargetGroup && oneOf(leaf, wantedIDs, []int64{s.Target.ID})
		case dm.FieldKeySharedBy:
			return s.CreatedBy != 0 && oneOf(leaf, wantedIDs, []int64{s.CreatedBy})
		case dm.FieldKeySharedSince:
			return dateFits(leaf, s.CreatedAt, r.Now)
		case dm.FieldKeyShareExpires:
			return dateFits(leaf, s.ExpiresAt, r.Now)
		case dm.FieldKeyShareLevel:
			return slices.Contains(wanted(leaf), string(s.Level))
		}
		return slices.Contains(wanted(leaf), string(s.Cause.Kind))
	})
}

func ownValue(t *dm.Ticket, field int64) string {
	for _, f := range t.Fields {
		if f.FieldID == field {
			return f.Value
		}
	}
	return ""
}

// ownFits compares the text form of an own field, each value by its own kind. A
// checkbox that was never set is false; any other value that is not there fits
// nothing.
func ownFits(leaf *dm.Condition, have string, now dm.Time) bool {
	switch leaf.Op {
	case dm.OpNotEmpty:
		return have != ""
	case dm.OpBefore, dm.OpAfter, dm.OpWithinLast, dm.OpOlderThan, dm.OpWithinNext:
		day, err := time.Parse(time.DateOnly, have)
		return err == nil && dayFits(leaf, dm.Time(day.UnixMicro()), now)
	case dm.OpLess, dm.OpAtMost, dm.OpMore, dm.OpAtLeast:
		n, err := strconv.ParseFloat(have, 64)
		return err == nil && numberFits(leaf, n)
	case dm.OpContains:
		return have != "" && textFits(leaf, have)
	}
	return slices.ContainsFunc(leaf.Values, func(v dm.ConditionValue) bool {
		switch v.Kind {
		case dm.FlagValue:
			return v.Flag == (have == "true")
		case dm.NumberValue:
			n, err := strconv.ParseFloat(have, 64)
			return err == nil && n == v.Number
		}
		return have != "" && flat(have) == flat(v.Text)
	})
}

// dayFits is dateFits for a day, which may be that of the zero moment.
func dayFits(leaf *dm.Condition, have, now dm.Time) bool {
	from, to := Range(leaf, now)
	return have >= from && have < to
}
