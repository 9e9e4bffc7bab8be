package web

import (
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"
)

func get(t *testing.T, h http.HandlerFunc, headers ...string) *http.Response {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	h(w, r)
	return w.Result()
}

func text(t *testing.T, r *http.Response) string {
	t.Helper()
	b, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

var script = strings.Repeat("export const desk = 1;\n", 100)

func built(t *testing.T) *Workspace {
	t.Helper()
	w, err := read(fstest.MapFS{
		"index.html":             {Data: []byte(`<!doctype html><div id="root"></div>`)},
		"assets/index-AbC1.js":   {Data: []byte(script)},
		"assets/list-AbC2.js":    {Data: []byte(script)},
		"assets/list-AbC2.js.br": {Data: []byte("packed by the build")},
		"assets/inter-AbC.woff":  {Data: []byte(strings.Repeat("f", 2000))},
		".vite/manifest.json":    {Data: []byte("{}")},
	})
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func TestNotBuilt(t *testing.T) {
	t.Parallel()
	w, err := read(fstest.MapFS{".gitkeep": {}})
	if err != nil {
		t.Fatal(err)
	}
	answer := get(t, w.Page)
	if body := text(t, answer); w.Built() || answer.StatusCode != http.StatusServiceUnavailable || !strings.Contains(body, "make build") {
		t.Errorf("without a front end: %d %q", answer.StatusCode, body)
	}
	if w.Asset(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/assets/x.js", nil), "x.js") {
		t.Error("an unknown asset is there")
	}
}

// TestEmbedded holds that what was embedded can be read, built or not.
func TestEmbedded(t *testing.T) {
	t.Parallel()
	w := New()
	answer := get(t, w.Page)
	if want := map[bool]int{true: http.StatusOK, false: http.StatusServiceUnavailable}[w.Built()]; answer.StatusCode != want {
		t.Errorf("built %t answers %d", w.Built(), answer.StatusCode)
	}
	if w.Built() && !strings.Contains(text(t, answer), `id="root"`) {
		t.Error("the page has no root")
	}
}

func TestPage(t *testing.T) {
	t.Parallel()
	w := built(t)
	answer := get(t, w.Page)
	if answer.StatusCode != http.StatusOK || answer.Header.Get("Cache-Control") != "no-cache" || answer.Header.Get("Content-Type") != "text/html; charset=utf-8" {
		t.Errorf("the page: %d %v", answer.StatusCode, answer.Header)
	}
	csp := answer.Header.Get("Content-Security-Policy")
	for _, part := range []string{"default-src 'none'", "script-src 'self'", "style-src 'self'", "frame-ancestors 'none'"} {
		if !strings.Contains(csp, part) {
			t.Errorf("the policy %q lacks %q", csp, part)
		}
	}
	if strings.Contains(csp, "unsafe") {
		t.Errorf("the policy %q has holes", csp)
	}
	again := get(t, w.Page, "If-None-Match", answer.Header.Get("ETag"))
	if again.StatusCode != http.StatusNotModified {
		t.Errorf("an unchanged page answers %d", again.StatusCode)
	}
}

func TestAsset(t *testing.T) {
	t.Parallel()
	w := built(t)
	asset := func(name string) http.HandlerFunc {
		return func(rw http.ResponseWriter, r *http.Request) {
			if !w.Asset(rw, r, name) {
				http.NotFound(rw, r)
			}
		}
	}
	plain := get(t, asset("index-AbC1.js"))
	if text(t, plain) != script || plain.Header.Get("Cache-Control") != "public, max-age=31536000, immutable" || plain.Header.Get("Vary") != "Accept-Encoding" {
		t.Errorf("a script: %v", plain.Header)
	}
	packed := get(t, asset("index-AbC1.js"), "Accept-Encoding", "br, gzip")
	z, err := gzip.NewReader(packed.Body)
	if err != nil || packed.Header.Get("Content-Encoding") != "gzip" {
		t.Fatalf("packed: %v %v", err, packed.Header)
	}
	if body, err := io.ReadAll(z); err != nil || string(body) != script {
		t.Errorf("unpacked: %v", err)
	}
	if font := get(t, asset("inter-AbC.woff"), "Accept-Encoding", "gzip"); font.Header.Get("Content-Encoding") != "" && !strings.HasPrefix(font.Header.Get("Content-Type"), "application/") {
		t.Errorf("a font is packed once more: %v", font.Header)
	}
	for accepted, want := range map[string]string{"gzip, deflate, br, zstd": "br", "BR;q=0.5, gzip": "br", "br;q=0, gzip": "gzip", "gzip;q=0.0, brx": "", "": ""} {
		answer := get(t, asset("list-AbC2.js"), "Accept-Encoding", accepted)
		if got := answer.Header.Get("Content-Encoding"); got != want || answer.Header.Get("Content-Type") != plain.Header.Get("Content-Type") || answer.Header.Get("Vary") != "Accept-Encoding" {
			t.Errorf("a browser that takes %q gets %q: %v", accepted, got, answer.Header)
		}
		if body := text(t, answer); (want == "br") != (body == "packed by the build") {
			t.Errorf("a browser that takes %q gets the body %.20q", accepted, body)
		}
	}
	for _, name := range []string{"unknown.js", "manifest.json", "../index.html", "list-AbC2.js.br", ""} {
		if r := get(t, asset(name)); r.StatusCode != http.StatusNotFound {
			t.Errorf("%q answers %d", name, r.StatusCode)
		}
	}
}
