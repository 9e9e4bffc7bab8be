package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

const (
	readyLimit  = 60 * time.Second
	stopLimit   = 30 * time.Second
	settleLimit = 60 * time.Second
)

// server is a running deskmesh.
type server struct {
	cmd      *exec.Cmd
	ended    chan error
	address  string // host and port
	ready    time.Duration
	pid      int
	database int // process number of PostgreSQL's first process, or 0
	dsn      string
	// twin starts a second server like this one on a fresh copy of its own, and
	// gives what ends it.
	twin func(context.Context) (*server, func() error, error)
}

// start starts the binary on a database and waits until it is ready.
func (w *workshop) start(ctx context.Context, engine, dsn string) (*server, error) {
	log, err := os.OpenFile(filepath.Join(w.o.dir, "serve.log"), os.O_CREATE|os.O_TRUNC|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return nil, err
	}
	defer log.Close()
	s := &server{ended: make(chan error, 1), dsn: dsn}
	s.cmd = exec.Command(w.binary, "serve", "--listen", "127.0.0.1:0", "--smtp-listen", "", "--db", dsn, "--data", filepath.Join(w.o.dir, "files"),
		"--limit-caller", "0", "--limit-address", "0", "--limit-partner", "0")
	s.cmd.Stderr = log
	out, err := s.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	began := time.Now()
	if err := s.cmd.Start(); err != nil {
		return nil, err
	}
	s.pid = s.cmd.Process.Pid
	lines := make(chan string, 1)
	go func() {
		// The pipe is read to its end before the process is waited for.
		if line, ok := readyLine(out); ok {
			lines <- line
		}
		_, _ = io.Copy(io.Discard, out)
		s.ended <- s.cmd.Wait()
	}()
	select {
	case line := <-lines:
		s.ready = time.Since(began)
		u, err := url.Parse(line)
		if err != nil {
			return nil, errors.Join(err, s.stop())
		}
		s.address = u.Host
	case err := <-s.ended:
		text, readErr := os.ReadFile(log.Name())
		return nil, errors.Join(fmt.Errorf("the server ended before it was ready: %v\n%s", err, text), readErr)
	case <-time.After(readyLimit):
		return nil, errors.Join(errors.New("the server was not ready in time"), s.stop())
	case <-ctx.Done():
		return nil, errors.Join(ctx.Err(), s.stop())
	}
	if engine == "postgres" {
		s.database = postmaster(filepath.Join(w.o.dir, "postgres"))
	}
	return s, nil
}

func readyLine(out io.Reader) (string, bool) {
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if address, ok := strings.CutPrefix(lines.Text(), "ready "); ok {
			return address, true
		}
	}
	return "", false
}

// stop asks the server to end and waits for it.
func (s *server) stop() error {
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return err
	}
	select {
	case err := <-s.ended:
		return err
	case <-time.After(stopLimit):
		return errors.Join(errors.New("the server did not stop"), s.cmd.Process.Kill())
	}
}

// finish starts the server once for the work that the seed has left, such as
// expired shares.
func (w *workshop) finish(ctx context.Context, engine, dsn string) error {
	s, err := w.start(ctx, engine, dsn)
	if err != nil {
		return err
	}
	return errors.Join(s.settle(ctx), s.stop())
}

// twin starts a server on a second copy of a database, and gives what stops it and
// removes the copy.
func (w *workshop) twin(ctx context.Context, engine string, size int) (s *server, end func() error, err error) {
	remove := func() error { return w.drop(ctx, engine, twinCopy) }
	dsn, _, err := w.copyOf(ctx, engine, size, twinCopy)
	if err == nil {
		err = w.finish(ctx, engine, dsn)
	}
	if err == nil {
		s, err = w.start(ctx, engine, dsn)
	}
	if err != nil {
		return nil, nil, errors.Join(err, remove())
	}
	return s, func() error { return errors.Join(s.stop(), remove()) }, nil
}

// usage is processor time spent so far.
type usage struct{ server, database time.Duration }

func (s *server) usage() usage {
	u := usage{server: cpuOf(s.pid)}
	if s.database != 0 {
		u.database = cpuOfFamily(s.database)
	}
	return u
}

func (u usage) minus(before usage) usage {
	return usage{u.server - before.server, u.database - before.database}
}

func (u usage) plus(more usage) usage {
	return usage{u.server + more.server, u.database + more.database}
}

// settle waits until the server has nothing left to do from before: jobs of
// earlier writes would be measured with what comes next.
func (s *server) settle(ctx context.Context) error {
	quiet, before := 0, s.usage()
	for began := time.Now(); quiet < 3; {
		select {
		case <-time.After(200 * time.Millisecond):
		case <-ctx.Done():
			return ctx.Err()
		}
		now := s.usage()
		if spent := now.minus(before); spent.server+spent.database <= 2*tick {
			quiet++
		} else {
			quiet = 0
		}
		before = now
		if time.Since(began) > settleLimit {
			say("  still busy after %s, going on", settleLimit)
			return nil
		}
	}
	return nil
}
