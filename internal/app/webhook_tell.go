package app

import (
	"context"
	"slices"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
	"github.com/deskmesh/deskmesh/internal/rules"
	"github.com/deskmesh/deskmesh/internal/store"
)

// Kinds of jobs that tell webhooks of events.
const (
	JobWebhookEvent = "webhook.event" // finds the webhooks that hear of the events of one change
	JobWebhook      = "webhook"       // sends what is due for one webhook
	JobWebhookDue   = "webhook.due"   // puts the former in line when the next try's time has come
)

type webhookEventArgs struct {
	Events []int64 `json:"events"`
}

type webhookArgs struct {
	Webhook int64 `json:"webhook"`
}

// webhookEventsMost bounds the events of one job.
const webhookEventsMost = 500

// tellWebhooks puts a job in the events' own transaction, where any webhook of
// the account listens to one of them. An account without webhooks pays nothing.
func (a *App) tellWebhooks(tx *store.Tx, dir *store.Directory, events []dm.Event) error {
	var heard []int64
	for i := range events {
		if slices.ContainsFunc(dir.Webhooks, func(w dm.Webhook) bool { return w.Hears(events[i].Kind) && w.Reach.Tells(&events[i]) }) {
			heard = append(heard, events[i].ID)
		}
	}
	for part := range slices.Chunk(heard, webhookEventsMost) {
		err := tx.EnqueueAll([]store.NewJob{{Account: dir.Account.ID, Kind: JobWebhookEvent, Args: webhookEventArgs{Events: part}, Urgency: store.Normal}})
		if err != nil {
			return err
		}
	}
	return nil
}

// addEvent appends a line to a ticket's history apart from those of a change, and
// tells the webhooks that hear of it. It sets the event's id and time.
func (a *App) addEvent(tx *store.Tx, dir *store.Directory, e *dm.Event) error {
	if err := tx.InsertEvent(dir.Account.ID, e); err != nil {
		return err
	}
	return a.tellWebhooks(tx, dir, []dm.Event{*e})
}

// fanOut does the job JobWebhookEvent: for every event it finds the webhooks
// that may hear of it and whose condition holds now, and makes a delivery for
// each. Done twice, it makes nothing twice.
func (a *App) fanOut(ctx context.Context, account int64, args webhookEventArgs) error {
	var made []dm.Delivery
	err := a.DB.Read(ctx, func(tx *store.Tx) error {
		dir, err := tx.Directory(account)
		if err != nil {
			return err
		}
		for _, id := range args.Events {
			e, err := tx.Event(account, id)
			if dm.CodeOf(err) == dm.NotFound {
				continue
			}
			if err != nil {
				return err
			}
			hooks, err := hearing(tx, dir, e)
			if err != nil {
				return err
			}
			for _, w := range hooks {
				made = append(made, dm.Delivery{WebhookID: w, EventID: e.ID, Kind: e.Kind, State: dm.DeliveryWaiting})
			}
		}
		return nil
	})
	if err != nil || len(made) == 0 {
		return err
	}
	return a.DB.Write(ctx, store.Normal, func(tx *store.Tx) error { return addDeliveries(tx, account, made) })
}

// hearing lists the webhooks that are told of an event.
func hearing(tx *store.Tx, dir *store.Directory, e *dm.Event) (list []int64, err error) {
	account := dir.Account.ID
	f, err := tx.TicketByID(access.System(account, "webhooks"), e.TicketID)
	if dm.CodeOf(err) == dm.NotFound {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var snapshot *rules.Snapshot
	for i := range dir.Webhooks {
		w := &dir.Webhooks[i]
		if !w.Hears(e.Kind) || !w.Reach.Tells(e) {
			continue
		}
		if d := access.Decide(webhookViewer(dir, w, e.Kind), &f.Facts, tx.Now()); !d.Has(access.See) {
			continue
		}
		if !w.Condition.Empty() && snapshot == nil {
			if snapshot, err = tx.TicketSnapshot(account, e.TicketID, rules.Everything); err != nil {
				return nil, err
			}
		}
		// What a condition says of messages means the public ones, for a webhook must
		// not learn what stands in a local note by whether it hears of the ticket.
		if w.Condition.Empty() || rules.Match(&w.Condition, snapshot, &rules.Reader{Now: tx.Now()}) {
			list = append(list, w.ID)
		}
	}
	return list, nil
}

// webhookViewer is the webhook as the viewer of an event's ticket: a deleted
// ticket is there for the event that says so, and for no other.
func webhookViewer(dir *store.Directory, w *dm.Webhook, kind dm.EventKind) *access.Viewer {
	v := store.WebhookViewer(dir, w)
	if kind == dm.TicketDeleted {
		return v.OfDeleted()
	}
	return v
}

// addDeliveries stores deliveries, due at once, and puts the jobs that send them
// in line. A webhook that was switched off meanwhile is left out.
func addDeliveries(tx *store.Tx, account int64, list []dm.Delivery) error {
	dir, err := tx.Directory(account)
	if err != nil {
		return err
	}
	var due []int64
	for i := range list {
		d := list[i]
		if !slices.ContainsFunc(dir.Webhooks, func(w dm.Webhook) bool { return w.ID == d.WebhookID }) {
			continue
		}
		d.NextAt = tx.Now()
		added, err := tx.AddDelivery(account, &d)
		if err != nil {
			return err
		}
		if added && !slices.Contains(due, d.WebhookID) {
			due = append(due, d.WebhookID)
		}
	}
	for _, id := range due {
		if err := enqueueWebhook(tx, account, id); err != nil {
			return err
		}
	}
	return nil
}

// enqueueWebhook puts a job in the webhook's own line: one after the other, each
// sends whatever is due, so that the one after a change always sees it.
func enqueueWebhook(tx *store.Tx, account, id int64) error {
	_, _, err := tx.Enqueue(store.NewJob{Account: account, Kind: JobWebhook, Args: webhookArgs{Webhook: id}, Urgency: store.Normal, OrderingKey: "webhook " + idText(id)})
	return err
}

// wakeWebhook sends at once what waits for a webhook.
func wakeWebhook(tx *store.Tx, account, id int64) error {
	n, err := tx.WakeDeliveries(account, id)
	if err != nil || n == 0 {
		return err
	}
	return enqueueWebhook(tx, account, id)
}
