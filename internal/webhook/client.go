package webhook

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/deskmesh/deskmesh/internal/httpx"
)

// MaxBody is the largest body that is sent, in bytes.
const MaxBody = 256 << 10

const (
	timeout   = 15 * time.Second
	anyAnswer = 1 << 40  // no answer is read to its end
	drained   = 16 << 10 // of an answer is read, so that the connection can be used again
	excerpt   = 1000     // bytes of an answer that are shown
	userAgent = "Deskmesh-Webhooks/1"
)

// Client sends to addresses that the policy of its options lets it reach.
type Client struct {
	options httpx.ClientOptions
	http    *http.Client
}

// NewClient makes a client; limits of time and size are its own.
func NewClient(o httpx.ClientOptions) *Client {
	o.Timeout, o.MaxBody = timeout, anyAnswer
	c := &Client{options: o, http: httpx.NewClient(o)}
	c.http.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return c
}

// Check says whether requests may go to an address at all, as far as that can be
// told without asking for the addresses of a name: https, no user name, a port
// that is allowed, no host inside.
func (c *Client) Check(u *url.URL) error { return c.options.Check(u) }

// Close ends connections that wait to be used again.
func (c *Client) Close() { c.http.CloseIdleConnections() }

// Request is one try.
type Request struct {
	URL     string
	Headers map[string]string // extra ones
	ID      string            // the same at every try
	At      time.Time
	Secrets []string // the first is the present one
	Body    []byte
}

// Answer is what came of a try. Problem is empty where the receiver took the
// body, else a sentence for administrators.
type Answer struct {
	Status  int    // 0 without an answer
	Excerpt string // the first bytes of the answer, made readable
	Problem string
	// RetryAfter is the rest that the receiver asks for; 0 where it asks for none.
	RetryAfter time.Duration
}

// OK says whether the receiver took the body.
func (a *Answer) OK() bool { return a.Problem == "" }

// Gone says whether the receiver wants nothing any more (RFC 9110 section 15.5.11).
func (a *Answer) Gone() bool { return a.Status == http.StatusGone }

// Post sends a request. It returns an error only where it could not be built;
// everything that the network or the receiver does is an Answer.
func (c *Client) Post(ctx context.Context, r Request) (Answer, error) {
	out, err := http.NewRequestWithContext(ctx, http.MethodPost, r.URL, bytes.NewReader(r.Body))
	if err != nil {
		return Answer{Problem: problemBlocked}, nil
	}
	for name, value := range r.Headers {
		if AllowedHeader(name) && AllowedValue(value) {
			out.Header.Set(name, value)
		}
	}
	var signatures []string
	for _, secret := range r.Secrets {
		signature, err := Sign(secret, r.ID, r.At, r.Body)
		if err != nil {
			return Answer{}, err
		}
		signatures = append(signatures, signature)
	}
	out.Header.Set("Content-Type", "application/json")
	out.Header.Set("User-Agent", userAgent)
	out.Header.Set("Webhook-Id", r.ID)
	out.Header.Set("Webhook-Timestamp", strconv.FormatInt(r.At.Unix(), 10))
	out.Header.Set("Webhook-Signature", strings.Join(signatures, " "))
	got, err := c.http.Do(out)
	if err != nil {
		return Answer{Problem: problemOf(err)}, nil
	}
	defer got.Body.Close()
	// What cannot be read of an answer does not matter: its status has come.
	text, _ := io.ReadAll(io.LimitReader(got.Body, drained))
	return read(got, text, r.At), nil
}

// read judges an answer by its status.
func read(got *http.Response, text []byte, now time.Time) Answer {
	a := Answer{Status: got.StatusCode, Excerpt: readable(text), RetryAfter: httpx.RetryAfter(got.Header.Get("Retry-After"), now)}
	switch {
	case got.StatusCode >= 200 && got.StatusCode <= 299:
		a.RetryAfter = 0
	case got.StatusCode >= 300 && got.StatusCode <= 399:
		a.Problem = "The receiver redirects, and webhooks do not follow. Enter the address that it redirects to."
	case a.Gone():
		a.Problem = "The receiver answers that it is gone for good (410)."
	default:
		a.Problem = "The receiver answers " + strconv.Itoa(got.StatusCode) + "."
	}
	return a
}

// readable makes a text of the first bytes of an answer.
func readable(text []byte) string {
	text = text[:min(len(text), excerpt)]
	for i := 0; i < utf8.UTFMax && len(text) > 0 && !utf8.Valid(text); i++ {
		text = text[:len(text)-1]
	}
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\n' && r != '\t' || r == utf8.RuneError || r == 0x7f {
			return '?'
		}
		return r
	}, strings.ToValidUTF8(string(text), "?"))
}

const problemBlocked = "This server may not send to that address."

// problemOf puts an error of the connection into words that tell nothing of the
// address.
func problemOf(err error) string {
	if _, ok := errors.AsType[*net.DNSError](err); ok {
		return "The name of the host was not found."
	}
	_, unknown := errors.AsType[x509.UnknownAuthorityError](err)
	_, name := errors.AsType[x509.HostnameError](err)
	_, invalid := errors.AsType[x509.CertificateInvalidError](err)
	_, verify := errors.AsType[*tls.CertificateVerificationError](err)
	network, _ := errors.AsType[net.Error](err)
	switch {
	case errors.Is(err, httpx.ErrBlocked):
		return problemBlocked
	case unknown || name || invalid || verify:
		return "The certificate of the host is not valid."
	case network != nil && network.Timeout(), errors.Is(err, context.DeadlineExceeded):
		return "There was no answer in time."
	}
	return "The connection failed."
}
