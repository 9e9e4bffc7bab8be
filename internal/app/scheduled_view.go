package app

import (
	"context"
	"errors"
	"strconv"
	"strings"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
	"github.com/deskmesh/deskmesh/internal/store"
)

// ScheduledView is a message that is sent later, with its ticket's name to
// people and what the viewer may do with it: edit, cancel, send.
type ScheduledView struct {
	store.ScheduledRow
	May []string
}

// viewScheduled says what the viewer may do with messages that they see.
func viewScheduled(tx *store.Tx, v *access.Viewer, rows []store.ScheduledRow) ([]ScheduledView, error) {
	rights := map[int64]access.Right{}
	list := make([]ScheduledView, len(rows))
	for i, r := range rows {
		if _, known := rights[r.TicketID]; !known {
			f, err := tx.TicketByID(v, r.TicketID)
			if err != nil {
				return nil, err
			}
			rights[r.TicketID] = f.Decision.Rights
		}
		list[i] = ScheduledView{ScheduledRow: r, May: mayScheduled(v, rights[r.TicketID], &r.ScheduledReply)}
	}
	return list, nil
}

func mayScheduled(v *access.Viewer, rights access.Right, r *dm.ScheduledReply) []string {
	if r.State.Ended() {
		return nil
	}
	own, right := r.PersonID == v.Person(), access.Reply
	if r.Kind != dm.Reply {
		right = access.Note
	}
	var may []string
	if own && rights.Has(right) {
		may = append(may, "edit")
	}
	if own || rights.Has(right) {
		may = append(may, "cancel")
	}
	if rights.Has(right) {
		may = append(may, "send")
	}
	return may
}

// ScheduledOn lists what waits, is held or failed on a ticket: to agents who see
// what is internal, and to everybody their own. To requesters it is Forbidden.
func (a *App) ScheduledOn(ctx context.Context, v *access.Viewer, number int64) ([]ScheduledView, error) {
	return fetch(ctx, a, func(tx *store.Tx) ([]ScheduledView, error) {
		f, err := tx.Ticket(v, number)
		if err != nil {
			return nil, err
		}
		if err := requireAgent(v); err != nil {
			return nil, err
		}
		rows, err := tx.ScheduledOn(v, f, maxScheduledHere)
		if err != nil {
			return nil, err
		}
		return viewScheduled(tx, v, rows)
	})
}

// OwnScheduled lists the viewer's own messages that wait, are held or failed, on
// tickets that they can open now, the next one first.
func (a *App) OwnScheduled(ctx context.Context, v *access.Viewer, cursor string, limit int) ([]ScheduledView, string, error) {
	if err := requireAgent(v); err != nil {
		return nil, "", err
	}
	return fetchPage(ctx, a, func(tx *store.Tx) ([]ScheduledView, string, error) {
		at, id, err := readPlace(cursor)
		if err != nil {
			return nil, "", err
		}
		rows, err := tx.OwnScheduled(v, at, id, limit+1)
		if err != nil {
			return nil, "", err
		}
		next := ""
		if len(rows) > limit {
			rows = rows[:limit]
			last := &rows[limit-1]
			next = strconv.FormatInt(int64(last.SendAt), 10) + "-" + strconv.FormatInt(last.ID, 10)
		}
		list, err := viewScheduled(tx, v, rows)
		return list, next, err
	})
}

// readPlace reads a cursor of a list in the order of moments.
func readPlace(cursor string) (at dm.Time, id int64, err error) {
	if cursor == "" {
		return -1, 0, nil
	}
	first, second, _ := strings.Cut(cursor, "-")
	moment, err1 := strconv.ParseInt(first, 10, 64)
	id, err2 := strconv.ParseInt(second, 10, 64)
	if errors.Join(err1, err2) == nil && moment >= 0 && id >= 0 {
		return dm.Time(moment), id, nil
	}
	return 0, 0, dm.BadField("cursor", "The cursor does not belong to this list.")
}

// Scheduled gives one message that is sent later, to whom ScheduledOn shows it.
func (a *App) Scheduled(ctx context.Context, v *access.Viewer, id int64) (*ScheduledView, error) {
	if err := requireAgent(v); err != nil {
		return nil, err
	}
	return fetch(ctx, a, func(tx *store.Tx) (*ScheduledView, error) {
		row, err := tx.ScheduledReply(v, id)
		if err != nil {
			return nil, err
		}
		list, err := viewScheduled(tx, v, []store.ScheduledRow{*row})
		if err != nil {
			return nil, err
		}
		return &list[0], nil
	})
}
