package httpapi

import (
	"context"
	"net/http"

	"github.com/deskmesh/deskmesh/internal/app"
)

type homeInput struct {
	State string `query:"state" maxLength:"10" default:"open" doc:"open or done."`
	Limit int    `query:"limit" minimum:"1" maximum:"200" default:"10" doc:"Tickets on each tab."`
}

type homeOutput struct{ Body homeJSON }

// homeJSON is what an agent's day starts with.
type homeJSON struct {
	AssignedToMe       tabJSON `json:"assigned_to_me"`
	SharedWithMe       tabJSON `json:"shared_with_me"`
	SharedWithMyGroups tabJSON `json:"shared_with_my_groups"`
}

// tabJSON is the first page of a view and how many tickets it has.
type tabJSON struct {
	Items []ticketItem   `json:"items"`
	Next  orNull[string] `json:"next" doc:"For GET /tickets with the same view and state."`
	Count int            `json:"count"`
	More  bool           `json:"more" doc:"There are more than count."`
}

func homeRoutes(a *API) {
	route(a, operation(http.MethodGet, "/home", "show-home", "What is assigned to and shared with an agent", "tickets"), agents,
		func(ctx context.Context, c *caller, in *homeInput) (*homeOutput, error) {
			out := &homeOutput{}
			for view, tab := range map[app.View]*tabJSON{
				app.ViewMine: &out.Body.AssignedToMe, app.ViewSharedWithMe: &out.Body.SharedWithMe, app.ViewSharedWithMine: &out.Body.SharedWithMyGroups,
			} {
				q := app.ListQuery{View: view, State: in.State, Limit: in.Limit}
				list, err := a.view(ctx, c, q)
				if err != nil {
					return nil, err
				}
				tab.Items, tab.Next = list.Items, list.Next
				if tab.Count, tab.More, err = a.app.CountTickets(ctx, c.Viewer, q); err != nil {
					return nil, err
				}
			}
			return out, nil
		})
}
