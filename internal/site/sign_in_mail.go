package site

import (
	"net/http"
	"strings"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/httpx"
)

// mailSignIn is the page on which a requester asks for a link by mail, and the
// one behind the link.
type mailSignIn struct {
	Address, Next string
	Fault         string
	Sent          bool
	Link          string // address of this page, where it is the one behind the link
}

func (v *visit) mailSignInPage() error {
	next := localPath(v.r.URL.Query().Get("next"))
	if v.signed != nil {
		v.redirect(next)
		return nil
	}
	return v.showMailSignIn(http.StatusOK, mailSignIn{Next: next})
}

func (v *visit) showMailSignIn(status int, form mailSignIn) error {
	f := v.newFrame("sign_in", v.t("site.mail_sign_in.title"))
	f.Narrow = true
	return v.show(status, "sign_in_mail", f, form)
}

// askLink has a link sent. The answer is the same for everybody, whoever they are.
func (v *visit) askLink() error {
	if err := v.r.ParseForm(); err != nil {
		return err
	}
	form := mailSignIn{Address: strings.TrimSpace(v.r.PostForm.Get("address")), Next: localPath(v.r.PostForm.Get("next"))}
	if err := v.options.SignIns.TryMail(v.r, v.account.ID, form.Address); err != nil {
		v.w.Header().Set("Retry-After", httpx.ProblemOf(err).GetHeaders().Get("Retry-After"))
		form.Fault = v.t("site.mail_sign_in.wait")
		return v.showMailSignIn(http.StatusTooManyRequests, form)
	}
	err := v.app.AskSignInLink(v.ctx(), v.account.ID, form.Address, form.Next, v.words.Language())
	if dm.CodeOf(err) == dm.Invalid {
		form.Fault = v.t("site.mail_sign_in.invalid")
		return v.showMailSignIn(http.StatusUnprocessableEntity, form)
	}
	if err != nil {
		return err
	}
	form.Sent = true
	return v.showMailSignIn(http.StatusOK, form)
}

// mailLinkPage asks before the link is used up, so that a program which looks at
// addresses in mails uses nothing up. The address holds a secret, so no other
// page hears of it.
func (v *visit) mailLinkPage() error {
	v.allowForm()
	worked, err := v.options.SignIns.TryLink(v.r)
	if err != nil {
		return err
	}
	if err := v.app.SignInLinkWorks(v.ctx(), v.account.ID, v.r.PathValue("secret")); err != nil {
		return err
	}
	worked()
	return v.showMailSignIn(http.StatusOK, mailSignIn{Link: v.r.URL.Path})
}

// enterByMail signs in.
func (v *visit) enterByMail() error {
	worked, err := v.options.SignIns.TryLink(v.r)
	if err != nil {
		return err
	}
	s, next, err := v.app.SignInByLink(v.ctx(), v.account.ID, v.r.PathValue("secret"))
	if err != nil {
		return err
	}
	worked()
	v.enter(s, next)
	return nil
}
