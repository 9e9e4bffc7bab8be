package deskmesh

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// ParseCondition reads a condition from JSON:
//
//	{"all": [{"field": "status", "op": "in", "value": ["new", "open"]},
//	         {"any": [{"field": "assignee", "op": "is", "value": "me"},
//	                  {"field": "updated", "op": "within_last", "value": {"days": 7}}]}]}
//
// Nothing, {} and an empty "all" give the empty condition. Everything else that
// is not such a tree, inside the limits and with fields, operators and values
// that belong together, is an Invalid error of the field "filter" that names
// the place. Which ids and own fields the account has is not looked at.
func ParseCondition(raw []byte) (Condition, error) {
	if len(raw) > MaxConditionBytes {
		return Condition{}, BadCondition("", "A filter has at most %d characters.", MaxConditionBytes)
	}
	return parseCondition(raw)
}

func parseCondition(raw []byte) (Condition, error) {
	return parseAny(raw, conditionParser{})
}

func parseAny(raw []byte, p conditionParser) (Condition, error) {
	if len(bytes.TrimSpace(raw)) == 0 {
		return Condition{}, nil
	}
	if !utf8.Valid(raw) {
		return Condition{}, BadCondition("", "This is not valid text.")
	}
	c, err := p.node(raw, "", 0)
	if err != nil {
		return Condition{}, err
	}
	return c, nil
}

// conditionParser counts the leaves of a tree as it reads them.
type conditionParser struct {
	leaves int
	rule   bool // with the fields and operators of rules
}

// field finds the field with a key; nil for an own one, and one there is not.
func (p *conditionParser) field(key string) *ConditionField {
	if p.rule {
		return RuleFieldOf(key)
	}
	return ConditionFieldOf(key)
}

// node reads one node below depth lists.
func (p *conditionParser) node(raw []byte, place string, depth int) (Condition, error) {
	keys, err := jsonObject(raw)
	if err != nil {
		return Condition{}, BadCondition(place, "a condition is an object with all, any, or field, op and value.")
	}
	if len(keys) == 0 && place == "" {
		return Condition{}, nil
	}
	for key := range keys {
		if !slices.Contains([]string{"all", "any", "field", "op", "value"}, key) {
			return Condition{}, BadCondition(place, "an unknown key; the keys are all, any, field, op and value.")
		}
	}
	for _, list := range []string{"all", "any"} {
		if part, ok := keys[list]; ok {
			if len(keys) != 1 {
				return Condition{}, BadCondition(place, "%s stands alone.", list)
			}
			return p.list(part, place, list, depth+1)
		}
	}
	if p.leaves++; p.leaves > MaxConditionLeaves {
		return Condition{}, BadCondition("", "A filter has at most %d conditions.", MaxConditionLeaves)
	}
	return p.leaf(keys, place)
}

func (p *conditionParser) list(raw []byte, place, list string, depth int) (Condition, error) {
	var parts []json.RawMessage
	if err := json.Unmarshal(raw, &parts); err != nil || parts == nil {
		return Condition{}, BadCondition(place, "%s is a list of conditions.", list)
	}
	if depth > MaxConditionDepth {
		return Condition{}, BadCondition(place, "lists stand at most %d deep.", MaxConditionDepth)
	}
	if len(parts) == 0 {
		if place == "" && list == "all" {
			return Condition{}, nil
		}
		return Condition{}, BadCondition(place, "%s needs at least one condition.", list)
	}
	if len(parts) > MaxConditionLeaves {
		return Condition{}, BadCondition("", "A filter has at most %d conditions.", MaxConditionLeaves)
	}
	nodes := make([]Condition, len(parts))
	for i, part := range parts {
		var err error
		if nodes[i], err = p.node(part, inPlace(place, list, i), depth); err != nil {
			return Condition{}, err
		}
	}
	if list == "all" {
		return Condition{All: nodes}, nil
	}
	return Condition{Any: nodes}, nil
}

// jsonObject reads an object whose keys are all different.
func jsonObject(raw []byte) (map[string]json.RawMessage, error) {
	d := json.NewDecoder(bytes.NewReader(raw))
	if start, err := d.Token(); err != nil || start != json.Delim('{') {
		return nil, errors.New("no object")
	}
	keys := map[string]json.RawMessage{}
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return nil, err
		}
		key, ok := name.(string)
		if _, twice := keys[key]; !ok || twice {
			return nil, errors.New("a key twice")
		}
		var value json.RawMessage
		if err := d.Decode(&value); err != nil {
			return nil, err
		}
		keys[key] = value
	}
	if _, err := d.Token(); err != nil {
		return nil, err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("more after the object")
	}
	return keys, nil
}

