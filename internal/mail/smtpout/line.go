package smtpout

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"slices"
	"strings"
	"time"

	"github.com/wneessen/go-mail/smtp"
)

// line is one connection, greeted, encrypted and signed in. One message at a
// time goes over it.
type line struct {
	wire   net.Conn // without TLS
	smtp   *smtp.Client
	used   bool
	expiry *time.Timer // set while it is kept
}

var (
	errNoTLS  = errors.New("the server does not offer TLS, and without it nothing is sent")
	errNoUTF8 = errors.New("the server does not take addresses beyond ASCII")
)

// dial opens a connection that is ready for the first message.
func dial(ctx context.Context, t target) (*line, *Error) {
	connect := t.dial
	if connect == nil {
		connect = func(ctx context.Context) (net.Conn, error) {
			var d net.Dialer
			return d.DialContext(ctx, "tcp", t.address())
		}
	}
	conn, err := connect(ctx)
	if err != nil {
		return nil, failed("connect", err)
	}
	l := &line{wire: conn}
	release := l.follow(ctx)
	defer release()
	if fault := l.open(ctx, t); fault != nil {
		l.close()
		return nil, fault
	}
	return l, nil
}

// follow closes the connection when ctx ends, so that every step ends then: the
// protocol library knows no context.
func (l *line) follow(ctx context.Context) (release func() bool) {
	return context.AfterFunc(ctx, l.close)
}

func (l *line) open(ctx context.Context, t target) *Error {
	conn := l.wire
	if t.implicitTLS {
		secure := tls.Client(l.wire, t.tlsConfig(true))
		if err := secure.HandshakeContext(ctx); err != nil {
			return failed("tls", err)
		}
		conn = secure
	}
	var err error
	if l.smtp, err = smtp.NewClient(conn, t.host); err != nil {
		return failed("connect", err)
	}
	if err := l.smtp.Hello(t.hello); err != nil {
		return failed("connect", err)
	}
	if fault := l.encrypt(t); fault != nil {
		return fault
	}
	return l.signIn(ctx, t)
}

func (l *line) encrypt(t target) *Error {
	if t.implicitTLS || t.plain {
		return nil
	}
	if offered, _ := l.smtp.Extension("STARTTLS"); !offered {
		if t.requireTLS {
			return failed("tls", errNoTLS)
		}
		return nil
	}
	if err := l.smtp.StartTLS(t.tlsConfig(t.requireTLS || t.user != "")); err != nil {
		return failed("tls", err)
	}
	return nil
}

// tlsConfig checks the certificate unless check is false: then encryption
// without proof is taken as better than none (RFC 7435).
func (t target) tlsConfig(check bool) *tls.Config {
	return &tls.Config{ServerName: t.host, RootCAs: t.roots, MinVersion: tls.VersionTLS12, InsecureSkipVerify: !check}
}

// signIn uses PLAIN, or LOGIN where the server knows nothing better; with an
// access token XOAUTH2. A password goes in plain text to this machine alone, or
// where that was asked for.
func (l *line) signIn(ctx context.Context, t target) *Error {
	if t.user == "" {
		return nil
	}
	_, offered := l.smtp.Extension("AUTH")
	mechanisms := strings.Fields(strings.ToUpper(offered))
	auth := smtp.PlainAuth("", t.user, t.password, t.host, t.plain)
	switch {
	case t.token != nil:
		access, err := t.token(ctx)
		if err != nil {
			return failed("sign in", err)
		}
		auth = smtp.XOAuth2Auth(t.user, access)
	case !slices.Contains(mechanisms, "PLAIN") && slices.Contains(mechanisms, "LOGIN"):
		auth = smtp.LoginAuth(t.user, t.password, t.host, t.plain)
	}
	if err := l.smtp.Auth(auth); err != nil {
		return failed("sign in", err)
	}
	return nil
}

// send carries one message.
func (l *line) send(ctx context.Context, from string, to []string, raw []byte) *Error {
	release := l.follow(ctx)
	defer release()
	if l.used {
		if err := l.smtp.Reset(); err != nil {
			return &Error{Step: "connect", repeatable: true, cause: err}
		}
	}
	l.used = true
	if fault := l.widen(append([]string{from}, to...)); fault != nil {
		return fault
	}
	if err := l.smtp.Mail("<" + from + ">"); err != nil {
		return refused("sender", err)
	}
	for _, address := range to {
		if err := l.smtp.Rcpt("<" + address + ">"); err != nil {
			return refused("recipient", err)
		}
	}
	return l.data(raw)
}

// widen asks for SMTPUTF8 where an address needs it (RFC 6531).
func (l *line) widen(addresses []string) *Error {
	plain := !slices.ContainsFunc(addresses, func(s string) bool { return !ascii(s) })
	l.smtp.SkipSMTPUTF8(plain)
	if offered, _ := l.smtp.Extension("SMTPUTF8"); !plain && !offered {
		return &Error{Step: "recipient", permanent: true, cause: errNoUTF8}
	}
	return nil
}

// data hands over the message. What fails before the final dot was not taken;
// what fails after it may have been.
func (l *line) data(raw []byte) *Error {
	w, err := l.smtp.Data()
	if err != nil {
		return refused("data", err)
	}
	if _, err := w.Write(raw); err != nil {
		return broken("data", err)
	}
	if err := l.smtp.Text.W.Flush(); err != nil {
		return broken("data", err)
	}
	if err := w.Close(); err != nil {
		fault := refused("reply", err)
		fault.Unsure, fault.repeatable = fault.Reply == 0, false
		return fault
	}
	return nil
}

func (l *line) close() {
	// The connection is given up; how it ends does not matter.
	_ = l.wire.Close()
}

// quit ends the connection politely, within a second.
func (l *line) quit() {
	_ = l.wire.SetDeadline(time.Now().Add(time.Second))
	_ = l.smtp.Quit()
	l.close()
}

func ascii(s string) bool {
	for i := range len(s) {
		if s[i] > 127 {
			return false
		}
	}
	return true
}
