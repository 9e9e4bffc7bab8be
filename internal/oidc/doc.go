// Package oidc signs people in at an OpenID Connect provider: it sends a browser
// there with the authorization code flow, PKCE, a state and a nonce (OpenID
// Connect Core 1.0 section 3.1, RFC 7636, RFC 9700), and reads who came back.
//
// It must not know people, accounts or the database: who somebody is at the
// provider is all it says. It keeps nothing but what providers publish about
// themselves, for some minutes. Every request goes through the outbound client of
// httpx, which reaches no private address unless an administrator allowed it.
package oidc
