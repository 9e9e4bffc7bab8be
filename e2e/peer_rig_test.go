package e2e

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"io"
	"math/big"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
)

// provesPeers skips where no proof was asked for, and fails where a program that a
// proof speaks to is missing.
func provesPeers(t *testing.T, programs ...string) {
	t.Helper()
	if os.Getenv("DESKMESH_PROVE") == "" {
		t.Skip("a proof with other people's servers: set DESKMESH_PROVE=1")
	}
	for _, program := range programs {
		if _, err := os.Stat(program); err != nil {
			t.Fatalf("%s is missing: bash scripts/setup.sh peers", program)
		}
	}
}

// peer is a mail server of somebody else's, in a folder of its own.
type peer struct {
	t      *testing.T
	folder string
	uid    int // whom the folder belongs to, and who runs it where that is possible
	gid    int
	cmd    *exec.Cmd
	exit   chan struct{}
	keeper io.WriteCloser // tells a shell that the server was ended
	// pidFile names the process that has to be asked to end; "" where it is the one
	// that was started.
	pidFile string
}

// newPeer makes the folder. It is removed at the end, after the server was ended.
func newPeer(t *testing.T, as string) *peer {
	t.Helper()
	folder, err := os.MkdirTemp("/tmp", "deskmesh-peer-")
	if err != nil {
		t.Fatal(err)
	}
	p := &peer{t: t, folder: folder, uid: os.Getuid(), gid: os.Getgid()}
	if p.uid == 0 {
		who, err := user.Lookup(as)
		if err != nil {
			t.Fatal(err)
		}
		p.uid, _ = strconv.Atoi(who.Uid)
		p.gid, _ = strconv.Atoi(who.Gid)
	}
	t.Cleanup(func() {
		p.stop()
		if t.Failed() {
			log, _ := os.ReadFile(p.path("log"))
			t.Logf("the log of %s:\n%s", filepath.Base(p.cmd.Path), log[max(0, len(log)-6000):])
		}
		_ = os.RemoveAll(folder)
	})
	p.own(folder)
	return p
}

func (p *peer) path(name string) string { return filepath.Join(p.folder, name) }

func (p *peer) own(path string) {
	p.t.Helper()
	if err := os.Chown(path, p.uid, p.gid); err != nil {
		p.t.Fatal(err)
	}
}

// write puts a file into the folder, for the server alone.
func (p *peer) write(name, text string) {
	p.t.Helper()
	if err := os.WriteFile(p.path(name), []byte(text), 0o600); err != nil {
		p.t.Fatal(err)
	}
	p.own(p.path(name))
}

// run starts a program that stays in the foreground, and waits until it listens.
func (p *peer) run(asOwner bool, ports []int, program string, args ...string) {
	p.t.Helper()
	p.cmd = exec.Command(program, args...)
	p.cmd.Dir = p.folder
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if asOwner && os.Getuid() == 0 {
		p.cmd.SysProcAttr.Credential = &syscall.Credential{Uid: uint32(p.uid), Gid: uint32(p.gid)}
	}
	var said bytes.Buffer
	p.cmd.Stdout, p.cmd.Stderr = &said, &said
	if err := p.cmd.Start(); err != nil {
		p.t.Fatal(err)
	}
	p.exit = make(chan struct{})
	go func() {
		_ = p.cmd.Wait()
		close(p.exit)
	}()
	for _, port := range ports {
		eventually(p.t, fmt.Sprint(program, " listens on ", port), func() bool {
			select {
			case <-p.exit:
				p.t.Fatalf("%s ended: %s", program, &said)
			default:
			}
			c, err := net.Dial("tcp", fmt.Sprint("127.0.0.1:", port))
			if err != nil {
				return false
			}
			c.Close()
			return true
		})
	}
	p.keep()
}

// keep starts a shell that ends the server if this process dies before it does.
func (p *peer) keep() {
	p.t.Helper()
	shell := exec.Command("/bin/sh", "-c", `read -r ended || kill "$1"`, "keeper", strconv.Itoa(p.pid()))
	shell.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	pipe, err := shell.StdinPipe()
	if err == nil {
		err = shell.Start()
	}
	if err != nil {
		p.t.Fatal(err)
	}
	p.keeper = pipe
	go func() { _ = shell.Wait() }()
}

// pid is the process that has to be asked to end.
func (p *peer) pid() int {
	if p.pidFile != "" {
		text, err := os.ReadFile(p.path(p.pidFile))
		if n, bad := strconv.Atoi(strings.TrimSpace(string(text))); err == nil && bad == nil {
			return n
		}
	}
	return p.cmd.Process.Pid
}

// stop ends the server and waits until it is gone.
func (p *peer) stop() {
	if p.exit == nil {
		return
	}
	_ = syscall.Kill(p.pid(), syscall.SIGTERM)
	select {
	case <-p.exit:
	case <-time.After(30 * time.Second):
		_ = syscall.Kill(-p.cmd.Process.Pid, syscall.SIGKILL) // its session, which is our own making
		<-p.exit
	}
	p.exit = nil
	if p.keeper != nil {
		_, _ = p.keeper.Write([]byte("ended\n"))
		_ = p.keeper.Close()
		p.keeper = nil
	}
}

func freePort(t *testing.T) int {
	t.Helper()
	_, text, _ := net.SplitHostPort(freeAddress(t))
	port, _ := strconv.Atoi(text)
	return port
}

// mailServer is a Dovecot with mailboxes, which are filled by LMTP and read by
// IMAP. Its certificate is for localhost, by an authority of its own.
type mailServer struct {
	*peer
	imap, imaps, lmtp int
	noIdle            bool
}

// Whoever has a mailbox, all with the same password.
const (
	deskMailbox     = "accounts@acme.example"
	carlaMailbox    = "carla@customer.example"
	mailboxPassword = "mailbox secret"
)

