package httpapi

import (
	"bytes"
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/app"
)

// viewJSON is a list of tickets, of the desk or saved by somebody.
type viewJSON struct {
	Key       string                  `json:"key" doc:"What ?view= and addresses name the view by: v12 is the own view 12."`
	ID        orNull[int64]           `json:"id" doc:"Of an own view; null for a view of the desk. Addresses take it as well as the key."`
	Name      string                  `json:"name"`
	System    bool                    `json:"system" doc:"It is a view of the desk: it can be neither changed nor deleted, only deactivated."`
	Active    bool                    `json:"active" doc:"False for a view of the desk that is out of use; only those who may activate it see it here."`
	Hidden    bool                    `json:"hidden" doc:"Screens leave it out for now: it shows shares with the reader, there are none, and sharing.hide_empty_menu is on. At its address it answers all the same."`
	Base      string                  `json:"base" doc:"The view of the desk that is narrowed by the filter; its own key for one of those."`
	State     orNull[string]          `json:"state" doc:"open or done; null for both."`
	Filter    orNull[conditionJSON]   `json:"filter"`
	Columns   []string                `json:"columns"`
	Sort      string                  `json:"sort"`
	Position  int64                   `json:"position" doc:"Orders own views for whoever has not ordered the sidebar."`
	For       viewForJSON             `json:"for" doc:"Whose sidebar it stands in."`
	Owner     orNull[nameJSON]        `json:"owner"`
	CanChange bool                    `json:"can_change"`
	Problem   orNull[viewProblemJSON] `json:"problem" doc:"Why an own view lists nothing: its filter names what is no longer there."`
}

type viewForJSON struct {
	Kind  dm.Audience      `json:"kind" enum:"owner,group,everyone"`
	Group orNull[nameJSON] `json:"group"`
}

type viewProblemJSON struct {
	Field   string `json:"field"`
	Message string `json:"message"`
}

// conditionJSON is a condition in its own form, which dm.ParseCondition reads.
type conditionJSON struct{ raw []byte }

// UnmarshalJSON implements json.Unmarshaler.
func (c *conditionJSON) UnmarshalJSON(data []byte) error {
	c.raw = bytes.Clone(data)
	return nil
}

// MarshalJSON implements json.Marshaler.
func (c conditionJSON) MarshalJSON() ([]byte, error) {
	if len(c.raw) == 0 {
		return []byte("null"), nil
	}
	return c.raw, nil
}

// Schema implements huma.SchemaProvider.
func (conditionJSON) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeObject, AdditionalProperties: true, Description: "A filter: a tree of all, any and leaves, as ?filter= has it."}
}

func conditionOf(c dm.Condition) orNull[conditionJSON] {
	if c.Empty() {
		return orNull[conditionJSON]{}
	}
	raw, err := c.MarshalJSON()
	if err != nil {
		return orNull[conditionJSON]{}
	}
	return some(conditionJSON{raw})
}

// condition reads a property that holds a filter: nil when it was left out, and
// none for null.
func condition(n *orNull[conditionJSON]) (*dm.Condition, error) {
	if !n.given {
		return nil, nil
	}
	if n.value == nil {
		return &dm.Condition{}, nil
	}
	c, err := dm.ParseCondition(n.value.raw)
	return &c, err
}

func viewOf(i *app.ViewInfo) viewJSON {
	j := viewJSON{Key: i.Key(), Active: i.Active, Hidden: i.Hidden, CanChange: i.Changeable, For: viewForJSON{Kind: dm.ForEveryone}}
	if s := i.System; s != nil {
		j.Name, j.System, j.Base, j.Columns, j.Sort = s.Label, true, s.Key, filled(s.Columns), s.Sort
		return j
	}
	o := i.Own
	j.ID, j.Name, j.Base, j.Filter, j.Columns, j.Sort, j.Position = some(o.ID), o.Name, o.Base, conditionOf(o.Filter), filled(o.Columns), o.Sort, o.Position
	j.For = viewForJSON{Kind: o.Audience, Group: named(o.GroupID, i.GroupName)}
	j.Owner = named(o.OwnerID, i.Owner.Name)
	if o.State != "" {
		j.State = some(o.State)
	}
	if j.Sort == "" {
		j.Sort = "-updated"
	}
	if o.Problem != "" {
		j.Problem = some(viewProblemJSON{Field: "filter", Message: o.Problem})
	}
	return j
}

