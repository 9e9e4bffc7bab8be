package smtpin

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	stdsmtp "net/smtp"
	"net/textproto"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/deskmesh/deskmesh"
)

// inbox is an Inbound that keeps what it accepts.
type inbox struct {
	mu       sync.Mutex
	accepted []received
	accept   func(ctx context.Context) error // asked before a message is kept
}

type received struct {
	Envelope
	Raw string // without the Received line
}

func (b *inbox) Recipient(_ context.Context, address string) error {
	switch local, _, _ := strings.Cut(address, "@"); local {
	case "support", "billing", "büro":
		return nil
	case "closed":
		return deskmesh.Errorf(deskmesh.Gone, "closed")
	case "panic":
		panic("secret words")
	case "broken":
		return errors.New("secret words")
	}
	return deskmesh.Missing("inbox")
}

func (b *inbox) Accept(ctx context.Context, e Envelope, raw []byte) error {
	if b.accept != nil {
		if err := b.accept(ctx); err != nil {
			return err
		}
	}
	head, rest, ok := bytes.Cut(raw, []byte("+0000\r\n"))
	if !ok || !bytes.HasPrefix(head, []byte("Received: from ")) {
		return deskmesh.Errorf(deskmesh.Invalid, "no trace")
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.accepted = append(b.accepted, received{e, string(rest)})
	return nil
}

func (b *inbox) messages() []received {
	b.mu.Lock()
	defer b.mu.Unlock()
	return append([]received(nil), b.accepted...)
}

var testTime = time.Date(2026, 7, 20, 9, 0, 0, 0, time.UTC)

func start(t *testing.T, b *inbox, change func(*Config)) *Server {
	t.Helper()
	config := Config{Listen: "127.0.0.1:0", Domain: "desk.example", Now: func() time.Time { return testTime }}
	if change != nil {
		change(&config)
	}
	s, err := New(config, b)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		if err := s.Shutdown(ctx); err != nil {
			t.Errorf("shutdown: %v", err)
		}
	})
	return s
}

// talk is a raw conversation.
type talk struct {
	t    *testing.T
	conn net.Conn
	text *textproto.Conn
}

