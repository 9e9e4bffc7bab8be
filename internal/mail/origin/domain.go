package origin

import (
	"context"
	"net"
	"strings"
	"sync"

	"golang.org/x/net/idna"
	"golang.org/x/net/publicsuffix"
)

// domainOf gives the domain of an address in lower case and ASCII, or "".
func domainOf(address string) string {
	at := strings.LastIndexByte(address, '@')
	if at < 0 {
		return ""
	}
	return hostOf(address[at+1:])
}

// hostOf gives a host name in lower case and ASCII; "" for what is none, such as
// an address literal.
func hostOf(name string) string {
	name = strings.ToLower(strings.TrimSuffix(strings.TrimSpace(name), "."))
	if name == "" || strings.ContainsAny(name, "[]:@ ") || net.ParseIP(name) != nil {
		return ""
	}
	ascii, err := idna.Lookup.ToASCII(name)
	if err != nil || len(ascii) > 253 {
		return ""
	}
	return ascii
}

// organisation gives the domain that was registered, by the list of public
// suffixes (RFC 7489 section 3.2); "" where there is none.
func organisation(domain string) string {
	registered, err := publicsuffix.EffectiveTLDPlusOne(domain)
	if err != nil {
		return ""
	}
	return registered
}

func sameOrganisation(a, b string) bool {
	a, b = hostOf(a), hostOf(b)
	if a == "" || b == "" {
		return false
	}
	return a == b || organisation(a) != "" && organisation(a) == organisation(b)
}

// bounded is a resolver that answers only so many questions: what a mail names may
// not keep this desk busy.
type bounded struct {
	resolver Resolver

	mu   sync.Mutex
	left int
}

var errTooMany = &net.DNSError{Err: "too many questions for one mail"}

func (b *bounded) take() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.left--; b.left < 0 {
		return errTooMany
	}
	return nil
}

// LookupTXT implements Resolver.
func (b *bounded) LookupTXT(ctx context.Context, name string) ([]string, error) {
	if err := b.take(); err != nil {
		return nil, err
	}
	return b.resolver.LookupTXT(ctx, name)
}

// LookupMX implements Resolver.
func (b *bounded) LookupMX(ctx context.Context, name string) ([]*net.MX, error) {
	if err := b.take(); err != nil {
		return nil, err
	}
	return b.resolver.LookupMX(ctx, name)
}

// LookupIPAddr implements Resolver.
func (b *bounded) LookupIPAddr(ctx context.Context, host string) ([]net.IPAddr, error) {
	if err := b.take(); err != nil {
		return nil, err
	}
	return b.resolver.LookupIPAddr(ctx, host)
}

// LookupAddr implements Resolver.
func (b *bounded) LookupAddr(ctx context.Context, address string) ([]string, error) {
	if err := b.take(); err != nil {
		return nil, err
	}
	return b.resolver.LookupAddr(ctx, address)
}
