package cli

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"syscall"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/app"
	"github.com/deskmesh/deskmesh/internal/httpx"
	"github.com/deskmesh/deskmesh/internal/mail/imapin"
	"github.com/deskmesh/deskmesh/internal/mail/smtpin"
)

// startMail begins to take mail: by SMTP, by LMTP, and from mailboxes.
func (s *server) startMail(ctx context.Context) error {
	config, err := s.mailConfig()
	if err != nil {
		return err
	}
	if s.Serve.SMTPListen != "" {
		if s.smtp, err = s.listenMail(ctx, s.Serve.SMTPListen, config, dm.MailSMTP); err != nil {
			return err
		}
	}
	if s.Serve.LMTPListen != "" {
		config.LMTP = true
		if s.lmtp, err = s.listenMail(ctx, s.Serve.LMTPListen, config, dm.MailLMTP); err != nil {
			return err
		}
	}
	s.imap.Start(ctx)
	return nil
}

// stopMail takes no more mail and finishes what is under way.
func (s *server) stopMail() {
	if s.imap != nil {
		s.end("fetching mail", s.imap.Stop)
	}
	for _, in := range []*smtpin.Server{s.smtp, s.lmtp} {
		if in != nil {
			s.end("incoming mail", in.Shutdown)
		}
	}
}

// mailConfig is what both servers have in common.
func (s *server) mailConfig() (smtpin.Config, error) {
	c := smtpin.Config{Domain: hostName(), MaxBytes: int64(s.Serve.MailMax), MessagesPerMinute: s.Serve.MailRate, Log: s.log, Now: s.now}
	if s.Serve.MailCertificate == "" {
		return c, nil
	}
	// Read anew for each connection, so that a renewed certificate counts at once.
	load := func() (*tls.Certificate, error) {
		pair, err := tls.LoadX509KeyPair(s.Serve.MailCertificate, s.Serve.MailKey)
		return &pair, err
	}
	if _, err := load(); err != nil {
		return c, fmt.Errorf("--mail-cert and --mail-key: %w", err)
	}
	c.TLS = &tls.Config{MinVersion: tls.VersionTLS12, GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return load() }}
	return c, nil
}

// portsTried is how far a busy mail port gives way.
const portsTried = 100

// listenMail listens for mail, on the next free port where that is asked for.
func (s *server) listenMail(ctx context.Context, address string, config smtpin.Config, source dm.MailSource) (*smtpin.Server, error) {
	host, portText, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	port, err := strconv.Atoi(portText)
	if err != nil {
		return nil, err
	}
	for next := port; next < port+portsTried && next <= 65535; next++ {
		config.Listen = net.JoinHostPort(host, strconv.Itoa(next))
		in, err := smtpin.New(config, inbound{app: s.app, count: s.countMail, source: source, relays: s.Serve.Relays(), trusted: s.Serve.MailAuthHosts})
		if err != nil {
			return nil, err
		}
		err = in.Start(ctx)
		if err == nil {
			s.log.Info(map[bool]string{false: "taking mail", true: "taking mail by LMTP"}[config.LMTP], "address", in.Addr().String())
			return in, nil
		}
		if !s.Serve.NextFreePort || !errors.Is(err, syscall.EADDRINUSE) {
			return nil, err
		}
	}
	return nil, fmt.Errorf("no free port for mail from %d on", port)
}

// newFetcher makes what fetches mail from mailboxes.
func (s *server) newFetcher() *imapin.Fetcher {
	dialer := app.MailDialer(s.outbound())
	owner := make([]byte, 8)
	rand.Read(owner)
	return imapin.New(imapin.Config{Owner: hex.EncodeToString(owner), Dial: dialer.Dial, Inside: dialer.Inside, HTTP: httpx.NewClient(s.outbound()),
		MaxBytes: int64(s.Serve.MailMax), Log: s.log}, s.app)
}

// inbound hands what the mail server receives to the app.
type inbound struct {
	app     *app.App
	count   countMail
	source  dm.MailSource
	relays  []netip.Prefix // hosts that hand mail of others on
	trusted []string       // hosts whose Authentication-Results count, in mail from relays
}

// Recipient implements smtpin.Inbound.
func (i inbound) Recipient(ctx context.Context, address string) error {
	err := i.app.MailRecipient(ctx, address)
	if err != nil {
		i.count("in", "refused")
	}
	return err
}

// Accept implements smtpin.Inbound.
func (i inbound) Accept(ctx context.Context, e smtpin.Envelope, raw []byte) error {
	m := app.ArrivedMail{From: e.From, To: e.To, RemoteIP: e.RemoteIP.String(), HELO: e.HELO, Source: i.source, Raw: raw}
	if !e.RemoteIP.IsValid() {
		m.RemoteIP = "" // a socket of this machine
	}
	if i.relayed(e.RemoteIP) {
		m.Trusted = i.trusted
		if m.Source == dm.MailSMTP && len(m.Trusted) == 0 {
			m.RemoteIP = "" // the address of a relay says nothing about the sender
		}
	}
	err := i.app.AcceptMail(ctx, m)
	if err != nil {
		i.count("in", "failed")
	} else {
		i.count("in", "taken")
	}
	return err
}

// relayed says whether a host hands on what others sent: by LMTP always.
func (i inbound) relayed(ip netip.Addr) bool {
	if i.source == dm.MailLMTP || !ip.IsValid() || ip.IsLoopback() {
		return true
	}
	for _, p := range i.relays {
		if p.Contains(ip.Unmap()) {
			return true
		}
	}
	return false
}
