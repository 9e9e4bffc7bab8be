package app

import (
	"time"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/store"
	"github.com/deskmesh/deskmesh/internal/webhook"
)

// A webhook whose tries all fail is switched off: after pauseTries of them in
// pauseSome or longer, or after pauseLong however few there were: all tries of a
// single delivery last a little longer than that.
const (
	pauseTries = 20
	pauseSome  = time.Hour
	pauseLong  = 23 * time.Hour
	// waitsMost is how long an event waits for its webhook, off or busy, before it
	// is given up.
	waitsMost = 72 * time.Hour
)

// What the log says where nothing was sent.
const (
	notVisibleNow = "The ticket is not visible to the webhook any more; nothing was sent."
	waitedTooLong = "It waited too long: the webhook was off, or the receiver did not keep up."
)

// keepTry keeps what came of a try, and switches a webhook off that nobody
// answers. The delivery may be gone with its webhook.
func keepTry(tx *store.Tx, account, hook, id int64, try *attempt) error {
	w, err := tx.Webhook(account, hook)
	if dm.CodeOf(err) == dm.NotFound {
		return nil
	}
	if err != nil {
		return err
	}
	d, err := tx.Delivery(account, hook, id)
	if dm.CodeOf(err) == dm.NotFound {
		return nil
	}
	if err != nil {
		return err
	}
	if try.dropped {
		d.State, d.NextAt, d.Error, d.Status = dm.DeliveryDropped, 0, notVisibleNow, 0
		return tx.SaveDelivery(account, d)
	}
	try.note(d, tx.Now())
	switch {
	case try.answer.OK():
		d.State = dm.DeliveryDelivered
		if err := tx.NoteDelivered(account, hook); err != nil {
			return err
		}
		return tx.SaveDelivery(account, d)
	case try.answer.Gone():
		d.State = dm.DeliveryFailed
	default:
		if err := tryAgain(tx, account, d, try.answer.RetryAfter); err != nil {
			return err
		}
	}
	if err := tx.SaveDelivery(account, d); err != nil {
		return err
	}
	return noteFailure(tx, account, w, &try.answer)
}

// tryAgain sets when a delivery is tried next, or that it has failed.
func tryAgain(tx *store.Tx, account int64, d *dm.Delivery, rest time.Duration) error {
	wait, ok := webhook.NextTry(d.Attempts, rest)
	if !ok {
		d.State = dm.DeliveryFailed
		return nil
	}
	d.State, d.NextAt = dm.DeliveryWaiting, tx.Now().Add(wait)
	return wakeAt(tx, account, d.WebhookID, d.NextAt)
}

// noteFailure counts a failed try and switches the webhook off where that is
// due. A rest that the receiver asks for holds everything for the webhook back.
func noteFailure(tx *store.Tx, account int64, w *dm.Webhook, answer *webhook.Answer) error {
	var rest dm.Time
	if answer.RetryAfter > 0 {
		rest = tx.Now().Add(answer.RetryAfter)
	}
	if err := tx.NoteFailed(account, w.ID, rest); err != nil || !w.Active {
		return err
	}
	if w.Failures++; w.FailingFrom == 0 {
		w.FailingFrom = tx.Now()
	}
	failing := tx.Now().Sub(w.FailingFrom)
	switch {
	case answer.Gone():
		return pauseWebhook(tx, account, w, dm.PausedGone)
	case w.Failures >= pauseTries && failing >= pauseSome, failing >= pauseLong:
		return pauseWebhook(tx, account, w, dm.PausedFailures)
	}
	return nil
}

// pauseWebhook switches a webhook off and says so in the administrators' log.
func pauseWebhook(tx *store.Tx, account int64, w *dm.Webhook, reason dm.PauseReason) error {
	if err := tx.SwitchWebhook(account, w.ID, false, reason); err != nil {
		return err
	}
	return tx.Audit(account, &store.AuditLine{Action: "webhook.paused", ObjectKind: "webhook", ObjectID: w.ID,
		Data: store.AuditData{Cause: dm.CauseSystem, CauseName: "webhooks", Changes: []dm.FieldChange{{Field: "active", Old: "true", New: "false"}, {Field: "reason", New: string(reason)}}}})
}
