package deskmesh

import (
	"regexp"
	"slices"
)

// Partner is one agreement with another desk, in one direction: the desk that
// invited shares tickets, and changes of those go both ways. Its key is not part
// of it; that is kept sealed.
type Partner struct {
	ID          int64
	UUID        string // of the agreement, the same on both desks
	Direction   PartnerDirection
	Name        string // what we call them
	PartnerName string // what they call themselves; "" unknown
	Host        string // of their address; shown before any name, since a name can be anything
	PartnerURL  string // their address of the protocol, without a trailing slash
	OurURL      string // ours, as they know it
	Status      PartnerStatus
	Reason      string // why it is as it is, in words for administrators
	// DeactivatedBy says which side ended it: "sender", "receiver" or "".
	DeactivatedBy PartnerSide
	Fingerprint   string // of the key, to be compared by phone
	Terms         PartnerTerms
	InboxID       int64  // where tickets from them are filed; 0 the account's first inbox
	Capable       bool   // they read what Deskmesh adds to the protocol
	Signs         bool   // they have signed a request, and must from then on
	Paused        bool   // nothing is sent until it is resumed
	RemoteAddress string // the network address an invitation came from; "" our own
	Version       int64
	CreatedBy     int64 // 0: they invited us
	DecidedBy     int64 // who accepted or declined; 0 nobody here
	CreatedAt     Time
	UpdatedAt     Time
	DecidedAt     Time
	DeletedAt     Time
}

// PartnerDirection says which way the tickets of an agreement are shared.
type PartnerDirection string

// The directions.
const (
	PartnerOutbound PartnerDirection = "outbound" // we invited, and share tickets
	PartnerInbound  PartnerDirection = "inbound"  // they did
)

// PartnerSide is a side of an agreement.
type PartnerSide string

// The sides.
const (
	SideSender   PartnerSide = "sender"
	SideReceiver PartnerSide = "receiver"
)

// PartnerStatus is where an agreement stands.
type PartnerStatus string

// The states. The last three are the sender's own: an invitation that did not
// arrive.
const (
	PartnerDraft       PartnerStatus = "draft" // the invitation is on its way
	PartnerPending     PartnerStatus = "pending"
	PartnerAccepted    PartnerStatus = "accepted"
	PartnerDeclined    PartnerStatus = "declined"
	PartnerInactive    PartnerStatus = "inactive"
	PartnerFailed      PartnerStatus = "failed"
	PartnerTLSError    PartnerStatus = "ssl_error"
	PartnerConfigError PartnerStatus = "configuration_error"
)

// PartnerStatuses is every state.
var PartnerStatuses = []PartnerStatus{
	PartnerDraft, PartnerPending, PartnerAccepted, PartnerDeclined, PartnerInactive, PartnerFailed, PartnerTLSError, PartnerConfigError,
}

// Limits of partners.
const (
	MaxPartners           = 200 // agreements of an account that have not ended
	MaxPartnerInvitations = 20  // invitations that wait for an answer, and one-time addresses
	MaxPartnerName        = 200
	MaxPartnerURL         = 1000
)

// OurSide is the side on which this desk stands.
func (p *Partner) OurSide() PartnerSide {
	if p.Direction == PartnerOutbound {
		return SideSender
	}
	return SideReceiver
}

// Label is what people are shown: our name for them, or their host.
func (p *Partner) Label() string {
	if p.Name != "" {
		return p.Name
	}
	return p.Host
}

// May says whether an agreement may go from its state to another one, by an act
// of ours or of theirs. What has ended never comes back: that is a new agreement.
func (p *Partner) May(next PartnerStatus, ours bool) bool {
	receivers := ours == (p.Direction == PartnerInbound) // the receiver acts
	switch p.Status {
	case PartnerPending:
		if next == PartnerAccepted || next == PartnerDeclined {
			return receivers
		}
		return next == PartnerInactive && (!receivers || !ours)
	case PartnerAccepted:
		return next == PartnerInactive
	case PartnerDraft, PartnerFailed, PartnerTLSError, PartnerConfigError:
		// The answer to an invitation may come before we know that it has arrived.
		if !ours {
			return next == PartnerAccepted || next == PartnerDeclined
		}
		return next == PartnerInactive
	}
	return false
}

// Over says whether the agreement has ended for good.
func (p *Partner) Over() bool { return p.Status == PartnerDeclined || p.Status == PartnerInactive }

