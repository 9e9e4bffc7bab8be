package app

import (
	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
	"github.com/deskmesh/deskmesh/internal/store"
)

// unassignLost takes a person off the tickets in inboxes that they can no
// longer work in, with a history line each (decision Q18). A live edit share
// keeps an assignment.
func (a *App) unassignLost(tx *store.Tx, account, person int64) error {
	v, err := tx.Viewer(account, person)
	if err != nil {
		return err
	}
	dir, err := tx.Directory(account)
	if err != nil {
		return err
	}
	var reach []int64
	for id := range dir.Inboxes {
		if v.ReachesInbox(id) {
			reach = append(reach, id)
		}
	}
	system := access.System(account, "inbox taken away")
	var kept []int64
	for {
		ids, err := tx.AssignedOutOfReach(account, person, reach, len(kept)+200)
		if err != nil {
			return err
		}
		if len(ids) <= len(kept) {
			return nil
		}
		for _, id := range ids {
			stays, err := a.unassignOne(tx, system, v, id)
			if err != nil {
				return err
			}
			if stays {
				kept = append(kept, id)
			}
		}
		if len(ids) < len(kept)+200 {
			return nil
		}
	}
}

func (a *App) unassignOne(tx *store.Tx, system, v *access.Viewer, id int64) (stays bool, err error) {
	f, err := tx.TicketByID(system, id)
	if err != nil {
		return false, err
	}
	facts := f.Facts
	facts.AssigneeID = 0
	d := access.Decide(v, &facts, tx.Now())
	for _, r := range d.Reasons {
		if r.Level == dm.LevelEdit {
			return true, nil
		}
	}
	var nobody int64
	_, err = a.ApplyIn(tx, system, dm.Change{Number: f.Ticket.Number, Set: dm.TicketPatch{AssigneeID: &nobody}})
	return false, err
}
