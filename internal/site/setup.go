package site

import (
	"net/http"
	"strings"
	"unicode/utf8"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/app"
	"github.com/deskmesh/deskmesh/internal/credential"
	"github.com/deskmesh/deskmesh/internal/httpx"
)

// setupForm is what the page behind a one-time link shows.
type setupForm struct {
	FirstRun bool
	Address  string
	Desk     string
	Name     string
	Sharing  bool
	Faults   map[string]string // by field: "desk", "name", "password"
	Least    int               // characters of a password
}

const maxName = 200

func (v *visit) setupPage() error {
	link, err := v.app.SetupPage(v.ctx(), v.account.ID, v.r.PathValue("secret"))
	if err != nil {
		return err
	}
	return v.showSetup(http.StatusOK, &setupForm{FirstRun: link.FirstRun, Address: link.Person.Address, Desk: link.AccountName, Name: link.Person.Name, Sharing: link.SharingEnabled})
}

func (v *visit) showSetup(status int, form *setupForm) error {
	form.Least = credential.MinPassword
	title := v.t("site.setup.invite.title")
	if form.FirstRun {
		title = v.t("site.setup.first.title")
	}
	f := v.newFrame("setup", title)
	f.Narrow = true
	return v.show(status, "setup", f, form)
}

// setup uses the link up: it sets the password, and on the first run the names
// and whether tickets can be shared. A wrong value leaves the link as it is.
func (v *visit) setup() error {
	secret := v.r.PathValue("secret")
	link, err := v.app.SetupPage(v.ctx(), v.account.ID, secret)
	if err != nil {
		return err
	}
	if err := v.r.ParseForm(); err != nil {
		return err
	}
	form := v.readSetup(link)
	password := v.r.PostForm.Get("password")
	v.checkSetup(form, password)
	if len(form.Faults) > 0 {
		return v.showSetup(http.StatusUnprocessableEntity, form)
	}
	session, expires, err := v.useLink(form, secret, password)
	if dm.CodeOf(err) == dm.Invalid {
		form.Faults["password"] = v.t("site.setup.password.refused")
		return v.showSetup(http.StatusUnprocessableEntity, form)
	}
	if err != nil {
		return err
	}
	if session == "" { // signing in asks for more than the password
		v.redirect("/sign-in")
		return nil
	}
	httpx.SetSession(v.w, v.account.BaseURL, session, expires.Std())
	if err := v.rename(form, link, session); err != nil {
		return err
	}
	v.redirect("/")
	return nil
}

func (v *visit) readSetup(link *app.SetupPage) *setupForm {
	post := v.r.PostForm
	form := &setupForm{FirstRun: link.FirstRun, Address: link.Person.Address, Faults: map[string]string{}}
	if form.FirstRun {
		form.Desk, form.Name = strings.TrimSpace(post.Get("desk")), strings.TrimSpace(post.Get("name"))
		form.Sharing = post.Get("sharing") == "on"
	}
	return form
}

// checkSetup notes what is wrong before the link is used, in the reader's words.
func (v *visit) checkSetup(form *setupForm, password string) {
	if form.FirstRun {
		for field, value := range map[string]string{"desk": form.Desk, "name": form.Name} {
			switch {
			case value == "":
				form.Faults[field] = v.t("site.setup.missing")
			case utf8.RuneCountInString(value) > maxName:
				form.Faults[field] = v.t("site.setup.long")
			}
		}
	}
	if credential.CheckPassword(password, form.Address) != nil {
		form.Faults["password"] = v.t("site.setup.password.refused")
	}
}

func (v *visit) useLink(form *setupForm, secret, password string) (session string, expires dm.Time, err error) {
	if form.FirstRun {
		session, expires, _, err = v.app.FinishSetup(v.ctx(), v.account.ID, secret, app.FirstRun{AccountName: form.Desk, Password: password, SharingEnabled: form.Sharing})
	} else {
		session, expires, _, err = v.app.TakeInvite(v.ctx(), v.account.ID, secret, password)
	}
	return session, expires, err
}

// rename gives the owner the name they typed, as themselves.
func (v *visit) rename(form *setupForm, link *app.SetupPage, session string) error {
	if !form.FirstRun || form.Name == link.Person.Name {
		return nil
	}
	signed, err := v.app.BySession(v.ctx(), v.account.ID, session)
	if err != nil {
		return err
	}
	return v.app.UpdatePerson(v.ctx(), signed.Viewer, signed.Viewer.Person(), app.PersonPatch{Name: &form.Name})
}
