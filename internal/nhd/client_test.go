package nhd

import (
	"compress/gzip"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/app"
	"github.com/deskmesh/deskmesh/internal/httpx"
)

const testKey = "83a5b8a7b2e181736b4cad2391e48691b4434fdb"

// message is one to a desk at an address.
func message(kind dm.PartnerMessageKind, address string) *app.PartnerMessage {
	terms := dm.DefaultPartnerTerms()
	return &app.PartnerMessage{Kind: kind, ID: 7, Key: testKey, Status: dm.PartnerAccepted, At: signedAt, Account: &dm.Account{Name: "Acme"},
		Partner: &dm.Partner{UUID: "63a59a1868938b85f6fb0ef2b2b0675caa8629ac", Direction: dm.PartnerOutbound, PartnerURL: address, OurURL: "https://acme.example/sharing", Terms: terms},
		Ticket: &app.PartnerTicket{UUID: "11a657fdf7099f5e9c1a7d099b28c8b52a31ebe9", Subject: ptr("Printer"), Status: dm.StatusOpen, RequestedAt: dm.TimeOf(signedAt), Clocks: map[string]app.PartnerClock{},
			Requester: &app.PartnerActor{UUID: "r", Name: "Ana", Role: "user"},
			Comments:  []app.PartnerComment{{UUID: "c1", Author: &app.PartnerActor{UUID: "r", Name: "Ana"}, Text: "public", At: dm.TimeOf(signedAt), Public: true}, {UUID: "c2", Author: &app.PartnerActor{UUID: "r", Name: "Ana"}, Text: "private", At: dm.TimeOf(signedAt)}}}}
}

func loopback(t *testing.T) *Client {
	c := NewClient(httpx.ClientOptions{AllowLoopback: true, AllowHTTP: true})
	t.Cleanup(c.Close)
	return c
}

// Section 12, client: the headers of section 3, the dates of section 4.6, and
// whether a comment is public as true or false.
func TestWhatIsSent(t *testing.T) {
	t.Parallel()
	var got *http.Request
	var body []byte
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		got = r
		body, _ = io.ReadAll(r.Body)
	}))
	t.Cleanup(server.Close)
	c := loopback(t)
	for _, tc := range []struct {
		kind         dm.PartnerMessageKind
		method, path string
		key          bool
	}{
		{dm.SendAgreement, "POST", "/sharing/agreements/63a59a1868938b85f6fb0ef2b2b0675caa8629ac", true},
		{dm.SendAgreementStatus, "PUT", "/sharing/agreements/63a59a1868938b85f6fb0ef2b2b0675caa8629ac", false},
		{dm.SendAgreementTest, "GET", "/sharing/agreements/63a59a1868938b85f6fb0ef2b2b0675caa8629ac", false},
		{dm.SendTicket, "POST", "/sharing/tickets/11a657fdf7099f5e9c1a7d099b28c8b52a31ebe9", false},
		{dm.SendTicketUpdate, "PUT", "/sharing/tickets/11a657fdf7099f5e9c1a7d099b28c8b52a31ebe9", false},
		{dm.SendTicketEnd, "DELETE", "/sharing/tickets/11a657fdf7099f5e9c1a7d099b28c8b52a31ebe9", false},
	} {
		t.Run("section 12: "+string(tc.kind)+" has the protocol's headers", func(t *testing.T) {
			if a := c.Send(t.Context(), message(tc.kind, server.URL+"/sharing")); !a.OK() || a.Status != 200 {
				t.Fatalf("%+v", a)
			}
			if got.Method != tc.method || got.URL.Path != tc.path {
				t.Errorf("%s %s", got.Method, got.URL.Path)
			}
			for name, want := range map[string]string{headerToken: "63a59a1868938b85f6fb0ef2b2b0675caa8629ac:" + testKey, headerVersion: "1", "Accept": "application/json"} {
				if v := got.Header.Get(name); v != want {
					t.Errorf("%s is %q", name, v)
				}
			}
			if len(body) > 0 && got.Header.Get("Content-Type") != bodyType || got.ContentLength != int64(len(body)) || strings.Contains(got.URL.String(), testKey) {
				t.Errorf("%s of %d bytes (%d) at %s", got.Header.Get("Content-Type"), got.ContentLength, len(body), got.URL)
			}
			if strings.Contains(string(body), testKey) != tc.key {
				t.Errorf("the key in the body: %s", body)
			}
			if tc.method == "DELETE" && (len(body) != 0 || got.ContentLength != 0 || len(got.TransferEncoding) != 0) {
				t.Errorf("nhd-wire 7: an unshare has the body %q", body)
			}
			if strings.HasPrefix(string(tc.kind), "ticket.") && len(body) > 0 && (strings.Count(string(body), `"2026-03-02 09:00:00 +0000"`) < 2 || !strings.Contains(string(body), `"public":true`) || !strings.Contains(string(body), `"public":false`) ||
				strings.Contains(string(body), `"public":null`)) {
				t.Errorf("it says %s", body)
			}
		})
	}
}