type newViewJSON struct {
	Name     string                `json:"name" maxLength:"100"`
	Base     maybe[string]         `json:"base,omitempty" maxLength:"40" doc:"The view of the desk to narrow; all when it is left out."`
	State    orNull[string]        `json:"state,omitempty" maxLength:"10" doc:"open or done; null for both."`
	Filter   orNull[conditionJSON] `json:"filter,omitempty"`
	Columns  maybe[[]string]       `json:"columns,omitempty" maxItems:"40" doc:"Columns of lists, or field:7 for the own field 7; those of the base when it is left out."`
	Sort     maybe[string]         `json:"sort,omitempty" maxLength:"40"`
	Position maybe[int64]          `json:"position,omitempty" minimum:"0"`
	For      maybe[newViewForJSON] `json:"for,omitempty" doc:"Whose sidebar it stands in; only one's own when it is left out."`
	OwnerID  maybe[int64]          `json:"owner_id,omitempty" minimum:"1" doc:"Needs views.manage."`
}

type newViewForJSON struct {
	Kind    dm.Audience   `json:"kind" enum:"owner,group,everyone"`
	GroupID orNull[int64] `json:"group_id,omitempty" minimum:"1"`
}

type viewPatchJSON struct {
	Name     maybe[string]         `json:"name,omitempty" maxLength:"100"`
	Base     maybe[string]         `json:"base,omitempty" maxLength:"40"`
	State    orNull[string]        `json:"state,omitempty" maxLength:"10"`
	Filter   orNull[conditionJSON] `json:"filter,omitempty"`
	Columns  maybe[[]string]       `json:"columns,omitempty" maxItems:"40"`
	Sort     maybe[string]         `json:"sort,omitempty" maxLength:"40"`
	Position maybe[int64]          `json:"position,omitempty" minimum:"0"`
	For      maybe[newViewForJSON] `json:"for,omitempty"`
	OwnerID  maybe[int64]          `json:"owner_id,omitempty" minimum:"1" doc:"Needs views.manage."`
	Active   maybe[bool]           `json:"active,omitempty" doc:"Of a view of the desk, where it is all that can be changed. Needs views.manage."`
}

func (b *viewPatchJSON) patch() (app.ViewPatch, error) {
	filter, err := condition(&b.Filter)
	p := app.ViewPatch{Name: b.Name.pointer(), Base: b.Base.pointer(), State: b.State.id(), Filter: filter, Columns: b.Columns.pointer(), Sort: b.Sort.pointer(),
		Position: b.Position.pointer(), OwnerID: b.OwnerID.pointer(), Active: b.Active.pointer()}
	if whom := b.For.pointer(); whom != nil {
		p.Audience, p.GroupID = &whom.Kind, whom.GroupID.id()
	}
	return p, err
}

// KeyInput names a view by its key, or an own view by its id; embed it in the
// input.
type KeyInput struct {
	ID string `path:"id" maxLength:"40" doc:"The key of a view, or the id of an own one."`
}

type viewChangeInput struct {
	KeyInput
	Body viewPatchJSON
}

type viewsInput struct {
	All bool `query:"all" doc:"The own views of everybody too. Needs views.manage."`
}

type viewOrderInput struct{ Body viewOrderJSON }

type viewOrderJSON struct {
	Views []string `json:"views" maxItems:"600" doc:"Keys, first to last. Views that are not named come after them; none goes back to the order of the desk."`
}

type viewCountsInput struct {
	State string `query:"state" maxLength:"10" doc:"open or done, for views that do not say themselves what they show."`
}

// viewCountJSON is how many tickets a view has, up to 100.
type viewCountJSON struct {
	View  string      `json:"view" doc:"The key."`
	Count orNull[int] `json:"count" doc:"Null where the view is broken, or too far down in the sidebar to be counted."`
	More  bool        `json:"more" doc:"There are more than count."`
}

