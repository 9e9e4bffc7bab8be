package app

import (
	"slices"
	"strconv"
	"strings"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
	"github.com/deskmesh/deskmesh/internal/store"
)

// undone are the properties that are set back when a change is undone, as
// texts. Tags are not among them: those that came and went are told apart.
var undone = []struct {
	name string
	get  func(*dm.Ticket) string
	put  func(*dm.TicketPatch, string)
}{
	{"subject", func(t *dm.Ticket) string { return t.Subject }, func(p *dm.TicketPatch, v string) { p.Subject = &v }},
	{"status", func(t *dm.Ticket) string { return string(t.Status) + "/" + idText(t.StatusID) }, func(p *dm.TicketPatch, v string) {
		name, own, _ := strings.Cut(v, "/")
		status := dm.Status(name)
		p.Status, p.StatusID = &status, idPointer(own)
	}},
	{"priority", func(t *dm.Ticket) string { return string(t.Priority) }, func(p *dm.TicketPatch, v string) { p.Priority = (*dm.Priority)(&v) }},
	{"type", func(t *dm.Ticket) string { return string(t.Type) }, func(p *dm.TicketPatch, v string) { p.Type = (*dm.TicketType)(&v) }},
	{"private", func(t *dm.Ticket) string { return boolText(t.Private) }, func(p *dm.TicketPatch, v string) { yes := v == "true"; p.Private = &yes }},
	{"inbox", func(t *dm.Ticket) string { return idText(t.InboxID) }, func(p *dm.TicketPatch, v string) { p.InboxID = idPointer(v) }},
	{"group", func(t *dm.Ticket) string { return idText(t.GroupID) }, func(p *dm.TicketPatch, v string) { p.GroupID = idPointer(v) }},
	{"assignee", func(t *dm.Ticket) string { return idText(t.AssigneeID) }, func(p *dm.TicketPatch, v string) { p.AssigneeID = idPointer(v) }},
	{"requester", func(t *dm.Ticket) string { return idText(t.RequesterID) }, func(p *dm.TicketPatch, v string) { p.RequesterID = idPointer(v) }},
	{"department", func(t *dm.Ticket) string { return idText(t.DepartmentID) }, func(p *dm.TicketPatch, v string) { p.DepartmentID = idPointer(v) }},
	{"followers", func(t *dm.Ticket) string { return idList(t.Followers) }, func(p *dm.TicketPatch, v string) { ids := idsIn(v); p.Followers = &ids }},
}

// undoCC names the people in copy, who are set back by their addresses.
const undoCC = "cc"

func idPointer(text string) *int64 {
	id, _ := strconv.ParseInt(text, 10, 64)
	return &id
}

// idsIn reads what idList wrote.
func idsIn(text string) []int64 {
	ids := []int64{}
	for part := range strings.SplitSeq(text, ",") {
		if id, err := strconv.ParseInt(strings.TrimSpace(part), 10, 64); err == nil {
			ids = append(ids, id)
		}
	}
	return ids
}

// noteUndo puts together what takes the change back, where that was asked for.
func (w *work) noteUndo() error {
	if !w.ch.Undoable || w.created {
		return nil
	}
	u := &dm.TicketUndo{}
	w.undoProperties(u)
	w.undoShares(u)
	u.Partners = w.res.PartnersMade
	switch {
	case w.t.Deleted && !w.old.Deleted:
		u.Move = dm.TrashRestore
	case !w.t.Deleted && w.old.Deleted:
		u.Move = dm.TrashDelete
	case w.t.Spam && !w.old.Spam:
		u.Move = dm.TrashNotSpam
	case !w.t.Spam && w.old.Spam:
		u.Move = dm.TrashSpam
	}
	if !u.Empty() {
		w.res.Undo = u
	}
	return nil
}

func (w *work) undoProperties(u *dm.TicketUndo) {
	note := func(name, old, new string, always bool) {
		if always || old != new {
			u.Set = append(u.Set, dm.FieldChange{Field: name, Old: old, New: new})
		}
	}
	moved := w.old.InboxID != w.t.InboxID // takes the group and the assignee along
	for _, f := range undone {
		note(f.name, f.get(&w.old), f.get(w.t), moved && (f.name == "group" || f.name == "assignee"))
	}
	note(undoCC, idList(w.old.CCs), idList(w.t.CCs), false)
	old, now := fieldValues(&w.old), fieldValues(w.t)
	for _, id := range sortedKeys(w.dir.Fields) {
		note("field:"+idText(id), old[id], now[id], false)
	}
	for _, tag := range w.t.Tags {
		if !slices.Contains(w.old.Tags, tag) {
			u.TagsAdded = append(u.TagsAdded, tag)
		}
	}
	for _, tag := range w.old.Tags {
		if !slices.Contains(w.t.Tags, tag) {
			u.TagsRemoved = append(u.TagsRemoved, tag)
		}
	}
}

func fieldValues(t *dm.Ticket) map[int64]string {
	values := make(map[int64]string, len(t.Fields))
	for _, f := range t.Fields {
		values[f.FieldID] = f.Value
	}
	return values
}

