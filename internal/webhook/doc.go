// Package webhook sends one signed body to one address that somebody typed in,
// in the form of Standard Webhooks 1.0 (standardwebhooks.com), and says what came
// of it.
//
// It makes and checks signatures, knows which headers may be added, when a
// failed try is repeated, and how an answer is to be read. It knows nothing of
// tickets, of who may see them, or of storage: what is in the body, and to whom
// it may go, is decided before.
//
// It keeps two invariants: a request goes to no other address than the one it
// was given, since no redirect is followed and the connection is checked when it
// is dialled; and neither a secret nor an address ends up in an error text.
package webhook
