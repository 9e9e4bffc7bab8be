package httpx

import (
	"compress/gzip"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/net/dns/dnsmessage"
)

// TestGuard is the table of P7: what an outbound connection may reach.
func TestGuard(t *testing.T) {
	t.Parallel()
	const (
		never    = "never"
		public   = "public"   // always
		inside   = "inside"   // where an administrator allowed the host
		loopback = "loopback" // in the demo
	)
	for _, tc := range []struct{ address, reach, what string }{
		{"93.184.216.34:443", public, "public"},
		{"93.184.216.34:80", public, "public, plain"},
		{"93.184.216.34:8443", public, "public, own port"},
		{"[2606:2800:220:1::1]:443", public, "public, IPv6"},
		{"93.184.216.34:25", never, "mail port"},
		{"93.184.216.34:22", never, "shell port"},
		{"127.0.0.1:8080", loopback, "loopback"},
		{"127.255.255.254:443", loopback, "loopback, far end"},
		{"[::1]:443", loopback, "loopback, IPv6"},
		{"127.0.0.1:25", never, "loopback, mail port"},
		{"10.0.0.1:443", inside, "RFC 1918"},
		{"172.16.0.1:443", inside, "RFC 1918"},
		{"172.31.255.255:443", inside, "RFC 1918"},
		{"192.168.1.1:443", inside, "RFC 1918"},
		{"100.64.0.1:443", inside, "carrier NAT"},
		{"[fd00::1]:443", inside, "unique local"},
		{"[fc00::1]:443", inside, "unique local"},
		{"0.0.0.0:443", never, "this host"},
		{"0.1.2.3:443", never, "this network"},
		{"169.254.169.254:80", never, "cloud metadata"},
		{"169.254.1.1:443", never, "link-local"},
		{"192.0.0.1:443", never, "protocol assignments"},
		{"192.0.2.1:443", never, "documentation"},
		{"198.18.0.1:443", never, "benchmarks"},
		{"198.51.100.1:443", never, "documentation"},
		{"203.0.113.1:443", never, "documentation"},
		{"192.88.99.1:443", never, "6to4 relay"},
		{"224.0.0.1:443", never, "multicast"},
		{"240.0.0.1:443", never, "reserved"},
		{"255.255.255.255:443", never, "broadcast"},
		{"[::]:443", never, "unspecified"},
		{"[::ffff:127.0.0.1]:443", never, "mapped loopback"},
		{"[::ffff:10.0.0.1]:443", never, "mapped RFC 1918"},
		{"[::ffff:169.254.169.254]:80", never, "mapped metadata"},
		{"[::127.0.0.1]:443", never, "compatible loopback"},
		{"[64:ff9b::7f00:1]:443", never, "NAT64 loopback"},
		{"[64:ff9b::a9fe:a9fe]:80", never, "NAT64 metadata"},
		{"[64:ff9b:1::7f00:1]:443", never, "local NAT64"},
		{"[2002:7f00:1::]:443", never, "6to4 loopback"},
		{"[2001::1]:443", never, "Teredo"},
		{"[2001:db8::1]:443", never, "documentation"},
		{"[3fff::1]:443", never, "documentation"},
		{"[5f00::1]:443", never, "segment routing"},
		{"[fe80::1]:443", never, "link-local"},
		{"[fe80::1%eth0]:443", never, "link-local with zone"},
		{"[fec0::1]:443", never, "site-local"},
		{"[ff02::1]:443", never, "multicast"},
		{"[100::1]:443", never, "discard"},
		{"[fd00:ec2::254]:80", inside, "metadata inside unique local"},
		{"example.com:443", never, "a name"},
		{"", never, "nothing"},
	} {
		for guard, opens := range map[*guard][]string{
			publicGuard(false, nil): {public},
			publicGuard(true, nil):  {public, loopback},
			insideGuard(false, nil): {public, inside},
		} {
			want := false
			for _, reach := range opens {
				want = want || reach == tc.reach
			}
			network := "tcp4"
			if strings.HasPrefix(tc.address, "[") {
				network = "tcp6"
			}
			err := guard.control(network, tc.address, nil)
			if (err == nil) != want || err != nil && !errors.Is(err, ErrBlocked) {
				t.Errorf("%s (%s) with %v: %v", tc.address, tc.what, opens, err)
			}
			if guard.control("udp4", tc.address, nil) == nil {
				t.Errorf("%s by UDP is allowed", tc.address)
			}
		}
	}
}

