package e2e

import (
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/deskmesh/deskmesh/internal/store/pgtest"
)

// Guessing: random addresses of public links, and passwords, tried from one
// address. Tries are throttled, cost a bounded amount of the processor, and tell
// nothing by text or by time. The general limit of requests is off here, so that
// it is the gates of links and of signing in that hold.

// TestGuessing is a short form of TestProveGuessing, without the time.
func TestGuessing(t *testing.T) {
	t.Parallel()
	engines(t, func(t *testing.T, dsn string) { guessing(t, dsn, 600, 300, 0) })
}

// TestProveGuessing tries a million secrets and signs in ten thousand times, and
// compares how long answers take. DESKMESH_SECRETS makes it another number.
func TestProveGuessing(t *testing.T) {
	if os.Getenv("DESKMESH_PROVE") == "" {
		t.Skip("minutes of work: set DESKMESH_PROVE=1")
	}
	secrets := number(t, "DESKMESH_SECRETS", 1_000_000)
	engines(t, func(t *testing.T, dsn string) { guessing(t, dsn, secrets, 10_000, 150) })
}

// The gates: so many tries at once from one client, and one more each interval.
const (
	guessBurst    = 100
	guessInterval = 2 * time.Second
)

func guessing(t *testing.T, dsn string, secrets, signIns, timed int) {
	p := start(t, dsn, t.TempDir(), "--demo", "--access-log", "off", "--trusted-proxy", "127.0.0.1/32")
	g := newGuesser(t, p)
	links := g.closedLinks()
	t.Run("closed links answer alike, byte by byte", func(t *testing.T) { g.in(t).alike(links) })
	t.Run("an address and a password that do not fit answer alike, whether anybody has the address", func(t *testing.T) { g.in(t).signInsAlike() })
	if timed > 0 {
		t.Run("closed links take as long", func(t *testing.T) { g.in(t).linksTake(links, timed) })
		t.Run("signing in takes as long", func(t *testing.T) { g.in(t).signInsTake(timed) })
	}
	t.Run("random secrets are throttled", func(t *testing.T) { g.in(t).secrets(links["live"], secrets) })
	t.Run("signing in is throttled", func(t *testing.T) { g.in(t).signIns(signIns) })
}

// guesser asks a desk from any number of network addresses.
type guesser struct {
	*testing.T
	p     *program
	owner *browser
	base  string
	host  string
	http  *http.Client
	next  *atomic.Int64 // of the network addresses
}

