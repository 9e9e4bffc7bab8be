package app

import (
	"context"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/credential"
	"github.com/deskmesh/deskmesh/internal/store"
)

// SetupPage is what the page behind a one-time link shows.
type SetupPage struct {
	// FirstRun: the link sets the account up, with FinishSetup; else it sets a
	// password, with TakeInvite.
	FirstRun    bool
	AccountName string
	Person      dm.PersonRef
	Expires     dm.Time
	// SharingEnabled is how the first run's question about sharing stands before
	// anybody has answered it (decision C4).
	SharingEnabled bool
}

// FirstRun is what the owner answers when setting an account up.
type FirstRun struct {
	AccountName    string
	Password       string
	SharingEnabled bool
}

// SetupPage looks a one-time link up without using it. Links that are unknown,
// used or expired all answer the same Gone.
func (a *App) SetupPage(ctx context.Context, account int64, secret string) (*SetupPage, error) {
	if !credential.IsSecret(credential.SetupLink, secret) {
		return nil, store.ErrLinkGone
	}
	return fetch(ctx, a, func(tx *store.Tx) (*SetupPage, error) {
		link, err := tx.SetupLink(account, credential.HashSecret(secret))
		if err != nil {
			return nil, err
		}
		desk, err := tx.Account(account)
		if err != nil {
			return nil, err
		}
		known, err := tx.SignInOf(account, link.PersonID)
		if err != nil {
			return nil, err
		}
		first := link.Purpose == store.LinkFirstRun
		return &SetupPage{FirstRun: first, AccountName: desk.Name, Person: known.Person, Expires: link.ExpiresAt, SharingEnabled: first}, nil
	})
}

// FinishSetup uses the first run's link up: it sets the owner's password, the
// account's name and whether tickets can be shared, and signs the owner in.
// Every wrong value is named, and the link then still works.
func (a *App) FinishSetup(ctx context.Context, account int64, secret string, in FirstRun) (session string, expires dm.Time, person dm.PersonRef, err error) {
	return a.useLink(ctx, account, secret, true, in)
}

// TakeInvite uses up an invitation or a link for a new password: it sets the
// password, ends the person's sessions, and signs them in anew. Whoever has a
// second factor, or may not sign in with a password, is not signed in: the
// session is "", and they go on to the sign-in page.
func (a *App) TakeInvite(ctx context.Context, account int64, secret, password string) (session string, expires dm.Time, person dm.PersonRef, err error) {
	return a.useLink(ctx, account, secret, false, FirstRun{Password: password})
}

func (a *App) useLink(ctx context.Context, account int64, secret string, first bool, in FirstRun) (session string, expires dm.Time, person dm.PersonRef, err error) {
	page, err := a.SetupPage(ctx, account, secret)
	if err != nil {
		return "", 0, person, err
	}
	if page.FirstRun != first {
		return "", 0, person, store.ErrLinkGone
	}
	var f inputFaults
	if first {
		in.AccountName = f.name("account_name", in.AccountName, maxNameLength)
	}
	if err := f.take(credential.CheckPassword(in.Password, page.Person.Address)); err != nil {
		return "", 0, person, err
	}
	if err := f.err(); err != nil {
		return "", 0, person, err
	}
	hash, err := passwords.Hash(ctx, in.Password)
	if err != nil {
		return "", 0, person, err
	}
	err = a.write(ctx, func(tx *store.Tx) error {
		if err := tx.LockAccount(account); err != nil {
			return err
		}
		link, err := tx.UseSetupLink(account, credential.HashSecret(secret))
		if err != nil {
			return err
		}
		if err := replacePassword(tx, account, link.PersonID, hash, ""); err != nil {
			return err
		}
		viewer, err := tx.Viewer(account, link.PersonID)
		if err != nil {
			return err
		}
		t := &act{tx: tx, viewer: viewer, account: account}
		if first {
			if err := t.firstRun(&in); err != nil {
				return err
			}
		}
		t.touched("password")
		if err := t.log("person.updated", "person", link.PersonID); err != nil {
			return err
		}
		session, expires, err = linkSession(tx, account, link.PersonID)
		return err
	})
	if err != nil {
		return "", 0, person, err
	}
	return session, expires, page.Person, nil
}

// linkSession opens a session for whoever used a one-time link, unless that
// would go round what signing in asks for.
func linkSession(tx *store.Tx, account, person int64) (secret string, expires dm.Time, err error) {
	known, err := tx.SignInOf(account, person)
	if err != nil {
		return "", 0, err
	}
	method, err := secondFactor(tx, account, &known.Person, "")
	switch dm.ReasonOf(err) {
	case errCodeRequired.Reason, errNoPasswords.Reason:
		return "", 0, nil
	}
	if err != nil {
		return "", 0, err
	}
	if secret, expires, err = openSession(tx, dm.ByLink, account, person); err != nil {
		return "", 0, err
	}
	return secret, expires, auditSignIn(tx, account, &known.Person, "link, "+method)
}

// firstRun writes the owner's answers. The link stands for the right to give
// them.
func (t *act) firstRun(in *FirstRun) error {
	if err := t.renameAccount(in.AccountName); err != nil {
		return err
	}
	_, err := t.setSettings(map[string]any{"sharing.enabled": in.SharingEnabled})
	return err
}
