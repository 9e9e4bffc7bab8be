package app

import (
	"context"
	"slices"
	"strings"
	"time"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/access"
	"github.com/deskmesh/deskmesh/internal/store"
)

// The status of a ticket may turn this often in this time by a partner's word;
// after that it is left alone until somebody lets it cross again.
const (
	partnerFlipsMost = 12
	partnerFlipsTime = 10 * time.Minute
)

// What a partner's desk is refused with.
var (
	errPartnerNotInForce = dm.Errorf(dm.Forbidden, "The agreement is not in force.").With("not_accepted")
	errPartnerTicket     = dm.Errorf(dm.NotFound, "No such ticket is shared over this agreement.").With("not_found")
	errPartnerGone       = dm.Errorf(dm.Gone, "The ticket is shared no more.").With("gone")
	errPartnerLoop       = dm.BadField("uuid", "This desk has the ticket already, from elsewhere or as its own.").With("loop")
)

// partnerIntake is one message about a ticket being taken in.
type partnerIntake struct {
	app     *App
	tx      *store.Tx
	account int64
	dir     *store.Directory
	p       *dm.Partner
	link    *dm.PartnerLink
	base    *partnerBase
	said    *PartnerTicket
	found   *store.Found // nil of a new ticket

	change dm.Change
	files  [][]PartnerAttachment // of the messages of the change
}

// ReceiveTicket takes a ticket that a partner shares: it becomes a ticket here, in
// the inbox that the agreement names. The same message again changes nothing; made
// says whether it was new. Forbidden where the agreement is not in force or is one
// for our tickets, Gone for a share that is over, Invalid for a ticket that this
// desk has from elsewhere.
func (a *App) ReceiveTicket(ctx context.Context, account int64, p *dm.Partner, t *PartnerTicket) (number int64, made bool, err error) {
	err = a.DB.Write(ctx, store.Normal, func(tx *store.Tx) error {
		in, err := a.intake(tx, account, p.ID, t)
		if err != nil {
			return err
		}
		if in.p.Direction != dm.PartnerInbound {
			return dm.Errorf(dm.Forbidden, "Over this agreement this desk shares its tickets, not the other way round.").With("direction")
		}
		number, made, err = in.receive()
		return err
	})
	return number, made, err
}

// UpdateFromPartner takes a change of a shared ticket. What was known already
// changes nothing.
func (a *App) UpdateFromPartner(ctx context.Context, account int64, p *dm.Partner, t *PartnerTicket) (number int64, err error) {
	err = a.DB.Write(ctx, store.Normal, func(tx *store.Tx) error {
		in, err := a.intake(tx, account, p.ID, t)
		if err != nil {
			return err
		}
		if err := in.find(); err != nil {
			return err
		}
		number = in.found.Ticket.Number
		return in.update()
	})
	return number, err
}

// UnshareFromPartner notes that a partner shares a ticket no more. Ours stays as
// an orphan.
func (a *App) UnshareFromPartner(ctx context.Context, account int64, p *dm.Partner, uuid string) error {
	return a.DB.Write(ctx, store.Normal, func(tx *store.Tx) error {
		in, err := a.intake(tx, account, p.ID, &PartnerTicket{UUID: uuid})
		if err != nil {
			return err
		}
		if err := in.find(); err != nil {
			return err
		}
		_, err = a.ApplyIn(tx, access.System(account, "partner"), dm.Change{Number: in.found.Ticket.Number, Via: dm.ViaPartner, Cause: in.cause(nil), From: in.link.ID,
			Partners: []dm.PartnerChange{{Do: dm.OrphanOfPartner, LinkID: in.link.ID}}})
		return err
	})
}

