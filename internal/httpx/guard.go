package httpx

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"syscall"
	"time"

	"code.dny.dev/ssrf"
)

// guard decides at the moment of dialling, when the address is final.
type guard struct {
	addresses *ssrf.Guardian
	loopback  bool
	resolver  *net.Resolver
	port      int // one below 1024 that may be reached besides those of HTTP
}

var (
	loopback4 = netip.MustParsePrefix("127.0.0.0/8")
	loopback6 = netip.MustParsePrefix("::1/128")

	private4 = []netip.Prefix{
		netip.MustParsePrefix("10.0.0.0/8"),
		netip.MustParsePrefix("172.16.0.0/12"),
		netip.MustParsePrefix("192.168.0.0/16"),
		netip.MustParsePrefix("100.64.0.0/10"),
	}
	private6 = []netip.Prefix{netip.MustParsePrefix("fc00::/7")}
)

func publicGuard(loopback bool, r *net.Resolver) *guard { return newGuard(loopback, r, nil, nil) }

func insideGuard(loopback bool, r *net.Resolver) *guard {
	return newGuard(loopback, r, private4, private6)
}

func newGuard(loopback bool, r *net.Resolver, allow4, allow6 []netip.Prefix) *guard {
	if loopback {
		allow4 = append([]netip.Prefix{loopback4}, allow4...)
		allow6 = append([]netip.Prefix{loopback6}, allow6...)
	}
	return &guard{
		addresses: ssrf.New(ssrf.WithAnyPort(), ssrf.WithAllowedV4Prefixes(allow4...), ssrf.WithAllowedV6Prefixes(allow6...)),
		loopback:  loopback,
		resolver:  r,
	}
}

func (g *guard) dial(ctx context.Context, network, address string) (net.Conn, error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrBlocked, err)
	}
	if g.loopback && isLocalName(host) {
		address = net.JoinHostPort("127.0.0.1", port)
	}
	dialer := net.Dialer{Timeout: 10 * time.Second, Resolver: g.resolver, Control: g.control}
	return dialer.DialContext(ctx, network, address)
}

// control is called by the dialer with an address, never a name, right before it connects.
func (g *guard) control(network, address string, c syscall.RawConn) error {
	target, err := netip.ParseAddrPort(address)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrBlocked, err)
	}
	if port := target.Port(); port != 80 && port != 443 && port < 1024 && int(port) != g.port {
		return fmt.Errorf("%w: port %d", ErrBlocked, port)
	}
	if err := g.addresses.Safe(network, address, c); err != nil {
		return fmt.Errorf("%w: %w", ErrBlocked, err)
	}
	return nil
}

// isLocalName reports whether a name means this machine by RFC 6761 section 6.3.
func isLocalName(host string) bool {
	host = hostName(host)
	return host == "localhost" || strings.HasSuffix(host, ".localhost")
}
