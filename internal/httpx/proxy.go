package httpx

import (
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// maxForwarded is the number of addresses read from X-Forwarded-For, from the right.
const maxForwarded = 32

// trust is the set of networks that trusted proxies live in.
type trust []netip.Prefix

func (t trust) includes(addr netip.Addr) bool {
	return addr.IsValid() && slices.ContainsFunc(t, func(p netip.Prefix) bool { return p.Contains(addr) })
}

// origin works out id, client address, scheme and host of a request. The header
// Forwarded (RFC 7239) is not read: proxies differ too much in who writes it.
func (t trust) origin(r *http.Request) (*origin, string) {
	o := &origin{remote: peer(r), scheme: ownScheme(r)}
	host := r.Host
	if len(t) > 0 && t.includes(o.remote) {
		o.remote = t.client(o.remote, r.Header["X-Forwarded-For"])
		if scheme := last(r.Header["X-Forwarded-Proto"]); scheme == "http" || scheme == "https" {
			o.scheme = scheme
		}
		if forwarded := last(r.Header["X-Forwarded-Host"]); isHost(forwarded) {
			host = forwarded
		}
		if id := last(r.Header[HeaderRequestID]); isRequestID(id) {
			o.id = id
		}
	}
	if o.id == "" {
		o.id = newRequestID()
	}
	return o, host
}

// client walks the forwarded addresses from the nearest to the farthest and stops
// at the first that is not a trusted proxy: nothing beyond it can be believed.
func (t trust) client(nearest netip.Addr, forwarded []string) netip.Addr {
	list := strings.Split(strings.Join(forwarded, ","), ",")
	for i := len(list) - 1; i >= 0 && len(list)-i <= maxForwarded; i-- {
		addr, ok := parseForwarded(strings.TrimSpace(list[i]))
		if !ok {
			return nearest
		}
		nearest = addr
		if !t.includes(addr) {
			return nearest
		}
	}
	return nearest
}

// parseForwarded reads an address as proxies write it: bare, with a port, or in brackets.
func parseForwarded(text string) (netip.Addr, bool) {
	addr, err := netip.ParseAddr(strings.TrimSuffix(strings.TrimPrefix(text, "["), "]"))
	if err != nil {
		ap, err := netip.ParseAddrPort(text)
		if err != nil {
			return netip.Addr{}, false
		}
		addr = ap.Addr()
	}
	return addr.Unmap().WithZone(""), true
}

// last gives the last value of a header, which is the one the nearest proxy wrote.
func last(values []string) string {
	if len(values) == 0 {
		return ""
	}
	value := values[len(values)-1]
	return strings.TrimSpace(value[strings.LastIndexByte(value, ',')+1:])
}

func isHost(text string) bool {
	return text != "" && len(text) <= 255 && consistsOf(text, "-._:[]")
}

func isRequestID(text string) bool {
	return text != "" && len(text) <= 64 && consistsOf(text, "-._")
}

// consistsOf reports whether text has only ASCII letters, digits and the given others.
func consistsOf(text, others string) bool {
	for i := range len(text) {
		c := text[i]
		letter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
		if !letter && strings.IndexByte(others, c) < 0 {
			return false
		}
	}
	return true
}

func dropForwarded(h http.Header) {
	for _, name := range [...]string{
		"X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host", "X-Forwarded-Port", "X-Forwarded-Server", "X-Forwarded-Prefix",
		"X-Real-Ip", "Forwarded", HeaderRequestID,
	} {
		delete(h, name)
	}
}
