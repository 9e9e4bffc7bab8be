package e2e

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/smtp"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/deskmesh/deskmesh/internal/store/pgtest"
)

// TestProveKillMail kills the program while mail comes in and goes out, thirty times
// on each engine or as often as DESKMESH_KILLS says.
func TestProveKillMail(t *testing.T) {
	if os.Getenv("DESKMESH_PROVE") == "" {
		t.Skip("a long proof: set DESKMESH_PROVE=1")
	}
	rounds := number(t, "DESKMESH_KILLS", 30)
	t.Run("sqlite", func(t *testing.T) {
		killMailRounds(t, "sqlite:"+filepath.Join(t.TempDir(), "desk.db"), rounds)
	})
	t.Run("postgres", func(t *testing.T) {
		server := pgtest.Own(t, pgtest.Options{Durable: true})
		killMailRounds(t, server.DSN("postgres"), rounds)
	})
}

// number reads a number from the environment.
func number(t *testing.T, name string, preset int) int {
	t.Helper()
	text := os.Getenv(name)
	if text == "" {
		return preset
	}
	var n int
	if _, err := fmt.Sscan(text, &n); err != nil || n < 1 {
		t.Fatalf("%s is no number above 0", name)
	}
	return n
}

// mailLedger is what was handed over and what was acknowledged.
type mailLedger struct {
	mu       sync.Mutex
	tickets  map[string]bool // subject -> acknowledged
	answers  map[string]bool // text of an answer -> acknowledged
	replies  map[string]bool // text of an agent's reply that the API acknowledged
	repeated int             // mails that were handed over again, since no answer came
	kills    []time.Time
}

func (l *mailLedger) note(m map[string]bool, token string, acknowledged bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	m[token] = acknowledged
}

// killMailRounds has customers write new mails and answers, as a mail server does:
// what is not acknowledged is handed over again until it is. Agents reply
// meanwhile, which goes out to a real SMTP server. At the end everything is there
// once, and out went nothing twice but what was on its way at a kill.
func killMailRounds(t *testing.T, dsn string, rounds int) {
	data, post := t.TempDir(), newPostOffice(t)
	d := setUpWith(t, dsn, data, "--smtp-out", "smtp://"+post.address, "--mail-rate", "1000000")
	l := &mailLedger{tickets: map[string]bool{}, answers: map[string]bool{}, replies: map[string]bool{}}
	const workers = 3
	talks := make([]int64, workers) // a ticket for each worker, on which it answers
	for w := range workers {
		m := &piece{from: customer(w), to: "accounts@acme.example", id: fmt.Sprintf("first%d@customer.example", w), subject: fmt.Sprint("Talk of ", w), text: "Hello"}
		if err := smtp.SendMail(d.program.smtp, nil, m.from, []string{m.to}, m.raw()); err != nil {
			t.Fatal(err)
		}
		talks[w] = ticketOf(t, d.people["adam"], m.subject)
	}
	for round := range rounds {
		stop := make(chan struct{})
		var running, senders sync.WaitGroup
		for w := range workers {
			senders.Go(func() { l.write(d.program.smtp, round, w, stop) })
		}
		for w := range 2 {
			running.Go(func() { l.reply(d.people["adam"], talks[w], round, w, stop) })
		}
		// The moment of the kill is random; the load runs meanwhile.
		time.Sleep(time.Duration(300+rand.IntN(900)) * time.Millisecond)
		d.program.kill()
		l.kills = append(l.kills, time.Now())
		close(stop)
		running.Wait()
		d.program = d.program.again()
		senders.Wait() // what was not acknowledged is handed over again
	}
	l.checkIn(t, d, talks)
	l.checkOut(t, post)
	checkData(t, dsn, data)
}

// write sends mails, every third a new one, until stop is closed, and returns when
// the last one is acknowledged.
func (l *mailLedger) write(address string, round, w int, stop chan struct{}) {
	for i := 0; ; i++ {
		select {
		case <-stop:
			return
		default:
		}
		token := fmt.Sprintf("mail%dw%di%dx", round, w, i)
		m := &piece{from: customer(w), to: "accounts@acme.example", id: token + "@customer.example", subject: token, text: token}
		kind := l.tickets
		if i%3 != 0 {
			kind, m.subject, m.answers = l.answers, fmt.Sprint("Re: Talk of ", w), fmt.Sprintf("first%d@customer.example", w)
		}
		l.note(kind, token, false)
		for tries := 0; ; tries++ {
			if smtp.SendMail(address, nil, m.from, []string{m.to}, m.raw()) == nil {
				break
			}
			l.mu.Lock()
			l.repeated++
			l.mu.Unlock()
			time.Sleep(20 * time.Millisecond) // the program starts meanwhile
			if tries > 6000 {
				return // the check finds that it was not acknowledged
			}
		}
		l.note(kind, token, true)
	}
}

