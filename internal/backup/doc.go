// Package backup writes a whole desk, database and files, into one archive and
// reads it back into an empty database of either engine.
//
// The archive is a tar file under gzip, made for one pass each way and a bounded
// amount of memory: manifest.json says what follows, then come the rows of each
// table as lines of JSON in parts of about a megabyte, then the files, and
// totals.json at the end holds the counts and the digest of everything before
// it. docs/backup.md describes it for people.
//
// The rows are one moment of the database. A file's bytes never change and are
// stored before the row that names them is committed, so they are copied
// afterwards, while the desk goes on. Which tables and columns there are comes
// from the live schema; the package names none.
//
// The invariant: a restore either leaves all that the archive holds, counted and
// compared, or leaves no row.
package backup
