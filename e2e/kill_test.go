package e2e

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/deskmesh/deskmesh/internal/store/pgtest"
)

const demoPassword = "deskmesh-demo"

// TestKill kills the program once under load; TestProveKill does it thirty
// times on each engine.
func TestKill(t *testing.T) {
	engines(t, func(t *testing.T, dsn string) { killRounds(t, dsn, 1) })
}

func TestProveKill(t *testing.T) {
	if os.Getenv("DESKMESH_PROVE") == "" {
		t.Skip("a long proof: set DESKMESH_PROVE=1")
	}
	t.Run("sqlite", func(t *testing.T) { killRounds(t, "sqlite:"+filepath.Join(t.TempDir(), "desk.db"), 30) })
	t.Run("postgres", func(t *testing.T) {
		server := pgtest.Own(t, pgtest.Options{Durable: true})
		killRounds(t, server.DSN("postgres"), 30)
	})
}

// ledger is what the program has acknowledged and what was found since.
type ledger struct {
	mu     sync.Mutex
	notes  map[string]bool // token -> found after a restart
	mails  map[string]bool
	shares map[string]bool // reason of a share -> its mail was found
	acks   int
}

func (l *ledger) ack(m map[string]bool, token string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	m[token] = false
	l.acks++
}

// missing lists the acknowledged tokens that were not found yet.
func (l *ledger) missing(m map[string]bool) []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	var out []string
	for token, found := range m {
		if !found {
			out = append(out, token)
		}
	}
	return out
}

func (l *ledger) found(m map[string]bool, text string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for token := range m {
		if strings.Contains(text, token) {
			m[token] = true
		}
	}
}

func killRounds(t *testing.T, dsn string, rounds int) {
	data := t.TempDir()
	l := &ledger{notes: map[string]bool{}, mails: map[string]bool{}, shares: map[string]bool{}}
	p := start(t, dsn, data, "--demo")
	for round := range rounds {
		stop := make(chan struct{})
		var workers sync.WaitGroup
		load(p, l, round, stop, &workers)
		// The moment of the kill is random; the load runs meanwhile.
		time.Sleep(time.Duration(300+rand.IntN(900)) * time.Millisecond)
		p.kill()
		close(stop)
		workers.Wait()
		p = start(t, dsn, data, "--demo")
		checkNotes(t, p, l)
	}
	// The jobs of every round are done at the latest when the last lease is over.
	checkJobs(t, p, l)
	checkData(t, dsn, data)
	t.Logf("%d rounds: %d notes, %d mails and %d shares were acknowledged; none was lost", rounds, len(l.notes), len(l.mails), len(l.shares))
	if l.acks == 0 {
		t.Fatal("nothing was acknowledged: the test proves nothing")
	}
}

// checkData requires that the data has no fault, while the program runs.
func checkData(t *testing.T, dsn, data string) {
	t.Helper()
	if out, err := exec.Command(binary, "check", "--db", dsn, "--data", data, "--deep").CombinedOutput(); err != nil {
		t.Errorf("deskmesh check: %v\n%s", err, out)
	}
}

