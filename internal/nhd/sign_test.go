package nhd

import (
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"
)

var signedAt = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

// signed is a request as a Deskmesh desk signs it.
func signed(t testing.TB, method, path, body string) *http.Request {
	t.Helper()
	r := httptest.NewRequest(method, "http://desk.example"+path, nil)
	if err := Sign(r, "agreement", "key", []byte(body), signedAt); err != nil {
		t.Fatal(err)
	}
	return r
}

// Section 9 row 5: a signature holds for the request it was made for, and for
// nothing else.
func TestVerify(t *testing.T) {
	t.Parallel()
	const path, body = "/sharing/tickets/a%2Fb", `{"status":"open"}`
	good := signed(t, "PUT", path, body)
	if err := Verify(good, "agreement", "key", []byte(body), signedAt); err != nil {
		t.Fatal(err)
	}
	header := func(name string, edit func(string) string) func(*http.Request) {
		return func(r *http.Request) { r.Header.Set(name, edit(r.Header.Get(name))) }
	}
	swap := func(old, with string) func(string) string {
		return func(s string) string { return strings.Replace(s, old, with, 1) }
	}
	for name, edit := range map[string]func(*http.Request){
		"another method":           func(r *http.Request) { r.Method = "DELETE" },
		"another path":             func(r *http.Request) { r.URL.Path, r.URL.RawPath = "/sharing/tickets/other", "" },
		"the same path, unescaped": func(r *http.Request) { r.URL.RawPath = "" },
		"no digest":                func(r *http.Request) { r.Header.Del(headerDigest) },
		"another digest":           header(headerDigest, swap("sha-256=:", "sha-256=:A")),
		"no signature":             func(r *http.Request) { r.Header.Del(headerSignature) },
		"a signature of nothing":   header(headerSignature, func(string) string { return signLabel + "=::" }),
		"no base64":                header(headerSignature, func(string) string { return signLabel + "=:?:" }),
		"cut off":                  header(headerSignature, func(s string) string { return s[:len(s)-5] + ":" }),
		"not closed":               header(headerSignature, func(s string) string { return s[:len(s)-1] }),
		"of another label":         header(headerInput, swap(signLabel, "other")),
		"the method left out":      header(headerInput, swap(`"@method" `, "")),
		"the digest left out":      header(headerInput, swap(` "content-digest"`, "")),
		"nothing covered":          header(headerInput, swap(`"@method" "@path" "content-digest"`, "")),
		"of another agreement":     header(headerInput, swap(`keyid="agreement"`, `keyid="another"`)),
		"of another algorithm":     header(headerInput, swap("hmac-sha256", "none")),
		"made later":               header(headerInput, swap(strconv.FormatInt(signedAt.Unix(), 10), strconv.FormatInt(signedAt.Unix()+1, 10))),
		"made at no time":          header(headerInput, swap(";created="+strconv.FormatInt(signedAt.Unix(), 10), "")),
		"made twice":               header(headerInput, func(s string) string { return s + ";created=1;x" }),
		"made before all time":     header(headerInput, swap("created=", "created=-")),
	} {
		r := signed(t, "PUT", path, body)
		edit(r)
		if Verify(r, "agreement", "key", []byte(body), signedAt) == nil {
			t.Errorf("%s is taken", name)
		}
	}
	for name, taken := range map[string]bool{
		"another key":    Verify(good, "agreement", "other", []byte(body), signedAt) == nil,
		"another body":   Verify(good, "agreement", "key", []byte(body+" "), signedAt) == nil,
		"too late":       Verify(good, "agreement", "key", []byte(body), signedAt.Add(signatureLife+time.Second)) == nil,
		"too early":      Verify(good, "agreement", "key", []byte(body), signedAt.Add(-signatureLife-time.Second)) == nil,
		"within a while": Verify(good, "agreement", "key", []byte(body), signedAt.Add(signatureLife)) != nil,
	} {
		if taken {
			t.Errorf("%s: taken where it should not be, or not where it should", name)
		}
	}
}

// Whatever stands in the headers, reading them ends, and only what was signed with
// the key is taken.
func FuzzVerify(f *testing.F) {
	r := signed(f, "PUT", "/sharing/tickets/a", "{}")
	input, sign := r.Header.Get(headerInput), r.Header.Get(headerSignature)
	f.Add(input, sign, r.Header.Get(headerDigest), "{}")
	f.Add(input, sign, digestOf([]byte("[]")), "[]")
	f.Add(strings.Replace(input, `"@path"`, `"@path";req`, 1), sign, r.Header.Get(headerDigest), "{}")
	f.Add(input+", other=()", "other=:AAAA:, "+sign, "sha-256=::", "")
	f.Add("deskmesh=();created=999999999999;", "deskmesh=::", "", "")
	f.Fuzz(func(t *testing.T, in, signature, digest, body string) {
		r := httptest.NewRequest("PUT", "http://desk.example/sharing/tickets/a", nil)
		r.Header[headerInput], r.Header[headerSignature], r.Header[headerDigest] = []string{in}, []string{signature}, []string{digest}
		Signed(r)
		if Verify(r, "agreement", "key", []byte(body), signedAt) == nil && (in != input || body != "{}") {
			t.Fatalf("taken: %q %q %q %q", in, signature, digest, body)
		}
	})
}
