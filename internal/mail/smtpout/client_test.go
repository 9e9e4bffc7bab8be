package smtpout

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
	"github.com/google/go-cmp/cmp"

	"github.com/deskmesh/deskmesh"
)

const testMail = "Subject: Hi\r\n\r\n.dot\r\n.\r\nend\r\n"

func client(t *testing.T, rawURL string, options ...Option) *Client {
	t.Helper()
	c, err := New(rawURL, append([]Option{Timeout(10 * time.Second)}, options...)...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

func (c *Client) sendTest(ctx context.Context) error {
	return c.Send(ctx, "a@example.com", []string{"b@example.com"}, []byte(testMail))
}

func TestSend(t *testing.T) {
	t.Parallel()
	p := startPeer(t, &peer{}, nil, false)
	c := client(t, "smtp://"+p.addr, Hello("desk.example"))
	if err := c.Send(t.Context(), "", []string{"b@example.com", "c@example.com"}, []byte(testMail)); err != nil {
		t.Fatal(err)
	}
	if err := c.Send(t.Context(), "ü@example.com", []string{"d@example.com"}, []byte("no line end")); err != nil {
		t.Fatal(err)
	}
	mails, sessions := p.got()
	want := []sent{
		{To: []string{"b@example.com", "c@example.com"}, Raw: testMail},
		{From: "ü@example.com", To: []string{"d@example.com"}, Raw: "no line end\r\n"},
	}
	if diff := cmp.Diff(want, mails); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if sessions != 1 || p.names[0] != "desk.example" {
		t.Errorf("%d connections, names %q", sessions, p.names)
	}
}

func TestEncryptionAndSignIn(t *testing.T) {
	t.Parallel()
	config, pool := certificate(t)

	t.Run("STARTTLS with PLAIN", func(t *testing.T) {
		t.Parallel()
		p := startPeer(t, &peer{auth: true, password: "p:w@d/"}, config, false)
		c := client(t, "smtp+starttls://desk:"+url.QueryEscape("p:w@d/")+"@"+p.addr, Roots(pool))
		if err := c.sendTest(t.Context()); err != nil {
			t.Fatal(err)
		}
		mails, _ := p.got()
		if len(mails) != 1 || mails[0].User != "desk" || !p.tls[len(p.tls)-1] {
			t.Errorf("mails %+v, TLS %v", mails, p.tls)
		}
	})

	t.Run("TLS from the first byte", func(t *testing.T) {
		t.Parallel()
		p := startPeer(t, &peer{auth: true, password: "pw"}, config, true)
		c := client(t, "smtps://desk:pw@"+p.addr, Roots(pool))
		if err := c.sendTest(t.Context()); err != nil {
			t.Fatal(err)
		}
		if mails, _ := p.got(); len(mails) != 1 || mails[0].User != "desk" {
			t.Errorf("mails %+v", mails)
		}
	})

	t.Run("an unknown certificate is refused", func(t *testing.T) {
		t.Parallel()
		for _, scheme := range []string{"smtps", "smtp+starttls"} {
			p := startPeer(t, &peer{}, config, scheme == "smtps")
			err := client(t, scheme+"://"+p.addr).sendTest(t.Context())
			wantFault(t, err, "tls", false)
		}
		p := startPeer(t, &peer{auth: true, password: "pw"}, config, false)
		err := client(t, "smtp://desk:pw@"+p.addr).sendTest(t.Context())
		wantFault(t, err, "tls", false)
	})

	t.Run("an unknown certificate is better than none where plain text would do", func(t *testing.T) {
		t.Parallel()
		p := startPeer(t, &peer{}, config, false)
		if err := client(t, "smtp://"+p.addr).sendTest(t.Context()); err != nil {
			t.Fatal(err)
		}
		if !p.tls[len(p.tls)-1] {
			t.Error("sent in plain text")
		}
	})

	t.Run("required TLS that is not offered", func(t *testing.T) {
		t.Parallel()
		p := startPeer(t, &peer{}, nil, false)
		wantFault(t, client(t, "smtp+starttls://"+p.addr).sendTest(t.Context()), "tls", false)
		if mails, _ := p.got(); len(mails) != 0 {
			t.Error("a mail was sent in plain text")
		}
	})

	t.Run("a wrong password is not the message's fault and not in the error", func(t *testing.T) {
		t.Parallel()
		p := startPeer(t, &peer{auth: true, password: "pw"}, config, false)
		err := client(t, "smtp+starttls://desk:wrong-secret@"+p.addr, Roots(pool)).sendTest(t.Context())
		wantFault(t, err, "sign in", false)
		if strings.Contains(err.Error(), "wrong-secret") {
			t.Errorf("the password is in %q", err)
		}
	})

	t.Run("a demand to sign in is not the message's fault", func(t *testing.T) {
		t.Parallel()
		p := startPeer(t, &peer{auth: true, password: "pw"}, nil, false)
		wantFault(t, client(t, "smtp://"+p.addr).sendTest(t.Context()), "sender", false)
	})

	t.Run("LOGIN where nothing else is offered", func(t *testing.T) {
		t.Parallel()
		addr, _ := script(t, steps("> 220 peer", "< EHLO", "> 250-peer", "> 250 AUTH LOGIN", "< AUTH LOGIN", "> 334 VXNlcm5hbWU6", "< ZGVzaw==",
			"> 334 UGFzc3dvcmQ6", "< cHc=", "> 235 ok", envelopeSteps, "<.", "> 250 ok"))
		if err := client(t, "smtp://desk:pw@"+addr).sendTest(t.Context()); err != nil {
			t.Error(err)
		}
	})
}

// wantFault checks the step and the kind of an error.
func wantFault(t *testing.T, err error, step string, permanent bool) {
	t.Helper()
	e, ok := errors.AsType[*Error](err)
	if !ok || e.Step != step || Permanent(err) != permanent || Unsure(err) {
		t.Errorf("got %v (%+v), want step %s, permanent %v", err, e, step, permanent)
	}
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	refusal := func(code int) error {
		return &smtp.SMTPError{Code: code, EnhancedCode: smtp.EnhancedCode{code / 100, 1, 1}, Message: "no\nnot you"}
	}
	for code, permanent := range map[int]bool{550: true, 554: true, 450: false, 421: false} {
		t.Run(fmt.Sprint("recipient ", code), func(t *testing.T) {
			t.Parallel()
			p := startPeer(t, &peer{rcpt: func(to string) error {
				if to == "bad@example.com" {
					return refusal(code)
				}
				return nil
			}}, nil, false)
			c := client(t, "smtp://"+p.addr)
			err := c.Send(t.Context(), "a@example.com", []string{"b@example.com", "bad@example.com"}, []byte(testMail))
			wantFault(t, err, "recipient", permanent)
			if strings.ContainsAny(err.Error(), "\r\n") {
				t.Errorf("the error has several lines: %q", err)
			}
			if err := c.sendTest(t.Context()); err != nil {
				t.Errorf("the next message: %v", err)
			}
			mails, sessions := p.got()
			if len(mails) != 1 || len(mails[0].To) != 1 {
				t.Errorf("mails %+v", mails)
			}
			if wantSessions := map[bool]int{true: 2, false: 1}[code == 421]; sessions != wantSessions {
				t.Errorf("%d connections, want %d", sessions, wantSessions)
			}
		})
		t.Run(fmt.Sprint("message ", code), func(t *testing.T) {
			t.Parallel()
			p := startPeer(t, &peer{data: func(int) error { return refusal(code) }}, nil, false)
			wantFault(t, client(t, "smtp://"+p.addr).sendTest(t.Context()), "reply", permanent)
		})
	}

	t.Run("greeting", func(t *testing.T) {
		t.Parallel()
		addr, _ := script(t, []string{"> 554 go away"})
		wantFault(t, client(t, "smtp://"+addr).sendTest(t.Context()), "connect", false)
	})

	t.Run("nobody listens", func(t *testing.T) {
		t.Parallel()
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		_ = listener.Close()
		wantFault(t, client(t, "smtp://"+listener.Addr().String()).sendTest(t.Context()), "connect", false)
	})

	t.Run("addresses beyond ASCII where they are not taken", func(t *testing.T) {
		t.Parallel()
		addr, _ := script(t, helloSteps)
		wantFault(t, client(t, "smtp://"+addr).Send(t.Context(), "a@example.com", []string{"ü@example.com"}, []byte("x")), "recipient", true)
	})
}

func TestAddressInjection(t *testing.T) {
	t.Parallel()
	c := client(t, "smtp://127.0.0.1:1")
	for _, bad := range []string{"", "b@example.com\r\nRCPT TO:<x@evil.example>", "b@example.com> NOTIFY=NEVER", "b c@example.com", "b@example.com\x00", "\xff@example.com"} {
		wantFault(t, c.Send(t.Context(), "a@example.com", []string{bad}, []byte("x")), "recipient", true)
		if bad != "" {
			wantFault(t, c.Send(t.Context(), bad, []string{"b@example.com"}, []byte("x")), "sender", true)
		}
	}
	wantFault(t, c.Send(t.Context(), "a@example.com", nil, []byte("x")), "recipient", true)
}

func TestDroppedConnections(t *testing.T) {
	t.Parallel()
	good := steps(helloSteps, envelopeSteps, "<.", "> 250 ok")

	t.Run("a kept connection that died is replaced", func(t *testing.T) {
		t.Parallel()
		addr, played := script(t, good, good)
		c := client(t, "smtp://"+addr)
		for range 2 {
			if err := c.sendTest(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		if played() != 2 {
			t.Errorf("%d connections", played())
		}
	})

	t.Run("a kept connection that says goodbye is replaced", func(t *testing.T) {
		t.Parallel()
		addr, _ := script(t, steps(good, "< RSET", "> 421 idle too long"), good)
		c := client(t, "smtp://"+addr)
		for range 2 {
			if err := c.sendTest(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
	})

	t.Run("dropped before DATA: sent again once", func(t *testing.T) {
		t.Parallel()
		addr, played := script(t, steps(helloSteps, envelopeSteps[:3], "x"), good)
		if err := client(t, "smtp://"+addr).sendTest(t.Context()); err != nil || played() != 2 {
			t.Errorf("%v, %d connections", err, played())
		}
	})

	t.Run("dropped in the message: sent again once", func(t *testing.T) {
		t.Parallel()
		addr, played := script(t, steps(helloSteps, envelopeSteps, "< Subject", "x"), good)
		err := client(t, "smtp://"+addr).Send(t.Context(), "a@example.com", []string{"b@example.com"},
			[]byte("Subject: long\r\n\r\n"+strings.Repeat(strings.Repeat("x", 98)+"\r\n", 500_000)))
		if err != nil || played() != 2 {
			t.Errorf("%v, %d connections", err, played())
		}
	})

	t.Run("dropped twice: temporary", func(t *testing.T) {
		t.Parallel()
		addr, played := script(t, steps(helloSteps, "< MAIL", "x"), steps(helloSteps, "< MAIL", "x"), good)
		wantFault(t, client(t, "smtp://"+addr).sendTest(t.Context()), "sender", false)
		if played() != 2 {
			t.Errorf("%d connections", played())
		}
	})

	t.Run("dropped after the final dot: unsure, never sent again", func(t *testing.T) {
		t.Parallel()
		addr, played := script(t, steps(helloSteps, envelopeSteps, "<.", "x"), good)
		err := client(t, "smtp://"+addr).sendTest(t.Context())
		if !Unsure(err) || Permanent(err) || played() != 1 {
			t.Errorf("%v, %d connections", err, played())
		}
	})
}

func TestTimeLimit(t *testing.T) {
	t.Parallel()

	t.Run("of the client", func(t *testing.T) {
		t.Parallel()
		listener, err := net.Listen("tcp", "127.0.0.1:0") // accepts and says nothing
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = listener.Close() }()
		err = client(t, "smtp://"+listener.Addr().String(), Timeout(50*time.Millisecond)).sendTest(t.Context())
		wantFault(t, err, "connect", false)
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v", err)
		}
	})

	t.Run("of the caller", func(t *testing.T) {
		t.Parallel()
		ctx, cancel := context.WithCancel(t.Context())
		p := startPeer(t, &peer{rcpt: func(string) error { cancel(); return nil }}, nil, false)
		err := client(t, "smtp://"+p.addr).sendTest(ctx)
		if !errors.Is(err, context.Canceled) || Permanent(err) {
			t.Errorf("got %v", err)
		}
	})
}

func TestPool(t *testing.T) {
	t.Parallel()

	t.Run("at most four connections", func(t *testing.T) {
		t.Parallel()
		p := startPeer(t, &peer{}, nil, false)
		c := client(t, "smtp://"+p.addr)
		var wg sync.WaitGroup
		for range 40 {
			wg.Go(func() {
				if err := c.sendTest(t.Context()); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if mails, sessions := p.got(); len(mails) != 40 || sessions > maxOpen {
			t.Errorf("%d mails over %d connections", len(mails), sessions)
		}
	})

	t.Run("an idle connection is ended", func(t *testing.T) {
		t.Parallel()
		addr, _ := script(t, steps(helloSteps, envelopeSteps, "<.", "> 250 ok", "< QUIT", "> 221 bye"))
		c := client(t, "smtp://"+addr)
		c.idleTime = time.Millisecond
		if err := c.sendTest(t.Context()); err != nil {
			t.Fatal(err)
		}
		deadline := time.After(10 * time.Second)
		for kept(c) > 0 {
			select {
			case <-deadline:
				t.Fatal("it is still kept")
			case <-time.After(time.Millisecond):
			}
		}
	})

	t.Run("Close ends what is kept", func(t *testing.T) {
		t.Parallel()
		p := startPeer(t, &peer{}, nil, false)
		c := client(t, "smtp://"+p.addr)
		for range 2 {
			if err := c.sendTest(t.Context()); err != nil {
				t.Fatal(err)
			}
			c.Close()
			if kept(c) != 0 {
				t.Error("a connection is kept")
			}
		}
		if _, sessions := p.got(); sessions != 2 {
			t.Errorf("%d connections", sessions)
		}
	})
}

func kept(c *Client) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.idle)
}

func TestNewRefuses(t *testing.T) {
	t.Parallel()
	for _, bad := range []string{"", "mail.example.com:25", "http://mail.example.com", "smtp://", "smtp://:25", "smtp://host/path", "smtp://host?x=y",
		"smtp://user:sec%ret@host", "smtp://host:port"} {
		_, err := New(bad)
		if deskmesh.CodeOf(err) != deskmesh.Invalid {
			t.Errorf("%q: %v", bad, err)
		} else if strings.Contains(err.Error(), "ret") {
			t.Errorf("the password is in %q", err)
		}
	}
	for rawURL, want := range map[string]string{
		"smtp://host": "host:25", "smtps://u:p@host/": "host:465", "smtp+starttls://[::1]": "[::1]:587", "smtp://host:2525": "host:2525",
	} {
		c, err := New(rawURL)
		if err != nil || c.target.address() != want {
			t.Errorf("%q: %v, want %s", rawURL, err, want)
		}
	}
	if _, err := New("smtp://host", Hello("a\r\nb")); err == nil {
		t.Error("a name with a line end is accepted")
	}
}

// TestCheck goes as far as a message would and sends none.
func TestCheck(t *testing.T) {
	t.Parallel()
	config, roots := certificate(t)
	for _, tc := range []struct {
		name      string
		scheme    string
		config    *tls.Config
		implicit  bool
		encrypted bool
	}{
		{"plain", "smtp", nil, false, false},
		{"STARTTLS", "smtp", config, false, true},
		{"TLS from the first byte", "smtps", config, true, true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			p := startPeer(t, &peer{}, tc.config, tc.implicit)
			c, err := New(tc.scheme+"://"+p.addr, Roots(roots))
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close()
			encrypted, err := c.Check(t.Context())
			if err != nil || encrypted != tc.encrypted {
				t.Errorf("%t, %v", encrypted, err)
			}
			p.mu.Lock()
			defer p.mu.Unlock()
			if len(p.mails) > 0 {
				t.Errorf("sent %v", p.mails)
			}
		})
	}
	c, err := New("smtp://127.0.0.1:1")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Check(t.Context()); err == nil {
		t.Error("nobody answers, and that is well")
	}
}
