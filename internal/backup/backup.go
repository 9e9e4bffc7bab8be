package backup

import (
	"context"
	"fmt"
	"io"
	"log/slog"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/blob"
	"github.com/deskmesh/deskmesh/internal/store"
)

// Write writes the whole desk to w while it goes on working. Nothing w has
// received is of any use where Write fails. Unavailable where the database has a
// newer schema than this program, NotFound where there is no desk in it.
//
// A file that is named by a row and is not there, such as one deleted since, is
// logged and counted in the summary; everything else that goes wrong fails.
func Write(ctx context.Context, db *store.DB, blobs blob.Store, w io.Writer) (*Summary, error) {
	archive, err := newArchiveWriter(w)
	if err != nil {
		return nil, err
	}
	keys, err := newKeyList()
	if err != nil {
		return nil, err
	}
	defer keys.close()

	var m *manifest
	t := &totals{}
	err = db.Snapshot(ctx, func(s *store.Snapshot) (err error) {
		if m, err = describe(db, s); err != nil {
			return err
		}
		if err := archive.manifest(m); err != nil {
			return err
		}
		for _, table := range s.Tables {
			total, err := archive.table(table.Name, func(each func([]any) error) error { return s.Rows(table, each) })
			if err != nil {
				return err
			}
			t.Tables = append(t.Tables, total)
		}
		return s.BlobKeys(keys.add)
	})
	if err != nil {
		return nil, err
	}
	if err := keys.each(func(key string) error { return archive.blob(ctx, blobs, key, t) }); err != nil {
		return nil, err
	}
	if err := archive.finish(t); err != nil {
		return nil, err
	}
	return summarise(m, t), nil
}

// describe makes the manifest.
func describe(db *store.DB, s *store.Snapshot) (*manifest, error) {
	known, err := db.KnownSchema()
	if err != nil {
		return nil, err
	}
	switch {
	case s.Schema == 0:
		return nil, dm.Errorf(dm.NotFound, "There is no desk in this database.")
	case s.Schema > known:
		return nil, dm.Errorf(dm.Unavailable, "The database has schema version %d, but this program knows versions up to %d. Use a newer deskmesh.", s.Schema, known).With("newer")
	}
	m := &manifest{Format: formatVersion, Schema: s.Schema, Engine: db.Engine(), TakenAt: db.Now()}
	for _, table := range s.Tables {
		last, err := s.LastID(table)
		if err != nil {
			return nil, err
		}
		m.Tables = append(m.Tables, manifestTable{Name: table.Name, Columns: table.Columns, LastID: last})
	}
	return m, nil
}

// blob copies one file into the archive.
func (w *archiveWriter) blob(ctx context.Context, blobs blob.Store, key string, t *totals) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	from, size, err := blobs.Open(ctx, key)
	if dm.CodeOf(err) == dm.NotFound {
		slog.WarnContext(ctx, "a file is not in the backup, because it is not in the file store", "key", key)
		t.Missing++
		return nil
	}
	if err != nil {
		return fmt.Errorf("open the file %s: %w", key, err)
	}
	defer from.Close()
	to, err := w.begin(blobsFolder+key, size)
	if err != nil {
		return err
	}
	if n, err := io.Copy(to, from); err != nil || n != size {
		return fmt.Errorf("copy the file %s: %d of %d bytes: %w", key, n, size, err)
	}
	t.Blobs++
	t.Bytes += size
	return nil
}
