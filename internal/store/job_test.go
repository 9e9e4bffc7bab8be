package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/store/pgtest"
)

// jobDesk is a database whose time stands still until the test moves it.
type jobDesk struct {
	*testing.T
	db  *DB
	now atomic.Int64 // Unix microseconds
}

// onBothEngines runs f on an empty database of each engine.
func onBothEngines(t *testing.T, f func(d *jobDesk)) {
	t.Parallel()
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			d := &jobDesk{T: t}
			d.now.Store(1_800_000_000_000_000)
			d.db = openJobDB(t, engine, Options{Relaxed: true, Now: func() time.Time { return time.UnixMicro(d.now.Load()) }})
			f(d)
		})
	}
}

func openJobDB(t testing.TB, engine string, o Options) *DB {
	t.Helper()
	dsn := "sqlite:" + filepath.Join(t.TempDir(), "desk.db")
	if engine == "postgres" {
		dsn = pgtest.New(t, migrateJobDB)
	} else if err := migrateJobDB(dsn); err != nil {
		t.Fatal(err)
	}
	db, err := Open(t.Context(), dsn, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

func migrateJobDB(dsn string) error {
	db, err := Open(context.Background(), dsn, Options{Relaxed: true})
	if err != nil {
		return err
	}
	defer db.Close()
	return db.Migrate(context.Background())
}

func (d *jobDesk) pass(by time.Duration) { d.now.Add(by.Microseconds()) }

func (d *jobDesk) write(f func(tx *Tx) error) {
	d.Helper()
	if err := d.db.Write(d.Context(), Urgent, f); err != nil {
		d.Fatal(err)
	}
}

// add enqueues a job and gives its id, and whether it was added.
func (d *jobDesk) add(j NewJob) (id int64, added bool) {
	d.Helper()
	if j.Kind == "" {
		j.Kind = "work"
	}
	d.write(func(tx *Tx) (err error) {
		id, added, err = tx.Enqueue(j)
		return err
	})
	return id, added
}

// fill makes n ready jobs without going through Enqueue.
func (d *jobDesk) fill(n int, account int64, kind string, urgency Urgency, runAt dm.Time) {
	d.Helper()
	d.write(func(tx *Tx) error {
		_, err := tx.exec(`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
INSERT INTO jobs (account_id, kind, args, urgency, run_at, created_at) SELECT CAST(? AS BIGINT), ?, 'null', CAST(? AS BIGINT), CAST(? AS BIGINT), CAST(? AS BIGINT) FROM n`,
			n, account, kind, int64(urgency), int64(runAt), int64(tx.now))
		return err
	})
}

func (d *jobDesk) claimer(owner string) *Claimer {
	return d.db.NewClaimer(owner, []string{"work", "other"}, time.Minute)
}

func (d *jobDesk) claim(c *Claimer, req ClaimRequest) Claimed {
	d.Helper()
	got, err := c.Claim(d.Context(), req)
	if err != nil {
		d.Fatal(err)
	}
	return got
}

func (d *jobDesk) claimIDs(c *Claimer, most int) []int64 {
	d.Helper()
	return jobIDs(d.claim(c, ClaimRequest{Most: most}).Jobs)
}

func jobIDs(jobs []Job) []int64 {
	ids := []int64{}
	for _, j := range jobs {
		ids = append(ids, j.ID)
	}
	return ids
}

func (d *jobDesk) finish(c *Claimer, results ...JobResult) {
	d.Helper()
	if err := c.Finish(d.Context(), results); err != nil {
		d.Fatal(err)
	}
}

// show reads a job; its state is empty where it is gone.
func (d *jobDesk) show(account, id int64) (j dm.Job) {
	d.Helper()
	err := d.db.Read(d.Context(), func(tx *Tx) (err error) {
		j, err = tx.Job(account, id)
		return err
	})
	if err != nil && dm.CodeOf(err) != dm.NotFound {
		d.Fatal(err)
	}
	return j
}

func (d *jobDesk) wantState(account, id int64, want dm.JobState) dm.Job {
	d.Helper()
	j := d.show(account, id)
	if j.State != want {
		d.Fatalf("job %d is %q, want %q", id, j.State, want)
	}
	return j
}

func (d *jobDesk) same(what string, got, want any) {
	d.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		d.Fatalf("%s (-want +got):\n%s", what, diff)
	}
}

func TestEnqueue(t *testing.T) {
	onBothEngines(t, func(d *jobDesk) {
		failed := errors.New("the reason was not committed")
		err := d.db.Write(d.Context(), Urgent, func(tx *Tx) error {
			if _, _, err := tx.Enqueue(NewJob{Kind: "work"}); err != nil {
				return err
			}
			return failed
		})
		if !errors.Is(err, failed) {
			d.Fatal(err)
		}
		c := d.claimer("a")
		d.same("after a roll-back", d.claimIDs(c, 10), []int64{})

		id, _ := d.add(NewJob{Account: 3, Urgency: Normal, Args: map[string]int64{"ticket": 17}, OrderingKey: "line", MaxAttempts: 2})
		got := d.claim(c, ClaimRequest{Most: 10})
		want := Claimed{Jobs: []Job{{ID: id, Account: 3, Kind: "work", Args: []byte(`{"ticket":17}`), Urgency: Normal, RunAt: d.db.Now(), Attempt: 1,
			MaxAttempts: 2, OrderingKey: "line", CreatedAt: d.db.Now(), LeaseUntil: d.db.Now().Add(time.Minute)}}}
		d.same("the claim", got, want)
		d.same("a second claim", d.claimIDs(c, 10), []int64{})
		d.finish(c, JobResult{Job: &got.Jobs[0]})
		d.wantState(3, id, "")

		for _, wrong := range []NewJob{
			{}, {Kind: strings.Repeat("k", 61)}, {Kind: "work", UniqueKey: strings.Repeat("k", 201)}, {Kind: "work", OrderingKey: strings.Repeat("k", 201)},
			{Kind: "work", Args: strings.Repeat("a", 100000)}, {Kind: "work", Args: func() {}}, {Kind: "work", Urgency: 3},
		} {
			if err := d.db.Write(d.Context(), Urgent, func(tx *Tx) error { _, _, err := tx.Enqueue(wrong); return err }); err == nil {
				d.Errorf("enqueued %+v", wrong)
			}
		}
		if err := d.db.Read(d.Context(), func(tx *Tx) error { _, _, err := tx.Enqueue(NewJob{Kind: "work"}); return err }); err == nil {
			d.Error("enqueued outside a transaction")
		}
	})
}

func TestEnqueueWakes(t *testing.T) {
	onBothEngines(t, func(d *jobDesk) {
		var woken atomic.Int64
		stop := d.db.OnJobs(func() { woken.Add(1) })
		d.add(NewJob{})
		d.same("woken", woken.Load(), int64(1))
		_ = d.db.Write(d.Context(), Urgent, func(tx *Tx) error {
			_, _, err := tx.Enqueue(NewJob{Kind: "work"})
			return errors.Join(err, errors.New("roll back"))
		})
		d.same("woken by a roll-back", woken.Load(), int64(1))
		stop()
		d.add(NewJob{})
		d.same("woken after stop", woken.Load(), int64(1))
	})
}

func TestJobTimeAndUrgency(t *testing.T) {
	onBothEngines(t, func(d *jobDesk) {
		c, now := d.claimer("a"), d.db.Now()
		later, _ := d.add(NewJob{RunAt: now.Add(3200 * time.Millisecond)})
		bulk, _ := d.add(NewJob{Urgency: Bulk})
		normal, _ := d.add(NewJob{Urgency: Normal})
		old, _ := d.add(NewJob{Urgency: Normal, RunAt: now.Add(-time.Hour)})
		urgent, _ := d.add(NewJob{Urgency: Urgent})
		d.add(NewJob{Kind: "unknown", Urgency: Urgent})

		got := d.claim(c, ClaimRequest{Most: 3})
		d.same("the first three", jobIDs(got.Jobs), []int64{urgent, old, normal})
		d.same("more", got.More, true)
		got = d.claim(c, ClaimRequest{Most: 3})
		d.same("the rest", jobIDs(got.Jobs), []int64{bulk})
		d.same("more", got.More, false)
		d.same("next", got.Next, now.Add(3200*time.Millisecond))
		d.pass(3199 * time.Millisecond)
		d.same("too early", d.claimIDs(c, 3), []int64{})
		d.pass(time.Millisecond)
		got = d.claim(c, ClaimRequest{Most: 3})
		d.same("in time", jobIDs(got.Jobs), []int64{later})
		d.same("next", got.Next, dm.Time(0))
	})
}

func TestJobUnique(t *testing.T) {
	onBothEngines(t, func(d *jobDesk) {
		c := d.claimer("a")
		key := NewJob{Account: 1, UniqueKey: "ticket 17"}
		first, _ := d.add(key)
		id, added := d.add(key)
		d.same("while ready", []any{id, added}, []any{first, false})
		for _, other := range []NewJob{{Account: 2, UniqueKey: key.UniqueKey}, {Account: 1, UniqueKey: "ticket 18"}, {Account: 1, Kind: "other", UniqueKey: key.UniqueKey}} {
			if _, added := d.add(other); !added {
				d.Errorf("%+v was not added", other)
			}
		}
		got := d.claim(c, ClaimRequest{Most: 10})
		d.same("claimed", len(got.Jobs), 4)
		id, added = d.add(key)
		d.same("while running", []any{id, added}, []any{first, false})
		for i := range got.Jobs {
			d.finish(c, JobResult{Job: &got.Jobs[i]})
		}
		if _, added = d.add(key); !added {
			d.Error("not added after the first was done")
		}
	})
}

func TestJobUniqueAtOnce(t *testing.T) {
	onBothEngines(t, func(d *jobDesk) {
		var added atomic.Int64
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() {
				for i := range 20 {
					err := d.db.Write(d.Context(), Urgent, func(tx *Tx) error {
						_, ok, err := tx.Enqueue(NewJob{Kind: "work", UniqueKey: fmt.Sprint(i)})
						if ok {
							tx.AfterCommit(func() { added.Add(1) })
						}
						return err
					})
					if err != nil {
						d.Error(err)
					}
				}
			})
		}
		wg.Wait()
		d.same("added", added.Load(), int64(20))
		d.same("claimed", len(d.claimIDs(d.claimer("a"), 100)), 20)
	})
}

