package jobs

import (
	"context"
	"slices"
	"time"

	"github.com/deskmesh/deskmesh/internal/store"
)

const (
	// reportMost bounds the results of one transaction.
	reportMost = 500
	// reportPause is the wait after a report that failed.
	reportPause = 200 * time.Millisecond
	// lastReports is how long a stopping runner tries to report.
	lastReports = 10 * time.Second
)

// keep reports results and renews leases until no more results come, or ctx
// ends. Both are done by one goroutine, so that they do not wait for each
// other's rows.
func (r *Runner) keep(ctx context.Context) {
	tick := time.NewTicker(r.Lease / 3)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-r.closing:
			last, cancel := context.WithTimeout(ctx, lastReports)
			defer cancel()
			for r.reportSome(last) {
			}
			return
		case <-tick.C:
			r.renew(ctx)
		case <-r.flush:
			if r.reportSome(ctx) {
				signal(r.flush)
			}
		}
	}
}

// reportSome stores results and says whether there is reason to call it again.
func (r *Runner) reportSome(ctx context.Context) (more bool) {
	r.mu.Lock()
	batch := slices.Clone(r.state.results[:min(len(r.state.results), reportMost)])
	r.mu.Unlock()
	if len(batch) == 0 || ctx.Err() != nil {
		return false
	}
	if err := r.claimer.Finish(ctx, batch); err != nil {
		r.complain(ctx, "the end of jobs cannot be stored", err)
		wait := time.NewTimer(reportPause)
		defer wait.Stop()
		select {
		case <-wait.C:
		case <-ctx.Done():
		}
		return true
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.state.results = slices.Delete(r.state.results, 0, len(batch))
	for _, result := range batch {
		if h := r.state.held[result.Job.ID]; h != nil && &h.job == result.Job {
			delete(r.state.held, result.Job.ID)
		}
	}
	if len(r.state.pending) <= r.ahead()/2 {
		signal(r.room)
	}
	return len(r.state.results) > 0
}

// renew prolongs the leases of what runs. What has waited for a worker since
// before the last renewal goes back, as somebody else may have one, and so that
// it does not return at once the handlers count as slow.
func (r *Runner) renew(ctx context.Context) {
	given := r.giveBackPending(func(h *held) bool { return h.renewed })
	r.mu.Lock()
	if given > 0 {
		r.state.pace = max(r.state.pace, r.Lease/3)
	}
	ids := make([]int64, 0, len(r.state.held))
	for id, h := range r.state.held {
		if !h.lost {
			h.renewed = true
			ids = append(ids, id)
		}
	}
	r.mu.Unlock()
	slices.Sort(ids)
	until, lost, err := r.claimer.Renew(ctx, ids)
	if err != nil {
		r.complain(ctx, "the leases of jobs cannot be renewed", err)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	now := r.DB.Now()
	for _, id := range ids {
		h := r.state.held[id]
		switch {
		case h == nil: // reported since
		case err == nil && !slices.Contains(lost, id):
			h.until = max(h.until, until)
		case err == nil || h.until <= now:
			h.lose()
		}
	}
}

// giveBackPending lets others have jobs that wait for a worker, and gives their
// number.
func (r *Runner) giveBackPending(which func(*held) bool) (given int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.state.pending = slices.DeleteFunc(r.state.pending, func(h *held) bool {
		if !which(h) {
			return false
		}
		r.state.results = append(r.state.results, store.JobResult{Job: &h.job, Outcome: store.JobGivenBack})
		given++
		return true
	})
	signal(r.flush)
	return given
}
