package e2e

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/deskmesh/deskmesh/internal/store/pgtest"
)

// liveLine is one event of a stream.
type liveLine struct {
	name string
	data struct {
		Number int64  `json:"number"`
		Kind   string `json:"kind"`
		Reason string `json:"reason"`
	}
}

// follow opens a stream and calls heard with each line until it ends. It
// returns once the stream is open.
func (b *browser) follow(ctx context.Context, heard func(liveLine), ended func()) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, b.base+"/api/v1/live", nil)
	if err != nil {
		return err
	}
	patient := *b.http
	patient.Timeout = 0
	reply, err := patient.Do(req)
	if err != nil {
		return err
	}
	if reply.StatusCode != http.StatusOK {
		reply.Body.Close()
		return fmt.Errorf("the stream answers %d", reply.StatusCode)
	}
	go func() {
		defer ended()
		defer reply.Body.Close()
		lines := bufio.NewScanner(reply.Body)
		lines.Buffer(make([]byte, 1024), 4096)
		var l liveLine
		for lines.Scan() {
			field, value, _ := strings.Cut(lines.Text(), ": ")
			switch {
			case field == "event":
				l = liveLine{name: value}
			case field == "data":
				_ = json.Unmarshal([]byte(value), &l.data)
			case field == "" && l.name != "":
				heard(l)
				l = liveLine{}
			}
		}
	}()
	return nil
}

// diary is what a stream has told.
type diary struct {
	mu    sync.Mutex
	lines []liveLine
	ended bool
}

func (d *diary) hear(l liveLine) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.lines = append(d.lines, l)
}

func (d *diary) close() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.ended = true
}

// count is how many lines have the name, and of tickets the number.
func (d *diary) count(name string, number int64) (n int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, l := range d.lines {
		if l.name == name && l.data.Number == number {
			n++
		}
	}
	return n
}

func (d *diary) over() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.ended
}

// TestLiveKill runs two servers on one PostgreSQL and kills one under load: what
// it acknowledged is there, the stream on the other goes on, and its reader is
// told to fetch anew what the dead one may not have told.
func TestLiveKill(t *testing.T) {
	t.Parallel()
	dsn, data := pgtest.Empty(t), t.TempDir()
	doomed := start(t, dsn, data, "--demo")
	other := start(t, dsn, data)
	const host, who = "acme.localhost", "accounts.agent@acme.example"
	writer, reader := doomed.as(host, who, demoPassword), other.as(host, who, demoPassword)
	number := int64(writer.get("/api/v1/tickets?view=all&limit=1").items()[0]["number"].(float64))
	path := fmt.Sprintf("/api/v1/tickets/%d/messages", number)
	var told diary
	if err := reader.follow(t.Context(), told.hear, told.close); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the stream begins", func() bool { return told.count("reset", 0) == 1 })

	l := &ledger{notes: map[string]bool{}}
	var writers sync.WaitGroup
	stop := make(chan struct{})
	for w := range 2 {
		writers.Go(func() {
			for i := 0; ; i++ {
				select {
				case <-stop:
					return
				default:
				}
				token := fmt.Sprintf("note-%d-%d-x", w, i)
				if a, err := writer.do("POST", path, map[string]any{"kind": "note", "text": token}); err == nil && a.status == http.StatusCreated {
					l.ack(l.notes, token)
				}
			}
		})
	}
	eventually(t, "the other node tells of the load", func() bool { return told.count("ticket", number) >= 20 })
	doomed.kill()
	killed := time.Now()
	close(stop)
	writers.Wait()

	before := told.count("ticket", number)
	reader.want(http.StatusCreated, "POST", path, map[string]any{"kind": "note", "text": "after the end"})
	eventually(t, "the stream goes on", func() bool { return told.count("ticket", number) > before })
	eventually(t, "the dead node is missed", func() bool { return told.count("reset", 0) >= 2 })
	t.Logf("%d notes were acknowledged; the dead node was missed after %s", l.acks, time.Since(killed).Round(time.Millisecond))
	if told.over() {
		t.Error("the stream ended")
	}
	checkNotes(t, other, l)

	asked := time.Now()
	if err := other.stop(); err != nil {
		t.Errorf("a server with an open stream ends with %v", err)
	}
	if took := time.Since(asked); took > 10*time.Second {
		t.Errorf("a server with an open stream takes %s to end", took)
	}
	eventually(t, "the stream ends with the server", told.over)
	if told.count("end", 0) != 1 {
		t.Error("the end is not told")
	}
}

// TestProveLive holds two thousand streams open and requires that a change
// reaches all who may see it, and nobody else, within 200 ms at p99.
func TestProveLive(t *testing.T) {
	if os.Getenv("DESKMESH_PROVE") == "" {
		t.Skip("a long proof: set DESKMESH_PROVE=1")
	}
	t.Run("sqlite", func(t *testing.T) { proveLive(t, "sqlite:"+filepath.Join(t.TempDir(), "desk.db")) })
	t.Run("postgres", func(t *testing.T) {
		server := pgtest.Own(t, pgtest.Options{Durable: true})
		proveLive(t, server.DSN("postgres"))
	})
}

