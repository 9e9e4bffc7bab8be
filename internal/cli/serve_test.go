package cli_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/smtp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/deskmesh/deskmesh/internal/cli"
)

// serving is a server that runs inside the test.
type serving struct {
	*testing.T
	base   string
	log    *logBuffer
	rest   chan string // what was printed after the ready line
	status chan int
	stop   context.CancelFunc
}

type logBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *logBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *logBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// serve starts a server and waits for its ready line.
func serve(t *testing.T, args ...string) *serving {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	read, write := io.Pipe()
	s := &serving{T: t, log: &logBuffer{}, rest: make(chan string, 1), status: make(chan int, 1), stop: stop}
	args = append([]string{"serve", "--listen", "127.0.0.1:0", "--smtp-listen", "127.0.0.1:0", "--db", database(t), "--data", t.TempDir()}, args...)
	go func() {
		s.status <- cli.Run(ctx, args, cli.Surroundings{Env: func(string) (string, bool) { return "", false }, Out: write, Err: s.log})
		write.Close()
	}()
	lines := bufio.NewReader(read)
	line, err := lines.ReadString('\n')
	if err != nil {
		t.Fatalf("no ready line: %v\n%s", err, s.log)
	}
	go func() {
		rest, _ := io.ReadAll(lines)
		s.rest <- string(rest)
	}()
	base, found := strings.CutPrefix(strings.TrimSpace(line), "ready ")
	if !found {
		t.Fatalf("the first line is %q", line)
	}
	s.base = base
	t.Cleanup(stop)
	return s
}

// end asks the server to end, and gives its status.
func (s *serving) end() int {
	s.Helper()
	s.stop()
	status := <-s.status
	if rest := <-s.rest; rest != "" {
		s.Errorf("after the ready line came %q", rest)
	}
	return status
}

func (s *serving) get(path string) (int, map[string]any) {
	s.Helper()
	r, err := http.Get(s.base + path)
	if err != nil {
		s.Fatal(err)
	}
	defer r.Body.Close()
	var body map[string]any
	raw, err := io.ReadAll(r.Body)
	if err != nil {
		s.Fatal(err)
	}
	if strings.HasPrefix(r.Header.Get("Content-Type"), "application/") {
		if err := json.Unmarshal(raw, &body); err != nil {
			s.Fatalf("%s: %v in %s", path, err, raw)
		}
	}
	return r.StatusCode, body
}

// mailAddress finds in the log where mail is taken.
func (s *serving) mailAddress() string {
	s.Helper()
	_, after, found := strings.Cut(s.log.String(), `msg="taking mail" address=`)
	if !found {
		s.Fatalf("the log does not say where mail is taken:\n%s", s.log)
	}
	address, _, _ := strings.Cut(after, "\n")
	return address
}

func TestServe(t *testing.T) {
	t.Parallel()
	s := serve(t, "--demo")
	if !strings.HasPrefix(s.base, "http://localhost:") {
		t.Errorf("ready at %s", s.base)
	}
	if status, body := s.get("/healthz"); status != http.StatusOK || body["status"] != "ok" {
		t.Errorf("/healthz %d %v", status, body)
	}
	status, body := s.get("/readyz")
	if status != http.StatusOK || body["status"] != "ready" || body["engine"] != "sqlite" || body["durability"] != "FULL" || body["schema"].(float64) < 1 {
		t.Errorf("/readyz %d %v", status, body)
	}
	if status, _ := s.get("/sign-in"); status != http.StatusOK {
		t.Errorf("/sign-in %d", status)
	}
	if status, body := s.get("/api/v1/tickets"); status != http.StatusUnauthorized || body["code"] != "unauthenticated" {
		t.Errorf("the API answers %d %v", status, body)
	}
	if status, body := s.get("/api/v1/nothing"); status != http.StatusNotFound || body["code"] != "not_found" {
		t.Errorf("an unknown route answers %d %v", status, body)
	}
	if status, _ := s.get("/nothing"); status != http.StatusNotFound {
		t.Errorf("an unknown page answers %d", status)
	}
	if err := smtp.SendMail(s.mailAddress(), nil, "staff.one@acme.example", []string{"accounts@acme.example"}, []byte("Subject: Hello\r\n\r\nA question.\r\n")); err != nil {
		t.Errorf("mail to an inbox: %v", err)
	}
	if err := smtp.SendMail(s.mailAddress(), nil, "staff.one@acme.example", []string{"nobody@acme.example"}, []byte("Subject: Hello\r\n\r\nA question.\r\n")); err == nil || !strings.HasPrefix(err.Error(), "550") {
		t.Errorf("mail to nobody: %v", err)
	}
	if status := s.end(); status != 0 {
		t.Errorf("exit status %d\n%s", status, s.log)
	}
	if _, err := net.DialTimeout("tcp", s.mailAddress(), time.Second); err == nil {
		t.Error("mail is still taken")
	}
}

func TestServeWithoutMailIn(t *testing.T) {
	t.Parallel()
	s := serve(t, "--smtp-listen", "")
	if strings.Contains(s.log.String(), "taking mail") {
		t.Error("mail is taken")
	}
	if !strings.HasPrefix(s.base, "http://127.0.0.1:") {
		t.Errorf("ready at %s", s.base)
	}
	if status, _ := s.get("/demo/mailbox"); status != http.StatusMisdirectedRequest {
		t.Errorf("a server without a desk answers %d", status)
	}
	if status := s.end(); status != 0 {
		t.Errorf("exit status %d\n%s", status, s.log)
	}
}

func TestServeBusyPort(t *testing.T) {
	t.Parallel()
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	at := taken.Addr().String()
	db, data := database(t), t.TempDir()
	run(t, nil, "serve", "--listen", at, "--smtp-listen", "", "--db", db, "--data", data).want(t, 1, "", "address already in use")
	run(t, nil, "serve", "--listen", "127.0.0.1:0", "--smtp-listen", at, "--db", db, "--data", data).want(t, 1, "", "address already in use")
	s := serve(t, "--listen", at, "--smtp-listen", at, "--next-free-port")
	if s.base == "http://"+at || s.mailAddress() == at {
		t.Errorf("ready at %s and %s, which are taken", s.base, s.mailAddress())
	}
	if status := s.end(); status != 0 {
		t.Errorf("exit status %d\n%s", status, s.log)
	}
}
