// Package jobs runs what the store's jobs table holds: it claims due jobs,
// hands them to the handlers of their kinds, and reports how they ended.
//
// Kinds belong to the packages that do the work; this one knows none of them,
// and no tickets, people or mail. A job is enqueued with store.Tx.Enqueue, in
// the transaction that is its reason, so it exists exactly when that was
// committed.
//
// The invariant: a job runs at least once. It runs again when its handler
// fails or panics, or when the runner goes away with it, so a handler must bear
// a second run: it looks at what is stored before it acts. While a runner is
// alive and can reach the database, nobody else runs what it runs.
//
// A handler's answer decides what follows: nil ends the job, Snooze puts it
// off, Cancel drops it, Permanent makes it dead at once, and any other error
// brings it back after a growing pause until its attempts are used up.
package jobs
