package app

import (
	"context"
	"encoding/csv"
	"io"
	"slices"
	"strings"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
	"github.com/deskmesh/deskmesh/internal/jobs"
	"github.com/deskmesh/deskmesh/internal/store"
)

// JobImportPeople makes and changes the people of an import.
const JobImportPeople = "people.import"

type importArgs struct {
	Import int64 `json:"import"`
}

// Limits of imports.
const (
	maxImportsWaiting = 3
	importAttempts    = 10
	importPreview     = 200 // lines that a dry run shows
)

// NewImport is a file with people.
type NewImport struct {
	Kind    dm.PersonKind
	Data    []byte
	Columns map[string]string // header -> field, or "" for none; the others are found out
}

// ImportPreview is what would become of a file.
type ImportPreview struct {
	dm.PeopleImport
	// Lines are at most 200: those that are faulty go first, the order is that of
	// the file.
	Lines []ImportLine
}

// mayImport refuses those who could import no line of the file.
func mayImport(v *access.Viewer, columns []dm.ImportColumn) error {
	if err := require(v, dm.PeopleManage); err != nil {
		return err
	}
	for _, c := range columns {
		need := map[string]dm.Permission{"roles": dm.RolesManage, "groups": dm.GroupsManage}[c.Field]
		if need != "" && !v.Can(need) {
			return dm.ErrForbidden
		}
	}
	return nil
}

// PreviewImport says what would become of every line of a file, and changes
// nothing. It needs what ImportPeople needs.
func (a *App) PreviewImport(ctx context.Context, v *access.Viewer, n NewImport) (*ImportPreview, error) {
	if err := mayImport(v, nil); err != nil {
		return nil, err
	}
	sheet, _, err := readSheet(n.Kind, n.Data, n.Columns)
	if err != nil {
		return nil, err
	}
	if err := mayImport(v, sheet.columns); err != nil {
		return nil, err
	}
	return fetch(ctx, a, func(tx *store.Tx) (*ImportPreview, error) {
		now, _, err := tx.Refresh(v)
		if err != nil {
			return nil, err
		}
		planner, err := a.newPlanner(tx, now, n.Kind, sheet.columns)
		if err != nil {
			return nil, err
		}
		p := &ImportPreview{PeopleImport: dm.PeopleImport{Kind: n.Kind, Columns: sheet.columns, Total: len(sheet.rows)}}
		var faulty, others []ImportLine
		for rows := range slices.Chunk(sheet.rows, importChunk) {
			if err := ctx.Err(); err != nil {
				return nil, err
			}
			lines, err := planner.plan(rows)
			if err != nil {
				return nil, err
			}
			for i := range lines {
				p.count(&lines[i])
				if lines[i].Action == ImportFaulty {
					faulty = append(faulty, lines[i])
				} else if len(others) < importPreview {
					others = append(others, lines[i])
				}
			}
		}
		faulty = faulty[:min(len(faulty), importPreview)]
		p.Lines = append(faulty, others[:min(len(others), importPreview-len(faulty))]...)
		slices.SortFunc(p.Lines, func(a, b ImportLine) int { return a.Line - b.Line })
		return p, nil
	})
}

func (p *ImportPreview) count(l *ImportLine) { countLine(&p.PeopleImport, l) }

func countLine(i *dm.PeopleImport, l *ImportLine) {
	i.Done++
	switch l.Action {
	case ImportCreate:
		i.Created++
	case ImportUpdate:
		i.Updated++
	case ImportSame:
		i.Same++
	default:
		i.Faulty++
	}
}

