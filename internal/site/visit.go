package site

import (
	"context"
	"net"
	"net/http"
	"strconv"
	"strings"

	"golang.org/x/text/language"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
	"github.com/deskmesh/deskmesh/internal/app"
	"github.com/deskmesh/deskmesh/internal/httpx"
	"github.com/deskmesh/deskmesh/locales"
)

// visit is one request on its way to a page.
type visit struct {
	*site
	w       http.ResponseWriter
	r       *http.Request
	account *dm.Account // nil where the host belongs to nobody
	host    dm.Host     // with the brand whose address it is
	face    *dm.Brand   // whose look the pages have; nil for the program's own
	signed  *app.Signed // nil while nobody is signed in
	person  *dm.Person  // who is signed in
	words   *locales.Catalogue
}

// arrive finds the account of the host and who is signed in.
func (v *visit) arrive() error {
	v.words = locales.For(wanted(v.r))
	account, host, err := v.app.AccountAt(v.ctx(), hostOf(v.r))
	if dm.CodeOf(err) == dm.NotFound {
		return errMisdirected
	}
	if err != nil {
		return err
	}
	v.account, v.host = account, host
	if v.face, err = v.app.FaceAt(v.ctx(), account.ID, host.BrandID); err != nil {
		return err
	}
	secret := httpx.SessionSecret(v.r, account.BaseURL)
	if secret == "" {
		return nil
	}
	signed, err := v.app.BySession(v.ctx(), account.ID, secret)
	if dm.CodeOf(err) == dm.Unauthenticated {
		return nil
	}
	if err != nil {
		return err
	}
	return v.greet(signed)
}

// greet takes over who is signed in, and their language.
func (v *visit) greet(signed *app.Signed) error {
	person, err := v.app.Person(v.ctx(), signed.Viewer, signed.Viewer.Person())
	if err != nil {
		return err
	}
	v.signed, v.person = signed, person
	if person.Language != "" {
		v.words = locales.For(person.Language)
	}
	return nil
}

// limit counts the request: for whoever is signed in, else for the client's address.
func (v *visit) limit() error {
	if v.signed == nil {
		return v.options.Rates.Address(v.w, v.r, 1)
	}
	key := "s" + strconv.FormatInt(v.account.ID, 10) + "." + strconv.FormatInt(v.person.ID, 10)
	return v.options.Rates.Caller(v.w, key, 1)
}

// errMisdirected is the answer for a host that no account answers at.
var errMisdirected = dm.Errorf(dm.NotFound, "No desk answers at this address.").With("misdirected")

// needSignedIn sends a visitor who is not signed in to do so, and then back to
// the page next. It says whether the visitor may go on.
func (v *visit) needSignedIn(next string) bool {
	if v.signed != nil {
		return true
	}
	v.redirect(signInAddress(next))
	return false
}

func (v *visit) ctx() context.Context    { return v.r.Context() }
func (v *visit) viewer() *access.Viewer  { return v.signed.Viewer }
func (v *visit) missing() error          { return errMissingPage }
func (v *visit) redirect(address string) { http.Redirect(v.w, v.r, address, http.StatusSeeOther) }

var errMissingPage = dm.Missing("page")

// hostOf gives the host of a request as the hosts table writes it.
func hostOf(r *http.Request) string {
	host := r.Host
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	host = strings.TrimSuffix(strings.TrimPrefix(host, "["), "]")
	return strings.ToLower(strings.TrimSuffix(host, "."))
}

// matcher picks one of the catalogue's languages.
var matcher = func() language.Matcher {
	tags := []language.Tag{language.English}
	for _, code := range locales.Languages() {
		if tag := language.Make(code); tag != language.English {
			tags = append(tags, tag)
		}
	}
	return language.NewMatcher(tags)
}()

// wanted gives the language that the browser asks for, of those there are.
func wanted(r *http.Request) string {
	tags, _, err := language.ParseAcceptLanguage(r.Header.Get("Accept-Language"))
	if err != nil || len(tags) == 0 {
		return ""
	}
	tag, _, _ := matcher.Match(tags...)
	return tag.String()
}
