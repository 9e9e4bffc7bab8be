package app

import (
	"slices"
	"strconv"
	"strings"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
)

// patchPlace moves the ticket to another inbox. The group stays when somebody
// in it can work there, else the inbox's default group takes over; an assignee
// who cannot work there is taken off (decisions Q7, Q18).
func (w *work) patchPlace(p *dm.TicketPatch) error {
	if p.InboxID == nil {
		return nil
	}
	if err := w.need(access.Edit); err != nil || *p.InboxID == w.t.InboxID {
		return err
	}
	box, ok := w.dir.Inboxes[*p.InboxID]
	if !ok {
		return dm.BadField("inbox_id", "There is no such inbox.")
	}
	if !box.Active || !w.dir.Brands[box.BrandID].Active {
		return dm.BadField("inbox_id", "This inbox takes no tickets: it or its brand is inactive.")
	}
	w.change("inbox", idText(w.t.InboxID), idText(box.ID))
	w.t.InboxID = box.ID
	if p.GroupID == nil {
		if err := w.keepGroup(box); err != nil {
			return err
		}
	}
	if p.AssigneeID == nil && w.t.AssigneeID != 0 {
		ok, err := w.mayBeAssigned(w.t.AssigneeID)
		if err != nil || ok {
			return err
		}
		w.change("assignee", idText(w.t.AssigneeID), "")
		w.t.AssigneeID = 0
	}
	return nil
}

func (w *work) keepGroup(box dm.Inbox) error {
	if w.t.GroupID != 0 {
		can, err := w.tx.GroupReaches(w.account, w.t.GroupID, box.BrandID, box.ID)
		if err != nil || can {
			return err
		}
	}
	w.change("group", idText(w.t.GroupID), idText(box.DefaultGroupID))
	w.t.GroupID = box.DefaultGroupID
	return nil
}

// patchAssignment sets group and assignee.
func (w *work) patchAssignment(p *dm.TicketPatch) error {
	if p.GroupID == nil && p.AssigneeID == nil {
		return nil
	}
	if err := w.need(access.Assign); err != nil {
		return err
	}
	if p.GroupID != nil && *p.GroupID != w.t.GroupID {
		if err := w.setGroup(*p.GroupID); err != nil {
			return err
		}
	}
	if p.AssigneeID != nil && *p.AssigneeID != w.t.AssigneeID {
		if err := w.setAssignee(*p.AssigneeID); err != nil {
			return err
		}
	}
	return nil
}

func (w *work) setGroup(id int64) error {
	if id != 0 {
		if _, ok := w.dir.Groups[id]; !ok {
			return dm.BadField("group_id", "There is no such group.")
		}
		can, err := w.tx.GroupCanTake(w.account, id, w.dir.Inboxes[w.t.InboxID].BrandID)
		if err != nil {
			return err
		}
		if !can {
			return dm.BadField("group_id", "Nobody in this group can work in the ticket's brand.")
		}
	}
	w.change("group", idText(w.t.GroupID), idText(id))
	w.t.GroupID = id
	return nil
}

func (w *work) setAssignee(id int64) error {
	if id != 0 {
		ok, err := w.mayBeAssigned(id)
		if err != nil {
			return err
		}
		if !ok {
			return dm.BadField("assignee_id", "This person cannot work in the ticket's inbox. Share the ticket with them at level edit first.").With("assignee_needs_access")
		}
	}
	w.change("assignee", idText(w.t.AssigneeID), idText(id))
	w.t.AssigneeID = id
	return nil
}

// mayBeAssigned says whether an agent has the ticket's inbox in reach, or an
// edit share (decision Q18).
func (w *work) mayBeAssigned(id int64) (bool, error) {
	v, err := w.tx.ViewerIn(w.dir, id)
	if err != nil {
		return false, err
	}
	if !v.IsAgent() {
		return false, nil
	}
	if v.ReachesInbox(w.t.InboxID) {
		return true, nil
	}
	f := w.facts()
	f.AssigneeID = 0
	d := access.Decide(v, &f, w.tx.Now())
	for _, r := range d.Reasons {
		if (r.Way == access.WayShare || r.Way == access.WayGroup) && r.Level == dm.LevelEdit {
			return true, nil
		}
	}
	return false, nil
}

