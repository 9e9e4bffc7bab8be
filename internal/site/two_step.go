package site

import (
	"html/template"
	"net/http"
	"strings"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/app"
)

// twoStep is the page on which somebody sets up a second factor.
type twoStep struct {
	State  app.TOTPState
	Secret string        // in groups of four, to be typed
	Code   template.HTML // to be scanned
	Fault  string
	Codes  []string // recovery codes, shown once
}

// mustTwoStep says whether the visitor may see nothing but the page on which a
// second factor is set up.
func (v *visit) mustTwoStep() bool {
	if v.signed == nil || !v.signed.NeedsTOTP {
		return false
	}
	path := v.r.URL.Path
	return path != "/sign-out" && path != "/two-step" && !strings.HasPrefix(path, "/two-step/")
}

func (v *visit) twoStepPage() error {
	if !v.needSignedIn("/two-step") {
		return nil
	}
	return v.showTwoStep(http.StatusOK, &twoStep{})
}

func (v *visit) showTwoStep(status int, page *twoStep) error {
	setup, err := v.app.PendingTOTP(v.ctx(), v.viewer())
	if err != nil {
		return err
	}
	if page.State, err = v.app.TOTPState(v.ctx(), v.viewer()); err != nil {
		return err
	}
	if setup != nil {
		svg, err := app.QRCode(setup.URI, v.t("site.two_step.picture"))
		if err != nil {
			return err
		}
		page.Secret, page.Code = inFours(setup.Secret), template.HTML(svg) //nolint:gosec // QRCode escapes its texts
	}
	f := v.newFrame("two_step", v.t("site.two_step.title"))
	f.Narrow = true
	return v.show(status, "two_step", f, page)
}

// beginTwoStep makes a secret, which the page shows then.
func (v *visit) beginTwoStep() error {
	if !v.needSignedIn("/two-step") {
		return nil
	}
	if err := v.app.BeginTOTP(v.ctx(), v.viewer()); err != nil && dm.ReasonOf(err) != "totp_on" {
		return err
	}
	v.redirect("/two-step")
	return nil
}

// confirmTwoStep turns the second factor on with its first code and shows the
// recovery codes, this once. A wrong code counts as a try to sign in.
func (v *visit) confirmTwoStep() error {
	if !v.needSignedIn("/two-step") {
		return nil
	}
	if err := v.r.ParseForm(); err != nil {
		return err
	}
	if err := v.options.SignIns.Try(v.r, v.account.ID, v.person.Address); err != nil {
		return v.showTwoStep(http.StatusTooManyRequests, &twoStep{Fault: v.t("site.sign_in.wait")})
	}
	codes, err := v.app.ConfirmTOTP(v.ctx(), v.viewer(), v.r.PostForm.Get("code"))
	switch dm.ReasonOf(err) {
	case "wrong_code":
		return v.showTwoStep(http.StatusUnauthorized, &twoStep{Fault: v.t("site.two_step.wrong")})
	case "totp_off":
		v.redirect("/two-step")
		return nil
	}
	if err != nil {
		return err
	}
	v.options.SignIns.Succeeded(v.account.ID, v.person.Address)
	return v.showTwoStep(http.StatusOK, &twoStep{Codes: codes})
}

// inFours makes a long secret readable.
func inFours(text string) string {
	var b strings.Builder
	for i, r := range text {
		if i > 0 && i%4 == 0 {
			b.WriteByte(' ')
		}
		b.WriteRune(r)
	}
	return b.String()
}
