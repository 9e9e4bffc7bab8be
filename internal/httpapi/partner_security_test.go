package httpapi_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/deskmesh/deskmesh/internal/app"
	"github.com/deskmesh/deskmesh/internal/httpx"
	"github.com/deskmesh/deskmesh/internal/nhd"
)

// security is acme with an agreement of each direction with desks of other makers,
// at a server that is limited and whose log is kept.
type security struct {
	*pair
	log                         *logged
	peer                        *foreignDesk
	outbound, inbound           int64
	outboundToken, inboundToken string
}

// logged keeps what is logged, and may be written to by many.
type logged struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

// Write implements io.Writer.
func (l *logged) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.Write(p)
}

func (l *logged) text() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.String()
}

func newSecurity(w *world) *security {
	s := &security{pair: &pair{world: w}, log: &logged{}}
	log := slog.New(slog.NewTextHandler(s.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	w.jobs.Logger = log
	w.handler = httpx.Chain(nhd.NewServer(w.app, log, nil).Over(w.api), httpx.Identify(nil), httpx.AccessLog(log, slog.LevelInfo, w.clock.now), httpx.Recover(log))
	s.listen()
	s.peer = w.elsewhere()
	s.outbound, _, s.outboundToken = s.befriend(s.peer, allTerms())
	s.inboundToken = numbered(900) + ":" + someKey
	host := strings.Replace(s.peer.url, "127.0.0.1", "maker.localhost", 1)
	s.pair.wire("POST", "/agreements/"+numbered(900), "", `{"uuid":"`+numbered(900)+`","name":"Maker","access_key":"`+someKey+`","status":"pending","sender_url":"`+host+`/in","receiver_url":"http://`+w.acme().host+s.url+
		`/sharing","sync_tags":true,"sync_custom_fields":true,"allows_public_comments":true}`, 201)
	s.inbound = s.as("owner").get("/partners?direction=inbound").ok().number("items.0.id")
	s.as("owner").patch(fmt.Sprintf("/partners/%d", s.inbound), map[string]any{"status": "accepted", "name": "Maker"}).ok()
	s.drain()
	return s
}

// wire sends a request of the protocol, as the world's own does.
func (s *security) wire(slug, method, path, token string, body any, headers ...string) said {
	s.Helper()
	return s.world.wire(slug, method, path, token, body, headers...)
}

// received shares a ticket with us over the inbound agreement.
func (s *security) received(uuid string, more ...any) int64 {
	s.Helper()
	body := map[string]any{"uuid": uuid, "subject": "Lift " + uuid, "status": "open", "requester": map[string]any{"uuid": "r1", "name": "Pat"},
		"comments": []any{map[string]any{"uuid": uuid + "-c", "author": map[string]any{"uuid": "r1", "name": "Pat"}, "body": "It hangs", "public": true}}}
	for i := 0; i+1 < len(more); i += 2 {
		body[more[i].(string)] = more[i+1]
	}
	got := s.wire("acme", "POST", "/sharing/tickets/"+uuid, s.inboundToken, body)
	if got.status != 201 {
		s.Fatalf("a ticket is refused with %d %s", got.status, got.body)
	}
	var said struct {
		Deskmesh struct {
			Number json.Number `json:"number"`
		} `json:"deskmesh"`
	}
	s.must(json.Unmarshal([]byte(got.body), &said))
	n, err := said.Deskmesh.Number.Int64()
	s.must(err)
	return n
}

// TestPartnerSecurity is the hardening of section 9 that is about more than one
// kind of request.
func TestPartnerSecurity(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		s := newSecurity(w)
		for _, part := range []struct {
			name string
			run  func(*testing.T)
		}{
			{"section 5: every step from every state, by us and by them", s.agreementStates},
			{"section 8: whatever comes is answered from the clean set", s.cleanAnswers},
			{"section 9 row 5: an old request said again changes nothing that is newer", s.replays},
			{"section 9 row 6: a key is changed while messages wait, and while an answer is lost", s.rotation},
			{"section 9 row 7: a token opens nothing of another agreement", s.otherAgreements},
			{"section 9 row 9: whoever a partner says they are, they are nobody here", s.forgedActors},
			{"section 9 row 11: foreign HTML is cleaned, and loads nothing", s.foreignHTML},
			{"section 9 row 12: addresses of files end with the agreement", s.fileAddresses},
			{"section 9 row 14: floods are counted, by agreement and by address", s.floods},
			{"section 9 row 2: one-time addresses are gone once used, and cannot be guessed", s.oneTime},
			{"section 9 row 1: no key, one-time address or text stands in the log", s.redacted},
		} {
			t.Run(part.name, func(t *testing.T) {
				world := *w
				world.TB = t
				s.pair.world = &world
				part.run(t)
				s.pair.world = w
			})
		}
	})
}

