package app

import (
	"context"
	"encoding/json"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
	"github.com/deskmesh/deskmesh/internal/store"
)

// OutgoingView is a line of the log of mails that left, as its reader may see it.
// Of a mail about a ticket that is not visible to them nothing is told but when
// it was and where it stands.
type OutgoingView struct {
	dm.OutgoingMail
	Person   dm.PersonRef // the recipient; its zero value for an address outside
	Retry    bool         // the reader may send it again
	OfTicket bool
	Visible  bool // the ticket is, with what is internal
	Number   int64
	Subject  string
}

// retryable are the states in which a mail can be sent again.
var retryable = map[dm.OutgoingState]bool{dm.OutDeferred: true, dm.OutFailed: true, dm.OutBounced: true, dm.OutHeld: true, dm.OutDropped: true, dm.OutWaiting: true}

func mayRetry(m *dm.OutgoingMail) bool { return retryable[m.State] && m.JobArgs != "" }

// TicketMails lists the mails that left, or are to leave, for a ticket, newest
// first, with ids below before; 0 begins at the newest. It is for agents who may
// read what is internal; Forbidden to others who can open the ticket.
func (a *App) TicketMails(ctx context.Context, v *access.Viewer, number, before int64, limit int) ([]OutgoingView, error) {
	return fetch(ctx, a, func(tx *store.Tx) ([]OutgoingView, error) {
		f, err := mailsOf(tx, v, number)
		if err != nil {
			return nil, err
		}
		list, err := tx.TicketOutgoing(v.Account(), f, before, limit)
		if err != nil {
			return nil, err
		}
		return viewOutgoing(tx, v, list, f)
	})
}

// mailsOf finds a ticket whose mails the viewer may read of.
func mailsOf(tx *store.Tx, v *access.Viewer, number int64) (*store.Found, error) {
	f, err := tx.Ticket(v, number)
	if err != nil {
		return nil, err
	}
	if !v.IsAgent() || !f.Decision.Has(access.SeeInternal) {
		return nil, dm.ErrForbidden
	}
	return f, nil
}

// OutgoingMails lists every mail of the account in a state ("": in any), newest
// first, with ids below before; 0 begins at the newest. It needs inboxes.manage,
// and gives nobody more of a ticket's mails than TicketMails does.
func (a *App) OutgoingMails(ctx context.Context, v *access.Viewer, state dm.OutgoingState, before int64, limit int) ([]OutgoingView, error) {
	if err := require(v, dm.InboxesManage); err != nil {
		return nil, err
	}
	return fetch(ctx, a, func(tx *store.Tx) ([]OutgoingView, error) {
		list, err := tx.OutgoingMails(v.Account(), state, before, limit)
		if err != nil {
			return nil, err
		}
		return viewOutgoing(tx, v, list, nil)
	})
}

// viewOutgoing adds what the reader may know, and takes away what they may not.
// of is the ticket that all are about, where it was found before.
func viewOutgoing(tx *store.Tx, v *access.Viewer, list []dm.OutgoingMail, of *store.Found) ([]OutgoingView, error) {
	views := make([]OutgoingView, len(list))
	found := map[int64]*store.Found{}
	if of != nil {
		found[of.Ticket.ID] = of
	}
	var people []int64
	for i := range list {
		view := &views[i]
		view.OutgoingMail = list[i]
		if view.TicketID == 0 {
			view.Retry = mayRetry(&list[i])
			people = append(people, view.PersonID)
			continue
		}
		view.OfTicket = true
		f, asked := found[view.TicketID]
		if !asked {
			var err error
			if f, err = tx.TicketByID(v, view.TicketID); err != nil && dm.CodeOf(err) != dm.NotFound {
				return nil, err
			}
			found[view.TicketID] = f
		}
		if f == nil || !f.Decision.Has(access.SeeInternal) {
			view.Address, view.Detail, view.Kind, view.PersonID, view.Code, view.Step = "", "", "", 0, 0, ""
			continue
		}
		view.Visible, view.Number, view.Subject = true, f.Ticket.Number, f.Ticket.Subject
		view.Retry = mayRetry(&list[i]) && f.Decision.Has(access.Reply)
		people = append(people, view.PersonID)
	}
	refs, err := tx.PeopleRefs(v.Account(), distinct(people))
	if err != nil {
		return nil, err
	}
	for i := range views {
		views[i].Person = refs[views[i].PersonID]
	}
	return views, nil
}

// RetryTicketMail sends a mail of a ticket again that was not sent, or that came
// back. What it says and whether its recipient may have it is decided anew when it
// is sent; that mail to the address came back is forgotten. It needs the right to
// reply and to read what is internal. Conflict for one that was sent or is being
// sent.
func (a *App) RetryTicketMail(ctx context.Context, v *access.Viewer, number, id int64) error {
	return a.write(ctx, func(tx *store.Tx) error {
		now, _, err := tx.Refresh(v)
		if err != nil {
			return err
		}
		f, err := mailsOf(tx, now, number)
		if err != nil {
			return err
		}
		if !f.Decision.Has(access.Reply) {
			return dm.ErrForbidden
		}
		m, err := tx.TicketOutgoingMail(now.Account(), f, id)
		if err != nil {
			return err
		}
		onceOf(ctx).note(id)
		return retryOutgoing(tx, now.Account(), m)
	})
}

// RetryMail is RetryTicketMail for a mail that is about no ticket. It needs
// inboxes.manage. NotFound for one of a ticket.
func (a *App) RetryMail(ctx context.Context, v *access.Viewer, id int64) error {
	return a.administer(ctx, v, dm.InboxesManage, func(t *act) error {
		m, err := t.tx.OutgoingMail(t.account, id)
		if err == nil && m.TicketID != 0 {
			err = dm.Missing("mail")
		}
		if err != nil {
			return err
		}
		if err := retryOutgoing(t.tx, t.account, m); err != nil {
			return err
		}
		return t.log("mail.retried", "mail", id)
	})
}

// retryOutgoing lets the job of a mail run again, or a new one like it where that
// has ended.
func retryOutgoing(tx *store.Tx, account int64, m *dm.OutgoingMail) error {
	if !mayRetry(m) {
		return dm.Errorf(dm.Conflict, "This mail was sent, or cannot be sent again.").With("not_retryable")
	}
	if _, err := tx.ClearUndeliverable(account, m.Address); err != nil {
		return err
	}
	job := m.JobID
	err := tx.RetryJob(account, job)
	if dm.CodeOf(err) == dm.NotFound {
		job, _, err = tx.Enqueue(store.NewJob{Account: account, Kind: m.JobKind, Args: json.RawMessage(m.JobArgs), Urgency: store.Normal})
	}
	if err != nil {
		return err
	}
	return tx.RetryOutgoing(account, m, job)
}

// ForgetUndeliverable lets mail go to a person's addresses again. It needs
// people.manage, or the permission to reply to tickets.
func (a *App) ForgetUndeliverable(ctx context.Context, v *access.Viewer, person int64) error {
	if v == nil || !v.IsAgent() || !v.Can(dm.PeopleManage) && !v.Can(dm.TicketsReply) {
		return dm.ErrForbidden
	}
	return a.administer(ctx, v, "", func(t *act) error {
		p, err := t.tx.Person(t.account, person)
		if err != nil {
			return err
		}
		cleared := false
		for _, address := range append([]string{p.Address}, p.Others...) {
			was, err := t.tx.ClearUndeliverable(t.account, address)
			if err != nil {
				return err
			}
			cleared = cleared || was
		}
		if !cleared {
			t.once.note(person)
			return nil
		}
		return t.log("person.deliverable", "person", person)
	})
}
