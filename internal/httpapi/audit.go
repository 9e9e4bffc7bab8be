package httpapi

import (
	"context"
	"net/http"
	"time"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/app"
)

// auditJSON is one line of the administrators' log. It names people and things
// by their ids; names may have changed since.
type auditJSON struct {
	ID        int64             `json:"id"`
	At        time.Time         `json:"at"`
	Action    string            `json:"action" doc:"What was done, such as group.updated."`
	ActorID   orNull[int64]     `json:"actor_id" doc:"The person who did it; null for the program itself."`
	Cause     auditCauseJSON    `json:"cause"`
	Object    auditObjectJSON   `json:"object"`
	Changes   []auditChangeJSON `json:"changes"`
	Shortened bool              `json:"shortened" doc:"The values were too long to be kept; only what changed is told."`
}

type auditCauseJSON struct {
	Kind dm.CauseKind  `json:"kind" doc:"person, token or system, among others."`
	ID   orNull[int64] `json:"id" doc:"Of the API token."`
	Name string        `json:"name"`
}

type auditObjectJSON struct {
	Kind string        `json:"kind"`
	ID   orNull[int64] `json:"id"`
}

type auditChangeJSON struct {
	Field string `json:"field"`
	Old   string `json:"old"`
	New   string `json:"new"`
}

func auditOf(l *app.AuditLine) auditJSON {
	return auditJSON{
		ID: l.ID, At: l.CreatedAt.Std(), Action: l.Action, ActorID: idOrNull(l.ActorID),
		Cause:  auditCauseJSON{Kind: l.Data.Cause, ID: idOrNull(l.Data.CauseID), Name: l.Data.CauseName},
		Object: auditObjectJSON{Kind: l.ObjectKind, ID: idOrNull(l.ObjectID)},
		Changes: each(l.Data.Changes, func(c *dm.FieldChange) auditChangeJSON {
			return auditChangeJSON{Field: c.Field, Old: c.Old, New: c.New}
		}),
		Shortened: l.Data.Shortened,
	}
}

// auditInput asks for a page of the log, narrowed or not.
type auditInput struct {
	PageInput
	Actor  int64     `query:"actor" minimum:"1" doc:"Only what this person did."`
	Object string    `query:"object" maxLength:"60" doc:"Only lines about such things, such as group."`
	Action string    `query:"action" maxLength:"100" doc:"Only lines of this action, such as person.signed_in."`
	Since  time.Time `query:"since" doc:"Only from this moment on."`
	Before time.Time `query:"before" doc:"Only before this moment."`
}

func (in *auditInput) filter() app.AuditFilter {
	f := app.AuditFilter{Actor: in.Actor, Object: in.Object, Action: in.Action}
	if !in.Since.IsZero() {
		f.Since = dm.TimeOf(in.Since)
	}
	if !in.Before.IsZero() {
		f.Before = dm.TimeOf(in.Before)
	}
	return f
}

// auditRoutes is the administrators' log, which only ever grows.
func auditRoutes(a *API) {
	route(a, operation(http.MethodGet, "/audit", "list-audit", "The administrators' log, newest first", "audit"), permission(dm.AuditRead),
		func(ctx context.Context, c *caller, in *auditInput) (*pageAnswer[auditJSON], error) {
			list, next, err := a.app.AuditLog(ctx, c.Viewer, in.filter(), app.Page{Cursor: in.Cursor, Limit: in.Limit})
			if err != nil {
				return nil, err
			}
			return &pageAnswer[auditJSON]{pageOf(each(list, auditOf), next)}, nil
		})
}
