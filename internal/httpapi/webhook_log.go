package httpapi

import (
	"context"
	"net/http"
	"time"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/app"
)

// DeliveryJSON is a line of a webhook's log. What was sent is not kept.
type DeliveryJSON struct {
	ID         int64                 `json:"id"`
	MessageID  string                `json:"message_id" doc:"The webhook-id that it is sent with, the same at every try."`
	Kind       dm.EventKind          `json:"kind" doc:"Of the event; webhook.test for a test."`
	Ticket     orNull[jobTicketJSON] `json:"ticket" doc:"The ticket that the event is about; null for a test."`
	State      dm.DeliveryState      `json:"state" enum:"waiting,delivered,failed,dropped" doc:"Dropped: the ticket is not visible to the webhook any more."`
	Attempts   int                   `json:"attempts"`
	Status     orNull[int]           `json:"status" doc:"Of the last answer."`
	DurationMS int64                 `json:"duration_ms" doc:"Of the last try."`
	Error      string                `json:"error" doc:"What went wrong in the last try."`
	Size       int                   `json:"size" doc:"Of the last body, in bytes."`
	Digest     string                `json:"digest" doc:"SHA-256 of the last body, in hexadecimal."`
	NextAt     orNull[time.Time]     `json:"next_at" doc:"The next try."`
	TriedAt    orNull[time.Time]     `json:"tried_at"`
	CreatedAt  time.Time             `json:"created_at"`
}

// testedJSON is what came of a test.
type testedJSON struct {
	DeliveryJSON
	Answer orNull[string] `json:"answer" doc:"The first bytes of the answer. They are not kept: null when the request is repeated."`
}

func deliveryOf(d *app.DeliveryView) DeliveryJSON {
	out := DeliveryJSON{
		ID: d.ID, MessageID: d.MessageID(), Kind: d.Kind, State: d.State, Attempts: d.Attempts, DurationMS: d.Millis, Error: d.Error,
		Size: d.Size, Digest: d.Digest, NextAt: moment(d.NextAt), TriedAt: moment(d.TriedAt), CreatedAt: d.CreatedAt.Std(),
	}
	if d.Status != 0 {
		out.Status = some(d.Status)
	}
	switch {
	case d.Visible:
		out.Ticket = some(jobTicketJSON{Visible: true, Number: some(d.Number), Subject: some(d.Subject)})
	case d.OfTicket:
		out.Ticket = some(jobTicketJSON{})
	}
	return out
}

type deliveriesInput struct {
	IDInput
	PageInput
	State dm.DeliveryState `query:"state" enum:"waiting,delivered,failed,dropped"`
}

// DeliveryInput names a line of a webhook's log.
type DeliveryInput struct {
	IDInput
	Delivery int64 `path:"delivery" minimum:"1"`
}

// deliveryRoutes are the log of a webhook, and what can be done with a line.
func deliveryRoutes(a *API, hooks *noun[dm.Webhook, WebhookJSON]) {
	manage := permission(dm.WebhooksManage)
	test := hooks.operation(http.MethodPost, "/{id}/test", "test", "Send a signed webhook.test now, also where the webhook is off")
	test.DefaultStatus = http.StatusOK
	post(a, test, manage,
		func(ctx context.Context, c *caller, in *IDInput) (err error) {
			c.secret, err = a.app.TestWebhook(ctx, c.Viewer, in.ID)
			return err
		},
		func(ctx context.Context, c *caller, in *IDInput, ids []int64) (*answerOf[testedJSON], error) {
			d, err := a.app.Delivery(ctx, c.Viewer, in.ID, ids[0])
			if err != nil {
				return nil, err
			}
			out := testedJSON{DeliveryJSON: deliveryOf(d)}
			if c.secret != "" {
				out.Answer = some(c.secret)
			}
			return &answerOf[testedJSON]{out}, nil
		})
	route(a, operation(http.MethodGet, "/webhooks/{id}/deliveries", "list-deliveries", "What became of each event, newest first", "webhooks"), manage,
		func(ctx context.Context, c *caller, in *deliveriesInput) (*pageAnswer[DeliveryJSON], error) {
			before, err := in.idCursor()
			if err != nil {
				return nil, err
			}
			list, err := a.app.Deliveries(ctx, c.Viewer, in.ID, in.State, before, in.Limit+1)
			if err != nil {
				return nil, err
			}
			list, next := cutPage(list, in.Limit, func(d *app.DeliveryView) int64 { return d.ID })
			return &pageAnswer[DeliveryJSON]{pageOf(each(list, deliveryOf), next)}, nil
		})
	route(a, operation(http.MethodGet, "/webhooks/{id}/deliveries/{delivery}", "show-delivery", "One delivery", "webhooks"), manage, a.showDelivery)
	retry := operation(http.MethodPost, "/webhooks/{id}/deliveries/{delivery}/retry", "retry-delivery", "Send an event once more, at once", "webhooks")
	retry.DefaultStatus = http.StatusOK
	post(a, retry, manage,
		func(ctx context.Context, c *caller, in *DeliveryInput) error {
			return a.app.RetryDelivery(ctx, c.Viewer, in.ID, in.Delivery)
		},
		func(ctx context.Context, c *caller, in *DeliveryInput, _ []int64) (*answerOf[DeliveryJSON], error) {
			return a.showDelivery(ctx, c, in)
		})
}

func (a *API) showDelivery(ctx context.Context, c *caller, in *DeliveryInput) (*answerOf[DeliveryJSON], error) {
	d, err := a.app.Delivery(ctx, c.Viewer, in.ID, in.Delivery)
	if err != nil {
		return nil, err
	}
	return &answerOf[DeliveryJSON]{deliveryOf(d)}, nil
}
