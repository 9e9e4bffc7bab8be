package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// figures are what was measured of one row.
type figures struct {
	row      *row
	p50, p99 time.Duration // through one connection
	rate     float64       // requests a second through many
	cpu      time.Duration // of the server, for one request through many
	database time.Duration // of PostgreSQL's processes, likewise
	failed   error         // why nothing was measured
}

// result is what was measured of one engine and size.
type result struct {
	engine  string
	tickets int
	seeding string
	bytes   int64 // of the SQLite file
	ready   time.Duration
	memory  int64
	before  float64 // load averages of the machine
	after   float64
	figures []figures
}

// measure runs all rows on one engine and size.
func (w *workshop) measure(ctx context.Context, engine string, size int) (r *result, err error) {
	say("%s, %d tickets", engine, size)
	r = &result{engine: engine, tickets: size, before: loadAverage()}
	dsn, made, err := w.copyOf(ctx, engine, size, workCopy)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, w.drop(ctx, engine, workCopy)) }()
	r.seeding = made.Summary
	if info, err := os.Stat(filepath.Join(w.o.dir, workCopy+".db")); engine == "sqlite" && err == nil {
		r.bytes = info.Size()
	}
	if err := w.finish(ctx, engine, dsn); err != nil {
		return nil, err
	}
	var ready []time.Duration
	for range 3 {
		s, err := w.start(ctx, engine, dsn)
		if err != nil {
			return nil, err
		}
		ready = append(ready, s.ready)
		if err := s.stop(); err != nil {
			return nil, err
		}
	}
	r.ready = quantile(ready, 0.5)
	s, err := w.start(ctx, engine, dsn)
	if err != nil {
		return nil, err
	}
	s.twin = func(ctx context.Context) (*server, func() error, error) { return w.twin(ctx, engine, size) }
	defer func() { err = errors.Join(err, s.stop()) }()
	v, err := signIn(s.address, size)
	if err != nil {
		return nil, err
	}
	for i := range rows {
		if !w.o.only.MatchString(rows[i].name) {
			continue
		}
		if rows[i].measure != nil && r.memory == 0 {
			r.memory = anonymousMemory(s.pid) // what it holds open is not the desk's
		}
		f, err := w.measureRow(ctx, s, v, &rows[i])
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if err != nil {
			// The other rows are still worth knowing; the report names this one.
			say("  %-40s failed: %v", rows[i].name, err)
			f = &figures{row: &rows[i], failed: err}
		} else {
			say("  %-40s %8.2f ms %8.2f ms %8.0f/s", f.row.name, inMS(f.p50), inMS(f.p99), f.rate)
		}
		r.figures = append(r.figures, *f)
	}
	if r.memory == 0 {
		r.memory = anonymousMemory(s.pid)
	}
	r.after = loadAverage()
	return r, nil
}

// warmUpRequests is how many requests each connection makes at least before
// anything is measured: PostgreSQL plans the first five anew.
const warmUpRequests = 12

// warmUpLimit ends a warm-up that does not come to so many requests.
const warmUpLimit = 20 * time.Second

// span is how long a loop goes on: for some time, and until some requests were
// made.
type span struct {
	least    time.Duration
	requests int
}

func (s span) over(passed time.Duration, requests int) bool {
	return passed >= s.least && (requests >= s.requests || passed >= warmUpLimit)
}

// measureRow measures one row: some seconds through one connection, as often as
// asked for, then the same through many. The medians count.
func (w *workshop) measureRow(ctx context.Context, s *server, v *viewers, r *row) (*figures, error) {
	if r.measure != nil {
		return r.measure(ctx, s, v, r)
	}
	loop := &loop{server: s, viewers: v, row: r}
	length := span{least: time.Duration(w.o.seconds * float64(time.Second))}
	// The first requests prepare statements and fill caches.
	for _, connections := range []int{1, w.o.connections} {
		if _, err := loop.run(ctx, connections, span{300 * time.Millisecond, warmUpRequests * connections}); err != nil {
			return nil, err
		}
	}
	f := &figures{row: r}
	var p50, p99 []time.Duration
	for range w.o.repeats {
		once, err := loop.run(ctx, 1, length)
		if err != nil {
			return nil, err
		}
		p50, p99 = append(p50, quantile(once.took, 0.5)), append(p99, quantile(once.took, 0.99))
	}
	f.p50, f.p99 = quantile(p50, 0.5), quantile(p99, 0.5)
	var rates []float64
	var spent usage
	requests := 0
	for range w.o.repeats {
		once, err := loop.run(ctx, w.o.connections, length)
		if err != nil {
			return nil, err
		}
		rates = append(rates, float64(len(once.took))/once.elapsed.Seconds())
		spent, requests = spent.plus(once.spent), requests+len(once.took)
	}
	slices.Sort(rates)
	f.rate = rates[len(rates)/2]
	f.cpu, f.database = spent.server/time.Duration(requests), spent.database/time.Duration(requests)
	return f, nil
}

