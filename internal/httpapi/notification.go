package httpapi

import (
	"context"
	"net/http"
	"time"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/app"
)

// notificationJSON is a line of one's own list. What it shows of a ticket is
// decided when it is read.
type notificationJSON struct {
	ID     int64                 `json:"id"`
	Kind   dm.NoticeKind         `json:"kind"`
	Actor  orNull[nameJSON]      `json:"actor" doc:"Null for the desk itself."`
	Ticket orNull[ticketRefJSON] `json:"ticket" doc:"Null where one cannot open it any more."`
	// Of a line about one ticket there is no list.
	Tickets []ticketRefJSON   `json:"tickets" doc:"Of a line about many tickets at once: those that one can open, at most 100. Empty for a line about one."`
	Count   int               `json:"count" doc:"How many tickets of a line about many one can open, up to 1,000; 0 for a line about one."`
	At      time.Time         `json:"at"`
	ReadAt  orNull[time.Time] `json:"read_at"`
}

// ticketRefJSON names a ticket that the reader can open.
type ticketRefJSON struct {
	Number  int64  `json:"number"`
	Subject string `json:"subject"`
}

type notificationListInput struct {
	PageInput
	Unread bool `query:"unread" doc:"Only lines that were not read yet."`
}

type notificationListOutput struct{ Body listOf[notificationJSON] }

type readInput struct{ Body readJSON }

// readJSON says which lines were read: some, or all up to one.
type readJSON struct {
	IDs  []int64 `json:"ids,omitempty" maxItems:"200"`
	UpTo int64   `json:"up_to,omitempty" minimum:"1" doc:"Every line up to this one."`
}

func notificationRoutes(a *API) {
	route(a, operation(http.MethodGet, "/notifications", "list-notifications", "One's own notifications, newest first", "notifications"), signedIn,
		func(ctx context.Context, c *caller, in *notificationListInput) (*notificationListOutput, error) {
			before, err := in.idCursor()
			if err != nil {
				return nil, err
			}
			list, err := a.app.Notifications(ctx, c.Viewer, before, in.Unread, in.Limit+1)
			if err != nil {
				return nil, err
			}
			list, next := cutPage(list, in.Limit, func(n *app.NotificationView) int64 { return n.ID })
			return &notificationListOutput{pageOf(each(list, notificationOf), next)}, nil
		})
	post(a, operation(http.MethodPost, "/notifications/read", "read-notifications", "Mark notifications as read", "notifications"), signedIn,
		func(ctx context.Context, c *caller, in *readInput) error {
			if (len(in.Body.IDs) == 0) == (in.Body.UpTo == 0) {
				return dm.BadField("ids", "Give either ids or up_to.")
			}
			return a.app.ReadNotifications(ctx, c.Viewer, in.Body.IDs, in.Body.UpTo)
		},
		func(context.Context, *caller, *readInput, []int64) (*struct{}, error) { return nil, nil })
}

func notificationOf(n *app.NotificationView) notificationJSON {
	out := notificationJSON{ID: n.ID, Kind: n.Kind, Actor: named(n.Actor.ID, n.Actor.Name), At: n.CreatedAt.Std(), ReadAt: moment(n.ReadAt), Count: n.Count,
		Tickets: each(n.Tickets, func(t *app.TicketName) ticketRefJSON { return ticketRefJSON{t.Number, t.Subject} })}
	if n.Visible {
		out.Ticket = some(ticketRefJSON{n.Number, n.Subject})
	}
	return out
}
