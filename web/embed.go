// Package web holds the agents' workspace and administration as the front-end
// build left them in dist, and serves them.
//
// The build is not in the repository: `make build` makes it (npm and Vite), and
// a program built without it answers with a notice that says so. Everything
// else (API, mail, the pages for customers) works without it.
package web

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strconv"
	"strings"
	"sync"

	"github.com/deskmesh/deskmesh/internal/httpx"
)

//go:embed all:dist
var dist embed.FS

// Policy is what the workspace tells browsers. It loads its own files only and
// has no inline script or style.
var Policy = httpx.Policy{
	CSP: "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; font-src 'self'; connect-src 'self'; " +
		"frame-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'",
}

// Workspace serves the front end: Page the one document behind every address of
// the workspace, Asset the files that it loads.
type Workspace struct {
	page  *file // nil while it was not built
	files map[string]*file
}

// file is one file of the build: as it is, as the build packed it with brotli
// (nil where it did not), and by gzip when somebody first asks.
type file struct {
	kind, tag    string
	body, brotli []byte
	packed       func() []byte
}

// New reads the build that was embedded.
func New() *Workspace {
	root, err := fs.Sub(dist, "dist")
	if err != nil {
		panic("web: " + err.Error())
	}
	w, err := read(root)
	if err != nil {
		panic("web: " + err.Error())
	}
	return w
}

// read takes the files of a build into memory.
func read(root fs.FS) (*Workspace, error) {
	w := &Workspace{files: map[string]*file{}}
	if page, err := fs.ReadFile(root, "index.html"); err == nil {
		w.page = newFile("index.html", page)
	}
	entries, err := fs.Glob(root, "assets/*")
	if err != nil {
		return nil, err
	}
	for _, name := range entries {
		body, err := fs.ReadFile(root, name)
		if err != nil {
			return nil, err
		}
		w.files[path.Base(name)] = newFile(name, body)
	}
	for name, packed := range w.files {
		if whole := w.files[strings.TrimSuffix(name, ".br")]; whole != packed && whole != nil {
			whole.brotli = packed.body
			delete(w.files, name)
		}
	}
	return w, nil
}

func newFile(name string, body []byte) *file {
	sum := sha256.Sum256(body)
	kind := mime.TypeByExtension(path.Ext(name))
	f := &file{kind: kind, tag: `"` + hex.EncodeToString(sum[:12]) + `"`, body: body}
	f.packed = sync.OnceValue(func() []byte { return pack(kind, body) })
	return f
}

// pack compresses what gains by it; nil for what does not.
func pack(kind string, body []byte) []byte {
	if len(body) < 512 || strings.HasPrefix(kind, "font/") || strings.HasPrefix(kind, "image/png") {
		return nil
	}
	var b bytes.Buffer
	z, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		return nil
	}
	if _, err := z.Write(body); err != nil {
		return nil
	}
	if err := z.Close(); err != nil {
		return nil
	}
	return b.Bytes()
}

// Built says whether the program holds a front end.
func (w *Workspace) Built() bool { return w.page != nil }

// notice is what a program without a front end says at the workspace's addresses.
const notice = `Deskmesh runs, but this program was built without its front end.

Build it with Node 20.19 or newer:  make build
The API, mail and the pages for customers work as they are.
`

// Page answers with the document of the workspace, which every address of it
// shares; 503 and how to build it where there is none.
func (w *Workspace) Page(rw http.ResponseWriter, r *http.Request) {
	if w.page == nil {
		rw.Header().Set("Content-Type", "text/plain; charset=utf-8")
		rw.WriteHeader(http.StatusServiceUnavailable)
		fmt.Fprint(rw, notice)
		return
	}
	h := rw.Header()
	for name, values := range Policy.Headers() {
		h[name] = values
	}
	h.Set("Cache-Control", "no-cache")
	w.page.serve(rw, r)
}

// Asset answers with a file that the document loads, by the last part of its
// address; it says whether there is one. Names change with the content, so
// browsers may keep a file for good.
func (w *Workspace) Asset(rw http.ResponseWriter, r *http.Request, name string) bool {
	f := w.files[name]
	if f == nil {
		return false
	}
	rw.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	f.serve(rw, r)
	return true
}

func (f *file) serve(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Type", f.kind)
	h.Set("ETag", f.tag)
	h.Set("Vary", "Accept-Encoding")
	if strings.Contains(r.Header.Get("If-None-Match"), f.tag) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	body, coding := f.choose(r.Header.Get("Accept-Encoding"))
	if coding != "" {
		h.Set("Content-Encoding", coding)
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	if r.Method == http.MethodHead {
		return
	}
	_, _ = w.Write(body) // a failure means that the client is gone
}

// choose gives the smallest form that a browser takes, and its name in
// Content-Encoding (RFC 9110, section 8.4); "" for the file as it is. Browsers
// ask for brotli on encrypted connections and on the machine itself.
func (f *file) choose(accepted string) (body []byte, coding string) {
	if f.brotli != nil && takes(accepted, "br") {
		return f.brotli, "br"
	}
	if takes(accepted, "gzip") {
		if packed := f.packed(); packed != nil {
			return packed, "gzip"
		}
	}
	return f.body, ""
}

// takes reads whether a list of codings names one, and does not refuse it with
// a weight of nought.
func takes(accepted, coding string) bool {
	for part := range strings.SplitSeq(accepted, ",") {
		name, weight, _ := strings.Cut(part, ";")
		if !strings.EqualFold(strings.TrimSpace(name), coding) {
			continue
		}
		q, has := strings.CutPrefix(strings.TrimSpace(weight), "q=")
		value, err := strconv.ParseFloat(q, 64)
		return !has || err != nil || value > 0
	}
	return false
}
