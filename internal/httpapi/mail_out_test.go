package httpapi_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/app"
	"github.com/deskmesh/deskmesh/internal/httpx"
	"github.com/deskmesh/deskmesh/internal/jobs"
	"github.com/deskmesh/deskmesh/internal/mail/origin"
	"github.com/deskmesh/deskmesh/internal/mail/smtpout"
)

// sink is a mail server that keeps what it is handed, over a real connection.
type sink struct {
	port int

	mu    sync.Mutex
	mails []sunk
	rcpt  error // of every recipient
}

// sunk is a mail with its envelope.
type sunk struct{ user, from, to, raw string }

func newSink(t testing.TB) *sink {
	t.Helper()
	s := &sink{}
	server := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return &sinkSession{sink: s}, nil }))
	server.Domain, server.AllowInsecureAuth, server.ErrorLog = "sink.example", true, silent{}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s.port = l.Addr().(*net.TCPAddr).Port
	done := make(chan struct{})
	go func() { defer close(done); _ = server.Serve(l) }()
	t.Cleanup(func() { _, _ = server.Close(), l.Close(); <-done }) // also where it has not begun to serve
	return s
}

type silent struct{}

func (silent) Printf(string, ...any) {}
func (silent) Println(...any)        {}

// answers lets the server answer every recipient so; nil takes them.
func (s *sink) answers(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.rcpt = err
}

// take gives what came since the last time.
func (s *sink) take() []sunk {
	s.mu.Lock()
	defer s.mu.Unlock()
	taken := s.mails
	s.mails = nil
	return taken
}

type sinkSession struct {
	sink *sink
	now  sunk
	user string
}

func (s *sinkSession) Reset()                   { s.now = sunk{} }
func (s *sinkSession) Logout() error            { return nil }
func (s *sinkSession) AuthMechanisms() []string { return []string{sasl.Plain} }
func (s *sinkSession) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, username, password string) error {
		if password != "open sesame" {
			return &smtp.SMTPError{Code: 535, EnhancedCode: smtp.EnhancedCode{5, 7, 8}, Message: "no, not " + password}
		}
		s.user = username
		return nil
	}), nil
}
func (s *sinkSession) Mail(from string, _ *smtp.MailOptions) error { s.now.from = from; return nil }
func (s *sinkSession) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.sink.mu.Lock()
	defer s.sink.mu.Unlock()
	s.now.to = to
	return s.sink.rcpt
}
func (s *sinkSession) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	s.now.raw, s.now.user = string(raw), s.user
	s.sink.mu.Lock()
	defer s.sink.mu.Unlock()
	s.sink.mails = append(s.sink.mails, s.now)
	return err
}

// sends lets the desk send by servers of its own on this machine.
func (w *world) sends(t *testing.T) {
	d := app.SubmissionDialer(httpx.ClientOptions{AllowLoopback: true})
	pool := smtpout.NewPool(smtpout.PoolConfig{Dial: d.Dial, Inside: d.Inside})
	t.Cleanup(pool.Close)
	w.app.Outgoing = pool
}

func serverForm(s *sink, more ...any) map[string]any {
	body := map[string]any{"host": "localhost", "port": s.port, "security": "none", "auth": "password", "username": "desk", "password": "open sesame", "active": true}
	for i := 0; i < len(more); i += 2 {
		if body[more[i].(string)] = more[i+1]; more[i+1] == nil {
			delete(body, more[i].(string))
		}
	}
	return body
}

