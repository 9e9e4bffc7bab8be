package store

import (
	"cmp"
	"database/sql"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
)

// A message's search document has the account in the high bits of its id and
// the message in the low ones. The documents of an account lie side by side and
// rise with time: a search walks a range of ids, newest first, and a small
// account does not pay for a large one's words. An account as a word of each
// document would be met in every search, and all of the account's documents
// with it.
const (
	messageBits = 40
	messageMask = 1<<messageBits - 1
	accountBits = 63 - messageBits
)

// document is the id of a message's search document.
func document(account, message int64) int64 { return account<<messageBits | message }

// fitsDocument refuses ids that a document's id has no room for.
func fitsDocument(account, message int64) error {
	if account>>accountBits != 0 || message>>messageBits != 0 {
		return fmt.Errorf("message %d of account %d is beyond what search documents can name", message, account)
	}
	return nil
}

// indexMessage writes the search document of a message.
func (tx *Tx) indexMessage(account, message int64, subject, body string) error {
	if err := fitsDocument(account, message); err != nil {
		return err
	}
	if tx.db.dialect.name == "postgres" {
		_, err := tx.exec(`INSERT INTO messages_fts (rowid, tsv) VALUES (?, to_tsvector('simple', ?)) ON CONFLICT (rowid) DO UPDATE SET tsv = excluded.tsv`,
			document(account, message), searchText(subject, body))
		return err
	}
	_, err := tx.exec(`INSERT OR REPLACE INTO messages_fts (rowid, subject, body) VALUES (?, ?, ?)`, document(account, message), subject, body)
	return err
}

// searchText is the document for PostgreSQL: words only, bounded, because a
// tsvector may not pass 1 MB.
func searchText(subject, body string) string {
	words := strings.FieldsFunc(subject+" "+body, notWord)
	var b strings.Builder
	for _, w := range words {
		if len(w) > 200 {
			continue
		}
		if b.Len() > 300_000 {
			break
		}
		b.WriteByte(' ')
		b.WriteString(w)
	}
	return b.String()
}

func notWord(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsNumber(r) && !unicode.IsMark(r) }

// searchWords cuts a text into at most eight words.
func searchWords(q string) []string {
	words := strings.FieldsFunc(q, notWord)
	return words[:min(len(words), 8)]
}

const searchWindow = 1000

// SearchTickets finds tickets whose subject or messages hold every word of q in
// one message, newest message first. Notes count only where the viewer may read
// them. It gives at most limit tickets and a cursor to go on from; a page may
// be short while next is not 0. A ticket is found once, by the newest such
// message, however many pages are read.
func (tx *Tx) SearchTickets(v *access.Viewer, q string, before int64, limit int) (list []TicketRow, next int64, err error) {
	s := search{words: searchWords(q)}
	where := access.Listed
	if v.Searchable() {
		where = access.Open
	}
	// Where tickets are listed and whether their notes may be read are two
	// questions: a share can open the notes of a ticket that is listed anyway.
	s.tickets, s.notes = v.Scope(access.See, where), v.Scope(access.SeeInternal, access.Open)
	if len(s.words) == 0 || !s.tickets.Admits() {
		return nil, 0, nil
	}
	ids, next, err := tx.searchIDs(&s, before, limit)
	if err != nil {
		return nil, 0, err
	}
	list, err = tx.ticketRows(v.Account(), ids)
	return list, next, err
}

// search is what is looked for, in which tickets, and in the notes of which.
type search struct {
	words          []string
	tickets, notes access.Scope
}

// passes renders the condition that the search may find ticket b by message m.
func (s *search) passes(t *sqlText, now dm.Time) {
	if !access.Fault("search state") {
		t.add(`b.list_state <= 1 AND `)
	}
	t.oneTicket(s.tickets, now)
	t.add(` AND (m.kind = 'reply' OR `)
	t.oneTicket(s.notes, now)
	t.add(`)`)
}