// reply has an agent reply on a ticket until stop is closed.
func (l *mailLedger) reply(agent *browser, ticket int64, round, w int, stop chan struct{}) {
	for i := 0; ; i++ {
		select {
		case <-stop:
			return
		default:
		}
		token := fmt.Sprintf("reply%dw%di%dx", round, w, i)
		a, err := agent.do("POST", fmt.Sprintf("/api/v1/tickets/%d/messages", ticket), map[string]any{"kind": "reply", "text": token})
		if err == nil && a.status == http.StatusCreated {
			l.note(l.replies, token, true)
		}
	}
}

// checkIn requires that every mail was acknowledged in the end and is there once:
// as a ticket, or as a message on its own.
func (l *mailLedger) checkIn(t *testing.T, d *theDesk, talks []int64) {
	t.Helper()
	for token, acknowledged := range l.tickets {
		if !acknowledged {
			t.Fatalf("%s was never acknowledged", token)
		}
	}
	agent := d.people["adam"]
	var tickets, answers map[string]int
	patiently(t, 10*time.Minute, "every mail is a ticket or a message", func() bool {
		tickets, answers = map[string]int{}, map[string]int{}
		pages(agent, "/api/v1/tickets?view=all", func(it map[string]any) { tickets[it["subject"].(string)]++ })
		for _, number := range talks {
			pages(agent, fmt.Sprintf("/api/v1/tickets/%d/messages?", number), func(it map[string]any) {
				text, _ := it["text"].(string)
				answers[strings.TrimSpace(text)]++
			})
		}
		return missing(l.tickets, tickets) == 0 && missing(l.answers, answers) == 0
	})
	for token, n := range tickets {
		if n != 1 {
			t.Errorf("%s is %d tickets", token, n)
		}
	}
	for token, n := range answers {
		if _, mail := l.answers[token]; mail && n != 1 {
			t.Errorf("%s is %d messages", token, n)
		}
	}
	t.Logf("in: %d new tickets and %d answers were acknowledged, %d times a mail was handed over again; each is there once", len(l.tickets), len(l.answers), l.repeated)
}

func missing(want map[string]bool, found map[string]int) (n int) {
	for token := range want {
		if found[token] == 0 {
			n++
		}
	}
	return n
}

// checkOut requires that every acknowledged reply reached its reader, and that
// what did so twice had been on its way at a kill.
func (l *mailLedger) checkOut(t *testing.T, post *postOffice) {
	t.Helper()
	patiently(t, 10*time.Minute, "every acknowledged reply reaches its reader", func() bool {
		arrived := map[string]int{}
		for _, m := range post.all() {
			if i := strings.Index(m.body, "reply"); i >= 0 && strings.HasSuffix(m.to, "@customer.example") {
				token, _, _ := strings.Cut(m.body[i:], "x")
				arrived[token+"x"]++
			}
		}
		return missing(l.replies, arrived) == 0
	})
	copies := map[string][]time.Time{}
	all := post.all()
	for _, m := range all {
		key := m.to + " " + m.head("Message-Id")
		copies[key] = append(copies[key], m.at)
	}
	doubled, longest := 0, time.Duration(0)
	for key, at := range copies {
		slices.SortFunc(at, func(a, b time.Time) int { return a.Compare(b) })
		for i := 1; i < len(at); i++ {
			kill, found := slices.BinarySearchFunc(l.kills, at[i-1], func(k, at time.Time) int { return cmp.Compare(k.UnixNano(), at.UnixNano()) })
			if !found && (kill == len(l.kills) || l.kills[kill].After(at[i])) {
				t.Errorf("%s went out twice without a kill in between", key)
				continue
			}
			doubled++
			longest = max(longest, l.kills[kill].Sub(at[i-1]))
		}
	}
	t.Logf("out: %d replies were acknowledged, %d mails went out to %d readers, %d of them a second time after a kill; the longest had been taken %v before it",
		len(l.replies), len(all), len(copies), doubled, longest.Round(time.Millisecond))
	if len(l.replies) == 0 || len(l.answers) == 0 {
		t.Error("nothing was acknowledged: the test proves nothing")
	}
}
