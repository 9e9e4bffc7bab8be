package httpapi

import (
	"bytes"
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/app"
)

// macroActions is a list of actions in its own form, which dm.ParseActions
// reads.
type macroActions struct{ raw []byte }

// UnmarshalJSON implements json.Unmarshaler.
func (l *macroActions) UnmarshalJSON(data []byte) error {
	l.raw = bytes.Clone(data)
	return nil
}

// Schema implements huma.SchemaProvider.
func (macroActions) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeArray, Description: "1 to 20 actions, each an object with do and the members of its kind, as docs/macros.md lists them.",
		Items: &huma.Schema{Type: huma.TypeObject, AdditionalProperties: true}}
}

// actions reads the list; nil where none was given.
func (l *macroActions) actions() (*[]dm.Action, error) {
	if len(l.raw) == 0 {
		return nil, nil
	}
	list, err := dm.ParseActions(l.raw, false)
	return &list, err
}

// macroJSON is some actions under a name.
type macroJSON struct {
	ID          int64            `json:"id"`
	Name        string           `json:"name"`
	Description string           `json:"description"`
	Scope       dm.SnippetScope  `json:"scope" enum:"private,group,everyone"`
	Group       orNull[int64]    `json:"group" doc:"Of a macro for a group."`
	GroupName   orNull[string]   `json:"group_name"`
	Enabled     bool             `json:"enabled" doc:"Only these can be run."`
	Actions     actionList       `json:"actions"`
	Owner       orNull[nameJSON] `json:"owner"`
	CanChange   bool             `json:"can_change"`
	UpdatedAt   time.Time        `json:"updated_at"`
}

// actionList is the actions of a macro as it has them.
type actionList []dm.Action

// Schema implements huma.SchemaProvider.
func (actionList) Schema(r huma.Registry) *huma.Schema { return macroActions{}.Schema(r) }

func macroOf(m *app.MacroView) macroJSON {
	j := macroJSON{ID: m.ID, Name: m.Name, Description: m.Description, Scope: m.Scope, Group: idOrNull(m.GroupID), Enabled: m.Enabled, Actions: filled(m.Actions),
		Owner: named(m.OwnerID, m.Owner.Name), CanChange: m.Changeable, UpdatedAt: m.UpdatedAt.Std()}
	if m.GroupID != 0 {
		j.GroupName = some(m.Group)
	}
	return j
}

type newMacroJSON struct {
	Name        string          `json:"name" maxLength:"100"`
	Description string          `json:"description,omitempty" maxLength:"500"`
	Scope       dm.SnippetScope `json:"scope,omitempty" enum:"private,group,everyone" default:"private" doc:"For a group or everyone it needs macros.manage."`
	Group       orNull[int64]   `json:"group,omitempty" minimum:"1"`
	Enabled     maybe[bool]     `json:"enabled,omitempty"`
	Actions     macroActions    `json:"actions"`
}

type macroPatchJSON struct {
	Name        maybe[string]          `json:"name,omitempty" maxLength:"100"`
	Description maybe[string]          `json:"description,omitempty" maxLength:"500"`
	Scope       maybe[dm.SnippetScope] `json:"scope,omitempty" enum:"private,group,everyone"`
	Group       orNull[int64]          `json:"group,omitempty" minimum:"1"`
	Enabled     maybe[bool]            `json:"enabled,omitempty"`
	Actions     macroActions           `json:"actions,omitempty"`
}

// macroListInput asks for one page of macros.
type macroListInput struct {
	PageInput
	Q       string `query:"q" maxLength:"200" doc:"Only those whose names have these words, or parts of words, whatever the case."`
	Enabled bool   `query:"enabled" doc:"Only those that can be run."`
}

type macroOrderInput struct {
	Body struct {
		IDs []int64 `json:"ids" minItems:"1" maxItems:"700" doc:"Macros that one may change, in the order wanted; they take each other's places."`
	}
}

type macroRunInput struct {
	NumberInput
	Body struct {
		MacroID int64 `json:"macro_id" minimum:"1"`
		Preview bool  `json:"preview,omitempty" doc:"Try it, change nothing, and answer what would come of it."`
	}
}

