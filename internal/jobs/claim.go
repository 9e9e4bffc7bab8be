package jobs

import (
	"context"
	"errors"
	"time"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/store"
)

const (
	// pollEvery is how often a runner looks for jobs that nobody told it of: those
	// of other nodes, and those whose lease has ended.
	pollEvery = time.Second
	// aheadMost is how many jobs are claimed beyond those that can run at once,
	// and aheadTime how long they may wait for a worker: few where handlers are
	// slow, so that other nodes get them.
	aheadMost = 100
	aheadTime = 100 * time.Millisecond
	// firstPace is the guess at how long a handler takes before any has run.
	firstPace = 50 * time.Millisecond
)

// claimAll claims until claiming ends. The end of claim breaks off the claim
// under way; handlers run under ctx.
func (r *Runner) claimAll(claiming, claim, ctx context.Context) {
	timer := time.NewTimer(0)
	defer timer.Stop()
	told := true // of new jobs, or it is time to look for some
	for claiming.Err() == nil {
		nextSlot := r.fireSchedules(claiming)
		req, ok := r.request(told)
		var got store.Claimed
		more := !ok
		if ok {
			var err error
			if got, err = r.claimer.Claim(claim, req); err != nil {
				r.complain(claim, "the jobs cannot be claimed", err)
			}
			r.take(ctx, got.Jobs)
			if more = got.More; more && len(got.Jobs) > 0 {
				told = false
				continue
			}
		}
		timer.Reset(r.pause(got.Next, nextSlot))
		room := r.room
		if !more {
			room = nil // nothing is due, so a free worker changes nothing
		}
		select {
		case <-claiming.Done():
		case <-r.poke:
			told = true
		case <-timer.C:
			told = true
		case <-room:
			told = false
		}
	}
}

// pause is how long to wait where nobody gives a sign.
func (r *Runner) pause(moments ...dm.Time) time.Duration {
	wait, now := pollEvery, r.DB.Now()
	for _, at := range moments {
		if at != 0 {
			wait = min(wait, max(at.Sub(now), 0))
		}
	}
	return wait
}

// complain logs an error that does not come from stopping.
func (r *Runner) complain(ctx context.Context, what string, err error) {
	if ctx.Err() == nil && !errors.Is(err, context.Canceled) {
		r.Logger.Error(what, "error", err)
	}
}

// request says how much there is room for. ok is false where a claim can wait
// until there is room for many; if told is set, a free worker is enough, for
// what waits may be of accounts that use all they may.
func (r *Runner) request(told bool) (req store.ClaimRequest, ok bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	ahead := r.ahead()
	capacity := r.Workers + ahead
	req = store.ClaimRequest{Most: capacity - r.state.workers - len(r.state.pending), PerAccount: share(capacity), Held: map[int64]int{}}
	for account, n := range r.state.running {
		req.Held[account] = n
	}
	for _, h := range r.state.pending {
		req.Held[h.job.Account]++
	}
	enough := len(r.state.pending) > ahead/2 && (!told || r.state.workers == r.Workers)
	return req, req.Most > 0 && !enough
}

// ahead is how many claimed jobs may wait for a worker.
func (r *Runner) ahead() int {
	return min(aheadMost, int(aheadTime*time.Duration(r.Workers)/max(r.state.pace, time.Microsecond)))
}

// share is what one account may use of n places: the rest is kept free, so that
// the job of another need not wait for a slow one.
func share(n int) int { return max(1, n-n/4) }

// take puts claimed jobs in line for the workers.
func (r *Runner) take(ctx context.Context, jobs []Job) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, j := range jobs {
		h := &held{job: j, until: j.LeaseUntil}
		if old := r.state.held[j.ID]; old != nil {
			old.lose() // its lease ended unnoticed
		}
		r.state.held[j.ID] = h
		r.state.pending = append(r.state.pending, h)
	}
	r.dispatch(ctx)
}

// dispatch starts workers for pending jobs. The caller holds mu.
func (r *Runner) dispatch(ctx context.Context) {
	for {
		h := r.pick()
		if h == nil {
			return
		}
		go r.work(ctx, h)
	}
}

// pick takes the first pending job that may run now, and counts it as running;
// nil for none. The caller holds mu.
func (r *Runner) pick() *held {
	if r.state.workers >= r.Workers || r.state.stopping {
		return nil
	}
	for i := 0; i < len(r.state.pending); i++ {
		h := r.state.pending[i]
		if r.state.running[h.job.Account] >= share(r.Workers) {
			continue
		}
		r.state.pending = append(r.state.pending[:i], r.state.pending[i+1:]...)
		if h.until <= r.DB.Now() {
			h.lose() // the process slept; another runner has it by now
		}
		if h.lost {
			r.forget(h)
			i--
			continue
		}
		r.state.workers++
		r.state.running[h.job.Account]++
		return h
	}
	return nil
}

// forget drops a job that is no longer ours. The caller holds mu.
func (r *Runner) forget(h *held) {
	if r.state.held[h.job.ID] == h {
		delete(r.state.held, h.job.ID)
	}
}
