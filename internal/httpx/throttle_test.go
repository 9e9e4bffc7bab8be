package httpx

import (
	"net/netip"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

func TestThrottle(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	throttle := NewThrottle(time.Minute, 3, func() time.Time { return at })
	allow := func(key string, want bool, wait time.Duration) {
		t.Helper()
		if ok, retry := throttle.Allow(key); ok != want || retry != wait {
			t.Errorf("%s: %t %v, want %t %v", key, ok, retry, want, wait)
		}
	}
	for range 3 {
		allow("mira", true, 0)
	}
	allow("mira", false, time.Minute)
	allow("mira", false, time.Minute) // a refused try costs nothing
	allow("olga", true, 0)
	at = at.Add(45 * time.Second)
	allow("mira", false, 15*time.Second)
	at = at.Add(15 * time.Second)
	allow("mira", true, 0)
	allow("mira", false, time.Minute)
	throttle.Forget("mira")
	throttle.Forget("nobody")
	allow("mira", true, 0)
	at = at.Add(time.Hour)
	for range 3 {
		allow("mira", true, 0)
	}
	allow("mira", false, time.Minute)

	if ok, retry := NewThrottle(time.Minute, 0, func() time.Time { return at }).Allow("x"); ok || retry <= 0 {
		t.Errorf("a burst of zero: %t %v", ok, retry)
	}
}

func TestThrottleIsBounded(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	throttle := NewThrottle(time.Minute, 1, func() time.Time { return at })
	throttle.most = 100
	throttle.Allow("busy")
	for i := range 10_000 {
		throttle.Allow(strconv.Itoa(i) + strings.Repeat("long", 100))
		if ok, _ := throttle.Allow("busy"); ok {
			t.Fatalf("a key in use was forgotten after %d others", i)
		}
	}
	if len(throttle.byKey) != 100 || throttle.recent.Len() != 100 {
		t.Errorf("%d and %d keys", len(throttle.byKey), throttle.recent.Len())
	}
}

func TestThrottleConcurrently(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	throttle := NewThrottle(time.Hour, 50, func() time.Time { return at })
	throttle.most = 10
	var allowed atomic.Int64
	var wg sync.WaitGroup
	for worker := range 8 {
		wg.Go(func() {
			for i := range 100 {
				if ok, _ := throttle.Allow("shared"); ok {
					allowed.Add(1)
				}
				if i%10 == 0 {
					throttle.Forget(strconv.Itoa(worker))
				}
			}
		})
	}
	wg.Wait()
	if allowed.Load() != 50 {
		t.Errorf("%d tries were allowed", allowed.Load())
	}
}

func TestAddrKey(t *testing.T) {
	t.Parallel()
	for a, b := range map[string]string{"192.0.2.1": "::ffff:192.0.2.1", "2001:db8::1": "2001:db8::ffff:1", "fe80::1%a": "fe80::2%b"} {
		if AddrKey(netip.MustParseAddr(a)) != AddrKey(netip.MustParseAddr(b)) {
			t.Errorf("%s and %s differ", a, b)
		}
	}
	for a, b := range map[string]string{"192.0.2.1": "192.0.2.2", "2001:db8::1": "2001:db8:0:1::1"} {
		if AddrKey(netip.MustParseAddr(a)) == AddrKey(netip.MustParseAddr(b)) {
			t.Errorf("%s and %s are the same", a, b)
		}
	}
	if AddrKey(netip.Addr{}) == "" {
		t.Error("no key for an unknown address")
	}
}

func BenchmarkThrottle(b *testing.B) {
	throttle := NewThrottle(time.Millisecond, 10, time.Now)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		throttle.Allow("somebody@acme.example")
	}
}

// A try that is given back was none; one that is not counts.
func TestThrottleHold(t *testing.T) {
	t.Parallel()
	now := time.Unix(1_800_000_000, 0)
	th := NewThrottle(time.Minute, 3, func() time.Time { return now })
	for range 100 {
		giveBack, ok, _ := th.Hold("a")
		if !ok {
			t.Fatal("a try that was given back counts")
		}
		giveBack()
	}
	for range 3 {
		if _, ok, _ := th.Hold("a"); !ok {
			t.Fatal("too few tries")
		}
	}
	if _, ok, wait := th.Hold("a"); ok || wait != time.Minute {
		t.Errorf("the fourth: %v, wait %s", ok, wait)
	}
	if _, ok, _ := th.Hold("b"); !ok {
		t.Error("somebody else has to wait")
	}
}
