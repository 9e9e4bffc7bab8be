package httpapi

import (
	"net/http"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/httpx"
)

// huma keeps these for the whole process; no other package uses it.
func init() {
	huma.NewError = problem
	huma.NewErrorWithContext = func(_ huma.Context, status int, detail string, errs ...error) huma.StatusError {
		return problem(status, detail, errs...)
	}
	huma.ValidateStrictCasing = true
	huma.DefaultArrayNullable = false
}

const (
	maxFieldErrors = 50
	maxLocation    = 200
)

// problem turns what huma found wrong into our answer: it names the fields and
// echoes no value.
func problem(status int, detail string, errs ...error) huma.StatusError {
	p := &httpx.Problem{Title: http.StatusText(status), Status: status, Code: string(dm.Invalid)}
	switch {
	case status == http.StatusRequestEntityTooLarge:
		p.Code, p.Detail = string(dm.TooLarge), "The body is larger than allowed here."
		return p
	case status >= 500:
		p.Code, p.Detail = string(dm.Internal), "Something went wrong on our side."
		return p
	}
	for _, err := range errs {
		if err != nil && len(p.Errors) < maxFieldErrors {
			p.Errors = append(p.Errors, fieldError(status, err))
		}
	}
	slices.SortStableFunc(p.Errors, func(a, b httpx.FieldError) int { return strings.Compare(a.Location, b.Location) })
	switch len(p.Errors) {
	case 0:
		p.Detail = sentence(detail)
		if status == http.StatusBadRequest {
			p.Errors = []httpx.FieldError{{Location: "body", Message: p.Detail}}
		}
	case 1:
		p.Detail = p.Errors[0].Message
	default:
		p.Detail = "Several values are wrong."
	}
	return p
}

// placed gives a refused value that the use case has no name for the name of the
// whole body.
func placed(p *httpx.Problem) *httpx.Problem {
	if p.Status != http.StatusUnprocessableEntity || len(p.Errors) > 0 {
		return p
	}
	q := *p
	q.Errors = []httpx.FieldError{{Message: p.Detail, Location: "body"}}
	return &q
}

// fieldError drops the value, and the text of errors that were not made by the
// validation: they may hold one.
func fieldError(status int, err error) httpx.FieldError {
	d, ok := err.(huma.ErrorDetailer)
	if !ok {
		return httpx.FieldError{Message: "This cannot be read."}
	}
	e := d.ErrorDetail()
	if e.Location == "body" && e.Value != nil {
		if _, whole := e.Value.(string); whole {
			if status == http.StatusBadRequest {
				return httpx.FieldError{Location: "body", Message: "This is not valid JSON."}
			}
			return httpx.FieldError{Location: "body", Message: "A value has the wrong type or is out of range."}
		}
	}
	if name, found := strings.CutPrefix(e.Message, missingPrefix); found {
		name, _, _ = strings.Cut(name, " ")
		return httpx.FieldError{Location: location(e.Location + "." + name), Message: "This is needed."}
	}
	return httpx.FieldError{Location: location(e.Location), Message: sentence(e.Message)}
}

// missingPrefix begins huma's message about a property that was left out, which
// it places at the object around it.
const missingPrefix = "expected required property "

// location names a field as the use cases do: without the part of the request
// that it stands in.
func location(text string) string {
	for _, part := range [...]string{"body.", "query.", "path.", "header."} {
		name, found := strings.CutPrefix(text, part)
		if found && name != "" {
			return clip(name)
		}
		if found {
			return strings.TrimSuffix(part, ".") // the name itself is empty
		}
	}
	return clip(text)
}

// clip keeps names that senders choose from filling an answer.
func clip(text string) string {
	if runes := []rune(text); len(runes) > maxLocation {
		return string(runes[:maxLocation])
	}
	return text
}

// sentence makes a message of huma one of ours.
func sentence(text string) string {
	if text == "" {
		return text
	}
	text = strings.ToUpper(text[:1]) + text[1:]
	if !strings.HasSuffix(text, ".") {
		text += "."
	}
	return text
}
