package app

import (
	"context"
	"runtime"
	"slices"
	"strings"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
	"github.com/deskmesh/deskmesh/internal/jobs"
	"github.com/deskmesh/deskmesh/internal/mail"
	"github.com/deskmesh/deskmesh/internal/notify"
	"github.com/deskmesh/deskmesh/internal/store"
	"github.com/deskmesh/deskmesh/locales"
)

// Mailer hands one composed mail to a mail server. A nil error means that the
// server took it.
type Mailer interface {
	Send(ctx context.Context, account int64, from string, to []string, raw []byte) error
}

// Absent is a Mailer that has no server to send to yet. NotYet is the error
// that puts a mail off; nothing is composed for it meanwhile.
type Absent interface {
	NotYet() error
}

// composing bounds how many letters are written at the same time: they take
// nothing but processor time, which people who wait for an answer need more.
var composing = make(chan struct{}, max(1, runtime.NumCPU()/2))

// letter is one notice on its way out.
type letter struct {
	from, to mail.Address
	raw      []byte
	// For the log, and for the way it takes.
	ticket    int64 // 0 for none
	inbox     int64
	person    int64 // 0 for an address outside
	automatic bool  // held back where mail to the address came back
	route     route
}

// sendNotice does the job JobNotice: it decides again, now, whether the person
// may be told and what they may read, and sends the mail. Somebody who lost the
// ticket meanwhile gets nothing, except for the mail that says their access
// ended, which holds no content.
func (a *App) sendNotice(ctx context.Context, j *jobs.Job, args noticeArgs) error {
	return a.dispatch(ctx, j, dm.MailKind(args.Kind), func(tx *store.Tx) (*letter, error) { return a.writeLetter(tx, j.Account, args) })
}