func (s *security) cleanAnswers(t *testing.T) {
	uuid := strings.Split(s.inboundToken, ":")[0]
	bodies := []any{"", " ", "null", "[]", "1", `"x"`, "{", "{}{}", "{} 1", "\x00", "\xff\xfe", "\xef\xbb\xbf{}", `{"uuid":5}`, `{"comments":{"a":1}}`, `{"comments":[null,{"uuid":"a","attachments":[null]}]}`, `{"subject":"\ud800"}`,
		`{"status":"\u0000"}`, `{"status":["open"]}`, `{"requested_at":{}}`, `{"tags":[{}]}`, `{"custom_fields":[]}`, `{"original_id":[]}`, `{"original_id":1e999999}`, `{"requester":[]}`, `{"current_actor":7}`, `{"deskmesh":{"version":1,"clocks":{"status":{"n":-1}}}}`,
		`{"deskmesh":[]}`, `{"deskmesh":{"version":"x"}}`, `{"json_class":"String","raw":[65,66]}`, "<a/>", "a=1", strings.Repeat("[", 5000), manyFields(20_000), `{"a":1e999999}`, "NaN"}
	// That they speak our extension is noted; nothing else is.
	same(t, "an extension", fmt.Sprint(s.wire("acme", "PUT", "/sharing/agreements/"+uuid, s.inboundToken, `{"deskmesh":{"version":1}}`).status), "200")
	before := s.fingerprint()
	for _, method := range []string{"GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS", "TRACE", "PROPFIND"} {
		for _, path := range []string{"/sharing/tickets/" + someUUID, "/sharing/agreements/" + uuid, "/sharing/agreements/" + someUUID, "/sharing/i/x/agreements/" + someUUID, "/sharing/files/a/1/b/c", "/sharing/files/a/x/b/c", "/sharing/tickets/a%00b",
			"/sharing/tickets/%ff", "/sharing/tickets/" + strings.Repeat("a", 65), "/sharing/tickets/%2e%2e", "/sharing/tickets/a%2fb", "/sharing/i//agreements/x", "/SHARING/tickets/a", "/sharing/./tickets/../x"} {
			for _, token := range []string{"", "x", ":", s.inboundToken, s.inboundToken + "x", someUUID + ":" + someKey, strings.Repeat("k", 5000), "a:b:c", "\x80:x"} {
				list := []any{`{}`}
				if (method == "POST" || method == "PUT") && token == s.inboundToken && !strings.HasPrefix(path, "/sharing/files") {
					list = bodies
				}
				for _, body := range list {
					got := s.wire("acme", method, path, token, body)
					if path == "/SHARING/tickets/a" || strings.Contains(path, "./") {
						if got.status < 400 || got.status >= 500 {
							t.Errorf("%s %s answers %d", method, path, got.status)
						}
						continue // not of the protocol
					}
					if !slices.Contains(clean, got.status) || got.header.Get("Location") != "" || got.status == 405 && got.header.Get("Allow") == "" || got.status == 401 && got.header.Get("WWW-Authenticate") == "" {
						t.Errorf("%s %s with %.100q of %.40q answers %d %s", method, path, fmt.Sprint(body), token, got.status, got.body)
					}
					if strings.Contains(got.body, someKey) {
						t.Errorf("%s %s answers with a key", method, path)
					}
				}
			}
		}
	}
	for _, headers := range [][]string{{"Content-Encoding", "gzip"}, {"Content-Encoding", "identity, gzip"}, {"Content-Type", "multipart/form-data"}, {"Content-Type", ";"}, {"X-Ticket-Sharing-Version", "2"}, {"X-Ticket-Sharing-Version", "\x80"},
		{"Signature-Input", "deskmesh=()", "Signature", "deskmesh=::"}, {"Transfer-Encoding", "gzip"}, {"Expect", "nothing"}, {"Range", "bytes=9-1"}, {"If-Match", "x"}} {
		if got := s.wire("acme", "PUT", "/sharing/tickets/"+someUUID, s.inboundToken, `{}`, headers...); !slices.Contains(clean, got.status) {
			t.Errorf("%v answers %d", headers, got.status)
		}
	}
	if s.fingerprint() != before {
		t.Error("something that was refused changed something")
	}
	got := s.wire("acme", "PUT", "/sharing/tickets/"+someUUID, s.inboundToken, `{"subject":"`+strings.Repeat("x", 5<<20)+`"}`)
	same(t, "section 8: too large", fmt.Sprint(got.status), "422")
	got = s.wire("acme", "PUT", "/sharing/tickets/"+someUUID, someUUID+":"+someKey, `{"subject":"`+strings.Repeat("x", 5<<20)+`"}`)
	same(t, "section 9 row 14: a body without a good token is not read", fmt.Sprint(got.status), "401")
	got = s.wire("acme", "POST", "/sharing/agreements/"+someUUID, "", `{"name":"`+strings.Repeat("x", 70<<10)+`"}`)
	same(t, "section 9 row 14: an invitation of more than 64 KiB", fmt.Sprint(got.status), "422")
	r := httptest.NewRequestWithContext(s.Context(), "GET", "http://unknown.example/sharing/tickets/a", nil)
	rec := httptest.NewRecorder()
	s.handler.ServeHTTP(rec, r)
	same(t, "a host that is none of ours", fmt.Sprint(rec.Code), "404")
}

