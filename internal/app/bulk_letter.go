package app

import (
	"context"
	"fmt"
	"slices"
	"strings"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
	"github.com/deskmesh/deskmesh/internal/jobs"
	"github.com/deskmesh/deskmesh/internal/mail"
	"github.com/deskmesh/deskmesh/internal/notify"
	"github.com/deskmesh/deskmesh/internal/store"
)

// maxNamed bounds the tickets that one letter names.
const maxNamed = 1000

// sendBulkNotice does the job JobBulkNotice: it decides again, now, which of
// the tickets the person may be told of, and sends one mail about all of them.
func (a *App) sendBulkNotice(ctx context.Context, j *jobs.Job, args bulkNoticeArgs) error {
	return a.dispatch(ctx, j, dm.MailBulk, func(tx *store.Tx) (*letter, error) {
		n := &bulkNotice{app: a, tx: tx, account: j.Account, args: args}
		return n.write()
	})
}

// bulkNotice is one letter about many tickets being written.
type bulkNotice struct {
	app     *App
	tx      *store.Tx
	account int64
	args    bulkNoticeArgs

	dir    *store.Directory
	bulk   *dm.Bulk
	person *dm.Person
	rules  *store.NoticeRules
	out    notify.Batch
	box    dm.Inbox // of one of the tickets, which it comes from
}

// write composes the letter; nil when nothing is to be sent.
func (n *bulkNotice) write() (*letter, error) {
	ok, err := n.gather()
	if err != nil || !ok {
		return nil, err
	}
	if until, now := n.person.Preferences.QuietUntil(n.tx.Now().Std()), n.tx.Now().Std(); until.After(now) {
		return nil, jobs.Snooze(until.Sub(now))
	}
	return n.compose()
}

// gather decides what the letter may say and fills it in; false when there is
// nothing to tell.
func (n *bulkNotice) gather() (bool, error) {
	var err error
	if n.bulk, err = n.tx.Bulk(n.account, n.args.Bulk); err == nil {
		n.person, err = n.tx.Person(n.account, n.args.Person)
	}
	if dm.CodeOf(err) == dm.NotFound {
		return false, nil
	}
	if err != nil || !n.person.Active || n.person.Address == "" {
		return false, err
	}
	if n.dir, err = n.tx.Directory(n.account); err != nil {
		return false, err
	}
	v, err := n.tx.ViewerIn(n.dir, n.person.ID)
	if err != nil {
		return false, err
	}
	groups := v.Groups()
	if n.out.Outside = !v.IsAgent(); n.out.Outside {
		v = v.AsRequester()
	}
	told, err := bulkTickets(n.tx, v, groups, n.args.Bulk, n.args.Kind, 2*dm.MaxBulk)
	if err == nil {
		err = n.unmute(told)
	}
	if err != nil || len(told.open)+len(told.closed) == 0 {
		return false, err
	}
	return true, n.describe(told)
}

// toldTickets are the tickets of a bulk that one person is told of: those that
// they can open now and, of shares that ended, those that they cannot.
type toldTickets struct {
	open, closed []store.TicketName
	group        int64   // where all was with one group of theirs
	changes      []int64 // events of some of those that changed
}

// shownChanges bounds the events that a letter looks at for what changed: a bulk
// does the same to every ticket, but to those that had it already.
const shownChanges = 20