// viewRoutes are the lists of tickets that an agent can choose from.
func viewRoutes(a *API) {
	route(a, operation(http.MethodGet, "/views", "list-views", "The views one has, in the order of the sidebar", "views"), agents,
		func(ctx context.Context, c *caller, in *viewsInput) (*pageAnswer[viewJSON], error) {
			list, err := a.app.Views(ctx, c.Viewer, in.All)
			if err != nil {
				return nil, err
			}
			return &pageAnswer[viewJSON]{pageOf(each(list, viewOf), "")}, nil
		})
	route(a, operation(http.MethodGet, "/views/counts", "count-views", "How many tickets each of one's active views has", "views"), agents, a.countViews)
	route(a, operation(http.MethodPut, "/views/order", "order-views", "Put one's sidebar in order", "views"), agents,
		func(ctx context.Context, c *caller, in *viewOrderInput) (*struct{}, error) {
			return nil, a.app.OrderViews(ctx, c.Viewer, in.Body.Views)
		})
	route(a, operation(http.MethodGet, "/views/{id}", "show-view", "One view", "views"), agents,
		func(ctx context.Context, c *caller, in *KeyInput) (*answerOf[viewJSON], error) {
			return a.showView(ctx, c, in.ID)
		})
	create := operation(http.MethodPost, "/views", "create-view", "Save a view: for oneself, for a group one is in, or with views.manage for anybody", "views")
	create.DefaultStatus = http.StatusCreated
	post(a, create, agents, a.createView,
		func(ctx context.Context, c *caller, _ *creationOf[newViewJSON], ids []int64) (*answerOf[viewJSON], error) {
			return a.showView(ctx, c, dm.OwnViewKey(ids[0]))
		})
	change := operation(http.MethodPatch, "/views/{id}", "change-view", "Change an own view, or deactivate a view of the desk", "views")
	route(a, change, agents, a.changeView)
	alsoAnswers(a.huma.OpenAPI().Paths["/views/{id}"].Patch, http.StatusNoContent, "Done; the view is not one's own any more.")
	route(a, operation(http.MethodDelete, "/views/{id}", "delete-view", "Delete an own view", "views"), agents,
		func(ctx context.Context, c *caller, in *KeyInput) (*struct{}, error) {
			return nil, a.app.DeleteView(ctx, c.Viewer, in.ID)
		})
}

func (a *API) showView(ctx context.Context, c *caller, key string) (*answerOf[viewJSON], error) {
	info, err := a.app.View(ctx, c.Viewer, key)
	if err != nil {
		return nil, err
	}
	return &answerOf[viewJSON]{viewOf(info)}, nil
}

func (a *API) createView(ctx context.Context, c *caller, in *creationOf[newViewJSON]) error {
	b := &in.Body
	name := maybe[string]{given: true, value: b.Name}
	p, err := (&viewPatchJSON{Name: name, Base: b.Base, State: b.State, Filter: b.Filter, Columns: b.Columns, Sort: b.Sort, Position: b.Position, For: b.For, OwnerID: b.OwnerID}).patch()
	if err != nil {
		return err
	}
	_, err = a.app.CreateView(ctx, c.Viewer, p)
	return err
}

type viewChangeOutput struct {
	Status int
	Body   viewJSON
}

// changeView shows the view as it is now; whoever gave it away has nothing left
// to be shown.
func (a *API) changeView(ctx context.Context, c *caller, in *viewChangeInput) (*viewChangeOutput, error) {
	p, err := in.Body.patch()
	if err != nil {
		return nil, err
	}
	if err := a.app.UpdateView(ctx, c.Viewer, in.ID, p); err != nil {
		return nil, err
	}
	info, err := a.app.View(ctx, c.Viewer, in.ID)
	if dm.CodeOf(err) == dm.NotFound {
		return &viewChangeOutput{Status: http.StatusNoContent}, nil
	}
	if err != nil {
		return nil, err
	}
	return &viewChangeOutput{Status: http.StatusOK, Body: viewOf(info)}, nil
}

func (a *API) countViews(ctx context.Context, c *caller, in *viewCountsInput) (*pageAnswer[viewCountJSON], error) {
	counts, err := a.app.CountViews(ctx, c.Viewer, in.State)
	if err != nil {
		return nil, err
	}
	return &pageAnswer[viewCountJSON]{pageOf(each(counts, func(n *app.ViewCount) viewCountJSON {
		j := viewCountJSON{View: n.Key, More: n.More}
		if n.Counted {
			j.Count = some(n.Count)
		}
		return j
	}), "")}, nil
}
