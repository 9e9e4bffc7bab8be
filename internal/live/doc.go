// Package live tells open browsers and programs that something changed: which
// ticket, and what kind of change, never its content. They fetch the rest
// through the API, which decides again.
//
// A Hub holds the open streams of one node. The store pokes it after every
// commit; the hub gathers pokes for 20 ms, reads the facts of the changed
// tickets once, and decides for each stream in memory, by the one access rule.
// Nodes of one database tell each other by PostgreSQL's NOTIFY, never inside a
// write's transaction.
//
// The package knows nothing of HTTP, screens or texts, and writes nothing to the
// database. It keeps three things: a line reaches a stream only if its viewer,
// as they are now, may know of it at the moment of delivery; a stream whose
// session or token has ended is closed; and nothing is lost silently: where a
// line may have been, the stream gets a reset and its reader fetches anew.
package live
