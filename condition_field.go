package deskmesh

import "slices"

// FieldType is what values a condition's field has, and so which operators it
// takes and how a screen asks for a value.
type FieldType string

// The types. A reference is compared by id.
const (
	ChoiceField     FieldType = "choice"
	PersonField     FieldType = "person"
	GroupField      FieldType = "group"
	InboxField      FieldType = "inbox"
	BrandField      FieldType = "brand"
	DepartmentField FieldType = "department"
	CompanyField    FieldType = "company"
	PartnersField   FieldType = "partner"
	StatusField     FieldType = "own_status"
	TagsField       FieldType = "tags"
	TextField       FieldType = "text"
	WordsField      FieldType = "words" // found word by word
	NumberField     FieldType = "number"
	DateField       FieldType = "date"
	BooleanField    FieldType = "boolean"
)

// Reference says whether values are ids.
func (t FieldType) Reference() bool {
	switch t {
	case PersonField, GroupField, InboxField, BrandField, DepartmentField, CompanyField, StatusField, PartnersField:
		return true
	}
	return false
}

// ConditionField is a property of tickets that a condition can ask about.
type ConditionField struct {
	Key     string
	Help    string
	Type    FieldType
	Choices []string // of a choice
	// Optional says that a ticket may have none: empty and not_empty are asked.
	Optional bool
	// Several says that a ticket may have several: a leaf holds when one of them
	// fits, and its negative form when none does.
	Several bool
	// Sharing says that it asks about the ticket's live shares.
	Sharing bool
	// Requesters says that requesters may use it; the others ask about what only
	// agents know.
	Requesters bool
}

// OwnFieldPrefix, followed by its id, is the key of an own field.
const OwnFieldPrefix = "field:"

// The keys of fields that the program treats in a way of their own.
const (
	FieldKeyNumber          = "number"
	FieldKeySubject         = "subject"
	FieldKeyStatus          = "status"
	FieldKeyOwnStatus       = "own_status"
	FieldKeyState           = "state"
	FieldKeyPriority        = "priority"
	FieldKeyType            = "type"
	FieldKeyTags            = "tags"
	FieldKeyInbox           = "inbox"
	FieldKeyBrand           = "brand"
	FieldKeyGroup           = "group"
	FieldKeyAssignee        = "assignee"
	FieldKeyRequester       = "requester"
	FieldKeyCreator         = "creator"
	FieldKeyCC              = "cc"
	FieldKeyFollower        = "follower"
	FieldKeyDepartment      = "department"
	FieldKeyCompany         = "company"
	FieldKeyPrivate         = "private"
	FieldKeyVia             = "via"
	FieldKeyCreated         = "created"
	FieldKeyUpdated         = "updated"
	FieldKeySolved          = "solved"
	FieldKeyMessages        = "messages"
	FieldKeyAttachment      = "has_attachment"
	FieldKeyRequesterName   = "requester_name"
	FieldKeyRequesterMail   = "requester_address"
	FieldKeyRequesterDomain = "requester_domain"
	FieldKeyText            = "text"
	FieldKeySharedAgent     = "shared_with_agent"
	FieldKeySharedGroup     = "shared_with_group"
	FieldKeySharedBy        = "shared_by"
	FieldKeySharedSince     = "shared_since"
	FieldKeyShareLevel      = "share_level"
	FieldKeyShareCause      = "share_cause"
	FieldKeyShareExpires    = "share_expires"
	FieldKeyIsShared        = "is_shared"
	FieldKeyHasLink         = "has_link"
	FieldKeyPartnerFrom     = "partner_from"
	FieldKeyPartnerTo       = "partner_to"
	FieldKeyOrphaned        = "orphaned"
	FieldKeySLADue          = "sla_due"
	FieldKeySLABreached     = "sla_breached"
)