func dial(t *testing.T, s *Server) *talk {
	t.Helper()
	conn, err := net.Dial("tcp", s.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	if err := conn.SetDeadline(time.Now().Add(20 * time.Second)); err != nil {
		t.Fatal(err)
	}
	c := &talk{t, conn, textproto.NewConn(conn)}
	t.Cleanup(func() { _ = conn.Close() })
	return c
}

// greeted is dial after the greeting and EHLO.
func greeted(t *testing.T, s *Server) *talk {
	t.Helper()
	c := dial(t, s)
	c.expect("220 desk.example")
	c.write("EHLO client.example\r\n")
	c.expect("250")
	return c
}

func (c *talk) write(s string) {
	c.t.Helper()
	if _, err := c.conn.Write([]byte(s)); err != nil {
		c.t.Fatalf("write: %v", err)
	}
}

// expect reads one reply, of several lines if need be.
func (c *talk) expect(prefix string) string {
	c.t.Helper()
	code, msg, err := c.text.ReadResponse(0)
	reply := fmt.Sprintf("%d %s", code, msg)
	if err != nil || !strings.HasPrefix(reply, prefix) {
		c.t.Fatalf("reply %q (%v), want %q", reply, err, prefix)
	}
	return reply
}

// say sends a line and expects the reply.
func (c *talk) say(line, prefix string) string {
	c.t.Helper()
	c.write(line + "\r\n")
	return c.expect(prefix)
}

// closed expects that the server closes the connection, perhaps after a 421.
func (c *talk) closed() {
	c.t.Helper()
	for {
		line, err := c.text.ReadLine()
		if err != nil {
			if ne, ok := errors.AsType[net.Error](err); ok && ne.Timeout() {
				c.t.Fatal("the connection stays open")
			}
			return
		}
		if !strings.HasPrefix(line, "421 ") {
			c.t.Fatalf("unexpected %q", line)
		}
	}
}

func TestWholeConversation(t *testing.T) {
	t.Parallel()
	b := &inbox{}
	s := start(t, b, nil)
	err := stdsmtp.SendMail(s.Addr().String(), nil, "anna@example.com", []string{"support@acme.example", "billing@acme.example"},
		[]byte("Subject: Hi\r\n\r\n.dots\r\n..\r\n.\r\nend\r\n"))
	if err != nil {
		t.Fatal(err)
	}
	got := b.messages()
	want := []received{{
		Envelope: Envelope{From: "anna@example.com", To: []string{"support@acme.example", "billing@acme.example"},
			RemoteIP: remoteIP(s.Addr()), HELO: "localhost", ReceivedAt: testTime},
		Raw: "Subject: Hi\r\n\r\n.dots\r\n..\r\n.\r\nend\r\n",
	}}
	if diff := cmp.Diff(want, got, cmp.Comparer(func(a, b Envelope) bool { return fmt.Sprint(a) == fmt.Sprint(b) })); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestPipelining(t *testing.T) {
	t.Parallel()
	b := &inbox{}
	c := greeted(t, start(t, b, nil))
	c.write("MAIL FROM:<>\r\nRCPT TO:<support@acme.example>\r\nRCPT TO:<SUPPORT@acme.example>\r\nRCPT TO:<support@acme.example>\r\nDATA\r\n")
	c.expect("250")
	c.expect("250")
	c.expect("550 5.1.1")
	c.expect("250")
	c.expect("354")
	c.write("one\r\n.\r\nMAIL FROM:<a@example.com> BODY=8BITMIME\r\nRCPT TO:<billing@acme.example>\r\nDATA\r\n")
	c.expect("250")
	c.expect("250")
	c.expect("250")
	c.expect("354")
	c.write("tw\xc3\xb6\r\n.\r\nQUIT\r\n")
	c.expect("250")
	c.expect("221")
	got := b.messages()
	if len(got) != 2 || got[0].From != "" || len(got[0].To) != 1 || got[1].From != "a@example.com" || got[1].Raw != "tw\xc3\xb6\r\n" {
		t.Errorf("got %+v", got)
	}
}

func TestReplies(t *testing.T) {
	t.Parallel()
	s := start(t, &inbox{}, nil)

	t.Run("recipients", func(t *testing.T) {
		t.Parallel()
		c := greeted(t, s)
		c.say("MAIL FROM:<a@example.com>", "250")
		c.say("RCPT TO:<nobody@acme.example>", "550 5.1.1")
		c.say("RCPT TO:<closed@acme.example>", "550 5.2.1")
		for _, local := range []string{"broken", "panic"} {
			if reply := c.say("RCPT TO:<"+local+"@acme.example>", "451 4.3.0"); strings.Contains(reply, "secret") {
				t.Errorf("the reply shows the inside: %s", reply)
			}
		}
		c.say("DATA", "502")
		c.say("RCPT TO:<support@acme.example>", "250")
	})

	t.Run("header and command injection: control characters and raw bytes are refused", func(t *testing.T) {
		t.Parallel()
		c := greeted(t, s)
		c.say("MAIL FROM:<\"a\rRSET\r\"@example.com>", "553 5.1.7")
		c.say("MAIL FROM:<a@example.com>", "250")
		c.say("RCPT TO:<\"sup\x01port\"@acme.example>", "553 5.1.3")
		c.say("RCPT TO:<\xff@acme.example>", "553 5.1.3")
		c.say("RCPT TO:<büro@acme.example>", "553 5.1.3")
		c.say("RSET", "250")
		c.say("MAIL FROM:<ü@example.com> SMTPUTF8", "250")
		c.say("RCPT TO:<büro@acme.example>", "250")
	})

	t.Run("wrong order and nonsense", func(t *testing.T) {
		t.Parallel()
		c := dial(t, s)
		c.expect("220")
		c.say("MAIL FROM:<a@example.com>", "502")
		c.say("EHLO x", "250")
		c.say("RCPT TO:<support@acme.example>", "502")
		c.say("AUTH PLAIN AGEAYg==", "5")
		c.say("STARTTLS", "502")
		c.say("VRFY support", "252")
		for range 3 {
			c.say("GET / HTTP/1.1", "50")
		}
		c.write("POST /\r\n")
		c.expect("50")
		c.expect("500")
		c.closed()
	})
}

func TestAcceptDecides(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name   string
		accept error
		want   string
	}{
		{"stored", nil, "250"},
		{"unavailable", deskmesh.Errorf(deskmesh.Unavailable, "x"), "451 4.3.0"},
		{"any other error", errors.New("disk full"), "451 4.3.0"},
		{"too late", context.DeadlineExceeded, "451 4.3.0"},
		{"conflict", deskmesh.Errorf(deskmesh.Conflict, "x"), "451 4.3.0"},
		{"too large", deskmesh.Errorf(deskmesh.TooLarge, "x"), "552 5.3.4"},
		{"invalid", deskmesh.Errorf(deskmesh.Invalid, "x"), "554"},
		{"forbidden", deskmesh.Errorf(deskmesh.Forbidden, "x"), "550 5.7.1"},
		{"too often", deskmesh.Errorf(deskmesh.RateLimited, "x"), "451 4.7.1"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			conn := greeted(t, start(t, &inbox{accept: func(context.Context) error { return c.accept }}, nil))
			conn.message("x", c.want)
			conn.say("NOOP", "250")
		})
	}

	t.Run("panic", func(t *testing.T) {
		t.Parallel()
		conn := greeted(t, start(t, &inbox{accept: func(context.Context) error { panic("secret") }}, nil))
		conn.message("x", "451 4.3.0")
		conn.say("NOOP", "250")
	})

	t.Run("deadline", func(t *testing.T) {
		t.Parallel()
		slow := func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() }
		conn := greeted(t, start(t, &inbox{accept: slow}, func(c *Config) { c.AcceptTimeout = 20 * time.Millisecond }))
		conn.message("x", "451 4.3.0")
	})
}

