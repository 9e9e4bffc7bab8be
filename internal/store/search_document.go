package store

import (
	"database/sql"
	"fmt"
	"slices"
	"strconv"
	"strings"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/search"
)

// A message's search document has the account in the high bits of its id and
// the message in the low ones. The documents of an account lie side by side and
// rise with time: a search walks a range of ids, newest first, and a small
// account does not pay for a large one's words. An account as a word of each
// document would be met in every search, and all of the account's documents
// with it.
//
// The lowest bit marks a document of the ticket's head alone: subject and
// requester. They stand in the document of the ticket's first message; where
// that is internal, those who may not read it find them here.
const (
	messageBits = 40
	messageMask = 1<<messageBits - 1
	accountBits = 62 - messageBits
)

// document is the id of a message's search document, and one more that of the
// head's.
func document(account, message int64) int64 { return account<<(messageBits+1) | message<<1 }

// The bounds of a document: what is beyond them is not found. PostgreSQL gives
// no place to a word after 16,383 others, and its documents end at 1 MB.
const (
	documentWords = 16_000
	documentBytes = 300_000
)

// searchDoc is a search document before its texts are cut into words.
type searchDoc struct {
	account, message int64
	first, internal  bool
	subject          string // of a first message, as requester
	requester        string // name and address
	files            string // names
	body             string
}

// documentParts are the parts of a document: their columns in SQLite, and their
// weights in PostgreSQL.
var documentParts = []documentPart{
	{search.Subject, "subject", "A", func(d *searchDoc) string { return d.subject }},
	{search.Requester, "requester", "B", func(d *searchDoc) string { return d.requester }},
	{search.Files, "files", "C", func(d *searchDoc) string { return d.files }},
	{search.Body, "body", "D", func(d *searchDoc) string { return d.body }},
}

// head is the document of the ticket's head alone.
func (d *searchDoc) head() searchDoc {
	return searchDoc{account: d.account, message: d.message, subject: d.subject, requester: d.requester}
}

// each calls f with the id of the document, and again for the head's where it
// needs one of its own.
func (d *searchDoc) each(f func(id int64, d *searchDoc) error) error {
	if d.account>>accountBits != 0 || d.message>>messageBits != 0 {
		return fmt.Errorf("message %d of account %d is beyond what search documents can name", d.message, d.account)
	}
	id := document(d.account, d.message)
	if err := f(id, d); err != nil || !d.first || !d.internal {
		return err
	}
	head := d.head()
	return f(id+1, &head)
}

// words calls f for the words of the document, each with the place of its part,
// as far as the bounds reach.
func (d *searchDoc) words(f func(part int, word []byte)) {
	words, bytes := 0, 0
	for i := range documentParts {
		search.Each(documentParts[i].text(d), func(word []byte, _, _ int) bool {
			words, bytes = words+1, bytes+len(word)+1
			if words > documentWords || bytes > documentBytes {
				return false
			}
			f(i, word)
			return true
		})
	}
}

// columns are the document for SQLite: the words of each part.
func (d *searchDoc) columns(seen func(word []byte)) []any {
	parts := make([]strings.Builder, len(documentParts))
	d.words(func(part int, word []byte) {
		b := &parts[part]
		if b.Len() > 0 {
			b.WriteByte(' ')
		}
		b.Write(word)
		seen(word)
	})
	cells := make([]any, len(parts))
	for i := range parts {
		cells[i] = parts[i].String()
	}
	return cells
}

// vector is the document for PostgreSQL: each word with its place and weight. A
// place is left free between parts, so that no phrase reaches over.
func (d *searchDoc) vector(seen func(word []byte)) string {
	var b []byte
	place, last := 0, 0
	d.words(func(part int, word []byte) {
		place++
		if part != last {
			place, last = place+1, part
		}
		b = append(b, word...)
		b = append(b, ':')
		b = strconv.AppendInt(b, int64(place), 10)
		b = append(b, documentParts[part].weight...)
		b = append(b, ' ')
		seen(word)
	})
	return string(b)
}

// putDocument writes a document and keeps its words.
func (tx *Tx) putDocument(d *searchDoc) error {
	known := map[string]bool{}
	seen := func(word []byte) {
		if !known[string(word)] {
			known[string(word)] = true
		}
	}
	err := d.each(func(id int64, d *searchDoc) error {
		if tx.db.dialect.name == "postgres" {
			return tx.later(`INSERT INTO messages_fts (rowid, tsv) VALUES (?, ?::tsvector) ON CONFLICT (rowid) DO UPDATE SET tsv = excluded.tsv`, id, d.vector(seen))
		}
		_, err := tx.exec(`INSERT OR REPLACE INTO messages_fts (rowid, subject, requester, files, body) VALUES (?, ?, ?, ?, ?)`, append([]any{id}, d.columns(seen)...)...)
		return err
	})
	if err != nil {
		return err
	}
	return tx.addWords(d.account, sortedWords(known))
}

// sortedWords gives words in an order that all transactions keep, so that none
// waits for another in a circle.
func sortedWords(known map[string]bool) []string {
	list := make([]string, 0, len(known))
	for word := range known {
		list = append(list, word)
	}
	slices.Sort(list)
	return list
}

// wordsPerInsert bounds the words of one statement.
const wordsPerInsert = 64

