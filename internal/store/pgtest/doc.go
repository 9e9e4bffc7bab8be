// Package pgtest runs throw-away PostgreSQL servers from the binaries that are
// installed, for tests and for programs that measure or prove something.
//
// A test says New and gets an empty, migrated database of its own; Empty gives
// one without migrations, Own a whole server. All tests of a process share one
// server, started when the first of them asks. Other programs say Start.
//
// A server listens on a Unix socket only and needs no password. Where the
// caller is root, initdb and postgres run as an unprivileged user, as they
// insist on. No server outlives its process: a keeper, a small shell that
// waits at the end of a pipe, stops the server and removes its files when the
// pipe closes, however the process ended. TestMain needs no line for that,
// and no goroutine stays behind.
//
// Where PostgreSQL is not installed the test is skipped; with CI=true or
// DESKMESH_NEED_POSTGRES=1 it fails instead.
//
// The package knows nothing of Deskmesh's tables: migrations are handed in.
package pgtest
