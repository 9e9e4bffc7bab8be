package smtpin

import (
	"net"
	"net/netip"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// gate counts connections and messages for each remote address.
type gate struct {
	max, maxPerIP, perMinute int
	now                      func() time.Time

	mu    sync.Mutex
	total int
	peers map[netip.Addr]*peer
}

type peer struct {
	connections int
	messages    *rate.Limiter
}

// maxIdlePeers is how many addresses without a connection are remembered for
// their message rate before the recovered ones are forgotten.
const maxIdlePeers = 10_000

func newGate(c Config) *gate {
	return &gate{max: c.MaxConnections, maxPerIP: c.MaxConnectionsPerIP, perMinute: c.MessagesPerMinute, now: c.Now, peers: map[netip.Addr]*peer{}}
}

// enter admits a connection, or not. Each admitted one must leave.
func (g *gate) enter(ip netip.Addr) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	p := g.peer(ip)
	if g.max > 0 && g.total >= g.max || g.maxPerIP > 0 && p.connections >= g.maxPerIP {
		return false
	}
	g.total++
	p.connections++
	return true
}

func (g *gate) leave(ip netip.Addr) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.total--
	g.peer(ip).connections--
}

// message tells whether one more message from the address is within its rate.
func (g *gate) message(ip netip.Addr) bool {
	if g.perMinute < 0 {
		return true
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.peer(ip).messages.AllowN(g.now(), 1)
}

// peer finds or makes the entry of an address. The caller holds mu.
func (g *gate) peer(ip netip.Addr) *peer {
	ip = network(ip)
	if p, ok := g.peers[ip]; ok {
		return p
	}
	if len(g.peers) >= maxIdlePeers+max(g.max, 0) {
		g.forget()
	}
	burst := max(g.perMinute, 1)
	p := &peer{messages: rate.NewLimiter(rate.Limit(float64(burst)/60), burst)}
	g.peers[ip] = p
	return p
}

// forget drops the addresses that have no connection and whose rate has
// recovered; if all are busy, those without a connection.
func (g *gate) forget() {
	now := g.now()
	for _, recovered := range []bool{true, false} {
		for ip, p := range g.peers {
			if p.connections == 0 && (!recovered || p.messages.TokensAt(now) >= float64(p.messages.Burst())) {
				delete(g.peers, ip)
			}
		}
		if len(g.peers) < maxIdlePeers {
			return
		}
	}
}

// network is what one sender surely has to itself: an IPv4 address, an IPv6 /64.
func network(ip netip.Addr) netip.Addr {
	ip = ip.Unmap().WithZone("")
	if ip.Is6() {
		if prefix, err := ip.Prefix(64); err == nil {
			return prefix.Addr()
		}
	}
	return ip
}

func remoteIP(a net.Addr) netip.Addr {
	if at, err := netip.ParseAddrPort(a.String()); err == nil {
		return at.Addr().Unmap().WithZone("")
	}
	return netip.Addr{}
}