func TestMailServer(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		w.sends(t)
		s, other := newSink(t), newSink(t)
		account, inbox := "/mail-server", fmt.Sprintf("/inboxes/%d/mail-server", w.acme().inboxes["accounts"])
		t.Run("only those who manage inboxes", func(t *testing.T) {
			w := w.in(t)
			for _, path := range []string{account, inbox} {
				w.as("owner").get(path).is(404)
				for _, who := range []string{"accounts.agent", "staff.one"} {
					w.as(who).get(path).is(403)
					w.as(who).put(path, serverForm(s)).is(403)
					w.as(who).post(path+"/test", serverForm(s)).is(403)
					w.as(who).delete(path).is(403)
				}
			}
			w.as("globex/owner").put(inbox, serverForm(s)).is(404)
			w.as("globex/owner").post(inbox+"/test", serverForm(s)).is(404)
		})
		t.Run("bad settings are refused with the field", func(t *testing.T) {
			c := w.in(t).as("owner")
			for field, value := range map[string]any{"host": "a b", "port": 0, "security": "some", "username": "", "auth": "magic", "password": nil} {
				c.put(inbox, serverForm(s, field, value)).refused(422, field)
			}
			c.put(inbox, serverForm(s, "auth", "oauth2", "token_url", "ftp://x", "client_id", "desk", "refresh_token", "t")).refused(422, "token_url")
			c.get(inbox).is(404)
		})
		t.Run("a test says what failed, and never the password", func(t *testing.T) {
			w := w.in(t)
			c := w.as("owner")
			good := c.post(inbox+"/test", serverForm(s)).is(200)
			same(t, "good", []any{good.at("ok"), good.text("problem"), good.text("sent_to")}, []any{true, "", ""})
			same(t, "nothing was sent", len(s.take()), 0)
			sent := c.post(inbox+"/test", serverForm(s, "send", true)).is(200)
			same(t, "sent to", sent.text("sent_to"), "owner@acme.example")
			mails := s.take()
			if len(mails) != 1 || mails[0].to != "owner@acme.example" || mails[0].user != "desk" || !strings.Contains(mails[0].raw, "Subject: Test of outgoing mail") {
				t.Errorf("%+v", mails)
			}
			bad := c.post(inbox+"/test", serverForm(s, "password", "wrong")).is(200)
			same(t, "bad", []any{bad.at("ok"), bad.text("problem")}, []any{false, "The mail server does not accept the name or what one signs in with."})
			if !strings.Contains(bad.text("answer"), "535") || strings.Contains(bad.raw, "wrong") {
				t.Errorf("the answer is %s", bad.raw)
			}
			tls := c.post(inbox+"/test", serverForm(s, "security", "starttls")).is(200)
			same(t, "no TLS", tls.text("problem"), "The mail server does not offer TLS, and without it nothing is sent.")
			c.get(inbox).is(404)
		})
		t.Run("SSRF: a mail server is at no private address", func(t *testing.T) {
			w := w.in(t)
			for _, host := range []string{"10.0.0.1", "169.254.169.254", "192.168.1.1"} {
				same(t, host, w.as("owner").post(account+"/test", serverForm(s, "host", host, "security", "tls", "port", 465)).is(200).at("ok"), false)
			}
			if a := w.as("owner").post(account+"/test", serverForm(s, "host", "mail.example.com")).is(200); !strings.Contains(a.text("problem"), "Without TLS") {
				t.Error(a.raw)
			}
		})
		t.Run("mail leaves by the inbox's server, else by the account's, from the next mail on", func(t *testing.T) {
			w := w.in(t)
			c := w.as("owner")
			a := c.put(account, serverForm(other)).is(200)
			same(t, "has a secret", a.at("has_secret"), true)
			w.dumpHides("open sesame")
			answer := func(box string) {
				w.as("owner").post(at(w.file(box, "Printer"), "messages"), map[string]any{"kind": "reply", "text": "Here."}).is(201)
				w.drain()
			}
			reached := func(what string, one, two int) {
				t.Helper()
				count := func(s *sink) (n int) {
					for _, m := range s.take() {
						if m.to == w.address("staff.one") {
							n++
						}
					}
					return n
				}
				same(t, what, []int{count(s), count(other)}, []int{one, two})
			}
			answer("accounts")
			reached("by the account's", 0, 1)
			c.put(inbox, serverForm(s)).is(200)
			answer("accounts")
			answer("hr")
			reached("each by its own", 1, 1)
			c.put(inbox, serverForm(s, "active", false)).is(200)
			answer("accounts")
			reached("by the account's again", 0, 1)
			c.put(inbox, serverForm(other, "password", "open sesame")).is(200)
			answer("accounts")
			reached("by the changed one", 0, 1)
			same(t, "sent at", c.get(inbox).ok().at("state.sent_at") != nil, true)
			c.put(inbox, serverForm(other, "password", nil, "host", "127.0.0.1")).refused(422, "password")
			c.delete(inbox).is(204)
			c.delete(account).is(204)
			w.as("owner").post(at(w.file("accounts", "Printer"), "messages"), map[string]any{"kind": "reply", "text": "Here."}).is(201)
			same(t, "by the program's", len(w.mails("staff.one")), 1)
			reached("by none of them", 0, 0)
		})
		t.Run("what is wrong with a server is shown with it", func(t *testing.T) {
			w := w.in(t)
			c := w.as("owner")
			c.put(inbox, serverForm(s, "password", "out of date")).is(200)
			c.post(at(w.file("accounts", "Printer"), "messages"), map[string]any{"kind": "reply", "text": "Here."}).is(201)
			w.drain()
			a := c.get(inbox).ok()
			same(t, "last error", a.text("state.last_error"), "The mail server does not accept the name or what one signs in with.")
			for _, log := range []string{"/mails", "/jobs"} {
				if strings.Contains(c.get(log).ok().raw, "out of date") {
					t.Errorf("%s tells the password", log)
				}
			}
			c.delete(inbox).is(204)
		})
	})
}

