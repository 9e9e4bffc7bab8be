package smtpout

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/textproto"
	"strconv"
	"strings"
	"sync"
	"time"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/mail/token"
)

// PoolConfig says how to reach servers that people typed in.
type PoolConfig struct {
	// Dial connects to a mail server; Inside says whether one may be spoken to
	// without TLS.
	Dial   func(ctx context.Context, host string, port int) (net.Conn, error)
	Inside func(host string) bool
	HTTP   *http.Client   // asks for access tokens
	Hello  string         // how this machine introduces itself; "" is localhost
	Roots  *x509.CertPool // replaces the system's, in tests
	// Rotate keeps a refresh token that replaces the one before.
	Rotate  func(ctx context.Context, s *dm.MailServer, next *dm.MailboxSecret) error
	Timeout time.Duration // of one mail; 0 is a minute
}

// Pool sends by any number of servers, with kept connections to each. What was
// kept for older settings of a server is closed when newer ones are first used.
// It is safe for concurrent use.
type Pool struct {
	config PoolConfig
	tokens *token.Tokens

	mu      sync.Mutex
	clients map[int64]pooled // by the server's id
}

type pooled struct {
	version int64
	client  *Client
}

// mostServers bounds the clients that are kept; those of servers without mail
// hold no connections.
const mostServers = 1000

// probeTime bounds a test.
const probeTime = 30 * time.Second

var errPlain = errors.New("mail out: no TLS outside of one's own network")

// NewPool makes an empty pool.
func NewPool(config PoolConfig) *Pool {
	if config.HTTP == nil {
		config.HTTP = http.DefaultClient
	}
	if config.Timeout == 0 {
		config.Timeout = defaultTimeout
	}
	return &Pool{config: config, tokens: token.New(config.HTTP), clients: map[int64]pooled{}}
}

// Send hands raw to a server, as Client.Send does. Its errors do not hold what one
// signs in with, even where the server repeats it.
func (p *Pool) Send(ctx context.Context, s *dm.MailServer, secret *dm.MailboxSecret, from string, to []string, raw []byte) error {
	err := p.client(s, secret).Send(ctx, from, to, raw)
	return scrubbed(err, secret)
}

// scrubbed takes what one signs in with out of what a server said.
func scrubbed(err error, secret *dm.MailboxSecret) error {
	e, ok := errors.AsType[*Error](err)
	if !ok {
		return err
	}
	if reply, ok := errors.AsType[*textproto.Error](e.cause); ok {
		e.cause = &textproto.Error{Code: reply.Code, Msg: scrub(reply.Msg, secret)}
	}
	return e
}

func scrub(text string, secret *dm.MailboxSecret) string {
	for _, hidden := range []string{secret.Password, secret.RefreshToken, secret.ClientSecret} {
		if hidden != "" {
			text = strings.ReplaceAll(text, hidden, "•••")
		}
	}
	return text
}

// Probe connects and signs in with settings that are not kept, and where raw is
// not nil sends it. The report never holds what one signs in with.
func (p *Pool) Probe(ctx context.Context, s *dm.MailServer, secret *dm.MailboxSecret, from, to string, raw []byte) dm.MailServerReport {
	ctx, cancel := context.WithTimeout(ctx, probeTime)
	defer cancel()
	c := p.newClient(s, secret)
	defer c.Close()
	encrypted, err := c.Check(ctx)
	if err == nil && raw != nil {
		err = c.Send(ctx, from, []string{to}, raw)
	}
	report := dm.MailServerReport{Encrypted: encrypted}
	switch {
	case err != nil:
		report.Problem, report.Answer = Sentence(err), Answer(err, secret)
	case raw != nil:
		report.SentTo = to
	}
	return report
}

// client gives the client for the settings of a server.
func (p *Pool) client(s *dm.MailServer, secret *dm.MailboxSecret) *Client {
	p.mu.Lock()
	defer p.mu.Unlock()
	kept, there := p.clients[s.ID]
	if there && kept.version >= s.Version {
		if kept.version == s.Version {
			return kept.client
		}
		return p.newClient(s, secret) // a job that began before the change
	}
	if there {
		go kept.client.Close()
	} else if len(p.clients) >= mostServers {
		p.closeAll()
	}
	c := p.newClient(s, secret)
	p.clients[s.ID] = pooled{s.Version, c}
	return c
}

// Forget closes what is kept for a server.
func (p *Pool) Forget(server int64) {
	p.mu.Lock()
	kept, there := p.clients[server]
	delete(p.clients, server)
	p.mu.Unlock()
	if there {
		kept.client.Close()
	}
}

// Close closes everything that is kept.
func (p *Pool) Close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.closeAll()
}

func (p *Pool) closeAll() {
	for _, kept := range p.clients {
		go kept.client.Close()
	}
	clear(p.clients)
}

func (p *Pool) newClient(s *dm.MailServer, secret *dm.MailboxSecret) *Client {
	t := target{host: s.Host, port: strconv.Itoa(s.Port), implicitTLS: s.Security == dm.MailTLS, requireTLS: s.Security == dm.MailStartTLS, plain: s.Security == dm.MailPlain,
		hello: p.config.Hello, roots: p.config.Roots}
	if t.hello == "" {
		t.hello = "localhost"
	}
	t.dial = func(ctx context.Context) (net.Conn, error) {
		if t.plain && (p.config.Inside == nil || !p.config.Inside(s.Host)) {
			return nil, errPlain
		}
		return p.config.Dial(ctx, s.Host, s.Port)
	}
	switch s.Auth {
	case dm.MailPassword:
		t.user, t.password = s.Username, secret.Password
	case dm.MailOAuth2:
		t.user, t.token = s.Username, func(ctx context.Context) (string, error) { return p.access(ctx, s, secret) }
	}
	return &Client{target: t, timeout: p.config.Timeout, idleTime: defaultIdleTime, places: make(chan struct{}, maxOpen)}
}

// access gives an access token. Of settings that are only tested a new refresh
// token is not kept.
func (p *Pool) access(ctx context.Context, s *dm.MailServer, secret *dm.MailboxSecret) (string, error) {
	var rotate func(string) error
	if s.Version != 0 && p.config.Rotate != nil {
		rotate = func(refresh string) error {
			next := *secret
			next.RefreshToken = refresh
			return p.config.Rotate(ctx, s, &next)
		}
	}
	return p.tokens.Access(ctx, token.Grant{Key: fmt.Sprint("out ", s.ID, " ", s.Version), TokenURL: s.TokenURL, ClientID: s.ClientID, ClientSecret: secret.ClientSecret, RefreshToken: secret.RefreshToken}, rotate)
}

// Answer gives what a server said when it refused, in one line, without what one
// signs in with; "" where the connection failed instead.
func Answer(err error, secret *dm.MailboxSecret) string {
	e, ok := errors.AsType[*Error](err)
	if !ok || e.Reply == 0 {
		return ""
	}
	text := e.cause.Error()
	if reply, ok := errors.AsType[*textproto.Error](e.cause); ok {
		text = strconv.Itoa(reply.Code) + " " + reply.Msg // without the quotes of its Error
	}
	if text = strings.ToValidUTF8(text, "?"); secret != nil {
		text = scrub(text, secret)
	}
	return text
}
