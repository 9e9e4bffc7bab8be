package httpapi

import (
	"context"
	"net/http"
	"time"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
	"github.com/deskmesh/deskmesh/internal/app"
)

// Draft is a message that one is writing.
type Draft struct {
	Kind        dm.MessageKind   `json:"kind" enum:"reply,note,local_note"`
	Text        string           `json:"text"`
	HTML        string           `json:"html" doc:"Clean enough for a sandboxed frame; empty where only a text was given."`
	Attachments []int64          `json:"attachments"`
	Files       []attachmentJSON `json:"files" doc:"What attachments names."`
	UpdatedAt   time.Time        `json:"updated_at"`
}

// DraftPart is what is written so far, as it is sent.
type DraftPart struct {
	Kind        dm.MessageKind `json:"kind,omitempty" enum:"reply,note,local_note" default:"reply"`
	Text        string         `json:"text,omitempty" maxLength:"200000"`
	HTML        string         `json:"html,omitempty" maxLength:"500000" doc:"Cleaned on arrival. Without a text one is made of it."`
	Attachments []int64        `json:"attachments,omitempty" maxItems:"50" doc:"Ids of files that one has uploaded. They are kept as long as the draft is."`
}

func (p *DraftPart) draft() *dm.Draft { return &dm.Draft{Kind: p.Kind, Text: p.Text, HTML: p.HTML} }

// FormPart is what is filled in for a ticket that is not filed yet. It is checked
// when the ticket is filed.
type FormPart struct {
	Subject          string        `json:"subject,omitempty" maxLength:"2000"`
	InboxID          int64         `json:"inbox_id,omitempty" minimum:"0"`
	RequesterID      int64         `json:"requester_id,omitempty" minimum:"0"`
	RequesterAddress string        `json:"requester_address,omitempty" maxLength:"320"`
	RequesterName    string        `json:"requester_name,omitempty" maxLength:"200"`
	GroupID          int64         `json:"group_id,omitempty" minimum:"0"`
	AssigneeID       int64         `json:"assignee_id,omitempty" minimum:"0"`
	Priority         dm.Priority   `json:"priority,omitempty" enum:"low,normal,high,urgent"`
	Type             dm.TicketType `json:"type,omitempty" enum:"question,incident,problem,task,service_request,change"`
	Private          bool          `json:"private,omitempty"`
	Tags             []string      `json:"tags,omitempty" maxItems:"200"`
	CCs              []string      `json:"ccs,omitempty" maxItems:"200"`
}

// newDraftJSON is a ticket that one is about to file.
type newDraftJSON struct {
	FormPart
	Draft
}

type newDraftPutJSON struct {
	FormPart
	DraftPart
}

type (
	draftOutput struct {
		Status int
		Body   Draft
	}
	newDraftOutput struct {
		Status int
		Body   newDraftJSON
	}
	draftKindInput struct {
		NumberInput
		Kind string `query:"kind" enum:"reply,note,local_note" doc:"The draft of this kind; left out: the one saved last, or to delete, all of them."`
	}
	putDraftInput struct {
		NumberInput
		Body DraftPart
	}
	putNewDraftInput struct{ Body newDraftPutJSON }
)

// draftRowJSON is a draft in the list of one's own.
type draftRowJSON struct {
	Ticket    ticketRefJSON  `json:"ticket"`
	Kind      dm.MessageKind `json:"kind" enum:"reply,note,local_note"`
	UpdatedAt time.Time      `json:"updated_at"`
}

func draftOf(d *dm.Draft) Draft {
	return Draft{Kind: d.Kind, Text: d.Text, HTML: d.HTML, Attachments: each(d.Files, func(f *dm.Attachment) int64 { return f.ID }),
		Files: each(d.Files, attachmentOf), UpdatedAt: d.UpdatedAt.Std()}
}

const (
	noDraft    = "There is no draft."
	emptyDraft = "The draft was empty, and is forgotten."
)