func TestJobLine(t *testing.T) {
	onBothEngines(t, func(d *jobDesk) {
		c := d.claimer("a")
		line := NewJob{Account: 1, OrderingKey: "partner 5"}
		first, _ := d.add(line)
		second, _ := d.add(line)
		third, _ := d.add(line)
		foreign, _ := d.add(NewJob{Account: 2, OrderingKey: line.OrderingKey})

		got := d.claim(c, ClaimRequest{Most: 10}).Jobs
		d.same("heads", slices.Sorted(slices.Values(jobIDs(got))), []int64{first, foreign})
		head := &got[slices.IndexFunc(got, func(j Job) bool { return j.ID == first })]
		d.finish(c, JobResult{Job: head, Outcome: JobFailed, Text: "no route"})
		d.same("a failed head holds the others up", d.claimIDs(c, 10), []int64{})
		d.pass(time.Minute)
		got = d.claim(c, ClaimRequest{Most: 10}).Jobs
		d.same("again", slices.Contains(jobIDs(got), first), true)
		d.finish(c, JobResult{Job: head})
		got = d.claim(c, ClaimRequest{Most: 10}).Jobs
		d.same("the next", jobIDs(got), []int64{second})
		d.finish(c, JobResult{Job: &got[0], Outcome: JobGivenUp, Text: "no"})
		d.wantState(1, second, dm.JobDead)
		d.wantState(1, third, dm.JobReady)

		d.write(func(tx *Tx) error { return tx.RetryJob(1, second) })
		d.wantState(1, second, dm.JobWaiting)
		d.write(func(tx *Tx) error { return tx.CancelJob(1, third) })
		d.wantState(1, third, dm.JobCancelled)
		d.same("after a cancel", d.claimIDs(c, 10), []int64{second})
	})
}

