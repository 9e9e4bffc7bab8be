package mail

import (
	"bytes"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html/charset"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/ianaindex"
)

// decodeText converts the bytes of a text part to valid UTF-8 without NUL, with
// plain line ends. note is empty, or says what was wrong.
func decodeText(b []byte, label string, isHTML bool) (text, note string) {
	label = strings.ToLower(strings.Trim(strings.TrimPrefix(strings.TrimSpace(label), "charset="), ` "'`))
	switch {
	case isHTML && label == "":
		enc, _, named := charset.DetermineEncoding(b, "text/html")
		if named || !utf8.Valid(b) {
			b = decodeBytes(enc, b)
		}
		text = string(b)
	case label == "" || label == "us-ascii" || label == "ascii":
		text = toUTF8(string(b))
	default:
		enc := encodingOf(label)
		switch {
		case enc == nil:
			text, note = toUTF8(string(b)), "The text names a character set that is not known."
		case enc == encoding.Nop || label == "utf-8" || label == "utf8":
			text = string(b)
			if !utf8.ValidString(text) {
				text, note = strings.ToValidUTF8(text, "\uFFFD"), "The text is not valid in the character set it names."
			}
		default:
			text = string(decodeBytes(enc, b))
		}
	}
	return scrub(text), note
}

// encodingOf finds the decoder for a character set's name, or nil.
func encodingOf(label string) encoding.Encoding {
	if enc, name := charset.Lookup(label); enc != nil && name != "replacement" {
		return enc
	}
	enc, err := ianaindex.MIME.Encoding(label)
	if err != nil {
		return nil
	}
	return enc
}

func decodeBytes(enc encoding.Encoding, b []byte) []byte {
	out, err := enc.NewDecoder().Bytes(b)
	if err != nil {
		return bytes.ToValidUTF8(b, []byte("\uFFFD"))
	}
	return out
}

// toUTF8 keeps valid UTF-8 and reads anything else as Windows-1252, the one
// that mail without a named character set is in most often.
func toUTF8(s string) string {
	if utf8.ValidString(s) {
		return s
	}
	out, err := charmap.Windows1252.NewDecoder().String(s)
	if err != nil {
		return strings.ToValidUTF8(s, "\uFFFD")
	}
	return out
}

// scrub makes text fit to be stored: valid UTF-8, "\n" as the only line end, no
// control characters besides tab.
func scrub(s string) string {
	s = strings.ToValidUTF8(s, "\uFFFD")
	s = strings.ReplaceAll(s, "\r\n", "\n")
	s = strings.TrimPrefix(s, "\uFEFF")
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return r
		case r == '\r':
			return '\n'
		case unicode.IsControl(r):
			return -1
		}
		return r
	}, s)
}

// line makes s one line: control characters and runs of white space become one
// space. Nothing that could end a header is left in it.
func line(s string) string {
	s = strings.ToValidUTF8(s, "\uFFFD")
	return strings.Join(strings.FieldsFunc(s, func(r rune) bool {
		return unicode.IsSpace(r) || unicode.IsControl(r) || r == '\u2028' || r == '\u2029'
	}), " ")
}

// cutRunes shortens s to n runes.
func cutRunes(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for i := range s {
		if n == 0 {
			return s[:i]
		}
		n--
	}
	return s
}

// cutBytes shortens s to at most n bytes without splitting a rune.
func cutBytes(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}
