package jobs

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/store"
)

func (r *rig) same(what string, got, want any) {
	r.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		r.Fatalf("%s (-want +got):\n%s", what, diff)
	}
}

func TestRunnerRunsAtOnce(t *testing.T) {
	inBubble(t, func(r *rig) {
		type args struct{ Ticket int64 }
		log := newJournal()
		runner := r.runner(nil)
		Handle(runner, "work", func(_ context.Context, j *Job, a args) error {
			log.note(a.Ticket)
			return nil
		})
		r.start(runner)
		synctest.Wait()
		id := r.add(store.NewJob{Account: 3, Args: args{17}})
		log.await(1)
		r.same("what ran when", []any{log.ids, log.times()}, []any{[]int64{17}, []time.Duration{0}})
		synctest.Wait()
		r.wantState(3, id, "")
	})
}

func TestRunnerKeepsTime(t *testing.T) {
	inBubble(t, func(r *rig) {
		log := newJournal()
		runner := r.runner(nil)
		runner.Register("work", func(_ context.Context, j *Job) error { log.note(j.ID); return nil })
		r.start(runner)
		now := r.db.Now()
		var ids []int64
		for _, wait := range []time.Duration{3200, 700, 2500} {
			ids = append(ids, r.add(store.NewJob{RunAt: now.Add(wait * time.Millisecond)}))
		}
		log.await(3)
		r.same("order", log.ids, []int64{ids[1], ids[2], ids[0]})
		r.same("times", log.times(), []time.Duration{700 * time.Millisecond, 2500 * time.Millisecond, 3200 * time.Millisecond})
	})
}

func TestRunnerFindsJobsOfOtherNodes(t *testing.T) {
	inBubble(t, func(r *rig) {
		log := newJournal()
		runner := r.runner(r.open())
		runner.Register("work", func(_ context.Context, j *Job) error { log.note(j.ID); return nil })
		r.start(runner)
		synctest.Wait()
		r.add(store.NewJob{})
		log.await(1)
		if at := log.times()[0]; at > pollEvery {
			r.Errorf("found after %v", at)
		}
	})
}

func TestRunnerRetries(t *testing.T) {
	inBubble(t, func(r *rig) {
		log := newJournal()
		runner := r.runner(nil)
		runner.Register("work", func(_ context.Context, j *Job) error {
			log.note(j.ID)
			if j.Attempt == 2 {
				panic("out of paper")
			}
			return fmt.Errorf("attempt %d", j.Attempt)
		})
		r.start(runner)
		id := r.add(store.NewJob{Account: 1, MaxAttempts: 5})
		log.await(5)
		synctest.Wait()
		j := r.wantState(1, id, dm.JobDead)
		r.same("the end", []any{j.Attempts, j.LastError}, []any{5, "attempt 5"})
		at := log.times()
		for i := 1; i < len(at); i++ {
			longest := time.Second << (i - 1)
			if pause := at[i] - at[i-1]; pause <= longest/2 || pause > longest+time.Millisecond {
				r.Errorf("pause %d was %v", i, pause)
			}
		}
		if err := r.db.Write(r.Context(), store.Urgent, func(tx *store.Tx) error { return tx.RetryJob(1, id) }); err != nil {
			r.Fatal(err)
		}
		log.await(1)
	})
}

