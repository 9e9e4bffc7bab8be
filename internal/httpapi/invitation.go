package httpapi

import (
	"context"
	"net/http"
	"time"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/app"
)

type invitationInput struct {
	IDInput
	made *app.OneTimeLink // by this request; nil in a repeat
}

type invitationJSON struct {
	URL       orNull[string]    `json:"url" doc:"The link with which the person sets a password, once. It is shown this once: null when the request is repeated."`
	ExpiresAt orNull[time.Time] `json:"expires_at"`
}

// invitationRoutes make one-time links. They are handed over by whoever asked
// for them.
func invitationRoutes(a *API, people *noun[dm.Person, wholePersonJSON]) {
	op := people.operation(http.MethodPost, "/{id}/invite", "invite", "Make a one-time link to set a password; earlier ones end")
	op.DefaultStatus = http.StatusCreated
	post(a, op, permission(dm.PeopleManage),
		func(ctx context.Context, c *caller, in *invitationInput) (err error) {
			in.made, err = a.app.InvitePerson(ctx, c.Viewer, in.ID)
			return err
		},
		func(_ context.Context, _ *caller, in *invitationInput, _ []int64) (*answerOf[invitationJSON], error) {
			if in.made == nil {
				return &answerOf[invitationJSON]{}, nil
			}
			return &answerOf[invitationJSON]{invitationJSON{URL: some(in.made.URL), ExpiresAt: moment(in.made.Expires)}}, nil
		})
}
