package httpapi

import (
	"context"
	"net/http"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
)

// ticketActRoutes move a ticket to and from the trash and spam, and end one's
// own share.
func ticketActRoutes(a *API) {
	route(a, operation(http.MethodDelete, "/tickets/{number}", "delete-ticket", "Move a ticket to the trash", "tickets"), ticketRight(access.Delete),
		func(ctx context.Context, c *caller, in *NumberInput) (*struct{}, error) {
			_, err := a.app.Apply(ctx, c.Viewer, dm.Change{Number: in.Number, Trash: dm.TrashDelete})
			return nil, err
		})
	act := func(path, id, summary string, right access.Right, move dm.TrashMove) {
		op := operation(http.MethodPost, "/tickets/{number}/"+path, id, summary, "tickets")
		op.DefaultStatus = http.StatusOK
		post(a, op, ticketRight(right),
			func(ctx context.Context, c *caller, in *NumberInput) error {
				_, err := a.app.Apply(ctx, c.Viewer, dm.Change{Number: in.Number, Trash: move})
				return err
			},
			func(ctx context.Context, c *caller, in *NumberInput, _ []int64) (*ticketOutput, error) {
				return a.showChanged(ctx, c, in.Number)
			})
	}
	act("restore", "restore-ticket", "Take a ticket out of the trash", access.Delete, dm.TrashRestore)
	act("spam", "mark-spam", "Mark a ticket as spam", access.Spam, dm.TrashSpam)
	act("not-spam", "unmark-spam", "Take a ticket out of spam", access.Spam, dm.TrashNotSpam)

	leave := operation(http.MethodPost, "/tickets/{number}/leave", "leave-ticket", "End the share that a ticket is shared with oneself by", "shares")
	post(a, leave, ticketRight(access.Leave),
		func(ctx context.Context, c *caller, in *NumberInput) error {
			_, err := a.app.Apply(ctx, c.Viewer, dm.Change{Number: in.Number, Leave: true})
			return err
		},
		func(context.Context, *caller, *NumberInput, []int64) (*struct{}, error) { return nil, nil })
}
