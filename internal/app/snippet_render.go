package app

import (
	"context"
	"html"
	"regexp"
	"slices"
	"strconv"
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
		clean, text = filledIn(s.HTML, values)
		return nil
	})
	return clean, strings.TrimSpace(text), err
}

// filledIn puts values in place of placeholders. What comes of it is cleaned
// again: a value may have come to stand where an address is read.
func filledIn(text string, values map[string]string) (clean, plain string) {
	return mail.Sanitise(snippetWord.ReplaceAllStringFunc(text, func(word string) string {
		value, known := values[strings.TrimSpace(word[2:len(word)-2])]
		if !known {
			return word
		}
		return html.EscapeString(value)
	}), nil)
}

// filledMessage gives a message for one ticket, with its placeholders filled in.
func filledMessage(tx *store.Tx, v *access.Viewer, number int64, m *dm.NewMessage) ([]dm.NewMessage, error) {
	filled := *m
	if strings.Contains(m.HTML, "{{") {
		values, err := snippetValues(tx, v, number)
		if err != nil {
			return nil, err
		}
		filled.HTML, filled.Text = filledIn(m.HTML, values)
	}
	return []dm.NewMessage{filled}, nil
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
	name := people[f.Ticket.RequesterID].Name
	first, _, _ := strings.Cut(name, " ")
	return map[string]string{
		"requester.name": name, "requester.first_name": first, "ticket.number": strconv.FormatInt(f.Ticket.Number, 10), "ticket.subject": f.Ticket.Subject,
		"agent.name": people[v.Person()].Name, "account.name": dir.Account.Name,
	}, nil
}
