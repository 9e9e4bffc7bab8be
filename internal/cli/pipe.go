package cli

import (
	"context"
	"errors"
	"fmt"
	"io"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/app"
	"github.com/deskmesh/deskmesh/internal/blob"
	"github.com/deskmesh/deskmesh/internal/mail"
	"github.com/deskmesh/deskmesh/internal/store"
)

// The exit statuses that mail servers know (sysexits.h). Whatever is not surely
// for good is tried again.
const (
	exitData   = 65 // a mail that is never taken
	exitNoUser = 67 // no such recipient
	exitLater  = 75
)

// mailStatus gives the exit status of mail-in.
func mailStatus(err error) int {
	if _, ours := errors.AsType[refusal](err); !ours {
		return exitLater
	}
	switch dm.CodeOf(err) {
	case dm.NotFound, dm.Gone:
		return exitNoUser
	case dm.TooLarge, dm.Invalid:
		return exitData
	}
	return exitLater
}

// refusal is an error about the mail itself. Anything else, such as a database
// that cannot be reached, passes.
type refusal struct{ error }

// Unwrap gives what is wrong.
func (r refusal) Unwrap() error { return r.error }

// mailIn takes one mail from the standard input: 0 means that it and the job that
// will read it are durable.
func (c *command) mailIn(ctx context.Context) error {
	o := c.MailIn
	if err := errors.Join(databaseThere(o.DB), folderThere(o.Data)); err != nil {
		return err
	}
	if c.In == nil {
		return errors.New("mail-in: there is no standard input")
	}
	raw, err := io.ReadAll(io.LimitReader(c.In, int64(o.MailMax)+1))
	if err != nil {
		return fmt.Errorf("mail-in: %w", err)
	}
	switch {
	case int64(len(raw)) > int64(o.MailMax):
		return refusal{dm.Errorf(dm.TooLarge, "The mail is larger than %d bytes.", int64(o.MailMax))}
	case len(raw) == 0:
		return errors.New("mail-in: the mail is empty; the mail server may have broken off")
	}
	return withStorage(ctx, o.Storage, store.Options{}, func(db *store.DB, blobs blob.Store) error {
		key, err := db.Secret(ctx, mailSecret)
		if err != nil {
			return fmt.Errorf("mail-in: %w", err)
		}
		signer, err := mail.NewSigner(key)
		if err != nil {
			return err
		}
		a := &app.App{DB: db, Blobs: blobs, Signer: signer, MailMax: int64(o.MailMax)}
		for _, to := range o.Recipients {
			if err := a.MailRecipient(ctx, to); err != nil {
				return refusal{err}
			}
		}
		return a.AcceptMail(ctx, app.ArrivedMail{From: o.Sender, To: o.Recipients, Source: dm.MailPipe, Trusted: o.MailAuthHosts, Raw: raw})
	})
}
