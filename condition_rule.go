package deskmesh

import (
	"errors"
	"slices"
)

// The operators that only rules have: they ask what the change that a rule is
// asked about did to a field. After no change, as in a time rule, none of the
// first three holds.
const (
	OpChanged     ConditionOp = "changed"
	OpChangedTo   ConditionOp = "changed_to"   // it is so now and was not before
	OpChangedFrom ConditionOp = "changed_from" // it was so and is not any more
	OpNotChanged  ConditionOp = "not_changed"
)

// Changes says whether the operator asks about a change.
func (o ConditionOp) Changes() bool {
	switch o {
	case OpChanged, OpChangedTo, OpChangedFrom, OpNotChanged:
		return true
	}
	return false
}

// The keys of fields that only rules have.
const (
	FieldKeyRequesterReplies = "requester_replies"
	FieldKeyAgentReplies     = "agent_replies"
	FieldKeyHoursCreated     = "hours_since_created"
	FieldKeyHoursUpdated     = "hours_since_updated"
	FieldKeyHoursReply       = "hours_since_reply"
	FieldKeyHoursRequester   = "hours_since_requester_reply"
	FieldKeyHoursAgent       = "hours_since_agent_reply"
	FieldKeyPerformer        = "performer"
	FieldKeyUpdateVia        = "update_via"
	FieldKeyViaSharing       = "update_via_sharing"
	FieldKeyShareCount       = "share_count"
	FieldKeySharedByRule     = "shared_by_rule"
	FieldKeyOpened           = "opened_by_recipient"
)

// RuleFields is every field that only the conditions of rules have, in the order
// in which people choose from them.
var RuleFields = []ConditionField{
	{Key: FieldKeyRequesterReplies, Help: "How many public messages of requesters came after the first.", Type: NumberField},
	{Key: FieldKeyAgentReplies, Help: "How many public messages of agents there are after the first.", Type: NumberField},
	{Key: FieldKeyHoursCreated, Help: "Whole hours since it was filed.", Type: NumberField},
	{Key: FieldKeyHoursUpdated, Help: "Whole hours since it last changed.", Type: NumberField},
	{Key: FieldKeyHoursReply, Help: "Whole hours since the last public message.", Type: NumberField},
	{Key: FieldKeyHoursRequester, Help: "Whole hours since the last public message of a requester.", Type: NumberField},
	{Key: FieldKeyHoursAgent, Help: "Whole hours since the last public message of an agent.", Type: NumberField},
	{Key: FieldKeyPerformer, Help: "Who made the change.", Type: ChoiceField, Choices: texts(Performers)},
	{Key: FieldKeyUpdateVia, Help: "The door the change came in by.", Type: ChoiceField, Choices: texts([]Via{ViaAPI, ViaMail, ViaPortal, ViaSystem, ViaPartner, ViaRule})},
	{Key: FieldKeyViaSharing, Help: "Whether the change was made by somebody who has the ticket through a share alone.", Type: BooleanField},
	{Key: FieldKeyShareCount, Help: "With how many it is shared.", Type: NumberField, Sharing: true},
	{Key: FieldKeySharedByRule, Help: "Whether a rule shared it.", Type: BooleanField, Sharing: true},
	{Key: FieldKeyOpened, Help: "Whether somebody it is shared with has opened it.", Type: BooleanField, Sharing: true},
}

// RuleFieldOf gives the field with the key, of filters or of rules; nil for an own
// field and for a key that does not exist.
func RuleFieldOf(key string) *ConditionField {
	if f := ConditionFieldOf(key); f != nil {
		return f
	}
	for i := range RuleFields {
		if RuleFields[i].Key == key {
			return &RuleFields[i]
		}
	}
	return nil
}

// changing are the fields whose change can be asked about, own ones aside; of
// those that are true, only whether they changed.
var changing = map[string]bool{
	FieldKeyStatus: false, FieldKeyOwnStatus: false, FieldKeyState: false, FieldKeyPriority: false, FieldKeyType: false, FieldKeyPrivate: false,
	FieldKeyInbox: false, FieldKeyBrand: false, FieldKeyGroup: false, FieldKeyAssignee: false, FieldKeyRequester: false, FieldKeyDepartment: false,
	FieldKeySubject: true, FieldKeyTags: true, FieldKeyCC: true, FieldKeyFollower: true,
}

// ChangeOps lists the operators about changes that the field with the key takes.
func ChangeOps(key string) []ConditionOp {
	leaf := Condition{Field: key}
	bare, known := changing[key]
	switch {
	case !known && leaf.OwnField() == 0:
		return nil
	case bare:
		return []ConditionOp{OpChanged, OpNotChanged}
	}
	return []ConditionOp{OpChanged, OpNotChanged, OpChangedTo, OpChangedFrom}
}

// ParseRuleCondition is ParseCondition for a rule: with the fields and operators
// that only rules have, and without "me" and "mine", for a rule is nobody. Errors
// name the field "condition".
func ParseRuleCondition(raw []byte) (Condition, error) {
	if len(raw) > MaxConditionBytes {
		return Condition{}, BadField("condition", "A condition has at most %d characters.", MaxConditionBytes)
	}
	c, err := ReadRuleCondition(raw)
	if err == nil {
		err = c.Walk(func(leaf *Condition, place string) error {
			if slices.ContainsFunc(leaf.Values, func(v ConditionValue) bool { return v.Kind == SelfValue }) {
				return BadCondition(place, "a rule is nobody, so that me and mine mean nothing here.")
			}
			return nil
		})
	}
	return c, OfRule(err)
}

// ReadRuleCondition reads what MarshalJSON has written of a rule's condition.
func ReadRuleCondition(raw []byte) (Condition, error) {
	return parseAny(raw, conditionParser{rule: true})
}

// OfRule makes an error about a filter one about a rule's condition.
func OfRule(err error) error {
	if e, ok := errors.AsType[*Error](err); ok && e.Field == "filter" {
		of := *e
		of.Field = "condition"
		return &of
	}
	return err
}
