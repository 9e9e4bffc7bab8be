package app

import (
	"context"
	"slices"
	"strconv"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
	"github.com/deskmesh/deskmesh/internal/store"
)

// Limits of own views.
const (
	maxViewName    = 100
	maxOwnViews    = 100 // with one owner
	maxViews       = 500 // in an account
	maxViewColumns = 40
	maxPosition    = 1_000_000
)

// ViewPatch sets a view's properties; nil leaves a value as it is. Of a system
// view only Active can be set, of an own view everything else.
type ViewPatch struct {
	Name     *string
	Base     *string
	State    *string
	Filter   *dm.Condition
	Columns  *[]string
	Sort     *string
	Position *int64
	Audience *dm.Audience
	GroupID  *int64
	OwnerID  *int64
	Active   *bool
}

// mayKeepViews refuses whoever may make no views at all. A token's scopes name
// no right to views but views.manage, so it needs that one.
func mayKeepViews(v *access.Viewer) error {
	if !v.IsAgent() && !v.IsSystem() || v.ByToken() && !v.Can(dm.ViewsManage) {
		return dm.ErrForbidden
	}
	return nil
}

// mayChangeView says who may change and delete an own view: its owner, unless
// it stands in everybody's sidebar, and who has views.manage.
func mayChangeView(v *access.Viewer, view *dm.OwnView) bool {
	return mayKeepViews(v) == nil && (v.Can(dm.ViewsManage) || view.OwnerID == v.Person() && view.Audience != dm.ForEveryone)
}

// hasView says whether an own view is one of the viewer's.
func hasView(v *access.Viewer, view *dm.OwnView) bool {
	if !v.IsAgent() && !v.IsSystem() {
		return false
	}
	return view.OwnerID == v.Person() || view.Audience == dm.ForEveryone || view.Audience == dm.ForGroup && slices.Contains(v.Groups(), view.GroupID) || v.Can(dm.ViewsManage)
}

// CreateView makes an own view and gives its id. Every agent may make one for
// themselves and for a group that they are a member of; for other groups and
// for everyone it needs views.manage, and so it does by a token.
func (a *App) CreateView(ctx context.Context, v *access.Viewer, p ViewPatch) (int64, error) {
	var id int64
	err := a.administer(ctx, v, "", func(t *act) error {
		if err := mayKeepViews(t.viewer); err != nil {
			return err
		}
		view := &dm.OwnView{OwnerID: t.viewer.Person(), Audience: dm.ForOwner, Base: string(ViewAll)}
		if p.Name == nil {
			p.Name = &view.Name
		}
		if p.Columns == nil {
			p.Columns = &view.Columns
		}
		if err := t.patchView(view, &p); err != nil {
			return err
		}
		if err := t.roomForViews(view.OwnerID, true); err != nil {
			return err
		}
		var err error
		if id, err = t.tx.CreateView(t.account, view); err != nil {
			return err
		}
		return t.logView("view.created", view, id)
	})
	return id, err
}

// UpdateView changes an own view, or activates or deactivates a system view,
// which needs views.manage. The owner changes own views; those for everyone and
// those of others need views.manage, and so does a change of the owner.
func (a *App) UpdateView(ctx context.Context, v *access.Viewer, key string, p ViewPatch) error {
	if dm.SystemViewByKey(key) != nil {
		return a.administer(ctx, v, dm.ViewsManage, func(t *act) error { return t.switchView(key, &p) })
	}
	return a.administer(ctx, v, "", func(t *act) error {
		view, err := t.changeableView(key)
		if err != nil {
			return err
		}
		old := *view
		if err := t.patchView(view, &p); err != nil || len(t.changes) == 0 {
			return err
		}
		if view.OwnerID != old.OwnerID {
			if err := t.roomForViews(view.OwnerID, false); err != nil {
				return err
			}
		}
		if err := t.tx.SaveView(t.account, view); err != nil {
			return err
		}
		if old.Audience != dm.ForOwner {
			return t.log("view.updated", "view", view.ID)
		}
		return t.logView("view.updated", view, view.ID)
	})
}

// DeleteView removes an own view, for whoever may change it. A system view is
// Forbidden.
func (a *App) DeleteView(ctx context.Context, v *access.Viewer, key string) error {
	return a.administer(ctx, v, "", func(t *act) error {
		if dm.SystemViewByKey(key) != nil {
			return dm.Errorf(dm.Forbidden, "This view belongs to the desk. It can be deactivated, not deleted.").With("system_view")
		}
		view, err := t.changeableView(key)
		if err != nil {
			return err
		}
		if err := t.tx.DeleteView(t.account, view.ID); err != nil {
			return err
		}
		return t.logView("view.deleted", view, view.ID)
	})
}