func (p *conditionParser) leaf(keys map[string]json.RawMessage, place string) (Condition, error) {
	var c Condition
	if json.Unmarshal(keys["field"], &c.Field) != nil || c.Field == "" {
		return c, BadCondition(place, "field is the key of a field.")
	}
	field := p.field(c.Field)
	if field == nil && c.OwnField() == 0 {
		return c, BadCondition(place, "there is no such field.")
	}
	if json.Unmarshal(keys["op"], &c.Op) != nil || c.Op == "" {
		return c, BadCondition(place, "op is the name of an operator.")
	}
	if err := c.takes(field, p.rule, place); err != nil {
		return c, err
	}
	value, given := keys["value"]
	if c.Op.Bare() {
		if given {
			return c, BadCondition(place, "%s takes no value.", c.Op)
		}
		return c, nil
	}
	if !given {
		return c, BadCondition(place, "the value is missing.")
	}
	parts := []json.RawMessage{value}
	if c.Op.Lists() {
		if json.Unmarshal(value, &parts) != nil || len(parts) == 0 || len(parts) > MaxConditionValues {
			return c, BadCondition(place, "%s takes a list of 1 to %d values.", c.Op, MaxConditionValues)
		}
	}
	for _, part := range parts {
		v, fault := parseValue(field, c.Op, part)
		if fault != "" {
			return c, BadCondition(place, "%s", fault)
		}
		if !slices.Contains(c.Values, v) {
			c.Values = append(c.Values, v)
		}
	}
	return c, nil
}

// takes checks that the field has the leaf's operator; an own field, whose kind
// is not known here, has any but those of tags.
func (c *Condition) takes(field *ConditionField, rule bool, place string) error {
	if field == nil {
		field = &ConditionField{Type: ownType(c.Op), Optional: true}
	}
	ops := field.Ops()
	if rule {
		ops = append(slices.Clone(ops), ChangeOps(c.Field)...)
	}
	if !slices.Contains(ops, c.Op) {
		return BadCondition(place, "this field has no such operator; it has %s.", joinOps(ops))
	}
	return nil
}

func joinOps(ops []ConditionOp) string { return strings.Join(texts(ops), ", ") }

// ownType is a type that has the operator, of those that own fields can have.
func ownType(op ConditionOp) FieldType {
	switch op {
	case OpContains, OpNotContains:
		return TextField
	case OpLess, OpAtMost, OpMore, OpAtLeast:
		return NumberField
	case OpBefore, OpAfter, OpWithinLast, OpOlderThan, OpWithinNext:
		return DateField
	}
	return ChoiceField
}

// parseValue reads one value of a leaf; field is nil for an own field. fault
// says in words what is wrong.
func parseValue(field *ConditionField, op ConditionOp, raw []byte) (v ConditionValue, fault string) {
	var scalar any
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	if err := d.Decode(&scalar); err != nil {
		return v, "the value is not valid JSON."
	}
	if op == OpWithinLast || op == OpOlderThan || op == OpWithinNext {
		return parseSpan(raw)
	}
	kind := ownType(op)
	if field != nil {
		kind = field.Type
	}
	switch {
	case field == nil && kind == ChoiceField:
		return parseScalar(scalar)
	case kind.Reference():
		return parseID(kind, scalar)
	}
	switch kind {
	case NumberField:
		return parseNumber(scalar)
	case BooleanField:
		flag, ok := scalar.(bool)
		if !ok {
			return v, "the value is true or false."
		}
		return ConditionValue{Kind: FlagValue, Flag: flag}, ""
	case DateField:
		return parseDate(scalar, op == OpIs)
	}
	v, fault = parseText(scalar)
	if kind == TagsField {
		v.Text = strings.ToLower(v.Text)
	}
	if fault == "" && kind == ChoiceField && !slices.Contains(field.Choices, v.Text) {
		return v, "the value is one of " + strings.Join(field.Choices, ", ") + "."
	}
	return v, fault
}

// parseScalar reads a value of an own field by its own form.
func parseScalar(scalar any) (ConditionValue, string) {
	switch x := scalar.(type) {
	case bool:
		return ConditionValue{Kind: FlagValue, Flag: x}, ""
	case json.Number:
		return parseNumber(scalar)
	}
	return parseText(scalar)
}

// parseText reads a text, with one blank for each run of white space.
func parseText(scalar any) (ConditionValue, string) {
	text, ok := scalar.(string)
	text = strings.Join(strings.Fields(text), " ")
	if !ok || text == "" || utf8.RuneCountInString(text) > MaxConditionText || strings.Contains(text, "\x00") {
		return ConditionValue{}, "the value is a text of 1 to " + strconv.Itoa(MaxConditionText) + " characters."
	}
	return ConditionValue{Kind: TextValue, Text: text}, ""
}

