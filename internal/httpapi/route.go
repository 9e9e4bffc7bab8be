package httpapi

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
	"github.com/deskmesh/deskmesh/internal/app"
)

// need says who may use a route. The zero value is no declaration and is
// refused when a route is registered.
type need struct {
	kind       string
	permission dm.Permission
	right      access.Right
}

// Who may use a route, apart from permissions and rights.
var (
	// anybody lets a request in that nobody has signed in for.
	anybody = need{kind: "anybody"}
	// signedIn is for everybody who is signed in; the use case decides the rest.
	signedIn = need{kind: "signed in"}
	// agents is for agents, whatever their roles.
	agents = need{kind: "agent"}
)

// permission is for those whose roles give p: checked here, before the body is
// read, and again by the use case.
func permission(p dm.Permission) need { return need{kind: "permission", permission: p} }

// ticketRight is for those who have the right, or one of the rights, in the
// ticket that the path names. The use case decides it: not visible is 404,
// visible without the right 403.
func ticketRight(r access.Right) need { return need{kind: "right", right: r} }

// String describes the declaration, as Routes and the OpenAPI document show it.
func (n need) String() string {
	switch n.kind {
	case "permission":
		return "permission " + string(n.permission)
	case "right":
		return "right " + strings.Join(n.right.Names(), " or ")
	}
	return n.kind
}

// check refuses a caller who may not use the route.
func (n need) check(v *access.Viewer) error {
	switch n.kind {
	case "anybody", "signed in", "right":
		return nil
	case "agent":
		if v.IsAgent() {
			return nil
		}
	case "permission":
		if v.Can(n.permission) {
			return nil
		}
	}
	return dm.ErrForbidden
}

// Route is one line of the table of everything that is served.
type Route struct {
	Method string
	Path   string // with the base, as the mux knows it
	Need   string
	Public bool // reachable without being signed in
}

type handler[I, O any] func(ctx context.Context, c *caller, in *I) (*O, error)

// route registers a GET, PATCH, PUT or DELETE route, or a public POST.
func route[I, O any](a *API, op huma.Operation, n need, h handler[I, O]) {
	if op.Method == http.MethodPost && n != anybody {
		panic("httpapi: " + op.Path + ": a POST is registered with post")
	}
	register(a, op, n, h)
}

// post registers a POST route in two halves. do does the work, through one use
// case; what it made is noted under way. show builds the answer from the ids of
// what was made: right after the work, and again when the request is repeated
// with its Idempotency-Key. c.status tells it the status to answer with.
func post[I, O any](a *API, op huma.Operation, n need, do func(ctx context.Context, c *caller, in *I) error,
	show func(ctx context.Context, c *caller, in *I, ids []int64) (*O, error)) {
	op.Method = http.MethodPost
	op.Parameters = append(op.Parameters, idempotencyKey)
	register(a, op, n, func(ctx context.Context, c *caller, in *I) (*O, error) {
		err := do(ctx, c, in)
		ctx = app.WithOnce(ctx, nil) // what is written from here on is not the request's work
		if replay, repeated := errors.AsType[*app.Replay](err); repeated {
			c.writer.Header().Set("Idempotent-Replay", "true")
			c.status = replay.Status
			return show(ctx, c, in, replay.IDs)
		}
		if err != nil {
			return nil, err
		}
		if c.once.Status != 0 {
			c.status = c.once.Status
		}
		return show(ctx, c, in, c.once.IDs)
	})
}

// idempotencyKey describes the header; it is read before huma sees the request.
var idempotencyKey = &huma.Param{Name: "Idempotency-Key", In: "header", Schema: &huma.Schema{Type: huma.TypeString},
	Description: "A key of one's own choice, of 1 to 200 characters. A request that is repeated with its key within 24 hours is done once, and answered as the first time with the header Idempotent-Replay."}

// alsoAnswers describes a further status that a route answers with.
func alsoAnswers(op *huma.Operation, status int, description string) {
	op.Responses[strconv.Itoa(status)] = &huma.Response{Description: description}
}

// register is the one place that adds a route.
func register[I, O any](a *API, op huma.Operation, n need, h handler[I, O]) {
	if n.kind == "" || (n.kind == "permission" && !dm.KnownPermission(n.permission)) || (n.kind == "right" && len(n.right.Names()) == 0) {
		panic("httpapi: " + op.Method + " " + op.Path + " does not say who may use it")
	}
	a.note(op.Method, op.Path, n)
	if op.Metadata == nil {
		op.Metadata = map[string]any{}
	}
	op.Metadata[needKey] = n
	// admit has read the body already, under the server's own limits of time. A
	// deadline that passes while a handler works would end the request.
	op.BodyReadTimeout = -1
	op.Security = []map[string][]string{{"session": {}}, {"token": {}}}
	if n == anybody {
		op.Security = []map[string][]string{}
	}
	op.Description = "Who may use it: " + n.String() + "."
	huma.Register(a.huma, op, func(ctx context.Context, in *I) (*O, error) {
		c, _ := ctx.Value(callerKey{}).(*caller)
		out, err := h(ctx, c, in)
		if err != nil {
			return nil, placed(a.report.Problem(ctx, err))
		}
		return out, nil
	})
}

func (a *API) note(method, path string, n need) {
	a.routes = append(a.routes, Route{Method: method, Path: base + path, Need: n.String(), Public: n == anybody})
}

// Keys of an operation's metadata.
const (
	needKey       = "need"
	beforeTOTPKey = "before totp" // open to those who must set up a second factor and have none
	streamKey     = "stream"      // the body is a file: neither read before the handler, nor ended by the clock
)

// stream marks an operation as one that moves a file.
func stream(op huma.Operation) huma.Operation {
	op.Metadata = map[string]any{streamKey: true}
	return op
}

// beforeTOTP marks an operation as open to those who must set up a second factor
// and have none yet; everything else answers them 403 with the reason
// totp_required.
func beforeTOTP(op huma.Operation) huma.Operation {
	if op.Metadata == nil {
		op.Metadata = map[string]any{}
	}
	op.Metadata[beforeTOTPKey] = true
	return op
}

func isStream(op *huma.Operation) bool { return op.Metadata[streamKey] == true }

func needOf(op *huma.Operation) need {
	n, _ := op.Metadata[needKey].(need)
	return n
}

// operation begins the description of a route. The id is made of the summary's
// role in client libraries: give a verb and a noun, such as "list-tickets".
func operation(method, path, id, summary string, tags ...string) huma.Operation {
	return huma.Operation{Method: method, Path: path, OperationID: id, Summary: summary, Tags: slices.Clone(tags)}
}
