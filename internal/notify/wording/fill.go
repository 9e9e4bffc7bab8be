package wording

import (
	"errors"
	"strings"
)

// Values are what a text can name. Each is one clean line; one that is missing is
// empty.
type Values map[string]string

var errLong = errors.New("wording: the text grows too long")

// Line writes a text of one line, such as a subject, with the values in it. Line
// breaks become blanks. It fails where Check does.
func Line(text string, v Values) (string, error) {
	filled, err := fill(text, v, func(s string) string { return s })
	return strings.Join(strings.Fields(filled), " "), err
}

// fill puts the values in, each passed through escape first.
func fill(text string, v Values, escape func(string) string) (string, error) {
	parts, fault := parse(text, nil)
	if fault != nil {
		return "", fault
	}
	var b strings.Builder
	if err := write(&b, parts, v, escape); err != nil {
		return "", err
	}
	return b.String(), nil
}

func write(b *strings.Builder, parts []part, v Values, escape func(string) string) error {
	for i := range parts {
		p := &parts[i]
		var err error
		switch {
		case p.name == "":
			b.WriteString(p.text)
		case p.block == 0:
			b.WriteString(escape(v[p.name]))
		case (v[p.name] != "") == (p.block == '#'):
			err = write(b, p.inner, v, escape)
		}
		if b.Len() > maxOut {
			err = errLong
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// punctuation is what has a meaning somewhere in Markdown.
const punctuation = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"

// literal writes a value so that Markdown reads it as it is.
func literal(s string) string {
	var b strings.Builder
	for _, r := range s {
		if strings.ContainsRune(punctuation, r) {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}
