package app

import (
	"bytes"
	"context"
	"encoding/json"
	"strings"
	"time"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/mail"
	"github.com/deskmesh/deskmesh/internal/store"
)

// What follows is what the fetcher of mailboxes needs of the desk. It acts for the
// program itself: no viewer is asked, and nothing of it is shown to anybody.

// ClaimMailboxes leases mailboxes of every account that nobody fetches now.
func (a *App) ClaimMailboxes(ctx context.Context, owner string, lease time.Duration, limit int) (list []dm.Mailbox, err error) {
	err = a.DB.Write(ctx, store.Normal, func(tx *store.Tx) (err error) {
		list, err = tx.ClaimMailboxes(owner, lease, limit)
		return err
	})
	return list, err
}

// RenewMailbox makes a lease longer; false when it is lost or the settings changed.
func (a *App) RenewMailbox(ctx context.Context, b *dm.Mailbox, owner string, lease time.Duration) (ok bool, err error) {
	err = a.DB.Write(ctx, store.Normal, func(tx *store.Tx) (err error) {
		ok, err = tx.RenewMailbox(b, owner, lease)
		return err
	})
	return ok, err
}

// ReleaseMailbox gives a mailbox free.
func (a *App) ReleaseMailbox(ctx context.Context, b *dm.Mailbox, owner string) error {
	return a.DB.Write(ctx, store.Normal, func(tx *store.Tx) error { return tx.ReleaseMailbox(b, owner) })
}

// FetchSecret gives what one signs in with at a mailbox.
func (a *App) FetchSecret(ctx context.Context, b *dm.Mailbox) (*dm.MailboxSecret, error) {
	return fetch(ctx, a, func(tx *store.Tx) (*dm.MailboxSecret, error) { return openMailbox(tx, b.Account, b.InboxID) })
}

// RotateSecret keeps what one signs in with from now on.
func (a *App) RotateSecret(ctx context.Context, b *dm.Mailbox, s *dm.MailboxSecret) error {
	return a.DB.Write(ctx, store.Normal, func(tx *store.Tx) error { return sealMailbox(tx, b.Account, b.InboxID, s) })
}

// PassFetched keeps how far fetching came.
func (a *App) PassFetched(ctx context.Context, b *dm.Mailbox, owner string) error {
	return a.DB.Write(ctx, store.Normal, func(tx *store.Tx) error { return tx.MailboxFetched(b, owner, false) })
}

// MailboxLooked notes that a mailbox was looked into, and what was wrong.
func (a *App) MailboxLooked(ctx context.Context, b *dm.Mailbox, owner, problem string) error {
	return a.DB.Write(ctx, store.Normal, func(tx *store.Tx) error { return tx.MailboxLooked(b, owner, cutText(problem, 500)) })
}

// TakeFetched keeps a mail that was fetched, with a job that will read it, and how
// far fetching came, in one transaction. It is taken as one to the inbox, or to a
// signed address of the inbox that the mail names.
func (a *App) TakeFetched(ctx context.Context, b *dm.Mailbox, owner string, raw []byte) error {
	key, _, _, err := a.Blobs.Put(ctx, bytes.NewReader(raw), a.mailMax())
	if err != nil {
		return err
	}
	return a.DB.Write(ctx, store.Normal, func(tx *store.Tx) error {
		if err := tx.MailboxFetched(b, owner, true); err != nil {
			return err
		}
		box, err := tx.Inbox(b.Account, b.InboxID)
		if err != nil {
			return err
		}
		kept := &store.RawMail{Account: b.Account, EnvelopeFrom: mail.ReturnPath(raw), Recipient: a.fetchedFor(b.Account, box, raw), Size: int64(len(raw)), BlobKey: key, Source: dm.MailIMAP}
		if b.TrustedHost != "" {
			kept.Trusted = []string{b.TrustedHost}
		}
		if err := tx.InsertRawMail(kept); err != nil {
			return err
		}
		_, _, err = tx.Enqueue(store.NewJob{Account: b.Account, Kind: JobMailIn, Args: mailInArgs{kept.ID}, Urgency: store.Normal})
		return err
	})
}

// fetchedFor gives the signed address of the inbox that a fetched mail was sent
// to, or the inbox's own.
func (a *App) fetchedFor(account int64, box *dm.Inbox, raw []byte) string {
	for _, address := range mail.Recipients(raw) {
		base, r, signed := a.Signer.Parse(address)
		of := r.Account
		if !signed {
			var b mail.Bounce
			base, b, signed = a.Signer.ParseBounce(address)
			of = b.Account
		}
		if signed && of == account && strings.EqualFold(base, box.Address) {
			return address
		}
	}
	return box.Address
}

func openMailbox(tx *store.Tx, account, inbox int64) (*dm.MailboxSecret, error) {
	sealed, err := tx.MailboxSecret(account, inbox)
	if err != nil || sealed == "" {
		return &dm.MailboxSecret{}, err
	}
	sealer, err := mailboxSealer(tx)
	if err != nil {
		return nil, err
	}
	text, err := sealer.Open(mailboxPlace(account, inbox), sealed)
	if err != nil {
		return nil, err
	}
	s := &dm.MailboxSecret{}
	return s, json.Unmarshal([]byte(text), s)
}

func sealMailbox(tx *store.Tx, account, inbox int64, s *dm.MailboxSecret) error {
	sealer, err := mailboxSealer(tx)
	if err != nil {
		return err
	}
	text, err := json.Marshal(s)
	if err != nil {
		return err
	}
	return tx.SetMailboxSecret(account, inbox, sealer.Seal(mailboxPlace(account, inbox), string(text)))
}
