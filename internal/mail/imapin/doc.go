// Package imapin fetches mail from mailboxes by IMAP (RFC 9051, RFC 3501): it
// waits with IDLE or asks again and again, takes each new message once it is
// durable, and then marks, moves or deletes it on the server.
//
// It must not know inboxes, tickets or the database: what it needs of them is
// Store, and how far it came is kept there. Where it may connect to is decided by
// the dialer it is given.
//
// What it keeps: a message is touched on the server only after Store.TakeFetched
// returned nil, so it is never lost; one that cannot be taken is left there and
// told of, and never stops those behind it. One message is in memory for each
// mailbox, large ones wait for one of a few places. One node fetches a mailbox at
// a time, by a lease that it renews; a mailbox that fails is tried again later
// and later.
package imapin
