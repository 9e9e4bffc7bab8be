package e2e

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestReadyLine holds what scripts rely on: one line on the standard output, when
// everything works, and nothing after it.
func TestReadyLine(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	cmd := exec.Command(binary, "serve", "--demo", "--next-free-port", "--listen", freeAddress(t), "--smtp-listen", freeAddress(t),
		"--db", "sqlite:"+filepath.Join(folder, "desk.db"), "--data", folder)
	var log lockedBuffer
	cmd.Stderr = &log
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	started := time.Now()
	lines := bufio.NewReader(out)
	line, err := lines.ReadString('\n')
	if err != nil {
		t.Fatalf("%v\n%s", err, &log)
	}
	t.Logf("ready after %s", time.Since(started).Round(time.Millisecond))
	base, found := strings.CutPrefix(strings.TrimSuffix(line, "\n"), "ready ")
	if !found || !strings.HasPrefix(base, "http://localhost:") {
		t.Errorf("the line is %q", line)
	}
	reply, err := http.Get(base + "/sign-in")
	if err != nil {
		t.Fatal(err)
	}
	reply.Body.Close()
	if reply.StatusCode != http.StatusOK {
		t.Errorf("/sign-in answers %d", reply.StatusCode)
	}
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	rest, err := io.ReadAll(lines)
	if err != nil || len(rest) > 0 {
		t.Errorf("after the ready line came %q, %v", rest, err)
	}
	if err := cmd.Wait(); err != nil {
		t.Errorf("after SIGTERM: %v\n%s", err, &log)
	}
}

// TestDrain holds that a request that had begun when SIGTERM came is answered.
func TestDrain(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	p := start(t, "sqlite:"+filepath.Join(folder, "desk.db"), folder, "--demo")
	at := strings.TrimPrefix(p.base, "http://")
	conn, err := net.Dial("tcp", at)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	body := `{"address": "owner@acme.example", "password": "deskmesh-demo"}`
	if _, err := fmt.Fprintf(conn, "POST /api/v1/sessions HTTP/1.1\r\nHost: acme.localhost\r\nContent-Type: application/json\r\nContent-Length: %d\r\nExpect: 100-continue\r\n\r\n", len(body)); err != nil {
		t.Fatal(err)
	}
	answers := bufio.NewReader(conn)
	if line, err := answers.ReadString('\n'); err != nil || !strings.HasPrefix(line, "HTTP/1.1 100") {
		t.Fatalf("the server does not take the request: %q, %v", line, err)
	}
	if _, err := answers.ReadString('\n'); err != nil {
		t.Fatal(err)
	}
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	eventually(t, "new connections are refused", func() bool {
		c, err := net.Dial("tcp", at)
		if err == nil {
			c.Close()
		}
		return err != nil
	})
	if _, err := io.WriteString(conn, body); err != nil {
		t.Fatal(err)
	}
	reply, err := http.ReadResponse(answers, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer reply.Body.Close()
	if reply.StatusCode != http.StatusCreated {
		t.Errorf("the request is answered with %d", reply.StatusCode)
	}
	p.stopped = true
	if err := <-p.exit; err != nil {
		t.Errorf("the program ended with %v", err)
	}
}

// TestDrainIsTold holds that a load balancer hears of the end before the server
// takes no more requests.
func TestDrainIsTold(t *testing.T) {
	t.Parallel()
	engines(t, func(t *testing.T, dsn string) {
		p := start(t, dsn, t.TempDir(), "--demo", "--drain-delay", "2s")
		b := p.visitor("acme.localhost")
		b.get("/readyz")
		if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
			t.Fatal(err)
		}
		eventually(t, "/readyz tells of the end", func() bool {
			a, err := b.do(http.MethodGet, "/readyz", nil)
			if err != nil {
				t.Fatalf("the server took no more requests before: %v", err)
			}
			return a.status == http.StatusServiceUnavailable && a.body["status"] == "draining"
		})
		b.get("/healthz")
		b.get("/sign-in")
		p.stopped = true
		if err := <-p.exit; err != nil {
			t.Errorf("the program ended with %v", err)
		}
	})
}

// TestFirstRun takes a real desk from nothing to its first page: the account is
// made on the command line, the owner follows the link, and the session that the
// pages open counts for the API too.
func TestFirstRun(t *testing.T) {
	t.Parallel()
	engines(t, func(t *testing.T, dsn string) {
		var errs bytes.Buffer
		create := exec.Command(binary, "account", "create", "--db", dsn, "--name", "Lumen", "--slug", "lumen", "--host", "desk.lumen.example",
			"--base-url", "http://desk.lumen.example", "--owner-name", "Owner", "--owner-address", "ada@lumen.example")
		create.Stderr = &errs
		out, err := create.Output()
		if err != nil {
			t.Fatalf("%v: %s", err, &errs)
		}
		link, found := strings.CutPrefix(strings.TrimSpace(string(out)), "http://desk.lumen.example")
		if !found {
			t.Fatalf("the link is %q", out)
		}
		p := start(t, dsn, t.TempDir())
		b := p.visitor("desk.lumen.example")
		if a := b.get(link); !strings.Contains(string(a.raw), "Set up your desk") {
			t.Errorf("the link shows %.300s", a.raw)
		}
		reply, err := b.http.PostForm(b.base+link, url.Values{"desk": {"Lumen Cycles"}, "name": {"Ada Lindqvist"}, "password": {"four words are fine"}, "sharing": {"on"}})
		if err != nil {
			t.Fatal(err)
		}
		page, err := io.ReadAll(reply.Body)
		reply.Body.Close()
		workspace := strings.Contains(string(page), `id="root"`) || strings.Contains(string(page), "make build") // the notice where it was not built
		if err != nil || reply.Request.URL.Path != "/" || !workspace {
			t.Errorf("it leads to %s with %d: %.300s", reply.Request.URL, reply.StatusCode, page)
		}
		me := b.get("/api/v1/me")
		if account, _ := me.body["account"].(map[string]any); account["name"] != "Lumen Cycles" {
			t.Errorf("the desk is called %v", account["name"])
		}
		if person, _ := me.body["person"].(map[string]any); person["name"] != "Ada Lindqvist" {
			t.Errorf("the API knows the session as %s", me.raw)
		}
		if settings := b.get("/api/v1/settings"); settings.body["sharing.enabled"] != true {
			t.Errorf("the settings are %s", settings.raw)
		}
		b.want(http.StatusGone, http.MethodGet, link, nil)
		if err := p.stop(); err != nil {
			t.Errorf("the program ended with %v", err)
		}
	})
}
