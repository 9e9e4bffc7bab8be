package app

import (
	"strconv"
	"strings"
	"time"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
)

// maxTargets bounds how many targets one request may name.
const maxTargets = 200

// maySetShares checks that the viewer may change who the ticket is shared with.
func (w *work) maySetShares() error {
	if w.viewer.MaySetShares(&w.decision) {
		return nil
	}
	return dm.ErrForbidden
}

// addShares lets the targets in: all of them, or none.
func (w *work) addShares() error {
	for _, t := range w.ch.Declined {
		w.silence(w.event(dm.ShareDeclinedCap, true, dm.EventData{Target: eventTarget(t)}))
	}
	if len(w.ch.Share) == 0 {
		return nil
	}
	if err := w.maySetShares(); err != nil {
		return err
	}
	if err := w.sharingOpen(); err != nil {
		return err
	}
	if len(w.ch.Share) > maxTargets {
		return dm.BadField("targets", "At most %d targets can be named at once.", maxTargets)
	}
	if err := w.sweepExpired(); err != nil {
		return err
	}
	var fresh []dm.Share
	var notify []bool
	var places []string
	for i := range w.ch.Share {
		n, place := &w.ch.Share[i], "targets["+strconv.Itoa(i)+"]"
		if have := findShare(w.shares, n.Target); have != nil {
			w.res.Shares = append(w.res.Shares, *have)
			continue
		}
		if findShare(fresh, n.Target) != nil {
			continue
		}
		s, err := w.newShare(n, place)
		if err != nil {
			return err
		}
		fresh, notify, places = append(fresh, *s), append(notify, n.Notify), append(places, place)
	}
	if err := w.policyAllows(fresh, places...); err != nil {
		return err
	}
	if err := w.checkCaps(fresh); err != nil {
		return err
	}
	for i := range fresh {
		if err := w.storeShare(&fresh[i], notify[i]); err != nil {
			return err
		}
	}
	return nil
}

// sharingOpen refuses new shares where the edition, the setting, the brand or
// the ticket's state does not allow them.
func (w *work) sharingOpen() error {
	if err := w.deskShares(); err != nil {
		return err
	}
	switch {
	case !w.dir.BrandOf(w.t.InboxID).Active:
		return dm.Errorf(dm.Conflict, "The ticket's brand is inactive, so it cannot be shared.").With("brand_inactive")
	case w.t.Spam, w.t.Deleted:
		return dm.Errorf(dm.Conflict, "A ticket that is spam or deleted cannot be shared.").With("trashed")
	}
	return nil
}

// deskShares refuses new shares where the desk has none at all.
func (w *work) deskShares() error {
	switch {
	case !w.dir.Account.Entitled(dm.SharingManual):
		return dm.Errorf(dm.Forbidden, "This edition does not include sharing.").With("not_entitled")
	case !w.dir.Settings.SharingEnabled:
		return dm.Errorf(dm.Forbidden, "Sharing is switched off for this desk.").With("sharing_disabled")
	}
	return nil
}

func findShare(list []dm.Share, t dm.Target) *dm.Share {
	for i := range list {
		if list[i].Target == t {
			return &list[i]
		}
	}
	return nil
}

// newShare checks one wanted share and fills in the defaults.
func (w *work) newShare(n *dm.NewShare, where string) (*dm.Share, error) {
	s := &dm.Share{Target: n.Target, Reason: strings.TrimSpace(cleanText(n.Reason)), Cause: w.ch.Cause, CreatedBy: w.viewer.Person(), TargetLive: true}
	if err := w.checkTarget(s, where); err != nil {
		return nil, err
	}
	if err := w.checkReason(s.Reason); err != nil {
		return nil, err
	}
	if err := w.setTerms(s, n); err != nil {
		return nil, err
	}
	var err error
	s.ExpiresAt, err = w.expiry(n.ExpiresAt, true)
	return s, err
}

func (w *work) checkReason(reason string) error {
	if w.dir.Settings.RequireReason && reason == "" {
		return dm.BadField("reason", "A reason must be given when a ticket is shared.")
	}
	if len([]rune(reason)) > 1000 {
		return dm.BadField("reason", "A reason has at most 1000 characters.")
	}
	return nil
}

