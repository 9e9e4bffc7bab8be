// Command mission tells which statements of docs/statements.md a test proves.
//
// A statement counts as proven by a test at the API, a screen or the wire:
// one in the folders that doors names, with the statement's number at the
// front of a literal name, as in
//
//	t.Run("S0-15 the 26th recipient is refused", func(t *testing.T) { ... })
//	t.Run("S0-15 S0-16 the cap holds for both", ...)
//	test("S0-17 the dialog names everybody", async ({ page }) => { ... })
//
// whose body does something and does not skip. The scan only reads files:
//
//	go run ./internal/mission
//
// prints "S0-15 proven TestCap/S0-15_the_26th_recipient_is_refused" or
// "S0-16 none" for every statement, and in the end "N of 157 proven".
//
//	go run ./internal/mission -events build/events.json
//
// reads the output of `go test -json` too, prints the total alone, and fails
// where a statement that counts has no test that passed in it. A run of the
// screens' tests adds lines of the same form, with the folder as Package:
//
//	{"Action":"pass","Package":"web/e2e","Test":"S0-17 the dialog names everybody"}
//
// The command imports nothing of the program.
package main

import (
	"bufio"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// doors are the folders whose tests ask the program from outside: at the API,
// a screen or the wire. Folders below them belong to them.
var doors = []string{
	"internal/httpapi",
	"internal/site",
	"internal/cli",
	"internal/mail/smtpin",
	"e2e",
	"web/e2e",
}

func main() {
	root := flag.String("root", ".", "the `folder` of the repository")
	events := flag.String("events", "", "a `file` with the output of go test -json; a statement that counts must have passed in it")
	flag.Parse()
	out := bufio.NewWriter(os.Stdout)
	faults, err := run(out, *root, *events)
	if flushErr := out.Flush(); err == nil {
		err = flushErr
	}
	for _, fault := range faults {
		fmt.Fprintln(os.Stderr, "mission:", fault)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "mission:", err)
	}
	if err != nil || len(faults) > 0 {
		os.Exit(1)
	}
}

// run prints the report and returns what is wrong with the proofs: names of
// statements that do not exist and, with events, statements without a pass.
func run(out io.Writer, root, events string) ([]string, error) {
	statements, err := readStatements(filepath.Join(root, "docs", "statements.md"))
	if err != nil {
		return nil, err
	}
	proofs, err := findProofs(root, doors)
	if err != nil {
		return nil, err
	}
	faults := unknownStatements(statements, proofs)
	proven := report(out, statements, proofs, events == "")
	fmt.Fprintf(out, "%d of %d proven\n", proven, len(statements))
	if events == "" {
		return faults, nil
	}
	passed, err := readEvents(events)
	if err != nil {
		return nil, err
	}
	return append(faults, withoutPass(statements, proofs, passed)...), nil
}

// report counts the proven statements and, where it is to list them, prints a
// line for each statement.
func report(out io.Writer, statements []string, proofs []proof, list bool) int {
	byStatement := group(proofs)
	proven := 0
	for _, statement := range statements {
		line := statement + " none"
		if found := byStatement[statement]; len(found) > 0 {
			proven++
			line = statement + " proven " + found[0].path()
		}
		if list {
			fmt.Fprintln(out, line)
		}
	}
	return proven
}

func group(proofs []proof) map[string][]proof {
	byStatement := map[string][]proof{}
	for _, p := range proofs {
		for _, statement := range p.statements {
			byStatement[statement] = append(byStatement[statement], p)
		}
	}
	return byStatement
}

func unknownStatements(statements []string, proofs []proof) []string {
	known := map[string]bool{}
	for _, statement := range statements {
		known[statement] = true
	}
	var faults []string
	for _, p := range proofs {
		for _, statement := range p.statements {
			if !known[statement] {
				faults = append(faults, fmt.Sprintf("%s: %s names %s, which docs/statements.md does not have", p.folder, p.path(), statement))
			}
		}
	}
	return faults
}

func withoutPass(statements []string, proofs []proof, passed passes) []string {
	byStatement := group(proofs)
	var faults []string
	for _, statement := range statements {
		found := byStatement[statement]
		if len(found) > 0 && !passed.any(found) {
			faults = append(faults, fmt.Sprintf("%s counts as proven by %s, which did not pass in this run", statement, found[0].path()))
		}
	}
	return faults
}
