package oracletest

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
	"github.com/deskmesh/deskmesh/internal/oracle"
	"github.com/deskmesh/deskmesh/internal/search"
	"github.com/deskmesh/deskmesh/internal/store"
)

// hidden is how both sides say that something cannot be seen or is not there.
const hidden = "not found"

// ask answers a question by the real code and by the oracle. An error is a
// failure of the program that no rule asks for.
func (d *desk) ask(q question) (got, want string, err error) {
	want = d.expect(q)
	err = d.db.Read(context.Background(), func(tx *store.Tx) error {
		switch q.Door {
		case doorWhoSees:
			got, err = d.whoSees(tx, q)
			return err
		case doorPublicLink:
			got, err = d.byLink(tx, q)
			return err
		case doorPartner:
			got, err = d.byPartner(tx, q)
			return err
		}
		v, err := d.viewer(tx, asker{q.Account, q.Person, q.As})
		if err != nil {
			return err
		}
		got, err = d.answer(tx, v, q)
		return err
	})
	if err != nil {
		err = fmt.Errorf("%s: %w", q, err)
	}
	return got, want, err
}

// viewer resolves who asks, once after each step.
func (d *desk) viewer(tx *store.Tx, who asker) (*access.Viewer, error) {
	if v := d.viewers[who]; v != nil {
		return v, nil
	}
	if who.as != himself {
		v, err := d.viewer(tx, asker{who.account, who.person, himself})
		if err != nil {
			return nil, err
		}
		if who.as == asRequester {
			d.viewers[who] = v.AsRequester()
		} else {
			d.viewers[who] = v.WithToken(1, "token", permissions(d.token))
		}
		return d.viewers[who], nil
	}
	r := d.real[who.account]
	v, err := d.resolve(tx, r.id, r.people[who.person])
	d.viewers[who] = v
	return v, err
}

// resolve goes the two ways to a viewer by turns.
func (d *desk) resolve(tx *store.Tx, account, person int64) (*access.Viewer, error) {
	if d.changes%2 == 0 {
		return tx.Viewer(account, person)
	}
	dir, err := tx.Directory(account)
	if err != nil {
		return nil, err
	}
	return tx.ViewerIn(dir, person)
}

func (d *desk) answer(tx *store.Tx, v *access.Viewer, q question) (string, error) {
	switch q.Door {
	case doorDecide:
		decision := access.Decide(v, d.facts(q.Of, d.world.Account(q.Of).Ticket(q.Ticket)), dm.Time(d.world.Now))
		return d.decided(q.Account, &decision), nil
	case doorList:
		list, err := d.listed(tx, v, q)
		return orRefused(q, list, err)
	case doorCount:
		n, more, err := tx.CountTickets(v, store.ListQuery{View: q.View, State: q.State, Filter: d.condition(q.Account, q.Filter)})
		return orRefused(q, fmt.Sprint(n, more), err)
	case doorSearch:
		return d.searched(tx, v, q)
	case doorFile:
		file, err := tx.Attachment(v, d.real[q.Of].files[q.Message])
		if err != nil {
			return orHidden(err)
		}
		return file.Name, nil
	case doorUpload:
		file, err := tx.Attachment(v, d.real[q.Of].uploads[q.Uploader])
		if err != nil {
			return orHidden(err)
		}
		return file.Name, nil
	}
	f, err := d.find(tx, v, q)
	if err != nil {
		return orHidden(err)
	}
	switch q.Door {
	case doorMessages:
		return d.messages(tx, v, q, f)
	case doorHistory:
		return d.history(tx, v, q, f)
	case doorLinks:
		return d.links(tx, v, q, f)
	}
	return d.found(q, f), nil
}

// orHidden takes the one error that the rule asks for as an answer.
func orHidden(err error) (string, error) {
	if dm.CodeOf(err) == dm.NotFound {
		return hidden, nil
	}
	return "", err
}

func (d *desk) find(tx *store.Tx, v *access.Viewer, q question) (*store.Found, error) {
	t := d.real[q.Of].tickets[q.Ticket]
	if q.Door == doorByID {
		return tx.TicketByID(v, t.id)
	}
	return tx.Ticket(v, t.number)
}

