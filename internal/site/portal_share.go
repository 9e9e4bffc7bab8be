package site

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/app"
)

// sharePage is where a requester lets people in. It is one form: what was chosen
// stands in it, and nothing happens before a button that says so (S2-15).
type sharePage struct {
	*app.PortalTicket
	Path      string
	Query     string
	Directory bool // names can be searched, too
	Searched  bool
	Results   []app.Guest
	Invite    string // an address that nobody has, which can be invited; ""
	Chosen    []app.Guest
	Level     dm.Level
	Levels    []dm.Level
	Fault     string
	LinkFault string
	Address   string // of a link made just now, told this once
	LinkDays  []int
	NeedsPass bool
}

// shareNumber prepares a page about the people of a ticket.
func (v *visit) shareState(number int64) (*sharePage, error) {
	view, err := v.app.PortalTicket(v.ctx(), v.requester(), number)
	if err != nil {
		return nil, err
	}
	if v.person.Kind != dm.Requester {
		view.Offers.Links = false // an agent makes links in the workspace, as an agent
	}
	set := &v.signed.Directory.Settings
	page := &sharePage{PortalTicket: view, Path: portalTicket(number), Directory: set.PortalSearch == dm.SearchDirectory, Level: view.Offers.Level, NeedsPass: set.LinkPassword}
	for _, l := range dm.Levels {
		if l.Rank() <= view.Offers.Level.Rank() {
			page.Levels = append(page.Levels, l)
		}
	}
	for _, days := range []int{1, 7, 14, 30, 90} {
		if set.LinkMaxDays == 0 || days <= set.LinkMaxDays {
			page.LinkDays = append(page.LinkDays, days)
		}
	}
	return page, nil
}

func (v *visit) showShare(status int, page *sharePage) error {
	return v.show(status, "share", v.newFrame("tickets", v.t("site.share.title")), page)
}

// sharePage shows whom the ticket is shared with, and the search for people.
func (v *visit) sharePage() error {
	number, ok, err := v.portalNumber()
	if !ok {
		return err
	}
	page, err := v.shareState(number)
	if err != nil {
		return err
	}
	return v.showShare(http.StatusOK, page)
}

// share does what its form asks: search, choose, share, or put in copy.
func (v *visit) share() error {
	number, in, err := v.portalForm()
	if in == nil {
		return err
	}
	page, err := v.shareState(number)
	if err != nil {
		return err
	}
	act, value, _ := strings.Cut(in.Get("do"), ":")
	who := chosen(in.Values["who"], act, value)
	page.Query = in.text("q")
	if level := dm.Level(in.Get("level")); slices.Contains(page.Levels, level) {
		page.Level = level
	}
	switch act {
	case "share", "cc":
		if len(who) == 0 && page.Query != "" {
			who = []string{page.Query} // whoever typed an address and pressed the button
		}
		err := v.letIn(number, act, who, page.Level)
		if err == nil {
			v.redirect(page.Path + "?done=" + map[string]string{"share": "shared", "cc": "cc"}[act])
			return nil
		}
		fault, status := v.faultOf(err)
		if fault == "" {
			return err
		}
		if page.Fault = fault; len(who) == 0 {
			page.Fault = v.t("site.share.fault.nobody")
		}
		if err := v.fillShare(page, number, who, false); err != nil {
			return err
		}
		return v.showShare(status, page)
	case "add":
		page.Query = ""
	}
	if err := v.fillShare(page, number, who, act == "search"); err != nil {
		return err
	}
	return v.showShare(http.StatusOK, page)
}

// chosen gives the addresses that are chosen after a button was pressed.
func chosen(who []string, act, value string) []string {
	switch act {
	case "add":
		who = append(who, value)
	case "drop":
		who = slices.DeleteFunc(who, func(a string) bool { return a == value })
	}
	var list []string
	for _, a := range who {
		if a = strings.TrimSpace(a); a != "" && len(a) <= 320 && len(list) < 50 && !slices.Contains(list, a) {
			list = append(list, a)
		}
	}
	return list
}

func (v *visit) letIn(number int64, act string, who []string, level dm.Level) error {
	ch := dm.Change{Number: number, Via: dm.ViaPortal}
	if act == "share" {
		ch.LetIn = &dm.LetIn{Addresses: who, Level: level}
	} else if ch.AddCCs = who; len(who) == 0 {
		return dm.BadField("ccs", "Choose at least one person.")
	}
	_, err := v.app.Apply(v.ctx(), v.requester(), ch)
	return err
}

