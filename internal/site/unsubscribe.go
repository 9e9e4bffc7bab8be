package site

import (
	"net/http"

	"github.com/deskmesh/deskmesh/internal/app"
	"github.com/deskmesh/deskmesh/locales"
)

// unsubscribePage is what the address in a mail turns off. Nobody signs in for
// it, and it tells nothing of whose mail it is.
type unsubscribePage struct {
	Path string
	What string // key of what is turned off
	Off  bool   // it is off
}

// unsubscribe shows what the address of a mail turns off, and changes nothing.
func (v *visit) unsubscribe() error { return v.showUnsubscribe() }

// turnOff turns it off, or on again where the form says so. Programs of mail send
// what RFC 8058 says, with nothing else and without cookies.
func (v *visit) turnOff() error {
	if err := v.r.ParseForm(); err != nil {
		return err
	}
	off := v.r.PostForm.Get("again") == ""
	if err := v.app.Unsubscribe(v.ctx(), v.account.ID, v.r.PathValue("token"), off); err != nil {
		return err
	}
	return v.showUnsubscribe()
}

func (v *visit) showUnsubscribe() error {
	u, err := v.app.Unsubscribing(v.ctx(), v.account.ID, v.r.PathValue("token"))
	if err != nil {
		return err
	}
	if u.Language != "" {
		v.words = locales.For(u.Language)
	}
	v.w.Header().Set("X-Robots-Tag", "noindex, nofollow, noarchive")
	v.allowForm()
	f := v.bare(v.t("site.unsubscribe"))
	f.Narrow = true
	return v.show(http.StatusOK, "unsubscribe", f, &unsubscribePage{Path: app.UnsubscribePath + v.r.PathValue("token"), What: "site.unsubscribe.what." + u.What, Off: u.Off})
}
