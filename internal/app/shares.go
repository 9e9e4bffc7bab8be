package app

import (
	"cmp"
	"context"
	"slices"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
	"github.com/deskmesh/deskmesh/internal/store"
)

// ListedShare is a line of the list of all shares. Number, subject and the
// share's reason are left out where its reader cannot open the ticket.
type ListedShare struct {
	ShareView
	State   dm.ShareState
	EndedBy dm.PersonRef
	Visible bool
	Number  int64
	Subject string
}

// AllShares gives a page of the account's shares, live or not, newest first. It
// needs shares.manage; what of a ticket is shown is decided line by line. A page
// may have fewer lines than limit although there is a next one.
func (a *App) AllShares(ctx context.Context, v *access.Viewer, f dm.ShareFilter, cursor string, limit int) ([]ListedShare, string, error) {
	if err := require(v, dm.SharesManage); err != nil {
		return nil, "", err
	}
	return fetchPage(ctx, a, func(tx *store.Tx) ([]ListedShare, string, error) {
		places, next, err := tx.SharePlaces(v.Account(), &f, cursor, limit)
		if err != nil {
			return nil, "", err
		}
		ids := make([]int64, len(places))
		for i := range places {
			ids[i] = places[i].ID
		}
		shares, err := tx.SharesByID(v.Account(), ids)
		if err != nil {
			return nil, "", err
		}
		list, err := listShares(tx, v, shares)
		return list, next, err
	})
}

// listShares adds what the reader may know of the tickets of shares.
func listShares(tx *store.Tx, v *access.Viewer, shares []dm.Share) ([]ListedShare, error) {
	var people, tickets []int64
	for i := range shares {
		people = append(people, shares[i].CreatedBy, shares[i].EndedBy)
		tickets = append(tickets, shares[i].TicketID)
	}
	refs, err := tx.PeopleRefs(v.Account(), distinct(people))
	if err != nil {
		return nil, err
	}
	names, err := tx.TicketNames(v.Scope(access.See, access.Open), tickets)
	list := make([]ListedShare, len(shares))
	for i, s := range shares {
		l := ListedShare{ShareView: ShareView{Share: s, Author: refs[s.CreatedBy]}, State: s.State(tx.Now()), EndedBy: refs[s.EndedBy]}
		name, open := names[s.TicketID]
		if l.Visible, l.Number, l.Subject = open, name.Number, name.Subject; !open {
			l.Reason = ""
		}
		list[i] = l
	}
	return list, err
}

// NewRevocation says which shares to end: those with the ids, or those that fit
// a filter when the revocation begins.
type NewRevocation struct {
	IDs    []int64
	Filter *dm.ShareFilter
}

// RevokeShares ends many shares as a bulk of the viewer's, each with a line of
// history; whoever loses access is told once, of all their tickets together. It
// needs shares.manage, which reaches shares of tickets that the viewer cannot
// open: a revocation gives nobody anything, and the log of administrators holds
// it. Invalid for more than dm.MaxBulk.
func (a *App) RevokeShares(ctx context.Context, v *access.Viewer, n NewRevocation) error {
	items, err := a.revoked(ctx, v, &n)
	if err != nil {
		return err
	}
	b := &dm.Bulk{PersonID: v.Person(), TokenID: tokenOf(v), Action: dm.BulkRevoke, Shares: n.Filter}
	err = a.administer(ctx, v, dm.SharesManage, func(t *act) error {
		if err := a.startBulk(t.tx, t.viewer, t.once, b, items); err != nil {
			return err
		}
		t.noteRevocation(&n, len(items))
		t.once = nil // the bulk is noted
		return t.log("shares.revoked", "bulk", b.ID)
	})
	if err == nil {
		a.finishAtOnce(ctx, v.Account(), b)
	}
	return err
}

// PreviewRevocation tries a revocation, as PreviewBulk does.
func (a *App) PreviewRevocation(ctx context.Context, v *access.Viewer, n NewRevocation) (*BulkPreview, error) {
	items, err := a.revoked(ctx, v, &n)
	if err != nil {
		return nil, err
	}
	return a.tryBulk(ctx, v, &dm.Bulk{PersonID: v.Person(), Action: dm.BulkRevoke}, items)
}

