package app

import (
	"context"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
	"github.com/deskmesh/deskmesh/internal/store"
)

// ShareView is a share with who made it.
type ShareView struct {
	dm.Share
	Author dm.PersonRef
}

// Shares gives a ticket's live shares, oldest first, to every agent who can open
// it. To requesters it is Forbidden.
func (a *App) Shares(ctx context.Context, v *access.Viewer, number int64) ([]ShareView, error) {
	return fetch(ctx, a, func(tx *store.Tx) ([]ShareView, error) {
		f, err := tx.Ticket(v, number)
		if err != nil {
			return nil, err
		}
		if err := requireAgent(v); err != nil {
			return nil, err
		}
		var ids []int64
		for i := range f.Shares {
			ids = append(ids, f.Shares[i].CreatedBy)
		}
		people, err := tx.PeopleRefs(v.Account(), distinct(ids))
		if err != nil {
			return nil, err
		}
		list := make([]ShareView, len(f.Shares))
		for i, s := range f.Shares {
			list[i] = ShareView{Share: s, Author: people[s.CreatedBy]}
		}
		return list, nil
	})
}

// Message gives one message of a ticket, as Messages does.
func (a *App) Message(ctx context.Context, v *access.Viewer, number, id int64) (*MessageRow, error) {
	return fetch(ctx, a, func(tx *store.Tx) (*MessageRow, error) {
		f, err := tx.Ticket(v, number)
		if err != nil {
			return nil, err
		}
		return tx.MessageOf(v.Account(), f, id)
	})
}

// Links gives a ticket's links to other tickets, to every agent who can open it.
// Number and subject of a ticket that they cannot open are left out. To
// requesters it is Forbidden.
func (a *App) Links(ctx context.Context, v *access.Viewer, number int64) ([]dm.TicketLink, error) {
	return fetch(ctx, a, func(tx *store.Tx) ([]dm.TicketLink, error) {
		f, err := tx.Ticket(v, number)
		if err != nil {
			return nil, err
		}
		if err := requireAgent(v); err != nil {
			return nil, err
		}
		return tx.TicketLinks(v, f.Ticket.ID)
	})
}

// Jump gives one ticket as lists show it, found by its number through every way
// in. Unlike Ticket it does not count as opening it.
func (a *App) Jump(ctx context.Context, v *access.Viewer, number int64) (*TicketRow, error) {
	return fetch(ctx, a, func(tx *store.Tx) (*TicketRow, error) { return jump(tx, v, number) })
}

func jump(tx *store.Tx, v *access.Viewer, number int64) (*TicketRow, error) {
	f, err := tx.Ticket(v, number)
	if err != nil {
		return nil, err
	}
	row := &TicketRow{Ticket: f.Ticket}
	if err := tx.LoadDetails(v.Account(), &row.Ticket); err != nil {
		return nil, err
	}
	people, err := tx.PeopleRefs(v.Account(), distinct([]int64{row.RequesterID, row.AssigneeID}))
	if err != nil {
		return nil, err
	}
	row.Requester, row.Assignee = people[row.RequesterID], people[row.AssigneeID]
	return row, nil
}

// Attachment describes a file, to those to whom File opens it.
func (a *App) Attachment(ctx context.Context, v *access.Viewer, id int64) (*dm.Attachment, error) {
	return fetch(ctx, a, func(tx *store.Tx) (*dm.Attachment, error) { return tx.Attachment(v, id) })
}
