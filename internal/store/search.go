package store

import (
	"database/sql"
	"strconv"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
	"github.com/deskmesh/deskmesh/internal/search"
)

// SearchQuery asks for tickets by the words of their messages.
type SearchQuery struct {
	// Terms are what one message must hold, and must not; at least one must be
	// wanted, else nothing is found.
	Terms []search.Term
	// List narrows what is looked through. Without a view, or with ViewAll, it is
	// what lists show, and with the setting sharing.searchable what can be opened.
	// Sort and Cursor are not read.
	List   ListQuery
	Before int64 // the cursor: below this message; 0 the first page
	// Briefly looks at fewer matches, for an answer while somebody types.
	Briefly bool
}

// SearchedTicket is found by a search: a ticket, and the newest of its messages that the reader
// may read and that holds the words.
type SearchedTicket struct {
	TicketRow
	Match SearchMatch
}

// The windows of matches that a search walks, in messages: the first one is
// small, since it often fills the page.
const (
	firstSearchWindow = 250
	searchWindow      = 1000
)

// SearchTickets finds tickets of which one message holds every wanted term and
// none of the others, newest message first. The subject and the requester count
// with the ticket's first message, the names of files with theirs. Notes count
// only where the viewer may read them. It gives at most limit tickets and a
// cursor to go on from; a page may be short while next is not 0. A ticket is
// found once, by the newest such message, however many pages are read.
func (tx *Tx) SearchTickets(v *access.Viewer, q SearchQuery) (list []SearchedTicket, next int64, err error) {
	s, err := tx.searchPlan(v, &q)
	if err != nil || s == nil {
		return nil, 0, err
	}
	limit := q.List.Limit
	if limit < 1 {
		limit = 25
	}
	hits, next, err := tx.searchPage(s, q.Before, limit)
	if err != nil {
		return nil, 0, err
	}
	list, err = tx.searchedTickets(s, hits)
	return list, next, err
}

// CountSearch counts what SearchTickets finds up to CountBound, among the newest
// matches; more says that there may be others.
func (tx *Tx) CountSearch(v *access.Viewer, q SearchQuery) (n int, more bool, err error) {
	s, err := tx.searchPlan(v, &q)
	if err != nil || s == nil {
		return 0, false, err
	}
	s.windows = countSearchWindows
	hits, next, err := tx.searchPage(s, 0, CountBound+1)
	return min(len(hits), CountBound), len(hits) > CountBound || next != 0, err
}

// searchPlan is what is looked for, in which tickets, and in the notes of which.
type searchPlan struct {
	*listPlan
	notes   access.Scope
	terms   []search.Term
	match   string // in the engine's own language
	windows int
}

// searchPlan prepares a search; nil is one that can find nothing.
func (tx *Tx) searchPlan(v *access.Viewer, q *SearchQuery) (*searchPlan, error) {
	q.List.Sort, q.List.Cursor, q.List.Searched = "", "", true
	p, err := viewPlan(v, q.List)
	if err != nil {
		return nil, err
	}
	if p.filter, err = tx.newFilter(v, q.List.Filter); err != nil {
		return nil, err
	}
	if err := tx.join(p, v, q.List); err != nil {
		return nil, err
	}
	if p.filter != nil {
		p.states = p.filter.states(p.states)
	}
	if access.Fault("search state") {
		p.states = []dm.ListState{dm.ListDone, dm.ListOpen, dm.ListSpam, dm.ListDeleted}
	}
	if !p.scope.Admits() || len(p.states) == 0 {
		return nil, nil
	}
	// Where tickets are listed and whether their notes may be read are two
	// questions: a share can open the notes of a ticket that is listed anyway.
	s := &searchPlan{listPlan: p, notes: v.Scope(access.SeeInternal, access.Open), terms: q.Terms, windows: maxSearchWindows}
	if q.Briefly {
		s.windows = briefSearchWindows
	}
	s.match, err = tx.matchText(v, q.Terms)
	if err != nil || s.match == "" {
		return nil, err
	}
	return s, nil
}

// readable renders whether the reader may read the document of message m: notes
// only where they may, heads always.
func (s *searchPlan) readable(t *sqlText, head string, now dm.Time) {
	t.add(`(m.kind = 'reply' OR ` + head + ` = 1 OR `)
	t.oneTicket(s.notes, now)
	t.add(`)`)
}

// searchHit is a match: the document of a message, or of the ticket's head at
// its first message.
type searchHit struct {
	message, ticket int64
	head            bool
}

