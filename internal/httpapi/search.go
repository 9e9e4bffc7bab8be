package httpapi

import (
	"context"
	"time"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/app"
	"github.com/deskmesh/deskmesh/internal/search"
)

// matchJSON says where the words of a search stand.
type matchJSON struct {
	Subject []markJSON          `json:"subject" doc:"Places in the subject."`
	Message orNull[foundInJSON] `json:"message" doc:"The newest message that the reader may read and that holds the words. Null where only the subject or the requester does, beside a first message that the reader may not read, and for a search without words."`
}

// foundInJSON is a message that holds the words.
type foundInJSON struct {
	ID        int64          `json:"id"`
	Kind      dm.MessageKind `json:"kind" enum:"reply,note,local_note"`
	CreatedAt time.Time      `json:"created_at"`
	Excerpt   excerptJSON    `json:"excerpt" doc:"A piece of the message, on one line; its beginning where the words stand elsewhere."`
	Files     []excerptJSON  `json:"files" doc:"Names of the message's files that hold words."`
}

// excerptJSON is a piece of text with its places.
type excerptJSON struct {
	Text  string     `json:"text"`
	Marks []markJSON `json:"marks"`
}

// markJSON is a place: from start up to end, in UTF-16 code units, as JavaScript
// counts.
type markJSON struct {
	Start int `json:"start"`
	End   int `json:"end"`
}

func marksOf(list []search.Range) []markJSON {
	return each(list, func(r *search.Range) markJSON { return markJSON{r.Start, r.End} })
}

func excerptOf(e *search.Excerpt) excerptJSON { return excerptJSON{e.Text, marksOf(e.Marks)} }

func matchOf(m *app.SearchMatch) *matchJSON {
	out := &matchJSON{Subject: marksOf(m.Subject)}
	if m.Message != 0 {
		out.Message = some(foundInJSON{m.Message, m.Kind, m.At.Std(), excerptOf(&m.Excerpt), each(m.Files, excerptOf)})
	}
	return out
}

// searchTickets gives one page of what a search finds. A number finds the ticket
// that has it first, through every way in; with # nothing else.
func (a *API) searchTickets(ctx context.Context, c *caller, in *ticketListInput) (*ticketListOutput, error) {
	if in.Sort != "" {
		return nil, dm.BadField("sort", "A search gives the newest first: leave this out together with q.")
	}
	q, err := a.listing(ctx, c, &in.ViewInput)
	if err != nil {
		return nil, err
	}
	q.Cursor, q.Limit = in.Cursor, in.Limit
	page, err := a.app.Search(ctx, c.Viewer, app.TicketSearch{Text: in.Q, List: q})
	if err != nil {
		return nil, err
	}
	var items []ticketItem
	if page.Jump != nil {
		items = append(items, c.item(page.Jump, false))
	}
	counts := c.countsIn(&q) && !c.Viewer.Searchable()
	for i := range page.Found {
		t := &page.Found[i]
		items = append(items, c.foundItem(&t.TicketRow, counts, matchOf(&t.Match)))
	}
	return &ticketListOutput{pageOf(items, page.Next)}, nil
}

// countTickets counts a view, or what a search in it finds.
func (a *API) countTickets(ctx context.Context, c *caller, in *ViewInput) (n int, more bool, err error) {
	q, err := a.listing(ctx, c, in)
	if err != nil {
		return 0, false, err
	}
	if in.Q != "" {
		return a.app.CountSearch(ctx, c.Viewer, app.TicketSearch{Text: in.Q, List: q})
	}
	return a.app.CountTickets(ctx, c.Viewer, q)
}

// listing is the list that a request means, an own view being what it stands for.
func (a *API) listing(ctx context.Context, c *caller, in *ViewInput) (app.ListQuery, error) {
	q, err := in.query()
	if err != nil {
		return q, err
	}
	q, _, err = a.app.Listing(ctx, c.Viewer, q)
	return q, err
}
