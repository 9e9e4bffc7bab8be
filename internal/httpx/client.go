package httpx

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"
)

// ClientOptions say what an outbound client may do. The zero value reaches public
// addresses by https only.
type ClientOptions struct {
	// AllowHost names hosts in the administrator's own network: they may have
	// private addresses, though never link-local ones. It is asked for every
	// request and every redirect, with the name in lower case. Nil allows none.
	AllowHost func(host string) bool
	// AllowLoopback lets the demo talk to this machine; names that end in
	// .localhost then mean 127.0.0.1 without asking anybody (RFC 6761 section 6.3).
	AllowLoopback bool
	// AllowHTTP lets requests go without TLS.
	AllowHTTP bool
	// Timeout bounds a request with all its redirects and the reading of the answer. 0 means 15 s.
	Timeout time.Duration
	// MaxBody bounds the body of an answer after decompression. 0 means 1 MiB.
	MaxBody int64
	// TLS replaces the defaults, in tests.
	TLS *tls.Config

	resolver *net.Resolver // replaces the system's, in tests
}

const maxRedirects = 2

// Errors of the outbound client; use errors.Is. Their texts and causes hold
// addresses and are for the log and for administrators only.
var (
	// ErrBlocked: the request would reach an address, port or scheme that is not allowed.
	ErrBlocked = errors.New("httpx: destination not allowed")
	// ErrRedirect: too many redirects, or one that would give something away.
	ErrRedirect = errors.New("httpx: redirect refused")
	// ErrAnswerTooLarge: the body of the answer is over the limit.
	ErrAnswerTooLarge = errors.New("httpx: answer too large")
)

// NewClient makes a client for addresses that people typed in: webhooks, partners,
// remote images. Where a connection goes is decided when it is dialled, after the
// name was resolved and for every redirect, so neither a name that changes its
// address nor a redirect leads inside. No proxy is used.
func NewClient(o ClientOptions) *http.Client {
	if o.Timeout == 0 {
		o.Timeout = 15 * time.Second
	}
	if o.MaxBody == 0 {
		o.MaxBody = 1 << 20
	}
	return &http.Client{
		Timeout: o.Timeout,
		Transport: &guardedTransport{
			options: o,
			public:  newTransport(o, publicGuard(o.AllowLoopback, o.resolver)),
			inside:  newTransport(o, insideGuard(o.AllowLoopback, o.resolver)),
		},
		CheckRedirect: checkRedirect,
	}
}

func newTransport(o ClientOptions, g *guard) *http.Transport {
	return &http.Transport{
		Proxy: nil,
		DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			return g.dial(ctx, network, address)
		},
		ForceAttemptHTTP2:      true,
		TLSClientConfig:        o.TLS,
		TLSHandshakeTimeout:    10 * time.Second,
		ResponseHeaderTimeout:  o.Timeout,
		MaxResponseHeaderBytes: 64 << 10,
		MaxIdleConns:           100,
		MaxIdleConnsPerHost:    4,
		IdleConnTimeout:        time.Minute,
	}
}

// guardedTransport checks what can be known before dialling, and bounds the
// answer. The two pools are apart, so that a connection to a host inside is never
// used again once the host is no longer allowed.
type guardedTransport struct {
	options        ClientOptions
	public, inside *http.Transport
}

// RoundTrip implements http.RoundTripper.
func (t *guardedTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	if err := t.check(r); err != nil {
		if r.Body != nil {
			err = errors.Join(err, r.Body.Close())
		}
		return nil, err
	}
	transport := t.public
	if t.options.AllowHost != nil && t.options.AllowHost(hostName(r.URL.Hostname())) {
		transport = t.inside
	}
	answer, err := transport.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	if answer.ContentLength > t.options.MaxBody {
		return nil, errors.Join(ErrAnswerTooLarge, answer.Body.Close())
	}
	answer.Body = &boundedBody{ReadCloser: answer.Body, left: t.options.MaxBody}
	return answer, nil
}

// CloseIdleConnections is what http.Client.CloseIdleConnections calls.
func (t *guardedTransport) CloseIdleConnections() {
	t.public.CloseIdleConnections()
	t.inside.CloseIdleConnections()
}

func (t *guardedTransport) check(r *http.Request) error { return t.options.checkForm(r.URL) }

// checkRedirect follows two redirects, never from https to http. Another host
// gets no header that may be a secret, no body, and no hint where it came from.
func checkRedirect(next *http.Request, via []*http.Request) error {
	first, before := via[0], via[len(via)-1]
	if len(via) > maxRedirects {
		return fmt.Errorf("%w: more than %d", ErrRedirect, maxRedirects)
	}
	if before.URL.Scheme == "https" && next.URL.Scheme != "https" {
		return fmt.Errorf("%w: from https to %s", ErrRedirect, next.URL.Scheme)
	}
	if next.URL.Host == first.URL.Host && next.URL.Scheme == first.URL.Scheme {
		return nil
	}
	if next.Body != nil && next.Body != http.NoBody {
		return fmt.Errorf("%w: it would send the body to another host", ErrRedirect)
	}
	kept := http.Header{}
	for _, name := range [...]string{"Accept", "Accept-Language", "User-Agent"} {
		if values, found := next.Header[name]; found {
			kept[name] = values
		}
	}
	next.Header = kept
	return nil
}

// hostName brings a host to the form that names are compared in.
func hostName(host string) string { return strings.ToLower(strings.TrimSuffix(host, ".")) }

// boundedBody fails when the body turns out longer than allowed.
type boundedBody struct {
	io.ReadCloser
	left int64
}

func (b *boundedBody) Read(p []byte) (int, error) {
	if int64(len(p)) > b.left+1 {
		p = p[:b.left+1]
	}
	n, err := b.ReadCloser.Read(p)
	if int64(n) > b.left {
		n = int(b.left)
		err = ErrAnswerTooLarge
	}
	b.left -= int64(n)
	return n, err
}
