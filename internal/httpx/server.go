package httpx

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"strconv"
	"sync"
	"syscall"
	"time"
)

// portsTried is how far Listen looks for a free port.
const portsTried = 100

// Listen opens a TCP address. With nextFree, a busy port is skipped for the next
// one above it; the listener's Addr tells which it became.
func Listen(ctx context.Context, address string, nextFree bool) (net.Listener, error) {
	var config net.ListenConfig
	l, err := config.Listen(ctx, "tcp", address)
	if !nextFree || !errors.Is(err, syscall.EADDRINUSE) {
		return l, err
	}
	host, portText, splitErr := net.SplitHostPort(address)
	port, portErr := strconv.Atoi(portText)
	if splitErr != nil || portErr != nil {
		return nil, err
	}
	for next := port + 1; next < port+portsTried && next <= 65535; next++ {
		l, err = config.Listen(ctx, "tcp", net.JoinHostPort(host, strconv.Itoa(next)))
		if !errors.Is(err, syscall.EADDRINUSE) {
			return l, err
		}
	}
	return nil, fmt.Errorf("no free port from %d on: %w", port, err)
}

// Server is an http.Server with limits set and an orderly end.
type Server struct {
	http     *http.Server
	draining chan struct{}
	once     sync.Once
	cancel   context.CancelFunc
}

// NewServer makes a server for h. Slow clients are cut: 10 s for the header, a
// minute for the body, two for the answer; ExtendDeadlines and LiftDeadlines give
// a request more. ctx is the parent of all requests: end it only to cut them off.
func NewServer(ctx context.Context, h http.Handler, log *slog.Logger) *Server {
	base, cancel := context.WithCancel(ctx)
	return &Server{
		http: &http.Server{
			Handler:           h,
			ReadHeaderTimeout: 10 * time.Second,
			ReadTimeout:       time.Minute,
			WriteTimeout:      2 * time.Minute,
			IdleTimeout:       2 * time.Minute,
			MaxHeaderBytes:    64 << 10,
			ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelWarn),
			BaseContext:       func(net.Listener) context.Context { return base },
		},
		draining: make(chan struct{}),
		cancel:   cancel,
	}
}

// Serve answers requests on l until Shutdown, and then returns nil. It may be
// called for several listeners.
func (s *Server) Serve(l net.Listener) error {
	if err := s.http.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// Draining is closed when Shutdown begins. Endless answers (event streams) end
// when it is, for Shutdown waits for them.
func (s *Server) Draining() <-chan struct{} { return s.draining }

// Shutdown takes no new requests and waits until the running ones are answered.
// When ctx ends first, their contexts end, their connections are cut, and the
// error of ctx comes back.
func (s *Server) Shutdown(ctx context.Context) error {
	s.once.Do(func() { close(s.draining) })
	err := s.http.Shutdown(ctx)
	s.cancel()
	if err != nil {
		err = errors.Join(err, s.http.Close())
	}
	return err
}