// draftRoutes are one's own drafts.
func draftRoutes(a *API) {
	draft := func(method, verb, summary string) {
		op := operation(method, "/tickets/{number}/draft", verb+"-draft", summary, "drafts")
		switch method {
		case http.MethodGet:
			route(a, op, ticketRight(access.See), func(ctx context.Context, c *caller, in *draftKindInput) (*draftOutput, error) {
				return a.showDraft(ctx, c, in.Number, dm.MessageKind(in.Kind))
			})
			alsoAnswers(a.huma.OpenAPI().Paths[op.Path].Get, http.StatusNoContent, noDraft)
		case http.MethodPut:
			route(a, op, ticketRight(access.See), func(ctx context.Context, c *caller, in *putDraftInput) (*draftOutput, error) {
				if err := a.app.SaveDraft(ctx, c.Viewer, in.Number, in.Body.draft(), in.Body.Attachments); err != nil {
					return nil, err
				}
				return a.showDraft(ctx, c, in.Number, in.Body.Kind)
			})
			alsoAnswers(a.huma.OpenAPI().Paths[op.Path].Put, http.StatusNoContent, emptyDraft)
		default:
			route(a, op, ticketRight(access.See), func(ctx context.Context, c *caller, in *draftKindInput) (*struct{}, error) {
				return nil, a.app.DeleteDraft(ctx, c.Viewer, in.Number, dm.MessageKind(in.Kind))
			})
		}
	}
	draft(http.MethodGet, "show", "One's own draft of a message on a ticket")
	draft(http.MethodPut, "save", "Save what one is writing on a ticket; one of each kind is kept")
	draft(http.MethodDelete, "delete", "Forget one's draft on a ticket")
	route(a, operation(http.MethodGet, "/drafts", "list-drafts", "One's drafts on tickets that one can open, the one saved last first", "drafts"), agents,
		func(ctx context.Context, c *caller, _ *struct{}) (*pageAnswer[draftRowJSON], error) {
			list, err := a.app.Drafts(ctx, c.Viewer)
			if err != nil {
				return nil, err
			}
			return &pageAnswer[draftRowJSON]{pageOf(each(list, func(d *app.DraftRow) draftRowJSON {
				return draftRowJSON{Ticket: ticketRefJSON{d.Number, d.Subject}, Kind: d.Kind, UpdatedAt: d.UpdatedAt.Std()}
			}), "")}, nil
		})
	newDraftRoutes(a)
}

func newDraftRoutes(a *API) {
	route(a, operation(http.MethodGet, "/drafts/new", "show-new-draft", "The ticket that one is about to file", "drafts"), agents,
		func(ctx context.Context, c *caller, _ *struct{}) (*newDraftOutput, error) {
			return a.showNewDraft(ctx, c)
		})
	alsoAnswers(a.huma.OpenAPI().Paths["/drafts/new"].Get, http.StatusNoContent, noDraft)
	route(a, operation(http.MethodPut, "/drafts/new", "save-new-draft", "Save the ticket that one is about to file", "drafts"), agents,
		func(ctx context.Context, c *caller, in *putNewDraftInput) (*newDraftOutput, error) {
			d := in.Body.draft()
			d.Form = dm.DraftForm(in.Body.FormPart)
			if err := a.app.SaveNewTicketDraft(ctx, c.Viewer, d, in.Body.Attachments); err != nil {
				return nil, err
			}
			return a.showNewDraft(ctx, c)
		})
	alsoAnswers(a.huma.OpenAPI().Paths["/drafts/new"].Put, http.StatusNoContent, emptyDraft)
	route(a, operation(http.MethodDelete, "/drafts/new", "delete-new-draft", "Forget the ticket that one was about to file", "drafts"), agents,
		func(ctx context.Context, c *caller, _ *struct{}) (*struct{}, error) {
			return nil, a.app.DeleteNewTicketDraft(ctx, c.Viewer)
		})
}

func (a *API) showDraft(ctx context.Context, c *caller, number int64, kind dm.MessageKind) (*draftOutput, error) {
	d, err := a.app.Draft(ctx, c.Viewer, number, kind)
	if err != nil {
		return nil, err
	}
	if d == nil {
		return &draftOutput{Status: http.StatusNoContent}, nil
	}
	return &draftOutput{Status: http.StatusOK, Body: draftOf(d)}, nil
}

func (a *API) showNewDraft(ctx context.Context, c *caller) (*newDraftOutput, error) {
	d, err := a.app.NewTicketDraft(ctx, c.Viewer)
	if err != nil {
		return nil, err
	}
	if d == nil {
		return &newDraftOutput{Status: http.StatusNoContent}, nil
	}
	return &newDraftOutput{Status: http.StatusOK, Body: newDraftJSON{FormPart: FormPart(d.Form), Draft: draftOf(d)}}, nil
}
