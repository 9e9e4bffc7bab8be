package httpapi

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/http"

	"github.com/deskmesh/deskmesh/internal/app"
	"github.com/deskmesh/deskmesh/internal/httpx"
)

type ownPatchInput struct{ Body ownPatchJSON }

type ownPatchJSON struct {
	Name     maybe[string] `json:"name,omitempty" maxLength:"200"`
	Language maybe[string] `json:"language,omitempty" maxLength:"20" doc:"A language tag such as en or pt-BR; empty for the account's."`
}

type ownJSON struct {
	Person   personJSON `json:"person"`
	Language string     `json:"language"`
}

type passwordInput struct{ Body passwordJSON }

type passwordJSON struct {
	OldPassword string `json:"old_password" maxLength:"1000"`
	Password    string `json:"password" maxLength:"1000" doc:"The new one: 10 to 200 characters."`
}

// ownRoutes are what people change about themselves.
func ownRoutes(a *API) {
	route(a, operation(http.MethodPatch, "/me", "change-me", "Change one's own name and language", "me"), signedIn, a.changeOwn)
	password := operation(http.MethodPost, "/me/password", "change-password", "Choose a new password; one's other sessions end", "me")
	password.DefaultStatus = http.StatusNoContent
	post(a, password, signedIn, a.changePassword,
		func(context.Context, *caller, *passwordInput, []int64) (*struct{}, error) { return nil, nil })
}

func (a *API) changeOwn(ctx context.Context, c *caller, in *ownPatchInput) (*answerOf[ownJSON], error) {
	self := c.Viewer.Person()
	err := a.app.UpdatePerson(ctx, c.Viewer, self, app.PersonPatch{Name: in.Body.Name.pointer(), Language: in.Body.Language.pointer()})
	if err != nil {
		return nil, err
	}
	p, err := a.app.Person(ctx, c.Viewer, self)
	if err != nil {
		return nil, err
	}
	return &answerOf[ownJSON]{ownJSON{Person: personJSON{ID: p.ID, Name: p.Name, Address: p.Address, Kind: string(p.Kind), Active: p.Active}, Language: p.Language}}, nil
}

// changePassword counts as a try to sign in: whoever found a session open must
// not have more tries at its password than anybody else.
func (a *API) changePassword(ctx context.Context, c *caller, in *passwordInput) error {
	// What a repeat is recognised by is kept for a day and must tell nothing of
	// the passwords.
	sum := sha256.Sum256([]byte(c.once.Route))
	c.once.Digest = hex.EncodeToString(sum[:])
	self, err := a.app.Person(ctx, c.Viewer, c.Viewer.Person())
	if err != nil {
		return err
	}
	if err := a.signIns.Try(c.request, c.account.ID, self.Address); err != nil {
		return err
	}
	err = a.app.ChangePassword(ctx, c.Viewer, httpx.SessionSecret(c.request, c.account.BaseURL), in.Body.OldPassword, in.Body.Password)
	if err == nil {
		a.signIns.Succeeded(c.account.ID, self.Address)
	}
	return err
}
