package deskmesh

import "slices"

// Status is the built-in state of a ticket. An account's own statuses are
// mapped to one of these.
type Status string

// The statuses. New, Open, Pending and OnHold are open; Solved and Closed done.
const (
	StatusNew     Status = "new"
	StatusOpen    Status = "open"
	StatusPending Status = "pending"
	StatusOnHold  Status = "on_hold"
	StatusSolved  Status = "solved"
	StatusClosed  Status = "closed"
)

// Statuses is every built-in status in order.
var Statuses = []Status{StatusNew, StatusOpen, StatusPending, StatusOnHold, StatusSolved, StatusClosed}

// Done says whether the status ends the work.
func (s Status) Done() bool { return s == StatusSolved || s == StatusClosed }

// Priority orders tickets; the zero value is Normal when stored.
type Priority string

// The priorities.
const (
	PriorityLow    Priority = "low"
	PriorityNormal Priority = "normal"
	PriorityHigh   Priority = "high"
	PriorityUrgent Priority = "urgent"
)

// Priorities is every priority from low to urgent; the index plus one is the
// number stored, so that lists can sort by it.
var Priorities = []Priority{PriorityLow, PriorityNormal, PriorityHigh, PriorityUrgent}

// TicketType is the kind of work a ticket asks for.
type TicketType string

// The ticket types.
const (
	TypeQuestion       TicketType = "question"
	TypeIncident       TicketType = "incident"
	TypeProblem        TicketType = "problem"
	TypeTask           TicketType = "task"
	TypeServiceRequest TicketType = "service_request"
	TypeChange         TicketType = "change"
)

// TicketTypes is every ticket type.
var TicketTypes = []TicketType{TypeQuestion, TypeIncident, TypeProblem, TypeTask, TypeServiceRequest, TypeChange}

// ListState is the part of a ticket's state that every list index leads with.
type ListState int

// The list states.
const (
	ListDone    ListState = 0
	ListOpen    ListState = 1
	ListSpam    ListState = 2
	ListDeleted ListState = 3
)

// Via tells through which door something came.
type Via string

// The doors.
const (
	ViaAPI     Via = "api"
	ViaMail    Via = "mail"
	ViaPortal  Via = "portal"
	ViaSystem  Via = "system"
	ViaPartner Via = "partner"
	ViaRule    Via = "rule"
)

// Ticket is one piece of work. People know it by its Number.
type Ticket struct {
	ID           int64
	Number       int64
	Version      int64 // rises with every change; sent back with a change to detect conflicts
	Subject      string
	Status       Status
	StatusID     int64 // the account's own status; 0 none
	Priority     Priority
	Type         TicketType
	Private      bool // hidden from every requester
	Spam         bool
	Deleted      bool
	InboxID      int64
	GroupID      int64 // 0 none
	AssigneeID   int64 // 0 none
	RequesterID  int64
	CreatorID    int64 // 0: the system
	DepartmentID int64 // 0 none
	MergedInto   int64 // id of the ticket it was merged into; 0 none
	Via          Via
	Shares       int  // number of live shares
	HasLink      bool // a live public link opens it
	Messages     int
	Preview      string // the beginning of the newest reply, at most 200 characters; never of a note
	PreviewBy    int64  // its author; 0 none
	CreatedAt    Time
	UpdatedAt    Time
	SolvedAt     Time
	Tags         []string
	CCs          []int64
	Followers    []int64
	Mutes        []int64 // people who want to hear no more of it; nobody is shown the others'
	Fields       []FieldValue
}

// ListState gives the state that lists sort the ticket under.
func (t *Ticket) ListState() ListState {
	switch {
	case t.Deleted:
		return ListDeleted
	case t.Spam:
		return ListSpam
	case t.Status.Done():
		return ListDone
	}
	return ListOpen
}

// TicketStatus is an account's own status, mapped to a built-in one.
type TicketStatus struct {
	ID     int64
	Name   string
	Status Status
}

// FieldKind is the type of an own ticket field.
type FieldKind string

// The kinds of own fields.
const (
	FieldText     FieldKind = "text"
	FieldNumber   FieldKind = "number"
	FieldDate     FieldKind = "date"
	FieldChoice   FieldKind = "choice"
	FieldCheckbox FieldKind = "checkbox"
)

// TicketField is an own field of an account's tickets.
type TicketField struct {
	ID       int64
	Name     string
	Kind     FieldKind
	Options  []string // choices of a choice field
	Required bool     // must be set when an agent solves the ticket
	Active   bool
	Position int64
	Portal   FieldUse
	Types    []TicketType // of the tickets whose form has it in the portal; none means every type
}

// FieldUse says what requesters may do with an own field in the portal. Each
// value has those before it.
type FieldUse string

// The uses.
const (
	FieldHidden FieldUse = "none" // it is for agents alone
	FieldSeen   FieldUse = "see"  // they see its value
	FieldFilled FieldUse = "fill" // they fill it in when they file a ticket
	FieldEdited FieldUse = "edit" // they change it later too, where they may change the ticket
)

// FieldUses is every use, the least first.
var FieldUses = []FieldUse{FieldHidden, FieldSeen, FieldFilled, FieldEdited}

// In says whether the form for tickets of the type has the field.
func (f *TicketField) In(t TicketType) bool { return len(f.Types) == 0 || slices.Contains(f.Types, t) }

// Seen, Filled and Edited say what requesters may do with the field.
func (f *TicketField) Seen() bool   { return f.Portal == FieldSeen || f.Filled() }
func (f *TicketField) Filled() bool { return f.Portal == FieldFilled || f.Edited() }
func (f *TicketField) Edited() bool { return f.Portal == FieldEdited }

// Satisfaction is what a requester says of how their ticket was solved: one
// answer for each time that it was.
type Satisfaction struct {
	SolvedAt  Time // of the time it is about
	PersonID  int64
	Answer    SatisfactionAnswer
	Text      string // at most SatisfactionText characters
	CreatedAt Time
	UpdatedAt Time
}

// SatisfactionAnswer is the short part of it.
type SatisfactionAnswer string

// The answers.
const (
	SatisfactionGood SatisfactionAnswer = "good"
	SatisfactionBad  SatisfactionAnswer = "bad"
)

// SatisfactionText bounds the words that go with an answer.
const SatisfactionText = 1000

// FieldValue is the value of an own field on one ticket, in its text form:
// numbers in decimal, dates as 2006-01-02, checkboxes as "true" or "false".
type FieldValue struct {
	FieldID int64
	Value   string
}

// LinkKind says how two tickets belong together.
type LinkKind string

// The kinds of link; parent means the other ticket is the parent.
const (
	LinkRelated LinkKind = "related"
	LinkParent  LinkKind = "parent"
	LinkChild   LinkKind = "child"
)

// TicketLink joins two tickets of one account.
type TicketLink struct {
	ID      int64
	Kind    LinkKind
	OtherID int64
	// Number and Subject of the other ticket are set only when the reader may
	// open it; otherwise both are zero.
	Number  int64
	Subject string
}