// searchIDs walks windows of matching messages from the newest and keeps the
// tickets that the viewer may find.
func (tx *Tx) searchIDs(s *search, before int64, limit int) (ids []int64, next int64, err error) {
	first := before
	if before <= 0 {
		before = messageMask
	}
	seen := map[int64]bool{}
	for range maxWindows {
		hits, last, n, err := tx.searchHits(s, before)
		if err != nil {
			return nil, 0, err
		}
		for len(hits) > 0 {
			var fresh []searchHit
			fresh, hits = nextTickets(hits, seen, limit-len(ids))
			shown, err := tx.shownBefore(s, first, fresh)
			if err != nil {
				return nil, 0, err
			}
			for _, h := range fresh {
				if !shown[h.ticket] {
					ids = append(ids, h.ticket)
				}
				if len(ids) == limit {
					return ids, h.message, nil
				}
			}
		}
		if n < searchWindow {
			return ids, 0, nil
		}
		before, next = last, last
	}
	return ids, next, nil
}

// nextTickets takes the first hits of at most limit tickets not seen yet, and
// gives what is left.
func nextTickets(hits []searchHit, seen map[int64]bool, limit int) (fresh, rest []searchHit) {
	for i, h := range hits {
		if len(fresh) == limit {
			return fresh, hits[i:]
		}
		if !seen[h.ticket] {
			seen[h.ticket] = true
			fresh = append(fresh, h)
		}
	}
	return fresh, nil
}

type searchHit struct{ message, ticket int64 }

// searchHits reads one window of matches below a message id. n is the number of
// matches before access was checked; it steers the walk and is never shown.
func (tx *Tx) searchHits(s *search, before int64) (hits []searchHit, last int64, n int, err error) {
	var t sqlText
	t.add(`SELECT x.r, m.ticket_id, CASE WHEN `)
	s.passes(&t, tx.now)
	t.add(` THEN 1 ELSE 0 END FROM (`)
	account := s.tickets.Account()
	tx.matching(&t, account, s.words, before)
	t.add(`) x JOIN messages m ON m.id = x.r AND m.account_id = ? JOIN tickets b ON b.id = m.ticket_id AND b.account_id = m.account_id ORDER BY x.r DESC`, account)
	err = tx.query(t.String(), func(rows *sql.Rows) error {
		var h searchHit
		var pass int64
		if err := rows.Scan(&h.message, &h.ticket, &pass); err != nil {
			return err
		}
		n++
		last = h.message
		if pass == 1 {
			hits = append(hits, h)
		}
		return nil
	}, tx.db.dialect.planned(t.args)...)
	return hits, last, n, err
}

// shownBefore says which tickets a page before this one has shown: those with
// a match at the cursor or above it.
func (tx *Tx) shownBefore(s *search, cursor int64, hits []searchHit) (map[int64]bool, error) {
	if cursor <= 0 || len(hits) == 0 || access.Fault("search twice") {
		return nil, nil
	}
	ids := make([]int64, len(hits))
	for i, h := range hits {
		ids[i] = h.ticket
	}
	var t sqlText
	account := s.tickets.Account()
	t.add(`SELECT DISTINCT m.ticket_id FROM messages m JOIN tickets b ON b.id = m.ticket_id AND b.account_id = m.account_id WHERE m.account_id = ? AND `, account)
	t.in(`m.ticket_id`, ids)
	t.add(` AND m.id >= ? AND `, cursor)
	s.passes(&t, tx.now)
	t.add(` AND EXISTS (`)
	tx.documents(&t, s.words)
	t.add(`f.rowid = ? + m.id`, document(account, 0))
	t.add(`)`)
	list, err := tx.ids(t.String(), t.args...)
	shown := make(map[int64]bool, len(list))
	for _, id := range list {
		shown[id] = true
	}
	return shown, err
}

// matching renders the newest window of an account's matches below a message id.
func (tx *Tx) matching(t *sqlText, account int64, words []string, before int64) {
	tx.documents(t, words)
	t.add(`f.rowid >= ? AND f.rowid < ? ORDER BY f.rowid DESC LIMIT `+strconv.Itoa(searchWindow), document(account, 0), document(account, min(before, messageMask)))
}

