package httpapi

import (
	"context"
	"net/http"

	dm "github.com/deskmesh/deskmesh"
)

type meOutput struct{ Body meJSON }

type meJSON struct {
	Person      personJSON      `json:"person"`
	Permissions []dm.Permission `json:"permissions" doc:"What the roles give, as far as the token lets them."`
	Account     accountJSON     `json:"account"`
	Settings    map[string]any  `json:"settings" doc:"The settings that a client needs to know what to offer."`
	Preferences preferencesJSON `json:"preferences"`
	TOTP        totpStateJSON   `json:"totp"`
}

type totpStateJSON struct {
	On        bool `json:"on" doc:"Signing in with a password takes a code."`
	Required  bool `json:"required" doc:"The account asks this person for a second factor, unless they sign in through a provider."`
	Missing   bool `json:"missing" doc:"Everything but setting it up answers 403 with the reason totp_required."`
	CodesLeft int  `json:"recovery_codes_left"`
}

type accountJSON struct {
	Name    string `json:"name"`
	Slug    string `json:"slug"`
	BaseURL string `json:"base_url"`
}

// agentSettings are those that an agent's client needs to know what to offer,
// requesterSettings those for a requester's.
var (
	agentSettings = []string{
		"sharing.enabled", "sharing.default_level", "sharing.max_internal", "sharing.max_external",
		"sharing.agents_may_share_with_requesters", "sharing.recipients_can_reshare", "sharing.forward_on_shared",
		"sharing.default_expiry_days", "sharing.max_expiry_days", "sharing.require_reason",
		"links.enabled", "links.require_password", "links.max_days", "links.max_views",
		"cc_grants_access", "attachments.max_bytes", "attachments.blocked",
		"partners.enabled", "partners.decline_all", "partners.max_per_ticket",
	}
	requesterSettings = []string{"attachments.max_bytes", "attachments.blocked"}
)

func meRoutes(a *API) {
	route(a, beforeTOTP(operation(http.MethodGet, "/me", "show-me", "Who is signed in, and what they may do", "sessions")), signedIn,
		func(ctx context.Context, c *caller, _ *struct{}) (*meOutput, error) {
			person, err := a.app.Person(ctx, c.Viewer, c.Viewer.Person())
			if err != nil {
				return nil, err
			}
			second, err := a.app.TOTPState(ctx, c.Viewer)
			if err != nil {
				return nil, err
			}
			account := c.Directory.Account
			out := &meOutput{Body: meJSON{
				Person:      personJSON{ID: person.ID, Name: person.Name, Address: person.Address, Kind: string(person.Kind), Active: person.Active},
				Permissions: c.Viewer.Permissions().List(),
				Account:     accountJSON{Name: account.Name, Slug: account.Slug, BaseURL: account.BaseURL},
				Settings:    c.settings(),
				Preferences: preferencesOf(person),
				TOTP:        totpStateJSON{On: second.On, Required: second.Required, Missing: c.NeedsTOTP, CodesLeft: second.CodesLeft},
			}}
			return out, nil
		})
}

func (c *caller) settings() map[string]any {
	keys := requesterSettings
	if c.Viewer.IsAgent() {
		keys = agentSettings
	}
	values := make(map[string]any, len(keys))
	for _, key := range keys {
		values[key] = dm.SettingByKey(key).Get(&c.Directory.Settings)
	}
	return values
}
