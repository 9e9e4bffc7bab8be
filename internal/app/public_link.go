package app

import (
	"context"
	"unicode/utf8"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
	"github.com/deskmesh/deskmesh/internal/credential"
	"github.com/deskmesh/deskmesh/internal/store"
)

// LinkView is a public link with who made and ended it, and how it stands.
type LinkView struct {
	dm.PublicLink
	State  dm.LinkState
	Author dm.PersonRef
	Ender  dm.PersonRef
}

// PublicLinks gives a ticket's newest public links, also those that are over, to
// every agent who can open it. To requesters it is Forbidden.
func (a *App) PublicLinks(ctx context.Context, v *access.Viewer, number int64) ([]LinkView, error) {
	return fetch(ctx, a, func(tx *store.Tx) ([]LinkView, error) {
		f, err := tx.Ticket(v, number)
		if err != nil {
			return nil, err
		}
		if err := requireAgent(v); err != nil {
			return nil, err
		}
		links, err := tx.PublicLinks(v.Account(), f)
		if err != nil {
			return nil, err
		}
		var people []int64
		for i := range links {
			people = append(people, links[i].CreatedBy, links[i].RevokedBy)
		}
		refs, err := tx.PeopleRefs(v.Account(), distinct(people))
		if err != nil {
			return nil, err
		}
		dir, err := tx.Directory(v.Account())
		if err != nil {
			return nil, err
		}
		list := make([]LinkView, len(links))
		for i, l := range links {
			list[i] = LinkView{PublicLink: l, Author: refs[l.CreatedBy], Ender: refs[l.RevokedBy]}
			if list[i].State, err = linkState(tx, dir, f, &l); err != nil {
				return nil, err
			}
		}
		return list, nil
	})
}

// linkState says how a link of a ticket stands.
func linkState(tx *store.Tx, dir *store.Directory, f *store.Found, l *dm.PublicLink) (dm.LinkState, error) {
	switch {
	case l.RevokedAt != 0:
		return dm.LinkRevoked, nil
	case !l.Open(tx.Now()):
		return dm.LinkExpired, nil
	case l.UsedUp():
		return dm.LinkUsedUp, nil
	}
	v, err := tx.LinkViewer(dir, l)
	if err != nil {
		return "", err
	}
	if d := access.Decide(v, &f.Facts, tx.Now()); !d.Has(access.See) {
		return dm.LinkAsleep, nil
	}
	return dm.LinkLive, nil
}

// PublicLinkUses gives the log of a ticket's link, newest first, before a line's
// id (0: from the newest), to whoever may set the ticket's shares: it holds the
// network addresses of visitors.
func (a *App) PublicLinkUses(ctx context.Context, v *access.Viewer, number, link, before int64, limit int) ([]dm.LinkUse, error) {
	return fetch(ctx, a, func(tx *store.Tx) ([]dm.LinkUse, error) {
		f, err := tx.Ticket(v, number)
		if err != nil {
			return nil, err
		}
		if !v.IsAgent() || !v.MaySetShares(&f.Decision) {
			return nil, dm.ErrForbidden
		}
		return tx.LinkUses(v.Account(), f, link, before, limit)
	})
}

// LinkPassword is the shortest password of a public link. Tries are few, so it
// may be shorter than that of a person.
const LinkPassword = 6

// MakePublicLink makes a public link of a ticket. The result has the link and
// its secret, which is told this once.
func (a *App) MakePublicLink(ctx context.Context, v *access.Viewer, number int64, n dm.NewPublicLink, password string) (res *Result, err error) {
	if n.PasswordHash, err = hashLinkPassword(ctx, password); err != nil {
		return nil, err
	}
	return a.Apply(ctx, v, dm.Change{Number: number, PublicLinks: dm.LinkChanges{Make: &n}})
}

// AmendPublicLink changes a public link; nil leaves the password as it is, and ""
// takes it away.
func (a *App) AmendPublicLink(ctx context.Context, v *access.Viewer, number int64, amend dm.LinkAmendment, password *string) error {
	if password != nil {
		hash, err := hashLinkPassword(ctx, *password)
		if err != nil {
			return err
		}
		amend.PasswordHash = &hash
	}
	_, err := a.Apply(ctx, v, dm.Change{Number: number, PublicLinks: dm.LinkChanges{Amend: &amend}})
	return err
}

func hashLinkPassword(ctx context.Context, password string) (string, error) {
	switch n := utf8.RuneCountInString(password); {
	case n == 0:
		return "", nil
	case n < LinkPassword:
		return "", dm.BadField("password", "The password of a link needs at least %d characters.", LinkPassword)
	case n > credential.MaxPassword || !utf8.ValidString(password):
		return "", dm.BadField("password", "The password may have at most %d characters.", credential.MaxPassword)
	}
	return passwords.Hash(ctx, password)
}

// LinkAddress is the address that a public link's secret is part of.
func LinkAddress(account *dm.Account, secret string) string {
	return account.BaseURL + LinkPath + secret
}

// LinkPath leads to the pages of public links; the secret follows.
const LinkPath = "/s/"
