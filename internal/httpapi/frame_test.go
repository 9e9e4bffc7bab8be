package httpapi_test

import (
	"bytes"
	"flag"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/go-cmp/cmp"

	"github.com/deskmesh/deskmesh/internal/httpapi"
)

var update = flag.Bool("update", false, "write api/openapi.yaml anew")

const description = "../../api/openapi.yaml"

// TestOpenAPI compares the committed description with what is served.
func TestOpenAPI(t *testing.T) {
	got, err := httpapi.OpenAPI()
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.MkdirAll(filepath.Dir(description), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(description, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(description)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("api/openapi.yaml is not what is served: write it anew with deskmesh openapi. Differences:\n%s",
			cmp.Diff(strings.Split(string(want), "\n"), strings.Split(string(got), "\n")))
	}
}

// publicRoutes is everything that can be reached without signing in.
var publicRoutes = []string{"POST /api/v1/sessions", "GET /api/v1/openapi.yaml"}

// TestEveryRouteIsDeclared walks what is served: every route says who may use
// it, and none but the public ones answers somebody who is not signed in.
func TestEveryRouteIsDeclared(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "sqlite")
	table := map[string]httpapi.Route{}
	var public []string
	for _, r := range w.api.Routes() {
		name := r.Method + " " + r.Path
		if table[name].Path != "" {
			t.Errorf("%s is registered twice", name)
		}
		table[name] = r
		if r.Need == "" {
			t.Errorf("%s does not say who may use it", name)
		}
		if r.Public {
			public = append(public, name)
		}
	}
	if diff := cmp.Diff(publicRoutes, public); diff != "" {
		t.Errorf("public routes (-want +got):\n%s", diff)
	}
	described := 0
	eachOperation(w.api, func(op *huma.Operation) {
		described++
		if _, ok := table[op.Method+" /api/v1"+op.Path]; !ok {
			t.Errorf("%s %s is served and not in the table", op.Method, op.Path)
		}
	})
	if described != len(table)-1 {
		t.Errorf("%d routes are described, %d are in the table; only the description itself is not described", described, len(table))
	}
	for name, r := range table {
		if r.Public {
			continue
		}
		for who, c := range map[string]*client{
			"nobody":               w.nobody(),
			"a session of globex":  {w: w, host: w.acme().host, cookie: w.as("globex/owner").cookie, headers: http.Header{}},
			"an unknown token":     w.nobody().with("Authorization", "Bearer dmt_"+strings.Repeat("A", 43)),
			"another scheme":       w.nobody().with("Authorization", "Basic b3duZXI6eA=="),
			"a session and a lie":  w.as("owner").with("Authorization", "Bearer x"),
			"a session as a token": w.nobody().with("Authorization", "Bearer "+w.as("owner").cookie),
		} {
			a := c.do(r.Method, fill(r.Path), "{")
			if a.status != http.StatusUnauthorized || a.header.Get("Content-Type") != "application/problem+json" {
				t.Errorf("%s answers %s with %d: %s", name, who, a.status, a.raw)
			}
		}
		if strings.HasPrefix(r.Need, "permission") || r.Need == "agent" {
			if a := w.as("staff.one").do(r.Method, fill(r.Path), "{"); a.status != http.StatusForbidden {
				t.Errorf("%s, which needs %s, answers a requester with %d", name, r.Need, a.status)
			}
		}
	}
}

func eachOperation(api *httpapi.API, do func(op *huma.Operation)) {
	paths := api.Description().Paths
	for _, path := range slices.Sorted(mapKeys(paths)) {
		item := paths[path]
		for _, op := range []*huma.Operation{item.Get, item.Post, item.Patch, item.Put, item.Delete, item.Head, item.Options, item.Trace} {
			if op != nil {
				do(op)
			}
		}
	}
}

func mapKeys[V any](m map[string]V) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

var wildcard = regexp.MustCompile(`\{[a-z_]+\}`)

// fill puts 1 for every wildcard of a path.
func fill(path string) string { return wildcard.ReplaceAllString(path, "1") }

