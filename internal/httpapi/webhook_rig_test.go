package httpapi_test

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// receiver is a program that webhooks are sent to, on this machine.
type receiver struct {
	testing.TB
	url    string
	mu     sync.Mutex
	got    []received
	status func(received) int // what it answers; nil: 204
	header http.Header        // of its answers
}

// received is one request as it arrived.
type received struct {
	header http.Header
	raw    string
	body   any
}

// receiver starts a program that listens.
func (w *world) receiver() *receiver {
	w.Helper()
	r := &receiver{TB: w.TB, header: http.Header{}}
	server := httptest.NewServer(r)
	w.Cleanup(server.Close)
	r.url = server.URL + "/hook"
	return r
}

// ServeHTTP implements http.Handler.
func (r *receiver) ServeHTTP(w http.ResponseWriter, q *http.Request) {
	raw, err := io.ReadAll(q.Body)
	if err != nil {
		r.Errorf("the receiver cannot read: %v", err)
	}
	one := received{header: q.Header.Clone(), raw: string(raw)}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	if err := d.Decode(&one.body); err != nil || q.Method != http.MethodPost || q.Header.Get("Content-Type") != "application/json" {
		r.Errorf("%s with %q as %s: %v", q.Method, raw, q.Header.Get("Content-Type"), err)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.got = append(r.got, one)
	for name, values := range r.header {
		w.Header()[name] = values
	}
	status := http.StatusNoContent
	if r.status != nil {
		status = r.status(one)
	}
	w.WriteHeader(status)
	if status != http.StatusNoContent {
		fmt.Fprint(w, "answer of the receiver")
	}
}

// answers makes the receiver answer with a status from now on.
func (r *receiver) answers(status int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.status = func(received) int { return status }
}

// take runs the jobs and gives what arrived since the last time, in the order of
// the ids that it was sent under.
func (r *receiver) take(w *world) []received {
	w.Helper()
	w.drain()
	r.mu.Lock()
	defer r.mu.Unlock()
	got := r.got
	r.got = nil
	slices.SortStableFunc(got, func(a, b received) int {
		x, _ := strconv.Atoi(strings.TrimPrefix(a.id(), "msg_"))
		y, _ := strconv.Atoi(strings.TrimPrefix(b.id(), "msg_"))
		return x - y
	})
	return got
}

func (r received) id() string { return r.header.Get("Webhook-Id") }

// at finds a value of the body by its path; nil when it is not there.
func (r received) at(path string) any { return (&answer{body: r.body}).at(path) }

// signedBy says whether one of the signatures is that of a secret. It is written
// from the specification, apart from the code that signs.
func (r received) signedBy(secret string) bool {
	key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(secret, "whsec_"))
	if err != nil || len(key) < 24 {
		return false
	}
	mac := hmac.New(sha256.New, key)
	fmt.Fprintf(mac, "%s.%s.%s", r.header.Get("Webhook-Id"), r.header.Get("Webhook-Timestamp"), r.raw)
	want := mac.Sum(nil)
	for signature := range strings.FieldsSeq(r.header.Get("Webhook-Signature")) {
		version, text, _ := strings.Cut(signature, ",")
		got, err := base64.StdEncoding.DecodeString(text)
		if version == "v1" && err == nil && hmac.Equal(got, want) {
			return true
		}
	}
	return false
}

// types lists the kinds of what arrived.
func types(list []received) []string {
	out := []string{}
	for _, r := range list {
		out = append(out, fmt.Sprint(r.at("type")))
	}
	return out
}

// hook makes a webhook as the owner, hearing of everything unless said
// otherwise, and gives its path and its secret.
func (w *world) hook(url string, more ...any) (path, secret string) {
	w.Helper()
	body := map[string]any{"name": "Robot", "url": url, "events": []string{"all"}}
	for i := 0; i+1 < len(more); i += 2 {
		body[more[i].(string)] = more[i+1]
	}
	a := w.as("owner").post("/webhooks", body).is(201).ok()
	return fmt.Sprintf("/webhooks/%d", a.number("id")), a.text("secret")
}

// log gives the states of a webhook's deliveries, oldest first.
func (w *world) log(path string) []string {
	w.Helper()
	a := w.as("owner").get(path + "/deliveries?limit=200").ok()
	states := []string{}
	for i := range a.list("items") {
		states = append(states, a.text("items."+strconv.Itoa(i)+".state"))
	}
	slices.Reverse(states)
	return states
}
