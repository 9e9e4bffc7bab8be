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

// hidden says whether a character is an invisible mark. The joiners stay: some
// scripts and signs need them.
func hidden(r rune) bool {
	return unicode.Is(unicode.Cf, r) && r != '\u200C' && r != '\u200D'
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
