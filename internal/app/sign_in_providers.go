package app

import (
	"context"
	"errors"
	"net/url"
	"slices"
	"strconv"
	"strings"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
	"github.com/deskmesh/deskmesh/internal/httpx"
	"github.com/deskmesh/deskmesh/internal/oidc"
	"github.com/deskmesh/deskmesh/internal/store"
)

// Limits of sign-in providers.
const (
	maxProviders      = 20 // of one account
	maxIssuer         = 500
	maxClientID       = 200
	maxClientSecret   = 500
	maxAllowedDomains = 50
)

// ProviderPatch sets a sign-in provider's properties; nil leaves a value as it
// is.
type ProviderPatch struct {
	Name           *string
	Issuer         *string // with a new one the secret has to be given again
	ClientID       *string
	ClientSecret   *string // "" takes it away
	Enabled        *bool
	Match          *string
	CreateAgents   *bool
	DefaultRoles   *[]int64
	AllowedDomains *[]string
}

// ProviderCallback is the path, below the account's address, that providers send
// browsers back to.
const ProviderCallback = "/sign-in/oidc/callback"

// SignInProviderInfo is a provider with what to enter there.
type SignInProviderInfo struct {
	dm.SignInProvider
	RedirectURI string
}

// SignInProviders lists the account's sign-in providers. It needs security.manage.
func (a *App) SignInProviders(ctx context.Context, v *access.Viewer) ([]SignInProviderInfo, error) {
	if err := require(v, dm.SecurityManage); err != nil {
		return nil, err
	}
	return fetch(ctx, a, func(tx *store.Tx) ([]SignInProviderInfo, error) {
		account, err := tx.Account(v.Account())
		if err != nil {
			return nil, err
		}
		list, err := tx.SignInProviders(v.Account())
		infos := make([]SignInProviderInfo, len(list))
		for i := range list {
			infos[i] = SignInProviderInfo{list[i], account.BaseURL + ProviderCallback}
		}
		return infos, err
	})
}

// SignInProvider reads one provider. It needs security.manage.
func (a *App) SignInProvider(ctx context.Context, v *access.Viewer, id int64) (*SignInProviderInfo, error) {
	list, err := a.SignInProviders(ctx, v)
	if err != nil {
		return nil, err
	}
	at := slices.IndexFunc(list, func(p SignInProviderInfo) bool { return p.ID == id })
	if at < 0 {
		return nil, dm.Missing("provider")
	}
	return &list[at], nil
}

// CreateSignInProvider makes a provider, which is off unless Enabled says
// otherwise. It needs security.manage, and roles.manage where agents are to be
// made with roles, of permissions the viewer has. Conflict where the account has
// as many as it may.
func (a *App) CreateSignInProvider(ctx context.Context, v *access.Viewer, p ProviderPatch) error {
	return a.administer(ctx, v, dm.SecurityManage, func(t *act) error {
		list, err := t.tx.SignInProviders(t.account)
		if err != nil {
			return err
		}
		if len(list) >= maxProviders {
			return dm.Errorf(dm.Conflict, "An account has at most %d sign-in providers.", maxProviders).With("provider_limit")
		}
		c := &providerChange{act: t, patch: &p, created: true}
		c.next.Match = dm.MatchAddress
		if err := c.check(); err != nil {
			return err
		}
		id, err := t.tx.CreateSignInProvider(t.account, &c.next)
		if err != nil {
			return err
		}
		if err := c.seal(); err != nil {
			return err
		}
		return t.log("provider.created", "provider", id)
	})
}

// UpdateSignInProvider changes a provider, as CreateSignInProvider makes one.
// Conflict with the reason last_provider when agents could not sign in any more.
func (a *App) UpdateSignInProvider(ctx context.Context, v *access.Viewer, id int64, p ProviderPatch) error {
	return a.administer(ctx, v, dm.SecurityManage, func(t *act) error {
		old, err := t.tx.SignInProvider(t.account, id)
		if err != nil {
			return err
		}
		c := &providerChange{act: t, patch: &p, old: *old, next: *old}
		if err := c.check(); err != nil || len(t.changes) == 0 {
			return err
		}
		if err := t.tx.SaveSignInProvider(t.account, &c.next); err != nil {
			return err
		}
		if err := c.seal(); err != nil {
			return err
		}
		if err := t.keepProvider(); err != nil {
			return err
		}
		return t.log("provider.updated", "provider", id)
	})
}

