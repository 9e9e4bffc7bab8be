package deskmesh

import (
	"strconv"
	"strings"
)

// ActionKind is one thing that a rule or a macro does to a ticket.
type ActionKind string

// The kinds.
const (
	ActSet        ActionKind = "set"         // a property to a value
	ActAssign     ActionKind = "assign"      // to a person, or to whose turn it is
	ActAddTags    ActionKind = "add_tags"    // beside those it has
	ActRemoveTags ActionKind = "remove_tags" //
	ActReply      ActionKind = "reply"       // a public message
	ActNote       ActionKind = "note"        // an internal one
	ActNotify     ActionKind = "notify"      // a mail that is no message of the ticket; rules only
	ActAddCC      ActionKind = "add_cc"
	ActFollowers  ActionKind = "add_followers"
	ActWebhook    ActionKind = "webhook"
	ActShare      ActionKind = "share"
	ActUnshare    ActionKind = "unshare"
	ActUnshareAll ActionKind = "unshare_all"
	ActSetLevel   ActionKind = "set_level"  // of shares that stand
	ActSetExpiry  ActionKind = "set_expiry" // of shares that stand
	ActMakeLink   ActionKind = "make_link"
	ActRevoke     ActionKind = "revoke_links"
	ActSpam       ActionKind = "spam"   // rules only
	ActDelete     ActionKind = "delete" // rules only
)

// ActionKinds is every kind with the members it may have beside "do", in the
// order in which people choose from them.
var ActionKinds = []ActionShape{
	{ActSet, []string{"field", "value"}, false},
	{ActAssign, []string{"how", "person_id", "group_id"}, false},
	{ActAddTags, []string{"tags"}, false},
	{ActRemoveTags, []string{"tags"}, false},
	{ActReply, []string{"html"}, false},
	{ActNote, []string{"html"}, false},
	{ActNotify, []string{"to", "subject", "html"}, true},
	{ActAddCC, []string{"addresses"}, false},
	{ActFollowers, []string{"people"}, false},
	{ActWebhook, []string{"webhook_id"}, false},
	{ActShare, []string{"targets", "level", "see_internal", "reply_public", "forward", "can_reshare", "expires_in_hours", "reason", "notify", "template_id"}, false},
	{ActUnshare, []string{"targets"}, false},
	{ActUnshareAll, nil, false},
	{ActSetLevel, []string{"targets", "level"}, false},
	{ActSetExpiry, []string{"targets", "expires_in_hours"}, false},
	{ActMakeLink, []string{"level", "expires_in_hours", "label"}, false},
	{ActRevoke, nil, false},
	{ActSpam, nil, true},
	{ActDelete, nil, true},
}

// ActionShape is a kind of action, and what one says.
type ActionShape struct {
	Do        ActionKind
	Members   []string
	RulesOnly bool // no macro has it
}

// ShapeOf gives the shape of a kind; nil for one that does not exist.
func ShapeOf(kind ActionKind) *ActionShape {
	for i := range ActionKinds {
		if ActionKinds[i].Do == kind {
			return &ActionKinds[i]
		}
	}
	return nil
}

// AssignHow is how an assignee is found.
type AssignHow string

// The ways. Those of a group look among its active members who can work in the
// ticket's inbox.
const (
	AssignPerson AssignHow = "person"
	AssignTurns  AssignHow = "round_robin"
	AssignLeast  AssignHow = "least_loaded" // with the fewest open tickets
	AssignNobody AssignHow = "nobody"
)

// AssignHows is every way.
var AssignHows = []AssignHow{AssignPerson, AssignTurns, AssignLeast, AssignNobody}

// ActionTarget is whom an action is about: a party by its id, or one that is
// found with the ticket.
type ActionTarget struct {
	Kind ActionTargetKind `json:"kind"`
	ID   int64            `json:"id,omitempty"`
}

// ActionTargetKind is a kind of ActionTarget.
type ActionTargetKind string

// The kinds. Of shares: agent, group, requester, and from group_owner on those
// found with the ticket. Of mails: agent, group, requester (of the ticket),
// assignee and assigned_group.
const (
	ToAgent          ActionTargetKind = "agent"
	ToGroup          ActionTargetKind = "group"
	ToRequester      ActionTargetKind = "requester"
	ToGroupOwner     ActionTargetKind = "group_owner"     // of the ticket's group
	ToAccountManager ActionTargetKind = "account_manager" // of the requester's company
	ToFieldGroup     ActionTargetKind = "field_group"     // the group that an own field names; ID is the field's
	ToAssignee       ActionTargetKind = "assignee"
	ToAssignedGroup  ActionTargetKind = "assigned_group"
)