// door is a server on loopback that counts who came in.
func door(t *testing.T, h http.HandlerFunc) (*httptest.Server, *atomic.Int64) {
	t.Helper()
	var visits atomic.Int64
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		visits.Add(1)
		if h != nil {
			h(w, r)
		}
	}))
	t.Cleanup(s.Close)
	return s, &visits
}

func client(t *testing.T, o ClientOptions) *http.Client {
	t.Helper()
	c := NewClient(o)
	t.Cleanup(c.CloseIdleConnections)
	return c
}

// fetch reads the whole answer.
func fetch(c *http.Client, r *http.Request) (*http.Response, string, error) {
	answer, err := c.Do(r)
	if err != nil {
		return nil, "", err
	}
	body, err := io.ReadAll(answer.Body)
	return answer, string(body), errors.Join(err, answer.Body.Close())
}

func ask(t *testing.T, method, address, body string) *http.Request {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, address, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if body == "" {
		r.Body, r.ContentLength, r.GetBody = nil, 0, nil
	}
	return r
}

// names is a resolver that has never heard of anything but gives every name the
// addresses of this machine.
func names(t *testing.T) *net.Resolver {
	t.Helper()
	server, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	wg.Go(func() {
		buf := make([]byte, 1500)
		for {
			n, from, err := server.ReadFrom(buf)
			if err != nil {
				return
			}
			if answer := answerLoopback(buf[:n]); answer != nil {
				_, _ = server.WriteTo(answer, from) // the asker asks again
			}
		}
	})
	t.Cleanup(func() {
		if err := server.Close(); err != nil {
			t.Error(err)
		}
		wg.Wait()
	})
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		var d net.Dialer
		return d.DialContext(ctx, "udp", server.LocalAddr().String())
	}}
}

func answerLoopback(query []byte) []byte {
	var m dnsmessage.Message
	if err := m.Unpack(query); err != nil || len(m.Questions) != 1 {
		return nil
	}
	q := m.Questions[0]
	m.Response, m.Additionals = true, nil
	head := dnsmessage.ResourceHeader{Name: q.Name, Type: q.Type, Class: q.Class, TTL: 1}
	switch q.Type {
	case dnsmessage.TypeA:
		m.Answers = []dnsmessage.Resource{{Header: head, Body: &dnsmessage.AResource{A: [4]byte{127, 0, 0, 1}}}}
	case dnsmessage.TypeAAAA:
		m.Answers = []dnsmessage.Resource{{Header: head, Body: &dnsmessage.AAAAResource{AAAA: [16]byte{15: 1}}}}
	}
	answer, err := m.Pack()
	if err != nil {
		return nil
	}
	return answer
}

