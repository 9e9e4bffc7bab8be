package metrics

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/store"
)

// jobMetrics count the jobs that this process has run.
type jobMetrics struct{ took *prometheus.HistogramVec }

func newJobMetrics(r *prometheus.Registry) jobMetrics {
	m := jobMetrics{took: prometheus.NewHistogramVec(newHistogram("job_seconds", "Jobs that a handler of this node has ended, by kind and result, and how long they took.",
		[]float64{0.001, 0.01, 0.1, 0.5, 1, 5, 30, 300}), []string{"kind", "result"})}
	r.MustRegister(m.took)
	return m
}

// results are the names of how a job can end.
var results = map[store.JobOutcome]string{
	store.JobDone: "done", store.JobFailed: "failed", store.JobSnoozed: "put_off", store.JobGivenBack: "given_back",
	store.JobCancelled: "cancelled", store.JobGivenUp: "given_up",
}

// Job counts a job of a registered kind; it fits jobs.Runner.Ended.
func (m *Metrics) Job(kind string, outcome store.JobOutcome, took time.Duration) {
	m.jobs.took.WithLabelValues(kind, results[outcome]).Observe(took.Seconds())
}

const (
	// countEvery is how old the counts of jobs may be: counting reads the table.
	countEvery = 10 * time.Second
	countTime  = 5 * time.Second
)

var (
	jobDesc    = prometheus.NewDesc(prefix+"jobs", "Jobs in the database, of all nodes, by kind and state (ready, waiting, running, dead, cancelled). At most ten seconds old.", []string{"kind", "state"}, nil)
	jobOldest  = prometheus.NewDesc(prefix+"jobs_oldest_due_seconds", "For how long the ready job that waits the longest has been due, by kind; 0 where none is due.", []string{"kind"}, nil)
	jobCounted = prometheus.NewDesc(prefix+"jobs_counted", "1 where the jobs could be counted, 0 where the database did not answer in time.", nil, nil)
)

// jobCollector counts the jobs in the database when somebody asks.
type jobCollector struct {
	db    *store.DB
	kinds []string

	mu     sync.Mutex
	at     dm.Time
	counts []store.JobCount
	ok     bool
}

func newJobCollector(db *store.DB, kinds []string) *jobCollector {
	return &jobCollector{db: db, kinds: kinds}
}

// Describe implements prometheus.Collector.
func (c *jobCollector) Describe(to chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{jobDesc, jobOldest, jobCounted} {
		to <- d
	}
}

// Collect implements prometheus.Collector.
func (c *jobCollector) Collect(to chan<- prometheus.Metric) {
	counts, ok := c.count()
	value := 0.0
	if ok {
		value = 1
	}
	to <- prometheus.MustNewConstMetric(jobCounted, prometheus.GaugeValue, value)
	type place struct{ kind, state string }
	sums, due := map[place]int64{}, map[string]float64{}
	now := int64(c.db.Now())
	for _, kind := range c.kinds {
		due[kind] = 0
		for _, state := range dm.JobStates {
			sums[place{kind, string(state)}] = 0
		}
	}
	for _, n := range counts {
		kind := n.Kind
		if !slices.Contains(c.kinds, kind) {
			kind = other
		}
		sums[place{kind, n.State}] += n.Count
		if n.State == string(dm.JobReady) {
			due[kind] = max(due[kind], float64(now-n.Oldest)/1e6)
		}
	}
	for p, n := range sums {
		to <- prometheus.MustNewConstMetric(jobDesc, prometheus.GaugeValue, float64(n), p.kind, p.state)
	}
	for kind, seconds := range due {
		to <- prometheus.MustNewConstMetric(jobOldest, prometheus.GaugeValue, max(0, seconds), kind)
	}
}

// count asks the database, unless it did so a moment ago.
func (c *jobCollector) count() ([]store.JobCount, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := c.db.Now()
	if c.at != 0 && now.Sub(c.at) < countEvery && now >= c.at {
		return c.counts, c.ok
	}
	ctx, cancel := context.WithTimeout(context.Background(), countTime)
	defer cancel()
	counts, err := c.db.JobCounts(ctx)
	c.at, c.counts, c.ok = now, counts, err == nil
	return c.counts, c.ok
}
