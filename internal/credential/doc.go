// Package credential makes and checks what people and programs prove
// themselves with: passwords, and the random secrets behind sessions, API
// tokens and one-time links.
//
// Passwords are kept as argon2id in the PHC string form and are never stored,
// logged or compared in any other way. A secret carries 256 random bits, is
// shown to its owner once, and is stored as its SHA-256 only; a fast hash is
// enough for it because nobody can guess 256 bits.
//
// The package knows nothing of people, accounts, requests or storage. It keeps
// two invariants: checking a password takes the same time whether or not the
// address is known, and no storm of sign-ins can use more memory or processor
// than a fixed number of hashings at once.
package credential
