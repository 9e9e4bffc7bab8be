package httpapi

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/http"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/app"
	"github.com/deskmesh/deskmesh/internal/httpx"
)

type ownPatchInput struct{ Body ownPatchJSON }

type ownPatchJSON struct {
	Name     maybe[string] `json:"name,omitempty" maxLength:"200"`
	Language maybe[string] `json:"language,omitempty" maxLength:"20" doc:"A language tag such as en or pt-BR; empty for the account's."`

	Preferences maybe[preferencesPatchJSON] `json:"preferences,omitempty" doc:"What is given is changed, the rest stays."`
}

type ownJSON struct {
	Person      personJSON      `json:"person"`
	Language    string          `json:"language"`
	Preferences preferencesJSON `json:"preferences"`
}

type passwordInput struct{ Body passwordJSON }

type passwordJSON struct {
	OldPassword string `json:"old_password" maxLength:"1000"`
	Password    string `json:"password" maxLength:"1000" doc:"The new one: 10 to 200 characters."`
}

// ownRoutes are what people change about themselves.
func ownRoutes(a *API) {
	route(a, operation(http.MethodPatch, "/me", "change-me", "Change one's own name, language and preferences", "me"), signedIn, a.changeOwn)
	password := operation(http.MethodPost, "/me/password", "change-password", "Choose a new password; one's other sessions end", "me")
	password.DefaultStatus = http.StatusNoContent
	post(a, password, signedIn, a.changePassword,
		func(context.Context, *caller, *passwordInput, []int64) (*struct{}, error) { return nil, nil })
}

func (a *API) changeOwn(ctx context.Context, c *caller, in *ownPatchInput) (*answerOf[ownJSON], error) {
	self := c.Viewer.Person()
	patch := app.PersonPatch{Name: in.Body.Name.pointer(), Language: in.Body.Language.pointer()}
	if in.Body.Preferences.given {
		likes := &in.Body.Preferences.value
		if locale := likes.Locale.pointer(); locale != nil {
			if patch.Language != nil {
				return nil, dm.BadField("preferences.locale", "Give the language once: here, or as language.")
			}
			patch.Language = locale
		}
		patch.Preferences = likes.patch()
	}
	if err := a.app.UpdatePerson(ctx, c.Viewer, self, patch); err != nil {
		return nil, err
	}
	p, err := a.app.Person(ctx, c.Viewer, self)
	if err != nil {
		return nil, err
	}
	return &answerOf[ownJSON]{ownJSON{Person: personJSON{ID: p.ID, Name: p.Name, Address: p.Address, Kind: string(p.Kind), Active: p.Active}, Language: p.Language, Preferences: preferencesOf(p)}}, nil
}

func (a *API) changePassword(ctx context.Context, c *caller, in *passwordInput) error {
	c.hideBody()
	return a.asTry(ctx, c, func() error {
		return a.app.ChangePassword(ctx, c.Viewer, httpx.SessionSecret(c.request, c.account.BaseURL), in.Body.OldPassword, in.Body.Password)
	})
}

// hideBody keeps the body out of what a repeat is recognised by, which is kept
// for a day and must tell nothing of passwords and codes.
func (c *caller) hideBody() {
	sum := sha256.Sum256([]byte(c.once.Route))
	c.once.Digest = hex.EncodeToString(sum[:])
}

// asTry counts f as a try of the caller to sign in: whoever found a session open
// has no more tries at a password or a code than anybody else.
func (a *API) asTry(ctx context.Context, c *caller, f func() error) error {
	self, err := a.app.Person(ctx, c.Viewer, c.Viewer.Person())
	if err != nil {
		return err
	}
	if err := a.signIns.Try(c.request, c.account.ID, self.Address); err != nil {
		return err
	}
	err = f()
	if err == nil {
		a.signIns.Succeeded(c.account.ID, self.Address)
	}
	return err
}