// records is a domain name system with TXT records alone.
type records struct {
	net.Resolver
	mu  sync.Mutex
	txt map[string]string
}

func (r *records) LookupTXT(_ context.Context, name string) ([]string, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	text, ok := r.txt[strings.TrimSuffix(name, ".")]
	if !ok {
		return nil, &net.DNSError{Err: "no such host", Name: name, IsNotFound: true}
	}
	return []string{text}, nil
}

func (r *records) publish(name, text string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.txt[name] = text
}

func TestDKIM(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		w.sends(t)
		s := newSink(t)
		dns := &records{txt: map[string]string{}}
		w.app.DNS = dns
		c := w.as("owner")
		c.put("/mail-server", serverForm(s)).is(200)
		send := func() sunk {
			t.Helper()
			c.post(at(w.file("accounts", "Größe"), "messages"), map[string]any{"kind": "reply", "text": ".\nA line that begins with a dot, and ünïcode."}).is(201)
			w.drain()
			for _, m := range s.take() {
				if m.to == w.address("staff.one") {
					return m
				}
			}
			t.Fatal("nothing was sent")
			return sunk{}
		}
		verdict := func(raw string) (dm.MailVerdict, dm.MailChecks) {
			return (&origin.Checker{Resolver: dns}).Check(t.Context(), origin.Mail{From: "accounts@acme.example", Raw: []byte(raw)})
		}
		t.Run("only those who manage inboxes, and only their domains", func(t *testing.T) {
			w := w.in(t)
			for _, who := range []string{"accounts.agent", "staff.one"} {
				w.as(who).get("/sending-domains").is(403)
				w.as(who).post("/dkim-keys", map[string]any{"domain": "acme.example"}).is(403)
			}
			w.as("owner").post("/dkim-keys", map[string]any{"domain": "globex.example"}).refused(422, "domain")
			same(t, "domains", w.as("owner").get("/sending-domains").ok().text("items.0.domain"), "acme.example")
		})
		first := c.post("/dkim-keys", map[string]any{"domain": "acme.example"}).is(201)
		path := fmt.Sprintf("/dkim-keys/%d", first.number("id"))
		t.Run("nothing is signed before it is switched on, which needs the record", func(t *testing.T) {
			w := w.in(t)
			if strings.Contains(send().raw, "DKIM-Signature") {
				t.Error("it signs")
			}
			same(t, "found", w.as("owner").post(path+"/check", nil).is(200).text("found"), "missing")
			w.as("owner").post(path+"/start", nil).is(409)
			dns.publish(first.text("record_name"), "v=DKIM1; k=rsa; p=AAAA")
			same(t, "found", w.as("owner").post(path+"/check", nil).is(200).text("found"), "different")
			w.as("globex/owner").post(path+"/start", nil).is(404)
			w.dumpHides("PRIVATE")
		})
		t.Run("what is signed is proven to whoever gets it", func(t *testing.T) {
			w := w.in(t)
			dns.publish(first.text("record_name"), first.text("record_value"))
			same(t, "state", w.as("owner").post(path+"/start", nil).is(200).text("state"), "signing")
			m := send()
			v, checks := verdict(m.raw)
			same(t, "verdict", []any{v, checks.DKIM, checks.DKIMDomain}, []any{dm.MailPass, "pass", "acme.example"})
			if v, _ := verdict(strings.Replace(m.raw, "A line", "B line", 1)); v == dm.MailPass {
				t.Error("a changed text passes")
			}
			if v, _ := verdict("From: Eve <eve@acme.example>\r\n" + m.raw); v == dm.MailPass {
				t.Error("a second sender passes")
			}
		})
		t.Run("a key is replaced while mail goes on, and a second kind goes along", func(t *testing.T) {
			w := w.in(t)
			c := w.as("owner")
			for _, algorithm := range []string{"rsa", "ed25519"} {
				next := c.post("/dkim-keys", map[string]any{"domain": "acme.example", "algorithm": algorithm}).is(201)
				dns.publish(next.text("record_name"), next.text("record_value"))
				c.post(fmt.Sprintf("/dkim-keys/%d/start", next.number("id")), nil).is(200)
			}
			same(t, "the first", c.get(path).ok().text("state"), "retired")
			m := send()
			same(t, "signatures", strings.Count(m.raw, "DKIM-Signature:"), 2)
			if v, _ := verdict(m.raw); v != dm.MailPass {
				t.Error("it does not pass")
			}
			c.delete(path).is(204)
			second := c.get("/sending-domains").ok()
			used := fmt.Sprintf("/dkim-keys/%d", second.number("items.0.keys.0.id"))
			c.delete(used).is(409)
			c.post(used+"/stop", nil).is(200)
			c.post(used+"/stop", nil).is(409)
			same(t, "signatures", strings.Count(send().raw, "DKIM-Signature:"), 1)
		})
	})
}

