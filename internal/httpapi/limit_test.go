package httpapi_test

import (
	"testing"
	"time"

	"github.com/deskmesh/deskmesh/internal/httpapi"
	"github.com/deskmesh/deskmesh/internal/httpx"
)

// limited puts limits before the world's API.
func (w *world) limited(l httpx.RateLimits) {
	w.api = httpapi.New(w.app, httpapi.Options{Rates: httpx.NewRates(l, w.clock.now, nil)})
	w.handler = httpx.Chain(w.api, httpx.Identify(nil))
}

// untilLimited repeats a request until it is refused, and gives how often it was not.
func untilLimited(t *testing.T, try func() *answer) (taken int, refusal *answer) {
	t.Helper()
	for range 500 {
		if a := try(); a.status == 429 {
			return taken, a
		}
		taken++
	}
	t.Fatal("there is no limit")
	return 0, nil
}

// TestCallerLimit: whoever is signed in makes so many requests and no more,
// whatever they are; others are not disturbed, and time gives them back.
func TestCallerLimit(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		w.limited(httpx.RateLimits{Caller: 10})
		c, token := w.as("hr.agent"), w.token("hr.agent", "tickets.edit")
		taken, a := untilLimited(t, func() *answer { return c.get("/me") })
		if taken != 40 {
			t.Errorf("%d requests were taken, want 40", taken)
		}
		a.refused(429, "").reason("rate_limit")
		for name, want := range map[string]string{"Retry-After": "1", "RateLimit-Policy": `"caller";q=40;w=4`, "RateLimit": `"caller";r=0;t=4`} {
			if got := a.header.Get(name); got != want {
				t.Errorf("%s is %q, want %q", name, got, want)
			}
		}
		// Neither another session nor a route that is not there gives more.
		w.as("hr.agent").get("/me").is(429)
		c.get("/tickets/999").is(429)
		c.post("/tickets", "{").is(429)
		w.as("hr.second").get("/me").is(200)
		w.as("globex/hr.agent").get("/me").is(200)
		w.nobody().get("/me").is(401)

		// The person's scripts have a limit of their own, which all tokens share.
		if taken, _ := untilLimited(t, func() *answer { return token.get("/me") }); taken != 40 {
			t.Errorf("%d requests of a token were taken, want 40", taken)
		}
		w.token("hr.agent", "tickets.edit").get("/me").is(429)

		w.advance(time.Second)
		if taken, _ := untilLimited(t, func() *answer { return c.get("/me") }); taken != 10 {
			t.Errorf("after a second %d requests were taken, want 10", taken)
		}
		// What is more work costs more.
		w.advance(time.Minute)
		if taken, _ := untilLimited(t, func() *answer { return c.get("/tickets?q=printer") }); taken != 8 {
			t.Errorf("%d searches were taken, want 8", taken)
		}
		w.advance(time.Minute)
		if taken, _ := untilLimited(t, func() *answer { return c.post("/attachments?name=a.txt", "some text") }); taken != 8 {
			t.Errorf("%d files were taken, want 8", taken)
		}
		w.advance(time.Minute)
		if taken, _ := untilLimited(t, func() *answer { return c.post("/tickets/1/merge", map[string]any{"into": 2}) }); taken != 2 {
			t.Errorf("%d merges were looked at, want 2", taken)
		}
	})
}

// TestAddressLimit: whoever is not signed in shares a limit with all others at
// the same address, and whoever is signed in there is not disturbed.
func TestAddressLimit(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		w.limited(httpx.RateLimits{Address: 10})
		taken, a := untilLimited(t, func() *answer { return w.nobody().get("/me") })
		if taken != 40 {
			t.Errorf("%d requests were taken, want 40", taken)
		}
		a.refused(429, "").reason("rate_limit")
		w.nobody().with("Authorization", "Bearer dmt_unknown").get("/tickets").is(429)
		w.nobody().post("/sessions", map[string]any{"address": "owner@acme.example", "password": "x"}).is(429)
		elsewhere := w.nobody()
		elsewhere.host = "unknown.example"
		elsewhere.get("/me").is(429)
		w.as("hr.agent").get("/me").is(200)
		w.advance(100 * time.Millisecond)
		w.nobody().get("/me").is(401)
	})
}

// TestNoLimit: a limit of nothing is none.
func TestNoLimit(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "sqlite")
	w.limited(httpx.RateLimits{})
	c := w.as("hr.agent")
	for range 300 {
		if a := c.get("/me").is(200); a.header.Get("RateLimit") != "" {
			t.Fatal("a limit is told of that there is not")
		}
	}
}