// message sends a whole message and expects the reply to it.
func (c *talk) message(body, want string) {
	c.t.Helper()
	c.say("MAIL FROM:<a@example.com>", "250")
	c.say("RCPT TO:<support@acme.example>", "250")
	c.say("DATA", "354")
	c.say(body+"\r\n.", want)
}

func TestSizes(t *testing.T) {
	t.Parallel()
	const limit = 300_000 // above smallMessage
	b := &inbox{}
	s := start(t, b, func(c *Config) { c.MaxBytes = limit })
	row := strings.Repeat("x", 98) + "\r\n"

	t.Run("announced too large", func(t *testing.T) {
		t.Parallel()
		c := greeted(t, s)
		c.say(fmt.Sprintf("MAIL FROM:<a@example.com> SIZE=%d", limit+1), "552 5.3.4")
		c.say(fmt.Sprintf("MAIL FROM:<a@example.com> SIZE=%d", limit), "250")
	})

	t.Run("exactly the limit", func(t *testing.T) {
		t.Parallel()
		c := greeted(t, s)
		c.message(strings.Repeat(row, limit/100-1)+strings.Repeat("y", 98), "250")
	})

	t.Run("oversize, then a good one on the same connection", func(t *testing.T) {
		t.Parallel()
		c := greeted(t, s)
		c.message(strings.Repeat(row, limit/100)+"z", "552 5.3.4")
		c.message("small", "250")
	})

	t.Run("oversize without end is cut off", func(t *testing.T) {
		t.Parallel()
		c := greeted(t, s)
		c.say("MAIL FROM:<a@example.com>", "250")
		c.say("RCPT TO:<support@acme.example>", "250")
		c.say("DATA", "354")
		for range 1000 {
			if _, err := c.conn.Write([]byte(strings.Repeat(row, 1000))); err != nil {
				return
			}
		}
		t.Error("100 MB were taken")
	})

	t.Run("resource exhaustion: a command line without end is cut off", func(t *testing.T) {
		t.Parallel()
		c := greeted(t, s)
		go func() { _, _ = c.conn.Write([]byte(strings.Repeat("x", 4*maxLine))) }()
		readAll(c)
	})

	t.Run("a long line in a message is taken, an endless one is not", func(t *testing.T) {
		t.Parallel()
		c := greeted(t, s)
		c.message(strings.Repeat("x", maxLine/2), "250")
		c.say("MAIL FROM:<a@example.com>", "250")
		c.say("RCPT TO:<support@acme.example>", "250")
		c.say("DATA", "354")
		go func() { _, _ = c.conn.Write([]byte(strings.Repeat("x", maxLine+5000))) }()
		if lines := readAll(c); len(lines) > 0 && !strings.HasPrefix(lines[0], "554 5.6.0") {
			t.Errorf("got %q", lines)
		}
	})

	t.Cleanup(func() {
		for _, m := range b.messages() {
			if len(m.Raw) > limit {
				t.Errorf("a message of %d bytes was accepted", len(m.Raw))
			}
		}
	})
}