func TestRunnerOutcomes(t *testing.T) {
	inBubble(t, func(r *rig) {
		log := newJournal()
		runner := r.runner(nil)
		runner.Register("snooze", func(_ context.Context, j *Job) error {
			log.note(j.ID)
			if time.Since(log.start) < time.Hour {
				return fmt.Errorf("not yet: %w", Snooze(25*time.Minute))
			}
			return nil
		})
		runner.Register("cancel", func(context.Context, *Job) error { return Cancel("the ticket is gone") })
		runner.Register("permanent", func(context.Context, *Job) error { return Permanent(errors.New("no such address")) })
		runner.Register("panic", func(context.Context, *Job) error { panic("out of paper") })
		Handle(runner, "typed", func(context.Context, *Job, struct{ Ticket int64 }) error { return nil })
		ids := map[string]int64{}
		for _, kind := range []string{"snooze", "cancel", "permanent", "panic", "typed"} {
			ids[kind] = r.add(store.NewJob{Account: 1, Kind: kind, MaxAttempts: 1, Args: "no number"})
		}
		r.start(runner)
		log.await(4)
		synctest.Wait()
		for i, at := range log.times() {
			if want := time.Duration(i) * 25 * time.Minute; at < want || at > want+time.Millisecond {
				r.Errorf("snoozed job ran at %v, want %v", at, want)
			}
		}
		r.wantState(1, ids["snooze"], "")
		r.same("cancelled", r.wantState(1, ids["cancel"], dm.JobCancelled).LastError, "the ticket is gone")
		r.same("permanent", r.wantState(1, ids["permanent"], dm.JobDead).LastError, "no such address")
		r.same("panic", r.wantState(1, ids["panic"], dm.JobDead).LastError, "panic: out of paper")
		if text := r.wantState(1, ids["typed"], dm.JobDead).LastError; !strings.HasPrefix(text, "read the arguments") {
			r.Errorf("typed: %q", text)
		}
	})
}

func TestRunnerRenewsLeases(t *testing.T) {
	inBubble(t, func(r *rig) {
		log := newJournal()
		for range 2 {
			runner := r.runner(r.open())
			runner.Register("work", func(ctx context.Context, j *Job) error {
				log.note(j.ID)
				select {
				case <-ctx.Done():
					return context.Cause(ctx)
				case <-time.After(10 * time.Minute):
					log.note(-j.ID)
					return nil
				}
			})
			r.start(runner)
		}
		id := r.add(store.NewJob{})
		log.await(2)
		time.Sleep(2 * time.Minute)
		r.same("ran", log.ids, []int64{id, -id})
		r.wantState(0, id, "")
	})
}

// TestRunnerCrash takes a runner down between claim and finish.
func TestRunnerCrash(t *testing.T) {
	inBubble(t, func(r *rig) {
		log := newJournal()
		first, second := r.runner(r.open()), r.runner(r.open())
		first.Register("work", func(ctx context.Context, j *Job) error {
			log.note(j.ID)
			<-ctx.Done()
			return nil // too late: nobody may hear of it
		})
		second.Register("work", func(_ context.Context, j *Job) error {
			log.note(j.ID + int64(100*j.Attempt))
			return nil
		})
		crash := r.start(first)
		id := r.add(store.NewJob{})
		log.await(1)
		crash()
		r.start(second)
		log.await(1)
		r.same("ran", log.ids, []int64{id, id + 200})
		if at := log.times()[1]; at < 60*time.Second || at > 62*time.Second {
			r.Errorf("it came back after %v", at)
		}
		synctest.Wait()
		r.wantState(0, id, "")
	})
}

// TestRunnerLosesLease cuts a runner off from its database.
func TestRunnerLosesLease(t *testing.T) {
	inBubble(t, func(r *rig) {
		log := newJournal()
		db := r.open()
		cutOff, other := r.runner(db), r.runner(r.open())
		causes := make(chan error, 1)
		cutOff.Register("work", func(ctx context.Context, j *Job) error {
			log.note(j.ID)
			<-ctx.Done()
			causes <- context.Cause(ctx)
			return nil
		})
		other.Register("work", func(_ context.Context, j *Job) error { log.note(-j.ID); return nil })
		crash := r.start(cutOff)
		id := r.add(store.NewJob{})
		log.await(1)
		r.start(other)
		db.Close()
		log.await(1)
		if cause := <-causes; !errors.Is(cause, errLost) {
			r.Errorf("the handler was ended by %v", cause)
		}
		r.same("ran", log.ids, []int64{id, -id})
		crash()
	})
}

