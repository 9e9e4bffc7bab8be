package smtpin

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"sync"
	"time"

	"github.com/emersion/go-smtp"
)

// maxLine is the longest line taken, in commands and, without BDAT, in messages.
// RFC 5321 section 4.5.3.1.6 promises 1,000 bytes; programs that send a whole
// HTML page as one line are common enough to take more.
const maxLine = 256 << 10

// Server is a running SMTP server. Make it with New; Start it once.
type Server struct {
	config  Config
	inbound Inbound
	gate    *gate
	large   chan struct{} // a place for each large message

	ctx    context.Context // of all work; ends when Shutdown gives up waiting
	cancel context.CancelFunc
	smtp   *smtp.Server
	listen net.Listener
	served chan struct{}

	mu       sync.Mutex
	conns    map[*conn]bool
	draining bool
}

// New makes a server. It answers Invalid for a configuration that cannot be
// used.
func New(config Config, inbound Inbound) (*Server, error) {
	config, err := config.withDefaults()
	if err != nil {
		return nil, err
	}
	s := &Server{config: config, inbound: inbound, gate: newGate(config), large: make(chan struct{}, config.MaxLarge),
		served: make(chan struct{}), conns: map[*conn]bool{}}
	s.smtp = smtp.NewServer(smtp.BackendFunc(s.newSession))
	s.smtp.Domain = config.Domain
	s.smtp.MaxRecipients = config.MaxRecipients
	// One more, because the library refuses a message of exactly its limit.
	s.smtp.MaxMessageBytes = config.MaxBytes + 1
	s.smtp.MaxLineLength = maxLine
	s.smtp.WriteTimeout = config.WriteTimeout
	s.smtp.EnableSMTPUTF8 = true
	s.smtp.LMTP = config.LMTP
	s.smtp.TLSConfig = config.TLS
	s.smtp.ErrorLog = quietLog{config.Log}
	return s, nil
}

// Start begins to listen and returns. Work that is under way when ctx ends goes
// on until Shutdown.
func (s *Server) Start(ctx context.Context) error {
	var lc net.ListenConfig
	listener, err := lc.Listen(ctx, "tcp", s.config.Listen)
	if err != nil {
		return fmt.Errorf("mail in: %w", err)
	}
	s.listen = listener
	s.ctx, s.cancel = context.WithCancel(context.WithoutCancel(ctx))
	go func() {
		defer close(s.served)
		if err := s.smtp.Serve(gatedListener{listener, s}); err != nil && !errors.Is(err, net.ErrClosed) {
			s.config.Log.Error("mail in: stopped", "error", err)
		}
	}()
	return nil
}

// Addr is the address the server listens on, once it is started.
func (s *Server) Addr() net.Addr { return s.listen.Addr() }

// Shutdown takes no new connections, ends idle ones with 421, and waits for the
// messages under way to be answered. When ctx ends first it cuts them off, which
// is safe: what got no 250 will be sent again.
func (s *Server) Shutdown(ctx context.Context) error {
	if s.listen == nil {
		return nil
	}
	// The library closes only listeners that it is already serving.
	_ = s.listen.Close()
	s.mu.Lock()
	s.draining = true
	for c := range s.conns {
		c.drain()
	}
	s.mu.Unlock()
	err := s.smtp.Shutdown(ctx)
	s.cancel()
	if err != nil {
		s.closeAll()
	}
	<-s.served
	if errors.Is(err, smtp.ErrServerClosed) || errors.Is(err, net.ErrClosed) {
		return nil
	}
	return err
}

func (s *Server) closeAll() {
	s.mu.Lock()
	open := make([]*conn, 0, len(s.conns))
	for c := range s.conns {
		open = append(open, c)
	}
	s.mu.Unlock()
	for _, c := range open {
		// The connection is given up; how it ends does not matter.
		_ = c.Close()
	}
}

func (s *Server) newSession(c *smtp.Conn) (smtp.Session, error) {
	below, secure := c.Conn(), false
	if t, ok := below.(*tls.Conn); ok { // after STARTTLS
		below, secure = t.NetConn(), true
	}
	wrapped, ok := below.(*conn)
	if !ok {
		return nil, later
	}
	return &session{server: s, conn: wrapped, helo: c.Hostname(), secure: secure}, nil
}

// largePlace waits for a place for a large message.
func (s *Server) largePlace() (release func(), err error) {
	timer := time.NewTimer(s.config.ReadTimeout)
	defer timer.Stop()
	select {
	case s.large <- struct{}{}:
		return func() { <-s.large }, nil
	case <-timer.C:
	case <-s.ctx.Done():
	}
	return func() {}, busy
}

// gatedListener lets the gate decide on each connection.
type gatedListener struct {
	net.Listener
	server *Server
}

// Accept gives the next connection that is within the limits; the others hear
// 421 and are closed.
func (l gatedListener) Accept() (net.Conn, error) {
	for {
		c, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		ip := remoteIP(c.RemoteAddr())
		if !l.server.gate.enter(ip) {
			refuse(c)
			continue
		}
		wrapped := newConn(c, ip, &l.server.config, nil)
		wrapped.ended = func() {
			l.server.gate.leave(ip)
			l.server.forget(wrapped)
		}
		l.server.remember(wrapped)
		return wrapped, nil
	}
}

// refuse says goodbye without waiting: the few bytes fit the socket's buffer.
func refuse(c net.Conn) {
	_ = c.SetWriteDeadline(after(time.Second))
	_, _ = c.Write([]byte("421 4.7.0 Too many connections, please try again later\r\n"))
	_ = c.Close()
}

func (s *Server) remember(c *conn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.conns[c] = true
	if s.draining {
		c.drain()
	}
}

func (s *Server) forget(c *conn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.conns, c)
}

// quietLog takes the library's reports. They name addresses and network errors,
// never content; a broken connection is everyday life and logged as such.
type quietLog struct{ log *slog.Logger }

// Printf logs one report.
func (q quietLog) Printf(format string, v ...any) {
	q.log.Debug("mail in: " + fmt.Sprintf(format, v...))
}

// Println logs one report.
func (q quietLog) Println(v ...any) {
	q.log.Debug("mail in: " + fmt.Sprint(v...))
}
