package jobs

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/deskmesh/deskmesh/internal/store"
)

// TestRunnerTellsOfEnds: whoever measures hears of every job once, with how it
// ended and how long it took.
func TestRunnerTellsOfEnds(t *testing.T) {
	inBubble(t, func(r *rig) {
		type end struct {
			Kind    string
			Outcome store.JobOutcome
			Took    time.Duration
		}
		ends := make(chan end, 10)
		runner := r.runner(nil)
		runner.Ended = func(kind string, outcome store.JobOutcome, took time.Duration) { ends <- end{kind, outcome, took} }
		runner.Register("good", func(context.Context, *Job) error { time.Sleep(time.Second); return nil })
		runner.Register("bad", func(context.Context, *Job) error { return Permanent(errors.New("no")) })
		r.same("kinds", runner.Kinds(), []string{"bad", "good"})
		if runner.Running() {
			r.Error("it runs before it was started")
		}
		r.start(runner)
		if !runner.Running() {
			r.Error("it was started and does not run")
		}
		r.add(store.NewJob{Kind: "good"})
		r.same("the first end", <-ends, end{"good", store.JobDone, time.Second})
		r.add(store.NewJob{Kind: "bad"})
		r.same("the second end", <-ends, end{"bad", store.JobGivenUp, 0})
		if err := runner.Stop(r.Context()); err != nil || runner.Running() {
			r.Errorf("it was stopped and runs, %v", err)
		}
	})
}

// TestRequestGoesAlong: a job keeps the id of the request it comes from, hands it
// on to the jobs that it enqueues, and is logged with it.
func TestRequestGoesAlong(t *testing.T) {
	inBubble(t, func(r *rig) {
		var log bytes.Buffer
		runner := r.runner(nil)
		runner.Logger = slog.New(slog.NewTextHandler(&log, nil))
		enqueue := func(ctx context.Context, kind string) error {
			return r.db.Write(ctx, store.Normal, func(tx *store.Tx) error {
				_, _, err := tx.Enqueue(store.NewJob{Kind: kind})
				return err
			})
		}
		runner.Register("first", func(ctx context.Context, _ *Job) error { return enqueue(ctx, "second") })
		heard := make(chan string, 1)
		runner.Register("second", func(_ context.Context, j *Job) error {
			heard <- j.Request
			return Permanent(errors.New("no"))
		})
		r.start(runner)
		ask := func(id string) string {
			if err := enqueue(store.WithRequest(r.Context(), id), "first"); err != nil {
				r.Fatal(err)
			}
			got := <-heard
			synctest.Wait()
			return got
		}
		r.same("the request", ask("ABC-1"), "ABC-1")
		if !strings.Contains(log.String(), "kind=second") || !strings.Contains(log.String(), "request=ABC-1") {
			r.Errorf("the log says %s", log.String())
		}
		r.same("no request", ask(""), "")
		r.same("an id that is too long", ask(strings.Repeat("x", 65)), "")
	})
}
