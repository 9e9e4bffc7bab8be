package httpapi_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"
)

// client speaks to the API as one person.
type client struct {
	w       *world
	host    string
	cookie  string
	headers http.Header
}

// as gives a client for somebody who is signed in: "hr.agent" of acme, or
// "globex/hr.agent".
func (w *world) as(who string) *client {
	w.Helper()
	desk, _ := w.split(who)
	return &client{w: w, host: desk.host, cookie: w.session(desk.id, w.id(who)), headers: http.Header{}}
}

// nobody gives a client that nobody is signed in to.
func (w *world) nobody() *client {
	return &client{w: w, host: w.acme().host, headers: http.Header{}}
}

// with gives the same client with one more header, as in
// c.with("Idempotency-Key", "a1").
func (c *client) with(name, value string) *client {
	d := *c
	d.headers = c.headers.Clone()
	d.headers.Set(name, value)
	return &d
}

func (c *client) get(path string) *answer             { c.w.Helper(); return c.do("GET", path, nil) }
func (c *client) post(path string, body any) *answer  { c.w.Helper(); return c.do("POST", path, body) }
func (c *client) patch(path string, body any) *answer { c.w.Helper(); return c.do("PATCH", path, body) }
func (c *client) put(path string, body any) *answer   { c.w.Helper(); return c.do("PUT", path, body) }
func (c *client) delete(path string) *answer          { c.w.Helper(); return c.do("DELETE", path, nil) }

// do sends a request to a path below /api/v1. A body that is text or bytes goes
// as it is, anything else as JSON; nil is no body. Answers of 500 and above fail
// the test.
func (c *client) do(method, path string, body any) *answer {
	c.w.Helper()
	a := c.send(method, path, body)
	if a.status >= 500 {
		c.w.Errorf("%s %s answers %d: %s", method, path, a.status, a.raw)
	}
	return a
}

func (c *client) send(method, path string, body any) *answer {
	c.w.Helper()
	c.w.advance(time.Millisecond)
	r := httptest.NewRequestWithContext(c.w.Context(), method, "/", reader(c.w, body))
	r.URL = mustURL(c.w, path)
	r.RequestURI = r.URL.RequestURI()
	r.Host = c.host
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	for name, values := range c.headers {
		r.Header[name] = values
	}
	if c.cookie != "" {
		r.AddCookie(&http.Cookie{Name: "deskmesh", Value: c.cookie})
	}
	rec := httptest.NewRecorder()
	if strings.HasPrefix(path, "/live") {
		serveFirst(c.w.handler, rec, r)
	} else {
		c.w.handler.ServeHTTP(rec, r)
	}
	return newAnswer(c.w, method+" "+path, rec.Result())
}

func reader(t testing.TB, body any) io.Reader {
	t.Helper()
	switch b := body.(type) {
	case nil:
		return nil
	case string:
		return strings.NewReader(b)
	case []byte:
		return bytes.NewReader(b)
	case io.Reader:
		return b
	}
	text, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	return bytes.NewReader(text)
}

// answer is what came back.
type answer struct {
	testing.TB
	request string
	status  int
	header  http.Header
	cookies []*http.Cookie
	raw     string
	body    any // of JSON: numbers are json.Number
}

func newAnswer(t testing.TB, request string, r *http.Response) *answer {
	t.Helper()
	raw, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	a := &answer{TB: t, request: request, status: r.StatusCode, header: r.Header, cookies: r.Cookies(), raw: string(raw)}
	if r.StatusCode == http.StatusNoContent && (len(raw) > 0 || r.Header.Get("Content-Type") != "") {
		t.Errorf("%s answers 204 with a body of %d bytes, of the type %q", request, len(raw), r.Header.Get("Content-Type"))
	}
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if kind == "application/json" || kind == "application/problem+json" {
		d := json.NewDecoder(bytes.NewReader(raw))
		d.UseNumber()
		if err := d.Decode(&a.body); err != nil {
			t.Errorf("%s: %v in %s", request, err, raw)
		}
	}
	return a
}

// ok stops the test unless the request succeeded.
func (a *answer) ok() *answer {
	a.Helper()
	if a.status < 200 || a.status > 299 {
		a.Fatalf("%s answers %d: %s", a.request, a.status, a.raw)
	}
	return a
}

// is checks the status.
func (a *answer) is(status int) *answer {
	a.Helper()
	if a.status != status {
		a.Errorf("%s answers %d, not %d: %s", a.request, a.status, status, a.raw)
	}
	return a
}

// refused checks that the answer is a problem of the status that names the
// field; "" is for a problem without one.
func (a *answer) refused(status int, field string) *answer {
	a.Helper()
	a.is(status)
	if kind := a.header.Get("Content-Type"); kind != "application/problem+json" {
		a.Errorf("%s: a refusal comes as %q", a.request, kind)
	}
	got := []string{}
	list, _ := a.at("errors").([]any)
	for _, e := range list {
		got = append(got, fmt.Sprint(e.(map[string]any)["location"]))
	}
	if text := strings.Join(got, " "); text != field && !(field != "" && strings.Contains(" "+text+" ", " "+field+" ")) {
		a.Errorf("%s names %q, not %q: %s", a.request, text, field, a.raw)
	}
	return a
}

// reason checks the machine-readable reason of a problem.
func (a *answer) reason(want string) *answer {
	a.Helper()
	if got, _ := a.at("reason").(string); got != want {
		a.Errorf("%s gives the reason %q, not %q: %s", a.request, got, want, a.raw)
	}
	return a
}

// at finds a value by its path, as in "items.0.target.name"; nil when it is not
// there.
func (a *answer) at(path string) any {
	v := a.body
	for part := range strings.SplitSeq(path, ".") {
		switch node := v.(type) {
		case map[string]any:
			v = node[part]
		case []any:
			i, err := strconv.Atoi(part)
			if err != nil || i >= len(node) {
				return nil
			}
			v = node[i]
		default:
			return nil
		}
	}
	return v
}

// has says whether there is a value, null included, at the path.
func (a *answer) has(path string) bool {
	parent, name := "", path
	if i := strings.LastIndexByte(path, '.'); i >= 0 {
		parent, name = path[:i], path[i+1:]
	}
	node := a.body
	if parent != "" {
		node = a.at(parent)
	}
	object, _ := node.(map[string]any)
	_, found := object[name]
	return found
}

func (a *answer) text(path string) string {
	a.Helper()
	s, ok := a.at(path).(string)
	if !ok {
		a.Fatalf("%s: there is no text at %s: %s", a.request, path, a.raw)
	}
	return s
}

func (a *answer) number(path string) int64 {
	a.Helper()
	n, ok := a.at(path).(json.Number)
	if !ok {
		a.Fatalf("%s: there is no number at %s: %s", a.request, path, a.raw)
	}
	i, err := n.Int64()
	if err != nil {
		a.Fatal(err)
	}
	return i
}

func (a *answer) list(path string) []any {
	a.Helper()
	l, ok := a.at(path).([]any)
	if !ok {
		a.Fatalf("%s: there is no list at %s: %s", a.request, path, a.raw)
	}
	return l
}

// numbers gives the number of every item of a list of tickets.
func (a *answer) numbers() []int64 {
	a.Helper()
	numbers := []int64{}
	for i := range a.list("items") {
		numbers = append(numbers, a.number("items."+strconv.Itoa(i)+".number"))
	}
	return numbers
}
