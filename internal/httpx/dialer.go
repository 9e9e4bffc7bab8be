package httpx

import (
	"context"
	"net"
	"slices"
	"strconv"
)

// Dialer connects to servers that people typed in and that speak no HTTP, such as
// mail servers, under the same guard as NewClient.
type Dialer struct {
	options ClientOptions
	ports   []int
}

// NewDialer makes a dialer that reaches the given ports as well as those that any
// client may.
func NewDialer(o ClientOptions, ports ...int) *Dialer { return &Dialer{options: o, ports: ports} }

// Inside says whether a host is one in the administrator's own network, or this
// machine where the demo may reach it: such may be spoken to without TLS.
func (d *Dialer) Inside(host string) bool {
	host = hostName(host)
	if d.options.AllowHost != nil && d.options.AllowHost(host) {
		return true
	}
	ip := net.ParseIP(host)
	return d.options.AllowLoopback && (isLocalName(host) || ip != nil && ip.IsLoopback())
}

// Dial connects by TCP. ErrBlocked where the address is not allowed.
func (d *Dialer) Dial(ctx context.Context, host string, port int) (net.Conn, error) {
	g := publicGuard(d.options.AllowLoopback, d.options.resolver)
	if d.options.AllowHost != nil && d.options.AllowHost(hostName(host)) {
		g = insideGuard(d.options.AllowLoopback, d.options.resolver)
	}
	if slices.Contains(d.ports, port) {
		g.port = port
	}
	return g.dial(ctx, "tcp", net.JoinHostPort(host, strconv.Itoa(port)))
}
