package httpapi

import (
	"context"
	"net/http"
	"time"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/app"
)

// snippetJSON is a piece of text to put into messages.
type snippetJSON struct {
	ID        int64            `json:"id"`
	Name      string           `json:"name"`
	HTML      string           `json:"html" doc:"With its placeholders, such as {{requester.name}}."`
	Scope     dm.SnippetScope  `json:"scope" enum:"private,group,everyone"`
	Group     orNull[int64]    `json:"group" doc:"Of a snippet for a group."`
	GroupName orNull[string]   `json:"group_name"`
	Owner     orNull[nameJSON] `json:"owner"`
	CanChange bool             `json:"can_change"`
	UpdatedAt time.Time        `json:"updated_at"`
}

func snippetOf(s *app.SnippetView) snippetJSON {
	j := snippetJSON{ID: s.ID, Name: s.Name, HTML: s.HTML, Scope: s.Scope, Group: idOrNull(s.GroupID), Owner: named(s.OwnerID, s.Owner.Name),
		CanChange: s.Changeable, UpdatedAt: s.UpdatedAt.Std()}
	if s.GroupID != 0 {
		j.GroupName = some(s.Group)
	}
	return j
}

type newSnippetJSON struct {
	Name  string          `json:"name" maxLength:"100"`
	HTML  string          `json:"html" maxLength:"50000" doc:"Cleaned on arrival. It may have {{requester.name}}, {{requester.first_name}}, {{ticket.number}}, {{ticket.subject}}, {{agent.name}} and {{account.name}}."`
	Scope dm.SnippetScope `json:"scope,omitempty" enum:"private,group,everyone" default:"private" doc:"For a group or everyone it needs snippets.manage."`
	Group orNull[int64]   `json:"group,omitempty" minimum:"1"`
}

type snippetPatchJSON struct {
	Name  maybe[string]          `json:"name,omitempty" maxLength:"100"`
	HTML  maybe[string]          `json:"html,omitempty" maxLength:"50000"`
	Scope maybe[dm.SnippetScope] `json:"scope,omitempty" enum:"private,group,everyone"`
	Group orNull[int64]          `json:"group,omitempty" minimum:"1"`
}

// snippetListInput asks for one page of snippets.
type snippetListInput struct {
	PageInput
	Q string `query:"q" maxLength:"200" doc:"Only those whose names have these words, or parts of words, whatever the case."`
}

type renderInput struct {
	IDInput
	Body renderJSON
}

type renderJSON struct {
	Ticket int64 `json:"ticket" minimum:"1" doc:"The number of a ticket that one can open."`
}

type renderedOutput struct{ Body renderedJSON }

type renderedJSON struct {
	HTML string `json:"html"`
	Text string `json:"text"`
}

// snippetRoutes are pieces of text to put into messages.
func snippetRoutes(a *API) {
	n := &noun[app.SnippetView, snippetJSON]{path: "/snippets", name: "snippet", find: a.app.Snippet, say: snippetOf}
	route(a, operation(http.MethodGet, "/snippets", "list-snippets", "The snippets that one can use, by name", "snippets"), agents,
		func(ctx context.Context, c *caller, in *snippetListInput) (*pageAnswer[snippetJSON], error) {
			list, next, err := a.app.Snippets(ctx, c.Viewer, app.Page{Query: in.Q, Cursor: in.Cursor, Limit: in.Limit})
			if err != nil {
				return nil, err
			}
			return &pageAnswer[snippetJSON]{pageOf(each(list, snippetOf), next)}, nil
		})
	n.one(a, agents)
	creates(a, n, agents, "Make a snippet: for oneself, or with snippets.manage for a group or everyone", func(ctx context.Context, c *caller, b *newSnippetJSON) error {
		_, err := a.app.CreateSnippet(ctx, c.Viewer, app.SnippetPatch{Name: &b.Name, HTML: &b.HTML, Scope: &b.Scope, GroupID: b.Group.id()})
		return err
	})
	changes(a, n, agents, "Change a snippet", func(ctx context.Context, c *caller, id int64, b *snippetPatchJSON) error {
		return a.app.UpdateSnippet(ctx, c.Viewer, id, app.SnippetPatch{Name: b.Name.pointer(), HTML: b.HTML.pointer(), Scope: b.Scope.pointer(), GroupID: b.Group.id()})
	})
	n.deletes(a, agents, "Delete a snippet", a.app.DeleteSnippet)
	render := operation(http.MethodPost, "/snippets/{id}/render", "render-snippet", "A snippet with its placeholders filled in for a ticket", "snippets")
	render.DefaultStatus = http.StatusOK
	post(a, render, agents,
		func(context.Context, *caller, *renderInput) error { return nil },
		func(ctx context.Context, c *caller, in *renderInput, _ []int64) (*renderedOutput, error) {
			html, text, err := a.app.RenderSnippet(ctx, c.Viewer, in.ID, in.Body.Ticket)
			if err != nil {
				return nil, err
			}
			return &renderedOutput{renderedJSON{html, text}}, nil
		})
}
