package httpapi_test

import (
	"net/http/httptest"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/danielgtaylor/huma/v2"

	"github.com/deskmesh/deskmesh/internal/httpx"
	"github.com/deskmesh/deskmesh/internal/metrics"
)

// TestMetricsAreBounded asks every route several times, for different tickets,
// with words of its own and methods that nobody knows: the series of the metrics
// are those of the routes, and none tells what was asked for.
func TestMetricsAreBounded(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "sqlite")
	m := metrics.New("test")
	w.handler = httpx.Chain(w.api, httpx.Identify(nil), httpx.Measure(m, w.clock.now))
	routes := map[string]bool{}
	owner, nobody := w.as("owner"), w.nobody()
	ask := func(round int) {
		eachOperation(w.api, func(op *huma.Operation) {
			routes["/api/v1"+op.Path] = true
			if op.OperationID == "sign-out" {
				return
			}
			path := wildcard.ReplaceAllString(op.Path, strconv.Itoa(7000+round))
			owner.do(op.Method, path+"?zebra="+strconv.Itoa(round), nil)
			nobody.do("ZEBRA"+strconv.Itoa(round), path, nil)
		})
		owner.get("/zebra" + strconv.Itoa(round))
		owner.get("/tickets/" + strconv.Itoa(7000+round) + "/zebra")
	}
	ask(1)
	first := metricsText(t, m)
	for round := 2; round < 5; round++ {
		ask(round)
	}
	text := metricsText(t, m)
	series := regexp.MustCompile(`(?m)^deskmesh_http_request_seconds_count\{method="([^"]*)",route="([^"]*)",status="([^"]*)"\}`).FindAllStringSubmatch(text, -1)
	if before := strings.Count(first, "deskmesh_http_request_seconds_count"); before != len(series) {
		t.Errorf("%d series have become %d", before, len(series))
	}
	if len(series) < len(routes) || len(series) > 10*len(routes) {
		t.Errorf("%d series for %d routes", len(series), len(routes))
	}
	for _, s := range series {
		if s[2] != "" && !routes[s[2]] {
			t.Errorf("the route %q is none", s[2])
		}
	}
	for _, word := range []string{"zebra", "ZEBRA", "7001", "acme", "globex"} {
		if strings.Contains(text, word) {
			t.Errorf("the metrics hold %q", word)
		}
	}
}

func metricsText(t *testing.T, m *metrics.Metrics) string {
	t.Helper()
	rec := httptest.NewRecorder()
	m.Handler().ServeHTTP(rec, httptest.NewRequest("GET", "/metrics", nil))
	if rec.Code != 200 {
		t.Fatalf("the metrics answer %d: %s", rec.Code, rec.Body)
	}
	return rec.Body.String()
}
