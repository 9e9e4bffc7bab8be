package app

import (
	"context"
	"io"
	"strings"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
	"github.com/deskmesh/deskmesh/internal/mail"
	"github.com/deskmesh/deskmesh/internal/store"
)

// rawMailOf opens the raw mail that a message came in. It is for agents who may
// read what is internal on the ticket: a raw mail quotes what was written before,
// and names everybody who got it. NotFound where the message is no mail, or the
// mail is not kept any more. The caller closes what it gets.
func (a *App) rawMailOf(ctx context.Context, v *access.Viewer, number, message int64) (io.ReadCloser, int64, error) {
	raw, err := fetch(ctx, a, func(tx *store.Tx) (*store.RawMail, error) {
		f, err := tx.Ticket(v, number)
		if err != nil {
			return nil, err
		}
		if !v.IsAgent() || !f.Decision.Has(access.SeeInternal) {
			return nil, dm.ErrForbidden
		}
		m, err := tx.MessageOf(v.Account(), f, message)
		if err != nil {
			return nil, err
		}
		if m.RawMailID == 0 {
			return nil, dm.Missing("mail")
		}
		return tx.RawMail(v.Account(), m.RawMailID)
	})
	if err != nil {
		return nil, 0, err
	}
	if raw.BlobKey == "" {
		return nil, 0, dm.Missing("mail")
	}
	body, size, err := a.Blobs.Open(ctx, raw.BlobKey)
	return body, size, err
}

// MailText is all that a mail says, with what it quotes.
type MailText struct {
	Text string
	HTML string // clean
}

// MailOriginal gives the whole text of the mail that a message came in, of which
// the message shows what was new. Who may read it is as for its note: agents who may see what is internal.
func (a *App) MailOriginal(ctx context.Context, v *access.Viewer, number, message int64) (*MailText, error) {
	body, _, err := a.rawMailOf(ctx, v, number, message)
	if err != nil {
		return nil, err
	}
	defer body.Close()
	raw, err := io.ReadAll(io.LimitReader(body, a.mailMax()+1))
	if err != nil {
		return nil, err
	}
	in, err := mail.Parse(raw, mail.Limits{Bytes: int(a.mailMax())})
	if err != nil {
		return nil, err
	}
	out := &MailText{Text: cutText(strings.TrimSpace(cleanText(in.Text)), maxMessageText)}
	if len(in.HTML) <= maxMessageHTML {
		out.HTML, _ = mail.Sanitise(cleanText(in.HTML), nil)
	}
	return out, nil
}
