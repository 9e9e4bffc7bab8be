// Package blob keeps bytes that are too large for the database: attachments and
// the raw text of incoming mail.
//
// A blob is written once, under a random key that the store chooses, and never
// changed. Nothing that came from outside (a file name, a path) ever takes part
// in where it lies. The package does not know what a blob is for, who owns it or
// who may read it: rows in the database say so, and the callers decide on access
// before they ask for the bytes.
//
// The invariant: when Put has returned a key, the bytes survive a power cut; when
// it has not, nothing of them stays but a temporary file, which SweepTemp takes
// away. A blob without a row is an orphan; Walk finds those, and backup uses it too.
package blob
