package httpapi

import (
	"context"
	"net/http"
	"time"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
	"github.com/deskmesh/deskmesh/internal/app"
)

// eventJSON is a line of a ticket's history, as agents see it.
type eventJSON struct {
	EventPart
	Internal bool               `json:"internal" doc:"Shown only to those who may read notes."`
	Cause    causeJSON          `json:"cause"`
	Version  int64              `json:"version" doc:"The ticket's version after it."`
	Share    orNull[shareEvent] `json:"share"`
	Link     orNull[linkEvent]  `json:"public_link"`
	Other    orNull[otherJSON]  `json:"other" doc:"The other ticket of a merge or link."`
	// Scheduled stands in lines about scheduled messages alone.
	Scheduled *scheduledEvent `json:"scheduled,omitempty" doc:"Of a line about a scheduled message: whose it is, and why it was not sent."`
	SLA       *slaEvent       `json:"sla,omitempty" doc:"Of a line about a promised time that was missed."`
	Partner   *partnerEvent   `json:"partner,omitempty" doc:"Of a line about a share with another desk."`
}

type slaEvent struct {
	Kind  dm.ClockKind `json:"kind" enum:"first_reply,next_reply,resolution"`
	DueAt time.Time    `json:"due_at"`
}

type scheduledEvent struct {
	ID     int64              `json:"id"`
	Author nameJSON           `json:"author"`
	Reason dm.ScheduledReason `json:"reason"`
}

// EventPart is what agents and requesters are both told of a line.
type EventPart struct {
	ID      int64                `json:"id"`
	Kind    dm.EventKind         `json:"kind"`
	Actor   orNull[nameJSON]     `json:"actor" doc:"Null for the desk itself."`
	At      time.Time            `json:"at"`
	Changes []changeJSON         `json:"changes"`
	Message orNull[eventMessage] `json:"message"`
}

// requesterEventJSON is a public line, as requesters see it.
type requesterEventJSON struct{ EventPart }

type changeJSON struct {
	Field string `json:"field"`
	Old   string `json:"old"`
	New   string `json:"new"`
}

type eventMessage struct {
	ID   int64          `json:"id"`
	Kind dm.MessageKind `json:"kind"`
}

// shareEvent says what happened to a share.
type shareEvent struct {
	ID       orNull[int64]      `json:"id" doc:"Null where the share was not made."`
	Target   orNull[TargetJSON] `json:"target"`
	Old      orNull[termsJSON]  `json:"old"`
	New      orNull[termsJSON]  `json:"new"`
	Reason   string             `json:"reason"`
	EndCause string             `json:"end_cause"`
}

type termsJSON struct {
	Level       dm.Level          `json:"level"`
	SeeInternal bool              `json:"see_internal"`
	ReplyPublic bool              `json:"reply_public"`
	Forward     bool              `json:"forward"`
	CanReshare  bool              `json:"can_reshare"`
	ExpiresAt   orNull[time.Time] `json:"expires_at"`
}

// otherJSON is another ticket, as far as the reader may know it.
type otherJSON struct {
	Number  orNull[int64] `json:"number" doc:"Null where the reader cannot open it."`
	Visible bool          `json:"visible"`
	Link    dm.LinkKind   `json:"link,omitempty"`
}

type eventAnswer struct {
	forReader[eventJSON, requesterEventJSON]
}

type eventListOutput struct{ Body listOf[eventAnswer] }

func eventRoutes(a *API) {
	route(a, operation(http.MethodGet, "/tickets/{number}/events", "list-events", "A ticket's history, oldest first", "history"), ticketRight(access.See),
		func(ctx context.Context, c *caller, in *messageListInput) (*eventListOutput, error) {
			after, err := in.idCursor()
			if err != nil {
				return nil, err
			}
			list, err := a.app.Events(ctx, c.Viewer, in.Number, after, in.Limit+1)
			if err != nil {
				return nil, err
			}
			list, next := cutPage(list, in.Limit, func(e *app.EventView) int64 { return e.ID })
			return &eventListOutput{pageOf(each(list, c.event), next)}, nil
		})
}

