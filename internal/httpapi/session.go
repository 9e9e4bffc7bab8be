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
	Code     string `json:"code,omitempty" maxLength:"100" doc:"Of the second factor: what the authenticator shows, or a recovery code. Whoever has one and leaves it out is answered 401 with the reason code_required; a wrong code, or one that was used before, is wrong_code."`
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
	route(a, beforeTOTP(operation(http.MethodDelete, "/sessions", "sign-out", "End the session", "sessions")), signedIn, a.signOut)
}

func (a *API) signIn(ctx context.Context, c *caller, in *signInInput) (*signInOutput, error) {
	if err := a.signIns.Try(c.request, c.account.ID, in.Body.Address); err != nil {
		return nil, err
	}
	s, err := a.app.SignInWith(ctx, c.account.ID, in.Body.Address, in.Body.Password, in.Body.Code)
	if err != nil {
		return nil, err
	}
	a.signIns.Succeeded(c.account.ID, in.Body.Address)
	httpx.SetSession(c.writer, c.account.BaseURL, s.Secret, s.Expires.Std())
	return &signInOutput{Body: sessionJSON{Person: personOf(s.Person), ExpiresAt: s.Expires.Std()}}, nil
}

// signOut ends the session by which the request was made. A token is not one.
func (a *API) signOut(ctx context.Context, c *caller, _ *struct{}) (*struct{}, error) {
	if !c.Session {
		return nil, nil
	}
	httpx.EndSession(c.writer, c.account.BaseURL)
	return nil, a.app.SignOut(ctx, c.account.ID, httpx.SessionSecret(c.request, c.account.BaseURL))
}