// found describes a ticket that was found: that it is the right one, what may be
// done and why, and its live shares.
func (d *desk) found(q question, f *store.Found) string {
	r := d.real[q.Account]
	var shares []int64
	for i := range f.Shares {
		shares = append(shares, oracleID(r.shares, f.Shares[i].ID))
	}
	slices.Sort(shares)
	return fmt.Sprintf("ticket %d: %s; shares %v of %d", d.ticketOf(q.Account, f.Ticket.ID), d.decided(q.Account, &f.Decision), shares, f.Ticket.Shares)
}

// ways gives the oracle's words for the ways in.
var ways = map[access.Way]string{
	access.WayReach: oracle.ByReach, access.WayAssignee: oracle.ByAssignment, access.WayShare: oracle.ByShare, access.WayGroup: oracle.ByGroupShare,
	access.WayOwn: oracle.ByRequest, access.WayCC: oracle.ByCC, access.WayDept: oracle.ByDepartment,
}

// decided describes rights and reasons.
func (d *desk) decided(account int64, decision *access.Decision) string {
	r := d.real[account]
	var reasons []oracle.Reason
	for _, why := range decision.Reasons {
		reasons = append(reasons, oracle.Reason{Way: ways[why.Way], Group: oracleID(r.groups, why.GroupID), Share: oracleID(r.shares, why.ShareID)})
	}
	return described(decision.Rights, reasons)
}

func described(rights access.Right, reasons []oracle.Reason) string {
	var why []string
	for _, r := range reasons {
		text := r.Way
		if r.Share != 0 {
			text += fmt.Sprint(" ", r.Share)
		}
		if r.Group != 0 {
			text += fmt.Sprint(" of group ", r.Group)
		}
		why = append(why, text)
	}
	slices.Sort(why)
	return fmt.Sprintf("%s (%s)", strings.Join(rights.Names(), " "), strings.Join(why, ", "))
}

// oracleID turns a database's id into the oracle's; 0 stays 0 and -1 is one
// that the world does not have.
func oracleID(known map[int64]int64, id int64) int64 {
	if id == 0 {
		return 0
	}
	for of, real := range known {
		if real == id {
			return of
		}
	}
	return -1
}

// ticketOf gives the oracle's id of a ticket; -1 for one of another account.
func (d *desk) ticketOf(account, id int64) int64 {
	for of, t := range d.real[account].tickets {
		if t.id == id {
			return of
		}
	}
	return -1
}

// facts tells access.Decide of a ticket as the oracle has it, with every share,
// over or not.
func (d *desk) facts(account int64, t *oracle.Ticket) *access.Facts {
	r := d.real[account]
	f := &access.Facts{
		Account: r.id, InboxID: r.inboxes[t.Inbox], GroupID: r.groups[t.Group], AssigneeID: r.people[t.Assignee], RequesterID: r.people[t.Requester],
		Private: t.Private, Spam: t.Spam, Deleted: t.Deleted, Merged: t.MergedInto != 0, CCs: each(r.people, t.CCs),
		Department: r.departments[t.Department], IsChange: t.Change,
	}
	for _, s := range t.Shares {
		f.Shares = append(f.Shares, access.ShareFact{
			ID: r.shares[s.ID], Target: d.target(r, s.TargetKind, s.Target), ByRequester: s.ByRequester, ExpiresAt: dm.Time(s.ExpiresAt), Ended: s.Ended,
			Terms: dm.Terms{Level: dm.Level(s.Level), SeeInternal: s.SeeInternal, ReplyPublic: s.ReplyPublic, Forward: s.Forward, CanReshare: s.CanReshare},
		})
	}
	return f
}

var errEndless = errors.New("the pages do not end")

// listed reads all pages of a list: each ticket with its number of live shares.
func (d *desk) listed(tx *store.Tx, v *access.Viewer, q question) (string, error) {
	var rows []string
	ask := store.ListQuery{View: q.View, State: q.State, Sort: q.Sort, Limit: q.Size, Filter: d.condition(q.Account, q.Filter)}
	for range 200 {
		list, next, err := tx.Tickets(v, ask)
		if err != nil {
			return "", err
		}
		if len(list) > q.Size {
			return fmt.Sprintf("a page of %d", len(list)), nil
		}
		for i := range list {
			rows = append(rows, row(d.ticketOf(q.Account, list[i].ID), list[i].Shares))
		}
		if next == "" {
			return strings.Join(rows, " "), nil
		}
		ask.Cursor = next
	}
	return "", errEndless
}