// DeleteSignInProvider deletes a provider. Sessions that it opened stay. It needs
// security.manage. Conflict as UpdateSignInProvider.
func (a *App) DeleteSignInProvider(ctx context.Context, v *access.Viewer, id int64) error {
	return a.administer(ctx, v, dm.SecurityManage, func(t *act) error {
		p, err := t.tx.SignInProvider(t.account, id)
		if err != nil {
			return err
		}
		if err := t.tx.DeleteSignInProvider(t.account, id); err != nil {
			return err
		}
		if err := t.keepProvider(); err != nil {
			return err
		}
		t.changed("name", p.Name, "")
		return t.log("provider.deleted", "provider", id)
	})
}

// UnlinkSubjects makes a person unknown to every provider: the next sign-in
// matches them anew. It needs people.manage and every permission the person has.
// NotFound when the person is known to none.
func (a *App) UnlinkSubjects(ctx context.Context, v *access.Viewer, id int64) error {
	return a.administer(ctx, v, dm.PeopleManage, func(t *act) error {
		if _, err := t.manageable(id, true); err != nil {
			return err
		}
		n, err := t.tx.UnlinkSubjects(t.account, id)
		if err != nil {
			return err
		}
		if n == 0 {
			return dm.Missing("sign-in link")
		}
		return t.log("person.provider_unlinked", "person", id)
	})
}

// keepProvider refuses a change after which agents could sign in neither with a
// password nor through a provider.
func (t *act) keepProvider() error {
	s, err := t.tx.Settings(t.account)
	if err != nil || s.PasswordSignIn {
		return err
	}
	enabled, err := enabledProviders(t.tx, t.account)
	if err == nil && len(enabled) == 0 {
		return dm.Errorf(dm.Conflict, "This is the last provider, and agents may not sign in with a password. Allow passwords first.").With("last_provider")
	}
	return err
}

func enabledProviders(tx *store.Tx, account int64) ([]dm.SignInProvider, error) {
	list, err := tx.SignInProviders(account)
	return slices.DeleteFunc(list, func(p dm.SignInProvider) bool { return !p.Enabled }), err
}

// ProviderTest is what came of asking a provider where it is reached.
type ProviderTest struct {
	Endpoints oidc.Endpoints
	Problem   string // a sentence for administrators; "" where all is well
}

// TestSignInProvider asks a provider where it is reached. It needs security.manage.
func (a *App) TestSignInProvider(ctx context.Context, v *access.Viewer, id int64) (*ProviderTest, error) {
	p, err := a.SignInProvider(ctx, v, id)
	if err != nil {
		return nil, err
	}
	at, err := a.oidcClient().Discover(ctx, p.Issuer)
	return &ProviderTest{Endpoints: at, Problem: providerProblem(err)}, nil
}

func providerProblem(err error) string {
	switch {
	case err == nil:
		return ""
	case errors.Is(err, oidc.ErrBlocked):
		return "This server may not send requests to the provider's address, or to one that it names. Whoever runs the server can allow hosts of the own network."
	case errors.Is(err, oidc.ErrIssuer):
		return "The provider answers, but calls itself by another name. The issuer has to be written exactly as the provider writes it, up to the last slash."
	}
	return "The provider cannot be reached, or does not answer as a provider does. Its description is expected at the issuer's address with /.well-known/openid-configuration."
}

// oidcClient is the client of providers; where the desk has none, one with the
// strictest policy.
func (a *App) oidcClient() *oidc.Client {
	if a.Providers != nil {
		return a.Providers
	}
	return oidc.NewClient(httpx.ClientOptions{}, a.clock)
}

// providerChange is one change of a provider being checked.
type providerChange struct {
	*act
	patch   *ProviderPatch
	old     dm.SignInProvider // the zero value for a new one
	next    dm.SignInProvider
	created bool
}

// check applies the patch and refuses what is wrong with it; what changed is
// noted for the log.
func (c *providerChange) check() error {
	p, f := c.patch, &c.faults
	if c.created || p.Name != nil {
		c.next.Name = f.name("name", value(p.Name), maxNameLength)
	}
	if c.created || p.Issuer != nil {
		c.next.Issuer = c.issuer(value(p.Issuer))
	}
	if c.created || p.ClientID != nil {
		c.next.ClientID = f.name("client_id", value(p.ClientID), maxClientID)
	}
	if p.Match != nil {
		c.next.Match = oneOf(f, "match", *p.Match, dm.MatchAddress)
	}
	for _, flag := range []struct{ from, to *bool }{{p.Enabled, &c.next.Enabled}, {p.CreateAgents, &c.next.CreateAgents}} {
		if flag.from != nil {
			*flag.to = *flag.from
		}
	}
	c.checkSecret()
	c.checkDomains()
	if err := c.checkRoles(); err != nil {
		return err
	}
	if c.next.CreateAgents && len(c.next.AllowedDomains) == 0 {
		f.add("allowed_domains", "Where agents are made at sign-in, say of which domains: else everybody the provider knows would become one.")
	}
	if err := f.err(); err != nil {
		return err
	}
	c.describe()
	return nil
}

