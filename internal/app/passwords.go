package app

import (
	"context"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
	"github.com/deskmesh/deskmesh/internal/credential"
	"github.com/deskmesh/deskmesh/internal/store"
)

// passwords is the process's one hasher: how many passwords are hashed at once
// is limited for the process, not for a desk.
var passwords = credential.NewHasher(credential.DefaultParams)

// InvitePerson makes a one-time link with which a person sets a first password,
// or a new one; earlier links end. It needs people.manage and every permission
// the person has. Conflict for somebody who is deactivated.
func (a *App) InvitePerson(ctx context.Context, v *access.Viewer, id int64) (*OneTimeLink, error) {
	var link OneTimeLink
	err := a.administer(ctx, v, dm.PeopleManage, func(t *act) error {
		p, err := t.manageable(id, true)
		if err != nil {
			return err
		}
		if !p.Active {
			return dm.Errorf(dm.Conflict, "This person is deactivated.").With("inactive")
		}
		account, err := t.tx.Account(t.account)
		if err != nil {
			return err
		}
		purpose, lasts := store.LinkInvite, inviteLinkLasts
		if p.HasPassword {
			purpose, lasts = store.LinkReset, resetLinkLasts
		}
		if link, err = newLink(t.tx, account, id, purpose, lasts); err != nil {
			return err
		}
		t.changed("purpose", "", string(purpose))
		return t.log("person.invited", "person", id)
	})
	if err != nil {
		return nil, err
	}
	return &link, nil
}

// SetPassword sets another person's password, which ends their sessions. It is
// for demo data and tests: people are invited and choose their own. It needs
// people.manage and every permission the person has.
func (a *App) SetPassword(ctx context.Context, v *access.Viewer, id int64, password string) error {
	if err := require(v, dm.PeopleManage); err != nil {
		return err
	}
	hash, err := passwords.Hash(ctx, password)
	if err != nil {
		return err
	}
	return a.administer(ctx, v, dm.PeopleManage, func(t *act) error {
		p, err := t.manageable(id, true)
		if err != nil {
			return err
		}
		if err := credential.CheckPassword(password, p.Address); err != nil {
			return err
		}
		if err := replacePassword(t.tx, t.account, id, hash, ""); err != nil {
			return err
		}
		t.touched("password")
		return t.log("person.updated", "person", id)
	})
}

var errOldPassword = dm.Errorf(dm.Unauthenticated, "The old password is wrong.").With("old_password")

// ChangePassword lets somebody who is signed in choose a new password. Their
// other sessions end; the one whose secret is given stays. Unauthenticated when
// the old password is wrong, Forbidden for API tokens.
func (a *App) ChangePassword(ctx context.Context, v *access.Viewer, session, old, password string) error {
	if v == nil || v.Person() == 0 || v.Cause().Kind == dm.CauseToken {
		return dm.ErrForbidden
	}
	known, err := fetch(ctx, a, func(tx *store.Tx) (store.SignIn, error) { return tx.SignInOf(v.Account(), v.Person()) })
	if err != nil {
		return err
	}
	ok, _, err := passwords.Verify(ctx, known.PasswordHash, old)
	if err != nil {
		return err
	}
	if !ok || !known.Person.Active {
		// In a transaction, so that the repeat of a request that has succeeded is
		// known as one first.
		return a.write(ctx, func(*store.Tx) error { return errOldPassword })
	}
	if err := credential.CheckPassword(password, known.Person.Address); err != nil {
		return err
	}
	hash, err := passwords.Hash(ctx, password)
	if err != nil {
		return err
	}
	return a.write(ctx, func(tx *store.Tx) error {
		now, err := tx.SignInOf(v.Account(), v.Person())
		if err != nil {
			return err
		}
		if now.PasswordHash != known.PasswordHash || !now.Person.Active {
			return dm.Errorf(dm.Conflict, "The password was changed meanwhile.")
		}
		if err := replacePassword(tx, v.Account(), v.Person(), hash, credential.HashSecret(session)); err != nil {
			return err
		}
		t := &act{tx: tx, viewer: v, account: v.Account()}
		t.touched("password")
		return t.log("person.updated", "person", v.Person())
	})
}

// replacePassword keeps a new password and ends what the old one had opened:
// every session but one, and every link.
func replacePassword(tx *store.Tx, account, person int64, hash, keep string) error {
	if err := tx.SetPasswordHash(account, person, hash); err != nil {
		return err
	}
	if err := tx.DeleteSessions(account, person, keep); err != nil {
		return err
	}
	return tx.DeleteSetupLinks(account, person)
}
