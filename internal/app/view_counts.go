package app

import (
	"context"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
	"github.com/deskmesh/deskmesh/internal/store"
)

// Bounds of a sidebar's counts.
const (
	sidebarBound = 100 // a count above it says "more"
	sidebarViews = 50  // views that are counted; the others come without a count
	// sidebarRows and sidebarTexts are how much is read, for all views together,
	// where no index decides a condition. When it is used up the rest say "more"
	// the sooner.
	sidebarRows  = 12_000
	sidebarTexts = 1_600
)

// ViewCount is how many tickets a view has.
type ViewCount struct {
	Key     string
	Counted bool // false: the view is broken, or too far down
	Count   int
	More    bool
}

// CountViews counts every active view of the viewer's sidebar, in its order,
// each up to a low bound. State is as in ListQuery. It is one read of one
// moment: what it says equals what the lists show.
func (a *App) CountViews(ctx context.Context, v *access.Viewer, state string) ([]ViewCount, error) {
	if err := requireAgent(v); err != nil {
		return nil, err
	}
	var counts []ViewCount
	err := a.DB.ReadMoment(ctx, func(tx *store.Tx) (err error) {
		counts, err = a.countViews(tx, v, state)
		return err
	})
	return counts, err
}

func (a *App) countViews(tx *store.Tx, v *access.Viewer, state string) ([]ViewCount, error) {
	dir, err := tx.Directory(v.Account())
	if err != nil {
		return nil, err
	}
	list, err := a.sidebar(tx, v, false)
	if err != nil {
		return nil, err
	}
	counts, effort := []ViewCount{}, &store.Effort{Rows: sidebarRows, Texts: sidebarTexts}
	for i := range list {
		info := &list[i]
		if !info.Active {
			continue
		}
		c := ViewCount{Key: info.Key()}
		if len(counts) < sidebarViews {
			if err := a.countView(tx, v, dir, info, state, &c, effort); err != nil {
				return nil, err
			}
		}
		counts = append(counts, c)
	}
	return counts, nil
}

func (a *App) countView(tx *store.Tx, v *access.Viewer, dir *Directory, info *ViewInfo, state string, c *ViewCount, effort *store.Effort) error {
	q := ListQuery{View: View(c.Key), State: state}
	if info.Own != nil {
		if err := a.findProblem(tx, v, dir, info.Own); err != nil {
			return err
		}
		var err error
		if q, err = queryOf(info.Own, q); dm.CodeOf(err) == dm.Invalid {
			return nil
		}
	}
	var err error
	c.Count, c.More, err = tx.CountUpTo(v, q, sidebarBound, effort)
	c.Counted = err == nil
	return err
}
