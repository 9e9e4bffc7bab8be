package app

import (
	"context"
	"slices"
	"strconv"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
	"github.com/deskmesh/deskmesh/internal/store"
)

// AccessRequestView is a request for access with the names that explain it.
type AccessRequestView struct {
	store.AccessRow
	Person  dm.PersonRef
	Decider dm.PersonRef
}

// AccessRequestQuery asks for a page of requests, newest first.
type AccessRequestQuery struct {
	State  dm.AccessState // "" all
	Before int64          // with ids below; 0 begins at the newest
	Limit  int
}

// AccessRequests lists what others ask to be let in to: the requests on which
// the viewer may decide, since they can open the ticket and share it. A page may
// hold fewer than the limit although there is a next one.
func (a *App) AccessRequests(ctx context.Context, v *access.Viewer, q AccessRequestQuery) ([]AccessRequestView, string, error) {
	if err := requireAgent(v); err != nil {
		return nil, "", err
	}
	return fetchPage(ctx, a, func(tx *store.Tx) ([]AccessRequestView, string, error) { return accessPage(tx, v, q, 0) })
}

// TicketAccessRequests is AccessRequests for one ticket. Forbidden to whoever
// can open it and may not share it.
func (a *App) TicketAccessRequests(ctx context.Context, v *access.Viewer, number int64, q AccessRequestQuery) ([]AccessRequestView, string, error) {
	return fetchPage(ctx, a, func(tx *store.Tx) ([]AccessRequestView, string, error) {
		f, err := tx.Ticket(v, number)
		if err != nil {
			return nil, "", err
		}
		if !v.IsAgent() || !v.MaySetShares(&f.Decision) {
			return nil, "", dm.ErrForbidden
		}
		return accessPage(tx, v, q, f.Ticket.ID)
	})
}

func accessPage(tx *store.Tx, v *access.Viewer, q AccessRequestQuery, ticket int64) ([]AccessRequestView, string, error) {
	rows, err := tx.AccessRequests(v, store.AccessQuery{Ticket: ticket, State: q.State, Before: q.Before, Limit: q.Limit + 1})
	if err != nil {
		return nil, "", err
	}
	next := ""
	if len(rows) > q.Limit {
		rows = rows[:q.Limit]
		next = strconv.FormatInt(rows[q.Limit-1].ID, 10)
	}
	if rows, err = decidable(tx, v, rows); err != nil {
		return nil, "", err
	}
	list, err := viewAccessRequests(tx, v, rows)
	return list, next, err
}

// decidable leaves those requests on which the viewer may decide.
func decidable(tx *store.Tx, v *access.Viewer, rows []store.AccessRow) ([]store.AccessRow, error) {
	var ids []int64
	for i := range rows {
		ids = append(ids, rows[i].TicketID)
	}
	tickets, err := tx.LiveTickets(v.Account(), distinct(ids))
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(rows, func(r store.AccessRow) bool {
		t := tickets[r.TicketID]
		if t == nil {
			return true
		}
		d := access.Decide(v, &t.Facts, tx.Now())
		return !v.MaySetShares(&d)
	}), nil
}

func viewAccessRequests(tx *store.Tx, v *access.Viewer, rows []store.AccessRow) ([]AccessRequestView, error) {
	var ids []int64
	for i := range rows {
		ids = append(ids, rows[i].PersonID, rows[i].DecidedBy)
	}
	people, err := tx.PeopleRefs(v.Account(), distinct(ids))
	if err != nil {
		return nil, err
	}
	list := make([]AccessRequestView, len(rows))
	for i, r := range rows {
		list[i] = AccessRequestView{AccessRow: r, Person: people[r.PersonID], Decider: people[r.DecidedBy]}
	}
	return list, nil
}

// AccessRequest gives one request, as AccessRequests does; else NotFound.
func (a *App) AccessRequest(ctx context.Context, v *access.Viewer, id int64) (*AccessRequestView, error) {
	if err := requireAgent(v); err != nil {
		return nil, err
	}
	return fetch(ctx, a, func(tx *store.Tx) (*AccessRequestView, error) {
		rows, err := tx.AccessRequests(v, store.AccessQuery{ID: id, Limit: 1})
		if err == nil {
			rows, err = decidable(tx, v, rows)
		}
		if err != nil {
			return nil, err
		}
		list, err := viewAccessRequests(tx, v, rows)
		if err == nil && len(list) == 0 {
			return nil, dm.Missing("request")
		}
		if err != nil {
			return nil, err
		}
		return &list[0], nil
	})
}

// Bounds of counting requests: how many are counted, and how many looked at.
const (
	maxAccessCount = 100
	maxAccessLook  = 1000
)

