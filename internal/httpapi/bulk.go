package httpapi

import (
	"context"
	"encoding/json"
	"net/http"
	"reflect"
	"time"

	"github.com/danielgtaylor/huma/v2"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/app"
)

// newBulkJSON does one thing to many tickets: exactly one of share, unshare,
// change, message, move and macro_id, to tickets or to a list.
type newBulkJSON struct {
	Tickets maybe[[]int64]   `json:"tickets,omitempty" minItems:"1" maxItems:"10000" doc:"Numbers of tickets that one can open."`
	List    *bulkListJSON    `json:"list,omitempty" doc:"Instead of numbers: what a list has when the bulk begins, at most 10,000 tickets."`
	Share   *newShareJSON    `json:"share,omitempty"`
	Unshare *bulkUnshareJSON `json:"unshare,omitempty"`
	Change  *bulkChangeJSON  `json:"change,omitempty"`
	Message *bulkMessageJSON `json:"message,omitempty"`
	Move    dm.TrashMove     `json:"move,omitempty" enum:"delete,restore,spam,not_spam" doc:"To or from the trash or spam."`
	MacroID int64            `json:"macro_id,omitempty" minimum:"1" doc:"A macro, as it is now."`
	Preview bool             `json:"preview,omitempty" doc:"Try it on the first 1,000 tickets, change nothing, and answer what would come of it."`
}

type bulkListJSON struct {
	View   maybe[string]         `json:"view,omitempty" maxLength:"40" doc:"The key of a view; all when it is left out."`
	State  orNull[string]        `json:"state,omitempty" maxLength:"10" doc:"open or done; null for both."`
	Filter orNull[conditionJSON] `json:"filter,omitempty"`
	Q      maybe[string]         `json:"q,omitempty" maxLength:"500" doc:"A search in the view."`
}

// bulkUnshareJSON ends the shares with some targets, on every ticket that has
// them.
type bulkUnshareJSON struct {
	Targets []newTargetJSON `json:"targets" minItems:"1" maxItems:"200"`
}

type bulkChangeJSON struct {
	TicketProperties
	AddTags    maybe[[]string] `json:"add_tags,omitempty" maxItems:"200"`
	RemoveTags maybe[[]string] `json:"remove_tags,omitempty" maxItems:"200"`
}

// bulkMessageJSON is written on every ticket.
type bulkMessageJSON struct {
	Kind   dm.MessageKind `json:"kind" enum:"reply,note,local_note"`
	HTML   string         `json:"html" minLength:"1" maxLength:"50000" doc:"Cleaned on arrival. It may have the placeholders of snippets, which are filled in for each ticket."`
	Status dm.Status      `json:"status,omitempty" enum:"new,open,pending,on_hold,solved,closed" doc:"Set with the message."`
}

type newBulkInput struct{ Body newBulkJSON }

// bulkJSON is a bulk and how far it has come.
type bulkJSON struct {
	ID         int64             `json:"id"`
	Action     dm.BulkAction     `json:"action" enum:"share,unshare,change,message,move,macro,revoke,undo"`
	State      dm.BulkState      `json:"state" enum:"waiting,running,paused,done,cancelled"`
	Total      int               `json:"total" doc:"Tickets, or shares to end. Of a list it is known when the bulk has begun."`
	Done       int               `json:"done" doc:"Those that are as wanted now; some may have been so before."`
	Failed     int               `json:"failed"`
	CreatedAt  time.Time         `json:"created_at"`
	FinishedAt orNull[time.Time] `json:"finished_at"`
	Failures   []bulkFailureJSON `json:"failures" doc:"The first 100; /bulk/{id}/failures has all."`
	Changed    []int64           `json:"changed" doc:"The numbers of the first 100 tickets that were changed."`
	UndoUntil  orNull[time.Time] `json:"undo_until" doc:"Until when it can be undone; null where it cannot."`
	UndoneBy   orNull[int64]     `json:"undone_by" doc:"The bulk that takes back what this one did."`
	Sent       bool              `json:"sent" doc:"Messages were written, which are not undone."`
}

// bulkFailureJSON is a ticket that was not changed, and why.
type bulkFailureJSON struct {
	Number  orNull[int64]  `json:"number" doc:"Null for a ticket that is not visible to you and that you did not name."`
	Subject orNull[string] `json:"subject" doc:"Null for a ticket that is not visible to you."`
	Share   orNull[int64]  `json:"share" doc:"The share that was not ended; null where it is not about one."`
	Code    string         `json:"code" doc:"Why, for programs, such as cap, forbidden or not_found."`
	Message string         `json:"message" doc:"Why, for people."`
}

