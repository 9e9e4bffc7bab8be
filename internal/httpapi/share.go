package httpapi

import (
	"context"
	"net/http"
	"slices"
	"time"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
	"github.com/deskmesh/deskmesh/internal/app"
)

type shareListOutput struct {
	Status int
	Body   listOf[shareJSON]
}

type shareOutput struct{ Body shareJSON }

type sharedOutput struct {
	Status int
	Body   sharedJSON
}

// sharedJSON is what came of sharing: the shares, and beside them the links with
// other desks, which are no shares (decision 0040).
type sharedJSON struct {
	Items    []shareJSON         `json:"items" doc:"The shares with agents, groups and requesters, in the order of the targets."`
	Next     orNull[string]      `json:"next" doc:"Always null."`
	Partners []ticketPartnerJSON `json:"partners" doc:"The links with the partners among the targets, as in /tickets/{number}/partners."`
}

type newShareInput struct {
	NumberInput
	Body ticketShareJSON
}

// newShareJSON lets targets in, all at the same terms.
type newShareJSON struct {
	Targets []newTargetJSON `json:"targets" minItems:"1" maxItems:"200"`
	ShareTerms
}

// ShareTerms are the terms of new shares. Flags that are left out take the
// account's defaults, as far as one may give them.
type ShareTerms struct {
	Level       maybe[dm.Level]   `json:"level,omitempty" enum:"view,comment,edit"`
	SeeInternal maybe[bool]       `json:"see_internal,omitempty"`
	ReplyPublic maybe[bool]       `json:"reply_public,omitempty"`
	Forward     maybe[bool]       `json:"forward,omitempty"`
	CanReshare  maybe[bool]       `json:"can_reshare,omitempty"`
	Reason      maybe[string]     `json:"reason,omitempty" maxLength:"1000"`
	ExpiresAt   orNull[time.Time] `json:"expires_at,omitempty" doc:"When the share ends; null: the account's default."`
	Notify      *bool             `json:"notify,omitempty" default:"true" doc:"Tell the recipients."`
}

// ticketShareJSON shares one ticket: with targets, or by a share template, which
// gives what is left out of the rest.
type ticketShareJSON struct {
	Targets  maybe[[]newTargetJSON] `json:"targets,omitempty" minItems:"1" maxItems:"200"`
	Template maybe[int64]           `json:"template_id,omitempty" minimum:"1" doc:"The id of a share template, in place of targets."`
	Note     maybe[string]          `json:"note,omitempty" maxLength:"10000" doc:"An internal note to write in the same change, as plain text. Empty: none, whatever the template has."`
	ShareTerms
}

type newTargetJSON struct {
	Kind dm.TargetKind `json:"kind" enum:"agent,group,requester,partner"`
	ID   int64         `json:"id" minimum:"1"`
}

type sharePatchInput struct {
	PartInput
	Body sharePatchJSON
}

// sharePatchJSON changes a share; what is left out stays.
type sharePatchJSON struct {
	Level       maybe[dm.Level]   `json:"level,omitempty" enum:"view,comment,edit"`
	SeeInternal maybe[bool]       `json:"see_internal,omitempty"`
	ReplyPublic maybe[bool]       `json:"reply_public,omitempty"`
	Forward     maybe[bool]       `json:"forward,omitempty"`
	CanReshare  maybe[bool]       `json:"can_reshare,omitempty"`
	ExpiresAt   orNull[time.Time] `json:"expires_at,omitempty" doc:"Null: no end."`
}

func shareRoutes(a *API) {
	route(a, operation(http.MethodGet, "/tickets/{number}/shares", "list-shares", "Whom a ticket is shared with", "shares"), ticketRight(access.See),
		func(ctx context.Context, c *caller, in *NumberInput) (*shareListOutput, error) {
			list, err := a.app.Shares(ctx, c.Viewer, in.Number)
			if err != nil {
				return nil, err
			}
			return &shareListOutput{Status: http.StatusOK, Body: pageOf(each(list, shareOf), "")}, nil
		})
	share := operation(http.MethodPost, "/tickets/{number}/shares", "share-ticket", "Share a ticket", "shares")
	share.DefaultStatus = http.StatusCreated
	post(a, share, ticketRight(access.Share), a.shareTicket, a.showShares)
	alsoAnswers(a.huma.OpenAPI().Paths["/tickets/{number}/shares"].Post, http.StatusOK, "Every share stood already; the answer is the same.")
	route(a, operation(http.MethodPatch, "/tickets/{number}/shares/{id}", "change-share", "Change a share's level, flags or end", "shares"), ticketRight(access.Share), a.changeShare)
	route(a, operation(http.MethodDelete, "/tickets/{number}/shares/{id}", "end-share", "End a share", "shares"), ticketRight(access.Share),
		func(ctx context.Context, c *caller, in *PartInput) (*struct{}, error) {
			_, err := a.app.Apply(ctx, c.Viewer, dm.Change{Number: in.Number, Unshare: []int64{in.ID}})
			return nil, err
		})
}