// TestOnlyTheFrameRegisters keeps routes from being served past the table.
func TestOnlyTheFrameRegisters(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, call := range []struct {
			text string
			in   []string
		}{
			{"huma.Register(", []string{"route.go"}},
			{"huma.AutoRegister(", nil}, {"huma.Get(", nil}, {"huma.Post(", nil}, {"huma.Put(", nil}, {"huma.Patch(", nil}, {"huma.Delete(", nil},
			{".HandleFunc(", []string{"openapi.go"}}, {".Handle(", nil},
		} {
			if bytes.Contains(text, []byte(call.text)) && !slices.Contains(call.in, file) && !strings.HasSuffix(file, "_test.go") {
				t.Errorf("%s calls %s: routes are registered with route or post", file, call.text)
			}
		}
	}
}

// TestPathsOutsideAnswerProblems: what is not served is told in our form.
func TestPathsOutsideAnswerProblems(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "sqlite")
	w.as("owner").get("/nothing").refused(404, "")
	w.as("owner").get("/tickets/").refused(404, "")
	w.as("owner").get("/tickets/1/nothing").refused(404, "")
	if got := w.as("owner").do("PUT", "/tickets/1", "{}").refused(405, "").header.Get("Allow"); got == "" {
		t.Error("405 does not say what is allowed")
	}
	w.nobody().get("/openapi.yaml").is(200)
	for _, path := range []string{"/openapi.json", "/docs", "/schemas/Ticket.json"} {
		w.as("owner").get(path).refused(404, "")
	}
}

// TestHosts: the host of a request chooses the account.
func TestHosts(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		for host, status := range map[string]int{
			"acme.localhost": 200, "ACME.localhost:8080": 200, "acme.localhost.": 200,
			"globex.localhost": 401, "elsewhere.example": 421, "": 421, "[::1]:80": 421, "acme.localhost/x": 421, "a\x00b": 421, strings.Repeat("a", 300): 421,
		} {
			c := w.as("owner")
			c.host = host
			a := c.get("/me").is(status)
			if status != 200 {
				a.refused(status, "")
			}
			if status == 421 {
				a.reason("unknown_host")
			}
		}
	})
}

// TestCrossOrigin: a page of another site cannot act with somebody's cookie.
func TestCrossOrigin(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "sqlite")
	c := w.as("owner")
	body := map[string]any{"subject": "x", "text": "x", "inbox_id": w.acme().inboxes["support"]}
	c.with("Sec-Fetch-Site", "cross-site").post("/tickets", body).refused(403, "").reason("cross_origin")
	c.with("Origin", "https://evil.example").post("/tickets", body).refused(403, "").reason("cross_origin")
	c.with("Origin", "https://evil.example").delete("/tickets/1").refused(403, "").reason("cross_origin")
	w.nobody().with("Sec-Fetch-Site", "cross-site").post("/sessions", "{}").refused(403, "").reason("cross_origin")
	c.with("Sec-Fetch-Site", "same-origin").post("/tickets", body).is(201)
	c.with("Origin", "http://acme.localhost").post("/tickets", body).is(201)
	c.with("Sec-Fetch-Site", "cross-site").get("/me").is(200)
	token := w.token("owner", "tickets.create")
	token.with("Origin", "https://evil.example").post("/tickets", body).is(201)
}

// token gives a client that signs in by an API token of somebody's, with the
// scopes.
func (w *world) token(who string, scopes ...string) *client {
	w.Helper()
	v := w.viewer(who)
	c := w.nobody()
	desk, _ := w.split(who)
	c.host = desk.host
	return c.with("Authorization", "Bearer "+w.newToken(v, scopes))
}

// TestAnswersAreNotKept: no answer may lie in a cache.
func TestAnswersAreNotKept(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "sqlite")
	for _, a := range []*answer{w.as("owner").get("/me"), w.nobody().get("/me"), w.as("owner").get("/nothing")} {
		for name, want := range map[string]string{"Cache-Control": "private, no-store", "X-Content-Type-Options": "nosniff"} {
			if got := a.header.Get(name); got != want {
				t.Errorf("%s: %s is %q, want %q", a.request, name, got, want)
			}
		}
	}
}

func mustURL(t testing.TB, path string) *url.URL {
	t.Helper()
	if !strings.HasPrefix(path, "/api/") {
		path = "/api/v1" + path
	}
	u, err := url.Parse(path)
	if err != nil {
		t.Fatal(fmt.Errorf("%q: %w", path, err))
	}
	return u
}