var noSuchUser = &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "no such user"}

// line gives a mail of the log of a ticket, to somebody.
func (w *world) line(who string, number int64, to string) (id int64, state, detail string) {
	w.Helper()
	a := w.as(who).get(at(number, "mails")).ok()
	for i := range a.list("items") {
		if line := fmt.Sprintf("items.%d.", i); a.text(line+"to") == to {
			return a.number(line + "id"), a.text(line + "state"), a.text(line + "detail")
		}
	}
	return 0, "", ""
}

func TestMailLog(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		w.sends(t)
		s := newSink(t)
		w.as("owner").put("/mail-server", serverForm(s)).is(200)
		staff := w.address("staff.one")
		answer := func(w *world, n int64) {
			w.as("owner").post(at(n, "messages"), map[string]any{"kind": "reply", "text": "Here."}).is(201)
			w.drain()
		}
		t.Run("a mail that left stands in the log of its ticket, for those who may read what is internal", func(t *testing.T) {
			w := w.in(t)
			n := w.file("accounts", "Printer")
			answer(w, n)
			_, state, _ := w.line("accounts.agent", n, staff)
			same(t, "state", state, "sent")
			w.as("owner").post(at(n, "shares"), map[string]any{"targets": whom(w.agent("hr.agent")), "level": "view", "see_internal": false}).is(201)
			w.as("hr.second").get(at(n, "mails")).is(404)
			w.as("globex/owner").get(at(n, "mails")).is(404)
			w.as("staff.one").get(at(n, "mails")).is(403)
			w.as("hr.agent").get(at(n, "mails")).is(403)
			same(t, "visible", w.as("owner").get("/mails").ok().at("items.0.ticket.visible"), true)
		})
		t.Run("a mail that a server puts off is tried again, and says when", func(t *testing.T) {
			w := w.in(t)
			s.answers(&smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 7, 1}, Message: "greylisted"})
			n := w.file("accounts", "Later")
			answer(w, n)
			a := w.as("owner").get(at(n, "mails")).ok()
			same(t, "state", []any{a.text("items.0.state"), a.number("items.0.code")}, []any{"deferred", int64(451)})
			if a.at("items.0.next_at") == nil || !strings.Contains(a.text("items.0.detail"), "greylisted") {
				t.Error(a.raw)
			}
			s.answers(nil)
			w.advance(time.Hour)
			w.drain()
			_, state, _ := w.line("owner", n, staff)
			same(t, "state", state, "sent")
			same(t, "lines", len(w.as("owner").get(at(n, "mails")).ok().list("items")), 1)
		})
		t.Run("a mail that is refused for good has failed at once, is told, and can be sent again", func(t *testing.T) {
			w := w.in(t)
			s.take()
			s.answers(&smtp.SMTPError{Code: 554, EnhancedCode: smtp.EnhancedCode{5, 7, 1}, Message: "policy"})
			n := w.file("accounts", "Refused")
			answer(w, n)
			id, state, detail := w.line("owner", n, staff)
			same(t, "state", state, "failed")
			if !strings.Contains(detail, "policy") {
				t.Error(detail)
			}
			same(t, "history", len(w.history(n, "ticket.mail.failed", "kind")), 1)
			s.answers(nil)
			retry := fmt.Sprintf("%s/%d/retry", at(n, "mails"), id)
			w.as("hr.agent").post(retry, nil).is(404)
			w.as("staff.one").post(retry, nil).is(403)
			w.as("accounts.agent").post(retry, nil).is(204)
			w.as("accounts.agent").post(fmt.Sprintf("%s/%d/retry", at(w.file("accounts", "Other"), "mails"), id), nil).is(404)
			w.drain()
			_, state, _ = w.line("owner", n, staff)
			same(t, "state", state, "sent")
			w.as("accounts.agent").post(retry, nil).is(409)
		})
		t.Run("the account's log tells of a ticket nothing that its reader may not know", func(t *testing.T) {
			w := w.in(t)
			role := w.as("owner").post("/roles", map[string]any{"name": "Post", "permissions": []string{"inboxes.manage"}}).is(201).number("id")
			w.acme().roles["post"] = role
			w.addAgent("acme", worldAgent{name: "post.agent", role: "post", scope: dm.RestrictedScope})
			a := w.as("post.agent").get("/mails?limit=200").ok()
			if len(a.list("items")) == 0 || strings.Contains(a.raw, "@") || strings.Contains(a.raw, "Refused") {
				t.Error(a.raw)
			}
			w.as("accounts.agent").get("/mails").is(403)
			same(t, "another desk", len(w.as("globex/owner").get("/mails").ok().list("items")), 0)
		})
		t.Run("while no server is named a mail waits, and is in the log", func(t *testing.T) {
			w := w.in(t)
			w.as("owner").delete("/mail-server").is(204)
			w.app.Mail = noServer{}
			n := w.file("accounts", "No server")
			answer(w, n)
			_, state, _ := w.line("owner", n, staff)
			same(t, "state", state, "waiting")
			w.app.Mail = w.outbox
			w.advance(time.Hour)
			w.drain()
			_, state, _ = w.line("owner", n, staff)
			same(t, "state", state, "sent")
		})
		t.Run("old lines go", func(t *testing.T) {
			w := w.in(t)
			w.set("retention.mail_log_days", 1)
			w.advance(72 * time.Hour)
			w.must(w.app.SweepOld(t.Context()))
			same(t, "lines", w.countOf("SELECT COUNT(*) FROM outgoing_mails"), "0")
		})
	})
}