// History says which earlier messages go along when a ticket is shared.
type History string

// The choices.
const (
	HistoryAll     History = "all"
	HistoryFromNow History = "from_now"
)

// PartnerTerms say what of a shared ticket crosses. They are the sender's, and fixed
// once the invitation is out.
type PartnerTerms struct {
	PublicComments  bool     `json:"public_comments"`
	PrivateComments bool     `json:"private_comments"`
	Status          bool     `json:"status"`
	Tags            bool     `json:"tags"`
	Attachments     bool     `json:"attachments"`
	Fields          []string `json:"fields"`  // titles of own fields
	History         History  `json:"history"` // the most that goes along; a share may ask for less
	OnlyMarked      bool     `json:"only_marked"`
}

// MaxTermFields is how many fields an agreement may name; MaxTermField the
// characters of each.
const (
	MaxTermFields = 50
	MaxTermField  = 100
)

// DefaultPartnerTerms are what an invitation offers when nothing is said.
func DefaultPartnerTerms() PartnerTerms {
	return PartnerTerms{PublicComments: true, PrivateComments: true, Status: true, Attachments: true, Fields: []string{}, History: HistoryAll}
}

// PartnerFlags are the three terms that every maker's desk knows. Public comments carry
// the status with them.
type PartnerFlags struct {
	SyncTags             bool
	SyncCustomFields     bool
	AllowsPublicComments bool
}

// Flags gives the terms as every desk understands them: never more than they allow.
func (t *PartnerTerms) Flags() PartnerFlags {
	return PartnerFlags{SyncTags: t.Tags, SyncCustomFields: len(t.Fields) > 0, AllowsPublicComments: t.PublicComments}
}

// AnyField in PartnerTerms.Fields means every field that has the same title on both
// desks: what other makers' desks mean.
const AnyField = "*"

// Terms gives what the three flags of another maker's desk mean: all comments,
// with the status where public ones are allowed.
func (f PartnerFlags) Terms() PartnerTerms {
	t := PartnerTerms{PublicComments: f.AllowsPublicComments, PrivateComments: true, Status: f.AllowsPublicComments, Tags: f.SyncTags, Attachments: true, Fields: []string{}, History: HistoryAll}
	if f.SyncCustomFields {
		t.Fields = []string{AnyField}
	}
	return t
}

// Within gives the terms less what the flags do not allow, so that a desk that
// says both can never widen one by the other.
func (t PartnerTerms) Within(f PartnerFlags) PartnerTerms {
	t.PublicComments = t.PublicComments && f.AllowsPublicComments
	t.Tags = t.Tags && f.SyncTags
	if !f.SyncCustomFields {
		t.Fields = []string{}
	}
	return t
}

// AllowsField says whether values of a field with this title may cross.
func (t *PartnerTerms) AllowsField(title string) bool {
	folded := Fold(title)
	return slices.ContainsFunc(t.Fields, func(f string) bool { return f == AnyField || Fold(f) == folded })
}

// PartnerLink is a ticket that is shared over an agreement. The other desk has a
// copy of its own, with a number of its own.
type PartnerLink struct {
	ID           int64
	TicketID     int64
	PartnerID    int64
	UUID         string // of the ticket in the protocol, kept for life
	Direction    PartnerLinkDirection
	State        PartnerLinkState
	Reason       string // in words for agents
	RemoteNumber string // what they call it; "" unknown
	Base         string // the values last agreed on, as JSON
	FromMessage  int64  // messages with this id and later cross; 0 all
	Flips        int    // how often the status turned since FlipsSince
	FlipsSince   Time
	StatusFrozen bool  // the status went to and fro too often, and is left alone
	ActorID      int64 // who shared it; 0 the program or they
	Cause        Cause
	SyncedAt     Time
	EndedAt      Time
	CreatedAt    Time
	UpdatedAt    Time
}

// PartnerLinkDirection says whose ticket it is.
type PartnerLinkDirection string

// The directions.
const (
	LinkSent     PartnerLinkDirection = "sent"
	LinkReceived PartnerLinkDirection = "received"
)

// PartnerLinkState is where a shared ticket stands.
type PartnerLinkState string

