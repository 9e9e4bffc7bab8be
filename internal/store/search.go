package store

import (
	"database/sql"
	"strconv"
	"strings"
	"unicode"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
)

// indexMessage writes the search document of a message. The account is a term
// of the document, so that a small account does not pay for a large one's words.
func (tx *Tx) indexMessage(account, message int64, subject, body string) error {
	if tx.db.dialect.name == "postgres" {
		_, err := tx.exec(`INSERT INTO messages_fts (rowid, account_id, tsv) VALUES (?, ?, to_tsvector('simple', ?)) ON CONFLICT (rowid) DO UPDATE SET tsv = excluded.tsv`,
			message, account, searchText(account, subject, body))
		return err
	}
	_, err := tx.exec(`INSERT OR REPLACE INTO messages_fts (rowid, account, subject, body) VALUES (?, ?, ?, ?)`, message, accountTerm(account), subject, body)
	return err
}

func accountTerm(account int64) string { return "acc" + strconv.FormatInt(account, 10) }

// searchText is the document for PostgreSQL: words only, bounded, because a
// tsvector may not pass 1 MB.
func searchText(account int64, subject, body string) string {
	words := strings.FieldsFunc(subject+" "+body, notWord)
	var b strings.Builder
	b.WriteString(accountTerm(account))
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
		before = 1 << 60
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
	tx.documents(&t, account, s.words)
	t.add(`f.rowid = m.id`)
	t.add(`)`)
	list, err := tx.ids(t.String(), t.args...)
	shown := make(map[int64]bool, len(list))
	for _, id := range list {
		shown[id] = true
	}
	return shown, err
}

// matching renders the newest window of matches below a message id.
func (tx *Tx) matching(t *sqlText, account int64, words []string, before int64) {
	tx.documents(t, account, words)
	t.add(`f.rowid < ? ORDER BY f.rowid DESC LIMIT `+strconv.Itoa(searchWindow), before)
}

// documents renders the messages r whose document f holds all words, up to the
// last condition.
func (tx *Tx) documents(t *sqlText, account int64, words []string) {
	if tx.db.dialect.name == "postgres" {
		quoted := []string{accountTerm(account)}
		for _, w := range words {
			quoted = append(quoted, "'"+strings.ReplaceAll(w, "'", "''")+"'")
		}
		t.add(`SELECT f.rowid AS r FROM messages_fts f WHERE f.account_id = ? AND f.tsv @@ to_tsquery('simple', ?) AND `, account, strings.Join(quoted, " & "))
		return
	}
	match := `account:` + accountTerm(account)
	for _, w := range words {
		match += ` AND {subject body}:"` + strings.ReplaceAll(w, `"`, `""`) + `"`
	}
	t.add(`SELECT f.rowid AS r FROM messages_fts f WHERE f.messages_fts MATCH ? AND `, match)
}

// ticketRows reads tickets by id in the given order; the ids were found through
// a Scope in this request.
func (tx *Tx) ticketRows(account int64, ids []int64) ([]TicketRow, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	byID := map[int64]TicketRow{}
	args := append([]any{int64(tx.now), account}, padded(ids)...)
	err := tx.query(`SELECT `+rowColumns+`, `+liveShareCount+`, r.name, r.address, r.active, a.name, a.address, a.active FROM tickets t
JOIN people r ON r.account_id = t.account_id AND r.id = t.requester_id
LEFT JOIN people a ON a.account_id = t.account_id AND a.id = t.assignee_id
WHERE t.account_id = ? AND t.id IN (`+marks(len(ids))+`)`, func(rows *sql.Rows) error {
		row, err := scanTicketRow(rows)
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
	for _, d := range docs {
		if err := tx.indexMessage(d.account, d.id, d.subject, d.body); err != nil {
			return 0, err
		}
		last = d.id
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
