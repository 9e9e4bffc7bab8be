package backup

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"log/slog"
	"slices"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/blob"
	"github.com/deskmesh/deskmesh/internal/store"
)

// Restore reads an archive into an empty database, of either engine, and its
// files into the file store. The archive is read twice: whole and through all
// its checks before anything is touched, then to restore it. All rows become
// visible at once, after they have been read back and compared; where anything
// fails there are none, and the files this call stored are deleted again. A file
// that is there already with the same bytes is left alone, so that a desk can
// move to another engine with the same folder.
//
// Conflict where the database is not empty, or a file of the same key has other
// bytes; Invalid where the archive is damaged, cut short or no backup;
// Unavailable where it comes from a newer program.
func Restore(ctx context.Context, db *store.DB, blobs blob.Store, archive io.ReadSeeker) (*Summary, error) {
	known, err := db.KnownSchema()
	if err != nil {
		return nil, err
	}
	var m *manifest
	want, err := walk(ctx, archive, visitor{manifest: func(read *manifest) error {
		m = read
		if m.Schema > known {
			return dm.Errorf(dm.Unavailable, "The backup has schema version %d, but this program knows versions up to %d. Use a newer deskmesh.", m.Schema, known).With("newer")
		}
		return nil
	}})
	if err != nil {
		return nil, err
	}
	if _, err := archive.Seek(0, io.SeekStart); err != nil {
		return nil, err
	}
	stored, err := newKeyList()
	if err != nil {
		return nil, err
	}
	defer stored.close()
	err = db.Restore(ctx, m.Schema, func(to *store.Restore) error {
		r := &restore{ctx: ctx, to: to, blobs: blobs, stored: stored, header: m, read: map[string]*tableSum{}}
		return r.run(archive, want)
	})
	if err != nil {
		return nil, errors.Join(err, forget(context.WithoutCancel(ctx), blobs, stored))
	}
	return summarise(m, want), nil
}

// forget deletes the files that a failed restore has stored.
func forget(ctx context.Context, blobs blob.Store, stored *keyList) error {
	return stored.each(func(key string) error { return blobs.Delete(ctx, key) })
}

// restore is the second reading of an archive.
type restore struct {
	ctx    context.Context
	to     *store.Restore
	blobs  blob.Store
	stored *keyList
	header *manifest
	read   map[string]*tableSum
}

// tableSum sums up the lines of one table.
type tableSum struct {
	rows   int64
	digest hash.Hash
}

func (r *restore) run(archive io.Reader, want *totals) error {
	if err := r.compareSchema(); err != nil {
		return err
	}
	got, err := walk(r.ctx, archive, visitor{manifest: r.sameManifest, part: r.rows, blob: r.blob})
	if err != nil {
		return err
	}
	if got.SHA256 != want.SHA256 {
		return damaged(errors.New("the archive changed while it was read"))
	}
	for _, t := range r.header.Tables {
		r.to.SetLastID(store.Table{Name: t.Name}, t.LastID)
	}
	return r.compareRows(want)
}

func (r *restore) sameManifest(m *manifest) error {
	if m.Schema != r.header.Schema {
		return damaged(errors.New("the archive changed while it was read"))
	}
	return nil
}

// compareSchema holds the archive's tables and columns against the live ones,
// which have the same version.
func (r *restore) compareSchema() error {
	for _, live := range r.to.Tables {
		t, ok := r.header.tableOf(live.Name)
		if !ok {
			return damaged(fmt.Errorf("the table %s is missing", live.Name))
		}
		if !slices.Equal(slices.Sorted(slices.Values(t.Columns)), slices.Sorted(slices.Values(live.Columns))) {
			return damaged(fmt.Errorf("the table %s has the columns %q instead of %q", t.Name, t.Columns, live.Columns))
		}
	}
	if len(r.header.Tables) != len(r.to.Tables) {
		return damaged(fmt.Errorf("%d tables instead of %d", len(r.header.Tables), len(r.to.Tables)))
	}
	return nil
}

