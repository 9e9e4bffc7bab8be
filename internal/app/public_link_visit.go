package app

import (
	"context"
	"io"
	"strings"
	"time"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
	"github.com/deskmesh/deskmesh/internal/credential"
	"github.com/deskmesh/deskmesh/internal/httpx"
	"github.com/deskmesh/deskmesh/internal/store"
)

// ErrLinkClosed is the one answer for a public link that is unknown, revoked,
// over, used up or asleep.
var ErrLinkClosed = dm.Errorf(dm.NotFound, "This link does not open anything.").With("link_closed")

// ErrLinkPassword is the answer to a wrong password.
var ErrLinkPassword = &dm.Error{Code: dm.Invalid, Reason: "link_password", Field: "password", Public: "This is not the password of the link."}

// LinkVisit is a visit of a public link, as somebody asks for it.
type LinkVisit struct {
	Account int64
	Secret  string // of the address
	Visit   string // of the cookie; "" none
	Address string // the visitor's network address, for the log
}

// How long a visit lasts, and how many wrong passwords may be tried on a link
// within how long, whoever tries them.
const (
	VisitLasts    = 12 * time.Hour
	linkTries     = 10
	linkTriesSpan = time.Hour
)

// LinkDoor is what stands behind a public link.
type LinkDoor struct {
	Link   dm.PublicLink
	Viewer *access.Viewer
	Number int64
	Brand  dm.Brand // of the ticket
	// Inside: a visit goes on. Else one begins, with Enter; where Asks is set the
	// visitor is asked first, for the password or whether to use a visit up.
	Inside, Asks bool
}

// LinkDoor finds what a public link opens; ErrLinkClosed where it opens nothing.
func (a *App) LinkDoor(ctx context.Context, visit *LinkVisit) (*LinkDoor, error) {
	return fetch(ctx, a, func(tx *store.Tx) (*LinkDoor, error) {
		door, _, err := a.linkDoor(tx, visit)
		return door, err
	})
}

func (a *App) linkDoor(tx *store.Tx, visit *LinkVisit) (*LinkDoor, *store.Found, error) {
	if !credential.IsSecret(credential.Link, visit.Secret) {
		return nil, nil, ErrLinkClosed
	}
	l, err := tx.PublicLinkBySecret(visit.Account, credential.HashSecret(visit.Secret))
	if err != nil {
		return nil, nil, err
	}
	if l == nil || !l.Open(tx.Now()) {
		return nil, nil, ErrLinkClosed
	}
	door := &LinkDoor{Link: *l, Asks: l.PasswordHash != "" || l.MaxUses > 0}
	if credential.IsSecret(credential.Visit, visit.Visit) {
		if door.Inside, err = tx.Visiting(visit.Account, l.ID, credential.HashSecret(visit.Visit), tx.Now().Add(-VisitLasts)); err != nil {
			return nil, nil, err
		}
	}
	if l.UsedUp() && !door.Inside {
		return nil, nil, ErrLinkClosed
	}
	dir, err := tx.Directory(visit.Account)
	if err != nil {
		return nil, nil, err
	}
	if door.Viewer, err = tx.LinkViewer(dir, l); err != nil {
		return nil, nil, err
	}
	f, err := tx.TicketByID(door.Viewer, l.TicketID)
	if dm.CodeOf(err) == dm.NotFound {
		return nil, nil, ErrLinkClosed
	}
	if err != nil {
		return nil, nil, err
	}
	door.Number, door.Brand = f.Ticket.Number, dir.BrandOf(f.Ticket.InboxID)
	return door, f, nil
}

// EnterLink begins a visit and gives the secret of its cookie. It counts one
// use. ErrLinkPassword for a wrong password, RateLimited after ten of them within
// an hour, ErrLinkClosed where the link opens nothing.
func (a *App) EnterLink(ctx context.Context, visit *LinkVisit, password string) (secret string, err error) {
	door, err := a.LinkDoor(ctx, visit)
	if err != nil {
		return "", err
	}
	tried := door.Link.PasswordHash != ""
	if tried {
		if err := a.tryLinkPassword(ctx, visit, door, password); err != nil {
			return "", err
		}
	}
	secret = credential.NewSecret(credential.Visit)
	err = a.write(ctx, func(tx *store.Tx) error {
		v, dir, err := tx.Refresh(door.Viewer)
		if err != nil {
			return err
		}
		f, err := tx.LockTicketByID(v, door.Link.TicketID)
		if err != nil {
			return err
		}
		used, err := tx.UseLink(visit.Account, &door.Link, credential.HashSecret(visit.Secret), tried)
		if err != nil {
			return err
		}
		if !used {
			return ErrLinkClosed
		}
		if err := tx.LogLinkUse(visit.Account, door.Link.ID, dm.LinkOpened, visit.Address, credential.HashSecret(secret)); err != nil {
			return err
		}
		return a.noteLinkUse(tx, dir, v, f, &door.Link)
	})
	if dm.CodeOf(err) == dm.NotFound {
		err = ErrLinkClosed
	}
	if err != nil {
		return "", err
	}
	return secret, nil
}

