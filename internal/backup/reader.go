package backup

import (
	"archive/tar"
	"bufio"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"strings"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/blob"
)

// visitor is told what an archive holds, in its order. A nil function leaves
// that kind of entry out, whose bytes are checked all the same. What a visitor
// has been given counts only once walk has returned without an error.
type visitor struct {
	manifest func(*manifest) error
	part     func(table string, r io.Reader) error
	blob     func(key string, r io.Reader) error
}

// walk reads a whole archive, checks that it is as it was written, and gives its
// totals. An archive that is not whole answers Invalid, one of a newer format
// Unavailable.
func walk(ctx context.Context, from io.Reader, v visitor) (*totals, error) {
	input := bufio.NewReaderSize(from, 256<<10)
	if head, err := input.Peek(2); err != nil || head[0] != 0x1f || head[1] != 0x8b {
		return nil, dm.Errorf(dm.Invalid, "The file is not a backup of Deskmesh.").With("not_a_backup").Because(err)
	}
	compressed, err := gzip.NewReader(input)
	if err != nil {
		return nil, damaged(err)
	}
	compressed.Multistream(false)
	w := &walker{visitor: v, tar: tar.NewReader(compressed), digest: sha256.New(), parts: map[string]int{}}
	if err := w.start(); err != nil {
		return nil, err
	}
	for w.totals == nil {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if err := w.entry(); err != nil {
			return nil, err
		}
	}
	if err := w.end(); err != nil {
		return nil, err
	}
	// The checksum of gzip stands behind its last byte.
	if n, err := io.Copy(io.Discard, compressed); err != nil || n > 0 {
		return nil, damaged(errors.Join(fmt.Errorf("%d bytes follow the archive", n), err))
	}
	if _, err := input.Peek(1); !errors.Is(err, io.EOF) {
		return nil, damaged(errors.Join(errors.New("something follows the archive"), err))
	}
	return w.totals, nil
}

// walker is a walk that is under way.
type walker struct {
	visitor
	tar    *tar.Reader
	digest hash.Hash
	header *manifest
	parts  map[string]int // of each table, so far
	blobs  int64
	bytes  int64
	totals *totals
}

// maxDocument bounds the manifest and the totals, which are read whole.
const maxDocument = 16 << 20

// next goes to the next entry, whose bytes body gives.
func (w *walker) next() (name string, size int64, body io.Reader, err error) {
	h, err := w.tar.Next()
	if err != nil {
		return "", 0, nil, damaged(err)
	}
	if h.Typeflag != tar.TypeReg {
		return "", 0, nil, damaged(fmt.Errorf("the entry %q is not a file", h.Name))
	}
	return h.Name, h.Size, intact{w.tar}, nil
}

// intact tells reading errors from a visitor's own.
type intact struct{ r io.Reader }

func (i intact) Read(p []byte) (int, error) {
	n, err := i.r.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		err = damaged(err)
	}
	return n, err
}

func (w *walker) start() error {
	name, size, body, err := w.next()
	if err != nil {
		return err
	}
	if name != manifestName {
		return dm.Errorf(dm.Invalid, "The file is not a backup of Deskmesh.").With("not_a_backup")
	}
	sumEntry(w.digest, name, size)
	w.header = &manifest{}
	if err := readDocument(io.TeeReader(body, w.digest), size, w.header); err != nil {
		return err
	}
	if w.header.Format < 1 {
		return damaged(fmt.Errorf("the format %d", w.header.Format))
	}
	if w.header.Format > formatVersion {
		return dm.Errorf(dm.Unavailable, "The backup has format %d, but this program knows formats up to %d. Use a newer deskmesh.", w.header.Format, formatVersion).With("newer")
	}
	return w.manifest(w.header)
}

func readDocument(r io.Reader, size int64, into any) error {
	if size > maxDocument {
		return damaged(fmt.Errorf("a document of %d bytes", size))
	}
	content, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(content, into); err != nil {
		return damaged(err)
	}
	return nil
}

// entry reads one entry, whatever it is.
func (w *walker) entry() error {
	name, size, body, err := w.next()
	if err != nil {
		return err
	}
	if name == totalsName {
		w.totals = &totals{}
		return readDocument(body, size, w.totals)
	}
	sumEntry(w.digest, name, size)
	body = io.TeeReader(body, w.digest)
	if err := w.visit(name, size, body); err != nil {
		return err
	}
	_, err = io.Copy(io.Discard, body)
	return err
}

func (w *walker) visit(name string, size int64, body io.Reader) error {
	if rest, ok := strings.CutPrefix(name, tablesFolder); ok {
		table, _, _ := strings.Cut(rest, "/")
		w.parts[table]++
		if _, known := w.header.tableOf(table); !known || name != partName(table, w.parts[table]) {
			return damaged(fmt.Errorf("the entry %q is out of place", name))
		}
		if w.part == nil {
			return nil
		}
		return w.part(table, body)
	}
	key, ok := strings.CutPrefix(name, blobsFolder)
	if !ok || !blob.ValidKey(key) {
		return damaged(fmt.Errorf("the entry %q is none of a backup's", name))
	}
	w.blobs++
	w.bytes += size
	if w.blob == nil {
		return nil
	}
	return w.blob(key, body)
}

// end compares what was read with the totals, and sees to it that no entry
// follows.
func (w *walker) end() error {
	if sum := hex.EncodeToString(w.digest.Sum(nil)); sum != w.totals.SHA256 {
		return damaged(fmt.Errorf("the digest is %s, not %s", sum, w.totals.SHA256))
	}
	if w.blobs != w.totals.Blobs || w.bytes != w.totals.Bytes {
		return damaged(fmt.Errorf("%d files of %d bytes, not %d of %d", w.blobs, w.bytes, w.totals.Blobs, w.totals.Bytes))
	}
	if _, err := w.tar.Next(); !errors.Is(err, io.EOF) {
		return damaged(errors.Join(errors.New("something follows the totals"), err))
	}
	return nil
}