// bulkPreviewJSON is what a bulk would do.
type bulkPreviewJSON struct {
	Count   int               `json:"count" doc:"Tickets that were tried, or shares."`
	More    bool              `json:"more" doc:"There are more than count."`
	Allowed int               `json:"allowed"`
	Same    int               `json:"same" doc:"How many of those allowed are as wanted already."`
	Refused []bulkFailureJSON `json:"refused"`
	People  int               `json:"people" doc:"How many people would gain access to any of the tickets by being shared with."`
}

func bulkFailureOf(f *app.BulkFailure) bulkFailureJSON {
	out := bulkFailureJSON{Number: idOrNull(f.Number), Share: idOrNull(f.ShareID), Code: f.Code, Message: f.Message}
	if f.Visible {
		out.Subject = some(f.Subject)
	}
	return out
}

func bulkOf(b *app.BulkInfo) bulkJSON {
	return bulkJSON{ID: b.ID, Action: b.Action, State: b.State, Total: b.Total, Done: b.Done, Failed: b.Failed, CreatedAt: b.CreatedAt.Std(),
		FinishedAt: moment(b.FinishedAt), Failures: each(b.Failures, bulkFailureOf), Changed: filled(b.Changed), UndoUntil: moment(b.UndoUntil), UndoneBy: idOrNull(b.UndoneBy), Sent: b.Sent}
}

// bulkAnswer is a bulk, or the preview of one.
type bulkAnswer struct{ either any }

// MarshalJSON implements json.Marshaler.
func (a bulkAnswer) MarshalJSON() ([]byte, error) { return json.Marshal(a.either) }

// Schema implements huma.SchemaProvider.
func (bulkAnswer) Schema(r huma.Registry) *huma.Schema {
	return &huma.Schema{OneOf: []*huma.Schema{r.Schema(reflect.TypeFor[bulkJSON](), true, ""), r.Schema(reflect.TypeFor[bulkPreviewJSON](), true, "")}}
}

type bulkOutput struct {
	Status int
	Body   bulkAnswer
}

type failuresInput struct {
	IDInput
	PageInput
}

// bulkRoutes are acts on many tickets at once, each for the person who asked.
func bulkRoutes(a *API) {
	create := costly(operation(http.MethodPost, "/bulk", "create-bulk", "Share, unshare or change many tickets at once", "bulk"), costHeavy)
	create.DefaultStatus = http.StatusAccepted
	post(a, create, agents, a.createBulk, func(ctx context.Context, c *caller, in *newBulkInput, ids []int64) (*bulkOutput, error) {
		if !in.Body.Preview {
			return a.showBulk(ctx, c, ids[0])
		}
		n, err := in.Body.bulk()
		if err != nil {
			return nil, err
		}
		p, err := a.app.PreviewBulk(ctx, c.Viewer, *n)
		return previewOutput(p, err)
	})
	alsoAnswers(a.huma.OpenAPI().Paths["/bulk"].Post, http.StatusOK, "It is done already, or this is the preview. 202: a job does it.")
	bulks := &noun[app.BulkInfo, bulkJSON]{path: "/bulk", name: "bulk", find: a.app.Bulk, say: bulkOf}
	bulks.one(a, agents)
	bulks.acts(a, agents, "cancel", "Stop a bulk; what was done stays done", a.app.CancelBulk)
	bulks.acts(a, agents, "pause", "Let a bulk rest; what was done stays done", a.app.PauseBulk)
	bulks.acts(a, agents, "resume", "Go on with a bulk that rests", a.app.ResumeBulk)
	undo := costly(bulks.operation(http.MethodPost, "/{id}/undo", "undo", "Take back what a bulk did, as a bulk of its own; what was sent stays sent"), costHeavy)
	undo.DefaultStatus = http.StatusAccepted
	post(a, undo, agents, func(ctx context.Context, c *caller, in *IDInput) error { return a.app.UndoBulk(ctx, c.Viewer, in.ID) },
		func(ctx context.Context, c *caller, _ *IDInput, ids []int64) (*bulkOutput, error) {
			return a.showBulk(ctx, c, ids[0])
		})
	alsoAnswers(a.huma.OpenAPI().Paths["/bulk/{id}/undo"].Post, http.StatusOK, "It is done already. 202: a job does it.")
	route(a, bulks.operation(http.MethodGet, "/{id}/failures", "list-failures-of", "The tickets of a bulk that were not changed, and why"), agents,
		func(ctx context.Context, c *caller, in *failuresInput) (*pageAnswer[bulkFailureJSON], error) {
			after, err := in.idCursor()
			if err != nil {
				return nil, err
			}
			list, err := a.app.BulkFailures(ctx, c.Viewer, in.ID, after, in.Limit+1)
			if err != nil {
				return nil, err
			}
			list, next := cutPage(list, in.Limit, func(f *app.BulkFailure) int64 { return f.ID })
			return &pageAnswer[bulkFailureJSON]{pageOf(each(list, bulkFailureOf), next)}, nil
		})
}