// ConditionFields is every field but the own ones of an account, in the order
// in which people choose from them.
var ConditionFields = []ConditionField{
	{Key: FieldKeyNumber, Help: "The ticket's number.", Type: NumberField, Requesters: true},
	{Key: FieldKeySubject, Help: "The subject.", Type: TextField, Requesters: true},
	{Key: FieldKeyText, Help: "Words in the subject or in a message that the reader may read.", Type: WordsField, Requesters: true},
	{Key: FieldKeyStatus, Help: "The built-in status.", Type: ChoiceField, Choices: texts(Statuses), Requesters: true},
	{Key: FieldKeyOwnStatus, Help: "The account's own status.", Type: StatusField, Optional: true},
	{Key: FieldKeyState, Help: "Whether the ticket is open or done.", Type: ChoiceField, Choices: []string{"open", "done"}, Requesters: true},
	{Key: FieldKeyPriority, Help: "The priority.", Type: ChoiceField, Choices: texts(Priorities)},
	{Key: FieldKeyType, Help: "The kind of work.", Type: ChoiceField, Choices: texts(TicketTypes)},
	{Key: FieldKeyTags, Help: "The tags.", Type: TagsField, Optional: true},
	{Key: FieldKeyInbox, Help: "The inbox.", Type: InboxField},
	{Key: FieldKeyBrand, Help: "The brand of the inbox.", Type: BrandField, Requesters: true},
	{Key: FieldKeyGroup, Help: "The group.", Type: GroupField, Optional: true},
	{Key: FieldKeyAssignee, Help: "The agent it is assigned to.", Type: PersonField, Optional: true},
	{Key: FieldKeyRequester, Help: "The requester.", Type: PersonField, Requesters: true},
	{Key: FieldKeyRequesterName, Help: "The requester's name.", Type: TextField},
	{Key: FieldKeyRequesterMail, Help: "The requester's primary address.", Type: TextField},
	{Key: FieldKeyRequesterDomain, Help: "What stands after the @ in the requester's primary address.", Type: TextField},
	{Key: FieldKeyCompany, Help: "The requester's company.", Type: CompanyField, Optional: true},
	{Key: FieldKeyDepartment, Help: "The department.", Type: DepartmentField, Optional: true},
	{Key: FieldKeyCreator, Help: "Who filed the ticket; nobody where the desk did, as from mail.", Type: PersonField, Optional: true},
	{Key: FieldKeyCC, Help: "People in CC.", Type: PersonField, Optional: true, Several: true},
	{Key: FieldKeyFollower, Help: "Agents who follow the ticket.", Type: PersonField, Optional: true, Several: true},
	{Key: FieldKeyPrivate, Help: "Whether requesters cannot see it.", Type: BooleanField},
	{Key: FieldKeyVia, Help: "The door it came in by.", Type: ChoiceField, Choices: texts([]Via{ViaAPI, ViaMail, ViaPortal, ViaSystem, ViaPartner, ViaRule})},
	{Key: FieldKeyCreated, Help: "When it was filed.", Type: DateField, Requesters: true},
	{Key: FieldKeyUpdated, Help: "When it last changed.", Type: DateField, Requesters: true},
	{Key: FieldKeySolved, Help: "When it was solved.", Type: DateField, Optional: true, Requesters: true},
	{Key: FieldKeyMessages, Help: "How many messages there are that the reader may read.", Type: NumberField},
	{Key: FieldKeyAttachment, Help: "Whether a message that the reader may read has a file.", Type: BooleanField},
	{Key: FieldKeySharedAgent, Help: "An agent it is shared with.", Type: PersonField, Optional: true, Several: true, Sharing: true},
	{Key: FieldKeySharedGroup, Help: "A group it is shared with.", Type: GroupField, Optional: true, Several: true, Sharing: true},
	{Key: FieldKeySharedBy, Help: "Who shared it.", Type: PersonField, Several: true, Sharing: true},
	{Key: FieldKeySharedSince, Help: "When it was shared.", Type: DateField, Several: true, Sharing: true},
	{Key: FieldKeyShareLevel, Help: "The level of a share.", Type: ChoiceField, Choices: texts(Levels), Several: true, Sharing: true},
	{Key: FieldKeyShareCause, Help: "What made a share.", Type: ChoiceField, Choices: texts(causes), Several: true, Sharing: true},
	{Key: FieldKeyShareExpires, Help: "When a share ends.", Type: DateField, Optional: true, Several: true, Sharing: true},
	{Key: FieldKeyIsShared, Help: "Whether it is shared with anybody.", Type: BooleanField, Sharing: true},
	{Key: FieldKeyHasLink, Help: "Whether a public link opens it.", Type: BooleanField},
	{Key: FieldKeyPartnerFrom, Help: "The partner it came from, also where they share it no more.", Type: PartnersField, Optional: true, Several: true},
	{Key: FieldKeyPartnerTo, Help: "A partner it is shared with.", Type: PartnersField, Optional: true, Several: true},
	{Key: FieldKeyOrphaned, Help: "Whether it came from a partner who shares it no more.", Type: BooleanField},
	{Key: FieldKeySLADue, Help: "When the next reply or the solution is due by its service level.", Type: DateField, Optional: true},
	{Key: FieldKeySLABreached, Help: "Whether a time that a service level promised was missed.", Type: BooleanField},
}

