package app

import (
	"context"
	"slices"
	"strings"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
	"github.com/deskmesh/deskmesh/internal/store"
)

// PortalPath leads to the requesters' portal.
const PortalPath = "/portal"

// PortalTicket is a ticket as requesters see it: no note, tag, field, group or
// assignee, and of its people those who read as requesters or were let in by one.
type PortalTicket struct {
	Number    int64
	Subject   string
	Status    dm.Status
	OwnStatus string // name of the account's own status, or ""
	Type      dm.TicketType
	Priority  dm.Priority
	Brand     string
	CreatedAt dm.Time
	UpdatedAt dm.Time
	Requester dm.PersonRef
	Mine      bool // the viewer asked
	Members   []Member
	Links     []LinkView // those that the viewer made
	Offers    PortalOffers
	Fields    []PortalField    // own fields with a value that requesters see, and those the viewer may change
	Rating    *dm.Satisfaction // what was said of how it was solved; nil for nothing yet
}

// Member is somebody who is in on a ticket, as requesters know them.
type Member struct {
	dm.PersonRef
	InCopy  bool
	ShareID int64    // 0 where they are not in by a share
	Level   dm.Level // of the share
	By      string   // who let them in
	// MayRemove says that the viewer may take them out; Self that it is the viewer,
	// and ByMe that the viewer let them in.
	MayRemove, Self, ByMe bool
}

// PortalOffers is what the viewer may do in a ticket.
type PortalOffers struct {
	Reply, Solve, Reopen, Details bool
	Share, CC, Links              bool
	Rate                          bool     // the viewer is asked how it was solved
	Level                         dm.Level // the most that a share gives
}

// Opens says whether there is anything to do on the page for sharing.
func (o *PortalOffers) Opens() bool { return o.Share || o.CC || o.Links }

// PortalTicket gives a ticket to a requester. The first time somebody opens a
// ticket that is shared with them, that is noted.
func (a *App) PortalTicket(ctx context.Context, v *access.Viewer, number int64) (*PortalTicket, error) {
	v = v.AsRequester()
	var out *PortalTicket
	var f *store.Found
	err := a.DB.Read(ctx, func(tx *store.Tx) (err error) {
		if f, err = tx.Ticket(v, number); err != nil {
			return err
		}
		dir, err := tx.Directory(v.Account())
		if err != nil {
			return err
		}
		out, err = portalTicket(tx, dir, v, f)
		return err
	})
	if err != nil {
		return nil, err
	}
	return out, a.noteOpened(ctx, v, f)
}

func portalTicket(tx *store.Tx, dir *store.Directory, v *access.Viewer, f *store.Found) (*PortalTicket, error) {
	t := &f.Ticket
	ids := append([]int64{t.RequesterID}, t.CCs...)
	for i := range f.Shares {
		ids = append(ids, f.Shares[i].CreatedBy)
	}
	people, err := tx.PeopleRefs(v.Account(), distinct(ids))
	if err != nil {
		return nil, err
	}
	out := &PortalTicket{Number: t.Number, Subject: t.Subject, Status: t.Status, OwnStatus: dir.Statuses[t.StatusID].Name, Type: t.Type, Priority: t.Priority,
		Brand: dir.BrandOf(t.InboxID).Name, CreatedAt: t.CreatedAt, UpdatedAt: t.UpdatedAt, Requester: people[t.RequesterID], Mine: t.RequesterID == v.Person()}
	out.Members = members(v, f, people)
	out.Offers = offers(dir, v, f)
	if err := addPortalFields(tx, dir, v, f, out); err != nil {
		return nil, err
	}
	if out.Offers.Rate, err = asksSatisfaction(tx, dir, v, f); err != nil {
		return nil, err
	}
	if out.Offers.Rate {
		if out.Rating, err = tx.Satisfaction(v.Account(), f); err != nil {
			return nil, err
		}
	}
	if t.HasLink || out.Offers.Links {
		out.Links, err = ownLinks(tx, dir, v, f)
	}
	return out, err
}