// loop asks one kind of request over and over: the next one on a connection
// when the one before was answered.
type loop struct {
	server  *server
	viewers *viewers
	row     *row
	next    int // number of the next request, over all measurements
}

// measurement is one run of a loop.
type measurement struct {
	took    []time.Duration
	elapsed time.Duration
	spent   usage
}

// exchange is a request with its answer, kept to take it back.
type exchange struct {
	asked  call
	answer []byte
}

// run measures for a while through some connections, takes back what the row
// says, and waits until the server is quiet again.
func (l *loop) run(ctx context.Context, connections int, length span) (*measurement, error) {
	clients := make([]*client, connections)
	for i := range clients {
		c, err := dial(l.server.address, l.viewers.cookie(l.row.who))
		if err != nil {
			return nil, err
		}
		defer c.close()
		clients[i] = c
	}
	var number atomic.Int64
	most := int64(1) << 40
	if l.row.most != nil {
		most = int64(l.row.most(l.viewers))
	}
	took := make([][]time.Duration, connections)
	kept := make([][]exchange, connections)
	errs := make([]error, connections)
	var all sync.WaitGroup
	before, began := l.server.usage(), time.Now()
	for k, c := range clients {
		all.Go(func() {
			var answer bytes.Buffer
			for !length.over(time.Since(began), int(number.Load())) && ctx.Err() == nil {
				n := number.Add(1) - 1
				if n >= most {
					return
				}
				q := l.row.call(l.viewers, l.next+int(n))
				sent := time.Now()
				if _, errs[k] = c.do(q, &answer); errs[k] != nil {
					return
				}
				took[k] = append(took[k], time.Since(sent))
				if l.row.undo != nil {
					kept[k] = append(kept[k], exchange{q, bytes.Clone(answer.Bytes())})
				}
			}
		})
	}
	all.Wait()
	m := &measurement{elapsed: time.Since(began), spent: l.server.usage().minus(before), took: slices.Concat(took...)}
	l.next += int(number.Load())
	if err := errors.Join(append(errs, ctx.Err())...); err != nil {
		return nil, err
	}
	if err := l.undo(clients, kept); err != nil {
		return nil, err
	}
	if !l.row.writes {
		return m, nil
	}
	return m, l.server.settle(ctx)
}

// undo takes back what was done, each connection its own part.
func (l *loop) undo(clients []*client, kept [][]exchange) error {
	errs := make([]error, len(clients))
	var all sync.WaitGroup
	for k, c := range clients {
		all.Go(func() {
			var answer bytes.Buffer
			for _, x := range kept[k] {
				back, err := l.row.undo(x.asked, x.answer)
				for i := 0; err == nil && i < len(back); i++ {
					_, err = c.do(back[i], &answer)
				}
				if err != nil {
					errs[k] = err
					return
				}
			}
		})
	}
	all.Wait()
	return errors.Join(errs...)
}

// unshare ends the shares that a request has made.
func unshare(asked call, answer []byte) ([]call, error) {
	var made struct{ Items []struct{ ID int64 } }
	if err := json.Unmarshal(answer, &made); err != nil {
		return nil, err
	}
	var back []call
	for _, share := range made.Items {
		back = append(back, call{http.MethodDelete, fmt.Sprintf("%s/%d", asked.path, share.ID), nil, http.StatusNoContent})
	}
	return back, nil
}

// quantile gives the value below which the part q of the list lies; 0 for none.
func quantile(list []time.Duration, q float64) time.Duration {
	if len(list) == 0 {
		return 0
	}
	sorted := slices.Clone(list)
	slices.Sort(sorted)
	at := int(q*float64(len(sorted)) + 0.5)
	return sorted[min(max(at-1, 0), len(sorted)-1)]
}

func inMS(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
