package webhook

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/deskmesh/deskmesh/internal/httpx"
)

// The example that implementations of Standard Webhooks publish.
func TestSignPublishedExample(t *testing.T) {
	t.Parallel()
	got, err := Sign("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek", time.Unix(1614265330, 0), []byte(`{"test": 2432232314}`))
	if err != nil || got != "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=" {
		t.Errorf("signed %s, %v", got, err)
	}
	for _, secret := range []string{"", "whsec_", "whsec_!", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"} {
		if _, err := Sign(secret, "m", time.Unix(1, 0), nil); err == nil || secret != "" && strings.Contains(err.Error(), secret) {
			t.Errorf("%q: %v", secret, err)
		}
	}
	if a, b := NewSecret(), NewSecret(); a == b || len(a) != len(SecretPrefix)+44 {
		t.Errorf("secrets %s, %s", a, b)
	}
}

func TestHeaders(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"X-Desk", "Authorization", "x-api-key"} {
		if !AllowedHeader(name) {
			t.Errorf("%s is refused", name)
		}
	}
	for _, name := range []string{"", "Host", "content-LENGTH", "Transfer-Encoding", "Webhook-Signature", "webhook-id", "Connection", "TE", "Proxy-Authorization",
		"X-Forwarded-For", "Cookie", "User-Agent", "Content-Type", "a b", "a:b", "a\r\nb", "ä", strings.Repeat("x", 101)} {
		if AllowedHeader(name) {
			t.Errorf("%q is taken", name)
		}
	}
	for value, want := range map[string]bool{"Bearer abc": true, "x": true, "": false, " x": false, "x ": false, "a\r\nHost: b": false, "a\x00": false, "ä": false, "\t": false,
		strings.Repeat("x", 1000): true, strings.Repeat("x", 1001): false} {
		if AllowedValue(value) != want {
			t.Errorf("%q: %v", value, !want)
		}
	}
}

func TestNextTry(t *testing.T) {
	t.Parallel()
	var all time.Duration
	for failed := 1; failed < Tries; failed++ {
		least := pauses[failed-1]
		for range 50 {
			if wait, ok := NextTry(failed, 0); !ok || wait < least || wait > least+least/10 {
				t.Fatalf("after %d: %v, %v", failed, wait, ok)
			}
		}
		all += least
	}
	if all < 23*time.Hour || all > 25*time.Hour {
		t.Errorf("the tries last %v", all)
	}
	if wait, ok := NextTry(1, time.Hour); !ok || wait != time.Hour {
		t.Errorf("a rest of an hour: %v", wait)
	}
	for _, failed := range []int{0, -1, Tries, Tries + 1} {
		if _, ok := NextTry(failed, 0); ok {
			t.Errorf("there is a try after %d", failed)
		}
	}
}

func TestRetryAfter(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	for text, want := range map[string]time.Duration{"": 0, "120": 2 * time.Minute, "-1": 0, "x": 0, "99999999999999999999": 0, "1000000": 24 * time.Hour,
		"Mon, 02 Mar 2026 09:01:00 GMT": time.Minute, "Mon, 02 Mar 2026 08:00:00 GMT": 0, "Mon, 02 Mar 2099 08:00:00 GMT": 24 * time.Hour} {
		if got := httpx.RetryAfter(text, now); got != want {
			t.Errorf("%q: %v, want %v", text, got, want)
		}
	}
}