// bulkTickets decides which tickets of a bulk a person is told of now, looking
// at no more than so many events.
func bulkTickets(tx *store.Tx, v *access.Viewer, groups []int64, bulk int64, kind dm.NoticeKind, most int) (*toldTickets, error) {
	account := v.Account()
	events, err := tx.BulkEventsOf(account, bulk, kind, v.Person(), groups, most)
	if err != nil {
		return nil, err
	}
	told := &toldTickets{}
	var ids, internal []int64
	for i, e := range events {
		group := int64(0)
		if e.Target.Kind == dm.TargetGroup {
			group = e.Target.ID
		}
		if i == 0 {
			told.group = group
		} else if told.group != group {
			told.group = 0
		}
		ids = append(ids, e.TicketID)
		if e.Internal {
			internal = append(internal, e.TicketID)
		}
	}
	slices.Sort(ids)
	ids = slices.Compact(ids)
	open, err := openNames(tx, v, ids, internal)
	if err != nil {
		return nil, err
	}
	for _, e := range events {
		if _, ok := open[e.TicketID]; ok && e.ChangesTicket() && len(told.changes) < shownChanges {
			told.changes = append(told.changes, e.EventID)
		}
	}
	all := open
	if kind == dm.NoticeUnshared {
		// Whoever lost a ticket knew its number, which is all that is told of it.
		if all, err = tx.TicketNames(access.System(account, "notify").Scope(access.See, access.Open), ids); err != nil {
			return nil, err
		}
	}
	for _, id := range ids {
		if name, ok := open[id]; ok {
			told.open = append(told.open, name)
		} else if name, ok := all[id]; ok {
			told.closed = append(told.closed, name)
		}
	}
	return told, nil
}

// openNames names those of the tickets that a person can open now. Of those in
// the second list they must see internal matters too.
func openNames(tx *store.Tx, v *access.Viewer, ids, internal []int64) (map[int64]store.TicketName, error) {
	open, err := tx.TicketNames(v.Scope(access.See, access.Open), ids)
	if err != nil || len(internal) == 0 {
		return open, err
	}
	inside, err := tx.TicketNames(v.Scope(access.SeeInternal, access.Open), internal)
	for _, id := range internal {
		if _, ok := inside[id]; !ok {
			delete(open, id)
		}
	}
	return open, err
}

// unmute leaves out the tickets of brands in which this kind of notice is off for
// the person, and those that they have muted.
func (n *bulkNotice) unmute(told *toldTickets) error {
	rules := map[int64]*store.NoticeRules{}
	for _, list := range []*[]store.TicketName{&told.open, &told.closed} {
		kept := (*list)[:0]
		for _, t := range *list {
			brand := n.dir.BrandOf(t.InboxID).ID
			if rules[brand] == nil {
				var err error
				if rules[brand], err = n.tx.NoticeRules(n.account, brand, []int64{n.person.ID}); err != nil {
					return err
				}
			}
			if n.rules = rules[brand]; mailGoes(n.rules, n.person.ID, n.args.Kind) {
				kept = append(kept, t)
			}
		}
		*list = kept
	}
	if n.args.Kind != dm.NoticeUpdate && n.args.Kind != dm.NoticeGroup {
		return nil
	}
	return n.dropMuted(told)
}

// dropMuted leaves out the tickets that the person has muted.
func (n *bulkNotice) dropMuted(told *toldTickets) error {
	var ids []int64
	for _, t := range told.open {
		ids = append(ids, t.ID)
	}
	mutes, err := n.tx.MutesOf(n.account, ids)
	if err != nil {
		return err
	}
	told.open = slices.DeleteFunc(told.open, func(t store.TicketName) bool { return slices.Contains(mutes[t.ID], n.person.ID) })
	return nil
}

// describe fills in what the letter says.
func (n *bulkNotice) describe(told *toldTickets) error {
	refs, err := n.tx.PeopleRefs(n.account, []int64{n.bulk.PersonID})
	if err != nil {
		return err
	}
	first := append(slices.Clone(told.open), told.closed...)[0]
	n.box = n.dir.Inboxes[first.InboxID]
	o := &n.out
	o.Kind, o.Language, o.Recipient, o.Account, o.Brand = n.args.Kind, n.person.Language, n.person.Name, n.dir.Account.Name, n.dir.BrandOf(n.box.ID).Name
	o.Actor = refs[n.bulk.PersonID].Name
	if told.group != 0 {
		o.GroupName = groupName(n.tx, n.dir, n.account, told.group)
	}
	base := n.dir.Account.BaseURL + "/tickets"
	for i, t := range told.open {
		if i == maxNamed {
			break
		}
		bt := notify.BatchTicket{Number: t.Number, Subject: t.Subject}
		if !o.Outside {
			bt.URL = base + "/" + idText(t.Number)
		}
		o.Tickets = append(o.Tickets, bt)
	}
	for _, t := range told.closed[:min(len(told.closed), maxNamed)] {
		o.Closed = append(o.Closed, t.Number)
	}
	o.More = len(told.open) - len(o.Tickets) + len(told.closed) - len(o.Closed)
	switch n.args.Kind {
	case dm.NoticeShared:
		n.describeShare(told, base)
	case dm.NoticeAssigned, dm.NoticeGroup, dm.NoticeUpdate:
		return n.describeChanges(told, base)
	}
	return nil
}

