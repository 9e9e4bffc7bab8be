package httpx_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/httpx"
)

func TestSignInGate(t *testing.T) {
	t.Parallel()
	start := time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)
	from := func(ip string) *http.Request {
		r := httptest.NewRequest(http.MethodPost, "/sign-in", nil)
		r.RemoteAddr = ip + ":4711"
		return r
	}
	limited := func(t *testing.T, err error, want bool) {
		t.Helper()
		if got := deskmesh.CodeOf(err) == deskmesh.RateLimited; err != nil && !got || got != want {
			t.Errorf("limited %v (%v), want %v", got, err, want)
		}
	}
	t.Run("an address has ten tries, whatever the client, and gets more in time", func(t *testing.T) {
		t.Parallel()
		now := start
		g := httpx.NewSignInGate(func() time.Time { return now })
		for i := range 10 {
			limited(t, g.Try(from(fmt.Sprintf("192.0.2.%d", i)), 1, "a@example.com"), false)
		}
		limited(t, g.Try(from("192.0.2.99"), 1, " A@Example.com"), true)
		limited(t, g.Try(from("192.0.2.99"), 2, "a@example.com"), false)
		now = now.Add(30 * time.Second)
		limited(t, g.Try(from("192.0.2.99"), 1, "a@example.com"), false)
		limited(t, g.Try(from("192.0.2.99"), 1, "a@example.com"), true)
	})
	t.Run("signing in gives the address its tries back", func(t *testing.T) {
		t.Parallel()
		g := httpx.NewSignInGate(func() time.Time { return start })
		for range 25 {
			limited(t, g.Try(from("192.0.2.1"), 1, "a@example.com"), false)
			g.Succeeded(1, "A@example.com ")
		}
	})
	t.Run("a client has a hundred tries over all addresses", func(t *testing.T) {
		t.Parallel()
		g := httpx.NewSignInGate(func() time.Time { return start })
		for i := range 100 {
			limited(t, g.Try(from("192.0.2.1"), 1, fmt.Sprintf("a%d@example.com", i)), false)
		}
		limited(t, g.Try(from("192.0.2.1"), 1, "other@example.com"), true)
		limited(t, g.Try(from("192.0.2.2"), 1, "other@example.com"), false)
	})
}
