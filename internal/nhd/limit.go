package nhd

import (
	"errors"
	"io"
	"net/http"
	"time"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/app"
	"github.com/deskmesh/deskmesh/internal/httpx"
)

// costBytes is how much of a body costs as much as a request: large bodies are
// what a desk could fill the memory with, many at a time.
const costBytes = 64 << 10

// costOf is what a request costs of its agreement's limit. A body of unknown size
// counts as the largest.
func costOf(r *http.Request) int {
	size := r.ContentLength
	if size < 0 || size > MaxBody {
		size = MaxBody
	}
	return 1 + int(size/costBytes)
}

// stranger counts a request that nobody has proven an agreement for, by the
// client's address, and gives what it is refused with.
func (c *call) stranger(refusal error) error {
	if err := c.rates.Address(c.writer, c.request, 1); err != nil {
		return err
	}
	return refusal
}

// read reads the body, of at most so many bytes.
func (c *call) read(most int64) (err error) {
	c.body, err = io.ReadAll(http.MaxBytesReader(c.writer, c.request.Body, most))
	if _, large := errors.AsType[*http.MaxBytesError](err); large {
		return dm.Errorf(dm.Invalid, "The body is larger than %d bytes.", most).With("too_large")
	}
	if err != nil {
		return dm.Errorf(dm.Invalid, "The body did not arrive whole.").With("body").Because(err)
	}
	return nil
}

// shortRest is told where nothing but this moment is against a request.
const shortRest = 5 * time.Second

// rest is how long somebody has to wait who is told to come again.
func rest(err error, code dm.Code) time.Duration {
	if wait, known := httpx.Wait(err); known {
		return max(wait.Round(time.Second), time.Second)
	}
	if code == dm.RateLimited {
		return app.RateLimit()
	}
	return shortRest
}