func (a *API) shareTicket(ctx context.Context, c *caller, in *newShareInput) error {
	b := &in.Body
	r := app.ShareRequest{Number: in.Number, Template: b.Template.value, SeeInternal: b.SeeInternal.pointer(), ReplyPublic: b.ReplyPublic.pointer(),
		Forward: b.Forward.pointer(), CanReshare: b.CanReshare.pointer(), Level: b.Level.value, Reason: b.Reason.pointer(), Notify: b.Notify == nil || *b.Notify,
		Note: b.Note.pointer()}
	for _, t := range b.Targets.value {
		r.Targets = append(r.Targets, dm.Target{Kind: t.Kind, ID: t.ID})
	}
	if b.ExpiresAt.given {
		until := end(b.ExpiresAt)
		r.ExpiresAt = &until
	}
	return a.app.ShareTicket(ctx, c.Viewer, r)
}

func (b *newShareJSON) shares() []dm.NewShare {
	var list []dm.NewShare
	for _, t := range b.Targets {
		list = append(list, dm.NewShare{Target: dm.Target{Kind: t.Kind, ID: t.ID}, Level: b.Level.value,
			SeeInternal: b.SeeInternal.pointer(), ReplyPublic: b.ReplyPublic.pointer(), Forward: b.Forward.pointer(), CanReshare: b.CanReshare.pointer(),
			Reason: b.Reason.value, ExpiresAt: end(b.ExpiresAt), Notify: b.Notify == nil || *b.Notify})
	}
	return list
}

// end reads the end of a share: 0 is never. A moment before the first that can
// be kept is in the past in any case.
func end(t orNull[time.Time]) dm.Time {
	if t.value == nil {
		return 0
	}
	return max(dm.Time(t.value.UnixMicro()), 1)
}

// showShares gives the shares asked for, in the order of the targets, and the
// links with partners. One that ended meanwhile is left out of a repeated answer.
func (a *API) showShares(ctx context.Context, c *caller, in *newShareInput, ids []int64) (*sharedOutput, error) {
	// The ids of links with partners stand after a 0.
	links := []int64{}
	if at := slices.Index(ids, 0); at >= 0 {
		ids, links = ids[:at], ids[at+1:]
	}
	list, err := a.app.Shares(ctx, c.Viewer, in.Number)
	if err != nil {
		return nil, err
	}
	byID := map[int64]*app.ShareView{}
	for i := range list {
		byID[list[i].ID] = &list[i]
	}
	out := &sharedOutput{Status: c.status, Body: sharedJSON{Items: []shareJSON{}, Partners: []ticketPartnerJSON{}}}
	for _, id := range ids {
		if s := byID[id]; s != nil {
			out.Body.Items = append(out.Body.Items, shareOf(s))
			delete(byID, id) // a target may have been named twice
		}
	}
	if len(links) > 0 {
		out.Body.Partners, err = a.linksOf(ctx, c, in.Number, links)
	}
	return out, err
}

func (a *API) changeShare(ctx context.Context, c *caller, in *sharePatchInput) (*shareOutput, error) {
	b := &in.Body
	amend := dm.ShareAmendment{ID: in.ID, Level: b.Level.pointer(), SeeInternal: b.SeeInternal.pointer(), ReplyPublic: b.ReplyPublic.pointer(),
		Forward: b.Forward.pointer(), CanReshare: b.CanReshare.pointer()}
	if b.ExpiresAt.given {
		until := end(b.ExpiresAt)
		amend.ExpiresAt = &until
	}
	if _, err := a.app.Apply(ctx, c.Viewer, dm.Change{Number: in.Number, Amend: []dm.ShareAmendment{amend}}); err != nil {
		return nil, err
	}
	list, err := a.app.Shares(ctx, c.Viewer, in.Number)
	if err != nil {
		return nil, err
	}
	for i := range list {
		if list[i].ID == in.ID {
			return &shareOutput{shareOf(&list[i])}, nil
		}
	}
	return nil, dm.Missing("share")
}