// macroRunJSON is what a macro did, or would do.
type macroRunJSON struct {
	Allowed bool            `json:"allowed" doc:"False where a preview would be refused as a whole: then it would do nothing."`
	Same    bool            `json:"same" doc:"Everything is as the macro wants it already."`
	Code    string          `json:"code" doc:"Why it would be refused, for programs."`
	Message string          `json:"message" doc:"Why, for people."`
	Steps   []macroStepJSON `json:"steps" doc:"Of a preview: each action by itself, in their order."`
	Shared  int             `json:"shared" doc:"How many shares were made."`
	Bulk    orNull[int64]   `json:"bulk" doc:"By POST /bulk/{id}/undo it can be taken back for ten minutes; null where nothing can be."`
}

type macroStepJSON struct {
	Do      dm.ActionKind   `json:"do"`
	Outcome app.StepOutcome `json:"outcome" enum:"done,same,refused"`
	Code    string          `json:"code"`
	Message string          `json:"message"`
}

// macroRoutes are actions under a name, and running them on one ticket.
func macroRoutes(a *API) {
	n := &noun[app.MacroView, macroJSON]{path: "/macros", name: "macro", find: a.app.Macro, say: macroOf}
	route(a, operation(http.MethodGet, "/macros", "list-macros", "The macros that one can use, in their order", "macros"), agents,
		func(ctx context.Context, c *caller, in *macroListInput) (*pageAnswer[macroJSON], error) {
			list, next, err := a.app.Macros(ctx, c.Viewer, app.Page{Query: in.Q, Cursor: in.Cursor, Limit: in.Limit}, in.Enabled)
			if err != nil {
				return nil, err
			}
			return &pageAnswer[macroJSON]{pageOf(each(list, macroOf), next)}, nil
		})
	n.one(a, agents)
	creates(a, n, agents, "Make a macro: for oneself, or with macros.manage for a group or everyone", func(ctx context.Context, c *caller, b *newMacroJSON) error {
		actions, err := b.Actions.actions()
		if err == nil {
			_, err = a.app.CreateMacro(ctx, c.Viewer, app.MacroPatch{Name: &b.Name, Description: &b.Description, Actions: actions, Enabled: b.Enabled.pointer(), Scope: &b.Scope, GroupID: b.Group.id()})
		}
		return err
	})
	changes(a, n, agents, "Change a macro", func(ctx context.Context, c *caller, id int64, b *macroPatchJSON) error {
		actions, err := b.Actions.actions()
		if err != nil {
			return err
		}
		return a.app.UpdateMacro(ctx, c.Viewer, id, app.MacroPatch{Name: b.Name.pointer(), Description: b.Description.pointer(), Actions: actions,
			Enabled: b.Enabled.pointer(), Scope: b.Scope.pointer(), GroupID: b.Group.id()})
	})
	n.deletes(a, agents, "Delete a macro; what it did stays", a.app.DeleteMacro)
	route(a, operation(http.MethodPut, "/macros/order", "order-macros", "Put macros into an order", "macros"), agents,
		func(ctx context.Context, c *caller, in *macroOrderInput) (*struct{}, error) {
			return nil, a.app.OrderMacros(ctx, c.Viewer, in.Body.IDs)
		})
	runMacroRoute(a)
}

func runMacroRoute(a *API) {
	run := operation(http.MethodPost, "/tickets/{number}/macro", "run-macro", "Run a macro on a ticket, whole or not at all, or try it", "macros")
	run.DefaultStatus = http.StatusOK
	post(a, run, agents,
		func(ctx context.Context, c *caller, in *macroRunInput) error {
			if in.Body.Preview {
				return nil
			}
			_, err := a.app.RunMacro(ctx, c.Viewer, in.Number, in.Body.MacroID)
			return err
		},
		func(ctx context.Context, c *caller, in *macroRunInput, ids []int64) (*answerOf[macroRunJSON], error) {
			if !in.Body.Preview {
				return &answerOf[macroRunJSON]{macroRunJSON{Allowed: true, Steps: []macroStepJSON{}, Bulk: idOrNull(ids[0]), Shared: int(ids[1])}}, nil
			}
			p, err := a.app.PreviewMacro(ctx, c.Viewer, in.Number, in.Body.MacroID)
			if err != nil {
				return nil, err
			}
			return &answerOf[macroRunJSON]{macroRunJSON{Allowed: p.Allowed, Same: p.Same, Code: p.Code, Message: p.Message,
				Steps: each(p.Steps, func(s *app.MacroStep) macroStepJSON { return macroStepJSON{s.Action.Do, s.Outcome, s.Code, s.Message} })}}, nil
		})
}
