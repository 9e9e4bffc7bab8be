package notify

import (
	"net/url"
	"strings"
	"unicode"
)

// Limits of what a mail takes over, in characters.
const (
	maxName    = 200
	maxSubject = 200  // of a ticket, inside the subject of a mail
	maxValue   = 1000 // of one row
	maxExcerpt = 4000 // of a message in a mail to agents
	maxRows    = 60   // changes, ways in
)

// line makes a value one clean line: control characters and line breaks become
// spaces, marks that turn the direction of what follows go.
func line(s string, most int) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsControl(r), r == '\u2028', r == '\u2029':
			return ' '
		case hidden(r):
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
	short, _ := cut(strings.Join(strings.Fields(s), " "), most)
	return short
}

// block cleans a text of several lines.
func block(s string) string {
	s = strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\r\n", "\n")
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '\n', r == '\t':
			return r
		case r == '\r', r == '\u2028', r == '\u2029':
			return '\n'
		case unicode.IsControl(r), hidden(r):
			return -1
		}
		return r
	}, s)
	return strings.Trim(s, "\n\t ")
}

// hidden says whether a character is invisible or turns the direction of what
// follows it. The joiners and the plain direction marks stay: some scripts and
// signs need them.
func hidden(r rune) bool {
	switch {
	case r >= '\u202A' && r <= '\u202E', r >= '\u2066' && r <= '\u2069', r >= '\u2060' && r <= '\u2064':
		return true
	}
	return r == '\u00AD' || r == '\u200B' || r == '\uFEFF'
}

// cut shortens a text and says whether it did.
func cut(s string, most int) (string, bool) {
	if len(s) <= most {
		return s, false
	}
	runes := []rune(s)
	if len(runes) <= most {
		return s, false
	}
	return strings.TrimSpace(string(runes[:most-1])) + "…", true
}

// webAddress gives an address that a link may have, else "".
func webAddress(s string) string {
	u, err := url.Parse(s)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return ""
	}
	return u.String()
}
