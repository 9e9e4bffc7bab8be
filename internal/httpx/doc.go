// Package httpx is the plumbing of HTTP, inbound and outbound: middleware,
// limits, problem+json, the server that drains, the throttle, and the client
// that cannot reach private addresses.
//
// It knows none of the program's nouns but deskmesh.Error: no tickets, no people,
// no routes. Who may do what is decided behind it.
//
// The invariants: an answer to an error is always RFC 9457 problem+json and never
// holds a cause, a stack or a value somebody sent; a header that tells of another
// address, scheme, host or request id counts only when a trusted proxy sent it,
// and is gone from the request when a handler sees it; a log line holds the
// pattern of the route and never a path, a query or a body.
//
// The usual order, outermost first:
//
//	Identify, AccessLog, Measure, Recover, Secure, ProtectCrossOrigin, LimitBody, Timeout, Fallback(mux)
package httpx
