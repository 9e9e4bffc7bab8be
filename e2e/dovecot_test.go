package e2e

import (
	"fmt"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"
	"time"
)

// TestProveDovecot fetches mail from a real Dovecot, over TLS with a certificate of
// an authority of one's own.
func TestProveDovecot(t *testing.T) {
	provesPeers(t, "/usr/sbin/dovecot", "/usr/lib/dovecot/imap", "/usr/lib/dovecot/lmtp")
	engines(t, func(t *testing.T, dsn string) {
		s := newMailServer(t)
		t.Setenv("SSL_CERT_FILE", s.path("authority.pem"))
		// Only a demo may speak to servers on the same machine.
		d := setUpWith(t, dsn, t.TempDir(), "--smtp-out", "smtp://"+newPostOffice(t).address, "--demo")
		f := &fetching{t: t, d: d, s: s, path: fmt.Sprintf("/api/v1/inboxes/%d/mailbox", d.ids["accounts@"])}
		f.settings = map[string]any{"host": "localhost", "port": s.imaps, "security": "tls", "username": deskMailbox, "folder": "INBOX", "after_fetch": "seen", "active": true, "password": mailboxPassword}
		t.Run("a test of the settings says what is wrong", f.probes)
		t.Run("what is unread is fetched, and what comes while the server is listened to by IDLE", f.idles)
		t.Run("200 mails while Dovecot and then the desk end: none is lost, none doubled", f.restarts)
		t.Run("with another UIDVALIDITY what is unread is fetched again and known again", f.renumbered)
		t.Run("a server without IDLE is asked every minute", f.polls)
		t.Run("by STARTTLS, and moved to a folder that is made", f.moves)
		t.Run("and deleted", f.deletes)
		checkData(t, dsn, d.program.args[3])
	})
}

// fetching is a desk that fetches a mailbox from Dovecot.
type fetching struct {
	t        *testing.T
	d        *theDesk
	s        *mailServer
	path     string
	settings map[string]any
	sent     []string // subjects of all mails that were delivered
}

// with gives the settings with others in place of some.
func (f *fetching) with(changes ...any) map[string]any {
	all := map[string]any{}
	for name, value := range f.settings {
		all[name] = value
	}
	for i := 0; i < len(changes); i += 2 {
		all[changes[i].(string)] = changes[i+1]
	}
	return all
}

// deliver puts a mail into the desk's mailbox.
func (f *fetching) deliver(subject string) {
	f.s.deliver(&piece{from: carlaMailbox, to: deskMailbox, id: strings.ReplaceAll(subject, " ", ".") + "@customer.example", subject: subject, text: "About " + subject})
	f.sent = append(f.sent, subject)
}

// fetched waits until every mail that was delivered is a ticket, and requires that
// it is one.
func (f *fetching) fetched(t *testing.T) {
	t.Helper()
	var found map[string]int
	patiently(t, 6*time.Minute, "every mail is fetched", func() bool {
		time.Sleep(200 * time.Millisecond)
		found = map[string]int{}
		pages(f.d.people["adam"], "/api/v1/tickets?view=all", func(it map[string]any) { found[it["subject"].(string)]++ })
		for _, subject := range f.sent {
			if found[subject] == 0 {
				return false
			}
		}
		return true
	})
	for subject, n := range found {
		if n != 1 {
			t.Errorf("%s is %d tickets", subject, n)
		}
	}
	if len(found) != len(f.sent) {
		t.Errorf("%d tickets of %d mails", len(found), len(f.sent))
	}
}

// read waits until every mail in the mailbox was marked as read there.
func (f *fetching) read(t *testing.T) {
	t.Helper()
	patiently(t, 3*time.Minute, "every mail is marked as read", func() bool {
		for _, path := range f.s.files(deskMailbox, "") {
			if _, flags, _ := strings.Cut(path, ":2,"); !strings.Contains(flags, "S") {
				return false
			}
		}
		return true
	})
}

func (f *fetching) probes(t *testing.T) {
	test := func(changes ...any) map[string]any {
		return f.d.owner.want(http.StatusOK, "POST", f.path+"/test", f.with(changes...)).body
	}
	f.deliver("There before")
	if r := test(); r["ok"] != true || r["idle"] != true || r["messages"] != 1.0 {
		t.Errorf("the right settings: %v", r)
	}
	for problem, changes := range map[string][]any{
		"does not accept":     {"password", "another one"},
		"not valid for its":   {"host", "127.0.0.1"},
		"no such folder":      {"folder", "Nothing"},
		"cannot be reached":   {"port", freePort(t)},
		"does not speak TLS":  {"port", f.s.imap},
		"no mail server that": {"port", f.s.lmtp, "security", "none"},
	} {
		if r := test(changes...); r["ok"] != false || !strings.Contains(r["problem"].(string), problem) {
			t.Errorf("%v: %v, not %q", changes, r, problem)
		}
	}
}

func (f *fetching) idles(t *testing.T) {
	f.deliver("There before as well")
	f.d.owner.want(http.StatusOK, "PUT", f.path, f.settings)
	f.fetched(t)
	f.deliver("While it is listened to") // it is asked by itself only every ten minutes
	f.fetched(t)
	f.read(t)
}

func (f *fetching) restarts(t *testing.T) {
	var delivering sync.WaitGroup
	third, half := make(chan struct{}), make(chan struct{})
	delivering.Go(func() {
		for i := range 200 {
			switch i {
			case 60:
				close(third)
			case 130:
				close(half)
			}
			f.deliver(fmt.Sprint("Number ", i, " of many"))
		}
	})
	<-third
	f.s.stop()
	f.s.start()
	<-half
	f.d.program.kill()
	f.d.program = f.d.program.again()
	delivering.Wait()
	f.fetched(t)
	f.read(t)
}

func (f *fetching) renumbered(t *testing.T) {
	f.s.stop()
	f.s.forget(deskMailbox)
	for i, path := range f.s.files(deskMailbox, "") {
		name, _, _ := strings.Cut(path, ":2,")
		if i%10 != 0 {
			continue
		}
		if err := os.Rename(path, name+":2,"); err != nil {
			t.Fatal(err)
		}
	}
	f.s.start()
	f.deliver("After the numbers changed")
	f.fetched(t)
	f.read(t)
	f.fetched(t)
}

func (f *fetching) polls(t *testing.T) {
	f.s.stop()
	f.s.noIdle = true
	f.s.start()
	if r := f.d.owner.want(http.StatusOK, "POST", f.path+"/test", f.settings).body; r["ok"] != true || r["idle"] != false {
		t.Errorf("a test says %v", r)
	}
	f.deliver("Nobody told of it")
	f.fetched(t)
	f.deliver("Nor of this one")
	f.fetched(t)
}

func (f *fetching) moves(t *testing.T) {
	f.settings = f.with("security", "starttls", "port", f.s.imap, "after_fetch", "move", "move_to", "Done")
	f.d.owner.want(http.StatusOK, "PUT", f.path, f.settings)
	f.deliver("Moved away")
	f.fetched(t)
	eventually(t, "it was moved", func() bool { return len(f.s.files(deskMailbox, ".Done")) == 1 })
}

func (f *fetching) deletes(t *testing.T) {
	before := len(f.s.files(deskMailbox, ""))
	f.settings = f.with("after_fetch", "delete", "move_to", "")
	f.d.owner.want(http.StatusOK, "PUT", f.path, f.settings)
	f.deliver("Deleted")
	f.fetched(t)
	eventually(t, "it was deleted", func() bool { return len(f.s.files(deskMailbox, "")) == before })
}
