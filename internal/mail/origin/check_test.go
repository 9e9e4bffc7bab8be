package origin

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-msgauth/dkim"

	dm "github.com/deskmesh/deskmesh"
)

// zone is a domain name system of its own.
type zone struct {
	txt  map[string][]string
	fail map[string]bool // names that cannot be asked for now
	hang bool            // nothing is ever answered
	n    int
}

func (z *zone) answer(ctx context.Context, name string) ([]string, error) {
	z.n++
	name = strings.TrimSuffix(name, ".")
	switch {
	case z.hang:
		<-ctx.Done()
		return nil, &net.DNSError{Err: "timeout", Name: name, IsTimeout: true, IsTemporary: true}
	case z.fail[name]:
		return nil, &net.DNSError{Err: "later", Name: name, IsTemporary: true}
	case z.txt[name] == nil:
		return nil, &net.DNSError{Err: "no such host", Name: name, IsNotFound: true}
	}
	return z.txt[name], nil
}

func (z *zone) LookupTXT(ctx context.Context, name string) ([]string, error) {
	return z.answer(ctx, name)
}
func (z *zone) LookupMX(ctx context.Context, name string) ([]*net.MX, error) {
	_, err := z.answer(ctx, "mx "+name)
	return nil, err
}
func (z *zone) LookupIPAddr(ctx context.Context, name string) ([]net.IPAddr, error) {
	_, err := z.answer(ctx, "a "+name)
	return nil, err
}
func (z *zone) LookupAddr(ctx context.Context, name string) ([]string, error) {
	return z.answer(ctx, "ptr "+name)
}

const plain = "From: Anna <anna@example.com>\r\nTo: support@acme.test\r\nSubject: Hello\r\nDate: Mon, 02 Mar 2026 09:00:00 +0000\r\nMessage-ID: <1@example.com>\r\n\r\nHello\r\n"