// load writes notes, shares and mails until stop is closed, and notes down what
// was acknowledged.
func load(p *program, l *ledger, round int, stop chan struct{}, workers *sync.WaitGroup) {
	agent := p.as("acme.localhost", "accounts.agent@acme.example", demoPassword)
	hr := p.as("acme.localhost", "hr.agent@acme.example", demoPassword).get("/api/v1/me").body["person"].(map[string]any)["id"]
	list := agent.get("/api/v1/tickets?view=all&limit=5").items()
	run := func(f func(i int)) {
		workers.Go(func() {
			for i := 0; ; i++ {
				select {
				case <-stop:
					return
				default:
					f(i)
				}
			}
		})
	}
	for w := range 2 {
		number := int64(list[w]["number"].(float64))
		run(func(i int) {
			token := fmt.Sprintf("note-%d-%d-%d-x", round, w, i)
			a, err := agent.do("POST", fmt.Sprintf("/api/v1/tickets/%d/messages", number), map[string]any{"kind": "note", "text": token})
			if err == nil && a.status == http.StatusCreated {
				l.ack(l.notes, token)
			}
		})
	}
	run(func(i int) {
		token := fmt.Sprintf("share-%d-%d-x", round, i)
		path := fmt.Sprintf("/api/v1/tickets/%d/shares", int64(list[2]["number"].(float64)))
		a, err := agent.do("POST", path, map[string]any{"targets": []any{map[string]any{"kind": "agent", "id": hr}}, "level": "edit", "reason": token})
		if err != nil {
			return
		}
		if a.status == http.StatusCreated {
			l.ack(l.shares, token)
		}
		// The mail is decided again when it is sent: the share stays until then.
		for range 100 {
			if a.status != http.StatusCreated || strings.Contains(mailbox(p), token) {
				break
			}
			select {
			case <-stop:
				return
			case <-time.After(10 * time.Millisecond):
			}
		}
		if items := a.items(); len(items) == 1 {
			_, _ = agent.do("DELETE", path+"/"+fmt.Sprint(int64(items[0]["id"].(float64))), nil)
		}
	})
	// The mailbox shows its newest mails only, so it is read all along.
	run(func(int) { l.found(l.shares, mailbox(p)) })
	for w := range 2 {
		run(func(i int) {
			token := fmt.Sprintf("mail%dw%di%dx", round, w, i)
			if p.mail("staff.one@acme.example", "accounts@acme.example", "Kill test "+token, "Please look at "+token) == nil {
				l.ack(l.mails, token)
			}
		})
	}
}

// mailbox gives the newest 200 mails of the demo mailbox as text; "" when the program does not answer.
func mailbox(p *program) string {
	a, err := p.visitor("acme.localhost").do("GET", "/demo/mailbox?limit=200", nil)
	if err != nil {
		return ""
	}
	return string(a.raw)
}

// checkNotes requires that every acknowledged note is there after a restart.
func checkNotes(t *testing.T, p *program, l *ledger) {
	t.Helper()
	agent := p.as("acme.localhost", "accounts.agent@acme.example", demoPassword)
	for _, it := range agent.get("/api/v1/tickets?view=all&limit=200").items() {
		number := int64(it["number"].(float64))
		if len(l.missing(l.notes)) == 0 {
			break
		}
		for cursor := ""; ; {
			a := agent.get(fmt.Sprintf("/api/v1/tickets/%d/messages?limit=200&cursor=%s", number, cursor))
			l.found(l.notes, string(a.raw))
			next, _ := a.body["next"].(string)
			if next == "" {
				break
			}
			cursor = url.QueryEscape(next)
		}
	}
	if lost := l.missing(l.notes); len(lost) > 0 {
		t.Fatalf("%d acknowledged notes are lost: %v", len(lost), lost[:min(5, len(lost))])
	}
}

// checkJobs requires that every acknowledged mail becomes one ticket and every
// acknowledged share is told by mail.
func checkJobs(t *testing.T, p *program, l *ledger) {
	t.Helper()
	agent := p.as("acme.localhost", "accounts.agent@acme.example", demoPassword)
	eventually(t, "every acknowledged mail becomes a ticket", func() bool {
		for _, token := range l.missing(l.mails) {
			a := agent.get("/api/v1/tickets?q=" + token)
			l.found(l.mails, string(a.raw))
			if len(a.items()) > 1 {
				t.Fatalf("the mail %s became %d tickets", token, len(a.items()))
			}
		}
		return len(l.missing(l.mails)) == 0
	})
	eventually(t, "every acknowledged share is told by mail", func() bool {
		l.found(l.shares, mailbox(p))
		return len(l.missing(l.shares)) == 0
	})
}
