package mail

import (
	"regexp"
	"strings"

	"golang.org/x/net/html"
)

// breaksBefore are the elements that start a new line of text; breaksTwice those
// with an empty line around them.
var (
	breaksBefore = map[string]bool{
		"address": true, "article": true, "blockquote": true, "caption": true, "center": true, "dd": true,
		"div": true, "dl": true, "dt": true, "figcaption": true, "figure": true, "footer": true, "form": true,
		"header": true, "hr": true, "li": true, "main": true, "ol": true, "pre": true, "section": true,
		"table": true, "tr": true, "ul": true,
	}
	breaksTwice = map[string]bool{
		"p": true, "h1": true, "h2": true, "h3": true, "h4": true, "h5": true, "h6": true,
	}
)

// textOf gives the readable text of HTML, safe or not. Quoted passages
// (blockquote) come out with "> " before each line, so that SplitQuote and
// people see them as quotes.
func textOf(source string) string {
	e := extractor{}
	skipText := false
	z := html.NewTokenizer(strings.NewReader(source))
	for {
		switch z.Next() {
		case html.ErrorToken:
			return e.result()
		case html.TextToken:
			if !skipText {
				e.text(z.Token().Data)
			}
			skipText = false
		case html.StartTagToken, html.SelfClosingTagToken:
			name, _ := z.TagName()
			skipText = rawText[string(name)]
			e.start(string(name))
		case html.EndTagToken:
			name, _ := z.TagName()
			skipText = false
			e.end(string(name))
		default:
			skipText = false
		}
	}
}

// extractor builds text line by line.
type extractor struct {
	out   strings.Builder
	row   strings.Builder
	quote int  // depth of blockquotes
	pre   int  // depth of pre
	empty int  // empty lines asked for since the last row; one of them is written
	last  int  // depth of blockquotes at the last row
	any   bool // a row was written
}

const maxQuoteDepth = 5

func (e *extractor) start(name string) {
	switch {
	case name == "br":
		e.endRow(true)
	case name == "td" || name == "th":
		e.word("\t")
	case breaksTwice[name]:
		e.endRow(false)
		e.gap()
	case breaksBefore[name]:
		e.endRow(false)
	}
	switch name {
	case "blockquote":
		e.quote++
	case "pre":
		e.pre++
	case "li":
		e.row.WriteString("- ")
	}
}

func (e *extractor) end(name string) {
	switch {
	case breaksTwice[name]:
		e.endRow(false)
		e.gap()
	case breaksBefore[name]:
		e.endRow(false)
	}
	switch {
	case name == "blockquote" && e.quote > 0:
		e.quote--
	case name == "pre" && e.pre > 0:
		e.pre--
	}
}

var whiteSpace = regexp.MustCompile(`[ \t\r\n\f\x{00A0}]+`)

func (e *extractor) text(s string) {
	if e.pre == 0 {
		e.word(whiteSpace.ReplaceAllString(s, " "))
		return
	}
	for i, row := range strings.Split(strings.ReplaceAll(s, "\r\n", "\n"), "\n") {
		if i > 0 {
			e.endRow(true)
		}
		e.row.WriteString(row)
	}
}

// word adds text to the row, with at most one blank between two words.
func (e *extractor) word(s string) {
	if row := e.row.String(); row == "" || strings.HasSuffix(row, " ") || strings.HasSuffix(row, "\t") {
		s = strings.TrimLeft(s, " \t")
	}
	e.row.WriteString(s)
}

// endRow writes the row. An empty one counts as a gap when it was asked for by
// a br.
func (e *extractor) endRow(asked bool) {
	row := strings.TrimRight(e.row.String(), " \t")
	e.row.Reset()
	if row == "" {
		if asked {
			e.gap()
		}
		return
	}
	prefix := quoteMarks(e.quote)
	if e.any {
		e.out.WriteByte('\n')
		if e.empty > 0 {
			e.out.WriteString(strings.TrimRight(quoteMarks(min(e.quote, e.last)), " ") + "\n")
		}
	}
	e.out.WriteString(prefix + row)
	e.any, e.empty, e.last = true, 0, e.quote
}

func quoteMarks(depth int) string { return strings.Repeat("> ", min(depth, maxQuoteDepth)) }

func (e *extractor) gap() { e.empty++ }

func (e *extractor) result() string {
	e.endRow(false)
	return scrub(e.out.String())
}
