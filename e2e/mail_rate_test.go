package e2e

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/smtp"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/deskmesh/deskmesh/internal/store/pgtest"
)

// mailRate is what has to come in, and go out, in a second.
const mailRate = 100

// TestProveMailRate measures mails of 10 KB that come in, new tickets and answers
// in turn, and mails that go out, with a database that flushes every commit.
// DESKMESH_MAILS makes it another number. On a machine that has other work the
// processor's time for a mail tells more than the clock; DESKMESH_QUIET=1 says
// that it has none, and makes a missed rate a failure. PostgreSQL shares the two
// processors and may give half.
func TestProveMailRate(t *testing.T) {
	if os.Getenv("DESKMESH_PROVE") == "" {
		t.Skip("a measurement: set DESKMESH_PROVE=1")
	}
	mails := number(t, "DESKMESH_MAILS", 6000)
	t.Run("sqlite", func(t *testing.T) {
		mailRates(t, "sqlite:"+filepath.Join(t.TempDir(), "desk.db"), mails, mailRate)
	})
	t.Run("postgres", func(t *testing.T) {
		server := pgtest.Own(t, pgtest.Options{Durable: true})
		mailRates(t, server.DSN("postgres"), mails, mailRate/2)
	})
}

const mailers = 8 // connections that mail comes in by

func mailRates(t *testing.T, dsn string, mails int, want float64) {
	post := newPostOffice(t)
	d := setUpWith(t, dsn, t.TempDir(), "--smtp-out", "smtp://"+post.address, "--mail-rate", "1000000", "--access-log", "off")
	// What the answers belong to, and a warm start.
	m := &meter{t: t, d: d, post: post, want: want}
	m.measure("to begin with", mailers*50, func() { m.takeIn(0, 50, false) })
	report := []string{
		m.measure("in, and what it gives rise to", mails, func() { m.takeIn(1, mails/mailers, true) }),
		m.measure("out, with the request of the API that gives rise to it", mails/2, func() { m.sendOut(mails / 2) }),
		m.measure("in, 24 mails of 25 MB", 24, func() { m.takeLarge(24) }),
	}
	t.Logf("mails of 10 KB:\n%s", strings.Join(report, "\n"))
}

// meter measures one running desk.
type meter struct {
	t    *testing.T
	d    *theDesk
	post *postOffice
	want float64 // mails a second
}

// measure runs work that moves a number of mails, waits until no job is left, and
// says what it took.
func (m *meter) measure(what string, mails int, work func()) string {
	pid := m.d.program.cmd.Process.Pid
	m.post.take()
	own, database := pgtest.ProcessCPU(pid), pgtest.CPU()
	began, most, done := time.Now(), int64(0), make(chan struct{})
	var watching sync.WaitGroup
	watching.Go(func() {
		tick := time.NewTicker(50 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-done:
				return
			case <-tick.C:
				most = max(most, anonymous(m.t, m.d.program))
			}
		}
	})
	work()
	taken := time.Since(began)
	patiently(m.t, 20*time.Minute, "no job is left", m.idle)
	all := time.Since(began)
	close(done)
	watching.Wait()
	out := len(m.post.all())
	own, database = pgtest.ProcessCPU(pid)-own, pgtest.CPU()-database
	if rate := float64(mails) / all.Seconds(); os.Getenv("DESKMESH_QUIET") != "" && rate < m.want && mails > 100 {
		m.t.Errorf("%s: %.0f a second", what, rate)
	}
	each := func(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 / float64(mails) }
	return fmt.Sprintf("%-56s %d: acknowledged within %.1f s, %.0f a second; worked off within %.1f s, %.0f a second; %d mails out, %.0f a second; %.1f ms of processor for each, and %.1f ms of PostgreSQL's; RssAnon at most %d MB",
		what, mails, taken.Seconds(), float64(mails)/taken.Seconds(), all.Seconds(), float64(mails)/all.Seconds(), out, float64(out)/all.Seconds(), each(own), each(database), most>>20)
}

// idle says whether no job is ready, waiting or running.
func (m *meter) idle() bool {
	time.Sleep(200 * time.Millisecond) // asking is work for the desk, too
	for _, state := range []string{"running", "ready", "waiting"} {
		for _, job := range m.d.owner.get("/api/v1/jobs?limit=200&state=" + state).items() {
			// What is due much later is of no concern.
			at, err := time.Parse(time.RFC3339, fmt.Sprint(job["run_at"]))
			if err != nil || time.Until(at) < time.Minute {
				return false
			}
		}
	}
	return true
}

// takeLarge hands over mails that are as large as they may be.
func (m *meter) takeLarge(count int) {
	file := strings.Repeat(strings.Repeat("QUJD", 19)+"\r\n", 25_000_000/78)
	var next atomic.Int64
	var all sync.WaitGroup
	for range mailers {
		all.Go(func() {
			c, err := smtp.Dial(m.d.program.smtp)
			if err != nil {
				m.t.Error(err)
				return
			}
			defer c.Close()
			for i := next.Add(1); i <= int64(count); i = next.Add(1) {
				p := &piece{from: customer(int(i)), to: "accounts@acme.example", id: fmt.Sprintf("large%d@customer.example", i), subject: fmt.Sprint("Large ", i),
					kind: "application/octet-stream; name=large.bin\r\nContent-Disposition: attachment; filename=large.bin\r\nContent-Transfer-Encoding: base64", text: file}
				if err := hand(c, p); err != nil {
					m.t.Errorf("a large mail was refused: %v", err)
					return
				}
			}
		})
	}
	all.Wait()
}

// takeIn hands over mails by several connections at once. Every second one answers
// one of the first round, if answers is set.
func (m *meter) takeIn(round, each int, answers bool) {
	var all sync.WaitGroup
	for w := range mailers {
		all.Go(func() {
			c, err := smtp.Dial(m.d.program.smtp)
			if err != nil {
				m.t.Error(err)
				return
			}
			defer c.Close()
			r := rand.New(rand.NewPCG(uint64(round), uint64(w)))
			for i := range each {
				p := &piece{from: customer(w*50 + i%50), to: "accounts@acme.example", id: fmt.Sprintf("r%dw%di%d@customer.example", round, w, i),
					subject: fmt.Sprintf("Mail %d of %d in round %d", i, w, round), text: prose(r, 10_000)}
				if answers && i%2 == 1 {
					p.subject, p.answers = "Re: "+p.subject, fmt.Sprintf("r0w%di%d@customer.example", w, i%50)
				}
				if err := hand(c, p); err != nil {
					m.t.Errorf("a mail was refused: %v", err)
					return
				}
			}
			_ = c.Quit()
		})
	}
	all.Wait()
}

// sendOut has agents reply, so that each reply goes out to its reader.
func (m *meter) sendOut(count int) {
	agent := m.d.people["adam"]
	var tickets []int64
	pages(agent, "/api/v1/tickets?view=all", func(it map[string]any) { tickets = append(tickets, int64(it["number"].(float64))) })
	r := rand.New(rand.NewPCG(1, 2))
	text := prose(r, 10_000)
	var next atomic.Int64
	var all sync.WaitGroup
	for range mailers {
		all.Go(func() {
			for {
				i := int(next.Add(1)) - 1
				if i >= count {
					return
				}
				a, err := agent.do("POST", fmt.Sprintf("/api/v1/tickets/%d/messages", tickets[i%len(tickets)]), map[string]any{"kind": "reply", "text": text})
				if err != nil || a.status != http.StatusCreated {
					m.t.Errorf("a reply was refused: %v", err)
					return
				}
			}
		})
	}
	all.Wait()
}
