package check

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"time"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/blob"
	"github.com/deskmesh/deskmesh/internal/store"
)

const (
	// rowPage is how many rows that name files are read at a time.
	rowPage = 500
	// youngest is how old bytes without a row must be to be told of: a file is
	// kept before its row is.
	youngest = time.Hour
)

// The rules about files, and what they mean.
var fileRules = map[string]string{
	"blob_key":     "names bytes by a key that no bytes can have",
	"blob_missing": "names bytes that are not there",
	"blob_size":    "names bytes of another length than it says",
	"blob_digest":  "names bytes with another digest than it says",
	"blob_orphan":  "is a file that no row names; a crash while it was stored leaves one behind, and it may be deleted",
}

// rowReader walks the rows that name bytes, in the order of the keys.
type rowReader struct {
	db    *store.DB
	page  []store.BlobRow
	after string
	begun bool
}

// next gives the next row; nil after the last.
func (r *rowReader) next(ctx context.Context) (*store.BlobRow, error) {
	for len(r.page) == 0 {
		if r.begun && r.after == "" {
			return nil, nil
		}
		err := r.db.Read(ctx, func(tx *store.Tx) (err error) {
			r.page, r.after, err = tx.BlobRows(r.after, rowPage)
			return err
		})
		if err != nil {
			return nil, err
		}
		r.begun = true
	}
	row := r.page[0]
	r.page = r.page[1:]
	return &row, nil
}

// files walks rows and bytes side by side: both come in the order of the keys.
func (c *check) files(ctx context.Context) error {
	rows := &rowReader{db: c.db}
	row, err := c.nextRow(ctx, rows)
	if err != nil {
		return err
	}
	now := c.db.Now().Std()
	err = c.blobs.Walk(ctx, func(key string, size int64, modTime time.Time) error {
		for ; row != nil && row.Key < key; row, err = c.nextRow(ctx, rows) {
			if err := c.missing(ctx, row); err != nil {
				return err
			}
		}
		if err != nil {
			return err
		}
		if row == nil || row.Key != key {
			return c.orphan(ctx, key, now.Sub(modTime))
		}
		digest, err := c.digest(ctx, key)
		if err != nil {
			return err
		}
		for ; row != nil && row.Key == key; row, err = c.nextRow(ctx, rows) {
			c.compare(row, size, digest)
		}
		return err
	})
	for ; err == nil && row != nil; row, err = c.nextRow(ctx, rows) {
		err = c.missing(ctx, row)
		if err != nil {
			break
		}
	}
	return err
}

// nextRow gives the next row with a proper key, and tells of the others.
func (c *check) nextRow(ctx context.Context, rows *rowReader) (*store.BlobRow, error) {
	for {
		row, err := rows.next(ctx)
		if err != nil || row == nil || blob.ValidKey(row.Key) {
			return row, err
		}
		c.tellFile("blob_key", row)
	}
}

func (c *check) tellFile(rule string, row *store.BlobRow) {
	c.tell(Finding{Rule: rule, Means: fileRules[rule], Blob: row.Key, Fault: store.Fault{Table: row.Table, Account: row.Account, ID: row.ID}})
}

// missing tells of a row whose bytes were not met, unless the row went or the
// bytes came meanwhile.
func (c *check) missing(ctx context.Context, row *store.BlobRow) error {
	used, err := c.inUse(ctx, row.Key)
	if err != nil || !used {
		return err
	}
	if _, err := c.blobs.Stat(ctx, row.Key); dm.CodeOf(err) != dm.NotFound {
		return err
	}
	c.tellFile("blob_missing", row)
	return nil
}

func (c *check) orphan(ctx context.Context, key string, age time.Duration) error {
	if age < youngest {
		return nil
	}
	used, err := c.inUse(ctx, key)
	if err != nil || used {
		return err
	}
	c.tell(Finding{Rule: "blob_orphan", Means: fileRules["blob_orphan"], Notice: true, Blob: key, Fault: store.Fault{Table: "files"}})
	return nil
}

func (c *check) inUse(ctx context.Context, key string) (used bool, err error) {
	err = c.db.Read(ctx, func(tx *store.Tx) (err error) {
		used, err = tx.BlobInUse(key)
		return err
	})
	return used, err
}

// digest reads the bytes of a key; "" where nobody wants to know, or where they
// went meanwhile.
func (c *check) digest(ctx context.Context, key string) (string, error) {
	if !c.Deep {
		return "", nil
	}
	r, _, err := c.blobs.Open(ctx, key)
	if dm.CodeOf(err) == dm.NotFound {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	defer r.Close()
	sum := sha256.New()
	if _, err := io.Copy(sum, r); err != nil {
		return "", fmt.Errorf("read the file %s: %w", key, err)
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}

func (c *check) compare(row *store.BlobRow, size int64, digest string) {
	switch {
	case row.Size != size:
		c.tellFile("blob_size", row)
	case digest != "" && row.Digest != "" && row.Digest != digest:
		c.tellFile("blob_digest", row)
	}
}