// checkTarget finds the target inside the account. Every target that cannot be
// had answers alike, so that the picker's limits cannot be probed.
func (w *work) checkTarget(s *dm.Share, where string) error {
	p := w.app.provider(s.Target.Kind)
	if p == nil {
		return dm.BadField(where+".kind", "A target is an agent or a group.")
	}
	row, err := p.Check(&TargetAsk{Tx: w.tx, Dir: w.dir, Viewer: w.viewer, Ticket: w.t, Links: w.partners, Decision: w.decision}, s.Target.ID, where)
	if err != nil {
		return err
	}
	s.TargetName = row.Name
	return nil
}

// holds gives the most that the viewer may give away: never more than they hold
// themselves.
func (w *work) holds() dm.Terms {
	d := &w.decision
	t := dm.Terms{Level: dm.LevelView, SeeInternal: d.Has(access.SeeInternal), ReplyPublic: d.Has(access.Reply),
		Forward: d.Has(access.Forward) && w.dir.Settings.ForwardOnShared, CanReshare: d.Has(access.Share) || w.viewer.Can(dm.SharesManage)}
	if d.Rights&(access.Note|access.Reply) != 0 {
		t.Level = dm.LevelComment
	}
	if d.Has(access.Edit) {
		t.Level = dm.LevelEdit
	}
	return t
}

// setTerms fills in level and flags: what was asked for if the viewer holds it,
// else the account's default lessened to what they hold.
func (w *work) setTerms(s *dm.Share, n *dm.NewShare) error {
	have := w.holds()
	set := &w.dir.Settings
	s.Level = n.Level
	if s.Level == "" {
		s.Level = set.DefaultLevel
		if s.Target.Kind == dm.TargetRequester {
			s.Level = dm.LevelComment
		}
		if s.Level.Rank() > have.Level.Rank() {
			s.Level = have.Level
		}
	}
	if err := checkLevel(s.Level, have.Level); err != nil {
		return err
	}
	if s.Target.Kind == dm.TargetRequester {
		return requesterTerms(s, n)
	}
	for _, f := range []struct {
		name    string
		to      *bool
		ask     *bool
		have    bool
		normal  bool
		message string
	}{
		{"see_internal", &s.SeeInternal, n.SeeInternal, have.SeeInternal, true, "You cannot let others read internal notes that you may not read."},
		{"reply_public", &s.ReplyPublic, n.ReplyPublic, have.ReplyPublic, true, "You cannot let others reply where you may not."},
		{"forward", &s.Forward, n.Forward, have.Forward, set.ForwardOnShared, "You cannot give the right to forward here."},
		{"can_reshare", &s.CanReshare, n.CanReshare, have.CanReshare, set.RecipientsCanReshare, "You cannot give the right to share on."},
	} {
		if f.ask != nil && *f.ask && !f.have {
			return &dm.Error{Code: dm.Forbidden, Reason: "more_than_held", Field: f.name, Public: f.message}
		}
		*f.to = f.have && f.normal
		if f.ask != nil {
			*f.to = *f.ask
		}
	}
	return nil
}

func requesterTerms(s *dm.Share, n *dm.NewShare) error {
	for name, ask := range map[string]*bool{"see_internal": n.SeeInternal, "can_reshare": n.CanReshare, "forward": n.Forward} {
		if ask != nil && *ask {
			return dm.BadField(name, "A requester never sees internal content and never shares on.")
		}
	}
	s.ReplyPublic = s.Level != dm.LevelView
	return nil
}

func checkLevel(want, have dm.Level) error {
	if want.Rank() == 0 {
		return dm.BadField("level", "The level is view, comment or edit.")
	}
	if want.Rank() > have.Rank() {
		return &dm.Error{Code: dm.Forbidden, Reason: "more_than_held", Field: "level", Public: "You cannot give more access than you have yourself."}
	}
	return nil
}

// expiry checks and completes the end of a share. Whoever is let in by shares
// alone cannot let others in for longer.
func (w *work) expiry(asked dm.Time, fresh bool) (dm.Time, error) {
	now, set := w.tx.Now(), &w.dir.Settings
	if asked != 0 && asked <= now {
		return 0, dm.BadField("expires_at", "The end of a share must be in the future.")
	}
	if fresh && asked == 0 && set.DefaultExpiryDays > 0 {
		asked = now.Add(days(set.DefaultExpiryDays))
	}
	if set.MaxExpiryDays > 0 {
		latest := now.Add(days(set.MaxExpiryDays))
		if asked > latest {
			return 0, dm.BadField("expires_at", "A share lasts at most %d days here.", set.MaxExpiryDays)
		}
		if asked == 0 {
			asked = latest
		}
	}
	own, bounded := w.ownExpiry()
	if bounded && (asked == 0 || asked > own) {
		if fresh && asked == 0 {
			return own, nil
		}
		return 0, &dm.Error{Code: dm.Forbidden, Reason: "more_than_held", Field: "expires_at", Public: "You cannot give access for longer than you have it yourself."}
	}
	return asked, nil
}

