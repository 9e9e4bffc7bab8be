package httpapi

import (
	"context"
	"net/http"
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

type newShareInput struct {
	NumberInput
	Body newShareJSON
}

// newShareJSON lets targets in, all at the same terms. Flags that are left out
// take the account's defaults, as far as one may give them.
type newShareJSON struct {
	Targets     []newTargetJSON   `json:"targets" minItems:"1" maxItems:"200"`
	Level       maybe[dm.Level]   `json:"level,omitempty" enum:"view,comment,edit"`
	SeeInternal maybe[bool]       `json:"see_internal,omitempty"`
	ReplyPublic maybe[bool]       `json:"reply_public,omitempty"`
	Forward     maybe[bool]       `json:"forward,omitempty"`
	CanReshare  maybe[bool]       `json:"can_reshare,omitempty"`
	Reason      string            `json:"reason,omitempty" maxLength:"1000"`
	ExpiresAt   orNull[time.Time] `json:"expires_at,omitempty" doc:"When the share ends; null: the account's default."`
	Notify      *bool             `json:"notify,omitempty" default:"true" doc:"Tell the recipients."`
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
	_, err := a.app.Apply(ctx, c.Viewer, dm.Change{Number: in.Number, Share: in.Body.shares()})
	return err
}

func (b *newShareJSON) shares() []dm.NewShare {
	level := dm.Level("")
	if p := b.Level.pointer(); p != nil {
		level = *p
	}
	var list []dm.NewShare
	for _, t := range b.Targets {
		list = append(list, dm.NewShare{Target: dm.Target{Kind: t.Kind, ID: t.ID}, Level: level,
			SeeInternal: b.SeeInternal.pointer(), ReplyPublic: b.ReplyPublic.pointer(), Forward: b.Forward.pointer(), CanReshare: b.CanReshare.pointer(),
			Reason: b.Reason, ExpiresAt: end(b.ExpiresAt), Notify: b.Notify == nil || *b.Notify})
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

// showShares gives the shares asked for, in the order of the targets. One that
// ended meanwhile is left out of a repeated answer.
func (a *API) showShares(ctx context.Context, c *caller, in *newShareInput, ids []int64) (*shareListOutput, error) {
	list, err := a.app.Shares(ctx, c.Viewer, in.Number)
	if err != nil {
		return nil, err
	}
	byID := map[int64]*app.ShareView{}
	for i := range list {
		byID[list[i].ID] = &list[i]
	}
	items := []shareJSON{}
	for _, id := range ids {
		if s := byID[id]; s != nil {
			items = append(items, shareOf(s))
			delete(byID, id) // a target may have been named twice
		}
	}
	return &shareListOutput{Status: c.status, Body: pageOf(items, "")}, nil
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
