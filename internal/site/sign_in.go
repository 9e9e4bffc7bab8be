package site

import (
	"net/http"
	"net/url"
	"strings"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/httpx"
)

// signInForm is what the sign-in page shows.
type signInForm struct {
	Address string
	Next    string
	Fault   string
	Hints   *Hints
	// Mail is the address of the page that sends a link.
	Mail string
	// Providers are the ways to sign in beside the password.
	Providers []providerLink
}

func (v *visit) signInPage() error {
	next := localPath(v.r.URL.Query().Get("next"))
	if v.signed != nil {
		v.redirect(next)
		return nil
	}
	return v.showSignIn(http.StatusOK, signInForm{Next: next})
}

func (v *visit) showSignIn(status int, form signInForm) error {
	if v.options.Hints != nil {
		form.Hints = v.options.Hints(v.account)
	}
	var err error
	if form.Providers, err = v.providerLinks(form.Next); err != nil {
		return err
	}
	form.Mail = withNext("/sign-in/mail", form.Next)
	f := v.newFrame("sign_in", v.t("site.sign_in.title"))
	f.Narrow = true
	return v.show(status, "sign_in", f, form)
}

// signIn checks address and password. Whoever is unknown hears the same as
// somebody with a wrong password.
func (v *visit) signIn() error {
	if err := v.r.ParseForm(); err != nil {
		return err
	}
	form := signInForm{Address: strings.TrimSpace(v.r.PostForm.Get("address")), Next: localPath(v.r.PostForm.Get("next"))}
	if err := v.options.SignIns.Try(v.r, v.account.ID, form.Address); err != nil {
		return v.refuseSignIn(err, form)
	}
	s, step, err := v.app.BeginSignIn(v.ctx(), v.account.ID, form.Address, v.r.PostForm.Get("password"))
	if err != nil {
		return v.refuseSignIn(err, form)
	}
	if step != "" { // tries are given back when the code is right, too
		return v.askCode(step, form.Next)
	}
	v.options.SignIns.Succeeded(v.account.ID, form.Address)
	v.enter(s, form.Next)
	return nil
}

// refuseSignIn shows the form again, with what was wrong.
func (v *visit) refuseSignIn(err error, form signInForm) error {
	if dm.ReasonOf(err) == "password_sign_in_off" {
		form.Fault = v.t("site.sign_in.no_password")
		return v.showSignIn(http.StatusForbidden, form)
	}
	switch dm.CodeOf(err) {
	case dm.Unauthenticated:
		form.Fault = v.t("site.sign_in.wrong")
		return v.showSignIn(http.StatusUnauthorized, form)
	case dm.RateLimited:
		v.w.Header().Set("Retry-After", httpx.ProblemOf(err).GetHeaders().Get("Retry-After"))
		form.Fault = v.t("site.sign_in.wait")
		return v.showSignIn(http.StatusTooManyRequests, form)
	}
	return err
}

// signOut ends the session and forgets its cookie.
func (v *visit) signOut() error {
	if secret := httpx.SessionSecret(v.r, v.account.BaseURL); secret != "" {
		if err := v.app.SignOut(v.ctx(), v.account.ID, secret); err != nil {
			return err
		}
	}
	httpx.EndSession(v.w, v.account.BaseURL)
	v.redirect("/sign-in")
	return nil
}

// signInAddress is the sign-in page that leads on to next.
func signInAddress(next string) string {
	return withNext("/sign-in", next)
}

// localPath gives a path of this site to go on to, or "/" for anything that
// could lead elsewhere: another host, another scheme, or what a browser might
// read as one.
func localPath(next string) string {
	if !strings.HasPrefix(next, "/") || strings.HasPrefix(next, "//") || len(next) > 2000 ||
		strings.ContainsFunc(next, func(r rune) bool { return r == '\\' || r < 0x21 || r == 0x7f }) {
		return "/"
	}
	u, err := url.Parse(next)
	if err != nil || u.IsAbs() || u.Host != "" || u.User != nil || strings.HasPrefix(u.Path, "//") || u.Path == "/sign-in" {
		return "/"
	}
	return next
}
