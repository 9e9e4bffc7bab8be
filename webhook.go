package deskmesh

import (
	"slices"
	"strconv"
)

// Webhook tells another program of events on tickets. It is a viewer of its
// own: it is told of what its reach covers, and of nothing else, whoever made it.
// Its secret and the values of its headers are not part of it; they are kept
// sealed.
type Webhook struct {
	ID        int64
	Name      string
	URL       string
	Events    []EventKind // empty: all of WebhookEvents
	Condition Condition   // the zero value holds for every ticket
	// Broken says that the stored condition cannot be read by this version of the
	// program: the webhook then hears of nothing.
	Broken  bool
	Headers []string // names of extra headers
	Reach   WebhookReach
	// APIVersion is the form of the payload, one of WebhookVersions.
	APIVersion string
	Active     bool
	// PauseReason says why the program itself switched the webhook off.
	PauseReason PauseReason
	PausedAt    Time
	Failures    int  // failed tries since the last one that succeeded
	FailingFrom Time // the first of them
	DeliveredAt Time // the last try that succeeded
	HoldUntil   Time // the receiver asked for a rest until then
	OldSecretAt Time // until then the secret before the present one signs too
	CreatedBy   int64
	CreatedAt   Time
	UpdatedAt   Time
}

// WebhookReach is which tickets a webhook is told of: those of its brands and
// its inboxes and its groups, each all or a list, as for an agent. Without
// SeeInternal it hears of no note, of no internal change and of no private
// ticket. Local notes never leave the desk.
type WebhookReach struct {
	AllBrands   bool
	Brands      []int64
	AllInboxes  bool
	Inboxes     []int64
	AllGroups   bool // tickets without a group too
	Groups      []int64
	SeeInternal bool
}

// PauseReason says why the program switched a webhook off.
type PauseReason string

// The reasons.
const (
	NotPaused      PauseReason = ""
	PausedFailures PauseReason = "failures" // every try has failed for too long
	PausedGone     PauseReason = "gone"     // the receiver answered 410 Gone
)

// WebhookVersions are the forms of the payload that this program writes.
var WebhookVersions = []string{"1"}

// WebhookTest is the kind of the event that the test button sends. It is about
// no ticket.
const WebhookTest EventKind = "webhook.test"

// WebhookEvents are the events that a webhook can be told of.
var WebhookEvents = []EventKind{
	TicketCreated, TicketUpdated, TicketMessage, TicketMerged, TicketDeleted, TicketRestored, TicketLinked, TicketUnlinked,
	ShareCreated, ShareUpdated, ShareRevoked, ShareExpired, ShareLeft, ShareOpened, ShareDeclinedCap,
	PublicLinkCreated, PublicLinkUpdated, PublicLinkUsed, PublicLinkRevoked,
	PartnerShared, PartnerUnshared, PartnerState,
	AccessAsked, AccessAllowed, AccessRefused,
	ReplyRemoved, ReplyHeld, ReplyFailed, ReplyCancelled,
	MailSuggested, MailAccepted, MailMoved, MailDiscarded,
	SLABreached,
}

// shownToAll are the kinds whose internal lines say what every agent who opens
// the ticket is shown anyhow: its shares, its links, that it was merged or deleted.
var shownToAll = []EventKind{
	TicketMerged, TicketDeleted, TicketRestored, TicketLinked, TicketUnlinked,
	ShareCreated, ShareUpdated, ShareRevoked, ShareExpired, ShareLeft, ShareOpened, ShareDeclinedCap,
	PublicLinkCreated, PublicLinkUpdated, PublicLinkUsed, PublicLinkRevoked,
	PartnerShared, PartnerUnshared, PartnerState,
}

// Hears says whether the webhook listens to events of the kind.
func (w *Webhook) Hears(kind EventKind) bool {
	if len(w.Events) == 0 {
		return slices.Contains(WebhookEvents, kind)
	}
	return slices.Contains(w.Events, kind)
}

// Tells says whether a webhook of this reach, in whose reach the ticket is,
// hears of the event. Internal lines need SeeInternal, but for those that every
// agent who opens the ticket is shown anyhow. Local notes, also those that were
// only scheduled, are told to none.
func (r *WebhookReach) Tells(e *Event) bool {
	switch {
	case e.Data.Message == LocalNote:
		return false
	case e.Internal && !slices.Contains(shownToAll, e.Kind):
		return r.SeeInternal
	}
	return true
}

// DeliveryState is where the delivery of one event to one webhook stands.
type DeliveryState string

// The states.
const (
	DeliveryWaiting   DeliveryState = "waiting"   // for its first or its next try
	DeliveryDelivered DeliveryState = "delivered" // the receiver took it
	DeliveryFailed    DeliveryState = "failed"    // after the last try, or it was refused for good
	DeliveryDropped   DeliveryState = "dropped"   // the ticket is not visible to the webhook any more
)

// Delivery is one event on its way to one webhook. What is sent is not kept: it
// is written anew at every try, as the webhook may see it then.
type Delivery struct {
	ID        int64
	WebhookID int64
	EventID   int64 // 0 for a test
	Kind      EventKind
	State     DeliveryState
	Attempts  int
	Status    int    // of the last answer; 0 without one
	Millis    int64  // the last try took
	Error     string // what went wrong in the last try, in words
	Size      int    // of the last body, in bytes
	Digest    string // SHA-256 of the last body, in hexadecimal
	NextAt    Time   // the next try; zero once it has ended
	TriedAt   Time
	CreatedAt Time
}

// MessageID is the webhook-id of the delivery: the same at every try, so that
// the receiver knows an event again.
func (d *Delivery) MessageID() string { return "msg_" + strconv.FormatInt(d.ID, 10) }
