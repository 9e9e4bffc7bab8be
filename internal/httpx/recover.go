package httpx

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"

	"github.com/deskmesh/deskmesh"
)

// Recover turns a panic of a handler into a 500, and logs it with its stack; the
// client sees neither. When a part of the answer is out already, the connection
// is cut, so that nobody takes the part for the whole.
func Recover(log *slog.Logger) Middleware {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			rec := record(w)
			defer func() {
				if v := recover(); v != nil {
					afterPanic(log, rec, r, v)
				}
			}()
			next.ServeHTTP(rec, r)
		})
	}
}

func afterPanic(log *slog.Logger, rec *recorder, r *http.Request, v any) {
	if err, ok := v.(error); ok && errors.Is(err, http.ErrAbortHandler) {
		panic(http.ErrAbortHandler)
	}
	log.LogAttrs(r.Context(), slog.LevelError, "handler panicked",
		slog.String("panic", fmt.Sprint(v)),
		slog.String("method", r.Method),
		slog.String("route", r.Pattern),
		slog.String("request", RequestID(r.Context())),
		slog.String("stack", string(debug.Stack())),
	)
	if rec.status != 0 {
		panic(http.ErrAbortHandler)
	}
	for _, name := range [...]string{"Content-Disposition", "Etag", "Last-Modified", "Location", "Set-Cookie"} {
		rec.Header().Del(name)
	}
	rec.Header().Set("Cache-Control", "no-store")
	p := problemOfCode(deskmesh.Internal)
	p.Request = RequestID(r.Context())
	WriteProblem(rec, p)
}
