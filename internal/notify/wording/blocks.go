package wording

import (
	"bytes"
	"html"
	"html/template"
	"net/url"
	"strconv"
	"strings"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// Written is a block of text in both forms of a mail. Text has no line break at
// its end; both are empty where there is nothing to say.
type Written struct {
	Text string
	HTML template.HTML
}

// markdown reads the part of Markdown that a mail can have: no HTML, no
// references from one block to another, and code is a paragraph like any other.
var markdown = parser.NewParser(
	parser.WithBlockParsers(
		util.Prioritized(parser.NewThematicBreakParser(), 200), util.Prioritized(parser.NewListParser(), 300),
		util.Prioritized(parser.NewListItemParser(), 400), util.Prioritized(parser.NewCodeBlockParser(), 500), util.Prioritized(parser.NewATXHeadingParser(), 600),
		util.Prioritized(parser.NewParagraphParser(), 1000)),
	parser.WithInlineParsers(
		util.Prioritized(parser.NewLinkParser(), 200), util.Prioritized(parser.NewAutoLinkParser(), 300),
		util.Prioritized(parser.NewEmphasisParser(), 500), util.Prioritized(extension.NewLinkifyParser(), 999)),
)

// Blocks writes a text of several lines with the values in it. It fails where
// Check does.
func Blocks(source string, v Values) (Written, error) {
	filled, err := fill(source, v, literal)
	if err != nil || strings.TrimSpace(filled) == "" {
		return Written{}, err
	}
	w := writer{source: []byte(filled)}
	tree := markdown.Parse(text.NewReader(w.source))
	w.blocks(tree, "")
	return Written{Text: strings.Trim(w.text.String(), "\n"), HTML: template.HTML(strings.TrimSuffix(w.html.String(), "\n"))}, nil //nolint:gosec // written here, from escaped text
}

// The looks of the blocks, as in the rest of a mail.
const (
	spaced   = ` style="margin:0 0 16px"`
	listed   = ` style="margin:0 0 16px;padding:0 0 0 24px"`
	headed   = ` style="margin:0 0 12px;font-size:18px;line-height:1.3"`
	ruled    = ` style="margin:16px 0;border:0;border-top:1px solid #7d8ba1"`
	maxInner = 20 // blocks and emphasis in each other; what is deeper is written flat
)

// writer writes one tree as text and as HTML.
type writer struct {
	source []byte
	text   strings.Builder
	html   strings.Builder
	depth  int
}

// both writes what is text in both forms.
func (w *writer) both(s string) {
	w.text.WriteString(s)
	w.html.WriteString(html.EscapeString(s))
}

// around writes the content of a node between two tags of HTML.
func (w *writer) around(tag, attributes string, inside func()) {
	w.html.WriteString("<" + tag + attributes + ">")
	inside()
	w.html.WriteString("</" + tag + ">")
}

// blocks writes the blocks in a node. In the text, indent stands before the lines
// of what is in a list.
func (w *writer) blocks(n ast.Node, indent string) {
	if w.depth++; w.depth > maxInner {
		w.depth--
		return
	}
	defer func() { w.depth-- }()
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		switch c := c.(type) {
		case *ast.List:
			w.list(c, indent)
		case *ast.ThematicBreak:
			w.gap(c, indent)
			w.text.WriteString("---\n")
			w.html.WriteString("<hr" + ruled + ">\n")
		case *ast.Heading:
			w.gap(c, indent)
			w.around("h2", headed, func() { w.inline(c, indent) })
			w.end()
		case *ast.TextBlock:
			w.inline(c, indent)
			w.text.WriteByte('\n')
		case *ast.CodeBlock:
			w.gap(c, indent)
			w.around("p", spaced, func() { w.lines(c, indent) })
			w.end()
		default:
			w.gap(c, indent)
			w.around("p", spaced, func() { w.inline(c, indent) })
			w.end()
		}
	}
}

func (w *writer) end() {
	w.text.WriteByte('\n')
	w.html.WriteByte('\n')
}