// The answers of section 8 and of nhd-wire, given to our sender: what was taken,
// what is final, and what is tried again.
func TestWhatAnswersMean(t *testing.T) {
	t.Parallel()
	status := 0
	away := atomic.Int64{}
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { away.Add(1) }))
	t.Cleanup(elsewhere.Close)
	location := ""
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/elsewhere") {
			away.Add(1)
		}
		if location != "" {
			w.Header().Set("Location", location)
		}
		w.Header().Set("Retry-After", "30")
		w.WriteHeader(status)
	}))
	t.Cleanup(server.Close)
	c := loopback(t)
	send := func() app.PartnerAnswer {
		return c.Send(t.Context(), message(dm.SendTicketUpdate, server.URL+"/sharing"))
	}
	for _, tc := range []struct {
		what      string
		statuses  []int
		ok, final bool
	}{
		{"taken", []int{200, 201, 202, 204}, true, false},
		{"final", []int{400, 401, 402, 403, 404, 405, 406, 409, 410, 412, 413, 415, 422, 418}, false, true},
		{"tried again", []int{408, 429, 500, 502, 503, 504}, false, false},
	} {
		for status = range 600 {
			if !strings.Contains(fmt.Sprint(tc.statuses), fmt.Sprint(status)) || status < 200 {
				continue
			}
			t.Run(fmt.Sprintf("nhd-wire: %d is %s", status, tc.what), func(t *testing.T) {
				a := send()
				if a.OK() != tc.ok || a.Final() != tc.final || a.Status != status {
					t.Errorf("%+v", a)
				}
				if want := 30 * time.Second; !tc.ok && a.RetryAfter != want {
					t.Errorf("it waits %s", a.RetryAfter)
				}
			})
		}
	}
	for _, at := range []string{elsewhere.URL + "/x", "/elsewhere", "elsewhere", "", "http://127.0.0.2:1/", "javascript:x", "%zz"} {
		for _, status = range []int{301, 302, 303, 304, 307, 308} {
			location = at
			a := send()
			if a.OK() || !a.Final() && a.Status != 0 || away.Load() != 0 {
				t.Errorf("section 12: no redirect is followed: %d to %q gave %+v, %d followed", status, at, a, away.Load())
			}
		}
	}
}

