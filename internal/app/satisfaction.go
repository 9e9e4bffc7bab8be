package app

import (
	"context"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
	"github.com/deskmesh/deskmesh/internal/jobs"
	"github.com/deskmesh/deskmesh/internal/mail"
	"github.com/deskmesh/deskmesh/internal/notify"
	"github.com/deskmesh/deskmesh/internal/store"
)

// This file asks requesters how their tickets were solved, and takes what they say.

// JobSatisfaction asks a requester by mail.
const JobSatisfaction = "mail.satisfaction"

// SatisfactionPath leads to the page behind such a mail; its token follows.
const SatisfactionPath = "/satisfaction/"

// satisfactionWait is how long after a ticket was solved its requester is asked
// by mail: who opens it again at once is not.
const satisfactionWait = time.Hour

// ErrSatisfactionOver is the answer to whoever is not asked, or not any more.
var ErrSatisfactionOver = dm.Errorf(dm.Gone, "This ticket is open again, or its time to be rated is over.").With("satisfaction_over")

// asksSatisfaction says whether the viewer is asked how a ticket was solved: its
// requester, for some days, unless a program had filed it or its brand is inactive.
func asksSatisfaction(tx *store.Tx, dir *store.Directory, v *access.Viewer, f *store.Found) (bool, error) {
	t, set := &f.Ticket, &dir.Settings
	if !set.SatisfactionAsk || !dir.BrandOf(t.InboxID).Active || !v.IsRequester() || t.RequesterID != v.Person() || !f.Decision.Has(access.See) || t.MergedInto != 0 || !t.Status.Done() || t.SolvedAt == 0 {
		return false, nil
	}
	if tx.Now() > t.SolvedAt.Add(time.Duration(set.SatisfactionDays)*24*time.Hour) {
		return false, nil
	}
	automatic, err := tx.FiledByProgram(v.Account(), f)
	return !automatic, err
}

// rate takes what the ticket's requester says of how it was solved, in place of
// what they have said of that before.
func (w *work) rate() error {
	s := w.ch.Satisfaction
	if s == nil {
		return nil
	}
	if w.created || !w.viewer.IsRequester() || w.t.RequesterID != w.viewer.Person() {
		return dm.ErrForbidden
	}
	f := &store.Found{Ticket: *w.t, Decision: w.decision}
	asked, err := asksSatisfaction(w.tx, w.dir, w.viewer, f)
	if err != nil {
		return err
	}
	if !asked || s.SolvedAt != 0 && s.SolvedAt != w.t.SolvedAt {
		return ErrSatisfactionOver
	}
	said := dm.Satisfaction{SolvedAt: w.t.SolvedAt, PersonID: w.viewer.Person(), Answer: s.Answer, Text: strings.TrimSpace(cleanText(s.Text))}
	switch {
	case said.Answer != dm.SatisfactionGood && said.Answer != dm.SatisfactionBad:
		return dm.BadField("answer", "The answer is good or bad.")
	case utf8.RuneCountInString(said.Text) > dm.SatisfactionText:
		return dm.BadField("text", "This may have at most %d characters.", dm.SatisfactionText)
	}
	old, err := w.tx.Satisfaction(w.account, f)
	if err != nil {
		return err
	}
	if old == nil {
		old = &dm.Satisfaction{}
	}
	w.change("satisfaction", string(old.Answer), string(said.Answer))
	w.change("satisfaction_text", old.Text, said.Text)
	return w.tx.SetSatisfaction(w.account, w.t, &said)
}

// satisfactionArgs name the time that the ticket was solved: a later one has a
// mail of its own.
type satisfactionArgs struct {
	Ticket int64 `json:"ticket"`
	Solved int64 `json:"solved"`
}

// askSatisfaction has the requester asked by mail, where the change has solved
// the ticket.
func (w *work) askSatisfaction() error {
	if w.created || !w.dir.Settings.SatisfactionAsk || !w.t.Status.Done() || w.old.Status.Done() {
		return nil
	}
	solved := w.t.SolvedAt
	_, _, err := w.tx.Enqueue(store.NewJob{Account: w.account, Kind: JobSatisfaction, Args: satisfactionArgs{Ticket: w.t.ID, Solved: int64(solved)}, Urgency: store.Normal,
		RunAt: w.tx.Now().Add(satisfactionWait), UniqueKey: strconv.FormatInt(w.t.ID, 10) + "." + strconv.FormatInt(int64(solved), 10)})
	return err
}

// sendSatisfaction does the job JobSatisfaction. It decides again: who has rated
// the ticket, has lost it or wants no mail of it is not asked.
func (a *App) sendSatisfaction(ctx context.Context, j *jobs.Job, args satisfactionArgs) error {
	return a.dispatch(ctx, j, dm.MailRating, func(tx *store.Tx) (*letter, error) { return a.writeSatisfaction(tx, j.Account, args) })
}