// readAll reads until the server closes the connection.
func readAll(c *talk) []string {
	var lines []string
	for {
		line, err := c.text.ReadLine()
		if err != nil {
			if ne, ok := errors.AsType[net.Error](err); ok && ne.Timeout() {
				c.t.Error("the connection stays open")
			}
			return lines
		}
		lines = append(lines, line)
	}
}

// TestSmuggling sends the line ends with which two servers can be made to
// disagree on where a message ends. Only CRLF.CRLF may end it.
func TestSmuggling(t *testing.T) {
	t.Parallel()
	for _, end := range []string{"\n.\n", "\n.\r\n", "\r.\r", "\r\n.\n", "\r\n.\r", "\r.\r\n", "\n.\r", "\r\n\x00.\r\n"} {
		t.Run(fmt.Sprintf("%q", end), func(t *testing.T) {
			t.Parallel()
			b := &inbox{}
			c := greeted(t, start(t, b, nil))
			c.message("one"+end+"MAIL FROM:<ceo@acme.example>\r\nRCPT TO:<billing@acme.example>\r\nDATA\r\ntwo", "250")
			c.say("NOOP", "250 2.0.0 I have")
			got := b.messages()
			if len(got) != 1 || got[0].From != "a@example.com" || !strings.HasSuffix(got[0].Raw, "DATA\r\ntwo\r\n") {
				t.Errorf("got %+v", got)
			}
		})
	}
}

func TestChunking(t *testing.T) {
	t.Parallel()
	b := &inbox{}
	c := greeted(t, start(t, b, func(c *Config) { c.MaxBytes = 1000 }))
	begin := func() {
		t.Helper()
		c.say("MAIL FROM:<a@example.com>", "250")
		c.say("RCPT TO:<support@acme.example>", "250")
	}
	begin()
	c.write("BDAT 5\r\none\r\n")
	c.expect("250")
	c.write("BDAT 7 LAST\r\n\n.\r\ntwo")
	c.expect("250")
	begin()
	c.write("BDAT 1001 LAST\r\n" + strings.Repeat("x", 1001))
	c.expect("552")
	begin()
	c.write("BDAT 3\r\nabcRSET\r\n")
	c.expect("250")
	c.expect("250")
	c.message("after", "250")
	got := b.messages()
	if len(got) != 2 || got[0].Raw != "one\r\n\n.\r\ntwo" || got[1].Raw != "after\r\n" {
		t.Errorf("got %+v", got)
	}
}

func TestTimeouts(t *testing.T) {
	t.Parallel()

	t.Run("silence in a message", func(t *testing.T) {
		t.Parallel()
		b := &inbox{}
		c := greeted(t, start(t, b, func(c *Config) { c.ReadTimeout = 50 * time.Millisecond }))
		c.say("MAIL FROM:<a@example.com>", "250")
		c.say("RCPT TO:<support@acme.example>", "250")
		c.say("DATA", "354")
		c.write("half a mess")
		c.expect("451")
		c.closed()
		if got := b.messages(); len(got) != 0 {
			t.Errorf("accepted %+v", got)
		}
	})

	t.Run("silence between commands", func(t *testing.T) {
		t.Parallel()
		c := greeted(t, start(t, &inbox{}, func(c *Config) { c.ReadTimeout = 50 * time.Millisecond }))
		c.expect("421")
		c.closed()
	})

	t.Run("resource exhaustion: a byte now and then is no message", func(t *testing.T) {
		t.Parallel()
		c := greeted(t, start(t, &inbox{}, func(c *Config) { c.MessageTimeout = 100 * time.Millisecond }))
		c.say("MAIL FROM:<a@example.com>", "250")
		c.say("RCPT TO:<support@acme.example>", "250")
		c.say("DATA", "354")
		c.trickle()
	})

	t.Run("a connection ends in time", func(t *testing.T) {
		t.Parallel()
		greeted(t, start(t, &inbox{}, func(c *Config) { c.SessionTimeout = 100 * time.Millisecond })).trickle()
	})
}

