package httpx

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/deskmesh/deskmesh"
)

var proxies = []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("fd00::/8")}

// steadyClock moves 1.5 ms each time it is read.
func steadyClock() func() time.Time {
	at := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	return func() time.Time { at = at.Add(1500 * time.Microsecond); return at }
}

func jsonLog() (*slog.Logger, *bytes.Buffer) {
	var b bytes.Buffer
	return slog.New(slog.NewJSONHandler(&b, nil)), &b
}

// lines reads what jsonLog wrote.
func lines(t *testing.T, b *bytes.Buffer) []map[string]any {
	t.Helper()
	var list []map[string]any
	for d := json.NewDecoder(b); ; {
		var line map[string]any
		if err := d.Decode(&line); err == io.EOF {
			return list
		} else if err != nil {
			t.Fatal(err)
		}
		list = append(list, line)
	}
}

func serve(h http.Handler, r *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

// problem reads an answer and checks that it is a whole problem.
func problem(t *testing.T, w *httptest.ResponseRecorder) map[string]any {
	t.Helper()
	var p map[string]any
	if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil {
		t.Fatalf("%v in %q", err, w.Body)
	}
	if got := w.Header().Get("Content-Type"); got != ContentTypeProblem {
		t.Errorf("content type %q", got)
	}
	if p["status"] != float64(w.Code) || p["title"] == "" || p["code"] == "" {
		t.Errorf("incomplete problem %v for %d", p, w.Code)
	}
	return p
}

func TestIdentify(t *testing.T) {
	t.Parallel()
	type found struct{ remote, scheme, host, id string }
	for _, tc := range []struct {
		name, peer string
		header     http.Header
		want       found
	}{
		{"no proxy", "192.0.2.7:1234", nil, found{"192.0.2.7", "http", "desk.example", ""}},
		{"untrusted peer says a lot", "192.0.2.7:1234", http.Header{
			"X-Forwarded-For": {"198.51.100.1"}, "X-Forwarded-Proto": {"https"}, "X-Forwarded-Host": {"evil.example"}, "X-Request-Id": {"forged"},
		}, found{"192.0.2.7", "http", "desk.example", ""}},
		{"trusted peer", "10.0.0.1:1234", http.Header{
			"X-Forwarded-For": {"198.51.100.1"}, "X-Forwarded-Proto": {"https"}, "X-Forwarded-Host": {"desk.acme.example"}, "X-Request-Id": {"abc-1"},
		}, found{"198.51.100.1", "https", "desk.acme.example", "abc-1"}},
		{"client forged the left part", "10.0.0.1:1234", http.Header{"X-Forwarded-For": {"127.0.0.1, 198.51.100.1"}},
			found{"198.51.100.1", "http", "desk.example", ""}},
		{"two proxies, two header lines", "10.0.0.1:1234", http.Header{"X-Forwarded-For": {"127.0.0.1, 198.51.100.1", "10.2.3.4"}},
			found{"198.51.100.1", "http", "desk.example", ""}},
		{"all are proxies", "10.0.0.1:1234", http.Header{"X-Forwarded-For": {"10.0.0.3, 10.0.0.2"}},
			found{"10.0.0.3", "http", "desk.example", ""}},
		{"garbage in the middle", "10.0.0.1:1234", http.Header{"X-Forwarded-For": {"198.51.100.1, unknown, 10.0.0.2"}},
			found{"10.0.0.2", "http", "desk.example", ""}},
		{"with port and brackets", "[fd00::1]:1234", http.Header{"X-Forwarded-For": {"[2001:db8::1]:99"}},
			found{"2001:db8::1", "http", "desk.example", ""}},
		{"bare brackets", "10.0.0.1:1234", http.Header{"X-Forwarded-For": {"[2001:db8::1]"}},
			found{"2001:db8::1", "http", "desk.example", ""}},
		{"mapped address", "[::ffff:10.0.0.1]:1234", http.Header{"X-Forwarded-For": {"::ffff:198.51.100.1"}},
			found{"198.51.100.1", "http", "desk.example", ""}},
		{"odd values", "10.0.0.1:1234", http.Header{
			"X-Forwarded-For": {""}, "X-Forwarded-Proto": {"gopher"}, "X-Forwarded-Host": {"a b/../<script>"}, "X-Request-Id": {"a\nb"},
		}, found{"10.0.0.1", "http", "desk.example", ""}},
		{"too long", "10.0.0.1:1234", http.Header{
			"X-Forwarded-Host": {strings.Repeat("a", 256)}, "X-Request-Id": {strings.Repeat("a", 65)},
		}, found{"10.0.0.1", "http", "desk.example", ""}},
		{"the nearest proxy's word counts", "10.0.0.1:1234", http.Header{
			"X-Forwarded-Proto": {"https, http"}, "X-Forwarded-Host": {"evil.example, desk.acme.example"},
		}, found{"10.0.0.1", "http", "desk.acme.example", ""}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			var got found
			h := Identify(proxies)(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
				got = found{RemoteIP(r).String(), Scheme(r), r.Host, RequestID(r.Context())}
				for name := range r.Header {
					if strings.HasPrefix(name, "X-") {
						t.Errorf("%s reaches the handler", name)
					}
				}
			}))
			r := httptest.NewRequest("GET", "http://desk.example/", nil)
			r.RemoteAddr = tc.peer
			for name, values := range tc.header {
				r.Header[name] = values
			}
			w := serve(h, r)
			if got.id == "" || got.id != w.Header().Get(HeaderRequestID) {
				t.Errorf("id %q, answered %q", got.id, w.Header().Get(HeaderRequestID))
			}
			if tc.want.id == "" {
				got.id = ""
			}
			if got != tc.want {
				t.Errorf("got %+v, want %+v", got, tc.want)
			}
		})
	}
}

