package app

import (
	"context"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
	"github.com/deskmesh/deskmesh/internal/blob"
	"github.com/deskmesh/deskmesh/internal/mail"
	"github.com/deskmesh/deskmesh/internal/store"
)

// App is the use cases over one database.
type App struct {
	DB     *store.DB
	Blobs  blob.Store
	Signer *mail.Signer // signs reply addresses and Message-IDs
	// Demo is set when the desk shows demo data: outgoing mail is kept in the
	// demo mailbox.
	Demo bool
}

// require refuses a viewer who lacks the permission.
func require(v *access.Viewer, p dm.Permission) error {
	if v == nil || !v.Can(p) {
		return dm.ErrForbidden
	}
	return nil
}

// write runs one urgent transaction.
func (a *App) write(ctx context.Context, f func(*store.Tx) error) error {
	return a.DB.Write(ctx, store.Urgent, f)
}
