package smtpout

import (
	"context"
	"crypto/x509"
	"errors"
	"net"
	"net/url"
	"strings"
	"sync"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/deskmesh/deskmesh"
)

const (
	maxOpen         = 4
	defaultTimeout  = time.Minute
	defaultIdleTime = 30 * time.Second
)

// Client sends to one server over at most four connections, which it keeps for
// 30 seconds after use. Make it with New. It is safe for concurrent use.
type Client struct {
	target   target
	timeout  time.Duration
	idleTime time.Duration
	places   chan struct{}

	mu     sync.Mutex
	idle   []*line // the one used last comes last
	closed bool
}

// target is what the URL says.
type target struct {
	host, port     string
	user, password string
	implicitTLS    bool // smtps
	requireTLS     bool // smtp+starttls
	hello          string
	roots          *x509.CertPool // nil: the system's
	// plain means without TLS in any case, the password included: for servers in
	// one's own network.
	plain bool
	dial  func(ctx context.Context) (net.Conn, error) // nil: by TCP
	token func(ctx context.Context) (string, error)   // nil: with the password
}

// Option changes a client that New makes.
type Option func(*Client)

// Timeout sets how long one Send may take, its wait for a connection included.
// The default is one minute; the caller's context may end it earlier.
func Timeout(d time.Duration) Option { return func(c *Client) { c.timeout = d } }

// Hello sets the name this machine introduces itself with (RFC 5321 section
// 4.1.1.1). The default is "localhost", which some providers refuse.
func Hello(name string) Option { return func(c *Client) { c.target.hello = name } }

// Roots names the authorities that may sign the server's certificate. The
// default is the system's.
func Roots(pool *x509.CertPool) Option { return func(c *Client) { c.target.roots = pool } }

// New makes a client from a URL; it does not connect yet.
//
//	smtp://host:25                    STARTTLS where the server offers it
//	smtp://user:password@host:587     the same; the password goes over TLS or to this machine only
//	smtp+starttls://user:password@host:587   STARTTLS or nothing
//	smtps://user:password@host:465    TLS from the first byte
//
// The certificate is checked in every case but the first, in which plain text
// would be taken too. The port may be left out. New answers Invalid, with the
// field "url", for anything else.
func New(rawURL string, options ...Option) (*Client, error) {
	t, err := parseTarget(rawURL)
	if err != nil {
		return nil, err
	}
	c := &Client{target: t, timeout: defaultTimeout, idleTime: defaultIdleTime, places: make(chan struct{}, maxOpen)}
	for _, option := range options {
		option(c)
	}
	if c.timeout <= 0 || strings.ContainsFunc(c.target.hello, unfit) {
		return nil, deskmesh.Errorf(deskmesh.Invalid, "The time limit or the name of this machine cannot be used for sending mail.")
	}
	return c, nil
}

func parseTarget(rawURL string) (target, error) {
	// The parser's own error would repeat the password.
	bad := deskmesh.BadField("url", "The mail server must be given as smtp://, smtps:// or smtp+starttls:// with host and port.")
	u, err := url.Parse(rawURL)
	if err != nil || u.Hostname() == "" || u.RawQuery != "" || u.Fragment != "" || strings.Trim(u.Path, "/") != "" {
		return target{}, bad
	}
	ports := map[string]string{"smtp": "25", "smtps": "465", "smtp+starttls": "587"}
	port, known := ports[u.Scheme]
	if !known {
		return target{}, bad
	}
	if u.Port() != "" {
		port = u.Port()
	}
	t := target{host: u.Hostname(), port: port, implicitTLS: u.Scheme == "smtps", requireTLS: u.Scheme == "smtp+starttls", hello: "localhost"}
	if u.User != nil {
		t.user = u.User.Username()
		t.password, _ = u.User.Password()
	}
	return t, nil
}