// TestJobLineAtOnce has jobs added to lines while four claimers work them off:
// none may overlap or overtake, and none may be left behind.
func TestJobLineAtOnce(t *testing.T) {
	onBothEngines(t, func(d *jobDesk) {
		const lines, each = 4, 25
		var running [lines]atomic.Int64
		var done [lines][]int64
		var left atomic.Int64
		left.Store(lines * each)
		var wg sync.WaitGroup
		for line := range lines {
			wg.Go(func() {
				for range each {
					d.add(NewJob{Account: 1, OrderingKey: fmt.Sprint(line)})
				}
			})
		}
		for owner := range 4 {
			wg.Go(func() {
				c := d.claimer(fmt.Sprint("runner ", owner))
				for left.Load() > 0 && d.Context().Err() == nil {
					got := d.claim(c, ClaimRequest{Most: 3})
					for i := range got.Jobs {
						j := &got.Jobs[i]
						line := int(j.OrderingKey[0] - '0')
						if running[line].Add(1) != 1 {
							d.Error("two jobs of a line at once")
						}
						done[line] = append(done[line], j.ID)
						running[line].Add(-1)
						d.finish(c, JobResult{Job: j})
						left.Add(-1)
					}
				}
			})
		}
		wg.Wait()
		for line := range lines {
			if len(done[line]) != each || !slices.IsSorted(done[line]) {
				d.Errorf("line %d ran %v", line, done[line])
			}
		}
	})
}