// The states.
const (
	PartnerSending  PartnerLinkState = "sending"  // on its way for the first time
	PartnerSynced   PartnerLinkState = "synced"   // nothing waits
	PartnerDelayed  PartnerLinkState = "delayed"  // something waits, and a try has failed
	PartnerRefused  PartnerLinkState = "declined" // they did not take it
	PartnerClosed   PartnerLinkState = "closed"   // they have closed or lost their copy
	PartnerEnded    PartnerLinkState = "ended"    // unshared by us
	PartnerOrphaned PartnerLinkState = "orphaned" // unshared by them; the copy stays
	PartnerDetached PartnerLinkState = "detached" // we take no more of it
	PartnerFrozen   PartnerLinkState = "frozen"   // the agreement is not in force any more
)

// Standing says whether the ticket is shared still: changes cross, or would if
// the agreement were in force.
func (s PartnerLinkState) Standing() bool { return s.Live() || s == PartnerFrozen }

// Live says whether changes still cross.
func (s PartnerLinkState) Live() bool {
	return s == PartnerSending || s == PartnerSynced || s == PartnerDelayed
}

// PartnerPerson is somebody on the other desk. They are nobody here: no sign-in,
// no mail, no rights, also when somebody has said by hand who they are.
type PartnerPerson struct {
	ID        int64
	PartnerID int64
	UUID      string
	Name      string
	Role      string // as they say; a label
	PersonID  int64  // somebody of ours, linked by hand; 0 nobody
	CreatedAt Time
	UpdatedAt Time
}

// PartnerDelivery is one message on its way to a partner. What is sent is
// written anew at every try, so that it holds what they may have then.
type PartnerDelivery struct {
	ID        int64
	PartnerID int64
	LinkID    int64 // 0: it is about the agreement itself
	Kind      PartnerMessageKind
	Data      string // ids and states, as JSON; never content
	State     PartnerDeliveryState
	Attempts  int
	Status    int // of the last answer; 0 without one
	Millis    int64
	Error     string // what went wrong in the last try, in words
	Size      int
	Digest    string // SHA-256 of the last body, in hexadecimal
	NextAt    Time   // 0 once it has ended
	TriedAt   Time
	CreatedAt Time
}

// PartnerMessageKind says what a delivery is.
type PartnerMessageKind string

// The kinds.
const (
	SendAgreement       PartnerMessageKind = "agreement.invite"
	SendAgreementStatus PartnerMessageKind = "agreement.status" // Data: status
	SendAgreementKey    PartnerMessageKind = "agreement.key"    // the next key
	SendAgreementTest   PartnerMessageKind = "agreement.test"
	SendTicket          PartnerMessageKind = "ticket.share"
	SendTicketUpdate    PartnerMessageKind = "ticket.update"
	SendTicketEnd       PartnerMessageKind = "ticket.unshare"
)

// PartnerDeliveryState is where a delivery stands.
type PartnerDeliveryState string

// The states.
const (
	PartnerWaiting PartnerDeliveryState = "waiting"
	PartnerDone    PartnerDeliveryState = "done"
	PartnerLost    PartnerDeliveryState = "failed"
	PartnerHeld    PartnerDeliveryState = "paused"
)

// PartnerFile is a file of a message from a partner that is fetched from them.
type PartnerFile struct {
	ID           int64
	LinkID       int64
	MessageID    int64
	URL          string
	Name         string
	Type         string
	State        PartnerDeliveryState
	Attempts     int
	Error        string
	AttachmentID int64 // 0 until it is here
	NextAt       Time
	CreatedAt    Time
}

// PartnerInvitation is an address that one desk can use once to invite us.
type PartnerInvitation struct {
	ID        int64
	Note      string // for administrators: whom it was made for
	ExpiresAt Time
	UsedAt    Time
	PartnerID int64 // the agreement that came through it; 0 none yet
	CreatedBy int64
	CreatedAt Time
}

// Open says whether the address still works.
func (i *PartnerInvitation) Open(now Time) bool { return i.UsedAt == 0 && i.ExpiresAt > now }

// PartnerField is a field of tickets that a partner has sent, with what became
// of it.
type PartnerField struct {
	Title   string
	FieldID int64  // ours with the same title; 0 none
	Problem string // why values are not taken; "" they are
	SeenAt  Time
}

var foreignID = regexp.MustCompile(`^[A-Za-z0-9._-]{1,64}$`)

// ForeignID says whether a text can be an id of the protocol.
func ForeignID(text string) bool { return foreignID.MatchString(text) }
