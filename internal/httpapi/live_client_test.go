package httpapi_test

import (
	"bufio"
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/deskmesh/deskmesh/internal/app"
	"github.com/deskmesh/deskmesh/internal/httpapi"
	"github.com/deskmesh/deskmesh/internal/httpx"
	"github.com/deskmesh/deskmesh/internal/live"
	"github.com/deskmesh/deskmesh/internal/store"
)

// startLive gives the world's node a hub; without one it has no live updates.
func (w *world) startLive() {
	w.Helper()
	if w.app.Live == nil {
		w.app.Live = w.newHub(w.db)
	}
}

func (w *world) newHub(db *store.DB) *live.Hub {
	h := &live.Hub{DB: db}
	h.Start(context.WithoutCancel(w.Context()))
	w.Cleanup(h.Stop)
	return h
}

// reporting gives the same world to a part of a test.
func (w *world) reporting(t testing.TB) *world {
	w.startLive()
	other := *w
	other.TB = t
	return &other
}

// node gives a second server on the world's database, with a hub of its own.
func (w *world) node() *world {
	w.Helper()
	other := *w
	db, err := store.Open(w.Context(), w.dsn, store.Options{Relaxed: true, Now: w.clock.now, MaxConns: 8})
	w.must(err)
	w.Cleanup(func() { db.Close() })
	other.db = db
	other.app = &app.App{DB: db, Blobs: w.app.Blobs, Signer: w.app.Signer, Mail: w.outbox, Live: w.newHub(db)}
	other.api = httpapi.New(other.app, httpapi.Options{})
	other.handler = httpx.Chain(other.api, httpx.Identify(nil))
	return &other
}

// serveFirst serves a stream until it has sent something.
func serveFirst(h http.Handler, rec *httptest.ResponseRecorder, r *http.Request) {
	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()
	h.ServeHTTP(&untilFlush{rec, cancel}, r.WithContext(ctx))
}

type untilFlush struct {
	*httptest.ResponseRecorder
	leave func()
}

func (u *untilFlush) Flush() {
	u.ResponseRecorder.Flush()
	u.leave()
}

// liveEvent is one line of a stream.
type liveEvent struct {
	name   string
	Number int64  `json:"number"`
	Kind   string `json:"kind"`
	Person int64  `json:"person"`
	State  string `json:"state"`
	Reason string `json:"reason"`
	raw    string
}

// listener reads somebody's stream.
type listener struct {
	*world
	client *client
	events chan liveEvent // closed with the stream
	header http.Header
}

// patience bounds how long a test waits for a line.
const patience = 20 * time.Second

// listen opens a stream for somebody and takes its first line, the reset.
func (w *world) listen(who string) *listener {
	w.Helper()
	return w.listenAs(w.as(who))
}

func (w *world) listenAs(c *client) *listener {
	w.Helper()
	w.startLive()
	server := httptest.NewServer(w.handler)
	w.Cleanup(server.Close)
	ctx, cancel := context.WithCancel(w.Context())
	w.Cleanup(cancel)
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, server.URL+"/api/v1/live", nil)
	w.must(err)
	r.Host = c.host
	r.Header = c.headers.Clone()
	if c.cookie != "" {
		r.AddCookie(&http.Cookie{Name: "deskmesh", Value: c.cookie})
	}
	reply, err := server.Client().Do(r)
	w.must(err)
	if reply.StatusCode != http.StatusOK {
		w.Fatalf("the stream answers %d", reply.StatusCode)
	}
	l := &listener{world: w, client: c, events: make(chan liveEvent, 1000), header: reply.Header}
	go l.read(reply)
	if e := l.next(); e.name != "reset" || e.Reason != "opened" {
		w.Errorf("the first line is %+v", e)
	}
	return l
}

// read takes a stream apart as RFC-abiding readers do: events end with an empty
// line.
func (l *listener) read(reply *http.Response) {
	defer close(l.events)
	defer reply.Body.Close()
	lines := bufio.NewScanner(reply.Body)
	var e liveEvent
	for lines.Scan() {
		field, value, _ := strings.Cut(lines.Text(), ": ")
		switch field {
		case "event":
			e.name = value
		case "data":
			e.raw = value
			if err := json.Unmarshal([]byte(value), &e); err != nil {
				l.Errorf("a line holds %q: %v", value, err)
			}
		case "":
			if e.name != "" {
				l.events <- e
			}
			e = liveEvent{}
		}
	}
}

// next waits for a line; the zero event is the end of the stream.
func (l *listener) next() liveEvent {
	l.Helper()
	select {
	case e := <-l.events:
		return e
	case <-time.After(patience):
		l.Fatal("no line came")
	}
	return liveEvent{}
}

// heard gives every line up to now: what was told before the listener's own
// mark, which is a line about notifications. Another such line may come before the
// mark, so that the rest is taken until nothing more comes.
func (l *listener) heard() []liveEvent {
	l.Helper()
	l.client.post("/notifications/read", map[string]any{"up_to": 1}).is(204)
	var all []liveEvent
	for {
		e := l.next()
		switch e.name {
		case "":
			l.Fatalf("the stream ended after %+v", all)
		case "notification":
			return append(all, l.rest()...)
		}
		all = append(all, e)
	}
}

// rest gives the lines that come before the stream is quiet, without those about
// notifications.
func (l *listener) rest() []liveEvent {
	var all []liveEvent
	for {
		select {
		case e := <-l.events:
			if e.name == "" {
				return all
			}
			if e.name != "notification" {
				all = append(all, e)
			}
		case <-time.After(150 * time.Millisecond):
			return all
		}
	}
}

// ended waits for the end of the stream and gives what came before it.
func (l *listener) ended() []liveEvent {
	l.Helper()
	var all []liveEvent
	for e := l.next(); e.name != ""; e = l.next() {
		all = append(all, e)
	}
	return all
}

// told lists the events of one name, as "ticket.message 17" or "17".
func told(all []liveEvent, name string) []string {
	list := []string{}
	for _, e := range all {
		if e.name == name {
			list = append(list, strings.TrimSpace(e.Kind+e.State+" "+numberText(e.Number)))
		}
	}
	return list
}

func numberText(n int64) string {
	if n == 0 {
		return ""
	}
	return strconv.FormatInt(n, 10)
}
