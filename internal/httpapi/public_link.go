package httpapi

import (
	"context"
	"net/http"
	"time"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
	"github.com/deskmesh/deskmesh/internal/app"
)

// PublicLinkJSON is a public link without its address.
type PublicLinkJSON struct {
	ID         int64             `json:"id"`
	State      dm.LinkState      `json:"state" enum:"live,asleep,expired,used_up,revoked" doc:"asleep: it would work, but links are switched off, its maker may not give access any more, or the ticket is private, spam, deleted, merged or of an inactive brand."`
	Label      string            `json:"label" doc:"For agents alone."`
	Level      dm.Level          `json:"level" enum:"view,comment" doc:"comment: view and reply."`
	Password   bool              `json:"password" doc:"Whether it asks for one."`
	ExpiresAt  orNull[time.Time] `json:"expires_at"`
	MaxViews   orNull[int]       `json:"max_views" doc:"How many visits may begin; null for no limit."`
	Views      int               `json:"views" doc:"Visits that have begun."`
	LastUsedAt orNull[time.Time] `json:"last_used_at"`
	CreatedBy  nameJSON          `json:"created_by"`
	CreatedAt  time.Time         `json:"created_at"`
	RevokedAt  orNull[time.Time] `json:"revoked_at"`
	RevokedBy  orNull[nameJSON]  `json:"revoked_by"`
}

func publicLinkOf(l *app.LinkView) PublicLinkJSON {
	out := PublicLinkJSON{ID: l.ID, State: l.State, Label: l.Label, Level: l.Level, Password: l.PasswordHash != "", ExpiresAt: moment(l.ExpiresAt), Views: l.Uses,
		LastUsedAt: moment(l.LastUsedAt), CreatedBy: nameJSON{l.CreatedBy, l.Author.Name}, CreatedAt: l.CreatedAt.Std(), RevokedAt: moment(l.RevokedAt),
		RevokedBy: named(l.RevokedBy, l.Ender.Name)}
	if l.MaxUses > 0 {
		out.MaxViews = some(l.MaxUses)
	}
	return out
}

// madeLinkJSON is a link with its address.
type madeLinkJSON struct {
	PublicLinkJSON
	Address orNull[string] `json:"address" doc:"What to pass on. It is shown this once: null when the request is repeated."`
}

type newPublicLinkInput struct {
	NumberInput
	Body newPublicLinkJSON
}

type newPublicLinkJSON struct {
	Label     string            `json:"label,omitempty" maxLength:"100"`
	Level     maybe[dm.Level]   `json:"level,omitempty" enum:"view,comment" doc:"view when it is left out."`
	Password  string            `json:"password,omitempty" maxLength:"200" doc:"At least 6 characters."`
	ExpiresAt orNull[time.Time] `json:"expires_at,omitempty" doc:"Left out: in 14 days, or the account's most. Null: never, where the account lets it."`
	MaxViews  orNull[int]       `json:"max_views,omitempty" minimum:"1" maximum:"10000" doc:"Left out: the account's most. Null: no limit, where the account lets it."`
}

type publicLinkPatchInput struct {
	PartInput
	Body publicLinkPatchJSON
}

// publicLinkPatchJSON changes a link; what is left out stays.
type publicLinkPatchJSON struct {
	Label     maybe[string]     `json:"label,omitempty" maxLength:"100"`
	Level     maybe[dm.Level]   `json:"level,omitempty" enum:"view,comment"`
	Password  orNull[string]    `json:"password,omitempty" minLength:"6" maxLength:"200" doc:"Null takes it away. Another one ends the visits that go on."`
	ExpiresAt orNull[time.Time] `json:"expires_at,omitempty" doc:"Null: never."`
	MaxViews  orNull[int]       `json:"max_views,omitempty" minimum:"1" maximum:"10000" doc:"Null: no limit."`
}

// linkUseJSON is a line of a link's log.
type linkUseJSON struct {
	ID      int64          `json:"id"`
	Outcome dm.LinkOutcome `json:"outcome" enum:"opened,wrong_password"`
	Address string         `json:"address" doc:"The visitor's network address."`
	At      time.Time      `json:"at"`
}

func linkUseOf(u *dm.LinkUse) linkUseJSON {
	return linkUseJSON{u.ID, u.Outcome, u.Address, u.At.Std()}
}

type linkUsesInput struct {
	PartInput
	PageInput
}

