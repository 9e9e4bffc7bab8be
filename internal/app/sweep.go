package app

import (
	"context"
	"time"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/store"
)

// Kinds of jobs that tidy, on a schedule.
const (
	JobSweepShares = "sweep.shares" // ends shares whose time is over, with history and mail
	JobSweepOld    = "sweep.old"    // removes what the retention settings no longer keep
)

// sweepBatch bounds one transaction of a sweep.
const sweepBatch = 50

// SweepShares ends the shares whose time is over. They admitted nobody any
// more: the sweep writes the history and tells the people. With it goes what is
// scheduled by people who lost access in any way.
func (a *App) SweepShares(ctx context.Context) error {
	for {
		n, err := a.sweepSome(ctx, dm.ShareExpired, "expired", func(tx *store.Tx) ([]store.SweepItem, error) { return tx.ExpiredShares(sweepBatch) })
		if err != nil {
			return err
		}
		if n < sweepBatch {
			break
		}
	}
	err := a.eachAccount(ctx, func(ctx context.Context, dir *store.Directory) error {
		days := dir.Settings.EndAfterClosedDays
		if days == 0 {
			return nil
		}
		for {
			n, err := a.sweepSome(ctx, dm.ShareRevoked, "ticket closed", func(tx *store.Tx) ([]store.SweepItem, error) {
				return tx.SharesOfClosed(dir.Account.ID, tx.Now().Add(-time.Duration(days)*24*time.Hour), sweepBatch)
			})
			if err != nil || n < sweepBatch {
				return err
			}
		}
	})
	if err != nil {
		return err
	}
	return a.reviewScheduled(ctx)
}

func (a *App) sweepSome(ctx context.Context, kind dm.EventKind, cause string, find func(*store.Tx) ([]store.SweepItem, error)) (n int, err error) {
	err = a.DB.Write(ctx, store.Bulk, func(tx *store.Tx) error {
		list, err := find(tx)
		if err != nil {
			return err
		}
		n = len(list)
		for _, it := range list {
			if err := a.endSwept(tx, it, kind, cause, true); err != nil {
				return err
			}
		}
		return nil
	})
	return n, err
}

