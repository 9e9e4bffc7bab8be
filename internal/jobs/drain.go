package jobs

import (
	"context"
	"errors"

	"github.com/deskmesh/deskmesh/internal/store"
)

// Drain runs, one after the other, every job that is due, those of schedules
// and those that these jobs enqueue included, and returns when nothing is. A
// job that fails or is put off is due again only when the clock has moved. It
// is for tests and one-off commands; a started runner refuses it.
func (r *Runner) Drain(ctx context.Context) error {
	if err := r.prepare(); err != nil {
		return err
	}
	for {
		r.fireSchedules(ctx)
		got, err := r.claimer.Claim(ctx, store.ClaimRequest{Most: aheadMost})
		if err != nil {
			return err
		}
		if len(got.Jobs) == 0 {
			return nil
		}
		if err := r.runAll(ctx, got.Jobs); err != nil {
			return err
		}
	}
}

// runAll runs and reports claimed jobs in turn. When ctx ends the rest is given
// back.
func (r *Runner) runAll(ctx context.Context, jobs []Job) error {
	for i := range jobs {
		if ctx.Err() != nil {
			var rest []store.JobResult
			for k := range jobs[i:] {
				rest = append(rest, store.JobResult{Job: &jobs[i+k], Outcome: store.JobGivenBack})
			}
			return errors.Join(ctx.Err(), r.claimer.Finish(context.WithoutCancel(ctx), rest))
		}
		result := r.judge(ctx, &jobs[i], r.run(ctx, &jobs[i]))
		if err := r.claimer.Finish(context.WithoutCancel(ctx), []store.JobResult{result}); err != nil {
			return err
		}
	}
	return nil
}