func TestRunnerLines(t *testing.T) {
	inBubble(t, func(r *rig) {
		const lines, each = 5, 12
		var mu sync.Mutex
		running, order := map[string]int{}, map[string][]int64{}
		log := newJournal()
		for range 4 {
			runner := r.runner(r.open())
			Handle(runner, "work", func(_ context.Context, j *Job, place int64) error {
				mu.Lock()
				if running[j.OrderingKey]++; running[j.OrderingKey] > 1 {
					r.Error("two jobs of a line at once")
				}
				mu.Unlock()
				time.Sleep(time.Duration(place%3) * time.Millisecond)
				mu.Lock()
				defer mu.Unlock()
				running[j.OrderingKey]--
				if place == 5 && j.Attempt < 3 {
					return errors.New("the others have to wait")
				}
				order[j.OrderingKey] = append(order[j.OrderingKey], place)
				log.note(j.ID)
				return nil
			})
			r.start(runner)
		}
		for place := range int64(each) {
			for line := range lines {
				r.add(store.NewJob{Account: 1, OrderingKey: fmt.Sprint(line), Args: place})
			}
		}
		log.await(lines * each)
		for line, got := range order {
			if len(got) != each || !slices.IsSorted(got) {
				r.Errorf("line %s ran %v", line, got)
			}
		}
	})
}

// TestRunnerGivesBackWhatWaits has a runner that claimed more than it can
// begin, because its first handlers turn out to be slow.
func TestRunnerGivesBackWhatWaits(t *testing.T) {
	inBubble(t, func(r *rig) {
		log := newJournal()
		var runners []*Runner
		for node := range int64(2) {
			runner := r.runner(r.open())
			runner.Workers = 4
			runner.Register("work", func(context.Context, *Job) error {
				log.note(node)
				time.Sleep(10 * time.Minute)
				return nil
			})
			runners = append(runners, runner)
		}
		for range 10 {
			r.add(store.NewJob{Account: 1})
		}
		r.start(runners[0])
		log.await(3) // three quarters of four; six more are claimed
		r.start(runners[1])
		log.await(3)
		r.same("which node", log.ids, []int64{0, 0, 0, 1, 1, 1})
		at := log.times()
		r.same("the tenth job at once", at[3], time.Duration(0))
		if at[4] < 20*time.Second || at[5] > 41*time.Second {
			r.Errorf("the others came back after %v", at[4:])
		}
	})
}

func TestRunnerIsFair(t *testing.T) {
	inBubble(t, func(r *rig) {
		log := newJournal()
		runner := r.runner(nil)
		runner.Register("work", func(ctx context.Context, j *Job) error {
			log.note(j.Account)
			if j.Account == 1 {
				select {
				case <-ctx.Done():
				case <-time.After(time.Hour):
				}
			}
			return nil
		})
		for range 50 {
			r.add(store.NewJob{Account: 1})
		}
		r.start(runner)
		log.await(6) // three quarters of eight
		synctest.Wait()
		r.add(store.NewJob{Account: 2})
		log.await(1)
		r.same("accounts", log.ids, []int64{1, 1, 1, 1, 1, 1, 2})
		r.same("when", log.times()[6], time.Duration(0))
	})
}

func TestRunnerSchedules(t *testing.T) {
	inBubble(t, func(r *rig) {
		time.Sleep(time.Until(time.Now().Truncate(time.Hour).Add(time.Hour + 10*time.Second)))
		log := newJournal()
		for range 3 {
			runner := r.runner(r.open())
			runner.Register("sweep", func(_ context.Context, j *Job) error { log.note(j.ID); return nil })
			runner.Every("sweep", time.Minute)
			r.start(runner)
		}
		time.Sleep(10 * time.Minute)
		at := log.times()
		if len(at) != 11 {
			r.Fatalf("ran %d times: %v", len(at), at)
		}
		for i := 1; i < len(at); i++ {
			if want := time.Duration(i)*time.Minute - 10*time.Second; at[i] < want || at[i] > want+50*time.Millisecond {
				r.Errorf("slot %d began at %v, want %v", i, at[i], want)
			}
		}
	})
}