func newGuesser(t *testing.T, p *program) *guesser {
	t.Helper()
	g := &guesser{T: t, p: p, owner: p.as("acme.localhost", "owner@acme.example", "deskmesh-demo"), base: p.base, next: new(atomic.Int64)}
	_, port, err := net.SplitHostPort(strings.TrimPrefix(p.base, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	g.host = "acme.localhost:" + port
	g.http = &http.Client{Timeout: time.Minute, Transport: &http.Transport{MaxIdleConnsPerHost: 16},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	t.Cleanup(g.http.CloseIdleConnections)
	return g
}

func (g *guesser) in(t *testing.T) *guesser {
	other := *g
	other.T = t
	return &other
}

// elsewhere is a network address that nobody has asked from.
func (g *guesser) elsewhere() string {
	n := g.next.Add(1)
	return netip.AddrFrom4([4]byte{10, byte(n >> 16), byte(n >> 8), byte(n)}).String()
}

// guess is one answer.
type guess struct {
	status int
	header http.Header
	body   string
	took   time.Duration
}

// ask sends a request from an address; a body that begins with { is JSON, any
// other is a form.
func (g *guesser) ask(from, method, path, body string) *guess {
	r, err := http.NewRequest(method, g.base+path, strings.NewReader(body))
	if err != nil {
		g.Error(err)
		return &guess{}
	}
	r.Host = g.host
	r.Header.Set("X-Forwarded-For", from)
	switch {
	case strings.HasPrefix(body, "{"):
		r.Header.Set("Content-Type", "application/json")
	case method == http.MethodPost:
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	began := time.Now()
	reply, err := g.http.Do(r)
	if err != nil {
		g.Error(err)
		return &guess{}
	}
	defer reply.Body.Close()
	text, err := io.ReadAll(reply.Body)
	if err != nil {
		g.Error(err)
	}
	return &guess{reply.StatusCode, reply.Header, string(text), time.Since(began)}
}

// said is an answer without what differs with every request.
func (a *guess) said() string {
	var head []string
	for _, name := range slices.Sorted(maps.Keys(a.header)) {
		switch name {
		case "X-Request-Id", "Date", "Ratelimit", "Retry-After":
		default:
			head = append(head, name+": "+strings.Join(a.header[name], "|"))
		}
	}
	body := a.body
	if id := a.header.Get("X-Request-Id"); id != "" {
		body = strings.ReplaceAll(body, id, "")
	}
	return fmt.Sprint(a.status, "\n", strings.Join(head, "\n"), "\n\n", body)
}

// randomLink is the path of a link that nobody has made.
func randomLink() string {
	var bits [32]byte
	rand.Read(bits[:])
	return "/s/dml_" + base64.RawURLEncoding.EncodeToString(bits[:])
}

// closedLinks makes links that open nothing, each for another reason, and one
// that is live. It gives their paths by name.
func (g *guesser) closedLinks() map[string]string {
	g.Helper()
	g.owner.want(http.StatusOK, "PATCH", "/api/v1/settings", map[string]any{"links.enabled": true})
	list := g.owner.get("/api/v1/tickets?view=all&limit=2").items()
	open, hidden := int64(list[0]["number"].(float64)), int64(list[1]["number"].(float64))
	make := func(ticket int64, terms map[string]any) (path string, id int64) {
		a := g.owner.want(http.StatusCreated, "POST", fmt.Sprintf("/api/v1/tickets/%d/links", ticket), terms)
		u, err := url.Parse(fmt.Sprint(a.body["address"]))
		if err != nil {
			g.Fatal(err)
		}
		return u.Path, a.number("id")
	}
	links := map[string]string{"unknown": randomLink(), "no secret at all": "/s/abc"}
	links["live"], _ = make(open, map[string]any{})
	var id int64
	links["revoked"], id = make(open, map[string]any{})
	g.owner.want(http.StatusNoContent, "DELETE", fmt.Sprintf("/api/v1/tickets/%d/links/%d", open, id), nil)
	links["reset"], id = make(open, map[string]any{})
	g.owner.want(http.StatusOK, "POST", fmt.Sprintf("/api/v1/tickets/%d/links/%d/reset", open, id), nil)
	links["used up"], _ = make(open, map[string]any{"max_views": 1})
	if a := g.ask(g.elsewhere(), http.MethodPost, links["used up"], ""); a.status != http.StatusSeeOther {
		g.Fatalf("a visit does not begin: %d %s", a.status, a.body)
	}
	links["asleep"], _ = make(hidden, map[string]any{"password": "six words"})
	g.owner.want(http.StatusOK, "PATCH", fmt.Sprintf("/api/v1/tickets/%d", hidden), map[string]any{"private": true})
	links["expired"], _ = make(open, map[string]any{"expires_at": time.Now().Add(3 * time.Second).Format(time.RFC3339)})
	eventually(g.T, "a link runs out", func() bool {
		return g.ask(g.elsewhere(), http.MethodGet, links["expired"], "").status == http.StatusNotFound
	})
	return links
}

// alike asks every closed link in each way there is, also for what only an open
// one has.
func (g *guesser) alike(links map[string]string) {
	for _, way := range []struct{ method, rest, body string }{
		{http.MethodGet, "", ""}, {http.MethodGet, "?after=3", ""}, {http.MethodHead, "", ""}, {http.MethodPost, "", "password=six+words"},
		{http.MethodPost, "/messages", "name=Pat&text=hello"}, {http.MethodGet, "/files/1", ""},
	} {
		unknown := g.ask(g.elsewhere(), way.method, links["unknown"]+way.rest, way.body)
		if unknown.status != http.StatusNotFound {
			g.Errorf("%s %s: an unknown link answers %d", way.method, way.rest, unknown.status)
		}
		for name, path := range links {
			if name == "live" {
				continue
			}
			if a := g.ask(g.elsewhere(), way.method, path+way.rest, way.body); a.said() != unknown.said() {
				g.Errorf("%s %s: a link that is %s answers\n%s\nand not as an unknown one\n%s", way.method, way.rest, name, a.said(), unknown.said())
			}
		}
	}
}

// signInWays are the doors where addresses and passwords are tried.
var signInWays = map[string]func(address string) (path, body string){
	"API": func(a string) (string, string) {
		return "/api/v1/sessions", fmt.Sprintf(`{"address":%q,"password":"not this one"}`, a)
	},
	"page": func(a string) (string, string) {
		return "/sign-in", url.Values{"address": {a}, "password": {"not this one"}}.Encode()
	},
	"link by mail": func(a string) (string, string) { return "/sign-in/mail", url.Values{"address": {a}}.Encode() },
}

func (g *guesser) signIn(way, address, from string) *guess {
	path, body := signInWays[way](address)
	a := g.ask(from, http.MethodPost, path, body)
	a.body = anyAddress.ReplaceAllString(a.body, "")
	a.header.Del("Content-Length") // of what was typed
	return a
}

// anyAddress is what a page repeats of what was typed, and what the demo's page
// tells everybody.
var anyAddress = regexp.MustCompile(`[\w.]+@acme\.example`)

// knownAddresses are people who can sign in; each can be tried ten times.
var knownAddresses = []string{"staff.one@acme.example", "staff.two@acme.example", "staff.three@acme.example", "accounts.agent@acme.example", "hr.agent@acme.example",
	"hr.second@acme.example", "noshare.agent@acme.example", "restricted.agent@acme.example"}

func (g *guesser) signInsAlike() {
	for way := range signInWays {
		unknown := g.signIn(way, "nobody.here@acme.example", g.elsewhere())
		for _, known := range []string{"staff.one@acme.example", "hr.agent@acme.example"} {
			if a := g.signIn(way, known, g.elsewhere()); a.said() != unknown.said() {
				g.Errorf("%s: %s answers\n%s\nand nobody\n%s", way, known, a.said(), unknown.said())
			}
		}
	}
}

// linksTake compares how long closed links take, in turn and each time from
// another address.
func (g *guesser) linksTake(links map[string]string, times int) {
	took := map[string][]time.Duration{}
	for range times {
		for name, path := range links {
			if name == "unknown" {
				path = randomLink()
			}
			if name != "live" && name != "no secret at all" {
				took[name] = append(took[name], g.ask(g.elsewhere(), http.MethodGet, path, "").took)
			}
		}
	}
	g.medians(took, "unknown")
}

// signInsTake compares how long it takes to be refused with an address that
// somebody has and with one that nobody has. Either goes first in turn: hashing
// takes much memory, and every other time may pay for collecting it.
func (g *guesser) signInsTake(times int) {
	took := map[string][]time.Duration{}
	for range min(times/len(knownAddresses), 6) {
		for i, known := range knownAddresses {
			ask := map[string]string{"known": known, "unknown": fmt.Sprintf("nobody%d@acme.example", i)}
			order := []string{"known", "unknown"}
			if i%2 == 1 {
				slices.Reverse(order)
			}
			for _, name := range order {
				took[name] = append(took[name], g.signIn("API", ask[name], g.elsewhere()).took)
			}
		}
	}
	g.medians(took, "unknown")
}

// medians wants every median near that of one of them. The margin is wide: what
// it would find is work that one does and the other does not.
func (g *guesser) medians(took map[string][]time.Duration, base string) {
	median := func(name string) time.Duration {
		slices.Sort(took[name])
		return took[name][len(took[name])/2]
	}
	want := median(base)
	for _, name := range slices.Sorted(maps.Keys(took)) {
		got := median(name)
		g.Logf("%-10s median %s of %d", name, got.Round(10*time.Microsecond), len(took[name]))
		if apart := max(got, want) - min(got, want); apart > want/2 {
			g.Errorf("%s takes %s, %s takes %s", name, got, base, want)
		}
	}
}

const guessers = 8 // connections that guess

// many sends count requests from one address over several connections, counts
// the answers by status, and says what they cost the program.
func (g *guesser) many(what string, count int, one func(i int) *guess) (statuses map[int]int, allowed int) {
	pid := g.p.cmd.Process.Pid
	own, database, began := pgtest.ProcessCPU(pid), pgtest.CPU(), time.Now()
	var mu sync.Mutex
	var next atomic.Int64
	var all sync.WaitGroup
	statuses = map[int]int{}
	for range guessers {
		all.Go(func() {
			mine := map[int]int{}
			for i := int(next.Add(1)); i <= count; i = int(next.Add(1)) {
				mine[one(i).status]++
			}
			mu.Lock()
			defer mu.Unlock()
			for status, n := range mine {
				statuses[status] += n
			}
		})
	}
	all.Wait()
	took := time.Since(began)
	own, database = pgtest.ProcessCPU(pid)-own, pgtest.CPU()-database
	g.Logf("%s: %d from one address within %.1f s, answers %v; %.1f s of processor, %.3f ms for each, and %.1f s of PostgreSQL's; RssAnon %d MB",
		what, count, took.Seconds(), statuses, own.Seconds(), float64(own.Microseconds())/1000/float64(count), database.Seconds(), anonymous(g.T, g.p)>>20)
	if most := time.Duration(count)*5*time.Millisecond + 2*time.Minute; own > most {
		g.Errorf("%s: %s of processor", what, own)
	}
	return statuses, guessBurst + int(took/guessInterval) + 1
}

// secrets tries random links from one address: few are looked up, none opens,
// and a link that is live tells the guesser nothing any more, while it opens for
// everybody else.
func (g *guesser) secrets(live string, count int) {
	from := g.elsewhere()
	statuses, most := g.many("random links", count, func(int) *guess { return g.ask(from, http.MethodGet, randomLink(), "") })
	if looked := statuses[http.StatusNotFound]; looked > most || looked < guessBurst || looked+statuses[http.StatusTooManyRequests] != count {
		g.Errorf("the answers are %v; at most %d may be looked up", statuses, most)
	}
	throttled := func(path string) (a *guess) {
		eventually(g.T, "the guesser is throttled", func() bool {
			a = g.ask(from, http.MethodGet, path, "")
			return a.status == http.StatusTooManyRequests
		})
		return a
	}
	// One more try comes every two seconds: it may be the live link that takes it.
	if there, not := throttled(live), throttled(randomLink()); there.said() != not.said() {
		g.Errorf("a live link answers a guesser\n%s\nan unknown one\n%s", there.said(), not.said())
	}
	if a := g.ask(g.elsewhere(), http.MethodGet, live, ""); a.status != http.StatusOK {
		g.Errorf("the link answers somebody else %d", a.status)
	}
}

// signIns tries passwords from one address, of people there are and are not, at
// both doors, and asks for links by mail.
func (g *guesser) signIns(count int) {
	from := g.elsewhere()
	ways := []string{"API", "page"}
	statuses, most := g.many("passwords", count, func(i int) *guess {
		address := fmt.Sprintf("somebody%d@acme.example", i)
		if i%3 == 0 {
			address = knownAddresses[i/3%len(knownAddresses)]
		}
		return g.signIn(ways[i%2], address, from)
	})
	if checked := statuses[http.StatusUnauthorized]; checked > most || checked+statuses[http.StatusTooManyRequests] != count {
		g.Errorf("the answers are %v; at most %d may be checked", statuses, most)
	}
	for _, way := range ways {
		var there, not *guess
		eventually(g.T, "both are throttled", func() bool {
			there, not = g.signIn(way, "owner@acme.example", from), g.signIn(way, "nobody.here@acme.example", from)
			return there.status == http.StatusTooManyRequests && not.status == http.StatusTooManyRequests
		})
		if there.said() != not.said() {
			g.Errorf("%s: somebody's address answers\n%s\nnobody's\n%s", way, there.said(), not.said())
		}
	}
	if a := g.ask(g.elsewhere(), http.MethodPost, "/api/v1/sessions", `{"address":"owner@acme.example","password":"deskmesh-demo"}`); a.status != http.StatusCreated {
		g.Errorf("the owner, who is elsewhere, signs in with %d", a.status)
	}
	mails, _ := g.many("links by mail", count, func(i int) *guess { return g.signIn("link by mail", fmt.Sprintf("somebody%d@acme.example", i), from) })
	if mails[http.StatusOK] > most || mails[http.StatusOK]+mails[http.StatusTooManyRequests] != count {
		g.Errorf("asking for links by mail answers %v", mails)
	}
}