func (a *API) createBulk(ctx context.Context, c *caller, in *newBulkInput) error {
	n, err := in.Body.bulk()
	if err != nil || in.Body.Preview {
		return err
	}
	return a.app.CreateBulk(ctx, c.Viewer, *n)
}

func (a *API) showBulk(ctx context.Context, c *caller, id int64) (*bulkOutput, error) {
	b, err := a.app.Bulk(ctx, c.Viewer, id)
	if err != nil {
		return nil, err
	}
	return &bulkOutput{Status: c.status, Body: bulkAnswer{bulkOf(b)}}, nil
}

func previewOutput(p *app.BulkPreview, err error) (*bulkOutput, error) {
	if err != nil {
		return nil, err
	}
	return &bulkOutput{Status: http.StatusOK, Body: bulkAnswer{bulkPreviewJSON{
		Count: p.Count, More: p.More, Allowed: p.Allowed, Same: p.Same, Refused: each(p.Refused, bulkFailureOf), People: p.People}}}, nil
}

// bulk reads what is to be done, and to what.
func (b *newBulkJSON) bulk() (*app.NewBulk, error) {
	if b.Tickets.given == (b.List != nil) {
		return nil, dm.BadField("tickets", "Give either tickets or a list.")
	}
	n := &app.NewBulk{Numbers: b.Tickets.value}
	for _, number := range n.Numbers {
		if number < 1 {
			return nil, dm.BadField("tickets", "The numbers of tickets begin at 1.")
		}
	}
	if b.List != nil {
		filter, err := condition(&b.List.Filter)
		if err != nil {
			return nil, app.Within("list", err)
		}
		n.List = &dm.BulkList{View: b.List.View.value, Query: b.List.Q.value}
		if filter != nil {
			n.List.Filter = *filter
		}
		if state := b.List.State.id(); state != nil {
			n.List.State = *state
		}
	}
	return n, b.act(n)
}

// act reads the one thing that is to be done.
func (b *newBulkJSON) act(n *app.NewBulk) error {
	given := 0
	if b.Share != nil {
		given++
		n.Action, n.Work.Share = dm.BulkShare, b.Share.shares()
	}
	if b.Unshare != nil {
		given++
		n.Action = dm.BulkUnshare
		for _, t := range b.Unshare.Targets {
			n.Work.Unshare = append(n.Work.Unshare, dm.Target{Kind: t.Kind, ID: t.ID})
		}
	}
	if b.Change != nil {
		given++
		set, err := b.Change.patch()
		if err != nil {
			return app.Within("change", err)
		}
		set.AddTags, set.RemoveTags = b.Change.AddTags.value, b.Change.RemoveTags.value
		n.Action, n.Work.Set, n.Work.KeepAccess = dm.BulkChange, *set, b.Change.KeepAccess
	}
	if b.Message != nil {
		given++
		n.Action, n.Work.Message = dm.BulkMessage, &dm.NewMessage{Kind: b.Message.Kind, HTML: b.Message.HTML}
		if b.Message.Status != "" {
			n.Work.Set.Status = &b.Message.Status
		}
	}
	if b.Move != dm.TrashNone {
		given++
		n.Action, n.Work.Move = dm.BulkMove, b.Move
	}
	if b.MacroID != 0 {
		given++
		n.Action, n.Work.MacroID = dm.BulkMacro, b.MacroID
	}
	if given != 1 {
		return dm.BadField("share", "Give exactly one of share, unshare, change, message, move and macro_id.")
	}
	return nil
}
