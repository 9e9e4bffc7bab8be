package httpapi

import (
	"context"
	"net/http"
	"time"

	"github.com/deskmesh/deskmesh/internal/httpx"
)

type signInInput struct {
	Body signInJSON
}

type signInJSON struct {
	Address  string `json:"address" maxLength:"320" doc:"The primary address of the person."`
	Password string `json:"password" maxLength:"1000"`
}

type signInOutput struct {
	Body sessionJSON
}

type sessionJSON struct {
	Person    personJSON `json:"person"`
	ExpiresAt time.Time  `json:"expires_at"`
}

func sessionRoutes(a *API) {
	signIn := operation(http.MethodPost, "/sessions", "sign-in", "Sign in with address and password; the answer sets the session's cookie", "sessions")
	signIn.DefaultStatus = http.StatusCreated
	route(a, signIn, anybody, a.signIn)
	route(a, operation(http.MethodDelete, "/sessions", "sign-out", "End the session", "sessions"), signedIn, a.signOut)
}

func (a *API) signIn(ctx context.Context, c *caller, in *signInInput) (*signInOutput, error) {
	if err := a.signIns.Try(c.request, c.account.ID, in.Body.Address); err != nil {
		return nil, err
	}
	secret, expires, person, err := a.app.SignIn(ctx, c.account.ID, in.Body.Address, in.Body.Password)
	if err != nil {
		return nil, err
	}
	a.signIns.Succeeded(c.account.ID, in.Body.Address)
	httpx.SetSession(c.writer, c.account.BaseURL, secret, expires.Std())
	return &signInOutput{Body: sessionJSON{Person: personOf(person), ExpiresAt: expires.Std()}}, nil
}

// signOut ends the session by which the request was made. A token is not one.
func (a *API) signOut(ctx context.Context, c *caller, _ *struct{}) (*struct{}, error) {
	if !c.Session {
		return nil, nil
	}
	httpx.EndSession(c.writer, c.account.BaseURL)
	return nil, a.app.SignOut(ctx, c.account.ID, httpx.SessionSecret(c.request, c.account.BaseURL))
}
