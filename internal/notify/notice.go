package notify

import (
	"time"

	dm "github.com/deskmesh/deskmesh"
)

// Notice is everything that a mail to one person about one event may show.
// Whoever fills it in has decided what that is; Render leaves out what the kind
// of mail does not need, and of notices about the end of access everything but
// Number, EndedBy, StillHas and, for somebody who still has access, URL.
type Notice struct {
	Kind      dm.NoticeKind
	Language  string // of the recipient
	Recipient string // name
	Account   string // name
	Brand     string // name; what requesters know the desk by
	// Outside says that the recipient reads as a requester: the mail then shows
	// no priority, assignee, inbox or group, and no internal message.
	Outside bool
	// Why says how the event concerns the recipient; empty leaves the line out.
	Why Why

	Ticket Ticket
	Actor  string // name of whoever caused the event; empty for the program itself

	// The terms of the share, of notices about one. A flag counts as far as the
	// level lets it, as in the access rule.
	Level       dm.Level
	OldLevel    dm.Level // before, of a change
	SeeInternal bool
	ReplyPublic bool
	Forward     bool
	CanReshare  bool
	Reason      string
	ExpiresAt   time.Time // zero for none
	GroupName   string    // of the recipient's group, where the share is with a group

	EndedBy string // name of whoever ended the share; empty for the program itself
	// StillHas are the other ways in that the recipient has after a share has
	// ended, in words; empty for somebody who lost access.
	StillHas []string

	Changes     []Change
	Message     string // text of the message, of a notice about one
	MessageKind dm.MessageKind
	Merged      bool  // the ticket was merged with another one
	OtherNumber int64 // of that one; 0 where the recipient may not open it

	// Scheduled is what became of a message that was to be sent later, and why;
	// Blind says that its author cannot open the ticket any more.
	Scheduled       dm.ScheduledState
	ScheduledReason dm.ScheduledReason
	Blind           bool

	// Clock is whose time was missed, and DueAt when it was over.
	Clock dm.ClockKind
	DueAt time.Time

	URL          string // of the ticket; no button without one
	ReplyHint    bool   // an answer to the mail is accepted
	AnswerIsNote bool   // and becomes a note
	NoteAddress  string // where an agent writes to for a note instead; empty leaves the line out

	Texts Texts // the account's own words
}

// Ticket is what a mail may show of a ticket, in words. Status and priority are
// those of the domain, or the name of a status of the account's own.
type Ticket struct {
	Number    int64
	Subject   string
	Status    string
	Priority  string
	Inbox     string
	Group     string
	Assignee  string
	Requester string
}

// Change is one changed property. Field is a name as in the ticket's history,
// or the name of a field of the account's own. Old and New are words: names of
// people, groups and inboxes, not their ids; statuses, priorities, types and
// truth values may be those of the domain.
type Change struct {
	Field string
	Old   string
	New   string
}

// Mail is a rendered notice. Subject is one line.
type Mail struct {
	Subject string
	Text    string
	HTML    string
}

// ended says whether the notice is about the end of access, to somebody who may
// have none any more.
func (n *Notice) ended() bool {
	return n.Blind || n.Kind == dm.NoticeUnshared || n.Kind == dm.NoticeShareExpired
}

// outside says whether the recipient reads as a requester: those who get
// replies sent always do.
func (n *Notice) outside() bool { return n.Outside || n.Kind == dm.NoticeReply }

// desk names whose help desk the mail comes from, as the recipient knows it.
func (n *Notice) desk() string {
	if n.outside() && n.Brand != "" {
		return n.Brand
	}
	return n.Account
}