func TestIdentifyReadsABoundedNumberOfAddresses(t *testing.T) {
	t.Parallel()
	r := httptest.NewRequest("GET", "/", nil)
	r.RemoteAddr = "10.0.0.1:1"
	r.Header.Set("X-Forwarded-For", "198.51.100.1"+strings.Repeat(", 10.0.0.9", 10_000))
	o, _ := trust(proxies).origin(r)
	if o.remote.String() != "10.0.0.9" {
		t.Errorf("remote %v", o.remote)
	}
}

func TestWithoutIdentify(t *testing.T) {
	t.Parallel()
	r := httptest.NewRequest("GET", "https://desk.example/", nil)
	r.Header.Set("X-Forwarded-For", "198.51.100.1")
	r.RemoteAddr = "192.0.2.7:1"
	if RemoteIP(r).String() != "192.0.2.7" || Scheme(r) != "https" || RequestID(r.Context()) != "" {
		t.Errorf("%v %s %q", RemoteIP(r), Scheme(r), RequestID(r.Context()))
	}
	r.RemoteAddr = "@"
	if RemoteIP(r).IsValid() {
		t.Errorf("address %v", RemoteIP(r))
	}
}

func TestAccessLog(t *testing.T) {
	t.Parallel()
	log, out := jsonLog()
	mux := http.NewServeMux()
	mux.HandleFunc("GET /s/{secret}", func(w http.ResponseWriter, _ *http.Request) {
		if _, err := io.WriteString(w, "hello"); err != nil {
			t.Error(err)
		}
	})
	mux.HandleFunc("POST /broken", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(503) })
	mux.HandleFunc("GET /silent", func(http.ResponseWriter, *http.Request) {})
	h := Chain(Fallback(mux), Identify(nil), AccessLog(log, slog.LevelInfo, steadyClock()), Timeout(time.Minute))
	serve(h, httptest.NewRequest("GET", "/s/dms_verysecret?token=alsosecret", nil))
	serve(h, httptest.NewRequest("POST", "/broken", strings.NewReader("topsecret")))
	serve(h, httptest.NewRequest("GET", "/silent", nil))
	serve(h, httptest.NewRequest("GET", "/nowhere/secret", nil))
	if strings.Contains(out.String(), "secret\"") || strings.Contains(out.String(), "verysecret") {
		t.Errorf("the log holds a secret: %s", out)
	}
	want := []struct {
		method, route, level string
		status               float64
		empty                bool
	}{
		{"GET", "GET /s/{secret}", "INFO", 200, false},
		{"POST", "POST /broken", "WARN", 503, true},
		{"GET", "GET /silent", "INFO", 200, true},
		{"GET", "", "INFO", 404, false},
	}
	got := lines(t, out)
	if len(got) != len(want) {
		t.Fatalf("%d lines", len(got))
	}
	for i, w := range want {
		line := got[i]
		if line["method"] != w.method || line["route"] != w.route || line["status"] != w.status || line["level"] != w.level ||
			line["ms"] != 1.5 || line["request"] == "" || line["aborted"] != nil {
			t.Errorf("got %v, want %+v", line, w)
		}
		if (line["bytes"] == 0.0) != w.empty {
			t.Errorf("%s: %v bytes", w.route, line["bytes"])
		}
	}
	if got[0]["bytes"] != 5.0 {
		t.Errorf("%v bytes of five", got[0]["bytes"])
	}
}

