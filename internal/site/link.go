package site

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/app"
	"github.com/deskmesh/deskmesh/internal/httpx"
)

// This file is the pages behind public links. Whoever holds one sees the public
// part of one ticket and nothing else of the desk.

// linkPage is the ticket behind a link.
type linkPage struct {
	*app.LinkTicket
	Path     string // of the link
	Tone     string
	Messages []linkMessage
	Later    string // address of the messages after these; "" for none
	Paged    bool
	Composer *linkForm // nil where the link is for reading
}

// linkMessage is a message as a holder of the link sees it: by name alone.
type linkMessage struct {
	ID        int64
	Name      string
	Text      string
	Requester bool
	ByLink    bool
	Hue       int64
	CreatedAt dm.Time
	Files     []shownFile
}

// linkForm is what was typed into the answer.
type linkForm struct{ Name, Text, Fault string }

// linkGate asks before a visit begins.
type linkGate struct {
	Path     string
	Password bool
	Left     int // visits that may still begin; 0 where they are not counted
	Fault    string
	// What was typed before the visit was over.
	Name, Text string
}

// leastWait is how long the answer of a link that opens nothing takes at least:
// it tells nothing of why.
const leastWait = 25 * time.Millisecond

func (v *visit) linkPath() string { return app.LinkPath + v.r.PathValue("secret") }

// atLink prepares a request for a link's page: what its answer tells browsers
// and searchers, how many tries there are, and who must sign in first. Where it
// gives nil, the request is answered.
func (v *visit) atLink(h func(*app.LinkVisit) error) error {
	head := v.w.Header()
	head.Set("X-Robots-Tag", "noindex, nofollow, noarchive")
	head.Set("Referrer-Policy", "no-referrer")
	began := v.options.Now()
	opened, err := v.options.SignIns.TryLink(v.r)
	if err != nil {
		return err
	}
	needed, err := v.app.LinksNeedSignIn(v.ctx(), v.account.ID)
	if err != nil {
		return err
	}
	if needed && !v.needSignedIn(v.linkPath()) {
		return nil
	}
	err = h(&app.LinkVisit{Account: v.account.ID, Secret: v.r.PathValue("secret"), Visit: httpx.LinkVisit(v.r, v.account.BaseURL), Address: httpx.RemoteIP(v.r).String()})
	if dm.ReasonOf(err) != app.ErrLinkClosed.Reason {
		opened()
		return err
	}
	rest := time.NewTimer(leastWait - v.options.Now().Sub(began))
	defer rest.Stop()
	select {
	case <-rest.C:
	case <-v.ctx().Done():
	}
	return err
}

// link shows the ticket behind a link. A visit that asks for nothing begins
// here; whoever is signed in and may open the ticket is taken to it.
func (v *visit) link() error {
	return v.atLink(func(visit *app.LinkVisit) error {
		door, err := v.app.LinkDoor(v.ctx(), visit)
		if err != nil {
			return err
		}
		if v.signed != nil {
			if _, err := v.app.Ticket(v.ctx(), v.viewer(), door.Number); err == nil {
				v.redirect(ticketAddress(door.Number))
				return nil
			}
		}
		switch {
		case door.Inside:
		case door.Asks, v.r.Method == http.MethodHead:
			return v.showGate(http.StatusOK, door, &linkGate{})
		default:
			if err := v.beginVisit(visit, ""); err != nil {
				return err
			}
		}
		return v.showLink(http.StatusOK, visit, &linkForm{})
	})
}

// beginVisit begins a visit and leaves its cookie in the browser.
func (v *visit) beginVisit(visit *app.LinkVisit, password string) error {
	secret, err := v.app.EnterLink(v.ctx(), visit, password)
	if err != nil {
		return err
	}
	httpx.SetLinkVisit(v.w, v.account.BaseURL, v.linkPath(), secret, app.VisitLasts)
	visit.Visit = secret
	return nil
}

// enterLink begins a visit that the visitor was asked about.
func (v *visit) enterLink() error {
	if err := v.r.ParseForm(); err != nil {
		return err
	}
	return v.atLink(func(visit *app.LinkVisit) error {
		door, err := v.app.LinkDoor(v.ctx(), visit)
		if err != nil {
			return err
		}
		form := v.typedForm()
		if !door.Inside {
			err = v.beginVisit(visit, v.r.PostForm.Get("password"))
		}
		gate := &linkGate{Name: form.Name, Text: form.Text}
		switch {
		case dm.ReasonOf(err) == app.ErrLinkPassword.Reason:
			gate.Fault = v.t("site.link.wrong")
			return v.showGate(http.StatusUnprocessableEntity, door, gate)
		case dm.CodeOf(err) == dm.RateLimited:
			gate.Fault = v.t("site.link.wait")
			return v.showGate(http.StatusTooManyRequests, door, gate)
		case err != nil:
			return err
		case form.Text != "":
			return v.showLink(http.StatusOK, visit, form)
		}
		v.redirect(v.linkPath())
		return nil
	})
}

func (v *visit) typedForm() *linkForm {
	post := v.r.PostForm
	return &linkForm{Name: strings.TrimSpace(post.Get("name")), Text: strings.ReplaceAll(post.Get("text"), "\r\n", "\n")}
}

