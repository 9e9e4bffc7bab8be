package httpapi

import (
	"context"
	"encoding/json"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
	"github.com/deskmesh/deskmesh/internal/app"
)

// Scheduled is a message that is sent later.
type Scheduled struct {
	ID          int64              `json:"id"`
	Ticket      ticketRefJSON      `json:"ticket"`
	Author      contactJSON        `json:"author"`
	Kind        dm.MessageKind     `json:"kind" enum:"reply,note,local_note"`
	Text        string             `json:"text" doc:"Empty of what was sent: the message has it."`
	HTML        string             `json:"html" doc:"Clean enough for a sandboxed frame; empty where only a text was given."`
	Attachments []attachmentJSON   `json:"attachments"`
	Mentions    []int64            `json:"mentions"`
	Status      dm.Status          `json:"status,omitempty" doc:"Set with the message."`
	StatusID    int64              `json:"status_id,omitempty"`
	SendAt      time.Time          `json:"send_at"`
	TimeZone    string             `json:"time_zone" doc:"In which the author chose the moment; empty where it is not known."`
	Hold        bool               `json:"hold" doc:"It is held back where the customer writes first."`
	Undo        bool               `json:"undo" doc:"It waits only so that its sending can be undone."`
	State       dm.ScheduledState  `json:"state" enum:"waiting,held,failed,sent,cancelled,removed"`
	Reason      dm.ScheduledReason `json:"reason" doc:"Why it is held, failed or was removed: customer_answered, no_access, no_right, merged, file, refused; status of one that was sent without the status that goes with it."`
	MessageID   orNull[int64]      `json:"message_id" doc:"Of what was sent."`
	May         []string           `json:"may" doc:"What one may do with it: edit, cancel, send."`
	CreatedAt   time.Time          `json:"created_at"`
	UpdatedAt   time.Time          `json:"updated_at"`
}

func (c *caller) scheduled(r *app.ScheduledView) Scheduled {
	out := Scheduled{ID: r.ID, Ticket: ticketRefJSON{r.Number, r.Subject}, Author: contactOf(r.Author), Kind: r.Kind, Text: r.Text, HTML: r.HTML,
		Attachments: each(r.Files, attachmentOf), Mentions: r.Mentions, Status: r.Status, StatusID: r.StatusID, SendAt: r.SendAt.Std(), TimeZone: r.TimeZone,
		Hold: r.Hold, Undo: r.Undo, State: r.State, Reason: r.Reason, May: []string{}, CreatedAt: r.CreatedAt.Std(), UpdatedAt: r.UpdatedAt.Std()}
	if r.May != nil {
		out.May = r.May
	}
	if out.Mentions == nil {
		out.Mentions = []int64{}
	}
	if r.MessageID != 0 {
		out.MessageID = some(r.MessageID)
	}
	return out
}

// LaterPart is how a message is sent later.
type LaterPart struct {
	SendAt   orNull[time.Time] `json:"send_at,omitempty" doc:"Null: at once. With a later moment the message is scheduled, and the answer is 202 with it."`
	TimeZone string            `json:"time_zone,omitempty" maxLength:"100" doc:"The author's, such as Europe/Berlin: with it the moment is shown as they chose it."`
	Hold     bool              `json:"hold,omitempty" doc:"Hold it back where the customer writes first."`
	Undo     bool              `json:"undo,omitempty" doc:"Wait as long as replies.undo_seconds says, so that the sending can be undone. Where that is 0 it is sent at once."`
	Status   maybe[dm.Status]  `json:"status,omitempty" enum:"new,open,pending,on_hold,solved,closed" doc:"Set with the message."`
	StatusID maybe[int64]      `json:"status_id,omitempty" minimum:"1" doc:"One of the account's own statuses, set with the message."`
	Pending  dm.PendingReplies `json:"pending,omitempty" enum:"keep,send,cancel" doc:"What becomes of the ticket's scheduled messages where the status ends its work. Left out, the answer is 409 with the reason pending_replies while there are any."`
}

func (p *LaterPart) writing(m dm.NewMessage) app.Writing {
	w := app.Writing{Message: m, Status: p.Status.pointer(), StatusID: p.StatusID.pointer(), Pending: p.Pending, TimeZone: p.TimeZone, Hold: p.Hold, Undo: p.Undo}
	if at := p.SendAt.value; at != nil {
		w.SendAt = dm.TimeOf(*at)
	}
	return w
}

// addedAnswer is a message, or one that is sent later.
type addedAnswer struct {
	message *messageAnswer
	later   *Scheduled
}

// MarshalJSON implements json.Marshaler.
func (a addedAnswer) MarshalJSON() ([]byte, error) { return json.Marshal(a.plain()) }

func (a addedAnswer) plain() any {
	if a.later != nil {
		return a.later
	}
	return a.message.plain()
}

