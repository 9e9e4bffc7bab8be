package app

import (
	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/store"
)

// Kinds of jobs that tell people of events.
const (
	JobTell   = "notify.event" // fans an event out to the people who hear of it
	JobNotice = "notify.mail"  // one mail to one person, decided again when sent
)

// tellArgs names an event to tell people of. Fixed are the people who lost
// access by it: who they are is settled when it happens.
type tellArgs struct {
	Event int64   `json:"event"`
	Fixed []int64 `json:"fixed,omitempty"`
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
	dm.ShareCreated: true, dm.ShareUpdated: true, dm.ShareRevoked: true, dm.ShareExpired: true, dm.ShareLeft: true,
}

// tell puts one job in the event's own transaction; it works out later who
// hears of the event, except for those who lost access, given as fixed.
func (a *App) tell(tx *store.Tx, account int64, e *dm.Event, fixed []int64) error {
	if !told[e.Kind] {
		return nil
	}
	_, _, err := tx.Enqueue(store.NewJob{Account: account, Kind: JobTell, Args: tellArgs{Event: e.ID, Fixed: fixed}, Urgency: store.Normal})
	return err
}
