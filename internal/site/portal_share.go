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
	Link      linkTyped
	Address   string // of a link made just now, told this once
	LinkDays  []int
	NeedsPass bool
}

// linkTyped is what was typed of a new link, and what is wrong with it.
type linkTyped struct {
	Level        dm.Level
	Label, Fault string
	Days         int
}

const (
	linkDays     = 14  // that a link is for as a rule
	maxChosen    = 600 // bytes of an address and a name
	chosenAtOnce = 50
)

// shareState prepares a page about the people of a ticket.
func (v *visit) shareState(number int64) (*sharePage, error) {
	view, err := v.app.PortalTicket(v.ctx(), v.requester(), number)
	if err != nil {
		return nil, err
	}
	if v.person.Kind != dm.Requester {
		view.Offers.Links = false // an agent makes links in the workspace, as an agent
	}
	set := &v.signed.Directory.Settings
	page := &sharePage{PortalTicket: view, Path: portalTicket(number), Directory: set.PortalSearch == dm.SearchDirectory, Level: view.Offers.Level, NeedsPass: set.LinkPassword, Link: linkTyped{Level: dm.LevelView, Days: linkDays}}
	for _, l := range dm.Levels {
		if l.Rank() <= view.Offers.Level.Rank() {
			page.Levels = append(page.Levels, l)
		}
	}
	for _, days := range []int{1, 7, linkDays, 30, 90} {
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
	page.Chosen = chosen(in.Values["who"], act, value)
	page.Query = in.text("q")
	if level := dm.Level(in.Get("level")); slices.Contains(page.Levels, level) {
		page.Level = level
	}
	switch act {
	case "share", "cc":
		if len(page.Chosen) == 0 && page.Query != "" {
			page.Chosen = chosen([]string{page.Query}, "", "") // whoever typed an address and pressed the button
		}
		fault, status, err := v.letIn(page, number, act)
		if err != nil {
			return err
		}
		if fault == "" {
			v.redirect(page.Path + "?done=" + map[string]string{"share": "shared", "cc": "cc"}[act])
			return nil
		}
		page.Fault = fault
		return v.showShare(status, page)
	case "add":
		page.Query = ""
	case "search":
		if err := v.findGuests(page, number); err != nil {
			return err
		}
	}
	return v.showShare(http.StatusOK, page)
}

// chosen gives who is chosen after a button was pressed. Each comes as an address,
// with the name that the search found behind a space: nobody is looked up again,
// which would be a search that does not count.
func chosen(who []string, act, value string) []app.Guest {
	if act == "add" {
		who = append(who, value)
	}
	var list []app.Guest
	for _, text := range who {
		address, name, _ := strings.Cut(strings.TrimSpace(text), " ")
		if name == "" {
			name = address
		}
		if address == "" || len(text) > maxChosen || len(list) == chosenAtOnce || act == "drop" && address == value ||
			slices.ContainsFunc(list, func(g app.Guest) bool { return g.Address == address }) {
			continue
		}
		list = append(list, app.Guest{PersonRef: dm.PersonRef{Name: name, Address: address}})
	}
	return list
}

// letIn lets in who is chosen. It gives what the reader can mend, and its status.
func (v *visit) letIn(page *sharePage, number int64, act string) (fault string, status int, err error) {
	if len(page.Chosen) == 0 {
		return v.t("site.share.fault.nobody"), http.StatusUnprocessableEntity, nil
	}
	done, err := v.options.SignIns.TryLetIn(v.account.ID, v.person.ID)
	if err != nil {
		return v.t("site.share.fault.slow"), http.StatusTooManyRequests, nil //nolint:nilerr // it is told
	}
	var who []string
	for i := range page.Chosen {
		who = append(who, page.Chosen[i].Address)
	}
	ch := dm.Change{Number: number, Via: dm.ViaPortal}
	if act == "share" {
		ch.LetIn = &dm.LetIn{Addresses: who, Level: page.Level}
	} else {
		ch.AddCCs = who
	}
	if _, err = v.app.Apply(v.ctx(), v.requester(), ch); err == nil {
		done()
		return "", 0, nil
	}
	if fault, status = v.faultOf(err); fault != "" {
		err = nil
	}
	return fault, status, err
}

// findGuests searches for people.
func (v *visit) findGuests(page *sharePage, number int64) error {
	if page.Query == "" || !page.Offers.Share && !page.Offers.CC {
		return nil
	}
	if err := v.options.SignIns.TrySearch(v.account.ID, v.person.ID); err != nil {
		page.Fault = v.t("site.share.fault.slow")
		return nil //nolint:nilerr // it is told
	}
	page.Searched = true
	found, err := v.app.FindGuests(v.ctx(), v.requester(), number, page.Query)
	if err != nil {
		return err
	}
	isChosen := func(address string) bool {
		return slices.ContainsFunc(page.Chosen, func(g app.Guest) bool { return g.Address == address })
	}
	page.Results = slices.DeleteFunc(found, func(g app.Guest) bool { return isChosen(g.Address) })
	if len(found) == 0 && v.signed.Directory.Settings.InviteUnknown && strings.Contains(page.Query, "@") && !isChosen(page.Query) {
		page.Invite = page.Query
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
	page.Link = linkTyped{Level: n.Level, Label: n.Label, Days: linkDays}
	if days, err := strconv.Atoi(in.Get("days")); err == nil && slices.Contains(page.LinkDays, days) {
		end := dm.TimeOf(v.options.Now()).Add(time.Duration(days) * 24 * time.Hour)
		n.ExpiresAt, page.Link.Days = &end, days
	}
	res, err := v.app.MakePublicLink(v.ctx(), v.requester(), number, n, in.Get("password"))
	if err != nil {
		fault, status := v.faultOf(err)
		if fault == "" {
			return err
		}
		page.Link.Fault = fault
		if slices.Contains(faultyFields(err), "password") {
			page.Link.Fault = v.t("site.share.fault.password", "count", strconv.Itoa(app.LinkPassword))
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
