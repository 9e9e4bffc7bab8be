package httpapi

import (
	"context"
	"net/http"
	"time"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/app"
)

// providerJSON is a sign-in provider without its client secret.
type providerJSON struct {
	ID             int64     `json:"id"`
	Name           string    `json:"name" doc:"As the sign-in page calls it."`
	Issuer         string    `json:"issuer"`
	ClientID       string    `json:"client_id"`
	HasSecret      bool      `json:"has_client_secret" doc:"The secret itself is shown to nobody."`
	Enabled        bool      `json:"enabled"`
	Match          string    `json:"match" enum:"address" doc:"By what an agent is found at the first sign-in: an address that the provider has verified. From then on the provider's subject counts."`
	CreateAgents   bool      `json:"create_agents" doc:"Whoever is unknown becomes an agent, with the default roles and no reach."`
	DefaultRoles   []int64   `json:"default_roles"`
	AllowedDomains []string  `json:"allowed_domains" doc:"Of addresses at the first sign-in; empty for any."`
	RedirectURI    string    `json:"redirect_uri" doc:"What to enter at the provider."`
	CreatedAt      time.Time `json:"created_at"`
	UpdatedAt      time.Time `json:"updated_at"`
}

type newProviderJSON struct {
	Name     string `json:"name" maxLength:"200"`
	Issuer   string `json:"issuer" maxLength:"500" doc:"The provider's address, exactly as it writes it itself."`
	ClientID string `json:"client_id" maxLength:"200"`
	ProviderParts
}

type providerPatchJSON struct {
	Name     maybe[string] `json:"name,omitempty" maxLength:"200"`
	Issuer   maybe[string] `json:"issuer,omitempty" maxLength:"500" doc:"With another one the client secret has to be given again."`
	ClientID maybe[string] `json:"client_id,omitempty" maxLength:"200"`
	ProviderParts
}

// ProviderParts is what may be left out of any sign-in provider.
type ProviderParts struct {
	ClientSecret   maybe[string]   `json:"client_secret,omitempty" maxLength:"500" doc:"Empty for a public client."`
	Enabled        maybe[bool]     `json:"enabled,omitempty"`
	Match          maybe[string]   `json:"match,omitempty" enum:"address"`
	CreateAgents   maybe[bool]     `json:"create_agents,omitempty" doc:"Needs allowed_domains."`
	DefaultRoles   maybe[[]int64]  `json:"default_roles,omitempty" maxItems:"1000"`
	AllowedDomains maybe[[]string] `json:"allowed_domains,omitempty" maxItems:"50"`
}

func (p *ProviderParts) patch() app.ProviderPatch {
	return app.ProviderPatch{ClientSecret: p.ClientSecret.pointer(), Enabled: p.Enabled.pointer(), Match: p.Match.pointer(), CreateAgents: p.CreateAgents.pointer(),
		DefaultRoles: p.DefaultRoles.pointer(), AllowedDomains: p.AllowedDomains.pointer()}
}

type providerTestJSON struct {
	OK            bool           `json:"ok"`
	Problem       orNull[string] `json:"problem" doc:"What is wrong, for administrators."`
	Authorization orNull[string] `json:"authorization_endpoint"`
	Token         orNull[string] `json:"token_endpoint"`
	UserInfo      orNull[string] `json:"userinfo_endpoint"`
}

// providerRoutes are the OpenID Connect providers by which agents sign in.
func providerRoutes(a *API) {
	manage := permission(dm.SecurityManage)
	providers := &noun[app.SignInProviderInfo, providerJSON]{path: "/sign-in-providers", name: "sign-in-provider", find: a.app.SignInProvider, say: providerOf}
	providers.whole(a, manage, "Sign-in providers", a.app.SignInProviders)
	providers.one(a, manage)
	creates(a, providers, manage, "Make a sign-in provider", func(ctx context.Context, c *caller, b *newProviderJSON) error {
		p := b.patch()
		p.Name, p.Issuer, p.ClientID = &b.Name, &b.Issuer, &b.ClientID
		return a.app.CreateSignInProvider(ctx, c.Viewer, p)
	})
	changes(a, providers, manage, "Change a sign-in provider, or switch it on and off", func(ctx context.Context, c *caller, id int64, b *providerPatchJSON) error {
		p := b.patch()
		p.Name, p.Issuer, p.ClientID = b.Name.pointer(), b.Issuer.pointer(), b.ClientID.pointer()
		return a.app.UpdateSignInProvider(ctx, c.Viewer, id, p)
	})
	providers.deletes(a, manage, "Delete a sign-in provider", a.app.DeleteSignInProvider)
	test := costly(providers.operation(http.MethodPost, "/{id}/test", "test", "Ask a provider where it is reached"), costHeavy)
	test.DefaultStatus = http.StatusOK
	post(a, test, manage,
		func(ctx context.Context, c *caller, in *IDInput) error {
			_, err := a.app.SignInProvider(ctx, c.Viewer, in.ID)
			return err
		},
		func(ctx context.Context, c *caller, in *IDInput, _ []int64) (*answerOf[providerTestJSON], error) {
			got, err := a.app.TestSignInProvider(ctx, c.Viewer, in.ID)
			if err != nil {
				return nil, err
			}
			at := got.Endpoints
			return &answerOf[providerTestJSON]{providerTestJSON{OK: got.Problem == "", Problem: textOrNull(got.Problem),
				Authorization: textOrNull(at.Authorization), Token: textOrNull(at.Token), UserInfo: textOrNull(at.UserInfo)}}, nil
		})
}

func providerOf(p *app.SignInProviderInfo) providerJSON {
	return providerJSON{ID: p.ID, Name: p.Name, Issuer: p.Issuer, ClientID: p.ClientID, HasSecret: p.HasSecret, Enabled: p.Enabled, Match: p.Match,
		CreateAgents: p.CreateAgents, DefaultRoles: filled(p.DefaultRoles), AllowedDomains: filled(p.AllowedDomains), RedirectURI: p.RedirectURI,
		CreatedAt: p.CreatedAt.Std(), UpdatedAt: p.UpdatedAt.Std()}
}
