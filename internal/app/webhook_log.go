package app

import (
	"context"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
	"github.com/deskmesh/deskmesh/internal/store"
)

// DeliveryView is a line of a webhook's log as its reader may see it. Number and
// subject of a ticket that they cannot open are left out.
type DeliveryView struct {
	dm.Delivery
	OfTicket bool // it is about a ticket
	Visible  bool // which the reader can open
	Number   int64
	Subject  string
}

// Deliveries lists a webhook's log in a state ("": in any), newest first, with
// ids below before; 0 begins at the newest. It needs webhooks.manage.
func (a *App) Deliveries(ctx context.Context, v *access.Viewer, hook int64, state dm.DeliveryState, before int64, limit int) ([]DeliveryView, error) {
	if err := require(v, dm.WebhooksManage); err != nil {
		return nil, err
	}
	return fetch(ctx, a, func(tx *store.Tx) ([]DeliveryView, error) {
		if _, err := tx.Webhook(v.Account(), hook); err != nil {
			return nil, err
		}
		list, err := tx.Deliveries(v.Account(), hook, state, before, limit)
		if err != nil {
			return nil, err
		}
		views := make([]DeliveryView, len(list))
		for i := range list {
			if views[i], err = viewDelivery(tx, v, list[i]); err != nil {
				return nil, err
			}
		}
		return views, nil
	})
}

// Delivery reads one line of a webhook's log, as Deliveries does.
func (a *App) Delivery(ctx context.Context, v *access.Viewer, hook, id int64) (*DeliveryView, error) {
	if err := require(v, dm.WebhooksManage); err != nil {
		return nil, err
	}
	return fetch(ctx, a, func(tx *store.Tx) (*DeliveryView, error) {
		d, err := tx.Delivery(v.Account(), hook, id)
		if err != nil {
			return nil, err
		}
		view, err := viewDelivery(tx, v, *d)
		return &view, err
	})
}

func viewDelivery(tx *store.Tx, v *access.Viewer, d dm.Delivery) (DeliveryView, error) {
	view := DeliveryView{Delivery: d}
	if d.EventID == 0 {
		return view, nil
	}
	view.OfTicket = true
	ticket, err := ticketOfEvent(tx, v.Account(), d.EventID)
	if err == nil {
		var f *store.Found
		if f, err = tx.TicketByID(v, ticket); err == nil {
			view.Visible, view.Number, view.Subject = true, f.Ticket.Number, f.Ticket.Subject
		}
	}
	if dm.CodeOf(err) == dm.NotFound {
		err = nil
	}
	return view, err
}

// RetryDelivery sends a delivery once more, at once, whatever became of it. It
// needs webhooks.manage, and gives nobody more than they had: what the webhook
// may be told is decided when it is sent. Conflict while the webhook is off, and
// for a test.
func (a *App) RetryDelivery(ctx context.Context, v *access.Viewer, hook, id int64) error {
	return a.administer(ctx, v, dm.WebhooksManage, func(t *act) error {
		w, err := t.tx.Webhook(t.account, hook)
		if err != nil {
			return err
		}
		d, err := t.tx.Delivery(t.account, hook, id)
		if err != nil {
			return err
		}
		switch {
		case d.EventID == 0:
			return dm.Errorf(dm.Conflict, "A test is not sent again; send another one.").With("test")
		case !w.Active:
			return dm.Errorf(dm.Conflict, "The webhook is switched off. Switch it on first.").With("webhook_inactive")
		}
		d.State, d.NextAt = dm.DeliveryWaiting, t.tx.Now()
		if err := t.tx.SaveDelivery(t.account, d); err != nil {
			return err
		}
		if err := enqueueWebhook(t.tx, t.account, hook); err != nil {
			return err
		}
		t.changedID("delivery", 0, id)
		return t.log("webhook.retried", "webhook", hook)
	})
}

// notFinished stands in the log for a test that a crash has cut off.
const notFinished = "The test was not finished."

// TestWebhook sends a signed webhook.test to a webhook now, also to one that is
// off, and gives the beginning of the answer, which is not kept. What came of it
// stands in the log. It needs webhooks.manage. Unavailable where this desk sends
// nothing.
func (a *App) TestWebhook(ctx context.Context, v *access.Viewer, id int64) (excerpt string, err error) {
	if err := require(v, dm.WebhooksManage); err != nil {
		return "", err
	}
	if a.Hooks == nil || a.Payload == nil {
		return "", dm.Errorf(dm.Unavailable, "This desk sends no webhooks.")
	}
	d := &dm.Delivery{WebhookID: id, Kind: dm.WebhookTest, State: dm.DeliveryFailed}
	err = a.administer(ctx, v, dm.WebhooksManage, func(t *act) error {
		if _, err := t.tx.Webhook(t.account, id); err != nil {
			return err
		}
		if _, err := t.tx.AddDelivery(t.account, d); err != nil {
			return err
		}
		d.Error = notFinished
		t.once.note(d.ID)
		return t.tx.SaveDelivery(t.account, d)
	})
	if err != nil {
		return "", err
	}
	try, err := a.prepareTry(ctx, v.Account(), d)
	if err != nil || try.off {
		return "", err
	}
	if err := a.post(ctx, try); err != nil {
		return "", err
	}
	return try.answer.Excerpt, a.DB.Write(context.WithoutCancel(ctx), store.Urgent, func(tx *store.Tx) error {
		if try.note(d, tx.Now()); try.answer.OK() {
			d.State = dm.DeliveryDelivered
		}
		err := tx.SaveDelivery(v.Account(), d)
		if dm.CodeOf(err) == dm.NotFound {
			return nil
		}
		return err
	})
}