func (s *security) replays(t *testing.T) {
	uuid := "replayed"
	n := s.received(uuid)
	at := "/sharing/tickets/" + uuid
	put := func(body string) int {
		t.Helper()
		return s.wire("acme", "PUT", at, s.inboundToken, body).status
	}
	older := `{"status":"pending","comments":[{"uuid":"replay-1","author":{"uuid":"r1","name":"Pat"},"body":"once"}]}`
	same(t, "new", fmt.Sprint(put(older)), "200")
	s.change("owner", n, map[string]any{"status": "open"})
	for range 3 {
		same(t, "the same request again", fmt.Sprint(put(`{"comments":[{"uuid":"replay-1","author":{"uuid":"r1","name":"Pat"},"body":"once, and forged"}]}`)), "200")
	}
	if got := s.texts("owner", n); len(got) != 2 || got[1] != "reply: once" {
		t.Errorf("messages %v", got)
	}
	// Between Deskmesh desks every value has a clock.
	newer := `{"status":"solved","deskmesh":{"version":1,"clocks":{"status":{"n":9,"s":true}}}}`
	same(t, "newer", fmt.Sprint(put(newer)), "200")
	s.change("owner", n, map[string]any{"status": "open"})
	for range 3 {
		same(t, "the old one again", fmt.Sprint(put(newer)), "200")
	}
	same(t, "it stays as it is", fmt.Sprint(s.value("owner", n, "status")), "open")
	same(t, "unshared", fmt.Sprint(s.wire("acme", "DELETE", at, s.inboundToken, nil).status), "200")
	for _, method := range []string{"DELETE", "PUT", "POST"} {
		body := any(`{"uuid":"` + uuid + `","subject":"again","comments":[]}`)
		if method == "DELETE" {
			body = nil
		}
		same(t, "an old "+method+" after the end", fmt.Sprint(s.wire("acme", method, at, s.inboundToken, body).status), "410")
	}
}

