package httpx

import (
	"container/list"
	"hash/maphash"
	"net/netip"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// throttleKeys is the number of keys a Throttle remembers, about 12 MB at most.
const throttleKeys = 1 << 16

// Throttle limits how often something may be tried per key: a mail address, or a
// client's address. Its memory is bounded: the key that was not tried for the
// longest time is forgotten first. It counts for this process only, so a desk of
// several nodes allows as many times more. It is safe for concurrent use.
type Throttle struct {
	limit rate.Limit
	burst int
	most  int
	now   func() time.Time
	seed  maphash.Seed

	mu     sync.Mutex
	byKey  map[uint64]*list.Element
	recent *list.List // of *throttled, the most recently tried in front
}

type throttled struct {
	key    uint64
	bucket *rate.Limiter
}

// NewThrottle allows burst tries at once, and one more after each interval. now is the clock.
func NewThrottle(interval time.Duration, burst int, now func() time.Time) *Throttle {
	return &Throttle{
		limit:  rate.Every(interval),
		burst:  burst,
		most:   throttleKeys,
		now:    now,
		seed:   maphash.MakeSeed(),
		byKey:  map[uint64]*list.Element{},
		recent: list.New(),
	}
}

// Allow counts a try. When it is one too many, ok is false, the try is not
// counted, and retryAfter tells when the next one is allowed; TooMany makes the
// answer of it.
func (t *Throttle) Allow(key string) (ok bool, retryAfter time.Duration) {
	ok, _, retryAfter = t.take(key, 1)
	return ok, retryAfter
}

// Hold is Allow for a try that may turn out to be none: giveBack undoes it.
func (t *Throttle) Hold(key string) (giveBack func(), ok bool, retryAfter time.Duration) {
	now := t.now()
	t.mu.Lock()
	defer t.mu.Unlock()
	reservation := t.bucket(maphash.String(t.seed, key)).ReserveN(now, 1)
	if wait := reservation.DelayFrom(now); wait > 0 {
		reservation.CancelAt(now)
		return nil, false, wait
	}
	return func() { reservation.CancelAt(now) }, true, 0
}

// take is Allow for what counts as several tries at once. left is how many
// remain for now.
func (t *Throttle) take(key string, tries int) (ok bool, left int, retryAfter time.Duration) {
	now := t.now()
	t.mu.Lock()
	defer t.mu.Unlock()
	bucket := t.bucket(maphash.String(t.seed, key))
	reservation := bucket.ReserveN(now, tries)
	if !reservation.OK() {
		return false, 0, time.Hour // more than the burst: never allowed
	}
	if wait := reservation.DelayFrom(now); wait > 0 {
		reservation.CancelAt(now)
		return false, max(0, int(bucket.TokensAt(now))), wait
	}
	return true, max(0, int(bucket.TokensAt(now))), 0
}

// Forget gives a key its full burst back, as after a sign-in that succeeded.
func (t *Throttle) Forget(key string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if e, known := t.byKey[maphash.String(t.seed, key)]; known {
		t.drop(e)
	}
}

func (t *Throttle) bucket(key uint64) *rate.Limiter {
	if e, known := t.byKey[key]; known {
		t.recent.MoveToFront(e)
		return e.Value.(*throttled).bucket
	}
	if t.recent.Len() >= t.most {
		t.drop(t.recent.Back())
	}
	made := &throttled{key: key, bucket: rate.NewLimiter(t.limit, t.burst)}
	t.byKey[key] = t.recent.PushFront(made)
	return made.bucket
}

func (t *Throttle) drop(e *list.Element) {
	t.recent.Remove(e)
	delete(t.byKey, e.Value.(*throttled).key)
}

// AddrKey is the key for a client's address: the address itself for IPv4, the
// /64 network for IPv6, because one client usually has all of it.
func AddrKey(addr netip.Addr) string {
	addr = addr.Unmap()
	if !addr.Is6() {
		return addr.String()
	}
	prefix, err := addr.WithZone("").Prefix(64)
	if err != nil {
		return addr.String()
	}
	return prefix.String()
}
