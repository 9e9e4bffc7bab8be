package wording

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Limits of one text.
const (
	maxPlaces = 100
	maxDepth  = 5
	maxOut    = 100_000 // bytes of what comes out
)

// Fault is what is wrong with a text, and where. Its message never repeats what
// was written.
type Fault struct {
	Line    int // from 1
	Message string
}

// Error implements error.
func (f *Fault) Error() string { return fmt.Sprintf("Line %d: %s", f.Line, f.Message) }

// part is a piece of a text: text as it is, a value, or parts that depend on one.
type part struct {
	text  string
	name  string
	block byte // '#' or '^' for parts that depend on a value
	inner []part
}

// Check says what is wrong with a text that may use the values of the given
// names; nil, or a *Fault.
func Check(text string, names []string) error {
	if _, fault := parse(text, names); fault != nil {
		return fault
	}
	return nil
}

// reader reads a text once, from its beginning to its end.
type reader struct {
	names  []string // what may be named; nil for everything
	line   int
	places int
	fresh  bool // a line begins with what comes next
	open   []open
}

// open are the parts of a block that has not ended, and where it began.
type open struct {
	part
	line int
}

func parse(text string, names []string) ([]part, *Fault) {
	p := &reader{names: names, line: 1, fresh: true, open: []open{{}}}
	if fault := p.plain(text); fault != nil {
		return nil, fault
	}
	for {
		before, rest, found := strings.Cut(text, "{{")
		if !found {
			break
		}
		p.line += strings.Count(before, "\n")
		tag, after, closed := strings.Cut(rest, "}}")
		if !closed || strings.ContainsAny(tag, "\n{") {
			return nil, p.fault("Braces are opened here and not closed on the same line.")
		}
		tag = strings.TrimSpace(tag)
		text = after
		if tag != "" && strings.IndexByte("#^/!", tag[0]) >= 0 {
			before, text = p.alone(before, after)
		}
		p.text(before)
		if fault := p.tag(tag); fault != nil {
			return nil, fault
		}
		p.line += strings.Count(after[:len(after)-len(text)], "\n")
		p.fresh = len(text) < len(after)
	}
	p.text(text)
	if last := p.open[len(p.open)-1]; len(p.open) > 1 {
		return nil, &Fault{last.line, "What begins here with # or ^ has no end with / and the same name."}
	}
	return p.open[0].inner, nil
}

// plain refuses what is no text.
func (p *reader) plain(text string) *Fault {
	if !utf8.ValidString(text) {
		return p.fault("This is not valid text.")
	}
	line := 1
	for _, r := range text {
		switch {
		case r == '\n':
			line++
		case r != '\t' && unicode.IsControl(r):
			return &Fault{line, "There is a control character in it."}
		}
	}
	return nil
}

// alone takes away the line that a tag stands on all by itself.
func (p *reader) alone(before, after string) (string, string) {
	begin := strings.LastIndexByte(before, '\n') + 1
	line, rest, _ := strings.Cut(after, "\n")
	if begin == 0 && !p.fresh || strings.TrimSpace(before[begin:]) != "" || strings.TrimSpace(line) != "" {
		return before, after
	}
	return before[:begin], rest
}

func (p *reader) fault(message string) *Fault { return &Fault{p.line, message} }

func (p *reader) text(s string) {
	if s != "" {
		p.add(part{text: s})
	}
}

func (p *reader) add(x part) {
	top := &p.open[len(p.open)-1]
	top.inner = append(top.inner, x)
}

// tag reads what stands between two pairs of braces.
func (p *reader) tag(tag string) *Fault {
	if p.places++; p.places > maxPlaces {
		return p.fault(fmt.Sprintf("A text has at most %d places in braces.", maxPlaces))
	}
	if tag == "" {
		return p.fault("There is nothing between these braces.")
	}
	name := strings.TrimSpace(tag[1:])
	switch tag[0] {
	case '!':
		return nil
	case '#', '^':
		if fault := p.known(name); fault != nil {
			return fault
		}
		if len(p.open) > maxDepth {
			return p.fault(fmt.Sprintf("Parts that depend on a value stand in each other at most %d deep.", maxDepth))
		}
		p.open = append(p.open, open{part{name: name, block: tag[0]}, p.line})
		return nil
	case '/':
		last := p.open[len(p.open)-1]
		if len(p.open) == 1 || last.name != name {
			return p.fault("This ends what did not begin, or not last.")
		}
		p.open = p.open[:len(p.open)-1]
		p.add(last.part)
		return nil
	}
	if fault := p.known(tag); fault != nil {
		return fault
	}
	p.add(part{name: tag})
	return nil
}

func (p *reader) known(name string) *Fault {
	if p.names == nil || slices.Contains(p.names, name) {
		return nil
	}
	return p.fault("There is no such value in this mail. There are " + strings.Join(p.names, ", ") + ".")
}