// TestJobLineLock finishes the head of a line while a transaction that has
// already put a job behind it is still open.
func TestJobLineLock(t *testing.T) {
	t.Parallel()
	d := &jobDesk{T: t}
	d.db = openJobDB(t, "postgres", Options{Relaxed: true})
	c := d.claimer("a")
	d.add(NewJob{Account: 1, OrderingKey: "line"})
	head := d.claim(c, ClaimRequest{Most: 1}).Jobs[0]
	finished := make(chan error, 1)
	var behind int64
	d.write(func(tx *Tx) (err error) {
		if behind, _, err = tx.Enqueue(NewJob{Account: 1, Kind: "work", OrderingKey: "line"}); err != nil {
			return err
		}
		go func() { finished <- c.Finish(d.Context(), []JobResult{{Job: &head}}) }()
		for waiting := 0; waiting == 0; {
			select {
			case err := <-finished:
				return fmt.Errorf("the head was finished at the same time: %v", err)
			default:
			}
			if err := tx.row(`SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`).Scan(&waiting); err != nil {
				return err
			}
		}
		return nil
	})
	if err := <-finished; err != nil {
		t.Fatal(err)
	}
	d.wantState(1, behind, dm.JobReady)
}

func TestJobFairness(t *testing.T) {
	onBothEngines(t, func(d *jobDesk) {
		now := d.db.Now()
		d.fill(500, 1, "work", Urgent, now-10)
		d.fill(300, 1, "unknown", Urgent, now-20)
		d.fill(40, 2, "work", Urgent, now)
		lone, _ := d.add(NewJob{Account: 3})
		bulk, _ := d.add(NewJob{Account: 4, Urgency: Bulk})

		c := d.claimer("a")
		got := d.claim(c, ClaimRequest{Most: 40})
		per := map[int64]int{}
		for _, j := range got.Jobs {
			per[j.Account]++
		}
		d.same("the shares of a claim", per, map[int64]int{1: 19, 2: 19, 3: 1, 4: 1})
		d.same("the first of each", []bool{slices.Contains(jobIDs(got.Jobs[:3]), lone), slices.Contains(jobIDs(got.Jobs), bulk)}, []bool{true, true})

		got = d.claim(c, ClaimRequest{Most: 30, PerAccount: 25, Held: map[int64]int{1: 19, 2: 19}})
		per = map[int64]int{}
		for _, j := range got.Jobs {
			per[j.Account]++
		}
		d.same("up to the bound of an account", per, map[int64]int{1: 6, 2: 6})
		d.same("more", got.More, true)
		got = d.claim(c, ClaimRequest{Most: 30, PerAccount: 25, Held: map[int64]int{1: 25, 2: 25}})
		d.same("at the bound", len(got.Jobs), 0)
	})
}

