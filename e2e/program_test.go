package e2e

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/smtp"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/deskmesh/deskmesh/internal/store/pgtest"
)

// binary is the path of the program, built once.
var binary string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "deskmesh-e2e")
	if err != nil {
		panic(err)
	}
	binary = filepath.Join(dir, "deskmesh")
	build := exec.Command("go", "build", "-o", binary, "../cmd/deskmesh")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "build: %v\n%s", err, out)
		os.Exit(1)
	}
	code := m.Run()
	os.RemoveAll(dir)
	os.Exit(code)
}

// engines runs f on both engines.
func engines(t *testing.T, f func(t *testing.T, dsn string)) {
	t.Run("sqlite", func(t *testing.T) { f(t, "sqlite:"+filepath.Join(t.TempDir(), "desk.db")) })
	t.Run("postgres", func(t *testing.T) { f(t, pgtest.Empty(t)) })
}

// program is one running binary.
type program struct {
	t       *testing.T
	cmd     *exec.Cmd
	args    []string
	base    string // http://...
	smtp    string // host:port
	log     *lockedBuffer
	stopped bool
	exit    chan error
}

type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// freeAddress gives a loopback address that nobody listens on.
func freeAddress(t *testing.T) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// start runs `deskmesh serve` and waits for its ready line.
func start(t *testing.T, dsn, data string, extra ...string) *program {
	t.Helper()
	return startAt(t, freeAddress(t), freeAddress(t), append([]string{"--db", dsn, "--data", data, "--limit-caller", "0", "--limit-address", "0", "--limit-partner", "0"}, extra...))
}

// again starts a program that has ended once more, at the same addresses: who was
// signed in still is.
func (p *program) again() *program {
	p.t.Helper()
	return startAt(p.t, strings.TrimPrefix(p.base, "http://"), p.smtp, p.args)
}

func startAt(t *testing.T, listen, smtp string, args []string) *program {
	t.Helper()
	p := &program{t: t, args: args, smtp: smtp, log: &lockedBuffer{}, exit: make(chan error, 1)}
	p.cmd = exec.Command(binary, append([]string{"serve", "--listen", listen, "--smtp-listen", smtp}, args...)...)
	p.cmd.Stderr = p.log
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ready := make(chan string, 1)
	go func() {
		lines := bufio.NewScanner(out)
		for lines.Scan() {
			if at, ok := strings.CutPrefix(lines.Text(), "ready "); ok {
				ready <- at
			}
		}
		p.exit <- p.cmd.Wait()
	}()
	select {
	case <-ready:
		p.base = "http://" + listen
	case err := <-p.exit:
		t.Fatalf("the program ended before it was ready: %v\n%s", err, p.log)
	case <-time.After(60 * time.Second):
		p.kill()
		t.Fatalf("the program was not ready after a minute\n%s", p.log)
	}
	t.Cleanup(func() {
		p.kill()
		if t.Failed() {
			text := p.log.String()
			t.Logf("the program's log:\n%s", text[max(0, len(text)-6000):])
		}
	})
	return p
}

// kill ends the program at once, as a power cut would.
func (p *program) kill() {
	if p.stopped {
		return
	}
	p.stopped = true
	_ = p.cmd.Process.Kill()
	<-p.exit
}

// stop asks the program to end and waits for it.
func (p *program) stop() error {
	p.stopped = true
	if err := p.cmd.Process.Signal(os.Interrupt); err != nil {
		return err
	}
	select {
	case err := <-p.exit:
		return err
	case <-time.After(30 * time.Second):
		_ = p.cmd.Process.Kill()
		return fmt.Errorf("the program did not stop")
	}
}

// browser is one signed-in person.
type browser struct {
	t    *testing.T
	base string
	host string
	http *http.Client
}

