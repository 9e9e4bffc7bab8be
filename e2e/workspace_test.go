package e2e

import (
	"io"
	"net/http"
	"net/http/cookiejar"
	"regexp"
	"strings"
	"testing"
)

// browser is a client with cookies that stays where it is sent from.
func (p *program) browser(address string) *http.Client {
	p.t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		p.t.Fatal(err)
	}
	c := &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	if address == "" {
		return c
	}
	reply, err := c.Post(p.base+"/api/v1/sessions", "application/json", strings.NewReader(`{"address":"`+address+`","password":"deskmesh-demo"}`))
	if err != nil {
		p.t.Fatal(err)
	}
	reply.Body.Close()
	if reply.StatusCode != http.StatusCreated {
		p.t.Fatalf("signing in as %s answers %d", address, reply.StatusCode)
	}
	return c
}

func (p *program) fetch(c *http.Client, path string) (*http.Response, string) {
	p.t.Helper()
	reply, err := c.Get(p.base + path)
	if err != nil {
		p.t.Fatal(err)
	}
	defer reply.Body.Close()
	body, err := io.ReadAll(reply.Body)
	if err != nil {
		p.t.Fatal(err)
	}
	return reply, string(body)
}

// TestWorkspaceDoors holds who gets the workspace at which address, with which
// headers, and what a program without its front end says there.
func TestWorkspaceDoors(t *testing.T) {
	t.Parallel()
	p := start(t, "sqlite:"+t.TempDir()+"/desk.db", t.TempDir(), "--demo")
	visitor, agent, requester := p.browser(""), p.browser("hr.agent@acme.example"), p.browser("staff.one@acme.example")

	page, body := p.fetch(agent, "/")
	built := page.StatusCode == http.StatusOK
	if !built && (page.StatusCode != http.StatusServiceUnavailable || !strings.Contains(body, "make build")) {
		t.Errorf("without a front end an agent gets %d %q", page.StatusCode, body)
	}
	for _, path := range []string{"/", "/tickets", "/tickets/1", "/tickets/999999", "/tickets/new", "/requests", "/notifications", "/me", "/admin", "/admin/people/7"} {
		if reply, text := p.fetch(agent, path); reply.StatusCode != page.StatusCode || text != body {
			t.Errorf("an agent gets another page at %s: %d", path, reply.StatusCode)
		}
		if reply, _ := p.fetch(visitor, path); reply.StatusCode != http.StatusSeeOther || !strings.HasPrefix(reply.Header.Get("Location"), "/sign-in") {
			t.Errorf("a visitor gets %d at %s, to %s", reply.StatusCode, path, reply.Header.Get("Location"))
		}
		if _, text := p.fetch(requester, path); strings.Contains(text, `id="root"`) {
			t.Errorf("a requester gets the workspace at %s", path)
		}
	}
	for _, path := range []string{"/tickets", "/admin", "/admin/people/7", "/requests"} {
		if reply, _ := p.fetch(requester, path); reply.StatusCode != http.StatusNotFound {
			t.Errorf("a requester gets %d at %s", reply.StatusCode, path)
		}
	}
	for _, path := range []string{"/assets/unknown.js", "/assets/", "/assets/../index.html", "/.vite/manifest.json"} {
		if reply, text := p.fetch(agent, path); reply.StatusCode < 300 || strings.Contains(text, `id="root"`) {
			t.Errorf("%s answers %d", path, reply.StatusCode)
		}
	}
	if !built {
		t.Log("the front end is not built: its files were not looked at")
		return
	}

	if csp := page.Header.Get("Content-Security-Policy"); !strings.Contains(csp, "script-src 'self'") || strings.Contains(csp, "unsafe") || !strings.Contains(csp, "frame-ancestors 'none'") {
		t.Errorf("the policy is %q", csp)
	}
	if got := page.Header.Get("Cache-Control"); got != "no-cache" {
		t.Errorf("the page is cached: %q", got)
	}
	if strings.Contains(body, "<style") || regexp.MustCompile(`<script[^>]*>[^<]`).MatchString(body) || regexp.MustCompile(`\son\w+=`).MatchString(body) {
		t.Error("the page has inline script or style")
	}
	files := regexp.MustCompile(`(?:src|href)="(/assets/[^"]+)"`).FindAllStringSubmatch(body, -1)
	if len(files) < 2 {
		t.Fatalf("the page loads nothing: %s", body)
	}
	for _, file := range files {
		reply, _ := p.fetch(visitor, file[1])
		if reply.StatusCode != http.StatusOK || reply.Header.Get("Cache-Control") != "public, max-age=31536000, immutable" || reply.Header.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s answers %d %v", file[1], reply.StatusCode, reply.Header)
		}
	}
}
