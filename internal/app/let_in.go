package app

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
	"github.com/deskmesh/deskmesh/internal/store"
)

// This file is what requesters do about who is in on their ticket: sharing it
// with people, and putting people in copy.

const (
	maxLetIn      = 50 // addresses at once
	letInPerson   = 30 // people whom one requester lets in within an hour
	letInTicket   = 30 // and who come in to one ticket
	guestLetters  = 3  // the least that a search of the directory begins with
	guestsAtOnce  = 10
	letInInterval = time.Hour
)

// letPeopleIn does what a requester asks about the people of their ticket.
func (w *work) letPeopleIn() error {
	if w.ch.LetIn == nil && len(w.ch.AddCCs) == 0 && len(w.ch.RemoveCCs) == 0 {
		return nil
	}
	if !w.viewer.IsRequester() {
		return dm.ErrForbidden
	}
	for _, step := range []func() error{w.shareAsRequester, w.addCCs, w.removeCCs} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// shareAsRequester shares the ticket with people, all or none.
func (w *work) shareAsRequester() error {
	in := w.ch.LetIn
	if in == nil {
		return nil
	}
	if err := w.portalShares(); err != nil {
		return err
	}
	level, err := w.portalLevel(in.Level)
	if err != nil {
		return err
	}
	guests, err := w.guests(in.Addresses, "addresses")
	if err != nil {
		return err
	}
	if err := w.sweepExpired(); err != nil {
		return err
	}
	var fresh []dm.Share
	for i := range guests {
		target := dm.Target{Kind: dm.TargetKind(guests[i].Kind), ID: guests[i].ID}
		if have := findShare(w.shares, target); have != nil {
			w.res.Shares = append(w.res.Shares, *have)
			continue
		}
		s := dm.Share{Target: target, TargetName: guests[i].Name, TargetLive: true, Level: level, ReplyPublic: level != dm.LevelView,
			Cause: dm.Cause{Kind: dm.CauseRequester, ID: w.viewer.Person()}, CreatedBy: w.viewer.Person()}
		if s.ExpiresAt, err = w.expiry(0, true); err != nil {
			return err
		}
		fresh = append(fresh, s)
	}
	if err := w.policyLetsIn(fresh, guests); err != nil {
		return err
	}
	if err := w.checkCaps(fresh); err != nil {
		return err
	}
	if err := w.checkLetIns(len(fresh)); err != nil {
		return err
	}
	for i := range fresh {
		if err := w.storeShare(&fresh[i], true); err != nil {
			return err
		}
	}
	return nil
}

// portalShares refuses new shares by requesters where the desk or the ticket
// allows none (S2-27).
func (w *work) portalShares() error {
	if w.dir.Settings.PortalShareScope == dm.PortalShareOff {
		return dm.Errorf(dm.Forbidden, "Requesters cannot share tickets at this desk.").With("portal_sharing_off")
	}
	if err := w.need(access.LetIn); err != nil {
		return err
	}
	return w.sharingOpen()
}

// portalLevel completes and checks what a requester gives: at most what the
// setting says, and never more than they have.
func (w *work) portalLevel(want dm.Level) (dm.Level, error) {
	most := w.dir.Settings.PortalShareLevel
	if want == "" {
		return most, nil
	}
	return want, checkLevel(want, most)
}

// guests finds the people with these primary addresses, each once. Whoever does
// not exist, may not be chosen, or goes by another address answers alike.
func (w *work) guests(addresses []string, field string) ([]store.Guest, error) {
	if len(addresses) == 0 {
		return nil, dm.BadField(field, "Choose at least one person.")
	}
	if len(addresses) > maxLetIn {
		return nil, dm.BadField(field, "At most %d people can be chosen at once.", maxLetIn)
	}
	circle, err := circleOf(w.tx, w.dir, w.viewer)
	if err != nil {
		return nil, err
	}
	var list []store.Guest
	for i, address := range addresses {
		g, err := w.guest(circle, address, field+"["+strconv.Itoa(i)+"]")
		if err != nil {
			return nil, err
		}
		if !slices.ContainsFunc(list, func(o store.Guest) bool { return o.ID == g.ID }) {
			list = append(list, *g)
		}
	}
	return list, nil
}

func (w *work) guest(c *circle, address, field string) (*store.Guest, error) {
	address = strings.TrimSpace(address)
	g, err := w.tx.GuestByAddress(w.account, address)
	switch {
	case err == nil && g.ID == w.viewer.Person():
		return nil, dm.BadField(field, "This is your own address.").With("self")
	case err == nil && c.has(g):
		return g, nil
	case err != nil && dm.CodeOf(err) != dm.NotFound:
		return nil, err
	case err != nil && w.dir.Settings.InviteUnknown && c.open():
		return w.invite(address, field)
	}
	return nil, noGuest(field)
}

func noGuest(field string) error {
	return dm.BadField(field, "There is nobody with this address whom you can choose.").With("unknown_guest")
}

// invite makes a requester of an address that nobody has, not even as a further
// one.
func (w *work) invite(address, field string) (*store.Guest, error) {
	if !validAddress(address) {
		return nil, dm.BadField(field, "This is not an e-mail address.")
	}
	if _, err := w.tx.PersonIDByAddress(w.account, address); err == nil {
		return nil, noGuest(field)
	}
	id, err := w.personByAddress(address, "", field)
	if err != nil {
		return nil, err
	}
	return &store.Guest{PersonRef: dm.PersonRef{ID: id, Name: address, Address: address, Kind: dm.Requester, Active: true}}, nil
}

// circle is the people whom a requester may let in (C16).
type circle struct {
	scope               dm.PortalShareScope
	department, company int64
}

func circleOf(tx *store.Tx, dir *store.Directory, v *access.Viewer) (*circle, error) {
	self, err := tx.GuestByID(v.Account(), v.Person())
	if err != nil {
		return nil, err
	}
	return &circle{scope: dir.Settings.PortalShareScope, department: self.DepartmentID, company: self.CompanyID}, nil
}

// open says that the circle is everybody: also where only CCs are let in.
func (c *circle) open() bool {
	return c.scope == dm.PortalShareAnyone || c.scope == dm.PortalShareOff
}

func (c *circle) has(g *store.Guest) bool {
	if !g.Active {
		return false
	}
	switch c.scope {
	case dm.PortalShareDepartment:
		return g.Kind == dm.Requester && c.department != 0 && g.DepartmentID == c.department
	case dm.PortalShareCompany:
		return g.Kind == dm.Requester && c.company != 0 && g.CompanyID == c.company
	}
	return true
}

// checkLetIns bounds how many people requesters let in, so that nobody sends
// mail to many through the desk.
func (w *work) checkLetIns(count int) error {
	if count == 0 {
		return nil
	}
	byPerson, inTicket, err := w.tx.LetIns(w.account, w.viewer.Person(), w.t.ID, w.tx.Now().Add(-letInInterval))
	if err != nil {
		return err
	}
	switch {
	case byPerson+count > letInPerson:
		return dm.Errorf(dm.RateLimited, "You can let in at most %d people within an hour. Please go on later.", letInPerson).With("let_in_limit")
	case inTicket+count > letInTicket:
		return dm.Errorf(dm.RateLimited, "At most %d people can be let in to a ticket within an hour. Please go on later.", letInTicket).With("let_in_limit")
	}
	return w.tx.NoteLetIns(w.account, w.viewer.Person(), w.t.ID, count)
}

// addCCs puts people in copy: public replies reach them by mail (S2-16).
func (w *work) addCCs() error {
	if len(w.ch.AddCCs) == 0 {
		return nil
	}
	if !w.dir.Settings.PortalCC {
		return dm.Errorf(dm.Forbidden, "Requesters cannot put others in copy at this desk.").With("portal_cc_off")
	}
	if err := w.need(access.LetIn); err != nil {
		return err
	}
	guests, err := w.guests(w.ch.AddCCs, "ccs")
	if err != nil {
		return err
	}
	ids := slices.Clone(w.t.CCs)
	for i := range guests {
		if !slices.Contains(ids, guests[i].ID) {
			ids = append(ids, guests[i].ID)
		}
	}
	slices.Sort(ids)
	if err := w.roomFor(len(ids) - len(w.t.CCs)); err != nil {
		return err
	}
	if err := w.checkLetIns(len(ids) - len(w.t.CCs)); err != nil {
		return err
	}
	return w.storeCCs(ids)
}

// removeCCs takes people out of copy. The ticket's requester may, and everybody
// for themselves.
func (w *work) removeCCs() error {
	if len(w.ch.RemoveCCs) == 0 {
		return nil
	}
	ids := slices.Clone(w.t.CCs)
	for _, id := range w.ch.RemoveCCs {
		if w.t.RequesterID != w.viewer.Person() && id != w.viewer.Person() {
			return dm.ErrForbidden
		}
		at := slices.Index(ids, id)
		if at < 0 {
			return dm.Missing("CC")
		}
		ids = slices.Delete(ids, at, at+1)
	}
	return w.storeCCs(ids)
}

func (w *work) storeCCs(ids []int64) error {
	w.change("cc", idList(w.t.CCs), idList(ids))
	w.t.CCs = ids
	return w.tx.SetCCs(w.account, w.t, ids)
}

// endAsRequester ends shares that requesters made: one's own, and in one's own
// ticket all of them. Others do not exist for a requester.
func (w *work) endAsRequester(ids []int64) error {
	for _, id := range ids {
		s := w.shareByID(id)
		me := w.viewer.Person()
		switch {
		case s == nil:
			return dm.Missing("share")
		case s.Target == dm.Target{Kind: dm.TargetRequester, ID: me}:
			if err := w.end(s, dm.ShareLeft, "left", true); err != nil {
				return err
			}
		case s.Cause.Kind == dm.CauseRequester && (s.CreatedBy == me || w.t.RequesterID == me):
			if err := w.end(s, dm.ShareRevoked, "revoked", true); err != nil {
				return err
			}
		default:
			return dm.Missing("share")
		}
	}
	return nil
}

// Guest is somebody whom a requester may let in.
type Guest struct {
	dm.PersonRef
	// Shared and InCopy say that they are in already.
	Shared, InCopy bool
}

// FindGuests finds people whom the requester of a ticket may let in to it: the
// one with that primary address, or where the account shows its directory also
// those whose name or address begins so. Too short a text finds nobody.
func (a *App) FindGuests(ctx context.Context, v *access.Viewer, number int64, q string) ([]Guest, error) {
	q = strings.TrimSpace(q)
	if utf8.RuneCountInString(q) > 320 {
		return nil, dm.BadField("q", "A search has at most 320 characters.")
	}
	return fetch(ctx, a, func(tx *store.Tx) ([]Guest, error) {
		f, err := tx.Ticket(v, number)
		if err != nil {
			return nil, err
		}
		if !v.IsRequester() || !f.Decision.Has(access.LetIn) {
			return nil, dm.ErrForbidden
		}
		dir, err := tx.Directory(v.Account())
		if err != nil {
			return nil, err
		}
		c, err := circleOf(tx, dir, v)
		if err != nil {
			return nil, err
		}
		found, err := c.find(tx, v, dir.Settings.PortalSearch, q)
		if err == nil {
			found, err = guestsAllowed(tx, dir, v, f, found)
		}
		list := make([]Guest, 0, len(found))
		for i := range found {
			g := Guest{PersonRef: found[i].PersonRef, InCopy: slices.Contains(f.Ticket.CCs, found[i].ID)}
			g.Shared = findShare(f.Shares, dm.Target{Kind: dm.TargetKind(g.Kind), ID: g.ID}) != nil
			list = append(list, g)
		}
		return list, err
	})
}

func (c *circle) find(tx *store.Tx, v *access.Viewer, how dm.PeopleSearch, q string) ([]store.Guest, error) {
	var list []store.Guest
	g, err := tx.GuestByAddress(v.Account(), q)
	if err == nil {
		list = append(list, *g)
	}
	if err != nil && dm.CodeOf(err) != dm.NotFound {
		return nil, err
	}
	lonely := c.scope == dm.PortalShareDepartment && c.department == 0 || c.scope == dm.PortalShareCompany && c.company == 0
	if how == dm.SearchDirectory && utf8.RuneCountInString(q) >= guestLetters && !lonely {
		department, company := c.department, c.company
		if c.scope != dm.PortalShareDepartment {
			department = 0
		}
		if c.scope != dm.PortalShareCompany {
			company = 0
		}
		named, err := tx.GuestsNamed(v.Account(), q, department, company, guestsAtOnce+2)
		if err != nil {
			return nil, err
		}
		for i := range named {
			if !slices.ContainsFunc(list, func(o store.Guest) bool { return o.ID == named[i].ID }) {
				list = append(list, named[i])
			}
		}
	}
	list = slices.DeleteFunc(list, func(g store.Guest) bool { return g.ID == v.Person() || !c.has(&g) })
	return list[:min(len(list), guestsAtOnce)], nil
}