// publicLinkRoutes are the addresses that open a ticket to whoever holds them.
func publicLinkRoutes(a *API) {
	const path, tag = "/tickets/{number}/links", "public-links"
	route(a, operation(http.MethodGet, path, "list-public-links", "A ticket's public links, newest first, also those that are over", tag), ticketRight(access.See),
		func(ctx context.Context, c *caller, in *NumberInput) (*pageAnswer[PublicLinkJSON], error) {
			list, err := a.app.PublicLinks(ctx, c.Viewer, in.Number)
			if err != nil {
				return nil, err
			}
			return &pageAnswer[PublicLinkJSON]{pageOf(each(list, publicLinkOf), "")}, nil
		})
	create := operation(http.MethodPost, path, "create-public-link", "Make a public link", tag)
	create.DefaultStatus = http.StatusCreated
	post(a, create, ticketRight(access.Share|access.Forward), a.createPublicLink,
		func(ctx context.Context, c *caller, in *newPublicLinkInput, ids []int64) (*answerOf[madeLinkJSON], error) {
			return a.showMadeLink(ctx, c, in.Number, ids[0])
		})
	route(a, operation(http.MethodPatch, path+"/{id}", "change-public-link", "Change a public link", tag), ticketRight(access.Share|access.Forward), a.changePublicLink)
	reset := operation(http.MethodPost, path+"/{id}/reset", "reset-public-link", "Give a public link another address; the old one is dead at once", tag)
	post(a, reset, ticketRight(access.Share|access.Forward),
		func(ctx context.Context, c *caller, in *PartInput) error {
			res, err := a.app.Apply(ctx, c.Viewer, dm.Change{Number: in.Number, PublicLinks: dm.LinkChanges{Reset: in.ID}})
			if err == nil {
				c.secret = res.Secret
			}
			return err
		},
		func(ctx context.Context, c *caller, in *PartInput, ids []int64) (*answerOf[madeLinkJSON], error) {
			return a.showMadeLink(ctx, c, in.Number, ids[0])
		})
	route(a, operation(http.MethodDelete, path+"/{id}", "revoke-public-link", "End a public link", tag), ticketRight(access.Share),
		func(ctx context.Context, c *caller, in *PartInput) (*struct{}, error) {
			_, err := a.app.Apply(ctx, c.Viewer, dm.Change{Number: in.Number, PublicLinks: dm.LinkChanges{Revoke: []int64{in.ID}}})
			return nil, err
		})
	route(a, operation(http.MethodDelete, path, "revoke-public-links", "End every public link of a ticket", tag), ticketRight(access.Share),
		func(ctx context.Context, c *caller, in *NumberInput) (*struct{}, error) {
			_, err := a.app.Apply(ctx, c.Viewer, dm.Change{Number: in.Number, PublicLinks: dm.LinkChanges{RevokeAll: true}})
			return nil, err
		})
	route(a, operation(http.MethodGet, path+"/{id}/uses", "list-public-link-uses", "The log of a public link, newest first", tag), ticketRight(access.Share), a.listLinkUses)
}

func (a *API) createPublicLink(ctx context.Context, c *caller, in *newPublicLinkInput) error {
	b := &in.Body
	n := dm.NewPublicLink{Label: b.Label}
	if level := b.Level.pointer(); level != nil {
		n.Level = *level
	}
	if b.ExpiresAt.given {
		at := end(b.ExpiresAt)
		n.ExpiresAt = &at
	}
	n.MaxUses = b.MaxViews.id()
	res, err := a.app.MakePublicLink(ctx, c.Viewer, in.Number, n, b.Password)
	if err == nil {
		c.secret = res.Secret
	}
	return err
}

func (a *API) showMadeLink(ctx context.Context, c *caller, number, id int64) (*answerOf[madeLinkJSON], error) {
	l, err := a.publicLink(ctx, c, number, id)
	if err != nil {
		return nil, err
	}
	out := madeLinkJSON{PublicLinkJSON: publicLinkOf(l)}
	if c.secret != "" {
		out.Address = some(app.LinkAddress(c.account, c.secret))
	}
	return &answerOf[madeLinkJSON]{out}, nil
}

func (a *API) publicLink(ctx context.Context, c *caller, number, id int64) (*app.LinkView, error) {
	list, err := a.app.PublicLinks(ctx, c.Viewer, number)
	return pick(list, err, "link", func(l *app.LinkView) bool { return l.ID == id })
}

func (a *API) changePublicLink(ctx context.Context, c *caller, in *publicLinkPatchInput) (*answerOf[PublicLinkJSON], error) {
	b := &in.Body
	amend := dm.LinkAmendment{ID: in.ID, Label: b.Label.pointer(), Level: b.Level.pointer(), MaxUses: b.MaxViews.id()}
	if b.ExpiresAt.given {
		at := end(b.ExpiresAt)
		amend.ExpiresAt = &at
	}
	if err := a.app.AmendPublicLink(ctx, c.Viewer, in.Number, amend, b.Password.id()); err != nil {
		return nil, err
	}
	l, err := a.publicLink(ctx, c, in.Number, in.ID)
	if err != nil {
		return nil, err
	}
	return &answerOf[PublicLinkJSON]{publicLinkOf(l)}, nil
}

func (a *API) listLinkUses(ctx context.Context, c *caller, in *linkUsesInput) (*pageAnswer[linkUseJSON], error) {
	before, err := in.idCursor()
	if err != nil {
		return nil, err
	}
	list, err := a.app.PublicLinkUses(ctx, c.Viewer, in.Number, in.ID, before, in.Limit+1)
	if err != nil {
		return nil, err
	}
	list, next := cutPage(list, in.Limit, func(u *dm.LinkUse) int64 { return u.ID })
	return &pageAnswer[linkUseJSON]{pageOf(each(list, linkUseOf), next)}, nil
}
