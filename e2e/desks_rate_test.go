package e2e

import (
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/deskmesh/deskmesh/internal/store/pgtest"
)

// TestProveDeskRate measures what one pair of processes carries: 200 updates of
// tickets a second, and how long one takes at 20 a second, from the answer at one
// desk until the other shows it. It fails for what is wrong by an order of
// magnitude; DESKMESH_QUIET=1 says that the machine has no other work, and holds it
// to the figures. DESKMESH_UPDATES makes it another number.
func TestProveDeskRate(t *testing.T) {
	if os.Getenv("DESKMESH_PROVE") == "" {
		t.Skip("a measurement: set DESKMESH_PROVE=1")
	}
	updates := number(t, "DESKMESH_UPDATES", 6000)
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) { deskRate(t, engine, updates) })
	}
}

const (
	rateTickets = 400
	fastRate    = 200 // updates a second
	calmRate    = 20
)

func deskRate(t *testing.T, engine string, updates int) {
	west, east := newOwnDesk(t, "West", dsnFor(t, engine), nil), newOwnDesk(t, "East", dsnFor(t, engine), nil)
	west.agree(east, wholeTerms)
	r := &rated{T: t, west: west, east: east}
	r.share()
	r.update(0, 400, fastRate, nil) // a warm start
	r.arrived()
	lags := make([]time.Duration, calmRate*20)
	took := r.update(1, len(lags), calmRate, lags)
	p50, p99 := quantiles(lags)
	t.Logf("%d replies, %.0f a second: the other desk shows one %s after the answer at p50, %s at p99", len(lags), float64(len(lags))/took.Seconds(), p50, p99)
	r.arrived()
	sent := r.sent()
	cpu := []time.Duration{pgtest.ProcessCPU(west.program.cmd.Process.Pid), pgtest.ProcessCPU(east.program.cmd.Process.Pid), pgtest.CPU()}
	began := time.Now()
	took = r.update(2, updates, fastRate, nil)
	r.arrived()
	all := time.Since(began)
	each := func(now, before time.Duration) float64 {
		return float64((now - before).Microseconds()) / 1000 / float64(updates)
	}
	rate := float64(updates) / all.Seconds()
	t.Logf("%d updates: acknowledged within %.1f s, %.0f a second; at the other desk within %.1f s, %.0f a second, by %d messages; %.1f ms of processor for each on the one desk, %.1f ms on the other, %.1f ms of PostgreSQL's",
		updates, took.Seconds(), float64(updates)/took.Seconds(), all.Seconds(), rate, r.sent()-sent,
		each(pgtest.ProcessCPU(west.program.cmd.Process.Pid), cpu[0]), each(pgtest.ProcessCPU(east.program.cmd.Process.Pid), cpu[1]), each(pgtest.CPU(), cpu[2]))
	slow := 10.0
	if os.Getenv("DESKMESH_QUIET") != "" && engine == "sqlite" {
		slow = 1.05 // the last one has to arrive, too
	}
	if rate < fastRate/slow || p50 > time.Duration(slow*float64(200*time.Millisecond)) {
		t.Errorf("%.0f updates a second, and %s for one", rate, p50)
	}
	r.same()
}

// rated is a pair of desks under a steady load.
type rated struct {
	*testing.T
	west, east *ownDesk
	here       []int64
	there      []int64
	turn       [rateTickets]sync.Mutex // one change of a ticket at a time
	messages   [rateTickets]int64
	tags       [rateTickets]string
}

// share makes the tickets and shares them.
func (r *rated) share() {
	r.here, r.there = make([]int64, rateTickets), make([]int64, rateTickets)
	for i := range r.here {
		r.here[i], r.messages[i] = r.west.ticket(fmt.Sprint("Rate ", i)), 1
		r.west.owner.want(201, "POST", fmt.Sprintf("/api/v1/tickets/%d/partners", r.here[i]), map[string]any{"partner_ids": []int64{r.west.agreed["East"]}})
	}
	r.arrived()
	for i := range r.here {
		_, _ = fmt.Sscan(fmt.Sprint(r.west.link(r.here[i], "East", "sent")["remote_number"]), &r.there[i])
	}
}

// update changes tickets in turn, at a rate. With lags every change is a reply, and
// it is measured how long each takes to the other desk; else every second one is.
func (r *rated) update(round, count, rate int, lags []time.Duration) time.Duration {
	began := time.Now()
	var all sync.WaitGroup
	for i := range count {
		due := began.Add(time.Duration(i) * time.Second / time.Duration(rate))
		time.Sleep(time.Until(due)) // the rate is what is measured
		all.Go(func() {
			at := i % rateTickets
			r.turn[at].Lock()
			defer r.turn[at].Unlock()
			path := fmt.Sprintf("/api/v1/tickets/%d", r.here[at])
			if lags == nil && (i/rateTickets+at)%2 == 1 {
				tag := fmt.Sprintf("r%d-%d", round, i)
				if a, err := r.west.owner.do("PATCH", path, map[string]any{"tags": []string{tag}}); err != nil || a.status != 200 {
					r.Errorf("a change is refused: %v", err)
				}
				r.tags[at] = tag
				return
			}
			a, err := r.west.owner.do("POST", path+"/messages", map[string]any{"kind": "reply", "text": fmt.Sprintf("Reply %d of round %d", i, round)})
			if err != nil || a.status != 201 {
				r.Errorf("a reply is refused: %v", err)
				return
			}
			r.messages[at]++
			if lags == nil {
				return
			}
			answered := time.Now()
			for {
				a, err := r.east.owner.do("GET", fmt.Sprintf("/api/v1/tickets/%d", r.there[at]), nil)
				if err == nil && a.number("messages") >= r.messages[at] {
					lags[i] = time.Since(answered)
					return
				}
				if time.Since(answered) > time.Minute {
					r.Errorf("reply %d is not there after a minute", i)
					return
				}
				time.Sleep(5 * time.Millisecond) // asking is work for the desk, too
			}
		})
	}
	all.Wait()
	return time.Since(began)
}

// arrived waits until nothing waits for the other desk.
func (r *rated) arrived() {
	patiently(r.T, 10*time.Minute, "everything has arrived", func() bool { return r.west.waiting() == 0 })
}

// sent counts the messages that the other desk has taken.
func (r *rated) sent() (n int) {
	pages(r.west.owner, fmt.Sprintf("/api/v1/partners/%d/deliveries?state=done", r.west.agreed["East"]), func(map[string]any) { n++ })
	return n
}

// same requires that the other desk has every reply and the last tag.
func (r *rated) same() {
	for i := range r.there {
		a := r.east.owner.get(fmt.Sprintf("/api/v1/tickets/%d", r.there[i]))
		if a.number("messages") != r.messages[i] || !strings.Contains(fmt.Sprint(a.body["tags"]), r.tags[i]) {
			r.Errorf("ticket %d has %d messages and the tags %v, not %d and %s", i, a.number("messages"), a.body["tags"], r.messages[i], r.tags[i])
		}
	}
}
