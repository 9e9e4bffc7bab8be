package oidc

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"github.com/deskmesh/deskmesh/internal/httpx"
)

// The kinds of failure; use errors.Is. The texts of what they wrap are for the
// log and for administrators: they may hold addresses.
var (
	// ErrUnreachable: the provider does not answer, or not as a provider does.
	ErrUnreachable = errors.New("oidc: the provider cannot be reached")
	// ErrBlocked: this server may not send requests to the provider's address.
	ErrBlocked = errors.New("oidc: the provider's address is not allowed")
	// ErrIssuer: the provider calls itself by another name.
	ErrIssuer = errors.New("oidc: the provider names another issuer")
	// ErrRefused: the provider, or the person, has refused.
	ErrRefused = errors.New("oidc: the provider refused")
	// ErrToken: what came back does not prove who somebody is.
	ErrToken = errors.New("oidc: the answer proves nothing")
)

// Client speaks to providers. It is safe for concurrent use.
type Client struct {
	options httpx.ClientOptions
	http    *http.Client
	now     func() time.Time

	mu    sync.Mutex
	known map[string]known // by issuer
}

type known struct {
	provider *oidc.Provider
	until    time.Time
}

const (
	knownLasts = 10 * time.Minute
	maxKnown   = 1000
	timeout    = 10 * time.Second
)

// NewClient makes a client; limits of time and size are its own. now is the clock
// by which tokens expire.
func NewClient(o httpx.ClientOptions, now func() time.Time) *Client {
	o.Timeout = timeout
	return &Client{options: o, http: httpx.NewClient(o), now: now, known: map[string]known{}}
}

// Check says whether a provider may be at an address, as far as that can be told
// without asking for the addresses of its name.
func (c *Client) Check(u *url.URL) error { return c.options.Check(u) }

// Close ends connections that wait to be used again.
func (c *Client) Close() { c.http.CloseIdleConnections() }

// Config is what a provider knows this desk by.
type Config struct {
	Issuer   string
	ClientID string
	Secret   string // "" for a public client
	Redirect string // where the browser comes back to
}

// Endpoints are where a provider is reached, for administrators to look at.
type Endpoints struct{ Authorization, Token, UserInfo string }

// Discover asks a provider anew where it is reached (OpenID Connect Discovery
// 1.0). The errors are ErrUnreachable, ErrBlocked and ErrIssuer.
func (c *Client) Discover(ctx context.Context, issuer string) (Endpoints, error) {
	c.forget(issuer)
	p, err := c.provider(ctx, issuer)
	if err != nil {
		return Endpoints{}, err
	}
	at := p.Endpoint()
	return Endpoints{Authorization: at.AuthURL, Token: at.TokenURL, UserInfo: p.UserInfoEndpoint()}, nil
}

func (c *Client) forget(issuer string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.known, issuer)
}

func (c *Client) provider(ctx context.Context, issuer string) (*oidc.Provider, error) {
	c.mu.Lock()
	k, found := c.known[issuer]
	c.mu.Unlock()
	if found && c.now().Before(k.until) {
		return k.provider, nil
	}
	p, err := oidc.NewProvider(c.with(ctx), issuer)
	if err != nil {
		return nil, kindOf(err)
	}
	at := p.Endpoint()
	for _, address := range []string{at.AuthURL, at.TokenURL} {
		u, err := url.Parse(address)
		if err != nil || c.options.Check(u) != nil {
			return nil, errors.Join(ErrBlocked, err)
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.known) >= maxKnown {
		clear(c.known)
	}
	c.known[issuer] = known{p, c.now().Add(knownLasts)}
	return p, nil
}

// with makes the library send its requests with our client.
func (c *Client) with(ctx context.Context) context.Context { return oidc.ClientContext(ctx, c.http) }

// kindOf sorts what went wrong before anybody was asked anything.
func kindOf(err error) error {
	var other *oidc.IssuerMismatchError
	switch {
	case errors.Is(err, httpx.ErrBlocked):
		return errors.Join(ErrBlocked, err)
	case errors.As(err, &other):
		return errors.Join(ErrIssuer, err)
	}
	return errors.Join(ErrUnreachable, err)
}

// published is what we read of a provider's description beside the endpoints.
type published struct {
	TokenAuth []string `json:"token_endpoint_auth_methods_supported"`
	NamesSelf bool     `json:"authorization_response_iss_parameter_supported"` // RFC 9207
}

// oauth makes the library's configuration.
func (c *Config) oauth(p *oidc.Provider) (*oauth2.Config, published, error) {
	var says published
	if err := p.Claims(&says); err != nil {
		return nil, says, errors.Join(ErrUnreachable, err)
	}
	at := p.Endpoint()
	at.AuthStyle = oauth2.AuthStyleInHeader // what a provider that says nothing takes
	if c.Secret == "" || len(says.TokenAuth) > 0 && !slices.Contains(says.TokenAuth, "client_secret_basic") {
		at.AuthStyle = oauth2.AuthStyleInParams
	}
	return &oauth2.Config{ClientID: c.ClientID, ClientSecret: c.Secret, Endpoint: at, RedirectURL: c.Redirect,
		Scopes: []string{oidc.ScopeOpenID, "email", "profile"}}, says, nil
}