func newMailServer(t *testing.T) *mailServer {
	s := &mailServer{peer: newPeer(t, "nobody"), imap: freePort(t), imaps: freePort(t), lmtp: freePort(t)}
	authority, certificate, key := certify(t)
	s.write("authority.pem", authority)
	s.write("cert.pem", certificate)
	s.write("key.pem", key)
	users := ""
	for _, name := range []string{deskMailbox, carlaMailbox} {
		users += name + ":{PLAIN}" + mailboxPassword + "::::::\n"
	}
	s.write("users", users)
	s.start()
	return s
}

func (s *mailServer) start() {
	s.t.Helper()
	capability := ""
	if s.noIdle {
		capability = "imap_capability = IMAP4rev1 LITERAL+ UIDPLUS MOVE"
	}
	who, err := user.LookupId(strconv.Itoa(s.uid))
	if err != nil {
		s.t.Fatal(err)
	}
	group, err := user.LookupGroupId(strconv.Itoa(s.gid))
	if err != nil {
		s.t.Fatal(err)
	}
	s.write("dovecot.conf", strings.NewReplacer("$F", s.folder, "$UID", strconv.Itoa(s.uid), "$GID", strconv.Itoa(s.gid), "$USER", who.Username, "$GROUP", group.Name,
		"$IMAPS", strconv.Itoa(s.imaps), "$IMAP", strconv.Itoa(s.imap), "$LMTP", strconv.Itoa(s.lmtp), "$CAPABILITY", capability).Replace(dovecotConf))
	s.run(true, []int{s.imap, s.imaps, s.lmtp}, "/usr/sbin/dovecot", "-F", "-c", s.path("dovecot.conf"))
}

const dovecotConf = `
protocols = imap lmtp
listen = 127.0.0.1
instance_name = deskmesh-proof
base_dir = $F/run
state_dir = $F/state
log_path = $F/log
default_internal_user = $USER
default_internal_group = $GROUP
default_login_user = $USER
first_valid_uid = 1
first_valid_gid = 1
auth_mechanisms = plain login
ssl = yes
ssl_cert = <$F/cert.pem
ssl_key = <$F/key.pem
mail_location = maildir:$F/mail/%u
passdb {
  driver = passwd-file
  args = scheme=PLAIN username_format=%u $F/users
}
userdb {
  driver = static
  args = uid=$UID gid=$GID home=$F/home/%u
}
namespace inbox {
  inbox = yes
}
service anvil {
  chroot =
}
service imap-login {
  chroot =
  inet_listener imap {
    port = $IMAP
  }
  inet_listener imaps {
    port = $IMAPS
    ssl = yes
  }
}
service lmtp {
  inet_listener lmtp {
    port = $LMTP
  }
}
protocol imap {
  $CAPABILITY
}
`

// deliver puts a mail into a mailbox, as a mail server does: it tries until it is
// taken.
func (s *mailServer) deliver(m *piece) {
	s.t.Helper()
	patiently(s.t, 5*time.Minute, "Dovecot takes a mail", func() bool {
		conn, err := net.Dial("tcp", fmt.Sprint("127.0.0.1:", s.lmtp))
		if err != nil {
			return false
		}
		c := smtp.NewClientLMTP(conn)
		defer c.Close()
		if c.Hello("mx.peers.example") != nil || c.Mail(m.from, nil) != nil || c.Rcpt(m.to, nil) != nil {
			return false
		}
		w, err := c.Data()
		if err != nil {
			return false
		}
		_, err = w.Write(m.raw())
		return err == nil && w.Close() == nil
	})
}

// files lists the mails of a mailbox's folder ("" is INBOX, ".Done" another one)
// by the names of their files, which end with the flags: ":2,S" was read.
func (s *mailServer) files(name, folder string) (paths []string) {
	for _, part := range []string{"new", "cur"} {
		found, _ := filepath.Glob(filepath.Join(s.path("mail"), name, folder, part, "*"))
		paths = append(paths, found...)
	}
	return paths
}

// forget makes the server number the mails of a mailbox anew, under another
// UIDVALIDITY. It must not run.
func (s *mailServer) forget(name string) {
	s.t.Helper()
	for _, pattern := range []string{"dovecot-uidlist*", "dovecot-uidvalidity*", "dovecot.index*", "dovecot.list.index*"} {
		found, _ := filepath.Glob(filepath.Join(s.path("mail"), name, pattern))
		for _, path := range found {
			if err := os.Remove(path); err != nil {
				s.t.Fatal(err)
			}
		}
	}
}

// certify makes an authority, and a certificate of it for localhost.
func certify(t *testing.T) (authority, certificate, key string) {
	t.Helper()
	make := func(of, by *x509.Certificate, byKey *ecdsa.PrivateKey) (string, *ecdsa.PrivateKey) {
		k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		if byKey == nil {
			byKey = k
		}
		der, err := x509.CreateCertificate(rand.Reader, of, by, &k.PublicKey, byKey)
		if err != nil {
			t.Fatal(err)
		}
		return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})), k
	}
	now := time.Now()
	root := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Authority of a proof"}, NotBefore: now.Add(-time.Hour), NotAfter: now.Add(24 * time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign}
	leaf := &x509.Certificate{SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "localhost"}, DNSNames: []string{"localhost"}, NotBefore: now.Add(-time.Hour), NotAfter: now.Add(24 * time.Hour),
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}}
	authority, rootKey := make(root, root, nil)
	certificate, leafKey := make(leaf, root, rootKey)
	der, err := x509.MarshalPKCS8PrivateKey(leafKey)
	if err != nil {
		t.Fatal(err)
	}
	return authority, certificate, string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
}
