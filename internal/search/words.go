package search

import (
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// MaxWord is how many characters of a word count; what follows is left out, in
// documents and in searches.
const MaxWord = 64

// Word is one word of a text: folded, and where it stands in it, in bytes.
type Word struct {
	Text       string
	Start, End int
}

// Words lists the words of a text: runs of letters and digits in lower case,
// without accents and in their compatible form (Unicode 15.0, NFKD), so that
// "Ärger" and "arger" are one word, and so are "ﬁle" and "file". Of scripts that
// are written without spaces, each character is a word.
func Words(text string) []Word {
	var list []Word
	Each(text, func(word []byte, start, end int) bool {
		list = append(list, Word{string(word), start, end})
		return true
	})
	return list
}

// Each calls f for every word of a text until f answers false. The bytes are
// used again for the next word.
func Each(text string, f func(word []byte, start, end int) bool) {
	c := cutter{found: f, word: make([]byte, 0, 4*MaxWord)}
	for i := 0; i < len(text) && !c.stopped; {
		if b := text[i]; b < utf8.RuneSelf {
			if folded := plain[b]; folded != 0 {
				c.add(rune(folded), i, i+1)
			} else {
				c.end()
			}
			i++
			continue
		}
		r, n := utf8.DecodeRuneInString(text[i:])
		c.rune(r, text[i:i+n], i, i+n)
		i += n
	}
	c.end()
}

// plain folds the letters and digits of ASCII; 0 stands between words.
var plain = func() (table [utf8.RuneSelf]byte) {
	for b := byte('0'); b <= '9'; b++ {
		table[b] = b
	}
	for b := byte('a'); b <= 'z'; b++ {
		table[b], table[b-'a'+'A'] = b, b
	}
	return table
}()

// cutter collects a word.
type cutter struct {
	found       func(word []byte, start, end int) bool
	word        []byte
	runes       int
	start, stop int
	stopped     bool
}

func (c *cutter) add(r rune, start, end int) {
	if c.runes == 0 {
		c.start = start
	}
	c.stop = end
	if c.runes++; c.runes <= MaxWord {
		c.word = utf8.AppendRune(c.word, r)
	}
}

func (c *cutter) end() {
	if c.runes > 0 && !c.stopped {
		c.stopped = !c.found(c.word, c.start, c.stop)
	}
	c.word, c.runes = c.word[:0], 0
}

// rune takes one character beyond ASCII, which may stand for several.
func (c *cutter) rune(r rune, text string, start, end int) {
	if alone(r) {
		c.folded(r, start, end)
		return
	}
	if d := norm.NFKD.PropertiesString(text).Decomposition(); d != nil {
		for len(d) > 0 {
			part, n := utf8.DecodeRune(d)
			c.folded(part, start, end)
			d = d[n:]
		}
		return
	}
	c.folded(r, start, end)
}

func (c *cutter) folded(r rune, start, end int) {
	switch {
	case alone(r):
		c.end()
		c.add(r, start, end)
		c.end()
	case accent(r):
		// It goes with its letter.
		if c.runes > 0 {
			c.stop = end
		}
	case r == 'ß' || r == 'ẞ':
		c.add('s', start, end)
		c.add('s', start, end)
	case r == 'ς':
		c.add('σ', start, end)
	case unicode.IsLetter(r):
		c.add(unicode.ToLower(r), start, end)
	case unicode.IsNumber(r), unicode.IsMark(r) && c.runes > 0:
		c.add(r, start, end)
	default:
		c.end()
	}
}

// accent says whether a character only marks the letter before it: accents,
// the points of Hebrew and Arabic, and what joins or hyphenates invisibly.
func accent(r rune) bool {
	switch {
	case r == '\u00AD', r == '\u200C', r == '\u200D', r == '\u2060', r == '\uFEFF':
		return true
	case r >= 0x0300 && r <= 0x036F, r >= 0x1AB0 && r <= 0x1AFF, r >= 0x1DC0 && r <= 0x1DFF, r >= 0x20D0 && r <= 0x20FF, r >= 0xFE00 && r <= 0xFE0F:
		return true
	case r >= 0x0591 && r <= 0x05C7, r >= 0x064B && r <= 0x065F, r == 0x0670, r == 0x0640:
		return unicode.IsMark(r) || r == 0x0640
	}
	return false
}

// alone says whether a character is a word by itself.
func alone(r rune) bool {
	return r >= 0x0E00 && unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar) && unicode.IsLetter(r)
}