// TestFormsOfLoopback asks for a server on this machine under every name it may
// hide behind. Not one may get through.
func TestFormsOfLoopback(t *testing.T) {
	t.Parallel()
	s, visits := door(t, nil)
	port := s.Listener.Addr().(*net.TCPAddr).Port
	resolver := names(t)
	allow := func(host string) bool { return host == "inside.example" }
	strict := client(t, ClientOptions{AllowHTTP: true, AllowHost: allow, resolver: resolver})
	demo := client(t, ClientOptions{AllowHTTP: true, AllowLoopback: true, resolver: resolver})
	for _, host := range []string{
		"127.0.0.1", "0x7f000001", "[::1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]",
		"[0:0:0:0:0:0:0:1]", "0.0.0.0", "[::]", "localhost", "LOCALHOST", "localhost.", "acme.localhost", "127.0.0.1.nip.example",
		"rebound.example", "inside.example",
		"127.1", "2130706433", "0177.0.0.1", "0", "127.0.0.1.", // no names to Go's resolver, addresses to others
	} {
		address := &url.URL{Scheme: "http", Host: host + ":" + strconv.Itoa(port), Path: "/"}
		if _, _, err := fetch(strict, (&http.Request{Method: "GET", URL: address}).WithContext(t.Context())); !errors.Is(err, ErrBlocked) && !isUnknownName(err) {
			t.Errorf("%s: %v", host, err)
		}
	}
	if visits.Load() != 0 {
		t.Errorf("%d requests came through", visits.Load())
	}
	if _, _, err := fetch(demo, ask(t, "GET", "http://rebound.example:"+strconv.Itoa(port), "")); err != nil || visits.Load() != 1 {
		t.Errorf("the resolver of this test does not work: %v", err)
	}
}

func isUnknownName(err error) bool {
	dns, ok := errors.AsType[*net.DNSError](err)
	return ok && dns.IsNotFound && strings.Trim(dns.Name, "0123456789.") == ""
}

func TestSchemesAndUsers(t *testing.T) {
	t.Parallel()
	s, visits := door(t, nil)
	strict := client(t, ClientOptions{AllowLoopback: true})
	loose := client(t, ClientOptions{AllowLoopback: true, AllowHTTP: true})
	for _, tc := range []struct {
		c       *http.Client
		address string
	}{
		{strict, s.URL},
		{loose, strings.Replace(s.URL, "http://", "http://user:password@", 1)},
		{loose, strings.Replace(s.URL, "http://", "ftp://", 1)},
		{loose, "file:///etc/passwd"},
		{loose, "http:///path"},
	} {
		if _, _, err := fetch(tc.c, ask(t, "POST", tc.address, "body")); !errors.Is(err, ErrBlocked) {
			t.Errorf("%s: %v", tc.address, err)
		}
	}
	if visits.Load() != 0 {
		t.Errorf("%d requests came through", visits.Load())
	}
}

func TestDemoReachesLocalNames(t *testing.T) {
	t.Parallel()
	s, _ := door(t, func(w http.ResponseWriter, r *http.Request) {
		if _, err := io.WriteString(w, r.Host); err != nil {
			t.Error(err)
		}
	})
	port := strconv.Itoa(s.Listener.Addr().(*net.TCPAddr).Port)
	c := client(t, ClientOptions{AllowLoopback: true, AllowHTTP: true})
	for _, host := range []string{"127.0.0.1", "localhost", "globex.localhost", "Deep.Globex.LOCALHOST", "globex.localhost."} {
		_, body, err := fetch(c, ask(t, "GET", "http://"+host+":"+port, ""))
		if err != nil || body != host+":"+port {
			t.Errorf("%s: %q, %v", host, body, err)
		}
	}
	if isLocalName("localhost.example.com") || isLocalName("notlocalhost") {
		t.Error("a foreign name is taken for a local one")
	}
}

// TestAllowedHost holds that permission goes by host and is asked for every request.
func TestAllowedHost(t *testing.T) {
	t.Parallel()
	var allowed atomic.Bool
	var asked atomic.Value
	c := client(t, ClientOptions{Timeout: 50 * time.Millisecond, AllowHost: func(host string) bool {
		asked.Store(host)
		return allowed.Load()
	}})
	_, _, err := fetch(c, ask(t, "GET", "https://10.255.255.1/", ""))
	if !errors.Is(err, ErrBlocked) || asked.Load() != "10.255.255.1" {
		t.Errorf("a host inside: %v, asked for %v", err, asked.Load())
	}
	allowed.Store(true)
	if _, _, err := fetch(c, ask(t, "GET", "https://169.254.169.254/", "")); !errors.Is(err, ErrBlocked) {
		t.Errorf("metadata through an allowed host: %v", err)
	}
	if _, _, err := fetch(c, ask(t, "GET", "https://10.255.255.1/", "")); err == nil || errors.Is(err, ErrBlocked) {
		t.Errorf("an allowed host inside: %v", err)
	}
	if hostName("Desk.EXAMPLE.") != "desk.example" {
		t.Error("names are not compared in one form")
	}
}

