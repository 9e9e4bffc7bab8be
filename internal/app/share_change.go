package app

import (
	"slices"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
)

// amendShares changes terms or expiry of live shares.
func (w *work) amendShares() error {
	for i := range w.ch.Amend {
		if err := w.amendShare(&w.ch.Amend[i]); err != nil {
			return err
		}
	}
	return nil
}

func (w *work) amendShare(a *dm.ShareAmendment) error {
	if err := w.maySetShares(); err != nil {
		return err
	}
	s := w.shareByID(a.ID)
	if s == nil {
		return dm.Missing("share")
	}
	old := *s
	next := *s
	if err := w.amendTerms(&next, a); err != nil {
		return err
	}
	if a.ExpiresAt != nil && *a.ExpiresAt != s.ExpiresAt {
		var err error
		if next.ExpiresAt, err = w.expiry(*a.ExpiresAt, false); err != nil {
			return err
		}
	}
	if next == old {
		w.res.Shares = append(w.res.Shares, old)
		return nil
	}
	if err := w.mayWiden(&old, &next); err != nil {
		return err
	}
	if err := w.tx.UpdateShare(w.account, &next); err != nil {
		return err
	}
	*s = next
	w.res.Shares = append(w.res.Shares, next)
	w.event(dm.ShareUpdated, true, dm.EventData{ShareID: s.ID, Target: eventTarget(s.Target), Old: eventTerms(&old), New: eventTerms(&next)})
	if next.Level.Rank() > old.Level.Rank() {
		return w.fulfil(&next)
	}
	return nil
}

// mayWiden refuses to give more by a share where nothing new may be shared, or
// where the sharing policy would not allow the share today.
func (w *work) mayWiden(old, next *dm.Share) error {
	if !wider(old, next) {
		return nil
	}
	if err := w.sharingOpen(); err != nil {
		return err
	}
	place := "level"
	if old.Terms() == next.Terms() {
		place = "expires_at"
	}
	return w.policyAllows([]dm.Share{*next}, place)
}

// amendTerms applies level and flags. Raising one needs to hold it; lowering
// does not.
func (w *work) amendTerms(s *dm.Share, a *dm.ShareAmendment) error {
	have := w.holds()
	if a.Level != nil {
		if a.Level.Rank() > s.Level.Rank() || a.Level.Rank() == 0 {
			if err := checkLevel(*a.Level, have.Level); err != nil {
				return err
			}
		}
		s.Level = *a.Level
	}
	requester := s.Target.Kind == dm.TargetRequester
	for _, f := range []struct {
		name string
		to   *bool
		ask  *bool
		have bool
	}{
		{"see_internal", &s.SeeInternal, a.SeeInternal, have.SeeInternal && !requester},
		{"reply_public", &s.ReplyPublic, a.ReplyPublic, have.ReplyPublic},
		{"forward", &s.Forward, a.Forward, have.Forward && !requester},
		{"can_reshare", &s.CanReshare, a.CanReshare, have.CanReshare && !requester},
	} {
		if f.ask == nil || *f.ask == *f.to {
			continue
		}
		if *f.ask && !f.have {
			return &dm.Error{Code: dm.Forbidden, Reason: "more_than_held", Field: f.name, Public: "You cannot give more access than you have yourself."}
		}
		*f.to = *f.ask
	}
	return nil
}

// wider says whether a change of a share gives anything more.
func wider(old, next *dm.Share) bool {
	longer := old.ExpiresAt != 0 && (next.ExpiresAt == 0 || next.ExpiresAt > old.ExpiresAt)
	return longer || next.Level.Rank() > old.Level.Rank() || next.SeeInternal && !old.SeeInternal ||
		next.ReplyPublic && !old.ReplyPublic || next.Forward && !old.Forward || next.CanReshare && !old.CanReshare
}

func (w *work) shareByID(id int64) *dm.Share {
	for i := range w.shares {
		if w.shares[i].ID == id {
			return &w.shares[i]
		}
	}
	return nil
}

