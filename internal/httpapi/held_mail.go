package httpapi

import (
	"context"
	"net/http"
	"time"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/app"
)

// heldMailJSON is a mail that arrived and became no ticket and no message.
type heldMailJSON struct {
	ID        int64     `json:"id"`
	From      string    `json:"from" doc:"The envelope's sender; empty for bounces."`
	To        string    `json:"to"`
	State     string    `json:"state" enum:"held,failed"`
	Reason    string    `json:"reason"`
	Size      int64     `json:"size" doc:"Bytes."`
	Retryable bool      `json:"retryable" doc:"The mail is kept, so it can be read again."`
	CreatedAt time.Time `json:"created_at"`
}

// heldMailRoutes list the mails that were held.
func heldMailRoutes(a *API) {
	route(a, operation(http.MethodGet, "/held-mails", "list-held-mails", "Mails that became no ticket, newest first, with the reason", "inboxes"), permission(dm.InboxesManage),
		func(ctx context.Context, c *caller, in *PageInput) (*pageAnswer[heldMailJSON], error) {
			list, next, err := a.app.HeldMails(ctx, c.Viewer, app.Page{Cursor: in.Cursor, Limit: in.Limit})
			if err != nil {
				return nil, err
			}
			return &pageAnswer[heldMailJSON]{pageOf(each(list, func(m *app.HeldMail) heldMailJSON {
				return heldMailJSON{ID: m.ID, From: m.EnvelopeFrom, To: m.Recipient, State: m.State, Reason: m.Detail, Size: m.Size, Retryable: m.BlobKey != "", CreatedAt: m.CreatedAt.Std()}
			}), next)}, nil
		})
	again := operation(http.MethodPost, "/held-mails/{id}/retry", "retry-held-mail", "Read a held mail again, as if it came now", "inboxes")
	post(a, again, permission(dm.InboxesManage),
		func(ctx context.Context, c *caller, in *IDInput) error {
			return a.app.RetryHeldMail(ctx, c.Viewer, in.ID)
		},
		func(context.Context, *caller, *IDInput, []int64) (*struct{}, error) { return nil, nil })
}
