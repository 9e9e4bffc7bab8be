package httpx

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/deskmesh/deskmesh"
)

func TestProblemOf(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name string
		err  error
		want Problem
	}{
		{"a wrong field", deskmesh.BadField("subject", "The subject is missing."),
			Problem{Title: "Unprocessable Entity", Status: 422, Code: "invalid", Detail: "The subject is missing.",
				Errors: []FieldError{{"The subject is missing.", "subject"}}}},
		{"several wrong fields", &deskmesh.Error{Code: deskmesh.Invalid, Public: "Two fields are wrong.",
			Faults: []deskmesh.Fault{{Field: "a", Message: "one"}, {Field: "b[0]", Message: "two"}}},
			Problem{Title: "Unprocessable Entity", Status: 422, Code: "invalid", Detail: "Two fields are wrong.",
				Errors: []FieldError{{"one", "a"}, {"two", "b[0]"}}}},
		{"hidden cause", fmt.Errorf("open ticket: %w", deskmesh.ErrTicketNotFound.Because(errors.New("secret"))),
			Problem{Title: "Not Found", Status: 404, Code: "not_found", Detail: "There is no such ticket, or you cannot open it."}},
		{"reason and detail", deskmesh.Errorf(deskmesh.Conflict, "Somebody was faster.").With("version").Showing(map[string]any{"changed": []string{"status"}}),
			Problem{Title: "Conflict", Status: 409, Code: "conflict", Reason: "version", Detail: "Somebody was faster.",
				Extra: map[string]any{"changed": []string{"status"}}}},
		{"forbidden", deskmesh.ErrForbidden,
			Problem{Title: "Forbidden", Status: 403, Code: "forbidden", Detail: "You do not have the right to do this."}},
		{"nobody", deskmesh.Errorf(deskmesh.Unauthenticated, "Please sign in."),
			Problem{Title: "Unauthorized", Status: 401, Code: "unauthenticated", Detail: "Please sign in."}},
		{"too large", deskmesh.Errorf(deskmesh.TooLarge, "Too large."),
			Problem{Title: "Request Entity Too Large", Status: 413, Code: "too_large", Detail: "Too large."}},
		{"too many", TooMany(1500 * time.Millisecond),
			Problem{Title: "Too Many Requests", Status: 429, Code: "rate_limited", Detail: "Too many tries. Please wait a moment and try again.",
				RetryAfter: 1500 * time.Millisecond}},
		{"too many without a time", deskmesh.Errorf(deskmesh.RateLimited, "Slow down."),
			Problem{Title: "Too Many Requests", Status: 429, Code: "rate_limited", Detail: "Slow down.", RetryAfter: defaultRetry}},
		{"gone", deskmesh.Errorf(deskmesh.Gone, "Used already."),
			Problem{Title: "Gone", Status: 410, Code: "gone", Detail: "Used already."}},
		{"unavailable", deskmesh.Errorf(deskmesh.Unavailable, "Later."),
			Problem{Title: "Service Unavailable", Status: 503, Code: "unavailable", Detail: "Later.", RetryAfter: defaultRetry}},
		{"internal", deskmesh.Errorf(deskmesh.Internal, "We failed.").Because(errors.New("secret")),
			Problem{Title: "Internal Server Error", Status: 500, Code: "internal", Detail: "We failed."}},
		{"any other error", errors.New("secret"),
			Problem{Title: "Internal Server Error", Status: 500, Code: "internal", Detail: "Something went wrong on our side."}},
		{"unknown code", deskmesh.Errorf("odd", "Odd."),
			Problem{Title: "Internal Server Error", Status: 500, Code: "internal", Detail: "Odd."}},
		{"body over its limit", fmt.Errorf("decode: %w", &http.MaxBytesError{Limit: 9}),
			Problem{Title: "Request Entity Too Large", Status: 413, Code: "too_large", Detail: "The body is larger than the 9 bytes allowed here."}},
		{"deadline", fmt.Errorf("query: %w", context.DeadlineExceeded),
			Problem{Title: "Service Unavailable", Status: 503, Code: "unavailable", Detail: "This took too long. Please try again.", RetryAfter: defaultRetry}},
		{"internal because of a deadline", deskmesh.Errorf(deskmesh.Internal, "x").Because(context.DeadlineExceeded),
			Problem{Title: "Service Unavailable", Status: 503, Code: "unavailable", Detail: "This took too long. Please try again.", RetryAfter: defaultRetry}},
		{"a problem already", fmt.Errorf("x: %w", &Problem{Title: "Misdirected Request", Status: 421, Code: "not_found"}),
			Problem{Title: "Misdirected Request", Status: 421, Code: "not_found"}},
	} {
		p := ProblemOf(tc.err)
		if diff := cmp.Diff(tc.want, *p); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tc.name, diff)
		}
		w := httptest.NewRecorder()
		WriteProblem(w, p)
		if strings.Contains(w.Body.String(), "secret") {
			t.Errorf("%s: the answer holds the cause: %s", tc.name, w.Body)
		}
		problem(t, w)
	}
}

