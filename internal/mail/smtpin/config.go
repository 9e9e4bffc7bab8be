package smtpin

import (
	"context"
	"crypto/tls"
	"log/slog"
	"net/netip"
	"time"

	"github.com/deskmesh/deskmesh"
)

// Inbound takes what the server receives. It is called by many connections at
// once. A *deskmesh.Error of its own becomes the reply that reply.go lists for
// the code; any other error, and a panic, answers 451, so that the sender tries
// again.
type Inbound interface {
	// Recipient tells whether mail for this address is taken. NotFound answers
	// 550 5.1.1, Gone 550 5.2.1. The address is valid UTF-8, in the case the
	// sender wrote; it may be "postmaster@..." (RFC 5321 section 4.5.1).
	Recipient(ctx context.Context, address string) error
	// Accept stores the message and its job, durably, before it returns nil. raw
	// is Accept's to keep. It begins with the Received line of this server.
	Accept(ctx context.Context, e Envelope, raw []byte) error
}

// Envelope is what SMTP says about a message, none of it proven but RemoteIP.
type Envelope struct {
	From       string   // the return path; empty for bounces and automatic answers
	To         []string // each once, as Recipient accepted them
	RemoteIP   netip.Addr
	HELO       string
	ReceivedAt time.Time
}

// Config holds the limits. A zero field means its default; a negative count
// means no limit.
type Config struct {
	Listen string      // such as ":25" or "127.0.0.1:0"
	Domain string      // the name the server greets with
	LMTP   bool        // speaks LMTP (RFC 2033) instead of SMTP, to a mail server of one's own
	TLS    *tls.Config // of STARTTLS (RFC 3207); nil offers none

	MaxBytes      int64 // one message: 25 MiB
	MaxRecipients int   // of one message: 50
	MaxRefused    int   // refused recipients before a connection is closed: 20
	MaxLarge      int   // messages over 256 KiB that are received at once: 4

	MaxConnections      int // 200
	MaxConnectionsPerIP int // 20; an IPv6 /64 counts as one
	MessagesPerMinute   int // from one IP, in bursts of as many: 600

	ReadTimeout    time.Duration // silence of the sender: 5 minutes (RFC 5321 section 4.5.3.2)
	WriteTimeout   time.Duration // 1 minute
	MessageTimeout time.Duration // from DATA to the last byte: 10 minutes
	SessionTimeout time.Duration // a whole connection: 1 hour
	AcceptTimeout  time.Duration // Inbound: 1 minute

	Log *slog.Logger     // never gets content or addresses; default none
	Now func() time.Time // the clock; default the machine's
}

func (c Config) withDefaults() (Config, error) {
	if c.Listen == "" || c.Domain == "" {
		return c, deskmesh.Errorf(deskmesh.Invalid, "The mail server needs an address to listen on and a name.")
	}
	c.MaxBytes = fill(c.MaxBytes, 25<<20)
	c.MaxRecipients = fill(c.MaxRecipients, 50)
	c.MaxRefused = fill(c.MaxRefused, 20)
	c.MaxLarge = fill(c.MaxLarge, 4)
	c.MaxConnections = fill(c.MaxConnections, 200)
	c.MaxConnectionsPerIP = fill(c.MaxConnectionsPerIP, 20)
	c.MessagesPerMinute = fill(c.MessagesPerMinute, 600)
	c.ReadTimeout = fill(c.ReadTimeout, 5*time.Minute)
	c.WriteTimeout = fill(c.WriteTimeout, time.Minute)
	c.MessageTimeout = fill(c.MessageTimeout, 10*time.Minute)
	c.SessionTimeout = fill(c.SessionTimeout, time.Hour)
	c.AcceptTimeout = fill(c.AcceptTimeout, time.Minute)
	if c.MaxBytes < 0 || c.MaxLarge < 0 || c.MaxRecipients < 0 {
		return c, deskmesh.Errorf(deskmesh.Invalid, "Message size, recipients and large messages always have a limit.")
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	return c, nil
}

func fill[T int | int64 | time.Duration](value, preset T) T {
	if value == 0 {
		return preset
	}
	return value
}
