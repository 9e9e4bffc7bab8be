package httpx

import (
	"context"
	"net/http"
	"time"

	"github.com/deskmesh/deskmesh"
)

// BodyLimitFunc tells how many bytes the body of a request may have.
type BodyLimitFunc func(r *http.Request) int64

// SameLimit gives every request the same limit.
func SameLimit(bytes int64) BodyLimitFunc {
	return func(*http.Request) int64 { return bytes }
}

// LimitBody refuses a longer body: with 413 at once when the length is announced,
// otherwise by an error while it is read, which ProblemOf makes a 413 too.
func LimitBody(limit BodyLimitFunc) Middleware {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Body == nil || r.Body == http.NoBody {
				next.ServeHTTP(w, r)
				return
			}
			most := limit(r)
			if r.ContentLength > most {
				w.Header().Set("Connection", "close")
				WriteProblem(w, ProblemOf(bodyTooLarge(most)))
				return
			}
			r.Body = http.MaxBytesReader(w, r.Body, most)
			next.ServeHTTP(w, r)
		})
	}
}

func bodyTooLarge(limit int64) error {
	return deskmesh.Errorf(deskmesh.TooLarge, "The body is larger than the %d bytes allowed here.", limit)
}

// Timeout ends the context of a request after d. Work that heeds its context
// then fails, and ProblemOf makes 503 of that. Keep streams out of it.
func Timeout(d time.Duration) Middleware {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			ctx, cancel := context.WithTimeout(r.Context(), d)
			defer cancel()
			serveWith(ctx, next, w, r)
		})
	}
}

// ExtendDeadlines gives one request until the given moment to send its body and
// to take its answer, for large files on slow lines.
func ExtendDeadlines(w http.ResponseWriter, until time.Time) error {
	c := http.NewResponseController(w)
	if err := c.SetReadDeadline(until); err != nil {
		return err
	}
	return c.SetWriteDeadline(until)
}

// LiftDeadlines takes the server's time limits off one request, for a stream of events.
func LiftDeadlines(w http.ResponseWriter) error { return ExtendDeadlines(w, time.Time{}) }
