package app

import (
	"context"
	"slices"
	"strconv"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
	"github.com/deskmesh/deskmesh/internal/store"
)

// ViewInfo is a view as one reader has it.
type ViewInfo struct {
	System *dm.SystemView // of a system view; nil for an own one
	Own    *dm.OwnView    // of an own view
	Active bool           // false for a system view that is deactivated
	// Hidden says that the screens leave the view out for now: a view of shares
	// with the reader that shows none, where sharing.hide_empty_menu is on (C8).
	Hidden     bool
	Changeable bool // the reader may change it
	GroupName  string
	Owner      dm.PersonRef
}

// Key is what ?view= names the view by.
func (i *ViewInfo) Key() string {
	if i.System != nil {
		return i.System.Key
	}
	return i.Own.Key()
}

// Name is what people read the view by.
func (i *ViewInfo) Name() string {
	if i.System != nil {
		return i.System.Label
	}
	return i.Own.Name
}

// Views gives the views that the viewer has, in the order of their sidebar.
// Deactivated system views come only for those who may activate them. With all,
// which needs views.manage, the own views of everybody come too.
func (a *App) Views(ctx context.Context, v *access.Viewer, all bool) ([]ViewInfo, error) {
	if err := requireAgent(v); err != nil {
		return nil, err
	}
	if all {
		if err := require(v, dm.ViewsManage); err != nil {
			return nil, err
		}
	}
	return fetch(ctx, a, func(tx *store.Tx) ([]ViewInfo, error) {
		list, err := a.sidebar(tx, v, all)
		if err != nil {
			return nil, err
		}
		return list, a.describeViews(tx, v, list)
	})
}

// View gives one view by its key; NotFound for one that the viewer does not
// have.
func (a *App) View(ctx context.Context, v *access.Viewer, key string) (*ViewInfo, error) {
	if err := requireAgent(v); err != nil {
		return nil, err
	}
	return fetch(ctx, a, func(tx *store.Tx) (*ViewInfo, error) {
		list := make([]ViewInfo, 1)
		if system := dm.SystemViewByKey(key); system != nil {
			inactive, err := tx.InactiveViews(v.Account())
			if err != nil {
				return nil, err
			}
			if !hasSystemView(v, system, inactive) {
				return nil, dm.Missing("view")
			}
			list[0] = ViewInfo{System: system, Active: !inactive[key]}
		} else {
			own, err := a.ownView(tx, v, key)
			if err != nil {
				return nil, err
			}
			list[0] = ViewInfo{Own: own, Active: true}
		}
		return &list[0], a.describeViews(tx, v, list)
	})
}

// hasSystemView says whether a system view is one of the viewer's.
func hasSystemView(v *access.Viewer, s *dm.SystemView, inactive map[string]bool) bool {
	return (s.Needs == "" || v.Can(s.Needs)) && (!inactive[s.Key] || v.Can(dm.ViewsManage))
}

// sidebar lists the viewer's views in their order, without what describeViews
// adds.
func (a *App) sidebar(tx *store.Tx, v *access.Viewer, all bool) ([]ViewInfo, error) {
	inactive, err := tx.InactiveViews(v.Account())
	if err != nil {
		return nil, err
	}
	var list []ViewInfo
	for i := range dm.SystemViews {
		if s := &dm.SystemViews[i]; hasSystemView(v, s, inactive) {
			list = append(list, ViewInfo{System: s, Active: !inactive[s.Key]})
		}
	}
	var own []dm.OwnView
	if all {
		own, err = tx.AllViews(v.Account())
	} else {
		own, err = tx.OwnViews(v.Account(), v.Person(), v.Groups())
	}
	if err != nil {
		return nil, err
	}
	for i := range own {
		list = append(list, ViewInfo{Own: &own[i], Active: true})
	}
	order, err := tx.ViewOrder(v.Account(), v.Person())
	if err != nil {
		return nil, err
	}
	inOrder(list, order)
	return list, nil
}

// inOrder sorts views by a person's order; those it does not name come after
// it, as they stand.
func inOrder(list []ViewInfo, order []string) {
	place := make(map[string]int, len(order))
	for i, key := range order {
		place[key] = i + 1
	}
	at := func(i *ViewInfo) int {
		if p := place[i.Key()]; p > 0 {
			return p
		}
		return len(order) + 1
	}
	slices.SortStableFunc(list, func(a, b ViewInfo) int { return at(&a) - at(&b) })
}

// describeViews fills in what is found out anew each time: names, whether the
// filter still fits, what is hidden.
func (a *App) describeViews(tx *store.Tx, v *access.Viewer, list []ViewInfo) error {
	dir, err := tx.Directory(v.Account())
	if err != nil {
		return err
	}
	var people []int64
	for i := range list {
		if list[i].Own != nil {
			people = append(people, list[i].Own.OwnerID)
		}
	}
	owners, err := tx.PeopleRefs(v.Account(), distinct(people))
	if err != nil {
		return err
	}
	for i := range list {
		info := &list[i]
		if info.System != nil {
			info.Changeable = v.Can(dm.ViewsManage)
			if info.Hidden, err = a.hiddenView(tx, v, dir, info.System); err != nil {
				return err
			}
			continue
		}
		info.Changeable, info.Owner, info.GroupName = mayChangeView(v, info.Own), owners[info.Own.OwnerID], groupName(tx, dir, v.Account(), info.Own.GroupID)
		info.Own.Columns = slices.DeleteFunc(info.Own.Columns, func(c string) bool { return !liveColumn(c, dir) })
		if err := a.findProblem(tx, v, dir, info.Own); err != nil {
			return err
		}
	}
	return nil
}