// revoked gives the shares that a revocation is about.
func (a *App) revoked(ctx context.Context, v *access.Viewer, n *NewRevocation) (items []dm.BulkItem, err error) {
	if err := require(v, dm.SharesManage); err != nil {
		return nil, err
	}
	field := "ids"
	err = a.DB.ReadMoment(ctx, func(tx *store.Tx) error {
		if n.Filter != nil {
			field = "filter"
			items, err = revocable(tx, v.Account(), n.Filter, dm.MaxBulk+1)
			return Within(field, err)
		}
		ids := slices.Compact(slices.Sorted(slices.Values(n.IDs)))
		tickets := map[int64]int64{}
		for some := range slices.Chunk(ids, 200) {
			shares, err := tx.SharesByID(v.Account(), some)
			if err != nil {
				return err
			}
			for i := range shares {
				tickets[shares[i].ID] = shares[i].TicketID
			}
		}
		items = make([]dm.BulkItem, len(ids))
		for i, id := range ids {
			items[i] = dm.BulkItem{ShareID: id, TicketID: tickets[id]}
		}
		return nil
	})
	if err == nil && len(items) > dm.MaxBulk {
		err = tooMany(field, "shares")
	}
	return items, err
}

// revocable gives the shares that fit a filter and have not ended, at most so
// many, in the order of their tickets.
func revocable(tx *store.Tx, account int64, f *dm.ShareFilter, most int) ([]dm.BulkItem, error) {
	var items []dm.BulkItem
	only := *f
	if only.State == "" {
		only.State = dm.ShareIsLive
	}
	for cursor := ""; ; {
		places, next, err := tx.SharePlaces(account, &only, cursor, 500)
		if err != nil {
			return nil, err
		}
		for _, p := range places {
			items = append(items, dm.BulkItem{ShareID: p.ID, TicketID: p.TicketID})
		}
		if cursor = next; cursor == "" || len(items) >= most {
			break
		}
	}
	items = items[:min(len(items), most)]
	slices.SortFunc(items, func(a, b dm.BulkItem) int {
		return cmp.Or(cmp.Compare(a.TicketID, b.TicketID), cmp.Compare(a.ShareID, b.ShareID))
	})
	return items, nil
}

// noteRevocation writes down what was asked for, for the log.
func (t *act) noteRevocation(n *NewRevocation, shares int) {
	t.changedID("shares", 0, int64(shares))
	if n.Filter == nil {
		return
	}
	f := n.Filter
	t.changed("target_kind", "", string(f.TargetKind))
	t.changedID("target_id", 0, f.TargetID)
	t.changedID("created_by", 0, f.CreatedBy)
	t.changed("cause", "", string(f.Cause))
	t.changed("state", "", string(f.State))
	for _, m := range []struct {
		name string
		at   dm.Time
	}{{"since", f.Since}, {"before", f.Before}, {"expires_before", f.ExpiresBefore}} {
		if m.at != 0 {
			t.changed(m.name, "", m.at.Std().Format("2006-01-02T15:04:05Z07:00"))
		}
	}
	if f.Query != "" {
		t.touched("q") // it may be somebody's name
	}
}

// revokeOne ends one share of a revocation, whatever ticket it is of.
func (a *App) revokeOne(tx *store.Tx, v *access.Viewer, b *dm.Bulk, it *dm.BulkItem) (*Result, error) {
	v, dir, err := tx.Refresh(v)
	if err != nil {
		return nil, err
	}
	if err := require(v, dm.SharesManage); err != nil {
		return nil, err
	}
	missing := dm.Missing("share")
	if it.TicketID == 0 {
		return nil, missing
	}
	f, err := tx.LockTicketByID(access.System(v.Account(), "a revocation of shares"), it.TicketID)
	if dm.CodeOf(err) == dm.NotFound {
		return nil, missing
	}
	if err != nil {
		return nil, err
	}
	expired, err := tx.UnsweptShares(v.Account(), it.TicketID)
	if err != nil {
		return nil, err
	}
	w := &work{app: a, tx: tx, viewer: v, dir: dir, account: v.Account(), ch: &dm.Change{Cause: dm.Cause{Kind: dm.CauseBulk, ID: b.ID}},
		t: &f.Ticket, shares: f.Shares, decision: f.Decision, res: &Result{TicketID: it.TicketID}}
	for _, s := range append(expired, f.Shares...) {
		if s.ID != it.ShareID {
			continue
		}
		if err := w.end(&s, dm.ShareRevoked, "revoked", true); err != nil {
			return nil, err
		}
		err := w.writeEvents()
		w.res.Events = w.events
		return w.res, err
	}
	return w.res, nil // it has ended already
}
