// Package cli is the command line: one function for each command, and in
// serve.go the only place where the parts of the server are put together.
//
// It holds no rule of the desk: who may do what, and what a command means for
// the data, is decided in the packages it calls. Nothing but cmd and tests
// imports it.
//
// What it keeps: what a program reads goes to the standard output (the ready
// line, a link, an archive, the API's description), everything people read goes
// to the standard error in plain words; the exit status is 0 when the command
// did its work, 1 when it failed, and 2 when it was not understood; and a
// command that ends has closed its database.
package cli
