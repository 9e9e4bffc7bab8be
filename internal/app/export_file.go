package app

import (
	"bufio"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"io"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
	"github.com/deskmesh/deskmesh/internal/store"
)

// ExportFile is an export's file, open for reading.
type ExportFile struct {
	app    *App
	viewer *access.Viewer
	export *dm.Export
	body   io.ReadCloser
}

// ExportFile opens the file of one of the viewer's own exports. Conflict while
// it is not written, or when it failed, and Gone after its time. The caller
// closes it.
func (a *App) ExportFile(ctx context.Context, v *access.Viewer, id int64) (*ExportFile, error) {
	info, err := a.Export(ctx, v, id)
	if err != nil {
		return nil, err
	}
	switch {
	case info.State == dm.ExportWaiting:
		return nil, dm.Errorf(dm.Conflict, "The file is still being written.").With("not_ready")
	case info.State == dm.ExportFailed:
		return nil, dm.Errorf(dm.Conflict, "There is no file: %s", info.Problem).With("failed")
	case info.ExpiresAt <= a.Now():
		return nil, dm.Errorf(dm.Gone, "The file was kept for some days and is gone.")
	}
	body, _, err := a.Blobs.Open(ctx, info.BlobKey)
	if err != nil {
		return nil, err
	}
	return &ExportFile{app: a, viewer: v, export: &info.Export, body: body}, nil
}

// Close ends the reading.
func (f *ExportFile) Close() error { return f.body.Close() }

// exportChunk is how many lines are decided together.
const exportChunk = 500

// WriteTo writes the file as CSV (RFC 4180). A line about a ticket that its
// owner cannot open any more is left out: that is decided now, some lines at a
// time. An error may come after a part was written.
func (f *ExportFile) WriteTo(ctx context.Context, w io.Writer) error {
	out := bufio.NewWriterSize(w, 64<<10)
	if f.export.BOM {
		if _, err := out.WriteString("\ufeff"); err != nil {
			return err
		}
	}
	table := csv.NewWriter(out)
	table.UseCRLF = true
	lines := json.NewDecoder(bufio.NewReaderSize(f.body, 64<<10))
	for {
		chunk, end, err := readChunk(lines)
		if err == nil {
			chunk, err = f.stillOpen(ctx, chunk)
		}
		if err != nil {
			return err
		}
		for i := range chunk {
			if err := table.Write(chunk[i].Cells); err != nil {
				return err
			}
		}
		if end {
			table.Flush()
			return errors.Join(table.Error(), out.Flush())
		}
	}
}

func readChunk(lines *json.Decoder) (chunk []exportLine, end bool, err error) {
	for len(chunk) < exportChunk {
		var line exportLine
		switch err := lines.Decode(&line); {
		case errors.Is(err, io.EOF):
			return chunk, true, nil
		case err != nil:
			return nil, false, err
		}
		chunk = append(chunk, line)
	}
	return chunk, false, nil
}

// stillOpen keeps the lines about tickets that the reader can open now.
func (f *ExportFile) stillOpen(ctx context.Context, chunk []exportLine) ([]exportLine, error) {
	var ids []int64
	for i := range chunk {
		if chunk[i].Ticket != 0 {
			ids = append(ids, chunk[i].Ticket)
		}
	}
	open, err := fetch(ctx, f.app, func(tx *store.Tx) (map[int64]bool, error) {
		now, _, err := tx.Refresh(f.viewer)
		if err != nil {
			return nil, err
		}
		if err := require(now, dm.TicketsExport); err != nil {
			return nil, err
		}
		return tx.StillOpen(now.Scope(access.See, access.Open), ids)
	})
	if err != nil {
		return nil, err
	}
	kept := chunk[:0]
	for _, line := range chunk {
		if line.Ticket == 0 || open[line.Ticket] {
			kept = append(kept, line)
		}
	}
	return kept, nil
}
