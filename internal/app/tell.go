package app

import (
	"context"

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
// is concerned is found out once for all events.
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
	all, err := a.concerned(tx, account, f)
	if err != nil {
		return err
	}
	var lines toldLines
	for i := range told {
		e, people := events[told[i].ID], *all
		people.Fixed = told[i].Fixed
		if e.Kind == dm.AccessAsked {
			if people.Deciders, err = a.deciders(tx, f, e.ActorID); err != nil {
				return err
			}
		}
		planned, err := a.plan(tx, f, e, &people)
		if err != nil {
			return err
		}
		for _, l := range planned {
			lines.add(toldLine{l, e.ID})
		}
	}
	return a.tellLines(tx, account, f, lines.list)
}

// plan is notify.Plan, in which those who want no mail about mentions hear of the
// message as they would without theirs.
func (a *App) plan(tx *store.Tx, f *store.Found, e *dm.Event, people *notify.People) ([]notify.Line, error) {
	lines := notify.Plan(*e, *people)
	if len(e.Data.Mentions) == 0 {
		return lines, nil
	}
	account := f.Facts.Account
	dir, err := tx.Directory(account)
	if err != nil {
		return nil, err
	}
	muted, err := tx.NoticeMuted(account, dir.BrandOf(f.Ticket.InboxID).ID, dm.NoticeMention, e.Data.Mentions)
	if err != nil || len(muted) == 0 {
		return lines, err
	}
	without := *e
	without.Data.Mentions = nil
	plain := map[int64]notify.Line{}
	for _, l := range notify.Plan(without, *people) {
		plain[l.PersonID] = l
	}
	for i := range lines {
		if l, hears := plain[lines[i].PersonID]; hears && muted[l.PersonID] {
			lines[i] = l
		}
	}
	return lines, nil
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

// concerned lists everybody whom an event on the ticket may concern.
func (a *App) concerned(tx *store.Tx, account int64, f *store.Found) (*notify.People, error) {
	if err := tx.LoadDetails(account, &f.Ticket); err != nil {
		return nil, err
	}
	members, err := tx.MembersOf(account, sharedGroups(f.Shares))
	if err != nil {
		return nil, err
	}
	p := &notify.People{AssigneeID: f.Ticket.AssigneeID, RequesterID: f.Ticket.RequesterID, CCs: f.Ticket.CCs, Followers: f.Ticket.Followers}
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

// tellLines writes the in-app lines and the mail jobs, leaving out whoever the
// account, the brand or their own preference has silenced.
func (a *App) tellLines(tx *store.Tx, account int64, f *store.Found, lines []toldLine) error {
	dir, err := tx.Directory(account)
	if err != nil {
		return err
	}
	brand := dir.BrandOf(f.Ticket.InboxID).ID
	byKind := map[dm.NoticeKind][]int64{}
	for _, l := range lines {
		byKind[l.Kind] = append(byKind[l.Kind], l.PersonID)
	}
	muted := map[dm.NoticeKind]map[int64]bool{}
	for _, kind := range sortedKeys(byKind) {
		if muted[kind], err = tx.NoticeMuted(account, brand, kind, byKind[kind]); err != nil {
			return err
		}
	}
	about := map[[2]int64]notify.Line{}
	var notices []dm.Notification
	for _, l := range lines {
		once := [2]int64{l.PersonID, l.event}
		if _, stands := about[once]; stands {
			continue
		}
		about[once] = l.Line
		notices = append(notices, dm.Notification{PersonID: l.PersonID, TicketID: f.Ticket.ID, EventID: l.event, Kind: l.Kind})
	}
	added, err := tx.InsertNotifications(account, notices)
	if err != nil {
		return err
	}
	var mails []store.NewJob
	for _, n := range added {
		if muted[n.Kind][n.PersonID] {
			continue
		}
		l := about[[2]int64{n.PersonID, n.EventID}]
		args := noticeArgs{Event: n.EventID, Person: n.PersonID, Kind: n.Kind, Group: l.GroupID, Share: l.ShareID, Why: string(l.Why)}
		mails = append(mails, store.NewJob{Account: account, Kind: JobNotice, Args: args, Urgency: store.Normal})
	}
	return tx.EnqueueAll(mails)
}
