package e2e

import (
	"fmt"
	"net/mail"
	"net/smtp"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// TestProvePostfix has a real Postfix between the desk and everybody else: what
// customers write comes through it, and what the desk sends goes through it to a
// mailbox at Dovecot.
func TestProvePostfix(t *testing.T) {
	provesPeers(t, "/usr/lib/postfix/sbin/master", "/usr/sbin/postfix", "/usr/sbin/dovecot", "/usr/lib/dovecot/lmtp")
	if os.Getuid() != 0 {
		t.Skip("Postfix only starts as root")
	}
	engines(t, func(t *testing.T, dsn string) {
		s := newMailServer(t)
		mx := newPostfix(t, s.lmtp)
		mx.deskLMTP = freePort(t)
		d := setUpWith(t, dsn, t.TempDir(), "--smtp-out", fmt.Sprint("smtp://127.0.0.1:", mx.port), "--lmtp-listen", fmt.Sprint("127.0.0.1:", mx.deskLMTP))
		mx.start(d.program.smtp)
		r := &relayed{d: d, s: s, mx: mx}
		t.Run("a mail becomes a ticket, the reply reaches the mailbox, and the answer to it finds the ticket", r.talk)
		t.Run("another inbox has its mail by LMTP, and who is unknown there is reported at once", r.byLMTP)
		t.Run("a report about an unknown recipient starts nothing, and is no message", r.unknown)
		t.Run("while Postfix is down the desk's mail waits", r.mxDown)
		t.Run("200 mails while the desk ends and starts: none is lost, none doubled", r.deskDown)
		checkData(t, dsn, d.program.args[3])
	})
}

// postfix is a mail server that hands the customers' mail to Dovecot, and that of
// acme.example to the desk: to hr@ and nobody@ by LMTP, to others by SMTP.
type postfix struct {
	*peer
	port, lmtp, deskLMTP int
}

func newPostfix(t *testing.T, lmtp int) *postfix {
	p := &postfix{peer: newPeer(t, "postfix"), port: freePort(t), lmtp: lmtp}
	p.pidFile = "queue/pid/master.pid"
	return p
}

// start starts it before a desk.
func (p *postfix) start(desk string) {
	p.t.Helper()
	for _, folder := range []string{"etc", "queue", "data"} {
		if err := os.MkdirAll(p.path(folder), 0o755); err != nil {
			p.t.Fatal(err)
		}
	}
	// The folders belong to root, but for the one of its own data.
	if err := os.Chown(p.folder, 0, 0); err != nil {
		p.t.Fatal(err)
	}
	if err := os.Chmod(p.folder, 0o755); err != nil {
		p.t.Fatal(err)
	}
	p.own(p.path("data"))
	for name, text := range map[string]string{"main.cf": postfixMain, "master.cf": postfixMaster} {
		text = strings.NewReplacer("$F", p.folder, "$PORT", strconv.Itoa(p.port), "$LMTP", strconv.Itoa(p.lmtp), "$DESKLMTP", strconv.Itoa(p.deskLMTP), "$DESK", deskHop(desk)).Replace(text)
		if err := os.WriteFile(p.path("etc/"+name), []byte(text), 0o644); err != nil {
			p.t.Fatal(err)
		}
	}
	p.run(false, []int{p.port}, "/usr/sbin/postfix", "-c", p.path("etc"), "start-fg")
}

// deskHop is an address as Postfix writes the next hop.
func deskHop(address string) string {
	host, port, _ := strings.Cut(address, ":")
	return "[" + host + "]:" + port
}

const postfixMain = `
compatibility_level = 3.6
queue_directory = $F/queue
data_directory = $F/data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
mail_owner = postfix
setgid_group = postdrop
maillog_file = $F/log
maillog_file_prefixes = $F
syslog_name = proof
myhostname = mx.peers.example
mydestination =
alias_maps =
alias_database =
local_recipient_maps =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
smtpd_relay_restrictions = permit_mynetworks, reject
smtpd_client_connection_rate_limit = 0
disable_dns_lookups = yes
smtp_dns_support_level = disabled
smtp_host_lookup = native
virtual_mailbox_domains = customer.example
virtual_transport = lmtp:inet:127.0.0.1:$LMTP
transport_maps = inline:{ { hr@acme.example = lmtp:inet:127.0.0.1:$DESKLMTP }, { nobody@acme.example = lmtp:inet:127.0.0.1:$DESKLMTP }, { acme.example = smtp:$DESK } }
lmtp_destination_recipient_limit = 1
queue_run_delay = 1s
minimal_backoff_time = 1s
maximal_backoff_time = 3s
destination_concurrency_failed_cohort_limit = 1000
smtp_destination_concurrency_failed_cohort_limit = 1000
transport_retry_time = 1s
`

const postfixMaster = `
127.0.0.1:$PORT inet n - n - - smtpd
pickup    unix  n - n 60 1 pickup
cleanup   unix  n - n - 0 cleanup
qmgr      unix  n - n 300 1 qmgr
tlsmgr    unix  - - n 1000? 1 tlsmgr
rewrite   unix  - - n - - trivial-rewrite
bounce    unix  - - n - 0 bounce
defer     unix  - - n - 0 bounce
trace     unix  - - n - 0 bounce
verify    unix  - - n - 1 verify
flush     unix  n - n 1000? 0 flush
proxymap  unix  - - n - - proxymap
proxywrite unix - - n - 1 proxymap
smtp      unix  - - n - - smtp
relay     unix  - - n - - smtp
showq     unix  n - n - - showq
error     unix  - - n - - error
retry     unix  - - n - - error
discard   unix  - - n - - discard
lmtp      unix  - - n - - lmtp
anvil     unix  - - n - 1 anvil
scache    unix  - - n - 1 scache
postlog   unix-dgram n - n - 1 postlogd
`

// relayed is a desk behind Postfix.
type relayed struct {
	d  *theDesk
	s  *mailServer
	mx *postfix
}

// write has somebody outside write, by Postfix.
func (r *relayed) write(t *testing.T, m *piece) {
	t.Helper()
	if err := smtp.SendMail(fmt.Sprint("127.0.0.1:", r.mx.port), nil, m.from, []string{m.to}, m.raw()); err != nil {
		t.Fatal(err)
	}
}

// reply has the agent reply on a ticket.
func (r *relayed) reply(number int64, text string) {
	r.d.people["adam"].want(201, "POST", fmt.Sprintf("/api/v1/tickets/%d/messages", number), map[string]any{"kind": "reply", "text": text})
}

// arrived waits for the mail with a text in the customer's mailbox.
func (r *relayed) arrived(t *testing.T, text string) (found *mail.Message) {
	t.Helper()
	patiently(t, 3*time.Minute, "the mailbox holds "+text, func() bool {
		for _, path := range r.s.files(carlaMailbox, "") {
			raw, err := os.ReadFile(path)
			if err == nil && strings.Contains(string(raw), text) {
				found, err = mail.ReadMessage(strings.NewReader(string(raw)))
				return err == nil
			}
		}
		return false
	})
	return found
}

// texts lists the texts of a ticket's messages.
func (r *relayed) texts(number int64) (list []string) {
	pages(r.d.people["adam"], fmt.Sprintf("/api/v1/tickets/%d/messages?", number), func(it map[string]any) {
		list = append(list, strings.TrimSpace(it["text"].(string)))
	})
	return list
}

func (r *relayed) talk(t *testing.T) {
	first := &piece{from: carlaMailbox, to: deskMailbox, id: "first@customer.example", subject: "By Postfix", text: "The first word"}
	r.write(t, first)
	number := ticketOf(t, r.d.people["adam"], first.subject)
	r.reply(number, "The second word")
	m := r.arrived(t, "The second word")
	to, err := mail.ParseAddress(m.Header.Get("Reply-To"))
	if err != nil {
		t.Fatalf("the reply's Reply-To: %v", err)
	}
	if from, err := mail.ParseAddress(m.Header.Get("From")); err != nil || from.Address != deskMailbox {
		t.Errorf("the reply comes from %v, %v", from, err)
	}
	id := strings.Trim(m.Header.Get("Message-Id"), "<>")
	r.write(t, &piece{from: carlaMailbox, to: to.Address, id: "third@customer.example", answers: id, subject: "Re: By Postfix", text: "The third word"})
	r.write(t, &piece{from: carlaMailbox, to: deskMailbox, id: "fourth@customer.example", answers: id, subject: "Re: By Postfix", text: "The fourth word"})
	patiently(t, 2*time.Minute, "both answers are on the ticket", func() bool { return len(r.texts(number)) == 4 })
	for _, text := range []string{"The first word", "The second word", "The third word", "The fourth word"} {
		if n := strings.Count(strings.Join(r.texts(number), "\n"), text); n != 1 {
			t.Errorf("%q is there %d times", text, n)
		}
	}
}

func (r *relayed) byLMTP(t *testing.T) {
	r.write(t, &piece{from: carlaMailbox, to: "hr@acme.example", id: "lmtp@customer.example", subject: "By LMTP", text: "Hello HR"})
	ticketOf(t, r.d.people["hanna"], "By LMTP")
	r.write(t, &piece{from: carlaMailbox, to: "nobody@acme.example", id: "nobody@customer.example", subject: "To nobody", text: "Hello?"})
	if m := r.arrived(t, "nobody@acme.example"); !strings.Contains(m.Header.Get("Content-Type"), "report-type=delivery-status") {
		t.Errorf("carla has got a %s", m.Header.Get("Content-Type"))
	}
}

func (r *relayed) unknown(t *testing.T) {
	r.write(t, &piece{from: "gone@customer.example", to: deskMailbox, id: "gone@customer.example", subject: "Nobody reads the answer", text: "Goodbye"})
	number := ticketOf(t, r.d.people["adam"], "Nobody reads the answer")
	before := len(r.d.people["adam"].get("/api/v1/tickets?view=all&limit=200").items())
	r.reply(number, "Are you there?")
	// Postfix notes in its log once the report was handed to the desk.
	patiently(t, 3*time.Minute, "Postfix reports to the desk", func() bool {
		log, _ := os.ReadFile(r.mx.path("log"))
		return reportTaken(string(log))
	})
	r.write(t, &piece{from: carlaMailbox, to: deskMailbox, id: "after@customer.example", subject: "After the report", text: "Hello"})
	ticketOf(t, r.d.people["adam"], "After the report")
	if after := len(r.d.people["adam"].get("/api/v1/tickets?view=all&limit=200").items()); after != before+1 {
		t.Errorf("there are %d tickets, not %d", after, before+1)
	}
	for _, text := range r.texts(number) {
		if strings.Contains(text, "undeliver") || strings.Contains(text, "mail system") {
			t.Errorf("the report is a message: %s", text)
		}
	}
}

// reportTaken says whether the log of a Postfix tells of a report, from nobody,
// that the desk has taken.
func reportTaken(log string) bool {
	for _, line := range strings.Split(log, "\n") {
		_, rest, found := strings.Cut(line, "sender non-delivery notification: ")
		if !found {
			continue
		}
		id := strings.TrimSpace(rest)
		for _, other := range strings.Split(log, "\n") {
			if strings.Contains(other, id+": to=<accounts") && strings.Contains(other, "status=sent") {
				return true
			}
		}
	}
	return false
}

func (r *relayed) mxDown(t *testing.T) {
	r.write(t, &piece{from: carlaMailbox, to: deskMailbox, id: "down@customer.example", subject: "Before it is down", text: "Hello"})
	number := ticketOf(t, r.d.people["adam"], "Before it is down")
	r.mx.stop()
	r.reply(number, "Written while nobody listened")
	r.mx.start(r.d.program.smtp)
	r.arrived(t, "Written while nobody listened")
}

func (r *relayed) deskDown(t *testing.T) {
	var writing sync.WaitGroup
	half := make(chan struct{})
	writing.Go(func() {
		for i := range 200 {
			if i == 80 {
				close(half)
			}
			subject := fmt.Sprint("Number ", i, " of many")
			m := &piece{from: carlaMailbox, to: deskMailbox, id: strings.ReplaceAll(subject, " ", ".") + "@customer.example", subject: subject, text: "About " + subject}
			if err := smtp.SendMail(fmt.Sprint("127.0.0.1:", r.mx.port), nil, m.from, []string{m.to}, m.raw()); err != nil {
				t.Errorf("Postfix refuses a mail: %v", err)
			}
		}
	})
	<-half
	r.d.program.kill()
	writing.Wait()
	r.d.program = r.d.program.again()
	found := map[string]int{}
	patiently(t, 5*time.Minute, "all mails are tickets", func() bool {
		time.Sleep(200 * time.Millisecond)
		clear(found)
		pages(r.d.people["adam"], "/api/v1/tickets?view=all", func(it map[string]any) {
			if subject := it["subject"].(string); strings.HasSuffix(subject, "of many") {
				found[subject]++
			}
		})
		return len(found) == 200
	})
	for subject, n := range found {
		if n != 1 {
			t.Errorf("%s is %d tickets", subject, n)
		}
	}
	left, _ := filepath.Glob(r.mx.path("queue/deferred/*/*"))
	if len(left) > 0 {
		t.Errorf("Postfix still holds %d mails", len(left))
	}
}
