// Package rules decides in memory whether a condition holds for a ticket.
//
// Match is the definition of the condition language: what a field means, how an
// operator treats a ticket that has no such value, which moment "7 days ago"
// is. Package store renders the same conditions to SQL for lists, and asks Match
// where texts are compared; tests prove the two equal. Webhooks and rules ask
// Match alone.
//
// The package is pure: it knows nothing of databases, requests or the clock, and
// says nothing about access. Whoever asks has a Snapshot of a ticket that they
// may see, and says in Reader whether internal content counts.
package rules
