// Package e2e tests the whole program: it builds the real binary, starts it on
// SQLite and on PostgreSQL, and speaks to it as its users do, over HTTP and
// SMTP. It imports nothing of the program but the throw-away PostgreSQL.
package e2e
