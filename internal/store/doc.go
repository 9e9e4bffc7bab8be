// Package store keeps everything Deskmesh knows, on SQLite or PostgreSQL. It is
// the only package that speaks SQL.
//
// Reads take an access.Scope and run through DB.Read; writes run inside
// DB.Write, as one transaction. visible.go is the only place that renders a
// Scope to SQL: as a condition on one ticket, as a page of a list, and as a
// bounded count. Statements are written once, with "?" as placeholder, for both
// engines; what really differs is in dialect.go.
//
// Ids are numbers of the database and never a right by themselves. Every key
// and index leads with the account. In Go 0 stands for "none", in the database
// NULL.
package store
