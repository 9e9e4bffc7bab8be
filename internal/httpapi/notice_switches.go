package httpapi

import (
	"context"
	"net/http"

	dm "github.com/deskmesh/deskmesh"
)

type NoticesInput struct {
	Brand int64 `query:"brand" minimum:"1" doc:"The brand whose switches are meant; left out, those of the whole account."`
}

type noticesChange struct {
	NoticesInput
	SwitchesInput
}

type SwitchesInput struct {
	Body map[dm.NoticeKind]bool `maxProperties:"100" doc:"The kinds of notice to turn on or off; the others stay as they are."`
}

type noticesOutput struct {
	Body map[dm.NoticeKind]bool `doc:"Whether each kind of notice is on. It is sent where account, brand and person have it on."`
}

// noticeSwitchRoutes turn kinds of notice on and off, for the account, for a
// brand, and for oneself.
func noticeSwitchRoutes(a *API) {
	route(a, operation(http.MethodGet, "/settings/notices", "show-notices", "Which notices the account, or a brand, sends", "settings"), agents,
		func(ctx context.Context, c *caller, in *NoticesInput) (*noticesOutput, error) {
			on, err := a.app.Notices(ctx, c.Viewer, in.Brand)
			return &noticesOutput{on}, err
		})
	route(a, operation(http.MethodPut, "/settings/notices", "change-notices", "Turn notices of the account, or of a brand, on or off", "settings"), permission(dm.SettingsManage),
		func(ctx context.Context, c *caller, in *noticesChange) (*noticesOutput, error) {
			if err := checkKeys(in.Body); err != nil {
				return nil, err
			}
			if err := a.app.SetNotices(ctx, c.Viewer, in.Brand, in.Body); err != nil {
				return nil, err
			}
			on, err := a.app.Notices(ctx, c.Viewer, in.Brand)
			return &noticesOutput{on}, err
		})
	route(a, operation(http.MethodGet, "/me/notices", "show-own-notices", "Which notices one wants", "me"), signedIn,
		func(ctx context.Context, c *caller, _ *struct{}) (*noticesOutput, error) {
			on, err := a.app.OwnNotices(ctx, c.Viewer)
			return &noticesOutput{on}, err
		})
	route(a, operation(http.MethodPut, "/me/notices", "change-own-notices", "Turn notices to oneself on or off", "me"), signedIn,
		func(ctx context.Context, c *caller, in *SwitchesInput) (*noticesOutput, error) {
			if err := checkKeys(in.Body); err != nil {
				return nil, err
			}
			if err := a.app.SetOwnNotices(ctx, c.Viewer, in.Body); err != nil {
				return nil, err
			}
			on, err := a.app.OwnNotices(ctx, c.Viewer)
			return &noticesOutput{on}, err
		})
}
