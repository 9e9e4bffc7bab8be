package httpapi

import (
	"context"
	"net/http"
	"time"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/app"
)

// listedShareJSON is a line of the list of all shares.
type listedShareJSON struct {
	ID          int64             `json:"id"`
	State       dm.ShareState     `json:"state" enum:"live,expired,ended"`
	Ticket      jobTicketJSON     `json:"ticket"`
	Target      shareTargetJSON   `json:"target"`
	Level       dm.Level          `json:"level" enum:"view,comment,edit"`
	SeeInternal bool              `json:"see_internal"`
	ReplyPublic bool              `json:"reply_public"`
	Forward     bool              `json:"forward"`
	CanReshare  bool              `json:"can_reshare"`
	Reason      string            `json:"reason" doc:"Empty where the ticket is not visible to you."`
	Cause       causeJSON         `json:"cause"`
	CreatedBy   orNull[nameJSON]  `json:"created_by" doc:"Null for the desk itself."`
	CreatedAt   time.Time         `json:"created_at"`
	ExpiresAt   orNull[time.Time] `json:"expires_at"`
	OpenedAt    orNull[time.Time] `json:"opened_at" doc:"When the recipient first opened the ticket."`
	EndedAt     orNull[time.Time] `json:"ended_at"`
	EndedBy     orNull[nameJSON]  `json:"ended_by" doc:"Null for the desk itself."`
	EndCause    string            `json:"end_cause"`
}

func listedShareOf(s *app.ListedShare) listedShareJSON {
	one := shareOf(&s.ShareView)
	out := listedShareJSON{ID: s.ID, State: s.State, Target: one.Target, Level: s.Level, SeeInternal: s.SeeInternal, ReplyPublic: s.ReplyPublic,
		Forward: s.Forward, CanReshare: s.CanReshare, Reason: s.Reason, Cause: one.Cause, CreatedBy: one.CreatedBy, CreatedAt: one.CreatedAt,
		ExpiresAt: one.ExpiresAt, OpenedAt: one.OpenedAt, EndedAt: moment(s.EndedAt), EndedBy: named(s.ShareView.EndedBy, s.EndedBy.Name), EndCause: s.EndCause}
	if s.Visible {
		out.Ticket = jobTicketJSON{Visible: true, Number: some(s.Number), Subject: some(s.Subject)}
	}
	return out
}

type sharesInput struct {
	PageInput
	TargetKind    dm.TargetKind `query:"target_kind" enum:"agent,group,requester"`
	TargetID      int64         `query:"target_id" minimum:"1" doc:"Together with target_kind."`
	CreatedBy     int64         `query:"created_by" minimum:"1" doc:"The id of the person who shared."`
	Cause         dm.CauseKind  `query:"cause" enum:"person,token,mail,rule,partner,portal,system,merge,hand_over,requester,request,bulk,macro"`
	Since         time.Time     `query:"since" doc:"Made at this moment or later."`
	Before        time.Time     `query:"before" doc:"Made before this moment."`
	ExpiresBefore time.Time     `query:"expires_before"`
	State         dm.ShareState `query:"state" enum:"live,expired,ended" doc:"In any state when it is left out."`
	Q             string        `query:"q" maxLength:"200" doc:"What a word in the recipient's name begins with."`
}

func (in *sharesInput) filter() (*dm.ShareFilter, error) {
	f := &dm.ShareFilter{TargetKind: in.TargetKind, TargetID: in.TargetID, CreatedBy: in.CreatedBy, Cause: in.Cause,
		Since: instant(in.Since), Before: instant(in.Before), ExpiresBefore: instant(in.ExpiresBefore), State: in.State, Query: in.Q}
	if f.TargetID != 0 && f.TargetKind == "" {
		return nil, dm.BadField("target_kind", "An id needs the kind of target.")
	}
	return f, nil
}

// instant reads a time; 0 for none.
func instant(t time.Time) dm.Time {
	if t.IsZero() {
		return 0
	}
	return max(dm.Time(t.UnixMicro()), 1)
}

// revocationJSON says which shares to end: some, or all that fit a filter.
type revocationJSON struct {
	IDs     maybe[[]int64]   `json:"ids,omitempty" minItems:"1" maxItems:"10000" doc:"Ids of shares."`
	Filter  *shareFilterJSON `json:"filter,omitempty" doc:"Those that have not ended and fit when the revocation begins, at most 10,000."`
	Preview bool             `json:"preview,omitempty" doc:"Change nothing, and answer what would come of it."`
}

