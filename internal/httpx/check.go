package httpx

import (
	"fmt"
	"net"
	"net/netip"
	"net/url"
)

// Check says whether a client with these options could send to an address, as
// far as that can be told without asking a name server: its scheme, that it
// holds no user name, its port, and a host that is an address or means this
// machine. A name that leads inside is found out when it is dialled. The error
// is ErrBlocked.
func (o ClientOptions) Check(u *url.URL) error {
	if err := o.checkForm(u); err != nil {
		return err
	}
	host, port := u.Hostname(), u.Port()
	if port == "" {
		port = map[string]string{"https": "443", "http": "80"}[u.Scheme]
	}
	g := publicGuard(o.AllowLoopback, nil)
	if o.AllowHost != nil && o.AllowHost(hostName(host)) {
		g = insideGuard(o.AllowLoopback, nil)
	}
	if isLocalName(host) {
		host = "127.0.0.1"
	}
	network := "tcp4"
	at, err := netip.ParseAddr(host)
	if err != nil {
		// A name. Its port is judged at an address that nothing is wrong with.
		host = "1.1.1.1"
	} else if at.Is6() {
		network = "tcp6"
	}
	return g.control(network, net.JoinHostPort(host, port), nil)
}

func (o ClientOptions) checkForm(u *url.URL) error {
	switch {
	case u.Scheme != "https" && (u.Scheme != "http" || !o.AllowHTTP):
		return fmt.Errorf("%w: scheme %q", ErrBlocked, u.Scheme)
	case u.User != nil:
		return fmt.Errorf("%w: the address holds a user name", ErrBlocked)
	case u.Hostname() == "":
		return fmt.Errorf("%w: no host", ErrBlocked)
	}
	return nil
}