// addWords keeps words that search documents hold.
func (tx *Tx) addWords(account int64, words []string) error {
	for part := range slices.Chunk(words, wordsPerInsert) {
		n := paddedLen(len(part))
		args := make([]any, 0, 2*n)
		for i := range n {
			args = append(args, account, part[min(i, len(part)-1)])
		}
		err := tx.later(`INSERT INTO search_words (account_id, word) VALUES `+strings.TrimSuffix(strings.Repeat(`(?, ?), `, n), `, `)+` ON CONFLICT DO NOTHING`, args...)
		if err != nil {
			return err
		}
	}
	return nil
}

// documentQuery reads what documents are made of, but for names of files.
const documentQuery = `SELECT m.account_id, m.id, m.kind, m.text, t.subject, p.name, p.address,
CASE WHEN m.id = (SELECT MIN(f.id) FROM messages f WHERE f.account_id = m.account_id AND f.ticket_id = m.ticket_id) THEN 1 ELSE 0 END
FROM messages m JOIN tickets t ON t.account_id = m.account_id AND t.id = m.ticket_id JOIN people p ON p.account_id = t.account_id AND p.id = t.requester_id WHERE `

// documents reads the documents of messages m that fit a condition, with their
// order.
func (tx *Tx) documents(condition string, args ...any) ([]searchDoc, error) {
	var docs []searchDoc
	err := tx.query(documentQuery+condition, func(rows *sql.Rows) error {
		var d searchDoc
		var kind dm.MessageKind
		var subject, name, address string
		if err := rows.Scan(&d.account, &d.message, &kind, &d.body, &subject, &name, &address, flag{&d.first}); err != nil {
			return err
		}
		d.internal = kind != dm.Reply
		if d.first {
			d.subject, d.requester = subject, name+" "+address
		}
		docs = append(docs, d)
		return nil
	}, args...)
	if err != nil {
		return nil, err
	}
	for same := range chunksBy(docs, func(d *searchDoc) int64 { return d.account }) {
		if err := tx.documentFiles(same); err != nil {
			return nil, err
		}
	}
	return docs, nil
}

// chunksBy gives the runs of a list that have the same key.
func chunksBy[T any](list []T, key func(*T) int64) func(yield func([]T) bool) {
	return func(yield func([]T) bool) {
		for len(list) > 0 {
			n := 1
			for n < len(list) && key(&list[n]) == key(&list[0]) {
				n++
			}
			if !yield(list[:n]) {
				return
			}
			list = list[n:]
		}
	}
}

// documentFiles fills in the names of files, for messages of one account.
func (tx *Tx) documentFiles(docs []searchDoc) error {
	ids := make([]int64, len(docs))
	at := make(map[int64]*searchDoc, len(docs))
	for i := range docs {
		ids[i], at[docs[i].message] = docs[i].message, &docs[i]
	}
	return tx.query(`SELECT message_id, name FROM attachments WHERE account_id = ? AND message_id IN (`+marks(len(ids))+`) ORDER BY id`, func(rows *sql.Rows) error {
		var message int64
		var name string
		if err := rows.Scan(&message, &name); err != nil {
			return err
		}
		at[message].files += " " + name
		return nil
	}, append([]any{docs[0].account}, padded(ids)...)...)
}

// ReindexMessage writes a message's search document anew, as after it got files.
func (tx *Tx) ReindexMessage(account, message int64) error {
	docs, err := tx.documents(`m.account_id = ? AND m.id = ?`, account, message)
	if err != nil {
		return err
	}
	for i := range docs {
		if err := tx.putDocument(&docs[i]); err != nil {
			return err
		}
	}
	return nil
}

// ReindexHead writes the document of a ticket's first message anew, after its
// subject or its requester changed.
func (tx *Tx) ReindexHead(account, ticket int64) error {
	ids, err := tx.ids(`SELECT id FROM messages WHERE account_id = ? AND ticket_id = ? ORDER BY id LIMIT 1`, account, ticket)
	if err != nil || len(ids) == 0 {
		return err
	}
	return tx.ReindexMessage(account, ids[0])
}

// ReindexRequester writes the heads of up to limit of a requester's tickets
// anew, after the one given, and gives the last one done; 0 when there were none.
func (tx *Tx) ReindexRequester(account, person, after int64, limit int) (last int64, err error) {
	ids, err := tx.ids(`SELECT id FROM tickets WHERE account_id = ? AND requester_id = ? AND id > ? ORDER BY id LIMIT ?`, account, person, after, limit)
	if err != nil {
		return 0, err
	}
	for _, id := range ids {
		if err := tx.ReindexHead(account, id); err != nil {
			return 0, err
		}
		last = id
	}
	return last, nil
}

// RebuildSearch writes the search documents of up to limit messages after the
// given id, and gives the last id done; 0 when there were none.
func (tx *Tx) RebuildSearch(after int64, limit int) (last int64, err error) {
	docs, err := tx.documents(`m.id > ? ORDER BY m.id LIMIT ?`, after, limit)
	if err != nil || len(docs) == 0 {
		return 0, err
	}
	last = docs[len(docs)-1].message
	// Documents go in by their own ids: SQLite writes out what it has collected
	// when one goes down.
	slices.SortFunc(docs, byDocument)
	for i := range docs {
		if err := tx.putDocument(&docs[i]); err != nil {
			return 0, err
		}
	}
	return last, nil
}

func byDocument(a, b searchDoc) int {
	if a.account != b.account {
		return int(a.account - b.account)
	}
	return int(a.message - b.message)
}
