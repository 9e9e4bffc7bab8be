package app

import (
	"slices"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
	"github.com/deskmesh/deskmesh/internal/mail"
	"github.com/deskmesh/deskmesh/internal/store"
)

// maxAnswered is how many ids of earlier mails are looked at.
const maxAnswered = 30

// maxMerges is how far a chain of merged tickets is followed.
const maxMerges = 10

// thread is the ticket that a mail is written on.
type thread struct {
	found *store.Found // locked, as the system sees it
	// person is whom this desk gave the signed address or Message-ID to; 0 where
	// only the id of somebody's mail led here.
	person int64
	note   bool // what is written there is a note
}

// findThread finds the ticket that a mail is written on, nil for none: by the
// signed address first, by this desk's signed Message-IDs, and by the ids of mails
// that came in. Subjects and numbers lead nowhere. It decides nothing about access.
func (a *App) findThread(tx *store.Tx, m *arrival) (*thread, error) {
	account := m.raw.Account
	if m.reply != nil {
		return a.threadOf(tx, account, *m.reply)
	}
	ids := answered(m.in)
	for _, id := range ids {
		r, event, ok := a.Signer.ParseMessageID(id)
		if !ok || r.Account != account {
			continue
		}
		e, err := tx.Event(account, event)
		if err != nil && dm.CodeOf(err) != dm.NotFound {
			return nil, err
		}
		r.Note = err == nil && e.Internal && e.Data.MessageID != 0
		if th, err := a.threadOf(tx, account, r); err != nil || th != nil {
			return th, err
		}
	}
	ticket, err := tx.TicketOfMailID(account, ids)
	if err != nil || ticket == 0 {
		return nil, err
	}
	return a.threadOf(tx, account, mail.Reply{Ticket: ticket})
}

// answered lists the ids of the mails that a mail answers, the nearest first.
func answered(in *mail.Incoming) []string {
	ids := slices.Clone(in.InReplyTo)
	for _, id := range slices.Backward(in.References) {
		if !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	return ids[:min(len(ids), maxAnswered)]
}

// threadOf locks a ticket, or the one it was merged into; nil where it is gone.
func (a *App) threadOf(tx *store.Tx, account int64, r mail.Reply) (*thread, error) {
	system := access.System(account, "mail")
	f, err := tx.LockTicketByID(system, r.Ticket)
	for range maxMerges {
		if err != nil || f.Ticket.MergedInto == 0 {
			break
		}
		f, err = tx.LockTicketByID(system, f.Ticket.MergedInto)
	}
	if dm.CodeOf(err) == dm.NotFound {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if err := tx.LoadDetails(account, &f.Ticket); err != nil {
		return nil, err
	}
	f.Facts.CCs = f.Ticket.CCs
	return &thread{found: f, person: r.Person, note: r.Note}, nil
}

// placeOnThread adds the mail to its ticket if the sender may write there now.
// Knowing a signed address or an id is no right. What anybody else writes waits
// for the ticket's agents and gives its sender nothing.
func (a *App) placeOnThread(tx *store.Tx, m *arrival, th *thread) error {
	t := &th.found.Ticket
	again, err := tx.SeenMail(m.raw, m.in.MessageID, t.ID)
	if err != nil {
		return err
	}
	if again {
		return finish(tx, m, "ignored", "The same mail came to this ticket by another address.")
	}
	sender, err := tx.PersonIDByAddress(m.raw.Account, m.from.Email)
	if dm.CodeOf(err) == dm.NotFound {
		sender, err = 0, nil
	}
	if err != nil {
		return err
	}
	kind, reason, err := a.admit(tx, m, th, sender)
	if err != nil {
		return err
	}
	if reason != "" {
		return a.suggest(tx, m, th, sender, reason)
	}
	if th.person != 0 {
		if err := tx.ForgetRefusal(m.raw.Account, t.ID, sender); err != nil {
			return err
		}
	}
	res, err := a.ApplyIn(tx, access.System(m.raw.Account, "mail"), dm.Change{Number: t.Number, Via: dm.ViaMail, Cause: dm.Cause{Kind: dm.CauseMail, ID: m.raw.ID}, Automatic: m.in.AutoSubmitted,
		Messages: []dm.NewMessage{{Kind: kind, Text: m.fresh(), RawMailID: m.raw.ID, AuthorID: sender}}})
	if err != nil {
		return err
	}
	return a.mailDone(tx, m, res, sender, "reply")
}

// admit decides what a sender's mail on a ticket becomes, or why it becomes
// nothing yet. A sender whose checks failed is nobody's, whatever the header says.
// An agent is believed at the address that was given to them alone, or by checks
// that passed: the ids of mails are known to everybody who got one.
func (a *App) admit(tx *store.Tx, m *arrival, th *thread, sender int64) (dm.MessageKind, dm.SuggestionReason, error) {
	if sender == 0 {
		return "", dm.SuggestedStranger, nil
	}
	if m.raw.Verdict == dm.MailFail {
		return "", dm.SuggestedUnverified, nil
	}
	v, err := tx.Viewer(m.raw.Account, sender)
	if err != nil {
		return "", "", err
	}
	own := sender == th.person
	kind, ok := replyKind(v, th, tx.Now())
	switch {
	case ok && v.IsAgent() && !own && m.raw.Verdict != dm.MailPass:
		return "", dm.SuggestedUnverified, nil
	case ok:
		return kind, "", nil
	case own:
		return "", dm.SuggestedNoAccess, nil
	}
	return "", dm.SuggestedStranger, nil
}

// replyKind decides what a sender's mail becomes: a reply, a note of an agent
// who may not reply or who wrote to a note address, or nothing. An agent who is
// also the ticket's requester or in CC writes as that, unless the workspace lets
// them write.
func replyKind(v *access.Viewer, th *thread, now dm.Time) (dm.MessageKind, bool) {
	f := th.found
	if v.IsAgent() {
		d := access.Decide(v, &f.Facts, now)
		switch {
		case th.note:
			return dm.Note, d.Has(access.Note)
		case d.Has(access.Reply):
			return dm.Reply, true
		case d.Has(access.Note):
			return dm.Note, true
		}
	}
	if th.note {
		return "", false
	}
	r := v.AsRequester()
	if d := access.Decide(r, &f.Facts, now); d.Has(access.Reply) {
		return dm.Reply, true
	}
	// Somebody in CC may answer while on the list (decision Q19), though that
	// lets them read nothing.
	open := !f.Ticket.Private && !f.Ticket.Spam && !f.Ticket.Deleted && r.Person() != 0
	active := v.IsAgent() || v.IsRequester()
	return dm.Reply, open && active && slices.Contains(f.Ticket.CCs, v.Person())
}
