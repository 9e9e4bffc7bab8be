package app

import (
	"context"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
	"github.com/deskmesh/deskmesh/internal/store"
)

// AuditLine is one line of the administrators' log.
type AuditLine = store.AuditLine

// AuditFilter narrows the administrators' log.
type AuditFilter = store.AuditFilter

// AuditLog gives one page of the administrators' log, newest first. It needs
// audit.read.
func (a *App) AuditLog(ctx context.Context, v *access.Viewer, f AuditFilter, p Page) ([]AuditLine, string, error) {
	if err := require(v, dm.AuditRead); err != nil {
		return nil, "", err
	}
	return fetchPage(ctx, a, func(tx *store.Tx) ([]AuditLine, string, error) { return tx.AuditLines(v.Account(), f, p) })
}
