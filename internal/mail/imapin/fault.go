package imapin

import (
	"context"
	"crypto/tls"
	"errors"
	"net"

	"github.com/emersion/go-imap/v2"

	dm "github.com/deskmesh/deskmesh"
)

// step is where a session failed.
type step int

const (
	dialing step = iota
	securing
	greeting
	signing
	selecting
)

// fault is an error with the step it happened at.
type fault struct {
	at  step
	err error
}

// Error implements error.
func (f *fault) Error() string { return f.err.Error() }

// Unwrap gives the cause.
func (f *fault) Unwrap() error { return f.err }

var (
	errPlain = errors.New("imapin: no TLS outside of one's own network")
	errToken = errors.New("imapin: no access token")
)

// sentence says to administrators what is wrong. It holds nothing that the server
// or the settings said.
func sentence(err error) string {
	var f *fault
	var own *dm.Error
	switch {
	case errors.Is(err, errPlain):
		return "Without TLS only servers in the own network are spoken to that whoever runs this server has named."
	case errors.Is(err, errToken):
		return "The sign-in service gives no access token. The refresh token may have run out."
	case errors.Is(err, context.DeadlineExceeded):
		return "The mail server does not answer in time."
	case errors.As(err, &own) && own.Code != dm.Internal:
		return own.Public
	case !errors.As(err, &f):
		return "The connection to the mail server broke off, or it answered in a way that is not understood."
	}
	var dns *net.DNSError
	var certificate *tls.CertificateVerificationError
	var refused *imap.Error
	switch {
	case errors.As(err, &dns):
		return "There is no mail server of that name."
	case errors.As(err, &certificate):
		return "The certificate of the mail server is not valid for its name."
	case f.at == dialing:
		return "The mail server cannot be reached at this address and port, or this server may not connect to it."
	case f.at == securing:
		return "The mail server does not speak TLS in the way that was chosen."
	case f.at == greeting:
		return "What answers at this address and port is no mail server that speaks IMAP."
	case f.at == signing && errors.As(err, &refused):
		return "The mail server does not accept the name or what one signs in with."
	case f.at == signing:
		return "Signing in at the mail server failed."
	case errors.As(err, &refused):
		return "The mail server has no such folder, or does not let it be opened."
	}
	return "The connection to the mail server broke off."
}
