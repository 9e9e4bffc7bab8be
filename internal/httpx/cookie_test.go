package httpx_test

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/deskmesh/deskmesh/internal/httpx"
)

func TestSessionCookie(t *testing.T) {
	t.Parallel()
	expires := time.Date(2031, 5, 4, 3, 2, 1, 0, time.UTC)
	for _, test := range []struct {
		name, baseURL, want, ended string
	}{
		{
			"a desk on https gets a cookie no other host can set", "https://desk.example.com",
			"__Host-deskmesh=dms_x; Path=/; Expires=Sun, 04 May 2031 03:02:01 GMT; HttpOnly; Secure; SameSite=Lax",
			"__Host-deskmesh=; Path=/; Max-Age=0; HttpOnly; Secure; SameSite=Lax",
		},
		{
			"a desk on http gets one that browsers take there", "http://localhost:8080",
			"deskmesh=dms_x; Path=/; Expires=Sun, 04 May 2031 03:02:01 GMT; HttpOnly; SameSite=Lax",
			"deskmesh=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			set, end := httptest.NewRecorder(), httptest.NewRecorder()
			httpx.SetSession(set, test.baseURL, "dms_x", expires)
			httpx.EndSession(end, test.baseURL)
			got := []string{set.Header().Get("Set-Cookie"), end.Header().Get("Set-Cookie")}
			if diff := cmp.Diff([]string{test.want, test.ended}, got); diff != "" {
				t.Error(diff)
			}
			r := httptest.NewRequest(http.MethodGet, "/", nil)
			for _, c := range set.Result().Cookies() {
				r.AddCookie(c)
			}
			if got := httpx.SessionSecret(r, test.baseURL); got != "dms_x" {
				t.Errorf("the cookie gives %q back", got)
			}
		})
	}
}

func TestSessionSecretOfOtherScheme(t *testing.T) {
	t.Parallel()
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	r.AddCookie(&http.Cookie{Name: httpx.SessionCookieName("http://desk.example.com"), Value: "dms_x"})
	if got := httpx.SessionSecret(r, "https://desk.example.com"); got != "" {
		t.Errorf("a plain cookie opened a session of a desk on https: %q", got)
	}
}