func TestRunnerStopDrains(t *testing.T) {
	inBubble(t, func(r *rig) {
		log := newJournal()
		runner := r.runner(nil)
		runner.Workers = 2
		runner.Register("work", func(_ context.Context, j *Job) error {
			log.note(j.ID)
			time.Sleep(5 * time.Second)
			return nil
		})
		for range 30 {
			r.add(store.NewJob{Account: 1})
		}
		r.start(runner)
		log.await(2)
		synctest.Wait()
		if err := runner.Stop(r.Context()); err != nil {
			r.Fatal(err)
		}
		r.same("how long it took", time.Since(log.start).Truncate(time.Second), 5*time.Second)
		r.same("ran", len(log.ids), 2)
		r.same("left", r.left(1), 28)
		err := r.db.Read(r.Context(), func(tx *store.Tx) error {
			list, err := tx.JobList(1, nil, 0, 100)
			for _, j := range list {
				if j.State != dm.JobReady || j.Attempts != 0 {
					r.Errorf("%+v", j)
				}
			}
			return err
		})
		if err != nil {
			r.Fatal(err)
		}
		r.add(store.NewJob{Account: 1})
		time.Sleep(5 * time.Second)
		r.same("ran after stop", len(log.ids), 2)
		if err := runner.Stop(r.Context()); err != nil {
			r.Error(err)
		}
		if runner.Start(r.Context()) == nil || runner.Drain(r.Context()) == nil {
			r.Error("a stopped runner started again")
		}
	})
}

func TestRunnerStopRunsOutOfTime(t *testing.T) {
	inBubble(t, func(r *rig) {
		log := newJournal()
		release := make(chan struct{})
		runner := r.runner(nil)
		runner.Register("obeys", func(ctx context.Context, j *Job) error {
			log.note(j.ID)
			<-ctx.Done()
			return ctx.Err()
		})
		runner.Register("finishes", func(ctx context.Context, j *Job) error {
			log.note(j.ID)
			<-ctx.Done()
			return nil
		})
		runner.Register("stuck", func(ctx context.Context, j *Job) error {
			log.note(j.ID)
			<-release
			return nil
		})
		obeys, finishes, stuck := r.add(store.NewJob{Kind: "obeys"}), r.add(store.NewJob{Kind: "finishes"}), r.add(store.NewJob{Kind: "stuck"})
		r.start(runner)
		log.await(3)
		ctx, cancel := context.WithTimeout(r.Context(), 10*time.Second)
		defer cancel()
		if err := runner.Stop(ctx); !errors.Is(err, context.DeadlineExceeded) {
			r.Errorf("stop gave %v", err)
		}
		close(release)
		r.same("attempts", r.wantState(0, obeys, dm.JobReady).Attempts, 0)
		r.wantState(0, finishes, "")
		r.wantState(0, stuck, dm.JobRunning)
	})
}

