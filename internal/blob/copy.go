package blob

import (
	"context"
	"io"
	"sync"
)

const bufferSize = 64 << 10

var buffers = sync.Pool{New: func() any { return new([bufferSize]byte) }}

// copyBounded copies r to w, but no more than limit bytes. It keeps one buffer in
// memory whatever the size, and stops between two reads when ctx ends. Errors of
// r and ctx come back as they are, those of w as Unavailable.
func copyBounded(ctx context.Context, w io.Writer, r io.Reader, limit int64) (int64, error) {
	buf := buffers.Get().(*[bufferSize]byte)
	defer buffers.Put(buf)
	var size int64
	for {
		if err := ctx.Err(); err != nil {
			return 0, err
		}
		n, readErr := r.Read(buf[:])
		if size += int64(n); size > limit {
			return 0, tooLarge(limit)
		}
		if n > 0 {
			if _, err := w.Write(buf[:n]); err != nil {
				return 0, unavailable(err)
			}
		}
		switch readErr {
		case nil:
		case io.EOF:
			return size, nil
		default:
			return 0, readErr
		}
	}
}
