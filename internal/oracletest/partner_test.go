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

// doorPartner is what a partner's desk is told: of one ticket, its messages and
// files, and of lists, which have nothing for it. Local notes are held back by the
// sender, which is tried in package httpapi, and left out here.
const doorPartner door = "partner"

// agreement is a partner as a question has it: the ticket is shared with them.
type agreement struct {
	Ticket   int64
	Internal bool // private comments cross
}

// partnerAsks makes a question by a partner of an account.
func partnerAsks(account int64, p agreement, of, ticket int64) question {
	q := asker{account: account}.about(doorPartner, of, ticket)
	q.Partner = &p
	return q
}

// randomPartner draws a partner of one ticket, who asks for that or for another.
func randomPartner(rng *rand.Rand, a, of *oracle.Account, linked, asked int64) question {
	p := agreement{linked, rng.IntN(2) == 0}
	if rng.IntN(3) == 0 {
		return partnerAsks(a.ID, p, of.ID, asked)
	}
	return partnerAsks(a.ID, p, a.ID, linked)
}

// byPartner answers by the real code.
func (d *desk) byPartner(tx *store.Tx, q question) (string, error) {
	r := d.real[q.Account]
	dir, err := tx.Directory(r.id)
	if err != nil {
		return "", err
	}
	v := store.PartnerViewer(dir, &dm.Partner{ID: 1, Name: "Partner", Terms: dm.PartnerTerms{PrivateComments: q.Partner.Internal}}, r.tickets[q.Partner.Ticket].id)
	listed := 0
	for _, view := range []store.View{store.ViewAll, store.ViewSharedWithMe, store.ViewSharedWithMine} {
		n, _, err := tx.CountTickets(v, store.ListQuery{View: view})
		if err != nil && dm.CodeOf(err) != dm.Forbidden {
			return "", err
		}
		listed += n
	}
	files, err := d.files(tx, v, q, func(m oracle.Message) bool { return m.Kind != oracle.LocalNote })
	if err != nil {
		return "", err
	}
	f, err := tx.TicketByID(v, d.real[q.Of].tickets[q.Ticket].id)
	if dm.CodeOf(err) == dm.NotFound {
		return fmt.Sprintf("%s; files %v; listed %d", hidden, files, listed), nil
	}
	if err != nil {
		return "", err
	}
	messages := []int64{}
	list, err := tx.Messages(v.Account(), f, 0, 100)
	if err != nil {
		return "", err
	}
	for i := range list {
		at := slices.Index(d.real[q.Of].tickets[q.Ticket].messages, list[i].ID)
		if at < 0 {
			return "a message of another ticket", nil
		}
		if m := d.world.Account(q.Of).Ticket(q.Ticket).Messages[at]; m.Kind != oracle.LocalNote {
			messages = append(messages, m.ID)
		}
	}
	slices.Sort(messages)
	slices.Sort(files)
	return fmt.Sprintf("%v; messages %v; files %v; listed %d", f.Decision.Rights.Names(), messages, files, listed), nil
}

// expectPartner answers by the oracle.
func (d *desk) expectPartner(q question) string {
	var rights map[string]bool
	messages := []int64{}
	if q.Of == q.Account {
		rights = oracle.ByPartner(d.world, q.Account, q.Partner.Ticket, q.Partner.Internal, q.Ticket)
		messages = oracle.MessagesByPartner(d.world, q.Account, q.Partner.Ticket, q.Partner.Internal, q.Ticket)
	}
	slices.Sort(messages)
	if !rights[oracle.See] {
		return fmt.Sprintf("%s; files %v; listed 0", hidden, messages)
	}
	return fmt.Sprintf("%v; messages %v; files %v; listed 0", access.Right(expectRights(rights)).Names(), messages, messages)
}