// event renders a line for its reader.
func (c *caller) event(e *app.EventView) eventAnswer {
	part := EventPart{ID: e.ID, Kind: e.Kind, Actor: named(e.ActorID, e.Actor.Name), At: e.CreatedAt.Std(),
		Changes: each(e.Data.Changes, func(f *dm.FieldChange) changeJSON { return changeJSON(*f) })}
	if e.Data.MessageID != 0 {
		part.Message = some(eventMessage{e.Data.MessageID, e.Data.Message})
	}
	return eventAnswer{sayFor(c,
		func() eventJSON {
			return eventJSON{EventPart: part, Scheduled: scheduledOfEvent(e), SLA: slaOfEvent(e), Partner: partnerOfEvent(e), Internal: e.Internal, Version: e.Data.Version, Share: shareOfEvent(e), Link: linkOfEvent(e), Other: otherOf(e),
				Cause: causeOf(e.Cause, e.CauseName, e.Actor.Name)}
		},
		func() requesterEventJSON { return requesterEventJSON{part} })}
}

func shareOfEvent(e *app.EventView) orNull[shareEvent] {
	if e.Data.ShareID == 0 && e.Data.Target == nil {
		return orNull[shareEvent]{}
	}
	s := shareEvent{Old: termsOf(e.Data.Old), New: termsOf(e.Data.New), Reason: e.Data.Reason, EndCause: e.Data.EndCause}
	if e.Data.ShareID != 0 {
		s.ID = some(e.Data.ShareID)
	}
	if t := e.Data.Target; t != nil {
		s.Target = some(TargetJSON{Kind: t.Kind, ID: t.ID, Name: e.TargetName})
	}
	return some(s)
}

func slaOfEvent(e *app.EventView) *slaEvent {
	s := e.Data.SLA
	if s == nil {
		return nil
	}
	return &slaEvent{Kind: s.Kind, DueAt: s.DueAt.Std()}
}

func scheduledOfEvent(e *app.EventView) *scheduledEvent {
	s := e.Data.Scheduled
	if s == nil {
		return nil
	}
	return &scheduledEvent{ID: s.ID, Author: nameJSON{ID: s.AuthorID, Name: e.TargetName}, Reason: s.Reason}
}

// linkEvent is a public link as it was when something happened to it.
type linkEvent struct {
	ID        int64             `json:"id"`
	Label     string            `json:"label"`
	Level     dm.Level          `json:"level" enum:"view,comment"`
	Password  bool              `json:"password"`
	MaxViews  orNull[int]       `json:"max_views"`
	ExpiresAt orNull[time.Time] `json:"expires_at"`
	Reset     bool              `json:"reset" doc:"It got another address."`
}

func linkOfEvent(e *app.EventView) orNull[linkEvent] {
	l := e.Data.Link
	if l == nil {
		return orNull[linkEvent]{}
	}
	out := linkEvent{ID: l.ID, Label: l.Label, Level: l.Level, Password: l.Password, ExpiresAt: moment(l.ExpiresAt), Reset: l.Reset}
	if l.MaxUses > 0 {
		out.MaxViews = some(l.MaxUses)
	}
	return some(out)
}

func termsOf(t *dm.EventTerms) orNull[termsJSON] {
	if t == nil {
		return orNull[termsJSON]{}
	}
	return some(termsJSON{t.Level, t.SeeInternal, t.ReplyPublic, t.Forward, t.CanReshare, moment(t.ExpiresAt)})
}

func otherOf(e *app.EventView) orNull[otherJSON] {
	switch {
	case e.OtherNumber != 0:
		return some(otherJSON{Number: some(e.OtherNumber), Visible: true, Link: e.Data.LinkKind})
	case e.OtherHidden:
		return some(otherJSON{Link: e.Data.LinkKind})
	}
	return orNull[otherJSON]{}
}
