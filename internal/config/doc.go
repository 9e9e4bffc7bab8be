// Package config holds everything that can be set from outside when the program
// starts: one struct per command, whose tags carry the flag, the environment
// name, the default and the help. docs/configuration.md is written from these
// tags, and a test keeps it equal.
//
// A flag wins over its environment variable, which wins over the default. The
// package only reads and checks; it opens nothing, starts nothing, and knows no
// other package of the program. The invariant: what Parse returns without an
// error can be used as it is.
//
// Settings that an administrator changes while the server runs are not here but
// in the database, one set per account.
package config
