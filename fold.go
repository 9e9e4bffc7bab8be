package deskmesh

import (
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// Fold gives the form in which names and addresses are compared, searched and
// kept unique: compatibility-composed and without case (Unicode 3.13, NFKC and
// full case folding). The folded text is never shown.
func Fold(s string) string {
	if plain, ok := foldASCII(s); ok {
		return plain
	}
	return norm.NFKC.String(cases.Fold().String(norm.NFKC.String(s)))
}

// foldASCII is the short way for text without anything beyond ASCII.
func foldASCII(s string) (string, bool) {
	folded := []byte(nil)
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c >= utf8.RuneSelf {
			return "", false
		}
		if 'A' <= c && c <= 'Z' {
			if folded == nil {
				folded = []byte(s)
			}
			folded[i] = c + 'a' - 'A'
		}
	}
	if folded == nil {
		return s, true
	}
	return string(folded), true
}