// ImportPeople keeps a file and gives the import's id; a job makes and changes
// the people, each as CreatePerson and UpdatePerson would for the viewer. Lines
// with faults are left out and kept. It needs people.manage, roles.manage where
// a column holds roles, and groups.manage where one holds groups. Invalid for
// what is no such file, Conflict with the reason cap while others are running.
func (a *App) ImportPeople(ctx context.Context, v *access.Viewer, n NewImport) error {
	if err := mayImport(v, nil); err != nil {
		return err
	}
	sheet, text, err := readSheet(n.Kind, n.Data, n.Columns)
	if err != nil {
		return err
	}
	return a.administer(ctx, v, dm.PeopleManage, func(t *act) error {
		if err := mayImport(t.viewer, sheet.columns); err != nil {
			return err
		}
		waiting, err := t.tx.CountWaitingImports(t.account, t.tx.Now().Add(-waitingCounts))
		if err != nil {
			return err
		}
		if waiting >= maxImportsWaiting {
			return dm.Errorf(dm.Conflict, "%d imports are still running. Try again when one is done.", maxImportsWaiting).With("cap")
		}
		i := &dm.PeopleImport{PersonID: t.viewer.Person(), TokenID: tokenOf(t.viewer), Kind: n.Kind, Columns: sheet.columns, Total: len(sheet.rows)}
		id, err := t.tx.CreatePeopleImport(t.account, i, text)
		if err != nil {
			return err
		}
		_, _, err = t.tx.Enqueue(store.NewJob{Account: t.account, Kind: JobImportPeople, Args: importArgs{Import: id}, Urgency: store.Bulk, MaxAttempts: importAttempts})
		if err != nil {
			return err
		}
		t.changed("kind", "", string(n.Kind))
		return t.log("import.created", "import", id)
	})
}

// PeopleImport reads an import. It needs people.manage.
func (a *App) PeopleImport(ctx context.Context, v *access.Viewer, id int64) (*dm.PeopleImport, error) {
	if err := require(v, dm.PeopleManage); err != nil {
		return nil, err
	}
	return fetch(ctx, a, func(tx *store.Tx) (*dm.PeopleImport, error) { return tx.PeopleImport(v.Account(), id) })
}

// PeopleImports gives a page of the account's imports before an id, newest
// first. It needs people.manage.
func (a *App) PeopleImports(ctx context.Context, v *access.Viewer, before int64, limit int) ([]dm.PeopleImport, error) {
	if err := require(v, dm.PeopleManage); err != nil {
		return nil, err
	}
	return fetch(ctx, a, func(tx *store.Tx) ([]dm.PeopleImport, error) { return tx.PeopleImports(v.Account(), before, limit) })
}

// ImportFaults gives a page of the lines that an import left out, after a line.
// It needs people.manage.
func (a *App) ImportFaults(ctx context.Context, v *access.Viewer, id, after int64, limit int) ([]dm.ImportFault, error) {
	if _, err := a.PeopleImport(ctx, v, id); err != nil {
		return nil, err
	}
	return fetch(ctx, a, func(tx *store.Tx) ([]dm.ImportFault, error) { return tx.ImportFaults(v.Account(), id, after, limit) })
}

// WriteImportFaults writes the lines that an import left out as CSV (RFC 4180):
// as they stood in the file, with a further column that says why, so that they
// can be mended and imported again. No cell is taken for a formula.
func (a *App) WriteImportFaults(ctx context.Context, v *access.Viewer, i *dm.PeopleImport, w io.Writer) error {
	table := csv.NewWriter(w)
	table.UseCRLF = true
	header := make([]string, 0, len(i.Columns)+1)
	for _, c := range i.Columns {
		header = append(header, safeCell(c.Header))
	}
	if err := table.Write(append(header, "reason")); err != nil {
		return err
	}
	for after := int64(0); ; {
		list, err := a.ImportFaults(ctx, v, i.ID, after, importChunk)
		if err != nil {
			return err
		}
		for _, f := range list {
			cells := make([]string, len(i.Columns)+1)
			for at := range min(len(f.Cells), len(i.Columns)) {
				cells[at] = safeCell(plainCell(f.Cells[at]))
			}
			cells[len(i.Columns)] = safeCell(strings.Join(f.Problems, " "))
			if err := table.Write(cells); err != nil {
				return err
			}
			after = int64(f.Line)
		}
		if len(list) < importChunk {
			table.Flush()
			return table.Error()
		}
	}
}

