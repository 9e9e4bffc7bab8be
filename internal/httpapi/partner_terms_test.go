package httpapi_test

import (
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// foreignDesk is a desk of another maker: it takes whatever comes, and remembers it.
type foreignDesk struct {
	mu     sync.Mutex
	url    string
	bodies []string
	calls  []string
	answer func(r *http.Request) int
}

func (w *world) elsewhere() *foreignDesk {
	l := &foreignDesk{}
	server := httptest.NewServer(l)
	w.Cleanup(server.Close)
	l.url = server.URL
	return l
}

// ServeHTTP implements http.Handler.
func (l *foreignDesk) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.calls = append(l.calls, r.Method+" "+r.URL.Path)
	if strings.Contains(r.URL.Path, "/tickets/") {
		l.bodies = append(l.bodies, string(body))
	}
	status := http.StatusCreated
	if l.answer != nil {
		status = l.answer(r)
	}
	w.WriteHeader(status)
}

// take gives what came since the last time.
func (l *foreignDesk) take() (bodies, calls []string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	bodies, calls = l.bodies, l.calls
	l.bodies, l.calls = nil, nil
	return bodies, calls
}

// befriend makes an agreement with a desk of another maker, which accepts, and
// gives it with its token.
func (p *pair) befriend(l *foreignDesk, terms map[string]any) (id int64, uuid, token string) {
	p.Helper()
	made := p.as("owner").post("/partners", map[string]any{"address": strings.Replace(l.url, "127.0.0.1", fmt.Sprintf("other%d.localhost", rand.IntN(1e9)), 1) + "/nhd", "terms": terms}).is(201).ok()
	real := p.app.Partners
	spy := &spyClient{PartnerClient: real}
	p.app.Partners = spy
	p.drain()
	p.app.Partners = real
	id = made.number("id")
	p.wire("PUT", "/agreements/"+spy.uuid, spy.uuid+":"+spy.key, `{"status":"accepted"}`, 200)
	l.take()
	return id, spy.uuid, spy.uuid + ":" + spy.key
}

// wire sends a request as another desk does, and gives the body of the answer.
func (p *pair) wire(method, path, token, body string, status int) string {
	p.Helper()
	p.advance(1000)
	r := httptest.NewRequestWithContext(p.Context(), method, "/sharing"+path, strings.NewReader(body))
	r.Host = p.desks["acme"].host
	if token != "" {
		r.Header.Set("X-Ticket-Sharing-Token", token)
	}
	r.Header.Set("Content-Type", "application/json")
	rec := httptest.NewRecorder()
	p.handler.ServeHTTP(rec, r)
	if rec.Code != status {
		p.Errorf("%s %s answers %d, want %d: %s", method, path, rec.Code, status, rec.Body)
	}
	return rec.Body.String()
}

func TestPrivateCommentsOfPartners(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		p := &pair{world: w}
		p.listen()
		type friend struct {
			*foreignDesk
			id    int64
			token string
		}
		var list []friend
		for _, private := range []bool{true, true, false} {
			l := w.elsewhere()
			id, _, token := p.befriend(l, allTerms("private_comments", private))
			list = append(list, friend{l, id, token})
		}
		number := p.ticket("owner", "Among three")
		p.as("owner").post(fmt.Sprintf("/tickets/%d/partners", number), map[string]any{"partner_ids": []int64{list[0].id, list[1].id, list[2].id}}).is(201)
		p.drain()
		bodies, calls := list[0].take()
		uuid := strings.TrimPrefix(calls[0], "POST /nhd/tickets/")
		if len(bodies) != 1 {
			t.Fatalf("%v %v", bodies, calls)
		}
		list[1].take()
		list[2].take()
		t.Run("S4-26 notes are seen where the agreement says so, and one partner's go to another only where both do", func(t *testing.T) {
			p.wire("PUT", "/tickets/"+uuid, list[0].token, `{"comments":[{"uuid":"c1","author":{"uuid":"a1","name":"Ann"},"body":"private word","public":false},{"uuid":"c2","author":{"uuid":"a1","name":"Ann"},"body":"public word","public":true}]}`, 200)
			p.wire("PUT", "/tickets/"+uuid, list[2].token, `{"comments":[{"uuid":"c3","author":{"uuid":"a1","name":"Zoe"},"body":"kept out","public":false}]}`, 200)
			p.drain()
			got := make([]string, 3)
			for i := range list {
				bodies, _ := list[i].take()
				got[i] = strings.Join(bodies, "")
			}
			if got[0] != "" {
				t.Errorf("it goes back where it came from: %s", got[0])
			}
			if !strings.Contains(got[1], "private word") || !strings.Contains(got[1], `"uuid":"c2"`) || !strings.Contains(got[1], `"name":"Ann"`) {
				t.Errorf("the second hears %s", got[1])
			}
			if strings.Contains(got[2], "private word") || !strings.Contains(got[2], "public word") {
				t.Errorf("the third hears %s", got[2])
			}
			want := []string{"reply: It all began with Among three", "note: private word", "reply: public word"}
			if d := cmp.Diff(want, p.texts("owner", number)); d != "" {
				t.Error(d)
			}
		})
		t.Run("a whole ticket sent again with what it had undoes nothing, and comments come once", func(t *testing.T) {
			p.change("owner", number, map[string]any{"status": "pending", "subject": "Renamed"})
			for range 2 {
				p.wire("PUT", "/tickets/"+uuid, list[0].token, `{"uuid":"`+uuid+`","subject":"Renamed","status":"pending","requester":null,"comments":[{"uuid":"c1","body":"private word"}],"tags":null,"original_id":7,"custom_fields":null}`, 200)
			}
			p.change("owner", number, map[string]any{"status": "open"})
			p.wire("PUT", "/tickets/"+uuid, list[0].token, `{"subject":"Renamed","status":"open","comments":[]}`, 200)
			if got := p.value("owner", number, "status"); got != "open" {
				t.Errorf("it is %v", got)
			}
			if got := p.texts("owner", number); len(got) != 3 {
				t.Errorf("messages %v", got)
			}
		})
	})
}