func TestDrain(t *testing.T) {
	inBubble(t, func(r *rig) {
		var ran []string
		runner := r.runner(nil)
		runner.Register("first", func(ctx context.Context, j *Job) error {
			ran = append(ran, "first")
			return r.db.Write(ctx, store.Normal, func(tx *store.Tx) error {
				_, _, err := tx.Enqueue(store.NewJob{Kind: "second"})
				return err
			})
		})
		runner.Register("second", func(context.Context, *Job) error { ran = append(ran, "second"); return nil })
		runner.Register("fails", func(context.Context, *Job) error { ran = append(ran, "fails"); return errors.New("no") })
		runner.Register("hourly", func(context.Context, *Job) error { ran = append(ran, "hourly"); return nil })
		runner.Every("hourly", time.Hour)
		r.add(store.NewJob{Kind: "first"})
		r.add(store.NewJob{Kind: "fails"})
		r.add(store.NewJob{Kind: "second", RunAt: r.db.Now().Add(time.Minute)})
		drain := func() []string {
			r.Helper()
			ran = nil
			if err := runner.Drain(r.Context()); err != nil {
				r.Fatal(err)
			}
			slices.Sort(ran)
			return ran
		}
		r.same("at first", drain(), []string{"fails", "first", "hourly", "second"})
		r.same("at once again", drain(), []string(nil))
		time.Sleep(time.Minute)
		r.same("a minute later", drain(), []string{"fails", "second"})

		ctx, cancel := context.WithCancel(r.Context())
		runner.Register("stops", func(context.Context, *Job) error { cancel(); return nil })
		r.add(store.NewJob{Kind: "stops", Urgency: store.Urgent})
		id := r.add(store.NewJob{Kind: "second", Urgency: store.Bulk})
		if err := runner.Drain(ctx); !errors.Is(err, context.Canceled) {
			r.Errorf("drain gave %v", err)
		}
		r.same("given back", r.wantState(0, id, dm.JobReady).Attempts, 0)
	})
}

// TestRunnersCrashALot has 10,000 jobs worked off by runners that crash all the
// time: each job is handled, and none is left.
func TestRunnersCrashALot(t *testing.T) {
	total := int64(10000)
	if testing.Short() {
		total = 1500
	}
	inBubble(t, func(r *rig) {
		handled := make([]atomic.Int32, total)
		var left, twice atomic.Int64
		left.Store(total)
		done := make(chan struct{})
		for begin := int64(0); begin < total; begin += 500 {
			err := r.db.Write(r.Context(), store.Bulk, func(tx *store.Tx) error {
				for i := begin; i < begin+500; i++ {
					j := store.NewJob{Account: i % 7, Kind: "work", Args: i, MaxAttempts: 1000}
					if i%10 == 0 {
						j.OrderingKey = fmt.Sprint("line ", i%30)
					}
					if _, _, err := tx.Enqueue(j); err != nil {
						return err
					}
				}
				return nil
			})
			if err != nil {
				r.Fatal(err)
			}
		}
		var wg sync.WaitGroup
		for node := range 3 {
			db := r.open()
			wg.Go(func() {
				for life := 0; ; life++ {
					ctx, crash := context.WithCancel(context.Background())
					runner := r.runner(db)
					runner.Lease = 3 * time.Second
					budget := int64(50 + (life*7919+node*104729)%400) // jobs until it crashes
					var count atomic.Int64
					Handle(runner, "work", func(_ context.Context, _ *Job, i int64) error {
						if handled[i].Add(1) == 1 {
							if left.Add(-1) == 0 {
								close(done)
							}
						} else {
							twice.Add(1)
						}
						if count.Add(1) == budget {
							crash()
						}
						if (i+int64(life))%50 == 0 {
							return errors.New("try again")
						}
						return nil
					})
					if err := runner.Start(ctx); err != nil {
						r.Error(err)
					}
					select {
					case <-ctx.Done():
					case <-done:
						crash()
					}
					_ = runner.Stop(ctx)
					select {
					case <-done:
						return
					default:
					}
				}
			})
		}
		wg.Wait()
		r.Logf("%d of %d jobs ran more than once", twice.Load(), total)
		last := r.runner(nil)
		last.Register("work", func(context.Context, *Job) error { return nil })
		r.start(last)
		for range 600 {
			time.Sleep(time.Minute)
			n := 0
			for account := range int64(7) {
				n += r.left(account)
			}
			if n == 0 {
				return
			}
		}
		r.Error("some jobs are still there after ten hours")
	})
}