// TicketForPartner gives a shared ticket as the partner may see it.
func (a *App) TicketForPartner(ctx context.Context, account int64, p *dm.Partner, uuid string) (*PartnerTicket, error) {
	return fetch(ctx, a, func(tx *store.Tx) (*PartnerTicket, error) {
		in, err := a.intake(tx, account, p.ID, &PartnerTicket{UUID: uuid})
		if err != nil {
			return nil, err
		}
		k, err := tx.PartnerLinkByUUID(account, p.ID, uuid)
		switch {
		case dm.CodeOf(err) == dm.NotFound:
			return nil, errPartnerTicket
		case err != nil:
			return nil, err
		case !k.State.Live():
			return nil, errPartnerGone
		}
		t, err := partnerTicket(tx, in.dir, in.p, k, true)
		if dm.CodeOf(err) == dm.NotFound {
			return nil, errPartnerGone
		}
		return t, err
	})
}

// intake begins to take a message in, where the agreement is in force.
func (a *App) intake(tx *store.Tx, account, partner int64, t *PartnerTicket) (*partnerIntake, error) {
	dir, err := tx.Directory(account)
	if err != nil {
		return nil, err
	}
	p, err := tx.Partner(account, partner)
	if err != nil {
		return nil, err
	}
	if p.Status != dm.PartnerAccepted || !PartnersOn(dir) {
		return nil, errPartnerNotInForce
	}
	return &partnerIntake{app: a, tx: tx, account: account, dir: dir, p: p, said: t}, nil
}

// cause is what the history says of the change: who of which desk.
func (in *partnerIntake) cause(by *PartnerActor) dm.Cause {
	name := in.p.Label()
	if by != nil && by.Name != "" {
		name = cutText(plainName(by.Name), 100) + " (" + name + ")"
	}
	return dm.Cause{Kind: dm.CausePartner, ID: in.p.ID, Name: cutText(name, 200)}
}

// find finds the ticket that a partner means, and locks it and the link.
func (in *partnerIntake) find() error {
	k, err := in.tx.PartnerLinkByUUID(in.account, in.p.ID, in.said.UUID)
	if dm.CodeOf(err) == dm.NotFound {
		return errPartnerTicket
	}
	if err != nil {
		return err
	}
	if in.found, err = in.tx.LockTicketByID(access.System(in.account, "partner"), k.TicketID); err != nil {
		return errPartnerGone.Because(err)
	}
	if in.link, err = in.tx.LockPartnerLink(in.account, k.ID); err != nil {
		return err
	}
	t := &in.found.Ticket
	switch {
	case in.link.State == dm.PartnerFrozen:
		return errPartnerNotInForce
	case !in.link.State.Live(), t.MergedInto != 0, t.Deleted, t.Status == dm.StatusClosed:
		return errPartnerGone // closed here: it takes no more updates (C19)
	}
	if err := in.tx.LoadDetails(in.account, t); err != nil {
		return err
	}
	in.base, err = readPartnerBase(in.link)
	return err
}

// receive makes the ticket, or knows it again.
func (in *partnerIntake) receive() (int64, bool, error) {
	k, err := in.tx.PartnerLinkByUUID(in.account, in.p.ID, in.said.UUID)
	switch {
	case err == nil && k.Direction == dm.LinkSent:
		return 0, false, errPartnerLoop
	case err == nil:
		number, err := in.again()
		return number, false, err
	case dm.CodeOf(err) != dm.NotFound:
		return 0, false, err
	}
	if known, err := in.tx.KnowsPartnerTicket(in.account, in.said.UUID); err != nil || known {
		if err == nil {
			err = errPartnerLoop
		}
		return 0, false, err
	}
	number, err := in.file()
	return number, true, err
}

// again takes a share that is known: the same message changes nothing, and of a
// desk that says with clocks what is newer another one is an update.
func (in *partnerIntake) again() (int64, error) {
	if err := in.find(); err != nil {
		return 0, err
	}
	switch {
	case in.base.Digest != "" && in.base.Digest == in.said.Digest:
		return in.found.Ticket.Number, nil
	case in.said.Clocks == nil:
		return 0, dm.BadField("uuid", "This ticket was shared before, with another content. Send an update.").With("exists")
	}
	return in.found.Ticket.Number, in.update()
}