func row(ticket int64, shares int) string { return fmt.Sprintf("%d:%d", ticket, shares) }

// searched reads all pages of a search.
func (d *desk) searched(tx *store.Tx, v *access.Viewer, q question) (string, error) {
	var found []int64
	before := int64(0)
	for range 200 {
		list, next, err := tx.SearchTickets(v, store.SearchQuery{Terms: search.Parse(d.texts(q.Words)).Terms, List: store.ListQuery{Limit: q.Size}, Before: before})
		if err != nil {
			return "", err
		}
		if len(list) > q.Size {
			return fmt.Sprintf("a page of %d", len(list)), nil
		}
		for i := range list {
			found = append(found, d.ticketOf(q.Account, list[i].ID))
		}
		if next == 0 {
			return fmt.Sprint(found), nil
		}
		before = next
	}
	return "", errEndless
}

// messages reads a ticket's messages two by two, each with its one file.
func (d *desk) messages(tx *store.Tx, v *access.Viewer, q question, f *store.Found) (string, error) {
	known := d.real[q.Account].tickets[q.Ticket].messages
	world := d.world.Account(q.Account).Ticket(q.Ticket).Messages
	ids := []int64{}
	after := int64(0)
	for range 100 {
		list, err := tx.Messages(v.Account(), f, after, 2)
		if err != nil {
			return "", err
		}
		if len(list) == 0 {
			return fmt.Sprint(ids), nil
		}
		for _, m := range list {
			after = m.ID
			if len(m.Attachments) != 1 {
				return fmt.Sprintf("message with %d files", len(m.Attachments)), nil
			}
			if one, err := tx.MessageOf(v.Account(), f, m.ID); err != nil || one.ID != m.ID {
				return fmt.Sprint("message that is not found alone: ", err), nil
			}
			i := slices.Index(known, m.ID)
			if i < 0 {
				return "message of another ticket", nil
			}
			ids = append(ids, world[i].ID)
		}
	}
	return "", errEndless
}

// history reads a ticket's events, as places in the list of all.
func (d *desk) history(tx *store.Tx, v *access.Viewer, q question, f *store.Found) (string, error) {
	list, err := tx.Events(v.Account(), f.Ticket.ID, f.Decision.Has(access.SeeInternal), 0, 100)
	places := []int{}
	for i := range list {
		places = append(places, slices.Index(d.real[q.Account].tickets[q.Ticket].events, list[i].ID))
	}
	return fmt.Sprint(places), err
}

// links names the linked tickets whose subject is shown.
func (d *desk) links(tx *store.Tx, v *access.Viewer, q question, f *store.Found) (string, error) {
	list, err := tx.TicketLinks(v, f.Ticket.ID)
	shown := []int64{}
	for _, l := range list {
		if (l.Number != 0) != (l.Subject != "") {
			return "half a link", nil
		}
		if l.Number != 0 {
			shown = append(shown, d.ticketOf(q.Account, l.OtherID))
		}
	}
	slices.Sort(shown)
	return fmt.Sprint(shown), err
}

// whoSees decides one ticket for everybody in its account, as the page "who can
// see this" does.
func (d *desk) whoSees(tx *store.Tx, q question) (string, error) {
	r := d.real[q.Account]
	f, err := tx.TicketByID(system(r), r.tickets[q.Ticket].id)
	if err != nil {
		return "", err
	}
	if err := tx.LoadDetails(r.id, &f.Ticket); err != nil {
		return "", err
	}
	facts := store.FactsOf(r.id, &f.Ticket, f.Shares)
	dir, err := tx.Directory(r.id)
	if err != nil {
		return "", err
	}
	ids := []int64{}
	for _, p := range d.world.Account(q.Account).People {
		v, err := tx.ViewerIn(dir, r.people[p.ID])
		if err != nil {
			return "", err
		}
		if decision := access.Decide(v, &facts, tx.Now()); decision.Has(access.See) {
			ids = append(ids, p.ID)
		}
	}
	slices.SortFunc(ids, cmp.Compare[int64])
	return fmt.Sprint(ids), nil
}