func (a *App) hiddenView(tx *store.Tx, v *access.Viewer, dir *Directory, s *dm.SystemView) (bool, error) {
	if !s.Shared || !dir.Settings.HideEmptyMenu {
		return false, nil
	}
	n, _, err := tx.CountUpTo(v, ListQuery{View: View(s.Key)}, 1, nil)
	return n == 0, err
}

// findProblem looks whether the view's filter still fits the account: what it
// names may have been deleted since.
func (a *App) findProblem(tx *store.Tx, v *access.Viewer, dir *Directory, view *dm.OwnView) error {
	if view.Problem != "" {
		return nil
	}
	err := store.CheckFilter(dir, v, &view.Filter)
	var faults inputFaults
	if err = faults.take(err); err != nil || len(faults.list) == 0 {
		return err
	}
	view.Problem = faults.list[0].Message
	return nil
}

// Listing turns a query that names an own view into the one it stands for: the
// view it is based on, its filter together with the query's, and its sort where
// the query has none. A view that says which state it shows keeps it. A query
// for anything else comes back as it is.
//
// A view that the viewer does not have is Invalid, and so, with the reason
// broken_view, is one whose filter no longer fits. columns are those of an own
// view.
func (a *App) Listing(ctx context.Context, v *access.Viewer, q ListQuery) (meant ListQuery, columns []string, err error) {
	if dm.OwnViewID(string(q.View)) == 0 {
		return q, nil, nil
	}
	err = a.DB.Read(ctx, func(tx *store.Tx) error {
		meant, columns, err = a.listing(tx, v, q)
		return err
	})
	return meant, columns, err
}

func (a *App) listing(tx *store.Tx, v *access.Viewer, q ListQuery) (meant ListQuery, columns []string, err error) {
	key := string(q.View)
	if dm.OwnViewID(key) == 0 {
		return q, nil, nil
	}
	view, err := a.ownView(tx, v, key)
	if dm.CodeOf(err) == dm.NotFound {
		return q, nil, dm.BadField("view", "There is no such view.")
	}
	if err != nil {
		return q, nil, err
	}
	dir, err := tx.Directory(v.Account())
	if err != nil {
		return q, nil, err
	}
	if err := a.findProblem(tx, v, dir, view); err != nil {
		return q, nil, err
	}
	meant, err = queryOf(view, q)
	return meant, slices.DeleteFunc(view.Columns, func(c string) bool { return !liveColumn(c, dir) }), err
}

// FillColumns reads what columns show of listed tickets beyond their rows: the
// values of own fields.
func (a *App) FillColumns(ctx context.Context, v *access.Viewer, rows []TicketRow, columns []string) error {
	fields := fieldsOf(columns)
	if len(fields) == 0 {
		return nil
	}
	return a.DB.Read(ctx, func(tx *store.Tx) error { return tx.ListFields(v.Account(), rows, fields) })
}

// fieldsOf gives the ids of the own fields among columns.
func fieldsOf(columns []string) []int64 {
	var fields []int64
	for _, column := range columns {
		if id := dm.FieldColumn(column); id != 0 {
			fields = append(fields, id)
		}
	}
	return fields
}

// queryOf is what a view stands for, narrowed by a query.
func queryOf(view *dm.OwnView, q ListQuery) (ListQuery, error) {
	if view.Problem != "" {
		return q, dm.BadField("view", "The filter of this view no longer fits: %s", view.Problem).With("broken_view")
	}
	q.View, q.Filter = View(view.Base), dm.And(view.Filter, q.Filter)
	if view.State != "" {
		q.State = view.State
	}
	if q.Sort == "" {
		q.Sort = view.Sort
	}
	return q, nil
}

const maxViewOrder = 600

// OrderViews keeps the order of the viewer's own sidebar: the keys of views,
// first to last. Views that are not named come after them. None forgets it.
func (a *App) OrderViews(ctx context.Context, v *access.Viewer, keys []string) error {
	if v == nil || !v.IsAgent() || v.Person() == 0 || v.ByToken() {
		return dm.ErrForbidden
	}
	if len(keys) > maxViewOrder {
		return dm.BadField("views", "At most %d views can be put in order.", maxViewOrder)
	}
	return a.write(ctx, func(tx *store.Tx) error {
		now, _, err := tx.Refresh(v)
		if err != nil {
			return err
		}
		list, err := a.sidebar(tx, now, now.Can(dm.ViewsManage))
		if err != nil {
			return err
		}
		var faults inputFaults
		for i, key := range keys {
			at := "views[" + strconv.Itoa(i) + "]"
			switch {
			case !slices.ContainsFunc(list, func(info ViewInfo) bool { return info.Key() == key }):
				faults.add(at, "There is no such view.")
			case slices.Contains(keys[:i], key):
				faults.add(at, "This view is named already.")
			}
		}
		if err := faults.err(); err != nil {
			return err
		}
		return tx.SetViewOrder(v.Account(), v.Person(), keys)
	})
}
