package app

import (
	"context"
	"html"
	"regexp"
	"slices"
	"strings"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
	"github.com/deskmesh/deskmesh/internal/mail"
	"github.com/deskmesh/deskmesh/internal/store"
)

// snippetWord is a placeholder: a word between double braces.
var snippetWord = regexp.MustCompile(`\{\{([^{}]*)\}\}`)

// unknownWords counts the placeholders of a text that are not of SnippetWords.
func unknownWords(text string) (n int) {
	for _, m := range snippetWord.FindAllStringSubmatch(text, -1) {
		if !slices.Contains(dm.SnippetWords, strings.TrimSpace(m[1])) {
			n++
		}
	}
	return n
}

// RenderSnippet writes a snippet as HTML and as text, with what the viewer sees
// of a ticket in place of its placeholders. NotFound for a snippet they cannot
// use, Invalid for a ticket they cannot open. Values are escaped and never read
// for placeholders again.
func (a *App) RenderSnippet(ctx context.Context, v *access.Viewer, id, number int64) (clean, text string, err error) {
	err = a.DB.Read(ctx, func(tx *store.Tx) error {
		s, err := snippetOf(tx, v, id)
		if err != nil {
			return err
		}
		values, err := snippetValues(tx, v, number)
		if err != nil {
			return err
		}
		filled := fillWords(s.HTML, values, html.EscapeString)
		// Cleaned again: a value may have come to stand where an address is read.
		clean, text = mail.Sanitise(filled, nil)
		return nil
	})
	return clean, strings.TrimSpace(text), err
}

// snippetValues gives what stands for each of SnippetWords.
func snippetValues(tx *store.Tx, v *access.Viewer, number int64) (map[string]string, error) {
	f, err := tx.Ticket(v, number)
	if dm.CodeOf(err) == dm.NotFound {
		return nil, dm.BadField("ticket", "There is no such ticket, or you cannot open it.")
	}
	if err != nil {
		return nil, err
	}
	dir, err := tx.Directory(v.Account())
	if err != nil {
		return nil, err
	}
	people, err := tx.PeopleRefs(v.Account(), distinct([]int64{f.Ticket.RequesterID, v.Person()}))
	if err != nil {
		return nil, err
	}
	return wordValues(&f.Ticket, people[f.Ticket.RequesterID].Name, people[v.Person()].Name, dir.Account.Name), nil
}
