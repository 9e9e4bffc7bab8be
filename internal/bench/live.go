package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/deskmesh/deskmesh/internal/seed"
)

// What the live row holds open and changes. As many people sign in as one client
// may at once, the viewers among them, each with as many streams as they may.
const (
	livePeople  = 100
	liveStreams = 20
	liveTickets = 20
	liveChanges = 100
	liveWait    = 10 * time.Second
)

// liveRow changes one ticket after the other while streams are open. Its times
// are from the answer to a change until a stream that may hear of it has.
var liveRow = row{name: "live: 2,000 streams, from a change to a line", who: seed.FullAddress, p99: ms(200), growth: growth, writes: true, measure: measureLive}

// news is the change that streams are told of at the moment.
type news struct {
	number int64
	want   int
	all    chan struct{} // closed when all who may have heard of it
	mu     sync.Mutex
	heard  []time.Time
}

func (n *news) hear() {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.heard = append(n.heard, time.Now()); len(n.heard) == n.want {
		close(n.all)
	}
}

// audience is everybody who listens.
type audience struct {
	cookies []string
	sees    map[int64]int // ticket -> people who may hear of it
	now     atomic.Pointer[news]
	open    []*client
	done    sync.WaitGroup
}

func measureLive(ctx context.Context, s *server, v *viewers, r *row) (_ *figures, err error) {
	a := &audience{sees: map[int64]int{}}
	if err := a.signIn(v); err != nil {
		return nil, err
	}
	numbers := v.all[:min(liveTickets, len(v.all))]
	if err := a.countSight(v.address, numbers); err != nil {
		return nil, err
	}
	defer a.leave()
	if err := a.follow(v.address); err != nil {
		return nil, err
	}
	writer, err := dial(v.address, v.cookies[r.who])
	if err != nil {
		return nil, err
	}
	defer writer.close()
	var took []time.Duration
	before := s.usage()
	for i := range liveChanges {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		n := &news{number: pick(numbers, i), all: make(chan struct{})}
		n.want = a.sees[n.number] * liveStreams
		a.now.Store(n)
		body := fmt.Appendf(nil, `{"subject":"Changed while many listen (%d)"}`, i)
		if _, err := writer.do(call{http.MethodPatch, fmt.Sprintf("/api/v1/tickets/%d", n.number), body, http.StatusOK}, new(bytes.Buffer)); err != nil {
			return nil, err
		}
		answered := time.Now()
		select {
		case <-n.all:
		case <-time.After(liveWait):
			return nil, errors.New("not every stream that may hear of a change did")
		}
		for _, at := range n.heard {
			took = append(took, max(0, at.Sub(answered)))
		}
	}
	spent := s.usage().minus(before)
	f := &figures{row: r, p50: quantile(took, 0.5), p99: quantile(took, 0.99), cpu: spent.server / liveChanges, database: spent.database / liveChanges}
	a.leave()
	return f, s.settle(ctx)
}

// signIn signs in agents beside the viewers.
func (a *audience) signIn(v *viewers) error {
	for i := range livePeople - len(v.cookies) {
		if err := v.signIn(fmt.Sprintf("agent%d@volume.example", i+1)); err != nil {
			return err
		}
	}
	for _, cookie := range v.cookies {
		a.cookies = append(a.cookies, cookie)
	}
	return nil
}

// countSight asks for everybody which tickets they may open.
func (a *audience) countSight(address string, numbers []int64) error {
	for _, cookie := range a.cookies {
		c, err := dial(address, cookie)
		if err != nil {
			return err
		}
		for _, n := range numbers {
			q := get("/tickets/%d", n)
			if _, err := c.do(q, new(bytes.Buffer)); err == nil {
				a.sees[n]++
				continue
			}
			q.status = http.StatusNotFound
			if _, err := c.do(q, new(bytes.Buffer)); err != nil {
				c.close()
				return err
			}
		}
		c.close()
	}
	return nil
}

// follow opens the streams.
func (a *audience) follow(address string) error {
	for _, cookie := range a.cookies {
		for range liveStreams {
			c, err := dial(address, cookie)
			if err != nil {
				return err
			}
			a.open = append(a.open, c)
			body, err := c.stream()
			if err != nil {
				return err
			}
			a.done.Go(func() { a.listen(body) })
		}
	}
	return nil
}

// stream asks for the live stream and gives what follows the answer's header.
func (c *client) stream() (*bufio.Scanner, error) {
	if _, err := c.conn.Write([]byte("GET /api/v1/live HTTP/1.1\r\nHost: " + mainHost + "\r\nCookie: " + c.cookie + "\r\n\r\n")); err != nil {
		return nil, err
	}
	response, err := http.ReadResponse(c.in, &http.Request{Method: http.MethodGet})
	if err != nil {
		return nil, err
	}
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("the stream answers %d", response.StatusCode)
	}
	return bufio.NewScanner(response.Body), nil
}

// listen reads a stream to its end.
func (a *audience) listen(lines *bufio.Scanner) {
	for lines.Scan() {
		data, found := strings.CutPrefix(lines.Text(), `data: {"number":`)
		number, kind, _ := strings.Cut(data, ",")
		if n := a.now.Load(); found && n != nil && strings.HasPrefix(kind, `"kind":"ticket.updated"`) && number == strconv.FormatInt(n.number, 10) {
			n.hear()
		}
	}
}

// leave closes every stream.
func (a *audience) leave() {
	for _, c := range a.open {
		c.close()
	}
	a.done.Wait()
	a.open = nil
}