const (
	proveAgents  = 100 // as many as one client may sign in at once
	proveStreams = 20  // of each, as many as one person may have
	proveTickets = 20
	proveChanges = 200
)

// change is the one that streams are told of at the moment.
type change struct {
	number int64
	want   int
	all    chan struct{} // closed when all who may have heard of it
	mu     sync.Mutex
	heard  []time.Time
}

// hear notes that one more stream was told.
func (c *change) hear() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.heard = append(c.heard, time.Now()); len(c.heard) == c.want {
		close(c.all)
	}
}

func proveLive(t *testing.T, dsn string) {
	seed := exec.Command(binary, "seed", "--db", dsn, "--tickets", "10000", "--agents", "200", "--groups", "20")
	if out, err := seed.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	p := start(t, dsn, t.TempDir(), "--log-level", "warn")
	const host = "volume.localhost"
	owner := p.as(host, "full@volume.example", demoPassword)
	var agents []*browser
	for i := range proveAgents - 1 {
		agents = append(agents, p.as(host, fmt.Sprintf("agent%d@volume.example", i+1), demoPassword))
	}
	agents = append(agents, owner)
	var numbers []int64
	for _, item := range owner.get(fmt.Sprintf("/api/v1/tickets?view=all&limit=%d", proveTickets)).items() {
		numbers = append(numbers, int64(item["number"].(float64)))
	}
	sees := map[int64][]bool{}
	for _, n := range numbers {
		for _, b := range agents {
			a, err := b.do("GET", fmt.Sprintf("/api/v1/tickets/%d", n), nil)
			if err != nil {
				t.Fatal(err)
			}
			sees[n] = append(sees[n], a.status == http.StatusOK)
		}
	}

	memory := anonymous(t, p)
	var now atomic.Pointer[change]
	var leaks, ends atomic.Int64
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	for i, b := range agents {
		for range proveStreams {
			heard := func(l liveLine) {
				if l.name != "ticket" {
					return
				}
				if !sees[l.data.Number][i] {
					leaks.Add(1)
				}
				c := now.Load()
				if c == nil || l.data.Number != c.number || l.data.Kind != "ticket.message" {
					return
				}
				c.hear()
			}
			if err := b.follow(ctx, heard, func() { ends.Add(1) }); err != nil {
				t.Fatal(err)
			}
		}
	}
	used := anonymous(t, p)

	var asked, answered, whole []time.Duration // until a line, from the request and from its answer; until the last
	for i := range proveChanges {
		n := numbers[i%len(numbers)]
		c := &change{number: n, all: make(chan struct{})}
		for _, may := range sees[n] {
			if may {
				c.want += proveStreams
			}
		}
		now.Store(c)
		began := time.Now()
		owner.want(http.StatusCreated, "POST", fmt.Sprintf("/api/v1/tickets/%d/messages", n), map[string]any{"kind": "reply", "text": "Something new"})
		written := time.Now()
		select {
		case <-c.all:
		case <-time.After(10 * time.Second):
			t.Fatalf("not all of the %d streams that may hear of a change did", c.want)
		}
		whole = append(whole, time.Since(written))
		for _, at := range c.heard {
			asked, answered = append(asked, at.Sub(began)), append(answered, max(0, at.Sub(written)))
		}
	}
	if leaks.Load() > 0 || ends.Load() > 0 {
		t.Errorf("%d lines went where they must not, %d streams ended", leaks.Load(), ends.Load())
	}
	asked50, asked99 := quantiles(asked)
	p50, p99 := quantiles(answered)
	all50, all99 := quantiles(whole)
	t.Logf("%d streams, %d changes, %d lines: from the answer to a line %s at p50, %s at p99; to the last line %s and %s; from the request to a line %s and %s; %d KB of the server's memory a stream",
		len(agents)*proveStreams, proveChanges, len(answered), p50, p99, all50, all99, asked50, asked99, (used-memory)/int64(len(agents)*proveStreams)/1024)
	if p99 > 200*time.Millisecond {
		t.Errorf("a line takes %s at p99", p99)
	}
	ending := time.Now()
	if err := p.stop(); err != nil || time.Since(ending) > 5*time.Second {
		t.Errorf("with all streams open the server ends after %s with %v", time.Since(ending), err)
	}
}

func quantiles(list []time.Duration) (p50, p99 time.Duration) {
	slices.Sort(list)
	return list[len(list)/2].Round(100 * time.Microsecond), list[len(list)*99/100].Round(100 * time.Microsecond)
}

// anonymous is the memory of the program that belongs to no file.
func anonymous(t *testing.T, p *program) int64 {
	t.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.cmd.Process.Pid))
	if err != nil {
		t.Skip("the memory of a process cannot be read here")
	}
	_, rest, _ := strings.Cut(string(text), "RssAnon:")
	var kb int64
	if _, err := fmt.Sscan(rest, &kb); err != nil {
		t.Fatal(err)
	}
	return kb * 1024
}