func days(n int) time.Duration { return time.Duration(n) * 24 * time.Hour }

// ownExpiry gives the latest end of the viewer's own shares, if shares are
// their only way in and all of them end.
func (w *work) ownExpiry() (dm.Time, bool) {
	if !w.decision.OnlyByShare() {
		return 0, false
	}
	var latest dm.Time
	for _, r := range w.decision.Reasons {
		for i := range w.shares {
			if w.shares[i].ID != r.ShareID {
				continue
			}
			if w.shares[i].ExpiresAt == 0 {
				return 0, false
			}
			latest = max(latest, w.shares[i].ExpiresAt)
		}
	}
	return latest, latest != 0
}

// checkCaps refuses when the fresh shares would pass a cap (S0-15, C17, C20).
// Shares with deactivated agents do not count; a group counts one (S0-16).
func (w *work) checkCaps(fresh []dm.Share) error {
	if len(fresh) == 0 {
		return nil
	}
	inside, outside, newInside, newOutside := 0, w.outside(), 0, 0
	for i := range w.shares {
		if w.shares[i].Target.Kind != dm.TargetRequester && w.shares[i].TargetLive {
			inside++
		}
	}
	for i := range fresh {
		if fresh[i].Target.Kind == dm.TargetRequester {
			newOutside++
		} else {
			newInside++
		}
	}
	if most := w.dir.Settings.MaxInternal; most > 0 && newInside > 0 && inside+newInside > most {
		return dm.Errorf(dm.Conflict, "A ticket can be shared with at most %d agents and groups; %d have it already.", most, inside).With("cap").
			Showing(map[string]any{"cap": most, "shared": inside})
	}
	if most := w.dir.Settings.MaxExternal; most > 0 && newOutside > 0 && outside+newOutside > most {
		return fullOf(most)
	}
	return nil
}

// outside counts whoever a ticket may have sharing.max_external of: those in copy,
// its followers, and the requesters whom it is shared with (S2-30, C20).
func (w *work) outside() int {
	return len(w.t.CCs) + len(w.t.Followers) + countRequesters(w.shares)
}

// roomFor refuses when so many more would pass sharing.max_external.
func (w *work) roomFor(more int) error {
	if most := w.dir.Settings.MaxExternal; most > 0 && more > 0 && w.outside()+more > most {
		return fullOf(most)
	}
	return nil
}

func fullOf(most int) error {
	return dm.Errorf(dm.Conflict, "A ticket has at most %d people in copy, followers and requesters it is shared with, together.", most).With("cap").
		Showing(map[string]any{"cap": most})
}

func (w *work) storeShare(s *dm.Share, notify bool) error {
	if err := w.tx.InsertShare(w.account, w.t, s); err != nil {
		return err
	}
	w.shares = append(w.shares, *s)
	w.res.Shares = append(w.res.Shares, *s)
	w.res.SharesMade++
	i := w.event(dm.ShareCreated, internalShare(s), dm.EventData{ShareID: s.ID, Target: eventTarget(s.Target), New: eventTerms(s), Reason: s.Reason})
	if !notify {
		w.silence(i)
	}
	return w.fulfil(s)
}

// internalShare says whether a share's history is internal: what requesters do
// is not.
func internalShare(s *dm.Share) bool { return s.Cause.Kind != dm.CauseRequester }

// fulfil notes that a share gives an agent what they asked for.
func (w *work) fulfil(s *dm.Share) error {
	if s.Target.Kind != dm.TargetAgent {
		return nil
	}
	return w.tx.FulfilAccessRequest(w.account, w.t.ID, s.Target.ID, s.Level, w.viewer.Person())
}

func eventTarget(t dm.Target) *dm.EventTarget { return &dm.EventTarget{Kind: t.Kind, ID: t.ID} }

func eventTerms(s *dm.Share) *dm.EventTerms {
	return &dm.EventTerms{Level: s.Level, SeeInternal: s.SeeInternal, ReplyPublic: s.ReplyPublic, Forward: s.Forward, CanReshare: s.CanReshare, ExpiresAt: s.ExpiresAt}
}
