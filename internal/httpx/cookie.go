package httpx

import (
	"net/http"
	"strings"
	"time"
)

// sessionCookie is the name of the cookie that holds a session's secret. Under
// https it gets the __Host- prefix, so that no other host and no plain page can
// set or replace it (RFC 6265bis section 4.1.3.2).
const sessionCookie = "deskmesh"

// SessionCookieName is the name of the session cookie for an account that is
// reached at baseURL. The account decides, never the request: a proxy that
// speaks plain HTTP to us does not make a secure desk insecure.
func SessionCookieName(baseURL string) string {
	if secureCookies(baseURL) {
		return "__Host-" + sessionCookie
	}
	return sessionCookie
}

// SetSession puts a session's secret into the browser until it expires.
func SetSession(w http.ResponseWriter, baseURL, secret string, expires time.Time) {
	c := emptySession(baseURL)
	c.Value, c.Expires = secret, expires.UTC()
	http.SetCookie(w, c)
}

// EndSession takes the session's cookie out of the browser. The session itself
// is ended elsewhere.
func EndSession(w http.ResponseWriter, baseURL string) {
	c := emptySession(baseURL)
	c.MaxAge = -1
	http.SetCookie(w, c)
}

// SessionSecret gives the secret that the request's session cookie holds, or
// "". Of several cookies of the name the first counts.
func SessionSecret(r *http.Request, baseURL string) string {
	c, err := r.Cookie(SessionCookieName(baseURL))
	if err != nil {
		return ""
	}
	return c.Value
}

func emptySession(baseURL string) *http.Cookie {
	return &http.Cookie{Name: SessionCookieName(baseURL), Path: "/", HttpOnly: true, Secure: secureCookies(baseURL), SameSite: http.SameSiteLaxMode}
}

func secureCookies(baseURL string) bool {
	return strings.HasPrefix(strings.ToLower(baseURL), "https://")
}

// The names of what a browser keeps while somebody signs in.
const (
	StepCookie = "deskmesh-step" // the password was right, the code is asked for
	FlowCookie = "deskmesh-flow" // the browser is at a sign-in provider
)

// SetSigningIn puts what belongs to a sign-in in progress into the browser, for
// as long as it lasts. It is kept as the session's cookie is; Lax lets it come
// along when a provider sends the browser back.
func SetSigningIn(w http.ResponseWriter, baseURL, name, value string, lasts time.Duration) {
	c := signingIn(baseURL, name)
	c.Value, c.MaxAge = value, int(lasts.Seconds())
	http.SetCookie(w, c)
}

// EndSigningIn takes it out of the browser.
func EndSigningIn(w http.ResponseWriter, baseURL, name string) {
	c := signingIn(baseURL, name)
	c.MaxAge = -1
	http.SetCookie(w, c)
}

// SigningIn gives what the request's browser keeps under the name, or "".
func SigningIn(r *http.Request, baseURL, name string) string {
	c, err := r.Cookie(signingIn(baseURL, name).Name)
	if err != nil {
		return ""
	}
	return c.Value
}

func signingIn(baseURL, name string) *http.Cookie {
	c := emptySession(baseURL)
	c.Name = name
	if c.Secure {
		c.Name = "__Host-" + name
	}
	return c
}

// linkCookie is the name of what a browser keeps while it visits a public link.
const linkCookie = "deskmesh-link"

// SetLinkVisit puts the secret of a visit into the browser, for the pages below
// path alone. Lax lets it come along when the link is followed again.
func SetLinkVisit(w http.ResponseWriter, baseURL, path, secret string, lasts time.Duration) {
	c := &http.Cookie{Name: linkCookieName(baseURL), Value: secret, Path: path, MaxAge: int(lasts.Seconds()), HttpOnly: true, Secure: secureCookies(baseURL), SameSite: http.SameSiteLaxMode}
	http.SetCookie(w, c)
}

// LinkVisit gives the secret of the visit that the request belongs to, or "".
func LinkVisit(r *http.Request, baseURL string) string {
	c, err := r.Cookie(linkCookieName(baseURL))
	if err != nil {
		return ""
	}
	return c.Value
}

func linkCookieName(baseURL string) string {
	if secureCookies(baseURL) {
		return "__Secure-" + linkCookie
	}
	return linkCookie
}