func (s *security) rotation(t *testing.T) {
	p := &pair{world: s.world, url: s.url}
	p.acme, p.globex = p.agree("acme", "globex", allTerms())
	ours, theirs := fmt.Sprintf("/partners/%d", p.acme), fmt.Sprintf("/partners/%d", p.globex)
	n := p.ticket("owner", "Rotating")
	there := p.share(n)
	real := s.app.Partners
	down := &downClient{PartnerClient: real}
	s.app.Partners = down
	defer func() { s.app.Partners = real }()
	p.say("owner", n, "reply", "before the change") // waits
	p.say("globex/owner", there, "reply", "from there")
	p.as("owner").post(ours+"/rotate-key", nil).is(200)
	p.drain()
	down.answersLost = true // what is sent arrives, and nobody hears of it
	s.advance(time.Minute)
	p.drain()
	down.up = true
	for range 20 {
		s.advance(time.Minute)
		p.drain()
	}
	same(t, "fingerprints", p.as("owner").get(ours).ok().text("fingerprint"), p.as("globex/owner").get(theirs).ok().text("fingerprint"))
	// Another one arrives, and for more than a day no answer comes through: what they
	// say in between shows that they have it.
	down.up = false
	p.as("owner").post(ours+"/rotate-key", nil).is(200)
	p.drain()
	down.up = true
	same(t, "they speak with the new key", fmt.Sprint(p.as("globex/owner").post(theirs+"/test", nil).is(200).at("ok")), "true")
	down.up, down.answersLost = false, false
	for range 30 {
		s.advance(time.Hour)
		p.drain()
	}
	down.up = true
	for _, side := range []struct{ who, path string }{{"owner", ours}, {"globex/owner", theirs}} {
		same(t, "a test of "+side.who+" when the old key's day is over", fmt.Sprint(p.as(side.who).post(side.path+"/test", nil).is(200).at("ok")), "true")
		same(t, "rotating", fmt.Sprint(p.as(side.who).get(side.path).ok().at("rotating")), "false")
	}
	if here, over := p.texts("owner", n), p.texts("globex/owner", there); len(here) != 3 || len(over) != 3 {
		t.Errorf("they have %v and %v", here, over)
	}
}

// downClient is a network that is down, or loses answers.
type downClient struct {
	app.PartnerClient
	up, answersLost bool
}

// Send implements app.PartnerClient.
func (d *downClient) Send(ctx context.Context, m *app.PartnerMessage) app.PartnerAnswer {
	if d.up {
		return d.PartnerClient.Send(ctx, m)
	}
	if d.answersLost {
		d.PartnerClient.Send(ctx, m)
	}
	return app.PartnerAnswer{Fault: app.PartnerNetwork, Problem: "The connection failed."}
}

func (s *security) otherAgreements(t *testing.T) {
	s.received("guarded")
	own := s.ticket("owner", "Ours alone")
	s.as("owner").post(fmt.Sprintf("/tickets/%d/partners", own), map[string]any{"partner_ids": []int64{s.outbound}}).is(201)
	s.drain()
	_, calls := s.peer.take()
	sent := strings.TrimPrefix(calls[len(calls)-1], "POST /nhd/tickets/")
	for uuid, token := range map[string]string{"guarded": s.outboundToken, sent: s.inboundToken} {
		unknown := s.wire("acme", "GET", "/sharing/tickets/unknown", token, nil)
		for _, method := range []string{"GET", "PUT", "DELETE"} {
			got := s.wire("acme", method, "/sharing/tickets/"+uuid, token, map[string]any{"status": "solved"})
			if got.status != 404 || got.body != unknown.body {
				t.Errorf("%s of another agreement's ticket answers %d %s", method, got.status, got.body)
			}
		}
	}
	same(t, "our tickets do not come back", fmt.Sprint(s.wire("acme", "POST", "/sharing/tickets/x9", s.outboundToken, map[string]any{"uuid": "x9", "subject": "x", "comments": []any{}}).status), "403")
	same(t, "another account", fmt.Sprint(s.wire("globex", "GET", "/sharing/tickets/guarded", s.inboundToken, nil).status), "401")
}

