package site

import (
	"net/http"
	"slices"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/app"
	"github.com/deskmesh/deskmesh/internal/credential"
	"github.com/deskmesh/deskmesh/internal/httpx"
	"github.com/deskmesh/deskmesh/locales"
)

// mePage is somebody's own page.
type mePage struct {
	Name, Address, Language string
	Languages               []string
	Notices                 []noticeSwitch
	HasPassword             bool
	Least                   int
	Faults                  map[string]string // by field: "name", "old", "password"
	Done                    string
}

// Locked says whether the account decides some of the mails.
func (p *mePage) Locked() bool {
	return slices.ContainsFunc(p.Notices, func(n noticeSwitch) bool { return n.Locked })
}

// noticeSwitch is one kind of mail; a locked one is decided by the account.
type noticeSwitch struct {
	Kind       dm.NoticeKind
	On, Locked bool
}

// portalNotices are the kinds of notice that requesters get.
var portalNotices = []dm.NoticeKind{dm.NoticeReply, dm.NoticeShared, dm.NoticeUnshared, dm.NoticeShareExpired}

func (v *visit) mePage() error {
	if ok, err := v.inPortal(app.PortalPath + "/me"); !ok {
		return err
	}
	page := &mePage{Name: v.person.Name}
	if done := v.r.URL.Query().Get("done"); slices.Contains([]string{"profile", "password", "notices"}, done) {
		page.Done = v.t("site.me.done." + done)
	}
	return v.showMe(http.StatusOK, page)
}

func (v *visit) showMe(status int, page *mePage) error {
	own, err := v.app.OwnNoticeSettings(v.ctx(), v.requester())
	if err != nil {
		return err
	}
	for _, kind := range portalNotices {
		for _, row := range own.Rows {
			if cell := row.By[dm.NoticeMail]; row.Kind == kind {
				page.Notices = append(page.Notices, noticeSwitch{kind, cell.On, cell.Locked})
			}
		}
	}
	page.Address, page.Language, page.Languages = v.person.Address, v.person.Language, locales.Languages()
	page.HasPassword, page.Least = v.person.HasPassword, credential.MinPassword
	return v.show(status, "me", v.newFrame("me", v.t("site.me.title")), page)
}

// saveMe changes name and language.
func (v *visit) saveMe() error {
	if ok, err := v.inPortal(app.PortalPath + "/me"); !ok {
		return err
	}
	in, err := v.readForm()
	if err != nil {
		return err
	}
	name, language := in.text("name"), in.Get("language")
	if !slices.Contains(locales.Languages(), language) {
		language = ""
	}
	err = v.app.UpdatePerson(v.ctx(), v.viewer(), v.person.ID, app.PersonPatch{Name: &name, Language: &language})
	if dm.CodeOf(err) == dm.Invalid {
		fault := v.t("site.setup.long")
		if name == "" {
			fault = v.t("site.setup.missing")
		}
		return v.showMe(http.StatusUnprocessableEntity, &mePage{Name: name, Faults: map[string]string{"name": fault}})
	}
	if err != nil {
		return err
	}
	v.redirect(app.PortalPath + "/me?done=profile")
	return nil
}

// savePassword changes the password. Whoever signs in by mail alone has none to
// change.
func (v *visit) savePassword() error {
	if ok, err := v.inPortal(app.PortalPath + "/me"); !ok {
		return err
	}
	in, err := v.readForm()
	if err != nil {
		return err
	}
	page := &mePage{Name: v.person.Name, Faults: map[string]string{}}
	if err := v.options.SignIns.Try(v.r, v.account.ID, v.person.Address); err != nil {
		page.Faults["old"] = v.t("site.sign_in.wait")
		return v.showMe(http.StatusTooManyRequests, page)
	}
	err = v.app.ChangePassword(v.ctx(), v.viewer(), httpx.SessionSecret(v.r, v.account.BaseURL), in.Get("old"), in.Get("password"))
	switch dm.CodeOf(err) {
	case dm.Unauthenticated:
		page.Faults["old"] = v.t("site.me.wrong")
		return v.showMe(http.StatusUnprocessableEntity, page)
	case dm.Invalid:
		page.Faults["password"] = v.t("site.setup.password.refused")
		return v.showMe(http.StatusUnprocessableEntity, page)
	}
	if err != nil {
		return err
	}
	v.options.SignIns.Succeeded(v.account.ID, v.person.Address)
	v.redirect(app.PortalPath + "/me?done=password")
	return nil
}

// saveNotices says which mails somebody wants.
func (v *visit) saveNotices() error {
	if ok, err := v.inPortal(app.PortalPath + "/me"); !ok {
		return err
	}
	in, err := v.readForm()
	if err != nil {
		return err
	}
	own, err := v.app.OwnNoticeSettings(v.ctx(), v.requester())
	if err != nil {
		return err
	}
	var wishes []app.NoticeWish
	for _, row := range own.Rows {
		if row.By[dm.NoticeMail].Locked || !slices.Contains(portalNotices, row.Kind) {
			continue // its box is no part of the form
		}
		on := slices.Contains(in.Values["on"], string(row.Kind))
		wishes = append(wishes, app.NoticeWish{Kind: row.Kind, By: map[dm.NoticeChannel]*dm.NoticeCell{dm.NoticeMail: {On: on}}})
	}
	if err := v.app.SetOwnNoticeSettings(v.ctx(), v.requester(), wishes, app.NoticeTimesPatch{}); err != nil {
		return err
	}
	v.redirect(app.PortalPath + "/me?done=notices")
	return nil
}
