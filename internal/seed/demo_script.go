package seed

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// A script tells the tickets of a demo desk, in the files of folder demo. A
// ticket begins with "# subject" and some "key: value" lines; its steps follow,
// each with a line "> +time who verb ..." and the text, if there is one, below.
// The time counts from the step before, "ago" from the start of the demo. People
// are named by the part of their address before the @ when it is the desk's own.

// scriptTicket is one ticket of a script.
type scriptTicket struct {
	line    int
	subject string
	ago     time.Duration
	head    map[string]string
	fields  [][2]string // own fields: name and value
	steps   []scriptStep
}

// scriptStep is something that somebody does to the ticket.
type scriptStep struct {
	line  int
	after time.Duration
	who   string
	verb  string
	args  []string
	aside string // what stands behind a colon: the reason of a share
	text  string
}

var scriptKeys = []string{"inbox", "from", "by", "group", "priority", "type", "tags", "private", "cc"}

// readScript reads a script; an error names the line.
func readScript(script string) ([]scriptTicket, error) {
	r := &scriptReader{}
	for line := range strings.Lines(script) {
		r.line++
		if err := r.read(strings.TrimRight(line, "\r\n")); err != nil {
			return nil, fmt.Errorf("line %d: %w", r.line, err)
		}
	}
	for i := range r.tickets {
		t := &r.tickets[i]
		for k := range t.steps {
			t.steps[k].text = unwrap(strings.TrimSpace(t.steps[k].text))
		}
		if len(t.steps) == 0 || t.ago <= 0 || t.head["inbox"] == "" || t.head["from"] == "" {
			return nil, fmt.Errorf("line %d: a ticket needs ago, inbox, from and a step", t.line)
		}
	}
	return r.tickets, nil
}

// fullLine is the length from which a line of a text goes on in the next one: it
// ended there only because the file's lines do.
const fullLine = 95

// unwrap joins the lines of paragraphs, as mail programs send them.
func unwrap(text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		bare := strings.TrimRight(line, "\n")
		b.WriteString(bare)
		switch {
		case bare == line: // the last one
		case len(bare) >= fullLine:
			b.WriteByte(' ')
		default:
			b.WriteByte('\n')
		}
	}
	return b.String()
}

type scriptReader struct {
	line    int
	tickets []scriptTicket
}

func (r *scriptReader) read(line string) error {
	if subject, ok := strings.CutPrefix(line, "# "); ok {
		r.tickets = append(r.tickets, scriptTicket{line: r.line, subject: subject, head: map[string]string{}})
		return nil
	}
	if len(r.tickets) == 0 {
		if strings.TrimSpace(line) == "" {
			return nil
		}
		return fmt.Errorf("text before the first ticket")
	}
	t := &r.tickets[len(r.tickets)-1]
	if head, ok := strings.CutPrefix(line, "> +"); ok {
		step, err := readStep(head)
		step.line = r.line
		t.steps = append(t.steps, step)
		return err
	}
	if len(t.steps) > 0 {
		last := &t.steps[len(t.steps)-1]
		last.text += line + "\n"
		return nil
	}
	return t.readHead(line)
}

func (t *scriptTicket) readHead(line string) error {
	if strings.TrimSpace(line) == "" {
		return nil
	}
	key, value, ok := strings.Cut(line, ": ")
	if !ok {
		return fmt.Errorf("%q is no key: value", line)
	}
	switch key {
	case "ago":
		var err error
		t.ago, err = readSpan(value)
		return err
	case "field":
		name, text, ok := strings.Cut(value, " = ")
		if !ok {
			return fmt.Errorf("a field is written as name = value")
		}
		t.fields = append(t.fields, [2]string{name, text})
		return nil
	}
	for _, known := range scriptKeys {
		if key == known {
			t.head[key] = value
			return nil
		}
	}
	return fmt.Errorf("there is no key %q", key)
}

func readStep(head string) (scriptStep, error) {
	var s scriptStep
	head, aside, _ := strings.Cut(head, ": ")
	s.aside = aside
	words := strings.Fields(head)
	if len(words) < 3 {
		return s, fmt.Errorf("a step is written as > +time who verb")
	}
	var err error
	s.after, err = readSpan(words[0])
	s.who, s.verb, s.args = words[1], words[2], words[3:]
	return s, err
}

// readSpan reads a time such as 3d5h, 45m or 0.
func readSpan(text string) (time.Duration, error) {
	if text == "0" {
		return 0, nil
	}
	var whole time.Duration
	if days, rest, ok := strings.Cut(text, "d"); ok {
		n, err := strconv.Atoi(days)
		if err != nil {
			return 0, fmt.Errorf("%q is no time such as 3d5h", text)
		}
		whole = time.Duration(n) * 24 * time.Hour
		if text = rest; text == "" {
			return whole, nil
		}
	}
	rest, err := time.ParseDuration(text)
	if err != nil || rest < 0 {
		return 0, fmt.Errorf("%q is no time such as 3d5h", text)
	}
	return whole + rest, nil
}
