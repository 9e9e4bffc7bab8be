package deskmesh

// EventKind names one kind of line in a ticket's history. The same names are
// used in webhooks, notifications and the audit log.
type EventKind string

// The events.
const (
	TicketCreated     EventKind = "ticket.created"
	TicketUpdated     EventKind = "ticket.updated" // Data: changes of fields, old and new
	TicketMessage     EventKind = "ticket.message" // Data: message, kind
	TicketMerged      EventKind = "ticket.merged"
	TicketDeleted     EventKind = "ticket.deleted"
	TicketRestored    EventKind = "ticket.restored"
	TicketLinked      EventKind = "ticket.linked"
	TicketUnlinked    EventKind = "ticket.unlinked"
	ShareCreated      EventKind = "ticket.share.created"
	ShareUpdated      EventKind = "ticket.share.updated"
	ShareRevoked      EventKind = "ticket.share.revoked"
	ShareExpired      EventKind = "ticket.share.expired"
	ShareLeft         EventKind = "ticket.share.left"
	ShareOpened       EventKind = "ticket.share.opened"
	ShareDeclinedCap  EventKind = "ticket.share.declined_cap"
	PublicLinkCreated EventKind = "ticket.link.created"     // Data: link
	PublicLinkUpdated EventKind = "ticket.link.updated"     // Data: link, as it is now
	PublicLinkUsed    EventKind = "ticket.link.used"        // Data: link
	PublicLinkRevoked EventKind = "ticket.link.revoked"     // Data: link, end cause
	PartnerShared     EventKind = "ticket.partner.shared"   // Data: partner
	PartnerUnshared   EventKind = "ticket.partner.unshared" // Data: partner; by us, or by them where the cause is a partner
	PartnerState      EventKind = "ticket.partner.state"    // Data: partner, with its new state and the reason
	AccessAsked       EventKind = "ticket.access.requested" // Data: request, target, level in new, reason
	MailFailed        EventKind = "ticket.mail.failed"      // a mail to somebody outside did not arrive; Data: reason
	AccessAllowed     EventKind = "ticket.access.granted"   // Data: request, target; the share has its own line
	AccessRefused     EventKind = "ticket.access.refused"   // Data: request, target
	MailSuggested     EventKind = "ticket.mail.suggested"   // a mail waits for a decision; Data: mail, reason
	MailAccepted      EventKind = "ticket.mail.accepted"    // it became a message; Data: mail, message
	MailMoved         EventKind = "ticket.mail.moved"       // it became a ticket of its own; Data: mail, other
	MailDiscarded     EventKind = "ticket.mail.discarded"   // Data: mail
	SLABreached       EventKind = "ticket.sla.breached"     // a promised time was missed; Data: SLA
	// Of messages that are sent later; Data: scheduled.
	ReplyRemoved   EventKind = "scheduled_reply.removed"   // its author lost access before its time
	ReplyHeld      EventKind = "scheduled_reply.held"      // the customer answered first
	ReplyFailed    EventKind = "scheduled_reply.failed"    // it could not be sent
	ReplyCancelled EventKind = "scheduled_reply.cancelled" // by somebody who did not write it
)

// Event is one line of a ticket's append-only history. It holds ids of people,
// not names, so that erasing a person leaves nothing behind.
type Event struct {
	ID        int64
	TicketID  int64
	Kind      EventKind
	ActorID   int64 // 0: the system
	Cause     Cause
	Internal  bool // shown only to those who may see internal content
	Data      EventData
	CreatedAt Time
}

// EventData is what an event says beyond its kind. Only the fields that the
// kind needs are set.
type EventData struct {
	Version   int64         `json:"version,omitempty"` // of the ticket after the event
	Changes   []FieldChange `json:"changes,omitempty"`
	MessageID int64         `json:"message_id,omitempty"`
	Message   MessageKind   `json:"message_kind,omitempty"`
	ShareID   int64         `json:"share_id,omitempty"`
	Target    *EventTarget  `json:"target,omitempty"`
	Old       *EventTerms   `json:"old,omitempty"`
	New       *EventTerms   `json:"new,omitempty"`
	Reason    string        `json:"reason,omitempty"`
	EndCause  string        `json:"end_cause,omitempty"`
	OtherID   int64         `json:"other_id,omitempty"` // the other ticket of a merge or link
	LinkKind  LinkKind      `json:"link_kind,omitempty"`
	RequestID int64         `json:"request_id,omitempty"` // of access
	Link      *EventLink    `json:"public_link,omitempty"`
	Mentions  []int64       `json:"mentions,omitempty"` // people a message names who may read it
	MailID    int64         `json:"mail_id,omitempty"`  // of a mail that waits, or waited, for a decision
	Scheduled *EventReply   `json:"scheduled,omitempty"`
	SLA       *EventSLA     `json:"sla,omitempty"`
	SideID    int64         `json:"side_id,omitempty"`   // of the side conversation a message belongs to
	Automatic bool          `json:"automatic,omitempty"` // a program filed the ticket by mail
	Partner   *EventPartner `json:"partner,omitempty"`
}

// EventReply is a message that was to be sent later.
type EventReply struct {
	ID       int64           `json:"id"`
	AuthorID int64           `json:"author_id"`
	Reason   ScheduledReason `json:"reason,omitempty"`
}

// EventSLA is a promised time that was missed.
type EventSLA struct {
	Kind     ClockKind `json:"kind"`
	PolicyID int64     `json:"policy_id,omitempty"`
	DueAt    Time      `json:"due_at"`
}

// FieldChange is one changed property with its old and new value in text form.
type FieldChange struct {
	Field string `json:"field"`
	Old   string `json:"old"`
	New   string `json:"new"`
}

// EventTarget is the party of a share event.
type EventTarget struct {
	Kind TargetKind `json:"kind"`
	ID   int64      `json:"id"`
}

// EventTerms is a share's terms in an event.
type EventTerms struct {
	Level       Level `json:"level"`
	SeeInternal bool  `json:"see_internal"`
	ReplyPublic bool  `json:"reply_public"`
	Forward     bool  `json:"forward"`
	CanReshare  bool  `json:"can_reshare"`
	ExpiresAt   Time  `json:"expires_at,omitempty"`
}

// EventLink is a public link in an event.
type EventLink struct {
	ID        int64  `json:"id"`
	Label     string `json:"label"`
	Level     Level  `json:"level"`
	Password  bool   `json:"password"`
	MaxUses   int    `json:"max_uses,omitempty"`
	ExpiresAt Time   `json:"expires_at,omitempty"`
	Reset     bool   `json:"reset,omitempty"` // it got a new address
}

// EventPartner is a partner's link in an event. The name is the partner's at that
// time: it is a desk's, not a person's.
type EventPartner struct {
	ID        int64                `json:"id"` // of the agreement
	LinkID    int64                `json:"link_id"`
	Name      string               `json:"name"`
	Direction PartnerLinkDirection `json:"direction"`
	State     PartnerLinkState     `json:"state"`
	Reason    string               `json:"reason,omitempty"`
}