// importPeople does the job JobImportPeople. It goes on where it stopped. Lines
// that were done, but not yet counted, when the server ended are found as they
// should be.
func (a *App) importPeople(ctx context.Context, j *jobs.Job, args importArgs) error {
	var source string
	i, err := fetch(ctx, a, func(tx *store.Tx) (i *dm.PeopleImport, err error) {
		if i, err = tx.PeopleImport(j.Account, args.Import); err == nil {
			source, err = tx.ImportSource(j.Account, args.Import)
		}
		return i, err
	})
	if dm.CodeOf(err) == dm.NotFound || err == nil && i.FinishedAt != 0 {
		return nil
	}
	if err != nil {
		return err
	}
	run := &importRun{app: a, account: j.Account, state: i}
	err = run.all(ctx, source)
	if dm.CodeOf(err) == dm.Forbidden || err != nil && j.Attempt >= j.MaxAttempts {
		i.State, i.Problem = dm.ImportFailed, "It stopped on the way. Import the file again: what was done is found as it is."
		if dm.CodeOf(err) == dm.Forbidden {
			i.Problem = "You may not import these people any more."
		}
		return run.save(ctx, nil)
	}
	return err
}

// importRun is one import being made.
type importRun struct {
	app     *App
	account int64
	state   *dm.PeopleImport
	seen    map[string]int
}

func (r *importRun) all(ctx context.Context, source string) error {
	sheet := &importSheet{}
	if err := sheet.parse(source); err != nil {
		return err
	}
	r.state.State = dm.ImportRunning
	rows := sheet.rows[min(1, len(sheet.rows)):]
	begun := min(r.state.Done, len(rows))
	if err := r.chunks(ctx, rows[:begun], false); err != nil { // to know the addresses that stand in them
		return err
	}
	if err := r.chunks(ctx, rows[begun:], true); err != nil {
		return err
	}
	r.state.State = dm.ImportDone
	return r.save(ctx, nil)
}

func (r *importRun) chunks(ctx context.Context, rows []importRow, work bool) error {
	for some := range slices.Chunk(rows, importChunk) {
		viewer, lines, err := r.plan(ctx, some)
		if err != nil {
			return err
		}
		if !work {
			continue
		}
		var faults []dm.ImportFault
		for at := range lines {
			l := &lines[at]
			if err := l.refuse(r.do(ctx, viewer, l)); err != nil {
				return err
			}
			countLine(r.state, l)
			if l.Action == ImportFaulty {
				faults = append(faults, dm.ImportFault{Line: l.Line, Cells: l.cells, Problems: l.Problems})
			}
		}
		if err := r.save(ctx, faults); err != nil {
			return err
		}
	}
	return nil
}

// plan decides some lines by what the person may do now.
func (r *importRun) plan(ctx context.Context, rows []importRow) (viewer *access.Viewer, lines []ImportLine, err error) {
	err = r.app.DB.Read(ctx, func(tx *store.Tx) error {
		if viewer, err = tx.ImportViewer(r.account, r.state); err != nil {
			return err
		}
		if err := mayImport(viewer, r.state.Columns); err != nil {
			return err
		}
		planner, err := r.app.newPlanner(tx, viewer, r.state.Kind, r.state.Columns)
		if err != nil {
			return err
		}
		if r.seen != nil {
			planner.seen = r.seen
		}
		r.seen = planner.seen
		lines, err = planner.plan(rows)
		return err
	})
	return viewer, lines, err
}

func (r *importRun) do(ctx context.Context, v *access.Viewer, l *ImportLine) error {
	switch l.Action {
	case ImportCreate:
		_, err := r.app.createPerson(ctx, store.Bulk, v, *l.patch)
		return err
	case ImportUpdate:
		return r.app.updatePerson(ctx, store.Bulk, v, l.person, *l.patch)
	}
	return nil
}

// save keeps how far the import is, with the lines that were left out.
func (r *importRun) save(ctx context.Context, faults []dm.ImportFault) error {
	return r.app.DB.Write(ctx, store.Bulk, func(tx *store.Tx) error {
		if err := tx.AddImportFaults(r.account, r.state.ID, faults); err != nil {
			return err
		}
		return tx.SaveImport(r.account, r.state)
	})
}
