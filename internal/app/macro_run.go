package app

import (
	"context"
	"errors"
	"slices"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
	"github.com/deskmesh/deskmesh/internal/store"
)

// StepOutcome is what one action of a macro would do to a ticket by itself.
type StepOutcome string

// The outcomes.
const (
	StepDone    StepOutcome = "done"
	StepSame    StepOutcome = "same" // everything is as it wants it
	StepRefused StepOutcome = "refused"
)

// MacroStep is one action of a macro that was tried.
type MacroStep struct {
	Action  dm.Action
	Outcome StepOutcome
	Code    string // why it would be refused, for programs
	Message string // and for people
}

// MacroPreview is what a macro would do to a ticket. Allowed is false where the
// whole would be refused, for the reason in Code and Message: then it would do
// nothing at all.
type MacroPreview struct {
	Allowed bool
	Same    bool // everything is as wanted already
	Code    string
	Message string
	Steps   []MacroStep
}

// runnable finds a macro that the viewer may run now; Invalid at macro_id for any
// other.
func runnable(tx *store.Tx, v *access.Viewer, id int64) (*dm.Macro, error) {
	m, err := tx.Macro(v.Account(), id)
	if dm.CodeOf(err) == dm.NotFound || err == nil && !hasMacro(v, m) {
		return nil, dm.BadField("macro_id", "There is no such macro.")
	}
	if err == nil && !m.Enabled {
		return nil, dm.BadField("macro_id", "This macro is switched off.").With("disabled")
	}
	return m, err
}

// RunMacro does a macro's actions on one ticket, with the rights of the viewer,
// whole or not at all, and through the same write path as any change. What can
// be taken back is kept as a bulk of one ticket, for UndoBulk: its id is the
// first that the request is told, 0 where there is nothing.
func (a *App) RunMacro(ctx context.Context, v *access.Viewer, number, id int64) (res *Result, err error) {
	err = a.write(ctx, func(tx *store.Tx) error {
		now, _, err := tx.Refresh(v)
		if err != nil {
			return err
		}
		m, err := runnable(tx, now, id)
		if err != nil {
			return err
		}
		if res, err = a.applyActions(tx, now, number, m.Actions, dm.Cause{Kind: dm.CauseMacro, ID: m.ID, Name: m.Name}, false); err != nil {
			return err
		}
		bulk, err := keepUndo(tx, now, res, m)
		onceOf(ctx).note(bulk, int64(res.SharesMade))
		return err
	})
	return res, err
}

// keepUndo keeps what takes a macro back, as a bulk that has ended, and gives
// its id; 0 where there is nothing to keep.
func keepUndo(tx *store.Tx, v *access.Viewer, res *Result, m *dm.Macro) (int64, error) {
	if res.Undo.Empty() {
		return 0, nil
	}
	account := v.Account()
	b := &dm.Bulk{PersonID: v.Person(), TokenID: tokenOf(v), Action: dm.BulkMacro, State: dm.BulkDone, Total: 1, Done: 1, Work: dm.BulkWork{MacroID: m.ID, Actions: m.Actions}}
	if err := tx.CreateBulk(account, b); err != nil {
		return 0, err
	}
	if err := tx.AddBulkItems(account, b.ID, []dm.BulkItem{{Number: res.Number}}); err != nil {
		return 0, err
	}
	items, err := tx.BulkItems(account, b.ID, dm.ItemWaiting, 0, 1)
	if err != nil || len(items) == 0 {
		return 0, err
	}
	items[0].State, items[0].Undo = dm.ItemChanged, res.Undo
	if err := tx.SaveBulkItem(account, &items[0]); err != nil {
		return 0, err
	}
	return b.ID, tx.SaveBulk(account, b)
}

// PreviewMacro tries a macro on a ticket and changes nothing: the whole, and
// each of its actions by itself. NotFound for a ticket that the viewer cannot
// open.
func (a *App) PreviewMacro(ctx context.Context, v *access.Viewer, number, id int64) (*MacroPreview, error) {
	p := &MacroPreview{}
	err := a.DB.Write(ctx, store.Urgent, func(tx *store.Tx) error {
		*p = MacroPreview{Steps: []MacroStep{}}
		now, _, err := tx.Refresh(v)
		if err != nil {
			return err
		}
		m, err := runnable(tx, now, id)
		if err != nil {
			return err
		}
		if _, err := tx.Ticket(now, number); err != nil {
			return err
		}
		whole, err := a.tryActions(tx, now, number, m.Actions)
		if err != nil {
			return err
		}
		p.Allowed, p.Same, p.Code, p.Message = whole.Outcome != StepRefused, whole.Outcome == StepSame, whole.Code, whole.Message
		for i := range m.Actions {
			step, err := a.tryActions(tx, now, number, m.Actions[i:i+1])
			if err != nil {
				return err
			}
			step.Action = m.Actions[i]
			p.Steps = append(p.Steps, *step)
		}
		return errTakenBack
	})
	if errors.Is(err, errTakenBack) {
		err = nil
	}
	return p, err
}

// tryActions does actions on a ticket and takes them back.
func (a *App) tryActions(tx *store.Tx, v *access.Viewer, number int64, list []dm.Action) (*MacroStep, error) {
	step := &MacroStep{Outcome: StepSame}
	err := tx.Try(func() error {
		res, err := a.applyActions(tx, v, number, list, dm.Cause{Kind: dm.CauseMacro}, true)
		if err != nil {
			return err
		}
		if len(res.Events) > 0 {
			step.Outcome = StepDone
		}
		return errTakenBack
	})
	e, ok := errors.AsType[*dm.Error](err)
	switch {
	case errors.Is(err, errTakenBack):
	case !ok || e.Code == dm.Internal || e.Code == dm.Unavailable:
		return nil, err
	default:
		step.Outcome, step.Code, step.Message = StepRefused, codeOf(e), why(e)
	}
	return step, nil
}

// why gives an error's words for people, with the first of its faults.
func why(e *dm.Error) string {
	text := e.Public
	if len(e.Faults) > 0 {
		text += " " + e.Faults[0].Message
	}
	return clipped(text, maxBulkMessage)
}

// sends says whether any of the actions writes a message, which stays; a share by
// a template may write a note.
func sends(list []dm.Action) bool {
	return slices.ContainsFunc(list, func(a dm.Action) bool { return a.Do == dm.ActReply || a.Do == dm.ActNote || a.TemplateID != 0 })
}

// checkBulkMacro finds the macro of a bulk, and keeps what it does now: what it
// is later changes no bulk under way.
func (t *act) checkBulkMacro(w *dm.BulkWork) error {
	m, err := runnable(t.tx, t.viewer, w.MacroID)
	if err != nil {
		return err
	}
	w.Actions = m.Actions
	return nil
}
