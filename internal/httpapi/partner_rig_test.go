package httpapi_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"sync"

	"github.com/deskmesh/deskmesh/internal/app"
	"github.com/deskmesh/deskmesh/internal/httpx"
	"github.com/deskmesh/deskmesh/internal/nhd"
)

// listening is the world's desks on a port of this machine. The accounts keep
// their addresses without a port; what is sent there goes to it.
type listening struct {
	*nhd.Client
	port string
}

// Send implements app.PartnerClient.
func (l *listening) Send(ctx context.Context, m *app.PartnerMessage) app.PartnerAnswer {
	p, sent := *m.Partner, *m
	if u, err := url.Parse(p.PartnerURL); err == nil && u.Port() == "" && strings.HasSuffix(u.Hostname(), ".localhost") {
		u.Host += ":" + l.port
		p.PartnerURL = u.String()
	}
	sent.Partner = &p
	return l.Client.Send(ctx, &sent)
}

// connect lets both desks be reached, switches partners on in both, and gives the
// address that they listen at.
func (w *world) connect() string {
	w.Helper()
	server := httptest.NewServer(w.handler)
	w.Cleanup(server.Close)
	_, port, err := net.SplitHostPort(server.Listener.Addr().String())
	w.must(err)
	client := nhd.NewClient(httpx.ClientOptions{AllowLoopback: true, AllowHTTP: true})
	w.Cleanup(client.Close)
	w.app.Partners = &listening{client, port}
	for _, slug := range []string{"acme", "globex"} {
		_, err := w.app.SetSettings(w.Context(), w.system(slug), map[string]any{"partners.enabled": true})
		w.must(err)
	}
	return server.Listener.Addr().String()
}

// partner gives the path of the newest agreement that somebody's desk has.
func (w *world) partner(who string) string {
	w.Helper()
	return fmt.Sprintf("/partners/%d", w.as(who).get("/partners").ok().number("items.0.id"))
}

// agreed makes an agreement under which acme shares tickets with globex, and gives
// its path on each of the two.
func (w *world) agreed(terms map[string]any) (ours, theirs string) {
	w.Helper()
	body := map[string]any{"address": "http://globex.localhost"}
	if terms != nil {
		body["terms"] = terms
	}
	ours = fmt.Sprintf("/partners/%d", w.as("owner").post("/partners", body).is(201).number("id"))
	w.drain()
	theirs = w.partner("globex/owner")
	w.as("globex/owner").patch(theirs, map[string]any{"status": "accepted"}).ok()
	w.drain()
	return ours, theirs
}

// peer is a desk of another maker: what it is sent is written down, and it answers
// with a status.
type peer struct {
	w      *world
	url    string // its address of the protocol
	desk   string // where the world's desks listen
	mu     sync.Mutex
	got    []peerRequest
	status int
	header http.Header // of its answers
}

type peerRequest struct {
	method, path, raw string
	header            http.Header
	body              map[string]any
}

func (w *world) peer(desk string) *peer {
	w.Helper()
	p := &peer{w: w, desk: desk, status: 200, header: http.Header{}}
	server := httptest.NewServer(p)
	w.Cleanup(server.Close)
	p.url = server.URL + "/nhd"
	return p
}

// ServeHTTP implements http.Handler.
func (p *peer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	raw, _ := io.ReadAll(r.Body)
	q := peerRequest{method: r.Method, path: r.URL.Path, raw: string(raw), header: r.Header.Clone()}
	json.Unmarshal(raw, &q.body)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.got = append(p.got, q)
	for name, values := range p.header {
		w.Header()[name] = values
	}
	w.WriteHeader(p.status)
	io.WriteString(w, "{}")
}

func (p *peer) answers(status int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.status = status
}

// take runs the jobs and gives what arrived since the last time.
func (p *peer) take() []peerRequest {
	p.w.Helper()
	p.w.drain()
	p.mu.Lock()
	defer p.mu.Unlock()
	got := p.got
	p.got = nil
	return got
}

// invited has acme invite the peer, and gives the path of the agreement with its
// id and key.
func (p *peer) invited() (path, uuid, key string) {
	p.w.Helper()
	path = fmt.Sprintf("/partners/%d", p.w.as("owner").post("/partners", map[string]any{"address": p.url}).is(201).number("id"))
	got := p.take()
	if len(got) != 1 {
		p.w.Fatalf("the peer was sent %d requests", len(got))
	}
	return path, fmt.Sprint(got[0].body["uuid"]), fmt.Sprint(got[0].body["access_key"])
}

// said is what a desk answers to a request of the protocol.
type said struct {
	status int
	header http.Header
	body   string
}

// replay sends a recorded request of another maker's client to acme as it stands,
// with the values filled in.
func (p *peer) replay(file, uuid, key string, edit ...string) said {
	p.w.Helper()
	raw, err := os.ReadFile("../nhd/testdata/" + file)
	p.w.must(err)
	text := strings.NewReplacer("{PATH}", "/sharing", "{HOST}", "acme.localhost", "{RECEIVER}", "http://acme.localhost/sharing", "{SENDER}", p.url, "{UUID}", uuid, "{KEY}", key).Replace(string(raw))
	for i := 0; i+1 < len(edit); i += 2 {
		text = strings.ReplaceAll(text, edit[i], edit[i+1])
	}
	head, body, _ := strings.Cut(text, "\n\n")
	return p.raw(strings.ReplaceAll(head, "\n", "\r\n") + fmt.Sprintf("\r\nContent-Length: %d\r\n\r\n", len(body)) + body)
}

// raw sends bytes to where the desks listen.
func (p *peer) raw(request string) said {
	p.w.Helper()
	conn, err := net.Dial("tcp", p.desk)
	p.w.must(err)
	defer conn.Close()
	_, err = io.WriteString(conn, request)
	p.w.must(err)
	answer, err := http.ReadResponse(bufio.NewReader(conn), nil)
	p.w.must(err)
	body, err := io.ReadAll(answer.Body)
	p.w.must(err)
	return said{answer.StatusCode, answer.Header, string(body)}
}

// wire sends a request of the protocol to one of the desks.
func (w *world) wire(slug, method, path, token string, body any, headers ...string) said {
	w.Helper()
	var raw []byte
	switch b := body.(type) {
	case nil:
	case string:
		raw = []byte(b)
	default:
		var err error
		raw, err = json.Marshal(b)
		w.must(err)
	}
	r := httptest.NewRequestWithContext(w.Context(), method, "http://"+w.desks[slug].host+path, bytes.NewReader(raw))
	if token != "" {
		r.Header.Set("X-Ticket-Sharing-Token", token)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	rec := httptest.NewRecorder()
	w.handler.ServeHTTP(rec, r)
	return said{rec.Code, rec.Result().Header, rec.Body.String()}
}

// through sends a request with a name and a password to a handler beside the API.
func (w *world) through(h http.Handler, slug, method, path, body, user, password string) said {
	w.Helper()
	r := httptest.NewRequestWithContext(w.Context(), method, "http://"+w.desks[slug].host+path, strings.NewReader(body))
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	r.SetBasicAuth(user, password)
	rec := httptest.NewRecorder()
	httpx.Chain(h, httpx.Identify(nil)).ServeHTTP(rec, r)
	return said{rec.Code, rec.Result().Header, rec.Body.String()}
}
