package httpx

import (
	"net/http"
	"strconv"
	"time"

	"github.com/deskmesh/deskmesh"
)

// burstSeconds is for how many seconds' worth of requests a limit may be passed
// at once: opening a page makes many.
const burstSeconds = 4

// RateLimits are requests a second; 0 sets no limit.
type RateLimits struct {
	Caller  int // of one who is signed in
	Address int // of all who are not, at one client's address
	Partner int // of another desk, under one agreement
}

// Rates limits how many requests somebody makes, whichever door they come
// through: share one among all doors of a process. Plain requests cost 1, others
// more. A nil *Rates limits nothing. It counts for this process only and forgets
// whoever was quiet for longest, so its memory is bounded. It is safe for
// concurrent use.
type Rates struct {
	caller, address, partner *rateOf
}

// rateOf is one limit with the words about it.
type rateOf struct {
	throttle      *Throttle
	name          string
	second, burst int
	policy        []string // the header's value
	refused       func(name string)
}

// NewRates makes the limits. now is the clock; refused is told the name of a
// limit, "caller", "address" or "partner", at each refusal, and may be nil.
func NewRates(l RateLimits, now func() time.Time, refused func(name string)) *Rates {
	if refused == nil {
		refused = func(string) {}
	}
	return &Rates{caller: newRate("caller", l.Caller, now, refused), address: newRate("address", l.Address, now, refused), partner: newRate("partner", l.Partner, now, refused)}
}

func newRate(name string, second int, now func() time.Time, refused func(string)) *rateOf {
	if second <= 0 {
		return nil
	}
	burst := burstSeconds * second
	return &rateOf{
		throttle: NewThrottle(time.Second/time.Duration(second), burst, now),
		name:     name, second: second, burst: burst, refused: refused,
		policy: []string{`"` + name + `";q=` + strconv.Itoa(burst) + `;w=` + strconv.Itoa(burstSeconds)},
	}
}

// Caller counts a request of somebody who is signed in; key names them. The
// error is RateLimited and tells when to come back. The headers RateLimit and
// RateLimit-Policy (draft-ietf-httpapi-ratelimit-headers-10) are set either way.
func (r *Rates) Caller(w http.ResponseWriter, key string, cost int) error {
	if r == nil {
		return nil
	}
	return r.caller.take(w, key, cost)
}

// Partner counts a request under an agreement with another desk, as Caller does:
// one desk speaks for all of its people, so it may make more of them.
func (r *Rates) Partner(w http.ResponseWriter, key string, cost int) error {
	if r == nil {
		return nil
	}
	return r.partner.take(w, key, cost)
}

// Address counts a request of a client that nobody has signed in for, as Caller
// does, by the client's address as Identify found it.
func (r *Rates) Address(w http.ResponseWriter, req *http.Request, cost int) error {
	if r == nil || r.address == nil {
		return nil
	}
	return r.address.take(w, AddrKey(RemoteIP(req)), cost)
}

func (l *rateOf) take(w http.ResponseWriter, key string, cost int) error {
	if l == nil {
		return nil
	}
	// What costs more than the burst would never be allowed.
	ok, left, wait := l.throttle.take(key, min(max(cost, 1), l.burst))
	full := (l.burst - left + l.second - 1) / l.second
	h := w.Header()
	h["Ratelimit-Policy"] = l.policy
	h["Ratelimit"] = []string{`"` + l.name + `";r=` + strconv.Itoa(left) + `;t=` + strconv.Itoa(full)}
	if ok {
		return nil
	}
	l.refused(l.name)
	return tooManyRequests(wait)
}

func tooManyRequests(wait time.Duration) error {
	return deskmesh.Errorf(deskmesh.RateLimited, "Too many requests. Please wait a moment and try again.").With("rate_limit").Because(&waitError{wait})
}
