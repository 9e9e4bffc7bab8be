package app

import (
	"context"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
	"github.com/deskmesh/deskmesh/internal/store"
)

// Tickets gives one page of a view, and the cursor of the next.
func (a *App) Tickets(ctx context.Context, v *access.Viewer, q store.ListQuery) (list []store.TicketRow, next string, err error) {
	err = a.DB.Read(ctx, func(tx *store.Tx) error {
		if list, next, err = tx.Tickets(v, q); err != nil {
			return err
		}
		rows := make([]*store.TicketRow, len(list))
		for i := range list {
			rows[i] = &list[i]
		}
		return tx.FillUnread(v, rows, q.View == ViewSharedWithMe)
	})
	return list, next, err
}

// CountTickets counts a view up to store.CountBound.
func (a *App) CountTickets(ctx context.Context, v *access.Viewer, q store.ListQuery) (n int, more bool, err error) {
	err = a.DB.Read(ctx, func(tx *store.Tx) error {
		n, more, err = tx.CountTickets(v, q)
		return err
	})
	return n, more, err
}

// TicketView is one ticket as its reader sees it.
type TicketView struct {
	store.Found
	People map[int64]dm.PersonRef // everybody named in it
	Brand  dm.Brand
	Inbox  dm.Inbox
	Group  string
	// Links are the ticket's links; Fields the account's own fields, for names.
	Links  []dm.TicketLink
	Fields map[int64]dm.TicketField
	Status string // name of the own status, or ""
	// MergedInto is the number of the ticket it was merged into; 0 where there is
	// none, or none that the reader may open.
	MergedInto int64
	Clocks     []dm.Clock // of its service level
	// Partners are the links with other desks, newest first, for agents.
	Partners []TicketPartner
}

// Ticket gives one ticket. The first time a recipient opens a shared ticket,
// that is noted.
func (a *App) Ticket(ctx context.Context, v *access.Viewer, number int64) (*TicketView, error) {
	var out *TicketView
	err := a.DB.Read(ctx, func(tx *store.Tx) error {
		f, err := tx.Ticket(v, number)
		if err != nil {
			return err
		}
		out, err = a.viewTicket(tx, v, f)
		return err
	})
	if err != nil {
		return nil, err
	}
	return out, a.noteOpened(ctx, v, &out.Found)
}

func (a *App) viewTicket(tx *store.Tx, v *access.Viewer, f *store.Found) (*TicketView, error) {
	t := &f.Ticket
	if err := tx.LoadDetails(v.Account(), t); err != nil {
		return nil, err
	}
	dir, err := tx.Directory(v.Account())
	if err != nil {
		return nil, err
	}
	out := &TicketView{Found: *f, Inbox: dir.Inboxes[t.InboxID], Brand: dir.BrandOf(t.InboxID), Group: dir.GroupName(t.GroupID), Fields: dir.Fields, Status: dir.Statuses[t.StatusID].Name}
	ids := append([]int64{t.RequesterID, t.AssigneeID, t.CreatorID}, t.CCs...)
	ids = append(ids, t.Followers...)
	for i := range f.Shares {
		ids = append(ids, f.Shares[i].CreatedBy)
	}
	if out.People, err = tx.PeopleRefs(v.Account(), distinct(ids)); err != nil {
		return nil, err
	}
	if !v.IsAgent() {
		return out, nil
	}
	if len(dir.Policies) > 0 {
		clocks, err := tx.Clocks(v.Account(), t.ID)
		if err != nil {
			return nil, err
		}
		out.Clocks = dm.SeenAt(clocks, tx.Now())
	}
	if len(dir.Partners) > 0 {
		links, err := tx.PartnerLinks(v.Account(), f)
		if err != nil {
			return nil, err
		}
		if out.Partners, err = viewPartnerLinks(tx, dir, links); err != nil {
			return nil, err
		}
	}
	if out.Links, err = tx.TicketLinks(v, t.ID); err != nil || t.MergedInto == 0 {
		return out, err
	}
	into, err := tx.TicketByID(v, t.MergedInto)
	if dm.CodeOf(err) == dm.NotFound {
		return out, nil
	}
	if err == nil {
		out.MergedInto = into.Ticket.Number
	}
	return out, err
}

