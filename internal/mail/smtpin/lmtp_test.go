package smtpin

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"math/big"
	stdsmtp "net/smtp"
	"strings"
	"testing"
	"time"
)

// certificate makes one for localhost, and the pool that trusts it.
func certificate(t *testing.T) (tls.Certificate, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), DNSNames: []string{"localhost"}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(parsed)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, pool
}

func TestStartTLS(t *testing.T) {
	t.Parallel()
	own, pool := certificate(t)
	b := &inbox{}
	s := start(t, b, func(c *Config) { c.TLS = &tls.Config{Certificates: []tls.Certificate{own}} })
	client, err := stdsmtp.Dial(s.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	if err := client.StartTLS(&tls.Config{ServerName: "localhost", RootCAs: pool}); err != nil {
		t.Fatal(err)
	}
	if ok, _ := client.Extension("STARTTLS"); ok {
		t.Error("STARTTLS is offered inside of TLS")
	}
	for _, step := range []func() error{func() error { return client.Mail("anna@example.com") }, func() error { return client.Rcpt("support@acme.example") }} {
		if err := step(); err != nil {
			t.Fatal(err)
		}
	}
	w, err := client.Data()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write([]byte("Subject: Hi\r\n\r\nsecret\r\n")); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	got := b.messages()
	if len(got) != 1 || got[0].RemoteIP != remoteIP(s.Addr()) {
		t.Errorf("%+v", got)
	}
	t.Run("commands that come before TLS do not count in it", func(t *testing.T) {
		c := greeted(t, s)
		c.write("STARTTLS\r\nMAIL FROM:<eve@elsewhere.example>\r\n")
		c.expect("220")
		secure := tls.Client(c.conn, &tls.Config{ServerName: "localhost", RootCAs: pool})
		if err := secure.Handshake(); err == nil {
			// What was sent in the clear is gone: the next command is the first.
			if _, err := secure.Write([]byte("RCPT TO:<support@acme.example>\r\n")); err != nil {
				t.Fatal(err)
			}
			answer := make([]byte, 3)
			if _, err := secure.Read(answer); err != nil || strings.HasPrefix(string(answer), "25") {
				t.Errorf("%q %v", answer, err)
			}
		}
	})
	t.Run("without a certificate it is not offered", func(t *testing.T) {
		c := greeted(t, start(t, &inbox{}, nil))
		c.say("STARTTLS", "502")
	})
}

func TestLMTP(t *testing.T) {
	t.Parallel()
	b := &inbox{}
	s := start(t, b, func(c *Config) { c.LMTP = true })
	c := dial(t, s)
	c.expect("220")
	c.say("EHLO mx.acme.example", "500")
	c.write("LHLO mx.acme.example\r\n")
	for line := c.expect("250"); strings.HasPrefix(line, "250-"); {
		line = c.expect("250")
	}
	c.say("MAIL FROM:<anna@example.com>", "250")
	c.say("RCPT TO:<support@acme.example>", "250")
	c.say("RCPT TO:<nobody@acme.example>", "550")
	c.say("RCPT TO:<billing@acme.example>", "250")
	c.say("DATA", "354")
	c.write("Subject: Hi\r\n\r\nHello\r\n.\r\n")
	c.expect("250") // one answer for each recipient that was taken
	c.expect("250")
	if got := b.messages(); len(got) != 1 || len(got[0].To) != 2 {
		t.Errorf("%+v", got)
	}
	b.accept = func(context.Context) error { return errors.New("no space left") }
	c.say("MAIL FROM:<anna@example.com>", "250")
	c.say("RCPT TO:<support@acme.example>", "250")
	c.say("DATA", "354")
	c.write("Subject: Hi\r\n\r\nHello\r\n.\r\n")
	c.expect("451")
}
