package app

import (
	"errors"
	"strconv"
	"strings"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
	"github.com/deskmesh/deskmesh/internal/store"
)

// Within names the place of a fault inside a part of the input.
func Within(part string, err error) error {
	e, ok := errors.AsType[*dm.Error](err)
	if !ok || e.Field == "" && len(e.Faults) == 0 {
		return err
	}
	c := *e
	if c.Field != "" {
		c.Field = part + "." + c.Field
	}
	c.Faults = make([]dm.Fault, len(e.Faults))
	for i, f := range e.Faults {
		c.Faults[i] = dm.Fault{Field: part + "." + f.Field, Message: f.Message}
	}
	return &c
}

// checkBulk refuses what no ticket at all could take: a permission that is
// missing, a recipient that is not there, a list that nobody could ask for.
func (a *App) checkBulk(tx *store.Tx, viewer *access.Viewer, n *NewBulk) error {
	v, dir, err := tx.Refresh(viewer)
	if err != nil {
		return err
	}
	t := &act{app: a, tx: tx, viewer: v, account: v.Account()}
	switch n.Action {
	case dm.BulkShare:
		err = Within("share", t.checkBulkShare(dir, n.Work.Share))
	case dm.BulkUnshare:
		err = t.mayBulk(dir, dm.TicketsShare, dm.SharesManage)
		if err == nil && len(n.Work.Unshare) > maxTargets {
			err = dm.BadField("unshare.targets", "At most %d targets can be named at once.", maxTargets)
		}
	case dm.BulkMessage:
		err = Within("message", t.checkBulkMessage(dir, &n.Work))
	case dm.BulkMacro:
		err = t.checkBulkMacro(&n.Work)
	case dm.BulkMove:
		need := dm.TicketsDelete
		if n.Work.Move == dm.TrashSpam || n.Work.Move == dm.TrashNotSpam {
			need = dm.TicketsSpam
		}
		err = t.mayBulk(dir, need)
	default:
		err = Within("change", t.checkBulkChange(dir, &n.Work.Set))
	}
	if err != nil || n.List == nil {
		return err
	}
	if err := checkSearchText(n.List.Query); err != nil {
		return Within("list", err)
	}
	return Within("list", t.checkListing(&dm.Export{View: n.List.View, ListState: n.List.State, Filter: n.List.Filter}))
}

// mayBulk refuses whoever has none of the permissions, where roles are needed
// for the act at all.
func (t *act) mayBulk(dir *Directory, any ...dm.Permission) error {
	for _, p := range any {
		if t.viewer.Can(p) {
			return nil
		}
	}
	if !dir.Settings.RoleCap && !t.viewer.ByToken() {
		return nil // a share may give it; each ticket decides
	}
	return dm.ErrForbidden
}

func (t *act) checkBulkShare(dir *Directory, list []dm.NewShare) error {
	if err := t.mayBulk(dir, dm.TicketsShare, dm.SharesManage); err != nil {
		return err
	}
	w := &work{app: t.app, tx: t.tx, viewer: t.viewer, dir: dir, account: t.account, ch: &dm.Change{}, t: &dm.Ticket{}}
	if err := w.deskShares(); err != nil {
		return err
	}
	if len(list) > maxTargets {
		return dm.BadField("targets", "At most %d targets can be named at once.", maxTargets)
	}
	for i := range list {
		place := "targets[" + strconv.Itoa(i) + "]"
		if p := t.app.provider(list[i].Target.Kind); p != nil && p.Kind() == dm.TargetPartner {
			// The agreement has terms of its own; whether a ticket may go there, each decides.
			if _, err := p.Check(&TargetAsk{Tx: t.tx, Dir: dir, Viewer: t.viewer}, list[i].Target.ID, place); err != nil {
				return err
			}
			continue
		}
		s := &dm.Share{Target: list[i].Target, Reason: strings.TrimSpace(cleanText(list[i].Reason))}
		if err := w.checkTarget(s, place); err != nil {
			return err
		}
		if err := w.checkReason(s.Reason); err != nil {
			return err
		}
		if _, err := w.expiry(list[i].ExpiresAt, true); err != nil {
			return err
		}
	}
	return nil
}

func (t *act) checkBulkChange(dir *Directory, p *dm.TicketPatch) error {
	if err := t.mayBulk(dir, dm.TicketsEdit, dm.TicketsAssign); err != nil {
		return err
	}
	if p.Empty() {
		return dm.BadField("status", "Say what to change.")
	}
	for _, f := range []struct {
		name  string
		id    *int64
		known func(int64) bool
	}{
		{"inbox_id", p.InboxID, func(id int64) bool { _, ok := dir.Inboxes[id]; return ok }},
		{"group_id", p.GroupID, func(id int64) bool { _, ok := dir.Groups[id]; return ok || id == 0 }},
		{"status_id", p.StatusID, func(id int64) bool { _, ok := dir.Statuses[id]; return ok || id == 0 }},
		{"department_id", p.DepartmentID, func(id int64) bool { _, ok := dir.Depts[id]; return ok || id == 0 }},
	} {
		if f.id != nil && !f.known(*f.id) {
			t.faults.add(f.name, "There is nothing with this id.")
		}
	}
	for _, id := range sortedKeys(p.Fields) {
		if !dir.Fields[id].Active {
			t.faults.add("fields."+idText(id), "There is no such field.")
		}
	}
	if p.AssigneeID != nil && *p.AssigneeID != 0 {
		if err := t.activeAgents("assignee_id", []int64{*p.AssigneeID}, nil); err != nil {
			return err
		}
	}
	return t.faults.err()
}