func distinct(ids []int64) []int64 {
	seen := map[int64]bool{0: true}
	var out []int64
	for _, id := range ids {
		if !seen[id] {
			seen[id] = true
			out = append(out, id)
		}
	}
	return out
}

// noteOpened marks the reader's own unopened shares, with a history line each.
func (a *App) noteOpened(ctx context.Context, v *access.Viewer, f *store.Found) error {
	var ids []int64
	for _, r := range f.Decision.Reasons {
		for i := range f.Shares {
			if f.Shares[i].ID == r.ShareID && f.Shares[i].OpenedAt == 0 {
				ids = append(ids, r.ShareID)
			}
		}
	}
	if len(ids) == 0 {
		return nil
	}
	return a.write(ctx, func(tx *store.Tx) error {
		opened, err := tx.OpenShares(v.Account(), ids)
		if err != nil {
			return err
		}
		dir, err := tx.Directory(v.Account())
		if err != nil {
			return err
		}
		for _, id := range opened {
			e := dm.Event{TicketID: f.Ticket.ID, Kind: dm.ShareOpened, ActorID: v.Person(), Cause: v.Cause(), Internal: true, Data: dm.EventData{ShareID: id}}
			if err := a.addEvent(tx, dir, &e); err != nil {
				return err
			}
		}
		return nil
	})
}

// Messages gives a ticket's messages after an id, oldest first.
func (a *App) Messages(ctx context.Context, v *access.Viewer, number, after int64, limit int) (list []store.MessageRow, err error) {
	err = a.DB.Read(ctx, func(tx *store.Tx) error {
		f, err := tx.Ticket(v, number)
		if err != nil {
			return err
		}
		list, err = tx.Messages(v.Account(), f, after, limit)
		return err
	})
	return list, err
}

// EventView is a line of history with the names of those it mentions. Parts
// about another ticket that the reader cannot open are left out.
type EventView struct {
	dm.Event
	Actor       dm.PersonRef
	TargetName  string // of the party of a share, or the author of a scheduled message
	OtherNumber int64  // of a merge or link, only if the reader may open it
	OtherHidden bool   // there is another ticket, not visible to the reader
	CauseName   string // of the token, rule or reason behind it
}

// Events gives a ticket's history after an id, oldest first. Requesters get
// the public lines only.
func (a *App) Events(ctx context.Context, v *access.Viewer, number, after int64, limit int) (list []EventView, err error) {
	err = a.DB.Read(ctx, func(tx *store.Tx) error {
		f, err := tx.Ticket(v, number)
		if err != nil {
			return err
		}
		events, err := tx.Events(v.Account(), f.Ticket.ID, v.IsAgent() && f.Decision.Has(access.SeeInternal), after, limit)
		if err != nil {
			return err
		}
		list, err = a.viewEvents(tx, v, events)
		return err
	})
	return list, err
}

