package app

import (
	"slices"
	"strconv"

	dm "github.com/deskmesh/deskmesh"
	"github.com/deskmesh/deskmesh/internal/store"
)

// receivePartner makes the link of a ticket that came from a partner, once the
// ticket is there and before its messages are.
func (w *work) receivePartner() error {
	if w.ch.Receive == nil {
		return nil
	}
	k := w.ch.Receive
	k.TicketID = w.t.ID
	if err := w.tx.InsertPartnerLink(w.account, k); err != nil {
		return err
	}
	w.ch.From = k.ID
	return nil
}

// changePartners shares the ticket with partners, and ends that.
func (w *work) changePartners() error {
	if len(w.ch.Partners) == 0 {
		return nil
	}
	if err := w.lockPartners(); err != nil {
		return err
	}
	for i := range w.ch.Partners {
		place := w.ch.Partners[i].Place
		if place == "" {
			place = "partner_ids[" + strconv.Itoa(i) + "]"
		}
		if err := w.changePartner(&w.ch.Partners[i], place); err != nil {
			return err
		}
	}
	return nil
}

// lockPartners reads the ticket's links with partners, once.
func (w *work) lockPartners() (err error) {
	if w.partners == nil {
		w.partners, err = w.tx.LockPartnerLinks(w.account, w.t.ID)
	}
	return err
}

func (w *work) changePartner(c *dm.PartnerChange, place string) error {
	if !w.ch.Cause.IsPartner() {
		if err := w.maySetShares(); err != nil {
			return err
		}
	}
	if c.Do == dm.ShareWithPartner {
		return w.shareWithPartner(c, place)
	}
	at := slices.IndexFunc(w.partners, func(k dm.PartnerLink) bool {
		if c.Do == dm.EndPartnerOfTicket {
			return k.PartnerID == c.PartnerID && k.Direction == dm.LinkSent && k.State.Standing()
		}
		return k.ID == c.LinkID
	})
	switch {
	case at < 0 && c.Do == dm.EndPartnerOfTicket:
		return nil
	case at < 0:
		return dm.Missing("partner")
	}
	k := &w.partners[at]
	switch c.Do {
	case dm.UnsharePartner, dm.EndPartnerOfTicket:
		return w.unsharePartner(k, "")
	case dm.DetachFromPartner:
		if k.Direction != dm.LinkReceived || !k.State.Standing() {
			return dm.Errorf(dm.Conflict, "Only a ticket that came from a partner, and still follows theirs, can be detached.").With("not_received")
		}
		return w.endPartner(k, dm.PartnerDetached, dm.PartnerState, "")
	case dm.OrphanOfPartner:
		return w.orphanPartner(k)
	case dm.ResumeWithPartner:
		k.StatusFrozen, k.Flips, k.FlipsSince, k.Reason = false, 0, 0, ""
		w.partnerEvent(dm.PartnerState, k)
		return w.tx.SavePartnerLink(w.account, k)
	}
	return dm.BadField("do", "There is no such act.")
}

// shareWithPartner shares the ticket over one agreement; one that it crosses
// already stays as it is.
func (w *work) shareWithPartner(c *dm.PartnerChange, place string) error {
	if k := sentTo(w.partners, c.PartnerID); k != nil {
		w.res.Partners = append(w.res.Partners, *k)
		return nil
	}
	p, err := w.mayShareWith(c.PartnerID, place)
	if err != nil {
		return err
	}
	live := 0
	for i := range w.partners {
		if k := &w.partners[i]; k.Direction == dm.LinkSent && k.State.Standing() {
			live++
		}
	}
	if most := w.dir.Settings.PartnersPerTicket; live >= most {
		return dm.Errorf(dm.Conflict, "A ticket is shared with at most %d partners at the same time.", most).With("partners_cap").Showing(map[string]any{"cap": most})
	}
	k := &dm.PartnerLink{TicketID: w.t.ID, PartnerID: p.ID, Direction: dm.LinkSent, State: dm.PartnerSending, ActorID: w.viewer.Person(), Cause: w.ch.Cause}
	if k.UUID, err = w.partnerTicketID(p); err != nil {
		return err
	}
	fromNow := p.Terms.History == dm.HistoryFromNow
	if c.FromNow != nil {
		fromNow = fromNow || *c.FromNow // a share may ask for less, never for more
	}
	if fromNow {
		last, err := w.tx.LastMessageID(w.account, w.t.ID)
		if err != nil {
			return err
		}
		k.FromMessage = last + 1
		for i := range w.res.Messages { // those of this change go along
			k.FromMessage = min(k.FromMessage, w.res.Messages[i].ID)
		}
	}
	if err := w.tx.InsertPartnerLink(w.account, k); err != nil {
		return err
	}
	w.partners = append(w.partners, *k)
	w.res.Partners, w.res.PartnersMade = append(w.res.Partners, *k), append(w.res.PartnersMade, k.ID)
	w.partnerEvent(dm.PartnerShared, k)
	return w.app.tellPartner(w.tx, w.account, p, k.ID, dm.SendTicket, tellData{w.viewer.Person()})
}

