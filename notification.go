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
)

// NoticeKinds is every kind of notice, in the order of the preferences page.
var NoticeKinds = []NoticeKind{NoticeShared, NoticeUnshared, NoticeLevel, NoticeShareExpired, NoticeAssigned, NoticeMention, NoticeUpdate, NoticeReply, NoticeRequest, NoticeScheduled}

// KnownNotice says whether kind is one of NoticeKinds.
func KnownNotice(kind NoticeKind) bool {
	for _, k := range NoticeKinds {
		if k == kind {
			return true
		}
	}
	return false
}

// Notification is one line of a person's in-app list. It holds no content:
// what it shows is fetched, and decided, when it is read.
type Notification struct {
	ID        int64
	PersonID  int64
	TicketID  int64
	EventID   int64
	Kind      NoticeKind
	CreatedAt Time
	ReadAt    Time
}
