package app

import (
	"context"
	"slices"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
	"github.com/deskmesh/deskmesh/internal/notify"
	"github.com/deskmesh/deskmesh/internal/store"
)

// tellPeople does the job JobTell: it fans the events of one change out into
// lines of the in-app list and mail jobs for everybody who hears of them. It is
// one transaction, and a line that stands already adds no mail, so that running
// it twice tells nobody twice.
func (a *App) tellPeople(ctx context.Context, account int64, args tellArgs) error {
	if len(args.Events) == 0 {
		return nil
	}
	return a.DB.Write(ctx, store.Normal, func(tx *store.Tx) error {
		err := a.tellOf(tx, account, args.Events)
		if dm.CodeOf(err) == dm.NotFound {
			return nil
		}
		return err
	})
}

// tellOf is tellPeople's work; NotFound when an event or its ticket is gone. Who
// is concerned, and what they want to hear, is found out once for all events.
func (a *App) tellOf(tx *store.Tx, account int64, told []tellEvent) error {
	ids := make([]int64, len(told))
	for i := range told {
		ids[i] = told[i].ID
	}
	events, err := tx.EventsByID(account, ids)
	if err != nil {
		return err
	}
	f, err := tx.TicketByID(access.System(account, "notify"), events[ids[0]].TicketID)
	if err != nil {
		return err
	}
	t := &telling{app: a, tx: tx, account: account, found: f}
	if t.dir, err = tx.Directory(account); err != nil {
		return err
	}
	all, err := t.concerned(events)
	if err != nil {
		return err
	}
	planned := make([][]notify.Line, len(told))
	for i := range told {
		e, people := events[told[i].ID], *all
		people.Fixed, people.ActorID = told[i].Fixed, told[i].Causer
		if people.TeamID = notify.Team(e, f.Ticket.GroupID); people.TeamID == 0 {
			people.Team, people.TeamID = nil, notify.TeamMissed(e, f.Ticket.GroupID, f.Ticket.AssigneeID)
		}
		if e.Kind == dm.SLABreached && people.TeamID != 0 {
			if people.Team, err = t.membersOf(people.TeamID); err != nil {
				return err
			}
		}
		if e.Kind == dm.AccessAsked {
			if people.Deciders, err = a.deciders(tx, f, e.ActorID); err != nil {
				return err
			}
		}
		planned[i] = notify.Plan(*e, people)
	}
	if err := t.ask(planned); err != nil {
		return err
	}
	var lines toldLines
	for i := range told {
		e := events[told[i].ID]
		for _, l := range t.withoutMentions(e, all, planned[i]) {
			lines.add(toldLine{l, e.ID})
		}
	}
	return t.tell(lines.list)
}

// telling is the fan-out of what happened to one ticket.
type telling struct {
	app     *App
	tx      *store.Tx
	account int64
	dir     *store.Directory
	found   *store.Found // as the system sees it
	rules   *store.NoticeRules
}

// membersOf lists the active members of a group.
func (t *telling) membersOf(group int64) ([]int64, error) {
	members, err := t.tx.MembersOf(t.account, []int64{group})
	return members[group], err
}

// ask reads what everybody in the plans wants to hear; nothing where they are
// empty.
func (t *telling) ask(planned [][]notify.Line) (err error) {
	var ids []int64
	any := false
	for _, lines := range planned {
		any = any || len(lines) > 0
		for _, l := range lines {
			ids = append(ids, l.PersonID)
		}
	}
	if any {
		t.rules, err = t.tx.NoticeRules(t.account, t.dir.BrandOf(t.found.Ticket.InboxID).ID, distinct(ids))
	}
	return err
}

// withoutMentions lets those who want no mail about mentions hear of the message
// as they would without theirs.
func (t *telling) withoutMentions(e *dm.Event, people *notify.People, lines []notify.Line) []notify.Line {
	if len(e.Data.Mentions) == 0 {
		return lines
	}
	without := *e
	without.Data.Mentions = nil
	plain := map[int64]notify.Line{}
	for _, l := range notify.Plan(without, *people) {
		plain[l.PersonID] = l
	}
	for i, l := range lines {
		if other, hears := plain[l.PersonID]; hears && l.Kind == dm.NoticeMention && !t.rules.Hears(l.PersonID, dm.NoticeMention, dm.NoticeMail) && !t.muted(other) {
			lines[i] = other
		}
	}
	return lines
}

// muted says whether the person wants to hear no more of the ticket. It holds back
// what happens on it, and copies by mail; what is meant for the person alone
// comes all the same.
func (t *telling) muted(l notify.Line) bool {
	return silenced(&t.found.Ticket, l.PersonID, l.Kind, l.Why)
}

func silenced(t *dm.Ticket, person int64, kind dm.NoticeKind, why notify.Why) bool {
	if kind != dm.NoticeUpdate && kind != dm.NoticeGroup && !(kind == dm.NoticeReply && why == notify.WhyCC) {
		return false
	}
	return slices.Contains(t.Mutes, person)
}

