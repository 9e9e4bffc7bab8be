package httpapi

import (
	"strconv"

	dm "github.com/deskmesh/deskmesh"
)

// PageInput asks for one page of a list; embed it in the input.
type PageInput struct {
	Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"50" doc:"How many items the page has at most. It may have fewer although there is a next page."`
	Cursor string `query:"cursor" maxLength:"2000" doc:"The next of the page before."`
}

// listOf is the body of a list's answer.
type listOf[T any] struct {
	Items []T            `json:"items"`
	Next  orNull[string] `json:"next" doc:"The cursor of the next page; null on the last one."`
}

// pageOf makes the answer of a page; next is "" on the last one.
func pageOf[T any](items []T, next string) listOf[T] {
	list := listOf[T]{Items: items}
	if list.Items == nil {
		list.Items = []T{}
	}
	if next != "" {
		list.Next = some(next)
	}
	return list
}

// each renders every element of a list.
func each[T, U any](list []T, render func(*T) U) []U {
	out := make([]U, len(list))
	for i := range list {
		out[i] = render(&list[i])
	}
	return out
}

// idCursor reads the cursor of a list that is ordered by id; 0 is the first page.
func (p *PageInput) idCursor() (int64, error) {
	if p.Cursor == "" {
		return 0, nil
	}
	id, err := strconv.ParseInt(p.Cursor, 10, 64)
	if err != nil || id < 1 {
		return 0, dm.BadField("cursor", "The cursor does not belong to this list.")
	}
	return id, nil
}

// cutPage takes a list that was asked for with one more than the limit, and
// gives the page and its next cursor.
func cutPage[T any](list []T, limit int, id func(*T) int64) ([]T, string) {
	if len(list) <= limit {
		return list, ""
	}
	list = list[:limit]
	return list, strconv.FormatInt(id(&list[limit-1]), 10)
}
