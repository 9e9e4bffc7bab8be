// Package metrics counts what the program does and shows it in the form that
// Prometheus reads.
//
// It knows routes as patterns, kinds of jobs, and numbers; it must not be told
// of an account, a person, a ticket, an address or a text.
//
// The invariant: how many series there are is bounded by the program and not by
// what it is used for. Every label takes its values from a list that the program
// knows beforehand, and anything else counts as "other".
package metrics
