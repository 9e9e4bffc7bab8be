package backup

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"slices"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/blob"
	"github.com/deskmesh/deskmesh/internal/store"
)

// Restore reads an archive into an empty database, of either engine, and its
// files into the file store. The archive is read twice: whole and through all
// its checks before anything is touched, then to restore it. All rows become
// visible at once, after they have been read back and compared; where anything
// fails there are none. The files are stored before the rows are committed, and
// those of a restore that fails are deleted again unless it fails at the very
// end, when a stored file that no row names does no harm. A file that is there
// already with the same bytes is left alone, so that a desk can move to another
// engine with the same folder.
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
		if err := r.run(archive, want); err != nil {
			return errors.Join(err, r.forget())
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return summarise(m, want), nil
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

// forget deletes the files that were stored. It is called only while no commit
// has been tried: afterwards rows may name them.
func (r *restore) forget() error {
	ctx := context.WithoutCancel(r.ctx)
	return r.stored.each(func(key string) error { return r.blobs.Delete(ctx, key) })
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
		return fmt.Errorf("the database does not give back what was put into the table %s: %+v, not %+v", live.Name, got, want)
	}
	return nil
}

// blob stores one file, or sees that it is there already.
func (r *restore) blob(key string, body io.Reader) error {
	_, err := r.blobs.Stat(r.ctx, key)
	if err == nil {
		return r.sameBlob(key, body)
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
func (r *restore) sameBlob(key string, body io.Reader) error {
	have, _, err := r.blobs.Open(r.ctx, key)
	if err != nil {
		return err
	}
	defer have.Close()
	was, err := digestOf(have)
	if err != nil {
		return err
	}
	is, err := digestOf(body)
	if err != nil {
		return err
	}
	if was != is {
		return dm.Errorf(dm.Conflict, "The file store holds the file %s with other bytes. Restore into another folder.", key).With("other_file")
	}
	return nil
}

// digestOf reads a stream to its end.
func digestOf(r io.Reader) (string, error) {
	digest := sha256.New()
	_, err := io.Copy(digest, r)
	return hex.EncodeToString(digest.Sum(nil)), err
}
