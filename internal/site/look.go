package site

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/app"
)

// This file is the look of a brand on the pages: a sheet made of its colour, and
// its logo.

// look is what a page loads for its brand; its zero value is the program's own.
type look struct {
	Sheet string // address of the colours; "" for the program's own
	Logo  string // address; "" for the program's own
	Width int    // of the logo
}

func lookOf(b *dm.Brand) (l look) {
	if b == nil {
		return l
	}
	if b.Accent != "" {
		l.Sheet = "/assets/accent/" + strings.TrimPrefix(b.Accent, "#") + ".css"
	}
	if b.Logo.Hash != "" {
		l.Logo, l.Width = app.LogoPath(b), b.Logo.Width
	}
	return l
}

// Wordmark says that a logo is so wide that it holds the brand's name, which then
// is not written beside it.
func (l look) Wordmark() bool { return l.Width > 2*dm.LogoHeight }

// Height is how high a logo is shown.
func (look) Height() int { return dm.LogoHeight }

const kept = "public, max-age=31536000, immutable"

// serveAccent sends the sheet of a colour, which its address names: it is the same
// for everybody, and needs no account.
func serveAccent(w http.ResponseWriter, r *http.Request) {
	name, ok := strings.CutSuffix(r.PathValue("name"), ".css")
	a, fine := app.AccentsOf("#" + name)
	if !ok || !fine || strings.ToLower(name) != name {
		http.NotFound(w, r)
		return
	}
	var css strings.Builder
	css.WriteString("@layer tokens{:root{")
	for _, c := range [][3]string{{"accent", a.Light.Fill, a.Dark.Fill}, {"accent-hover", a.Light.Hover, a.Dark.Hover}, {"accent-ink", a.Light.Ink, a.Dark.Ink},
		{"accent-soft", a.Light.Soft, a.Dark.Soft}, {"focus", a.Light.Focus, a.Dark.Focus}} {
		fmt.Fprintf(&css, "--%s:light-dark(%s,%s);", c[0], c[1], c[2])
	}
	css.WriteString("}}")
	h := w.Header()
	h.Set("Content-Type", "text/css; charset=utf-8")
	h.Set("Cache-Control", kept)
	if _, err := w.Write([]byte(css.String())); err != nil {
		return // the client is gone
	}
}

// logo sends a brand's logo. Everybody may see it, also who is about to sign in.
func (v *visit) logo() error {
	hash, ok := strings.CutSuffix(v.r.PathValue("name"), ".png")
	id, err := strconv.ParseInt(v.r.PathValue("id"), 10, 64)
	if err != nil || !ok {
		return errMissingPage
	}
	png, err := v.app.BrandLogo(v.ctx(), v.account.ID, id, hash)
	if err != nil {
		return err
	}
	h := v.w.Header()
	h.Set("Content-Type", "image/png")
	h.Set("Cache-Control", kept)
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox; frame-ancestors 'none'")
	if _, err := v.w.Write(png); err != nil {
		return nil //nolint:nilerr // the client is gone
	}
	return nil
}
