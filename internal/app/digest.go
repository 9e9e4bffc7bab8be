package app

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/jobs"
	"github.com/deskmesh/deskmesh/internal/mail"
	"github.com/deskmesh/deskmesh/internal/notify"
	"github.com/deskmesh/deskmesh/internal/store"
)

// maxDigestLines bounds the lines of one mail; what is left comes in another one.
const maxDigestLines = 200

// digestJobArgs names the person whose digest is due.
type digestJobArgs struct {
	Person int64 `json:"person"`
}

// digestLine is what a line of a digest keeps: the notice that would have been
// sent by itself.
type digestLine struct {
	Notice *noticeArgs     `json:"notice,omitempty"`
	Bulk   *bulkNoticeArgs `json:"bulk,omitempty"`
}

// digestArgs gives the line for the arguments of a job.
func digestArgs(job string, args any) digestLine {
	if job == JobBulkNotice {
		one := args.(bulkNoticeArgs)
		return digestLine{Bulk: &one}
	}
	one := args.(noticeArgs)
	return digestLine{Notice: &one}
}

// sendDigest does the job JobDigest: it decides again, now, which of the lines
// the person may be told, and sends them in one mail. A line about a ticket that
// they lost is dropped without a trace. A crash between the server's answer and
// the end of the job sends the mail a second time.
func (a *App) sendDigest(ctx context.Context, j *jobs.Job, args digestJobArgs) error {
	d := &digest{app: a, account: j.Account, person: args.Person}
	if err := a.dispatch(ctx, j, dm.MailDigest, d.write); err != nil || len(d.ids) == 0 {
		return err
	}
	return a.DB.Write(ctx, store.Normal, func(tx *store.Tx) error {
		if err := tx.DeleteDigestLines(j.Account, d.ids); err != nil || len(d.ids) < maxDigestLines {
			return err
		}
		return digestAt(tx, j.Account, args.Person, tx.Now())
	})
}

// digest is one mail about all that has gathered for a person.
type digest struct {
	app     *App
	account int64
	person  int64

	tx  *store.Tx
	ids []int64 // of the lines that are in it or were dropped
	box dm.Inbox
	out notify.Digest
}

// write composes the mail; nil when nothing is to be sent.
func (d *digest) write(tx *store.Tx) (*letter, error) {
	d.tx, d.ids, d.out = tx, nil, notify.Digest{}
	p, err := tx.Person(d.account, d.person)
	if dm.CodeOf(err) == dm.NotFound {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	now := tx.Now().Std()
	if until := p.Preferences.QuietUntil(now); p.Active && until.After(now) {
		return nil, jobs.Snooze(until.Sub(now))
	}
	lines, err := tx.DigestLines(d.account, d.person, maxDigestLines)
	if err != nil {
		return nil, err
	}
	for _, l := range lines {
		d.ids = append(d.ids, l.ID)
		if err := d.add(l); err != nil {
			return nil, err
		}
	}
	if len(d.out.Items) == 0 {
		return nil, nil
	}
	return d.compose(p, lines[0].ID)
}

// add decides on one line and adds it to the mail.
func (d *digest) add(l store.DigestLine) error {
	var kept digestLine
	if err := json.Unmarshal([]byte(l.Args), &kept); err != nil {
		return err
	}
	if kept.Bulk != nil {
		return d.addBulk(*kept.Bulk)
	}
	if kept.Notice == nil {
		return nil
	}
	n := &notice{app: d.app, tx: d.tx, account: d.account, args: *kept.Notice, gathered: true}
	for _, step := range []func() (bool, error){n.load, n.allowed, n.decide} {
		ok, err := step()
		if err != nil || !ok {
			return err
		}
	}
	if err := n.describe(); err != nil {
		return err
	}
	d.from(n.dir.Inboxes[n.found.Ticket.InboxID], n.outside)
	d.out.Add(n.out, n.event.CreatedAt.Std())
	return nil
}

// addBulk adds the line about many tickets.
func (d *digest) addBulk(args bulkNoticeArgs) error {
	n := &bulkNotice{app: d.app, tx: d.tx, account: d.account, args: args}
	ok, err := n.gather()
	if err != nil || !ok {
		return err
	}
	d.from(n.box, n.out.Outside)
	d.out.AddBatch(n.out, n.bulk.CreatedAt.Std())
	return nil
}

// from notes the inbox that the mail comes from: that of its first ticket.
func (d *digest) from(box dm.Inbox, outside bool) {
	if d.box.ID == 0 {
		d.box, d.out.Outside = box, outside
	}
}

// compose renders the mail. An answer to it belongs to no ticket.
func (d *digest) compose(p *dm.Person, first int64) (*letter, error) {
	dir, err := d.tx.Directory(d.account)
	if err != nil {
		return nil, err
	}
	o := &d.out
	o.Language, o.Recipient, o.Account, o.Brand, o.Zone = p.Language, p.Name, dir.Account.Name, dir.BrandOf(d.box.ID).Name, p.Preferences.Zone()
	name := o.Brand
	if !o.Outside {
		name, o.URL = o.Account, dir.Account.BaseURL+"/notifications"
	}
	text := notify.RenderDigest(*o)
	_, domain, _ := strings.Cut(d.box.Address, "@")
	l := &letter{from: mail.Address{Name: name, Email: d.box.Address}, to: mail.Address{Name: p.Name, Email: p.Address},
		inbox: d.box.ID, person: p.ID, automatic: true}
	l.raw, err = mail.Compose(mail.Outgoing{From: l.from, To: []mail.Address{l.to}, Subject: text.Subject, Text: text.Text, HTML: text.HTML, AutoSubmitted: true,
		Headers:   d.app.unsubscribeHeaders(dir, d.tx.Now(), Unsubscription{Person: p.ID, What: UnsubscribeDigest}),
		MessageID: fmt.Sprintf("digest.%d.%d.%d@%s", d.account, p.ID, first, domain), Loop: loopMark(&dir.Account), Date: d.tx.Now().Std()})
	return l, err
}

// sweepDigests sends what should have been sent by now and was not, and forgets
// what could not be for a week.
func (a *App) sweepDigests(ctx context.Context, account int64) error {
	err := a.dropAll(ctx, func(tx *store.Tx) (int64, error) {
		return tx.DeleteOldDigestLines(account, tx.Now().Add(-days(7)), sweepRows)
	})
	if err != nil {
		return err
	}
	return a.DB.Write(ctx, store.Bulk, func(tx *store.Tx) error {
		people, err := tx.OverdueDigests(account, tx.Now().Add(-days(1)/24), sweepRows)
		if err != nil {
			return err
		}
		for _, person := range people {
			if err := digestAt(tx, account, person, 0); err != nil {
				return err
			}
		}
		return nil
	})
}
