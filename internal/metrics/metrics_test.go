package metrics_test

import (
	"context"
	"errors"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/deskmesh/deskmesh/internal/httpx"
	"github.com/deskmesh/deskmesh/internal/metrics"
	"github.com/deskmesh/deskmesh/internal/store"
	"github.com/deskmesh/deskmesh/internal/store/pgtest"
)

func text(t *testing.T, m *metrics.Metrics) string {
	t.Helper()
	rec := httptest.NewRecorder()
	m.Handler().ServeHTTP(rec, httptest.NewRequest("GET", "/metrics", nil))
	if rec.Code != 200 {
		t.Fatalf("%d %s", rec.Code, rec.Body)
	}
	return rec.Body.String()
}

func want(t *testing.T, m *metrics.Metrics, lines ...string) {
	t.Helper()
	got := text(t, m)
	for _, line := range lines {
		if !strings.Contains(got, "\n"+line) {
			t.Errorf("there is no line %s", line)
		}
	}
}

func TestRequests(t *testing.T) {
	t.Parallel()
	m := metrics.New("v1.2.3")
	for _, e := range []httpx.Exchange{
		{Method: "GET", Route: "GET /tickets/{number}", Status: 200, Took: 3 * time.Millisecond},
		{Method: "GET", Route: "GET /tickets/{number}", Status: 204, Took: time.Millisecond},
		{Method: "GET", Route: "GET /tickets/{number}", Status: 404},
		{Method: "BREW", Route: "/", Status: 405},
		{Method: "POST", Route: "", Status: 0},
	} {
		m.Began()
		m.Ended(e)
	}
	m.Began()
	m.RateLimited("caller")
	m.Mail("in", "taken")
	m.Gauge("live_streams", "Open streams.", func() float64 { return 7 })
	want(t, m, `deskmesh_build_info{version="v1.2.3"} 1`,
		`deskmesh_http_request_seconds_count{method="GET",route="/tickets/{number}",status="2xx"} 2`,
		`deskmesh_http_request_seconds_sum{method="GET",route="/tickets/{number}",status="2xx"} 0.004`,
		`deskmesh_http_request_seconds_count{method="GET",route="/tickets/{number}",status="4xx"} 1`,
		`deskmesh_http_request_seconds_count{method="other",route="/",status="4xx"} 1`,
		`deskmesh_http_request_seconds_count{method="POST",route="",status="none"} 1`,
		`deskmesh_http_requests_in_flight 1`,
		`deskmesh_rate_limited_total{limit="caller"} 1`, `deskmesh_rate_limited_total{limit="address"} 0`,
		`deskmesh_mails_total{direction="in",result="taken"} 1`, `deskmesh_live_streams 7`, `go_goroutines `)
}

func TestDatabase(t *testing.T) {
	t.Parallel()
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			m := metrics.New("test")
			now := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
			dsn := "sqlite:" + filepath.Join(t.TempDir(), "desk.db")
			if engine == "postgres" {
				dsn = pgtest.Empty(t)
			}
			db, err := store.Open(t.Context(), dsn, store.Options{Relaxed: true, Meter: m, Now: func() time.Time { return now }})
			if err != nil {
				t.Fatal(err)
			}
			defer db.Close()
			if err := db.Migrate(t.Context()); err != nil {
				t.Fatal(err)
			}
			m.Database(db, []string{"mail.in", "sweep.old"})
			enqueue(t, db, store.NewJob{Kind: "mail.in"}, store.NewJob{Kind: "mail.in"}, store.NewJob{Kind: "of.a.newer.version", Args: "secret"})
			refused := errors.New("refused")
			if err := db.Write(t.Context(), store.Normal, func(*store.Tx) error { return refused }); !errors.Is(err, refused) {
				t.Fatal(err)
			}
			m.Job("mail.in", store.JobDone, 20*time.Millisecond)
			m.Job("mail.in", store.JobGivenUp, time.Second)
			now = now.Add(90 * time.Second)
			want(t, m, `deskmesh_jobs{kind="mail.in",state="ready"} 2`, `deskmesh_jobs{kind="sweep.old",state="ready"} 0`, `deskmesh_jobs{kind="other",state="ready"} 1`,
				`deskmesh_jobs_oldest_due_seconds{kind="mail.in"} 90`, `deskmesh_jobs_oldest_due_seconds{kind="sweep.old"} 0`, `deskmesh_jobs_counted 1`,
				`deskmesh_job_seconds_count{kind="mail.in",result="done"} 1`, `deskmesh_job_seconds_count{kind="mail.in",result="given_up"} 1`,
				`deskmesh_db_connections{state="most"} `, `deskmesh_db_writer_queue{urgency="bulk"} 0`,
				`deskmesh_db_statement_seconds_count{in="write"} `, `deskmesh_db_transaction_seconds_count 4`)
			if got := text(t, m); strings.Contains(got, "newer") || strings.Contains(got, "secret") {
				t.Error("the metrics name what they do not know")
			}
			if engine == "sqlite" {
				want(t, m, `deskmesh_db_writer_wait_seconds_count{urgency="urgent"} 3`, `deskmesh_db_writer_wait_seconds_count{urgency="normal"} 1`)
			}

			enqueue(t, db, store.NewJob{Kind: "mail.in"})
			want(t, m, `deskmesh_jobs{kind="mail.in",state="ready"} 2`) // counted a moment ago
			now = now.Add(11 * time.Second)
			want(t, m, `deskmesh_jobs{kind="mail.in",state="ready"} 3`)
		})
	}
}

func enqueue(t *testing.T, db *store.DB, list ...store.NewJob) {
	t.Helper()
	for _, j := range list {
		err := db.Write(context.WithoutCancel(t.Context()), store.Urgent, func(tx *store.Tx) error {
			_, _, err := tx.Enqueue(j)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// TestDatabaseAway: metrics come without the database, too.
func TestDatabaseAway(t *testing.T) {
	t.Parallel()
	m := metrics.New("test")
	db, err := store.Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "desk.db"), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	m.Database(db, []string{"mail.in"})
	db.Close()
	want(t, m, `deskmesh_jobs_counted 0`, `deskmesh_jobs{kind="mail.in",state="ready"} 0`)
}
