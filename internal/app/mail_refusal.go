package app

import (
	"context"
	"strings"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/jobs"
	"github.com/deskmesh/deskmesh/internal/mail"
	"github.com/deskmesh/deskmesh/internal/notify"
	"github.com/deskmesh/deskmesh/internal/store"
)

// JobRefusal tells somebody by mail that they cannot write on a ticket any more.
const JobRefusal = "mail.refused"

type refusalArgs struct {
	Person int64  `json:"person"`
	Inbox  int64  `json:"inbox"`
	Mail   int64  `json:"mail"`
	Answer string `json:"answer,omitempty"` // the Message-ID of what they wrote
}

// tellRefusal tells a sender whose access is over that what they wrote was not
// added: once, and never where a program wrote it.
func (a *App) tellRefusal(tx *store.Tx, m *arrival, ticket, person int64) error {
	if m.in.AutoSubmitted {
		return nil
	}
	first, err := tx.TellRefusal(m.raw.Account, ticket, person)
	if err != nil || !first {
		return err
	}
	_, box, err := a.mailInbox(tx, m.raw.Recipient)
	if err != nil {
		return err
	}
	_, _, err = tx.Enqueue(store.NewJob{Account: m.raw.Account, Kind: JobRefusal, Urgency: store.Normal,
		Args: refusalArgs{Person: person, Inbox: box.ID, Mail: m.raw.ID, Answer: m.in.MessageID}})
	return err
}

// sendRefusal does the job JobRefusal. The letter holds nothing of the ticket.
func (a *App) sendRefusal(ctx context.Context, j *jobs.Job, args refusalArgs) error {
	return a.dispatch(ctx, j, dm.MailRefusal, func(tx *store.Tx) (*letter, error) { return a.writeRefusal(tx, j.Account, args) })
}

func (a *App) writeRefusal(tx *store.Tx, account int64, args refusalArgs) (*letter, error) {
	dir, err := tx.Directory(account)
	if err != nil {
		return nil, err
	}
	p, err := tx.Person(account, args.Person)
	if dm.CodeOf(err) == dm.NotFound {
		return nil, nil
	}
	box, known := dir.Inboxes[args.Inbox]
	if err != nil || !known || !p.Active || p.Address == "" {
		return nil, err
	}
	words, err := mailTexts(tx, account, box.BrandID, dm.MailRefusal, p.Language)
	if err != nil {
		return nil, err
	}
	text := notify.RenderRefusal(notify.Refusal{Language: p.Language, Recipient: p.Name, Account: dir.Account.Name, Brand: dir.Brands[box.BrandID].Name, Outside: p.Kind != dm.Agent, Texts: words})
	l := &letter{from: mail.Address{Name: dir.Brands[box.BrandID].Name, Email: box.Address}, to: mail.Address{Name: p.Name, Email: p.Address},
		inbox: box.ID, person: p.ID, automatic: true}
	_, domain, _ := strings.Cut(box.Address, "@")
	l.raw, err = mail.Compose(mail.Outgoing{From: l.from, To: []mail.Address{l.to}, Subject: text.Subject, Text: text.Text, HTML: text.HTML, AutoSubmitted: true,
		MessageID: "refusal." + idText(account) + "." + idText(args.Mail) + "@" + domain, InReplyTo: args.Answer, Loop: loopMark(&dir.Account), Date: tx.Now().Std()})
	return l, err
}