// TestJobTurns claims one at a time, as a runner with a single worker does.
func TestJobTurns(t *testing.T) {
	onBothEngines(t, func(d *jobDesk) {
		d.fill(30, 1, "work", Normal, d.db.Now()-10)
		for account := range int64(10) {
			d.fill(2, 10+account, "work", Normal, d.db.Now())
		}
		c := d.claimer("a")
		for round := range 2 {
			turns := map[int64]int{}
			for range 11 {
				got := d.claim(c, ClaimRequest{Most: 1})
				if len(got.Jobs) != 1 {
					d.Fatal("nothing claimed")
				}
				turns[got.Jobs[0].Account]++
				d.finish(c, JobResult{Job: &got.Jobs[0]})
			}
			d.same(fmt.Sprintf("accounts that had a turn in round %d", round), len(turns), 11)
		}
	})
}

func TestJobLanes(t *testing.T) {
	onBothEngines(t, func(d *jobDesk) {
		for account := range int64(6) {
			d.fill(3, account, "work", Normal, d.db.Now()-dm.Time(account))
			d.fill(2, account, "other", Urgent, d.db.Now()+dm.Time(account))
		}
		var got []string
		var next lane
		d.write(func(tx *Tx) error {
			heads, after, err := tx.lanes(lane{account: 3, urgency: Urgent, kind: "other"})
			next = after
			for _, h := range heads {
				got = append(got, fmt.Sprintf("%d/%d/%s/%d", h.account, h.urgency, h.kind, h.runAt-tx.now))
			}
			return err
		})
		d.same("lanes", got, strings.Split("3/1/work/-3 4/0/other/4 4/1/work/-4 5/0/other/5 5/1/work/-5 0/0/other/0 0/1/work/0 1/0/other/1 1/1/work/-1 2/0/other/2 2/1/work/-2 3/0/other/3", " "))
		d.same("next", next == firstLane, true)
	})
}

// TestJobManyLanes has more lanes than one claim looks at, most of them with
// nothing due.
func TestJobManyLanes(t *testing.T) {
	onBothEngines(t, func(d *jobDesk) {
		now := d.db.Now()
		d.fill(100, 1, "work", Normal, now-10)
		for account := range int64(lanesMost) + 60 {
			at := now.Add(time.Hour)
			if account >= lanesMost {
				at = now
			}
			d.fill(1, 10+account, "work", Normal, at)
		}
		c := d.claimer("a")
		turns := map[int64]int{}
		for range 5 {
			for _, j := range d.claim(c, ClaimRequest{Most: 30}).Jobs {
				turns[j.Account]++
			}
		}
		d.same("accounts that had a turn", len(turns), 61)
		held := map[int64]int{1: 5}
		d.same("where only a full account has work", len(d.claim(c, ClaimRequest{Most: 30, PerAccount: 5, Held: held}).Jobs), 0)
	})
}

func TestJobLease(t *testing.T) {
	onBothEngines(t, func(d *jobDesk) {
		a, b := d.claimer("a"), d.claimer("b")
		id, _ := d.add(NewJob{Account: 1, MaxAttempts: 3})
		job := d.claim(a, ClaimRequest{Most: 1}).Jobs[0]
		d.pass(59 * time.Second)
		until, lost, err := a.Renew(d.Context(), []int64{id, 4711})
		d.same("renewal", []any{until, lost, err}, []any{d.db.Now().Add(time.Minute), []int64{4711}, nil})
		d.pass(59 * time.Second)
		d.same("claimed during the lease", d.claimIDs(b, 1), []int64{})
		d.pass(time.Second)
		again := d.claim(b, ClaimRequest{Most: 1}).Jobs
		d.same("after the lease", jobIDs(again), []int64{id})
		d.same("attempt", again[0].Attempt, 2)

		_, lost, _ = a.Renew(d.Context(), []int64{id})
		d.same("lost", lost, []int64{id})
		d.finish(a, JobResult{Job: &job})
		d.wantState(1, id, dm.JobRunning)
		d.finish(a, JobResult{Job: &job, Outcome: JobFailed, Text: "late"})
		d.wantState(1, id, dm.JobRunning)

		d.pass(time.Minute)
		again = d.claim(a, ClaimRequest{Most: 1}).Jobs
		d.same("third attempt", again[0].Attempt, 3)
		d.pass(time.Minute)
		d.same("after the last", d.claimIDs(a, 1), []int64{})
		if j := d.wantState(1, id, dm.JobDead); j.LastError == "" || j.FinishedAt != d.db.Now() {
			d.Errorf("%+v", j)
		}
	})
}

