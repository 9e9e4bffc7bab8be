package deskmesh

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Condition says which tickets are meant: a filter of a list, what a webhook
// listens to, when a rule applies. It is a tree. A node holds either All, Any
// or a leaf: Field, Op and Values. The zero Condition holds for every ticket.
//
// ParseCondition is the way to one from outside: it keeps the limits below and
// gives every leaf the values that its operator needs.
type Condition struct {
	All    []Condition
	Any    []Condition
	Field  string // the key of a ConditionField, or "field:" and the id of an own field
	Op     ConditionOp
	Values []ConditionValue // none for empty and not_empty, several for lists
}

// The limits of a condition.
const (
	MaxConditionDepth  = 4      // lists inside each other
	MaxConditionLeaves = 50     // leaves in all
	MaxConditionValues = 100    // values of one leaf
	MaxConditionText   = 200    // characters of one text
	MaxConditionBytes  = 20_000 // of the JSON
)

// ConditionOp is how a leaf compares.
type ConditionOp string

// The operators. Those with "not", and has_none, hold exactly where their
// counterpart does not: also for a ticket that has no such value.
const (
	OpIs          ConditionOp = "is"
	OpIsNot       ConditionOp = "is_not"
	OpIn          ConditionOp = "in"
	OpNotIn       ConditionOp = "not_in"
	OpContains    ConditionOp = "contains"
	OpNotContains ConditionOp = "not_contains"
	OpHasAll      ConditionOp = "has_all"
	OpHasAny      ConditionOp = "has_any"
	OpHasNone     ConditionOp = "has_none"
	OpEmpty       ConditionOp = "empty"
	OpNotEmpty    ConditionOp = "not_empty"
	OpLess        ConditionOp = "lt"
	OpAtMost      ConditionOp = "lte"
	OpMore        ConditionOp = "gt"
	OpAtLeast     ConditionOp = "gte"
	OpBefore      ConditionOp = "before"
	OpAfter       ConditionOp = "after"
	OpWithinLast  ConditionOp = "within_last"
	OpOlderThan   ConditionOp = "older_than"
	OpWithinNext  ConditionOp = "within_next"
)

// Lists says whether the operator takes a list of values.
func (o ConditionOp) Lists() bool {
	switch o {
	case OpIn, OpNotIn, OpHasAll, OpHasAny, OpHasNone:
		return true
	}
	return false
}

// Bare says whether the operator takes no value.
func (o ConditionOp) Bare() bool {
	return o == OpEmpty || o == OpNotEmpty || o == OpChanged || o == OpNotChanged
}

// Opposite gives, for an operator that says no, the one that says yes.
func (o ConditionOp) Opposite() (yes ConditionOp, negative bool) {
	switch o {
	case OpIsNot:
		return OpIs, true
	case OpNotIn:
		return OpIn, true
	case OpNotContains:
		return OpContains, true
	case OpHasNone:
		return OpHasAny, true
	case OpEmpty:
		return OpNotEmpty, true
	case OpNotChanged:
		return OpChanged, true
	}
	return o, false
}

// ValueKind tells which part of a ConditionValue is set.
type ValueKind int

// The kinds of value.
const (
	TextValue   ValueKind = iota + 1
	NumberValue           // of a number field
	FlagValue             // true or false
	IDValue               // of a person, group, inbox ...
	SelfValue             // "me" among people, "mine" among groups: whoever asks
	MomentValue           // a moment
	DayValue              // a whole day in UTC, as its first moment
	SpanValue             // a length of time, counted from now
)

// ConditionValue is what a leaf compares with.
type ConditionValue struct {
	Kind   ValueKind
	Text   string
	Number float64
	Flag   bool
	ID     int64
	Time   Time // of a moment or a day
	Span   time.Duration
}

// Day is the length of a DayValue.
const Day = 24 * time.Hour

// Empty says whether the condition holds for every ticket because it says
// nothing.
func (c *Condition) Empty() bool { return c.Field == "" && len(c.All) == 0 && len(c.Any) == 0 }

// Leaf says whether the node is a leaf.
func (c *Condition) Leaf() bool { return c.Field != "" }

// Conjuncts gives the nodes that must all hold: those of a top-level All, with
// the lists of that kind inside it taken apart, or the condition itself.
func (c *Condition) Conjuncts() []*Condition {
	if c.Empty() {
		return nil
	}
	if len(c.All) == 0 {
		return []*Condition{c}
	}
	var list []*Condition
	for i := range c.All {
		list = append(list, c.All[i].Conjuncts()...)
	}
	return list
}

// Joining lists the positive sharing conditions that stand in the top-level
// All; a leaf that is the whole condition counts as standing there. They let
// tickets into a list that its reader sees only through a share (C22).
func (c *Condition) Joining() []*Condition {
	if c.joins() {
		return []*Condition{c}
	}
	var list []*Condition
	for i := range c.All {
		if c.All[i].joins() {
			list = append(list, &c.All[i])
		}
	}
	return list
}

// joins says whether the leaf is a positive sharing condition.
func (c *Condition) joins() bool {
	switch c.Field {
	case FieldKeySharedAgent, FieldKeySharedGroup, FieldKeySharedBy:
		return c.Op == OpIs || c.Op == OpIn || c.Op == OpNotEmpty
	case FieldKeyIsShared:
		return c.Op == OpIs && len(c.Values) == 1 && c.Values[0].Flag
	}
	return false
}

// Walk visits every leaf with the words for its place, such as "all[1].any[0]".
// The first error ends it and is given back.
func (c *Condition) Walk(visit func(leaf *Condition, place string) error) error {
	return c.walk("", visit)
}

func (c *Condition) walk(place string, visit func(*Condition, string) error) error {
	if c.Leaf() {
		return visit(c, place)
	}
	for i := range c.All {
		if err := c.All[i].walk(inPlace(place, "all", i), visit); err != nil {
			return err
		}
	}
	for i := range c.Any {
		if err := c.Any[i].walk(inPlace(place, "any", i), visit); err != nil {
			return err
		}
	}
	return nil
}

func inPlace(place, list string, i int) string {
	if place != "" {
		place += "."
	}
	return place + list + "[" + strconv.Itoa(i) + "]"
}

// And joins conditions so that all must hold: what stood in the top-level All
// of one stands in that of the whole. Empty ones are left out.
func And(list ...Condition) Condition {
	var all []Condition
	for _, c := range list {
		switch {
		case c.Empty():
		case len(c.All) > 0:
			all = append(all, c.All...)
		default:
			all = append(all, c)
		}
	}
	if len(all) == 1 {
		return all[0]
	}
	return Condition{All: all}
}

// OwnField gives the id of the own field that the leaf asks about; 0 when it
// asks about another.
func (c *Condition) OwnField() int64 {
	text, ok := strings.CutPrefix(c.Field, OwnFieldPrefix)
	if !ok {
		return 0
	}
	id, err := strconv.ParseInt(text, 10, 64)
	if err != nil || id < 1 || strconv.FormatInt(id, 10) != text {
		return 0
	}
	return id
}

// BadCondition makes the error for the leaf or the list at a place; "" is the
// whole filter.
func BadCondition(place, format string, args ...any) *Error {
	text := fmt.Sprintf(format, args...)
	if place == "" {
		return BadField("filter", "%s", strings.ToUpper(text[:1])+text[1:])
	}
	return BadField("filter", "At %s: %s", place, text)
}
