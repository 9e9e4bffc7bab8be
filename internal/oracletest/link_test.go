package oracletest

import (
	"fmt"
	"math/rand/v2"
	"slices"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
	"github.com/deskmesh/deskmesh/internal/oracle"
	"github.com/deskmesh/deskmesh/internal/store"
)

// doorPublicLink is what the holder of a public link asks: for one ticket, its
// messages and files, and for lists, which have nothing for them.
const doorPublicLink door = "public link"

// link is a public link as a question has it: neither revoked nor over, made by
// the question's person.
type link struct {
	Ticket int64 // that it opens
	Level  string
}

// holding makes a question by whoever holds a link that somebody made.
func (a asker) holding(l link, of, ticket int64) question {
	q := a.about(doorPublicLink, of, ticket)
	q.Link = &l
	return q
}

// randomLink draws a link of anybody's to a ticket, and asks for that ticket or
// for another one.
func randomLink(rng *rand.Rand, a, of *oracle.Account, linked, asked int64) question {
	maker := asker{account: a.ID, person: one(rng, a.People...).ID}
	l := link{linked, one(rng, oracle.View, oracle.Comment)}
	if rng.IntN(3) == 0 {
		return maker.holding(l, of.ID, asked)
	}
	return maker.holding(l, a.ID, linked)
}

// files lists the messages of a ticket whose file somebody can open, of those that
// are asked about.
func (d *desk) files(tx *store.Tx, v *access.Viewer, q question, asked func(oracle.Message) bool) ([]int64, error) {
	open := []int64{}
	for _, m := range d.world.Account(q.Of).Ticket(q.Ticket).Messages {
		if !asked(m) {
			continue
		}
		switch _, err := tx.Attachment(v, d.real[q.Of].files[m.ID]); {
		case err == nil:
			open = append(open, m.ID)
		case dm.CodeOf(err) != dm.NotFound:
			return nil, err
		}
	}
	return open, nil
}

// byLink answers by the real code.
func (d *desk) byLink(tx *store.Tx, q question) (string, error) {
	r := d.real[q.Account]
	dir, err := tx.Directory(r.id)
	if err != nil {
		return "", err
	}
	v, err := tx.LinkViewer(dir, &dm.PublicLink{ID: 1, TicketID: r.tickets[q.Link.Ticket].id, Level: dm.Level(q.Link.Level), CreatedBy: r.people[q.Person]})
	if err != nil {
		return "", err
	}
	n, _, err := tx.CountTickets(v, store.ListQuery{View: store.ViewAll})
	if err != nil {
		return "", err
	}
	if slices.Contains(d.real[q.Of].tickets[q.Ticket].messages, 0) {
		return "a message that is not stored", nil
	}
	files, err := d.files(tx, v, q, func(oracle.Message) bool { return true })
	if err != nil {
		return "", err
	}
	f, err := tx.TicketByID(v, d.real[q.Of].tickets[q.Ticket].id)
	if dm.CodeOf(err) == dm.NotFound {
		return fmt.Sprintf("%s; files %v; listed %d", hidden, files, n), nil
	}
	if err != nil {
		return "", err
	}
	messages, err := d.messages(tx, v, q, f)
	return fmt.Sprintf("%v; messages %s; files %v; listed %d", f.Decision.Rights.Names(), messages, files, n), err
}

// expectLink answers by the oracle.
func (d *desk) expectLink(q question) string {
	var rights map[string]bool
	messages := []int64{}
	if q.Of == q.Account {
		rights = oracle.ByLink(d.world, q.Account, q.Person, q.Link.Ticket, q.Link.Level, q.Ticket)
		messages = oracle.MessagesByLink(d.world, q.Account, q.Person, q.Link.Ticket, q.Link.Level, q.Ticket)
	}
	slices.Sort(messages)
	if !rights[oracle.See] {
		return fmt.Sprintf("%s; files %v; listed 0", hidden, messages)
	}
	return fmt.Sprintf("%v; messages %v; files %v; listed 0", access.Right(expectRights(rights)).Names(), messages, messages)
}
