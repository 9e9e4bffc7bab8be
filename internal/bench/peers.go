package main

import (
	"fmt"
	"strings"
)

// peer holds what two other open help desks were measured with, in ms at p50
// through one connection; "" where nothing was measured.
type peer struct{ libredesk, rt string }

// peers are the measurements of libredesk v2.7.0 (Go, PostgreSQL, Redis) with
// 1,000,000 tickets and of RT 5 with 100,000. They were taken once, with the
// same kind of load on another machine of the same size (2 cores, 24 GB,
// Debian 12, PostgreSQL 15), and not in the run beside which they stand.
var peers = map[string]peer{
	"list: mine":            {"36", "23"},
	"list: all, typical":    {"358", "29-36"},
	"list: all, full reach": {"4,600", "67"},
	"one ticket":            {"0.72", "29"},
	"refused (not visible)": {"0.44", "8"},
	"messages of a ticket":  {"1.7", "20"},
	"search, rare word":     {"", "25"},
	"add a note":            {"3.7", "63"},
	"change status":         {"4.4", "21"},
}

// writePeers puts the largest desk's medians beside those of other programs.
func (r *report) writePeers(b *strings.Builder) {
	largest := r.options.sizes[len(r.options.sizes)-1]
	sqlite, postgres := r.of("sqlite", largest), r.of("postgres", largest)
	if sqlite == nil || postgres == nil || largest < 1_000_000 {
		return
	}
	b.WriteString("\n## Beside other help desks\n\nMedians in ms through one connection. libredesk v2.7.0 had 1,000,000 tickets, RT 5.0.3 had 100,000. Theirs were taken earlier, on another machine\nof the same size (2 cores, 24 GB), so read orders of magnitude, not differences. libredesk counts the whole list with every page.\n\n")
	b.WriteString("| operation | libredesk, 1,000,000 | RT, 100,000 | Deskmesh on SQLite, 1,000,000 | Deskmesh on PostgreSQL, 1,000,000 |\n|---|---|---|---|---|\n")
	for i := range sqlite.figures {
		f := &sqlite.figures[i]
		p, known := peers[f.row.name]
		if !known || f.failed != nil {
			continue
		}
		other := "-"
		for j := range postgres.figures {
			if g := &postgres.figures[j]; g.row.name == f.row.name && g.failed == nil {
				other = fmt.Sprintf("%.2f", inMS(g.p50))
			}
		}
		fmt.Fprintf(b, "| %s | %s | %s | %.2f | %s |\n", f.row.name, orDash(p.libredesk), orDash(p.rt), inMS(f.p50), other)
	}
}

func orDash(text string) string {
	if text == "" {
		return "-"
	}
	return text
}
