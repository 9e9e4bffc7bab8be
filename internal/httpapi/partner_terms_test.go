package httpapi_test

import (
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/app"
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

// What crosses is compared with what the terms allow, for random tickets and terms:
// nothing private of this desk leaves, and no comment of one partner goes to another
// where one of the agreements keeps private comments in.
func TestWireHoldsWhatTermsAllow(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		p := &pair{world: w}
		p.listen()
		field, err := w.app.CreateField(t.Context(), w.system("acme"), app.FieldPatch{Name: ptr("Region"), Kind: ptr(dm.FieldText)})
		w.must(err)
		other, err := w.app.CreateField(t.Context(), w.system("acme"), app.FieldPatch{Name: ptr("Margin"), Kind: ptr(dm.FieldText)})
		w.must(err)
		rng := rand.New(rand.NewPCG(7, 11))
		coin := func() bool { return rng.IntN(2) == 0 }
		type friend struct {
			*foreignDesk
			id    int64
			token string
			terms map[string]any
		}
		var friends []friend
		for range 4 {
			terms := allTerms("public_comments", coin(), "private_comments", coin(), "status", coin(), "tags", coin(), "attachments", coin(), "only_marked", rng.IntN(3) == 0)
			terms["fields"] = []string{}
			if coin() {
				terms["fields"] = []string{"region"}
			}
			l := w.elsewhere()
			id, _, token := p.befriend(l, terms)
			friends = append(friends, friend{l, id, token, terms})
		}
		for round := range 12 {
			mark := fmt.Sprintf("r%d", round)
			number := p.ticket("owner", "Ticket "+mark, "tags", []string{"tag" + mark}, "fields", map[string]any{fmt.Sprint(field): "region" + mark, fmt.Sprint(other): "margin" + mark})
			shared := []int{rng.IntN(4), rng.IntN(4)}
			slices.Sort(shared)
			shared = slices.Compact(shared)
			for _, i := range shared {
				p.as("owner").post(fmt.Sprintf("/tickets/%d/partners", number), map[string]any{"partner_ids": []int64{friends[i].id}}).is(201)
			}
			p.drain()
			secret := map[string]string{}
			for n := range 6 {
				kind := []dm.MessageKind{dm.Reply, dm.Note, dm.LocalNote}[rng.IntN(3)]
				word := fmt.Sprintf("%s%s%d", kind, mark, n)
				marked := coin()
				p.say("owner", number, kind, word, "for_partners", marked)
				secret[word] = fmt.Sprint(kind, marked)
			}
			p.change("owner", number, map[string]any{"status": "pending"})
			for i := range friends {
				bodies, _ := friends[i].take()
				all := strings.Join(bodies, "\n")
				if !slices.Contains(shared, i) {
					if all != "" {
						t.Errorf("a partner it is not shared with hears %s", all)
					}
					continue
				}
				terms := friends[i].terms
				yes := func(name string) bool { return terms[name].(bool) }
				for word, what := range secret {
					crosses := yes("private_comments") && !strings.HasPrefix(what, string(dm.Reply)) || strings.HasPrefix(what, string(dm.Reply)) && (yes("public_comments") || yes("private_comments"))
					crosses = crosses && !strings.HasPrefix(what, string(dm.LocalNote)) && (!yes("only_marked") || strings.HasSuffix(what, "true"))
					if got := strings.Contains(all, `"`+word+`"`); got != crosses {
						t.Errorf("round %d, terms %v: %s (%s) crosses: %v, want %v", round, terms, word, what, got, crosses)
					}
				}
				for text, allowed := range map[string]bool{`"tag` + mark + `"`: yes("tags"), `"pending"`: yes("status"), "region" + mark: len(terms["fields"].([]string)) > 0, "margin" + mark: false, "owner@acme.example": false} {
					if got := strings.Contains(all, text); got != allowed {
						t.Errorf("round %d, terms %v: %s crosses: %v, want %v in %s", round, terms, text, got, allowed, all)
					}
				}
			}
		}
	})
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
