package app

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"net/url"
	"slices"
	"strings"
	"time"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
	"github.com/deskmesh/deskmesh/internal/credential"
	"github.com/deskmesh/deskmesh/internal/oidc"
	"github.com/deskmesh/deskmesh/internal/store"
)

// Why a sign-in through a provider is refused. The reasons are for pages, which
// say it in the reader's language.
var (
	errProviderGone    = dm.Errorf(dm.NotFound, "There is no such provider.").With("provider_gone")
	errProviderDown    = dm.Errorf(dm.Unavailable, "The provider cannot be reached right now.").With("provider_down")
	errProviderFlow    = dm.Errorf(dm.Unauthenticated, "This sign-in was begun in another browser, was used before, or took too long.").With("provider_flow")
	errProviderRefused = dm.Errorf(dm.Unauthenticated, "The provider did not sign you in.").With("provider_refused")
	errProviderToken   = dm.Errorf(dm.Unauthenticated, "The provider's answer does not prove who you are.").With("provider_token")
	errNotVerified     = dm.Errorf(dm.Forbidden, "The provider has not verified your address.").With("provider_unverified")
	errOtherDomain     = dm.Errorf(dm.Forbidden, "People with your address do not sign in here this way.").With("provider_domain")
	errNoSuchAgent     = dm.Errorf(dm.Forbidden, "No agent of this desk has your address.").With("provider_unknown")
	errInactiveAgent   = dm.Errorf(dm.Forbidden, "Your access to this desk has been turned off.").With("provider_inactive")
	errLinkedElsewhere = dm.Errorf(dm.Forbidden, "The agent with your address signs in as somebody else at the provider.").With("provider_linked")
)

// flowLasts is how long a browser may be at the provider.
const flowLasts = 15 * time.Minute

func flowPlace(account int64) string { return "account " + idText(account) + " provider flow" }

// providerFlow is what a sealed flow says; the browser keeps it.
type providerFlow struct {
	Provider int64     `json:"p"`
	Flow     oidc.Flow `json:"f"`
	Next     string    `json:"n"`
	Until    dm.Time   `json:"u"`
}

func (a *App) clock() time.Time { return a.Now().Std() }

// EnabledProviders lists the providers by which one can sign in, with their
// names alone: for the sign-in page, which everybody may see.
func (a *App) EnabledProviders(ctx context.Context, account int64) ([]dm.SignInProvider, error) {
	list, err := fetch(ctx, a, func(tx *store.Tx) ([]dm.SignInProvider, error) { return enabledProviders(tx, account) })
	for i := range list {
		list[i] = dm.SignInProvider{ID: list[i].ID, Name: list[i].Name}
	}
	return list, err
}

// BeginProviderSignIn gives the address of a provider to send a browser to, and
// a sealed text that the browser keeps until it comes back to ProviderCallback.
// next is where to go on then.
func (a *App) BeginProviderSignIn(ctx context.Context, account, provider int64, next string) (address, flow string, err error) {
	cfg, err := a.providerConfig(ctx, account, provider)
	if err != nil {
		return "", "", err
	}
	address, f, err := a.oidcClient().Begin(ctx, cfg)
	if err != nil {
		return "", "", errProviderDown.Because(err)
	}
	sealer, err := a.signInSealer(ctx)
	if err != nil {
		return "", "", err
	}
	text, err := json.Marshal(providerFlow{Provider: provider, Flow: f, Next: next, Until: a.Now().Add(flowLasts)})
	return address, sealer.Seal(flowPlace(account), string(text)), err
}

// FinishProviderSignIn opens a session for the agent who came back from a
// provider with the parameters came, in the browser that kept the flow, and says
// where to go on. From the first sign-in on the provider's subject is what the
// agent is known by, and no longer the address.
//
// Errors carry a reason that begins with provider_, but for faults of our own.
func (a *App) FinishProviderSignIn(ctx context.Context, account int64, flow string, came url.Values) (s NewSession, next string, err error) {
	sealer, err := a.signInSealer(ctx)
	if err != nil {
		return s, "", err
	}
	text, err := sealer.Open(flowPlace(account), flow)
	if err != nil {
		return s, "", errProviderFlow
	}
	var f providerFlow
	if err := json.Unmarshal([]byte(text), &f); err != nil || f.Until <= a.Now() {
		return s, "", errProviderFlow
	}
	cfg, err := a.providerConfig(ctx, account, f.Provider)
	if err != nil {
		return s, "", err
	}
	who, err := a.oidcClient().Finish(ctx, cfg, f.Flow, came)
	if err != nil {
		return s, "", finishError(err)
	}
	s, err = a.providerSession(ctx, account, f.Provider, cfg.Issuer, who)
	return s, f.Next, err
}

func finishError(err error) error {
	switch {
	case errors.Is(err, oidc.ErrRefused):
		return errProviderRefused.Because(err)
	case errors.Is(err, oidc.ErrToken):
		return errProviderToken.Because(err)
	}
	return errProviderDown.Because(err)
}

// signInSealer is the sealer outside of a transaction; its key is made when it is
// first asked for.
func (a *App) signInSealer(ctx context.Context) (*credential.Sealer, error) {
	key, err := a.DB.Secret(ctx, signInSecret)
	if err != nil {
		return nil, err
	}
	return credential.NewSealer(key)
}