func TestJobOutcomes(t *testing.T) {
	onBothEngines(t, func(d *jobDesk) {
		c := d.claimer("a")
		id, _ := d.add(NewJob{Account: 1, MaxAttempts: 3})
		next := func() *Job {
			d.Helper()
			got := d.claim(c, ClaimRequest{Most: 1}).Jobs
			if len(got) != 1 {
				d.Fatal("nothing to claim")
			}
			return &got[0]
		}
		d.finish(c, JobResult{Job: next(), Outcome: JobFailed, Text: "first\x00" + strings.Repeat("é", 3000) + "\xff"})
		j := d.wantState(1, id, dm.JobReady)
		if pause := j.RunAt.Sub(d.db.Now()); pause < 500*time.Millisecond || pause > time.Second+time.Microsecond {
			d.Errorf("paused for %v", pause)
		}
		d.same("length of the error", len([]rune(j.LastError)), 2000)
		d.same("attempts", j.Attempts, 1)
		d.pass(time.Second + time.Millisecond)

		d.finish(c, JobResult{Job: next(), Outcome: JobSnoozed, After: time.Hour})
		j = d.wantState(1, id, dm.JobReady)
		d.same("snoozed", []any{j.RunAt, j.Attempts, strings.HasPrefix(j.LastError, "first")}, []any{d.db.Now().Add(time.Hour), 1, true})
		d.pass(time.Hour)

		before := d.show(1, id)
		d.finish(c, JobResult{Job: next(), Outcome: JobGivenBack})
		d.same("given back", d.show(1, id), before)

		d.finish(c, JobResult{Job: next(), Outcome: JobFailed, Text: "second"})
		d.pass(time.Minute)
		d.finish(c, JobResult{Job: next(), Outcome: JobFailed, Text: "third"})
		j = d.wantState(1, id, dm.JobDead)
		d.same("dead", []any{j.Attempts, j.LastError, j.FinishedAt}, []any{3, "third", d.db.Now()})

		d.write(func(tx *Tx) error { return tx.RetryJob(1, id) })
		j = d.wantState(1, id, dm.JobReady)
		d.same("retried", []any{j.Attempts, j.LastError, j.FinishedAt}, []any{0, "third", dm.Time(0)})
		d.finish(c, JobResult{Job: next(), Outcome: JobCancelled, Text: "needless"})
		j = d.wantState(1, id, dm.JobCancelled)
		d.same("cancelled", []any{j.LastError, j.FinishedAt}, []any{"needless", d.db.Now()})
	})
}

func TestPauseAfter(t *testing.T) {
	t.Parallel()
	for attempt, longest := range map[int]time.Duration{1: time.Second, 2: 2 * time.Second, 10: 512 * time.Second, 15: 16384 * time.Second, 16: 6 * time.Hour, 1000: 6 * time.Hour} {
		seen := map[time.Duration]bool{}
		for range 100 {
			pause := pauseAfter(attempt)
			if pause <= longest/2 || pause > longest {
				t.Errorf("attempt %d: %v", attempt, pause)
			}
			seen[pause] = true
		}
		if len(seen) < 90 {
			t.Errorf("attempt %d: only %d different pauses", attempt, len(seen))
		}
	}
}

