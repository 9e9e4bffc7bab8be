package app

import (
	"encoding/json"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/store"
)

// linkOfTry finds the link that a try was about, locked; nil where the ticket is
// shared no more.
func (t *partnerTry) link() (*dm.PartnerLink, error) {
	k, err := t.tx.LockPartnerLink(t.account, t.delivery.LinkID)
	if err != nil || !k.State.Live() {
		return nil, gone(err)
	}
	return k, nil
}

// ticketDone notes what the partner has now, and tells them what has come since.
func (a *App) ticketDone(t *partnerTry) error {
	k, err := t.link()
	if err != nil || k == nil || t.answer.ticket == nil {
		return err
	}
	base, err := readPartnerBase(k)
	if err != nil {
		return err
	}
	before := standingOf(k)
	for name, v := range t.answer.ticket.sent {
		base.told(name, v.Value, v.Clock)
	}
	for i := range t.answer.ticket.Comments {
		c := &t.answer.ticket.Comments[i]
		if err := t.tx.InsertPartnerMessage(t.account, k.ID, &store.PartnerMessage{UUID: c.UUID, MessageID: c.message}); err != nil {
			return err
		}
	}
	k.Base, k.State, k.SyncedAt = base.text(), dm.PartnerSynced, t.tx.Now()
	if !k.StatusFrozen {
		k.Reason = ""
	}
	if number := numberOfAnswer(t.answer.Body); number != "" {
		k.RemoteNumber = number
	}
	if err := t.keepLink(k, before); err != nil {
		return err
	}
	return a.tellTheRest(t, k)
}

// linkStanding is what of a link stands on the screens.
type linkStanding struct {
	state          dm.PartnerLinkState
	reason, number string
}

func standingOf(k *dm.PartnerLink) linkStanding {
	return linkStanding{k.State, k.Reason, k.RemoteNumber}
}

// keepLink saves a link, and has open screens hear of it where it stands
// otherwise than before.
func (t *partnerTry) keepLink(k *dm.PartnerLink, before linkStanding) error {
	if standingOf(k) != before {
		t.tx.PokePartner(t.account, k.TicketID)
	}
	return t.tx.SavePartnerLink(t.account, k)
}

// numberOfAnswer reads what a Deskmesh desk calls the ticket; "" of others.
func numberOfAnswer(body []byte) string {
	var said struct {
		Deskmesh struct {
			Number string `json:"number"`
		} `json:"deskmesh"`
	}
	if json.Unmarshal(body, &said) != nil || len(said.Deskmesh.Number) > 64 {
		return ""
	}
	return cleanText(said.Deskmesh.Number)
}

// tellTheRest puts another message in line where something has changed since the
// last one was written, or did not fit.
func (a *App) tellTheRest(t *partnerTry, k *dm.PartnerLink) error {
	dir, err := t.tx.Directory(t.account)
	if err != nil {
		return err
	}
	rest, err := partnerTicket(t.tx, dir, t.partner, k, false)
	if err != nil {
		return gone(err)
	}
	if len(rest.sent) == 0 && len(rest.Comments) == 0 {
		return nil
	}
	waiting, err := t.tx.WaitingOnPartnerLink(t.account, t.partner.ID, k.ID)
	if err != nil || waiting > 1 { // the one that was just taken counts still
		return err
	}
	return a.tellPartner(t.tx, t.account, t.partner, k.ID, dm.SendTicketUpdate, tellData{})
}

// ticketLate says that a ticket waits, and why.
func (a *App) ticketLate(t *partnerTry) error {
	k, err := t.link()
	if err != nil || k == nil {
		return err
	}
	before := standingOf(k)
	k.State, k.Reason = dm.PartnerDelayed, t.answer.Problem
	return t.keepLink(k, before)
}

// ticketLost says what became of a ticket that the partner did not take.
func (a *App) ticketLost(t *partnerTry) error {
	k, err := t.link()
	if err != nil || k == nil {
		return err
	}
	k.Reason = t.answer.Problem
	switch status := t.answer.Status; {
	case t.delivery.Kind == dm.SendTicket:
		k.State, k.EndedAt = dm.PartnerRefused, t.tx.Now()
	case status == 404 || status == 410:
		k.State, k.EndedAt = dm.PartnerClosed, t.tx.Now()
	default:
		k.State = dm.PartnerDelayed
	}
	if err := t.tx.SavePartnerLink(t.account, k); err != nil {
		return err
	}
	dir, err := t.tx.Directory(t.account)
	if err != nil {
		return err
	}
	return a.addEvent(t.tx, dir, &dm.Event{TicketID: k.TicketID, Kind: dm.PartnerState, Internal: true, Data: dm.EventData{Partner: eventPartner(dir, k)},
		Cause: dm.Cause{Kind: dm.CausePartner, ID: t.partner.ID, Name: t.partner.Label()}})
}
