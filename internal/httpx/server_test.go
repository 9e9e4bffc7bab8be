package httpx

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var quiet = slog.New(slog.DiscardHandler)

func listen(t *testing.T) net.Listener {
	t.Helper()
	l, err := Listen(t.Context(), "127.0.0.1:0", false)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// start serves h and gives the address and the result of Serve.
func start(t *testing.T, h http.HandlerFunc) (*Server, string, <-chan error) {
	t.Helper()
	l := listen(t)
	s := NewServer(t.Context(), h, quiet)
	ended := make(chan error, 1)
	go func() { ended <- s.Serve(l) }()
	return s, "http://" + l.Addr().String(), ended
}

// get asks once, without keeping the connection.
func get(url string) (string, error) {
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	answer, err := client.Get(url)
	if err != nil {
		return "", err
	}
	body, err := io.ReadAll(answer.Body)
	return string(body), errors.Join(err, answer.Body.Close())
}

func TestListenTakesTheNextFreePort(t *testing.T) {
	t.Parallel()
	busy := listen(t)
	defer func() {
		if err := busy.Close(); err != nil {
			t.Error(err)
		}
	}()
	if l, err := Listen(t.Context(), busy.Addr().String(), false); err == nil {
		t.Errorf("a busy port was opened: %v", l.Close())
	}
	next, err := Listen(t.Context(), busy.Addr().String(), true)
	if err != nil {
		t.Fatal(err)
	}
	if next.Addr().(*net.TCPAddr).Port <= busy.Addr().(*net.TCPAddr).Port {
		t.Errorf("got %v after %v", next.Addr(), busy.Addr())
	}
	if err := next.Close(); err != nil {
		t.Error(err)
	}
	if _, err := Listen(t.Context(), "127.0.0.1:notaport", true); err == nil {
		t.Error("a port that is none was opened")
	}
}

func TestShutdownDrains(t *testing.T) {
	t.Parallel()
	inside, release := make(chan struct{}), make(chan struct{})
	s, url, ended := start(t, func(w http.ResponseWriter, r *http.Request) {
		close(inside)
		<-release
		if err := r.Context().Err(); err != nil {
			t.Errorf("the request was cut off: %v", err)
		}
		if _, err := io.WriteString(w, "finished"); err != nil {
			t.Error(err)
		}
	})
	type result struct {
		body string
		err  error
	}
	answered := make(chan result, 1)
	go func() {
		body, err := get(url)
		answered <- result{body, err}
	}()
	<-inside
	stopped := make(chan error, 1)
	go func() { stopped <- s.Shutdown(t.Context()) }()
	<-s.Draining()
	if err := <-ended; err != nil {
		t.Errorf("serve: %v", err)
	}
	if _, err := get(url); err == nil {
		t.Error("a new request is served while draining")
	}
	close(release)
	if got := <-answered; got.err != nil || got.body != "finished" {
		t.Errorf("the running request got %q, %v", got.body, got.err)
	}
	if err := <-stopped; err != nil {
		t.Errorf("shutdown: %v", err)
	}
}

func TestShutdownEndsStreams(t *testing.T) {
	t.Parallel()
	var s *Server
	ready := make(chan struct{})
	inside := make(chan struct{})
	s, url, ended := start(t, func(w http.ResponseWriter, _ *http.Request) {
		<-ready
		close(inside)
		<-s.Draining()
		if _, err := io.WriteString(w, "bye"); err != nil {
			t.Error(err)
		}
	})
	close(ready)
	answered := make(chan string, 1)
	go func() {
		body, err := get(url)
		if err != nil {
			t.Error(err)
		}
		answered <- body
	}()
	<-inside
	if err := s.Shutdown(t.Context()); err != nil {
		t.Errorf("shutdown: %v", err)
	}
	if body := <-answered; body != "bye" {
		t.Errorf("the stream got %q", body)
	}
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

func TestShutdownCutsOffWhatTakesTooLong(t *testing.T) {
	t.Parallel()
	inside, gone := make(chan struct{}), make(chan struct{})
	s, url, ended := start(t, func(_ http.ResponseWriter, r *http.Request) {
		close(inside)
		<-r.Context().Done()
		close(gone)
	})
	failed := make(chan error, 1)
	go func() {
		_, err := get(url)
		failed <- err
	}()
	<-inside
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.Shutdown(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("shutdown: %v", err)
	}
	<-gone
	<-failed
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

func TestHeaderTooLarge(t *testing.T) {
	t.Parallel()
	s, url, ended := start(t, func(http.ResponseWriter, *http.Request) {})
	r, err := http.NewRequestWithContext(t.Context(), "GET", url, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("X-Big", strings.Repeat("a", 80<<10))
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	answer, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	if answer.StatusCode != 431 {
		t.Errorf("status %d", answer.StatusCode)
	}
	if err := errors.Join(answer.Body.Close(), s.Shutdown(t.Context()), <-ended); err != nil {
		t.Error(err)
	}
}
