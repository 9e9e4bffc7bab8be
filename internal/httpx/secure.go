package httpx

import (
	"net/http"
)

// Policy is what a surface (API, portal, workspace, files) tells browsers.
type Policy struct {
	// CSP is the Content-Security-Policy without frame-ancestors, such as
	// "default-src 'self'". Empty means that the surface loads nothing at all.
	CSP string
	// FrameAncestors says who may show the surface in a frame; empty means nobody.
	FrameAncestors string
	// CacheControl is for answers whose handler sets none. Empty means "private, no-store".
	CacheControl string
	// ReferrerPolicy is "same-origin" when empty. With "no-referrer" browsers send
	// "Origin: null" with forms, which ProtectCrossOrigin refuses where a browser
	// does not send Sec-Fetch-Site: use it on surfaces without forms.
	ReferrerPolicy string
}

// hsts lets a browser come back by https only, for a year.
var hsts = []string{"max-age=31536000"}

// Secure sets the security headers of a surface before the handler runs, so a
// handler can still replace one. Strict-Transport-Security is sent only where the
// client came by https.
func Secure(p Policy) Middleware {
	fixed := p.Headers()
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			h := w.Header()
			for name, values := range fixed {
				h[name] = values
			}
			if Scheme(r) == "https" {
				h["Strict-Transport-Security"] = hsts
			}
			next.ServeHTTP(w, r)
		})
	}
}

// Headers gives the security headers of the surface. They are meant to be shared by
// answers: nobody changes their values in place.
func (p Policy) Headers() http.Header {
	or := func(value, otherwise string) []string {
		if value == "" {
			value = otherwise
		}
		return []string{value}
	}
	csp := or(p.CSP, "default-src 'none'")[0] + "; frame-ancestors " + or(p.FrameAncestors, "'none'")[0]
	return http.Header{
		"Content-Security-Policy":      {csp},
		"X-Content-Type-Options":       {"nosniff"},
		"Referrer-Policy":              or(p.ReferrerPolicy, "same-origin"),
		"Cache-Control":                or(p.CacheControl, "private, no-store"),
		"Cross-Origin-Opener-Policy":   {"same-origin"},
		"Cross-Origin-Resource-Policy": {"same-origin"},
	}
}