func TestRecover(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name    string
		handler http.HandlerFunc
		aborted bool
		logged  bool
	}{
		{"before the header", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Set-Cookie", "session=1")
			w.Header().Set("Content-Length", "9999")
			panic("database password is hunter2")
		}, false, true},
		{"with an error", func(http.ResponseWriter, *http.Request) { panic(errors.New("hunter2")) }, false, true},
		{"in the middle of the body", func(w http.ResponseWriter, _ *http.Request) {
			if _, err := io.WriteString(w, "half"); err != nil {
				return
			}
			panic("hunter2")
		}, true, true},
		{"abort on purpose", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, true, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			log, out := jsonLog()
			h := Chain(tc.handler, Identify(nil), AccessLog(log, slog.LevelInfo, steadyClock()), Recover(log), Secure(Policy{}))
			w := httptest.NewRecorder()
			aborted := func() (aborted bool) {
				defer func() { aborted = recover() == http.ErrAbortHandler }()
				h.ServeHTTP(w, httptest.NewRequest("GET", "/", nil))
				return false
			}()
			if aborted != tc.aborted {
				t.Errorf("aborted %t", aborted)
			}
			if strings.Contains(w.Body.String(), "hunter2") || strings.Contains(w.Body.String(), "goroutine") {
				t.Errorf("the client sees %q", w.Body)
			}
			got := lines(t, out)
			if tc.logged {
				if stack, ok := got[0]["stack"].(string); !ok || !strings.Contains(stack, "middleware_test.go") || got[0]["request"] == "" {
					t.Errorf("log %v", got)
				}
			}
			access := got[len(got)-1]
			if (access["aborted"] == true) != tc.aborted || access["level"] != "WARN" {
				t.Errorf("access line %v", access)
			}
			if !tc.aborted {
				if p := problem(t, w); w.Code != 500 || p["code"] != "internal" || w.Header().Get("Set-Cookie") != "" ||
					w.Header().Get("X-Content-Type-Options") != "nosniff" {
					t.Errorf("%d %v %v", w.Code, p, w.Header())
				}
			}
		})
	}
}

func TestSecure(t *testing.T) {
	t.Parallel()
	plain := func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(200) }
	for _, tc := range []struct {
		name   string
		policy Policy
		url    string
		want   map[string]string
	}{
		{"api", Policy{}, "http://desk.example/", map[string]string{
			"Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'", "X-Content-Type-Options": "nosniff",
			"Referrer-Policy": "same-origin", "Cache-Control": "private, no-store", "Strict-Transport-Security": "",
		}},
		{"site by https", Policy{CSP: "default-src 'self'", FrameAncestors: "'self'", CacheControl: "no-cache", ReferrerPolicy: "no-referrer"},
			"https://desk.example/", map[string]string{
				"Content-Security-Policy": "default-src 'self'; frame-ancestors 'self'", "Referrer-Policy": "no-referrer",
				"Cache-Control": "no-cache", "Strict-Transport-Security": "max-age=31536000",
			}},
	} {
		w := serve(Secure(tc.policy)(http.HandlerFunc(plain)), httptest.NewRequest("GET", tc.url, nil))
		for name, want := range tc.want {
			if got := w.Header().Get(name); got != want {
				t.Errorf("%s: %s is %q, want %q", tc.name, name, got, want)
			}
		}
	}
	h := Secure(Policy{})(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Add("Cache-Control", "no-transform")
		w.Header().Set("X-Content-Type-Options", "changed")
	}))
	for range 2 { // what one answer changes must not show in the next
		if w := serve(h, httptest.NewRequest("GET", "/", nil)); len(w.Header()["Cache-Control"]) != 2 {
			t.Errorf("cache control %q", w.Header()["Cache-Control"])
		}
	}
}

