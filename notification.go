package deskmesh

// NoticeKind is a reason to tell a person something.
type NoticeKind string

// The kinds of notice this desk sends.
const (
	NoticeShared       NoticeKind = "share"          // a ticket was shared with you or your group
	NoticeUnshared     NoticeKind = "unshare"        // a share with you or your group ended
	NoticeLevel        NoticeKind = "level"          // the terms of a share with you changed
	NoticeShareExpired NoticeKind = "share_expired"  // a share with you or your group ran out
	NoticeAssigned     NoticeKind = "assigned"       // a ticket was assigned to you
	NoticeUpdate       NoticeKind = "update"         // something happened on a ticket of yours or shared with you
	NoticeReply        NoticeKind = "reply"          // a public reply, to the requester and CCs
	NoticeMention      NoticeKind = "mention"        // somebody mentioned you in a message
	NoticeRequest      NoticeKind = "access_request" // somebody asks to be let in to a ticket that you may share
	NoticeScheduled    NoticeKind = "scheduled"      // a message that you scheduled, or on a ticket of yours, was not sent
	NoticeGroup        NoticeKind = "group_assigned" // a ticket was assigned to a group of yours
	NoticeSLA          NoticeKind = "sla_breached"   // a promised time was missed on a ticket of yours or of your group
)

// NoticeKinds is every kind of notice, in the order of the preferences page.
var NoticeKinds = []NoticeKind{NoticeShared, NoticeUnshared, NoticeLevel, NoticeShareExpired, NoticeAssigned, NoticeMention, NoticeUpdate, NoticeReply, NoticeRequest, NoticeScheduled, NoticeSLA, NoticeGroup}

// KnownNotice says whether kind is one of NoticeKinds.
func KnownNotice(kind NoticeKind) bool {
	for _, k := range NoticeKinds {
		if k == kind {
			return true
		}
	}
	return false
}

// NoticeChannel is a way in which people are told.
type NoticeChannel string

// The channels.
const (
	NoticeMail  NoticeChannel = "mail"
	NoticeInApp NoticeChannel = "in_app" // the list in the workspace
)

// NoticeChannels is every channel.
var NoticeChannels = []NoticeChannel{NoticeMail, NoticeInApp}

// NoticeCell is what an account says of one kind of notice and one channel.
type NoticeCell struct {
	// On holds for everybody who has not chosen otherwise for themselves.
	On bool
	// Locked lets nobody choose: all get it, or nobody does.
	Locked bool
}

// Default is the cell of an account that has said nothing.
func (k NoticeKind) Default() NoticeCell { return NoticeCell{On: k != NoticeGroup} }

// For says what holds for a person who wishes so; nil for one who has not said.
func (c NoticeCell) For(wish *bool) bool {
	if c.Locked || wish == nil {
		return c.On
	}
	return *wish
}

// Never says that the account sends none of it, whatever people wish.
func (c NoticeCell) Never() bool { return c.Locked && !c.On }

// Always says that the account sends all of it, whatever people wish.
func (c NoticeCell) Always() bool { return c.Locked && c.On }

// Notification is one line of a person's in-app list. It holds no content:
// what it shows is fetched, and decided, when it is read.
type Notification struct {
	ID       int64
	PersonID int64
	TicketID int64
	EventID  int64
	Kind     NoticeKind
	// Unlisted is a line that is not shown: the person is told by mail alone.
	Unlisted  bool
	CreatedAt Time
	ReadAt    Time
}
