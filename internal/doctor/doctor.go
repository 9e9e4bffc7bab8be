package doctor

import (
	"context"
	"fmt"
	"time"

	"github.com/deskmesh/deskmesh/internal/store"
)

// State says how something is.
type State string

// The states. Only a Fail means that the desk does not work as it should.
const (
	OK   State = "ok"
	Warn State = "warn"
	Fail State = "fail"
)

// Result is the outcome of one look.
type Result struct {
	Check  string `json:"check"`
	State  State  `json:"state"`
	Says   string `json:"says"`
	Advice string `json:"advice,omitempty"` // what to do; "" where all is well
}

// Options are the configuration that is looked at.
type Options struct {
	DB, Data                          string
	Listen, SMTPListen, MetricsListen string // "" for what is switched off
	SMTPOut                           string
	Hello                             string // the name this machine gives itself in mail
	Demo                              bool
	TrustedProxies                    bool
	Online                            bool // ask every desk's base URL
}

// lookTime bounds one look.
const lookTime = 10 * time.Second

// doctor is one run.
type doctor struct {
	Options
	db   *store.DB // nil until it was reached
	each func(Result)
	sick bool
}

// Run looks at everything, calls each for every result in turn, and says
// whether nothing failed.
func Run(ctx context.Context, o Options, each func(Result)) bool {
	d := &doctor{Options: o, each: each}
	d.configuration()
	d.openDatabase(ctx)
	if d.db != nil {
		defer d.db.Close()
		d.look(ctx, d.settings, d.schema, d.clock, d.accounts, d.jobs)
	}
	d.look(ctx, d.data, d.space, d.http, d.mailIn, d.metrics, d.mailOut)
	return !d.sick
}

// look takes several looks, each in its own time.
func (d *doctor) look(ctx context.Context, looks ...func(context.Context)) {
	for _, l := range looks {
		within, cancel := context.WithTimeout(ctx, lookTime)
		l(within)
		cancel()
	}
}

func (d *doctor) ok(check, format string, args ...any) {
	d.each(Result{Check: check, State: OK, Says: fmt.Sprintf(format, args...)})
}

func (d *doctor) warn(check, says, advice string) {
	d.each(Result{check, Warn, says, advice})
}

func (d *doctor) fail(check, says, advice string) {
	d.sick = true
	d.each(Result{check, Fail, says, advice})
}

// configuration looks at the flags, which were found to be well-formed before.
func (d *doctor) configuration() {
	if d.Demo {
		d.warn("configuration", "The desk is a demo: everybody knows its passwords.", "Leave --demo away for real work.")
		return
	}
	d.ok("configuration", "The flags and variables can be used.")
}