// mayShareWith checks that the ticket may go to a partner.
func (w *work) mayShareWith(id int64, place string) (*dm.Partner, error) {
	if err := w.sharingOpen(); err != nil {
		return nil, err
	}
	if err := w.checkTarget(&dm.Share{Target: dm.Target{Kind: dm.TargetPartner, ID: id}}, place); err != nil {
		return nil, err
	}
	p := w.dir.Partners[id]
	verdicts, err := w.policy().decide([]dm.Target{{Kind: dm.TargetPartner, ID: id}})
	if err == nil && !verdicts[0].Allowed {
		err = notAllowed(place)
	}
	return &p, err
}

// partnerTicketID is the ticket's id in the protocol: the one it has already, or
// a new one where this partner knows it for a share that is over.
func (w *work) partnerTicketID(p *dm.Partner) (string, error) {
	for i := range w.partners {
		_, err := w.tx.PartnerLinkByUUID(w.account, p.ID, w.partners[i].UUID)
		if dm.CodeOf(err) == dm.NotFound {
			return w.partners[i].UUID, nil
		}
		if err != nil {
			return "", err
		}
	}
	return randomHex(), nil
}

// unsharePartner ends a share: what the partner has stays there, and follows no more.
func (w *work) unsharePartner(k *dm.PartnerLink, why string) error {
	if k.Direction != dm.LinkSent {
		return dm.Errorf(dm.Conflict, "The ticket came from this partner. Detach it, so that it follows theirs no more.").With("received")
	}
	if !k.State.Standing() {
		return nil
	}
	if err := w.endPartner(k, dm.PartnerEnded, dm.PartnerUnshared, why); err != nil {
		return err
	}
	p, ok := w.dir.Partners[k.PartnerID]
	if !ok || p.Status != dm.PartnerAccepted {
		return nil
	}
	return w.app.tellPartner(w.tx, w.account, &p, k.ID, dm.SendTicketEnd, nil)
}

// orphanPartner notes that the partner shares the ticket no more: its copy here
// stays, and follows theirs no more. Where they had it from us, they let go of it.
func (w *work) orphanPartner(k *dm.PartnerLink) error {
	switch {
	case !w.ch.Cause.IsPartner():
		return dm.ErrForbidden
	case k.Direction == dm.LinkReceived:
		return w.endPartner(k, dm.PartnerOrphaned, dm.PartnerUnshared, "")
	}
	return w.endPartner(k, dm.PartnerClosed, dm.PartnerState, "The partner has let go of the ticket.")
}

// endPartner ends a link for good.
func (w *work) endPartner(k *dm.PartnerLink, state dm.PartnerLinkState, kind dm.EventKind, why string) error {
	k.State, k.Reason, k.EndedAt = state, why, w.tx.Now()
	w.partnerEvent(kind, k)
	w.res.Partners = append(w.res.Partners, *k)
	return w.tx.SavePartnerLink(w.account, k)
}

func (w *work) partnerEvent(kind dm.EventKind, k *dm.PartnerLink) {
	w.event(kind, true, dm.EventData{Partner: w.eventPartner(k)})
}

