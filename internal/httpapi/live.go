package httpapi

import (
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"net/http"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/deskmesh/deskmesh/internal/access"
	"github.com/deskmesh/deskmesh/internal/app"
	"github.com/deskmesh/deskmesh/internal/httpx"
)

const (
	livePath = "/live"
	// beatTime is how often a stream that says nothing gives a sign of life.
	beatTime = 20 * time.Second
	// writeTime bounds how long a client may take to accept what was written.
	writeTime = 15 * time.Second
	// retryLeast is after how many milliseconds clients come back when a stream
	// ends; up to as much is added by chance, so that not all come at once.
	retryLeast = 1000
)

type liveOutput struct{ Body func(huma.Context) }

type presenceInput struct {
	NumberInput
	Body presenceJSON
}

type presenceJSON struct {
	State string `json:"state" enum:"viewing,replying"`
}

type presenceOutput struct{ Body presenceListJSON }

type presenceListJSON struct {
	Items []presentJSON `json:"items"`
}

type presentJSON struct {
	Person nameJSON `json:"person"`
	State  string   `json:"state" enum:"viewing,replying"`
}

// liveRoutes are the stream of what changes, and who has a ticket open.
func liveRoutes(a *API) {
	open := stream(operation(http.MethodGet, livePath, "live", "What changes, as server-sent events: ids and kinds, never content", "live"))
	open.Responses = map[string]*huma.Response{
		"200": {Description: "OK", Content: map[string]*huma.MediaType{"text/event-stream": {Schema: &huma.Schema{Type: huma.TypeString}}}}}
	route(a, open, signedIn, a.live)
	presence := func(method, verb, summary string) huma.Operation {
		return operation(method, "/tickets/{number}/presence", verb+"-presence", summary, "live")
	}
	route(a, presence(http.MethodGet, "show", "Which agents have a ticket open"), ticketRight(access.See), a.presence)
	route(a, presence(http.MethodPut, "set", "Say that one has a ticket open; to be repeated every 15 seconds"), ticketRight(access.See),
		func(ctx context.Context, c *caller, in *presenceInput) (*presenceOutput, error) {
			if err := a.app.SetPresence(ctx, c.Viewer, in.Number, app.PresenceState(in.Body.State)); err != nil {
				return nil, err
			}
			return a.presence(ctx, c, &in.NumberInput)
		})
	route(a, presence(http.MethodDelete, "end", "Say that one has closed a ticket"), ticketRight(access.See),
		func(ctx context.Context, c *caller, in *NumberInput) (*struct{}, error) {
			return nil, a.app.EndPresence(ctx, c.Viewer, in.Number)
		})
}

func (a *API) presence(ctx context.Context, c *caller, in *NumberInput) (*presenceOutput, error) {
	people, err := a.app.Presence(ctx, c.Viewer, in.Number)
	if err != nil {
		return nil, err
	}
	out := &presenceOutput{presenceListJSON{Items: []presentJSON{}}}
	for _, p := range people {
		out.Body.Items = append(out.Body.Items, presentJSON{nameJSON{p.Person.ID, p.Person.Name}, string(p.State)})
	}
	return out, nil
}

// live streams what changes until the client leaves, the session ends or the
// server does.
func (a *API) live(ctx context.Context, c *caller, _ *struct{}) (*liveOutput, error) {
	s, err := a.app.OpenStream(ctx, c.Signed)
	if err != nil {
		return nil, err
	}
	return &liveOutput{Body: func(huma.Context) {
		defer s.Close()
		if err := httpx.LiftDeadlines(c.writer); err != nil && !errors.Is(err, http.ErrNotSupported) {
			a.report.Log.WarnContext(ctx, "deadlines stay as they are", "error", err)
		}
		h := c.writer.Header()
		h.Set("Content-Type", "text/event-stream")
		h.Set("Cache-Control", "private, no-store, no-transform")
		h.Set("X-Accel-Buffering", "no") // proxies that gather answers pass this one on as it comes
		w := newEventWriter(c.writer)
		defer w.close()
		if w.write("retry: "+strconv.Itoa(retryLeast+rand.IntN(retryLeast))+"\n\n") == nil {
			follow(ctx, s, w)
		}
	}}, nil
}

// follow writes what a stream gives until it ends or the client does not take it.
func follow(ctx context.Context, s *app.Stream, w *eventWriter) {
	beat := time.NewTicker(beatTime)
	defer beat.Stop()
	for open := true; open; {
		var lines []string
		select {
		case <-ctx.Done():
			return
		case <-s.Ready():
			lines, open = s.Take()
		case <-beat.C:
			lines = []string{": still here\n\n"}
		}
		if w.write(lines...) != nil {
			return
		}
	}
}

// eventWriter writes to a client that must not take longer than writeTime.
type eventWriter struct {
	w       http.ResponseWriter
	control *http.ResponseController
	cut     *time.Timer
}

func newEventWriter(w http.ResponseWriter) *eventWriter {
	e := &eventWriter{w: w, control: http.NewResponseController(w)}
	e.cut = time.AfterFunc(writeTime, func() {
		// A moment long past fails the write that hangs. Writers without deadlines
		// do not hang either.
		_ = e.control.SetWriteDeadline(time.Unix(1, 0))
	})
	e.cut.Stop()
	return e
}

// write writes and flushes.
func (e *eventWriter) write(lines ...string) error {
	e.cut.Reset(writeTime)
	defer e.cut.Stop()
	for _, line := range lines {
		if _, err := io.WriteString(e.w, line); err != nil {
			return err
		}
	}
	return e.control.Flush()
}

func (e *eventWriter) close() { e.cut.Stop() }
