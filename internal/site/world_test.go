package site_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
	"github.com/deskmesh/deskmesh/internal/app"
	"github.com/deskmesh/deskmesh/internal/blob"
	"github.com/deskmesh/deskmesh/internal/httpx"
	"github.com/deskmesh/deskmesh/internal/mail"
	"github.com/deskmesh/deskmesh/internal/seed"
	"github.com/deskmesh/deskmesh/internal/site"
	"github.com/deskmesh/deskmesh/internal/store"
)

// desk is the pages over a database of their own.
type desk struct {
	db      *store.DB
	app     *app.App
	handler http.Handler
	now     time.Time // of the sign-in gate; stands still
}

func newDesk(dir string, demo bool) (*desk, error) {
	return newDeskAt("sqlite:"+filepath.Join(dir, "desk.db"), dir, demo)
}

func newDeskAt(dsn, dir string, demo bool) (*desk, error) {
	ctx := context.Background()
	db, err := store.Open(ctx, dsn, store.Options{})
	if err != nil {
		return nil, err
	}
	if err := db.Migrate(ctx); err != nil {
		return nil, err
	}
	if demo {
		if err := seed.Demo(ctx, db, dsn, 8080); err != nil {
			return nil, err
		}
	}
	blobs, err := blob.OpenFolder(filepath.Join(dir, "files"))
	if err != nil {
		return nil, err
	}
	signer, err := mail.NewSigner(make([]byte, 32))
	if err != nil {
		return nil, err
	}
	d := &desk{db: db, now: db.Now().Std()}
	d.app = &app.App{DB: db, Blobs: blobs, Signer: signer, Demo: demo}
	log := slog.New(slog.DiscardHandler)
	options := site.Options{Log: log, Now: func() time.Time { return db.Now().Std() }, SignIns: httpx.NewSignInGate(func() time.Time { return d.now })}
	if demo {
		options.Hints = func(a *dm.Account) *site.Hints {
			return &site.Hints{Password: seed.Password, People: []site.Hint{{Address: "owner@" + a.Slug + ".example", Who: "owner"}}}
		}
	}
	pages, err := site.New(d.app, options)
	if err != nil {
		return nil, err
	}
	d.handler = httpx.Chain(pages, httpx.Identify(nil), httpx.Recover(log))
	return d, nil
}

// demoFolder holds the database that the tests share.
var demoFolder string

func TestMain(m *testing.M) {
	var err error
	if demoFolder, err = os.MkdirTemp("", "deskmesh-site"); err != nil {
		panic(err)
	}
	code := m.Run()
	os.RemoveAll(demoFolder)
	os.Exit(code)
}

// demoDesk is a desk with the demo data, made once for all tests.
var demoDesk = sync.OnceValues(func() (*desk, error) { return newDesk(demoFolder, true) })

func demo(t *testing.T) *desk {
	t.Helper()
	d, err := demoDesk()
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// emptyDesk is a desk of a test's own, with one account that nobody has set up.
func emptyDesk(t *testing.T, baseURL string) (*desk, *app.CreatedAccount) {
	t.Helper()
	d, err := newDesk(t.TempDir(), false)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.db.Close(); err != nil {
			t.Error(err)
		}
	})
	made, err := d.app.CreateAccount(t.Context(), app.NewAccount{Name: "Company", Slug: "company", Hosts: []string{"desk.example.com"}, BaseURL: baseURL,
		OwnerName: "Somebody", OwnerAddress: "owner@example.com"})
	if err != nil {
		t.Fatal(err)
	}
	return d, made
}

// visitor is one browser.
type visitor struct {
	*testing.T
	desk    *desk
	host    string
	cookies map[string]string
	headers map[string]string
}

func (d *desk) visitor(t *testing.T, host string) *visitor {
	return &visitor{T: t, desk: d, host: host, cookies: map[string]string{}, headers: map[string]string{}}
}

// signedIn is a visitor of the demo desk acme who has signed in.
func signedIn(t *testing.T, local string) *visitor {
	t.Helper()
	v := demo(t).visitor(t, "acme.localhost")
	p := v.post("/sign-in", "address", local+"@acme.example", "password", seed.Password)
	p.want(http.StatusSeeOther)
	return v
}

// page is an answer.
type page struct {
	*testing.T
	what   string
	status int
	header http.Header
	body   string
}

func (v *visitor) get(path string) *page { v.Helper(); return v.do(http.MethodGet, path, nil) }

func (v *visitor) post(path string, pairs ...string) *page {
	v.Helper()
	form := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		form.Add(pairs[i], pairs[i+1])
	}
	return v.do(http.MethodPost, path, strings.NewReader(form.Encode()))
}