// logView notes a change that others see, or that somebody made to what belongs
// to somebody else. What one does to the views in one's own sidebar is nobody
// else's business.
func (t *act) logView(action string, view *dm.OwnView, id int64) error {
	if view.Audience == dm.ForOwner && view.OwnerID == t.viewer.Person() {
		t.once.note(id)
		return nil
	}
	return t.log(action, "view", id)
}

// changeableView finds an own view by its key: NotFound when the viewer does
// not have it, Forbidden when they may not change it.
func (t *act) changeableView(key string) (*dm.OwnView, error) {
	view, err := t.app.ownView(t.tx, t.viewer, key)
	if err == nil && !mayChangeView(t.viewer, view) {
		return nil, dm.ErrForbidden
	}
	return view, err
}

// ownView finds an own view that the viewer has, by its key.
func (a *App) ownView(tx *store.Tx, v *access.Viewer, key string) (*dm.OwnView, error) {
	id := dm.OwnViewID(key)
	if id == 0 {
		return nil, dm.Missing("view")
	}
	view, err := tx.OwnView(v.Account(), id)
	if err == nil && !hasView(v, view) {
		return nil, dm.Missing("view")
	}
	return view, err
}

// switchView activates or deactivates a system view.
func (t *act) switchView(key string, p *ViewPatch) error {
	if given := p.givenButActive(); given != "" {
		return dm.BadField(given, "This view belongs to the desk. It can only be activated and deactivated.").With("system_view")
	}
	inactive, err := t.tx.InactiveViews(t.account)
	if err != nil || p.Active == nil || *p.Active == !inactive[key] {
		return err
	}
	if err := t.tx.SetViewActive(t.account, key, *p.Active); err != nil {
		return err
	}
	t.changedFlag(key, !*p.Active, *p.Active)
	return t.log("view.switched", "view", 0)
}

// givenButActive names a property that the patch sets besides Active; "" when
// there is none.
func (p *ViewPatch) givenButActive() string {
	for _, f := range []struct {
		name  string
		given bool
	}{
		{"name", p.Name != nil}, {"base", p.Base != nil}, {"state", p.State != nil}, {"filter", p.Filter != nil}, {"columns", p.Columns != nil}, {"sort", p.Sort != nil},
		{"position", p.Position != nil}, {"for", p.Audience != nil || p.GroupID != nil}, {"owner_id", p.OwnerID != nil},
	} {
		if f.given {
			return f.name
		}
	}
	return ""
}

func (t *act) roomForViews(owner int64, one bool) error {
	all, owned, err := t.tx.CountViews(t.account, owner)
	switch {
	case err != nil:
		return err
	case owned >= maxOwnViews:
		return dm.Errorf(dm.Conflict, "One person can have at most %d own views.", maxOwnViews).With("cap")
	case one && all >= maxViews:
		return dm.Errorf(dm.Conflict, "An account can have at most %d own views.", maxViews).With("cap")
	}
	return nil
}

// patchView checks a patch and puts it into the view.
func (t *act) patchView(view *dm.OwnView, p *ViewPatch) error {
	old := *view
	if p.Active != nil {
		t.faults.add("active", "Only the views of the desk can be deactivated. Delete this one instead.")
	}
	if p.Name != nil {
		view.Name = t.faults.name("name", *p.Name, maxViewName)
	}
	if p.Base != nil {
		view.Base = oneOf(&t.faults, "base", *p.Base, viewBases...)
	}
	if p.State != nil {
		view.State = oneOf(&t.faults, "state", *p.State, "", "open", "done")
	}
	if p.Sort != nil {
		view.Sort = *p.Sort
	}
	if p.Position != nil {
		if view.Position = *p.Position; view.Position < 0 || view.Position > maxPosition {
			t.faults.add("position", "This is a number from 0 to %d.", maxPosition)
		}
	}
	for _, step := range []func(*dm.OwnView, *ViewPatch) error{t.patchViewFilter, t.patchViewColumns, t.patchViewOwner, t.patchAudience} {
		if err := step(view, p); err != nil {
			return err
		}
	}
	if len(t.faults.list) == 0 && (p.Base != nil || p.State != nil || p.Sort != nil) {
		if err := t.faults.take(store.CheckQuery(t.viewer, ListQuery{View: View(view.Base), State: view.State, Sort: view.Sort, Filter: view.Filter})); err != nil {
			return err
		}
	}
	t.viewChanges(&old, view, p)
	return t.faults.err()
}

