package httpapi

import (
	"context"
	"net/http"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/app"
)

// quickJSON is what a quick search finds.
type quickJSON struct {
	Tickets []quickTicketJSON `json:"tickets" doc:"The one whose number was typed first, then the newest matches."`
	People  []quickPersonJSON `json:"people" doc:"Active ones first. Requesters find none."`
	Groups  []nameJSON        `json:"groups"`
	Views   []quickViewJSON   `json:"views" doc:"Of the reader's sidebar."`
}

type quickTicketJSON struct {
	Number     int64      `json:"number"`
	Subject    string     `json:"subject"`
	Marks      []markJSON `json:"marks" doc:"Places in the subject."`
	Status     dm.Status  `json:"status"`
	StatusName string     `json:"status_name"`
	Requester  nameJSON   `json:"requester"`
}

type quickPersonJSON struct {
	ID      int64         `json:"id"`
	Name    string        `json:"name"`
	Address string        `json:"address"`
	Kind    dm.PersonKind `json:"kind" enum:"agent,requester"`
	Active  bool          `json:"active"`
}

type quickViewJSON struct {
	Key  string `json:"key" doc:"For ?view=."`
	Name string `json:"name"`
}

type quickInput struct {
	Q     string `query:"q" required:"true" maxLength:"500" doc:"As in GET /tickets; the last word may be only begun. #17 gives the ticket with that number."`
	Limit int    `query:"limit" minimum:"1" maximum:"10" default:"5" doc:"How many of each kind."`
}

type quickOutput struct{ Body quickJSON }

// quickRoutes serve the palette of commands.
func quickRoutes(a *API) {
	route(a, operation(http.MethodGet, "/search", "quick-search", "A few tickets, people, groups and views, while somebody types", "tickets"), signedIn,
		func(ctx context.Context, c *caller, in *quickInput) (*quickOutput, error) {
			found, err := a.app.QuickSearch(ctx, c.Viewer, in.Q, in.Limit)
			if err != nil {
				return nil, err
			}
			return &quickOutput{quickJSON{
				Tickets: each(found.Tickets, c.quickTicket),
				People: each(found.People, func(p *dm.PersonRef) quickPersonJSON {
					return quickPersonJSON{p.ID, p.Name, p.Address, p.Kind, p.Active}
				}),
				Groups: each(found.Groups, func(g *dm.Group) nameJSON { return nameJSON{g.ID, g.Name} }),
				Views:  each(found.Views, func(i *app.ViewInfo) quickViewJSON { return quickViewJSON{i.Key(), i.Name()} }),
			}}, nil
		})
}

func (c *caller) quickTicket(t *app.QuickTicket) quickTicketJSON {
	return quickTicketJSON{Number: t.Number, Subject: t.Subject, Marks: marksOf(t.Marks), Status: t.Status, StatusName: c.statusName(&t.Ticket), Requester: nameOf(t.Requester)}
}