// documents renders the messages r whose document f holds all words, up to the
// last condition.
func (tx *Tx) documents(t *sqlText, words []string) {
	t.add(`SELECT f.rowid & ` + strconv.Itoa(messageMask) + ` AS r FROM messages_fts f WHERE `)
	quoted := make([]string, len(words))
	if tx.db.dialect.name == "postgres" {
		for i, w := range words {
			quoted[i] = "'" + strings.ReplaceAll(w, "'", "''") + "'"
		}
		t.add(`f.tsv @@ to_tsquery('simple', ?) AND `, strings.Join(quoted, " & "))
		return
	}
	for i, w := range words {
		quoted[i] = `"` + strings.ReplaceAll(w, `"`, `""`) + `"`
	}
	t.add(`f.messages_fts MATCH ? AND `, strings.Join(quoted, " "))
}

// ticketRows reads tickets by id in the given order; the ids were found through
// a Scope in this request.
func (tx *Tx) ticketRows(account int64, ids []int64) ([]TicketRow, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	byID := map[int64]TicketRow{}
	args := append([]any{int64(tx.now), account}, padded(ids)...)
	err := tx.query(`SELECT `+rowColumns+`, `+liveShareCount+`, r.name, r.address, r.active, a.name, a.address, a.active, 0, t.id, 1 FROM tickets t
JOIN people r ON r.account_id = t.account_id AND r.id = t.requester_id
LEFT JOIN people a ON a.account_id = t.account_id AND a.id = t.assignee_id
WHERE t.account_id = ? AND t.id IN (`+marks(len(ids))+`)`, func(rows *sql.Rows) error {
		row, _, _, err := scanTicketRow(rows)
		if err != nil {
			return err
		}
		byID[row.ID] = *row
		return nil
	}, args...)
	if err != nil {
		return nil, err
	}
	list := make([]TicketRow, 0, len(ids))
	for _, id := range ids {
		if row, ok := byID[id]; ok {
			list = append(list, row)
		}
	}
	return list, tx.listTags(account, list)
}

// RebuildSearch writes the search documents of up to limit messages after the
// given id, and gives the last id done; 0 when there were none.
func (tx *Tx) RebuildSearch(after int64, limit int) (last int64, err error) {
	type doc struct {
		account, id   int64
		subject, body string
	}
	var docs []doc
	err = tx.query(`SELECT m.account_id, m.id, m.text, CASE WHEN m.id = (SELECT MIN(f.id) FROM messages f WHERE f.account_id = m.account_id AND f.ticket_id = m.ticket_id) THEN t.subject ELSE '' END
FROM messages m JOIN tickets t ON t.account_id = m.account_id AND t.id = m.ticket_id WHERE m.id > ? ORDER BY m.id LIMIT ?`, func(rows *sql.Rows) error {
		var d doc
		err := rows.Scan(&d.account, &d.id, &d.body, &d.subject)
		docs = append(docs, d)
		return err
	}, after, limit)
	if err != nil {
		return 0, err
	}
	if len(docs) > 0 {
		last = docs[len(docs)-1].id
	}
	// Documents go in by their own ids: SQLite writes out what it has collected
	// when one goes down.
	slices.SortStableFunc(docs, func(a, b doc) int { return cmp.Compare(a.account, b.account) })
	for _, d := range docs {
		if err := tx.indexMessage(d.account, d.id, d.subject, d.body); err != nil {
			return 0, err
		}
	}
	return last, nil
}

// ReindexSubject writes the document of a ticket's first message anew after its
// subject changed.
func (tx *Tx) ReindexSubject(account int64, t *dm.Ticket) error {
	id, text, err := tx.FirstMessage(account, t.ID)
	if err != nil || id == 0 {
		return err
	}
	return tx.indexMessage(account, id, t.Subject, text)
}
