package httpx

import (
	"context"
	"crypto/rand"
	"net/http"
	"net/netip"
)

// HeaderRequestID carries the id of a request, in the answer always, in the
// request only from a trusted proxy.
const HeaderRequestID = "X-Request-Id"

// origin is what Identify finds out about a request.
type origin struct {
	id     string
	remote netip.Addr
	scheme string
}

type originKey struct{}

// Identify gives every request an id and settles where it comes from: RequestID,
// RemoteIP and Scheme read what it found, and Host is the one the client asked
// for. It belongs outermost. The X-Forwarded-* headers and X-Request-Id count
// only when the connection comes from one of the proxies, and are removed either way.
func Identify(proxies []netip.Prefix) Middleware {
	trust := trust(proxies)
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			o, host := trust.origin(r)
			w.Header()[HeaderRequestID] = []string{o.id}
			dropForwarded(r.Header)
			inner := r.WithContext(context.WithValue(r.Context(), originKey{}, o))
			inner.Host = host
			next.ServeHTTP(w, inner)
		})
	}
}

// RequestID gives the id of the request that ctx belongs to, or "".
func RequestID(ctx context.Context) string {
	if o, ok := ctx.Value(originKey{}).(*origin); ok {
		return o.id
	}
	return ""
}

// RemoteIP gives the address of the client, never of a trusted proxy. It is the
// zero Addr when the connection has no IP address.
func RemoteIP(r *http.Request) netip.Addr {
	if o, ok := r.Context().Value(originKey{}).(*origin); ok {
		return o.remote
	}
	return peer(r)
}

// Scheme gives "https" or "http", as the client sees it.
func Scheme(r *http.Request) string {
	if o, ok := r.Context().Value(originKey{}).(*origin); ok {
		return o.scheme
	}
	return ownScheme(r)
}

func peer(r *http.Request) netip.Addr {
	ap, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}
	}
	return ap.Addr().Unmap().WithZone("")
}

func ownScheme(r *http.Request) string {
	if r.TLS != nil {
		return "https"
	}
	return "http"
}

func newRequestID() string { return rand.Text() }
