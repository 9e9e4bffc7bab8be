package httpx

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"time"

	"github.com/deskmesh/deskmesh"
)

// statuses is the one table from the program's errors to HTTP.
var statuses = map[deskmesh.Code]int{
	deskmesh.Invalid:         http.StatusUnprocessableEntity,
	deskmesh.NotFound:        http.StatusNotFound,
	deskmesh.Forbidden:       http.StatusForbidden,
	deskmesh.Conflict:        http.StatusConflict,
	deskmesh.Unauthenticated: http.StatusUnauthorized,
	deskmesh.TooLarge:        http.StatusRequestEntityTooLarge,
	deskmesh.RateLimited:     http.StatusTooManyRequests,
	deskmesh.Gone:            http.StatusGone,
	deskmesh.Unavailable:     http.StatusServiceUnavailable,
	deskmesh.Internal:        http.StatusInternalServerError,
}

// defaultRetry is told where an error calls for a later try but names no time.
const defaultRetry = 5 * time.Second

// ProblemOf turns any error into the answer for it. Only a deskmesh.Error says
// more than its status; everything else is a plain 500, except a body over its
// limit (413) and a context that ended (503).
func ProblemOf(err error) *Problem {
	if p, ok := errors.AsType[*Problem](err); ok {
		return p
	}
	e, known := errors.AsType[*deskmesh.Error](err)
	if !known || e.Code == deskmesh.Internal {
		if substitute := outerCause(err); substitute != nil {
			e, known = substitute, true
		}
	}
	if !known {
		return problemOfCode(deskmesh.Internal)
	}
	p := problemOfCode(e.Code)
	p.Detail, p.Reason, p.Extra = e.Public, e.Reason, e.Detail
	p.Errors = fieldErrors(e)
	if wait, ok := errors.AsType[*waitError](err); ok {
		p.RetryAfter = wait.wait
	}
	return p
}

// outerCause names the causes that are not the program's fault.
func outerCause(err error) *deskmesh.Error {
	var body *http.MaxBytesError
	switch {
	case errors.As(err, &body):
		e, _ := errors.AsType[*deskmesh.Error](bodyTooLarge(body.Limit))
		return e
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		return deskmesh.Errorf(deskmesh.Unavailable, "This took too long. Please try again.")
	}
	return nil
}

func problemOfCode(code deskmesh.Code) *Problem {
	status, known := statuses[code]
	if !known {
		code, status = deskmesh.Internal, http.StatusInternalServerError
	}
	p := &Problem{Title: http.StatusText(status), Status: status, Code: string(code)}
	switch code {
	case deskmesh.Internal:
		p.Detail = "Something went wrong on our side."
	case deskmesh.RateLimited, deskmesh.Unavailable:
		p.RetryAfter = defaultRetry
	}
	return p
}

func fieldErrors(e *deskmesh.Error) []FieldError {
	var list []FieldError
	if e.Field != "" {
		list = append(list, FieldError{Message: e.Public, Location: e.Field})
	}
	for _, f := range e.Faults {
		list = append(list, FieldError{Message: f.Message, Location: f.Field})
	}
	return list
}

// TooMany makes the RateLimited error that tells when to come back.
func TooMany(wait time.Duration) error {
	return deskmesh.Errorf(deskmesh.RateLimited, "Too many tries. Please wait a moment and try again.").Because(&waitError{wait})
}

// waitError carries the time to wait from TooMany to ProblemOf.
type waitError struct{ wait time.Duration }

func (e *waitError) Error() string { return "retry after " + e.wait.String() }

// Wait tells when to come back after an error of a limit; false for other errors.
func Wait(err error) (time.Duration, bool) {
	wait, ok := errors.AsType[*waitError](err)
	if !ok {
		return 0, false
	}
	return wait.wait, true
}

// Reporter answers with errors and logs those that somebody should look into.
type Reporter struct{ Log *slog.Logger }

// Problem gives the answer for err. A 500 is logged with its cause and the id of
// the request, a 503 as a warning; a client that left is not logged.
func (rp Reporter) Problem(ctx context.Context, err error) *Problem {
	p := ProblemOf(err)
	if p.Status < 500 || errors.Is(ctx.Err(), context.Canceled) {
		return p
	}
	told := *p
	told.Request = RequestID(ctx)
	p = &told
	level := slog.LevelError
	if p.Status == http.StatusServiceUnavailable {
		level = slog.LevelWarn
	}
	rp.Log.LogAttrs(ctx, level, "request failed", slog.String("error", err.Error()), slog.String("request", RequestID(ctx)))
	return p
}

// Write sends the answer for err.
func (rp Reporter) Write(w http.ResponseWriter, r *http.Request, err error) {
	WriteProblem(w, rp.Problem(r.Context(), err))
}
