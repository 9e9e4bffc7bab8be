package httpx

import (
	"net/http/httptest"
	"slices"
	"testing"
	"time"

	"github.com/deskmesh/deskmesh"
)

func TestRates(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	var refused []string
	rates := NewRates(RateLimits{Caller: 10, Address: 2}, func() time.Time { return at }, func(name string) { refused = append(refused, name) })
	take := func(key string, cost int, want time.Duration, header string) {
		t.Helper()
		w := httptest.NewRecorder()
		err := rates.Caller(w, key, cost)
		p := ProblemOf(err)
		if want == 0 && err != nil || want > 0 && (deskmesh.ReasonOf(err) != "rate_limit" || p.Status != 429 || p.RetryAfter != want) {
			t.Errorf("%s at %d: %v, want to wait for %v", key, cost, err, want)
		}
		if got := w.Header().Get("RateLimit"); got != header {
			t.Errorf("%s at %d: %s, want %s", key, cost, got, header)
		}
		if got := w.Header().Get("RateLimit-Policy"); got != `"caller";q=40;w=4` {
			t.Errorf("the policy is %s", got)
		}
	}
	take("mira", 1, 0, `"caller";r=39;t=1`)
	take("mira", 20, 0, `"caller";r=19;t=3`)
	take("mira", 20, 100*time.Millisecond, `"caller";r=19;t=3`)
	take("olga", 1, 0, `"caller";r=39;t=1`)
	take("mira", 19, 0, `"caller";r=0;t=4`)
	take("mira", 1, 100*time.Millisecond, `"caller";r=0;t=4`)
	at = at.Add(time.Second)
	take("mira", 1, 0, `"caller";r=9;t=4`)
	at = at.Add(time.Hour)
	take("mira", 1000, 0, `"caller";r=0;t=4`) // costs no more than there can ever be

	r := httptest.NewRequest("GET", "/", nil)
	for range 8 {
		if err := rates.Address(httptest.NewRecorder(), r, 1); err != nil {
			t.Fatal(err)
		}
	}
	if err := rates.Address(httptest.NewRecorder(), r, 1); ProblemOf(err).RetryAfter != 500*time.Millisecond {
		t.Errorf("the ninth of an address: %v", err)
	}
	if want := []string{"caller", "caller", "address"}; !slices.Equal(refused, want) {
		t.Errorf("refused %q", refused)
	}
	for _, none := range []*Rates{nil, NewRates(RateLimits{}, func() time.Time { return at }, nil)} {
		for range 1000 {
			w := httptest.NewRecorder()
			if none.Caller(w, "mira", 1000) != nil || none.Address(w, r, 1000) != nil || len(w.Header()) > 0 {
				t.Fatal("there is a limit")
			}
		}
	}
}