// issuer checks the name of a provider as far as that can be done without asking
// it. It is kept as it is written: tokens name it exactly so.
func (c *providerChange) issuer(text string) string {
	text = strings.TrimSpace(text)
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || u.Opaque != "" || u.RawQuery != "" || u.Fragment != "" || len(text) > maxIssuer || c.app.oidcClient().Check(u) != nil {
		c.faults.add("issuer", "This is an address such as https://login.example.com of at most %d characters, with https, without a user name, a query or a fragment, and outside the server's own network.", maxIssuer)
		return ""
	}
	return text
}

func (c *providerChange) checkSecret() {
	p := c.patch
	if p.ClientSecret != nil && (len(*p.ClientSecret) > maxClientSecret || strings.ContainsFunc(*p.ClientSecret, func(r rune) bool { return r < ' ' || r == 0x7f })) {
		c.faults.add("client_secret", "A client secret has at most %d characters and no control characters.", maxClientSecret)
	}
	if !c.created && c.next.Issuer != c.old.Issuer && c.old.HasSecret && p.ClientSecret == nil {
		c.faults.add("client_secret", "With another issuer the client secret has to be given again, so that it is not sent to somebody it is not for.")
	}
}

func (c *providerChange) checkDomains() {
	if c.patch.AllowedDomains == nil {
		return
	}
	if len(*c.patch.AllowedDomains) > maxAllowedDomains {
		c.faults.add("allowed_domains", "This list may have at most %d entries.", maxAllowedDomains)
		return
	}
	domains := []string{}
	for i, domain := range *c.patch.AllowedDomains {
		domains = append(domains, c.faults.host("allowed_domains["+strconv.Itoa(i)+"]", strings.TrimPrefix(domain, "@")))
	}
	c.next.AllowedDomains = sortedSet(domains)
}

// checkRoles lets nobody have roles given that they could not give themselves.
func (c *providerChange) checkRoles() error {
	if c.patch.DefaultRoles == nil {
		return nil
	}
	var roles map[int64]dm.Role
	next, err := c.faults.ids("default_roles", *c.patch.DefaultRoles, maxReachList, "role", func(ids []int64) (known map[int64]bool, err error) {
		roles, err = c.tx.RolesByID(c.account, ids)
		known = make(map[int64]bool, len(roles))
		for id := range roles {
			known[id] = true
		}
		return known, err
	})
	if err != nil {
		return err
	}
	added := difference(next, c.old.DefaultRoles)
	c.next.DefaultRoles = next
	if len(added) == 0 {
		return nil
	}
	if err := require(c.viewer, dm.RolesManage); err != nil {
		return err
	}
	var set dm.PermissionSet
	for _, id := range added {
		set |= roles[id].Permissions
	}
	return c.mayGive(set)
}

func providerPlace(account, id int64) string {
	return "account " + idText(account) + " provider " + idText(id) + " secret"
}

// seal keeps the client secret that the patch gives.
func (c *providerChange) seal() error {
	if c.patch.ClientSecret == nil {
		return nil
	}
	sealed := ""
	if *c.patch.ClientSecret != "" {
		sealer, err := signInSealer(c.tx)
		if err != nil {
			return err
		}
		sealed = sealer.Seal(providerPlace(c.account, c.next.ID), *c.patch.ClientSecret)
	}
	return c.tx.SetProviderSecret(c.account, c.next.ID, sealed)
}

func (c *providerChange) describe() {
	o, n := &c.old, &c.next
	c.changed("name", o.Name, n.Name)
	c.changed("issuer", o.Issuer, n.Issuer)
	c.changed("client_id", o.ClientID, n.ClientID)
	if c.patch.ClientSecret != nil {
		c.touched("client_secret")
	}
	c.changedFlag("enabled", o.Enabled, n.Enabled)
	c.changedFlag("create_agents", o.CreateAgents, n.CreateAgents)
	c.changedIDs("default_roles", o.DefaultRoles, n.DefaultRoles)
	c.changed("allowed_domains", joinTexts(o.AllowedDomains), joinTexts(n.AllowedDomains))
}
