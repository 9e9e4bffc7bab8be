package store

import (
	"slices"
	"strings"

	"github.com/deskmesh/deskmesh/internal/access"
	"github.com/deskmesh/deskmesh/internal/search"
)

// The bounds of words that a prefix stands for: of those that begin so, the
// first scannedWords of the alphabet are looked at, and the shortest
// prefixWords of these count.
const (
	scannedWords = 2000
	prefixWords  = 128
)

// matchText writes terms in the search language of the engine; "" is what no
// document can match.
//
// Requesters do not see addresses of others, so that what they look for is not
// found by the requester's name and address.
func (tx *Tx) matchText(v *access.Viewer, terms []search.Term) (string, error) {
	var wanted, unwanted []string
	language := inFTS5
	if tx.db.dialect.name == "postgres" {
		language = inTSQuery
	}
	for i := range terms {
		t := &terms[i]
		in := partsOf(t.Part, !v.IsAgent() && !v.IsSystem())
		last := []string{t.Words[len(t.Words)-1]}
		if t.Prefix {
			var err error
			if last, err = tx.wordsWith(v.Account(), last[0]); err != nil {
				return "", err
			}
		}
		switch {
		case len(last) == 0 && !t.Not:
			return "", nil
		case len(last) == 0:
		case t.Not:
			unwanted = append(unwanted, language.term(t, last, in))
		default:
			wanted = append(wanted, language.term(t, last, in))
		}
	}
	if len(wanted) == 0 {
		return "", nil
	}
	match := strings.Join(wanted, language.and)
	if len(unwanted) > 0 {
		match = `(` + match + `)` + language.without + `(` + strings.Join(unwanted, language.or) + `)`
	}
	return match, nil
}

// wordsWith lists the words of the account's documents that a prefix stands for.
func (tx *Tx) wordsWith(account int64, prefix string) ([]string, error) {
	from, to := prefixRange(prefix)
	return tx.texts(`SELECT word FROM (SELECT word FROM search_words WHERE account_id = ? AND word >= ? AND word < ? ORDER BY word LIMIT ?) w ORDER BY length(word), word LIMIT ?`,
		account, from, to, scannedWords, prefixWords)
}

// matches renders that document f matches, and " AND ".
func (tx *Tx) matches(t *sqlText, match string) {
	if tx.db.dialect.name == "postgres" {
		t.add(`f.tsv @@ ?::tsquery AND `, match)
		return
	}
	t.add(`f.messages_fts MATCH ? AND `, match)
}

// documentPart is a column of a document in SQLite, and a weight in PostgreSQL.
type documentPart struct {
	part           search.Part
	column, weight string
	text           func(d *searchDoc) string
}

// partsOf gives where a term is looked for; nil is everywhere.
func partsOf(part search.Part, outsider bool) []documentPart {
	if part == search.Anywhere && !outsider {
		return nil
	}
	var list []documentPart
	for _, p := range documentParts {
		if (part == search.Anywhere || part == p.part) && !(outsider && p.part == search.Requester) {
			list = append(list, p)
		}
	}
	return list
}

// matchLanguage is how an engine writes what documents must hold. Words are
// letters and digits only, so that quotes around them need no escaping.
type matchLanguage struct {
	and, or, without string
	phrase           func(words []string, in []documentPart) string
	within           func(in []documentPart, text string) string
}

// inFTS5 is section 3 of sqlite.org/fts5.html.
var inFTS5 = matchLanguage{
	and: ` AND `, or: ` OR `, without: ` NOT `,
	phrase: func(words []string, _ []documentPart) string { return `"` + strings.Join(words, ` `) + `"` },
	within: func(in []documentPart, text string) string {
		if in == nil {
			return text
		}
		columns := make([]string, len(in))
		for i, p := range in {
			columns[i] = p.column
		}
		return `{` + strings.Join(columns, ` `) + `} : ` + text
	},
}

// inTSQuery is section 8.11.2 of PostgreSQL's manual.
var inTSQuery = matchLanguage{
	and: ` & `, or: ` | `, without: ` & !`,
	phrase: func(words []string, in []documentPart) string {
		weights := ``
		for i, p := range in {
			if i == 0 {
				weights = `:`
			}
			weights += p.weight
		}
		quoted := make([]string, len(words))
		for i, w := range words {
			quoted[i] = `'` + w + `'` + weights
		}
		return `(` + strings.Join(quoted, ` <-> `) + `)`
	},
	within: func(_ []documentPart, text string) string { return text },
}

// term writes a term of which the last word is one of several.
func (l *matchLanguage) term(t *search.Term, last []string, in []documentPart) string {
	rest := t.Words[:len(t.Words)-1]
	several := make([]string, len(last))
	for i, word := range last {
		several[i] = l.phrase(append(slices.Clone(rest), word), in)
	}
	return l.within(in, `(`+strings.Join(several, l.or)+`)`)
}