// trickle sends a byte every few milliseconds until the server has enough.
func (c *talk) trickle() {
	c.t.Helper()
	done := make(chan []string, 1)
	go func() { done <- readAll(c) }()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-done:
			return
		case <-tick.C:
			_, _ = c.conn.Write([]byte("x"))
		}
	}
}

func TestBrokenConnection(t *testing.T) {
	t.Parallel()
	b := &inbox{}
	s := start(t, b, nil)
	c := greeted(t, s)
	c.say("MAIL FROM:<a@example.com>", "250")
	c.say("RCPT TO:<support@acme.example>", "250")
	c.say("DATA", "354")
	c.write("half a message\r\n")
	_ = c.conn.Close()
	shutdown(t, s)
	if got := b.messages(); len(got) != 0 {
		t.Errorf("accepted %+v", got)
	}
}

func shutdown(t *testing.T, s *Server) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if err := s.Shutdown(ctx); err != nil {
		t.Errorf("shutdown: %v", err)
	}
}

func TestShutdown(t *testing.T) {
	t.Parallel()

	t.Run("a message under way is answered, an idle connection ends", func(t *testing.T) {
		t.Parallel()
		b := &inbox{}
		s := start(t, b, nil)
		idle, busy := greeted(t, s), greeted(t, s)
		busy.say("MAIL FROM:<a@example.com>", "250")
		busy.say("RCPT TO:<support@acme.example>", "250")
		busy.say("DATA", "354")
		busy.write("first\r\n")
		waitFor(t, func() bool { return receiving(s) == 1 })
		done := make(chan struct{})
		go func() { defer close(done); shutdown(t, s) }()
		idle.expect("421")
		idle.closed()
		busy.write("second\r\n.\r\n")
		busy.expect("250")
		busy.expect("421")
		busy.closed()
		<-done
		if got := b.messages(); len(got) != 1 || got[0].Raw != "first\r\nsecond\r\n" {
			t.Errorf("got %+v", got)
		}
		if c, err := net.Dial("tcp", s.Addr().String()); err == nil {
			_ = c.Close()
			t.Error("the server still listens")
		}
	})

	t.Run("a message that does not end is cut off", func(t *testing.T) {
		t.Parallel()
		b := &inbox{}
		s := start(t, b, nil)
		c := greeted(t, s)
		c.say("MAIL FROM:<a@example.com>", "250")
		c.say("RCPT TO:<support@acme.example>", "250")
		c.say("DATA", "354")
		c.write("first\r\n")
		waitFor(t, func() bool { return receiving(s) == 1 })
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Millisecond)
		defer cancel()
		if err := s.Shutdown(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v", err)
		}
		readAll(c)
		if got := b.messages(); len(got) != 0 {
			t.Errorf("accepted %+v", got)
		}
	})

	t.Run("before the start and twice", func(t *testing.T) {
		t.Parallel()
		s, err := New(Config{Listen: "127.0.0.1:0", Domain: "desk.example"}, &inbox{})
		if err != nil {
			t.Fatal(err)
		}
		shutdown(t, s)
		if err := s.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		shutdown(t, s)
		shutdown(t, s)
	})
}

func receiving(s *Server) (count int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for c := range s.conns {
		c.mu.Lock()
		count += c.receiving
		c.mu.Unlock()
	}
	return count
}

// waitFor asks again and again, for at most ten seconds.
func waitFor(t *testing.T, ready func() bool) {
	t.Helper()
	deadline := time.After(10 * time.Second)
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for !ready() {
		select {
		case <-deadline:
			t.Fatal("it did not come to that")
		case <-tick.C:
		}
	}
}
