package imapin

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"log"
	"math/big"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapserver"
	"github.com/emersion/go-imap/v2/imapserver/imapmemserver"

	dm "github.com/deskmesh/deskmesh"
)

const (
	username = "support@acme.example"
	password = "correct horse"
)

// rig is a mail server, a store and a fetcher between them.
type rig struct {
	testing.TB
	user    *imapmemserver.User
	server  *imapserver.Server
	addr    *net.TCPAddr
	store   *memory
	fetcher *Fetcher
	config  Config
	roots   *x509.CertPool
}

// newRig starts a server. caps replaces what it can do; tlsFirst speaks TLS from
// the first byte.
func newRig(t testing.TB, caps imap.CapSet, tlsFirst bool) *rig {
	r := &rig{TB: t, user: imapmemserver.NewUser(username, password), store: &memory{}}
	for _, folder := range []string{"INBOX", "Done"} {
		if err := r.user.Create(folder, nil); err != nil {
			t.Fatal(err)
		}
	}
	mem := imapmemserver.New()
	mem.AddUser(r.user)
	if caps == nil {
		caps = imap.CapSet{imap.CapIMAP4rev1: {}, imap.CapIMAP4rev2: {}}
	}
	certificate := r.certify()
	r.server = imapserver.New(&imapserver.Options{Caps: caps, InsecureAuth: true, Logger: log.New(io.Discard, "", 0),
		TLSConfig: &tls.Config{Certificates: []tls.Certificate{certificate}},
		NewSession: func(*imapserver.Conn) (imapserver.Session, *imapserver.GreetingData, error) {
			return mem.NewSession(), nil, nil
		}})
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	r.addr = l.Addr().(*net.TCPAddr)
	if tlsFirst {
		l = tls.NewListener(l, &tls.Config{Certificates: []tls.Certificate{certificate}})
	}
	go r.server.Serve(l) //nolint:errcheck // it ends with the test
	t.Cleanup(func() { r.server.Close() })
	r.store.box = dm.Mailbox{Account: 1, InboxID: 7, Host: "localhost", Port: r.addr.Port, Security: dm.MailPlain, Username: username, Auth: dm.MailPassword,
		Folder: "INBOX", After: dm.AfterSeen, Active: true, Version: 1}
	r.store.secret = dm.MailboxSecret{Password: password}
	r.config = Config{Owner: "node", Inside: func(string) bool { return true }, TLS: &tls.Config{RootCAs: r.roots},
		Dial: func(ctx context.Context, _ string, port int) (net.Conn, error) {
			var d net.Dialer
			return d.DialContext(ctx, "tcp", fmt.Sprint("127.0.0.1:", port))
		},
		Claim: 5 * time.Millisecond, Poll: 5 * time.Millisecond, Retry: time.Millisecond, Recheck: time.Minute}
	return r
}

func (r *rig) certify() tls.Certificate {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		r.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), DNSNames: []string{"localhost"}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		r.Fatal(err)
	}
	parsed, err := x509.ParseCertificate(der)
	if err != nil {
		r.Fatal(err)
	}
	r.roots = x509.NewCertPool()
	r.roots.AddCert(parsed)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

// start begins to fetch, until the test ends.
func (r *rig) start() {
	r.fetcher = New(r.config, r.store)
	r.fetcher.Start(r.Context())
	r.Cleanup(func() { r.stop() })
}

func (r *rig) stop() {
	if err := r.fetcher.Stop(context.Background()); err != nil {
		r.Error(err)
	}
}

// deliver puts a mail into the folder, as the provider does.
func (r *rig) deliver(text string, flags ...imap.Flag) {
	r.Helper()
	raw := []byte("From: <anna@example.com>\r\nSubject: Hello\r\n\r\n" + text + "\r\n")
	if _, err := r.user.Append("INBOX", literal{bytes.NewReader(raw), int64(len(raw))}, &imap.AppendOptions{Flags: flags}); err != nil {
		r.Fatal(err)
	}
}

type literal struct {
	io.Reader
	size int64
}

func (l literal) Size() int64 { return l.size }

// eventually waits until the condition holds.
func (r *rig) eventually(what string, holds func() bool) {
	r.Helper()
	deadline := time.Now().Add(2 * time.Minute)
	for !holds() {
		if time.Now().After(deadline) {
			r.Fatal("never: ", what)
		}
		time.Sleep(2 * time.Millisecond)
	}
}

func (r *rig) status(folder string) *imap.StatusData {
	r.Helper()
	data, err := r.user.Status(folder, &imap.StatusOptions{NumMessages: true, NumUnseen: true, UIDValidity: true})
	if err != nil {
		r.Fatal(err)
	}
	return data
}

func (r *rig) count(folder string) int  { return int(*r.status(folder).NumMessages) }
func (r *rig) unseen(folder string) int { return int(*r.status(folder).NumUnseen) }

// memory is a store in memory, which can be told to fail.
type memory struct {
	mu      sync.Mutex
	box     dm.Mailbox
	secret  dm.MailboxSecret
	owner   string
	texts   []string
	problem string
	looked  int
	refuse  func(raw []byte) error // asked before a message is kept
	lost    bool                   // the lease is not renewed
	order   []string
	unseen  func() int // asked when a message is kept
}

func (m *memory) ClaimMailboxes(_ context.Context, owner string, _ time.Duration, _ int) ([]dm.Mailbox, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.owner != "" || !m.box.Active {
		return nil, nil
	}
	m.owner = owner
	return []dm.Mailbox{m.box}, nil
}

func (m *memory) RenewMailbox(_ context.Context, b *dm.Mailbox, owner string, _ time.Duration) (bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.owner == owner && b.Version == m.box.Version && !m.lost, nil
}

func (m *memory) ReleaseMailbox(_ context.Context, _ *dm.Mailbox, owner string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.owner == owner {
		m.owner = ""
	}
	return nil
}

func (m *memory) FetchSecret(context.Context, *dm.Mailbox) (*dm.MailboxSecret, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	s := m.secret
	return &s, nil
}

func (m *memory) RotateSecret(_ context.Context, _ *dm.Mailbox, s *dm.MailboxSecret) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.secret = *s
	return nil
}

func (m *memory) TakeFetched(ctx context.Context, b *dm.Mailbox, owner string, raw []byte) error {
	if m.refuse != nil {
		if err := m.refuse(raw); err != nil {
			return err
		}
	}
	m.mu.Lock()
	_, text, _ := strings.Cut(string(raw), "\r\n\r\n")
	m.texts = append(m.texts, strings.TrimSpace(text))
	if m.unseen != nil {
		m.order = append(m.order, fmt.Sprint(m.unseen()))
	}
	m.mu.Unlock()
	return m.PassFetched(ctx, b, owner)
}

func (m *memory) PassFetched(_ context.Context, b *dm.Mailbox, owner string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.owner != owner {
		return dm.Errorf(dm.Conflict, "lost")
	}
	m.box.UIDValidity, m.box.LastUID = b.UIDValidity, b.LastUID
	return nil
}

func (m *memory) MailboxLooked(_ context.Context, _ *dm.Mailbox, _, problem string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.problem = problem
	m.looked++
	return nil
}

func (m *memory) kept() []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.texts)
}

func (m *memory) told() string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.problem
}
