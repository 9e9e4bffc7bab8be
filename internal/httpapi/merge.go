package httpapi

import (
	"context"
	"net/http"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
)

type mergeInput struct {
	NumberInput
	Body mergeJSON
}

type mergeJSON struct {
	Into           int64 `json:"into" minimum:"1" doc:"The number of the ticket that takes the messages."`
	CarryShares    bool  `json:"carry_shares,omitempty" doc:"This ticket's shares go along, up to the limit."`
	AcceptWidening bool  `json:"accept_widening,omitempty" doc:"Others may gain sight of messages; without this the merge is refused with the list of who would."`
}

// mergeRoutes merge tickets. The answer is the ticket that took the messages.
func mergeRoutes(a *API) {
	op := costly(operation(http.MethodPost, "/tickets/{number}/merge", "merge-ticket", "Close a ticket and carry its messages into another", "tickets"), costHeavy)
	op.DefaultStatus = http.StatusOK
	post(a, op, ticketRight(access.Merge),
		func(ctx context.Context, c *caller, in *mergeInput) error {
			_, err := a.app.Apply(ctx, c.Viewer, dm.Change{Number: in.Number,
				Merge: &dm.Merge{IntoNumber: in.Body.Into, CarryShares: in.Body.CarryShares, AcceptWidening: in.Body.AcceptWidening}})
			return err
		},
		func(ctx context.Context, c *caller, in *mergeInput, _ []int64) (*ticketOutput, error) {
			return a.showChanged(ctx, c, in.Body.Into)
		})
}
