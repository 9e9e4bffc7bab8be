// Package oracletest plays random worlds and changes of package oracle into the
// real store, on SQLite and on PostgreSQL, and compares what both say. It holds
// tests only.
//
// A desk is one oracle world stored for real, in two fresh accounts, through
// the store's own methods; a Step changes both. A question is one thing that a
// person can ask at a door: a ticket, a list, a count, a search, messages, a
// file, history, who sees a ticket. It is answered twice, by the real code and
// by the oracle, in the oracle's ids, and the two texts must be equal. After
// every step access.Decide is asked about everybody and everything, the doors
// are asked about what the step was about, and a random sample of all other
// questions follows; a world now and then ends with every question there is.
//
// When two answers differ, the world and the steps are made smaller for as long
// as the question still differs, and printed as JSON that a file in
// testdata/worlds replays.
//
// The package must not decide anything about access itself: what is expected
// comes from package oracle. With the build tag "faults" it proves its own
// worth: each fault that package access can switch on has to be found.
package oracletest
