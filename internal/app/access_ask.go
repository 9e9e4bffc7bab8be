package app

import (
	"context"
	"strings"
	"time"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
	"github.com/deskmesh/deskmesh/internal/httpx"
	"github.com/deskmesh/deskmesh/internal/store"
)

// JobAsk looks at what an agent asked to be let in to.
const JobAsk = "access.ask"

type askArgs struct {
	Wish int64 `json:"wish"`
}

const (
	asksADay     = 20
	maxAskReason = 1000
	// maxDeciders bounds who is told of a request where neither an assignee nor a
	// group stands for the ticket.
	maxDeciders = 20
)

// AskAccess takes an agent's wish to be let in to a ticket, or to a higher level
// on it. What is done, and what is answered, is the same for every number: only
// a job finds out whether there is such a ticket. RateLimited after twenty in a
// day (UTC), whatever the numbers.
func (a *App) AskAccess(ctx context.Context, v *access.Viewer, number int64, level dm.Level, reason string) error {
	if !v.IsAgent() {
		return dm.ErrForbidden
	}
	if level.Rank() == 0 {
		return dm.BadField("level", "The level is view, comment or edit.")
	}
	reason = strings.TrimSpace(cleanText(reason))
	if len([]rune(reason)) > maxAskReason {
		return dm.BadField("reason", "A reason has at most %d characters.", maxAskReason)
	}
	return a.write(ctx, func(tx *store.Tx) error {
		now, dir, err := tx.Refresh(v)
		if err != nil {
			return err
		}
		if !now.IsAgent() {
			return dm.ErrForbidden
		}
		if dir.Settings.RequireReason && reason == "" {
			return dm.BadField("reason", "A reason must be given when one asks for access.")
		}
		if err := countAsk(tx, now); err != nil {
			return err
		}
		id, err := tx.AddAccessWish(now.Account(), &store.AccessWish{PersonID: now.Person(), Number: number, Level: level, Reason: reason})
		if err != nil {
			return err
		}
		_, _, err = tx.Enqueue(store.NewJob{Account: now.Account(), Kind: JobAsk, Args: askArgs{Wish: id}, Urgency: store.Normal})
		return err
	})
}

// countAsk refuses whoever has asked too often today.
func countAsk(tx *store.Tx, v *access.Viewer) error {
	day := (24 * time.Hour).Microseconds()
	today := int64(tx.Now()) / day
	asked, err := tx.CountAsk(v.Account(), v.Person(), today)
	if err != nil || asked <= asksADay {
		return err
	}
	left := time.Duration((today+1)*day-int64(tx.Now())) * time.Microsecond
	return dm.Errorf(dm.RateLimited, "You can ask for access %d times a day. Try again tomorrow.", asksADay).With("daily_limit").Because(httpx.TooMany(left))
}

// lookAtWish does the job JobAsk: where there is such a ticket, which can be
// shared and which the asker does not have at that level already, the wish
// becomes a request, and those who decide are told. Whoever asked hears nothing
// of this.
func (a *App) lookAtWish(ctx context.Context, account int64, args askArgs) error {
	return a.DB.Write(ctx, store.Normal, func(tx *store.Tx) error {
		w, err := tx.TakeAccessWish(account, args.Wish)
		if err != nil || w == nil {
			return err
		}
		asker, err := tx.Viewer(account, w.PersonID)
		if err != nil || !asker.IsAgent() {
			return err
		}
		f, err := tx.LockTicket(access.System(account, "access request"), w.Number)
		if dm.CodeOf(err) == dm.NotFound {
			return nil
		}
		if err != nil {
			return err
		}
		dir, err := tx.Directory(account)
		if err != nil || !canBeAsked(dir, asker, f, w.Level, tx.Now()) {
			return err
		}
		return a.request(tx, dir, asker, f, &dm.AccessRequest{TicketID: f.Ticket.ID, PersonID: w.PersonID, Level: w.Level, Reason: w.Reason})
	})
}

// canBeAsked says whether a request can come of a wish.
func canBeAsked(dir *store.Directory, asker *access.Viewer, f *store.Found, level dm.Level, now dm.Time) bool {
	t := &f.Ticket
	if !dir.Settings.SharingEnabled || t.Deleted || t.Spam || t.MergedInto != 0 {
		return false
	}
	has := access.Decide(asker, &f.Facts, now)
	return has.Level() != "full" && dm.Level(has.Level()).Rank() < level.Rank()
}

// request keeps a request and writes it into the history. One that waits already
// is renewed, and nobody is told again.
func (a *App) request(tx *store.Tx, dir *store.Directory, asker *access.Viewer, f *store.Found, r *dm.AccessRequest) error {
	account := f.Facts.Account
	fresh, err := tx.PutAccessRequest(account, r)
	if err != nil || !fresh {
		return err
	}
	e := accessEvent(dm.AccessAsked, asker, r, f.Ticket.Version)
	e.Data.New, e.Data.Reason = &dm.EventTerms{Level: r.Level}, r.Reason
	if err := a.addEvent(tx, dir, e); err != nil {
		return err
	}
	return a.tell(tx, account, []tellEvent{{ID: e.ID}})
}

// accessEvent is a line of history about a request, after which the ticket has
// this version.
func accessEvent(kind dm.EventKind, by *access.Viewer, r *dm.AccessRequest, version int64) *dm.Event {
	return &dm.Event{TicketID: r.TicketID, Kind: kind, ActorID: by.Person(), Cause: by.Cause(), Internal: true,
		Data: dm.EventData{Version: version, RequestID: r.ID, Target: eventTarget(dm.Target{Kind: dm.TargetAgent, ID: r.PersonID})}}
}

// deciders are the people who are told of a request: the assignee; without one
// who may decide, those members of the ticket's group who may; without any, up
// to maxDeciders of all who may.
func (a *App) deciders(tx *store.Tx, f *store.Found, asker int64) ([]int64, error) {
	account := f.Facts.Account
	dir, err := tx.Directory(account)
	if err != nil {
		return nil, err
	}
	among := func(ids []int64) ([]int64, error) {
		viewers, err := tx.ViewersIn(dir, ids)
		if err != nil {
			return nil, err
		}
		var may []int64
		for _, id := range ids {
			if d := access.Decide(viewers[id], &f.Facts, tx.Now()); id != asker && viewers[id].MaySetShares(&d) {
				may = append(may, id)
			}
		}
		return may, nil
	}
	list, err := among(distinct([]int64{f.Ticket.AssigneeID}))
	if err != nil || len(list) > 0 {
		return list, err
	}
	if f.Ticket.GroupID != 0 {
		members, err := tx.ActiveMembers(account, f.Ticket.GroupID)
		if err != nil {
			return nil, err
		}
		if list, err = among(members); err != nil || len(list) > 0 {
			return list, err
		}
	}
	for after := int64(0); len(list) < maxDeciders; {
		ids, err := tx.ActiveAgents(account, after, 500)
		if err != nil || len(ids) == 0 {
			return list, err
		}
		after = ids[len(ids)-1]
		some, err := among(ids)
		if err != nil {
			return nil, err
		}
		list = append(list, some...)
	}
	return list[:maxDeciders], nil
}
