package blob

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"io"
	"time"

	"github.com/deskmesh/deskmesh"
)

// Store keeps blobs. All methods are safe for concurrent use. A key that does
// not have the form of a key, and a key nothing is stored under, both answer
// NotFound; a full or failing disk answers Unavailable.
type Store interface {
	// Put reads r to its end and keeps the bytes under a new key. sha256 is the
	// digest in hexadecimal. More than limit bytes answer TooLarge, and nothing
	// is kept. Errors of r itself come back as they are.
	Put(ctx context.Context, r io.Reader, limit int64) (key string, size int64, sha256 string, err error)

	// PutAs keeps the bytes under a key that Put once gave: this is how a backup
	// comes back. It replaces what may lie there.
	PutAs(ctx context.Context, key string, r io.Reader) error

	// Open gives the bytes for reading and their number. The caller closes it.
	Open(ctx context.Context, key string) (io.ReadSeekCloser, int64, error)

	// Stat tells size and time of a blob without opening it.
	Stat(ctx context.Context, key string) (Info, error)

	// Delete removes a blob. Deleting one that is not there is no error, so that
	// a job may run twice.
	Delete(ctx context.Context, key string) error

	// Walk calls fn for every blob in the order of keys, until fn returns an
	// error, which Walk returns. Blobs that come or go meanwhile may be missed.
	Walk(ctx context.Context, fn func(key string, size int64, modTime time.Time) error) error

	// SweepTemp removes what was last written before the given time by a Put that
	// never ended, and tells how much that was. Choose a time long enough ago that
	// no Put is still at work.
	SweepTemp(ctx context.Context, before time.Time) (int, error)
}

// Info describes a stored blob.
type Info struct {
	Size    int64
	ModTime time.Time
}

const keyChars = 32 // 128 random bits in hexadecimal

func newKey() string {
	var raw [keyChars / 2]byte
	rand.Read(raw[:])
	return hex.EncodeToString(raw[:])
}

// ValidKey reports whether text has the form of a key: 32 digits of lower-case hexadecimal.
func ValidKey(text string) bool {
	if len(text) != keyChars {
		return false
	}
	for i := range len(text) {
		if c := text[i]; (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return true
}

var errMissing = deskmesh.Missing("file")

func tooLarge(limit int64) error {
	return deskmesh.Errorf(deskmesh.TooLarge, "The file is larger than the %d bytes allowed.", limit)
}

func unavailable(cause error) error {
	return deskmesh.Errorf(deskmesh.Unavailable, "The file store does not answer. Please try again later.").Because(cause)
}
