package app

import (
	"context"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
	"github.com/deskmesh/deskmesh/internal/live"
	"github.com/deskmesh/deskmesh/internal/store"
)

// Stream is an open stream of what changes.
type Stream = live.Stream

// PresenceState is what somebody does with a ticket that they have open.
type PresenceState = live.PresenceState

var errNoLive = dm.Errorf(dm.Unavailable, "This server has no live updates.").With("no_live")

// OpenStream opens a stream for who is signed in; see live.Hub.Open.
func (a *App) OpenStream(ctx context.Context, who *Signed) (*Stream, error) {
	if a.Live == nil {
		return nil, errNoLive
	}
	return a.Live.Open(ctx, who)
}

// SetPresence says that the viewer, an agent, has a ticket open, for
// live.PresenceLife; they say it again before that is over.
func (a *App) SetPresence(ctx context.Context, v *access.Viewer, number int64, state PresenceState) error {
	f, err := a.seenByAgent(ctx, v, number)
	if err != nil {
		return err
	}
	a.Live.Present(v, f.Ticket.ID, state)
	return nil
}

// EndPresence says that the viewer has closed a ticket.
func (a *App) EndPresence(ctx context.Context, v *access.Viewer, number int64) error {
	f, err := a.seenByAgent(ctx, v, number)
	if err != nil {
		return err
	}
	a.Live.Absent(v, f.Ticket.ID)
	return nil
}

// seenByAgent finds a ticket for what only agents do.
func (a *App) seenByAgent(ctx context.Context, v *access.Viewer, number int64) (*store.Found, error) {
	f, err := fetch(ctx, a, func(tx *store.Tx) (*store.Found, error) { return tx.Ticket(v, number) })
	switch {
	case err != nil:
		return nil, err
	case !v.IsAgent():
		return nil, dm.ErrForbidden
	case a.Live == nil:
		return nil, errNoLive
	}
	return f, nil
}

// PresentPerson is somebody who has a ticket open.
type PresentPerson struct {
	Person dm.PersonRef
	State  PresenceState
}

// Presence lists the agents who have a ticket open and may see it now, the
// viewer among them.
func (a *App) Presence(ctx context.Context, v *access.Viewer, number int64) ([]PresentPerson, error) {
	f, err := a.seenByAgent(ctx, v, number)
	if err != nil {
		return nil, err
	}
	here := a.Live.PresentAt(v.Account(), f.Ticket.ID)
	if len(here) == 0 {
		return nil, nil
	}
	return fetch(ctx, a, func(tx *store.Tx) ([]PresentPerson, error) { return presentPeople(tx, f, here) })
}

func presentPeople(tx *store.Tx, f *store.Found, here []live.Presence) ([]PresentPerson, error) {
	account := f.Facts.Account
	dir, err := tx.Directory(account)
	if err != nil {
		return nil, err
	}
	var ids []int64
	for _, x := range here {
		ids = append(ids, x.Person)
	}
	viewers, err := tx.ViewersIn(dir, ids)
	if err != nil {
		return nil, err
	}
	refs, err := tx.PeopleRefs(account, ids)
	if err != nil {
		return nil, err
	}
	var list []PresentPerson
	for _, x := range here {
		if may := access.Decide(viewers[x.Person], &f.Facts, tx.Now()); may.Has(access.See) {
			list = append(list, PresentPerson{Person: refs[x.Person], State: x.State})
		}
	}
	return list, nil
}
