package app

import (
	"context"
	"slices"
	"time"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
	"github.com/deskmesh/deskmesh/internal/store"
)

// JobExport writes an export's file.
const JobExport = "export.write"

type exportArgs struct {
	Export int64 `json:"export"`
}

// Limits of exports.
const (
	maxExportRows     = 50_000
	maxExportBytes    = 512 << 20
	maxExportsWaiting = 3
	maxExportsKept    = 20
	exportAttempts    = 5
	// waitingCounts is how long an export that was never written counts as
	// waiting.
	waitingCounts = 24 * time.Hour
)

// NewExport says what to export: a view, narrowed by State and Filter, or what
// a search finds.
type NewExport struct {
	View    string
	State   string
	Filter  dm.Condition
	Query   string
	Sort    string
	Columns []string // none: those of the view
	BOM     bool
}

// ExportInfo is an export as its owner sees it.
type ExportInfo struct {
	dm.Export
	ExpiresAt dm.Time
}

// CreateExport asks for a list in a file and gives the export's id; a job
// writes the file. It needs tickets.export. Invalid for what no list can be
// asked for, Conflict with the reason cap where the person has too many.
func (a *App) CreateExport(ctx context.Context, v *access.Viewer, n NewExport) (int64, error) {
	var id int64
	err := a.administer(ctx, v, dm.TicketsExport, func(t *act) error {
		if !t.viewer.IsAgent() {
			return dm.ErrForbidden
		}
		e := &dm.Export{PersonID: t.viewer.Person(), TokenID: tokenOf(t.viewer), View: n.View, ListState: n.State, Filter: n.Filter, Query: n.Query, Sort: n.Sort,
			Columns: n.Columns, BOM: n.BOM}
		if err := t.checkExport(e); err != nil {
			return err
		}
		if err := t.roomForExport(); err != nil {
			return err
		}
		var err error
		if id, err = t.tx.CreateExport(t.account, e); err != nil {
			return err
		}
		_, _, err = t.tx.Enqueue(store.NewJob{Account: t.account, Kind: JobExport, Args: exportArgs{Export: id}, Urgency: store.Bulk, MaxAttempts: exportAttempts})
		if err != nil {
			return err
		}
		t.changed("view", "", e.View)
		return t.log("export.created", "export", id)
	})
	return id, err
}

// tokenOf is the API token that the viewer came by; 0 for none.
func tokenOf(v *access.Viewer) int64 {
	if v.ByToken() {
		return v.Cause().ID
	}
	return 0
}

// checkExport refuses what could only fail later, and fills in the columns.
func (t *act) checkExport(e *dm.Export) error {
	if e.Query != "" && e.Sort != "" {
		t.faults.add("sort", "A search gives the newest first: leave this out together with q.")
	}
	if err := t.faults.take(checkSearchText(e.Query)); err != nil {
		return err
	}
	if err := t.checkListing(e); err != nil {
		return err
	}
	dir, err := t.tx.Directory(t.account)
	if err != nil {
		return err
	}
	if len(e.Columns) == 0 {
		e.Columns = t.defaultColumns(e, dir)
	}
	t.faults.columns(e.Columns, dir)
	return t.faults.err()
}

// checkListing refuses a list that nobody could ask for now.
func (t *act) checkListing(e *dm.Export) error {
	if e.View == "" {
		e.View = string(ViewAll)
	}
	dir, err := t.tx.Directory(t.account)
	if err != nil {
		return err
	}
	if err := t.faults.take(store.CheckFilter(dir, t.viewer, &e.Filter)); err != nil {
		return err
	}
	q, _, err := t.app.listing(t.tx, t.viewer, exportQuery(e))
	if err == nil {
		err = store.CheckQuery(t.viewer, q)
	}
	if dm.ReasonOf(err) != "" { // one that programs tell apart stays as it is
		return err
	}
	return t.faults.take(err)
}

// exportQuery is the list that an export asks for.
func exportQuery(e *dm.Export) ListQuery {
	return ListQuery{View: View(e.View), State: e.ListState, Filter: e.Filter, Sort: e.Sort, Limit: exportPage}
}

func (t *act) defaultColumns(e *dm.Export, dir *Directory) []string {
	if s := dm.SystemViewByKey(e.View); s != nil {
		return slices.Clone(s.Columns)
	}
	if own, err := t.app.ownView(t.tx, t.viewer, e.View); err == nil {
		return slices.DeleteFunc(own.Columns, func(c string) bool { return !liveColumn(c, dir) })
	}
	return slices.Clone(dm.SystemViewByKey(string(ViewAll)).Columns)
}