// noServer is where no mail server is named.
type noServer struct{}

var errNotYet = errors.New("no mail server")

func (noServer) Send(context.Context, int64, string, []string, []byte) error { return errNotYet }
func (noServer) NotYet() error                                               { return jobs.Snooze(time.Minute) }

// report is a delivery report (RFC 3464) for a mail of the desk.
func (w *world) report(to, action, status, said string) {
	w.Helper()
	raw := fmt.Sprintf("From: Mail Delivery <mailer-daemon@mx.example>\r\nTo: <%s>\r\nSubject: Undelivered\r\nMessage-ID: <%d@mx.example>\r\nAuto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\n"+
		"Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nSorry.\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\n"+
		"Reporting-MTA: dns; mx.example\r\n\r\nFinal-Recipient: rfc822; staff.one@acme.example\r\nAction: %s\r\nStatus: %s\r\nDiagnostic-Code: smtp; %s\r\n--b--\r\n", to, w.clock.at.Add(1), action, status, said)
	w.must(w.app.AcceptMail(w.Context(), app.ArrivedMail{To: []string{to}, RemoteIP: "127.0.0.1", Raw: []byte(raw)}))
	w.drain()
}

func TestBounces(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		w.sends(t)
		s := newSink(t)
		w.as("owner").put("/mail-server", serverForm(s)).is(200)
		staff := w.address("staff.one")
		// sent files a ticket, answers it and gives the envelope's sender of the mail to somebody.
		sent := func(w *world, to string) (number int64, from string) {
			s.take()
			number = w.file("accounts", "Printer")
			w.as("owner").post(at(number, "messages"), map[string]any{"kind": "reply", "text": "Here."}).is(201)
			w.drain()
			for _, m := range s.take() {
				if m.to == to {
					from = m.from
				}
			}
			return number, from
		}
		undeliverable := func(w *world) any {
			return w.as("accounts.agent").get(fmt.Sprintf("/people/%d", w.id("staff.one"))).ok().at("undeliverable")
		}
		t.Run("a delay is noted, a full mailbox is a failure, and neither marks the address", func(t *testing.T) {
			w := w.in(t)
			n, from := sent(w, staff)
			if !strings.HasPrefix(from, "accounts+b") {
				t.Fatalf("the envelope's sender is %q", from)
			}
			w.report(from, "delayed", "4.4.1", "connection timed out")
			_, state, detail := w.line("owner", n, staff)
			same(t, "delayed", []string{state, detail}, []string{"sent", "connection timed out"})
			w.report(from, "failed", "5.2.2", "552 5.2.2 mailbox full")
			_, state, detail = w.line("owner", n, staff)
			same(t, "failed", []string{state, detail}, []string{"bounced", "552 5.2.2 mailbox full"})
			same(t, "marked", undeliverable(w), nil)
			same(t, "history", len(w.history(n, "ticket.mail.failed", "kind")), 1)
		})
		t.Run("a forged report changes nothing, and a report starts nothing", func(t *testing.T) {
			w := w.in(t)
			n, from := sent(w, staff)
			before := w.newest()
			local, domain, _ := strings.Cut(from, "@")
			forged := local[:len(local)-2] + "aa@" + domain
			if err := w.app.MailRecipient(t.Context(), forged); dm.CodeOf(err) != dm.NotFound {
				t.Errorf("a forged address: %v", err)
			}
			w.report("accounts@acme.example", "failed", "5.1.1", "no such user")
			_, state, _ := w.line("owner", n, staff)
			same(t, "state", state, "sent")
			same(t, "marked", undeliverable(w), nil)
			w.mailIn("", from, "Out of office", "I am away")
			w.drain()
			same(t, "newest", w.newest(), before)
			same(t, "nothing is sent", len(s.take()), 0)
		})
		t.Run("an address that does not exist is marked, told to agents, and hears of nothing more until somebody says so", func(t *testing.T) {
			w := w.in(t)
			n, from := sent(w, staff)
			w.report(from, "failed", "5.1.1", "550 5.1.1 no such user")
			if undeliverable(w) == nil {
				t.Fatal("it is not marked")
			}
			w.as("staff.one").get(fmt.Sprintf("/people/%d", w.id("staff.one"))).is(403)
			// What a person writes is tried all the same.
			if _, again := sent(w, staff); again == "" {
				t.Error("a reply is held back")
			}
			id, state, _ := w.line("owner", n, staff)
			same(t, "state", state, "bounced")
			w.as("accounts.agent").post(fmt.Sprintf("%s/%d/retry", at(n, "mails"), id), nil).is(204)
			w.drain()
			_, state, _ = w.line("owner", n, staff)
			same(t, "state", state, "sent")
			same(t, "marked", undeliverable(w), nil)
			// The report on the mail before leads to nothing by now.
			w.report(from, "failed", "5.1.1", "550 5.1.1 no such user")
			same(t, "marked", undeliverable(w), nil)
		})
		t.Run("notifications to such an address are held back", func(t *testing.T) {
			w := w.in(t)
			hr := w.address("hr.agent")
			n := w.file("accounts", "Shared")
			s.take()
			w.share(n, map[string]any{"kind": "agent", "id": w.id("hr.agent")})
			w.drain()
			mails := s.take()
			if len(mails) == 0 {
				t.Fatal("nobody was told")
			}
			w.report(mails[0].from, "failed", "5.1.1", "no such user")
			n = w.file("accounts", "Shared too")
			s.take()
			w.share(n, map[string]any{"kind": "agent", "id": w.id("hr.agent")})
			w.drain()
			same(t, "sent", len(s.take()), 0)
			_, state, _ := w.line("owner", n, hr)
			same(t, "state", state, "held")
			w.as("noshare.agent").post(fmt.Sprintf("/people/%d/deliverable", w.id("hr.agent")), nil).is(200)
			w.as("staff.one").post(fmt.Sprintf("/people/%d/deliverable", w.id("hr.agent")), nil).is(403)
			n = w.file("accounts", "Shared at last")
			s.take()
			w.share(n, map[string]any{"kind": "agent", "id": w.id("hr.agent")})
			w.drain()
			same(t, "sent", len(s.take()), 1)
		})
		t.Run("a mail from the address, or a server that refuses it, says how it is", func(t *testing.T) {
			w := w.in(t)
			s.answers(noSuchUser)
			sent(w, staff)
			s.answers(nil)
			if undeliverable(w) == nil {
				t.Error("it is not marked")
			}
			w.mailIn(staff, "accounts@acme.example", "I am here", "Hello")
			w.drain()
			same(t, "marked", undeliverable(w), nil)
		})
	})
}

func TestHeldMailRetry(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		off, on := false, true
		people := w.acme().brands["People"]
		w.must(w.app.UpdateBrand(t.Context(), w.system("acme"), people, app.BrandPatch{Active: &off}))
		w.mailIn("stranger@outside.example", "hr@acme.example", "Held back", "Please read me")
		w.drain()
		id := w.as("admin").get("/held-mails").ok().number("items.0.id")
		retry := fmt.Sprintf("/held-mails/%d/retry", id)
		w.as("accounts.agent").post(retry, nil).is(403)
		w.as("globex/owner").post(retry, nil).is(404)
		w.must(w.app.UpdateBrand(t.Context(), w.system("acme"), people, app.BrandPatch{Active: &on}))
		w.as("admin").post(retry, nil).is(204)
		w.drain()
		same(t, "held", len(w.as("admin").get("/held-mails").ok().list("items")), 0)
		same(t, "texts", w.texts("owner", w.newest()), []string{"reply: Please read me"})
		w.as("admin").post(retry, nil).is(409)
	})
}