// searchPage walks windows of matches from the newest and keeps the tickets
// that the viewer may find.
func (tx *Tx) searchPage(s *searchPlan, cursor int64, limit int) (page []searchHit, next int64, err error) {
	before := cursor
	if before <= 0 {
		before = messageMask
	}
	seen := map[int64]bool{}
	budget, window := keepBytes, firstSearchWindow
	for range s.windows {
		hits, last, n, err := tx.searchHits(s, before, window)
		if err != nil {
			return nil, 0, err
		}
		for len(hits) > 0 {
			var fresh []searchHit
			fresh, hits = nextTickets(hits, seen, min(limit-len(page), keepTickets))
			fit, read, err := tx.searchFit(s, cursor, fresh)
			if err != nil {
				return nil, 0, err
			}
			page, budget = append(page, fit...), budget-read
			if len(page) == limit || budget < 0 {
				return page, fresh[len(fresh)-1].message, nil
			}
		}
		if n < window {
			return page, 0, nil
		}
		before, next, window = last, last, searchWindow
	}
	return page, next, nil
}

// The bounds of the windows that a page, a count and a brief page look at.
const (
	maxSearchWindows   = 10
	countSearchWindows = 4
	briefSearchWindows = 2
)

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

// searchHits reads one window of matches below a message id. n is the number of
// matches before access was checked; it steers the walk and is never shown.
func (tx *Tx) searchHits(s *searchPlan, before int64, window int) (hits []searchHit, last int64, n int, err error) {
	var t sqlText
	account := s.scope.Account()
	t.add(`SELECT x.r, m.ticket_id, x.head, CASE WHEN `)
	t.passes(s.listPlan, tx.now)
	t.add(` AND `)
	s.readable(&t, `x.head`, tx.now)
	t.add(` THEN 1 ELSE 0 END FROM (SELECT f.rowid AS id, (f.rowid >> 1) & ` + strconv.Itoa(messageMask) + ` AS r, f.rowid & 1 AS head FROM messages_fts f WHERE `)
	tx.matches(&t, s.match)
	t.add(`f.rowid >= ? AND f.rowid < ? ORDER BY f.rowid DESC LIMIT `+strconv.Itoa(window), document(account, 0), document(account, min(before, messageMask)))
	t.add(`) x JOIN messages m ON m.id = x.r AND m.account_id = ? JOIN tickets b ON b.id = m.ticket_id AND b.account_id = m.account_id ORDER BY x.id DESC`, account)
	err = tx.query(t.String(), func(rows *sql.Rows) error {
		var h searchHit
		var pass int64
		if err := rows.Scan(&h.message, &h.ticket, flag{&h.head}, &pass); err != nil {
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

// searchFit leaves out what a page before this one has shown, and what does not
// fit the filter where SQL could not tell. read is how much text that took.
func (tx *Tx) searchFit(s *searchPlan, cursor int64, hits []searchHit) (fit []searchHit, read int, err error) {
	shown, err := tx.shownBefore(s, cursor, hits)
	if err != nil {
		return nil, 0, err
	}
	var ids []int64
	for _, h := range hits {
		if !shown[h.ticket] {
			ids = append(ids, h.ticket)
		}
	}
	if !s.filter.exact() && len(ids) > 0 {
		if ids, read, err = tx.keep(s.filter, ids); err != nil {
			return nil, 0, err
		}
	}
	for _, h := range hits {
		if len(ids) > 0 && ids[0] == h.ticket {
			fit, ids = append(fit, h), ids[1:]
		}
	}
	return fit, read, nil
}

// shownBefore says which tickets a page before this one has shown: those with
// a match at the cursor or above it.
func (tx *Tx) shownBefore(s *searchPlan, cursor int64, hits []searchHit) (map[int64]bool, error) {
	if cursor <= 0 || len(hits) == 0 || access.Fault("search twice") {
		return nil, nil
	}
	ids := make([]int64, len(hits))
	for i, h := range hits {
		ids[i] = h.ticket
	}
	var t sqlText
	account := s.scope.Account()
	t.add(`SELECT DISTINCT m.ticket_id FROM messages m JOIN tickets b ON b.id = m.ticket_id AND b.account_id = m.account_id WHERE m.account_id = ? AND `, account)
	t.in(`m.ticket_id`, ids)
	t.add(` AND m.id >= ? AND `, cursor)
	t.passes(s.listPlan, tx.now)
	t.add(` AND EXISTS (SELECT 1 FROM messages_fts f WHERE `)
	tx.matches(&t, s.match)
	first := document(account, 0)
	t.add(`f.rowid IN (? + 2 * m.id, ? + 2 * m.id) AND `, first, first+1)
	s.readable(&t, `(f.rowid & 1)`, tx.now)
	t.add(`)`)
	list, err := tx.ids(t.String(), tx.db.dialect.planned(t.args)...)
	shown := make(map[int64]bool, len(list))
	for _, id := range list {
		shown[id] = true
	}
	return shown, err
}

// ticketRows reads tickets by id in the given order; the ids were found through
// a Scope in this request.
func (tx *Tx) ticketRows(account int64, ids []int64) ([]TicketRow, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	byID := map[int64]TicketRow{}
	args := append([]any{int64(tx.now), int64(tx.now), account}, padded(ids)...)
	err := tx.query(`SELECT `+rowColumns+`, `+rowShares+`, r.name, r.address, r.active, a.name, a.address, a.active FROM tickets t
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
	return list, tx.listParts(account, list)
}