// compose runs what writes a letter, when its turn has come.
func (a *App) compose(ctx context.Context, write func(*store.Tx) (*letter, error)) (l *letter, err error) {
	select {
	case composing <- struct{}{}:
		defer func() { <-composing }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	err = a.DB.Read(ctx, func(tx *store.Tx) error {
		l, err = write(tx)
		return err
	})
	return l, err
}

// writeLetter composes a notice; nil when nothing is to be sent.
func (a *App) writeLetter(tx *store.Tx, account int64, args noticeArgs) (*letter, error) {
	n := &notice{app: a, tx: tx, account: account, args: args}
	for _, step := range []func() (bool, error){n.load, n.allowed, n.decide} {
		ok, err := step()
		if err != nil || !ok {
			return nil, err
		}
	}
	if err := n.describe(); err != nil {
		return nil, err
	}
	return n.compose()
}

// notice is one letter being written.
type notice struct {
	app     *App
	tx      *store.Tx
	account int64
	args    noticeArgs

	dir      *store.Directory
	event    *dm.Event
	found    *store.Found // as the system sees it
	person   *dm.Person
	rules    *store.NoticeRules
	gathered bool            // it is a line of a digest
	decision access.Decision // of the recipient, now
	outside  bool            // the recipient reads as a requester
	out      notify.Notice
}

// load reads event, ticket and recipient. Whatever is gone ends the letter.
func (n *notice) load() (bool, error) {
	var err error
	if n.dir, err = n.tx.Directory(n.account); err != nil {
		return false, err
	}
	if n.event, err = n.tx.Event(n.account, n.args.Event); err == nil {
		n.found, err = n.tx.TicketByID(access.System(n.account, "notify"), n.event.TicketID)
	}
	if err == nil {
		n.person, err = n.tx.Person(n.account, n.args.Person)
	}
	if dm.CodeOf(err) == dm.NotFound {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	if err := n.tx.LoadDetails(n.account, &n.found.Ticket); err != nil {
		return false, err
	}
	n.found.Facts.CCs = n.found.Ticket.CCs
	return n.person.Active && n.person.Address != "" && n.event.ActorID != n.person.ID, nil
}

// allowed asks the switches of account, brand and person again, whether the person
// has muted the ticket, and where the group has its mail sent. In quiet hours the
// mail is put off; a reply never is.
func (n *notice) allowed() (bool, error) {
	var err error
	if n.rules, err = n.tx.NoticeRules(n.account, n.dir.BrandOf(n.found.Ticket.InboxID).ID, []int64{n.person.ID}); err != nil {
		return false, err
	}
	why := notify.Why(n.args.Why)
	if !mailGoes(n.rules, n.person.ID, n.args.Kind) || silenced(&n.found.Ticket, n.person.ID, n.args.Kind, why) || !mailsMembers(n.dir, why, n.args.Group) {
		return false, nil
	}
	if n.gathered || n.args.Kind == dm.NoticeReply {
		return true, nil
	}
	now := n.tx.Now().Std()
	if until := n.person.Preferences.QuietUntil(now); until.After(now) {
		return false, jobs.Snooze(until.Sub(now))
	}
	return true, nil
}

// mailGoes says whether mail of a kind goes to a person at all.
func mailGoes(rules *store.NoticeRules, person int64, kind dm.NoticeKind) bool {
	if !rules.Hears(person, kind, dm.NoticeMail) {
		return false
	}
	return kind == dm.NoticeReply || rules.Likes(person).Notices.Digest != dm.DigestOff || rules.Cell(kind, dm.NoticeMail).Always()
}

// decide asks the access rule again, for the recipient as they are now.
func (n *notice) decide() (bool, error) {
	v, err := n.tx.Viewer(n.account, n.person.ID)
	if err != nil {
		return false, err
	}
	n.outside = n.args.Kind == dm.NoticeReply || !v.IsAgent()
	if n.outside {
		v = v.AsRequester()
	}
	n.decision = access.Decide(v, &n.found.Facts, n.tx.Now())
	switch n.args.Kind {
	case dm.NoticeUnshared, dm.NoticeShareExpired:
		return true, nil
	case dm.NoticeReply:
		return n.mayHearReply(v), nil
	case dm.NoticeRequest:
		if !v.MaySetShares(&n.decision) {
			return false, nil
		}
		return n.tx.AccessStillWaits(v, n.event.Data.RequestID)
	}
	if e := n.event.Data.Scheduled; e != nil && e.AuthorID == n.person.ID {
		n.out.Blind = !n.decision.Has(access.See)
		return v.IsAgent(), nil
	}
	if !n.decision.Has(access.See) {
		return false, nil
	}
	return !n.event.Internal || shareEvent(n.event.Kind) || n.decision.Has(access.SeeInternal), nil
}

// mayHearReply says whether a requester or somebody in CC gets a public reply:
// CC is a copy by mail, not access (decision Q19).
func (n *notice) mayHearReply(v *access.Viewer) bool {
	t := &n.found.Ticket
	if n.decision.Has(access.See) {
		return true
	}
	return slices.Contains(t.CCs, v.Person()) && !t.Private && !t.Spam && !t.Deleted
}

func shareEvent(k dm.EventKind) bool { return strings.HasPrefix(string(k), "ticket.share.") }

// describe fills in what the letter says.
func (n *notice) describe() error {
	t := &n.found.Ticket
	ids := []int64{n.event.ActorID, t.RequesterID, t.AssigneeID}
	people, err := n.tx.PeopleRefs(n.account, distinct(append(ids, changedPeople(n.event.Data.Changes)...)))
	if err != nil {
		return err
	}
	status := string(t.Status)
	if own, ok := n.dir.Statuses[t.StatusID]; ok {
		status = own.Name
	}
	blind := n.out.Blind
	n.out = notify.Notice{
		Blind: blind, Kind: n.args.Kind, Language: n.person.Language, Recipient: n.person.Name, Account: n.dir.Account.Name, Brand: n.dir.BrandOf(t.InboxID).Name,
		Outside: n.outside, Why: notify.Why(n.args.Why), Actor: people[n.event.ActorID].Name, EndedBy: people[n.event.ActorID].Name,
		Ticket: notify.Ticket{Number: t.Number, Subject: t.Subject, Status: status, Priority: string(t.Priority), Inbox: n.dir.Inboxes[t.InboxID].Name,
			Group: n.dir.GroupName(t.GroupID), Assignee: people[t.AssigneeID].Name, Requester: people[t.RequesterID].Name},
		URL: n.dir.Account.BaseURL + "/tickets/" + idText(t.Number), Merged: n.event.Kind == dm.TicketMerged,
		ReplyHint:    n.decision.Rights&(access.Reply|access.Note) != 0 || n.args.Kind == dm.NoticeReply,
		AnswerIsNote: n.answerIsNote(),
	}
	if n.event.Cause.Kind == dm.CauseLink {
		n.out.Actor = visitorName(n.event.Cause.Name, n.person.Language)
	}
	if n.event.Cause.Kind == dm.CausePartner && n.event.ActorID == 0 {
		n.out.Actor = n.event.Cause.Name // somebody of another desk, with its name
	}
	if n.outside {
		n.out.URL = "" // the workspace's address is not theirs
		if n.decision.Has(access.See) {
			n.out.URL = n.dir.Account.BaseURL + PortalPath + "/tickets/" + idText(t.Number)
		}
	}
	n.describeScheduled()
	if n.args.Kind == dm.NoticeRequest {
		n.out.ReplyHint = false // an answer would go to the requester
	}
	if n.args.Group != 0 {
		n.out.GroupName = groupName(n.tx, n.dir, n.account, n.args.Group)
	}
	n.describeShare()
	if e := n.event.Data.SLA; e != nil {
		n.out.Clock, n.out.DueAt = e.Kind, e.DueAt.Std()
	}
	if err := n.describeMerge(); err != nil {
		return err
	}
	for _, c := range namedChanges(n.dir, people, n.event.Data.Changes) {
		n.out.Changes = append(n.out.Changes, notify.Change{Field: c.Field, Old: c.Old, New: c.New})
	}
	return n.describeMessage()
}

// settledStates are what lines of history say became of a scheduled message.
var settledStates = map[dm.EventKind]dm.ScheduledState{
	dm.ReplyRemoved: dm.ScheduledRemoved, dm.ReplyHeld: dm.ScheduledHeld, dm.ReplyFailed: dm.ScheduledFailed, dm.ReplyCancelled: dm.ScheduledCancelled,
}

// describeScheduled says what became of a scheduled message. An answer would go
// to the requester, and somebody without access gets no more than that.
func (n *notice) describeScheduled() {
	e := n.event.Data.Scheduled
	if e == nil {
		return
	}
	n.out.Scheduled, n.out.ScheduledReason, n.out.ReplyHint = settledStates[n.event.Kind], e.Reason, false
	if n.out.Blind {
		n.out.URL, n.out.Ticket = "", notify.Ticket{Number: n.found.Ticket.Number}
	}
}

func (n *notice) describeShare() {
	d := &n.event.Data
	if d.New != nil {
		n.out.Level, n.out.SeeInternal, n.out.ReplyPublic, n.out.Forward, n.out.CanReshare = d.New.Level, d.New.SeeInternal, d.New.ReplyPublic, d.New.Forward, d.New.CanReshare
		n.out.Reason, n.out.ExpiresAt = d.Reason, d.New.ExpiresAt.Std()
	}
	if d.Old != nil {
		n.out.OldLevel = d.Old.Level
	}
	if n.args.Kind != dm.NoticeUnshared && n.args.Kind != dm.NoticeShareExpired {
		return
	}
	if d.Target != nil && d.Target.Kind == dm.TargetGroup {
		n.out.GroupName = groupName(n.tx, n.dir, n.account, d.Target.ID)
	}
	words := locales.For(n.person.Language)
	for _, r := range n.decision.Reasons {
		n.out.StillHas = append(n.out.StillHas, words.T("way."+string(r.Way), locales.Args{"group": n.dir.GroupName(r.GroupID)}))
	}
	if len(n.out.StillHas) == 0 {
		n.out.URL, n.out.ReplyHint = "", false
	}
}

// describeMerge names the other ticket of a merge, if the recipient may open it.
func (n *notice) describeMerge() error {
	if n.event.Data.OtherID == 0 || n.outside {
		return nil
	}
	v, err := n.tx.ViewerIn(n.dir, n.person.ID)
	if err != nil {
		return err
	}
	other, err := n.tx.TicketByID(v, n.event.Data.OtherID)
	if dm.CodeOf(err) == dm.NotFound {
		return nil
	}
	if err == nil {
		n.out.OtherNumber = other.Ticket.Number
	}
	return err
}

// describeMessage adds the message's text, as far as the recipient may read it.
func (n *notice) describeMessage() error {
	if n.event.Data.MessageID == 0 {
		return nil
	}
	f := *n.found
	f.Decision = n.decision
	m, err := n.tx.MessageOf(n.account, &f, n.event.Data.MessageID)
	if dm.CodeOf(err) == dm.NotFound {
		return nil
	}
	if err != nil {
		return err
	}
	n.out.Message, n.out.MessageKind = m.Text, m.Kind
	return nil
}

// answerIsNote says whether an answer by mail becomes a note: where the recipient
// may not reply in public, and where the mail is about something internal, which
// an answer would quote.
func (n *notice) answerIsNote() bool {
	internal := n.event.Internal && n.event.Data.MessageID != 0
	return !n.outside && n.decision.Has(access.Note) && (internal || !n.decision.Has(access.Reply))
}

// noteAddress is where an agent writes to for a note instead of a reply; "" where
// an answer is one anyway, or none can be given.
func (n *notice) noteAddress(box *dm.Inbox) string {
	if n.outside || !n.out.ReplyHint || n.out.AnswerIsNote || !n.decision.Has(access.Note) {
		return ""
	}
	address := n.app.Signer.ReplyAddress(box.Address, mail.Reply{Account: n.account, Ticket: n.found.Ticket.ID, Person: n.person.ID, Note: true})
	if address == box.Address {
		return ""
	}
	return address
}

// compose renders the letter and signs its reply address, where an answer by
// mail is accepted.
func (n *notice) compose() (*letter, error) {
	box := n.dir.Inboxes[n.found.Ticket.InboxID]
	n.out.NoteAddress = n.noteAddress(&box)
	var err error
	if n.out.Texts, err = mailTexts(n.tx, n.account, box.BrandID, dm.MailKind(n.args.Kind), n.person.Language); err != nil {
		return nil, err
	}
	text := notify.Render(n.out)
	name := n.out.Brand
	if n.out.Actor != "" && !n.outside {
		name = n.out.Actor + " (" + n.dir.Account.Name + ")"
	}
	r := mail.Reply{Account: n.account, Ticket: n.found.Ticket.ID, Person: n.person.ID}
	answer := r
	answer.Note = n.out.AnswerIsNote
	_, domain, _ := strings.Cut(box.Address, "@")
	l := &letter{from: mail.Address{Name: name, Email: box.Address}, to: mail.Address{Name: n.person.Name, Email: n.person.Address},
		ticket: n.found.Ticket.ID, inbox: box.ID, person: n.person.ID, automatic: n.args.Kind != dm.NoticeReply}
	o := mail.Outgoing{
		From: l.from, To: []mail.Address{l.to}, Subject: text.Subject, Text: text.Text, HTML: text.HTML, AutoSubmitted: n.args.Kind != dm.NoticeReply,
		MessageID: n.app.Signer.MessageID(domain, r, n.event.ID), Loop: loopMark(&n.dir.Account), Date: n.event.CreatedAt.Std(),
		Headers: n.unsubscribe(),
	}
	if n.out.ReplyHint {
		o.ReplyTo = []mail.Address{{Name: name, Email: n.app.Signer.ReplyAddress(box.Address, answer)}}
	}
	l.raw, err = mail.Compose(o)
	return l, err
}
