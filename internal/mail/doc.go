// Package mail turns raw mail into values and values into raw mail. It parses
// what arrived, cleans its HTML, cuts quoted history, signs the reply addresses
// and Message-IDs by which an answer finds its ticket, and composes what goes
// out. Servers and connections live in mail/smtpin and mail/smtpout.
//
// It must not know tickets, accounts or the database: numbers go into a token
// and come out again, and what they open is decided by the caller, who asks for
// the sender's access anew each time. Knowing a token is no right.
//
// What it keeps: any input, however broken, gives a value and never a panic;
// every text it returns is valid UTF-8 without NUL; time and memory grow with
// the size of the input only, because parts, nesting, header and text are all
// limited; and no value given to Compose can add a header or a recipient.
//
// The pieces of enmime that read headers and media types are used for their
// patience with broken mail. Its part tree is not: it keeps one error per wrong
// byte and has no limit on parts or nesting, so one hostile message could take
// all memory; its address lists take a display name that looks like an address
// for the sender.
package mail
