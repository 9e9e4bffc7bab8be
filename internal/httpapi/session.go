package httpapi

import (
	"context"
	"net/http"
	"strings"
	"time"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/httpx"
)

// The names of the session cookie. The prefix lets a browser take it only by
// https, for this host alone.
const (
	plainCookie  = "deskmesh"
	secureCookie = "__Host-deskmesh"
)

// SignInLimit bounds tries to sign in, by address and by client.
type SignInLimit struct {
	addresses *httpx.Throttle
	clients   *httpx.Throttle
}

// NewSignInLimit allows ten tries for an address and a hundred for a client at
// once, and then one more every thirty seconds and every two. now is the clock.
func NewSignInLimit(now func() time.Time) *SignInLimit {
	return &SignInLimit{
		addresses: httpx.NewThrottle(30*time.Second, 10, now),
		clients:   httpx.NewThrottle(2*time.Second, 100, now),
	}
}

// try counts a try; RateLimited when it is one too many.
func (l *SignInLimit) try(account int64, address, client string) error {
	if ok, wait := l.clients.Allow(client); !ok {
		return httpx.TooMany(wait)
	}
	if ok, wait := l.addresses.Allow(addressKey(account, address)); !ok {
		return httpx.TooMany(wait)
	}
	return nil
}

func addressKey(account int64, address string) string {
	return dm.Time(account).Std().String() + strings.ToLower(strings.TrimSpace(address))
}

type signInInput struct {
	Body struct {
		Address  string `json:"address" maxLength:"320" doc:"The primary address of the person."`
		Password string `json:"password" maxLength:"1000"`
	}
}

type signInOutput struct {
	Cookie http.Cookie `header:"Set-Cookie"`
	Body   struct {
		Person    personJSON `json:"person"`
		ExpiresAt time.Time  `json:"expires_at"`
	}
}

type signOutOutput struct {
	Cookie http.Cookie `header:"Set-Cookie"`
}

func sessionRoutes(a *API) {
	signIn := operation(http.MethodPost, "/sessions", "sign-in", "Sign in with address and password", "sessions")
	signIn.DefaultStatus = http.StatusCreated
	route(a, signIn, anybody, func(ctx context.Context, c *caller, in *signInInput) (*signInOutput, error) {
		if err := a.signIns.try(c.account.ID, in.Body.Address, c.remote()); err != nil {
			return nil, err
		}
		secret, expires, person, err := a.app.SignIn(ctx, c.account.ID, in.Body.Address, in.Body.Password)
		if err != nil {
			return nil, err
		}
		a.signIns.addresses.Forget(addressKey(c.account.ID, in.Body.Address))
		out := &signInOutput{Cookie: c.cookie(secret)}
		out.Cookie.Expires = expires.Std()
		out.Body.Person, out.Body.ExpiresAt = personOf(person), expires.Std()
		return out, nil
	})
	route(a, operation(http.MethodDelete, "/sessions", "sign-out", "End the session", "sessions"), signedIn,
		func(ctx context.Context, c *caller, _ *struct{}) (*signOutOutput, error) {
			if c.Session {
				if err := a.app.SignOut(ctx, c.account.ID, c.sessionSecret()); err != nil {
					return nil, err
				}
			}
			out := &signOutOutput{Cookie: c.cookie("")}
			out.Cookie.MaxAge = -1
			return out, nil
		})
}

func (c *caller) cookieName() string {
	if c.secure() {
		return secureCookie
	}
	return plainCookie
}

// secure follows the account's address, never the request.
func (c *caller) secure() bool { return strings.HasPrefix(c.account.BaseURL, "https://") }

func (c *caller) cookie(value string) http.Cookie {
	return http.Cookie{Name: c.cookieName(), Value: value, Path: "/", HttpOnly: true, Secure: c.secure(), SameSite: http.SameSiteLaxMode}
}

// sessionSecret is what the request's cookie holds, or "".
func (c *caller) sessionSecret() string {
	cookie, err := c.request.Cookie(c.cookieName())
	if err != nil {
		return ""
	}
	return cookie.Value
}
