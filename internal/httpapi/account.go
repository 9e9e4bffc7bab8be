package httpapi

import (
	"context"
	"net/http"
	"time"

	dm "github.com/deskmesh/deskmesh"
)

// ownAccountJSON is the account, as its agents see it.
type ownAccountJSON struct {
	Name         string           `json:"name"`
	Slug         string           `json:"slug"`
	BaseURL      string           `json:"base_url"`
	Edition      string           `json:"edition"`
	Entitlements []dm.Entitlement `json:"entitlements" doc:"What the edition includes."`
	CreatedAt    time.Time        `json:"created_at"`
}

type accountPatchInput struct{ Body accountPatchJSON }

type accountPatchJSON struct {
	Name maybe[string] `json:"name,omitempty" maxLength:"200"`
}

// accountRoutes are the account itself. Edition, hosts and address are the
// server's to change, not the account's.
func accountRoutes(a *API) {
	show := func(ctx context.Context, c *caller) (*answerOf[ownAccountJSON], error) {
		account, err := a.app.Account(ctx, c.Viewer)
		if err != nil {
			return nil, err
		}
		return &answerOf[ownAccountJSON]{ownAccountJSON{
			Name: account.Name, Slug: account.Slug, BaseURL: account.BaseURL,
			Edition: account.Edition, Entitlements: filled(dm.Editions[account.Edition]), CreatedAt: account.CreatedAt.Std(),
		}}, nil
	}
	route(a, operation(http.MethodGet, "/account", "show-account", "The account", "settings"), agents,
		func(ctx context.Context, c *caller, _ *struct{}) (*answerOf[ownAccountJSON], error) {
			return show(ctx, c)
		})
	route(a, operation(http.MethodPatch, "/account", "change-account", "Rename the account", "settings"), permission(dm.SettingsManage),
		func(ctx context.Context, c *caller, in *accountPatchInput) (*answerOf[ownAccountJSON], error) {
			if name := in.Body.Name.pointer(); name != nil {
				if err := a.app.RenameAccount(ctx, c.Viewer, *name); err != nil {
					return nil, err
				}
			}
			return show(ctx, c)
		})
}
