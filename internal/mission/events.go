package main

import (
	"bufio"
	"encoding/json"
	"io"
	"os"
	"strconv"
	"strings"
	"unicode"
)

// passes is the tests that passed in a run: per package, their full names.
type passes map[string][]string

// readEvents reads the output of `go test -json`. Lines that are no events are
// passed over, as when a build prints something in between. A test that passed
// once and failed once has not passed.
func readEvents(path string) (passes, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()

	ended := map[[2]string]string{}
	r := bufio.NewReader(file)
	for {
		line, err := r.ReadBytes('\n')
		var e struct{ Action, Package, Test string }
		if json.Unmarshal(line, &e) == nil && e.Test != "" {
			switch key := [2]string{e.Package, e.Test}; e.Action {
			case "fail":
				ended[key] = e.Action
			case "pass":
				if ended[key] == "" {
					ended[key] = e.Action
				}
			}
		}
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, err
		}
	}
	all := passes{}
	for key, action := range ended {
		if action == "pass" {
			all[key[0]] = append(all[key[0]], key[1])
		}
	}
	return all, nil
}

// any says whether one of the proofs passed.
func (all passes) any(proofs []proof) bool {
	for _, p := range proofs {
		for pkg, tests := range all {
			if pkg != p.folder && !strings.HasSuffix(pkg, "/"+p.folder) {
				continue
			}
			for _, test := range tests {
				if p.is(test) {
					return true
				}
			}
		}
	}
	return false
}

// is compares with a full name of a test. Levels in between are not compared,
// since their names may be computed, nor the "#01" that go test adds where a
// name stands twice.
func (p proof) is(full string) bool {
	if p.test == "" {
		return full == p.name
	}
	if i := strings.LastIndexByte(full, '#'); i >= 0 {
		if _, err := strconv.Atoi(full[i+1:]); err == nil && !strings.HasSuffix(full, rewrite(p.name)) {
			full = full[:i]
		}
	}
	return strings.HasSuffix(full, "/"+rewrite(p.name))
}

// rewrite gives a subtest's name as go test prints it.
func rewrite(name string) string {
	var b strings.Builder
	for _, r := range name {
		switch {
		case unicode.IsSpace(r):
			b.WriteByte('_')
		case !strconv.IsPrint(r):
			quoted := strconv.QuoteRune(r)
			b.WriteString(quoted[1 : len(quoted)-1])
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}