func TestPost(t *testing.T) {
	t.Parallel()
	var seen *http.Request
	var body string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		text, _ := io.ReadAll(r.Body)
		seen, body = r, string(text)
		switch r.URL.Path {
		case "/moved":
			http.Redirect(w, r, "/ok", http.StatusTemporaryRedirect)
		case "/gone":
			w.WriteHeader(http.StatusGone)
		case "/busy":
			w.Header().Set("Retry-After", "7")
			w.WriteHeader(http.StatusTooManyRequests)
		case "/long":
			w.Write([]byte(strings.Repeat("é\x01", 1<<20)))
		default:
			w.Write([]byte("taken"))
		}
	}))
	defer server.Close()
	c := NewClient(httpx.ClientOptions{AllowLoopback: true, AllowHTTP: true})
	defer c.Close()
	post := func(path string) Answer {
		t.Helper()
		secret := NewSecret()
		a, err := c.Post(t.Context(), Request{URL: server.URL + path, ID: "msg_1", At: time.Unix(5, 0), Secrets: []string{secret, NewSecret()}, Body: []byte("{}"),
			Headers: map[string]string{"X-Desk": "acme", "Host": "evil.example", "Webhook-Id": "other", "X-Bad": "a\r\nb"}})
		if err != nil {
			t.Fatal(err)
		}
		if want, _ := Sign(secret, "msg_1", time.Unix(5, 0), []byte("{}")); !strings.HasPrefix(seen.Header.Get("Webhook-Signature"), want+" v1,") {
			t.Errorf("signed %s", seen.Header.Get("Webhook-Signature"))
		}
		return a
	}
	if a := post("/ok"); !a.OK() || a.Status != 200 || a.Excerpt != "taken" {
		t.Errorf("ok: %+v", a)
	}
	if seen.Header.Get("X-Desk") != "acme" || seen.Header.Get("X-Bad") != "" || seen.Header.Get("Webhook-Id") != "msg_1" || strings.Contains(seen.Host, "evil") ||
		seen.Header.Get("Webhook-Timestamp") != "5" || seen.Header.Get("Content-Type") != "application/json" || body != "{}" {
		t.Errorf("sent %v to %s", seen.Header, seen.Host)
	}
	if a := post("/moved"); a.OK() || a.Status != 307 || seen.URL.Path != "/moved" {
		t.Errorf("a redirect: %+v, then %s", a, seen.URL.Path)
	}
	if a := post("/gone"); a.OK() || !a.Gone() {
		t.Errorf("gone: %+v", a)
	}
	if a := post("/busy"); a.OK() || a.RetryAfter != 7*time.Second {
		t.Errorf("busy: %+v", a)
	}
	if a := post("/long"); !a.OK() || len(a.Excerpt) > excerpt || strings.Contains(a.Excerpt, "\x01") || !strings.HasPrefix(a.Excerpt, "é?é?") {
		t.Errorf("a long answer: %d bytes", len(a.Excerpt))
	}
}

// What the policy forbids is found out at the latest when it is dialled, and no
// text tells the address.
func TestPostIsRefused(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.NotFoundHandler())
	defer server.Close()
	secure := httptest.NewTLSServer(http.NotFoundHandler())
	defer secure.Close()
	strict, loose := NewClient(httpx.ClientOptions{}), NewClient(httpx.ClientOptions{AllowLoopback: true})
	for _, tc := range []struct {
		c          *Client
		url, words string
	}{
		{strict, server.URL, problemBlocked}, {strict, secure.URL, problemBlocked}, {loose, server.URL, problemBlocked},
		{strict, "https://169.254.169.254/latest", problemBlocked}, {strict, "https://[::1]/", problemBlocked}, {strict, "https://10.0.0.1/", problemBlocked},
		{strict, "https://user:secret@example.com/", problemBlocked}, {strict, "ftp://example.com/", problemBlocked}, {strict, "http://\x7f/", problemBlocked},
		{loose, secure.URL, "The certificate of the host is not valid."},
	} {
		a, err := tc.c.Post(t.Context(), Request{URL: tc.url, ID: "m", Secrets: []string{NewSecret()}})
		if err != nil || a.OK() || a.Problem != tc.words {
			t.Errorf("%s: %+v, %v", tc.url, a, err)
		}
	}
}

func TestCheck(t *testing.T) {
	t.Parallel()
	strict, loose := NewClient(httpx.ClientOptions{}), NewClient(httpx.ClientOptions{AllowLoopback: true, AllowHTTP: true})
	for text, want := range map[string][2]bool{ // strict, loose
		"https://example.com/hook":       {true, true},
		"https://example.com:8443/":      {true, true},
		"https://example.com:22/":        {false, false},
		"https://1.1.1.1/":               {true, true},
		"http://example.com/":            {false, true},
		"https://localhost/":             {false, true},
		"https://desk.localhost./":       {false, true},
		"https://127.0.0.1/":             {false, true},
		"https://[::1]:8443/":            {false, true},
		"https://[::ffff:127.0.0.1]/":    {false, false},
		"https://10.1.2.3/":              {false, false},
		"https://192.168.0.1/":           {false, false},
		"https://169.254.169.254/":       {false, false},
		"https://[fd00::1]/":             {false, false},
		"https://user@example.com/":      {false, false},
		"https://example.com:99999/":     {false, false},
		"https:///path":                  {false, false},
		"ftp://example.com/":             {false, false},
		"https://[2606:4700:4700::1111]": {true, true},
	} {
		u, err := url.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		if got := [2]bool{strict.Check(u) == nil, loose.Check(u) == nil}; got != want {
			t.Errorf("%s: %v, want %v", text, got, want)
		}
	}
}