func (a *App) eachAccount(ctx context.Context, f func(context.Context, *store.Directory) error) error {
	var dirs []*store.Directory
	err := a.DB.Read(ctx, func(tx *store.Tx) error {
		accounts, err := tx.Accounts()
		if err != nil {
			return err
		}
		for _, acc := range accounts {
			d, err := tx.Directory(acc.ID)
			if err != nil {
				return err
			}
			dirs = append(dirs, d)
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, d := range dirs {
		if err := f(ctx, d); err != nil {
			return err
		}
	}
	return nil
}

// looseFileLife is how long an uploaded file waits for a message to take it.
const looseFileLife = 24 * time.Hour

// SweepOld removes files that no message took or that were never written to
// their end, and what the retention settings no longer keep.
func (a *App) SweepOld(ctx context.Context) error {
	if err := a.sweepLooseFiles(ctx); err != nil {
		return err
	}
	if a.Blobs != nil {
		if _, err := a.Blobs.SweepTemp(ctx, a.DB.Now().Add(-looseFileLife).Std()); err != nil {
			return err
		}
	}
	for _, drop := range []func(*store.Tx) (int64, error){
		func(tx *store.Tx) (int64, error) { return tx.DropExpiredSessions(sweepRows) },
		func(tx *store.Tx) (int64, error) { return tx.DropOldIdempotencyKeys(sweepRows) },
		func(tx *store.Tx) (int64, error) { return tx.DropOldSetupLinks(sweepRows) },
		func(tx *store.Tx) (int64, error) { return tx.DropOldSignInLinks(sweepRows) },
		func(tx *store.Tx) (int64, error) { return tx.DropOldLetIns(sweepRows) },
		func(tx *store.Tx) (int64, error) { return tx.DropOldRuleLog(sweepRows) },
	} {
		if err := a.dropAll(ctx, drop); err != nil {
			return err
		}
	}
	return a.eachAccount(ctx, a.retain)
}

// sweepRows bounds one transaction that only deletes rows.
const sweepRows = 500

// dropAll repeats a bounded deletion until it finds nothing more.
func (a *App) dropAll(ctx context.Context, drop func(*store.Tx) (int64, error)) error {
	for {
		var n int64
		err := a.DB.Write(ctx, store.Bulk, func(tx *store.Tx) (err error) {
			n, err = drop(tx)
			return err
		})
		if err != nil || n < sweepRows {
			return err
		}
	}
}

// retain removes what one account's settings no longer keep.
func (a *App) retain(ctx context.Context, dir *store.Directory) error {
	if err := a.sweepRawMails(ctx, dir); err != nil {
		return err
	}
	if err := a.sweepExports(ctx, dir); err != nil {
		return err
	}
	account := dir.Account.ID
	err := a.dropAll(ctx, func(tx *store.Tx) (int64, error) {
		return tx.DropOldImports(account, tx.Now().Add(-days(dir.Settings.RetainExportDays)), sweepRows)
	})
	if err != nil {
		return err
	}
	if d := dir.Settings.RetainNoticeDays; d > 0 {
		err := a.dropAll(ctx, func(tx *store.Tx) (int64, error) {
			return tx.DeleteNotifications(account, tx.Now().Add(-days(d)), sweepRows)
		})
		if err == nil {
			err = a.sweepBulks(ctx, account, d)
		}
		if err == nil {
			err = a.dropAll(ctx, func(tx *store.Tx) (int64, error) { return tx.DeleteOldSeen(account, tx.Now().Add(-days(d)), sweepRows) })
		}
		if err != nil {
			return err
		}
	}
	if d := dir.Settings.RetainJobDays; d > 0 {
		err := a.dropAll(ctx, func(tx *store.Tx) (int64, error) { return tx.DeleteOldJobs(account, tx.Now().Add(-days(d)), sweepRows) })
		if err == nil {
			err = a.dropAll(ctx, func(tx *store.Tx) (int64, error) {
				return tx.DeleteOldScheduled(account, tx.Now().Add(-days(d)), sweepRows)
			})
		}
		if err != nil {
			return err
		}
	}
	if d := dir.Settings.RetainDraftDays; d > 0 {
		err := a.dropAll(ctx, func(tx *store.Tx) (int64, error) {
			return tx.DeleteOldDrafts(account, tx.Now().Add(-days(d)), sweepRows)
		})
		if err != nil {
			return err
		}
	}
	if d := dir.Settings.RetainLinkUseDays; d > 0 {
		err := a.dropAll(ctx, func(tx *store.Tx) (int64, error) {
			return tx.DeleteOldLinkUses(account, tx.Now().Add(-days(d)), sweepRows)
		})
		if err != nil {
			return err
		}
	}
	if d := dir.Settings.RetainMailLogDays; d > 0 {
		err := a.dropAll(ctx, func(tx *store.Tx) (int64, error) {
			return tx.DeleteOldOutgoing(account, tx.Now().Add(-days(d)), sweepRows)
		})
		if err != nil {
			return err
		}
	}
	if err := a.sweepDigests(ctx, account); err != nil {
		return err
	}
	if err := a.sweepDeliveries(ctx, dir); err != nil {
		return err
	}
	return a.sweepRuleLogs(ctx, dir)
}

// sweepBulks deletes bulks with the notifications about them, which name their
// tickets from what the bulk has kept: one at a time, for one may have thousands.
func (a *App) sweepBulks(ctx context.Context, account int64, after int) error {
	for {
		var n int64
		err := a.DB.Write(ctx, store.Bulk, func(tx *store.Tx) (err error) {
			n, err = tx.DeleteOldBulks(account, tx.Now().Add(-days(after)), 1)
			return err
		})
		if err != nil || n == 0 {
			return err
		}
	}
}

// sweepDeliveries gives up what has waited too long for a webhook, and shortens
// the log.
func (a *App) sweepDeliveries(ctx context.Context, dir *store.Directory) error {
	account := dir.Account.ID
	err := a.dropAll(ctx, func(tx *store.Tx) (int64, error) {
		return tx.ExpireDeliveries(account, tx.Now().Add(-waitsMost), waitedTooLong, sweepRows)
	})
	d := dir.Settings.RetainDeliveryDays
	if err != nil || d == 0 {
		return err
	}
	err = a.dropAll(ctx, func(tx *store.Tx) (int64, error) {
		return tx.DeleteOldDeliveries(account, tx.Now().Add(-days(d)), sweepRows)
	})
	if err != nil {
		return err
	}
	return a.dropAll(ctx, func(tx *store.Tx) (int64, error) {
		return tx.DeleteOldPartnerDeliveries(account, tx.Now().Add(-days(d)), sweepRows)
	})
}

// sweepLooseFiles deletes the row first and the bytes after its commit: a crash
// between leaves bytes that nobody can reach.
func (a *App) sweepLooseFiles(ctx context.Context) error {
	for {
		var gone []string
		err := a.DB.Write(ctx, store.Bulk, func(tx *store.Tx) error {
			gone = gone[:0]
			list, err := tx.LooseAttachments(tx.Now().Add(-looseFileLife), sweepBatch)
			if err != nil {
				return err
			}
			for _, f := range list {
				ok, err := tx.DeleteLooseAttachment(f.ID)
				if err != nil {
					return err
				}
				if ok {
					gone = append(gone, f.BlobKey)
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
		for _, key := range gone {
			if err := a.deleteBlob(ctx, key); err != nil {
				return err
			}
		}
		if len(gone) < sweepBatch {
			return nil
		}
	}
}

// deleteBlob deletes bytes that no row names any more: merged messages share
// their files' bytes.
func (a *App) deleteBlob(ctx context.Context, key string) error {
	var used bool
	err := a.DB.Read(ctx, func(tx *store.Tx) (err error) {
		used, err = tx.BlobInUse(key)
		return err
	})
	if err != nil || used {
		return err
	}
	return a.Blobs.Delete(ctx, key)
}

func (a *App) sweepRawMails(ctx context.Context, dir *store.Directory) error {
	d := dir.Settings.RetainRawMailDays
	if d == 0 {
		return nil
	}
	return a.forgetMails(ctx, dir.Account.ID, func(tx *store.Tx) ([]store.RawMail, error) {
		return tx.OldRawMails(dir.Account.ID, tx.Now().Add(-days(d)), sweepBatch)
	})
}

// forgetMails drops the raw bytes of the mails that find gives, until it gives
// none.
func (a *App) forgetMails(ctx context.Context, account int64, find func(*store.Tx) ([]store.RawMail, error)) error {
	for {
		var list []store.RawMail
		err := a.DB.Write(ctx, store.Bulk, func(tx *store.Tx) (err error) {
			if list, err = find(tx); err != nil {
				return err
			}
			for _, m := range list {
				if err := tx.ForgetRawMail(account, m.ID); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil || len(list) == 0 {
			return err
		}
		for _, m := range list {
			if err := a.deleteBlob(ctx, m.BlobKey); err != nil {
				return err
			}
		}
	}
}
