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

type auditInput struct {
	PageInput
	ActorID    int64     `query:"actor_id" minimum:"1" doc:"Only what this person did."`
	Action     string    `query:"action" maxLength:"100" doc:"Such as group.updated."`
	ObjectKind string    `query:"object_kind" maxLength:"60" doc:"What kind of thing it was done to, such as group."`
	ObjectID   int64     `query:"object_id" minimum:"1" doc:"Together with object_kind."`
	Since      time.Time `query:"since" doc:"At this moment or later."`
	Before     time.Time `query:"before" doc:"Before this moment."`
}

func (in *auditInput) filter() (app.AuditFilter, error) {
	if in.ObjectID != 0 && in.ObjectKind == "" {
		return app.AuditFilter{}, dm.BadField("object_kind", "An id needs the kind of thing.")
	}
	return app.AuditFilter{ActorID: in.ActorID, Action: in.Action, ObjectKind: in.ObjectKind, ObjectID: in.ObjectID,
		Since: instant(in.Since), Before: instant(in.Before)}, nil
}

// auditRoutes is the administrators' log, which only ever grows.
func auditRoutes(a *API) {
	route(a, operation(http.MethodGet, "/audit", "list-audit", "The administrators' log, newest first", "audit"), permission(dm.AuditRead),
		func(ctx context.Context, c *caller, in *auditInput) (*pageAnswer[auditJSON], error) {
			f, err := in.filter()
			if err != nil {
				return nil, err
			}
			list, next, err := a.app.AuditLog(ctx, c.Viewer, f, app.Page{Cursor: in.Cursor, Limit: in.Limit})
			if err != nil {
				return nil, err
			}
			return &pageAnswer[auditJSON]{pageOf(each(list, auditOf), next)}, nil
		})
}