// file makes a ticket of what the partner shares.
func (in *partnerIntake) file() (int64, error) {
	in.base = &partnerBase{Values: map[string]*partnerValue{}, Digest: in.said.Digest}
	in.link = &dm.PartnerLink{PartnerID: in.p.ID, UUID: in.said.UUID, Direction: dm.LinkReceived, State: dm.PartnerSynced, RemoteNumber: plainName(in.said.OriginalID),
		Cause: in.cause(in.said.Actor), SyncedAt: in.tx.Now()}
	requester, err := in.tx.PartnerRequester(in.account, in.p)
	if err != nil {
		return 0, err
	}
	if in.said.Requester != nil {
		if in.base.Requester, err = in.meet(in.said.Requester); err != nil {
			return 0, err
		}
	}
	inbox, err := in.inbox()
	if err != nil {
		return 0, err
	}
	fresh := &dm.Ticket{Status: dm.StatusNew}
	subject, err := cleanSubject(cutText(strings.TrimSpace(value(in.said.Subject)), 500))
	if err != nil {
		subject = "(no subject)"
	}
	in.change = dm.Change{Via: dm.ViaPartner, Cause: in.link.Cause, Receive: in.link, Create: &dm.NewTicket{Subject: subject, RequesterID: requester, InboxID: inbox}}
	if err := in.takeValues(fresh); err != nil {
		return 0, err
	}
	in.change.Set.Subject = nil
	if err := in.takeComments(nil); err != nil {
		return 0, err
	}
	if len(in.change.Messages) == 0 {
		in.change.Messages, in.files = []dm.NewMessage{{Kind: dm.Note, Text: "(no text)"}}, [][]PartnerAttachment{nil}
	}
	in.link.Base = in.base.text()
	return in.apply()
}

// inbox is where tickets of the partner are filed.
func (in *partnerIntake) inbox() (int64, error) {
	first := int64(0)
	for _, id := range sortedKeys(in.dir.Inboxes) {
		box := in.dir.Inboxes[id]
		if !box.Active || !in.dir.Brands[box.BrandID].Active {
			continue
		}
		if id == in.p.InboxID {
			return id, nil
		}
		if first == 0 {
			first = id
		}
	}
	if first == 0 {
		return 0, dm.Errorf(dm.Unavailable, "This desk takes no tickets at the moment.").With("no_inbox")
	}
	return first, nil
}

// update brings what is new to a ticket that is here.
func (in *partnerIntake) update() error {
	in.change = dm.Change{Number: in.found.Ticket.Number, Via: dm.ViaPartner, Cause: in.cause(in.said.Actor), From: in.link.ID}
	if err := in.takeValues(&in.found.Ticket); err != nil {
		return err
	}
	if err := in.takeComments(in.found); err != nil {
		return err
	}
	if in.said.Number != "" {
		in.link.RemoteNumber = plainName(in.said.Number)
	}
	in.link.Base, in.link.SyncedAt = in.base.text(), in.tx.Now()
	if err := in.tx.SavePartnerLink(in.account, in.link); err != nil {
		return err
	}
	if in.change.Set.Empty() && len(in.change.Messages) == 0 {
		return nil
	}
	_, err := in.apply()
	return err
}

// apply makes the change, and has the files of its messages fetched.
func (in *partnerIntake) apply() (int64, error) {
	for i := range in.change.Messages {
		if in.change.Messages[i].Comment == nil {
			in.change.Messages[i].Comment = &dm.PartnerComment{UUID: randomHex()}
		}
	}
	res, err := in.app.ApplyIn(in.tx, access.System(in.account, "partner"), in.change)
	if err != nil {
		return 0, err
	}
	for i, files := range in.files {
		if err := in.app.fetchLater(in.tx, in.dir, in.p, in.link.ID, res.Messages[i].ID, files); err != nil {
			return 0, err
		}
	}
	return res.Number, nil
}

