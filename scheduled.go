package deskmesh

// ScheduledState is where a message that is sent later stands.
type ScheduledState string

// The states. Waiting, held and failed ones are shown to people; of the others
// only a record is kept.
const (
	ScheduledWaiting   ScheduledState = "waiting"
	ScheduledHeld      ScheduledState = "held"   // the customer answered first; its author decides
	ScheduledFailed    ScheduledState = "failed" // it could not be sent; its author may mend it
	ScheduledSent      ScheduledState = "sent"   // it is a message of the ticket
	ScheduledCancelled ScheduledState = "cancelled"
	ScheduledRemoved   ScheduledState = "removed" // its author lost access before its time
)

// Ended says whether nothing will come of it any more.
func (s ScheduledState) Ended() bool {
	return s == ScheduledSent || s == ScheduledCancelled || s == ScheduledRemoved
}

// ScheduledReason says why a message was held, failed or removed.
type ScheduledReason string

// The reasons.
const (
	ScheduledAnswered ScheduledReason = "customer_answered" // the customer wrote first
	ScheduledNoAccess ScheduledReason = "no_access"         // the author cannot open the ticket any more
	ScheduledNoRight  ScheduledReason = "no_right"          // the author may not write such a message any more
	ScheduledMerged   ScheduledReason = "merged"            // the ticket was merged into another one
	ScheduledFile     ScheduledReason = "file"              // a file is gone
	ScheduledRefused  ScheduledReason = "refused"           // anything else that a message is refused for
	ScheduledStatus   ScheduledReason = "status"            // it was sent, the status that goes with it could not be set
)

// ScheduledReply is a message that is sent later, in its author's name and with
// the rights that the author has then.
type ScheduledReply struct {
	ID       int64
	TicketID int64
	PersonID int64 // the author
	TokenID  int64 // the API token it was made with; 0 none
	Kind     MessageKind
	Text     string
	HTML     string // sanitised; "" when only text was given
	Mentions []int64
	Files    []Attachment // of the author's, taken by no message yet
	// Status and StatusID, where one is given, are set with it.
	Status   Status
	StatusID int64
	SendAt   Time
	TimeZone string // in which the author chose the moment; "" unknown
	// Hold keeps it back where the customer has written after the message After.
	Hold  bool
	Undo  bool // it only waits so that its sending can be undone
	After int64
	State ScheduledState
	// Reason is set for held, failed and removed ones.
	Reason    ScheduledReason
	MessageID int64 // of what was sent
	CreatedAt Time
	UpdatedAt Time
	EndedAt   Time
}

// PendingReplies says what becomes of a ticket's scheduled messages when the
// ticket is solved or closed.
type PendingReplies string

// The choices.
const (
	PendingAsk    PendingReplies = ""       // the change is refused while there are any
	PendingKeep   PendingReplies = "keep"   // they are sent at their time
	PendingSend   PendingReplies = "send"   // they are sent now
	PendingCancel PendingReplies = "cancel" // they are never sent
)
