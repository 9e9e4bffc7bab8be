package httpapi_test

import (
	"fmt"
	"os"
	"regexp"
	"testing"
	"time"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/app"
	"github.com/deskmesh/deskmesh/internal/store/pgtest"
)

// TestProveScheduled has 10,000 messages due in one minute: all of them leave, or
// say why not, each once, within a minute after; and their mails follow, each once.
// DESKMESH_SCHEDULED makes it another number.
func TestProveScheduled(t *testing.T) {
	if os.Getenv("DESKMESH_PROVE") != "1" {
		t.Skip("a measurement; run it with DESKMESH_PROVE=1")
	}
	total := 10_000
	if n := os.Getenv("DESKMESH_SCHEDULED"); n != "" {
		fmt.Sscan(n, &total)
	}
	onEngines(t, func(t *testing.T, w *world) {
		authors := []string{"accounts.agent", "accounts.second", "owner", "global.agent"}
		var tickets []int64
		for i := range total/80 + 1 {
			tickets = append(tickets, w.file("accounts", fmt.Sprint("Due ", i)))
		}
		due := dm.TimeOf(w.clock.now().Add(time.Hour))
		for i := range total {
			err := w.app.Write(w.Context(), w.viewer(authors[i%len(authors)]), tickets[i%len(tickets)], app.Writing{
				Message: dm.NewMessage{Kind: dm.Reply, Text: fmt.Sprint("Due word ", i)}, SendAt: due.Add(time.Duration(i) * time.Minute / time.Duration(total))})
			w.must(err)
		}
		// One author loses access before: those say why.
		w.must(w.app.DeactivatePerson(w.Context(), w.system("acme"), w.id("accounts.second")))
		w.advance(time.Hour + time.Minute)
		w.outbox.list = nil
		w.jobs.Workers = 4 // as a server has them that is told nothing else
		began, own, database := time.Now(), pgtest.ProcessCPU(os.Getpid()), pgtest.CPU()
		w.must(w.jobs.Start(w.Context()))
		defer func() { w.must(w.jobs.Stop(w.Context())) }()
		left := func() (n string) { return w.countOf(`SELECT COUNT(*) FROM scheduled_replies WHERE ended_at IS NULL`) }
		for left() != "0" {
			if time.Since(began) > 10*time.Minute {
				t.Fatalf("after ten minutes %s still wait", left())
			}
			time.Sleep(100 * time.Millisecond)
		}
		took := time.Since(began)
		t.Logf("%d left within %v, %.0f a second, with %.2f ms of processor for each and %.2f ms of PostgreSQL's", total, took.Round(time.Millisecond), float64(total)/took.Seconds(),
			float64((pgtest.ProcessCPU(os.Getpid())-own).Microseconds())/1000/float64(total), float64((pgtest.CPU()-database).Microseconds())/1000/float64(total))
		if took > time.Minute {
			t.Errorf("they took %v, not a minute", took)
		}
		sent := w.countOf(`SELECT COUNT(*) FROM messages WHERE text LIKE 'Due word %'`)
		once := w.countOf(`SELECT COUNT(DISTINCT text) FROM messages WHERE text LIKE 'Due word %'`)
		removed := w.countOf(`SELECT COUNT(*) FROM scheduled_replies WHERE state = 'removed' AND reason = 'no_access'`)
		same(t, "sent, each once", []string{sent, once, removed}, []string{fmt.Sprint(total - total/4), fmt.Sprint(total - total/4), fmt.Sprint(total / 4)})
		mails := map[string]int{}
		for len(mails) < total-total/4 {
			if time.Since(began) > 20*time.Minute {
				t.Fatalf("after twenty minutes %d mails are out", len(mails))
			}
			time.Sleep(100 * time.Millisecond)
			w.outbox.mu.Lock()
			clear(mails)
			for _, m := range w.outbox.list {
				if m.to == w.address("staff.one") {
					mails[dueWord.FindString(m.text)]++
				}
			}
			w.outbox.mu.Unlock()
		}
		t.Logf("their mails were out after %v", time.Since(began).Round(time.Millisecond))
		for word, n := range mails {
			if n != 1 {
				t.Errorf("the mail about %q went out %d times", word, n)
			}
		}
	})
}

var dueWord = regexp.MustCompile(`Due word \d+`)