func (w *work) eventPartner(k *dm.PartnerLink) *dm.EventPartner {
	return eventPartner(w.dir, k)
}

func eventPartner(dir *store.Directory, k *dm.PartnerLink) *dm.EventPartner {
	p := dir.Partners[k.PartnerID]
	return &dm.EventPartner{ID: k.PartnerID, LinkID: k.ID, Name: p.Label(), Direction: k.Direction, State: k.State, Reason: k.Reason}
}

// tellPartners puts in line, for every partner the ticket is shared with, what has
// changed; nothing for the one that it came from.
func (w *work) tellPartners() error {
	if len(w.dir.Partners) == 0 || !PartnersOn(w.dir) || w.created && w.ch.Receive == nil && len(w.ch.Partners) == 0 {
		return nil
	}
	if err := w.lockPartners(); err != nil {
		return err
	}
	for i := range w.partners {
		k := &w.partners[i]
		if k.State.Standing() {
			if err := w.tellPartnerOf(k); err != nil {
				return err
			}
		}
	}
	return nil
}

func (w *work) tellPartnerOf(k *dm.PartnerLink) error {
	p := w.dir.Partners[k.PartnerID]
	switch {
	case w.t.Deleted || w.t.Spam || w.t.MergedInto != 0:
		if k.Direction == dm.LinkSent {
			return w.unsharePartner(k, w.whyGone())
		}
		return w.endPartner(k, dm.PartnerDetached, dm.PartnerState, w.whyGone())
	case p.Status != dm.PartnerAccepted:
		return nil
	}
	base, err := readPartnerBase(k)
	if err != nil {
		return err
	}
	// Whether a message crosses is decided when it is sent; here it only counts that
	// there is one.
	fresh := base.note(partnerValuesOf(w.t, w.dir.Fields, &p, k.StatusFrozen), k.Direction == dm.LinkSent)
	if fresh {
		k.Base = base.text()
		if err := w.tx.SavePartnerLink(w.account, k); err != nil {
			return err
		}
	}
	said := slices.ContainsFunc(w.res.Messages, func(m dm.Message) bool { return m.Kind != dm.LocalNote && m.Side == nil })
	opened := w.old.Private && !w.t.Private // what waited for that crosses now
	if !fresh && !opened && (!said || k.ID == w.ch.From) {
		return nil
	}
	waiting, err := w.tx.WaitingOnPartnerLink(w.account, p.ID, k.ID)
	if err != nil || waiting > 0 {
		return err
	}
	return w.app.tellPartner(w.tx, w.account, &p, k.ID, dm.SendTicketUpdate, tellData{w.viewer.Person()})
}

// whyGone says for the history why a ticket crosses no more that nobody unshared.
func (w *work) whyGone() string {
	switch {
	case w.t.MergedInto != 0:
		return "The ticket was merged into another one."
	case w.t.Spam:
		return "The ticket was marked as spam."
	}
	return "The ticket was deleted."
}

// notePartnerMessage notes which comment of a partner a message is, and that it is
// marked for partners.
func (w *work) notePartnerMessage(m *dm.Message, n *dm.NewMessage) error {
	if n.ForPartners && m.Kind != dm.LocalNote {
		m.ForPartners = true
		if err := w.tx.MarkForPartners(w.account, m.ID); err != nil {
			return err
		}
	}
	if n.Comment == nil || w.ch.From == 0 {
		return nil
	}
	return w.tx.InsertPartnerMessage(w.account, w.ch.From, &store.PartnerMessage{UUID: n.Comment.UUID, MessageID: m.ID, Theirs: true, AuthorID: n.Comment.AuthorID, At: n.Comment.At})
}

