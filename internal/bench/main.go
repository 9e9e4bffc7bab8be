// Command bench measures Deskmesh from outside. For each size and engine it
// fills a database with the volume generator, starts the real binary on a copy
// of it, signs made-up viewers in and asks over loopback, first through one
// connection and then through many. It prints a table beside the budgets and
// writes docs/benchmarks.md, missed budgets included.
//
// The databases are kept and used again as long as the generator and the schema
// stay the same; what a run writes goes to a copy. The load generator is a small
// closed loop of its own (client.go), because a ready-made one works at a fixed
// rate and costs more processor time than the server it shares the machine with.
//
// It knows the program by its commands and its HTTP API only; the store is used
// for nothing but filling databases.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// options are the command line.
type options struct {
	sizes       []int
	engines     []string
	dir         string
	out         string
	only        *regexp.Regexp
	seconds     float64
	repeats     int
	connections int
	older       bool
}

func main() {
	o, err := readOptions(os.Args[1:])
	if err == nil {
		ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
		defer stop()
		err = run(ctx, o)
	}
	if errors.Is(err, flag.ErrHelp) {
		return
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func readOptions(args []string) (*options, error) {
	o := &options{}
	f := flag.NewFlagSet("bench", flag.ContinueOnError)
	sizes := f.String("tickets", "10000,100000,1000000", "numbers of tickets")
	engines := f.String("engines", "sqlite,postgres", "engines")
	only := f.String("rows", "", "measure only rows whose name matches this expression")
	f.StringVar(&o.dir, "dir", "bench-data", "folder of the databases, which are kept")
	f.StringVar(&o.out, "out", "docs/benchmarks.md", "file to write; empty for none")
	f.Float64Var(&o.seconds, "seconds", 2, "length of one measurement")
	f.IntVar(&o.repeats, "repeats", 3, "measurements of which the median counts")
	f.IntVar(&o.connections, "connections", 16, "connections at the same time in the second part")
	f.BoolVar(&o.older, "older", false, "take kept databases of an older schema too: the server migrates their copies when it starts")
	if err := f.Parse(args); err != nil {
		return nil, err
	}
	for size := range strings.SplitSeq(*sizes, ",") {
		n, err := strconv.Atoi(size)
		if err != nil || n < 1000 {
			return nil, fmt.Errorf("-tickets: %q is no number of at least 1000", size)
		}
		o.sizes = append(o.sizes, n)
	}
	slices.Sort(o.sizes)
	o.engines = strings.Split(*engines, ",")
	for _, engine := range o.engines {
		if engine != "sqlite" && engine != "postgres" {
			return nil, fmt.Errorf("-engines: there is no engine %q", engine)
		}
	}
	if o.seconds <= 0 || o.repeats < 1 || o.connections < 1 {
		return nil, errors.New("-seconds, -repeats and -connections must be above zero")
	}
	var err error
	o.only, err = regexp.Compile(*only)
	return o, err
}

func run(ctx context.Context, o *options) (err error) {
	if _, err := os.Stat("internal/bench"); err != nil {
		return errors.New("start it in the root of the module: go run ./internal/bench")
	}
	r := &report{options: o, machine: describeMachine(), began: time.Now(), load: loadAverage()}
	w, err := newWorkshop(o)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, w.close()) }()
	if err := w.build(ctx); err != nil {
		return err
	}
	for _, engine := range o.engines {
		for _, size := range o.sizes {
			result, err := w.measure(ctx, engine, size)
			if err != nil {
				return fmt.Errorf("%s with %d tickets: %w", engine, size, err)
			}
			r.add(result)
			fmt.Println(r.table(result))
		}
	}
	if r.fsync, err = measureFsync(o.dir); err != nil {
		return err
	}
	r.postgres = w.postgresVersion()
	if o.out == "" {
		return nil
	}
	return os.WriteFile(o.out, []byte(r.markdown()), 0o644)
}

// say tells what goes on.
func say(format string, args ...any) {
	fmt.Printf("%s  %s\n", time.Now().Format(time.TimeOnly), fmt.Sprintf(format, args...))
}