// Schema implements huma.SchemaProvider.
func (addedAnswer) Schema(r huma.Registry) *huma.Schema {
	return &huma.Schema{OneOf: append(messageAnswer{}.Schema(r).OneOf, schemaOf[Scheduled](r))}
}

type (
	scheduledListOutput struct{ Body listOf[Scheduled] }
	scheduledOutput     struct{ Body Scheduled }
	scheduledPatchInput struct {
		IDInput
		Body scheduledPatchJSON
	}
)

type scheduledPatchJSON struct {
	Text        maybe[string]    `json:"text,omitempty" maxLength:"200000"`
	HTML        maybe[string]    `json:"html,omitempty" maxLength:"500000" doc:"Cleaned on arrival. Of text and html only what is given remains."`
	Attachments maybe[[]int64]   `json:"attachments,omitempty" maxItems:"50"`
	Mentions    maybe[[]int64]   `json:"mentions,omitempty" maxItems:"20"`
	SendAt      maybe[time.Time] `json:"send_at,omitempty"`
	TimeZone    maybe[string]    `json:"time_zone,omitempty" maxLength:"100"`
	Hold        maybe[bool]      `json:"hold,omitempty"`
}

func (b *scheduledPatchJSON) patch() app.ScheduledPatch {
	p := app.ScheduledPatch{Text: b.Text.pointer(), HTML: b.HTML.pointer(), Attachments: b.Attachments.pointer(), Mentions: b.Mentions.pointer(), TimeZone: b.TimeZone.pointer(), Hold: b.Hold.pointer()}
	if at := b.SendAt.pointer(); at != nil {
		moment := dm.TimeOf(*at)
		p.SendAt = &moment
	}
	return p
}

func scheduledRoutes(a *API) {
	route(a, operation(http.MethodGet, "/tickets/{number}/scheduled-replies", "list-ticket-scheduled-replies", "What is scheduled on a ticket, the next one first", "scheduled"), ticketRight(access.See),
		func(ctx context.Context, c *caller, in *NumberInput) (*scheduledListOutput, error) {
			list, err := a.app.ScheduledOn(ctx, c.Viewer, in.Number)
			if err != nil {
				return nil, err
			}
			return &scheduledListOutput{pageOf(each(list, c.scheduled), "")}, nil
		})
	route(a, operation(http.MethodGet, "/scheduled-replies", "list-scheduled-replies", "One's own scheduled messages, the next one first", "scheduled"), agents,
		func(ctx context.Context, c *caller, in *PageInput) (*scheduledListOutput, error) {
			list, next, err := a.app.OwnScheduled(ctx, c.Viewer, in.Cursor, in.Limit)
			if err != nil {
				return nil, err
			}
			return &scheduledListOutput{pageOf(each(list, c.scheduled), next)}, nil
		})
	route(a, operation(http.MethodGet, "/scheduled-replies/{id}", "show-scheduled-reply", "A scheduled message", "scheduled"), agents,
		func(ctx context.Context, c *caller, in *IDInput) (*scheduledOutput, error) {
			return a.showScheduled(ctx, c, in.ID)
		})
	route(a, operation(http.MethodPatch, "/scheduled-replies/{id}", "change-scheduled-reply", "Change one's own scheduled message; one that was held or failed waits again", "scheduled"), agents,
		func(ctx context.Context, c *caller, in *scheduledPatchInput) (*scheduledOutput, error) {
			if err := a.app.ChangeScheduled(ctx, c.Viewer, in.ID, in.Body.patch()); err != nil {
				return nil, err
			}
			return a.showScheduled(ctx, c, in.ID)
		})
	route(a, operation(http.MethodDelete, "/scheduled-replies/{id}", "cancel-scheduled-reply", "Cancel a scheduled message, or undo the sending of one", "scheduled"), agents,
		func(ctx context.Context, c *caller, in *IDInput) (*struct{}, error) {
			return nil, a.app.CancelScheduled(ctx, c.Viewer, in.ID)
		})
	post(a, operation(http.MethodPost, "/scheduled-replies/{id}/send", "send-scheduled-reply", "Send a scheduled message now, in its author's name", "scheduled"), agents,
		func(ctx context.Context, c *caller, in *IDInput) error {
			return a.app.SendScheduled(ctx, c.Viewer, in.ID)
		},
		func(ctx context.Context, c *caller, in *IDInput, _ []int64) (*scheduledOutput, error) {
			return a.showScheduled(ctx, c, in.ID)
		})
}

func (a *API) showScheduled(ctx context.Context, c *caller, id int64) (*scheduledOutput, error) {
	r, err := a.app.Scheduled(ctx, c.Viewer, id)
	if err != nil {
		return nil, err
	}
	return &scheduledOutput{c.scheduled(r)}, nil
}
