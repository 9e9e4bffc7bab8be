package app

import (
	"context"
	"errors"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
	"github.com/deskmesh/deskmesh/internal/store"
)

// JobScheduled sends a message whose time has come. It holds the id alone: who
// wrote it, and whether they may, is decided when it runs.
const JobScheduled = "reply.send"

type scheduledArgs struct {
	Reply int64 `json:"reply"`
}

// enqueueScheduled puts the job that sends a message at its time. A job of an
// earlier time finds that it is not due.
func enqueueScheduled(tx *store.Tx, account int64, r *dm.ScheduledReply) error {
	_, _, err := tx.Enqueue(store.NewJob{Account: account, Kind: JobScheduled, Args: scheduledArgs{r.ID}, RunAt: r.SendAt, Urgency: store.Normal})
	return err
}

// sendScheduled does the job JobScheduled. What is not waiting, or not due, is
// left alone, so that running it twice sends once.
func (a *App) sendScheduled(ctx context.Context, account int64, args scheduledArgs) error {
	return a.DB.Write(ctx, store.Normal, func(tx *store.Tx) error {
		f, r, err := lockScheduled(tx, account, args.Reply)
		if err != nil || r == nil || r.State != dm.ScheduledWaiting || r.SendAt > tx.Now() {
			return err
		}
		return a.deliverScheduled(tx, f, r, false)
	})
}

// lockScheduled locks a message and, before it, its ticket, as every other change
// of one does; nil when it is gone. The ticket is given as the system sees it.
func lockScheduled(tx *store.Tx, account, id int64) (*store.Found, *dm.ScheduledReply, error) {
	ticket, err := tx.ScheduledTicket(account, id)
	if err != nil || ticket == 0 {
		return nil, nil, err
	}
	f, err := tx.LockTicketByID(access.System(account, "scheduled reply"), ticket)
	if err != nil {
		return nil, nil, err
	}
	r, err := tx.LockScheduled(account, id)
	if dm.CodeOf(err) == dm.NotFound {
		return nil, nil, nil
	}
	return f, r, err
}

// scheduledViewer is the author of a message as they are now, lessened to the
// token it was made with.
func scheduledViewer(tx *store.Tx, account int64, r *dm.ScheduledReply) (*access.Viewer, error) {
	return tx.ExportViewer(account, &dm.Export{PersonID: r.PersonID, TokenID: r.TokenID})
}

// deliverScheduled sends one that is locked with its ticket, if its author may
// write it now. At its time it is held where the customer has answered, removed
// where the author cannot open the ticket any more, and failed where it is refused;
// its author is told of each. By hand, what refuses it is given back and nothing
// changes.
func (a *App) deliverScheduled(tx *store.Tx, f *store.Found, r *dm.ScheduledReply, byHand bool) error {
	account := f.Facts.Account
	v, err := scheduledViewer(tx, account, r)
	if err != nil {
		return err
	}
	if may := access.Decide(v, &f.Facts, tx.Now()); !may.Has(access.See) {
		return a.settleScheduled(tx, account, r, dm.ScheduledRemoved, dm.ScheduledNoAccess)
	}
	if f.Ticket.MergedInto != 0 && !byHand {
		return a.settleScheduled(tx, account, r, dm.ScheduledFailed, dm.ScheduledMerged)
	}
	if r.Hold && !byHand {
		answered, err := tx.CustomerAnswered(f, r.After)
		if err != nil {
			return err
		}
		if answered {
			return a.settleScheduled(tx, account, r, dm.ScheduledHeld, dm.ScheduledAnswered)
		}
	}
	res, err := a.applyScheduled(tx, v, f.Ticket.Number, r)
	if reason := refusal(err); reason != "" && !byHand {
		return a.settleScheduled(tx, account, r, dm.ScheduledFailed, reason)
	}
	if err != nil {
		return err
	}
	r.State, r.MessageID = dm.ScheduledSent, res.Messages[0].ID
	if r.Reason, err = a.applyStatus(tx, v, f.Ticket.Number, r); err != nil {
		return err
	}
	return tx.MarkScheduled(account, r)
}

