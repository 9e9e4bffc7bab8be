package app

import (
	"context"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
	"github.com/deskmesh/deskmesh/internal/store"
)

// HeldMail is a mail that arrived and became no ticket and no message.
type HeldMail = store.RawMail

// RetryHeldMail reads a mail that was held again, as if it came now: what held it
// may be gone. It needs inboxes.manage. Conflict for one that is not held any more,
// or that is not kept.
func (a *App) RetryHeldMail(ctx context.Context, v *access.Viewer, id int64) error {
	return a.administer(ctx, v, dm.InboxesManage, func(t *act) error {
		if _, err := t.tx.RawMail(t.account, id); err != nil {
			return err
		}
		if err := t.tx.RetryRawMail(t.account, id); err != nil {
			return err
		}
		if _, _, err := t.tx.Enqueue(store.NewJob{Account: t.account, Kind: JobMailIn, Args: mailInArgs{id}, Urgency: store.Normal}); err != nil {
			return err
		}
		return t.log("held_mail.retried", "mail", id)
	})
}

// HeldMails gives one page of the mails that were held or could not be read,
// newest first, so that none is lost unseen. It needs inboxes.manage and tells
// the envelope and the reason, nothing of the content and of tickets.
func (a *App) HeldMails(ctx context.Context, v *access.Viewer, p Page) ([]HeldMail, string, error) {
	if err := require(v, dm.InboxesManage); err != nil {
		return nil, "", err
	}
	return fetchPage(ctx, a, func(tx *store.Tx) ([]HeldMail, string, error) { return tx.HeldMails(v.Account(), p) })
}
