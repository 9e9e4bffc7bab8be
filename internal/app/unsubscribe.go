package app

import (
	"context"
	"slices"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
	"github.com/deskmesh/deskmesh/internal/mail"
	"github.com/deskmesh/deskmesh/internal/notify"
	"github.com/deskmesh/deskmesh/internal/store"
)

// UnsubscribePath leads to the page on which a mail is turned off; the token of
// the mail follows.
const UnsubscribePath = "/unsubscribe/"

// What a token turns off, besides a kind of notice.
const (
	UnsubscribeCopies = "copies" // replies on one ticket to somebody in copy
	UnsubscribeDigest = "digest" // everything that a digest gathers
)

// tokenDays is how long a token in a mail works.
const tokenDays = 365

// The answers to tokens that turn nothing off.
var (
	ErrUnsubscribeToken   = dm.Errorf(dm.NotFound, "This address is not one that we sent.").With("unsubscribe_token")
	ErrUnsubscribeExpired = dm.Errorf(dm.Gone, "This address is too old.").With("unsubscribe_expired")
	ErrUnsubscribeLocked  = dm.Errorf(dm.Conflict, "This help desk sends these mails to everybody.").With("unsubscribe_locked")
)

// Unsubscription is what a token in a mail turns off, for one person and nobody
// else.
type Unsubscription struct {
	Person int64
	What   string // a kind of notice, UnsubscribeCopies or UnsubscribeDigest
	Ticket int64  // of copies

	Off      bool // it is off
	Language string
}

// unsubscribe gives the header fields by which this kind of mail is turned off
// (RFC 2369, RFC 8058); none where the recipient cannot: of replies to those who
// asked, and of what the account always sends.
func (n *notice) unsubscribe() map[string]string {
	if n.args.Kind != dm.NoticeReply {
		return n.app.unsubscribeFrom(n.dir, n.rules, n.tx.Now(), n.person.ID, n.args.Kind)
	}
	if notify.Why(n.args.Why) != notify.WhyCC {
		return nil
	}
	return n.app.unsubscribeHeaders(n.dir, n.tx.Now(), Unsubscription{Person: n.person.ID, What: UnsubscribeCopies, Ticket: n.found.Ticket.ID})
}

// unsubscribeFrom is unsubscribe for a kind of notice.
func (a *App) unsubscribeFrom(dir *store.Directory, rules *store.NoticeRules, now dm.Time, person int64, kind dm.NoticeKind) map[string]string {
	if rules.Cell(kind, dm.NoticeMail).Locked {
		return nil
	}
	return a.unsubscribeHeaders(dir, now, Unsubscription{Person: person, What: string(kind)})
}

func (a *App) unsubscribeHeaders(dir *store.Directory, now dm.Time, u Unsubscription) map[string]string {
	token := a.Signer.UnsubscribeToken(u.What, mail.Unsubscribe{Account: dir.Account.ID, Person: u.Person, Ticket: u.Ticket, Day: dayOf(now)})
	return map[string]string{
		"List-Unsubscribe":      "<" + dir.Account.BaseURL + UnsubscribePath + token + ">",
		"List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
	}
}

// dayOf counts days since 1970.
func dayOf(t dm.Time) int64 { return t.Std().Unix() / (24 * 60 * 60) }

// Unsubscribing reads what a token turns off, and whether it is off already.
// Nobody is signed in: the token is the proof. NotFound for one that this desk
// did not make or whose person or ticket is gone, Gone for one that is too old.
func (a *App) Unsubscribing(ctx context.Context, account int64, token string) (*Unsubscription, error) {
	return fetch(ctx, a, func(tx *store.Tx) (*Unsubscription, error) {
		u, p, f, err := a.readUnsubscribe(tx, account, token)
		if err != nil {
			return nil, err
		}
		u.Language = p.Language
		switch u.What {
		case UnsubscribeDigest:
			u.Off = p.Preferences.Notices.Digest == dm.DigestOff
		case UnsubscribeCopies:
			mutes, err := tx.MutesOf(account, []int64{f.Ticket.ID})
			if err != nil {
				return nil, err
			}
			u.Off = slices.Contains(mutes[f.Ticket.ID], p.ID)
		default:
			rules, err := tx.NoticeRules(account, 0, []int64{p.ID})
			if err != nil {
				return nil, err
			}
			cell := rules.Cell(dm.NoticeKind(u.What), dm.NoticeMail)
			if cell.Always() {
				return nil, ErrUnsubscribeLocked
			}
			u.Off = !cell.For(rules.Wish(p.ID, dm.NoticeKind(u.What), dm.NoticeMail))
		}
		return u, nil
	})
}

// Unsubscribe turns off what a token stands for, or on again. Doing it twice is
// like doing it once. The answers are those of Unsubscribing.
func (a *App) Unsubscribe(ctx context.Context, account int64, token string, off bool) error {
	if _, err := a.Unsubscribing(ctx, account, token); err != nil {
		return err
	}
	return a.write(ctx, func(tx *store.Tx) error {
		u, p, f, err := a.readUnsubscribe(tx, account, token)
		if err != nil {
			return err
		}
		switch u.What {
		case UnsubscribeCopies:
			return tx.SetMuted(account, p.ID, f, off)
		case UnsubscribeDigest:
			digest := &p.Preferences.Notices.Digest
			switch {
			case off:
				*digest = dm.DigestOff
			case *digest == dm.DigestOff:
				*digest = dm.DigestDaily
			}
			return tx.SetPreferences(account, p.ID, p.Preferences)
		}
		return tx.SetNoticeSwitch(account, 0, p.ID, dm.NoticeKind(u.What), dm.NoticeMail, !off)
	})
}

// readUnsubscribe reads a token with its person and, of copies, its ticket.
func (a *App) readUnsubscribe(tx *store.Tx, account int64, token string) (*Unsubscription, *dm.Person, *store.Found, error) {
	what, t, ok := a.Signer.ParseUnsubscribe(token)
	known := what == UnsubscribeCopies || what == UnsubscribeDigest || dm.KnownNotice(dm.NoticeKind(what)) && what != string(dm.NoticeReply)
	if !ok || !known || t.Account != account {
		return nil, nil, nil, ErrUnsubscribeToken
	}
	if dayOf(tx.Now())-t.Day > tokenDays {
		return nil, nil, nil, ErrUnsubscribeExpired
	}
	p, err := tx.Person(account, t.Person)
	if err == nil && p.Address == "" {
		err = dm.Missing("person") // erased
	}
	var f *store.Found
	if err == nil && what == UnsubscribeCopies {
		f, err = tx.TicketByID(access.System(account, "unsubscribe"), t.Ticket)
	}
	if dm.CodeOf(err) == dm.NotFound {
		err = ErrUnsubscribeToken
	}
	return &Unsubscription{Person: t.Person, What: what, Ticket: t.Ticket}, p, f, err
}