func parseID(kind FieldType, scalar any) (ConditionValue, string) {
	self := map[FieldType]string{PersonField: "me", GroupField: "mine"}[kind]
	if text, ok := scalar.(string); ok && self != "" && text == self {
		return ConditionValue{Kind: SelfValue, Text: self}, ""
	}
	if n, ok := scalar.(json.Number); ok {
		if id, err := strconv.ParseInt(n.String(), 10, 64); err == nil && id > 0 && id < 1<<53 {
			return ConditionValue{Kind: IDValue, ID: id}, ""
		}
	}
	if self != "" {
		return ConditionValue{}, "the value is an id, or \"" + self + "\"."
	}
	return ConditionValue{}, "the value is an id."
}

func parseNumber(scalar any) (ConditionValue, string) {
	if n, ok := scalar.(json.Number); ok {
		if x, err := n.Float64(); err == nil && math.Abs(x) <= 1e15 {
			return ConditionValue{Kind: NumberValue, Number: x + 0}, ""
		}
	}
	return ConditionValue{}, "the value is a number."
}

// The years that a condition can name.
const (
	firstYear = 1900
	lastYear  = 2200
)

func parseDate(scalar any, dayOnly bool) (ConditionValue, string) {
	text, _ := scalar.(string)
	v := ConditionValue{Kind: DayValue}
	t, err := time.Parse(time.DateOnly, text)
	if err != nil && !dayOnly {
		v.Kind = MomentValue
		t, err = time.Parse(time.RFC3339Nano, text)
	}
	v.Time = TimeOf(t)
	if err != nil || t.UTC().Year() < firstYear || t.UTC().Year() > lastYear {
		if dayOnly {
			return v, "the value is a day such as 2026-01-31."
		}
		return v, "the value is a day such as 2026-01-31 or a time such as 2026-01-31T09:00:00Z."
	}
	return v, ""
}

const maxSpan = 3660 * Day

func parseSpan(raw []byte) (ConditionValue, string) {
	const fault = `the value is a length of time such as {"days": 7} or {"hours": 4}, up to ten years.`
	keys, err := jsonObject(raw)
	if err != nil || len(keys) != 1 {
		return ConditionValue{}, fault
	}
	for key, unit := range map[string]time.Duration{"days": Day, "hours": time.Hour} {
		var n int64
		if part, ok := keys[key]; ok && json.Unmarshal(part, &n) == nil && n > 0 && n <= int64(maxSpan/unit) {
			return ConditionValue{Kind: SpanValue, Span: time.Duration(n) * unit}, ""
		}
	}
	return ConditionValue{}, fault
}

// MarshalJSON writes the condition in one form, which ParseCondition reads.
func (c Condition) MarshalJSON() ([]byte, error) {
	switch {
	case c.Leaf():
		return json.Marshal(c.leafJSON())
	case len(c.Any) > 0:
		return json.Marshal(map[string][]Condition{"any": c.Any})
	}
	all := c.All
	if all == nil {
		all = []Condition{}
	}
	return json.Marshal(map[string][]Condition{"all": all})
}

func (c *Condition) leafJSON() any {
	leaf := struct {
		Field string      `json:"field"`
		Op    ConditionOp `json:"op"`
		Value any         `json:"value,omitzero"`
	}{Field: c.Field, Op: c.Op}
	if c.Op.Lists() {
		list := make([]any, len(c.Values))
		for i := range c.Values {
			list[i] = c.Values[i].plain()
		}
		leaf.Value = list
	} else if len(c.Values) == 1 {
		leaf.Value = c.Values[0].plain()
	}
	return leaf
}

// plain gives the value as JSON has it.
func (v *ConditionValue) plain() any {
	switch v.Kind {
	case NumberValue:
		return v.Number
	case FlagValue:
		return v.Flag
	case IDValue:
		return v.ID
	case MomentValue:
		return time.UnixMicro(int64(v.Time)).UTC().Format(time.RFC3339Nano)
	case DayValue:
		return time.UnixMicro(int64(v.Time)).UTC().Format(time.DateOnly)
	case SpanValue:
		if v.Span%Day == 0 {
			return map[string]int64{"days": int64(v.Span / Day)}
		}
		return map[string]int64{"hours": int64(v.Span / time.Hour)}
	}
	return v.Text
}

// UnmarshalJSON reads what ParseCondition reads, and all that MarshalJSON has
// written: what the latter escapes may be longer than MaxConditionBytes.
func (c *Condition) UnmarshalJSON(raw []byte) error {
	read, err := parseCondition(raw)
	if err == nil {
		*c = read
	}
	return err
}
