package httpapi_test

import (
	"bytes"
	"fmt"
	"io"
	"log"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapserver"
	"github.com/emersion/go-imap/v2/imapserver/imapmemserver"

	"github.com/deskmesh/deskmesh/internal/app"
	"github.com/deskmesh/deskmesh/internal/httpx"
	"github.com/deskmesh/deskmesh/internal/mail/imapin"
)

// provider is a mail server with one mailbox.
type provider struct {
	testing.TB
	user *imapmemserver.User
	port int
}

func newProvider(t testing.TB) *provider {
	t.Helper()
	p := &provider{TB: t, user: imapmemserver.NewUser("accounts", "open sesame")}
	if err := p.user.Create("INBOX", nil); err != nil {
		t.Fatal(err)
	}
	mem := imapmemserver.New()
	mem.AddUser(p.user)
	server := imapserver.New(&imapserver.Options{Caps: imap.CapSet{imap.CapIMAP4rev1: {}, imap.CapIMAP4rev2: {}}, InsecureAuth: true, Logger: log.New(io.Discard, "", 0),
		NewSession: func(*imapserver.Conn) (imapserver.Session, *imapserver.GreetingData, error) {
			return mem.NewSession(), nil, nil
		}})
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p.port = l.Addr().(*net.TCPAddr).Port
	go server.Serve(l) //nolint:errcheck // it ends with the test
	t.Cleanup(func() { server.Close() })
	return p
}

type sized struct{ *bytes.Reader }

func (p *provider) deliver(head, text string) {
	p.Helper()
	raw := []byte(strings.ReplaceAll(strings.TrimSpace(head)+"\n\n"+text+"\n", "\n", "\r\n"))
	if _, err := p.user.Append("INBOX", sized{bytes.NewReader(raw)}, &imap.AppendOptions{}); err != nil {
		p.Fatal(err)
	}
}

func (p *provider) unseen() int {
	p.Helper()
	data, err := p.user.Status("INBOX", &imap.StatusOptions{NumUnseen: true})
	if err != nil {
		p.Fatal(err)
	}
	return int(*data.NumUnseen)
}

// fetcher makes a node that fetches, which may reach this machine.
func (w *world) fetcher(owner string) *imapin.Fetcher {
	d := app.MailDialer(httpx.ClientOptions{AllowLoopback: true})
	f := imapin.New(imapin.Config{Owner: owner, Dial: d.Dial, Inside: d.Inside, Claim: 5 * time.Millisecond, Poll: 5 * time.Millisecond, Retry: 5 * time.Millisecond}, w.app)
	return f
}

func (w *world) eventually(what string, holds func() bool) {
	w.Helper()
	deadline := time.Now().Add(2 * time.Minute)
	for !holds() {
		if time.Now().After(deadline) {
			w.Fatal("never: ", what)
		}
		time.Sleep(5 * time.Millisecond)
	}
}