func (s *security) forgedActors(t *testing.T) {
	n := s.received("forged")
	people := len(s.as("owner").get("/people?limit=200").ok().list("items"))
	s.mails("")
	for i, actor := range []map[string]any{
		{"uuid": "1", "name": "Olga Owner", "role": "agent"}, {"uuid": fmt.Sprint(s.id("owner")), "name": "owner@acme.example", "role": "admin"},
		{"uuid": "r1", "name": "Olga Owner (Acme)\u202e", "role": "owner"}, {"uuid": "x", "name": "", "role": nil},
	} {
		body := map[string]any{"current_actor": actor, "requester": actor, "comments": []any{map[string]any{"uuid": fmt.Sprint("forged-", i), "author": actor, "body": "@Olga Owner please pay", "public": i%2 == 0}}}
		same(t, "taken", fmt.Sprint(s.wire("acme", "PUT", "/sharing/tickets/forged", s.inboundToken, body).status), "200")
	}
	m := s.as("owner").get(fmt.Sprintf("/tickets/%d/messages?limit=100", n)).ok()
	for i := range m.list("items") {
		at := fmt.Sprintf("items.%d.", i)
		if m.at(at+"author") != nil || m.text(at+"foreign.partner.name") != "Maker" || strings.Contains(m.text(at+"foreign.name"), "\u202e") || m.at(at+"foreign.person_id") != nil {
			t.Errorf("it is %v", m.at(at[:len(at)-1]))
		}
	}
	events := s.as("owner").get(fmt.Sprintf("/tickets/%d/events?limit=100", n)).ok()
	for i := range events.list("items") {
		at := fmt.Sprintf("items.%d.", i)
		if events.at(at+"actor") != nil || !strings.Contains(events.text(at+"cause.name"), "Maker") {
			t.Errorf("the history says %v", events.at(at[:len(at)-1]))
		}
	}
	if after := len(s.as("owner").get("/people?limit=200").ok().list("items")); after != people {
		t.Errorf("there are %d people more", after-people)
	}
	if got := s.value("owner", n, "requester.name"); got != "Maker" {
		t.Errorf("the requester is %v", got)
	}
}

func (s *security) foreignHTML(t *testing.T) {
	html := `<p onclick="x()">Hello</p><script>alert(1)</script><style>*{background:url(https://tracker.example/s)}</style><img src="https://tracker.example/i.png" onerror="x()"><iframe src="https://evil.example"></iframe>` +
		`<a href="javascript:alert(1)">one</a><a href="https://fine.example/">two</a><form action="https://evil.example"><input name="password"></form><svg><animate onbegin="x()"/></svg><base href="https://evil.example/"><meta http-equiv="refresh" content="0">`
	n := s.received("html", "comments", []any{map[string]any{"uuid": "html-1", "author": map[string]any{"uuid": "r1", "name": "Pat"}, "body": "plain", "html_body": html, "public": true}})
	got := s.as("owner").get(fmt.Sprintf("/tickets/%d/messages", n)).ok().text("items.0.html")
	if !strings.Contains(got, "Hello") || !strings.Contains(got, "https://fine.example/") {
		t.Errorf("nothing is left: %s", got)
	}
	for _, bad := range []string{"script", "onclick", "onerror", "onbegin", "iframe", "javascript:", "<form", "<input", "<base", "<meta", "<style", ` src="https://tracker`} {
		if strings.Contains(strings.ToLower(got), bad) {
			t.Errorf("%s is left in %s", bad, got)
		}
	}
}

