package app

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"strings"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
	"github.com/deskmesh/deskmesh/internal/jobs"
	"github.com/deskmesh/deskmesh/internal/mail"
	"github.com/deskmesh/deskmesh/internal/store"
	"github.com/deskmesh/deskmesh/locales"
)

// JobSideMail brings one party of a side conversation one message.
const JobSideMail = "side.mail"

// sideFilesMost bounds the files of one mail, in bytes: larger mails are refused
// by many servers.
const sideFilesMost = 18 << 20

type sideMailArgs struct {
	Message int64 `json:"message"`
	Ticket  int64 `json:"ticket"`
	Side    int64 `json:"side"`
	Party   int64 `json:"party"`
}

// sendSideMail does the job JobSideMail.
func (a *App) sendSideMail(ctx context.Context, j *jobs.Job, args sideMailArgs) error {
	return a.dispatch(ctx, j, dm.MailSide, func(tx *store.Tx) (*letter, error) { return a.writeSideMail(ctx, tx, j.Account, args) })
}

// writeSideMail composes the mail; nil when nothing is to be sent, since the
// ticket was deleted or is spam by now, or its message is gone.
func (a *App) writeSideMail(ctx context.Context, tx *store.Tx, account int64, args sideMailArgs) (*letter, error) {
	ticket, address, err := tx.SideParty(account, args.Side, args.Party)
	if dm.CodeOf(err) == dm.NotFound {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	system := access.System(account, "side conversation")
	f, err := tx.TicketByID(system, args.Ticket)
	if dm.CodeOf(err) == dm.NotFound || err == nil && (f.Ticket.Deleted || f.Ticket.Spam) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	m, err := tx.MessageOf(account, f, args.Message)
	if dm.CodeOf(err) == dm.NotFound {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if ticket != f.Ticket.ID { // merged meanwhile: answers go there
		if f, err = tx.TicketByID(system, ticket); err != nil {
			return nil, err
		}
	}
	dir, err := tx.Directory(account)
	if err != nil {
		return nil, err
	}
	return a.composeSide(ctx, dir, f, m, args, address)
}

func (a *App) composeSide(ctx context.Context, dir *store.Directory, f *store.Found, m *store.MessageRow, args sideMailArgs, address string) (*letter, error) {
	box := dir.Inboxes[f.Ticket.InboxID]
	x := mail.Side{Account: dir.Account.ID, Side: args.Side, Party: args.Party}
	_, domain, _ := strings.Cut(box.Address, "@")
	name := dir.BrandOf(box.ID).Name
	if m.Author.Name != "" {
		name = m.Author.Name + " (" + name + ")"
	}
	l := &letter{from: mail.Address{Name: name, Email: box.Address}, to: mail.Address{Email: address}, ticket: f.Ticket.ID, inbox: box.ID}
	files, left, err := a.sideFiles(ctx, m.Attachments)
	if err != nil {
		return nil, err
	}
	text := m.Text
	if text == "" {
		text = m.Side.Subject
	}
	if left > 0 {
		text += "\n\n" + locales.For("").N("forward.left_out", left)
	}
	l.raw, err = mail.Compose(mail.Outgoing{
		From: l.from, To: []mail.Address{l.to}, ReplyTo: []mail.Address{{Name: name, Email: a.Signer.SideAddress(box.Address, x)}},
		Subject: m.Side.Subject, Text: text, HTML: m.HTML, MessageID: a.Signer.SideMessageID(domain, x, m.ID), Loop: loopMark(&dir.Account), Date: m.CreatedAt.Std(), Files: files,
	})
	return l, err
}

// sideFiles reads the files of a message for a mail; left is how many do not fit
// or are gone.
func (a *App) sideFiles(ctx context.Context, list []dm.Attachment) (files []mail.OutgoingFile, left int, err error) {
	room := int64(sideFilesMost)
	for i := range list {
		f := &list[i]
		if f.Size > room {
			left++
			continue
		}
		body, _, err := a.Blobs.Open(ctx, f.BlobKey)
		if errors.Is(err, fs.ErrNotExist) || dm.CodeOf(err) == dm.NotFound {
			left++
			continue
		}
		if err != nil {
			return nil, 0, err
		}
		content, err := io.ReadAll(body)
		body.Close()
		if err != nil {
			return nil, 0, err
		}
		room -= int64(len(content))
		files = append(files, mail.OutgoingFile{Name: f.Name, ContentType: f.ContentType, Content: content})
	}
	return files, left, nil
}

// placeSide adds a mail to the side conversation that its address was signed
// for. Only the address that the conversation is with may write there; what
// comes from another is held.
func (a *App) placeSide(tx *store.Tx, m *arrival) error {
	ticket, address, err := tx.SideParty(m.raw.Account, m.side.Side, m.side.Party)
	if dm.CodeOf(err) == dm.NotFound {
		return finish(tx, m, "held", "The side conversation does not exist any more.")
	}
	if err != nil {
		return err
	}
	system := access.System(m.raw.Account, "mail")
	f, err := tx.LockTicketByID(system, ticket)
	if err != nil {
		return err
	}
	m.raw.TicketID = ticket
	switch {
	case store.Fold(m.from.Email) != store.Fold(address):
		return finish(tx, m, "held", "The sender is not the one whom the side conversation is with.")
	case m.raw.Verdict == dm.MailFail:
		return finish(tx, m, "held", "The checks say that somebody else sent it.")
	case f.Ticket.Deleted:
		return finish(tx, m, "held", "The ticket is deleted.")
	}
	res, err := a.ApplyIn(tx, system, dm.Change{Number: f.Ticket.Number, Via: dm.ViaMail, Cause: dm.Cause{Kind: dm.CauseMail, ID: m.raw.ID}, Automatic: m.in.AutoSubmitted,
		Messages: []dm.NewMessage{{Kind: dm.Note, Text: m.fresh(), RawMailID: m.raw.ID, Side: &dm.NewSide{ID: m.side.Side, Party: m.side.Party}}}})
	if err != nil {
		return err
	}
	return a.mailDone(tx, m, res, 0, "reply")
}
