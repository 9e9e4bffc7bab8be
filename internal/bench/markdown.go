package main

import (
	"fmt"
	"strings"
	"time"
)

// markdown is the whole of docs/benchmarks.md.
func (r *report) markdown() string {
	var b strings.Builder
	b.WriteString("# Benchmarks\n\nWritten by `make bench`; do not edit by hand.\n\n")
	r.writeMethod(&b)
	b.WriteString("## Missed\n\n")
	missed := r.missedRows()
	if len(missed) == 0 {
		b.WriteString("Nothing: every row is within its budget.\n")
	}
	for _, line := range missed {
		b.WriteString("- " + line + "\n")
	}
	r.writeGrowth(&b)
	r.writePeers(&b)
	for _, engine := range r.options.engines {
		fmt.Fprintf(&b, "\n## %s\n", engineName(engine))
		for _, x := range r.results {
			if x.engine == engine {
				b.WriteString("\n" + r.table(x))
			}
		}
	}
	return b.String()
}

func (r *report) writeMethod(b *strings.Builder) {
	m := r.machine
	fmt.Fprintf(b, "Measured on %s: %s, %d cores, %.0f GB, Linux %s, %s. SQLite is modernc.org/sqlite %s with `synchronous=FULL`", r.began.Format(time.DateOnly),
		m.cpu, m.cores, float64(m.memory)/(1<<30), m.kernel, m.goVersion, m.sqlite)
	if r.postgres != "" {
		fmt.Fprintf(b, "; PostgreSQL is version %s on the same machine with fsync, full_page_writes and synchronous_commit on, shared_buffers %s",
			r.postgres, postgresSettings["shared_buffers"])
	}
	fmt.Fprintf(b, `.
Writing 4 KB and waiting for the disk takes %.2f ms (median of 200); rows that write wait for that.
%s
## Method

The desk has 5 accounts, one with four in five of the tickets, 200 agents, 20 groups, 10 inboxes in 3 brands and up to 20,000
requesters; 3 messages a ticket, one ticket in ten open. One in twenty tickets is shared, and one group has 2,000 shares (20,000 at
a million tickets). Viewers: *typical* (2 groups in 1 inbox, 14 %% of the tickets), *sparse* (restricted, only 20 old shares, so its list
of all is empty), *full* (owner), *wide* (10 groups in 8 inboxes). A page has 25 tickets.

The real binary runs with its defaults on a copy of the database and is asked over loopback. p50 and p99 come from one
connection, requests a second from %d connections, each asking again as soon as it is answered; both for %.1f s, %d times, and
the median counts. Each connection makes %d requests before, which are not counted. Processor time is that of the server for one
request at %d connections, without PostgreSQL's, which stands beside it. The load generator runs on the same machine and takes its part of it. It is a small closed loop of its own over plain
TCP connections: vegeta works at a fixed rate and would cost more than the server it measures. Before each measurement the
server has come to rest, so no work of the row before is in it. Sharing is measured on fresh tickets; the shares are ended
outside the timing. Memory allocations are not seen from outside and not measured.

Budgets are those of the plan at a million tickets; PostgreSQL may take 1.5 times the p50 and answer half the requests, since
it shares the cores. They are held against the smaller desks too.

`, inMS(r.fsync), r.warning(), r.options.connections, r.options.seconds, r.options.repeats, warmUpRequests, r.options.connections)
}

// warning says when other programs kept the machine busy.
func (r *report) warning() string {
	if r.load > float64(r.machine.cores)/2 {
		return fmt.Sprintf("\n**Other programs kept this machine busy meanwhile (load %.1f on %d cores before it began): times are too long and\nrates too low. Repeat the run on a quiet machine.**\n", r.load, r.machine.cores)
	}
	return ""
}

func (r *report) writeGrowth(b *strings.Builder) {
	list := r.growth()
	if len(list) == 0 {
		return
	}
	fmt.Fprintf(b, "\n## Growth\n\np50 at %s tickets against p50 at %s.\n\n| operation | engine | p50 ms small | p50 ms large | ratio | at most | |\n|---|---|---|---|---|---|---|\n",
		thousands(r.options.sizes[len(r.options.sizes)-1]), thousands(r.options.sizes[0]))
	for _, g := range list {
		mark := ""
		if g.missed() {
			mark = "**missed**"
		}
		fmt.Fprintf(b, "| %s | %s | %.2f | %.2f | %.2f | %.1f | %s |\n", g.row.name, engineName(g.engine), inMS(g.from), inMS(g.to), g.ratio(), g.row.growth, mark)
	}
}
