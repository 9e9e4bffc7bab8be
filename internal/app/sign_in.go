package app

import (
	"context"
	"time"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/credential"
	"github.com/deskmesh/deskmesh/internal/store"
)

// Signed is who a session or an API token stands for.
type Signed = store.Signed

var (
	errWrongSignIn = dm.Errorf(dm.Unauthenticated, "The address or the password is wrong.").With("wrong_sign_in")
	errNotSignedIn = dm.Errorf(dm.Unauthenticated, "Sign in to do this.")
)

// SignIn opens a session for the person with this primary address, and gives
// its secret, which is kept nowhere. Whoever is unknown, deactivated or without
// a password gets the same Unauthenticated, after the same time, as somebody
// with a wrong password. Unavailable when too many people sign in at once.
func (a *App) SignIn(ctx context.Context, account int64, address, password string) (secret string, expires dm.Time, person dm.PersonRef, err error) {
	if len(address) > 1000 {
		address = ""
	}
	known, err := fetch(ctx, a, func(tx *store.Tx) (store.SignIn, error) { return tx.SignInByAddress(account, address) })
	if err != nil {
		return "", 0, person, err
	}
	ok, rehash, err := passwords.Verify(ctx, known.PasswordHash, password)
	if err != nil {
		return "", 0, person, err
	}
	if !ok || !known.Person.Active {
		return "", 0, person, errWrongSignIn
	}
	newHash := ""
	if rehash {
		if newHash, err = passwords.Hash(ctx, password); err != nil {
			return "", 0, person, err
		}
	}
	err = a.write(ctx, func(tx *store.Tx) error {
		now, err := tx.SignInOf(account, known.Person.ID)
		if err != nil {
			return err
		}
		if !now.Person.Active || now.PasswordHash != known.PasswordHash {
			return errWrongSignIn
		}
		if newHash != "" {
			if err := tx.SetPasswordHash(account, known.Person.ID, newHash); err != nil {
				return err
			}
		}
		secret, expires, err = openSession(tx, account, known.Person.ID)
		return err
	})
	if err != nil {
		return "", 0, person, err
	}
	return secret, expires, known.Person, nil
}

// openSession keeps a new session, as long as the account's settings say.
func openSession(tx *store.Tx, account, person int64) (secret string, expires dm.Time, err error) {
	s, err := tx.Settings(account)
	if err != nil {
		return "", 0, err
	}
	secret = credential.NewSecret(credential.Session)
	expires = tx.Now().Add(time.Duration(s.SessionDays) * 24 * time.Hour)
	return secret, expires, tx.CreateSession(account, person, credential.HashSecret(secret), expires)
}

// SignOut ends a session by its secret. An unknown one is no error.
func (a *App) SignOut(ctx context.Context, account int64, secret string) error {
	if !credential.IsSecret(credential.Session, secret) {
		return nil
	}
	return a.write(ctx, func(tx *store.Tx) error { return tx.DeleteSession(account, credential.HashSecret(secret)) })
}

// BySession resolves the secret of a session to who is signed in. Unknown,
// ended and expired ones, and those of deactivated people, are Unauthenticated.
func (a *App) BySession(ctx context.Context, account int64, secret string) (*Signed, error) {
	if !credential.IsSecret(credential.Session, secret) {
		return nil, errNotSignedIn
	}
	return fetch(ctx, a, func(tx *store.Tx) (*Signed, error) { return tx.BySession(credential.HashSecret(secret), account) })
}

// ByToken resolves the secret of an API token, as BySession does.
func (a *App) ByToken(ctx context.Context, account int64, secret string) (*Signed, error) {
	if !credential.IsSecret(credential.APIToken, secret) {
		return nil, errNotSignedIn
	}
	return fetch(ctx, a, func(tx *store.Tx) (*Signed, error) { return tx.ByToken(credential.HashSecret(secret), account) })
}