func (a *App) viewEvents(tx *store.Tx, v *access.Viewer, events []dm.Event) ([]EventView, error) {
	dir, err := tx.Directory(v.Account())
	if err != nil {
		return nil, err
	}
	var ids []int64
	for i := range events {
		ids = append(ids, events[i].ActorID)
		if t := events[i].Data.Target; t != nil && t.Kind != dm.TargetGroup {
			ids = append(ids, t.ID)
		}
		if s := events[i].Data.Scheduled; s != nil {
			ids = append(ids, s.AuthorID)
		}
		ids = append(ids, changedPeople(events[i].Data.Changes)...)
	}
	people, err := tx.PeopleRefs(v.Account(), distinct(ids))
	if err != nil {
		return nil, err
	}
	list := make([]EventView, 0, len(events))
	for _, e := range events {
		view := EventView{Event: e, Actor: people[e.ActorID], CauseName: e.Cause.Name}
		if t := e.Data.Target; t != nil {
			view.TargetName = people[t.ID].Name
			if t.Kind == dm.TargetGroup {
				view.TargetName = groupName(tx, dir, v.Account(), t.ID)
			}
		}
		if s := e.Data.Scheduled; s != nil {
			view.TargetName = people[s.AuthorID].Name
		}
		if e.Data.OtherID != 0 {
			other, err := tx.TicketByID(v, e.Data.OtherID)
			if err != nil && dm.CodeOf(err) != dm.NotFound {
				return nil, err
			}
			view.OtherHidden = err != nil
			if err == nil {
				view.OtherNumber = other.Ticket.Number
			}
			view.Data.OtherID = 0
		}
		view.Data.Changes = namedChanges(dir, people, e.Data.Changes)
		list = append(list, view)
	}
	return list, nil
}

// groupName gives a group's name also after it was deleted.
func groupName(tx *store.Tx, dir *store.Directory, account, id int64) string {
	if name := dir.GroupName(id); name != "" {
		return name
	}
	name, _ := tx.AnyGroupName(account, id)
	return name
}

// Notifications gives a page of the viewer's own in-app list, newest first. A
// line about a ticket they can no longer open comes without number and subject.
func (a *App) Notifications(ctx context.Context, v *access.Viewer, before int64, unread bool, limit int) (list []NotificationView, err error) {
	err = a.DB.Read(ctx, func(tx *store.Tx) error {
		rows, err := tx.Notifications(v.Account(), v.Person(), before, unread, limit)
		if err != nil {
			return err
		}
		for _, n := range rows {
			view := NotificationView{Notification: n}
			e, err := tx.Event(v.Account(), n.EventID)
			if err != nil {
				return err
			}
			refs, err := tx.PeopleRefs(v.Account(), distinct([]int64{e.ActorID}))
			if err != nil {
				return err
			}
			view.Actor = refs[e.ActorID]
			f, err := tx.TicketByID(v, n.TicketID)
			if err != nil && dm.CodeOf(err) != dm.NotFound {
				return err
			}
			if err == nil {
				view.Visible, view.Number, view.Subject = true, f.Ticket.Number, f.Ticket.Subject
			}
			if toldTogether(e) {
				if err := view.nameTickets(tx, v, e.Cause.ID); err != nil {
					return err
				}
			}
			list = append(list, view)
		}
		return nil
	})
	return list, err
}

// NotificationView is an in-app line as shown now.
type NotificationView struct {
	dm.Notification
	Visible bool
	Number  int64
	Subject string
	Actor   dm.PersonRef
	// Tickets are, of a line about a bulk, the first of its tickets that the
	// reader can open, and Count how many there are.
	Tickets []store.TicketName
	Count   int
}

// A line about a bulk names shownOfNotice tickets, and counts up to
// countedOfNotice.
const (
	shownOfNotice   = 100
	countedOfNotice = 1000
)

// nameTickets fills in a line about many tickets. The first one that can be
// opened stands for all.
func (n *NotificationView) nameTickets(tx *store.Tx, v *access.Viewer, bulk int64) error {
	told, err := bulkTickets(tx, v, v.Groups(), bulk, n.Kind, countedOfNotice)
	if err != nil || len(told.open) == 0 {
		return err
	}
	n.Tickets, n.Count = told.open[:min(len(told.open), shownOfNotice)], len(told.open)
	n.Visible, n.Number, n.Subject = true, told.open[0].Number, told.open[0].Subject
	return nil
}

// ReadNotifications marks lines of the viewer's own list as read.
func (a *App) ReadNotifications(ctx context.Context, v *access.Viewer, ids []int64, upTo int64) error {
	if len(ids) > 200 {
		return dm.BadField("ids", "At most 200 lines at once.")
	}
	return a.write(ctx, func(tx *store.Tx) error { return tx.ReadNotifications(v.Account(), v.Person(), ids, upTo) })
}
