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
// share or follows it, each once, and groups by themselves.
func (w *work) tellChangeLater(e *dm.Event) error {
	followers, err := w.tx.Followers(w.account, w.t.ID)
	if err != nil {
		return err
	}
	people := notify.People{AssigneeID: w.t.AssigneeID, Followers: followers}
	for i := range w.shares {
		s := &w.shares[i]
		if s.Target.Kind == dm.TargetGroup {
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
	return nil
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
}

// tellBulk does the job JobTellBulk: it gives everybody whom a bulk concerns: who
// gained or lost tickets, or works on some that it changed, one line in their list and one mail, whatever the number of
// tickets. It is done once, in one transaction with the mail jobs.
func (a *App) tellBulk(ctx context.Context, account int64, args bulkArgs) error {
	hear := map[hearer]*heard{}
	err := a.DB.Read(ctx, func(tx *store.Tx) error {
		b, err := tx.Bulk(account, args.Bulk)
		if err != nil {
			return err
		}
		return gatherHearers(tx, account, b, hear)
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
		notices, mails := noticesOf(account, args.Bulk, hear)
		if _, err := tx.InsertNotifications(account, notices); err != nil {
			return err
		}
		return tx.EnqueueAll(mails)
	})
}

func gatherHearers(tx *store.Tx, account int64, b *dm.Bulk, hear map[hearer]*heard) error {
	members := map[int64][]int64{}
	changed := map[int64]int64{} // the last change that each person hears of
	var after store.BulkEvent
	for {
		events, err := tx.BulkEvents(account, b.ID, after, 1000)
		if err != nil || len(events) == 0 {
			return err
		}
		after = events[len(events)-1]
		for _, e := range events {
			people, err := hearersOf(tx, account, &e, members)
			if err != nil {
				return err
			}
			for _, id := range people {
				if id == b.PersonID {
					continue // nobody is told of what they did themselves
				}
				if e.ChangesTicket() {
					if changed[id] == e.EventID {
						continue // by themselves and by their group
					}
					changed[id] = e.EventID
				}
				if h := hear[hearer{id, e.Notice}]; h != nil {
					h.events++
				} else {
					hear[hearer{id, e.Notice}] = &heard{e, 1}
				}
			}
		}
	}
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

// noticesOf makes the lines and mail jobs. Who hears of one ticket alone gets
// the mail that a single act sends.
func noticesOf(account, bulk int64, hear map[hearer]*heard) ([]dm.Notification, []store.NewJob) {
	keys := slices.SortedFunc(maps.Keys(hear), func(x, y hearer) int { return cmp.Or(cmp.Compare(x.person, y.person), cmp.Compare(x.kind, y.kind)) })
	notices := make([]dm.Notification, len(keys))
	mails := make([]store.NewJob, len(keys))
	for i, k := range keys {
		h := hear[k]
		notices[i] = dm.Notification{PersonID: k.person, TicketID: h.TicketID, EventID: h.EventID, Kind: k.kind}
		mails[i] = store.NewJob{Account: account, Kind: JobBulkNotice, Args: bulkNoticeArgs{Bulk: bulk, Person: k.person, Kind: k.kind}, Urgency: store.Normal}
		if h.events > 1 {
			continue
		}
		one := noticeArgs{Event: h.EventID, Person: k.person, Kind: k.kind, Why: string(notify.WhyShare)}
		switch {
		case h.Target.Kind == dm.TargetGroup:
			one.Group, one.Why = h.Target.ID, string(notify.WhyGroup)
		case k.kind == dm.NoticeAssigned:
			one.Why = string(notify.WhyAssignee)
		case h.ShareID == 0:
			one.Why = "" // they work on it or follow it
		}
		mails[i].Kind, mails[i].Args = JobNotice, one
	}
	return notices, mails
}
