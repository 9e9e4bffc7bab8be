package httpapi

import (
	"time"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/app"
)

// shareJSON is a share.
type shareJSON struct {
	ID          int64             `json:"id"`
	Target      shareTargetJSON   `json:"target"`
	Level       dm.Level          `json:"level" enum:"view,comment,edit"`
	SeeInternal bool              `json:"see_internal"`
	ReplyPublic bool              `json:"reply_public"`
	Forward     bool              `json:"forward"`
	CanReshare  bool              `json:"can_reshare"`
	Reason      string            `json:"reason"`
	Cause       causeJSON         `json:"cause"`
	CreatedBy   orNull[nameJSON]  `json:"created_by" doc:"Null for the desk itself."`
	CreatedAt   time.Time         `json:"created_at"`
	ExpiresAt   orNull[time.Time] `json:"expires_at"`
	OpenedAt    orNull[time.Time] `json:"opened_at" doc:"When the recipient first opened the ticket."`
}

// TargetJSON is a party that a ticket is shared with.
type TargetJSON struct {
	Kind dm.TargetKind `json:"kind" enum:"agent,group,requester"`
	ID   int64         `json:"id"`
	Name string        `json:"name"`
}

// PartyJSON is a party that a ticket can be shared with: another desk too.
type PartyJSON struct {
	Kind dm.TargetKind `json:"kind" enum:"agent,group,requester,partner"`
	ID   int64         `json:"id"`
	Name string        `json:"name"`
}

// shareTargetJSON is the target of a share as it is now.
type shareTargetJSON struct {
	TargetJSON
	Active bool `json:"active" doc:"False for a deactivated person: the share stays, inert, and counts to no limit."`
}

// causeJSON is what made a share or another change.
type causeJSON struct {
	Kind dm.CauseKind  `json:"kind"`
	ID   orNull[int64] `json:"id"`
	Name string        `json:"name"`
}

// causeOf renders a cause. name is what the history calls it, actor the name of
// the person behind it. The ticket that a share was merged from keeps its id to
// itself: the reader may not know of it.
func causeOf(cause dm.Cause, name, actor string) causeJSON {
	out := causeJSON{Kind: cause.Kind, Name: name}
	if (cause.Kind == dm.CausePerson || cause.Kind == dm.CauseBulk) && name == "" {
		out.Name = actor
	}
	if cause.ID != 0 && cause.Kind != dm.CauseMerge {
		out.ID = some(cause.ID)
	}
	return out
}

func shareOf(s *app.ShareView) shareJSON {
	return shareJSON{
		ID: s.ID, Target: shareTargetJSON{TargetJSON{s.Target.Kind, s.Target.ID, s.TargetName}, s.TargetLive}, Level: s.Level,
		SeeInternal: s.SeeInternal, ReplyPublic: s.ReplyPublic, Forward: s.Forward, CanReshare: s.CanReshare, Reason: s.Reason,
		Cause: causeOf(s.Cause, s.Cause.Name, s.Author.Name), CreatedBy: named(s.CreatedBy, s.Author.Name),
		CreatedAt: s.CreatedAt.Std(), ExpiresAt: moment(s.ExpiresAt), OpenedAt: moment(s.OpenedAt),
	}
}