func TestMailbox(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		p := newProvider(t)
		f := w.fetcher("one")
		w.app.Mailboxes = f
		path := fmt.Sprintf("/inboxes/%d/mailbox", w.acme().inboxes["accounts"])
		form := func(more ...any) map[string]any {
			body := map[string]any{"host": "localhost", "port": p.port, "security": "none", "username": "accounts", "password": "open sesame", "active": true}
			for i := 0; i < len(more); i += 2 {
				if body[more[i].(string)] = more[i+1]; more[i+1] == nil {
					delete(body, more[i].(string))
				}
			}
			return body
		}
		t.Run("only those who manage inboxes", func(t *testing.T) {
			w := w.in(t)
			w.as("owner").get(path).is(404)
			for _, who := range []string{"accounts.agent", "staff.one"} {
				w.as(who).get(path).is(403)
				w.as(who).put(path, form()).is(403)
				w.as(who).post(path+"/test", form()).is(403)
				w.as(who).delete(path).is(403)
			}
			w.as("globex/owner").put(path, form()).is(404)
			w.as("globex/owner").post(path+"/test", form()).is(404)
		})
		t.Run("bad settings are refused with the field", func(t *testing.T) {
			w := w.in(t)
			c := w.as("owner")
			for field, value := range map[string]any{"host": "a b", "port": 0, "security": "some", "username": "", "auth": "magic", "password": nil, "after_fetch": "burn", "folder": strings.Repeat("x", 501)} {
				c.put(path, form(field, value)).refused(422, field)
			}
			c.put(path, form("after_fetch", "move")).refused(422, "move_to")
			c.put(path, form("after_fetch", "move", "move_to", "INBOX")).refused(422, "move_to")
			c.put(path, form("auth", "oauth2", "token_url", "ftp://x", "client_id", "desk", "refresh_token", "t")).refused(422, "token_url")
			c.put(path, form("auth", "oauth2", "token_url", "https://login.example/token", "client_id", "desk")).refused(422, "refresh_token")
			c.get(path).is(404)
		})
		t.Run("a test signs in and keeps nothing", func(t *testing.T) {
			w := w.in(t)
			c := w.as("owner")
			good := c.post(path+"/test", form()).is(200)
			same(t, "ok", []any{good.at("ok"), good.text("problem"), good.at("idle")}, []any{true, "", true})
			bad := c.post(path+"/test", form("password", "wrong")).is(200)
			same(t, "not ok", bad.at("ok"), false)
			if strings.Contains(bad.raw, "wrong") {
				t.Error("the secret is told")
			}
			c.get(path).is(404)
		})
		t.Run("SSRF: a mailbox leads to no private address", func(t *testing.T) {
			w := w.in(t)
			for _, host := range []string{"10.0.0.1", "169.254.169.254", "192.168.1.1"} {
				a := w.as("owner").post(path+"/test", form("host", host, "security", "tls", "port", 993)).is(200)
				same(t, host, a.at("ok"), false)
			}
			a := w.as("owner").post(path+"/test", form("host", "mail.example.com")).is(200)
			if !strings.Contains(a.text("problem"), "Without TLS") {
				t.Error(a.raw)
			}
		})
		t.Run("the secret is kept sealed, and goes to no other server", func(t *testing.T) {
			w := w.in(t)
			c := w.as("owner")
			a := c.put(path, form("active", false)).is(200)
			same(t, "has a secret", a.at("has_secret"), true)
			if strings.Contains(a.raw, "sesame") {
				t.Error("the secret is shown")
			}
			w.dumpHides("open sesame")
			c.put(path, form("active", false, "password", nil, "folder", "INBOX")).is(200)
			c.put(path, form("password", nil, "host", "elsewhere.example")).refused(422, "password")
			c.post(path+"/test", form("password", nil, "host", "elsewhere.example")).refused(422, "password")
			c.post(path+"/test", form("password", nil)).is(200)
		})
		t.Run("mail is fetched, finds its ticket and is marked", func(t *testing.T) {
			w := w.in(t)
			w.as("owner").put(path, form("password", nil)).is(200)
			f.Start(t.Context())
			other := w.fetcher("two") // only one of them fetches
			other.Start(t.Context())
			p.deliver("From: Staff One <staff.one@acme.example>\nTo: accounts@acme.example\nSubject: By IMAP\nMessage-ID: <one@imap.example>", "Where is my invoice?")
			fetched := func(n string) func() bool {
				return func() bool {
					return w.countOf("SELECT COUNT(*) FROM raw_mails WHERE source = 'imap'") == n && p.unseen() == 0
				}
			}
			w.eventually("the first mail", fetched("1"))
			w.drain()
			n := w.newest()
			same(t, "texts", w.texts("owner", n), []string{"reply: Where is my invoice?"})
			w.as("owner").post(at(n, "messages"), map[string]any{"kind": "reply", "text": "Here."}).is(201)
			answer := w.mails("staff.one")[0]
			p.deliver("From: staff.one@acme.example\nTo: "+w.replyTo(answer)+"\nSubject: Re\nMessage-ID: <two@imap.example>", "Thank you")
			w.eventually("the second mail", fetched("2"))
			w.drain()
			same(t, "last", w.texts("owner", n)[2], "reply: Thank you")
			list := w.as("owner").get(at(n, "messages")).ok()
			same(t, "source", list.text("items.2.mail.source"), "imap")
			w.eventually("the state", func() bool { return w.as("owner").get(path).ok().at("state.mail_at") != nil })
			w.must(f.Stop(t.Context()))
			w.must(other.Stop(t.Context()))
			same(t, "each once", w.countOf("SELECT COUNT(*) FROM raw_mails WHERE source = 'imap'"), "2")
		})
		t.Run("the source and the whole text of a mail are there for agents", func(t *testing.T) {
			w := w.in(t)
			n := w.newest()
			list := w.as("owner").get(at(n, "messages")).ok()
			first, second := fmt.Sprint(list.number("items.0.id")), fmt.Sprint(list.number("items.1.id"))
			source := w.as("owner").get(at(n, "messages", first, "source")).ok()
			if !strings.Contains(source.raw, "Message-ID: <one@imap.example>") || source.header.Get("Content-Type") != "message/rfc822" || source.header.Get("X-Content-Type-Options") != "nosniff" {
				t.Errorf("%v %s", source.header, source.raw)
			}
			same(t, "original", w.as("owner").get(at(n, "messages", first, "original")).ok().text("text"), "Where is my invoice?")
			w.as("owner").get(at(n, "messages", second, "source")).is(404)
			w.as("staff.one").get(at(n, "messages", first, "source")).is(403)
			w.as("hr.agent").get(at(n, "messages", first, "source")).is(404)
			w.as("globex/owner").get(at(n, "messages", first, "original")).is(404)
		})
		t.Run("deleted, it is fetched no more", func(t *testing.T) {
			w := w.in(t)
			w.as("owner").delete(path).is(204)
			w.as("owner").get(path).is(404)
			w.as("owner").delete(path).is(404)
		})
	})
}
