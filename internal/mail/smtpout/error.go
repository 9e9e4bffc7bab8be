package smtpout

import (
	"errors"
	"fmt"
	"net/textproto"
	"strings"
)

// Error says at which step a message was not sent.
type Error struct {
	Step string // connect, tls, sign in, sender, recipient, data, reply
	// Reply is the code of the server's refusal, such as 550; 0 when the
	// connection failed instead.
	Reply int
	// Unsure is true when the whole message was handed over and the answer was
	// lost: the server may have taken it.
	Unsure    bool
	permanent bool
	// repeatable is true when the connection, and not the server, failed the
	// message before it was complete.
	repeatable bool
	cause      error
}

// Error implements error, for logs and for the list of failed jobs.
func (e *Error) Error() string { return fmt.Sprintf("mail out: %s: %v", e.Step, e.cause) }

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.cause }

// Permanent tells whether sending the same message again is pointless: the
// server refused the sender, a recipient or the message itself for good (5xx),
// or an address cannot be sent to at all. Everything else is temporary, wrong
// passwords and certificates included: an administrator can mend those, and the
// message is not to blame.
func Permanent(err error) bool {
	e, ok := errors.AsType[*Error](err)
	return ok && e.permanent
}

// Unsure tells whether the message may have got through in spite of the error.
func Unsure(err error) bool {
	e, ok := errors.AsType[*Error](err)
	return ok && e.Unsure
}

// failed makes the error of a step.
func failed(step string, cause error) *Error {
	e := &Error{Step: step, cause: cause}
	if reply, ok := errors.AsType[*textproto.Error](cause); ok {
		e.Reply = reply.Code
		e.cause = &textproto.Error{Code: reply.Code, Msg: oneLine(reply.Msg)}
	}
	return e
}

// broken is failed for the steps at which a connection that was good before
// breaks.
func broken(step string, cause error) *Error {
	e := failed(step, cause)
	e.repeatable = e.Reply == 0
	return e
}

// refused is broken for the steps at which a 5xx concerns the message. A demand
// to sign in or to encrypt (RFC 4954 section 6) concerns the connection.
func refused(step string, cause error) *Error {
	e := broken(step, cause)
	switch e.Reply {
	case 530, 534, 535, 538:
	default:
		e.permanent = e.Reply/100 == 5
	}
	return e
}

// oneLine keeps the beginning of a reply. Servers may write anything into it.
func oneLine(s string) string {
	s = strings.Join(strings.Fields(strings.ToValidUTF8(s, "?")), " ")
	return s[:min(len(s), 300)]
}
