package app

import (
	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
	"github.com/deskmesh/deskmesh/internal/store"
)

// endSwept ends one share for the program's own reasons, with a history line.
func (a *App) endSwept(tx *store.Tx, it store.SweepItem, kind dm.EventKind, cause string, tellThem bool) error {
	system := access.System(it.Account, cause)
	f, err := tx.LockTicketByID(system, it.Ticket)
	if dm.CodeOf(err) == dm.NotFound {
		return nil
	}
	if err != nil {
		return err
	}
	w := &work{app: a, tx: tx, viewer: system, account: it.Account, ch: &dm.Change{Cause: system.Cause()}, t: &f.Ticket, shares: f.Shares, decision: f.Decision, res: &Result{}}
	if w.dir, err = tx.Directory(it.Account); err != nil {
		return err
	}
	expired, err := tx.UnsweptShares(it.Account, it.Ticket)
	if err != nil {
		return err
	}
	for _, s := range append(expired, f.Shares...) {
		if s.ID == it.Share {
			if err := w.end(&s, kind, cause, tellThem); err != nil {
				return err
			}
			if err := w.removeOrphans(); err != nil {
				return err
			}
			return w.writeEvents()
		}
	}
	return nil
}

// endGroupShares ends the live shares with a group that is being deleted: a
// history line, no mail (decision Q3).
func (a *App) endGroupShares(tx *store.Tx, v *access.Viewer, group int64) error {
	for {
		list, err := tx.SharesOfGroup(v.Account(), group, 500)
		if err != nil || len(list) == 0 {
			return err
		}
		for _, it := range list {
			if err := a.endSwept(tx, it, dm.ShareRevoked, "group deleted", false); err != nil {
				return err
			}
		}
	}
}
