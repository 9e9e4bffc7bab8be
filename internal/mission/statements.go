package main

import (
	"bufio"
	"fmt"
	"os"
	"regexp"
	"strings"
)

// statementLine is a line of docs/statements.md that makes a statement, as in
// "- **S0-15** sentence". Decisions (C14, Q6) have the same form and no number
// of a source, and do not count.
var statementLine = regexp.MustCompile(`^\s*[-*] \*\*(S\d+-\d+)\*\*\s+\S`)

// readStatements gives the numbers in the order of the file. A number that
// stands twice, or a file without any, is an error.
func readStatements(path string) ([]string, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	var all []string
	seen := map[string]int{}
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, 1<<20)
	for n := 1; lines.Scan(); n++ {
		match := statementLine.FindStringSubmatch(lines.Text())
		if match == nil {
			continue
		}
		if first := seen[match[1]]; first != 0 {
			return nil, fmt.Errorf("%s:%d: %s stands in line %d already", path, n, match[1], first)
		}
		seen[match[1]] = n
		all = append(all, match[1])
	}
	if err := lines.Err(); err != nil {
		return nil, err
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("%s: no line of the form \"- **S0-01** sentence\"", path)
	}
	return all, nil
}

var frontNumbers = regexp.MustCompile(`^S\d+-\d+(?:[ ,]+S\d+-\d+)*\b`)

// statementsIn gives the numbers at the front of a test's name.
func statementsIn(name string) []string {
	return strings.FieldsFunc(frontNumbers.FindString(name), func(r rune) bool { return r == ' ' || r == ',' })
}
