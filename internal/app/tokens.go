package app

import (
	"context"
	"strconv"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
	"github.com/deskmesh/deskmesh/internal/credential"
	"github.com/deskmesh/deskmesh/internal/store"
)

// Token is an API token, without its secret.
type Token = store.APIToken

// NewToken asks for an API token.
type NewToken struct {
	Name string
	// Scopes are the permissions the token may use, each of which the viewer has.
	// Without any it can only read what its person may see, and no internal notes.
	Scopes    []dm.Permission
	ExpiresAt dm.Time // 0 never
}

// CreateToken makes an API token of the viewer's own and gives its secret,
// which is shown this once. It needs tokens.manage. A token cannot make tokens.
func (a *App) CreateToken(ctx context.Context, v *access.Viewer, n NewToken) (string, *Token, error) {
	if v == nil || v.Person() == 0 || v.Cause().Kind == dm.CauseToken {
		return "", nil, dm.ErrForbidden
	}
	secret := credential.NewSecret(credential.APIToken)
	var made *Token
	err := a.administer(ctx, v, dm.TokensManage, func(t *act) error {
		token := &Token{PersonID: t.viewer.Person(), Name: t.faults.name("name", n.Name, maxNameLength), ExpiresAt: n.ExpiresAt}
		for i, p := range n.Scopes {
			if !t.viewer.Can(p) {
				t.faults.add("scopes["+strconv.Itoa(i)+"]", "This is not one of your permissions.")
			}
		}
		token.Scopes = dm.PermissionsOf(n.Scopes...)
		if n.ExpiresAt != 0 && n.ExpiresAt <= t.tx.Now() {
			t.faults.add("expires_at", "This moment has passed.")
		}
		if err := t.faults.err(); err != nil {
			return err
		}
		id, err := t.tx.CreateAPIToken(t.account, token, credential.HashSecret(secret))
		if err != nil {
			return err
		}
		if made, err = t.tx.APIToken(t.account, id); err != nil {
			return err
		}
		t.changed("scopes", "", joinTexts(token.Scopes.List()))
		return t.log("token.created", "token", id)
	})
	if err != nil {
		return "", nil, err
	}
	return secret, made, nil
}

// Tokens gives one page of a person's API tokens that were not revoked: one's
// own, or anybody's with people.manage.
func (a *App) Tokens(ctx context.Context, v *access.Viewer, person int64, p Page) ([]Token, string, error) {
	if v == nil || person == 0 || person != v.Person() && !v.Can(dm.PeopleManage) {
		return nil, "", dm.ErrForbidden
	}
	return fetchPage(ctx, a, func(tx *store.Tx) ([]Token, string, error) { return tx.APITokens(v.Account(), person, p) })
}

// RevokeToken ends an API token from the next request on: one's own, or
// anybody's with people.manage. NotFound for every other.
func (a *App) RevokeToken(ctx context.Context, v *access.Viewer, id int64) error {
	return a.administer(ctx, v, "", func(t *act) error {
		token, err := t.tx.APIToken(t.account, id)
		if err != nil {
			return err
		}
		if token.PersonID != t.viewer.Person() && !t.viewer.Can(dm.PeopleManage) {
			return dm.Missing("token")
		}
		if err := t.tx.RevokeAPIToken(t.account, id); err != nil {
			return err
		}
		return t.log("token.revoked", "token", id)
	})
}
