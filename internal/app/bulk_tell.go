package app

import (
	"cmp"
	"context"
	"maps"
	"slices"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/notify"
	"github.com/deskmesh/deskmesh/internal/store"
)

// bulkNoticeArgs names one notice to one person about all their tickets of a
// bulk.
type bulkNoticeArgs struct {
	Bulk   int64         `json:"bulk"`
	Person int64         `json:"person"`
	Kind   dm.NoticeKind `json:"kind"`
}

// toldTogether says whether people are told of an event together with others of
// its bulk, when that has ended.
func toldTogether(e *dm.Event) bool {
	if e.Cause.Kind != dm.CauseBulk {
		return false
	}
	switch e.Kind {
	case dm.ShareCreated, dm.ShareRevoked, dm.ShareLeft, dm.TicketUpdated:
		return true
	}
	return false
}

// tellLater notes such an event. One of a bulk that is only tried is told to
// nobody.
func (w *work) tellLater(e *dm.Event, gone []int64) error {
	if e.Cause.ID == 0 {
		return nil
	}
	if e.Kind == dm.TicketUpdated {
		return w.tellChangeLater(e)
	}
	return w.tx.AddBulkEvent(w.account, e.Cause.ID, e, gone)
}

// tellChangeLater notes whom a change concerns: who works on the ticket, has a
// share or follows it, each once, and groups by themselves: those it is shared
// with, and the one it was assigned to.
func (w *work) tellChangeLater(e *dm.Event) error {
	followers, err := w.tx.Followers(w.account, w.t.ID)
	if err != nil {
		return err
	}
	people, team := notify.People{AssigneeID: w.t.AssigneeID, Followers: followers}, notify.Team(e, w.t.GroupID)
	for i := range w.shares {
		s := &w.shares[i]
		if w.letIn(s.ID) {
			continue // who was let in by the same change hears of that
		}
		if s.Target.Kind == dm.TargetGroup {
			if s.Target.ID == team {
				team = 0 // it hears of the change anyway
			}
			if err := w.tx.AddBulkChange(w.account, e.Cause.ID, e, dm.NoticeUpdate, s.ID, s.Target); err != nil {
				return err
			}
			continue
		}
		people.Shares = append(people.Shares, notify.Party{ShareID: s.ID, PersonID: s.Target.ID, Outside: s.Target.Kind == dm.TargetRequester})
	}
	for _, l := range notify.Plan(*e, people) {
		if err := w.tx.AddBulkChange(w.account, e.Cause.ID, e, l.Kind, l.ShareID, dm.Target{Kind: dm.TargetAgent, ID: l.PersonID}); err != nil {
			return err
		}
	}
	if team == 0 {
		return nil
	}
	return w.tx.AddBulkChange(w.account, e.Cause.ID, e, dm.NoticeGroup, 0, dm.Target{Kind: dm.TargetGroup, ID: team})
}

// letIn says whether a share was made by this change.
func (w *work) letIn(share int64) bool {
	return slices.ContainsFunc(w.events, func(e dm.Event) bool { return e.Kind == dm.ShareCreated && e.Data.ShareID == share })
}

// hearer is a person who hears of one kind of thing that a bulk did.
type hearer struct {
	person int64
	kind   dm.NoticeKind
}

// heard is the first event that somebody hears of, and how many there are.
type heard struct {
	store.BulkEvent
	events int
	mail   bool // some of them by more than a group that has its mail sent elsewhere
}

// hearers are all whom a bulk concerns.
type hearers struct {
	tx      *store.Tx
	account int64
	dir     *store.Directory
	people  map[hearer]*heard
	groups  map[groupMailArgs]bool // those told at their own address
	members map[int64][]int64      // of groups that were met
	changed map[int64]int64        // the last change that each person hears of
}

// tellBulk does the job JobTellBulk: it gives everybody whom a bulk concerns: who
// gained or lost tickets, or works on some that it changed, one line in their list and one mail, whatever the number of
// tickets. It is done once, in one transaction with the mail jobs.
func (a *App) tellBulk(ctx context.Context, account int64, args bulkArgs) error {
	h := &hearers{account: account}
	err := a.DB.Read(ctx, func(tx *store.Tx) error {
		b, err := tx.Bulk(account, args.Bulk)
		if err != nil {
			return err
		}
		h.tx, h.people, h.groups, h.members, h.changed = tx, map[hearer]*heard{}, map[groupMailArgs]bool{}, map[int64][]int64{}, map[int64]int64{}
		if h.dir, err = tx.Directory(account); err != nil {
			return err
		}
		return h.gather(b)
	})
	if dm.CodeOf(err) == dm.NotFound {
		return nil
	}
	if err != nil {
		return err
	}
	return a.DB.Write(ctx, store.Normal, func(tx *store.Tx) error {
		mine, err := tx.TellBulk(account, args.Bulk)
		if err != nil || !mine {
			return err
		}
		h.tx = tx
		return h.tell(args.Bulk)
	})
}