// signed is the mail with a signature of a domain, whose key comes into the zone.
func signed(t *testing.T, z *zone, raw, domain string) string {
	t.Helper()
	public, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	z.txt["sel._domainkey."+domain] = []string{"v=DKIM1; k=ed25519; p=" + base64.StdEncoding.EncodeToString(public)}
	var out bytes.Buffer
	if err := dkim.Sign(&out, strings.NewReader(raw), &dkim.SignOptions{Domain: domain, Selector: "sel", Signer: private, HeaderKeys: []string{"From", "Subject", "Date"}}); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestCheck(t *testing.T) {
	t.Parallel()
	direct := func(raw string) Mail {
		return Mail{RemoteIP: "203.0.113.5", HELO: "mx.example.com", EnvelopeFrom: "bounce@example.com", From: "anna@example.com", Direct: true, Raw: []byte(raw)}
	}
	for name, c := range map[string]struct {
		set     func(t *testing.T, z *zone, m *Mail)
		verdict dm.MailVerdict
		checks  string // spf dkim dmarc
	}{
		"a domain without rules": {func(*testing.T, *zone, *Mail) {}, dm.MailUnknown, "none none none"},
		"SPF passes": {func(_ *testing.T, z *zone, _ *Mail) {
			z.txt["example.com"] = []string{"v=spf1 ip4:203.0.113.0/24 -all"}
		}, dm.MailPass, "pass none none"},
		"SPF fails":       {func(_ *testing.T, z *zone, _ *Mail) { z.txt["example.com"] = []string{"v=spf1 -all"} }, dm.MailFail, "fail none none"},
		"SPF is not sure": {func(_ *testing.T, z *zone, _ *Mail) { z.txt["example.com"] = []string{"v=spf1 ~all"} }, dm.MailUnknown, "softfail none none"},
		"SPF passes for another domain": {func(_ *testing.T, z *zone, m *Mail) {
			m.EnvelopeFrom = "eve@evil.example"
			z.txt["evil.example"] = []string{"v=spf1 ip4:203.0.113.5 -all"}
		}, dm.MailUnknown, "pass none none"},
		"DMARC, and SPF passes for another domain": {func(_ *testing.T, z *zone, m *Mail) {
			m.EnvelopeFrom = "eve@evil.example"
			z.txt["evil.example"] = []string{"v=spf1 ip4:203.0.113.5 -all"}
			z.txt["_dmarc.example.com"] = []string{"v=DMARC1; p=reject"}
		}, dm.MailFail, "pass none fail"},
		"DKIM passes": {func(t *testing.T, z *zone, m *Mail) { m.Raw = []byte(signed(t, z, plain, "example.com")) }, dm.MailPass, "none pass none"},
		"DKIM and DMARC pass, SPF fails as after forwarding": {func(t *testing.T, z *zone, m *Mail) {
			z.txt["example.com"] = []string{"v=spf1 -all"}
			z.txt["_dmarc.example.com"] = []string{"v=DMARC1; p=reject"}
			m.Raw = []byte(signed(t, z, plain, "example.com"))
		}, dm.MailPass, "fail pass pass"},
		"DKIM of another domain proves nothing": {func(t *testing.T, z *zone, m *Mail) {
			z.txt["_dmarc.example.com"] = []string{"v=DMARC1; p=none"}
			m.Raw = []byte(signed(t, z, plain, "evil.example"))
		}, dm.MailFail, "none pass fail"},
		"DKIM of the organisation's subdomain, strict": {func(t *testing.T, z *zone, m *Mail) {
			z.txt["_dmarc.example.com"] = []string{"v=DMARC1; p=reject; adkim=s"}
			m.Raw = []byte(signed(t, z, plain, "mail.example.com"))
		}, dm.MailFail, "none pass fail"},
		"the organisation's rules count for a subdomain": {func(_ *testing.T, z *zone, m *Mail) {
			m.From = "anna@news.example.com"
			z.txt["_dmarc.example.com"] = []string{"v=DMARC1; p=reject"}
		}, dm.MailFail, "none none fail"},
		"a changed mail": {func(t *testing.T, z *zone, m *Mail) {
			z.txt["_dmarc.example.com"] = []string{"v=DMARC1; p=reject"}
			m.Raw = []byte(strings.Replace(signed(t, z, plain, "example.com"), "\r\n\r\nHello", "\r\n\r\nPay", 1))
		}, dm.MailFail, "none fail fail"},
		"a second From above a signed one": {func(t *testing.T, z *zone, m *Mail) {
			m.Raw = []byte("From: boss@example.com\r\n" + signed(t, z, plain, "example.com"))
			m.From, m.Several = "boss@example.com", true
		}, dm.MailFail, "none pass none"},
		"name servers that cannot be asked now": {func(_ *testing.T, z *zone, _ *Mail) {
			z.fail = map[string]bool{"example.com": true, "_dmarc.example.com": true}
		}, dm.MailUnknown, "temperror none temperror"},
		"broken rules": {func(_ *testing.T, z *zone, _ *Mail) { z.txt["_dmarc.example.com"] = []string{"v=DMARC1; p=whatever"} }, dm.MailUnknown, "none none permerror"},
		"from one's own network": {func(_ *testing.T, z *zone, m *Mail) {
			m.RemoteIP = "10.0.0.7"
			z.txt["_dmarc.example.com"] = []string{"v=DMARC1; p=reject"}
		}, dm.MailUnknown, " none none"},
		"not by SMTP": {func(_ *testing.T, z *zone, m *Mail) {
			m.Direct = false
			z.txt["_dmarc.example.com"] = []string{"v=DMARC1; p=reject"}
		}, dm.MailUnknown, " none "},
		"a bounce is checked by the host's name": {func(_ *testing.T, z *zone, m *Mail) {
			m.EnvelopeFrom = ""
			z.txt["mx.example.com"] = []string{"v=spf1 ip4:203.0.113.5 -all"}
		}, dm.MailPass, "pass none none"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			z := &zone{txt: map[string][]string{}}
			m := direct(plain)
			c.set(t, z, &m)
			verdict, checks := (&Checker{Resolver: z}).Check(t.Context(), m)
			if got := checks.SPF + " " + checks.DKIM + " " + checks.DMARC; verdict != c.verdict || got != c.checks {
				t.Errorf("%s (%s), not %s (%s)", verdict, got, c.verdict, c.checks)
			}
		})
	}
}

