package app

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
	"github.com/deskmesh/deskmesh/internal/jobs"
	"github.com/deskmesh/deskmesh/internal/store"
)

// exportPage is how many rows are read at once.
const exportPage = 200

// exportLine is a line of a file as it is kept: with the ticket it is about,
// so that it can be decided again when the file is read. The first line has the
// names of the columns and no ticket.
type exportLine struct {
	Ticket int64    `json:"t,omitempty"`
	Cells  []string `json:"c"`
}

// writeExport does the job JobExport. Running it twice writes the file twice
// and keeps one.
func (a *App) writeExport(ctx context.Context, j *jobs.Job, args exportArgs) error {
	e, err := fetch(ctx, a, func(tx *store.Tx) (*dm.Export, error) { return tx.Export(j.Account, args.Export) })
	if dm.CodeOf(err) == dm.NotFound || err == nil && e.State != dm.ExportWaiting {
		return nil
	}
	if err != nil {
		return err
	}
	w := &exportWriter{ctx: ctx, app: a, account: j.Account, export: e, seen: map[int64]bool{}, began: a.Now()}
	e.State = dm.ExportDone
	e.BlobKey, _, _, err = a.Blobs.Put(ctx, w, maxExportBytes)
	if err != nil {
		if e.Problem = exportProblem(err, j.Attempt >= j.MaxAttempts); e.Problem == "" {
			return err
		}
		e.State, e.Rows, e.CutOff, e.BlobKey = dm.ExportFailed, 0, false, ""
	}
	kept := false
	err = a.DB.Write(ctx, store.Bulk, func(tx *store.Tx) (err error) {
		kept, err = tx.FinishExport(j.Account, e)
		return err
	})
	if (err != nil || !kept) && e.BlobKey != "" {
		_ = a.Blobs.Delete(context.WithoutCancel(ctx), e.BlobKey) // nobody can reach it
	}
	return err
}

// exportProblem says for the owner why an export has failed for good; "" where
// it is worth another try.
func exportProblem(err error, last bool) string {
	switch dm.CodeOf(err) {
	case dm.Forbidden:
		return "You may not export any more."
	case dm.Invalid:
		if e, ok := errors.AsType[*dm.Error](err); ok {
			return e.Public
		}
	case dm.TooLarge:
		return "The file would be too large. Choose fewer columns or rows."
	}
	if last {
		return "The file could not be written."
	}
	return ""
}

// exportWriter makes the lines of a file, a page at a time, while they are read
// from it. Every page is decided by what the person may see at that moment.
type exportWriter struct {
	ctx     context.Context
	app     *App
	account int64
	export  *dm.Export
	buf     bytes.Buffer
	cursor  string // of the next page
	seen    map[int64]bool
	began   dm.Time
	again   bool // the list is read from its top once more
	headed  bool
	done    bool
}

// Read implements io.Reader.
func (w *exportWriter) Read(p []byte) (int, error) {
	for w.buf.Len() == 0 {
		if w.done {
			return 0, io.EOF
		}
		if err := w.app.DB.Read(w.ctx, w.page); err != nil {
			return 0, err
		}
	}
	return w.buf.Read(p)
}

func (w *exportWriter) page(tx *store.Tx) error {
	e := w.export
	v, err := tx.ExportViewer(w.account, e)
	if err != nil {
		return err
	}
	if !v.IsAgent() || !v.Can(dm.TicketsExport) {
		return dm.ErrForbidden
	}
	dir, err := tx.Directory(w.account)
	if err != nil {
		return err
	}
	rows, err := w.rows(tx, v)
	if err != nil {
		return err
	}
	if err := tx.ListFields(w.account, rows, fieldsOf(e.Columns)); err != nil {
		return err
	}
	return w.write(rows, dir)
}

// rows reads the next page of the list, or of what the search finds in it.
func (w *exportWriter) rows(tx *store.Tx, v *access.Viewer) ([]store.TicketRow, error) {
	q := exportQuery(w.export)
	q.Cursor = w.cursor
	if w.export.Query != "" {
		_, page, err := w.app.found(tx, v, &TicketSearch{Text: w.export.Query, List: q})
		if err != nil {
			return nil, err
		}
		rows := make([]store.TicketRow, len(page.Found))
		for i := range page.Found {
			rows[i] = page.Found[i].TicketRow
		}
		w.cursor, w.done = page.Next, page.Next == ""
		return rows, nil
	}
	q, _, err := w.app.listing(tx, v, q)
	if err != nil {
		return nil, err
	}
	var rows []store.TicketRow
	rows, w.cursor, err = tx.Tickets(v, q)
	w.turn(rows, w.movesUp(q))
	return rows, err
}

// movesUp says whether tickets that change meanwhile go to the top of the list,
// which has been read already.
func (w *exportWriter) movesUp(q ListQuery) bool {
	return q.Sort == "-updated" || q.Sort == "" && q.View != ViewUnshared
}

// turn decides what follows a page. A list whose changed tickets move to its
// top is read from there once more at the end, as far as it changed meanwhile,
// so that none is missing.
func (w *exportWriter) turn(rows []store.TicketRow, movesUp bool) {
	if w.again && len(rows) > 0 && rows[len(rows)-1].UpdatedAt < w.began {
		w.done = true
	}
	if w.cursor != "" {
		return
	}
	if movesUp && !w.again {
		w.again = true
		return
	}
	w.done = true
}

func (w *exportWriter) write(rows []store.TicketRow, dir *Directory) error {
	lines := json.NewEncoder(&w.buf)
	lines.SetEscapeHTML(false)
	if !w.headed {
		w.headed = true
		if err := lines.Encode(exportLine{Cells: headerOf(w.export.Columns, dir)}); err != nil {
			return err
		}
	}
	for i := range rows {
		t := &rows[i]
		if w.seen[t.ID] {
			continue
		}
		if len(w.seen) == maxExportRows {
			w.export.CutOff, w.done = true, true
			break
		}
		w.seen[t.ID] = true
		if err := lines.Encode(exportLine{Ticket: t.ID, Cells: cellsOf(w.export.Columns, t, dir)}); err != nil {
			return err
		}
	}
	w.export.Rows = len(w.seen)
	return nil
}
