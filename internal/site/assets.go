package site

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"mime"
	"net/http"
	"path"
	"strconv"
	"strings"
)

//go:embed assets
var assetFiles embed.FS

// asset is one file that pages load: as it is, and packed.
type asset struct {
	kind         string
	body, packed []byte
}

// assets holds the files under the names they are served at, which change with
// their content, so that browsers may keep them for good. addresses leads from
// the plain name to the address. Built once, read only.
var assets, addresses = loadAssets()

// sheets are the parts of the one style sheet, in order.
var sheets = []string{"tokens.css", "parts.css", "site.css"}

func loadAssets() (map[string]*asset, map[string]string) {
	var style bytes.Buffer
	for _, name := range sheets {
		style.Write(readAsset(name))
	}
	files := map[string]*asset{}
	names := map[string]string{}
	for name, body := range map[string][]byte{"site.css": style.Bytes(), "icons.svg": readAsset("icons.svg"), "logo.svg": readAsset("logo.svg")} {
		sum := sha256.Sum256(body)
		extension := path.Ext(name)
		full := strings.TrimSuffix(name, extension) + "." + hex.EncodeToString(sum[:6]) + extension
		files[full] = &asset{kind: mime.TypeByExtension(extension), body: body, packed: pack(body)}
		names[name] = "/assets/" + full
	}
	return files, names
}

// readAsset reads an embedded file; one that is missing is a fault of the build.
func readAsset(name string) []byte {
	body, err := assetFiles.ReadFile("assets/" + name)
	if err != nil {
		panic("site: " + err.Error())
	}
	return body
}

func pack(body []byte) []byte {
	var b bytes.Buffer
	w, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err == nil {
		_, err = w.Write(body)
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		panic("site: " + err.Error())
	}
	return b.Bytes()
}

// assetAddress gives the address of a file by its plain name.
func assetAddress(name string) string { return addresses[name] }

// serveAsset sends a file of the program. It is the same for everybody.
func (s *site) serveAsset(w http.ResponseWriter, r *http.Request) {
	a := assets[r.PathValue("name")]
	if a == nil {
		if s.options.Workspace == nil || !s.options.Workspace.Asset(w, r, r.PathValue("name")) {
			http.NotFound(w, r)
		}
		return
	}
	h := w.Header()
	h.Set("Content-Type", a.kind)
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	h.Set("Vary", "Accept-Encoding")
	body := a.body
	if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		h.Set("Content-Encoding", "gzip")
		body = a.packed
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	if _, err := w.Write(body); err != nil {
		return // the client is gone
	}
}
