// Package app holds the use cases of Deskmesh: what its doors (API, site, mail,
// jobs) can ask for.
//
// Every method takes the viewer who asks and decides what they may do. Tickets
// are written by Apply alone; other nouns have one method per act, which checks
// the permission, writes in one transaction, adds a line to the audit log and,
// where it can alter who may see what, raises the account's access version.
// Anything with an effect outside the database becomes a job in the same
// transaction.
package app
