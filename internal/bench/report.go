package main

import (
	"fmt"
	"strings"
	"time"
)

// report collects results and writes them down.
type report struct {
	options  *options
	machine  machine
	began    time.Time
	load     float64 // load average before bench did anything
	postgres string
	fsync    time.Duration
	results  []*result
}

// Budgets of a whole server, at the largest desk.
const (
	memoryBudget = 80 << 20
	readyBudget  = 200 * time.Millisecond
)

func (r *report) add(x *result) { r.results = append(r.results, x) }

// miss is a budget that was not kept.
type miss struct{ what, text string }

// misses compares one row with its budget.
func (f *figures) misses(engine string) []miss {
	if f.failed != nil {
		return []miss{{"failed", "failed: " + f.failed.Error()}}
	}
	var list []miss
	may := slack[engine]
	if most := time.Duration(float64(f.row.p50) * may.p50); most > 0 && f.p50 > most {
		list = append(list, miss{"p50", fmt.Sprintf("p50 %.2f ms (budget %.2f)", inMS(f.p50), inMS(most))})
	}
	if most := f.row.p99; most > 0 && f.p99 > most {
		list = append(list, miss{"p99", fmt.Sprintf("p99 %.2f ms (budget %.2f)", inMS(f.p99), inMS(most))})
	}
	if least := f.row.rate * may.rate; f.rate < least {
		list = append(list, miss{"rate", fmt.Sprintf("%.0f requests a second (budget %.0f)", f.rate, least)})
	}
	return list
}

// table writes the rows of one engine and size.
func (r *report) table(x *result) string {
	var b strings.Builder
	fmt.Fprintf(&b, "### %s, %s tickets\n\n", engineName(x.engine), thousands(x.tickets))
	b.WriteString("| operation | p50 ms | p99 ms | requests/s | processor µs |")
	if x.engine == "postgres" {
		b.WriteString(" PostgreSQL µs |")
	}
	b.WriteString(" budget p50 / p99 / rate | |\n|---|---|---|---|---|---|---|")
	if x.engine == "postgres" {
		b.WriteString("---|")
	}
	b.WriteString("\n")
	for i := range x.figures {
		f := &x.figures[i]
		fmt.Fprintf(&b, "| %s | %.2f | %.2f | %.0f | %.0f |", f.row.name, inMS(f.p50), inMS(f.p99), f.rate, float64(f.cpu)/1000)
		if x.engine == "postgres" {
			fmt.Fprintf(&b, " %.0f |", float64(f.database)/1000)
		}
		var missed []string
		for _, m := range f.misses(x.engine) {
			missed = append(missed, m.what)
		}
		fmt.Fprintf(&b, " %s | %s |\n", f.row.budget(x.engine), missedMark(missed))
	}
	fmt.Fprintf(&b, "\nReady after %.0f ms. Own memory after the run %.0f MB (RssAnon). Load of the machine %.1f before, %.1f after.\nSeeding: %s.\n",
		inMS(x.ready), float64(x.memory)/(1<<20), x.before, x.after, x.seeding)
	if x.bytes > 0 {
		fmt.Fprintf(&b, "Size of the database %.0f MB.\n", float64(x.bytes)/(1<<20))
	}
	return b.String()
}

func missedMark(missed []string) string {
	if len(missed) == 0 {
		return ""
	}
	return "**missed: " + strings.Join(missed, ", ") + "**"
}

func (r *row) budget(engine string) string {
	switch {
	case r.p50 == 0 && r.p99 == 0:
		return "none"
	case r.p50 == 0:
		return fmt.Sprintf("- / %.0f / -", inMS(r.p99))
	}
	may := slack[engine]
	return fmt.Sprintf("%.2f / %.0f / %.0f", inMS(r.p50)*may.p50, inMS(r.p99), r.rate*may.rate)
}

func engineName(engine string) string {
	return map[string]string{"sqlite": "SQLite", "postgres": "PostgreSQL"}[engine]
}

// thousands writes a number with commas.
func thousands(n int) string {
	text := fmt.Sprint(n)
	for at := len(text) - 3; at > 0; at -= 3 {
		text = text[:at] + "," + text[at:]
	}
	return text
}

// grown compares the p50 of a row at the largest desk with that at the smallest.
type grown struct {
	engine   string
	row      *row
	from, to time.Duration
}

func (g grown) ratio() float64 { return float64(g.to) / float64(max(g.from, 1)) }
func (g grown) missed() bool   { return g.ratio() > g.row.growth }

func (r *report) growth() []grown {
	var list []grown
	for _, engine := range r.options.engines {
		small, large := r.of(engine, r.options.sizes[0]), r.of(engine, r.options.sizes[len(r.options.sizes)-1])
		if small == nil || large == nil || small == large {
			continue
		}
		for i := range min(len(small.figures), len(large.figures)) {
			if small.figures[i].failed != nil || large.figures[i].failed != nil {
				continue
			}
			list = append(list, grown{engine, large.figures[i].row, small.figures[i].p50, large.figures[i].p50})
		}
	}
	return list
}

func (r *report) of(engine string, tickets int) *result {
	for _, x := range r.results {
		if x.engine == engine && x.tickets == tickets {
			return x
		}
	}
	return nil
}

// missedRows lists every budget that was not kept.
func (r *report) missedRows() []string {
	var list []string
	largest := r.options.sizes[len(r.options.sizes)-1]
	for _, x := range r.results {
		name := fmt.Sprintf("%s, %s tickets", engineName(x.engine), thousands(x.tickets))
		for i := range x.figures {
			var texts []string
			for _, m := range x.figures[i].misses(x.engine) {
				texts = append(texts, m.text)
			}
			if len(texts) > 0 {
				list = append(list, fmt.Sprintf("%s, %s: %s", name, x.figures[i].row.name, strings.Join(texts, "; ")))
			}
		}
		if x.tickets == largest && x.memory > memoryBudget {
			list = append(list, fmt.Sprintf("%s, memory: %.0f MB (budget %d)", name, float64(x.memory)/(1<<20), memoryBudget>>20))
		}
		if x.tickets == largest && x.ready > readyBudget {
			list = append(list, fmt.Sprintf("%s, ready: %.0f ms (budget %.0f)", name, inMS(x.ready), inMS(readyBudget)))
		}
	}
	for _, g := range r.growth() {
		if g.missed() {
			list = append(list, fmt.Sprintf("%s, growth of %s: %.2f times (budget %.1f)", engineName(g.engine), g.row.name, g.ratio(), g.row.growth))
		}
	}
	return list
}
