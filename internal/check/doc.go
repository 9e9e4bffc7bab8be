// Package check looks for faults in the data of a desk, of all accounts: rows
// that break a rule which the database cannot hold by itself, and files that
// are missing or do not have the bytes that a row speaks of.
//
// The rules about rows are the store's; this package runs them in order, compares
// rows with the blob store, and has mended what can be mended. It knows no
// content: a finding names a table and an id.
//
// The invariants: without Repair nothing is changed, and with it only what
// follows from other rows; memory does not grow with the desk; a desk that is at
// work meanwhile gives no findings by that.
package check
