package smtpin

import (
	"context"
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/deskmesh/deskmesh"
)

func TestConnectionLimits(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*Config){
		"for one address": func(c *Config) { c.MaxConnectionsPerIP = 2 },
		"for all":         func(c *Config) { c.MaxConnections = 2 },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := start(t, &inbox{}, change)
			first := greeted(t, s)
			greeted(t, s)
			refused := dial(t, s)
			refused.expect("421 4.7.0")
			refused.closed()
			first.say("QUIT", "221")
			first.closed()
			waitFor(t, func() bool { return s.gate.open() == 1 })
			greeted(t, s)
		})
	}
}

// open gives the number of connections.
func (g *gate) open() int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.total
}

func TestMessageRate(t *testing.T) {
	t.Parallel()
	b := &inbox{}
	c := greeted(t, start(t, b, func(c *Config) { c.MessagesPerMinute = 2 }))
	c.message("1", "250")
	c.message("2", "250")
	c.say("MAIL FROM:<a@example.com>", "451 4.7.1")
	if got := b.messages(); len(got) != 2 {
		t.Errorf("%d messages", len(got))
	}
}

func TestRefusedRecipients(t *testing.T) {
	t.Parallel()
	c := greeted(t, start(t, &inbox{}, func(c *Config) { c.MaxRefused = 3 }))
	c.say("MAIL FROM:<a@example.com>", "250")
	for range 3 {
		c.say("RCPT TO:<guess@acme.example>", "550 5.1.1")
	}
	c.say("RCPT TO:<support@acme.example>", "421 4.7.0")
	c.closed()
}

func TestTooManyRecipients(t *testing.T) {
	t.Parallel()
	c := greeted(t, start(t, &inbox{}, func(c *Config) { c.MaxRecipients = 1 }))
	c.say("MAIL FROM:<a@example.com>", "250")
	c.say("RCPT TO:<support@acme.example>", "250")
	c.say("RCPT TO:<billing@acme.example>", "452 4.5.3")
	c.say("DATA", "354")
	c.say("x\r\n.", "250")
}

func TestLargeMessagesWait(t *testing.T) {
	t.Parallel()
	large := strings.Repeat(strings.Repeat("x", 98)+"\r\n", 2*smallMessage/100)
	entered, leave := make(chan struct{}), make(chan struct{})
	b := &inbox{accept: func(ctx context.Context) error {
		select {
		case entered <- struct{}{}:
		case <-ctx.Done():
			return ctx.Err()
		}
		<-leave
		return nil
	}}
	s := start(t, b, func(c *Config) { c.MaxLarge, c.ReadTimeout = 1, time.Second })
	first := greeted(t, s)
	first.send(large)
	<-entered // the first one has the only place now
	second := greeted(t, s)
	second.send(large)
	second.expect("451 4.3.2")
	small := greeted(t, s)
	small.send("small")
	<-entered
	close(leave)
	first.expect("250")
	small.expect("250")
}

// send is message without waiting for the reply.
func (c *talk) send(body string) {
	c.t.Helper()
	c.say("MAIL FROM:<a@example.com>", "250")
	c.say("RCPT TO:<support@acme.example>", "250")
	c.say("DATA", "354")
	c.write(body + "\r\n.\r\n")
}

func TestLoop(t *testing.T) {
	t.Parallel()
	b := &inbox{}
	c := greeted(t, start(t, b, nil))
	c.message(strings.Repeat("received: from a by b\r\n", maxHops), "554 5.4.6")
	c.message(strings.Repeat("received: from a by b\r\n", maxHops-1)+"\r\n"+strings.Repeat("Received: x\r\n", 50), "250")
}

func TestTrace(t *testing.T) {
	t.Parallel()
	s, err := New(Config{Listen: ":0", Domain: "desk.example"}, &inbox{})
	if err != nil {
		t.Fatal(err)
	}
	got := string((&session{server: s}).trace(Envelope{HELO: "evil\r\nBcc: x (y) <z>\x00", RemoteIP: netip.MustParseAddr("2001:db8::1"), ReceivedAt: testTime}))
	want := "Received: from evilBcc:xyz ([IPv6:2001:db8::1])\r\n\tby desk.example with ESMTP; Mon, 20 Jul 2026 09:00:00 +0000\r\n"
	if got != want {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

func TestGateForgets(t *testing.T) {
	t.Parallel()
	g := newGate(Config{MaxConnections: 5, MaxConnectionsPerIP: 5, MessagesPerMinute: 1, Now: func() time.Time { return testTime }})
	if !g.enter(netip.MustParseAddr("192.0.2.1")) {
		t.Fatal("not admitted")
	}
	for i := range 3 * maxIdlePeers {
		g.message(netip.MustParseAddr(fmt.Sprintf("2001:db8:%x:%x::1", i>>16, i&0xffff)))
	}
	if len(g.peers) > maxIdlePeers+10 {
		t.Errorf("%d addresses are remembered", len(g.peers))
	}
	if g.peers[netip.MustParseAddr("192.0.2.1")].connections != 1 {
		t.Error("an address with a connection was forgotten")
	}
}

func TestNetwork(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"192.0.2.1": "192.0.2.1", "::ffff:192.0.2.1": "192.0.2.1", "2001:db8:1:2:3:4:5:6": "2001:db8:1:2::", "fe80::1%eth0": "fe80::",
	} {
		if got := network(netip.MustParseAddr(in)); got.String() != want {
			t.Errorf("network(%s) = %s, want %s", in, got, want)
		}
	}
}

func TestConfigRefuses(t *testing.T) {
	t.Parallel()
	for _, c := range []Config{{}, {Listen: ":25"}, {Domain: "x"}, {Listen: ":25", Domain: "x", MaxBytes: -1}, {Listen: ":25", Domain: "x", MaxRecipients: -1}} {
		if _, err := New(c, &inbox{}); deskmesh.CodeOf(err) != deskmesh.Invalid {
			t.Errorf("%+v: %v", c, err)
		}
	}
}