// rows puts one part of a table.
func (r *restore) rows(table string, body io.Reader) error {
	t, _ := r.header.tableOf(table)
	sum := r.read[table]
	if sum == nil {
		sum = &tableSum{digest: sha256.New()}
		r.read[table] = sum
	}
	var batch [][]any
	err := readRows(io.TeeReader(body, sum.digest), func(row []any) error {
		batch = append(batch, row)
		return nil
	})
	if err != nil {
		return err
	}
	sum.rows += int64(len(batch))
	return r.to.Put(t, batch)
}

// compareRows counts what was read and reads back what the database holds now:
// both must be what the archive says.
func (r *restore) compareRows(want *totals) error {
	if len(want.Tables) != len(r.to.Tables) {
		return damaged(fmt.Errorf("totals of %d tables instead of %d", len(want.Tables), len(r.to.Tables)))
	}
	for _, total := range want.Tables {
		i := slices.IndexFunc(r.to.Tables, func(t store.Table) bool { return t.Name == total.Name })
		if i < 0 {
			return damaged(fmt.Errorf("totals of a table %q", total.Name))
		}
		if err := r.compareRead(total); err != nil {
			return err
		}
		if err := r.compareLive(r.to.Tables[i], total); err != nil {
			return err
		}
	}
	return nil
}

func (r *restore) compareRead(want tableTotal) error {
	got := tableTotal{Name: want.Name, SHA256: hex.EncodeToString(sha256.New().Sum(nil))}
	if sum := r.read[want.Name]; sum != nil {
		got.Rows, got.SHA256 = sum.rows, hex.EncodeToString(sum.digest.Sum(nil))
	}
	if got != want {
		return damaged(fmt.Errorf("the table %s has %d rows, not %d, or others", want.Name, got.Rows, want.Rows))
	}
	return nil
}

// compareLive reads a table back in the order of the archive's columns.
func (r *restore) compareLive(live store.Table, want tableTotal) error {
	t, _ := r.header.tableOf(live.Name)
	live.Columns = t.Columns
	encoder := newRowEncoder(io.Discard)
	if err := r.to.Rows(live, encoder.write); err != nil {
		return err
	}
	if got := encoder.total(live.Name); got != want {
		return dm.Errorf(dm.Internal, "The database does not give back what was put into the table %s: %d rows, digest %s.", live.Name, got.Rows, got.SHA256)
	}
	return nil
}

// blob stores one file, or sees that it is there already.
func (r *restore) blob(key string, size int64, body io.Reader) error {
	info, err := r.blobs.Stat(r.ctx, key)
	if err == nil {
		return r.sameBlob(key, info.Size == size, body)
	}
	if dm.CodeOf(err) != dm.NotFound {
		return err
	}
	if err := r.stored.add(key); err != nil {
		return err
	}
	return r.blobs.PutAs(r.ctx, key, body)
}

// sameBlob compares a file of the archive with the one of that key.
func (r *restore) sameBlob(key string, sameSize bool, body io.Reader) error {
	other := dm.Errorf(dm.Conflict, "The file store holds the file %s with other bytes. Restore into another folder.", key).With("other_file")
	if !sameSize {
		return other
	}
	have, _, err := r.blobs.Open(r.ctx, key)
	if err != nil {
		return err
	}
	defer have.Close()
	same, err := equalBytes(have, body)
	if err == nil && !same {
		return other
	}
	if err == nil {
		slog.DebugContext(r.ctx, "a file is there already", "key", key)
	}
	return err
}

// equalBytes compares two streams of the same length.
func equalBytes(a, b io.Reader) (bool, error) {
	left, right := make([]byte, 64<<10), make([]byte, 64<<10)
	for {
		n, err := io.ReadFull(a, left)
		if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
			return false, err
		}
		m, otherErr := io.ReadFull(b, right)
		if otherErr != nil && !errors.Is(otherErr, io.EOF) && !errors.Is(otherErr, io.ErrUnexpectedEOF) {
			return false, otherErr
		}
		if !bytes.Equal(left[:n], right[:m]) {
			return false, nil
		}
		if err != nil {
			return true, nil
		}
	}
}
