package app

import (
	"context"
	"errors"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
	"github.com/deskmesh/deskmesh/internal/jobs"
	"github.com/deskmesh/deskmesh/internal/store"
)

// Kinds of jobs of bulks.
const (
	JobBulk       = "bulk"        // does what is left of a bulk
	JobTellBulk   = "bulk.tell"   // fans a bulk out to the people who hear of it
	JobBulkNotice = "bulk.notice" // one mail to one person about all their tickets of a bulk, decided again when sent
)

type bulkArgs struct {
	Bulk int64 `json:"bulk"`
}

const (
	// bulkBatch bounds the tickets of one transaction.
	bulkBatch = 50
	// maxBulkMessage bounds what is kept of why a ticket failed, in characters.
	maxBulkMessage = 900
)

// runBulk does the job JobBulk. When it fails for the last time the rest of the
// bulk is given up, each ticket by name, so that nobody waits for it in vain.
func (a *App) runBulk(ctx context.Context, j *jobs.Job, args bulkArgs) error {
	err := a.workBulk(ctx, j.Account, args.Bulk)
	if err == nil || ctx.Err() != nil || j.Attempt < j.MaxAttempts {
		return err
	}
	return errors.Join(jobs.Permanent(err), a.DB.Write(ctx, store.Bulk, func(tx *store.Tx) error {
		b, err := tx.LockBulk(j.Account, args.Bulk)
		if err != nil || b.State.Ended() {
			return err
		}
		n, err := tx.FailBulkItems(j.Account, b.ID, string(dm.Internal), bulkBroken)
		if err != nil {
			return err
		}
		b.Failed += int(n)
		return a.endBulk(tx, j.Account, b, dm.BulkDone)
	}))
}

// bulkBroken is told of a ticket that a fault of the program kept from being
// changed.
const bulkBroken = "Something went wrong on our side. The ticket was not changed."

// workBulk does what is left of a bulk, some tickets a transaction. Each is
// marked in the transaction that changes it: killed at any moment and run
// again, it changes each ticket once. One ticket that breaks its transaction is
// found by doing its batch one by one.
func (a *App) workBulk(ctx context.Context, account, id int64) error {
	if err := a.beginBulk(ctx, account, id); err != nil {
		return err
	}
	for {
		more, err := a.bulkStep(ctx, account, id, bulkBatch)
		if err != nil && ctx.Err() == nil {
			more, err = a.oneByOne(ctx, account, id)
		}
		if err != nil || !more {
			return err
		}
	}
}

// oneByOne does the tickets of a batch that broke each in its own transaction,
// and gives up one that breaks it again.
func (a *App) oneByOne(ctx context.Context, account, id int64) (more bool, err error) {
	for range bulkBatch {
		more, err = a.bulkStep(ctx, account, id, 1)
		if err != nil && ctx.Err() == nil {
			more, err = true, a.failNext(ctx, account, id)
		}
		if err != nil || !more {
			return more, err
		}
	}
	return true, nil
}

// beginBulk looks up what a list has, where a bulk has not begun.
func (a *App) beginBulk(ctx context.Context, account, id int64) error {
	var b *dm.Bulk
	var items []dm.BulkItem
	err := a.DB.ReadMoment(ctx, func(tx *store.Tx) (err error) {
		if b, err = tx.Bulk(account, id); err != nil || b.State != dm.BulkWaiting {
			return err
		}
		items, err = a.lookUp(tx, account, b)
		return err
	})
	if dm.CodeOf(err) == dm.NotFound || err == nil && b.State != dm.BulkWaiting {
		return nil
	}
	if err != nil {
		return err
	}
	return a.DB.Write(ctx, store.Bulk, func(tx *store.Tx) error {
		b, err := tx.LockBulk(account, id)
		if err != nil || b.State != dm.BulkWaiting {
			return err
		}
		b.State = dm.BulkRunning
		if b.List != nil || b.Shares != nil {
			b.Total = len(items)
			if err := tx.AddBulkItems(account, id, items); err != nil {
				return err
			}
		}
		return tx.SaveBulk(account, b)
	})
}

// lookUp decides what a list has now, for the person as they are now. One that
// they cannot ask for any more has nothing. What came in beyond the limit since
// it was asked for is left alone.
func (a *App) lookUp(tx *store.Tx, account int64, b *dm.Bulk) ([]dm.BulkItem, error) {
	v, err := tx.BulkViewer(account, b)
	if err != nil {
		return nil, err
	}
	if b.Shares != nil {
		if !v.Can(dm.SharesManage) {
			return nil, nil
		}
		return revocable(tx, account, b.Shares, dm.MaxBulk)
	}
	if b.List == nil {
		return nil, nil
	}
	numbers, err := a.listedNumbers(tx, v, b.List, dm.MaxBulk)
	if code := dm.CodeOf(err); code == dm.Invalid || code == dm.Forbidden || code == dm.NotFound {
		return nil, nil
	}
	return itemsOf(numbers), err
}