// endShares ends shares by hand. Those who share, administrators of shares and
// whoever made a share may end it.
func (w *work) endShares() error {
	ids := slices.Clone(w.ch.Unshare)
	for _, t := range w.ch.UnshareFrom {
		if s := findShare(w.shares, t); s != nil && !slices.Contains(ids, s.ID) {
			ids = append(ids, s.ID)
		}
	}
	if w.viewer.IsRequester() {
		return w.endAsRequester(ids)
	}
	for _, id := range ids {
		s := w.shareByID(id)
		if s == nil {
			return dm.Missing("share")
		}
		own := s.CreatedBy != 0 && s.CreatedBy == w.viewer.Person() && w.viewer.Can(dm.TicketsShare)
		self := s.Target == dm.Target{Kind: dm.TargetAgent, ID: w.viewer.Person()}
		if err := w.maySetShares(); err != nil && !own {
			if !self {
				return err
			}
			if err := w.end(s, dm.ShareLeft, "left", true); err != nil {
				return err
			}
			continue
		}
		if err := w.end(s, dm.ShareRevoked, "revoked", true); err != nil {
			return err
		}
	}
	return nil
}

// leave ends the viewer's own direct share.
func (w *work) leave() error {
	if !w.ch.Leave {
		return nil
	}
	if err := w.need(access.Leave); err != nil {
		return err
	}
	kind := dm.TargetAgent
	if !w.viewer.IsAgent() {
		kind = dm.TargetRequester
	}
	s := findShare(w.shares, dm.Target{Kind: kind, ID: w.viewer.Person()})
	if s == nil {
		return dm.Missing("share")
	}
	return w.end(s, dm.ShareLeft, "left", true)
}

// end ends one share, writes the history, and fixes now who is told.
func (w *work) end(s *dm.Share, kind dm.EventKind, cause string, tellThem bool) error {
	done, err := w.tx.EndShare(w.account, s, w.viewer.Person(), cause)
	if err != nil || !done {
		return err
	}
	i := w.event(kind, internalShare(s), dm.EventData{ShareID: s.ID, Target: eventTarget(s.Target), Old: eventTerms(s), EndCause: cause})
	if !tellThem {
		w.silence(i)
		return w.forget(s.ID)
	}
	people := []int64{s.Target.ID}
	if s.Target.Kind == dm.TargetGroup {
		if people, err = w.tx.ActiveMembers(w.account, s.Target.ID); err != nil {
			return err
		}
	}
	if w.fixed == nil {
		w.fixed = map[int][]int64{}
	}
	w.fixed[i] = people
	return w.forget(s.ID)
}

// forget takes a share off the list of live ones.
func (w *work) forget(id int64) error {
	kept := make([]dm.Share, 0, len(w.shares))
	for _, s := range w.shares {
		if s.ID != id {
			kept = append(kept, s)
		}
	}
	w.shares = kept
	return nil
}

// sweepExpired ends the ticket's shares whose time is over, so that they do not
// stand in the way of new ones.
func (w *work) sweepExpired() error {
	if !w.unswept {
		return nil
	}
	w.unswept = false
	old, err := w.tx.UnsweptShares(w.account, w.t.ID)
	if err != nil {
		return err
	}
	for i := range old {
		if err := w.end(&old[i], dm.ShareExpired, "expired", true); err != nil {
			return err
		}
		w.events[len(w.events)-1].ActorID = 0
		w.events[len(w.events)-1].Cause = dm.Cause{Kind: dm.CauseSystem, Name: "expiry"}
	}
	return nil
}

// keepAccess gives the actor an ordinary share where the change took their
// other ways in away and they asked to keep access (hand-over). Whoever files a
// ticket must be able to open it.
func (w *work) keepAccess() error {
	if !w.viewer.IsAgent() || !w.created && !w.ch.KeepAccess {
		return nil
	}
	f := w.facts()
	if d := access.Decide(w.viewer, &f, w.tx.Now()); d.Has(access.See) {
		return nil
	}
	if !w.ch.KeepAccess {
		return dm.BadField("group_id", "You could not open this ticket yourself. Choose one of your groups, assign it to yourself, or keep access.").With("would_lose_access")
	}
	if err := w.need(access.Share); err != nil {
		return err
	}
	if err := w.sharingOpen(); err != nil {
		return err
	}
	if err := w.sweepExpired(); err != nil {
		return err
	}
	s := &dm.Share{Target: dm.Target{Kind: dm.TargetAgent, ID: w.viewer.Person()}, TargetName: w.viewer.Name(), TargetLive: true,
		Cause: dm.Cause{Kind: dm.CauseHandOver}, CreatedBy: w.viewer.Person()}
	if err := w.setTerms(s, &dm.NewShare{}); err != nil {
		return err
	}
	var err error
	if s.ExpiresAt, err = w.expiry(0, true); err != nil {
		return err
	}
	if err := w.checkCaps([]dm.Share{*s}); err != nil {
		return err
	}
	if err := w.policyAllows([]dm.Share{*s}, "keep_access"); err != nil {
		return err
	}
	return w.storeShare(s, false)
}
