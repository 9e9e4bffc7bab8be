package jobs

import (
	"context"
	"fmt"
	"time"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/store"
)

// schedule is work of the server itself that comes round.
type schedule struct {
	kind  string
	every time.Duration
	tried dm.Time // the slot that was last asked for
}

// Every runs a job of the kind once per interval, counted from 1970, however
// many runners there are, and at once where the database has never seen the
// current slot. A slot is passed over while the job of the one before is still
// there. The job has no account and no arguments. It panics where nobody
// handles the kind.
func (r *Runner) Every(kind string, interval time.Duration) {
	if r.handlers[kind] == nil || interval < time.Second {
		panic(fmt.Sprintf("jobs: %s every %v cannot be scheduled", kind, interval))
	}
	r.schedules = append(r.schedules, schedule{kind: kind, every: interval})
}

// fireSchedules enqueues what has come round and says when the next will.
func (r *Runner) fireSchedules(ctx context.Context) (next dm.Time) {
	for i := range r.schedules {
		s := &r.schedules[i]
		slot := store.SlotOf(r.DB.Now(), s.every)
		if slot > s.tried {
			err := r.DB.Write(ctx, store.Normal, func(tx *store.Tx) error {
				_, err := tx.EnqueueSlot(s.kind, s.every)
				return err
			})
			if err != nil {
				r.complain(ctx, "a scheduled job cannot be enqueued", err)
				continue // the next round, at most a second away, tries again
			}
			s.tried = slot
		}
		if at := slot.Add(s.every); next == 0 || at < next {
			next = at
		}
	}
	return next
}