func TestEveryCodeHasAStatus(t *testing.T) {
	t.Parallel()
	for _, code := range []deskmesh.Code{deskmesh.Invalid, deskmesh.NotFound, deskmesh.Forbidden, deskmesh.Conflict, deskmesh.Unauthenticated,
		deskmesh.TooLarge, deskmesh.RateLimited, deskmesh.Gone, deskmesh.Unavailable, deskmesh.Internal} {
		if statuses[code] < 400 {
			t.Errorf("%s has status %d", code, statuses[code])
		}
	}
	if len(statuses) != 10 {
		t.Errorf("%d codes", len(statuses))
	}
}

func TestProblemJSON(t *testing.T) {
	t.Parallel()
	p := &Problem{Title: "Conflict", Status: 409, Code: "conflict", Detail: "a \"b\"",
		Extra: map[string]any{"version": 4, "changed": []string{"status"}, "status": 200, "code": "x", "instance": "y", `q"uote`: nil}}
	got, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	want := `{"title":"Conflict","status":409,"detail":"a \"b\"","code":"conflict","changed":["status"],"q\"uote":null,"version":4}`
	if string(got) != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	p.Extra = map[string]any{"odd": func() {}}
	w := httptest.NewRecorder()
	WriteProblem(w, p)
	if w.Code != 409 || problem(t, w)["code"] != "conflict" {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

func TestProblemHeaders(t *testing.T) {
	t.Parallel()
	w := httptest.NewRecorder()
	w.Header().Set("Content-Encoding", "gzip")
	WriteProblem(w, ProblemOf(TooMany(1200*time.Millisecond)))
	if w.Header().Get("Retry-After") != "2" || w.Header().Get("Content-Encoding") != "" {
		t.Errorf("%v", w.Header())
	}
	p := ProblemOf(deskmesh.Errorf(deskmesh.Unauthenticated, "x"))
	if p.GetHeaders().Get("WWW-Authenticate") != "Bearer" || p.GetStatus() != 401 || p.ContentType("application/json") != ContentTypeProblem {
		t.Errorf("%v", p.GetHeaders())
	}
}

func TestReporterLogsWhatIsOurFault(t *testing.T) {
	t.Parallel()
	left, leave := context.WithCancel(t.Context())
	leave()
	for _, tc := range []struct {
		name  string
		ctx   context.Context
		err   error
		level any
	}{
		{"internal", t.Context(), errors.New("disk on fire"), "ERROR"},
		{"unavailable", t.Context(), deskmesh.Errorf(deskmesh.Unavailable, "later"), "WARN"},
		{"not found", t.Context(), deskmesh.ErrTicketNotFound, nil},
		{"the client left", left, fmt.Errorf("query: %w", context.Canceled), nil},
	} {
		log, out := jsonLog()
		Reporter{log}.Problem(tc.ctx, tc.err)
		var level any
		if got := lines(t, out); len(got) > 0 {
			level = got[0]["level"]
		}
		if level != tc.level {
			t.Errorf("%s: logged %v, want %v", tc.name, level, tc.level)
		}
	}
}
