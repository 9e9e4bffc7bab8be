package nhd

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/app"
	"github.com/deskmesh/deskmesh/internal/httpx"
)

// Headers of the protocol.
const (
	headerToken   = "X-Ticket-Sharing-Token"
	headerVersion = "X-Ticket-Sharing-Version"
	protocol      = "1"
	bodyType      = "application/json; charset=utf-8"
	userAgent     = "Deskmesh-Sharing/1"
)

const (
	sendTime   = 30 * time.Second
	answerMost = 64 << 10
)

// Client sends messages to other desks, wherever the policy of its options lets
// it. It never follows a redirect, and an answer tells it its status and, between
// Deskmesh desks, that the other one is one.
type Client struct {
	options httpx.ClientOptions
	http    *http.Client
}

// NewClient makes a client; limits of time and size are its own.
func NewClient(o httpx.ClientOptions) *Client {
	o.Timeout, o.MaxBody = sendTime, answerMost
	c := &Client{options: o, http: httpx.NewClient(o)}
	c.http.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return c
}

// Check implements app.PartnerClient.
func (c *Client) Check(u *url.URL) error { return c.options.Check(u) }

// Close ends connections that wait to be used again.
func (c *Client) Close() { c.http.CloseIdleConnections() }

// Send implements app.PartnerClient. What the network or the other desk does is an
// answer; what could not be written is one too, and final.
func (c *Client) Send(ctx context.Context, m *app.PartnerMessage) app.PartnerAnswer {
	r, body, err := request(ctx, m)
	if err != nil {
		return app.PartnerAnswer{Fault: app.PartnerAddress, Problem: "The message could not be written."}
	}
	sum := sha256.Sum256(body)
	answer := app.PartnerAnswer{Size: len(body), Digest: hex.EncodeToString(sum[:])}
	got, err := c.http.Do(r)
	if err == nil {
		// What cannot be read of an answer does not matter: its status has come.
		answer.Body, _ = io.ReadAll(got.Body)
		got.Body.Close()
	}
	if err != nil {
		answer.Fault, answer.Problem = faultOf(err)
		return answer
	}
	judge(&answer, got, m.At)
	return answer
}

// request writes a message in the protocol's form.
func request(ctx context.Context, m *app.PartnerMessage) (*http.Request, []byte, error) {
	method, path, body, err := write(m)
	if err != nil {
		return nil, nil, err
	}
	r, err := http.NewRequestWithContext(ctx, method, m.Partner.PartnerURL+path, bytes.NewReader(body))
	if err != nil {
		return nil, nil, err
	}
	r.Header.Set(headerToken, m.Partner.UUID+":"+m.Key)
	r.Header.Set(headerVersion, protocol)
	r.Header.Set("Accept", "application/json")
	r.Header.Set("User-Agent", userAgent)
	if len(body) > 0 {
		r.Header.Set("Content-Type", bodyType)
	}
	if m.ID != 0 {
		r.Header.Set("Idempotency-Key", m.Partner.UUID[:min(8, len(m.Partner.UUID))]+"-"+strconv.FormatInt(m.ID, 10))
	}
	if m.Partner.Capable {
		err = Sign(r, m.Partner.UUID, m.Key, body, m.At)
	}
	return r, body, err
}

// write gives method, path below the partner's address, and body.
func write(m *app.PartnerMessage) (method, path string, body []byte, err error) {
	path = "/agreements/" + m.Partner.UUID
	switch m.Kind {
	case dm.SendAgreement:
		method = http.MethodPost
	case dm.SendAgreementStatus, dm.SendAgreementKey:
		method = http.MethodPut
	case dm.SendAgreementTest:
		return http.MethodGet, path, nil, nil
	default:
		return writeTicket(m)
	}
	body, err = agreementBody(m)
	return method, path, body, err
}

// judge reads an answer by its status.
func judge(a *app.PartnerAnswer, got *http.Response, now time.Time) {
	a.Status, a.RetryAfter = got.StatusCode, httpx.RetryAfter(got.Header.Get("Retry-After"), now)
	said := saidIn(a.Body)
	switch {
	case got.StatusCode >= 200 && got.StatusCode <= 299:
		a.RetryAfter = 0
		var object struct {
			Deskmesh json.RawMessage `json:"deskmesh"`
		}
		a.Capable = json.Unmarshal(a.Body, &object) == nil && readExtension(object.Deskmesh) != nil
	case got.StatusCode >= 300 && got.StatusCode <= 399:
		a.Problem = "The partner redirects to another address, and messages do not follow."
	case got.StatusCode == http.StatusUnauthorized:
		a.Problem = "The partner does not accept the key (401)." + said
	case got.StatusCode == http.StatusForbidden:
		a.Problem = "The partner does not allow it: there the agreement is not in force (403)." + said
	case got.StatusCode == http.StatusNotFound:
		a.Problem = "The partner knows nothing of it (404)." + said
	case got.StatusCode == http.StatusGone:
		a.Problem = "The partner has it no more (410)." + said
	case got.StatusCode == http.StatusUnprocessableEntity:
		a.Problem = "The partner refuses it (422)." + said
	default:
		a.Problem = "The partner answers " + strconv.Itoa(got.StatusCode) + "." + said
	}
}

// saidIn gives the words of a refusal, as a further sentence.
func saidIn(body []byte) string {
	var said struct {
		Message string `json:"message"`
	}
	if json.Unmarshal(body, &said) != nil || said.Message == "" {
		return ""
	}
	words := strings.Join(strings.Fields(strings.ToValidUTF8(said.Message, "")), " ")
	runes := []rune(words)
	return ` It says: "` + string(runes[:min(len(runes), 200)]) + `"`
}

// faultOf puts an error of the connection into words that tell nothing of the
// address.
func faultOf(err error) (app.PartnerFault, string) {
	if lookup, ok := errors.AsType[*net.DNSError](err); ok && lookup.IsNotFound {
		return app.PartnerNoHost, "The name of the host was not found."
	}
	_, unknown := errors.AsType[x509.UnknownAuthorityError](err)
	_, name := errors.AsType[x509.HostnameError](err)
	_, invalid := errors.AsType[x509.CertificateInvalidError](err)
	_, verify := errors.AsType[*tls.CertificateVerificationError](err)
	_, record := errors.AsType[tls.RecordHeaderError](err)
	network, _ := errors.AsType[net.Error](err)
	switch {
	case errors.Is(err, httpx.ErrBlocked):
		return app.PartnerAddress, "This server may not send to that address."
	case unknown || name || invalid || verify:
		return app.PartnerTLS, "The certificate of the host is not valid."
	case record, errors.Is(err, http.ErrSchemeMismatch):
		return app.PartnerTLS, "The host does not speak TLS."
	case network != nil && network.Timeout(), errors.Is(err, context.DeadlineExceeded):
		return app.PartnerNetwork, "There was no answer in time."
	}
	return app.PartnerNetwork, "The connection failed."
}