// undoShares compares the live shares with those of before. What expired is
// nobody's act.
func (w *work) undoShares(u *dm.TicketUndo) {
	now := w.tx.Now()
	for i := range w.shares {
		s := &w.shares[i]
		old := slices.IndexFunc(w.oldShares, func(o dm.Share) bool { return o.ID == s.ID })
		if old < 0 {
			u.Shares = append(u.Shares, s.ID)
		} else if was := w.oldShares[old]; was.Terms() != s.Terms() || was.ExpiresAt != s.ExpiresAt {
			u.Amend = append(u.Amend, dm.ShareAmendment{ID: s.ID, Level: &was.Level, SeeInternal: &was.SeeInternal, ReplyPublic: &was.ReplyPublic,
				Forward: &was.Forward, CanReshare: &was.CanReshare, ExpiresAt: &was.ExpiresAt})
		}
	}
	for i := range w.oldShares {
		s := &w.oldShares[i]
		if w.shareByID(s.ID) != nil || !s.Live(now) {
			continue
		}
		again := dm.NewShare{Target: s.Target, Level: s.Level, Reason: s.Reason, ExpiresAt: s.ExpiresAt}
		if s.Target.Kind != dm.TargetRequester {
			again.SeeInternal, again.ReplyPublic, again.Forward, again.CanReshare = &s.SeeInternal, &s.ReplyPublic, &s.Forward, &s.CanReshare
		}
		u.Share = append(u.Share, again)
	}
}

// undoChange makes of what takes a change back the change that does so now.
// Conflict with the reason changed_since where somebody else has changed one of
// the properties meanwhile: nothing of the ticket is undone then.
func undoChange(tx *store.Tx, v *access.Viewer, number int64, u *dm.TicketUndo) (dm.Change, error) {
	ch := dm.Change{Number: number, Trash: u.Move}
	f, err := tx.LockTicket(v, number)
	if err != nil {
		return ch, err
	}
	t := &f.Ticket
	if err := tx.LoadDetails(v.Account(), t); err != nil {
		return ch, err
	}
	for _, c := range u.Set {
		if err := undoProperty(tx, v, t, &ch.Set, c); err != nil {
			return ch, err
		}
	}
	ch.Set.AddTags, ch.Set.RemoveTags = u.TagsRemoved, u.TagsAdded
	live := func(id int64) bool { return slices.ContainsFunc(f.Shares, func(s dm.Share) bool { return s.ID == id }) }
	for _, id := range u.Shares {
		if live(id) {
			ch.Unshare = append(ch.Unshare, id)
		}
	}
	if len(u.Partners) > 0 {
		links, err := tx.PartnerLinks(v.Account(), f)
		if err != nil {
			return ch, err
		}
		for i := range links {
			if slices.Contains(u.Partners, links[i].ID) && links[i].State.Standing() {
				ch.Partners = append(ch.Partners, dm.PartnerChange{Do: dm.UnsharePartner, LinkID: links[i].ID})
			}
		}
	}
	for _, a := range u.Amend {
		if live(a.ID) && (*a.ExpiresAt == 0 || *a.ExpiresAt > tx.Now()) {
			ch.Amend = append(ch.Amend, a)
		}
	}
	for _, s := range u.Share {
		if s.ExpiresAt == 0 || s.ExpiresAt > tx.Now() {
			ch.Share = append(ch.Share, s)
		}
	}
	return ch, nil
}

func undoProperty(tx *store.Tx, v *access.Viewer, t *dm.Ticket, set *dm.TicketPatch, c dm.FieldChange) error {
	now, back := "", func() error { return nil }
	if id, own := strings.CutPrefix(c.Field, "field:"); own {
		field, _ := strconv.ParseInt(id, 10, 64)
		now, back = fieldValues(t)[field], func() error {
			if set.Fields == nil {
				set.Fields = map[int64]*string{}
			}
			if set.Fields[field] = nil; c.Old != "" {
				set.Fields[field] = &c.Old
			}
			return nil
		}
	} else if c.Field == undoCC {
		now, back = idList(t.CCs), func() error { return copyBack(tx, v.Account(), set, idsIn(c.Old)) }
	}
	for _, f := range undone {
		if f.name == c.Field {
			now, back = f.get(t), func() error { f.put(set, c.Old); return nil }
		}
	}
	if now != c.New {
		return dm.Errorf(dm.Conflict, "The ticket was changed since. Nothing was undone on it.").With("changed_since")
	}
	return back()
}

// copyBack puts people in copy again, as far as they are still there.
func copyBack(tx *store.Tx, account int64, set *dm.TicketPatch, ids []int64) error {
	people, err := tx.PeopleRefs(account, ids)
	if err != nil {
		return err
	}
	addresses := []string{}
	for _, id := range ids {
		if p := people[id]; p.Address != "" {
			addresses = append(addresses, p.Address)
		}
	}
	set.CCs = &addresses
	return nil
}