// applyScheduled makes the message. What refuses it takes back all of it.
func (a *App) applyScheduled(tx *store.Tx, v *access.Viewer, number int64, r *dm.ScheduledReply) (res *Result, err error) {
	files, err := tx.ScheduledFileIDs(v.Account(), r)
	if err != nil {
		return nil, err
	}
	err = tx.Try(func() (err error) {
		res, err = a.ApplyIn(tx, v, dm.Change{Number: number, Scheduled: true, Messages: []dm.NewMessage{{Kind: r.Kind, Text: r.Text, HTML: r.HTML, Attachments: files, Mentions: r.Mentions}}})
		return err
	})
	return res, err
}

// applyStatus sets the status that goes with a message that was sent. It was
// possible when the message was written; where it is not any more, the message
// stands and the reason says so.
func (a *App) applyStatus(tx *store.Tx, v *access.Viewer, number int64, r *dm.ScheduledReply) (dm.ScheduledReason, error) {
	var set dm.TicketPatch
	if r.Status != "" {
		set.Status = &r.Status
	}
	if r.StatusID != 0 {
		set.StatusID = &r.StatusID
	}
	if set.Empty() {
		return "", nil
	}
	err := tx.Try(func() error {
		_, err := a.ApplyIn(tx, v, dm.Change{Number: number, Set: set, Pending: dm.PendingKeep})
		return err
	})
	if refusal(err) != "" {
		return dm.ScheduledStatus, nil
	}
	return "", err
}

// refusal gives the reason where an error says that a message cannot be sent as
// it is; "" for none, and for errors that pass.
func refusal(err error) dm.ScheduledReason {
	e, ok := errors.AsType[*dm.Error](err)
	switch {
	case !ok || e.Code == dm.Internal || e.Code == dm.Unavailable:
		return ""
	case e.Code == dm.Forbidden:
		return dm.ScheduledNoRight
	case e.Code == dm.Invalid && len(e.Field) >= len("attachments") && e.Field[:len("attachments")] == "attachments":
		return dm.ScheduledFile
	}
	return dm.ScheduledRefused
}

// settleScheduled says why a message was not sent, in its ticket's history.
func (a *App) settleScheduled(tx *store.Tx, account int64, r *dm.ScheduledReply, state dm.ScheduledState, reason dm.ScheduledReason) error {
	system := access.System(account, "scheduled reply")
	f, err := tx.LockTicketByID(system, r.TicketID)
	if err != nil {
		return err
	}
	w := &work{app: a, tx: tx, viewer: system, account: account, ch: &dm.Change{Cause: system.Cause()}, t: &f.Ticket, shares: f.Shares, decision: f.Decision, res: &Result{}}
	if w.dir, err = tx.Directory(account); err != nil {
		return err
	}
	if err := w.settle(r, state, reason); err != nil {
		return err
	}
	return w.writeEvents()
}

// settledKinds are the lines of history for what becomes of a message instead of
// being sent.
var settledKinds = map[dm.ScheduledState]dm.EventKind{
	dm.ScheduledRemoved: dm.ReplyRemoved, dm.ScheduledHeld: dm.ReplyHeld, dm.ScheduledFailed: dm.ReplyFailed,
}

func (w *work) settle(r *dm.ScheduledReply, state dm.ScheduledState, reason dm.ScheduledReason) error {
	r.State, r.Reason = state, reason
	if err := w.tx.MarkScheduled(w.account, r); err != nil {
		return err
	}
	i := len(w.events)
	w.scheduledEvent(settledKinds[state], r)
	w.events[i].ActorID, w.events[i].Cause = 0, access.System(w.account, "scheduled reply").Cause()
	return nil
}