func TestJobAdministration(t *testing.T) {
	onBothEngines(t, func(d *jobDesk) {
		c := d.claimer("a")
		var ids []int64
		for i := range 6 {
			id, _ := d.add(NewJob{Account: 1, UniqueKey: fmt.Sprint(i), RunAt: d.db.Now() + dm.Time(i)})
			ids = append(ids, id)
		}
		d.pass(time.Second)
		foreign, _ := d.add(NewJob{Account: 2, RunAt: d.db.Now().Add(time.Hour)})
		got := d.claim(c, ClaimRequest{Most: 3}).Jobs
		d.finish(c, JobResult{Job: &got[0], Outcome: JobGivenUp}, JobResult{Job: &got[1], Outcome: JobCancelled})
		list := func(before int64, limit int, states ...dm.JobState) (found []int64) {
			d.Helper()
			if err := d.db.Read(d.Context(), func(tx *Tx) error {
				jobs, err := tx.JobList(1, states, before, limit)
				for _, j := range jobs {
					found = append(found, j.ID)
				}
				return err
			}); err != nil {
				d.Fatal(err)
			}
			return found
		}
		d.same("all", list(0, 10), []int64{ids[5], ids[4], ids[3], ids[2], ids[1], ids[0]})
		d.same("a page", list(ids[4], 2), []int64{ids[3], ids[2]})
		d.same("of two states", list(0, 10, dm.JobDead, dm.JobRunning, dm.JobDead), []int64{ids[2], ids[0]})

		act := func(f func(tx *Tx) error) dm.Code {
			if err := d.db.Write(d.Context(), Urgent, f); err != nil {
				return dm.CodeOf(err)
			}
			return ""
		}
		codes := map[string]dm.Code{}
		codes["retry another account's"] = act(func(tx *Tx) error { return tx.RetryJob(1, foreign) })
		codes["cancel another account's"] = act(func(tx *Tx) error { return tx.CancelJob(1, foreign) })
		codes["retry a running one"] = act(func(tx *Tx) error { return tx.RetryJob(1, ids[2]) })
		codes["cancel a running one"] = act(func(tx *Tx) error { return tx.CancelJob(1, ids[2]) })
		codes["cancel a ready one"] = act(func(tx *Tx) error { return tx.CancelJob(1, ids[3]) })
		codes["cancel a dead one"] = act(func(tx *Tx) error { return tx.CancelJob(1, ids[0]) })
		d.add(NewJob{Account: 1, UniqueKey: "1"})
		codes["retry where the key is taken"] = act(func(tx *Tx) error { return tx.RetryJob(1, ids[1]) })
		d.same("codes", codes, map[string]dm.Code{
			"retry another account's": dm.NotFound, "cancel another account's": dm.NotFound, "retry a running one": dm.Conflict, "cancel a running one": dm.Conflict,
			"cancel a ready one": "", "cancel a dead one": "", "retry where the key is taken": dm.Conflict,
		})
		d.wantState(1, ids[0], dm.JobDead)

		later, _ := d.add(NewJob{Account: 1, RunAt: d.db.Now().Add(time.Hour)})
		d.write(func(tx *Tx) error { return tx.RetryJob(1, later) })
		d.same("made due", d.show(1, later).RunAt, d.db.Now())

		d.pass(time.Hour)
		d.write(func(tx *Tx) error {
			n, err := tx.DeleteOldJobs(1, tx.Now().Add(-time.Minute), 2)
			d.same("deleted", n, int64(2))
			return err
		})
		d.write(func(tx *Tx) error {
			n, err := tx.DeleteOldJobs(1, tx.Now().Add(-time.Minute), 2)
			d.same("deleted", n, int64(1))
			return err
		})
		d.same("what is left", len(list(0, 10)), 5)
	})
}

