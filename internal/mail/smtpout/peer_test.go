package smtpout

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// peer is a real SMTP server that keeps what it gets.
type peer struct {
	addr     string
	auth     bool
	rcpt     func(to string) error
	data     func(count int) error // asked after the message came whole
	password string
	access   string // a valid access token, for XOAUTH2

	mu       sync.Mutex
	sessions int
	names    []string
	tls      []bool
	mails    []sent
}

type sent struct {
	From string
	To   []string
	Raw  string
	User string
}

// startPeer runs a peer; implicit means TLS from the first byte.
func startPeer(t *testing.T, p *peer, config *tls.Config, implicit bool) *peer {
	t.Helper()
	s := smtp.NewServer(smtp.BackendFunc(func(c *smtp.Conn) (smtp.Session, error) {
		_, secure := c.TLSConnectionState()
		p.mu.Lock()
		defer p.mu.Unlock()
		p.sessions++
		p.names = append(p.names, c.Hostname())
		p.tls = append(p.tls, secure)
		return &peerSession{peer: p}, nil
	}))
	s.Domain, s.TLSConfig, s.AllowInsecureAuth, s.EnableSMTPUTF8 = "peer.example", config, true, true
	s.ErrorLog = discard{}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p.addr = listener.Addr().String()
	if implicit {
		listener = tls.NewListener(listener, config)
	}
	done := make(chan struct{})
	go func() { defer close(done); _ = s.Serve(listener) }()
	t.Cleanup(func() { _ = s.Close(); <-done })
	return p
}

func (p *peer) got() (mails []sent, sessions int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]sent(nil), p.mails...), p.sessions
}

type peerSession struct {
	peer *peer
	mail sent
	user string
}

func (s *peerSession) Reset()        { s.mail = sent{} }
func (s *peerSession) Logout() error { return nil }

func (s *peerSession) Mail(from string, _ *smtp.MailOptions) error {
	if s.peer.auth && s.user == "" {
		return &smtp.SMTPError{Code: 530, EnhancedCode: smtp.EnhancedCode{5, 7, 0}, Message: "Sign in first"}
	}
	s.mail.From = from
	return nil
}

func (s *peerSession) Rcpt(to string, _ *smtp.RcptOptions) error {
	if s.peer.rcpt != nil {
		if err := s.peer.rcpt(to); err != nil {
			return err
		}
	}
	s.mail.To = append(s.mail.To, to)
	return nil
}

func (s *peerSession) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	s.peer.mu.Lock()
	defer s.peer.mu.Unlock()
	if s.peer.data != nil {
		if err := s.peer.data(len(s.peer.mails)); err != nil {
			return err
		}
	}
	s.mail.Raw, s.mail.User = string(raw), s.user
	s.peer.mails = append(s.peer.mails, s.mail)
	return nil
}

func (s *peerSession) AuthMechanisms() []string {
	if s.peer.access != "" {
		return []string{"XOAUTH2"}
	}
	if s.peer.auth {
		return []string{sasl.Plain}
	}
	return nil
}

// bearer takes one access token.
type bearer struct{ session *peerSession }

func (b *bearer) Next(response []byte) ([]byte, bool, error) {
	user, token, _ := strings.Cut(strings.TrimSuffix(string(response), "\x01\x01"), "\x01auth=Bearer ")
	if token != b.session.peer.access {
		return nil, true, smtp.ErrAuthFailed
	}
	b.session.user = strings.TrimPrefix(user, "user=")
	return nil, true, nil
}

func (s *peerSession) Auth(mechanism string) (sasl.Server, error) {
	if mechanism == "XOAUTH2" {
		return &bearer{s}, nil
	}
	return sasl.NewPlainServer(func(_, user, password string) error {
		if password != s.peer.password {
			return smtp.ErrAuthFailed
		}
		s.user = user
		return nil
	}), nil
}

type discard struct{}

func (discard) Printf(string, ...any) {}
func (discard) Println(...any)        {}

// certificate makes one for 127.0.0.1 and localhost that its own pool trusts.
func certificate(t *testing.T) (*tls.Config, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "peer.example"}, IsCA: true, BasicConstraintsValid: true,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		DNSNames: []string{"localhost"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(leaf)
	return &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}, MinVersion: tls.VersionTLS12}, pool
}

// script is a server that plays one list of lines for each connection. A step
// "> text" sends a line, "< prefix" reads one, "<." reads up to the final dot,
// "x" closes with a reset. After the last step it closes.
func script(t *testing.T, connections ...[]string) (addr string, played func() int) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	var mu sync.Mutex
	count := 0
	go func() {
		defer close(done)
		for _, steps := range connections {
			c, err := listener.Accept()
			if err != nil {
				return
			}
			mu.Lock()
			count++
			mu.Unlock()
			if err := play(c, steps); err != nil {
				t.Errorf("script: %v", err)
			}
		}
	}()
	t.Cleanup(func() { _ = listener.Close(); <-done })
	return listener.Addr().String(), func() int { mu.Lock(); defer mu.Unlock(); return count }
}

func play(c net.Conn, steps []string) error {
	defer func() { _ = c.Close() }()
	if err := c.SetDeadline(time.Now().Add(10 * time.Second)); err != nil {
		return err
	}
	r := bufio.NewReader(c)
	for _, step := range steps {
		verb, text, _ := strings.Cut(step, " ")
		switch verb {
		case ">":
			if _, err := io.WriteString(c, text+"\r\n"); err != nil {
				return err
			}
		case "<":
			line, err := r.ReadString('\n')
			if err != nil || !strings.HasPrefix(line, text) {
				return fmt.Errorf("read %q (%w), want %q", line, err, text)
			}
		case "<.":
			for line := ""; line != ".\r\n"; {
				var err error
				if line, err = r.ReadString('\n'); err != nil {
					return err
				}
			}
		case "x":
			tcp, ok := c.(*net.TCPConn)
			if !ok {
				return errors.New("no TCP connection")
			}
			return tcp.SetLinger(0)
		}
	}
	return nil
}

// hello and envelope are the steps that every message begins with.
var (
	helloSteps    = []string{"> 220 peer", "< EHLO", "> 250 peer"}
	envelopeSteps = []string{"< MAIL FROM:<a@example.com>", "> 250 ok", "< RCPT TO:<b@example.com>", "> 250 ok", "< DATA", "> 354 go"}
)

func steps(parts ...any) (list []string) {
	for _, part := range parts {
		switch part := part.(type) {
		case string:
			list = append(list, part)
		case []string:
			list = append(list, part...)
		}
	}
	return list
}
