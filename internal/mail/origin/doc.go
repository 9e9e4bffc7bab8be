// Package origin finds out whether a mail came from the domain that its sender's
// address names: by SPF (RFC 7208), DKIM (RFC 6376) and DMARC (RFC 7489), or from
// the Authentication-Results (RFC 8601) of a host whose word is trusted.
//
// It must not know inboxes, people or what is done with its answer. It asks the
// domain name system and nobody else.
//
// What it keeps: it never fails and always ends in time, whatever a mail holds and
// however slow name servers are; what could not be found out is unknown. It says
// "pass" only for the very domain in the From field, and "fail" only where the
// domain's own rules say that the mail is not theirs.
package origin
