package httpapi

import (
	"context"
	"net/http"
	"time"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/app"
)

// partnerDeliveryJSON is a line of a partner's log. What was sent is not kept.
type partnerDeliveryJSON struct {
	ID         int64                   `json:"id"`
	Kind       dm.PartnerMessageKind   `json:"kind" enum:"agreement.invite,agreement.status,agreement.key,agreement.test,ticket.share,ticket.update,ticket.unshare"`
	Ticket     orNull[jobTicketJSON]   `json:"ticket" doc:"The ticket that it is about; null for the agreement itself."`
	State      dm.PartnerDeliveryState `json:"state" enum:"waiting,done,failed,paused"`
	Attempts   int                     `json:"attempts"`
	StatusCode orNull[int]             `json:"status_code" doc:"Of the last answer."`
	MS         int64                   `json:"ms" doc:"The last try took."`
	Error      string                  `json:"error" doc:"What went wrong in the last try."`
	Size       int                     `json:"size" doc:"Of the last body, in bytes."`
	Digest     string                  `json:"digest" doc:"SHA-256 of the last body, in hexadecimal."`
	NextAt     orNull[time.Time]       `json:"next_at" doc:"The next try."`
	TriedAt    orNull[time.Time]       `json:"tried_at"`
	CreatedAt  time.Time               `json:"created_at"`
}

func partnerDeliveryOf(d *app.PartnerDeliveryView) partnerDeliveryJSON {
	out := partnerDeliveryJSON{
		ID: d.ID, Kind: d.Kind, State: d.State, Attempts: d.Attempts, StatusCode: statusOrNull(d.Status), MS: d.Millis, Error: d.Error,
		Size: d.Size, Digest: d.Digest, NextAt: moment(d.NextAt), TriedAt: moment(d.TriedAt), CreatedAt: d.CreatedAt.Std(),
	}
	switch {
	case d.Visible:
		out.Ticket = some(jobTicketJSON{Visible: true, Number: some(d.Number), Subject: some(d.Subject)})
	case d.OfTicket:
		out.Ticket = some(jobTicketJSON{})
	}
	return out
}

type partnerDeliveriesInput struct {
	IDInput
	PageInput
	State dm.PartnerDeliveryState `query:"state" enum:"waiting,done,failed,paused"`
}

// partnerLogRoutes are what went to a partner, and what can be done with a line.
func partnerLogRoutes(a *API) {
	manage := permission(dm.PartnersManage)
	route(a, operation(http.MethodGet, "/partners/{id}/deliveries", "list-partner-deliveries", "What became of each message to a partner, newest first", "partners"), manage,
		func(ctx context.Context, c *caller, in *partnerDeliveriesInput) (*pageAnswer[partnerDeliveryJSON], error) {
			before, err := in.idCursor()
			if err != nil {
				return nil, err
			}
			list, err := a.app.PartnerDeliveries(ctx, c.Viewer, in.ID, in.State, before, in.Limit+1)
			if err != nil {
				return nil, err
			}
			list, next := cutPage(list, in.Limit, func(d *app.PartnerDeliveryView) int64 { return d.ID })
			return &pageAnswer[partnerDeliveryJSON]{pageOf(each(list, partnerDeliveryOf), next)}, nil
		})
	retry := operation(http.MethodPost, "/partners/{id}/deliveries/{delivery}/retry", "retry-partner-delivery", "Try a message again, at once", "partners")
	retry.DefaultStatus = http.StatusOK
	post(a, retry, manage,
		func(ctx context.Context, c *caller, in *DeliveryInput) error {
			return a.app.RetryPartnerDelivery(ctx, c.Viewer, in.ID, in.Delivery)
		},
		func(ctx context.Context, c *caller, in *DeliveryInput, _ []int64) (*answerOf[partnerDeliveryJSON], error) {
			d, err := a.app.PartnerDelivery(ctx, c.Viewer, in.ID, in.Delivery)
			if err != nil {
				return nil, err
			}
			return &answerOf[partnerDeliveryJSON]{partnerDeliveryOf(d)}, nil
		})
}