// CountAccessRequests counts the requests that wait for the viewer's decision,
// up to a bound.
func (a *App) CountAccessRequests(ctx context.Context, v *access.Viewer) (n int, more bool, err error) {
	if err := requireAgent(v); err != nil {
		return 0, false, err
	}
	err = a.DB.Read(ctx, func(tx *store.Tx) error {
		q := store.AccessQuery{State: dm.AccessWaiting, Limit: 200}
		for looked := 0; looked < maxAccessLook; looked += q.Limit {
			rows, err := tx.AccessRequests(v, q)
			if err != nil || len(rows) == 0 {
				return err
			}
			full := len(rows) == q.Limit
			q.Before = rows[len(rows)-1].ID
			if rows, err = decidable(tx, v, rows); err != nil {
				return err
			}
			if n += len(rows); n > maxAccessCount || !full {
				break
			}
			more = looked+q.Limit >= maxAccessLook
		}
		if n > maxAccessCount {
			n, more = maxAccessCount, true
		}
		return nil
	})
	return n, more, err
}

// AccessGrant is at which terms a request is granted; what is left out follows
// the request and the account's defaults.
type AccessGrant struct {
	Level       dm.Level // "" is the one asked for
	SeeInternal *bool
	ReplyPublic *bool
	ExpiresAt   dm.Time // 0: the account's default, or as the share has it
}

// GrantAccess lets in who asked: it shares the ticket with them, or raises the
// share they have. NotFound where the viewer cannot open the ticket, Forbidden
// where they may not share it, Conflict where somebody decided before; and
// everything that sharing refuses.
func (a *App) GrantAccess(ctx context.Context, v *access.Viewer, id int64, g AccessGrant) error {
	return a.decideAccess(ctx, v, id, dm.AccessGranted, func(tx *store.Tx, v *access.Viewer, f *store.Found, r *dm.AccessRequest) (*dm.Event, error) {
		res, err := a.ApplyIn(tx, v, grantOf(f, r, g))
		if err != nil {
			return nil, err
		}
		return accessEvent(dm.AccessAllowed, v, r, res.Version), nil
	})
}

// grantOf makes the change that lets in who asked.
func grantOf(f *store.Found, r *dm.AccessRequest, g AccessGrant) dm.Change {
	ch := dm.Change{Number: f.Ticket.Number, Cause: dm.Cause{Kind: dm.CauseRequest, ID: r.ID}}
	if g.Level == "" {
		g.Level = r.Level
	}
	target := dm.Target{Kind: dm.TargetAgent, ID: r.PersonID}
	have := findShare(f.Shares, target)
	if have == nil {
		ch.Share = []dm.NewShare{{Target: target, Level: g.Level, SeeInternal: g.SeeInternal, ReplyPublic: g.ReplyPublic, ExpiresAt: g.ExpiresAt, Reason: r.Reason, Notify: true}}
		return ch
	}
	amend := dm.ShareAmendment{ID: have.ID, SeeInternal: g.SeeInternal, ReplyPublic: g.ReplyPublic}
	if g.Level.Rank() > have.Level.Rank() || g.Level.Rank() == 0 {
		amend.Level = &g.Level
	}
	if g.ExpiresAt != 0 {
		amend.ExpiresAt = &g.ExpiresAt
	}
	ch.Amend = []dm.ShareAmendment{amend}
	return ch
}

// DeclineAccess turns a request down. Who asked is not told. Its errors are
// those of GrantAccess.
func (a *App) DeclineAccess(ctx context.Context, v *access.Viewer, id int64) error {
	return a.decideAccess(ctx, v, id, dm.AccessDeclined, func(_ *store.Tx, v *access.Viewer, f *store.Found, r *dm.AccessRequest) (*dm.Event, error) {
		return accessEvent(dm.AccessRefused, v, r, f.Ticket.Version), nil
	})
}

// decideAccess ends the waiting of a request, under the ticket's lock, does what
// follows, and writes the line of history that says so.
func (a *App) decideAccess(ctx context.Context, v *access.Viewer, id int64, state dm.AccessState,
	then func(*store.Tx, *access.Viewer, *store.Found, *dm.AccessRequest) (*dm.Event, error)) error {
	if err := requireAgent(v); err != nil {
		return err
	}
	return a.write(ctx, func(tx *store.Tx) error {
		now, dir, err := tx.Refresh(v)
		if err != nil {
			return err
		}
		rows, err := tx.AccessRequests(now, store.AccessQuery{ID: id, Limit: 1})
		if err != nil {
			return err
		}
		if len(rows) == 0 {
			return dm.Missing("request")
		}
		r := &rows[0].AccessRequest
		f, err := tx.LockTicketByID(now, r.TicketID)
		if dm.CodeOf(err) == dm.NotFound {
			return dm.Missing("request")
		}
		if err != nil {
			return err
		}
		if !now.MaySetShares(&f.Decision) {
			return dm.ErrForbidden
		}
		done, err := tx.DecideAccessRequest(now.Account(), r.ID, state, now.Person())
		if err != nil {
			return err
		}
		if !done {
			return dm.Errorf(dm.Conflict, "Somebody has decided on this request already.").With("decided")
		}
		e, err := then(tx, now, f, r)
		if err != nil {
			return err
		}
		return a.addEvent(tx, dir, e)
	})
}