func (a *App) writeSatisfaction(tx *store.Tx, account int64, args satisfactionArgs) (*letter, error) {
	dir, err := tx.Directory(account)
	if err != nil {
		return nil, err
	}
	any, err := tx.TicketByID(access.System(account, "satisfaction"), args.Ticket)
	if dm.CodeOf(err) == dm.NotFound {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	f, p, err := a.askedTicket(tx, dir, mail.Asked{Account: account, Person: any.Ticket.RequesterID, Ticket: args.Ticket, Solved: args.Solved})
	if dm.CodeOf(err) == dm.Gone {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	said, err := tx.Satisfaction(account, f)
	if err != nil || said != nil || p.Preferences.Notices.Digest == dm.DigestOff {
		return nil, err
	}
	mutes, err := tx.MutesOf(account, []int64{f.Ticket.ID})
	if err != nil {
		return nil, err
	}
	for _, id := range mutes[f.Ticket.ID] {
		if id == p.ID {
			return nil, nil
		}
	}
	return a.composeSatisfaction(tx, dir, f, p)
}

func (a *App) composeSatisfaction(tx *store.Tx, dir *store.Directory, f *store.Found, p *dm.Person) (*letter, error) {
	t, box := &f.Ticket, dir.Inboxes[f.Ticket.InboxID]
	brand := dir.Brands[box.BrandID]
	asked := mail.Asked{Account: dir.Account.ID, Person: p.ID, Ticket: t.ID, Solved: int64(t.SolvedAt)}
	token := a.Signer.SatisfactionToken(asked)
	text := notify.RenderSatisfaction(notify.Satisfaction{Language: p.Language, Recipient: p.Name, Brand: brand.Name, Number: t.Number, Subject: t.Subject,
		URL: dir.Account.BaseURL + SatisfactionPath + token, Days: dir.Settings.SatisfactionDays})
	l := &letter{from: mail.Address{Name: brand.Name, Email: box.Address}, to: mail.Address{Name: p.Name, Email: p.Address}, ticket: t.ID, inbox: box.ID, person: p.ID, automatic: true}
	_, domain, _ := strings.Cut(box.Address, "@")
	// Answers quote the Message-ID, so it holds nothing of the token. The moment
	// stands where other mails have their event.
	answer := mail.Reply{Account: dir.Account.ID, Ticket: t.ID, Person: p.ID}
	o := mail.Outgoing{From: l.from, To: []mail.Address{l.to}, Subject: text.Subject, Text: text.Text, HTML: text.HTML, AutoSubmitted: true,
		MessageID: a.Signer.MessageID(domain, answer, int64(t.SolvedAt)), Loop: loopMark(&dir.Account), Date: tx.Now().Std(),
		Headers: a.unsubscribeHeaders(dir, tx.Now(), Unsubscription{Person: p.ID, What: UnsubscribeCopies, Ticket: t.ID})}
	if f.Decision.Has(access.Reply) {
		o.ReplyTo = []mail.Address{{Name: brand.Name, Email: a.Signer.ReplyAddress(box.Address, answer)}}
	}
	var err error
	l.raw, err = mail.Compose(o)
	return l, err
}

// askedTicket finds the ticket that somebody is asked about, as they may see it
// now; ErrSatisfactionOver where they are not asked any more.
func (a *App) askedTicket(tx *store.Tx, dir *store.Directory, asked mail.Asked) (*store.Found, *dm.Person, error) {
	p, err := tx.Person(asked.Account, asked.Person)
	if err == nil && (!p.Active || p.Address == "") {
		err = ErrSatisfactionOver
	}
	var f *store.Found
	var v *access.Viewer
	if err == nil {
		v, err = tx.Viewer(asked.Account, asked.Person)
	}
	if err == nil {
		v = v.AsRequester()
		f, err = tx.TicketByID(v, asked.Ticket)
	}
	if dm.CodeOf(err) == dm.NotFound || dm.CodeOf(err) == dm.Unauthenticated {
		err = ErrSatisfactionOver
	}
	if err != nil {
		return nil, nil, err
	}
	on, err := asksSatisfaction(tx, dir, v, f)
	if err == nil && (!on || int64(f.Ticket.SolvedAt) != asked.Solved) {
		err = ErrSatisfactionOver
	}
	return f, p, err
}

// SatisfactionPage is what the page behind a mail shows.
type SatisfactionPage struct {
	Number   int64
	Subject  string
	Brand    dm.Brand
	Language string
	Said     *dm.Satisfaction // nil for nothing yet
	viewer   *access.Viewer
}

// SatisfactionBy reads what the token of a mail is about. Nobody is signed in: the
// token is the proof. ErrSatisfactionOver for whoever is not asked any more, and
// for a token that this desk did not make.
func (a *App) SatisfactionBy(ctx context.Context, account int64, token string) (*SatisfactionPage, error) {
	asked, ok := a.Signer.ParseSatisfaction(token)
	if !ok || asked.Account != account {
		return nil, ErrSatisfactionOver
	}
	return fetch(ctx, a, func(tx *store.Tx) (*SatisfactionPage, error) {
		dir, err := tx.Directory(account)
		if err != nil {
			return nil, err
		}
		f, p, err := a.askedTicket(tx, dir, asked)
		if err != nil {
			return nil, err
		}
		v, err := tx.Viewer(account, p.ID)
		if err != nil {
			return nil, err
		}
		page := &SatisfactionPage{Number: f.Ticket.Number, Subject: f.Ticket.Subject, Brand: dir.BrandOf(f.Ticket.InboxID), Language: p.Language, viewer: v.AsRequester()}
		page.Said, err = tx.Satisfaction(account, f)
		return page, err
	})
}

// RateBy takes an answer that came through the token of a mail. The errors are
// those of SatisfactionBy, and Invalid for a bad answer.
func (a *App) RateBy(ctx context.Context, account int64, token string, answer dm.SatisfactionAnswer, text string) error {
	page, err := a.SatisfactionBy(ctx, account, token)
	if err != nil {
		return err
	}
	asked, _ := a.Signer.ParseSatisfaction(token)
	_, err = a.Apply(ctx, page.viewer, dm.Change{Number: page.Number, Via: dm.ViaMail,
		Satisfaction: &dm.Satisfaction{SolvedAt: dm.Time(asked.Solved), Answer: answer, Text: text}})
	if dm.CodeOf(err) == dm.NotFound {
		return ErrSatisfactionOver
	}
	return err
}