// partnerPersonJSON is somebody on the other desk.
type partnerPersonJSON struct {
	ID        int64            `json:"id"`
	Name      string           `json:"name"`
	Role      string           `json:"role" doc:"As the partner says."`
	Person    orNull[nameJSON] `json:"person" doc:"Who of this account somebody has said they are. It gives no rights."`
	UpdatedAt time.Time        `json:"updated_at"`
}

func partnerPersonOf(p *app.PartnerPersonView) partnerPersonJSON {
	out := partnerPersonJSON{ID: p.ID, Name: p.Name, Role: p.Role, UpdatedAt: p.UpdatedAt.Std()}
	if p.PersonID != 0 {
		out.Person = some(nameJSON{p.PersonID, p.Person.Name})
	}
	return out
}

type partnerPeopleInput struct {
	IDInput
	PageInput
}

type partnerPersonInput struct {
	IDInput
	Person int64 `path:"person" minimum:"1"`
	Body   struct {
		PersonID orNull[int64] `json:"person_id" doc:"Null for nobody."`
	}
}

// partnerFieldJSON is a field that the partner has sent.
type partnerFieldJSON struct {
	Title   string        `json:"title"`
	FieldID orNull[int64] `json:"field_id" doc:"Our field of the same title; null where there is none."`
	Problem string        `json:"problem" doc:"Why values are not taken, in words; empty where they are."`
	SeenAt  time.Time     `json:"seen_at"`
}

// partnerPeopleRoutes are the people and fields that a partner has named.
func partnerPeopleRoutes(a *API) {
	manage := permission(dm.PartnersManage)
	route(a, operation(http.MethodGet, "/partners/{id}/people", "list-partner-people", "People of a partner who have written or acted on shared tickets", "partners"), manage,
		func(ctx context.Context, c *caller, in *partnerPeopleInput) (*pageAnswer[partnerPersonJSON], error) {
			after, err := in.idCursor()
			if err != nil {
				return nil, err
			}
			list, err := a.app.PartnerPeople(ctx, c.Viewer, in.ID, after, in.Limit+1)
			if err != nil {
				return nil, err
			}
			list, next := cutPage(list, in.Limit, func(p *app.PartnerPersonView) int64 { return p.ID })
			return &pageAnswer[partnerPersonJSON]{pageOf(each(list, partnerPersonOf), next)}, nil
		})
	route(a, operation(http.MethodPut, "/partners/{id}/people/{person}", "link-partner-person", "Say who of the account somebody of a partner is; it gives no rights and merges nothing", "partners"), manage,
		func(ctx context.Context, c *caller, in *partnerPersonInput) (*answerOf[partnerPersonJSON], error) {
			person := int64(0)
			if in.Body.PersonID.value != nil {
				person = *in.Body.PersonID.value
			}
			if err := a.app.LinkPartnerPerson(ctx, c.Viewer, in.ID, in.Person, person); err != nil {
				return nil, err
			}
			p, err := a.app.PartnerPerson(ctx, c.Viewer, in.ID, in.Person)
			if err != nil {
				return nil, err
			}
			return &answerOf[partnerPersonJSON]{partnerPersonOf(p)}, nil
		})
	route(a, operation(http.MethodGet, "/partners/{id}/fields", "list-partner-fields", "Fields that a partner has sent, and what became of their values", "partners"), manage,
		func(ctx context.Context, c *caller, in *IDInput) (*pageAnswer[partnerFieldJSON], error) {
			list, err := a.app.PartnerFields(ctx, c.Viewer, in.ID)
			if err != nil {
				return nil, err
			}
			return &pageAnswer[partnerFieldJSON]{pageOf(each(list, func(f *dm.PartnerField) partnerFieldJSON {
				return partnerFieldJSON{f.Title, idOrNull(f.FieldID), f.Problem, f.SeenAt.Std()}
			}), "")}, nil
		})
}
