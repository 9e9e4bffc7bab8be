package app

import (
	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
	"github.com/deskmesh/deskmesh/internal/store"
)

// mergeAway ends this ticket and carries its messages into another one
// (decision Q8). Its shares stay with it, read-only, unless they are carried
// along. Nobody gains sight of anything without a confirmation.
func (w *work) mergeAway() error {
	m := w.ch.Merge
	if m == nil {
		return nil
	}
	if err := w.need(access.Merge); err != nil {
		return err
	}
	into, err := w.tx.LockTicket(w.viewer, m.IntoNumber)
	if dm.CodeOf(err) == dm.NotFound {
		return dm.BadField("into", "There is no such ticket, or you cannot open it.")
	}
	if err != nil {
		return err
	}
	switch {
	case into.Ticket.ID == w.t.ID:
		return dm.BadField("into", "A ticket cannot be merged into itself.")
	case !into.Decision.Has(access.Merge):
		return dm.ErrForbidden
	case into.Ticket.Spam || w.t.Spam:
		return dm.BadField("into", "Spam cannot be merged.")
	}
	if err := w.tx.LoadDetails(w.account, &into.Ticket); err != nil {
		return err
	}
	if err := w.mergeWidening(into, m); err != nil {
		return err
	}
	if err := w.carryMessages(into); err != nil {
		return err
	}
	if m.CarryShares {
		if err := w.carryShares(into); err != nil {
			return err
		}
	}
	return w.finishMerge(into)
}

// carryMessages copies this ticket's messages into the other. Messages of
// another requester's ticket arrive as notes.
func (w *work) carryMessages(into *store.Found) error {
	list, err := w.tx.AllMessages(w.account, w.t.ID)
	if err != nil {
		return err
	}
	for i := range list {
		m := list[i].Message
		files := m.Attachments
		m.TicketID, m.MergedFrom, m.RawMailID = into.Ticket.ID, w.t.ID, 0
		if m.Kind == dm.Reply && into.Ticket.RequesterID != w.t.RequesterID {
			m.Kind = dm.Note
		}
		if err := w.tx.InsertMessage(w.account, &m, false); err != nil {
			return err
		}
		if m.Side != nil {
			if err := w.tx.CopySide(w.account, list[i].ID, m.ID); err != nil {
				return err
			}
		}
		for _, f := range files {
			f.TicketID, f.MessageID = into.Ticket.ID, m.ID
			if err := w.tx.InsertAttachment(w.account, &f); err != nil {
				return err
			}
		}
		if len(files) > 0 {
			if err := w.tx.ReindexMessage(w.account, m.ID); err != nil {
				return err
			}
		}
		into.Ticket.Messages++
	}
	return w.tx.MoveSides(w.account, w.t.ID, into.Ticket.ID)
}

// carryShares gives the other ticket the shares of this one that it has not,
// up to the cap; what does not fit is named in its history.
func (w *work) carryShares(into *store.Found) error {
	room := &work{app: w.app, tx: w.tx, viewer: w.viewer, dir: w.dir, account: w.account, ch: w.ch, t: &into.Ticket, shares: into.Shares, unswept: into.Unswept, decision: into.Decision, res: &Result{}}
	if err := room.sharingOpen(); err != nil {
		return err
	}
	if err := room.sweepExpired(); err != nil {
		return err
	}
	if err := room.policyAllowsCarried(w.shares); err != nil {
		return err
	}
	for _, s := range w.shares {
		if findShare(room.shares, s.Target) != nil {
			continue
		}
		s.ID, s.OpenedAt, s.CreatedBy = 0, 0, w.viewer.Person()
		s.Cause = dm.Cause{Kind: dm.CauseMerge, ID: w.t.ID}
		if room.checkCaps([]dm.Share{s}) != nil {
			room.event(dm.ShareDeclinedCap, true, dm.EventData{Target: eventTarget(s.Target), New: eventTerms(&s)})
			continue
		}
		if err := room.storeShare(&s, true); err != nil {
			return err
		}
	}
	into.Shares = room.shares
	return room.writeEvents()
}

// finishMerge closes this ticket and writes both histories.
func (w *work) finishMerge(into *store.Found) error {
	w.setStatus(dm.StatusClosed, 0)
	w.t.MergedInto = into.Ticket.ID
	w.touch(true)
	into.Ticket.Version++
	w.event(dm.TicketMerged, true, dm.EventData{OtherID: into.Ticket.ID})
	if err := w.tx.SaveTicket(w.account, &into.Ticket); err != nil {
		return err
	}
	e := dm.Event{TicketID: into.Ticket.ID, Kind: dm.TicketMerged, ActorID: w.viewer.Person(), Cause: w.ch.Cause, Internal: true,
		Data: dm.EventData{OtherID: w.t.ID, Version: into.Ticket.Version}}
	if err := w.app.addEvent(w.tx, w.dir, &e); err != nil {
		return err
	}
	return w.app.tell(w.tx, w.account, []tellEvent{{ID: e.ID}})
}