func TestRedirects(t *testing.T) {
	t.Parallel()
	type seen struct{ secret, referer, body, auth string }
	var at atomic.Value
	target, visits := door(t, func(_ http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		at.Store(seen{r.Header.Get("X-Secret"), r.Header.Get("Referer"), string(body), r.Header.Get("Authorization")})
	})
	var other string
	s, _ := door(t, func(w http.ResponseWriter, r *http.Request) {
		n, err := strconv.Atoi(r.URL.Query().Get("left"))
		if err != nil {
			t.Error(err)
		}
		status, err := strconv.Atoi(r.URL.Query().Get("status"))
		if err != nil {
			t.Error(err)
		}
		to := other
		if n > 1 {
			to = "/?status=" + strconv.Itoa(status) + "&left=" + strconv.Itoa(n-1)
		}
		http.Redirect(w, r, to, status)
	})
	c := client(t, ClientOptions{AllowLoopback: true, AllowHTTP: true})
	for _, tc := range []struct {
		name, method, query, to string
		refused                 error
	}{
		{"two", "GET", "/?status=302&left=2", target.URL + "/found", nil},
		{"three", "GET", "/?status=302&left=3", target.URL + "/found", ErrRedirect},
		{"a form to another host becomes a GET", "POST", "/?status=303&left=1", target.URL + "/found", nil},
		{"a body to another host", "POST", "/?status=307&left=1", target.URL + "/found", ErrRedirect},
		{"inside", "GET", "/?status=302&left=1", "http://169.254.169.254/latest/meta-data", ErrBlocked},
		{"other scheme", "GET", "/?status=302&left=1", "file:///etc/passwd", ErrBlocked},
		{"with a user", "GET", "/?status=302&left=1", "http://evil.example@" + strings.TrimPrefix(target.URL, "http://"), ErrBlocked},
	} {
		other = tc.to
		before := visits.Load()
		body := ""
		if tc.method == "POST" {
			body = "secret body"
		}
		r := ask(t, tc.method, s.URL+tc.query, body)
		r.Header.Set("X-Secret", "token")
		r.Header.Set("Authorization", "Bearer token")
		r.Header.Set("Accept", "text/html")
		_, _, err := fetch(c, r)
		if !errors.Is(err, tc.refused) || (err == nil) != (tc.refused == nil) {
			t.Errorf("%s: %v", tc.name, err)
		}
		if tc.refused != nil && visits.Load() != before {
			t.Errorf("%s: the target was reached", tc.name)
		}
		if tc.refused == nil && at.Load() != (seen{}) {
			t.Errorf("%s: the other host sees %+v", tc.name, at.Load())
		}
	}
}

func TestRedirectFromHTTPS(t *testing.T) {
	t.Parallel()
	plain, visits := door(t, nil)
	s := httptest.NewTLSServer(http.RedirectHandler(plain.URL, http.StatusFound))
	defer s.Close()
	c := client(t, ClientOptions{AllowLoopback: true, AllowHTTP: true, TLS: &tls.Config{RootCAs: s.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs}})
	if _, _, err := fetch(c, ask(t, "GET", s.URL, "")); !errors.Is(err, ErrRedirect) || visits.Load() != 0 {
		t.Errorf("%v, %d visits", err, visits.Load())
	}
}

