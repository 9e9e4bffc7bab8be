package main

import (
	"regexp"
	"strings"
)

// screenTest is the beginning of a browser test with a literal name. The names
// test.skip, test.fixme and test.only do not match.
var screenTest = regexp.MustCompile("\\b(?:test|it)\\(\\s*(?:\"([^\"\\\\\\n]*)\"|'([^'\\\\\\n]*)'|`([^`\\\\$]*)`)\\s*,")

var (
	screenSkip = regexp.MustCompile(`\b(?:test|it)\.(?:skip|fixme|fail)\(`)
	screenCall = regexp.MustCompile(`[\w\])]\s*\(`)
)

// screenProofs finds the browser tests of one TypeScript file that name
// statements, have a body that calls something, and do not skip.
func screenProofs(source, folder string) []proof {
	source = withoutComments(source)
	code := withoutTexts(source)
	var proofs []proof
	for _, at := range screenTest.FindAllStringSubmatchIndex(source, -1) {
		name := ""
		for group := 2; group < len(at); group += 2 {
			if at[group] >= 0 {
				name = source[at[group]:at[group+1]]
			}
		}
		body := callRest(code[at[1]:])
		if _, inner, ok := strings.Cut(body, "=>"); ok {
			body = inner
		}
		numbers := statementsIn(name)
		if len(numbers) > 0 && screenCall.MatchString(body) && !screenSkip.MatchString(body) && !insideSkipped(code[:at[0]]) {
			proofs = append(proofs, proof{statements: numbers, folder: folder, name: name})
		}
	}
	return proofs
}

// callRest is the code up to the bracket that ends the call it stands in.
func callRest(code string) string {
	depth := 0
	for i := range len(code) {
		switch code[i] {
		case '(', '{', '[':
			depth++
		case ')', '}', ']':
			if depth == 0 {
				return code[:i]
			}
			depth--
		}
	}
	return code
}

var skippedGroup = regexp.MustCompile(`\b(?:test\.)?describe\.(?:skip|fixme)\(`)

// insideSkipped says whether the code before a test opens a skipped group that
// is still open.
func insideSkipped(before string) bool {
	for _, at := range skippedGroup.FindAllStringIndex(before, -1) {
		if rest := before[at[1]:]; callRest(rest) == rest {
			return true
		}
	}
	return false
}

// withoutComments replaces comments by spaces, so that places stay the same.
func withoutComments(source string) string { return blank(source, true) }

// withoutTexts replaces what stands in quotes by spaces, so that brackets in
// it do not count.
func withoutTexts(source string) string { return blank(source, false) }

// blank walks through TypeScript, knowing texts, comments and regular
// expressions just well enough to tell them from code, and blanks either the
// comments or the texts and expressions.
func blank(source string, comments bool) string {
	out := []byte(source)
	for i := 0; i < len(source); {
		end, isComment := tokenEnd(source, i)
		if end == i {
			i++
			continue
		}
		if isComment == comments {
			for j := i; j < end; j++ {
				if out[j] != '\n' {
					out[j] = ' '
				}
			}
		}
		i = end
	}
	return string(out)
}

// tokenEnd gives the end of the comment, text or regular expression that
// begins at i, or i where none does.
func tokenEnd(source string, i int) (end int, isComment bool) {
	rest := source[i:]
	switch {
	case strings.HasPrefix(rest, "//"):
		return i + upTo(rest, "\n", 2), true
	case strings.HasPrefix(rest, "/*"):
		return i + upTo(rest, "*/", 2), true
	case rest[0] == '"', rest[0] == '\'', rest[0] == '`':
		return i + closing(rest, rest[0]), false
	case rest[0] == '/' && expressionMayBegin(source[:i]):
		return i + closing(rest, '/'), false
	}
	return i, false
}

func upTo(text, mark string, from int) int {
	if at := strings.Index(text[from:], mark); at >= 0 {
		return from + at + len(mark)
	}
	return len(text)
}

// closing is the place behind the next unescaped mark. All but a template ends
// with its line at the latest.
func closing(text string, mark byte) int {
	for i := 1; i < len(text); i++ {
		switch {
		case text[i] == '\\':
			i++
		case text[i] == mark:
			return i + 1
		case text[i] == '\n' && mark != '`':
			return i
		}
	}
	return len(text)
}

// expressionMayBegin tells a regular expression from a division by what stands
// before it.
func expressionMayBegin(before string) bool {
	before = strings.TrimRight(before, " \t")
	return before == "" || strings.ContainsRune("(,=:[!&|?{};\n", rune(before[len(before)-1])) ||
		strings.HasSuffix(before, "return")
}
