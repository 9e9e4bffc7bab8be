package httpapi

import (
	"context"
	"net/http"
	"strconv"
	"time"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
)

// zendeskTicketJSON is of a ticket what scripts that share need, as Zendesk shows
// it. Its id is the number.
type zendeskTicketJSON struct {
	ID         int64     `json:"id"`
	URL        string    `json:"url"`
	Subject    string    `json:"subject"`
	Status     string    `json:"status" enum:"new,open,pending,hold,solved,closed"`
	Agreements []int64   `json:"sharing_agreement_ids" doc:"The agreements by which it is shared now, with whom it came from."`
	CreatedAt  time.Time `json:"created_at"`
	UpdatedAt  time.Time `json:"updated_at"`
}

type zendeskTicketOutput struct {
	Body struct {
		Ticket zendeskTicketJSON `json:"ticket"`
	}
}

type zendeskTicketChange struct {
	NumberInput
	Body struct {
		Ticket zendeskTicketPatchJSON `json:"ticket"`
	}
}

type zendeskTicketPatchJSON struct {
	Agreements []int64 `json:"sharing_agreement_ids" maxItems:"50" doc:"Takes the place of those there are: shares with the new ones and unshares from the missing ones. The one a ticket came by stays, named or not."`
}

// zendeskTicketRoutes say by which agreements a ticket is shared, and change that.
func zendeskTicketRoutes(a *API) {
	const path = "/zendesk/tickets/{number}"
	route(a, operation(http.MethodGet, path, "show-ticket-sharing-agreements", "By which sharing agreements a ticket is shared (as at Zendesk, under /api/v2)", "partners"), ticketRight(access.See),
		func(ctx context.Context, c *caller, in *NumberInput) (*zendeskTicketOutput, error) {
			return a.showZendeskTicket(ctx, c, in.Number)
		})
	route(a, operation(http.MethodPut, path, "change-ticket-sharing-agreements", "Share and unshare a ticket (as at Zendesk, under /api/v2)", "partners"), ticketRight(access.Share),
		func(ctx context.Context, c *caller, in *zendeskTicketChange) (*zendeskTicketOutput, error) {
			if err := a.app.SetTicketAgreements(ctx, c.Viewer, in.Number, in.Body.Ticket.Agreements, "ticket.sharing_agreement_ids"); err != nil {
				return nil, err
			}
			return a.showZendeskTicket(ctx, c, in.Number)
		})
}

func (a *API) showZendeskTicket(ctx context.Context, c *caller, number int64) (*zendeskTicketOutput, error) {
	view, err := a.app.Ticket(ctx, c.Viewer, number)
	if err != nil {
		return nil, err
	}
	if !c.Viewer.IsAgent() {
		return nil, dm.ErrForbidden
	}
	t := &view.Ticket
	out := &zendeskTicketOutput{}
	out.Body.Ticket = zendeskTicketJSON{ID: t.Number, Subject: t.Subject, Status: string(t.Status), Agreements: []int64{}, CreatedAt: t.CreatedAt.Std(), UpdatedAt: t.UpdatedAt.Std(),
		URL: c.account.BaseURL + zendeskBase + "tickets/" + strconv.FormatInt(t.Number, 10) + ".json"}
	if t.Status == dm.StatusOnHold {
		out.Body.Ticket.Status = "hold"
	}
	for i := range view.Partners {
		if view.Partners[i].State.Standing() {
			out.Body.Ticket.Agreements = append(out.Body.Ticket.Agreements, view.Partners[i].PartnerID)
		}
	}
	return out, nil
}