// usesNoted is how long a link has to be left alone until the history tells of
// its next use: its own log has every one.
const usesNoted = time.Minute

// noteLinkUse writes a use into the ticket's history.
func (a *App) noteLinkUse(tx *store.Tx, dir *store.Directory, v *access.Viewer, f *store.Found, l *dm.PublicLink) error {
	if l.LastUsedAt > tx.Now().Add(-usesNoted) {
		return nil
	}
	return a.addEvent(tx, dir, &dm.Event{TicketID: f.Ticket.ID, Kind: dm.PublicLinkUsed, Cause: v.Cause(), Internal: true, Data: dm.EventData{Link: eventLink(l)}})
}

// tryLinkPassword checks a password. Tries are counted before they are looked
// at, in the database, so that no second node and no haste gives more of them.
func (a *App) tryLinkPassword(ctx context.Context, visit *LinkVisit, door *LinkDoor, password string) error {
	var left bool
	err := a.write(ctx, func(tx *store.Tx) (err error) {
		left, err = tx.TryLinkPassword(visit.Account, door.Link.ID, linkTries, tx.Now().Add(-linkTriesSpan))
		return err
	})
	if err != nil {
		return err
	}
	if !left {
		return dm.Errorf(dm.RateLimited, "Too many wrong passwords were tried on this link. Please try again later.").With("link_tries").Because(httpx.TooMany(linkTriesSpan))
	}
	right, _, err := passwords.Verify(ctx, door.Link.PasswordHash, password)
	if err != nil || right {
		return err
	}
	err = a.write(ctx, func(tx *store.Tx) error {
		return tx.LogLinkUse(visit.Account, door.Link.ID, dm.LinkWrongPassword, visit.Address, "")
	})
	if err != nil {
		return err
	}
	return ErrLinkPassword
}

// LinkTicket is what the page of a public link shows.
type LinkTicket struct {
	*LinkDoor
	Ticket    dm.Ticket
	Brand     dm.Brand
	Status    string // name of the own status; "" for none
	MayReply  bool
	Requester int64
	Messages  []MessageRow
}

// LinkTicket reads the ticket of a visit that goes on, and its public messages
// after an id. ErrLinkClosed for any other visit.
func (a *App) LinkTicket(ctx context.Context, visit *LinkVisit, after int64, limit int) (*LinkTicket, error) {
	return fetch(ctx, a, func(tx *store.Tx) (*LinkTicket, error) {
		door, f, err := a.linkDoor(tx, visit)
		if err != nil {
			return nil, err
		}
		if !door.Inside {
			return nil, ErrLinkClosed
		}
		dir, err := tx.Directory(visit.Account)
		if err != nil {
			return nil, err
		}
		out := &LinkTicket{LinkDoor: door, Ticket: f.Ticket, Brand: dir.BrandOf(f.Ticket.InboxID), Status: dir.Statuses[f.Ticket.StatusID].Name,
			MayReply: f.Decision.Has(access.Reply), Requester: f.Ticket.RequesterID}
		out.Messages, err = tx.Messages(visit.Account, f, after, limit)
		return out, err
	})
}

// LinkFile opens a file of a public message for a visit that goes on, or of a
// link that asks for nothing. The caller closes it.
func (a *App) LinkFile(ctx context.Context, visit *LinkVisit, id int64) (*dm.Attachment, io.ReadSeekCloser, error) {
	door, err := a.LinkDoor(ctx, visit)
	if err != nil {
		return nil, nil, err
	}
	if door.Asks && !door.Inside {
		return nil, nil, ErrLinkClosed
	}
	return a.File(ctx, door.Viewer, id)
}

// ReplyByLink adds a public message for a visit that goes on. name is what the
// visitor calls themselves; nobody has checked it.
func (a *App) ReplyByLink(ctx context.Context, visit *LinkVisit, name, text string) (*Result, error) {
	door, err := a.LinkDoor(ctx, visit)
	if err != nil {
		return nil, err
	}
	if !door.Inside {
		return nil, ErrLinkClosed
	}
	if name = strings.Join(strings.Fields(cleanText(name)), " "); name != "" {
		var f inputFaults
		name = f.name("name", name, dm.MaxVisitorName)
		if err := f.err(); err != nil {
			return nil, err
		}
	}
	res, err := a.Apply(ctx, door.Viewer, dm.Change{Number: door.Number, Via: dm.ViaPortal,
		Cause:    dm.Cause{Kind: dm.CauseLink, ID: door.Link.ID, Name: name},
		Messages: []dm.NewMessage{{Kind: dm.Reply, Text: text, Visitor: name}}})
	if dm.CodeOf(err) == dm.NotFound {
		return nil, ErrLinkClosed
	}
	return res, err
}

// LinksNeedSignIn says whether public links of the account open only to people
// of the account who are signed in.
func (a *App) LinksNeedSignIn(ctx context.Context, account int64) (bool, error) {
	dir, err := a.directory(ctx, account)
	if err != nil {
		return false, err
	}
	return dir.Settings.LinkSignIn, nil
}
