package site

import (
	"net/http"
	"net/url"
	"strings"
	"time"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/app"
	"github.com/deskmesh/deskmesh/internal/httpx"
)

// codeForm is what the second step of a sign-in shows.
type codeForm struct {
	Next  string
	Fault string
}

// stepLasts is how long the browser keeps a step; the step itself says when it
// is over.
const stepLasts = 10 * time.Minute

// askCode goes on to the second step. The page never holds the password: the
// browser keeps a sealed text that stands for it.
func (v *visit) askCode(step, next string) error {
	httpx.SetSigningIn(v.w, v.account.BaseURL, httpx.StepCookie, step, stepLasts)
	v.redirect(withNext("/sign-in/code", next))
	return nil
}

func withNext(path, next string) string {
	if next == "/" {
		return path
	}
	return path + "?next=" + url.QueryEscape(next)
}

func (v *visit) codePage() error {
	next := localPath(v.r.URL.Query().Get("next"))
	if v.signed != nil {
		v.redirect(next)
		return nil
	}
	if v.step() == "" {
		v.redirect(signInAddress(next))
		return nil
	}
	return v.showCode(http.StatusOK, codeForm{Next: next})
}

func (v *visit) step() string { return httpx.SigningIn(v.r, v.account.BaseURL, httpx.StepCookie) }

func (v *visit) showCode(status int, form codeForm) error {
	f := v.newFrame("sign_in", v.t("site.code.title"))
	f.Narrow = true
	return v.show(status, "code", f, form)
}

// code takes the code of an authenticator or a recovery code. Tries are counted
// together with those at the password.
func (v *visit) code() error {
	if err := v.r.ParseForm(); err != nil {
		return err
	}
	form := codeForm{Next: localPath(v.r.PostForm.Get("next"))}
	address := v.app.StepAddress(v.ctx(), v.account.ID, v.step())
	if address == "" {
		return v.stepOver(form.Next)
	}
	if err := v.options.SignIns.Try(v.r, v.account.ID, address); err != nil {
		v.w.Header().Set("Retry-After", httpx.ProblemOf(err).GetHeaders().Get("Retry-After"))
		form.Fault = v.t("site.sign_in.wait")
		return v.showCode(http.StatusTooManyRequests, form)
	}
	s, err := v.app.FinishSignIn(v.ctx(), v.account.ID, v.step(), strings.TrimSpace(v.r.PostForm.Get("code")))
	switch dm.ReasonOf(err) {
	case "wrong_code":
		form.Fault = v.t("site.code.wrong")
		return v.showCode(http.StatusUnauthorized, form)
	case "step_over", "wrong_sign_in":
		return v.stepOver(form.Next)
	}
	if err != nil {
		return err
	}
	v.options.SignIns.Succeeded(v.account.ID, address)
	httpx.EndSigningIn(v.w, v.account.BaseURL, httpx.StepCookie)
	v.enter(s, form.Next)
	return nil
}

// stepOver begins the sign-in anew.
func (v *visit) stepOver(next string) error {
	httpx.EndSigningIn(v.w, v.account.BaseURL, httpx.StepCookie)
	return v.showSignIn(http.StatusUnauthorized, signInForm{Next: next, Fault: v.t("site.code.over")})
}

// enter begins a session in the browser and goes on.
func (v *visit) enter(s app.NewSession, next string) {
	httpx.SetSession(v.w, v.account.BaseURL, s.Secret, s.Expires.Std())
	v.redirect(localPath(next))
}
