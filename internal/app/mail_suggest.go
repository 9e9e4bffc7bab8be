package app

import (
	"context"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
	"github.com/deskmesh/deskmesh/internal/store"
)

// maxSuggestions bounds the mails that wait on one ticket; what comes after is
// held where administrators see it.
const maxSuggestions = 50

// SuggestedMail is a mail on a ticket by somebody who may not write there.
type SuggestedMail = store.SuggestionRow

// suggest keeps a mail for the agents of its ticket to decide on. Its sender gets
// nothing by it: no access, no copy, and no word but that their access is over.
func (a *App) suggest(tx *store.Tx, m *arrival, th *thread, sender int64, reason dm.SuggestionReason) error {
	t := &th.found.Ticket
	m.raw.PersonID, m.raw.TicketID = sender, t.ID
	if t.Spam || t.Deleted {
		return finish(tx, m, "held", "The ticket that it answers is in the trash, or is spam.")
	}
	waiting, err := tx.CountMailSuggestions(m.raw.Account, th.found)
	if err != nil {
		return err
	}
	if waiting >= maxSuggestions {
		return finish(tx, m, "held", "Too many mails wait for a decision on the ticket that it answers.")
	}
	err = tx.InsertMailSuggestion(m.raw.Account, &dm.MailSuggestion{MailID: m.raw.ID, TicketID: t.ID, Reason: reason, PersonID: sender,
		Subject: cutText(m.in.Subject, 500), Text: m.fresh(), Files: len(m.in.Attachments)})
	if err != nil {
		return err
	}
	if err := finish(tx, m, "held", "It waits on its ticket for a decision."); err != nil {
		return err
	}
	e, err := a.mailEvent(tx, th.found, dm.MailSuggested, access.System(m.raw.Account, "mail"), dm.EventData{MailID: m.raw.ID, Reason: string(reason)})
	if err != nil {
		return err
	}
	if err := a.tell(tx, m.raw.Account, []tellEvent{{ID: e.ID}}); err != nil {
		return err
	}
	if reason != dm.SuggestedNoAccess {
		return nil
	}
	return a.tellRefusal(tx, m, t.ID, sender)
}

// mailEvent writes into a ticket's history what became of a mail on it.
func (a *App) mailEvent(tx *store.Tx, f *store.Found, kind dm.EventKind, by *access.Viewer, data dm.EventData) (*dm.Event, error) {
	dir, err := tx.Directory(f.Facts.Account)
	if err != nil {
		return nil, err
	}
	data.Version = f.Ticket.Version
	cause := by.Cause()
	if by.IsSystem() {
		cause = dm.Cause{Kind: dm.CauseMail, ID: data.MailID}
	}
	e := &dm.Event{TicketID: f.Ticket.ID, Kind: kind, ActorID: by.Person(), Cause: cause, Internal: true, Data: data}
	return e, a.addEvent(tx, dir, e)
}

// SuggestedMails lists the mails that wait on a ticket, oldest first. It is for
// agents who may read what is internal; Forbidden to others who can open it.
func (a *App) SuggestedMails(ctx context.Context, v *access.Viewer, number int64) ([]SuggestedMail, error) {
	return fetch(ctx, a, func(tx *store.Tx) ([]SuggestedMail, error) {
		f, err := tx.Ticket(v, number)
		if err != nil {
			return nil, err
		}
		if !v.IsAgent() || !f.Decision.Has(access.SeeInternal) {
			return nil, dm.ErrForbidden
		}
		return tx.MailSuggestions(v.Account(), f, 0)
	})
}

// AcceptSuggestion makes a waiting mail a message of its ticket, in its sender's
// name, who becomes a requester where they are nobody yet. That lets them see
// nothing. An agent whom the checks did not prove is not believed here either:
// such a mail becomes a note without an author. It needs the right to reply.
func (a *App) AcceptSuggestion(ctx context.Context, v *access.Viewer, number, id int64) error {
	return a.settleSuggestion(ctx, v, number, id, access.Reply, func(s *settling) error {
		change := dm.Change{Number: s.found.Ticket.Number, Via: dm.ViaMail, Cause: dm.Cause{Kind: dm.CauseMail, ID: id}}
		message := dm.NewMessage{Kind: dm.Reply, Text: s.Text, RawMailID: id}
		sender, err := a.mailSender(s.tx, s.mail)
		if err != nil {
			return err
		}
		message.AuthorID = sender.ID
		if s.Reason == dm.SuggestedUnverified && sender.Kind == dm.Agent {
			message.Kind, message.AuthorID = dm.Note, 0
		}
		change.Messages = []dm.NewMessage{message}
		res, err := a.ApplyIn(s.tx, access.System(v.Account(), "mail"), change)
		if err != nil {
			return err
		}
		onceOf(ctx).note(res.Number)
		return s.done(a, res, sender.ID, "reply", dm.MailAccepted, dm.EventData{MailID: id, MessageID: res.Messages[0].ID, Message: message.Kind})
	})
}