func (t *act) roomForExport() error {
	all, waiting, err := t.tx.CountExports(t.account, t.viewer.Person(), t.tx.Now().Add(-waitingCounts))
	switch {
	case err != nil:
		return err
	case waiting >= maxExportsWaiting:
		return dm.Errorf(dm.Conflict, "%d of your exports are still being written. Try again when one is done.", maxExportsWaiting).With("cap")
	case all >= maxExportsKept:
		return dm.Errorf(dm.Conflict, "You have %d exports. Delete some first.", maxExportsKept).With("cap")
	}
	return nil
}

// ownExport finds an export that is the viewer's: by a token only one that the
// same token asked for. Anything else is NotFound.
func ownExport(tx *store.Tx, v *access.Viewer, id int64) (*dm.Export, error) {
	e, err := tx.Export(v.Account(), id)
	if err != nil {
		return nil, err
	}
	if v.Person() == 0 || e.PersonID != v.Person() || v.ByToken() && e.TokenID != tokenOf(v) {
		return nil, dm.Missing("export")
	}
	return e, nil
}

func exportInfo(e *dm.Export, dir *Directory) ExportInfo {
	return ExportInfo{Export: *e, ExpiresAt: e.CreatedAt.Add(days(dir.Settings.RetainExportDays))}
}

// Export gives one of the viewer's own exports.
func (a *App) Export(ctx context.Context, v *access.Viewer, id int64) (*ExportInfo, error) {
	if err := require(v, dm.TicketsExport); err != nil {
		return nil, err
	}
	return fetch(ctx, a, func(tx *store.Tx) (*ExportInfo, error) {
		e, err := ownExport(tx, v, id)
		if err != nil {
			return nil, err
		}
		dir, err := tx.Directory(v.Account())
		if err != nil {
			return nil, err
		}
		info := exportInfo(e, dir)
		return &info, nil
	})
}

// Exports gives a page of the viewer's own exports before an id, newest first.
func (a *App) Exports(ctx context.Context, v *access.Viewer, before int64, limit int) ([]ExportInfo, error) {
	if err := require(v, dm.TicketsExport); err != nil {
		return nil, err
	}
	return fetch(ctx, a, func(tx *store.Tx) ([]ExportInfo, error) {
		list, err := tx.Exports(v.Account(), v.Person(), tokenOf(v), before, limit)
		if err != nil {
			return nil, err
		}
		dir, err := tx.Directory(v.Account())
		if err != nil {
			return nil, err
		}
		infos := make([]ExportInfo, len(list))
		for i := range list {
			infos[i] = exportInfo(&list[i], dir)
		}
		return infos, nil
	})
}

// DeleteExport removes one of the viewer's own exports and its file.
func (a *App) DeleteExport(ctx context.Context, v *access.Viewer, id int64) error {
	if err := require(v, dm.TicketsExport); err != nil {
		return err
	}
	var key string
	err := a.write(ctx, func(tx *store.Tx) error {
		if _, err := ownExport(tx, v, id); err != nil {
			return err
		}
		var err error
		key, err = tx.DeleteExport(v.Account(), id)
		return err
	})
	if err != nil || key == "" {
		return err
	}
	return a.deleteBlob(ctx, key)
}

// sweepExports deletes an account's exports that are too old, and those of
// people who may not export any more.
func (a *App) sweepExports(ctx context.Context, dir *store.Directory) error {
	account := dir.Account.ID
	err := a.dropExports(ctx, account, func(tx *store.Tx) ([]int64, error) {
		return tx.OldExports(account, tx.Now().Add(-days(dir.Settings.RetainExportDays)), sweepBatch)
	})
	if err != nil {
		return err
	}
	owners, err := fetch(ctx, a, func(tx *store.Tx) ([]int64, error) { return tx.ExportOwners(account) })
	if err != nil {
		return err
	}
	for _, owner := range owners {
		err := a.dropExports(ctx, account, func(tx *store.Tx) ([]int64, error) {
			v, err := tx.Viewer(account, owner)
			if err != nil || v.IsAgent() && v.Can(dm.TicketsExport) {
				return nil, err
			}
			list, err := tx.Exports(account, owner, 0, 0, sweepBatch)
			ids := make([]int64, len(list))
			for i := range list {
				ids[i] = list[i].ID
			}
			return ids, err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// dropExports deletes the exports that find gives, until it gives none: the
// rows first and the bytes after their commit.
func (a *App) dropExports(ctx context.Context, account int64, find func(*store.Tx) ([]int64, error)) error {
	for {
		var keys []string
		n := 0
		err := a.DB.Write(ctx, store.Bulk, func(tx *store.Tx) error {
			keys = keys[:0]
			ids, err := find(tx)
			n = len(ids)
			for _, id := range ids {
				if err != nil {
					break
				}
				var key string
				key, err = tx.DeleteExport(account, id)
				keys = append(keys, key)
			}
			return err
		})
		if err != nil || n == 0 {
			return err
		}
		for _, key := range keys {
			if key == "" {
				continue
			}
			if err := a.deleteBlob(ctx, key); err != nil {
				return err
			}
		}
	}
}
