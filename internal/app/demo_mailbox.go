package app

import (
	"context"
	"net/textproto"
	"strings"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/mail"
	"github.com/deskmesh/deskmesh/internal/store"
)

// DemoMail is a mail that the demo kept instead of sending it.
type DemoMail = store.DemoMail

// DemoMailer is a Mailer that sends nothing and keeps every mail in the demo
// mailbox.
type DemoMailer struct{ DB *store.DB }

// Send implements Mailer.
func (m DemoMailer) Send(ctx context.Context, account int64, _ string, to []string, raw []byte) error {
	in, err := mail.Parse(raw, mail.Limits{})
	if err != nil {
		return err
	}
	kept := &store.DemoMail{AccountID: account, From: in.From.Email, To: to, Subject: in.Subject, Text: in.Text, HTML: in.HTML, Headers: headerFields(raw)}
	return m.DB.Write(ctx, store.Normal, func(tx *store.Tx) error { return tx.InsertDemoMail(kept) })
}

// headerFields gives a message's header fields by name, unfolded and otherwise
// as they are; of several fields of one name the last.
func headerFields(raw []byte) map[string]string {
	fields := map[string]string{}
	name := ""
	for line := range strings.Lines(string(raw)) {
		line = strings.TrimRight(line, "\r\n")
		if line == "" {
			break
		}
		if name != "" && (line[0] == ' ' || line[0] == '\t') {
			fields[name] += " " + textproto.TrimString(line)
			continue
		}
		if before, after, ok := strings.Cut(line, ":"); ok {
			name = before
			fields[name] = textproto.TrimString(after)
		}
	}
	return fields
}

// errNoDemo hides the demo mailbox of a desk that is none.
var errNoDemo = dm.Missing("page")

const demoMailsShown = 500

// DemoMails lists the mails that the demo kept, of all its accounts, newest
// first. Anybody may read them, and only in a demo; elsewhere it is NotFound.
func (a *App) DemoMails(ctx context.Context) ([]DemoMail, error) {
	if !a.Demo {
		return nil, errNoDemo
	}
	return fetch(ctx, a, func(tx *store.Tx) ([]DemoMail, error) { return tx.DemoMails(demoMailsShown) })
}

// DemoMail reads one mail of the demo mailbox, as DemoMails does.
func (a *App) DemoMail(ctx context.Context, id int64) (*DemoMail, error) {
	if !a.Demo {
		return nil, errNoDemo
	}
	return fetch(ctx, a, func(tx *store.Tx) (*DemoMail, error) { return tx.DemoMail(id) })
}
