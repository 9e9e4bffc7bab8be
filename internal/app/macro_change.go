package app

import (
	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
	"github.com/deskmesh/deskmesh/internal/store"
)

// planMacro decides what a person's actions come to on one ticket, as it is now.
// Where one of them cannot be done here, such as a share with a group that is
// gone, the whole is refused with the reason: a person sees it and can change the
// macro. What is as wanted already is no reason.
func (a *App) planMacro(tx *store.Tx, v *access.Viewer, number int64, list []dm.Action, dry bool) (*actionPlan, error) {
	f, err := tx.LockTicket(v, number)
	if err != nil {
		return nil, err
	}
	if err := tx.LoadDetails(v.Account(), &f.Ticket); err != nil {
		return nil, err
	}
	dir, err := tx.Directory(v.Account())
	if err != nil {
		return nil, err
	}
	plan, err := a.planActions(tx, dir, actor{viewer: v, dry: dry}, &f.Ticket, f.Shares, list)
	if err != nil {
		return nil, err
	}
	for i := range plan.Outcomes {
		if reason := blocking(&plan.Outcomes[i]); reason != "" {
			return nil, dm.Errorf(dm.Conflict, "%s", skipWords(reason)).With(reason)
		}
	}
	return plan, nil
}

// blocking gives the reason for which an action cannot be done by a person; "" for
// none.
func blocking(o *dm.ActionOutcome) string {
	harmless := func(reason string) bool { return reason == "" || reason == dm.SkipSame || reason == dm.SkipNoShare }
	if !harmless(o.Reason) {
		return o.Reason
	}
	for _, left := range o.Left {
		if !harmless(left.Reason) {
			return left.Reason
		}
	}
	return ""
}