// takeValues takes what the partner says of the ticket, as far as the terms say
// and it is newer than what is here.
func (in *partnerIntake) takeValues(t *dm.Ticket) error {
	set := &in.change.Set
	if in.said.Subject != nil {
		if subject, err := cleanSubject(cutText(*in.said.Subject, 500)); err == nil && in.takes(partnerSubject, subject) && subject != t.Subject {
			set.Subject = &subject
		}
	}
	if s := in.said.Status; s != "" && in.p.Terms.Status {
		word := partnerWord(s, in.p.Capable)
		// While the status is left alone theirs is noted all the same, so that ours counts as newer once it crosses again.
		if in.takes(partnerStatus, string(word)) && !in.link.StatusFrozen && partnerWord(t.Status, in.p.Capable) != word {
			in.flip()
			set.Status = &word
		}
	}
	if in.said.Tags != nil && in.p.Terms.Tags {
		tags := cleanTags(*in.said.Tags)
		if in.takes(partnerTags, joinTags(tags)) && joinTags(tags) != joinTags(t.Tags) {
			set.Tags = &tags
		}
	}
	return in.takeFields(t)
}

// takes compares a value with what is here.
func (in *partnerIntake) takes(name, value string) bool {
	var clock *PartnerClock
	if c, said := in.said.Clocks[name]; said {
		clock = &c
	}
	return in.base.theirs(name, value, clock, in.link.Direction == dm.LinkReceived)
}

// flip counts a turn of the status, and leaves it alone where there are too many.
func (in *partnerIntake) flip() {
	k := in.link
	if k.FlipsSince.Add(partnerFlipsTime) < in.tx.Now() {
		k.Flips, k.FlipsSince = 0, in.tx.Now()
	}
	if k.Flips++; k.Flips > partnerFlipsMost {
		k.StatusFrozen, k.Reason = true, "The status went to and fro too often, and is left alone."
	}
}

// cleanTags gives tags as they are kept here, without those that cannot be.
func cleanTags(list []string) []string {
	tags := []string{}
	for _, tag := range list {
		tag = strings.ToLower(strings.Join(strings.Fields(cleanText(tag)), " "))
		if tag != "" && len([]rune(tag)) <= maxTagSize {
			tags = append(tags, tag)
		}
	}
	slices.Sort(tags)
	tags = slices.Compact(tags)
	return tags[:min(len(tags), maxTags)]
}

// takeFields takes values of fields of the same title, and notes what became of
// each: nothing is left out silently.
func (in *partnerIntake) takeFields(t *dm.Ticket) error {
	have := map[int64]string{}
	for _, f := range t.Fields {
		have[f.FieldID] = f.Value
	}
	for _, f := range in.said.Fields {
		title := plainName(f.Title)
		if title == "" {
			continue
		}
		seen := &dm.PartnerField{Title: cutText(title, dm.MaxTermField)}
		def, known := fieldByTitle(in.dir, title)
		switch {
		case !in.p.Terms.AllowsField(title):
			seen.Problem = "The terms do not name this field."
		case !known:
			seen.Problem = "There is no active field of this name here."
		default:
			seen.FieldID = def.ID
			text := f.Value
			if text != "" {
				var err error
				if text, err = fieldValue(&def, text); err != nil {
					seen.Problem = cutText(err.Error(), 200)
					break
				}
			}
			if in.takes(partnerField+dm.Fold(def.Name), text) && have[def.ID] != text {
				if in.change.Set.Fields == nil {
					in.change.Set.Fields = map[int64]*string{}
				}
				in.change.Set.Fields[def.ID] = nil
				if text != "" {
					in.change.Set.Fields[def.ID] = &text
				}
			}
		}
		if err := in.tx.NotePartnerField(in.account, in.p.ID, seen); err != nil {
			return err
		}
	}
	return nil
}
