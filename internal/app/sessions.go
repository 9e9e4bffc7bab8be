package app

import (
	"context"
	"net/netip"
	"strconv"
	"strings"
	"time"
	"unicode"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/credential"
	"github.com/deskmesh/deskmesh/internal/store"
)

const (
	// touchEvery is how exactly it is known when a session was used last: noting
	// it at every request would make every read a write.
	touchEvery = 10 * time.Minute
	// maxSessions bounds the sessions that a person is shown.
	maxSessions = 200
	// maxUserAgent bounds what is kept of a browser's name of itself, in
	// characters.
	maxUserAgent = 300
)

// OwnSession is a session of the viewer's own.
type OwnSession struct {
	store.SessionRow
	ID      string // tells it apart; it opens nothing
	Current bool   // the one that asks
}

// NoteSession notes where the session that somebody signed in with is used, and
// when, at most every ten minutes. Of the address the part that tells the
// network is kept.
func (a *App) NoteSession(ctx context.Context, s *Signed, userAgent string, from netip.Addr) error {
	since := a.Now().Add(-touchEvery)
	if !s.Session || s.Used > since {
		return nil
	}
	shown := strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return -1
	}, cleanText(userAgent))
	c := store.Client{UserAgent: clipped(shown, maxUserAgent), Network: networkOf(from)}
	return a.write(WithOnce(ctx, nil), func(tx *store.Tx) error { return tx.TouchSession(s.Viewer.Account(), s.Proof.Hash, c, since) })
}

// networkOf gives the network of an address: its first 24 bits, of IPv6 the
// first 48; "" for none.
func networkOf(a netip.Addr) string {
	bits := 48
	if a = a.Unmap(); a.Is4() {
		bits = 24
	}
	p, err := a.WithZone("").Prefix(bits)
	if err != nil {
		return ""
	}
	return p.String()
}

// Sessions lists the viewer's own sessions, the one used last first. By an API
// token it is Forbidden, as ending them is: a token that leaked must not lock
// its person out.
func (a *App) Sessions(ctx context.Context, s *Signed) ([]OwnSession, error) {
	if err := ownSessions(s); err != nil {
		return nil, err
	}
	return fetch(ctx, a, func(tx *store.Tx) ([]OwnSession, error) {
		rows, err := tx.Sessions(s.Viewer.Account(), s.Viewer.Person(), maxSessions)
		list := make([]OwnSession, len(rows))
		for i, r := range rows {
			list[i] = OwnSession{SessionRow: r, ID: sessionID(r.Hash), Current: r.Hash == s.Proof.Hash}
		}
		return list, err
	})
}

func ownSessions(s *Signed) error {
	if !s.Session || s.Viewer.Person() == 0 {
		return dm.ErrForbidden
	}
	return nil
}

// sessionID names a session to its person. It is made of the hash of its secret
// and leads back to neither.
func sessionID(hash string) string { return credential.HashSecret("session " + hash)[:24] }

// EndSession ends one of the viewer's own sessions, which may be the one that
// asks. NotFound when there is none with the id.
func (a *App) EndSession(ctx context.Context, s *Signed, id string) error {
	if err := ownSessions(s); err != nil {
		return err
	}
	return a.administer(ctx, s.Viewer, "", func(t *act) error {
		rows, err := t.tx.Sessions(t.account, t.viewer.Person(), maxSessions)
		if err != nil {
			return err
		}
		for _, r := range rows {
			if sessionID(r.Hash) == id {
				if err := t.tx.DeleteSession(t.account, r.Hash); err != nil {
					return err
				}
				return t.logEnded(1)
			}
		}
		return dm.Missing("session")
	})
}

// EndOtherSessions ends all of the viewer's sessions but the one that asks.
func (a *App) EndOtherSessions(ctx context.Context, s *Signed) error {
	if err := ownSessions(s); err != nil {
		return err
	}
	return a.administer(ctx, s.Viewer, "", func(t *act) error {
		rows, err := t.tx.Sessions(t.account, t.viewer.Person(), maxSessions)
		if err != nil {
			return err
		}
		ended := 0
		for _, r := range rows {
			if r.Hash != s.Proof.Hash {
				ended++
			}
		}
		if ended == 0 {
			return nil
		}
		if err := t.tx.DeleteSessions(t.account, t.viewer.Person(), s.Proof.Hash); err != nil {
			return err
		}
		return t.logEnded(ended)
	})
}

// logEnded adds a line about an agent who ended sessions. Requesters are not in
// the administrators' log with what they do for themselves.
func (t *act) logEnded(sessions int) error {
	if !t.viewer.IsAgent() {
		return nil
	}
	t.changed("sessions", "", strconv.Itoa(sessions))
	return t.log("person.sessions_ended", "person", t.viewer.Person())
}