// viewBases are the views that an own view can narrow.
var viewBases = func() []string {
	var keys []string
	for i := range dm.SystemViews {
		if key := dm.SystemViews[i].Key; key != string(store.ViewUnshared) {
			keys = append(keys, key)
		}
	}
	return keys
}()

func (t *act) patchViewFilter(view *dm.OwnView, p *ViewPatch) error {
	if p.Filter == nil {
		if view.Problem != "" { // what cannot be read must not be saved as nothing
			t.faults.add("filter", "%s Give the view a new one.", view.Problem)
		}
		return nil
	}
	dir, err := t.tx.Directory(t.account)
	if err != nil {
		return err
	}
	view.Filter, view.Problem = *p.Filter, ""
	return t.faults.take(store.CheckFilter(dir, t.viewer, &view.Filter))
}

// patchViewColumns takes the columns of a list; without any they are those of
// the view it is based on.
func (t *act) patchViewColumns(view *dm.OwnView, p *ViewPatch) error {
	if p.Columns == nil {
		return nil
	}
	view.Columns = *p.Columns
	if base := dm.SystemViewByKey(view.Base); len(view.Columns) == 0 && base != nil {
		view.Columns = slices.Clone(base.Columns)
	}
	dir, err := t.tx.Directory(t.account)
	if err != nil {
		return err
	}
	t.faults.columns(view.Columns, dir)
	return nil
}

// columns names every column that lists do not have, and repeated ones.
func (f *inputFaults) columns(columns []string, dir *Directory) {
	if len(columns) > maxViewColumns {
		f.add("columns", "A list has at most %d columns.", maxViewColumns)
		return
	}
	for i, c := range columns {
		at := "columns[" + strconv.Itoa(i) + "]"
		switch {
		case !liveColumn(c, dir):
			f.add(at, "There is no such column.")
		case slices.Contains(columns[:i], c):
			f.add(at, "This column is there already.")
		}
	}
}

// liveColumn says whether a list can have the column: one of every list's, or
// an own field that is in use.
func liveColumn(column string, dir *Directory) bool {
	field := dm.FieldColumn(column)
	return dm.KnownColumn(column) || field != 0 && dir.Fields[field].Active
}

func (t *act) patchViewOwner(view *dm.OwnView, p *ViewPatch) error {
	if p.OwnerID == nil || *p.OwnerID == view.OwnerID {
		return nil
	}
	if !t.viewer.Can(dm.ViewsManage) {
		return dm.ErrForbidden
	}
	view.OwnerID = *p.OwnerID
	return t.activeAgents("owner_id", []int64{view.OwnerID}, nil)
}

// patchAudience changes whose sidebar the view stands in.
func (t *act) patchAudience(view *dm.OwnView, p *ViewPatch) error {
	if p.Audience == nil && p.GroupID == nil {
		return nil
	}
	old := *view
	if p.Audience != nil {
		view.Audience = oneOf(&t.faults, "for.kind", *p.Audience, dm.Audiences...)
		view.GroupID = 0
	}
	if p.GroupID != nil {
		view.GroupID = *p.GroupID
	}
	if (view.Audience == dm.ForGroup) != (view.GroupID != 0) {
		t.faults.add("for.group_id", "A view for a group names the group, and no other does.")
		return nil
	}
	if view.Audience == old.Audience && view.GroupID == old.GroupID {
		return nil
	}
	manages := t.viewer.Can(dm.ViewsManage)
	switch view.Audience {
	case dm.ForEveryone:
		if !manages {
			return dm.ErrForbidden
		}
	case dm.ForGroup:
		if _, err := t.tx.Group(t.account, view.GroupID); err != nil {
			if dm.CodeOf(err) == dm.NotFound {
				t.faults.add("for.group_id", "There is no such group.")
				return nil
			}
			return err
		}
		if !manages && !slices.Contains(t.viewer.Groups(), view.GroupID) {
			return dm.ErrForbidden
		}
	}
	return nil
}

// viewChanges notes what has changed, for the log.
func (t *act) viewChanges(old, view *dm.OwnView, p *ViewPatch) {
	t.changed("name", old.Name, view.Name)
	t.changed("base", old.Base, view.Base)
	t.changed("state", old.State, view.State)
	t.changed("sort", old.Sort, view.Sort)
	t.changed("for", string(old.Audience), string(view.Audience))
	t.changedID("group_id", old.GroupID, view.GroupID)
	t.changedID("owner_id", old.OwnerID, view.OwnerID)
	t.changedID("position", old.Position, view.Position)
	if !slices.Equal(old.Columns, view.Columns) {
		t.touched("columns")
	}
	if p.Filter != nil {
		t.touched("filter")
	}
}