// toldLine is a line with its event.
type toldLine struct {
	notify.Line
	event int64
}

// toldLines are lines in the order in which they came.
type toldLines struct {
	list []toldLine
	at   map[toldKey]int
}

type toldKey struct {
	person int64
	kind   dm.NoticeKind
}

// add adds a line, unless the person hears of the same kind of thing by another
// event of the change: a share with the person goes before one with their group.
func (t *toldLines) add(l toldLine) {
	if t.at == nil {
		t.at = map[toldKey]int{}
	}
	key := toldKey{l.PersonID, l.Kind}
	i, told := t.at[key]
	switch {
	case !told:
		t.at[key] = len(t.list)
		t.list = append(t.list, l)
	case t.list[i].Why == notify.WhyGroup && l.Why == notify.WhyShare:
		t.list[i] = l
	}
}

// concerned lists everybody whom the events on the ticket may concern.
func (t *telling) concerned(events map[int64]*dm.Event) (*notify.People, error) {
	f := t.found
	if err := t.tx.LoadDetails(t.account, &f.Ticket); err != nil {
		return nil, err
	}
	members, err := t.tx.MembersOf(t.account, sharedGroups(f.Shares))
	if err != nil {
		return nil, err
	}
	p := &notify.People{AssigneeID: f.Ticket.AssigneeID, RequesterID: f.Ticket.RequesterID, CCs: f.Ticket.CCs, Followers: f.Ticket.Followers, ByAddress: map[int64]bool{}}
	for id, g := range t.dir.Groups {
		if g.Mail == dm.GroupMailAddress {
			p.ByAddress[id] = true
		}
	}
	for _, e := range events {
		if notify.Team(e, f.Ticket.GroupID) == 0 || p.Team != nil {
			continue
		}
		if p.Team, err = t.tx.NoticeMembers(t.account, f.Ticket.GroupID, dm.NoticeGroup); err != nil {
			return nil, err
		}
		break
	}
	for i := range f.Shares {
		s := &f.Shares[i]
		party := notify.Party{ShareID: s.ID}
		if s.Target.Kind == dm.TargetGroup {
			party.GroupID, party.GroupName, party.Members = s.Target.ID, s.TargetName, members[s.Target.ID]
		} else {
			party.PersonID, party.Outside = s.Target.ID, s.Target.Kind == dm.TargetRequester
		}
		p.Shares = append(p.Shares, party)
	}
	return p, nil
}

// sharedGroups lists the groups among the targets of shares.
func sharedGroups(shares []dm.Share) []int64 {
	var groups []int64
	for i := range shares {
		if t := shares[i].Target; t.Kind == dm.TargetGroup {
			groups = append(groups, t.ID)
		}
	}
	return groups
}

// tell writes the in-app lines and what becomes mail, leaving out whatever the
// account, the brand, the person or their muting of the ticket has silenced.
func (t *telling) tell(lines []toldLine) error {
	about := map[[2]int64]notify.Line{}
	mailed := map[[2]int64]bool{}
	var notices []dm.Notification
	var jobs []store.NewJob
	for _, l := range lines {
		if l.PersonID == 0 {
			if t.rules.Sends(l.Kind, dm.NoticeMail) {
				jobs = append(jobs, groupMailJob(t.account, groupMailArgs{Event: l.event, Group: l.GroupID, Kind: l.Kind}))
			}
			continue
		}
		once := [2]int64{l.PersonID, l.event}
		if _, stands := about[once]; stands || t.muted(l.Line) {
			continue
		}
		about[once] = l.Line
		listed := t.rules.Hears(l.PersonID, l.Kind, dm.NoticeInApp)
		mailed[once] = t.rules.Hears(l.PersonID, l.Kind, dm.NoticeMail) && mailsMembers(t.dir, l.Why, l.GroupID)
		if listed || mailed[once] {
			notices = append(notices, dm.Notification{PersonID: l.PersonID, TicketID: t.found.Ticket.ID, EventID: l.event, Kind: l.Kind, Unlisted: !listed})
		}
	}
	added, err := t.tx.InsertNotifications(t.account, notices)
	if err != nil {
		return err
	}
	if len(notices) > 0 && len(added) == 0 {
		return nil // it was told before
	}
	post := &outbox{tx: t.tx, account: t.account, rules: t.rules, jobs: jobs}
	for _, n := range added {
		if once := [2]int64{n.PersonID, n.EventID}; mailed[once] {
			l := about[once]
			post.notice(noticeArgs{Event: n.EventID, Person: n.PersonID, Kind: n.Kind, Group: l.GroupID, Share: l.ShareID, Why: string(l.Why)})
		}
	}
	return post.send()
}

// mailsMembers says whether a person who is concerned in such a way gets mail:
// what comes by a group does not where the group has it sent elsewhere.
func mailsMembers(dir *store.Directory, why notify.Why, group int64) bool {
	if why != notify.WhyGroup && why != notify.WhyTeam {
		return true
	}
	g, known := dir.Groups[group]
	return !known || g.Mail == dm.GroupMailMembers
}