// ShareTargetKinds and NoticeTargetKinds are the kinds that shares and mails have.
var (
	ShareTargetKinds  = []ActionTargetKind{ToAgent, ToGroup, ToRequester, ToGroupOwner, ToAccountManager, ToFieldGroup}
	NoticeTargetKinds = []ActionTargetKind{ToAgent, ToGroup, ToRequester, ToAssignee, ToAssignedGroup}
)

// named says whether the kind of target has an id.
func (t *ActionTarget) named(mail bool) bool {
	switch t.Kind {
	case ToAgent, ToGroup, ToFieldGroup:
		return true
	case ToRequester:
		return !mail
	}
	return false
}

// Limits of actions.
const (
	MaxActions       = 20
	MaxActionTargets = 25 // of one action (S3-12)
	MaxActionText    = 20_000
	MaxActionBytes   = 200_000 // of the JSON of all actions
	MaxActionLists   = 50      // tags, addresses or people of one action
	MaxActionHours   = 24 * 3660
)

// Action is one thing that a rule or a macro does. Only the members of its kind
// (see ActionKinds) are set. ParseActions is the way to them from outside.
type Action struct {
	Do ActionKind `json:"do"`

	Field string  `json:"field,omitempty"` // of set: one of SetFields, or "field:" and the id of an own field
	Value *string `json:"value,omitempty"` // in text form; "" clears

	How      AssignHow `json:"how,omitempty"`
	PersonID int64     `json:"person_id,omitempty"`
	GroupID  int64     `json:"group_id,omitempty"` // 0: the ticket's group

	Tags      []string       `json:"tags,omitempty"`
	HTML      string         `json:"html,omitempty"` // with SnippetWords
	Subject   string         `json:"subject,omitempty"`
	To        []ActionTarget `json:"to,omitempty"`
	Addresses []string       `json:"addresses,omitempty"`
	People    []int64        `json:"people,omitempty"`
	WebhookID int64          `json:"webhook_id,omitempty"`

	Targets        []ActionTarget `json:"targets,omitempty"`
	Level          Level          `json:"level,omitempty"`
	SeeInternal    *bool          `json:"see_internal,omitempty"`
	ReplyPublic    *bool          `json:"reply_public,omitempty"`
	Forward        *bool          `json:"forward,omitempty"`
	CanReshare     *bool          `json:"can_reshare,omitempty"`
	ExpiresInHours *int           `json:"expires_in_hours,omitempty"` // 0: never
	Reason         string         `json:"reason,omitempty"`
	Notify         *bool          `json:"notify,omitempty"`      // of share; nil: yes (S3-06)
	TemplateID     int64          `json:"template_id,omitempty"` // of a share, in place of Targets; what else is given goes before what it has
	Label          string         `json:"label,omitempty"`
}

// SetFields are the properties that set can give a value, own fields aside.
var SetFields = []string{"status", "own_status", "priority", "type", "private", "inbox", "group", "department", "subject"}

// OwnField gives the id of the own field that the action sets; 0 where it sets
// another.
func (a *Action) OwnField() int64 {
	leaf := Condition{Field: a.Field}
	return leaf.OwnField()
}

// ValueID reads the action's value as an id; 0 for "" and for any other text.
func (a *Action) ValueID() int64 {
	if a.Value == nil {
		return 0
	}
	return idOf(*a.Value)
}

func idOf(text string) int64 {
	id, err := strconv.ParseInt(text, 10, 64)
	if err != nil || id < 1 || id >= 1<<53 || strconv.FormatInt(id, 10) != text {
		return 0
	}
	return id
}

// Writes says whether somebody gets words from the action: what no automatic
// mail may start.
func (a *Action) Writes() bool { return a.Do == ActReply || a.Do == ActNotify }

// Shares says whether the action lets people in to a ticket or widens what they
// may.
func (a *Action) Shares() bool {
	switch a.Do {
	case ActShare, ActSetLevel, ActSetExpiry, ActMakeLink:
		return true
	}
	return false
}

// actionPlace names an action, or one of its members, in an error.
func actionPlace(i int, member string) string {
	var b strings.Builder
	b.WriteString("actions[" + strconv.Itoa(i) + "]")
	if member != "" {
		b.WriteString("." + member)
	}
	return b.String()
}