// bulkStep does the next tickets of a bulk in one transaction, and says whether
// there may be more.
func (a *App) bulkStep(ctx context.Context, account, id int64, most int) (more bool, err error) {
	err = a.DB.Write(ctx, store.Bulk, func(tx *store.Tx) error {
		more = false
		b, err := tx.LockBulk(account, id)
		if dm.CodeOf(err) == dm.NotFound || err == nil && b.State != dm.BulkRunning {
			return nil
		}
		if err != nil {
			return err
		}
		items, err := tx.BulkItems(account, id, dm.ItemWaiting, 0, most)
		if err != nil {
			return err
		}
		v, err := tx.BulkViewer(account, b)
		if err != nil {
			return err
		}
		for i := range items {
			it := &items[i]
			if _, err := a.bulkOne(tx, v, b, it); err != nil {
				return err
			}
			if err := tx.SaveBulkItem(account, it); err != nil {
				return err
			}
			if it.State == dm.ItemFailed {
				b.Failed++
			} else {
				b.Done++
			}
		}
		if more = len(items) == most; more {
			return tx.SaveBulk(account, b)
		}
		return a.endBulk(tx, account, b, dm.BulkDone)
	})
	return more, err
}

// bulkOne does one ticket of a bulk and notes what became of it. What only this
// ticket refuses takes back this ticket alone; any other error is returned.
func (a *App) bulkOne(tx *store.Tx, v *access.Viewer, b *dm.Bulk, it *dm.BulkItem) (res *Result, err error) {
	err = tx.Try(func() (err error) {
		if b.Action == dm.BulkRevoke {
			res, err = a.revokeOne(tx, v, b, it)
			return err
		}
		if b.Action == dm.BulkMacro {
			res, err = a.applyActions(tx, v, it.Number, b.Work.Actions, dm.Cause{Kind: dm.CauseBulk, ID: b.ID}, b.ID == 0)
			return err
		}
		ch, err := bulkChange(tx, v, b, it)
		if err == nil {
			res, err = a.ApplyIn(tx, v, ch)
		}
		return err
	})
	it.Undo = nil
	e, ok := errors.AsType[*dm.Error](err)
	switch {
	case err == nil && len(res.Events) > 0:
		it.State = dm.ItemChanged
		if b.Action != dm.BulkUndo {
			it.Undo = res.Undo
		}
	case err == nil:
		it.State = dm.ItemSame
	case !ok || e.Code == dm.Internal || e.Code == dm.Unavailable:
		return nil, err
	default:
		it.State, it.Code, it.Message = dm.ItemFailed, codeOf(e), why(e)
	}
	return res, nil
}

// bulkChange puts together what a bulk does to one of its tickets.
func bulkChange(tx *store.Tx, v *access.Viewer, b *dm.Bulk, it *dm.BulkItem) (ch dm.Change, err error) {
	w := &b.Work
	ch = dm.Change{Number: it.Number, Set: w.Set, KeepAccess: w.KeepAccess, Share: w.Share, UnshareFrom: w.Unshare, Trash: w.Move}
	switch {
	case b.Action == dm.BulkUndo && it.Undo != nil:
		ch, err = undoChange(tx, v, it.Number, it.Undo)
	case w.Message != nil:
		ch.Messages, err = filledMessage(tx, v, it.Number, w.Message)
	}
	ch.Cause, ch.Undoable = dm.Cause{Kind: dm.CauseBulk, ID: b.ID}, b.Action != dm.BulkUndo
	return ch, err
}

func clipped(text string, most int) string {
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most])
	}
	return text
}

// codeOf is what programs tell an error by.
func codeOf(e *dm.Error) string {
	if e.Reason != "" {
		return e.Reason
	}
	return string(e.Code)
}

// failNext gives up the next ticket of a bulk, which breaks its transaction.
func (a *App) failNext(ctx context.Context, account, id int64) error {
	return a.DB.Write(ctx, store.Bulk, func(tx *store.Tx) error {
		b, err := tx.LockBulk(account, id)
		if err != nil || b.State != dm.BulkRunning {
			return err
		}
		items, err := tx.BulkItems(account, id, dm.ItemWaiting, 0, 1)
		if err != nil || len(items) == 0 {
			return err
		}
		items[0].State, items[0].Code, items[0].Message = dm.ItemFailed, string(dm.Internal), bulkBroken
		if err := tx.SaveBulkItem(account, &items[0]); err != nil {
			return err
		}
		b.Failed++
		return tx.SaveBulk(account, b)
	})
}
