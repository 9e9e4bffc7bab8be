package app

import (
	"context"
	"slices"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
	"github.com/deskmesh/deskmesh/internal/store"
)

// maxMentionable bounds the agents with a fitting name who are looked at.
const maxMentionable = 200

// Mentionable finds agents to mention in a message on a ticket, by the beginning
// of a name, a word of it, or an address: those who can open the ticket first,
// each with how far. Whoever can open the ticket may ask, whether they may share
// or not; they could learn the same from WhoSees.
func (a *App) Mentionable(ctx context.Context, v *access.Viewer, number int64, q string, limit int) ([]ShareTarget, error) {
	return fetch(ctx, a, func(tx *store.Tx) ([]ShareTarget, error) {
		f, err := tx.Ticket(v, number)
		if err != nil {
			return nil, err
		}
		if !v.IsAgent() {
			return nil, dm.ErrForbidden
		}
		rows, err := tx.AgentsNamed(v.Account(), q, maxMentionable)
		if err != nil {
			return nil, err
		}
		rows = slices.DeleteFunc(rows, func(r store.TargetRow) bool { return r.Target.ID == v.Person() })
		list, err := levelsOf(tx, f, rows)
		if err != nil {
			return nil, err
		}
		slices.SortStableFunc(list, func(a, b ShareTarget) int {
			switch {
			case (a.Access == "") == (b.Access == ""):
				return 0
			case a.Access != "":
				return -1
			}
			return 1
		})
		return list[:min(len(list), limit)], nil
	})
}

// levelsOf decides how far each of many agents can open one ticket.
func levelsOf(tx *store.Tx, f *store.Found, rows []store.TargetRow) ([]ShareTarget, error) {
	dir, err := tx.Directory(f.Facts.Account)
	if err != nil {
		return nil, err
	}
	ids := make([]int64, len(rows))
	for i, r := range rows {
		ids[i] = r.Target.ID
	}
	viewers, err := tx.ViewersIn(dir, ids)
	if err != nil {
		return nil, err
	}
	list := make([]ShareTarget, len(rows))
	for i, r := range rows {
		d := access.Decide(viewers[r.Target.ID], &f.Facts, tx.Now())
		list[i] = ShareTarget{TargetRow: r, Access: d.Level(), Shared: findShare(f.Shares, r.Target) != nil}
	}
	return list, nil
}