func (v *visitor) do(method, path string, body io.Reader) *page {
	v.Helper()
	r := httptest.NewRequestWithContext(v.Context(), method, path, body)
	r.Host = v.host
	if body != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for name, value := range v.headers {
		r.Header.Set(name, value)
	}
	for name, value := range v.cookies {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	w := httptest.NewRecorder()
	v.desk.handler.ServeHTTP(w, r)
	for _, c := range w.Result().Cookies() {
		v.cookies[c.Name] = c.Value
		if c.MaxAge < 0 {
			delete(v.cookies, c.Name)
		}
	}
	p := &page{T: v.T, what: method + " " + path, status: w.Code, header: w.Header(), body: w.Body.String()}
	p.checkForm()
	return p
}

var inline = regexp.MustCompile(`(?i)<script|<style|\sstyle=|\son[a-z]+=|javascript:`)

// checkForm holds what every answer must keep: no script, no inline style, one
// h1, nothing stored by caches, and headers that say so.
func (p *page) checkForm() {
	p.Helper()
	if strings.HasPrefix(p.what, "GET /assets/") {
		return
	}
	for name, want := range map[string]string{"Cache-Control": "private, no-store", "X-Content-Type-Options": "nosniff"} {
		if got := p.header.Get(name); got != want {
			p.Errorf("%s: %s is %q", p.what, name, got)
		}
	}
	if csp := p.header.Get("Content-Security-Policy"); !strings.HasPrefix(csp, "default-src 'none'") || !strings.Contains(csp, "frame-ancestors 'none'") {
		p.Errorf("%s: the policy is %q", p.what, csp)
	}
	if !strings.HasPrefix(p.body, "<!doctype html>") {
		return
	}
	if found := inline.FindString(p.body); found != "" {
		p.Errorf("%s: the page holds %q", p.what, found)
	}
	if n := strings.Count(p.body, "<h1"); n != 1 {
		p.Errorf("%s: the page has %d headings of the first level", p.what, n)
	}
	for _, needed := range []string{`<main `, `class="skip"`, `<title>`, `lang="`} {
		if !strings.Contains(p.body, needed) {
			p.Errorf("%s: the page has no %s", p.what, needed)
		}
	}
	if at := regexp.MustCompile(`site\.[a-z_]+\.[a-z_.]+`).FindString(strings.ReplaceAll(p.body, "/assets/site.", "")); at != "" {
		p.Errorf("%s: the page shows the key %s", p.what, at)
	}
}

func (p *page) want(status int, texts ...string) *page {
	p.Helper()
	if p.status != status {
		p.Fatalf("%s: status %d, want %d: %.600s", p.what, p.status, status, p.body)
	}
	for _, text := range texts {
		if !strings.Contains(p.body, text) {
			p.Errorf("%s: the page does not say %q:\n%.3000s", p.what, text, p.body)
		}
	}
	return p
}

func (p *page) without(texts ...string) *page {
	p.Helper()
	for _, text := range texts {
		if strings.Contains(p.body, text) {
			p.Errorf("%s: the page says %q", p.what, text)
		}
	}
	return p
}

func (p *page) leadsTo(address string) *page {
	p.Helper()
	p.want(http.StatusSeeOther)
	if got := p.header.Get("Location"); got != address {
		p.Errorf("%s leads to %q, want %q", p.what, got, address)
	}
	return p
}

// person gives a person of the demo desk acme.
func (d *desk) person(t *testing.T, address string) (*dm.Account, *access.Viewer) {
	t.Helper()
	account, _, err := d.app.AccountAt(t.Context(), "acme.localhost")
	if err != nil {
		t.Fatal(err)
	}
	var v *access.Viewer
	err = d.db.Read(t.Context(), func(tx *store.Tx) error {
		id, err := tx.PersonIDByAddress(account.ID, address)
		if err != nil {
			return err
		}
		v, err = tx.Viewer(account.ID, id)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return account, v
}

// numberOf finds a demo ticket by its subject.
func (d *desk) numberOf(t *testing.T, subject string) int64 {
	t.Helper()
	_, owner := d.person(t, "owner@acme.example")
	query := app.ListQuery{View: app.ViewAll, Limit: 200}
	rows, _, err := d.app.Tickets(t.Context(), owner, query)
	if err != nil {
		t.Fatal(err)
	}
	for i := range rows {
		if rows[i].Subject == subject {
			return rows[i].Number
		}
	}
	t.Fatalf("there is no demo ticket %q", subject)
	return 0
}

func ticketPath(number int64) string { return fmt.Sprintf("/tickets/%d", number) }
