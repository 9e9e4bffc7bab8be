package httpx

import (
	"log/slog"
	"net/http"
	"time"
)

// AccessLog writes one line per request: method, pattern of the route, status,
// milliseconds, bytes of the answer, and the request's id. Paths are left out
// because they may hold a secret, queries and bodies because they hold content.
// Lines have the given level; those of answers of 500 and above, and of requests
// that broke off, are warnings whatever it is. now is the clock.
func AccessLog(log *slog.Logger, level slog.Level, now func() time.Time) Middleware {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			rec, start, finished := record(w), now(), false
			defer func() { logAccess(log, level, r, rec, now().Sub(start), finished) }()
			next.ServeHTTP(rec, r)
			finished = true
		})
	}
}

func logAccess(log *slog.Logger, level slog.Level, r *http.Request, rec *recorder, took time.Duration, finished bool) {
	status := rec.status
	if status == 0 && finished {
		status = http.StatusOK
	}
	if status >= 500 || !finished {
		level = slog.LevelWarn
	}
	if !log.Enabled(r.Context(), level) {
		return
	}
	attrs := [...]slog.Attr{
		slog.String("method", r.Method),
		slog.String("route", r.Pattern),
		slog.Int("status", status),
		slog.Float64("ms", float64(took.Microseconds())/1000),
		slog.Int64("bytes", rec.bytes),
		slog.String("request", RequestID(r.Context())),
		slog.Bool("aborted", true),
	}
	used := len(attrs)
	if finished {
		used--
	}
	log.LogAttrs(r.Context(), level, "http", attrs[:used]...)
}