// sharePartner has a rule or a macro share with a partner; what keeps it from that
// is named, as with other targets.
func (p *planner) sharePartner(a *dm.Action, t dm.ActionTarget, o *dm.ActionOutcome) error {
	o.Targets = append(o.Targets, t)
	links, err := p.tx.LockPartnerLinks(p.account, p.t.ID)
	if err != nil {
		return err
	}
	planned := slices.ContainsFunc(p.plan.Change.Partners, func(c dm.PartnerChange) bool { return c.Do == dm.ShareWithPartner && c.PartnerID == t.ID })
	reason, live := "", len(p.plan.Change.Partners)
	for i := range links {
		k := &links[i]
		from := p.dir.Partners[k.PartnerID]
		switch {
		case !k.State.Standing():
		case k.Direction == dm.LinkSent:
			live++
			planned = planned || k.PartnerID == t.ID
		case from.Host == p.dir.Partners[t.ID].Host:
			reason = dm.SkipOutside // it came from there
		}
	}
	to, known := p.dir.Partners[t.ID]
	switch {
	case planned:
		reason = dm.SkipSame
	case reason != "":
	case !PartnersOn(p.dir) || !p.dir.Settings.SharingEnabled || p.by.rule != nil && !p.dir.Account.Entitled(dm.SharingAutomatic):
		reason = dm.SkipSwitched
	case !known || to.DeletedAt != 0 || to.Direction != dm.PartnerOutbound || to.Status != dm.PartnerAccepted:
		reason = dm.SkipGone
	case p.t.Private && !to.Terms.PrivateComments:
		reason = dm.SkipPrivate
	case p.t.Status == dm.StatusClosed:
		reason = dm.SkipOutside
	case live >= p.dir.Settings.PartnersPerTicket:
		reason = dm.SkipCap
	}
	if a.TemplateID != 0 && p.by.rule == nil && (reason == dm.SkipGone || reason == dm.SkipSwitched && p.dir.Settings.SharingEnabled) {
		return nil // as by hand, one of a template that is not there is left out
	}
	if reason != "" {
		o.Left = append(o.Left, dm.LeftTarget{ActionTarget: t, Reason: reason})
		return nil
	}
	p.plan.Change.Partners = append(p.plan.Change.Partners, dm.PartnerChange{Do: dm.ShareWithPartner, PartnerID: t.ID})
	return nil
}

// leavePartner has a rule or a macro end a share with a partner. Its terms are the
// agreement's, so that nothing else of it can be changed.
func (p *planner) leavePartner(a *dm.Action, t dm.ActionTarget, o *dm.ActionOutcome) error {
	o.Targets = append(o.Targets, t)
	links, err := p.tx.LockPartnerLinks(p.account, p.t.ID)
	if err != nil {
		return err
	}
	there := slices.ContainsFunc(links, func(k dm.PartnerLink) bool {
		return k.PartnerID == t.ID && k.Direction == dm.LinkSent && k.State.Standing()
	})
	if !there || a.Do != dm.ActUnshare {
		o.Left = append(o.Left, dm.LeftTarget{ActionTarget: t, Reason: dm.SkipNoShare})
		return nil
	}
	p.plan.Change.Partners = append(p.plan.Change.Partners, dm.PartnerChange{Do: dm.EndPartnerOfTicket, PartnerID: t.ID})
	return nil
}

// sharesWithPartners says whether any of the acts shares.
func sharesWithPartners(list []dm.PartnerChange) bool {
	return slices.ContainsFunc(list, func(c dm.PartnerChange) bool { return c.Do == dm.ShareWithPartner })
}

// partnersOfShares makes acts of the partners among the targets of shares, so that
// every door that shares reaches them too.
func partnersOfShares(ch *dm.Change) {
	var rest []dm.NewShare
	for i := range ch.Share {
		if ch.Share[i].Target.Kind != dm.TargetPartner {
			rest = append(rest, ch.Share[i])
			continue
		}
		ch.Partners = append(ch.Partners, dm.PartnerChange{Do: dm.ShareWithPartner, PartnerID: ch.Share[i].Target.ID, Place: "targets[" + strconv.Itoa(i) + "]"})
	}
	for _, t := range ch.UnshareFrom {
		if t.Kind == dm.TargetPartner {
			ch.Partners = append(ch.Partners, dm.PartnerChange{Do: dm.EndPartnerOfTicket, PartnerID: t.ID})
		}
	}
	if len(rest) < len(ch.Share) {
		ch.Share = rest
	}
}
