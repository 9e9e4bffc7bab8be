// Package access is the one access rule of Deskmesh: who may see a ticket, and
// what they may do with it.
//
// The rule has two renderings. Decide is pure: a viewer and the facts of one
// ticket give rights, and the reason for each. Viewer.Scope gives an opaque
// union of branches that package store renders to SQL, for lists, counts,
// search and single tickets. Tests prove the two equal to each other and to an
// oracle written separately.
//
// The package knows nothing of databases, requests or screens. Its zero values
// admit nothing: a zero Scope selects no row, a nil fact gives no right.
package access
