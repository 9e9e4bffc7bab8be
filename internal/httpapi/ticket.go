package httpapi

import (
	"context"
	"net/http"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
	"github.com/deskmesh/deskmesh/internal/app"
)

// NumberInput names a ticket by its number; embed it in the input.
type NumberInput struct {
	Number int64 `path:"number" minimum:"1" doc:"The ticket's number."`
}

type seenInput struct {
	NumberInput
	Body seenJSON
}

type seenJSON struct {
	Message int64 `json:"message" minimum:"1" doc:"The id of the newest message that one saw."`
}

type ticketOutput struct {
	Status int
	Body   ticketAnswer
}

type ticketListInput struct {
	ViewInput
	PageInput
	Sort string `query:"sort" maxLength:"20" doc:"updated, created or number, and in the shared views shared. A list of at most 2,000 tickets also by subject, status, priority, requester, assignee, group, inbox or solved. A leading - turns it round."`
}

// ViewInput chooses a view; embed it in the input.
type ViewInput struct {
	View  string `query:"view" maxLength:"40" doc:"The key of a view, as GET /views lists them: all, mine, unassigned, shared-with-me, shared-with-my-groups, shared-by-me, recently-unshared, spam or deleted, or of an own view such as v12."`
	State string `query:"state" maxLength:"10" doc:"open or done; both when it is left out. An own view that says which it shows keeps it."`
	Q     string `query:"q" maxLength:"500" doc:"A search: words of subject, messages, requester and files, \"phrases\", prefix*, -without, subject: file: from: to: tag: status: is: in:. The newest match comes first. #17 gives the ticket with that number."`
	// Filter is longer than its JSON may be: what is too long is refused with words.
	Filter string `query:"filter" maxLength:"40000" doc:"A condition as JSON: a tree of all and any with conditions {\"field\", \"op\", \"value\"}. GET /ticket-filters lists what can be asked."`
}

// query makes the question of a list from what chooses its view.
func (in *ViewInput) query() (app.ListQuery, error) {
	filter, err := dm.ParseCondition([]byte(in.Filter))
	return app.ListQuery{View: app.View(in.View), State: in.State, Filter: filter}, err
}

type ticketListOutput struct {
	Body listOf[ticketItem]
}

type countOutput struct{ Body countJSON }

// countJSON is a count that goes no further than a bound.
type countJSON struct {
	Count int  `json:"count"`
	More  bool `json:"more" doc:"There are more than count."`
}

// ticketRoutes are lists of tickets and one ticket.
func ticketRoutes(a *API) {
	route(a, operation(http.MethodGet, "/tickets", "list-tickets", "One page of a view, or of what a search finds", "tickets"), signedIn, a.listTickets)
	route(a, operation(http.MethodGet, "/tickets/count", "count-tickets", "How many tickets a view has", "tickets"), signedIn,
		func(ctx context.Context, c *caller, in *ViewInput) (*countOutput, error) {
			n, more, err := a.countTickets(ctx, c, in)
			return &countOutput{countJSON{n, more}}, err
		})
	create := operation(http.MethodPost, "/tickets", "create-ticket", "File a ticket with its first message", "tickets")
	create.DefaultStatus = http.StatusCreated
	post(a, create, permission(dm.TicketsCreate), a.createTicket,
		func(ctx context.Context, c *caller, _ *newTicketInput, ids []int64) (*ticketOutput, error) {
			return a.showTicket(ctx, c, ids[0])
		})
	route(a, operation(http.MethodGet, "/tickets/{number}", "show-ticket", "One ticket", "tickets"), ticketRight(access.See),
		func(ctx context.Context, c *caller, in *NumberInput) (*ticketOutput, error) {
			return a.showTicket(ctx, c, in.Number)
		})
	seen := operation(http.MethodPut, "/tickets/{number}/seen", "mark-seen", "Note that one has read a ticket up to a message", "tickets")
	route(a, seen, ticketRight(access.See), func(ctx context.Context, c *caller, in *seenInput) (*struct{}, error) {
		return nil, a.app.MarkSeen(ctx, c.Viewer, in.Number, in.Body.Message)
	})
	route(a, operation(http.MethodDelete, "/tickets/{number}/seen", "mark-unread", "Let a ticket stand as unread in one's own lists", "tickets"), ticketRight(access.See),
		func(ctx context.Context, c *caller, in *NumberInput) (*struct{}, error) {
			return nil, a.app.MarkUnread(ctx, c.Viewer, in.Number)
		})
	change := operation(http.MethodPatch, "/tickets/{number}", "change-ticket", "Change a ticket's properties", "tickets")
	route(a, change, ticketRight(access.Edit), a.changeTicket)
	alsoAnswers(a.huma.OpenAPI().Paths["/tickets/{number}"].Patch, http.StatusNoContent, "Done; the change took the ticket out of one's own sight.")
}

func (a *API) showTicket(ctx context.Context, c *caller, number int64) (*ticketOutput, error) {
	v, err := a.app.Ticket(ctx, c.Viewer, number)
	if err != nil {
		return nil, err
	}
	return &ticketOutput{Status: c.status, Body: c.ticket(v)}, nil
}

// showChanged is showTicket after a change, which may have taken the ticket out
// of the caller's sight: then there is nothing left to show them.
func (a *API) showChanged(ctx context.Context, c *caller, number int64) (*ticketOutput, error) {
	out, err := a.showTicket(ctx, c, number)
	if dm.CodeOf(err) == dm.NotFound {
		return &ticketOutput{Status: http.StatusNoContent}, nil
	}
	return out, err
}

func (a *API) listTickets(ctx context.Context, c *caller, in *ticketListInput) (*ticketListOutput, error) {
	if in.Q != "" {
		return a.searchTickets(ctx, c, in)
	}
	q, err := in.query()
	if err != nil {
		return nil, err
	}
	q.Sort, q.Cursor, q.Limit = in.Sort, in.Cursor, in.Limit
	list, err := a.view(ctx, c, q)
	if err != nil {
		return nil, err
	}
	return &ticketListOutput{*list}, nil
}

// view reads one page of a view, own ones included.
func (a *API) view(ctx context.Context, c *caller, q app.ListQuery) (*listOf[ticketItem], error) {
	q, columns, err := a.app.Listing(ctx, c.Viewer, q)
	if err != nil {
		return nil, err
	}
	rows, next, err := a.app.Tickets(ctx, c.Viewer, q)
	if err == nil {
		err = a.app.FillColumns(ctx, c.Viewer, rows, columns)
	}
	if err != nil {
		return nil, err
	}
	counts := c.countsIn(&q)
	list := pageOf(each(rows, func(t *app.TicketRow) ticketItem { return c.itemOf(t, counts, columns) }), next)
	return &list, nil
}

// countsIn says whether numbers of messages, notes included, may be shown in a
// list: not where a share may keep its reader from knowing of notes.
func (c *caller) countsIn(q *app.ListQuery) bool {
	return c.Viewer.Can(dm.NotesRead) && q.View != app.ViewSharedWithMe && q.View != app.ViewSharedWithMine && len(q.Filter.Joining()) == 0
}