// MoveSuggestion makes a ticket of its own of a waiting mail, in the same inbox
// and its sender's name. It needs the right to edit the ticket it waits on.
// Conflict where the sender is deactivated.
func (a *App) MoveSuggestion(ctx context.Context, v *access.Viewer, number, id int64) error {
	return a.settleSuggestion(ctx, v, number, id, access.Edit, func(s *settling) error {
		sender, err := a.mailSender(s.tx, s.mail)
		if err != nil {
			return err
		}
		if !sender.Active {
			return dm.Errorf(dm.Conflict, "The sender is deactivated and cannot have tickets.").With("inactive")
		}
		res, err := a.ticketOfMail(s.tx, s.mail, s.found.Ticket.InboxID, sender.ID)
		if err != nil {
			return err
		}
		onceOf(ctx).note(res.Number)
		return s.done(a, res, sender.ID, "ticket", dm.MailMoved, dm.EventData{MailID: id, OtherID: res.TicketID})
	})
}

// DiscardSuggestion ends the waiting of a mail, which becomes nothing. The raw
// mail is kept as long as every other. It needs the right to edit.
func (a *App) DiscardSuggestion(ctx context.Context, v *access.Viewer, number, id int64) error {
	return a.settleSuggestion(ctx, v, number, id, access.Edit, func(s *settling) error {
		raw := s.mail.raw
		raw.State, raw.Detail = "ignored", "An agent discarded it."
		if err := s.tx.SettleRawMail(raw); err != nil {
			return err
		}
		_, err := a.mailEvent(s.tx, s.found, dm.MailDiscarded, s.viewer, dm.EventData{MailID: id})
		return err
	})
}

// settling is a suggestion being decided on.
type settling struct {
	store.SuggestionRow
	tx     *store.Tx
	viewer *access.Viewer
	found  *store.Found // the ticket it waits on, locked, as the viewer sees it
	mail   *arrival
}

// done stores what the mail became.
func (s *settling) done(a *App, res *Result, sender int64, state string, kind dm.EventKind, data dm.EventData) error {
	if err := a.giveFiles(s.tx, s.mail, res); err != nil {
		return err
	}
	raw := s.mail.raw
	raw.State, raw.Detail, raw.PersonID, raw.TicketID = state, "", sender, res.TicketID
	if err := s.tx.SettleRawMail(raw); err != nil {
		return err
	}
	_, err := a.mailEvent(s.tx, s.found, kind, s.viewer, data)
	return err
}

// settleSuggestion decides on a suggestion, under the ticket's lock: whoever comes
// second finds none. NotFound where the viewer cannot open the ticket or nothing
// waits there under that id, Forbidden without the right.
func (a *App) settleSuggestion(ctx context.Context, v *access.Viewer, number, id int64, right access.Right, settle func(*settling) error) error {
	m, err := a.suggestedMail(ctx, v, number, id, right)
	if err != nil {
		return err
	}
	used := false
	err = a.write(ctx, func(tx *store.Tx) error {
		now, _, err := tx.Refresh(v)
		if err != nil {
			return err
		}
		s := &settling{tx: tx, viewer: now}
		if s.found, s.SuggestionRow, err = findSuggestion(tx, now, number, id, right, true); err != nil {
			return err
		}
		if err := tx.DropMailSuggestion(now.Account(), s.found, id); err != nil {
			return err
		}
		copied := *m
		raw := s.Mail
		copied.raw, s.mail = &raw, &copied
		if err := settle(s); err != nil {
			return err
		}
		used = raw.State != "ignored"
		return nil
	})
	if err != nil || !used {
		return errorsOf(err, a.dropFiles(ctx, m))
	}
	return nil
}

// errorsOf gives the first error, which is what the caller is told.
func errorsOf(first, second error) error {
	if first != nil {
		return first
	}
	return second
}

// suggestedMail reads the mail of a suggestion again, outside of any transaction.
// Its bytes are kept as long as it waits.
func (a *App) suggestedMail(ctx context.Context, v *access.Viewer, number, id int64, right access.Right) (*arrival, error) {
	s, err := fetch(ctx, a, func(tx *store.Tx) (*SuggestedMail, error) {
		_, s, err := findSuggestion(tx, v, number, id, right, false)
		return &s, err
	})
	if err != nil {
		return nil, err
	}
	m := &arrival{raw: &s.Mail}
	return m, a.readMail(ctx, m)
}

// findSuggestion finds a suggestion that the viewer may decide on.
func findSuggestion(tx *store.Tx, v *access.Viewer, number, id int64, right access.Right, lock bool) (*store.Found, SuggestedMail, error) {
	find := tx.Ticket
	if lock {
		find = tx.LockTicket
	}
	f, err := find(v, number)
	if err != nil {
		return nil, SuggestedMail{}, err
	}
	if !v.IsAgent() || !f.Decision.Has(access.SeeInternal|right) {
		return nil, SuggestedMail{}, dm.ErrForbidden
	}
	list, err := tx.MailSuggestions(v.Account(), f, id)
	if err != nil {
		return nil, SuggestedMail{}, err
	}
	if len(list) == 0 {
		return nil, SuggestedMail{}, dm.Missing("mail")
	}
	return f, list[0], nil
}