// members lists who is in on a ticket beside its requester and the desk.
func members(v *access.Viewer, f *store.Found, people map[int64]dm.PersonRef) []Member {
	var list []Member
	mine := f.Ticket.RequesterID == v.Person()
	for i := range f.Shares {
		s := &f.Shares[i]
		byRequester := s.Cause.Kind == dm.CauseRequester
		if s.Target.Kind != dm.TargetRequester && !byRequester {
			continue
		}
		m := Member{PersonRef: dm.PersonRef{ID: s.Target.ID, Name: s.TargetName, Kind: dm.PersonKind(s.Target.Kind), Active: s.TargetLive},
			ShareID: s.ID, Level: s.Level, Self: s.Target == dm.Target{Kind: dm.TargetRequester, ID: v.Person()}}
		if byRequester {
			m.By, m.ByMe = people[s.CreatedBy].Name, s.CreatedBy == v.Person()
		}
		m.MayRemove = m.Self || byRequester && (mine || s.CreatedBy == v.Person())
		list = append(list, m)
	}
	for _, id := range f.Ticket.CCs {
		self := id == v.Person()
		if at := slices.IndexFunc(list, func(m Member) bool { return m.ID == id && m.Kind == dm.Requester }); at >= 0 {
			list[at].InCopy = true
			continue
		}
		list = append(list, Member{PersonRef: people[id], InCopy: true, Self: self, MayRemove: mine || self})
	}
	return list
}

func offers(dir *store.Directory, v *access.Viewer, f *store.Found) PortalOffers {
	d, set := &f.Decision, &dir.Settings
	o := PortalOffers{Reply: d.Has(access.Reply), Details: d.Has(access.Details), Level: set.PortalShareLevel}
	done := f.Ticket.Status.Done()
	o.Solve, o.Reopen = d.Has(access.Resolve) && !done, d.Has(access.Resolve) && done
	if !d.Has(access.LetIn) || !dir.BrandOf(f.Ticket.InboxID).Active {
		return o
	}
	sharing := set.SharingEnabled && dir.Account.Entitled(dm.SharingManual)
	o.Share = sharing && set.PortalShareScope != dm.PortalShareOff
	o.CC = set.PortalCC
	o.Links = sharing && set.LinksEnabled && v.MayGiveLinks(d)
	return o
}

// ownLinks lists the viewer's own public links of a ticket that are not revoked.
func ownLinks(tx *store.Tx, dir *store.Directory, v *access.Viewer, f *store.Found) ([]LinkView, error) {
	links, err := tx.PublicLinks(v.Account(), f)
	if err != nil {
		return nil, err
	}
	var list []LinkView
	for _, l := range links {
		if l.CreatedBy != v.Person() || l.RevokedAt != 0 {
			continue
		}
		view := LinkView{PublicLink: l}
		if view.State, err = linkState(tx, dir, f, &l); err != nil {
			return nil, err
		}
		list = append(list, view)
	}
	return list, nil
}

// PortalInbox is one place to which a requester writes.
type PortalInbox struct {
	ID          int64
	Name, Brand string
}

// PortalInboxes lists the inboxes that take new tickets: of one brand, or with 0
// of all active ones.
func (a *App) PortalInboxes(ctx context.Context, v *access.Viewer, brand int64) ([]PortalInbox, error) {
	dir, err := a.directory(ctx, v.Account())
	if err != nil {
		return nil, err
	}
	var list []PortalInbox
	for _, id := range sortedKeys(dir.Inboxes) {
		box := dir.Inboxes[id]
		b := dir.Brands[box.BrandID]
		if box.Active && b.Active && (brand == 0 || box.BrandID == brand) {
			list = append(list, PortalInbox{ID: id, Name: box.Name, Brand: b.Name})
		}
	}
	slices.SortStableFunc(list, func(x, y PortalInbox) int { return strings.Compare(x.Brand+"\x00"+x.Name, y.Brand+"\x00"+y.Name) })
	return list, nil
}
