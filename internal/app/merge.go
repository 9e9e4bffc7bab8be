package app

import (
	"slices"

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

// mergeWidening lists who would gain sight of what, and refuses until that is
// confirmed and the viewer may share.
func (w *work) mergeWidening(into *store.Found, m *dm.Merge) error {
	var gains []string
	for _, s := range into.Shares {
		if findShare(w.shares, s.Target) == nil {
			gains = append(gains, s.TargetName)
		}
	}
	if m.CarryShares {
		for _, s := range w.shares {
			if findShare(into.Shares, s.Target) == nil {
				gains = append(gains, s.TargetName)
			}
		}
	}
	if into.Ticket.RequesterID == w.t.RequesterID && into.Ticket.InboxID == w.t.InboxID && into.Ticket.GroupID == w.t.GroupID && len(gains) == 0 {
		return nil
	}
	people, err := w.gainingAgents(into)
	if err != nil {
		return err
	}
	gains = append(gains, people...)
	if len(gains) == 0 {
		return nil
	}
	slices.Sort(gains)
	gains = slices.Compact(gains)
	if !w.decision.Has(access.Share) || !into.Decision.Has(access.Share) {
		return &dm.Error{Code: dm.Forbidden, Reason: "would_widen", Public: "Merging would let others read messages they cannot see now, and you may not share these tickets."}
	}
	if m.AcceptWidening {
		return nil
	}
	return (&dm.Error{Code: dm.Invalid, Reason: "would_widen", Field: "into",
		Public: "Merging lets others read messages they cannot see now. Look at the list and confirm."}).Showing(map[string]any{"gain": gains})
}

// maxWideningNames bounds the list of names in a refusal.
const maxWideningNames = 50

// gainingAgents names the agents who can open the other ticket but not this
// one: they gain its messages.
func (w *work) gainingAgents(into *store.Found) ([]string, error) {
	var names []string
	var after int64
	mine := w.facts()
	for {
		ids, err := w.tx.ActiveAgents(w.account, after, 200)
		if err != nil || len(ids) == 0 {
			return names, err
		}
		for _, id := range ids {
			after = id
			v, err := w.tx.ViewerIn(w.dir, id)
			if err != nil {
				return nil, err
			}
			there, here := access.Decide(v, &into.Facts, w.tx.Now()), access.Decide(v, &mine, w.tx.Now())
			if there.Has(access.See) && !here.Has(access.See) {
				names = append(names, v.Name())
			}
			if len(names) == maxWideningNames {
				return names, nil
			}
		}
	}
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
		if err := w.tx.InsertMessage(w.account, &m, ""); err != nil {
			return err
		}
		for _, f := range files {
			f.TicketID, f.MessageID = into.Ticket.ID, m.ID
			if err := w.tx.InsertAttachment(w.account, &f); err != nil {
				return err
			}
		}
		into.Ticket.Messages++
	}
	return nil
}

// carryShares gives the other ticket the shares of this one that it has not,
// up to the cap; what does not fit is named in its history.
func (w *work) carryShares(into *store.Found) error {
	if err := w.sharingOpen(); err != nil {
		return err
	}
	room := &work{app: w.app, tx: w.tx, viewer: w.viewer, dir: w.dir, account: w.account, ch: w.ch, t: &into.Ticket, shares: into.Shares, decision: into.Decision, res: &Result{}}
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
	if err := w.tx.InsertEvent(w.account, &e); err != nil {
		return err
	}
	return w.app.tell(w.tx, w.account, []tellEvent{{ID: e.ID}})
}