func TestJobSlots(t *testing.T) {
	onBothEngines(t, func(d *jobDesk) {
		c := d.claimer("a")
		ask := func() int64 {
			var added atomic.Int64
			var wg sync.WaitGroup
			for range 3 {
				wg.Go(func() {
					d.write(func(tx *Tx) error {
						ok, err := tx.EnqueueSlot("work", time.Hour)
						if ok {
							tx.AfterCommit(func() { added.Add(1) })
						}
						return err
					})
				})
			}
			wg.Wait()
			return added.Load()
		}
		d.same("first slot", ask(), int64(1))
		job := d.claim(c, ClaimRequest{Most: 1}).Jobs[0]
		d.finish(c, JobResult{Job: &job})
		d.same("the same slot after its job is done", ask(), int64(0))
		d.pass(time.Hour)
		d.same("the next slot", ask(), int64(1))
		d.pass(5 * time.Hour)
		d.same("while the last one's job is there", ask(), int64(0))
		job = d.claim(c, ClaimRequest{Most: 1}).Jobs[0]
		d.finish(c, JobResult{Job: &job})
		d.pass(-time.Hour)
		d.same("a node whose clock is behind", ask(), int64(0))
		d.pass(2 * time.Hour)
		d.same("after that", ask(), int64(1))
	})
}

// TestJobPlans has a million-job shape in small: each statement of a claim
// walks an index in its order and sorts nothing but what it returns.
func TestJobPlans(t *testing.T) {
	t.Parallel()
	d := &jobDesk{T: t, db: openJobDB(t, "sqlite", Options{Relaxed: true})}
	recorder := &planRecorder{plans: map[string]string{}}
	d.write(func(tx *Tx) error {
		recorder.querier = tx.conn
		tx.conn = recorder
		for i := range 5 {
			if _, _, err := tx.Enqueue(NewJob{Kind: "work", UniqueKey: fmt.Sprint("u", i), OrderingKey: fmt.Sprint("o", i/2)}); err != nil {
				return err
			}
		}
		c := d.claimer("a")
		req := &ClaimRequest{Most: 2, PerAccount: 2}
		seen, err := c.look(tx, req)
		if err != nil {
			return err
		}
		jobs, err := c.take(tx, choose(seen.due, req))
		if err != nil {
			return err
		}
		if _, err := tx.nextJob(); err != nil {
			return err
		}
		if err := tx.endLeases(); err != nil {
			return err
		}
		if _, err := tx.moveLine(0, jobs[0].OrderingKey); err != nil {
			return err
		}
		if _, err := tx.JobList(0, nil, 0, 10); err != nil {
			return err
		}
		if _, err := tx.DeleteOldJobs(0, tx.now, 10); err != nil {
			return err
		}
		return c.remove(tx, jobIDs(jobs))
	})
	if len(recorder.plans) < 12 {
		t.Errorf("only %d statements were seen", len(recorder.plans))
	}
	for _, query := range slices.Sorted(maps.Keys(recorder.plans)) {
		plan := recorder.plans[query]
		whole := strings.Contains(plan, "SCAN jobs") || strings.Contains(plan, "AUTOMATIC") || strings.Contains(plan, "INDEX jobs_lanes (account_id>?)")
		small := strings.Contains(query, "UNION ALL") // sorts what its limits let through
		sorted := strings.Contains(plan, "USE TEMP B-TREE FOR ORDER BY") && !small
		if whole || sorted {
			t.Errorf("%s\n%s", query, plan)
		}
	}
}

// planRecorder notes how SQLite means to run each statement.
type planRecorder struct {
	querier
	plans map[string]string
}

func (p *planRecorder) note(ctx context.Context, query string, args []any) {
	rows, err := p.querier.query(ctx, `EXPLAIN QUERY PLAN `+query, args)
	if err != nil {
		p.plans[query] = "SCAN jobs: " + err.Error()
		return
	}
	defer rows.Close()
	var lines []string
	for rows.Next() {
		var id, parent, unused int64
		var detail string
		if err := rows.Scan(&id, &parent, &unused, &detail); err != nil {
			detail = "SCAN jobs: " + err.Error()
		}
		lines = append(lines, detail)
	}
	p.plans[query] = strings.Join(lines, "\n")
}

func (p *planRecorder) query(ctx context.Context, query string, args []any) (*sql.Rows, error) {
	p.note(ctx, query, args)
	return p.querier.query(ctx, query, args)
}

func (p *planRecorder) exec(ctx context.Context, query string, args []any) (sql.Result, error) {
	p.note(ctx, query, args)
	return p.querier.exec(ctx, query, args)
}