func TestProtectCrossOrigin(t *testing.T) {
	t.Parallel()
	protect, err := ProtectCrossOrigin("https://friend.example")
	if err != nil {
		t.Fatal(err)
	}
	h := Chain(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(204) }), Identify(proxies), protect)
	for _, tc := range []struct {
		name, method string
		header       map[string]string
		want         int
	}{
		{"no browser", "POST", nil, 204},
		{"same origin", "POST", map[string]string{"Sec-Fetch-Site": "same-origin"}, 204},
		{"cross-site", "POST", map[string]string{"Sec-Fetch-Site": "cross-site"}, 403},
		{"other subdomain", "DELETE", map[string]string{"Sec-Fetch-Site": "same-site"}, 403},
		{"reading", "GET", map[string]string{"Sec-Fetch-Site": "cross-site"}, 204},
		{"old browser, foreign origin", "POST", map[string]string{"Origin": "https://evil.example"}, 403},
		{"old browser, own origin", "POST", map[string]string{"Origin": "https://desk.example"}, 204},
		{"trusted origin", "POST", map[string]string{"Sec-Fetch-Site": "cross-site", "Origin": "https://friend.example"}, 204},
		{"own origin behind a proxy", "POST", map[string]string{"Origin": "https://desk.acme.example", "X-Forwarded-Host": "desk.acme.example"}, 204},
	} {
		r := httptest.NewRequest(tc.method, "http://desk.example/", nil)
		r.RemoteAddr = "10.0.0.1:1"
		for name, value := range tc.header {
			r.Header.Set(name, value)
		}
		w := serve(h, r)
		if w.Code != tc.want {
			t.Errorf("%s: %d, want %d", tc.name, w.Code, tc.want)
		}
		if w.Code == 403 {
			if p := problem(t, w); p["code"] != "forbidden" || p["reason"] != "cross_origin" {
				t.Errorf("%s: %v", tc.name, p)
			}
		}
	}
	if _, err := ProtectCrossOrigin("https://friend.example/path"); err == nil {
		t.Error("an origin with a path is taken")
	}
}

func TestLimitBody(t *testing.T) {
	t.Parallel()
	h := LimitBody(SameLimit(4))(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, err := io.ReadAll(r.Body); err != nil {
			WriteProblem(w, ProblemOf(err))
		}
	}))
	for _, tc := range []struct {
		name   string
		body   io.Reader
		length int64
		want   int
	}{
		{"none", nil, 0, 200},
		{"fits", strings.NewReader("1234"), 4, 200},
		{"announced too long", strings.NewReader("12345"), 5, 413},
		{"not announced, too long", strings.NewReader("12345"), -1, 413},
		{"not announced, fits", strings.NewReader("1234"), -1, 200},
	} {
		r := httptest.NewRequest("POST", "/", tc.body)
		r.ContentLength = tc.length
		w := serve(h, r)
		if w.Code != tc.want {
			t.Errorf("%s: %d, want %d", tc.name, w.Code, tc.want)
		}
		if w.Code == 413 {
			if p := problem(t, w); p["code"] != "too_large" {
				t.Errorf("%s: %v", tc.name, p)
			}
		}
	}
}

func TestTimeout(t *testing.T) {
	t.Parallel()
	log, out := jsonLog()
	h := Timeout(time.Millisecond)(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		<-r.Context().Done()
		Reporter{log}.Write(w, r, context.Cause(r.Context()))
	}))
	w := serve(h, httptest.NewRequest("GET", "/", nil))
	if p := problem(t, w); w.Code != 503 || p["code"] != "unavailable" || w.Header().Get("Retry-After") != "5" {
		t.Errorf("%d %v", w.Code, p)
	}
	if got := lines(t, out); len(got) != 1 || got[0]["level"] != "WARN" {
		t.Errorf("log %v", got)
	}
}