func TestAnswerIsBounded(t *testing.T) {
	t.Parallel()
	const most = 1000
	s, _ := door(t, func(w http.ResponseWriter, r *http.Request) {
		n, err := strconv.Atoi(r.URL.Query().Get("n"))
		if err != nil {
			t.Error(err)
		}
		var out io.Writer = w
		switch r.URL.Path {
		case "/announced":
			w.Header().Set("Content-Length", strconv.Itoa(n))
		case "/gzip":
			w.Header().Set("Content-Encoding", "gzip")
			z := gzip.NewWriter(w)
			defer func() { _ = z.Close() }() // the client may be gone
			out = z
		}
		_, _ = io.WriteString(out, strings.Repeat("x", n)) // the client may be gone
	})
	c := client(t, ClientOptions{AllowLoopback: true, AllowHTTP: true, MaxBody: most})
	for path, want := range map[string]error{
		"/announced?n=1000": nil, "/announced?n=1001": ErrAnswerTooLarge,
		"/streamed?n=1000": nil, "/streamed?n=1001": ErrAnswerTooLarge, "/streamed?n=100000": ErrAnswerTooLarge,
		"/gzip?n=1000": nil, "/gzip?n=10000000": ErrAnswerTooLarge,
		"/empty?n=0": nil,
	} {
		_, body, err := fetch(c, ask(t, "GET", s.URL+path, ""))
		if !errors.Is(err, want) || (err == nil) != (want == nil) || len(body) > most {
			t.Errorf("%s: %d bytes, %v", path, len(body), err)
		}
	}
}

func TestAnswerInTime(t *testing.T) {
	t.Parallel()
	release := make(chan struct{})
	s, _ := door(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/body" {
			w.WriteHeader(200)
			if err := http.NewResponseController(w).Flush(); err != nil {
				t.Error(err)
			}
		}
		<-release
	})
	defer close(release)
	c := client(t, ClientOptions{AllowLoopback: true, AllowHTTP: true, Timeout: 50 * time.Millisecond})
	for _, path := range []string{"/header", "/body"} {
		_, _, err := fetch(c, ask(t, "GET", s.URL+path, ""))
		var late net.Error
		if !errors.As(err, &late) || !late.Timeout() {
			t.Errorf("%s: %v", path, err)
		}
	}
}

// TestProxyOfTheEnvironmentIsNotUsed sets one that would see everything.
func TestProxyOfTheEnvironmentIsNotUsed(t *testing.T) {
	proxy, visits := door(t, nil)
	t.Setenv("HTTP_PROXY", proxy.URL)
	t.Setenv("HTTPS_PROXY", proxy.URL)
	for _, transport := range []*http.Transport{
		NewClient(ClientOptions{}).Transport.(*guardedTransport).public,
		NewClient(ClientOptions{}).Transport.(*guardedTransport).inside,
	} {
		if transport.Proxy != nil {
			t.Error("a proxy is asked for")
		}
	}
	if visits.Load() != 0 {
		t.Error("the proxy was used")
	}
}

func FuzzGuard(f *testing.F) {
	for _, seed := range []string{"127.0.0.1:80", "[::1]:443", "[fe80::1%1]:80", "x", "93.184.216.34:443"} {
		f.Add(seed)
	}
	g := publicGuard(false, nil)
	f.Fuzz(func(t *testing.T, address string) {
		if g.control("tcp4", address, nil) != nil && g.control("tcp6", address, nil) != nil {
			return
		}
		ap, err := netip.ParseAddrPort(address)
		if err != nil {
			t.Fatalf("%q is allowed", address)
		}
		addr := ap.Addr().Unmap()
		if addr.IsPrivate() || addr.IsLoopback() || addr.IsUnspecified() || addr.IsMulticast() || addr.IsLinkLocalUnicast() {
			t.Errorf("%q is allowed", address)
		}
	})
}

// TestDialHonoursItsContext holds that a caller who leaves does not wait for a dead host.
func TestDialHonoursItsContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := publicGuard(false, nil).dial(ctx, "tcp", "93.184.216.34:443"); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}
