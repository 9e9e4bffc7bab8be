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

// groupMailArgs names one notice to a group's own address: about an event, or
// about all tickets of a bulk that concern the group.
type groupMailArgs struct {
	Event int64         `json:"event,omitempty"`
	Bulk  int64         `json:"bulk,omitempty"`
	Group int64         `json:"group"`
	Kind  dm.NoticeKind `json:"kind"`
}

func groupMailJob(account int64, args groupMailArgs) store.NewJob {
	return store.NewJob{Account: account, Kind: JobGroupMail, Args: args, Urgency: store.Normal}
}

// sendGroupMail does the job JobGroupMail: it decides again, now, what the group
// by itself may see, and sends one mail to its address. The mail says that
// something happened and leads there. It holds neither subject nor text, since
// nobody knows who reads at that address, and its answer belongs to no ticket.
func (a *App) sendGroupMail(ctx context.Context, j *jobs.Job, args groupMailArgs) error {
	return a.dispatch(ctx, j, dm.MailGroup, func(tx *store.Tx) (*letter, error) {
		n := &groupMail{app: a, tx: tx, account: j.Account, args: args}
		return n.write()
	})
}

// groupMail is one such mail being written.
type groupMail struct {
	app     *App
	tx      *store.Tx
	account int64
	args    groupMailArgs

	dir    *store.Directory
	group  dm.Group
	box    dm.Inbox
	ticket int64
	number int64 // of the ticket
	many   int   // tickets of a bulk
	actor  string
}

// write composes the mail; nil when nothing is to be sent.
func (n *groupMail) write() (*letter, error) {
	var err error
	if n.dir, err = n.tx.Directory(n.account); err != nil {
		return nil, err
	}
	var live bool
	if n.group, live = n.dir.Groups[n.args.Group]; !live || n.group.Mail != dm.GroupMailAddress {
		return nil, nil
	}
	find := n.one
	if n.args.Bulk != 0 {
		find = n.bulk
	}
	ok, err := find()
	if dm.CodeOf(err) == dm.NotFound || err == nil && !ok {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	rules, err := n.tx.NoticeRules(n.account, n.dir.BrandOf(n.box.ID).ID, nil)
	if err != nil || !rules.Sends(n.args.Kind, dm.NoticeMail) {
		return nil, err
	}
	return n.compose()
}

// noPerson is no person's id, nor that of a missing one.
const noPerson = -1

// standing is the group as a viewer: an agent who has nothing but the group, and
// whose role reads what the group's share gives. Every member sees at least that.
func (n *groupMail) standing() *access.Viewer {
	return access.NewViewer(access.Profile{Account: n.account, Person: noPerson, Kind: dm.Agent, Active: true, Scope: dm.RestrictedScope, Groups: []int64{n.group.ID},
		Permissions: dm.PermissionsOf(dm.NotesRead), Rules: access.RulesOf(&n.dir.Settings)})
}

// one decides on a notice about one event.
func (n *groupMail) one() (bool, error) {
	e, err := n.tx.Event(n.account, n.args.Event)
	if err != nil {
		return false, err
	}
	f, err := n.tx.TicketByID(access.System(n.account, "notify"), e.TicketID)
	if err != nil {
		return false, err
	}
	people, err := n.tx.PeopleRefs(n.account, distinct([]int64{e.ActorID}))
	if err != nil {
		return false, err
	}
	n.box, n.ticket, n.number, n.actor = n.dir.Inboxes[f.Ticket.InboxID], f.Ticket.ID, f.Ticket.Number, people[e.ActorID].Name
	t := &f.Ticket
	switch n.args.Kind {
	case dm.NoticeUnshared, dm.NoticeShareExpired:
		return true, nil
	case dm.NoticeGroup, dm.NoticeSLA:
		return t.GroupID == n.group.ID && !t.Deleted && !t.Spam, nil
	}
	d := access.Decide(n.standing(), &f.Facts, n.tx.Now())
	return d.Has(access.See) && (!e.Internal || shareEvent(e.Kind) || d.Has(access.SeeInternal)), nil
}

// bulk decides on a notice about the tickets of a bulk.
func (n *groupMail) bulk() (bool, error) {
	b, err := n.tx.Bulk(n.account, n.args.Bulk)
	if err != nil {
		return false, err
	}
	v, ofGroup := n.standing(), n.args.Kind == dm.NoticeGroup
	if ofGroup {
		v = access.System(n.account, "notify")
	}
	told, err := bulkTickets(n.tx, v, []int64{n.group.ID}, b.ID, n.args.Kind, 2*dm.MaxBulk)
	if err != nil {
		return false, err
	}
	if ofGroup {
		told.open = slices.DeleteFunc(told.open, func(t store.TicketName) bool { return t.GroupID != n.group.ID || t.Trashed })
	}
	people, err := n.tx.PeopleRefs(n.account, distinct([]int64{b.PersonID}))
	if err != nil {
		return false, err
	}
	n.actor = people[b.PersonID].Name
	all := append(told.open, told.closed...)
	if len(all) == 0 {
		return false, nil
	}
	n.box, n.many = n.dir.Inboxes[all[0].InboxID], len(all)
	if len(all) == 1 {
		n.number = all[0].Number
	}
	return true, nil
}

func (n *groupMail) compose() (*letter, error) {
	out := notify.GroupNotice{Kind: n.args.Kind, Account: n.dir.Account.Name, Group: n.group.Name, Actor: n.actor, Number: n.number, Many: n.many}
	base := n.dir.Account.BaseURL + "/tickets"
	switch {
	case n.args.Kind == dm.NoticeUnshared, n.args.Kind == dm.NoticeShareExpired:
	case n.args.Kind == dm.NoticeGroup && n.number == 0:
		out.URL = base
	case n.number != 0:
		out.URL = base + "/" + idText(n.number)
	default:
		out.URL = base + "?view=" + string(ViewSharedWithMine)
	}
	text := notify.RenderGroup(out)
	_, domain, _ := strings.Cut(n.box.Address, "@")
	l := &letter{from: mail.Address{Name: n.dir.Account.Name, Email: n.box.Address}, to: mail.Address{Name: n.group.Name, Email: n.group.Address},
		ticket: n.ticket, inbox: n.box.ID, automatic: true}
	var err error
	l.raw, err = mail.Compose(mail.Outgoing{From: l.from, To: []mail.Address{l.to}, Subject: text.Subject, Text: text.Text, HTML: text.HTML, AutoSubmitted: true,
		MessageID: fmt.Sprintf("group.%d.%d.%d.%d.%s@%s", n.account, n.group.ID, n.args.Event, n.args.Bulk, n.args.Kind, domain), Loop: loopMark(&n.dir.Account), Date: n.tx.Now().Std()})
	return l, err
}