// gather finds out who hears of what.
func (h *hearers) gather(b *dm.Bulk) error {
	var after store.BulkEvent
	var team *teamEvent
	for {
		events, err := h.tx.BulkEvents(h.account, b.ID, after, 1000)
		if err != nil {
			return err
		}
		if len(events) == 0 {
			return h.hearTeam(b, team)
		}
		after = events[len(events)-1]
		var changed []int64
		for _, e := range events {
			if e.ChangesTicket() {
				changed = append(changed, e.TicketID)
			}
		}
		mutes, err := h.tx.MutesOf(h.account, distinct(changed))
		if err != nil {
			return err
		}
		for _, e := range events {
			if team != nil && team.EventID != e.EventID {
				if err := h.hearTeam(b, team); err != nil {
					return err
				}
				team = nil
			}
			if e.Notice == dm.NoticeGroup {
				team = &teamEvent{e, mutes[e.TicketID]}
				continue
			}
			if err := h.hear(b, &e, mutes[e.TicketID]); err != nil {
				return err
			}
		}
	}
}

// teamEvent is a line for the group to which a ticket was assigned. It comes last
// of its event: whoever hears of that in another way is not told once more.
type teamEvent struct {
	store.BulkEvent
	mutes []int64
}

func (h *hearers) hearTeam(b *dm.Bulk, team *teamEvent) error {
	if team == nil {
		return nil
	}
	return h.hear(b, &team.BulkEvent, team.mutes)
}

// hear adds those who hear of one event. Nobody is told of what they did
// themselves, nor of changes of a ticket that they have muted.
func (h *hearers) hear(b *dm.Bulk, e *store.BulkEvent, mutes []int64) error {
	people, err := hearersOf(h.tx, h.account, e, h.members)
	if err != nil {
		return err
	}
	mail := true
	if e.Target.Kind == dm.TargetGroup {
		mail = mailsMembers(h.dir, notify.WhyGroup, e.Target.ID)
		if h.dir.Groups[e.Target.ID].Mail == dm.GroupMailAddress {
			h.groups[groupMailArgs{Bulk: b.ID, Group: e.Target.ID, Kind: e.Notice}] = true
		}
	}
	for _, id := range people {
		if id == b.PersonID || (e.Notice == dm.NoticeUpdate || e.Notice == dm.NoticeGroup) && slices.Contains(mutes, id) {
			continue
		}
		key := hearer{id, e.Notice}
		if e.ChangesTicket() {
			if h.changed[id] == e.EventID {
				if told := h.people[key]; told != nil {
					told.mail = told.mail || mail
				}
				continue // by themselves and by their group
			}
			h.changed[id] = e.EventID
		}
		if told := h.people[key]; told != nil {
			told.events++
			told.mail = told.mail || mail
		} else {
			h.people[key] = &heard{*e, 1, mail}
		}
	}
	return nil
}

// hearersOf gives the people of one line. members remembers those of groups.
func hearersOf(tx *store.Tx, account int64, e *store.BulkEvent, members map[int64][]int64) (people []int64, err error) {
	switch {
	case e.Notice == dm.NoticeUnshared:
		return e.Gone, nil
	case e.Target.Kind != dm.TargetGroup:
		return []int64{e.Target.ID}, nil
	case members[e.Target.ID] == nil:
		if members[e.Target.ID], err = tx.ActiveMembers(account, e.Target.ID); err != nil {
			return nil, err
		}
	}
	return members[e.Target.ID], nil
}

// tell writes the lines, and what becomes mail. Who hears of one ticket alone gets
// the mail that a single act sends.
func (h *hearers) tell(bulk int64) error {
	keys := slices.SortedFunc(maps.Keys(h.people), func(x, y hearer) int { return cmp.Or(cmp.Compare(x.person, y.person), cmp.Compare(x.kind, y.kind)) })
	var ids []int64
	for _, k := range keys {
		ids = append(ids, k.person)
	}
	rules, err := h.tx.NoticeRules(h.account, 0, distinct(ids))
	if err != nil {
		return err
	}
	post := &outbox{tx: h.tx, account: h.account, rules: rules}
	var notices []dm.Notification
	for _, k := range keys {
		told := h.people[k]
		if rules.Hears(k.person, k.kind, dm.NoticeInApp) {
			notices = append(notices, dm.Notification{PersonID: k.person, TicketID: told.TicketID, EventID: told.EventID, Kind: k.kind})
		}
		switch {
		case !told.mail || !rules.Hears(k.person, k.kind, dm.NoticeMail):
		case told.events > 1:
			post.put(JobBulkNotice, k.person, told.EventID, k.kind, bulkNoticeArgs{Bulk: bulk, Person: k.person, Kind: k.kind})
		default:
			post.notice(told.alone(k))
		}
	}
	for args := range h.groups {
		post.jobs = append(post.jobs, groupMailJob(h.account, args))
	}
	if _, err := h.tx.InsertNotifications(h.account, notices); err != nil {
		return err
	}
	return post.send()
}

// alone gives the notice to somebody who hears of one ticket.
func (h *heard) alone(k hearer) noticeArgs {
	one := noticeArgs{Event: h.EventID, Person: k.person, Kind: k.kind, Why: string(notify.WhyShare)}
	switch {
	case k.kind == dm.NoticeGroup:
		one.Group, one.Why = h.Target.ID, string(notify.WhyTeam)
	case h.Target.Kind == dm.TargetGroup:
		one.Group, one.Why = h.Target.ID, string(notify.WhyGroup)
	case k.kind == dm.NoticeAssigned:
		one.Why = string(notify.WhyAssignee)
	case h.ShareID == 0:
		one.Why = "" // they work on it or follow it
	}
	return one
}