// fillShare finds those who are chosen, and what the search finds.
func (v *visit) fillShare(page *sharePage, number int64, who []string, search bool) error {
	if !page.Offers.Share && !page.Offers.CC {
		return nil
	}
	if search && page.Query != "" {
		if err := v.options.SignIns.TrySearch(v.account.ID, v.person.ID); err != nil {
			page.Fault = v.t("site.share.fault.slow")
		} else {
			page.Searched = true
			found, err := v.app.FindGuests(v.ctx(), v.requester(), number, page.Query)
			if err != nil {
				return err
			}
			page.Results = slices.DeleteFunc(found, func(g app.Guest) bool { return slices.Contains(who, g.Address) })
			if len(found) == 0 && v.signed.Directory.Settings.InviteUnknown && strings.Contains(page.Query, "@") && !slices.Contains(who, page.Query) {
				page.Invite = page.Query
			}
		}
	}
	for _, address := range who {
		found, err := v.app.FindGuests(v.ctx(), v.requester(), number, address)
		if err != nil {
			return err
		}
		g := app.Guest{PersonRef: dm.PersonRef{Name: address, Address: address}}
		if len(found) > 0 && strings.EqualFold(found[0].Address, address) {
			g = found[0]
		}
		page.Chosen = append(page.Chosen, g)
	}
	return nil
}

// removePerson ends a share, or takes somebody out of copy.
func (v *visit) removePerson() error {
	number, in, err := v.portalForm()
	if in == nil {
		return err
	}
	ch := dm.Change{Number: number, Via: dm.ViaPortal}
	if id, err := strconv.ParseInt(in.Get("share"), 10, 64); err == nil {
		ch.Unshare = []int64{id}
	}
	if id, err := strconv.ParseInt(in.Get("cc"), 10, 64); err == nil {
		ch.RemoveCCs = []int64{id}
	}
	if _, err := v.app.Apply(v.ctx(), v.requester(), ch); err != nil {
		return err
	}
	if _, err := v.app.PortalTicket(v.ctx(), v.requester(), number); dm.CodeOf(err) == dm.NotFound {
		v.redirect(app.PortalPath) // they have left
		return nil
	}
	v.redirect(portalTicket(number) + "?done=removed")
	return nil
}

// makeLink makes a public link and tells its address, this once.
func (v *visit) makeLink() error {
	number, in, err := v.portalForm()
	if in == nil {
		return err
	}
	page, err := v.shareState(number)
	if err != nil {
		return err
	}
	if !page.Offers.Links {
		return dm.ErrForbidden
	}
	n := dm.NewPublicLink{Level: dm.Level(in.Get("level")), Label: in.text("label")}
	if days, err := strconv.Atoi(in.Get("days")); err == nil && slices.Contains(page.LinkDays, days) {
		end := dm.TimeOf(v.options.Now()).Add(time.Duration(days) * 24 * time.Hour)
		n.ExpiresAt = &end
	}
	res, err := v.app.MakePublicLink(v.ctx(), v.requester(), number, n, in.Get("password"))
	if err != nil {
		fault, status := v.faultOf(err)
		if fault == "" {
			return err
		}
		page.LinkFault = fault
		if slices.Contains(faultyFields(err), "password") {
			page.LinkFault = v.t("site.share.fault.password", "count", strconv.Itoa(app.LinkPassword))
		}
		return v.showShare(status, page)
	}
	fresh, err := v.shareState(number)
	if err != nil {
		return err
	}
	fresh.Address = app.LinkAddress(v.account, res.Secret)
	return v.showShare(http.StatusOK, fresh)
}

// revokeLink ends one of the requester's own public links.
func (v *visit) revokeLink() error {
	number, ok, err := v.portalNumber()
	if !ok {
		return err
	}
	id, err := strconv.ParseInt(v.r.PathValue("id"), 10, 64)
	if err != nil {
		return dm.Missing("link")
	}
	if _, err := v.app.Apply(v.ctx(), v.requester(), dm.Change{Number: number, Via: dm.ViaPortal, PublicLinks: dm.LinkChanges{Revoke: []int64{id}}}); err != nil {
		return err
	}
	v.redirect(portalTicket(number) + "?done=revoked")
	return nil
}
