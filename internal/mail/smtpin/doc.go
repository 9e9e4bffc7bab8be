// Package smtpin receives mail by SMTP (RFC 5321) and by LMTP (RFC 2033). It speaks the protocol,
// keeps the limits and hands each whole message to an Inbound, which knows
// recipients and storage.
//
// It must not know inboxes, tickets or the database, and never reads a message
// beyond its trace lines. It is a last stop, not a relay: nothing it accepts is
// sent on.
//
// What it keeps: 250 after DATA means that Inbound.Accept returned nil, so the
// message and its job are durable; in every other case the sender hears a
// temporary or permanent refusal and keeps the message. Each connection holds
// at most one message, large messages wait for one of a few places, and every
// connection ends in time, so memory and connections are bounded whatever the
// other side does. A sender whose connection breaks after the 250 was lost will
// send again: recognising such a copy is Inbound's matter.
package smtpin