// writeByLink adds a message. Where the visit is over, the visitor is asked again
// and what they typed stays.
func (v *visit) writeByLink() error {
	if err := v.r.ParseForm(); err != nil {
		return err
	}
	return v.atLink(func(visit *app.LinkVisit) error {
		door, err := v.app.LinkDoor(v.ctx(), visit)
		if err != nil {
			return err
		}
		form := v.typedForm()
		if !door.Inside {
			return v.showGate(http.StatusOK, door, &linkGate{Name: form.Name, Text: form.Text})
		}
		if strings.TrimSpace(form.Text) == "" {
			form.Fault = v.t("site.ticket.empty")
			return v.showLink(http.StatusUnprocessableEntity, visit, form)
		}
		res, err := v.app.ReplyByLink(v.ctx(), visit, form.Name, form.Text)
		switch dm.CodeOf(err) {
		case dm.Invalid, dm.TooLarge:
			form.Fault = v.t("site.ticket.refused")
			return v.showLink(http.StatusUnprocessableEntity, visit, form)
		case dm.RateLimited:
			form.Fault = v.t("site.link.many")
			return v.showLink(http.StatusTooManyRequests, visit, form)
		}
		if err != nil {
			return err
		}
		v.redirect(v.linkPath() + "#message-" + strconv.FormatInt(res.Messages[0].ID, 10))
		return nil
	})
}

// linkFile sends a file of a public message to be saved.
func (v *visit) linkFile() error {
	return v.atLink(func(visit *app.LinkVisit) error {
		id, err := strconv.ParseInt(v.r.PathValue("id"), 10, 64)
		if err != nil {
			return app.ErrLinkClosed
		}
		file, body, err := v.app.LinkFile(v.ctx(), visit, id)
		if dm.CodeOf(err) == dm.NotFound {
			return app.ErrLinkClosed
		}
		if err != nil {
			return err
		}
		return v.sendFile(file, body)
	})
}

// bare is the frame of a page that leads nowhere else.
func (v *visit) bare(title string) *frame {
	f := v.newFrame("link", title)
	f.Bare, f.Person = true, nil
	return f
}

// branded is bare with the name and look of a brand.
func (v *visit) branded(title string, brand *dm.Brand) *frame {
	v.face = brand
	f := v.bare(title)
	f.Account = brand.Name
	return f
}

func (v *visit) showGate(status int, door *app.LinkDoor, gate *linkGate) error {
	v.allowForm()
	l := &door.Link
	gate.Path, gate.Password = v.linkPath(), l.PasswordHash != ""
	if l.MaxUses > 0 {
		gate.Left = l.MaxUses - l.Uses
	}
	f := v.branded(v.t("site.link.gate"), &door.Brand)
	f.Narrow = true
	return v.show(status, "link_gate", f, gate)
}

// allowForm lets browsers name the origin of the form on the page, by which a
// forged one is told apart. No other site hears of the address.
func (v *visit) allowForm() { v.w.Header().Set("Referrer-Policy", "same-origin") }

func (v *visit) showLink(status int, visit *app.LinkVisit, form *linkForm) error {
	after, err := strconv.ParseInt(v.r.URL.Query().Get("after"), 10, 64)
	if err != nil || after < 0 {
		after = 0
	}
	view, err := v.app.LinkTicket(v.ctx(), visit, after, messagesShown+1)
	if err != nil {
		return err
	}
	page := &linkPage{LinkTicket: view, Path: v.linkPath(), Tone: statusTone(view.Ticket.Status), Paged: after > 0}
	list := view.Messages
	if len(list) > messagesShown {
		list = list[:messagesShown]
		page.Later = page.Path + "?after=" + strconv.FormatInt(list[messagesShown-1].ID, 10)
	}
	for i := range list {
		page.Messages = append(page.Messages, v.linkMessage(view, &list[i]))
	}
	if view.MayReply {
		v.allowForm()
		page.Composer = form
	}
	f := v.branded(view.Ticket.Subject, &view.Brand)
	f.Medium = true
	return v.show(status, "link", f, page)
}

// linkMessage leaves out everything of a message that is not for strangers: the
// addresses of people, also where one stands for a name.
func (v *visit) linkMessage(view *app.LinkTicket, m *app.MessageRow) linkMessage {
	out := linkMessage{ID: m.ID, Text: m.Text, ByLink: m.LinkID != 0, Requester: m.AuthorID != 0 && m.AuthorID == view.Requester, Hue: m.AuthorID, CreatedAt: m.CreatedAt}
	name, instead := m.Author.Name, "site.ticket.system"
	switch {
	case out.ByLink:
		name, instead = m.Visitor, "site.link.visitor"
	case out.Requester, m.Author.Kind == dm.Requester:
		instead = "site.ticket.requester"
	}
	if name == "" || strings.Contains(name, "@") {
		name = v.t(instead)
	}
	out.Name = name
	for i := range m.Attachments {
		out.Files = append(out.Files, shownFile{ID: m.Attachments[i].ID, Name: m.Attachments[i].Name, Size: fileSize(m.Attachments[i].Size)})
	}
	return out
}
