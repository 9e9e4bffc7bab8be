package httpapi_test

import (
	"net/url"
	"strings"
	"testing"
)

func mustURL(t testing.TB, path string) *url.URL {
	t.Helper()
	if !strings.HasPrefix(path, "/api/") {
		path = "/api/v1" + path
	}
	u, err := url.Parse(path)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func TestSmoke(t *testing.T) {
	onEngines(t, func(t *testing.T, w *world) {
		t.Log(w.as("hr.agent").get("/me").ok().raw)
		t.Log(w.nobody().get("/me").raw)
		t.Log(w.nobody().get("/nothing").raw)
		t.Log(w.nobody().post("/me", "{}").raw)
		t.Log(w.nobody().post("/sessions", `{"address":1,"passwords":"hunter2"}`).raw)
		t.Log(w.nobody().post("/sessions", `{"address":"x","password":"hunter2"}`).raw)
		t.Log(w.nobody().post("/sessions", `{"address":"x\u0000","password":"hunter2"`).raw)
		t.Log(w.nobody().post("/sessions", `{"address":"x\u0000","password":"hunter2"}`).raw)
		t.Log(w.nobody().post("/sessions", `{"Address":"x","password":"hunter2"}`).raw)
		t.Log(w.nobody().post("/sessions", `{"address":"x","password":"hunter2"} 1`).raw)
		t.Log(w.nobody().post("/sessions", "").raw)
		t.Log(w.nobody().get("/openapi.yaml").raw[:300])
	})
}
