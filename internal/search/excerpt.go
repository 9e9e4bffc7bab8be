package search

import (
	"math/bits"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Range is a part of a text, in UTF-16 code units, as JavaScript counts.
type Range struct{ Start, End int }

// Excerpt is a piece of a text with the places of a search's words in it.
type Excerpt struct {
	Text  string
	Marks []Range
}

// excerptLength bounds an excerpt, in characters, and lead is how many of them
// stand before the first mark.
const (
	excerptLength = 200
	lead          = 40
)

// Mark finds a search's words in a short text, such as a subject. Terms that
// must not be there and those of other parts are left out.
func Mark(text string, terms []Term, part Part) []Range {
	var marks []Range
	units, at := 0, 0
	for _, h := range hits(text, terms, part) {
		units += utf16Length(text[at:h.start])
		end := units + utf16Length(text[h.start:h.end])
		if n := len(marks); n > 0 && h.start <= at {
			marks[n-1].End = end
		} else {
			marks = append(marks, Range{units, end})
		}
		units, at = end, h.end
	}
	return marks
}

// Cut gives the piece of a text that holds most of a search's words, on one
// line; where none stands in it, its beginning.
func Cut(text string, terms []Term, part Part) Excerpt {
	from := 0
	if list := hits(text, terms, part); len(list) > 0 {
		from = back(text, richest(list), lead)
	}
	short, cut := line(text[from:])
	if from > 0 {
		short = "… " + short
	}
	if cut {
		short += " …"
	}
	return Excerpt{short, Mark(short, terms, part)}
}

// hit is where a term stands in a text, in bytes.
type hit struct{ start, end, term int }

// hits lists where the wanted terms stand, in their order, none inside another.
func hits(text string, terms []Term, part Part) []hit {
	words := Words(text)
	var list []hit
	for i, free := 0, 0; i < len(words); i++ {
		best := hit{end: -1}
		last := i
		for k := range terms {
			t := &terms[k]
			if t.Not || t.Part != Anywhere && t.Part != part || !t.at(words[i:]) {
				continue
			}
			if end := i + len(t.Words) - 1; words[end].End > best.end {
				best, last = hit{words[i].Start, words[end].End, k}, end
			}
		}
		if best.end < 0 || i < free {
			continue
		}
		free = last + 1
		// One character can hold several words.
		if n := len(list); n > 0 && best.start < list[n-1].end {
			list[n-1].end = max(list[n-1].end, best.end)
			continue
		}
		list = append(list, best)
	}
	return list
}

// at says whether the term stands at the beginning of the words.
func (t *Term) at(words []Word) bool {
	if len(words) < len(t.Words) {
		return false
	}
	for i, w := range t.Words {
		if words[i].Text == w || t.Prefix && i == len(t.Words)-1 && strings.HasPrefix(words[i].Text, w) {
			continue
		}
		return false
	}
	return true
}

// richest gives where the excerpt with the most different terms begins.
func richest(list []hit) int {
	best, most := list[0].start, 0
	for i, first := range list {
		var seen uint
		for _, h := range list[i:] {
			if h.end > first.start+excerptLength-lead {
				break
			}
			seen |= 1 << h.term
		}
		if n := bits.OnesCount(seen); n > most {
			best, most = first.start, n
		}
	}
	return best
}

// back goes up to n characters back from a place, to the beginning of a word.
func back(text string, at, n int) int {
	from := at
	for range n {
		if from == 0 {
			return 0
		}
		_, size := utf8.DecodeLastRuneInString(text[:from])
		from -= size
	}
	if i := strings.IndexFunc(text[from:at], unicode.IsSpace); i >= 0 {
		return from + i
	}
	return from
}

// line gives the first characters of a text with its spaces made one, and
// whether more follows.
func line(text string) (short string, cut bool) {
	var b strings.Builder
	n, pending := 0, false
	for _, r := range text {
		if unicode.IsSpace(r) || unicode.IsControl(r) {
			pending = n > 0
			continue
		}
		if n >= excerptLength && pending || n >= excerptLength+MaxWord {
			return b.String(), true
		}
		if pending {
			b.WriteByte(' ')
			n, pending = n+1, false
		}
		b.WriteRune(r)
		n++
	}
	return b.String(), false
}

func utf16Length(text string) int {
	n := 0
	for _, r := range text {
		n++
		if r > 0xFFFF {
			n++
		}
	}
	return n
}