// Send hands raw to the server for every address of to, or for none: if one is
// refused, the message is not sent. from may be empty, for automatic mail that
// nobody shall answer. All its errors are *Error; see Permanent and Unsure.
//
// A connection that breaks before the last byte of the message was sent is
// replaced once, since the server cannot have taken the message.
func (c *Client) Send(ctx context.Context, from string, to []string, raw []byte) error {
	if err := checkAddresses(from, to); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	select {
	case c.places <- struct{}{}:
		defer func() { <-c.places }()
	case <-ctx.Done():
		return failed("connect", ctx.Err())
	}
	fault := c.sendOver(ctx, c.takeIdle(), from, to, raw)
	if fault != nil && fault.repeatable && ctx.Err() == nil {
		fault = c.sendOver(ctx, nil, from, to, raw)
	}
	if fault == nil {
		return nil
	}
	if fault.Reply == 0 && ctx.Err() != nil {
		fault.cause = ctx.Err() // and not the closed connection it led to
	}
	return fault
}

// sendOver sends over the given connection, or over a new one, and keeps it if
// it is still good.
func (c *Client) sendOver(ctx context.Context, l *line, from string, to []string, raw []byte) *Error {
	if l == nil {
		var fault *Error
		if l, fault = dial(ctx, c.target); fault != nil {
			return fault
		}
	}
	fault := l.send(ctx, from, to, raw)
	if fault == nil || fault.Reply != 0 && fault.Reply != 421 {
		c.keep(l)
		return fault
	}
	l.close()
	return fault
}

// takeIdle gives a kept connection, or nil.
func (c *Client) takeIdle() *line {
	c.mu.Lock()
	defer c.mu.Unlock()
	for len(c.idle) > 0 {
		l := c.idle[len(c.idle)-1]
		c.idle = c.idle[:len(c.idle)-1]
		if l.expiry.Stop() {
			return l
		}
	}
	return nil
}

// keep puts a connection aside for the next message.
func (c *Client) keep(l *line) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		l.close()
		return
	}
	l.expiry = time.AfterFunc(c.idleTime, func() {
		c.drop(l)
		l.quit()
	})
	c.idle = append(c.idle, l)
}

func (c *Client) drop(l *line) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for i := range c.idle {
		if c.idle[i] == l {
			c.idle = append(c.idle[:i], c.idle[i+1:]...)
			return
		}
	}
}

// Close ends the kept connections. Messages under way are finished, and Send
// still works afterwards, over connections that are not kept.
func (c *Client) Close() {
	c.mu.Lock()
	idle := c.idle
	c.idle, c.closed = nil, true
	c.mu.Unlock()
	for _, l := range idle {
		if l.expiry.Stop() {
			l.quit()
		}
	}
}

// Check opens a connection as for a message, with greeting, TLS and sign-in, and
// ends it without sending anything. encrypted tells whether TLS was used. Its
// error is an *Error.
func (c *Client) Check(ctx context.Context) (encrypted bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	l, fault := dial(ctx, c.target)
	if fault != nil {
		return false, fault
	}
	_, tlsErr := l.smtp.GetTLSConnectionState()
	l.quit()
	return c.target.implicitTLS || tlsErr == nil, nil
}

// checkAddresses refuses what cannot be put between angle brackets.
func checkAddresses(from string, to []string) error {
	fault := func(step string) error {
		return &Error{Step: step, permanent: true, cause: errors.New("the address cannot be used")}
	}
	if strings.ContainsFunc(from, unfit) || !utf8.ValidString(from) {
		return fault("sender")
	}
	if len(to) == 0 {
		return fault("recipient")
	}
	for _, address := range to {
		if address == "" || strings.ContainsFunc(address, unfit) || !utf8.ValidString(address) {
			return fault("recipient")
		}
	}
	return nil
}

func unfit(r rune) bool {
	return unicode.IsControl(r) || unicode.IsSpace(r) || r == '<' || r == '>'
}

func (t target) address() string { return net.JoinHostPort(t.host, t.port) }
