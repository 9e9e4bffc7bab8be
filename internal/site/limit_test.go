package site_test

import (
	"log/slog"
	"net/http"
	"testing"
	"time"

	"github.com/deskmesh/deskmesh/internal/httpx"
	"github.com/deskmesh/deskmesh/internal/seed"
	"github.com/deskmesh/deskmesh/internal/site"
)

// TestPageLimits: visitors of one address share a limit, whoever is signed in has
// one of their own, and a page says so in plain words.
func TestPageLimits(t *testing.T) {
	t.Parallel()
	now := demo(t).now
	clock := func() time.Time { return now }
	limited := *demo(t)
	pages, err := site.New(limited.app, site.Options{Log: slog.New(slog.DiscardHandler), Now: clock, SignIns: httpx.NewSignInGate(clock),
		Rates: httpx.NewRates(httpx.RateLimits{Caller: 2, Address: 1}, clock, nil)})
	if err != nil {
		t.Fatal(err)
	}
	limited.handler = httpx.Chain(pages, httpx.Identify(nil))
	v := limited.visitor(t, "acme.localhost")
	v.post("/sign-in", "address", "hr.agent@acme.example", "password", seed.Password).want(http.StatusSeeOther)
	for range 8 {
		v.get("/portal").want(http.StatusOK)
	}
	p := v.get("/").want(http.StatusTooManyRequests, "One moment, please")
	if got := p.header.Get("Retry-After"); got != "1" {
		t.Errorf("Retry-After is %q", got)
	}
	stranger := limited.visitor(t, "acme.localhost")
	for range 3 { // the sign-in was the first of four
		stranger.get("/sign-in").want(http.StatusOK)
	}
	stranger.get("/sign-in").want(http.StatusTooManyRequests, "One moment, please")
	nowhere := limited.visitor(t, "nowhere.example")
	nowhere.get("/").want(http.StatusTooManyRequests)
	now = now.Add(time.Second)
	v.get("/portal").want(http.StatusOK)
	stranger.get("/sign-in").want(http.StatusOK)
}
