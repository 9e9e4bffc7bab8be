package metrics

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/deskmesh/deskmesh/internal/httpx"
)

// httpMetrics count requests.
type httpMetrics struct {
	took   *prometheus.HistogramVec
	flight prometheus.Gauge
}

func newHTTPMetrics(r *prometheus.Registry) httpMetrics {
	m := httpMetrics{
		took: prometheus.NewHistogramVec(newHistogram("http_request_seconds", "Requests by route, method and class of status, and how long they took. An event stream takes as long as it is open.",
			[]float64{0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10}), []string{"route", "method", "status"}),
		flight: prometheus.NewGauge(prometheus.GaugeOpts{Name: prefix + "http_requests_in_flight", Help: "Requests that are being answered."}),
	}
	r.MustRegister(m.took, m.flight)
	return m
}

// Began implements httpx.Meter.
func (m *Metrics) Began() { m.http.flight.Inc() }

// Ended implements httpx.Meter.
func (m *Metrics) Ended(e httpx.Exchange) {
	m.http.flight.Dec()
	m.http.took.WithLabelValues(routeLabel(e.Route), methodLabel(e.Method), statusLabel(e.Status)).Observe(e.Took.Seconds())
}

// methods are those that count by name: a client may send any word.
var methods = []string{http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions}

func methodLabel(method string) string {
	if slices.Contains(methods, method) {
		return method
	}
	return other
}

// routeLabel is the pattern of the route without its method. It comes from the
// mux and never from the request; "" where no route matched.
func routeLabel(pattern string) string {
	if _, path, ok := strings.Cut(pattern, " "); ok {
		return path
	}
	return pattern
}

// statusLabel is the class of a status, "4xx"; "none" where the request broke
// off before an answer.
func statusLabel(status int) string {
	if status < 100 || status > 599 {
		return "none"
	}
	return strconv.Itoa(status/100) + "xx"
}