func (s *security) fileAddresses(t *testing.T) {
	p := &pair{world: s.world, url: s.url}
	l := s.elsewhere()
	id, _, _ := p.befriend(l, allTerms())
	n := p.ticket("owner", "With files")
	c := s.as("owner").with("Content-Type", "application/octet-stream")
	note := c.post("/attachments?name=plan.html", "<script>the plan</script>").is(201).number("id")
	local := c.post("/attachments?name=local.txt", "the local file").is(201).number("id")
	p.say("owner", n, "note", "See here", "attachments", []int64{note})
	p.say("owner", n, "local_note", "But not this", "attachments", []int64{local})
	p.as("owner").post(fmt.Sprintf("/tickets/%d/partners", n), map[string]any{"partner_ids": []int64{id}}).is(201)
	p.drain()
	bodies, _ := l.take()
	_, address, _ := strings.Cut(strings.Join(bodies, ""), s.world.acme().host+s.url)
	address, _, _ = strings.Cut(address, `"`)
	got := s.wire("acme", "GET", address, "", nil)
	if got.status != 200 || got.body != "<script>the plan</script>" || !strings.HasPrefix(got.header.Get("Content-Disposition"), "attachment") || got.header.Get("X-Content-Type-Options") != "nosniff" ||
		!strings.Contains(got.header.Get("Content-Security-Policy"), "sandbox") || got.header.Get("Cache-Control") != "no-store" {
		t.Errorf("it answers %d %v %s", got.status, got.header, got.body)
	}
	parts := strings.Split(address, "/")
	other := slices.Clone(parts)
	other[len(other)-3] = fmt.Sprint(local) // the file of a local note, with the sign of another
	same(t, "another file", fmt.Sprint(s.wire("acme", "GET", strings.Join(other, "/"), "", nil).status), "404")
	same(t, "at another account", fmt.Sprint(s.wire("globex", "GET", address, "", nil).status), "404")
	s.set("partners.enabled", false)
	same(t, "while partners are switched off", fmt.Sprint(s.wire("acme", "GET", address, "", nil).status), "404")
	s.set("partners.enabled", true)
	same(t, "afterwards", fmt.Sprint(s.wire("acme", "GET", address, "", nil).status), "200")
	s.as("owner").patch(fmt.Sprintf("/partners/%d", id), map[string]any{"status": "inactive"}).ok()
	same(t, "after the agreement", fmt.Sprint(s.wire("acme", "GET", address, "", nil).status), "404")
}

// floods asks more than the limits allow, at a server that has some.
func (s *security) floods(t *testing.T) {
	now := s.clock.now()
	limits := httpx.RateLimits{Partner: 25, Address: 5}
	limited := httpx.Chain(nhd.NewServer(s.app, slog.New(slog.DiscardHandler), httpx.NewRates(limits, func() time.Time { return now }, nil)).Over(http.NotFoundHandler()), httpx.Identify(nil))
	before := s.handler
	s.world.handler = limited
	defer func() { s.world.handler = before }()
	count := func(most int, ask func() said) int {
		t.Helper()
		for n := range most {
			got := ask()
			if got.status == 503 {
				if rest := got.header.Get("Retry-After"); rest == "" || rest == "3600" || !strings.Contains(got.body, "rate_limit") {
					t.Errorf("it answers %v %s", got.header, got.body)
				}
				return n
			}
		}
		return most
	}
	known := func() said { return s.wire("acme", "GET", "/sharing/tickets/unknown", s.inboundToken, nil) }
	wrong := func() said {
		return s.wire("acme", "GET", "/sharing/tickets/unknown", strings.Split(s.inboundToken, ":")[0]+":wrong", nil)
	}
	same(t, "an agreement's", fmt.Sprint(count(200, known)), "100")
	same(t, "another agreement's", fmt.Sprint(count(5, func() said { return s.wire("acme", "GET", "/sharing/tickets/unknown", s.outboundToken, nil) })), "5")
	same(t, "those without a good token", fmt.Sprint(count(200, wrong)), "20")
	same(t, "invitations from there", fmt.Sprint(count(5, func() said { return s.wire("acme", "POST", "/sharing/agreements/"+someUUID, "", `{}`) })), "0")
	same(t, "files from there", fmt.Sprint(count(5, func() said { return s.wire("acme", "GET", "/sharing/files/a/1/b/c", "", nil) })), "0")
	now = now.Add(time.Minute)
	large := `{"comments":[],"x":"` + strings.Repeat("x", 2<<20) + `"}`
	same(t, "bodies of two megabytes", fmt.Sprint(count(50, func() said { return s.wire("acme", "PUT", "/sharing/tickets/unknown", s.inboundToken, large) })), "3")
	now = now.Add(time.Minute)
	same(t, "later", fmt.Sprint(known().status, wrong().status), "404 401")
}

