package metrics

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/deskmesh/deskmesh/internal/store"
)

// storeMetrics count what the database does.
type storeMetrics struct {
	read, write    prometheus.Observer
	errors         prometheus.Counter
	waited         [3]prometheus.Observer
	commit         prometheus.Histogram
	group          prometheus.Histogram
	commitFailures prometheus.Counter
}

// urgencies are the names of store's urgencies.
var urgencies = [3]string{"urgent", "normal", "bulk"}

// quick are bounds of times from 50 µs to 5 s.
var quick = []float64{0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.1, 0.5, 5}

func newStoreMetrics(r *prometheus.Registry) storeMetrics {
	statements := prometheus.NewHistogramVec(newHistogram("db_statement_seconds", "Statements and how long they took, inside a transaction that may write (write) or outside (read).", quick), []string{"in"})
	waits := prometheus.NewHistogramVec(newHistogram("db_writer_wait_seconds", "How long writes waited for the one writer of SQLite, by urgency.", quick), []string{"urgency"})
	m := storeMetrics{
		read: statements.WithLabelValues("read"), write: statements.WithLabelValues("write"),
		errors:         prometheus.NewCounter(prometheus.CounterOpts{Name: prefix + "db_statement_errors_total", Help: "Statements that failed, those broken off by a client that left included."}),
		commit:         prometheus.NewHistogram(newHistogram("db_transaction_seconds", "Transactions and how long they took from their beginning to the end of the commit.", quick)),
		group:          prometheus.NewHistogram(newHistogram("db_transaction_writes", "How many writes shared a transaction.", []float64{1, 2, 4, 8, 16, 32, 64})),
		commitFailures: prometheus.NewCounter(prometheus.CounterOpts{Name: prefix + "db_transaction_failures_total", Help: "Transactions that were not committed. On PostgreSQL those count that were refused by a rule, too."}),
	}
	for i, name := range urgencies {
		m.waited[i] = waits.WithLabelValues(name)
	}
	r.MustRegister(statements, waits, m.errors, m.commit, m.group, m.commitFailures)
	return m
}

// Statement implements store.Meter.
func (m *Metrics) Statement(write bool, took time.Duration, err error) {
	to := m.store.read
	if write {
		to = m.store.write
	}
	to.Observe(took.Seconds())
	if err != nil {
		m.store.errors.Inc()
	}
}

// Waited implements store.Meter.
func (m *Metrics) Waited(u store.Urgency, took time.Duration) {
	m.store.waited[u].Observe(took.Seconds())
}

// Committed implements store.Meter.
func (m *Metrics) Committed(writes int, took time.Duration, err error) {
	m.store.commit.Observe(took.Seconds())
	m.store.group.Observe(float64(writes))
	if err != nil {
		m.store.commitFailures.Inc()
	}
}

// Database shows the state of a database's connections, its writer's queue and
// its jobs; kinds are the kinds of jobs that count by name.
func (m *Metrics) Database(db *store.DB, kinds []string) {
	m.registry.MustRegister(&poolCollector{db}, newJobCollector(db, kinds))
}

// poolCollector reads the state of the connections when somebody asks.
type poolCollector struct{ db *store.DB }

var (
	poolDesc   = prometheus.NewDesc(prefix+"db_connections", "Connections to the database by state: most, open, in_use.", []string{"state"}, nil)
	poolWaits  = prometheus.NewDesc(prefix+"db_connection_waits_total", "How often somebody waited for a connection.", nil, nil)
	poolWaited = prometheus.NewDesc(prefix+"db_connection_wait_seconds_total", "How long people waited for a connection, in all.", nil, nil)
	queueDesc  = prometheus.NewDesc(prefix+"db_writer_queue", "Writes that wait for the one writer of SQLite, by urgency.", []string{"urgency"}, nil)
)

// Describe implements prometheus.Collector.
func (c *poolCollector) Describe(to chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{poolDesc, poolWaits, poolWaited, queueDesc} {
		to <- d
	}
}

// Collect implements prometheus.Collector.
func (c *poolCollector) Collect(to chan<- prometheus.Metric) {
	p := c.db.Pool()
	gauge := func(d *prometheus.Desc, v float64, labels ...string) {
		to <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v, labels...)
	}
	gauge(poolDesc, float64(p.Most), "most")
	gauge(poolDesc, float64(p.Open), "open")
	gauge(poolDesc, float64(p.InUse), "in_use")
	to <- prometheus.MustNewConstMetric(poolWaits, prometheus.CounterValue, float64(p.Waits))
	to <- prometheus.MustNewConstMetric(poolWaited, prometheus.CounterValue, p.Waited.Seconds())
	for i, n := range c.db.Queued() {
		gauge(queueDesc, float64(n), urgencies[i])
	}
}
