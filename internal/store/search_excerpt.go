package store

import (
	"database/sql"
	"strconv"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/search"
)

// SearchMatch says where a search's words stand: in the subject, and in the
// newest message that its reader may read and that holds them. Where the
// subject and the requester alone hold them, beside a first message that is not
// for the reader, there is no message.
type SearchMatch struct {
	Subject []search.Range
	Message int64 // 0 for none
	Kind    dm.MessageKind
	At      dm.Time
	Excerpt search.Excerpt
	Files   []search.Excerpt // names of the message's files that hold words
}

// excerptSource bounds how much of a message an excerpt is looked for in, in
// characters.
const excerptSource = 50_000

// searchedTickets reads the tickets of a page with their matches.
func (tx *Tx) searchedTickets(s *searchPlan, hits []searchHit) ([]SearchedTicket, error) {
	ids := make([]int64, len(hits))
	at := make(map[int64]searchHit, len(hits))
	for i, h := range hits {
		ids[i], at[h.ticket] = h.ticket, h
	}
	rows, err := tx.ticketRows(s.scope.Account(), ids)
	if err != nil {
		return nil, err
	}
	matches, err := tx.searchMatches(s, hits)
	if err != nil {
		return nil, err
	}
	list := make([]SearchedTicket, len(rows))
	for i := range rows {
		list[i].TicketRow = rows[i]
		if h := at[rows[i].ID]; !h.head {
			list[i].Match = matches[h.message]
		}
		list[i].Match.Subject = search.Mark(rows[i].Subject, s.terms, search.Subject)
	}
	return list, nil
}

// searchMatches reads the messages of a page's hits. Each was found readable in
// this transaction; heads stand for no message.
func (tx *Tx) searchMatches(s *searchPlan, hits []searchHit) (map[int64]SearchMatch, error) {
	var ids []int64
	for _, h := range hits {
		if !h.head {
			ids = append(ids, h.message)
		}
	}
	if len(ids) == 0 {
		return nil, nil
	}
	matches := make(map[int64]SearchMatch, len(ids))
	args := append([]any{s.scope.Account()}, padded(ids)...)
	err := tx.query(`SELECT m.id, m.kind, m.created_at, substr(m.text, 1, `+strconv.Itoa(excerptSource)+`) FROM messages m WHERE m.account_id = ? AND m.id IN (`+marks(len(ids))+`)`, func(rows *sql.Rows) error {
		var m SearchMatch
		var text string
		if err := rows.Scan(&m.Message, &m.Kind, &m.At, &text); err != nil {
			return err
		}
		m.Excerpt = search.Cut(text, s.terms, search.Body)
		matches[m.Message] = m
		return nil
	}, args...)
	if err != nil {
		return nil, err
	}
	return matches, tx.query(`SELECT message_id, name FROM attachments WHERE account_id = ? AND message_id IN (`+marks(len(ids))+`) ORDER BY id`, func(rows *sql.Rows) error {
		var id int64
		var name string
		if err := rows.Scan(&id, &name); err != nil {
			return err
		}
		if found := search.Mark(name, s.terms, search.Files); len(found) > 0 {
			m := matches[id]
			m.Files = append(m.Files, search.Excerpt{Text: name, Marks: found})
			matches[id] = m
		}
		return nil
	}, args...)
}
