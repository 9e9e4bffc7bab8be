package e2e

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"
)

// staysPut is in every text, tag, value and file that must not leave its desk.
const staysPut = "staysput"

// faultProxy stands before a desk: what other desks send to it comes through here,
// and does so badly while stormy is set. Faults follow one another at most twice
// for one ticket, so that the pauses between tries stay short.
type faultProxy struct {
	server *http.Server
	port   string
	http   *http.Client

	mu     sync.Mutex
	rng    *rand.Rand
	desk   string // host:port of the desk itself
	stormy bool
	down   bool
	row    map[string]int // path -> faults in a row
	kept   []*crossing
	counts map[string]int // fault -> how often
	asked  int            // requests about tickets, without those that the proxy repeats
	failed int            // of these, the ones that the asking desk got no good answer to
	flying int
	leaked []string // what held something that stays
	spoken int      // bytes that crossed
}

// crossing is one request on its way.
type crossing struct {
	method, uri, host string
	header            http.Header
	body              []byte
}

func (c *crossing) aboutTicket() bool { return strings.Contains(c.uri, "/tickets/") }

func newFaultProxy(t *testing.T, seed uint64) *faultProxy {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &faultProxy{rng: rand.New(rand.NewPCG(seed, 8)), row: map[string]int{}, counts: map[string]int{},
		http: &http.Client{Timeout: time.Minute, Transport: &http.Transport{MaxIdleConnsPerHost: 64}, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
	_, p.port, _ = net.SplitHostPort(listener.Addr().String())
	p.server = &http.Server{Handler: p, ErrorLog: nil}
	go func() { _ = p.server.Serve(listener) }()
	t.Cleanup(func() {
		_ = p.server.Close()
		p.http.CloseIdleConnections()
	})
	return p
}

// set changes what the proxy does.
func (p *faultProxy) set(f func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	f()
}

// The faults. A desk's answer may be lost, too, so that what was taken comes again.
const (
	passes     = "passed"
	dropped    = "dropped before"
	unanswered = "dropped after"
	delayed    = "delayed"
	repeated   = "repeated"
	reordered  = "an old one before it"
	cutShort   = "cut midway"
	crawls     = "slow body"
	gateway    = "502 of a gateway"
	halfAnswer = "answer cut midway"
)

var faults = []string{dropped, unanswered, delayed, repeated, reordered, cutShort, crawls, gateway, halfAnswer}

// failing says whether the asking desk has to ask again.
func failing(fault string) bool {
	return fault == dropped || fault == unanswered || fault == cutShort || fault == gateway
}

// choose picks what happens to a request. An old one is what comes before it.
func (p *faultProxy) choose(c *crossing) (fault string, old *crossing) {
	p.mu.Lock()
	defer p.mu.Unlock()
	fault = passes
	p.spoken += len(c.body)
	if c.aboutTicket() {
		p.asked++
	}
	file := strings.Contains(c.uri, "/files/")
	switch {
	case p.down:
		fault = dropped
	case p.stormy && (file || c.aboutTicket()) && p.rng.IntN(2) == 0:
		fault = faults[p.rng.IntN(len(faults))]
	}
	if fault == halfAnswer && c.method == http.MethodPost {
		fault = unanswered
	}
	if file && fault == halfAnswer {
		fault = dropped
	}
	if most := 2; failing(fault) && !p.down && (p.row[c.uri] >= most || file && p.row[c.uri] > 0) {
		fault = passes // a file is tried again after seconds, then minutes
	}
	switch {
	case failing(fault):
		p.row[c.uri]++
		if c.aboutTicket() {
			p.failed++
		}
	case !file:
		delete(p.row, c.uri)
	}
	if c.aboutTicket() && c.method == http.MethodPut && p.stormy && p.rng.IntN(4) == 0 && len(p.kept) < 50 {
		p.kept = append(p.kept, c)
	}
	if fault == reordered && len(p.kept) > 0 {
		i := p.rng.IntN(len(p.kept))
		old = p.kept[i]
		p.kept = append(p.kept[:i], p.kept[i+1:]...)
	}
	p.counts[fault]++
	return fault, old
}

// ServeHTTP implements http.Handler.
func (p *faultProxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.set(func() { p.flying++ })
	defer p.set(func() { p.flying-- })
	body, err := io.ReadAll(r.Body)
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	c := &crossing{method: r.Method, uri: r.URL.RequestURI(), host: r.Host, header: r.Header.Clone(), body: body}
	p.overhear(c.method+" "+c.uri, body)
	fault, old := p.choose(c)
	if old != nil {
		p.forward(old, bytes.NewReader(old.body))
	}
	var answer *crossed
	switch fault {
	case dropped:
		panic(http.ErrAbortHandler)
	case gateway:
		w.WriteHeader(http.StatusBadGateway)
		return
	case cutShort:
		p.forward(c, io.MultiReader(bytes.NewReader(body[:len(body)/2]), brokenPipe{}))
		panic(http.ErrAbortHandler)
	case crawls:
		answer = p.forward(c, &crawler{rest: body, each: len(body)/8 + 1, pause: 2 * time.Millisecond})
	case delayed:
		time.Sleep(time.Duration(len(body)%40) * time.Millisecond) // the delay is the fault, not a wait for something
		answer = p.forward(c, bytes.NewReader(body))
	case repeated:
		p.forward(c, bytes.NewReader(body))
		answer = p.forward(c, bytes.NewReader(body))
	default:
		answer = p.forward(c, bytes.NewReader(body))
	}
	if answer == nil || fault == unanswered {
		if fault != unanswered && c.aboutTicket() {
			p.set(func() { p.failed++ }) // the desk was killed
		}
		panic(http.ErrAbortHandler)
	}
	for name, values := range answer.header {
		w.Header()[name] = values
	}
	if fault == halfAnswer {
		w.Header().Set("Content-Length", fmt.Sprint(len(answer.body)))
		answer.body = answer.body[:len(answer.body)/2]
	}
	w.WriteHeader(answer.status)
	_, _ = w.Write(answer.body)
	if fault == halfAnswer {
		panic(http.ErrAbortHandler)
	}
}

// crossed is a desk's answer.
type crossed struct {
	status int
	header http.Header
	body   []byte
}

// forward asks the desk; nil where it gives no whole answer.
func (p *faultProxy) forward(c *crossing, body io.Reader) *crossed {
	var desk string
	p.set(func() { desk = p.desk })
	r, err := http.NewRequest(c.method, "http://"+desk+c.uri, body)
	if err != nil {
		return nil
	}
	r.Host, r.Header, r.ContentLength = c.host, c.header.Clone(), int64(len(c.body))
	if len(c.body) == 0 {
		r.Body = http.NoBody
	}
	got, err := p.http.Do(r)
	if err != nil {
		return nil
	}
	defer got.Body.Close()
	raw, err := io.ReadAll(got.Body)
	if err != nil {
		return nil
	}
	p.overhear("answer to "+c.method+" "+c.uri, raw)
	return &crossed{got.StatusCode, got.Header, raw}
}

// overhear keeps what crosses that should not.
func (p *faultProxy) overhear(what string, raw []byte) {
	if !bytes.Contains(raw, []byte(staysPut)) && !strings.Contains(what, staysPut) {
		return
	}
	p.set(func() { p.leaked = append(p.leaked, what+": "+string(raw)) })
}

// brokenPipe is where a body breaks off.
type brokenPipe struct{}

func (brokenPipe) Read([]byte) (int, error) { return 0, errors.New("cut midway") }

// crawler gives a body in small pieces, with pauses.
type crawler struct {
	rest  []byte
	each  int
	pause time.Duration
}

// Read implements io.Reader.
func (c *crawler) Read(p []byte) (int, error) {
	if len(c.rest) == 0 {
		return 0, io.EOF
	}
	time.Sleep(c.pause) // the pause is the fault
	n := copy(p, c.rest[:min(c.each, len(c.rest))])
	c.rest = c.rest[n:]
	return n, nil
}
