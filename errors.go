package deskmesh

import (
	"errors"
	"fmt"
)

// Code classes an error by what the caller can do about it. Every door maps a
// code to its own reply (HTTP status, SMTP reply, exit code) in one table.
type Code string

// The codes. Anything that is not an *Error is Internal and never shown.
const (
	Invalid         Code = "invalid"         // a value is wrong; Field says which
	NotFound        Code = "not_found"       // it does not exist, or the asker may not know that it does
	Forbidden       Code = "forbidden"       // visible, but the right is missing
	Conflict        Code = "conflict"        // it clashes with what is stored: version, cap, duplicate
	Unauthenticated Code = "unauthenticated" // nobody is signed in, or the secret is wrong
	TooLarge        Code = "too_large"
	RateLimited     Code = "rate_limited"
	Gone            Code = "gone"
	Unavailable     Code = "unavailable" // try again later
	Internal        Code = "internal"
)

// Error is the one error type that crosses package borders. Public is safe to
// show to anybody; the cause is for the log only.
type Error struct {
	Code   Code
	Reason string // machine-readable detail such as "sharing_disabled"; may be empty
	Public string // a whole sentence for people
	Field  string // the place of the fault in the input, such as "targets[0].id"
	// Faults lists several wrong fields at once; Field is then empty.
	Faults []Fault
	// Detail is extra data shown with the error, such as the fields that changed.
	Detail map[string]any
	cause  error
}

// Fault is one wrong field of an input.
type Fault struct {
	Field   string
	Message string
}

// Error implements error, for logs.
func (e *Error) Error() string {
	text := string(e.Code)
	if e.Reason != "" {
		text += " (" + e.Reason + ")"
	}
	if e.Field != "" {
		text += " " + e.Field
	}
	text += ": " + e.Public
	if e.cause != nil {
		text += ": " + e.cause.Error()
	}
	return text
}

// Unwrap gives the hidden cause.
func (e *Error) Unwrap() error { return e.cause }

// Because returns a copy of e with the hidden cause set.
func (e *Error) Because(cause error) *Error {
	c := *e
	c.cause = cause
	return &c
}

// With returns a copy of e with the machine-readable reason set.
func (e *Error) With(reason string) *Error {
	c := *e
	c.Reason = reason
	return &c
}

// Showing returns a copy of e that carries extra data for the caller.
func (e *Error) Showing(detail map[string]any) *Error {
	c := *e
	c.Detail = detail
	return &c
}

// Errorf makes an error of the given code with a public text.
func Errorf(code Code, format string, args ...any) *Error {
	return &Error{Code: code, Public: fmt.Sprintf(format, args...)}
}

// BadField makes an Invalid error that names the wrong field.
func BadField(field, format string, args ...any) *Error {
	return &Error{Code: Invalid, Field: field, Public: fmt.Sprintf(format, args...)}
}

// ErrTicketNotFound is the one answer for a ticket that does not exist and for
// a ticket the asker may not see.
var ErrTicketNotFound = &Error{Code: NotFound, Public: "There is no such ticket, or you cannot open it."}

// ErrForbidden is the plain answer where a right is missing.
var ErrForbidden = &Error{Code: Forbidden, Public: "You do not have the right to do this."}

// Missing makes the NotFound error for a noun, such as Missing("group").
func Missing(noun string) *Error {
	return &Error{Code: NotFound, Public: "There is no such " + noun + "."}
}

// CodeOf gives the code of err: Internal for anything that is not an *Error.
func CodeOf(err error) Code {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Code
	}
	return Internal
}

// ReasonOf gives the machine-readable reason of err, or "".
func ReasonOf(err error) string {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Reason
	}
	return ""
}