// providerConfig reads what an enabled provider is asked with.
func (a *App) providerConfig(ctx context.Context, account, provider int64) (oidc.Config, error) {
	return fetch(ctx, a, func(tx *store.Tx) (cfg oidc.Config, err error) {
		p, err := tx.SignInProvider(account, provider)
		if dm.CodeOf(err) == dm.NotFound || err == nil && !p.Enabled {
			return cfg, errProviderGone
		}
		if err != nil {
			return cfg, err
		}
		desk, err := tx.Account(account)
		if err != nil {
			return cfg, err
		}
		cfg = oidc.Config{Issuer: p.Issuer, ClientID: p.ClientID, Redirect: desk.BaseURL + ProviderCallback}
		sealed, err := tx.ProviderSecret(account, provider)
		if err != nil || sealed == "" {
			return cfg, err
		}
		sealer, err := signInSealer(tx)
		if err == nil {
			cfg.Secret, err = sealer.Open(providerPlace(account, provider), sealed)
		}
		return cfg, err
	})
}

// providerSession opens the session of whoever the provider says has come.
func (a *App) providerSession(ctx context.Context, account, provider int64, issuer string, who *oidc.Identity) (s NewSession, err error) {
	if len(who.Subject) > 255 { // OpenID Connect Core 1.0 section 2
		return s, errProviderToken
	}
	err = a.write(ctx, func(tx *store.Tx) error {
		if err := tx.LockAccount(account); err != nil {
			return err
		}
		p, err := tx.SignInProvider(account, provider)
		if dm.CodeOf(err) == dm.NotFound || err == nil && (!p.Enabled || p.Issuer != issuer) {
			return errProviderGone
		}
		if err != nil {
			return err
		}
		t := &act{app: a, tx: tx, viewer: access.System(account, "sign-in provider "+idText(provider)), account: account}
		id, err := t.personOf(p, who)
		if err != nil {
			return err
		}
		known, err := tx.SignInOf(account, id)
		if err != nil {
			return err
		}
		if known.Person.Kind != dm.Agent || !known.Person.Active {
			return errInactiveAgent
		}
		s = NewSession{Person: known.Person}
		if s.Secret, s.Expires, err = openSession(tx, dm.ByProvider, account, id); err != nil {
			return err
		}
		return auditSignIn(tx, account, &known.Person, "provider "+idText(provider))
	})
	if err != nil {
		return NewSession{}, err
	}
	return s, nil
}

// personOf finds the agent that a provider's subject is: the one it has been, or
// at the first time the one with the verified address, or a new one.
func (t *act) personOf(p *dm.SignInProvider, who *oidc.Identity) (int64, error) {
	id, err := t.tx.PersonBySubject(t.account, p.Issuer, who.Subject)
	if err != nil || id != 0 {
		return id, err
	}
	address := strings.TrimSpace(who.Address)
	if !who.Verified || !validAddress(address) {
		return 0, errNotVerified
	}
	if !allowedDomain(p, address) {
		return 0, errOtherDomain
	}
	known, err := t.tx.SignInByAddress(t.account, address)
	if err != nil {
		return 0, err
	}
	switch {
	case known.Person.ID == 0 && p.CreateAgents:
		if id, err = t.newAgent(p, who, address); err != nil {
			return 0, err
		}
	case known.Person.ID == 0, known.Person.Kind != dm.Agent:
		return 0, errNoSuchAgent
	case !known.Person.Active:
		return 0, errInactiveAgent
	default:
		id = known.Person.ID
	}
	err = t.tx.LinkSubject(t.account, id, p.Issuer, who.Subject)
	if dm.CodeOf(err) == dm.Conflict {
		return 0, errLinkedElsewhere.Because(err)
	}
	if err != nil {
		return 0, err
	}
	t.changed("issuer", "", p.Issuer)
	return id, t.log("person.provider_linked", "person", id)
}

// newAgent makes an agent of somebody who signs in for the first time: with the
// provider's roles, and seeing nothing but what is assigned to or shared with
// them until somebody widens their reach.
func (t *act) newAgent(p *dm.SignInProvider, who *oidc.Identity, address string) (int64, error) {
	kind := dm.Agent
	name := strings.Join(strings.Fields(cmp.Or(who.Name, address)), " ")
	var f inputFaults
	if f.name("name", name, maxNameLength); f.err() != nil {
		name = address
	}
	c := &personChange{act: t, created: true, next: dm.Person{Scope: dm.RestrictedScope, Active: true},
		patch: &PersonPatch{Kind: &kind, Name: &name, Address: &address, Roles: &p.DefaultRoles}}
	err := c.run()
	switch dm.CodeOf(err) {
	case dm.Conflict, dm.Invalid: // somebody's further address, or a name that nobody can have
		return 0, errNoSuchAgent.Because(err)
	}
	return c.next.ID, err
}

func allowedDomain(p *dm.SignInProvider, address string) bool {
	domain := strings.ToLower(address[strings.LastIndexByte(address, '@')+1:])
	return len(p.AllowedDomains) == 0 || slices.Contains(p.AllowedDomains, domain)
}
