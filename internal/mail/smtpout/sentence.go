package smtpout

import (
	"context"
	"crypto/tls"
	"errors"
	"net"

	"github.com/deskmesh/deskmesh/internal/mail/token"
)

// Sentence says to administrators what was wrong. It holds nothing that the server
// or the settings said.
func Sentence(err error) string {
	e, ok := errors.AsType[*Error](err)
	_, noName := errors.AsType[*net.DNSError](err)
	_, badCertificate := errors.AsType[*tls.CertificateVerificationError](err)
	switch {
	case errors.Is(err, errPlain):
		return "Without TLS only servers in the own network are spoken to that whoever runs this server has named."
	case errors.Is(err, token.ErrNone):
		return "The sign-in service gives no access token. The refresh token may have run out."
	case errors.Is(err, context.DeadlineExceeded):
		return "The mail server does not answer in time."
	case noName:
		return "There is no mail server of that name."
	case badCertificate:
		return "The certificate of the mail server is not valid for its name."
	case errors.Is(err, errNoTLS):
		return "The mail server does not offer TLS, and without it nothing is sent."
	case errors.Is(err, errNoUTF8):
		return "The mail server does not take addresses with letters beyond ASCII."
	case !ok:
		return "The mail could not be sent."
	}
	refused := e.Reply != 0
	switch e.Step {
	case "connect":
		if refused {
			return "The mail server does not let this server in."
		}
		return "The mail server cannot be reached at this address and port, or this server may not connect to it."
	case "tls":
		return "The mail server does not speak TLS in the way that was chosen."
	case "sign in":
		if refused {
			return "The mail server does not accept the name or what one signs in with."
		}
		return "Signing in at the mail server failed. It may offer no way that this server knows."
	case "sender":
		if refused {
			return "The mail server does not let this desk send with the address of its inbox."
		}
	case "recipient":
		if refused {
			return "The mail server does not take mail for the recipient."
		}
	}
	if refused {
		return "The mail server does not take the mail."
	}
	return "The connection to the mail server broke off."
}