// shareFilterJSON has the parameters of the list of all shares.
type shareFilterJSON struct {
	TargetKind    maybe[dm.TargetKind] `json:"target_kind,omitempty" enum:"agent,group,requester"`
	TargetID      maybe[int64]         `json:"target_id,omitempty" minimum:"1"`
	CreatedBy     maybe[int64]         `json:"created_by,omitempty" minimum:"1"`
	Cause         maybe[dm.CauseKind]  `json:"cause,omitempty" enum:"person,token,mail,rule,partner,portal,system,merge,hand_over,requester,request,bulk,macro"`
	Since         maybe[time.Time]     `json:"since,omitempty"`
	Before        maybe[time.Time]     `json:"before,omitempty"`
	ExpiresBefore maybe[time.Time]     `json:"expires_before,omitempty"`
	State         maybe[dm.ShareState] `json:"state,omitempty" enum:"live,expired" doc:"Live ones when it is left out."`
	Q             maybe[string]        `json:"q,omitempty" minLength:"1" maxLength:"200"`
}

type revocationInput struct{ Body revocationJSON }

// allShareRoutes are the shares of the whole account, for who keeps them.
func allShareRoutes(a *API) {
	manage := permission(dm.SharesManage)
	route(a, operation(http.MethodGet, "/shares", "list-all-shares", "All shares of the account, newest first", "shares"), manage,
		func(ctx context.Context, c *caller, in *sharesInput) (*pageAnswer[listedShareJSON], error) {
			f, err := in.filter()
			if err != nil {
				return nil, err
			}
			list, next, err := a.app.AllShares(ctx, c.Viewer, *f, in.Cursor, in.Limit)
			if err != nil {
				return nil, err
			}
			return &pageAnswer[listedShareJSON]{pageOf(each(list, listedShareOf), next)}, nil
		})
	revoke := costly(operation(http.MethodPost, "/shares/revoke", "revoke-shares", "End many shares at once, also of tickets that one cannot open", "shares"), costHeavy)
	revoke.DefaultStatus = http.StatusAccepted
	post(a, revoke, manage, a.revokeShares, func(ctx context.Context, c *caller, in *revocationInput, ids []int64) (*bulkOutput, error) {
		if !in.Body.Preview {
			return a.showBulk(ctx, c, ids[0])
		}
		n, err := in.Body.revocation()
		if err != nil {
			return nil, err
		}
		p, err := a.app.PreviewRevocation(ctx, c.Viewer, *n)
		return previewOutput(p, err)
	})
	alsoAnswers(a.huma.OpenAPI().Paths["/shares/revoke"].Post, http.StatusOK, "It is done already, or this is the preview. 202: a job does it.")
}

func (a *API) revokeShares(ctx context.Context, c *caller, in *revocationInput) error {
	n, err := in.Body.revocation()
	if err != nil || in.Body.Preview {
		return err
	}
	return a.app.RevokeShares(ctx, c.Viewer, *n)
}

func (b *revocationJSON) revocation() (*app.NewRevocation, error) {
	if b.IDs.given == (b.Filter != nil) {
		return nil, dm.BadField("ids", "Give either ids or a filter.")
	}
	if b.Filter == nil {
		for _, id := range b.IDs.value {
			if id < 1 {
				return nil, dm.BadField("ids", "The ids of shares begin at 1.")
			}
		}
		return &app.NewRevocation{IDs: b.IDs.value}, nil
	}
	f := b.Filter
	in := &sharesInput{TargetKind: f.TargetKind.value, TargetID: f.TargetID.value, CreatedBy: f.CreatedBy.value, Cause: f.Cause.value, Since: f.Since.value,
		Before: f.Before.value, ExpiresBefore: f.ExpiresBefore.value, State: f.State.value, Q: f.Q.value}
	filter, err := in.filter()
	if err != nil {
		return nil, app.Within("filter", err)
	}
	if state := filter.State; *filter == (dm.ShareFilter{State: state}) {
		return nil, dm.BadField("filter", "Say which shares: this would end every one.")
	}
	return &app.NewRevocation{Filter: filter}, nil
}