func (s *security) oneTime(t *testing.T) {
	s.set("partners.decline_all", true)
	defer s.set("partners.decline_all", false)
	owner := s.as("owner")
	made := owner.post("/partner-invitations", map[string]any{"note": "x"}).is(201)
	_, path, _ := strings.Cut(made.text("url"), s.world.acme().host+s.url)
	secret := path[strings.LastIndex(path, "/")+1:]
	if len(secret) < 40 {
		t.Errorf("the secret is %d characters long", len(secret))
	}
	invite := func(secret string, n int) int {
		body := invitation(numbered(n), "receiver_url", made.text("url"), "sender_url", fmt.Sprintf("http://one%d.example/sharing", n))
		return s.wire("acme", "POST", "/sharing/i/"+secret+"/agreements/"+numbered(n), "", body).status
	}
	for _, guess := range []string{"x", secret[:len(secret)-1], secret + "x", strings.ToUpper(secret), secret[:len(secret)-1] + "_", "%00", "..", "' OR 1=1 --"} {
		if got := invite(strings.ReplaceAll(guess, " ", "%20"), 950); got != 404 && got != 403 {
			t.Errorf("a guess answers %d", got)
		}
	}
	same(t, "of another account", fmt.Sprint(s.wire("globex", "POST", path+"/agreements/"+numbered(950), "", invitation(numbered(950), "receiver_url", strings.Replace(made.text("url"), "acme", "globex", 1), "sender_url", "http://u.example/sharing")).status), "404")
	same(t, "the right one", fmt.Sprint(invite(secret, 951)), "201")
	same(t, "the answer was lost", fmt.Sprint(invite(secret, 951)), "200")
	same(t, "used", fmt.Sprint(invite(secret, 952)), "404")
	second := owner.post("/partner-invitations", map[string]any{}).is(201)
	owner.delete(fmt.Sprintf("/partner-invitations/%d", second.number("id"))).is(204)
	gone := second.text("url")
	same(t, "taken back", fmt.Sprint(invite(gone[strings.LastIndex(gone, "/")+1:], 953)), "404")
	if strings.Contains(s.log.text(), secret) {
		t.Error("the one-time address stands in the log")
	}
}

func (s *security) redacted(t *testing.T) {
	text := s.log.text()
	if !strings.Contains(text, "/sharing/tickets/{uuid}") || !strings.Contains(text, "/sharing/agreements/{uuid}") {
		t.Fatalf("the log has no requests: %.500s", text)
	}
	_, outbound, _ := strings.Cut(s.outboundToken, ":")
	for what, secret := range map[string]string{"the key that they made": someKey, "the key that we made": outbound, "a text": "It hangs", "an invitation's name": "Umbrella", "a file's address": "/sharing/files/a/", "an id": someUUID} {
		if strings.Contains(text, secret) {
			at := strings.Index(text, secret)
			t.Errorf("%s stands in the log: %s", what, text[max(0, at-200):at+50])
		}
	}
}
