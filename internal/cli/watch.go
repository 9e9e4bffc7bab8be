package cli

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"fmt"
	"log/slog"
	"math"
	"net/http"
	"strings"
	"time"

	"github.com/deskmesh/deskmesh/internal/httpx"
	"github.com/deskmesh/deskmesh/internal/metrics"
	"github.com/deskmesh/deskmesh/internal/store"
)

// newMetrics makes the metrics where somebody reads them, and has the database
// tell them how it fares.
func (c *command) newMetrics(options *store.Options) *metrics.Metrics {
	if c.Serve.MetricsListen == "" {
		return nil
	}
	m := metrics.New(buildVersion())
	options.Meter = m
	return m
}

// startWatch makes ready what looks after the program, and serves it on its own
// address where that was asked for: before anything else, and until everything
// else has ended.
func (s *server) startWatch(ctx context.Context) (err error) {
	if s.health, err = newHealth(ctx, s.db); err != nil || s.metrics == nil {
		return err
	}
	listen, err := httpx.Listen(ctx, s.Serve.MetricsListen, s.Serve.NextFreePort)
	if err != nil {
		return err
	}
	s.metrics.Gauge("draining", "1 once the program was asked to end.", func() float64 {
		if s.health.stage.Load() == draining {
			return 1
		}
		return 0
	})
	mux := http.NewServeMux()
	s.health.register(mux)
	mux.Handle("GET /metrics", withToken(s.Serve.MetricsToken, s.metrics.Handler()))
	s.watch = httpx.NewServer(context.WithoutCancel(ctx), httpx.Chain(mux, httpx.Identify(nil), httpx.Recover(s.log)), s.log)
	go func() {
		if err := s.watch.Serve(listen); err != nil {
			s.failed <- fmt.Errorf("serving metrics: %w", err)
		}
	}()
	s.log.Info("showing metrics", "address", listen.Addr().String())
	return nil
}

// withToken lets through who knows the token; "" lets everybody through.
func withToken(token string, next http.Handler) http.Handler {
	if token == "" {
		return next
	}
	want := sha256.Sum256([]byte(token))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		scheme, given, _ := strings.Cut(r.Header.Get("Authorization"), " ")
		got := sha256.Sum256([]byte(given))
		if !strings.EqualFold(scheme, "Bearer") || subtle.ConstantTimeCompare(got[:], want[:]) != 1 {
			w.Header().Set("WWW-Authenticate", "Bearer")
			http.Error(w, "The metrics need the token of --metrics-token.", http.StatusUnauthorized)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// measureJobs has the jobs counted. It comes after the kinds are registered.
func (s *server) measureJobs() {
	if s.metrics == nil {
		return
	}
	s.runner.Ended = s.metrics.Job
	s.metrics.Database(s.db, s.runner.Kinds())
}

func (s *server) countMail(direction, result string) {
	if s.metrics != nil {
		s.metrics.Mail(direction, result)
	}
}

func (s *server) countLimited(name string) {
	if s.metrics != nil {
		s.metrics.RateLimited(name)
	}
}

// drain begins the end: /readyz says so, and requests are taken for a while
// longer where that was asked for.
func (s *server) drain() {
	s.log.Info("ending: finishing what has begun")
	s.health.stage.Store(draining)
	if s.Serve.DrainDelay > 0 {
		time.Sleep(s.Serve.DrainDelay)
	}
}

// accessLevel is the level of the line about a request; "off" is one that no
// log writes.
func accessLevel(word string) slog.Level {
	var level slog.Level
	if err := level.UnmarshalText([]byte(word)); err != nil {
		return math.MinInt
	}
	return level
}