// gap leaves a line empty in the text before every block but the first.
func (w *writer) gap(n ast.Node, indent string) {
	if n.PreviousSibling() != nil {
		w.text.WriteString("\n" + indent)
	}
}

// lines writes lines that are indented, which elsewhere is code.
func (w *writer) lines(c *ast.CodeBlock, indent string) {
	for i := range c.Lines().Len() {
		if i > 0 {
			w.lineBreak(indent)
		}
		line := c.Lines().At(i)
		w.both(strings.TrimSpace(string(util.UnescapePunctuations(line.Value(w.source)))))
	}
}

func (w *writer) lineBreak(indent string) {
	w.text.WriteString("\n" + indent)
	w.html.WriteString("<br>\n")
}

func (w *writer) list(l *ast.List, indent string) {
	if previous := l.PreviousSibling(); previous != nil && previous.Kind() != ast.KindTextBlock {
		w.text.WriteByte('\n')
	}
	tag, number := "ul", l.Start
	if l.IsOrdered() {
		tag = "ol"
	}
	attributes := listed
	if l.IsOrdered() && number != 1 {
		attributes += ` start="` + strconv.Itoa(number) + `"`
	}
	w.around(tag, attributes, func() {
		for item := l.FirstChild(); item != nil; item = item.NextSibling() {
			mark := "- "
			if l.IsOrdered() {
				mark = strconv.Itoa(number) + ". "
				number++
			}
			w.text.WriteString(indent + mark)
			w.around("li", "", func() { w.blocks(item, indent+strings.Repeat(" ", len(mark))) })
		}
	})
	w.html.WriteByte('\n')
}

// inline writes the words in a block.
func (w *writer) inline(n ast.Node, indent string) {
	if w.depth++; w.depth > 2*maxInner {
		w.depth--
		return
	}
	defer func() { w.depth-- }()
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		switch c := c.(type) {
		case *ast.Text:
			w.both(string(util.UnescapePunctuations(c.Segment.Value(w.source))))
			if c.SoftLineBreak() || c.HardLineBreak() {
				w.lineBreak(indent)
			}
		case *ast.String:
			w.both(string(c.Value))
		case *ast.Emphasis:
			tag := "em"
			if c.Level > 1 {
				tag = "strong"
			}
			w.around(tag, "", func() { w.inline(c, indent) })
		case *ast.AutoLink:
			w.link(autoAddress(c, w.source), func() { w.both(string(c.Label(w.source))) })
		case *ast.Link:
			w.link(string(util.UnescapePunctuations(c.Destination)), func() { w.inline(c, indent) })
		default:
			w.inline(c, indent) // of a picture, what stands for it
		}
	}
}

func autoAddress(a *ast.AutoLink, source []byte) string {
	address := string(a.URL(source))
	if a.AutoLinkType == ast.AutoLinkEmail && !bytes.HasPrefix(bytes.ToLower(a.URL(source)), []byte("mailto:")) {
		return "mailto:" + address
	}
	return address
}

// link writes a link. In the text its address follows, where the words are not
// the address; one that leads elsewhere than it may is just its words.
func (w *writer) link(address string, words func()) {
	address = Address(address)
	if address == "" {
		words()
		return
	}
	begin := w.text.Len()
	w.around("a", ` href="`+html.EscapeString(address)+`"`, words)
	said := w.text.String()[begin:]
	if said != address && said+"/" != address && "mailto:"+said != address && "http://"+said != address {
		w.text.WriteString(" (" + strings.TrimPrefix(address, "mailto:") + ")")
	}
}

// Address gives an address that a link in a mail may have, one of the web or of
// somebody's mailbox; else "".
func Address(s string) string {
	u, err := url.Parse(strings.TrimSpace(s))
	if err != nil {
		return ""
	}
	switch {
	case u.Scheme == "mailto" && strings.Contains(u.Opaque, "@") && u.RawQuery == "":
		return u.String()
	case (u.Scheme == "https" || u.Scheme == "http") && u.Host != "":
		return u.String()
	}
	return ""
}
