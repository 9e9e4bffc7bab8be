package httpapi

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/deskmesh/deskmesh/internal/access"
	"github.com/deskmesh/deskmesh/internal/app"
)

// noun is one kind of thing that administrators keep: T in the program, J in
// answers. Its routes are alike for every noun; what they ask of the caller and
// what they do is given for each.
type noun[T, J any] struct {
	path string // such as "/groups", which is also how the description files it
	name string // such as "group"
	find func(ctx context.Context, v *access.Viewer, id int64) (*T, error)
	say  func(*T) J
}

// IDInput names a thing by its id; embed it in the input.
type IDInput struct {
	ID int64 `path:"id" minimum:"1"`
}

// NamesInput asks for one page of a list that is ordered by name.
type NamesInput struct {
	PageInput
	Q string `query:"q" maxLength:"200" doc:"Only what begins with this, whatever the case."`
}

func (in *NamesInput) page() app.Page {
	return app.Page{Query: in.Q, Cursor: in.Cursor, Limit: in.Limit}
}

type (
	creationOf[B any] struct{ Body B }
	changeOf[B any]   struct {
		IDInput
		Body B
	}
	answerOf[J any]   struct{ Body J }
	pageAnswer[J any] struct{ Body listOf[J] }
)

// operation begins the description of one of the noun's routes.
func (n *noun[T, J]) operation(method, path, verb, summary string) huma.Operation {
	return operation(method, n.path+path, verb+"-"+n.name, summary, n.path[1:])
}

// show reads one thing again and answers with it.
func (n *noun[T, J]) show(ctx context.Context, c *caller, id int64) (*answerOf[J], error) {
	thing, err := n.find(ctx, c.Viewer, id)
	if err != nil {
		return nil, err
	}
	return &answerOf[J]{n.say(thing)}, nil
}

// one registers the route that shows one thing.
func (n *noun[T, J]) one(a *API, who need) {
	route(a, n.operation(http.MethodGet, "/{id}", "show", "One "+n.name), who,
		func(ctx context.Context, c *caller, in *IDInput) (*answerOf[J], error) { return n.show(ctx, c, in.ID) })
}

// pages registers the list, for nouns that are listed by name.
func (n *noun[T, J]) pages(a *API, who need, summary string, list func(context.Context, *access.Viewer, app.Page) ([]T, string, error)) {
	op := operation(http.MethodGet, n.path, "list-"+n.path[1:], summary, n.path[1:])
	route(a, op, who, func(ctx context.Context, c *caller, in *NamesInput) (*pageAnswer[J], error) {
		things, next, err := list(ctx, c.Viewer, in.page())
		if err != nil {
			return nil, err
		}
		return &pageAnswer[J]{pageOf(each(things, n.say), next)}, nil
	})
}

// whole registers the list, for nouns that have no pages because there are few.
func (n *noun[T, J]) whole(a *API, who need, summary string, list func(context.Context, *access.Viewer) ([]T, error)) {
	op := operation(http.MethodGet, n.path, "list-"+n.path[1:], summary, n.path[1:])
	route(a, op, who, func(ctx context.Context, c *caller, _ *struct{}) (*pageAnswer[J], error) {
		things, err := list(ctx, c.Viewer)
		if err != nil {
			return nil, err
		}
		return &pageAnswer[J]{pageOf(each(things, n.say), "")}, nil
	})
}

// creates registers the route that makes one thing of a body.
func creates[B, T, J any](a *API, n *noun[T, J], who need, summary string, do func(context.Context, *caller, *B) error) {
	op := n.operation(http.MethodPost, "", "create", summary)
	op.DefaultStatus = http.StatusCreated
	post(a, op, who,
		func(ctx context.Context, c *caller, in *creationOf[B]) error { return do(ctx, c, &in.Body) },
		func(ctx context.Context, c *caller, _ *creationOf[B], ids []int64) (*answerOf[J], error) {
			return n.show(ctx, c, ids[0])
		})
}

// changes registers the route that changes one thing by a body.
func changes[B, T, J any](a *API, n *noun[T, J], who need, summary string, do func(ctx context.Context, c *caller, id int64, body *B) error) {
	route(a, n.operation(http.MethodPatch, "/{id}", "change", summary), who,
		func(ctx context.Context, c *caller, in *changeOf[B]) (*answerOf[J], error) {
			if err := do(ctx, c, in.ID, &in.Body); err != nil {
				return nil, err
			}
			return n.show(ctx, c, in.ID)
		})
}

// deletes registers the route that deletes one thing.
func (n *noun[T, J]) deletes(a *API, who need, summary string, do func(ctx context.Context, v *access.Viewer, id int64) error) {
	route(a, n.operation(http.MethodDelete, "/{id}", "delete", summary), who,
		func(ctx context.Context, c *caller, in *IDInput) (*struct{}, error) {
			return nil, do(ctx, c.Viewer, in.ID)
		})
}

// acts registers a route that does something to one thing and shows it then,
// such as POST /people/{id}/deactivate.
func (n *noun[T, J]) acts(a *API, who need, verb, summary string, do func(ctx context.Context, v *access.Viewer, id int64) error) {
	op := n.operation(http.MethodPost, "/{id}/"+verb, verb, summary)
	op.DefaultStatus = http.StatusOK
	post(a, op, who,
		func(ctx context.Context, c *caller, in *IDInput) error { return do(ctx, c.Viewer, in.ID) },
		func(ctx context.Context, c *caller, in *IDInput, _ []int64) (*answerOf[J], error) {
			return n.show(ctx, c, in.ID)
		})
}

// idOrNull shows an id; null where there is none.
func idOrNull(id int64) orNull[int64] {
	if id == 0 {
		return orNull[int64]{}
	}
	return some(id)
}

// filled is the list, which in answers is never null.
func filled[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}
