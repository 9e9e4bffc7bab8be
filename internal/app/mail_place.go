package app

import (
	"slices"
	"strings"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
	"github.com/deskmesh/deskmesh/internal/mail"
	"github.com/deskmesh/deskmesh/internal/store"
)

// placeMail makes a message, a suggestion or a ticket of a mail.
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
	again, err := tx.SeenMail(m.raw, m.in.MessageID, 0)
	if err == nil {
		err = tx.KeepMailID(m.raw, m.in.MessageID)
	}
	if err != nil {
		return err
	}
	switch {
	case again:
		return finish(tx, m, "ignored", "The same mail arrived here before.")
	case slices.Contains(m.in.Loops, loopMark(&dir.Account)):
		return finish(tx, m, "ignored", "This desk sent the mail itself.")
	case m.bounce != nil:
		return a.placeBounce(tx, m)
	case m.in.Report != "":
		return finish(tx, m, "ignored", "A report of a mail program or server.")
	case m.raw.EnvelopeFrom == "" && m.in.AutoSubmitted, m.side != nil && m.in.AutoSubmitted:
		return finish(tx, m, "ignored", "An automatic answer.")
	case !mail.ValidEmail(m.from.Email):
		return finish(tx, m, "held", "The mail names no sender.")
	}
	if m.raw.Verdict != dm.MailFail { // mail from an address says that it is there
		if _, err := tx.ClearUndeliverable(m.raw.Account, m.from.Email); err != nil {
			return err
		}
	}
	if m.side != nil {
		return a.placeSide(tx, m)
	}
	th, err := a.findThread(tx, m)
	if err != nil {
		return err
	}
	switch {
	case (th != nil || m.reply != nil) && m.in.AutoSubmitted:
		return finish(tx, m, "ignored", "An automatic answer.")
	case th != nil:
		return a.placeOnThread(tx, m, th)
	case !box.Active || !dir.Brands[box.BrandID].Active:
		return finish(tx, m, "held", "The inbox is inactive.")
	}
	return a.placeTicket(tx, m, box)
}

// loopMark is what a desk's own mails carry, so that it knows them again.
func loopMark(account *dm.Account) string { return "desk-" + account.Slug }

// placeTicket files a new ticket in the inbox, in the sender's name.
func (a *App) placeTicket(tx *store.Tx, m *arrival, box *dm.Inbox) error {
	p, err := a.mailSender(tx, m)
	if err != nil {
		return err
	}
	if !p.Active {
		m.raw.PersonID = p.ID
		return finish(tx, m, "held", "The sender is deactivated.")
	}
	res, err := a.ticketOfMail(tx, m, box.ID, p.ID)
	if err != nil {
		return err
	}
	return a.mailDone(tx, m, res, p.ID, "ticket")
}

// mailSender finds whose address a mail comes from; a new one becomes a
// requester.
func (a *App) mailSender(tx *store.Tx, m *arrival) (*dm.Person, error) {
	sender, err := tx.PersonIDByAddress(m.raw.Account, m.from.Email)
	if dm.CodeOf(err) == dm.NotFound {
		sender, err = tx.InsertRequester(m.raw.Account, m.from.Email, cutText(cleanText(m.from.Name), 200))
	}
	if err != nil {
		return nil, err
	}
	return tx.Person(m.raw.Account, sender)
}

// ticketOfMail makes a ticket with the mail as its first message.
func (a *App) ticketOfMail(tx *store.Tx, m *arrival, inbox, sender int64) (*Result, error) {
	subject, err := cleanSubject(cutText(m.in.Subject, 500))
	if err != nil {
		subject = "(no subject)"
	}
	text := m.text
	if text == "" && m.html == "" && len(m.files) == 0 {
		text = "(no text)"
	}
	return a.ApplyIn(tx, access.System(m.raw.Account, "mail"), dm.Change{Via: dm.ViaMail, Cause: dm.Cause{Kind: dm.CauseMail, ID: m.raw.ID}, Automatic: m.in.AutoSubmitted,
		Create:   &dm.NewTicket{Subject: subject, RequesterID: sender, InboxID: inbox, CreatorID: sender, Automatic: m.in.AutoSubmitted},
		Messages: []dm.NewMessage{{Kind: dm.Reply, Text: text, HTML: m.html, RawMailID: m.raw.ID, AuthorID: sender}}})
}

// mailDone gives the mail's files to the message and stores what became of it.
func (a *App) mailDone(tx *store.Tx, m *arrival, res *Result, sender int64, state string) error {
	if err := a.giveFiles(tx, m, res); err != nil {
		return err
	}
	m.raw.PersonID, m.raw.TicketID = sender, res.TicketID
	return finish(tx, m, state, "")
}

// giveFiles gives the mail's files to the message, and the pictures in its HTML
// the addresses of those files.
func (a *App) giveFiles(tx *store.Tx, m *arrival, res *Result) error {
	message := &res.Messages[0]
	pictures := map[string]int64{}
	for i := range m.files {
		f := m.files[i]
		f.TicketID, f.MessageID = res.TicketID, message.ID
		if err := tx.InsertAttachment(m.raw.Account, &f); err != nil {
			return err
		}
		if f.ContentID != "" {
			pictures[strings.ToLower(f.ContentID)] = f.ID
		}
	}
	if len(m.files) == 0 {
		return nil
	}
	if message.HTML != "" && len(pictures) > 0 {
		html, _ := mail.Sanitise(cleanText(m.in.HTML), func(id string) string {
			if file := pictures[strings.ToLower(id)]; file != 0 {
				return "/api/v1/attachments/" + idText(file)
			}
			return ""
		})
		if len(html) <= maxMessageHTML {
			if err := tx.SetMessageHTML(m.raw.Account, message.ID, html); err != nil {
				return err
			}
		}
	}
	return tx.ReindexMessage(m.raw.Account, message.ID)
}
