package app

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"math/rand/v2"
	"strconv"
	"sync"
	"time"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/jobs"
	"github.com/deskmesh/deskmesh/internal/store"
	"github.com/deskmesh/deskmesh/internal/webhook"
)

// Bounds of sending, so that a slow receiver holds up neither other webhooks nor
// the account's mail.
const (
	hookTurnsMost = 2                // webhooks of one account that a node serves at the same time
	hookParallel  = 4                // requests to one webhook at the same time, on all nodes
	hookBatch     = 20               // deliveries read at once
	hookTurn      = 20 * time.Second // after which a webhook goes to the end of the line
	hookSlot      = 5 * time.Second  // next tries are woken together, once per slot
	hookWait      = 5 * time.Minute  // where this node sends nothing
)

// hookTurns counts the webhooks of each account that this node serves now. Its
// zero value is ready.
type hookTurns struct {
	mu      sync.Mutex
	serving map[int64]int
}

// enter takes a place; leave gives it back.
func (t *hookTurns) enter(account int64) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.serving[account] >= hookTurnsMost {
		return false
	}
	if t.serving == nil {
		t.serving = map[int64]int{}
	}
	t.serving[account]++
	return true
}

func (t *hookTurns) leave(account int64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.serving[account]--; t.serving[account] == 0 {
		delete(t.serving, account)
	}
}

// sendWebhook does the job JobWebhook: it sends what is due for one webhook, a
// few at the same time, until nothing is or its turn is over.
func (a *App) sendWebhook(ctx context.Context, account, id int64) error {
	if a.Hooks == nil || a.Payload == nil {
		return jobs.Snooze(hookWait)
	}
	if !a.turns.enter(account) {
		return jobs.Snooze(time.Second + rand.N(time.Second))
	}
	defer a.turns.leave(account)
	end := a.DB.Now().Add(hookTurn)
	for {
		due, err := a.dueFor(ctx, account, id)
		if err != nil || len(due) == 0 {
			return err
		}
		if a.DB.Now() >= end {
			return a.DB.Write(ctx, store.Normal, func(tx *store.Tx) error { return enqueueWebhook(tx, account, id) })
		}
		if err := a.sendAll(ctx, account, due); err != nil {
			return err
		}
	}
}

// dueFor reads what is due for a webhook: nothing while it is off, or while its
// receiver asked to be left alone, after which it is woken again.
func (a *App) dueFor(ctx context.Context, account, id int64) (due []dm.Delivery, err error) {
	var rest dm.Time
	err = a.DB.Read(ctx, func(tx *store.Tx) error {
		w, err := tx.Webhook(account, id)
		if dm.CodeOf(err) == dm.NotFound {
			return nil
		}
		if err != nil || !w.Active {
			return err
		}
		if w.HoldUntil > tx.Now() {
			rest = w.HoldUntil
			return nil
		}
		due, err = tx.DueDeliveries(account, id, hookBatch)
		return err
	})
	if err != nil || rest == 0 {
		return due, err
	}
	return nil, a.DB.Write(ctx, store.Normal, func(tx *store.Tx) error { return wakeAt(tx, account, id, rest) })
}

// wakeAt has a webhook looked at again at a moment, or up to a slot later: what
// is due together is woken together.
func wakeAt(tx *store.Tx, account, id int64, at dm.Time) error {
	slot := store.SlotOf(at, hookSlot).Add(hookSlot)
	_, _, err := tx.Enqueue(store.NewJob{Account: account, Kind: JobWebhookDue, Args: webhookArgs{Webhook: id}, RunAt: slot, Urgency: store.Normal,
		UniqueKey: idText(id) + " " + strconv.FormatInt(int64(slot), 10)})
	return err
}

// webhookDue does the job JobWebhookDue.
func (a *App) webhookDue(ctx context.Context, account, id int64) error {
	return a.DB.Write(ctx, store.Normal, func(tx *store.Tx) error {
		next, err := tx.NextDelivery(account, id)
		if err != nil || next == 0 {
			return err
		}
		return enqueueWebhook(tx, account, id)
	})
}

// sendAll tries deliveries of one webhook and waits for all of them.
func (a *App) sendAll(ctx context.Context, account int64, due []dm.Delivery) error {
	places := make(chan struct{}, hookParallel)
	faults := make([]error, len(due))
	var all sync.WaitGroup
	for i := range due {
		places <- struct{}{}
		all.Go(func() {
			defer func() {
				if p := recover(); p != nil {
					faults[i] = fmt.Errorf("panic: %v", p)
				}
				<-places
			}()
			faults[i] = a.tryDelivery(ctx, account, &due[i])
		})
	}
	all.Wait()
	return errors.Join(faults...)
}

// attempt is one try of a delivery: what is sent, and what came of it.
type attempt struct {
	webhook.Request
	dropped bool // the webhook may not hear of it any more
	off     bool // the webhook is off
	answer  webhook.Answer
	took    time.Duration
}

// tryDelivery writes the body anew, as the webhook may see it now, sends it and
// keeps what came of it. A crash between the answer and the keeping sends it a
// second time, under the same id.
func (a *App) tryDelivery(ctx context.Context, account int64, d *dm.Delivery) error {
	try, err := a.prepareTry(ctx, account, d)
	if err != nil || try.off {
		return err
	}
	if !try.dropped {
		if err := a.post(ctx, try); err != nil {
			return err
		}
	}
	// What was sent is kept even while the server stops.
	return a.DB.Write(context.WithoutCancel(ctx), store.Normal, func(tx *store.Tx) error { return keepTry(tx, account, d.WebhookID, d.ID, try) })
}

// prepareTry renders the body and opens the secrets.
func (a *App) prepareTry(ctx context.Context, account int64, d *dm.Delivery) (*attempt, error) {
	try := &attempt{}
	err := a.DB.Read(ctx, func(tx *store.Tx) error {
		w, err := tx.Webhook(account, d.WebhookID)
		if dm.CodeOf(err) == dm.NotFound {
			try.off = true
			return nil
		}
		if err != nil {
			return err
		}
		if try.off = !w.Active && d.EventID != 0; try.off {
			return nil
		}
		event := &WebhookEvent{Webhook: w, Kind: d.Kind, At: d.CreatedAt}
		if d.EventID != 0 {
			event, err = a.viewForWebhook(tx, account, w, d)
			if err != nil {
				return err
			}
		} else if event.Directory, err = tx.Directory(account); err != nil {
			return err
		}
		if try.dropped = event == nil; try.dropped {
			return nil
		}
		if try.Body, err = a.Payload(event); err != nil {
			return err
		}
		try.URL, try.ID, try.At = w.URL, d.MessageID(), tx.Now().Std()
		try.Secrets, try.Headers, err = openWebhook(tx, account, w.ID)
		return err
	})
	return try, err
}

// post sends a try. When the server stops meanwhile, nothing came of it.
func (a *App) post(ctx context.Context, try *attempt) (err error) {
	began := a.DB.Now()
	try.answer, err = a.Hooks.Post(ctx, try.Request)
	try.took = a.DB.Now().Sub(began)
	if err == nil && !try.answer.OK() && ctx.Err() != nil {
		return ctx.Err()
	}
	return err
}

// note writes down what was sent and what came of it.
func (t *attempt) note(d *dm.Delivery, now dm.Time) {
	sum := sha256.Sum256(t.Body)
	d.Attempts++
	d.TriedAt, d.NextAt = now, 0
	d.Size, d.Digest = len(t.Body), hex.EncodeToString(sum[:])
	d.Status, d.Error, d.Millis = t.answer.Status, t.answer.Problem, t.took.Milliseconds()
}