// settlePending deals with a ticket's scheduled messages where the change ends
// its work: it asks, sends them, cancels them or lets them be.
func (w *work) settlePending() error {
	ends := w.t.Status.Done() && !w.old.Status.Done()
	if w.created || !ends || w.viewer.IsSystem() || w.ch.Scheduled || w.ch.Merge != nil {
		return nil
	}
	if w.ch.Pending == dm.PendingKeep || !w.viewer.IsAgent() {
		return nil
	}
	pending, err := w.pendingSeen()
	if err != nil || len(pending) == 0 {
		return err
	}
	if w.ch.Pending == dm.PendingAsk {
		e := dm.Errorf(dm.Conflict, "Messages are still scheduled on this ticket. Say whether they are sent now, kept or cancelled.").
			With("pending_replies").Showing(map[string]any{"count": len(pending)})
		e.Field = "pending"
		return e
	}
	for i := range pending {
		r, err := w.tx.LockScheduled(w.account, pending[i].ID)
		if err != nil {
			return err
		}
		if err := w.mayDecide(r); err != nil {
			return err
		}
		if w.ch.Pending == dm.PendingSend {
			err = w.hasten(r)
		} else {
			err = w.cancelScheduled(r)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// pendingSeen lists what is not sent yet on the ticket, as far as the viewer may
// know of it. What only waits so that it can be undone goes its way.
func (w *work) pendingSeen() ([]dm.ScheduledReply, error) {
	all, err := w.tx.PendingOn(w.found())
	if err != nil {
		return nil, err
	}
	seen := all[:0]
	for _, r := range all {
		if !r.Undo && (r.PersonID == w.viewer.Person() || w.decision.Has(access.SeeInternal)) {
			seen = append(seen, r)
		}
	}
	return seen, nil
}

// removeOrphans removes the scheduled messages of authors whom this change takes
// the ticket from, and fails those on a ticket that was merged away.
func (w *work) removeOrphans() error {
	if !w.lessOpen() {
		return nil
	}
	pending, err := w.tx.PendingOn(w.found())
	if err != nil || len(pending) == 0 {
		return err
	}
	facts := w.facts()
	for i := range pending {
		r, err := w.tx.LockScheduled(w.account, pending[i].ID)
		if err != nil {
			return err
		}
		v, err := scheduledViewer(w.tx, w.account, r)
		if err != nil {
			return err
		}
		may := access.Decide(v, &facts, w.tx.Now())
		switch {
		case !may.Has(access.See):
			err = w.settle(r, dm.ScheduledRemoved, dm.ScheduledNoAccess)
		case w.t.MergedInto != 0 && w.old.MergedInto == 0 && r.State != dm.ScheduledFailed:
			err = w.settle(r, dm.ScheduledFailed, dm.ScheduledMerged)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// lessOpen says whether the change may have taken the ticket from somebody.
func (w *work) lessOpen() bool {
	if w.created {
		return false
	}
	for i := range w.events {
		switch w.events[i].Kind {
		case dm.ShareRevoked, dm.ShareExpired, dm.ShareLeft:
			return true
		}
	}
	o, t := &w.old, w.t
	return o.ID != 0 && (o.InboxID != t.InboxID || o.GroupID != t.GroupID || o.AssigneeID != t.AssigneeID || o.Spam != t.Spam || o.Deleted != t.Deleted || o.MergedInto != t.MergedInto)
}

// reviewScheduled looks, after the access of an account has changed, at what is
// scheduled, and removes what its authors lost.
func (a *App) reviewScheduled(ctx context.Context) error {
	return a.eachAccount(ctx, func(ctx context.Context, dir *store.Directory) error {
		for {
			n, err := a.reviewSome(ctx, dir.Account.ID)
			if err != nil || n < sweepBatch {
				return err
			}
		}
	})
}

func (a *App) reviewSome(ctx context.Context, account int64) (n int, err error) {
	err = a.DB.Write(ctx, store.Bulk, func(tx *store.Tx) error {
		dir, err := tx.Directory(account)
		if err != nil {
			return err
		}
		version := dir.Account.AccessVersion
		ids, err := tx.UnreviewedScheduled(account, version, sweepBatch)
		n = len(ids)
		for _, id := range ids {
			if err != nil {
				break
			}
			err = a.reviewOne(tx, account, id, version)
		}
		return err
	})
	return n, err
}

func (a *App) reviewOne(tx *store.Tx, account, id, version int64) error {
	f, r, err := lockScheduled(tx, account, id)
	if err != nil || r == nil || r.State.Ended() {
		return err
	}
	v, err := scheduledViewer(tx, account, r)
	if err != nil {
		return err
	}
	if may := access.Decide(v, &f.Facts, tx.Now()); !may.Has(access.See) {
		return a.settleScheduled(tx, account, r, dm.ScheduledRemoved, dm.ScheduledNoAccess)
	}
	return tx.ReviewedScheduled(account, id, version)
}