// Section 9 row 3: what an answer can do to us is bounded.
func TestAnswersAreBounded(t *testing.T) {
	t.Parallel()
	zeros := strings.NewReader(strings.Repeat("\x00", 1<<20))
	answers := map[string]http.HandlerFunc{
		"/endless": func(w http.ResponseWriter, r *http.Request) {
			for range 64 {
				if _, err := io.WriteString(w, strings.Repeat("x", 64<<10)); err != nil {
					return
				}
			}
		},
		"/bomb": func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			z := gzip.NewWriter(w)
			for range 64 {
				zeros.Seek(0, io.SeekStart)
				if _, err := io.Copy(z, zeros); err != nil {
					return
				}
			}
			z.Close()
		},
		"/deep": func(w http.ResponseWriter, r *http.Request) {
			io.WriteString(w, `{"deskmesh":`+strings.Repeat("[", 30_000)+strings.Repeat("]", 30_000)+`}`)
		},
		"/words": func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(422)
			json.NewEncoder(w).Encode(map[string]string{"message": strings.Repeat("long \u202e\n", 5000)})
		},
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		part, _, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
		answers["/"+part](w, r)
	}))
	t.Cleanup(server.Close)
	c := loopback(t)
	for path := range answers {
		a := c.Send(t.Context(), message(dm.SendTicketUpdate, server.URL+path))
		if len(a.Body) > answerMost || a.Capable || len(a.Problem) > 1000 || strings.ContainsAny(a.Problem, "\n\r") {
			t.Errorf("%s: %d bytes, capable %v, says %.300q", path, len(a.Body), a.Capable, a.Problem)
		}
	}
}

// Section 9 row 3: where a message goes is judged when the connection is made, so
// that a name which means this machine, whatever it meant before, leads nowhere.
func TestNothingInsideIsDialled(t *testing.T) {
	t.Parallel()
	dialled := atomic.Int64{}
	server := httptest.NewTLSServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { dialled.Add(1) }))
	t.Cleanup(server.Close)
	_, port, _ := strings.Cut(strings.TrimPrefix(server.URL, "https://"), ":")
	c := NewClient(httpx.ClientOptions{})
	t.Cleanup(c.Close)
	for _, host := range []string{"localhost", "127.0.0.1", "127.1", "0x7f000001", "2130706433", "[::1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "[fe80::1%25lo]", "0.0.0.0", "169.254.169.254", "10.0.0.1",
		"[fd00::1]", "100.64.0.1", "224.0.0.1"} {
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
		a := c.Send(ctx, message(dm.SendTicketUpdate, "https://"+host+":"+port+"/sharing"))
		body, problem := c.Fetch(ctx, &dm.Partner{UUID: "a", PartnerURL: "https://" + host + ":" + port}, testKey, "https://"+host+":"+port+"/file", 100)
		cancel()
		if a.OK() || a.Status != 0 || a.Fault == app.PartnerNoFault || strings.Contains(a.Problem, host) || body != nil || problem == "" {
			t.Errorf("%s: %+v, a file %v %q", host, a, body != nil, problem)
		}
	}
	if n := dialled.Load(); n != 0 {
		t.Errorf("%d requests reached this machine", n)
	}
}

// Section 9 row 4 and 12: the key goes to the partner's own host alone, also when
// files are fetched.
func TestKeyGoesToThePartnerAlone(t *testing.T) {
	t.Parallel()
	seen := map[string]string{}
	record := func(name string) *httptest.Server {
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			seen[name] = r.Header.Get(headerToken)
			if r.URL.Path == "/away" {
				http.Redirect(w, r, "/file", http.StatusFound)
			}
		}))
		t.Cleanup(s.Close)
		return s
	}
	own, other := record("own"), record("other")
	c := loopback(t)
	p := &dm.Partner{UUID: "a", PartnerURL: own.URL + "/sharing"}
	for _, address := range []string{own.URL + "/file", other.URL + "/file"} {
		body, problem := c.Fetch(t.Context(), p, testKey, address, 100)
		if problem != "" {
			t.Fatal(problem)
		}
		body.Close()
	}
	if seen["own"] != "a:"+testKey || seen["other"] != "" {
		t.Errorf("the token went to %v", seen)
	}
	if body, problem := c.Fetch(t.Context(), p, testKey, own.URL+"/away", 100); body != nil || problem == "" {
		t.Errorf("a file behind a redirect is fetched: %q", problem)
	}
	for _, address := range []string{"", "x:", "file:///etc/passwd", "http://user:pass@" + strings.TrimPrefix(own.URL, "http://") + "/file", "gopher://127.0.0.1/", "\x00"} {
		if body, problem := c.Fetch(t.Context(), p, testKey, address, 100); body != nil || problem == "" {
			t.Errorf("%q is fetched", address)
		}
	}
}
