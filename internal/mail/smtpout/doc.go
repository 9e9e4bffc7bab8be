// Package smtpout sends raw messages to SMTP servers (RFC 5321), usually the
// relay of a company or a mail provider: a Client to one, a Pool to any number
// that people typed in.
//
// It must not know tickets, people or jobs, and looks at no message: it carries
// bytes from one address to others. It logs nothing; its errors hold the
// server's reply, never content and never the password.
//
// What it keeps: Send returns nil only after the server's 250 for the whole
// message. Every error is permanent or temporary, and says when it is unsure
// whether the message got through, which is the one case in which a repetition
// may reach somebody twice.
package smtpout
