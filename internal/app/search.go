package app

import (
	"context"
	"slices"
	"strconv"
	"unicode/utf8"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
	"github.com/deskmesh/deskmesh/internal/search"
	"github.com/deskmesh/deskmesh/internal/store"
)

// TicketSearch is a search as typed, and the list it looks through; List.Sort is
// not read, since the newest comes first.
type TicketSearch struct {
	Text string
	List ListQuery
}

// SearchPage is one page of what a search finds. Where the text was a ticket's
// number, Jump is that ticket, on the first page, if its reader can open it;
// it is not in Found then, on no page.
type SearchPage struct {
	Jump  *TicketRow
	Found []SearchedTicket
	Next  string
}

// understood is a search whose operators are conditions now.
type understood struct {
	search.Query
	filter dm.Condition
	none   bool // nothing can fit
}

// Search finds tickets. Any text is understood; search.Parse and docs/search.md
// say how. Text that is too long or cannot be stored, and bad parts of the list,
// are Invalid.
func (a *App) Search(ctx context.Context, v *access.Viewer, q TicketSearch) (*SearchPage, error) {
	if err := checkSearchText(q.Text); err != nil {
		return nil, err
	}
	var u *understood
	var page *SearchPage
	err := a.DB.Read(ctx, func(tx *store.Tx) (err error) {
		if u, page, err = a.found(tx, v, &q); err != nil {
			return err
		}
		rows := make([]*store.TicketRow, len(page.Found))
		for i := range page.Found {
			rows[i] = &page.Found[i].TicketRow
		}
		return tx.FillUnread(v, rows, q.List.View == ViewSharedWithMe)
	})
	if err != nil || u.Number == 0 || !everywhere(&q.List) {
		return page, err
	}
	page.Found = slices.DeleteFunc(page.Found, func(t SearchedTicket) bool { return t.Number == u.Number })
	if q.List.Cursor != "" {
		return page, nil
	}
	page.Jump, err = a.Jump(ctx, v, u.Number)
	if dm.CodeOf(err) == dm.NotFound {
		err = nil
	}
	return page, err
}

// found reads a page of what a search finds, but for the ticket that a number
// leads to.
func (a *App) found(tx *store.Tx, v *access.Viewer, q *TicketSearch) (*understood, *SearchPage, error) {
	page := &SearchPage{}
	u, err := a.understand(tx, v, q)
	switch {
	case err != nil || u.none || u.jumps(q):
	case len(u.Wanted()) > 0:
		err = searchWords(tx, v, u, q, page)
	default:
		err = searchOperators(tx, v, u, q, page)
	}
	return u, page, err
}

// CountSearch counts what Search finds up to store.CountBound; more says that
// there may be others. A number written without "#" counts as a word.
func (a *App) CountSearch(ctx context.Context, v *access.Viewer, q TicketSearch) (n int, more bool, err error) {
	if err := checkSearchText(q.Text); err != nil {
		return 0, false, err
	}
	var u *understood
	err = a.DB.Read(ctx, func(tx *store.Tx) (err error) {
		if u, err = a.understand(tx, v, &q); err != nil || u.none || u.jumps(&q) {
			return err
		}
		if terms := u.Wanted(); len(terms) > 0 {
			n, more, err = tx.CountSearch(v, store.SearchQuery{Terms: u.Terms, List: q.List})
			return err
		}
		if q.List.Filter.Empty() {
			return nil
		}
		n, more, err = tx.CountTickets(v, q.List)
		return err
	})
	if err != nil || !u.jumps(&q) {
		return n, more, err
	}
	if _, err = a.Jump(ctx, v, u.Number); dm.CodeOf(err) == dm.NotFound {
		return 0, false, nil
	}
	return 1, false, err
}

func checkSearchText(text string) error {
	if utf8.RuneCountInString(text) > search.MaxText {
		return dm.BadField("q", "A search has at most %d characters.", search.MaxText)
	}
	return nil
}

// everywhere says that the list is all that a search looks through.
func everywhere(q *ListQuery) bool {
	return (q.View == "" || q.View == ViewAll) && q.State == "" && q.Filter.Empty()
}

// jumps says that the text only names a ticket, anywhere.
func (u *understood) jumps(q *TicketSearch) bool { return u.Jump && everywhere(&q.List) }

// searchWords reads a page of tickets found by words.
func searchWords(tx *store.Tx, v *access.Viewer, u *understood, q *TicketSearch, page *SearchPage) error {
	before := int64(0)
	if q.List.Cursor != "" {
		var err error
		if before, err = strconv.ParseInt(q.List.Cursor, 10, 64); err != nil || before < 1 {
			return dm.BadField("cursor", "The cursor does not belong to this list.")
		}
	}
	found, next, err := tx.SearchTickets(v, store.SearchQuery{Terms: u.Terms, List: q.List, Before: before})
	page.Found = found
	if next != 0 {
		page.Next = strconv.FormatInt(next, 10)
	}
	return err
}

// searchOperators reads a page of a search that has no words to look for: a
// list, the last changed first.
func searchOperators(tx *store.Tx, v *access.Viewer, u *understood, q *TicketSearch, page *SearchPage) error {
	if u.filter.Empty() {
		return nil
	}
	q.List.Sort, q.List.Searched = "", true
	rows, next, err := tx.Tickets(v, q.List)
	for i := range rows {
		page.Found = append(page.Found, SearchedTicket{TicketRow: rows[i]})
	}
	page.Next = next
	return err
}

// understand makes conditions of the operators and joins them to the list's
// filter. The list is the one that an own view stands for.
func (a *App) understand(tx *store.Tx, v *access.Viewer, q *TicketSearch) (_ *understood, err error) {
	u := &understood{Query: search.Parse(q.Text)}
	if q.List, _, err = a.listing(tx, v, q.List); err != nil {
		return nil, err
	}
	if u.Jump && !everywhere(&q.List) {
		u.narrow(false, dm.Condition{Field: dm.FieldKeyNumber, Op: dm.OpIs, Values: []dm.ConditionValue{{Kind: dm.NumberValue, Number: float64(u.Number)}}})
	}
	dir, err := tx.Directory(v.Account())
	if err != nil {
		return nil, err
	}
	for _, op := range u.Operators {
		known, err := u.operator(tx, dir, v, &op)
		if err != nil {
			return nil, err
		}
		if !known {
			u.AddTerm(op.Words)
		}
	}
	if len(u.Wanted()) == 0 {
		u.exclude()
	}
	q.List.Filter, q.List.Searched = dm.And(q.List.Filter, u.filter), true
	return u, nil
}

// exclude makes conditions of words that must not be there, where there are
// none to look for.
func (u *understood) exclude() {
	if u.filter.Empty() {
		return
	}
	for _, t := range u.Terms {
		for _, word := range t.Words {
			if t.Part == search.Anywhere && !t.Prefix {
				u.narrow(false, dm.Condition{Field: dm.FieldKeyText, Op: dm.OpNotContains, Values: []dm.ConditionValue{{Kind: dm.TextValue, Text: word}}})
			}
		}
	}
}

// narrow adds a condition, or its opposite.
func (u *understood) narrow(not bool, leaf dm.Condition) {
	if not {
		leaf.Op = opposites[leaf.Op]
	}
	u.filter = dm.And(u.filter, leaf)
}

var opposites = map[dm.ConditionOp]dm.ConditionOp{
	dm.OpIs: dm.OpIsNot, dm.OpIn: dm.OpNotIn, dm.OpHasAny: dm.OpHasNone, dm.OpEmpty: dm.OpNotEmpty,
}