var causes = []CauseKind{CausePerson, CauseToken, CauseMail, CauseRule, CausePartner, CausePortal, CauseSystem, CauseMerge, CauseHandOver, CauseRequester, CauseRequest, CauseBulk, CauseMacro}

func texts[T ~string](list []T) []string {
	out := make([]string, len(list))
	for i, v := range list {
		out[i] = string(v)
	}
	return out
}

// byKey finds the fields; built once, read only.
var byKey = func() map[string]*ConditionField {
	fields := make(map[string]*ConditionField, len(ConditionFields))
	for i := range ConditionFields {
		fields[ConditionFields[i].Key] = &ConditionFields[i]
	}
	return fields
}()

// ConditionFieldOf gives the field with the key; nil for an own field and for
// a key that does not exist.
func ConditionFieldOf(key string) *ConditionField { return byKey[key] }

// ConditionField describes the own field to those who build a condition.
func (f *TicketField) ConditionField(key string) ConditionField {
	own := ConditionField{Key: key, Help: f.Name, Type: TextField, Optional: true}
	switch f.Kind {
	case FieldNumber:
		own.Type = NumberField
	case FieldDate:
		own.Type = DateField
	case FieldChoice:
		own.Type, own.Choices = ChoiceField, f.Options
	case FieldCheckbox:
		own.Type, own.Optional = BooleanField, false
	}
	return own
}

// The operators of each type, without those of optional fields.
var (
	equalOps  = []ConditionOp{OpIs, OpIsNot, OpIn, OpNotIn}
	tagOps    = []ConditionOp{OpHasAll, OpHasAny, OpHasNone}
	textOps   = []ConditionOp{OpIs, OpIsNot, OpContains, OpNotContains}
	wordOps   = []ConditionOp{OpContains, OpNotContains}
	numberOps = []ConditionOp{OpIs, OpIsNot, OpIn, OpNotIn, OpLess, OpAtMost, OpMore, OpAtLeast}
	dateOps   = []ConditionOp{OpIs, OpBefore, OpAfter, OpWithinLast, OpOlderThan, OpWithinNext}
	flagOps   = []ConditionOp{OpIs}
)

// Ops lists the operators that the field takes.
func (f *ConditionField) Ops() []ConditionOp {
	var ops []ConditionOp
	switch f.Type {
	case TagsField:
		ops = tagOps
	case TextField:
		ops = textOps
	case WordsField:
		ops = wordOps
	case NumberField:
		ops = numberOps
	case DateField:
		ops = dateOps
	case BooleanField:
		ops = flagOps
	default:
		ops = equalOps
	}
	if f.Optional {
		ops = append(slices.Clone(ops), OpEmpty, OpNotEmpty)
	}
	return ops
}