func TestFallback(t *testing.T) {
	t.Parallel()
	inner := http.NewServeMux()
	inner.HandleFunc("GET /api/tickets/{number}", func(w http.ResponseWriter, r *http.Request) {
		if r.PathValue("number") == "404" {
			WriteProblem(w, ProblemOf(deskmesh.ErrTicketNotFound))
		}
	})
	mux := http.NewServeMux()
	mux.Handle("/api/", Fallback(inner))
	mux.HandleFunc("POST /sign-in", func(http.ResponseWriter, *http.Request) {})
	h := Chain(Fallback(mux), Identify(nil), Timeout(time.Minute))
	for _, tc := range []struct {
		method, path, allow, detail string
		want                        int
	}{
		{"GET", "/api/tickets/1", "", "", 200},
		{"GET", "/api/tickets/404", "", "There is no such ticket, or you cannot open it.", 404},
		{"DELETE", "/api/tickets/1", "GET, HEAD", "This address does not take this method.", 405},
		{"GET", "/api/nothing", "", "There is nothing at this address.", 404},
		{"GET", "/sign-in", "POST", "This address does not take this method.", 405},
		{"GET", "/elsewhere", "", "There is nothing at this address.", 404},
		{"GET", "/%3Cscript%3E", "", "There is nothing at this address.", 404},
	} {
		w := serve(h, httptest.NewRequest(tc.method, tc.path, nil))
		if w.Code != tc.want || w.Header().Get("Allow") != tc.allow {
			t.Errorf("%s %s: %d, Allow %q", tc.method, tc.path, w.Code, w.Header().Get("Allow"))
			continue
		}
		if tc.want == 200 {
			continue
		}
		if p := problem(t, w); p["detail"] != tc.detail || p["code"] != "not_found" || strings.Contains(w.Body.String(), "script") {
			t.Errorf("%s %s: %v", tc.method, tc.path, p)
		}
	}
}

// TestWritersPassThrough holds that streams and files lose nothing behind the middleware.
func TestWritersPassThrough(t *testing.T) {
	t.Parallel()
	mux := http.NewServeMux()
	mux.HandleFunc("GET /stream", func(w http.ResponseWriter, _ *http.Request) {
		if _, ok := w.(http.Flusher); !ok {
			t.Error("no Flusher")
		}
		if err := errors.Join(LiftDeadlines(w), http.NewResponseController(w).Flush()); err != nil {
			t.Error(err)
		}
	})
	mux.HandleFunc("GET /file", func(w http.ResponseWriter, r *http.Request) {
		if _, ok := w.(io.ReaderFrom); !ok {
			t.Error("no ReaderFrom")
		}
		http.ServeContent(w, r, "", time.Time{}, strings.NewReader("content of a file"))
	})
	log, out := jsonLog()
	server := httptest.NewServer(Chain(Fallback(mux), Identify(nil), AccessLog(log, slog.LevelInfo, steadyClock()), Recover(log), Timeout(time.Minute)))
	for path, want := range map[string]string{"/stream": "", "/file": "content of a file"} {
		answer, err := server.Client().Get(server.URL + path)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(answer.Body)
		if err := errors.Join(err, answer.Body.Close()); err != nil || string(body) != want || answer.StatusCode != 200 {
			t.Errorf("%s: %d %q %v", path, answer.StatusCode, body, err)
		}
	}
	server.Close()
	if got := lines(t, out); len(got) != 2 || got[0]["bytes"].(float64)+got[1]["bytes"].(float64) != 17 {
		t.Errorf("log %v", got)
	}
}

func BenchmarkChain(b *testing.B) {
	protect, err := ProtectCrossOrigin()
	if err != nil {
		b.Fatal(err)
	}
	log := slog.New(slog.NewTextHandler(io.Discard, nil))
	mux := http.NewServeMux()
	mux.HandleFunc("GET /api/v1/tickets/{number}", func(w http.ResponseWriter, _ *http.Request) {
		WriteProblem(w, ProblemOf(deskmesh.ErrTicketNotFound))
	})
	h := Chain(Fallback(mux), Identify(proxies), AccessLog(log, slog.LevelInfo, time.Now), Recover(log), Secure(Policy{}), protect,
		LimitBody(SameLimit(1<<20)), Timeout(30*time.Second))
	r := httptest.NewRequest("GET", "/api/v1/tickets/17", nil)
	b.ReportAllocs()
	for b.Loop() {
		h.ServeHTTP(httptest.NewRecorder(), r)
	}
}
