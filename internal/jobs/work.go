package jobs

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"github.com/deskmesh/deskmesh/internal/store"
)

// errLost is the cause of a handler's context when another runner may have its job.
var errLost = errors.New("the job's lease has ended")

// lose ends the work on a job that is no longer ours.
func (h *held) lose() {
	h.lost = true
	if h.cancel != nil {
		h.cancel(errLost)
	}
}

// work runs h and then what waits, until nothing does.
func (r *Runner) work(ctx context.Context, h *held) {
	for h != nil {
		jobCtx, cancel := context.WithCancelCause(ctx)
		r.mu.Lock()
		h.cancel = cancel
		r.mu.Unlock()
		began := r.DB.Now()
		err := r.run(jobCtx, &h.job)
		result := r.judge(jobCtx, &h.job, err)
		cancel(nil)
		took := r.DB.Now().Sub(began)
		if r.Ended != nil {
			r.Ended(h.job.Kind, result.Outcome, took)
		}
		h = r.ended(ctx, h, result, took)
	}
}

// run calls the handler; a panic becomes an error.
func (r *Runner) run(ctx context.Context, j *Job) (err error) {
	defer func() {
		if p := recover(); p != nil {
			r.Logger.Error("a job's handler panicked", "kind", j.Kind, "job", j.ID, "request", j.Request, "panic", p, "stack", string(debug.Stack()))
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	handler := r.handlers[j.Kind]
	if handler == nil {
		return fmt.Errorf("nobody handles %s", j.Kind)
	}
	return handler(store.WithRequest(ctx, j.Request), j)
}

// judge turns the handler's answer into a result and logs failures.
func (r *Runner) judge(ctx context.Context, j *Job, err error) store.JobResult {
	result := resultOf(j, err)
	if result.Outcome == store.JobFailed && errors.Is(context.Cause(ctx), errStopping) {
		result.Outcome, result.Text = store.JobGivenBack, ""
	}
	if result.Outcome == store.JobFailed || result.Outcome == store.JobGivenUp {
		r.Logger.Warn("a job failed", "kind", j.Kind, "job", j.ID, "request", j.Request, "account", j.Account, "attempt", j.Attempt, "of", j.MaxAttempts,
			"final", result.Outcome == store.JobGivenUp || j.Attempt >= j.MaxAttempts, "error", err)
	}
	return result
}

// ended notes a result, frees the worker and gives it the next job, if any.
func (r *Runner) ended(ctx context.Context, h *held, result store.JobResult, took time.Duration) *held {
	r.mu.Lock()
	defer r.mu.Unlock()
	s := &r.state
	s.pace += (min(took, time.Minute) - s.pace) / 16
	if h.lost {
		r.forget(h)
	} else {
		s.results = append(s.results, result)
		signal(r.flush)
	}
	s.workers--
	if s.running[h.job.Account]--; s.running[h.job.Account] == 0 {
		delete(s.running, h.job.Account)
	}
	var next *held
	if ctx.Err() == nil {
		next = r.pick()
	}
	if s.workers == 0 && s.idle != nil {
		close(s.idle)
		s.idle = nil
	}
	if len(s.pending) <= r.ahead()/2 {
		signal(r.room)
	}
	return next
}
