package search

import (
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// The bounds of a search; what is beyond them is left out.
const (
	MaxText      = 500 // characters
	MaxTerms     = 8
	MaxOperators = 8
	// MinPrefix is how many characters a word* has at least; a shorter one is a
	// word like others.
	MinPrefix = 2
)

// Part is a part of a message's search document.
type Part int

// The parts. Subject and requester stand in the document of a ticket's first
// message.
const (
	Anywhere Part = iota
	Subject
	Requester
	Files
	Body
)

// Term is what a document must hold, or must not: a word, or several one after
// the other.
type Term struct {
	Words  []string // folded, at least one
	Prefix bool     // the last word is only the beginning of one
	Not    bool
	Part   Part
}

// Key is what an operator asks about.
type Key string

// The operators on tickets.
const (
	From   Key = "from"
	To     Key = "to"
	Tag    Key = "tag"
	Status Key = "status"
	In     Key = "in"
	Is     Key = "is"
)

// Operator narrows a search to some tickets: "from:anna", "-tag:later".
type Operator struct {
	Key   Key
	Value string // as typed, without quotes; not empty
	Not   bool
	// Words is the same taken for words, for a value that means nothing.
	Words Term
}

// Query is a search that was understood.
type Query struct {
	// Number is the ticket's number, if the whole text is one: "#17" or "17".
	Number int64
	// Jump says that it was written with "#" and is not meant as a word.
	Jump      bool
	Terms     []Term
	Operators []Operator
}

// keys are the operators by what people write; those of parts become terms.
var keys = map[string]Key{"from": From, "requester": From, "to": To, "assignee": To, "tag": Tag, "status": Status, "is": Is, "in": In, "inbox": In, "group": In}

var parts = map[string]Part{"subject": Subject, "file": Files, "filename": Files}

// Parse understands a search:
//
//	printer toner        both words
//	"paper jam"          the words one after the other
//	invo*                words that begin so
//	-refund              without it
//	subject:printer file:scan.pdf
//	from:anna to:me tag:vip status:pending is:open in:billing
//	-tag:later in:"billing europe"
//	#17                  the ticket with this number, and nothing else
//
// Any text parses. Words hold only what Words gives, so that a term can be
// handed to a database's search language.
func Parse(text string) Query {
	text = clip(text)
	var q Query
	q.Number, q.Jump = number(text)
	if q.Jump {
		return q
	}
	for text = strings.TrimLeftFunc(text, unicode.IsSpace); text != ""; text = strings.TrimLeftFunc(text, unicode.IsSpace) {
		text = q.next(text)
	}
	return q
}

// Empty says whether nothing is looked for.
func (q *Query) Empty() bool { return q.Number == 0 && len(q.Terms) == 0 && len(q.Operators) == 0 }

// Wanted lists the terms that a document must hold.
func (q *Query) Wanted() []Term {
	var list []Term
	for _, t := range q.Terms {
		if !t.Not {
			list = append(list, t)
		}
	}
	return list
}

// AddTerm adds a term if there is room for it.
func (q *Query) AddTerm(t Term) {
	if len(q.Terms) < MaxTerms && len(t.Words) > 0 {
		q.Terms = append(q.Terms, t)
	}
}

func clip(text string) string {
	n := 0
	for i := range text {
		if n == MaxText {
			return text[:i]
		}
		n++
	}
	return text
}

func number(text string) (n int64, jump bool) {
	text = strings.TrimSpace(text)
	digits, jump := strings.CutPrefix(text, "#")
	if len(digits) == 0 || len(digits) > 15 || strings.Trim(digits, "0123456789") != "" {
		return 0, false
	}
	n, err := strconv.ParseInt(digits, 10, 64)
	if err != nil || n == 0 {
		return 0, false
	}
	return n, jump
}

// next takes one piece off the text and gives the rest.
func (q *Query) next(text string) string {
	not := false
	if rest, ok := strings.CutPrefix(text, "-"); ok && rest != "" && !space(rest) {
		not, text = true, rest
	}
	if name, after, ok := strings.Cut(text, ":"); ok && len(name) <= 16 && after != "" && !space(after) {
		name = strings.ToLower(name)
		key, part := keys[name], parts[name]
		if key != "" || part != Anywhere {
			value, quoted, rest := piece(after)
			if q.operator(key, part, name, value, quoted, not) {
				return rest
			}
		}
	}
	value, quoted, rest := piece(text)
	q.AddTerm(term(value, quoted, not))
	return rest
}

// operator adds "name:value"; false means that there is no value.
func (q *Query) operator(key Key, part Part, name, value string, quoted, not bool) bool {
	words := term(value, quoted, not)
	if key == "" {
		words.Part = part
		q.AddTerm(words)
		return len(words.Words) > 0
	}
	value = strings.TrimSpace(value)
	if value == "" {
		return false
	}
	if len(q.Operators) < MaxOperators {
		q.Operators = append(q.Operators, Operator{Key: key, Value: value, Not: not, Words: term(name+" "+value, true, not)})
	}
	return true
}

// quotes are what people open a phrase with, and what ends it.
var quotes = map[rune]string{'"': `"`, '“': `”"“`, '„': `“”"`, '”': `”"`, '«': `»`, '»': `«`}

// piece takes what stands up to the next space off a text, or up to the end of
// the quotes that it begins with. Quotes that do not end reach to the end.
func piece(text string) (value string, quoted bool, rest string) {
	first, n := utf8.DecodeRuneInString(text)
	if closing, ok := quotes[first]; ok {
		text = text[n:]
		end := strings.IndexAny(text, closing)
		if end < 0 {
			return text, true, ""
		}
		_, n = utf8.DecodeRuneInString(text[end:])
		return text[:end], true, text[end+n:]
	}
	end := strings.IndexFunc(text, unicode.IsSpace)
	if end < 0 {
		return text, false, ""
	}
	return text[:end], false, text[end:]
}

// term makes the words of a piece a term; it has none where the piece has none.
func term(text string, quoted, not bool) Term {
	t := Term{Not: not}
	for _, w := range Words(text) {
		t.Words = append(t.Words, w.Text)
	}
	if len(t.Words) == 0 {
		return t
	}
	last := t.Words[len(t.Words)-1]
	t.Prefix = !quoted && strings.HasSuffix(text, "*") && utf8.RuneCountInString(last) >= MinPrefix
	return t
}

func space(text string) bool {
	r, _ := utf8.DecodeRuneInString(text)
	return unicode.IsSpace(r)
}

// Begun gives the terms for a text that is still being typed: where it ends in a
// word, that word may be only the beginning of one.
func (q *Query) Begun(text string) []Term {
	terms := slices.Clone(q.Terms)
	text = clip(text)
	last := Words(text)
	if len(terms) == 0 || len(last) == 0 || last[len(last)-1].End != len(text) {
		return terms
	}
	t := &terms[len(terms)-1]
	word := t.Words[len(t.Words)-1]
	if !t.Not && word == last[len(last)-1].Text && utf8.RuneCountInString(word) >= MinPrefix {
		t.Prefix = true
	}
	return terms
}