// sameForAll are the properties that a bulk sets to one value on every ticket;
// tags and people in copy are added to what each has.
var sameForAll = map[string]bool{"status": true, "priority": true, "type": true, "private": true, "inbox": true, "group": true, "assignee": true, "department": true}

// describeChanges adds what the tickets have now.
func (n *bulkNotice) describeChanges(told *toldTickets, base string) error {
	if n.args.Kind == dm.NoticeAssigned {
		n.out.URL = base + "?view=" + string(ViewMine)
	}
	if n.args.Kind == dm.NoticeGroup {
		n.out.URL = base
	}
	seen := map[string]bool{}
	for _, id := range told.changes {
		e, err := n.tx.Event(n.account, id)
		if err != nil {
			return err
		}
		people, err := n.tx.PeopleRefs(n.account, distinct(changedPeople(e.Data.Changes)))
		if err != nil {
			return err
		}
		for _, c := range namedChanges(n.dir, people, e.Data.Changes) {
			if !sameForAll[c.Field] || seen[c.Field] || c.Field == "assignee" && n.args.Kind == dm.NoticeAssigned || c.Field == "group" && n.args.Kind == dm.NoticeGroup {
				continue
			}
			seen[c.Field] = true
			n.out.Changes = append(n.out.Changes, notify.Change{Field: c.Field, New: c.New})
		}
	}
	return nil
}

// describeShare adds the terms that were asked for, which are those of every
// share.
func (n *bulkNotice) describeShare(told *toldTickets, base string) {
	if len(n.bulk.Work.Share) > 0 {
		s := &n.bulk.Work.Share[0]
		n.out.Level, n.out.Reason = s.Level, strings.TrimSpace(cleanText(s.Reason))
		if s.ExpiresAt != 0 {
			n.out.ExpiresAt = s.ExpiresAt.Std()
		}
	}
	if n.out.Outside {
		return // the workspace's address is not theirs
	}
	view := ViewSharedWithMe
	if told.group != 0 {
		view = ViewSharedWithMine
	}
	n.out.URL = base + "?view=" + string(view)
}

// compose renders the letter. An answer to it belongs to no ticket: it has no
// signed address, and its Message-ID is none that a ticket is found by.
func (n *bulkNotice) compose() (*letter, error) {
	var err error
	if n.out.Texts, err = mailTexts(n.tx, n.account, n.box.BrandID, dm.MailBulk, n.person.Language); err != nil {
		return nil, err
	}
	text := notify.RenderBatch(n.out)
	name := n.out.Brand
	if n.out.Actor != "" && !n.out.Outside {
		name = n.out.Actor + " (" + n.dir.Account.Name + ")"
	}
	_, domain, _ := strings.Cut(n.box.Address, "@")
	l := &letter{from: mail.Address{Name: name, Email: n.box.Address}, to: mail.Address{Name: n.person.Name, Email: n.person.Address},
		inbox: n.box.ID, person: n.person.ID, automatic: true}
	l.raw, err = mail.Compose(mail.Outgoing{From: l.from, To: []mail.Address{l.to}, Subject: text.Subject, Text: text.Text, HTML: text.HTML, AutoSubmitted: true,
		Headers:   n.app.unsubscribeFrom(n.dir, n.rules, n.tx.Now(), n.person.ID, n.args.Kind),
		MessageID: fmt.Sprintf("bulk.%d.%d.%d.%s@%s", n.account, n.bulk.ID, n.person.ID, n.args.Kind, domain), Loop: loopMark(&n.dir.Account), Date: n.tx.Now().Std()})
	return l, err
}
