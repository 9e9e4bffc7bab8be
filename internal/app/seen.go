package app

import (
	"context"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
	"github.com/deskmesh/deskmesh/internal/store"
)

// MarkSeen notes how far the viewer, an agent, has read a ticket: up to a
// message, or as far as there is something for them where it is none of theirs
// to read. Nothing is written where that is known already.
func (a *App) MarkSeen(ctx context.Context, v *access.Viewer, number, message int64) error {
	stands, err := a.seen(ctx, v, number, message)
	if err != nil || stands {
		return err
	}
	return a.write(ctx, func(tx *store.Tx) error {
		f, err := seeable(tx, v, number)
		if err != nil {
			return err
		}
		newest, err := tx.NewestMessage(v.Account(), f)
		if err != nil {
			return err
		}
		return tx.SetSeen(v, f, max(1, min(newest, message)))
	})
}

// seen says whether the viewer has read a ticket as far as the message.
func (a *App) seen(ctx context.Context, v *access.Viewer, number, message int64) (bool, error) {
	return fetch(ctx, a, func(tx *store.Tx) (bool, error) {
		f, err := seeable(tx, v, number)
		if err != nil {
			return false, err
		}
		upTo, opened, err := tx.Seen(v, f)
		return opened && upTo >= message, err
	})
}

// seeable finds a ticket in which the viewer, an agent, may be.
func seeable(tx *store.Tx, v *access.Viewer, number int64) (*store.Found, error) {
	f, err := tx.Ticket(v, number)
	if err == nil && !v.IsAgent() {
		return nil, dm.ErrForbidden
	}
	return f, err
}

// MarkUnread makes a ticket stand as unread in the viewer's own lists until they
// open it again.
func (a *App) MarkUnread(ctx context.Context, v *access.Viewer, number int64) error {
	return a.write(ctx, func(tx *store.Tx) error {
		f, err := seeable(tx, v, number)
		if err != nil {
			return err
		}
		return tx.SetSeen(v, f, 0)
	})
}
