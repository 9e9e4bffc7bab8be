package httpx

import (
	"bytes"
	"encoding/json"
	"maps"
	"math"
	"net/http"
	"slices"
	"strconv"
	"time"
)

// ContentTypeProblem is the media type of RFC 9457.
const ContentTypeProblem = "application/problem+json"

// Problem is an answer that tells of an error, RFC 9457. It never holds a cause
// or a value that was sent. It is an error itself, so that a handler may return it.
type Problem struct {
	Type   string       `json:"type,omitempty" doc:"A URI that names the kind of problem; absent means about:blank."`
	Title  string       `json:"title" doc:"The kind of problem in a few words."`
	Status int          `json:"status" doc:"The HTTP status."`
	Detail string       `json:"detail,omitempty" doc:"What went wrong, in a sentence for people."`
	Code   string       `json:"code" doc:"The kind of problem for programs, such as not_found."`
	Reason string       `json:"reason,omitempty" doc:"A finer word for programs, such as share_limit."`
	Errors []FieldError `json:"errors,omitempty" doc:"The fields that are wrong."`
	// Request is told where the fault is ours, for whoever reports it; every
	// answer carries it as a header.
	Request string `json:"request,omitempty" doc:"The id of the request, as in the log, where the fault is the server's."`

	// Extra are further members at the top level; they cannot replace the ones above.
	Extra map[string]any `json:"-"`
	// RetryAfter becomes the Retry-After header, in whole seconds.
	RetryAfter time.Duration `json:"-"`
}

// FieldError is one wrong field of a request.
type FieldError struct {
	Message  string `json:"message" doc:"What is wrong with it."`
	Location string `json:"location,omitempty" doc:"Where it is, such as targets[0].id."`
}

// Error gives a short text for logs.
func (p *Problem) Error() string { return strconv.Itoa(p.Status) + " " + p.Code + ": " + p.Detail }

// GetStatus gives the HTTP status.
func (p *Problem) GetStatus() int { return p.Status }

// ContentType gives the media type, whatever form was asked for.
func (p *Problem) ContentType(string) string { return ContentTypeProblem }

// GetHeaders gives the headers that go with the problem: Retry-After, and for
// 401 the challenge that RFC 9110 section 11.6.1 asks for.
func (p *Problem) GetHeaders() http.Header {
	h := http.Header{}
	p.setHeaders(h)
	return h
}

func (p *Problem) setHeaders(h http.Header) {
	if p.RetryAfter > 0 {
		h.Set("Retry-After", strconv.FormatInt(int64(math.Ceil(p.RetryAfter.Seconds())), 10))
	}
	if p.Status == http.StatusUnauthorized {
		h.Set("WWW-Authenticate", "Bearer")
	}
}

var reservedMembers = []string{"type", "title", "status", "detail", "instance", "code", "reason", "errors", "request"}

// MarshalJSON writes the members of RFC 9457 first, then Extra in order of names.
func (p *Problem) MarshalJSON() ([]byte, error) {
	type plain Problem
	body, err := json.Marshal((*plain)(p))
	if err != nil || len(p.Extra) == 0 {
		return body, err
	}
	var b bytes.Buffer
	b.Write(body[:len(body)-1])
	for _, name := range slices.Sorted(maps.Keys(p.Extra)) {
		if slices.Contains(reservedMembers, name) {
			continue
		}
		key, err := json.Marshal(name)
		if err != nil {
			return nil, err
		}
		value, err := json.Marshal(p.Extra[name])
		if err != nil {
			return nil, err
		}
		b.WriteByte(',')
		b.Write(key)
		b.WriteByte(':')
		b.Write(value)
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// WriteProblem sends p as the whole answer. The header must not be out yet.
func WriteProblem(w http.ResponseWriter, p *Problem) {
	body, err := json.Marshal(p)
	if err != nil { // Extra holds what JSON cannot say: leave it out
		bare := *p
		bare.Extra = nil
		if body, err = json.Marshal(&bare); err != nil {
			body = []byte(`{}`)
		}
	}
	h := w.Header()
	h.Del("Content-Encoding")
	h.Set("Content-Type", ContentTypeProblem)
	h.Set("Content-Length", strconv.Itoa(len(body)))
	p.setHeaders(h)
	w.WriteHeader(p.Status)
	if _, err := w.Write(body); err != nil {
		return // the client is gone
	}
}
