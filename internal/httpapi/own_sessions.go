package httpapi

import (
	"context"
	"net/http"
	"time"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/app"
	"github.com/deskmesh/deskmesh/internal/httpx"
)

// ownSessionJSON is one of one's own sessions.
type ownSessionJSON struct {
	ID        string            `json:"id"`
	Current   bool              `json:"current" doc:"The one by which this is asked."`
	Method    dm.SignInMethod   `json:"method" enum:"password,link,provider" doc:"How it was opened."`
	UserAgent string            `json:"user_agent" doc:"What the browser calls itself; empty before the first use."`
	Network   string            `json:"network" doc:"The network in which it was used last: the client's address without its last part."`
	CreatedAt time.Time         `json:"created_at"`
	UsedAt    orNull[time.Time] `json:"used_at" doc:"When it was used last, to about ten minutes."`
	ExpiresAt time.Time         `json:"expires_at"`
}

type sessionIDInput struct {
	ID string `path:"id" minLength:"24" maxLength:"24" pattern:"^[0-9a-f]+$"`
}

func ownSessionOf(s *app.OwnSession) ownSessionJSON {
	return ownSessionJSON{ID: s.ID, Current: s.Current, Method: s.Method, UserAgent: s.UserAgent, Network: s.Network,
		CreatedAt: s.CreatedAt.Std(), UsedAt: moment(s.UsedAt), ExpiresAt: s.ExpiresAt.Std()}
}

// ownSessionRoutes are where one is signed in.
func ownSessionRoutes(a *API) {
	route(a, operation(http.MethodGet, "/me/sessions", "list-sessions", "Where one is signed in, the session used last first", "me"), signedIn,
		func(ctx context.Context, c *caller, _ *struct{}) (*pageAnswer[ownSessionJSON], error) {
			list, err := a.app.Sessions(ctx, c.Signed)
			if err != nil {
				return nil, err
			}
			return &pageAnswer[ownSessionJSON]{pageOf(each(list, ownSessionOf), "")}, nil
		})
	route(a, operation(http.MethodDelete, "/me/sessions", "end-other-sessions", "Sign out everywhere else", "me"), signedIn,
		func(ctx context.Context, c *caller, _ *struct{}) (*struct{}, error) {
			return nil, a.app.EndOtherSessions(ctx, c.Signed)
		})
	route(a, operation(http.MethodDelete, "/me/sessions/{id}", "end-session", "Sign out in one place", "me"), signedIn,
		func(ctx context.Context, c *caller, in *sessionIDInput) (*struct{}, error) {
			return nil, a.app.EndSession(ctx, c.Signed, in.ID)
		})
}

// bySession resolves the session of a request and notes that it is used.
func (a *API) bySession(ctx context.Context, c *caller) (*app.Signed, error) {
	s, err := a.app.BySession(ctx, c.account.ID, httpx.SessionSecret(c.request, c.account.BaseURL))
	if err != nil {
		return nil, err
	}
	if err := a.app.NoteSession(ctx, s, c.request.UserAgent(), httpx.RemoteIP(c.request)); err != nil {
		a.report.Log.WarnContext(ctx, "the use of a session was not noted", "error", err)
	}
	return s, nil
}
