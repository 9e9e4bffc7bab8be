package app

import (
	"slices"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
	"github.com/deskmesh/deskmesh/internal/mail"
	"github.com/deskmesh/deskmesh/internal/store"
)

// placeMail makes a message or a ticket of a mail. Knowing a signed address is
// no right: the sender must be the person it was given to, and must have access
// now. Whoever is neither starts a new ticket and never joins the old one.
func (a *App) placeMail(tx *store.Tx, m *arrival) error {
	_, box, err := a.mailInbox(tx, m.raw.Recipient)
	if dm.CodeOf(err) == dm.NotFound {
		return finish(tx, m, "held", "The inbox does not exist any more.")
	}
	if err != nil {
		return err
	}
	dir, err := tx.Directory(m.raw.Account)
	if err != nil {
		return err
	}
	again, err := tx.SeenMail(m.raw, m.in.MessageID)
	if err != nil {
		return err
	}
	switch {
	case again:
		return finish(tx, m, "ignored", "The same mail arrived here before.")
	case slices.Contains(m.in.Loops, loopMark(&dir.Account)):
		return finish(tx, m, "ignored", "This desk sent the mail itself.")
	case m.raw.EnvelopeFrom == "" && m.in.AutoSubmitted, (m.reply != nil || m.side != nil) && m.in.AutoSubmitted:
		return finish(tx, m, "ignored", "An automatic answer.")
	case !mail.ValidEmail(m.from.Email):
		return finish(tx, m, "held", "The mail names no sender.")
	}
	if m.side != nil {
		return a.placeSide(tx, m)
	}
	if m.reply != nil {
		if done, err := a.placeReply(tx, m); done || err != nil {
			return err
		}
	}
	if !box.Active || !dir.Brands[box.BrandID].Active {
		return finish(tx, m, "held", "The inbox is inactive.")
	}
	return a.placeTicket(tx, m, box)
}

// loopMark is what a desk's own mails carry, so that it knows them again.
func loopMark(account *dm.Account) string { return "desk-" + account.Slug }

// placeReply adds the mail to the ticket that its address names, if the sender
// may write there. It reports false where a new ticket must be made instead.
func (a *App) placeReply(tx *store.Tx, m *arrival) (bool, error) {
	sender, err := tx.PersonIDByAddress(m.raw.Account, m.from.Email)
	if dm.CodeOf(err) == dm.NotFound || err == nil && sender != m.reply.Person {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	v, err := tx.Viewer(m.raw.Account, sender)
	if err != nil {
		return false, err
	}
	system := access.System(m.raw.Account, "mail")
	f, err := tx.LockTicketByID(system, m.reply.Ticket)
	if dm.CodeOf(err) == dm.NotFound {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	if f.Ticket.MergedInto != 0 {
		if f, err = tx.LockTicketByID(system, f.Ticket.MergedInto); err != nil {
			return false, err
		}
	}
	if err := tx.LoadDetails(m.raw.Account, &f.Ticket); err != nil {
		return false, err
	}
	f.Facts.CCs = f.Ticket.CCs
	kind, ok := replyKind(v, f, tx.Now())
	if !ok {
		m.raw.PersonID, m.raw.TicketID = sender, f.Ticket.ID
		return true, finish(tx, m, "held", "The sender cannot write on this ticket any more.")
	}
	fresh, _ := mail.SplitQuote(m.text)
	if fresh == "" {
		fresh = m.text
	}
	if fresh == "" && len(m.files) == 0 {
		fresh = "(no text)"
	}
	res, err := a.ApplyIn(tx, system, dm.Change{Number: f.Ticket.Number, Via: dm.ViaMail, Cause: dm.Cause{Kind: dm.CauseMail, ID: m.raw.ID},
		Messages: []dm.NewMessage{{Kind: kind, Text: fresh, RawMailID: m.raw.ID, AuthorID: sender}}})
	if err != nil {
		return false, err
	}
	return true, a.mailDone(tx, m, res, sender, "reply")
}

// replyKind decides what a sender's mail becomes: a reply, a note of an agent
// who may not reply, or nothing. An agent who is also the ticket's requester or
// in CC writes as that, unless the workspace lets them write.
func replyKind(v *access.Viewer, f *store.Found, now dm.Time) (dm.MessageKind, bool) {
	if v.IsAgent() {
		d := access.Decide(v, &f.Facts, now)
		switch {
		case d.Has(access.Reply):
			return dm.Reply, true
		case d.Has(access.Note):
			return dm.Note, true
		}
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

// placeTicket files a new ticket in the inbox, in the sender's name.
func (a *App) placeTicket(tx *store.Tx, m *arrival, box *dm.Inbox) error {
	sender, err := tx.PersonIDByAddress(m.raw.Account, m.from.Email)
	if dm.CodeOf(err) == dm.NotFound {
		sender, err = tx.InsertRequester(m.raw.Account, m.from.Email, cutText(cleanText(m.from.Name), 200))
	}
	if err != nil {
		return err
	}
	p, err := tx.Person(m.raw.Account, sender)
	if err != nil {
		return err
	}
	if !p.Active {
		m.raw.PersonID = sender
		return finish(tx, m, "held", "The sender is deactivated.")
	}
	subject, err := cleanSubject(cutText(m.in.Subject, 500))
	if err != nil {
		subject = "(no subject)"
	}
	text := m.text
	if text == "" && m.html == "" && len(m.files) == 0 {
		text = "(no text)"
	}
	system := access.System(m.raw.Account, "mail")
	res, err := a.ApplyIn(tx, system, dm.Change{Via: dm.ViaMail, Cause: dm.Cause{Kind: dm.CauseMail, ID: m.raw.ID},
		Create:   &dm.NewTicket{Subject: subject, RequesterID: sender, InboxID: box.ID, CreatorID: sender},
		Messages: []dm.NewMessage{{Kind: dm.Reply, Text: text, HTML: m.html, RawMailID: m.raw.ID, AuthorID: sender}}})
	if err != nil {
		return err
	}
	return a.mailDone(tx, m, res, sender, "ticket")
}

// mailDone gives the mail's files to the message and stores what became of it.
func (a *App) mailDone(tx *store.Tx, m *arrival, res *Result, sender int64, state string) error {
	for i := range m.files {
		f := m.files[i]
		f.TicketID, f.MessageID = res.TicketID, res.Messages[0].ID
		if err := tx.InsertAttachment(m.raw.Account, &f); err != nil {
			return err
		}
	}
	if len(m.files) > 0 {
		if err := tx.ReindexMessage(m.raw.Account, res.Messages[0].ID); err != nil {
			return err
		}
	}
	m.raw.PersonID, m.raw.TicketID = sender, res.TicketID
	return finish(tx, m, state, "")
}
