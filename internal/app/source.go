package app

import (
	"context"
	"io"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
	"github.com/deskmesh/deskmesh/internal/mail"
	"github.com/deskmesh/deskmesh/internal/store"
)

var errSourceGone = dm.Errorf(dm.Gone, "The mail behind this message is no longer kept.")

// MessageSource gives the mail that a message came by, as it arrived but for the
// tokens of signed addresses, which would let its reader answer in somebody
// else's name. It needs inboxes.manage and, on the ticket, the right to see
// internal matters: a mail may quote notes. NotFound for a message that came
// another way, Gone where the mail is no longer kept.
func (a *App) MessageSource(ctx context.Context, v *access.Viewer, number, message int64) ([]byte, error) {
	key, err := fetch(ctx, a, func(tx *store.Tx) (string, error) {
		f, err := tx.Ticket(v, number)
		if err != nil {
			return "", err
		}
		if !f.Decision.Has(access.SeeInternal) || !v.Can(dm.InboxesManage) {
			return "", dm.ErrForbidden
		}
		m, err := tx.MessageOf(v.Account(), f, message)
		if err != nil {
			return "", err
		}
		if m.RawMailID == 0 {
			return "", dm.Missing("mail")
		}
		raw, err := tx.RawMail(v.Account(), m.RawMailID)
		if err != nil {
			return "", err
		}
		if raw.BlobKey == "" {
			return "", errSourceGone
		}
		return raw.BlobKey, nil
	})
	if err != nil {
		return nil, err
	}
	body, _, err := a.Blobs.Open(ctx, key)
	if dm.CodeOf(err) == dm.NotFound {
		return nil, errSourceGone
	}
	if err != nil {
		return nil, err
	}
	defer body.Close()
	source, err := io.ReadAll(body)
	mail.MaskTokens(source)
	return source, err
}
