package app

import (
	"context"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
	"github.com/deskmesh/deskmesh/internal/store"
)

// HeldMail is a mail that arrived and became no ticket and no message.
type HeldMail = store.RawMail

// HeldMails gives one page of the mails that were held or could not be read,
// newest first, so that none is lost unseen. It needs inboxes.manage and tells
// the envelope and the reason, nothing of the content and of tickets.
func (a *App) HeldMails(ctx context.Context, v *access.Viewer, p Page) ([]HeldMail, string, error) {
	if err := require(v, dm.InboxesManage); err != nil {
		return nil, "", err
	}
	return fetchPage(ctx, a, func(tx *store.Tx) ([]HeldMail, string, error) { return tx.HeldMails(v.Account(), p) })
}
