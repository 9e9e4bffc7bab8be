package app

import (
	"context"
	"strconv"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
	"github.com/deskmesh/deskmesh/internal/store"
)

// Page asks for one page of a list.
type Page = store.Page

// act is one administrator's change in progress.
type act struct {
	app     *App
	tx      *store.Tx
	viewer  *access.Viewer // as of now, not of when the request began
	account int64
	once    *Once // the request; nil outside of one
	faults  inputFaults
	changes []dm.FieldChange
}

// administer runs an administrator's change in one transaction. Changes of one
// account come one after the other, so that what the change rests on (that
// another owner is left, that a role is not in use) holds when it commits. The
// viewer is resolved again when it is their turn. "" needs no permission.
func (a *App) administer(ctx context.Context, v *access.Viewer, need dm.Permission, f func(*act) error) error {
	return a.administerAs(ctx, store.Urgent, v, need, f)
}

// administerAs is administer for work that others may go before.
func (a *App) administerAs(ctx context.Context, u store.Urgency, v *access.Viewer, need dm.Permission, f func(*act) error) error {
	if v == nil || v.Account() == 0 {
		return dm.ErrForbidden
	}
	if need != "" {
		if err := require(v, need); err != nil {
			return err
		}
	}
	return a.writeAs(ctx, u, func(tx *store.Tx) error {
		if err := tx.LockAccount(v.Account()); err != nil {
			return err
		}
		now, _, err := tx.Refresh(v)
		if err != nil {
			return err
		}
		if need != "" {
			if err := require(now, need); err != nil {
				return err
			}
		}
		return f(&act{app: a, tx: tx, viewer: now, account: now.Account(), once: onceOf(ctx)})
	})
}

// changed notes an old and a new value for the log.
func (t *act) changed(field, old, new string) {
	if old != new {
		t.changes = append(t.changes, dm.FieldChange{Field: field, Old: old, New: new})
	}
}

// touched notes that a value changed that the log must not hold: names and
// addresses of people, secrets.
func (t *act) touched(field string) {
	t.changes = append(t.changes, dm.FieldChange{Field: field})
}

func (t *act) changedID(field string, old, new int64) { t.changed(field, idText(old), idText(new)) }

func (t *act) changedIDs(field string, old, new []int64) { t.changed(field, idList(old), idList(new)) }

func (t *act) changedFlag(field string, old, new bool) {
	t.changed(field, strconv.FormatBool(old), strconv.FormatBool(new))
}

// log adds a line with the changes noted so far to the administrators' log. What
// it names is what a repeat of the request is answered with.
func (t *act) log(action, kind string, id int64) error {
	if id != 0 {
		t.once.note(id)
	}
	cause := t.viewer.Cause()
	line := &store.AuditLine{ActorID: t.viewer.Person(), Action: action, ObjectKind: kind, ObjectID: id,
		Data: store.AuditData{Cause: cause.Kind, CauseName: cause.Name, Changes: t.changes}}
	if cause.Kind == dm.CauseToken {
		line.Data.CauseID, line.Data.CauseName = cause.ID, ""
	}
	t.changes = nil
	return t.tx.Audit(t.account, line)
}

// requireAgent refuses everybody but agents and the system: what one may read
// when one works here.
func requireAgent(v *access.Viewer) error {
	if v == nil || !v.IsAgent() && !v.IsSystem() {
		return dm.ErrForbidden
	}
	return nil
}

// fetch reads one thing.
func fetch[T any](ctx context.Context, a *App, f func(*store.Tx) (T, error)) (T, error) {
	var got T
	err := a.DB.Read(ctx, func(tx *store.Tx) error {
		var err error
		got, err = f(tx)
		return err
	})
	return got, err
}

// fetchPage reads one page of a list.
func fetchPage[T any](ctx context.Context, a *App, f func(*store.Tx) ([]T, string, error)) ([]T, string, error) {
	var list []T
	var next string
	err := a.DB.Read(ctx, func(tx *store.Tx) error {
		var err error
		list, next, err = f(tx)
		return err
	})
	return list, next, err
}
