package app

import (
	"context"
	"errors"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
	"github.com/deskmesh/deskmesh/internal/store"
)

// ShareCheck says whether somebody may share a ticket with a target, and why.
type ShareCheck struct {
	Allowed bool
	// Reason is "policy" where the sharing policy decides, by its entry or by the
	// default; else what stands in the way before the policy is asked.
	Reason  string
	Message string // why not, as the person would read it; "" where they may
	Entry   int64  // of the policy; 0 for the default
}

// CheckShare tries what the sharing policy does: may this person share this
// ticket with that target? Nothing is shared. It needs settings.manage, and the
// ticket must be open to the viewer; the rights that count are the person's.
func (a *App) CheckShare(ctx context.Context, v *access.Viewer, person, number int64, target dm.Target) (*ShareCheck, error) {
	if err := require(v, dm.SettingsManage); err != nil {
		return nil, err
	}
	return fetch(ctx, a, func(tx *store.Tx) (*ShareCheck, error) {
		f, err := tx.Ticket(v, number)
		if err != nil {
			return nil, err
		}
		dir, err := tx.Directory(v.Account())
		if err != nil {
			return nil, err
		}
		known, err := tx.PeopleRefs(v.Account(), []int64{person})
		if err != nil {
			return nil, err
		}
		if _, ok := known[person]; !ok {
			return nil, dm.BadField("person", "There is no such person.")
		}
		who, err := tx.ViewerIn(dir, person)
		if err != nil {
			return nil, err
		}
		w := &work{app: a, tx: tx, viewer: who, dir: dir, account: v.Account(), ch: &dm.Change{}, t: &f.Ticket, shares: f.Shares,
			decision: access.Decide(who, &f.Facts, tx.Now()), res: &Result{}}
		if w.partners, err = tx.PartnerLinks(v.Account(), f); err != nil {
			return nil, err
		}
		return w.checkShare(target)
	})
}

func (w *work) checkShare(target dm.Target) (*ShareCheck, error) {
	steps := []func() error{w.maySetShares, w.sharingOpen, func() error { return w.checkTarget(&dm.Share{Target: target}, "target") }}
	if w.viewer.IsRequester() {
		steps = []func() error{w.portalShares, func() error { return w.inCircle(target) }}
	}
	if !w.decision.Has(access.See) {
		return &ShareCheck{Reason: "not_visible", Message: dm.ErrTicketNotFound.Public}, nil
	}
	for _, step := range steps {
		err := step()
		if err == nil {
			continue
		}
		e, ok := asRefusal(err)
		if !ok {
			return nil, err
		}
		check := &ShareCheck{Reason: e.Reason, Message: e.Public}
		switch {
		case check.Reason == "" && e.Code == dm.Invalid:
			check.Reason = "no_target"
		case check.Reason == "":
			check.Reason = "no_right"
		}
		return check, nil
	}
	// The decision of a change reads what it has not saved; here all is saved.
	verdicts, err := (&policyRead{tx: w.tx, dir: w.dir, viewer: w.viewer, ticket: w.t, internal: w.decision.Has(access.SeeInternal)}).decide([]dm.Target{target})
	if err != nil {
		return nil, err
	}
	check := &ShareCheck{Allowed: verdicts[0].Allowed, Reason: "policy", Entry: verdicts[0].Entry}
	if !check.Allowed {
		check.Message = notAllowed("").Public
	}
	return check, nil
}

// inCircle refuses who is not among those whom a requester may let in.
func (w *work) inCircle(target dm.Target) error {
	if target.Kind == dm.TargetGroup || target.Kind == dm.TargetPartner {
		return noGuest("target")
	}
	c, err := circleOf(w.tx, w.dir, w.viewer)
	if err != nil {
		return err
	}
	g, err := w.tx.GuestByID(w.account, target.ID)
	if dm.CodeOf(err) == dm.NotFound || err == nil && (!c.has(g) || string(g.Kind) != string(target.Kind) || g.ID == w.viewer.Person()) {
		return noGuest("target")
	}
	return err
}

// asRefusal tells a refusal from a fault of the program.
func asRefusal(err error) (*dm.Error, bool) {
	switch dm.CodeOf(err) {
	case dm.Invalid, dm.Forbidden, dm.Conflict, dm.NotFound:
		return errors.AsType[*dm.Error](err)
	}
	return nil, false
}
