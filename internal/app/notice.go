package app

import (
	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/store"
)

// Kinds of jobs that tell people of events.
const (
	JobTell   = "notify.event" // fans an event out to the people who hear of it
	JobNotice = "notify.mail"  // one mail to one person, decided again when sent

	JobDigest    = "notify.digest" // what has gathered for one person, each line decided again
	JobGroupMail = "notify.group"  // one mail to a group's own address, decided again when sent
)

// tellArgs names the events of one change that people are told of, so that
// somebody reached twice by it is told once.
type tellArgs struct {
	Events []tellEvent `json:"events"`
}

// tellEvent is one event. Fixed are the people who lost access by it: who they
// are is settled when it happens. Causer made the change that a rule followed by
// it.
type tellEvent struct {
	ID     int64   `json:"id"`
	Fixed  []int64 `json:"fixed,omitempty"`
	Causer int64   `json:"causer,omitempty"`
}

// noticeArgs names one notice to one person.
type noticeArgs struct {
	Event  int64         `json:"event"`
	Person int64         `json:"person"`
	Kind   dm.NoticeKind `json:"kind"`
	Group  int64         `json:"group,omitempty"`
	Share  int64         `json:"share,omitempty"`
	Why    string        `json:"why,omitempty"`
}

// told are the kinds of event that anybody hears of.
var told = map[dm.EventKind]bool{
	dm.TicketCreated: true, dm.TicketUpdated: true, dm.TicketMessage: true, dm.TicketMerged: true,
	dm.AccessAsked: true, dm.MailSuggested: true, dm.SLABreached: true,

	dm.ReplyRemoved: true, dm.ReplyHeld: true, dm.ReplyFailed: true, dm.ReplyCancelled: true,
	dm.ShareCreated: true, dm.ShareUpdated: true, dm.ShareRevoked: true, dm.ShareExpired: true, dm.ShareLeft: true,
}

// tell puts one job in the events' own transaction; it works out later who
// hears of them.
func (a *App) tell(tx *store.Tx, account int64, events []tellEvent) error {
	if len(events) == 0 {
		return nil
	}
	return tx.EnqueueAll([]store.NewJob{{Account: account, Kind: JobTell, Args: tellArgs{Events: events}, Urgency: store.Normal}})
}
