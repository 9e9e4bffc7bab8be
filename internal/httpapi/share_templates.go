package httpapi

import (
	"context"
	"time"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/app"
)

// shareTemplateJSON is a share that is made again and again.
type shareTemplateJSON struct {
	ID          int64                `json:"id"`
	Name        string               `json:"name"`
	Targets     []templateTargetJSON `json:"targets"`
	Level       orNull[dm.Level]     `json:"level" enum:"view,comment,edit" doc:"Null takes the account's default, as it does for each flag."`
	SeeInternal orNull[bool]         `json:"see_internal"`
	ReplyPublic orNull[bool]         `json:"reply_public"`
	Forward     orNull[bool]         `json:"forward"`
	CanReshare  orNull[bool]         `json:"can_reshare"`
	ExpiryHours orNull[int]          `json:"expiry_hours" doc:"Hours after which the shares end; null takes the account's default."`
	Reason      string               `json:"reason"`
	Note        string               `json:"note" doc:"The internal note that is written with it; empty for none."`
	UpdatedAt   time.Time            `json:"updated_at"`
}

// templateTargetJSON is a target of a template as it is now.
type templateTargetJSON struct {
	PartyJSON
	Active bool `json:"active" doc:"False where the target cannot be shared with now; it is left out then."`
}

func shareTemplateOf(t *app.ShareTemplateView) shareTemplateJSON {
	out := shareTemplateJSON{ID: t.ID, Name: t.Name, SeeInternal: orNull[bool]{value: t.SeeInternal}, ReplyPublic: orNull[bool]{value: t.ReplyPublic},
		Forward: orNull[bool]{value: t.Forward}, CanReshare: orNull[bool]{value: t.CanReshare}, Reason: t.Reason, Note: t.Note, UpdatedAt: t.UpdatedAt.Std(),
		Targets: each(t.Targets, func(x *app.TemplateTarget) templateTargetJSON {
			return templateTargetJSON{PartyJSON: PartyJSON{x.Target.Kind, x.Target.ID, x.Name}, Active: x.Active}
		})}
	if t.Level != "" {
		out.Level = some(t.Level)
	}
	if t.ExpiryHours != 0 {
		out.ExpiryHours = some(t.ExpiryHours)
	}
	return out
}

type newShareTemplateJSON struct {
	Name    string          `json:"name" maxLength:"100"`
	Targets []newTargetJSON `json:"targets" minItems:"1" maxItems:"25"`
	TemplateTerms
}

type shareTemplatePatchJSON struct {
	Name    maybe[string]          `json:"name,omitempty" maxLength:"100"`
	Targets maybe[[]newTargetJSON] `json:"targets,omitempty" minItems:"1" maxItems:"25"`
	TemplateTerms
}

// TemplateTerms are the terms of a share template; null takes the account's
// default.
type TemplateTerms struct {
	Level       orNull[dm.Level] `json:"level,omitempty" enum:"view,comment,edit"`
	SeeInternal orNull[bool]     `json:"see_internal,omitempty"`
	ReplyPublic orNull[bool]     `json:"reply_public,omitempty"`
	Forward     orNull[bool]     `json:"forward,omitempty"`
	CanReshare  orNull[bool]     `json:"can_reshare,omitempty"`
	ExpiryHours orNull[int]      `json:"expiry_hours,omitempty" minimum:"1" maximum:"87600"`
	Reason      maybe[string]    `json:"reason,omitempty" maxLength:"1000"`
	Note        maybe[string]    `json:"note,omitempty" maxLength:"5000"`
}

func (t *TemplateTerms) patch() app.ShareTemplatePatch {
	return app.ShareTemplatePatch{Level: orZero(&t.Level), SeeInternal: given(&t.SeeInternal), ReplyPublic: given(&t.ReplyPublic), Forward: given(&t.Forward),
		CanReshare: given(&t.CanReshare), ExpiryHours: orZero(&t.ExpiryHours), Reason: t.Reason.pointer(), Note: t.Note.pointer()}
}

// orZero gives a value that was set, where null stands for the zero value.
func orZero[T any](n *orNull[T]) *T {
	switch {
	case !n.given:
		return nil
	case n.value == nil:
		return new(T)
	}
	return n.value
}

// given gives a value that was set, or set to null.
func given[T any](n *orNull[T]) **T {
	if !n.given {
		return nil
	}
	return &n.value
}

func targetsOf(list []newTargetJSON) *[]dm.Target {
	targets := make([]dm.Target, len(list))
	for i, t := range list {
		targets[i] = dm.Target{Kind: t.Kind, ID: t.ID}
	}
	return &targets
}

// shareTemplateRoutes are the shares that are made again and again.
func shareTemplateRoutes(a *API) {
	manage := permission(dm.SharesManage)
	templates := &noun[app.ShareTemplateView, shareTemplateJSON]{path: "/share-templates", name: "share-template", find: a.app.ShareTemplate, say: shareTemplateOf}
	templates.whole(a, agents, "Share templates by name, for everybody who shares", a.app.ShareTemplates)
	templates.one(a, agents)
	creates(a, templates, manage, "Make a share template", func(ctx context.Context, c *caller, b *newShareTemplateJSON) error {
		p := b.patch()
		p.Name, p.Targets = &b.Name, targetsOf(b.Targets)
		return a.app.CreateShareTemplate(ctx, c.Viewer, p)
	})
	changes(a, templates, manage, "Change a share template", func(ctx context.Context, c *caller, id int64, b *shareTemplatePatchJSON) error {
		p := b.patch()
		p.Name = b.Name.pointer()
		if b.Targets.given {
			p.Targets = targetsOf(b.Targets.value)
		}
		return a.app.UpdateShareTemplate(ctx, c.Viewer, id, p)
	})
	templates.deletes(a, manage, "Delete a share template; what was shared by it stays", a.app.DeleteShareTemplate)
}