// visitor opens a browser with an empty cookie jar. host is the desk's name.
func (p *program) visitor(host string) *browser {
	jar, _ := cookiejar.New(nil)
	_, port, _ := net.SplitHostPort(strings.TrimPrefix(p.base, "http://"))
	dial := func(ctx context.Context, network, _ string) (net.Conn, error) {
		var d net.Dialer
		return d.DialContext(ctx, network, strings.TrimPrefix(p.base, "http://"))
	}
	client := &http.Client{Jar: jar, Timeout: 30 * time.Second, Transport: &http.Transport{DialContext: dial}}
	return &browser{t: p.t, base: "http://" + host + ":" + port, host: host, http: client}
}

// as signs a person in over the API.
func (p *program) as(host, address, password string) *browser {
	p.t.Helper()
	b := p.visitor(host)
	b.want(http.StatusCreated, "POST", "/api/v1/sessions", map[string]any{"address": address, "password": password})
	return b
}

// answer is a decoded reply.
type answer struct {
	status int
	header http.Header
	raw    []byte
	body   map[string]any
}

// do sends a request; body may be nil.
func (b *browser) do(method, path string, body any) (*answer, error) {
	if body == nil {
		return b.send(method, path, nil)
	}
	raw, err := json.Marshal(body)
	if err != nil {
		return nil, err
	}
	return b.send(method, path, raw, "Content-Type", "application/json")
}

// send is do with a body as it stands, nil for none, and headers.
func (b *browser) send(method, path string, body []byte, headers ...string) (*answer, error) {
	req, err := http.NewRequest(method, b.base+path, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	req.Header.Set("Accept", "application/json")
	resp, err := b.http.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	a := &answer{status: resp.StatusCode, header: resp.Header}
	if a.raw, err = io.ReadAll(resp.Body); err != nil {
		return nil, err
	}
	if bytes.HasPrefix(bytes.TrimSpace(a.raw), []byte("{")) {
		_ = json.Unmarshal(a.raw, &a.body)
	}
	return a, nil
}

// want is do for a request whose status is known.
func (b *browser) want(status int, method, path string, body any) *answer {
	b.t.Helper()
	a, err := b.do(method, path, body)
	if err != nil {
		b.t.Fatalf("%s %s: %v", method, path, err)
	}
	if a.status != status {
		b.t.Fatalf("%s %s: status %d, want %d: %s", method, path, a.status, status, a.raw)
	}
	return a
}

func (b *browser) get(path string) *answer { b.t.Helper(); return b.want(200, "GET", path, nil) }

// items gives the items of a list.
func (a *answer) items() []map[string]any {
	list, _ := a.body["items"].([]any)
	out := make([]map[string]any, 0, len(list))
	for _, it := range list {
		m, _ := it.(map[string]any)
		out = append(out, m)
	}
	return out
}

// number reads a number of the answer.
func (a *answer) number(key string) int64 { f, _ := a.body[key].(float64); return int64(f) }

// mail sends one mail over SMTP.
func (p *program) mail(from, to, subject, text string, headers ...string) error {
	raw := "From: " + from + "\r\nTo: " + to + "\r\nSubject: " + subject + "\r\n" +
		"Message-ID: <" + fmt.Sprint(time.Now().UnixNano()) + "@e2e.example>\r\n" +
		strings.Join(headers, "\r\n")
	if len(headers) > 0 {
		raw += "\r\n"
	}
	raw += "Content-Type: text/plain; charset=utf-8\r\n\r\n" + text + "\r\n"
	return smtp.SendMail(p.smtp, nil, from, []string{to}, []byte(raw))
}

// eventually waits until f holds; it asks often and gives up after a minute,
// which is longer than the lease of a job whose server was killed.
func eventually(t *testing.T, what string, f func() bool) {
	t.Helper()
	patiently(t, time.Minute, what, f)
}

// patiently is eventually for what may take longer.
func patiently(t *testing.T, limit time.Duration, what string, f func() bool) {
	t.Helper()
	deadline := time.Now().Add(limit)
	for !f() {
		if time.Now().After(deadline) {
			t.Fatalf("it did not come about that %s", what)
		}
		time.Sleep(20 * time.Millisecond)
	}
}
