package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
)

// event is one line of `go test -json`; `go doc test2json` describes it.
type event struct {
	Action  string
	Package string
	Test    string
	Output  string
}

// place is where output belongs: a test, or with an empty Test its package.
type place struct{ pkg, test string }

// printer turns events back into the output a person expects: nothing for a
// test that passes, everything for one that fails, one line per package.
type printer struct {
	out     io.Writer
	pending map[place]*strings.Builder
	passed  int
	failed  int
	skipped int
	// failing holds the packages in which a test has failed.
	failing map[string]bool
}

func newPrinter(out io.Writer) *printer {
	return &printer{out: out, pending: map[place]*strings.Builder{}, failing: map[string]bool{}}
}

// line takes one line of go test's output and says whether it was an event.
// What is no event is printed as it came.
func (p *printer) line(line []byte) bool {
	var e event
	if json.Unmarshal(line, &e) != nil || e.Action == "" {
		fmt.Fprintf(p.out, "%s", line)
		return false
	}
	at := place{e.Package, e.Test}
	switch e.Action {
	case "build-output":
		fmt.Fprint(p.out, e.Output)
	case "output":
		p.keep(at, e.Output)
	case "pass", "fail", "skip":
		if e.Test == "" {
			p.endPackage(at, e.Action)
		} else {
			p.endTest(at, e.Action)
		}
	}
	return true
}

func (p *printer) keep(at place, output string) {
	b := p.pending[at]
	if b == nil {
		b = &strings.Builder{}
		p.pending[at] = b
	}
	b.WriteString(output)
}

func (p *printer) take(at place) string {
	b := p.pending[at]
	delete(p.pending, at)
	if b == nil {
		return ""
	}
	return b.String()
}

func (p *printer) endTest(at place, action string) {
	output := p.take(at)
	switch action {
	case "pass":
		p.passed++
	case "skip":
		p.skipped++
	default:
		p.failed++
		p.failing[at.pkg] = true
		fmt.Fprint(p.out, output)
	}
}

// endPackage prints the closing line of a package that passed, and all that
// one that failed had to say outside its tests: a panic, a race report, the
// number of the shuffle. A test that a crash cut short is printed too. A
// package that fails without a failing test, as when it does not compile,
// counts as one failure.
func (p *printer) endPackage(at place, action string) {
	output := p.take(at)
	if action != "fail" {
		output = closingLine(output)
	} else if !p.failing[at.pkg] {
		p.failed++
	}
	for other := range p.pending {
		if other.pkg == at.pkg {
			cut := p.take(other)
			if action == "fail" {
				fmt.Fprint(p.out, cut)
			}
		}
	}
	fmt.Fprint(p.out, output)
}

// closingLine is the last line of a package's output: "ok ..." or "? ...".
func closingLine(output string) string {
	lines := strings.SplitAfter(strings.TrimRight(output, "\n"), "\n")
	last := lines[len(lines)-1]
	if last == "" {
		return ""
	}
	return last + "\n"
}

// close prints what never came to an end, and the totals.
func (p *printer) close() {
	for at := range p.pending {
		fmt.Fprint(p.out, p.take(at))
	}
	fmt.Fprintf(p.out, "%d passed, %d failed, %d skipped\n", p.passed, p.failed, p.skipped)
}
