package httpapi

import (
	"context"
	"net/http"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
)

// linkJSON is a link to another ticket. Of one that the reader cannot open
// neither number nor subject are shown.
type linkJSON struct {
	ID      int64          `json:"id"`
	Kind    dm.LinkKind    `json:"kind" doc:"parent: the other ticket is the parent."`
	Visible bool           `json:"visible"`
	Number  orNull[int64]  `json:"number"`
	Subject orNull[string] `json:"subject"`
}

func linkOf(l *dm.TicketLink) linkJSON {
	out := linkJSON{ID: l.ID, Kind: l.Kind, Visible: l.Number != 0}
	if out.Visible {
		out.Number, out.Subject = some(l.Number), some(l.Subject)
	}
	return out
}

type linkListOutput struct{ Body listOf[linkJSON] }

type linkOutput struct{ Body linkJSON }

type newLinkInput struct {
	NumberInput
	Body newLinkJSON
}

type newLinkJSON struct {
	Kind   dm.LinkKind `json:"kind" enum:"related,parent,child"`
	Number int64       `json:"number" minimum:"1" doc:"The number of the other ticket."`
}

// PartInput names a part of a ticket by its id.
type PartInput struct {
	NumberInput
	ID int64 `path:"id" minimum:"1"`
}

// linkRoutes are links between tickets.
func linkRoutes(a *API) {
	route(a, operation(http.MethodGet, "/tickets/{number}/linked-tickets", "list-links", "A ticket's links to other tickets", "links"), ticketRight(access.See),
		func(ctx context.Context, c *caller, in *NumberInput) (*linkListOutput, error) {
			list, err := a.app.Links(ctx, c.Viewer, in.Number)
			if err != nil {
				return nil, err
			}
			return &linkListOutput{pageOf(each(list, linkOf), "")}, nil
		})
	add := operation(http.MethodPost, "/tickets/{number}/linked-tickets", "add-link", "Link a ticket to another", "links")
	add.DefaultStatus = http.StatusCreated
	post(a, add, ticketRight(access.Edit),
		func(ctx context.Context, c *caller, in *newLinkInput) error {
			_, err := a.app.Apply(ctx, c.Viewer, dm.Change{Number: in.Number, Link: []dm.NewLink{{Kind: in.Body.Kind, OtherNumber: in.Body.Number}}})
			return err
		},
		func(ctx context.Context, c *caller, in *newLinkInput, ids []int64) (*linkOutput, error) {
			list, err := a.app.Links(ctx, c.Viewer, in.Number)
			if err != nil {
				return nil, err
			}
			for i := range list {
				if list[i].ID == ids[0] {
					return &linkOutput{linkOf(&list[i])}, nil
				}
			}
			return nil, dm.Missing("link")
		})
	route(a, operation(http.MethodDelete, "/tickets/{number}/linked-tickets/{id}", "remove-link", "Remove a link", "links"), ticketRight(access.Edit),
		func(ctx context.Context, c *caller, in *PartInput) (*struct{}, error) {
			_, err := a.app.Apply(ctx, c.Viewer, dm.Change{Number: in.Number, Unlink: []int64{in.ID}})
			return nil, err
		})
}
