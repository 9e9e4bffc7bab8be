package httpapi

import (
	"context"
	"net/http"
	"time"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
	"github.com/deskmesh/deskmesh/internal/app"
)

// accessRequestJSON is what somebody asks to be let in to, for whoever may
// decide on it.
type accessRequestJSON struct {
	ID        int64             `json:"id"`
	Ticket    ticketRefJSON     `json:"ticket"`
	Person    contactJSON       `json:"person" doc:"Who asks."`
	Level     dm.Level          `json:"level" enum:"view,comment,edit" doc:"The level that is asked for."`
	Reason    string            `json:"reason"`
	State     dm.AccessState    `json:"state" enum:"waiting,granted,declined"`
	CreatedAt time.Time         `json:"created_at"`
	DecidedBy orNull[nameJSON]  `json:"decided_by"`
	DecidedAt orNull[time.Time] `json:"decided_at"`
}

func accessRequestOf(r *app.AccessRequestView) accessRequestJSON {
	return accessRequestJSON{ID: r.ID, Ticket: ticketRefJSON{r.Number, r.Subject}, Person: contactOf(r.Person), Level: r.Level, Reason: r.Reason, State: r.State,
		CreatedAt: r.CreatedAt.Std(), DecidedBy: named(r.DecidedBy, r.Decider.Name), DecidedAt: moment(r.DecidedAt)}
}

type askAccessInput struct {
	NumberInput
	Body askAccessJSON
}

type askAccessJSON struct {
	Level  dm.Level `json:"level,omitempty" enum:"view,comment,edit" default:"view"`
	Reason string   `json:"reason,omitempty" maxLength:"1000" doc:"Read by those who decide."`
}

type askedOutput struct{ Body askedJSON }

type askedJSON struct {
	State string `json:"state" enum:"sent" doc:"The same for every number, whether there is such a ticket or not."`
}

// AccessListInput asks for one page of requests; embed it in the input.
type AccessListInput struct {
	PageInput
	State string `query:"state" enum:"waiting,granted,declined" default:"waiting"`
}

func (in *AccessListInput) query() (app.AccessRequestQuery, error) {
	before, err := in.idCursor()
	return app.AccessRequestQuery{State: dm.AccessState(in.State), Before: before, Limit: in.Limit}, err
}

type ticketAccessListInput struct {
	NumberInput
	AccessListInput
}

type grantInput struct {
	IDInput
	Body grantJSON
}

// grantJSON is at which terms a request is granted. What is left out follows the
// request, and the account's defaults.
type grantJSON struct {
	Level       maybe[dm.Level]   `json:"level,omitempty" enum:"view,comment,edit" doc:"Left out: the level asked for. A share there is already is raised, never lowered."`
	SeeInternal maybe[bool]       `json:"see_internal,omitempty"`
	ReplyPublic maybe[bool]       `json:"reply_public,omitempty"`
	ExpiresAt   orNull[time.Time] `json:"expires_at,omitempty" doc:"When the share ends; null: the account's default, or as the share has it."`
}

// accessRequestRoutes are asking to be let in to a ticket, and deciding on it.
func accessRequestRoutes(a *API) {
	ask := operation(http.MethodPost, "/tickets/{number}/access-requests", "ask-access",
		"Ask to be let in to a ticket, or to a higher level; the answer is the same for every number, and twenty a day are taken", "access requests")
	ask.DefaultStatus = http.StatusAccepted
	post(a, ask, agents,
		func(ctx context.Context, c *caller, in *askAccessInput) error {
			return a.app.AskAccess(ctx, c.Viewer, in.Number, in.Body.Level, in.Body.Reason)
		},
		func(context.Context, *caller, *askAccessInput, []int64) (*askedOutput, error) {
			return &askedOutput{askedJSON{State: "sent"}}, nil
		})
	route(a, operation(http.MethodGet, "/tickets/{number}/access-requests", "list-ticket-access-requests", "Who asks to be let in to a ticket, newest first", "access requests"),
		ticketRight(access.Share), func(ctx context.Context, c *caller, in *ticketAccessListInput) (*pageAnswer[accessRequestJSON], error) {
			q, err := in.query()
			if err != nil {
				return nil, err
			}
			list, next, err := a.app.TicketAccessRequests(ctx, c.Viewer, in.Number, q)
			if err != nil {
				return nil, err
			}
			return &pageAnswer[accessRequestJSON]{pageOf(each(list, accessRequestOf), next)}, nil
		})
	route(a, operation(http.MethodGet, "/access-requests", "list-access-requests", "The requests on which one may decide, newest first", "access requests"), agents,
		func(ctx context.Context, c *caller, in *AccessListInput) (*pageAnswer[accessRequestJSON], error) {
			q, err := in.query()
			if err != nil {
				return nil, err
			}
			list, next, err := a.app.AccessRequests(ctx, c.Viewer, q)
			if err != nil {
				return nil, err
			}
			return &pageAnswer[accessRequestJSON]{pageOf(each(list, accessRequestOf), next)}, nil
		})
	route(a, operation(http.MethodGet, "/access-requests/count", "count-access-requests", "How many requests wait for one's decision", "access requests"), agents,
		func(ctx context.Context, c *caller, _ *struct{}) (*countOutput, error) {
			n, more, err := a.app.CountAccessRequests(ctx, c.Viewer)
			return &countOutput{countJSON{n, more}}, err
		})
	decisionRoutes(a)
}

func decisionRoutes(a *API) {
	n := &noun[app.AccessRequestView, accessRequestJSON]{path: "/access-requests", name: "access-request", find: a.app.AccessRequest, say: accessRequestOf}
	grant := operation(http.MethodPost, "/access-requests/{id}/grant", "grant-access", "Let in who asked: share the ticket with them, or raise their share", "access requests")
	grant.DefaultStatus = http.StatusOK
	post(a, grant, agents,
		func(ctx context.Context, c *caller, in *grantInput) error {
			g := app.AccessGrant{SeeInternal: in.Body.SeeInternal.pointer(), ReplyPublic: in.Body.ReplyPublic.pointer(), ExpiresAt: end(in.Body.ExpiresAt)}
			if level := in.Body.Level.pointer(); level != nil {
				g.Level = *level
			}
			return a.app.GrantAccess(ctx, c.Viewer, in.ID, g)
		},
		func(ctx context.Context, c *caller, in *grantInput, _ []int64) (*answerOf[accessRequestJSON], error) {
			return n.show(ctx, c, in.ID)
		})
	decline := operation(http.MethodPost, "/access-requests/{id}/decline", "decline-access", "Turn a request down; who asked is not told", "access requests")
	decline.DefaultStatus = http.StatusOK
	post(a, decline, agents,
		func(ctx context.Context, c *caller, in *IDInput) error {
			return a.app.DeclineAccess(ctx, c.Viewer, in.ID)
		},
		func(ctx context.Context, c *caller, in *IDInput, _ []int64) (*answerOf[accessRequestJSON], error) {
			return n.show(ctx, c, in.ID)
		})
}