// patchPeople sets requester, CCs and followers.
func (w *work) patchPeople(p *dm.TicketPatch) error {
	if p.RequesterID == nil && p.CCs == nil && len(p.AddCCs) == 0 && p.Followers == nil {
		return nil
	}
	if err := w.need(access.Edit); err != nil {
		return err
	}
	if p.RequesterID != nil && *p.RequesterID != w.t.RequesterID {
		if err := w.disclosure("requester_id"); err != nil {
			return err
		}
		before, department := w.t.RequesterID, w.t.DepartmentID
		if err := w.setRequester(*p.RequesterID); err != nil {
			return err
		}
		w.change("requester", idText(before), idText(w.t.RequesterID))
		if w.ch.Set.DepartmentID != nil {
			w.t.DepartmentID = department
		}
		w.change("department", idText(department), idText(w.t.DepartmentID))
	}
	if p.CCs != nil || len(p.AddCCs) > 0 {
		if err := w.patchCCs(p); err != nil {
			return err
		}
	}
	if p.Followers != nil {
		return w.patchFollowers(*p.Followers)
	}
	return nil
}

func (w *work) patchCCs(p *dm.TicketPatch) error {
	ids, addresses := slices.Clone(w.t.CCs), p.AddCCs
	if p.CCs != nil {
		ids, addresses = nil, slices.Concat(*p.CCs, p.AddCCs)
	}
	for i, address := range addresses {
		if i >= 1000 {
			return dm.BadField("ccs", "These are too many addresses.")
		}
		id, err := w.personByAddress(address, "", "ccs["+strconv.Itoa(i)+"]")
		if err != nil {
			return err
		}
		if !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	for _, id := range ids {
		if !slices.Contains(w.t.CCs, id) {
			if err := w.disclosure("ccs"); err != nil {
				return err
			}
		}
	}
	if err := w.roomFor(len(ids) - len(w.t.CCs)); err != nil {
		return err
	}
	w.change("cc", idList(w.t.CCs), idList(ids))
	w.t.CCs = ids
	return nil
}

func countRequesters(shares []dm.Share) int {
	n := 0
	for i := range shares {
		if shares[i].Target.Kind == dm.TargetRequester {
			n++
		}
	}
	return n
}

func idList(ids []int64) string {
	texts := make([]string, len(ids))
	for i, id := range ids {
		texts[i] = idText(id)
	}
	return strings.Join(texts, ", ")
}

const maxFollowers = 100

// patchFollowers sets the agents who follow; each must be able to see the
// ticket.
func (w *work) patchFollowers(ids []int64) error {
	ids = slices.Clone(ids)
	slices.Sort(ids)
	ids = slices.Compact(ids)
	if len(ids) > maxFollowers {
		return dm.BadField("followers", "A ticket has at most %d followers.", maxFollowers)
	}
	for _, id := range ids {
		if slices.Contains(w.t.Followers, id) {
			continue
		}
		v, err := w.tx.ViewerIn(w.dir, id)
		if err != nil {
			return err
		}
		f := w.facts()
		if d := access.Decide(v, &f, w.tx.Now()); !v.IsAgent() || !d.Has(access.See) {
			return dm.BadField("followers", "Only agents who can see the ticket can follow it.")
		}
	}
	if err := w.roomFor(len(ids) - len(w.t.Followers)); err != nil {
		return err
	}
	w.change("followers", idList(w.t.Followers), idList(ids))
	w.t.Followers = ids
	return nil
}

// addFollowers lets more agents follow, after those whom the change lets in.
func (w *work) addFollowers() error {
	add := w.ch.Set.AddFollowers
	if len(add) == 0 {
		return nil
	}
	if err := w.need(access.Edit); err != nil {
		return err
	}
	ids := sortedSet(slices.Concat(w.t.Followers, add))
	if err := w.patchFollowers(ids); err != nil {
		return err
	}
	return w.tx.SetFollowers(w.account, w.t, w.t.Followers)
}

// follow lets the actor follow the ticket, or stop. Whoever can open it may: it
// gives nothing but notices, which are decided again for each.
func (w *work) follow() error {
	if w.ch.Follow == nil {
		return nil
	}
	me := w.viewer.Person()
	if !w.viewer.IsAgent() || w.created {
		return dm.ErrForbidden
	}
	ids := slices.DeleteFunc(slices.Clone(w.t.Followers), func(id int64) bool { return id == me })
	if *w.ch.Follow {
		ids = sortedSet(append(ids, me))
	}
	if len(ids) > maxFollowers {
		return dm.BadField("followers", "A ticket has at most %d followers.", maxFollowers)
	}
	if err := w.roomFor(len(ids) - len(w.t.Followers)); err != nil {
		return err
	}
	w.change("followers", idList(w.t.Followers), idList(ids))
	w.t.Followers = ids
	return w.tx.SetFollowers(w.account, w.t, ids)
}
