package smtpin

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/emersion/go-smtp"

	"github.com/deskmesh/deskmesh"
)

const (
	// smallMessage is what each connection may hold without waiting for a place.
	smallMessage = 256 << 10
	// maxHops is the number of Received lines that show a loop (RFC 5321
	// section 6.3).
	maxHops    = 100
	maxAddress = 254
)

// session is the conversation on one connection. With BDAT the library receives
// a message in a second goroutine and may reset the session meanwhile, so the
// envelope is under a lock and a message works on its own copy.
type session struct {
	server *Server
	conn   *conn
	helo   string
	secure bool // speaks TLS

	mu      sync.Mutex
	from    string
	utf8    bool
	to      []string
	size    int64 // as announced
	refused int
}

// Reset forgets the message that was begun.
func (s *session) Reset() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.from, s.utf8, s.to, s.size = "", false, nil, 0
	s.conn.refill()
}

// Logout has nothing to give back: the connection holds the only resource.
func (s *session) Logout() error { return nil }

// Mail begins a message.
func (s *session) Mail(from string, opts *smtp.MailOptions) error {
	if opts.Size > s.server.config.MaxBytes {
		return replies[deskmesh.TooLarge]
	}
	if from != "" && !plausible(from, opts.UTF8) {
		return badSender
	}
	if !s.server.gate.message(s.conn.ip) {
		return replies[deskmesh.RateLimited]
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.from, s.utf8, s.to, s.size = from, opts.UTF8, nil, opts.Size
	return nil
}

// Rcpt adds a recipient that Inbound knows. A sender who tries address after
// address loses the connection.
func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if limit := s.server.config.MaxRefused; limit > 0 && s.refused >= limit {
		s.conn.drain()
		return goodbye
	}
	if !plausible(to, s.utf8) {
		s.refused++
		return badTarget
	}
	err := s.server.safely(func(ctx context.Context) error { return s.server.inbound.Recipient(ctx, to) })
	if err != nil {
		if deskmesh.CodeOf(err) == deskmesh.NotFound {
			s.refused++
		}
		return reply(err)
	}
	if !slices.Contains(s.to, to) {
		s.to = append(s.to, to)
	}
	return nil
}

// Data receives the message and answers for it.
func (s *session) Data(r io.Reader) error {
	defer s.conn.begin()()
	s.mu.Lock()
	e := Envelope{From: s.from, To: slices.Clone(s.to), RemoteIP: s.conn.ip, HELO: s.helo, ReceivedAt: s.server.config.Now()}
	size := s.size
	s.mu.Unlock()
	if len(e.To) == 0 {
		return later // a reset came between; nobody waits for this message
	}
	raw, release, err := s.read(r, size, s.trace(e))
	defer release()
	if err != nil {
		return err
	}
	if hops(raw) > maxHops {
		return looping
	}
	return reply(s.server.safely(func(ctx context.Context) error { return s.server.inbound.Accept(ctx, e, raw) }))
}

// read reads the whole message behind head. Beyond smallMessage it first takes
// one of the few places for large messages, which release gives back.
func (s *session) read(r io.Reader, announced int64, head []byte) (raw []byte, release func(), err error) {
	release = func() {}
	limit := s.server.config.MaxBytes
	buf := bytes.NewBuffer(head)
	n, err := io.CopyN(buf, r, min(smallMessage, limit+1))
	if errors.Is(err, io.EOF) {
		return buf.Bytes(), release, nil
	}
	if err == nil && n <= limit {
		if release, err = s.server.largePlace(); err != nil {
			return nil, release, err
		}
		buf.Grow(int(min(max(announced, n), limit) - n + bytes.MinRead))
		var more int64
		more, err = io.Copy(buf, io.LimitReader(r, limit+1-n))
		n += more
	}
	switch {
	case n > limit:
		return nil, release, replies[deskmesh.TooLarge]
	case err != nil:
		if timeout, ok := errors.AsType[net.Error](err); ok && timeout.Timeout() {
			s.conn.drain()
		}
		return nil, release, readError(err)
	}
	return buf.Bytes(), release, nil
}

// readError says why a message did not arrive whole. The sender still hears it
// in most cases, and it is never a 250.
func readError(err error) error {
	switch {
	case errors.Is(err, smtp.ErrDataTooLarge):
		return replies[deskmesh.TooLarge]
	case errors.Is(err, smtp.ErrTooLongLine):
		return longLine
	}
	return later
}

// trace is the Received line that RFC 5321 section 4.4 asks every server to add.
func (s *session) trace(e Envelope) []byte {
	return fmt.Appendf(nil, "Received: from %s (%s)\r\n\tby %s with %s; %s\r\n",
		traceWord(e.HELO), addressLiteral(e.RemoteIP), traceWord(s.server.config.Domain), s.protocol(), e.ReceivedAt.Format(time.RFC1123Z))
}

// protocol names how the message came, in the words of RFC 3848.
func (s *session) protocol() string {
	name := "ESMTP"
	if s.server.config.LMTP {
		name = "LMTP"
	}
	if s.secure {
		name += "S"
	}
	return name
}

func addressLiteral(ip netip.Addr) string {
	if ip.Is6() {
		return "[IPv6:" + ip.String() + "]"
	}
	return "[" + ip.String() + "]"
}

// traceWord keeps what may stand in a host name or address literal.
func traceWord(s string) string {
	s = strings.Map(func(r rune) rune {
		if r < 128 && (unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune(".-_:[]", r)) {
			return r
		}
		return -1
	}, s)
	if s == "" {
		return "unknown"
	}
	return s[:min(len(s), 255)]
}

// hops counts the Received lines of the header.
func hops(raw []byte) int {
	count := 0
	for row := range bytes.Lines(raw) {
		if len(bytes.TrimRight(row, "\r\n")) == 0 {
			break
		}
		if len(row) > 9 && bytes.EqualFold(row[:9], []byte("received:")) {
			count++
		}
	}
	return count
}

// plausible tells whether an address can be handed on: an @, no control
// characters, valid UTF-8, and only ASCII unless SMTPUTF8 was asked for
// (RFC 6531 section 3.4).
func plausible(address string, allowUTF8 bool) bool {
	return len(address) <= maxAddress && utf8.ValidString(address) && strings.Contains(address, "@") &&
		!strings.ContainsFunc(address, func(r rune) bool { return unicode.IsControl(r) || r > 127 && !allowUTF8 })
}

// safely calls Inbound with a deadline and turns a panic into an error.
func (s *Server) safely(call func(context.Context) error) (err error) {
	ctx, cancel := context.WithTimeout(s.ctx, s.config.AcceptTimeout)
	defer cancel()
	defer func() {
		if p := recover(); p != nil {
			s.config.Log.Error("mail in: panic", "type", fmt.Sprintf("%T", p), "stack", string(debug.Stack()))
			err = deskmesh.Errorf(deskmesh.Internal, "The mail could not be taken.")
		}
	}()
	return call(ctx)
}
