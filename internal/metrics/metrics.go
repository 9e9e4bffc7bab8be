package metrics

import (
	"net/http"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// prefix begins the name of every metric of ours.
const prefix = "deskmesh_"

// other stands for a value that no list holds.
const other = "other"

// Metrics is everything that is counted in this process. It is safe for
// concurrent use. Make it with New.
type Metrics struct {
	registry *prometheus.Registry
	http     httpMetrics
	store    storeMetrics
	jobs     jobMetrics
	mail     *prometheus.CounterVec
	limited  *prometheus.CounterVec
}

// New makes metrics that hold the Go runtime, the process and the version that
// the program was built from.
func New(version string) *Metrics {
	m := &Metrics{registry: prometheus.NewRegistry()}
	m.registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	build := prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: prefix + "build_info", Help: "1, with the version that the program was built from."}, []string{"version"})
	build.WithLabelValues(version).Set(1)
	m.registry.MustRegister(build)
	m.http = newHTTPMetrics(m.registry)
	m.store = newStoreMetrics(m.registry)
	m.jobs = newJobMetrics(m.registry)
	m.mail = m.counters("mails_total", "Mails by direction (in, out) and what became of them.", "direction", "result")
	m.limited = m.counters("rate_limited_total", "Requests that were refused because a limit was passed, by limit.", "limit")
	for _, name := range []string{"caller", "address", "partner"} {
		m.limited.WithLabelValues(name)
	}
	return m
}

// Handler shows the metrics.
func (m *Metrics) Handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{MaxRequestsInFlight: 4})
}

// Gauge shows a number that another part of the program keeps, such as how many
// live streams are open. The name is in lower-case words joined by underscores.
// It panics where the name is taken.
func (m *Metrics) Gauge(name, help string, read func() float64) {
	m.registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: prefix + name, Help: help}, read))
}

// Mail counts a mail; direction is "in" or "out" and result one of a few words,
// such as "sent".
func (m *Metrics) Mail(direction, result string) { m.mail.WithLabelValues(direction, result).Inc() }

// RateLimited counts a request that passed the limit of the name.
func (m *Metrics) RateLimited(name string) { m.limited.WithLabelValues(name).Inc() }

func (m *Metrics) counters(name, help string, labels ...string) *prometheus.CounterVec {
	v := prometheus.NewCounterVec(prometheus.CounterOpts{Name: prefix + name, Help: help}, labels)
	m.registry.MustRegister(v)
	return v
}

func newHistogram(name, help string, buckets []float64) prometheus.HistogramOpts {
	return prometheus.HistogramOpts{Name: prefix + name, Help: help, Buckets: buckets}
}
