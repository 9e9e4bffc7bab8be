package httpapi

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"io"
	"math"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/httpx"
)

// badRequest is the answer to what cannot be read at all.
func badRequest(location, detail string) error {
	return &httpx.Problem{Title: http.StatusText(http.StatusBadRequest), Status: http.StatusBadRequest, Code: string(dm.Invalid),
		Detail: detail, Errors: []httpx.FieldError{{Message: detail, Location: location}}}
}

var errMediaType = &httpx.Problem{Title: http.StatusText(http.StatusUnsupportedMediaType), Status: http.StatusUnsupportedMediaType,
	Code: string(dm.Invalid), Detail: "The body must be application/json.", Errors: []httpx.FieldError{{Message: "This must be application/json.", Location: "Content-Type"}}}

const noText = "This must be valid text without the character NUL."

// prepareBody reads a JSON body as a whole, refuses what no field may hold, and
// leaves it for huma to read again. A stream is left alone.
func prepareBody(r *http.Request, op *huma.Operation) ([]byte, error) {
	if op.RequestBody == nil || isStream(op) {
		return nil, nil
	}
	if err := checkMediaType(r); err != nil {
		return nil, err
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		if _, tooLarge := errors.AsType[*http.MaxBytesError](err); tooLarge {
			return nil, err
		}
		return nil, badRequest("body", "The body ended before it was complete.")
	}
	if !utf8.Valid(body) {
		return nil, badRequest("body", "The body is not valid UTF-8.")
	}
	if err := checkTexts(body); err != nil {
		return nil, err
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	return body, nil
}

// checkMediaType takes JSON in any spelling; a missing type means JSON.
func checkMediaType(r *http.Request) error {
	given := r.Header.Get("Content-Type")
	if given == "" {
		return nil
	}
	kind, _, err := mime.ParseMediaType(given)
	if err != nil || kind != "application/json" {
		return errMediaType
	}
	r.Header.Set("Content-Type", kind)
	return nil
}

// checkTexts refuses NUL in any text of a JSON body. JSON can say it only as an
// escape, so that few bodies are looked at closely.
func checkTexts(body []byte) error {
	if !bytes.Contains(body, []byte(`\u0000`)) {
		return nil
	}
	var tree any
	if err := json.Unmarshal(body, &tree); err != nil {
		return nil // huma says so
	}
	if where, found := findNUL(tree, ""); found {
		return dm.BadField(clip(cmp.Or(where, "body")), noText)
	}
	return nil
}

func findNUL(tree any, where string) (string, bool) {
	switch v := tree.(type) {
	case string:
		return where, strings.ContainsRune(v, 0)
	case []any:
		for i, item := range v {
			if at, found := findNUL(item, where+"["+strconv.Itoa(i)+"]"); found {
				return at, true
			}
		}
	case map[string]any:
		for name, item := range v {
			if strings.ContainsRune(name, 0) {
				return where, true
			}
			if at, found := findNUL(item, strings.TrimPrefix(where+"."+name, ".")); found {
				return at, true
			}
		}
	}
	return "", false
}

// checkQuery refuses a query that cannot be read, and texts that no database
// takes.
func checkQuery(raw string) error {
	if raw == "" {
		return nil
	}
	values, err := url.ParseQuery(raw)
	if err != nil {
		return badRequest("query", "The query cannot be read.")
	}
	for name, list := range values {
		if bad := func(s string) bool { return !utf8.ValidString(s) || strings.ContainsRune(s, 0) }; bad(name) || slices.ContainsFunc(list, bad) {
			return dm.BadField(readable(name), noText)
		}
		if len(list) > 1 {
			return dm.BadField(readable(name), "This parameter is given more than once.")
		}
	}
	return nil
}

// readable makes a parameter's name fit for an answer.
func readable(name string) string {
	return cmp.Or(clip(strings.ReplaceAll(strings.ToValidUTF8(name, ""), "\x00", "")), "query")
}

// unmarshal reads JSON for huma: once into a tree, which it validates, and once
// into the input. A whole number that does not fit into 64 bits, or is written
// with a point or an exponent, becomes NaN in the tree: no integer is that, so
// it is refused with its place before the input is filled.
func unmarshal(data []byte, v any) error {
	tree, ok := v.(*any)
	if !ok {
		return json.Unmarshal(data, v)
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	if err := d.Decode(tree); err != nil {
		return err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return errors.New("more than one value")
	}
	*tree = withFloats(*tree)
	return nil
}

func withFloats(tree any) any {
	switch v := tree.(type) {
	case json.Number:
		if _, err := v.Int64(); err == nil {
			f, _ := v.Float64()
			return f
		}
		f, err := v.Float64()
		if err != nil || f == math.Trunc(f) {
			return math.NaN()
		}
		return f
	case []any:
		for i := range v {
			v[i] = withFloats(v[i])
		}
	case map[string]any:
		for name := range v {
			v[name] = withFloats(v[name])
		}
	}
	return tree
}
