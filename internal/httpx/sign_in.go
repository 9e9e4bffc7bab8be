package httpx

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

// SignInGate limits how often somebody may try to sign in, for one address of
// one account and for one client, and how often one client may guess the address
// of a public link. All doors of a process share one gate, so
// that a second door gives nobody more tries. It is safe for concurrent use.
type SignInGate struct {
	byAddress *Throttle
	byClient  *Throttle
	byLink    *Throttle
	mails     *Throttle // links by mail, for one address
	senders   *Throttle // and for one client
	searches  *Throttle // of people, by one requester
}

// Ten tries for one address, and one more every half minute; a hundred from one
// client, which may be a whole office behind one address, and one more every two seconds.
const (
	addressTries    = 10
	addressInterval = 30 * time.Second
	clientTries     = 100
	clientInterval  = 2 * time.Second
)

// Three mails with a link to sign in for one address, and one more every five
// minutes; twenty from one client, and one more a minute. Thirty searches of
// people by one requester, and one more every ten seconds.
const (
	mailsAtOnce    = 3
	mailInterval   = 5 * time.Minute
	sendersAtOnce  = 20
	senderInterval = time.Minute
	searchesAtOnce = 30
	searchInterval = 10 * time.Second
)

// NewSignInGate makes a gate. now is the clock.
func NewSignInGate(now func() time.Time) *SignInGate {
	return &SignInGate{byAddress: NewThrottle(addressInterval, addressTries, now), byClient: NewThrottle(clientInterval, clientTries, now),
		byLink: NewThrottle(clientInterval, clientTries, now), mails: NewThrottle(mailInterval, mailsAtOnce, now),
		senders: NewThrottle(senderInterval, sendersAtOnce, now), searches: NewThrottle(searchInterval, searchesAtOnce, now)}
}

// Try counts a try; one too many is the RateLimited of TooMany. It knows nothing
// of who exists, so it answers alike for known and unknown addresses.
func (g *SignInGate) Try(r *http.Request, account int64, address string) error {
	if ok, wait := g.byClient.Allow(AddrKey(RemoteIP(r))); !ok {
		return TooMany(wait)
	}
	if ok, wait := g.byAddress.Allow(signInKey(account, address)); !ok {
		return TooMany(wait)
	}
	return nil
}

// TryMail counts a mail with a link to sign in; one too many is the RateLimited of
// TooMany. It knows nothing of who exists.
func (g *SignInGate) TryMail(r *http.Request, account int64, address string) error {
	if ok, wait := g.senders.Allow(AddrKey(RemoteIP(r))); !ok {
		return TooMany(wait)
	}
	if ok, wait := g.mails.Allow(signInKey(account, address)); !ok {
		return TooMany(wait)
	}
	return nil
}

// TrySearch counts a requester's search for people; one too many is the
// RateLimited of TooMany.
func (g *SignInGate) TrySearch(account, person int64) error {
	if ok, wait := g.searches.Allow(strconv.FormatInt(account, 10) + " " + strconv.FormatInt(person, 10)); !ok {
		return TooMany(wait)
	}
	return nil
}

// TryLetIn counts a requester's try to let people in or to put them in copy, with
// their searches: a refusal tells that there is nobody. A try that lets them in
// is given back, since those are counted elsewhere.
func (g *SignInGate) TryLetIn(account, person int64) (done func(), err error) {
	done, ok, wait := g.searches.Hold(strconv.FormatInt(account, 10) + " " + strconv.FormatInt(person, 10))
	if !ok {
		return nil, TooMany(wait)
	}
	return done, nil
}

// TryLink counts a try to open a public link; one too many is the RateLimited of
// TooMany. opened takes it back: only tries that open nothing count.
func (g *SignInGate) TryLink(r *http.Request) (opened func(), err error) {
	opened, ok, wait := g.byLink.Hold(AddrKey(RemoteIP(r)))
	if !ok {
		return nil, TooMany(wait)
	}
	return opened, nil
}

// Succeeded gives an address its tries back.
func (g *SignInGate) Succeeded(account int64, address string) {
	g.byAddress.Forget(signInKey(account, address))
}

func signInKey(account int64, address string) string {
	return strconv.FormatInt(account, 10) + " " + strings.ToLower(strings.TrimSpace(address))
}
