package jobs

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"runtime"
	"slices"
	"sync"
	"time"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/store"
)

// Job is what a handler is given.
type Job = store.Job

// Handler does the work of one job. Its context ends when the runner must stop
// at once or has lost the job to another runner.
type Handler func(ctx context.Context, j *Job) error

// Runner works on the jobs of one database. Any number of runners, in any
// number of processes, may work on the same one. Set the fields and register
// the kinds before Start or Drain.
type Runner struct {
	DB *store.DB
	// Workers is how many jobs run at once; 0 takes four per processor, at least
	// eight. One account uses at most three quarters of them.
	Workers int
	// Lease is how long a job stays with a runner that gives no sign of life; 0
	// means a minute. Leases are renewed after a third of that time.
	Lease time.Duration
	// Logger is told of failures; nil takes slog's default.
	Logger *slog.Logger
	// Ended is told of every job that a handler has ended: its kind, how it ended
	// and how long it took. It must be quick; nil tells nobody.
	Ended func(kind string, outcome store.JobOutcome, took time.Duration)

	handlers  map[string]Handler
	schedules []schedule

	claimer *store.Claimer
	poke    chan struct{} // there may be something to claim
	room    chan struct{} // a worker is free, or soon will be
	flush   chan struct{} // there are results
	cancel  context.CancelCauseFunc
	stop    context.CancelFunc // ends the claiming after the claim under way
	drop    context.CancelFunc // ends the claim under way
	claims  sync.WaitGroup     // the goroutine that claims
	keeps   sync.WaitGroup     // the goroutine that reports and renews
	closing chan struct{}      // closed when no more results will come
	unhook  func()

	mu    sync.Mutex
	state state
}

// state is what a runner holds at a moment, guarded by Runner.mu.
type state struct {
	started, stopping bool

	held    map[int64]*held // claimed and not yet reported
	pending []*held         // of those, the ones that wait for a worker
	running map[int64]int   // account -> jobs in handlers
	workers int             // sum of running
	idle    chan struct{}   // closed when workers falls to 0, if somebody waits
	results []store.JobResult
	pace    time.Duration // of a handler, on average
}

// held is a claimed job.
type held struct {
	job     Job
	cancel  context.CancelCauseFunc // once it runs
	until   dm.Time                 // the end of its lease
	renewed bool                    // a renewal has passed since it was claimed
	lost    bool                    // somebody else may have it
}

const defaultLease = time.Minute

// Register names the handler of a kind. It panics where the kind has one
// already, and must not be called after Start.
func (r *Runner) Register(kind string, h Handler) {
	if r.handlers == nil {
		r.handlers = map[string]Handler{}
	}
	if r.handlers[kind] != nil {
		panic("jobs: " + kind + " is registered twice")
	}
	r.handlers[kind] = h
}

// Handle is Register with the job's arguments read into a T. A job whose
// arguments cannot be read is dead at once.
func Handle[T any](r *Runner, kind string, h func(ctx context.Context, j *Job, args T) error) {
	r.Register(kind, func(ctx context.Context, j *Job) error {
		var args T
		if err := json.Unmarshal(j.Args, &args); err != nil {
			return Permanent(fmt.Errorf("read the arguments: %w", err))
		}
		return h(ctx, j, args)
	})
}

// Kinds names the kinds that are registered, in order.
func (r *Runner) Kinds() []string { return slices.Sorted(maps.Keys(r.handlers)) }

// Running says whether the runner was started and not asked to stop.
func (r *Runner) Running() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.state.started && !r.state.stopping
}

// prepare fills in what Start and Drain need.
func (r *Runner) prepare() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.state.started {
		return errors.New("jobs: the runner was started before")
	}
	if r.DB == nil {
		return errors.New("jobs: the runner has no database")
	}
	if r.Workers <= 0 {
		r.Workers = max(8, 4*runtime.NumCPU())
	}
	if r.Lease <= 0 {
		r.Lease = defaultLease
	}
	if r.Logger == nil {
		r.Logger = slog.Default()
	}
	r.claimer = r.DB.NewClaimer(rand.Text(), slices.Collect(maps.Keys(r.handlers)), r.Lease)
	return nil
}

// Start begins to work and returns. The end of ctx is like a crash: everything
// is dropped at once, and what was claimed comes back when its lease ends. The
// graceful end is Stop. A runner starts once.
func (r *Runner) Start(ctx context.Context) error {
	if err := r.prepare(); err != nil {
		return err
	}
	r.poke, r.room, r.flush = make(chan struct{}, 1), make(chan struct{}, 1), make(chan struct{}, 1)
	r.closing = make(chan struct{})
	ctx, r.cancel = context.WithCancelCause(ctx)
	claiming, stop := context.WithCancel(ctx)
	r.stop = stop
	r.unhook = r.DB.OnJobs(func() { signal(r.poke) })
	r.mu.Lock()
	r.state = state{started: true, held: map[int64]*held{}, running: map[int64]int{}, pace: firstPace}
	r.mu.Unlock()
	claim, drop := context.WithCancel(ctx)
	r.drop = drop
	r.claims.Go(func() { r.claimAll(claiming, claim, ctx) })
	r.keeps.Go(func() { r.keep(ctx) })
	return nil
}

// signal wakes whoever reads c, now or later.
func signal(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// errStopping is the cause of a handler's context when Stop runs out of time.
var errStopping = errors.New("the server is stopping")

// stopGrace is how long handlers have to end after their context has.
const stopGrace = 2 * time.Second

// Stop claims no more, gives back what has not begun, waits for what runs and
// reports it. When ctx ends first, the handlers' contexts are ended, and jobs
// that break off because of that go back uncounted; those whose handler does
// not even end then stay leased, and Stop returns ctx's error. Stopping twice,
// or what never started, does nothing.
func (r *Runner) Stop(ctx context.Context) error {
	r.mu.Lock()
	running := r.state.started && !r.state.stopping
	r.state.stopping = true
	r.mu.Unlock()
	if !running {
		return nil
	}
	r.unhook()
	defer context.AfterFunc(ctx, r.drop)()
	r.stop()
	r.claims.Wait()
	r.giveBackPending(func(*held) bool { return true })
	stuck := r.awaitWorkers(ctx)
	close(r.closing)
	r.keeps.Wait()
	r.cancel(errStopping)
	if stuck {
		return ctx.Err()
	}
	return nil
}

// awaitWorkers waits until no handler runs, and says whether some still do.
func (r *Runner) awaitWorkers(ctx context.Context) (stuck bool) {
	r.mu.Lock()
	idle := make(chan struct{})
	if r.state.idle = idle; r.state.workers == 0 {
		close(idle)
		r.state.idle = nil
	}
	r.mu.Unlock()
	select {
	case <-idle:
		return false
	case <-ctx.Done():
	}
	r.cancelHandlers(errStopping)
	grace := time.NewTimer(stopGrace)
	defer grace.Stop()
	select {
	case <-idle:
		return false
	case <-grace.C:
		return true
	}
}

func (r *Runner) cancelHandlers(cause error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, h := range r.state.held {
		if h.cancel != nil {
			h.cancel(cause)
		}
	}
}