func TestTrustedHosts(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		fields  string
		verdict dm.MailVerdict
	}{
		"it says pass":                      {"Authentication-Results: mx.acme.test; dmarc=pass header.from=example.com", dm.MailPass},
		"it says fail":                      {"Authentication-Results: mx.acme.test;\r\n\tspf=pass smtp.mailfrom=eve@evil.example;\r\n\tdmarc=fail header.from=example.com", dm.MailFail},
		"no DMARC, but an aligned DKIM":     {"Authentication-Results: mx.acme.test; dkim=pass header.d=example.com; dmarc=none", dm.MailPass},
		"no DMARC, DKIM of somebody else":   {"Authentication-Results: mx.acme.test; dkim=pass header.d=evil.example", dm.MailUnknown},
		"another host says pass":            {"Authentication-Results: mx.evil.example; dmarc=pass header.from=example.com", dm.MailUnknown},
		"a forged one below the real one":   {"Authentication-Results: mx.acme.test; dmarc=fail\r\nReceived: x\r\nAuthentication-Results: mx.acme.test; dmarc=pass", dm.MailFail},
		"a name that only looks alike":      {"Authentication-Results: mx.acme.test.evil.example; dmarc=pass", dm.MailUnknown},
		"results after an unknown word":     {"Authentication-Results: mx.acme.test 1; dmarc=pass", dm.MailPass},
		"nothing that can be read":          {"Authentication-Results: ;;;===", dm.MailUnknown},
		"in a comment, in the text, folded": {"Subject: x\r\n Authentication-Results: mx.acme.test; dmarc=pass", dm.MailUnknown},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			raw := c.fields + "\r\n" + plain
			verdict, checks := (&Checker{Resolver: &zone{}}).Check(t.Context(), Mail{From: "anna@example.com", Trusted: []string{"MX.acme.test"}, Raw: []byte(raw)})
			if verdict != c.verdict {
				t.Errorf("%s, not %s: %+v", verdict, c.verdict, checks)
			}
		})
	}
}

func TestResourceExhaustion(t *testing.T) {
	t.Parallel()
	t.Run("resource exhaustion: name servers that never answer hold nothing up", func(t *testing.T) {
		t.Parallel()
		c := &Checker{Resolver: &zone{hang: true}, Timeout: 10 * time.Millisecond}
		verdict, _ := c.Check(t.Context(), Mail{RemoteIP: "203.0.113.5", EnvelopeFrom: "a@example.com", From: "a@example.com", Direct: true, Raw: []byte(plain)})
		if verdict != dm.MailUnknown {
			t.Error(verdict)
		}
	})
	t.Run("resource exhaustion: a thousand signatures ask few questions", func(t *testing.T) {
		t.Parallel()
		z := &zone{}
		raw := strings.Repeat("DKIM-Signature: v=1; a=rsa-sha256; d=evil.example; s=x; h=from; bh=AAAA; b=AAAA\r\n", 1000) + plain
		verdict, checks := (&Checker{Resolver: z}).Check(t.Context(), Mail{From: "anna@example.com", Raw: []byte(raw)})
		if z.n > maxLookups || verdict != dm.MailUnknown {
			t.Errorf("%d questions, %s, %+v", z.n, verdict, checks)
		}
	})
}

func FuzzCheck(f *testing.F) {
	f.Add([]byte(plain), "anna@example.com")
	f.Add([]byte("DKIM-Signature: v=1; a=rsa-sha256; d=example.com; s=x; h=from; bh=; b=\r\nAuthentication-Results: mx; dmarc=pass\r\n"+plain), "x@y")
	f.Fuzz(func(t *testing.T, raw []byte, from string) {
		c := &Checker{Resolver: &zone{txt: map[string][]string{"example.com": {"v=spf1 -all"}}}}
		_, checks := c.Check(t.Context(), Mail{RemoteIP: "203.0.113.5", EnvelopeFrom: from, From: from, Direct: true, Raw: raw})
		_, trusted := c.Check(t.Context(), Mail{From: from, Trusted: []string{"mx"}, Raw: raw})
		for _, s := range []string{checks.SPF, checks.SPFDomain, checks.DKIM, checks.DKIMDomain, checks.DMARC, trusted.SPF, trusted.SPFDomain, trusted.DKIM, trusted.DKIMDomain, trusted.DMARC} {
			if len(s) > 253 {
				t.Errorf("%d bytes: %q", len(s), s)
			}
		}
	})
}
